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
    }
)
"""Folded headings of columns that carry nothing for a standard, unless the kind has such an element."""

TOTAL = re.compile(r"(合计|小计|总计|共计|累计|总数|本页合计|本页小计)([:(（：]?\s*[\d.]*\s*[项个条件]?[)）]?)?")
"""A folded text that makes its row a total."""

NOTE = re.compile(
    r"(备注|注|说明|填表说明|填报说明|填写说明|填表要求|注意事项|填表人|填报人|制表人|制表|审核人|审核|负责人|单位负责人|分管领导|"
    r"联系人|联系电话|填报单位|填报时间|填报日期|填表日期|制表日期|办理地点|打印日期|打印时间)\d*[:：]"
)
"""The beginning of a folded text that makes its row a note under the table."""

NOTE_STARTS = frozenset("合小总共累本备注说填制审负单分联办打")
"""First characters of totals and notes: a cheap look before the exact one."""

SAME_AS_ABOVE = frozenset({"同上", "〃", "″", '"', "''", "”", "“", "同上。", "(同上)", "同上行"})
SAME_AS_LEFT = frozenset({"同左", "同左列", "(同左)"})

NO_CODE = frozenset({"", "-", "—", "--", "——", "/", "暂无", "不涉及", "NONE"})
"""What is stated instead of a code: no key, or all those rows would be the same thing."""

HEADING_DECORATION = re.compile(
    r"^[*＊★●☆※\d.．、]+|^[一二三四五六七八九十]+、|^[(（][\d一二三四五六七八九十]+[)）]|^【[^】]*】|"
    r"[*＊★:：]+$|[(（][^()（）]*[)）]$|\[[^\]]*\]$|【[^】]*】$"
)
"""Marks around a heading that say nothing about what the column holds: 必填 stars, numbering, units in brackets."""

SPREADSHEET_ERRORS = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)
