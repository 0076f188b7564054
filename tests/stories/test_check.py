"""`headroom check` proves what the configuration asks of Google, and says what is lacking where it may not."""

from bot.sandbox.google.faults import Fault
from bot.sandbox.stories.stage import Stage
from tests.warm_start import done_warm

REGIONS = ("europe-west1", "us-central1")
DENIED = "PERMISSION_DENIED"


async def check(stage: Stage) -> tuple[int, dict[str, str]]:
    """The command's exit status, and its lines by their subject."""
    status, said = await done_warm(["check"], stage.town.bot_environment())
    lines = [line for line in said.splitlines() if line.startswith(("ok ", "FAILED"))]
    return status, {line.split("  ")[-1].split(":")[0].strip(): line for line in lines}


async def test_the_check_asks_google_for_all_that_is_configured(stage: Stage) -> None:
    _, lines = await check(stage)
    assert lines["Billing export"].startswith("ok ")
    assert "15 of 15 workloads are in its newest day" in lines["Billing export"]
    assert lines["Prices"].startswith("ok ")
    assert "in Google's catalogue" in lines["Prices"]
    assert lines["Quotas"].startswith("ok ")
    assert "CPU and memory quotas of 2 regions" in lines["Quotas"]

    for method in ("Query", "ListSkus", "GetQuotaInfo"):
        stage.town.google.faults.put(Fault(method, DENIED, "Access Denied"))
    status, lines = await check(stage)
    assert status == 1
    for subject, needed in (
        ("Billing export", "roles/bigquery.jobUser"),
        ("Prices", "the Cloud Billing API"),
        ("Quotas", "roles/cloudquotas.viewer"),
    ):
        assert lines[subject].startswith("FAILED"), lines
        assert needed in lines[subject]


async def test_the_check_tries_whether_google_would_take_a_change_and_makes_none(
    stage: Stage,
) -> None:
    _, lines = await check(stage)
    assert lines["Scaling"].startswith("ok ")
    assert all(region in lines["Scaling"] for region in REGIONS)
    assert stage.town.google.registry.changes == []

    for method in ("UpdateService", "UpdateWorkerPool"):
        stage.town.google.faults.put(Fault(method, DENIED, "Permission denied"))
    status, said = await done_warm(["check"], stage.town.bot_environment())
    assert status == 1
    assert "FAILED  Scaling:" in said
    for needed in ("roles/run.developer", "iam.serviceAccounts.actAs", *REGIONS):
        assert needed in said
