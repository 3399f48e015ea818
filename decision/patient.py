"""What the caller knows of a patient beyond the reports. Every field is optional; ``None`` is unknown, never no."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from extractor.findings import Finite, Model, NonNegative, Percent, Positive, Sex


def _generic_name(value: Any) -> Any:
    """Fold case and the two names of one drug, so that "Zoledronic acid" is the drug the rules know."""
    if not isinstance(value, str):
        return value
    name = value.strip().lower()
    return {"zoledronic acid": "zoledronate", "alendronic acid": "alendronate", "risedronic acid": "risedronate",
            "ibandronic acid": "ibandronate"}.get(name, name)  # fmt: skip


Count = Annotated[int, Field(ge=0)]


class Patient(Model):
    """One patient as the caller knows them; caller values override what a report says, and a difference is an issue.

    Units are in the names. ``glucocorticoid_mg_day`` is prednisone equivalent; ``egfr`` is mL/min/1.73 m2 and
    ``creatinine_clearance`` mL/min (it wins over ``egfr``). ``prior_vertebral_fractures`` counts those besides the ones
    in the reports. ``can_sit_upright_30min`` is false also for a patient who cannot be mobilised.
    ``osteoporosis_drug_status`` null means that a named drug is taken now.
    """

    age_years: Annotated[Finite, Field(ge=0, le=130)] | None = None
    sex: Sex | None = None
    menopausal_status: Literal["post", "peri", "pre"] | None = None
    trauma: Literal["none", "low_energy", "high_energy"] | None = None
    back_pain: bool | None = None
    pain_severe: bool | None = None
    pain_improving: bool | None = None
    pain_weeks: NonNegative | None = None
    weeks_conservative: NonNegative | None = None
    hospitalised_or_parenteral_opioid: bool | None = None
    pain_at_fracture_level_confirmed: bool | None = None
    pulmonary_dysfunction: bool | None = None
    neurological_deficit: bool | None = None
    cauda_equina_signs: bool | None = None
    malignancy_history: bool | None = None
    fever: bool | None = None
    iv_drug_use: bool | None = None
    weight_loss: bool | None = None
    night_pain: bool | None = None
    infection_suspected: bool | None = None
    pathology_excluded_by_mri: bool | None = None
    glucocorticoid_mg_day: NonNegative | None = None
    glucocorticoid_months: NonNegative | None = None
    prior_vertebral_fractures: Count | None = None
    prior_hip_fracture: bool | None = None
    osteoporosis_drug: Annotated[str, BeforeValidator(_generic_name), Field(min_length=1)] | None = None
    osteoporosis_drug_years: NonNegative | None = None
    denosumab_status: Literal["on", "stopping", "stopped"] | None = None
    months_since_last_denosumab: NonNegative | None = None
    high_fall_risk: bool | None = None
    egfr: NonNegative | None = None
    serum_calcium: Literal["low", "normal", "high"] | None = None
    vitamin_d_ng_ml: NonNegative | None = None
    oesophageal_disorder: bool | None = None
    can_sit_upright_30min: bool | None = None
    mi_or_stroke_months_ago: NonNegative | None = None
    prior_vte: bool | None = None
    skeletal_radiation: bool | None = None
    paget: bool | None = None
    primary_hyperparathyroidism: bool | None = None
    bmi: Positive | None = None
    coagulopathy_uncorrected: bool | None = None
    pregnant: bool | None = None
    previous_lowest_t_score: Finite | None = None
    frax_major_percent: Percent | None = None
    frax_hip_percent: Percent | None = None
    spinal_instrumentation_planned: bool | None = None
    progression_on_followup: bool | None = None
    new_pain: bool | None = None
    ankylosed_spine: bool | None = None
    mri_contraindicated: bool | None = None
    creatinine_clearance: NonNegative | None = None
    ulcer_disease: bool | None = None
    anticoagulant: bool | None = None
    osteoporosis_drug_status: Literal["current", "completed", "stopped"] | None = None
    prior_fragility_fracture: bool | None = None
    height_loss_cm: NonNegative | None = None
