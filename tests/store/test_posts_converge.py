"""Whatever the order of wishes, refusals, crashes and sendings: in the end Slack shows what is wanted."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.message import Post, WantedPost
from bot.store.database import Database
from tests.store.sample import NOW, post
from tests.store_fixture import Wakeups

CHANNEL = "C0CAMPAIGN"
# Subject to parent: a thread with two replies, and one message apart.
THREAD = {"root": None, "reply-a": "root", "reply-b": "root", "other": None}

WISH = st.tuples(st.just("want"), st.sampled_from(sorted(THREAD)), st.integers(0, 3))
SEND = st.tuples(
    st.sampled_from(["send", "lose the answer", "crash before", "refuse", "pause"]),
    st.just(""),
    st.integers(0, 3),
)


@dataclass
class Slack:
    """What a person sees: messages by ts, with the ts of their thread's parent."""

    shown: dict[str, WantedPost] = field(default_factory=dict)
    threads: dict[str, str] = field(default_factory=dict)

    def put(self, found: Post) -> str:
        """Posts or edits, as the publisher would after having looked for a lost message."""
        known = {one.subject: ts for ts, one in self.shown.items()}
        subject = found.wanted.subject
        lost = known.get(subject, "") if found.claimed_at else ""
        ts = found.ts or lost or f"{len(self.shown) + 1}.0"
        assert subject not in known or known[subject] == ts, "posted twice"
        self.shown[ts] = found.wanted
        self.threads[ts] = found.thread_ts
        return ts


@dataclass
class Play:
    """One run: applies acts to a database and to Slack, a fraction of a second apart."""

    database: Database
    slack: Slack = field(default_factory=Slack)
    now: datetime = NOW
    wanted: dict[str, WantedPost] = field(default_factory=dict)

    PACE: ClassVar[timedelta] = timedelta(seconds=0.4)

    async def act(self, act: str, subject: str, number: int) -> None:
        """One wish or one tick of the publisher."""
        self.now += self.PACE
        if act != "want":
            await self.tick(act, number)
            return
        wish = post(subject, f"text {number}", lane=number, thread_of=THREAD[subject])
        self.wanted[subject] = wish
        async with self.database.begin() as tx:
            await tx.posts.want(wish, self.now)

    async def tick(self, act: str, number: int) -> bool:
        """Sends the next post, or fails in the manner of `act`; False when there was none to send."""
        async with self.database.begin() as tx:
            if act == "pause":
                await tx.posts.pause(CHANNEL, self.now + timedelta(seconds=number))
            found = await tx.posts.next(CHANNEL, self.now)
            if not isinstance(found, Post):
                return found is not None
            if not found.ts:
                await tx.posts.claim(found.id, self.now)
        if act == "crash before":
            return True
        if act == "refuse":
            async with self.database.begin() as tx:
                again_at = self.now + timedelta(seconds=number)
                await tx.posts.failed(found.id, "invalid_blocks", again_at, plain=True)
            return True
        ts = self.slack.put(found)
        if act != "lose the answer":
            async with self.database.begin() as tx:
                await tx.posts.shown(found.id, found.wanted_rev, ts, self.now)
        return True

    async def finish(self) -> None:
        """Lets the publisher work until the channel is up to date."""
        for _ in range(500):
            self.now += self.PACE
            if not await self.tick("send", 0):
                return
        raise AssertionError("the channel never comes up to date")


def check(play: Play) -> None:
    """Everything that can be shown is shown as wanted, once, and replies are under their parent."""
    slack = play.slack
    owed = {
        subject: wish
        for subject, wish in play.wanted.items()
        if THREAD[subject] is None or THREAD[subject] in play.wanted
    }
    seen = {one.subject: one.message for one in slack.shown.values()}
    assert seen == {subject: wish.message for subject, wish in owed.items()}
    ts_of = {one.subject: ts for ts, one in slack.shown.items()}
    for subject, ts in ts_of.items():
        parent = THREAD[subject]
        assert slack.threads[ts] == (ts_of[parent] if parent else "")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(st.one_of(WISH, SEND), min_size=1, max_size=30))
def test_everything_wanted_is_shown_once_and_replies_follow_their_parent(
    acts: list[tuple[str, str, int]],
) -> None:
    async def run() -> None:
        database = Database("sqlite://", on_wake=Wakeups())
        try:
            await database.migrate()
            play = Play(database)
            for act, subject, number in acts:
                await play.act(act, subject, number)
            await play.finish()
            check(play)
        finally:
            await database.close()

    asyncio.run(run())
