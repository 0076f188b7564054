"""Charts and tables: what Slack takes whatever comes in, and the same as text."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cards.blocks import actions, button, header, message
from bot.cards.figures import (
    chart,
    chart_text,
    figures_in,
    table,
    table_text,
    without_figures,
)
from bot.core.figure import Amount, Cell, Figure, Shape, Table
from bot.core.message import Message
from tests.cards.limits import faults
from tests.cards.strange import WORDS

DEMAND = Figure(
    "Demand",
    "Requests per second",
    ["18:00", "18:15", "18:30"],
    {"Planned": [1.0, 2.0, 3.0], "Actual": [1.5, None, math.nan], "Nothing": [None] * 3},
)
FLOORS = Table(
    "Capacity now",
    ("Workload", "Used", "Floor"),
    (("web", Amount(0.62, "62%"), Amount(14, "14")), ("checkout", "–", Amount(1200, "1,200"))),
)
VALUES = st.none() | st.floats(-1e12, 1e12) | st.just(math.nan) | st.just(math.inf)


@st.composite
def figures(draw: st.DrawFn) -> Figure:
    """Any number of lines and labels, of anything."""
    labels = draw(st.lists(WORDS, max_size=50))
    lines = {draw(WORDS): [draw(VALUES) for _ in labels] for _ in range(draw(st.integers(0, 8)))}
    return Figure(
        draw(WORDS), draw(WORDS), labels, lines, draw(st.sampled_from(Shape)), draw(WORDS)
    )


@st.composite
def tables(draw: st.DrawFn) -> Table:
    """Any number of rows and columns, of anything."""
    width = draw(st.integers(1, 25))
    numbers = st.builds(Amount, st.floats(), WORDS)
    row = st.lists(st.one_of(WORDS, numbers), min_size=width, max_size=width)
    rows: list[list[Cell]] = draw(st.lists(row, max_size=4)) * draw(st.sampled_from([1, 60]))
    return Table(draw(WORDS), draw(st.lists(WORDS, min_size=width, max_size=width)), rows)


@settings(max_examples=60, deadline=None)
@given(figures(), tables())
def test_slack_takes_every_chart_and_table_whatever_comes_in(figure: Figure, rows: Table) -> None:
    drawn = [block for block in (chart(figure), table(rows)) if block is not None]
    card = message("text", [header("Head"), *drawn])
    assert len(card.blocks) == 1 + len(drawn)
    assert faults(card) == []
    simple = without_figures(card)
    assert (simple is None) == (not drawn)
    assert simple is None or faults(simple) == []


def test_every_line_has_one_point_at_every_label_when_a_measurement_is_missing() -> None:
    block = chart(DEMAND)
    assert block is not None
    drawn = block["chart"]
    assert drawn["axis_config"]["categories"] == ["18:00"]
    assert [line["name"] for line in drawn["series"]] == ["Planned", "Actual"]
    assert all(len(line["data"]) == 1 for line in drawn["series"])


def test_a_peak_stays_when_there_are_more_points_than_slack_takes() -> None:
    values = [float(at == 37) for at in range(96)]
    block = chart(Figure("Day", "Alerts", [str(at) for at in range(96)], {"Alerts": values}))
    assert block is not None
    [line] = block["chart"]["series"]
    assert len(line["data"]) == 20
    assert max(point["value"] for point in line["data"]) == 1.0


def test_nothing_is_drawn_of_nothing() -> None:
    assert chart(Figure("Demand", "", [], {})) is None
    assert chart(Figure("Demand", "", ["18:00"], {"Actual": [None]})) is None
    assert table(Table("Capacity", ("Workload",), ())) is None
    assert (
        chart_text(Figure("Demand", "", ["18:00"], {"Actual": [None]})),
        table_text(Table("C", ("W",), ())),
    ) == ("", "")


def test_a_long_table_says_how_much_of_it_is_shown() -> None:
    rows = [(f"workload-{at}", Amount(at, str(at))) for at in range(1000)]
    block = table(Table("Workloads", ("Workload", "Floor"), rows))
    assert block is not None
    assert block["caption"] == "Workloads (the first 100 of 1,000)"
    assert table_text(Table("W", ("Workload", "Floor"), rows)).endswith("and 988 more")


def test_the_text_of_a_table_has_its_numbers_to_the_right() -> None:
    assert table_text(FLOORS).splitlines() == [
        "*Capacity now*",
        "```Workload  Used  Floor",
        "web        62%     14",
        "checkout     –  1,200```",
    ]


def test_the_text_of_a_chart_says_the_last_and_the_highest_value() -> None:
    assert chart_text(DEMAND).splitlines() == [
        "Demand, Requests per second",
        "Planned ▃▆█ last 3, most 3",
        "Actual  █·· last 1.5, most 1.5",
    ]


def test_a_message_keeps_its_buttons_when_its_charts_are_refused() -> None:
    drawn = [chart(DEMAND), table(FLOORS)]
    press = actions(button("Why?", action_id="why", value="v"))
    card = Message("text", (header("Head"), *(block for block in drawn if block), press))
    simple = without_figures(card)
    assert simple is not None
    assert [block["type"] for block in simple.blocks] == ["header", "section", "section", "actions"]
    assert without_figures(simple) is None


def test_a_chart_is_drawn_as_it_was_shown() -> None:
    block = chart(DEMAND)
    assert block is not None
    [figure] = figures_in(Message("text", (block,)))
    assert (figure.title, figure.unit, figure.along) == ("Demand", "Requests per second", "Time")
    assert dict(figure.lines) == {"Planned": (1.0,), "Actual": (1.5,)}
