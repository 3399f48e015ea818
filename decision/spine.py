"""The vertebrae of one patient: the findings of all reports, one vertebra per level, and what contradicts what.

Several mentions of one level are one vertebra; present wins over possible, possible over historical. A finding without
a level stays by itself. Where reports differ, the value that is worse for safety is kept and the difference is named
(e.7); an exam of much later date that finds an older fracture or a deeper one is a course and no contradiction.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from decision.assessment import FactUsed, FactValue, made
from decision.guideline import CRITERIA
from decision.inputs import FIRST_FREE_BIT, INPUTS, representative_of
from decision.truth import ALL, FALSE, TRUE, Fact, Truth, certain, known
from extractor.findings import LEVEL_ORDER, REGION_OF_LETTER, EvidenceList, Level, ReportFindings, VertebralFinding

CERVICAL, SACRAL = "cervical", "sacral"
_ACUITIES = ("acute", "subacute", "chronic")
_CHANGES = ("progressed", "new", "stable", "improved")
_SEVERITIES = ("severe", "moderate", "mild", "minimal")


class Grounds:
    """What conclusions rest on, in the order met: each has its bit in every ``why``."""

    def __init__(self) -> None:
        self._given: list[tuple[str, FactValue, Sequence[tuple[ReportFindings, EvidenceList]]]] = []

    def add(self, name: str, value: FactValue, said: Sequence[tuple[ReportFindings, EvidenceList]] = ()) -> int:
        """Note a fact with the reports that say it, and return its bit."""
        self._given.append((name, value, said))
        return 1 << (FIRST_FREE_BIT + len(self._given) - 1)

    def used(self, position: int) -> tuple[FactUsed, ...]:
        """The fact at a position of ``why``, once per report that says it."""
        name, value, said = self._given[position - FIRST_FREE_BIT]
        if not said:
            return (FactUsed(name=name, value=value),)
        return stated_by(name, value, said)


def stated_by(name: str, value: FactValue, said: Sequence[tuple[ReportFindings, EvidenceList]]) -> tuple[FactUsed, ...]:
    """A fact, once per report that says it, with its words."""
    return tuple(
        [
            made(FactUsed, name=name, value=value, origin="report", report_id=report.report_id, evidence=evidence)
            for report, evidence in said
        ]
    )


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two statements that cannot both be; ``found`` here, or already an issue of the report."""

    about: str
    message: str
    clash: Truth = TRUE
    found: bool = True


