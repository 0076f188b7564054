"""Places and peoples whose time people speak of: London, New York, UK, British time, US time."""

from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

AREAS = (
    "africa america antarctica arctic asia atlantic australia europe indian pacific etc us canada"
).split()
_COUNTRIES = {
    "uk": "Europe/London",
    "britain": "Europe/London",
    "england": "Europe/London",
    "ireland": "Europe/Dublin",
    "portugal": "Europe/Lisbon",
    "spain": "Europe/Madrid",
    "france": "Europe/Paris",
    "belgium": "Europe/Brussels",
    "netherlands": "Europe/Amsterdam",
    "germany": "Europe/Berlin",
    "switzerland": "Europe/Zurich",
    "austria": "Europe/Vienna",
    "italy": "Europe/Rome",
    "denmark": "Europe/Copenhagen",
    "norway": "Europe/Oslo",
    "sweden": "Europe/Stockholm",
    "finland": "Europe/Helsinki",
    "poland": "Europe/Warsaw",
    "czechia": "Europe/Prague",
    "hungary": "Europe/Budapest",
    "romania": "Europe/Bucharest",
    "bulgaria": "Europe/Sofia",
    "greece": "Europe/Athens",
    "turkey": "Europe/Istanbul",
    "israel": "Asia/Jerusalem",
    "india": "Asia/Kolkata",
    "china": "Asia/Shanghai",
    "japan": "Asia/Tokyo",
    "korea": "Asia/Seoul",
}
_REGIONS = {
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
}
_PEOPLES = dict(
    zip(
        (
            "british irish portuguese spanish french belgian dutch german swiss austrian italian danish"
            " norwegian swedish finnish polish czech hungarian romanian bulgarian greek turkish israeli"
            " indian chinese japanese korean"
        ).split(),
        [zone for country, zone in _COUNTRIES.items() if country not in {"britain", "england"}],
        strict=True,
    )
)
_AMERICA = "America/New_York, America/Chicago, America/Denver or America/Los_Angeles"
SEVERAL = {  # what each may mean
    **dict.fromkeys(("us", "usa", "american"), _AMERICA),
    **dict.fromkeys(("canada", "canadian"), "America/Toronto or America/Vancouver"),
    **dict.fromkeys(("brazil", "brazilian"), "America/Sao_Paulo or America/Manaus"),
    **dict.fromkeys(("australia", "australian"), "Australia/Sydney or Australia/Perth"),
    **dict.fromkeys(("russia", "russian"), "Europe/Moscow or Asia/Vladivostok"),
}
_NOT_PLACES = frozenset(
    {"christmas", "easter", "center", "central", "general", "west", "east", "north"}
)


@cache
def places() -> Mapping[str, str]:
    """Names in lower case to IANA names: cities as the last part of those (`new york`), countries, regions."""
    cities: dict[str, str] = {}
    for name in sorted(available_timezones()):
        area, _, city = name.rpartition("/")
        if area and area.split("/")[0].casefold() in AREAS:
            cities.setdefault(city.replace("_", " ").casefold(), name)
    kept = {city: name for city, name in cities.items() if city not in _NOT_PLACES}
    american = {f"us {region}": zone for region, zone in _REGIONS.items()}
    return {**kept, **_COUNTRIES, **_REGIONS, **american}


@cache
def whose_time() -> Mapping[str, str]:
    """Words before "time" in lower case to IANA names: `places()` and peoples (`british`)."""
    return {**places(), **_PEOPLES}


def only_behind_clocks(word: str) -> bool:
    """Whether `word` before "time" is a zone only right behind a clock: "US time travel" is a name."""
    return word in _PEOPLES or word in SEVERAL
