"""What the assessment of one report depends on, so that of reports that differ only in their words one is assessed.

An outline is a report without its id, its words and everything that the facts do not read; the age is the one that
stands for all that no threshold tells apart. Where an outline is met again, its assessment is kept with the place of
every fact in the report, and the words of each further report are put in: the same result, without drawing it anew.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

from decision.assessment import Assessment, FactUsed, remade
from decision.inputs import representative_of
from extractor.findings import (
    BoneDensity,
    ClinicalContext,
    Curvature,
    Densitometry,
    Evidence,
    EvidenceList,
    Model,
    ReportFindings,
    VertebralFinding,
)

STATED_OF_PATIENT = (
    "age_years", "sex", "postmenopausal", "back_pain", "trauma", "neurological_deficit", "malignancy_history",
    "infection_suspected", "glucocorticoids", "prior_fragility_fracture", "height_loss_cm", "osteoporosis_therapy",
    "bmi",
)  # fmt: skip
STATED_OF_DENSITY = ("frax_major_percent", "frax_hip_percent")
_WORDS = ("confidence", "evidence")


def _fields(model: type[Model]) -> tuple[str, ...]:
    return tuple(name for name in model.model_fields if name not in _WORDS)


_of_report = attrgetter("modality", "regions_imaged", "vertebral_fracture")
_of_patient = attrgetter(*STATED_OF_PATIENT)
_of_density = attrgetter(*STATED_OF_DENSITY)
_of_vertebra = attrgetter(*_fields(VertebralFinding))
_of_measurement = attrgetter(*_fields(BoneDensity))
_of_curve = attrgetter(*_fields(Curvature))


def outline(report: ReportFindings) -> str:
    """Equal for reports whose assessments differ in nothing but the words of the reports and the exact age.

    As text, because -0.0 is not 0.0 where it is printed, nor 1 True.
    """
    alignment = report.alignment
    patient: list[Any] = [None if one is None else one.value for one in _of_patient(report.clinical)]
    if patient[0] is not None:
        patient[0] = representative_of("age_years", patient[0])
    densities = report.bone_density
    return repr(
        (
            _of_report(report),
            patient,
            [None if one is None else one.value for one in _of_density(report.densitometry)],
            [_of_vertebra(one) for one in report.vertebrae],
            report.exam_date if densities else None,
            [_of_measurement(one) for one in densities],
            [None if one is None else _of_curve(one) for one in (alignment.kyphosis, alignment.scoliosis)],
            [(issue.code, issue.about) for issue in report.issues],
        )
    )


def _holders(report: ReportFindings) -> list[Any]:
    """Everything in a report that has words, each at its place; equal outlines have the same places."""
    alignment = report.alignment
    return [
        *_of_patient(report.clinical), *_of_density(report.densitometry), alignment.kyphosis, alignment.scoliosis,
        *report.vertebrae, *report.bone_density, *report.issues,
    ]  # fmt: skip


def outlined(report: ReportFindings) -> ReportFindings:
    """The outline as a report: nothing but what ``outline`` tells apart, and for words the place in the report."""
    places = iter(range(len(_holders(report))))

    def placed(one: Any, **change: Any) -> Any:
        place = next(places)
        return one and one.model_copy(update={**change, "evidence": (Evidence(start=place, end=place),)})

    patient = {name: placed(getattr(report.clinical, name)) for name in STATED_OF_PATIENT}
    if (age := patient["age_years"]) is not None:
        patient["age_years"] = age.model_copy(update={"value": representative_of("age_years", age.value)})
    density = {name: placed(getattr(report.densitometry, name)) for name in STATED_OF_DENSITY}
    curves = {name: placed(getattr(report.alignment, name)) for name in ("kyphosis", "scoliosis")}
    return ReportFindings().model_copy(
        update={
            "modality": report.modality,
            "regions_imaged": report.regions_imaged,
            "vertebral_fracture": report.vertebral_fracture,
            "exam_date": report.exam_date if report.bone_density else None,
            "clinical": ClinicalContext().model_copy(update=patient),
            "densitometry": Densitometry().model_copy(update=density),
            "alignment": report.alignment.model_copy(update={**curves, "listhesis": ()}),
            "vertebrae": tuple(placed(one, confidence=None) for one in report.vertebrae),
            "bone_density": tuple(placed(one, confidence=None) for one in report.bone_density),
            "issues": tuple(placed(one, message="") for one in report.issues),
        }
    )


class _Blank:
    """A conclusion with the facts that its reason rests on: each as it is, or the position of one to be filled in."""

    __slots__ = ("because", "facts", "model")

    def __init__(self, model: Any, facts: tuple[FactUsed | int, ...]) -> None:
        self.model = model
        self.because = model.because
        self.facts = facts

    def filled(self, said: list[FactUsed]) -> Any:
        """The conclusion with the words of one report."""
        facts = tuple([said[fact] if type(fact) is int else fact for fact in self.facts])
        return remade(self.model, because=remade(self.because, facts=facts))


class Form:
    """The assessment of an outline, to be filled in with the words of each report that has it."""

    def __init__(self, assessment: Assessment, outline: ReportFindings) -> None:
        self._assessment = assessment
        self._found = assessment.issues[len(outline.issues) :]
        self._said: list[FactUsed] = []
        self._places: dict[int, int] = {}
        self._diagnosis = self._blank(assessment.diagnosis)
        self._risk = self._blank(assessment.risk)
        self._stability = self._blank(assessment.stability)
        self._components = [self._blank(one) for one in assessment.stability.components]
        self._protocol = [self._blank(one) for one in assessment.protocol]
        self._warnings = [self._blank(one) for one in assessment.warnings]

    def _blank(self, conclusion: Any) -> Any:
        """The conclusion itself where no report is quoted, else one to be filled in."""
        facts = tuple([self._place(fact) for fact in conclusion.because.facts])
        return _Blank(conclusion, facts) if any(type(fact) is int for fact in facts) else conclusion

    def _place(self, fact: FactUsed) -> FactUsed | int:
        if fact.origin != "report":
            return fact
        if id(fact) not in self._places:
            self._places[id(fact)] = len(self._said)
            self._said.append(fact)
        return self._places[id(fact)]

    def filled(self, report: ReportFindings) -> Assessment:
        """The assessment of a report that has this outline."""
        change: dict[str, Any] = {"issues": report.issues + self._found}
        if self._said:
            said = self._quoted(report)
            change["diagnosis"] = _filled(self._diagnosis, said)
            change["risk"] = _filled(self._risk, said)
            components = tuple([_filled(one, said) for one in self._components])
            stability = _filled(self._stability, said)
            change["stability"] = remade(stability, components=components) if components else stability
            change["protocol"] = tuple([_filled(one, said) for one in self._protocol])
            change["warnings"] = tuple([_filled(one, said) for one in self._warnings])
        return remade(self._assessment, **change)

    def _quoted(self, report: ReportFindings) -> list[FactUsed]:
        """The facts that the report states, in its words."""
        holders = _holders(report)
        quoted = []
        for fact in self._said:
            holder = holders[fact.evidence[0].start]
            words: EvidenceList = holder.evidence
            change = {"value": holder.value} if fact.name == "age_years" else {}
            quoted.append(remade(fact, report_id=report.report_id, evidence=words, **change))
        return quoted


def _filled(conclusion: Any, said: list[FactUsed]) -> Any:
    return conclusion.filled(said) if type(conclusion) is _Blank else conclusion
