"""What a careless or hostile rule or name cannot do: hang, fill the memory, call the whole channel."""

import time
from dataclasses import replace

import pytest

from bot.cards.proposal import why
from bot.core.rules import Rule
from bot.core.verdict import Effect
from policies import judge
from policies.rule_engine import LONGEST, MOST, SAID, Faulty, engine_for
from tests.policies.cases import case

RULE = Rule("r", "true", Effect.REFUSE, "no", source="rules.yaml:1")
TEN = "[0,1,2,3,4,5,6,7,8,9]"


def nested(depth: int, macro: str = "all") -> str:
    """A loop in a loop in a loop: ten to the power of `depth` steps."""
    text = "true"
    for level in range(depth):
        text = f"{TEN}.{macro}(x{level}, {text})"
    return text


@pytest.mark.parametrize("depth", [5, 9, 20])
def test_a_long_loop_is_stopped_and_refuses(depth: int) -> None:
    began = time.perf_counter()
    verdict = judge(case(rules=(replace(RULE, when=nested(depth), effect=Effect.ALLOW),)))
    assert time.perf_counter() - began < 2
    assert verdict.effect is Effect.REFUSE
    assert "could not work out" in verdict.findings[-1].reason


def test_strings_cannot_be_doubled_without_end() -> None:
    bomb = '["x"]' + ".map(a, a + a + a + a)" * 12 + '.exists(a, a == "y")'
    with pytest.raises(Faulty, match="undeclared"):
        engine_for((replace(RULE, when=bomb),))


def test_a_slow_pattern_costs_nothing() -> None:
    name = "x" * 200
    began = time.perf_counter()
    judge(case(name=name, rules=(replace(RULE, when='campaign.name.matches("(x+x+)+y")'),)))
    assert time.perf_counter() - began < 1


def test_too_long_an_expression_is_not_even_parsed() -> None:
    with pytest.raises(Faulty, match=f"longer than {LONGEST}"):
        engine_for((replace(RULE, when="(" * 100_000),))


def test_deep_brackets_are_a_fault_and_no_crash() -> None:
    when = "(" * 450 + "true" + ")" * 450
    with pytest.raises(Faulty):
        engine_for((replace(RULE, when=when),))


def test_too_many_rules_are_a_fault() -> None:
    rules = tuple(replace(RULE, name=f"r{number}") for number in range(MOST + 1))
    with pytest.raises(Faulty, match=f"more than {MOST}"):
        engine_for(rules)


def test_a_message_is_cut_however_long_its_values_are() -> None:
    rule = replace(RULE, message="{campaign.name}" * 20)
    verdict = judge(case(name="x" * 5000, rules=(rule,)))
    assert len(verdict.findings[-1].reason) == SAID


def test_a_name_cannot_call_the_channel_through_a_rules_message() -> None:
    rule = replace(RULE, message="{campaign.name} is too big")
    shown = why(judge(case(name="<!channel> <@U0FINN> *big*", rules=(rule,))))
    assert "<!channel>" not in shown and "<@U0FINN>" not in shown
    assert "&lt;!channel&gt;" in shown


def test_a_name_is_no_expression() -> None:
    rule = replace(RULE, message="{campaign.name}")
    verdict = judge(case(name="{plan.cost}", rules=(rule,)))
    assert verdict.findings[-1].reason == "{plan.cost}"
