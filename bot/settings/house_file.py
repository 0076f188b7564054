"""headroom.yaml: its schema, its checks and its faults with file, line and field; read by settings."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints

from bot.core.house import Group, Guardrails, House, Place, Repair, Timing
from bot.core.money import Money
from bot.core.slack_features import SlackFeatures
from bot.core.verdict import Role
from bot.errors import AskedWrong
from bot.settings.advice_file import AdvicePart, advice_of
from bot.settings.alerts_file import AlertsPart, alert_rules_of
from bot.settings.calendar_file import CalendarPart, calendar_of, unknown_calendar_groups
from bot.settings.capacity_file import CapacityPart, RepairRule, capacity_of
from bot.settings.costs_file import CostsPart, billing_of
from bot.settings.data_file import DataPart, data_faults, pipelines_of
from bot.settings.digests_file import DigestPart, digest_faults, digests_of
from bot.settings.experience_file import ExperiencePart, experience_faults, experience_of
from bot.settings.fences_file import FencesPart, fences_of, unknown_groups
from bot.settings.oversight_file import ApprovalsPart, AuditPart, oversight_of
from bot.settings.rule_files import load_rules
from bot.settings.yaml_file import Part, parse, read_text


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from error
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
ChannelId = Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]+$")]
UserId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]
UserGroupId = Annotated[str, StringConstraints(pattern=r"^S[A-Z0-9]+$")]
Minutes = Annotated[float, Field(ge=0, le=7 * 24 * 60)]


class _Place(Part):
    project: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{4,28}[a-z0-9]$")]
    regions: Annotated[list[str], Field(min_length=1)]


class _Group(Part):
    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    aliases: list[str] = []
    workloads: list[str] = []


class _Channels(Part):
    engineers: ChannelId
    finance: ChannelId | None = None
    default: ChannelId


class _Roles(Part):
    users: dict[UserId, list[Role]] = {}
    user_groups: dict[UserGroupId, list[Role]] = {}


class _Guardrails(Part):
    auto_budget_usd: Annotated[Decimal, Field(ge=0)] = Decimal(50)
    max_budget_usd: Annotated[Decimal, Field(ge=0)] = Decimal(2000)
    min_notice_minutes: Minutes = 30
    auto_multiplier: Annotated[float, Field(ge=1)] = 5
    max_multiplier: Annotated[float, Field(ge=1)] = 20
    ceiling_raise_needs: list[Role] = [Role.APPROVER, Role.ENGINEER]
    budget_approvers: list[Role] = [Role.FINANCE, Role.APPROVER]
    self_approval: bool = False


class _Timing(Part):
    time_to_fix_minutes: Minutes = 15
    prove_before_minutes: Minutes = 5
    cooldown_minutes: Minutes = 10
    step_down_every_minutes: Minutes = 3


class _Prices(Part):
    catalog: bool = False
    gpu_usd_per_hour: dict[str, Annotated[Decimal, Field(gt=0)]] = {}


class _Slack(Part):
    mentions: bool = True
    direct_messages: bool = True
    private_channels: bool = True
    files: bool = True


class _File(FencesPart):
    company: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    zone: Zone
    places: Annotated[list[_Place], Field(min_length=1)]
    groups: Annotated[list[_Group], Field(min_length=1)]
    channels: _Channels
    roles: _Roles
    guardrails: _Guardrails = _Guardrails()
    timing: _Timing = _Timing()
    committed_use_discount: Annotated[Decimal, Field(ge=0, lt=1)] = Decimal(0)
    prices: _Prices = _Prices()
    costs: CostsPart = CostsPart()
    weeks_of_history: Annotated[int, Field(ge=1, le=8)] = 8
    spare: Annotated[float, Field(ge=0, le=3)] = 0.1
    holidays: dict[date, Annotated[str, StringConstraints(min_length=1, max_length=80)]] = {}
    ux_floors: dict[str, Annotated[int, Field(ge=0)]] = {}
    repair: RepairRule = Repair.AUTO
    capacity: CapacityPart = CapacityPart()
    rules: list[str] = []
    approvals: ApprovalsPart = ApprovalsPart()
    audit: AuditPart = AuditPart()
    alerts: AlertsPart = AlertsPart()
    digests: list[DigestPart] = []
    experience: ExperiencePart = ExperiencePart()
    advice: AdvicePart = AdvicePart()
    calendar: CalendarPart = CalendarPart()
    data: DataPart = DataPart()
    slack: _Slack = _Slack()


def load_house(path: Path) -> House:
    """Reads and checks the file; raises AskedWrong naming file, line and field of every fault."""
    if not path.exists():
        raise AskedWrong(
            f"There is no file {path}. HEADROOM_CONFIG says where the configuration is;"
            " docs/how-to/install.md shows how to write one."
        )
    return parse_house(read_text(path), str(path))


def parse_house(text: str, source: str) -> House:
    """The same for a text; `source` is what faults call it, and where rule files are looked for."""
    document = parse(text, source, _File)
    file = document.content
    clashes = _clashing_names(file.groups)
    if clashes:
        raise AskedWrong(f"{source}: these words name more than one group: {', '.join(clashes)}.")
    known = [group.name for group in file.groups]
    unknown = unknown_groups(file, known) + unknown_calendar_groups(file.calendar, known)
    if unknown:
        raise AskedWrong(f"{source}: there is no such group: {', '.join(unknown)}")
    names = [group.name for group in file.groups]
    wrong = [*digest_faults(file.digests, names), *experience_faults(file.experience, names)]
    wrong += data_faults(file.data, names)
    if wrong:
        raise AskedWrong("\n- ".join(f"{source}: {fault}" for fault in wrong))
    try:
        house = _house(file)
    except ValueError as error:
        raise AskedWrong(f"{source}: freezes: {error}") from error
    return replace(house, rules=load_rules(file.rules, Path(source).parent))


def _clashing_names(groups: Sequence[_Group]) -> list[str]:
    seen: dict[str, str] = {}
    clashes = set()
    for group in groups:
        for word in {word.casefold() for word in (group.name, group.title, *group.aliases)}:
            if seen.setdefault(word, group.name) != group.name:
                clashes.add(word)
    return sorted(clashes)


def _house(file: _File) -> House:
    rules = file.guardrails
    return House(
        company=file.company,
        zone=file.zone,
        places=tuple(Place(place.project, tuple(place.regions)) for place in file.places),
        groups=tuple(
            Group(group.name, group.title, tuple(group.aliases), tuple(group.workloads))
            for group in file.groups
        ),
        engineers=file.channels.engineers,
        finance=file.channels.finance or "",
        default_channel=file.channels.default,
        roles={user: tuple(roles) for user, roles in file.roles.users.items()},
        role_groups={group: tuple(roles) for group, roles in file.roles.user_groups.items()},
        guardrails=Guardrails(
            auto_budget=Money(rules.auto_budget_usd),
            max_budget=Money(rules.max_budget_usd),
            min_notice=timedelta(minutes=rules.min_notice_minutes),
            auto_multiplier=rules.auto_multiplier,
            max_multiplier=rules.max_multiplier,
            ceiling_raise_needs=tuple(rules.ceiling_raise_needs),
            budget_approvers=tuple(rules.budget_approvers),
            self_approval=rules.self_approval,
        ),
        timing=_timing(file.timing),
        discount=file.committed_use_discount,
        catalog_prices=file.prices.catalog,
        gpu_prices=dict(file.prices.gpu_usd_per_hour),
        billing=billing_of(file.costs),
        weeks_of_history=file.weeks_of_history,
        spare=file.spare,
        ux_floors=dict(file.ux_floors),
        repair=file.repair,
        capacity=capacity_of(file.capacity),
        holidays=dict(file.holidays),
        fences=fences_of(file, file.zone),
        oversight=oversight_of(file.approvals, file.audit),
        alerts=alert_rules_of(file.alerts, file.zone),
        digests=digests_of(file.digests, file.zone),
        experience=experience_of(file.experience),
        advice=advice_of(file.advice),
        calendar=calendar_of(file.calendar, file.channels.default),
        pipelines=pipelines_of(file.data, file.places[0].project),
        slack=SlackFeatures(**file.slack.model_dump()),
    )


def _timing(timing: _Timing) -> Timing:
    return Timing(
        time_to_fix=timedelta(minutes=timing.time_to_fix_minutes),
        prove_before=timedelta(minutes=timing.prove_before_minutes),
        cooldown=timedelta(minutes=timing.cooldown_minutes),
        step_down_every=timedelta(minutes=timing.step_down_every_minutes),
    )
