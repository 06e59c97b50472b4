"""How ``gdbos similar`` speaks: clusters of names that mean the same, for people and as one JSON object."""

from __future__ import annotations

from typing import Any

import typer

from gdbos_desktop.cli_output import print_json, progress_line, say
from gdbos_desktop.schema import Kind
from gdbos_desktop.services.similar import NameCluster, reason_words, why_words
from gdbos_desktop.services.workbench import Workbench
from gdbos_desktop.system.messages import _


def print_similar(workbench: Workbench, kind: Kind, limit: int, *, as_json: bool) -> None:
    """Find the clusters of a kind and tell them: at most ``limit`` for people (0: all), all as JSON."""
    clusters = workbench.similar.in_store(kind.code, progress_line("similar"))
    if as_json:
        print_json({"kind": kind.code, "clusters": [cluster_data(found) for found in clusters]})
        return
    shown = clusters[:limit] if limit else clusters
    for found in shown:
        cluster = found.cluster
        typer.echo(_("{name} ({why})").format(name=cluster.proposed, why=why_words(cluster)))
        for member in cluster.members:
            words = _("    {count} × {name}").format(count=member.count, name=member.text)
            if member.reason is not None:
                words += _(" – {reason}").format(reason=reason_words(member))
            typer.echo(words)
    if not clusters:
        say(_("No names that mean the same were found."))
        return
    names = sum(len(found.cluster.replaced) for found in clusters)
    say(_("{names} names could be written as {clusters} others.").format(names=names, clusters=len(clusters)))


def cluster_data(found: NameCluster) -> dict[str, Any]:
    """A cluster as JSON."""
    return {
        "element": found.element,
        "proposed": found.cluster.proposed,
        "why": found.cluster.why.value,
        "members": [
            {
                "name": member.text,
                "count": member.count,
                "is_standard": member.is_standard,
                "reason": member.reason.value if member.reason else None,
                "likeness": member.likeness,
            }
            for member in found.cluster.members
        ],
    }
