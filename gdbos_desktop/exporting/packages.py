"""Zip packages put together from pieces that are compressed once, in whatever order they come to be.

Hides the joining of compressed pieces: what every file of a batch shares is compressed a single time, and a sheet's
rows are compressed while they stream, before anybody knows what stands above them. The same content makes the same
bytes: there are no time stamps.
"""

from __future__ import annotations

import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import IO

LEVEL = 4
"""Of deflate: a third more speed than the customary 6 for a tenth more bytes."""
_LOCAL_HEAD = struct.Struct("<26s2H")
_SIZES_FOLLOW = 0x08
_EPOCH = (1980, 1, 1, 0, 0, 0)
_END = zlib.compressobj(LEVEL, zlib.DEFLATED, -15).flush()


@dataclass(frozen=True, slots=True)
class Piece:
    """Compressed content that ends at a whole byte, so that another piece may follow: bytes, or a file to copy."""

    checksum: int
    size: int
    packed_size: int
    data: bytes | IO[bytes]


class Packer:
    """Compresses a stream into one piece."""

    def __init__(self, sink: IO[bytes]) -> None:
        self._sink = sink
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
        self._checksum = self._size = self._packed_size = 0

    def write(self, data: bytes) -> None:
        """More content."""
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        self._put(self._deflate.compress(data))

    def piece(self) -> Piece:
        """The end: what was written, ready to be copied from the sink."""
        self._put(self._deflate.flush(zlib.Z_FULL_FLUSH))
        return Piece(self._checksum, self._size, self._packed_size, self._sink)

    def _put(self, packed: bytes) -> None:
        if packed:
            self._packed_size += len(packed)
            self._sink.write(packed)


def pack(data: bytes) -> Piece:
    """One piece of content that is all there."""
    deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -15)
    packed = deflate.compress(data) + deflate.flush(zlib.Z_FULL_FLUSH)
    return Piece(zlib.crc32(data), len(data), len(packed), packed)


@dataclass(frozen=True, slots=True)
class CopiedEntry:
    """An entry of another package, which is taken over as it is, without unpacking it."""

    source: IO[bytes]
    entry: zipfile.ZipInfo


def write_package(file: IO[bytes], entries: Iterable[tuple[str, Sequence[Piece]] | CopiedEntry]) -> None:
    """Write a package: names in order, each with the pieces of its content, or copied. BadZipFile for a bad copy."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for told in entries:
            if isinstance(told, CopiedEntry):
                _copy_entry(package, file, told)
                continue
            name, pieces = told
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            entry.header_offset = file.tell()
            entry.file_size = sum(piece.size for piece in pieces)
            entry.compress_size = sum(piece.packed_size for piece in pieces) + len(_END)
            entry.CRC = 0
            for piece in pieces:
                entry.CRC = joined_checksum(entry.CRC, piece.checksum, piece.size)
            file.write(entry.FileHeader())
            for piece in pieces:
                if isinstance(piece.data, bytes):
                    file.write(piece.data)
                else:
                    piece.data.seek(0)
                    shutil.copyfileobj(piece.data, file, 1 << 20)
            file.write(_END)
            # zipfile offers no door for content that is compressed already; these are its public attributes.
            package.filelist.append(entry)
            package.NameToInfo[name] = entry
        package.start_dir = file.tell()
        package.comment = b""  # marks the package as changed, so that closing it writes the directory


def _copy_entry(package: zipfile.ZipFile, file: IO[bytes], told: CopiedEntry) -> None:
    source, old = told.source, told.entry
    source.seek(old.header_offset)
    head = source.read(_LOCAL_HEAD.size)
    if len(head) < _LOCAL_HEAD.size or not head.startswith(b"PK\3\4"):
        raise zipfile.BadZipFile(old.filename)
    *_start, name_size, extra_size = _LOCAL_HEAD.unpack(head)
    source.seek(name_size + extra_size, 1)
    entry = zipfile.ZipInfo(old.filename, old.date_time)
    entry.compress_type, entry.CRC = old.compress_type, old.CRC
    entry.file_size, entry.compress_size = old.file_size, old.compress_size
    entry.create_system, entry.external_attr = old.create_system, old.external_attr
    entry.internal_attr, entry.comment = old.internal_attr, old.comment
    entry.flag_bits = old.flag_bits & ~_SIZES_FOLLOW
    entry.header_offset = file.tell()
    file.write(entry.FileHeader())
    rest = old.compress_size
    while rest:
        chunk = source.read(min(rest, 1 << 20))
        if not chunk:
            raise zipfile.BadZipFile(old.filename)
        file.write(chunk)
        rest -= len(chunk)
    package.filelist.append(entry)
    package.NameToInfo[entry.filename] = entry


def joined_checksum(first: int, second: int, second_size: int) -> int:
    """The CRC-32 of two contents in a row from the CRC-32 of each (zlib's crc32_combine, which Python does not offer).

    Appending a zero bit to the content is a linear map of the checksum; powers of that map by squaring.
    """
    power, size = 3, second_size  # 2 ** 3 bits are a byte
    while size:
        if size & 1:
            first = _apply(_zero_bits(power), first)
        size >>= 1
        power += 1
    return first ^ second


Matrix = tuple[int, ...]


@cache
def _zero_bits(power: int) -> Matrix:
    """The map that appends 2 ** power zero bits."""
    if power == 0:
        return (0xEDB88320, *(1 << bit for bit in range(31)))
    half = _zero_bits(power - 1)
    return tuple(_apply(half, column) for column in half)


def _apply(matrix: Matrix, vector: int) -> int:
    total = 0
    for column in matrix:
        if not vector:
            break
        if vector & 1:
            total ^= column
        vector >>= 1
    return total
