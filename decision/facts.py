"""What is known of one patient: all reports and the caller's knowledge made one set of facts, each with its provenance.

The names are those of the specification (e.0). A caller's value overrides a report's, and a difference is a
contradiction. The newest density of a site is current and an older one previous, so that a diagnosis once made
persists. Safety facts (deficit, malignancy, infection) are used even when another report denies them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from decision.guideline import CRITERIA
from decision.inputs import FLAGS, INPUTS, representative_of
from decision.patient import Patient
from decision.spine import (
    CERVICAL,
    SACRAL,
    Contradiction,
    Grounds,
    Vertebra,
    by_world,
    count_fractures,
    is_earlier,
    is_much_later,
    neighbours,
    unite,
)
from decision.truth import ALL, FALSE, TRUE, Fact, Truth, all_of, any_of, at_least, certain, known
from extractor.findings import BoneDensity, Curvature, EvidenceList, Level, ReportFindings

VALID_SITES = ("lumbar_spine", "femoral_neck", "total_hip", "forearm_33")
DRUG_CLASSES = {
    "oral_bp": ("alendronate", "risedronate", "ibandronate"),
    "zoledronate": ("zoledronate",),
    "denosumab": ("denosumab",),
    "anabolic": ("teriparatide", "abaloparatide", "romosozumab"),
}

_OF_CALLER = frozenset({
    "cauda_equina_signs", "fever", "iv_drug_use", "weight_loss", "night_pain", "pathology_excluded_by_mri",
    "pain_severe", "pain_improving", "hospitalised_or_parenteral_opioid", "pain_at_fracture_level_confirmed",
    "pulmonary_dysfunction", "prior_hip_fracture", "high_fall_risk", "oesophageal_disorder", "can_sit_upright_30min",
    "prior_vte", "skeletal_radiation", "paget", "primary_hyperparathyroidism", "coagulopathy_uncorrected",
    "spinal_instrumentation_planned", "progression_on_followup", "new_pain", "ankylosed_spine", "mri_contraindicated",
    "ulcer_disease", "anticoagulant", "pregnant", "glucocorticoid_months", "weeks_conservative", "serum_calcium",
    "vitamin_d_ng_ml", "creatinine_clearance", "egfr", "months_since_last_denosumab", "osteoporosis_drug_years",
    "mi_or_stroke_months_ago",
})  # fmt: skip
"""What only the caller tells of the patient, beside the drug, the trauma and earlier fractures and densities."""

Density = tuple[ReportFindings, BoneDensity]


@dataclass(frozen=True, slots=True)
class Serial:
    """One site measured before and now."""

    site: str
    before: BoneDensity
    now: BoneDensity
    lsc_g_cm2: float | None


def as_rules_see(name: str, value: Any) -> Any:
    """A number as far as a threshold tells it apart; anything else as it is."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return representative_of(name, value)
    return value


def date_of(density: Density) -> str | None:
    """When it was measured, as far as the text tells."""
    return density[1].date or density[0].exam_date


def is_valid(entry: BoneDensity) -> bool:
    """A site on which a T-score diagnoses; a single vertebra does not."""
    if entry.site not in VALID_SITES:
        return False
    return not entry.vertebrae or (len(entry.vertebrae) > 1 and len(set(entry.vertebrae) - set(entry.excluded)) > 1)


_NOT_FOR_RULES = frozenset({
    "reports", "patient", "grounds", "origins", "values", "measured", "contradictions", "serial", "vertebrae",
    "fractured_levels", "cervical_levels", "dxa_levels", "_told",
})  # fmt: skip
"""What only the words need: exact values, sources, and the reports themselves. No rule sees them."""


