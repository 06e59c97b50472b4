"""What a cell may say instead of a value: 同上, the error of a formula, a damaged number, a total, a note.

Imports read these signs; exports shield a value that happens to look like one of them with an invisible mark, which
imports take off with all other invisible marks. So what is exported means the same when it comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

SHIELD = "\u200b"
"""Stands before a value that only looks like a sign."""

SAME_AS_ABOVE = frozenset({"同上", "〃", "″", '"', "''", "”", "“", "同上。", "(同上)", "同上行"})
SAME_AS_LEFT = frozenset({"同左", "同左列", "(同左)"})

SPREADSHEET_ERRORS = frozenset(
    {"#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)

DAMAGED_NUMBER = re.compile(r"-?\d(\.\d+)?E\+\d{2,3}", re.IGNORECASE)
"""What a spreadsheet program leaves of a long code that it took for a number."""

TOTAL = re.compile(
    r"(合计|小计|总计|共计|累计|总数|本页合计|本页小计)([:(（：]?\s*[\d.]*\s*[项个条件]?[)）]?)?|共计?\d+[项个条件]|"
    r"[(（]?(以下空白|以下无正文|此页无正文)[)）]?|[(（]?((单位|部门|机关|局)?(盖章|公章|签章)|签字|签名)处?[)）]?[:：]?|第\d+页([,，/、]?共\d+页)?|共\d+页"
)
"""A folded text that makes its row a total, or the foot of a page."""

NOTE = re.compile(
    r"(备注|注|说明|填表说明|填报说明|填写说明|填表要求|注意事项|填表人|填报人|制表人|制表|审核人|审核|负责人|单位负责人|分管领导|"
    r"联系人|联系电话|填报单位|填报时间|填报日期|填表日期|制表日期|办理地点|打印日期|打印时间)\d*[:：]"
)
"""The beginning of a folded text that makes its row a note under the table."""

SIGNATURE = re.compile(
    r"填表人|填报人|制表人|制表|审核人|单位负责人|分管领导|填报单位|填报时间|填报日期|填表日期|制表日期|打印日期|打印时间"
)
"""A folded text that, alone in the first cell of a row, makes it the line of signatures under the table."""

REMARK = re.compile(r"(备注|注|说明|填表说明|填报说明|填表要求|注意事项)\d*")
"""A folded text that, alone in the first of two cells, makes its row a note under the table."""

MARKUP = re.compile(r"</?[A-Za-z!]|&(amp;)*#?[A-Za-z0-9]+;")
"""What makes an import take a text for one of a web page and clean it."""

DATA_STARTS = ("[{", '{"', '"[{', "[ {", '{ "')
"""How the data of a program begin (JSON), which an import makes readable."""

NOTE_STARTS = frozenset("合小总共累本备注说填制审负单分联办打以此第盖公签部机局(（")
"""First characters of totals and notes: a cheap look before the exact one."""

_REPEATS = SAME_AS_ABOVE | SAME_AS_LEFT


def may_hold_signs(texts: Sequence[str], joined: str) -> bool:
    """A cheap look at a row of values: False when none of them looks like a sign; ``joined`` are the same in a row."""
    if "#" in joined or "E+" in joined or "e+" in joined or not _REPEATS.isdisjoint(texts):
        return True
    return "<" in joined or "&" in joined or "{" in joined


def shielded(text: str) -> str:
    """The text, with the shield when it would be taken for a sign."""
    is_sign = text in _REPEATS or text.upper() in SPREADSHEET_ERRORS or DAMAGED_NUMBER.fullmatch(text)
    if not is_sign and ("<" in text or "&" in text or "{" in text):
        is_sign = text.startswith(DATA_STARTS) or MARKUP.search(text)
    return SHIELD + text if is_sign else text
