"""Numbers that are never a time or a date: prices and counts of things (from 19 €, at 20 stores)."""

import re

_NUMBER = r"\d+(?:[.,]\d+)*"
_RANGE = rf"{_NUMBER}(?:\s*(?:-|to|bis)\s*{_NUMBER})?"
_SIGNS = "€$£"
_CURRENCIES = r"(?:euros?|eur|dollars?|usd|pounds?|gbp|francs?|franken|chf|cents?)"
_THINGS = (
    r"(?:stores|shops|branches|locations|outlets|filialen|cities|countries|markets|brands|products|items|pieces"
    r"|models|styles|sizes|stück|artikel|marken|years|jahren?)"
)

# A sign that leads the next number is not that of the one before it: "18-22 €5 off".
COUNTED = re.compile(
    rf"(?<![\w.,:/])(?:[{_SIGNS}]\s?{_RANGE}(?![\w:])"
    rf"|{_RANGE}\s?(?:[{_SIGNS}](?!\s?\d)|{_CURRENCIES}(?!\w)))"
    rf"|(?<!\w)(?:at|from|in|ab|um|bei)\s+\d\d?\s+{_THINGS}(?!\w)"
)
