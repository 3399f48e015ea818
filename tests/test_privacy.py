"""No report text outside the results: a sentinel goes through every command and every way to fail, and is searched for.

The sentinel stands where nothing is to be found (a name in the heading), so results do not hold it either, except the
words quoted as evidence; those are asked for on standard output alone.
"""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from loguru import logger as loguru_logger
from pydantic import ValidationError

import decision
import extractor
from decision.patient import Patient
from extractor.findings import ReportFindings
from osteoreport import analyse, cli

ROOT = Path(__file__).resolve().parent.parent
SENTINEL = "Zyxwvut"
REPORT = f"""Patient: Mrs {SENTINEL}, 71 years old. Back pain.
LUMBAR SPINE, TWO VIEWS
FINDINGS: There is a wedge compression fracture of L2 with 40% loss of height. No retropulsion.
Femoral neck T-score -2.7.
IMPRESSION: L2 compression fracture.
Dictated by Dr {SENTINEL}.
"""


class Heard:
    """Everything that was said anywhere but in results."""

    def __init__(self) -> None:
        self.parts: list[str] = []

    def __call__(self, *parts: object) -> None:
        self.parts += map(str, parts)

    def nothing_private(self) -> None:
        for part in self.parts:
            assert SENTINEL.lower() not in part.lower()


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture) -> Iterator[Heard]:
    """Listen to logging at its most talkative, loguru included, for the whole test."""
    heard = Heard()
    caplog.set_level(logging.DEBUG)
    sink = loguru_logger.add(heard, level=0)
    yield heard
    loguru_logger.remove(sink)
    heard(caplog.text)
    heard.nothing_private()


