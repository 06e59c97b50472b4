"""Makes the shipped Word templates: ``python resources/templates/build_templates.py``.

The templates are committed as .docx, because people edit them in Word or WPS; this script is for a new start in the
dress of official documents, and shows what the placeholders are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from gdbos_desktop.exporting.document import (
    Block,
    ColumnType,
    Cover,
    Document,
    Heading,
    KeyValues,
    Paragraph,
    Table,
    TableColumn,
)
from gdbos_desktop.exporting.word import write_document

HERE = Path(__file__).resolve().parent
SHORT, TEXT = ColumnType.SHORT, ColumnType.TEXT

MATERIAL_COLUMNS = (
    TableColumn("序号", SHORT, 0.72),
    TableColumn("材料名称", TEXT, 2.0),
    TableColumn("必要性", SHORT, 0.97),
    TableColumn("类型", SHORT, 1.0),
    TableColumn("份数", SHORT, 1.45),
    TableColumn("来源", SHORT, 1.45),
    TableColumn("说明", TEXT, 2.0),
)

FIRST, SECOND = '材料.原件份数|套用("原件{}份")', '材料.复印件份数|套用("复印件{}份")'
COPIES = f'{{{{ [{FIRST}, {SECOND}]|select|join("，") or 材料.纸质材料份数 or "" }}}}'
LAW = '{{ 依据.法律法规名称 if "《" in 依据.法律法规名称 else 依据.法律法规名称|套用("《{}》") }}'
LIMIT = '某办结时限：{{ 项某办结时限|连接(项某办结时限单位) }}{{ 项某办结时限说明|套用("（{}）") }}'
APPEAL = '某：{{ 某部门 }}{{ 某地址|套用("，{}") }}{{ 某电话|套用("，电话{}") }}'


def lines(*texts: str) -> list[Block]:
    return [Paragraph(text) for text in texts]


def material_table(materials: str) -> Table:
    return Table(
        MATERIAL_COLUMNS,
        [
            [f"{{%tr for 材料 in {materials} %}}"],
            [
                "{{ loop.index }}",
                "{{ 材料.材料名称 }}",
                '{{ 材料.材料必要性 or "" }}',
                '{{ 材料.材料类型 or "" }}',
                COPIES,
                '{{ 材料.来源渠道 or "" }}',
                '{{ 材料.填报须知 or "" }}',
            ],
            ["{%tr endfor %}"],
        ],
    )


def said(*names: str, text: str = "", label: str = "", of: str = "") -> list[Block]:
    """A line for each of these elements (of what is called ``of``) that says something: ``label：value``."""
    found: list[Block] = []
    for name in names:
        words = text or f"{label or name}：{{{{ {of}{name} }}}}"
        found += lines(f"{{%p if {of}{name} %}}", words, "{%p endif %}")
    return found


def section(title: str, condition: str, *blocks: Block) -> list[Block]:
    """A counted section that is there only when its items say something."""
    return [
        *lines(f"{{%p if {condition} %}}"),
        Heading(f"{{{{ 章节序号 }}}}、{title}", is_numbered=False),
        *blocks,
        *lines("{%p endif %}"),
    ]


def plain_section(title: str, name: str) -> list[Block]:
    """A section with the text of one element."""
    return section(title, name, Paragraph(f"{{{{ {name} }}}}"))


def fact(label: str, name: str, text: str = "") -> list[tuple[str, str]]:
    """A row of the table of facts that is there only when the element says something."""
    return [(f"{{%tr if {name} %}}", ""), (label, text or f"{{{{ {name} }}}}"), ("{%tr endif %}", "")]


OWN = "办理项."
LIMITS = ("法定办结时限", "承诺办结时限", "特别程序")
CHARGES = ("是否收费", "收费依据", "收费项目")
INTERNAL = (
    "基本信息", "状态与版本", "主题与区域分类",
    "实施主体编码", "行政区划代码", "运行系统层级", "计算机端是否对接单点登录", "移动端是否对接单点登录",
)  # fmt: skip
"""Groups and elements that offices keep for themselves: not in a guide."""
OTHERS = "其他要素|除去({})".format(", ".join(f'"{words}"' for words in INTERNAL))


def other_rows(of: str = "") -> list[tuple[str, str]]:
    """A row for each element that has no other place in the guide."""
    return [
        (f"{{%tr for 要素 in {of}{OTHERS} %}}", ""),
        ("{{ 要素.名称 }}", "{{ 要素.内容 }}"),
        ("{%tr endfor %}", ""),
    ]


def any_says(*names: str) -> str:
    """The condition that a handling item says one of these for itself."""
    return " or ".join(f'业务办理项|selectattr("{name}")|list' for name in names)


def each_handling_item(names: Sequence[str], *blocks: Block) -> list[Block]:
    """What each handling item says for itself, under its name; only those that say one of the names."""
    condition = " or ".join(f"{OWN}{name}" for name in names)
    return [
        *lines(f"{{%p for 办理项 in 业务办理项 if {condition} %}}"),
        Heading("（{{ loop.index|中文数字 }}）{{ 办理项.业务办理项名称 }}", 2, is_numbered=False),
        *blocks,
        *lines("{%p endfor %}"),
    ]


def steps(of: str = "") -> Table:
    """The steps of the work on an application."""
    return Table(
        (
            TableColumn("序号", SHORT, 0.72),
            TableColumn("环节", SHORT, 1.1),
            TableColumn("办理部门", TEXT, 2),
            TableColumn("办理时限", SHORT, 1.3),
            TableColumn("说明", TEXT, 3),
        ),
        [
            [f"{{%tr for 环节 in {of}办理环节 %}}"],
            [
                "{{ loop.index }}",
                "{{ 环节.环节名称 }}",
                '{{ 环节.办理部门 or "" }}',
                '{{ 环节.办理时限|连接(环节.办理时限单位) or "" }}',
                '{{ 环节.环节说明 or "" }}',
            ],
            ["{%tr endfor %}"],
        ],
    )


def fees(of: str = "") -> Table:
    """What is to be paid."""
    return Table(
        (
            TableColumn("序号", SHORT, 0.72),
            TableColumn("收费项目", TEXT, 1.8),
            TableColumn("收费标准", TEXT, 2.2),
            TableColumn("收费依据", TEXT, 2.4),
            TableColumn("可否减免", SHORT, 1),
        ),
        [
            [f"{{%tr for 收费 in {of}收费项目 %}}"],
            [
                "{{ loop.index }}",
                "{{ 收费.收费项目名称 }}",
                '{{ 收费.收费标准 or "" }}',
                '{{ 收费.收费依据 or "" }}',
                '{{ 收费.是否允许减免 or "" }}{{ 收费.允许减免依据|套用("（{}）") }}',
            ],
            ["{%tr endfor %}"],
        ],
    )


def limits(of: str = "") -> list[Block]:
    """The time limits."""
    return [
        *said("法定办结时限", text=LIMIT.replace("项某", f"{of}法定").replace("某", "法定"), of=of),
        *said("承诺办结时限", text=LIMIT.replace("项某", f"{of}承诺").replace("某", "承诺"), of=of),
        *said("特别程序", of=of),
    ]


def laws(of: str = "") -> list[Block]:
    """The articles an item is based on; where there are none, the text about them."""
    return lines(
        f"{{%p for 依据 in {of}设定依据条款 %}}",
        f'{{{{ loop.index }}}}．{LAW}{{{{ 依据.文号|套用("（{{}}）") }}}}{{{{ 依据.条款号|套用("{{}}") }}}}',
        "{%p if 依据.条款内容 %}",
        "{{ 依据.条款内容 }}",
        "{%p endif %}",
        *([] if of else ["{%p else %}", "{{ 设定依据 }}"]),
        "{%p endfor %}",
    )


def flow(of: str = "") -> list[Block]:
    """The way through the office: as a text, and step by step."""
    return [
        *said("办理流程", text=f"{{{{ {of}办理流程 }}}}", of=of),
        *lines(f"{{%p if {of}办理环节 %}}"),
        steps(of),
        *lines("{%p endif %}"),
    ]


def charges(of: str = "") -> list[Block]:
    """Whether something is to be paid, and what."""
    return [
        *said("是否收费", of=of),
        *lines(
            f'{{%p if {of}是否收费 != "否" and {of}收费依据 %}}', f"收费依据：{{{{ {of}收费依据 }}}}", "{%p endif %}"
        ),
        *lines(f"{{%p if {of}收费项目 %}}"),
        fees(of),
        *lines("{%p endif %}"),
    ]


def situations(of: str = "") -> Table:
    """The questions an applicant answers, and what each answer asks for."""
    return Table(
        (
            TableColumn("情形", TEXT, 2),
            TableColumn("选项", TEXT, 1.6),
            TableColumn("所需材料", TEXT, 3),
        ),
        [
            [f"{{%tr for 问 in {of}情形 %}}"],
            ["{%tr for 选 in 问.情形选项 %}"],
            [
                '{{ 问.情形名称 if loop.first else "" }}',
                "{{ 选.选项名称 }}",
                '{{ 选.选项材料|map(attribute="材料")|join("；") }}',
            ],
            ["{%tr else %}"],
            ["{{ 问.情形名称 }}", "", ""],
            ["{%tr endfor %}"],
            ["{%tr endfor %}"],
        ],
    )


def questions(of: str = "") -> list[Block]:
    """What applicants often ask."""
    return lines(
        f"{{%p for 问 in {of}常见问题 %}}", "问{{ loop.index }}：{{ 问.问题 }}", "答：{{ 问.答案 }}", "{%p endfor %}"
    )


GUIDE = Document(
    title="{{ 事项名称 }}\n办事指南",
    cover=Cover(
        title="{{ 事项名称 }}",
        above=("事项编码：{{ 编码 }}",),
        subtitle="办 事 指 南",
        below=("{{ 实施主体 }}", '{{ 事项版本|套用("第{}版") }}'),
    ),
    blocks=[
        KeyValues(
            [
                ("事项名称", "{{ 事项名称 }}"),
                ("事项编码", "{{ 编码 }}"),
                ("事项类型", "{{ 事项类型 }}"),
                ("实施主体", "{{ 实施主体 }}"),
                *fact("行使层级", "行使层级"),
                *fact("服务对象", "服务对象"),
                *fact("办件类型", "办件类型"),
                *fact("法定办结时限", "法定办结时限", "{{ 法定办结时限|连接(法定办结时限单位) }}"),
                *fact("承诺办结时限", "承诺办结时限", "{{ 承诺办结时限|连接(承诺办结时限单位) }}"),
                *fact("到办事现场次数", "到办事现场次数", '{{ 到办事现场次数|连接("次") }}'),
                *fact("咨询电话", "咨询电话"),
                *fact("投诉电话", "投诉电话"),
            ]
        ),
        *plain_section("适用范围", "适用范围"),
        *plain_section("事项审查类型", "事项审查类型"),
        *section(
            "审批依据",
            f"设定依据条款 or 设定依据 or {any_says('设定依据条款')}",
            *laws(),
            *each_handling_item(["设定依据条款"], *laws(OWN)),
        ),
        *plain_section("受理机构", "受理机构"),
        *plain_section("决定机构", "决定机构"),
        *plain_section("数量限制", "数量限制"),
        *plain_section("申请条件", "受理条件"),
        *plain_section("禁止性要求", "禁止性要求"),
        *section(
            "申请材料目录",
            f"申请材料 or {any_says('申请材料')}",
            *lines("{%p if 申请材料 %}"),
            material_table("申请材料"),
            *lines("{%p endif %}"),
            *each_handling_item(["申请材料"], material_table("办理项.申请材料")),
        ),
        *section(
            "申请接收",
            "办理形式 or 办理地点 or 网办地址",
            *said("办理形式", label="接收方式"),
            *said("办理地点", label="接收地点"),
            *said("网办地址", label="网上地址"),
        ),
        *section(
            "办理基本流程",
            f"办理流程 or 办理环节 or {any_says('办理流程', '办理环节')}",
            *flow(),
            *each_handling_item(["办理流程", "办理环节"], *flow(OWN)),
        ),
        *section(
            "办理方式",
            "办件类型 or 办理形式 or 是否网办 or 到办事现场次数 or 通办范围",
            *said("办件类型", "办理形式"),
            *said("是否网办", label="是否网上办理"),
            *said("网上办理深度"),
            *said("到办事现场次数", text='到办事现场次数：{{ 到办事现场次数|连接("次") }}'),
            *said("必须现场办理原因说明", label="必须现场办理的原因"),
            *said("通办范围"),
        ),
        *section(
            "审批时限",
            f"法定办结时限 or 承诺办结时限 or 特别程序 or {any_says(*LIMITS)}",
            *limits(),
            *each_handling_item(LIMITS, *limits(OWN)),
        ),
        *section(
            "审批收费依据及标准",
            f"是否收费 or 收费项目 or {any_says(*CHARGES)}",
            *charges(),
            *each_handling_item(CHARGES, *charges(OWN)),
        ),
        *section(
            "审批结果",
            "审批结果类型 or 审批结果名称 or 办结方式",
            *said("审批结果类型", label="结果类型"),
            *said("审批结果名称", label="结果名称"),
            *said("办结方式"),
        ),
        *plain_section("结果送达", "结果送达"),
        *section(
            "申请人权利和义务",
            "申请人权利和义务 or 行政复议部门 or 行政诉讼部门",
            *said("申请人权利和义务", text="{{ 申请人权利和义务 }}"),
            *said("行政复议部门", text=APPEAL.replace("某", "行政复议")),
            *said("行政诉讼部门", text=APPEAL.replace("某", "行政诉讼")),
        ),
        *section("咨询途径", "咨询方式 or 咨询电话 or 咨询地址", *said("咨询方式", "咨询电话", "咨询地址")),
        *section(
            "监督和投诉渠道",
            "监督投诉方式 or 投诉电话 or 投诉地址",
            *said("监督投诉方式", "投诉电话", "投诉地址"),
        ),
        *section(
            "办公地址和时间",
            "办理地点 or 办理时间",
            *said("办理地点", label="办公地址"),
            *said("办理时间", label="办公时间"),
        ),
        *plain_section("办理进程和结果公开查询", "办理进程和结果查询"),
        *section(
            "业务办理项",
            "业务办理项",
            *lines("{%p for 办理项 in 业务办理项 %}"),
            Heading("（{{ loop.index|中文数字 }}）{{ 办理项.业务办理项名称 }}", 2, is_numbered=False),
            KeyValues([("业务办理项编码", "{{ 办理项.业务办理项编码 }}"), *other_rows(OWN)]),
            *lines("{%p endfor %}"),
        ),
        *section("其他要素", OTHERS, KeyValues(other_rows())),
        *lines(f"{{%p if 情形 or {any_says('情形')} %}}"),
        Heading("附录　办理情形", is_numbered=False),
        *lines("{%p if 情形 %}"),
        situations(),
        *lines("{%p endif %}"),
        *each_handling_item(["情形"], situations(OWN)),
        *lines("{%p endif %}", f"{{%p if 常见问题 or {any_says('常见问题')} %}}"),
        Heading("附录　常见问题", is_numbered=False),
        *questions(),
        *each_handling_item(["常见问题"], *questions(OWN)),
        *lines("{%p endif %}"),
    ],
)


if __name__ == "__main__":
    print(write_document(HERE / "办事指南.docx", GUIDE))  # noqa: T201 - a script says what it made
