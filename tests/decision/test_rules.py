"""Every rule three times: a case that fires, one that does not, and one in which what it needs is unknown.

Of the unknown case two things are tested: the rule does not fire, and ``missing`` says that knowing would change it -
which is found by evaluating the rules, so it is the unknown and not something else that keeps the rule from firing.
Rules that only read what a report states (an issue, a mimic) have no unknown case: silence is then all there is.
"""

from __future__ import annotations

from typing import Any

import pytest

from decision import Assessment, assess
from decision.diagnosis import DIAGNOSES
from decision.protocol import ITEMS
from decision.risk import TIERS, VERY_HIGH
from decision.stability import COMPONENTS
from decision.warnings import WARNINGS
from tests.decision.stories import L2, WOMAN, case, dxa, spine, story

Told = dict[str, Any]
W = WOMAN
ISSUE = {"code": "fracture_not_in_impression"}
UNREADABLE = {"code": "unreadable_value"}
SERIAL = [dxa(bmd_g_cm2=0.8), dxa(bmd_g_cm2=0.75, when="prior")]
C5 = {"level": "C5", "region": "cervical"}
STABLE = {"retropulsion": "absent", "posterior_wall": "intact", "height_loss_percent": [5, 5]}
STRAIGHT = {"kyphosis": {"assertion": "absent"}, "scoliosis": {"assertion": "absent"}}
VERY_LOW = -3.1

DIAGNOSIS: dict[str, tuple[Told, Told, Told | None]] = {
    "pathologic_vcf_suspected": (
        {"v": {"malignant_features": ["epidural_mass"]}},
        {"v": {"malignant_features": ["epidural_mass"]}, "pathology_excluded_by_mri": True},
        {"v": {}, **W},
    ),
    "vcf_secondary_cause_evaluation_required": (
        {"v": {}, "age_years": 35, "sex": "male"},
        {"v": {}, "age_years": 35, "sex": "male", "trauma": "high_energy"},
        {"v": {}, "sex": "male"},
    ),
    "traumatic_vcf_with_osteoporosis_bmd": (
        {"v": {}, "t": -2.5, "trauma": "high_energy", **W},
        {"v": {}, "t": -2.4, "trauma": "high_energy", **W},
        {"v": {}, "t": -2.5, **W},
    ),
    "traumatic_vcf_without_osteoporosis": (
        {"v": {}, "t": -2.4, "trauma": "high_energy", **W},
        {"v": {}, "t": -2.4, "trauma": "low_energy", **W},
        {"v": {}, "t": -2.4, **W},
    ),
    "traumatic_vcf_bmd_unknown": (
        {"v": {}, "trauma": "high_energy", **W},
        {"v": {}, "t": -1.0, "trauma": "high_energy", **W},
        {"v": {}, **W},
    ),
    "osteoporotic_vcf_severe_osteoporosis": ({"v": {}, "t": -2.5, **W}, {"v": {}, "t": -2.4, **W}, {"v": {}, **W}),
    "osteoporotic_vcf_osteopenic_bmd": ({"v": {}, "t": -1.1, **W}, {"v": {}, "t": -1.0, **W}, {"v": {}, **W}),
    "osteoporotic_vcf_normal_bmd": (
        {"v": {}, "t": -1.0, "trauma": "none", **W},
        {"v": {}, "t": -1.1, "trauma": "none", **W},
        {"v": {}, "t": -1.0, **W},
    ),
    "osteoporotic_vcf_bmd_unknown": ({"v": {}, **W}, {"v": {}, "t": -1.0, **W}, {"v": {}}),
    "vcf_cause_undetermined": ({"v": {}, "t": -1.0, **W}, {"v": {}, "t": -1.1, **W}, {"v": {}, **W}),
    "cervical_fracture": ({"v": C5}, {"v": {**C5, "acuity": "chronic"}}, {"v": {**C5, "acuity": "chronic"}}),
    "osteoporosis_bmd_no_fracture_shown": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "osteoporosis_prior_fragility_fracture": (
        {"prior_hip_fracture": True, **W},
        {"prior_hip_fracture": False, "prior_vertebral_fractures": 0, **W},
        dict(W),
    ),
    "osteoporosis_frax_defined": (
        {"t": -2.0, "frax_hip_percent": 3, **W},
        {"t": -2.0, "frax_hip_percent": 2.9, "frax_major_percent": 19.9, **W},
        {"t": -2.0, **W},
    ),
    "vertebral_fracture_equivocal": (
        {"v": {"assertion": "possible"}, **W},
        {"v": {"assertion": "possible", "marrow_edema": "present"}, **W},
        None,
    ),
    "vertebral_deformity_not_fracture": ({"v": {"mimic": "limbus"}, **W}, {"v": {}, **W}, None),
    "low_bone_mass": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "normal_bmd": ({"t": -1.0, **W}, {"t": -1.1, **W}, dict(W)),
    "bmd_below_expected_for_age": (
        {"z": -2.0, "age_years": 35, "sex": "male"},
        {"z": -1.9, "age_years": 35, "sex": "male"},
        {"age_years": 35, "sex": "male"},
    ),
    "bmd_within_expected_for_age": (
        {"z": -1.9, "age_years": 35, "sex": "male"},
        {"z": -2.0, "age_years": 35, "sex": "male"},
        {"age_years": 35, "sex": "male"},
    ),
    "insufficient_data": ({}, {"t": -1.0, **W}, None),
}