class OfPatient:
    """What follows from the caller's values and the statements about the patient alone; no report is seen."""

    def __init__(self, told: Sequence[tuple[str, Any]]) -> None:
        known = dict(told)

        def flag(name: str) -> Truth:
            return FLAGS[name, known.get(name)]

        def fact(name: str) -> Fact:
            value, one = known.get(name), INPUTS[name]
            return one.unknown if value is None else certain(value, one.bit)

        self.symptomatic = flag("back_pain")
        self.neuro_deficit = flag("neurological_deficit")
        self.cancer_history = flag("malignancy_history")
        self.infection_features = flag("infection_suspected")
        self.other_fragility_fracture = flag("prior_fragility_fracture")
        self.cauda_equina_signs = flag("cauda_equina_signs")
        self.fever = flag("fever")
        self.iv_drug_use = flag("iv_drug_use")
        self.weight_loss = flag("weight_loss")
        self.night_pain = flag("night_pain")
        self.pathology_excluded_by_mri = flag("pathology_excluded_by_mri")
        self.pain_severe = flag("pain_severe")
        self.pain_improving = flag("pain_improving")
        self.hospitalised_or_parenteral_opioid = flag("hospitalised_or_parenteral_opioid")
        self.pain_at_fracture_level_confirmed = flag("pain_at_fracture_level_confirmed")
        self.pulmonary_dysfunction = flag("pulmonary_dysfunction")
        self.prior_hip_fracture = flag("prior_hip_fracture")
        self.high_fall_risk = flag("high_fall_risk")
        self.oesophageal_disorder = flag("oesophageal_disorder")
        self.can_sit_upright_30min = flag("can_sit_upright_30min")
        self.prior_vte = flag("prior_vte")
        self.skeletal_radiation = flag("skeletal_radiation")
        self.paget = flag("paget")
        self.primary_hyperparathyroidism = flag("primary_hyperparathyroidism")
        self.coagulopathy_uncorrected = flag("coagulopathy_uncorrected")
        self.spinal_instrumentation_planned = flag("spinal_instrumentation_planned")
        self.progression_on_followup = flag("progression_on_followup")
        self.new_pain = flag("new_pain")
        self.ankylosed_spine = flag("ankylosed_spine")
        self.mri_contraindicated = flag("mri_contraindicated")
        self.ulcer_disease = flag("ulcer_disease")
        self.anticoagulant = flag("anticoagulant")
        self.age = fact("age_years")
        self.sex = fact("sex")
        self.menopausal_status = fact("menopausal_status")
        if not self.menopausal_status.known.is_true and self.age.meets(CRITERIA["age_older"]).is_true:
            self.menopausal_status = Fact((), INPUTS["menopausal_status"].bit)
        self.bmi = fact("bmi")
        self.height_loss_cm = fact("height_loss_cm")
        self.frax_major = fact("frax_major_percent")
        self.frax_hip = fact("frax_hip_percent")
        self.glucocorticoid_mg_day = fact("glucocorticoid_mg_day")
        self.glucocorticoid_months = fact("glucocorticoid_months")
        self.weeks_conservative = fact("weeks_conservative")
        self.serum_calcium = fact("serum_calcium")
        self.vitamin_d = fact("vitamin_d_ng_ml")
        clearance = fact("creatinine_clearance")
        self.renal = clearance.or_else(fact("egfr"))
        self.renal_from_egfr = self.renal.known & ~clearance.known
        self.months_since_last_denosumab = fact("months_since_last_denosumab")
        self.drug_years = fact("osteoporosis_drug_years")
        self.is_male = self.sex.is_("male")
        self.is_female = self.sex.is_("female")
        self.pregnant = self._pregnancy(flag("pregnant"))
        self.mi_or_stroke_months_ago = fact("mi_or_stroke_months_ago")
        self.had_mi_or_stroke = self._had_mi_or_stroke()
        self.calcium_low = self.serum_calcium.is_("low")
        self.calcium_high = self.serum_calcium.is_("high")
        self.renal_below_30 = self.renal.meets(CRITERIA["renal_30"])
        self.renal_below_35 = self.renal.meets(CRITERIA["renal_35"])
        self.on_gc = self.glucocorticoid_mg_day.meets(CRITERIA["glucocorticoid_dose"]) & (
            self.glucocorticoid_months.meets(CRITERIA["glucocorticoid_duration"])
        )
        self.oral_unsuitable = self.oesophageal_disorder | ~self.can_sit_upright_30min
        self.frax_high = self.frax_major.meets(CRITERIA["frax_major_treat"]) | (
            self.frax_hip.meets(CRITERIA["frax_hip_treat"])
        )
        self.frax_low = ~self.frax_high
        self.frax_reported = self.frax_major.known | self.frax_hip.known

    def _pregnancy(self, stated: Truth) -> Truth:
        """Not of a man; not stated of a woman past the menopause it is still asked for, but nothing is made of it."""
        pregnant = stated & self.is_male.not_true
        past = self.age.meets(CRITERIA["age_older"]) | self.menopausal_status.is_("post")
        if pregnant.is_unknown and past.is_true:
            return Truth(0, 0, pregnant.why)
        return pregnant

    def _had_mi_or_stroke(self) -> Truth:
        """Known only if there was one; its months are null in a patient who had none and in one nobody asked."""
        months = self.mi_or_stroke_months_ago
        return Truth(months.worlds_known, 0, months.why)


