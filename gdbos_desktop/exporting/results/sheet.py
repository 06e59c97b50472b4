"""A sheet of a workbook while it streams by: rows are found in its bytes, and what is to be marked is marked.

Hides row and cell markup in all its spellings: prefixes, rows and cells without addresses, rows that are not there,
empty rows, merged cells. Memory does not grow with the rows. What is not marked passes as it is, byte for byte.

The form of a sheet is checked in a pass of its own (``survey``) before anything is written; a sheet that is not
well-formed, or of a form that could be misread (document types, comments and CDATA between the rows, other encodings,
rows out of order), is Unpatchable.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import IO, Any

from gdbos_desktop.exporting.results.marks import CellMark, RowMark
from gdbos_desktop.exporting.results.markup import (
    Unpatchable,
    attribute,
    column_number,
    escaped,
    look,
    new_parser,
    parse,
    tag_pattern,
    with_attribute,
)
from gdbos_desktop.exporting.results.package import DAMAGES, MAIN, PART_LIMIT
from gdbos_desktop.exporting.results.styles import StyleSheet
from gdbos_desktop.exporting.rows import ROW_LIMIT, column_letters, display_width
from gdbos_desktop.schema import Severity

CHUNK = 1 << 20
ROW_BYTES = 64 << 20
COLUMN_LIMIT = 16_384
"""Columns of an Excel sheet."""
_NEAR = 50
"""So many columns right of the headings still belong to the table."""
MERGES_LIMIT = 200_000
_LINE_POINTS = 15
_MOST_LINES = 12
_NUMBER = re.compile(rb"\d+(\.\d+)?")
_ADDRESS = re.compile(rb"([A-Z]{1,3})([1-9]\d{0,6})")
_RANGE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})(?::([A-Z]{1,3})([1-9]\d{0,6}))?")
_SEVERITIES = (Severity.HINT, Severity.WARNING, Severity.ERROR)

Advance = Callable[[int], None]
"""Told how many bytes have passed."""


@dataclass(frozen=True, slots=True)
class MergedCells:
    """A merged range; all from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class SheetForm:
    """What a survey found: the sheet without its rows (``outline``), how far its content reaches, its merged cells.

    ``last_heading`` is the last filled column of the header row, ``beside`` the columns with content right of it.
    """

    outline: bytes
    prefix: str
    last_row: int = 0
    last_column: int = 0
    last_heading: int = 0
    beside: frozenset[int] = frozenset()
    heading_style: int = 0
    merged: Sequence[MergedCells] = field(default=())

    def free_column(self, first_row: int) -> int:
        """The first column right of all content that no merged range reaches into, from a row on.

        Something that lies far outside of the table does not count. Unpatchable when there is no such column.
        """
        column = self.last_column + 1
        if self.last_heading and self.last_column > self.last_heading + _NEAR:
            column = self.last_heading + 1
            while column in self.beside:
                column += 1
        for area in sorted(self.merged, key=lambda area: area.left):
            if area.left <= column <= area.right and area.bottom >= first_row:
                column = area.right + 1
        if column > COLUMN_LIMIT:
            raise Unpatchable("columns")
        return column


