"""Facts from several reports of one patient: old with new, X-ray with DXA, each other and the caller."""

from __future__ import annotations

from typing import Any

import pytest

from decision import Patient, assess
from decision.facts import Facts
from decision.protocol import Case
from decision.spine import is_earlier, is_much_later, neighbours
from extractor.findings import ReportFindings
from tests.decision.stories import L2, WOMAN, case_of, dxa, spine

WOMAN_72 = Patient.model_validate(WOMAN)


def case(*reports: ReportFindings, **patient: Any) -> Case:
    return case_of(reports, Patient.model_validate({**WOMAN, **patient}))


def about(found: Case) -> list[str]:
    return sorted(contradiction.about for contradiction in found.contradictions if contradiction.clash.is_true)


@pytest.mark.parametrize(
    ("first", "second", "earlier"),
    [
        ("2020", "2021", True),
        ("2020-03-01", "2020-03-02", True),
        ("2020", "2020-05", False),
        ("2020-05", "2020", False),
        ("2021", "2020-12-31", False),
        (None, "2020", False),
        ("2020", None, False),
    ],
)
def test_earlier_only_where_it_is_certain(first: str | None, second: str | None, earlier: bool) -> None:
    assert is_earlier(first, second) is earlier


def test_much_later_is_ninety_days() -> None:
    assert is_much_later("2024-03-31", "2024-01-01")
    assert not is_much_later("2024-03-30", "2024-01-01")
    assert not is_much_later("2024-01-01", "2024-03-31")
    assert not is_much_later("2024-01-01", None)


def test_neighbours() -> None:
    assert neighbours("T12", "L1")
    assert neighbours("L1", "T12")
    assert neighbours("T12", "T13")
    assert neighbours("L5", "L6")
    assert not neighbours("T11", "L1")
    assert not neighbours("L2", "L2")
    assert not neighbours(None, "L2")
    assert not neighbours("L2", None)


# ----------------------------------------------------------------------------------------------------------- fractures


def test_one_level_in_two_reports_is_one_fracture() -> None:
    found = case(spine(L2, report_id="a"), spine(L2, report_id="b"))
    assert found.listed_fractures.value == 1
    assert found.tier == "high"


@pytest.mark.parametrize(
    ("reports", "count"),
    [
        ([spine(L2, {**L2, "level": None, "region": "thoracic", "count": 2})], 3),
        ([spine(L2), spine({**L2, "level": None, "region": "lumbar"})], 1),
        ([spine(L2), spine({**L2, "level": None, "region": "thoracic"})], 2),
        ([spine(L2), spine({**L2, "level": None, "region": "thoracolumbar", "count": 2})], 2),
        ([spine({**L2, "level": None, "region": "lumbar"}), spine({**L2, "level": None, "region": "lumbar"})], 1),
        ([spine({**L2, "level": None, "count": 3})], 3),
        ([spine({**L2, "level": "T8"}), spine(L2)], 2),
    ],
)
def test_fractures_are_not_counted_twice(reports: list[ReportFindings], count: int) -> None:
    assert case(*reports).listed_fractures.value == count
    assert case(*reversed(reports)).listed_fractures.value == count


@pytest.mark.parametrize(
    ("levels", "issues", "count", "progression"),
    [
        (("L1", "L2"), 1, 1, "pass"),
        (("L1", "L2"), 0, 2, "minor_fail"),
        (("L1", "L2", "T7", "T8"), 1, 3, "minor_fail"),
        (("L1", "L2", "T7", "T8"), 2, 2, "pass"),
        (("L1", "L3"), 1, 2, "pass"),
        (("T12", "L1", "L2"), 1, 2, "minor_fail"),
    ],
)
def test_a_level_conflict_makes_two_neighbours_one(
    levels: tuple[str, ...], issues: int, count: int, progression: str
) -> None:
    """One conflict takes away one pair: of two pairs that touch, one is left."""
    conflict = {"code": "level_conflict", "about": "level"}
    vertebrae = [{**L2, "level": level, "acuity": "acute"} for level in levels]
    found = case(spine(*vertebrae, issues=[conflict] * issues))
    assert found.listed_fractures.value == count
    assert about(found) == ["level"] * issues
    assert found.components["progression"].state == progression


