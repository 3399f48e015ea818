"""What exam a report reports: its modality, the part of the spine it covers, and its date.

An exam that is only compared with, recommended or told in the history is not the one reported. Of several exams each
has its stretch of text, so that a finding goes to the exam that shows it. Where no exam is named, what the text
describes may decide (marrow signal is seen by MRI alone); where it does not, the modality is None rather than a guess.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from extractor.findings import Evidence, ImagedRegion, Modality, Section
from extractor.gates import Gate, Gates, scan, words
from extractor.sections import section_at
from extractor.text import View

_ORDER: tuple[ImagedRegion, ...] = ("cervical", "thoracic", "lumbar", "sacral")
_SILENT = frozenset(
    {
        "comparison",
        "recommendation",
        "differential",
        "discussion",
        "family_history",
        "social_history",
        "medications",
        "other",
    }
)
_LOOSE = frozenset({"medications", "other", "social_history"})
_STORY = frozenset({"indication", "history", "past_history", "past_medical_history"})


@dataclass(frozen=True, slots=True)
class ReportedExam:
    """One exam and the stretch ``[start, end)`` of the view that tells of it; ``words`` are where it is named."""

    modality: Modality
    start: int
    end: int
    words: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Exam:
    """The exam or exams reported.

    ``modality`` is the one of the report, None where the text does not decide; ``regions_imaged`` in order from the
    neck down, empty where not told; ``exam_date`` as YYYY-MM-DD, None where the text does not state it or leaves open
    which number is the month.
    """

    modality: Modality | None = None
    modalities: tuple[ReportedExam, ...] = ()
    regions_imaged: tuple[ImagedRegion, ...] = ()
    exam_date: str | None = None
    evidence: tuple[Evidence, ...] = ()


def modality_at(exam: Exam, offset: int) -> Modality | None:
    """The modality of the exam whose text holds a view offset; that of the report where no exam is named."""
    for reported in exam.modalities:
        if reported.start <= offset < reported.end:
            return reported.modality
    return exam.modality


# ----------------------------------------------------------------------------------------------------------- vocabulary


@cache
def _knowledge() -> dict[str, Any]:
    with (Path(__file__).parent / "knowledge" / "exam.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True, slots=True)
class _Name:
    """The names of one modality; a ``label`` counts only where it opens a line."""

    modality: Modality
    gate: Gate
    pattern: re.Pattern[str]
    label: bool


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that only the images of one modality give; weight 2 decides, 1 supports."""

    modality: Modality
    weight: int
    gate: Gate
    pattern: re.Pattern[str]
    plain: bool
    """Whether a word that begins so is enough."""


@cache
def _names() -> tuple[_Name, ...]:
    return tuple(
        _Name(r["modality"], Gate(*r["gate"]), words(r["patterns"]), r.get("label", False))
        for r in _knowledge()["name"]
    )


@cache
def _contents() -> tuple[_Cue, ...]:
    return tuple(
        _Cue(r["modality"], cue["weight"], Gate(*cue["words"]), _cue_pattern(cue), "pattern" not in cue)
        for r in _knowledge()["content"]
        for cue in r["cues"]
    )


@cache
def _gates_of_names() -> Gates:
    return Gates(name.gate for name in _names())


@cache
def _gates_of_contents() -> Gates:
    return Gates(cue.gate for cue in _contents())


def _cue_pattern(cue: dict[str, Any]) -> re.Pattern[str]:
    return words([cue["pattern"]]) if cue["words"] and "pattern" in cue else re.compile(cue.get("pattern", ""))


@cache
def _regions() -> tuple[re.Pattern[str], tuple[tuple[ImagedRegion, ...], ...]]:
    """One pattern with a group for each record, and the regions that each group stands for."""
    records = _knowledge()["region"]
    return words([f"({'|'.join(r['patterns'])})" for r in records]), tuple(tuple(r["regions"]) for r in records)


# ---------------------------------------------------------------------------------------------------------- named exams


@dataclass(frozen=True, slots=True)
class _Naming:
    """An exam named in the text; ``rank`` 3 by title or technique, 2 as showing something or by a label, 1 else."""

    modality: Modality
    start: int
    end: int
    rank: int


