"""Every card says exactly what its golden file says; see regenerate for how to change one."""

import pytest

from bot.core.campaign import CampaignState
from tests.cards.gallery import CAMPAIGNS, GALLERY
from tests.cards.golden import FOLDER, path, text
from tests.cards.limits import faults


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_is_as_agreed_when_it_is_rendered(name: str) -> None:
    assert text(GALLERY[name]()) == path(name).read_text(), (
        "If this change is wanted: .venv/bin/python -m tests.cards.regenerate"
    )


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_is_one_slack_takes_when_it_is_rendered(name: str) -> None:
    assert faults(GALLERY[name]()) == []


def test_no_golden_file_is_left_over_when_a_card_is_gone() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == set(GALLERY)


def test_every_state_of_a_campaign_has_a_golden_file() -> None:
    shown = " ".join(CAMPAIGNS)
    words = {state: state.value.split()[0] for state in CampaignState}
    assert [state for state, word in words.items() if f"campaign_{word}" not in shown] == []