CODES: dict[str, tuple[Told, Told, Told]] = {
    "VH1": ({"v": {"acuity": "acute"}, **W}, {"v": {"acuity": "chronic"}, **W}, {"v": {}, **W}),
    "VH2": (
        {"v": {}, "prior_vertebral_fractures": 1, **W},
        {"v": {}, "prior_vertebral_fractures": 0, "prior_hip_fracture": False, **W},
        {"v": {}, **W},
    ),
    "VH3": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"prior_hip_fracture": True, **W}),
    "VH4": (
        {"v": {"acuity": "acute"}, "osteoporosis_drug": "alendronate", "osteoporosis_drug_years": 1, **W},
        {
            "v": {"acuity": "acute"},
            "osteoporosis_drug": "alendronate",
            "osteoporosis_drug_years": 0.9,
            "denosumab_status": "on",
            **W,
        },
        {"v": {"acuity": "acute"}, "osteoporosis_drug": "alendronate", **W},
    ),
    "VH5": (
        {"v": {}, "glucocorticoid_mg_day": 2.5, "glucocorticoid_months": 4, **W},
        {"v": {}, "glucocorticoid_mg_day": 2.4, "glucocorticoid_months": 4, **W},
        {"v": {}, "glucocorticoid_mg_day": 2.5, **W},
    ),
    "VH6": (
        {"t": -2.6, "frax_major_percent": 30.1, **W},
        {"t": -2.6, "frax_major_percent": 30, "frax_hip_percent": 4.5, "glucocorticoid_mg_day": 0, **W},
        {"t": -2.6, "frax_major_percent": 30, **W},
    ),
    "VH7": ({"t": -2.6, "high_fall_risk": True, **W}, {"t": -2.6, "high_fall_risk": False, **W}, {"t": -2.6, **W}),
}

TIER: dict[str, tuple[Told, Told, Told | None]] = {
    "very_high": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "high": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "moderate": (
        {"t": -2.0, "frax_major_percent": 19.9, "frax_hip_percent": 2.9, **W},
        {"t": -2.0, "frax_major_percent": 20, **W},
        {"t": -2.0, "frax_major_percent": 10, **W},
    ),
    "low": ({"t": -1.0, **W}, {"t": -1.1, **W}, dict(W)),
    "indeterminate": ({}, {"t": -1.0, **W}, None),
}

COMPONENT: dict[str, tuple[Told, Told, Told | None]] = {
    # state major or minor, state pass, state unknown
    "neuro": ({"v": {}, "neurological_deficit": True}, {"v": {}, "neurological_deficit": False}, {"v": {}}),
    "posterior_wall": ({"v": {"posterior_wall": "involved"}}, {"v": {"posterior_wall": "intact"}}, {"v": {}}),
    "height_loss": (
        {"v": {"height_loss_percent": [10, 10]}},
        {"v": {"height_loss_percent": [9.9, 9.9]}},
        {"v": {}},
    ),
    "kyphosis": (
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 15, "scope": "local"}})]},
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 14.9, "scope": "local"}})]},
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 30, "scope": "regional"}})]},
    ),
    "scoliosis": (
        {"reports": [spine(L2, alignment={"scoliosis": {"degrees": 10, "scope": "local"}})]},
        {"reports": [spine(L2, alignment={"scoliosis": {"degrees": 9.9, "scope": "local"}})]},
        {"reports": [spine(L2, alignment={"scoliosis": {"degrees": 30}})]},
    ),
    "posterior_column": (
        {"v": {"posterior_column": "injured"}},
        {"v": {}},
        {"v": {}, "trauma": "high_energy"},
    ),
    "ankylosed_spine": ({"v": {}, "ankylosed_spine": True}, {"v": {}, "ankylosed_spine": False}, None),
    "progression": ({"v": {"cleft": "present"}}, {"v": {"change": "new"}}, None),
}

