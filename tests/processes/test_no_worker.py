"""Web processes without any worker: they answer and store, and their readiness tells that nobody works."""

import asyncio

import httpx
import pytest

from tests.processes.conftest import Crowd

pytestmark = pytest.mark.timeout(120)


async def test_a_web_process_is_ready_and_tells_how_long_no_worker_has_worked(
    couple: Crowd,
) -> None:
    stage, fleet = couple
    url = f"http://127.0.0.1:{fleet.processes['web-1'].environment['PORT']}/readyz"

    async def readiness() -> dict[str, float]:
        answer = await stage.http.get(url)
        assert answer.status_code == httpx.codes.OK
        return dict(answer.json())

    assert (await readiness())["oldest_job_seconds"] < 120
    await fleet.processes["worker-1"].kill()
    told = [0.0]
    while told[-1] < 300:  # of the town's time, which is twenty times as fast
        await asyncio.sleep(0.5)
        told.append((await readiness())["oldest_job_seconds"])
    assert told == sorted(told)
