"""The families of failure; every layer may raise them, the edge translates vendors' errors into them.

HeadroomError
├── TryAgain            the outside world failed; doing the same later may work
│   ├── Stale           what we decided on has changed; read again and decide again
│   ├── NotOurs         a newer version of Headroom wrote it; that one will do it
│   └── SlowDown        a rate limit or quota; not before `after`
├── GiveUp              doing the same again cannot help; a person must act
│   ├── NotFound        the thing is gone
│   ├── NotAllowed      the credentials lack a permission
│   └── Refused         the other side rejects what we sent (bad blocks, quota at set time, dead trigger)
└── AskedWrong          a person's mistake; the text is shown to them
"""

from datetime import timedelta


class HeadroomError(Exception):
    """Anything Headroom itself reports as failed; the text is fit for a log."""


class TryAgain(HeadroomError):
    """The outside world failed; the same may work after `after` (None: the caller's own back-off)."""

    def __init__(self, reason: str, after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after


class Stale(TryAgain):
    """Somebody changed the thing since it was read (an etag, a version): read and decide again."""


class NotOurs(TryAgain):
    """Another version of Headroom wrote it, with words that this one does not know: left alone for that one."""


class SlowDown(TryAgain):
    """A rate limit or quota was hit; nothing may be sent there before `after` has passed."""


class GiveUp(HeadroomError):
    """Repeating cannot help; `reason` says in plain words what a person must do."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotFound(GiveUp):
    """The workload, channel, message or user does not exist (any more)."""


class NotAllowed(GiveUp):
    """Headroom's credentials lack a permission, or it is not a member of the channel."""


class Refused(GiveUp):
    """The other side rejects the content; `code` is its own word for it (e.g. `invalid_blocks`)."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class AskedWrong(HeadroomError):
    """A person's mistake: `str(error)` is shown to them as it is, so it is a full plain sentence."""
