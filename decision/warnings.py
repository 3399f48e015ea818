"""Warnings (e.6): one rule per id, in their order.

``stop`` acts or withholds now, ``check`` is settled before acting, ``note`` explains. A warning that only says that an
input is unknown is marked so in the data; the main view collapses those into one line.
"""

from __future__ import annotations

from collections.abc import Callable

from decision.assessment import AlertLevel
from decision.guideline import CRITERIA, GUIDELINE
from decision.protocol import BONE_DRUGS, Case, check_first
from decision.truth import ALL, FALSE, TRUE, Truth, any_of, at_least

_ANTIRESORPTIVES = (
    "rx_oral_bisphosphonate", "rx_alendronate", "rx_risedronate", "rx_ibandronate", "rx_zoledronate", "rx_denosumab",
    "rx_antiresorptive_after_anabolic", "rx_post_denosumab_antiresorptive",
)  # fmt: skip


def w_emergency_first(c: Case) -> Truth:
    """An emergency stands."""
    return c.emergency


def w_cauda_equina(c: Case) -> Truth:
    """Signs of cauda equina compression."""
    return c.cauda_equina_signs


def w_unstable(c: Case) -> Truth:
    """Stability is unstable."""
    return c.unstable


def w_cervical_fracture(c: Case) -> Truth:
    """A cervical fracture that is not healed."""
    return c.cervical_fracture


def w_red_flag_infection(c: Case) -> Truth:
    """Infection suspected and not excluded; or a vertebral fracture with fever or injection drug use."""
    return c.infection_open | (c.vcf & (c.fever | c.iv_drug_use))


def w_pathologic_not_excluded(c: Case) -> Truth:
    """Pathology is open."""
    return c.pathology_open


def w_pregnancy(c: Case) -> Truth:
    """Pregnancy."""
    return c.pregnant


def w_hypocalcaemia(c: Case) -> Truth:
    """Serum calcium is low."""
    return c.calcium_low


def w_denosumab_ckd_boxed(c: Case) -> Truth:
    """Renal function below 30."""
    return c.renal_below_30


def w_egfr_below_30(c: Case) -> Truth:
    """Renal function below 30."""
    return c.renal_below_30


def w_denosumab_rebound(c: Case) -> Truth:
    """Denosumab is taken, being stopped or was stopped, or it is offered."""
    return c.denosumab_has_status | c.offer("rx_denosumab").offered


def w_romosozumab_cv_boxed(c: Case) -> Truth:
    """Osteoporosis and an earlier myocardial infarction or stroke, however long ago."""
    return c.had_mi_or_stroke & c.ost


def w_nsaid_contraindicated(c: Case) -> Truth:
    """A painful vertebral fracture and a reason against non-steroidal anti-inflammatory drugs."""
    return c.symptomatic_vcf & c.nsaid_block


def w_treatment_failure(c: Case) -> Truth:
    """A recent vertebral fracture after a year or more on a drug that is still taken."""
    return c.failure


def w_paediatric(c: Case) -> Truth:
    """Under 20 years."""
    return c.age.meets(CRITERIA["age_paediatric"])


def w_tscore_not_applicable(c: Case) -> Truth:
    """A T-score is reported of someone to whom T-scores do not apply."""
    return c.young & c.any_t


def w_red_flag_cancer(c: Case) -> Truth:
    """History of cancer with an established, possible or pathological fracture."""
    return c.cancer_history & any_of((c.vcf, c.equivocal, c.is_diagnosis(1)))


def w_secondary_cause(c: Case) -> Truth:
    """A vertebral fracture or low density in a young person."""
    return c.is_diagnosis(3, 17)


def w_contradictory_reports(c: Case) -> Truth:
    """Any contradiction, within a report, between reports, or with the caller."""
    return c.contradiction


def w_fracture_equivocal(c: Case) -> Truth:
    """A possible vertebral fracture."""
    return c.equivocal_vertebra | c.is_diagnosis(2)


def w_missed_fracture(c: Case) -> Truth:
    """The impression omits a fracture of the findings."""
    return c.missed_fracture


def w_hypercalcaemia(c: Case) -> Truth:
    """Serum calcium is high."""
    return c.calcium_high


def w_normal_bmd_fragility(c: Case) -> Truth:
    """A fragility fracture with normal bone density."""
    return c.is_diagnosis(9)


def w_kyphosis_threshold_conflict(c: Case) -> Truth:
    """A graded vertebra and a local kyphosis of 15 degrees or more."""
    return c.graded & c.kyphosis.meets(CRITERIA["kyphosis_minor"])


