"""Ports."""

from __future__ import annotations

import socket

import pytest

from nightdesk import settings
from nightdesk.running import ports
from nightdesk.running.ports import PortTaken


def configured(desk: int, rasa: int, actions: int) -> settings.Settings:
    return settings.load(
        {
            "NIGHTDESK_PORT": str(desk),
            "NIGHTDESK_RASA_PORT": str(rasa),
            "NIGHTDESK_ACTIONS_PORT": str(actions),
        }
    )


def test_free_ports_are_different_and_usable() -> None:
    found = ports.free(5)
    assert len(set(found)) == 5
    assert all(ports.is_free("127.0.0.1", port) for port in found)


def test_free_ports_are_none_that_the_system_gives_away() -> None:
    with socket.socket() as any_port:
        any_port.bind(("127.0.0.1", 0))
        assert max(ports.free(20)) < any_port.getsockname()[1]


def test_free_ports_pass_the_check() -> None:
    ports.check(configured(*ports.free(3)))


def test_a_taken_port_is_named_with_its_user_and_the_way_out() -> None:
    desk, rasa, actions = ports.free(3)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", rasa))
        taken.listen()
        with pytest.raises(PortTaken) as refused:
            ports.check(configured(desk, rasa, actions))
    assert f"Port {rasa}" in str(refused.value)
    assert "--rasa-port" in str(refused.value)
    assert f"Port {desk}" not in str(refused.value)


def test_one_port_for_two_servers_is_refused() -> None:
    desk, actions = ports.free(2)
    with pytest.raises(PortTaken, match=f"Port {desk} is meant for the desk and for Rasa"):
        ports.check(configured(desk, desk, actions))
