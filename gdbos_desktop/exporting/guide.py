"""Service guides (办事指南) as Word documents, one for each item, from a template that users edit in Word or WPS.

A placeholder is the label or the code of an element; what a record contains is a list under the label or code of its
kind. Sections, their order and their titles live in the template (``resources/templates``), not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.exporting.dress import chinese_numeral
from gdbos_desktop.exporting.files import WORD, FileNames, explained, shortened, whole_file
from gdbos_desktop.exporting.templates import WordTemplate, plain_text
from gdbos_desktop.exporting.words import (
    EXAMPLE,
    FILTER_APPLY,
    FILTER_JOIN,
    FILTER_NUMERAL,
    FILTER_WITHOUT,
    GUIDE_TEMPLATE,
    MISSING,
    NOT_APPLICABLE,
    OTHER_ELEMENTS,
    OTHER_GROUP,
    OTHER_LABEL,
    OTHER_TEXT,
    RECORD_CODE,
    RECORD_NAME,
    SECTION_NUMBER,
)
from gdbos_desktop.schema import Element, Kind, Standard, Value, is_stated_none
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import resource_folder
from gdbos_desktop.system.tasks import Progress, no_progress

NOTHING: Mapping[str, Any] = MappingProxyType({})
_ONE_FILE_ONLY = frozenset({"file-open", "read-only", "is-folder", "name-too-long", "other-file"})


@dataclass(frozen=True, slots=True)
class GuideProblem:
    """A guide that could not be written: which record, and why, in the user's words."""

    record_id: str
    title: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.title}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class GuideResult:
    """The folder, the guides written into it, and those that could not be written."""

    folder: Path
    paths: Sequence[Path]
    problems: Sequence[GuideProblem] = ()


def write_guides(
    trees: Iterable[RecordTree],
    total: int,
    standard: Standard,
    folder: Path,
    template: Path | None = None,
    progress: Progress = no_progress,
) -> GuideResult:
    """Write one guide for each record tree into a folder, which is made when missing.

    A ``folder`` that is the name of a Word document and no folder yet takes the guide of a single record
    (``one-file-many-guides``). Without ``template`` the shipped one is used (``no-guide-of-kind``). A file that cannot
    be replaced (open elsewhere, read-only, something else) is a problem in the result and the others go on; a template
    that cannot be filled, a full disk or a missing folder is a KnownError. When it is cancelled, the guides that are
    finished stay and no half one.
    """
    file = _single_file(folder, total)
    folder = file.parent if file else folder
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
    guides: dict[str, Guide] = {}
    names = FileNames(WORD.ending)
    paths: list[Path] = []
    problems: list[GuideProblem] = []
    progress(0, total, _("Writing guides"))
    for done, tree in enumerate(trees, 1):
        kind = standard.kind(tree.record.kind)
        guide = guides.get(kind.code)
        if guide is None:
            guide = guides[kind.code] = _guide(standard, kind, template)
        title = kind.title_of(tree.record.elements)
        path = file or folder / names.name(kind.code_of(tree.record.elements), title)
        try:
            guide.write(path, tree)
            paths.append(path)
        except KnownError as error:
            if error.code not in _ONE_FILE_ONLY:
                raise
            problems.append(GuideProblem(tree.record.id, shortened(title or path.name), error.sentence))
        progress(done, max(total, done), _("Writing guides"))
    return GuideResult(folder, paths, problems)


def _guide(standard: Standard, kind: Kind, template: Path | None) -> Guide:
    """The guide of a kind; that the shipped template is for other kinds is no mistake in the template."""
    try:
        return Guide(standard, kind, template)
    except KnownError as error:
        if template is not None or error.code != "unknown-placeholder":
            raise
        kinds = "、".join(other.label for other in standard.kinds.values() if _has_guide(standard, other))
        raise KnownError(
            "no-guide-of-kind",
            _("There is no guide of this kind"),
            _("The template that comes with the program makes guides of “{kinds}”, not of “{kind}”.").format(
                kinds=kinds, kind=kind.label
            ),
            _(
                "Export guides of “{kinds}”: they print what is contained as well. Or choose a template of your own."
            ).format(kinds=kinds),
        ) from error


