"""Rasa's calls of the action server, over one open connection."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nightdesk.bot.endpoint import OpenEndpoint


def calls(endpoint_class: Any, answers: list[int]) -> tuple[list[Any], list[Any], int]:
    """What calls gave, what the server got, and over how many connections, for each status."""

    async def talk() -> tuple[list[Any], list[Any], int]:
        got: list[Any] = []
        peers: set[Any] = set()

        async def answer(request: web.Request) -> web.Response:
            assert request.transport is not None
            peers.add(request.transport.get_extra_info("peername"))
            got.append((await request.json(), request.headers.get("X-Shop"), dict(request.query)))
            response = web.json_response({"events": []}, status=answers[len(got) - 1])
            response.set_cookie("visitor", str(len(got)))
            assert not request.cookies
            return response

        app = web.Application()
        app.router.add_post("/webhook", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        endpoint = endpoint_class(
            EndpointConfig(
                f"http://127.0.0.1:{port}/webhook", headers={"X-Shop": "qiming"}, token="t"
            )
        )
        given: list[Any] = []
        for number, _ in enumerate(answers):
            try:
                given.append(await endpoint.request(json={"number": number}))
            except ClientResponseError as error:
                given.append(error.status)
        if isinstance(endpoint, OpenEndpoint):
            await endpoint.close()
        await runner.cleanup()
        return given, got, len(peers)

    return asyncio.run(talk())


def test_calls_are_those_of_rasa_over_one_connection() -> None:
    rasas = calls(lambda endpoint: endpoint, [200, 500, 200])
    ours = calls(OpenEndpoint.of, [200, 500, 200])
    assert ours[:2] == rasas[:2]
    assert (rasas[2], ours[2]) == (3, 1)


def test_options_of_the_endpoint_are_kept() -> None:
    endpoint = OpenEndpoint.of(EndpointConfig("http://shop", enable_selective_domain=True))
    assert endpoint.kwargs == {"enable_selective_domain": True}
