"""The channel inside Rasa through which the desk speaks."""

import asyncio
import socket

import httpx
import pytest
from rasa.core.channels.channel import register
from rasa.core.channels.rest import RestInput
from sanic import Sanic

from nightdesk.bot.channel import DeskInput

WEBHOOK = "/webhooks/rest/webhook"


class Agent:
    """Echoes, or raises what it is given."""

    def __init__(self) -> None:
        self.messages = []
        self.error = None

    async def handle_message(self, message):
        self.messages.append(message)
        if self.error:
            raise self.error
        await message.output_channel.send_text_message(message.sender_id, message.text)


@pytest.fixture
def served(request, monkeypatch):
    """An application as Rasa builds it, and its agent; behind the token ``s3cret``."""
    monkeypatch.setenv("NIGHTDESK_RASA_TOKEN", "s3cret")
    Sanic.test_mode = True
    app = Sanic(f"rasa_{abs(hash(request.node.name))}", configure_logging=False)
    register([DeskInput.from_credentials(None)], app, route="/webhooks/")
    app.ctx.agent = Agent()
    return app, app.ctx.agent


async def post(app, body, token="s3cret", path=WEBHOOK):
    """One request to ``app`` on a port of its own."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = await app.create_server(
            sock=listening, return_asyncio_server=True, asyncio_server_kwargs={}, debug=False
        )
        await server.startup()
        try:
            async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
                headers = {"Authorization": f"Bearer {token}"} if token else {}
                return await client.post(path, json=body, headers=headers)
        finally:
            server.close()


def test_it_takes_the_place_of_the_rest_channel():
    assert DeskInput.name() == RestInput.name() == "rest"


def test_a_message_is_answered_in_the_rest_format_with_its_metadata_kept(served):
    app, agent = served
    body = {"sender": "c1", "message": "你好", "metadata": {"message_id": "m1"}}
    answer = asyncio.run(post(app, body, path=f"{WEBHOOK}?stream=true"))
    assert answer.json() == [{"recipient_id": "c1", "text": "你好"}]
    assert agent.messages[0].metadata == {"message_id": "m1"}
    assert agent.messages[0].input_channel == "rest"


@pytest.mark.parametrize("token", [None, "wrong", "s3cre"])
def test_without_the_token_nobody_comes_in(served, token):
    app, agent = served
    body = {"sender": "c1", "message": "你好"}
    answer = asyncio.run(post(app, body, token=token))
    assert answer.status_code == 401
    assert agent.messages == []


@pytest.mark.parametrize(
    "body", [{"message": "x"}, {"sender": "c1"}, {"sender": "", "message": ""}, []]
)
def test_nobody_shares_the_conversation_of_a_missing_sender(served, body):
    app, agent = served
    assert asyncio.run(post(app, body)).status_code == 422
    assert agent.messages == []


def test_a_failure_is_no_empty_answer(served):
    app, agent = served
    agent.error = RuntimeError("boom")
    answer = asyncio.run(post(app, {"sender": "c1", "message": "你好"}))
    assert answer.status_code == 500
