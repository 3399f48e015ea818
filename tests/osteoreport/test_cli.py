from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from decision.assessment import Assessment
from decision.patient import Patient
from extractor.findings import ReportFindings
from osteoreport import cli
from tests.osteoreport.conftest import Ran, fake_assess

Cli = Callable[..., Ran]


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("film.txt")
    path.write_text("Impression: compression fracture of L2.")
    return path


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch, fakes: None) -> list[Patient | None]:
    """Collect the patient of every assessment."""
    patients: list[Patient | None] = []

    def assess(reports: Any, patient: Patient | None = None, *, profile: str = "US") -> Assessment:
        patients.append(patient)
        return fake_assess(reports, patient, profile=profile)

    monkeypatch.setattr("decision.assess", assess)
    return patients


def test_extract_is_json_lines(report: Path, fakes: None, osteoreport: Cli) -> None:
    Path("dxa.txt").write_text("nothing said")
    ran = osteoreport("extract", report, "dxa.txt")
    found = [ReportFindings.model_validate_json(line) for line in ran.out.splitlines()]
    assert [(each.report_id, each.vertebral_fracture) for each in found] == [
        ("film", "present"), ("dxa", "not_mentioned"),
    ]  # fmt: skip
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("format", ["text", "json", "markdown"])
def test_extract_then_assess_is_run(report: Path, fakes: None, osteoreport: Cli, format: str) -> None:
    Path("second.txt").write_text("compression fracture of L4")
    run = osteoreport("run", report, "second.txt", "--format", format, "--why", "--age", "71")
    extracted = osteoreport("extract", report, "second.txt").out.encode()
    assert osteoreport("assess", "-", "--format", format, "--why", "--age", "71", stdin=extracted) == run
    assert run.code == 0


@pytest.mark.parametrize("odd", ["\u2028", "\x85", "\x1c", "\x00", "\ud800", "\r\n", "\x0b", "−", "\ufeff"])
def test_findings_travel_whatever_the_report_holds(osteoreport: Cli, odd: str, tmp_path: Path) -> None:
    text = f"LUMBAR SPINE{odd}\nFINDINGS: Wedge{odd} compression fracture of L2{odd} with{odd}40% loss of height.{odd}"
    reports = [tmp_path / "one.txt", tmp_path / "two.txt"]
    for report in reports:
        report.write_bytes(text.encode("utf-8", "surrogatepass"))
    extracted = osteoreport("extract", *reports)
    assert extracted.code == 0
    piped = osteoreport("assess", "-", "--format", "json", stdin=extracted.out.encode("utf-8", "backslashreplace"))
    direct = osteoreport("run", *reports, "--format", "json")
    assert piped.code == direct.code == 0
    assert json.loads(piped.out) == json.loads(direct.out)


