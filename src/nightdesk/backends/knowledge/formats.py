"""Tables of text in the formats that shops have: CSV, Markdown, HTML and Word (``.docx``).

Nothing of a file is executed or fetched; of HTML and Word only the text of a table's cells is read.
"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from html.parser import HTMLParser
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from nightdesk.merchant import sheet
from nightdesk.merchant.encoding import decode
from nightdesk.merchant.problems import Findings, Say

FORMATS = ("csv", "md", "html", "docx")
MEDIA_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
MAX_XML = 64 * 1024 * 1024
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_RULE = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
_ACTIVE = ("script", "iframe", "object", "embed", "form", "svg")
Cells = tuple[str, ...]


def guess(name: str, raw: bytes) -> str:
    """The format of the file ``name``, by its ending, else by its content."""
    ending = name.rsplit(".", 1)[-1].lower()
    known = {"htm": "html", "markdown": "md", "tsv": "csv"}
    if (named := known.get(ending, ending)) in FORMATS:
        return named
    if raw[:2] == b"PK":
        return "docx"
    head = raw[:2000].lower()
    if b"<table" in head:
        return "html"
    return "md" if any(_RULE.fullmatch(line) and "|" in line for line in _lines(raw)) else "csv"


def _lines(raw: bytes) -> list[str]:
    return raw.decode("utf-8", "replace").splitlines()[:200]


def rows(name: str, kind: str, raw: bytes, findings: Findings) -> Iterator[sheet.Row]:
    """The rows of the file's table that are not blank, the header first; problems are reported."""
    if kind == "docx":
        yield from _numbered(_word(name, raw, findings))
        return
    text = decode(name, raw, findings)
    if text is None:
        return
    if kind == "csv":
        yield from sheet.rows(name, text, findings)
    elif kind == "md":
        yield from _numbered(_markdown(text))
    else:
        yield from _numbered(_html(name, text, findings))


def _numbered(table: Iterable[Cells]) -> Iterator[sheet.Row]:
    for number, cells in enumerate(table, 1):
        if any(cell.strip() for cell in cells):
            yield sheet.Row(number, cells)


def _markdown(text: str) -> list[Cells]:
    lines = text.splitlines()
    for place, line in enumerate(lines[1:], 1):
        if "|" in line and "-" in line and _RULE.fullmatch(line) and "|" in lines[place - 1]:
            body = lines[place + 1 :]
            end = next((n for n, row in enumerate(body) if "|" not in row), len(body))
            return [_pipes(row) for row in (lines[place - 1], *body[:end])]
    return []


def _pipes(line: str) -> Cells:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    parts = re.split(r"(?<!\\)\|", inner)
    return tuple(_BREAK.sub("\n", part.replace("\\|", "|")).strip() for part in parts)


