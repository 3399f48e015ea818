from __future__ import annotations

import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteoreport import readers
from osteoreport.readers import (
    Fields,
    Record,
    Rejected,
    Row,
    UnreadableText,
    decode,
    read_records,
    read_rows,
    read_text,
)


def outcomes(*paths: Path, **options: object) -> list[tuple[str | None, str]]:
    """Give (id, text or reason) of every record, in order."""
    return [
        (found.id, found.text if isinstance(found, Record) else found.reason)
        for found in read_records(paths, **options)  # type: ignore[arg-type]
    ]


@pytest.mark.parametrize(
    ("raw", "declared", "text", "used"),
    [
        (b"plain", "utf-8", "plain", "utf-8"),
        ("−2.5 °".encode(), "utf-8", "−2.5 °", "utf-8"),
        ("−2.5".encode("utf-8-sig"), "utf-8", "−2.5", "utf-8-sig"),
        ("−2.5".encode("utf-16"), "utf-8", "−2.5", "utf-16"),
        ("40° – stable".encode("cp1252"), "utf-8", "40° – stable", "cp1252"),
        (b"\x81 undefined in cp1252", "utf-8", "\x81 undefined in cp1252", "latin-1"),
        ("40°".encode("latin-1"), "latin-1", "40°", "latin-1"),
        (b"", "utf-8", "", "utf-8"),
        (b"\xff\xfeodd", "utf-8", "ÿþodd", "cp1252"),  # a mark of UTF-16 on what is not
    ],
)
def test_decoding_is_recorded(raw: bytes, declared: str, text: str, used: str) -> None:
    assert decode(raw, declared) == (text, used)


@pytest.mark.parametrize(
    "raw",
    [
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n",
        gzip.compress(b"text", mtime=0),
        b"{\\rtf1 text}",
        bytes(range(32)) * 9,
        b"PAR1",
        random.Random(1).randbytes(5000),
        "without a mark".encode("utf-16-le"),
        b"\x00" * 2 + b"a" * 17,
    ],
)
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UnreadableText, match="not_text"):
        read_text(raw)


@pytest.mark.parametrize(
    "text", ["", " \r\n\t", "\x00" * 2 + "a" * 18, "one \x00 in a long report " * 5, "\x0cform feed\x0b"]
)
def test_odd_text_is_still_text(text: str) -> None:
    assert read_text(text.encode()) == (text, "utf-8")


def test_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_RECORD_BYTES", 10)
    assert read_text(b"x" * 10)[0] == "x" * 10
    with pytest.raises(UnreadableText, match="too_large"):
        read_text(b"x" * 11)


