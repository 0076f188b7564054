"""The grammar of the slash commands: which verb was meant; used by the flow that answers them."""

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Verb(StrEnum):
    """What a person can ask for."""

    CAMPAIGN = "campaign"
    STATUS = "status"
    ALERTS = "alerts"
    DIGEST = "digest"
    PAUSE = "pause"
    RESUME = "resume"
    EXTEND = "extend"
    SHORTEN = "shorten"
    MOVE = "move"
    END = "end"
    POLICY = "policy"
    ADVICE = "advice"
    CALENDAR = "calendar"
    HELP = "help"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Command:
    """A verb with what follows it.

    For UNKNOWN, `rest` is all that was typed and `suggestion` the verb it resembles ("" none).
    """

    verb: Verb
    rest: str = ""
    suggestion: str = ""


_WORDS = {
    "campaign": Verb.CAMPAIGN,
    "campaigns": Verb.CAMPAIGN,
    "announce": Verb.CAMPAIGN,
    "status": Verb.STATUS,
    "alerts": Verb.ALERTS,
    "alert": Verb.ALERTS,
    "incidents": Verb.ALERTS,
    "digest": Verb.DIGEST,
    "digests": Verb.DIGEST,
    "pause": Verb.PAUSE,
    "hold": Verb.PAUSE,
    "resume": Verb.RESUME,
    "unpause": Verb.RESUME,
    "extend": Verb.EXTEND,
    "prolong": Verb.EXTEND,
    "shorten": Verb.SHORTEN,
    "move": Verb.MOVE,
    "postpone": Verb.MOVE,
    "end": Verb.END,
    "finish": Verb.END,
    "policy": Verb.POLICY,
    "policies": Verb.POLICY,
    "guardrails": Verb.POLICY,
    "advice": Verb.ADVICE,
    "advise": Verb.ADVICE,
    "savings": Verb.ADVICE,
    "calendar": Verb.CALENDAR,
    "ics": Verb.CALENDAR,
    "help": Verb.HELP,
    "?": Verb.HELP,
}
_NEAR_ENOUGH = 0.6
_NEARLY_THE_WORD = 0.8  # more is asked of a sentence: "Summer sale …" does not mean resume
_A_SENTENCE = 3  # words


def parse_command(command: str, text: str) -> Command:
    """The verb behind `command` (`/campaign`, `/headroom`) and `text` (what followed it, trimmed).

    `/campaign …` is a campaign unless it is the single word help or status; `/headroom` alone is help.
    A sentence with a number in it that begins with no verb announces a campaign, in plain words.
    """
    rest = text.strip()
    if command.strip().lstrip("/").casefold() == "campaign":
        verb = _WORDS.get(rest.casefold())
        asked = verb if verb in {Verb.HELP, Verb.STATUS} else None
        return Command(asked) if asked else Command(Verb.CAMPAIGN, rest)
    if not rest:
        return Command(Verb.HELP)
    word, _, after = rest.partition(" ") if " " in rest else rest.partition("\n")
    known = _WORDS.get(word.casefold())
    if known:
        return Command(known, after.strip())
    announces = _announces(rest)
    cutoff = _NEARLY_THE_WORD if announces else _NEAR_ENOUGH
    near = get_close_matches(word.casefold(), _WORDS, n=1, cutoff=cutoff)
    if announces and not near:
        return Command(Verb.CAMPAIGN, rest)
    return Command(Verb.UNKNOWN, rest, _WORDS[near[0]].value if near else "")


def _announces(text: str) -> bool:
    """Whether it may be an announcement: a few words, and a time, a day or a number among them."""
    return len(text.split()) >= _A_SENTENCE and any(letter.isdigit() for letter in text)
