"""The reference lists every template and parameter as it is, and its example is valid."""

import re

import pytest

from bot.core.thresholds.library import TEMPLATES
from bot.core.thresholds.parameters import Parameter
from bot.core.thresholds.template import Template
from bot.settings.thresholds_file import parse_alerts
from bot.settings.thresholds_schema import AlertPart, WatchPart
from tests.thresholds.samples import EXAMPLE, GROUPS

ROOT = EXAMPLE.parents[3]
PAGE = (ROOT / "docs/reference/alerts-yaml.md").read_text(encoding="utf-8")


def described(parameter: Parameter) -> str:
    """A parameter as the page names it."""
    default = parameter.default
    value = (
        "required"
        if default is None
        else f"{default:.10g}"
        if isinstance(default, float)
        else default
    )
    return f"`{parameter.name}` {parameter.help} ({value})"


def row(template: Template) -> str:
    """A template as the page names it."""
    kind = "symptom" if template.symptom else "cause"
    parameters = "; ".join(described(one) for one in template.parameters)
    return (
        f"| `{template.name}` | {template.watches} | {template.severity}, {kind} "
        f"| {template.title} | {parameters} |"
    )


@pytest.mark.parametrize("template", list(TEMPLATES.values()), ids=lambda one: one.name)
def test_every_template_is_documented_with_its_parameters(template: Template) -> None:
    assert row(template) in PAGE.splitlines(), row(template)


def test_no_template_is_documented_that_does_not_exist() -> None:
    named = re.findall(
        r"^\| `([a-z0-9-]+)` \| (?:services|subscriptions|jobs|project) \|", PAGE, re.M
    )
    assert named == list(TEMPLATES)


def test_the_example_of_the_page_is_valid() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.S)
    assert len(parse_alerts(example, "alerts-yaml.md", GROUPS).alerts) == 4


def test_every_key_is_documented() -> None:
    keys = {*WatchPart.model_fields, *AlertPart.model_fields, "per_workload"}
    assert [key for key in sorted(keys) if f"`{key}`" not in PAGE] == []
