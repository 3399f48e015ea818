"""Clinical vignettes, written from the specification by others than the author of the code."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from decision import Assessment, Patient, assess
from extractor.findings import ReportFindings

FOLDER = Path(__file__).parents[1] / "cases" / "vignettes"
KEYS = frozenset({
    "diagnosis", "tier", "stability", "reason", "lean", "lowest_t_score", "fractured_levels", "densitometric_category",
    "components", "items", "priorities", "no_items", "check_first", "warnings", "no_warnings", "missing_includes",
})  # fmt: skip


def vignettes() -> list[dict[str, Any]]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        found.extend(tomllib.loads(path.read_text(encoding="utf-8"))["vignette"])
    return found


VIGNETTES = vignettes()


def disagreements(assessment: Assessment, expect: dict[str, Any]) -> Iterator[str]:
    """Every point in which an assessment is not what the vignette expects."""
    plain = {
        "diagnosis": assessment.diagnosis.id,
        "tier": assessment.risk.tier,
        "stability": assessment.stability.overall,
        "reason": assessment.stability.reason or "none",
        "lean": assessment.stability.lean or "none",
        "lowest_t_score": assessment.diagnosis.lowest_t_score,
        "fractured_levels": list(assessment.diagnosis.fractured_levels),
        "densitometric_category": assessment.diagnosis.densitometric_category or "none",
    }
    for key, found in plain.items():
        if key in expect and found != expect[key] and not (found is None and expect[key] == "none"):
            yield f"{key}: expected {expect[key]}, found {found}"
    maps: dict[str, dict[str, str]] = {
        "components": {part.id: part.state for part in assessment.stability.components},
        "items": {item.id: item.status for item in assessment.protocol},
        "priorities": {item.id: item.priority for item in assessment.protocol},
        "warnings": {warning.id: warning.level for warning in assessment.warnings},
    }
    for key, found_map in maps.items():
        for name, value in expect.get(key, {}).items():
            if found_map.get(name) != value:
                yield f"{key}.{name}: expected {value}, found {found_map.get(name)}"
    for name in expect.get("no_items", ()):
        if name in maps["items"]:
            yield f"item {name} must not be printed, is {maps['items'][name]}"
    for name in expect.get("no_warnings", ()):
        if name in maps["warnings"]:
            yield f"warning {name} must not fire"
    first = {item.id: set(item.check_first) for item in assessment.protocol}
    for name, inputs in expect.get("check_first", {}).items():
        asked = {"renal": "egfr", "calcium": "serum_calcium"}
        wanted = {asked.get(entry, entry) for entry in inputs}
        if not wanted <= first.get(name, set()):
            yield f"check_first.{name}: lacks {sorted(wanted - first.get(name, set()))}"
    unknown = {missing.input for missing in assessment.missing}
    for name in expect.get("missing_includes", ()):
        if name not in unknown:
            yield f"missing lacks {name}"
    for key in set(expect) - KEYS:
        yield f"unknown expectation {key}"


def test_there_are_enough_and_none_twice() -> None:
    ids = [vignette["id"] for vignette in VIGNETTES]
    assert len(ids) >= 499
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("vignette", VIGNETTES, ids=lambda vignette: vignette["id"])
def test_vignette(vignette: dict[str, Any]) -> None:
    reports = [ReportFindings.model_validate(report) for report in vignette.get("reports", ())]
    patient = Patient.model_validate(vignette["patient"]) if "patient" in vignette else None
    assessment = assess(reports, patient, profile=vignette.get("profile", "US"))
    found = list(disagreements(assessment, vignette["expect"]))
    assert not found, f"{vignette['sentence']}\n" + "\n".join(found)