def _has_guide(standard: Standard, kind: Kind) -> bool:
    try:
        Guide(standard, kind)
    except KnownError:
        return False
    return True


def _single_file(folder: Path, total: int) -> Path | None:
    """The file that takes the only guide, None when the guides go into a folder."""
    if folder.suffix.casefold() != WORD.ending or folder.is_dir():
        return None
    if total > 1:
        raise KnownError(
            "one-file-many-guides",
            _("A guide is a file of its own"),
            _("{count} guides do not go into one file “{name}”.").format(count=total, name=shortened(folder.name)),
            _("Name a folder (without {ending}) for them, or choose a single item.").format(ending=WORD.ending),
        )
    return folder


def guide_template() -> Path:
    """The shipped template, to be copied and edited."""
    return resource_folder("templates") / GUIDE_TEMPLATE


class Guide:
    """A template made ready for records of one kind."""

    def __init__(self, standard: Standard, kind: Kind, template: Path | None = None) -> None:
        self._values = GuideValues(standard)
        examples = [example_tree(standard, kind, copies=copies) for copies in (1, 2)]
        self._template = WordTemplate(template or guide_template(), self._values.of(examples[0]), filters())
        self._values.leave_to_others(kind, self._template.placed, self._template.placed_inside)
        self._template.prove(self._values.of(tree) for tree in (*examples, RecordTree(Record(EXAMPLE, kind.code, {}))))

    def write(self, path: Path, tree: RecordTree) -> None:
        """Write the guide of a record."""
        values = self._values.of(tree)
        with whole_file(path, WORD, is_durable=False) as file:
            self._template.write(file, values)


def filters() -> dict[str, Callable[..., object]]:
    """What a placeholder may send its value through, by name."""
    return {FILTER_JOIN: _join, FILTER_APPLY: _apply, FILTER_NUMERAL: chinese_numeral, FILTER_WITHOUT: _without}


