"""What mends many rows with one click: suggestions by kind, texts that no code list knows, names that mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gdbos_desktop.schema import Standard
from gdbos_desktop.services.imports import Mendable, TextQuestion
from gdbos_desktop.services.issue_names import issue_name
from gdbos_desktop.services.similar import NameCluster, reason_words, why_words
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.flow import empty_layout
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.import_look import SessionLook
from gdbos_desktop.ui.import_mapping import letters
from gdbos_desktop.ui.import_mending import Mending, Replacement
from gdbos_desktop.ui.theme import label, line, link_button, quiet_button, row, secondary

SHOWN = 24
SHOWN_MEMBERS = 6


class _Panel(QScrollArea):
    """A column of parts that scrolls."""

    def __init__(self, words: str) -> None:
        super().__init__()
        inner = QWidget()
        inner.setProperty("role", "surface")
        inner.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._rows = QVBoxLayout(inner)
        self._rows.setContentsMargins(16, 12, 16, 12)
        self._rows.setSpacing(8)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(words)
        self.setWidget(inner)
        self._build: Callable[[], None] | None = None

    def _build_when_seen(self, build: Callable[[], None]) -> None:
        """Some hundred parts are made when somebody looks at them, not whenever a file is compared."""
        self._build = build
        if self.isVisible():
            self._build_now()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        self._build_now()
        super().showEvent(event)

    def _build_now(self) -> None:
        build, self._build = self._build, None
        if build is not None:
            build()

    def _add(self, part: QWidget) -> None:
        self._rows.addWidget(part)


class MendPanel(_Panel):
    """Suggestions gathered by column and kind, and texts that ask for an entry of their code list."""

    def __init__(self, mending: Mending) -> None:
        super().__init__(_("Mend with one click"))
        self._mending = mending
        self.accept_buttons: list[tuple[Mendable, QPushButton]] = []
        self.questions: list[tuple[TextQuestion, QComboBox, QPushButton]] = []
        self.count = 0
        """How many kinds of mends are offered."""

    def show_mends(
        self, mendable: Sequence[Mendable], texts: Sequence[TextQuestion], titles: Mapping[str, str], several: bool
    ) -> None:
        """Show what can be mended; ``titles`` name the rules, ``several``: the sheets are named too."""
        self.count = len(mendable) + len(texts)
        self._build_when_seen(lambda: self._fill(mendable, texts, titles, several))

    def _fill(
        self, mendable: Sequence[Mendable], texts: Sequence[TextQuestion], titles: Mapping[str, str], several: bool
    ) -> None:
        empty_layout(self._rows)
        self.accept_buttons, self.questions = [], []
        if not self.count:
            self._add(secondary(_("Nothing here can be mended at once."), wrap=True))
        if mendable:
            every = quiet_button(_("Take all suggestions"), "check-double-line")
            every.clicked.connect(lambda: self._mending.accept_all(mendable))
            every.setVisible(len(mendable) > 1)
            head = QWidget()
            head.setLayout(row(label(_("Suggestions"), "strong"), None, every))
            self._add(head)
        for one in mendable[:SHOWN]:
            self._add(self._suggestion(one, titles, several))
        self._more(len(mendable) - SHOWN)
        if mendable and texts:
            self._add(line())
        if texts:
            self._add(label(_("Which entry is meant?"), "strong"))
        for question in texts[:SHOWN]:
            self._add(self._question(question))
        self._more(len(texts) - SHOWN)
        self._rows.addStretch(1)

    def _more(self, count: int) -> None:
        if count > 0:
            self._add(secondary(_("… and {count} more.").format(count=count)))

    def _suggestion(self, one: Mendable, titles: Mapping[str, str], several: bool) -> QWidget:
        sheet = f"{one.sheet}  " if several else ""
        words = _("{sheet}{column}  {heading}: {count} cells").format(
            sheet=sheet, column=letters(one.column), heading=one.heading, count=f"{one.count:,}"
        )
        take = link_button(_("Take it"))
        take.setAccessibleName(_("Take the suggestions for {words}").format(words=words))
        take.clicked.connect(lambda: self._mending.accept(one))
        self.accept_buttons.append((one, take))
        name = issue_name(one.code, titles)
        example = _("{name}, such as “{old}” → “{new}”").format(
            name=name, old=_short(one.example), new=_short(one.suggestion)
        )
        return _entry(label(soft(words), wrap=True), secondary(soft(example), wrap=True), take)

    def _question(self, question: TextQuestion) -> QWidget:
        words = _("“{text}” ({count} rows) in {label}").format(
            text=_short(question.text), count=f"{question.count:,}", label=question.label
        )
        choices = QComboBox()
        choices.setAccessibleName(words)
        choices.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        choices.setMinimumContentsLength(8)
        choices.addItem(_("Please choose …"), "")
        ordered = sorted(question.choices, key=lambda choice: choice.id != question.suggestion)
        for choice in ordered:
            choices.addItem(choice.text, choice.id)
        if question.suggestion and ordered and ordered[0].id == question.suggestion:
            choices.setCurrentIndex(1)
        put = quiet_button(_("Replace"))
        put.setAccessibleName(_("Replace {words}").format(words=words))
        put.setEnabled(bool(choices.currentData()))
        choices.currentIndexChanged.connect(lambda: put.setEnabled(bool(choices.currentData())))
        put.clicked.connect(lambda: self._mending.map_text(question, str(choices.currentData())))
        self.questions.append((question, choices, put))
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 0, 0, 4)
        layout.setSpacing(4)
        layout.addWidget(label(soft(words), wrap=True))
        fields = row(choices, put)
        fields.setStretch(0, 1)
        layout.addLayout(fields)
        return holder


class ClusterPanel(_Panel):
    """Names of the file and the store that mean the same; a tick adopts the standard one."""

    def __init__(self, standard: Standard, mending: Mending) -> None:
        super().__init__(_("Names that mean the same"))
        self._standard = standard
        self._mending = mending
        self._clusters: list[tuple[NameCluster, QCheckBox]] = []
        self.count = 0
        """How many groups of names there are."""
        self._look: SessionLook | None = None
        self.adopt_button = quiet_button(_("Adopt"), "check-line")
        self.adopt_button.clicked.connect(self.adopt)
        self._footer = QWidget()
        self._footer.setLayout(row(None, self.adopt_button))
        self._footer.hide()
        self._add(self._footer)

    @property
    def boxes(self) -> list[QCheckBox]:
        """The ticks, group by group."""
        return [box for _cluster, box in self._clusters]

    def show_clusters(self, clusters: Sequence[NameCluster], look: SessionLook) -> None:
        """Show these groups of names."""
        self.count = len(clusters)
        self._look = look
        self._build_when_seen(lambda: self._fill(clusters))

    def _fill(self, clusters: Sequence[NameCluster]) -> None:
        self._rows.removeWidget(self._footer)
        empty_layout(self._rows)
        self._clusters = []
        if not clusters:
            self._add(secondary(_("No names that mean the same were found."), wrap=True))
        else:
            words = _("Names that differ but mean the same. Tick those that shall be written as the one in front.")
            self._add(secondary(words, wrap=True))
        for cluster in clusters[: 2 * SHOWN]:
            self._add(self._cluster(cluster))
        self._add(self._footer)
        self._footer.setVisible(bool(clusters))
        self._rows.addStretch(1)
        self._count_ticks()

    def adopt(self) -> None:
        """Write the ticked names as the proposed ones; one act."""
        look = self._look
        if look is None:
            return
        replacements = []
        for named, box in self._clusters:
            if not box.isChecked():
                continue
            places = [
                (sheet.name, column.place)
                for sheet in look.sheets if sheet.is_taken
                for column in sheet.columns
                for target in column.targets
                if target.element == named.element and sheet.blocks[target.block].kind == named.kind
            ]  # fmt: skip
            replacements += [
                Replacement(sheet, place, text, named.cluster.proposed)
                for text in named.replaced_rows
                for sheet, place in places
            ]
        self._mending.replace(replacements)

    def _cluster(self, named: NameCluster) -> QWidget:
        cluster = named.cluster
        kind = self._standard.kind(named.kind)
        box = QCheckBox(cluster.proposed)
        box.setAccessibleName(_("Adopt “{name}”").format(name=cluster.proposed))
        box.toggled.connect(self._count_ticks)
        self._clusters.append((named, box))
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(2)
        layout.addWidget(box)
        layout.addWidget(_indented(secondary(f"{kind.label} · {why_words(cluster)}", wrap=True)))
        members = [member for member in cluster.members if member.reason is not None]
        for member in members[:SHOWN_MEMBERS]:
            here = len(named.rows.get(member.text, ()))
            words = _("“{text}” {count} times").format(text=_short(member.text, 32), count=f"{member.count:,}")
            words += _(", {count} in this file").format(count=f"{here:,}") if here and here != member.count else ""
            reason = reason_words(member)
            layout.addWidget(_indented(label(soft(words), wrap=True)))
            layout.addWidget(_indented(secondary(reason, wrap=True)))
        if len(members) > SHOWN_MEMBERS:
            layout.addWidget(_indented(secondary(_("… and {count} more.").format(count=len(members) - SHOWN_MEMBERS))))
        return holder

    def _count_ticks(self) -> None:
        count = sum(box.isChecked() for box in self.boxes)
        self.adopt_button.setEnabled(count > 0)
        self.adopt_button.setText(_("Adopt {count} names").format(count=count) if count else _("Adopt"))
        self.adopt_button.setAccessibleName(self.adopt_button.text())


def _entry(first: QWidget, second: QWidget, button: QWidget) -> QWidget:
    holder = QWidget()
    words = QVBoxLayout()
    words.setContentsMargins(0, 0, 0, 0)
    words.setSpacing(2)
    words.addWidget(first)
    words.addWidget(second)
    layout = row(spacing=12, margins=(0, 0, 0, 4))
    layout.addLayout(words, 1)
    layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    holder.setLayout(layout)
    return holder


def _indented(part: QWidget) -> QWidget:
    part.setContentsMargins(22, 0, 0, 0)
    return part


def _short(text: str, limit: int = 20) -> str:
    line_of_text = text.replace("\n", " ")
    return line_of_text if len(line_of_text) <= limit else f"{line_of_text[:limit]}…"
