"""How alerts may come in: the environment's part for Pub/Sub push and the webhook. Read by environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GOOGLE_CERTS = "https://www.googleapis.com/oauth2/v1/certs"

_SHORTEST_TOKEN = 16


@dataclass(frozen=True, slots=True)
class AlertDoors:
    """Empty means shut: without audience and e-mail no push is let in, without secrets no webhook."""

    audience: str = ""
    email: str = ""
    certs_url: str = GOOGLE_CERTS
    tokens: tuple[str, ...] = field(default=(), repr=False)
    passwords: tuple[str, ...] = field(default=(), repr=False)


def alert_doors(found: Mapping[str, str]) -> AlertDoors:
    """The values; call `alert_door_faults` first."""
    return AlertDoors(
        audience=found["HEADROOM_PUBSUB_AUDIENCE"],
        email=found["HEADROOM_PUBSUB_EMAIL"],
        certs_url=found["HEADROOM_PUBSUB_CERTS_URL"],
        tokens=_several(found["HEADROOM_ALERT_TOKENS"]),
        passwords=_several(found["HEADROOM_ALERT_PASSWORDS"]),
    )


def alert_door_faults(found: Mapping[str, str]) -> list[str]:
    """Every fault as a sentence that does not tell the secret."""
    faults = []
    if bool(found["HEADROOM_PUBSUB_AUDIENCE"]) != bool(found["HEADROOM_PUBSUB_EMAIL"]):
        faults.append(
            "HEADROOM_PUBSUB_AUDIENCE and HEADROOM_PUBSUB_EMAIL must both be set, or neither."
        )
    if not found["HEADROOM_PUBSUB_CERTS_URL"].startswith(("http://", "https://")):
        faults.append("HEADROOM_PUBSUB_CERTS_URL must start with http:// or https://.")
    short = [one for one in _several(found["HEADROOM_ALERT_TOKENS"]) if len(one) < _SHORTEST_TOKEN]
    if short:
        faults.append(
            f"HEADROOM_ALERT_TOKENS has a token of less than {_SHORTEST_TOKEN} characters."
        )
    for one in _several(found["HEADROOM_ALERT_PASSWORDS"]):
        user, separator, password = one.partition(":")
        if not (user and separator and len(password) >= _SHORTEST_TOKEN):
            faults.append(
                "HEADROOM_ALERT_PASSWORDS must look like user:password, "
                f"with {_SHORTEST_TOKEN} characters or more in a password."
            )
    return faults


def _several(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
