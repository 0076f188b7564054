"""Reads the environment and headroom.yaml once and reports all faults together; start-up files only."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from bot.core.house import House
from bot.errors import AskedWrong
from bot.settings.alert_doors import GOOGLE_CERTS, AlertDoors, alert_door_faults, alert_doors
from bot.settings.house_file import load_house


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable: what it means and what it is when unset (None: it must be set)."""

    name: str
    default: str | None
    help: str
    secret: bool = False


SETTINGS = (
    Setting("HEADROOM_CONFIG", "headroom.yaml", "Path of the house rules (YAML)."),
    Setting(
        "DATABASE_URL",
        "sqlite:///var/headroom.db",
        "SQLite (`sqlite:///path`) or PostgreSQL (`postgresql://…`).",
        secret=True,
    ),
    Setting("SLACK_BOT_TOKEN", None, "The bot token (`xoxb-…`) of the Slack app.", secret=True),
    Setting("SLACK_SIGNING_SECRET", None, "The signing secret of the Slack app.", secret=True),
    Setting("SLACK_API_URL", "https://slack.com/api/", "Where Slack's Web API is reached."),
    Setting(
        "HEADROOM_SECRET",
        None,
        "Signs the values of buttons; at least 32 characters, the same in every process.",
        secret=True,
    ),
    Setting(
        "HEADROOM_GOOGLE_ENDPOINT",
        "",
        "A plaintext gRPC endpoint (`http://host:port`) instead of Google's own.",
    ),
    Setting(
        "HEADROOM_BIGQUERY_ENDPOINT",
        "",
        "Where BigQuery's REST API is reached without credentials, instead of Google's own.",
    ),
    Setting(
        "HEADROOM_CLOCK",
        "system",
        "`system`, or the path of a clock file that a rehearsal steers.",
    ),
    Setting(
        "HEADROOM_SHOP_URL",
        "",
        "Where the pages and calendars are that are given as a path (`https://shop.example`).",
    ),
    Setting("HEADROOM_HOST", "0.0.0.0", "The address the web process listens on."),
    Setting("PORT", "8080", "The port the web process listens on."),
    Setting(
        "HEADROOM_PUBLIC_URL",
        "",
        "Where people reach the web process (`https://…`); links to the calendar begin with it.",
    ),
    Setting(
        "HEADROOM_VERSION",
        "",
        "What this build is called in `/healthz` and in the log. Empty: the installed version, and "
        "the revision if it runs on Cloud Run.",
    ),
    Setting("HEADROOM_LOG", "INFO", "Log level: DEBUG, INFO, WARNING or ERROR."),
    Setting(
        "HEADROOM_PUBSUB_AUDIENCE",
        "",
        "The audience of the Pub/Sub push subscription's token. Empty: no push is let in.",
    ),
    Setting(
        "HEADROOM_PUBSUB_EMAIL",
        "",
        "The service account with which Pub/Sub signs that token.",
    ),
    Setting(
        "HEADROOM_PUBSUB_CERTS_URL",
        GOOGLE_CERTS,
        "Where the certificates are that verify the token.",
    ),
    Setting(
        "HEADROOM_ALERT_TOKENS",
        "",
        "Tokens that let a webhook in (`?auth_token=…`), separated by commas: the old and the new one.",
        secret=True,
    ),
    Setting(
        "HEADROOM_ALERT_PASSWORDS",
        "",
        "The same for basic authentication: `user:password`, separated by commas.",
        secret=True,
    ),
)

_SHORTEST_SECRET = 32
_LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. `repr` never shows secrets because nobody prints this value."""

    house: House
    database_url: str
    slack_token: str
    slack_signing_secret: str
    slack_api_url: str
    seal: bytes
    google_endpoint: str
    clock: str
    host: str
    port: int
    log_level: str
    alert_doors: AlertDoors = field(default_factory=AlertDoors)
    public_url: str = ""
    version: str = ""
    bigquery_endpoint: str = ""

    def __repr__(self) -> str:
        return f"Settings(company={self.house.company!r}, host={self.host!r}, port={self.port})"


def environment() -> Mapping[str, str]:
    """The process's environment, for the start-up files to pass on."""
    return dict(os.environ)