PAIN = {"back_pain": True}
ITEM: dict[str, tuple[Told, Told, Told | None]] = {
    "acute_emergency_referral": (
        {"neurological_deficit": True},
        {"neurological_deficit": False, "v": {}},
        {"v": {}, **W},
    ),
    "acute_spinal_precautions": ({"v": {"retropulsion": "present"}}, {"v": {"retropulsion": "absent"}}, {"v": {}}),
    "acute_surgical_consult": ({"v": {"posterior_wall": "involved"}}, {"v": STABLE}, {"v": {}}),
    "dx_neuro_exam": ({"v": {}}, {"v": {"acuity": "chronic"}}, {"v": {"acuity": "chronic"}}),
    "dx_mri_emergency": ({"cauda_equina_signs": True}, {"cauda_equina_signs": False, "v": {}}, {"v": {}}),
    "dx_mri_with_contrast": (
        {"v": {}, "malignancy_history": True},
        {"v": {}, "malignancy_history": True, "pathology_excluded_by_mri": True},
        {"v": {}},
    ),
    "dx_mri_noncontrast": ({"v": {}, **PAIN, **W}, {"v": {"acuity": "acute"}, **PAIN, **W}, {"v": {}, **W}),
    "dx_bone_scan_spect": (
        {"v": {}, **PAIN, "mri_contraindicated": True, **W},
        {"v": {}, **PAIN, "mri_contraindicated": False, **W},
        {"v": {}, **PAIN, **W},
    ),
    "dx_ct_spine": (
        {"v": {"height_loss_percent": [30, 50]}},
        {"v": {"height_loss_percent": [30, 49.9]}},
        {"v": {}},
    ),
    "dx_upright_radiographs": (
        {"v": {}},
        {"reports": [spine({**L2, "height_loss_percent": [5, 5]}, alignment=STRAIGHT)]},
        {"v": {"acuity": "chronic"}},
    ),
    "dx_pathologic_workup": ({"infection_suspected": True}, {"infection_suspected": False}, {}),
    "dx_clarify_contradiction": ({"v": {"assertion": "possible"}}, {"v": {}}, None),
    "dx_obtain_dxa": ({"v": {}, **W}, {"v": {}, "t": -2.0, **W}, dict(W)),
    "dx_exclude_fractured_level": (
        {"v": {}, "reports": [dxa(-2.0, site="lumbar_spine", vertebrae=["L1", "L2"])], **W},
        {"v": {}, "reports": [dxa(-2.0, site="lumbar_spine", vertebrae=["L3", "L4"])], **W},
        {"v": {"assertion": "possible"}, "reports": [dxa(-2.0, site="lumbar_spine")], **W},
    ),
    "dx_vfa": (
        {"t": -1.1, "age_years": 70, "sex": "female"},
        {
            "t": -1.1,
            "age_years": 69,
            "sex": "female",
            "prior_vertebral_fractures": 0,
            "height_loss_cm": 4,
            "glucocorticoid_mg_day": 4.9,
        },
        {"t": -1.1, "age_years": 69, "sex": "female"},
    ),
    "dx_secondary_workup": ({"t": -2.5, **W}, {"t": -1.0, **W}, dict(W)),
    "dx_frax_by_clinician": ({"t": -2.0, **W}, {"t": -2.0, "frax_hip_percent": 3, **W}, dict(W)),
    "rx_review_current_drug": (
        {"osteoporosis_drug": "alendronate"},
        {"osteoporosis_drug": "alendronate", "osteoporosis_drug_status": "stopped"},
        {},
    ),
    "rx_oral_bisphosphonate": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "rx_alendronate": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "rx_risedronate": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "rx_ibandronate": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "rx_zoledronate": (
        {"t": -2.5, "oesophageal_disorder": True, **W},
        {"t": -2.4, "oesophageal_disorder": True, **W},
        {"t": -2.5, **W},
    ),
    "rx_denosumab": (
        {"t": -2.5, "egfr": 29.9, **W},
        {"t": -2.5, "egfr": 30, "can_sit_upright_30min": True, **W},
        {"t": -2.5, **W},
    ),
    "rx_anabolic_first": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "rx_teriparatide": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "rx_abaloparatide": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "rx_romosozumab": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "rx_antiresorptive_after_anabolic": (
        {"osteoporosis_drug": "teriparatide", "osteoporosis_drug_status": "completed"},
        {"osteoporosis_drug": "teriparatide", "osteoporosis_drug_status": "stopped"},
        {},
    ),
    "rx_post_denosumab_antiresorptive": (
        {"denosumab_status": "stopped", "months_since_last_denosumab": 24},
        {"denosumab_status": "stopped", "months_since_last_denosumab": 24.1},
        {},
    ),
    "rx_correct_hypocalcaemia_first": ({"serum_calcium": "low"}, {"serum_calcium": "normal"}, {}),
    "rx_calcium_total": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "rx_vitamin_d": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "rx_check_25ohd": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "acute_analgesia": ({"v": {}, **PAIN}, {"v": {}, "back_pain": False}, {"v": {}}),
    "acute_conservative_care": (
        {"v": {}, **PAIN},
        {"v": {"retropulsion": "present"}, **PAIN},
        {"v": {}},
    ),
    "acute_limit_bed_rest": ({"v": {}, **PAIN}, {"v": {"acuity": "acute"}, "back_pain": False}, {"v": {}}),
    "acute_brace": ({"v": {}, **PAIN}, {"v": {"acuity": "acute"}, "back_pain": False}, {"v": {}}),
    "acute_physiotherapy": ({"v": {}}, {"v": {"retropulsion": "present"}}, {"v": {"assertion": "possible"}}),
    "acute_augmentation_evaluation": (
        {"v": {}, "pain_severe": True, "weeks_conservative": 3},
        {"v": {}, "pain_severe": True, "weeks_conservative": 2.9},
        {"v": {}, "pain_severe": True},
    ),
    "follow_pain_function": ({"v": {}}, {"v": {"assertion": "absent"}}, {"v": {"assertion": "possible"}}),
    "follow_new_fractures": ({"v": {}, **W}, {"t": -2.5, **W}, {"v": {}}),
    "follow_dxa_1_2y": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "follow_lsc_bmd": ({"reports": SERIAL}, {"reports": SERIAL[:1]}, None),
    "life_exercise": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "life_falls": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "life_smoking_alcohol": ({"t": -1.1, **W}, {"t": -1.0, **W}, dict(W)),
    "ref_bone_specialist": ({"t": -3.1, **W}, {"t": -1.0, **W}, {"t": -2.6, **W}),
    "ref_oncology": ({"v": {}, "malignancy_history": True}, {"v": {}, "malignancy_history": False}, {"v": {}}),
    "ref_parathyroid": (
        {"v": {}, "primary_hyperparathyroidism": True},
        {"v": {}, "primary_hyperparathyroidism": False},
        {"v": {}},
    ),
}

