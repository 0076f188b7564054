"""The digest's section "Is the data right and on time?"; contributed in composing."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.digest.facts import DigestFacts
from bot.core.digest.section import Evidence, Section
from bot.core.figure import Table
from bot.core.pipelines import Health, Timeliness

COLUMNS = ("Pipeline", "State", "What was seen")
_BAD = (Timeliness.FAILED, Timeliness.LATE)


def data_section(facts: DigestFacts, now: datetime) -> Section | None:
    """Every pipeline with a target; first whether all were kept, then what was not."""
    return pipelines_section(facts.pipelines, facts.pipelines_silent)


def pipelines_section(
    found: Sequence[Health], silent: tuple[str, ...], *, singly: bool = True
) -> Section | None:
    """The same of these; only what is not on time where they are not asked for `singly`."""
    if not found:
        return None
    bad = [one for one in found if one.timeliness in _BAD]
    unknown = [one for one in found if one.timeliness is Timeliness.UNKNOWN]
    fine = len(found) - len(bad) - len(unknown)
    sentences = [_answer(len(found), fine, len(bad))]
    sentences += [f"{one.pipeline.title}: {one.sentence}." for one in (*bad, *unknown)]
    ends = [one.newest for one in found if one.newest is not None]
    return Section(
        title="Is the data right and on time?",
        sentences=tuple(sentences),
        table=Table("Pipelines", COLUMNS, tuple(map(_row, found))) if singly else None,
        evidence=Evidence(
            measured=sum(one.measured for one in found),
            wanted=sum(one.wanted for one in found),
            newest=max(ends, default=None),
            silent=silent,
            what="points",
        ),
        advice=tuple(_advice(one) for one in bad),
    )


def _answer(total: int, fine: int, bad: int) -> str:
    if fine == total:
        return "Yes: every pipeline kept its target." if total > 1 else "Yes: its target was kept."
    if bad:
        whose = "its" if bad == 1 else "their"
        return f"No: {bad:,} of {total:,} pipelines did not keep {whose} target."
    return f"As far as is known: {fine:,} of {total:,} pipelines kept their target."


def _row(one: Health) -> tuple[str, str, str]:
    return one.pipeline.title, str(one.timeliness), one.sentence


def _advice(one: Health) -> str:
    if one.timeliness is Timeliness.FAILED:
        return f"Look at the last execution of {one.pipeline.job} before its data are used."
    if one.pipeline.workers:
        names = " or ".join(one.pipeline.workers)
        return f"{one.pipeline.title}: more instances of {names} would empty it sooner."
    return f"{one.pipeline.title}: see why nothing came through."
