"""Templates about Cloud Run services that their customers feel: errors, latency, requests that wait.

Burn rates: Site Reliability Workbook, chapter 5 (14.4 over 1 h spends 2 % of a 30-day budget, 6 over 6 h
spends 5 %); the short window ends the alert soon after the trouble. Metrics: reference cloud-run.md §B.1.
"""

from bot.core.alert import Severity
from bot.core.thresholds.conditions import Condition, Promql
from bot.core.thresholds.parameters import Parameter, Values
from bot.core.thresholds.scope import Scope, promql_selector
from bot.core.thresholds.template import Template, Watches

_BY = "sum by (service_name, location)"
_REQUESTS = "run_googleapis_com:request_count"
_LATENCIES = "run_googleapis_com:request_latencies_bucket"
_PENDING = "run_googleapis_com:pending_queue_pending_requests"

_OBJECTIVE = Parameter(
    "objective", "share of requests that must not fail with 5xx", 0.999, 0.5, 0.99999
)
_MIN_RPS = Parameter(
    "min_rps", "requests/s below which a ratio says nothing", 0.2, least=0, most=1e5
)


def _burning(scope: Scope, values: Values, windows: tuple[str, str]) -> tuple[Condition, ...]:
    """Both windows above `burn` times what the objective allows, and enough requests to tell."""
    budget = values.number("burn") * (1 - values.number("objective"))
    parts = [f"({_ratio(scope, window)}) > {budget:.8g}" for window in windows]
    traffic = f"{_BY} (rate({_REQUESTS}{promql_selector(scope)}[{windows[1]}]))"
    parts.append(f"{traffic} > {values.number('min_rps'):g}")
    return (Promql("Error budget", "\nand\n".join(parts)),)


def _ratio(scope: Scope, window: str) -> str:
    failed = promql_selector(scope, response_code_class="5xx")
    every = promql_selector(scope)
    return (
        f"{_BY} (rate({_REQUESTS}{failed}[{window}])) / {_BY} (rate({_REQUESTS}{every}[{window}]))"
    )


def _fast(scope: Scope, values: Values) -> tuple[Condition, ...]:
    return _burning(scope, values, ("1h", "5m"))


def _slow(scope: Scope, values: Values) -> tuple[Condition, ...]:
    return _burning(scope, values, ("6h", "30m"))


def _latency(scope: Scope, values: Values) -> tuple[Condition, ...]:
    selector = promql_selector(scope)
    rate = f"sum by (service_name, location, le) (rate({_LATENCIES}{selector}[5m]))"
    quantile = values.number("quantile")
    traffic = f"{_BY} (rate({_REQUESTS}{selector}[5m])) > {values.number('min_rps'):g}"
    query = (
        f"histogram_quantile({quantile:g}, {rate}) > {values.number('threshold_ms'):g}"
        f"\nand\n{traffic}"
    )
    return (Promql("Latency", query, holds=values.minutes("holds_minutes")),)


def _waiting(scope: Scope, values: Values) -> tuple[Condition, ...]:
    query = f"{_BY} (max_over_time({_PENDING}{promql_selector(scope)}[2m]))"
    query += f" > {values.number('requests'):g}"
    return (Promql("Pending requests", query, holds=values.minutes("holds_minutes")),)


SYMPTOMS = (
    Template(
        name="errors-burn-fast",
        title="errors spend the budget fast",
        watches=Watches.SERVICES,
        severity=Severity.CRITICAL,
        symptom=True,
        why="Customers get errors at a rate that spends 2 % of a month's error budget in an hour.",
        first_steps=(
            "Look at the newest revision: roll back if the errors began with it.",
            "Compare regions and callers: one of them alone points at a dependency.",
            "If requests are also waiting, capacity is missing: raise the ceiling.",
        ),
        parameters=(
            _OBJECTIVE,
            Parameter("burn", "times the allowed error rate", 14.4, least=1, most=1000),
            _MIN_RPS,
        ),
        conditions=_fast,
    ),
    Template(
        name="errors-burn-slow",
        title="errors spend the budget steadily",
        watches=Watches.SERVICES,
        severity=Severity.WARNING,
        symptom=True,
        why="A small share of customers gets errors for hours; at this rate the budget will not last.",
        first_steps=(
            "Group the errors by route and message in Error Reporting.",
            "Plan the repair for this week; nobody needs to get up for it.",
        ),
        parameters=(
            _OBJECTIVE,
            Parameter("burn", "times the allowed error rate", 6.0, least=1, most=1000),
            _MIN_RPS,
        ),
        conditions=_slow,
    ),
    Template(
        name="latency-p95",
        title="customers wait too long",
        watches=Watches.SERVICES,
        severity=Severity.ERROR,
        symptom=True,
        why="One request in twenty takes longer than promised.",
        first_steps=(
            "Many cold starts at the same time? Then the floor is too low for this demand.",
            "CPU near its target on all instances? Then the ceiling holds the service back.",
            "Neither? Then look at the slowest dependency in the traces.",
        ),
        parameters=(
            Parameter("threshold_ms", "milliseconds that a request may take", 1500.0, 1, 3_600_000),
            Parameter("quantile", "which share of requests is within it", 0.95, 0.5, 0.999),
            Parameter("holds_minutes", "how long it must last", 10.0, 1, 1380),
            _MIN_RPS,
        ),
        conditions=_latency,
    ),
    Template(
        name="pending-requests",
        title="requests wait for an instance",
        watches=Watches.SERVICES,
        severity=Severity.ERROR,
        symptom=True,
        why="Requests wait because no instance is free: the first thing customers feel of missing capacity.",
        first_steps=(
            "Is the service at its ceiling? Raise it.",
            "Below it? Then instances start too slowly: raise the floor now, look at startup times later.",
            "A campaign that nobody announced? Announce it, so that the floor follows.",
        ),
        parameters=(
            Parameter("requests", "requests that may wait at once", 5.0, 0, 1e6),
            Parameter("holds_minutes", "how long it must last", 3.0, 1, 1380),
        ),
        conditions=_waiting,
    ),
)
