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
from extractor.anatomy import quantity
from extractor.attributes import Attribute
from extractor.findings import (
    LEVEL_ORDER,
    LEVELS,
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
from extractor.gates import Gate, Span, scan
from extractor.layout import Layout, Line
from extractor.levels import find_levels
from extractor.phrases import one_of, which_of
from extractor.reading import OF_THE_BODY
from extractor.sections import NOT_THE_EXAM, Topic, find_sections, find_topics, section_at
from extractor.summaries import SUMMED, Summary, clause_before, excepted, whom
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
_NEEDS_POINTING = frozenset({
    "acuity", "change", "mimic", "etiologies", "height_loss_percent", "mimic_offered", "grade_then", "height_then",
})  # fmt: skip
_OF_THE_NAMED = frozenset({
    "malignant_features", "retropulsion", "posterior_column", "posterior_wall", "cleft", "marrow_edema",
})  # fmt: skip
"""Fields that a sentence without a finding says of the vertebrae that it names."""

_OF_THE_BACK = frozenset({
    "retropulsion", "retropulsion_mm", "canal_narrowing_percent", "posterior_wall", "posterior_column",
})  # fmt: skip
"""What is said of the back of a vertebra and of the canal behind it."""

# What sound and broken are of a part.
_OF_PART = {
    "posterior_wall": {"sound": "intact", "broken": "involved"},
    "posterior_column": {"sound": "intact", "broken": "injured"},
}
# What is said of every vertebra told so far.
_OF_ALL = re.compile(
    r"\b(?:all|both|any|each|every|either|these|those|they|their|none|others?|walls|cortices|margins|edges|borders|levels"
    r"|(?:two|three|four|five|six|\d)\s+(?:levels|fractures|vertebrae|bodies))\b",
    re.IGNORECASE,
)
_NAME = r"(?:LVB|BVB|TVB|CV|DV|TV|LV|TH|[CTDLS])[\s-]?\d{1,2}"
# The name of a vertebra that opens a line, or a sentence of it: "T12:", "- L1 and L2 -".
_LINE_LABEL = re.compile(
    rf"(?:^|(?<=\n)|(?<=[.;]\s))[\s*\u2022\u2013().\d-]{{0,6}}(?<![A-Za-z])"
    rf"(?P<names>{_NAME}(?:\s*(?:,\s*(?:and\s+)?|and\s+|&\s*|/|to\s+|-)\s*(?:{_NAME}|\d{{1,2}}))*)"
    r"(?:\s+(?:vertebra|vertebral\s+body|body|level))?\s*(?::|\s[-\u2013\u2014]\s)",
    re.IGNORECASE,
)
_LONGEST_LABEL = 40
_OF_ITS_LINE = frozenset({"height_loss_percent", "genant_grade", "acuity", "change", "grade_then", "height_then"})
"""Fields whose values in a line of a list are of the vertebra that the line is about."""
_OF_THE_PARAGRAPH = frozenset({"marrow_edema", "marrow_normal", "cleft", "malignant_features"})
"""Fields that a sentence without a vertebra says of the vertebra that labels its paragraph."""
# An infection of the spine, unless it is denied or only asked for; and any word for a tumour.
_INFECTION = re.compile(
    r"(?<!no )(?<!without )(?<!exclude )(?<!or )(?<!\?)\b(?:infective|infectious|spondylo-?dis[ck]itis|dis[ck]itis"
    r"|tubercul\w+|koch'?s|abscess\w*|osteomyelitis|pyogenic|brucell\w+)\b",
    re.IGNORECASE,
)
_TUMOUR = re.compile(
    r"\b(?:metasta\w+|mets|myelom\w+|plasm[ao]cytom\w+|lymphom\w+|leuk\w+|carcinom\w+|cancer|malignan\w+"
    r"|tumou?r\w*|neoplas\w+"
    r"|adenoca\w*|sarcom\w+|ca\b)",
    re.IGNORECASE,
)
# "D/D: pyogenic, brucella, mets": a list of what else it could be.
_LISTED_ALTERNATIVES = re.compile(r"\b(?:D/D|DDx|differentials?(?:\s+diagnos[ei]s)?)\s*[:-][^\n]*", re.IGNORECASE)
_ALSO_OF_INFECTION = frozenset({"epidural_mass", "paraspinal_mass", "lytic_destruction"})
"""What an infection does too."""
# Words by which normal marrow is that of the vertebra told last.
_HERE = re.compile(
    r"\b(?:here|there|its|their|this|these|both|it|the\s+(?:vertebra|body|fracture|former|latter))\b", re.IGNORECASE
)

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
    r"|changed\s+(?:from|to)|previously\s+(?:stated|reported|described)"
    r"|(?:stated|reported|described|dictated|given)\s+(?:above\s+)?(?:at|as)|wherever|meant|means|replaces?|for\s+\w+\s+read)\b",
    re.IGNORECASE,
)
# What was said is said no longer: 'the statement "no fracture" is withdrawn'.
_WITHDRAWN = re.compile(
    r"\b(?:withdraw\w*|retract\w*|revoked?|rescind\w*|no\s+longer\s+(?:valid|holds?|stands?|applies)|disregard\w*)\b",
    re.IGNORECASE,
)
# The vertebrae were counted anew.
_RECOUNTED = re.compile(
    r"\b(?:re-?count|re-?number|re-?label|mis-?count|mis-?number|mis-?label|numbering|count(?:ed|ing)\b)", re.IGNORECASE
)
# After a new count: "what was reported as T8 is T9", "the T10 depression corresponds to T11".
_IS_NOW = re.compile(
    r"(?:TH|[CTDLS])-?\d{1,2}\b[^.;,]{0,25}?\b(?:is|corresponds?\s+to|equals|becomes|represents)\s+(?:(?:in\s+fact|really|actually|now|the)\s+)*"
    r"(?:TH|[CTDLS])-?\d{1,2}\b",
    re.IGNORECASE,
)
_REPLACED = frozenset({
    "severity", "height_loss_percent", "genant_grade", "acuity", "marrow_edema", "retropulsion", "retropulsion_mm",
    "canal_narrowing_percent", "posterior_wall", "posterior_column", "etiologies",
})  # fmt: skip
"""Fields of which an addendum replaces the value that was told before."""
_ABOUT: dict[str, IssueAbout] = {
    "height_loss_percent": "height_loss", "genant_grade": "grade", "acuity": "acuity", "retropulsion": "retropulsion",
    "retropulsion_mm": "retropulsion",
}  # fmt: skip
_TRANSITIONAL = re.compile(
    r"\b(?:transitional|lumbari[sz]\w+|sacrali[sz]\w+|six\s+(?:lumbar|non[\s-]?rib)|6\s+(?:lumbar|non[\s-]?rib)"
    r"|four\s+lumbar|thirteen\s+ribs|13\s+rib\w*|hemisacral\w+|supernumerary\s+lumbar|bertolotti|castellvi|11\s+rib\w*"
    r"|eleven\s+rib\w*)\b",
    re.IGNORECASE,
)
_TRANSITIONAL_WORDS = Gate(
    "transitional", "lumbari", "sacrali", "lumbar", "non", "rib", "ribs", "ribb", "hemisacral", "supernum",
    "bertolotti", "castellvi",
)  # fmt: skip
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


@dataclass(slots=True, eq=False)
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
    height_then: tuple[float, float] | None = None
    """The loss of height that an earlier exam showed."""
    grade_then: int | None = None
    """The Genant grade that an earlier exam showed."""
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

    def tells(self, name: str) -> bool:
        """Whether it has a value of a field already."""
        if name == "severity":
            return self.severity is not None
        return self.height is not None if name == "height_loss_percent" else name in self.values

    def forget(self, name: str) -> Any:
        """Take back the value of a field, or the state of a cause; what it was."""
        told = self.values.pop(name, self.etiologies.pop(name, None))
        if name == "severity":
            told, self.severity = self.severity, None
        elif name == "height_loss_percent":
            told, self.height, self.heights = self.height, None, []
        elif name == "retropulsion":
            self.values.pop("retropulsion_mm", None)
        return told

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
    spans = layout.sentences
    told = _Told(layout, readings, sections)
    findings = told.findings()
    reported = exam.read_exam(view, sections)
    quoted = _quotes_densitometry(reported)
    density = densitometry.read_densitometry(view, sections, other_exam=quoted)
    if findings and reported.modality in ("radiograph", "dxa") and not _SHOWS_MARROW.search(view.text):
        # A film does not show the marrow: its "no edema" is one of the lungs.
        for finding in findings:
            finding.values.pop("marrow_edema", None)
    if told.denied:
        # "History: MRI showed a fracture of L1. Findings: no fracture": what the exam denies, another exam showed.
        for finding in findings:
            if finding.assertion == "present" and finding.sections and finding.sections <= _STORY:
                finding.assertion = "historical"
    # "Normal spine", "L1-L4: normal" in a densitometry report is a class of density, not a look at the vertebrae.
    if reported.modality == "dxa" and not reported.regions_imaged:
        findings = [finding for finding in findings if not _is_class_of_density(view.text, finding)]
    cleared = told.cleared or (told.called_normal and reported.modality != "dxa")
    cleared = cleared or (bool(reported.regions_imaged) and _nothing_collapsed(view.text, sections))
    verdict = _verdict(findings, cleared)
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


