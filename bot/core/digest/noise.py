"""The weekly digest's part about alerts: were they worth it, and which would be better otherwise."""

from datetime import datetime

from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Audience, Cadence, Section
from bot.core.figure import Amount, Table
from bot.core.noise import Noise, PolicyNoise
from bot.core.wording import say_duration, say_number

_MOST = 8


def alert_noise(facts: DigestFacts, now: datetime) -> Section | None:
    """None in a daily digest, and where there was no incident."""
    noise = facts.noise
    if noise is None or facts.cadence is not Cadence.WEEKLY:
        return None
    if not noise.incidents and not noise.silent:
        return None
    worth = [one for one in noise.policies if one.advice][:_MOST]
    return Section(
        title="Alerts",
        sentences=_sentences(noise),
        table=_table(noise.policies[:_MOST]) if noise.policies else None,
        audiences=frozenset({Audience.ENGINEERS}),
        advice=tuple(f"{one.policy}: {one.advice[0].value}." for one in worth),
    )


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
