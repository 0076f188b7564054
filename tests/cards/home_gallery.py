"""The Home tab as each role sees it; part of the gallery."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from bot.cards.home import HomeView, home_view
from bot.core.campaign import CampaignState
from bot.core.experience import Breach, Experience, Mark, Page, Step
from bot.core.fleet import BillingMode, InstanceSize, Scaling, ScalingMode, Workload
from bot.core.freeze import Freeze
from bot.core.incident import Phase
from bot.core.inventory import Inventory
from bot.core.message import Message, View
from bot.core.pausing import Pause
from bot.core.verdict import Role
from bot.core.windows import Window
from tests.cards.incident_samples import ACK, incident
from tests.cards.samples import CAMPAIGN, END, HOUSE, KEY, NEEDS_APPROVAL, NOW, START, key, view

_PAY = Page("pay", "Purchase", ("checkout",), (Step("/pay"),))
RULES = replace(
    HOUSE, roles={**HOUSE.roles, "U0ADA": (Role.ADMIN,)}, experience=Experience(pages=(_PAY,))
)
LIVE = replace(CAMPAIGN, state=CampaignState.LIVE)
MAIL = replace(
    CAMPAIGN,
    id="c-mail",
    state=CampaignState.SCHEDULED,
    announcement=replace(
        CAMPAIGN.announcement,
        name="Newsletter",
        window=Window(START + timedelta(hours=2), END + timedelta(hours=4)),
        groups=("web", "checkout"),
    ),
)
SALE = replace(
    CAMPAIGN,
    id="c-sale",
    state=CampaignState.AWAITING_APPROVAL,
    announcement=replace(
        CAMPAIGN.announcement,
        name="Cyber Monday",
        window=Window(START + timedelta(days=3), END + timedelta(days=3)),
        groups=("checkout",),
    ),
)
FREEZE = Freeze("Inventory weekend", Window(NOW + timedelta(days=1), NOW + timedelta(days=2)))


def workload(name: str, group: str, floor: int) -> Workload:
    """A service of that group."""
    return Workload(
        key=key(name),
        groups=(group,),
        size=InstanceSize(1, 0.5),
        billing=BillingMode.REQUEST,
        concurrency=80,
        scaling=Scaling(ScalingMode.AUTOMATIC, floor, 100),
        token="t",
        revision=f"{name}-1",
    )


FLEET = Inventory(
    NOW - timedelta(minutes=20),
    (workload("cart", "checkout", 2), workload("storefront", "web", 10)),
    busiest={str(key("cart")): 21.0, str(key("storefront")): 84.0},
    measured_at=NOW - timedelta(minutes=20),
)
EVERYTHING = HomeView(
    roles=frozenset(),
    seal=KEY,
    campaigns=(LIVE, MAIL, SALE),
    freezes=(FREEZE,),
    fleet=FLEET,
    alerts=(incident(),),
    breaches=(Breach("pay", Mark.SLOW, NOW - timedelta(minutes=12), NOW, "3 of 5 looks"),),
)


def _home(*roles: Role, **seen: object) -> Callable[[], View]:
    shown = replace(EVERYTHING, roles=frozenset(roles), **seen)  # type: ignore[arg-type]
    return lambda: home_view(shown, house=RULES, now=NOW)


HOMES: Mapping[str, Callable[[], Message | View]] = {
    "home_announcer": _home(
        Role.ANNOUNCER,
        own=(view(CampaignState.PROPOSED), view(CampaignState.LIVE)),
        pauses=(Pause("all", "U0ADA", NOW, NOW + timedelta(hours=1), "database upgrade"),),
    ),
    "home_engineer": _home(Role.ENGINEER, incidents=(incident(),), behind=3),
    "home_approver": _home(
        Role.APPROVER,
        waiting=(view(CampaignState.AWAITING_APPROVAL, verdict=NEEDS_APPROVAL),),
        alerts=(incident(phase=Phase.ACKNOWLEDGED, acknowledgements=ACK),),
    ),
    "home_finance": _home(Role.FINANCE, alerts=()),
    "home_admin_before_the_first_look": _home(Role.ADMIN, fleet=None, campaigns=(), freezes=()),
    "home_without_a_role": _home(),
}
