"""How many times the usual demand is expected: x3, 3x, three times, triple, +150 %."""

import math
import re
from dataclasses import dataclass

from bot.core.grammar.amounts import Amount, AmountSaid, take_amount
from bot.core.grammar.calendar import MONTH
from bot.core.grammar.scan import Scan
from bot.core.house import House
from bot.core.wording import say_list, say_number

_WORDS = {
    word: times
    for words, times in (
        ("double doubles doubling twice twofold doppelt doppelte doppelten", 2.0),
        (
            "triple triples tripling treble trebles thrice threefold dreifach dreifache dreifachen",
            3.0,
        ),
        ("quadruple quadruples fourfold vierfach", 4.0),
        ("quintuple quintuples fivefold fünffach", 5.0),
        ("tenfold zehnfach", 10.0),
    )
    for word in words.split()
}
_COUNTS = {
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "seven": 7.0,
    "eight": 8.0,
    "ten": 10.0,
}
_NUMBER = r"-?\d+(?:[.,]\d+)*"
_NO_CLOCK = r"(?![\d:]|[.,]\d|\s*[ap]\.?m\b|\s*uhr)"
_USUAL = r"(?:\s*(?:of\s+)?(?:(?:the|our|as)\s+)?(?:usual|normal|much|regular|traffic|load|demand|visitors)(?!\w))*"
_HALVES = r"(?!\s\d/\d(?![\d/]))"  # "x2 1/2"
_FEW = rf"(?:\d\d?(?:[.,]\d)?|{'|'.join(_COUNTS)})"
_OR = r"(?:-|/|\s+(?:to|or|bis|oder)\s+)"
_NO_TIME = (
    rf"(?![\d:/]|[.,]\d|\s*(?:-|to\b|until\b|till?\b|bis\b)\s*\d|\.?\s*{MONTH}\b|\s*[ap]\.?m\b|\s*uhr\b"
    r"|\s*(?:%|h|hrs?|hours?|min|mins|minutes?|stunden?|days?|tage?)(?!\w))"
)
_SPREADS = (
    re.compile(rf"(?<![\w.])x\s?(?P<n>{_FEW}){_OR}(?P<most>{_FEW}){_NO_TIME}(?!\w){_USUAL}"),
    re.compile(
        rf"(?<![\w.])x\s?(?P<n>{_FEW})\s-\s(?P<most>{_FEW})(?=\s*(?:\0|$|[^\w\s.:/-])){_USUAL}"
    ),
    re.compile(
        rf"(?<![\w.,:/-])(?P<n>{_FEW}){_OR}(?P<most>{_FEW})(?:\s?x|[\s-]?(?:times|fold))(?!\w|\s*\d){_USUAL}"
    ),
)

_TIMES = (
    re.compile(rf"(?<![\w.])x(?P<n>{_NUMBER}){_NO_CLOCK}(?!\w){_HALVES}{_USUAL}"),
    re.compile(rf"(?<![\w.,:/-])(?P<n>{_NUMBER})x(?!\w){_USUAL}"),
    re.compile(rf"(?<![\w.,:/-])(?P<n>{_NUMBER})\sx(?!\w|\s*\d+(?:\s|$)(?!\s*{MONTH})){_USUAL}"),
    re.compile(rf"(?<![\w.])x\s(?P<n>{_NUMBER}){_NO_CLOCK}(?!\w|\.?\s*{MONTH}){_USUAL}"),
    re.compile(
        rf"(?<![\w.,:/-])(?P<n>{_NUMBER}|{'|'.join(_COUNTS)})[\s-]?(?:times|fold)(?!\w){_USUAL}"
    ),
)
_PERCENT_SIGN = r"\s?(?:%|percent(?!\w)|per cent(?!\w)|pct(?!\w))"
_NO_DISCOUNT = r"(?!\s+(?:(?:on|auf)\s+(?!top)\w|off|discount|rabatt|cashback|points|punkte))"
_MORE = re.compile(
    rf"(?:\+\s?|(?<!\w)(?:up|plus)\s(?:by\s)?)(?P<n>\d+(?:[.,]\d+)?){_PERCENT_SIGN}{_USUAL}"
    rf"|(?<![\w.,:-])(?P<n2>\d+(?:[.,]\d+)?){_PERCENT_SIGN}\s(?:more|extra{_NO_DISCOUNT}|increase|uplift|higher){_USUAL}"
)
_OF_USUAL = re.compile(
    rf"(?<![\w.,:+-])(?P<n>\d+(?:[.,]\d+)?){_PERCENT_SIGN}\s+of\s+(?:(?:the|our)\s+)?(?:usual|normal){_USUAL}"
)
_PERCENT = re.compile(
    rf"(?<![\w.,:+-])(?P<n>\d+(?:[.,]\d+)?){_PERCENT_SIGN}(?!\s*(?:off|discount|rabatt|cashback|cheaper|sale|deal))"
)
_WORD = re.compile(rf"(?<![\w-])(?P<n>{'|'.join(_WORDS)})(?![\w-])")
_MEANS_DEMAND = re.compile(
    r"[\s\0]+(?:(?:the|our|as)\s+)?(?:usual|normal|much|traffic|load|demand|visitors)(?!\w)"
)
_ABSURD = 5  # times the house's max_multiplier: beyond is a slip of the finger, not a wish

