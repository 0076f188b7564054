"""Weekdays that are not the coming ones: second Friday in December, Friday week, Saturday before Christmas."""

import re

from bot.core.grammar.calendar import MONTH, WEEKDAY
from bot.core.grammar.daywords import WORD_ENDS
from bot.core.grammar.scan import HIDDEN, Scan
from bot.core.grammar.spoken import WHICH_DAY, SpokenDay, is_meant

_SOME = r"(?:an?|one|two|three|four|\d|einer|einem|zwei|drei)"
_VAGUE = re.compile(
    r"(?<![\w-])(?:(?:the|am|on|den)\s+)*(?:"
    rf"(?:first|second|third|fourth|1st|2nd|3rd|4th|(?:ersten?|zweiten?|dritten?|vierten?|übernächsten?)r?)\s+{WEEKDAY}{WORD_ENDS}"
    rf"(?:\s+(?:in|of|im)\s+{MONTH}{WORD_ENDS})?"
    rf"|(?:last|letzten?r?)\s+{WEEKDAY}\s+(?:in|of|im)\s+(?:(?:the|this|next)\s+)?(?:{MONTH}|month|monat|year|jahr)"
    rf"|{_SOME}\s+(?:weeks?|fortnight)\s+(?:on|from|after|before)\s+(?:this\s+|next\s+)?{WEEKDAY}"
    rf"|in\s+{_SOME}\s+(?:weeks|wochen),?\s+(?:on\s+|am\s+)?{WEEKDAY}"
    rf"|{WEEKDAY}\s+(?:week|fortnight|in\s+{_SOME}\s+(?:weeks?|wochen?|months?|monat(?:en?)?))"
    rf"|{WEEKDAY}\s+(?:before|after|vor|nach)\s+"
    rf"(?!\d|noon|midday|midnight|and|work|hours|lunch|dinner|school|dark)[{HIDDEN}\w]+){WORD_ENDS}"
)


def take_vague_day(scan: Scan) -> SpokenDay | None:
    """The question about a weekday that is not the coming one ("second Friday in December"), taken out of `scan`."""
    found = next((match for match in scan.find(_VAGUE) if is_meant(scan, match)), None)
    if found is None:
        return None
    scan.take(found.span())
    return SpokenDay(at=found.span(), question=WHICH_DAY)
