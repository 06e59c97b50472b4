"""Columns of cell texts become values: parsed once per different text, with the issues each text raises.

Hides 同上 and 同左, spreadsheet errors, numbers that lost their digits, and the cache that makes it fast.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from gdbos_desktop.domain.cells import DAMAGED_NUMBER, SAME_AS_ABOVE, SAME_AS_LEFT, SHIELD, SPREADSHEET_ERRORS
from gdbos_desktop.domain.layouts import Column
from gdbos_desktop.domain.region_code import FULL_LENGTH
from gdbos_desktop.importing.cleaning import (
    AT_ONCE_READ,
    JSON_LINES,
    MARKUP,
    READ_OTHERWISE,
    SUGGESTED,
    ZERO,
    Cleaned,
    looks_like_json,
    readable_lines,
    without_markup,
)
from gdbos_desktop.importing.frames import ROUND_NUMBER
from gdbos_desktop.importing.units import other_dates, shared_out
from gdbos_desktop.importing.words import AT_ONCE, NOT_TICKED, READ_AS, TICKED
from gdbos_desktop.schema import Element, Issue, Severity, Value, fold
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes, CodeText, Date, Integer, LongText, Reference, RegionCode
from gdbos_desktop.schema.values import clean_line
from gdbos_desktop.system.messages import N_

CACHED_TEXTS = 4000
MOST_ZEROS = 3
"""So many zeros at the beginning of a code may be lost; a shorter number is another code or a wrong one."""
VARIED_SHARE = 0.7
"""From this share of new texts in a batch on, remembering them costs more than it saves."""


class ColumnReader(dict[str, Value | None]):
    """The values of one column, by cell text; ``remarks`` holds the issues of the texts of the latest batch.

    A column whose texts repeat is parsed once per text; one in which nearly every text is new is parsed straight.
    ``options`` is what a layout says besides: texts that mean others, suggestions that are taken, the separator.
    ``form`` is what a code of the element looks like when it is whole. ``cleaned`` counts the cells of which not the
    text itself was read.
    """

    def __init__(
        self,
        column: int,
        heading: str,
        element: Element | None,
        options: Column | None = None,
        form: re.Pattern[str] | None = None,
    ) -> None:
        super().__init__()
        self._form = form
        self.column, self.heading, self.element = column, heading, element
        self.remarks: dict[str, tuple[Issue, ...]] = {}
        self.cleaned = Cleaned()
        self._cleanings: dict[str, tuple[tuple[str, str], ...]] = {}
        self._options = options or Column(heading)
        self._meant = {fold(text): meant for text, meant in self._options.values.items()}
        self._repeats = False
        self._is_varied = False
        self._last_text = ""
        self._parse = self._parser(element)

    def read(
        self, texts: Sequence[str], left: Sequence[str], numbers: Sequence[int] = ()
    ) -> tuple[list[Value | None], Sequence[str]]:
        """The values of a batch of cells, and the texts they stand for; ``left`` are the cells to their left,
        ``numbers`` their rows."""
        if self._is_varied or len(self) > CACHED_TEXTS:
            self.clear()
            self.remarks.clear()
            self._cleanings.clear()
        values = self._values(texts)
        if self._repeats:
            texts = self._resolved(texts, left)
            values = self._values(texts)
        if texts:
            self._last_text = texts[-1]
        if self._cleanings:
            self._count_cleanings(texts, numbers)
        return values, texts

    def _count_cleanings(self, texts: Sequence[str], numbers: Sequence[int]) -> None:
        for index, text in enumerate(texts):
            for what, new in self._cleanings.get(text, ()):
                self.cleaned.note(what, numbers[index] if numbers else 0, text, new)

    def __missing__(self, text: str) -> Value | None:
        value = self[text] = self._parse(text)
        return value

    def _values(self, texts: Sequence[str]) -> list[Value | None]:
        if self._is_varied:
            parse = self._parse
            return [parse(text) if text else None for text in texts]
        known = len(self)
        values = list(map(self.__getitem__, texts))
        self._is_varied = len(self) - known > VARIED_SHARE * len(texts) > VARIED_SHARE * 100
        return values

    def _parser(self, element: Element | None) -> Callable[[str], Value | None]:
        if element is None:
            return lambda text: None if self._is_special(text) or self._is_rounded(text) else self._name(text)
        parse_text, doubt, is_code = element.type.parse, element.type.doubt(), isinstance(element.type, CodeText)
        is_plain = not self._meant and not self._options.separator
        is_long = isinstance(element.type, LongText)

        def parse(text: str) -> Value | None:
            if not text or (text[0] in _SPECIAL_STARTS and (self._is_special(text) or self._is_rounded(text))):
                return None
            if not is_code and text[-1] in _DIGITS and ("E+" in text or "e+" in text) and self._is_damaged(text):
                return None
            said = text if is_plain else self._said(text)
            if ("<" in said or "&" in said) and said[0] != SHIELD:
                said = self._without_markup(text, said)
            if is_long and said[:1] in _JSON_STARTS:
                said = self._without_json(text, said)
            value = parse_text(said)
            if isinstance(value, Issue):
                value = self._otherwise(element, text, said, value)
            elif is_code and value is not None:
                value = self._whole(element, text, str(value))
            if doubt is not None and value is not None and doubt(value) and (issues := tuple(element.check(value))):
                value = self._accepted(element, text, value, issues)
            return value

        return parse

    def _name(self, text: str) -> Value | None:
        """What a cell says about the containing record."""
        said = self._said(text)
        if ("<" in said or "&" in said) and said[0] != SHIELD:
            said = self._without_markup(text, said)
        return clean_line(said) or None

    def _said(self, text: str) -> str:
        """The text to be read instead of a cell's, as the layout has it."""
        return self._separated(self._meant.get(fold(text), text) if self._meant else text)

    def _separated(self, text: str) -> str:
        separator = self._options.separator
        if not separator or self.element is None or not isinstance(self.element.type, Codes):
            return text
        return text.replace(separator, "；")

    def _without_markup(self, text: str, said: str) -> str:
        clean = without_markup(said)
        if clean != said:
            self._note(text, MARKUP, clean)
        return clean

    def _without_json(self, text: str, said: str) -> str:
        if said.strip() in _EMPTY_DATA:
            self._note(text, JSON_LINES, "")
            return ""
        if not looks_like_json(said) or not (lines := readable_lines(said)):
            return said
        self._note(text, JSON_LINES, lines)
        return lines

    def _note(self, text: str, what: str, new: str) -> None:
        self._cleanings[text] = (*self._cleanings.get(text, ()), (what, new))

    def _whole(self, element: Element, text: str, code: str) -> str:
        """The code without the mark by which spreadsheet programs keep it a text, and with the zeros that they took
        from its beginning; that is certain only where a rule says what a whole code looks like."""
        bare = code.lstrip(_TEXT_MARKS)
        if bare != code and bare:
            self._note(text, READ_OTHERWISE, bare)
            code = bare
        if self._form is not None and code.isascii() and code.isdigit() and not self._form.fullmatch(code):
            assert isinstance(element.type, CodeText)
            whole = code.zfill(element.type.length)
            if 0 < len(whole) - len(code) <= MOST_ZEROS and self._form.fullmatch(whole):
                self._note(text, ZERO, whole)
                return whole
        return code

    def _otherwise(self, element: Element, text: str, said: str, issue: Issue) -> Value | None:
        """The value of a text that its type does not read; without one the issue is remarked."""
        for what, other in self._other_readings(element, said, issue):
            value = element.type.parse(other)
            if value is not None and not isinstance(value, Issue):
                if what:
                    self._note(text, what, other)
                return value
        self.remarks[text] = (issue.about(element=element.code),)
        return None

    def _other_readings(self, element: Element, said: str, issue: Issue) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        if issue.code in self._options.accept and issue.suggestion is not None:
            found.append((SUGGESTED, issue.suggestion))
        if isinstance(element.type, Integer):
            word = fold(said)
            if element.unit_in and word in AT_ONCE:
                found.append((AT_ONCE_READ, "0"))
            if element.unit_in and word in READ_AS:
                found.append((READ_OTHERWISE, READ_AS[word]))
            if element.parts and (shares := shared_out(element, said)) is not None:
                found.append(("", str(shares[0])))
        elif isinstance(element.type, Date):
            found += other_dates(said)
        elif isinstance(element.type, Code) and (code := said.strip()).isascii() and code.isdigit():
            # A list whose codes are all of one length says which code lost its zeros.
            lengths = set(map(len, element.type.code_list.by_code))
            if len(lengths) == 1 and (whole := code.zfill(lengths.pop())) in element.type.code_list.by_code:
                found.append((ZERO, whole))
        return found

    def _accepted(self, element: Element, text: str, value: Value, issues: Sequence[Issue]) -> Value:
        """The value, or the one that an accepted suggestion of its type means instead."""
        for issue in issues:
            if issue.code in self._options.accept and issue.suggestion is not None:
                better = element.type.parse(issue.suggestion)
                if better is not None and not isinstance(better, Issue):
                    self._note(text, SUGGESTED, issue.suggestion)
                    return better
        self.remarks[text] = tuple(issues)
        return value

    def _is_special(self, text: str) -> bool:
        """Whether a text says 同上 or 同左, or is the error of a formula; either way it is no value itself."""
        bare = text.strip()
        if bare in SAME_AS_ABOVE or bare in SAME_AS_LEFT:
            self._repeats = True
            return True
        if bare[:1] != "#" or bare.upper() not in SPREADSHEET_ERRORS:
            return False
        self._remark(
            text, "spreadsheet-error", N_("The formula in this cell has no result ({text}). Type the value itself.")
        )
        return True

    def _is_damaged(self, text: str) -> bool:
        """Whether a text is what is left of a long number that was no number."""
        if DAMAGED_NUMBER.fullmatch(text.strip()):
            self._damaged(text)
            return True
        return False

    def _is_rounded(self, text: str) -> bool:
        """Whether a cell that was a long round number is what is left of a code. Whole region codes do end in zeros."""
        kind = self.element.type if self.element is not None else None
        is_region = isinstance(kind, RegionCode) and len(text) == len(ROUND_NUMBER) + FULL_LENGTH
        if text[:1] != ROUND_NUMBER or is_region or not (kind is None or isinstance(kind, CodeText | Reference)):
            return False
        self._damaged(text)
        return True

    def _damaged(self, text: str) -> None:
        self._remark(
            text,
            "damaged-code",
            N_(
                "“{text}” is a code that the spreadsheet program damaged by turning it into a number. "
                "Format the column as text and type the full code again."
            ),
        )

    def _remark(self, text: str, code: str, message: str) -> None:
        element = self.element.code if self.element is not None else PARENT
        self.remarks[text] = (Issue(code, Severity.ERROR, message, {"text": text.strip()}, element),)

    def _resolved(self, texts: Sequence[str], left: Sequence[str]) -> list[str]:
        resolved = []
        last = self._last_text
        for text, neighbour in zip(texts, left, strict=True):
            bare = text.strip()
            if bare in SAME_AS_ABOVE:
                text = last  # noqa: PLW2901
            elif bare in SAME_AS_LEFT:
                text = neighbour  # noqa: PLW2901
            resolved.append(text)
            last = text
        return resolved


