"""Code lists: versioned data with validity, several vocabularies and mappings between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from gdbos_desktop.schema.values import fold


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """One code: its label, other words for it, and the codes it stands for in other vocabularies."""

    code: str
    label: str
    aliases: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    evidence: str = ""


@dataclass(frozen=True)
class CodeList:
    """A versioned list. ``vocabularies`` names the other code systems that ``mapping`` of its entries translates to."""

    code: str
    label: str
    version: str
    source: str
    entries: tuple[CodeEntry, ...]
    vocabularies: tuple[str, ...] = ()

    @cached_property
    def by_code(self) -> Mapping[str, CodeEntry]:
        """Entries by their code."""
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def words(self) -> Mapping[str, str]:
        """Folded word → code: codes, labels, aliases, and code with label ("01 行政许可", "行政许可(01)" …)."""
        words = {fold(entry.code): entry.code for entry in self.entries}
        for entry in self.entries:
            words.setdefault(fold(entry.label), entry.code)
        for entry in self.entries:
            for alias in entry.aliases:
                words.setdefault(fold(alias), entry.code)
        for entry in self.entries:
            label, number = fold(entry.label), fold(entry.code)
            for sign in ("", "-", "—", ".", ":", "、", "|", "/", "_"):
                words.setdefault(f"{number}{sign}{label}", entry.code)
            for both in (f"{label}({number})", f"({number}){label}", f"[{number}]{label}", f"{label}-{number}"):
                words.setdefault(both, entry.code)
        return words

    @cached_property
    def _order(self) -> Mapping[str, int]:
        return {entry.code: index for index, entry in enumerate(self.entries)}

    def find(self, text: str) -> str | None:
        """The code meant by a code, a label, an alias or code with label; None when nothing fits exactly."""
        words = self.words
        code = words.get(text)  # most texts are their own folded form
        return words.get(fold(text)) if code is None else code

    def label_of(self, code: str) -> str:
        """The label of a code; an unknown code is its own label."""
        entry = self.by_code.get(code)
        return entry.label if entry else code

    def position(self, code: str) -> int:
        """Where the code stands in the list; unknown codes come last."""
        return self._order.get(code, len(self.entries))

    def translate(self, code: str, vocabulary: str) -> str | None:
        """The code in another vocabulary (``gbt39046``, a province …), or None when the list does not say."""
        entry = self.by_code.get(code)
        return entry.mapping.get(vocabulary) if entry else None
