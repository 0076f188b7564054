"""Google's part in tests: real RS256 keys, real certificates, tokens as Pub/Sub sends them."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

AUDIENCE = "https://headroom.example/alerts/pubsub"
EMAIL = "push@cymbal-shop.iam.gserviceaccount.com"


@dataclass
class Signer:
    """A key of Google's with its certificate."""

    key_id: str
    key: rsa.RSAPrivateKey
    cert: str

    def token(self, header: Mapping[str, Any] | None = None, **changed: Any) -> str:
        """A token of Pub/Sub's, with some claims changed (None: left out)."""
        now = int(time.time())
        claims = {
            "iss": "https://accounts.google.com",
            "aud": AUDIENCE,
            "email": EMAIL,
            "email_verified": True,
            "sub": "113774264463038321964",
            "iat": now - 10,
            "exp": now + 3000,
        } | changed
        head = {"alg": "RS256", "kid": self.key_id, "typ": "JWT"} | dict(header or {})
        kept = {name: value for name, value in claims.items() if value is not None}
        signed = f"{_encoded(head)}.{_encoded(kept)}"
        signature = self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@cache
def signer(key_id: str) -> Signer:
    """A key made once for each id."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.system")])
    begins = datetime.fromtimestamp(time.time(), tz=UTC) - timedelta(days=1)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    return Signer(key_id, key, cert.public_bytes(serialization.Encoding.PEM).decode())


@dataclass
class Certs:
    """What Google's certificate URL gives; counts how often it was asked, and can fail."""

    keys: dict[str, str] = field(default_factory=dict)
    asked: int = 0
    failure: Exception | None = None

    async def fetch(self) -> Mapping[str, str]:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return dict(self.keys)


def push(payload: Any, message_id: str = "1", **attributes: str) -> bytes:
    """A push request's body."""
    data = base64.b64encode(json.dumps(payload).encode()).decode()
    message = {"data": data, "messageId": message_id, "attributes": attributes}
    return json.dumps({"message": message, "subscription": "projects/p/subscriptions/s"}).encode()


def _encoded(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
