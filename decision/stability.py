"""Mechanical stability (e.3): eight components, each judged on every graded vertebra; the worst decides.

``stable`` is a strict word: everything must be known and pass. ``unstable`` needs one major failure. Everything else is
indeterminate, with a lean where the findings point one way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from decision.assessment import ComponentState
from decision.guideline import CRITERIA, GUIDELINE
from decision.risk import Tiered
from decision.spine import Vertebra
from decision.truth import ALL, FALSE, Truth, any_of


@dataclass(frozen=True, slots=True)
class Component:
    """One component over all graded vertebrae: major before minor before unknown, else it passes."""

    major: Truth = FALSE
    minor: Truth = FALSE
    open: Truth = FALSE

    @property
    def unknown(self) -> Truth:
        """Nothing fails, and for some graded vertebra it is not known to pass."""
        return self.open & ~self.major & ~self.minor

    @property
    def state(self) -> ComponentState:
        """As known."""
        if self.major.is_true:
            return "major_fail"
        if self.minor.is_true:
            return "minor_fail"
        return "unknown" if self.unknown.is_true else "pass"

    @property
    def why(self) -> int:
        """What the state rests on; of a pass, what denies the failures."""
        for truth in (self.major, self.minor, self.open):
            if truth.is_true:
                return truth.why
        return self.major.why | self.minor.why | self.open.why


@dataclass(frozen=True, slots=True)
class Wall:
    """What is known of one vertebra's posterior wall and of the canal behind it."""

    retropulsion: Truth
    possible: Truth
    involved: Truth
    passes: Truth


def wall_of(vertebra: Vertebra) -> Wall:
    """A burst vertebra has its wall involved unless the wall is stated to be intact."""
    retropulsion = vertebra.retropulsion.is_("present").holds
    possible = vertebra.retropulsion.is_("possible").holds
    intact = vertebra.wall.is_("intact").holds
    involved = vertebra.wall.is_("involved").holds
    if vertebra.burst:
        involved = involved | (~intact & Truth(ALL, 0, vertebra.bit))
    absent = vertebra.retropulsion.is_("absent").holds
    passes = (absent | intact) & ~retropulsion & ~possible & ~involved
    return Wall(retropulsion, possible, involved, passes)


def progression_stated(s: Tiered) -> Truth:
    """A cleft, or progression told by a report or by the caller, of what is graded."""
    told = [
        vertebra.graded & Truth(ALL, 0, vertebra.bit) for vertebra in s.scope if vertebra.cleft or vertebra.progressed
    ]
    return any_of((*told, s.graded & s.progression_on_followup.holds))


def neuro(s: Tiered) -> Component:
    """A stated normal neurological status passes; deficit or cauda equina signs are major; silence is unknown."""
    major = s.neuro_deficit.holds | s.cauda_equina_signs.holds
    passes = (~s.neuro_deficit).holds & ~major
    return _judged(s, major=major, passes=passes)


def posterior_wall(s: Tiered) -> Component:
    """No retropulsion or an intact wall passes; a wall involved is minor; any encroachment on the canal is major."""
    walls = [(vertebra.graded, wall_of(vertebra)) for vertebra in s.scope]
    return Component(
        major=any_of([graded & wall.retropulsion for graded, wall in walls]),
        minor=any_of([graded & wall.involved for graded, wall in walls]),
        open=any_of([graded & ~wall.passes for graded, wall in walls]),
    )


def height_loss(s: Tiered) -> Component:
    """Below 10 % passes ("less than 10 %" too), 50 % or more is major, what is between is minor, words are minor."""
    majors, minors, unknowns = [], [], []
    for vertebra in s.scope:
        loss = vertebra.height
        passes = loss.meets(CRITERIA["height_loss_pass"]).holds
        major = loss.meets(CRITERIA["height_loss_major"]).holds
        worded = Truth(ALL, 0, vertebra.bit) if vertebra.worded_loss else FALSE
        majors.append(vertebra.graded & major)
        minors.append(vertebra.graded & ((loss.known & ~passes & ~major) | (~loss.known & worded)))
        unknowns.append(vertebra.graded & ~loss.known & ~worded)
    return Component(any_of(majors), any_of(minors), any_of(unknowns))


def kyphosis(s: Tiered) -> Component:
    """Local angle only: below 15 degrees passes, 15 to below 25 is minor, 25 and more is major."""
    major = s.kyphosis.meets(CRITERIA["kyphosis_major"]).holds
    minor = s.kyphosis.meets(CRITERIA["kyphosis_minor"]).holds & ~major
    return _judged(s, major=major, minor=minor, passes=s.kyphosis.known & ~major & ~minor)


def scoliosis(s: Tiered) -> Component:
    """Local angle only: below 10 degrees passes, 10 and more is minor."""
    minor = s.scoliosis.meets(CRITERIA["scoliosis_minor"]).holds
    return _judged(s, minor=minor, passes=s.scoliosis.known & ~minor)


