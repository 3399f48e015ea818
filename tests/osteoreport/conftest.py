"""A stand-in for the two layers behind the front door: quick, predictable, and able to fail on demand."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

import decision
import extractor
from decision.assessment import Assessment, Because, Diagnosis, Risk, Ruleset, Stability
from decision.patient import Patient
from extractor.findings import Evidence, ReportFindings, VertebralFinding
from osteoreport import cli


def fake_extract(text: str, *, report_id: str | None = None) -> ReportFindings:
    """Read "compression fracture of L2" and the like; explode where the text asks for it."""
    if "EXPLODE" in text:
        raise ZeroDivisionError(text)
    vertebrae = [
        VertebralFinding(
            level=match[1],  # type: ignore[arg-type]
            assertion="present",
            descriptors=("compression", "fracture"),
            evidence=(Evidence(start=match.start(), end=match.end(), text=match[0]),),
        )
        for match in re.finditer(r"compression fracture of (L[1-5])", text)
    ]
    return ReportFindings(
        report_id=report_id,
        vertebrae=tuple(vertebrae),
        vertebral_fracture="present" if vertebrae else "not_mentioned",
    )


def fake_assess(
    reports: Sequence[ReportFindings], patient: Patient | None = None, *, profile: str = "US"
) -> Assessment:
    """Say how many vertebrae are fractured; explode where a report id asks for it."""
    if any(report.report_id == "explode" for report in reports):
        raise ZeroDivisionError
    because = Because(rule="count")
    levels = tuple(vertebra.level for report in reports for vertebra in report.vertebrae if vertebra.level)
    return Assessment(
        diagnosis=Diagnosis(
            id="counted", fractured_levels=levels, statement=f"{len(levels)} fractured", because=because
        ),
        risk=Risk(tier="high", because=because),
        stability=Stability(overall="not_applicable"),
        ruleset=Ruleset(version="0", date="2026-01-01", profile=profile),
    )


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the stand-ins in place of both layers."""
    monkeypatch.setattr(extractor, "extract", fake_extract)
    monkeypatch.setattr(decision, "assess", fake_assess)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def osteoreport(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run the command line in this process: exit code, standard output, standard error."""

    def run(*arguments: Any, stdin: bytes = b"") -> Ran:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(stdin))))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return run
