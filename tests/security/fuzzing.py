"""Files changed by chance, for the tests (some seconds) and for ``make fuzz`` (as long as somebody lets it run).

A fuzzer that follows the coverage of the code (atheris) has no packages for all the systems this program runs on, and
most of what reads a file is compiled code it could not follow. So this changes real files of every format: bytes
anywhere, and what stands inside an archive, where it takes whole tags, attributes and records away, repeats them,
swaps them and exchanges numbers for those that hurt.

``python -m tests.security.fuzzing --seconds 60 --seed 1 --keep fuzz-failures``
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

from tests.importing.books import FOOD, HEADINGS, TAXI, write_book, write_csv
from tests.importing.offices import write_binary_book, write_every_cell
from tests.security.packages import pack, valid_parts

ROOT = Path(__file__).resolve().parents[2]
FORMATS = ROOT / "tests" / "data" / "formats"
BATCH = 60
PATIENCE_SECONDS = 150
HURTFUL = (
    b"0", b"-1", b"1", b"65535", b"65536", b"1048576", b"1048577", b"16384", b"16385", b"2147483647", b"4294967296",
    b"99999999999999999999", b"1e308", b"1e999", b"NaN", b"", b"A0", b"XFD1048576", b"ZZZZ1", b"A1:XFD1048576",
)  # fmt: skip
_TAG = re.compile(rb"<[^<>]{1,400}>")
_NUMBER = re.compile(rb'(?<=[">])[A-Z]{0,3}\d{1,9}(?=["<])')


def seeds(folder: Path) -> list[Path]:
    """A real file of every format; all of them can be read."""
    found = [
        write_every_cell(folder / "every.xlsx"),
        write_every_cell(folder / "every-1904.xlsm", is_1904=True),
        pack(folder / "strings.xlsx", valid_parts(folder)),
        write_book(folder / "merged.xlsx", [["标题"], [*HEADINGS], [*FOOD], [*TAXI]], ["A1:G1", "A3:A4"]),
        write_binary_book(folder / "binary.xlsb", [["日期", ("date", 46350)], [1.5, True], ["甲", ("error", 7)]]),
        write_csv(folder / "utf8.csv", [HEADINGS, FOOD, TAXI]),
        write_csv(folder / "gb.csv", [HEADINGS, FOOD, TAXI], "gb18030"),
        write_csv(folder / "wide.tsv", [HEADINGS, FOOD, TAXI], "utf-16", "\t"),
    ]
    for name in ("dates-1900.xls", "dates-1904.xls", "dates-1900.ods"):
        found.append(Path(shutil.copy(FORMATS / name, folder)))
    return [path for path in found if path.suffix]


def write_mutant(chance: random.Random, seed: Path, path: Path) -> None:
    """A changed copy of a file."""
    data = seed.read_bytes()
    if not data.startswith(b"PK") or chance.random() < 0.2:
        path.write_bytes(changed_bytes(chance, data))
        return
    with zipfile.ZipFile(seed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    names = [name for name in parts if name.endswith((".xml", ".rels", ".bin"))]
    for name in chance.choices(
        names, weights=[4 if "sheet" in name or "content" in name else 1 for name in names], k=2
    ):
        parts[name] = changed_part(chance, name, parts[name])
    if chance.random() < 0.05:
        del parts[chance.choice(names)]
    pack(path, parts)


def changed_part(chance: random.Random, name: str, data: bytes) -> bytes:
    """A part with its structure or its bytes changed."""
    if not data or name.endswith(".bin") or chance.random() < 0.3:
        return changed_bytes(chance, data)
    for _change in range(chance.randint(1, 3)):
        tags = list(_TAG.finditer(data))
        numbers = list(_NUMBER.finditer(data))
        if not tags:
            break
        one, other = chance.choice(tags), chance.choice(tags)
        match chance.randrange(5):
            case 0:
                data = data[: one.start()] + data[one.end() :]
            case 1:
                data = data[: one.end()] + one[0] * chance.choice((1, 3, 300)) + data[one.end() :]
            case 2:
                data = data[: one.start()] + other[0] + data[one.end() :]
            case 3 if one.end() < other.start():  # a piece of the tree once more
                data = data[: other.end()] + data[one.start() : other.end()] + data[other.end() :]
            case _ if numbers:
                found = chance.choice(numbers)
                data = data[: found.start()] + chance.choice(HURTFUL) + data[found.end() :]
    return data


def changed_bytes(chance: random.Random, data: bytes) -> bytes:
    """A text or record with some of its bytes changed, taken out, put in or cut off."""
    changed = bytearray(data)
    for _change in range(chance.choice((1, 1, 2, 4, 16))):
        if not changed:
            break
        place = chance.randrange(len(changed))
        match chance.randrange(7):
            case 0:
                changed[place] = chance.randrange(256)
            case 1:
                changed[place] ^= 1 << chance.randrange(8)
            case 2:
                del changed[place : place + chance.randint(1, 8)]
            case 3:
                changed[place:place] = chance.randbytes(chance.randint(1, 4))
            case 4:
                other = chance.randrange(len(changed))
                changed[place : place + 8] = changed[other : other + 8]
            case 5:
                changed[place : place + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\xff\xff\xff\x7f"))
            case _ if chance.random() < 0.2:
                del changed[place:]
    return bytes(changed)


def read_all(folder: Path, manner: str) -> tuple[dict[str, str], str]:
    """How the reading of every file of a folder ended, and what went wrong ("" for nothing).

    A file at which the process that reads them all ended (its memory, a stop of a library) ends with ``died``: the
    program outlives that. Only an error of our own or a reading that never ends goes wrong.
    """
    ends: dict[str, str] = {}
    while True:
        rest = [name for name in sorted(os.listdir(folder)) if name not in ends]
        if not rest:
            return ends, ""
        command = [sys.executable, "-m", "tests.security.fuzzed_reading", str(folder), manner, rest[0]]
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=os.environ | {"PYTHONUTF8": "1"}, capture_output=True, encoding="utf-8",
                errors="replace", check=False, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired as silence:
            told = silence.stdout.decode() if silence.stdout else ""
            return ends, f"{told.split()[-1] if told.split() else rest[0]}: no end within {PATIENCE_SECONDS} seconds"
        last = ""
        for line in done.stdout.splitlines():
            last, _, end = line.partition(" ")
            ends[last] = end or "died"
        if "Traceback" in done.stderr:
            return ends, f"{last}: {done.stderr[-4000:]}"
        if not last:
            return ends, f"{rest[0]}: {done.stderr[-4000:]}"


def main() -> int:
    """Fuzz for some time and say what was done."""
    parser = argparse.ArgumentParser(description="Reads files changed by chance.")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-failures"))
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    chance = random.Random(seed)
    deadline = time.monotonic() + options.seconds
    total, failures = 0, 0
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory() as place:
        (sources := Path(place) / "seeds").mkdir()
        originals = seeds(sources)
        while time.monotonic() < deadline:
            (batch := Path(place) / f"{total:07}").mkdir()
            for number in range(BATCH):
                original = chance.choice(originals)
                write_mutant(chance, original, batch / f"{total + number:07}{original.suffix}")
            for manner in ("dense", "sparse"):
                ends, wrong = read_all(batch, manner)
                for end in ends.values():
                    counts[end] = counts.get(end, 0) + 1
                if wrong:
                    failures += 1
                    options.keep.mkdir(parents=True, exist_ok=True)
                    name = wrong.split(":")[0]
                    shutil.copy(batch / name, options.keep)
                    (options.keep / f"{name}.{manner}.txt").write_text(wrong, encoding="utf-8")
            total += BATCH
            shutil.rmtree(batch)
    told = ", ".join(f"{end} {count}" for end, count in sorted(counts.items(), key=lambda item: -item[1]))
    sys.stdout.write(f"{total} files, each read in two manners; seed {seed}; {failures} failures\n{told}\n")
    if failures:
        sys.stdout.write(f"kept in {options.keep.resolve()}\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
