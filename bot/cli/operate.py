"""Commands that run the product: migrate, web, worker, serve, check."""

import argparse
import logging

from bot import app
from bot.cli.check import check
from bot.settings.environment import database_url, environment, read_settings

_DUTIES = {"web": app.Duty.WEB, "worker": app.Duty.WORK, "serve": app.Duty.ALL}


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """None of these commands has arguments: they are configured by the environment."""


async def run(arguments: argparse.Namespace) -> int:
    """Runs the named command."""
    if arguments.command == "migrate":
        await app.migrate(database_url(environment()))
        return 0
    settings = read_settings(environment())
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    for chatty in ("httpx", "slack_bolt", "slack_sdk", "aiosqlite", "alembic", "procrastinate"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    if arguments.command == "check":
        return await check(settings)
    if arguments.command == "serve":
        await app.migrate(settings.database_url)
    await app.run(settings, _DUTIES[arguments.command])
    return 0
