"""The secret in a link to the calendar of campaigns: made from the house's own secret, never kept. Used by its flows."""

import base64
import hashlib
import hmac


def token_of(owner: str, number: int, seal: bytes) -> str:
    """256 bits that only we can make again; another number is another secret."""
    digest = hmac.digest(seal, f"calendar/{owner}/{number}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def digest_of(token: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