_NOT_REPORTED_BEFORE = re.compile(
    r"""\b(?: recommend\w* | suggest\w* | advis\w* | consider\w* | further | follow-?\s*up | correlat\w* | compar(?:ed
        |ison)\w* | compare | prior | previous(?:ly)? | outside(?!\s+of) | earlier | if | could | would | needed
        | should
        | (?:do|does|did)\s+not\s+have
        | may | might | obtain\w* | schedul\w* | order(?:ed|ing)? | yesterday\W?s | f/u | initial\s+outside
            | since\s+the | than | from\s+the | old | await\w* | pending | dedicated | additional | separate(?:ly)?
            | concurrent
        | warrant\w* | need\s+for | versus\s+the | contraindicat\w* | unlike | please\s+see | see )\b[^.;]{0,60}$""",
    re.VERBOSE,
)
_AND_SHOWED = r"\.?\s+(?:(?:this|it|which)\s+)?(?:show|demonstrat|reveal|confirm|disclos)"
"""What was asked for was done too: "CT was requested. This showed", "the films that I requested show"."""
_NOT_REPORTED_AFTER = re.compile(
    rf"""[^.;\n]{{0,40}}?\b(?: (?:is|are|was|were|may\s+be|could\s+be|would\s+be|can\s+be|should\s+be)\s+(?:recommended
        |advised|suggested|considered|helpful|useful|needed|indicated|warranted|of\s+(?:use|value)|obtained\s+if
        |more\s+sensitive|pending|available|requested(?!{_AND_SHOWED})|not\s+available|required|necessary|performed\s+for\s+(?:further
        |confirmation))
        | (?:taken|obtained|done|made|performed)\s+(?:elsewhere|outside
            |(?:at|in)\s+(?:another|an?\s+outside|the\s+referring|a\s+peripheral))
        | recommended | advised | to\s+follow | suggested | for\s+further | to\s+(?:further\s+)?(?:evaluate
        |assess|confirm
            |exclude
            |rule|characteri[sz]e) | if\s+(?:clinically|there|needed|symptoms|pain|warranted) | would\s+be
            | could\s+be\s+(?:considered|obtained|performed) | may\s+be | can\s+be | correlation | follow-?up\s+(?:is
            |was|in|recommended|suggested|advised) )\b""",
    re.VERBOSE,
)
_ADVISED_BEFORE = re.compile(
    r"(?:\b(?:needs?|requires?|(?:sugg|rec|adv|advice|advised)\b\s*[:.-]?|arrange|organi[sz]e|book|request(?:ed|ing)?\s+(?:an?|for))\s+(?:[\w/-]+\s+){0,3}"
    r"|\bplan:?\s+(?:for\s+)?(?:an?\s+|urgent\s+)?|^\s*for\s+(?:an?\s+|urgent\s+)?|(?:->|=>|\u2192)\s*)$"
)
"""Right before an exam still to be done: "needs swimmers or CT", "sugg CT", "-> MRI"."""
_OF_WHAT = r"(?:\s+(?!(?:and|ct|mri?|x-?rays?|films?|dxa|show\w*|no|with)\b)[a-z/-]+){0,4}?"
_NOT_DONE_AFTER = re.compile(
    rf"{_OF_WHAT}\s+(?:pending|awaited|booked|tomorrow|to\s+be\s+(?:done|performed|arranged|repeated)"
    rf"|(?<!as\s)(?:ordered|requested|planned)(?!\s+by|{_AND_SHOWED})|not\s+(?:yet\s+)?(?:done|performed|obtained|taken))\b"
    r"|(?:\s+(?:scan|spine|lumbar|thoracic|cervical|head|films?|of|the)){0,4}\s+if\b(?!\s+any)"
)
"""An exam that only has been asked for: "XR pending", "Lumbar film ordered", "CT if tender"."""
_DATED_AFTER = re.compile(
    r"\s+(?:scan\s+|study\s+|examination\s+|exam\s+)?(?:of|from|dated|performed\s+on)?\s*(?:the\s+)?"
    r"(?:\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}[/.]\d{4}\b|(?:19|20)\d\d\b)"
)
"""An exam with a date is an earlier one, except in the title."""
_SOFT_BEFORE = re.compile(
    r"\b(?:repeat|recent|recently|last|since)\b[^.;]{0,40}$|\bthe\s+(?:first|initial)\s+(?:\w+\s+)?$|\b(?:raised|suspected|queried|questioned"
    r"|described)\s+on\s+(?:the\s+)?(?:\w+\s+)?$"
)
"""Words that leave a mention in passing at best: "a recent CT has shown", "the first films showed"."""
_IS_TITLE = re.compile(
    r"[\s\w/&,-]{0,30}\b(?:spine|chest|abdomen|pelvis|thorax|tap|neck)\b[\s\w/&,-]{0,40}(?:\.(?=\s|$)|\n|$)"
)
"""A sentence that is nothing but the name of an exam, as where a title stands behind the reason for it."""
_REPEATED = re.compile(r"\s*(?:follow[\s-]?up|repeat|control|interval)?\s*")
_NOW_BEFORE = re.compile(r"(?<!not\shave\s)\b(?:today'?s|current|present|this|these)\s+(?:\w+\s+)?$")
_CONSISTS_BEFORE = re.compile(
    r"\b(?:examination|exam|study|series)\s+(?:consists?|comprises|includes)\s+(?:of\s+)?[^.;]{0,40}$"
)
_SHOWS = re.compile(
    r"""[^.;:\n]{0,90}?\b(?:show(?:s|ed|ing|n)?|demonstrat\w+|reveal\w*|confirm\w*|depict\w*|display\w*|evidenc\w+
        |disclosed|illustrat\w+|indicat(?:es|ed|ing)|describes|finding|findings|suggests|detected|was\s+obtained|were\s+obtained
        |was\s+performed|were\s+performed|obtained|performed)\b
      | \s+was\s+(?:requested|ordered|done)\.\s+(?:this|it)\s+(?:show|demonstrat|reveal)\w*
      | \s*(?:\([^)]{0,40}\)\s*)?:
      | [^.;:\n]{0,40}:\s*["\u201c]""",
    re.VERBOSE,
)
_CONTROL_AFTER = re.compile(
    r"\s+(?:scan\s+|control\s+)?(?:after|following)\s+(?:the\s+)?(?:(?:cement|pmma)\s+)?(?:injection|procedure|intervention)"
)
"""An exam that only controls what was just done: "CT after the injection: cement fills the cleft"."""
_ON_IMAGES = re.compile(
    r"\b(?:on|in|at)\s+(?:the\s+|a\s+|this\s+|these\s+|plain\s+|lateral\s+|sagittal\s+|axial\s+|coronal\s+"
    r"|non-?contrast\s+|t[12][\w-]*\s+)*$"
)


