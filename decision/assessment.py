"""What follows from a patient's findings: the output contract of the decision layer, as frozen models without logic.

Every conclusion carries ``because``: the rule, the facts it used with the words of the report, the criterion with its
value, operator and unit, and the sources. A conclusion without a rule, or a recommendation without a source, cannot be
constructed.
"""

from __future__ import annotations

from typing import Any, Literal, TypeVar

from pydantic import Field

from extractor.findings import DensityClass, EvidenceList, Issue, Level, Model

Tier = Literal["low", "moderate", "high", "very_high", "indeterminate"]
StabilityState = Literal["stable", "unstable", "indeterminate", "not_applicable"]
StabilityReason = Literal["no_fracture_to_grade", "healed", "out_of_scope", "fracture_not_established"]
Lean = Literal["likely_stable", "likely_unstable"]
ComponentState = Literal["pass", "minor_fail", "major_fail", "unknown"]
ItemKind = Literal["dx", "rx", "acute", "follow", "life", "ref"]
Priority = Literal["emergency", "within_24h", "routine"]
ItemStatus = Literal["recommended", "consider", "contraindicated"]
AlertLevel = Literal["stop", "check", "note"]
Scalar = bool | int | float | str
FactValue = Scalar | tuple[Scalar, ...] | None


class Source(Model):
    """Where a number or a rule comes from.

    ``checked`` is false for what was not verified against the source itself; ``note`` then says so in words.
    """

    id: str
    title: str
    year: int | None = None
    locator: str | None = None
    url: str | None = None
    checked: bool = False
    note: str | None = None


class FactUsed(Model):
    """A fact on which a conclusion rests. ``report_id`` and ``evidence`` are empty for what the caller gave."""

    name: str
    value: FactValue = None
    origin: Literal["report", "caller", "derived"] = "derived"
    report_id: str | None = None
    evidence: EvidenceList = ()


class CriterionUsed(Model):
    """A threshold that was applied: ``value`` with its ``operator`` and ``unit``, and the source it comes from."""

    id: str
    label: str
    value: float | str | None = None
    operator: str | None = None
    unit: str | None = None
    source: str
    locator: str | None = None
    checked: bool = False
    note: str | None = None


class Because(Model):
    """Why a conclusion was drawn."""

    rule: str = Field(min_length=1)
    text: str = ""
    facts: tuple[FactUsed, ...] = ()
    criteria: tuple[CriterionUsed, ...] = ()
    sources: tuple[Source, ...] = ()


class Diagnosis(Model):
    """The one diagnosis; ``statement`` is the sentence a clinician reads."""

    id: str
    densitometric_category: DensityClass | None = None
    lowest_t_score: float | None = None
    fractured_levels: tuple[Level, ...] = ()
    statement: str = ""
    because: Because


class Risk(Model):
    """Fracture-risk tier."""

    tier: Tier
    because: Because


class StabilityComponent(Model):
    """One stability criterion, judged on the worst graded vertebra."""

    id: str
    label: str = ""
    value: FactValue = None
    threshold: str | None = None
    state: ComponentState
    because: Because


class Stability(Model):
    """Mechanical stability of what was graded. ``components`` is empty when ``overall`` is not_applicable."""

    overall: StabilityState
    reason: StabilityReason | None = None
    lean: Lean | None = None
    components: tuple[StabilityComponent, ...] = ()
    because: Because | None = None


class ProtocolItem(Model):
    """One step of the management protocol; ``check_first`` names unknown contraindications to settle before it."""

    id: str
    kind: ItemKind
    action: str
    priority: Priority = "routine"
    status: ItemStatus = "recommended"
    check_first: tuple[str, ...] = ()
    because: Because
    sources: tuple[Source, ...] = Field(min_length=1)


class ClinicalWarning(Model):
    """An alert: ``stop`` acts now, ``check`` is settled before acting, ``note`` explains."""

    id: str
    level: AlertLevel
    text: str
    because: Because
    sources: tuple[Source, ...] = ()


class Effect(Model):
    """What would follow if an unknown input had this value, as ``id: now -> then``."""

    value: FactValue = None
    changes: tuple[str, ...] = ()


class MissingInput(Model):
    """An unknown input, the ids of the conclusions that it would change, and what each of its values would do."""

    input: str
    would_decide: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()


class Ruleset(Model):
    """Version and date of the rules that were applied, and the guideline profile."""

    version: str
    date: str
    profile: str = "US"


class Assessment(Model):
    """What follows for one patient. Decision support for a clinician; never autonomous."""

    schema_version: Literal["1"] = "1"
    diagnosis: Diagnosis
    risk: Risk
    stability: Stability
    protocol: tuple[ProtocolItem, ...] = ()
    warnings: tuple[ClinicalWarning, ...] = ()
    missing: tuple[MissingInput, ...] = ()
    issues: tuple[Issue, ...] = ()
    ruleset: Ruleset


Made = TypeVar("Made", bound=Model)
_FIELDS: dict[type[Model], set[str]] = {
    model: set(model.model_fields)
    for model in (
        Because, ClinicalWarning, Diagnosis, Effect, FactUsed, MissingInput, ProtocolItem, Risk, Stability,
        StabilityComponent,
    )
}  # fmt: skip


def made(model: type[Made], /, **values: Any) -> Made:
    """What ``model_construct`` does, without its search for aliases and defaults: every field given, none checked.

    For our own conclusions: validating them would cost more than drawing them. Tests validate what comes out.
    """
    one = model.__new__(model)
    object.__setattr__(one, "__dict__", values)
    object.__setattr__(one, "__pydantic_fields_set__", _FIELDS[model])
    object.__setattr__(one, "__pydantic_extra__", None)
    object.__setattr__(one, "__pydantic_private__", None)
    return one


def remade(one: Made, /, **change: Any) -> Made:
    """The same value with some fields changed, as ``model_copy`` gives it, nothing checked."""
    other = one.__new__(type(one))
    object.__setattr__(other, "__dict__", {**vars(one), **change})
    object.__setattr__(other, "__pydantic_fields_set__", one.__pydantic_fields_set__)
    object.__setattr__(other, "__pydantic_extra__", None)
    object.__setattr__(other, "__pydantic_private__", None)
    return other
