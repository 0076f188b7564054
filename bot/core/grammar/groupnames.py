"""Which workload groups the words speak of: `#web`, a title, an alias, alone or in a row."""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from bot.core.grammar.scan import Scan, Span
from bot.core.house import Group, House
from bot.core.wording import say_list

_HASHED = re.compile(r"(?<!\w)(?!(?<=&)#x?[\da-f]+;)#([\w-]+)")  # not the entity "&#39;"
_LEFT_OUT = re.compile(
    r"(?<!\w)(?:not|no|without|except|excluding|excl|exclude|skip|minus|(?<!nothing )but"
    r"|apart from|other than|nicht|ohne|außer|kein|keine|keinen)"
    r"[\s.,:]*(?:(?:for|the|our|in|on|to|from|at|group|groups|die|den|der|das|dem|im|am)\s+)*$"
)
_TIE = r"[\s,]*(?:and|und|&|\+|,)[\s,]*"


@dataclass(frozen=True, slots=True)
class GroupsSaid:
    """Names of groups that exist, in the order said, and what to ask about those that do not."""

    names: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


def take_hashed(scan: Scan, house: House) -> GroupsSaid:
    """Groups said with `#`, and those joined to them by "and" or a comma, taken out of `scan`."""
    found: list[tuple[int, str]] = []
    for match in scan.find(_HASHED):
        if match[1].isdigit() and _group(match[1], house) is None:
            continue  # "our #1 sale"
        found.append((match.start(), scan.said[match.start(1) : match.end(1)]))
        scan.take(match.span())
    if not found:
        return GroupsSaid()
    found += _take_joined(scan, house)
    return _wanted(sorted(found), scan, house)


def take_bare(scan: Scan, house: House, *, after: int) -> GroupsSaid:
    """Groups said by title, alias or name; one before `after` (the times) stays part of the name."""
    spans = _bare(scan, house)
    later = [(span, name) for span, name in spans if span[0] > after]
    for span, _ in later:
        scan.take(span)
    return _wanted([(span[0], name) for span, name in later or spans], scan, house)


def also_named(scan: Scan, house: House, said: GroupsSaid, *, after: int) -> GroupsSaid:
    """Where groups were said with `#`: asks about others that stand without it behind the times."""
    named = [_group(word, house) for span, word in _bare(scan, house) if span[0] > after]
    others = dict.fromkeys(group.name for group in named if group and group.name not in said.names)
    if not others or after < 0:
        return said
    question = f"Do you also mean {say_list([f'#{name}' for name in others])}?"
    return GroupsSaid(said.names, (*said.questions, question))


def read_groups(words: list[str], house: House) -> GroupsSaid:
    """The groups called `words`, each once; unknown ones become questions with a near match."""
    names: list[str] = []
    questions: list[str] = []
    for word in dict.fromkeys(words):
        group = _group(word, house)
        if group is None:
            questions.append(_unknown(word, house))
        elif group.name not in names:
            names.append(group.name)
    return GroupsSaid(tuple(names), tuple(questions))


def _wanted(found: list[tuple[int, str]], scan: Scan, house: House) -> GroupsSaid:
    """The groups said at these places; "except #web" says what not to warm, and what is then meant is asked."""
    if any(_LEFT_OUT.search(scan.left[:at]) for at, _ in found):
        asked = f"You leave something out. Write only what should be warmed: {choices(house)}."
        return GroupsSaid(questions=(asked,))
    return read_groups([name for _, name in found], house)


def choices(house: House) -> str:
    """All groups as people may say them."""
    return say_list([f"#{group.name}" for group in house.groups], last="or")


def _group(word: str, house: House) -> Group | None:
    """By name, title or alias; "web-shop" and "webshop" are "Web shop"."""
    known = house.group(word)
    if known is not None:
        return known
    plain = {_plain(said): name for said, name in _sayings(house)}
    return house.group(plain.get(_plain(word), ""))


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]", "", word).casefold()


def _unknown(word: str, house: House) -> str:
    if not house.groups:
        return f"I do not know the group “{word}”; no groups are set up yet."
    by_word = {said.casefold(): name for said, name in _sayings(house)}
    near = get_close_matches(word.casefold(), by_word, n=1, cutoff=0.6)
    guess = f"Did you mean #{by_word[near[0]]}? " if near else ""
    return f"I do not know the group “{word}”. {guess}There is {choices(house)}."


def _sayings(house: House) -> list[tuple[str, str]]:
    return [
        (said, group.name)
        for group in house.groups
        for said in (group.name, group.title, *group.aliases)
        if said.strip()
    ]


def _pattern(house: House) -> str:
    longest_first = sorted({said.lower() for said, _ in _sayings(house)}, key=len, reverse=True)
    return "|".join(re.escape(said).replace(r"\ ", r"[\s_-]?") for said in longest_first)


def _bare(scan: Scan, house: House) -> list[tuple[Span, str]]:
    words = _pattern(house)
    if not words:
        return []
    found = scan.find(re.compile(rf"(?<![\w#-])(?:{words})(?![\w-])"))
    return [(match.span(), match[0]) for match in found]


def _take_joined(scan: Scan, house: House) -> list[tuple[int, str]]:
    """Known groups without `#` that a tie joins to what was taken: "#web and checkout"."""
    words = _pattern(house)
    if not words:
        return []
    joined = re.compile(rf"\0{_TIE}({words})(?![\w-])|(?<![\w#-])({words}){_TIE}(?=\0)")
    found: list[tuple[int, str]] = []
    while match := joined.search(scan.left):
        found.append((match.start(), match[1] or match[2]))
        scan.take(match.span())
    return found
