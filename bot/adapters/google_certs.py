"""Google's public certificates, which sign the tokens of Pub/Sub push. Given to handlers by bot.app."""

from collections.abc import Mapping

import httpx

from bot.errors import GiveUp, TryAgain

_TIMEOUT_SECONDS = 5.0


class GoogleCerts:
    """Fetches key id to PEM text from one URL, each time anew: whoever asks remembers."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def fetch(self) -> Mapping[str, str]:
        """Raises TryAgain when they cannot be had now, GiveUp when what is there is no certificates."""
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS) as client:
                answer = await client.get(self._url)
                answer.raise_for_status()
                found = answer.json()
        except httpx.HTTPError as error:
            raise TryAgain(f"{self._url} does not answer: {error}") from error
        except ValueError as error:
            raise GiveUp(f"{self._url} does not give JSON") from error
        if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
            raise GiveUp(f"{self._url} does not give certificates (key id to PEM text)")
        return found
