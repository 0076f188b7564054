"""A newer version of Headroom: a copy of this one's code with what a next release may bring.

It knows one more kind of campaign (an enum's value), one more field of campaigns and of claims, one more
job, and its schema has one more column. Its processes are real ones that run from the copy.
"""

import shutil
from pathlib import Path

import bot

VERSION = "next"
KIND = "livestream"
_CODE = Path(bot.__file__).parent.parent
_PARTS = ("bot", "handlers", "policies")
_RAMP = "timedelta(minutes=5)"

# File, what stands there, and what the newer version has in its place.
_EDITS = (
    ("bot/core/campaign.py", '    DROP = "drop"\n', f'    DROP = "drop"\n    LIVE = "{KIND}"\n'),
    ("bot/core/campaign.py", '    note: str = ""\n', '    note: str = ""\n    season: str = ""\n'),
    ("bot/core/claims.py", "    reason: str\n", '    reason: str\n    season: str = ""\n'),
    ("bot/core/claiming.py", "        reason=f", '        season="autumn",\n        reason=f'),
    (
        "bot/core/grammar/kinds.py",
        "_OCCASIONS = {\n",
        f'_OCCASIONS = {{\n    CampaignKind.LIVE: r"{KIND}s?",\n',
    ),
    ("bot/core/arrival.py", "CampaignKind.DROP: timedelta(0)", f"CampaignKind.LIVE: {_RAMP},\n        CampaignKind.DROP: timedelta(0)"),
    (
        "bot/core/uplift.py",
        "    CampaignKind.DROP: timedelta(minutes=5),\n",
        f"    CampaignKind.DROP: timedelta(minutes=5),\n    CampaignKind.LIVE: {_RAMP},\n",
    ),
    (
        "bot/core/uplift.py",
        '    CampaignKind.DROP: "drops",\n',
        f'    CampaignKind.DROP: "drops",\n    CampaignKind.LIVE: "{KIND}s",\n',
    ),
    (
        "bot/core/grounds.py",
        '    CampaignKind.DROP: "A drop",\n',
        f'    CampaignKind.DROP: "A drop",\n    CampaignKind.LIVE: "A {KIND}",\n',
    ),
    ("bot/ports/jobs.py", '    SWEEP = "sweep"', '    GREET = "greet"\n    SWEEP = "sweep"'),
    (
        "bot/flows/announce.py",
        "        announced_at=now,\n",
        '        announced_at=now,\n        season="autumn",\n',
    ),
    (
        "bot/flows/announce.py",
        "    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)\n    if draft",
        "    await tx.jobs.wake(Job(JobName.DRIVE, campaign.id), now)\n"
        "    await tx.jobs.wake(Job(JobName.GREET, campaign.id), now)\n    if draft",
    ),
    (
        "bot/app.py",
        "    JobName.SWEEP: sweep,\n",
        "    JobName.SWEEP: sweep,\n    JobName.GREET: greet,\n",
    ),
    (
        "bot/app.py",
        "from bot.flows.home import home\n",
        "from bot.flows.greet import greet\nfrom bot.flows.home import home\n",
    ),
    (
        "bot/store/tables/campaigns.py",
        "    body: Campaign = Field",
        "    season: str | None = None\n    body: Campaign = Field",
    ),
    ("bot/store/campaigns.py", '        "body": campaign,\n', '        "body": campaign,\n        "season": campaign.season,\n'),
)  # fmt: skip
_GREET = '''"""The newer version's own job: notes that a campaign was greeted. The key is the campaign's id."""

from datetime import datetime

from bot.core.trail import AuditRow
from bot.ports.kit import Kit


async def greet(key: str, kit: Kit) -> datetime | None:
    now = kit.clock.now()
    async with kit.store.begin() as tx:
        await tx.audit.add(AuditRow(now, "headroom", "greeted", f"campaign/{key}", "hello"))
    return None
'''
_MIGRATION = '''"""One more column."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("season", sa.String(), nullable=True))
'''


def build_newer(folder: Path, head: str) -> Path:
    """The folder to run it from; `head` is the newest schema of this version.

    AssertionError when this version's code has moved on: then the edits above have to follow.
    """
    for part in _PARTS:
        shutil.copytree(_CODE / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name, here, there in _EDITS:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert text.count(here) == 1, f"{name} has {text.count(here)} times {here!r}"
        file.write_text(text.replace(here, there), encoding="utf-8")
    (folder / "bot/flows/greet.py").write_text(_GREET, encoding="utf-8")
    versions = folder / "bot/store/migrations/versions"
    (versions / "v9999_newer.py").write_text(_MIGRATION.format(head=head), encoding="utf-8")
    return folder