GC = {"glucocorticoid_mg_day": 5, "glucocorticoid_months": 12}
CANCER = {"malignancy_history": True}
WARNING: dict[str, tuple[Told, Told, Told | None]] = {
    "w_emergency_first": ({"neurological_deficit": True}, {"neurological_deficit": False}, {}),
    "w_cauda_equina": ({"cauda_equina_signs": True}, {"cauda_equina_signs": False}, {}),
    "w_unstable": ({"v": {"retropulsion": "present"}}, {"v": {"retropulsion": "absent"}}, {"v": {}}),
    "w_cervical_fracture": ({"v": C5}, {"v": {**C5, "acuity": "chronic"}}, {"v": {**C5, "acuity": "chronic"}}),
    "w_red_flag_infection": ({"v": {}, "fever": True}, {"v": {}, "fever": False, "iv_drug_use": False}, {"v": {}}),
    "w_pathologic_not_excluded": ({"v": {}, **CANCER}, {"v": {}, "malignancy_history": False, **W}, {"v": {}, **W}),
    "w_pregnancy": ({"pregnant": True}, {"pregnant": False}, {"age_years": 30, "sex": "female"}),
    "w_hypocalcaemia": ({"serum_calcium": "low"}, {"serum_calcium": "normal"}, {}),
    "w_denosumab_ckd_boxed": ({"egfr": 29.9}, {"egfr": 30}, {}),
    "w_egfr_below_30": ({"creatinine_clearance": 29.9, "egfr": 60}, {"creatinine_clearance": 30, "egfr": 20}, {}),
    "w_denosumab_rebound": ({"denosumab_status": "on"}, {"osteoporosis_drug": "alendronate"}, {}),
    "w_romosozumab_cv_boxed": (
        {"t": -2.5, "mi_or_stroke_months_ago": 60, **W},
        {"t": -2.4, "mi_or_stroke_months_ago": 60, **W},
        {"t": -2.5, **W},
    ),
    "w_nsaid_contraindicated": (
        {"v": {}, **PAIN, "ulcer_disease": True},
        {"v": {}, "back_pain": False, "ulcer_disease": True},
        {"v": {}, **PAIN},
    ),
    "w_treatment_failure": (
        {"v": {"acuity": "acute"}, "osteoporosis_drug": "alendronate", "osteoporosis_drug_years": 1},
        {"v": {"acuity": "chronic"}, "osteoporosis_drug": "alendronate", "osteoporosis_drug_years": 1},
        {"v": {}, "osteoporosis_drug": "alendronate", "osteoporosis_drug_years": 1},
    ),
    "w_paediatric": ({"age_years": 19}, {"age_years": 20}, {}),
    "w_tscore_not_applicable": (
        {"t": -2.5, "age_years": 49, "sex": "male"},
        {"t": -2.5, "age_years": 50, "sex": "male"},
        {"t": -2.5},
    ),
    "w_red_flag_cancer": ({"v": {}, **CANCER}, {"v": {}, "malignancy_history": False}, {"v": {}}),
    "w_secondary_cause": ({"v": {}, "age_years": 35, "sex": "male"}, {"v": {}, **W}, {"v": {}}),
    "w_contradictory_reports": (
        {"v": {"genant_grade": 3, "height_loss_percent": [30, 30]}},
        {"v": {"genant_grade": 2, "height_loss_percent": [30, 30]}},
        None,
    ),
    "w_fracture_equivocal": ({"v": {"assertion": "possible"}}, {"v": {}}, None),
    "w_missed_fracture": ({"reports": [spine(L2, issues=[ISSUE])]}, {"v": {}}, None),
    "w_hypercalcaemia": ({"serum_calcium": "high"}, {"serum_calcium": "normal"}, {}),
    "w_normal_bmd_fragility": (
        {"v": {}, "t": 0.0, "trauma": "none", **W},
        {"v": {}, "t": -1.1, "trauma": "none", **W},
        {"v": {}, "t": 0.0, **W},
    ),
    "w_kyphosis_threshold_conflict": (
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 15, "scope": "local", "at": ["L2"]}})]},
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 14.9, "scope": "local"}})]},
        {"reports": [spine(L2, alignment={"kyphosis": {"degrees": 20, "scope": "local", "at": ["T8"]}})]},
    ),
    "w_guideline_conflict_first_line": ({"t": -3.1, **W}, {"t": -3.0, **W}, {"t": -2.6, **W}),
    "w_egfr_below_35": ({"egfr": 34.9}, {"egfr": 35}, {}),
    "w_oesophageal": ({"oesophageal_disorder": True}, {"oesophageal_disorder": False}, {}),
    "w_low_vitamin_d": ({"vitamin_d_ng_ml": 19.9}, {"vitamin_d_ng_ml": 20}, {}),
    "w_osteomalacia_possible": (
        {"vitamin_d_ng_ml": 19, "serum_calcium": "low"},
        {"vitamin_d_ng_ml": 10, "serum_calcium": "normal"},
        {"vitamin_d_ng_ml": 10},
    ),
    "w_glucocorticoid": (GC, {**GC, "glucocorticoid_months": 3}, {"glucocorticoid_mg_day": 5}),
    "w_pth_analog_osteosarcoma_risk": ({"paget": True}, {"paget": False, "skeletal_radiation": False}, {}),
    "w_romosozumab_label_conflict": (
        {"t": -2.5, "mi_or_stroke_months_ago": 12.1, **W},
        {"t": -2.5, "mi_or_stroke_months_ago": 12, **W},
        {"t": -2.5, **W},
    ),
    "w_romosozumab_women_only": (
        {"t": -3.1, "age_years": 72, "sex": "male"},
        {"t": -3.1, **W},
        {"t": -3.1, "age_years": 72},
    ),
    "w_raloxifene_vte": ({"t": -2.5, "prior_vte": True, **W}, {"t": -2.5, "prior_vte": False, **W}, {"t": -2.5, **W}),
    "w_bp_duration_review": (
        {"osteoporosis_drug": "zoledronate", "osteoporosis_drug_years": 3},
        {"osteoporosis_drug": "alendronate", "osteoporosis_drug_years": 4.9},
        {"osteoporosis_drug": "alendronate"},
    ),
    "w_anabolic_must_be_followed": ({"osteoporosis_drug": "teriparatide"}, {"osteoporosis_drug": "alendronate"}, {}),
    "w_augmentation_evidence_conflict": (
        {"v": {}, "hospitalised_or_parenteral_opioid": True},
        {"v": {}, "hospitalised_or_parenteral_opioid": False},
        {"v": {}},
    ),
    "w_conservative_failure_risk": (
        {"v": {}, "age_years": 74, "bmi": 23.1},
        {"v": {}, "age_years": 74, "bmi": 23},
        {"v": {}, "age_years": 74},
    ),
    "w_sacral_fracture": ({"v": {"level": "S1"}}, {"v": {}}, None),
    "w_fractured_vertebra_in_dxa_roi": (
        {"v": {}, "reports": [dxa(-2.0, site="lumbar_spine")]},
        {"v": {"level": "L5"}, "reports": [dxa(-2.0, site="lumbar_spine")]},
        None,
    ),
    "w_invalid_dxa_site": ({"reports": [dxa(-2.0, site="wards")]}, {"t": -2.0}, None),
    "w_unit_ambiguous": ({"reports": [spine(L2, issues=[UNREADABLE])]}, {"v": {}}, None),
    "w_nsaid_caution": (
        {"v": {}, **PAIN, "egfr": 59.9, **W},
        {"v": {}, **PAIN, "egfr": 60, **W},
        {"v": {}, **PAIN, **W},
    ),
    "w_fracture_overrides_tscore": ({"v": {}, "t": -2.4, **W}, {"v": {}, "t": -2.5, **W}, {"v": {}, **W}),
    "w_do_not_delay_treatment": ({"v": {}, **W}, {"v": {}, **W, **CANCER}, {"v": {}}),
    "w_high_refracture_risk": ({"v": {}, **W}, {"t": -2.5, **W}, {"v": {}}),
    "w_height_loss_intermediate": (
        {"v": {"height_loss_percent": [10, 49.9]}},
        {"v": {"height_loss_percent": [9.9, 30]}},
        {"v": {}},
    ),
    "w_below_genant_threshold": (
        {"v": {"height_loss_percent": [0, 19.9]}},
        {"v": {"height_loss_percent": [0, 20]}},
        {"v": {}},
    ),
    "w_chronic_fracture_still_diagnostic": ({"v": {"acuity": "chronic"}}, {"v": {"acuity": "acute"}}, {"v": {}}),
    "w_high_energy_not_fragility": ({"v": {}, "trauma": "high_energy"}, {"v": {}, "trauma": "none"}, {"v": {}}),
    "w_mimic": ({"v": {"mimic": "congenital"}}, {"v": {}}, None),
    "w_zscore_population": ({"age_years": 49, "sex": "male"}, {"age_years": 50, "sex": "male"}, {"sex": "male"}),
    "w_diagnosis_persists": (
        {"t": -2.4, "previous_lowest_t_score": -2.5, **W},
        {"t": -2.4, "previous_lowest_t_score": -2.4, **W},
        {"t": -2.4, **W},
    ),
    "w_frax_reported_only": (
        {"t": -2.0, "frax_major_percent": 5, **W},
        {"t": -1.0, "frax_major_percent": 5, **W},
        {"t": -2.0, **W},
    ),
    "w_onj_aff": ({"t": -2.5, **W}, {"t": -2.4, **W}, dict(W)),
    "w_ibandronate_no_hip_evidence": ({"t": -2.5, **W}, {"t": -2.5, "egfr": 29, **W}, dict(W)),
    "w_calcium_vitd_conflict": ({"t": -1.1, **W}, {"t": -1.1, "serum_calcium": "high", **W}, dict(W)),
    "w_bed_rest": ({"v": {}, **PAIN}, {"v": {}, "back_pain": False}, {"v": {}}),
    "w_opioid_falls": ({"v": {}, **PAIN}, {"v": {}, "back_pain": False}, {"v": {}}),
    "w_lsc_not_reported": ({"reports": SERIAL}, {"reports": [dxa(bmd_g_cm2=0.8, lsc_g_cm2=0.02), SERIAL[1]]}, None),
    "w_serial_t_scores_only": ({"reports": [dxa(-2.0), SERIAL[1]]}, {"reports": SERIAL}, None),
    "w_egfr_not_crcl": ({"t": -2.5, "egfr": 60, **W}, {"t": -2.5, "creatinine_clearance": 60, **W}, {"t": -2.5, **W}),
    "w_mechanism_unknown": ({"v": {}}, {"v": {}, "trauma": "none"}, {"v": {"assertion": "possible"}}),
    "w_acuity_unknown": ({"v": {}}, {"v": {"acuity": "acute"}}, {"v": {"assertion": "possible"}}),
    "w_age_sex_unknown": ({"sex": "female"}, dict(W), None),
    "w_neuro_unknown": ({"v": {}}, {"v": {}, "neurological_deficit": False}, {"v": {"assertion": "possible"}}),
    "w_stability_incomplete": (
        {"v": {}},
        {"reports": [spine({**L2, **STABLE}, alignment=STRAIGHT)], "neurological_deficit": False},
        {"v": {"assertion": "possible"}},
    ),
    "w_no_spine_imaging": ({"t": -1.0}, {"v": {}}, None),
    "w_no_dxa": ({"v": {}, **W}, {"v": {}, "t": 0.0, **W}, dict(W)),
    "w_frax_not_computed": (
        {"t": -2.0, **W},
        {"t": -2.0, "frax_hip_percent": 1, "frax_major_percent": 1, **W},
        dict(W),
    ),
    "w_renal_unknown": ({"t": -2.5, **W}, {"t": -2.5, "egfr": 90, **W}, dict(W)),
    "w_calcium_unknown": ({"t": -2.5, **W}, {"t": -2.5, "serum_calcium": "normal", **W}, dict(W)),
    "w_contraindications_unchecked": ({"t": -2.5, **W}, {"t": -2.4, **W}, None),
    "w_red_flags_unassessed": (
        {"v": {}},
        {"v": {}, "malignancy_history": False, "fever": False, "weight_loss": False, "night_pain": False},
        {"v": {"assertion": "possible"}},
    ),
}