def test_assess_takes_each_form_of_findings(report: Path, fakes: None, osteoreport: Cli) -> None:
    lines = osteoreport("extract", report).out
    one = json.loads(lines)
    expected = osteoreport("assess", "-", stdin=lines.encode())
    osteoreport("archive", report, "--out", "table.jsonl", "-q")
    forms = [json.dumps(one), json.dumps([one]), osteoreport("run", report, "--format", "json").out,
             Path("table.jsonl").read_text(), json.dumps(one, indent=2)]  # fmt: skip
    assert [osteoreport("assess", "-", stdin=form.encode()) for form in forms] == [expected] * len(forms)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no findings to assess"),
        (b"[]", "no findings to assess"),
        (b"{", "not JSON"),
        (b"17", "no findings"),
        (b'{"vertebral_fracture": "SENTINEL"}', "vertebral_fracture"),
        (b'{"SENTINEL": 1}', "unknown field"),
        (b'{"findings": [{"report_id": 5}]}', "report_id"),
    ],
)
def test_findings_that_are_none_are_refused(fakes: None, osteoreport: Cli, content: bytes, said: str) -> None:
    ran = osteoreport("assess", "-", stdin=content)
    assert ran.code == 4
    assert said in ran.err
    assert "SENTINEL" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_what_is_known_of_the_patient(report: Path, given: list[Patient | None], osteoreport: Cli) -> None:
    Path("p.toml").write_text('age_years = 70\nsex = "female"\negfr = 55\n')
    Path("p.json").write_text('{"age_years": 70, "sex": "female", "egfr": 55}')
    for source in ("p.toml", "p.json"):
        options = ["--patient", source, "--set", "egfr=40", "--set", "back_pain=true", "--age", "72", "--no-back-pain"]
        assert osteoreport("run", report, *options).code == 0
        assert given.pop() == Patient(age_years=72, sex="female", egfr=40, back_pain=False)
    assert osteoreport("run", report).code == 0
    assert given.pop() == Patient()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--age", "old"], "--age"),
        (["--age", "-3"], "age_years"),
        (["--sex", "x"], "--sex"),
        (["--set", "egfr"], "FIELD=VALUE"),
        (["--set", "egfr=SENTINEL"], "egfr"),
        (["--set", "SENTINEL=1"], "unknown field"),
        (["--patient", "none.toml"], "no such file"),
        (["--patient", "film.txt"], "not JSON"),
        (["--patient", "bad.toml"], "not TOML"),
        (["--patient", "list.json"], "one patient"),
        (["--format", "html"], "--format"),
        (["--profile", "DE"], "--profile"),
        (["--output", "no/such/folder.txt"], "cannot write"),
        (["--encoding", "utf-99"], "no such encoding"),
        (["film.txt"], "given twice"),
    ],
)
def test_wrong_use_of_run(report: Path, fakes: None, osteoreport: Cli, options: list[str], said: str) -> None:
    Path("bad.toml").write_text("SENTINEL")
    Path("list.json").write_text('["SENTINEL"]')
    ran = osteoreport("run", report, *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "SENTINEL" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_half_a_patient_is_not_assessed(report: Path, fakes: None, osteoreport: Cli) -> None:
    Path("scan.pdf").write_bytes(b"%PDF-1.4")
    ran = osteoreport("run", report, "scan.pdf")
    assert ran == (4, "", "error: cannot read scan.pdf: not_text\n")
    assert osteoreport("run", report, "none.txt").code == 2
    assert osteoreport("run", report, ".").code == 4


def test_a_fallback_encoding_is_told(report: Path, fakes: None, osteoreport: Cli) -> None:
    report.write_bytes("compression fracture of L1, Cobb 30°".encode("cp1252"))
    ran = osteoreport("run", report)
    assert (ran.code, ran.err) == (0, "note: film.txt is not utf-8; read as cp1252\n")
    assert osteoreport("run", report, "--encoding", "cp1252").err == ""


def test_standard_input_is_one_report(fakes: None, osteoreport: Cli) -> None:
    ran = osteoreport("extract", "-", stdin=b"compression fracture of L5")
    assert json.loads(ran.out)["report_id"] == "stdin"


def test_files_of_one_name_in_two_folders_keep_apart(report: Path, fakes: None, osteoreport: Cli) -> None:
    Path("old").mkdir()
    Path("old/film.txt").write_text("compression fracture of L1")
    ran = osteoreport("extract", report, "old/film.txt")
    assert [json.loads(line)["report_id"] for line in ran.out.splitlines()] == ["film.txt", "old/film.txt"]


@pytest.mark.parametrize("format", ["text", "markdown", "json"])
def test_output_goes_to_the_file_whole(report: Path, fakes: None, osteoreport: Cli, format: str) -> None:
    ran = osteoreport("run", report, "--format", format, "--output", "result")
    assert (ran.out, ran.err) == ("", "")
    assert Path("result").read_text() == osteoreport("run", report, "--format", format).out
    assert sorted(path.name for path in Path().iterdir()) == ["film.txt", "result"]


def test_colour_only_on_a_terminal_and_never_with_no_color(
    report: Path, fakes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def shown(stream: io.StringIO) -> str:
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(SystemExit):
            cli.main(["run", str(report)])
        return stream.getvalue()

    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = shown(Terminal())
    assert "\x1b[" in coloured
    assert "\x1b[" not in shown(io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    plain = shown(Terminal())
    assert "\x1b[" not in plain
    assert max(map(len, plain.splitlines())) <= 60


@pytest.mark.parametrize(
    ("name", "model"), [("findings", ReportFindings), ("patient", Patient), ("assessment", Assessment)]
)
def test_schema(osteoreport: Cli, name: str, model: type) -> None:
    schema = json.loads(osteoreport("schema", name).out)
    assert set(schema["properties"]) == set(model.model_fields)  # type: ignore[attr-defined]
    assert schema["additionalProperties"] is False


def test_version_and_help(osteoreport: Cli) -> None:
    assert osteoreport("--version").out.startswith("osteoreport ")
    ran = osteoreport("--help")
    assert ran.code == 0
    for command in ("run", "extract", "assess", "archive", "evaluate", "explain", "schema"):
        assert command in ran.out
    assert "..." not in ran.out.replace("[ARGS]...", "")
    assert osteoreport() == ran
    assert osteoreport("explode").code == 2


def test_an_unexpected_error_is_one_line_without_its_message(report: Path, fakes: None, osteoreport: Cli) -> None:
    report.write_text("EXPLODE with SENTINEL")
    ran = osteoreport("run", report)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: internal error: ZeroDivisionError at osteoreport.cli:")
    assert "SENTINEL" not in ran.err
    assert len(ran.err.splitlines()) == 1


def test_an_interrupt(report: Path, fakes: None, osteoreport: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("extractor.extract", interrupted)
    ran = osteoreport("run", report)
    assert ran == (130, "", "error: interrupted\n")


def test_a_reader_that_goes_away_is_no_error() -> None:
    program = "from osteoreport.cli import main; main(['schema', 'assessment'])"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0
