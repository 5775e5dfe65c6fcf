"""What is sent to each platform: signatures, words, limits, and that no secret gets out."""

from __future__ import annotations

import asyncio
import json
from datetime import timezone

import httpx
import pytest

from nightdesk.desk.handoff.notify import configuration, dingtalk, feishu, mail, webhook
from nightdesk.desk.handoff.notify.configuration import targets
from nightdesk.desk.handoff.notify.message import compose
from nightdesk.desk.handoff.notify.target import NotTakenError, pause_of
from nightdesk.settings import WrongSettingError

WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=key-of-the-robot"
DINGTALK = "https://oapi.dingtalk.com/robot/send?access_token=token-of-the-robot"
FEISHU = "https://open.feishu.cn/open-apis/bot/v2/hook/id-of-the-robot"
SMTP = "smtps://desk%40shop.example:p%2Fss%3Aword@mail.shop.example?to=a@shop.example,b@x.example"
HOOK = "https://shop.example/night"
ALL = {
    "NIGHTDESK_NOTIFY_WECOM": WECOM,
    "NIGHTDESK_NOTIFY_DINGTALK": DINGTALK,
    "NIGHTDESK_NOTIFY_DINGTALK_SECRET": "SECdingtalk",
    "NIGHTDESK_NOTIFY_FEISHU": FEISHU,
    "NIGHTDESK_NOTIFY_FEISHU_SECRET": "feishu secret",
    "NIGHTDESK_NOTIFY_SMTP": SMTP,
    "NIGHTDESK_NOTIFY_WEBHOOK": HOOK,
    "NIGHTDESK_NOTIFY_WEBHOOK_SECRET": "sixteen letters.",
}


def facts(number: int = 0, **changes: object) -> dict:
    return {
        "kind": "waiting",
        "conversation_id": f"c{number}",
        "reason": "asked",
        "priority": "high",
        "summary": [f"张伟{number} ******00", "“要退货”", "机器人答了 2 次"],
        "link": f"https://shop.example/console/#/desk/c{number}",
        "at": "2026-11-22T19:00:00+00:00",
        **changes,
    }


def message(*notices: dict, languages: tuple[str, ...] = ("zh", "en")):
    kept = [(f"key-{number}", notice) for number, notice in enumerate(notices or [facts()])]
    return compose(kept, languages, timezone.utc)


# The expected signatures were made with `openssl dgst -sha256 -hmac`.


def test_dingtalk_is_signed_as_its_documentation_says():
    made = dingtalk.sign(1700000000000, "this is secret")
    assert made == "sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0="


def test_feishu_is_signed_as_its_documentation_says():
    made = feishu.sign(1599360473, "demo secret")
    assert made == "4OB1tNwrCa7wo7BbZnRkKWc7lI6ScctwyIwCoO67xFQ="


def test_the_webhook_is_signed_over_time_and_body():
    made = webhook.sign(1700000000, b'{"id":"a"}', "sixteen letters.")
    assert made == "68a041a41cb588b48daa1a2ef2069caa3e56997c5de249a443627035edd0f6b0"


def test_the_same_notice_has_the_same_message_id():
    first = mail.message_id("waiting:c:1:mail", "desk@shop.example")
    assert first == mail.message_id("waiting:c:1:mail", "desk@shop.example")
    assert first != mail.message_id("waiting:c:2:mail", "desk@shop.example")
    assert first.endswith("@shop.example>")


def test_every_place_of_the_environment_is_found():
    found = targets(ALL, httpx.AsyncClient())
    assert [target.name for target in found] == ["wecom", "dingtalk", "feishu", "mail", "webhook"]
    server = found[3]._server  # type: ignore[attr-defined]
    assert (server.host, server.port, server.tls) == ("mail.shop.example", 465, True)
    assert (server.user, server.password) == ("desk@shop.example", "p/ss:word")