def concluded(told: Told) -> Assessment:
    reports, patient = story(**told)
    return assess(reports, patient)


def would_decide(assessment: Assessment) -> set[str]:
    return {name for missing in assessment.missing for name in missing.would_decide}


def table(rules: dict[str, tuple[Told, Told, Told | None]]) -> list[Any]:
    return [pytest.param(name, *told, id=name) for name, told in rules.items()]


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(DIAGNOSIS))
def test_diagnosis(name: str, fires: Told, fails: Told, unknown: Told | None) -> None:
    assert concluded(fires).diagnosis.id == name
    assert concluded(fails).diagnosis.id != name
    if unknown is not None:
        open_question = concluded(unknown)
        assert open_question.diagnosis.id != name or name == "vcf_cause_undetermined"
        changes = [line for missing in open_question.missing for effect in missing.effects for line in effect.changes]
        assert any(line.startswith("diagnosis:") and line.endswith(f"-> {name}") for line in changes)


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(CODES))
def test_very_high_code(name: str, fires: Told, fails: Told, unknown: Told) -> None:
    assert case(**fires).codes[name].is_true
    assert concluded(fires).risk.tier == "very_high"
    assert name in concluded(fires).risk.because.text
    assert not case(**fails).codes[name].is_true
    assert not case(**unknown).codes[name].is_true
    assert "tier" in would_decide(concluded(unknown))


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(TIER))
def test_tier(name: str, fires: Told, fails: Told, unknown: Told | None) -> None:
    assert concluded(fires).risk.tier == name
    assert concluded(fails).risk.tier != name
    if unknown is not None:
        changes = [
            line for missing in concluded(unknown).missing for effect in missing.effects for line in effect.changes
        ]
        assert any(line.startswith("tier:") and line.endswith(f"-> {name}") for line in changes)


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(COMPONENT))
def test_component(name: str, fires: Told, fails: Told, unknown: Told | None) -> None:
    def state(told: Told) -> str:
        return next(part.state for part in concluded(told).stability.components if part.id == name)

    assert state(fires) in ("major_fail", "minor_fail")
    assert state(fails) == "pass"
    if unknown is not None:
        assert state(unknown) == "unknown"


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(ITEM))
def test_item(name: str, fires: Told, fails: Told, unknown: Told | None) -> None:
    assert name in {item.id for item in concluded(fires).protocol}
    assert name not in {item.id for item in concluded(fails).protocol}
    if unknown is not None:
        open_question = concluded(unknown)
        assert name not in {item.id for item in open_question.protocol}
        assert name in would_decide(open_question)


