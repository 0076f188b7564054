"""Who or what changed a workload, as far as its last modifier and its labels tell."""

from dataclasses import replace

import pytest

from bot.core.drift_cause import Cause, cause_of, kept_by_the_revision, will_come_again
from bot.core.fleet import Scaling, ScalingMode
from tests.fakes import service

SHOP = service("shop", floor=2)

CHANGED = [
    ("Terraform's account", "terraform@shop.iam.gserviceaccount.com", "", Cause.INFRASTRUCTURE),
    ("OpenTofu's account", "tofu-apply@shop.iam.gserviceaccount.com", "", Cause.INFRASTRUCTURE),
    ("Cloud Build", "123@cloudbuild.gserviceaccount.com", "", Cause.DEPLOY),
    ("a deployer", "github-deployer@shop.iam.gserviceaccount.com", "", Cause.DEPLOY),
    ("an account of CI", "acme-ci@shop.iam.gserviceaccount.com", "gcloud", Cause.DEPLOY),
    ("a person with gcloud", "erik@cymbal.example", "gcloud", Cause.PERSON),
    ("a person in the console", "erik@cymbal.example", "cloud-console", Cause.PERSON),
    ("a person whose name ends like CI", "traci@cymbal.example", "", Cause.PERSON),
    ("a person, on what Terraform keeps", "erik@cymbal.example", "terraform", Cause.PERSON),
    (
        "an account, on what Terraform keeps",
        "x@shop.iam.gserviceaccount.com",
        "terraform",
        Cause.INFRASTRUCTURE,
    ),
    ("an account, on what Argo keeps", "x@shop.iam.gserviceaccount.com", "argo", Cause.DEPLOY),
    ("some account", "x@shop.iam.gserviceaccount.com", "gcloud", Cause.ACCOUNT),
    ("nobody named, with gcloud", "", "gcloud", Cause.PERSON),
    ("nobody named, kept by Terraform", "", "terraform", Cause.INFRASTRUCTURE),
    ("nothing is known", "", "", Cause.UNKNOWN),
]


@pytest.mark.parametrize(("what", "who", "tool", "cause"), CHANGED, ids=[row[0] for row in CHANGED])
def test_the_cause_is_told_by_who_and_then_by_what(
    what: str, who: str, tool: str, cause: Cause
) -> None:
    assert cause_of(replace(SHOP, last_modifier=who, managed_by=tool)) is cause, what


COMES_AGAIN = [
    ("infrastructure as code", "terraform@x.iam.gserviceaccount.com", "next apply"),
    ("a pipeline", "123@cloudbuild.gserviceaccount.com", "next deploy"),
    ("a person", "erik@cymbal.example", ""),
]


@pytest.mark.parametrize(("what", "who", "words"), COMES_AGAIN, ids=[r[0] for r in COMES_AGAIN])
def test_engineers_hear_whether_it_will_come_again(what: str, who: str, words: str) -> None:
    told = will_come_again(replace(SHOP, last_modifier=who))
    assert words in told, what
    assert bool(told) is bool(words)


@pytest.mark.parametrize(("own", "explained"), [(0, False), (2, False), (5, True)])
def test_a_minimum_of_the_revisions_own_is_explained_where_it_counts(
    own: int, explained: bool
) -> None:
    scaling = Scaling(ScalingMode.AUTOMATIC, 2, revision_floor=own)
    told = kept_by_the_revision(replace(SHOP, scaling=scaling))
    assert bool(told) is explained
    assert not explained or "a minimum of 5 of its own" in told