def test_recent_neighbours_are_minor() -> None:
    acute = [{**L2, "level": level, "acuity": "acute"} for level in ("T12", "L1")]
    assert case(spine(*acute)).components["progression"].state == "minor_fail"
    apart = [{**L2, "level": level, "acuity": "acute"} for level in ("T11", "L1")]
    assert case(spine(*apart)).components["progression"].state == "pass"


def test_historical_counts_as_earlier_but_not_beside_the_same_fracture() -> None:
    old = {**L2, "assertion": "historical"}
    assert case(spine(old)).diagnosis == "osteoporosis_prior_fragility_fracture"
    assert case(spine({**old, "level": "T8"}), spine(old)).tier == "very_high"
    shown = case(spine(old), spine(L2))
    assert shown.prior_vertebral_fractures.value is None
    assert shown.tier == "high"
    plus = case(spine({**old, "level": "T8"}), prior_vertebral_fractures=2)
    assert plus.prior_vertebral_fractures.value == 3


def test_historical_fractures_without_a_level_are_not_counted_twice() -> None:
    old = {"assertion": "historical", "descriptors": ["fracture"], "region": "thoracic"}
    assert case(spine(old, report_id="a"), spine(old, report_id="b")).tier == "high"
    assert case(spine({**old, "count": 2})).tier == "very_high"
    assert case(spine(old, {**old, "level": "T8"})).tier == "very_high"


# -------------------------------------------------------------------------------------------------------------- denial

CLEAR = {"vertebral_fracture": "absent", "vertebrae": []}


@pytest.mark.parametrize(
    ("second", "denied"),
    [
        ({"vertebrae": [{"level": "L2", "assertion": "absent"}]}, True),
        ({"vertebrae": [{**L2, "mimic": "limbus"}]}, True),
        (CLEAR, True),
        ({**CLEAR, "regions_imaged": ["thoracic"]}, False),
        ({"vertebral_fracture": "absent", "vertebrae": [{**L2, "assertion": "historical"}]}, False),
        ({"vertebral_fracture": "not_mentioned", "vertebrae": []}, False),
    ],
)
def test_denial(second: dict[str, Any], denied: bool) -> None:
    other = ReportFindings.model_validate({"modality": "mri", "regions_imaged": ["lumbar"], **second})
    found = case(spine(L2), other)
    assert found.vcf.is_true is not denied
    assert found.equivocal.is_true is denied
    assert ("fracture" in about(found)) is denied


@pytest.mark.parametrize(
    ("finding", "regions", "denied"),
    [
        ({"level": None, "region": "thoracic"}, ["thoracic"], True),
        ({"level": None, "region": "thoracolumbar"}, ["thoracic"], False),
        ({"level": None, "region": "thoracolumbar"}, ["thoracic", "lumbar"], True),
        ({"level": None, "region": None}, ["lumbar"], False),
    ],
)
def test_denial_of_a_fracture_without_a_level(finding: dict[str, Any], regions: list[str], denied: bool) -> None:
    clear = ReportFindings.model_validate({**CLEAR, "modality": "mri", "regions_imaged": regions})
    assert case(spine({**L2, **finding}), clear).equivocal.is_true is denied


@pytest.mark.parametrize(
    ("first", "denied", "change"), [("2023", False, "new"), ("2024-06-02", True, None), (None, True, None)]
)
def test_an_earlier_clear_exam_shows_that_the_fracture_is_new(
    first: str | None, denied: bool, change: str | None
) -> None:
    clear = ReportFindings.model_validate(
        {"modality": "radiograph", "regions_imaged": ["lumbar"], "exam_date": first, **CLEAR}
    )
    found = case(clear, spine(L2, exam_date="2024-06-01"))
    assert found.vcf.is_true is not denied
    assert found.vertebrae[0].change == change