class OfScores(OfPatient):
    """Whom T-scores are for: the first line that matches decides; then T and what is read from it (e.0)."""

    def __init__(self, told: Sequence[tuple[str, Any]], t: Fact, previous: Fact, z: Fact) -> None:
        super().__init__(told)
        self.t_reported = t
        self.previous_lowest_t = previous
        self.z_scores = z
        maybe_woman = self.is_male.not_true
        age_known = self.age.known
        any_t = self.t_reported.known | self.previous_lowest_t.known
        lines = (
            ("young", self.age.meets(CRITERIA["age_paediatric"])),
            ("young", maybe_woman & self.menopausal_status.is_("pre")),
            ("older", maybe_woman & self.menopausal_status.is_("post", "peri")),
            ("older", self.age.meets(CRITERIA["age_older"])),
            ("young", age_known),
            ("presumed", ~age_known & any_t),
        )
        free, why = ALL, 0
        worlds = {"young": 0, "older": 0, "presumed": 0}
        for answer, matches in lines:
            worlds[answer] |= matches.true & free
            if matches.true & free & 1:
                why = matches.why
            free &= ~matches.true
        self.young = Truth(worlds["young"], ALL ^ worlds["young"], why)
        self.presumed = Truth(worlds["presumed"], ALL ^ worlds["presumed"], why)
        older = worlds["older"] | worlds["presumed"]
        self.older = Truth(older, ALL ^ older, why)
        self.no_t = ~t.known
        self.t_osteoporosis = self.older & t.meets(CRITERIA["t_score_osteoporosis"])
        below_normal = t.meets(CRITERIA["t_score_below_normal"])
        self.t_above_osteoporosis = self.older & ~t.meets(CRITERIA["t_score_osteoporosis"])
        self.t_below_normal = self.older & below_normal
        self.t_normal = self.older & ~below_normal
        self.t_low = self.t_below_normal & self.t_above_osteoporosis
        self.t_very_low = self.older & t.meets(CRITERIA["t_score_very_low"])
        self.t_predicts_failure = self.older & t.meets(CRITERIA["t_score_failure_predictor"])
        self.prev_t = self.older & self.previous_lowest_t.meets(CRITERIA["t_score_osteoporosis"])
        self.z_low = self.young & self.z_scores.meets(CRITERIA["z_score_below_expected"])


class OfDrug:
    """Which drug is known, whether it is taken now, and where the patient stands with denosumab."""

    def __init__(self, months: Fact, drug: Fact, status: Fact, denosumab: Fact) -> None:
        on_denosumab = Fact(((("denosumab",), denosumab.is_("on").true),), denosumab.why)
        self.drug = drug.or_else(on_denosumab)
        self.drug_known = self.drug.test(bool)
        stopped = denosumab.is_("stopped").holds & ~status.known & self.drug_is("denosumab").holds
        ended = status.is_("completed", "stopped").holds | stopped
        self.drug_current = self.drug_known & ~ended
        self.anabolic_current = self.drug_in("anabolic") & ~ended
        self.anabolic_completed = self.drug_in("anabolic") & status.is_("completed").holds
        self.anabolic_current_or_completed = self.anabolic_current | self.anabolic_completed
        taken = self.drug_is("denosumab")
        derived = (("on", taken.true & ended.false), ("stopped", taken.true & ended.true))
        denosumab = denosumab.or_else(Fact(tuple(one for one in derived if one[1]), taken.why | ended.why))
        self.denosumab_on = denosumab.is_("on")
        self.denosumab_has_status = denosumab.known
        recently = months.meets(CRITERIA["denosumab_exposure"])
        self.deno_exit = denosumab.is_("stopping") | (denosumab.is_("stopped") & (~recently).not_true)
        self.deno_exposed = self.denosumab_on | self.deno_exit

    def drug_is(self, name: str) -> Truth:
        """Whether the known drug is this one."""
        return self.drug.holds_any(name)

    def drug_in(self, drug_class: str) -> Truth:
        """Whether the known drug is of this class."""
        return self.drug.holds_any(*DRUG_CLASSES[drug_class])


@lru_cache(maxsize=1024)
def _of_patient(told: tuple[tuple[str, Any], ...]) -> Mapping[str, Any]:
    return vars(OfPatient(told))


@lru_cache(maxsize=1024)
def _of_scores(told: tuple[tuple[str, Any], ...], t: Fact, previous: Fact, z: Fact) -> Mapping[str, Any]:
    return vars(OfScores(told, t, previous, z))


@lru_cache(maxsize=1024)
def _of_drug(months: Fact, drug: Fact, status: Fact, denosumab: Fact) -> Mapping[str, Any]:
    return vars(OfDrug(months, drug, status, denosumab))


REMEMBERING = (_of_patient, _of_scores, _of_drug)

_UNKNOWN = Fact(())
_NOT_IN_KEY = _NOT_FOR_RULES | (
    vars(OfScores((), _UNKNOWN, _UNKNOWN, _UNKNOWN)).keys() - {"t_reported", "previous_lowest_t", "z_scores"}
)
"""Nor what follows from the statements about the patient (``of_patient``) and the scores."""


