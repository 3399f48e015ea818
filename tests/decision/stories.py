"""Small patients for tests: one vertebra, one density, what the caller knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from decision import Patient
from decision.facts import Facts
from decision.protocol import Case
from extractor.findings import ReportFindings

WOMAN = {"age_years": 72, "sex": "female"}
L2: dict[str, Any] = {"level": "L2", "assertion": "present", "descriptors": ["fracture"]}


def spine(*vertebrae: dict[str, Any], **report: Any) -> ReportFindings:
    """A radiograph of the lumbar spine."""
    given = {"modality": "radiograph", "regions_imaged": ["lumbar"], "vertebrae": vertebrae, **report}
    return ReportFindings.model_validate(given)


def dxa(t: float | None = None, *, site: str = "femoral_neck", **entry: Any) -> ReportFindings:
    """A densitometry of one site."""
    density = {"site": site, "t_score": t, **entry}
    return ReportFindings.model_validate({"modality": "dxa", "bone_density": [density]})


def story(
    *,
    v: dict[str, Any] | None = None,
    t: float | None = None,
    z: float | None = None,
    reports: list[ReportFindings] | None = None,
    **patient: Any,
) -> tuple[list[ReportFindings], Patient]:
    """A patient: ``v`` is added to an L2 fracture, ``t`` and ``z`` are of the femoral neck, the rest is known."""
    given = list(reports or [])
    if v is not None:
        given.append(spine({**L2, **v}))
    if t is not None or z is not None:
        given.append(dxa(t, z_score=z))
    return given, Patient.model_validate(patient)


def case_of(reports: Sequence[ReportFindings], patient: Patient) -> Case:
    """Every rule ready to be asked; what only the words see is there too, for tests to look at."""
    facts = Facts(reports, patient)
    found = Case(facts.for_rules())
    vars(found).update(vars(facts))
    return found


def case(**told: Any) -> Case:
    """The same of a story."""
    return case_of(*story(**told))
