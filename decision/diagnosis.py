"""The diagnosis (e.1): an ordered tuple of rules, of which the first that is known to hold decides.

Every rule is read as written: what is unknown does not hold. ``Diagnosed`` adds to the facts which diagnosis holds, and
the three groups that later stages ask for: osteoporosis (``ost``), osteoporosis by vertebral fracture (``ostvcf``) and
low bone mass (``low_mass``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from decision.facts import Facts
from decision.guideline import CRITERIA, GUIDELINE
from decision.truth import ALL, Truth, any_of


def pathologic_vcf_suspected(f: Facts) -> Truth:
    """Malignant features or suspected infection, not excluded by MRI or biopsy; with or without a fracture."""
    return f.path_feature


def vcf_secondary_cause_evaluation_required(f: Facts) -> Truth:
    """A vertebral fracture in a person too young for T-scores, not from high energy."""
    return f.vcf & f.young & f.high_energy.not_true


def traumatic_vcf_with_osteoporosis_bmd(f: Facts) -> Truth:
    """A high-energy vertebral fracture with a T-score of -2.5 or less, now or earlier."""
    return f.vcf & f.high_energy & f.older & (f.t_osteoporosis | f.prev_t)


def traumatic_vcf_without_osteoporosis(f: Facts) -> Truth:
    """A high-energy vertebral fracture with a T-score above -2.5."""
    return f.vcf & f.high_energy & f.older & f.t_above_osteoporosis


def traumatic_vcf_bmd_unknown(f: Facts) -> Truth:
    """A high-energy vertebral fracture without a T-score that applies."""
    return f.vcf & f.high_energy


def osteoporotic_vcf_severe_osteoporosis(f: Facts) -> Truth:
    """A vertebral fracture with a T-score of -2.5 or less; its mechanism is then taken as fragility."""
    return f.vcf & f.older & f.t_osteoporosis


def osteoporotic_vcf_osteopenic_bmd(f: Facts) -> Truth:
    """A vertebral fracture with a T-score between -2.5 and -1.0: the fracture defines osteoporosis."""
    return f.vcf & f.older & f.t_low


def osteoporotic_vcf_normal_bmd(f: Facts) -> Truth:
    """A vertebral fracture stated to be of low energy, with a T-score of -1.0 or more."""
    return f.vcf & f.older & f.low_energy & f.t_normal


def osteoporotic_vcf_bmd_unknown(f: Facts) -> Truth:
    """A vertebral fracture in a person to whom T-scores apply, without one."""
    return f.vcf & f.older & f.no_t


def vcf_cause_undetermined(f: Facts) -> Truth:
    """Any other vertebral fracture: normal density and unknown mechanism, or nobody knows whether T-scores apply."""
    return f.vcf


def cervical_fracture(f: Facts) -> Truth:
    """A fracture at C1 to C7 that is not healed."""
    return f.cervical_fracture


def osteoporosis_bmd_no_fracture_shown(f: Facts) -> Truth:
    """A T-score of -2.5 or less, now or earlier; a diagnosis once made persists."""
    return f.t_osteoporosis | f.prev_t


def osteoporosis_prior_fragility_fracture(f: Facts) -> Truth:
    """An earlier hip or vertebral fracture, or an earlier fragility fracture of another site with low bone mass."""
    return f.older & f.prior_fragility


def osteoporosis_frax_defined(f: Facts) -> Truth:
    """Low bone mass with a reported FRAX of 20 % (major) or 3 % (hip) or more; one is enough."""
    return f.t_low & f.frax_high


def vertebral_fracture_equivocal(f: Facts) -> Truth:
    """No established fracture, but a possible one, or reports that contradict each other about it."""
    return f.equivocal


def vertebral_deformity_not_fracture(f: Facts) -> Truth:
    """A deformity that the report itself explains otherwise."""
    return f.mimic


def low_bone_mass(f: Facts) -> Truth:
    """A T-score between -2.5 and -1.0."""
    return f.t_low


def normal_bmd(f: Facts) -> Truth:
    """A T-score of -1.0 or more."""
    return f.t_normal


def bmd_below_expected_for_age(f: Facts) -> Truth:
    """Too young for T-scores, and any Z-score of -2.0 or less."""
    return f.z_low


def bmd_within_expected_for_age(f: Facts) -> Truth:
    """Too young for T-scores, and every reported Z-score above -2.0."""
    return f.young & ~f.z_scores.meets(CRITERIA["z_score_below_expected"])


def insufficient_data(f: Facts) -> Truth:
    """None of the above."""
    return Truth(ALL, 0)


DIAGNOSES = (
    pathologic_vcf_suspected,
    vcf_secondary_cause_evaluation_required,
    traumatic_vcf_with_osteoporosis_bmd,
    traumatic_vcf_without_osteoporosis,
    traumatic_vcf_bmd_unknown,
    osteoporotic_vcf_severe_osteoporosis,
    osteoporotic_vcf_osteopenic_bmd,
    osteoporotic_vcf_normal_bmd,
    osteoporotic_vcf_bmd_unknown,
    vcf_cause_undetermined,
    cervical_fracture,
    osteoporosis_bmd_no_fracture_shown,
    osteoporosis_prior_fragility_fracture,
    osteoporosis_frax_defined,
    vertebral_fracture_equivocal,
    vertebral_deformity_not_fracture,
    low_bone_mass,
    normal_bmd,
    bmd_below_expected_for_age,
    bmd_within_expected_for_age,
    insufficient_data,
)
"""In the order in which they are tried."""

GUIDELINE.reached_by("diagnosis", (rule.__name__ for rule in DIAGNOSES))
_BY_NUMBER = {entry.more["number"]: name for name, entry in GUIDELINE.entries["diagnosis"].items()}


class Diagnosed(Facts):
    """The facts and the one diagnosis of each world."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        vars(self).update(facts)
        self.diagnoses: dict[str, Truth] = {}
        self._grouped: dict[tuple[int, ...], Truth] = {}
        free = ALL
        for rule in DIAGNOSES:
            holds = rule(self)
            worlds = holds.true & free
            self.diagnoses[rule.__name__] = Truth(worlds, ALL ^ worlds, holds.why)
            free &= ~worlds
        self.diagnosis = next(name for name, holds in self.diagnoses.items() if holds.is_true)
        """As known."""
        dx = self.is_diagnosis
        by_fracture = dx(7, 8, 9, 11)
        self.fragility_diagnosis = by_fracture
        traumatic_but_treatable = dx(5) & ((self.t_low & self.frax_high) | self.prior_fragility).holds
        self.ost = by_fracture | dx(4, 12, 14, 20) | traumatic_but_treatable
        self.ostvcf = self.ost & self.vcf
        self.low_mass = dx(15) | (dx(2, 5, 13) & self.t_low.holds & ~self.ost)

    def is_diagnosis(self, *numbers: int) -> Truth:
        """Whether the diagnosis is one of these; never unknown."""
        found = self._grouped.get(numbers)
        if found is None:
            found = self._grouped[numbers] = any_of(self.diagnoses[_BY_NUMBER[number]] for number in numbers)
        return found
