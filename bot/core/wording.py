"""Numbers, money, times and lists in plain words, for sentences that the core and the guardrails write."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.money import Money

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def say_money(money: Money) -> str:
    """`$1,234.50`, or `1,234.50 CHF` where the currency has no sign of its own."""
    amount = money.cents().amount
    sign = _SIGNS.get(money.currency)
    return f"{sign}{amount:,.2f}" if sign else f"{amount:,.2f} {money.currency}"


def say_number(number: float) -> str:
    """A number without needless decimals: 3, 2.5, 1.234."""
    return str(int(number)) if number == int(number) else repr(round(number, 3))


def say_learnt(factor: float, campaigns: int) -> str:
    """`× 1.08 learnt from 4 campaigns`; "" where a factor of 1 or less changes nothing."""
    return f"× {factor:.2f} learnt from {campaigns} campaigns" if factor > 1 else ""


def say_day(day: date, *, year: bool = False) -> str:
    """`Fri 28 Nov`, or with the year `Fri 28 Nov 2025`."""
    text = f"{_DAYS[day.weekday()]} {say_date(day)}"
    return f"{text} {day.year}" if year else text


def say_date(day: date) -> str:
    """`28 Nov`."""
    return f"{day.day} {say_month(day.month)}"


def say_month(month: int) -> str:
    """`Nov` for 11."""
    return _MONTHS[month - 1]


def say_month_of(month: str) -> str:
    """`Nov 2025` for 2025-11."""
    year, _, number = month.partition("-")
    return f"{say_month(int(number))} {year}"


def say_clock(instant: datetime, zone: str) -> str:
    """`18:00`, in the IANA zone `zone`."""
    return f"{instant.astimezone(ZoneInfo(zone)):%H:%M}"


def say_duration(span: timedelta) -> str:
    """`2 days 3 h`, `4 h 30 min`, `5 min`; rounded down to the minute, at most two parts."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, minutes = divmod(minutes, 24 * 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(days, "day" if days == 1 else "days"), (hours, "h"), (minutes, "min")]
    said = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(said[:2]) or "0 min"


def say_latency(seconds: float) -> str:
    """`180 ms`, `1.4 s`."""
    return f"{seconds * 1000:,.0f} ms" if seconds < 0.9995 else f"{seconds:,.1f} s"


def say_list(words: Sequence[str], *, last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
