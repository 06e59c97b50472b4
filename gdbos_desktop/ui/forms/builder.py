"""From a kind of the standard to a form: sections of fields with an index at the left, tables for what it contains.

Hides that sections are built when they are first looked at, and how fields are laid out in one or two columns.
Nothing here knows any element or kind by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from gdbos_desktop.domain.checking import REQUIRED
from gdbos_desktop.domain.records import RecordTree
from gdbos_desktop.schema import Element, Issue, Kind, Standard, Value
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.child_model import RecordMaker
from gdbos_desktop.ui.forms.child_table import ChildTable
from gdbos_desktop.ui.forms.draft import child_kinds, record_ids
from gdbos_desktop.ui.forms.field import Field, worst
from gdbos_desktop.ui.forms.origin import origin_of
from gdbos_desktop.ui.forms.section_index import SectionIndex, SectionMark
from gdbos_desktop.ui.forms.value_widget import FormContext
from gdbos_desktop.ui.theme import plain_button, row, secondary, section_title, vertical_line

TWO_COLUMNS_PX = 640
"""From this width on a section has two columns."""

CHILD = "@"
"""Begins the code of a section that holds a table: the kind in it follows."""


@dataclass(frozen=True)
class Section:
    """A part of a form: a group of elements, or the table of what the record contains of a kind."""

    code: str
    label: str
    elements: tuple[Element, ...] = ()
    child: Kind | None = None


@dataclass
class FormBuilder:
    """Builds forms for the kinds of a standard, for people at a level."""

    standard: Standard
    context: FormContext
    level: str
    make_record: RecordMaker
    _sections: dict[tuple[str, ...], list[Section]] = field(default_factory=dict)

    def sections(self, kinds_above: tuple[str, ...], family: str = "") -> list[Section]:
        """The sections of a form for a record of the last of these kinds, contained in the others, of a family."""
        kind = self.standard.kind(kinds_above[-1])
        groups = [
            Section(group.code, group.label, tuple(e for e in kind.elements_for(family) if e.group == group.code))
            for group in kind.groups
        ]
        tables = [
            Section(CHILD + child.code, child.label, child=child) for child in child_kinds(self.standard, kinds_above)
        ]
        return [section for section in groups if section.elements] + tables

    def build_table(self, kind: Kind) -> ChildTable:
        """A table for what a record contains of a kind."""
        return ChildTable(kind, self.context, self.level, self.make_record)

    def build(self, kinds_above: tuple[str, ...]) -> Form:
        """A form for records of the last of these kinds."""
        return Form(self, kinds_above)


class SectionPage(QWidget):
    """One section on screen: its title, what belongs to it, and the way to the next section."""

    next_wanted = Signal()

    def __init__(self, title: str) -> None:
        super().__init__()
        self.setProperty("role", "surface")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._remark = secondary()
        self.next_button = plain_button("", "arrow-right-line")
        self.next_button.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.next_button.clicked.connect(self.next_wanted)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 16)
        self.body.setSpacing(12)
        self.body.addLayout(row(section_title(title), self._remark, None))

    def finish(self, is_filling: bool) -> None:
        """Close the page below its content; ``is_filling`` when the content takes all the room."""
        self.body.addLayout(row(None, self.next_button))
        if not is_filling:
            self.body.addStretch(1)

    def show_remark(self, text: str) -> None:
        """A remark beside the title."""
        self._remark.setText(text)

    def show_next(self, label_of_next: str) -> None:
        """Name the next section, or hide the way to it."""
        words = _("Next: {section}").format(section=label_of_next)
        self.next_button.setText(words)
        self.next_button.setAccessibleName(words)
        self.next_button.setVisible(bool(label_of_next))


class FieldsPage(SectionPage):
    """A section of fields, in one or two columns."""

    def __init__(self, title: str, fields: Sequence[Field]) -> None:
        super().__init__(title)
        self.fields = list(fields)
        for one in self.fields:
            one.setParent(self)  # those of other families too, which are not laid out
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(12)
        self.body.addLayout(self._grid)
        self.columns = 0
        """How many columns the fields stand in now."""
        self._shown: tuple[Field, ...] = ()
        self.finish(is_filling=False)

    def arrange(self) -> None:
        """Lay the fields out anew when the width or the family changed."""
        columns = 2 if self.width() - 32 >= TWO_COLUMNS_PX else 1
        shown = tuple(field for field in self.fields if not field.is_absent)
        if columns == self.columns and shown == self._shown:
            return
        self.columns, self._shown = columns, shown
        while self._grid.count():
            self._grid.takeAt(0)
        line, column = 0, 0
        for one in shown:
            if columns == 1 or one.is_wide:
                line += column
                self._grid.addWidget(one, line, 0, 1, columns, Qt.AlignmentFlag.AlignTop)
                line, column = line + 1, 0
            else:
                self._grid.addWidget(one, line, column, Qt.AlignmentFlag.AlignTop)
                line, column = (line + 1, 0) if column else (line, 1)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1 if columns == 2 else 0)
        self._grid.setHorizontalSpacing(24 if columns == 2 else 0)
        for before, after in pairwise(shown):
            QWidget.setTabOrder(before, after)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self.arrange()


class TablePage(SectionPage):
    """A section that holds a table."""

    def __init__(self, title: str, table: ChildTable) -> None:
        super().__init__(title)
        self.table = table
        self.body.addWidget(table, 1)
        self.finish(is_filling=True)


class Form(QWidget):
    """The form of one record: everything the standard says about its kind, for its family.

    It shows what ``load`` gives and tells what the person does; it keeps no record of its own.
    """

    value_changed = Signal(str, object)
    """(element, value or None): a value of the record on screen was changed."""

    children_changed = Signal(str, object)
    """(kind, trees): what the record contains of a kind was changed."""

    child_opened = Signal(str, str)
    """(kind, record id): the person wants to see a contained record whole."""

    history_wanted = Signal(str)
    reading_changed = Signal()
    """Something typed means nothing, or means something again."""

    def __init__(self, builder: FormBuilder, kinds_above: tuple[str, ...]) -> None:
        super().__init__()
        self._builder = builder
        self._kinds_above = kinds_above
        self.kind = builder.standard.kind(kinds_above[-1])
        self._node: RecordTree | None = None
        self._stored: RecordTree | None = None
        self._family = ""
        self._sections: list[Section] = []
        self._pages: dict[str, SectionPage] = {}
        self._scrolls: dict[str, QScrollArea] = {}
        self._fields: dict[str, Field] = {}
        self._stale: set[str] = set()
        self._issues: Sequence[Issue] = ()
        self._missing: frozenset[str] = frozenset()
        self._is_missing_told = False
        self._section = ""

        self.index = SectionIndex()
        self.index.section_chosen.connect(self.show_section)
        self._stack = QStackedWidget()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.index)
        layout.addWidget(vertical_line())
        layout.addWidget(self._stack, 1)

    # What the editor uses

    @property
    def node(self) -> RecordTree | None:
        """What is on screen."""
        return self._node

    @property
    def section(self) -> str:
        """The section on screen."""
        return self._section

    @property
    def sections(self) -> Sequence[Section]:
        """The sections of the record on screen, in order."""
        return self._sections

    def load(self, node: RecordTree, stored: RecordTree | None, keep_typed: bool = False) -> None:
        """Show a record; ``stored`` is the same record as the store has it, None when it does not.

        ``keep_typed`` leaves texts that mean nothing where they were typed, to be mended.
        """
        is_other = self._node is None or self._node.record.id != node.record.id
        kept = set(self.unread()) if keep_typed and not is_other else set()
        self._node, self._stored = node, stored
        self._issues, self._missing = (), frozenset()
        if is_other:
            self._is_missing_told = False
        self._apply_family()
        self._stale = (set(self._fields) - kept) | {
            section.code for section in self._sections if section.child is not None
        }
        known = {section.code for section in self._sections}
        self.show_section(self._section if self._section in known else self._sections[0].code)

    def refresh(self, node: RecordTree) -> None:
        """The record as the person's own change made it: what depends on other values follows."""
        self._node = node
        self._apply_family()
        for section in self._sections:
            page = self._pages.get(section.code)
            if isinstance(page, TablePage) and section.child is not None:
                page.table.show_rows(node.children.get(section.child.code, ()))
        self._show_required()
        self._show_marks()

    def show_issues(self, issues: Sequence[Issue], missing: Iterable[str]) -> None:
        """Show what a check found: about this record, and about what it contains."""
        self._issues = issues
        self._missing = frozenset(missing)
        for code, one in self._fields.items():
            one.show_issues(self._issues_of(code))
        for page in self._pages.values():
            if isinstance(page, TablePage):
                page.table.show_issues(self._by_row(page.table.kind.code))
        self._show_required()
        self._show_marks()

    def tell_missing(self) -> None:
        """From now on say beside each field that it is not filled."""
        self._is_missing_told = True
        self.show_issues(self._issues, self._missing)

    def unread(self) -> dict[str, Issue]:
        """Texts on screen that mean nothing, by element."""
        return {code: issue for code, one in self._fields.items() if (issue := one.own_issue()) is not None}

    def show_section(self, code: str) -> None:
        """Bring a section to the front."""
        page = self._page(code)
        self._section = code
        self._fill(code)
        self._stack.setCurrentWidget(self._scrolls[code])
        self.index.choose(code)
        if isinstance(page, FieldsPage):
            page.arrange()

    def step_section(self, step: int) -> None:
        """To the next or the previous section."""
        codes = [section.code for section in self._sections]
        place = codes.index(self._section) + step
        if 0 <= place < len(codes):
            self.show_section(codes[place])
            self.focus_first()

    def focus_first(self) -> None:
        """Put the cursor into the first field of the section."""
        page = self._page(self._section)
        if isinstance(page, FieldsPage):
            first = next((one for one in page.fields if not one.is_absent), None)
            if first is not None:
                first.take_focus()
        elif isinstance(page, TablePage):
            page.table.take_focus()

    def jump(self, element: str) -> None:
        """Bring a field to the front and put the cursor there."""
        section = next((s for s in self._sections if any(e.code == element for e in s.elements)), None)
        if section is None:
            return
        self.show_section(section.code)
        one = self._fields[element]
        one.take_focus()
        scroll = self._scrolls[section.code]
        self._pages[section.code].body.activate()
        scroll.ensureWidgetVisible(one, 0, 48)
        # A page shown for the first time gets its height only when the layouts have run.
        QTimer.singleShot(0, one, lambda: scroll.ensureWidgetVisible(one, 0, 48))

    def jump_row(self, kind: str, record_id: str, element: str = "") -> None:
        """Bring the table of a kind to the front and put the cursor on a row."""
        self.show_section(CHILD + kind)
        page = self._pages[CHILD + kind]
        if isinstance(page, TablePage):
            page.table.take_focus()
            page.table.choose(record_id, element)

    def field(self, element: str) -> Field:
        """The field of an element; its section is built when need be."""
        if element not in self._fields:
            section = next(s for s in self._sections if any(e.code == element for e in s.elements))
            self._page(section.code)
            self._fill(section.code)
        return self._fields[element]

    def table(self, kind: str) -> ChildTable:
        """The table of a kind; built when need be."""
        page = self._page(CHILD + kind)
        self._fill(CHILD + kind)
        if not isinstance(page, TablePage):
            raise KeyError(kind)
        return page.table

    # Inside

    def _apply_family(self) -> None:
        if self._node is None:
            return
        family = self.kind.family_of(self._node.record.elements)
        if self._sections and family == self._family:
            return
        self._family = family
        self._sections = self._builder.sections(self._kinds_above, family)
        first_table = next((n for n, section in enumerate(self._sections) if section.child is not None), 0)
        self.index.show_sections([(section.code, section.label) for section in self._sections], first_table)
        self.index.setFixedWidth(self.index.width_wanted())
        for code, one in self._fields.items():
            one.set_absent(not self.kind.elements[code].applies_to(family))
        for place, section in enumerate(self._sections):
            if page := self._pages.get(section.code):
                self._name_next(page, place)
                if isinstance(page, FieldsPage):
                    page.arrange()
        if self._section in {section.code for section in self._sections}:
            self.index.choose(self._section)
            if self._section in self._pages:
                self._fill(self._section)  # what this family has and the one before had not

    def _page(self, code: str) -> SectionPage:
        if code not in self._pages:
            place = next(index for index, section in enumerate(self._sections) if section.code == code)
            page = self._make_page(self._sections[place])
            page.next_wanted.connect(lambda: self.step_section(1))
            self._name_next(page, place)
            scroll = QScrollArea()
            scroll.setWidgetResizable(True)
            scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
            scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            scroll.setWidget(page)
            self._pages[code] = page
            self._scrolls[code] = scroll
            self._stack.addWidget(scroll)
        return self._pages[code]

    def _name_next(self, page: SectionPage, place: int) -> None:
        after = self._sections[place + 1] if place + 1 < len(self._sections) else None
        page.show_next(after.label if after else "")

    def _make_page(self, section: Section) -> SectionPage:
        if section.child is not None:
            table = self._builder.build_table(section.child)
            table.rows_changed.connect(lambda trees, kind=section.child.code: self.children_changed.emit(kind, trees))
            table.row_opened.connect(lambda record_id, kind=section.child.code: self.child_opened.emit(kind, record_id))
            self._stale.add(section.code)
            return TablePage(section.label, table)
        # Elements of other families of the same group are there too, hidden: the type of an item may change.
        fields = [self._make_field(e) for e in self.kind.shown if e.group == section.code]
        return FieldsPage(section.label, fields)

    def _make_field(self, element: Element) -> Field:
        one = Field(element, self._builder.context, origin_of(element, self._builder.level))
        one.edited.connect(self._on_edited)
        one.read_failed.connect(lambda _code: self.reading_changed.emit())
        one.history_wanted.connect(self.history_wanted)
        one.set_absent(not element.applies_to(self._family))
        self._fields[element.code] = one
        self._stale.add(element.code)
        return one

    def _fill(self, code: str) -> None:
        """Put the record into a section that was not looked at since it was loaded."""
        if self._node is None:
            return
        page = self._pages[code]
        if isinstance(page, TablePage):
            if code in self._stale:
                page.table.load(self._node, self._stored)
                page.table.show_issues(self._by_row(page.table.kind.code))
            self._stale.discard(code)
            return
        stored = self._stored.record.elements if self._stored is not None else {}
        if isinstance(page, FieldsPage):
            for one in page.fields:
                element = one.element.code
                if element in self._stale and not one.is_absent:
                    value = self._node.record.elements.get(element)
                    one.show_value(value, stored.get(element), self._stored is None)
                    one.show_issues(self._issues_of(element))
                    self._stale.discard(element)
        self._show_required()
        self._show_marks()

    def _on_edited(self, element: str) -> None:
        # While the text means nothing the last value that meant something holds, not what was typed on the way.
        self.value_changed.emit(element, self._fields[element].value())

    def _issues_of(self, element: str) -> list[Issue]:
        if self._node is None:
            return []
        own = self._node.record.id
        return [
            issue
            for issue in self._issues
            if issue.element == element
            and issue.record_id in {own, None}
            and (self._is_missing_told or not self._is_about_missing(issue))
        ]

    @staticmethod
    def _is_about_missing(issue: Issue) -> bool:
        return issue.code == REQUIRED

    def _by_row(self, kind: str) -> dict[str, list[Issue]]:
        """Issues about the rows of a kind and all they contain, by row."""
        found: dict[str, list[Issue]] = {}
        if self._node is None:
            return found
        rows = self._node.children.get(kind, ())
        owner = {inner: tree.record.id for tree in rows for inner in record_ids(tree)}
        for issue in self._issues:
            if issue.record_id in owner:
                found.setdefault(owner[issue.record_id], []).append(issue)
        return found

    def _show_required(self) -> None:
        if self._node is None:
            return
        values: Mapping[str, Value] = self._node.record.elements
        wanted = {element.code for element in self.kind.required_for(self._family)}
        for code, one in self._fields.items():
            if not one.is_absent:
                when = one.element.required_when
                required = code in wanted and (when is None or when(values))
                one.show_required(
                    required, code in self._missing and one.own_issue() is None and not self._is_missing_told
                )

    def _show_marks(self) -> None:
        if self._node is None:
            return
        marks: dict[str, SectionMark] = {}
        for section in self._sections:
            if section.child is not None:
                issues = [issue for found in self._by_row(section.child.code).values() for issue in found]
                rows = len(self._node.children.get(section.child.code, ()))
                marks[section.code] = SectionMark(rows, len(issues), worst(issues))
            else:
                codes = {element.code for element in section.elements}
                issues = [i for i in self._issues if i.element in codes and i.record_id in {self._node.record.id, None}]
                loud = [issue for issue in issues if not self._is_about_missing(issue)]
                loud += [issue for code, issue in self.unread().items() if code in codes]
                missing = len(codes & self._missing)
                marks[section.code] = SectionMark(None, len(loud), worst(loud), missing)
                if page := self._pages.get(section.code):
                    page.show_remark(_("{count} not filled").format(count=missing) if missing else "")
        self.index.show_marks(marks)
