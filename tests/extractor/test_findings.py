"""The data contract: what the models refuse, what they keep, and that nothing is lost on the way through JSON."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from extractor import extract, findings
from extractor.findings import (
    LEVEL_ORDER,
    LEVELS,
    Alignment,
    BoneDensity,
    ClinicalContext,
    Curvature,
    Densitometry,
    Evidence,
    Issue,
    IssueCode,
    Listhesis,
    Model,
    ReportFindings,
    Section,
    Stated,
    VertebralFinding,
)

MODELS: list[type[Model]] = [
    Evidence, Section, Issue, VertebralFinding, BoneDensity, Densitometry, Curvature, Listhesis, Alignment,
    ClinicalContext, ReportFindings,
]  # fmt: skip
NEEDED: dict[type[Model], dict[str, Any]] = {
    Evidence: {"start": 0, "end": 1},
    Section: {"name": "findings", "start": 0, "end": 1},
    Issue: {"code": "masked_text"},
    VertebralFinding: {"assertion": "present"},
    BoneDensity: {"site": "total_hip"},
}
FULL: dict[str, Any] = {
    "schema_version": "1",
    "report_id": "r-1",
    "modality": "ct",
    "regions_imaged": ["thoracic", "lumbar"],
    "exam_date": "2024-02-29",
    "vertebral_fracture": "present",
    "vertebrae": [
        {
            "level": "T12",
            "region": "thoracic",
            "portion": None,
            "count": None,
            "element": "body",
            "assertion": "present",
            "descriptors": ["compression", "fracture", "wedging"],
            "wedge_direction": "anterior",
            "height_loss_percent": [25, 33.3],
            "severity": "moderate",
            "genant_grade": 2,
            "acuity": "acute",
            "change": "new",
            "marrow_edema": "present",
            "retropulsion": "present",
            "retropulsion_mm": 4.5,
            "canal_narrowing_percent": 20,
            "posterior_wall": "involved",
            "posterior_column": "intact",
            "malignant_features": ["epidural_mass", "paraspinal_mass"],
            "cleft": "absent",
            "etiologies": {"osteoporotic": "present", "pathologic": "possible"},
            "mimic": None,
            "augmentation": None,
            "confidence": 0.875,
            "evidence": [{"start": 3, "end": 6, "text": "T12", "section": "findings"}],
        },
        {"level": None, "region": "lumbar", "portion": "lower", "count": 2, "assertion": "possible"},
    ],
    "bone_density": [
        {
            "site": "lumbar_spine",
            "side": None,
            "vertebrae": ["L1", "L2", "L4"],
            "excluded": ["L3"],
            "lsc_g_cm2": 0.022,
            "bmd_g_cm2": 0.812,
            "t_score": -2.7,
            "z_score": -1.1,
            "when": "prior",
            "date": "2021-03",
            "change_percent": -3.4,
            "change_significant": True,
            "classification": "osteoporosis",
            "confidence": 1,
            "evidence": [],
        }
    ],
    "densitometry": {"classification": {"value": "osteoporosis"}, "frax_hip_percent": {"value": 3.1}},
    "alignment": {
        "kyphosis": {"assertion": "present", "degrees": 22, "scope": "local", "at": ["T12"]},
        "listhesis": [{"at": "L4/L5", "direction": "anterolisthesis", "grade": 1, "mm": 4}],
    },
    "clinical": {"age_years": {"value": 71}, "sex": {"value": "female"}, "osteoporosis_therapy": {"value": ["x"]}},
    "sections": [{"name": "findings", "start": 0, "end": 50}],
    "issues": [{"code": "level_conflict", "message": "two levels", "about": "level", "evidence": []}],
}


def refused(model: type[BaseModel], **values: Any) -> list[tuple[Any, ...]]:
    """Where a model refuses values; that it does is part of the test."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(values)
    return [error["loc"] for error in caught.value.errors()]


# --------------------------------------------------------------------------------------------------------- all models


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_an_unknown_field_is_refused(model: type[Model]) -> None:
    given_values = NEEDED.get(model, {})
    assert refused(model, **given_values, mood="good") == [("mood",)]
    assert model.model_validate(given_values) == model(**given_values)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_a_value_is_frozen(model: type[Model]) -> None:
    value = model.model_validate(NEEDED.get(model, {}))
    for name in model.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(value, name, None)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_what_is_not_said_is_null_or_empty(model: type[Model]) -> None:
    stated = {name for name, value in model.model_validate(NEEDED.get(model, {})) if value not in (None, (), {}, "")}
    assert stated - NEEDED.get(model, {}).keys() == {
        VertebralFinding: {"element"},
        BoneDensity: {"when"},
        Curvature: {"assertion"},
        ReportFindings: {"schema_version", "vertebral_fracture", "densitometry", "alignment", "clinical"},
    }.get(model, set())


