"""Update masks: what a path copies, clears, refuses."""

from collections.abc import Callable

import pytest
from google.cloud import run_v2

from bot.sandbox.google.masks import merge
from bot.sandbox.google.refusals import Refusal

FIXED = frozenset({"generation"})
Service = run_v2.Service
Scaling = run_v2.ServiceScaling


def current() -> run_v2.Service:
    return Service(
        description="the shop",
        labels={"team": "web", "headroom-group": "web"},
        generation=7,
        scaling=Scaling(min_instance_count=5, max_instance_count=50, manual_instance_count=3),
        template=run_v2.RevisionTemplate(
            containers=[run_v2.Container(image="a:1"), run_v2.Container(image="b:1")]
        ),
    )


def merged(body: run_v2.Service, *paths: str) -> run_v2.Service:
    wanted = current()
    merge(Service.pb(wanted), Service.pb(body), paths, fixed=FIXED)
    return wanted


Check = Callable[[run_v2.Service], bool]


@pytest.mark.parametrize(
    ("why", "body", "paths", "check"),
    [
        (
            "a masked path in the body is copied, its neighbours stay",
            Service(scaling=Scaling(min_instance_count=9)),
            ["scaling.min_instance_count"],
            lambda s: (s.scaling.min_instance_count, s.scaling.max_instance_count) == (9, 50),
        ),
        (
            "zero in the body and absent in the body are the same: the default",
            Service(scaling=Scaling(min_instance_count=0)),
            ["scaling.min_instance_count"],
            lambda s: s.scaling.min_instance_count == 0,
        ),
        (
            "an absent parent means the default too",
            Service(),
            ["scaling.max_instance_count"],
            lambda s: (s.scaling.max_instance_count, s.scaling.min_instance_count) == (0, 5),
        ),
        (
            "a field with presence is cleared, not set to zero",
            Service(),
            ["scaling.manual_instance_count"],
            lambda s: "manual_instance_count" not in s.scaling,
        ),
        (
            "a whole message is replaced, not merged",
            Service(scaling=Scaling(min_instance_count=1)),
            ["scaling"],
            lambda s: s.scaling == Scaling(min_instance_count=1),
        ),
        (
            "what is in the body but not masked is ignored",
            Service(description="x", scaling=Scaling(min_instance_count=1)),
            ["description"],
            lambda s: s.description == "x" and s.scaling.min_instance_count == 5,
        ),
        (
            "a map is replaced as a whole",
            Service(labels={"a": "b"}),
            ["labels"],
            lambda s: dict(s.labels) == {"a": "b"},
        ),
        (
            "one key of a map can be set",
            Service(labels={"team": "shop"}),
            ["labels.team"],
            lambda s: dict(s.labels) == {"team": "shop", "headroom-group": "web"},
        ),
        (
            "one key of a map can be removed",
            Service(),
            ["labels.headroom-group"],
            lambda s: dict(s.labels) == {"team": "web"},
        ),
        (
            "a list is replaced",
            Service(template=run_v2.RevisionTemplate(containers=[run_v2.Container(image="c:1")])),
            ["template.containers"],
            lambda s: [c.image for c in s.template.containers] == ["c:1"],
        ),
        (
            "what the server decides is left alone",
            Service(generation=99),
            ["generation", "description"],
            lambda s: s.generation == 7 and s.description == "",
        ),
        (
            "no mask replaces everything",
            Service(description="new"),
            [],
            lambda s: s.description == "new" and not s.labels and s.generation == 7,
        ),
        (
            "so does a star",
            Service(description="new"),
            ["*"],
            lambda s: s.description == "new" and not s.labels,
        ),
    ],
)
def test_a_mask_does_what_it_says_when_it_is_applied(
    why: str, body: run_v2.Service, paths: list[str], check: Check
) -> None:
    assert check(merged(body, *paths)), why


@pytest.mark.parametrize(
    "path",
    ["scaling.minInstanceCount", "nothing", "scaling.nothing", "template.containers.image"],
)
def test_a_path_is_refused_when_the_message_does_not_have_it(path: str) -> None:
    with pytest.raises(Refusal, match="update_mask path"):
        merged(Service(), path)
