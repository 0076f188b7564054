"""The town's own HTTP door to fleet and world: what is there, and what shall happen to it.

Stories and the command line use it; the product never does. `GET /town/fleet` answers the snapshot;
`POST /town/world` takes one JSON object whose keys say what to do (see `Doors`).
"""

from collections.abc import Callable, Mapping
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.core.fleet import WorkloadKey
from bot.sandbox.google.faults import BrokenOperation, Fault, Faults, Silence
from bot.sandbox.google.refusals import Refusal
from bot.sandbox.google.registry import Registry
from bot.sandbox.world.scenario import event_of
from bot.sandbox.world.world import World

Order = Mapping[str, object]


class Doors:
    """The routes, and what each key of `POST /town/world` means.

    drift {workload, floor, by?} · deploy {workload, image?, by?} · delete {workload} ·
    event {name, groups, kind, start, end, multiplier} · quota {region, vcpu, at?: set|run|both} ·
    slow_starts {factor, workload?} · google {method?, code?, text?, subject?, calls?, seconds?, lost?} ·
    metrics_missing {metric?, workload?, seconds?} · operation_error {text?, subject?, calls?} ·
    clear {} (all faults of the API) · alert {…} and conditions {on} (see Notifier) · page {path, text}
    (see Shop) · job {name, fails?} (see DataSeries). A workload is its key `kind/project/region/name`, or
    `region/name`, or a name that is unique.
    """

    def __init__(
        self,
        registry: Registry,
        world: World,
        faults: Faults,
        others: Mapping[str, Callable[[Order], None]] | None = None,
    ) -> None:
        self._registry = registry
        self._world = world
        self._faults = faults
        self._orders: dict[str, Callable[[Order], None]] = {
            "drift": self._drift,
            "deploy": self._deploy,
            "delete": self._delete,
            "event": lambda order: world.put_event(event_of(order)),
            "quota": self._quota,
            "slow_starts": self._slow_starts,
            "google": lambda order: faults.put(Fault(**_fields(order))),
            "metrics_missing": lambda order: faults.put(Silence(**_fields(order))),
            "operation_error": lambda order: faults.put(BrokenOperation(**_fields(order))),
            "clear": lambda _order: faults.clear(),
            **(others or {}),
        }

    def routes(self) -> list[Route]:
        """To be mounted by the town's web application."""
        return [
            Route("/town/fleet", self.fleet, methods=["GET"]),
            Route("/town/world", self.command, methods=["POST"]),
        ]

    async def fleet(self, _request: Request) -> Response:
        """The snapshot of the world."""
        await self._world.catch_up()
        return JSONResponse(self._world.snapshot())

    async def command(self, request: Request) -> Response:
        """Does what the body says; 400 with the reason if it cannot be understood."""
        try:
            self.obey(cast(Order, await request.json()))
        except (KeyError, TypeError, ValueError, Refusal) as error:
            return JSONResponse({"ok": False, "error": f"{error}"}, status_code=400)
        return JSONResponse({"ok": True})

    def obey(self, orders: Order) -> None:
        """The same in process; raises KeyError, TypeError, ValueError or Refusal."""
        unknown = set(orders) - set(self._orders)
        if unknown:
            known = ", ".join(self._orders)
            raise ValueError(f"{', '.join(sorted(unknown))}: not one of {known}")
        for name, order in orders.items():
            self._orders[name](cast(Order, order))

    def _drift(self, order: Order) -> None:
        by = str(order.get("by", "erik@cymbal.example"))
        self._registry.drift(self._key(order), int(cast(int, order["floor"])), by=by)

    def _deploy(self, order: Order) -> None:
        by = str(order.get("by", "erik@cymbal.example"))
        self._registry.deploy(self._key(order), image=str(order.get("image", "")), by=by)

    def _delete(self, order: Order) -> None:
        self._registry.remove(self._registry.find(self._key(order)))

    def _quota(self, order: Order) -> None:
        region, vcpu = str(order["region"]), float(cast(float, order["vcpu"]))
        at = order.get("at", "both")
        if at in {"set", "both"}:
            self._registry.quota[region] = vcpu
        if at in {"run", "both"}:
            self._world.set_quota(region, vcpu)

    def _slow_starts(self, order: Order) -> None:
        key = self._key(order) if "workload" in order else None
        self._world.slow_starts(float(cast(float, order["factor"])), key)

    def _key(self, order: Order) -> WorkloadKey:
        wanted = str(order["workload"])
        found = [key for key in self._world.keys() if f"/{key}".endswith(f"/{wanted}")]
        if len(found) != 1:
            raise ValueError(f"'{wanted}' names {len(found)} workloads")
        return found[0]


def _fields(order: Order) -> dict[str, Any]:
    return dict(order)