class Facts(OfScores, OfDrug):
    """The facts of one patient (e.0).

    Rules see truths, vertebrae, and numbers only as far as a threshold tells them apart; so equal facts give equal
    conclusions, and these can be remembered (``for_rules``, ``key``). Exact values stay in ``values`` and ``measured``.
    """

    def __init__(self, reports: Sequence[ReportFindings], patient: Patient) -> None:
        self.reports = _in_order(reports)
        self.patient = patient
        self.grounds = Grounds()
        self.origins: dict[str, list[tuple[ReportFindings, EvidenceList]]] = {}
        self.values: dict[str, Any] = {}
        self.measured: dict[str, float] = {}
        self.vertebrae, self.contradictions = unite(self.reports, self.grounds)
        self._collect()
        self._patient_facts()
        self._densities()
        vars(self).update(_of_scores(self.of_patient, self.t_reported, self.previous_lowest_t, self.z_scores))
        self._drugs()
        self._vertebrae()
        self._imaging()
        self._alignment()
        self._mechanism()
        self._issues()
        self.known_inputs = frozenset(self.values)

    def for_rules(self) -> dict[str, Any]:
        """Everything that rules may read."""
        return {name: value for name, value in vars(self).items() if name not in _NOT_FOR_RULES}

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for facts that no rule can tell apart."""
        return tuple([_key(value) for name, value in vars(self).items() if name not in _NOT_IN_KEY])

    # ------------------------------------------------------------------------------------------ reading one input

    def _stated(self, field: str) -> list[tuple[ReportFindings, Any, EvidenceList]]:
        return self._told.get(field, [])

    def _collect(self) -> None:
        """Every statement of the reports about the patient, by field; what they do not say is not there."""
        self._told: dict[str, list[tuple[ReportFindings, Any, EvidenceList]]] = {}
        for report in self.reports:
            for section in (report.clinical, report.densitometry):
                for field, stated in section:
                    if stated is not None:
                        self._told.setdefault(field, []).append((report, stated.value, stated.evidence))

    def _contradict(self, name: str, field: str | None = None) -> None:
        said = [(report, evidence) for report, _, evidence in self._stated(field or name)]
        bit = self.grounds.add(f"{name} differs", True, said)
        self.contradictions.append(Contradiction("other", f"{name}: statements differ", known(True, bit)))

    def _value(
        self,
        name: str,
        field: str | None = None,
        *,
        prefer: Callable[[Sequence[Any]], Any] | None = None,
        safety: bool = False,
        in_any_report: bool = False,
        read: Callable[[Any], Any] = lambda value: value,
    ) -> Any:
        """The caller's value, else what the reports state; of several, the newest, the one that is safe, or unknown.

        ``in_any_report``: true wherever a report says so, even against the caller (infection, plain names of e.0).
        """
        caller = getattr(self.patient, name)
        stated = [
            (report, value, evidence)
            for report, said, evidence in self._stated(field or name)
            if (value := read(said)) is not None
        ]
        value = caller
        if stated:
            values = {said for _, said, _ in stated}
            if caller is None:
                value = stated[0][1] if len(values) == 1 else self._settle(name, stated, prefer, safety, field)
                self.origins[name] = [(report, evidence) for report, said, evidence in stated if said == value]
            elif values != {caller}:
                self._contradict(name, field)
                if in_any_report and True in values:
                    value = True
                    self.origins[name] = [(report, evidence) for report, said, evidence in stated if said]
        if value is not None:
            self.values[name] = value
        return value

    def _settle(
        self,
        name: str,
        stated: Sequence[tuple[ReportFindings, Any, EvidenceList]],
        prefer: Callable[[Sequence[Any]], Any] | None,
        safety: bool,
        field: str | None,
    ) -> Any:
        """Of values that differ: true where safety asks for it, the newest, the preferred one, or unknown."""
        dates = [report.exam_date for report, _, _ in stated]
        newest = {value for report, value, _ in stated if not any(is_earlier(report.exam_date, date) for date in dates)}
        changed = _may_have_changed(name, stated)
        if len(newest) == 1 and not safety and changed:
            return newest.pop()
        self._contradict(name, field)
        if safety:
            return True
        return prefer(sorted(newest if changed else {value for _, value, _ in stated})) if prefer else None

    def _fact(self, name: str, value: Any = None) -> Fact:
        value = getattr(self.patient, name) if value is None else value
        if value is None:
            return INPUTS[name].unknown
        self.values[name] = value
        return certain(as_rules_see(name, value), INPUTS[name].bit)

    # ------------------------------------------------------------------------------------------------- the patient

    def _patient_facts(self) -> None:
        """What the reports and the caller say of the patient; what follows from it is read off once for all alike."""
        value = self._value
        value("back_pain")
        for name in ("neurological_deficit", "malignancy_history"):
            value(name, safety=True)
        value("infection_suspected", safety=True, in_any_report=True)
        value("prior_fragility_fracture")
        value("age_years", prefer=max)
        value("sex")
        # "Not postmenopausal" does not contradict a caller who says perimenopausal.
        not_yet = None if self.patient.menopausal_status == "peri" else "pre"
        value("menopausal_status", "postmenopausal", read=lambda post: "post" if post else not_yet)
        value("bmi")
        for name in ("height_loss_cm", "frax_major_percent", "frax_hip_percent"):
            value(name, prefer=max)
        value("glucocorticoid_mg_day", "glucocorticoids", read=lambda taken: None if taken else 0.0)
        if self.patient.glucocorticoid_mg_day == 0 and any(taken for _, taken, _ in self._stated("glucocorticoids")):
            self._contradict("glucocorticoid_mg_day", "glucocorticoids")
        for name, told in vars(self.patient).items():
            if told is not None and name in _OF_CALLER:
                self.values[name] = told
        self.of_patient = tuple([(name, as_rules_see(name, told)) for name, told in self.values.items()])
        vars(self).update(_of_patient(self.of_patient))

    # --------------------------------------------------------------------------------------------------- densities

    def _densities(self) -> None:
        entries: list[Density] = [(report, entry) for report in self.reports for entry in report.bone_density]
        valid = [density for density in entries if is_valid(density[1])]
        current = [density for density in valid if density[1].when == "current"]
        now_t, older_t = _newest(current, "t_score")
        now_z, _ = _newest(current, "z_score")
        prior_t = older_t + [
            density for density in valid if density[1].when == "prior" and density[1].t_score is not None
        ]
        self.t_reported = self._lowest("t_score", now_t)
        self.z_scores = self._lowest("z_score", now_z)
        self.previous_lowest_t = self._fact("previous_lowest_t_score")
        told = self.patient.previous_lowest_t_score
        if told is None:
            self.previous_lowest_t = self._lowest("previous_lowest_t_score", prior_t)
        elif any(entry.t_score is not None and entry.t_score < told for _, entry in prior_t):
            self._contradict("previous_lowest_t_score")
        others = [density for density in entries if not is_valid(density[1]) and density[1].t_score is not None]
        self.other_site_t = self._reported("t_score at another site", others)
        self.any_t = self._reported("t_score", [density for density in entries if density[1].t_score is not None])
        self.lumbar_t = self._reported("lumbar t_score", [d for d in now_t if d[1].site == "lumbar_spine"])
        self.dxa_levels = tuple(
            frozenset(entry.vertebrae) - set(entry.excluded) for _, entry in now_t if entry.site == "lumbar_spine"
        )
        self.serial = _serial(entries)
        self.serial_dxa = known(
            bool(self.serial), self.grounds.add("serial densities", tuple(s.site for s in self.serial))
        )
        self.lsc_missing = known(any(site.lsc_g_cm2 is None for site in self.serial))
        self.scores_only = known(any(None in (site.before.bmd_g_cm2, site.now.bmd_g_cm2) for site in self.serial))

    def _lowest(self, name: str, densities: Sequence[Density]) -> Fact:
        if not densities:
            return INPUTS[name].unknown
        attribute = "z_score" if name == "z_score" else "t_score"
        report, entry = min(densities, key=lambda density: getattr(density[1], attribute))
        value = getattr(entry, attribute)
        self.measured[name] = value
        bit = self.grounds.add(f"{name} {entry.site}", value, [(report, entry.evidence)])
        return certain(representative_of(name, value), bit)

    def _reported(self, name: str, densities: Sequence[Density]) -> Truth:
        if not densities:
            return FALSE
        shown = tuple(entry.site for _, entry in densities)
        return known(True, self.grounds.add(name, shown, [(report, entry.evidence) for report, entry in densities]))

    @property
    def lowest_t_score(self) -> float | None:
        """T: the lowest current T-score of a valid site, used only where T-scores apply."""
        return self.measured.get("t_score") if self.older.is_true else None

    @property
    def previous_t_score(self) -> float | None:
        """The lowest earlier T-score."""
        return self.values.get("previous_lowest_t_score", self.measured.get("previous_lowest_t_score"))

    # ------------------------------------------------------------------------------------------------------- drugs

    def _drugs(self) -> None:
        """Which drug is known, whether it is taken now, and where the patient stands with denosumab."""
        told = self.patient.osteoporosis_drug
        stated = self._stated("osteoporosis_therapy")
        named = tuple(sorted({_generic_name(drug) for _, drugs, _ in stated for drug in drugs}))
        drug = INPUTS["osteoporosis_drug"].unknown
        if told is not None:
            if stated and told not in (named or ("none",)):
                self._contradict("osteoporosis_drug", "osteoporosis_therapy")
            drug = self._fact("osteoporosis_drug", () if told == "none" else (told,))
        elif stated:
            self.origins["osteoporosis_drug"] = [(report, evidence) for report, _, evidence in stated]
            drug = self._fact("osteoporosis_drug", named)
        status, denosumab = self._fact("osteoporosis_drug_status"), self._fact("denosumab_status")
        vars(self).update(_of_drug(self.months_since_last_denosumab, drug, status, denosumab))

    # --------------------------------------------------------------------------------------------------- vertebrae

    def _vertebrae(self) -> None:
        """VCF, equivocal, healed, graded, recent: what the vertebrae are to the rules (e.0)."""
        level_conflicts = sum(
            issue.code == "level_conflict" or issue.about == "level"
            for report in self.reports
            for issue in report.issues
        )
        in_scope = [vertebra for vertebra in self.vertebrae if vertebra.in_scope]
        self.mimic = known(
            any(vertebra.mimic for vertebra in in_scope), sum({one.bit for one in in_scope if one.mimic})
        )
        scope = [vertebra for vertebra in in_scope if vertebra.fracture.true | vertebra.equivocal.true]
        self.scope = scope
        reopened = any_of(
            [
                truth.holds
                for truth in (self.neuro_deficit, self.cauda_equina_signs, self.progression_on_followup, self.new_pain)
            ]
        )
        self.vcf = any_of([vertebra.fracture for vertebra in scope])
        self.equivocal_vertebra = any_of([vertebra.equivocal for vertebra in scope])
        for vertebra in self.vertebrae:
            self._grade(vertebra, reopened)
        self.graded_fracture = any_of([vertebra.graded_fracture for vertebra in scope])
        self.graded = any_of([vertebra.graded for vertebra in scope])
        self.recent = any_of([vertebra.recent for vertebra in scope])
        self.any_healed = any_of([vertebra.fracture & vertebra.healed for vertebra in scope])
        self.any_chronic = any_of([vertebra.fracture & vertebra.acuity.is_("chronic").holds for vertebra in scope])
        self.acuity_unknown = any_of([vertebra.graded_fracture & ~vertebra.acuity.known for vertebra in scope])
        self.mri_edema = any_of([vertebra.fracture & vertebra.edema.is_("present") for vertebra in scope])
        self.recent_neighbours = self._recent_neighbours(scope, level_conflicts)
        neck = [vertebra for vertebra in self.vertebrae if vertebra.region == CERVICAL]
        self.cervical_fracture = any_of([vertebra.fracture & ~vertebra.healed for vertebra in neck])
        self.cervical_levels = tuple(
            vertebra.level for vertebra in neck if vertebra.level and vertebra.fracture.is_true
        )
        self.sacral_fracture = self._finding(
            "sacral fracture",
            lambda finding: finding.region == SACRAL and finding.assertion == "present" and finding.mimic is None,
        )
        self.posterior_element = self._finding(
            "posterior element",
            lambda finding: finding.element == "posterior" and finding.assertion in ("present", "possible")
            and finding.region != SACRAL,
        )  # fmt: skip
        self.malignant_features = self._finding(
            "malignant features",
            lambda finding: (
                bool(finding.malignant_features) or finding.etiologies.get("pathologic") in ("present", "possible")
            ),
        )
        self.path_feature = (self.malignant_features | self.infection_features) & (
            self.pathology_excluded_by_mri.not_true
        )
        groups = by_world(scope, lambda vertebra: vertebra.fracture)
        bits = sum({vertebra.bit for vertebra in scope})
        self.listed_fractures = Fact(
            tuple((count_fractures(members, level_conflicts), worlds) for members, worlds in groups), bits
        )
        self.prior_vertebral_fractures = self._prior_fractures(in_scope)
        self.fracture_measured = self.lumbar_t & any_of(
            [
                vertebra.fracture
                for vertebra in scope
                if vertebra.level in ("L1", "L2", "L3", "L4")
                and any(not levels or vertebra.level in levels for levels in self.dxa_levels)
            ]
        )
        self.fractured_levels = _levels(scope)

    def _prior_fractures(self, scope: Sequence[Vertebra]) -> Fact:
        """The caller's count plus the historical vertebrae; without the former, at least the latter (a range)."""
        told = self._fact("prior_vertebral_fractures")
        historical = [vertebra for vertebra in scope if vertebra.historical and not vertebra.fracture.is_true]
        if not historical:
            return told
        least = count_fractures(historical, 0)
        why = told.why | sum({vertebra.bit for vertebra in historical})
        plus = Fact(tuple((count + least, worlds) for count, worlds in told.cases), why)
        return plus.or_else(certain((least, math.inf), why))

    def _grade(self, vertebra: Vertebra, reopened: Truth) -> None:
        fresh = vertebra.acuity.is_("acute", "subacute").holds
        old = vertebra.acuity.is_("chronic").holds
        edema = vertebra.edema.is_("present").holds
        if vertebra.change == "stable":
            old = old | ~fresh
        awake = TRUE if vertebra.change in ("new", "progressed") or vertebra.cleft else reopened | edema
        vertebra.healed = old & ~awake
        vertebra.graded_fracture = vertebra.fracture & ~vertebra.healed
        vertebra.graded = vertebra.graded_fracture | (vertebra.equivocal & ~self.vcf)
        vertebra.recent = vertebra.graded_fracture & (fresh | (~vertebra.acuity.known & edema))

    @staticmethod
    def _recent_neighbours(scope: Sequence[Vertebra], level_conflicts: int) -> Truth:
        """Two recent fractures that touch; each level conflict takes away the pair that is one fracture (e.7.2)."""
        return at_least(
            1 + level_conflicts,
            [
                one.recent & other.recent
                for position, one in enumerate(scope)
                for other in scope[position + 1 :]
                if neighbours(one.level, other.level)
            ],
        )

    def _finding(self, name: str, asked: Callable[[Any], bool]) -> Truth:
        said = [(report, finding.evidence) for report in self.reports for finding in report.vertebrae if asked(finding)]
        return known(True, self.grounds.add(name, True, said)) if said else FALSE

    # ----------------------------------------------------------------------------------------------------- imaging

    def _imaging(self) -> None:
        """Which exams there are and what they cover; a report that only measures density shows no vertebra."""
        shown = [
            report
            for report in self.reports
            if report.vertebrae
            or report.modality not in (None, "dxa")
            or (report.modality is None and (report.regions_imaged or report.vertebral_fracture != "not_mentioned"))
        ]
        self.spine_imaging = known(bool(shown))
        self.ct_done = known(any(report.modality == "ct" for report in self.reports))
        regions = {region for report in self.reports for region in report.regions_imaged}
        if {"thoracic", "lumbar"} <= regions:
            self.covered = known(True, self.grounds.add("regions imaged", tuple(sorted(regions))))
        else:
            self.covered = INPUTS["regions_imaged"].unknown.known

    # --------------------------------------------------------------------------------------------------- alignment

    def _alignment(self) -> None:
        """Local angles across a graded vertebra only; an angle of a region is never used (c-21)."""
        graded = [vertebra for vertebra in self.scope if vertebra.graded.is_true] or self.scope
        levels = {vertebra.level for vertebra in graded}
        self.kyphosis = self._angle("kyphosis", levels)
        self.scoliosis = self._angle("scoliosis", levels)

    def _angle(self, name: Literal["kyphosis", "scoliosis"], levels: set[Any]) -> Fact:
        told: list[tuple[float, ReportFindings, Curvature]] = []
        for report in self.reports:
            curve: Curvature | None = getattr(report.alignment, name)
            if curve is None:
                continue
            if curve.assertion == "absent":
                told.append((0.0, report, curve))
            elif curve.degrees is not None and curve.scope == "local" and (not curve.at or levels & set(curve.at)):
                told.append((curve.degrees, report, curve))
        if not told:
            return INPUTS[f"{name}_degrees"].unknown
        degrees, report, curve = max(told, key=lambda entry: entry[0])
        if degrees and min(told, key=lambda entry: entry[0])[2].assertion == "absent":
            self._contradict(name)
        self.measured[name] = degrees
        bit = self.grounds.add(f"{name}_degrees", degrees, [(report, curve.evidence)])
        return certain(representative_of(f"{name}_degrees", degrees), bit)

    # --------------------------------------------------------------------------------------------------- mechanism

    def _mechanism(self) -> None:
        """How it broke; unspecified is unknown. Fragility may be presumed, never from silence alone (S1-04)."""
        trauma = self._value("trauma", read=lambda value: None if value == "unspecified" else value)
        self.mechanism = self._fact("trauma", trauma)
        self.high_energy = self.mechanism.is_("high_energy")
        self.low_energy = self.mechanism.is_("none", "low_energy")
        presumed = ~self.mechanism.known & self.older & (self.t_below_normal.holds | self.no_t)
        self.fragility = self.low_energy.holds | presumed
        self.prior_fragility = any_of(
            (
                self.prior_hip_fracture,
                self.prior_vertebral_fractures.meets(CRITERIA["any_prior_vertebral_fracture"]),
                self.t_low & self.other_fragility_fracture,
            )
        )
        self.failure = all_of((self.recent, self.drug_current, self.drug_years.meets(CRITERIA["drug_years_failure"])))
        overdue = (~self.months_since_last_denosumab.meets(CRITERIA["denosumab_rebound"])).not_true
        self.rebound = all_of((self.deno_exit, self.graded_fracture, self.fragility, overdue))

    # ------------------------------------------------------------------------------------------------------ issues

    def _issues(self) -> None:
        """Contradictions within a report count like those between reports."""
        self.missed_fracture = self._issue("fracture_not_in_impression")
        self.unreadable_value = self._issue("unreadable_value")
        implied = {"level_conflict": "level", "height_loss_conflict": "height_loss", "reports_contradict": "other"}
        for report in self.reports:
            for issue in report.issues:
                about = issue.about or implied.get(issue.code)
                if about is not None:
                    bit = self.grounds.add(issue.code, about, [(report, issue.evidence)])
                    clash = known(True, bit)
                    self.contradictions.append(Contradiction(about, f"{issue.code} in the report", clash, found=False))
        self.contradiction = any_of([contradiction.clash for contradiction in self.contradictions])
        self.fracture_contradicted = any_of(
            [contradiction.clash for contradiction in self.contradictions if contradiction.about == "fracture"]
        )
        self.equivocal = ~self.vcf & (self.equivocal_vertebra | self.fracture_contradicted)

    def _issue(self, code: str) -> Truth:
        said = [(report, issue.evidence) for report in self.reports for issue in report.issues if issue.code == code]
        return known(True, self.grounds.add(code, True, said)) if said else FALSE


