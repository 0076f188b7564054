"""`headroom check` proves the billing export, and says what it lacks where it may not be read."""

from bot.sandbox.google.faults import Fault
from bot.sandbox.stories.stage import Stage
from tests.stories.steps import command


async def check(stage: Stage) -> tuple[int, str]:
    """The command's exit status, and its line about the export."""
    status, said = await command(stage.town.bot_environment(), "check")
    lines = [line for line in said.splitlines() if "Billing export" in line]
    assert len(lines) == 1, said
    return status, lines[0]


async def test_the_check_reads_the_billing_export_and_says_what_it_lacks(stage: Stage) -> None:
    _, line = await check(stage)
    assert line.startswith("ok ")
    assert "15 of 15 workloads are in its newest day" in line
    stage.town.google.faults.put(Fault("Query", "PERMISSION_DENIED", "Access Denied: Table"))
    status, line = await check(stage)
    assert (status, line.split()[0]) == (1, "FAILED")
    assert "roles/bigquery.jobUser" in line
