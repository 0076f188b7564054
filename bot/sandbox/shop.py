"""The shop's own web pages, as slow as the world is: what the bot looks at as customers would.

A request takes as long as the world says that one takes now; while nothing is there to serve it, it waits
for an instance to start, and where the queue is full it is refused. Mounted by the town.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.core.fleet import WorkloadKey, WorkloadKind
from bot.sandbox.world.world import World

_LONGEST = 20.0  # real seconds; nobody waits longer for an answer


@dataclass(frozen=True, slots=True)
class _Door:
    """A page: the workload behind it, and what a customer reads on it."""

    workload: str
    title: str
    text: str


_DOORS: Mapping[str, _Door] = {
    "/shop": _Door("storefront-web", "Cymbal Retail", "Black Friday. Add to cart."),
    "/shop/cart": _Door("checkout-web", "Your cart", "1 × lamp. Proceed to checkout."),
    "/shop/pay": _Door("payment-gateway", "Thank you", "Thank you for your order."),
}


class Shop:
    """The pages; `break_page` makes one say something else than it should."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._broken: dict[str, str] = {}

    def routes(self) -> list[Route]:
        """To be mounted by the town's web application."""
        return [Route(path, self._page, methods=["GET", "POST"]) for path in _DOORS]

    def orders(self) -> dict[str, Callable[[Mapping[str, object]], None]]:
        """What `POST /town/world` may ask: `page` {path, text}; an empty text mends it."""
        return {"page": self._break}

    def _break(self, order: Mapping[str, object]) -> None:
        path, text = str(order["path"]), str(order.get("text", ""))
        if path not in _DOORS:
            raise ValueError(f"{path}: not one of {', '.join(_DOORS)}")
        self._broken[path] = text

    async def _page(self, request: Request) -> Response:
        door = _DOORS[request.url.path]
        await self._world.catch_up()
        service = self._world.instances(self._key(door.workload))
        if service.full:
            return Response("Rate exceeded.", status_code=429)
        await asyncio.sleep(min(service.wait(), _LONGEST))
        if request.url.path == "/shop/pay" and "cart" not in request.cookies:
            return Response("There is nothing in your cart.", status_code=400)
        text = self._broken.get(request.url.path) or door.text
        body = f"<!doctype html><title>{escape(door.title)}</title><p>{escape(text)}"
        answer = HTMLResponse(body)
        if request.url.path == "/shop/cart":
            answer.set_cookie("cart", "lamp")
        return answer

    def _key(self, name: str) -> WorkloadKey:
        """In its first region: the shop's customers of the stories are there."""
        scenario = self._world.scenario
        return WorkloadKey(WorkloadKind.SERVICE, scenario.project, scenario.regions[0], name)
