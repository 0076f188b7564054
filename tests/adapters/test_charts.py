"""The drawn plan is a PNG for a phone, on a light and on a dark background."""

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PIL import Image

from bot.adapters.charts import PlanCharts
from bot.core.figure import Figure, Shape
from bot.core.picture import Picture, picture_of
from bot.core.planner import make_plan
from bot.core.windows import Window
from tests.core_plan.scenes import BERLIN, HOUSE, NOW, WINDOW, campaign, evidence


def picture(window: Window = WINDOW) -> Picture:
    plan = make_plan(campaign(window=window), [evidence()], house=HOUSE, now=NOW)
    drawn = picture_of(plan, "Black Friday push: the plan", BERLIN)
    assert drawn is not None
    return drawn


def drawn(shown: Picture, *, dark: bool = False) -> Image.Image:
    png = PlanCharts().draw(shown, dark=dark)
    assert png is not None and len(png) < 300_000
    return Image.open(io.BytesIO(png)).convert("RGB")


def _luminance(colour: Sequence[int]) -> float:
    """WCAG 2: relative luminance."""
    parts = [c / 255 for c in colour]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_it_is_a_square_that_a_phone_shows_at_its_full_width() -> None:
    assert drawn(picture()).size == (960, 960)


@pytest.mark.parametrize("dark", [False, True])
def test_text_and_lines_stand_out_from_the_background(dark: bool) -> None:
    image = drawn(picture(), dark=dark)
    back = image.getpixel((2, 2))
    colours = {colour for count, colour in image.getcolors(1_000_000) or [] if count > 200}
    assert isinstance(back, tuple)
    paper = _luminance(back)
    contrasts = []
    for colour in colours:
        assert isinstance(colour, tuple)
        high, low = sorted((_luminance(colour), paper), reverse=True)
        contrasts.append((high + 0.05) / (low + 0.05))
    # At least ink, the expected line and the held line: 3:1 is what WCAG wants of graphics.
    assert sum(contrast >= 3 for contrast in contrasts) >= 3


def test_a_near_maximum_and_a_long_window_are_drawn_too() -> None:
    shown = picture()
    near = replace(shown, ceiling=max(edge.instances for edge in shown.warm) + 1)
    assert drawn(near).size == (960, 960)
    long = picture(Window(WINDOW.start, WINDOW.start + timedelta(days=3)))
    assert drawn(long).size == (960, 960)


COST = Figure(
    "Cost by day, in $",
    "Dollars",
    ["Mon", "Tue"],
    {"This week": [3, 4], "Last week": [2, 5]},
    Shape.BAR,
)
USE = Figure("Used", "Share", [f"{at}:00" for at in range(24)], {"checkout": [0.5, None] * 12})


@pytest.mark.parametrize("dark", [False, True])
def test_the_charts_of_a_message_stand_below_each_other(dark: bool) -> None:
    png = PlanCharts().draw_figures([COST, USE], dark=dark)
    assert png is not None
    assert Image.open(io.BytesIO(png)).size == (960, 960)


def test_no_picture_is_made_of_no_chart() -> None:
    assert PlanCharts().draw_figures([]) is None
