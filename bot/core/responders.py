"""Who may answer alerts: engineers, approvers and administrators, and whoever the schedules page. Fails closed."""

from collections.abc import Iterable

from bot.core.alert_rules import AlertRules, TargetKind
from bot.core.verdict import Role

RESPONDERS = frozenset({Role.ENGINEER, Role.APPROVER, Role.ADMIN})


def may_respond(user: str, roles: Iterable[Role], rules: AlertRules) -> bool:
    """Whether that person's buttons do anything; everybody else only reads."""
    return bool(RESPONDERS & set(roles)) or user in _paged_by_name(rules)


def paged_groups(rules: AlertRules) -> frozenset[str]:
    """The Slack user groups that schedules page; their members may respond too."""
    return frozenset(
        target.id
        for schedule in rules.schedules
        for level in schedule.levels
        for target in level.targets
        if target.kind is TargetKind.USER_GROUP
    )


def _paged_by_name(rules: AlertRules) -> set[str]:
    people = {person for rotation in rules.rotations for person in rotation.people}
    for schedule in rules.schedules:
        for level in schedule.levels:
            people |= {one.id for one in level.targets if one.kind is TargetKind.USER}
    return people
