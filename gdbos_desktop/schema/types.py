"""Types of elements: how a text becomes a value, how a value is written, what is noteworthy about it.

Every type obeys one law, proven for every element of every standard: ``parse(format(value)) == value``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, ClassVar

from gdbos_desktop.schema.code_lists import CodeList
from gdbos_desktop.schema.issues import Issue, Severity
from gdbos_desktop.schema.values import (
    STATED_NONE,
    Value,
    clean_code,
    clean_line,
    clean_lines,
    is_stated_none,
    narrow_line,
)


class ElementType:
    """One way to hold a value. ``name`` is the word in the standard file; widgets are found by it.

    ``sql`` says how a store may keep the value (``TEXT`` or ``INTEGER``); several codes are kept as a JSON list.
    """

    name: ClassVar[str]
    sql: ClassVar[str] = "TEXT"

    def parse(self, text: str) -> Value | Issue | None:
        """The value a text means, None for a blank text, or an Issue that says why it means nothing."""
        raise NotImplementedError

    def format(self, value: Value) -> str:
        """The text a person reads and a workbook carries; ``parse`` takes it back."""
        return "；".join(value) if isinstance(value, tuple) else str(value)

    def check(self, value: Value) -> Iterator[Issue]:  # noqa: ARG002 - the general type has nothing to remark
        """What is noteworthy about a value that is well-formed: a length over the standard's limit and the like."""
        yield from ()

    def doubt(self) -> Callable[[Value], bool] | None:
        """A cheap test for the many values in order: False promises that ``check`` has nothing to remark.

        None promises it of every value.
        """
        return None if type(self).check is ElementType.check else _always


def _always(_value: Value) -> bool:
    return True


def _excerpt(text: str) -> str:
    # Messages quote what was found; a cell may hold a novel.
    text = clean_line(text)
    return text if len(text) <= 60 else f"{text[:60]}…"


def _too_long(value: str, length: int) -> Iterator[Issue]:
    # Published data exceeds the lengths of the exchange tables constantly: a warning, never a cut.
    if length and len(value) > length:
        yield Issue(
            "length",
            Severity.WARNING,
            "The text has {length} characters; the exchange table holds {limit}. Shorten it or move part of it.",
            {"length": len(value), "limit": length},
        )


class Text(ElementType):
    """One line of text; ``length`` is the standard's limit in characters, 0 for none."""

    name = "text"

    def __init__(self, length: int = 0) -> None:
        self.length = length

    def parse(self, text: str) -> Value | Issue | None:
        return clean_line(text) or None

    def check(self, value: Value) -> Iterator[Issue]:
        return _too_long(str(value), self.length)

    def doubt(self) -> Callable[[Value], bool] | None:
        if type(self).check is not Text.check:
            return _always
        length = self.length
        return (lambda value: len(str(value)) > length) if length else None


class LongText(Text):
    """Text of several lines, without a limit unless the standard gives one."""

    name = "long_text"

    def parse(self, text: str) -> Value | Issue | None:
        return clean_lines(text) or None


_DAMAGED_CODE = re.compile(r"\d(\.\d+)?E\+\d+")


class CodeText(Text):
    """A code of letters, digits and dashes: upper case, half-width, no blanks."""

    name = "code_text"

    def parse(self, text: str) -> Value | Issue | None:
        code = clean_code(text)
        if "E+" in code and _DAMAGED_CODE.fullmatch(code):
            return Issue(
                "damaged-code",
                Severity.ERROR,
                "“{text}” is a code that the spreadsheet program damaged by turning it into a number. "
                "Format the column as text and type the full code again.",
                {"text": _excerpt(text)},
            )
        return code or None


class CreditCode(CodeText):
    """A unified social credit code (GB 32100). Its check digit is a matter of the rules: warned, never refused."""

    name = "credit_code"


class RegionCode(CodeText):
    """A region code of 6, 9 or 12 digits, kept in the platform's form: twelve digits, filled with zeros."""

    name = "region_code"

    def parse(self, text: str) -> Value | Issue | None:
        code = clean_code(text)
        if not code:
            return None
        if code.isascii() and code.isdigit() and len(code) in {2, 4, 6, 9, 12}:
            return code.ljust(12, "0")
        return code  # doubtful forms are kept and reported by the region rule