def test_without_settings_nobody_is_told():
    assert targets({"NIGHTDESK_PORT": "1"}, httpx.AsyncClient()) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NIGHTDESK_NOTIFY_WECOM", "key-of-the-robot"),
        ("NIGHTDESK_NOTIFY_WECOM", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"),
        ("NIGHTDESK_NOTIFY_DINGTALK", "https://oapi.dingtalk.com/robot/send?token=geheim"),
        ("NIGHTDESK_NOTIFY_FEISHU", "ftp://open.feishu.cn/open-apis/bot/v2/hook/geheim"),
        ("NIGHTDESK_NOTIFY_FEISHU", "https://open.feishu.cn/geheim"),
        ("NIGHTDESK_NOTIFY_SMTP", "smtp://u:geheim@mail.example?to=nobody"),
        ("NIGHTDESK_NOTIFY_SMTP", "smtp://u:geheim@mail.example:port?from=a@b&to=c@d"),
        ("NIGHTDESK_NOTIFY_SMTP", "smtp://u:geheim@mail.example?from=a@b&to=c@d&cc=e@f"),
        ("NIGHTDESK_NOTIFY_SMTP", "smtp://:geheim@mail.example?from=a@b&to=c@d"),
        ("NIGHTDESK_NOTIFY_SMTP", "smtp://mail.example?from=a@b&to=c@d%0d%0aBcc:x@y"),
        ("NIGHTDESK_NOTIFY_SMTP", "mail.example"),
        ("NIGHTDESK_NOTIFY_WEBHOOK", "https://"),
        ("NIGHTDESK_NOTIFY_WEBHOOK_SECRET", "geheim"),
        ("NIGHTDESK_NOTIFY_SLACK", "https://hooks.slack.example/geheim"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_is_not(name: str, value: str):
    with pytest.raises(WrongSettingError) as raised:
        targets({**ALL, name: value}, httpx.AsyncClient())
    assert name in str(raised.value)
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("name", ["DINGTALK", "FEISHU", "WEBHOOK"])
def test_a_secret_for_no_place_is_refused(name: str):
    lonely = {f"NIGHTDESK_NOTIFY_{name}_SECRET": "sixteen letters."}
    with pytest.raises(WrongSettingError, match=name):
        targets(lonely, httpx.AsyncClient())


def test_a_message_says_why_how_urgent_who_what_and_where():
    text = message(facts(priority="urgent", reason="safety")).plain(4096)
    for part in (
        "NightDesk [紧急 · urgent]",
        "安全问题 · safety",
        "张伟0",
        "要退货",
        "11-22 19:00",
    ):
        assert part in text
    assert text.endswith("https://shop.example/console/#/desk/c0")


@pytest.mark.parametrize(
    ("languages", "there", "absent"),
    [(("zh",), "顾客要求人工", "asked for"), (("en", "fr"), "asked for a person", "顾客")],
)
def test_a_message_speaks_the_shops_languages(languages, there, absent):
    text = message(facts(summary=["x", "y", "z"]), languages=languages).plain(4096)
    assert there in text
    assert absent not in text


def test_what_a_customer_wrote_makes_no_link_and_calls_nobody():
    nasty = facts(summary=["<@all>", "[免费](https://evil.example) **大**", "#\n# 标题"])
    text = message(nasty).markdown(4096)
    assert "<@" not in text
    assert "](https://evil" not in text
    assert "\n#" not in text
    assert text.count("](") == 1


def test_many_that_wait_fit_into_one_message_with_the_gravest_first():
    notices = [facts(number, summary=["张" * 40, "货" * 200, ""]) for number in range(50)]
    notices[33]["priority"] = "urgent"
    many = message(*notices)
    for text in (many.plain(4096), many.markdown(4096)):
        assert len(text.encode()) <= 4096
        assert "50 段对话" in text
        shown = text.count("/desk/")
        assert 0 < shown < 50
        assert f"另有 {50 - shown} 条" in text
        assert text.index("/c33") < text.index("/c0")
    body = feishu.Feishu(httpx.AsyncClient(), FEISHU, "s").request(many)[1]
    assert len(json.dumps(body, ensure_ascii=False).encode()) <= 20_000


def test_a_message_that_just_fits_leaves_nothing_out():
    two = message(*(facts(number) for number in range(2)))
    whole = two.plain(100_000)
    assert two.plain(len(whole.encode())) == whole
    assert "另有 1 条" in two.plain(len(whole.encode()) - 1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"x-ogw-ratelimit-reset": "52"}, 52),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_a_pause_that_is_asked_for_is_understood(headers, seconds):
    assert pause_of(httpx.Response(429, headers=headers)) == seconds


@pytest.mark.parametrize("place", range(5))
def test_no_error_tells_a_secret(place: int, monkeypatch):
    """The transport fails with everything it knows of the request in its message."""

    def fail(request: httpx.Request) -> httpx.Response:
        told = f"{request.url} {request.headers} {request.content.decode()} p/ss:word"
        raise httpx.ConnectError(told)

    def fail_to_connect(*_arguments: object, **_options: object) -> None:
        raise OSError("no way to p/ss:word")

    monkeypatch.setattr(mail.smtplib, "SMTP_SSL", fail_to_connect)
    client = httpx.AsyncClient(transport=httpx.MockTransport(fail))
    target = targets(ALL, client)[place]
    with pytest.raises(NotTakenError) as raised:
        asyncio.run(target.send(message()))
    for secret in ("key-of-the-robot", "token-of-the-robot", "id-of-the-robot", "p/ss:word"):
        assert secret not in raised.value.reason
    assert raised.value.__cause__ is None


def test_an_answer_that_is_not_the_platforms_is_no_success():
    def page(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<h1>It works!</h1>")

    client = httpx.AsyncClient(transport=httpx.MockTransport(page))
    for target in targets(ALL, client)[:3]:
        with pytest.raises(NotTakenError, match="URL"):
            asyncio.run(target.send(message()))


def test_the_client_reaches_this_machine_past_a_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    client = configuration.client()
    direct = client._transport_for_url(httpx.URL("http://127.0.0.1:1"))
    assert direct is client._transport
    assert client._transport_for_url(httpx.URL("http://shop.example")) is not direct
