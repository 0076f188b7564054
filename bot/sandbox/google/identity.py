"""Google's signing key in the town: certificates at a URL, and the tokens with which Pub/Sub pushes."""

import time
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

PUSHER = "pubsub-push@cymbal-shop.iam.gserviceaccount.com"
_KEY_ID = "town-key"
_LIFE = 3600.0


class Identity:
    """One key; its tokens live an hour of real time, as Google's do."""

    def __init__(self, audience: str) -> None:
        self.audience = audience
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "town")])
        begins = datetime.fromtimestamp(time.time(), tz=UTC) - timedelta(days=1)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(begins)
            .not_valid_after(begins + timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        self.certificates = {_KEY_ID: certificate.public_bytes(serialization.Encoding.PEM).decode()}
        pem = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
        self._signer = crypt.RSASigner.from_string(pem, _KEY_ID)  # type: ignore[no-untyped-call]
        self._token, self._made_at = "", 0.0

    def token(self) -> str:
        """A bearer token for the audience; made anew when half of its life is over."""
        now = time.time()
        if now - self._made_at > _LIFE / 2:
            claims = {
                "iss": "https://accounts.google.com",
                "aud": self.audience,
                "email": PUSHER,
                "email_verified": True,
                "sub": "1",
                "iat": int(now),
                "exp": int(now + _LIFE),
            }
            self._token = jwt.encode(self._signer, claims).decode()  # type: ignore[no-untyped-call]
            self._made_at = now
        return self._token
