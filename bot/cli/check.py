"""`headroom check`: proves tokens, scopes, permissions and groups before the first campaign."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot import app
from bot.core.bill import span_to_read
from bot.core.experience import Mark
from bot.core.fleet import ScalingChange, ScalingMode, Workload, WorkloadKind
from bot.core.house import House
from bot.core.series import Metric
from bot.core.slack_app import compare
from bot.core.standing import Standing
from bot.core.windows import Window
from bot.errors import GiveUp, HeadroomError
from bot.ports.cloud import Cloud
from bot.settings.environment import Settings


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that was tried, and what came of it."""

    subject: str
    works: bool
    detail: str


async def check(settings: Settings) -> int:
    """Tries everything, prints a line each; 0 only if all works."""
    async with app.parts(settings) as parts:
        trials: tuple[tuple[str, Callable[[], Awaitable[str]]], ...] = (
            ("Database", lambda: _database(parts)),
            (
                "Slack",
                lambda: speaks(settings.slack_token, settings.slack_api_url, settings.house),
            ),
            ("Cloud Run", lambda: _cloud_run(parts)),
            ("Scaling", lambda: changes(parts.kit.cloud)),
            ("Cloud Monitoring", lambda: _monitoring(parts)),
            ("Roles", lambda: _roles(parts)),
            ("Pages", lambda: _pages(parts)),
            ("Pipelines", lambda: _pipelines(parts)),
            ("Prices", lambda: _prices(parts)),
            ("Quotas", lambda: _quotas(parts)),
            ("Billing export", lambda: _bill(parts)),
        )
        proofs = [await _tried(subject, trial) for subject, trial in trials]
    for proof in proofs:
        print(f"{'ok    ' if proof.works else 'FAILED'}  {proof.subject}: {proof.detail}")
    return 0 if all(proof.works for proof in proofs) else 1


async def _tried(subject: str, trial: Callable[[], Awaitable[str]]) -> Proof:
    try:
        return Proof(subject, works=True, detail=await trial())
    except HeadroomError as error:
        return Proof(subject, works=False, detail=str(error))


async def _database(parts: app.Parts) -> str:
    async with parts.database.begin() as tx:
        await tx.posts.behind()
    return "answers, and the schema is there"


async def speaks(token: str, api_url: str, house: House) -> str:
    """Who the app is, and how its scopes fit what is configured; GiveUp where it cannot do its work."""
    client = AsyncWebClient(token, base_url=api_url)
    try:
        answer = await client.auth_test()
    except (SlackClientError, OSError) as error:
        raise GiveUp(f"auth.test failed: {type(error).__name__}") from error
    told = str(answer.headers.get("x-oauth-scopes", ""))
    return f"speaks as {answer.get('user')} in {answer.get('team')}; {_scopes(told, house)}"


def _scopes(told: str, house: House) -> str:
    """How the granted scopes (Slack's x-oauth-scopes) fit the configuration; GiveUp where some are missing."""
    if not told:
        return "Slack does not say which scopes it has"
    found = compare(house, {scope.strip() for scope in told.split(",")})
    if found.missing:
        lines = "".join(f"\n          {scope.name}: {scope.reason}" for scope in found.missing)
        raise GiveUp(
            f"the app lacks scopes; take the manifest of `headroom manifest` and install it anew:{lines}"
        )
    parts = [f"{scope.name} was left out ({scope.reason})" for scope in found.declined]
    if found.unneeded:
        parts.append(f"nothing configured needs {', '.join(found.unneeded)}: take it away")
    return "; ".join(parts) or "its scopes are just those that are needed"


async def _cloud_run(parts: app.Parts) -> str:
    workloads = await parts.kit.cloud.discover()
    sizes = Counter(group for workload in workloads for group in workload.groups)
    empty = [group.name for group in parts.kit.house.groups if not sizes[group.name]]
    if empty:
        raise GiveUp(f"no workload belongs to: {', '.join(empty)} (label headroom-group=<name>)")
    shares = ", ".join(f"{name} {count}" for name, count in sorted(sizes.items()))
    return f"{len(workloads)} workloads found ({shares})"


async def changes(cloud: Cloud) -> str:
    """Whether Google would take a change of scaling, tried with the values as they are, and only validated.

    Of each project, region and kind one workload that a campaign could raise; GiveUp names every refusal.
    """
    tried, refused = list[str](), list[str]()
    for workload in _one_a_place(await cloud.discover()):
        key, same = workload.key, ScalingChange(workload.scaling.floor, marks=workload.marks)
        try:
            await cloud.set_scaling(key, same, workload.token, dry_run=True)
        except HeadroomError as error:
            refused.append(f"{key.region}, {key.project}: {error}")
        else:
            tried.append(f"{key.name} in {key.region}")
    if refused:
        raise GiveUp("".join(f"\n          {one}" for one in refused))
    if not tried:
        return "nothing was tried: there is no workload in a group that can be scaled"
    return f"Google would take a change of {', '.join(tried)}; nothing was changed"


