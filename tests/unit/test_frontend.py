"""When a front end must be built anew."""

from __future__ import annotations

from pathlib import Path

from nightdesk.running.frontend import SHARED, fingerprint, projects


def test_what_front_ends_share_belongs_to_each_of_them(tmp_path: Path) -> None:
    page, shared = tmp_path / "page", tmp_path / "shared"
    for folder in (page / "src", page / "dist", shared):
        folder.mkdir(parents=True)
    (page / "src" / "main.ts").write_text("page", encoding="utf-8")
    (shared / "http.ts").write_text("one", encoding="utf-8")
    before = fingerprint(page, shared)
    (page / "dist" / "main.js").write_text("built", encoding="utf-8")
    assert fingerprint(page, shared) == before
    (shared / "http.ts").write_text("another", encoding="utf-8")
    assert fingerprint(page, shared) != before


def test_the_shared_folder_is_there_and_is_no_front_end_itself() -> None:
    assert list(SHARED.glob("*.ts"))
    assert SHARED not in projects()
