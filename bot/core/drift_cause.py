"""Who or what changed a workload's scaling, as far as Cloud Run tells. Pure; called by the drift notice."""

import re
from enum import StrEnum

from bot.core.fleet import Workload

_TERRAFORM = ("terraform", "tofu", "pulumi", "crossplane", "config-connector")
_PIPELINES = (
    "cloudbuild",
    "deploy",
    "github",
    "gitlab",
    "jenkins",
    "argo",
    "cicd",
    "skaffold",
)
_CI = re.compile(r"(?<![a-z])ci(?![a-z])")  # ci@, acme-ci, ci-runner; not Traci's address
_PERSONS_TOOLS = ("gcloud", "cloud-console")


class Cause(StrEnum):
    """The kinds of change there are; the tool matters for whether it will happen again."""

    INFRASTRUCTURE = "infrastructure as code"
    DEPLOY = "a deploy pipeline"
    PERSON = "a person"
    ACCOUNT = "a service account"
    UNKNOWN = "nobody knows whom"


def cause_of(seen: Workload) -> Cause:
    """By who changed it last first, then by the labels and the client of the workload."""
    who, tool = seen.last_modifier.casefold(), seen.managed_by.casefold()
    if _names(_TERRAFORM, who):
        return Cause.INFRASTRUCTURE
    if _is_pipeline(who):
        return Cause.DEPLOY
    if who and not who.endswith(".gserviceaccount.com"):
        return Cause.PERSON
    if _names(_TERRAFORM, tool):
        return Cause.INFRASTRUCTURE
    if _is_pipeline(tool):
        return Cause.DEPLOY
    if who:
        return Cause.ACCOUNT
    return Cause.PERSON if tool in _PERSONS_TOOLS else Cause.UNKNOWN


def will_come_again(seen: Workload) -> str:
    """What an engineer should know about the tool, in one sentence; "" for a person's change."""
    match cause_of(seen):
        case Cause.INFRASTRUCTURE:
            return (
                "Infrastructure as code does that again with its next apply, unless it ignores the "
                "field `scaling`."
            )
        case Cause.DEPLOY:
            return (
                "A pipeline does that again with its next deploy, unless it leaves the minimum out."
            )
        case _:
            return ""


def kept_by_the_revision(seen: Workload) -> str:
    """Explains a revision-level minimum that is above the service-level one; "" when there is none."""
    scaling = seen.scaling
    if scaling.revision_floor <= scaling.floor:
        return ""
    return (
        f"Its revision has a minimum of {scaling.revision_floor} of its own, set by a deploy: the "
        "larger one counts, and only another deploy can lower it."
    )


def _is_pipeline(text: str) -> bool:
    return _names(_PIPELINES, text) or _CI.search(text) is not None


def _names(words: tuple[str, ...], text: str) -> bool:
    return any(word in text for word in words)
