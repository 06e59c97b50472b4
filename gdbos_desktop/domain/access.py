"""Who may do what: the one function that decides, for services and screens alike.

A lone clerk works as a single user who holds every duty; roles by rule come as more data for the same question.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Duty(StrEnum):
    """What a person may be trusted with."""

    READ = "read"
    EDIT = "edit"
    IMPORT = "import"
    EXPORT = "export"
    UNDO = "undo"
    PUBLISH = "publish"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person at work: the name that history keeps, and the duties held."""

    name: str
    duties: frozenset[Duty] = frozenset(Duty)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether something is allowed, and the reason as a message id."""

    is_allowed: bool
    reason: str


def decide(actor: Actor, duty: Duty) -> Decision:
    """Whether the actor may act on this duty."""
    if duty in actor.duties:
        return Decision(True, "The person holds this duty.")
    return Decision(False, "The person does not hold this duty. Ask the administrator of the office.")
