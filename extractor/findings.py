"""What a radiology report says: the data contract, as frozen models without logic.

``None`` always means *the report does not say*, never *no*. Every model refuses unknown keys and values that cannot be
(a level that does not exist, a height loss of 140 %, a negative bone mineral density); a value that is merely unlikely
(a T-score of -28) is kept as printed and carries an issue. Validation errors never echo what was put in, because that
may be report text.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

# --------------------------------------------------------------------------------------------------------- vocabulary

Level = Literal[
    "C1", "C2", "C3", "C4", "C5", "C6", "C7",
    "T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "T9", "T10", "T11", "T12", "T13",
    "L1", "L2", "L3", "L4", "L5", "L6",
    "S1", "S2", "S3", "S4", "S5",
]  # fmt: skip
Region = Literal["cervical", "thoracic", "thoracolumbar", "lumbar", "sacral"]
ImagedRegion = Literal["cervical", "thoracic", "lumbar", "sacral"]
Modality = Literal["radiograph", "dxa", "ct", "mri", "other"]
Verdict = Literal["present", "possible", "absent", "not_mentioned"]
FindingAssertion = Literal["present", "possible", "absent", "historical"]
Assertion = Literal["present", "possible", "absent"]
Descriptor = Literal[
    "biconcave", "burst", "collapse", "compression", "deformity", "endplate_depression", "fracture", "height_loss",
    "vertebra_plana", "wedging",
]  # fmt: skip
MalignantFeature = Literal[
    "convex_posterior_border", "epidural_mass", "lytic_destruction", "marrow_replacement", "paraspinal_mass",
    "pedicle_destruction",
]  # fmt: skip
Etiology = Literal["osteoporotic", "pathologic", "traumatic"]
Severity = Literal["minimal", "mild", "moderate", "severe"]
Acuity = Literal["acute", "subacute", "chronic", "indeterminate"]
Change = Literal["new", "progressed", "stable", "improved"]
Mimic = Literal["physiologic", "scheuermann", "schmorl_node", "limbus", "degenerative", "congenital"]
DensitySite = Literal[
    "lumbar_spine", "femoral_neck", "total_hip", "trochanter", "wards", "forearm_33", "forearm_ud", "forearm_total",
    "whole_body", "other",
]  # fmt: skip
DensityClass = Literal["normal", "low_bone_mass", "osteoporosis"]
Trauma = Literal["none", "low_energy", "high_energy", "unspecified"]
Sex = Literal["female", "male"]
IssueCode = Literal[
    "t_score_sign_suspect", "t_score_out_of_range", "classification_conflict", "level_conflict", "height_loss_conflict",
    "laterality_conflict", "addendum_correction", "transitional_anatomy", "fracture_not_in_impression",
    "reports_contradict", "fractured_level_in_density", "masked_text", "unreadable_value", "no_radiology_content",
]  # fmt: skip
IssueAbout = Literal["fracture", "level", "height_loss", "grade", "acuity", "retropulsion", "other"]

LEVELS: tuple[Level, ...] = get_args(Level)
"""Every vertebra that can be named, from the skull down."""

LEVEL_ORDER: dict[str, int] = {level: position for position, level in enumerate(LEVELS)}

REGION_OF_LETTER: dict[str, ImagedRegion] = {"C": "cervical", "T": "thoracic", "L": "lumbar", "S": "sacral"}

_REGIONS: tuple[ImagedRegion, ...] = get_args(ImagedRegion)


def _sorted_set(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


def _spine_order(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values), key=LEVEL_ORDER.__getitem__))


def _region_order(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values), key=_REGIONS.index))


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


Finite = Annotated[float, AfterValidator(_finite)]
Percent = Annotated[Finite, Field(ge=0, le=100)]
Degrees = Annotated[Finite, Field(ge=0, le=180)]
NonNegative = Annotated[Finite, Field(ge=0)]
Positive = Annotated[Finite, Field(gt=0)]
LevelSet = Annotated[tuple[Level, ...], AfterValidator(_spine_order)]


def _iso_date(value: str) -> str:
    for pattern in ("%Y-%m-%d", "%Y-%m", "%Y"):
        try:
            datetime.datetime.strptime(value, pattern)
        except ValueError:
            continue
        return value
    raise ValueError("must be an ISO date: YYYY-MM-DD, YYYY-MM or YYYY")


IsoDate = Annotated[str, AfterValidator(_iso_date)]


class Model(BaseModel):
    """Base of every value of the contract: frozen, refusing unknown keys, silent about its input in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# ----------------------------------------------------------------------------------------------------------- evidence


