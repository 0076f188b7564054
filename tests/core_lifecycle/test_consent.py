"""Who may do what, and whether everybody asked has said yes."""

from dataclasses import replace

import pytest

from bot.core.consent import (
    Voter,
    is_own,
    may_approve_own,
    may_decide,
    may_hand_on,
    may_steer,
    may_stop,
    same_shape,
    unanswered,
)
from bot.core.verdict import Effect, Finding, Role, Verdict
from tests.core_lifecycle.sample import campaign

CAMPAIGN = campaign(confirmed_by="U0LEA")
NOBODY: frozenset[Role] = frozenset()


def asks(policy: str, *approvers: Role) -> Finding:
    return Finding(policy, Effect.NEEDS_APPROVAL, f"{policy} asks", approvers=approvers)


FINE = Finding("requester", Effect.ALLOW, "fine")
MONEY = asks("budget", Role.FINANCE, Role.APPROVER)
CEILING = asks("ceiling", Role.ENGINEER)
BOTH = Verdict((FINE, MONEY, CEILING))


@pytest.mark.parametrize(
    ("sentence", "user", "roles", "steers", "stops"),
    [
        ("the announcer", "U0MAYA", NOBODY, True, True),
        ("an admin", "U0ADA", frozenset({Role.ADMIN}), True, True),
        ("an engineer", "U0ERIK", frozenset({Role.ENGINEER}), False, True),
        ("another announcer", "U0TOM", frozenset({Role.ANNOUNCER}), False, False),
        ("finance", "U0FINN", frozenset({Role.FINANCE}), False, False),
        ("a stranger", "U0SAM", NOBODY, False, False),
    ],
)
def test_a_campaign_is_steered_by_its_announcer_and_stopped_by_engineers_too(
    sentence: str, user: str, roles: frozenset[Role], steers: bool, stops: bool
) -> None:
    assert may_steer(CAMPAIGN, user, roles) is steers, sentence
    assert may_stop(CAMPAIGN, user, roles) is stops, sentence


@pytest.mark.parametrize(
    ("sentence", "roles", "may"),
    [
        ("a role that is asked", {Role.FINANCE}, True),
        ("another role that is asked", {Role.ENGINEER}, True),
        ("an admin", {Role.ADMIN}, True),
        ("a role that is not asked", {Role.ANNOUNCER}, False),
        ("no role", set(), False),
    ],
)
def test_only_who_is_asked_may_decide(sentence: str, roles: set[Role], may: bool) -> None:
    assert may_decide(BOTH, Voter("U0SOMEONE", frozenset(roles))) is may, sentence


def test_nobody_decides_where_nothing_is_asked() -> None:
    assert not may_decide(Verdict((FINE,)), Voter("U0ADA", frozenset({Role.ADMIN})))


@pytest.mark.parametrize(
    ("sentence", "yes", "open_findings"),
    [
        ("nobody yet", {}, (MONEY, CEILING)),
        ("one of two", {"U0FINN": {Role.FINANCE}}, (CEILING,)),
        ("both, by two", {"U0FINN": {Role.FINANCE}, "U0ERIK": {Role.ENGINEER}}, ()),
        ("both, by one", {"U0LIZ": {Role.APPROVER, Role.ENGINEER}}, ()),
        ("an admin says yes to everything", {"U0ADA": {Role.ADMIN}}, ()),
        ("who has lost the role does not count", {"U0FINN": set()}, (MONEY, CEILING)),
    ],
)
def test_every_finding_needs_a_yes(
    sentence: str, yes: dict[str, set[Role]], open_findings: tuple[Finding, ...]
) -> None:
    given = [Voter(user, frozenset(roles)) for user, roles in yes.items()]

    assert unanswered(BOTH, given) == open_findings, sentence


@pytest.mark.parametrize(("user", "own"), [("U0MAYA", True), ("U0LEA", True), ("U0ADA", False)])
def test_a_wish_belongs_to_who_announced_and_who_confirmed_it(user: str, own: bool) -> None:
    assert is_own(CAMPAIGN, user) is own


def test_verdicts_have_the_same_shape_when_only_words_differ() -> None:
    later = Verdict(
        (
            FINE,
            Finding("budget", Effect.NEEDS_APPROVAL, "other words", "9", "", MONEY.approvers),
            CEILING,
        )
    )

    assert same_shape(BOTH, later)
    assert not same_shape(BOTH, Verdict((FINE, CEILING)))


FINN = Voter("U0FINN", frozenset({Role.FINANCE}))
FAY = Voter("U0FAY", frozenset({Role.FINANCE}))
SAM = Voter("U0SAM", NOBODY)
TWICE = Verdict((replace(MONEY, needed=2),))


@pytest.mark.parametrize(
    ("sentence", "yes", "enough"),
    [
        ("one of two", [FINN], False),
        ("the same one twice", [FINN, FINN], False),
        ("two of two", [FINN, FAY], True),
        ("an admin is one of two", [FINN, Voter("U0ADA", frozenset({Role.ADMIN}))], True),
        ("somebody without the right does not count", [FINN, SAM], False),
        (
            "who was handed a right speaks for its giver",
            [FAY, replace(SAM, speaks_for=(FINN,))],
            True,
        ),
        ("giver and taker count once", [FINN, replace(SAM, speaks_for=(FINN,))], False),
        ("who has the right already counts once", [replace(FINN, speaks_for=(FAY,))], False),
    ],
)
def test_as_many_different_people_must_say_yes_as_are_needed(
    sentence: str, yes: list[Voter], enough: bool
) -> None:
    assert (unanswered(TWICE, yes) == ()) is enough, sentence


def test_named_people_decide_whatever_their_roles() -> None:
    named = Verdict((replace(MONEY, approvers=(), people=("U0SAM",)),))

    assert may_decide(named, SAM)
    assert not may_decide(named, FINN)
    assert unanswered(named, [SAM]) == ()


def test_a_right_that_was_handed_over_cannot_be_handed_on() -> None:
    taker = replace(SAM, speaks_for=(FINN,))

    assert may_decide(BOTH, taker)
    assert not may_hand_on(BOTH, taker)
    assert may_hand_on(BOTH, FINN)


def test_an_own_yes_counts_only_where_the_guardrail_allows_it() -> None:
    own = Verdict((replace(MONEY, own=True), CEILING))
    boss = Voter("U0LEA", frozenset({Role.APPROVER, Role.ENGINEER}))

    assert may_approve_own(own, boss)
    assert not may_approve_own(BOTH, boss)
    assert unanswered(own, [boss], {"U0LEA"}) == (CEILING,)
    assert unanswered(BOTH, [boss], {"U0LEA"}) == (MONEY, CEILING)
