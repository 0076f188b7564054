"""What the engineers are asked, and told, when a worker pool is to give instances back."""

from bot.cards.blocks import actions, ask_again, button, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import said
from bot.cards.wording import count, labels, mention
from bot.core.draining import Draining
from bot.core.fleet import WorkloadKey
from bot.core.message import Message


def ask_whether_drained(
    key: WorkloadKey, surplus: int, found: Draining, value: tuple[str, bytes]
) -> Message:
    """Stopping an instance stops its work, so a person is asked first; `value` is what to seal, and the key."""
    subject, sealing = value
    text = (
        f"{_named(key)} is to give back {count(surplus, 'instance')}, but {said(found.why, 300)}. "
        "Whatever a stopped instance works on ends after 10 s, so I hold all of them. They go by "
        f"themselves once {said(found.until, 100)}; or press the button when you know that its queue "
        "is empty, or that its work survives."
    )
    dialog = ask_again(
        f"{key.name} gives its instances back step by step. What they work on then may be lost.",
        yes="Give them back",
        no="Keep them",
    )
    sealed = seal(ButtonValue(Action.DRAINED, subject), sealing)
    yes = button("It is drained", action_id=Action.DRAINED, value=sealed, confirm=dialog)
    return message(text, [section(text), actions(yes)])


def drained(key: WorkloadKey, by: str, because: str = "") -> Message:
    """The record in place of the question: who said so, or what was measured (`by` "")."""
    so = f"{mention(by)} said that it is drained" if by else said(because, 100)
    text = f"{_named(key)} gives its instances back, step by step: {so}."
    return message(text, [section(text)])


def _named(key: WorkloadKey) -> str:
    return f"*{labels([key])[key]}* ({said(key.region, 30)})"
