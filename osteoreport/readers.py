"""Reports in: text files, JSON lines and CSV, plain or gzipped, alone or in folders, one record at a time.

Nothing is lost silently. Whatever an input holds comes out as a ``Record`` or as a ``Rejected`` with a reason, and a
reason never carries text of a report.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import itertools
import json
import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

MAX_RECORD_BYTES: Final = 64 * 1024 * 1024
"""A longer record (a line, a file of one report) is rejected as ``too_large``."""

FALLBACKS: Final = ("cp1252", "latin-1")
"""Tried in this order where the declared encoding does not fit; the last one fits everything."""

REPORT_KINDS: Final = (".txt",)
TABLE_KINDS: Final = (".jsonl", ".ndjson", ".csv", ".tsv")

_NOT_TEXT: Final = (
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"{\\rtf", b"BZh",
    b"\x7fELF", b"MZ\x90", b"PAR1", b"SQLite format",
)  # fmt: skip
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f]")
_PLAIN_ID: Final = re.compile(r"[\w.:/\\@+-]{1,120}")
_UNDECODABLE: Final = "\udcff"
"""Stands for bytes that do not decode; no decoder gives it of itself."""

_MARK: Final = "osteoreport.mark"
codecs.register_error(_MARK, lambda error: (_UNDECODABLE, cast(UnicodeDecodeError, error).end))
_BAD_GZIP: Final = (gzip.BadGzipFile, zlib.error)


Bytes = io.BufferedReader | gzip.GzipFile


class UnreadableText(Exception):
    """A file that holds no text that could be a report; ``reason`` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fields:
    """Names under which a table of reports keeps them."""

    text: str = "text"
    id: str = "id"
    patient_id: str = "patient_id"


@dataclass(frozen=True, slots=True)
class Record:
    """One report as received, where it came from, and how its bytes were decoded."""

    id: str
    text: str
    source: str
    line: int | None = None
    patient_id: str | None = None
    encoding: str = "utf-8"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A record that could not be read. ``id`` is kept only where it looks like one, since it may be stray text."""

    reason: str
    source: str
    line: int | None = None
    id: str | None = None
    patient_id: str | None = None

    def row(self) -> dict[str, Any]:
        """Give the quarantine row; it holds no report text."""
        known = self.id if self.id is not None and _PLAIN_ID.fullmatch(self.id) else None
        return {"id": known, "source": self.source, "line": self.line, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: its fields, or the reason why it has none."""

    line: int
    fields: Mapping[str, Any] | None
    encoding: str = "utf-8"
    reason: str | None = None


# ------------------------------------------------------------------------------------------------------------ decoding


def decode(raw: bytes, encoding: str = "utf-8", *, marked: bool = True) -> tuple[str, str]:
    """Decode with the declared encoding or a fallback; give the text and the encoding used.

    A byte order mark wins over the declaration, unless the bytes are not ``marked``: inside a file there are none.
    """
    tries = [encoding, *FALLBACKS]
    if marked and raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        tries.insert(0, "utf-16")
    elif marked and raw.startswith(b"\xef\xbb\xbf"):
        tries.insert(0, "utf-8-sig")
    for name in tries:
        try:
            return raw.decode(name), name
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes every byte")


def read_text(raw: bytes, encoding: str = "utf-8") -> tuple[str, str]:
    """Decode the bytes of one report; raise ``UnreadableText`` where they are no text."""
    if len(raw) > MAX_RECORD_BYTES:
        raise UnreadableText("too_large")
    if raw.startswith(_NOT_TEXT):
        raise UnreadableText("not_text")
    text, used = decode(raw, encoding)
    sample = text[:65_536]
    if len(_CONTROL.findall(sample)) * 10 > len(sample):  # more than one sign in ten
        raise UnreadableText("not_text")
    return text, used


# -------------------------------------------------------------------------------------------------------------- tables


