"""Commands that speak for the people of the running sandbox: say, shortcut, click, fill, sees."""

import argparse
import time
from collections.abc import Mapping
from typing import Any

import httpx

from bot.cli.running import running_town
from bot.errors import AskedWrong

_QUIET = 1.5  # seconds without anything new before an answer counts as complete
_PATIENCE = 15.0


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of one of the commands."""
    parser.add_argument("--as", dest="person", default="maya", help="who speaks (default: maya)")
    match command:
        case "say":
            parser.add_argument("--in", dest="channel", default="campaigns", help="the channel")
            parser.add_argument("text", help='e.g. "/campaign Push Fri 28 Nov 18:00-22:00 x3 #web"')
        case "shortcut":
            parser.add_argument("name", help='e.g. "Announce a campaign"')
            parser.add_argument("--in", dest="channel", default="campaigns", help="the channel")
            parser.add_argument(
                "--on", default="", metavar="WORDS", help="the newest message with these words"
            )
        case "click":
            parser.add_argument("button", help="the label of a button or menu, e.g. Confirm")
            parser.add_argument("choice", nargs="?", help='of a menu, e.g. Snooze "1 hour"')
        case "fill":
            parser.add_argument("values", nargs="*", help="field=value, e.g. multiplier=x3")
        case _:
            parser.add_argument("--follow", action="store_true", help="go on until Ctrl-C")


async def run(arguments: argparse.Namespace) -> int:
    """Does it and prints what the person sees next."""
    town = running_town()
    async with httpx.AsyncClient(base_url=town.url, timeout=40) as client:
        before = await _sees(client, arguments.person, after=0)
        seen = before[-1]["seq"] if before else 0
        if arguments.command == "sees":
            return await _follow(client, arguments, before)
        await _act(client, arguments)
        await _print_answer(client, arguments.person, seen)
    return 0


async def _act(client: httpx.AsyncClient, arguments: argparse.Namespace) -> None:
    body: dict[str, Any] = {"as": arguments.person}
    match arguments.command:
        case "say":
            body |= {"channel": arguments.channel, "text": arguments.text}
        case "shortcut":
            body |= {"name": arguments.name}
            if arguments.on:
                body |= await _message_with(client, arguments)
        case "click":
            body |= {"label": arguments.button}
            if arguments.choice is not None:
                body |= {"value": arguments.choice}
        case "fill":
            body |= {"values": dict(_pair(value) for value in arguments.values)}
    path = {
        "say": "/town/say",
        "shortcut": "/town/shortcut",
        "click": "/town/click",
        "fill": "/town/submit",
    }
    response = await client.post(path[arguments.command], json=body)
    if response.is_error:
        raise AskedWrong(_reason(response))


async def _message_with(
    client: httpx.AsyncClient, arguments: argparse.Namespace
) -> Mapping[str, str]:
    """Where the newest message of the channel that contains the words is."""
    response = await client.get("/town/messages", params={"channel": arguments.channel})
    if response.is_error:
        raise AskedWrong(_reason(response))
    found = [one for one in response.json()["messages"] if arguments.on in one["text"]]
    if not found:
        raise AskedWrong(f"No message in #{arguments.channel} has the words {arguments.on!r}.")
    return {"channel": found[-1]["channel"], "ts": found[-1]["ts"]}


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise AskedWrong(f"{text!r} is not field=value.")
    return name, value


def _reason(response: httpx.Response) -> str:
    try:
        return str(response.json().get("error", response.text))
    except ValueError:
        return response.text


async def _sees(
    client: httpx.AsyncClient, person: str, *, after: int, wait: float = 0
) -> list[dict[str, Any]]:
    response = await client.get(
        "/town/sees", params={"as": person, "after": after, "wait": str(wait)}
    )
    if response.is_error:
        raise AskedWrong(_reason(response))
    items: list[dict[str, Any]] = response.json()["items"]
    return items


async def _print_answer(client: httpx.AsyncClient, person: str, seen: int) -> None:
    began = time.monotonic()
    answered = False
    while time.monotonic() - began < _PATIENCE:
        items = await _sees(client, person, after=seen, wait=_QUIET if answered else 3.0)
        for item in items:
            print(rendered(item), flush=True)
            seen = item["seq"]
            answered = answered or item["kind"] not in {"ack", "said"}
        if answered and not items:
            return


async def _follow(
    client: httpx.AsyncClient, arguments: argparse.Namespace, items: list[dict[str, Any]]
) -> int:
    seen = 0
    while True:
        for item in items:
            print(rendered(item), flush=True)
            seen = item["seq"]
        if not arguments.follow:
            return 0
        items = await _sees(client, arguments.person, after=seen, wait=20)


def rendered(item: Mapping[str, Any]) -> str:
    """One thing a person sees, as text with a headline."""
    place = f"#{str(item['channel']).lstrip('#')}" if item.get("channel") else "(private)"
    note = {"ephemeral": "only you see this", "edit": "edited", "view": "form", "ack": "at once"}
    kind = note.get(str(item["kind"]), str(item["kind"]))
    body = str(item["text"]).replace("\n", "\n  ")
    return f"── {item.get('who', '')} in {place} · {kind}\n  {body}"
