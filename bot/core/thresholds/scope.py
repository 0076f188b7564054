"""What one alert watches: services, subscriptions, jobs or regions; and the selectors that pick their series."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.core.fleet import Workload, WorkloadKind


@dataclass(frozen=True, slots=True, order=True)
class Service:
    """One Cloud Run service in one region, and its ceiling."""

    name: str
    region: str
    ceiling: int


@dataclass(frozen=True, slots=True)
class Scope:
    """The things themselves; `regions` narrows services and jobs (empty: everywhere)."""

    services: tuple[Service, ...] = ()
    subscriptions: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()

    @property
    def service_names(self) -> tuple[str, ...]:
        """Each once, in order."""
        return tuple(sorted({service.name for service in self.services}))


def services_of(fleet: Sequence[Workload]) -> tuple[Service, ...]:
    """The services of a fleet as they are watched, in order."""
    return tuple(
        sorted(
            Service(one.key.name, one.key.region, one.scaling.effective_ceiling)
            for one in fleet
            if one.key.kind is WorkloadKind.SERVICE
        )
    )


def promql_selector(scope: Scope, **labels: str) -> str:
    """The label matchers of the services in PromQL, braces included."""
    matchers = ['monitored_resource="cloud_run_revision"', _matcher("service_name", scope)]
    if scope.regions:
        matchers.append(f'location=~"{"|".join(scope.regions)}"')
    matchers += [f'{name}="{value}"' for name, value in labels.items()]
    return "{" + ",".join(matchers) + "}"


def one_of(field: str, names: Sequence[str]) -> str:
    """A comparison of Cloud Monitoring's filter language."""
    if len(names) == 1:
        return f'{field} = "{names[0]}"'
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"{field} = one_of({quoted})"


def _matcher(label: str, scope: Scope) -> str:
    names = scope.service_names
    return f'{label}="{names[0]}"' if len(names) == 1 else f'{label}=~"{"|".join(names)}"'
