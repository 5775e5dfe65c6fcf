"""How often something is admitted."""

import resource

import pytest

from nightdesk.desk import limits, options
from nightdesk.desk.__main__ import allow_open_files
from nightdesk.desk.limits import Rate, Window


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_as_many_as_the_rate_says_are_admitted_in_any_window():
    time = Time()
    window = Window(Rate(2, 10), time)
    assert window.refuse_for("a") == 0
    time.now = 6
    assert window.refuse_for("a") == 0
    assert window.refuse_for("a") == 4
    time.now = 10
    assert window.refuse_for("a") == 0
    assert window.refuse_for("a") == 6


def test_keys_are_counted_apart():
    window = Window(Rate(1, 10), Time())
    assert window.refuse_for("a") == 0
    assert window.refuse_for("b") == 0
    assert window.refuse_for("a") > 0


def test_what_is_over_is_forgotten(monkeypatch):
    monkeypatch.setattr(limits, "_SWEEP_ABOVE", 2)
    time = Time()
    window = Window(Rate(1, 10), time)
    for key in "abc":
        window.refuse_for(key)
    time.now = 20
    window.refuse_for("d")
    assert set(window._events) == {"d"}


@pytest.mark.parametrize("text", ["", "60", "0/60", "60/0", "many/60"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        Rate.parse(text)


def test_options_are_read_from_the_environment():
    read = options.load(
        {
            "NIGHTDESK_ORIGINS": "https://a.example/, https://b.example",
            "NIGHTDESK_MESSAGE_RATE": "10/5",
        }
    )
    assert read.origins == ("https://a.example", "https://b.example")
    assert read.message_rate == Rate(10, 5)
    assert read.session_rate == options.Options().session_rate


def test_a_desk_may_open_as_many_files_as_the_system_lets_it():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        allow_open_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(hard, 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
