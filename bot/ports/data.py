"""What is measured of pipelines, as the flows see it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from bot.core.pipelines import Pipeline, Signal
from bot.core.series import Series
from bot.core.windows import Window

Signals = Mapping[str, Mapping[Signal, Series]]


class DataMetrics(Protocol):
    """Cloud Monitoring's metrics of Pub/Sub and of Cloud Run jobs. May raise TryAgain or GiveUp."""

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        """By the pipeline's name; one request for each project and signal. What is not measured is absent."""
        ...


class NoDataMetrics:
    """Where no pipeline is configured."""

    async def signals(
        self, pipelines: Sequence[Pipeline], window: Window, step: timedelta
    ) -> Signals:
        """Nothing is measured."""
        return {}
