"""The questions that only a person can answer: which element a column holds, what the rows of a sheet are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QFrame, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from gdbos_desktop.services.imports import LEAVE_OUT, Question
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.flow import FlowLayout, empty_layout
from gdbos_desktop.ui.forms.wrapped import soft
from gdbos_desktop.ui.theme import badge, label, row, secondary

MOST_RADIOS = 4
"""So many answers stand side by side; the rest are in a list."""
_SAMPLE = 24


class QuestionCard(QFrame):
    """One question with samples from the file; the likeliest answers in sight, the others in a list."""

    answered = Signal(str, str)

    def __init__(self, question: Question, answer: str) -> None:
        super().__init__()
        self.question = question
        self.setProperty("role", "card")
        self._group = QButtonGroup(self)
        self._radios: dict[str, QRadioButton] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(label(soft(question.text), "strong", wrap=True))
        if question.samples:
            samples = QWidget()
            flow = FlowLayout(samples, 8, 4)
            words_before = secondary(_("For example:"))
            words_before.setMinimumHeight(20)
            flow.addWidget(words_before)
            for sample in question.samples[:5]:
                flow.addWidget(badge(sample if len(sample) <= _SAMPLE else f"{sample[:_SAMPLE]}…"))
            layout.addWidget(samples)
        leaving = [choice for choice in question.choices if choice.id == LEAVE_OUT]
        real = [choice for choice in question.choices if choice.id != LEAVE_OUT]
        shown, rest = (real, []) if len(real) <= MOST_RADIOS + 1 else (real[:MOST_RADIOS], real[MOST_RADIOS:])
        holder = QWidget()
        flow = FlowLayout(holder, 16, 4)
        for choice in [*shown, *leaving]:
            radio = QRadioButton(choice.text)
            radio.setAccessibleName(f"{question.text} {choice.text}")
            radio.setMinimumHeight(28)
            radio.setChecked(choice.id == answer)
            radio.clicked.connect(lambda _on=False, key=choice.id: self._on_radio(key))
            self._group.addButton(radio)
            self._radios[choice.id] = radio
            flow.addWidget(radio)
        self.others = QComboBox(self)
        self.others.hide()
        if rest:
            self.others.show()
            self.others.setAccessibleName(_("Other elements"))
            self.others.setMinimumWidth(200)
            self.others.addItem(_("Another one …"), "")
            for choice in rest:
                self.others.addItem(choice.text, choice.id)
            self.others.setCurrentIndex(max(self.others.findData(answer), 0))
            self.others.activated.connect(self._on_other)
            flow.addWidget(self.others)
        layout.addWidget(holder)

    def choose(self, key: str) -> None:
        """Answer as a click would."""
        if key in self._radios:
            self._radios[key].setChecked(True)
            self._on_radio(key)
        else:
            self.others.setCurrentIndex(self.others.findData(key))
            self._on_other()

    def _on_radio(self, key: str) -> None:
        if self.others.count():
            self.others.setCurrentIndex(0)
        self.answered.emit(self.question.id, key)

    def _on_other(self) -> None:
        key = str(self.others.currentData() or "")
        if key:
            self._group.setExclusive(False)
            for radio in self._radios.values():
                radio.setChecked(False)
            self._group.setExclusive(True)
            self.answered.emit(self.question.id, key)


class QuestionsPane(QWidget):
    """All questions of a file, sheet by sheet; what is not answered is left out, and the page says so."""

    answered = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._inner = QWidget()
        self._rows = QVBoxLayout(self._inner)
        self._rows.setContentsMargins(0, 0, 8, 0)
        self._rows.setSpacing(8)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._inner)
        self.cards: list[QuestionCard] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        words = _(
            "These columns have headings the program does not know. Say what they are; the answers are remembered."
        )
        layout.addLayout(row(secondary(words, wrap=True)))
        layout.addWidget(self._scroll, 1)

    def show_questions(self, questions: Sequence[Question], answers: Mapping[str, str]) -> None:
        """Show these questions with the answers given so far."""
        empty_layout(self._rows)
        self.cards = []
        sheet = ""
        sheets = {question.place.sheet for question in questions}
        for question in questions:
            if len(sheets) > 1 and question.place.sheet != sheet:
                sheet = question.place.sheet
                self._rows.addWidget(label(_("Sheet “{sheet}”").format(sheet=sheet), "section"))
            card = QuestionCard(question, answers.get(question.id, ""))
            card.answered.connect(self.answered)
            self.cards.append(card)
            self._rows.addWidget(card)
        self._rows.addStretch(1)
