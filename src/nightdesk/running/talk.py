"""Talking to the assistant from a terminal: one sentence's understanding, or a chat."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import uuid
from typing import Any

import httpx

from nightdesk.merchant import tidy
from nightdesk.running import model, runfile
from nightdesk.settings import Settings


def parse_text(settings: Settings, text: str) -> str:
    """What the model understands in ``text``, as JSON: asked of the running Rasa, else loaded.

    Raises:
        SystemExit: there is no model that fits.
    """
    run = runfile.current(settings.data)
    if run is not None and run.ready:
        answer = httpx.post(
            f"{settings.rasa_url}/model/parse",
            params={"token": settings.rasa_token()},
            json={"text": text},
            timeout=30,
            trust_env=False,
        )
        answer.raise_for_status()
        parsed: Any = answer.json()
    else:
        tidy.use(settings)
        parsed = _parse_with_model(text)
    return json.dumps(_short(parsed), ensure_ascii=False, indent=2)


def _parse_with_model(text: str) -> Any:
    found = model.fitting()
    if found is None:
        raise SystemExit("nightdesk: no model fits the data: run `./nightdesk train` first")
    from nightdesk.bot import lean

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if not lean.needs_tensorflow(found):
        lean.leave_out_tensorflow()
    from rasa.core.agent import Agent

    return asyncio.run(Agent.load(str(found)).parse_message(text))


def _short(parsed: dict[str, Any]) -> dict[str, Any]:
    """Without the tokens, and with the five likeliest intents."""
    kept = {key: value for key, value in parsed.items() if key not in ("text_tokens",)}
    kept["intent_ranking"] = kept.get("intent_ranking", [])[:5]
    return kept


def chat(url: str, lang: str) -> None:
    """A conversation with the desk at ``url`` over the chat contract, until Ctrl-D."""
    with httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        session = client.post("/chat/sessions", json={"channel": "web", "lang": lang})
        session.raise_for_status()
        headers = {"Authorization": f"Bearer {session.json()['token']}"}
        buttons: list[dict[str, str]] = []
        while True:
            try:
                said = input("> ").strip()
            except (EOFError, KeyboardInterrupt):
                print()
                return
            if not said:
                continue
            message = {"client_message_id": uuid.uuid4().hex, **_as_message(said, buttons)}
            answer = client.post("/chat/messages", json=message, headers=headers)
            if answer.status_code != 200:
                print(f"[{answer.status_code}] {answer.text}", file=sys.stderr)
                continue
            buttons = _show(answer.json())


def _as_message(said: str, buttons: list[dict[str, str]]) -> dict[str, str]:
    """A button by its number, else text."""
    if said.isdigit() and 1 <= int(said) <= len(buttons):
        return {"payload": buttons[int(said) - 1]["payload"]}
    return {"text": said}


def _show(answer: dict[str, Any]) -> list[dict[str, str]]:
    buttons: list[dict[str, str]] = []
    for message in answer["messages"]:
        if message.get("text"):
            print(message["text"])
        buttons.extend(message.get("buttons") or [])
    for number, button in enumerate(buttons, 1):
        print(f"  [{number}] {button['title']}")
    return buttons
