"""The same verbs without a window: ``gdbos import``, ``gdbos check``, ``gdbos export`` …

Every command works through the services. ``--json`` prints one machine-readable object on standard output; words for
people go to standard error where a command prints JSON. Exit codes: 0 done, 1 findings of severity error, 2 the world
refused (known error).
"""

from __future__ import annotations

import os
import runpy
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from gdbos_desktop import bootstrap
from gdbos_desktop.cli_drafts import print_draft, print_drafts
from gdbos_desktop.cli_imports import (
    Decisions,
    no_such_heading,
    print_proposal,
    print_recipe,
    print_recipes,
    proposal_data,
    text_mapping,
)
from gdbos_desktop.cli_output import (
    counts_line,
    demo_data,
    entry_data,
    headed,
    issue_data,
    issue_text,
    local_time,
    print_demo,
    print_issues,
    print_json,
    print_tree,
    progress_line,
    record_data,
    say,
    short,
    tree_data,
)
from gdbos_desktop.cli_similar import print_similar
from gdbos_desktop.cli_undo import print_account
from gdbos_desktop.domain.queries import Filter, Match, Query
from gdbos_desktop.domain.rules import Stage
from gdbos_desktop.schema import Issue, Kind, Severity, Standard, fold
from gdbos_desktop.services.demo import SAMPLE_REGION, run_demo
from gdbos_desktop.services.imports import ImportOptions, ImportSession, Mode, Proposal
from gdbos_desktop.services.issue_names import severity_word
from gdbos_desktop.services.records import changed_reference_ids, reference_ids, texts_of, value_text
from gdbos_desktop.services.sampling import write_sample_list
from gdbos_desktop.services.undo_account import UndoHinderedError
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Outcome
from gdbos_desktop.system.errors import Cancelled, KnownError
from gdbos_desktop.system.log import start_log
from gdbos_desktop.system.messages import _, set_language

DONE, FINDINGS, REFUSED = 0, 1, 2
ITEM = "service_item"

