"""What must hold for every patient, whoever they are."""

from __future__ import annotations

import math
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from decision import Assessment, Patient, assess, words
from decision.guideline import CRITERIA
from decision.protocol import BONE_DRUGS, ITEMS
from decision.truth import ALL, HERE
from extractor.findings import ReportFindings
from tests.decision.stories import case_of

settings.register_profile(
    "decision", deadline=None, max_examples=100, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.load_profile("decision")

Drawn = dict[str, Any]


def maybe(strategy: st.SearchStrategy[Any], *, often: int = 1) -> st.SearchStrategy[Any]:
    return st.one_of(*[st.none()] * often, strategy)


def about(name: str) -> st.SearchStrategy[float]:
    """Numbers at, and one step to either side of, every threshold that an input is compared with."""
    edges = {criterion.value for criterion in CRITERIA.values() if name in criterion.facts} or {1.0}
    return st.sampled_from(sorted({round(edge + step, 3) for edge in edges for step in (-1, -0.1, 0, 0.1, 1)}))


RANGES = st.sampled_from([(0, 10), (5, 5), (9.9, 9.9), (10, 10), (25, 30), (28.6, 35), (30, 50), (50, 50), (60, 70)])
LEVELS = st.sampled_from(["T6", "T12", "L1", "L2", "L5", "C5", "S1", None])


@st.composite
def vertebrae(draw: st.DrawFn) -> Drawn:
    level = draw(LEVELS)
    given = {
        "level": level,
        "assertion": draw(st.sampled_from(["present", "present", "present", "possible", "absent", "historical"])),
        "element": draw(st.sampled_from(["body"] * 7 + ["posterior"])),
        "descriptors": draw(st.lists(st.sampled_from(["fracture", "wedging", "burst", "collapse"]), max_size=2)),
        "height_loss_percent": draw(maybe(RANGES)),
        "severity": draw(maybe(st.sampled_from(["minimal", "mild", "severe"]))),
        "genant_grade": draw(maybe(st.integers(0, 3))),
        "acuity": draw(maybe(st.sampled_from(["acute", "subacute", "chronic", "indeterminate"]))),
        "change": draw(maybe(st.sampled_from(["new", "progressed", "stable"]), often=3)),
        "marrow_edema": draw(maybe(st.sampled_from(["present", "absent"]))),
        "retropulsion": draw(maybe(st.sampled_from(["present", "possible", "absent"]), often=2)),
        "posterior_wall": draw(maybe(st.sampled_from(["intact", "involved"]))),
        "posterior_column": draw(maybe(st.sampled_from(["intact", "injured"]), often=3)),
        "cleft": draw(maybe(st.sampled_from(["present", "absent"]), often=3)),
        "mimic": draw(maybe(st.sampled_from(["scheuermann", "limbus"]), often=8)),
        "malignant_features": draw(st.lists(st.just("epidural_mass"), max_size=1))
        if draw(st.integers(0, 9)) == 0
        else (),
    }
    return {key: value for key, value in given.items() if value is not None}


@st.composite
def densities(draw: st.DrawFn) -> Drawn:
    given = {
        "site": draw(st.sampled_from(["lumbar_spine", "femoral_neck", "total_hip", "forearm_33", "wards"])),
        "t_score": draw(maybe(about("t_score"))),
        "z_score": draw(maybe(about("z_score"))),
        "bmd_g_cm2": draw(maybe(st.just(0.8))),
        "when": draw(st.sampled_from(["current", "current", "current", "prior"])),
    }
    return {key: value for key, value in given.items() if value is not None}


@st.composite
def curves(draw: st.DrawFn) -> Drawn:
    return {
        "assertion": draw(st.sampled_from(["present", "present", "absent"])),
        "degrees": draw(st.sampled_from([None, 5.0, 14.9, 15.0, 24.9, 25.0])),
        "scope": draw(st.sampled_from(["local", "local", "regional", None])),
        "at": draw(st.sampled_from([[], ["L1"], ["L2"]])),
    }


@st.composite
def reports(draw: st.DrawFn) -> ReportFindings:
    clinical = {
        "back_pain": draw(maybe(st.booleans(), often=3)),
        "trauma": draw(maybe(st.sampled_from(["none", "low_energy", "high_energy", "unspecified"]), often=3)),
        "neurological_deficit": draw(maybe(st.booleans(), often=5)),
        "age_years": draw(maybe(about("age_years"), often=3)),
        "sex": draw(maybe(st.sampled_from(["female", "male"]), often=3)),
        "osteoporosis_therapy": draw(maybe(st.sampled_from([(), ("alendronate",)]), often=6)),
    }
    return ReportFindings.model_validate(
        {
            "report_id": draw(maybe(st.sampled_from(["a", "b"]))),
            "modality": draw(maybe(st.sampled_from(["radiograph", "dxa", "ct", "mri"]))),
            "regions_imaged": draw(st.lists(st.sampled_from(["thoracic", "lumbar"]), max_size=2)),
            "exam_date": draw(maybe(st.sampled_from(["2019", "2020-05", "2024-01-10", "2024-01-12"]), often=2)),
            "vertebral_fracture": draw(st.sampled_from(["present", "absent", "not_mentioned"])),
            "vertebrae": draw(st.lists(vertebrae(), max_size=3)),
            "bone_density": draw(st.lists(densities(), max_size=3)),
            "alignment": {"kyphosis": draw(maybe(curves())), "scoliosis": draw(maybe(curves(), often=3))},
            "clinical": {key: value for key, value in clinical.items() if value is not None},
        }
    )


def value_of(name: str) -> st.SearchStrategy[Any]:
    """Any value of one field of the patient."""
    annotation = Patient.model_fields[name].annotation
    parts = (annotation, *get_args(annotation))
    if name == "osteoporosis_drug":
        return st.sampled_from(["alendronate", "zoledronate", "denosumab", "teriparatide", "raloxifene"])
    for part in parts:
        if get_origin(part) is Literal:
            return st.sampled_from(get_args(part))
    if bool in parts:
        return st.booleans()
    if name == "prior_vertebral_fractures":
        return st.integers(0, 4)
    if name == "previous_lowest_t_score":
        return about(name)
    return about(name).map(lambda number: max(number, 0.1))


@st.composite
def patients(draw: st.DrawFn, *, known: int = 12) -> Drawn:
    names = draw(st.lists(st.sampled_from(sorted(Patient.model_fields)), max_size=known, unique=True))
    told = {name: draw(value_of(name)) for name in names}
    if draw(st.booleans()):
        told |= {
            "age_years": draw(st.sampled_from([35, 49, 50, 72, 80])),
            "sex": draw(st.sampled_from(["female", "male"])),
        }
    return told


def ids(assessment: Assessment) -> dict[str, str | None]:
    """Every conclusion with its state, as ``missing`` names them."""
    return {
        "diagnosis": assessment.diagnosis.id,
        "tier": assessment.risk.tier,
        "stability": assessment.stability.overall,
        "lean": assessment.stability.lean,
        **{item.id: item.status for item in assessment.protocol},
        **{warning.id: "present" for warning in assessment.warnings},
    }


def told(case: Drawn) -> Patient:
    return Patient.model_validate(case)


@given(st.lists(reports(), max_size=3), patients())
def test_exactly_one_diagnosis_tier_and_stability_in_every_world(
    given_reports: list[ReportFindings], patient: Drawn
) -> None:
    case = case_of(given_reports, told(patient))
    stability = [case.stable.true, case.unstable.true, case.indeterminate.true, ALL ^ case.graded.true]
    for states in (
        [holds.true for holds in case.diagnoses.values()],
        [holds.true for holds in case.tiers.values()],
        stability,
    ):
        seen = 0
        for worlds in states:
            assert not seen & worlds
            seen |= worlds
        assert seen == ALL


@given(st.lists(reports(), min_size=2, max_size=3), patients(), st.randoms(use_true_random=False))
def test_the_order_of_reports_does_not_matter(given_reports: list[ReportFindings], patient: Drawn, random: Any) -> None:
    shuffled = list(given_reports)
    random.shuffle(shuffled)
    assert assess(given_reports, told(patient)) == assess(shuffled, told(patient))


@given(st.lists(reports(), max_size=2), patients(), st.data())
def test_missing_names_everything_that_one_more_answer_changes(
    given_reports: list[ReportFindings], patient: Drawn, data: st.DataObject
) -> None:
    before = assess(given_reports, told(patient))
    unknown = {missing.input: set(missing.would_decide) for missing in before.missing}
    askable = sorted(set(unknown) & set(Patient.model_fields) - set(patient))
    assume(askable)
    name = data.draw(st.sampled_from(askable))
    after = ids(assess(given_reports, told({**patient, name: data.draw(value_of(name))})))
    now = ids(before)
    changed = {key for key in now.keys() | after.keys() if now.get(key) != after.get(key)}
    follows_check_first = {"w_contraindications_unchecked", "w_contradictory_reports", "dx_clarify_contradiction"}
    assert changed - follows_check_first <= unknown[name]


@given(st.lists(reports(), max_size=2), patients(), st.data())
def test_what_missing_does_not_name_changes_nothing(
    given_reports: list[ReportFindings], patient: Drawn, data: st.DataObject
) -> None:
    before = assess(given_reports, told(patient))
    named = {missing.input for missing in before.missing}
    silent = {"creatinine_clearance", "menopausal_status", "pregnant"}
    rest = sorted(set(Patient.model_fields) - named - set(patient) - silent)
    name = data.draw(st.sampled_from(rest))
    stated_in_a_report = {"back_pain", "trauma", "neurological_deficit", "age_years", "sex", "osteoporosis_drug"}
    assume(name not in stated_in_a_report)
    value = data.draw(value_of(name))
    if name == "previous_lowest_t_score":
        assume(
            not any(entry.when == "prior" or entry.t_score for report in given_reports for entry in report.bone_density)
        )
    after, now = ids(assess(given_reports, told({**patient, name: value}))), ids(before)
    changed = {key for key in now.keys() | after.keys() if now.get(key) != after.get(key)}
    assert changed <= {"w_contraindications_unchecked"}


LIFTS = {
    "pathology_excluded_by_mri", "osteoporosis_drug_status", "denosumab_status", "months_since_last_denosumab",
    "primary_hyperparathyroidism", "creatinine_clearance", "trauma", "age_years", "sex", "menopausal_status",
}  # fmt: skip
"""Answers that may lift something: they exclude pathology, end an exposure, or decide which rules apply at all."""


@given(st.lists(reports(), max_size=2), patients(), st.data())
def test_learning_an_unknown_never_contradicts_what_is_certain(
    given_reports: list[ReportFindings], patient: Drawn, data: st.DataObject
) -> None:
    """Unstable stays unstable, an emergency stays one, a blocked drug stays blocked or is not printed at all."""
    unknown = {missing.input for missing in assess(given_reports, told(patient)).missing}
    rest = sorted((unknown & set(Patient.model_fields)) - set(patient) - LIFTS)
    assume(rest)
    name = data.draw(st.sampled_from(rest))
    before = case_of(given_reports, told(patient))
    after = case_of(given_reports, told({**patient, name: data.draw(value_of(name))}))
    if before.unstable.is_true:
        assert after.unstable.is_true
    if before.emergency.is_true:
        assert after.emergency.is_true
    if before.stable.is_true:
        assert not after.indeterminate.is_true
    for drug in BONE_DRUGS:
        if before.offer(drug).blocked.is_true and before.offer(drug).trigger.is_true:
            assert after.offer(drug).blocked.is_true or not after.offer(drug).printed.is_true
    if before.vcf.is_true:
        assert after.vcf.is_true


RANK = {"low": 0, "moderate": 1, "indeterminate": 1, "high": 2, "very_high": 3}


@given(reports(), patients(), about("t_score"), st.sampled_from([0.1, 0.5, 2.0]))
def test_a_lower_t_score_never_lowers_the_tier(report: ReportFindings, patient: Drawn, t: float, less: float) -> None:
    def tier(score: float) -> int:
        density = {"modality": "dxa", "bone_density": [{"site": "total_hip", "t_score": score}]}
        plain = report.model_copy(update={"bone_density": ()})
        return RANK[assess([plain, ReportFindings.model_validate(density)], told(patient)).risk.tier]

    assert tier(t - less) >= tier(t)


@given(vertebrae(), patients(), maybe(about("t_score")), st.sampled_from(["T6", "L1", "L4"]))
def test_another_fracture_never_lowers_the_tier(one: Drawn, patient: Drawn, t: float | None, level: str) -> None:
    one = {**one, "level": "L2", "assertion": "present", "element": "body"}
    one.pop("mimic", None)
    another = {**one, "level": level}

    def tier(*shown: Drawn) -> int:
        density = [] if t is None else [{"site": "total_hip", "t_score": t}]
        report = ReportFindings.model_validate({"vertebrae": shown, "bone_density": density})
        return RANK[assess(report, told(patient)).risk.tier]

    assert tier(one, another) >= tier(one)


STEADINESS = {"stable": 2, "indeterminate": 1, "unstable": 0}


@given(vertebrae(), patients(), st.floats(0, 90), st.floats(0.1, 60), st.booleans())
def test_more_height_loss_never_makes_a_fracture_more_stable(
    one: Drawn, patient: Drawn, loss: float, more: float, straight: bool
) -> None:
    # What nothing calls a fracture is none while the loss is small (e.0); so it is called one.
    one = {**one, "level": "L2", "assertion": "present", "element": "body", "descriptors": ["fracture"]}
    one.pop("mimic", None)
    alignment = {"kyphosis": {"assertion": "absent"}, "scoliosis": {"assertion": "absent"}} if straight else {}

    def steadiness(percent: float) -> int:
        vertebra = {**one, "height_loss_percent": [percent, percent]}
        report = ReportFindings.model_validate({"vertebrae": [vertebra], "alignment": alignment})
        return STEADINESS.get(assess(report, told(patient)).stability.overall, 3)

    assert steadiness(min(loss + more, 100)) <= steadiness(loss)


CONTRAINDICATIONS = {
    ("oesophageal_disorder", True): ("rx_oral_bisphosphonate", "rx_alendronate", "rx_risedronate", "rx_ibandronate"),
    ("can_sit_upright_30min", False): ("rx_oral_bisphosphonate", "rx_alendronate", "rx_risedronate", "rx_ibandronate"),
    ("egfr", 20): ("rx_oral_bisphosphonate", "rx_alendronate", "rx_risedronate", "rx_ibandronate", "rx_zoledronate"),
    ("serum_calcium", "low"): tuple(set(BONE_DRUGS) - {
        "rx_antiresorptive_after_anabolic", "rx_anabolic_first", "rx_teriparatide", "rx_abaloparatide",
    }),
    ("mi_or_stroke_months_ago", 30): ("rx_romosozumab",),
    ("skeletal_radiation", True): ("rx_teriparatide", "rx_abaloparatide"),
    ("paget", True): ("rx_teriparatide", "rx_abaloparatide"),
    ("serum_calcium", "high"): ("rx_teriparatide", "rx_abaloparatide", "rx_calcium_total", "rx_vitamin_d"),
    ("pregnant", True): BONE_DRUGS,
    ("denosumab_status", "stopping"): ("rx_anabolic_first", "rx_teriparatide", "rx_abaloparatide", "rx_romosozumab"),
    ("coagulopathy_uncorrected", True): ("acute_augmentation_evaluation",),
}  # fmt: skip


@pytest.mark.parametrize(("contraindication", "drugs"), CONTRAINDICATIONS.items())
@given(given_reports=st.lists(reports(), max_size=2), patient=patients())
@settings(max_examples=40)
def test_a_contraindication_never_adds_a_recommendation_of_the_drug(
    contraindication: tuple[str, Any], drugs: tuple[str, ...], given_reports: list[ReportFindings], patient: Drawn
) -> None:
    name, value = contraindication
    patient = {**patient, "sex": "female"}
    if name == "egfr":
        patient.pop("creatinine_clearance", None)
    status = {item.id: item.status for item in assess(given_reports, told({**patient, name: value})).protocol}
    assert {drug for drug in drugs if status.get(drug, "contraindicated") != "contraindicated"} == set()


@given(st.lists(reports(), max_size=3), patients())
def test_the_assessment_is_a_valid_document_with_reasons(given_reports: list[ReportFindings], patient: Drawn) -> None:
    assessment = assess(given_reports, told(patient))
    assert Assessment.model_validate_json(assessment.model_dump_json()) == assessment
    for item in assessment.protocol:
        assert item.because.rule == item.id
        assert item.sources
        assert not set(item.check_first) & set(patient)
    for warning in assessment.warnings:
        assert warning.because.rule == warning.id
        assert warning.sources
    if assessment.stability.overall == "not_applicable":
        assert not assessment.stability.components
        assert assessment.stability.reason is not None
    else:
        assert len(assessment.stability.components) == 8
    category = assessment.diagnosis.densitometric_category
    if category != "osteoporosis":
        assert "severe (established) osteoporosis" not in assessment.diagnosis.statement
    assert all(math.isfinite(len(missing.would_decide)) and missing.would_decide for missing in assessment.missing)


@given(st.lists(reports(), max_size=2), patients(), st.floats(0, 0.05))
def test_what_is_remembered_is_what_would_be_concluded_afresh(
    given_reports: list[ReportFindings], patient: Drawn, more: float
) -> None:
    """Another patient with other words and slightly other numbers, after the first one has been remembered."""
    words.forget()
    assess(given_reports, told(patient))
    others = [report.model_copy(update={"report_id": f"other {report.report_id}"}) for report in given_reports]
    numbers = ("age_years", "bmi", "egfr", "vitamin_d_ng_ml", "height_loss_cm", "weeks_conservative")
    another = {name: value + more if name in numbers else value for name, value in patient.items()}
    remembered = assess(others, told(another))
    words.forget()
    assert remembered == assess(others, told(another))


@given(st.lists(reports(), max_size=2), patients())
def test_an_emergency_prints_only_what_serves_it(given_reports: list[ReportFindings], patient: Drawn) -> None:
    assessment = assess(given_reports, told({**patient, "neurological_deficit": True}))
    assert {item.id for item in assessment.protocol} <= {
        "dx_neuro_exam", "dx_mri_emergency", "dx_mri_with_contrast", "dx_ct_spine", "dx_pathologic_workup",
        "dx_clarify_contradiction", "acute_emergency_referral", "acute_surgical_consult", "acute_spinal_precautions",
        "acute_analgesia", "ref_oncology",
    }  # fmt: skip


@given(st.lists(reports(), max_size=2), patients())
def test_nothing_is_printed_that_was_not_triggered_here(given_reports: list[ReportFindings], patient: Drawn) -> None:
    case = case_of(given_reports, told(patient))
    printed = {item.id for item in assess(given_reports, told(patient)).protocol}
    assert printed == {name for name in ITEMS if case.offer(name).printed.true & HERE}
