"""Who holds a data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from nightdesk.running import runfile
from nightdesk.running.runfile import AlreadyRunning, ChildState, RunFolder, RunState


def a_run(pid: int | None = None) -> RunState:
    return RunState(
        pid=os.getpid(),
        started="2026-11-23T03:00:00+08:00",
        url="http://127.0.0.1:8080",
        merchant="qiming",
        children={"desk": ChildState(pid=pid, port=8080)},
    )


def test_a_second_up_on_the_same_folder_is_refused_by_name(tmp_path: Path) -> None:
    first = RunFolder(tmp_path)
    first.hold()
    first.write(a_run())
    with pytest.raises(AlreadyRunning, match=r"http://127\.0\.0\.1:8080.*--data"):
        RunFolder(tmp_path).hold()
    first.release()
    RunFolder(tmp_path).hold()


def test_the_current_run_is_what_the_holder_wrote(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    assert runfile.current(tmp_path) is None
    folder.hold()
    folder.write(a_run())
    assert runfile.current(tmp_path) == a_run()
    folder.release()
    assert runfile.current(tmp_path) is None


def test_a_file_whose_holder_is_gone_is_no_run(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.hold()
    folder.write(a_run())
    left_behind = folder.path.read_text()
    folder.release()
    folder.path.write_text(left_behind)
    assert runfile.current(tmp_path) is None


@pytest.mark.parametrize(("module", "ended"), [("nightdesk.left_behind", True), ("other", False)])
def test_only_our_own_orphans_are_ended(tmp_path: Path, module: str, ended: bool) -> None:
    program = "import time; time.sleep(600)"
    orphan = subprocess.Popen([sys.executable, "-c", program, "-m", module], start_new_session=True)
    try:
        folder = RunFolder(tmp_path)
        folder.hold()
        folder.write(a_run(orphan.pid))
        left_behind = folder.path.read_text()
        folder.release()
        folder.path.write_text(left_behind)
        RunFolder(tmp_path).hold()
        if ended:
            assert orphan.wait(60) != 0
        else:
            assert orphan.poll() is None
    finally:
        orphan.kill()
        orphan.wait()
