"""Chatwoot and Zammad: what is believed, how words are read, and what a wrong setting says."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from nightdesk.desk.handoff.workplace.chatwoot import Chatwoot
from nightdesk.desk.handoff.workplace.configuration import workplace
from nightdesk.desk.handoff.workplace.workplace import ForgedError, OutOfReachError
from nightdesk.desk.handoff.workplace.zammad import Zammad
from nightdesk.settings import WrongSettingError

CHATWOOT = {
    "NIGHTDESK_AGENT_DESK": "chatwoot",
    "NIGHTDESK_AGENT_DESK_URL": "https://chat.shop.example/",
    "NIGHTDESK_AGENT_DESK_TOKEN": "the token",
    "NIGHTDESK_AGENT_DESK_SECRET": "the secret",
    "NIGHTDESK_AGENT_DESK_ACCOUNT": "1",
    "NIGHTDESK_AGENT_DESK_INBOX": "3",
}
ZAMMAD = {
    **CHATWOOT,
    "NIGHTDESK_AGENT_DESK": "zammad",
    "NIGHTDESK_AGENT_DESK_GROUP": "Night desk",
}


def client(answer: object = None, status: int = 200) -> httpx.AsyncClient:
    def respond(request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(status, json=answer, request=request)

    return httpx.AsyncClient(transport=httpx.MockTransport(respond))


def chatwoot(now: float = 1700000000) -> Chatwoot:
    return Chatwoot(client(), "https://c.example", "t", 1, 3, "the secret", now=lambda: now)


def zammad(answer: object = None) -> Zammad:
    return Zammad(client(answer), "https://z.example", "t", "Night desk", "the secret")


def test_the_console_is_all_there_is_unless_said_otherwise():
    assert workplace({}, client()) is None
    assert workplace({**ZAMMAD, "NIGHTDESK_AGENT_DESK": "console"}, client()) is None


def test_each_system_is_found_by_its_settings():
    assert isinstance(workplace(CHATWOOT, client()), Chatwoot)
    assert isinstance(workplace(ZAMMAD, client()), Zammad)


@pytest.mark.parametrize(
    ("base", "name", "value"),
    [
        (CHATWOOT, "NIGHTDESK_AGENT_DESK", "geheim"),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_URL", ""),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_URL", "geheim"),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_URL", "https://[geheim"),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_TOKEN", " "),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_INBOX", "geheim"),
        (CHATWOOT, "NIGHTDESK_AGENT_DESK_ACCOUNT", ""),
        (ZAMMAD, "NIGHTDESK_AGENT_DESK_GROUP", ""),
        (ZAMMAD, "NIGHTDESK_AGENT_DESK_SECRET", ""),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(base, name, value):
    with pytest.raises(WrongSettingError, match=name) as raised:
        workplace({**base, name: value}, client())
    assert "geheim" not in str(raised.value)


# The signatures were made with `openssl dgst -hmac`.

SIGNED = "sha256=51fbf68053de4dd2b1d5ba33d79595be86bdaff97fcbe4b6bca9f4e00929ff7b"
BODY = b'{"id":1}'


def test_a_chatwoot_event_is_believed_by_its_signature_while_it_is_fresh():
    headers = {"x-chatwoot-timestamp": "1700000000", "x-chatwoot-signature": SIGNED}
    assert chatwoot().subject(headers, BODY) == "1"
    for place, wrong in (
        (chatwoot(), {**headers, "x-chatwoot-signature": "sha256=" + "0" * 64}),
        (chatwoot(), {**headers, "x-chatwoot-timestamp": "1700000001"}),
        (chatwoot(), {"x-chatwoot-signature": SIGNED}),
        (chatwoot(), {}),
        (chatwoot(now=1700000301), headers),
    ):
        with pytest.raises(ForgedError):
            place.subject(wrong, BODY)
    with pytest.raises(ForgedError):
        chatwoot().subject(headers, BODY + b" ")


def test_a_zammad_event_is_believed_by_its_signature():
    body = b'{"ticket":{"id":81}}'
    right = "sha1=021c0d9e55f80e0bfd9436cd8ac78ef785630d1e"
    assert zammad().subject({"x-hub-signature": right}, body) == "81"
    for wrong in ({"x-hub-signature": "sha1=" + "0" * 40}, {}):
        with pytest.raises(ForgedError):
            zammad().subject(wrong, body)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("您好<br>请问<b>订单号</b>？", "text/html", "您好\n请问订单号？"),
        ("<div>一</div><div>二 &amp; 三</div>", "text/html", "一\n\n二 & 三"),
        ("<p>a</p>\n<p>\n b\n c</p>", "text/html", "a\n\nb c"),
        ("a < b\n<不是标签>", "text/plain", "a < b\n<不是标签>"),
        ("<img src='/api/v1/x'>", "text/html", ""),
    ],
)
def test_an_article_is_read_as_its_words(body, kind, text):
    article = {
        "id": 7,
        "body": body,
        "content_type": kind,
        "sender": "Agent",
        "internal": False,
        "from": '"Taylor, Emma" <emma@shop.example>',
        "created_by_id": 5,
    }

    def respond(request: httpx.Request) -> httpx.Response:
        answer = [article] if "by_ticket" in request.url.path else {"id": 1, "state": "open"}
        return httpx.Response(200, json=answer)

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    seen = asyncio.run(Zammad(http, "https://z.example", "t", "g", "s").look("1", 0))
    assert [(said.text, said.person.name) for said in seen.lines] == [(text, "Taylor, Emma")]


@pytest.mark.parametrize(
    "answer", [None, [], {}, {"payload": None}, {"id": "not one"}, httpx.ConnectError("the token")]
)
@pytest.mark.parametrize("settings", [CHATWOOT, ZAMMAD])
def test_an_answer_that_is_not_the_systems_is_out_of_reach(settings, answer):
    """And an error has no token in it."""
    place = workplace(settings, client(answer))
    assert place is not None
    calls = (lambda: place.look("1", 0), lambda: place.say("1", "x", "k", 0, True))
    for call in calls:
        with pytest.raises(OutOfReachError) as raised:
            asyncio.run(call())
        assert "the token" not in str(raised.value)