def read_rows(path: Path, *, encoding: str = "utf-8", text_field: str = "text") -> Iterator[Row]:
    """Stream the rows of a JSON-lines or CSV file, gzipped or not; blank lines are no rows."""
    with _open(path) as file:
        yield from _rows(_Lines(file, encoding), kind_of(path), text_field)


def read_json_lines(file: Bytes, *, encoding: str = "utf-8") -> Iterator[Row]:
    """Stream the rows of JSON lines from an open binary file."""
    yield from _rows(_Lines(file, encoding), ".jsonl", "text")


def kind_of(path: Path) -> str:
    """Give the suffix that tells what a file holds, without ``.gz``."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def _open(path: Path) -> Bytes:
    return gzip.GzipFile(path) if path.suffix.lower() == ".gz" else path.open("rb")


class _Lines:
    """Decoded lines with their number; remembers which encodings were used since it was last asked."""

    def __init__(self, file: Bytes, encoding: str) -> None:
        self.file = file
        self.encoding = encoding
        self.number = 0
        self.reason: str | None = None
        self.used: list[str] = []
        if self.file.peek(4).startswith((b"\xff\xfe", b"\xfe\xff")):
            self.encoding = "utf-16"
        self.wide = self.encoding.lower().replace("_", "-").startswith(("utf-16", "utf-32"))

    def __iter__(self) -> Iterator[str]:
        if self.wide:
            yield from self._wide_lines()
            return
        while raw := self.file.readline(MAX_RECORD_BYTES + 1):
            self.number += 1
            if len(raw) > MAX_RECORD_BYTES:
                self.reason = "too_large"
                while raw and not raw.endswith(b"\n"):
                    raw = self.file.readline(MAX_RECORD_BYTES)
                yield "\n"
                continue
            text, used = decode(raw, self.encoding, marked=self.number == 1)
            self.used.append(used)
            yield text

    def _wide_lines(self) -> Iterator[str]:
        lines = io.TextIOWrapper(self.file, encoding=self.encoding, errors=_MARK, newline="")
        try:
            while line := lines.readline(MAX_RECORD_BYTES):
                self.number += 1
                self.used.append(self.encoding)
                if _UNDECODABLE in line:
                    self.reason, line = "undecodable", "\n"
                yield line
        finally:
            lines.detach()

    def take_encoding(self) -> str:
        """Give the encoding of the lines since the last call: the one that is not the declared, if any differs."""
        used, self.used = self.used, []
        return next((name for name in used if name != self.encoding), self.encoding)

    def take_reason(self) -> str | None:
        """Give, once, why the last line could not be had."""
        reason, self.reason = self.reason, None
        return reason


def _rows(lines: _Lines, kind: str, text_field: str) -> Iterator[Row]:
    rows = _json_rows(lines) if kind in (".jsonl", ".ndjson") else _csv_rows(lines, kind, text_field)
    while True:
        try:
            row = next(rows, None)
        except EOFError:
            yield Row(lines.number + 1, None, reason="truncated_gzip")
            return
        except _BAD_GZIP:
            yield Row(lines.number + 1, None, reason="bad_gzip")
            return
        if row is None:
            return
        yield row


def _json_rows(lines: _Lines) -> Iterator[Row]:
    for line in lines:
        if reason := lines.take_reason():
            yield Row(lines.number, None, reason=reason)
            continue
        encoding = lines.take_encoding()
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield Row(lines.number, None, encoding, "bad_json")
            continue
        if isinstance(value, dict):
            yield Row(lines.number, value, encoding)
        else:
            yield Row(lines.number, None, encoding, "not_an_object")


def _csv_rows(lines: _Lines, kind: str, text_field: str) -> Iterator[Row]:
    csv.field_size_limit(MAX_RECORD_BYTES)
    decoded = iter(lines)
    first = next(decoded, None)
    if first is None:
        return
    delimiter = "\t" if kind == ".tsv" else _delimiter(first, text_field)
    table = csv.reader(itertools.chain([first], decoded), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    while True:
        begin = lines.number + 1 if header is not None else 1
        try:
            cells = next(table, None)
        except csv.Error:
            lines.take_reason()
            yield Row(begin, None, lines.take_encoding(), "bad_csv")
            header = header or []
            continue
        encoding, reason = lines.take_encoding(), lines.take_reason()
        if cells is None:
            return
        if reason:
            yield Row(begin, None, encoding, reason)
        elif not cells:
            continue
        elif header is None:
            header = cells
        elif len(cells) != len(header):
            yield Row(begin, None, encoding, "bad_csv")
        else:
            yield Row(begin, dict(zip(header, cells, strict=True)), encoding)


def _delimiter(header: str, text_field: str) -> str:
    """Take the delimiter under which the header names the text field; a comma where none does."""
    for delimiter in ",;\t|":
        if text_field in (cell.strip('"') for cell in header.strip().split(delimiter)):
            return delimiter
    return ","


# ------------------------------------------------------------------------------------------------------------- records


def read_records(
    inputs: Iterable[Path], fields: Fields | None = None, *, encoding: str = "utf-8"
) -> Iterator[Record | Rejected]:
    """Stream every report of the given files and folders, in order; ``-`` is JSON lines on standard input."""
    fields = fields or Fields()
    for top in inputs:
        if str(top) == "-":
            for row in read_json_lines(cast(io.BufferedReader, sys.stdin.buffer), encoding=encoding):
                yield _record(row, "-", fields)
            continue
        for path in files_under(top):
            if isinstance(path, Rejected):
                yield path
            else:
                yield from _file_records(path, top, fields, encoding)


def files_under(top: Path) -> Iterator[Path | Rejected]:
    """Give the files of a kind that can be read below a folder, sorted; a file itself as it is."""
    if not top.is_dir():
        yield top
        return
    closed: list[str] = []
    for folder, folders, names in os.walk(top, onerror=lambda error: closed.append(str(error.filename))):
        folders.sort()
        for name in sorted(names):
            path = Path(folder, name)
            if kind_of(path) in REPORT_KINDS + TABLE_KINDS:
                yield path
    for folder in closed:
        yield Rejected("unreadable_folder", folder)


def _file_records(path: Path, top: Path, fields: Fields, encoding: str) -> Iterator[Record | Rejected]:
    source = str(path)
    name = str(path.relative_to(top)) if path != top else path.name
    report_id = name.removesuffix(".gz").removesuffix(".txt")
    try:
        if kind_of(path) in TABLE_KINDS:
            for row in read_rows(path, encoding=encoding, text_field=fields.text):
                yield _record(row, source, fields)
            return
        with _open(path) as file:
            text, used = read_text(file.read(MAX_RECORD_BYTES + 1), encoding)
    except UnreadableText as unreadable:
        yield Rejected(unreadable.reason, source, id=report_id)
    except EOFError:
        yield Rejected("truncated_gzip", source, id=report_id)
    except _BAD_GZIP:
        yield Rejected("bad_gzip", source, id=report_id)
    except OSError:
        yield Rejected("unreadable_file", source, id=report_id)
    else:
        yield Record(report_id, text, source, encoding=used)


def _record(row: Row, source: str, fields: Fields) -> Record | Rejected:
    if row.fields is None:
        return Rejected(row.reason or "unreadable", source, row.line)
    given = _as_id(row.fields.get(fields.id))
    patient = _as_id(row.fields.get(fields.patient_id))
    text = row.fields.get(fields.text)
    if text is None:
        return Rejected("missing_text", source, row.line, given, patient)
    if not isinstance(text, str):
        return Rejected("text_not_a_string", source, row.line, given, patient)
    return Record(given or f"{source}:{row.line}", text, source, row.line, patient, row.encoding)


def _as_id(value: Any) -> str | None:
    """Take a name or a number as an id; anything else, and an empty one, is none."""
    if isinstance(value, str):
        return value.strip().encode("utf-8", "replace").decode() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
