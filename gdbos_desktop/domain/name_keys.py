"""What a name of a material or data element says, without its dress: keys under which equal things meet.

What fingerprints are for Latin names: width, signs and brackets go, words that say only form or number go (原件,
复印件, 各一份, 加盖公章), parts joined by 、和与及 count without order, synonyms become one word. Words of which a
difference means another thing (变更/注销, 法定代表人/经办人, 甲/乙, numbers) are the ``marks`` of a name. All words are
data (``resources/similar``).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from gdbos_desktop.schema import fold
from gdbos_desktop.schema.loading import StandardError

_OPENING, _CLOSING = "([{〔【「", ")]}〕】」"
_LIST_NUMBER = re.compile(
    r"^\s*(?:[(（]?\d{1,2}[)）]|\d{1,2}[.．、](?!\d)|[(（][一二三四五六七八九十]{1,3}[)）]|[一二三四五六七八九十]{1,3}、"
    r"|[\u2460-\u2473])\s*"
)
_COUNT = re.compile(r"(?:一式|各|共)*[0-9一二两三四五六七八九十壹贰叁肆伍]+(?:份|张|套|页)(?:以上)?")
_SIGN = re.compile(r"[\W_]+")
_EDGE = re.compile(r"^[或并需须均]+(?=.)|[或并各等需须均]+$")
_NUMERAL = "〇一二三四五六七八九十"
_COUNTED = re.compile(rf"([{_NUMERAL}]+)(?=级|类|等|期|寸|号|年|季|代|次|层|批|档|星)")
_NUMBER = re.compile(rf"\d+(?:\.\d+)?|[a-z]+|[{_NUMERAL}两百千万]+")
_EMPTY_BRACKETS = re.compile(r"[(\[{〔【「]\s*[)\]}〕】」]")
_FILE_WORDS = frozenset({"names", "synonyms", "apart"})


@dataclass(frozen=True, slots=True)
class NameKeys:
    """How a name is compared: with the same ``form`` names differ in dress only, with the same ``meaning`` in words.

    ``form`` is '' for a name that says nothing else. ``spelled`` is the meaning with characters that are often confused
    made the same; ``bare`` the name without form and number, as people would write it. ``marks`` are the words and
    numbers that must be equal for two names to mean the same thing. ``is_item_form`` says that the name carries that of
    an item (食品经营许可申请表): alike is not enough.
    """

    bare: str
    form: str
    meaning: str
    spelled: str
    marks: frozenset[str]
    is_item_form: bool


@dataclass(frozen=True)
class NameWords:
    """The words by which names are compared; loaded by ``load_name_words``.

    ``synonyms`` maps a word to the standard one of its group, ``whole_synonyms`` only where it is the whole part.
    """

    form: tuple[str, ...]
    subject: tuple[str, ...]
    light: str
    joiners: tuple[str, ...]
    item_forms: tuple[str, ...]
    confusable: Mapping[str, str]
    synonyms: Mapping[str, str]
    whole_synonyms: Mapping[str, str]
    apart: frozenset[str]

    def is_slip(self, sign: str, other: str, sounds: Mapping[str, str]) -> bool:
        """Whether two signs sound alike and neither is a mark (税 and 水 do not, nor do 一 and 医)."""
        heard = sounds.get(sign)
        return heard is not None and heard == sounds.get(other) and not (self._is_mark(sign) or self._is_mark(other))

    def _is_mark(self, sign: str) -> bool:
        return sign in self.apart or _NUMBER.fullmatch(sign) is not None

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return _any_of(self.form)

    @cached_property
    def _subject(self) -> re.Pattern[str]:
        return re.compile(f"^(?:{_any_of(self.subject).pattern})(?=.)")

    @cached_property
    def _joiner(self) -> re.Pattern[str]:
        return _any_of(self.joiners)

    @cached_property
    def _synonym(self) -> re.Pattern[str]:
        return _any_of(self.synonyms)

    @cached_property
    def _apart(self) -> re.Pattern[str]:
        return _any_of(self.apart)

    def keys_of(self, name: str) -> NameKeys:
        """The keys of a name, whatever its width, case and blanks."""
        text = unicodedata.normalize("NFKC", _LIST_NUMBER.sub("", name, count=1)).casefold()
        parts = [part for raw in self._split(text) if (part := self._part(raw))]
        form = "\n".join(sorted(set(parts)))
        meant = sorted({self._meaning(part) for part in parts})
        spelled = sorted({self._spelled(part) for part in parts})
        meaning = "\n".join(meant)
        marks = frozenset(self._apart.findall(meaning)) | frozenset(_NUMBER.findall(meaning))
        is_item_form = any(part.endswith(self.item_forms) for part in meant)
        bare = "、".join(dict.fromkeys(parts))
        return NameKeys(bare, form, meaning, "\n".join(spelled), marks, is_item_form)

    def _split(self, text: str) -> list[str]:
        """The parts of a name; what stands in brackets comes before the part that it explains."""
        outer: list[list[str]] = [["", ""]]
        depth = 0
        text = _EMPTY_BRACKETS.sub("", self._form.sub(" ", _COUNT.sub(" ", text)))
        at = 0
        while at < len(text):
            sign = text[at]
            at += 1
            if sign in _OPENING:
                depth += 1
            elif sign in _CLOSING:
                depth = max(0, depth - 1)
            elif depth:
                outer[-1][0] += sign
            elif joiner := self._joiner.match(text, at - 1):
                outer.append(["", ""])
                at = joiner.end()
            else:
                outer[-1][1] += sign
        return [f"{' '.join(sorted(self._joiner.split(inside)))}{rest}" for inside, rest in outer]

    def _part(self, text: str) -> str:
        text = _SIGN.sub("", text)
        if self.light:
            text = text.translate(dict.fromkeys(map(ord, self.light)))
        while (rest := self._subject.sub("", _EDGE.sub("", text))) != text:
            text = rest
        return text

    def _spelled(self, part: str) -> str:
        part = "".join([self.confusable.get(sign, sign) for sign in part])
        return _COUNTED.sub(
            lambda found: _digits(found.group()),
            self._respelled_pattern.sub(lambda found: self._respelled[found.group()], part),
        )

    @cached_property
    def _respelled(self) -> dict[str, str]:
        settle = {ord(sign): to for sign, to in self.confusable.items()}
        return {word.translate(settle): standard.translate(settle) for word, standard in self.synonyms.items()}

    @cached_property
    def _respelled_pattern(self) -> re.Pattern[str]:
        return _any_of(self._respelled)

    def _meaning(self, part: str) -> str:
        whole = self.whole_synonyms.get(part)
        if whole is not None:
            return whole
        part = self._synonym.sub(lambda found: self.synonyms[found.group()], part)
        return _COUNTED.sub(lambda found: _digits(found.group()), part)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Any of these words, the longest first; a pattern that matches nothing for no words."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, ordered)) or r"(?!)")


def _digits(numeral: str) -> str:
    """一 to 九十九 as digits; anything else as it is (二〇二六 digit by digit)."""
    if "十" not in numeral:
        return "".join(str(_NUMERAL.index(sign)) for sign in numeral)
    tens, _ten, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1 or "十" in ones:
        return numeral
    return str((_NUMERAL.index(tens) if tens else 1) * 10 + (_NUMERAL.index(ones) if ones else 0))


def load_name_words(texts: Mapping[str, str]) -> NameWords:
    """The words of file name → TOML text, later files adding to earlier ones; StandardError names file and entry."""
    lists: dict[str, list[str]] = {"form": [], "subject": [], "joiners": [], "item_forms": [], "confusable": []}
    light = ""
    groups: dict[str, tuple[str, bool]] = {}
    apart: set[str] = set()
    for file, text in texts.items():
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise StandardError(f"{file}: {error}") from error
        if unknown := set(data) - _FILE_WORDS:
            raise StandardError(f"{file}: unknown words {sorted(unknown)}")
        names = data.get("names", {})
        light += names.get("light", "")
        for name, kept in lists.items():
            kept.extend(names.get(name, ()) if name == "joiners" else map(fold, names.get(name, ())))
        for group in data.get("synonyms", ()):
            _add_group(file, groups, [fold(word) for word in group.get("words", ())], bool(group.get("whole")))
        for group in data.get("apart", ()):
            apart |= {fold(word) for word in group.get("words", ())}
    confusable = {sign: group[0] for group in lists["confusable"] for sign in group}
    return NameWords(
        form=tuple(lists["form"]),
        subject=tuple(lists["subject"]),
        light=light,
        joiners=tuple(lists["joiners"]),
        item_forms=tuple(lists["item_forms"]),
        confusable=confusable,
        synonyms={word: standard for word, (standard, whole) in groups.items() if not whole},
        whole_synonyms={word: standard for word, (standard, whole) in groups.items() if whole},
        apart=frozenset(apart),
    )


def _add_group(file: str, groups: dict[str, tuple[str, bool]], words: Sequence[str], is_whole: bool) -> None:
    if len(words) < 2:
        raise StandardError(f"{file}: synonyms {list(words)} need two words at least")
    for word in words:
        known = groups.setdefault(word, (words[0], is_whole))
        if known != (words[0], is_whole):
            raise StandardError(f"{file}: {word!r} is a synonym of {known[0]!r} and of {words[0]!r}")