class Phone(Text):
    """Telephone numbers as people write them; half-width."""

    name = "phone"

    def parse(self, text: str) -> Value | Issue | None:
        return narrow_line(text) or None


class Url(Text):
    """A web address."""

    name = "url"

    def parse(self, text: str) -> Value | Issue | None:
        return clean_line(text) or None

    def check(self, value: Value) -> Iterator[Issue]:
        yield from super().check(value)
        if not is_stated_none(value) and not re.match(r"https?://\S+$", str(value)):
            yield Issue(
                "url",
                Severity.WARNING,
                "“{text}” is not a web address (http:// or https://).",
                {"text": _excerpt(str(value))},
            )


class Attachment(Text):
    """The mark of an attached file (its identifier or name)."""

    name = "attachment"


_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def chinese_number(text: str) -> int | None:
    """The number below 10,000 that Chinese numerals say (二十, 一百零五, 二〇), or None."""
    if len(text) > 15:
        return None
    if text and all(c in _CHINESE_DIGITS for c in text):
        return int("".join(str(_CHINESE_DIGITS[c]) for c in text))
    total, digit, seen = 0, 0, False
    for c in text:
        if c in _CHINESE_DIGITS:
            digit, seen = _CHINESE_DIGITS[c], True
        elif c in "十百千":
            unit = {"十": 10, "百": 100, "千": 1000}[c]
            total += (digit if digit or seen else 1) * unit
            digit, seen = 0, True
        else:
            return None
    return total + digit if seen else None


_WHOLE_NUMBER = re.compile(r"([+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4}))(?:\.0+)?")


class Integer(ElementType):
    """A whole number; ``suffixes`` are counting words a cell may carry behind it (工作日, 份, 次)."""

    name = "integer"
    sql = "INTEGER"

    def __init__(self, low: int | None = None, high: int | None = None, suffixes: tuple[str, ...] = ()) -> None:
        self.low, self.high = low, high
        self.suffixes = tuple(sorted(suffixes, key=len, reverse=True))

    def parse(self, text: str) -> Value | Issue | None:
        word = clean_code(text)
        if not word:
            return None
        if word.isascii() and word.isdigit() and len(word) <= 15:
            return int(word)
        if is_stated_none(word):
            return STATED_NONE
        word, _suffix = self._parted(word)
        match = _WHOLE_NUMBER.fullmatch(word)
        number = int(match[1].replace(",", "")) if match else chinese_number(word)
        if number is None:
            return Issue("number", Severity.ERROR, "“{text}” is not a whole number.", {"text": _excerpt(text)})
        return number

    def counting_word(self, text: str) -> str:
        """The counting word that ``parse`` takes off the number in a text; '' when there is none."""
        return self._parted(clean_code(text))[1] if self.suffixes and not text.isdigit() else ""

    def _parted(self, word: str) -> tuple[str, str]:
        if self.suffixes:
            word = re.sub(r"\(([^()]*)\)$", r"\1", word)  # 20(工作日)
            word = re.sub("(以|之)?内$", "", word)
        for suffix in self.suffixes:
            if word.endswith(suffix.upper()) and len(word) > len(suffix):
                return word[: -len(suffix)], suffix
        return word, ""

    def doubt(self) -> Callable[[Value], bool] | None:
        return None if self.low is None and self.high is None else self._is_out_of_range

    def _is_out_of_range(self, value: Value) -> bool:
        return isinstance(value, int) and (
            (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
        )

    def check(self, value: Value) -> Iterator[Issue]:
        if not isinstance(value, int):
            return
        if self.low is not None and value < self.low:
            yield Issue(
                "range",
                Severity.WARNING,
                "{value} is too small: the smallest allowed number is {limit}.",
                {"value": value, "limit": self.low},
            )
        if self.high is not None and value > self.high:
            yield Issue(
                "range",
                Severity.WARNING,
                "{value} is too large: the largest allowed number is {limit}.",
                {"value": value, "limit": self.high},
            )


_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:E[+-]?[0-9]{1,2})?")


