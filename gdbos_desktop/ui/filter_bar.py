"""The row over a list: a field that searches as you type, filters as chips, and the buttons for filters and columns."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gdbos_desktop.domain.queries import Filter, Query
from gdbos_desktop.schema import Kind
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.element_picker import ElementPicker
from gdbos_desktop.ui.filter_popup import FilterPopup, filter_words
from gdbos_desktop.ui.flow import FlowLayout
from gdbos_desktop.ui.popup import search_field
from gdbos_desktop.ui.theme import icon_button, link_button, plain_button, row

TYPING_PAUSE_MS = 180


class FilterChip(QFrame):
    """One filter in force: click the words to change it, the cross to clear it."""

    edit_asked = Signal(str)
    clear_asked = Signal(str)

    def __init__(self, code: str, words: str) -> None:
        super().__init__()
        self.code = code
        self.words = words
        self.setProperty("role", "chip")
        text = link_button(words if len(words) <= 28 else words[:27] + "…")
        text.setToolTip(words)
        text.setAccessibleName(_("Change the filter {filter}").format(filter=words))
        text.clicked.connect(lambda: self.edit_asked.emit(code))
        close = icon_button("close-line", _("Clear the filter {filter}").format(filter=words), role="accent_text")
        close.clicked.connect(lambda: self.clear_asked.emit(code))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(6, 2, 2, 2)
        layout.setSpacing(2)
        layout.addWidget(text)
        layout.addWidget(close)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)


class FilterBar(QWidget):
    """Holds what a list is asked for besides its kind: text and filters. ``changed`` tells that one of them changed."""

    changed = Signal()
    columns_asked = Signal(QPoint)
    tree_toggled = Signal(bool)

    def __init__(self, bridge: Bridge, kind: Kind) -> None:
        super().__init__()
        self._bridge = bridge
        self._kind = kind
        self.filters: dict[str, tuple[Filter, ...]] = {}
        self._titles: dict[str, str] = {}
        self.base_where: tuple[Filter, ...] = ()
        self.tree_button = icon_button("layout-left-line", _("Show or hide the groups"))
        self.tree_button.setCheckable(True)
        self.tree_button.toggled.connect(self.tree_toggled)
        self.search = search_field(_("Find by name, code or initials"))
        self.search.setMinimumWidth(180)
        self.search.setMaximumWidth(280)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TYPING_PAUSE_MS)
        self._timer.timeout.connect(self.changed)
        self.search.textChanged.connect(self._on_typed)
        self.search.returnPressed.connect(self._on_return)
        self.filter_button = plain_button(_("Filter"), "filter-3-line")
        self.filter_button.clicked.connect(self._on_filter_button)
        self.columns_button = plain_button(_("Shown columns"), "layout-column-line")
        self.columns_button.clicked.connect(
            lambda: self.columns_asked.emit(self.columns_button.mapToGlobal(QPoint(0, self.columns_button.height())))
        )
        self._chips = QWidget()
        self._chip_layout = FlowLayout(self._chips, 6, 6)
        self._clear = link_button(_("Clear all filters"))
        self._clear.setParent(self._chips)
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        tools = row(self.tree_button, self.search, self.filter_button, self.columns_button, None, spacing=4)
        tools.setContentsMargins(12, 0, 12, 8)
        tools.setStretch(1, 3)
        self.tools = tools
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(tools)
        self._chip_row = QWidget()
        chip_row = QHBoxLayout(self._chip_row)
        chip_row.setContentsMargins(16, 0, 16, 8)
        chip_row.addWidget(self._chips, 1)
        outer.addWidget(self._chip_row)
        self._chip_row.hide()

    @property
    def text(self) -> str:
        """What is typed into the search field."""
        return self.search.text().strip()

    @property
    def where(self) -> tuple[Filter, ...]:
        """All filters in force."""
        return tuple(one for filters in self.filters.values() for one in filters)

    def words(self) -> list[str]:
        """What is in force, filter by filter, as the chips say it."""
        return [filter_words(self._kind, filters, self._titles) for filters in self.filters.values()]

    def set_filter(self, code: str, filters: tuple[Filter, ...], titles: Mapping[str, str] | None = None) -> None:
        """Put the filters on one element in force; none: it is not filtered."""
        self._titles.update(titles or {})
        if filters:
            self.filters[code] = filters
        else:
            self.filters.pop(code, None)
        self._show_chips()
        self.changed.emit()

    def clear(self) -> None:
        """Take all filters and the search text away."""
        self.filters.clear()
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._timer.stop()
        self._show_chips()
        self.changed.emit()

    def ask_filter(self, code: str, place: QPoint) -> FilterPopup:
        """Open the popup for one element at a place on the screen."""
        others = tuple(one for key, filters in self.filters.items() if key != code for one in filters)
        query = Query(self._kind.code, (*self.base_where, *others), self.text)
        popup = FilterPopup(self, self._bridge, query, self._kind.elements[code], self.filters.get(code, ()))
        popup.applied.connect(self.set_filter)
        popup.show_at(place)
        return popup

    def _on_typed(self) -> None:
        self._timer.start()

    def _on_return(self) -> None:
        self._timer.stop()
        self.changed.emit()

    def _on_filter_button(self) -> None:
        place = self.filter_button.mapToGlobal(QPoint(0, self.filter_button.height() + 4))
        picker = ElementPicker(self, self._kind)
        picker.picked.connect(lambda code: self.ask_filter(code, place))
        picker.show_at(place)

    def _show_chips(self) -> None:
        while (item := self._chip_layout.takeAt(0)) is not None:
            widget = item.widget()
            if isinstance(widget, FilterChip):
                widget.hide()
                widget.deleteLater()
        for code, filters in self.filters.items():
            chip = FilterChip(code, filter_words(self._kind, filters, self._titles))
            chip.clear_asked.connect(lambda gone: self.set_filter(gone, ()))
            chip.edit_asked.connect(self._on_edit)
            self._chip_layout.addWidget(chip)
        if len(self.filters) > 1:
            self._chip_layout.addWidget(self._clear)
        self._clear.setVisible(len(self.filters) > 1)
        self._chip_row.setVisible(bool(self.filters))

    def _on_edit(self, code: str) -> None:
        self.ask_filter(code, self._chips.mapToGlobal(QPoint(0, self._chips.height() + 4)))


def no_result_words(bar: FilterBar) -> str:
    """Why a list is empty, naming what excluded everything."""
    words = [f"“{bar.text}”"] if bar.text else []
    return _(" and ").join([*words, *bar.words()])
