"""The start page: make a store, open one, or look at the sample."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.paths import documents_folder
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.message_bar import MessageBar
from gdbos_desktop.ui.theme import (
    label,
    page_title,
    primary_button,
    quiet_button,
    row,
    secondary,
    section_title,
    set_property,
)

STORE_ENDING = ".gdbos"
_PATH = int(Qt.ItemDataRole.UserRole)


class StartWindow(QWidget):
    """Shown while no store is open."""

    open_asked = Signal(Path)
    create_asked = Signal(Path, str, str, str)
    """File, name of the office, region code, password ('' for none)."""

    sample_asked = Signal(Path)

    def __init__(self, recent: Sequence[Path], dialogs: FileDialogs) -> None:
        super().__init__()
        self._dialogs = dialogs
        self.setWindowTitle(_("Service Standards Workbench"))
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumSize(760, 470)
        self.message_bar = MessageBar()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.message_bar)
        head = QVBoxLayout()
        head.setContentsMargins(32, 24, 32, 12)
        head.setSpacing(4)
        head.addWidget(page_title(_("Service Standards Workbench")))
        head.addWidget(
            secondary(_("Items, materials and data items of government services – kept here, on this machine."))
        )
        outer.addLayout(head)
        self._cards = QWidget()
        columns = QHBoxLayout(self._cards)
        columns.setContentsMargins(32, 8, 32, 24)
        columns.setSpacing(16)
        columns.addWidget(self._new_card(), 1)
        columns.addWidget(self._open_card(recent), 1)
        outer.addWidget(self._cards, 1)

    def show_error(self, error: KnownError) -> None:
        """Why a store could not be opened."""
        self.message_bar.show_error(error)

    def show_busy(self, words: str) -> None:
        """Something is under way that takes a moment: nothing else can be begun."""
        self.message_bar.show_message(words)
        self._cards.setEnabled(False)

    def show_ready(self) -> None:
        """It is over."""
        self.message_bar.hide()
        self._cards.setEnabled(True)

    def _new_card(self) -> QWidget:
        card, layout = _card()
        layout.addWidget(section_title(_("Make a new store")))
        layout.addWidget(
            secondary(_("One file holds everything of your office; it can be copied and backed up."), wrap=True)
        )
        self.name = QLineEdit()
        self.name.setPlaceholderText(_("such as: Approval Bureau of the district"))
        self.region = QLineEdit()
        self.region.setPlaceholderText(_("6, 9 or 12 digits"))
        self.region.setMaxLength(12)
        self.password = QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setPlaceholderText(_("not needed; a lost one cannot be found again"))
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for words, field in (
            (_("Name of the office"), self.name), (_("Region code"), self.region), (_("Password"), self.password),
        ):  # fmt: skip
            field.setAccessibleName(words)
            field.returnPressed.connect(self._on_create)
            form.addRow(label(words), field)
        layout.addLayout(form)
        self.issue = label("", "error", wrap=True)
        self.issue.hide()
        layout.addWidget(self.issue)
        layout.addStretch(1)
        self.create_button = primary_button(_("Make the store …"), "add-line")
        self.create_button.clicked.connect(self._on_create)
        layout.addLayout(row(None, self.create_button))
        return card

    def _open_card(self, recent: Sequence[Path]) -> QWidget:
        card, layout = _card()
        layout.addWidget(section_title(_("Go on with a store")))
        self.recent = QListWidget(card)
        self.recent.setProperty("role", "bare")
        self.recent.setAccessibleName(_("Stores opened lately"))
        for path in recent:
            item = QListWidgetItem(f"{path.stem}    {path.parent}")
            item.setData(_PATH, path)
            item.setToolTip(str(path))
            self.recent.addItem(item)
        self.recent.itemClicked.connect(self._on_recent)
        self.recent.itemActivated.connect(self._on_recent)
        if recent:
            layout.addWidget(self.recent, 1)
        else:
            self.recent.hide()
            layout.addWidget(secondary(_("No store was opened on this machine yet."), wrap=True))
            layout.addStretch(1)
        open_button = quiet_button(_("Open a store …"), "folder-open-line")
        open_button.clicked.connect(self._on_open)
        sample_button = quiet_button(_("Look at the sample"), "eye-line")
        sample_button.clicked.connect(self._on_sample)
        layout.addLayout(row(open_button, sample_button, None))
        return card

    def _on_create(self) -> None:
        name, region = self.name.text().strip(), self.region.text().strip()
        issue = ""
        if not name:
            issue = _("Give the name of the office.")
        elif not (region.isascii() and region.isdigit() and len(region) in {6, 9, 12}):
            issue = _("The region code has 6, 9 or 12 digits, such as 511602.")
        self.issue.setText(issue)
        self.issue.setVisible(bool(issue))
        set_property(self.name, "state", "error" if not name else "")
        set_property(self.region, "state", "error" if issue and name else "")
        if issue:
            return
        pattern = _("Store (*{ending})").format(ending=STORE_ENDING)
        path = self._dialogs.save_file(self, _("Where shall the store lie?"), name + STORE_ENDING, pattern)
        if path is not None:
            path = path if path.suffix == STORE_ENDING else path.with_name(path.name + STORE_ENDING)
            self.create_asked.emit(path, name, region, self.password.text())

    def _on_open(self) -> None:
        pattern = _("Store (*{ending})").format(ending=STORE_ENDING)
        path = self._dialogs.open_file(self, _("Open a store"), pattern)
        if path is not None:
            self.open_asked.emit(path)

    def _on_recent(self, item: QListWidgetItem) -> None:
        self.open_asked.emit(item.data(_PATH))

    def _on_sample(self) -> None:
        self.sample_asked.emit(documents_folder() / (_("sample") + STORE_ENDING))


def _card() -> tuple[QFrame, QVBoxLayout]:
    card = QFrame()
    card.setProperty("role", "card")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(20, 16, 20, 16)
    layout.setSpacing(12)
    return card, layout