def _may_have_changed(name: str, stated: Sequence[tuple[ReportFindings, Any, EvidenceList]]) -> bool:
    """Whether statements of different dates may each have been right.

    A sex does not change, an age goes with the years, another trauma needs another time (``exam_ageing``).
    """
    if name == "sex":
        return False
    pairs = [
        (one, other)
        for one in stated
        for other in stated
        if one[1] != other[1] and is_earlier(one[0].exam_date, other[0].exam_date)
    ]
    if name == "trauma":
        return all(is_much_later(other[0].exam_date, one[0].exam_date) for one, other in pairs)
    if name == "age_years":
        return all(0 < other[1] - one[1] <= _years_between(one[0], other[0]) + 1 for one, other in pairs)
    return True


def _years_between(one: ReportFindings, other: ReportFindings) -> int:
    return int(str(other.exam_date)[:4]) - int(str(one.exam_date)[:4])


def _levels(vertebrae: Sequence[Vertebra]) -> tuple[Level, ...]:
    return tuple(vertebra.level for vertebra in vertebrae if vertebra.level and vertebra.fracture.is_true)


def _key(value: Any) -> object:
    if type(value) is Truth or type(value) is Fact:
        return value.key
    return tuple([vertebra.key for vertebra in value]) if type(value) is list else value


