"""What a kind and an element are: types, code lists, conditions, versions of a standard.

Hides how a text cell becomes a typed value, and that versions and provinces differ. Pure: no clock, no files, no
database, no window. A ``Standard`` is read from the data in ``resources/standards``; everything generic asks it.
"""

from gdbos_desktop.schema.code_lists import CodeEntry, CodeList
from gdbos_desktop.schema.conditions import Condition, parse_condition
from gdbos_desktop.schema.issues import Issue, Place, Severity
from gdbos_desktop.schema.loading import StandardError, load_code_lists, load_standard
from gdbos_desktop.schema.standard import DraftForm, Element, Group, Kind, Standard, States
from gdbos_desktop.schema.types import ElementType
from gdbos_desktop.schema.values import STATED_NONE, Value, fold, is_stated_none

__all__ = [
    "STATED_NONE",
    "CodeEntry",
    "CodeList",
    "Condition",
    "DraftForm",
    "Element",
    "ElementType",
    "Group",
    "Issue",
    "Kind",
    "Place",
    "Severity",
    "Standard",
    "StandardError",
    "States",
    "Value",
    "fold",
    "is_stated_none",
    "load_code_lists",
    "load_standard",
    "parse_condition",
]
