"""Writes docs/guide-template.md: the words for people, and every placeholder from the standard itself.

``python docs/build_guide_template.py``; a test proves that the file is fresh.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from gdbos_desktop.exporting.guide import filters, placeholders  # noqa: E402 - the checkout comes first
from gdbos_desktop.exporting.words import (  # noqa: E402
    MISSING,
    NOT_APPLICABLE,
    OTHER_ELEMENTS,
    RECORD_CODE,
    RECORD_NAME,
    SECTION_NUMBER,
)
from gdbos_desktop.schema import Kind, Standard, load_code_lists, load_standard  # noqa: E402
from gdbos_desktop.system.resources import read_texts  # noqa: E402

TARGET = FOLDER / "guide-template.md"
STANDARD, KIND = "national-2020", "service_item"

FILTERS = {
    "连接": (
        "`{{ 法定办结时限|连接(法定办结时限单位) }}`",
        "两个值连写：20工作日；前一个没有填写、写了“无”时不加后一个",
    ),
    "套用": (
        '`{{ 事项版本|套用("第{}版") }}`',
        "把值放进一句话的 {} 处：第3版；没有填写、“无”或 0 时什么也不印",
    ),
    "除去": (
        f'`{OTHER_ELEMENTS}|除去("状态与版本", "备注")`',
        "其他要素中去掉这些名称的要素，以及这些分组中的要素",
    ),
    "中文数字": ("`{{ loop.index|中文数字 }}`", "1、2、3 写成一、二、三"),
}


def guide_template(standard: Standard) -> str:
    """The text of docs/guide-template.md."""
    words = (FOLDER / "guide-template.in.md").read_text(encoding="utf-8")
    kind = standard.kind(KIND)
    values = {
        "missing": MISSING,
        "not_applicable": NOT_APPLICABLE,
        "general": "\n".join(_general()),
        "filters": "\n".join(_filters()),
        "elements": "\n".join(_elements(kind)),
        "children": "\n".join(_children(standard, kind)),
    }
    for name, text in values.items():
        words = words.replace(f"@{name}@", text)
    return words


def _general() -> Iterator[str]:
    yield from ("| 占位符 | 含义 |", "|---|---|")
    yield f"| `{{{{ {RECORD_NAME} }}}}` | 事项的名称（循环中：这一条的名称，如 `{{{{ 材料.{RECORD_NAME} }}}}`） |"
    yield f"| `{{{{ {RECORD_CODE} }}}}` | 事项已填写的编码：业务办理项编码、实施编码、地方实施编码，取第一个有的 |"
    yield f"| `{{{{ {SECTION_NUMBER} }}}}` | 一、二、三……每印一次加一；没有印出的章节不占号 |"
    yield f"| `{OTHER_ELEMENTS}` | 填了内容、而模板没有别处印出的要素，一条一个；用法见下 |"


def _filters() -> Iterator[str]:
    assert set(FILTERS) == set(filters())
    yield from ("| 写法 | 例 | 结果 |", "|---|---|---|")
    for name, (example, meaning) in FILTERS.items():
        yield f"| {name} | {example.replace('|', chr(92) + '|')} | {meaning} |"


def _elements(kind: Kind, prefix: str = "") -> Iterator[str]:
    yield from ("| 占位符 | 也可以写 | 含义 |", "|---|---|---|")
    for element in kind.elements.values():
        # A name with signs in it (处罚的行为、种类、幅度) is no placeholder; its code is.
        code, *names = placeholders(element)
        name, *others = [*(name for name in names if name.isidentifier()), code]
        label = "" if name == element.label else f"{element.label}："
        also = "、".join(f"`{other}`" for other in others)
        yield f"| `{{{{ {prefix}{name} }}}}` | {also} | {label}{element.help.replace('|', '｜')} |"


def _children(standard: Standard, top: Kind) -> Iterator[str]:
    """Every kind that the record contains at any depth, once, with the list it is found in."""
    lists = {child.code: child.label for child in standard.children_of(top.code)}
    for code in list(lists):
        for inner in standard.children_of(code):
            lists.setdefault(inner.code, f"某{standard.kind(code).label}.{inner.label}")
    for code in list(lists):
        for inner in standard.children_of(code):
            lists.setdefault(inner.code, f"某{standard.kind(code).label}.{inner.label}")
    for code, path in lists.items():
        kind = standard.kind(code)
        word = f"某{kind.label}"
        yield f"### {kind.label}（`{code}`）\n"
        yield f"{kind.help}\n"
        yield f"循环：`{{%p for {word} in {path} %}}` …… `{{%p endfor %}}`，"
        yield f"表格的行用 `{{%tr for {word} in {path} %}}` …… `{{%tr endfor %}}`。\n"
        if inside := "、".join(f"`{word}.{child.label}`" for child in standard.children_of(code)):
            yield f"其中还含有：{inside}。\n"
        yield from _elements(kind, f"{word}.")
        yield ""


def shipped() -> Standard:
    """The standard whose placeholders are listed."""
    return load_standard(read_texts("standards"), STANDARD, load_code_lists(read_texts("code-lists")))


if __name__ == "__main__":
    TARGET.write_text(guide_template(shipped()), encoding="utf-8")
