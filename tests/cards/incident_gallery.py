"""Every card about alerts in every state, by name; part of the gallery."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from bot.cards.alerts import (
    AlertsView,
    alerts_card,
    closed_card,
    silence_card,
    unreadable_card,
    way_works_card,
)
from bot.cards.incident import IncidentView, incident_card
from bot.cards.incident_form import incident_form
from bot.cards.incident_replies import page_reply, storm_page
from bot.cards.storm import storm_card, storm_list, storm_view
from bot.core.alert import Severity, Unreadable, Via
from bot.core.incident import Acknowledgement, Phase
from bot.core.message import Message, View
from tests.cards.incident_samples import (
    ACK,
    INCIDENT,
    NOISE,
    PAGE,
    SNOOZE,
    TIMELINE,
    incident,
    many,
    resolved,
    seen,
    storm,
)
from tests.cards.samples import HOUSE, KEY, NOW


def _card(view: IncidentView) -> Callable[[], Message]:
    return lambda: incident_card(view, house=HOUSE, now=NOW)


LIVE = "Black Friday push is live; demand 1.1 × plan."
QUIET = (incident(id="q1", severity=Severity.WARNING, quiet=True, spoken_at=None),)
CAMPAIGN_URL = "https://cymbal.slack.com/archives/C0CAMPAIGN/p1764336720000100"
HALF = (Acknowledgement("U0ERIK", NOW),)

INCIDENTS: Mapping[str, Callable[[], Message | View]] = {
    "incident_triggered": _card(seen(incident(context=LIVE, context_url=CAMPAIGN_URL))),
    "incident_acknowledged": _card(
        seen(incident(phase=Phase.ACKNOWLEDGED, acknowledgements=ACK, assignee="U0ADA"))
    ),
    "incident_half_acknowledged": _card(seen(incident(acks_needed=2, acknowledgements=HALF))),
    "incident_snoozed": _card(seen(incident(snoozed_until=NOW + timedelta(hours=1)))),
    "incident_explained": _card(
        seen(incident(inhibited_by="c1"), cause=incident(id="c1", severity=Severity.ERROR))
    ),
    "incident_flapping": _card(
        seen(incident(flapping=True, lap=4, firing=0, calm_at=NOW + timedelta(minutes=10)))
    ),
    "incident_resolved": _card(seen(resolved())),
    "incident_resolved_by_somebody": _card(
        seen(incident(phase=Phase.RESOLVED, resolved_at=NOW, resolved_by="U0ERIK"))
    ),
    "incident_form": lambda: incident_form(seen(), TIMELINE, channel="C0OPS", house=HOUSE, now=NOW),
    "incident_form_resolved": lambda: incident_form(
        seen(resolved()), TIMELINE, channel="C0OPS", house=HOUSE, now=NOW
    ),
    "incident_page": lambda: page_reply(INCIDENT, [PAGE]),
    "storm": lambda: storm_card(storm(), house=HOUSE, now=NOW),
    "storm_over": lambda: storm_card(storm(ended_at=NOW), house=HOUSE, now=NOW),
    "storm_list": lambda: storm_list(many(4), 1, now=NOW),
    "storm_modal": lambda: storm_view(storm(), now=NOW),
    "storm_page": lambda: storm_page([PAGE], 187),
    "alerts": lambda: alerts_card(
        AlertsView([INCIDENT, *QUIET], [SNOOZE], NOISE, KEY), house=HOUSE, now=NOW
    ),
    "alerts_unreadable": lambda: unreadable_card(
        [Unreadable("u1", "it is not JSON", "<!channel> ```x```")], total=3
    ),
    "alerts_test": lambda: way_works_card(NOW, Via.PUBSUB, house=HOUSE),
    "alerts_silence": lambda: silence_card(NOW, timedelta(hours=25), house=HOUSE),
    "alerts_silence_over": lambda: silence_card(NOW, timedelta(hours=25), house=HOUSE, back_at=NOW),
    "alerts_closed": lambda: closed_card("C0OLD", "it is archived", "C0OPS"),
}
