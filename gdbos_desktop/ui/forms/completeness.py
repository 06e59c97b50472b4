"""How much of what the standard demands is filled, and the list of what is not."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gdbos_desktop.schema import Element
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.forms.jump_list import JumpList, JumpRow
from gdbos_desktop.ui.theme import color, ui_font

_BAR_PX = 56


class CompletenessMeter(QAbstractButton):
    """A short bar with the percentage and what is missing in words; pressed, it lists what is missing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._percent = 0
        self.show_state(0, 0)

    @property
    def percent(self) -> int:
        """What it shows, 0 to 100."""
        return self._percent

    def show_state(self, percent: int, missing: int) -> None:
        """Show how much is filled and how many elements are not."""
        self._percent = percent
        words = _("{count} to fill").format(count=missing) if missing else _("Complete")
        self.setText(f"{percent}%  {words}")
        self.setAccessibleName(_("Completeness {percent}%, {words}").format(percent=percent, words=words))
        self.setToolTip(_("List what is not filled"))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        self.setFont(ui_font(12))
        return QSize(8 + _BAR_PX + 8 + self.fontMetrics().horizontalAdvance(self.text()) + 10, 28)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(color("accent_text") if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(
            color("accent_tint") if self.isChecked() else color("hover" if self.underMouse() else "surface")
        )
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        bar = QRectF(8, (self.height() - 6) / 2, _BAR_PX, 6)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("line"))
        painter.drawRoundedRect(bar, 3, 3)
        if self._percent:
            painter.setBrush(color("success" if self._percent == 100 else "accent"))
            painter.drawRoundedRect(QRectF(bar.x(), bar.y(), max(6.0, bar.width() * self._percent / 100), 6), 3, 3)
        painter.setPen(color("accent_text" if self.isChecked() else "text"))
        painter.setFont(ui_font(12))
        words = self.rect().adjusted(8 + _BAR_PX + 8, 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter), self.text())


class MissingPanel(JumpList):
    """What is not filled, in the order of the form."""

    element_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(_("Not filled"), _("Everything the standard demands is filled."), "checkbox-circle-line")
        self.row_chosen.connect(lambda key: self.element_chosen.emit(str(key)))

    def show_missing(self, elements: Sequence[tuple[Element, str]]) -> None:
        """Show these elements with the section each is in."""
        self.show_rows(
            [JumpRow(element.code, element.label, section, "edit-line", "warning") for element, section in elements]
        )
