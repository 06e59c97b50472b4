"""The store: present, append-only history and search in one file. The only room that knows SQL.

Hides tables, transactions, locking, migrations, encryption and the full-text index. Every write is a ``ChangeSet``
through ``UnitOfWork.apply``; every question is asked of a ``Reader``.
"""

from gdbos_desktop.storage.faults import ConflictError
from gdbos_desktop.storage.history import HistoryFault
from gdbos_desktop.storage.initials import readings_of
from gdbos_desktop.storage.reader import Listing, Reader
from gdbos_desktop.storage.search import SearchResult
from gdbos_desktop.storage.store import Store, StoreInfo
from gdbos_desktop.storage.writing import Applied, UnitOfWork

__all__ = [
    "Applied",
    "ConflictError",
    "HistoryFault",
    "Listing",
    "Reader",
    "SearchResult",
    "Store",
    "StoreInfo",
    "UnitOfWork",
    "readings_of",
]
