"""Files that had nothing to write into the store as it is: known ones need not be read again while nothing changes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from gdbos_desktop.services.workspace import Workspace
from gdbos_desktop.storage import Reader
from gdbos_desktop.system.resources import read_texts
from gdbos_desktop.system.tasks import Progress, no_progress

if TYPE_CHECKING:
    from gdbos_desktop.importing import ImportSession, Proposal

SECTION, ORDER = "import-known", "order"
MOST = 8
"""So many files are kept; a hundred thousand rows take about a megabyte."""
_SHIPPED = ("standards", "code-lists", "rules")


def state_of(reader: Reader) -> str:
    """The state of all records: the hash of the latest act, which stands on all acts before it."""
    latest = reader.change_sets(1)
    return latest[0].hash if latest else ""


def key_of(session: ImportSession, progress: Progress = no_progress) -> str:
    """Under what the file is known; '' when it cannot be."""
    from gdbos_desktop.importing.known_files import key_of as digest  # loaded when somebody imports

    return digest(session, [read_texts(folder) for folder in _SHIPPED], progress)


def recall(reader: Reader, session: ImportSession, key: str) -> Proposal | None:
    """What comparing the file with the store as it is would find; None when that must be found out."""
    kept = reader.get_setting(SECTION, key) if key else None
    if not isinstance(kept, dict) or kept.get("state") != state_of(reader):
        return None
    from gdbos_desktop.importing.known_files import unpacked

    with suppress(ValueError):
        proposal = unpacked(str(kept.get("proposal", "")), session, reader.standard)
        session.close()  # as after a comparison; rows that somebody wants to see open the file again
        return proposal
    return None


def remember_written(workspace: Workspace, proposal: Proposal) -> bool:
    """Keep a file whose proposal was just written, as having nothing to write any more; whether it is known now.

    Not when anything else was written since the file was compared: its other rows may say something new by now.
    """
    from gdbos_desktop.importing.known_files import as_written

    settled = as_written(proposal) if proposal.known_as else None
    if settled is None:
        return False
    with workspace.store.read() as reader:
        if reader.sequence() != proposal.store_sequence + 1:
            return False
        state = state_of(reader)
    return remember(workspace, settled, proposal.known_as, state)


def remember(workspace: Workspace, proposal: Proposal, key: str, state: str) -> bool:
    """Keep a proposal that writes nothing, made of the file of this key at a ``state`` of the store; whether it was."""
    from gdbos_desktop.importing.known_files import packed, writes_nothing

    if not key or not writes_nothing(proposal):
        return False
    kept = packed(proposal)
    if kept is None:
        return False
    with workspace.store.unit_of_work() as unit:
        known = unit.get_setting(SECTION, ORDER)
        order = [one for one in known if one != key] if isinstance(known, list) else []
        for dropped in order[: max(0, len(order) + 1 - MOST)]:
            unit.set_setting(SECTION, dropped, None)
        unit.set_setting(SECTION, ORDER, [*order[max(0, len(order) + 1 - MOST) :], key])
        unit.set_setting(SECTION, key, {"state": state, "proposal": kept})
    return True