def test_a_chronic_fracture_is_not_denied_by_a_verdict() -> None:
    clear = ReportFindings.model_validate({"modality": "mri", "regions_imaged": ["lumbar"], **CLEAR})
    assert case(spine({**L2, "acuity": "chronic"}), clear).vcf.is_true
    unknown = assess([spine(L2), clear], WOMAN_72)
    acuity = next(missing for missing in unknown.missing if missing.input == "acuity")
    assert "diagnosis" in acuity.would_decide


# ------------------------------------------------------------------------------------------------ what is worse is kept


def test_height_loss_that_differs() -> None:
    def two(first: list[float], second: list[float], dates: tuple[str | None, str | None] = (None, None)) -> Case:
        return case(
            spine({**L2, "height_loss_percent": first}, exam_date=dates[0]),
            spine({**L2, "height_loss_percent": second}, exam_date=dates[1]),
        )

    differ = two([20, 20], [60, 60])
    assert about(differ) == ["height_loss"]
    assert differ.stability == "unstable"
    assert about(two([20, 25], [25, 30])) == []
    assert about(two([20, 20], [60, 60], ("2020-01-01", "2024-01-01"))) == []
    assert about(two([60, 60], [20, 20], ("2020-01-01", "2024-01-01"))) == ["height_loss"]


def test_acuity_ages() -> None:
    def two(first: str, second: str, dates: tuple[str | None, str | None]) -> Case:
        return case(
            spine({**L2, "acuity": first}, exam_date=dates[0]), spine({**L2, "acuity": second}, exam_date=dates[1])
        )

    assert two("acute", "chronic", ("2020-01-01", "2024-01-01")).stability_reason == "healed"
    assert about(two("acute", "chronic", ("2020-01-01", "2024-01-01"))) == []
    clash = two("acute", "chronic", ("2024-01-01", "2024-01-03"))
    assert about(clash) == ["acuity"]
    assert clash.recent.is_true
    assert about(two("acute", "subacute", (None, None))) == []


def test_grade_wall_and_column_that_differ() -> None:
    found = case(
        spine({**L2, "genant_grade": 1, "posterior_wall": "intact", "posterior_column": "intact"}),
        spine({**L2, "genant_grade": 3, "posterior_wall": "involved", "posterior_column": "injured"}),
    )
    assert about(found) == ["grade", "other", "other"]
    assert found.vertebrae[0].genant == 3
    assert found.wall_involved.is_true
    assert found.unstable.is_true


@pytest.mark.parametrize(
    ("grade", "loss", "fits"),
    [
        (0, [19.9, 19.9], True),
        (0, [20, 20], False),
        (1, [20, 24.9], True),
        (1, [25, 25], False),
        (2, [25, 40], True),
        (2, [40, 40], True),
        (2, [40.1, 40.1], False),
        (3, [25, 50], True),
        (3, [25, 40], False),
    ],
)
def test_the_genant_grade_fits_the_loss_of_height(grade: int, loss: list[float], fits: bool) -> None:
    found = case(spine({**L2, "genant_grade": grade, "height_loss_percent": loss}))
    assert about(found) == ([] if fits else ["grade"])


def test_canal_narrowing_is_retropulsion() -> None:
    assert case(spine({**L2, "canal_narrowing_percent": 20})).unstable.is_true
    assert case(spine({**L2, "retropulsion_mm": 3})).unstable.is_true
    assert not case(spine({**L2, "retropulsion_mm": 3, "retropulsion": "possible"})).unstable.is_true
    assert about(case(spine({**L2, "retropulsion": "present"}), spine({**L2, "retropulsion": "absent"}))) == [
        "retropulsion"
    ]


def test_a_posterior_element_of_the_same_level_injures_the_column() -> None:
    lamina = {"level": "L2", "assertion": "present", "element": "posterior", "descriptors": ["fracture"]}
    assert case(spine(L2), spine(lamina)).components["posterior_column"].state == "major_fail"
    alone = case(spine({**lamina, "level": "L3"}))
    assert not alone.vcf.is_true
    assert alone.offer("dx_ct_spine").printed.is_true


