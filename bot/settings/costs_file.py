"""The part `costs` of headroom.yaml: where Google's bill is read."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from bot.core.bill import BillingTable
from bot.settings.yaml_file import Part

_PROJECT = r"[a-z][a-z0-9-]{4,28}[a-z0-9]"
_GIB = 2**30
_DETAILED = "gcp_billing_export_resource_v1_"
_TABLE = re.compile(
    rf"{_PROJECT}\.[A-Za-z0-9_]{{1,300}}\.gcp_billing_export_(resource_)?v1_[A-Za-z0-9_]{{1,100}}"
)


def _export_table(name: str) -> str:
    if _TABLE.fullmatch(name) is None:
        raise ValueError(
            f"{name!r} is not a table of the billing export: project.dataset.gcp_billing_export_v1_… "
            f"or project.dataset.{_DETAILED}…"
        )
    return name


class _Export(Part):
    """`billing_export`: a table that Cloud Billing writes."""

    table: Annotated[str, AfterValidator(_export_table)]
    project: Annotated[str, StringConstraints(pattern=rf"^{_PROJECT}$")] | None = None
    location: Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9-]{1,40}$")] = ""
    most_gib: Annotated[float, Field(gt=0, le=10_000)] = 20


class CostsPart(Part):
    """`costs:`"""

    billing_export: _Export | None = None


def billing_of(part: CostsPart) -> BillingTable | None:
    """The checked part as the core sees it; None where none is named."""
    export = part.billing_export
    if export is None:
        return None
    project, _, name = export.table.split(".")
    return BillingTable(
        table=export.table,
        project=export.project or project,
        location=export.location,
        detailed=name.startswith(_DETAILED),
        most_bytes=round(export.most_gib * _GIB),
    )
