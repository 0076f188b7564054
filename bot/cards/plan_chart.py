"""A plan drawn with Slack's own chart blocks, as a reply under the campaign's message. Called by the drive flow."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards.blocks import context, message
from bot.cards.figures import chart
from bot.cards.text import said
from bot.cards.wording import count, number, sparkline
from bot.core.figure import Figure
from bot.core.message import Message
from bot.core.picture import Picture


def plan_chart(picture: Picture) -> Message:
    """Two charts: the demand and its high end, and the instances kept warm under the maximum."""
    demand, instants = picture.demand, picture.instants()
    labels = [_label(picture, instant) for instant in instants]
    warm: list[float | None] = [float(picture.warm_at(instant)) for instant in instants]
    ceiling: list[float | None] = [float(picture.ceiling)] * len(labels)
    lines = {"Usual": demand.usual, "Expected": demand.expected, "At most": demand.high}
    drawn = [
        chart(Figure("Demand, requests per second", "Requests per second", labels, lines)),
        chart(
            Figure(
                "Instances kept warm", "Instances", labels, {"Kept warm": warm, "Maximum": ceiling}
            )
        ),
    ]
    peak, top = number(max(demand.expected)), number(max(demand.high))
    usual = number(max(demand.usual))
    summary = f"{peak} requests/s expected at the peak, {top} at most; {usual} are usual."
    held = (
        f"{count(max(edge.instances for edge in picture.warm), 'instance')} kept warm at the most"
    )
    held += f", the maximum is {picture.ceiling:,}."
    blocks = [*(block for block in drawn if block is not None), context(f"{summary} {held}")]
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
