"""Words that stand in exported documents, and the faces they are set in: data of the field, not words on screen."""

from __future__ import annotations

LIST_FACE = "宋体"
CODE_SHEET = "代码表"

MISSING = "（未填写）"
"""In a guide: nobody has filled this in yet (what was stated to be "none" keeps its own words)."""
NOT_APPLICABLE = "不涉及"
"""In a guide: items of this type have no such element."""

RUNNING_NUMBER = "序号"
