"""A standard: kinds of records and their elements, declared as data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gdbos_desktop.schema.code_lists import CodeList
from gdbos_desktop.schema.conditions import Condition
from gdbos_desktop.schema.issues import Issue
from gdbos_desktop.schema.types import ElementType, Reference
from gdbos_desktop.schema.values import Value, fold

PARENT = "@parent"
"""In keys and headings: the record that contains this one."""


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form: elements that belong together for the reader."""

    code: str
    label: str
    order: int


@dataclass(frozen=True, slots=True)
class Element:
    """One element (要素) of a kind. ``code`` is its exchange name; all that people see comes from here.

    ``similar`` names are gathered where they mean the same (身份证, 居民身份证原件); ``standard_in`` is the element
    that ties such a name to the standard: it refers to the standard thing, or holds its name or code ('': none does).

    ``families`` are the item-type families it belongs to (empty: all). ``required`` holds for ``required_in`` families
    (empty: all of its families), further narrowed by ``required_when``. ``owner`` is the level that fixes the value
    (nation, province, city, county). ``type_options`` are the words of the standard file behind ``type``. ``unit_in``
    is the element that holds the unit of this number ('': none has), ``parts`` word → element is how a counting text
    is shared out (原件1份、复印件2份). ``hidden`` ones are kept for the program and never shown to people as they are.
    """

    code: str
    label: str
    type: ElementType
    type_options: Mapping[str, Any]
    group: str
    order: int
    required: bool = False
    required_in: frozenset[str] = frozenset()
    required_when: Condition | None = None
    required_text: str = ""
    families: frozenset[str] = frozenset()
    owner: str = "county"
    aliases: tuple[str, ...] = ()
    heading: str = ""
    help: str = ""
    source: str = ""
    evidence: str = ""
    exchange: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    replaces: str = ""
    unit_in: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    similar: bool = False
    standard_in: str = ""
    listed: bool = False
    indexed: bool = False
    hidden: bool = False

    def parse(self, text: str) -> Value | Issue | None:
        """The value of a cell or field: None when blank, an Issue tied to this element when it means nothing."""
        result = self.type.parse(text)
        return result.about(element=self.code) if isinstance(result, Issue) else result

    def format(self, value: Value | None) -> str:
        """The text people read; blank for None."""
        return "" if value is None else self.type.format(value)

    def check(self, value: Value | None) -> Iterator[Issue]:
        """What the type remarks about a value, tied to this element."""
        if value is not None:
            for issue in self.type.check(value):
                yield issue.about(element=self.code)

    def applies_to(self, family: str) -> bool:
        """Whether items of this family have the element; an unknown family has every element."""
        return not self.families or not family or family in self.families

    def is_required(self, values: Mapping[str, Value], family: str = "") -> bool:
        """Whether a record with these values must fill the element."""
        if not self.required or not self.applies_to(family):
            return False
        if self.required_in and family and family not in self.required_in:
            return False
        return self.required_when is None or self.required_when(values)


@dataclass(frozen=True, slots=True)
class States:
    """Which records of a kind are in force: those whose ``element`` holds one of ``in_force``.

    ``unborn`` are the values of records that were never in force yet; nothing in force goes back to them. ``version``
    is the element that counts what was put into force ('': none).
    """

    element: str
    in_force: frozenset[str]
    unborn: frozenset[str] = frozenset()
    version: str = ""


@dataclass(frozen=True, slots=True)
class DraftForm:
    """What the elements of the kind of change drafts mean: the code of each, and the codes of their values.

    ``state`` is the element of the audit state, which is one of ``open`` until the draft is ``published`` or
    ``withdrawn``; ``begins`` is the first. ``content`` holds the proposed changes, ``version`` the number that they
    became. ``change_kind`` is one of ``kinds_by_state`` where the draft changes the item's state to its key, and
    ``ordinary_kind`` otherwise. ``reason``, ``basis`` and ``planned`` say why, on which document, and from when.
    """

    state: str
    open: tuple[str, ...]
    begins: str
    published: str
    withdrawn: str
    content: str
    version: str
    change_kind: str
    ordinary_kind: str
    kinds_by_state: Mapping[str, str]
    reason: str
    basis: str
    planned: str