class _Rows:
    """The rows of a sheet in their bytes: number, row, size of its opening tag. ``gap`` is what stands before a row.

    ``checked`` is a parser that is shown all that is read.
    """

    def __init__(self, stream: IO[bytes], advance: Advance, checked: Any = None) -> None:
        self._checked = checked
        self._stream = stream
        self._advance = advance
        self._buffer = b""
        self.head = self._read_head()
        self.prefix = self._prefix()
        self.gap = b""
        self.tail = b""

    def _more(self) -> bytes:
        try:
            chunk = self._stream.read(CHUNK)
        except DAMAGES as error:
            raise Unpatchable(str(error)) from error
        if self._checked is not None and chunk:
            parse(self._checked, chunk, is_last=False)
        self._advance(len(chunk))
        return chunk

    def _read_head(self) -> bytes:
        opening = re.compile(rb"<(?:[\w.-]+:)?sheetData(?=[\s/>])[^<>]*>")
        while True:
            found = opening.search(self._buffer)
            if found is not None:
                head, self._buffer = self._buffer[: found.end()], self._buffer[found.end() :]
                if head.endswith(b"/>") or _has_foreign(head[5:]) or _has_foreign(self._buffer):
                    raise Unpatchable("sheet")
                return head
            chunk = self._more()
            if not chunk or len(self._buffer) > PART_LIMIT:
                raise Unpatchable("sheet")
            self._buffer += chunk

    def _prefix(self) -> str:
        found = re.search(rb"<(?:([\w.-]+):)?worksheet(?=[\s>])", self.head)
        data = re.search(rb"<(?:([\w.-]+):)?sheetData[^<>]*>\Z", self.head)
        if found is None or data is None or found[1] != data[1]:
            raise Unpatchable("sheet")
        return (found[1] or b"").decode("ascii", "replace")

    def __iter__(self) -> Iterator[tuple[int, bytes, int]]:
        name = f"{self.prefix}:row" if self.prefix else "row"
        opening = tag_pattern(name)
        closing = b"</" + name.encode()
        buffer, at, last = self._buffer, 0, 0
        is_more = True
        while True:
            start = buffer.find(b"<", at)
            tag = opening.match(buffer, start) if start >= 0 else None
            end = -1
            if tag is not None:
                if tag[1]:
                    end = tag.end()
                elif (close := buffer.find(closing, tag.end())) >= 0:
                    end = buffer.find(b">", close) + 1 or -1
            if tag is None or end < 0:
                rest = buffer[at:]
                if start >= 0 and buffer.startswith(b"</", start) and len(buffer) - start > 3:
                    self._finish(buffer[at:])
                    return
                chunk = self._more() if is_more else b""
                is_more = bool(chunk)
                if not chunk or len(rest) > ROW_BYTES:
                    raise Unpatchable("rows")
                buffer, at = rest + chunk, 0
                if _has_foreign(buffer):
                    raise Unpatchable("markup")
                continue
            self.gap = buffer[at:start]
            number = int(told) if (told := attribute(tag[0], "r")) is not None and told.isdigit() else last + 1
            if not last < number <= ROW_LIMIT or self.gap.strip():
                raise Unpatchable("rows")
            last = number
            yield number, buffer[start:end], tag.end() - start
            at = end

    def _finish(self, rest: bytes) -> None:
        parts = [rest]
        size = len(rest)
        while chunk := self._more():
            parts.append(chunk)
            size += len(chunk)
            if size > PART_LIMIT:
                raise Unpatchable("sheet")
        self.gap, self.tail = b"", b"".join(parts)


def _has_foreign(xml: bytes) -> bool:
    """Whether there are comments, CDATA or instructions in it, in which a row might only seem to stand."""
    return b"<!" in xml or b"<?" in xml


class _Cells:
    """The cells of rows with a prefix."""

    def __init__(self, prefix: str) -> None:
        self.name = f"{prefix}:c" if prefix else "c"
        self.opening = tag_pattern(self.name)
        self._open = b"<" + self.name.encode()
        self.close = b"</" + self.name.encode()
        self._closing = re.compile(re.escape(self.close) + rb"\s*>")

    def all(self, row: bytes, tag_size: int) -> list[tuple[int, int, int, re.Match[bytes]]]:
        """Column, start, end and opening tag of each cell."""
        found: list[tuple[int, int, int, re.Match[bytes]]] = []
        column = end = 0
        for tag in self.opening.finditer(row, tag_size):
            if tag.start() < end:
                continue
            column = self._column(tag[0], column)
            end = tag.end()
            if not tag[1]:
                closing = self._closing.search(row, end)
                if closing is None:
                    raise Unpatchable("cells")
                end = closing.end()
            found.append((column, tag.start(), end, tag))
        return found

    def _column(self, tag: bytes, before: int) -> int:
        told = attribute(tag, "r")
        if told is None:
            return before + 1
        address = _ADDRESS.fullmatch(told)
        if address is None or not before < (column := column_number(address[1])) <= COLUMN_LIMIT:
            raise Unpatchable("cells")
        return column

    def last_filled(self, row: bytes, tag_size: int) -> tuple[int, int]:
        """The column and the format of the last cell with something in it; 0, 0 for none."""
        close = row.rfind(self.close)
        if close < 0:
            return 0, 0
        tag = self.opening.match(row, row.rfind(self._open, 0, close))
        address = _ADDRESS.fullmatch(attribute(tag[0], "r") or b"") if tag is not None else None
        if tag is not None and address is not None:
            return column_number(address[1]), style_of(tag[0])
        filled = [(column, style_of(tag[0])) for column, _start, _end, tag in self.all(row, tag_size) if not tag[1]]
        return filled[-1] if filled else (0, 0)


