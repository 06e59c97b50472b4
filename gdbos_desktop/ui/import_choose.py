"""The first step: which file, how it is written, by which recipe; and what the program stopped in the middle of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QGridLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from gdbos_desktop.domain.layouts import Layout
from gdbos_desktop.services.imports import Mode, PendingImport
from gdbos_desktop.services.recipes import KnownRecipe
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.messages import N_, _
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.flow import FlowLayout, empty_layout
from gdbos_desktop.ui.forms.notice import Notice
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_progress import short_name
from gdbos_desktop.ui.theme import icon_button, label, link_button, primary_button, row, secondary, set_property

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et", ".csv", ".tsv", ".txt")
RECIPE_ENDINGS = "*.json *.toml"
RECENT_SECTION, RECENT_KEY, MOST_RECENT = "import", "recent-files", 6
MODES = {
    "upsert": N_("Add and update"),
    "insert": N_("Only add"),
    "update": N_("Only update"),
    "skip": N_("Add, leave existing ones alone"),
}
"""The ways of writing, by what the importing room calls them."""


@dataclass(frozen=True)
class _Known:
    """What the first step shows of the store and the disk."""

    files: Sequence[tuple[Path, int]]
    recipes: Sequence[KnownRecipe]
    pending: PendingImport | None


class ChoosePane(QWidget):
    """Drop a file, choose one, or take one used before."""

    file_chosen = Signal(Path)

    resume_asked = Signal(object)
    """Go on with a ``PendingImport``."""

    discard_asked = Signal()
    """What was under review is let go."""

    def __init__(self, workbench: Workbench, bridge: Bridge, dialogs: FileDialogs) -> None:
        super().__init__()
        self._workbench, self._bridge, self._dialogs = workbench, bridge, dialogs
        self.recent: list[Path] = []
        """The files used before that are still there."""
        self._recipes: list[KnownRecipe] = []
        self._file_recipe: Layout | None = None
        self.pending: PendingImport | None = None
        self.pending_notice = Notice()
        self.drop = DropZone()
        self.drop.dropped.connect(self.file_chosen)
        self.choose_button = self.drop.button
        self._modes = QButtonGroup(self)
        modes = QWidget()
        flow = FlowLayout(modes, 16, 4)
        flow.addWidget(_words_before(_("Way of writing:")))
        for mode in Mode:
            words = _(MODES.get(str(mode), str(mode)))
            radio = QRadioButton(words)
            radio.setAccessibleName(words)
            radio.setChecked(mode is Mode.UPSERT)
            radio.setMinimumHeight(24)
            self._modes.addButton(radio)
            radio.setProperty("mode", str(mode))
            flow.addWidget(radio)
        self.recipe = QComboBox()
        self.recipe.setAccessibleName(_("Recipe"))
        self.recipe.setMinimumWidth(240)
        self.recipe.activated.connect(self._on_recipe)
        self.read_recipe_button = icon_button("folder-open-line", _("Take a recipe from a file …"))
        self.read_recipe_button.clicked.connect(self._on_read_recipe)
        self.forget_button = icon_button("delete-bin-line", _("Delete this recipe"))
        self.forget_button.clicked.connect(self._on_forget)
        recipes = QWidget()
        line = row(_words_before(_("Recipe:")), self.recipe, self.read_recipe_button, self.forget_button, None)
        recipes.setLayout(line)
        self._recent = QWidget()
        self._recent_rows = QGridLayout(self._recent)  # two beside each other: six rows are too high for a low screen
        self._recent_rows.setContentsMargins(0, 8, 0, 0)
        self._recent_rows.setHorizontalSpacing(24)
        self._recent_rows.setVerticalSpacing(4)
        self._recent_rows.setColumnStretch(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.pending_notice)
        layout.addWidget(self.drop, 3)
        layout.addWidget(modes)
        layout.addWidget(recipes)
        layout.addWidget(self._recent)
        layout.addStretch(1)
        self._show_recipes([])

    @property
    def mode(self) -> Mode:
        """How rows will be written."""
        return Mode(str(self._modes.checkedButton().property("mode")))

    def choose_mode(self, mode: Mode) -> None:
        """Choose how rows will be written."""
        for button in self._modes.buttons():
            button.setChecked(button.property("mode") == str(mode))

    @property
    def chosen_recipe(self) -> Layout | None:
        """The recipe that the next file is to follow; None: the program looks by itself."""
        return self._known_recipe(self.recipe.currentIndex())

    def choose_recipe(self, name: str) -> None:
        """Choose a recipe by its name; '' for none."""
        names = ["", *self._names()]
        self.recipe.setCurrentIndex(max(names.index(name), 0))
        self._on_recipe()

    def refresh(self) -> None:
        """Look again for files used before, recipes, and what was under review."""
        settings, recipes, imports = self._workbench.settings, self._workbench.recipes, self._workbench.imports

        def look(_progress: Progress) -> _Known:
            files = []
            for path in map(Path, map(str, settings.get(RECENT_SECTION, RECENT_KEY, []))):
                with suppress(OSError):  # gone, or in a folder that may not be looked into any more
                    size = path.stat().st_size
                    files += [(path, size)] if path.is_file() else []
            return _Known(files, recipes.list_recipes(), imports.pending())

        self._bridge.run_query(look, self._show, owner=self)

    def remember(self, path: Path) -> None:
        """A file was opened: next time it is among those used before."""
        settings = self._workbench.settings

        def keep(_progress: Progress) -> None:
            kept = [str(known) for known in settings.get(RECENT_SECTION, RECENT_KEY, []) if str(known) != str(path)]
            settings.set(RECENT_SECTION, RECENT_KEY, [str(path), *kept][:MOST_RECENT])

        self._bridge.run_change(keep, owner=self)

    # Inside

    def _show(self, known: _Known) -> None:
        self._show_recipes(known.recipes)
        self.pending = known.pending
        if known.pending is None:
            self.pending_notice.hide()
        else:
            words = _("“{file}”, which you looked over last, is not written yet.")
            actions: list[tuple[str, Callable[[], None]]] = [
                (_("Go on with the file"), self._on_resume),
                (_("Let it go"), self._on_discard),
            ]
            self.pending_notice.show_words(
                words.format(file=soft(known.pending.path.name)), "info", actions, closable=False
            )
        self._show_recent(known.files)

    def _on_resume(self) -> None:
        if self.pending is not None:
            self.pending_notice.hide()
            self.resume_asked.emit(self.pending)

    def _on_discard(self) -> None:
        self.pending = None
        self.pending_notice.hide()
        self.discard_asked.emit()

    def _show_recipes(self, recipes: Sequence[KnownRecipe]) -> None:
        chosen = self.chosen_recipe
        self._recipes = list(recipes)
        self.recipe.clear()
        self.recipe.addItem(_("By the headings of the file"))
        if self._file_recipe is not None:
            name = self._file_recipe.title or self._file_recipe.name
            self.recipe.addItem(_("{name} (from a file)").format(name=name))
        for known in self._recipes:
            name = known.layout.title or known.layout.name
            self.recipe.addItem(_("{name} (comes with the program)").format(name=name) if known.is_shipped else name)
        if chosen is not None and chosen.name in self._names():
            self.recipe.setCurrentIndex(1 + self._names().index(chosen.name))
        self._on_recipe()

    def _names(self) -> list[str]:
        own = [self._file_recipe.name] if self._file_recipe is not None else []
        return own + [known.layout.name for known in self._recipes]

    def _known_recipe(self, index: int) -> Layout | None:
        if index <= 0:
            return None
        layouts = [*([self._file_recipe] if self._file_recipe is not None else []), *(r.layout for r in self._recipes)]
        return layouts[index - 1] if index - 1 < len(layouts) else None

    def _on_recipe(self) -> None:
        recipe = self.chosen_recipe
        own = {known.layout.name for known in self._recipes if not known.is_shipped}
        self.forget_button.setVisible(recipe is not None and recipe is not self._file_recipe and recipe.name in own)
        if recipe is not None:
            with suppress(ValueError):
                self.choose_mode(Mode(recipe.mode))
            self.recipe.setToolTip(_("{name}, version {version}").format(name=recipe.name, version=recipe.version))
        else:
            self.recipe.setToolTip("")

    def _on_read_recipe(self) -> None:
        path = self._dialogs.open_file(
            self, _("Take a recipe from a file"), _("Recipes ({endings})").format(endings=RECIPE_ENDINGS)
        )
        if path is not None:
            self.read_recipe(path)

    def read_recipe(self, path: Path) -> None:
        """Take a recipe from a file."""
        recipes = self._workbench.recipes

        def found(recipe: Layout) -> None:
            self._file_recipe = recipe
            self._show_recipes(self._recipes)
            self.recipe.setCurrentIndex(1)
            self._on_recipe()

        self._bridge.run_query(lambda _progress: recipes.read_file(path), found, owner=self)

    def _on_forget(self) -> None:
        recipe = self.chosen_recipe
        if recipe is not None:
            recipes, name = self._workbench.recipes, recipe.name
            self.recipe.setCurrentIndex(0)
            self._bridge.run_change(lambda _progress: recipes.forget(name), lambda _done: self.refresh(), owner=self)

    def _show_recent(self, files: Sequence[tuple[Path, int]]) -> None:
        empty_layout(self._recent_rows)
        self.recent = [path for path, _size_of_file in files]
        self._recent.setVisible(bool(files))
        if not files:
            return
        self._recent_rows.addWidget(secondary(_("Used before")), 0, 0, 1, 2)
        for place, (path, size) in enumerate(files[:MOST_RECENT]):
            button = link_button(short_name(path.name))
            button.setToolTip(str(path))
            button.clicked.connect(lambda _on=False, path=path: self.file_chosen.emit(path))
            holder = QWidget()
            remark = secondary(_("{folder} · {size}").format(folder=short_name(path.parent.name), size=_size(size)))
            holder.setLayout(row(button, remark, None))
            self._recent_rows.addWidget(holder, 1 + place // 2, place % 2)


class DropZone(QFrame):
    """Takes a file that is dropped on it, or a click on its button."""

    dropped = Signal(Path)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "drop")
        self.setAcceptDrops(True)
        self.setMinimumHeight(140)
        self.button = primary_button(_("Choose a file …"), "folder-open-line")
        title = label(_("Drag a workbook or a table here"), "section")
        words = secondary(
            _("Title rows, merged cells and totals are understood; nothing is written before you have seen it."),
            wrap=True,
        )
        endings = secondary("  ".join(ENDINGS), wrap=True)
        for part in (title, words, endings):
            part.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._wrong = label("", "error")
        self._wrong.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(4)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addWidget(endings)
        layout.addSpacing(8)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._wrong)
        layout.addStretch(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if event.mimeData().hasUrls():
            event.acceptProposedAction()
            set_property(self, "kind", "over")

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802 - Qt's name
        super().dragLeaveEvent(event)
        set_property(self, "kind", "")

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        set_property(self, "kind", "")
        files = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if len(files) == 1:
            event.acceptProposedAction()
            self._wrong.setText("")
            self.dropped.emit(files[0])
        else:
            self._wrong.setText(_("One file at a time, please."))


def _words_before(text: str) -> QWidget:
    made = secondary(text)
    made.setMinimumHeight(24)
    return made


def _size(size: int) -> str:
    return f"{size / 1024:,.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:,.1f} MB"