@dataclass(frozen=True)
class Kind:
    """A kind of record. ``title`` names the element that names the record; ``code`` elements identify it.

    ``keys`` are the natural keys, strongest first: lists of element codes (``@parent`` for the containing record); two
    records with the same complete key are the same thing. ``parents`` are kinds that may contain it (empty: top level).
    ``parent_heading``/``parent_aliases`` are the column headings that name the containing record by its code.
    ``position_element`` is the number people see for the place among siblings; ``families`` maps values of
    ``family_element`` to item-type families. ``states`` say which records are in force (None: the question does not
    arise). ``draft`` is set for the kind of change drafts, which is the program's own: no sheet, form or guide of the
    standard has it.
    """

    code: str
    label: str
    title: str
    keys: tuple[tuple[str, ...], ...]
    elements: Mapping[str, Element]
    groups: tuple[Group, ...]
    parents: tuple[str, ...] = ()
    parent_heading: str = ""
    parent_aliases: tuple[str, ...] = ()
    sheet: str = ""
    sheet_aliases: tuple[str, ...] = ()
    code_elements: tuple[str, ...] = ()
    family_element: str = ""
    families: Mapping[str, str] = field(default_factory=dict)
    position_element: str = ""
    order: int = 0
    help: str = ""
    states: States | None = None
    draft: DraftForm | None = None

    @property
    def stands_alone(self) -> bool:
        """Whether a record needs no container: the kind has no parents, or is one of them (a department's sections)."""
        return not self.parents or self.code in self.parents

    def family_of(self, values: Mapping[str, Value]) -> str:
        """The item-type family of a record, '' when the kind has none or the type is not known yet."""
        return self.families.get(str(values.get(self.family_element, "")), "")

    @cached_property
    def shown(self) -> tuple[Element, ...]:
        """The elements that people see, in the order of the form."""
        return tuple(element for element in self.elements.values() if not element.hidden)

    def elements_for(self, family: str = "") -> list[Element]:
        """The elements a record of this family has for people, in the order of the form."""
        return [element for element in self.shown if element.applies_to(family)]

    def is_in_force(self, values: Mapping[str, Value]) -> bool:
        """Whether a record with these values is in force; False for kinds without states."""
        return self.states is not None and values.get(self.states.element) in self.states.in_force

    def required_for(self, family: str = "") -> tuple[Element, ...]:
        """What a record of this family must fill, always or under a condition, in the order of the form.

        While the family is not known, only what every family has is demanded; the element that decides it is among it.
        """
        found = self._required.get(family)
        if found is None:
            is_open = bool(self.families) and not family
            found = self._required[family] = tuple(
                element
                for element in self.elements.values()
                if element.required
                and element.applies_to(family)
                and (not element.required_in or not family or family in element.required_in)
                and not (is_open and (element.families or element.required_in))
            )
        return found

    @cached_property
    def _required(self) -> dict[str, tuple[Element, ...]]:
        return {}

    @cached_property
    def doubts(self) -> Mapping[str, Callable[[Value], bool]]:
        """Element code → cheap test whether its type may have something to remark; without those that never have."""
        return {code: doubt for code, element in self.elements.items() if (doubt := element.type.doubt()) is not None}

    @cached_property
    def references(self) -> Mapping[str, str]:
        """Element code → kind it refers to."""
        return {
            element.code: element.type.target
            for element in self.elements.values()
            if isinstance(element.type, Reference)
        }

    @cached_property
    def heading_index(self) -> Mapping[str, str]:
        """Folded column heading → code of the element it names, ``@parent`` for the containing record.

        Knows code, label, heading and aliases of every element; a loaded standard has no heading that names two.
        """
        index = {fold(word): PARENT for word in (self.parent_heading, *self.parent_aliases) if word}
        for element in self.elements.values():
            for word in (element.code, element.label, element.heading, *element.aliases):
                index[fold(word)] = element.code
        return index

    def find_heading(self, heading: str) -> str | None:
        """The element (or ``@parent``) that a column heading names exactly, whatever its width, case and blanks."""
        return self.heading_index.get(fold(heading))

    @cached_property
    def listed(self) -> tuple[Element, ...]:
        """The elements a list shows before anybody chose columns."""
        return tuple(element for element in self.elements.values() if element.listed)

    def title_of(self, values: Mapping[str, Value]) -> str:
        """What to call a record with these values; '' while nothing names it."""
        return str(values.get(self.title, ""))

    def name_of(self, values: Mapping[str, Value], titles: Mapping[str, str]) -> str:
        """The same as people read it: ``titles`` names the records that references point to, be the title one."""
        title = self.title_of(values)
        return titles.get(title, title) if self.title in self.references else title

    @cached_property
    def identifying_codes(self) -> tuple[str, ...]:
        """The codes each of which alone says which record it is, strongest first."""
        return tuple(key[0] for key in self.keys if len(key) == 1 and key[0] in self.code_elements)

    def code_of(self, values: Mapping[str, Value]) -> str:
        """The first filled identifying code, '' when there is none."""
        return next((str(values[code]) for code in self.code_elements if values.get(code)), "")


@dataclass(frozen=True)
class Standard:
    """A version of the standard: ``name`` and ``version`` identify it in stores, packages and files."""

    name: str
    version: str
    title: str
    source: str
    kinds: Mapping[str, Kind]
    code_lists: Mapping[str, CodeList]
    family_labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """Name and version in one word, such as ``national-2020``."""
        return f"{self.name}-{self.version}"

    def kind(self, code: str) -> Kind:
        """The kind; KeyError when the standard has no such kind."""
        return self.kinds[code]

    @cached_property
    def described(self) -> tuple[Kind, ...]:
        """The kinds that the standard is about, in order: all but the program's own (change drafts)."""
        return tuple(kind for kind in self.kinds.values() if kind.draft is None)

    @cached_property
    def draft_kind(self) -> Kind | None:
        """The kind of change drafts; None where nothing has states."""
        return next((kind for kind in self.kinds.values() if kind.draft is not None), None)

    def children_of(self, kind: str) -> list[Kind]:
        """The kinds that records of ``kind`` may contain, in order; without change drafts."""
        return sorted((child for child in self.described if kind in child.parents), key=lambda k: k.order)