def w_guideline_conflict_first_line(c: Case) -> Truth:
    """Very high risk."""
    return c.very_high


def w_egfr_below_35(c: Case) -> Truth:
    """Renal function below 35."""
    return c.renal_below_35


def w_oesophageal(c: Case) -> Truth:
    """Oesophageal disorder."""
    return c.oesophageal_disorder


def w_low_vitamin_d(c: Case) -> Truth:
    """25(OH)D below 20 ng/mL."""
    return c.vitamin_d.meets(CRITERIA["vitamin_d_low"])


def w_osteomalacia_possible(c: Case) -> Truth:
    """25(OH)D below 10 ng/mL, or below 20 with low calcium."""
    low = c.vitamin_d.meets(CRITERIA["vitamin_d_low"])
    return c.vitamin_d.meets(CRITERIA["vitamin_d_osteomalacia"]) | (low & c.calcium_low)


def w_glucocorticoid(c: Case) -> Truth:
    """2.5 mg a day or more for more than 3 months."""
    return c.on_gc


def w_pth_analog_osteosarcoma_risk(c: Case) -> Truth:
    """Skeletal radiation, Paget disease or malignant features."""
    return any_of((c.skeletal_radiation, c.paget, c.malignant_features))


def w_romosozumab_label_conflict(c: Case) -> Truth:
    """Osteoporosis and an infarction or stroke more than 12 months ago."""
    return c.mi_or_stroke_months_ago.meets(CRITERIA["cardiovascular_year"]) & c.ost


def w_romosozumab_women_only(c: Case) -> Truth:
    """A man at very high risk."""
    return c.is_male & c.very_high


def w_raloxifene_vte(c: Case) -> Truth:
    """Osteoporosis and an earlier venous thromboembolism."""
    return c.prior_vte & c.ost


def w_bp_duration_review(c: Case) -> Truth:
    """Taken now: an oral bisphosphonate for 5 years or more, or zoledronate for 3."""
    oral = c.drug_in("oral_bp") & c.drug_years.meets(CRITERIA["drug_years_oral_review"])
    infusion = c.drug_is("zoledronate") & c.drug_years.meets(CRITERIA["drug_years_iv_review"])
    return c.drug_current & (oral | infusion)


def w_anabolic_must_be_followed(c: Case) -> Truth:
    """An anabolic is offered, taken or completed."""
    return c.offer("rx_anabolic_first").offered | c.anabolic_current_or_completed


def w_augmentation_evidence_conflict(c: Case) -> Truth:
    """An evaluation for augmentation is printed, whatever its status."""
    return c.offer("acute_augmentation_evaluation").printed


def failure_predictors(c: Case) -> dict[str, Truth]:
    """The published predictors of failure of conservative care, and the collapse of the first protocol (c-13)."""
    loss = CRITERIA["height_loss_failure_predictor"]
    return {
        "age": c.age.meets(CRITERIA["age_failure_predictor"]),
        "body mass index": c.bmi.meets(CRITERIA["bmi_failure_predictor"]),
        "T-score": c.t_predicts_failure,
        "height loss": any_of([vertebra.graded_fracture & vertebra.height.meets(loss) for vertebra in c.scope]),
    }


def w_conservative_failure_risk(c: Case) -> Truth:
    """A graded fracture with at least two predictors of failure of conservative care."""
    return c.graded_fracture & at_least(int(CRITERIA["failure_predictors"].value), failure_predictors(c).values())


def w_sacral_fracture(c: Case) -> Truth:
    """A fracture of the sacrum."""
    return c.sacral_fracture


def w_fractured_vertebra_in_dxa_roi(c: Case) -> Truth:
    """A fractured vertebra lies, or may lie, in the measured lumbar region."""
    return c.offer("dx_exclude_fractured_level").trigger


def w_invalid_dxa_site(c: Case) -> Truth:
    """A T-score of a site that does not diagnose."""
    return c.other_site_t


def w_unit_ambiguous(c: Case) -> Truth:
    """A value or unit that could not be read."""
    return c.unreadable_value


def w_nsaid_caution(c: Case) -> Truth:
    """A painful vertebral fracture, no reason against, but renal function below 60 or age 75 and over."""
    careful = c.renal.meets(CRITERIA["renal_60"]) | c.age.meets(CRITERIA["age_nsaid_caution"])
    return c.symptomatic_vcf & c.nsaid_block.not_true & careful


