"""Translates what Google's clients raise into Headroom's families; used by the Google adapters.

Sources of the texts: the Cloud Run Admin API's answers as seen in public issue reports.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from google.api_core import exceptions
from google.auth import exceptions as auth
from google.rpc import error_details_pb2

from bot.errors import (
    GiveUp,
    HeadroomError,
    NotAllowed,
    NotFound,
    Refused,
    SlowDown,
    Stale,
    TryAgain,
)

_QUOTA_PAUSE = timedelta(seconds=20)  # write quotas are per minute; Google rarely says how long
_TOO_SLOW = "no answer in time"
_CPU_QUOTA = re.compile(r"CpuAllocPerProjectRegion requested: (\d+) allowed: (\d+)")
_MEMORY_QUOTA = re.compile(r"MemAllocPerProjectRegion requested: (\d+) allowed: (\d+)")
_MOST_INSTANCES = re.compile(r"(?:must be set to|may not exceed) (\d+)")


@contextmanager
def translated(doing: str, *, needs: str) -> Iterator[None]:
    """Raises one of ours for whatever Google's client raised inside.

    `doing` says what was tried ("raise the floor of shop"), `needs` the permissions it takes.
    """
    try:
        yield
    except exceptions.GoogleAPICallError as error:
        raise _of_answer(error, doing, needs) from error
    except auth.TransportError as error:
        raise TryAgain(f"could not {doing}: Google's sign-in does not answer") from error
    except auth.GoogleAuthError as error:
        raise NotAllowed(
            f"could not {doing}: there are no valid Google credentials ({type(error).__name__}); "
            "set up application default credentials or a service account"
        ) from error
    except (exceptions.RetryError, TimeoutError) as error:
        raise TryAgain(f"could not {doing}: {_TOO_SLOW}") from error
    except (exceptions.GoogleAPIError, OSError) as error:
        raise TryAgain(f"could not {doing}: the connection broke") from error


def plain_words(message: str) -> str:
    """A quota text of Cloud Run in words for people; any other text as it is."""
    parts = []
    if cpu := _CPU_QUOTA.search(message):
        asked, allowed = (int(number) / 1000 for number in cpu.groups())
        parts.append(f"{asked:g} vCPU asked for, the region's quota is {allowed:g}")
    if memory := _MEMORY_QUOTA.search(message):
        asked, allowed = (int(number) / 2**30 for number in memory.groups())
        parts.append(f"{asked:.0f} GiB of memory asked for, the region's quota is {allowed:.0f}")
    if most := _MOST_INSTANCES.search(message):
        parts.append(f"at most {most[1]} instances fit")
    return "; ".join(parts) or message


def _of_answer(error: exceptions.GoogleAPICallError, doing: str, needs: str) -> HeadroomError:
    message = str(error.message)
    match error:
        case exceptions.AlreadyExists():
            return Refused(f"Google refused to {doing}: {message}", code="ALREADY_EXISTS")
        case exceptions.Conflict():
            return Stale(f"could not {doing}: somebody changed it meanwhile")
        case exceptions.TooManyRequests():
            return SlowDown(f"could not {doing}: a quota of Google's API is used up", _pause(error))
        case exceptions.NotFound():
            return NotFound(f"could not {doing}: it does not exist (any more)")
        case exceptions.Forbidden() | exceptions.Unauthorized():
            return NotAllowed(f"Google does not let Headroom {doing}: it needs {needs}")
        case exceptions.BadRequest():
            return _refused(message, doing)
        case exceptions.MethodNotImplemented():
            return GiveUp(f"could not {doing}: this endpoint does not offer it")
        case _:
            return TryAgain(f"could not {doing}: {_failure(error)}")


def _failure(error: exceptions.GoogleAPICallError) -> str:
    """What went wrong on their side, which passes by itself."""
    match error:
        case exceptions.GatewayTimeout():
            return _TOO_SLOW
        case exceptions.ServiceUnavailable():
            return "it is not available at the moment"
        case exceptions.ServerError():
            return "something failed inside Google"
        case _:
            return type(error).__name__


def _refused(message: str, doing: str) -> Refused:
    words = plain_words(message)
    code = "INVALID_ARGUMENT" if words == message else "QUOTA"
    return Refused(f"Google refused to {doing}: {words}", code=code)


def _pause(error: exceptions.GoogleAPICallError) -> timedelta:
    for detail in error.details or ():
        if isinstance(detail, error_details_pb2.RetryInfo):
            delay = detail.retry_delay
            return timedelta(seconds=delay.seconds, microseconds=delay.nanos / 1000)
    return _QUOTA_PAUSE