# Organs that collapse too: in a report that speaks of them, "no collapse" is not said of vertebrae.
_CAN_COLLAPSE = re.compile(
    r"\b(?:lung|lobe|lobar|atelecta|pneumo|trache|bronch|airway|chest|cxr|thorax|heart|hilar|abdom|pelvi|bowel|ivc\b|vena|bladder|avascular|osteonecr|avn\b|hips?\b|dis[ck]s?\s+collaps|femoral\s+head|carpal|ventric)",
    re.IGNORECASE,
)
# Every fracture is denied, not only the acute, the new or those of the other vertebrae.
_DENIES_ALL = re.compile(
    r"\bno\s+(?:(?:evidence|sign|indication)s?\s+of\s+)?(?:(?:an?|any|vertebral|spinal|compression|osteoporotic)\s+)*fractures?\b"
    r"(?![^.;]*\b(?:other|else\w*|further|additional|remaining|rest)\b)",
    re.IGNORECASE,
)
_NOTHING_COLLAPSED = re.compile(
    r"(?:^|[.;,:\n])\s*(?:there\s+is\s+|with\s+)?no(?:\s+(?:evidence|signs?)\s+of)?"
    r"(?:\s+(?:acute|significant|obvious|definite|focal|frank|bony))*\s+collapses?"
    r"(?:\s+(?:is\s+)?(?:seen|noted|identified|evident))?\s*(?=[.,;\n]|$)",
    re.IGNORECASE,
)


def _nothing_collapsed(text: str, sections: Sequence[Section]) -> bool:
    """Whether an exam of the spine says "No collapse." and leaves unsaid of what."""
    if "no" not in (lowered := text.lower()) or "collapse" not in lowered or _CAN_COLLAPSE.search(text):
        return False
    said = _NOTHING_COLLAPSED.finditer(text)
    return any(_name_at(sections, match.end() - 1) not in NOT_THE_EXAM for match in said)


_BODIES_NORMAL = re.compile(
    r"(?:^|\n|[.;])[ \t*\u2022-]*(?:vertebra[el]?(?:\s+bod(?:y|ies))?(?:\s+heights?)?|(?:vertebral\s+)?body\s+heights?"
    r"|(?P<bones>bones?|bony\s+structures?|osseous\s+structures?|skeleton))\s*:\s*"
    r"(?:normal|intact|unremarkable|preserved|maintained|within\s+normal\s+limits|wnl|nad)"
    r"(?:\s+(?:in\s+)?(?:heights?(?:\s+and\s+(?:alignment|signal|morphology))?|appearances?))?[ \t]*(?=[.;\n]|$)",
    re.IGNORECASE,
)


def _name_at(sections: Sequence[Section], offset: int) -> str | None:
    section = section_at(sections, offset)
    return section.name if section else None


_NTH = ("first", "second", "third")
_NTH_NAMED = re.compile(
    r"\b(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|\d+(?:st|nd|rd|th))\b"
    r"[^.;]{0,40}\b(?:cervical|thoracic|dorsal|lumbar|sacral|vertebra\w*)\b",
    re.IGNORECASE,
)

# Words of exams that show oedema of bone, and of bone as what is oedematous.
_SHOWS_MARROW = re.compile(
    r"\b(?:mr|mri|magnetic|stir|tirm|marrow|signal|weighted|sequences?|scintigra\w+|scans?|ct)\b|intens"
    r"|\b(?:bon[ey]|bod(?:y|ies)|vertebra\w*|osseous|fractur\w*|end-?\s?plates?)\s+(?:\w+\s+)?o?edema",
    re.IGNORECASE,
)


_MEASURED_RANGE = re.compile(r"L\s?[12]\s*(?:-|to|through)\s*L?\s?[2-5]", re.IGNORECASE)


def _is_class_of_density(text: str, finding: _Finding) -> bool:
    """Whether a range of densitometry ("L1-L4: normal") is called normal on a line that speaks of no vertebra."""
    if finding.assertion != "absent" or not finding.spans:
        return False
    start, end = min(finding.spans)
    if _MEASURED_RANGE.fullmatch(text, start, end) is None:
        return False
    line_end = text.find("\n", start)
    line = text[text.rfind("\n", 0, start) + 1 : line_end if line_end >= 0 else len(text)]
    return _SPEAKS_OF_VERTEBRAE.search(line) is None


def _quotes_densitometry(reported: exam.Exam) -> bool:
    """Whether the report is of another exam, so that densitometry is at most quoted."""
    return reported.modality in ("radiograph", "ct", "mri")