def house_rules(environ: Mapping[str, str]) -> House:
    """What headroom.yaml says, for commands that need nothing else; AskedWrong with its faults."""
    return load_house(Path(_one(environ, "HEADROOM_CONFIG")))


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Checks everything; raises AskedWrong with every fault on a line of its own. Empty means unset."""
    values = {one.name: environ.get(one.name) or one.default for one in SETTINGS}
    faults = [
        f"{setting.name} is not set. {setting.help}"
        for setting in SETTINGS
        if values[setting.name] is None
    ]
    found = {name: value or "" for name, value in values.items()}
    faults += [*_value_faults(found), *alert_door_faults(found)]
    house: House | None = None
    try:
        house = load_house(Path(found["HEADROOM_CONFIG"]))
    except AskedWrong as wrong:
        faults.append(str(wrong))
    if faults or house is None:
        raise AskedWrong("Headroom cannot start:\n" + "\n".join(f"- {fault}" for fault in faults))
    return Settings(
        house=_at_shop(house, found["HEADROOM_SHOP_URL"]),
        database_url=found["DATABASE_URL"],
        slack_token=found["SLACK_BOT_TOKEN"],
        slack_signing_secret=found["SLACK_SIGNING_SECRET"],
        slack_api_url=found["SLACK_API_URL"],
        seal=found["HEADROOM_SECRET"].encode(),
        google_endpoint=found["HEADROOM_GOOGLE_ENDPOINT"],
        bigquery_endpoint=found["HEADROOM_BIGQUERY_ENDPOINT"],
        clock=found["HEADROOM_CLOCK"],
        host=found["HEADROOM_HOST"],
        port=int(found["PORT"]),
        log_level=found["HEADROOM_LOG"].upper(),
        alert_doors=alert_doors(found),
        public_url=found["HEADROOM_PUBLIC_URL"],
        version=found["HEADROOM_VERSION"] or _built_as(environ),
    )


def _built_as(environ: Mapping[str, str]) -> str:
    """Cloud Run says in K_REVISION which revision a process belongs to."""
    try:
        installed = metadata.version("headroom")
    except metadata.PackageNotFoundError:
        installed = "not installed"
    revision = environ.get("K_REVISION")
    return f"{installed} ({revision})" if revision else installed


def _at_shop(house: House, base: str) -> House:
    """With the addresses of what headroom.yaml gives as a path."""
    feeds = tuple(
        replace(one, url=base.rstrip("/") + one.url) if one.url.startswith("/") else one
        for one in house.calendar.imports
    )
    return replace(
        house,
        experience=replace(house.experience, base=base),
        calendar=replace(house.calendar, imports=feeds),
    )


def database_url(environ: Mapping[str, str]) -> str:
    """The database alone: what `headroom migrate` needs before anything else is configured."""
    return _one(environ, "DATABASE_URL")


def _one(environ: Mapping[str, str], name: str) -> str:
    """A setting's value, or its default."""
    default = next(one.default for one in SETTINGS if one.name == name)
    return environ.get(name) or default or ""


def _value_faults(found: Mapping[str, str]) -> list[str]:
    faults = []
    secret = found["HEADROOM_SECRET"]
    if secret and len(secret) < _SHORTEST_SECRET:
        faults.append(
            f"HEADROOM_SECRET has {len(secret)} characters; it needs {_SHORTEST_SECRET} or more."
        )
    if not found["PORT"].isdigit() or not 0 <= int(found["PORT"]) < 65536:
        faults.append(f"PORT is {found['PORT']!r}; it must be a number from 0 to 65535.")
    if found["HEADROOM_LOG"].upper() not in _LOG_LEVELS:
        faults.append(
            f"HEADROOM_LOG is {found['HEADROOM_LOG']!r}; use one of {', '.join(_LOG_LEVELS)}."
        )
    endpoint = found["HEADROOM_GOOGLE_ENDPOINT"]
    if endpoint and not endpoint.startswith("http://"):
        faults.append("HEADROOM_GOOGLE_ENDPOINT must look like http://host:port (or be unset).")
    for name in ("HEADROOM_BIGQUERY_ENDPOINT", "HEADROOM_SHOP_URL"):
        if found[name] and not found[name].startswith(("http://", "https://")):
            faults.append(f"{name} must start with http:// or https:// (or be unset).")
    if not found["SLACK_API_URL"].startswith(("http://", "https://")):
        faults.append("SLACK_API_URL must start with http:// or https://.")
    return faults
