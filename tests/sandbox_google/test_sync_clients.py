"""The official synchronous clients, unchanged, in a thread of their own."""

import asyncio
from datetime import timedelta

import grpc
from google.cloud import monitoring_v3, run_v2
from google.cloud.monitoring_v3.services.metric_service.transports import MetricServiceGrpcTransport
from google.cloud.run_v2.services.services.transports import ServicesGrpcTransport
from google.protobuf.field_mask_pb2 import FieldMask

from bot.sandbox.google.town import GoogleTown
from tests.sandbox_google.conftest import EUROPE, STOREFRONT
from tests.sandbox_world.conftest import START
from tests.sandbox_world.hand_clock import HandClock


def scale_and_read(port: int) -> tuple[int, int, float]:
    """Lists, writes, waits for the operation's acceptance and reads a metric."""
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        run = run_v2.ServicesClient(transport=ServicesGrpcTransport(channel=channel))
        monitoring = monitoring_v3.MetricServiceClient(
            transport=MetricServiceGrpcTransport(channel=channel)
        )
        names = [service.name for service in run.list_services(parent=EUROPE)]
        operation = run.update_service(
            service=run_v2.Service(
                name=STOREFRONT, scaling=run_v2.ServiceScaling(min_instance_count=40)
            ),
            update_mask=FieldMask(paths=["scaling.min_instance_count"]),
        )
        series = monitoring.list_time_series(
            name="projects/cymbal-shop",
            filter='metric.type="run.googleapis.com/pending_queue/pending_requests"',
            interval=monitoring_v3.TimeInterval(
                start_time=START - timedelta(minutes=30), end_time=START
            ),
            view=monitoring_v3.ListTimeSeriesRequest.TimeSeriesView(0),
        )
        points = sum(len(found.points) for found in series)
        return len(names), points, operation.metadata.scaling.min_instance_count


async def test_the_synchronous_clients_work_when_they_are_used_from_a_thread(
    town: GoogleTown, clock: HandClock
) -> None:
    services, points, floor = await asyncio.to_thread(scale_and_read, town.port)
    assert services == 9
    assert 13 * 27 <= points <= 13 * 30
    assert floor == 40