def style_of(tag: bytes) -> int:
    """The number of a format in an opening tag."""
    told = attribute(tag, "s")
    return int(told) if told is not None and told.isdigit() else 0


def survey(stream: IO[bytes], header_row: int, advance: Advance) -> SheetForm:
    """Look through a sheet. Unpatchable for one that cannot be marked in place."""
    checked = new_parser()
    rows = _Rows(stream, advance, checked)
    cells = _Cells(rows.prefix)
    form = SheetForm(b"", rows.prefix)
    beside: set[int] = set()
    for number, row, tag_size in rows:
        column, style = cells.last_filled(row, tag_size)
        form.last_column = max(form.last_column, column)
        if column:
            form.last_row = number
        if number == header_row:
            form.heading_style, form.last_heading = style, column
            beside = {place for place in beside if place > column}
        if column and (number < header_row or (form.last_heading and column > form.last_heading)):
            beside.update(
                place
                for place, _start, _end, tag in cells.all(row, tag_size)
                if not tag[1] and place > form.last_heading
            )
    parse(checked, b"", is_last=True)
    form.outline = rows.head + rows.tail
    tree = look(form.outline)
    namespace = tree.root.attributes.get(f"xmlns:{rows.prefix}" if rows.prefix else "xmlns")
    if tree.root.name != "worksheet" or namespace != MAIN:
        raise Unpatchable("sheet")
    form.merged = _merged(form.outline)
    form.beside = frozenset(beside)
    return form


def _merged(outline: bytes) -> list[MergedCells]:
    listed = look(outline).find("mergeCells")
    if listed is None or listed.inner_start == listed.end:
        return []
    found = []
    for area in look(outline[listed.start : listed.end]).children:
        parts = _RANGE.fullmatch(area.attributes.get("ref", ""))
        if parts is not None and parts[3]:
            found.append(MergedCells(
                int(parts[2]), column_number(parts[1].encode()), int(parts[4]), column_number(parts[3].encode()),
            ))  # fmt: skip
    if len(found) > MERGES_LIMIT:
        raise Unpatchable("merged")
    return found


def shown_cells(
    cells: Mapping[tuple[int, int], CellMark], merged: Iterable[MergedCells]
) -> dict[int, dict[int, CellMark]]:
    """Marks by row and column, moved to where they are seen: the first cell of a merged range speaks for all of it."""
    by_row: dict[int, dict[int, CellMark]] = {}
    for (row, column), mark in sorted(cells.items(), key=itemgetter(0)):
        by_row.setdefault(row, {})[column] = mark
    rows = sorted(by_row)
    for area in merged:
        for row in rows[bisect.bisect_left(rows, area.top) : bisect.bisect_right(rows, area.bottom)]:
            inside = [column for column in by_row[row] if area.left <= column <= area.right]
            for column in inside:
                if (row, column) != (area.top, area.left):
                    mark = by_row[row].pop(column)
                    first = by_row.setdefault(area.top, {})
                    first[area.left] = _joined(first[area.left], mark) if area.left in first else mark
    return {row: dict(sorted(marks.items())) for row, marks in sorted(by_row.items()) if marks}


def _joined(one: CellMark, other: CellMark) -> CellMark:
    severity = max(one.severity, other.severity, key=_SEVERITIES.index)
    if other.text in one.text or len(one.text) > 2000:
        return CellMark(severity, one.text)
    return CellMark(severity, f"{one.text}\n{other.text}")


@dataclass(frozen=True, slots=True)
class SheetWork:
    """What is to be written on a sheet; ``column`` is the status column, ``width`` how many characters it shows."""

    header_row: int
    heading: str
    heading_style: int
    column: int
    width: float
    rows: Iterable[RowMark]
    cells: Mapping[int, Mapping[int, CellMark]]
    column_styles: Sequence[tuple[int, int, int]] = ()
    """Formats of whole columns: first, last, format."""
    faded: Mapping[int, int] = field(default_factory=dict)
    """Formats that cells lose for others."""


