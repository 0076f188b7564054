"""Alert policies and notification channels of Cloud Monitoring, as the flow that keeps them sees them."""

from collections.abc import Sequence
from typing import Protocol

from bot.core.thresholds.documents import Document
from bot.core.thresholds.resources import Found, Kind


class Alerting(Protocol):
    """Documents use the field names of the published messages; see bot.core.thresholds.documents."""

    async def found(self, kind: Kind, project: str) -> Sequence[Found]:
        """All of the project, whoever made them. Secrets of channels are never in them."""
        ...

    async def create(self, kind: Kind, project: str, document: Document, secret: str = "") -> str:
        """Makes one and returns its name. `secret` is the password or token of a channel.

        Not repeatable: after TryAgain look whether it is there.
        """
        ...

    async def update(
        self, kind: Kind, name: str, document: Document, mask: Sequence[str], secret: str = ""
    ) -> None:
        """Sets the fields in `mask` to those of the document, and nothing else. NotFound if it is gone."""
        ...

    async def delete(self, kind: Kind, name: str) -> None:
        """Deletes it; that it is gone already is no error. Refused while a channel is in use."""
        ...
