"""A report put together from what its sentences say: one finding per vertebra, one verdict, and what to look at.

Sections decide what counts (an indication reports nothing), neighbouring sentences decide what "this fracture" and "no
retropulsion" are about, several mentions of one vertebra unite, an addendum replaces what it corrects. Plain code over
offsets: no spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple, cast

from extractor import alignment, clinical, densitometry, exam
from extractor.attributes import Attribute
from extractor.findings import (
    LEVEL_ORDER,
    REGION_OF_LETTER,
    Evidence,
    Issue,
    IssueAbout,
    IssueCode,
    Level,
    Region,
    ReportFindings,
    Section,
    Verdict,
    VertebralFinding,
)
from extractor.layout import Layout, Line
from extractor.phrases import one_of, which_of
from extractor.sections import NOT_THE_EXAM, Topic, find_sections, find_topics
from extractor.vertebrae import Mention, Reading

_SEVERITY = ("minimal", "mild", "moderate", "severe")
_ASSERTIONS = ("absent", "historical", "possible", "present")
_FIRST_WINS: dict[str, tuple[str, ...]] = {
    "acuity": ("indeterminate", "chronic", "subacute", "acute"),
    "change": ("stable", "improved", "progressed", "new"),
    "retropulsion": ("absent", "possible", "present"),
    "marrow_edema": ("absent", "present"),
    "posterior_wall": ("intact", "involved"),
    "posterior_column": ("intact", "injured"),
    "cleft": ("absent", "present"),
    "wedge_direction": ("lateral", "posterior", "anterior"),
    "augmentation": ("cement", "kyphoplasty", "vertebroplasty"),
    "mimic": ("degenerative", "physiologic", "schmorl_node", "limbus", "congenital", "scheuermann"),
}
"""Of two values of one field the later in this order stays: the more definite, or the worse for safety."""

_ETIOLOGY_ORDER = ("absent", "possible", "present")
_UNIVERSAL = frozenset({
    ("retropulsion", "absent"), ("marrow_edema", "absent"), ("posterior_wall", "intact"),
    ("posterior_column", "intact"), ("cleft", "absent"),
})  # fmt: skip
"""Said once, true of every fracture of the report: "no retropulsion"."""

_STORY = frozenset({"indication", "history", "past_history"})
_NEEDS_POINTING = frozenset({"acuity", "change", "mimic", "etiologies", "height_loss_percent", "mimic_offered"})
_OF_THE_NAMED = frozenset({
    "malignant_features", "retropulsion", "posterior_column", "posterior_wall", "cleft", "marrow_edema",
})  # fmt: skip
"""Fields that a sentence without a finding says of the vertebrae that it names."""

_EARLIER = re.compile(
    r"\b(?:known|history|previous\w*|prior|old|remote|chronic|healed|s/p|status\s+post|post|follow\w*|f/u|after|since"
    r"|treated|sustained|had|has|with|diagnosed|background|ago|recent\w*|documented|k/c/o|h/o|found\s+to\s+have)\b",
    re.IGNORECASE,
)
_SHOWN = re.compile(
    r"\b(?:shows?|showed|shown|demonstrat\w+|reveal\w+|x-?rays?|radiographs?|ct|mri|mr|films?|imaging|scan"
    r"|found\s+(?:to\s+have|on))\b",
    re.IGNORECASE,
)
_MOVED = re.compile(
    r"\b(?:not|rather\s+than|instead\s+of|incorrect\w*|erroneous\w*|wrong\w*|in\s+error|should\s+"
    r"(?:read|be|have|state)|correct(?:ed|ion|ly)?|misstated|mislabel\w*|mistaken\w*|typo\w*|amended"
    r"|changed\s+(?:from|to)|previously\s+(?:stated|reported|described))\b",
    re.IGNORECASE,
)
_TRANSITIONAL = re.compile(
    r"\b(?:transitional|lumbari[sz]\w+|sacrali[sz]\w+|six\s+(?:lumbar|non[\s-]?rib)|6\s+(?:lumbar|non[\s-]?rib)"
    r"|four\s+lumbar|thirteen\s+ribs|13\s+rib\w*|hemisacral\w+|supernumerary\s+lumbar|bertolotti|castellvi|11\s+rib\w*"
    r"|eleven\s+rib\w*)\b",
    re.IGNORECASE,
)
_TRANSITIONAL_STEMS = (
    "transitional", "lumbari", "sacrali", "four", "six", "eleven", "thirteen", "hemisacral", "supernum", "bertolotti",
    "castellvi",
)  # fmt: skip
_COUNTED_OTHERWISE = re.compile(r"[136]\s+(?:lumbar|non|rib)")
_MASK = re.compile(r"X{4,}|\[\*\*|_{3,}|\[(?:REDACTED|NAME|DATE|MASKED)\]|\*{4,}(?=\s)", re.IGNORECASE)
_MASK_SIGNS = ("xxxx", "[", "___", "****")
_TWO_WORDS = re.compile(r"[A-Za-z]{2}[^A-Za-z]+[A-Za-z]{2}")


class _Place(NamedTuple):
    """One sentence in its report."""

    position: int
    line: Line
    reading: Reading
    section: str
    topic: str


@dataclass(slots=True)
class _Finding:
    """A vertebra while its mentions are being united."""

    level: Level | None
    region: Region | None = None
    portion: str | None = None
    count: int | None = None
    element: Literal["body", "posterior"] = "body"
    assertion: str = "absent"
    descriptors: set[str] = field(default_factory=set)
    values: dict[str, Any] = field(default_factory=dict)
    etiologies: dict[str, str] = field(default_factory=dict)
    malignant: set[str] = field(default_factory=set)
    severity: str | None = None
    height: tuple[float, float] | None = None
    heights: list[tuple[float, float, int]] = field(default_factory=list)
    offered_mimic: set[int] = field(default_factory=set)
    """Sentences that leave open whether it is a fracture or a mimic."""
    doubted: set[int] = field(default_factory=set)
    """Sentences that state a fracture as possible."""
    stated: set[int] = field(default_factory=set)
    """Sentences that state it as present."""
    examples: bool = False
    """More vertebrae than the report names."""
    sections: set[str] = field(default_factory=set)
    spans: list[tuple[int, int]] = field(default_factory=list)
    order: int = 0

    @property
    def live(self) -> bool:
        return self.assertion in ("present", "possible")

    def compatible(self, region: str | None, portions: Sequence[str]) -> bool:
        """Whether an unlevelled mention can mean this levelled vertebra."""
        if self.level is None:
            return (region in (None, self.region) or self.region is None) and (
                not portions or self.portion is None or self.portion in portions
            )
        letter, number = self.level[0], int(self.level[1:])
        if region == "thoracolumbar":
            return self.level in ("T10", "T11", "T12", "L1", "L2", "L3") or (not portions and letter in "TL")
        if region is not None and REGION_OF_LETTER[letter] != region:
            return False
        if portions and letter == "T":
            return any(
                {"upper": number <= 5, "mid": 4 <= number <= 9, "lower": number >= 8}[portion] for portion in portions
            )
        if portions and letter == "L":
            return any(
                {"upper": number <= 3, "mid": 2 <= number <= 4, "lower": number >= 3}[portion] for portion in portions
            )
        return True


def report(layout: Layout, readings: Sequence[Reading], *, report_id: str | None = None) -> ReportFindings:
    """All that one report says, from its layout and the readings of its sentences."""
    view = layout.view
    sections = find_sections(view.text, layout.headings)
    spans = [(line.start, line.end) for line in layout.lines]
    told = _Told(layout, readings, sections)
    findings = told.findings()
    density = densitometry.read_densitometry(view, sections)
    reported = exam.read_exam(view, sections)
    # "Normal spine" in a densitometry report is a class of density, not a look at the vertebrae.
    verdict = _verdict(findings, told.cleared or (told.called_normal and reported.modality != "dxa"))
    vertebrae = tuple(_vertebra(layout, sections, finding) for finding in findings)
    issues = [*told.issues(findings), *density.issues, *_report_issues(layout, findings, density)]
    return ReportFindings(
        report_id=report_id,
        modality=_modality(reported, findings),
        regions_imaged=reported.regions_imaged,
        exam_date=reported.exam_date,
        vertebral_fracture=verdict,
        vertebrae=vertebrae,
        bone_density=density.bone_density,
        densitometry=density.densitometry,
        alignment=alignment.read_alignment(view, sections, spans),
        clinical=clinical.read_clinical(view, sections, spans),
        sections=sections
        if not view.breaks
        else tuple(
            Section(name=s.name, start=view.to_received(s.start), end=view.to_received(s.end)) for s in sections
        ),
        issues=tuple(issues),
    )


def _modality(reported: exam.Exam, findings: Sequence[_Finding]) -> Any:
    """Of several exams the one that shows the vertebral finding."""
    shown = [finding for finding in findings if finding.live and finding.spans]
    if not shown:
        return reported.modality
    return exam.modality_at(reported, min(start for start, _ in shown[0].spans))


# Words of vertebrae or fractures, which "normal spine" has not.
_SPEAKS_OF_VERTEBRAE = re.compile(
    r"vertebr|fractur|#|\bfx|compress|wedg|deform|height|bod(?:y|ies)|collaps|bony|osseous|abnormal|soma", re.IGNORECASE
)


def _verdict(findings: Sequence[_Finding], cleared: bool) -> Verdict:
    """The report as a whole, by rule 1.2 of the contract.

    Bodies without a mimic decide, then what is denied in general.
    """
    bodies = [finding for finding in findings if finding.element == "body" and "mimic" not in finding.values]
    if any(finding.assertion == "present" for finding in bodies):
        return "present"
    if any(finding.assertion == "possible" for finding in bodies):
        return "possible"
    if cleared or any(finding.assertion == "absent" for finding in bodies):
        return "absent"
    return "not_mentioned"


# Exams that grade every vertebra: a grade alone then is a finding.
_GRADE_WORD = re.compile(r"\bgrade\b", re.IGNORECASE)
_GRADED = re.compile(r"\bgenant|\bvfa\b|vertebral\s+fracture\s+assessment|semi-?quantitative|morphometr", re.IGNORECASE)
# In an indication a fracture counts as told only where it is said to be known or past.
_EARLIER_IN_INDICATION = re.compile(
    r"\b(?:known|history|previous\w*|prior|old|remote|healed|s/p|status\s+post|follow\w*|f/u|treated|sustained|k/c/o"
    r"|h/o|post|ago|after)\b",
    re.IGNORECASE,
)
# "At this level", "the vertebral body".
_SAME_LEVEL = re.compile(
    r"\b(?:at|of|in)\s+(?:this|that|the\s+same)\s+(?:level|vertebra)|\bthis\s+(?:level|vertebra\w*|body)\b"
    r"|\bthe\s+(?:vertebra|vertebral\s+body|body)\b(?!\s+(?:heights?|of))",
    re.IGNORECASE,
)
# The sentence begins with the height of what was named.
_HEIGHT_OPENS = re.compile(r"\s*(?:the\s+)?(?:vertebral\s+|central\s+|anterior\s+)?(?:body\s+)?height", re.IGNORECASE)


class _Told:
    """What the sentences of one report say, in their order."""

    def __init__(self, layout: Layout, readings: Sequence[Reading], sections: Sequence[Section]) -> None:
        self._layout = layout
        self._found: dict[tuple[str, Level], _Finding] = {}
        self._unlevelled: list[_Finding] = []
        self._last: list[_Finding] = []
        self._touched: list[_Finding] = []
        self._before_last: list[_Finding] = []
        self._named: tuple[int, tuple[Level, ...]] = (-9, ())
        self._last_index = -9
        self._pending: list[Attribute] = []
        self._issues: list[Issue] = []
        self._list_source: tuple[int, frozenset[str]] | None = None
        self._list_head: tuple[int, str, Mention] | None = None
        self._kind: frozenset[str] = frozenset()
        self.cleared = False
        self.called_normal = False
        speaks = any(reading.mentions or reading.statements for reading in readings)
        topics = find_topics(layout.view.text) if speaks else ()
        self._places = list(_places(layout, readings, sections, topics))
        if not any(mention.primary for reading in readings for mention in reading.mentions):
            # Words such as "collapse" in a report that speaks of no vertebra mean something else.
            for place in self._places:
                self._read_statements(place)
            return
        later = [place for place in self._places if place.section == "addendum"]
        for place in self._places:
            if place.section != "addendum":
                self._read(place)
        for place in later:
            self._correct(place)
        self._finish()

    @cached_property
    def _graded(self) -> bool:
        """Whether the exam grades every vertebra."""
        return _GRADED.search(self._layout.view.text) is not None

    @cached_property
    def _graded_table(self) -> bool:
        """Whether the report has a column, or words, of grades."""
        return _GRADE_WORD.search(self._layout.view.text) is not None

    # ------------------------------------------------------------------------------------------------ one sentence

    def _read(self, place: _Place) -> None:
        reading = place.reading
        story = place.section in _STORY
        done = place.section == "exam" and _DONE.search(place.line.text)
        if place.section in NOT_THE_EXAM and not story and not done:
            return
        self._read_statements(place)
        touched: list[_Finding] = []
        for mention in reading.mentions:
            self._touched = touched
            touched += self._mention(place, mention)
            if not mention.levels and mention.descriptors and mention.status == "present":
                self._list_source = (place.position, mention.descriptors)
                if mention.plural and "fracture" in mention.descriptors and _HEADS_LIST.search(place.line.text):
                    self._list_head = (place.position, place.section, mention)
            if mention.status == "present" and mention.descriptors:
                self._kind = mention.descriptors
        self._items(place, touched)
        if not story:
            self._attach(place, reading, touched)
        live = [finding for finding in touched if finding.assertion != "absent"]
        if live:
            # What follows an injury of a posterior element speaks of its vertebra.
            live = [self._found.get(("body", finding.level), finding) if finding.level else finding for finding in live]
            if live != self._last:
                self._before_last = [finding for finding in self._last if finding not in live]
            self._last, self._last_index = live, place.position
        if reading.named:
            self._named = (place.position, reading.named)

    def _read_statements(self, place: _Place) -> None:
        """Whether the sentence clears the spine; said of a knee, "no fracture" does not."""
        if place.section not in NOT_THE_EXAM:
            clears = any(
                statement.scope == "spine" or place.topic not in ("other", "elsewhere")
                for statement in place.reading.statements
            )
            if clears and _SPEAKS_OF_VERTEBRAE.search(place.line.text):
                self.cleared = True
            self.called_normal |= clears

    def _items(self, place: _Place, touched: Sequence[_Finding]) -> None:
        """The lines of a list that its heading is said of: "Pathological fractures as follows:", "T6 - collapse"."""
        if self._list_head is None:
            return
        position, section, mention = self._list_head
        if place.position == position:
            return
        if place.section != section or (place.reading.named and not _ITEM_LABEL.match(place.line.text)):
            self._list_head = None
            return
        for finding in touched:
            if finding.live and finding.element == "body" and "mimic" not in finding.values:
                finding.descriptors |= mention.descriptors
                for attribute in mention.fields:
                    if attribute.field == "etiologies":
                        self._set(self._places[position], finding, attribute)

    def _mention(self, place: _Place, mention: Mention) -> list[_Finding]:
        status = self._status(place, mention)
        if status is None:
            return []
        mention = replace(mention, status=cast(Any, status))
        if mention.bare:
            return self._bare_mention(place, mention)
        if mention.another:
            kind = self._kind if place.position - self._last_index == 1 else frozenset()
            if not kind:
                return []
            mention = replace(mention, descriptors=kind)
        if not mention.levels:
            mention = self._resolved(place, mention)
        if mention.levels:
            return [self._add(place, mention, level) for level in mention.levels]
        if status == "absent":
            if re.search(r"\bno\s+such\b", place.line.text, re.IGNORECASE):
                for finding in self._recent(place, 2):
                    finding.assertion = "absent"
            return []
        return self._unlevelled_mention(place, mention)

    def _status(self, place: _Place, mention: Mention) -> str | None:
        """The assertion of a mention where it stands; None where it reports nothing."""
        if mention.status in ("hypothetical", "family"):
            return None
        if place.section not in _STORY:
            return mention.status
        text = place.line.text
        if mention.status == "historical":
            only_planned = place.section == "indication" and not mention.descriptors and not _EARLIER.search(text)
            return None if only_planned else "historical"
        if mention.status in ("absent", "possible"):
            return None
        if _SHOWN.search(text[: mention.start]) and place.section != "indication":
            return "present"
        before = text[: mention.start]
        if place.section == "indication":
            return "historical" if _EARLIER_IN_INDICATION.search(text) else None
        return "historical" if _EARLIER.search(before) or mention.levels else None

    def _resolved(self, place: _Place, mention: Mention) -> Mention:
        """The levels that an unlevelled mention points back to: "the latter", "this fracture", the line "T12:"."""
        previous = self._places[place.position - 1] if place.position else None
        if mention.which:
            index, named = self._named
            chosen = one_of(named, mention.which) if len(named) > 1 and place.position - index <= 2 else None
            if chosen is not None:
                return replace(mention, levels=(chosen,))
        if previous is not None and previous.reading.opens and not mention.region:
            return replace(mention, levels=previous.reading.named)
        index, named = self._named
        text = place.line.text
        named_last = index >= self._last_index or not self._last
        if named and named_last and place.position - index <= 2 and _SAME_LEVEL.search(text):
            return replace(mention, levels=named if len(named) == 1 else mention.levels)
        if (
            mention.descriptors == {"height_loss"}
            and not mention.vertebral
            and len(named) == 1
            and 0 < place.position - index <= 2
            and not self._recent(place, 2)
            and _HEIGHT_OPENS.match(text)
        ):
            return replace(mention, levels=named)
        if (
            not mention.vertebral
            and mention.status == "possible"
            and "fracture" in mention.descriptors
            and not place.reading.other_bone
            and not self._recent(place, 3)
            and place.position - index == 1
            and len(named) == 1
        ):
            return replace(mention, levels=named)
        if (
            not mention.descriptors
            and any(value.field == "mimic" for value in mention.fields)
            and mention.status == "present"
            and len(named) == 1
            and 0 < place.position - index <= 3
            and not self._recent(place, 3)
        ):
            # The name for a shape that was only described: "a fragment at the corner of L4 ... Limbus vertebra."
            return replace(mention, levels=named)
        if (
            len(named) == 2
            and mention.count == 2
            and mention.region is None
            and mention.status in ("present", "possible")
            and place.position - index <= 4
            and _BOTH_VERTEBRAE.search(text)
        ):
            return replace(mention, levels=named)
        if self._labelled(place, mention, index) and len(named) == 1:
            return replace(mention, levels=named)
        if (
            mention.anaphoric
            and mention.status != "absent"
            and mention.region is None
            and not self._recent(place, 3)
            and named
            and 0 < place.position - index <= 1
            and len(named) <= 3
        ):
            return replace(mention, levels=named)
        return mention

    def _labelled(self, place: _Place, mention: Mention, index: int) -> bool:
        """Whether a sentence belongs to the level that its paragraph opened with: "L2: normal before. Now ..."."""
        if mention.status not in ("present", "possible") or mention.plural or mention.region is not None or index < 0:
            return False
        if self._last_index >= index or not 0 < place.position - index <= 3 or place.reading.other_bone:
            return False
        label = self._places[index].line
        between = self._layout.view.text[label.start : place.line.start]
        return "\n" not in between and _ITEM_LABEL.match(label.text) is not None

    def _bare_mention(self, place: _Place, mention: Mention) -> list[_Finding]:
        """A level with a value only: a Genant grade where grades are given, or a line of a list of findings."""
        grades = [value for value in mention.fields if value.field == "genant_grade"]
        if grades and (any(value.standing for value in grades) or self._graded):
            grade = int(grades[0].value)
            return [
                self._add(place, replace(mention, status="present" if grade else "absent"), level)
                for level in mention.levels
            ]
        source = self._list_source
        if source is None or place.position - source[0] > 1 or not source[1]:
            return []
        self._list_source = (place.position, source[1])
        return [
            self._add(place, replace(mention, status="present", descriptors=source[1]), level)
            for level in mention.levels
        ]

    def _recent(self, place: _Place, reach: int) -> list[_Finding]:
        return self._last if place.position - self._last_index <= reach else []

    # ------------------------------------------------------------------------------------------------- findings

    def _add(self, place: _Place, mention: Mention, level: Level) -> _Finding:
        key = (mention.element, level)
        finding = self._found.get(key)
        if finding is None:
            finding = self._found[key] = _Finding(level, element=mention.element, order=len(self._found))
        self._unite(place, finding, mention)
        return finding

    def _unite(self, place: _Place, finding: _Finding, mention: Mention) -> None:
        if _ASSERTIONS.index(mention.status) > _ASSERTIONS.index(finding.assertion):
            if finding.assertion == "absent":
                finding.descriptors.clear()
            finding.assertion = mention.status
        elif (
            mention.status == "absent"
            and finding.assertion == "historical"
            and mention.descriptors
            and "augmentation" not in finding.values
        ):
            finding.assertion = "absent"
        if mention.status == "absent" and finding.assertion != "absent":
            return
        finding.sections.add(place.section)
        finding.spans += [place.line.span(start, end) for start, end in mention.spans]
        if mention.status != "absent":
            finding.descriptors |= mention.descriptors
        if mention.status == "present" and mention.descriptors & {"fracture", "compression", "burst"}:
            finding.stated.add(place.position)
        if mention.status == "possible" and "fracture" in mention.descriptors:
            finding.doubted.add(place.position)
        for attribute in mention.fields:
            self._set(place, finding, attribute)

    def _set(self, place: _Place, finding: _Finding, attribute: Attribute) -> None:
        name = attribute.field
        if name == "acuity_denied":
            return
        if name == "marrow_normal":
            attribute = replace(attribute, field="marrow_edema")
        if name == "table_grade":
            if not self._graded_table:
                return
            attribute = replace(attribute, field="genant_grade")
        finding.spans.append(place.line.span(attribute.start, attribute.end))
        _set_value(finding, attribute, place.position)
        if name == "height_loss_percent" and _is_of_height(place.line.text, attribute):
            finding.descriptors.add("height_loss")
        if name == "mimic_offered":
            finding.offered_mimic.add(place.position)

    def _unlevelled_mention(self, place: _Place, mention: Mention) -> list[_Finding]:
        """A finding whose sentence names no level: it continues one that was told, or stands for itself."""
        recent = [finding for finding in self._touched if finding.live] or self._recent(place, 6)
        if self._names_the_cause(mention):
            bodies = [
                finding
                for finding in self._found.values()
                if finding.assertion == "present" and finding.element == "body" and "mimic" not in finding.values
            ]
            if bodies and mention.count in (2, len(bodies)) and (mention.plural or len(bodies) == 1):
                for finding in bodies:
                    self._unite(place, finding, mention)
                return bodies
        if mention.definite and "fracture" in mention.descriptors and _TREATED.search(place.line.text[: mention.start]):
            treated = [f for f in self._recent(place, 2) if f.assertion == "historical" and "augmentation" in f.values]
            for finding in treated:
                self._unite(place, finding, mention)
            if treated:
                return treated
        if not mention.vertebral or (mention.anaphoric and mention.region is None):
            if (
                recent
                and mention.status == "historical"
                and any(value.field == "augmentation" for value in mention.fields)
            ):
                for finding in recent:
                    self._unite(place, finding, mention)
                return recent
            if self._touched and not mention.anaphoric and not mention.vertebral and place.reading.other_bone:
                return []
            opens = (
                re.fullmatch(r"\W*(?:[A-Za-z?-]+\s+){0,4}", place.line.text[: mention.start]) is not None
                or mention.descriptors == {"height_loss"}
                or any(finding in self._touched for finding in recent)
            )
            if not mention.vertebral and not mention.anaphoric and not opens:
                return []
            near = 4 if mention.descriptors == {"height_loss"} else 1
            if (
                recent
                and mention.status in ("present", "possible")
                and (mention.vertebral or mention.anaphoric or place.position - self._last_index <= near)
            ):
                loose = not mention.anaphoric and not mention.vertebral
                if loose and place.reading.other_bone and mention.descriptors & {"fracture", "deformity"}:
                    return []
                for finding in recent:
                    if finding.live:
                        self._unite(place, finding, mention)
                return recent
            if not mention.vertebral:
                return []
        if mention.region is None and not mention.plural and mention.status in ("present", "possible"):
            told = [
                finding
                for finding in (*self._found.values(), *self._unlevelled)
                if finding.live and finding.element == mention.element
            ]
            if told and (recent or len(told) == 1):
                chosen = [finding for finding in recent if finding.live] or told
                for finding in chosen:
                    self._unite(place, finding, mention)
                return chosen
        if mention.definite and not self._all():
            return []
        return self._of_portions(place, mention)

    @staticmethod
    def _names_the_cause(mention: Mention) -> bool:
        """Whether it says of all that was told that they are fractures, and of what cause, without a place."""
        return (
            mention.status == "present"
            and "fracture" in mention.descriptors
            and not mention.vertebral
            and mention.region is None
            and not mention.which
            and any(value.field == "etiologies" and value.value.endswith(":present") for value in mention.fields)
        )

    def _of_portions(self, place: _Place, mention: Mention) -> list[_Finding]:
        """A finding of its own without a level, one for each portion of the spine that is named."""
        region = mention.region
        if region is None and place.topic in ("cervical", "thoracic", "lumbar"):
            region = cast(Region, place.topic)
        made = []
        if mention.examples and any(known.examples for known in self._unlevelled):
            return []
        for portion in mention.portions or (None,):
            count = mention.count
            if len(mention.portions) > 1:
                around = place.line.text[max(0, mention.start - 60) : mention.end + 60]
                if re.search(r"\bto\b|-", around) and _PORTION_RANGE.search(place.line.text):
                    portion = None
                else:
                    count = 1 if mention.plural else max(1, mention.count or 1)
            made.append(self._new_unlevelled(place, mention, region, portion, count))
            if portion is None:
                break
        return made

    def _new_unlevelled(
        self, place: _Place, mention: Mention, region: Region | None, portion: str | None, count: int | None
    ) -> _Finding:
        for known in self._unlevelled:
            same_kind = (known.assertion == "historical") == (mention.status == "historical")
            if known.element != mention.element or not same_kind:
                continue
            if region is not None and known.region not in (region, None):
                continue
            if portion is not None and known.portion not in (portion, None):
                continue
            if known.region is None:
                known.region = region
            if known.portion is None and portion is not None:
                if known.sections == {place.section}:
                    continue
                known.portion = portion
            known.count = max(known.count or 1, count or 1)
            self._unite(place, known, mention)
            return known
        finding = _Finding(
            None,
            region=region,
            portion=portion,
            count=count,
            element=mention.element,
            order=1000 + len(self._unlevelled),
        )
        self._unlevelled.append(finding)
        finding.examples = mention.examples
        self._unite(place, finding, mention)
        return finding

    # ----------------------------------------------------------------------------------------- loose attributes

    def _attach(self, place: _Place, reading: Reading, touched: Sequence[_Finding]) -> None:
        """Attributes of a sentence that found no finding in it."""
        for attribute in reading.loose:
            self._attach_one(place, reading, touched, attribute)

    def _attach_one(self, place: _Place, reading: Reading, touched: Sequence[_Finding], attribute: Attribute) -> None:
        if (attribute.field, attribute.value) in _UNIVERSAL:
            targets = [
                finding
                for finding in self._all()
                if finding.live and (not attribute.levels or finding.level in attribute.levels)
            ]
            for finding in targets:
                if "mimic" not in finding.values:
                    self._set(place, finding, attribute)
            return
        if attribute.field == "mimic" and attribute.value == "scheuermann":
            self._pending.append(attribute)
            return
        if attribute.levels:
            named = [self._found[("body", level)] for level in attribute.levels if ("body", level) in self._found]
            for finding in named:
                if finding.assertion != "absent":
                    self._set(place, finding, attribute)
            if not named:
                self._pending.append(attribute)
            return
        denied_cause = attribute.field == "etiologies" and attribute.value.endswith(":absent")
        if (
            attribute.field in _NEEDS_POINTING
            and not denied_cause
            and not reading.pointing
            and not _BARE.fullmatch(place.line.text)
        ):
            return
        if (
            attribute.field in ("acuity", "change")
            and not attribute.levels
            and (reading.other_bone or not (reading.anaphoric or reading.which or _BARE.fullmatch(place.line.text)))
        ):
            return
        if reading.named and not touched and attribute.field in _OF_THE_NAMED:
            chosen = [
                self._found[("body", level)]
                for level in reading.named
                if ("body", level) in self._found and self._found[("body", level)].assertion != "absent"
            ]
            if chosen:
                for finding in chosen:
                    self._set(place, finding, attribute)
                return
            if attribute.field == "malignant_features":
                self._pending.append(replace(attribute, levels=reading.named))
                return
        recent = [finding for finding in (touched or self._recent(place, 4)) if finding.assertion != "absent"]
        if _OTHERS.match(place.line.text):
            recent = [finding for finding in self._all() if finding.live and attribute.field not in finding.values]
        elif len(recent) == 1 and _BOTH.search(place.line.text):
            of_all = re.search(r"\ball\b", place.line.text, re.IGNORECASE)
            live = [finding for finding in self._all() if finding.live]
            recent = live if of_all else [*self._before_last, *recent]
        if attribute.field in ("retropulsion_mm", "canal_narrowing_percent") and len(recent) != 1:
            recent = [finding for finding in recent if finding.values.get("retropulsion") == "present"]
        which = which_of(place.line.text[: attribute.start]) if reading.which else ""
        if which and len(recent) > 1:
            pointed = one_of([finding.level for finding in recent if finding.level is not None], which)
            recent = [finding for finding in recent if finding.level is not None and finding.level == pointed]
        for finding in recent:
            self._set(place, finding, attribute)

    def _all(self) -> list[_Finding]:
        return [*self._found.values(), *self._unlevelled]

    # ------------------------------------------------------------------------------------------------- addenda

    def _correct(self, place: _Place) -> None:
        """What an addendum says replaces what it is about."""
        reading, text = place.reading, place.line.text
        named = [level for level in reading.named if level is not None]
        before = {finding.level for finding in self._all() if finding.live}
        moved = (
            _move(text, reading.named, {level for level in before if level is not None})
            if _MOVED.search(text)
            else None
        )
        if moved is not None:
            old, new = moved
            for element, level in [key for key in self._found if key[1] == old]:
                finding = self._found.pop((element, level))
                finding.level = new
                finding.spans.append((place.line.start, place.line.end))
                self._found[element, new] = finding
            self._issue("addendum_correction", "an addendum moves a finding to another level", place, about="level")
            return
        retracted = False
        if (
            reading.statements
            and not any(mention.status in ("present", "possible") for mention in reading.mentions)
            and not any(mention.restricted for mention in reading.mentions if mention.status == "absent")
        ):
            for finding in self._all():
                if finding.live and (not named or finding.level in named):
                    finding.assertion, retracted = "absent", True
            self.cleared = True
        for mention in reading.mentions:
            if mention.status == "absent" and mention.levels:
                for level in mention.levels:
                    known = self._found.get(("body", level))
                    if known is not None and known.live:
                        known.assertion, retracted = "absent", True
                    else:
                        self._add(place, mention, level)
        if retracted:
            self._issue("addendum_correction", "an addendum retracts a finding", place, about="fracture")
        live = [mention for mention in reading.mentions if mention.status in ("present", "possible", "historical")]
        if live or reading.loose:
            touched: list[_Finding] = []
            for mention in live:
                touched += self._mention(place, mention)
            self._attach(place, reading, touched)
            added = {finding.level for finding in self._all() if finding.live} - before
            if added and not retracted:
                self._issue("addendum_correction", "an addendum adds a finding", place, about="fracture")
        if reading.named:
            self._named = (place.position, reading.named)

    def _issue(self, code: IssueCode, message: str, place: _Place, *, about: IssueAbout | None = None) -> None:
        evidence = self._layout.view.evidence(place.line.start, place.line.end, place.section)
        self._issues.append(Issue(code=code, message=message, about=about, evidence=(evidence,)))

    # -------------------------------------------------------------------------------------------------- the end

    def _finish(self) -> None:
        """Findings that say the same unite, and what one says of another is settled."""
        self._sum_up()
        self._give_pending()
        self._unite_posterior()
        self._settle()

    def _sum_up(self) -> None:
        """Unlevelled findings that only sum up levelled ones unite with them."""
        levelled = [finding for finding in self._found.values() if finding.assertion != "absent"]
        kept = []
        for finding in self._unlevelled:
            portions = [finding.portion] if finding.portion else []
            fitting = [
                other
                for other in levelled
                if other.element == finding.element
                and other.compatible(finding.region, portions)
                and (other.live or finding.assertion == "historical")
            ]
            if finding.examples or (finding.live and (finding.count or 1) > max(2, len(fitting))):
                # There are more than the report names.
                kept.append(finding)
                continue
            if not fitting or (
                finding.assertion == "historical"
                and "augmentation" in finding.values
                and not any(other.values.get("augmentation") or other.live for other in fitting)
            ):
                kept.append(finding)
                continue
            if finding.live and (len(fitting) == 1 or (finding.count or 1) > 1):
                same = all(other.assertion == finding.assertion for other in fitting)
                for other in fitting:
                    _absorb(other, finding, all_of_them=same and finding.count == len(fitting))
        self._unlevelled = kept

    def _give_pending(self) -> None:
        """What was said of a vertebra before it was told as a finding."""
        for attribute in self._pending:
            for finding in self._all():
                if finding.live and (not attribute.levels or finding.level in attribute.levels):
                    if attribute.field == "mimic" and (
                        finding.values.get("acuity") == "acute"
                        or "traumatic" in finding.etiologies
                        or finding.values.get("marrow_edema") == "present"
                    ):
                        continue
                    if (attribute.field, attribute.value) in _UNIVERSAL and attribute.field in finding.values:
                        continue
                    _set_value(finding, attribute, -1)

    def _unite_posterior(self) -> None:
        """An injury of a posterior element is part of the fracture of its vertebra."""
        for (element, level), finding in list(self._found.items()):
            body = self._found.get(("body", level))
            if element == "posterior" and level == "C1" and body is None:
                finding.element = "body"
                self._found[("body", level)] = self._found.pop((element, level))
            elif element == "posterior" and body is not None and body.live and finding.live:
                if finding.assertion == "possible":
                    continue
                body.values["posterior_column"] = "injured"
                body.descriptors |= finding.descriptors
                body.spans += finding.spans
                del self._found[(element, level)]
            elif element == "posterior" and finding.assertion == "absent":
                del self._found[(element, level)]

    def _settle(self) -> None:
        """What one value says of another."""
        for finding in self._all():
            if finding.level in ("C1", "C2"):
                # A displaced dens is not driven into the canal by a collapse.
                finding.values.pop("retropulsion_mm", None)
            if finding.values.get("retropulsion_mm"):
                finding.values["retropulsion"] = "present"
            if finding.values.get("retropulsion") == "present":
                finding.values["posterior_wall"] = "involved"
            if "mimic" in finding.values and finding.doubted:
                # A possible fracture beside a mimic leaves both open.
                finding.offered_mimic |= finding.doubted | finding.stated
            if finding.offered_mimic:
                finding.values.pop("mimic", None)
                if finding.assertion == "present" and finding.stated <= finding.offered_mimic:
                    finding.assertion = "possible"
            if finding.assertion == "absent":
                finding.values = {
                    key: value for key, value in finding.values.items() if key == "genant_grade" and value == 0
                }
                finding.descriptors, finding.etiologies, finding.malignant = set(), {}, set()
                finding.severity = finding.height = None

    def findings(self) -> list[_Finding]:
        """The findings of the report, from the head down, unlevelled ones last."""
        levelled = sorted(
            self._found.values(), key=lambda finding: (LEVEL_ORDER[finding.level or "C1"], finding.element)
        )
        return [*levelled, *self._unlevelled]

    def issues(self, findings: Sequence[_Finding]) -> Iterator[Issue]:
        """Issues about the vertebrae of this report."""
        yield from self._issues
        yield from self._impression_issues(findings)
        for finding in findings:
            if _heights_differ(finding):
                yield Issue(
                    code="height_loss_conflict",
                    message="two percentages of height loss for one vertebra",
                    about="height_loss",
                    evidence=self._evidence(finding),
                )

    def _evidence(self, finding: _Finding) -> tuple[Evidence, ...]:
        return tuple(self._layout.view.evidence(start, end) for start, end in sorted(set(finding.spans))[:4])

    def _impression_issues(self, findings: Sequence[_Finding]) -> Iterator[Issue]:
        impression = [place for place in self._places if place.section == "impression"]
        if not impression or not any(len(place.line.text) > 12 for place in impression):
            return
        live = [
            finding
            for finding in findings
            if finding.live and finding.element == "body" and "mimic" not in finding.values
        ]
        only_body = [
            finding
            for finding in live
            if "impression" not in finding.sections and finding.sections & {"findings", "body"}
        ]
        only_impression = [finding for finding in live if finding.sections == {"impression"} and finding.level]
        spoken = any(
            mention.status in ("present", "possible", "historical") and not mention.levels and mention.vertebral
            for place in impression
            for mention in place.reading.mentions
        )
        if (
            only_body
            and only_impression
            and all(finding.level for finding in only_body)
            and len(only_body) == len(only_impression) <= 2
        ):
            yield Issue(
                code="level_conflict",
                message="findings and impression name different levels for one fracture",
                about="level",
                evidence=(*self._evidence(only_body[0]), *self._evidence(only_impression[0])),
            )
        elif only_body and not spoken and not only_impression:
            yield Issue(
                code="fracture_not_in_impression",
                message="a fracture in the findings that the impression omits",
                evidence=self._evidence(only_body[0]),
            )


_DONE = re.compile(
    r"\b(?:was|were|has\s+been)\s+(?:performed|injected|treated|placed|done)\b"
    r"|\b(?:percutaneous|bipedicular|unipedicular|balloon)\b|\bunder\s+(?:\w+\s+){0,2}(?:fluoroscop|guidance|ct\b)",
    re.IGNORECASE,
)
# A heading of a list, and the level that opens a line of it.
_HEADS_LIST = re.compile(r"(?::|\bas\s+follows\b\W*|\bfollowing\s+levels?\W*)\s*$", re.IGNORECASE)
_ITEM_LABEL = re.compile(r"\W*(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}\s*(?::|-|\u2013|\()")
# Both of the two that were named.
_BOTH_VERTEBRAE = re.compile(r"\b(?:both|the\s+two|these\s+two)\s+(?:vertebra|bod|level|segment)", re.IGNORECASE)
# The fracture that was cemented.
_TREATED = re.compile(
    r"\bthe\s+(?:treated|cemented|augmented|filled|original|underlying)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_OTHERS = re.compile(
    r"\s*(?:the\s+)?(?:others?|remaining|remainder|other\s+(?:fractures|deformities|levels)|remaining\s+"
    r"(?:fractures|deformities))\b",
    re.IGNORECASE,
)
_BOTH = re.compile(r"\b(?:both|all|these|they)\b", re.IGNORECASE)
_BARE = re.compile(
    r"(?:\W|\d|\b(?:likely|probably|possibly|most|appears?|appearance|appearances|in|nature|this|is|are|of|and|the"
    r"|since|compared|to|with|prior|previous|study|exam|examination|film|films|radiographs?|ct|mri|"
    r"acute|subacute|chronic|old|recent|remote|healed|longstanding|age|indeterminate|uncertain|undetermined|unknown"
    r"|chronicity|acuity|unchanged|stable|new|similar|progressed|worsened|from|both|all|these|it|they|"
    r"appearing|clinically|very|of|uncertain|fracture|fractures|deformity|deformities|no|change|interval|significant"
    r"|genant|grade|mild|moderate|severe|physiologic|physiological|x{2,}|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?"
    r"|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b)*",
    re.IGNORECASE,
)
"""A sentence of nothing but attributes can only be about what was said before it: "Likely chronic."."""


_TITLE = 120
"""Within so many characters a report says what it is about."""


# Two portions as the ends of a stretch: "mid to lower thoracic".
_PORTION_RANGE = re.compile(
    r"\b(?:upper|mid|middle|lower)(?:\s*-?\s*to\s*-?\s*|\s*-\s*)(?:upper|mid|middle|lower)\b",
    re.IGNORECASE,
)


def _places(
    layout: Layout, readings: Sequence[Reading], sections: Sequence[Section], topics: Sequence[Topic]
) -> Iterator[_Place]:
    at = topic_at = 0
    # A film of a knee is about the knee in its impression too.
    elsewhere = (
        bool(topics)
        and topics[0].name == "elsewhere"
        and topics[0].start < _TITLE
        and all(topic.name in ("elsewhere", "other") for topic in topics)
    )
    for index, (line, reading) in enumerate(zip(layout.lines, readings, strict=True)):
        while at + 1 < len(sections) and sections[at + 1].start <= line.start:
            at += 1
        while topic_at < len(topics) and topics[topic_at].start <= line.start:
            topic_at += 1
        topic = topics[topic_at - 1] if topic_at else None
        if (
            topic is not None
            and not elsewhere
            and topic.start < sections[at].start
            and sections[at].name in ("impression", "addendum")
        ):
            topic = None
        yield _Place(index, line, reading, sections[at].name, topic.name if topic else "")


# Words that make an amount one of height: "40 % loss", "reduced to two thirds of its height".
_OF_HEIGHT_BEFORE = re.compile(
    r"\b(?:height|heights|ht|stature|loss|loses?|losing|lost|reduction|lowering|shortening)\b[^.;,()]{0,40}$",
    re.IGNORECASE,
)
_OF_HEIGHT_AFTER = re.compile(
    r"[\s)]*(?:(?:of|the|its|their|a|in|anterior|anteriorly|posterior|central|centrally|overall|original|normal|expected"
    r"|vertebral|body|former|total)\s+)*(?:height|ht\b|stature|loss|lost\b|shorter|lower\b|shortening|reduction)",
    re.IGNORECASE,
)


def _is_of_height(text: str, attribute: Attribute) -> bool:
    """Whether a percentage is told as one of height, not only of a compression or a wedge."""
    before = text[max(0, attribute.start - 60) : attribute.start]
    return bool(_OF_HEIGHT_BEFORE.search(before) or _OF_HEIGHT_AFTER.match(text, attribute.end))


def _set_value(finding: _Finding, attribute: Attribute, place: int) -> None:
    name, value = attribute.field, attribute.value
    if name in _FIRST_WINS:
        order = _FIRST_WINS[name]
        known = finding.values.get(name)
        if known is None or order.index(value) > order.index(known):
            finding.values[name] = value
    elif name == "severity":
        if finding.severity is None or _SEVERITY.index(value) > _SEVERITY.index(finding.severity):
            finding.severity = value
    elif name == "height_loss_percent":
        finding.heights.append((attribute.low, attribute.high, place))
        known_height = finding.height
        finding.height = (
            (attribute.low, attribute.high)
            if known_height is None
            else (min(known_height[0], attribute.low), max(known_height[1], attribute.high))
        )
    elif name == "genant_grade":
        finding.values[name] = max(int(value), finding.values.get(name, 0))
    elif name in ("retropulsion_mm", "canal_narrowing_percent"):
        finding.values[name] = max(attribute.low, finding.values.get(name, 0.0))
    elif name == "malignant_features":
        finding.malignant.add(value)
    elif name == "etiologies":
        kind, state = value.split(":")
        if kind not in finding.etiologies or _ETIOLOGY_ORDER.index(state) > _ETIOLOGY_ORDER.index(
            finding.etiologies[kind]
        ):
            finding.etiologies[kind] = state


def _absorb(finding: _Finding, summary: _Finding, *, all_of_them: bool = False) -> None:
    """Give a levelled finding what a summary without levels says of it: its words, age, change and cause."""
    concludes = "impression" in summary.sections or (not finding.sections - summary.sections and summary.count == 1)
    if concludes:
        finding.descriptors |= summary.descriptors
    elif all_of_them and "mimic" not in finding.values:
        # "The two deformities are old" calls each of them so; of what kind they are is told with their levels.
        finding.descriptors |= summary.descriptors & {"fracture", "deformity"}
    finding.sections |= summary.sections
    finding.spans += summary.spans
    for name in ("acuity", "change", "marrow_edema", "retropulsion", "posterior_wall", "cleft"):
        if name in summary.values and name not in finding.values:
            finding.values[name] = summary.values[name]
    for kind, state in summary.etiologies.items():
        finding.etiologies.setdefault(kind, state)
    if summary.severity and not finding.severity and summary.count == 1:
        finding.severity = summary.severity
    if concludes and summary.assertion == "present" and finding.assertion == "possible":
        finding.assertion = "present"


def _heights_differ(finding: _Finding) -> bool:
    """Whether two sentences give percentages more than five points apart."""
    lowest = min((high for _, high, _ in finding.heights), default=0.0)
    return any(low > lowest + 5 for low, _, _ in finding.heights)


# The addendum adds a level instead of moving one.
_ADDS = re.compile(r"\b(?:also|additional|another|as\s+well|in\s+addition)\b", re.IGNORECASE)


def _move(text: str, named: Sequence[Level], live: set[Level]) -> tuple[Level, Level] | None:
    """The level that a correction takes back and the one that it puts in its place."""
    old = [level for level in named if level in live]
    new = [level for level in named if level not in live]
    if len(old) == 1 and len(new) == 1 and old[0][0] in "CTLS":
        if _ADDS.search(text):
            return None
        return old[0], new[0]
    return None


# ------------------------------------------------------------------------------------------------------- the contract


def _vertebra(layout: Layout, sections: Sequence[Section], finding: _Finding) -> VertebralFinding:
    evidence = []
    for start, end in sorted(set(finding.spans)):
        section = next((section.name for section in reversed(sections) if section.start <= start), None)
        evidence.append(layout.view.evidence(start, end, section))
    values = {key: value for key, value in finding.values.items() if value is not None}
    return VertebralFinding(
        level=finding.level,
        region=finding.region if finding.level is None else None,
        portion=cast(Any, finding.portion),
        count=finding.count if finding.level is None else None,
        element=finding.element,
        assertion=cast(Any, finding.assertion),
        descriptors=cast(Any, tuple(finding.descriptors)),
        height_loss_percent=finding.height,
        severity=cast(Any, finding.severity),
        malignant_features=cast(Any, tuple(finding.malignant)),
        etiologies=cast(Any, dict(finding.etiologies)),
        evidence=tuple(evidence),
        **values,
    )


def _can_be_transitional(lowered: str) -> bool:
    return any(stem in lowered for stem in _TRANSITIONAL_STEMS) or _COUNTED_OTHERWISE.search(lowered) is not None


def _report_issues(
    layout: Layout, findings: Sequence[_Finding], density: densitometry.DensitometryReading
) -> Iterator[Issue]:
    text = layout.view.text
    lowered = text.lower()
    match = _TRANSITIONAL.search(text) if _can_be_transitional(lowered) else None
    if match is not None and not re.search(
        r"\b(?:no|without)\s+(?:\w+\s+){0,3}$", text[max(0, match.start() - 40) : match.start()], re.IGNORECASE
    ):
        yield Issue(
            code="transitional_anatomy",
            message="transitional anatomy: levels may be counted differently elsewhere",
            evidence=(layout.view.evidence(match.start(), match.end()),),
        )
    mask = _MASK.search(text) if any(sign in lowered for sign in _MASK_SIGNS) else None
    if mask is not None:
        yield Issue(
            code="masked_text",
            message="words of the report are masked",
            evidence=(layout.view.evidence(mask.start(), mask.end()),),
        )
    measured = {
        level
        for entry in density.bone_density
        if entry.when == "current"
        for level in entry.vertebrae
        if level not in entry.excluded
    }
    fractured = [
        finding for finding in findings if finding.live and finding.level in measured and "mimic" not in finding.values
    ]
    if fractured:
        spans = sorted(set(fractured[0].spans))[:1]
        yield Issue(
            code="fractured_level_in_density",
            message="a fractured vertebra lies inside the measured spine region",
            evidence=tuple(layout.view.evidence(a, b) for a, b in spans),
        )
    if not _TWO_WORDS.search(text):
        yield Issue(code="no_radiology_content", message="the text holds no words to read")
