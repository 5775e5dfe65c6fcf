"""The optional embedding model: a tiny one of three meanings, served as OpenAI serves its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from nightdesk.backends.knowledge import embedding
from nightdesk.backends.knowledge.embedding import Embedded, Embedder, Options, Silent
from nightdesk.backends.knowledge.ranker import Item, Ranker

MEANINGS = (("宠物", "毛孩子", "dog"), ("停车", "泊位", "parking"), ("刻字", "镌", "engrave"))
ITEMS = [
    Item("pets", ("店里能带宠物吗",)),
    Item("parking", ("门口可以停车吗",)),
    Item("engraving", ("杯子能刻字吗",)),
]
QUESTION = "毛孩子放得进来不"


@dataclass
class Model:
    """A server of the tiny model. ``wrong``: how it answers instead, once it is set."""

    url: str = ""
    wrong: str = ""
    asked: list[list[str]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    end: threading.Event = field(default_factory=threading.Event)

    def vector(self, text: str) -> list[float]:
        own = [float(any(word in text for word in words)) for words in MEANINGS]
        return [*own, 0.2]

    def answer(self, body: dict[str, Any]) -> tuple[int, bytes]:
        texts: list[str] = body["input"]
        self.asked.append(texts)
        rows = [{"index": i, "embedding": self.vector(text)} for i, text in enumerate(texts)]
        rows.reverse()  # the order is told by the index alone
        if self.wrong == "slow":
            self.end.wait(30)
        if self.wrong == "error":
            return 500, b"{}"
        if self.wrong == "garbage":
            return 200, b"<html>"
        if self.wrong == "short":
            rows = rows[1:]
        if self.wrong == "size":
            rows = [{**row, "embedding": [1.0, 2.0]} for row in rows]
        if self.wrong == "ragged":
            rows.append({"index": len(rows), "embedding": [1.0]})
        if self.wrong == "zero":
            rows = [{**row, "embedding": [0.0] * 4} for row in rows]
        if self.wrong == "nan":
            rows = [{**row, "embedding": [float("nan")] * 4} for row in rows]
        return 200, json.dumps({"data": rows}).encode()


@pytest.fixture
def model() -> Iterator[Model]:
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/embeddings"
            model.headers.append(self.headers.get("Authorization", ""))
            length = int(self.headers["Content-Length"])
            status, body = model.answer(json.loads(self.rfile.read(length)))
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:
                pass  # the client did not wait

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    yield model
    model.end.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def options(model: Model) -> Options:
    return Options(model.url, weight=4.0, timeout=20.0, patience=20.0)


def ranker(monkeypatch: pytest.MonkeyPatch, embedder: Embedder | None) -> Ranker:
    monkeypatch.setattr(embedding, "configured", lambda: embedder)
    made = Ranker(ITEMS)
    made.fit()
    return made


def scores(ranker: Ranker, question: str = QUESTION) -> dict[str, float]:
    return {hit.id: hit.score for hit in ranker.rank(question).hits}


def test_what_shares_no_word_is_found_by_its_meaning(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = scores(ranker(monkeypatch, None))
    with_model = scores(ranker(monkeypatch, Embedder(options)))
    assert max(with_model, key=lambda key: with_model[key]) == "pets"
    assert with_model["pets"] > without.get("pets", 0) + 0.1


WRONG = ("error", "garbage", "short", "ragged", "zero", "nan")


@pytest.mark.parametrize("wrong", [*WRONG, "size"])
def test_a_question_is_answered_without_a_model_that_misbehaves(
    model: Model, options: Options, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    without = scores(ranker(monkeypatch, None))
    learnt = ranker(monkeypatch, Embedder(options))
    model.wrong = wrong
    assert scores(learnt) == without
    model.wrong = ""
    assert scores(learnt) != without


def test_a_question_does_not_wait_for_a_slow_model(
    model: Model, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = scores(ranker(monkeypatch, None))
    learnt = ranker(monkeypatch, Embedder(replace(options, timeout=0.2)))
    model.wrong = "slow"
    assert scores(learnt) == without
    assert not model.end.is_set()


@pytest.mark.parametrize("wrong", WRONG)
def test_phrasings_that_the_model_did_not_take_change_nothing(
    model: Model, options: Options, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    without = scores(ranker(monkeypatch, None))
    model.wrong = wrong
    assert scores(ranker(monkeypatch, Embedder(options))) == without


def test_a_model_that_is_down_is_left_alone_for_a_while(model: Model, options: Options) -> None:
    embedder = Embedder(replace(options, misses=2, pause=3600))
    model.wrong = "error"
    for _ in range(5):
        with pytest.raises(Silent):
            embedder.question(QUESTION)
    assert len(model.asked) == 2


def test_after_the_pause_one_failure_begins_another(
    model: Model, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr("nightdesk.backends.knowledge.embedding.time.monotonic", lambda: now[0])
    embedder = Embedder(replace(options, misses=2, pause=30))
    model.wrong = "error"
    for moment, calls in ((0, 1), (0, 2), (0, 2), (31, 3), (31, 3)):
        now[0] = moment
        with pytest.raises(Silent):
            embedder.question(QUESTION)
        assert len(model.asked) == calls, moment
    model.wrong, now[0] = "", 62.0
    assert embedder.question(QUESTION).shape == (4,)


def test_nothing_listens(options: Options) -> None:
    embedder = Embedder(replace(options, url="http://127.0.0.1:9/v1", timeout=5))
    with pytest.raises(Silent):
        embedder.learn(["门口可以停车吗"])


def test_each_text_is_sent_once(model: Model, options: Options) -> None:
    embedder = Embedder(options)
    embedder.learn(["停车", "刻字", "停车"])
    embedder.learn(["刻字", "宠物"])
    embedder.question("停车吗")
    embedder.question("停车吗")
    assert model.asked == [["停车", "刻字"], ["宠物"], ["停车吗"]]


def test_an_entry_that_is_new_is_judged_once_its_vectors_are_there(
    options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    embedder = Embedder(options)
    ranker(monkeypatch, embedder)
    texts = [item.phrasings for item in ITEMS] + [("能带 dog 进门吗",)]
    meaning = Embedded(texts, embedder)
    margins = np.zeros(4, np.float32)
    before = meaning.added(margins, QUESTION)
    assert before[0] > 0
    assert before[3] == 0
    meaning.prepare()
    assert meaning.added(margins, QUESTION)[3] > 0


def test_the_prefixes_and_the_key_are_sent(model: Model, options: Options) -> None:
    given = replace(options, key="k-1", query_prefix="query: ", text_prefix="passage: ")
    embedder = Embedder(given)
    embedder.learn(["停车"])
    embedder.question("停车吗")
    assert model.asked == [["passage: 停车"], ["query: 停车吗"]]
    assert model.headers == ["Bearer k-1"] * 2


def test_a_telephone_number_does_not_leave(model: Model, options: Options) -> None:
    Embedder(options).question("我电话 13800138000，能停车吗")
    assert "13800138000" not in model.asked[0][0]
    assert "能停车吗" in model.asked[0][0]


def test_too_many_classes_are_not_embedded(
    model: Model, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "MOST_CLASSES", 2)
    meaning = Embedded([item.phrasings for item in ITEMS], Embedder(options))
    meaning.prepare()
    assert model.asked == []


def test_it_is_off_unless_an_address_is_given() -> None:
    assert Options.of({}) is None
    assert Options.of({"NIGHTDESK_EMBEDDING_MODEL": "bge"}) is None
    options = Options.of(
        {
            "NIGHTDESK_EMBEDDING_URL": "http://localhost:1/v1/",
            "NIGHTDESK_EMBEDDING_MODEL": "bge",
            "NIGHTDESK_EMBEDDING_WEIGHT": "2.5",
            "NIGHTDESK_EMBEDDING_QUERY_PREFIX": "query: ",
        }
    )
    assert options == Options("http://localhost:1/v1", "bge", weight=2.5, query_prefix="query: ")
    with pytest.raises(ValueError, match="could not convert"):
        Options.of({"NIGHTDESK_EMBEDDING_URL": "x", "NIGHTDESK_EMBEDDING_WEIGHT": "much"})
