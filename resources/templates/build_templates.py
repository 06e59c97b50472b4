"""Makes the shipped Word templates: ``python resources/templates/build_templates.py``.

The templates are committed as .docx, because people edit them in Word or WPS; this script is for a new start in the
dress of official documents, and shows what the placeholders are.
"""

from __future__ import annotations

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
    TableColumn("材料名称", TEXT, 2.3),
    TableColumn("必要性", SHORT, 1),
    TableColumn("类型", SHORT, 0.9),
    TableColumn("份数", SHORT, 1.15),
    TableColumn("来源", SHORT, 1.15),
    TableColumn("说明", TEXT, 2.0),
)


COPIES = (
    '{{ [材料.原件份数|套用("原件{}份"), 材料.复印件份数|套用("复印件{}份")]|select|join("，") or 材料.纸质材料份数 }}'
)
LAW = '{{ 依据.法律法规名称 if "《" in 依据.法律法规名称 else 依据.法律法规名称|套用("《{}》") }}'


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
                "{{ 材料.材料必要性 }}",
                "{{ 材料.材料类型 }}",
                COPIES,
                "{{ 材料.来源渠道 }}",
                '{{ 材料.填报须知 or "" }}',
            ],
            ["{%tr endfor %}"],
        ],
    )


GUIDE = Document(
    title="{{ 事项名称 }}办事指南",
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
                ("行使层级", "{{ 行使层级 }}"),
                ("服务对象", "{{ 服务对象 }}"),
                ("办件类型", "{{ 办件类型 }}"),
                ("法定办结时限", "{{ 法定办结时限|连接(法定办结时限单位) }}"),
                ("承诺办结时限", "{{ 承诺办结时限|连接(承诺办结时限单位) }}"),
                ("到办事现场次数", '{{ 到办事现场次数|连接("次") }}'),
                ("咨询电话", "{{ 咨询电话 }}"),
                ("投诉电话", "{{ 投诉电话 }}"),
            ]
        ),
        Heading("适用范围"),
        *lines("{{ 适用范围 }}"),
        Heading("事项审查类型"),
        *lines("{{ 事项审查类型 }}"),
        Heading("审批依据"),
        *lines(
            "{%p for 依据 in 设定依据条款 %}",
            f'{{{{ loop.index }}}}．{LAW}{{{{ 依据.文号|套用("（{{}}）") }}}}{{{{ 依据.条款号|套用("{{}}") }}}}',
            '{{ 依据.条款内容 or "" }}',
            "{%p else %}",
            "{{ 设定依据 }}",
            "{%p endfor %}",
        ),
        Heading("受理机构"),
        *lines("{{ 受理机构 }}"),
        Heading("决定机构"),
        *lines("{{ 决定机构 }}"),
        Heading("数量限制"),
        *lines("{{ 数量限制 }}"),
        Heading("申请条件"),
        *lines("{{ 受理条件 }}"),
        Heading("禁止性要求"),
        *lines("{{ 禁止性要求 }}"),
        Heading("申请材料目录"),
        *lines("{%p if 申请材料 %}"),
        material_table("申请材料"),
        *lines(
            "{%p endif %}",
            '{%p for 办理项 in 业务办理项|selectattr("申请材料") %}',
        ),
        Heading("（{{ loop.index|中文数字 }}）{{ 办理项.业务办理项名称 }}", 2, is_numbered=False),
        material_table("办理项.申请材料"),
        *lines(
            "{%p endfor %}",
            '{%p if not 申请材料 and not 业务办理项|selectattr("申请材料")|list %}',
            "{{ 申请材料 }}",
            "{%p endif %}",
        ),
        Heading("申请接收"),
        *lines("接收方式：{{ 办理形式 }}", "接收地点：{{ 办理地点 }}", "网上地址：{{ 网办地址 }}"),
        Heading("办理基本流程"),
        *lines("{{ 办理流程 }}", "{%p if 办理环节 %}"),
        Table(
            (
                TableColumn("序号", SHORT, 0.72),
                TableColumn("环节", SHORT, 1.1),
                TableColumn("办理部门", TEXT, 2),
                TableColumn("办理时限", SHORT, 1.1),
                TableColumn("说明", TEXT, 3),
            ),
            [
                ["{%tr for 环节 in 办理环节 %}"],
                [
                    "{{ loop.index }}",
                    "{{ 环节.环节名称 }}",
                    "{{ 环节.办理部门 }}",
                    "{{ 环节.办理时限|连接(环节.办理时限单位) }}",
                    '{{ 环节.环节说明 or "" }}',
                ],
                ["{%tr endfor %}"],
            ],
        ),
        *lines("{%p endif %}"),
        Heading("办理方式"),
        *lines(
            "办件类型：{{ 办件类型 }}",
            "办理形式：{{ 办理形式 }}",
            "是否网上办理：{{ 是否网办 }}",
            "网上办理深度：{{ 网上办理深度 }}",
            '到办事现场次数：{{ 到办事现场次数|连接("次") }}',
            "{%p if 必须现场办理原因说明 %}",
            "必须现场办理的原因：{{ 必须现场办理原因说明 }}",
            "{%p endif %}",
            "通办范围：{{ 通办范围 }}",
        ),
        Heading("审批时限"),
        *lines(
            '法定办结时限：{{ 法定办结时限|连接(法定办结时限单位) }}{{ 法定办结时限说明|套用("（{}）") }}',
            '承诺办结时限：{{ 承诺办结时限|连接(承诺办结时限单位) }}{{ 承诺办结时限说明|套用("（{}）") }}',
            "{%p if 特别程序 %}",
            "特别程序：{{ 特别程序 }}",
            "{%p endif %}",
        ),
        Heading("审批收费依据及标准"),
        *lines(
            "是否收费：{{ 是否收费 }}",
            '{%p if 是否收费 == "是" %}',
            "收费依据：{{ 收费依据 }}",
            "{%p endif %}",
            "{%p if 收费项目 %}",
        ),
        Table(
            (
                TableColumn("序号", SHORT, 0.72),
                TableColumn("收费项目", TEXT, 1.8),
                TableColumn("收费标准", TEXT, 2.2),
                TableColumn("收费依据", TEXT, 2.4),
                TableColumn("可否减免", SHORT, 1),
            ),
            [
                ["{%tr for 收费 in 收费项目 %}"],
                [
                    "{{ loop.index }}",
                    "{{ 收费.收费项目名称 }}",
                    "{{ 收费.收费标准 }}",
                    "{{ 收费.收费依据 }}",
                    '{{ 收费.是否允许减免 }}{{ 收费.允许减免依据|套用("（{}）") }}',
                ],
                ["{%tr endfor %}"],
            ],
        ),
        *lines("{%p endif %}"),
        Heading("审批结果"),
        *lines("结果类型：{{ 审批结果类型 }}", "结果名称：{{ 审批结果名称 }}", "办结方式：{{ 办结方式 }}"),
        Heading("结果送达"),
        *lines("{{ 结果送达 }}"),
        Heading("申请人权利和义务"),
        *lines(
            "{{ 申请人权利和义务 }}",
            "{%p if 行政复议部门 %}",
            '行政复议：{{ 行政复议部门 }}{{ 行政复议地址|套用("，{}") }}{{ 行政复议电话|套用("，电话{}") }}',
            "{%p endif %}",
            "{%p if 行政诉讼部门 %}",
            '行政诉讼：{{ 行政诉讼部门 }}{{ 行政诉讼地址|套用("，{}") }}{{ 行政诉讼电话|套用("，电话{}") }}',
            "{%p endif %}",
        ),
        Heading("咨询途径"),
        *lines("咨询方式：{{ 咨询方式 }}", "咨询电话：{{ 咨询电话 }}", "咨询地址：{{ 咨询地址 }}"),
        Heading("监督和投诉渠道"),
        *lines("监督投诉方式：{{ 监督投诉方式 }}", "投诉电话：{{ 投诉电话 }}", "投诉地址：{{ 投诉地址 }}"),
        Heading("办公地址和时间"),
        *lines("办公地址：{{ 办理地点 }}", "办公时间：{{ 办理时间 }}"),
        Heading("办理进程和结果公开查询"),
        *lines("{{ 办理进程和结果查询 }}", "{%p if 情形 %}"),
        Heading("附录　办理情形", is_numbered=False),
        Table(
            (
                TableColumn("情形", TEXT, 2),
                TableColumn("选项", TEXT, 1.6),
                TableColumn("所需材料", TEXT, 3),
            ),
            [
                ["{%tr for 问 in 情形 %}"],
                ["{%tr for 选 in 问.情形选项 %}"],
                [
                    '{{ 问.情形名称 if loop.first else "" }}',
                    "{{ 选.选项名称 }}",
                    '{{ 选.选项材料|map(attribute="材料")|join("；") }}',
                ],
                ["{%tr endfor %}"],
                ["{%tr endfor %}"],
            ],
        ),
        *lines("{%p endif %}", "{%p if 常见问题 %}"),
        Heading("附录　常见问题", is_numbered=False),
        *lines(
            "{%p for 问 in 常见问题 %}",
            "问{{ loop.index }}：{{ 问.问题 }}",
            "答：{{ 问.答案 }}",
            "{%p endfor %}",
            "{%p endif %}",
        ),
    ],
)


if __name__ == "__main__":
    print(write_document(HERE / "办事指南.docx", GUIDE))  # noqa: T201 - a script says what it made
