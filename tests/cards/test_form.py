"""The form: filled in with what was understood, honest about what was not."""

from dataclasses import replace
from typing import Any

import pytest

from bot.cards.form import CALLBACK_ID, campaign_form, form_metadata, read_form_metadata
from bot.core.campaign import CampaignKind
from bot.core.draft import Draft, Field, Question
from bot.core.house import House
from tests.cards.samples import HOUSE


def elements(draft: Draft, house: House = HOUSE) -> dict[str, Any]:
    """The form's elements by action id."""
    body = campaign_form(draft, house=house, metadata="").body
    return {
        block["element"]["action_id"]: block["element"]
        for block in body["blocks"]
        if block["type"] == "input"
    }


def test_the_form_has_every_field_of_an_announcement_in_reading_order() -> None:
    assert list(elements(Draft())) == [field.value for field in Field]


def test_a_block_is_named_as_its_field_so_that_an_error_finds_it() -> None:
    body = campaign_form(Draft(), house=HOUSE, metadata="").body
    for block in body["blocks"]:
        assert block["block_id"] == block["element"]["action_id"]


def test_what_was_understood_is_filled_in() -> None:
    found = elements(
        Draft(
            "Sale",
            "sale",
            "2025-11-28",
            "18:00",
            "22:00",
            "2025-11-30",
            "Asia/Tokyo",
            "2.5",
            ("web", "checkout"),
        )
    )
    assert found["name"]["initial_value"] == "Sale"
    assert found["kind"]["initial_option"]["value"] == "sale"
    assert found["date"]["initial_date"] == "2025-11-28"
    assert (found["start"]["initial_time"], found["end"]["initial_time"]) == ("18:00", "22:00")
    assert found["until"]["initial_date"] == "2025-11-30"
    assert found["zone"]["initial_value"] == "Asia/Tokyo"
    assert found["multiplier"]["initial_value"] == "2.5"
    assert [o["value"] for o in found["groups"]["initial_options"]] == ["web", "checkout"]


def test_nothing_is_filled_in_when_nothing_was_understood() -> None:
    initial = {
        (name, part)
        for name, element in elements(Draft()).items()
        for part in element
        if part.startswith("initial")
    }
    assert initial == {("zone", "initial_value")}
    assert elements(Draft())["zone"]["initial_value"] == "Europe/Berlin"


@pytest.mark.parametrize(
    ("date", "start"),
    [("28 Nov", "six"), ("2025-13-01", "25:00"), ("2025-1-1", "6:00"), ("", "2025-11-28 18:00")],
)
def test_a_picker_stays_empty_when_slack_would_refuse_its_value(date: str, start: str) -> None:
    found = elements(Draft(date=date, start=start, end=start, until=date))
    assert "initial_date" not in found["date"] and "initial_date" not in found["until"]
    assert "initial_time" not in found["start"] and "initial_time" not in found["end"]


def test_an_end_on_another_day_is_shown_by_its_day_and_its_time() -> None:
    found = elements(Draft(end="14:00", until="2025-11-29"))
    assert found["end"]["initial_time"] == "14:00"
    assert found["until"]["initial_date"] == "2025-11-29"


def test_only_the_last_day_may_stay_empty() -> None:
    blocks = campaign_form(Draft(), house=HOUSE, metadata="").body["blocks"]
    optional = [block["block_id"] for block in blocks if block.get("optional")]
    assert optional == [Field.UNTIL]


def test_every_kind_can_be_chosen() -> None:
    options = elements(Draft())["kind"]["options"]
    assert [option["value"] for option in options] == [kind.value for kind in CampaignKind]


def test_groups_are_typed_when_the_house_has_none() -> None:
    element = elements(Draft(groups=("web",)), replace(HOUSE, groups=()))["groups"]
    assert element["type"] == "plain_text_input"
    assert element["initial_value"] == "web"


def test_a_question_stands_on_top_and_beside_its_field() -> None:
    draft = Draft(questions=(Question(Field.END, "When does it end?"),))
    blocks = campaign_form(draft, house=HOUSE, metadata="").body["blocks"]
    assert "When does it end?" in blocks[0]["text"]["text"]
    ids = [block.get("block_id") for block in blocks]
    beside = blocks[ids.index("end") + 1]
    assert "When does it end?" in beside["elements"][0]["text"]


def test_the_form_comes_back_under_the_name_the_handler_listens_to() -> None:
    view = campaign_form(Draft(), house=HOUSE, metadata="kept")
    assert view.callback_id == view.body["callback_id"] == CALLBACK_ID
    assert view.body["private_metadata"] == "kept"


def test_metadata_is_read_back_and_anything_else_is_nothing() -> None:
    assert read_form_metadata(form_metadata(campaign="c-1", channel="C1")) == ("c-1", "C1")
    for text in ("", "{", "[]", "null", '{"campaign": 7, "channel": null}', "This is for you!"):
        assert read_form_metadata(text) == ("", "")