class DecimalNumber(ElementType):
    """A decimal number, kept as canonical text so that nothing is rounded."""

    name = "decimal"

    def parse(self, text: str) -> Value | Issue | None:
        word = clean_code(text)
        if not word:
            return None
        if is_stated_none(word):
            return STATED_NONE
        word = word.replace(",", "").removeprefix("¥").removesuffix("元")
        if not _DECIMAL.fullmatch(word):
            return Issue("number", Severity.ERROR, "“{text}” is not a number.", {"text": _excerpt(text)})
        number = f"{Decimal(word):f}"
        if "." in number:
            number = number.rstrip("0").rstrip(".")
        return "0" if number == "-0" else number


_TIME = r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:Z|[+-][0-9]{2}:?[0-9]{2})?)?"
_DATE_FORMS = (
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T?[0-9]{6})?"),
    re.compile(r"([0-9]{4})\s*[-./年]\s*([0-9]{1,2})\s*[-./月]\s*([0-9]{1,2})\s*[日号]?" + _TIME),
)
_SERIAL_DAY = re.compile(r"([1-9][0-9]{4})(?:\.[0-9]+)?")  # days since 1899-12-30, from 1927 on


class Date(ElementType):
    """A day, kept as ``YYYY-MM-DD``; reads 2023.5.1, 20230501, 2023年5月1日 and spreadsheet serial numbers."""

    name = "date"

    def parse(self, text: str) -> Value | Issue | None:
        word = narrow_line(text).upper()
        if not word:
            return None
        if is_stated_none(word):
            return STATED_NONE
        try:
            for form in _DATE_FORMS:
                if match := form.fullmatch(word):
                    return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
            if match := _SERIAL_DAY.fullmatch(word):
                return (date(1899, 12, 30) + timedelta(days=int(match[1]))).isoformat()
        except ValueError:
            pass
        return Issue(
            "date", Severity.ERROR, "“{text}” is not a date. Write it like 2026-11-24.", {"text": _excerpt(text)}
        )


def _unknown_code(text: str, code_list: CodeList) -> Issue:
    return Issue(
        "unknown-code",
        Severity.ERROR,
        "“{text}” is not in the code list {list}. Allowed: {allowed}.",
        {
            "text": _excerpt(text),
            "list": code_list.label,
            "allowed": "、".join(entry.label for entry in code_list.entries[:12])
            + ("…" if len(code_list.entries) > 12 else ""),
        },
    )


class Code(ElementType):
    """One code of a code list; read by code, label or alias, written as its label."""

    name = "code"

    def __init__(self, code_list: CodeList) -> None:
        self.code_list = code_list

    def parse(self, text: str) -> Value | Issue | None:
        code = self.code_list.words.get(text)  # most texts are their own folded form
        if code is not None:
            return code
        word = clean_line(text)
        if not word:
            return None
        code = self.code_list.find(word)
        if code is not None:
            return code
        if not is_stated_none(word):
            return _unknown_code(text, self.code_list)
        return self.code_list.find(STATED_NONE) or STATED_NONE  # a list may have a code of its own for "none"

    def format(self, value: Value) -> str:
        return self.code_list.label_of(str(value))

    def doubt(self) -> Callable[[Value], bool] | None:
        known = self.code_list.by_code
        return lambda value: value not in known

    def check(self, value: Value) -> Iterator[Issue]:
        if not is_stated_none(value) and str(value) not in self.code_list.by_code:
            yield _unknown_code(str(value), self.code_list)