_DIGITS = frozenset("0123456789")
_SPECIAL_STARTS = frozenset([*(text[0] for text in SAME_AS_ABOVE | SAME_AS_LEFT), *"# \t\n\u3000\u00a0", ROUND_NUMBER])
"""First characters of special texts: a cheap look before the exact one."""
_JSON_STARTS = frozenset('[{"')
_EMPTY_DATA = frozenset({"[]", "{}", "[{}]", '""'})
_TEXT_MARKS = "'‘’`"


class TickReader:
    """Several columns of one element, each of which stands for a code: 服务对象/自然人 √. ``columns`` have a value.

    Either ``remarks`` or a value: a cell that neither ticks nor does not tick is remarked at its place.
    """

    def __init__(self, element: Element, columns: Sequence[Column]) -> None:
        assert isinstance(element.type, Code | Codes)
        self.element, self.columns = element, tuple(columns)
        self._list = element.type.code_list
        self._is_single = isinstance(element.type, Code)
        self._known: list[dict[str, bool | None]] = [{"": False} for _ in columns]

    def read(
        self, cells: Mapping[int, Sequence[str]], count: int
    ) -> tuple[list[Value | None], dict[int, list[tuple[int, Issue]]]]:
        """The values of ``count`` rows, and per row the issues with the place of the cell; ``cells`` by place."""
        ticked: list[list[str]] = [[] for _ in range(count)]
        issues: dict[int, list[tuple[int, Issue]]] = {}
        for column, known in zip(self.columns, self._known, strict=True):
            if len(known) > CACHED_TEXTS:
                known.clear()
            for index, text in enumerate(cells[column.place]):
                if not text:
                    continue
                if text not in known:
                    known[text] = self._is_ticked(text, column.value)
                is_ticked = known[text]
                if is_ticked:
                    ticked[index].append(column.value)
                elif is_ticked is None:
                    issues.setdefault(index, []).append((column.place, self._unclear(text, column)))
        if self._is_single:
            for index, codes in enumerate(ticked):
                if len(set(codes)) > 1:
                    issues.setdefault(index, []).append((self.columns[0].place, self._doubled(codes)))
        position = self._list.position
        values: list[Value | None] = [
            (codes[0] if self._is_single else tuple(sorted(set(codes), key=position))) if codes else None
            for codes in ticked
        ]
        return values, issues

    def _is_ticked(self, text: str, value: str) -> bool | None:
        word = fold(text)
        if not word or self._list.find(word) == value:
            return bool(word)
        return True if word in TICKED else False if word in NOT_TICKED else None

    def _unclear(self, text: str, column: Column) -> Issue:
        return Issue(
            "not-a-tick",
            Severity.ERROR,
            N_("“{text}” neither says yes nor no. Write √ if “{label}” holds, leave the cell empty if not."),
            {"text": text.strip(), "label": self._list.label_of(column.value)},
            self.element.code,
        )

    def _doubled(self, codes: Sequence[str]) -> Issue:
        return Issue(
            "two-ticks",
            Severity.ERROR,
            N_("“{label}” can be only one, but several are ticked: {codes}. Keep one tick."),
            {
                "label": self.element.label,
                "codes": "、".join(self._list.label_of(code) for code in dict.fromkeys(codes)),
            },
            self.element.code,
        )