app = typer.Typer(
    name="gdbos",
    help="GDBOS Desktop, the workbench for item standards",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

StoreOption = Annotated[Path, typer.Option("--store", envvar="GDBOS_STORE", help="The store file.")]
GroupStoreOption = Annotated[Path | None, typer.Option("--store", envvar="GDBOS_STORE", help="The store file.")]
OwnStoreOption = Annotated[Path | None, typer.Option("--store", help="The store file.")]
"""The store of a command of a group: said after the command; without it that of the group holds."""
CodeArgument = Annotated[str, typer.Argument(help="The code of the record.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one machine-readable object.")]
WhereOption = Annotated[list[str] | None, typer.Option("--where", help="element=value; several are combined.")]


class ExportForm(StrEnum):
    """What ``gdbos export`` makes."""

    WORKBOOK = "workbook"
    GUIDE = "guide"


# --- commands -----------------------------------------------------------------------------------------------------


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the store and the outputs go.")] = Path("gdbos-demo"),
    no_window: Annotated[bool, typer.Option("--no-window", help="Do not open the window.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a store, import the sample workbook, check it, export list and guides, open the window on it."""
    folder = _folder(out)
    store = folder / _("sample.gdbos")
    if store.exists():
        workbench = bootstrap.open_workbench(store)
    else:
        workbench = bootstrap.create_workbench(store, _("Sample county"), SAMPLE_REGION)
    with _closing(workbench):
        result = run_demo(workbench, folder, progress_line)
        if as_json:
            print_json(demo_data(result))
        else:
            print_demo(result, workbench.standard)
    if no_window:
        return
    if has_display():
        say(_("Opening the window …"))
        raise typer.Exit(_open_window(store))
    say(_("No display was found, so no window is opened. Pictures of its pages are made instead."))
    pictures = _screenshots(folder / "screenshots")
    say(_("{count} pictures: {folder}").format(count=len(pictures), folder=folder / "screenshots"))


@app.command()
def init(
    store: StoreOption,
    name: Annotated[str, typer.Option("--name", help="The name of the office.")],
    region: Annotated[str, typer.Option("--region", help="Region code, 6, 9 or 12 digits.")],
    standard: Annotated[
        str, typer.Option("--standard", help="The standard that the store follows.")
    ] = bootstrap.DEFAULT_STANDARD,
    password: Annotated[bool, typer.Option("--password", help="Protect the store; the password is asked for.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a new, empty store."""
    secret = _new_password() if password else None
    with _closing(bootstrap.create_workbench(store, name, region, standard, secret)) as workbench:
        info = workbench.info
        if as_json:
            print_json(
                {"store": str(info.path), "name": info.name, "region": info.region_code, "standard": info.standard}
            )
            return
        say(_("New store {path} for {name}.").format(path=workbench.info.path, name=workbench.info.name))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="The file to import.")],
    store: StoreOption,
    sheet: Annotated[str | None, typer.Option("--sheet", help="Only this sheet.")] = None,
    mode: Annotated[Mode, typer.Option("--mode", help="How rows are written: upsert, insert or update.")] = Mode.UPSERT,
    recipe: Annotated[str | None, typer.Option("--recipe", help="Follow this recipe: its name or file.")] = None,
    save_recipe: Annotated[
        str | None, typer.Option("--save-recipe", help="Keep everything decided as a recipe of this name.")
    ] = None,
    answer: Annotated[list[str] | None, typer.Option("--answer", help="heading=element: answers a question.")] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Take the likely answers.")] = False,
    value: Annotated[
        list[str] | None, typer.Option("--value", help="heading:text=instead: reads another text.")
    ] = None,
    take: Annotated[
        list[str] | None, typer.Option("--take", help="Take all suggestions of issues with this code.")
    ] = None,
    clear: Annotated[
        list[str] | None, typer.Option("--clear", help="Empty cells under this heading take values out.")
    ] = None,
    fill_down: Annotated[
        list[str] | None, typer.Option("--fill-down", help="Blank cells under this heading mean the value above.")
    ] = None,
    header_row: Annotated[int, typer.Option("--header-row", min=0, help="Where the headings begin.")] = 0,
    header_rows: Annotated[int, typer.Option("--header-rows", min=0, max=3, help="How many rows they have.")] = 0,
    result: Annotated[
        Path | None, typer.Option("--result", help="Write the file back with remarks, and a .json beside it.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Accept without asking; open columns are left out.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Import a workbook: only what it changes is written, as one step that can be undone."""
    decisions = Decisions(
        header_row,
        header_rows,
        clear or (),
        fill_down or (),
        [text_mapping(words) for words in value or ()],
        take or (),
    )
    with _opened(store) as workbench:
        imports = workbench.imports
        told = progress_line("import")
        layout = workbench.recipes.find(recipe) if recipe is not None else None
        session = imports.open(file, ImportOptions(sheet=sheet, mode=mode), told, layout)
        if layout is None and not as_json and (known := workbench.recipes.offer(session)) is not None:
            say(
                _("This looks like the template of the recipe “{name}”: --recipe {code}").format(
                    name=known.title or known.name, code=known.name
                )
            )
        decisions.apply(session)
        _answer(session, answer or (), workbench.standard)
        if guess:
            session.accept_guesses()
        if not as_json and not yes and not dry_run and sys.stdin.isatty():
            _ask(session)
        open_questions = session.questions
        proposal = imports.propose(session, told)
        proposal = decisions.take_suggestions(session, proposal, lambda: imports.propose(session, told))
        failed = _exit_code(proposal.issues) != DONE
        may_write = not dry_run and (yes or not (open_questions or (failed and not sys.stdin.isatty())))
        if not as_json:
            print_proposal(proposal, workbench.standard)
        if result is not None:
            made = imports.write_result(session, proposal, result, told)
            say(_("Result: {workbook}, {data}").format(workbook=made.workbook.path, data=made.data.name))
        if may_write and not yes and not as_json and sys.stdin.isatty():
            may_write = typer.confirm(_("Write these changes?"), default=True)
        digest = imports.digest(proposal) if as_json else ""
        outcome = imports.commit(proposal, told) if may_write else None
        if save_recipe is not None:
            kept = workbench.recipes.keep(session.recipe(save_recipe))
            say(_("Kept as recipe {name}, version {version}.").format(name=kept.name, version=kept.version))
        if as_json:
            is_written = outcome is not None and outcome.change_set is not None
            print_json(proposal_data(proposal, session, workbench.standard, is_written, digest))
        elif outcome is not None and outcome.change_set is None and _are_left_out(proposal, mode):
            say(_("Nothing was written: no row is new or changed that could be imported. See the rows named above."))
        elif outcome is not None and outcome.change_set is None:
            say(_("Everything in the file stands in the store already. Nothing was written."))
        elif outcome is not None:
            say(_("Written: {count} records. Take it back with: gdbos undo").format(count=outcome.changed_count))
        elif open_questions:
            for question in open_questions:
                say(question.text)
            say(_("Nothing was written: answer the questions with --answer, or leave these columns out with --yes."))
        elif failed and not dry_run:
            say(_("Nothing was written: mend the rows with errors, or write the others with --yes."))
        if open_questions and not dry_run and not yes:
            raise typer.Exit(REFUSED)
    raise typer.Exit(_exit_code(proposal.issues))


def _are_left_out(proposal: Proposal, mode: Mode) -> bool:
    """Whether rows were not imported that say something else than the store; rows that repeat others say nothing."""
    counts = proposal.counts.values()
    return any(one.problems for one in counts) or (mode is not Mode.UPSERT and any(one.skipped for one in counts))


def _store_of(context: typer.Context, store: Path | None = None) -> Path:
    """The store that the command itself or the group before it names."""
    found = store or context.obj
    if not isinstance(found, Path):
        raise typer.BadParameter(_("Name the store file with --store."))
    return found


recipes_app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
app.add_typer(recipes_app, name="recipes", help="Recipes of imports: list, show, hand on, take in, remove.")


@recipes_app.callback()
def list_recipes(context: typer.Context, store: GroupStoreOption = None, as_json: JsonOption = False) -> None:
    """List the recipes: our own and those that came with the program."""
    context.obj = store
    if context.invoked_subcommand is None:
        with _opened(_store_of(context)) as workbench:
            print_recipes(workbench.recipes.list_recipes(), as_json)


RecipeArgument = Annotated[str, typer.Argument(help="The name of a recipe, or its file.")]


@recipes_app.command("show")
def show_recipe(
    context: typer.Context, name: RecipeArgument, store: OwnStoreOption = None, as_json: JsonOption = False
) -> None:
    """Show everything a recipe decides."""
    with _opened(_store_of(context, store)) as workbench:
        print_recipe(workbench.recipes.find(name), workbench.standard, as_json)


@recipes_app.command("export")
def export_recipe(
    context: typer.Context,
    name: RecipeArgument,
    to: Annotated[Path, typer.Argument(help="The file to write (.json).")],
    store: OwnStoreOption = None,
) -> None:
    """Write a recipe as a file for colleagues."""
    with _opened(_store_of(context, store)) as workbench:
        say(str(workbench.recipes.write_file(workbench.recipes.find(name), to)))


@recipes_app.command("add")
def add_recipe(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A recipe file.")],
    store: OwnStoreOption = None,
) -> None:
    """Take in a recipe that a colleague has handed on."""
    with _opened(_store_of(context, store)) as workbench:
        kept = workbench.recipes.keep(workbench.recipes.read_file(file))
        say(_("Kept as recipe {name}, version {version}.").format(name=kept.name, version=kept.version))


@recipes_app.command("remove")
def remove_recipe(context: typer.Context, name: RecipeArgument, store: OwnStoreOption = None) -> None:
    """Remove a recipe of our own."""
    with _opened(_store_of(context, store)) as workbench:
        workbench.recipes.forget(name)
        say(_("Removed: {name}").format(name=name))


drafts_app = typer.Typer(no_args_is_help=False, invoke_without_command=True, rich_markup_mode=None)
app.add_typer(drafts_app, name="drafts", help="Change drafts of items in force: list, show, put into force, discard.")


@drafts_app.callback()
def list_drafts(context: typer.Context, store: GroupStoreOption = None, as_json: JsonOption = False) -> None:
    """List the open change drafts of items in force."""
    context.obj = store
    if context.invoked_subcommand is None:
        with _opened(_store_of(context)) as workbench:
            print_drafts(workbench.drafts.list_open(), workbench.standard, as_json)


ItemsArgument = Annotated[list[str], typer.Argument(help="The code of an item that has a draft; several go together.")]


@drafts_app.command("show")
def show_draft(
    context: typer.Context, code: CodeArgument, store: OwnStoreOption = None, as_json: JsonOption = False
) -> None:
    """Show what the open draft of an item would change."""
    with _opened(_store_of(context, store)) as workbench:
        drafts, item_id = workbench.drafts, workbench.records.find_by_code(code).id
        print_draft(drafts.find(item_id), drafts.differences(item_id), workbench.standard, as_json)


@drafts_app.command("publish")
def publish_drafts(
    context: typer.Context, codes: ItemsArgument, store: OwnStoreOption = None, as_json: JsonOption = False
) -> None:
    """Put the open drafts of items into force, all or none: their next versions."""
    with _opened(_store_of(context, store)) as workbench:
        ids = [workbench.records.find_by_code(code).id for code in codes]
        _tell_act(workbench.drafts.publish_many(ids, progress_line("publish")), as_json)


@drafts_app.command("discard")
def discard_draft(
    context: typer.Context, code: CodeArgument, store: OwnStoreOption = None, as_json: JsonOption = False
) -> None:
    """Discard the open draft of an item; what is in force stays."""
    with _opened(_store_of(context, store)) as workbench:
        _tell_act(workbench.drafts.discard(workbench.records.find_by_code(code).id), as_json)


@app.command("list")
def list_records(
    kind: Annotated[str, typer.Argument(help="A kind, such as service_item, or its label.")],
    store: StoreOption,
    where: WhereOption = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many records to print.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """List records of a kind."""
    with _opened(store) as workbench:
        query = _query(workbench, kind, where)
        records = workbench.records.open_list(query)
        rows = [row for row in records.rows(0, limit) if row is not None]
        if as_json:
            data = [record_data(row.record, row.cells) for row in rows]
            print_json({"kind": query.kind, "total": records.count, "records": data})
            return
        found = workbench.standard.kind(query.kind)
        told = {found.title, *found.code_elements}
        columns = [element.code for element in found.listed if element.code not in told][:4]
        for row in rows:
            values = row.record.elements
            extra = " · ".join(text for code in columns if (text := row.cells.get(code, "")))
            typer.echo(f"{found.code_of(values) or row.record.id}  {row.cells.get(found.title, '')}  {extra}".rstrip())
        say(_("{shown} of {total}").format(shown=len(rows), total=records.count))


@app.command()
def show(code: CodeArgument, store: StoreOption, as_json: JsonOption = False) -> None:
    """Show a record with all it contains."""
    with _opened(store) as workbench:
        tree = workbench.records.tree(workbench.records.find_by_code(code).id)
        if as_json:
            print_json(tree_data(tree, workbench.standard))
        else:
            print_tree(tree, workbench.standard, 0)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="What to look for.")],
    store: StoreOption,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many records to print.")] = 20,
    as_json: JsonOption = False,
) -> None:
    """Find records by words, beginnings of codes, or pinyin initials."""
    with _opened(store) as workbench:
        records, result = workbench.records.search(text, None, limit)
        standard = workbench.standard
        titles = workbench.records.titles(reference_ids(records, standard))
        if as_json:
            found = [record_data(record, texts_of(record, standard, titles)) for record in records]
            print_json({"text": text, "total": result.total, "is_capped": result.is_capped, "records": found})
            return
        for record in records:
            kind = standard.kind(record.kind)
            typer.echo(
                f"{kind.label}  {kind.code_of(record.elements) or record.id}  {kind.name_of(record.elements, titles)}"
            )
        say(_("{shown} of {total}").format(shown=len(records), total=result.total))


@app.command("set")
def set_values(
    code: CodeArgument,
    assignments: Annotated[list[str], typer.Argument(metavar="ELEMENT=VALUE…", help="element=value")],
    store: StoreOption,
    as_json: JsonOption = False,
) -> None:
    """Change elements of a record; an empty value clears the element."""
    with _opened(store) as workbench:
        record = workbench.records.find_by_code(code)
        kind = workbench.standard.kind(record.kind)
        texts = {_element(kind, word): value for word, value in map(_assignment, assignments)}
        outcome = workbench.records.set_texts(record.id, texts)
        if isinstance(outcome, list):
            print_issues(outcome, as_json, kind)
            raise typer.Exit(FINDINGS)
        changed = outcome.changed_count
        tree = workbench.records.tree(record.id)
        version = tree.record.version
        issues = [
            issue
            for issue in workbench.checks.check_tree(tree, Stage.EDIT)
            if issue.element in texts and issue.record_id == record.id
        ]
        if as_json:
            found = [issue_data(issue) for issue in issues]
            print_json({"record": record.id, "changed": changed, "version": version, "issues": found})
        else:
            print_issues(issues, as_json, kind)
            say(_("Saved as version {version}.").format(version=version) if changed else _("Nothing to change."))


@app.command()
def check(
    store: StoreOption,
    rule: Annotated[str, typer.Option("--rule", help="Only this rule.")] = "",
    where: WhereOption = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many issues to print; 0 for all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Check every item against the standard and the rule base."""
    with _opened(store) as workbench:
        report = workbench.checks.check_all(_query(workbench, ITEM, where), rule, progress_line("check"))
        if as_json:
            found = [
                issue_data(issue)
                | {
                    "title": report.titles.get(issue.record_id or "", ""),
                    "record_code": report.codes.get(issue.record_id or "", ""),
                }
                for issue in report.issues
            ]
            print_json(
                {
                    "checked": report.checked,
                    "by_rule": dict(report.by_rule),
                    "counts": {severity.value: report.count(severity) for severity in Severity},
                    "issues": found,
                }
            )
        else:
            shown = report.issues[:limit] if limit else report.issues
            for issue in shown:
                title = report.titles.get(issue.record_id or "", "")
                typer.echo(f"{severity_word(issue.severity)} [{issue.code}] {headed(title, issue_text(issue))}")
            if len(shown) < len(report.issues):
                say(_("… and {count} more").format(count=len(report.issues) - len(shown)))
            say(counts_line(report.checked, {severity: report.count(severity) for severity in Severity}))
    raise typer.Exit(_exit_code(report.issues))


@app.command()
def export(
    form: Annotated[ExportForm, typer.Argument(help="What to export.")],
    store: StoreOption,
    to: Annotated[Path, typer.Option("--to", help="The workbook, or the folder for guides.")],
    kind: Annotated[str, typer.Option("--kind", help="The kind of records.")] = ITEM,
    where: WhereOption = None,
    template: Annotated[Path | None, typer.Option("--template", help="A Word template of your own.")] = None,
    layout: Annotated[str, typer.Option("--layout", help="A layout (a recipe, or its file) for the workbook.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Export a selection as a workbook in the import layout or another one, or as service guides."""
    with _opened(store) as workbench:
        query = _query(workbench, kind, where)
        if form is ExportForm.WORKBOOK:
            progress = progress_line("workbook")
            if layout:
                result = workbench.exports.export_layout(query, workbench.recipes.find(layout), to, progress)
            else:
                result = workbench.exports.export_workbook(query, to, progress)
            data: dict[str, Any] = {"path": str(result.path), "rows": dict(result.rows)}
            words = _("{count} rows: {path}").format(count=sum(result.rows.values()), path=result.path)
            problems: Sequence[str] = ()
        else:
            guides = workbench.exports.export_guides(query, to, template, progress_line("guide"))
            problems = [headed(problem.title, problem.sentence) for problem in guides.problems]
            data = {"folder": str(guides.folder), "paths": [str(path) for path in guides.paths], "problems": problems}
            words = _("{count} guides: {path}").format(count=len(guides.paths), path=guides.folder)
        if as_json:
            print_json(data)
        else:
            for problem in problems:
                say(problem)
            say(words)
    raise typer.Exit(FINDINGS if problems else DONE)


@app.command()
def history(
    code: CodeArgument,
    store: StoreOption,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many records to print.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Show what happened to a record: who, when, from what to what."""
    with _opened(store) as workbench:
        record = workbench.records.find_by_code(code)
        kind = workbench.standard.kind(record.kind)
        entries = workbench.history.of_record(record.id, limit)
        if as_json:
            print_json({"record": record.id, "entries": [entry_data(entry) for entry in entries]})
            return
        changes = [change for entry in entries for change in entry.change_set.changes]
        titles = workbench.records.titles(changed_reference_ids(changes, workbench.standard))
        for entry in entries:
            act = entry.change_set
            typer.echo(f"#{entry.sequence}  {local_time(act.at)}  {act.actor}  {act.reason}")
            for change in act.changes:
                for element_code in [element_code for element_code in change.after if element_code in kind.elements]:
                    old, new = (
                        short(value_text(kind, element_code, values.get(element_code), titles))
                        for values in (change.before, change.after)
                    )
                    typer.echo("    " + headed(kind.elements[element_code].label, f"{old} → {new}"))


@app.command()
def verify(store: StoreOption, as_json: JsonOption = False) -> None:
    """Verify that nobody tampered with the history."""
    with _opened(store) as workbench:
        faults = workbench.history.verify(progress_line("verify"))
    if as_json:
        print_json({"faults": [{"sequence": fault.sequence, "message": _(fault.message)} for fault in faults]})
    else:
        for fault in faults:
            say(headed(f"#{fault.sequence}", _(fault.message)))
        if not faults:
            say(_("The history is whole: every entry follows the one before it."))
    raise typer.Exit(FINDINGS if faults else DONE)


@app.command()
def undo(
    store: StoreOption,
    act: Annotated[str, typer.Argument(help="The number or id of an act; the latest one without it.")] = "",
    rest: Annotated[bool, typer.Option("--rest", help="Leave records that were touched since as they are.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Take back the latest act (an edit, a whole import …), or an older one."""
    with _opened(store) as workbench:
        wanted = workbench.history.find_act(act).change_set.id if act else None
        try:
            _tell_act(workbench.history.undo(wanted, progress_line("undo"), rest=rest), as_json)
        except UndoHinderedError as hindered:
            print_account(hindered.account, as_json=as_json)
            raise typer.Exit(REFUSED) from hindered


@app.command()
def redo(store: StoreOption, as_json: JsonOption = False) -> None:
    """Do again what was undone last."""
    with _opened(store) as workbench:
        _tell_act(workbench.history.redo(progress_line("redo")), as_json)


@app.command()
def similar(
    kind: Annotated[str, typer.Argument(help="A kind, such as service_item, or its label.")],
    store: StoreOption,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many clusters to print; 0 for all.")] = 50,
    as_json: JsonOption = False,
) -> None:
    """Find names of materials or data elements that mean the same."""
    with _opened(store) as workbench:
        print_similar(workbench, _kind(workbench.standard, kind), limit, as_json=as_json)


@app.command()
def sample(
    rows: Annotated[int, typer.Option("--rows", min=1, help="How many rows.")],
    to: Annotated[Path, typer.Option("--to", help="A .xlsx or .csv file.")],
    seed: Annotated[int, typer.Option("--seed", help="Other seeds give other rows.")] = 1,
    as_json: JsonOption = False,
) -> None:
    """Write a file of realistic invented items; the same seed gives the same rows."""
    write_sample_list(to, rows, seed, bootstrap.standard(), progress_line("sample"))
    if as_json:
        print_json({"path": str(to), "rows": rows, "seed": seed})
    else:
        say(str(to))


@app.command()
def bench(
    only: Annotated[list[str] | None, typer.Option("--only", help="Only these figures.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A tenth of the size.")] = False,
) -> None:
    """Measure this machine: every figure beside the bare work, as a ratio of one run."""
    script = Path(__file__).resolve().parent.parent / "tests" / "bench" / "run.py"
    if not script.exists():
        raise KnownError(
            "no-bench",
            _("No benchmark here"),
            _("The benchmark is part of the source tree, not of the installed program."),
            _("Run it from a checkout: make bench"),
        )
    sys.argv = [
        str(script),
        *(["--quick"] if quick else []),
        *(word for name in only or () for word in ("--only", name)),
    ]
    runpy.run_path(str(script), run_name="__main__")


@app.command()
def screenshots(
    out: Annotated[Path, typer.Option("--out", help="Where the pictures go.")] = Path("screenshots"),
) -> None:
    """Render every page and state of the window as pictures, without a display."""
    pictures = _screenshots(out)
    say(_("{count} pictures: {folder}").format(count=len(pictures), folder=out))


@app.command()
def window(store: Annotated[Path | None, typer.Argument(help="The store file.")] = None) -> None:
    """Open the window."""
    raise typer.Exit(_open_window(store))


# --- the world around the commands --------------------------------------------------------------------------------


def has_display() -> bool:
    """Whether a window can be shown on this machine."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open_window(store: Path | None) -> int:
    from gdbos_desktop.__main__ import run_window

    return run_window(store)


def _screenshots(out: Path) -> list[Path]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from gdbos_desktop.ui.screenshots import render_screenshots

    with tempfile.TemporaryDirectory() as scratch:
        workbench = bootstrap.create_workbench(Path(scratch) / "sample.gdbos", _("Sample county"), SAMPLE_REGION)
        with _closing(workbench):
            run_demo(workbench, Path(scratch))
            return render_screenshots(workbench, _folder(out))


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise KnownError(
            "no-folder",
            _("Folder cannot be made"),
            _("{path} cannot be made (error {number}).").format(path=path, number=error.errno),
            _("Choose another folder."),
        ) from error
    return path


@contextmanager
def _opened(store: Path) -> Iterator[Workbench]:
    password = os.environ.get("GDBOS_STORE_PASSWORD")
    try:
        workbench = bootstrap.open_workbench(store, password)
    except KnownError as error:
        if error.code != "password-needed" or not sys.stdin.isatty():
            raise
        workbench = bootstrap.open_workbench(store, typer.prompt(_("Password of the store"), hide_input=True))
    with _closing(workbench):
        yield workbench


@contextmanager
def _closing(workbench: Workbench) -> Iterator[Workbench]:
    try:
        yield workbench
    finally:
        workbench.close()


def _new_password() -> str:
    from_environment = os.environ.get("GDBOS_STORE_PASSWORD")
    return from_environment or str(typer.prompt(_("New password"), hide_input=True, confirmation_prompt=True))


# --- words in, words out ------------------------------------------------------------------------------------------


def _kind(standard: Standard, word: str) -> Kind:
    for kind in standard.kinds.values():
        if fold(word) in map(fold, (kind.code, kind.label, kind.sheet, *kind.sheet_aliases)):
            return kind
    raise KnownError(
        "no-such-kind",
        _("No such kind"),
        _("The standard has no kind {word}.").format(word=word),
        _("Kinds: {kinds}").format(kinds="、".join(f"{kind.code} {kind.label}" for kind in standard.kinds.values())),
    )


def _element(kind: Kind, word: str) -> str:
    code = kind.heading_index.get(fold(word))
    if code is None or code not in kind.elements:
        raise KnownError(
            "no-such-element",
            _("No such element"),
            _("{kind} has no element {element}.").format(kind=kind.label, element=word),
            _("The data dictionary lists all elements."),
        )
    return code


def _assignment(words: str) -> tuple[str, str]:
    name, equals, value = words.partition("=")
    if not equals or not name.strip():
        raise KnownError(
            "bad-assignment",
            _("Not understood"),
            _("“{words}” is not of the form element=value.").format(words=words),
            _("For example: promise_day=5"),
        )
    return name.strip(), value


def _query(workbench: Workbench, kind_word: str, where: Sequence[str] | None) -> Query:
    kind = _kind(workbench.standard, kind_word)
    filters = []
    for name, value in map(_assignment, where or ()):
        code = _element(kind, name)
        filters.append(_filter(workbench, kind, code, value))
    return Query(kind.code, tuple(filters))


def _filter(workbench: Workbench, kind: Kind, code: str, text: str) -> Filter:
    if not text.strip():
        return Filter(code, Match.IS_EMPTY)
    if code in kind.references:
        target = workbench.standard.kind(kind.references[code])
        ids = [
            record_id for record_id, title in workbench.records.choices(target.code, text) if fold(title) == fold(text)
        ]
        return Filter(code, Match.IS_ANY, tuple(ids))
    value = kind.elements[code].parse(text)
    if isinstance(value, Issue):
        raise KnownError("bad-value", _("Not understood"), issue_text(value))
    return Filter(code, Match.IS, value)


def _exit_code(issues: Sequence[Issue]) -> int:
    return FINDINGS if any(issue.severity is Severity.ERROR for issue in issues) else DONE


def _answer(session: ImportSession, answers: Sequence[str], standard: Standard) -> None:
    headings = {
        fold(column.heading.path) for plan in session.sheets if plan.is_taken for column in plan.columns.values()
    }
    for heading, word in map(_assignment, answers):
        if fold(heading) not in headings and fold(heading) not in {fold(one.id) for one in session.questions}:
            raise no_such_heading(session, heading)
        for question in session.questions:
            if fold(heading) in {fold(question.id), fold(question.place.heading)}:
                chosen = [one.id for one in question.choices if fold(word) in {fold(one.id), fold(one.text)}]
                if not chosen and question.kind:
                    chosen = [_element(standard.kind(question.kind), word)]
                session.answer(question.id, chosen[0] if chosen else _kind(standard, word).code)


def _tell_act(outcome: Outcome, as_json: bool) -> None:
    reason = outcome.change_set.reason if outcome.change_set else ""
    if as_json:
        print_json({"sequence": outcome.sequence, "changed": outcome.changed_count, "reason": reason})
    else:
        say(_("{act} ({count} records)").format(act=reason, count=outcome.changed_count))


def _ask(session: ImportSession) -> None:
    for question in list(session.questions):
        typer.echo(question.text)
        for number, choice in enumerate(question.choices, 1):
            typer.echo(f"  {number}  {choice.text}")
        number = 0
        while not 1 <= number <= len(question.choices):
            number = typer.prompt(_("Which one"), type=int)
        session.answer(question.id, question.choices[number - 1].id)


def command() -> Callable[[], object]:
    """All commands, with their help in the user's language."""
    group = typer.main.get_command(app)
    waiting: list[Any] = [group]
    while waiting:
        found = waiting.pop()
        waiting += getattr(found, "commands", {}).values()
        for part in (found, *found.params):
            words = getattr(part, "help", None)
            if words:
                part.help = _(words)
    return group


def main() -> None:
    """The ``gdbos`` command."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    set_language(os.environ.get("GDBOS_LANGUAGE", "zh_CN"))
    start_log()
    try:
        command()()
    except KnownError as error:
        if "--json" in sys.argv:
            print_json(
                {
                    "error": {
                        "code": error.code,
                        "title": error.title,
                        "sentence": error.sentence,
                        "remedy": error.remedy,
                    }
                }
            )
        say(headed(error.title, error.sentence))
        if error.remedy:
            say(f"→ {error.remedy}")
        sys.exit(REFUSED)
    except (Cancelled, KeyboardInterrupt):
        say(_("Cancelled; nothing was written."))
        sys.exit(130)


if __name__ == "__main__":
    main()
