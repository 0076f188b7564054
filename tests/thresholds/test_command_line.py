"""`headroom alerts` end to end: the real command against the sandbox's Cloud Monitoring, and a person in the console."""

import argparse
import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from google.cloud import monitoring_v3
from google.protobuf.field_mask_pb2 import FieldMask

from bot.cli import alerts
from bot.cli.main import main
from bot.cli.running import RunningTown, write_note
from bot.errors import AskedWrong
from bot.sandbox.google.faults import Fault
from tests.conformance.google_stages import SandboxStage, sandbox_stage
from tests.thresholds.samples import EXAMPLE

HOUSE = EXAMPLE.with_name("headroom.yaml")
SLOW = "Checkout: customers wait too long"
RESOURCES = 23  # of the example: 21 alerts and 2 channels


@dataclass
class Desk:
    """The command line beside a sandbox, with the example's files to change."""

    stage: SandboxStage
    directory: Path
    capture: pytest.CaptureFixture[str]
    text: str = field(default_factory=lambda: EXAMPLE.read_text())

    async def headroom(self, *words: str) -> tuple[int, str]:
        """Runs `headroom alerts …`; its exit status and what it printed."""
        (self.directory / "alerts.yaml").write_text(self.text)
        parser = argparse.ArgumentParser()
        alerts.add_arguments("alerts", parser)
        self.capture.readouterr()
        status = await alerts.run(parser.parse_args(words))
        return status, self.capture.readouterr().out

    async def policy(self, title: str = SLOW) -> monitoring_v3.AlertPolicy:
        """A policy as Google's own client sees it."""
        client = self.stage.clients.alert_policies
        found = [one async for one in await client.list_alert_policies(name=PROJECT)]
        return next(one for one in found if one.display_name == title)

    async def console(self, policy: monitoring_v3.AlertPolicy, *mask: str) -> None:
        """Erik changes it in the console."""
        shelf = self.stage.town.policies
        shelf.caller, ours = "erik@cymbal.example", shelf.caller
        await self.stage.clients.alert_policies.update_alert_policy(
            alert_policy=policy, update_mask=FieldMask(paths=mask)
        )
        shelf.caller = ours


PROJECT = "projects/cymbal-shop"


@pytest.fixture
async def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Desk]:
    """A sandbox, and an environment that points at it."""
    async with sandbox_stage() as stage:
        (tmp_path / "headroom.yaml").write_text(HOUSE.read_text())
        monkeypatch.setenv("HEADROOM_CONFIG", str(tmp_path / "headroom.yaml"))
        monkeypatch.setenv("HEADROOM_GOOGLE_ENDPOINT", f"http://127.0.0.1:{stage.town.port}")
        monkeypatch.setenv("HEADROOM_WEBHOOK_PASSWORD", "correct-horse-battery")
        yield Desk(stage, tmp_path, capsys)


async def test_the_example_is_applied_once_and_then_nothing_is_left_to_do(desk: Desk) -> None:
    status, text = await desk.headroom("apply")
    assert (status, text.splitlines()[-1]) == (0, f"{RESOURCES} done, 0 failed, 0 as wanted.")
    calls = dict(desk.stage.town.gate.calls)
    status, text = await desk.headroom("apply")
    assert (status, text) == (0, f"0 done, 0 failed, {RESOURCES} as wanted.\n")
    written = {n: c for n, c in desk.stage.town.gate.calls.items() if not n.startswith("List")}
    assert written == {n: c for n, c in calls.items() if not n.startswith("List")}
    assert (await desk.headroom("diff", "--exit-code"))[0] == 0


async def test_a_dry_run_tells_everything_and_changes_nothing(desk: Desk) -> None:
    status, text = await desk.headroom("apply", "--dry-run")
    assert status == 0
    assert f"{RESOURCES} to create, 0 to change, 0 to delete" in text
    assert text.endswith("Nothing was changed: this was a dry run.\n")
    assert desk.stage.town.policies.kept == {} == desk.stage.town.channels.kept


async def test_a_persons_change_in_the_console_is_shown_as_drift_and_put_back(desk: Desk) -> None:
    await desk.headroom("apply")
    name = (await desk.policy()).name
    await desk.console(monitoring_v3.AlertPolicy(name=name, severity="CRITICAL"), "severity")
    status, text = await desk.headroom("diff", "--exit-code")
    assert status == alerts.DIFFERENT
    assert "severity: CRITICAL → ERROR" in text
    assert "Changed in Cloud Monitoring by erik@cymbal.example on" in text
    assert (await desk.headroom("apply", "--leave-drift"))[1].startswith("0 done")
    status, text = await desk.headroom("apply")
    assert "ok      update  alert policy  checkout-latency-p95  (put back)" in text
    assert (await desk.policy()).severity.name == "ERROR"


async def test_a_change_of_the_file_changes_one_policy_and_keeps_its_conditions(desk: Desk) -> None:
    await desk.headroom("apply")
    before = await desk.policy()
    desk.text = desk.text.replace("threshold_ms: 900", "threshold_ms: 800")
    _, text = await desk.headroom("diff")
    assert "0 to create, 1 to change, 0 to delete" in text and "Changed in Cloud" not in text
    await desk.headroom("apply")
    after = await desk.policy()
    query = after.conditions[0].condition_prometheus_query_language.query
    assert "> 800" in query
    assert (after.name, after.conditions[0].name) == (before.name, before.conditions[0].name)