def test_json_lines_of_every_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MAX_RECORD_BYTES", 100)
    path = tmp_path / "reports.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"id": "a", "text": "first"}\n'
        b"\n"
        b'{"id": "b", "text": "cut\n'
        b'["c"]\n'
        b'{"id": "d"}\n'
        b'{"id": "e", "text": null}\n'
        b'{"id": "f", "text": 5}\n'
        b'{"text": "no id"}\n'
        b'{"id": 7, "text": "caf\xe9"}\n'
        b'{"id": "h", "text": "' + b"x" * 200 + b'"}\n'
        b'{"id": "i", "text": "\\ud800"}'
    )
    assert outcomes(path) == [
        ("a", "first"),
        (None, "bad_json"),
        (None, "not_an_object"),
        ("d", "missing_text"),
        ("e", "missing_text"),
        ("f", "text_not_a_string"),
        (f"{path}:8", "no id"),
        ("7", "café"),
        (None, "too_large"),
        ("i", "\ud800"),
    ]
    lines = [found.line for found in read_records([path])]
    assert lines == [1, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    encodings = [found.encoding for found in read_records([path]) if isinstance(found, Record)]
    assert encodings == ["utf-8-sig", "utf-8", "cp1252", "utf-8"]


def test_deeply_nested_json_is_a_bad_line(tmp_path: Path) -> None:
    path = tmp_path / "deep.jsonl"
    path.write_text("[" * 200_000 + '\n{"id": "a", "text": "after"}\n')
    assert outcomes(path) == [(None, "bad_json"), ("a", "after")]


def test_utf16_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "wide.jsonl"
    path.write_bytes('{"id": "a", "text": "−2.5"}\n{"id": "b", "text": "second"}\n'.encode("utf-16"))
    assert outcomes(path) == [("a", "−2.5"), ("b", "second")]
    path.write_bytes(path.read_bytes() + b"\x00")
    assert outcomes(path) == [("a", "−2.5"), ("b", "second"), (None, "undecodable")]


def test_csv_of_every_fault(tmp_path: Path) -> None:
    path = tmp_path / "reports.csv"
    path.write_bytes(
        b"id,text,patient_id\r\n"
        b'a,"Line one\nline ""two"", still a",p1\r\n'
        b"b,with a \x00 inside,p1\r\n"
        b"\r\n"
        b"c,too,many,cells\r\n"
        b"d,few\r\n"
        b'e,"bad" quote,p2\r\n'
        b"f,caf\xe9,p2\r\n"
        b'g,"never closed,p3\r\n'
    )
    assert outcomes(path) == [
        ("a", 'Line one\nline "two", still a'),
        ("b", "with a \x00 inside"),
        (None, "bad_csv"),
        (None, "bad_csv"),
        (None, "bad_csv"),
        ("f", "café"),
        (None, "bad_csv"),
    ]
    found = list(read_records([path]))
    assert [record.line for record in found] == [2, 4, 6, 7, 8, 9, 10]
    assert [record.patient_id for record in found if isinstance(record, Record)] == ["p1", "p1", "p2"]
    assert [record.encoding for record in found if isinstance(record, Record)] == ["utf-8", "utf-8", "cp1252"]


@pytest.mark.parametrize(("name", "separator"), [("a.csv", ";"), ("a.csv", ","), ("a.csv", "|"), ("a.tsv", "\t")])
def test_the_delimiter_is_the_one_under_which_the_field_is_named(tmp_path: Path, name: str, separator: str) -> None:
    path = tmp_path / name
    path.write_text(separator.join(["nr", "befund"]) + "\n" + separator.join(["1", "text"]) + "\n")
    assert outcomes(path, fields=Fields(text="befund", id="nr")) == [("1", "text")]


def test_gzip_whole_cut_and_broken(tmp_path: Path) -> None:
    lines = b"".join(b'{"id": "%d", "text": "%s"}\n' % (n, bytes([65 + n % 26]) * 50) for n in range(2000))
    whole = gzip.compress(lines)
    path = tmp_path / "reports.jsonl.gz"
    path.write_bytes(whole)
    assert len(outcomes(path)) == 2000
    path.write_bytes(whole[: len(whole) // 2])
    found = outcomes(path)
    assert 0 < len(found) < 2000
    assert found[-1] == (None, "truncated_gzip")
    assert {reason for _, reason in found if not reason.isupper()} == {"truncated_gzip"}
    path.write_bytes(b"no gzip at all")
    assert [reason for _, reason in outcomes(path)] == ["bad_gzip"]
    text = tmp_path / "one.txt.gz"
    text.write_bytes(gzip.compress(b"report"))
    assert outcomes(text) == [("one", "report")]
    text.write_bytes(gzip.compress(b"report")[:-6])
    assert outcomes(text) == [("one", "truncated_gzip")]


def test_a_folder_is_read_in_order_and_in_depth(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_text("second")
    (tmp_path / "a.txt").write_text("first")
    (tmp_path / "sub" / "c.txt").write_bytes(b"%PDF")
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere")
    (tmp_path / "d.jsonl").write_text('{"id": "d", "text": "line"}')
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    assert outcomes(tmp_path) == [
        ("a", "first"),
        ("b", "second"),
        ("d", "line"),
        ("gone", "unreadable_file"),
        ("sub/c", "not_text"),
    ]


def test_a_closed_folder_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(top: Path, onerror: object) -> list[object]:
        onerror(PermissionError(13, "denied", f"{top}/closed"))  # type: ignore[operator]
        return []

    monkeypatch.setattr(readers.os, "walk", walk)
    assert list(read_records([tmp_path])) == [Rejected("unreadable_folder", f"{tmp_path}/closed")]


def test_an_id_that_may_be_text_is_not_kept_in_the_quarantine() -> None:
    assert Rejected("bad", "s", 1, "acc-17/b").row()["id"] == "acc-17/b"
    assert Rejected("bad", "s", 1, "Fracture of L2 in Mrs Smith").row()["id"] is None
    assert Rejected("bad", "s", 1, "x" * 121).row()["id"] is None


def test_standard_input_is_json_lines() -> None:
    file = io.BufferedReader(io.BytesIO(b'{"text": "a"}\nbroken\n'))  # type: ignore[arg-type]
    assert list(readers.read_json_lines(file)) == [Row(1, {"text": "a"}), Row(2, None, "utf-8", "bad_json")]


def test_rows_of_an_empty_file(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.csv", "a.tsv"):
        (tmp_path / name).write_bytes(b"")
        assert list(read_rows(tmp_path / name)) == []


@given(st.lists(st.one_of(st.binary(), st.text().map(str.encode), st.just(b'{"id": "a", "text": "b"}'))))
def test_every_line_that_is_not_blank_comes_out_once(lines: list[bytes]) -> None:
    lines = [line.replace(b"\n", b"") for line in lines]
    marked = not lines or lines[0].startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"))
    file = io.BufferedReader(io.BytesIO(b"\n".join(lines)))  # type: ignore[arg-type]
    rows = [row.line for row in readers.read_json_lines(file)]
    if not marked:
        assert rows == [n for n, line in enumerate(lines, start=1) if decode(line, marked=False)[0].strip()]


@given(st.binary())
def test_no_bytes_break_the_reading_of_csv(raw: bytes) -> None:
    file = io.BufferedReader(io.BytesIO(raw))  # type: ignore[arg-type]
    rows = list(readers._rows(readers._Lines(file, "utf-8"), ".csv", "text"))
    assert all((row.fields is None) == (row.reason is not None) for row in rows)