class _Text:
    """The lower-cased view with its sections."""

    __slots__ = ("scanned", "sections", "starts", "text")

    def __init__(self, text: str, sections: Sequence[Section]) -> None:
        _names(), _contents()  # their gates must stand before the scan
        self.scanned = scan(text)
        self.text = self.scanned.text
        self.sections = sections

    def section(self, offset: int) -> str:
        found = section_at(self.sections, offset)
        return found.name if found else "body"

    def section_start(self, offset: int) -> int:
        found = section_at(self.sections, offset)
        return found.start if found else 0

    def sentence_start(self, offset: int) -> int:
        """Where the sentence, or the line, around an offset begins; at most 300 characters before."""
        low = max(0, offset - 300)
        ends = [self.text.rfind(mark, low, offset) for mark in (". ", "\n", "; ", "? ", "! ")]
        return max(ends) + 1 if max(ends) >= 0 else low

    def title_end(self) -> int:
        """Where the opening lines end that can be a title: the first line with words, and one more if it is short."""
        stripped = len(self.text) - len(self.text.lstrip())
        newline = self.text.find("\n", stripped)
        return len(self.text) if newline < 0 else newline


def _namings(text: _Text) -> list[_Naming]:
    """Every exam that the text reports, in order."""
    found: list[_Naming] = []
    title_end = text.title_end()
    for index in _gates_of_names().open(text.scanned):
        name = _names()[index]
        for match in name.gate.matches(name.pattern, text.scanned, 50):
            rank = _rank(text, match, title_end)
            if rank and (not name.label or _opens_a_line(text, match)):
                found.append(_Naming(name.modality, match.start(), match.end(), rank))
    if _is_operation(text):
        told = [n for n in found if n.modality in ("ct", "mri") and _is_before_operation(text, n)]
        found = [naming for naming in told if _is_of_spine(text, naming)]
    if any(_names_spine(text, naming) for naming in found):
        found = [naming for naming in found if naming.rank == 3 or not _is_of_a_limb(text, naming)]
    if not found:
        return []
    named = sorted(found, key=lambda naming: (naming.start, -naming.end))
    if any(_HYBRID.match(text.text, naming.start) for naming in named) and _is_read_on_ct(text):
        named = [replace(naming, modality="ct") if naming.modality == "other" else naming for naming in named]
    surely = 1 if _PROCEDURE.search(text.text, 0, 160) else 2  # a procedure is only guided by fluoroscopy
    if any(naming.modality != "other" and naming.rank >= surely for naming in named):
        named = [naming for naming in named if naming.modality != "other" or naming.start < title_end]
    titled = any(naming.rank == 3 for naming in named)
    if not titled and _NOTE_GATE.opens(text.scanned) and _NOTE.search(text.text):
        return [naming for naming in named if _is_of_spine(text, naming)]
    return named


_LIMB = (
    r"(?:knee|ankle|wrist|foot|hand|shoulder|elbow|tibia\w*|fibula\w*|forearm|humer\w+|finger|toe|head|brain|skull"
    r"|facial|nasal|sinus)"
)
_LIMB_BEFORE = re.compile(rf"(?<!and\s)(?<![&/+]\s)\b{_LIMB}\s+$")
_LIMB_AFTER = re.compile(
    rf"\s+(?:of\s+(?:the\s+)?)?(?:(?:left|right|l|r)\s+)?{_LIMB}\b(?!\s*(?:and\b|[&/,+-]|c\b|neck\b))"
)


