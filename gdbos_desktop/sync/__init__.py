"""History <-> provincial platform, over HTTP or as a package file. Hides wire format, retry and resumption.

The outbox is already kept by the store: every change set is marked for dispatch in the transaction that writes it.
"""
