"""Results out: JSON lines (plain or gzipped) and Parquet, by the name of the file, all or nothing.

A writer fills ``NAME.part`` and gives it its name only when everything is written, so an interrupted run leaves neither
half a file nor harms an older one.
"""

from __future__ import annotations

import gzip
import io
import json
import types
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel

ROWS_PER_GROUP: Final = 5_000
KINDS: Final = (".jsonl", ".jsonl.gz", ".parquet")


class OutputRefused(Exception):
    """The output cannot be written as asked; the message says what to do."""


class Writer(ABC):
    """A file of rows that appears under its name only when it is complete."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.part = path.with_name(path.name + ".part")
        self.rows = 0

    def write(self, row: Mapping[str, Any]) -> None:
        """Add a row of plain data."""
        self._write(row)
        self.rows += 1

    def __enter__(self) -> Self:
        try:
            self._open()
        except OSError as error:
            raise OutputRefused(f"cannot write {self.path}: {error.strerror}") from None
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            self._close(complete=kind is None)
            if kind is None:
                self.part.replace(self.path)
        finally:
            self.part.unlink(missing_ok=True)

    @abstractmethod
    def _open(self) -> None: ...

    @abstractmethod
    def _write(self, row: Mapping[str, Any]) -> None: ...

    @abstractmethod
    def _close(self, *, complete: bool) -> None: ...


class JsonLines(Writer):
    """One JSON object a line, UTF-8; equal results give equal bytes, gzipped or not."""

    def _open(self) -> None:
        self.raw = self.part.open("wb")
        self.zipped = gzip.GzipFile("", "wb", 6, self.raw, mtime=0) if self.path.suffix == ".gz" else None
        # A lone surrogate, legal in JSON but not in UTF-8, becomes the escape that JSON has for it.
        self.file = io.TextIOWrapper(self.zipped or self.raw, "utf-8", errors="backslashreplace", newline="\n")

    def _write(self, row: Mapping[str, Any]) -> None:
        self.file.write(json.dumps(row, ensure_ascii=False) + "\n")

    def _close(self, *, complete: bool) -> None:
        self.file.close()
        self.raw.close()


class Parquet(Writer):
    """Typed nested columns after the pydantic models of the contract; needs pyarrow."""

    def __init__(self, path: Path, columns: Mapping[str, Any]) -> None:
        super().__init__(path)
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError:
            raise OutputRefused("Parquet needs pyarrow: pip install 'osteoreport[parquet]'") from None
        self.arrow, self.parquet = pyarrow, pyarrow.parquet
        self.columns = columns
        self.schema = pyarrow.schema([(name, _arrow_type(pyarrow, kind)) for name, kind in columns.items()])
        self.waiting: list[dict[str, Any]] = []

    def _open(self) -> None:
        self.file = self.parquet.ParquetWriter(self.part, self.schema, compression="zstd")

    def _write(self, row: Mapping[str, Any]) -> None:
        self.waiting.append({name: _arrow_value(kind, row.get(name)) for name, kind in self.columns.items()})
        if len(self.waiting) >= ROWS_PER_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self.waiting:
            self.file.write_table(self.arrow.Table.from_pylist(self.waiting, schema=self.schema))
            self.waiting = []

    def _close(self, *, complete: bool) -> None:
        if complete:
            self._flush()
        self.file.close()


def writer_for(path: Path, columns: Mapping[str, Any]) -> Writer:
    """Choose the writer by the file's name; refuse a name that tells no format."""
    if path.name.endswith((".jsonl", ".jsonl.gz")):
        return JsonLines(path)
    if path.suffix == ".parquet":
        return Parquet(path, columns)
    raise OutputRefused(f"cannot tell the format from {path.name}: end the name in {', '.join(KINDS)}")


# ------------------------------------------------------------------------------------------ the contract as Arrow types


def _plain(kind: Any) -> Any:
    """Strip ``Annotated`` and ``| None`` from an annotation."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        elif get_origin(kind) in (Union, types.UnionType) and len(set(get_args(kind)) - {type(None)}) == 1:
            kind = next(part for part in get_args(kind) if part is not type(None))
        else:
            return kind


def _items(kind: Any) -> Any:
    """Give what a tuple or list holds; None for anything else or for a tuple of unlike parts."""
    if get_origin(kind) not in (tuple, list):
        return None
    parts = [part for part in get_args(kind) if part is not Ellipsis]
    return parts[0] if all(part == parts[0] for part in parts) else None


def _fields(kind: Any) -> dict[str, Any] | None:
    """Give the fields of a model with their annotations."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return {name: field.annotation for name, field in kind.model_fields.items()}
    return None


def _arrow_type(arrow: Any, annotation: Any) -> Any:
    kind = _plain(annotation)
    if (fields := _fields(kind)) is not None:
        return arrow.struct([(name, _arrow_type(arrow, part)) for name, part in fields.items()])
    if (item := _items(kind)) is not None:
        return arrow.list_(_arrow_type(arrow, item))
    if get_origin(kind) is dict:
        return arrow.map_(arrow.string(), _arrow_type(arrow, get_args(kind)[1]))
    if get_origin(kind) is Literal:
        kind = type(get_args(kind)[0])
    return {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64()}.get(kind, arrow.string())


def _arrow_value(annotation: Any, value: Any) -> Any:
    """Shape plain data for its Arrow type; what has no single type (a fact's value) is kept as JSON."""
    kind = _plain(annotation)
    if value is None:
        return None
    if (fields := _fields(kind)) is not None:
        return {name: _arrow_value(part, value.get(name)) for name, part in fields.items()}
    if (item := _items(kind)) is not None:
        return [_arrow_value(item, part) for part in value]
    if get_origin(kind) is dict:
        return [(key, _arrow_value(get_args(kind)[1], part)) for key, part in value.items()]
    if kind is str or get_origin(kind) is Literal:
        return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
    if kind in (bool, int, float):
        return value
    return json.dumps(value, ensure_ascii=True)
