"""The chat contract from outside: sessions, limits, buttons, the push, the REST webhook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from nightdesk.desk.limits import Rate
from nightdesk.desk.sessions import Tokens
from tests.integration.desk_world import PATIENCE, Visitor, World, until


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Over SQLite, with Rasa up."""
    with World(tmp_path, f"sqlite:///{tmp_path / 'desk.sqlite'}") as world:
        world.rasa.server.start()
        yield world


@pytest.fixture
def visitor(world: World) -> Visitor:
    return Visitor(world.desk())


def test_without_a_token_nothing_is_shown_and_nothing_taken(world, visitor):
    stranger = httpx.Client(base_url=visitor.url, trust_env=False, timeout=PATIENCE)
    message = {"text": "你好", "client_message_id": "m1"}
    assert stranger.post("/chat/messages", json=message).status_code == 401
    assert stranger.get("/chat/messages").status_code == 401
    assert stranger.get("/chat/events").status_code == 401
    rest = {"sender": visitor.id, "message": "你好"}
    assert stranger.post("/webhooks/rest/webhook", json=rest).status_code == 401
    assert stranger.post("/webhooks/rest/webhook", json={"message": "x"}).status_code == 401
    assert world.rasa.requests == []


def test_a_forged_or_expired_token_is_refused(world, visitor):
    secret = world.settings(0).session_secret()
    forged = {
        "changed": visitor.token[:-2] + ("aa" if visitor.token[-2:] != "aa" else "bb"),
        "of another secret": Tokens("guess", 3600).issue(visitor.id)[0],
        "expired": Tokens(secret, -1).issue(visitor.id)[0],
        "of no conversation": Tokens(secret, 3600).issue("0" * 32)[0],
        "nonsense": "nonsense",
    }
    for name, token in forged.items():
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(
            f"{visitor.url}/chat/messages", headers=headers, trust_env=False, timeout=PATIENCE
        )
        assert answer.status_code == 401, name
        message = {"text": "你好", "client_message_id": "m1"}
        answer = httpx.post(
            f"{visitor.url}/chat/messages", headers=headers, json=message, timeout=PATIENCE
        )
        assert answer.status_code == 401, name
        assert answer.json()["error"]["code"] == "unauthorized", name
    assert world.rasa.requests == []


def test_a_token_opens_only_its_own_conversation(world, visitor):
    visitor.say("我的地址是秘密", "m1")
    assert Visitor(visitor.url).transcript() == []


@pytest.mark.parametrize("text", ["/restart", "  /restart", "\u200b/restart", "\x00\x1b/restart"])
def test_typed_slashes_are_never_a_command(world, visitor, text):
    visitor.say(text, "m1")
    assert world.rasa.requests[0]["message"] == "／restart"
    assert visitor.said()[0] == ("customer", "／restart")


def test_a_text_of_a_thousand_characters_is_taken_and_a_longer_one_explained(world, visitor):
    assert visitor.post("m1", text="字" * 1000).status_code == 200
    refused = visitor.post("m2", text="字" * 1001)
    assert refused.status_code == 422
    assert "1000" in refused.json()["error"]["message"]
    assert "太长" in refused.json()["error"]["message"]
    assert "too long" in visitor.post("m3", text="a word " * 200).json()["error"]["message"]
    assert len(world.rasa.requests) == 1


@pytest.mark.parametrize("text", ["", "   \n", "\x07\u200b", "\ud800"])
def test_an_empty_text_is_refused(world, visitor, text):
    body = json.dumps({"text": text, "client_message_id": "m1"}).encode()
    refused = visitor.http.post("/chat/messages", content=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "empty"
    assert visitor.transcript() == []


@pytest.mark.parametrize(
    "body",
    [
        {"client_message_id": "m1"},
        {"text": "a", "payload": "b", "client_message_id": "m1"},
        {"text": "a"},
        {"text": "a", "client_message_id": ""},
        {"text": "a", "client_message_id": "x" * 65},
        {"text": ["a"], "client_message_id": "m1"},
        [],
    ],
)
def test_what_the_contract_does_not_know_is_refused(world, visitor, body):
    refused = visitor.http.post("/chat/messages", json=body)
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "invalid"
    assert world.rasa.requests == []


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_too_large_is_refused_whether_announced_or_not(world, visitor, announced):
    body = b'{"text": "' + b"a" * 70_000 + b'", "client_message_id": "m1"}'
    content = body if announced else iter([body[:40_000], body[40_000:]])
    refused = visitor.http.post("/chat/messages", content=content)
    assert refused.status_code == 413
    assert refused.json()["error"]["code"] == "too_large"


def test_too_many_messages_are_refused_with_the_time_to_wait(world):
    visitor = Visitor(world.desk(message_rate=Rate(2, 60)))
    assert visitor.post("m1", text="一").status_code == 200
    assert visitor.post("m2", text="二").status_code == 200
    refused = visitor.post("m3", text="三")
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "太快" in refused.json()["error"]["message"]
    assert Visitor(visitor.url).post("m1", text="别人").status_code == 200


def test_too_many_sessions_from_one_address_are_refused(world):
    url = world.desk(session_rate=Rate(2, 60))
    Visitor(url)
    Visitor(url)
    refused = httpx.post(
        f"{url}/chat/sessions", json={}, headers={"Accept-Language": "en-GB"}, timeout=PATIENCE
    )
    assert refused.status_code == 429
    assert "too fast" in refused.json()["error"]["message"]


def test_a_conversation_keeps_only_so_many_waiting(world):
    world.rasa.always = "slow"
    visitor = Visitor(world.desk(most_waiting=3, patience=0.3))
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda n: visitor.post(f"m{n}", text="喂"), range(6)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200, 200, 200, 429, 429, 429]
    assert all("Retry-After" in a.headers for a in answers if a.status_code == 429)


