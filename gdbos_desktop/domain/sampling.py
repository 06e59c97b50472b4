"""Invented items for the demo, the tests and the benchmark: realistic, repeatable, and none of them real.

The words are data (``resources/samples``), the chance is an argument: the same words and the same seed give the same
items. Hides how counties, departments, businesses and actions are combined, how codes are composed so that they agree
(credit code + level + basic code), and which mistakes are put in when somebody wants some.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count as count_from
from random import Random
from typing import Any

from gdbos_desktop.domain.credit_code import ORGANISATION, with_check_digit
from gdbos_desktop.schema import STATED_NONE, Value

Elements = dict[str, Value]
Children = dict[str, list[Elements]]

COUNTY_LEVEL, WORKING_DAY, YES, NO = "4", "1", "1", "0"
PERMIT, PUNISH, COERCE, COLLECT, INSPECT, PUBLIC = "01", "02", "03", "04", "06", "20"
WITHOUT_APPLICATION = frozenset({PUNISH, COERCE, COLLECT, INSPECT})
"""Item types whose families have no conditions, results, places and the like."""

_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714


@dataclass
class SampleItem:
    """An item: element code → value (references as titles), and lazily what it contains, kind by kind."""

    values: Elements
    make_children: Callable[[], Children] = field(repr=False)

    @cached_property
    def children(self) -> Children:
        """Materials, fees, questions, steps and legal bases."""
        return self.make_children()


@dataclass(frozen=True)
class _County:
    name: str
    region: str
    index: int


@dataclass(frozen=True)
class _Department:
    name: str
    credit_code: str
    number: str
    consult_phone: str
    complain_phone: str
    window: str
    office: str


@dataclass(frozen=True)
class _Pattern:
    """One item as every county has it: a business in a variant under an action."""

    business: Mapping[str, Any]
    main_number: int
    sub_number: int
    name: str
    action: Mapping[str, Any]
    is_first: bool


class SampleMaker:
    """Makes items from the words of a vocabulary (the parsed ``vocabulary.toml``)."""

    def __init__(self, words: Mapping[str, Any]) -> None:
        self._words = words
        self._texts: Mapping[str, Any] = words["texts"]
        self._place: Mapping[str, Any] = words["place"]
        actions: dict[str, list[Mapping[str, Any]]] = {}
        for action in words["action"]:
            actions.setdefault(action["set"], []).append(action)
        self._departments: list[tuple[Mapping[str, Any], list[_Pattern]]] = [
            (department, list(_patterns(department, actions))) for department in words["department"]
        ]

    def items(self, rows: int, random: Random, defects: float = 0.0) -> Iterator[SampleItem]:
        """``rows`` items, county after county; about the share ``defects`` of them with one mistake."""
        made = 0
        for index in count_from():
            county = self._county(index)
            for number, (department, patterns) in enumerate(self._departments):
                body = self._department(county, department, number)
                for pattern in patterns:
                    if made == rows:
                        return
                    defect = random.choice(DEFECT_NAMES) if defects and random.random() < defects else ""
                    yield self._item(county, body, pattern, random, defect)
                    made += 1

    def county_items(
        self, rows: int, offices: Sequence[str], random: Random, defects: Mapping[int, str]
    ) -> Iterator[SampleItem]:
        """A county in small: ``rows`` items of every sort under these departments; ``defects`` by item, from 1."""
        county = self._county(0)
        chosen = [found for found in enumerate(self._departments) if found[1][0]["office"] in offices]
        made = 0
        for place, (number, (department, patterns)) in enumerate(chosen):
            body = self._department(county, department, number)
            share = rows // len(chosen) + (place < rows % len(chosen))
            for pattern in _varied(patterns, share):
                made += 1
                yield self._item(county, body, pattern, random, defects.get(made, ""))

    @property
    def first_county(self) -> str:
        """The name of the county that comes first."""
        return self._county(0).name

    def _county(self, index: int) -> _County:
        place = self._place
        if index == 0:
            return _County(place["first"], place["first_region"], 0)
        number = index - 1
        name = place["stems"][number % 10] + place["branches"][number % 12]
        turn, number_of_suffix = divmod(number // 60, len(place["suffixes"]))
        region = f"99{1 + number // 80:02d}{1 + number % 80:02d}"
        return _County(f"{name}{turn or ''}{place['suffixes'][number_of_suffix]}", region, index)

    def _department(self, county: _County, department: Mapping[str, Any], number: int) -> _Department:
        chance = Random(county.index * 1000 + number)
        base = f"{((county.index * 100 + number) * 7919 + 70_123_457) % 100_000_000:08d}"  # all different
        code = with_check_digit(f"11{county.region}{base}{_organisation_check(base)}")
        place = {
            "county": county.name, "road": chance.choice(self._place["roads"]), "number": chance.randrange(1, 200),
            "floor": chance.randrange(1, 5), "letter": chance.choice("ABCD"), "window": chance.randrange(1, 30),
            "room": chance.randrange(101, 620),
        }  # fmt: skip
        area = self._place["area_code"]
        return _Department(
            name=f"{county.name}{department['office']}",
            credit_code=code,
            number=department["number"],
            consult_phone=f"{area}-555{chance.randrange(10_000):04d}",
            complain_phone=f"{area}-556{chance.randrange(10_000):04d}",
            window=self._texts["window"].format_map(place),
            office=self._texts["office"].format_map(place),
        )

    def _item(self, county: _County, body: _Department, pattern: _Pattern, random: Random, defect: str) -> SampleItem:
        texts, business = self._texts, pattern.business
        item_type: str = business["type"]
        basic = f"00{item_type}{body.number}{pattern.main_number:03d}{pattern.sub_number:03d}"
        task_code = f"{body.credit_code}{COUNTY_LEVEL}{basic}"
        local = f"99A{body.number}{pattern.main_number:03d}{pattern.sub_number:03d}"
        law_line = texts["law_line"].format_map(business)
        values: Elements = {
            "task_name": pattern.name,
            "main_item": business["name"],
            "task_type": item_type,
            "catalog_code": basic,
            "local_catalog_code": local,
            "task_code": task_code,
            "local_task_code": f"{local}-{county.region}-{body.credit_code}-1-00",
            "task_handle_item": f"{task_code}01",
            "use_level": (COUNTY_LEVEL,),
            "item_scope": texts["item_scope"].format(
                county=county.name, main_item=business["name"], who=_who(business, texts)
            ),
            "dept_name": body.name,
            "dept_code": body.credit_code,
            "dept_type": "1",
            "region_code": f"{county.region}000000",
            "accept_org": body.name,
            "decide_org": body.name,
            "by_law": law_line,
            "anticipate_day": business["days"][0],
            "anticipate_type": WORKING_DAY,
            "link_way": texts["link_way"].format(place=body.window, phone=body.consult_phone),
            "consult_phone": body.consult_phone,
            "supervise_way": texts["supervise_way"].format(
                place=body.office, phone=body.complain_phone, county=county.name
            ),
            "complain_phone": body.complain_phone,
            "complain_addr": body.office,
            "progress_query": texts["progress"].format(phone=body.consult_phone),
            "rights_duties": texts["rights"],
            "reconsider_dept": texts["reconsider"].format(county=county.name),
            "reconsider_phone": f"{self._place['area_code']}-5570001",
            "lawsuit_dept": texts["court"].format(county=county.name),
            "lawsuit_phone": f"{self._place['area_code']}-5580001",
            "task_state": "1",
            "task_version": random.randrange(1, 6),
            "plan_effective_date": f"{random.randrange(2021, 2026)}-{random.randrange(1, 13):02d}-01",
        }  # fmt: skip
        if item_type != PUBLIC:
            values["power_source"] = "1"
        if item_type in WITHOUT_APPLICATION:
            values["handle_flow"] = texts[{PUNISH: "flow_punish", COLLECT: "flow_collect"}.get(item_type, "flow_check")]
            if item_type == PUNISH:
                values["punishment_method"] = texts["punish"].format_map(business)
            if item_type == COLLECT:
                values |= {"collect_type": "2", "is_permit_reduce": NO}
        else:
            self._add_application(values, body, pattern, random)
        if defect:
            _VALUE_DEFECTS.get(defect, _nothing)(values, texts)
        seed = random.getrandbits(32)
        promise = values.get("promise_day", business["days"][1])
        return SampleItem(values, lambda: self._children(body, pattern, law_line, promise, Random(seed), defect))

    def _add_application(self, values: Elements, body: _Department, pattern: _Pattern, random: Random) -> None:
        texts, business = self._texts, pattern.business
        promise = business["days"][1]
        if not pattern.is_first and pattern.action["name"]:
            promise = max(1, promise // 2)
        is_instant = bool(business.get("is_instant")) or (promise == 1 and random.random() < 0.7)
        visits = random.choice((0, 0, 0, 1, 1, 2))
        is_online = visits == 0 or random.random() < 0.6
        result = self._result(pattern)
        values |= {
            "server_type": tuple(business["servers"]),
            "link_addr": body.window,
            "accept_condition": _numbered(business["conditions"]),
            "prohibit_requirement": texts["prohibit"],
            "project_type": "1" if is_instant else "2",
            "audit_type": "2" if is_instant else "1",
            "promise_day": promise,
            "promise_type": WORKING_DAY,
            "handle_flow": texts["flow_instant" if is_instant else "flow"],
            "special_procedure": texts["special_none" if is_instant or random.random() < 0.8 else "special_visit"],
            "is_fee": YES if "fee" in business else NO,
            "is_pay_online": YES if "fee" in business else NO,
            "result_name": result or STATED_NONE,
            "result_delivery": ("4", "6") if visits == 0 else ("6",),
            "handle_type": ("1", "2") if is_online else ("1",),
            "is_online": YES if is_online else NO,
            "is_single_login": YES if is_online else NO,
            "app_is_single_login": YES if is_online and random.random() < 0.5 else NO,
            "limit_scene_num": visits,
            "is_express": YES if visits == 0 or random.random() < 0.5 else NO,
            "is_schedule": random.choice((YES, NO)),
            "is_service_terminals": random.choice((YES, NO, NO)),
            "handle_area": random.choice(("3", "4", "4", "5")),
            "is_entry_center": YES,
            "transact_addr": body.window,
            "transact_time": random.choice(texts["times"]),
            "lawsuit_addr": body.office,
        }  # fmt: skip
        if values["task_type"] != PUBLIC:
            values["limit_explain"] = STATED_NONE
        if "fee" in business:
            values["fee_basis"] = business["fee"]["basis"]
        if is_online:
            values["online_handle_url"] = texts["online_url"].format(number=values["task_code"])
            values["online_handle_depth"] = ("1", "2", "3", "4", "5", "6") if visits == 0 else ("1", "2", "3")
        if visits:
            values["limit_scene_explain"] = random.choice(texts["scene_reason"])
        for code, topics in (("user_topic_type", "person"), ("corp_topic_type", "corporate")):
            if topics in business:
                values[code] = tuple(business[topics])
        values |= _result_elements(result, texts)

    def _result(self, pattern: _Pattern) -> str:
        is_last = pattern.action["set"] == "licence" and pattern.action is self._words["action"][4]
        return str(self._texts["cancel_result"] if is_last else pattern.business["result"])

    def _children(
        self, body: _Department, pattern: _Pattern, law_line: str, promise: Value, random: Random, defect: str
    ) -> Children:
        texts, business = self._texts, pattern.business
        item_type = business["type"]
        children: Children = {
            "legal_basis": [
                {
                    "law_name": f"《{business['law']}》",
                    "article": business["article"],
                    "law_text": business["gist"],
                    "order_num": 1,
                }
            ],
            "step": _steps(str(texts["flow"]), body, promise if isinstance(promise, int) else 0),
        }
        if item_type not in WITHOUT_APPLICATION:
            main_item = business["name"]
            asked: Sequence[tuple[str, str]] = (
                (texts["question_days"].format(name=main_item), texts["answer_days"].format(days=promise)),
                (texts["question_online"], texts["answer_online"]),
                (texts["question_agent"], texts["answer_agent"]),
                (texts["question_lack"], texts["answer_lack"]),
            )
            chosen = [asked[0], *random.sample(asked[1:], random.randrange(0, 3))]
            children["faq"] = [
                {"question": question, "answer": answer, "order_num": number}
                for number, (question, answer) in enumerate(chosen, 1)
            ]
            if "fee" in business:
                fee = business["fee"]
                children["fee"] = [
                    {"fee_name": fee["name"], "fee_stand": fee["standard"], "by_law": fee["basis"], "is_desc": NO,
                     "order_num": 1}
                ]  # fmt: skip
        if item_type not in {PUNISH, COERCE, INSPECT}:
            children["material"] = self._materials(pattern, law_line, random)
        if defect:
            _CHILD_DEFECTS.get(defect, _nothing)(children, texts)
        return children

    def _materials(self, pattern: _Pattern, law_line: str, random: Random) -> list[Elements]:
        business, texts = pattern.business, self._texts
        forms = [text.format_map(business) for text in pattern.action["materials"]]
        own: list[str] = list(business["materials"])
        names = list(dict.fromkeys([*forms, *(own if pattern.is_first else own[:1])]))
        if len(names) == 1:
            names += own[1:2]
        materials: list[Elements] = []
        for number, name in enumerate(names, 1):
            is_form = number <= len(forms)
            is_copy = not is_form and random.random() < 0.5
            material: Elements = {
                "material_name": name,
                "is_need": "1" if number <= 3 or random.random() < 0.7 else "3",
                "material_type": "2" if is_copy else "1",
                "material_format": random.choice(("1", "3", "3")),
                "page_num": 1,
                "original_num": 0 if is_copy else 1,
                "copy_num": 1 if is_copy else 0,
                "page_format": "A4",
                "source_type": "10" if is_form or random.random() < 0.6 else "20",
                "accept_stand": texts["accept_stand"],
                "by_law": law_line,
                "order_num": number,
            }
            if is_form:
                material["fill_explain"] = texts["fill_explain"]
                material["example_guid"] = texts["sample"].format(name=name)
            materials.append(material)
        return materials


def _patterns(department: Mapping[str, Any], actions: Mapping[str, list[Mapping[str, Any]]]) -> Iterator[_Pattern]:
    for main_number, business in enumerate(department["business"], 1):
        sub_number = 0
        for variant in business.get("variants", [""]):
            for place, action in enumerate(actions[business["actions"]]):
                sub_number += 1
                name = business["name"] + (f"（{variant}）" if variant else "") + action["name"]
                yield _Pattern(business, main_number, sub_number, name, action, place == 0)


def _varied(patterns: Sequence[_Pattern], wanted: int) -> list[_Pattern]:
    """``wanted`` of the patterns, from every business one before any has two, in their order."""
    chosen = sorted(patterns, key=lambda pattern: (pattern.sub_number, pattern.main_number))[:wanted]
    return sorted(chosen, key=lambda pattern: (pattern.main_number, pattern.sub_number))


def _organisation_check(base: str) -> str:
    digit = 11 - sum(int(number) * weight for number, weight in zip(base, _ORGANISATION_WEIGHTS, strict=True)) % 11
    return {10: "X", 11: "0"}.get(digit, str(digit))


def _who(business: Mapping[str, Any], texts: Mapping[str, Any]) -> str:
    servers = business.get("servers", [])
    names = [name for code, name in texts["who"].items() if code in servers]
    return str(texts["who_joint"]).join(names) or str(texts["who_nobody"])


def _numbered(clauses: Sequence[str]) -> str:
    return "；".join(f"（{number}）{clause}" for number, clause in enumerate(clauses, 1)) + "。"


def _result_elements(result: str, texts: Mapping[str, Any]) -> Elements:
    if not result:
        return {"result_type": ("40",)}
    elements: Elements = {"result_guid": texts["sample"].format(name=result)}
    if result.endswith(tuple(texts["certificates"])):
        return elements | {"result_type": ("10",), "result_way": "1"}
    return elements | {"result_type": ("20",), "result_way": "3"}


def _steps(flow: str, body: _Department, promise: int) -> list[Elements]:
    names = flow.split("→")
    days = [0] * len(names)
    if promise >= 3:
        days[0], days[2], days[1] = 1, 1, promise - 2
    else:
        days[1] = promise
    return [
        {"step_name": name, "step_dept": body.name, "step_days": number, "step_day_type": WORKING_DAY,
         "is_special": NO, "order_num": place}
        for place, (name, number) in enumerate(zip(names, days, strict=True), 1)
    ]  # fmt: skip


# Mistakes as offices make them; each is found by a rule, by the type of an element, or by a demand of the standard.

Defect = Callable[[Any, Mapping[str, Any]], None]


def _nothing(_where: Any, _texts: Mapping[str, Any]) -> None:
    """This mistake does not concern this part."""


def _letter_in_code(values: Elements, _texts: Mapping[str, Any]) -> None:
    front, _zero, rest = str(values["dept_code"]).rpartition("0")
    values["dept_code"] = f"{front}O{rest}"


def _old_code(values: Elements, _texts: Mapping[str, Any]) -> None:
    code = str(values["dept_code"])[ORGANISATION]
    values["dept_code"] = f"{code[:8]}-{code[8:]}"


def _promise_too_long(values: Elements, _texts: Mapping[str, Any]) -> None:
    if "promise_day" in values:
        values["promise_day"] = int(str(values["anticipate_day"])) + 5


def _same_phone(values: Elements, _texts: Mapping[str, Any]) -> None:
    values["complain_phone"] = values["consult_phone"]


def _no_reason(values: Elements, _texts: Mapping[str, Any]) -> None:
    if "limit_scene_num" in values:
        values["limit_scene_num"] = 2
        values.pop("limit_scene_explain", None)
        values["online_handle_depth"] = ("1", "2")


def _empty_words(values: Elements, texts: Mapping[str, Any]) -> None:
    values["accept_condition" if "accept_condition" in values else "handle_flow"] = texts["defects"]["empty_words"]


def _left_over(values: Elements, texts: Mapping[str, Any]) -> None:
    values["transact_time" if "transact_time" in values else "link_way"] = texts["defects"]["left_over"]


def _local_number(values: Elements, _texts: Mapping[str, Any]) -> None:
    values["consult_phone"] = str(values["consult_phone"]).split("-")[1]


def _nothing_filled(values: Elements, _texts: Mapping[str, Any]) -> None:
    for code in ("by_law", "transact_time", "accept_condition"):
        values.pop(code, None)


def _fee_without_basis(values: Elements, _texts: Mapping[str, Any]) -> None:
    if "is_fee" in values:
        values["is_fee"] = YES
        values.pop("fee_basis", None)


def _other_material(children: Children, texts: Mapping[str, Any]) -> None:
    if materials := children.get("material"):
        materials.append({**materials[-1], "material_name": texts["defects"]["other_material"],
                          "order_num": len(materials) + 1})  # fmt: skip


def _other_name(children: Children, texts: Mapping[str, Any]) -> None:
    for material in children.get("material", ()):
        name = str(material["material_name"])
        material["material_name"] = texts["defects"]["other_names"].get(name, name)


_VALUE_DEFECTS: Mapping[str, Defect] = {
    "letter_in_code": _letter_in_code,
    "old_code": _old_code,
    "promise_too_long": _promise_too_long,
    "same_phone": _same_phone,
    "no_reason": _no_reason,
    "empty_words": _empty_words,
    "left_over": _left_over,
    "local_number": _local_number,
    "nothing_filled": _nothing_filled,
    "fee_without_basis": _fee_without_basis,
}
_CHILD_DEFECTS: Mapping[str, Defect] = {"other_material": _other_material, "other_name": _other_name}
DEFECT_NAMES: tuple[str, ...] = (*_VALUE_DEFECTS, *_CHILD_DEFECTS)
