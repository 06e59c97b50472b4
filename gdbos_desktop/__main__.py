"""The window: ``gdbos-desktop [STORE]``, or ``python -m gdbos_desktop``."""

from __future__ import annotations

import sys
from pathlib import Path

from gdbos_desktop import bootstrap
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.errors import KnownError
from gdbos_desktop.system.log import start_log
from gdbos_desktop.system.messages import _
from gdbos_desktop.ui.application import run_shell
from gdbos_desktop.ui.shell import StoreKeeper


def main() -> int:
    """Open the window on the store named on the command line, or on the one opened last."""
    words = [word for word in sys.argv[1:] if not word.startswith("-")]
    try:
        return run_window(Path(words[0]) if words else None)
    except KnownError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def run_window(store: Path | None) -> int:
    """Show the window until it is closed; the exit code of the program."""
    start_log()
    return run_shell(StoreKeeper(create=_create, open=bootstrap.open_workbench, make_sample=_make_sample), store)


def _create(path: Path, name: str, region: str, password: str | None) -> Workbench:
    return bootstrap.create_workbench(path, name, region, password=password)


def _make_sample(path: Path) -> None:
    from gdbos_desktop.services.demo import SAMPLE_REGION, sample_workbook  # only needed for the sample
    from gdbos_desktop.services.imports import ImportOptions

    workbench = bootstrap.create_workbench(path, _("Sample county"), SAMPLE_REGION)
    try:
        session = workbench.imports.open(sample_workbook(), ImportOptions())
        workbench.imports.commit(workbench.imports.propose(session))
    except BaseException:
        workbench.close()
        path.unlink(missing_ok=True)  # half a sample would be opened as the sample the next time
        raise
    workbench.close()


if __name__ == "__main__":
    sys.exit(main())