def _is_of_a_limb(text: _Text, naming: _Naming) -> bool:
    """Whether an exam is of a limb or the head alone, beside which one of the spine counts: "L knee film"."""
    before = text.text[max(0, naming.start - 24) : naming.start]
    return _LIMB_BEFORE.search(before) is not None or _LIMB_AFTER.match(text.text, naming.end) is not None


_SPINE_BESIDE = re.compile(
    r"[^.\n]{0,24}\b(?:spine|spinal|vertebra\w*|lumbar|thoracic|thoraco\w+|cervical|dorsal|dorso\w+|lumbo\w+|[ctl]-?spine)\b"
)


def _names_spine(text: _Text, naming: _Naming) -> bool:
    """Whether the name of an exam has a part of the spine beside it: "CT C-spine", "lumbar MRI"."""
    before = text.text[max(0, naming.start - 24) : naming.start].rpartition("\n")[2]
    return _SPINE_BESIDE.match(text.text, naming.end) is not None or _SPINE_BESIDE.match(before) is not None


_OPERATION = re.compile(
    r"\b(?:operative\s+(?:report|note)|operation\s+note|pre-?op\s+dx|estimated\s+blood\s+loss|pre-?operative\s+diagnos\w+|anesthesia\s*:)"
)
_NOTE = re.compile(
    r"\b(?:review\s+of\s+systems|chief\s+complaint|hospital\s+course|operation\s+and\s+procedure"
    r"|history\s+of\s+present\s+illness|reason\s+for\s+(?:visit|referral))\b"
)


_OPERATION_GATE = Gate(
    "operative report",
    "operative note",
    "operation note",
    "preop",
    "pre-op",
    "estimated blood",
    "preoperative",
    "pre-operative",
    "anesthesia",
)
_NOTE_GATE = Gate("review of", "complaint", "hospital", "operation", "illness", "reason")


def _is_operation(text: _Text) -> bool:
    """Whether the text reports an operation, whose imaging is no exam of its own."""
    return any(True for _ in _OPERATION_GATE.matches(_OPERATION, text.scanned, 20))


def _is_before_operation(text: _Text, naming: _Naming) -> bool:
    """Whether an operation note quotes what an exam before it showed ("Preop CT had shown a retropulsed fragment").

    No MRI is done in the theatre, and what an exam "had shown" it showed before.
    """
    before = text.text[text.sentence_start(naming.start) : naming.start]
    return _SHOWS.match(text.text, naming.end) is not None and (
        naming.modality == "mri"
        or text.section(naming.start) in _STORY
        or re.search(r"\bpre-?\s?op(?:erative(?:ly)?)?\W+(?:\w+\W+)?$", before) is not None
        or re.match(r"[^.;:\n]{0,60}?\bhad\s+(?:shown|demonstrated|revealed|confirmed)\b", text.text[naming.end :][:90])
        is not None
    )


_HYBRID = re.compile(r"(?:pet|spect)[\s/-]{1,3}ct\b")
_READ_ON_CT = re.compile(
    r"\b(?:on|in)\s+(?:the\s+)?(?:(?:low-?dose|non-?contrast|native|corresponding|accompanying|fused)\s+)?ct\b"
    r"(?!\s+(?:of|from|dated)\b|\s*(?:19|20)\d\d)|\bct\s+(?:part|component|portion)\b"
    r"|\blow-?dose\s+ct(?:\s+(?:shows?|reveals?|demonstrates?)\b|\s*:)"
)
_ONLY_FOR_LOCALISATION = re.compile(r"[^.\n]{0,60}\b(?:attenuation\s+correct|(?:anatomic(?:al)?\s+)?locali[sz]ation)")


def _is_read_on_ct(text: _Text) -> bool:
    """Whether a PET/CT or SPECT/CT tells what its CT shows: "on the CT part a fissure below the endplate"."""
    return any(
        not _NOT_REPORTED_BEFORE.search(text.text[text.sentence_start(match.start()) : match.start()])
        and not _ONLY_FOR_LOCALISATION.match(text.text, match.end())
        for match in _READ_ON_CT.finditer(text.text)
    )


def _is_of_spine(text: _Text, naming: _Naming) -> bool:
    """Whether a clinical note tells of an exam of the spine or bone, not of any exam of the patient's past."""
    around = text.text[max(text.sentence_start(naming.start), naming.start - 100) : naming.end + 140].split(". ")[0]
    return re.search(r"spin|vertebra|\bback\b|compression|burst|\bcanal\b|t-score|density|[tl]\d", around) is not None


