"""Types of elements: how a text becomes a value, how a value is written, what is noteworthy about it.

Every type obeys one law, proven for every element of every standard: ``parse(format(value)) == value``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar

from gdbos_desktop.schema.code_lists import CodeList
from gdbos_desktop.schema.issues import Issue, Severity
from gdbos_desktop.schema.values import STATED_NONE, Value, clean_code, clean_line, clean_lines, is_stated_none


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


class LongText(Text):
    """Text of several lines, without a limit unless the standard gives one."""

    name = "long_text"

    def parse(self, text: str) -> Value | Issue | None:
        return clean_lines(text) or None


class CodeText(Text):
    """A code of letters, digits and dashes: upper case, half-width, no blanks."""

    name = "code_text"

    def parse(self, text: str) -> Value | Issue | None:
        code = clean_code(text)
        if re.fullmatch(r"\d(\.\d+)?E\+\d+", code):
            return Issue(
                "damaged-code",
                Severity.ERROR,
                "“{text}” is a code that the spreadsheet program damaged by turning it into a number. "
                "Format the column as text and type the full code again.",
                {"text": text.strip()},
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
        return clean_line(unicodedata.normalize("NFKC", text)) or None


class Url(Text):
    """A web address."""

    name = "url"

    def parse(self, text: str) -> Value | Issue | None:
        return clean_line(text) or None

    def check(self, value: Value) -> Iterator[Issue]:
        yield from super().check(value)
        if not is_stated_none(value) and not re.match(r"https?://\S+$", str(value)):
            yield Issue(
                "url", Severity.WARNING, "“{text}” is not a web address (http:// or https://).", {"text": value}
            )


class Attachment(Text):
    """The mark of an attached file (its identifier or name)."""

    name = "attachment"


_CHINESE_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def chinese_number(text: str) -> int | None:
    """The number below 10,000 that Chinese numerals say (二十, 一百零五, 二〇), or None."""
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
        if is_stated_none(word):
            return STATED_NONE
        for suffix in self.suffixes:
            if word.endswith(suffix.upper()) and len(word) > len(suffix):
                word = word[: -len(suffix)]
                break
        word = word.removesuffix(".0")
        number = int(word) if re.fullmatch(r"[+-]?\d{1,15}", word) else chinese_number(word)
        if number is None:
            return Issue("number", Severity.ERROR, "“{text}” is not a whole number.", {"text": text.strip()})
        return number

    def check(self, value: Value) -> Iterator[Issue]:
        if isinstance(value, int) and (
            (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
        ):
            yield Issue(
                "range",
                Severity.WARNING,
                "{value} is outside what is allowed ({low} to {high}).",
                {
                    "value": value,
                    "low": "" if self.low is None else self.low,
                    "high": "" if self.high is None else self.high,
                },
            )


class DecimalNumber(ElementType):
    """A decimal number, kept as canonical text so that nothing is rounded."""

    name = "decimal"

    def parse(self, text: str) -> Value | Issue | None:
        word = clean_code(text).replace(",", "").removesuffix("元")
        if not word:
            return None
        if is_stated_none(word):
            return STATED_NONE
        try:
            number = Decimal(word)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number.adjusted() > 18:
            return Issue("number", Severity.ERROR, "“{text}” is not a number.", {"text": text.strip()})
        return f"{number.normalize():f}"


_DATE_FORMS = (
    re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?\d{6})?"),
    re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})[日号]?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"),
)


class Date(ElementType):
    """A day, kept as ``YYYY-MM-DD``; reads 2023.5.1, 20230501, 2023年5月1日 and spreadsheet serial numbers."""

    name = "date"

    def parse(self, text: str) -> Value | Issue | None:
        word = clean_code(text)
        if not word:
            return None
        if is_stated_none(word):
            return STATED_NONE
        try:
            for form in _DATE_FORMS:
                if match := form.fullmatch(word):
                    return date(int(match[1]), int(match[2]), int(match[3])).isoformat()
            if re.fullmatch(r"[1-9]\d{4}(\.\d+)?", word):  # days since 1899-12-30, from 1927 on
                return (date(1899, 12, 30) + timedelta(days=int(float(word)))).isoformat()
        except ValueError:
            pass
        return Issue(
            "date", Severity.ERROR, "“{text}” is not a date. Write it like 2026-11-24.", {"text": text.strip()}
        )


def _unknown_code(text: str, code_list: CodeList) -> Issue:
    return Issue(
        "unknown-code",
        Severity.ERROR,
        "“{text}” is not in the code list {list}. Allowed: {allowed}.",
        {
            "text": text.strip(),
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
        word = clean_line(text)
        if not word:
            return None
        code = self.code_list.find(word)
        if code is not None:
            return code
        return STATED_NONE if is_stated_none(word) else _unknown_code(text, self.code_list)

    def format(self, value: Value) -> str:
        return self.code_list.label_of(str(value))

    def check(self, value: Value) -> Iterator[Issue]:
        if not is_stated_none(value) and str(value) not in self.code_list.by_code:
            yield _unknown_code(str(value), self.code_list)


class Codes(ElementType):
    """Several codes of a code list, in the order of the list; written as labels joined by ；."""

    name = "codes"
    _STRONG = re.compile(r"[\^;；|,，\n]")
    _WEAK = re.compile(r"[、/]")

    def __init__(self, code_list: CodeList) -> None:
        self.code_list = code_list

    def parse(self, text: str) -> Value | Issue | None:
        words = [word for part in self._STRONG.split(clean_lines(text)) if (word := part.strip())]
        if not words:
            return None
        found: set[str] = set()
        for word in words:
            code = self.code_list.find(word)
            parts = [word] if code is not None else [part for part in self._WEAK.split(word) if part.strip()]
            for part in parts:
                code = self.code_list.find(part)
                if code is None:
                    return STATED_NONE if is_stated_none(text) else _unknown_code(part, self.code_list)
                found.add(code)
            if not parts:
                return STATED_NONE if is_stated_none(text) else _unknown_code(word, self.code_list)
        return tuple(sorted(found, key=self.code_list.position))

    def format(self, value: Value) -> str:
        codes = value if isinstance(value, tuple) else (str(value),)
        return "；".join(self.code_list.label_of(code) for code in codes)

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
