"""A digest's part about alerts: what was not urgent, and weekly whether the rest was worth it."""

from datetime import datetime

from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Audience, Cadence, Section
from bot.core.figure import Amount, Table
from bot.core.noise import Noise, PolicyNoise, QuietPolicy
from bot.core.wording import say_duration, say_number

_MOST = 8
_MOST_IN_SHORT = 5
_MOST_PLACES = 3


def alert_noise(facts: DigestFacts, now: datetime) -> Section | None:
    """Every day what waited for the digest, every week all of it; None where there is nothing of that."""
    noise = facts.noise
    if noise is None:
        return None
    if facts.cadence is Cadence.DAILY:
        return _daily(noise) if noise.quiet else None
    if not noise.incidents and not noise.silent:
        return None
    worth = [one for one in noise.policies if one.advice][:_MOST]
    return Section(
        title="Alerts",
        sentences=(*_sentences(noise), *([_in_short(noise.quiet)] if noise.quiet else [])),
        table=_table(noise.policies[:_MOST]) if noise.policies else None,
        audiences=frozenset({Audience.ENGINEERS}),
        advice=tuple(f"{one.policy}: {one.advice[0].value}." for one in worth),
    )


def _daily(noise: Noise) -> Section:
    """Nobody was called for these, and nothing else tells of them."""
    alerts = sum(one.fired for one in noise.quiet)
    still = sum(one.open for one in noise.quiet)
    verb = "alert was not urgent and has" if alerts == 1 else "alerts were not urgent and have"
    waiting = f", {still:,} of them still open" if still else ", all of them over"
    if alerts == 1:
        waiting = "; it is still open" if still else "; it is over"
    rows = tuple(
        (
            one.policy,
            _where(one) or "not known",
            Amount(one.fired, f"{one.fired:,}"),
            Amount(one.open, f"{one.open:,}"),
        )
        for one in noise.quiet[:_MOST]
    )
    left = len(noise.quiet) - _MOST
    more = (f"{left:,} more policies are not listed.",) if left > 0 else ()
    return Section(
        title="Alerts that could wait",
        sentences=(f"{alerts:,} {verb} waited for this digest{waiting}.", *more),
        table=Table("Alerts that could wait", ("Policy", "Where", "Fired", "Still open"), rows),
        audiences=frozenset({Audience.ENGINEERS}),
    )


def _in_short(quiet: tuple[QuietPolicy, ...]) -> str:
    """`Not urgent: Disk is nearly full (orders-db) 3 times, still open; and 2 other policies.`"""
    shown = [_short(one) for one in quiet[:_MOST_IN_SHORT]]
    left = len(quiet) - len(shown)
    shown += [f"and {left:,} other {'policy' if left == 1 else 'policies'}"] if left else []
    return f"Not urgent: {'; '.join(shown)}."


def _short(one: QuietPolicy) -> str:
    where = f" ({_where(one)})" if _where(one) else ""
    times = "once" if one.fired == 1 else f"{one.fired:,} times"
    return f"{one.policy}{where} {times}{', still open' if one.open else ''}"


def _where(one: QuietPolicy) -> str:
    left = len(one.about) - _MOST_PLACES
    shown = ", ".join(one.about[:_MOST_PLACES])
    return f"{shown} and {left:,} more" if left > 0 else shown


def _sentences(noise: Noise) -> tuple[str, ...]:
    if not noise.incidents:
        return (f"No incident was shown; {noise.silent:,} stayed silent.",)
    share = f"{noise.acknowledged_share or 0.0:.0%} were acknowledged"
    if noise.time_to_acknowledge is not None:
        share += f", half of them within {say_duration(noise.time_to_acknowledge)}"
    shown = "1 incident was" if noise.incidents == 1 else f"{noise.incidents:,} incidents were"
    return (
        f"{shown} shown: {share}. {noise.silent:,} stayed silent.",
        f"{say_number(round(noise.pages_per_week, 1))} pages in the week,"
        f" {noise.night_pages:,} of them at night.",
    )


def _table(policies: tuple[PolicyNoise, ...]) -> Table:
    rows = tuple(
        (
            one.policy,
            Amount(one.fired, f"{one.fired:,}"),
            Amount(one.acted, f"{one.acted:,}"),
            Amount(one.night_pages, f"{one.night_pages:,}"),
        )
        for one in policies
    )
    return Table("Alerts by policy", ("Policy", "Fired", "Acted on", "Pages at night"), rows)
