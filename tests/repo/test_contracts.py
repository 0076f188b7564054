"""The import contracts leave nobody out: every guardrail, every flow that a job wakes, and who calls them."""

import ast
import tomllib
from pathlib import Path
from typing import Any

from bot.app import FLOWS
from policies import POLICIES

ROOT = Path(__file__).parents[2]
# What judges own rules; guardrails and own rules know nothing of each other.
ENGINE = {"rule_engine", "rule_facts", "rule_tests"}


def contract(name: str) -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = settings["tool"]["importlinter"]["contracts"]
    return next(one for one in found if one["id"] == name)


def modules(room: str) -> set[str]:
    return {path.stem for path in (ROOT / room).glob("*.py")} - {"__init__"}


def imported_flows(module: str) -> set[str]:
    """The flows that a module of bot.flows imports directly."""
    tree = ast.parse((ROOT / "bot" / "flows" / f"{module}.py").read_text(encoding="utf-8"))
    froms = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {name.rpartition(".")[2] for name in froms if name.startswith("bot.flows.")}


def test_every_guardrail_is_independent_of_the_others() -> None:
    named = {name.partition(".")[2] for name in contract("policies-independent")["modules"]}
    assert named == modules("policies") - ENGINE


def test_every_guardrail_is_asked() -> None:
    asked = {check.__module__.rpartition(".")[2] for _, check in POLICIES}
    assert asked == modules("policies") - ENGINE
    assert all(check.__module__ == f"policies.{name}" for name, check in POLICIES)


def test_every_flow_that_a_job_wakes_is_independent_of_the_others() -> None:
    woken = {flow.__module__ for flow in FLOWS.values()}
    assert woken <= set(contract("flows-independent")["modules"])


def test_every_other_module_among_the_flows_is_used_by_one_or_independent() -> None:
    named = {n.rpartition(".")[2] for n in contract("flows-independent")["modules"]}
    used = set[str]().union(*(imported_flows(module) for module in modules("bot/flows")))
    assert modules("bot/flows") - named <= used
