"""A report before it is a file: title, headings, paragraphs, tables, lists, and where the data came from.

Knows nothing of Word; any writer renders any document.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class ColumnType(StrEnum):
    """What stands in a table's column, and thus how it is set."""

    TEXT = "text"
    """Left, broken over lines."""
    SHORT = "short"
    """A word or a code: centred."""
    NUMBER = "number"
    """Right."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4. With ``is_numbered`` the writer counts: 一、 （一） 1． （1）."""

    text: str
    level: int = 1
    is_numbered: bool = True


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; line breaks begin new paragraphs. ``is_plain``: without indent, for marks and notes."""

    text: str
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: its heading, what stands in it, and its share of the width."""

    heading: str
    type: ColumnType = ColumnType.TEXT
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose heading row is repeated on every page. A row shorter than the columns is filled with blanks."""

    columns: Sequence[TableColumn]
    rows: Sequence[Sequence[str]]
    caption: str = ""


@dataclass(frozen=True, slots=True)
class KeyValues:
    """Pairs of label and value as a table without heading row; ``label_share`` is the labels' share of the width."""

    pairs: Sequence[tuple[str, str]]
    label_share: float = 0.25


@dataclass(frozen=True, slots=True)
class Listing:
    """Items in a list, counted or not."""

    items: Sequence[str]
    is_numbered: bool = True


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a new page."""


Block = Heading | Paragraph | Table | KeyValues | Listing | PageBreak


@dataclass(frozen=True, slots=True)
class Cover:
    """A page before the text, not counted: lines above, a title (the document's when blank) and a line under it, lines
    at the foot."""

    title: str = ""
    above: Sequence[str] = ()
    subtitle: str = ""
    below: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the data came from and when, printed small at the end; ``at`` is a text, so that documents do not vary."""

    source: str
    standard: str = ""
    selection: str = ""
    at: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What there is to say."""
        return tuple(line for line in (self.source, self.standard, self.selection, self.at) if line)


@dataclass(frozen=True, slots=True)
class Document:
    """A report."""

    title: str
    blocks: Sequence[Block] = ()
    cover: Cover | None = None
    provenance: Provenance | None = None
    subject: str = field(default="")