def test_an_empty_report_says_nothing() -> None:
    assert ReportFindings().vertebral_fracture == "not_mentioned"
    assert ReportFindings().clinical == ClinicalContext()
    assert {value for _, value in ClinicalContext()} == {None}
    assert {value for _, value in Densitometry()} == {None}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_model_has_a_json_schema(model: type[Model]) -> None:
    schema = model.model_json_schema()
    assert schema["properties"].keys() == model.model_fields.keys()
    assert schema["additionalProperties"] is False
    assert set(schema.get("required", [])) == NEEDED.get(model, {}).keys()
    assert json.loads(json.dumps(schema)) == schema


def test_the_schema_names_every_level_and_issue() -> None:
    schema = ReportFindings.model_json_schema()
    level = schema["$defs"]["VertebralFinding"]["properties"]["level"]["anyOf"][0]["enum"]
    assert tuple(level) == LEVELS
    assert schema["$defs"]["Issue"]["properties"]["code"]["enum"] == list(get_args(IssueCode))


def test_errors_do_not_tell_what_was_put_in() -> None:
    with pytest.raises(ValidationError) as caught:
        ReportFindings.model_validate({"vertebrae": [{"level": "Zyxwvut", "assertion": "Zyxwvut"}], "report_id": 5})
    assert "Zyxwvut" not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        BoneDensity.model_validate({"site": "total_hip", "date": "Zyxwvut"})
    assert "Zyxwvut" not in str(caught.value)


# ------------------------------------------------------------------------------------------------------- round trips


def test_a_full_report_survives_json() -> None:
    report = ReportFindings.model_validate(FULL)
    assert ReportFindings.model_validate_json(report.model_dump_json()) == report
    assert ReportFindings.model_validate(report.model_dump()) == report
    assert ReportFindings.model_validate(report.model_dump(mode="json")) == report
    assert report.model_dump(mode="json")["vertebrae"][0] == FULL["vertebrae"][0]
    assert report.model_dump(mode="json", exclude_unset=True)["bone_density"] == FULL["bone_density"]


def test_an_extracted_report_survives_json() -> None:
    report = extract(
        "HISTORY: 71-year-old woman.\r\nFINDINGS: Old T12 wedge fracture, 25-30% height loss. No retropulsion. "
        "L1-L4 BMD 0.812 g/cm\u00b2, T\u2011score \u22122.7. Kyphosis of 50\u00b0.\r\n"
        "IMPRESSION: Osteoporosis. \U0001f9b4",
        report_id="r\u20111",
    )
    assert report.vertebrae
    assert report.bone_density
    assert ReportFindings.model_validate_json(report.model_dump_json()) == report
    assert ReportFindings.model_validate_json(json.dumps(report.model_dump(mode="json"), ensure_ascii=True)) == report


numbers = st.floats(allow_nan=False, allow_infinity=False)


@given(numbers, numbers, st.text(st.characters(exclude_categories=["Cs"])), st.booleans())
def test_any_value_survives_json(t_score: float, change: float, message: str, flag: bool) -> None:
    report = ReportFindings(
        bone_density=(BoneDensity(site="other", t_score=t_score, change_percent=change, change_significant=flag),),
        issues=(Issue(code="masked_text", message=message),),
        report_id=message,
    )
    assert ReportFindings.model_validate_json(report.model_dump_json()) == report


def test_the_order_in_which_sets_are_given_does_not_matter() -> None:
    one = VertebralFinding(assertion="present", descriptors=("wedging", "fracture", "wedging"))
    assert one == VertebralFinding(assertion="present", descriptors=("fracture", "wedging"))
    assert BoneDensity(site="lumbar_spine", vertebrae=("L4", "T12", "L1")).vertebrae == ("T12", "L1", "L4")
    assert ReportFindings(regions_imaged=("lumbar", "cervical", "lumbar")).regions_imaged == ("cervical", "lumbar")


