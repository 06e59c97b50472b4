"""Forms built from the standard: an editor for any record of any kind. Hides which widget belongs to which type."""

from gdbos_desktop.ui.forms.editor import EditorPane

__all__ = ["EditorPane"]