def _modality(reported: exam.Exam, findings: Sequence[_Finding]) -> Any:
    """Of several exams the one that shows the vertebral finding."""
    shown = [finding for finding in findings if finding.live and finding.spans]
    if not shown:
        return reported.modality
    return exam.modality_at(reported, min(start for finding in shown for start, _ in finding.spans))


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
# A value of a line without other words is one of height: "T10 - loss of about 20 %".
_LOSS_WORD = re.compile(r"\b(?:loss|lost|reduced|reduction)\b", re.IGNORECASE)
# A percentage is of height, but "collapsed by 40 %" says no more than collapse unless the sentence names the height.
_BY = re.compile(
    r"\b(?:collaps\w+|compress\w+|wedg\w+|fractur\w+|deformit\w+|depress\w+|sintering|settl\w+|crush\w*|burst"
    r"|biconcav\w+|#)[^.;]{0,40}$",
    re.IGNORECASE,
)
_OF_SHAPE = re.compile(
    r"\s*,?\s*(?:\w+\s+){0,2}(?:compress|collaps|wedg|fractur|deform|sinter|crush|burst)",
    re.IGNORECASE,
)
_HEIGHT_WORD = re.compile(
    r"\bheights?\b|\bstature\b|\bht\b|\bloss\b|\blost\b|\bmissing\b|\bgone\b|\bshort\w*|\blower\b|%\s+down\b",
    re.IGNORECASE,
)
# "At this level", "the vertebral body".
_SAME_LEVEL = re.compile(
    r"\b(?:at|of|in)\s+(?:this|that|the\s+same)\s+(?:level|vertebra)|\bthis\s+(?:level|vertebra\w*|body)\b"
    r"|\bthe\s+(?:vertebra|vertebral\s+body|body)\b(?!\s+(?:heights?|of))",
    re.IGNORECASE,
)
# The level that opens a line of a list: "T8: ...", "- L2 - ...".
_LABEL = re.compile(r"[\s*.)\d-]*(?:TH|T[hH]|LV|DV|[CTDL])[\s-]?\d{1,2}\s*(?:vertebra\w*\s*|body\s*)*(?:[:,-]|\u2013)")
# The sentence begins with the height of what was named.
_HEIGHT_OPENS = re.compile(
    r"\s*(?:[\w%-]+\s+(?:per\s?cent\s+)?of\s+(?:its\s+)?)?(?:the\s+)?(?:vertebral\s+|central\s+"
    r"|anterior\s+)?(?:body\s+)?height",
    re.IGNORECASE,
)


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
        self._labelling: _Place | None = None
        self._pending: list[Attribute] = []
        self._part: tuple[int, str | None] = (-9, None)
        self._in_section: tuple[str, list[_Finding]] = ("", [])
        self._summaries: list[tuple[Summary, list[_Finding]]] = []
        self._issues: list[Issue] = []
        self._list_source: tuple[int, frozenset[str]] | None = None
        self._list_head: tuple[int, str, Mention] | None = None
        self._kind: frozenset[str] = frozenset()
        self._amended: set[tuple[int, str]] | None = None
        self._recounted = False
        self.cleared = False
        self.called_normal = False
        self.denied = False
        self._places: list[_Place] = []
        self._read_labels(sections)
        if not any(reading.mentions or reading.statements for reading in readings):
            return
        self._places += _places(layout, readings, sections, find_topics(layout.view.text))
        if not any(mention.primary for reading in readings for mention in reading.mentions):
            # Words such as "collapse" in a report that speaks of no vertebra mean something else.
            for place in self._places:
                self._read_statements(place)
            return
        later = [place for place in self._places if place.section == "addendum"]
        for place in self._places:
            if place.section != "addendum":
                self._read(place)
        self._amended = set()
        for place in later:
            self._correct(place)
        self._amended = None
        self._finish()

    @cached_property
    def _graded(self) -> bool:
        """Whether the exam grades every vertebra."""
        return _GRADED.search(self._layout.view.text) is not None

    @cached_property
    def _graded_table(self) -> bool:
        """Whether the report has a column, or words, of grades."""
        return _GRADE_WORD.search(self._layout.view.text) is not None

    @cached_property
    def _refuted(self) -> list[Span]:
        """What another report is quoted with and is not agreed to."""
        text = self._layout.view.text
        quotes = _QUOTED_REPORT.finditer(text) if _DISAGREES.search(text) else ()
        return [quote.span("quote") for quote in quotes if _DISAGREES.search(text, quote.end(), quote.end() + 200)]

    @cached_property
    def _infected(self) -> bool:
        """Whether the report speaks of an infection of the spine and of no tumour: its masses are of pus."""
        text = self._layout.view.text
        return _INFECTION.search(text) is not None and _TUMOUR.search(_LISTED_ALTERNATIVES.sub("", text)) is None

    # ------------------------------------------------------------------------------------------------ one sentence

    def _read(self, place: _Place) -> None:
        reading = place.reading
        story = place.section in _STORY
        done = place.section == "exam" and _DONE.search(place.line.text)
        if place.section in NOT_THE_EXAM and not story and not done:
            return
        if any(start < place.line.end and place.line.start < end for start, end in self._refuted):
            return
        self._read_statements(place)
        touched: list[_Finding] = []
        for mention in reading.mentions:
            self._touched = touched
            touched += dict.fromkeys(self._mention(place, mention))
            # "Fractures of different age: T3 and T5 acute; T8 remote, severe": the list goes on behind the semicolon.
            lists = not mention.levels or (mention.plural and ":" in place.line.text[mention.end :])
            if lists and mention.descriptors and mention.status == "present":
                self._list_source = (place.position, mention.descriptors)
                if mention.plural and "fracture" in mention.descriptors and _HEADS_LIST.search(place.line.text):
                    self._list_head = (place.position, place.section, mention)
            if mention.status == "present" and mention.descriptors:
                self._kind = mention.descriptors
        text = place.line.text
        if _LABELLED_KEEPS_HEIGHT.fullmatch(text) and len(label := self._label(place) or ()) == 1:
            words = (len(text) - len(text.lstrip()), len(text.rstrip()))
            self._add(place, Mention(*words, "absent", levels=label, spans=(words,)), label[0])
        normal = _NORMAL_BESIDE.match(text) if not reading.mentions else None
        if normal is not None and (level := self._beside(place)) is not None:
            words = (normal.start("who"), normal.end())
            self._add(place, Mention(*words, "absent", levels=(level,), spans=(words,)), level)
        self._items(place, touched)
        if not story:
            self._attach(place, reading, touched)
        live = list(dict.fromkeys(finding for finding in touched if finding.assertion != "absent"))
        if self._in_section[0] != place.section:
            self._in_section = (place.section, [])
        self._in_section[1].extend(finding for finding in live if finding not in self._in_section[1])
        if live:
            # What follows an injury of a posterior element speaks of its vertebra.
            live = [self._found.get(("body", finding.level), finding) if finding.level else finding for finding in live]
            if live != self._last:
                self._before_last = [finding for finding in self._last if finding not in live]
            self._last, self._last_index = live, place.position
        elif reading.pointing and (reading.anaphoric or reading.loose) and not reading.named and self._recent(place, 1):
            # "Marrow normal. This may be physiologic." speaks of what was told last, and so may the sentence behind it.
            self._last_index = place.position
        if reading.named:
            self._named = (place.position, reading.named)
            self._labelling = place if _LABEL.match(place.line.text) else None

    def _labelled(self, place: _Place) -> tuple[Level, ...]:
        """The level that opens the typed line of a sentence, where nothing was told since: "L2: Normal before. ..."."""
        label = self._labelling
        if label is None or label.position < self._last_index or len(label.reading.named) != 1:
            return ()
        if self._last_index == label.position or "\n" in self._layout.view.text[label.line.end : place.line.start]:
            return ()
        return label.reading.named if label.position < place.position else ()

    def _read_labels(self, sections: Sequence[Section]) -> None:
        """Whether a label and no sentence clears the spine: "Vertebral bodies: Normal."."""
        text = self._layout.view.text
        limbs: int | None = None
        for match in _BODIES_NORMAL.finditer(text):
            if match["bones"] and limbs is None:
                topics = find_topics(text)
                limbs = min((topic.start for topic in topics if topic.name == "elsewhere"), default=len(text))
            of_limb = bool(match["bones"]) and limbs is not None and limbs < match.start("bones")
            self.cleared |= _name_at(sections, match.end() - 1) not in NOT_THE_EXAM and not of_limb

    def _read_statements(self, place: _Place) -> None:
        """Whether the sentence clears the spine; said of a knee, "no fracture" does not."""
        if place.section not in NOT_THE_EXAM:
            clears = any(
                statement.scope == "spine" or place.topic not in ("other", "elsewhere")
                for statement in place.reading.statements
            )
            if clears and _SPEAKS_OF_VERTEBRAE.search(place.line.text):
                self.cleared = True
                self.denied |= _DENIES_ALL.search(place.line.text) is not None
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
        if mention.levels and status in ("present", "possible") and _all_but(place.line.text, mention):
            mention = self._without_excepted(place, mention)
        if mention.another:
            kind = self._kind if place.position - self._last_index == 1 else frozenset()
            if not kind:
                return []
            mention = replace(mention, descriptors=kind)
        if not mention.levels:
            mention = self._pointing_back(place, mention)
        if mention.levels:
            self._whole_of_part(place, mention)
            return [self._add(place, mention, level) for level in mention.levels]
        if status == "absent":
            compared = [value for value in mention.fields if value.compared]
            for finding in self._recent(place, 2) if compared else ():
                # "No such deformity in the study of 2017": what is denied is the past.
                for value in compared:
                    self._set(place, finding, value)
            if not compared and re.search(r"\bno\s+such\b", place.line.text, re.IGNORECASE):
                for finding in self._recent(place, 2):
                    finding.assertion = "absent"
            return []
        return self._unlevelled_mention(place, mention)

    def _without_excepted(self, place: _Place, mention: Mention) -> Mention:
        """A statement about all but the named vertebrae, without what it says of these: "except L4, which is new"."""
        text = place.line.text
        own = [value for value in mention.fields if _WHICH_IS.search(text[mention.end : value.start])]
        for level in mention.levels:
            known = self._found.get((mention.element, level))
            for value in own if known is not None and known.live else ():
                self._set(place, cast(_Finding, known), value)
        fields = tuple(value for value in mention.fields if value not in own)
        return replace(mention, levels=(), plural=True, vertebral=False, fields=fields)

    def _whole_of_part(self, place: _Place, mention: Mention) -> None:
        """The cause of several fractures of which some are named: "osteoporotic fractures, of which L2 is acute"."""
        if not mention.plural or mention.status not in ("present", "possible"):
            return
        causes = tuple(
            value for value in mention.fields if value.field == "etiologies" and value.start < mention.end + 30
        )
        owners = [start for start, _ in mention.spans if start >= mention.end]
        if causes and owners and _PART_OF_SEVERAL.search(place.line.text[mention.end : min(owners)]):
            self._summaries.append((Summary(place.position, causes, ""), []))

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
        if place.section == "past_history" and (mention.levels or mention.vertebral):
            return "historical"
        before = text[: mention.start]
        if place.section == "indication":
            return "historical" if _EARLIER_IN_INDICATION.search(text) else None
        return "historical" if _EARLIER.search(before) or mention.levels else None

    def _pointing_back(self, place: _Place, mention: Mention) -> Mention:
        """An unlevelled mention with the levels that it points back to; a vertebra called normal has no fracture."""
        resolved = self._resolved(place, mention)
        affirmed = mention.status in ("present", "possible") and not any(f.field == "mimic" for f in mention.fields)
        if affirmed and resolved.levels and all(self._cleared_level(level) for level in resolved.levels):
            others = any(finding.live and finding.level not in resolved.levels for finding in self._all())
            return mention if others else resolved
        return resolved

    def _beside(self, place: _Place) -> Level | None:
        """The vertebra that a sentence names by the one told before: "the body directly above", "... between them"."""
        match = _BESIDE.match(place.line.text)
        index, named = self._named
        if match is None or place.position - index > 2:
            return None
        if match["between"]:
            return _between_two(named)
        if len(named) != 1:
            return None
        return _neighbour(named[0], -1 if match["above"] or match["above2"] else 1)

    def _resolved(self, place: _Place, mention: Mention) -> Mention:
        """The levels that an unlevelled mention points back to: "the latter", "this fracture", the line "T12:"."""
        previous = self._places[place.position - 1] if place.position else None
        if _BESIDE.match(place.line.text):
            level = self._beside(place)
            return replace(mention, levels=(level,)) if level else mention
        if mention.which:
            index, named = self._named
            near = len(named) > 1 and place.position - index <= 2
            # After "the second through fifth lumbar bodies", "the first" is the first lumbar, which was not named.
            numbered = near and mention.which in _NTH and _NTH_NAMED.search(self._places[index].line.text) is not None
            chosen = one_of(named, mention.which) if near and not numbered else None
            if numbered:
                by_number = f"{named[0][0]}{_NTH.index(mention.which) + 1}"
                chosen = next((level for level in named if level == by_number), None)
            if chosen is not None:
                return replace(mention, levels=(chosen,))
        if previous is not None and previous.reading.opens and not mention.region:
            return replace(mention, levels=previous.reading.named)
        if mention.element == "posterior" and not mention.region and mention.status == "present":
            label = self._label(place)
            if label:
                return replace(mention, levels=label)
            recent = [finding for finding in self._touched if finding.live] or self._recent(place, 2)
            if label is None and len(recent) == 1 and recent[0].level and recent[0].live and not mention.plural:
                # "Burst fracture of L1. Vertical fracture of the lamina."
                return replace(mention, levels=(recent[0].level,))
        text = place.line.text
        labelled = self._labelled(place) or (_ITS.search(text, 0, mention.start) and self._label(place)) or ()
        if len(labelled) == 1 and not (mention.region or mention.plural) and mention.status in ("present", "possible"):
            return replace(mention, levels=labelled)
        if (
            len(place.reading.named) == 1
            and mention.region is None
            and not mention.plural
            and ("body", place.reading.named[0]) in self._found
            and any(value.field == "etiologies" for value in mention.fields)
            and _ITEM.match(text)
        ):
            # "T7 is probably osteoporotic, but a metastatic fracture cannot be excluded."
            return replace(mention, levels=place.reading.named)
        index, named = self._named
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
        if (
            mention.status == "possible"
            and "fracture" in mention.descriptors
            and not (mention.region or mention.plural or place.reading.other_bone)
            and (len(named) == 1 and place.position - index == 1 and index > self._last_index)
            and _OF_ADJACENT.search(text)
            and _ENDPLATE_OR_EDGE.search(self._places[index].line.text)
        ):
            # "The contour of the upper endplate of L2 is irregular; a fracture of the adjacent vertebra is possible."
            return replace(mention, levels=named)
        if self._of_paragraph(place, mention, index) and len(named) == 1:
            return replace(mention, levels=named)
        if (
            mention.status in ("present", "possible")
            and "fracture" in mention.descriptors
            and not (mention.region or mention.plural or place.reading.other_bone)
            and len(named) == 1
            and index > self._last_index
            and 0 < place.position - index <= 2
            and _DIAGNOSED.match(text, 0, mention.start)
            and _SHOWS_MARROW.search(self._places[index].line.text)
        ):
            # "Bone marrow oedema in the upper half of L2. Diagnosed as a fresh fracture."
            return replace(mention, levels=named)
        if index > self._last_index and len(named) == 1 and place.position - index <= 2 and _THIS_SIGN.search(text):
            return replace(mention, levels=named)
        if (
            index > self._last_index
            and place.position - index <= 2
            and mention.status == "present"
            and mention.region is None
            and _OF_THE_SPINE.match(text, mention.start)
            and _LESIONED.search(self._places[index].line.text)
        ):
            # "Invasion of T4, T5 and T6. Metastasis caused collapse of the spine."
            return replace(mention, levels=named)
        if (
            mention.anaphoric
            and mention.status != "absent"
            and mention.region is None
            and not self._recent(place, 3)
            and named
            and 0 < place.position - index <= 1
            and len(named) <= 3
            and not all(self._cleared_level(level) for level in named)
        ):
            return replace(mention, levels=named)
        return mention

    def _cleared_level(self, level: Level) -> bool:
        known = self._found.get(("body", level))
        return known is not None and known.assertion == "absent"

    def _of_paragraph(self, place: _Place, mention: Mention, index: int) -> bool:
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
        if (
            any(value.field == "height_loss_percent" for value in mention.fields)
            and _LOSS_WORD.search(place.line.text)
            and any(finding.live for finding in self._all())
        ):
            told = replace(mention, status="present", descriptors=frozenset({"height_loss"}))
            return [self._add(place, told, level) for level in mention.levels]
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
            if self._amended is not None and (id(finding), "mimic") not in self._amended:
                finding.values.pop("mimic", None)
        if mention.status == "possible" and "fracture" in mention.descriptors:
            finding.doubted.add(place.position)
        for attribute in mention.fields:
            self._set(place, finding, attribute)

    def _set(self, place: _Place, finding: _Finding, attribute: Attribute) -> None:
        name = attribute.field
        if name == "acuity_denied" or (finding.element == "posterior" and name in OF_THE_BODY):
            return
        if name == "malignant_features" and attribute.value in _ALSO_OF_INFECTION and self._infected:
            return
        if name == "marrow_normal":
            attribute = replace(attribute, field="marrow_edema")
        if name == "table_grade":
            if not self._graded_table:
                return
            attribute = replace(attribute, field="genant_grade")
        finding.spans.append(place.line.span(attribute.start, attribute.end))
        if self._amended is not None and name == "mimic":
            # "This is a limbus vertebra", said later, settles whether it is a fracture.
            for sentences in (finding.doubted, finding.stated, finding.offered_mimic):
                sentences &= {place.position}
            finding.descriptors -= {"fracture"}
            self._amended.add((id(finding), name))
        kind = name if name != "etiologies" else attribute.value.split(":")[0]
        if self._amended is not None and name in _REPLACED and (id(finding), kind) not in self._amended:
            self._amended.add((id(finding), kind))
            told = finding.forget(kind)
            if told is not None and str(told) not in (attribute.value, str((attribute.low, attribute.high))):
                about = _ABOUT.get(name, "other")
                self._issue("addendum_correction", "an addendum corrects a value", place, about=about)
        _set_value(finding, attribute, place.position)
        text = place.line.text
        if name == "height_loss_percent" and (
            _HEIGHT_WORD.search(text)
            or not (_BY.search(text[: attribute.start]) or _OF_SHAPE.match(text, attribute.end))
        ):
            finding.descriptors.add("height_loss")
        if name == "mimic_offered":
            finding.offered_mimic.add(place.position)

    def _unlevelled_mention(self, place: _Place, mention: Mention) -> list[_Finding]:
        """A finding whose sentence names no level: it continues one that was told, or stands for itself."""
        mention = self._summed(place, mention)
        recent = list(dict.fromkeys(finding for finding in self._touched if finding.live)) or self._recent(place, 6)
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
                or (not place.reading.other_bone and _INTERPRETS.search(place.line.text[: mention.start]) is not None)
                or any(finding in self._touched for finding in recent)
            )
            caused = len(recent) == 1 and any(value.field == "etiologies" for value in mention.fields)
            if not mention.vertebral and not mention.anaphoric and not opens and not caused:
                return []
            near = 4 if mention.descriptors == {"height_loss"} else 1
            if (
                recent
                and mention.status in ("present", "possible")
                and (
                    mention.vertebral
                    or mention.anaphoric
                    or place.position - self._last_index <= near
                    or (mention.descriptors == {"height_loss"} and self._touched)
                )
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

    def _summed(self, place: _Place, mention: Mention) -> Mention:
        """A mention of several fractures, or of one told far away, without the values that wait for the end."""
        if mention.status not in ("present", "possible") or place.reading.other_bone or place.topic in _OTHER_TOPICS:
            return mention
        text = place.line.text
        if _IN_GENERAL_BEFORE.search(text[: mention.start]) or _IN_GENERAL_AFTER.search(text[mention.end :]):
            return replace(mention, fields=tuple(value for value in mention.fields if value.field not in SUMMED))
        points = not mention.vertebral or (mention.anaphoric and mention.region is None)
        if mention.plural and mention.region is None and not points:
            # "Vertebral insufficiency fractures as described": a finding of its own, and the cause of those told.
            causes = tuple(value for value in mention.fields if value.field == "etiologies" and not value.levels)
            if causes:
                self._summaries.append((Summary(place.position, causes, ""), []))
            return mention
        summed = tuple(value for value in mention.fields if value.field in SUMMED and not value.levels)
        if not summed or not points or "fracture" not in mention.descriptors:
            return mention
        if mention.plural or _EVERY.search(text[: mention.start]):
            who = whom(text, mention.start)
            number = quantity(text[: mention.start])
            if number == 2 and not _TWO.search(text[: mention.start]):
                number = None
            self._summaries.append((
                Summary(place.position, summed, who, excepted(text), mention.region, mention.portions, number),
                self._spoken_of(place, who),
            ))  # fmt: skip
            return replace(mention, fields=tuple(value for value in mention.fields if value not in summed))
        if place.position - self._last_index > 1 and place.section not in _STORY:
            causes = tuple(value for value in summed if value.field == "etiologies")
            self._summaries.append((Summary(place.position, causes, "one"), self._recent(place, 3)))
        return mention

    def _spoken_of(self, place: _Place, who: str) -> list[_Finding]:
        """The findings that a word points back to.

        "Both" are those of the last sentence and the one before; "these" those of the last sentence if it has several,
        else those told so far in the section; "the others" stand against those of the last sentence.
        """
        last = self._touched or self._recent(place, 3)
        if len(last) > 1 or who == "others":
            return last
        return [*self._before_last, *last] if who == "both" else list(self._in_section[1])

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
        if attribute.field == "part_told_last":
            at, part = self._part
            if part is None or place.position - at > 1:
                return
            attribute = replace(attribute, field=part, value=_OF_PART[part][attribute.value])
        if attribute.field in _OF_PART:
            self._part = (place.position, attribute.field)
        if attribute.field in _OF_THE_BACK and not attribute.levels:
            owners = self._owners_of_the_back(place, reading, touched, attribute)
            if owners is not None:
                for level in owners:
                    self._attach_one(place, reading, touched, replace(attribute, levels=(level,)))
                return
        if attribute.field == "marrow_rest":
            self._pending.append(attribute)
            return
        if (attribute.field, attribute.value) == ("mimic", "degenerative") and not self._recent(place, 1):
            return  # "This is degenerative" can be said of a disc or a slip, too
        if (
            attribute.field in ("acuity", "change")
            and not reading.named
            and _REST.match(place.line.text)
            and sum(finding.live for finding in self._all()) < 2
        ):
            return  # "Rest unchanged" is not of the only fracture
        if attribute.field in _OF_THE_PARAGRAPH and not attribute.levels:
            # "L4: biconcave. The marrow is fatty here.": the label of the paragraph says whose marrow.
            attribute = replace(attribute, levels=self._label(place) or ())
        if attribute.field == "marrow_normal" and not attribute.levels and not _HERE.search(place.line.text):
            return
        if (attribute.field, attribute.value) in _UNIVERSAL and not attribute.levels:
            live = [finding for finding in self._all() if finding.live]
            if len(self._recent(place, 1)) == 1 and _ITS_OWN.match(place.line.text):
                # "An old fracture of L1; its marrow is fatty, there is no oedema."
                live = [finding for finding in self._last if finding.live]
            for finding in live:
                if "mimic" in finding.values and attribute.field != "marrow_edema":
                    continue
                if finding.element == "posterior" and attribute.field == "posterior_column":
                    continue
                self._set(place, finding, attribute)
            if not live and attribute.field in _OF_THE_PARAGRAPH:
                self._pending.append(attribute)
            return
        if attribute.field == "mimic" and attribute.value == "scheuermann":
            self._pending.append(attribute)
            return
        if attribute.others:
            for finding in self._all():
                if finding.live and finding.level not in attribute.levels and not finding.tells(attribute.field):
                    self._set(place, finding, attribute)
            return
        labelled = self._labelled(place)
        if (
            not labelled
            and not any(finding.live for finding in touched)
            and len(reading.named) == 1
            and _LABEL.match(place.line.text)
        ):
            labelled = reading.named
        if (
            labelled
            and not attribute.levels
            and not any(finding.live for finding in touched)
            and attribute.field in _OF_ITS_LINE
        ):
            attribute = replace(attribute, levels=labelled)
        if attribute.levels:
            named = [self._found[("body", level)] for level in attribute.levels if ("body", level) in self._found]
            for finding in named:
                if (
                    finding.assertion == "historical"
                    and attribute.field == "change"
                    and finding.descriptors
                    and "augmentation" not in finding.values
                ):
                    # A fracture of the history that this exam compares is seen by it.
                    finding.assertion = "present"
                if finding.assertion != "absent":
                    self._set(place, finding, attribute)
            missing = len(named) < len(attribute.levels) or any(finding.assertion == "absent" for finding in named)
            if missing and (attribute.field in _OF_THE_PARAGRAPH or all(one.assertion == "absent" for one in named)):
                self._pending.append(attribute)
            return
        denied_cause = attribute.field == "etiologies" and attribute.value.endswith(":absent")
        if attribute.field in SUMMED and self._attach_to_several(place, touched, attribute, denied=denied_cause):
            return
        points = reading.anaphoric or bool(reading.which) or _tells_by_itself(place.line.text, attribute)
        if (
            attribute.field in _NEEDS_POINTING
            and not denied_cause
            and not (attribute.field == "etiologies" and _leads_in(place.line.text, attribute))
            and not (reading.pointing or points)
            and not _BARE.fullmatch(place.line.text)
        ):
            return
        if (
            attribute.field in ("acuity", "change")
            and not attribute.levels
            and (reading.other_bone or not (points or _BARE.fullmatch(place.line.text)))
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
        if not recent and attribute.field == "etiologies" and not reading.other_bone:
            self._summaries.append((Summary(place.position, (attribute,), "one"), []))
            return
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

    def _owners_of_the_back(
        self, place: _Place, reading: Reading, touched: Sequence[_Finding], attribute: Attribute
    ) -> tuple[Level, ...] | None:
        """The vertebrae of a wall, an element or a canal whose words name none; None where it is told as usual.

        The label of the line owns what stands in it. One wall is that of the vertebra just told, unless the words speak
        of all; before any finding it is that of the vertebra named last, which may become one.
        """
        text = place.line.text
        if _OF_ALL.search(text):
            return None
        label = self._label(place)
        if label is not None:
            return label if label or attribute.field == "canal_narrowing_percent" else None
        recent = [finding for finding in (touched or self._recent(place, 2)) if finding.live]
        if len(recent) == 1 and recent[0].level is not None and not reading.named:
            one = attribute.field == "posterior_wall" and place.line.start != self._line_start(place)
            return (recent[0].level,) if one else None
        index, named = (place.position, reading.named) if reading.named else self._named
        if not recent and not self._recent(place, 4) and len(named) == 1 and place.position - index <= 3:
            return named
        live = [finding for finding in self._all() if finding.live and finding.element == "body"]
        if len(live) == 1 and live[0].level is not None and not reading.named:
            return (live[0].level,)
        return None

    def _line_start(self, place: _Place) -> int:
        """Where the line of the report begins that a sentence stands in."""
        return self._layout.view.text.rfind("\n", 0, place.line.start) + 1

    def _label(self, place: _Place) -> tuple[Level, ...] | None:
        """The vertebrae that label the line of a sentence, as "T12:" or "L1 -" do; none where they label a disc."""
        text = self._layout.view.text
        begin = self._line_start(place)
        labels = _LINE_LABEL.finditer(text, begin, place.line.start + _LONGEST_LABEL)
        label = next((match for match in reversed(list(labels)) if match.start("names") <= place.line.start), None)
        if label is None:
            return None
        names = find_levels(label["names"])
        if len(names) != 1 or names[0].disc or names[0].adjacent_pair:
            return ()
        return names[0].levels

    def _attach_to_several(
        self, place: _Place, touched: Sequence[_Finding], attribute: Attribute, *, denied: bool
    ) -> bool:
        """Whether a value without a finding of its own is said of several findings; then it waits for the end."""
        reading, text = place.reading, place.line.text
        if reading.other_bone and not touched and attribute.field == "etiologies":
            # "Fragility fracture of the distal radius".
            return True
        who = whom(text, attribute.start)
        left_out = excepted(text)
        of_named = not (who == "all" and not find_levels(clause_before(text, attribute.start)))
        if not touched and attribute.field == "etiologies" and set(reading.named) - left_out and of_named:
            # What is said of vertebrae by their names goes to no other ones.
            known = [self._found[key] for level in reading.named if (key := ("body", level)) in self._found]
            for finding in known:
                if finding.live and finding.level not in left_out:
                    self._set(place, finding, attribute)
            return True
        if attribute.field != "etiologies" and (
            reading.other_bone or not (who == "others" or (who and reading.anaphoric))
        ):
            return False
        if not who and not (denied and not touched and not reading.anaphoric and not self._in_item(place)):
            return False
        if reading.which:
            return False
        told = list(touched) if len(touched) > 1 else self._spoken_of(place, who)
        self._summaries.append((Summary(place.position, (attribute,), who or "told", left_out), told))
        return True

    def _in_item(self, place: _Place) -> bool:
        """Whether the sentence goes on in the line of a list that tells of one vertebra: "L1: wedged. No tumour."."""
        if not self._last or place.position == self._last_index:
            return False
        view = self._layout.view.text
        begin = view.rfind("\n", 0, place.line.start) + 1
        return self._places[self._last_index].line.start >= begin and _ITEM.match(view, begin) is not None

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
            if _MOVED.search(text) or (self._recounted and _IS_NOW.search(text))
            else None
        )
        self._recounted = self._recounted or _RECOUNTED.search(text) is not None
        shifted = {moved[0]: moved[1]} if moved else _shifted(named, before) if self._recounted else {}
        if shifted:
            moving = [(key, self._found.pop(key)) for key in list(self._found) if key[1] in shifted]
            for (element, level), finding in moving:
                finding.level = shifted[level]
                finding.spans.append((place.line.start, place.line.end))
                self._found[element, shifted[level]] = finding
            self._issue("addendum_correction", "an addendum moves a finding to another level", place, about="level")
            return
        retracted, withdrawn = False, _WITHDRAWN.search(text) is not None
        if (
            reading.statements
            and not withdrawn
            and not any(mention.status in ("present", "possible") for mention in reading.mentions)
            and not any(mention.restricted for mention in reading.mentions if mention.status == "absent")
        ):
            for finding in self._all():
                if finding.live and "mimic" not in finding.values and (not named or finding.level in named):
                    finding.assertion, retracted = "absent", True
            self.cleared = True
        for mention in reading.mentions:
            if mention.levels and (mention.status == "absent") != withdrawn:
                for level in mention.levels if mention.status in ("absent", "present", "possible") else ():
                    known = self._found.get(("body", level))
                    if known is not None and known.live:
                        known.assertion, retracted = "absent", True
                    elif not withdrawn:
                        self._add(place, mention, level)
        if retracted:
            self._issue("addendum_correction", "an addendum retracts a finding", place, about="fracture")
        told = () if withdrawn else reading.mentions
        live = [mention for mention in told if mention.status in ("present", "possible", "historical")]
        if live or reading.loose:
            touched: list[_Finding] = []
            for mention in live:
                touched += dict.fromkeys(self._mention(place, mention))
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
        self._apply_summaries()
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
            procedure = finding.values.get("augmentation")
            for other in fitting:
                # "Status post kyphoplasty. Cement at T12 and L1.": the cement is that of the procedure.
                if procedure and other.values.get("augmentation") == "cement":
                    other.values["augmentation"] = procedure
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

    def _apply_summaries(self) -> None:
        """Statements about several fractures go to those they are about, unless these are told otherwise themselves."""
        for summary, spoken_of in sorted(self._summaries, key=lambda item: item[0].whom in ("", "all", "others")):
            place = self._places[summary.position]
            fitting = [
                finding
                for finding in self._all()
                if finding.live
                and finding.element == "body"
                and "mimic" not in finding.values
                and finding.level not in summary.excepted
                and finding.compatible(summary.region, summary.portions)
            ]
            agreeing = [finding for finding in fitting if not _told_otherwise(finding, summary.attributes)]
            for finding in _meant(summary, fitting, agreeing, [item for item in spoken_of if item in fitting]):
                for attribute in summary.attributes:
                    if attribute.field == "etiologies" or attribute.field not in finding.values:
                        self._set(place, finding, attribute)

    def _give_pending(self) -> None:
        """What was said of a vertebra before it was told as a finding."""
        for attribute in self._pending:
            if attribute.field == "marrow_rest":
                self._give_rest(attribute)
                continue
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
                    if finding.element == "posterior" and attribute.field == "posterior_column":
                        continue
                    _set_value(finding, attribute, -1)
                    if attribute.field == "height_loss_percent":
                        finding.descriptors.add("height_loss")

    def _give_rest(self, attribute: Attribute) -> None:
        """Marrow without oedema of all fractures but those of which oedema is told: "none at the other levels"."""
        told = any(finding.values.get("marrow_edema") == "present" for finding in self._all())
        for finding in self._all() if told else ():
            if finding.live and finding.level not in attribute.levels:
                finding.values.setdefault("marrow_edema", "absent")

    def _unite_posterior(self) -> None:
        """An injury of a posterior element is part of the fracture of its vertebra."""
        for (element, level), finding in list(self._found.items()):
            body = self._found.get(("body", level))
            if element == "posterior" and level == "C1" and body is None:
                finding.element = "body"
                self._found[("body", level)] = self._found.pop((element, level))
            elif element == "posterior" and body is not None and body.live and finding.assertion != "absent":
                if finding.assertion == "possible":
                    continue
                body.values["posterior_column"] = "injured"
                body.descriptors |= finding.descriptors
                for kind, state in finding.etiologies.items():
                    body.etiologies.setdefault(kind, state)
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
            if finding.live and "change" not in finding.values and (change := _change_in_numbers(finding)) is not None:
                finding.values["change"] = change
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
                } | self._marrow_of_cleared(finding)
                finding.descriptors, finding.etiologies, finding.malignant = set(), {}, set()
                finding.severity = finding.height = None

    def _marrow_of_cleared(self, finding: _Finding) -> dict[str, str]:
        """Oedema, or none, told by name of a vertebra that has kept its shape: "L1: normal height, no oedema"."""
        told = [
            attribute.value
            for attribute in self._pending
            if attribute.field == "marrow_edema" and finding.element == "body" and finding.level in attribute.levels
        ]
        return {"marrow_edema": told[-1]} if told else {}

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