def w_fracture_overrides_tscore(c: Case) -> Truth:
    """The fracture, not the T-score, defines osteoporosis."""
    return c.is_diagnosis(8)


def w_do_not_delay_treatment(c: Case) -> Truth:
    """Osteoporosis by vertebral fracture, no emergency, no open pathology."""
    return c.ostvcf & c.no_emergency & c.pathology_open.not_true


def w_high_refracture_risk(c: Case) -> Truth:
    """Osteoporosis by vertebral fracture."""
    return c.ostvcf


def w_height_loss_intermediate(c: Case) -> Truth:
    """A graded fracture that has lost 10 to below 50 % of its height."""
    lost, half = CRITERIA["height_loss_pass"], CRITERIA["height_loss_major"]
    return any_of([v.graded_fracture & ~v.height.meets(lost) & ~v.height.meets(half) for v in c.scope])


def w_below_genant_threshold(c: Case) -> Truth:
    """A graded fracture that has lost less than 20 % of its height."""
    return any_of([v.graded_fracture & ~v.height.meets(CRITERIA["genant_mild"]) for v in c.scope])


def w_chronic_fracture_still_diagnostic(c: Case) -> Truth:
    """A fracture that is healed or chronic."""
    return c.any_healed | c.any_chronic


def w_high_energy_not_fragility(c: Case) -> Truth:
    """A high-energy vertebral fracture."""
    return c.vcf & c.high_energy


def w_mimic(c: Case) -> Truth:
    """A deformity that the report explains otherwise."""
    return c.mimic


def w_zscore_population(c: Case) -> Truth:
    """T-scores do not apply."""
    return c.young


def w_diagnosis_persists(c: Case) -> Truth:
    """An earlier T-score of -2.5 or less, and a current one above."""
    return c.prev_t & c.t_above_osteoporosis


def w_frax_reported_only(c: Case) -> Truth:
    """A reported FRAX that counts."""
    return c.frax_reported & (c.is_diagnosis(5, 14, 15) | c.codes["VH6"])


def w_onj_aff(c: Case) -> Truth:
    """A bisphosphonate or denosumab is offered."""
    return any_of([c.offer(name).offered for name in _ANTIRESORPTIVES])


def w_ibandronate_no_hip_evidence(c: Case) -> Truth:
    """Ibandronate is offered."""
    return c.offer("rx_ibandronate").offered


def w_calcium_vitd_conflict(c: Case) -> Truth:
    """Calcium is offered."""
    return c.offer("rx_calcium_total").offered


def w_bed_rest(c: Case) -> Truth:
    """A painful vertebral fracture."""
    return c.symptomatic_vcf


def w_opioid_falls(c: Case) -> Truth:
    """A painful vertebral fracture."""
    return c.symptomatic_vcf


def w_lsc_not_reported(c: Case) -> Truth:
    """One site measured before and now, without the facility's least significant change."""
    return c.serial_dxa & c.lsc_missing


def w_serial_t_scores_only(c: Case) -> Truth:
    """One site measured before and now, g/cm2 missing in either."""
    return c.serial_dxa & c.scores_only


def w_egfr_not_crcl(c: Case) -> Truth:
    """A bone drug is printed, and renal function is known from eGFR only."""
    return any_of([c.offer(name).printed for name in BONE_DRUGS]) & c.renal_from_egfr


def w_mechanism_unknown(c: Case) -> Truth:
    """A vertebral fracture of unknown mechanism."""
    return c.vcf & ~c.mechanism.known


def w_acuity_unknown(c: Case) -> Truth:
    """A graded fracture of unknown age."""
    return c.acuity_unknown


def w_age_sex_unknown(c: Case) -> Truth:
    """Age or sex is unknown, or the status of a woman of 20 to 49."""
    between = ~c.age.meets(CRITERIA["age_paediatric"]) & ~c.age.meets(CRITERIA["age_older"])
    status_open = between & c.is_female & ~c.menopausal_status.known
    return any_of((~c.age.known, ~c.sex.known, status_open))


def w_neuro_unknown(c: Case) -> Truth:
    """A graded fracture, neurological status unknown."""
    return c.graded_fracture & c.components["neuro"].unknown


def w_stability_incomplete(c: Case) -> Truth:
    """A graded fracture, one of the first five components unknown."""
    return c.graded_fracture & c.five_incomplete


def w_no_spine_imaging(c: Case) -> Truth:
    """No exam shows the spine."""
    return ~c.spine_imaging


