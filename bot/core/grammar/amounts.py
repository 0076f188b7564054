"""How much is expected other than as a multiple: to 4000 rps; 1.2M push recipients, 4% click, 3 pages."""

import re
from dataclasses import dataclass
from decimal import Decimal

from bot.core.campaign import Audience, Rate
from bot.core.grammar.scan import Scan
from bot.core.wording import say_list

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:[.,]\d+)?"
_DOTTED = r"[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?"  # 80.000 and 1.200.000,5 as Germans write them
_COUNT = rf"(?:{_DOTTED}|{_NUMBER})"
_SCALES = {
    **dict.fromkeys(("k", "thousand"), Decimal(1_000)),
    **dict.fromkeys(("m", "mio", "mn", "million", "millions"), Decimal(1_000_000)),
}
_SCALE = rf"(?:\s?(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})(?!\w)\.?)?"
_BEFORE = r"(?<![\w.,:/+-])"
_PER_SECOND = r"(?:rps|qps|(?:reqs?|requests?)\s*(?:/|per|a)\s*(?:s|sec|second)(?!\w))"
_REQUESTS = rf"(?P<n>{_COUNT}){_SCALE}\s?{_PER_SECOND}(?!\w)"
_RATE = re.compile(
    rf"(?:(?<!\w)(?:up\s+)?(?:to|at|about|around|expecting|expect)\s+)?{_BEFORE}{_REQUESTS}"
)
_ON_TOP = (
    re.compile(rf"(?:(?<!\w)(?:additional|extra|another|zusätzliche?)\s+|\+\s?){_REQUESTS}"),
    re.compile(
        rf"{_BEFORE}{_REQUESTS}\s+(?:more|mehr|extra|additional|additionally|zusätzlich|on top"
        r"|(?:above|over)\s+(?:the\s+|our\s+)?(?:usual|normal))(?!\w)"
    ),
)
_READERS = (
    "recipients|recipient|subscribers|subscriber|people|users|devices|customers|contacts|readers"
    "|viewers|followers|members|addresses"
)
_PEOPLE = re.compile(
    rf"(?:(?<!\w)to\s+)?{_BEFORE}(?P<n>{_COUNT}){_SCALE}"
    rf"(?P<kind>\s+(?:push|e-?mail|newsletter|tv|app))?\s+(?:{_READERS})(?!\w)"
)
_SIGN = r"\s?(?:%|percent(?!\w)|per\s?cent(?!\w)|pct(?!\w))"
_CLICKS = r"(?:click(?:s|ing|ed)?|click-?through|ctr|follow(?:ing|s)?|conversion|tap(?:s|ping)?)"
_FOLLOW = (
    re.compile(rf"{_BEFORE}(?P<n>{_NUMBER}){_SIGN}\s+(?:of\s+them\s+)?{_CLICKS}(?:\s+rate)?(?!\w)"),
    re.compile(rf"(?<!\w){_CLICKS}(?:\s+rate)?(?:\s+(?:of|is))?\s+(?P<n>{_NUMBER}){_SIGN}"),
)
_PAGES = re.compile(
    rf"{_BEFORE}(?P<n>{_NUMBER})\s+(?:pages?|page\s?views?)"
    r"(?:\s+(?:each|per\s+(?:visit|person|head|click)|a\s+(?:visit|person|head|click)))?(?!\w)"
)
_MOST_RPS = Decimal(10_000_000)
_MOST_PEOPLE = Decimal(10_000_000_000)
_MOST_PAGES = Decimal(1000)

Amount = Rate | Audience


@dataclass(frozen=True, slots=True)
class AmountSaid:
    """The amount where it is clear, else what to ask; all empty where none was said."""

    demand: Amount | None = None
    text: str = ""
    question: str = ""


def take_amount(scan: Scan) -> AmountSaid:
    """Requests/s, or an audience with its click rate and pages, taken out of `scan`."""
    on_top = [match for pattern in _ON_TOP for match in scan.find(pattern)]
    if on_top:
        scan.take(on_top[0].span())
        return _more(_value(on_top[0]))
    rates = scan.find(_RATE)
    if rates:
        for match in rates:
            scan.take(match.span())
        return _rate([_value(match) for match in rates])
    people = scan.find(_PEOPLE)
    if not people:
        return AmountSaid()
    for match in people:
        _take_people(scan, match)
    follow = _taken(scan, *_FOLLOW)
    pages = _taken(scan, _PAGES)
    return _audience([_value(match) for match in people], follow, pages)


