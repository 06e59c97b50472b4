"""Texts that come out of web pages and programs become plain text: tags, entities, JSON. And the log of it.

Hides what is markup and what only looks like it: ``<5人`` and ``A&B`` stay.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gdbos_desktop.schema import Issue, Place, Severity, fold
from gdbos_desktop.system.messages import N_

_TAGS = (
    "a|abbr|article|b|big|blockquote|body|br|center|code|col|colgroup|dd|del|div|dl|dt|em|figure|font|footer|form|"
    "h[1-6]|head|header|hr|html|i|img|input|ins|label|li|link|main|meta|nav|o:p|ol|option|p|pre|s|section|select|small|"
    "span|strike|strong|style|script|sub|sup|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|w:[a-z]+|v:[a-z]+"
)
_TAG = re.compile(rf"<(/?)({_TAGS})(?:\s[^<>]*|)(/?)>", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)(?:\s[^<>]*)?>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(r"&(?:amp;)*(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,24});")
_BREAKING = re.compile(r"br|p|div|tr|li|hr|h[1-6]|table|ul|ol|dl|dd|dt|section|article|blockquote", re.IGNORECASE)
_APART = re.compile(r"t[dh]", re.IGNORECASE)
_EMPTY_LINES = re.compile(r"\n\s*\n+")
_ROUNDS = 6
"""Texts that were coded more often than that are left as they are."""
EXCERPT = 40


def without_markup(text: str) -> str:
    """The text without tags and entities, however often those were coded; itself when it has none."""
    found = text
    for _round in range(_ROUNDS):
        cleaned = _ENTITY.sub(_character, _TAG.sub(_instead, _UNSEEN.sub("", found)))
        if cleaned == found:
            break
        found = cleaned
    return text if found == text else _EMPTY_LINES.sub("\n", found).strip()


def _instead(tag: re.Match[str]) -> str:
    if _BREAKING.fullmatch(tag[2]):
        return "\n"
    return " " if _APART.fullmatch(tag[2]) and tag[1] else ""


def _character(entity: re.Match[str]) -> str:
    character = html.unescape(f"&{entity[1]};")
    return entity[0] if character.startswith("&") and len(character) > 1 else character


@dataclass(frozen=True)
class JsonCell:
    """The records that a cell holds as JSON, or where it is broken: ``position`` from 1, 0 when it is sound."""

    members: tuple[Mapping[str, str], ...] = ()
    position: int = 0


def looks_like_json(text: str) -> bool:
    """A cheap look: whether a text begins and ends like a list or an object."""
    bare = text.strip().strip('"')
    return (
        len(bare) > 1
        and bare[0] in "[{"
        and bare[-1] in "]}"
        and ('"' in bare or "quot;" in bare or "'" in bare or bare == "[]")
    )


def json_cell(text: str) -> JsonCell:
    """What a cell says as JSON: a list of objects (or one), also when it was coded twice or as HTML."""
    bare = text.strip()
    try:
        found = _decoded(bare)
    except ValueError as error:
        plain = html.unescape(html.unescape(bare)) if "&" in bare else bare
        try:
            found = _decoded(plain.replace("“", '"').replace("”", '"') if '"' not in plain else plain)
        except ValueError:
            return JsonCell(position=getattr(error, "pos", 0) + 1)
    if found is None:
        return JsonCell()
    objects = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in objects):
        return JsonCell(position=1)
    return JsonCell(tuple({str(name): _text(value) for name, value in one.items()} for one in objects))


def _decoded(text: str) -> Any:
    try:
        found = json.loads(text, strict=False)
        for _round in range(2):
            if isinstance(found, str):
                found = json.loads(html.unescape(found), strict=False)
    except RecursionError as error:
        raise ValueError(text[:EXCERPT]) from error
    return found


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int | float) else json.dumps(value, ensure_ascii=False)


def readable_lines(text: str) -> str:
    """Records in JSON as lines that people read; '' for a text that is no such JSON."""
    cell = json_cell(text)
    lines = []
    for one in cell.members:
        filled = {name: value for name, value in one.items() if value.strip()}
        if len(one) == 2:
            lines.append("：".join(filled.values()))
        else:
            lines.append("；".join(f"{name}：{value}" for name, value in filled.items()))
    return "\n".join(line for line in lines if line)


@dataclass
class Cleaned:
    """What was cleaned in one column, by kind: how many cells, and the first as an example."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, tuple[int, str, str]] = field(default_factory=dict)

    def note(self, what: str, row: int, old: str, new: str) -> None:
        """Count one cell."""
        self.counts[what] = self.counts.get(what, 0) + 1
        self.examples.setdefault(what, (row, old, new))

    def hints(self, place: Place) -> Iterator[Issue]:
        """One hint for every kind of cleaning; ``place`` is the column."""
        for what, count in self.counts.items():
            row, old, new = self.examples[what]
            yield Issue(
                "cleaned",
                Severity.HINT,
                _SENTENCES[what],
                {"heading": place.heading, "count": count, "old": _excerpt(old), "new": _excerpt(new), "what": what},
                place=Place(place.file, place.sheet, row, place.column, place.heading),
            )


MARKUP, JSON_LINES, SUGGESTED = "markup", "json", "suggestion"
ZERO, AT_ONCE_READ, READ_OTHERWISE = "zero", "at-once", "read-as"

_SENTENCES = {
    MARKUP: N_("“{heading}”: web page marks were taken out of {count} cells, such as “{old}” → “{new}”."),
    JSON_LINES: N_("“{heading}”: {count} cells with data of a program became lines, such as “{old}” → “{new}”."),
    SUGGESTED: N_("“{heading}”: the suggestion was taken in {count} cells, such as “{old}” → “{new}”."),
    ZERO: N_("“{heading}”: lost leading zeros were restored in {count} cells, such as “{old}” → “{new}”."),
    AT_ONCE_READ: N_("“{heading}”: {count} cells say that it is done at once and were read as 0, such as “{old}”."),
    READ_OTHERWISE: N_("“{heading}”: {count} cells were read as what they likely mean, such as “{old}” → “{new}”."),
}


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else f"{line[:EXCERPT]}…"


def same_text(one: str, other: str) -> bool:
    """Whether two cells say the same, whatever their width and blanks."""
    return one == other or fold(one) == fold(other)


def is_blank(texts: Sequence[str]) -> bool:
    """Whether none of these cells says anything."""
    return not any(text and not text.isspace() for text in texts)
