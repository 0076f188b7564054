"""The costs and the worth of a plan as explained numbers; called by explanation."""

from decimal import Decimal

from bot.core.explained import Line
from bot.core.fleet import BillingMode
from bot.core.inputs import Bill, Inputs
from bot.core.money import Money
from bot.core.plan import Plan, Value, WorkloadPlan
from bot.core.wording import say_learnt, say_money


def of_plan(plan: Plan) -> list[Line]:
    """The totals, and how much of the demand is at risk."""
    return [
        _total("Cost", plan.cost, "what Headroom causes", plan.priced_on),
        _total(
            "Cost at the worst",
            plan.worst_cost,
            "all held instances busy throughout",
            "the same prices, at the full rate",
        ),
        _total(
            "The traffic itself",
            plan.traffic_cost,
            "paid with or without Headroom",
            "the same prices, for the forecast's mean",
        ),
        *_risk(plan.value),
    ]


def of_workload(workload: WorkloadPlan, inputs: Inputs) -> list[Line]:
    """Cost, worst case, traffic and risk of one workload."""
    bill = inputs.bill
    if bill is None:
        return []
    traffic = [_traffic(workload, bill)] if workload.sizing is not None else []
    risk = _risk(workload.value) if workload.steps else []
    if not workload.steps:
        return traffic
    return [_cost(workload, bill), _worst(workload, bill), *traffic, *risk, *_other(bill)]


def _other(bill: Bill) -> list[Line]:
    if not bill.advice:
        return []
    formula = (
        "busy instance-hours at the full rate, the other held ones at the idle rate, and requests"
    )
    return [Line("The other billing mode", bill.advice, formula, "the price list of both modes")]


def _total(label: str, amount: Money, what: str, source: str) -> Line:
    return Line(label, say_money(amount), f"sum of the workloads: {what}", source)


def _cost(workload: WorkloadPlan, bill: Bill) -> Line:
    idle = workload.billing is BillingMode.REQUEST and bill.idle_hour < bill.active_hour
    size = workload.size
    return Line(
        label="Cost",
        value=say_money(workload.cost),
        formula=f"{_hours(bill.extra_hours)} instance-hours above what stands anyway ×"
        f" {_rate(bill.idle_hour)} an hour ({size.vcpu:g} vCPU, {size.memory_gib:g} GiB){_learnt(bill)}",
        source=f"{workload.billing} billing, {'idle rate of a minimum instance' if idle else 'full rate'}",
        uncertainty="until the last step down, which waits for safety",
    )


def _learnt(bill: Bill) -> str:
    """What the prices were corrected by; the hour's price holds it already."""
    said = say_learnt(bill.factor, bill.learnt_from)
    return f", the list's {said}" if said else ""


def _worst(workload: WorkloadPlan, bill: Bill) -> Line:
    return Line(
        label="Cost at the worst",
        value=say_money(workload.worst_cost),
        formula=f"the same instance-hours × {_rate(bill.active_hour)} an hour, as if all were busy",
        source=f"{workload.billing} billing, full rate",
    )


def _traffic(workload: WorkloadPlan, bill: Bill) -> Line:
    formula = f"{_hours(bill.busy_hours)} busy instance-hours × {_rate(bill.active_hour)}"
    if bill.per_million.amount > 0:
        millions = bill.requests / 1_000_000
        formula += f" + {millions:,.2f} million requests × {say_money(bill.per_million)} a million"
    return Line(
        label="The traffic itself",
        value=say_money(workload.traffic_cost),
        formula=formula,
        source="the forecast's mean at the autoscaler's own target",
        uncertainty="as uncertain as the forecast; paid with or without Headroom",
    )


def _risk(value: Value | None) -> list[Line]:
    if value is None:
        return []
    minutes = round(value.span.total_seconds() / 60)
    at = "if the forecast comes to its high end" if value.at_high else "if it comes as expected"
    return [
        Line(
            label=f"Requests at risk in the first {minutes} minutes",
            value=f"{value.without:.1%} without, {value.planned:.2%} with the floor",
            formula=f"share of {value.requests:,.0f} requests that wait for a cold start or in a queue",
            source="model of the autoscaler: one-minute averages, its target, starts on demand",
            uncertainty=at,
        )
    ]


def _hours(hours: Decimal) -> str:
    return f"{hours:,.1f}"


def _rate(money: Money) -> str:
    """With the digits that a rate of cents needs."""
    return (
        f"${money.amount:.5f}"
        if money.currency == "USD"
        else f"{money.amount:.5f} {money.currency}"
    )