def _one_a_place(workloads: Sequence[Workload]) -> list[Workload]:
    """Of each project, region and kind the first that is in a group and takes a number of instances."""
    first: dict[tuple[str, str, WorkloadKind], Workload] = {}
    for one in workloads:
        scaled_by_itself = one.scaling.mode is ScalingMode.AUTOMATIC
        if not one.groups or (one.key.kind is WorkloadKind.WORKER_POOL and scaled_by_itself):
            continue
        first.setdefault((one.key.project, one.key.region, one.key.kind), one)
    return list(first.values())


async def _monitoring(parts: app.Parts) -> str:
    workloads = [workload.key for workload in await parts.kit.cloud.discover()]
    minute = timedelta(minutes=1)
    end = parts.clock.now().replace(second=0, microsecond=0)
    window = Window(end - 60 * minute, end)
    found = await parts.kit.metrics.series(Metric.REQUESTS, workloads, window, minute)
    return f"request counts of {len(found)} of {len(workloads)} workloads in the last hour"


async def _pages(parts: app.Parts) -> str:
    """One look at each page, as a customer."""
    kit = parts.kit
    looks = [await kit.probes.look(page, kit.clock.now()) for page in kit.house.experience.pages]
    wrong = [f"{one.page}: {one.reason}" for one in looks if one.mark is not Mark.FINE]
    if wrong:
        raise GiveUp("; ".join(wrong))
    return f"{len(looks)} looked at, all fine" if looks else "none are configured"


async def _pipelines(parts: app.Parts) -> str:
    kit, minute = parts.kit, timedelta(minutes=1)
    end = kit.clock.now().replace(second=0, microsecond=0)
    pipelines = kit.house.pipelines
    if not pipelines:
        return "none are configured"
    found = await kit.data.signals(pipelines, Window(end - 48 * 60 * minute, end), 60 * minute)
    missing = [one.name for one in pipelines if one.name not in found]
    if missing:
        raise GiveUp(f"nothing was measured in two days of: {', '.join(missing)}")
    return f"{len(found)} measured"


async def _prices(parts: app.Parts) -> str:
    book = await parts.kit.prices.read()
    if book is None:
        return "Google's catalogue is not asked; plans have the list of this version"
    if not book.rates:
        raise GiveUp("Google's catalogue has no price of Cloud Run that is understood")
    regions = {name.rpartition("/")[2] for name in book.rates}
    return f"{len(book.rates):,} rates of {len(regions)} regions in Google's catalogue"


async def _quotas(parts: app.Parts) -> str:
    book = await parts.kit.quotas.read(parts.kit.house.places)
    if book is None:
        return "Google is not asked; plans keep to those in headroom.yaml"
    if not book.quotas:
        raise GiveUp("Google names no CPU or memory quota in any of the regions of `places`")
    regions = {(one.project, one.region) for one in book.quotas}
    return f"{len(book.quotas)} CPU and memory quotas of {len(regions)} regions"


async def _bill(parts: app.Parts) -> str:
    """The days of this month and the last one, and an hour of one service."""
    kit = parts.kit
    span = span_to_read(kit.clock.now(), kit.house.zone)
    book = await kit.bills.read(span)
    if book is None or kit.house.billing is None:
        return "none is configured"
    table = kit.house.billing.table
    if book.newest is None:
        raise GiveUp(f"{table} has nothing of Cloud Run since {span.start:%d %b %Y}")
    said = f"{table} has {len(book.days)} days of Cloud Run, the newest usage of {book.newest:%d %b %H:%M} UTC"
    if not kit.house.billing.detailed:
        return f"{said}; it names no services, so campaigns are settled by billable time"
    day = Window(book.newest - timedelta(days=1), book.newest)
    keys = [one.key for one in await kit.cloud.discover()]
    named = {(one.region, one.name) for one in await kit.bills.hours(day, keys)}
    if not named:
        raise GiveUp(f"{table} names none of {len(keys)} workloads on its newest day")
    return f"{said}; {len(named)} of {len(keys)} workloads are in its newest day"


async def _roles(parts: app.Parts) -> str:
    house = parts.kit.house
    people = {user: set(roles) for user, roles in house.roles.items()}
    for group, roles in house.role_groups.items():
        for user in await parts.kit.chat.members(group):
            if await parts.kit.chat.standing(user) is Standing.MEMBER:
                people.setdefault(user, set()).update(roles)
    if not people:
        raise GiveUp("nobody has a role, so nobody can announce a campaign")
    lines = (f"{user} {'+'.join(sorted(roles))}" for user, roles in sorted(people.items()))
    return "; ".join(lines)