@pytest.mark.parametrize(("name", "fires", "fails", "unknown"), table(WARNING))
def test_warning(name: str, fires: Told, fails: Told, unknown: Told | None) -> None:
    assert name in {warning.id for warning in concluded(fires).warnings}
    assert name not in {warning.id for warning in concluded(fails).warnings}
    if unknown is not None:
        open_question = concluded(unknown)
        assert name not in {warning.id for warning in open_question.warnings}
        assert name in would_decide(open_question)


def test_every_rule_is_in_the_tables() -> None:
    assert list(DIAGNOSIS) == [rule.__name__ for rule in DIAGNOSES]
    assert list(CODES) == list(VERY_HIGH)
    assert list(TIER) == list(TIERS)
    assert list(COMPONENT) == [rule.__name__ for rule in COMPONENTS]
    assert set(ITEM) == set(ITEMS) - {"rx_raloxifene"}
    assert set(WARNING) == set(WARNINGS) - {"w_clinician_review"}


def test_what_is_always_and_what_is_never_printed() -> None:
    for told in ({}, {"v": {}, "t": VERY_LOW, **W}, {"neurological_deficit": True}):
        assessment = concluded(told)
        assert assessment.warnings[-1].id == "w_clinician_review"
        assert "rx_raloxifene" not in {item.id for item in assessment.protocol}


