"""One report by itself is assessed by its outline: the result must be what it would be without."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from decision import Patient, assess, words
from decision.outline import outline, outlined
from extractor.findings import ReportFindings
from tests.decision.stories import L2, dxa, spine
from tests.decision.test_properties import reports

EVERYTHING: dict[str, Any] = {
    "report_id": "a",
    "modality": "ct",
    "regions_imaged": ["lumbar"],
    "exam_date": "2024-01-10",
    "vertebral_fracture": "present",
    "vertebrae": [{**L2, "acuity": "acute", "height_loss_percent": [30, 35]}, {**L2, "level": "L3", "mimic": "limbus"}],
    "bone_density": [{"site": "femoral_neck", "t_score": -2.6, "bmd_g_cm2": 0.6}],
    "densitometry": {"frax_major_percent": 21, "tbs": 1.2},
    "alignment": {"kyphosis": {"degrees": 20, "scope": "local"}, "listhesis": [{"at": "L4/L5"}]},
    "clinical": {"age_years": 72, "sex": "female", "back_pain": True, "pain_weeks": 3},
    "sections": [{"name": "findings", "start": 0, "end": 9}],
    "issues": [{"code": "level_conflict", "message": "two levels", "about": "level"}],
}


def worded(report: ReportFindings, *, by: int) -> ReportFindings:
    """The same report in other words, with another id."""
    place = by

    def put(plain: Any) -> None:
        nonlocal place
        for part in plain.values() if isinstance(plain, dict) else plain if isinstance(plain, list) else ():
            put(part)
        if isinstance(plain, dict) and "evidence" in plain:
            place += 1
            plain["evidence"] = [{"start": place, "end": place + by, "text": "x" * by, "section": "findings"}]

    plain = report.model_dump(mode="json")
    put(plain)
    return ReportFindings.model_validate({**plain, "report_id": f"report {by}"})


def same_with_and_without(report: ReportFindings) -> None:
    words.forget()
    for by in (1, 2, 3, 4):
        other = worded(report, by=by)
        plainly = words._assess((other,), Patient(), "US")
        found = assess(other)
        assert found == plainly
        assert found.model_dump_json() == plainly.model_dump_json()
        assert found.model_fields_set == plainly.model_fields_set
    assert len(words._KEPT) == 1


@given(reports())
def test_an_outline_gives_what_the_report_gives(report: ReportFindings) -> None:
    same_with_and_without(report)


@pytest.mark.parametrize("report", [ReportFindings(), spine(L2), dxa(-2.6), ReportFindings.model_validate(EVERYTHING)])
def test_of_nothing_and_of_everything(report: ReportFindings) -> None:
    same_with_and_without(report)


def test_an_age_keeps_its_own_number() -> None:
    words.forget()
    for age in (76, 77, 78.5):
        said = ReportFindings.model_validate({**EVERYTHING, "clinical": {"age_years": age}})
        facts = [fact for item in assess(said).protocol for fact in item.because.facts if fact.name == "age_years"]
        assert {fact.value for fact in facts} == {age}
    assert len(words._KEPT) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"modality": "mri"},
        {"regions_imaged": ["thoracic"]},
        {"exam_date": "2025"},
        {"vertebral_fracture": "absent"},
        {"vertebrae": [L2]},
        {"bone_density": [{"site": "femoral_neck", "t_score": -2.7}]},
        {"bone_density": [{"site": "femoral_neck", "t_score": -0.0}]},
        {"densitometry": {"frax_major_percent": 22}},
        {"alignment": {"kyphosis": {"degrees": 21, "scope": "local"}}},
        {"clinical": {"age_years": 49}},
        {"clinical": {"age_years": 72, "sex": "male"}},
        {"issues": []},
    ],
)
def test_what_the_facts_read_tells_outlines_apart(change: dict[str, Any]) -> None:
    one, other = (ReportFindings.model_validate({**EVERYTHING, **more}) for more in ({}, change))
    assert outline(one) != outline(other)


def test_zero_has_a_sign() -> None:
    assert outline(dxa(0.0)) != outline(dxa(-0.0))


@pytest.mark.parametrize("change", [{"sections": []}, {"report_id": "b"}, {"clinical": {"age_years": 73}}])
def test_what_they_do_not_read_does_not(change: dict[str, Any]) -> None:
    one, other = (
        ReportFindings.model_validate({**EVERYTHING, "clinical": {"age_years": 72}, **more}) for more in ({}, change)
    )
    assert outline(one) == outline(other)


def test_an_outline_holds_no_words() -> None:
    report = worded(ReportFindings.model_validate(EVERYTHING), by=5)
    found = outlined(report).model_dump_json()
    assert "xxxxx" not in found
    assert "report 5" not in found
    assert outline(outlined(report)) == outline(report)


def test_outlines_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    words.forget()
    monkeypatch.setattr(words, "KEPT", 2)
    for t in (-2.6, -2.7, -2.8):
        assess(dxa(t))
    assert len(words._KEPT) == 1
