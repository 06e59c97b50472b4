"""The words Qt itself brings (file dialogs, menus of fields, names of keys) in the language of the program."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QTranslator
from PySide6.QtWidgets import QApplication

from gdbos_desktop.system.messages import language

_NAME = "qt-words"


def translate_qt(application: QApplication) -> None:
    """Let Qt speak the language of the program; a second call changes nothing."""
    if application.findChild(QTranslator, _NAME) is not None:
        return
    translator = QTranslator(application)
    translator.setObjectName(_NAME)
    if translator.load(f"qtbase_{language()}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)