def _opens_a_line(text: _Text, match: re.Match[str]) -> bool:
    before = text.text[max(0, match.start() - 40) : match.start()]
    return re.search(r"(?:^|[\n.:])[\s\d*#)-]*$", before) is not None


def _rank(text: _Text, match: re.Match[str], title_end: int) -> int:
    """How surely an exam named there is one reported: 0 where it is not."""
    section = text.section(match.start())
    start = text.sentence_start(match.start())
    before, after = text.text[start : match.start()], text.text[match.end() : match.end() + 160]
    if section in _SILENT:
        return 2 if section in _LOOSE and re.match(r"\s*:", after) else 0
    if section == "exam":
        return 0 if re.search(r"\bcompar", before) else 3
    titled = match.start() < _A_LINE and section in ("body", "header") and _REPEATED.fullmatch(before) is not None
    now = (titled and bool(before.strip())) or _NOW_BEFORE.search(before) is not None
    if not titled and (_DATED_AFTER.match(after) or _CONTROL_AFTER.match(after)):
        return 0
    if not now and (_NOT_REPORTED_BEFORE.search(before) or _NOT_REPORTED_AFTER.match(after)):
        return 0
    if not now and (_ADVISED_BEFORE.search(before) or _NOT_DONE_AFTER.match(after)):
        return 0
    if _CONSISTS_BEFORE.search(before):
        return 3
    if section in _STORY:
        if not before.strip() and _IS_TITLE.match(after):
            return 2
        requested = re.match(r"\s*request\w*\W+$", before) is not None
        return 1 if requested or _SHOWS.match(after) or (_is_note(text) and _IN_NOTE.match(after)) else 0
    if section == "technique":
        return 3
    if _SOFT_BEFORE.search(before):
        return 1
    return _rank_by_place(text, match, title_end, before, after)


_IN_NOTE = re.compile(r"[^.;:\n]{0,24}[:,]\s|\s*[.\n]|\s*$")
"""What follows an exam that a note quotes where no section of findings follows: "MRI of the 9th: L1 fractured"."""


_PROCEDURE = re.compile(r"\bprocedure\s+note\b")


def _is_note(text: _Text) -> bool:
    """Whether the text has no findings of its own, so that what its history quotes is all that there is."""
    return _PROCEDURE.search(text.text, 0, 160) is not None or not any(
        section.name in ("findings", "impression", "exam") for section in text.sections
    )


def _rank_by_place(text: _Text, match: re.Match[str], title_end: int, before: str, after: str) -> int:
    """3 in a title, 2 for a label or an exam that shows something, 1 in passing."""
    in_front = text.section(match.start()) in ("body", "header")
    if match.start() < title_end < 160 and in_front:
        return 3
    at_line_start = not before.strip(" \t*-#=_0123456789.)(") or len(before.split()) <= 3
    if at_line_start and _IS_LABEL.match(after):
        return 3 if in_front and text.text.count("\n", 0, match.start()) < 6 else 2
    if _SHOWS.match(after) or _ON_IMAGES.search(before) or (at_line_start and match.start() < 200):
        return 2
    return 1


_IS_LABEL = re.compile(r"(?:(?!\b(?:was|were|is|are|has|had|gave|performed|obtained)\b)[^.;\n]){0,60}?(?:[:]|\n|$)")
"""What follows an exam whose name is a label; "DXA was performed: T-score ..." is a sentence."""
_A_LINE = 40
_WITH_MRI = re.compile(r"\s+(?:and|&|\+)\s+(?:the\s+|an?\s+)?mri?\b")
"""Of exams read together MRI shows what is told of signals: "I looked at the CT and MRI: L2 hot on STIR"."""


def _reported(text: _Text, namings: list[_Naming]) -> tuple[ReportedExam, ...]:
    """Each exam with its stretch of text; words in passing count only where nothing better names an exam."""
    best = max((naming.rank for naming in namings), default=0)
    chosen = [naming for naming in namings if naming.rank >= min(best, 2)]
    if best == 3 and len({n.modality for n in chosen if n.rank == 3}) == 1:
        labels = [n for n in chosen if n.rank == 3 or _is_label(text, n)]
        chosen = labels
    exams: list[ReportedExam] = []
    for naming in chosen:
        start = text.sentence_start(naming.start)
        if _WITH_MRI.match(text.text, naming.end) and _by_content(text) == "mri":
            naming = replace(naming, modality="mri")
        if exams and exams[-1].modality == naming.modality:
            continue
        if exams and start <= exams[-1].start:
            start = naming.start
        exams.append(ReportedExam(naming.modality, start, len(text.text), (naming.start, naming.end)))
    if exams and exams[0].start > _A_LINE:
        # What stands before the first exam that is named may describe another: "Single lateral view ... CT confirms".
        earlier = _by_content(_Text(text.text[: exams[0].start], ()))
        if earlier == "radiograph" and exams[0].modality != "radiograph" and best < 3:
            exams.insert(0, ReportedExam(earlier, 0, exams[0].start, (0, 0)))
    ends = [*(exam.start for exam in exams[1:]), len(text.text)][: len(exams)]
    return tuple(
        ReportedExam(exam.modality, 0 if index == 0 else exam.start, end, exam.words)
        for index, (exam, end) in enumerate(zip(exams, ends, strict=True))
    )


