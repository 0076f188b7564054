"""Times of day in words: half past 6pm, quarter to 7pm, 8 in the evening, halb 7, 8 Uhr abends."""

import re

from bot.core.grammar.scan import Scan

_HOUR = r"(?P<hour>1[0-2]|0?[1-9])(?![\d:]|[.,]\d)"
_HALF = r"\s*(?P<half>[ap])\.?m\b\.?"
_PARTS = {
    **dict.fromkeys(("in the morning", "morgens", "vormittags", "früh"), "am"),
    **dict.fromkeys(("in the afternoon", "in the evening", "nachmittags", "abends"), "pm"),
}
_COUNTS = {"half": 30, "quarter": 15, "a quarter": 15}
_COUNT = rf"(?P<count>half|(?:a\s+)?quarter|\d\d?(?:\s+minutes)?)\s+(?P<way>past|after|to|before)\s+{_HOUR}"

_PAST = re.compile(rf"(?<![\w.:]){_COUNT}{_HALF}")
_IN_PART = re.compile(
    rf"(?<![\w.:])(?P<hour>1[01]|0?[1-9])(?:[:.](?P<minute>[0-5]\d))?(?:\s*(?:uhr|o'clock))?\s+(?P<part>{'|'.join(_PARTS)})(?!\w)"
)
_UNCLEAR = re.compile(
    rf"(?<![\w.:])(?:(?:half|(?:a\s+)?quarter)\s+(?:past|after|to|before)\s+{_HOUR}"
    r"|(?:half|halb|(?:drei)?viertel(?:\s+(?:vor|nach))?)\s+(?:1[0-2]|0?[1-9])(?![\d:%]|[.,]\d))(?:\s*[ap]\.?m\b|\s*uhr\b)?"
)


def write_clocks(scan: Scan) -> None:
    """Writes those that can mean only one time as the others are written: 6:30pm."""
    for match in scan.find(_PAST):
        count = " ".join(match["count"].split())
        digits = re.match(r"\d+", count)
        if digits and match["way"] in {"to", "after", "before"} and "minutes" not in count:
            continue  # "5 to 7pm" is a range
        minutes = int(digits[0]) if digits else _COUNTS[count]
        away = minutes if match["way"] in {"past", "after"} else -minutes
        afternoon = 12 * 60 if match["half"] == "p" else 0
        hour, minute = divmod((int(match["hour"]) % 12 * 60 + afternoon + away) % (24 * 60), 60)
        scan.rewrite(
            match.span(), f"{(hour - 1) % 12 + 1}:{minute:02}{'pm' if hour >= 12 else 'am'}"
        )
    for match in scan.find(_IN_PART):
        minute_said = f":{match['minute']}" if match["minute"] else ""
        scan.rewrite(match.span(), f"{match['hour']}{minute_said}{_PARTS[match['part']]}")


def hide_unclear_clocks(scan: Scan) -> str:
    """The first that may mean two times, as typed ("" if there is none); they are then read by nobody."""
    found = scan.find(_UNCLEAR)
    for match in found:
        scan.hide(match.span())
    return scan.said[found[0].start() : found[0].end()].strip() if found else ""
