"""Ports: free ones for tests, and a clear word when one is taken."""

from __future__ import annotations

import random
import socket
from itertools import islice

from nightdesk.settings import Settings

# Linux gives ports from 32768 to who asks for any, macOS from 49152.
_GIVEN_TO_NOBODY = range(20_000, 32_000)


class PortTaken(Exception):
    """A port that we need is not free; the message says which and how to choose another."""


def is_free(host: str, port: int) -> bool:
    """Whether a server could listen on ``host:port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def free(count: int) -> list[int]:
    """``count`` different ports of loopback that are free now, none of those that a system gives to
    who asks for any: before they are used, another connection would get them."""
    tried = random.SystemRandom().sample(_GIVEN_TO_NOBODY, len(_GIVEN_TO_NOBODY))
    found = list(islice((port for port in tried if is_free("127.0.0.1", port)), count))
    assert len(found) == count, "hardly a port of this machine is free"
    return found


def check(settings: Settings) -> None:
    """Make sure that all ports of ``settings`` are free and different.

    Raises:
        PortTaken: naming every port that is not.
    """
    wanted = [
        ("the desk", settings.host, settings.port, "--port", "NIGHTDESK_PORT"),
        ("Rasa", settings.private_host, settings.rasa_port, "--rasa-port", "NIGHTDESK_RASA_PORT"),
        (
            "the action server",
            settings.private_host,
            settings.actions_port,
            "--actions-port",
            "NIGHTDESK_ACTIONS_PORT",
        ),
    ]
    problems = []
    seen: dict[int, str] = {}
    for who, host, port, flag, variable in wanted:
        choose = f"choose another with {flag} or {variable}"
        if port in seen:
            problems.append(f"Port {port} is meant for {seen[port]} and for {who}: {choose}.")
        elif not is_free(host, port):
            problems.append(f"Port {port} on {host}, meant for {who}, is taken: {choose}.")
        seen[port] = who
    if problems:
        raise PortTaken("\n".join(problems))