def posterior_column(s: Tiered) -> Component:
    """Injury is major; silence passes, except after high energy, when only an intact column on CT does."""
    majors, unknowns = [], []
    high_energy = s.high_energy.holds
    for vertebra in s.scope:
        injured = vertebra.column.is_("injured").holds
        shown_intact = vertebra.column.is_("intact").holds & s.ct_done
        majors.append(vertebra.graded & injured)
        unknowns.append(vertebra.graded & high_energy & ~injured & ~shown_intact)
    return Component(major=any_of(majors), open=any_of(unknowns))


def ankylosed_spine(s: Tiered) -> Component:
    """A fracture of an ankylosed spine is unstable; not stated passes."""
    major = s.graded & s.ankylosed_spine.holds
    return Component(major=major)


def progression(s: Tiered) -> Component:
    """A cleft, progression, or two recent fractures of neighbouring vertebrae are minor."""
    return Component(minor=progression_stated(s) | s.recent_neighbours)


COMPONENTS = (
    neuro,
    posterior_wall,
    height_loss,
    kyphosis,
    scoliosis,
    posterior_column,
    ankylosed_spine,
    progression,
)
MUST_BE_KNOWN = ("neuro", "posterior_wall", "height_loss", "kyphosis", "scoliosis")
"""The first five: ``stable`` needs each known and passed."""

GUIDELINE.reached_by("component", (*(rule.__name__ for rule in COMPONENTS), "stability"))


def _judged(s: Tiered, *, passes: Truth, major: Truth = FALSE, minor: Truth = FALSE) -> Component:
    """A component of the patient as a whole, judged only where a vertebra is graded."""
    unknown = s.graded & ~passes & ~major & ~minor
    return Component(s.graded & major, s.graded & minor, unknown)


class Graded(Tiered):
    """The tier and the stability."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        super().__init__(facts)
        nothing = Component()
        graded = self.graded.true
        self.components = {rule.__name__: rule(self) if graded else nothing for rule in COMPONENTS}
        parts = self.components
        major = any_of([part.major for part in parts.values()])
        minor = any_of([part.minor for part in parts.values()])
        unknown = any_of([parts[name].unknown for name in MUST_BE_KNOWN])
        self.unstable = self.graded & major
        passes = self.graded_fracture & ~minor & ~unknown & ~parts["posterior_column"].unknown
        self.stable = passes & ~self.unstable
        self.indeterminate = self.graded & ~self.unstable & ~self.stable
        self.five_incomplete = unknown
        walls = [(vertebra, wall_of(vertebra)) for vertebra in self.scope]
        self.wall_involved = any_of([vertebra.graded & wall.involved for vertebra, wall in walls])
        self.fracture_wall_involved = any_of([vertebra.graded_fracture & wall.involved for vertebra, wall in walls])
        self.retropulsion_seen = any_of(
            [vertebra.graded & (wall.retropulsion | wall.possible) for vertebra, wall in walls]
        )
        self.canal_in_doubt = (
            any_of([vertebra.graded & vertebra.retropulsion.is_("present", "possible") for vertebra in self.scope]),
            self.wall_involved | any_of([vertebra.graded & vertebra.wall.is_("involved") for vertebra in self.scope]),
        )
        retropulsion_possible = any_of([vertebra.graded & wall.possible for vertebra, wall in walls])
        half = CRITERIA["height_loss_major"]
        self.reaches_half = any_of(
            [
                vertebra.graded & vertebra.height.test(lambda loss: loss[1] >= half.value, half.bit).holds
                for vertebra in self.scope
            ]
        )
        half_open_severe, half_open_crush = [], []
        for vertebra in self.scope:
            words = vertebra.graded & ~vertebra.height.known & Truth(ALL, 0, vertebra.bit)
            straddles = vertebra.graded & vertebra.height.test(lambda loss: half.judge(loss) is None).holds
            half_open_severe.append(straddles | words if vertebra.severe else straddles)
            half_open_crush.append(words if vertebra.crush else FALSE)
        severe_open = any_of(half_open_severe)
        self.likely_unstable = (
            self.indeterminate
            & self.graded_fracture
            & any_of((self.wall_involved, retropulsion_possible, severe_open, progression_stated(self)))
        )
        others = any_of(
            [part.minor | part.unknown | part.major for name, part in parts.items() if name != "height_loss"]
        )
        only_height = parts["height_loss"].minor & ~parts["height_loss"].major & ~others
        half_known = ~severe_open & ~any_of(half_open_crush)
        self.likely_stable = (
            self.indeterminate & self.graded_fracture & ~self.likely_unstable & only_height & half_known
        )

    @property
    def stability(self) -> str:
        """As known."""
        if self.unstable.is_true:
            return "unstable"
        if self.stable.is_true:
            return "stable"
        return "indeterminate" if self.indeterminate.is_true else "not_applicable"

    @property
    def lean(self) -> str | None:
        """As known."""
        if self.likely_unstable.is_true:
            return "likely_unstable"
        return "likely_stable" if self.likely_stable.is_true else None

    @property
    def stability_reason(self) -> str | None:
        """Why nothing is graded, or why a graded vertebra is not yet a fracture."""
        if self.graded.is_true:
            only_equivocal = self.indeterminate.is_true and not self.graded_fracture.is_true
            return "fracture_not_established" if only_equivocal else None
        if self.vcf.is_true:
            return "healed"
        return "out_of_scope" if self.cervical_fracture.is_true else "no_fracture_to_grade"
