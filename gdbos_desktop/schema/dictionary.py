"""The data dictionary: a standard written out for people, as Markdown in Chinese.

Pure: the text of the file comes from here, ``docs/build_dictionary.py`` puts it on the disk. The words below are the
headings of that document and belong to it as the labels belong to a standard file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gdbos_desktop.schema.code_lists import CodeList
from gdbos_desktop.schema.standard import PARENT, Element, Kind, Standard
from gdbos_desktop.schema.types import Code, Codes, ElementType, Reference

_TYPE_WORDS: Mapping[str, str] = {
    "text": "单行文字",
    "long_text": "多行文字",
    "code_text": "编码",
    "credit_code": "统一社会信用代码",
    "region_code": "区划代码",
    "phone": "电话",
    "url": "网址",
    "attachment": "附件",
    "integer": "整数",
    "decimal": "小数",
    "date": "日期",
    "code": "单选代码",
    "codes": "多选代码",
    "reference": "引用",
}
_LEVEL_WORDS: Mapping[str, str] = {"nation": "国家", "province": "省", "city": "市", "county": "县"}
_ELEMENT_COLUMNS = ("要素", "代码", "类型", "必填", "适用", "确定", "可识别的表头", "交换字段", "怎样填写", "出处")
_CODE_COLUMNS = ("代码", "名称", "也写作", "换算", "依据")
_CONTAINER = "所属记录"


def data_dictionary(standard: Standard, base: Standard | None = None) -> str:
    """The dictionary of a standard; with ``base`` only the kinds, elements and code lists that differ from it."""
    lines = [f"# {standard.title}：数据字典", "", f"标准标识 `{standard.identity}`。来源：{standard.source}。", ""]
    if base is None:
        lines += [*_reading_notes(standard), *_overview(standard)]
    else:
        lines += [f"本表只列与“{base.title}”（`{base.identity}`）不同之处。", ""]
    used: set[str] = set()
    for kind in standard.kinds.values():
        elements = [element for element in kind.elements.values() if _is_new(element, kind, base)]
        if elements:
            lines += _kind_section(standard, kind, elements, short=base is not None)
        used |= {kind_list.code for element in elements if (kind_list := _list_of(element.type)) is not None}
    lists = standard.code_lists.values() if base is None else [standard.code_lists[code] for code in sorted(used)]
    if lists:
        lines += ["## 代码表", ""]
        for code_list in sorted(lists, key=lambda code_list: code_list.code):
            lines += _code_list_section(code_list)
    return "\n".join(lines).rstrip("\n") + "\n"


def _reading_notes(standard: Standard) -> list[str]:
    families = "；".join(f"{code} 为{label}" for code, label in standard.family_labels.items())
    return [
        "由标准文件生成，请勿手工修改。",
        "",
        "- **类型**后的数字是交换表的长度，超出只提示，不截断。",
        "- **必填**：“是”为总要填写；写明条件或事项类别的，只在该情况下必填。",
        f"- **适用**：空白为所有事项类别；{families}。",
        "- **确定**：由哪一级确定内容，下级不改。",
        "- **可识别的表头**：导入表格时，除要素名称和代码外还认得的列名（不分全角半角和空格）。",
        "- **出处**后的标记：S 有出处，P 公开平台或数据库所见，M 凭记忆、待核。",
        "",
    ]


def _overview(standard: Standard) -> list[str]:
    rows = [
        (
            f"[{kind.label}](#{kind.label})",
            f"`{kind.code}`",
            "、".join(standard.kinds[parent].label for parent in kind.parents),
            str(len(kind.elements)),
            kind.help,
        )
        for kind in standard.kinds.values()
    ]
    return ["## 记录种类", "", *_table(("种类", "代码", "可属于", "要素数", "说明"), rows)]


def _kind_section(standard: Standard, kind: Kind, elements: Sequence[Element], *, short: bool) -> list[str]:
    lines = [f"## {kind.label}", ""]
    if not short:
        lines += [kind.help, ""]
        keys = "；".join("＋".join(_name_of(kind, part) for part in key) for key in kind.keys)
        lines += [f"- 代码 `{kind.code}`，工作表名“{kind.sheet}”（也认：{_join(kind.sheet_aliases) or '无'}）"]
        if kind.parents:
            headings = _join((kind.parent_heading, *kind.parent_aliases))
            lines += [f"- {_CONTAINER}的列：{headings}"]
        lines += [f"- 怎样算同一条（依次比较）：{keys}", ""]
    for group in kind.groups:
        rows = [_element_row(standard, element) for element in elements if element.group == group.code]
        if rows:
            lines += [f"### {kind.label}：{group.label}", "", *_table(_ELEMENT_COLUMNS, rows)]
    return lines


def _element_row(standard: Standard, element: Element) -> tuple[str, ...]:
    return (
        element.label + (f"（原 `{element.replaces}`）" if element.replaces else ""),
        f"`{element.code}`",
        _type_words(standard, element),
        _required_words(standard, element),
        "、".join(sorted(element.families, key=list(standard.family_labels).index)),
        _LEVEL_WORDS[element.owner],
        _join(dict.fromkeys((*((element.heading,) if element.heading != element.label else ()), *element.aliases))),
        "<br>".join(f"`{name}`" for name in element.exchange),
        element.help,
        f"{element.source}（{element.evidence}）",
    )


def _type_words(standard: Standard, element: Element) -> str:
    words = _TYPE_WORDS[element.type.name]
    code_list = _list_of(element.type)
    if code_list is not None:
        words += f" [{code_list.label}](#{_anchor(code_list)})"
    if isinstance(element.type, Reference):
        words += f" {standard.kinds[element.type.target].label}"
    if element.unit_in:
        words += f"，单位另填 `{element.unit_in}`"
    length = element.type_options.get("length")
    return f"{words} {length}" if length else words


def _required_words(standard: Standard, element: Element) -> str:
    if not element.required:
        return ""
    where = "、".join(code for code in standard.family_labels if code in element.required_in)
    return "；".join(part for part in (where, element.required_text) if part) or "是"


def _code_list_section(code_list: CodeList) -> list[str]:
    rows = [
        (
            entry.code,
            entry.label,
            _join(entry.aliases),
            "，".join(f"{vocabulary} = {code}" for vocabulary, code in entry.mapping.items()),
            entry.evidence,
        )
        for entry in code_list.entries
    ]
    return [
        f"### {_anchor(code_list)}",
        "",
        f"{code_list.label}，{code_list.version} 版。来源：{code_list.source}。",
        "",
        *_table(_CODE_COLUMNS, rows),
    ]


def _anchor(code_list: CodeList) -> str:
    return f"代码表-{code_list.code}"


def _name_of(kind: Kind, part: str) -> str:
    return _CONTAINER if part == PARENT else kind.elements[part].label


def _list_of(element_type: ElementType) -> CodeList | None:
    return element_type.code_list if isinstance(element_type, Code | Codes) else None


def _is_new(element: Element, kind: Kind, base: Standard | None) -> bool:
    if base is None or kind.code not in base.kinds:
        return True
    old = base.kinds[kind.code].elements.get(element.code)
    return old is None or _shape(old) != _shape(element)


def _shape(element: Element) -> tuple[object, ...]:
    # Types and conditions are objects; what the standard file says about them is what may differ.
    return (
        element.label,
        element.type.name,
        tuple(sorted((word, str(value)) for word, value in element.type_options.items())),
        element.required,
        element.required_in,
        element.required_text,
        element.families,
        element.owner,
        element.aliases,
        element.help,
        element.replaces,
    )


def _join(words: Iterable[str]) -> str:
    return "、".join(words)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    def line(cells: Iterable[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"

    return [line(columns), "|" + " --- |" * len(columns), *(line(row) for row in rows), ""]
