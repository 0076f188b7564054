"""What Cloud Run checks before it takes new scaling settings, and what a switch of modes does to them.

The registry asks; rules and texts are those of reference cloud-run.md §A.4 and §A.6.
"""

from google.cloud import run_v2

from bot.core.fleet import ScalingMode
from bot.sandbox.google.refusals import bad_argument, over_quota
from bot.sandbox.google.templates import Resource
from bot.sandbox.world.scenario import WorkloadSpec

_NOT_IN_V2 = (
    "run.googleapis.com",
    "cloud.googleapis.com",
    "serving.knative.dev",
    "autoscaling.knative.dev",
)
_MODES = run_v2.ServiceScaling.ScalingMode


def switch_modes(before: Resource, after: Resource) -> None:
    """Fills in what a change of the scaling mode implies; refuses half a pair of bounds."""
    if not isinstance(before, run_v2.Service) or not isinstance(after, run_v2.Service):
        return
    old, new = before.scaling, after.scaling
    was_manual = old.scaling_mode == _MODES.MANUAL
    is_manual = new.scaling_mode == _MODES.MANUAL
    if not was_manual and is_manual:
        if "manual_instance_count" not in new:
            new.manual_instance_count = old.min_instance_count
        new.min_instance_count = 0
        new.max_instance_count = 0
    elif was_manual and not is_manual:
        if bool(new.min_instance_count) != bool(new.max_instance_count):
            raise bad_argument(
                "scaling.min_instance_count and scaling.max_instance_count must be given together "
                "when the scaling mode changes to AUTOMATIC"
            )
        if not new.min_instance_count:
            new.min_instance_count = new.max_instance_count = old.manual_instance_count
        run_v2.ServiceScaling.pb(new).ClearField("manual_instance_count")


def check_annotations(after: Resource) -> None:
    """Refuses the namespaces of v1 (the comment of run_v2.Service.annotations names them)."""
    for key in after.annotations:
        if key.partition("/")[0].endswith(_NOT_IN_V2):
            raise bad_argument(f"annotation '{key}' is not supported in the v2 API")


def check_scaling(spec: WorkloadSpec, allowed_vcpu: float) -> None:
    """Refuses bounds that contradict each other or exceed the region's CPU allocation."""
    settings = spec.settings
    if min(settings.floor, settings.ceiling or 0, settings.manual, settings.revision_floor) < 0:
        raise bad_argument("instance counts must not be negative")
    if settings.ceiling is not None and settings.floor > settings.ceiling:
        raise bad_argument(
            f"scaling.min_instance_count ({settings.floor}) must not be greater than "
            f"scaling.max_instance_count ({settings.ceiling})"
        )
    if settings.revision_floor > settings.revision_ceiling:
        raise bad_argument("template.scaling.min_instance_count must not exceed the maximum")
    manual = settings.mode is ScalingMode.MANUAL
    most = settings.manual if manual else max(settings.most, settings.floor)
    requested = most * spec.size.vcpu
    if requested > allowed_vcpu:
        raise over_quota(int(allowed_vcpu / spec.size.vcpu), requested, allowed_vcpu)
