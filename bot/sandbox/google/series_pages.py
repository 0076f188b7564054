"""Time series as ListTimeSeries answers them, page by page; made by time_series from aggregated points.

Bare protobuf messages: proto-plus takes ten times as long for each point, and a page has up to 100,000.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from google.api import metric_pb2
from google.cloud import monitoring_v3

from bot.sandbox.google.aggregation import Points
from bot.sandbox.google.descriptors import Descriptor, ValueType
from bot.sandbox.google.distributions import Histograms
from bot.sandbox.google.pages import make_token, page_of, read_token

_MOST_POINTS = 100_000
_FULL = monitoring_v3.ListTimeSeriesRequest.TimeSeriesView.FULL
_KIND = metric_pb2.MetricDescriptor.MetricKind
_TYPE = metric_pb2.MetricDescriptor.ValueType
_Response = monitoring_v3.ListTimeSeriesResponse.pb()


def series_page(
    found: Sequence[Points], descriptor: Descriptor, request: monitoring_v3.ListTimeSeriesRequest
) -> Any:
    """The part of the answer that the token asks for; a series may go on on the next page."""
    size = min(request.page_size or _MOST_POINTS, _MOST_POINTS)
    if request.view != _FULL:
        headers, token = page_of(found, size, request.page_token)
        shown = [series.part(slice(0)) for series in headers]
    else:
        skip = read_token(request.page_token)
        shown = [*_cut(found, skip, skip + size)]
        more = skip + size < sum(len(series.ends) for series in found)
        token = make_token(skip + size) if more else ""
    page = _Response(next_page_token=token, unit=descriptor.unit)
    for series in shown:
        _fill(page.time_series.add(), series, descriptor)
    return page


def _cut(found: Sequence[Points], first: int, last: int) -> Iterator[Points]:
    """The points `first` to before `last` of all series, one after another."""
    seen = 0
    for series in found:
        part = series.part(slice(max(first - seen, 0), max(last - seen, 0)))
        seen += len(series.ends)
        if len(part.ends):
            yield part


def _fill(message: Any, series: Points, descriptor: Descriptor) -> None:
    message.metric.type = descriptor.type_
    message.metric.labels.update(series.metric_labels)
    message.resource.type = series.resource_type
    message.resource.labels.update(series.resource_labels)
    message.metric_kind = _KIND.DELTA if series.delta else _KIND.GAUGE
    message.value_type = _TYPE.Value(series.value)
    message.unit = descriptor.unit
    length = series.period if series.delta else 0
    for end, value in zip(series.ends.tolist(), _values(series), strict=True):
        point = message.points.add()
        point.interval.end_time.seconds = end
        point.interval.start_time.seconds = end - length
        if isinstance(value, float):
            point.value.double_value = value
        elif isinstance(value, int):
            point.value.int64_value = value
        else:
            point.value.distribution_value.CopyFrom(value)


def _values(series: Points) -> Iterator[Any]:
    if isinstance(series.values, Histograms):
        return series.values.messages()
    if series.value is ValueType.INT64:
        return (round(value) for value in series.values.tolist())
    return iter(series.values.tolist())
