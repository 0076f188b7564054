"""A plan drawn with Slack's own chart blocks, as a reply under the campaign's message. Called by the drive flow."""

import math
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards.blocks import context, message
from bot.cards.report import POINTS, line_chart
from bot.cards.text import said
from bot.cards.wording import count, number, sparkline
from bot.core.message import Message
from bot.core.picture import Picture


def plan_chart(picture: Picture) -> Message:
    """Two charts: the demand and its high end, and the instances kept warm under the maximum."""
    demand, instants = picture.demand, picture.instants()
    per_point = math.ceil(len(instants) / POINTS)
    places = range(0, len(instants), per_point)
    labels = [_label(picture, instants[place]) for place in places]

    def highest(values: tuple[float, ...]) -> list[float | None]:
        return [max(values[place : place + per_point]) for place in places]

    warm: list[float | None] = [float(picture.warm_at(instants[place])) for place in places]
    ceiling: list[float | None] = [float(picture.ceiling)] * len(labels)
    peak, top = number(max(demand.expected)), number(max(demand.high))
    usual = number(max(demand.usual))
    summary = f"{peak} requests/s expected at the peak, {top} at most; {usual} are usual."
    held = (
        f"{count(max(edge.instances for edge in picture.warm), 'instance')} kept warm at the most"
    )
    held += f", the maximum is {picture.ceiling:,}."
    blocks = [
        line_chart(
            "Demand, requests per second",
            labels,
            {
                "Usual": highest(demand.usual),
                "Expected": highest(demand.expected),
                "At most": highest(demand.high),
            },
            "Requests per second",
        ),
        line_chart(
            "Instances kept warm",
            labels,
            {"Kept warm": warm, "Maximum": ceiling},
            "Instances",
        ),
        context(f"{summary} {held}"),
    ]
    text = "\n".join(
        (
            f"{said(picture.title)}: the plan as a chart",
            f"demand {sparkline(demand.expected)}",
            f"warm   {sparkline([value for value in warm if value is not None])}",
            f"{summary} {held}",
        )
    )
    return message(text, blocks)


def _label(picture: Picture, at: datetime) -> str:
    local = at.astimezone(ZoneInfo(picture.zone))
    return f"{local:%H:%M}" if picture.window.duration.days < 1 else f"{local:%d %b %H:%M}"
