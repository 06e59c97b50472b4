"""Checking: one form as it is typed, or every item of a selection, with numbers on the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import ascii_lowercase

from gdbos_desktop.domain.checking import STANDARD_CODES, CrossCheck, check_subject, completeness
from gdbos_desktop.domain.queries import Query
from gdbos_desktop.domain.records import Record, RecordTree
from gdbos_desktop.domain.rules import Rule, Stage, Subject
from gdbos_desktop.domain.trees import records_of
from gdbos_desktop.schema import Issue, Severity, Standard
from gdbos_desktop.services.records import read_trees, reference_ids
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.tasks import Progress, no_progress


@dataclass(frozen=True)
class CheckReport:
    """What a check found: the issues in the order of the records, with the titles and codes of those records."""

    checked: int
    issues: tuple[Issue, ...]
    titles: Mapping[str, str]
    codes: Mapping[str, str]
    by_rule: Mapping[str, int] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """How many issues of a severity."""
        return sum(issue.severity is severity for issue in self.issues)


class CheckService:
    """Runs the standard's demands and the rule base over drafts and over the store."""

    BATCH = 500

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force, in the order of the rule base."""
        return tuple(self._workspace.rule_base.rules)

    def check_tree(self, tree: RecordTree, stage: Stage = Stage.SUBMIT) -> list[Issue]:
        """Every issue of a record and of all it contains, as it stands in a form."""
        standard, rules = self._workspace.standard, self._workspace.rule_base
        subjects = subjects_of(tree, self._workspace.store.info.region_code)
        return [issue for subject in subjects for issue in check_subject(subject, standard, rules, stage)]

    def complete_percent(self, record: Record) -> int:
        """How much of what the standard demands is filled, 0 to 100."""
        return completeness(record, self._workspace.standard).percent

    def missing(self, record: Record) -> tuple[str, ...]:
        """The required elements that are not filled."""
        return completeness(record, self._workspace.standard).missing

    def check_all(self, query: Query, rule: str = "", progress: Progress = no_progress) -> CheckReport:
        """Check every record a query asks for, with all it contains; ``rule`` limits the report to one rule.

        A number (``Q14``) means all rules under it (``Q14a`` …). KnownError ``no-such-rule``.
        """
        standard, rules = self._workspace.standard, self._workspace.rule_base
        region = self._workspace.store.info.region_code
        wanted = self._codes_under(rule) if rule else None
        issues: list[Issue] = []
        titles: dict[str, str] = {}
        codes: dict[str, str] = {}
        cross = CrossCheck(rules)
        checked = 0
        with self._workspace.store.read() as reader:
            total = reader.count(query)
            progress(0, total, _("Checking"))
            for batch in reader.iterate(query, self.BATCH):
                for tree in read_trees(reader, batch, standard):
                    found: list[Issue] = []
                    for subject in subjects_of(tree, region):
                        found.extend(check_subject(subject, standard, rules, Stage.SUBMIT))
                        cross.add(subject)
                    kept = [issue for issue in found if wanted is None or issue.code in wanted]
                    if kept:
                        issues.extend(kept)
                        _name(tree, standard, titles, codes)
                checked += len(batch)
                progress(checked, total, _("Checking"))
            across = [issue for issue in cross.issues() if wanted is None or issue.code in wanted]
            missing = {issue.record_id for issue in across if issue.record_id and issue.record_id not in titles}
            records = reader.get(sorted(missing))
            named = reader.titles(reference_ids(records, standard))
            for record in records:
                _name(RecordTree(record, titles=named), standard, titles, codes)
        issues = [*cross.completed(issues), *across]
        return CheckReport(checked, tuple(issues), titles, codes, Counter(issue.code for issue in issues))

    def _codes_under(self, rule: str) -> frozenset[str]:
        codes = [one.code for one in self._workspace.rule_base.rules]
        under = {code for code in codes if code.rstrip(ascii_lowercase) == rule}
        found = under | ({rule} & {*codes, *STANDARD_CODES})
        if not found:
            raise KnownError(
                "no-such-rule",
                _("No such rule"),
                _("The rule base has no rule “{rule}”.").format(rule=rule),
                _("There are: {rules}.").format(rules=_(", ").join(codes)),
            )
        return frozenset(found)


def subjects_of(tree: RecordTree, region_code: str) -> Iterator[Subject]:
    """Each record of the tree as the rules of a region look at it: with the records it contains directly."""
    children = {kind: tuple(child.record for child in found) for kind, found in tree.children.items()}
    yield Subject(tree.record, children, tree.titles, region_code=region_code)
    for found in tree.children.values():
        for child in found:
            yield from subjects_of(child, region_code)


def _name(tree: RecordTree, standard: Standard, titles: dict[str, str], codes: dict[str, str]) -> None:
    code = standard.kind(tree.record.kind).code_of(tree.record.elements)
    for record in records_of(tree):
        kind = standard.kind(record.kind)
        titles[record.id] = kind.name_of(record.elements, tree.titles)
        codes[record.id] = kind.code_of(record.elements) or code
