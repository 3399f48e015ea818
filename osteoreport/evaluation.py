"""Precision, recall and F1 of the extractor against annotated reports, with every error by report id and offsets.

What is compared are sets of facts per report, so a wrong level is one fact missed and one invented. No report text is
ever printed: a fact consists of values of the contract.

==================  ==================================================================================================
table               facts
==================  ==================================================================================================
levelled            (level, assertion) of vertebral bodies that are present, possible or historical
levels              levels of bodies that are present or possible and not explained as a mimic
unlevelled          (region/portion, assertion) of bodies without a level
cleared             levels explicitly cleared
posterior           (level, assertion) of posterior elements
attr:FIELD          (level or region/portion, value) of every attribute that was stated, scored end to end
dxa tuple           (site, side, vertebrae, when, measure, value)
dxa site+value      (site, when, measure, value)
dxa value           (measure, value)
densitometry        report-level densitometric statements
angles              degrees of kyphosis and scoliosis
clinical            facts about the patient
==================  ==================================================================================================
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from osteoreport.readers import read_rows

Fact = tuple[Any, ...]
Spans = tuple[tuple[int, int], ...]
Facts = dict[str, dict[Fact, Spans]]
"""Per table, each fact with the offsets of its evidence (none where the annotation gives none)."""

_SET_ATTRIBUTES: Final = ("descriptors", "malignant_features")
_NUMBER_ATTRIBUTES: Final = ("retropulsion_mm", "canal_narrowing_percent", "genant_grade")
_WORD_ATTRIBUTES: Final = (
    "wedge_direction", "severity", "acuity", "change", "marrow_edema", "retropulsion", "posterior_wall",
    "posterior_column", "augmentation", "mimic", "cleft",
)  # fmt: skip
_MEASURES: Final = ("t_score", "z_score", "bmd_g_cm2", "change_percent")
_CLINICAL: Final = (
    "age_years", "sex", "postmenopausal", "back_pain", "trauma", "neurological_deficit", "malignancy_history",
    "glucocorticoids", "prior_fragility_fracture", "osteoporosis_therapy", "bmi", "weight_kg", "height_cm",
)  # fmt: skip
_DENSITOMETRY: Final = ("classification", "lowest_t_score", "frax_major_percent", "frax_hip_percent", "tbs")
_FIRST_TABLES: Final = ("levelled", "levels", "unlevelled", "cleared", "posterior")


class GoldRefused(Exception):
    """An annotated file that cannot be scored; the message names file and line, never text."""


# ---------------------------------------------------------------------------------------------------------------- facts


def facts_of(report: Mapping[str, Any]) -> Facts:
    """Take the facts of one report, as plain data of the contract, apart into tables."""
    facts: Facts = collections.defaultdict(dict)
    for vertebra in report.get("vertebrae") or ():
        for table, fact in _vertebra(vertebra):
            _put(facts, table, fact, vertebra)
    for density in report.get("bone_density") or ():
        for table, fact in _density(density):
            _put(facts, table, fact, density)
    for name, stated in _stated(report.get("densitometry"), _DENSITOMETRY):
        _put(facts, "densitometry", (name, _comparable(_bare(stated))), stated)
    for name, stated in _stated(report.get("clinical"), _CLINICAL):
        value = _bare(stated)
        for part in value if isinstance(value, (list, tuple)) else [value]:
            _put(facts, "clinical", (name, _comparable(part)), stated)
    alignment = report.get("alignment") or {}
    for name in ("kyphosis", "scoliosis"):
        curve = alignment.get(name) or {}
        if curve.get("degrees") is not None:
            _put(facts, "angles", (name, _comparable(curve["degrees"])), curve)
    return facts


def _vertebra(vertebra: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    level, assertion = vertebra.get("level"), vertebra["assertion"]
    if vertebra.get("element") == "posterior":
        yield "posterior", (level, assertion)
        return
    if assertion == "absent":
        if level:
            yield "cleared", (level,)
        return
    where = level or f"{vertebra.get('region') or 'spine'}/{vertebra.get('portion') or '-'}"
    yield "levelled" if level else "unlevelled", (where, assertion)
    if level and assertion in ("present", "possible") and not vertebra.get("mimic"):
        yield "levels", (level,)
    for name in _SET_ATTRIBUTES:
        for value in vertebra.get(name) or ():
            yield f"attr:{name}", (where, value)
    for name in _NUMBER_ATTRIBUTES + _WORD_ATTRIBUTES:
        if vertebra.get(name) not in (None, ""):
            yield f"attr:{name}", (where, _comparable(vertebra[name]))
    for etiology, state in (vertebra.get("etiologies") or {}).items():
        yield "attr:etiologies", (where, etiology, state)
    if loss := vertebra.get("height_loss_percent"):
        yield "attr:height_loss_percent", (where, *(_comparable(edge) for edge in loss))


def _density(density: Mapping[str, Any]) -> Iterator[tuple[str, Fact]]:
    site, side, when = density.get("site"), density.get("side"), density.get("when", "current")
    levels = tuple(density.get("vertebrae") or ())
    for measure in _MEASURES:
        if density.get(measure) is not None:
            value = _comparable(density[measure])
            yield "dxa tuple", (site, side, levels, when, measure, value)
            yield "dxa site+value", (site, when, measure, value)
            yield "dxa value", (measure, value)


def _stated(group: Mapping[str, Any] | None, names: Iterable[str]) -> Iterator[tuple[str, Any]]:
    for name in names:
        stated = (group or {}).get(name)
        if _bare(stated) not in (None, "", [], ()):
            yield name, stated


def _bare(stated: Any) -> Any:
    return stated["value"] if isinstance(stated, Mapping) and "value" in stated else stated


def _comparable(value: Any) -> Any:
    """Round numbers to three decimals, so that 1 and 1.0 are one value."""
    return round(float(value), 3) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _put(facts: Facts, table: str, fact: Fact, holder: Any) -> None:
    evidence = holder.get("evidence") if isinstance(holder, Mapping) else None
    spans = tuple((part["start"], part["end"]) for part in evidence or ())
    facts[table][fact] = facts[table].get(fact, ()) + spans


# --------------------------------------------------------------------------------------------------------------- scores


@dataclass(frozen=True, slots=True)
class Error:
    """The facts of one report that were missed and those that were invented, with their offsets."""

    report_id: str
    missed: dict[Fact, Spans]
    extra: dict[Fact, Spans]

    def as_dict(self) -> dict[str, Any]:
        """Give the error as plain data."""
        return {
            "id": self.report_id,
            "missed": [{"fact": list(fact), "at": spans} for fact, spans in _sorted(self.missed)],
            "extra": [{"fact": list(fact), "at": spans} for fact, spans in _sorted(self.extra)],
        }


def _sorted(facts: dict[Fact, Spans]) -> list[tuple[Fact, Spans]]:
    return sorted(facts.items(), key=lambda pair: str(pair[0]))


@dataclass(slots=True)
class Tally:
    """Counts of one table over all reports. Where nothing was claimed precision is 1, where nothing is true recall."""

    right: int = 0
    extra: int = 0
    missed: int = 0
    errors: list[Error] = field(default_factory=list)

    def add(self, report_id: str, gold: dict[Fact, Spans], found: dict[Fact, Spans]) -> None:
        """Count one report."""
        missed = {fact: spans for fact, spans in gold.items() if fact not in found}
        extra = {fact: spans for fact, spans in found.items() if fact not in gold}
        self.right += len(gold) - len(missed)
        self.missed += len(missed)
        self.extra += len(extra)
        if missed or extra:
            self.errors.append(Error(report_id, missed, extra))

    @property
    def precision(self) -> float:
        """Share of the facts found that are right."""
        return self.right / (self.right + self.extra) if self.right + self.extra else 1.0

    @property
    def recall(self) -> float:
        """Share of the true facts that were found."""
        return self.right / self.support if self.support else 1.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    @property
    def support(self) -> int:
        """Number of true facts."""
        return self.right + self.missed


@dataclass(slots=True)
class Evaluation:
    """The scores of a run over annotated reports."""

    status: collections.Counter[tuple[str, str]] = field(default_factory=collections.Counter)
    tables: dict[str, Tally] = field(default_factory=lambda: {"levelled": Tally(), "levels": Tally()})
    crashes: list[tuple[str, str]] = field(default_factory=list)
    modality_right: int = 0
    with_levels: int = 0
    levels_right: int = 0

    @property
    def reports(self) -> int:
        """Number of reports scored."""
        return self.status.total()

    @property
    def present(self) -> Tally:
        """Counts of the report status ``present`` against all other states."""
        of = self.status.items()
        return Tally(
            right=self.status["present", "present"],
            extra=sum(count for (gold, found), count in of if found == "present" != gold),
            missed=sum(count for (gold, found), count in of if gold == "present" != found),
        )

    @property
    def accuracy(self) -> float:
        """Share of reports whose status of four is right."""
        return _share(sum(count for (gold, found), count in self.status.items() if gold == found), self.reports)

    def ordered(self) -> list[tuple[str, Tally]]:
        """Give the tables, the vertebral ones first."""
        first = [name for name in _FIRST_TABLES if name in self.tables]
        return [(name, self.tables[name]) for name in (*first, *sorted(set(self.tables) - set(first)))]

    def as_dict(self, *, errors: int | None = None) -> dict[str, Any]:
        """Give the scores as plain data, with the first ``errors`` errors of each table (all by default)."""
        return {
            "reports": self.reports,
            "status": {"accuracy": self.accuracy, **_numbers(self.present)},
            "confusion": {f"{gold}->{found}": count for (gold, found), count in sorted(self.status.items())},
            "level_sets_right": _share(self.levels_right, self.with_levels),
            "reports_with_levels": self.with_levels,
            "modality_accuracy": _share(self.modality_right, self.reports),
            "crashes": [{"id": report_id, "error": error} for report_id, error in self.crashes],
            "fields": {
                name: {**_numbers(tally), "errors": [error.as_dict() for error in tally.errors[:errors]]}
                for name, tally in self.ordered()
            },
        }

    def as_text(self, *, errors: int = 0) -> str:
        """Give the scores as a table, with the first ``errors`` errors of each line."""
        lines = [
            f"{self.reports} reports, {len(self.crashes)} crashes; right: status {self.accuracy:.3f}, modality"
            f" {_share(self.modality_right, self.reports):.3f}, whole set of levels"
            f" {_share(self.levels_right, self.with_levels):.3f} of {self.with_levels}",
            "",
            f"{'':30s} precision   recall       F1  support",
        ]
        for name, tally in (("status present", self.present), *self.ordered()):
            lines.append(f"{name:30s} {tally.precision:9.3f} {tally.recall:8.3f} {tally.f1:8.3f} {tally.support:8d}")
            for error in tally.errors[:errors]:
                lines += [f"    {error.report_id}: missed {_fact_text(*pair)}" for pair in _sorted(error.missed)]
                lines += [f"    {error.report_id}: extra {_fact_text(*pair)}" for pair in _sorted(error.extra)]
        lines += [f"    {report_id}: crashed with {error}" for report_id, error in self.crashes[:errors]]
        wrong = sorted((pair, count) for pair, count in self.status.items() if pair[0] != pair[1])
        lines += ["", *(f"status {gold} read as {found}: {count}" for (gold, found), count in wrong)]
        return "\n".join(lines).rstrip() + "\n"


def _fact_text(fact: Fact, spans: Spans) -> str:
    at = ", ".join(f"{start}-{end}" for start, end in spans)
    return " ".join(str(part) for part in fact) + (f" at {at}" if at else "")


def _numbers(tally: Tally) -> dict[str, float]:
    return {"precision": tally.precision, "recall": tally.recall, "f1": tally.f1, "support": tally.support}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 1.0


# ------------------------------------------------------------------------------------------------------------------ run


def read_gold(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """Read annotated reports, ``{"id", "text", "gold"}`` a line; refuse a file that holds anything else."""
    for path in paths:
        try:
            for row in read_rows(path):
                if row.fields is None:
                    raise GoldRefused(f"{path}, line {row.line}: {row.reason}")
                if not isinstance(row.fields.get("text"), str) or not isinstance(row.fields.get("gold"), dict):
                    raise GoldRefused(f"{path}, line {row.line}: needs a text and its gold")
                if "id" not in row.fields or "vertebral_fracture" not in row.fields["gold"]:
                    raise GoldRefused(f"{path}, line {row.line}: needs an id and gold.vertebral_fracture")
                yield dict(row.fields)
        except OSError as error:
            raise GoldRefused(f"cannot read {path}: {error.strerror}") from None


def score(
    rows: Iterable[Mapping[str, Any]],
    read: Callable[[str, str], Mapping[str, Any]] | None = None,
    *,
    skip_hard: bool = False,
) -> Evaluation:
    """Score ``read(text, report_id)``, by default the extractor, on annotated rows; a crash is an empty answer."""
    read = read or _extract
    result = Evaluation()
    for row in rows:
        gold, report_id = row["gold"], str(row["id"])
        if skip_hard and gold.get("hard"):
            continue
        try:
            found = read(row["text"], report_id)
        except Exception as error:  # noqa: BLE001 - counted and named in the result
            result.crashes.append((report_id, type(error).__name__))
            found = {"vertebral_fracture": "not_mentioned"}
        result.status[gold["vertebral_fracture"], found["vertebral_fracture"]] += 1
        result.modality_right += gold.get("modality") == found.get("modality")
        expected, actual = facts_of(gold), facts_of(found)
        for table in expected.keys() | actual.keys():
            tally = result.tables.setdefault(table, Tally())
            tally.add(report_id, expected.get(table, {}), actual.get(table, {}))
        if expected.get("levelled") or actual.get("levelled"):
            result.with_levels += 1
            result.levels_right += expected.get("levelled", {}).keys() == actual.get("levelled", {}).keys()
    return result


def _extract(text: str, report_id: str) -> Mapping[str, Any]:
    import extractor

    plain: dict[str, Any] = extractor.extract(text, report_id=report_id).model_dump(mode="json")
    return plain
