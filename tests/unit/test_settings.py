"""What the environment says, what is wrong in it, and the secrets that are made once."""

from __future__ import annotations

import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from typer.testing import CliRunner

from nightdesk import settings
from nightdesk.cli import app
from nightdesk.desk.admin import HASH_FILE, PASSWORD_FILE, Password
from nightdesk.desk.passwords import matches


def test_an_empty_file_that_a_crash_left_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "service.token").touch()
    made = settings.secret(tmp_path, "NIGHTDESK_NO_SUCH_VARIABLE", "service.token")
    assert len(made) >= 32
    assert settings.secret(tmp_path, "NIGHTDESK_NO_SUCH_VARIABLE", "service.token") == made
    assert stat.S_IMODE((tmp_path / "service.token").stat().st_mode) == 0o600


def test_all_who_come_at_once_get_the_same_secret(tmp_path: Path) -> None:
    together = threading.Barrier(8)

    def ask(_: int) -> str:
        together.wait(60)
        return settings.secret(tmp_path / "data", "NIGHTDESK_NO_SUCH_VARIABLE", "service.token")

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))
    assert len(found) == 1
    assert "" not in found


def test_the_first_password_fits_its_hash_however_many_desks_begin_at_once(tmp_path: Path) -> None:
    together = threading.Barrier(4)

    def begin(_: int) -> None:
        together.wait(60)
        Password(tmp_path).prepare()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(begin, range(4)))
    kept = (tmp_path / HASH_FILE).read_text("ascii")
    assert matches(kept, (tmp_path / PASSWORD_FILE).read_text("ascii"))


@pytest.mark.parametrize("variable", ["NIGHTDESK_DATA", "NIGHTDESK_MERCHANT"])
def test_a_folder_that_is_given_empty_is_the_default(variable: str) -> None:
    assert settings.load({variable: ""}) == settings.load({})


WRONG = {
    "NIGHTDESK_PORT": "abc",
    "NIGHTDESK_RASA_PORT": "70000",
    "NIGHTDESK_CLOCK": "yesterday",
    "NIGHTDESK_DATABASE_URL": "mysql://shop",
    "NIGHTDESK_MESSAGE_RATE": "many",
    "NIGHTDESK_NOTIFY_WECOM": "not a url",
}


@pytest.mark.parametrize("variable", WRONG)
def test_up_names_the_variable_that_is_wrong_and_starts_nothing(
    variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("nightdesk.logs.configure", lambda *_: None)
    monkeypatch.setenv(variable, WRONG[variable])
    result = CliRunner().invoke(app, ["up", "--data", str(tmp_path / "data")])
    assert result.exit_code == 1
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert variable in result.output
    assert not (tmp_path / "data").exists()