def _generic_name(drug: str) -> str:
    return str(Patient(osteoporosis_drug=drug).osteoporosis_drug) if drug.strip() else ""


def _in_order(reports: Sequence[ReportFindings]) -> tuple[ReportFindings, ...]:
    """In an order of their own, so that the order in which they are given does not matter."""
    named = {(report.exam_date or "", report.report_id or ""): report for report in reports}
    if len(named) == len(reports):
        return tuple(named[name] for name in sorted(named))
    return tuple(
        sorted(reports, key=lambda report: (report.exam_date or "", report.report_id or "", report.model_dump_json()))
    )


def _newest(densities: Sequence[Density], attribute: str) -> tuple[list[Density], list[Density]]:
    """Those that no later measurement of the same site has replaced, and those that one has."""
    stated = [density for density in densities if getattr(density[1], attribute) is not None]
    now: list[Density] = []
    before: list[Density] = []
    for density in stated:
        replaced = any(
            other[1].site == density[1].site and is_earlier(date_of(density), date_of(other)) for other in stated
        )
        (before if replaced else now).append(density)
    return now, before


def _serial(entries: Sequence[Density]) -> list[Serial]:
    """Each site with a density before and now, whether the report quotes the earlier one or another report holds it.

    Compared is the latest earlier entry of which the same side and the same vertebrae were measured again.
    """
    serial = []
    for site in dict.fromkeys(entry.site for _, entry in entries):
        here = [density for density in entries if density[1].site == site]
        current = [density for density in here if density[1].when == "current"]
        now = [d for d in current if not any(is_earlier(date_of(d), date_of(other)) for other in current)]
        before = [d for d in here if not any(d is other for other in now)]
        before.sort(key=lambda density: date_of(density) or "", reverse=True)
        if not now or not before:
            continue
        alike = [
            (old, new) for _, old in before for _, new in now if (old.side, old.vertebrae) == (new.side, new.vertebrae)
        ]
        old, new = alike[0] if alike else (before[0][1], now[0][1])
        lsc = next((entry.lsc_g_cm2 for _, entry in now + before if entry.lsc_g_cm2 is not None), None)
        serial.append(Serial(site, old, new, lsc))
    return serial
