"""Kill switches: what an administrator has paused takes on nothing new; what was promised before stands."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from bot.core.campaign import SETTLED
from bot.core.case import Case
from bot.core.pausing import Pause, pauses_over, title_of
from bot.core.verdict import Effect, Finding
from bot.core.wording import say_clock, say_day, say_list

POLICY = "paused"


def check(case: Case) -> Finding:
    """Refuses what a pause covers, by group or by workload; allows what was settled before it."""
    found = pauses_over(case.facts.pauses, case.groups, case.plan, case.now)
    if not found or case.campaign.state in SETTLED:
        return Finding(
            POLICY,
            Effect.ALLOW,
            "It is not paused."
            if not found
            else "It was promised before it was paused, so it stands.",
            "No pause applies." if not found else f"Paused: {_titles(found, case)}.",
            quiet=True,
        )
    titles = _titles(found, case)
    why = " ".join(pause.why for pause in found if pause.why)
    beyond = case.beyond(pause.group for pause in found)
    ends = [pause.until for pause in found]
    until = max((at for at in ends if at is not None), default=None)
    later = "once an administrator has resumed it"
    if until is not None and None not in ends:
        zone = case.campaign.announcement.zone
        day = say_day(until.astimezone(ZoneInfo(zone)).date())
        later = f"after {say_clock(until, zone)} on {day}, or {later}"
    return Finding(
        policy=POLICY,
        effect=Effect.REFUSE,
        reason=f"An administrator has paused {titles}, so nothing new is taken on there.",
        evidence=f"{why or 'No reason was given.'} {beyond}".rstrip(),
        way_out=f"Announce it again {later}.",
    )


def _titles(found: Sequence[Pause], case: Case) -> str:
    return say_list([title_of(pause.scope, case.house) for pause in found])
