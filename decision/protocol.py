"""The management protocol (e.4, e.5): one rule per item, in the order in which they are printed.

A rule says when its item is triggered and what blocks it. What follows is the same for all: a known block makes the
item ``contraindicated`` (never left out, so that nobody adds it), an unknown block goes to ``check_first``, and no drug
is withheld for it. While an emergency stands, only what serves it is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from decision.facts import DRUG_CLASSES
from decision.guideline import CRITERIA, GUIDELINE
from decision.inputs import INPUTS
from decision.stability import Graded
from decision.truth import ALL, FALSE, TRUE, Truth, all_of, any_of

_ITEMS = GUIDELINE.entries["item"]
_IN_EMERGENCY = frozenset(name for name, entry in _ITEMS.items() if entry.more.get("in_emergency"))
BONE_DRUGS = (
    "rx_oral_bisphosphonate", "rx_alendronate", "rx_risedronate", "rx_ibandronate", "rx_zoledronate", "rx_denosumab",
    "rx_anabolic_first", "rx_teriparatide", "rx_abaloparatide", "rx_romosozumab", "rx_antiresorptive_after_anabolic",
    "rx_post_denosumab_antiresorptive",
)  # fmt: skip
"""From the oral bisphosphonate to the transition after denosumab."""
_BEFORE_AN_ANABOLIC = ("SPEP/FLC", "ALP", "PTH")
_NOT_ASKED = frozenset({"osteoporosis_drug_status", "creatinine_clearance"})
"""A null status means that the drug is taken now; renal function is asked for as eGFR."""


@dataclass(slots=True)
class Offer:
    """One item: when it applies, what blocks it, when it is only to be considered, and how urgent it is.

    ``trigger`` true and no block true: recommended, or to consider where ``consider`` is true. ``ask`` is checked first
    in any case. ``also`` and ``instead`` name sentences of the data that the printed action adds or puts in its place.
    ``each_blocked``: of a class of drugs, that every one of them is blocked by what does not block the others.
    """

    trigger: Truth
    blocks: tuple[Truth, ...] = ()
    consider: Truth = FALSE
    emergency: Truth = FALSE
    within_24h: Truth = FALSE
    ask: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    instead: str | None = None
    each_blocked: Truth = FALSE
    printed: Truth = FALSE
    _blocked: Truth | None = None
    _offered: Truth | None = None

    def settle(self, allowed: Truth) -> None:
        """Print what is triggered and not held back by an emergency."""
        true = self.trigger.true & allowed.true
        self.printed = Truth(true, ALL ^ true, self.trigger.why)

    @property
    def blocked(self) -> Truth:
        """Some block is true."""
        if self._blocked is None:
            self._blocked = any_of((*self.blocks, self.each_blocked)).holds
        return self._blocked

    @property
    def offered(self) -> Truth:
        """Printed as recommended or to consider."""
        if self._offered is None:
            true = self.printed.true & ~self.blocked.true
            self._offered = Truth(true, ALL ^ true, self.trigger.why)
        return self._offered


class Case(Graded):
    """Everything that the items and the warnings ask for: the facts, the conclusions, and the states of e.4."""

    def __init__(self, facts: Mapping[str, Any], profile: str = "US") -> None:
        super().__init__(facts)
        self.anabolic_for = GUIDELINE.profiles[profile]["anabolic_for"]
        self._offers: dict[str, Offer] = {}
        self._taken: dict[str, Truth] = {}
        self._own_blocks: dict[str, Truth] = {}
        self._bone_drug_offered: Truth | None = None
        dx = self.is_diagnosis
        self.deficit = self.neuro_deficit.holds | self.cauda_equina_signs.holds
        parts = self.components
        self.column_or_ankylosed = parts["posterior_column"].major | parts["ankylosed_spine"].major
        not_excluded = self.pathology_excluded_by_mri.not_true
        self.infection_open = self.infection_features.holds & not_excluded
        self.emergency = any_of((self.deficit, self.infection_open, self.cervical_fracture, self.column_or_ankylosed))
        self.no_emergency = ~self.emergency
        self.vcf_or_equivocal = self.vcf | self.equivocal
        self.cancer_open = self.vcf_or_equivocal & self.cancer_history & not_excluded
        self.pathology_open = any_of(
            (
                dx(1, 9, 10) & not_excluded,
                self.cancer_open,
                self.vcf & self.calcium_high & self.primary_hyperparathyroidism.not_true,
            )
        )
        self.symptomatic_vcf = self.symptomatic & self.vcf
        self.nsaid_block = any_of(
            (self.renal_below_30, self.had_mi_or_stroke, self.on_gc, self.ulcer_disease, self.anticoagulant)
        )
        self.path_feature_seen = self.path_feature.holds

    def offer(self, name: str) -> Offer:
        """The item of this id, evaluated once."""
        found = self._offers.get(name)
        if found is None:
            found = self._offers[name] = ITEMS[name](self)
            found.settle(TRUE if name in _IN_EMERGENCY else self.no_emergency)
        return found

    def takes(self, drug: str) -> Truth:
        """Whether the drug is known to be taken now."""
        found = self._taken.get(drug)
        if found is None:
            found = self._taken[drug] = (self.drug_current & self.drug_is(drug)).holds
        return found

    def own_block(self, drug: str) -> Truth:
        """Whether this drug of a class is blocked by what does not block the others."""
        found = self._own_blocks.get(drug)
        if found is None:
            found = self._own_blocks[drug] = any_of(_OWN_BLOCKS[drug](self))
        return found

    @property
    def bone_drug_offered(self) -> Truth:
        """Some bone drug is printed as recommended or to consider."""
        if self._bone_drug_offered is None:
            self._bone_drug_offered = any_of([self.offer(name).offered for name in BONE_DRUGS])
        return self._bone_drug_offered

    def takes_other_than(self, drug_class: str) -> Truth:
        """Whether a drug of another class is known to be taken now."""
        return (self.drug_current & ~self.drug_in(drug_class)).holds


# -------------------------------------------------------------------------------------------------- acute safety first


def acute_emergency_referral(c: Case) -> Offer:
    """Deficit, cauda equina signs, infection not excluded, cervical fracture, injured column or ankylosed spine."""
    return Offer(c.emergency, emergency=TRUE)


def acute_spinal_precautions(c: Case) -> Offer:
    """An unstable or a cervical fracture."""
    return Offer(c.unstable | c.cervical_fracture, emergency=c.emergency, within_24h=TRUE)


def acute_surgical_consult(c: Case) -> Offer:
    """Unstable, deficit, cervical, posterior wall involved, malignant features, or local kyphosis below 25 degrees."""
    malignant = c.malignant_features & c.path_feature
    kyphosis = c.components["kyphosis"].minor & ~c.components["kyphosis"].major
    soon = c.unstable | c.fracture_wall_involved | malignant
    return Offer(
        any_of((soon, c.deficit, c.cervical_fracture, kyphosis)),
        emergency=any_of((c.deficit, c.cervical_fracture, c.column_or_ankylosed)),
        within_24h=soon,
    )


def dx_neuro_exam(c: Case) -> Offer:
    """A graded fracture, a fracture with pain, a suspected pathological lesion, or a cervical fracture."""
    return Offer(
        any_of((c.graded_fracture, c.symptomatic_vcf, c.is_diagnosis(1), c.cervical_fracture)), emergency=c.emergency
    )


def dx_mri_emergency(c: Case) -> Offer:
    """Neurological deficit or cauda equina signs."""
    return Offer(c.deficit, (c.mri_contraindicated,), emergency=TRUE)


def dx_mri_with_contrast(c: Case) -> Offer:
    """Malignant features or infection; or a fracture, even a possible one, with a history of cancer; not excluded."""
    return Offer(
        c.path_feature | c.cancer_open,
        (c.mri_contraindicated,),
        emergency=c.emergency,
        within_24h=c.path_feature_seen,
        also=("renal",) if c.renal_below_30.is_true else (),
    )


def dx_mri_noncontrast(c: Case) -> Offer:
    """No other MRI is due, and age, existence or cause of the fracture is in doubt, or augmentation is considered."""
    age_in_doubt = c.symptomatic_vcf & c.acuity_unknown & c.mri_edema.unknown
    cause_in_doubt = c.is_diagnosis(9, 10) & c.t_normal.holds & c.pathology_excluded_by_mri.not_true
    before_cement = c.offer("acute_augmentation_evaluation").offered & c.mri_edema.not_true
    doubt = any_of((age_in_doubt, c.equivocal_vertebra, c.is_diagnosis(2), cause_in_doubt, before_cement))
    other_mri = c.offer("dx_mri_emergency").trigger.holds | c.offer("dx_mri_with_contrast").trigger.holds
    return Offer(doubt & ~other_mri, (c.mri_contraindicated,))


def dx_bone_scan_spect(c: Case) -> Offer:
    """MRI without contrast is due and contraindicated."""
    return Offer(c.mri_contraindicated & c.offer("dx_mri_noncontrast").trigger)


def dx_ct_spine(c: Case) -> Offer:
    """No CT yet, and something suggests the wall, the canal or the posterior elements; or a cervical fracture."""
    column = c.components["posterior_column"].major
    suggests = any_of(
        (
            c.retropulsion_seen,
            c.wall_involved,
            column,
            c.reaches_half,
            c.graded & c.high_energy.holds,
            c.graded & c.ankylosed_spine.holds,
            c.cervical_fracture,
            c.posterior_element,
        )
    )
    return Offer(
        ~c.ct_done & suggests,
        emergency=c.emergency,
        within_24h=TRUE,
        also=("whole_spine",) if c.high_energy.is_true else (),
    )


def dx_upright_radiographs(c: Case) -> Offer:
    """Stability is indeterminate because kyphosis, scoliosis or height is unknown; not where standing could harm."""
    open_angle = any_of([c.components[name].unknown for name in ("kyphosis", "scoliosis", "height_loss")])
    return Offer(c.indeterminate & c.vcf & open_angle, (*c.canal_in_doubt, c.path_feature))


def dx_pathologic_workup(c: Case) -> Offer:
    """A pathological lesion is suspected."""
    return Offer(
        c.is_diagnosis(1),
        emergency=c.emergency,
        also=("infection",) if c.infection_features.is_true else (),
    )


def dx_clarify_contradiction(c: Case) -> Offer:
    """Statements contradict each other, or a fracture is only possible."""
    return Offer(c.contradiction | c.equivocal_vertebra | c.is_diagnosis(2))


def dx_obtain_dxa(c: Case) -> Offer:
    """No current T-score where one would matter."""
    return Offer(c.no_t & c.is_diagnosis(4, 6, 10, 11, 12, 20))


def dx_exclude_fractured_level(c: Case) -> Offer:
    """A fracture of L1 to L4 inside the measured region, or the measured levels are not stated."""
    return Offer(c.fracture_measured)


def dx_vfa(c: Case) -> Offer:
    """The thoracic and lumbar spine were not both imaged, and a (further) silent fracture is likely enough."""
    woman = c.is_female & c.age.meets(CRITERIA["age_vfa_woman"])
    man = c.is_male & c.age.meets(CRITERIA["age_vfa_man"])
    shorter = c.height_loss_cm.meets(CRITERIA["height_loss_cm_vfa"])
    earlier = c.prior_vertebral_fractures.meets(CRITERIA["any_prior_vertebral_fracture"])
    steroid = c.glucocorticoid_mg_day.meets(CRITERIA["glucocorticoid_vfa_dose"]) & (
        c.glucocorticoid_months.meets(CRITERIA["glucocorticoid_vfa_duration"])
    )
    known_fracture = c.vcf & ~c.is_diagnosis(1)
    by_density = c.t_below_normal & any_of((woman, man, shorter, earlier, steroid))
    return Offer(~c.covered & any_of((known_fracture, c.ost & ~c.spine_imaging, by_density)))


def dx_secondary_workup(c: Case) -> Offer:
    """Osteoporosis, a fracture that needs a cause, or bone density below the expected range for age."""
    return Offer(c.ost | c.is_diagnosis(3, 10, 17) | c.z_low)


def dx_frax_by_clinician(c: Case) -> Offer:
    """Low bone mass without a FRAX that decides."""
    return Offer(c.low_mass & c.frax_high.unknown)


# ---------------------------------------------------------------------------------------------------------- bone drugs


def rx_review_current_drug(c: Case) -> Offer:
    """An osteoporosis drug is known to be taken now."""
    return Offer(c.drug_current)


def _bone_drug(
    c: Case,
    trigger: Truth,
    blocks: tuple[Truth, ...],
    *,
    drug_class: str | None,
    consider: Truth = FALSE,
    not_to_lapse: Truth = FALSE,
    ask: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    instead: str | None = None,
    each_blocked: Truth = FALSE,
) -> Offer:
    """What every bone drug shares: no start while pathology is open or in pregnancy, and only to be considered where
    T-scores are presumed to apply or the patient takes a drug of another class.

    ``not_to_lapse``: where true, open pathology does not block but makes it something to consider.
    """
    withheld = c.pathology_open & ~not_to_lapse
    only_consider = [consider.holds, c.presumed, not_to_lapse & c.pathology_open.holds]
    if drug_class is not None:
        other = c.takes_other_than(drug_class) & ~not_to_lapse
        only_consider.append(other)
        if other.is_true:
            also = (*also, "change")
    if c.presumed.is_true:
        ask = (*ask, *(name for name in ("age_years", "sex", "menopausal_status") if name not in c.known_inputs))
        also = (*also, "presumed")
    if not_to_lapse.is_true and c.pathology_open.is_true:
        also = (*also, "lapse")
    for name, fact in (("egfr", c.renal), ("serum_calcium", c.serum_calcium)):
        if fact.known.is_false:
            ask = (*ask, name)
    return Offer(
        trigger,
        (*blocks, withheld, c.pregnant),
        any_of(only_consider),
        ask=ask,
        also=also,
        instead=instead,
        each_blocked=each_blocked,
    )


_OWN_BLOCKS: dict[str, Callable[[Case], tuple[Truth, ...]]] = {
    "alendronate": lambda c: (c.renal_below_35,),
    "risedronate": lambda c: (c.renal_below_30,),
    "ibandronate": lambda c: (c.renal_below_30,),
    "teriparatide": lambda c: _no_bone_growth(c),
    "abaloparatide": lambda c: _no_bone_growth(c),
    "romosozumab": lambda c: (c.had_mi_or_stroke, c.calcium_low, c.is_male),
}
"""What blocks one drug of a class and not the others."""


def _no_bone_growth(c: Case) -> tuple[Truth, ...]:
    return (c.skeletal_radiation, c.paget, c.malignant_features, c.calcium_high, c.primary_hyperparathyroidism)


def _all_blocked(c: Case, drug_class: str) -> Truth:
    return all_of(c.own_block(drug) for drug in DRUG_CLASSES[drug_class])


def _component(c: Case, item: str) -> Offer:
    """A drug of a class: printed when the class is, with its status; contraindicated by its own or the class's block.

    Another drug of the class that the patient takes hides this one, unless that drug is itself blocked.
    """
    more = _ITEMS[item].more
    drug, of = more["drug"], c.offer(more["of"])
    members = next(members for members in DRUG_CLASSES.values() if drug in members)
    hidden = any_of([c.takes(other) & c.own_block(other).not_true for other in members if other != drug]) & ~c.takes(
        drug
    )
    return Offer(
        of.trigger & ~hidden,
        (*_OWN_BLOCKS[drug](c), *of.blocks),
        of.consider,
        ask=tuple(name for name in of.ask if name not in _BEFORE_AN_ANABOLIC),
        also=("continue",)
        if c.takes(drug).is_true
        else tuple(name for name in of.also if name in ("change", "presumed")),
    )


def rx_oral_bisphosphonate(c: Case) -> Offer:
    """Osteoporosis, or moderate risk on glucocorticoid; not while an anabolic is taken."""
    moderate = c.tiers["moderate"]
    failed = c.failure & c.drug_in("oral_bp")
    return _bone_drug(
        c,
        (c.ost | (moderate & c.on_gc)) & c.anabolic_current.not_true,
        (c.oral_unsuitable, c.calcium_low, c.renal_below_30, c.deno_exposed, failed),
        drug_class="oral_bp",
        each_blocked=_all_blocked(c, "oral_bp"),
        consider=any_of((c.very_high, moderate, c.primary_hyperparathyroidism.holds)),
        also=("continue",) if (c.drug_current & c.drug_in("oral_bp")).is_true else (),
    )


def rx_zoledronate(c: Case) -> Offer:
    """Osteoporosis when the oral route is unsuitable, at very high risk, after denosumab, or when it is taken now."""
    taken = c.takes("zoledronate")
    return _bone_drug(
        c,
        c.ost & any_of((c.oral_unsuitable, c.very_high, c.deno_exit, taken)),
        (c.renal_below_35, c.calcium_low, c.denosumab_on, c.failure & c.drug_is("zoledronate")),
        drug_class="zoledronate",
        consider=~c.tiers["high"] | c.deno_exit,
        also=("continue",) if taken.is_true else (),
    )


def rx_denosumab(c: Case) -> Offer:
    """Taken now; or osteoporosis when the oral route is unsuitable, with renal impairment, or at very high risk."""
    on = c.denosumab_on.holds
    start = c.ost & c.deno_exposed.not_true & any_of((c.oral_unsuitable, c.renal_below_30, c.very_high))
    recommended = on | (c.tiers["high"] & c.renal_below_30.not_true)
    variants = (("renal", c.renal_below_30), ("calcium", c.calcium_low))
    return _bone_drug(
        c,
        on | start,
        (c.calcium_low,),
        drug_class="denosumab",
        consider=~recommended,
        not_to_lapse=on,
        also=tuple(name for name, holds in variants if holds.is_true),
        instead="continue" if on.is_true else None,
    )


def rx_anabolic_first(c: Case) -> Offer:
    """Very high risk, and no anabolic taken now or before; blocked after denosumab, or if each drug is blocked."""
    not_for_this_sex = any_of([c.sex.is_(sex) for sex in ("female", "male") if sex not in c.anabolic_for])
    trigger = c.very_high & c.drug_in("anabolic").not_true & not_for_this_sex.not_true
    also = (("transition", c.deno_exposed), ("fusion", c.spinal_instrumentation_planned))
    return _bone_drug(
        c,
        trigger,
        (c.deno_exposed,),
        drug_class="anabolic",
        each_blocked=_all_blocked(c, "anabolic"),
        consider=TRUE,
        ask=_BEFORE_AN_ANABOLIC,
        also=tuple(name for name, holds in also if holds.is_true),
    )


def rx_raloxifene(c: Case) -> Offer:
    """Never printed: vertebral fractures only, with risk of thrombosis and stroke."""
    return Offer(FALSE)


def rx_antiresorptive_after_anabolic(c: Case) -> Offer:
    """An anabolic is offered, taken or completed."""
    return _bone_drug(
        c,
        c.offer("rx_anabolic_first").offered | c.anabolic_current_or_completed,
        (c.calcium_low & c.anabolic_completed,),
        drug_class=None,
    )


def rx_post_denosumab_antiresorptive(c: Case) -> Offer:
    """Denosumab is being stopped, or was within 24 months or nobody knows when; whatever the diagnosis."""
    return _bone_drug(c, c.deno_exit, (c.calcium_low,), drug_class=None, not_to_lapse=TRUE)


# ------------------------------------------------------------------------------------------------- calcium, vitamin D


def rx_correct_hypocalcaemia_first(c: Case) -> Offer:
    """Calcium is low; whatever the diagnosis."""
    return Offer(c.calcium_low)


def rx_calcium_total(c: Case) -> Offer:
    """Osteoporosis or low bone mass; not with hypercalcaemia or advanced renal impairment."""
    blocks = (c.calcium_high, c.renal_below_30)
    woman, man = c.is_female.is_true, c.is_male.is_true
    band = CRITERIA["age_calcium_woman" if woman else "age_calcium_man"]
    more = c.age.meets(band)
    amount = ("more" if more.is_true else "less" if man and more.is_false else None) if woman or man else None
    return Offer(c.ost | c.low_mass, blocks, instead="specialist" if any_of(blocks).is_true else amount)


def rx_vitamin_d(c: Case) -> Offer:
    """Osteoporosis or low bone mass; not with hypercalcaemia or advanced renal impairment."""
    blocks = (c.calcium_high, c.renal_below_30)
    return Offer(c.ost | c.low_mass, blocks, instead="specialist" if any_of(blocks).is_true else None)


def rx_check_25ohd(c: Case) -> Offer:
    """Osteoporosis."""
    return Offer(c.ost)


# ------------------------------------------------------------------------------------------------- care of the fracture


def acute_analgesia(c: Case) -> Offer:
    """Pain with a fracture or a suspected pathological lesion; or an emergency."""
    return Offer(
        (c.symptomatic & (c.vcf | c.is_diagnosis(1))) | c.emergency,
        also=("no_nsaid",) if c.nsaid_block.is_true else ("nsaid",),
    )


def _treated_conservatively(c: Case) -> Truth:
    return c.vcf & ~c.is_diagnosis(1) & c.graded_fracture & ~c.unstable


def acute_conservative_care(c: Case) -> Offer:
    """A graded fracture that hurts or is recent, is not unstable and not suspected to be pathological."""
    return Offer(_treated_conservatively(c) & (c.symptomatic | c.recent))


def acute_limit_bed_rest(c: Case) -> Offer:
    """As conservative care, for a fracture that hurts."""
    return Offer(_treated_conservatively(c) & c.symptomatic, also=("after_ct",) if c.likely_unstable.is_true else ())


def acute_brace(c: Case) -> Offer:
    """As conservative care, for a fracture that hurts; optional."""
    return Offer(_treated_conservatively(c) & c.symptomatic, consider=TRUE)


def acute_physiotherapy(c: Case) -> Offer:
    """A fracture that is not unstable and not suspected to be pathological."""
    return Offer(c.vcf & ~c.is_diagnosis(1) & ~c.unstable)


def acute_augmentation_evaluation(c: Case) -> Offer:
    """Severe pain after three weeks of care, hospital or parenteral opioid, or pain with pulmonary dysfunction."""
    long_enough = c.weeks_conservative.meets(CRITERIA["conservative_weeks"])
    asked = any_of(
        (
            c.pain_severe & long_enough,
            c.hospitalised_or_parenteral_opioid,
            c.symptomatic & c.pulmonary_dysfunction,
        )
    )
    blocks = (
        ~c.symptomatic,
        ~c.graded,
        c.pain_improving & ~long_enough,
        ~c.pain_at_fracture_level_confirmed,
        ~c.mri_edema,
        c.infection_features,
        c.pathology_open,
        c.coagulopathy_uncorrected,
        c.unstable,
        c.rebound,
    )
    return Offer(c.vcf & asked, blocks, consider=TRUE)


# ------------------------------------------------------------------------------------------------------------ follow-up


def follow_pain_function(c: Case) -> Offer:
    """A vertebral fracture."""
    return Offer(c.vcf)


def follow_new_fractures(c: Case) -> Offer:
    """Osteoporosis by vertebral fracture."""
    return Offer(c.ostvcf)


def follow_dxa_1_2y(c: Case) -> Offer:
    """Osteoporosis or low bone mass."""
    return Offer(c.ost | c.is_diagnosis(15))


def follow_lsc_bmd(c: Case) -> Offer:
    """One site measured before and now."""
    return Offer(c.serial_dxa)


def life_exercise(c: Case) -> Offer:
    """Osteoporosis or low bone mass; with an unstable or recent fracture after clearance."""
    return Offer(c.ost | c.low_mass, also=_after_clearance(c))


def life_falls(c: Case) -> Offer:
    """Osteoporosis or low bone mass; with an unstable or recent fracture after clearance."""
    return Offer(c.ost | c.low_mass, also=_after_clearance(c))


def life_smoking_alcohol(c: Case) -> Offer:
    """Osteoporosis or low bone mass."""
    return Offer(c.ost | c.low_mass)


def _after_clearance(c: Case) -> tuple[str, ...]:
    return ("clearance",) if (c.unstable | c.recent).is_true else ()


# ------------------------------------------------------------------------------------------------------------ referrals


def ref_bone_specialist(c: Case) -> Offer:
    """Very high risk, kidney or pregnancy, a cause to be found, failure, denosumab stopped, or an anabolic."""
    dx = c.is_diagnosis
    return Offer(
        any_of(
            (
                c.very_high,
                c.ost & (c.renal_below_30 | c.pregnant),
                dx(3, 9, 17),
                dx(10) & c.t_normal,
                c.failure,
                c.deno_exit & c.vcf,
                c.anabolic_current_or_completed,
            )
        )
    )


def ref_oncology(c: Case) -> Offer:
    """Malignant features not excluded; or a fracture with a history of cancer, even when MRI is benign."""
    return Offer((c.malignant_features & c.path_feature) | (c.vcf & c.cancer_history), within_24h=c.path_feature_seen)


def ref_parathyroid(c: Case) -> Offer:
    """Primary hyperparathyroidism with osteoporosis, a T-score of -2.5 or less, or a vertebral fracture."""
    return Offer(c.primary_hyperparathyroidism & any_of((c.t_osteoporosis, c.vcf, c.ost)))


def _class_member(item: str) -> Callable[[Case], Offer]:
    def rule(c: Case) -> Offer:
        return _component(c, item)

    rule.__name__ = item
    rule.__doc__ = (
        f"A drug of {_ITEMS[item].more['of']}: offered with it, and blocked by its own contraindications too."
    )
    return rule


ITEMS: dict[str, Callable[[Case], Offer]] = {
    rule.__name__: rule
    for rule in (
        acute_emergency_referral,
        acute_spinal_precautions,
        acute_surgical_consult,
        dx_neuro_exam,
        dx_mri_emergency,
        dx_mri_with_contrast,
        dx_mri_noncontrast,
        dx_bone_scan_spect,
        dx_ct_spine,
        dx_upright_radiographs,
        dx_pathologic_workup,
        dx_clarify_contradiction,
        dx_obtain_dxa,
        dx_exclude_fractured_level,
        dx_vfa,
        dx_secondary_workup,
        dx_frax_by_clinician,
        rx_review_current_drug,
        rx_oral_bisphosphonate,
        _class_member("rx_alendronate"),
        _class_member("rx_risedronate"),
        _class_member("rx_ibandronate"),
        rx_zoledronate,
        rx_denosumab,
        rx_anabolic_first,
        _class_member("rx_teriparatide"),
        _class_member("rx_abaloparatide"),
        _class_member("rx_romosozumab"),
        rx_raloxifene,
        rx_antiresorptive_after_anabolic,
        rx_post_denosumab_antiresorptive,
        rx_correct_hypocalcaemia_first,
        rx_calcium_total,
        rx_vitamin_d,
        rx_check_25ohd,
        acute_analgesia,
        acute_conservative_care,
        acute_limit_bed_rest,
        acute_brace,
        acute_physiotherapy,
        acute_augmentation_evaluation,
        follow_pain_function,
        follow_new_fractures,
        follow_dxa_1_2y,
        follow_lsc_bmd,
        life_exercise,
        life_falls,
        life_smoking_alcohol,
        ref_bone_specialist,
        ref_oncology,
        ref_parathyroid,
    )
}
"""Every item, in the order in which it is printed."""

GUIDELINE.reached_by("item", ITEMS)


@lru_cache(maxsize=4096)
def _inputs_in(why: int) -> tuple[str, ...]:
    return tuple(name for name, one in INPUTS.items() if one.bit & why and name not in _NOT_ASKED)


def check_first(c: Case, offer: Offer) -> tuple[str, ...]:
    """The unknown inputs of the blocks, and what is asked in any case."""
    why = 0
    for block in (*offer.blocks, offer.each_blocked):
        if block.is_unknown:
            why |= block.why
    asked = [name for name in _inputs_in(why) if name not in c.known_inputs]
    return tuple(dict.fromkeys((*asked, *offer.ask)))
