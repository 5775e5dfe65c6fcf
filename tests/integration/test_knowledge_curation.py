"""How a shop keeps its knowledge: what was asked, gaps, replay, files; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from nightdesk import clock
from nightdesk.backends.knowledge import bank, catalogue
from nightdesk.backends.knowledge.api import router
from nightdesk.backends.knowledge.model import Asked
from nightdesk.backends.service import application
from nightdesk.database import Database
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

TOPICS = {
    "shipping_fee",
    "gift_wrap",
    "store_amenities",
    "pets_allowed",
    "store_hours",
    "payment_methods",
    "out_of_stock",
    "small_talk",
    "general_knowledge",
    "road_weather",
    "job_openings",
}
BANK = tuple(topic for topic in bank.shipped() if topic.id in TOPICS)


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: BANK)
    merchant = read(ROOT / "tests" / "unit" / "shop")
    with database.write() as session:
        catalogue.replace_faqs(session, merchant.faqs)
    app = application("knowledge", router(database, fit_in_background=False), "secret")
    with TestClient(app, headers={"Authorization": "Bearer secret"}) as client:
        yield client


def ask(client: TestClient, question: str, conversation: str = "c-1") -> dict[str, Any]:
    answer = client.get(
        "/knowledge/search", params={"q": question}, headers={"X-Conversation-Id": conversation}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def gaps(client: TestClient) -> list[dict[str, Any]]:
    return list(client.get("/knowledge/gaps").json()["gaps"])


def settle(client: TestClient, **body: Any) -> Any:
    return client.post("/knowledge/gaps/settle", json=body)


def recorded(database: Database) -> list[str]:
    with database.read() as session:
        return [str(text) for text in session.execute(select(Asked.question)).scalars()]


def take(client: TestClient, text: str | bytes, name: str, **query: Any) -> Any:
    raw = text.encode() if isinstance(text, str) else text
    return client.post("/knowledge/import", content=raw, params={"name": name, **query})


def test_what_a_conversation_asks_is_recorded_once_and_masked(
    client: TestClient, database: Database
) -> None:
    ask(client, "我的电话13800138000，能送货上门吗")
    ask(client, "我的电话13800138000，能送货上门吗")
    ask(client, "有停车位吗", "c-2")
    client.get("/knowledge/search", params={"q": "谁也没在问"})
    kept = recorded(database)
    assert len(kept) == 2
    assert not any("13800138000" in text for text in kept)


def test_what_was_asked_more_than_a_year_ago_is_forgotten(
    client: TestClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, "有停车位吗")
    later = clock.now() + timedelta(days=366)
    monkeypatch.setenv(clock.CLOCK, later.isoformat())
    ask(client, "能刷卡吗", "c-2")
    assert recorded(database) == ["能刷卡吗"]


def test_unanswered_questions_are_put_together_and_counted(client: TestClient) -> None:
    for number, question in enumerate(
        ("门口有停车位吗", "有停车位吗？", "停车位有吗", "狗能不能带进去")
    ):
        ask(client, question, f"c-{number}")
    ask(client, "包邮吗", "c-9")
    found = gaps(client)
    assert [gap["count"] for gap in found] == [3, 1]
    assert {example["question"] for example in found[0]["examples"]} == {
        "门口有停车位吗",
        "有停车位吗？",
        "停车位有吗",
    }
    assert [gap["topic"]["topic"] for gap in found] == ["store_amenities", "pets_allowed"]
    coverage = client.get("/knowledge/coverage").json()
    assert (coverage["asked"], coverage["answered"]) == (5, 1)


def test_questions_that_no_topic_explains_are_put_together_by_likeness(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    engraving = ["能刻字吗", "可以刻字吗", "杯子能刻字吗", "这个杯子可以刻字么"]
    pairing = ["蓝牙怎么连手机", "蓝牙连不上手机怎么办", "手机怎么连蓝牙"]
    alone = ["有没有质检报告", "会不会漏水"]
    for number, question in enumerate([*alone, *pairing, *engraving]):
        ask(client, question, f"c-{number}")
    monkeypatch.setattr("nightdesk.backends.knowledge.gaps.SPEAKS", 99.0)
    found = [{one["question"] for one in gap["examples"]} for gap in gaps(client)]
    assert found[:2] == [set(engraving), set(pairing)]
    assert found[2:]
    assert all(len(group) == 1 for group in found[2:])


def test_one_call_makes_an_entry_of_a_gap_and_closes_it(client: TestClient) -> None:
    for number, question in enumerate(("有停车位吗", "门口有停车位吗", "有停车位吗？")):
        ask(client, question, f"c-{number}")
    (gap,) = gaps(client)
    entry = {"question_zh": "有停车位吗？", "answer_zh": "门口有 12 个。"}
    made = settle(client, ids=gap["ids"], entry=entry, by="王店长")
    assert made.status_code == 200, made.text
    assert made.json()["entry"]["alt_questions"] == ["门口有停车位吗"]
    assert made.json()["entry"]["updated_by"] == "王店长"
    assert gaps(client) == []
    assert ask(client, "门口有停车位吗", "c-7")["hits"][0]["answer"] == "门口有 12 个。"


def test_an_entry_that_is_taken_back_leaves_its_gap_open(client: TestClient) -> None:
    ask(client, "有停车位吗")
    (gap,) = gaps(client)
    entry = {"question_zh": "有停车位吗？", "answer_zh": "有。"}
    made = settle(client, ids=gap["ids"], entry=entry).json()["entry"]
    assert gaps(client) == []
    client.delete(f"/knowledge/entries/{made['id']}")
    assert [one["question"] for one in gaps(client)] == ["有停车位吗"]


def test_an_answer_with_a_placeholder_that_does_not_exist_is_refused(client: TestClient) -> None:
    entry = {"question_zh": "多少钱？", "answer_zh": "只要 {no_such_price} 元"}
    refused = client.post("/knowledge/entries", json=entry)
    assert refused.status_code == 422
    assert "{no_such_price}" in refused.text


def test_one_call_makes_a_phrasing_of_a_gap(client: TestClient) -> None:
    ask(client, "寄出去的时候要另外给钱么")
    (gap,) = gaps(client)
    done = settle(client, ids=gap["ids"], phrasing_of="shipping_fee")
    assert "寄出去的时候要另外给钱么" in done.json()["entry"]["alt_questions"]
    assert gaps(client) == []
    assert ask(client, "寄出去的时候要另外给钱么", "c-2")["answerable"] is True


def test_a_dismissed_gap_does_not_come_back_and_two_wishes_at_once_are_refused(
    client: TestClient,
) -> None:
    ask(client, "今天天气怎么样")
    (gap,) = gaps(client)
    refused = settle(client, ids=gap["ids"], dismiss=True, phrasing_of="shipping_fee")
    assert refused.status_code == 422
    assert settle(client, ids=[99999], dismiss=True).status_code == 404
    assert len(gaps(client)) == 1
    assert settle(client, ids=gap["ids"], dismiss=True).status_code == 200
    assert gaps(client) == []
    ask(client, "今天天气怎么样？", "c-2")
    assert gaps(client) == []


def test_a_customer_who_asks_again_shows_an_answer_that_did_not_help(client: TestClient) -> None:
    ask(client, "包邮吗")
    ask(client, "包邮不")
    ask(client, "运费怎么收", "c-2")
    (doubtful,) = client.get("/knowledge/gaps").json()["doubtful"]
    assert doubtful["id"] == "shipping_fee"
    assert doubtful["examples"] == ["包邮吗", "包邮不"]


def test_the_wish_for_a_person_counts_against_what_was_asked_last(client: TestClient) -> None:
    ask(client, "有停车位吗", "c-1")
    ask(client, "包邮吗", "c-1")
    ask(client, "有停车位吗", "c-2")

    def wants_a_person(conversation: str) -> bool:
        headers = {"X-Conversation-Id": conversation}
        return bool(client.post("/knowledge/asked/person", headers=headers).json()["noted"])

    assert wants_a_person("c-1")
    assert wants_a_person("c-2")
    assert not wants_a_person("c-3")
    report = client.get("/knowledge/gaps").json()
    assert [(gap["count"], gap["persons"]) for gap in report["gaps"]] == [(2, 1)]
    (doubtful,) = report["doubtful"]
    assert (doubtful["id"], doubtful["again"], doubtful["persons"]) == ("shipping_fee", 0, 1)


def says_unhelpful(client: TestClient, entry: str, conversation: str, **body: Any) -> Any:
    headers = {"X-Conversation-Id": conversation}
    answer = client.post(
        "/knowledge/asked/unhelpful", json={"entry": entry, **body}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_answer_that_did_not_help_counts_against_its_entry_and_the_coverage(
    client: TestClient,
) -> None:
    ask(client, "包邮吗", "c-1")
    ask(client, "包邮吗", "c-2")
    assert client.get("/knowledge/coverage").json()["answered"] == 2
    assert says_unhelpful(client, "shipping_fee", "c-1")["noted"] is True
    assert says_unhelpful(client, "storage", "c-2")["noted"] in (True, False)
    (doubtful,) = [
        one
        for one in client.get("/knowledge/gaps").json()["doubtful"]
        if one["id"] == "shipping_fee"
    ]
    assert (doubtful["unhelpful"], doubtful["again"], doubtful["persons"]) == (1, 0, 0)
    assert doubtful["examples"] == ["包邮吗"]
    assert client.get("/knowledge/coverage").json()["answered"] < 2


def test_the_next_entries_are_named_in_the_customers_language(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk.backends.knowledge.curation.NEXT_FROM", 0.0)
    ask(client, "包邮吗", "c-1")
    (nearest,) = says_unhelpful(client, "shipping_fee", "c-1", lang="en")["nearest"]
    assert nearest == {"id": "storage", "question": "How do I store tea?"}


def test_what_nobody_was_told_is_not_noted(client: TestClient) -> None:
    ask(client, "包邮吗", "c-1")
    assert says_unhelpful(client, "shipping_fee", "c-2") == {"noted": False, "nearest": []}
    missing = client.post("/knowledge/asked/unhelpful", json={"entry": "shipping_fee"})
    assert missing.status_code == 422


def test_a_replay_shows_what_would_change_and_changes_nothing(client: TestClient) -> None:
    ask(client, "有停车位吗")
    ask(client, "包邮吗", "c-2")
    content = {"question_zh": "有停车位吗？", "answer_zh": "门口有 12 个。"}
    report = client.post("/knowledge/replay", json={"content": content}).json()
    changed = {one["question"]: one for one in report["differences"]}
    assert changed["有停车位吗"]["before"] is None
    assert changed["有停车位吗"]["after"]["answer"] == "门口有 12 个。"
    assert changed["有停车位吗"]["asked"] == 1
    assert "包邮吗" not in changed
    assert ask(client, "有停车位吗", "c-3")["answerable"] is False


STORAGE = {"question_zh": "茶叶怎么保存？", "answer_zh": "放太阳底下。"}


@pytest.mark.parametrize(
    ("changed", "contradicts"),
    [
        ({}, True),
        ({"answer_zh": "密封、避光、冷藏"}, False),
        ({"question_zh": "茶叶?", "alt_questions": ["要放冰箱吗？"]}, True),
        ({"branches": ["HZ-1"]}, True),
    ],
)
def test_a_question_that_another_entry_has_is_warned_of_before_it_goes_live(
    client: TestClient, changed: dict[str, Any], contradicts: bool
) -> None:
    report = client.post("/knowledge/replay", json={"content": {**STORAGE, **changed}}).json()
    (conflict,) = report["conflicts"]
    assert (conflict["id"], conflict["contradicts"]) == ("storage", contradicts)


@pytest.mark.parametrize(
    "apart",
    [
        ({"branches": ["A"]}, {"branches": ["B"]}),
        ({"products": ["A"]}, {"products": ["B"]}),
        (
            {"valid_until": "2026-06-01T00:00:00+08:00"},
            {"valid_from": "2026-06-01T00:00:00+08:00"},
        ),
    ],
)
def test_entries_that_never_hold_at_once_do_not_contradict(
    client: TestClient, apart: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    question = {"question_zh": "能不能刻字？", "answer_zh": "能。"}
    client.post("/knowledge/entries", json={**question, **apart[0]})
    content = {**question, "answer_zh": "不能。", **apart[1]}
    report = client.post("/knowledge/replay", json={"content": content})
    assert report.json()["conflicts"] == []


def test_an_entry_does_not_contradict_itself(client: TestClient) -> None:
    content = {"answer_zh": "换个说法。"}
    report = client.post("/knowledge/replay", json={"id": "storage", "content": content}).json()
    assert report["conflicts"] == []


def test_a_replay_that_would_take_minutes_is_refused(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk.backends.knowledge.replay.MOST_ENTRIES", 1)
    refused = client.post("/knowledge/replay", json={"id": "shipping_fee"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (422, "too_many")


def test_a_replay_of_a_withdrawal_shows_what_is_lost(client: TestClient) -> None:
    ask(client, "包邮吗")
    report = client.post("/knowledge/replay", json={"id": "shipping_fee"}).json()
    (lost,) = [one for one in report["differences"] if one["question"] == "包邮吗"]
    assert lost["before"]["id"] == "shipping_fee"
    assert lost["after"] is None or lost["after"]["id"] != "shipping_fee"


def test_a_topic_is_proposed_for_a_draft_and_its_phrasings_work_once_accepted(
    client: TestClient,
) -> None:
    draft = {"question_zh": "有礼品盒吗？", "answer_zh": "有,5 元一个。"}
    (first, *_) = client.post("/knowledge/topics/propose", json=draft).json()["topics"]
    assert first["topic"] == "gift_wrap"
    made = client.post("/knowledge/entries", json={**draft, "topic": first["topic"]}).json()
    assert ask(client, "送人可以包好看点吗")["hits"][0]["id"] == made["id"]
    owners = {
        one["topic"]: one["entry"] for one in client.get("/knowledge/topics").json()["topics"]
    }
    assert owners["gift_wrap"] == made["id"]


@pytest.mark.parametrize("kind", ["csv", "md", "html", "docx"])
def test_an_export_is_imported_again_without_a_change(client: TestClient, kind: str) -> None:
    tricky = {
        "question_zh": "发票<专票>能开吗？",
        "answer_zh": '能:\n1. 发抬头|税号\n2. 等 "3" 天 & 收邮件',
        "alt_questions": ["专票=开?", "a|b".replace("|", "/")],
        "category": "发票",
    }
    made = client.post("/knowledge/entries", json=tricky)
    assert made.status_code == 201, made.text
    file = client.get("/knowledge/export", params={"format": kind})
    assert file.status_code == 200
    again = take(client, file.content, f"faq.{kind}")
    assert again.status_code == 200, again.text
    assert again.json()["created"] == again.json()["changed"] == []
    assert made.json()["id"] in again.json()["unchanged"]


def test_a_word_like_table_with_chinese_columns_changes_only_what_it_holds(
    client: TestClient,
) -> None:
    question = client.get("/knowledge/entries/shipping_fee").json()["question_zh"]
    table = f"| 问题 | 答案 |\n|---|---|\n| {question} | 满 100 元包邮。 |\n| 能停车吗 | 能。 |\n"
    tried = take(client, table, "faq.md", try_only=True).json()
    assert (len(tried["created"]), tried["changed"]) == (1, ["shipping_fee"])
    assert ask(client, "包邮吗")["hits"][0]["answer"] == "满 80 元包邮。"
    before = client.get("/knowledge/entries/shipping_fee").json()
    assert take(client, table, "faq.md").json()["changed"] == ["shipping_fee"]
    after = client.get("/knowledge/entries/shipping_fee").json()
    assert after["answer_zh"] == "满 100 元包邮。"
    assert after["alt_questions"] == before["alt_questions"]
    assert take(client, table, "faq.md").json()["created"] == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("<script>alert(1)</script>能", "markup"),
        ("价格是 {no_such_price}", "placeholder"),
        ("", "empty"),
    ],
)
def test_a_row_that_cannot_be_taken_is_named_and_nothing_is_half_done(
    client: TestClient, answer: str, said: str
) -> None:
    text = f'问题,答案\n能停车吗,能。\n能刷卡吗,"{answer}"\n'
    refused = take(client, text, "我的问题.csv")
    assert refused.status_code == 422
    (problem,) = refused.json()["error"]["details"]["problems"]
    assert (problem["file"], problem["row"], problem["column"]) == ("我的问题.csv", 3, "answer_zh")
    assert said in problem["what"]["en"]
    assert client.get("/knowledge/entries").json()["total"] == _entries(client)
    assert ask(client, "能停车吗")["answerable"] is False


def _entries(client: TestClient) -> int:
    return len(read(ROOT / "tests" / "unit" / "shop").faqs)


def test_duplicate_ids_are_refused_and_contradictions_warned_of(client: TestClient) -> None:
    twice = "id,问题,答案\na,能停车吗,能。\na,能刷卡吗,能。\n"
    refused = take(client, twice, "faq.csv").json()["error"]["details"]["problems"]
    assert [(one["row"], one["column"]) for one in refused] == [(3, "id")]
    against = "id,问题,答案\na,能停车吗,能。\nb,能停车吗？,不能。\nc,包邮不,从来不。\n"
    warnings = take(client, against, "faq.csv").json()["warnings"]
    assert [one["row"] for one in warnings if "another answer" in one["what"]["en"]] == [3]


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('问题,答案\n能停车吗,"能。\n能刷卡吗,能。\n', 2),
        ("问题,答案\n能停车吗,能。\n能刷卡吗,能,不能,都行\n", 3),
        ("问题,答案\n能停车吗,能。\n能刷卡吗,\n", 3),
        ("问题,答案\n能停车吗,#REF!\n", 2),
    ],
)
def test_a_broken_row_is_named_and_nothing_is_taken(
    client: TestClient, text: str, row: int
) -> None:
    refused = take(client, text, "faq.csv")
    assert refused.status_code == 422
    rows = [one["row"] for one in refused.json()["error"]["details"]["problems"]]
    assert row in rows
    assert client.get("/knowledge/entries").json()["total"] == _entries(client)


def test_a_page_with_a_script_is_refused(client: TestClient) -> None:
    page = "<table><tr><th>问题<th>答案<tr><td>能停车吗<td>能</table><script>steal()</script>"
    refused = take(client, page, "faq.html")
    assert refused.status_code == 422
    assert "script" in refused.json()["error"]["details"]["problems"][0]["what"]["en"]


@pytest.mark.parametrize("raw", [b"PK\x03\x04nonsense", b"", b"\xff\xfe\x00", b"no table here"])
def test_what_is_no_table_is_refused_with_a_reason(client: TestClient, raw: bytes) -> None:
    for name in ("a.docx", "a.html", "a.md", "a.csv", "a"):
        refused = take(client, raw, name)
        assert refused.status_code == 422, (name, refused.text)
        assert refused.json()["error"]["details"]["problems"]
