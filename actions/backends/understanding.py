"""Rasa's own understanding, for a part of a message that asks for something of its own."""

from __future__ import annotations

from typing import Any

import requests

from actions.backends.client import CONNECT_S, READ_S, Unavailable


class Understanding:
    """Asks Rasa what a text means, apart from any conversation."""

    def __init__(self, base_url: str, token: str) -> None:
        self._url = f"{base_url}/model/parse"
        self._token = token

    def parse(self, text: str) -> dict[str, Any]:
        """The message as Rasa understands it. Raises ``Unavailable``."""
        try:
            response = requests.post(
                self._url,
                params={"token": self._token},
                json={"text": text},
                timeout=(CONNECT_S, READ_S),
            )
            message = response.json()
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(f"not understood: {type(error).__name__}") from error
        if not response.ok or not isinstance(message, dict):
            raise Unavailable(f"not understood, status {response.status_code}")
        return message
