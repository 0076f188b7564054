"""What a person wants the status of: everything, a group, a campaign or a workload; used by the status flow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.campaign import Campaign
from bot.core.fleet import WorkloadKey
from bot.core.house import Group, House
from bot.errors import AskedWrong

_NEAR_ENOUGH = 0.55
_ALL = frozenset({"", "all", "everything"})


@dataclass(frozen=True, slots=True)
class Everything:
    """All groups."""


Subject = Everything | Group | Campaign | tuple[WorkloadKey, ...]


def understand_subject(
    text: str, house: House, campaigns: Sequence[Campaign], keys: Iterable[WorkloadKey]
) -> Subject:
    """What is meant: a group first, then a campaign (the newest of that name), then workloads of a name.

    Raises AskedWrong, with the nearest names, for anything else.
    """
    word = text.strip().strip("`*“”\"'")
    if word.casefold() in _ALL:
        return Everything()
    group = house.group(word)
    if group is not None:
        return group
    plain = word.lstrip("#").casefold()
    campaign = next((one for one in campaigns if plain in _names(one)), None)
    if campaign is not None:
        return campaign
    known = sorted(set(keys))
    found = tuple(key for key in known if plain in {key.name.casefold(), str(key).casefold()})
    if found:
        return found
    raise AskedWrong(_mistake(word, house, campaigns, known))


def _names(campaign: Campaign) -> set[str]:
    return {campaign.id.casefold(), campaign.announcement.name.strip().casefold()}


def _mistake(
    word: str, house: House, campaigns: Sequence[Campaign], keys: Sequence[WorkloadKey]
) -> str:
    names: dict[str, str] = {}
    for group in house.groups:
        for said in (group.name, group.title, *group.aliases):
            names.setdefault(said.casefold(), f"#{group.name}")
    for campaign in campaigns:
        names.setdefault(campaign.announcement.name.casefold(), campaign.announcement.name)
    for key in keys:
        names.setdefault(key.name.casefold(), key.name)
    plain = word.lstrip("#").casefold()
    near = get_close_matches(plain, names, n=3, cutoff=_NEAR_ENOUGH)
    near += [said for said in names if plain and said.startswith(plain) and said not in near]
    matches = list(dict.fromkeys(names[said] for said in near))[:3]
    first = f"I know no group, campaign or workload called “{word[:60]}”."
    if matches:
        return f"{first} Did you mean {' or '.join(matches)}?"
    groups = ", ".join(f"#{group.name}" for group in house.groups[:12])
    return f"{first} The groups are {groups}; `/headroom status` alone shows everything."