def amount_text(demand: Amount) -> str:
    """The words that `take_amount` reads as exactly this amount."""
    match demand:
        case Rate(rps):
            return f"{_plain(rps)} rps"
        case Audience(people, click_rate, pages):
            percent = Decimal(repr(click_rate)) * 100
            return f"{_plain(people)} people, {percent.normalize():f}% click, {_plain(pages)} pages"


def _more(value: Decimal) -> AmountSaid:
    """What comes on top is no demand that can be planned for, before the usual is known."""
    text = f"{_shown(value)} rps more"
    asked = f"Does “{text}” come on top of the usual? Write all that you expect, for example 4000 rps or x3."
    return AmountSaid(text=text, question=asked)


def _rate(values: list[Decimal]) -> AmountSaid:
    value, text = values[0], f"{_shown(values[0])} rps"
    if len(set(values)) > 1:
        said = say_list([f"{_shown(one)} requests/s" for one in values], last="or")
        return AmountSaid(question=f"I found more than one demand. Is it {said}?")
    if not 0 < value <= _MOST_RPS:
        return AmountSaid(
            text=text, question=f"{text} is not believable. How many requests/s do you expect?"
        )
    return AmountSaid(Rate(float(value)), text)


def _audience(people: list[Decimal], follow: list[Decimal], pages: list[Decimal]) -> AmountSaid:
    text = f"{_shown(people[0])} people"
    if len(set(people)) > 1:
        said = say_list([_shown(one) for one in people], last="or")
        return AmountSaid(question=f"I found more than one audience. Is it {said} people?")
    if not follow:
        asked = f"How many of the {people[0]:,f} people follow it? For example 4% click."
        return AmountSaid(text=f"{text}, % click", question=asked)
    each = pages[0] if pages else Decimal(1)
    text = f"{text}, {_shown(follow[0])}% click, {_shown(each)} pages"
    sound = 0 < people[0] <= _MOST_PEOPLE and 0 < follow[0] <= 100 and 0 < each <= _MOST_PAGES
    if not sound or len(set(follow)) > 1 or len(set(pages)) > 1:
        asked = (
            f"I do not understand “{text}”. Say it like 1.2M people, 4% click, 3 pages"
            " (of each person who follows)."
        )
        return AmountSaid(text=text, question=asked)
    demand = Audience(float(people[0]), float(follow[0] / 100), float(each))
    return AmountSaid(demand, text)


def _take_people(scan: Scan, match: re.Match[str]) -> None:
    """Leaves the kind in "1.2M push recipients" to be read, if it is said nowhere else."""
    start, end = match.span("kind")
    word = (match["kind"] or "").strip()
    if not word or scan.left.count(word) > 1:
        scan.take(match.span())
        return
    scan.take((match.start(), start + 1))
    scan.take((end, match.end()))


def _taken(scan: Scan, *patterns: re.Pattern[str]) -> list[Decimal]:
    found = []
    for pattern in patterns:
        for match in scan.find(pattern):
            found.append(_number(match["n"]))
            scan.take(match.span())
    return found


def _value(match: re.Match[str]) -> Decimal:
    """Of a count: a lone dot before three digits is a decimal point only beside a scale ("1.250 k")."""
    text, scale = match["n"], match["scale"] or ""
    dotted = re.fullmatch(_DOTTED, text) and not (
        scale and text.count(".") == 1 and "," not in text
    )
    number = Decimal(text.replace(".", "").replace(",", ".")) if dotted else _number(text)
    return number * _SCALES.get(scale, Decimal(1))


def _number(text: str) -> Decimal:
    """A comma before exactly three digits separates thousands, any other is a decimal point."""
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        return Decimal(text.replace(",", ""))
    return Decimal(text.replace(",", "."))


def _shown(value: Decimal) -> str:
    """Digits without exponent that read back as the same number: 2.125 in full, as 2.1250."""
    digits = f"{value.normalize():f}"
    return f"{digits}0" if re.fullmatch(_DOTTED, digits) else digits


def _plain(value: float) -> str:
    return _shown(Decimal(repr(value)))
