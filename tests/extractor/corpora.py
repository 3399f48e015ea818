"""The annotated reports that ship with the project, read once for all tests of a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from extractor import ReportFindings, extract
from osteoreport.evaluation import read_gold

ANNOTATED = Path(__file__).resolve().parent.parent.parent / "annotated_corpus"
NAMES = tuple(sorted(path.stem for path in ANNOTATED.glob("*_reports*.jsonl")))
"""Every annotated set that is there, so that none is added without its floors."""


@cache
def reports(name: str) -> dict[str, dict[str, Any]]:
    """The annotated reports of a file, by id."""
    return {row["id"]: row for row in read_gold([ANNOTATED / f"{name}.jsonl"])}


@cache
def examples() -> dict[str, str]:
    """The texts of the worked examples, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((ANNOTATED / "examples").glob("*.txt"))}


@cache
def texts() -> dict[str, str]:
    """Every text that ships with the project, by id."""
    annotated = {f"{name}:{key}": row["text"] for name in NAMES for key, row in reports(name).items()}
    return annotated | examples()


@cache
def findings(key: str) -> ReportFindings:
    """What the extractor reads in one of ``texts``."""
    return extract(texts()[key])
