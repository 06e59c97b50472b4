"""How the chosen column is read, and how the sheet is: the decisions besides what a column fills."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QCheckBox, QComboBox, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from gdbos_desktop.domain.layouts import Empty, Shape
from gdbos_desktop.schema import Element, Standard
from gdbos_desktop.schema.standard import PARENT
from gdbos_desktop.schema.types import Code, Codes
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.ui.flow import FlowLayout, empty_layout
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_look import SheetLook
from gdbos_desktop.ui.import_mapping import MappedColumn
from gdbos_desktop.ui.theme import SECONDARY_PX, badge, label, link_button, row, secondary, ui_font

SEPARATORS = (("", N_("Any of the usual ones")), *((sign, sign) for sign in "、；，|^/"))
_SAMPLE_PX, _VALUES_SHOWN = 168, 8
MOST_HEADER_ROWS, LAST_HEADER_START = 3, 30


class ColumnOptions(QScrollArea):
    """What a column holds, in samples, and how it is read."""

    option_changed = Signal(int, str, object)
    """Place, the name of an option of ``ImportSession.set_column``, its value."""

    value_changed = Signal(int, str)
    """Place, and the code that a mark in this column stands for; '' when it says it itself."""

    key_changed = Signal(int, bool)
    """Place, and whether records are found again by this column."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self.place = 0
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(_("How the column is read"))
        self._inner = QWidget()
        self._inner.setProperty("role", "surface")
        self._inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label("", "strong", wrap=True)
        self._metrics = QFontMetrics(ui_font(SECONDARY_PX))
        self._samples = QWidget()
        self._samples_flow = FlowLayout(self._samples, 4, 4)
        self._hint = secondary(_("Say what the column fills; then you can say how it is read."), wrap=True)
        self.clear_box = QCheckBox(_("An empty cell clears the value"))
        self.fill_box = QCheckBox(_("A blank means the value above"))
        self.key_box = QCheckBox(_("Find records by this column"))
        self.separator = QComboBox()
        self.separator.setAccessibleName(_("Several values in a cell are parted by"))
        for sign, words in SEPARATORS:
            self.separator.addItem(_(words) if not sign else words, sign)
        self._separator_words = secondary(_("Several values in a cell are parted by"))
        self.value = QComboBox()
        self.value.setAccessibleName(_("A mark in this column means"))
        self.value.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.value.setMinimumContentsLength(8)
        self._value_words = secondary(_("A mark in this column means"))
        self._replaced = QVBoxLayout()
        self._replaced.setSpacing(4)
        self.clear_box.setToolTip(_("Otherwise an empty cell leaves what the store has."))
        self.fill_box.setToolTip(_("For lists that name a thing in its first row only."))
        self.key_box.setToolTip(_("Rows with the same value are the same record."))
        self.clear_box.clicked.connect(
            lambda on: self.option_changed.emit(self.place, "empty", str(Empty.CLEAR if on else Empty.KEEP))
        )
        self.fill_box.clicked.connect(lambda on: self.option_changed.emit(self.place, "fill_down", bool(on)))
        self.key_box.clicked.connect(lambda on: self.key_changed.emit(self.place, bool(on)))
        self.separator.activated.connect(
            lambda: self.option_changed.emit(self.place, "separator", str(self.separator.currentData()))
        )
        self.value.activated.connect(lambda: self.value_changed.emit(self.place, str(self.value.currentData())))
        layout = QVBoxLayout(self._inner)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        for part in (
            self.title, self._samples, self._hint, self.clear_box, self.fill_box, self.key_box,
            self._separator_words, self.separator, self._value_words, self.value,
        ):  # fmt: skip
            layout.addWidget(part)
        layout.addLayout(self._replaced)
        layout.addStretch(1)
        self.setWidget(self._inner)
        self.setMinimumWidth(200)

    def show_column(self, column: MappedColumn | None, sheet: SheetLook) -> None:
        """Show the options of a column; None: nothing is chosen."""
        self._inner.setVisible(column is not None)
        if column is None:
            return
        plan = column.plan
        self.place = plan.place
        self.title.setText(soft(f"{plan.cell}  {plan.heading.path or _('(no heading)')}"))
        empty_layout(self._samples_flow)
        for sample in plan.heading.samples:
            made = badge(self._metrics.elidedText(sample.replace("\n", " "), Qt.TextElideMode.ElideRight, _SAMPLE_PX))
            made.setToolTip(sample)
            self._samples_flow.addWidget(made)
        self._samples.setVisible(bool(plan.heading.samples))
        target = plan.targets[0] if plan.targets else None
        self._hint.setVisible(target is None)
        element = self._element(sheet, column)
        for part in (self.clear_box, self.fill_box, self.key_box):
            part.setVisible(target is not None)
        self.clear_box.setEnabled(element is not None)
        for widget in (self._separator_words, self.separator):
            widget.setVisible(element is not None and isinstance(element.type, Codes))
        is_coded = element is not None and isinstance(element.type, Code | Codes)
        for widget in (self._value_words, self.value):
            widget.setVisible(is_coded)
        if target is not None:
            self.clear_box.setChecked(target.empty is Empty.CLEAR)
            self.fill_box.setChecked(target.fill_down)
            self.key_box.setChecked(target.element in sheet.key_of(target.block))
            self.separator.setCurrentIndex(max(self.separator.findData(target.separator), 0))
        if element is not None and isinstance(element.type, Code | Codes):
            self.value.clear()
            self.value.addItem(_("what the cell says"), "")
            for entry in element.type.code_list.by_code.values():
                self.value.addItem(entry.label, entry.code)
            self.value.setCurrentIndex(max(self.value.findData(target.value if target is not None else ""), 0))
        self._show_replaced(plan.targets[0].values if plan.targets else {})

    def _element(self, sheet: SheetLook, column: MappedColumn) -> Element | None:
        targets = column.plan.targets
        if not targets or targets[0].element == PARENT or targets[0].block >= len(sheet.blocks):
            return None
        kind = self._standard.kind(sheet.blocks[targets[0].block].kind)
        return kind.elements.get(targets[0].element)

    def _show_replaced(self, values: object) -> None:
        empty_layout(self._replaced)
        known = dict(values) if isinstance(values, dict) else {}
        if not known:
            return
        self._replaced.addWidget(secondary(_("Read instead of what the cell says:")))
        for old, new in list(known.items())[:_VALUES_SHOWN]:
            rest = {text: other for text, other in known.items() if text != old}
            words = label(soft(_("“{old}” → {new}").format(old=old, new=new)), wrap=True)
            remove = link_button(_("Remove"))
            remove.setAccessibleName(_("Remove") + f" {old}")
            remove.clicked.connect(lambda _on=False, rest=rest: self.option_changed.emit(self.place, "values", rest))
            holder = QWidget()
            line = row(words, remove)
            line.setStretch(0, 1)
            holder.setLayout(line)
            self._replaced.addWidget(holder)


