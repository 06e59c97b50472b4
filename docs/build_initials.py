"""Write the table of pinyin initials that the search uses, from the dictionaries of pypinyin."""

from __future__ import annotations

from gdbos_desktop.storage.initials import boil_down
from gdbos_desktop.system.resources import resource_folder

if __name__ == "__main__":
    target = resource_folder("pinyin") / "initials.txt"
    target.parent.mkdir(exist_ok=True)
    target.write_text(boil_down(), encoding="utf-8")