def test_a_local_angle_against_no_kyphosis() -> None:
    bent = spine(L2, alignment={"kyphosis": {"degrees": 20, "scope": "local"}})
    straight = spine(L2, alignment={"kyphosis": {"assertion": "absent"}})
    found = case(bent, straight)
    assert about(found) == ["other"]
    assert found.measured["kyphosis"] == 20
    assert about(case(straight, straight)) == []


# ------------------------------------------------------------------------------------------------------------- density


def test_the_newest_density_of_a_site_is_current_and_a_diagnosis_persists() -> None:
    old, new = dxa(-2.6, date="2019"), dxa(-2.3, date="2024-05")
    found = case(new, old)
    assert found.lowest_t_score == -2.3
    assert found.previous_t_score == -2.6
    assert found.diagnosis == "osteoporosis_bmd_no_fracture_shown"
    assessment = assess([old, new], WOMAN_72)
    assert "w_diagnosis_persists" in {warning.id for warning in assessment.warnings}
    assert assessment.diagnosis.densitometric_category == "low_bone_mass"
    assert "earlier T-score -2.6" in assessment.diagnosis.statement
    assert "follow_lsc_bmd" in {item.id for item in assessment.protocol}


def test_another_site_of_an_older_scan_stays_current() -> None:
    assert case(dxa(-2.6, site="total_hip", date="2019"), dxa(-1.5, date="2024")).lowest_t_score == -2.6


def test_a_single_vertebra_and_other_sites_do_not_diagnose() -> None:
    one = dxa(-3.0, site="lumbar_spine", vertebrae=["L3"])
    left = dxa(-3.0, site="lumbar_spine", vertebrae=["L1", "L2"], excluded=["L1"])
    for report in (one, left, dxa(-3.0, site="trochanter")):
        found = case(report)
        assert found.lowest_t_score is None
        assert found.other_site_t.is_true


@pytest.mark.parametrize(
    ("before", "now", "lsc", "verdict"),
    [
        (0.800, 0.770, 0.02, "-0.03 g/cm2, significant"),
        (0.800, 0.785, 0.02, "-0.015 g/cm2, not significant"),
        (0.800, 0.785, None, "cannot judge without the least significant change"),
        (None, 0.785, 0.02, "cannot judge, g/cm2 is missing"),
    ],
)
def test_serial_density_is_judged_in_grams(before: float | None, now: float, lsc: float | None, verdict: str) -> None:
    reports = [dxa(-2.0, bmd_g_cm2=now, lsc_g_cm2=lsc), dxa(-1.9, bmd_g_cm2=before, when="prior")]
    item = next(item for item in assess(reports, WOMAN_72).protocol if item.id == "follow_lsc_bmd")
    assert verdict in item.action


def test_serial_density_compares_the_same_side_and_vertebrae() -> None:
    def entry(bmd: float, **more: Any) -> dict[str, Any]:
        return {"site": "lumbar_spine", "bmd_g_cm2": bmd, **more}

    whole = ["L1", "L2", "L3", "L4"]
    report = ReportFindings.model_validate({"bone_density": [
        entry(0.70, vertebrae=["L1"]), entry(0.80, vertebrae=whole),
        entry(0.90, vertebrae=whole, when="prior", date="2015"),
        entry(0.85, vertebrae=whole, when="prior", date="2020"),
        entry(0.75, vertebrae=["L1"], when="prior", date="2010"),
    ]})  # fmt: skip
    (serial,) = case(report).serial
    assert (serial.before.bmd_g_cm2, serial.now.bmd_g_cm2) == (0.85, 0.80)


# ---------------------------------------------------------------------------------------------- the caller and clinical


