"""Looks at a real web server that misbehaves in every way."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter

import pytest

from bot.adapters.probes import WebProbes
from bot.core.experience import Experience, Look, Mark, Page, Step
from tests.experience.strange_shop import strange_shop

NOW = datetime(2025, 11, 28, 18, 0, tzinfo=UTC)
RULES = Experience(
    timeout=timedelta(seconds=1), largest=50_000, at_once=2, private_hosts=("127.0.0.1",)
)


@pytest.fixture
async def shop() -> AsyncIterator[str]:
    async with strange_shop() as address:
        yield address


async def look(rules: Experience, *steps: Step, slow_after: float = 0.9) -> Look:
    page = Page("shop", "Front page", ("web",), steps, timedelta(seconds=slow_after))
    return await WebProbes(rules).look(page, NOW)


async def test_a_page_with_the_right_content_is_fine(shop: str) -> None:
    found = await look(replace(RULES, base=shop), Step("/", contains="Add to cart"))
    assert (found.mark, found.status, found.reason) == (Mark.FINE, 200, "")
    assert found.first_byte is not None
    assert found.total is not None
    assert 0 < found.first_byte <= found.total < 1


@pytest.mark.parametrize(
    ("path", "mark", "reason"),
    [
        ("/never", Mark.FAILED, "not finished after 1 s"),
        ("/drip", Mark.FAILED, "not finished after 1 s"),
        ("/broken", Mark.FAILED, "the connection broke"),
        ("/noise", Mark.FAILED, "the connection broke"),
        ("/500", Mark.FAILED, "HTTP 500"),
        ("/429", Mark.FAILED, "HTTP 429"),
        ("/404", Mark.WRONG, "HTTP 404"),
        ("/round", Mark.WRONG, "more than 3 redirects"),
        ("/away", Mark.WRONG, "redirects to another host"),
        ("/endless", Mark.WRONG, "is not in its first 50 kB"),
        ("/pay", Mark.WRONG, "“Add to cart” is not in the page"),
        ("/home", Mark.FINE, ""),
    ],
)
async def test_each_trouble_has_its_name(shop: str, path: str, mark: Mark, reason: str) -> None:
    began = perf_counter()
    found = await look(replace(RULES, base=shop), Step(path, contains="Add to cart"))
    assert found.mark is mark
    assert reason in found.reason
    assert perf_counter() - began < 3


async def test_a_page_that_takes_long_is_slow(shop: str) -> None:
    found = await look(replace(RULES, base=shop), Step("/"), slow_after=0.000001)
    assert found.mark is Mark.SLOW


async def test_a_way_through_several_pages_keeps_its_cookies(shop: str) -> None:
    pay = Step("/pay", "Pay", "POST", {"card": "test"}, contains="thank you")
    rules = replace(RULES, base=shop)
    assert (await look(rules, Step("/"), pay)).mark is Mark.FINE
    alone = await look(rules, pay)
    assert (alone.mark, alone.reason) == (Mark.WRONG, "Pay: “thank you” is not in the page")


async def test_private_addresses_are_not_looked_at(shop: str) -> None:
    dressed_up = "http://[::ffff:127.0.0.1]", "http://[::1]", "http://[fe80::1]", "http://10.0.0.1"
    names = shop, shop.replace("127.0.0.1", "localhost"), "http://169.254.169.254"
    for address in (*names, *dressed_up):
        found = await look(replace(RULES, base=address, private_hosts=()), Step("/"))
        assert found.mark is Mark.UNSEEN
        assert "private address" in found.reason


async def test_a_name_that_is_not_known_and_a_shut_door_are_told_apart_from_a_slow_shop() -> None:
    nobody = await look(RULES, Step("http://nobody.invalid/"))
    assert (nobody.mark, nobody.total) == (Mark.UNREACHED, None)
    shut = await look(RULES, Step("http://127.0.0.1:1/"))
    assert shut.mark is Mark.UNREACHED
    nowhere = await look(RULES, Step("/"))
    assert nowhere.mark is Mark.UNSEEN
    assert "HEADROOM_SHOP_URL" in nowhere.reason


async def test_only_a_few_looks_are_made_at_the_same_time(shop: str) -> None:
    probes = WebProbes(replace(RULES, base=shop, at_once=1, timeout=timedelta(seconds=0.3)))
    page = Page("shop", "Front page", ("web",), (Step("/never"),))
    began = perf_counter()
    await asyncio.gather(*(probes.look(page, NOW) for _ in range(3)))
    assert perf_counter() - began >= 0.9