class Codes(ElementType):
    """Several codes of a code list, in the order of the list; written as labels joined by ；."""

    name = "codes"
    _STRONG = re.compile(r"[\^;；|｜,，\n]")
    _WEAK = re.compile(r"([、/／\s]+)")
    _LONGEST = 5  # so many parts between weak separators may one label have: 社会保障（社会保险、社会救助）

    def __init__(self, code_list: CodeList) -> None:
        self.code_list = code_list

    def parse(self, text: str) -> Value | Issue | None:
        code = self.code_list.words.get(text)
        if code is not None:
            return (code,)
        text = clean_lines(text)
        found: set[str] = set()
        for part in self._STRONG.split(text):
            if not part.strip():
                continue
            code = self.code_list.find(part)
            if code is not None:
                found.add(code)
                continue
            unknown = self._find_all(part, found)
            if unknown:
                if not is_stated_none(text):
                    return _unknown_code(unknown, self.code_list)
                code = self.code_list.find(STATED_NONE)
                return STATED_NONE if code is None else (code,)
        return tuple(sorted(found, key=self.code_list.position)) or None

    def _find_all(self, part: str, found: set[str]) -> str:
        # Labels may contain the separator themselves, so the longest run of parts that is a word wins.
        pieces = self._WEAK.split(part.strip())
        words, start = [piece for piece in pieces[::2] if piece], 0
        if not words or len(words) != len(pieces[::2]):
            return part
        while start < len(words):
            for end in range(min(len(words), start + self._LONGEST), start, -1):
                code = self.code_list.find("".join(pieces[2 * start : 2 * end - 1]))
                if code is not None:
                    found.add(code)
                    start = end
                    break
            else:
                return words[start]
        return ""

    def format(self, value: Value) -> str:
        codes = value if isinstance(value, tuple) else (str(value),)
        return "；".join(self.code_list.label_of(code) for code in codes)

    def doubt(self) -> Callable[[Value], bool] | None:
        known = self.code_list.by_code.keys()
        return lambda value: not (isinstance(value, tuple) and known >= set(value))

    def check(self, value: Value) -> Iterator[Issue]:
        if is_stated_none(value):
            return
        for code in value if isinstance(value, tuple) else (str(value),):
            if code not in self.code_list.by_code:
                yield _unknown_code(code, self.code_list)


class Reference(ElementType):
    """The identity of another record of kind ``target``; people see that record's title instead.

    ``creates`` maps elements of the target to elements of the referring record: when an import names a record that
    does not exist yet, it is proposed with its title and these values.
    """

    name = "reference"

    def __init__(self, target: str, creates: Mapping[str, str] | None = None) -> None:
        self.target = target
        self.creates: Mapping[str, str] = creates or {}

    def parse(self, text: str) -> Value | Issue | None:
        return clean_line(text) or None


def _code_list(options: Mapping[str, Any], code_lists: Mapping[str, CodeList]) -> CodeList:
    name = options.get("list")
    if name not in code_lists:
        raise ValueError(f"unknown code list {name!r}")
    return code_lists[str(name)]


_MAKERS: Mapping[str, Callable[[Mapping[str, Any], Mapping[str, CodeList]], ElementType]] = {
    "text": lambda options, _: Text(options.get("length", 0)),
    "long_text": lambda options, _: LongText(options.get("length", 0)),
    "code_text": lambda options, _: CodeText(options.get("length", 0)),
    "credit_code": lambda options, _: CreditCode(options.get("length", 0)),
    "region_code": lambda options, _: RegionCode(options.get("length", 0)),
    "phone": lambda options, _: Phone(options.get("length", 0)),
    "url": lambda options, _: Url(options.get("length", 0)),
    "attachment": lambda options, _: Attachment(options.get("length", 0)),
    "integer": lambda options, _: Integer(options.get("min"), options.get("max"), tuple(options.get("suffixes", ()))),
    "decimal": lambda _options, _: DecimalNumber(),
    "date": lambda _options, _: Date(),
    "code": lambda options, lists: Code(_code_list(options, lists)),
    "codes": lambda options, lists: Codes(_code_list(options, lists)),
    "reference": lambda options, _: Reference(str(options["target"]), options.get("creates")),
}

TYPE_NAMES = tuple(_MAKERS)


def make_type(name: str, options: Mapping[str, Any], code_lists: Mapping[str, CodeList]) -> ElementType:
    """The type that a standard file declares; raises ValueError when name or options are unknown."""
    if name not in _MAKERS:
        raise ValueError(f"unknown type {name!r}")
    return _MAKERS[name](options, code_lists)
