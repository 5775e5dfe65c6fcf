"""The knowledge contract over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from nightdesk.backends.knowledge import bank, catalogue
from nightdesk.backends.knowledge.api import router
from nightdesk.backends.knowledge.bank import Topic
from nightdesk.backends.service import application
from nightdesk.database import Database
from nightdesk.merchant.reader import read
from nightdesk.settings import ROOT

POSTAGE = Topic("postage", "运费", {"standard": ("运费怎么收", "包邮不", "寄费要多少")})
PARKING = {
    "question_zh": "有停车位吗？",
    "answer_zh": "门口有 12 个。",
    "alt_questions": ["能停车不"],
}


@pytest.fixture
def client(database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setattr(bank, "shipped", lambda folder=bank.BANK: (POSTAGE,))
    merchant = read(ROOT / "tests" / "unit" / "shop")
    with database.write() as session:
        catalogue.replace_faqs(session, merchant.faqs)
        catalogue.replace_faults(session, merchant.faults)
    app = application("knowledge", router(database, fit_in_background=False), "secret")
    with TestClient(app, headers={"Authorization": "Bearer secret"}) as client:
        yield client


def search(client: TestClient, q: str, **query: Any) -> dict[str, Any]:
    answer = client.get("/knowledge/search", params={"q": q, **query})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def first(client: TestClient, q: str, **query: Any) -> str | None:
    hits = search(client, q, **query)["hits"]
    return str(hits[0]["id"]) if hits else None


def create(client: TestClient, **fields: Any) -> dict[str, Any]:
    answer = client.post("/knowledge/entries", json={**PARKING, **fields})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_search_gives_the_answer_in_the_language_asked_for(client: TestClient) -> None:
    found = search(client, "包邮吗", lang="en")
    assert found["answerable"] is True
    assert found["hits"][0]["answer"] == "Free from CNY 80."
    assert found["hits"][0]["lang"] == "en"
    assert search(client, "包邮吗")["hits"][0]["answer"] == "满 80 元包邮。"


def test_a_phrasing_of_the_bank_finds_the_entry(client: TestClient) -> None:
    assert first(client, "寄费要多少") == "shipping_fee"


def test_an_entry_is_live_at_once_and_gone_at_once(client: TestClient) -> None:
    assert first(client, "能停车不") != "parking"
    create(client, id="parking")
    assert search(client, "能停车不")["answerable"] is True
    assert first(client, "能停车不") == "parking"
    assert client.delete("/knowledge/entries/parking").status_code == 204
    assert first(client, "能停车不") != "parking"


def test_an_edit_through_one_process_is_live_in_another(
    client: TestClient, database: Database
) -> None:
    other = application("knowledge", router(database, fit_in_background=False), "secret")
    with TestClient(other, headers={"Authorization": "Bearer secret"}) as second:
        assert first(second, "能停车不") != "parking"
        create(client, id="parking")
        assert first(second, "能停车不") == "parking"


def test_an_entry_is_found_only_in_its_time_and_scope(client: TestClient) -> None:
    create(client, id="old", valid_until="2020-01-01T00:00:00+08:00")
    assert first(client, "能停车不") != "old"
    create(client, id="here", branches=["HZ-1"])
    assert first(client, "能停车不", branch="HZ-1") == "here"
    assert first(client, "能停车不", branch="SH-9") != "here"


def test_changes_are_kept_with_who_made_them_and_can_be_undone(client: TestClient) -> None:
    create(client, id="parking", by="mei")
    changed = client.patch(
        "/knowledge/entries/parking", json={"answer_zh": "暂时没有。", "version": 1, "by": "lan"}
    ).json()
    assert (changed["version"], changed["answer_zh"]) == (2, "暂时没有。")
    history = client.get("/knowledge/entries/parking/history").json()["changes"]
    assert [(c["version"], c["action"], c["by"]) for c in history] == [
        (2, "edited", "lan"),
        (1, "created", "mei"),
    ]
    undone = client.post("/knowledge/entries/parking/restore", params={"version": 1}).json()
    assert (undone["version"], undone["answer_zh"]) == (3, "门口有 12 个。")


def test_two_people_do_not_overwrite_each_other(client: TestClient) -> None:
    create(client, id="parking")
    first_edit = {"answer_zh": "一", "version": 1}
    assert client.patch("/knowledge/entries/parking", json=first_edit).status_code == 200
    late = client.patch("/knowledge/entries/parking", json={"answer_zh": "二", "version": 1})
    assert late.status_code == 409
    assert late.json()["error"]["code"] == "changed_meanwhile"


def test_one_key_makes_one_entry(client: TestClient) -> None:
    headers = {"Idempotency-Key": "k1"}
    made = [client.post("/knowledge/entries", json=PARKING, headers=headers) for _ in range(3)]
    assert len({answer.json()["id"] for answer in made}) == 1
    assert client.get("/knowledge/entries").json()["total"] == 3


def test_simultaneous_edits_are_all_in_the_history(client: TestClient) -> None:
    create(client, id="parking")

    def edit(number: int) -> int:
        body = {"answer_zh": f"第 {number} 版"}
        return client.patch("/knowledge/entries/parking", json=body).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(edit, range(16))) == {200}
    changes = client.get("/knowledge/entries/parking/history").json()["changes"]
    assert [change["version"] for change in changes] == list(range(17, 0, -1))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question_zh": "有吗"},
        {**PARKING, "answer_zh": "<script>alert(1)</script>"},
        {**PARKING, "answer_zh": "x" * 10_001},
        {**PARKING, "id": "two words"},
        {**PARKING, "valid_from": "2026-01-01T00:00:00"},
        {
            **PARKING,
            "valid_from": "2026-02-01T00:00:00+08:00",
            "valid_until": "2026-01-01T00:00:00+08:00",
        },
        {**PARKING, "unknown": 1},
    ],
)
def test_a_wrong_entry_is_refused_and_nothing_is_kept(
    client: TestClient, body: dict[str, Any]
) -> None:
    answer = client.post("/knowledge/entries", json=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"
    assert client.get("/knowledge/entries").json()["total"] == 2


def test_an_edit_may_not_leave_half_an_entry(client: TestClient) -> None:
    answer = client.patch("/knowledge/entries/storage", json={"answer_zh": "", "answer_en": ""})
    assert answer.status_code == 422


def test_a_question_of_five_thousand_characters_is_refused_plainly(client: TestClient) -> None:
    answer = client.get("/knowledge/search", params={"q": "问" * 5000})
    assert answer.status_code == 422
    assert answer.json()["error"]["details"]["fields"][0]["field"] == "query.q"


def test_what_does_not_exist_is_not_found(client: TestClient) -> None:
    assert client.get("/knowledge/entries/none").status_code == 404
    assert client.patch("/knowledge/entries/none", json={}).status_code == 404
    assert client.post("/knowledge/entries", json={**PARKING, "id": "storage"}).status_code == 409


def test_a_fault_is_found_by_what_it_is_like(client: TestClient) -> None:
    answer = client.get("/faults/search", params={"q": "按了没反应,水不热", "lang": "en"}).json()
    assert answer["hits"][0]["id"] == "kettle_cold"
    assert answer["hits"][0]["symptom"] == "Kettle does not heat"
    assert answer["hits"][0]["service"] is None


def test_the_bank_proposes_topics(client: TestClient) -> None:
    proposed = client.get("/knowledge/entries/shipping_fee/topics").json()["topics"]
    assert proposed[0]["topic"] == "postage"
    assert proposed[0]["phrasings"] == 3


def test_it_says_when_everything_is_known(client: TestClient) -> None:
    first(client, "包邮吗")
    client.get("/faults/search", params={"q": "水不热"})
    assert client.get("/knowledge/ready").json() == {"entries": True, "faults": True}


def test_without_the_token_nothing_is_told(client: TestClient) -> None:
    answer = client.get("/knowledge/search", params={"q": "包邮吗"}, headers={"Authorization": ""})
    assert answer.status_code == 401
