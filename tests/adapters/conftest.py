"""Servers whose answers a test scripts, and adapters that talk to them over loopback sockets."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.cloud_run import CloudRun
from bot.adapters.google_channel import GoogleClients
from bot.adapters.monitoring import CloudMonitoring
from bot.adapters.slack import SlackChat
from bot.core.house import Place
from tests.adapters.scripted_google import ScriptedGoogle, scripted_google
from tests.adapters.scripted_slack import ScriptedSlack, scripted_slack
from tests.fakes import FakeClock

TOKEN = "xoxb-not-a-real-token"
PLACES = (Place("cymbal-shop", ("europe-west1", "us-central1")),)


@pytest.fixture
async def google() -> AsyncIterator[ScriptedGoogle]:
    """A Google that says what the test wants."""
    async with scripted_google() as server:
        yield server


@pytest.fixture
async def clients(google: ScriptedGoogle) -> AsyncIterator[GoogleClients]:
    """Clients of it."""
    clients = GoogleClients(google.endpoint)
    yield clients
    await clients.close()


@pytest.fixture
def cloud(clients: GoogleClients) -> CloudRun:
    """The Cloud Run adapter on it."""
    return CloudRun(clients, PLACES)


@pytest.fixture
def monitoring(clients: GoogleClients) -> CloudMonitoring:
    """The Monitoring adapter on it."""
    return CloudMonitoring(clients)


@pytest.fixture
async def slack() -> AsyncIterator[ScriptedSlack]:
    """A Slack that says what the test wants."""
    async with scripted_slack() as server:
        yield server


@pytest.fixture
async def chat(slack: ScriptedSlack, clock: FakeClock) -> AsyncIterator[SlackChat]:
    """The Slack adapter on it."""
    chat = SlackChat(TOKEN, f"{slack.url}/api/", clock)
    yield chat
    await chat.close()


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()