@pytest.fixture
def osteoreport(
    heard: Heard, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., tuple[int, str]]:
    """Run a command in an empty folder; its standard error is overheard, its exit code and output are given."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        out, err = capfd.readouterr()
        heard(err)
        assert "Traceback" not in err
        return int(ended.value.code or 0), out

    return run


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_results_quote_evidence_and_nothing_else(osteoreport: Callable[..., Any], format: str) -> None:
    Path("film.txt").write_text(REPORT)
    for command in (["run", "film.txt", "--why"], ["extract", "film.txt"]):
        code, out = osteoreport(*command, "--format", format)
        assert code == 0
        assert "L2" in out
        assert SENTINEL not in out
    _, findings = osteoreport("extract", "film.txt")
    code, out = osteoreport("assess", "-", "--format", format, stdin=findings.encode())
    assert code == 0
    assert SENTINEL not in out


@pytest.mark.parametrize("command", ["run", "extract"])
@pytest.mark.parametrize(
    "raw",
    [
        f"%PDF {SENTINEL}".encode(),
        f"caf\xe9 {REPORT}".encode("latin-1"),
        REPORT.encode("utf-16"),
        f"{SENTINEL} \x00 \x1b[31m {REPORT}".encode(),
        SENTINEL.encode(),
    ],
)
def test_odd_files(osteoreport: Callable[..., Any], heard: Heard, command: str, raw: bytes) -> None:
    Path("film.txt").write_bytes(raw)
    code, out = osteoreport(command, "film.txt")
    assert code in (0, 4)
    heard(out)


@pytest.mark.parametrize(
    "findings",
    [
        f'{{"vertebral_fracture": "{SENTINEL}"}}',
        f'{{"{SENTINEL}": 1}}',
        f'{{"clinical": {{"sex": "{SENTINEL}"}}}}',
        f'{{"clinical": {{"{SENTINEL}": 2}}}}',
        f'{{"vertebrae": [{{"level": "{SENTINEL}", "assertion": "present"}}]}}',
        f'{{"vertebrae": [{{"assertion": "present", "etiologies": {{"{SENTINEL}": "present"}}}}]}}',
        f'{{"exam_date": "{SENTINEL}"',
        SENTINEL,
    ],
)
def test_findings_at_fault(osteoreport: Callable[..., Any], heard: Heard, findings: str) -> None:
    code, out = osteoreport("assess", "-", stdin=findings.encode())
    assert code == 4
    heard(out)


@pytest.mark.parametrize("setting", [f"egfr={SENTINEL}", f"{SENTINEL}=1", f"sex={SENTINEL}", SENTINEL])
def test_patient_settings_at_fault(osteoreport: Callable[..., Any], setting: str) -> None:
    Path("film.txt").write_text(REPORT)
    assert osteoreport("run", "film.txt", "--set", setting)[0] == 2


@pytest.mark.parametrize("content", [f'{{"sex": "{SENTINEL}"}}', f'{{"{SENTINEL}": 1}}', SENTINEL, f'["{SENTINEL}"]'])
@pytest.mark.parametrize("name", ["patient.json", "patient.toml"])
def test_patient_files_at_fault(osteoreport: Callable[..., Any], name: str, content: str) -> None:
    Path("film.txt").write_text(REPORT)
    Path(name).write_text(content)
    assert osteoreport("run", "film.txt", "--patient", name)[0] == 2


def test_archive_and_its_quarantine(
    osteoreport: Callable[..., Any], heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = extractor.extract

    def explode(text: str, *, report_id: str | None = None) -> ReportFindings:
        if "EXPLODE" in text:
            raise ValueError(text)
        return real(text, report_id=report_id)

    monkeypatch.setattr(extractor, "extract", explode)
    lines = [
        json.dumps({"id": "a", "patient_id": "p", "text": REPORT}),
        json.dumps({"id": "b", "text": [SENTINEL]}),
        json.dumps({"id": f"Mrs {SENTINEL} of L2", "note": SENTINEL}),
        json.dumps({"id": {"name": SENTINEL}, "text": None}),
        json.dumps([SENTINEL]),
        f'{{"id": "c", "text": "{SENTINEL}',
        json.dumps({"id": "d", "text": f"EXPLODE {SENTINEL}"}),
    ]
    Path("in").mkdir()
    Path("in/lines.jsonl").write_text("\n".join(lines))
    Path("in/table.csv").write_text(f'id,text\nMrs {SENTINEL},with,"commas"\n{SENTINEL}\n"{SENTINEL}"x,y\n')
    Path("in/film.txt").write_bytes(f"%PDF {SENTINEL}".encode())
    code, out = osteoreport("archive", "in", "--out", "out.jsonl", "--assessments", "patients.jsonl")
    assert code == 3
    heard(out)
    quarantine = Path("out.jsonl.quarantine.jsonl").read_text()
    assert len(quarantine.splitlines()) == 10
    heard(quarantine)
    assert SENTINEL not in Path("out.jsonl").read_text()


def test_archive_with_workers(heard: Heard, tmp_path: Path) -> None:
    lines = [json.dumps({"id": str(number), "text": REPORT}) for number in range(5)]
    (tmp_path / "in.jsonl").write_text("\n".join([*lines, json.dumps({"id": "x", "text": None}), SENTINEL]))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-W", "ignore", "-m", "osteoreport", "archive", tmp_path / "in.jsonl",
         "--out", tmp_path / "out.jsonl", "--workers", "2"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 3, done.stderr
    heard(done.stdout, done.stderr, (tmp_path / "out.jsonl.quarantine.jsonl").read_text())
    found = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [row["id"] for row in found] == ["0", "1", "2", "3", "4"]
    assert {row["findings"]["vertebral_fracture"] for row in found} == {"present"}


def test_evaluate(osteoreport: Callable[..., Any], heard: Heard) -> None:
    gold = {"vertebral_fracture": "absent", "vertebrae": [{"level": "L5", "assertion": "present"}]}
    Path("gold.jsonl").write_text(json.dumps({"id": "a", "text": REPORT, "gold": gold}))
    for format in ("text", "json"):
        code, out = osteoreport("evaluate", "gold.jsonl", "--errors", "99", "--format", format)
        assert code == 0
        assert "L5" in out
        heard(out)
    Path("gold.jsonl").write_text(f'{{"id": "a", "text": "{SENTINEL}"}}')
    assert osteoreport("evaluate", "gold.jsonl")[0] == 4


def test_an_internal_error_in_any_layer(osteoreport: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError(REPORT)

    Path("film.txt").write_text(REPORT)
    with monkeypatch.context() as patched:
        patched.setattr(decision, "assess", explode)
        assert osteoreport("run", "film.txt")[0] == 1
    monkeypatch.setattr(extractor, "extract", explode)
    assert osteoreport("run", "film.txt")[0] == 1


@pytest.mark.parametrize(
    "fail",
    [
        lambda: extractor.extract(REPORT.encode()),  # type: ignore[arg-type]
        lambda: extractor.extract([REPORT]),  # type: ignore[arg-type]
        lambda: analyse([REPORT, None]),  # type: ignore[list-item]
        lambda: Patient(sex=SENTINEL),  # type: ignore[arg-type]
        lambda: ReportFindings.model_validate({"vertebrae": [{"level": SENTINEL, "assertion": "present"}]}),
        lambda: ReportFindings.model_validate_json(f'{{"exam_date": "{SENTINEL}"}}'),
    ],
)
def test_errors_of_the_python_interface(fail: Callable[[], object], heard: Heard) -> None:
    with pytest.raises((TypeError, ValidationError)) as raised:
        fail()
    heard(raised.value, repr(raised.value))
    heard(*(line for line in traceback.format_exception_only(raised.value)))