# Words before a cause that say it of what was told before: "Favoured to be osteoporotic given ...".
_LEADS_IN = re.compile(
    r"\W*(?:(?:most|more|likely|probably|presumably|presumed|favou?r\w*|consider\w*|suspect\w*|suggest\w*|features|findings"
    r"|appearances?|appears?|imaging|morphology|pattern|picture|overall|altogether|therefore|thus|hence|also|would|i|we|be|to"
    r"|is|are|of|an?|the|in|keeping|consistent|compatible|typical|with|for|as|regarded|thought|felt|nature|not|clearly"
    r"|definitely|caused|by|due|secondary|benign|and|acute|chronic|old|recent|fresh|healed|new|subacute|mr|ct|radiological"
    r"|radiographic|conclusion|opinion|impression|diagnosis)\b[\s,:-]*)*",
    re.IGNORECASE,
)
_WHICH_IS = re.compile(r"\b(?:which|that|being)\b", re.IGNORECASE)
# "L3: haemangioma. Height preserved.": the height of the vertebra that labels the line.
_LABELLED_KEEPS_HEIGHT = re.compile(
    r"(?:[^.;]*[,:])?\W*(?:(?:its|the|vertebral|body)\s+)*(?:heights?\s+(?:(?:is|well)\s+)*(?:preserved|maintained|normal|intact|kept|retained|not\s+reduced)"
    r"|(?:normal|preserved)\s+(?:in\s+)?(?:vertebral\s+|body\s+)*height|not\s+(?:reduced|decreased|diminished)\s+in\s+height"
    r"|no\s+(?:loss\s+of\s+(?:\w+\s+)?height|height\s+loss))\W*",
    re.IGNORECASE,
)
# "L2: treated deposit, fat from T12 to L3. Its pathologic fracture": the label of the line says whose.
_ITS = re.compile(r"\bits\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
_EVERY = re.compile(r"\b(?:all|every|each)\b", re.IGNORECASE)
_NO_BEFORE = re.compile(r"\b(?:no|not|without|nor|none)\b", re.IGNORECASE)
# Words by which a level is only one of the fractures told of.
_PART_OF_SEVERAL = re.compile(
    r"\b(?:of\s+(?:which|these|them|whom)|(?:the\s+one|that|those|one)\s+(?:at|of|in|being)|most|worst|maxim\w+|greatest|largest"
    r"|especially|particularly|notably|including|incl|predominantly|mainly|such\s+as|e\.g|the\s+latest|the\s+newest"
    r"|the\s+(?:most\s+)?recent|following|as\s+follows|below)\b",
    re.IGNORECASE,
)
# What is said of fractures, or of patients, in general.
_IN_GENERAL_BEFORE = re.compile(
    r"\b(?:(?:patients?|individuals|women|men|people|those)\s+with|risk|future|subsequent|prevent\w*|definition|criteri\w+"
    r"|incidence|prevalence|literature|guidelines?|mortality)\b",
    re.IGNORECASE,
)
_IN_GENERAL_AFTER = re.compile(
    r"\b(?:associated\s+with\s+(?:an?\s+)?(?:increas\w+|higher|mortality|morbidity|risk)|are\s+(?:common|frequent|defined|often"
    r"|usually|typically|rarely)|should\s+be\s+(?:treated|assessed|referred))\b",
    re.IGNORECASE,
)
# Parts of a report about other bones.
_OTHER_TOPICS = frozenset({"other", "elsewhere"})
_TWO = re.compile(r"\b(?:two|2|couple|pair)\b", re.IGNORECASE)
# A line that opens with a vertebra: "- L1: ...".
_ITEM = re.compile(r"[ \t]*(?:[-*\u2022\u2013]|\d{1,2}[.)])?[ \t]*(?:TH|Th|[CTDL])[\s-]?\d{1,2}\b")
# What is seen of a vertebra told before is explained: "corticated margins point to a healed fracture".
_INTERPRETS = re.compile(
    r"\b(?:points?|pointing)\s+to\b|\b(?:suggest\w*|in\s+keeping\s+with|consistent\s+with|indicat\w+|compatible\s+with"
    r"|represent\w*"
    r"|typical\s+of|characteristic\s+of|favou?r\w*|reflect\w*|correspond\w*\s+to|speaks?\s+for)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)
_DONE = re.compile(
    r"\b(?:was|were|has\s+been)\s+(?:performed|injected|treated|placed|done)\b"
    r"|\b(?:percutaneous|bipedicular|unipedicular|balloon)\b|\bunder\s+(?:\w+\s+){0,2}(?:fluoroscop|guidance|ct\b)",
    re.IGNORECASE,
)
# "How old these are": the words of the value point back.
_POINTS_BACK = re.compile(
    r"\b(?:it|its|they|their|this|these|those)\b(?!\s+(?:patient|lady|man|woman|exam\w*|study))",
    re.I,
)


def _tells_by_itself(text: str, attribute: Attribute) -> bool:
    """Whether a value is of what was said before it: "Fresh, caused by a fall", "unclear how old these are"."""
    if attribute.field not in ("acuity", "change"):
        return False
    if not text[: attribute.start].strip() and text[attribute.end : attribute.end + 1] in (",", "."):
        return True
    if attribute.field == "acuity" and _ITS_OWN.match(text) and _REGARDED_AS.search(text[: attribute.start]):
        return True  # "Its marrow was fatty, it had not changed and was regarded as old"
    return attribute.compared and _POINTS_BACK.search(text[max(0, attribute.start - 25) : attribute.end]) is not None


# A heading of a list, and the level that opens a line of it.
_HEADS_LIST = re.compile(r"(?::|\bas\s+follows\b\W*|\bfollowing\s+levels?\W*)\s*$", re.IGNORECASE)
_ITEM_LABEL = re.compile(r"\W*(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}\s*(?::|-|\u2013|\()")
# A collapse of the spine is one of the vertebrae that a tumour was just said to destroy.
_OF_THE_SPINE = re.compile(
    r"(?:[a-z]+\s+){1,4}?of\s+(?:the\s+|these\s+|those\s+)?(?:spine|spinal\s+column|vertebra\w*|vertebral\s+(?:bodies|column))\b",
    re.IGNORECASE,
)
_LESIONED = re.compile(
    r"\b(?:inva(?:sion|d\w+)|infiltrat\w+|destr\w+|metasta\w+|tumou?r\w*|lytic|lesions?|deposits?)\b", re.IGNORECASE
)
# What was seen of the vertebra named last gets its name: "Diagnosed as a fresh fracture".
_DIAGNOSED = re.compile(
    r"\W*(?:(?:(?:this|these|the)\s+)?(?:findings?|appearances?|features|picture)\s+)?(?:(?:is|are|was|were|to\s+be)\s+)?(?:most\s+)?"
    r"(?:diagnos(?:ed|is)(?:\s+(?:as|of|is))?|(?:compatible|consistent|in\s+keeping|in\s+line)\s+with|interpreted\s+as|considered(?:\s+(?:as|to\s+be))?"
    r"|regarded\s+as|judged(?:\s+(?:as|to\s+be))?|suggest\w*|indicat\w+|suspicious\s+for|represent\w*)\b[\s:]*(?:[\w-]+\s+){0,5}$",
    re.IGNORECASE,
)
_REGARDED_AS = re.compile(
    r"\b(?:regarded|considered|interpreted|judged|deemed|viewed)\s+(?:as\s+|to\s+be\s+)?$", re.IGNORECASE
)
_OF_ADJACENT = re.compile(
    r"\b(?:at|of|in)\s+the\s+(?:adjacent|neighbou?ring|junctional)\s+(?:vertebra\b|level\b|body\b)", re.IGNORECASE
)
_ENDPLATE_OR_EDGE = re.compile(r"end-?\s?plate|contour|cort(?:ex|ical)|corner|edge|irregular", re.IGNORECASE)
# The sentence goes on about the one vertebra told last.
_ITS_OWN = re.compile(r"\W*its?\s", re.IGNORECASE)
# Said of what is not told here.
_REST = re.compile(r"\W*(?:(?:the\s+)?(?:rest|remainder)|otherwise|elsewhere)\b", re.IGNORECASE)
# What was seen of the vertebra named last is explained: "this finding represents oedema and an acute fracture".
_THIS_SIGN = re.compile(
    r"^\W*(?:this|these|the)\s+(?:findings?|appearances?|areas?|lines?|bands?|signals?|abnormalit\w+|changes?|lucenc\w+)\s+"
    r"(?:(?:most|likely|probably|therefore|thus)\s+)*(?:represent|reflect|correspond|indicat|suggest|is|are|would\s+be)",
    re.IGNORECASE,
)
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
    r"|genant|grade|mild|moderate|severe|physiologic|physiological|chr|also|otherwise|now|still|same|identical|height"
    r"|then"
    r"|before|as|constant|static|fresh|nil|remains?|age|date|rather|somewhat|definitely|clearly|had|has|been|previously"
    r"|x{2,}|jan\w*|feb\w*|mar\w*|apr\w*|may|june?|july?"
    r"|aug\w*|sep\w*|oct\w*|nov\w*|dec\w*)\b)*",
    re.IGNORECASE,
)
"""A sentence of nothing but attributes can only be about what was said before it: "Likely chronic."."""


_TITLE = 120
"""Within so many characters a report says what it is about."""


# The vertebra beside the one told before, as the subject of the sentence: "the body directly above is wedged".
_BESIDE = re.compile(
    r"\W*(?:also,?\s+|further(?:more)?,?\s+|and\s+|but\s+|while\s+)?(?:(?:in|at|of)\s+)?(?P<who>(?:the|a)\s+(?:(?:vertebra|(?:vertebral\s+)?body|level|segment|one)\s+"
    r"(?:(?:directly|immediately|just|next)\s+)?(?:(?P<above>above|superiorly|cranially|cephalad|higher(?:\s+up)?)"
    r"|(?P<below>below|beneath|inferiorly|caudally|caudad|lower\s+down|down))(?!\s+(?:the\s+|this\s+)?(?:\w+\s+)?(?:TH|[CTDLS])-?\d)"
    r"|(?:next|adjacent|neighbou?ring)\s+(?:(?P<above2>higher|upper|superior)|(?P<below2>lower|inferior))\s+(?:vertebra|level|body)"
    r"|(?:vertebra|(?:vertebral\s+)?body|level|one)\s+(?P<between>(?:in\s+)?between\s+(?:them|these|those|the\s+two|both)"
    r"|separating\s+(?:them|these|the\s+two)))\b)",
    re.IGNORECASE,
)
_NORMAL_BESIDE = re.compile(
    rf"{_BESIDE.pattern}\s+(?:two\s+)?(?:is|appears|remains|looks|was)\s+(?:\w+ly\s+|also\s+|again\s+)?(?:normal|intact|unremarkable"
    r"|preserved|spared|unaffected|of\s+normal\s+height|not\s+(?:fractured|compressed|collapsed|wedged|involved|affected))\b",
    re.IGNORECASE,
)


# "The outside report reads: '...'" and "we do not agree".
_QUOTED_REPORT = re.compile(
    r"\b(?:report|reading|reader|hospital|department|radiologist|letter)\b[^.\"\u201c]{0,60}[\"\u201c](?P<quote>[^\"\u201d]{10,1200})[\"\u201d]",
    re.IGNORECASE,
)
_DISAGREES = re.compile(
    r"\b(?:(?:do|does|did|can|could)\s*(?:not|n't)\s+(?:agree|concur|confirm|share|reproduce|support)|disagree|cannot\s+(?:agree|concur"
    r"|confirm|share|reproduce|support)|not\s+(?:confirmed|borne\s+out|substantiated|correct)|(?:is|was|are|were)\s+(?:both\s+)?"
    r"(?:wrong|erroneous|incorrect|mistaken|misinterpret\w*)|misread|over-?called)\b",
    re.IGNORECASE,
)


def _between_two(named: Sequence[Level]) -> Level | None:
    """The one vertebra between two, or None where there is none or more than one."""
    if len(named) != 2:
        return None
    middle = _neighbour(named[0], 1)
    return middle if middle is not None and _neighbour(middle, 1) == named[1] else None


def _neighbour(level: Level | None, step: int) -> Level | None:
    """The next vertebra above or below, of a spine with twelve thoracic and five lumbar vertebrae."""
    usual = [one for one in LEVELS if one not in ("T13", "L6")]
    place = usual.index(level) + step if level in usual else -1
    return usual[place] if 0 <= place < len(usual) else None


# Two portions as the ends of a stretch: "mid to lower thoracic".
_PORTION_RANGE = re.compile(
    r"\b(?:upper|mid|middle|lower)(?:\s*-?\s*to\s*-?\s*|\s*-\s*)(?:upper|mid|middle|lower)\b",
    re.IGNORECASE,
)


# The note of a treatment tells in its indication what imaging showed: there is no other report of it.
_HEAD_OF_NOTE = 300
_PROCEDURE_NOTE = re.compile(
    r"\b(?:operative\s+(?:report|note)|operation\s+(?:report|note)|procedure\s+note|pre-?op(?:erative)?\s+(?:dx|diagnos\w+)"
    r"|(?:procedures?|operation)\s*(?:performed\s*)?:[^\n]{0,80}(?:plasty|ectomy|fusion|fixation|ablation|biopsy|injection|decompression"
    r"|instrument\w*)"
    r"|\A\W*(?:[^\n]{0,40}\n)?\W*(?:(?:percutaneous|balloon)\s+)+(?:vertebroplasty|kyphoplasty))",
    re.IGNORECASE,
)
_EXAM_TELLS = re.compile(
    r"\b(?:x-?rays?|radiographs?|films?|cts?|mri?s?|scans?|imaging)\b(?:[^.;]{0,60}?\b(?:show(?:s|ed|n|ing)?|demonstrat\w+|reveal\w+"
    r"|confirm\w+|with|read)\b|[^.;:]{0,20}:)",
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
    treats = _PROCEDURE_NOTE.search(layout.view.text, 0, _HEAD_OF_NOTE) is not None
    quotes = False
    for index, (line, reading) in enumerate(zip(layout.lines, readings, strict=True)):
        while at + 1 < len(sections) and sections[at + 1].start <= line.start:
            at += 1
            quotes = False
        section = sections[at].name
        if treats and section in _STORY:
            quotes = quotes or _EXAM_TELLS.search(line.text) is not None
            section = "body" if quotes else section
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
        yield _Place(index, line, reading, section, topic.name if topic else "")


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
    elif name == "grade_then":
        finding.grade_then = int(value)
    elif name == "height_then":
        finding.height_then = (attribute.low, attribute.high)
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


def _change_in_numbers(finding: _Finding) -> str | None:
    """What the grades or percentages of then and now show: progressed, stable or improved."""
    if finding.grade_then is not None and "genant_grade" in finding.values:
        grade = finding.values["genant_grade"]
        return _CHANGES[(grade > finding.grade_then) - (grade < finding.grade_then)]
    if finding.height_then is not None and finding.height is not None:
        then, now = sum(finding.height_then), sum(finding.height)
        return _CHANGES[(now > then) - (now < then)]
    return None


_CHANGES = {1: "progressed", 0: "stable", -1: "improved"}


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
    caused = "present" in summary.etiologies.values()
    otherwise = (caused and "present" in finding.etiologies.values()) or any(
        name in finding.values and name in summary.values and finding.values[name] != summary.values[name]
        for name in ("acuity", "change")
    )
    for name in ("acuity", "change", "marrow_edema", "retropulsion", "posterior_wall", "cleft"):
        if name in summary.values and name not in finding.values:
            finding.values[name] = summary.values[name]
    if not otherwise:
        for kind, state in summary.etiologies.items():
            finding.etiologies.setdefault(kind, state)
    if summary.severity and not finding.severity and summary.count == 1:
        finding.severity = summary.severity
    if concludes and summary.assertion == "present" and finding.assertion == "possible":
        finding.assertion = "present"


def _all_but(text: str, mention: Mention) -> bool:
    """Whether the levels of a general statement are those that it leaves out: "every fracture except L4 is old"."""
    before = text[: mention.start]
    if not mention.plural and not _EVERY.search(before):
        return False
    return set(mention.levels) <= excepted(text) and not _NO_BEFORE.search(before)


def _leads_in(text: str, attribute: Attribute) -> bool:
    """Whether nothing but words of assessment stands before a cause, or a biopsy or denial states it."""
    return attribute.standing or _LEADS_IN.fullmatch(text, 0, attribute.start) is not None


def _told_otherwise(finding: _Finding, attributes: Sequence[Attribute]) -> bool:
    """Whether the finding's own words contradict a value that is said of several."""
    for attribute in attributes:
        if attribute.field == "etiologies":
            kind, state = attribute.value.split(":")
            known = finding.etiologies.get(kind)
            if known is not None and known != state:
                return True
            if state == "present" and any(
                other != kind and told == "present" for other, told in finding.etiologies.items()
            ):
                return True
        elif finding.values.get(attribute.field, attribute.value) != attribute.value:
            return True
    return False


def _meant(
    summary: Summary, fitting: Sequence[_Finding], agreeing: Sequence[_Finding], spoken_of: Sequence[_Finding]
) -> Sequence[_Finding]:
    """The findings that a statement about several is about; none where the words do not choose."""
    if summary.whom == "one":
        return spoken_of or (agreeing if len(fitting) == 1 else ())
    if summary.whom == "told":
        return [finding for finding in spoken_of if finding in agreeing] if spoken_of else agreeing
    if summary.whom == "others":
        names = {attribute.field for attribute in summary.attributes}
        rest = [
            finding
            for finding in agreeing
            if not names & finding.values.keys() and not ("etiologies" in names and finding.etiologies)
        ]
        # Where nothing sets one apart, the others are those that were not spoken of last.
        return rest if len(rest) < len(fitting) else [finding for finding in rest if finding not in spoken_of]
    if summary.whom == "both" and len(fitting) != 2:
        return [finding for finding in spoken_of if finding in agreeing] if len(spoken_of) == 2 else ()
    if summary.whom == "these" and len(spoken_of) > 1:
        return [finding for finding in spoken_of if finding in agreeing]
    if summary.number is not None and 1 < summary.number < len(agreeing):
        return ()
    return agreeing


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


_USUAL_SPINE = tuple(level for level in LEVELS if level not in ("T13", "L6"))


def _shifted(named: Sequence[Level], live: set[Level | None]) -> dict[Level, Level]:
    """Where each fractured vertebra goes when all are counted one higher or lower: T12 and L1, now "L1 and L2"."""
    old = [level for level in _USUAL_SPINE if level in live]
    for step in (1, -1):
        new = [_USUAL_SPINE[(_USUAL_SPINE.index(level) + step) % len(_USUAL_SPINE)] for level in old]
        if len(old) > 1 and set(new) <= set(named) and not set(old) & set(named) - set(new):
            return dict(zip(old, new, strict=True))
    return {}


# ------------------------------------------------------------------------------------------------------- the contract


def _vertebra(layout: Layout, sections: Sequence[Section], finding: _Finding) -> VertebralFinding:
    evidence = []
    for start, end in sorted(set(finding.spans)):
        section = _name_at(sections, start)
        evidence.append(layout.view.evidence(start, end, section))
    values = {key: value for key, value in finding.values.items() if value is not None}
    if finding.element == "posterior":
        # "Posterior wall intact" below a broken process is of the bodies.
        values.pop("posterior_wall", None)
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


def _report_issues(
    layout: Layout, findings: Sequence[_Finding], density: densitometry.DensitometryReading
) -> Iterator[Issue]:
    text = layout.view.text
    scanned = scan(text)
    match = next(_TRANSITIONAL_WORDS.matches(_TRANSITIONAL, scanned), None)
    if match is not None and not re.search(
        r"\b(?:no|without)\s+(?:\w+\s+){0,3}$", text[max(0, match.start() - 40) : match.start()], re.IGNORECASE
    ):
        yield Issue(
            code="transitional_anatomy",
            message="transitional anatomy: levels may be counted differently elsewhere",
            evidence=(layout.view.evidence(match.start(), match.end()),),
        )
    mask = _MASK.search(text) if any(sign in scanned.text for sign in _MASK_SIGNS) else None
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