def marked(
    stream: IO[bytes], work: SheetWork, styles: StyleSheet, write: Callable[[bytes], None], advance: Advance
) -> None:
    """Write what stands between the tags of ``sheetData``, with the marks."""
    rows = _Rows(stream, advance)
    marker = _Marker(rows.prefix, work, styles)
    wanted = _wanted(work)
    next_row, marks = next(wanted, (ROW_LIMIT + 1, None))
    pending: list[bytes] = []
    size = 0
    fade = _fading(rows.prefix, work.faded)
    for number, row, tag_size in rows:
        if fade is not None:
            row = row[:tag_size] + fade(row[tag_size:])  # noqa: PLW2901 - the same row
        if rows.gap:
            pending.append(rows.gap)
        while next_row < number and marks is not None:
            pending.append(marker.new_row(next_row, marks))
            next_row, marks = next(wanted, (ROW_LIMIT + 1, None))
        if next_row == number and marks is not None:
            row = marker.marked(number, row, tag_size, marks)  # noqa: PLW2901 - the same row
            next_row, marks = next(wanted, (ROW_LIMIT + 1, None))
        pending.append(row)
        size += len(row)
        if size > CHUNK:
            write(b"".join(pending))
            pending.clear()
            size = 0
    while marks is not None and next_row <= ROW_LIMIT:
        pending.append(marker.new_row(next_row, marks))
        next_row, marks = next(wanted, (ROW_LIMIT + 1, None))
    write(b"".join(pending))


def _fading(prefix: str, faded: Mapping[int, int]) -> Callable[[bytes], bytes] | None:
    """Gives cells other formats; None when there is nothing to do."""
    if not faded:
        return None
    name = f"{prefix}:c" if prefix else "c"
    numbers = b"|".join(str(number).encode() for number in faded)
    pattern = re.compile(rb"(<" + name.encode() + rb"""\s[^<>]*?\bs=["'])(""" + numbers + rb""")(?=["'])""")
    return lambda cells: pattern.sub(lambda found: found[1] + str(faded[int(found[2])]).encode(), cells)


@dataclass(slots=True)
class _RowMarks:
    status: RowMark | None = None
    cells: Mapping[int, CellMark] = field(default_factory=dict)
    is_header: bool = False


def _wanted(work: SheetWork) -> Iterator[tuple[int, _RowMarks]]:
    """What is to be marked, row by row."""
    Mark = RowMark | Mapping[int, CellMark] | None  # noqa: N806 - a name for a type
    parts: list[Iterator[tuple[int, int, Mark]]] = [
        ((mark.row, 1, mark) for mark in work.rows),
        ((row, 2, marks) for row, marks in work.cells.items()),
    ]
    if work.header_row:
        parts.append(iter([(work.header_row, 0, None)]))
    for row, found in groupby(merge(*parts, key=itemgetter(0, 1)), key=itemgetter(0)):
        marks = _RowMarks()
        for _row, order, mark in found:
            if order == 0:
                marks.is_header = True
            elif isinstance(mark, RowMark):
                marks.status = mark
            elif mark is not None:
                marks.cells = mark
        yield row, marks


