"""What a status is asked of, and what is suggested for what nobody knows."""

from dataclasses import replace

import pytest

from bot.core.asked_status import Everything, understand_subject
from bot.core.campaign import Campaign
from bot.core.house import Group
from bot.errors import AskedWrong
from tests.cards.samples import CAMPAIGN, HOUSE
from tests.core_digest.fleets import workload

KEYS = [workload("storefront-web").key, workload("search-api").key]
FAR = workload("search-api", region="us-central1").key


@pytest.mark.parametrize("text", ["", " all ", "Everything"])
def test_no_word_means_everything(text: str) -> None:
    assert isinstance(understand_subject(text, HOUSE, [], KEYS), Everything)


@pytest.mark.parametrize("text", ["web", "#web", "Web shop", "shop", "`web`"])
def test_a_group_is_known_by_all_its_names(text: str) -> None:
    found = understand_subject(text, HOUSE, [CAMPAIGN], KEYS)
    assert isinstance(found, Group) and found.name == "web"


@pytest.mark.parametrize("text", ["Black Friday push", "“black friday push”", "c-7f3a"])
def test_a_campaign_is_known_by_name_and_id(text: str) -> None:
    newer = replace(CAMPAIGN, version=9)
    found = understand_subject(text, HOUSE, [newer, CAMPAIGN], KEYS)
    assert isinstance(found, Campaign) and found.version == 9


def test_a_workload_of_two_regions_is_both() -> None:
    assert understand_subject("Search-API", HOUSE, [], [*KEYS, FAR]) == (KEYS[1], FAR)
    assert understand_subject(str(FAR), HOUSE, [], [*KEYS, FAR]) == (FAR,)


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("chekout", "Did you mean #checkout?"),
        ("storefront", "Did you mean storefront-web?"),
        ("black fryday push", "Did you mean Black Friday push?"),
        ("zzz", "The groups are #web, #checkout"),
    ],
)
def test_what_nobody_knows_is_answered_with_what_is_near(text: str, suggested: str) -> None:
    with pytest.raises(AskedWrong, match=r"I know no group, campaign or workload") as wrong:
        understand_subject(text, HOUSE, [CAMPAIGN], KEYS)
    assert suggested in str(wrong.value)