def test_order_of_output_is_the_order_of_the_registries() -> None:
    assessment = concluded({"v": {"acuity": "acute"}, "t": VERY_LOW, **PAIN, **W})
    printed = [item.id for item in assessment.protocol]
    assert printed == [name for name in ITEMS if name in printed]
    warned = [warning.id for warning in assessment.warnings]
    assert warned == [name for name in WARNINGS if name in warned]


@pytest.mark.parametrize(
    ("finding", "component", "state"),
    [
        ({"retropulsion": "present"}, "posterior_wall", "major_fail"),
        ({"posterior_wall": "involved"}, "posterior_wall", "minor_fail"),
        ({"height_loss_percent": [50, 50]}, "height_loss", "major_fail"),
        ({"severity": "mild"}, "height_loss", "minor_fail"),
        ({"posterior_column": "injured"}, "posterior_column", "major_fail"),
        ({"cleft": "present"}, "progression", "minor_fail"),
    ],
)
def test_an_equivocal_vertebra_is_graded_where_no_fracture_is_established(
    finding: Told, component: str, state: str
) -> None:
    doubtful = {**L2, "assertion": "possible", **finding}
    alone = concluded({"reports": [spine(doubtful)]}).stability
    assert {part.id: part.state for part in alone.components}[component] == state
    assert alone.overall == ("unstable" if state == "major_fail" else "indeterminate")
    beside = concluded({"reports": [spine(doubtful, {**L2, "level": "T8"})]}).stability
    assert {part.id: part.state for part in beside.components}[component] in ("unknown", "pass")


