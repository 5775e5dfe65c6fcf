"""The console on a whole desk: the first password, the bound on bodies, a customer and a person."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from nightdesk.desk.admin import PASSWORD_FILE
from tests.integration.console_world import API
from tests.integration.desk_world import PATIENCE, Visitor, World, until


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with World(tmp_path, f"sqlite:///{tmp_path / 'desk.sqlite'}") as world:
        world.rasa.server.start()
        yield world


def signed_in(url: str, folder: Path) -> httpx.Client:
    """A browser of who has the first password."""
    http = httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False, headers={"Origin": url})
    body = {"login": "admin", "password": (folder / PASSWORD_FILE).read_text("ascii")}
    http.post(f"{API}/session", json=body).raise_for_status()
    return http


def do(http: httpx.Client, conversation: str, action: str, **body: Any) -> dict[str, Any]:
    answer = http.post(f"{API}/conversations/{conversation}/{action}", json=body)
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_a_customer_and_a_person_hold_a_conversation_and_the_bot_goes_on(
    world: World, tmp_path: Path
) -> None:
    url = world.desk()
    visitor = Visitor(url)
    visitor.say("两桶机油", "m1")
    agent = signed_in(url, tmp_path)
    (item,) = agent.get(f"{API}/queue").json()["bot"]
    assert item["id"] == visitor.id
    taken = do(agent, visitor.id, "claim", version=item["version"])
    do(agent, visitor.id, "messages", text="我来帮您", client_message_id="a1")
    assert visitor.say("好的", "m2")["status"] == "human"
    assert "好的" not in world.rasa.said(visitor.id)
    line = next(line for line in visitor.transcript() if line["from"] == "agent")
    assert line["text"] == "我来帮您"
    assert line["agent"] == taken["agent"]["name"]
    do(agent, visitor.id, "hand-back", version=taken["version"], recap="改成三桶")
    until(lambda: len(world.rasa.said(visitor.id)) == 2)
    assert visitor.say("谢谢", "m3")["status"] == "bot"
    assert world.rasa.said(visitor.id)[-1] == "谢谢"


def test_a_body_that_is_too_large_is_refused_before_anybody_signs_in(world: World) -> None:
    url = world.desk(largest_body=1000)
    answer = httpx.post(
        f"{url}{API}/session",
        json={"login": "admin", "password": "x" * 2000},
        headers={"Origin": url},
        trust_env=False,
        timeout=PATIENCE,
    )
    assert answer.status_code == 413
