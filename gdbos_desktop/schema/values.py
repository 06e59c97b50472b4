"""The values an element may hold, and how texts are cleaned and compared.

A value is a ``str``, an ``int`` or a tuple of ``str`` (several codes). Dates are ISO texts (``2026-11-24``), decimals
canonical texts, codes the code itself. ``None`` means: not filled; it is never stored. ``STATED_NONE`` means: somebody
stated that there is none; it is a value of every type.
"""

from __future__ import annotations

import re
import unicodedata

Value = str | int | tuple[str, ...]

STATED_NONE = "无"
_STATED_NONE_TEXTS = frozenset({"无", "不涉及", "无特定审批结果", "-", "—", "--", "/", "暂无", "none"})

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]|_x000[dD]_")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_WIDE = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f\U00020000-\U0003ffff"
_BREAK_BETWEEN_WIDE = re.compile(rf"(?<=[{_WIDE}]) *\n[ \n]*(?=[{_WIDE}])")
_BREAK = re.compile(r" *\n[ \n]*")


def clean_lines(text: str) -> str:
    """Text of several lines without control characters, invisible marks, and blanks at the ends of lines."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE))
    text = text.replace("\x85", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    return "\n".join(lines).strip("\n")


def clean_line(text: str) -> str:
    """Text of one line: a line break between Chinese characters vanishes, elsewhere it becomes a blank."""
    text = clean_lines(text)
    if "\n" in text:
        text = _BREAK.sub(" ", _BREAK_BETWEEN_WIDE.sub("", text))
    return text


def clean_code(text: str) -> str:
    """A code as it is compared and stored: half-width, upper case, without any blank."""
    return "".join(unicodedata.normalize("NFKC", clean_lines(text)).split()).upper()


def fold(text: str) -> str:
    """The form in which headings, labels and names are compared: NFKC, case-folded, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).casefold().split())


def is_stated_none(value: Value | None) -> bool:
    """Whether the value says "there is none" (无, 不涉及, -, /, 暂无 …), which is not the same as an empty field."""
    return isinstance(value, str) and fold(value) in _STATED_NONE_TEXTS