def test_an_equivocal_vertebra_has_no_lean_and_is_graded_without_oedema_too() -> None:
    mild = {**L2, **STABLE, "height_loss_percent": [30, 30]}
    told: Told = {"neurological_deficit": False}
    fracture = concluded({"reports": [spine(mild, alignment=STRAIGHT)], **told}).stability
    assert (fracture.overall, fracture.lean) == ("indeterminate", "likely_stable")
    doubtful = concluded({"reports": [spine({**mild, "assertion": "possible"}, alignment=STRAIGHT)], **told}).stability
    assert (doubtful.overall, doubtful.reason, doubtful.lean) == ("indeterminate", "fracture_not_established", None)
    dry = {**L2, "assertion": "possible", "marrow_edema": "absent", "retropulsion": "present"}
    assert concluded({"reports": [spine(dry)]}).stability.overall == "unstable"
    wet = {**dry, "retropulsion": "possible"}
    assert concluded({"reports": [spine(wet)]}).stability.lean is None


def test_what_an_equivocal_vertebra_does_and_does_not() -> None:
    doubtful = {**L2, "assertion": "possible", "acuity": "acute", "marrow_edema": "absent"}
    bent = spine(doubtful, alignment={"kyphosis": {"degrees": 15, "scope": "local"}})
    told: Told = {"reports": [bent], "progression_on_followup": True, "osteoporosis_drug": "alendronate",
                  "osteoporosis_drug_years": 3, **W}  # fmt: skip
    assessment = concluded(told)
    warned = {warning.id for warning in assessment.warnings}
    assert "w_kyphosis_threshold_conflict" in warned
    assert "w_treatment_failure" not in warned
    assert {part.id: part.state for part in assessment.stability.components}["progression"] == "minor_fail"
    assert not case(**told).recent.is_true


@pytest.mark.parametrize(
    ("told", "rebound"),
    [
        ({"t": -1.1}, True),
        ({}, True),
        ({"t": -1.0}, False),
        ({"t": -1.0, "trauma": "low_energy"}, True),
        ({"trauma": "high_energy"}, False),
        ({"t": -1.1, "months_since_last_denosumab": 5.9}, False),
        ({"t": -1.1, "denosumab_status": "on"}, False),
    ],
)
def test_a_rebound_fracture_is_one_of_fragility_stated_or_presumed(told: Told, rebound: bool) -> None:
    given = {"v": {"acuity": "acute"}, "denosumab_status": "stopped", **W, **told}
    assert case(**given).rebound.is_true is rebound


def test_exercise_waits_for_clearance_with_a_recent_or_an_unstable_fracture() -> None:
    for finding, waits in (
        ({"acuity": "acute"}, True), ({"retropulsion": "present"}, True), ({"acuity": "chronic"}, False), ({}, False),
    ):  # fmt: skip
        protocol = {item.id: item.action for item in concluded({"v": finding, **W}).protocol}
        assert ("clearance" in protocol["life_exercise"]) is waits
