"""Editors for what is chosen: one code, several codes, another record."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QEvent,
    QObject,
    Qt,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QWidget,
)

from gdbos_desktop.schema import STATED_NONE, Element, Issue, Severity, Value, fold, is_stated_none
from gdbos_desktop.schema.types import Reference
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.flow import FlowLayout
from gdbos_desktop.ui.forms.check_list import CheckListPanel, ChosenField, code_list_of
from gdbos_desktop.ui.forms.choice_line import Choice, ChoiceLine
from gdbos_desktop.ui.forms.text_widgets import TrailingText
from gdbos_desktop.ui.forms.value_widget import Choices, FormContext, ValueWidget, is_plain_key
from gdbos_desktop.ui.theme import ui_font

FEW_ENTRIES, FEW_CHARACTERS = 4, 16
FLOW_ENTRIES, FLOW_CHARACTERS = 9, 48


class ChoiceWidget(ValueWidget):
    """A value chosen from a list while typing."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self.line = ChoiceLine()
        self.remark = TrailingText(self.line, 24)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.line)
        self.line.textEdited.connect(self._on_typed)
        self.line.list_wanted.connect(lambda: self._search(""))
        self.line.picked.connect(self._on_picked)
        self._name_controls()

    def controls(self) -> Sequence[QWidget]:
        return (self.line,)

    def _on_typed(self, text: str) -> None:
        self.remark.show_text("")
        self._touch()
        self._search(text)

    def _search(self, text: str) -> None:
        """Offer the choices that fit a text."""
        raise NotImplementedError

    def _on_picked(self, choice: Choice) -> None:
        self._show(choice.key)
        self._touch()
        self.settle()
        self.settled.emit()

    def _show_text(self, text: str) -> None:
        self.line.setText(text)
        self.line.setCursorPosition(0)


class CodeChooser(ChoiceWidget):
    """One code of a longer list: label in the line, code at its end."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self.line.setPlaceholderText(_("Choose"))
        code_list = code_list_of(element)
        self._choices = [
            Choice(entry.code, entry.label, entry.code, fold(" ".join((entry.code, entry.label, *entry.aliases))))
            for entry in code_list.entries
        ]

    def _show(self, value: Value | None) -> None:
        self._show_text("" if value is None else self.element.format(value))
        known = value is not None and str(value) in code_list_of(self.element).by_code
        self.remark.show_text(str(value) if known else "")

    def _read(self) -> Value | Issue | None:
        return self.element.parse(self.line.text())

    def _search(self, text: str) -> None:
        word = fold(text)
        value = self.read()
        self.line.offer(
            [choice for choice in self._choices if word in choice.words], value if isinstance(value, str) else ""
        )


class ReferenceChooser(ChoiceWidget):
    """Another record, found by words, parts of its code, or initials."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self.line.setPlaceholderText(_("Type a part of the name"))
        self._key: str | None = None
        self._asked = ""

    @property
    def target(self) -> str:
        """The kind of record it refers to."""
        kind = self.element.type
        return kind.target if isinstance(kind, Reference) else ""

    def type_text(self, text: str) -> None:
        self._key = None
        self._show_text(text)
        self._touch()
        self._search(text)

    def _show(self, value: Value | None) -> None:
        self._key = None if value is None else str(value)
        self._show_text("" if value is None else self.context.title_of(str(value)))

    def _on_typed(self, text: str) -> None:
        self._key = None
        super()._on_typed(text)

    def _read(self) -> Value | Issue | None:
        text = self.line.text().strip()
        if not text:
            return None
        if self._key is not None:
            return self._key
        if is_stated_none(text):
            return STATED_NONE
        return Issue(
            "unknown-reference",
            Severity.ERROR,
            N_("“{text}” is not in the list. Choose one from it, or add the record first."),
            {"text": text},
            element=self.element.code,
        )

    def _search(self, text: str) -> None:
        self._asked = text
        self.context.find_choices(self.target, text, lambda found: self._on_found(text, found))

    def _on_found(self, text: str, found: Choices) -> None:
        if text != self._asked:
            return
        self.context.learn(dict(found))
        exact = [key for key, title in found if fold(title) == fold(text)]
        if text and len(exact) == 1 and self._key is None and fold(self.line.text()) == fold(text):
            self._key = exact[0]  # the full name was typed: as good as chosen
            self.edited.emit()
        self.line.offer([Choice(key, title) for key, title in found], self._key or "")


