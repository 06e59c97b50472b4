"""The only place that builds the application out of its parts."""

from __future__ import annotations

import getpass
from functools import cache
from pathlib import Path

from gdbos_desktop.domain.access import Actor
from gdbos_desktop.domain.region_code import check_region_code
from gdbos_desktop.domain.rules import RuleBase, load_rule_base
from gdbos_desktop.schema import Standard, fold, load_code_lists, load_standard
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.storage import Store
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.messages import _
from gdbos_desktop.system.resources import read_texts

DEFAULT_STANDARD = "national-2020"


@cache
def standard(identity: str = DEFAULT_STANDARD) -> Standard:
    """The shipped standard with this identity; KnownError when the program does not know it."""
    texts = read_texts("standards")
    if identity not in texts:
        raise KnownError(
            "unknown-standard",
            _("Unknown standard"),
            _("The store uses the standard {identity}, which this program does not have.").format(identity=identity),
            _("Install the file of this standard, or a newer program."),
        )
    return load_standard(texts, identity, load_code_lists(read_texts("code-lists")))


@cache
def rule_base(identity: str = DEFAULT_STANDARD) -> RuleBase:
    """The shipped rules for a standard."""
    return load_rule_base(read_texts("rules"), standard(identity))


def create_workbench(
    path: Path, name: str, region_code: str, identity: str = DEFAULT_STANDARD, password: str | None = None
) -> Workbench:
    """Make a new store and open it. KnownErrors: ``bad-region``, and what making the file may meet."""
    region_code, name = fold(region_code), name.strip()
    if not name:
        raise KnownError("no-name", _("No name"), _("The store needs the name of the office."))
    if check_region_code(region_code) is not None:
        raise KnownError(
            "bad-region",
            _("Not a region code"),
            _("“{code}” is not a region code.").format(code=region_code),
            _("Write the 6, 9 or 12 digits of your county, town or village, such as 511602."),
        )
    store = Store.create(path, standard(identity), name=name, region_code=region_code, password=password)
    return _workbench(store)


def open_workbench(path: Path, password: str | None = None) -> Workbench:
    """Open an existing store."""
    return _workbench(Store.open(path, standard, password=password))


def _workbench(store: Store) -> Workbench:
    return Workbench.of(Workspace(store, rule_base(store.info.standard), Actor(_user_name())))


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # Windows without a name in its environment has no list of users to ask
        return _("User")
