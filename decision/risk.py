"""The fracture-risk tier (e.2): seven ways to be at very high risk, and five tiers of which exactly one holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from decision.diagnosis import Diagnosed
from decision.guideline import CRITERIA, GUIDELINE
from decision.truth import ALL, Fact, Truth, any_of


def recent_fragility_fracture(d: Diagnosed) -> Truth:
    """An osteoporotic vertebral fracture (diagnosis 7, 8, 9 or 11) that is recent."""
    return d.fragility_diagnosis & d.recent


def multiple_fragility_fractures(d: Diagnosed) -> Truth:
    """Two vertebral fragility fractures, healed ones and earlier ones too; or one and a hip fracture."""
    fractures = _fragility_fractures(d)
    one = fractures.meets(CRITERIA["any_prior_vertebral_fracture"])
    return fractures.meets(CRITERIA["multiple_fractures"]) | (one & d.prior_hip_fracture)


def _fragility_fractures(d: Diagnosed) -> Fact:
    """Those listed, where the diagnosis is by fragility fracture, plus the earlier ones (a range while unknown)."""
    by_fracture = d.fragility_diagnosis
    cases: list[tuple[object, int]] = []
    for prior, worlds in (
        *d.prior_vertebral_fractures.cases,
        ((0, math.inf), ALL ^ d.prior_vertebral_fractures.worlds_known),
    ):
        least, most = prior if isinstance(prior, tuple) else (prior, prior)
        for listed, there in (
            (0, by_fracture.false),
            *((n, w & by_fracture.true) for n, w in d.listed_fractures.cases),
        ):
            if worlds & there:
                cases.append(((least + listed, most + listed), worlds & there))
    return Fact(tuple(cases), by_fracture.why | d.listed_fractures.why | d.prior_vertebral_fractures.why)


def very_low_t_score(d: Diagnosed) -> Truth:
    """A T-score below -3.0; -3.0 itself is high."""
    return d.t_very_low


def treatment_failure_or_rebound(d: Diagnosed) -> Truth:
    """A recent fracture after a year or more on a drug, or a fracture once denosumab has worn off."""
    return d.failure | d.rebound


def glucocorticoid_risk(d: Diagnosed) -> Truth:
    """An osteoporotic vertebral fracture on glucocorticoid, or 30 mg a day and more with or without a fracture."""
    return (d.fragility_diagnosis & d.on_gc) | d.glucocorticoid_mg_day.meets(CRITERIA["glucocorticoid_high_dose"])


def very_high_frax(d: Diagnosed) -> Truth:
    """FRAX above 30 % (major) or 4.5 % (hip); on glucocorticoid those values themselves count too."""
    above = d.frax_major.meets(CRITERIA["frax_major_very_high"]) | d.frax_hip.meets(CRITERIA["frax_hip_very_high"])
    at_least = d.frax_major.meets(CRITERIA["frax_major_very_high_glucocorticoid"]) | (
        d.frax_hip.meets(CRITERIA["frax_hip_very_high_glucocorticoid"])
    )
    return above | (d.on_gc & at_least)


def high_fall_risk(d: Diagnosed) -> Truth:
    """A high risk of falls."""
    return d.high_fall_risk


VERY_HIGH = {
    "VH1": recent_fragility_fracture,
    "VH2": multiple_fragility_fractures,
    "VH3": very_low_t_score,
    "VH4": treatment_failure_or_rebound,
    "VH5": glucocorticoid_risk,
    "VH6": very_high_frax,
    "VH7": high_fall_risk,
}
AFTER_HIGH_ENERGY = ("VH3", "VH4", "VH6", "VH7")
"""The codes that make a high-energy fracture with osteoporosis very high (c-19)."""
TIERS = ("very_high", "high", "moderate", "low", "indeterminate")

GUIDELINE.reached_by("tier", (*VERY_HIGH, *TIERS))


class Tiered(Diagnosed):
    """The diagnosis and its tier."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        self.codes = {code: rule(self) for code, rule in VERY_HIGH.items()}
        dx = self.is_diagnosis
        any_code = any_of(self.codes.values()).holds
        some_codes = any_of([self.codes[code] for code in AFTER_HIGH_ENERGY]).holds
        very_high = (dx(7, 8, 9, 11, 12, 14, 20) & any_code) | (dx(4, 5) & self.ost & some_codes)
        high = self.ost & ~very_high
        on_glucocorticoid = self.on_gc & (~self.age.meets(CRITERIA["age_glucocorticoid"])).not_true
        moderate = self.low_mass & ~dx(2) & (self.frax_low | on_glucocorticoid).holds
        low = dx(16) | (dx(5) & self.t_normal.holds & ~self.ost)
        taken = very_high.true | high.true | moderate.true | low.true
        self.very_high = very_high
        self.tiers = {
            "very_high": very_high,
            "high": high,
            "moderate": moderate,
            "low": low,
            "indeterminate": Truth(ALL ^ taken, taken, self.diagnoses[self.diagnosis].why),
        }
        self.tier = next(name for name, holds in self.tiers.items() if holds.is_true)
        """As known."""