class SheetOptions(QWidget):
    """What the rows of a sheet are, where its header is, and whether it is a table or a form."""

    kind_chosen = Signal(str)
    header_chosen = Signal(int, int)
    shape_chosen = Signal(object)
    """A ``Shape``."""

    def __init__(self, standard: Standard) -> None:
        super().__init__()
        self._standard = standard
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Each row is"))
        for one in standard.described:
            self.kind.addItem(one.label, one.code)
        self.first_row, self.header_rows = QSpinBox(), QSpinBox()
        self.first_row.setRange(1, LAST_HEADER_START)
        self.first_row.setAccessibleName(_("Row in which the headings begin"))
        self.header_rows.setRange(1, MOST_HEADER_ROWS)
        self.header_rows.setAccessibleName(_("Rows of headings"))
        self.shape = QComboBox()
        self.shape.setAccessibleName(_("Shape of the sheet"))
        self.shape.addItem(_("Table"), Shape.TABLE)
        self.shape.addItem(_("Form"), Shape.FORM)
        for field in (self.first_row, self.header_rows):
            field.lineEdit().setAccessibleName(field.accessibleName())
            field.setKeyboardTracking(False)
            field.setFixedWidth(64)
            field.valueChanged.connect(self._on_header)
        self.kind.activated.connect(lambda: self.kind_chosen.emit(str(self.kind.currentData())))
        self.shape.activated.connect(lambda: self.shape_chosen.emit(Shape(self.shape.currentData())))
        flow = FlowLayout(self, 16, 4)
        self._of_table: list[QWidget] = []
        parts: tuple[tuple[str, QComboBox | QSpinBox], ...] = (
            (_("Each row is"), self.kind),
            (_("Headings from row"), self.first_row),
            (_("Heading rows"), self.header_rows),
            (_("Shape"), self.shape),
        )
        for words, part in parts:
            holder = QWidget()
            holder.setLayout(row(secondary(words), part))
            flow.addWidget(holder)
            if isinstance(part, QSpinBox):
                self._of_table.append(holder)

    def show_sheet(self, sheet: SheetLook) -> None:
        """Show the options of a sheet."""
        fields = (self.first_row, self.header_rows)
        for field in fields:
            field.blockSignals(True)
        self.kind.setCurrentIndex(self.kind.findData(sheet.kind))
        self.first_row.setValue(max(sheet.first_row, 1))
        self.header_rows.setValue(max(sheet.last_row - sheet.first_row + 1, 1))
        self.shape.setCurrentIndex(max(self.shape.findData(sheet.shape), 0))
        for holder in self._of_table:
            holder.setVisible(sheet.shape is Shape.TABLE)
        for field in fields:
            field.blockSignals(False)

    def _on_header(self) -> None:
        self.header_chosen.emit(self.first_row.value(), self.header_rows.value())


def used_elements(columns: Sequence[MappedColumn]) -> dict[tuple[int, str], str]:
    """(block, element) → the letters of the column that fills it."""
    return {
        (target.block, target.element): one.plan.cell
        for one in columns for target in one.plan.targets if not target.value
    }  # fmt: skip