class _Marker:
    """Puts marks into the bytes of rows."""

    def __init__(self, prefix: str, work: SheetWork, styles: StyleSheet) -> None:
        self._work = work
        self._styles = styles
        self._cells = _Cells(prefix)
        p = f"{prefix}:" if prefix else ""
        self._p = p
        self._row_end = f"</{p}row>".encode()
        self._ends = (self._cells.close + b">" + self._row_end, b"/>" + self._row_end)
        self._letters = column_letters(work.column - 1)
        self._texts: dict[str, bytes] = {}

    def new_row(self, number: int, marks: _RowMarks) -> bytes:
        """A row that was not there."""
        return self._rebuilt(number, f'<{self._p}row r="{number}"></{self._p}row>'.encode(), marks)

    def marked(self, number: int, row: bytes, tag_size: int, marks: _RowMarks) -> bytes:
        """A row with its marks."""
        if not marks.cells and row.endswith(self._ends):
            start = row.rfind(b"<" + self._cells.name.encode())
            tag = self._cells.opening.match(row, start) if start >= tag_size else None
            address = _ADDRESS.fullmatch(attribute(tag[0], "r") or b"") if tag is not None else None
            if address is not None and column_number(address[1]) < self._work.column:
                at = len(row) - len(self._row_end)
                return b"".join((
                    self._tag(row[:tag_size], marks), row[tag_size:at], self._status(number, marks), self._row_end,
                ))  # fmt: skip
        return self._rebuilt(number, row, marks)

    def _rebuilt(self, number: int, row: bytes, marks: _RowMarks) -> bytes:
        """The general way: cell by cell."""
        tag = tag_pattern(f"{self._p}row").match(row)
        assert tag is not None
        head = tag[0]
        if tag[1]:
            head = head[:-2].rstrip() + b">"
            row = row[:-2].rstrip() + b">" + self._row_end
        tag_size = len(head)
        base = style_of(head) if attribute(head, "customFormat") in {b"1", b"true"} else None
        wanted: dict[int, CellMark | None] = dict(marks.cells)
        if marks.is_header or marks.status is not None:
            wanted[self._work.column] = None
        waiting = sorted(wanted)
        out = [self._tag(head, marks)]
        at = tag_size

        def insert(column: int) -> None:
            mark = wanted[column]
            if mark is None:
                out.append(self._status(number, marks))
                return
            style = self._column_style(column) if base is None else base
            address = f"{column_letters(column - 1)}{number}"
            out.append(f'<{self._cells.name} r="{address}" s="{self._styles.shaded(style, mark.severity)}"/>'.encode())

        for column, start, end, cell in self._cells.all(row, tag_size):
            out.append(row[at:start])
            at = start
            while waiting and waiting[0] < column:
                insert(waiting.pop(0))
            if waiting and waiting[0] == column:
                waiting.pop(0)
                mark = wanted[column]
                if mark is None:
                    out.append(self._status(number, marks))
                else:
                    shade = self._styles.shaded(style_of(cell[0]), mark.severity)
                    out += (with_attribute(cell[0], "s", str(shade)), row[cell.end() : end])
                at = end
            else:
                out.append(row[at:end])
                at = end
        for column in waiting:
            insert(column)
        out.append(row[at:])
        return b"".join(out)

    def _column_style(self, column: int) -> int:
        return next((style for first, last, style in self._work.column_styles if first <= column <= last), 0)

    def _tag(self, tag: bytes, marks: _RowMarks) -> bytes:
        """The opening tag of a row that reaches as far as the status column, and is as high as its words need."""
        spans = attribute(tag, "spans")
        if spans is not None:
            first, _colon, last = spans.partition(b":")
            if not (first.isdigit() and last.isdigit()) or b" " in spans:
                tag = re.sub(rb"""\sspans\s*=\s*("[^"]*"|'[^']*')""", b"", tag)
            elif int(last) < self._work.column:
                tag = with_attribute(tag, "spans", f"{int(first)}:{self._work.column}")
        if marks.status is not None and attribute(tag, "customHeight") not in {b"1", b"true"}:
            lines = self._lines(marks.status.text)
            if lines > 1:  # a program that fits heights while it loads may do so: this one is not the user's
                height = _LINE_POINTS * min(lines, _MOST_LINES)
                told = attribute(tag, "ht")
                if told is None or not _NUMBER.fullmatch(told) or float(told) < height:
                    tag = with_attribute(tag, "ht", str(height))
        return tag

    def _lines(self, text: str) -> int:
        """How many lines of the status column a text takes."""
        if len(text) < self._work.width / 2 and "\n" not in text:
            return 1
        return sum(1 + max(display_width(line) - 1, 0) // int(self._work.width - 1) for line in text.split("\n"))

    def _status(self, number: int, marks: _RowMarks) -> bytes:
        if marks.is_header:
            style, content = self._work.heading_style, self._content(self._work.heading)
        else:
            assert marks.status is not None
            style = self._styles.status(marks.status.tone)
            content = self._content(marks.status.text)
        return f'<{self._cells.name} r="{self._letters}{number}" s="{style}"'.encode() + content

    def _content(self, text: str) -> bytes:
        content = self._texts.get(text)
        if content is None:
            p = self._p
            content = (
                f' t="inlineStr"><{p}is><{p}t xml:space="preserve">{escaped(text)}</{p}t></{p}is></{self._cells.name}>'
            ).encode()
            if len(self._texts) < 10_000:
                self._texts[text] = content
        return content
