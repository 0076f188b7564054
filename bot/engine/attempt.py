"""One run of one job: calls the handler and turns what happens into when to look again.

Used by every engine; the only place of the product, besides the edge, that catches everything.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from bot.errors import AskedWrong, GiveUp, TryAgain
from bot.ports.jobs import Handler, TakenJob

_FIRST_WAIT = timedelta(seconds=1)
_LONGEST_WAIT = timedelta(minutes=5)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Result:
    """When to run again, at an instant or after a wait (None: not by itself), and what went wrong."""

    again: datetime | timedelta | None
    error: str = ""


def back_off(attempts: int) -> timedelta:
    """1 s after the first failure (`attempts` 0), doubled by each further one, at most 5 min."""
    doubled: timedelta = _FIRST_WAIT * 2 ** min(attempts, 16)
    return min(doubled, _LONGEST_WAIT)


async def attempt(taken: TakenJob, handler: Handler | None) -> Result:
    """Runs the handler once; never raises, except when it is cancelled.

    A job without a handler belongs to another version of Headroom and waits for it.
    """
    if handler is None:
        log.warning("no handler for the job %s %s; it waits", taken.job.name, taken.job.key)
        return Result(_LONGEST_WAIT, "no handler")
    try:
        return Result(await handler(taken.job.key))
    except TryAgain as error:
        wait = back_off(taken.attempts) if error.after is None else error.after
        log.info("%s %s tries again in %s: %s", taken.job.name, taken.job.key, wait, error)
        return Result(wait, str(error))
    except (GiveUp, AskedWrong) as error:
        reference = _reference()
        log.warning("%s %s gave up [%s]: %s", taken.job.name, taken.job.key, reference, error)
        return Result(None, f"{error} [{reference}]")
    except Exception as error:
        reference = _reference()
        log.exception("%s %s failed [%s]", taken.job.name, taken.job.key, reference)
        return Result(back_off(taken.attempts), f"{type(error).__name__} [{reference}]")


def _reference() -> str:
    """A short word that a person can quote and a log can be searched for."""
    return uuid4().hex[:8].upper()
