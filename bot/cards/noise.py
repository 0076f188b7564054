"""The noise report as text: which alerts were worth it. Part of /headroom alerts and of the digest."""

from bot.cards.text import rows, said
from bot.cards.wording import count, duration, number
from bot.core.noise import Noise, PolicyNoise

_MOST = 5


def noise_lines(noise: Noise) -> str:
    """The numbers of the window, then the policies that deserve a look, with what to do about each."""
    days = max(1, round(noise.window.duration.total_seconds() / 86400))
    silent = _silent(noise)
    if not noise.incidents:
        return f"*Last {days} days:* no incident was shown, {silent}."
    share = noise.acknowledged_share or 0.0
    wait = (
        f", after {duration(noise.time_to_acknowledge)} (median)"
        if noise.time_to_acknowledge is not None
        else ""
    )
    first = (
        f"*Last {days} days:* {count(noise.incidents, 'incident')} shown, {share:.0%} acknowledged"
        f"{wait}; {silent}. {_pages(noise.pages_per_week)} a week, "
        f"{noise.night_pages:,} at night."
    )
    lines = [_policy(one) for one in noise.policies if one.advice]
    if not lines:
        return first
    return f"{first}\n*Worth a look*\n{rows(lines, most=_MOST)}"


def _silent(noise: Noise) -> str:
    """`5 stayed silent (3 could wait, 1 explained by another, 1 snoozed)`."""
    if not noise.silent:
        return "none stayed silent"
    other = noise.silent - noise.could_wait - noise.explained
    why = [
        f"{number:,} {word}"
        for number, word in (
            (noise.could_wait, "could wait"),
            (noise.explained, "explained by another"),
            (other, "snoozed"),
        )
        if number
    ]
    return f"{noise.silent:,} stayed silent ({', '.join(why)})"


def _policy(policy: PolicyNoise) -> str:
    advice = "; ".join(one.value for one in policy.advice)
    return (
        f"• *{said(policy.policy, 80)}* fired {count(policy.fired, 'time')}, acted on "
        f"{policy.acted:,}, {count(policy.night_pages, 'page')} at night. "
        f"{advice[0].upper()}{advice[1:]}."
    )


def _pages(each_week: float) -> str:
    """`2.5 pages`, `1 page`."""
    told = number(each_week)
    return f"{told} page" if told == "1" else f"{told} pages"