class _Roving(QObject):
    """Buttons in a row that share one tab stop: arrows move among them."""

    def __init__(self, parent: QWidget, buttons: Sequence[QAbstractButton]) -> None:
        super().__init__(parent)
        self.buttons = buttons
        for button in buttons:
            button.installEventFilter(self)
        self.set_stop(0)

    def set_stop(self, place: int) -> None:
        """Which of them Tab reaches."""
        for index, button in enumerate(self.buttons):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if index == place else Qt.FocusPolicy.ClickFocus)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and is_plain_key(event.modifiers()):
            step = {
                Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1,
            }.get(Qt.Key(event.key()), 0)  # fmt: skip
            if step and isinstance(watched, QAbstractButton):
                place = (self.buttons.index(watched) + step) % len(self.buttons)
                self.set_stop(place)
                self.buttons[place].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return super().eventFilter(watched, event)


class CodeSwitch(ValueWidget):
    """One code of a short list, all in sight: a click chooses, a second click or Delete empties."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self._layout = FlowLayout(self, 16, 4)
        self._group = QButtonGroup(self)
        self._group.setExclusive(False)
        self._buttons: dict[str, QRadioButton] = {}
        for entry in code_list_of(element).entries:
            self._add(entry.code, entry.label)
        self._roving = _Roving(self, list(self._buttons.values()))
        self._name_controls()

    def _add(self, code: str, label: str) -> None:
        button = QRadioButton(label)
        button.setAutoExclusive(False)
        button.setAccessibleName(f"{self.element.label} {label}")
        button.setMinimumHeight(30)
        button.clicked.connect(lambda checked, code=code: self._on_clicked(code, checked))
        self._buttons[code] = button
        self._layout.addWidget(button)

    def controls(self) -> Sequence[QWidget]:
        return tuple(self._buttons.values())

    def _on_clicked(self, code: str, checked: bool) -> None:
        self._check(code if checked else None)
        self._touch()
        self.settle()
        self.settled.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and self._checked() is not None:
            self._on_clicked("", False)
            return
        super().keyPressEvent(event)

    def _checked(self) -> str | None:
        return next((code for code, button in self._buttons.items() if button.isChecked()), None)

    def _check(self, code: str | None) -> None:
        for place, (own, button) in enumerate(self._buttons.items()):
            button.setChecked(own == code)
            if own == code:
                self._roving.set_stop(place)

    def _show(self, value: Value | None) -> None:
        if value is not None and str(value) not in self._buttons:
            # "There is none", or a code the list does not know (any more): shown as what it is, and can be left.
            self._add(str(value), self.element.format(value))
            self._buttons[str(value)].setFont(ui_font())
            self._roving = _Roving(self, list(self._buttons.values()))
            self._buttons[str(value)].installEventFilter(self)
        self._check(None if value is None else str(value))

    def _read(self) -> Value | Issue | None:
        return self._checked()


class CodesFlow(ValueWidget):
    """Several codes of a short list, all in sight."""

    is_wide = True

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self._layout = FlowLayout(self, 16, 0)
        self._boxes: dict[str, QCheckBox] = {}
        for entry in code_list_of(element).entries:
            self._add(entry.code, entry.label)
        self._roving = _Roving(self, list(self._boxes.values()))
        self._name_controls()

    def _add(self, code: str, label: str) -> None:
        box = QCheckBox(label)
        box.setAccessibleName(f"{self.element.label} {label}")
        box.setMinimumHeight(30)
        box.clicked.connect(self._on_clicked)
        self._boxes[code] = box
        self._layout.addWidget(box)

    def controls(self) -> Sequence[QWidget]:
        return tuple(self._boxes.values())

    def _on_clicked(self) -> None:
        if isinstance(self._value, str) and self._value in self._boxes:  # "there is none" ends with the first choice
            self._boxes[self._value].setChecked(False)
        self._touch()
        self.settle()
        self.settled.emit()

    def _show(self, value: Value | None) -> None:
        codes = value if isinstance(value, tuple) else () if value is None else (str(value),)
        for code in codes:
            if code not in self._boxes:
                self._add(code, code_list_of(self.element).label_of(code))
                self._roving = _Roving(self, list(self._boxes.values()))
                self._boxes[code].installEventFilter(self)
        for code, box in self._boxes.items():
            box.setChecked(code in codes)

    def _read(self) -> Value | Issue | None:
        return _codes_value([code for code, box in self._boxes.items() if box.isChecked()], self.element)


class CodesChooser(ValueWidget):
    """Several codes of a long list: what is chosen in a field that grows, the list in a panel with a search."""

    is_wide = True

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self.button = ChosenField()
        self.button.clicked.connect(self.open_list)
        self._panel: CheckListPanel | None = None
        self._codes: tuple[str, ...] = ()
        self._is_none = False
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.button)
        self.button.setAccessibleName(element.label)
        self._name_controls()

    def controls(self) -> Sequence[QWidget]:
        return (self.button,)

    def open_list(self) -> None:
        """Show the list to choose from."""
        if self._panel is None:
            self._panel = CheckListPanel(self.element, self)
            self._panel.changed.connect(self._on_changed)
            self._panel.closed.connect(self._on_closed)
        self._panel.open_below(self.button, self._codes)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.open_list()
            return
        if event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace} and (self._codes or self._is_none):
            self._on_changed(())
            self._on_closed()
            return
        super().keyPressEvent(event)

    def _on_changed(self, codes: tuple[str, ...]) -> None:
        self._is_none = False
        self._set(codes)
        self._touch()

    def _on_closed(self) -> None:
        self.settle()
        self.settled.emit()

    def _show(self, value: Value | None) -> None:
        self._is_none = isinstance(value, str)
        self._set(value if isinstance(value, tuple) else () if value is None else (str(value),))

    def _set(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
        code_list = code_list_of(self.element)
        labels = "；".join(code_list.label_of(code) for code in codes)
        self.button.show_chosen(labels)

    def _read(self) -> Value | Issue | None:
        return _codes_value(self._codes, self.element)


def _codes_value(codes: Sequence[str], element: Element) -> Value | None:
    code_list = code_list_of(element)
    if len(codes) == 1 and codes[0] not in code_list.by_code and is_stated_none(codes[0]):
        return STATED_NONE
    return tuple(sorted(codes, key=code_list.position)) or None


def code_widget(element: Element, context: FormContext, parent: QWidget | None = None) -> ValueWidget:
    """One code: all in sight when the list is short, else a searchable list."""
    labels = [entry.label for entry in code_list_of(element).entries]
    few = len(labels) <= FEW_ENTRIES and sum(map(len, labels)) <= FEW_CHARACTERS
    return (CodeSwitch if few else CodeChooser)(element, context, parent)


def codes_widget(element: Element, context: FormContext, parent: QWidget | None = None) -> ValueWidget:
    """Several codes: all in sight when the list is short, else a searchable list."""
    labels = [entry.label for entry in code_list_of(element).entries]
    few = len(labels) <= FLOW_ENTRIES and sum(map(len, labels)) <= FLOW_CHARACTERS
    return (CodesFlow if few else CodesChooser)(element, context, parent)
