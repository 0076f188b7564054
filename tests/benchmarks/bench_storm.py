"""A storm of alerts against a Slack that enforces its limits: is every alert shown, soon, in few messages?

10,000 notifications of 500 groups come as fast as they are taken; one channel, one message a second.
Four times: a healthy Slack, one that answers 429 for 30 s, one that is down for 30 s, and the bot killed
with -9 in the middle. `ratio` is the worst of seconds / 30 (after the trouble), messages / 30, refused
calls / 5; a single alert that is not shown counts as 100.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from bot.sandbox.bot_process import BotProcess
from bot.sandbox.town import free_port
from tests.benchmarks.outcome import Outcome
from tests.benchmarks.storm_load import TOKEN, Storm, payloads
from tests.benchmarks.strict_slack import StrictSlack, strict_slack

AMOUNT = 10_000
TROUBLE = 30.0
SECONDS, MESSAGES, REFUSED = 30.0, 30, 5
GOAL = 1.0
ROOT = Path(__file__).parents[2]
HOUSE = """
company: Benchmark
zone: Europe/Berlin
places: [{project: cymbal-shop, regions: [europe-west1]}]
groups: [{name: web, title: Web shop}]
channels: {engineers: C0OPS, default: C0OPS}
roles: {users: {U0ERIK: [engineer]}}
alerts:
  routes: [{name: everything, channels: [C0OPS], schedule: sre, group_by: [policy]}]
  schedules: [{name: sre, levels: [{page: [U0ERIK]}]}]
"""


@dataclass(frozen=True)
class Result:
    """`seconds` from the first notification (or the end of the trouble) until all was shown."""

    name: str
    taken_in: float
    seconds: float
    messages: int
    edits: int
    refused: int
    unseen: int
    summaries: int

    @property
    def ratio(self) -> float:
        """The worst of the limits; 1 is just kept."""
        if self.unseen or self.summaries != 1:
            return 100.0
        return max(self.seconds / SECONDS, self.messages / MESSAGES, self.refused / REFUSED)


Trouble = Callable[[StrictSlack, BotProcess, Storm], Awaitable[float]]


async def none(_slack: StrictSlack, _bot: BotProcess, storm: Storm) -> float:
    """A healthy Slack."""
    return storm.began


async def limited(slack: StrictSlack, _bot: BotProcess, _storm: Storm) -> float:
    """Every call is answered 429 for a while."""
    slack.limited_until = time.monotonic() + TROUBLE
    return slack.limited_until


async def down(slack: StrictSlack, _bot: BotProcess, _storm: Storm) -> float:
    """Slack does not answer for a while."""
    slack.down_until = time.monotonic() + TROUBLE
    return slack.down_until


async def killed(_slack: StrictSlack, bot: BotProcess, storm: Storm) -> float:
    """The bot dies in the middle and is started again."""
    await storm.half.wait()
    await bot.kill()
    await bot.start()
    return time.monotonic()


CASES: dict[str, Trouble] = {
    "healthy Slack": none,
    "429 for 30 s": limited,
    "down for 30 s": down,
    "kill -9 in the middle": killed,
}


def run() -> Outcome:
    """All four cases."""
    results = [asyncio.run(_measured(name, trouble)) for name, trouble in CASES.items()]
    table = [
        f"A storm of {AMOUNT:,} notifications (500 groups) into one channel of one message a second",
        f"{'':<24}{'taken in':>10}{'shown after':>13}{'messages':>10}{'edits':>7}{'refused':>9}"
        f"{'not shown':>11}",
        *(
            f"{one.name:<24}{one.taken_in:>8.1f} s{one.seconds:>11.1f} s{one.messages:>10}"
            f"{one.edits:>7}{one.refused:>9}{one.unseen:>11}"
            for one in results
        ),
    ]
    numbers = {one.name: vars(one) for one in results}
    return Outcome("storm", max(one.ratio for one in results), GOAL, table, numbers)


async def _measured(name: str, trouble: Trouble) -> Result:
    build = ROOT / "build"
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as folder:
        async with strict_slack() as (slack, url):
            bot = BotProcess(environment(Path(folder), url), Path(folder) / "bot.log")
            await bot.start()
            try:
                return await _storm(name, trouble, slack, bot)
            finally:
                await bot.stop()


async def _storm(name: str, trouble: Trouble, slack: StrictSlack, bot: BotProcess) -> Result:
    storm = Storm(int(bot.environment["PORT"]), payloads(AMOUNT, name))
    sending = asyncio.create_task(storm.send())
    await asyncio.sleep(0.5)
    since = await trouble(slack, bot, storm)
    await sending
    deadline = max(since, storm.ended) + 3 * SECONDS
    shown = await _all_shown(slack, storm, deadline)
    await asyncio.sleep(5)  # what comes after the last group, for the counts
    text = slack.text()
    return Result(
        name=name,
        taken_in=storm.ended - storm.began,
        seconds=max(0.0, shown - since),
        messages=slack.posts,
        edits=slack.edits,
        refused=slack.refused,
        unseen=storm.unseen(text),
        summaries=sum("Alert storm" in str(one.get("text", "")) for one in slack.messages.values()),
    )


async def _all_shown(slack: StrictSlack, storm: Storm, deadline: float) -> float:
    while time.monotonic() < deadline:
        if storm.unseen(slack.text()) == 0:
            break
        await asyncio.sleep(0.25)
    return time.monotonic()


def environment(folder: Path, slack: str) -> dict[str, str]:
    (folder / "headroom.yaml").write_text(HOUSE)
    return {
        "HEADROOM_CONFIG": str(folder / "headroom.yaml"),
        "DATABASE_URL": f"sqlite:///{folder}/headroom.db",
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": "a signing secret",
        "SLACK_API_URL": f"{slack}/api/",
        "HEADROOM_SECRET": "a secret for the benchmark of 32 or more",
        "HEADROOM_GOOGLE_ENDPOINT": "http://127.0.0.1:9",
        "HEADROOM_ALERT_TOKENS": TOKEN,
        "HEADROOM_HOST": "127.0.0.1",
        "PORT": str(free_port()),
    }
