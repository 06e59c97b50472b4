"""The values an element may hold, and how texts are cleaned and compared.

A value is a ``str``, an ``int`` or a tuple of ``str`` (several codes). Dates are ISO texts (``2026-11-24``), decimals
canonical texts, codes the code itself. ``None`` means: not filled; it is never stored. ``STATED_NONE`` means: somebody
stated that there is none; it is a value of every type.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

Value = str | int | tuple[str, ...]

STATED_NONE = "无"
_STATED_NONE_TEXTS = frozenset({"无", "不涉及", "无特定审批结果", "-", "—", "--", "——", "/", "暂无", "none"})
LONGEST_NAME = 80
LONGEST_STATED_NONE = 20  # the longest of them with blanks between its characters

_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u00ad")
)
"""Marks without a shape; those that turn the direction of writing would let a name show other than it is."""
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]|_x000[dD]_")
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
_BREAK_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}]) *\n[ \n]*(?=[{_WIDE}])")
_BREAK = re.compile(r" *\n[ \n]*")


def _is_plain(text: str) -> bool:
    # Printable text has no control or invisible character and no blank but the common one: nearly every cell.
    return text.isprintable() and "  " not in text and "_x000" not in text


def clean_lines(text: str) -> str:
    """Text of several lines without control characters, invisible marks, and blanks at the ends of lines."""
    if _is_plain(text):
        return text.strip()
    text = text.translate(_INVISIBLE)
    while (rest := _CONTROL.sub("", text)) != text:  # what is removed may bring the parts of another mark together
        text = rest
    lines = [_BLANKS.sub(" ", line).strip() for line in _LINE_ENDS.sub("\n", text).split("\n")]
    return "\n".join(lines).strip("\n")


def clean_line(text: str) -> str:
    """Text of one line: a line break between Chinese characters vanishes, elsewhere it becomes a blank."""
    if _is_plain(text):
        return text.strip()
    text = clean_lines(text)
    if "\n" in text:
        text = clean_lines(_BREAK.sub(" ", _BREAK_BETWEEN_WIDE.sub("", text)))
    return text


def narrow_line(text: str) -> str:
    """Text of one line with full-width letters, digits and signs made half-width."""
    return _settle(_narrow_once, text) if not text.isascii() else clean_line(text)


def clean_code(text: str) -> str:
    """A code as it is compared and stored: half-width, upper case, without any blank."""
    if text.isascii() and text.isprintable() and "_" not in text:
        return text.replace(" ", "").upper()
    return _settle(_code_once, text)


def _narrow_once(text: str) -> str:
    return clean_line(unicodedata.normalize("NFKC", clean_line(text)))


def _code_once(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", clean_lines(text)).split()).upper()


def _settle(clean: Callable[[str], str], text: str) -> str:
    # Upper case of a composed character may be decomposed, and the other way round: a stored value must not move.
    while (cleaned := clean(text)) != text:
        text = cleaned
    return text


def fold(text: str) -> str:
    """The form in which headings, labels and names are compared: NFKC, case-folded, without blanks."""
    # One name is folded many times on its way (heading, key, duplicate, search entry): the short ones are remembered.
    return _folded_name(text) if len(text) <= LONGEST_NAME else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return "".join(text.lower().split())
    if not text.isprintable():
        text = text.translate(_INVISIBLE)
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_folded_name = lru_cache(maxsize=8192)(_folded)


def is_stated_none(value: Value | None) -> bool:
    """Whether the value says "there is none" (无, 不涉及, -, /, 暂无 …), which is not the same as an empty field."""
    return isinstance(value, str) and len(value) <= LONGEST_STATED_NONE and _says_none(value)


@lru_cache(maxsize=8192)
def _says_none(text: str) -> bool:
    return text in _STATED_NONE_TEXTS or fold(text) in _STATED_NONE_TEXTS