@pytest.mark.parametrize(
    ("clinical", "patient"),
    [
        ({"age_years": 60}, {"age_years": 72}),
        ({"sex": "male"}, {}),
        ({"postmenopausal": False}, {"menopausal_status": "post"}),
        ({"neurological_deficit": True}, {"neurological_deficit": False}),
        ({"trauma": "high_energy"}, {"trauma": "none"}),
        ({"osteoporosis_therapy": ["Alendronate"]}, {"osteoporosis_drug": "denosumab"}),
        ({"glucocorticoids": True}, {"glucocorticoid_mg_day": 0}),
        ({"glucocorticoids": False}, {"glucocorticoid_mg_day": 5}),
    ],
)
def test_the_caller_overrides_and_a_difference_is_named(clinical: dict[str, Any], patient: dict[str, Any]) -> None:
    report = spine(L2, clinical=clinical)
    found = case(report, **patient)
    assert about(found) == ["other"]
    for name, value in {**WOMAN, **patient}.items():
        assert found.values[name] in (value, (value,))
    issues = assess(report, Patient.model_validate({**WOMAN, **patient})).issues
    assert [(issue.code, issue.about) for issue in issues] == [("reports_contradict", "other")]


def test_agreement_and_unspecified_trauma_are_no_contradiction() -> None:
    report = spine(L2, clinical={"age_years": 72, "sex": "female", "trauma": "unspecified", "glucocorticoids": False,
                                 "osteoporosis_therapy": ["zoledronic acid", " "]})  # fmt: skip
    found = case(report, osteoporosis_drug="zoledronate")
    assert about(found) == []
    assert not found.mechanism.known.is_true
    assert found.values["glucocorticoid_mg_day"] == 0


def test_no_drug_is_known_to_be_no_drug() -> None:
    for found in (case(osteoporosis_drug="none"), case(spine(clinical={"osteoporosis_therapy": []}))):
        assert found.drug_known.is_false
        assert "osteoporosis_drug" in found.known_inputs
    assert about(case(spine(clinical={"osteoporosis_therapy": []}), osteoporosis_drug="none")) == []
    assert about(case(spine(clinical={"osteoporosis_therapy": ["alendronate"]}), osteoporosis_drug="none")) == ["other"]


@pytest.mark.parametrize(
    ("patient", "current"),
    [
        ({"denosumab_status": "on"}, True),
        ({"osteoporosis_drug": "denosumab"}, True),
        ({"osteoporosis_drug": "denosumab", "denosumab_status": "stopping"}, True),
        ({"osteoporosis_drug": "denosumab", "denosumab_status": "stopped"}, False),
        (
            {"osteoporosis_drug": "denosumab", "denosumab_status": "stopped", "osteoporosis_drug_status": "current"},
            True,
        ),
        ({"osteoporosis_drug": "alendronate", "denosumab_status": "stopped"}, True),
        ({"denosumab_status": "stopped"}, False),
    ],
)
def test_denosumab_given_is_a_drug_taken_and_stopped_is_not(patient: dict[str, Any], current: bool) -> None:
    found = case(**patient)
    assert found.drug_current.is_true is current
    assert found.offer("rx_review_current_drug").printed.is_true is current


def test_an_earlier_lowest_t_score_cannot_be_higher_than_a_reported_one() -> None:
    prior = dxa(-2.8, when="prior")
    assert about(case(prior, previous_lowest_t_score=-2.6)) == ["other"]
    assert about(case(prior, previous_lowest_t_score=-2.9)) == []


def clinical(date: str | None, **facts: Any) -> ReportFindings:
    return ReportFindings.model_validate({"modality": "other", "exam_date": date, "clinical": facts})


def test_reports_that_differ_on_the_patient() -> None:
    newest = case_of([clinical("2020", sex="female", bmi=20), clinical("2024", sex="female", bmi=30)], Patient())
    assert newest.values["bmi"] == 30
    assert about(newest) == []
    unordered = case_of([clinical(None, bmi=20, age_years=70), clinical("2024", bmi=30, age_years=71)], Patient())
    assert "bmi" not in unordered.values
    assert unordered.values["age_years"] == 71
    assert about(unordered) == ["other", "other"]
    deficit = [clinical("2020", neurological_deficit=True), clinical("2024", neurological_deficit=False)]
    assert case_of(deficit, Patient()).neuro_deficit.is_true
    assert about(case_of(deficit, Patient())) == ["other"]