async def test_what_is_taken_out_of_the_file_is_deleted_unless_told_to_keep_it(desk: Desk) -> None:
    await desk.headroom("apply")
    by_hand = await desk.stage.clients.alert_policies.create_alert_policy(
        name=PROJECT, alert_policy=hand_made()
    )
    desk.text = desk.text[: desk.text.index("  - name: platform\n    owner")]
    _, text = await desk.headroom("apply", "--keep")
    assert text.startswith("0 done")
    _, text = await desk.headroom("apply")
    assert text.startswith("ok      delete  alert policy  platform-quota-near\n1 done")
    assert by_hand.name in desk.stage.town.policies.kept


async def test_a_policy_made_by_hand_is_adopted_and_then_brought_into_line(desk: Desk) -> None:
    await desk.headroom("apply")
    await desk.stage.clients.alert_policies.delete_alert_policy(name=(await desk.policy()).name)
    made = await desk.stage.clients.alert_policies.create_alert_policy(
        name=PROJECT, alert_policy=hand_made()
    )
    status, text = await desk.headroom("adopt", "By hand", "checkout-latency-p95", "--dry-run")
    assert (await desk.policy("By hand")).user_labels == {"team": "shop"}
    status, text = await desk.headroom("adopt", "By hand", "checkout-latency-p95")
    assert status == 0 and "Adopted as checkout-latency-p95." in text
    _, text = await desk.headroom("diff")
    assert "display_name: By hand → Checkout: customers wait too long" in text
    await desk.headroom("apply")
    policy = await desk.policy()
    assert (policy.name, policy.user_labels["team"]) == (made.name, "shop")
    assert (await desk.headroom("diff", "--exit-code"))[0] == 0


async def test_a_failure_is_told_and_the_next_apply_continues(desk: Desk) -> None:
    fault = Fault("CreateAlertPolicy", "PERMISSION_DENIED", calls=2)
    desk.stage.town.faults.put(fault)
    status, text = await desk.headroom("apply")
    assert status == 1
    assert (
        "FAILED  create  alert policy  web-errors-burn-fast: Google does not let Headroom" in text
    )
    assert "it needs roles/monitoring.alertPolicyEditor" in text
    assert f"{RESOURCES - 2} done, 2 failed" in text
    status, text = await desk.headroom("apply")
    assert (status, text.splitlines()[-1]) == (0, f"2 done, 0 failed, {RESOURCES - 2} as wanted.")


async def test_an_alert_without_a_service_is_skipped_and_told(desk: Desk) -> None:
    desk.text = desk.text.replace("group: recommendations", "name: r\n    workloads: [gone]")
    status, text = await desk.headroom("apply")
    assert status == 1
    assert "! skipped  r-saturation: no Cloud Run service was found for gone" in text


async def test_secrets_are_never_printed_and_can_be_written_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, text = await desk.headroom("apply")
    monkeypatch.setenv("HEADROOM_WEBHOOK_PASSWORD", "another-long-password")
    _, more = await desk.headroom("apply", "--secrets")
    assert "update  notification channel  headroom-webhook" in more
    assert "password" not in text + more + (await desk.headroom("export"))[1]
    kept = [one.labels.get("password") for one in desk.stage.town.channels.kept.values()]
    assert kept == [None, "another-long-password"]


async def test_an_export_is_what_googles_own_client_reads(desk: Desk) -> None:
    _, text = await desk.headroom("export")
    body = json.loads(text)
    assert len(body["alertPolicies"]) + len(body["notificationChannels"]) == RESOURCES
    for policy in body["alertPolicies"]:
        read = monitoring_v3.AlertPolicy.from_json(json.dumps(policy))
        assert read.user_labels["managed-by"] == "headroom"


async def test_checking_needs_no_network_and_names_faults(desk: Desk) -> None:
    await desk.stage.town.stop()
    status, text = await desk.headroom("check")
    assert status == 0 and text.endswith("21 alerts, 2 channels: alerts.yaml is valid.\n")
    assert "checkout-saturation                        warning   never pages" in text
    desk.text = desk.text.replace("us-central1: 200}", "a: 1, b: 1, c: 1}")
    with pytest.raises(AskedWrong, match="platform-quota-near: 8 conditions"):
        await desk.headroom("check")


async def test_the_command_itself_ends_with_the_right_status(tmp_path: Path) -> None:
    (tmp_path / "headroom.yaml").write_text(HOUSE.read_text())
    (tmp_path / "alerts.yaml").write_text(EXAMPLE.read_text().replace("name: cymbal-shop\n", ""))
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "alerts", "check", "--file", str(tmp_path / "alerts.yaml")],
        env={"HEADROOM_CONFIG": str(tmp_path / "headroom.yaml"), "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "alerts.yaml:3: name: this key is missing" in done.stderr


HERE = Path(__file__).parents[2]


def hand_made() -> monitoring_v3.AlertPolicy:
    """A policy that somebody clicked together."""
    condition = monitoring_v3.AlertPolicy.Condition(
        display_name="slow",
        condition_prometheus_query_language={"query": "vector(1) > 0"},
    )
    return monitoring_v3.AlertPolicy(
        display_name="By hand",
        user_labels={"team": "shop"},
        conditions=[condition],
        combiner="OR",
    )


def test_without_configuration_the_running_sandbox_is_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HEADROOM_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEADROOM_SANDBOX", str(tmp_path / "sandbox.json"))
    assert main(["alerts", "check"]) == 2
    assert "There is no headroom.yaml here." in capsys.readouterr().err
    town = RunningTown("http://127.0.0.1:1", {"HEADROOM_CONFIG": str(HOUSE)})
    write_note(town)
    assert main(["alerts", "check"]) == 0
    assert "This is the sandbox" in capsys.readouterr().err
