"""The shipped standard and rule base, loaded once."""

from __future__ import annotations

import pytest

from gdbos_desktop.domain.rules import RuleBase, load_rule_base
from gdbos_desktop.schema import Standard, load_code_lists, load_standard
from gdbos_desktop.system.resources import read_texts


@pytest.fixture(scope="session")
def national() -> Standard:
    return load_standard(read_texts("standards"), "national-2020", load_code_lists(read_texts("code-lists")))


@pytest.fixture(scope="session")
def rules(national: Standard) -> RuleBase:
    return load_rule_base(read_texts("rules"), national)
