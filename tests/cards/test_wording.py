"""How numbers, money, times, people and workloads are said."""

import math
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from bot.cards.wording import (
    bar,
    count,
    duration,
    labels,
    listing,
    mention,
    moment,
    money,
    number,
    roles,
    span,
    sparkline,
)
from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.core.money import Money
from bot.core.verdict import Role
from bot.core.windows import Window


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "0"),
        (0.04, "0"),
        (0.44, "0.4"),
        (3.0, "3"),
        (9.96, "10"),
        (12.5, "12"),
        (1240.4, "1,240"),
        (math.nan, "?"),
        (math.inf, "?"),
    ],
)
def test_a_number_is_said_with_no_more_digits_than_help(value: float, words: str) -> None:
    assert number(value) == words


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("23.4", "USD", "$23.40"),
        ("0", "USD", "$0.00"),
        ("0.001", "USD", "under $0.01"),
        ("1234567.895", "USD", "$1,234,567.90"),
        ("-3", "USD", "-$3.00"),
        ("5", "EUR", "€5.00"),
        ("5", "CHF", "5.00 CHF"),
        ("0.001", "CHF", "under 0.01 CHF"),
    ],
)
def test_money_is_said_in_its_currency(amount: str, currency: str, words: str) -> None:
    assert money(Money(Decimal(amount), currency)) == words


@pytest.mark.parametrize(
    ("span_of", "words"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=59, seconds=59), "1 h"),
        (timedelta(hours=4), "4 h"),
        (timedelta(hours=4, minutes=40), "4 h 40 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 h"),
        (timedelta(days=2, minutes=9), "2 days 9 min"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(span_of: timedelta, words: str) -> None:
    assert duration(span_of) == words


START = datetime(2025, 11, 28, 17, 0, tzinfo=UTC)


def test_a_moment_is_in_the_readers_zone_with_the_campaigns_as_fallback() -> None:
    said = moment(START, "Europe/Berlin")
    assert said == "<!date^1764349200^{date_short_pretty} {time}|Fri 28 Nov 18:00 Europe/Berlin>"
    assert moment(START, "Europe/Berlin", only_time=True).endswith("|18:00 Europe/Berlin>")


@pytest.mark.parametrize("zone", ["", "Nowhere/City", "../etc", "a|b>c", "Europe"])
def test_a_moment_is_said_in_utc_when_the_zone_is_none(zone: str) -> None:
    assert moment(START, zone).endswith("|Fri 28 Nov 17:00 UTC>")


def test_a_window_names_the_campaigns_zone_once() -> None:
    window = Window(START, START + timedelta(hours=4))
    assert span(window, "Europe/Berlin").endswith("(Fri 28 Nov 18:00–22:00 Europe/Berlin)")


def test_a_window_names_both_days_when_it_crosses_midnight_there() -> None:
    window = Window(START, START + timedelta(hours=7))
    assert span(window, "Europe/Berlin").endswith(
        "(Fri 28 Nov 18:00–Sat 29 Nov 01:00 Europe/Berlin)"
    )
    assert span(window, "America/New_York").endswith("(Fri 28 Nov 12:00–19:00 America/New_York)")


def _key(name: str, region: str = "r1", project: str = "p", pool: bool = False) -> WorkloadKey:
    kind = WorkloadKind.WORKER_POOL if pool else WorkloadKind.SERVICE
    return WorkloadKey(kind, project, region, name)


def test_a_workload_is_said_by_its_name_when_that_is_enough() -> None:
    assert list(labels([_key("web"), _key("search")]).values()) == ["web", "search"]


def test_a_workload_is_said_with_its_region_when_two_share_the_name() -> None:
    found = labels([_key("web"), _key("web", "r2"), _key("other")])
    assert list(found.values()) == ["web (r1)", "web (r2)", "other"]


def test_a_workload_is_said_in_full_when_name_and_region_are_shared() -> None:
    found = labels([_key("web"), _key("web", project="q"), _key("web", pool=True)])
    assert list(found.values()) == [
        "web (r1) [service, p]",
        "web (r1) [service, q]",
        "web (r1) [worker-pool, p]",
    ]


@pytest.mark.parametrize(
    ("user", "words"),
    [
        ("U0MAYA", "<@U0MAYA>"),
        ("W111", "<@W111>"),
        ("", "somebody"),
        ("!channel", "!channel"),
        ("U1> <!here", "U1&gt; &lt;!here"),
        ("maya", "maya"),
    ],
)
def test_only_a_slack_id_is_mentioned(user: str, words: str) -> None:
    assert mention(user) == words


def test_roles_are_said_as_a_choice() -> None:
    assert roles([Role.APPROVER, Role.ENGINEER]) == "an approver or an engineer"
    assert roles([Role.FINANCE, Role.FINANCE]) == "finance"
    assert roles([]) == "an approver"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (list("abcdefgh"), "a, b, c, d, e, f and 2 more"),
    ],
)
def test_a_list_is_said_and_its_rest_is_counted(words: list[str], said: str) -> None:
    assert listing(words) == said


def test_a_count_agrees_with_its_noun() -> None:
    assert count(1, "workload") == "1 workload"
    assert count(0, "workload") == "0 workloads"
    assert count(1200, "day") == "1,200 days"
    assert count(2, "it is", "they are") == "2 they are"


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (0, 61, "▱▱▱▱▱▱"),
        (1, 61, "▰▱▱▱▱▱"),
        (60, 61, "▰▰▰▰▰▱"),
        (61, 61, "▰▰▰▰▰▰"),
        (70, 61, "▰▰▰▰▰▰"),
        (0, 0, "▰▰▰▰▰▰"),
    ],
)
def test_a_bar_is_full_only_when_all_is_done(done: int, total: int, shown: str) -> None:
    assert bar(done, total) == shown


def test_a_sparkline_keeps_peaks_and_shows_gaps() -> None:
    assert sparkline([0, 4, 8, math.nan]) == "▁▅█·"
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "▁▁"
    wide = [0.0] * 500
    wide[250] = 1.0
    assert len(sparkline(wide)) == 24
    assert "█" in sparkline(wide)
