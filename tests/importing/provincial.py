"""A generator of provincial item exports: one sheet, two header rows, 227 columns, built from their description only.

What is described (places from 0): an item's columns repeated on consecutive rows, one per material; 服务对象 12–18 and
办理形式 21–24 one column per value; the process (58) and frequent questions (59) as JSON in the cell; materials 91–112;
whether there is a child (113) and from 114 on the same block again for the child, 112 columns further right. Codes come
now as text, now as number. Places the description does not name have headings that nobody reads.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

WIDTH, OFFSET = 227, 112
SERVER_TYPES = ("自然人", "企业法人", "事业法人", "社会组织法人", "非法人企业", "行政机关", "其他组织")
HANDLE_TYPES = ("窗口办理", "网上办理", "快递申请", "移动端办理")

ITEM_PLACES = {
    2: "事项名称", 3: "基本编码", 4: "事项性质", 5: "事项类型", 6: "行使层级", 7: "事项版本", 11: "办件类型",
    19: "通办范围", 20: "是否支持物流快递", 25: "中介服务", 26: "是否支持网上支付", 28: "是否进驻政务大厅",
    35: "实施主体性质", 36: "权力来源", 38: "法定办结时限", 39: "承诺办结时限", 40: "是否收费", 41: "审批结果类型",
    42: "审批结果名称", 51: "办理地点", 52: "办理时间", 53: "设定依据", 57: "受理条件", 58: "办理流程", 59: "常见问题",
    73: "事项状态", 74: "咨询电话", 75: "投诉电话", 78: "实施主体编码", 82: "数量限制", 83: "行政复议部门",
    84: "行政复议地址", 85: "行政复议电话", 86: "行政复议网址", 87: "行政诉讼部门", 88: "行政诉讼地址",
    89: "行政诉讼电话", 90: "行政诉讼网址",
}  # fmt: skip
MATERIAL_PLACES = {
    91: "材料名称", 93: "材料类型", 94: "材料形式", 95: "份数", 96: "规格", 97: "材料必要性", 100: "空白表格",
    101: "示例样表", 102: "来源渠道", 103: "来源渠道说明", 109: "填报须知", 110: "受理标准", 111: "依据", 112: "备注",
}  # fmt: skip


@dataclass
class ProvincialItem:
    """An item as it stands in the file: texts by heading, and what stands inside it."""

    cells: dict[str, str]
    server_types: Sequence[str] = ()
    handle_types: Sequence[str] = ()
    steps: list[dict[str, str]] = field(default_factory=list)
    questions: list[dict[str, str]] = field(default_factory=list)
    materials: list[dict[str, str]] = field(default_factory=list)
    child: ProvincialItem | None = None


def headings() -> list[tuple[str, str]]:
    """The two header rows: (group, heading) for every column; the group is blank where one heading fills both rows."""
    found: list[tuple[str, str]] = []
    for place in range(WIDTH):
        base = place - OFFSET if place > 113 else place
        if place == 0:
            found.append(("", "层级"))
        elif place == 1:
            found.append(("", "部门代码"))
        elif place == 113:
            found.append(("", "是否有子项"))
        elif 12 <= base <= 18:
            found.append(("服务对象", SERVER_TYPES[base - 12]))
        elif 21 <= base <= 24:
            found.append(("办理形式", HANDLE_TYPES[base - 21]))
        elif base in MATERIAL_PLACES or 91 <= base <= 112:
            found.append(("申请材料", MATERIAL_PLACES.get(base, f"预留{base}")))
        else:
            found.append(("", ITEM_PLACES.get(base, f"预留{base}")))
    return found


def write_provincial(path: Path, items: Sequence[ProvincialItem], seed: int = 0) -> Path:
    """The workbook of these items; ``seed`` decides which codes are numbers."""
    dice = random.Random(seed)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "政务服务事项"
    parts = headings()
    for column, (group, heading) in enumerate(parts, 1):
        sheet.cell(1, column, group or heading)
        sheet.cell(2, column, heading)
    start = 1
    for column in range(1, WIDTH + 1):
        group = parts[column - 1][0]
        if not group:
            sheet.merge_cells(start_row=1, end_row=2, start_column=column, end_column=column)
            start = column + 1
        elif column == WIDTH or parts[column][0] != group:
            sheet.merge_cells(start_row=1, end_row=1, start_column=start, end_column=column)
            start = column + 1
    row = 3
    for item in items:
        child = item.child
        height = max(1, len(item.materials), len(child.materials) if child else 0)
        for line in range(height):
            sheet.cell(row, 1, item.cells.get("行使层级"))
            _fill(sheet, row, item, line, 0, dice)
            sheet.cell(row, 2, item.cells.get("部门代码"))
            sheet.cell(row, 114, "是" if child else "否")
            if child is not None:
                _fill(sheet, row, child, line, OFFSET, dice)
            row += 1
    book.save(path)
    return path


def _fill(sheet: Any, row: int, item: ProvincialItem, line: int, offset: int, dice: random.Random) -> None:
    def put(place: int, text: str | int | None) -> None:
        if text is not None:
            sheet.cell(row, place + offset + 1, text)

    for place, heading in ITEM_PLACES.items():
        text = item.cells.get(heading)
        if heading == "基本编码" and text and dice.random() < 0.5:
            put(place, int(text))
        else:
            put(place, text)
    for number, name in enumerate(SERVER_TYPES):
        put(12 + number, "√" if name in item.server_types else None)
    for number, name in enumerate(HANDLE_TYPES):
        put(21 + number, "是" if name in item.handle_types else "否")
    put(58, json.dumps(item.steps, ensure_ascii=False) if item.steps else None)
    put(59, json.dumps(item.questions, ensure_ascii=False) if item.questions else None)
    if line < len(item.materials):
        for place, heading in MATERIAL_PLACES.items():
            put(place, item.materials[line].get(heading))


def invented_item(number: int, dice: random.Random, with_child: bool = False) -> ProvincialItem:
    """An item with materials, steps and questions, made of plausible words; the same dice make the same item."""
    kind = dice.choice(["行政许可", "行政确认", "公共服务"])
    materials = [
        {
            "材料名称": name,
            "材料类型": dice.choice(["原件", "复印件"]),
            "材料形式": dice.choice(["纸质", "电子", "纸质和电子"]),
            "份数": dice.choice(["1", "2"]),
            "规格": "A4",
            "材料必要性": dice.choice(["必要", "非必要"]),
            "来源渠道": dice.choice(["申请人自备", "政府部门核发"]),
            "来源渠道说明": "由申请人提供",
            "填报须知": f"按第{number}号样表填写",
            "受理标准": "清晰、完整",
            "依据": "《中华人民共和国行政许可法》第三十一条",
        }
        for name in dice.sample(["居民身份证", "营业执照", "申请表", "授权委托书", "场地证明"], dice.randrange(1, 5))
    ]
    item = ProvincialItem(
        {
            "部门代码": "11370000004502290M",
            "事项名称": f"第{number}类经营活动审批",
            "基本编码": f"3701{number:05d}123",
            "事项性质": "主项",
            "事项类型": kind,
            "行使层级": "省级",
            "事项版本": str(dice.randrange(1, 9)),
            "办件类型": dice.choice(["即办件", "承诺件"]),
            "通办范围": "跨市",
            "是否支持物流快递": "是",
            "是否支持网上支付": "否",
            "是否进驻政务大厅": "是",
            "实施主体性质": "法定机关",
            "权力来源": "法定本级行使",
            "法定办结时限": "20",
            "承诺办结时限": str(dice.randrange(1, 20)),
            "是否收费": "否",
            "审批结果类型": "证照",
            "审批结果名称": "经营许可证",
            "办理地点": "政务服务中心二楼A区12号窗口",
            "办理时间": "工作日9:00至17:00",
            "设定依据": "《中华人民共和国行政许可法》第十二条",
            "受理条件": f"符合第{number}类经营条件",
            "咨询电话": "0531-86000001",
            "投诉电话": "0531-12345",
            "数量限制": "无",
            "行政复议部门": "省人民政府",
            "行政诉讼部门": "省高级人民法院",
        },
        dice.sample(SERVER_TYPES, dice.randrange(1, 4)),
        dice.sample(HANDLE_TYPES, dice.randrange(1, 4)),
        [{"huanjiemingcheng": name, "banlishixian": str(dice.randrange(1, 5))} for name in ("受理", "审核", "办结")],
        [{"name": f"第{number}类怎样办理？", "val": "带齐材料到窗口办理。"}] if dice.random() < 0.7 else [],
        materials,
    )
    if with_child:
        item.child = invented_item(number + 50_000, dice)
        item.child.cells["事项性质"] = "子项"
        item.child.cells["实施主体编码"] = item.cells["部门代码"]
    return item
