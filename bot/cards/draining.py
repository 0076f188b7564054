"""What the engineers are asked, and told, when a worker pool is to give instances back."""

from bot.cards.blocks import actions, ask_again, button, message, section
from bot.cards.buttons import Action, ButtonValue, seal
from bot.cards.text import said
from bot.cards.wording import count, labels, mention
from bot.core.fleet import WorkloadKey
from bot.core.message import Message


def ask_whether_drained(
    key: WorkloadKey, surplus: int, why: str, value: tuple[str, bytes]
) -> Message:
    """Stopping an instance stops its work, so a person is asked first; `value` is what to seal, and the key."""
    subject, sealing = value
    text = (
        f"{_named(key)} is to give back {count(surplus, 'instance')}, but {said(why, 200)}. Whatever a "
        "stopped instance works on ends after 10 s, so I hold all of them. They go by themselves once "
        "it is idle; or press the button when its queue is empty, or its work survives."
    )
    dialog = ask_again(
        f"{key.name} gives its instances back step by step. What they work on then may be lost.",
        yes="Give them back",
        no="Keep them",
    )
    sealed = seal(ButtonValue(Action.DRAINED, subject), sealing)
    yes = button("It is drained", action_id=Action.DRAINED, value=sealed, confirm=dialog)
    return message(text, [section(text), actions(yes)])


def drained(key: WorkloadKey, by: str) -> Message:
    """The record in place of the question; `by` "" where it became idle by itself."""
    if by:
        text = f"{_named(key)} gives its instances back, step by step: {mention(by)} said that it is drained."
    else:
        text = f"{_named(key)} is idle now and gives its instances back, step by step."
    return message(text, [section(text)])


def _named(key: WorkloadKey) -> str:
    return f"*{labels([key])[key]}* ({said(key.region, 30)})"
