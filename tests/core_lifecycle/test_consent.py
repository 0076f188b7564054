"""Who may do what, and whether everybody asked has said yes."""

import pytest

from bot.core.consent import is_own, may_decide, may_steer, may_stop, same_shape, unanswered
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
    assert may_decide(BOTH, frozenset(roles)) is may, sentence


def test_nobody_decides_where_nothing_is_asked() -> None:
    assert not may_decide(Verdict((FINE,)), frozenset({Role.ADMIN}))


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
    given = {user: frozenset(roles) for user, roles in yes.items()}

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
