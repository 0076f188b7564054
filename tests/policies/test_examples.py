"""The shipped examples: their tests are green; a broken one is red and says why."""

import shutil
from pathlib import Path

import pytest

from bot.cli.main import main
from bot.settings.rule_files import TESTS, load_rule_file
from policies.rule_tests import run_tests

EXAMPLES = Path(__file__).parents[2] / "docs/examples/rules"
FILES = [path for path in sorted(EXAMPLES.glob("*.yaml")) if not path.name.endswith(TESTS)]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The examples, to be broken."""
    return Path(shutil.copytree(EXAMPLES, tmp_path / "rules"))


def broken(folder: Path, old: str, new: str) -> str:
    path = folder / "office-hours.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    return str(path)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_examples_are_green(path: Path) -> None:
    file = load_rule_file(path)
    assert [fault for result in run_tests(file.rules, file.tests) for fault in result.faults] == []
    assert {rule.name for rule in file.rules} == {
        expected.rule for test in file.tests for expected in test.expect
    }


def test_the_command_is_green_on_the_examples(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "test", *map(str, FILES)]) == 0
    assert "All 13 tests are green." in capsys.readouterr().out


def test_the_command_is_red_when_a_rule_does_something_else(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = broken(copied, '["Sat", "Sun"]', '["Sun"]')
    assert main(["policy", "test", path]) == 1
    said = capsys.readouterr().out
    assert "RED  office-hours.yaml: a Saturday needs an engineer" in said
    assert "was expected to say “needs approval”, and is silent" in said
    assert "7 of 8 tests are green." in said


FAULTS = [
    (
        "an unknown name",
        "plan.extra_instances > 10",
        "plan.instances > 10",
        ":4: weekend",
        "instances",
    ),
    ("a wrong type", 'duration("48h")', "48", ":26: long-campaigns.when", "duration("),
    (
        "no approvers",
        "    approvers: [approver]\n",
        "",
        "long-campaigns.approvers",
        "say who may approve it",
    ),
    ("an unknown role", "[approver]", "[boss]", "rules.3.approvers.0", "it must be"),
    ("an unknown key", 'way_out: "Move', 'wayout: "Move', "rules.0.wayout", "no such key"),
    ("an unknown effect", "effect: refuse", "effect: maybe", "rules.1.effect", "it must be"),
    ("a name given twice", "long-campaigns", "no-checkout-at-night", ":25: no-checkout", "also in"),
    ("a built-in's name", "name: long-campaigns", "name: budget", "budget", "built-in"),
    (
        "a key given twice",
        "    when: campaign.d",
        "    when: 'true'\n    when: campaign.d",
        "when",
        "twice",
    ),
]


@pytest.mark.parametrize(
    ("sentence", "old", "new", "where", "what"), FAULTS, ids=[row[0] for row in FAULTS]
)
def test_check_points_to_file_line_and_field_when_there_is(
    copied: Path,
    capsys: pytest.CaptureFixture[str],
    sentence: str,
    old: str,
    new: str,
    where: str,
    what: str,
) -> None:
    path = broken(copied, old, new)
    assert main(["policy", "check", path]) == 2
    said = capsys.readouterr().err
    assert f"{path}:" in said and where in said and what in said


def test_a_test_that_names_no_fact_is_a_fault(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / f"office-hours{TESTS}").write_text(
        "tests:\n  - name: x\n    given: {plan.costs: 3, plan.cost: dear}\n    unknown: [weather]\n"
    )
    assert main(["policy", "test", str(copied / "office-hours.yaml")]) == 2
    said = capsys.readouterr().err
    assert "there is no plan.costs" in said
    assert "given.plan.cost: it must be a valid number" in said
    assert "unknown: weather" in said


def test_a_test_of_a_rule_that_there_is_not_says_which_was_meant(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (copied / f"office-hours{TESTS}").write_text(
        "tests:\n  - name: x\n    expect: [{rule: long-campaign, effect: refuse}]\n"
    )
    assert main(["policy", "test", str(copied / "office-hours.yaml")]) == 1
    assert "no rule long-campaign in this file; did you mean long-campaigns?" in (
        capsys.readouterr().out
    )


def test_all_files_of_a_folder_can_be_named_at_once(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    everything = sorted(str(path) for path in copied.glob("*.yaml"))
    assert any(name.endswith(TESTS) for name in everything)
    assert main(["policy", "check", *everything]) == 0
    assert main(["policy", "test", *everything]) == 0
    assert "tests are green" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "it must be a mapping of keys to values"),
        ("rules: 3\n", "rules: it must be a list"),
        ("rules: []\n", "rules: it must have at least 1 item"),
        ("rules:\n\t- x\n", "line 2"),
    ],
)
def test_a_file_that_is_none_is_told_in_plain_words(
    copied: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (copied / "odd.yaml").write_text(content)
    assert main(["policy", "check", str(copied / "odd.yaml")]) == 2
    told = capsys.readouterr().err
    assert said in told and "_Rules" not in told and "unicode string" not in told


def test_a_house_file_without_own_rules_is_said_to_be_right_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    house = str(Path(__file__).parents[2] / "headroom.yaml")
    monkeypatch.setenv("HEADROOM_CONFIG", house)
    assert main(["policy", "check"]) == 0
    assert capsys.readouterr().out == f"{house} is right; it lists no own rules.\n"