@dataclass(slots=True, eq=False)
class Vertebra:
    """One vertebra (or one finding without a level), united over all reports."""

    name: str
    level: Level | None
    region: str | None
    count: int
    reports: tuple[int, ...]
    historical: bool
    mimic: bool
    possible: bool
    fracture: Truth
    equivocal: Truth
    burst: bool
    crush: bool
    genant: int | None
    severity: str | None
    change: str | None
    cleft: bool
    height: Fact
    height_loss_percent: tuple[float, float] | None
    acuity: Fact
    edema: Fact
    retropulsion: Fact
    wall: Fact
    column: Fact
    bit: int
    healed: Truth = field(default=FALSE)
    graded: Truth = field(default=FALSE)
    graded_fracture: Truth = field(default=FALSE)
    recent: Truth = field(default=FALSE)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for vertebrae that no rule can tell apart."""
        facts = (self.height, self.acuity, self.edema, self.retropulsion, self.wall, self.column)
        truths = (self.fracture, self.equivocal, self.healed, self.graded, self.graded_fracture, self.recent)
        return (
            self.burst, self.crush, self.worded_loss, self.severe, self.progressed, self.cleft, self.bit,
            *[fact.key for fact in facts], *[truth.key for truth in truths],
        )  # fmt: skip

    @property
    def worded_loss(self) -> bool:
        """Genant 1 to 3, or mild, moderate or severe: a loss of height in words; minimal and Genant 0 say nothing."""
        return self.genant in (1, 2, 3) or self.severity in ("mild", "moderate", "severe")

    @property
    def severe(self) -> bool:
        """Genant 3, or severe."""
        return self.genant == 3 or self.severity == "severe"

    @property
    def progressed(self) -> bool:
        """Progressed against a prior study."""
        return self.change == "progressed"

    @property
    def in_scope(self) -> bool:
        """T1 to L5 (T13, L6 too); without a level, unless the region is cervical or sacral."""
        return self.region not in (CERVICAL, SACRAL)


Said = list[tuple[int, ReportFindings, VertebralFinding]]


def is_earlier(first: str | None, second: str | None) -> bool:
    """Whether one ISO date is certainly before another; a year beside a day of that year is not."""
    if first is None or second is None:
        return False
    common = min(len(first), len(second))
    return first[:common] < second[:common]


def is_much_later(second: str | None, first: str | None) -> bool:
    """Whether an exam is so much later that a difference is the course of the fracture."""
    if not is_earlier(first, second):
        return False
    apart = _day(second) - _day(first)
    return bool(CRITERIA["exam_ageing"].judge(apart.days))


def _day(date: str | None) -> datetime.date:
    year, month, day = (*(int(part) for part in str(date).split("-")), 1, 1)[:3]
    return datetime.date(year, month, day)


def neighbours(one: str | None, other: str | None) -> bool:
    """Whether two levels touch; T12 and L1 do whether or not there is a T13."""
    if one is None or other is None:
        return False
    return abs(LEVEL_ORDER[one] - LEVEL_ORDER[other]) == 1 or {one, other} == {"T12", "L1"}


def unite(reports: Sequence[ReportFindings], grounds: Grounds) -> tuple[list[Vertebra], list[Contradiction]]:
    """One vertebra per level from the body findings of every report, and the contradictions among them."""
    groups: dict[Any, Said] = {}
    for index, report in enumerate(reports):
        for position, finding in enumerate(report.vertebrae):
            if finding.element == "body":
                key = finding.level or (index, position)
                groups.setdefault(key, []).append((index, report, finding))
    injured = {
        finding.level
        for report in reports
        for finding in report.vertebrae
        if finding.element == "posterior" and finding.assertion == "present" and finding.level
    }
    contradictions: list[Contradiction] = []
    vertebrae = [_unite_one(said, reports, injured, grounds, contradictions) for said in groups.values()]
    vertebrae.sort(key=lambda vertebra: LEVEL_ORDER.get(vertebra.level or "", len(LEVEL_ORDER)))
    return vertebrae, contradictions


def _unite_one(
    said: Said,
    reports: Sequence[ReportFindings],
    injured: set[Level],
    grounds: Grounds,
    contradictions: list[Contradiction],
) -> Vertebra:
    first = said[0][2]
    shaped = [entry for entry in said if entry[2].mimic is None]
    present = [entry for entry in shaped if entry[2].assertion == "present"]
    possible = [entry for entry in shaped if entry[2].assertion == "possible"]
    affirming = present + possible
    name = first.level or " ".join(word for word in (first.portion, first.region, "vertebra") if word)
    one = _Uniting(name, affirming, grounds, contradictions)
    acuity = one.ageing("acuity", _ACUITIES)
    edema = one.ageing("marrow_edema", ("present", "absent"))
    kind = "fracture" if present else "possible fracture" if possible else first.assertion
    cleared = kind == "absent" and len(shaped) == len(said)
    bit = 0 if cleared else grounds.add(name, kind, _words(said))
    # A small loss of height that nothing calls a fracture is one only where MRI shows oedema (e.0).
    slight = bool(present) and all(_is_slight(finding) for _, _, finding in affirming)
    sure = bool(present) and not slight
    is_present = known(True, bit) if sure else edema.is_("present").holds if affirming else FALSE
    denied, is_new = _denial(name, affirming, said, reports, is_present, acuity, contradictions)
    fracture = is_present & ~denied
    only_possible = bool(affirming) and not sure
    equivocal = (known(True, bit) & ~is_present) | denied if only_possible else denied
    descriptors = {word for _, _, finding in affirming for word in finding.descriptors}
    column_injured = first.level in injured
    column = one.worse("posterior_column", ("injured", "intact"), about="other")
    return Vertebra(
        name=name,
        level=first.level,
        region=REGION_OF_LETTER[first.level[0]] if first.level else first.region,
        count=first.count or 1,
        reports=tuple(sorted({index for index, _, _ in present or affirming or said})),
        historical=not present and any(entry[2].assertion == "historical" for entry in shaped),
        mimic=len(shaped) < len(said),
        possible=only_possible,
        fracture=fracture,
        equivocal=equivocal,
        burst="burst" in descriptors,
        crush=not descriptors.isdisjoint(("collapse", "vertebra_plana")),
        genant=one.grade(),
        severity=one.worst_word("severity", _SEVERITIES),
        change="new" if is_new else one.latest_word("change", _CHANGES),
        cleft=one.any_word("cleft", "present"),
        height=one.height(),
        height_loss_percent=one.height_loss_percent,
        acuity=acuity,
        edema=edema,
        retropulsion=one.retropulsion(),
        wall=one.worse("posterior_wall", ("involved", "intact"), about="other"),
        column=certain("injured", bit) if column_injured else column,
        bit=bit,
    )


def _is_slight(finding: VertebralFinding) -> bool:
    """A loss of height below the limit of ``height_loss_pass`` ("less than 10 %" too), and no other word for it."""
    loss, limit = finding.height_loss_percent, CRITERIA["height_loss_pass"]
    if loss is None or not set(finding.descriptors) <= {"height_loss"} or finding.genant_grade:
        return False
    return loss == (0, limit.value) or limit.judge(loss) is True


def _words(said: Said) -> tuple[tuple[ReportFindings, EvidenceList], ...]:
    return tuple((report, finding.evidence) for _, report, finding in said)


def _denial(
    name: str,
    affirming: Said,
    said: Said,
    reports: Sequence[ReportFindings],
    is_present: Truth,
    acuity: Fact,
    contradictions: list[Contradiction],
) -> tuple[Truth, bool]:
    """Whether another report denies the fracture, and whether an earlier one shows that it is new (e.7.1)."""
    if not affirming or len(reports) == 1:
        return FALSE, False
    indexes = {index for index, _, _ in affirming}
    dates = [report.exam_date for _, report, _ in affirming]
    finding = affirming[0][2]
    regions = {finding.region} if finding.region in ("thoracic", "lumbar", CERVICAL, SACRAL) else {"thoracic", "lumbar"}
    by_level, by_verdict, earlier_clear = FALSE, FALSE, False
    for index, report in enumerate(reports):
        if index in indexes:
            continue
        here = [finding for at, _, finding in said if at == index]
        names_level = any(finding.mimic is not None or finding.assertion == "absent" for finding in here)
        clears_all = report.vertebral_fracture == "absent" and regions <= set(report.regions_imaged) and not here
        if not names_level and not clears_all:
            continue
        if any(is_earlier(report.exam_date, date) for date in dates):
            earlier_clear = earlier_clear or all(is_earlier(report.exam_date, date) for date in dates)
        elif names_level:
            by_level = TRUE
        else:
            by_verdict = acuity.is_("chronic").not_true
    denied = is_present & (by_level | by_verdict)
    if denied.true:
        contradictions.append(
            Contradiction("fracture", f"{name}: one report states a fracture that another denies", denied)
        )
    return denied, earlier_clear


@dataclass(slots=True)
class _Uniting:
    """The statements of all reports about one vertebra, being made one."""

    name: str
    affirming: Said
    grounds: Grounds
    contradictions: list[Contradiction]
    height_loss_percent: tuple[float, float] | None = None

    def _stated(self, attribute: str) -> Said:
        return [entry for entry in self.affirming if getattr(entry[2], attribute) is not None]

    def _contradict(self, about: str, words: str) -> None:
        bit = self.grounds.add(f"{self.name}: {words}", about, _words(self.affirming))
        self.contradictions.append(Contradiction(about, f"{self.name}: {words}", known(True, bit)))

    def _fact(self, attribute: str, value: Any, said: Said, shown: FactValue = None) -> Fact:
        shown = value if shown is None else shown
        return certain(value, self.grounds.add(f"{self.name} {attribute}", shown, _words(said)))

    def any_word(self, attribute: str, word: str) -> bool:
        """Whether any report says it."""
        return any(getattr(finding, attribute) == word for _, _, finding in self.affirming)

    def worst_word(self, attribute: str, worst_first: Sequence[str]) -> str | None:
        """The worst of the words used."""
        return next((word for word in worst_first if self.any_word(attribute, word)), None)

    def latest_word(self, attribute: str, worst_first: Sequence[str]) -> str | None:
        """The worst of the words used, leaving out exams that a much later one has overtaken."""
        values = {getattr(finding, attribute) for _, _, finding in self._not_overtaken(self._stated(attribute))}
        return next((word for word in worst_first if word in values), None)

    def _not_overtaken(self, said: Said) -> Said:
        return [
            entry for entry in said if not any(is_much_later(other[1].exam_date, entry[1].exam_date) for other in said)
        ]

    def ageing(self, attribute: str, worst_first: Sequence[str]) -> Fact:
        """Acuity or oedema: what a much later exam says replaces what was; else the worse, and a clash is named."""
        stated = [entry for entry in self.affirming if getattr(entry[2], attribute) in worst_first]
        if not stated:
            return INPUTS[attribute].unknown
        stated = self._not_overtaken(stated)
        values = {getattr(finding, attribute) for _, _, finding in stated}
        if attribute == "acuity" and "chronic" in values and len(values) > 1:
            self._contradict("acuity", "reports differ on how old the fracture is")
        value = next(word for word in worst_first if word in values)
        return self._fact(attribute, value, [entry for entry in stated if getattr(entry[2], attribute) == value])

    def worse(self, attribute: str, worst_first: Sequence[str], *, about: str) -> Fact:
        """The word that is worse for safety; two different ones contradict each other."""
        stated = self._stated(attribute)
        if not stated:
            return INPUTS[attribute].unknown
        values = {getattr(finding, attribute) for _, _, finding in stated}
        if len(values) > 1:
            self._contradict(about, f"reports differ on the {attribute.replace('_', ' ')}")
        value = next(word for word in worst_first if word in values)
        return self._fact(attribute, value, [entry for entry in stated if getattr(entry[2], attribute) == value])

    def retropulsion(self) -> Fact:
        """Present when stated, measured, or when the canal is narrowed at all; absent only when denied."""
        by_value: dict[str, Said] = {"present": [], "possible": [], "absent": []}
        for entry in self.affirming:
            finding = entry[2]
            if finding.retropulsion is not None:
                by_value[finding.retropulsion].append(entry)
            if finding.canal_narrowing_percent or (finding.retropulsion is None and finding.retropulsion_mm):
                by_value["present"].append(entry)
        for value, said in by_value.items():
            if said:
                if value == "present" and self._differs(said, by_value["absent"]):
                    self._contradict("retropulsion", "reports differ on retropulsion")
                return self._fact("retropulsion", value, said)
        return INPUTS["retropulsion"].unknown

    @staticmethod
    def _differs(worse: Said, better: Said) -> bool:
        """A much later exam that finds worse is a course; anything else that differs is a contradiction."""
        return any(
            not is_much_later(bad[1].exam_date, good[1].exam_date)
            for bad in worse
            for good in better
            if bad is not good
        )

    def height(self) -> Fact:
        """Loss of body height as a range; of ranges that do not meet, the greater."""
        stated = [(loss, entry) for entry in self.affirming if (loss := entry[2].height_loss_percent) is not None]
        if not stated:
            return INPUTS["height_loss_percent"].unknown
        worst, entry = max(stated, key=lambda one: (one[0][1], one[0][0]))
        if self._differs([entry], [other for loss, other in stated if loss[1] < worst[0]]):
            self._contradict("height_loss", "reports differ on the loss of height")
        self.height_loss_percent = worst
        bit = self.grounds.add(f"{self.name} height_loss_percent", worst, _words([entry]))
        limit = CRITERIA["height_loss_pass"]
        if worst == (0, limit.value):  # "less than 10 %"
            worst = (limit.holds[0], limit.holds[0])
        low, high = (representative_of("height_loss_percent", end) for end in worst)
        return certain((low, high), bit)

    def grade(self) -> int | None:
        """The Genant grade as reported, the worst of several; one that the stated loss does not give is named (c-7)."""
        stated = [(grade, entry) for entry in self.affirming if (grade := entry[2].genant_grade) is not None]
        if not stated:
            return None
        for grade, (_, _, finding) in stated:
            loss = finding.height_loss_percent
            if loss is not None and not derived_grade(loss[0]) <= grade <= derived_grade(loss[1]):
                self._contradict("grade", "the Genant grade does not fit the loss of height")
                break
        worst, entry = max(stated, key=lambda one: one[0])
        if self._differs([entry], [other for grade, other in stated if grade != worst]):
            self._contradict("grade", "reports differ on the Genant grade")
        return worst


def derived_grade(loss_percent: float) -> int:
    """Genant grade by loss of height: below 20 % none, from 20 mild, from 25 moderate, above 40 severe (c-7)."""
    return sum(bool(CRITERIA[band].judge(loss_percent)) for band in ("genant_mild", "genant_moderate", "genant_severe"))


def count_fractures(fractures: Sequence[Vertebra], level_conflicts: int) -> int:
    """How many different fractures there are at least, none counted twice across reports.

    A level counts once. A finding without a level counts as its ``count`` beside the levels of the same report and
    region, but may be the same vertebra that another report names. A level conflict makes two neighbours one fracture.
    """
    by_report: dict[int, Counter[str | None]] = {}
    levels: Counter[str | None] = Counter()
    for vertebra in fractures:
        if vertebra.level is not None:
            levels[vertebra.region] += 1
        for report in vertebra.reports:
            by_report.setdefault(report, Counter())[vertebra.region] += vertebra.count
    regions = ("thoracic", "lumbar")
    by_region = sum(max([levels[region], *(seen[region] for seen in by_report.values())]) for region in regions)
    in_one_report = max((sum(seen.values()) for seen in by_report.values()), default=0)
    return max(by_region, in_one_report) - min(level_conflicts, _pairs(fractures))


def _pairs(fractures: Iterable[Vertebra]) -> int:
    """Disjoint pairs of neighbouring levels."""
    pairs, last = 0, None
    for vertebra in fractures:
        if neighbours(last, vertebra.level):
            pairs, last = pairs + 1, None
        else:
            last = vertebra.level
    return pairs


def by_world(vertebrae: Sequence[Vertebra], truth: Callable[[Vertebra], Truth]) -> list[tuple[list[Vertebra], int]]:
    """Which vertebrae answer true, for each group of worlds in which they are the same ones."""
    groups: list[tuple[list[Vertebra], int]] = [([], ALL)]
    for vertebra in vertebrae:
        true = truth(vertebra).true
        split = []
        for members, worlds in groups:
            if worlds & true:
                split.append(([*members, vertebra], worlds & true))
            if worlds & ~true:
                split.append((members, worlds & ~true))
        groups = split
    return groups
