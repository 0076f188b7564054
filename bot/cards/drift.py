"""What the engineers see when somebody else changed a floor that Headroom holds, and what they can do."""

from dataclasses import dataclass

from bot.cards.blocks import actions, button, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import said
from bot.cards.wording import labels, mention
from bot.core.fleet import WorkloadKey
from bot.core.holding import Answer, Holding
from bot.core.house import Repair
from bot.core.message import Block, Message

_MAXIMUM = "/maximum"


@dataclass(frozen=True, slots=True)
class Change:
    """`subject` is the notice's own (its buttons carry it), `remarks` are sentences about who did it.

    `answered_by` is the Slack user who decided ("" nobody has). A notice about the maximum says so in
    its subject.
    """

    holding: Holding
    subject: str
    repair: Repair
    remarks: tuple[str, ...] = ()
    answered_by: str = ""

    @property
    def of_maximum(self) -> bool:
        """Whether it is about the maximum, not the floor."""
        return self.subject.endswith(_MAXIMUM)

    @property
    def is_put_back(self) -> bool:
        """Whether Headroom has written its own value again."""
        holding = self.holding
        return (holding.written_ceiling if self.of_maximum else holding.written) is not None


def drift_subject(key: WorkloadKey, episode: str, *, maximum: bool = False) -> str:
    """What the notice is called, and what its buttons carry."""
    return f"{key}/{episode}{_MAXIMUM if maximum else ''}"


def drift_keys(subject: str) -> tuple[WorkloadKey, str]:
    """The workload and the episode behind a subject; raises ValueError for anything else."""
    *key, episode = subject.removesuffix(_MAXIMUM).split("/", 4)
    return WorkloadKey.parse("/".join(key)), episode


def drift_notice(change: Change, sealing: bytes) -> Message:
    """Raised: adopted, and told. Lowered: put back, left, or asked, each with the other way as a button."""
    holding = change.holding
    name, where = labels([holding.key])[holding.key], said(holding.key.region, 30)
    by = said(holding.changed_by) or "Somebody"
    if change.of_maximum:
        most, whose = holding.baseline_ceiling, f"the maximum of *{name}* ({where})"
        what = f"set {whose} to {most:,}" if most else f"took {whose} away"
        text = f"{by} {what}; a campaign needs more."
        verdict, buttons = _standing(change, sealing)
        return _shown(change, f"{text} {verdict}", buttons)
    if holding.baseline >= holding.wanted:
        text = (
            f"{by} raised the floor of *{name}* ({where}) to {holding.baseline:,}. That is its "
            "baseline from now on: I will not go below it."
        )
        return _shown(change, text, ())
    what = (
        f"{by} lowered the floor of *{name}* ({where}) to {holding.baseline:,} while a campaign "
        f"needs {holding.wanted:,}."
    )
    verdict, buttons = _standing(change, sealing)
    return _shown(change, f"{what} {verdict}", buttons)


def _standing(change: Change, sealing: bytes) -> tuple[str, tuple[Block, ...]]:
    put_back = _button(change, Action.PUT_BACK, "Put back", sealing)
    leave = _button(change, Action.LEAVE, "Leave it", sealing)
    who = mention(change.answered_by) if change.answered_by else "An engineer"
    bound = "maximum" if change.of_maximum else "minimum"
    risk = "customers may meet cold starts"
    if change.of_maximum:
        risk = "at the peak requests may wait or be refused"
    after = f"until the campaign is over; from then on the new {bound} counts."
    match change.holding.answer, change.repair:
        case Answer.PUT_BACK, _:
            return f"{who} had it put back {after}", (leave,)
        case Answer.LEAVE, _ if change.is_put_back:
            text = f"I have put it back {after} {who}: the next such change is left."
            return text, (put_back,)
        case Answer.LEAVE, _ if change.answered_by:
            return f"{who} leaves it so; {risk}.", (put_back,)
        case Answer.LEAVE, _:
            text = f"I leave it so, as an engineer decided before; {risk}."
            return text, (put_back,)
        case _, Repair.AUTO:
            text = f"I have put it back {after} To lower it at once, stop the campaign."
            return text, (_button(change, Action.LEAVE, "Leave it next time", sealing),)
        case _, Repair.ASK:
            question = f"I leave it so until you decide; {risk}."
            return question, (put_back, leave)
        case _:
            return f"I leave it so; {risk}.", (put_back,)


def _shown(change: Change, text: str, buttons: tuple[Block, ...]) -> Message:
    whole = " ".join([text, *(said(remark, 300) for remark in change.remarks)])
    blocks = [section(whole), *([actions(*buttons)] if buttons else [])]
    return message(whole, blocks)


def _button(change: Change, action: Action, label: str, sealing: bytes) -> Block:
    return button(label, action_id=action, value=seal(ButtonValue(action, change.subject), sealing))
