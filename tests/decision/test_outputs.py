"""What is printed: reasons, texts, the main view, explanations, profiles; and what must never be printed."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from decision import RULESET, Assessment, Patient, assess, explain, main_view
from decision.assessment import ProtocolItem
from decision.guideline import GUIDELINE, NOT_VERIFIED
from decision.protocol import BONE_DRUGS
from extractor.findings import ReportFindings
from tests.decision.stories import L2, WOMAN, dxa, spine, story


def concluded(**told: Any) -> Assessment:
    reports, patient = story(**told)
    return assess(reports, patient)


def item(assessment: Assessment, name: str) -> ProtocolItem:
    return next(found for found in assessment.protocol if found.id == name)


def warning_text(assessment: Assessment, name: str) -> str:
    return next(found.text for found in assessment.warnings if found.id == name)


SEED_CASE = {
    "reports": [
        spine({**L2, "descriptors": ["wedging", "collapse"], "wedge_direction": "anterior"}, report_id="film",
              clinical={"back_pain": True}),
        dxa(-2.3),
        dxa(-2.2, site="lumbar_spine", vertebrae=["L1", "L2", "L3", "L4"]),
    ]
}  # fmt: skip


def test_the_seed_case_is_corrected() -> None:
    assessment = concluded(**SEED_CASE, **WOMAN)
    assert assessment.diagnosis.id == "osteoporotic_vcf_osteopenic_bmd"
    assert assessment.diagnosis.densitometric_category == "low_bone_mass"
    assert assessment.diagnosis.lowest_t_score == -2.3
    assert assessment.risk.tier == "high"
    assert assessment.stability.overall == "indeterminate"
    assert assessment.stability.lean is None
    assert item(assessment, "rx_oral_bisphosphonate").status == "recommended"
    assert "rx_anabolic_first" not in {found.id for found in assessment.protocol}
    warned = {found.id for found in assessment.warnings}
    assert {"w_fracture_overrides_tscore", "w_acuity_unknown", "w_mechanism_unknown", "w_neuro_unknown"} <= warned
    assert "very high" in warning_text(assessment, "w_acuity_unknown")
    assert {"acuity", "neurological_deficit"} <= {missing.input for missing in assessment.missing[:6]}
    assert assessment.ruleset == RULESET


# ------------------------------------------------------------------------------------------------------------- reasons


def test_because_names_rule_facts_criteria_and_sources() -> None:
    because = concluded(v={}, t=-2.3, **WOMAN).diagnosis.because
    assert because.rule == "osteoporotic_vcf_osteopenic_bmd"
    assert because.text.startswith("A vertebral fracture with a T-score between")
    assert {fact.name: (fact.value, fact.origin) for fact in because.facts} == {
        "age_years": (72, "caller"),
        "L2": ("fracture", "report"),
        "t_score femoral_neck": (-2.3, "report"),
    }
    assert {criterion.id for criterion in because.criteria} == {
        "t_score_osteoporosis", "t_score_below_normal", "age_older",
    }  # fmt: skip
    assert {"aace2020", "nbha2014", "who1994", "iscd2019"} <= {source.id for source in because.sources}


def test_a_contraindicated_drug_names_its_block() -> None:
    found = item(concluded(t=-2.6, egfr=20, **WOMAN), "rx_alendronate")
    assert found.status == "contraindicated"
    assert ("egfr", 20) in {(fact.name, fact.value) for fact in found.because.facts}
    assert "renal_30" in {criterion.id for criterion in found.because.criteria}
    assert found.action.startswith("Contraindicated here.")


def test_what_is_not_verified_says_so() -> None:
    assessment = concluded(v={"height_loss_percent": [30, 30]}, **WOMAN)
    height = next(part for part in assessment.stability.components if part.id == "height_loss")
    notes = {criterion.id: criterion.note for criterion in height.because.criteria}
    assert notes["height_loss_pass"] == NOT_VERIFIED
    assert notes["height_loss_major"] is None


def test_a_recommendation_without_a_source_cannot_be_made() -> None:
    found = item(concluded(t=-2.6, **WOMAN), "rx_alendronate")
    with pytest.raises(ValidationError):
        ProtocolItem.model_validate({**found.model_dump(), "sources": ()})


def test_an_unknown_fact_is_shown_as_unknown() -> None:
    because = next(w for w in concluded(v={}, **WOMAN).warnings if w.id == "w_mechanism_unknown").because
    assert {"trauma": None}.items() <= {fact.name: fact.value for fact in because.facts}.items()


# --------------------------------------------------------------------------------------------------------------- texts


@pytest.mark.parametrize(
    ("patient", "dose"),
    [
        ({"age_years": 51, "sex": "female"}, "1200 mg"),
        ({"age_years": 50, "sex": "female"}, "1000-1200 mg"),
        ({"age_years": 70, "sex": "male"}, "1000 mg"),
        ({"age_years": 71, "sex": "male"}, "1200 mg"),
        ({"age_years": 72}, "1000-1200 mg"),
        ({"age_years": 72, "sex": "female", "egfr": 20}, "specialist"),
    ],
)
def test_calcium_is_a_total(patient: dict[str, Any], dose: str) -> None:
    action = item(concluded(t=-2.6, **patient), "rx_calcium_total").action
    assert dose in action
    assert "total from diet plus supplements" in action or dose == "specialist"


def test_texts_of_a_known_drug() -> None:
    on = concluded(t=-2.6, denosumab_status="on", serum_calcium="low", egfr=20, **WOMAN)
    action = item(on, "rx_denosumab").action
    assert "Continue denosumab" in action
    assert "CKD-MBD" in action
    assert "without letting the dose lapse" in action
    taken = concluded(t=-2.6, osteoporosis_drug="alendronate", **WOMAN)
    assert item(taken, "rx_alendronate").action.startswith("Review / continue")
    assert item(taken, "rx_oral_bisphosphonate").action.startswith("Review / continue")
    change = concluded(t=-3.1, osteoporosis_drug="zoledronate", **WOMAN)
    assert "not an addition" in item(change, "rx_alendronate").action
    assert item(change, "rx_zoledronate").action.startswith("Review / continue")
    blocked = concluded(t=-2.6, osteoporosis_drug="alendronate", egfr=20, **WOMAN)
    assert item(blocked, "rx_alendronate").action.startswith("Contraindicated")


def test_a_lapse_of_denosumab_is_named_while_pathology_is_open() -> None:
    found = item(concluded(v={}, malignancy_history=True, denosumab_status="on", **WOMAN), "rx_denosumab")
    assert found.status == "consider"
    assert "a lapse of denosumab harms" in found.action


def test_instrumentation_texts_only_when_planned() -> None:
    told = {"t": -3.1, "vitamin_d_ng_ml": 15, **WOMAN}
    for planned in (True, False, None):
        assessment = concluded(**told, spinal_instrumentation_planned=planned)
        assert ("fusion" in item(assessment, "rx_anabolic_first").action) is (planned is True)
        assert ("after the operation" in warning_text(assessment, "w_low_vitamin_d")) is (planned is True)


def test_other_added_sentences() -> None:
    assert "whole spine" in item(concluded(v={}, trauma="high_energy"), "dx_ct_spine").action
    assert "whole spine" not in item(concluded(v={"posterior_wall": "involved"}), "dx_ct_spine").action
    renal = concluded(v={}, malignancy_history=True, egfr=20)
    assert "agree the contrast agent" in item(renal, "dx_mri_with_contrast").action
    assert "blood cultures" in item(concluded(infection_suspected=True), "dx_pathologic_workup").action
    pain = concluded(v={"posterior_wall": "involved"}, back_pain=True, **WOMAN)
    assert "after CT" in item(pain, "acute_limit_bed_rest").action
    assert "lowest dose" in item(pain, "acute_analgesia").action
    assert "contraindicated here" in item(concluded(v={}, back_pain=True, anticoagulant=True), "acute_analgesia").action
    recent = concluded(v={"acuity": "acute"}, **WOMAN)
    assert "clearance" in item(recent, "life_exercise").action
    rebound = concluded(v={"acuity": "acute"}, denosumab_status="stopped", **WOMAN)
    assert "potent antiresorptive comes first" in item(rebound, "rx_anabolic_first").action
    presumed = concluded(t=-2.6)
    assert "presumed" in item(presumed, "rx_alendronate").action


def test_the_predictors_that_fired_are_named_with_both_cut_offs() -> None:
    assessment = concluded(v={"height_loss_percent": [30, 35]}, t=-3.0, age_years=79, sex="female", bmi=24)
    text = warning_text(assessment, "w_conservative_failure_risk")
    assert "age > 73 (also > 78.5: seed, unverified)" in text
    assert "body mass index > 23 (not > 25.5: seed, unverified)" in text
    assert "T-score < -2.95" in text
    assert "height loss > 28.5 (seed, unverified)" in text


def test_statements() -> None:
    two = spine(L2, {**L2, "level": "T8"}, {**L2, "level": "T12"})
    assert "of T8, T12 and L2" in concluded(reports=[two], t=-2.0, **WOMAN).diagnosis.statement
    assert "(lowest T-score -2)" in concluded(v={}, t=-2.0, **WOMAN).diagnosis.statement
    assert "(L2)" in concluded(v={"assertion": "possible"}, **WOMAN).diagnosis.statement
    assert "of C5" in concluded(v={"level": "C5"}).diagnosis.statement
    assert concluded(v={"level": "C5"}).diagnosis.fractured_levels == ("C5",)
    young = concluded(v={}, t=-2.7, age_years=35, sex="male").diagnosis
    assert young.lowest_t_score is None
    assert "osteop" not in young.statement
    assert concluded(t=0.0, **WOMAN).diagnosis.densitometric_category == "normal"
    provisional = concluded(v={}, t=0.0, trauma="none", **WOMAN).risk
    assert "Provisional" in provisional.because.text


def test_reasons_of_what_is_not_graded() -> None:
    healed = concluded(v={"acuity": "chronic"}).stability
    assert healed.because is not None
    assert "healed" in healed.because.text
    neck = concluded(v={"level": "C5"}).stability
    assert neck.because is not None
    assert "cervical" in neck.because.text


# ----------------------------------------------------------------------------------------------------------- main view


def test_main_view_shows_every_stop_five_checks_and_one_line() -> None:
    many = concluded(
        v={"acuity": "acute"}, t=-3.2, back_pain=True, pregnant=True, serum_calcium="low", egfr=20,
        denosumab_status="stopped", mi_or_stroke_months_ago=30, malignancy_history=True, vitamin_d_ng_ml=5,
        prior_vte=True, oesophageal_disorder=True, **WOMAN,
    )  # fmt: skip
    view = main_view(many)
    assert [w.id for w in view.stops] == [w.id for w in many.warnings if w.level == "stop"]
    assert len(view.stops) > 5
    checks = [w.id for w in many.warnings if w.level == "check"]
    assert [w.id for w in view.checks] == checks[:5]
    assert view.more_checks == len(checks) - 5 > 0
    assert view.not_stated is not None
    assert view.not_stated.startswith("Not stated: ")
    assert view.not_stated.count(",") == 5
    assert not {w.id for w in (*view.stops, *view.checks)} & {w.id for w in many.warnings if w.level == "note"}


def test_main_view_of_little() -> None:
    nothing_missing = concluded().model_copy(update={"missing": ()})
    assert main_view(nothing_missing).not_stated is None
    assert main_view(nothing_missing).more_checks == 0


def test_denosumab_is_a_stop_only_while_exposed() -> None:
    def level(**told: Any) -> str:
        return next(w.level for w in concluded(**told).warnings if w.id == "w_denosumab_rebound")

    assert level(denosumab_status="on") == "stop"
    assert level(denosumab_status="stopped", months_since_last_denosumab=30) == "check"
    assert level(t=-2.6, oesophageal_disorder=True, **WOMAN) == "check"


# ------------------------------------------------------------------------------------------------------------- missing


def test_missing_says_how_each_value_would_change_what() -> None:
    assessment = concluded(**SEED_CASE, **WOMAN)
    acuity = next(missing for missing in assessment.missing if missing.input == "acuity")
    effects = {effect.value: effect.changes for effect in acuity.effects}
    assert "tier: high -> very_high" in effects["acute"]
    assert "stability: indeterminate -> not_applicable" in effects["chronic"]
    renal = next(missing for missing in assessment.missing if missing.input == "egfr")
    by_value = {effect.value: effect.changes for effect in renal.effects}
    assert any("rx_alendronate: recommended -> contraindicated" in changes for changes in by_value.values())
    order = [missing.input for missing in assessment.missing]
    assert order.index("neurological_deficit") < order.index("egfr") < order.index("vitamin_d_ng_ml")


# ------------------------------------------------------------------------------------------------------------- explain


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("osteoporotic_vcf_osteopenic_bmd", "diagnosis"),
        ("w_mechanism_unknown", "warning"),
        ("rx_alendronate", "item"),
        ("VH3", "tier"),
        ("very_high", "tier"),
        ("posterior_wall", "component"),
        ("stability", "component"),
        ("renal_35", "criterion"),
        ("c-8", "policy"),
    ],
)
def test_explain(name: str, kind: str) -> None:
    explanation = explain(name)
    assert explanation.id == name
    assert explanation.kind == kind
    assert explanation.rule
    assert explanation.text
    assert explanation.sources or kind == "policy"


def test_explain_every_id() -> None:
    for entries in GUIDELINE.entries.values():
        for name, entry in entries.items():
            explanation = explain(name)
            assert len(explanation.criteria) == len(entry.criteria)
            assert len(explanation.policies) == len(entry.policy)


def test_explain_says_thresholds_sources_and_policy() -> None:
    explanation = explain("rx_romosozumab")
    assert [criterion.id for criterion in explanation.criteria] == ["cardiovascular_year"]
    assert [source.id for source in explanation.sources] == ["label_romosozumab"]
    assert explanation.policies[0].startswith("c-8: Any earlier one blocks it")
    assert explain("t_score_osteoporosis").text == "<= -2.5 SD"


def test_an_unknown_id_is_refused() -> None:
    with pytest.raises(KeyError, match="w_nothing"):
        explain("w_nothing")


# ------------------------------------------------------------------------------------------------------------ profiles


@pytest.mark.parametrize(
    ("profile", "sex", "printed"),
    [
        ("US", "male", True),
        ("UK", "male", True),
        ("ACP", "male", False),
        ("ACP", "female", True),
        ("ACP", None, True),
    ],
)
def test_profiles(profile: str, sex: str | None, printed: bool) -> None:
    reports, patient = story(t=-3.2, age_years=72, **({"sex": sex} if sex else {}))
    assessment = assess(reports, patient, profile=profile)
    assert ("rx_anabolic_first" in {found.id for found in assessment.protocol}) is printed
    assert assessment.ruleset.profile == profile


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(ValueError, match="known are US, UK, ACP"):
        assess([], profile="EU")


# ----------------------------------------------------------------------------------------------------------- the house


def test_bone_drugs_are_ids() -> None:
    assert set(BONE_DRUGS) <= set(GUIDELINE.entries["item"])


def test_one_report_or_many_or_a_generator() -> None:
    report = dxa(-2.6)
    patient = Patient.model_validate(WOMAN)
    assert assess(report, patient) == assess([report], patient) == assess((one for one in [report]), patient)


def test_no_report_text_in_messages() -> None:
    secret = "SENTINEL"
    words = [{"start": 0, "end": 8, "text": secret}]
    report = spine(
        {**L2, "evidence": words, "genant_grade": 3, "height_loss_percent": [10, 10]},
        {**L2, "level": "L3", "evidence": words},
    )
    clear = ReportFindings.model_validate({"vertebrae": [{"level": "L2", "assertion": "absent", "evidence": words}]})
    assessment = assess([report, clear])
    said = [warning.text for warning in assessment.warnings] + [found.action for found in assessment.protocol]
    said += [issue.message for issue in assessment.issues] + [assessment.diagnosis.statement]
    assert not any(secret in text for text in said)
    with pytest.raises(ValidationError) as error:
        Patient.model_validate({"sex": secret, "osteoporosis_drug": 5, secret: 1})
    assert secret not in str(error.value).replace(f"\n{secret}\n", "")


def test_importing_it_needs_neither_spacy_nor_scikit_learn() -> None:
    code = (
        "import sys, decision; "
        "bad = [name for name in sys.modules if name.split('.')[0] in "
        "('spacy', 'medspacy', 'sklearn', 'osteoreport') or "
        "(name.startswith('extractor.') and name != 'extractor.findings')]; "
        "sys.exit(str(bad) if bad else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
