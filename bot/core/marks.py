"""What a raised workload itself says of who holds it and until when, so that capacity can be given back
even with an empty database. Written with every change by the reconcile flow, read by `headroom restore`.

Annotations, not labels: labels end up on the bill. Cloud Run refuses only Google's own namespaces there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

PREFIX = "headroom.dev/"
_HELD_BY, _UNTIL = f"{PREFIX}held-by", f"{PREFIX}until"
_FLOOR, _BASELINE = f"{PREFIX}floor", f"{PREFIX}baseline"
_CEILING, _BASELINE_CEILING = f"{PREFIX}ceiling", f"{PREFIX}baseline-ceiling"
# Google keeps its own settings there; they come and go without us and are refused when sent back.
_GOOGLES = (
    "run.googleapis.com",
    "cloud.googleapis.com",
    "serving.knative.dev",
    "autoscaling.knative.dev",
)


@dataclass(frozen=True, slots=True)
class Marks:
    """`floor` and `ceiling` (None: not ours) are what Headroom wrote, the baselines what they go back to.

    `baseline_ceiling` None means that there was none. `held_by` names the campaigns.
    """

    held_by: tuple[str, ...]
    until: datetime
    floor: int
    baseline: int
    ceiling: int | None = None
    baseline_ceiling: int | None = None


def read_marks(annotations: Mapping[str, str]) -> Marks | None:
    """The marks among a workload's annotations; None where there are none or somebody garbled them."""
    try:
        return Marks(
            held_by=tuple(one for one in annotations[_HELD_BY].split(",") if one),
            until=datetime.fromisoformat(annotations[_UNTIL]).astimezone(UTC),
            floor=int(annotations[_FLOOR]),
            baseline=int(annotations[_BASELINE]),
            ceiling=_number(annotations.get(_CEILING)),
            baseline_ceiling=_number(annotations.get(_BASELINE_CEILING)),
        )
    except (KeyError, ValueError):
        return None


def marked(annotations: Mapping[str, str], marks: Marks | None) -> dict[str, str]:
    """The annotations as they are to be: everybody else's kept, ours replaced (None: taken away)."""
    kept = {key: value for key, value in annotations.items() if not _ours_or_googles(key)}
    return kept if marks is None else kept | _written(marks)


def ours(annotations: Mapping[str, str]) -> dict[str, str]:
    """Only the annotations that Headroom writes."""
    return {key: value for key, value in annotations.items() if key.startswith(PREFIX)}


def _written(marks: Marks) -> dict[str, str]:
    written = {
        _HELD_BY: ",".join(marks.held_by),
        _UNTIL: marks.until.astimezone(UTC).isoformat(timespec="seconds"),
        _FLOOR: str(marks.floor),
        _BASELINE: str(marks.baseline),
    }
    numbers = {_CEILING: marks.ceiling, _BASELINE_CEILING: marks.baseline_ceiling}
    return written | {key: str(value) for key, value in numbers.items() if value is not None}


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _ours_or_googles(key: str) -> bool:
    namespace = key.partition("/")[0]
    return key.startswith(PREFIX) or any(
        namespace == one or namespace.endswith(f".{one}") for one in _GOOGLES
    )