def _is_label(text: _Text, naming: _Naming) -> bool:
    """Whether the exam opens a part of the report ("CT HEAD:")."""
    line_start = text.text.rfind("\n", 0, naming.start) + 1
    front = re.split(r"\.\s", text.text[line_start : naming.start])[-1]
    return not front.strip(" \t*-#0123456789.)") and bool(
        re.match(r"[^.;\n]{0,50}(?::|\n)", text.text[naming.end : naming.end + 60])
    )


# --------------------------------------------------------------------------------------------------------- by content

_BOTH_GATE = Gate("ct", "mri")
_BOTH_ADVISED = re.compile(
    r"\b(?:recommend|suggest|advise|consider)\w*\s+(?:an?\s+)?(?:ct\s+(?:and|or|and/or)\s+mri|mri\s+(?:and|or"
    r"|and/or)\s+ct)\b|\b(?:ct|mri)\s+(?:and|or|and/or)\s+(?:ct|mri)\s+(?:is|are|may|would|could|should)\b"
)
_DECIDES = 2
_FEW, _MANY = 3, 5


def _by_content(text: _Text) -> Modality | None:
    """The modality that alone could have shown what the text describes."""
    if _is_operation(text):
        return None
    points: dict[Modality, int] = {"dxa": 0, "ct": 0, "mri": 0, "radiograph": 0}
    for index in _gates_of_contents().open(text.scanned):
        cue = _contents()[index]
        if _occurs(text, cue):
            points[cue.modality] += cue.weight
    if points["dxa"] >= _DECIDES and points["mri"] < _DECIDES and max(points["ct"], points["radiograph"]) < _MANY:
        return "dxa" if _reports_density(text) else None
    if points["ct"] >= _FEW and points["ct"] >= points["radiograph"] - _MANY:
        return "ct" if points["mri"] < points["ct"] else "mri"
    ranked = sorted(((value, modality) for modality, value in points.items() if modality != "dxa"), reverse=True)
    (first, modality), (second, _) = ranked[0], ranked[1]
    if modality != "mri" and _NOTE_GATE.opens(text.scanned) and _NOTE.search(text.text):
        return None
    if first >= _DECIDES and first > second:
        return modality
    if (_BOTH_GATE.opens(text.scanned) and _BOTH_ADVISED.search(text.text)) or (
        not second and _BARE_TITLE.match(text.text)
    ):
        return "radiograph"
    return None


_BARE_TITLE = re.compile(
    r"\s*(?:cervical|thoracic|dorsal|lumbar|lumbo-?sacral|thoraco-?lumbar|dorso-?lumbar|[cdtl](?:/?[ls])?)[\s-]spine"
    r"\s*[:.\n]"
)
"""A region as the whole title is how plain films are headed; CT and MRI name themselves."""


def _occurs(text: _Text, cue: _Cue) -> bool:
    """Whether the exam's own text has the words; a history ends at the latest with its paragraph."""
    if cue.plain:
        return _begins_a_word(text, cue.gate)
    tried = cue.gate.matches(cue.pattern, text.scanned, 60) if cue.gate.stems else cue.pattern.finditer(text.text)
    return any(_is_shown(text, match.start()) for match in tried)


_NOT_SHOWN = _SILENT - _LOOSE


def _is_shown(text: _Text, offset: int) -> bool:
    """Whether what stands there is what the exam shows; a history ends at the latest with its paragraph."""
    section = text.section(offset)
    if section == "comparison":  # What is compared with is told in one sentence; what follows is this exam's.
        return _SENTENCE_END.search(text.text, text.section_start(offset), offset) is not None
    if section in _NOT_SHOWN:
        return False
    return section not in _STORY or _PARAGRAPH.search(text.text, text.section_start(offset), offset) is not None


_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.\n]\s")


def _begins_a_word(text: _Text, gate: Gate) -> bool:
    return any(_is_shown(text, place) for place in gate.places(text.scanned))


