"""Guardrails written by the platform team: an expression over the facts, and what follows where it is true.

Read from YAML by bot.settings, compiled and evaluated by policies.rule_engine.
"""

from dataclasses import dataclass

from bot.core.verdict import Effect, Role


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `when` (a CEL expression) is true → `effect`, said with `message`.

    ALLOW does not overrule anything: it is a note that people read. `message` and `way_out` may hold
    CEL expressions in braces. `source` is `file:line`.
    """

    name: str
    when: str
    effect: Effect
    message: str
    approvers: tuple[Role, ...] = ()
    way_out: str = ""
    source: str = ""
