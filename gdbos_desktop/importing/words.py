"""The words by which clerks' tables are understood: a table of data, kept beside the code that reads it.

These are words of the *files*, not of our screens: they are matched, never shown, and therefore not translated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
UNIT_OF = re.compile(r"^单位\s*[:：]?\s*")
"""What may stand before a unit in brackets."""

SECTION = re.compile(
    r"([(（][一二三四五六七八九十]{1,3}[)）]|第[一二三四五六七八九十]{1,3}(部分|类|章)|[一二三四五六七八九十]{1,3}[、.．])\s*\S"
)
"""The beginning of the only text of a row that names the section of the rows below: 一、市场监管局."""

TICKED = frozenset(
    {"√", "✓", "✔", "☑", "■", "●", "◉", "是", "有", "对", "v", "y", "yes", "t", "true", "1", "支持", "勾选", "已选"}
)
"""Folded texts of a cell that say: what this column stands for is so."""
NOT_TICKED = frozenset(
    {"否", "无", "没有", "不", "n", "no", "f", "false", "0", "×", "✗", "✘", "☒", "x", "□", "☐", "○", "-", "--", "—",
     "——", "/", "不支持", "不是", "未选"}
)  # fmt: skip
"""Folded texts of a cell that say: it is not so."""

AT_ONCE = frozenset(
    {"即办", "即办件", "即时", "即时办结", "即时办理", "当场", "当场办结", "当场办理", "当日", "当日办结", "当天",
     "当天办结", "立即办理", "立等可取", "马上办", "随到随办"}
)  # fmt: skip
"""Folded texts that say of a time limit: it is done at once."""
READ_AS = {"半年": "6个月", "一年半": "18个月", "半年内": "6个月", "一季度": "3个月", "一个季度": "3个月"}
"""Folded texts of a time limit that are no number, and the number they mean."""

SECTION_STARTS = frozenset("一二三四五六七八九十(（第")
"""First characters of section lines: a cheap look before the exact one."""

SERIES: tuple[Sequence[str], ...] = (
    tuple(str(number) for number in range(1, 513)),
    tuple("甲乙丙丁戊己庚辛壬癸"),
    tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    tuple("abcdefghijklmnopqrstuvwxyz"),
    tuple("①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"),
    tuple("一二三四五六七八九十"),
)
"""What a row says that only counts the columns."""

COUNT = "[0-9]{1,4}|[零〇一二两三四五六七八九十百]{1,5}"
COUNTED = "(?:份|张|套|页)?"
EACH = "各"
COUNT_OF_ALL = re.compile(rf"(?:一式)?({COUNT}){COUNTED}")
COUNT_FILLERS = re.compile(r"[\s,，、;；:：。.及和+＋*×x为共]")
"""A counting text (原件1份、复印件2份), folded: numbers, their counting words, and what stands between them."""

CHINESE_DATE = re.compile(
    "([0-9〇零○Oo一二三四五六七八九]{4})年([0-9一二三四五六七八九十元正]{1,3})月(?:([0-9一二三四五六七八九十]{1,3})[日号]?)?"
)
MONTH = re.compile(r"([0-9]{4})[-./年]([0-9]{1,2})月?")
FIRST_MONTH = frozenset("元正")
"""Folded texts that say a day, or only a month."""

NO_RECORDS = frozenset({"无", "[]", "{}", "null", "-", "/", '""', "NULL", "None"})
"""What a cell says instead of records."""

COVERS = frozenset(
    {
        "填表说明",
        "填写说明",
        "填报说明",
        "使用说明",
        "导入说明",
        "填表须知",
        "填写须知",
        "封面",
        "封皮",
        "模板说明",
        "填报要求",
    }
)
"""Folded names of sheets that explain or announce the others; nothing is read from them."""
LIKELY_COVERS = frozenset({"说明", "目录", "首页", "索引", "总目录", "表格目录", "readme", "须知", "字典", "数据字典"})
"""Folded names of sheets that do so unless a table stands there."""

SENTENCE_ENDS = ("。", "：", ":", "；")

BELOW_HEADING = re.compile(
    r"[(（].*[)）]|必填|选填|非必填|必填项|选填项|条件必填|文本|数字|日期|整数|单选|多选|下拉选择|下拉|可选|(请|在此)?(打|划)[√✓勾]|个|项|份|元|天|日|工作日|个工作日|——?|/"
)
"""A folded text under a heading that says how to fill it in, or its unit."""
ADVICE = re.compile(r"(请|填写|填报|选择|按照|按|应|须|需|必填|选填|格式|例如|如[:：,，]|从.*选择|见|参照|根据)")
"""The beginning of a folded text under a heading that tells how to fill it in."""