def w_no_dxa(c: Case) -> Truth:
    """Osteoporosis or a vertebral fracture, without any valid T- or Z-score."""
    return c.no_t & ~c.z_scores.known & (c.ost | c.vcf)


def w_frax_not_computed(c: Case) -> Truth:
    """FRAX is asked for."""
    return c.offer("dx_frax_by_clinician").trigger


def w_renal_unknown(c: Case) -> Truth:
    """A bone drug is offered, renal function unknown."""
    return c.bone_drug_offered & ~c.renal.known


def w_calcium_unknown(c: Case) -> Truth:
    """A bone drug is offered, serum calcium unknown."""
    return c.bone_drug_offered & ~c.serum_calcium.known


def w_contraindications_unchecked(c: Case) -> Truth:
    """A bone drug is offered with something else to check first."""
    for name in BONE_DRUGS:
        offer = c.offer(name)
        if offer.offered.is_true and set(check_first(c, offer)) - {"egfr", "serum_calcium"}:
            return Truth(ALL, 0, offer.offered.why)
    return FALSE


def w_red_flags_unassessed(c: Case) -> Truth:
    """A graded fracture, and cancer history, fever, weight loss or night pain unknown."""
    flags = (c.cancer_history, c.fever, c.weight_loss, c.night_pain)
    return c.graded_fracture & any_of([flag.unknown for flag in flags])


def w_clinician_review(c: Case) -> Truth:
    """Always."""
    return TRUE


WARNINGS: dict[str, Callable[[Case], Truth]] = {
    rule.__name__: rule
    for rule in (
        w_emergency_first,
        w_cauda_equina,
        w_unstable,
        w_cervical_fracture,
        w_red_flag_infection,
        w_pathologic_not_excluded,
        w_pregnancy,
        w_hypocalcaemia,
        w_denosumab_ckd_boxed,
        w_egfr_below_30,
        w_denosumab_rebound,
        w_romosozumab_cv_boxed,
        w_nsaid_contraindicated,
        w_treatment_failure,
        w_paediatric,
        w_tscore_not_applicable,
        w_red_flag_cancer,
        w_secondary_cause,
        w_contradictory_reports,
        w_fracture_equivocal,
        w_missed_fracture,
        w_hypercalcaemia,
        w_normal_bmd_fragility,
        w_kyphosis_threshold_conflict,
        w_guideline_conflict_first_line,
        w_egfr_below_35,
        w_oesophageal,
        w_low_vitamin_d,
        w_osteomalacia_possible,
        w_glucocorticoid,
        w_pth_analog_osteosarcoma_risk,
        w_romosozumab_label_conflict,
        w_romosozumab_women_only,
        w_raloxifene_vte,
        w_bp_duration_review,
        w_anabolic_must_be_followed,
        w_augmentation_evidence_conflict,
        w_conservative_failure_risk,
        w_sacral_fracture,
        w_fractured_vertebra_in_dxa_roi,
        w_invalid_dxa_site,
        w_unit_ambiguous,
        w_nsaid_caution,
        w_fracture_overrides_tscore,
        w_do_not_delay_treatment,
        w_high_refracture_risk,
        w_height_loss_intermediate,
        w_below_genant_threshold,
        w_chronic_fracture_still_diagnostic,
        w_high_energy_not_fragility,
        w_mimic,
        w_zscore_population,
        w_diagnosis_persists,
        w_frax_reported_only,
        w_onj_aff,
        w_ibandronate_no_hip_evidence,
        w_calcium_vitd_conflict,
        w_bed_rest,
        w_opioid_falls,
        w_lsc_not_reported,
        w_serial_t_scores_only,
        w_egfr_not_crcl,
        w_mechanism_unknown,
        w_acuity_unknown,
        w_age_sex_unknown,
        w_neuro_unknown,
        w_stability_incomplete,
        w_no_spine_imaging,
        w_no_dxa,
        w_frax_not_computed,
        w_renal_unknown,
        w_calcium_unknown,
        w_contraindications_unchecked,
        w_red_flags_unassessed,
        w_clinician_review,
    )
}
"""Every warning, in its order."""

GUIDELINE.reached_by("warning", WARNINGS)


def level_of(c: Case, name: str) -> AlertLevel:
    """The level of a warning; denosumab's is a stop only while the patient is exposed to it."""
    if name == "w_denosumab_rebound" and not c.deno_exposed.is_true:
        return "check"
    level: AlertLevel = GUIDELINE.entries["warning"][name].more["level"]
    return level
