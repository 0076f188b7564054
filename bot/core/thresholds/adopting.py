"""Taking over a policy that somebody made by hand: it becomes Headroom's own, and nothing else changes yet."""

from collections.abc import Sequence

from bot.core.thresholds.building import Desired
from bot.core.thresholds.comparing import Act, Change, FieldChange
from bot.core.thresholds.documents import Value
from bot.core.thresholds.resources import (
    ID,
    SET,
    Found,
    Kind,
    ownership,
)
from bot.errors import AskedWrong


def adoption(
    name: str, policy_id: str, wished: Desired, found: Sequence[Found], alert_set: str
) -> Change:
    """The change that marks the policy called `name` (title or resource name) as `policy_id` of the set.

    Raises AskedWrong if that is not exactly one policy, or cannot be this one.
    """
    policies = [one for one in found if one.kind is Kind.POLICY]
    one = _chosen(name, policies)
    known = [wanted.id for wanted in wished.resources if wanted.kind is Kind.POLICY]
    known += [problem.id for problem in wished.problems]
    if policy_id not in known:
        raise AskedWrong(f"alerts.yaml has no alert {policy_id!r}. It has: {', '.join(known)}.")
    if any(own.owned_by(alert_set) and own.labels.get(ID) == policy_id for own in policies):
        raise AskedWrong(
            f"There is a policy for {policy_id!r} already; delete one of the two first."
        )
    if one.managed:
        owner = f"{one.labels.get(SET, '?')}/{one.labels.get(ID, '?')}"
        raise AskedWrong(f"{one.title!r} belongs to Headroom already, as {owner}.")
    labels: dict[str, Value] = {**one.labels, **ownership(alert_set, policy_id)}
    marks = tuple(
        FieldChange(f"user_labels.{key}", one.labels.get(key, ""), str(value))
        for key, value in ownership(alert_set, policy_id).items()
    )
    return Change(
        Act.UPDATE,
        Kind.POLICY,
        policy_id,
        one.title,
        name=one.name,
        document={"user_labels": labels},
        fields=marks,
        mask=("user_labels",),
        found=one,
    )


def _chosen(name: str, policies: Sequence[Found]) -> Found:
    matching = [one for one in policies if name in {one.name, one.title}]
    if not matching:
        titles = ", ".join(repr(one.title) for one in policies) or "none"
        raise AskedWrong(f"There is no policy called {name!r}. There are: {titles}.")
    if len(matching) > 1:
        names = ", ".join(one.name for one in matching)
        raise AskedWrong(f"{len(matching)} policies are called {name!r}; say which: {names}.")
    return matching[0]
