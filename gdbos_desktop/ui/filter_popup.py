"""Choosing a filter for one element, in the way its type asks for: check list, words, or from – to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QListWidgetItem, QRadioButton, QWidget

from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.schema import CodeList, Element, Issue, Kind, Value, fold
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.popup import CheckList, Popup, search_field
from gdbos_desktop.ui.theme import label, plain_button, primary_button, row

_LISTED_TYPES = frozenset({"code", "codes", "reference"})
_RANGE_TYPES = frozenset({"integer", "decimal", "date"})
VALUES_SHOWN = 500


def filter_words(kind: Kind, filters: Sequence[Filter], titles: Mapping[str, str]) -> str:
    """What the filters on one element say, as a chip shows it. ``titles`` names records that references point to."""
    element = kind.elements[filters[0].element]
    return _("{element}: {condition}").format(
        element=element.label, condition=_(" and ").join(_condition_words(element, one, titles) for one in filters)
    )


def _condition_words(element: Element, one: Filter, titles: Mapping[str, str]) -> str:
    if one.match is Match.IS_EMPTY:
        return _("is empty")
    if one.match is Match.IS_FILLED:
        return _("is filled")
    values = one.value if isinstance(one.value, tuple) else (one.value,)
    texts = [titles.get(str(value), "") or element.format(value) for value in values if value is not None]
    words = _(", ").join(texts[:3]) + (_(" and {count} others").format(count=len(texts) - 3) if len(texts) > 3 else "")
    if one.match is Match.CONTAINS:
        return _("contains “{text}”").format(text=words)
    if one.match is Match.IS_NOT:
        return _("not {text}").format(text=words)
    if one.match is Match.AT_LEAST:
        return _("from {value}").format(value=words)
    if one.match is Match.AT_MOST:
        return _("to {value}").format(value=words)
    return words


class FilterPopup(Popup):
    """Asks for the filter on one element. ``applied`` carries the filters, empty when the element is not filtered."""

    applied = Signal(str, object, object)
    """Element code, tuple of Filter, titles of the records the filters name."""

    def __init__(
        self, parent: QWidget, bridge: Bridge, query: Query, element: Element, filters: Sequence[Filter]
    ) -> None:
        super().__init__(parent, 320 if element.type.name in _LISTED_TYPES else 300)
        self._bridge = bridge
        self._element = element
        self._titles: dict[str, str] = {}
        self.setAccessibleName(_("Filter by {element}").format(element=element.label))
        self.body.addWidget(label(element.label, "strong"))
        current = filters[0] if filters else None
        self._choices: CheckList | None = None
        self._words: QLineEdit | None = None
        self._from: QLineEdit | None = None
        self._to: QLineEdit | None = None
        if element.type.name in _LISTED_TYPES:
            self._build_list(query, filters)
        elif element.type.name in _RANGE_TYPES:
            self._build_range(filters)
        else:
            self._words = search_field(_("Contains these words"))
            if current and current.match is Match.CONTAINS:
                self._words.setText(str(current.value))
            self._words.returnPressed.connect(self._on_apply)
            self.body.addWidget(self._words)
        self._any = QRadioButton(_("By value"))
        self._empty = QRadioButton(_("Only empty ones"))
        self._filled = QRadioButton(_("Only filled ones"))
        self._group = QButtonGroup(self)
        for button in (self._any, self._empty, self._filled):
            self._group.addButton(button)
        self._any.setChecked(True)
        self._empty.setChecked(bool(current and current.match is Match.IS_EMPTY))
        self._filled.setChecked(bool(current and current.match is Match.IS_FILLED))
        self.body.addLayout(row(self._any, self._empty, self._filled, None, spacing=12))
        self._issue = label("", "error", wrap=True)
        self._issue.hide()
        self.body.addWidget(self._issue)
        clear = plain_button(_("Clear"))
        clear.clicked.connect(lambda: self._finish(()))
        clear.setEnabled(bool(filters))
        apply_button = primary_button(_("Filter"))
        apply_button.clicked.connect(self._on_apply)
        self.body.addLayout(row(clear, None, apply_button))
        for field in (self._words, self._from, self._search):
            if field is not None:
                field.setFocus()

    _search: QLineEdit | None = None

    def _build_list(self, query: Query, filters: Sequence[Filter]) -> None:
        self._search = search_field(_("Find a value"))
        self._search.textChanged.connect(self._on_search)
        self.body.addWidget(self._search)
        self._choices = CheckList()
        self._choices.setAccessibleName(self._element.label)
        self._choices.setFixedHeight(232)
        self._choices.setUniformItemSizes(True)
        self._choices.toggled.connect(self._on_toggled)
        self.body.addWidget(self._choices)
        chosen: set[str] = set()
        for one in filters:
            if one.value is not None:
                chosen |= set(one.value) if isinstance(one.value, tuple) else {str(one.value)}
        code_list = getattr(self._element.type, "code_list", None)
        if isinstance(code_list, CodeList):
            self._fill([(entry.code, entry.label, None) for entry in code_list.entries], chosen)

        def work(_progress: Progress) -> list[tuple[Value | None, str, int]]:
            return self._bridge.workbench.records.count_by(query, self._element.code)

        def show(found: list[tuple[Value | None, str, int]]) -> None:
            counts = {str(value): (text, count) for value, text, count in found if value is not None and value != ""}
            if isinstance(code_list, CodeList) and self._element.type.name == "code":
                known = {entry.code for entry in code_list.entries}
                entries = [(entry.code, entry.label, counts.get(entry.code, ("", 0))[1]) for entry in code_list.entries]
                entries += [(value, text, count) for value, (text, count) in counts.items() if value not in known]
                # Values that occur come first: the clerk looks for what is there.
                entries.sort(key=lambda one: one[2] == 0)
                self._fill(entries, self._checked() | chosen)
            elif not isinstance(code_list, CodeList):
                self._fill([(value, text, count) for value, (text, count) in counts.items()], chosen)

        self._bridge.run_query(work, show, owner=self)

    def _fill(self, entries: Sequence[tuple[str, str, int | None]], chosen: set[str]) -> None:
        if self._choices is None:
            return
        self._choices.clear()
        for value, text, count in sorted(entries, key=lambda one: one[0] not in chosen)[:VALUES_SHOWN]:
            self._titles[value] = text
            item = QListWidgetItem(f"{text}  ({count:,})" if count else text)
            item.setData(Qt.ItemDataRole.UserRole, value)
            item.setToolTip(text)
            item.setCheckState(Qt.CheckState.Checked if value in chosen else Qt.CheckState.Unchecked)
            self._choices.addItem(item)
        if self._search is not None:
            self._on_search(self._search.text())

    def _build_range(self, filters: Sequence[Filter]) -> None:
        self._from, self._to = QLineEdit(), QLineEdit()
        self._from.setPlaceholderText(_("From"))
        self._to.setPlaceholderText(_("To"))
        self._from.setAccessibleName(_("From"))
        self._to.setAccessibleName(_("To"))
        for one in filters:
            if one.match is Match.AT_LEAST:
                self._from.setText(self._element.format(one.value))
            elif one.match is Match.AT_MOST:
                self._to.setText(self._element.format(one.value))
        self._from.returnPressed.connect(self._on_apply)
        self._to.returnPressed.connect(self._on_apply)
        self.body.addLayout(row(self._from, label("–", "secondary"), self._to))

    def _on_search(self, text: str) -> None:
        wanted = fold(text)
        if self._choices is not None:
            for number in range(self._choices.count()):
                item = self._choices.item(number)
                item.setHidden(bool(wanted) and wanted not in fold(item.text()))

    def _on_toggled(self) -> None:
        self._any.setChecked(True)

    def _checked(self) -> set[str]:
        if self._choices is None:
            return set()
        items = (self._choices.item(number) for number in range(self._choices.count()))
        return {
            str(item.data(Qt.ItemDataRole.UserRole)) for item in items if item.checkState() == Qt.CheckState.Checked
        }

    def _on_apply(self) -> None:
        code = self._element.code
        if self._empty.isChecked():
            self._finish((Filter(code, Match.IS_EMPTY),))
        elif self._filled.isChecked():
            self._finish((Filter(code, Match.IS_FILLED),))
        elif self._words is not None:
            text = self._words.text().strip()
            self._finish((Filter(code, Match.CONTAINS, text),) if text else ())
        elif self._choices is not None:
            chosen = tuple(sorted(self._checked()))
            self._finish((Filter(code, Match.IS_ANY, chosen),) if chosen else ())
        else:
            self._apply_range()

    def _apply_range(self) -> None:
        found: list[Filter] = []
        for field, match in ((self._from, Match.AT_LEAST), (self._to, Match.AT_MOST)):
            value = self._element.parse(field.text()) if field is not None else None
            if isinstance(value, Issue):
                self._issue.setText(_("“{text}” does not fit here.").format(text=field.text() if field else ""))
                self._issue.show()
                return
            if value is not None:
                found.append(Filter(self._element.code, match, value))
        self._finish(tuple(found))

    def _finish(self, filters: tuple[Filter, ...]) -> None:
        chosen = self._checked()
        self.applied.emit(
            self._element.code, filters, {value: text for value, text in self._titles.items() if value in chosen}
        )
        self.close()