def test_contradictions_and_issues_carry_their_words() -> None:
    words = [{"start": 1, "end": 5, "text": "x"}]
    issue = {"code": "fracture_not_in_impression", "evidence": words}
    film = spine({**L2, "acuity": "acute", "evidence": words}, report_id="film", issues=[issue])
    mri = spine({**L2, "acuity": "chronic"}, report_id="mri", clinical={"age_years": {"value": 60, "evidence": words}})
    warnings = {warning.id: warning for warning in assess([film, mri], WOMAN_72).warnings}
    missed = warnings["w_missed_fracture"].because.facts
    assert [(fact.report_id, fact.evidence[0].start) for fact in missed] == [("film", 1)]
    named = {(fact.name, fact.report_id) for fact in warnings["w_contradictory_reports"].because.facts}
    assert {("age_years differs", "mri"), ("L2: reports differ on how old the fracture is", "film")} <= named


def test_facts_carry_their_report_and_words() -> None:
    words = {"start": 3, "end": 9, "text": "age 72"}
    report = spine(
        {**L2, "height_loss_percent": [30, 30], "evidence": [{"start": 20, "end": 30, "text": "L2 wedging"}]},
        report_id="film",
        clinical={"age_years": {"value": 72, "evidence": [words]}},
    )
    assessment = assess(report)
    facts = {fact.name: fact for fact in assessment.diagnosis.because.facts}
    assert facts["age_years"].origin == "report"
    assert facts["age_years"].report_id == "film"
    assert facts["age_years"].evidence[0].text == "age 72"
    assert facts["L2"].evidence[0].start == 20
    height = next(part for part in assessment.stability.components if part.id == "height_loss")
    assert height.value == (30, 30)
    assert [fact.name for fact in height.because.facts if fact.name.startswith("L2 height")] == [
        "L2 height_loss_percent"
    ]


def test_sparse_reports() -> None:
    nothing = assess([])
    assert nothing.diagnosis.id == "insufficient_data"
    assert "w_no_spine_imaging" in {warning.id for warning in nothing.warnings}
    bare = ReportFindings.model_validate({"vertebral_fracture": "absent"})
    assert "w_no_spine_imaging" not in {warning.id for warning in assess(bare).warnings}
    density = ReportFindings.model_validate({"bone_density": [{"site": "total_hip", "t_score": -2.6}]})
    assert "w_no_spine_imaging" in {warning.id for warning in assess(density).warnings}
    both = ReportFindings.model_validate({"vertebrae": [L2], "bone_density": [{"site": "total_hip", "t_score": -2.6}]})
    assert assess(both, WOMAN_72).diagnosis.id == "osteoporotic_vcf_severe_osteoporosis"


def test_covered_when_the_reports_together_show_both_regions() -> None:
    parts = [spine(L2, regions_imaged=["thoracic"]), spine(L2, regions_imaged=["lumbar"])]
    assert case(*parts).covered.is_true
    assert not case(parts[0]).covered.is_true


# ------------------------------------------------------------------------------- statements that cannot both be right


def dated(date: str, **clinical: object) -> ReportFindings:
    stated = {name: {"value": value} for name, value in clinical.items()}
    return ReportFindings.model_validate({"exam_date": date, "report_id": date, "clinical": stated})


