"""Words that stand in exported documents, and the faces they are set in: data of the field, not words on screen."""

from __future__ import annotations

LIST_FACE = "宋体"
CODE_SHEET = "代码表"

MISSING = "（未填写）"
"""In a guide: nobody has filled this in yet (what was stated to be "none" keeps its own words)."""
NOT_APPLICABLE = "不涉及"
"""In a guide: items of this type have no such element."""

CHINESE_DIGITS = "〇一二三四五六七八九"
CHINESE_TEN = "十"

STYLE_NAMES = {
    "body": "公文正文",
    "plain": "公文正文不缩进",
    "table": "表格文字",
    "table_centred": "表格居中",
    "table_number": "表格数字",
    "table_heading": "表头",
    "caption": "表题",
    "note": "附注",
    "cover_mark": "封面标识",
    "cover_title": "封面标题",
    "cover_subtitle": "封面副题",
    "cover_foot": "封面落款",
}
"""Names of paragraph styles as users see them in Word and WPS."""

GUIDE_TEMPLATE = "办事指南.docx"
RECORD_NAME, RECORD_CODE = "名称", "编码"
SECTION_NUMBER = "章节序号"
"""In a guide: 一, 二, 三 … – counts on each time it is printed."""
OTHER_ELEMENTS = "其他要素"
"""In a guide: the elements with a value that the template prints nowhere else, each with these words about it."""
OTHER_LABEL, OTHER_TEXT, OTHER_GROUP = "名称", "内容", "分组"
FILTER_JOIN, FILTER_APPLY, FILTER_NUMERAL, FILTER_WITHOUT = "连接", "套用", "中文数字", "除去"
EXAMPLE = "示例"

RESULT_SHEET = "检查结果"
"""In a workbook handed back: the sheet of totals, and the heading of the status column."""
RESULT_AUTHOR = "事项标准化工作台"
"""Whose comments they are."""
