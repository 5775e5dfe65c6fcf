"""``up`` waits for the knowledge service, and not for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest

from nightdesk.running import knowledge
from nightdesk.settings import Settings, load


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("NIGHTDESK_SERVICE_TOKEN", "t" * 40)
    monkeypatch.setattr(knowledge, "PAUSE_S", 0.0)
    return load({"NIGHTDESK_DATA": str(tmp_path)})


async def waited(
    settings: Settings, answers: list[httpx.Response | Exception], longest: float = 60.0
) -> tuple[bool, list[str]]:
    def say(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/knowledge/ready")
        assert request.headers["Authorization"] == "Bearer " + "t" * 40
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    said: list[str] = []
    ready = await knowledge.wait(settings, said.append, longest, httpx.MockTransport(say))
    return ready, said


def learning(**ready: bool) -> httpx.Response:
    return httpx.Response(200, json=ready)


def test_it_waits_until_entries_and_faults_are_learnt(settings: Settings) -> None:
    answers: list[httpx.Response | Exception] = [
        learning(entries=False, faults=False),
        httpx.ReadTimeout("busy"),
        learning(entries=False, faults=True),
        learning(entries=True, faults=True),
    ]
    ready, said = asyncio.run(waited(settings, answers))
    assert ready
    assert said[0] == "learning entries, faults"
    assert said[-1] == "learning entries"


def test_it_goes_on_and_says_so_when_the_time_is_up(settings: Settings) -> None:
    ready, said = asyncio.run(waited(settings, [learning(entries=False, faults=True)], longest=0.0))
    assert not ready
    assert "still learning entries" in said[-1]


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(404), httpx.Response(200, text="no"), httpx.ConnectError("refused")],
)
def test_a_service_of_the_shops_own_that_does_not_say_is_taken_as_ready(
    settings: Settings, answer: httpx.Response | Exception
) -> None:
    assert asyncio.run(waited(settings, [answer])) == (True, [])
