"""What can be done with the records of a list: copy, paste, fill down, change, delete, export. No widget of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox

from gdbos_desktop.domain.access import Duty, decide
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.schema import Issue
from gdbos_desktop.services.records import ListRow
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.messages import _, fill
from gdbos_desktop.system.tasks import Progress
from gdbos_desktop.ui.bridge import Bridge
from gdbos_desktop.ui.file_dialogs import FileDialogs
from gdbos_desktop.ui.list_model import COMPLETE, column_of
from gdbos_desktop.ui.navigator import Navigator
from gdbos_desktop.ui.record_table import RecordTable, read_tsv, tsv

if TYPE_CHECKING:
    from gdbos_desktop.services.exports import GuideResult

ASK_BEFORE_DELETING = 2
COPIED_AT_MOST = 50_000
PASTED_AT_MOST = 5_000
GUIDE_KIND = "service_item"


class ListActs(QObject):
    """The verbs of a list. ``query`` gives what the list is asked for at the moment of the act."""

    deleted = Signal()

    def __init__(
        self, bridge: Bridge, navigator: Navigator, dialogs: FileDialogs, table: RecordTable, query: Callable[[], Query]
    ) -> None:
        super().__init__(table)
        self._bridge = bridge
        self._workbench = bridge.workbench
        self._navigator = navigator
        self._dialogs = dialogs
        self.table = table
        self.model = table.list_model
        self.kind = self.model.kind
        self._query = query
        table.copy_asked.connect(self.copy_selection)
        table.paste_asked.connect(self.paste)
        table.fill_asked.connect(self.fill_down)
        table.delete_asked.connect(self.delete_selection)
        table.cell_edited.connect(lambda record, code, text: self._set_texts({record: {code: text}}, _("Edited")))

    @property
    def has_guides(self) -> bool:
        """Whether records of this kind have service guides."""
        return self.kind.code == GUIDE_KIND

    @property
    def may_edit(self) -> bool:
        """Whether the person may change records of this kind by hand; change drafts never are."""
        return self.kind.draft is None and decide(self._workbench.workspace.actor, Duty.EDIT).is_allowed

    def selected_ids(self) -> Callable[[], list[str]]:
        """A function that gives the ids of the selection; call it off the window's thread, it may read many."""
        ranges, record_list = self.table.selected_ranges(), self.model.record_list

        def read() -> list[str]:
            return [
                found for first, count in ranges for found in (record_list.ids(first, count) if record_list else [])
            ]

        return read

    def copy_selection(self, with_headings: bool = False) -> None:
        """Put the selected rows on the clipboard, column by column as they stand, for Excel."""
        ranges, record_list = self.table.selected_ranges(), self.model.record_list
        count = sum(number for _first, number in ranges)
        if record_list is None or not count:
            return
        if count > COPIED_AT_MOST:
            self._navigator.say(
                _("At most {count} rows can be copied; export them instead.").format(count=f"{COPIED_AT_MOST:,}"),
                "warning",
            )
            return
        codes = self.table.column_codes()
        labels = [column_of(self.kind, code).label for code in codes] if with_headings else []

        def work(progress: Progress) -> str:
            lines: list[list[str]] = []
            for first, number in ranges:
                for offset in range(first, first + number, 500):
                    progress(len(lines), count)
                    rows = record_list.rows(offset, min(500, first + number - offset))
                    lines.extend(_cells(row, codes) for row in rows if row is not None)
            return tsv(labels, lines)

        def show(text: str) -> None:
            QGuiApplication.clipboard().setText(text)
            self._navigator.say(_("{count} rows copied").format(count=f"{count:,}"), "success")

        title = _("Copy {count} rows").format(count=f"{count:,}") if count > 2_000 else ""
        self._bridge.run_query(work, show, owner=self, title=title)

    def paste(self) -> None:
        """Put a block of the clipboard into the cells from the current one on; one single value fills the selection."""
        block = read_tsv(QGuiApplication.clipboard().text())
        index, record_list = self.table.currentIndex(), self.model.record_list
        if not block or not index.isValid() or record_list is None or not self.may_edit:
            return
        codes = self.table.column_codes()
        codes = codes[codes.index(self.model.columns[index.column()].code) :][: max(map(len, block))]
        ranges, first = self.table.selected_ranges(), index.row()
        is_fill = len(block) == 1 and len(block[0]) == 1 and self.table.selected_count() > 1
        if not is_fill:
            ranges = [(first, min(len(block), self.model.rowCount() - first))]
        count = sum(number for _first, number in ranges)
        if count > PASTED_AT_MOST:
            words = _("At most {count} rows can be pasted; import a workbook instead.")
            self._navigator.say(words.format(count=f"{PASTED_AT_MOST:,}"), "warning")
            return

        def texts() -> dict[str, dict[str, str]]:
            ids = [found for top, number in ranges for found in record_list.ids(top, number)]
            lines = block * len(ids) if is_fill else block
            return {
                one: {code: text for code, text in zip(codes, line, strict=False) if code != COMPLETE}
                for one, line in zip(ids, lines, strict=False)
            }

        self._set_texts(texts, _("Pasted into {count} records").format(count=f"{count:,}"))

    def fill_down(self) -> None:
        """Give all selected rows the value that the first of them has in the current column."""
        ranges, index = self.table.selected_ranges(), self.table.currentIndex()
        record_list = self.model.record_list
        if not index.isValid() or record_list is None or self.table.selected_count() < 2 or not self.may_edit:
            return
        column = self.model.columns[index.column()]
        if column.code in {COMPLETE, self.kind.title}:  # a name for all helps nobody
            return
        records = self._workbench.records
        words = _("{element} filled down").format(element=column.label)

        def work(_progress: Progress) -> Outcome:
            ids = [found for first, number in ranges for found in record_list.ids(first, number)]
            value = records.get(ids[0]).elements.get(column.code)
            return records.edit(ids[1:], {column.code: value}, words)

        self._bridge.run_change(work, lambda outcome: self._tell_done(outcome, words), owner=self)

    def _set_texts(
        self, texts: Mapping[str, Mapping[str, str]] | Callable[[], Mapping[str, Mapping[str, str]]], reason: str
    ) -> None:
        records = self._workbench.records

        def work(_progress: Progress) -> Outcome | list[Issue]:
            return records.set_many_texts(texts() if callable(texts) else texts, reason)

        def show(result: Outcome | list[Issue]) -> None:
            if isinstance(result, Outcome):
                self._tell_done(result, reason)
                return
            first = result[0]
            label = self.kind.elements[first.element].label if first.element in self.kind.elements else ""
            words = _("Nothing was changed. {element}: {problem}").format(
                element=label, problem=fill(first.message, first.values)
            )
            self._navigator.say(words, "warning")

        self._bridge.run_change(work, show, owner=self)

    def _tell_done(self, outcome: Outcome, words: str) -> None:
        if outcome.change_set is not None and outcome.changed_count > 1:
            act = outcome.change_set.id
            self._navigator.say(words, "success", _("Undo"), lambda: self._undo(act))

    def change_selection(self) -> None:
        """Ask which element of the selected records is to become what."""
        read = self.selected_ids()
        if self.table.selected_count() and self.may_edit:
            self._bridge.run_query(lambda _progress: read(), self._open_bulk, owner=self)

    def _open_bulk(self, ids: list[str]) -> None:
        from gdbos_desktop.ui.forms.bulk_dialog import BulkDialog  # loaded when first used

        dialog = BulkDialog(self._workbench, self._bridge, self.kind, ids, self.table)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def delete_selection(self) -> None:
        """Delete what is selected, with all it contains; undo brings it back."""
        count = self.table.selected_count()
        if not count or not self.may_edit:
            return
        if count >= ASK_BEFORE_DELETING and not self._confirm_deletion(count):
            return
        read, records = self.selected_ids(), self._workbench.records
        words = _("Deleted {count} of the kind {kind}").format(count=f"{count:,}", kind=self.kind.label)

        def work(_progress: Progress) -> Outcome:
            return records.delete(read(), words)

        def show(outcome: Outcome) -> None:
            self.deleted.emit()
            if outcome.change_set is None:
                return
            act = outcome.change_set.id
            self._navigator.say(words, "success", _("Undo"), lambda: self._undo(act))

        self._bridge.run_change(work, show, owner=self, title=words if count > 200 else "")

    def ask_deletion(self, count: int) -> QMessageBox:
        """The question before many records are deleted; its first button deletes."""
        box = QMessageBox(self.table)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(_("Delete"))
        box.setText(
            _("Delete {count} of the kind {kind}, with all they contain?").format(
                count=f"{count:,}", kind=self.kind.label
            )
        )
        box.setInformativeText(_("Undo brings them back."))
        box.addButton(_("Delete {count}").format(count=f"{count:,}"), QMessageBox.ButtonRole.DestructiveRole)
        keep = box.addButton(_("Keep them"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        box.setEscapeButton(keep)
        return box

    def _confirm_deletion(self, count: int) -> bool:
        box = self.ask_deletion(count)
        box.exec()
        is_agreed = box.buttonRole(box.clickedButton()) == QMessageBox.ButtonRole.DestructiveRole
        box.deleteLater()
        return is_agreed

    def _undo(self, act: str) -> None:
        history = self._workbench.history
        self._bridge.run_change(lambda progress: history.undo(act, progress), owner=self)

    def export_workbook(self, only_selection: bool) -> None:
        """Write the selection or the whole filtered list as a workbook that can be imported again."""
        name = _("{kind} of {store}.xlsx").format(kind=self.kind.label, store=self._workbench.info.name)
        path = self._dialogs.save_file(self.table, _("Export a workbook"), name, _("Excel workbook (*.xlsx)"))
        if path is None:
            return
        if path.suffix.lower() != ".xlsx":
            path = path.with_name(path.name + ".xlsx")
        question, exports = self._exported(only_selection), self._workbench.exports
        running = self._bridge.run_query(
            lambda progress: exports.export_workbook(question(), path, progress),
            lambda result: self._told(
                running, _("{count} rows written").format(count=f"{sum(result.rows.values()):,}"), path
            ),
            owner=self,
            title=_("Export {file}").format(file=path.name),
        )

    def export_guides(self, only_selection: bool) -> None:
        """Write a service guide for each record of the selection or of the whole filtered list."""
        folder = self._dialogs.choose_folder(self.table, _("Folder for the service guides"))
        if folder is None:
            return
        question, exports = self._exported(only_selection), self._workbench.exports
        running = self._bridge.run_query(
            lambda progress: exports.export_guides(question(), folder, progress=progress),
            lambda result: self._told(running, _guides_words(result), folder),
            owner=self,
            title=_("Service guides into {folder}").format(folder=folder.name),
        )

    def _exported(self, only_selection: bool) -> Callable[[], Query]:
        if not only_selection:
            query = self._query()
            return lambda: query
        read, kind, order = self.selected_ids(), self.kind.code, self._query().order
        return lambda: Query(kind, ids=tuple(read()), order=order)

    def _told(self, running: Any, words: str, path: Path) -> None:
        dialogs = self._dialogs
        running.summary = words
        running.actions.append((_("Open"), lambda: dialogs.show_in_system(path)))
        if path.is_file():
            running.actions.append((_("Show folder"), lambda: dialogs.show_in_system(path.parent)))


def _guides_words(result: GuideResult) -> str:
    count, failed = f"{len(result.paths):,}", f"{len(result.problems):,}"
    if not result.problems:
        return _("{count} service guides written").format(count=count)
    words = _("{count} service guides written, {failed} not: {first}")
    return words.format(count=count, failed=failed, first=result.problems[0])


def _cells(row: ListRow, codes: Sequence[str]) -> list[str]:
    return [f"{row.complete_percent}%" if code == COMPLETE else row.cells.get(code, "") for code in codes]
