"""How long an edit of the knowledge base takes until a customer's question gets it.

``python -m bench.knowledge_live [--runs 10] [--merchant merchants/qiming]`` starts the knowledge
service as a process of its own over a new SQLite database with that merchant and the shipped bank.
A run makes an entry, changes its answer, and withdraws it. Each time is from the moment before the
request is sent to the first search, asked again and again over HTTP, that answers accordingly.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bench.server import running
from nightdesk.database import Database, connect, migrate
from nightdesk.merchant.load import load
from nightdesk.merchant.reader import read
from nightdesk.running import ports
from nightdesk.settings import ROOT

TOKEN = "bench"
QUESTION = "你们的会员能带家属进休息室打乒乓球吗"
PATIENCE_S = 60.0
SETTLE_S = 8.0
"""Between the runs: the classifier behind the last edit is fitted in that time."""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--runs", type=int, default=10)
    options.add_argument("--merchant", type=Path, default=ROOT / "merchants" / "qiming")
    options.add_argument("--settle", type=float, default=SETTLE_S, help="seconds between the runs")
    given = options.parse_args()
    times = measure(given.merchant, given.runs, given.settle)
    print(f"{'until it is live, seconds':28} median   largest   of {given.runs} runs")
    for name, values in times.items():
        print(f"{name:28} {statistics.median(values):6.2f}   {max(values):7.2f}")


def measure(merchant: Path, runs: int, settle: float) -> dict[str, list[float]]:
    """The seconds of each run, by kind of edit.

    Raises:
        RuntimeError: the service does not start, or an edit is not live within a minute.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        url = f"sqlite:///{place / 'shop.sqlite'}"
        engine = connect(url)
        migrate(engine)
        load(read(merchant), Database(engine))
        engine.dispose()
        port = ports.free(1)[0]
        command = [sys.executable, "-m", "nightdesk.backends", "knowledge", "--port", str(port)]
        environment = {
            **os.environ,
            "NIGHTDESK_DATA": str(place),
            "NIGHTDESK_MERCHANT": str(merchant.resolve()),
            "NIGHTDESK_DATABASE_URL": url,
            "NIGHTDESK_SERVICE_TOKEN": TOKEN,
        }
        log = place / "service.log"
        with running(command, port, log, "/health", cwd=ROOT, environment=environment) as server:
            headers = {"Authorization": f"Bearer {TOKEN}"}
            with httpx.Client(
                base_url=server.url, headers=headers, trust_env=False, timeout=PATIENCE_S
            ) as client:
                _answer(client)
                return _runs(client, runs, settle)


def _runs(client: httpx.Client, runs: int, settle: float) -> dict[str, list[float]]:
    """Every run with an entry of its own, withdrawn at its end."""
    times: dict[str, list[float]] = {"a new entry": [], "a new answer": [], "a withdrawal": []}
    for number in range(runs):
        path, answer = f"/knowledge/entries/bench-{number}", f"第 {number} 次"
        entry = {"id": f"bench-{number}", "question_zh": QUESTION, "answer_zh": answer}
        for kind, method, address, body, wanted in (
            ("a new entry", "POST", "/knowledge/entries", entry, answer),
            ("a new answer", "PATCH", path, {"answer_zh": "改过"}, "改过"),
            ("a withdrawal", "DELETE", path, None, None),
        ):
            time.sleep(settle)
            request = client.build_request(method, address, json=body)
            times[kind].append(_until(client, request, wanted))
    return times


def _until(client: httpx.Client, edit: httpx.Request, wanted: str | None) -> float:
    """Seconds from before ``edit`` until the answer is ``wanted``; None: no longer the bench's."""
    begun = time.perf_counter()
    client.send(edit).raise_for_status()
    while time.perf_counter() - begun < PATIENCE_S:
        if _answer(client) == wanted:
            return time.perf_counter() - begun
    raise RuntimeError("an edit was not live within a minute")


def _answer(client: httpx.Client) -> str | None:
    """What an entry of this benchmark answers to ``QUESTION`` now."""
    found = client.get("/knowledge/search", params={"q": QUESTION, "limit": 1})
    found.raise_for_status()
    body = found.json()
    hit = body["hits"][0] if body["answerable"] else {"id": ""}
    return str(hit["answer"]) if hit["id"].startswith("bench-") else None


if __name__ == "__main__":
    main()
