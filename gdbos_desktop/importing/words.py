"""The words by which clerks' tables are understood: a table of data, kept beside the code that reads it.

These are words of the *files*, not of our screens: they are matched, never shown, and therefore not translated.
"""

from __future__ import annotations

import re

NOTHING_HEADINGS = frozenset(
    {
        "序号",
        "行号",
        "顺序号",
        "no",
        "no.",
        "备注",
        "说明",
        "备注说明",
        "合计",
        "操作",
        "选择",
        "#",
        "№",
        "id",
        "录入时间",
        "检查结果",  # the status column of a result that is handed back
    }
)
"""Folded headings of columns that carry nothing for a standard, unless the kind has such an element."""

NO_CODE = frozenset({"", "-", "—", "--", "——", "/", "暂无", "不涉及", "NONE"})
"""What is stated instead of a code: no key, or all those rows would be the same thing."""

HEADING_DECORATION = re.compile(
    r"^[*＊★●☆※\d.．、]+|^[一二三四五六七八九十]+、|^[(（][\d一二三四五六七八九十]+[)）]|^【[^】]*】|"
    r"[*＊★:：]+$|[(（][^()（）]*[)）]$|\[[^\]]*\]$|【[^】]*】$"
)
"""Marks around a heading that say nothing about what the column holds: 必填 stars, numbering, units in brackets."""

BRACKETED = re.compile(r"[(（]([^()（）]+)[)）]")
"""What a heading says in brackets, such as the unit of its numbers."""