HOW_MANY = "How many times the usual demand do you expect? For example x3."


@dataclass(frozen=True, slots=True)
class UpliftSaid:
    """The multiplier where it is clear, or the `demand` said instead (`times` is then 1); else what to ask.

    `text` is what to show in the form.
    """

    times: float | None = None
    text: str = ""
    question: str = ""
    demand: Amount | None = None


def take_uplift(scan: Scan, house: House) -> UpliftSaid:
    """The multiplier written with a number, or an amount, taken out of `scan`; a bare word is left to `take_word`."""
    amount = take_amount(scan)
    said = _multiplier(scan, house)
    if amount == AmountSaid():
        return said
    if said != UpliftSaid():
        asked = f"Is it x{said.text} or {amount.text}? Say one of them."
        return UpliftSaid(question=asked) if said.text else said
    times = None if amount.demand is None else 1.0
    return UpliftSaid(times, amount.text, amount.question, amount.demand)


def _multiplier(scan: Scan, house: House) -> UpliftSaid:
    found: list[tuple[str, float]] = []
    for pattern in _SPREADS:
        for match in scan.find(pattern):
            found += [(match[part], _number(match[part])) for part in ("n", "most")]
            scan.take(match.span())
    for pattern in _TIMES:
        for match in scan.find(pattern):
            found.append((match["n"], _number(match["n"])))
            scan.take(match.span())
    for match in scan.find(_MORE):
        found.append((match[0].strip(), 1 + _number(match["n"] or match["n2"]) / 100))
        scan.take(match.span())
    for match in scan.find(_OF_USUAL):
        found.append((match[0].strip(), _number(match["n"]) / 100))
        scan.take(match.span())
    values = list(dict.fromkeys(round(times, 12) for _, times in found))
    if len(values) > 1:
        said = say_list([f"x{_shown(times)}" for times in values], last="or")
        return UpliftSaid(question=f"I found more than one multiplier. Is it {said}?")
    return _judged(found[0][1], house) if found else UpliftSaid()


def take_word(scan: Scan, house: House, *, after: int) -> UpliftSaid:
    """Where no number was said: "triple", or a percentage that may mean two things.

    A word before `after` (the times) is more often part of the name ("Double Points push").
    """
    words = scan.find(_WORD)
    meant = [m for m in words if m.start() > after or _MEANS_DEMAND.match(scan.left, m.end())]
    for match in meant:
        scan.take(match.span())
    if len({_WORDS[match["n"]] for match in meant}) == 1:
        return _judged(_WORDS[meant[0]["n"]], house)
    percent = scan.find(_PERCENT)
    if len(percent) == 1 and not meant:
        scan.take(percent[0].span())
        return UpliftSaid(question=_percent_question(_number(percent[0]["n"])))
    if len(words) == 1:
        return UpliftSaid(question=f"{HOW_MANY} Did you mean x{_shown(_WORDS[words[0]['n']])}?")
    return UpliftSaid(question=HOW_MANY)


def read_uplift(text: str, house: House) -> UpliftSaid:
    """The multiplier in a form's field: a number, or any way of saying it."""
    said = text.strip()
    if not said:
        return UpliftSaid(question=HOW_MANY)
    if re.fullmatch(_NUMBER, said):
        return _judged(_number(said), house)
    scan = Scan(said)
    reading = take_uplift(scan, house)
    if reading == UpliftSaid():
        reading = take_word(scan, house, after=-1)
    if reading.question == HOW_MANY:
        return UpliftSaid(text=said, question=f"I do not understand “{said}”. {HOW_MANY}")
    return UpliftSaid(reading.times, reading.text or said, reading.question, reading.demand)


def _judged(times: float, house: House) -> UpliftSaid:
    """Asks about what cannot be meant; what is merely too much is for the guardrails to refuse."""
    most = house.guardrails.max_multiplier * _ABSURD
    if math.isfinite(times) and 1 <= times <= most:
        return UpliftSaid(times, _shown(times))
    if times < 1:
        question = f"x{_shown(times)} is less than usual. {HOW_MANY}"
        return UpliftSaid(text=_shown(times), question=question)
    question = f"x{_shown(times)} is not believable. {HOW_MANY} The most I can plan for is x{_shown(most)}."
    return UpliftSaid(text=_shown(times), question=question)


def _percent_question(percent: float) -> str:
    more = f"x{say_number(1 + percent / 100)} ({say_number(percent)} % more than usual)"
    if percent <= 100:
        return f"Do you mean {more}? Write it like x3."
    return f"Do you mean x{say_number(percent / 100)} ({say_number(percent)} % of the usual demand) or {more}?"


def _shown(times: float) -> str:
    if not math.isfinite(times) or abs(times) >= 1e15:
        return "∞"
    return str(int(times)) if times == int(times) else repr(times)


def _number(text: str) -> float:
    """A decimal comma is a point; a comma before exactly three digits separates thousands."""
    if text in _COUNTS:
        return _COUNTS[text]
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+", text):
        return float(text.replace(",", ""))
    parts = text.replace(",", ".").split(".")
    return float(f"{parts[0]}.{''.join(parts[1:])}") if len(parts) > 1 else float(parts[0])