class _Tables(HTMLParser):
    """Collects the cells of the first table."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.table: list[list[list[str]]] = []
        self.active: set[str] = set()
        self._depth = 0
        self._done = False
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        handlers = [name for name, _ in attrs if name.startswith("on")]
        self.active.update([tag] if tag in _ACTIVE else [], handlers)
        if tag == "table":
            self._depth += 1
        if self._done or self._depth != 1:
            return
        if tag == "tr":
            self.table.append([])
        elif tag in ("td", "th") and self.table:
            self.table[-1].append([])
            self._in_cell = True
        elif self._in_cell and tag in ("br", "p", "div", "li") and self.table[-1][-1]:
            self.table[-1][-1].append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "table":
            self._depth -= 1
            self._done = self._done or self._depth == 0
        elif tag in ("td", "th", "tr"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and not self._done:
            self.table[-1][-1].append(re.sub(r"\s+", " ", data))


def _html(name: str, text: str, findings: Findings) -> list[Cells]:
    parser = _Tables()
    parser.feed(text)
    parser.close()
    if parser.active:
        found = ", ".join(sorted(parser.active))
        findings.error(
            name,
            None,
            None,
            Say(f"the page holds active parts: {found}", f"网页里有可执行的内容:{found}"),
            Say("a page with the table alone", "只保留表格"),
        )
        return []
    return [tuple("".join(cell).strip() for cell in row) for row in parser.table]


def _word(name: str, raw: bytes, findings: Findings) -> list[Cells]:
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if archive.getinfo("word/document.xml").file_size > MAX_XML:
                raise ValueError("too large")
            document = ElementTree.fromstring(archive.read("word/document.xml"))
    except (zipfile.BadZipFile, KeyError, ValueError, ElementTree.ParseError, RuntimeError):
        findings.error(
            name,
            None,
            None,
            Say("this is not a Word document", "这不是 Word 文档(.docx)"),
            Say("save it as .docx", "另存为 .docx"),
        )
        return []
    table = document.find(f".//{_WORD}tbl")
    if table is None:
        return []
    return [
        tuple(_word_cell(cell) for cell in row.findall(f"{_WORD}tc"))
        for row in table.findall(f"{_WORD}tr")
    ]


def _word_cell(cell: ElementTree.Element) -> str:
    paragraphs = []
    for paragraph in cell.iter(f"{_WORD}p"):
        parts = []
        for node in paragraph.iter():
            if node.tag == f"{_WORD}t":
                parts.append(node.text or "")
            elif node.tag in (f"{_WORD}br", f"{_WORD}cr"):
                parts.append("\n")
            elif node.tag == f"{_WORD}tab":
                parts.append(" ")
        paragraphs.append("".join(parts))
    return "\n".join(paragraphs).strip()


def write(kind: str, table: Sequence[Cells]) -> bytes:
    """``table``, the header first, as a file that :func:`rows` reads back."""
    if kind == "csv":
        out = io.StringIO(newline="")
        csv.writer(out).writerows(table)
        return ("\ufeff" + out.getvalue()).encode()  # without the mark Excel reads it as GBK
    if kind == "md":
        header, *body = [
            "| " + " | ".join(_escaped(cell) for cell in cells) + " |" for cells in table
        ]
        rule = "|" + " --- |" * len(table[0])
        return ("\n".join([header, rule, *body]) + "\n").encode()
    if kind == "html":
        return _page(table).encode()
    return _document(table)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", "<br>")


def _page(table: Sequence[Cells]) -> str:
    def row(tag: str, cells: Cells) -> str:
        inner = "".join(
            f"<{tag}>{html.escape(cell, quote=False)}</{tag}>".replace("\n", "<br>")
            for cell in cells
        )
        return f"<tr>{inner}</tr>"

    body = "\n".join([row("th", table[0]), *(row("td", cells) for cells in table[1:])])
    head = '<!doctype html>\n<html lang="zh"><meta charset="utf-8"><title>FAQ</title>'
    return f"{head}\n<table>\n{body}\n</table></html>\n"


_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
    'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.'
    'document.main+xml"/></Types>'
)
_RELATIONS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/'
    'package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/'
    'officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
)
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="999999"/>'
    for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


def _document(table: Sequence[Cells]) -> bytes:
    """A Word document (ECMA-376) of one landscape page size with one table."""

    def cell(text: str) -> str:
        paragraphs = "".join(
            f'<w:p><w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
            for line in text.split("\n")
        )
        return f"<w:tc><w:tcPr/>{paragraphs}</w:tc>"

    grid = "<w:tblGrid>" + '<w:gridCol w:w="2000"/>' * len(table[0]) + "</w:tblGrid>"
    body = "".join(f"<w:tr>{''.join(cell(text) for text in cells)}</w:tr>" for cells in table)
    document = (
        f'<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="{_WORD[1:-1]}"><w:body>'
        f"<w:tbl><w:tblPr><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>{grid}{body}</w:tbl>"
        '<w:p/><w:sectPr><w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/></w:sectPr>'
        "</w:body></w:document>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("word/document.xml", document)
    return out.getvalue()