class Blank(str):
    """The words that mark an empty place: printed like any text, but false in a condition."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False


class Contained(list[Mapping[str, Any]]):
    """What a record contains of a kind; printed as a whole it says that nothing is filled in."""

    def __str__(self) -> str:
        return "" if self else MISSING


class Counter:
    """Counts the sections that are there: 一, 二, 三 …, one further each time it is printed."""

    def __init__(self) -> None:
        self._count = 0

    def __str__(self) -> str:
        self._count += 1
        return chinese_numeral(self._count)


class GuideValues:
    """What the placeholders of a template stand for, for any record of a standard with all it contains."""

    def __init__(self, standard: Standard) -> None:
        self._kinds = standard.kinds
        self._children = {code: standard.children_of(code) for code in standard.kinds}
        self._names = {
            kind.code: {code: placeholders(element) for code, element in kind.elements.items()}
            for kind in standard.kinds.values()
        }
        self._blanks: dict[tuple[str, str], dict[str, Any]] = {}
        self._others: dict[str, tuple[tuple[str, str, str], ...]] = {}

    def leave_to_others(self, top: Kind, placed: Set[str], placed_inside: Set[str]) -> None:
        """From now on every record says what the template has no place for: ``placed`` are the names it uses of records
        of the kind ``top``, ``placed_inside`` of what these contain."""
        for kind in self._kinds.values():
            groups = {group.code: group.label for group in kind.groups}
            used = placed if kind is top else placed_inside
            self._others[kind.code] = tuple(
                (code, element.label, groups.get(element.group, ""))
                for code, element in kind.elements.items()
                if code != kind.position_element and used.isdisjoint(self._names[kind.code][code])
            )

    def of(self, tree: RecordTree) -> dict[str, Any]:
        """The values by placeholder."""
        return self._of(tree, tree.titles) | {SECTION_NUMBER: Counter()}

    def _of(
        self, tree: RecordTree, titles: Mapping[str, str], container: Mapping[str, Any] = NOTHING
    ) -> dict[str, Any]:
        kind = self._kinds[tree.record.kind]
        elements = tree.record.elements
        names, references = self._names[kind.code], kind.references
        values = self._blank(kind, kind.family_of(elements))
        for code, value in elements.items():
            element = kind.elements.get(code)
            if element is None:
                continue
            text = plain_text(titles.get(str(value), "") if code in references else element.type.format(value))
            if text:
                for name in names[code]:
                    values[name] = text
        values[RECORD_NAME] = plain_text(kind.name_of(elements, titles)) or Blank(MISSING)
        values[RECORD_CODE] = plain_text(kind.code_of(elements)) or Blank(MISSING)
        for child in self._children[kind.code]:
            contained = Contained(self._of(subtree, titles, values) for subtree in tree.children.get(child.code, ()))
            values[child.code] = values[child.label] = contained
        values[OTHER_ELEMENTS] = self._other_elements(kind, values, container)
        return values

    def _other_elements(self, kind: Kind, values: Mapping[str, Any], container: Mapping[str, Any]) -> Contained:
        """What the record says and the template has no place for, but for what its container says as well."""
        return Contained(
            {OTHER_LABEL: label, OTHER_TEXT: values[code], OTHER_GROUP: group}
            for code, label, group in self._others.get(kind.code, ())
            if values[code] and values[code] != container.get(code)
        )

    def _blank(self, kind: Kind, family: str) -> dict[str, Any]:
        """Every placeholder of a kind with the words for an empty place."""
        made = self._blanks.get((kind.code, family))
        if made is None:
            made = self._blanks[kind.code, family] = {
                name: Blank(MISSING if element.applies_to(family) else NOT_APPLICABLE)
                for code, element in kind.elements.items()
                for name in self._names[kind.code][code]
            }
        return made.copy()


def placeholders(element: Element) -> tuple[str, ...]:
    """The names by which a template calls an element: its code, its label, its heading."""
    return tuple(dict.fromkeys((element.code, element.label, element.heading)))


def example_tree(standard: Standard, kind: Kind, depth: int = 4, copies: int = 1) -> RecordTree:
    """A record of a kind with every element filled and ``copies`` of all it may contain: to prove a template."""
    elements: dict[str, Value] = {}
    titles = {EXAMPLE: EXAMPLE}
    for element in kind.elements.values():
        value = element.parse("1")
        elements[element.code] = value if isinstance(value, int | tuple) else EXAMPLE
    children: dict[str, tuple[RecordTree, ...]] = {}
    for child in standard.children_of(kind.code):
        if depth and child is not kind:
            children[child.code] = (example_tree(standard, child, depth - 1, copies),) * copies
    return RecordTree(Record(EXAMPLE, kind.code, elements), children, titles)


def _join(value: object, unit: object) -> object:
    """``{{ 20|连接(工作日) }}``: both in a row; the first alone when it is empty or stated to be none."""
    if not value or not unit or is_stated_none(str(value)):
        return value
    return f"{value}{unit}"


def _apply(value: object, words: str) -> str:
    """``{{ 3|套用("第{}版") }}``: the words with the value in place of {}; nothing when it is empty, none or zero."""
    if not value or value == "0" or is_stated_none(str(value)):
        return ""
    return words.replace("{}", str(value))


def _without(others: Iterable[Mapping[str, Any]], *words: str) -> list[Mapping[str, Any]]:
    """``{{ 其他要素|除去("状态与版本", "备注") }}``: those that are neither called so nor stand in such a group."""
    return [other for other in others if other[OTHER_LABEL] not in words and other[OTHER_GROUP] not in words]