@pytest.mark.parametrize(
    ("first", "second", "value", "clash"),
    [
        (("2024-02-01", {"trauma": "low_energy"}), ("2024-02-02", {"trauma": "high_energy"}), None, True),
        (("2024-02-01", {"trauma": "low_energy"}), ("2024-05-01", {"trauma": "high_energy"}), "high_energy", False),
        (("2024-02-01", {"trauma": "low_energy"}), ("2024-04-30", {"trauma": "high_energy"}), None, True),
        (("2020-02-01", {"sex": "female"}), ("2024-02-02", {"sex": "male"}), None, True),
        (("2024-02-01", {"age_years": 72}), ("2024-02-02", {"age_years": 35}), 72, True),
        (("2019-02-01", {"age_years": 67}), ("2024-02-02", {"age_years": 72}), 72, False),
        (("2019-02-01", {"age_years": 67}), ("2024-02-02", {"age_years": 73}), 73, False),
        (("2019-02-01", {"age_years": 67}), ("2024-02-02", {"age_years": 74}), 74, True),
        (("2024-02-01", {"back_pain": True}), ("2024-02-02", {"back_pain": False}), False, False),
    ],
)
def test_dated_statements_differ(
    first: tuple[str, dict[str, object]], second: tuple[str, dict[str, object]], value: object, clash: bool
) -> None:
    reports = dated(first[0], **first[1]), dated(second[0], **second[1])
    (name,) = first[1]
    for given in (reports, reports[::-1]):
        found = Facts(given, Patient())
        assert found.values.get(name) == value
        assert bool(found.contradictions) == clash


def test_an_infection_that_a_report_states_stands_against_the_caller() -> None:
    stated = ReportFindings.model_validate({"clinical": {"infection_suspected": {"value": True}}})
    assessment = assess([stated], Patient(infection_suspected=False))
    assert "w_contradictory_reports" in {warning.id for warning in assessment.warnings}
    assert "w_red_flag_infection" in {warning.id for warning in assessment.warnings}
    denied = ReportFindings.model_validate({"clinical": {"infection_suspected": {"value": False}}})
    assert Facts([denied], Patient(infection_suspected=True)).values["infection_suspected"] is True
    silent = assess([ReportFindings()], Patient(infection_suspected=False))
    assert "w_red_flag_infection" not in {warning.id for warning in silent.warnings}


@pytest.mark.parametrize(("status", "clash"), [("peri", False), ("pre", False), ("post", True), (None, False)])
def test_not_postmenopausal_is_before_or_around_the_menopause(status: str | None, clash: bool) -> None:
    report = ReportFindings.model_validate({"clinical": {"postmenopausal": {"value": False}}})
    found = Facts([report], Patient.model_validate({"menopausal_status": status}))
    assert bool(found.contradictions) == clash
    assert found.values["menopausal_status"] == (status or "pre")


@pytest.mark.parametrize(
    ("more", "diagnosis"),
    [
        ({}, "vertebral_fracture_equivocal"),
        ({"height_loss_percent": [0, 10]}, "vertebral_fracture_equivocal"),
        ({"height_loss_percent": [9.9, 9.9]}, "vertebral_fracture_equivocal"),
        ({"height_loss_percent": [10, 10]}, "osteoporotic_vcf_bmd_unknown"),
        ({"height_loss_percent": [8, 12]}, "osteoporotic_vcf_bmd_unknown"),
        ({"height_loss_percent": None}, "osteoporotic_vcf_bmd_unknown"),
        ({"genant_grade": 1}, "osteoporotic_vcf_bmd_unknown"),
        ({"descriptors": ["height_loss", "fracture"]}, "osteoporotic_vcf_bmd_unknown"),
        ({"descriptors": ["height_loss", "wedging"]}, "osteoporotic_vcf_bmd_unknown"),
        ({"marrow_edema": "present"}, "osteoporotic_vcf_bmd_unknown"),
        ({"marrow_edema": "absent"}, "vertebral_fracture_equivocal"),
    ],
)
def test_a_slight_loss_of_height_is_a_fracture_only_where_it_is_called_one(
    more: dict[str, object], diagnosis: str
) -> None:
    slight = {"level": "L1", "assertion": "present", "descriptors": ["height_loss"], "height_loss_percent": [8, 8]}
    report = ReportFindings.model_validate({"vertebrae": [{**slight, **more}]})
    assert assess([report], Patient(age_years=72, sex="female", trauma="low_energy")).diagnosis.id == diagnosis
    beside = ReportFindings.model_validate({"vertebrae": [{**slight, "descriptors": ["fracture"]}]})
    both = assess([report, beside], Patient(age_years=72, sex="female", trauma="low_energy"))
    assert both.diagnosis.id == "osteoporotic_vcf_bmd_unknown"