_LEAFLET = re.compile(
    r"\b(?:leaflet|reader\s+questions|your\s+(?:bones?|t-?score|results?|doctor)|stands\s+for|no\s+patient\s+exam\w*)\b"
)
_BONE = re.compile(r"\b(?:bmd|bones?|hips?|spine|femoral|femur|lumbar|l[1-4]|radius|densit\w+|osteop\w+|frax|neck)\b")
_NEGATIVE_SCORE = re.compile(r"\b[tz][\s-]?scores?\W{0,4}(?:(?:of|is|was)\s+)?-\d[.,]\d")
_THRESHOLD = re.compile(
    r"\b(?:score\s+(?:value\s+)?(?:above|below|between|greater|less|of\s+less|of\s+-?\d[\d.]*\s+(?:or|to))"
    r"|t-?scores?\s+define|score\s+of\s+[-+]?\d)\b"
)
_OF_SOMEONE = re.compile(
    r"\b(?:patient|was|shows?|showed|measured|region|probability|impression|findings|l1|femoral\s+neck|hip|lumbar"
    r"|neck|ls|spine|fn)\b"
)


def _reports_density(text: _Text) -> bool:
    """Whether density is reported of someone, not only explained, and the scores are of bone."""
    if _LEAFLET.search(text.text) or not (_BONE.search(text.text) or _NEGATIVE_SCORE.search(text.text)):
        return False
    return _OF_SOMEONE.search(text.text) is not None or _THRESHOLD.search(text.text) is None


# ------------------------------------------------------------------------------------------------------------- regions


def _regions_of(text: _Text, exams: tuple[ReportedExam, ...], modality: Modality | None) -> tuple[ImagedRegion, ...]:
    """The regions named where the exam is named; those of the findings where it is not."""
    if modality == "dxa":
        return ("thoracic", "lumbar") if _VFA.search(text.text) else ()
    stretches = [text.text[s.start : s.end] for s in text.sections if s.name in ("exam", "technique")]
    stretches += [
        re.split(r"\n\n|\.\s", text.text[text.sentence_start(e.words[0]) : e.words[1] + 120], maxsplit=1)[0]
        for e in exams
    ]
    if text.sections and text.sections[0].name in ("body", "header"):
        stretches.append(text.text[: min(text.title_end(), 160)])
    regions = {region for stretch in stretches for region in _regions_in(stretch)}
    if not regions and modality == "radiograph" and _CHEST_GATE.opens(text.scanned):
        regions = {"thoracic"}
    if not regions:
        regions = {
            region
            for match in _SPINE_GATE.matches(_SPINE, text.scanned, 30)
            if text.section(match.start()) not in _SILENT | _STORY
            for region in _regions_in(match.group())
        }
    return tuple(region for region in _ORDER if region in regions)


_VFA = re.compile(r"\bi?vfa\b|vertebral\s+(?:fracture\s+)?assessment|\blva\b|\biva\b")
_CHEST_GATE = Gate("lung", "heart", "cardi", "pleural", "pneumothor")
_SPINE_GATE = Gate("spine", "spines", "vertebra")
_SPINE = re.compile(r"[a-z-]+\s+(?:spine|vertebra\w*)")


def _regions_in(stretch: str) -> set[ImagedRegion]:
    pattern, regions = _regions()
    return {region for match in pattern.finditer(stretch) if match.lastindex for region in regions[match.lastindex - 1]}


# ---------------------------------------------------------------------------------------------------------------- date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_DATE = (
    rf"(?:(?P<iso>\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}})|(?P<num>\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:\d{{4}}|\d\d))"
    rf"|(?P<mdy>{_MONTH}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})|(?P<dmy>\d{{1,2}}(?:st|nd|rd"
    rf"|th)?[\s-]+{_MONTH}[\s.,-]+\d{{4}}))(?!\d)"
)
_DATED = re.compile(
    rf"""(?: \b(?:date\s+of\s+(?:the\s+)?(?:exam(?:ination)?|study|service|scan|procedure|test|x-?ray)
        |(?:exam(?:ination)?|exm|study|scan|service|procedure|test|performed|acquisition)\s+date(?:/time)?|dos
        |exam\s+dated?|date\s+performed|date\s+and\s+time\s+of\s+exam\w*)\s*[:=|-]?\s*
          | (?:^|\n)\s*date\s*[:=]\s* ){_DATE}""",
    re.VERBOSE,
)
_PERFORMED = re.compile(
    rf"\b(?:performed|obtained|taken|acquired|imaged|carried\s+out|dated)\s+(?:on\s+|dated\s+)?{_DATE}"
)
_ORDER_LINE = re.compile(rf"\n\s*\d{{6,}}\s+{_DATE}")
_ORDER_GATE = Gate("acc")
_DATE_GATE = Gate("date", "dos")
_PERFORMED_GATE = Gate("performed", "obtained", "taken", "acquired", "imaged", "carried out", "dated")
_EARLIER = re.compile(r"\b(?:prior|previous|compar\w*|last|old|since|born|birth)\b")
_OTHER_DATE = re.compile(
    r"\b(?:dob|born|birth|compar\w*|prior|previous|report\w*|dictated|signed|verified|printed|since|collected"
    r"|received)\W*(?:\w+\W+){0,3}$"
)
_HAS_DATE = re.compile(r"\d[/.-]\d|\d{4}")
_TITLE_DATE = re.compile(_DATE)
_YEAR_PIVOT = 70