def test_a_button_says_its_title_and_sends_what_it_stands_for(world, visitor):
    buttons = visitor.say("给我按钮", "m1")["messages"][0]["buttons"]
    assert [button["title"] for button in buttons] == ["好的", "不要"]
    assert all(button["payload"].startswith("b_") for button in buttons)
    answer = visitor.post("m2", payload=buttons[0]["payload"])
    assert answer.status_code == 200
    assert world.rasa.requests[-1]["message"] == "/affirm"
    assert visitor.said()[2] == ("customer", "好的")


def test_a_payload_that_was_not_issued_here_is_refused(world, visitor):
    other = Visitor(visitor.url)
    foreign = other.say("给我按钮", "m1")["messages"][0]["buttons"][0]["payload"]
    for payload in ("/affirm", "/restart", foreign, "b_guess", ""):
        refused = visitor.post("m1", payload=payload)
        assert refused.status_code == 422, payload
        assert refused.json()["error"]["code"] == "unknown_button"
    assert visitor.transcript() == []


def test_the_push_goes_on_after_the_last_event_seen(world, visitor):
    visitor.say("第一句", "m1")
    with visitor.events() as events:
        first, second = next(events), next(events)
    assert (first["text"], second["text"]) == ("第一句", "您说：第一句")
    visitor.say("第二句", "m2")
    with visitor.events(last=second["id"]) as events:
        assert [next(events)["text"] for _ in range(2)] == ["第二句", "您说：第二句"]


def test_every_tab_sees_what_is_written_in_one(world, visitor):
    with visitor.events() as first, visitor.events() as second:
        visitor.say("你好", "m1")
        seen = [[next(tab) for _ in range(2)] for tab in (first, second)]
    assert seen[0] == seen[1] == visitor.transcript()
    assert seen[0][0]["client_message_id"] == "m1"


def test_a_tab_at_another_desk_sees_it_too(world, visitor):
    other = world.desk()
    headers = {"Authorization": f"Bearer {visitor.token}"}
    with httpx.stream("GET", f"{other}/chat/events", headers=headers, timeout=PATIENCE) as response:
        rows = response.iter_lines()
        visitor.say("你好", "m1")
        data = (row for row in rows if row.startswith("data:"))
        assert "bot" in next(data)
        assert "你好" in next(data)


def test_an_event_source_gives_its_token_in_the_address(world, visitor):
    visitor.say("你好", "m1")
    address = f"{visitor.url}/chat/events?token={visitor.token}"
    with httpx.stream("GET", address, timeout=PATIENCE) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        assert "id: 1" in next(row for row in response.iter_lines() if row.startswith("id:"))


def test_one_conversation_holds_only_so_many_streams_open(world):
    visitor = Visitor(world.desk(most_listeners=2))
    visitor.say("你好", "m1")
    with visitor.events() as first, visitor.events() as second:
        next(first), next(second)
        assert visitor.http.get("/chat/events").status_code == 429
    until(lambda: _opens(visitor))


def _opens(visitor: Visitor) -> bool:
    with visitor.http.stream("GET", "/chat/events") as response:
        return response.status_code == 200


def test_a_silent_stream_shows_that_it_lives(world):
    visitor = Visitor(world.desk(heartbeat=1))
    with visitor.http.stream("GET", "/chat/events", timeout=PATIENCE) as response:
        rows = [row for row, _ in zip(response.iter_lines(), range(4), strict=False)]
    assert rows == ["event: status", 'data: {"status": "bot"}', "", rows[3]]
    assert rows[3].startswith(":")


def test_an_absurd_place_in_the_transcript_is_refused_or_empty(world, visitor):
    assert visitor.http.get("/chat/messages", params={"after": 10**30}).status_code == 422
    assert visitor.http.get("/chat/messages", params={"after": -1}).status_code == 422
    with visitor.events(last=10**19):
        pass


def test_the_transcript_can_be_read_from_a_message_on(world, visitor):
    visitor.say("第一句", "m1")
    last = visitor.transcript()[-1]["id"]
    visitor.say("第二句", "m2")
    assert [line["text"] for line in visitor.transcript(last)] == ["第二句", "您说：第二句"]