def test_levels_are_in_order_of_the_spine() -> None:
    assert sorted(["L1", "T2", "S1", "T12", "C7", "T10"], key=LEVEL_ORDER.__getitem__) == [
        "C7", "T2", "T10", "T12", "L1", "S1",
    ]  # fmt: skip
    assert len(LEVELS) == len(set(LEVELS)) == 7 + 13 + 6 + 5


# ----------------------------------------------------------------------------------------------------------- vertebrae


@pytest.mark.parametrize("level", ["T14", "T0", "C8", "L7", "S6", "D12", "t12", "T 12", "", "T12 ", 12])
def test_a_level_that_does_not_exist(level: Any) -> None:
    assert refused(VertebralFinding, assertion="present", level=level) == [("level",)]


@pytest.mark.parametrize(
    ("level", "region"), [("C7", "cervical"), ("T13", "thoracic"), ("L6", "lumbar"), ("S5", "sacral")]
)
def test_the_region_follows_the_level(level: str, region: str) -> None:
    for wrong in (None, "lumbar", "thoracolumbar"):
        said = VertebralFinding.model_validate({"assertion": "present", "level": level, "region": wrong})
        assert said.region == region


def test_a_region_alone_is_kept() -> None:
    said = VertebralFinding(assertion="present", region="thoracolumbar", portion="upper", count=3)
    assert (said.region, said.portion, said.count) == ("thoracolumbar", "upper", 3)


@pytest.mark.parametrize("values", [{"portion": "mid"}, {"count": 2}, {"portion": "lower", "count": 2}])
def test_portion_and_count_are_for_the_unnamed(values: dict[str, Any]) -> None:
    assert refused(VertebralFinding, assertion="present", level="T8", **values) == [()]
    assert VertebralFinding.model_validate({"assertion": "present", **values}).level is None


def test_one_named_vertebra_is_one() -> None:
    assert VertebralFinding.model_validate({"assertion": "present", "level": "T8", "count": 1}).count is None


@pytest.mark.parametrize("loss", [(0, 0), (0, 100), (100, 100), (25, 25.0), (33.3, 50)])
def test_a_height_loss_that_can_be(loss: tuple[float, float]) -> None:
    assert VertebralFinding(assertion="present", height_loss_percent=loss).height_loss_percent == loss


@pytest.mark.parametrize(
    "loss",
    [(140, 140), (50, 101), (100.1, 100.1), (-1, 10), (50, 25), (50,), (1, 2, 3), 50, (float("nan"), 50), ("a", 5)],
)
def test_a_height_loss_that_cannot_be(loss: Any) -> None:
    assert refused(VertebralFinding, assertion="present", height_loss_percent=loss)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("genant_grade", [0, 3], [-1, 4, 1.5, "II"]),
        ("count", [1, 2], [0, -1, 1.5]),
        ("retropulsion_mm", [0, 0.1, 12], [-0.1, float("inf")]),
        ("canal_narrowing_percent", [0, 100], [-0.1, 100.1]),
        ("confidence", [0, 0.5, 1], [-0.01, 1.01]),
        ("assertion", ["present", "possible", "absent", "historical"], [None, "not_mentioned", "yes"]),
        ("severity", ["minimal", "severe", None], ["slight", "mild-moderate"]),
        ("element", ["body", "posterior"], [None, "disc"]),
        ("descriptors", [[], ["burst"]], [["osteophyte"], None]),
        ("etiologies", [{}, {"pathologic": "absent"}], [{"pathologic": "historical"}, {"infectious": "present"}]),
    ],
)
def test_the_edges_of_a_vertebral_field(name: str, good: list[Any], bad: list[Any]) -> None:
    for value in good:
        assert VertebralFinding.model_validate({"assertion": "present", name: value})
    for value in bad:
        assert {loc[0] for loc in refused(VertebralFinding, **{"assertion": "present", name: value})} == {name}


# -------------------------------------------------------------------------------------------------------- densitometry


@pytest.mark.parametrize("value", [-0.001, -1, float("nan"), float("inf"), "dense"])
def test_a_density_that_cannot_be(value: Any) -> None:
    assert refused(BoneDensity, site="total_hip", bmd_g_cm2=value)[0][0] == "bmd_g_cm2"
    assert refused(BoneDensity, site="total_hip", lsc_g_cm2=value)[0][0] == "lsc_g_cm2"


def test_a_density_of_nothing_is_only_unlikely() -> None:
    assert BoneDensity(site="total_hip", bmd_g_cm2=0).bmd_g_cm2 == 0