def _date_of(text: _Text) -> str | None:
    """The date of this exam: labelled so, else in its title or order line, else as that of the exam performed."""
    labelled = _first_date(text, _DATE_GATE, _DATED)
    if labelled is not None:
        return _iso(labelled)
    for start, end in _title_stretches(text):
        if _HAS_DATE.search(text.text, start, end):
            found = [
                m
                for m in _TITLE_DATE.finditer(text.text, start, end)
                if not _OTHER_DATE.search(text.text[max(start, m.start() - 40) : m.start()])
            ]
            if len(found) == 1:
                return _iso(found[0])
    ordered = _ORDER_LINE.search(text.text, 0, 400) if _ORDER_GATE.opens(text.scanned) else None
    performed = ordered or _first_date(text, _PERFORMED_GATE, _PERFORMED)
    return _iso(performed) if performed is not None else None


def _first_date(text: _Text, gate: Gate, pattern: re.Pattern[str]) -> re.Match[str] | None:
    for match in gate.matches(pattern, text.scanned, 60):
        before = text.text[text.sentence_start(match.start()) : match.start()]
        if text.section(match.start()) not in _SILENT | _STORY and not _EARLIER.search(before):
            return match
    return None


_TITLE = 160
"""A first line longer than this is prose, not a title."""


def _title_stretches(text: _Text) -> Iterator[tuple[int, int]]:
    end = text.title_end()
    if end <= _TITLE:
        yield 0, end
    for section in text.sections:
        if section.name == "exam":
            newline = text.text.find("\n", section.start, section.end)
            yield section.start, section.end if newline < 0 else newline


def _iso(match: re.Match[str]) -> str | None:
    """YYYY-MM-DD, or None where the day and the month could change places."""
    written = match.group("iso") or match.group("num")
    if written:
        parts = [int(part) for part in re.split(r"[-/.]", written)]
        if match.group("iso"):
            return _valid(parts[0], parts[1], parts[2])
        first, second, year = parts
        year += 0 if year > 99 else 1900 if year >= _YEAR_PIVOT else 2000
        if "." in written:
            return _valid(year, second, first)
        if first > 12 or first == second:
            return _valid(year, second, first)
        return _valid(year, first, second) if second > 12 else None
    words = match.group("mdy") or match.group("dmy")
    month = re.search(r"[a-z]{3,}", re.sub(r"(?<=\d)(?:st|nd|rd|th)", "", words))
    numbers = [int(number) for number in re.findall(r"\d+", words)]
    return _valid(numbers[-1], _MONTHS.index(month.group()[:3]) + 1, numbers[0]) if month else None


def _valid(year: int, month: int, day: int) -> str | None:
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        return None
    return date.isoformat() if date.year >= 1895 else None


# ------------------------------------------------------------------------------------------------------------ the whole


def read_exam(view: View, sections: Sequence[Section]) -> Exam:
    """The exam or exams that a report reports, from its title or technique, else its words, else its content.

    ``sections`` carry offsets of the view. A text that names no exam and describes nothing that decides has modality
    None, as has a clinical note that reports none.
    """
    text = _Text(view.text, sections or (Section(name="body", start=0, end=len(view.text)),))
    exams = _reported(text, _namings(text))
    if exams and exams[0].modality == "dxa" and _LEAFLET.search(text.text):
        exams = ()
    shown = _by_content(text) if not exams or text.section(exams[0].words[0]) in _STORY else None
    if shown is not None:
        exams = ()
    modality = _main(text, exams) if exams else shown
    evidence = tuple(view.evidence(*exam.words, text.section(exam.words[0])) for exam in exams)
    date = _date_of(text) if modality is not None else None
    return Exam(modality, exams, _regions_of(text, exams, modality), date, evidence)


def _main(text: _Text, exams: tuple[ReportedExam, ...]) -> Modality:
    """Of several exams the first of the spine, else the first."""
    for exam in exams:
        line = text.text[text.sentence_start(exam.words[0]) : exam.words[1] + 60].split("\n")[0]
        titled = text.section(exam.words[0]) == "exam" or _ORDER_HEAD.match(line) is not None
        if titled and "spin" in line:
            return exam.modality
    return exams[0].modality


_ORDER_HEAD = re.compile(r"\s*obr\|")
"""The head of an HL7 segment that names an exam ordered."""
