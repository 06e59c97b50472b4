"""Editors for what is typed as text: lines, long texts, codes, numbers, dates."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QDate, QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QTextOption, QWheelEvent
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.schema import Element, Issue, Value
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.value_widget import FormContext, ValueWidget
from gdbos_desktop.ui.theme import code_font, icon, secondary

LONGEST = 10_000_000  # Qt cuts a line at 32,767 characters unless told otherwise
FIELD_PX, DOCUMENT_MARGIN = 30, 4
LINE_LENGTH, COLUMN_LENGTH = 60, 256
"""A text that may be longer gets an editor that grows instead of a line that hides its end; and both columns."""


class GrowingEditor(QPlainTextEdit):
    """A plain editor as high as its text, between ``low`` and ``high`` lines; beyond that it scrolls inside.

    With ``is_line`` a text of one paragraph: Enter leaves the field instead of breaking the line.
    """

    left = Signal()

    def __init__(self, low: int = 1, high: int = 12, is_line: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high, self._is_line = low, high, is_line
        self.setProperty("role", "field")
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(DOCUMENT_MARGIN)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = max(self._low, math.ceil(self.document().size().height()))
        is_long = lines > self._high
        around = self.contentsMargins().top() + self.contentsMargins().bottom() + 2 * DOCUMENT_MARGIN
        height = round(min(lines, self._high) * self.fontMetrics().lineSpacing()) + around
        height = max(height, FIELD_PX)
        wanted = Qt.ScrollBarPolicy.ScrollBarAsNeeded if is_long else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        if self.verticalScrollBarPolicy() != wanted:
            self.setVerticalScrollBarPolicy(wanted)
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(160, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(80, self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if self._is_line and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.focusNextChild()
            return
        super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        # A long text scrolls only when the person is in it; else the form would stick to every text on its way.
        if self.hasFocus() and self.verticalScrollBarPolicy() != Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            super().wheelEvent(event)
        else:
            event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        self.left.emit()


class GrowingWidget(ValueWidget):
    """A text that may be long."""

    _low, _is_line = 1, True

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        length = int(element.type_options.get("length", 0))
        self.is_wide = not self._is_line or not 0 < length <= COLUMN_LENGTH
        self.editor = GrowingEditor(self._low, is_line=self._is_line)
        _fill(self, self.editor)
        self.editor.textChanged.connect(self._on_changed)
        self._is_showing = False
        self._name_controls()

    def controls(self) -> Sequence[QWidget]:
        return (self.editor,)

    def _on_changed(self) -> None:
        if not self._is_showing:
            self._touch()

    def _show(self, value: Value | None) -> None:
        self._show_text("" if value is None else self.element.format(value))

    def _show_text(self, text: str) -> None:
        if self.editor.toPlainText() == text:
            return
        self._is_showing = True
        self.editor.setPlainText(text)
        self._is_showing = False

    def _read(self) -> Value | Issue | None:
        return self.element.parse(self.editor.toPlainText())


class LongTextWidget(GrowingWidget):
    """A text of several lines."""

    _low, _is_line = 2, False


class LineWidget(ValueWidget):
    """A line of text."""

    def __init__(self, element: Element, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(element, context, parent)
        self.line = QLineEdit()
        self.line.setMaxLength(LONGEST)
        self.line.setPlaceholderText(self._hint())
        self.line.textEdited.connect(self._touch)
        _fill(self, self.line)
        self._dress()
        self._name_controls()

    def _hint(self) -> str:
        return ""

    def _dress(self) -> None:
        """Add what this kind of line has more than a line."""

    def controls(self) -> Sequence[QWidget]:
        return (self.line,)

    def _show(self, value: Value | None) -> None:
        self._show_text("" if value is None else self.element.format(value))

    def _show_text(self, text: str) -> None:
        if self.line.text() != text:
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def _read(self) -> Value | Issue | None:
        return self.element.parse(self.line.text())


def text_widget(element: Element, context: FormContext, parent: QWidget | None = None) -> ValueWidget:
    """A text of one paragraph: a line when it is short by the standard, else an editor that grows."""
    length = int(element.type_options.get("length", 0))
    maker = LineWidget if 0 < length <= LINE_LENGTH else GrowingWidget
    return maker(element, context, parent)


class CodeTextWidget(LineWidget):
    """A code: every character as wide as the next."""

    def _dress(self) -> None:
        self.line.setFont(code_font())


class UrlWidget(LineWidget):
    """A web address."""

    def _hint(self) -> str:
        return "https://"


class AttachmentWidget(LineWidget):
    """The name or mark of an attached file."""

    def _hint(self) -> str:
        return _("Name or number of the file")


class NumberWidget(LineWidget):
    """A number; the counting word behind it is a matter of the field, not typed."""

    def _dress(self) -> None:
        self.line.setFont(code_font())
        self.line.setMaximumWidth(160)
        words = [str(word) for word in self.element.type_options.get("suffixes", ())]
        # Several units (days, months, hours) have an element of their own; synonyms of a counting word have not.
        if words and all(len(word) == 1 for word in words):
            layout = self.layout()
            if isinstance(layout, QHBoxLayout):
                layout.addWidget(secondary(words[0]))
                layout.addStretch(1)
        elif isinstance(layout := self.layout(), QHBoxLayout):
            layout.addStretch(1)


class DateWidget(LineWidget):
    """A day, typed in any common form or chosen from a calendar (Alt+Down)."""

    def _hint(self) -> str:
        return _("For example 2026-05-01 or 20260501")

    def _dress(self) -> None:
        self.line.setMinimumWidth(120)
        self._action = self.line.addAction(icon("calendar-line"), QLineEdit.ActionPosition.TrailingPosition)
        self._action.setToolTip(_("Choose a day (Alt+Down)"))
        self._action.triggered.connect(self.open_calendar)
        self._popup: CalendarPopup | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        # Keys that the line does not use come up to here.
        if event.key() == Qt.Key.Key_Down:
            self.open_calendar()
            return
        super().keyPressEvent(event)

    def open_calendar(self) -> None:
        """Show the calendar under the field."""
        if self.line.isReadOnly():
            return
        if self._popup is None:
            self._popup = CalendarPopup(self)
            self._popup.chosen.connect(self._on_chosen)
        value = self.read()
        self._popup.open_below(self.line, value if isinstance(value, str) else "")

    def _on_chosen(self, text: str) -> None:
        self.line.setText(text)
        self._touch()
        self.settle()
        self.settled.emit()
        self.line.setFocus()


class CalendarPopup(QFrame):
    """A calendar that closes when a day is chosen."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "popup")
        self.calendar = QCalendarWidget()
        self.calendar.setGridVisible(False)
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setAccessibleName(_("Calendar"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self.calendar)
        self.calendar.clicked.connect(self._on_day)
        self.calendar.activated.connect(self._on_day)

    def open_below(self, field: QWidget, day: str) -> None:
        """Show it under a field, on a day (``YYYY-MM-DD``) or on today."""
        date = QDate.fromString(day, Qt.DateFormat.ISODate)
        self.calendar.setSelectedDate(date if date.isValid() else QDate.currentDate())
        self.move(field.mapToGlobal(QPoint(0, field.height() + 2)))
        self.show()
        self.calendar.setFocus()

    def _on_day(self, date: QDate) -> None:
        if self.isVisible():
            self.hide()
            self.chosen.emit(date.toString(Qt.DateFormat.ISODate))


def _fill(widget: QWidget, editor: QWidget) -> None:
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    layout.addWidget(editor)


class TrailingText(QLabel):
    """A remark inside a line at its right end, such as the code of the chosen label."""

    def __init__(self, line: QLineEdit, right: int) -> None:
        super().__init__(line)
        self._line, self._right = line, right
        self.setProperty("role", "secondary")
        self.setFont(code_font(12))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        line.installEventFilter(self)

    def show_text(self, text: str) -> None:
        """Show a remark, or none."""
        self.setText(text)
        self.setVisible(bool(text))
        self.adjustSize()
        self._line.setTextMargins(0, 0, (self.width() + 8 if text else 0) + self._right, 0)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.move(self._line.width() - self.width() - self._right - 8, (self._line.height() - self.height()) // 2)
