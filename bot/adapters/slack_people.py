"""A person of Slack's as Headroom knows them; used by the Slack adapter.

Source: https://docs.slack.dev/reference/objects/user-object (`is_stranger`: of another organisation, met in
no shared channel; `is_restricted`: a guest).
"""

from collections.abc import Mapping
from typing import Any

from bot.core.standing import Standing


def standing_of(person: Mapping[str, Any], own: Mapping[str, Any]) -> Standing:
    """How `person` (of users.info) belongs to the organisation that auth.test says is our `own`.

    The workspaces of one Enterprise Grid organisation are one organisation. Who says nothing of where
    they belong is an outsider.
    """
    if person.get("deleted"):
        return Standing.GONE
    if person.get("is_stranger") or not _of_us(person, own):
        return Standing.OUTSIDER
    if person.get("is_restricted") or person.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


def _of_us(person: Mapping[str, Any], own: Mapping[str, Any]) -> bool:
    team, enterprise = own.get("team_id"), own.get("enterprise_id")
    grid = person.get("enterprise_user") or {}
    theirs = grid.get("enterprise_id") or person.get("enterprise_id")
    same_team = bool(team) and person.get("team_id") == team
    return same_team or (bool(enterprise) and theirs == enterprise)
