"""Laws over random histories: orders, duplicates, delays and replays of alerts, people and timers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.alert_rules import Flapping
from bot.core.change import Changed, Click, Result
from bot.core.escalation import next_page, paged, settle
from bot.core.incident import Incident, Phase
from bot.core.page import PageReason
from bot.core.responding import acknowledge, escalate, resolve, snooze, unacknowledge
from tests.core_alerts.samples import MINUTE, alert, house
from tests.core_alerts.shift import Shift

POLICIES = ("Errors", "Latency")
SIGNALS = tuple((f"0.{policy}.{number}", policy) for policy in POLICIES for number in range(3))
VERBS: dict[str, Callable[[Incident, Click], Result]] = {
    "ack": acknowledge,
    "unack": unacknowledge,
    "snooze": lambda one, click: snooze(one, click, click.now + 30 * MINUTE),
    "escalate": escalate,
    "resolve": resolve,
}
REMINDERS = {PageReason.REMINDER, PageReason.HANDOVER}
RULES = house(flapping=Flapping(times=2, calm=15 * MINUTE))


@dataclass(frozen=True)
class Told:
    """A notification arrives: an opening or an end of one of the signals."""

    signal: int
    is_open: bool


@dataclass(frozen=True)
class Did:
    """Somebody presses a button on the incident of a policy."""

    policy: str
    verb: str
    by: str


@dataclass(frozen=True)
class Passed:
    """Time passes; the timers look."""

    minutes: int


people = st.builds(
    Did,
    st.sampled_from(POLICIES),
    st.sampled_from(["ack", "unack", "snooze", "escalate"]),
    st.sampled_from(["U0ERIK", "U0OLGA"]),
)
passing = st.builds(Passed, st.integers(1, 45))
notices = st.builds(Told, st.integers(0, len(SIGNALS) - 1), st.booleans())
histories = st.lists(notices | notices | people | passing, max_size=40)


@dataclass
class World(Shift):
    """A shift with people and timers; `held` are incidents (and laps) that are acknowledged, by the book."""

    held: set[tuple[str, int]] = field(default_factory=set)
    pages: list[tuple[str, int, PageReason]] = field(default_factory=list)

    def __post_init__(self) -> None:
        Shift.__init__(self, RULES)

    def step(self, event: Told | Did | Passed) -> None:
        if isinstance(event, Told):
            source, policy = SIGNALS[event.signal]
            self.sort(alert(source, is_open=event.is_open, policy=policy))
        elif isinstance(event, Did):
            self._press(event)
        else:
            self.now += event.minutes * MINUTE
        self.look()

    def look(self) -> None:
        """All timers look, as often as there is something to do."""
        for one in list(self.incidents()):
            changed = settle(one, list(self.incidents()), self.house.alerts, self.now)
            current = changed.incident if changed else one
            page = next_page(current, self.house.alerts, self.now).page
            if page is not None:
                assert current.open and not current.hushed(self.now)
                assert page.reason in REMINDERS or (current.id, current.lap) not in self.held
                self.pages.append((current.id, page.number, page.reason))
                current = paged(current, page, self.house.alerts).incident
            self.put(current)

    def incidents(self) -> Iterator[Incident]:
        yield from self.situation.incidents.values()

    def _press(self, event: Did) -> None:
        found = [one for one in self.incidents() if one.subject.facets["policy"] == event.policy]
        for one in found:
            click = Click(event.by, self.now)
            result = VERBS[event.verb](one, click)
            if not isinstance(result, Changed):
                continue
            self.put(result.incident)
            (self.held.add if event.verb == "ack" else self.held.discard)((one.id, one.lap))
            if result.snooze is not None:
                self.snooze(result.snooze.group_key, result.snooze.until)


def firing(events: list[Told]) -> set[int]:
    """The reference: a signal fires if it was opened and never ended, in whatever order that was told."""
    opened = {event.signal for event in events if event.is_open}
    ended = {event.signal for event in events if not event.is_open}
    return opened - ended


@settings(deadline=None, max_examples=200)
@given(histories)
def test_whatever_the_history_what_fires_is_open_and_nothing_else(
    events: list[Told | Did | Passed],
) -> None:
    world = World()
    for event in events:
        world.step(event)
    world.step(Passed(16))  # what flapped has calmed down by now
    expected = firing([event for event in events if isinstance(event, Told)])
    for policy in POLICIES:
        fires = [one for one in expected if SIGNALS[one][1] == policy]
        found = [one for one in world.incidents() if one.subject.facets["policy"] == policy]
        assert sum(one.firing for one in found if one.open) == len(fires)
        assert any(one.open for one in found) == bool(fires)
    assert {s for s, one in world.situation.signals.items() if one.open} == {
        SIGNALS[one][0] for one in expected
    }


@settings(deadline=None, max_examples=200)
@given(histories)
def test_nobody_is_paged_while_it_is_acknowledged_and_no_page_twice(
    events: list[Told | Did | Passed],
) -> None:
    world = World()
    for event in events:
        world.step(event)  # `look` asserts the first half at every page
    assert len({(one, number) for one, number, _ in world.pages}) == len(world.pages)


@settings(deadline=None, max_examples=100)
@given(st.lists(notices, max_size=20), st.data())
def test_replaying_everything_changes_nothing(events: list[Told], data: st.DataObject) -> None:
    world = World()
    for event in events:
        world.step(event)
    before = dict(world.situation.incidents)
    for event in data.draw(st.permutations(events)):
        # A replay comes with the same identities; even past the store's own check it is harmless.
        if event.is_open or event.signal not in firing(events):
            world.step(event)
    after = world.situation.incidents
    assert {key: (one.phase, one.firing, one.lap) for key, one in before.items()} == {
        key: (one.phase, one.firing, one.lap) for key, one in after.items()
    }


@settings(deadline=None, max_examples=100)
@given(st.lists(notices | people, max_size=30), st.integers(1, 6))
def test_batches_of_any_size_give_the_same_incidents(events: list[Told | Did], size: int) -> None:
    told = [event for event in events if isinstance(event, Told)]
    alerts = [
        alert(SIGNALS[one.signal][0], is_open=one.is_open, policy=SIGNALS[one.signal][1])
        for one in told
    ]
    single, batched = Shift(RULES), Shift(RULES)
    for one in alerts:
        single.sort(one)
    for start in range(0, len(alerts), size):
        batched.sort(*alerts[start : start + size])
    assert single.situation == batched.situation


@settings(deadline=None, max_examples=100)
@given(histories, st.integers(0, 30))
def test_looking_at_the_promised_time_is_enough(
    events: list[Told | Did | Passed], extra: int
) -> None:
    """Timers may sleep until `look_again`: nothing is due before it."""
    world = World()
    for event in events:
        world.step(event)
    for one in world.incidents():
        turn = next_page(one, world.house.alerts, world.now)
        earlier = world.now + timedelta(minutes=extra)
        if turn.page is None and (turn.look_again is None or earlier < turn.look_again):
            assert next_page(one, world.house.alerts, earlier).page is None
            assert settle(one, list(world.incidents()), world.house.alerts, earlier) is None or (
                one.inhibited_by
            )


def test_a_resolved_incident_never_pages() -> None:
    world = World()
    world.step(Told(0, is_open=True))
    world.step(Did("Errors", "resolve", "U0ERIK"))
    count = len(world.pages)
    for minutes in (10, 100, 1000):
        world.step(Passed(minutes))
    assert len(world.pages) == count
    assert [one.phase for one in world.incidents()] == [Phase.RESOLVED]


def test_a_snoozed_group_pages_again_when_the_snooze_ends_and_it_still_fires() -> None:
    world = World()
    world.step(Told(0, is_open=True))
    world.step(Did("Errors", "snooze", "U0ERIK"))
    world.step(Passed(29))
    assert len(world.pages) == 1
    world.step(Passed(1))
    assert [reason for _, _, reason in world.pages] == [PageReason.FIRST, PageReason.FIRST]
    assert replace(world.only, snoozed_until=None) == world.only
