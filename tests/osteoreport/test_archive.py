from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.osteoreport.conftest import Ran, fake_extract

Cli = Callable[..., Ran]


def rows(path: Path) -> list[dict[str, Any]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """A folder of everything that goes wrong in an archive, beside what goes right."""
    folder = tmp_path / "in"
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "good.txt").write_text("Mild compression fracture of L2.")
    (folder / "texts" / "empty.txt").write_text("")
    (folder / "texts" / "latin.txt").write_bytes("Cobb 40°. compression fracture of L1".encode("latin-1"))
    (folder / "texts" / "wide.txt").write_bytes("compression fracture of L3".encode("utf-16"))
    (folder / "texts" / "scan.txt").write_bytes(b"%PDF-1.7\x00\x01\x02")
    (folder / "texts" / "gone.txt").symlink_to(folder / "nowhere")
    (folder / "texts" / "large.txt").write_text("Heights are maintained. " * 220_000)
    (folder / "texts" / "nul.txt").write_text("compression fracture of L4\x00.")
    (folder / "table.csv").write_bytes(b'id,text\nc1,"compression\nfracture of L5, ""old"""\nc2,a,b\nc3,nul \x00\n')
    (folder / "lines.jsonl").write_bytes(
        b'{"id": "j1", "text": "compression fracture of L1"}\n'
        b'{"id": "j1", "text": "the same id again"}\n'
        b'{"id": "j2", "text": \n'
        b'{"id": "j3"}\n'
        b'{"id": "j4", "text": 17}\n'
        b'{"id": "j5", "text": "EXPLODE"}\n'
    )
    whole = gzip.compress(b'{"id": "z", "text": "' + os.urandom(50_000).hex().encode() + b'"}\n')
    (folder / "cut.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    return folder


def test_every_record_ends_in_exactly_one_place(nasty: Path, fakes: None, osteoreport: Cli) -> None:
    out = nasty.parent / "out.jsonl"
    ran = osteoreport("archive", nasty, "--out", out)
    assert (ran.code, ran.err) == (3, "")
    written = {(row["id"], Path(row["source"]).name, row["line"], row["encoding"]) for row in rows(out)}
    assert written == {
        ("texts/good", "good.txt", None, "utf-8"),
        ("texts/empty", "empty.txt", None, "utf-8"),
        ("texts/latin", "latin.txt", None, "cp1252"),
        ("texts/wide", "wide.txt", None, "utf-16"),
        ("texts/large", "large.txt", None, "utf-8"),
        ("texts/nul", "nul.txt", None, "utf-8"),
        ("c1", "table.csv", 2, "utf-8"),
        ("c3", "table.csv", 5, "utf-8"),
        ("j1", "lines.jsonl", 1, "utf-8"),
        ("j1", "lines.jsonl", 2, "utf-8"),
    }
    quarantine = rows(out.with_name("out.jsonl.quarantine.jsonl"))
    assert all(set(row) == {"id", "source", "line", "reason"} for row in quarantine)
    assert {(row["id"], Path(row["source"]).name, row["line"], row["reason"]) for row in quarantine} == {
        ("texts/scan", "scan.txt", None, "not_text"),
        ("texts/gone", "gone.txt", None, "unreadable_file"),
        (None, "table.csv", 4, "bad_csv"),
        (None, "lines.jsonl", 3, "bad_json"),
        ("j3", "lines.jsonl", 4, "missing_text"),
        ("j4", "lines.jsonl", 5, "text_not_a_string"),
        ("j5", "lines.jsonl", 6, "extraction_failed:ZeroDivisionError"),
        (None, "cut.jsonl.gz", 1, "truncated_gzip"),
    }
    for said in ("18 records: 10 read, 8 in the quarantine", "ids that came before: 1 ", "decoded as cp1252: 1",
                 "present         5", "reports per second"):  # fmt: skip
        assert said in ran.out


def test_a_clean_run_leaves_no_quarantine(tmp_path: Path, fakes: None, osteoreport: Cli) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl.gz"
    source.write_text('{"id": "a", "text": "compression fracture of L1"}\n')
    stale = tmp_path / "out.jsonl.gz.quarantine.jsonl"
    stale.write_text("from an earlier run")
    assert osteoreport("archive", source, "--out", out, "--quiet") == (0, "", "")
    assert [row["findings"]["report_id"] for row in rows(out)] == ["a"]
    assert sorted(tmp_path.iterdir()) == [source, out]


def test_nothing_readable(tmp_path: Path, fakes: None, osteoreport: Cli) -> None:
    (tmp_path / "in.csv").write_text("id,report\n1,words\n")
    ran = osteoreport("archive", tmp_path / "in.csv", "--out", tmp_path / "out.jsonl")
    assert ran.code == 4
    assert ran.err == "error: nothing could be read; no record has a field 'text', see --text-field\n"
    ran = osteoreport("archive", tmp_path / "in.csv", "--out", tmp_path / "out.jsonl", "--text-field", "report")
    assert ran.code == 0
    (tmp_path / "empty").mkdir()
    ran = osteoreport("archive", tmp_path / "empty", "--out", tmp_path / "out.jsonl")
    assert (ran.code, ran.err) == (4, "error: nothing could be read\n")


def test_assessments_join_the_reports_of_a_patient(tmp_path: Path, fakes: None, osteoreport: Cli) -> None:
    source, out, assessed = tmp_path / "in.jsonl", tmp_path / "out.jsonl", tmp_path / "patients.jsonl"
    records = [
        {"id": "1", "pid": "b", "text": "compression fracture of L1"},
        {"id": "2", "pid": "a", "text": "compression fracture of L2"},
        {"id": "3", "pid": "b", "text": "compression fracture of L3"},
        {"id": "4", "text": "of nobody: compression fracture of L4"},
        {"id": "5", "pid": "a"},
        {"id": "6", "pid": "d", "text": ["of a patient without a report that can be read"]},
        {"id": "explode", "pid": "c", "text": "compression fracture of L5"},
    ]
    source.write_text("".join(json.dumps(record) + "\n" for record in records))
    ran = osteoreport(
        "archive", source, "--out", out, "--assessments", assessed, "--patient-id-field", "pid", "--profile", "UK"
    )
    assert ran.code == 3
    assert [(row["id"], row["patient_id"]) for row in rows(out)] == [
        ("1", "b"), ("2", "a"), ("3", "b"), ("4", None), ("explode", "c"),
    ]  # fmt: skip
    found = rows(assessed)
    assert [(row["patient_id"], row["report_ids"], row["unread_reports"]) for row in found] == [
        ("b", ["1", "3"], 0), ("a", ["2"], 1),
    ]  # fmt: skip
    assert [row["assessment"]["diagnosis"]["fractured_levels"] for row in found] == [["L1", "L3"], ["L2"]]
    assert {row["assessment"]["ruleset"]["profile"] for row in found} == {"UK"}
    reasons = [(row["id"], row["reason"]) for row in rows(tmp_path / "out.jsonl.quarantine.jsonl")]
    assert reasons == [
        ("5", "missing_text"), ("6", "text_not_a_string"), ("c", "assessment_failed:ZeroDivisionError"),
    ]  # fmt: skip
    assert "patients assessed: 2" in ran.out
    assert {path.name for path in tmp_path.iterdir()} == {
        "in.jsonl", "out.jsonl", "patients.jsonl", "out.jsonl.quarantine.jsonl",
    }  # fmt: skip


def test_an_interrupt_leaves_no_half_output(
    tmp_path: Path, fakes: None, osteoreport: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(text: str, *, report_id: str | None = None) -> Any:
        if report_id == "b":
            raise KeyboardInterrupt
        return fake_extract(text, report_id=report_id)

    monkeypatch.setattr("extractor.extract", interrupted)
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": "a", "text": "x", "patient_id": "p"}\n{"id": "b", "text": "x"}\n')
    out = tmp_path / "out.jsonl"
    out.write_text("older")
    ran = osteoreport("archive", source, "--out", out, "--assessments", tmp_path / "patients.jsonl")
    assert ran == (130, "", "error: interrupted\n")
    assert out.read_text() == "older"
    assert sorted(tmp_path.iterdir()) == [source, out]


def test_a_broken_installation_is_no_fault_of_the_reports(
    tmp_path: Path, fakes: None, osteoreport: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(text: str, *, report_id: str | None = None) -> Any:
        raise ImportError

    monkeypatch.setattr("extractor.extract", broken)
    (tmp_path / "in.jsonl").write_text('{"id": "a", "text": "x"}\n')
    ran = osteoreport("archive", tmp_path / "in.jsonl", "--out", tmp_path / "out.jsonl")
    assert ran.code == 1
    assert "ImportError" in ran.err
    assert list(tmp_path.iterdir()) == [tmp_path / "in.jsonl"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["missing.jsonl", "--out", "out.jsonl"], "no such file or folder"),
        (["in.jsonl", "--out", "in.jsonl"], "overwrite an input"),
        (["in.jsonl", "--out", "out.jsonl", "--quarantine", "in.jsonl"], "overwrite an input"),
        ([".", "--out", "out.jsonl"], "lie among them"),
        (["in.jsonl", "--out", "out.jsonl", "--assessments", "out.jsonl"], "files of their own"),
        (["in.jsonl", "--out", "out.xlsx"], "cannot tell the format"),
        (["in.jsonl", "--out", "no/out.jsonl"], "cannot write"),
        (["in.jsonl", "--out", "out.jsonl", "--encoding", "utf-99"], "no such encoding"),
        (["in.jsonl", "--out", "out.jsonl", "--workers", "0"], "--workers"),
        (["in.jsonl"], "--out"),
    ],
)
def test_wrong_use_is_refused_in_one_line(
    tmp_path: Path, fakes: None, osteoreport: Cli, monkeypatch: pytest.MonkeyPatch, options: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in.jsonl").write_text('{"id": "a", "text": "x"}\n')
    ran = osteoreport("archive", *options)
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
    assert Path("in.jsonl").read_text().startswith('{"id"')
    assert list(tmp_path.iterdir()) == [tmp_path / "in.jsonl"]


def test_standard_input_streams(tmp_path: Path, fakes: None, osteoreport: Cli) -> None:
    line = b'{"id": "a", "text": "compression fracture of L1"}\n'
    ran = osteoreport("archive", "-", "--out", tmp_path / "out.jsonl", "--format", "json", stdin=line * 3)
    summary = json.loads(ran.out)
    assert (summary["read"], summary["written"], summary["duplicate_ids"]) == (3, 3, 2)
    assert summary["vertebral_fracture"] == {"present": 3}