@pytest.mark.parametrize("score", [-28, -9.9, 0, 12, 1e6])
def test_an_unlikely_score_is_kept(score: float) -> None:
    assert BoneDensity(site="total_hip", t_score=score, z_score=score).t_score == score


@pytest.mark.parametrize("score", [float("nan"), float("inf"), float("-inf")])
def test_a_score_is_a_number(score: float) -> None:
    assert refused(BoneDensity, site="total_hip", t_score=score) == [("t_score",)]


@pytest.mark.parametrize(
    ("text", "score", "code"),
    [
        ("Left total hip T-score -28.", -28, "t_score_out_of_range"),
        ("Left total hip T-score -2.8.", -2.8, None),
        ("Left total hip T-score 2.8, osteoporosis.", 2.8, "t_score_sign_suspect"),
    ],
)
def test_an_implausible_score_is_kept_as_printed_with_an_issue(text: str, score: float, code: str | None) -> None:
    report = extract(text)
    assert [measured.t_score for measured in report.bone_density] == [score]
    told = {issue.code for issue in report.issues}
    assert told & {"t_score_out_of_range", "t_score_sign_suspect"} == ({code} if code else set())


@pytest.mark.parametrize("date", ["2024", "2024-02", "2024-02-29", "1999-12-31"])
def test_a_date(date: str) -> None:
    assert BoneDensity(site="other", date=date).date == date
    assert ReportFindings(exam_date=date).exam_date == date


@pytest.mark.parametrize(
    "date", ["2023-02-29", "2024-13", "24", "29.02.2024", "02/29/2024", "2024-02-29T10:00", "", "today"]
)
def test_what_is_no_date(date: str) -> None:
    assert refused(BoneDensity, site="other", date=date) == [("date",)]
    assert refused(ReportFindings, exam_date=date) == [("exam_date",)]


# --------------------------------------------------------------------------------------------------------------- facts


def test_a_fact_may_be_given_plainly() -> None:
    values = {"age_years": 71, "sex": "female", "osteoporosis_therapy": ["alendronate"]}
    plain = ClinicalContext.model_validate(values)
    assert plain == ClinicalContext.model_validate({name: {"value": value} for name, value in values.items()})
    assert plain.age_years == Stated(value=71.0)
    assert ClinicalContext.model_validate({"age_years": None}).age_years is None
    assert ClinicalContext.model_validate({"back_pain": False}).back_pain == Stated(value=False)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (ClinicalContext, "age_years", -1),
        (ClinicalContext, "bmi", 0),
        (ClinicalContext, "height_cm", -160),
        (ClinicalContext, "sex", "unknown"),
        (ClinicalContext, "trauma", "fall"),
        (Densitometry, "frax_hip_percent", 101),
        (Densitometry, "frax_major_percent", -1),
        (Densitometry, "classification", "osteopenia"),
        (Densitometry, "tbs", -0.1),
        (Curvature, "degrees", 181),
        (Curvature, "degrees", -1),
        (Curvature, "at", ["L7"]),
        (Listhesis, "grade", 0),
        (Listhesis, "grade", 6),
        (Listhesis, "mm", -1),
        (ReportFindings, "vertebral_fracture", "historical"),
        (ReportFindings, "vertebral_fracture", None),
        (ReportFindings, "schema_version", "2"),
        (ReportFindings, "modality", "xray"),
        (ReportFindings, "regions_imaged", ["thoracolumbar"]),
        (Issue, "code", "odd"),
    ],
)
def test_a_fact_that_cannot_be(model: type[Model], name: str, value: Any) -> None:
    assert {loc[0] for loc in refused(model, **{**NEEDED.get(model, {}), name: value})} == {name}


@pytest.mark.parametrize(("start", "end", "good"), [(0, 0, True), (3, 4, True), (4, 3, False), (-1, 3, False)])
def test_evidence_has_an_order(start: int, end: int, good: bool) -> None:
    if good:
        assert Evidence(start=start, end=end).end == end
    else:
        assert len(refused(Evidence, start=start, end=end)) == 1


def test_every_public_model_is_tested_here() -> None:
    own = {value for value in vars(findings).values() if isinstance(value, type) and issubclass(value, Model)}
    generics = {value for value in own if issubclass(value, Stated)}
    assert own - generics - {Model} == set(MODELS)
