"""The world refused: something a person can understand and mend, told without a traceback."""

from __future__ import annotations


class KnownError(Exception):
    """The world refused (disk full, file open, wrong password): what happened, where, what to do.

    All three texts are already in the user's language. ``code`` is stable and machine-readable.
    """

    def __init__(self, code: str, title: str, sentence: str, remedy: str = "") -> None:
        super().__init__(f"{title}: {sentence} {remedy}".strip())
        self.code = code
        self.title = title
        self.sentence = sentence
        self.remedy = remedy


class Cancelled(Exception):  # noqa: N818 - a wish of the user, not an error
    """The user cancelled the work; raised by the next progress report, never shown as an error."""
