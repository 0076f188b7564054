"""Words for days, and whether a time or a name stands beside them."""

import re

from bot.core.grammar.calendar import WEEKDAY
from bot.core.grammar.scan import Scan

LONG_WEEKDAY = r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)"
WORD_ENDS = r"(?!'\w)(?!\w)"
TOMORROW = r"(?:tomorrow|tmrw|tmr)"
DAY_WORD = rf"(?:today|heute|tonight|{TOMORROW}|{WEEKDAY})"
ANY_DAY = re.compile(rf"(?<![\w-]){DAY_WORD}{WORD_ENDS}")
# What shows that a time follows, or stands before.
TIME_AHEAD = r",?\s+(?:(?:at|from|ab|um|between|@)\s*)?(?:\d|noon|midday|midnight)"
TIME_BEHIND = r"(?:\d|\d\s?[ap]\.?m\.?|\d\s?uhr|noon|midday)"

# Names of days that are no dates: they stay in the campaign's name.
NAMED_DAYS = re.compile(
    r"(?<!\w)(?:black|cyber|giving|super|good|easter|blue|business|palm|ash|whit|shrove|bowl|mega|green|wild"
    rf"|fat|taco|white|red|pink|happy|casual|magic|maundy)\s+{LONG_WEEKDAY}{WORD_ENDS}"
)
# Behind "Sun" a name may go on: "Sun cream", "Sat & Sun style".
NO_NAME = re.compile(r"\s*(?:\0|[^\w\s&+/'-]|$)")

_TIME_FOLLOWS = re.compile(rf"\.?{TIME_AHEAD}")
_TIME_LEADS = re.compile(rf"{TIME_BEHIND},?\s+(?:on\s+)?$")


def before_time(scan: Scan, match: re.Match[str]) -> bool:
    """Whether a time stands right behind the day."""
    return bool(_TIME_FOLLOWS.match(scan.left, match.end()))


def beside_time(scan: Scan, match: re.Match[str]) -> bool:
    """Whether a time stands right behind or before the day."""
    return before_time(scan, match) or bool(_TIME_LEADS.search(scan.left[: match.start()]))
