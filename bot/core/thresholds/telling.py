"""Changes as lines for a terminal: what, and field by field from what to what. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import unified_diff

from bot.core.thresholds.building import Problem
from bot.core.thresholds.comparing import Act, Change, Comparison, FieldChange

_SIGNS = {Act.CREATE: "+", Act.UPDATE: "~", Act.DELETE: "-"}
_SHORT = 72  # characters; longer values are shown line by line
_BRIEF = frozenset({"severity", "notification_channels", "user_labels.headroom-template"})


def told(comparison: Comparison, problems: Sequence[Problem]) -> str:
    """The whole comparison and its sum."""
    lines: list[str] = []
    for change in comparison.changes:
        lines += [*told_change(change), ""]
    lines += [f"! skipped  {problem.id}: {problem.why}" for problem in problems]
    lines += [""] if problems else []
    lines.append(summary(comparison))
    return "\n".join(lines)


def told_change(change: Change) -> list[str]:
    """One change: a heading, then its fields."""
    lines = [f"{_SIGNS[change.act]} {change.act}  {change.kind}  {change.id}  “{change.title}”"]
    if change.why:
        lines[0] += f"  ({change.why})"
    if change.drifted:
        lines.append(f"    {_drift(change)}")
    fields = change.fields
    if change.act is Act.CREATE:
        fields = tuple(one for one in fields if one.path in _BRIEF or _is_query(one.path))
    for one in fields:
        lines += [f"    {line}" for line in _told_field(one)]
    return lines


def summary(comparison: Comparison) -> str:
    """How many of each, in one line."""
    acts = Counter(change.act for change in comparison.changes)
    if not comparison.changes:
        text = f"Nothing to change; {comparison.unchanged} as wanted"
    else:
        text = (
            f"{acts[Act.CREATE]} to create, {acts[Act.UPDATE]} to change, "
            f"{acts[Act.DELETE]} to delete; {comparison.unchanged} as wanted"
        )
    if comparison.drifted:
        text += f"; {len(comparison.drifted)} changed by somebody in Cloud Monitoring"
    return f"{text}; policies of others left alone: {comparison.others}."


def _drift(change: Change) -> str:
    found = change.found
    who = f" by {found.changed_by}" if found and found.changed_by else ""
    when = f" on {found.changed_at:%d %b %Y %H:%M} UTC" if found and found.changed_at else ""
    return f"Changed in Cloud Monitoring{who}{when} since Headroom wrote it; apply puts it back."


def _told_field(field: FieldChange) -> Iterator[str]:
    if (
        len(field.before) > _SHORT
        or len(field.after) > _SHORT
        or "\n" in field.before + field.after
    ):
        yield f"{field.path}:"
        before, after = field.before.splitlines(), field.after.splitlines()
        changed = list(unified_diff(before, after, n=1, lineterm=""))[2:]
        yield from (f"    {line}" for line in changed if not line.startswith("@@"))
    elif not field.before:
        yield f"{field.path}: {field.after}"
    else:
        yield f"{field.path}: {field.before} → {field.after or '(none)'}"


def _is_query(path: str) -> bool:
    leaf = path.rsplit(".", 1)[-1]
    return leaf in {"query", "filter", "threshold_value", "duration", "forecast_horizon"}
