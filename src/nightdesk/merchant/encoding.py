"""From the bytes of a file to its text, as spreadsheets really write it."""

from __future__ import annotations

import codecs
from pathlib import Path

from nightdesk.merchant.problems import Findings, Say

MAX_FILE_BYTES = 64 * 1024 * 1024
_AS_UTF8 = Say("save it as “CSV UTF-8”", "另存为“CSV UTF-8(逗号分隔)”")


def read_text(path: Path, findings: Findings, limit: int = MAX_FILE_BYTES) -> str | None:
    """The text of ``path``; ``None`` after reporting why it cannot be read.

    UTF-8 with or without a byte-order mark; GB18030 is recognised and said as a warning.
    """
    try:
        if (size := path.stat().st_size) > limit:
            findings.error(
                path.name,
                None,
                None,
                Say(
                    f"the file is {size / 1e6:.1f} MB, which is too large",
                    f"文件有 {size / 1e6:.1f} MB,太大了",
                ),
                Say(f"at most {limit // 2**20} MB", f"不超过 {limit // 2**20} MB"),
            )
            return None
        raw = path.read_bytes()
    except FileNotFoundError:
        _report_missing(path, findings)
        return None
    except OSError as error:
        findings.error(
            path.name,
            None,
            None,
            Say(f"the file cannot be read ({error.strerror})", f"文件无法读取({error.strerror})"),
            Say("make it a readable file", "请检查它是不是文件、有没有读取权限"),
        )
        return None
    return decode(path.name, raw, findings)


def _report_missing(path: Path, findings: Findings) -> None:
    for other in sorted(path.parent.iterdir()) if path.parent.is_dir() else ():
        if other.name.casefold() == path.name.casefold() or (
            other.stem.casefold() == path.stem.casefold()
            and other.suffix.casefold() in (".xlsx", ".xls", ".yaml", ".txt", ".ods", ".numbers")
        ):
            right = Say(
                f"rename or export “{other.name}” as {path.name}",
                f"把“{other.name}”改名或导出为 {path.name}",
            )
            break
    else:
        right = Say(
            f"add {path.name} (see docs/merchant.md)", f"请补上 {path.name}(见 docs/merchant.md)"
        )
    findings.error(path.name, None, None, Say("the file is missing", "缺少这个文件"), right)


def decode(name: str, raw: bytes, findings: Findings) -> str | None:
    """The text of the bytes of the file ``name``; ``None`` after reporting why there is none."""
    if raw.startswith(codecs.BOM_UTF8):
        raw = raw[len(codecs.BOM_UTF8) :]
    elif _is_utf16(raw):
        findings.error(
            name,
            None,
            None,
            Say("the file is UTF-16", "文件编码是 UTF-16(“Unicode 文本”)"),
            _AS_UTF8,
        )
        return None
    elif raw[:4] == b"PK\x03\x04" or raw[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        findings.error(
            name,
            None,
            None,
            Say("this is a workbook, not a CSV file", "这是 Excel 工作簿,不是 CSV 文件"),
            _AS_UTF8,
        )
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return _decode_other(name, raw, error, findings)


def _decode_other(
    name: str, raw: bytes, error: UnicodeDecodeError, findings: Findings
) -> str | None:
    damaged = raw.decode("utf-8", errors="replace")
    lost = damaged.count("\ufffd")
    if lost * 10 <= sum(character > "\x7f" for character in damaged):
        return damaged  # UTF-8 with a few broken bytes: the cells that hold them are reported
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        text = ""
    if text and _looks_chinese(text):
        findings.warn(
            name,
            None,
            None,
            Say("read as GB18030 (GBK)", "按 GB18030(GBK)编码读取"),
            _AS_UTF8,
        )
        return text
    line = raw.count(b"\n", 0, error.start) + 1
    findings.error(
        name,
        None,
        None,
        Say(
            f"the encoding is neither UTF-8 nor GB18030 (first seen in line {line})",
            f"编码既不是 UTF-8 也不是 GB18030(第 {line} 行开始)",
        ),
        _AS_UTF8,
    )
    return None


def _is_utf16(raw: bytes) -> bool:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    head = raw[:1000]
    # Without a mark: the header is ASCII, so every other byte of it is zero.
    return len(head) > 8 and head[:40].count(0) * 5 >= len(head[:40]) * 2


def _looks_chinese(text: str) -> bool:
    """Whether what is not ASCII is mostly of GB 2312, as real Chinese text is."""
    foreign = [character for character in text if character > "\x7f"]
    known = sum(_in_gb2312(character) for character in foreign)
    return known >= 0.8 * len(foreign)


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