class Evidence(Model):
    """Words of the report: ``received[start:end] == text`` for the text exactly as it was received."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)
    text: str = ""
    section: str | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError("evidence ends before it starts")
        return self


EvidenceList = tuple[Evidence, ...]

Value = TypeVar("Value")


class Stated(Model, Generic[Value]):
    """A single fact that the text states, with its words."""

    value: Value
    evidence: EvidenceList = ()


def _wrap_plain_value(value: Any) -> Any:
    """Let a caller who writes findings by hand give ``72`` for ``{"value": 72}``."""
    if value is None or isinstance(value, Stated) or (isinstance(value, dict) and "value" in value):
        return value
    return {"value": value}


StatedNumber = Annotated[Stated[Finite] | None, BeforeValidator(_wrap_plain_value)]
StatedNonNegative = Annotated[Stated[NonNegative] | None, BeforeValidator(_wrap_plain_value)]
StatedPositive = Annotated[Stated[Positive] | None, BeforeValidator(_wrap_plain_value)]
StatedPercent = Annotated[Stated[Percent] | None, BeforeValidator(_wrap_plain_value)]
StatedFlag = Annotated[Stated[bool] | None, BeforeValidator(_wrap_plain_value)]
StatedText = Annotated[Stated[str] | None, BeforeValidator(_wrap_plain_value)]
StatedSex = Annotated[Stated[Sex] | None, BeforeValidator(_wrap_plain_value)]
StatedTrauma = Annotated[Stated[Trauma] | None, BeforeValidator(_wrap_plain_value)]
StatedClass = Annotated[Stated[DensityClass] | None, BeforeValidator(_wrap_plain_value)]
StatedDrugs = Annotated[Stated[tuple[str, ...]] | None, BeforeValidator(_wrap_plain_value)]


class Section(Model):
    """A part of the report under one heading; ``name`` is its kind (``findings``, ``impression``, ...)."""

    name: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Issue(Model):
    """Something that a person should look at. ``message`` holds no report text."""

    code: IssueCode
    message: str = ""
    about: IssueAbout | None = None
    evidence: EvidenceList = ()


# ---------------------------------------------------------------------------------------------------------- vertebrae


class VertebralFinding(Model):
    """An abnormality of one vertebral body, an isolated posterior-element injury, or a level explicitly cleared.

    ``height_loss_percent`` is ``(low, high)`` of the vertebral body, never of a disc: "50 %" is (50, 50), "over 50 %"
    (50, 100). ``portion`` and ``count`` are given only where the text gives no level.
    """

    level: Level | None = None
    region: Region | None = None
    portion: Literal["upper", "mid", "lower"] | None = None
    count: int | None = Field(default=None, ge=1)
    element: Literal["body", "posterior"] = "body"
    assertion: FindingAssertion
    descriptors: Annotated[tuple[Descriptor, ...], AfterValidator(_sorted_set)] = ()
    wedge_direction: Literal["anterior", "posterior", "lateral"] | None = None
    height_loss_percent: tuple[Percent, Percent] | None = None
    severity: Severity | None = None
    genant_grade: int | None = Field(default=None, ge=0, le=3)
    acuity: Acuity | None = None
    change: Change | None = None
    marrow_edema: Literal["present", "absent"] | None = None
    retropulsion: Assertion | None = None
    retropulsion_mm: NonNegative | None = None
    canal_narrowing_percent: Percent | None = None
    posterior_wall: Literal["intact", "involved"] | None = None
    posterior_column: Literal["intact", "injured"] | None = None
    malignant_features: Annotated[tuple[MalignantFeature, ...], AfterValidator(_sorted_set)] = ()
    cleft: Literal["present", "absent"] | None = None
    etiologies: dict[Etiology, Assertion] = Field(default_factory=dict)
    mimic: Mimic | None = None
    augmentation: Literal["vertebroplasty", "kyphoplasty", "cement"] | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    evidence: EvidenceList = ()

    @model_validator(mode="before")
    @classmethod
    def _region_follows_level(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("level") is not None:
            data = dict(data)
            data["region"] = REGION_OF_LETTER.get(str(data["level"])[:1], data.get("region"))
            if data.get("count") == 1:
                data["count"] = None
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.level is not None and (self.portion is not None or self.count is not None):
            raise ValueError("portion and count are given only where level is null")
        if self.height_loss_percent is not None and self.height_loss_percent[0] > self.height_loss_percent[1]:
            raise ValueError("height_loss_percent is (low, high)")
        return self


# ------------------------------------------------------------------------------------------------------- bone density


class BoneDensity(Model):
    """One densitometric measurement: a site, its region and side, and the time it was taken.

    Scores are in standard deviations, ``bmd_g_cm2`` in g/cm2, ``change_percent`` is against the previous scan. A value
    is kept as printed; a suspicious one carries an issue of the report.
    """

    site: DensitySite
    side: Literal["left", "right", "mean"] | None = None
    vertebrae: LevelSet = ()
    excluded: LevelSet = ()
    lsc_g_cm2: NonNegative | None = None
    bmd_g_cm2: NonNegative | None = None
    t_score: Finite | None = None
    z_score: Finite | None = None
    when: Literal["current", "prior"] = "current"
    date: IsoDate | None = None
    change_percent: Finite | None = None
    change_significant: bool | None = None
    classification: DensityClass | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    evidence: EvidenceList = ()


class Densitometry(Model):
    """What a densitometry report states of the patient as a whole. FRAX is read, never computed."""

    classification: StatedClass = None
    lowest_t_score: StatedNumber = None
    frax_major_percent: StatedPercent = None
    frax_hip_percent: StatedPercent = None
    tbs: StatedNonNegative = None
    device: StatedText = None


# ---------------------------------------------------------------------------------------------------------- alignment


class Curvature(Model):
    """Kyphosis or scoliosis. ``scope`` is ``local`` across a vertebra or segment, ``regional`` for a curve."""

    assertion: Assertion = "present"
    degrees: Degrees | None = None
    scope: Literal["local", "regional"] | None = None
    at: LevelSet = ()
    evidence: EvidenceList = ()


class Listhesis(Model):
    """Slip of one vertebra on another; ``at`` as "L4/L5"."""

    at: str | None = None
    direction: Literal["anterolisthesis", "retrolisthesis", "lateral"] | None = None
    grade: int | None = Field(default=None, ge=1, le=5)
    mm: NonNegative | None = None
    evidence: EvidenceList = ()


class Alignment(Model):
    """Shape of the spinal column as the report states it."""

    kyphosis: Curvature | None = None
    scoliosis: Curvature | None = None
    listhesis: tuple[Listhesis, ...] = ()


# --------------------------------------------------------------------------------------------------- clinical context


class ClinicalContext(Model):
    """Facts about the patient that the text states, each with its words."""

    age_years: StatedNonNegative = None
    sex: StatedSex = None
    postmenopausal: StatedFlag = None
    back_pain: StatedFlag = None
    pain_weeks: StatedNonNegative = None
    trauma: StatedTrauma = None
    neurological_deficit: StatedFlag = None
    malignancy_history: StatedFlag = None
    infection_suspected: StatedFlag = None
    glucocorticoids: StatedFlag = None
    prior_fragility_fracture: StatedFlag = None
    height_loss_cm: StatedNonNegative = None
    osteoporosis_therapy: StatedDrugs = None
    bmi: StatedPositive = None
    weight_kg: StatedPositive = None
    height_cm: StatedPositive = None


# ------------------------------------------------------------------------------------------------------------- report


class ReportFindings(Model):
    """One radiology report, read. See the field table in the annotation guide."""

    schema_version: Literal["1"] = "1"
    report_id: str | None = None
    modality: Modality | None = None
    regions_imaged: Annotated[tuple[ImagedRegion, ...], AfterValidator(_region_order)] = ()
    exam_date: IsoDate | None = None
    vertebral_fracture: Verdict = "not_mentioned"
    vertebrae: tuple[VertebralFinding, ...] = ()
    bone_density: tuple[BoneDensity, ...] = ()
    densitometry: Densitometry = Field(default_factory=Densitometry)
    alignment: Alignment = Field(default_factory=Alignment)
    clinical: ClinicalContext = Field(default_factory=ClinicalContext)
    sections: tuple[Section, ...] = ()
    issues: tuple[Issue, ...] = ()
