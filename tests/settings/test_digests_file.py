"""`digests:` of headroom.yaml: what is understood, and every fault in its own words."""

from datetime import time

import pytest

from bot.core.digest.schedule import Subscription
from bot.core.digest.section import Audience, Cadence
from bot.errors import AskedWrong
from bot.settings.house_file import parse_house

HOUSE = """\
company: Cymbal Retail
zone: Europe/Berlin
places: [{project: cymbal-shop, regions: [europe-west1]}]
groups: [{name: web, title: Web shop}, {name: checkout, title: Checkout}]
channels: {engineers: C0OPS, default: C0CAMPAIGN}
roles: {}
digests:
"""


def read(*entries: str) -> tuple[Subscription, ...]:
    return parse_house(HOUSE + "".join(f"  - {entry}\n" for entry in entries), "house").digests


def test_a_channel_gets_both_with_its_own_zone() -> None:
    daily, weekly = read(
        '{channel: C0OPS, audience: engineers, daily: "07:30", weekly: Fri 9:05, zone: America/New_York}'
    )
    assert (daily.cadence, daily.clock, daily.zone) == (
        Cadence.DAILY,
        time(7, 30),
        "America/New_York",
    )
    assert (weekly.cadence, weekly.clock, weekly.weekday) == (Cadence.WEEKLY, time(9, 5), 4)


def test_a_time_that_yaml_takes_for_a_number_is_understood() -> None:
    [one] = read("{channel: C0OPS, audience: finance, daily: 10:15}")
    assert (one.clock, one.zone, one.audience) == (time(10, 15), "Europe/Berlin", Audience.FINANCE)


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ("{channel: C0OPS, audience: engineers}", "say when: daily or weekly, or both"),
        ('{channel: C0OPS, audience: everyone, daily: "08:00"}', "audience"),
        ('{channel: C0OPS, audience: engineers, daily: "25:00"}', "not a time such as 08:00"),
        ("{channel: C0OPS, audience: engineers, weekly: 08.00}", "weekly"),
        (
            '{channel: C0OPS, audience: engineers, weekly: "Someday 08:00"}',
            "not a day and time such as Mon 08:00",
        ),
        ('{channel: C0V, audience: vendors, daily: "08:00"}', "name them under groups"),
        (
            '{channel: C0V, audience: vendors, daily: "08:00", groups: [shop]}',
            "there is no group 'shop'",
        ),
        ('{channel: "#ops", audience: business, daily: "08:00"}', "channel"),
        ('{channel: C0OPS, audience: business, daily: "08:00", zone: Berlin}', "IANA time zone"),
    ],
)
def test_a_fault_is_told_in_words(entry: str, fault: str) -> None:
    with pytest.raises(AskedWrong) as wrong:
        read(entry)
    assert fault in str(wrong.value)


def test_a_channel_listed_twice_is_a_fault() -> None:
    one = '{channel: C0OPS, audience: business, daily: "08:00"}'
    with pytest.raises(AskedWrong, match="C0OPS is listed twice"):
        read(one, one)
