"""The inventory: what is unusual about a workload, in which group it is, and what has changed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.fleet import BillingMode, Scaling, ScalingMode, Workload
from bot.core.inventory import as_text, by_group, differences, look_again, oddities
from bot.core.marks import Marks
from bot.core.planner import make_plan
from tests.core_plan.scenes import HOUSE, NOW, POOL, SERVICE, campaign, evidence

MANUAL = replace(SERVICE, scaling=Scaling(ScalingMode.MANUAL, 3))
GPU = replace(SERVICE, gpu="nvidia-l4")
DEPLOYED = replace(SERVICE, scaling=replace(SERVICE.scaling, revision_floor=5))
SCALING_POOL = replace(POOL, scaling=Scaling(ScalingMode.AUTOMATIC, 2))
LONE = replace(SERVICE, key=replace(SERVICE.key, name="legacy"), groups=())
LATER = NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("workload", "words"),
    [
        (MANUAL, "scaled by hand (3 instances)"),
        (GPU, "have a GPU (nvidia-l4)"),
        (DEPLOYED, "keeps 5 instances in the revision itself"),
        (SCALING_POOL, "autoscaler of its own"),
    ],
)
def test_what_is_unusual_about_a_workload_is_said(workload: Workload, words: str) -> None:
    assert words in " ".join(oddities(workload))


def test_an_ordinary_workload_has_nothing_unusual() -> None:
    assert oddities(SERVICE) == () and oddities(POOL) == ()


@pytest.mark.parametrize("workload", [MANUAL, GPU])
def test_a_plan_says_what_is_unusual_about_its_workloads(workload: Workload) -> None:
    plan = make_plan(campaign(), [evidence(workload=workload)], house=HOUSE, now=NOW)
    assert oddities(workload)[0] in plan.workloads[0].warnings


def test_workloads_stand_under_their_group_and_those_without_one_at_the_end() -> None:
    strange = replace(SERVICE, key=replace(SERVICE.key, name="odd"), groups=("chekout",))
    shelves = by_group(look_again(None, [LONE, POOL, SERVICE, strange], NOW), HOUSE)
    assert [(shelf.title, [one.key.name for one in shelf.workloads]) for shelf in shelves] == [
        ("Web shop", ["storefront-web"]),
        ("Order pipeline", ["order-worker"]),
        ("chekout (not in headroom.yaml)", ["odd"]),
        ("In no group: no campaign warms these", ["legacy"]),
    ]


@pytest.mark.parametrize(
    ("after", "what"),
    [
        (replace(SERVICE, groups=()), "is in no group, was in web"),
        (MANUAL, "is scaled by hand, was scaled automatically"),
        (
            replace(SERVICE, billing=BillingMode.INSTANCE),
            "has instance-based billing, had request-based",
        ),
        (
            replace(SERVICE, scaling=replace(SERVICE.scaling, floor=7)),
            "has a minimum of 7, had 2",
        ),
        (DEPLOYED, "keeps 5 instances in its revision, kept 0"),
        (replace(SERVICE, concurrency=1), "takes 1 requests at once, took 80"),
    ],
)
def test_what_was_set_otherwise_is_a_change(after: Workload, what: str) -> None:
    assert what in [change.what for change in differences([SERVICE], [after], NOW)]


def test_a_new_deploy_alone_is_no_change() -> None:
    deployed = replace(SERVICE, token="other", revision="storefront-web-00002")
    assert differences([SERVICE], [deployed], NOW) == []


def test_what_headroom_itself_holds_is_no_change() -> None:
    marks = Marks(("c1",), LATER, 40, 2)
    held = replace(SERVICE, scaling=replace(SERVICE.scaling, floor=40), marks=marks)
    assert differences([SERVICE], [held], NOW) == []
    assert differences([held], [SERVICE], NOW) == []


def test_what_came_and_went_is_told_and_remembered_for_30_days() -> None:
    first = look_again(None, [SERVICE], NOW)
    second = look_again(first, [LONE], LATER)
    assert [(c.key.name, c.what) for c in second.changes] == [
        ("legacy", "is new"),
        ("storefront-web", "is gone"),
    ]
    third = look_again(second, [LONE], LATER + timedelta(days=31))
    assert first.changes == () and third.changes == ()


def test_the_text_for_a_terminal_says_all_of_it() -> None:
    seen = look_again(look_again(None, [SERVICE], NOW), [MANUAL, LONE], LATER)
    text = as_text(seen, HOUSE)
    for words in ("2 workloads", "Web shop", "In no group", "scaled by hand", "legacy is new"):
        assert words in text
    assert "nothing carries its label" in text
