"""Slack in memory: what was posted, edited, whispered and opened can be read off it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.core.message import Message, View
from bot.core.standing import Standing
from bot.errors import NotAllowed, NotFound, Refused
from bot.ports.clock import Clock
from tests.fakes.faults import Faults

_RESPONSE_URL_USES = 5
_RESPONSE_URL_LIFE = timedelta(minutes=30)


@dataclass
class Posted:
    """A message in a channel: `message` is what is seen now, `edits` what was seen before, oldest first."""

    channel: str
    ts: str
    message: Message
    thread_ts: str = ""
    mark: str = ""
    edits: list[Message] = field(default_factory=list)

    @property
    def at(self) -> datetime:
        """When it was posted; Slack's ts is the second of its birth."""
        return datetime.fromtimestamp(float(self.ts), tz=UTC)


@dataclass
class FakeChat:
    """Records everything; fails as `faults` says.

    `channels` None means that every channel exists; in those of `closed` Headroom is no member.
    `groups` maps a user-group id to its members; people of other organisations read `shared_channels`.
    A trigger id opens one view; ids in `dead_triggers` open none.
    """

    clock: Clock
    channels: set[str] | None = None
    closed: set[str] = field(default_factory=set)
    groups: dict[str, frozenset[str]] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    posts: list[Posted] = field(default_factory=list)
    ephemerals: list[tuple[str, str, Message]] = field(default_factory=list)
    responses: list[tuple[str, Message]] = field(default_factory=list)
    views: list[tuple[str, View]] = field(default_factory=list)
    uploads: list[tuple[str, str, str, str]] = field(default_factory=list)
    homes: dict[str, list[View]] = field(default_factory=dict)
    pictures: list[tuple[str, str, str, bytes]] = field(default_factory=list)
    shared_channels: set[str] = field(default_factory=set)
    dead_triggers: set[str] = field(default_factory=set)
    _url_born: dict[str, datetime] = field(default_factory=dict)
    _count: int = 0

    async def post(
        self, channel: str, message: Message, *, thread_ts: str = "", mark: str = ""
    ) -> str:
        """Appends to `posts` and returns the ts."""
        self._known(channel)
        async with self.faults.around("post", channel):
            if thread_ts:
                self.at(channel, thread_ts)
            ts = self._next_ts()
            self.posts.append(Posted(channel, ts, message, thread_ts, mark))
        return ts

    async def update(self, channel: str, ts: str, message: Message, *, mark: str = "") -> None:
        """Edits in place; the old content goes to `edits`."""
        self._known(channel)
        async with self.faults.around("update", channel):
            posted = self.at(channel, ts)
            posted.edits.append(posted.message)
            posted.message = message
            posted.mark = mark or posted.mark

    async def ephemeral(self, channel: str, user: str, message: Message) -> None:
        """Appends to `ephemerals`."""
        self._known(channel)
        async with self.faults.around("ephemeral", channel):
            self.ephemerals.append((channel, user, message))

    async def respond(self, response_url: str, message: Message) -> None:
        """Appends to `responses`; five times within 30 minutes of the first."""
        async with self.faults.around("respond", response_url):
            born = self._url_born.setdefault(response_url, self.clock.now())
            uses = sum(url == response_url for url, _ in self.responses)
            if uses >= _RESPONSE_URL_USES or self.clock.now() - born > _RESPONSE_URL_LIFE:
                raise Refused("this response_url cannot be used any more", code="used_url")
            self.responses.append((response_url, message))

    async def find(
        self, channel: str, mark: str, since: datetime, *, thread_ts: str = ""
    ) -> str | None:
        """Looks through `posts`, newest first as Slack does."""
        self._known(channel)
        async with self.faults.around("find", channel):
            return next(
                (
                    p.ts
                    for p in reversed(self.posts)
                    if (p.channel, p.mark, p.thread_ts) == (channel, mark, thread_ts)
                    and p.at >= since
                ),
                None,
            )

    async def open_view(self, trigger_id: str, view: View, *, on_top: bool = False) -> None:
        """Appends to `views`; a trigger id opens one."""
        async with self.faults.around("open_view", trigger_id):
            if trigger_id in self.dead_triggers:
                raise Refused("the trigger id has expired", code="expired_trigger_id")
            self.dead_triggers.add(trigger_id)
            self.views.append((trigger_id, view))

    async def upload(self, channel: str, thread_ts: str, title: str, content: str | bytes) -> None:
        """Appends to `uploads`, a picture to `pictures`."""
        self._known(channel)
        async with self.faults.around("upload", channel):
            if isinstance(content, bytes):
                self.pictures.append((channel, thread_ts, title, content))
            else:
                self.uploads.append((channel, thread_ts, title, content))

    async def standing(self, user: str) -> Standing:
        """What `standings` says; everybody else is a member."""
        async with self.faults.around("standing", user):
            return self.standings.get(user, Standing.MEMBER)

    async def publish_home(self, user: str, view: View) -> None:
        """Keeps what is shown in `homes`."""
        async with self.faults.around("publish_home", user):
            self.homes.setdefault(user, []).append(view)

    async def members(self, user_group: str, since: datetime | None = None) -> frozenset[str]:
        """What `groups` says."""
        async with self.faults.around("members", user_group):
            if user_group not in self.groups:
                raise NotFound(f"there is no user group {user_group}")
            return self.groups[user_group]

    async def shared(self, channel: str) -> bool:
        """What `shared_channels` says, also of a channel that Headroom is not in."""
        if self.channels is not None and channel not in self.channels:
            raise NotFound(f"there is no channel {channel}")
        async with self.faults.around("shared", channel):
            return channel in self.shared_channels

    async def permalink(self, channel: str, ts: str) -> str:
        """An address that names both."""
        self._known(channel)
        async with self.faults.around("permalink", channel):
            self.at(channel, ts)
            return f"https://slack.test/archives/{channel}/p{ts.replace('.', '')}"

    def at(self, channel: str, ts: str) -> Posted:
        """The message with that ts; NotFound if there is none."""
        for posted in self.posts:
            if (posted.channel, posted.ts) == (channel, ts):
                return posted
        raise NotFound(f"there is no message {ts} in {channel}")

    def shown_in(self, channel: str) -> list[Message]:
        """What a person sees in the channel now, oldest first, replies included."""
        return [posted.message for posted in self.posts if posted.channel == channel]

    def texts(self, channel: str) -> Iterable[str]:
        """The plain texts of what a person sees in the channel now, oldest first."""
        return [message.text for message in self.shown_in(channel)]

    def _known(self, channel: str) -> None:
        if self.channels is not None and channel not in self.channels:
            raise NotFound(f"there is no channel {channel}")
        if channel in self.closed:
            raise NotAllowed(f"Headroom is not in the channel {channel}")

    def _next_ts(self) -> str:
        """Unique and growing, the seconds from the clock, as Slack's are."""
        self._count += 1
        return f"{int(self.clock.now().timestamp())}.{self._count:06d}"
