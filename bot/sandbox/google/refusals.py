"""How the Google side says no: status code, text and error details as Google's APIs send them."""

import grpc
from google.protobuf import any_pb2, duration_pb2
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2


class Refusal(Exception):
    """Ends a call with a status; `details` travel in the trailing metadata like Google's."""

    def __init__(self, code: grpc.StatusCode, text: str, details: tuple[Message, ...] = ()) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.details = details

    def status(self) -> status_pb2.Status:
        """The same as google.rpc.Status."""
        status = status_pb2.Status(code=self.code.value[0], message=self.text)
        for detail in self.details:
            packed = any_pb2.Any()
            packed.Pack(detail)
            status.details.append(packed)
        return status

    def trailers(self) -> tuple[tuple[str, bytes], ...]:
        """Trailing metadata of the failed call."""
        if not self.details:
            return ()
        return (("grpc-status-details-bin", self.status().SerializeToString()),)


def not_found(name: str) -> Refusal:
    """The resource does not exist."""
    return Refusal(grpc.StatusCode.NOT_FOUND, f"Resource '{name}' was not found")


def bad_argument(text: str) -> Refusal:
    """The request itself is wrong."""
    return Refusal(grpc.StatusCode.INVALID_ARGUMENT, text)


def stale(name: str, given: str, current: str) -> Refusal:
    """Somebody else wrote in between (text: reference cloud-run.md §0.5)."""
    return Refusal(
        grpc.StatusCode.ABORTED,
        f"Conflict for resource '{name}': version '{given}' was specified "
        f"but current version is '{current}'.",
    )


def too_many(kind: str, seconds: float) -> Refusal:
    """The Admin API's rate quota for `Read` or `Write` requests (text: reference §A.6)."""
    return Refusal(
        grpc.StatusCode.RESOURCE_EXHAUSTED,
        f"Quota exceeded for quota metric '{kind} requests' and limit "
        f"'{kind} requests per minute per region' of service 'run.googleapis.com'.",
        (
            error_details_pb2.ErrorInfo(
                reason="RATE_LIMIT_EXCEEDED",
                domain="googleapis.com",
                metadata={"service": "run.googleapis.com", "quota_metric": f"{kind} requests"},
            ),
            error_details_pb2.RetryInfo(retry_delay=duration_pb2.Duration(seconds=int(seconds))),
        ),
    )


def over_quota(most: int, requested_vcpu: float, allowed_vcpu: float) -> Refusal:
    """The region's CPU allocation at set time (text: reference §A.6)."""
    return bad_argument(
        f"Max instances must be set to {most} or fewer to set the requested total CPU. "
        f"Quota violated: CpuAllocPerProjectRegion requested: {int(requested_vcpu * 1000)} "
        f"allowed: {int(allowed_vcpu * 1000)}"
    )