def rest(visitor: Visitor, message: str) -> list[dict]:
    body = {"sender": visitor.token, "message": message}
    return httpx.post(f"{visitor.url}/webhooks/rest/webhook", json=body, timeout=PATIENCE).json()


def test_the_rest_webhook_speaks_rasas_format(world, visitor):
    answer = rest(visitor, "给我按钮")
    assert answer[0]["recipient_id"] == visitor.token
    assert answer[0]["text"] == "您说：给我按钮"
    rest(visitor, answer[0]["buttons"][1]["payload"])
    assert world.rasa.requests[-1]["message"] == "/deny"
    rest(visitor, "/restart")
    assert world.rasa.requests[-1]["message"] == "／restart"
    assert httpx.get(f"{visitor.url}/webhooks/rest/", timeout=PATIENCE).json() == {"status": "ok"}


def test_the_rest_webhook_gives_a_late_answer_with_the_next(world):
    visitor = Visitor(world.desk(patience=2.0))
    world.rasa.moods.extend(["slow"])
    assert "记下" in rest(visitor, "第一句")[0]["text"]
    world.rasa.release.set()
    until(lambda: len(visitor.transcript()) == 3)
    assert [m["text"] for m in rest(visitor, "第二句")] == ["您说：第一句", "您说：第二句"]


def test_the_shop_greets_in_its_languages(visitor):
    shop = httpx.get(f"{visitor.url}/chat/shop", timeout=PATIENCE).json()
    assert shop["name"] == {"zh": "启明车品", "en": "Qiming Auto"}
    assert shop["languages"] == ["zh", "en"]
    assert "启明车品" in shop["greeting"]["zh"]
    assert all(shop["quick_replies"][language] for language in shop["languages"])


def test_another_site_may_use_the_chat_and_nothing_else(world):
    url = world.desk(origins=("https://shop.example",))

    def allowed(path: str, origin: str) -> str | None:
        return httpx.get(f"{url}{path}", headers={"Origin": origin}, timeout=PATIENCE).headers.get(
            "access-control-allow-origin"
        )

    assert allowed("/chat/shop", "https://shop.example") == "https://shop.example"
    assert allowed("/chat/shop", "https://elsewhere.example") is None
    assert allowed("/chat/messages", "https://shop.example") == "https://shop.example"
    assert allowed("/health", "https://shop.example") is None
    preflight = httpx.options(
        f"{url}/chat/messages",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization,content-type",
        },
        timeout=PATIENCE,
    )
    assert preflight.status_code == 200


def test_health_is_the_desks_own_and_readiness_everybodys(world, visitor):
    assert httpx.get(f"{visitor.url}/health", timeout=PATIENCE).json() == {"status": "ok"}
    ready = httpx.get(f"{visitor.url}/health/ready", timeout=PATIENCE)
    assert ready.status_code == 503
    assert ready.json()["parts"] == {"rasa": True, "actions": False}


def test_the_documents_need_no_other_host(visitor):
    page = httpx.get(f"{visitor.url}/docs", timeout=PATIENCE).text
    assert "https://" not in page
    assert (
        "/chat/messages"
        in httpx.get(f"{visitor.url}/openapi.json", timeout=PATIENCE).json()["paths"]
    )


def test_the_chat_page_and_its_script_are_served(world, tmp_path):
    built = tmp_path / "dist"
    built.mkdir()
    (built / "index.html").write_text("<title>chat</title>")
    (built / "widget.js").write_text("// widget")
    url = world.desk(widget=built)
    assert "chat" in httpx.get(f"{url}/", timeout=PATIENCE).text
    script = httpx.get(
        f"{url}/widget.js", headers={"Origin": "https://shop.example"}, timeout=PATIENCE
    )
    assert script.headers["access-control-allow-origin"] == "*"
    assert httpx.get(f"{url}/missing.js", timeout=PATIENCE).json()["error"]["code"] == "not_found"


def test_the_chat_page_may_ask_nobody_but_its_desk(world, tmp_path):
    built = tmp_path / "dist"
    built.mkdir()
    (built / "index.html").write_text("<title>shop</title>")
    page = httpx.get(world.desk(widget=built), trust_env=False, timeout=PATIENCE)
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"


def test_a_long_transcript_is_given_a_page_at_a_time_and_pushed_whole(world, visitor, monkeypatch):
    for module in ("store", "live", "chat"):
        monkeypatch.setattr(f"nightdesk.desk.{module}.PAGE", 2)
    for number in range(3):
        visitor.say("你好", f"m{number}")
    ids, more = [], True
    while more:
        page = visitor.http.get("/chat/messages", params={"after": ids[-1] if ids else 0}).json()
        assert 1 <= len(page["messages"]) <= 2
        ids += [line["id"] for line in page["messages"]]
        more = page["more"]
    assert len(ids) == 6
    with visitor.events() as events:
        assert [next(events)["id"] for _ in ids] == ids
