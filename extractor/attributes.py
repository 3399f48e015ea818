"""What is said of a finding: how much height is lost, how bad, how old, new or not, and what goes with it.

Two sources: words and numbers that simply state a value (``worded``), and targets that a sentence can also deny or
hedge, such as retropulsion or marrow oedema (``asserted``). Nothing here relates a value to a vertebra; ``vertebrae``
does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import ahocorasick

from extractor import comparison, stems, vocabulary
from extractor.findings import Level
from extractor.gates import automaton_of
from extractor.phrases import behind_denial

if TYPE_CHECKING:
    from extractor.vertebrae import Hit

_Give = Callable[[str, "Hit", str], list[tuple[str, str]]]

CAN_STAND_ALONE = frozenset({
    "retropulsion", "retropulsion_mm", "canal_narrowing_percent", "marrow_edema", "posterior_wall",
    "posterior_column", "malignant_features", "cleft", "etiologies", "mimic", "mimic_offered", "acuity", "change",
    "genant_grade", "height_loss_percent", "grade_then", "height_then", "marrow_normal",
})  # fmt: skip

LIST_SEPARATOR = re.compile(
    r"\s*%?\s*(?:,|and|&|,\s*and|/|;)\s*(?:about|approximately|~|a|<|>|(?:less|more)\s+than|over"
    r"|under)?\s*",
    re.IGNORECASE,
)
"""What may stand between the values of a list: "20, 30 and 50 %"."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of one field of a finding, at ``text[start:end]``. Percentages and millimetres are in low and high."""

    field: str
    value: str
    start: int
    end: int
    low: float = 0.0
    high: float = 0.0
    levels: tuple[Level, ...] = ()
    """The level that the attribute's own words name, if any."""
    asserted: bool = False
    """From a target that the sentence could have denied."""
    standing: bool = False
    others: bool = False
    """Of all vertebrae told but ``levels`` and those that have such a value already."""
    compared: bool = False
    """It compares with an earlier exam in words of its own, so that it goes on from a finding over any break."""
    claimed: bool = False
    """Whether its own words show that it describes something else than a finding of a vertebral body."""


# ------------------------------------------------------------------------------------------------------ words


_WORDED = ("severity", "acuity", "change", "wedge_direction")


@dataclass(frozen=True, slots=True)
class _Found:
    """A modifier where it stands in a sentence, with the face of a match."""

    first: int
    last: int
    words: str

    def start(self) -> int:
        return self.first

    def end(self) -> int:
        return self.last

    def group(self) -> str:
        return self.words


@cache
def _modifiers() -> ahocorasick.Automaton:
    """Every modifier with the fields and values that it states."""
    values: dict[str, list[tuple[str, str]]] = {}
    for field in _WORDED:
        for value, literals in vocabulary.modifiers()[field].items():
            for literal in literals:
                for phrase in vocabulary.expand(literal):
                    stated = values.setdefault(phrase.lower(), [])
                    if field not in [known for known, _ in stated]:
                        stated.append((field, value))
    return automaton_of({phrase: (len(phrase), tuple(stated)) for phrase, stated in values.items()})


def _modifier_words(text: str) -> Iterator[tuple[str, str, _Found]]:
    """Field, value and place of every modifier; of those of one field that overlap, the first and longest."""
    lowered = text.lower()
    found: list[tuple[int, int, str, str]] = []
    for last, (length, stated) in _modifiers().iter(lowered):
        start, end = last - length + 1, last + 1
        if end < len(lowered) and lowered[end].isalnum():
            continue
        if start and lowered[start - 1].isalnum():
            continue
        if start and lowered[start - 1] == "-" and not lowered.endswith("to-", 0, start):
            continue  # the second half of a compound; "mild-to-moderate" is none
        found += [(start, end, field, value) for field, value in stated]
    taken: dict[str, int] = {}
    for start, end, field, value in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= taken.get(field, 0):
            taken[field] = end
            yield field, value, _Found(start, end, text[start:end])


_NOT_SEVERITY = re.compile(
    r"\s*(?:worse\w*|progress\w*|increas\w*|decreas\w*\s+compared|improv\w*|(?:anterior\s+|posterior\s+)?(?:translation|dislocation|subluxation)|interval|further|additional|other|change|enough|interest"
    r"|to\s+(?:the|exclude)|difference|displace|retropuls|stenosis|canal|osteopen|demineral|evidence|for\b|cord"
    r"|replacement|destruction|falls?\b|trauma|interval\s+change|multilevel\s+degen|artifact|motion|limit|degenerative"
    r"|spondyl|disc\b|osteophyt|facet|kypho|scolio|edema|oedema|marrow|bone\s+marrow|arthr|replac|destroy|erod|erosi"
    r"|resol|subsid|disappear|gone\b|vanish|normali|infiltrat|hyper-?intens|bright|bulg|bruis|contus"
    r"|epidural|extradural|para-?(?:spinal|vertebral)|soft[\s-]tissue|cortical\s+(?:step|irregular|disrupt|break)"
    r"|(?:compression|narrowing)\s+(?:of|on)\s+(?:the\s+)?(?:spinal\s+|thecal\s+|dural\s+)?(?:cord|sac|canal|conus|cauda|myelon|roots?|nerves?)\b)",
    re.IGNORECASE,
)
_NOT_ACUITY = re.compile(
    r"\s*(?:on\s+chronic|back\s+pain|pain|onset|low\s+back|angulation|angle|cardio|findings?|process|abnormalit"
    r"|disease|distress|pulmonary|intracranial|illness|marrow|edema|oedema|soft|hematoma|haematoma|studies|study|exam"
    r"|surgery|trauma(?!tic)|fall|injury\s+to|prednis|steroid|history|treatment|imaging|radiograph|x-?ray|mri|ct\b"
    r"|films?"
    r"|comparison|phase|care|schmorl|change|(?:wo)?m[ae]n\b|lady|gentleman|(?:fe)?male|patient|person|age\b)",
    re.IGNORECASE,
)
_NOT_ACUITY_BEFORE = re.compile(r"\b(?:years?|months?|weeks?|days?|yr|yrs|y/o|yo|year-|month-|-)[\s-]*$", re.IGNORECASE)
_NOT_CHANGE = re.compile(
    r"\s*(?:back\s+pain|onset|pain|low\s+back|view|study|exam|patient|fracture\s+line\s+is\s+stable|alignment"
    r"|burst\s+fracture\b(?!.*(?:since|compar|unchang|prior|previous))|appearance\s+of\s+the\s+(?:card|heart|lung)"
    r"|symptom|radicul|numbness|weakness)",
    re.IGNORECASE,
)
_STABLE_MECHANICAL = re.compile(
    r"\bstable\s+(?:(?:vertebral|wedge|compression|burst|thoracic|lumbar|osteoporotic|spinal|injury|fracture|anterior"
    r"|type|column|low-energy|avulsion|[TL]h?-?\d{1,2})[\s-]+)*(?:type\s+)?(?:pattern|injury|injuries|configuration|burst"
    r"|(?:fracture|fractures)\b)|\b(?:mechanically|biomechanically|neurologically|hemodynamically|clinically"
    r"|structurally|statically)\s+stable\b|\bstable\s+from\s+(?:the|an?)\s+(?:static|mechanical|biomechanical"
    r"|neurological)\b|\bstable\s*(?:\(|,)?\s*(?:mechanically|without\s+retropulsion|no\s+surgical|A1"
    r"|two-column)",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:since|compar\w*|prior|previous\w*|interval|unchanged|earlier|last|again|old|chronic|remote|known|appearance"
    r"|\d{4}|XXXX)\b",
    re.IGNORECASE,
)
_DIRECTION_CONTEXT = re.compile(
    r"\s*(?:and\s+(?:medial|middle|central|posterior|superior)\s+(?:part\s+)?)?"
    r"(?:(?:aspect|portion|part|third|half|column|superior|inferior|vertebral|body|cortex|cortical|wall|margin|mild"
    r"|moderate|severe|loss|partial|greater\s+than\s+\w+|predominant)\s*(?:of\s+(?:the\s+)?)?)*\s*"
    r"(?:wedg\w+|compress\w+|height|collapse\w*|loss|deformit\w*|depress\w+|flatten\w*|fractur\w*|impact\w+|#|buckl\w*"
    r"|taper\w*|superior\s+end|reduction|body\s+height|shortening)",
    re.IGNORECASE,
)


def worded(text: str) -> Iterator[Attribute]:
    """Values that words and numbers state by themselves."""
    words = sorted(_modifier_words(text), key=lambda item: (_WORDED.index(item[0]), item[2].first))
    compared = [Attribute("change", value, a, b, compared=True) for value, a, b in comparison.changes(text)]
    compared += _ages(text)
    for field, value, place in words:
        if any(field == told.field and place.first < told.end and told.start < place.last for told in compared):
            continue
        attribute = _word(text, field, value, place)
        if attribute is not None:
            yield attribute
    yield from compared
    lowered = text.lower()
    if "front" in lowered or "behind" in lowered or "back" in lowered or "dorsally" in lowered:
        yield from _front_or_back(text)
    if "ovcf" in lowered:
        for match in _OVCF.finditer(text):
            yield Attribute("etiologies", "osteoporotic:present", match.start(), match.end())
    numbered = _DIGIT.search(text) is not None
    if numbered:
        yield from _table_grade(text)
    yield from _height_losses(text)
    if (
        numbered
        or "gr" in lowered
        or "degree" in lowered
        or "genant" in lowered
        or "sq" in lowered
        or "quanti" in lowered
    ):
        yield from _genant(text)


# Words for age, and words by which it stays unknown.
_AGE = r"(?:age|ages|acuity|chronicity|date|dating|duration|timing|vintage|time\s+of\s+(?:onset|origin|injury))"
_UNKNOWN = (
    r"(?:unknown|uncertain|unclear|indeterminate|indeterminable|undetermined|undeterminable|doubtful|unspecified"
    r"|questionable"
    r"|unascertainable|not\s+(?:\w+\s+)?(?:determinable|determined|known|clear|certain|assessable|established|specified"
    r"|ascertainable|evaluable|reliably\s+\w+)"
    r"|(?:cannot|can\s+not|could\s+not|can't)\s+(?:\w+\s+)?be\s+(?:\w+\s+)?(?:determined|assessed|established"
    r"|specified|told|given"
    r"|ascertained|judged|estimated|stated|evaluated)|(?:hard|difficult|impossible)\s+to\s+(?:\w+\s+)?(?:tell|say"
    r"|determine|assess"
    r"|establish|judge|estimate|ascertain))"
)
_HOW_OLD = (
    r"(?:how\s+(?:old|recent|long\s+ago)|when\s+(?:it|they|this|these)\s+(?:happened|occurred|arose)"
    r"|(?:the|its|their)\s+(?:exact\s+)?age)"
)
# "Age not determinable by this technique", "of unknown date", "no earlier films to say how old these are".
_AGE_UNKNOWN = re.compile(
    rf"\b{_AGE}\s+(?:(?:is|are|of\s+(?:the|this|these|which|each)(?:\s+fractures?|\s+deformit\w+)?|remains?|otherwise"
    rf"|being|still"
    rf"|therefore|thus|seems)\s+){{0,3}}{_UNKNOWN}\b"
    rf"|\b(?:of|with)\s+(?:an?\s+)?(?:unknown|uncertain|unclear|indeterminate|undetermined|undeterminable"
    rf"|indeterminable|doubtful"
    rf"|unspecified|questionable)\s+{_AGE}\b"
    r"|\b(?:no|not|cannot|can't|unable|impossible|difficult|hard|unclear|uncertain|without)\b[^.;]{0,60}?\b(?:say|tell"
    r"|know|determine"
    rf"|establish|judge|date|assess|clear|certain)\s+{_HOW_OLD}\b"
    rf"|\b{_HOW_OLD}\b[^.;]{{0,30}}?\b(?:cannot|can't|could\s+not|unclear|uncertain|unknown|not\s+clear)\b"
    rf"|\b(?:cannot|can't|could\s+not)\s+be\s+(?:aged"
    rf"|dated)\b",
    re.IGNORECASE,
)
# "Dates from 2018", "goes back to childhood", "fractured years before".
_AGED_YEARS = re.compile(
    r"\b(?:dat(?:es|ing|ed)\s+(?:back\s+)?(?:from|to)|(?:goes|going|go|went|reach(?:es)?"
    r"|traced)\s+back\s+to)\s+(?:at\s+least\s+|about"
    r"\s+|before\s+|the\s+)?(?:(?:\w+\s+)?(?:19|20)\d\d|childhood|adolescence|youth|(?:an?\s+)?(?:accident|fall"
    r"|injury))"
    r"|\b(?:fractured|broken|broke|collapsed|injured|sustained|suffered|acquired"
    r"|incurred)\s+(?:[\w-]+\s+){0,3}?(?:years|decades)\s+"
    r"(?:ago|before|earlier|previously|back)\b"
    r"|\b(?:years|decades)[\s-]+old\s+(?:fractur|compress|wedg|deform|collaps)\w*",
    re.IGNORECASE,
)
# "Outcomes of previous fractures", "likely a previous collapse": what is seen comes from an earlier event.
_OF_EARLIER_EVENT = re.compile(
    r"\b(?:outcomes?\s+of|sequela?e?\s+of|residu\w+\s+(?:of|from)|results?\s+of|consequences?\s+of|remnants?\s+of"
    r"|stigmata\s+of|scars?\s+of"
    r"|likely|probably|presumably|represent(?:s|ing)?|due\s+to|secondary\s+to|keeping\s+with|consistent\s+with"
    r"|compatible\s+with"
    r"|suggest(?:s|ing|ive\s+of)|reflect(?:s|ing))\s+(?:an?\s+|the\s+|some\s+)?(?:previous|earlier|past|prior|former"
    r"|bygone)\s+"
    r"(?:\w+\s+){0,2}?(?:fractur\w+|collapses?|injur\w+|trauma|compressions?|insults?|events?|accidents?)",
    re.IGNORECASE,
)
# "The fracture has united", "the fissure is consolidated".
_UNITED = re.compile(
    r"\b(?:has|have|had|is|are|was|were|appears?|now|well|solidly|fully|completely|firmly)\s+(?:been\s+|(?:now|since"
    r"|already|completely"
    r"|fully|solidly|well|largely|firmly|soundly)\s+)*(?:united|consolidated)\b",
    re.IGNORECASE,
)


_AGE_STEMS = stems.group("age", "acuity", "chronicity", "dat", "when", "duration", "how", "timing", "vintage")
_YEARS_STEMS = stems.group("years", "decades", "dat", " back to")
_EARLIER_STEMS = stems.group("previous", "earlier", "past", "prior", "former", "bygone")
_UNITED_STEMS = stems.group("united", "consolidated")


def _ages(text: str) -> Iterator[Attribute]:
    """Ages that several words together state: known years, an earlier event, healed bone, or an age nobody knows."""
    stand = stems.found(text)
    if not stand & (_AGE_STEMS | _YEARS_STEMS | _EARLIER_STEMS | _UNITED_STEMS):
        return
    if stand & _AGE_STEMS:
        for match in _AGE_UNKNOWN.finditer(text):
            yield Attribute("acuity", "indeterminate", match.start(), match.end(), compared=True)
    if stand & _YEARS_STEMS:
        for match in _AGED_YEARS.finditer(text):
            yield Attribute("acuity", "chronic", match.start(), match.end(), compared=True)
    if stand & _EARLIER_STEMS:
        for match in _OF_EARLIER_EVENT.finditer(text):
            yield Attribute("acuity", "chronic", match.start(), match.end())
    if stand & _UNITED_STEMS:
        for match in _UNITED.finditer(text):
            denied = re.search(r"\b(?:not|never|incompletely|partially|partly)\s", match[0], re.IGNORECASE)
            if not denied and not comparison.UNITES_ELSEWHERE.search(text[max(0, match.start() - 40) : match.start()]):
                yield Attribute("acuity", "chronic", match.start(), match.end(), compared=True)


_DIGIT = re.compile(r"\d")
_OVCF = re.compile(r"\bOVCFs?\b", re.IGNORECASE)


# Words of degree that, denied, deny nothing of a finding: "no significant wedging" may still be mild wedging.
_DENIED_DEGREES = frozenset({
    "significant", "significantly", "gross", "grossly", "prominent", "complete", "completely", "substantial",
    "considerable",
})  # fmt: skip
# Words of degree that also speak of the size or completeness of other things.
_DEGREES_WITH_OTHER_USES = frozenset({
    "total", "complete", "small", "advanced", "significant", "grossly", "gross", "prominent", "extensive", "early",
    "minor", "critical",
})  # fmt: skip
# "Mild degenerative wedging" still grades the wedging.
_DEGENERATIVE_SHAPE = re.compile(r"\s*(?:degenerative|osteopenic)\s+(?:anterior\s+)?(?:wedg|compress|deform|height)")
# "Total" grades a loss only where the loss follows.
_ALL_OF_HEIGHT = re.compile(r"\s*(?:\w+\s+)?(?:collapse|loss|height|compress|flatten)", re.IGNORECASE)
# What is prominent without being a loss of height.
_PROMINENT_FEATURE = re.compile(r"\s*(?:linear|area|band|line|lesion|vessel)", re.IGNORECASE)
# Words of size that belong to the spine, the exam or a fragment instead of the loss.
_SIZE_OF_OTHER = re.compile(
    r"\s*(?:spine|burst|fracture\s+healing|healing|resolution|hip|union|exam|study|since|age|intact|normal|stable"
    r"|unstable|instab"
    r"|unchanged|similar|of\s+\d|ossified"
    r"|(?:(?:triangular|rounded|corner|bony|bone|fracture|osseous|separate)\s+){0,3}(?:fragment|piece|ossicle)|bone)",
    re.IGNORECASE,
)


# "Gross lytic destruction", "small dorsal epidural haematoma", "minimally distracted": adjectives may stand between.
_DEGREE_OF_OTHER = re.compile(
    r"\s*(?:(?!(?:and|with|without|of|to|in|at|or|no)\b|\w*(?:wedg|compress|collaps|fract|deform|height|loss|concav|depress|burst"
    r"|flatten))[\w-]+\s+){0,2}?(?:destruction|lysis|h[ae]+matomas?|h[ae]+morrhages?|distract\w*|diastas\w*|separat\w*|tilt\w*"
    r"|gap|effusions?)\b",
    re.IGNORECASE,
)
# "Cord severely compressed".
_CORD_BEFORE = re.compile(
    r"\b(?:cord|conus|sac|cauda\s+equina|nerves?|roots?)\s+(?:(?:is|are|was|were|appears?|now|also|being|\([^()]*\))\s+)*$",
    re.IGNORECASE,
)


def _severity(text: str, value: str, match: _Found, before: str, after: str) -> Attribute | None:
    """A word of degree, unless it grades something else or is denied."""
    word = match.group().lower()
    if _NOT_SEVERITY.match(after) and not _DEGENERATIVE_SHAPE.match(after):
        return None
    if _DEGREE_OF_OTHER.match(after) or _CORD_BEFORE.search(before):
        return None
    if word in _DENIED_DEGREES and re.search(r"\b(?:no|without|any|not)\s+(?:\w+\s+)?$", before, re.IGNORECASE):
        return None
    compared = re.search(r"\b(?:more|less|too|most|least)\s+$", before, re.IGNORECASE)
    if compared and not re.match(
        r",?\s*(?:end-?\s?plate\s+|anterior\s+)?(?:wedg|compress|collaps|deform|fract)", after, re.IGNORECASE
    ):
        return None
    if word == "trace" and re.match(r"\s+of\s+(?:an?\s+|the\s+)?fracture", after, re.IGNORECASE):
        return None  # the line of a fracture, in the words of other languages
    if word == "total" and not _ALL_OF_HEIGHT.match(after):
        return None
    if word == "prominent" and _PROMINENT_FEATURE.match(after):
        return None
    if word == "early" and not re.match(r"\s*(?:wedg|compress|collapse)", after):
        return None
    if word in _DEGREES_WITH_OTHER_USES and _SIZE_OF_OTHER.match(after):
        return None
    return Attribute("severity", value, match.start(), match.end())


# "No acute ...": the age is what is denied.
_ACUITY_DENIED = re.compile(
    r"\b(?:no|without|not|negative\s+for|nor|excludes|(?<!cannot )(?<!not )(?<!can't )exclude)\s+"
    r"(?:(?!(?:and|but)\s+(?:is|was|are|were|has|looks?)\b)\w+\s+){0,3}$",
    re.IGNORECASE,
)
# A denial that is of something else than the age.
_DENIAL_OF_OTHER = re.compile(
    r"\b(?:no|not)\s+(?:change|interval|significant|other|new|further|doubt)\b[^,;]*$|,[^,]*$",
    re.IGNORECASE,
)
# "Recent" said of an exam.
_RECENT_EXAM = re.compile(r"\s*(?:previous|prior|comparison|x-?ray|ct\b|mri|film|scan|study)", re.IGNORECASE)
# "Recently" said of the patient.
_RECENT_EVENT = re.compile(r"\s*(?:moved|seen|travel|diagnosed\s+with\s+\w*c)")
# Words of age with other uses need the finding that they age.
_AGED_FINDING = re.compile(r"\s*(?:\w+\s+){0,3}(?:fractur|compress|deformit|wedg|collapse|$|[.;,])")


_LEFT_OPEN = re.compile(
    r"\b(?:cannot|can\s+not|can't|could\s+not|unclear|uncertain|unknown|unable|impossible|difficult|not)\b",
    re.IGNORECASE,
)
# "And healed without treatment": what became of it later, not its age on this exam.
_HEALED_LATER = re.compile(r"\b(?:and|which|that|it|they|fractures?|had|later|eventually)\s+$", re.IGNORECASE)
# A union that is not complete leaves the fracture's age open.
_UNION_UNDER_WAY = re.compile(
    r"\b(?:increas\w+|progressi\w+|partial\w*|early|incomplete|developing|delayed|beginning|some|further)\s+$",
    re.IGNORECASE,
)
_HOW_IT_HEALED = re.compile(
    r"\s+(?:without|after|within|spontaneously|uneventfully|under|following|over"
    r"|in\s+(?:(?:about|some)\s+)?(?:\d|(?:two|three|four|five|six|a\s+few|several|due)\s))\b",
    re.IGNORECASE,
)


def _acuity(text: str, value: str, match: _Found, before: str, after: str) -> Attribute | None:
    """A word of age, unless it ages something else; one that is denied is ``acuity_denied``."""
    word = match.group().lower()
    if value != "indeterminate" and _WHETHER.search(text[: match.start()]):
        # "Whether this is recent cannot be determined".
        left_open = _LEFT_OPEN.search(text) is not None
        return Attribute("acuity", "indeterminate", match.start(), match.end(), compared=True) if left_open else None
    if _NOT_ACUITY.match(after) or (value == "chronic" and _NOT_ACUITY_BEFORE.search(before)):
        return None
    if re.search(r"\b(?:none|neither|nothing|nil)\s+(?:\w+\s+){0,4}$", before, re.IGNORECASE):
        return None
    if _ACUITY_DENIED.search(before) and not word.startswith(("not", "no ")) and not _DENIAL_OF_OTHER.search(before):
        return Attribute("acuity_denied", value, match.start(), match.end())
    if (
        value in ("chronic", "subacute")
        and re.search(r"\b(?:not|never)\s+(?:\w+\s+){0,2}$", before, re.IGNORECASE)
        and "heal" in word
    ):
        return None
    if word == "bony union" and _UNION_UNDER_WAY.search(before):
        return None
    if word == "recent" and _RECENT_EXAM.match(after):
        return None
    if word == "recently" and _RECENT_EVENT.match(after):
        return None
    if word == "healed" and _HEALED_LATER.search(before) and _HOW_IT_HEALED.match(after):
        return None
    if word in ("active", "established", "consolidated", "historic", "historical") and not _AGED_FINDING.match(after):
        return None
    return Attribute("acuity", value, match.start(), match.end())


# Words of change that also speak of pain, exams and alignment.
_CHANGES_WITH_OTHER_USES = frozenset({
    "new", "newly", "stable", "interval", "increased", "progressive", "increasing", "greater", "progression",
    "worsening", "similar",
})  # fmt: skip
# Verbs of what is new: a fracture, or a cleft and a kyphosis in one that was there.
_COMES_ABOUT = frozenset({
    "has appeared", "have appeared", "has developed", "have developed", "appeared since", "developed since",
    "occurred since", "has occurred since",
})  # fmt: skip
# A height that is greater has not progressed.
_HEIGHT_BEFORE = re.compile(r"\bheights?\s+(?:is\s+|are\s+|was\s+|has\s+|have\s+)?$", re.IGNORECASE)
# Words of worsening that also compare two places of one exam.
_WORSENING = frozenset({
    "greater", "increased", "greater than", "increasing", "advanced since", "worse", "progressive", "more marked",
    "more pronounced", "more severe", "increase in",
})  # fmt: skip
# Words of likeness that also compare with a neighbour.
_LIKENESS = frozenset({"comparable to", "comparable with", "similar", "the same as", "identical", "constant"})
# "Interval" is a change only where a finding follows.
_INTERVAL_FINDING = re.compile(
    r"\s*(?:acute|subacute|compress|wedg|fractur|collapse|development|deformit|height|loss|vertebra|[TL]\d|mild"
    r"|moderate|severe|X{2,})",
    re.IGNORECASE,
)
# "Greater than" that compares sides or numbers, not times.
_GREATER_THAN = re.compile(
    r"\s*(?:\d|expected|right|left|on|that|the\s+(?:right|left)|a\s+(?:third|half)|half|anteriorly|posteriorly|one"
    r"|two)",
    re.IGNORECASE,
)
# A step of worsening needs no prior exam to be one.
_SLIGHTLY = re.compile(r"\b(?:slightly|minimally|mildly|somewhat|clearly|much)\s+$")
# What shows that a word of worsening compares with an earlier exam.
_SINCE_PRIOR = re.compile(
    r"\b(?:since|compar\w*|prior|previous\w*|interval|now|from|progress\w*|\d{4}|than|no)\b",
    re.IGNORECASE,
)
# What increases without being a loss of height.
_INCREASE_OF_OTHER = re.compile(
    r"\s*(?:signal|density|kypho|in\s+(?:signal|density|size)|interstitial|lung|marking|uptake|stir|t2|activity"
    r"|sclerosis)",
    re.IGNORECASE,
)
# Words that name the earlier exam.
_PRIOR_EXAM = re.compile(r"\b(?:since|compar\w*|prior|previous|interval)\b", re.IGNORECASE)
# "Worse at L1 than at T12" compares vertebrae.
_WORSE_THAN_PLACE = re.compile(
    r"\s+(?:than|at|in|on)\s+(?:the\s+)?(?:[TLDC]h?-?\d|right|left|upper|lower|that)",
    re.IGNORECASE,
)
# "No progression" is a stable finding.
_CHANGE_DENIED = re.compile(r"\b(?:no|not|without|nor)\s+(?:\w+\s+){0,3}$", re.IGNORECASE)
# What improves without being a vertebra.
_IMPROVED_OTHER = re.compile(r"\s*(?:pain|symptom|aerat|inspirat|alignment)", re.IGNORECASE)
# Likeness to a neighbour or of a signal, not to an earlier exam.
_SIMILAR_TO_OTHER = re.compile(
    r"\s*(?:adjacent|density|to\s+adjacent|signal|finding|but\s+(?:milder|less)|changes?\s+at)",
    re.IGNORECASE,
)


# "Has lost more than half of its height" tells an amount, "a further compression fracture" of another vertebra.
_MORE_THAN = re.compile(r"\s+(?:than|fractures?|deformit\w+|fx|#)(?!\w)", re.IGNORECASE)

# "To determine whether the fracture is new" leaves it open.
_WHETHER = re.compile(r"\b(?:whether|if)\b[^.;]*$", re.IGNORECASE)
# "The same vertebra" is only named again.
_THE_SAME_ONE = re.compile(
    r"\s*(?!(?:as|since|at|on|in|and|or|but|for|now|today|to|with|height|appearance|degree|extent|shape|configuration"
    r"|form"
    r"|amount|morpholog\w+|compared|now)\b)[a-z]",
    re.IGNORECASE,
)
# "Height constant": what is compared is the vertebra, whatever the sentence spoke of before.
_HEIGHT_IS = re.compile(
    r"\b(?:heights?|shape|form|stature|wedging|compression|deformit(?:y|ies)|fractures?)\s+(?:(?:is|are|has|have"
    r"|remains?"
    r"|was|were|stays?|also|all|still|otherwise|essentially|currently)\s+)*$",
    re.IGNORECASE,
)

# The signal is like that of other vertebrae: no comparison with an earlier exam.
_SIGNAL_BEFORE = re.compile(
    r"\b(?:signal|intensity|marrow)\s+(?:(?:intensity|is|are|remains?|appears?|the)\s+)*$", re.IGNORECASE
)

_SIGNAL_AFTER = re.compile(r"\s*(?:marrow\s+)?(?:signal|intensity)(?:\s+intensity)?\s+(?:as|to|like)\b", re.IGNORECASE)


def _change(text: str, value: str, match: _Found, before: str, after: str) -> Attribute | None:
    """A word of change against an earlier exam, unless it compares something else; "no progression" is stable."""
    word = match.group().lower()
    if word in _CHANGES_WITH_OTHER_USES and _NOT_CHANGE.match(after):
        return None
    if word in ("lost more", "further compression") and _MORE_THAN.match(after):
        return None
    if word == "stable":
        window = text[max(0, match.start() - 22) : match.end() + 70]
        if _STABLE_MECHANICAL.search(window) and not _COMPARED.search(text):
            return None
    if word == "interval" and not _INTERVAL_FINDING.match(after):
        return None
    if word in _WORSENING:
        if word == "greater" and re.match(r"\s+than\b", after):
            return None
        if word == "greater than" and _GREATER_THAN.match(after):
            return None
        if word != "progressive" and not _SLIGHTLY.search(before) and not _SINCE_PRIOR.search(text):
            return None
        if _INCREASE_OF_OTHER.match(after):
            return None
        if word in ("more marked", "more pronounced", "more severe") and not _PRIOR_EXAM.search(text):
            return None
    if word in ("worse", "greater", "more severe", "more marked") and _WORSE_THAN_PLACE.match(after):
        return None
    if value == "new" and _WHETHER.search(text[: match.start()]):
        return None
    if word in _COMES_ABOUT and comparison.of_something_else(text, match.start(), match.end()):
        return None
    if word == "increased" and _HEIGHT_BEFORE.search(before):
        return None
    if word in ("new", "newly") and re.search(r"\b(?:no|without|not)\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE):
        return None
    if value in ("progressed", "improved") and not comparison.states_a_change(text, match.start(), match.end()):
        return None
    denied = _CHANGE_DENIED.search(before)
    if denied and value == "progressed":
        value = "stable"
    elif denied and value == "improved":
        return None
    if value == "improved" and _IMPROVED_OTHER.match(after):
        return None
    if word in _LIKENESS and (_SIMILAR_TO_OTHER.match(after) or _SIGNAL_BEFORE.search(before)):
        return None
    if word.startswith("the same") and comparison.of_something_else(text, match.start(), match.end()):
        return None
    if value == "stable" and _SIGNAL_AFTER.match(after):
        return None
    if word == "the same" and _THE_SAME_ONE.match(after):
        return None
    return Attribute("change", value, match.start(), match.end(), compared=_HEIGHT_IS.search(before[-40:]) is not None)


# "Posterior" names walls and elements unless a shape follows.
_POSTERIOR_SHAPE = re.compile(
    r"\s*(?:wedg|height|collapse|compress|vertebral\s+(?:body\s+)?(?:height\s+loss|wedg))",
    re.IGNORECASE,
)
# A shape or loss that a direction after it may qualify: "loss of height anteriorly".
_SHAPE_BEFORE_DIRECTION = re.compile(
    r"(?:wedg\w+|compress\w+|height|collapse\w*|loss|deformit\w+|flatten\w*|reduction|fracture|depress\w+|%|lost"
    r"|shortened|impact\w+)\s*(?:\([^)]*\)\s*)?(?:,\s*)?(?:(?:of|is|are|in|at|on|about|the|to|through|thru|and|more|so|down|but"
    r"|most|greatest|marked|mainly|particularly|predominantly|especially|worst|seen|mostly|affecting|involving|its"
    r"|maximal|maximally|pronounced|approximately|height|vertebral|body|loss|percent|\d+%?|[TLD]h?-?\d{1,2}|\(|,"
    r"|and)\s*)*$",
    re.IGNORECASE,
)
# "Wedged posteriorly".
_WEDGED_BEFORE = re.compile(r"\bwedg(?:ed|ing)\s+(?:\w+ly\s+)?$", re.IGNORECASE)
# Osteophytes, slips and fusions have directions too.
_DIRECTION_OF_OTHER = re.compile(
    r"\s*(?:wall|cortex|margin|column)?\s*(?:osteophyt|spur|bridg|listh|subluxat|fusion|displac)",
    re.IGNORECASE,
)
# "Lateral" names views and parts unless a shape follows.
_LATERAL_SHAPE = re.compile(
    r"\s*(?:wedg|compress|vertebral|collapse|aspect\s+of\s+the\s+(?:vertebra|body))",
    re.IGNORECASE,
)
# "Lateral" of a projection.
_LATERAL_VIEW = re.compile(r"\s*(?:view|radiograph|film|projection|x-?ray|listh)", re.IGNORECASE)
# Any word for shape or loss.
_ANY_SHAPE = re.compile(r"wedg|height|loss|compress|collapse|flatten|reduc|%|lost|depress|impact", re.IGNORECASE)
# Structures that a direction names, with no shape after it.
_ANTERIOR_STRUCTURE = re.compile(
    r"\s*(?:osteophyt|spur|bridg|longitudinal|vertebral\s+body\s+osteo|margin|cord|to\s+the)",
    re.IGNORECASE,
)
# Corners, ligaments and slips, whatever stands around.
_CORNER_OR_SLIP = re.compile(
    r"\s*(?:superior|inferior)?\s*(?:corner|longitudinal|epidural|osteo|listhesis|subluxation|spondylolisthesis"
    r"|displacement)",
    re.IGNORECASE,
)


# "Anterior height 9 mm" is measured, with nothing said of a loss.
_MEASURED_HEIGHT = re.compile(
    r"\s*(?:vertebral\s+|body\s+)*heights?\s*(?:of|is|was|measures|:|=)?\s*\d+(?:\.\d+)?\s*[cm]m\b",
    re.IGNORECASE,
)
# "The posterior height is preserved", "with normal posterior height": where nothing is lost.
_OF_HEIGHT = re.compile(
    r"\s*(?:(?:vertebral|body|and|middle|central)\s+)*(?:heights?|parts?|portions?|half|third)\b", re.IGNORECASE
)
_HEIGHT_KEPT = re.compile(
    rf"{_OF_HEIGHT.pattern}\s*(?:,|is|are|remains?|being|well|relatively|\s)*"
    r"(?:normal|preserved|maintained|intact|conserved|kept|retained|respected|unaffected|spared)\b",
    re.IGNORECASE,
)
_KEPT_BEFORE = re.compile(
    r"\b(?:normal|preserved|maintained|intact|conserved|retained|unaffected)\s+(?:the\s+)?$", re.IGNORECASE
)
# "Anterior-superior corner compression", "compression of the anterior corner".
_CORNER_COMPRESSED = re.compile(
    r"(?:\s*-?\s*(?:superior|inferior))?\s*(?:corner\s+(?:compress|depress|impact|wedg|collaps)|body\s+(?:has|have"
    r"|had)\s+lost)",
    re.IGNORECASE,
)
_COMPRESSED_CORNER = re.compile(
    r"\b(?:compression|compressed|depression|impaction|wedging|collapse)\s+(?:of|at|in)\s+(?:the\s+)?(?:upper\s+"
    r"|lower\s+|superior\s+"
    r"|inferior\s+)?$",
    re.IGNORECASE,
)
# "Lost height in front", "lower behind", "reduced in height, mildly and at the front".
_FRONT_OR_BACK = re.compile(
    r"\b(?:lower(?:ed)?|reduced|lost|loss|shorter|narrow(?:er|ed)?|decreased|diminished|depressed|compressed|wedged"
    r"|collapsed|flattened"
    r"|squashed|sunk(?:en)?|height|wedging|compression|collapse)\b(?:\s+(?:of|in|its|the|their|some|body|vertebral"
    r"|height|stature|most|mostly"
    r"|mainly|mildly|slightly|moderately|markedly|particularly|especially|predominantly|chiefly|only|and|is|are|down"
    r"|more)|,){0,6}\s+"
    r"(?:(?P<front>in\s+front|at\s+the\s+front|towards\s+the\s+front|frontally)|(?P<back>behind|at\s+the\s+back"
    r"|dorsally|towards\s+the\s+back))"
    r"(?!\s+(?:of|the|wall|margin))\b",
    re.IGNORECASE,
)


def _front_or_back(text: str) -> Iterator[Attribute]:
    """Where the height is lost, in plain words."""
    for match in _FRONT_OR_BACK.finditer(text):
        where = "front" if match["front"] else "back"
        value = "anterior" if match["front"] else "posterior"
        yield Attribute("wedge_direction", value, match.start(where), match.end(where))


# "Of wedge type, with prevalent anterior involvement".
_MOST_INVOLVED = re.compile(r"\s+(?:involvement|predominance|prevalence|component)\b", re.IGNORECASE)


def _wedge_direction(text: str, value: str, match: _Found, before: str, after: str) -> Attribute | None:
    """Where the height is lost, unless the direction names a structure, a view or a slip."""
    word = match.group().lower()
    if word.endswith("ly") and _WEDGED_BEFORE.search(before) and not _DIRECTION_OF_OTHER.match(after):
        return Attribute("wedge_direction", value, match.start(), match.end())
    if value == "posterior" and not _POSTERIOR_SHAPE.match(after):
        return None
    if _MEASURED_HEIGHT.match(after) or _HEIGHT_KEPT.match(after):
        return None
    if _KEPT_BEFORE.search(before) and _OF_HEIGHT.match(after):
        return None
    if value != "lateral" and _MOST_INVOLVED.match(after) and _ANY_SHAPE.search(before):
        return Attribute("wedge_direction", value, match.start(), match.end())
    near_after = _DIRECTION_CONTEXT.match(after) or _CORNER_COMPRESSED.match(after)
    near_before = _SHAPE_BEFORE_DIRECTION.search(before)
    if not near_after and not near_before:
        return None
    if near_after and _DIRECTION_OF_OTHER.match(after):
        return None
    if value == "lateral" and not _LATERAL_SHAPE.match(after):
        return None
    if word == "lateral" and _LATERAL_VIEW.match(after):
        return None
    if not near_after and not _ANY_SHAPE.search(before[-90:]):
        return None
    if not near_after and _ANTERIOR_STRUCTURE.match(after):
        return None
    if _CORNER_OR_SLIP.match(after) and not _CORNER_COMPRESSED.match(after) and not _COMPRESSED_CORNER.search(before):
        return None
    return Attribute("wedge_direction", value, match.start(), match.end())


_READERS: dict[str, Callable[[str, str, _Found, str, str], Attribute | None]] = {
    "severity": _severity,
    "acuity": _acuity,
    "change": _change,
    "wedge_direction": _wedge_direction,
}


def _word(text: str, field: str, value: str, match: _Found) -> Attribute | None:
    """The attribute that a modifier states where it stands; None where it is about something else."""
    reach = 90 if field == "wedge_direction" else 50
    before, after = text[max(0, match.start() - reach) : match.start()], text[match.end() : match.end() + 60]
    return _READERS[field](text, value, match, before, after)


# -------------------------------------------------------------------------------------------------- height loss

_NUMBER = r"\d{1,3}(?:[.,]\d)?"
_PARTS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10,
}  # fmt: skip
_SIGNS = {"\u00bd": 50, "\u2153": 33, "\u2154": 67, "\u00bc": 25, "\u00be": 75, "\u2155": 20, "\u2156": 40}
_COUNTED = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SMALL = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_WORD_NUMBER = rf"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-]{_SMALL})?|ten|fifteen|{_SMALL})"
_FRACTION = re.compile(
    r"(?<![\w/])(?:(?P<above>[1-4])/(?P<below>[23456]|10)(?:rds?|ths?)?(?![\w/%]|\.\d)"
    r"|(?:(?P<count>a|an|one|two|three|four|five|seven|nine)[\s-])?(?P<part>half|halves|third|quarter|fourth|fifth"
    r"|sixth"
    r"|eighth|tenth)s?(?!\w))|(?P<sign>[\u00bd\u2153\u2154\u00bc\u00be\u2155\u2156])"
    rf"|\b(?P<low>{_WORD_NUMBER})(?:\s*(?:-|to|or)\s*(?P<high>{_WORD_NUMBER}))?[\s-]+(?:per\s?cent|%)(?!\w)",
    re.IGNORECASE,
)
# Parts that stand without a number: "a half", and "third" of "lost a good third".
_BARE_PARTS = frozenset({"half", "third", "quarter"})


def _fraction(match: re.Match[str]) -> tuple[float, float] | None:
    """Percentages of a fraction or of a number in words: "two fifths", "1/4", "twenty to thirty per cent"."""
    if match["sign"]:
        value = float(_SIGNS[match["sign"]])
    elif match["above"]:
        value = 100.0 * int(match["above"]) / int(match["below"])
    elif match["part"]:
        if not match["count"] and match["part"].lower() not in _BARE_PARTS:
            return None
        value = 100.0 * _COUNTED[(match["count"] or "one").lower()] / _PARTS[match["part"].lower()]
    else:
        low = _in_digits(match["low"])
        return low, (_in_digits(match["high"]) if match["high"] else low)
    return (round(value), round(value)) if value < 100 else None


def _in_digits(words: str) -> float:
    return float(sum(_COUNTED[word] for word in re.split(r"[\s-]", words.lower())))


_PERCENT = re.compile(
    rf"(?<![\d.,A-Za-z])(?<!\d/)(?P<low>{_NUMBER})\s*(?:%|per\s?cent|pct)?\s*(?:-|to|\u2014|and|or)\s*(?P<high>{_NUMBER})\s*-?"
    rf"(?:%|per\s?cent|pct)(?!\w)|(?<![\d.,A-Za-z])(?P<one>{_NUMBER})\s*-?(?:%|per\s?cent|pct)(?!\w)",
    re.IGNORECASE,
)
_LIST_HEAD = re.compile(
    rf"(?<![\d.,A-Za-z])(?<!\d/)(?P<number>{_NUMBER})\s*%?\s*(?=(?:,\s*{_NUMBER}\s*%?\s*)*(?:,|and|&|,\s*and)\s*{_NUMBER}\s*"
    r"(?:%|per\s?cent))",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:less\s+than|under|below|up\s+to|no\s+more\s+than|not\s+more\s+than|at\s+most|<=?|fewer\s+than|inferior\s+to"
    r"|(?:does|do|did|is|are)?\s*not\s+(?:exceed(?:ing)?|reach(?:ing)?|greater\s+than|higher\s+than|above|over|beyond)"
    r"|below\s+about)\s*(?:about\s+|approximately\s+|an?\s+)?$|[<\u2264]\s*$",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more\s+than|greater\s+than|over|above|at\s+least|exceeding|in\s+excess\s+of|exceeds|upwards\s+of|superior\s+to"
    r"|not\s+less\s+than|no\s+less\s+than|well\s+over|just\s+over|beyond|minimum\s+of|a\s+little\s+over)\s*"
    r"(?:about\s+|approximately\s+|an?\s+|the\s+)?$|[>\u2265]\s*$",
    re.IGNORECASE,
)
_HEIGHT_NEAR = re.compile(
    r"height|loss|lost|compress|collaps|wedg|reduc|decreas|depress|flatten|deformit|fractur|impact|short|stature"
    r"|remain|\bvertebra|genant|\bht\b|crush|burst|diminish|missing|\bgone\b|lower|\bdown\b|sinter|subsid|settle|\bsunk"
    r"|\bdrop|shrunk",
    re.IGNORECASE,
)
_NOT_HEIGHT_AFTER = re.compile(
    r"\s*(?:of\s+(?:the\s+)?)?(?:(?:mild|moderate|severe|central|spinal|bony)\s+)*(?:canal|narrowing|stenosis|encroach"
    r"|compromise|occlusion|slip|anterolisthesis|listhesis|disc|disk|sensitiv|specific|probab|chance|risk|confiden"
    r"|whole|impairment|disability|oxygen|ejection|stenosed|luminal|of\s+patients|decrease\s+in\s+(?:bmd|bone)|bone"
    r"|yearly|per\s+year|retropuls|retrolisthesis|of\s+the\s+(?:canal|spinal|disc|thecal)|of\s+(?:its|the)\s+(?:\w+\s+){0,2}(?:calib(?:re|er)|diameter|lumen)|reduction\s+of\s+the\s+canal"
    r"|of\s+canal|displacement|spinal|predicted|change|increase|fat|body\s+fat|pneumothorax|effusion|narrowed|uptake"
    r"|blockage|lung|translation|subluxation|of\s+(?:young|age|mean)|radius|\(t-score|anterior\s+sublux|slippage|union"
    r"|intravertebral\s+cement|fill)",
    re.IGNORECASE,
)
_NOT_HEIGHT_BEFORE = re.compile(
    r"\b(?:canal|(?:antero-?posterior|ap|sagittal)\s+diameter|stenosis|encroach\w*|narrow\w*|slip\w*|\w*listhesis|bmd|density|ejection\s+fraction|probability|risk"
    r"|disc|disk|discopathy|pinching|(?:dis[ck]|joint)\s+(?:height|space)(?:\s+\w+){0,4}|spinal\s+canal|compromise\w*|radius|fat|occup\w+"
    r"|cord|interspace|retropuls\w+(?:\s+(?:of|by|measuring))?(?=\s*$)|uptake|confidence|fill\w*|translation"
    r"|subluxation|lesion\s+\w+|cement)\b[^,;()]{0,35}$",
    re.IGNORECASE,
)
_REMAINING = re.compile(
    r"\b(?:reduced|decreased|down|diminished|collapsed|compressed|lowered|falls?|fallen|dropped|drops|shrunk)\s+"
    r"(?:in\s+height\s+)?to\s+(?:about\s+|approximately\s+|only\s+|roughly\s+|some\s+|~\s*|around\s+|just\s+)?$"
    r"|\b(?:remaining|residual|preserved|retains?|retained|maintains?|maintained)\s+"
    r"(?:(?:[TLDC]h?-?\d{1,2}|height|vertebral|body|anterior|central|posterior|of|is|at|about|approximately|only"
    r"|roughly|some|the)\s+)*$|\bheight\s+(?:is|of|at|measures)\s+(?:about\s+|only\s+|approximately\s+|roughly\s+"
    r"|now\s+|~\s*|around\s+)*$",
    re.IGNORECASE,
)
_REMAINING_AFTER = re.compile(
    r"\s*(?:of\s+(?:the\s+|its\s+)?(?:normal|expected|original|posterior|adjacent|height)|of\s+that\s+of|remains"
    r"|remaining|residual|is\s+(?:preserved|maintained|left)|compared\s+(?:to|with)|preserved|the\s+height\s+of"
    r"|height\s+(?:remaining|remains|preserved)|of\s+normal|left\b)",
    re.IGNORECASE,
)
_PREVIOUSLY = re.compile(
    r"\b(?:previously|prior|formerly|was|from|earlier|initially|compared\s+(?:to|with)|originally|up\s+from|versus"
    r"|vs\.?|before)\s+(?:(?:about|approximately|only|~|at|estimated|the|study|exam|film|of|just|some|on)\s+)*$",
    re.IGNORECASE,
)


# Cheap test: a percent sign or a fraction is needed at all.
_CAN_STATE_HEIGHT = re.compile(
    r"%|per\s?cent|pct(?<=\bpct)\b|hal[fv]|third|quarter|fourth|fifth|sixth|eighth|tenth|/(?<=\d/)\d"
    r"|[\u00bd\u2153\u2154\u00bc\u00be\u2155\u2156]"
)


# "20 and 30 %" are two values, "between 20 and 30 %" is a range, "from 20 to 30 %" a change.
_AND_OR = re.compile(r"\b(?:and|or)\b", re.IGNORECASE)
_BETWEEN_BEFORE = re.compile(r"\bbetween\s*$", re.IGNORECASE)
_FROM_BEFORE = re.compile(r"\bfrom\s+(?:about\s+|approximately\s+)?$", re.IGNORECASE)


def _height_losses(text: str) -> Iterator[Attribute]:
    """Percentages and fractions of the height of a vertebral body that is lost."""
    if not _CAN_STATE_HEIGHT.search(text.lower()):
        return
    seen: list[tuple[int, int]] = []
    candidates, listed = _height_candidates(text)
    for start, end, low, high in sorted(candidates):
        if any(a < end and start < b for a, b in seen):
            continue
        attribute = _height_loss(text, start, end, low, high, listed=start in listed)
        if attribute is not None:
            seen.append((start, end))
            yield attribute


def _height_candidates(text: str) -> tuple[list[tuple[int, int, float, float]], set[int]]:
    """Start, end, low and high of every percentage and fraction, and the starts of those that belong to a list."""
    candidates: list[tuple[int, int, float, float]] = []
    listed: set[int] = set()
    for match in _LIST_HEAD.finditer(text):
        if re.search(r"\bbetween\s+(?:about\s+)?$", text[: match.start()], re.IGNORECASE):
            continue
        # A list of two is a range only where "to" or a dash says so: "20 and 30%" belongs to two vertebrae.
        value = _value(match.group("number"))
        candidates.append((match.start("number"), match.end("number"), value, value))
        listed.add(match.start("number"))
    for match in _PERCENT.finditer(text):
        if match.group("one"):
            value = _value(match.group("one"))
            candidates.append((match.start(), match.end(), value, value))
            continue
        low, high = _value(match.group("low")), _value(match.group("high"))
        if _AND_OR.search(match.group()) and not _BETWEEN_BEFORE.search(text[: match.start()]):
            if not any(start <= match.start("low") < end for start, end, *_ in candidates):
                candidates.append((match.start("low"), match.end("low"), low, low))
                listed.add(match.start("low"))
            candidates.append((match.start("high"), match.end(), high, high))
        elif _FROM_BEFORE.search(text[: match.start()]) and re.search(r"\bto\b", match.group(), re.IGNORECASE):
            # "From 20 to 40 %" tells what it was and what it is.
            candidates.append((match.start("high"), match.end(), high, high))
        else:
            candidates.append((match.start(), match.end(), low, high))
    for match in _FRACTION.finditer(text):
        written = _fraction(match)
        if written is not None:
            candidates.append((match.start(), match.end(), *written))
    return candidates, listed


def _value(written: str) -> float:
    return float(written.replace(",", "."))


# A fraction without "percent" is of height only beside such a word.
_LOSS_WORD = re.compile(
    r"\b(?:lost|loss|lose\w*|losing|height|reduc\w+|decreas\w+|collaps\w+|compress\w+|diminish\w+|stature|wedg\w+"
    r"|flatten\w*|gone|missing|short\w*|lower(?:ed|ing)?|sunk|shrunk|dropped|down)\b",
    re.IGNORECASE,
)
# "Half of the anterior ..." is a place.
_FRACTION_OF_PART = re.compile(
    r"\s*(?:of\s+the\s+)?(?:anterior|posterior|superior|inferior|upper|lower|middle|lateral|left|right"
    r"|vertebral\s+body\s+(?:is|shows)|canal|lumbar|thoracic|rib|metatars)\b(?!\s+(?:vertebral\s+|body\s+)*height)",
    re.IGNORECASE,
)
# "The anterior third" is a place ...
_PART_BEFORE = re.compile(
    r"\b(?:anterior|posterior|superior|inferior|upper|lower|middle|the|distal|proximal|left|right|first|second)\s+"
    r"(?:one[\s-])?$",
    re.IGNORECASE,
)
# ... unless it is what is lost.
_LOST_BEFORE = re.compile(r"\b(?:lost|loss\s+of|by|lose)\s+(?:\w+\s+)?$", re.IGNORECASE)
# What may follow a fraction of height.
_AFTER_FRACTION = re.compile(
    r"\s*(?:of\b|loss|the\s|its|their|height|vertebral|lost|reduction|compress|collaps|wedg|\)|in\s+height|gone"
    r"|decrease|$|[.;]|short|lower|less\b|smaller|with\s+respect|compared|relative|below|missing|anterior)",
    re.IGNORECASE,
)
# "Height loss is one quarter, the oedema has gone".
_LOSS_IS = re.compile(
    r"\b(?:(?:height\s+loss|loss\s+of\s+(?:\w+\s+)?height|compression|height\s+reduction)\s*(?:is|was|of|:|=|amounts\s+to|measures)?"
    r"|(?:lost|reduced\s+by))\s*(?:(?:about|approximately|around|roughly|nearly|almost|now|some|estimated|at|an?)\s+)*$",
    re.IGNORECASE,
)
# "Lowered by about half, with ...", "reduced in height by approx. one quarter (compression fracture)".
_LOST_BY = re.compile(
    r"\bby\s+(?:(?:about|approximately|approx\.?|ca\.?|circa|roughly|some|around|nearly|almost|over|up\s+to|a|an|good)\s+)*$",
    re.IGNORECASE,
)
_PHRASE_ENDS = re.compile(r"\s*(?:[,(:]|(?:and|with|at|on|in|since|from|but|when)\b)", re.IGNORECASE)
_AND_ANOTHER = re.compile(
    r"\s*(?:,\s*and|,|and|&)\s+(?:(?:about|approximately|roughly|nearly|almost)\s+)?", re.IGNORECASE
)
# A fracture through a third of something is a place.
_PLACE_BEFORE = re.compile(
    r"\b(?:fractur\w*\s+(?:of|in|through)|(?:in|through|involving|within|of)\s+the)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
# "Lost another 10 %" tells how much was added and not how much is gone.
_ADDED = re.compile(
    r"\b(?:another|an?\s+(?:further|additional|extra)|further|additional)\s+(?:about\s+|approximately\s+|some\s+)?$",
    re.IGNORECASE,
)
# "15 %, not 75 %".
_TAKEN_BACK = re.compile(r"\b(?:not|instead\s+of|rather\s+than)\s+(?:the\s+)?$", re.IGNORECASE)
# Height that treatment gave back.
_RESTORED = re.compile(r"\b(?:restor\w*|regain\w*|re-?expan\w*)\b(?:(?!\bloss\b)[^.;]){0,25}$", re.IGNORECASE)
# "Previously 20 %, now 40 %": the earlier value.
_WAS = re.compile(r"\b(?:previously|was|prior)\s+(?:about\s+|approximately\s+|estimated\s+at\s+)?$", re.IGNORECASE)
# The number is a loss, so not what remains.
_LOSS_BEFORE = re.compile(r"\b(?:loss|reduction|decrease|diminution|lost|lose[sn]?)\b[^.;,]{0,45}$", re.IGNORECASE)
# "Reduced to", "remaining": the number is what is left.
_TO_OR_REMAINING = re.compile(r"\bto\s+(?:\w+\s+)?$|remaining|residual|retain|maintain|height\s+(?:is|of|at)")
# The number is a loss, by the words after it.
_LOSS_AFTER = re.compile(r"\s*(?:height\s+)?loss|\s*(?:loss|reduction|decrease)", re.IGNORECASE)
# The number is what is left, by the words after it.
_REMAINS_AFTER = re.compile(
    r"\s*(?:of\s+(?:its\s+|the\s+)?(?:\w+\s+)?height\s+)?(?:remains|remaining|is\s+(?:preserved|maintained|left))"
    r"|\s*(?:height\s+)?(?:remaining|residual|preserved)\b"
    r"(?!\s*(?:height\s+)?(?:loss|reduction|deform|compress|wedg|kypho))",
    re.IGNORECASE,
)
# "Loss has increased from 20 to 40 %": both numbers are losses.
_LOSS_GREW_TO = re.compile(
    r"\b(?:from|loss\s+(?:has\s+)?(?:increased|progressed|gone))\b[^.;]*\bto\s+(?:about\s+)?$",
    re.IGNORECASE,
)


# "40 % or more".
_OR_MORE = re.compile(r"\s*(?:or|and)\s+(?:more|greater|above|over|higher)\b", re.IGNORECASE)
_OR_LESS = re.compile(r"\s*or\s+(?:less|below|under)\b", re.IGNORECASE)
# "25 % loss of L4 height" is of height whatever stands before.
_LOSS_OF_VERTEBRA = re.compile(
    r"\s*(?:loss|reduction)\s+(?:of|in)\s+(?:the\s+)?(?:[TLD]h?\d|vertebral|body)",
    re.IGNORECASE,
)


def _height_loss(text: str, start: int, end: int, low: float, high: float, *, listed: bool) -> Attribute | None:
    """The loss that a number states; None where it is of something else, or of an earlier exam.

    "Less than 20 %" is 0 to 20, "over 50 %" is 50 to 100, "reduced to 40 %" is a loss of 60.
    """
    before, after = text[:start], text[end:]
    unit = text[start : end + 2]
    percent = listed or "%" in unit or re.search(r"per\s?cent|pct", unit, re.IGNORECASE) is not None
    if high > 100 or low > high or _NOT_HEIGHT_AFTER.match(after):
        return None
    if _NOT_HEIGHT_BEFORE.search(before[-70:]) and not _LOSS_OF_VERTEBRA.match(after):
        return None
    if not _HEIGHT_NEAR.search(before[-70:] + " " + after[:60]):
        return None
    if not percent and not _is_fraction_of_height(before, after):
        return None
    if _RESTORED.search(before) or _ADDED.search(before) or _TAKEN_BACK.search(before):
        return None
    then = _is_earlier_value(text, before, after)
    lesser, more = _LESS.search(before), _MORE.search(before)
    if lesser or _OR_LESS.match(after):
        low = 0.0
    elif (more or _OR_MORE.match(after)) and low == high:
        high = 100.0
    if _is_what_remains(before, after):
        low, high = 100.0 - high, 100.0 - low
    return Attribute("height_then" if then else "height_loss_percent", "", start, end, low, high)


# "A fracture of about a fifth of its anterior height", "height loss 1/3 same as before".
_OF_ITS_HEIGHT = re.compile(
    r"\s*of\s+(?:(?:its|the|their|vertebral|body|anterior|central|posterior|normal|original|expected)\s+)*heights?\b",
    re.IGNORECASE,
)
_DIRECTLY_LOST = re.compile(
    r"\b(?:height\s+loss|loss\s+(?:of|in)\s+(?:\w+\s+){0,2}?height|height\s+(?:is\s+|has\s+been\s+)?(?:reduced|decreased|diminished|down"
    r"|lowered))\s*[:=]?\s*(?:(?:of|by|is|was|estimated|at|about|approximately|around|roughly|nearly|almost|some|ca\.?|up\s+to|over|under|more\s+than"
    r"|less\s+than|at\s+least)\s+|[~<>]\s*)*$",
    re.IGNORECASE,
)
# "Loss of height 1/3 of the superior endplate": a place.
_SOMETHING_FOLLOWS = re.compile(r"\s*of\s", re.IGNORECASE)


def _is_fraction_of_height(before: str, after: str) -> bool:
    """Whether a fraction such as "a third" is an amount of height and not a part of a vertebra."""
    # "1/4 and 1/2 loss, respectively": what follows the last of a list follows each.
    while (more := _AND_ANOTHER.match(after)) and (other := _FRACTION.match(after, more.end())):
        after = after[other.end() :]
    if not _LOSS_WORD.search(before[-45:] + " " + after[:35]) or _FRACTION_OF_PART.match(after):
        return False
    if _OF_ITS_HEIGHT.match(after) or (_DIRECTLY_LOST.search(before) and not _SOMETHING_FOLLOWS.match(after)):
        return True
    if _PART_BEFORE.search(before) and not _LOST_BEFORE.search(before):
        return False
    ends = _AFTER_FRACTION.match(after) or (_LOST_BY.search(before) and _PHRASE_ENDS.match(after))
    return bool(ends or _LOSS_IS.search(before)) and _PLACE_BEFORE.search(before) is None


# "From one half to about 80 %".
_TO_A_VALUE = re.compile(
    r"[^.;]{0,40}?\bto\s+(?:(?:about|approximately|roughly|some|over|nearly|almost|a|an|now)\s+)*"
    r"(?:\d|half|third|quarter|(?:one|two|three|four|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)\b)",
    re.IGNORECASE,
)
# "Was 40 % in the earlier film".
_WAS_THEN = re.compile(
    r"\b(?:was|were|been|stood\s+at|measured|amounted\s+to)\s+(?:(?:about|approximately|only|still|at)\s+)*$",
    re.I,
)


# "The fracture, which then showed 20 % loss, is now at 45 %".
_THEN_HAD = re.compile(
    r"\b(?:which|that|it)\s+(?:then|initially|at\s+first|originally|at\s+that\s+time)\s+(?:showed|had|measured|was|were|lost|amounted"
    r"\s+to)\s+(?:[a-z]+\s+){0,3}$",
    re.IGNORECASE,
)
# "45 % (was 20 %)".
_IN_BRACKETS = re.compile(r"\(\s*(?:it\s+)?(?:was|were)\s+(?:\w+\s+)?$", re.IGNORECASE)


# Values in the order of time, of which the last is of this exam: "wk 1 25 %, wk 4 35 %, today 40 %".
_VALUE_NOW = re.compile(
    r"\b(?:today|now|currently|at\s+present|presently)\s*[:=]?\s*(?:(?:is|at|about|approximately)\s+|~\s*)*\d{1,3}\s*(?:%|per\s?cent)"
    r"|\d{1,3}\s*(?:%|per\s?cent)\s*(?:loss\s+)?(?:today|now|currently|at\s+present|presently)\b",
    re.IGNORECASE,
)
_TIME = (
    rf"(?:(?:wk|week|day|month|mo|yr|year)s?\.?\s*\d{{1,3}}|{comparison.DATE}|\d{{1,2}}/\d{{1,2}}|initially"
    r"|at\s+(?:first|baseline|admission|discharge))"
)
_TIME_BEFORE = re.compile(rf"(?<![\w/]){_TIME}\s*[:=]?\s*(?:(?:was|about|approximately)\s+|~\s*)*$", re.IGNORECASE)
_TIME_AFTER = re.compile(rf"\s*(?:(?:loss|on|in|at|after)\s+)*{_TIME}", re.IGNORECASE)
# "20 % at presentation", "35 % last time", "40 % before the procedure": not of this exam, whatever else is said.
_OF_THEN = re.compile(
    r"\s*(?:(?:loss|height)\s+)*(?:at\s+(?:presentation|injury|the\s+time\s+of\s+injury|diagnosis|first\s+presentation)|last\s+time"
    r"|on\s+the\s+(?:first|last|previous|prior|initial|injury|admission)\s+(?:film|exam|study|scan|ct|mri|radiograph)\w*"
    r"|(?:pre-?\s?(?:op\w*|procedure|treatment|augmentation|cement\w*)|before\s+(?:the\s+)?(?:procedure|treatment|surgery|augmentation"
    r"|\w*plasty|cement\w*)))\b",
    re.IGNORECASE,
)


def _is_earlier_value(text: str, before: str, after: str) -> bool:
    """Whether a number is what an earlier exam showed: "from 20 % to 40 %", "previously 20 %, now 40 %"."""
    if (_TIME_BEFORE.search(before) or _TIME_AFTER.match(after)) and _VALUE_NOW.search(text):
        return True
    if _OF_THEN.match(after) and len(_PERCENT.findall(text)) > 1:
        return True
    if (
        _PREVIOUSLY.search(before)
        and not re.match(r"\s*(?:to\s|,?\s*now)", after)
        and re.search(r"\d+\s*%|half|third", before, re.IGNORECASE)
    ):
        return True
    if _THEN_HAD.search(before) or (_FROM_BEFORE.search(before) and _TO_A_VALUE.match(after)):
        return True
    if _WAS_THEN.search(before) and (comparison.NOT_YET.match(after) or _IN_BRACKETS.search(before)):
        return True
    return bool(
        _WAS.search(before)
        and re.search(r"\bnow\b|\bpreviously\b", text, re.IGNORECASE)
        and len(_PERCENT.findall(text)) > 1
    )


# The normal height that a number is measured against.
_OF_NORMAL = re.compile(
    r"\s*(?:of\s+)?(?:(?:the|its|their|that|height|body|vertebral|anterior|of)\s+)*(?:normal|expected|original|former"
    r"|usual|initial"
    r"|anticipated|predicted|neighbou?rs?|neighbou?ring|adjacent|adjoining|previous\s+height|level\s+(?:above|below)"
    r"|one\s+(?:above|below)"
    r"|vertebra\s+(?:above|below)|posterior\s+height)\b(?P<rest>[^.;,]{0,40})",
    re.IGNORECASE,
)
_ABOUT = (
    r"(?:(?:about|approximately|approx\.?|only|roughly|some|around|just|an|estimated|nearly|almost|barely|circa|ca\.?"
    r"|now|currently"
    r"|today|still|under|over|less|more|than|no|at|below)\s+|~\s*|<\s*|>\s*)*"
)
# What shrinks "to" a height that is left; noun and verb.
_SHRINKS_TO = re.compile(
    r"\b(?P<noun>collapse|compression|flattening|reduction|subsidence|sinking"
    r"|loss)\b[^.;,]{0,60}?\bto\s+" + _ABOUT + "$"
    r"|\b(?:reduced|decreased|down|diminished|collapsed|compressed|lowered|falls?|fallen|dropped|drops|shrunk|sunk"
    r"|sank|sunken"
    r"|flattened|squashed|shortened|crushed|subsided)\s+(?:in\s+height\s+)?(?:\w+ly\s+)?to\s+" + _ABOUT + "$",
    re.IGNORECASE,
)
# A loss that the number tells: "lost 40 % of its original height", "reduced by 40 % of normal".
_LOST_OF_NORMAL = re.compile(
    r"\b(?:lost|loss|losing|lose[sn]?|lacks?|missing|by|reduction|decrease|diminution|minus|deficit|drop|given\s+up"
    r"|shortening)\s+"
    r"(?:(?:of|in|height|by|additional|further|another)\s+)*" + _ABOUT + "$",
    re.IGNORECASE,
)
_IS_LOST = re.compile(r"\b(?:lost|gone|missing|lacking)\b", re.IGNORECASE)


def _is_what_remains(before: str, after: str) -> bool:
    """Whether a number is the height that is left and not the height that is lost."""
    normal = _OF_NORMAL.match(after)
    if normal is None and _LOSS_GREW_TO.search(before) and re.search(r"\d", before[-40:]):
        return False
    if _REMAINS_AFTER.match(after):
        return True
    shrinks = _SHRINKS_TO.search(before[-110:])
    if shrinks is not None and (normal is not None or not shrinks["noun"]):
        return True
    if normal is not None and not _LOST_OF_NORMAL.search(before[-60:]) and not _IS_LOST.search(normal["rest"]):
        return not _LOSS_BEFORE.search(before) and _LOSS_AFTER.match(after) is None and "loss" not in normal["rest"]
    if _LOSS_BEFORE.search(before) and not re.search(r"\bto\s+(?:\w+\s+)?$", before):
        return False
    return (
        _REMAINING.search(before) is not None
        and (_REMAINING_AFTER.match(after) is not None or _TO_OR_REMAINING.search(before[-40:]) is not None)
        and _LOSS_AFTER.match(after) is None
    )


# Bare percentages of such a line are of something else.
_CANNOT_BE_HEIGHT = re.compile(
    r"\b(?:canal|stenosis|narrow|bmd|density|risk|chang\w+|gain|annual|signific|frax|dis[ck]s?\b|slip|\w*listhesis|lungs?\b|t-score|ejection|uptake|fill"
    r"|probab|confiden|displace|retropuls|sensitiv|specific|blast|blood|h[a]?emat|smear|plasma|satur|spo2|fraction|phils?\b|lymphocyt|reticulo"
    r"|hba1c|weight|dose|surviv|patients|women|cases)",
    re.IGNORECASE,
)
# A percentage, or a range of them.
_BARE_PERCENT = re.compile(rf"(?<![\d.,A-Za-z])(?P<low>{_NUMBER})(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?\s*%")


def plain_percentages(text: str) -> Iterator[Attribute]:
    """Percentages of a line that has no other words: "T8 25 %"."""
    if "%" not in text or _HEIGHT_NEAR.search(text) or _CANNOT_BE_HEIGHT.search(text):
        return
    for match in _BARE_PERCENT.finditer(text):
        low = _value(match.group("low"))
        high = _value(match.group("high")) if match.group("high") else low
        if low <= high <= 100:
            yield Attribute("height_loss_percent", "", match.start(), match.end(), low, high)


# ------------------------------------------------------------------------------------------------------ Genant

_TABLE_GRADE = re.compile(
    r"\W*(?:TH|T[hH]|[TLD])-?\d{1,2}[\s,:|-]+(?:(?P<first>[0-3])[\s,|-]+[A-Za-z-]"
    r"|(?:wedge\w*|biconcave|crush|normal|anterior|compression|none|no|deform\w*|fracture|concave"
    r"|endplate)[\w\s,/-]*?[\s,|-]+(?P<last>[0-3])\W*$)",
    re.IGNORECASE,
)


def _table_grade(text: str) -> Iterator[Attribute]:
    graded = _TABLE_GRADE.match(text)
    if graded is not None:
        which = "first" if graded.group("first") else "last"
        yield Attribute("table_grade", graded.group(which), graded.start(which), graded.end(which))


# "Deformation of I degree", "wedging of the 2nd degree according to Genant".
_DEGREE = re.compile(
    r"(?:deform\w+|wedging|biconcav\w+|fracture)\s+(?:of\s+(?:T[hH]?|TH|[DL])-?\d{1,2}\s+)?(?:(?:of|in)\s+)?(?:the\s+)?(?P<degree>I{1,3}|[1-3](?=st|nd|rd)|first|second|third)(?:st|nd|rd)?\s+degree\b",
    re.IGNORECASE,
)
_ORDINALS = {"first": "1", "second": "2", "third": "3", "i": "1", "ii": "2", "iii": "3"}
_GRADES = {"0": 0, "1": 1, "2": 2, "3": 3, "i": 1, "ii": 2, "iii": 3, "one": 1, "two": 2, "three": 3, "zero": 0}
_GRADE = re.compile(
    r"\b(?:(?:genant|sq|semi-?quantitative)(?:'s)?\s*(?:(?:classification|score|method|semi-?quantitative|criteria"
    r"|scale|sq|type|system)\s*)*[:,(]?\s*(?:grade|gr\.?|g)?\s*[:=]?\s*(?P<genant>[0-3]|III|II|I)"
    r"|(?:grades?|gr\.?|g(?=\s?[0-3]))\s*-?\s*(?P<grade>[0-3]|III|II|I|one|two|three)"
    r"(?:\s*(?:-|to|/)\s*(?P<upper>[0-3]|III|II))?)(?![\w%/]|\.\d)",
    re.IGNORECASE,
)
_NOT_GENANT = re.compile(
    r"\s*(?:\(?\w*\)?\s*)?(?:-?\s*(?:anterior\s+|posterior\s+|degenerative\s+)?(?:antero|retro|spondylo)?listhesis"
    r"|spondylolys|spondylolis|anterolis|retrolis|tumou?r|glioma|stenosis|spondylolithesis|slip|sprain|strain|liver"
    r"|splenic|esophag|osteoarth|chondro|anterior\s+spondyl|carcinoma|astro|hydroneph|varic|disc|pfirrmann|effusion"
    r"|placenta|schmorl|degener|injur|lymph|vesico|ac\b|facet)",
    re.IGNORECASE,
)


# Grades of slips, discs, ligaments and tumours.
_OTHER_SYSTEM = re.compile(
    r"(?:\b(?:modic|pfirrmann|meyerding|who|asia|frankel|histologic|high|low|kellgren|fisher|ecog|tumou?r"
    r"|carcinoma|lithesis)\W+(?:\w+\W+){0,2}|(?:listhesis|\bslip\w*)\W+(?:[\w/-]+\W+){0,4})$",
    re.IGNORECASE,
)


# "Spondylolisthesis of L4 on L5, grade I", "splenic laceration gr 3".
_OF_OTHER_KIND = re.compile(
    r"(?:listhesis|lacerat\w*|\blac\b|splen\w+|\bliver|hepat\w+|kidneys?|renal|pancrea\w+|varic\w+|hydroneph\w+|reflux"
    r"|arthr\w+|chondro\w+|sprain\w*|strain\w*|\btears?|ulcers?|ascites|carcinom\w*|injur\w+\s+of\s+the\s+(?:bladder|aorta))\b"
    r"(?:(?!fractur|\bfx|#|wedg|compress|collaps|deform|genant|vertebra|biconcav)[^.;]){0,40}$",
    re.IGNORECASE,
)
# "Grade 3, 1 and 2 respectively".
_RESPECTIVELY = re.compile(r"\s*(?:\(?(?:of|after|by|according\s+to)?\s*genant\)?\s*)?,?\s*respectively", re.IGNORECASE)
_MORE_GRADES = re.compile(r"(?:\s*(?:,|and|,\s*and)\s*[0-3](?![\d%]|\.\d))+", re.IGNORECASE)


def _genant(text: str) -> Iterator[Attribute]:
    for match in _DEGREE.finditer(text):
        # Fractures have degrees of other systems too; those of a deformity are Genant's.
        if not match[0].lower().startswith("fract") or "genant" in text.lower():
            written = match["degree"].lower()
            yield Attribute("genant_grade", _ORDINALS.get(written, written), match.start("degree"), match.end())
    for match in _GRADE.finditer(text):
        after, before = text[match.end() :], text[: match.start()]
        if _NOT_GENANT.match(after) or _OTHER_SYSTEM.search(before) or _OF_OTHER_KIND.search(before):
            continue
        written = (match.group("upper") or match.group("genant") or match.group("grade")).lower()
        if comparison.told_of_then(text, match.start(), match.end()):
            yield Attribute("grade_then", str(_GRADES[written]), match.start(), match.end())
            continue
        more = _MORE_GRADES.match(after)
        several = match.group().lower().startswith("grades")
        if more is not None and (several or _RESPECTIVELY.match(after, more.end())):
            for digit in re.finditer(r"[0-3]", more[0]):
                at = match.end() + digit.start()
                yield Attribute("genant_grade", digit[0], at, at + 1, standing=True)
        named = match.group("genant") is not None or re.search(r"genant|semi-?quantitative|\bsq\b", text, re.IGNORECASE)
        yield Attribute("genant_grade", str(_GRADES[written]), match.start(), match.end(), standing=named is not None)


# ------------------------------------------------------------------------------------------------------- asserted


def asserted(text: str, hits: Sequence[Hit]) -> Iterator[Attribute]:
    """Values of targets that a sentence states, denies or hedges."""
    for hit in hits:
        target = vocabulary.targets_by_id()[hit.target]
        if target.kind != "attribute":
            continue
        status = _status(text, hit)
        if status is None and target.value == "pathologic" and _LESS_FAVOURED.match(text, hit.end):
            # "The differential would be a pathologic fracture, which is less favoured."
            yield Attribute("etiologies", "pathologic:possible", hit.start, hit.end, asserted=True)
        if status is None:
            continue
        for field, value in _VALUES[target.value or ""](text, hit, status):
            yield Attribute(field, value, hit.start, hit.end, asserted=True)


_LESS_FAVOURED = re.compile(
    r"[^.;]{0,40}?(?:,\s*(?:which|this|that)|\bbut)\s+(?:is|was|seems|appears)\s+(?:considered\s+|felt\s+|thought\s+)?"
    r"(?:less\s+(?:likely|favou?red)|unlikely)",
    re.IGNORECASE,
)
# Words that end the scope of a negation before the target.
_NEGATION_ENDS = re.compile(
    r",\s*(?:with|mild|moderate|severe|a|an|there)\b|(?<!consistent )(?<!compatible )(?<!associated )\bwith\b"
    r"(?!\s+(?:no|any))|\band\s+(?:mild|moderate|severe|associated|a|an)\b|[.:]\s|\b(?:is|are|shows?|has)\b"
    # "Without any loss of height, was read as an osteoporotic fracture."
    r"|\b(?:was|were)\s+(?:\w+ly\s+)?(?:read|interpreted|taken|regarded|reported|called|judged|considered|diagnosed)\b",
    re.IGNORECASE,
)
# "Retropulsion at L1, none at L3": what is denied is of another vertebra.
_NONE_ELSEWHERE = re.compile(r"(?:none|absent)\s+(?:at|in|of)\b", re.IGNORECASE)
# "Possible, given the retropulsion": the retropulsion itself is certain.
_GIVEN = re.compile(r"\b(?:given|due\s+to|because|based\s+on|in\s+view)\b")


def _status(text: str, hit: Hit) -> str | None:
    """present, possible or absent, as ConText's cues say; None for what is only asked for or of another person."""
    rules = vocabulary.cues_by_id()
    kinds: set[str] = set()
    for cue in hit.cues:
        kind = rules[cue.id].cue
        if kind is None:
            continue
        gap = text[cue.end : hit.start] if cue.end <= hit.start else text[hit.end : cue.start]
        words = text[cue.start : cue.end]
        if kind == "negated":
            if words.lower() == "non" and gap.strip(" -"):
                continue  # "non-contiguous": another word is denied
            if cue.start >= hit.end and _NONE_ELSEWHERE.match(text, cue.start):
                continue
            if cue.end <= hit.start and _NEGATION_ENDS.search(gap) and not re.search(r"\b(?:or|nor)\b", gap):
                continue
            behind = behind_denial(text, (cue.start, cue.end), hit.start, hit.end) if cue.end <= hit.start else "denied"
            if behind == "stated":
                continue
            if behind == "unclear":
                return None
            if cue.end > hit.start and (
                re.search(r"[;.]|\bwith\b|\bbut\b", gap) or (words.lower().endswith("normal") and len(gap) > 25)
            ):
                continue
        if (
            kind == "possible"
            and cue.end > hit.start
            and words.startswith("?")
            and re.match(r"\s*\w", text[cue.end : cue.end + 2])
        ):
            continue
        if words.lower() in ("rather than", "instead of") and "," in gap:
            continue
        if kind == "possible" and _GIVEN.search(gap):
            continue
        kinds.add(kind)
    if kinds & {"hypothetical", "family"}:
        return None
    if "negated" in kinds:
        return "absent"
    return "possible" if "possible" in kinds else "present"


# Where the clause of a target begins ...
_CLAUSE_START = re.compile(r"(?<!\bvs)[;.]\s|\bbut\b|\bhowever\b|\bwhile\b")
# ... and where it ends.
_CLAUSE_END = re.compile(r"(?<!\bvs)[;.](?:\s|$)|\bbut\b|\bhowever\b|\bwhile\b|\balthough\b")


def _clause(text: str, hit: Hit, reach: int = 90) -> tuple[str, str]:
    """The words before and after a target in its own clause."""
    before = _CLAUSE_START.split(text[max(0, hit.start - reach) : hit.start])[-1]
    after = _CLAUSE_END.split(text[hit.end : hit.end + reach])[0]
    return before, after


# Three columns are injured only where an injury is named.
_UNSTABLE = re.compile(r"injur|fractur|fail|disrupt|unstable", re.IGNORECASE)


def _unstable_injury(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """Words for an injury of all columns: translation, distraction, rotation, torn ligaments."""
    words = hit_text(text, hit).lower()
    before, after = _clause(text, hit)
    if status != "present":
        return []
    if words in ("translation", "translational", "distraction", "rotational"):
        named = re.search(r"injur|fractur|instab", text, re.IGNORECASE)
        return [("posterior_column", "injured")] if named else []
    if words.startswith(("three", "3")) and not _UNSTABLE.search(before + after):
        return []
    return [("posterior_column", "injured")]


def hit_text(text: str, hit: Hit) -> str:
    """The words that a target matched."""
    return text[hit.start : hit.end]


# Blood, pus and fat beside the spine are no tumour.
_NO_TUMOUR_MASS = re.compile(r"hematoma|haematoma|abscess|phlegmon|collection|lipomatosis")
# Where a paraspinal mass lies.
_BESIDE_SPINE = re.compile(r"paraspinal|paravertebral|prevertebral|perivertebral|extraosseous")


# "The epidural mass has gone since radiotherapy".
_MASS_GONE = re.compile(
    r"\s+(?:(?:is|has|have|had|are|now|since|also|completely|entirely|all)\s+)*(?:gone|disappeared|vanished|cleared)\b",
    re.IGNORECASE,
)


def _mass(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """A soft-tissue mass beside the spine or in the canal; blood, pus and fat are none."""
    if status != "present":
        return []
    words = text[hit.start : hit.end + 60].lower()
    if _NO_TUMOUR_MASS.search(words) or _MASS_GONE.match(text, hit.end):
        return []
    found = []
    if "epidural" in words or "extradural" in words or "into the canal" in words or "spinal canal" in words[:70]:
        found.append(("malignant_features", "epidural_mass"))
    if _BESIDE_SPINE.search(words) or not found:
        found.append(("malignant_features", "paraspinal_mass"))
    return found


# Destruction of a disc points to infection.
_OF_A_DISC = re.compile(r"\s*of\s+(?:the\s+)?(?:\w+\s+)?(?:dis[ck]|inter)")
_DISC_BEFORE = re.compile(r"\bdis[ck]\w*\s+(?:space\s+)?$", re.IGNORECASE)
# "Destroyed" needs a part of a vertebra.
_PART_OF_VERTEBRA = re.compile(r"pedicle|body|vertebra|cortex|cortical|posterior|arch", re.IGNORECASE)
# A pedicle or the posterior arch.
_PEDICLE = re.compile(r"pedicle|pedicular|posterior\s+(?:arch|element)", re.IGNORECASE)


def _destruction(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """Bone or a pedicle destroyed by a lesion; erosion of end plates beside a disc points to infection."""
    if status != "present":
        return []
    before, after = _clause(text, hit, 60)
    words = hit_text(text, hit).lower()
    if re.search(r"\bno\b|without", before[-40:]) or _OF_A_DISC.match(after) or _DISC_BEFORE.search(before):
        return []
    if re.search(r"\bendplate\s+(?:erosion|destruction)", words) and re.search(r"disc", text, re.IGNORECASE):
        return []
    if words == "destroyed" and not _PART_OF_VERTEBRA.search(before + after):
        return []
    found: list[tuple[str, str]] = []
    if words != "destroyed" and not re.search(r"pedicle|pedicular|winking|missing|absent", words):
        found.append(("malignant_features", "lytic_destruction"))
    if _PEDICLE.search(words + " " + after + " " + before[-30:]) or "winking" in words:
        found.append(("malignant_features", "pedicle_destruction"))
    return found


# Marrow of which a part is replaced, as a band of oedema does.
_IN_PART = re.compile(r"\bpart(?:ial|ly)\w*\s+(?:\w+\s+)?$", re.IGNORECASE)

# Marrow replaced by what is no tumour.
_BY_NO_TUMOUR = re.compile(
    r"\s*by\s+(?:\w+\s+){0,2}(?:fat|cement|o?edema|gas|air|fluid|sclerosis|fibro\w+)\b", re.IGNORECASE
)


def _replacement(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """Marrow replaced by a tumour; replaced in part it may be that of any fracture."""
    if status != "present" or _IN_PART.search(text[: hit.start]) or _BY_NO_TUMOUR.match(text[hit.end :]):
        return []
    return [("malignant_features", "marrow_replacement")]


# A bulge of small degree, or one that is a fragment or is measured, is that of a broken wall.
_SLIGHT = re.compile(
    r"\b(?:slight\w*|mild\w*|minimal\w*|subtle|subtly|small|tiny|minor|trace|faint\w*|discrete\w*|retropuls\w*|fragment\w*)\b"
    r"|\d\s*-?\s*mm\b",
    re.IGNORECASE,
)


# What makes a bulging border that of a tumour.
SPEAKS_OF_TUMOUR = re.compile(
    r"convex|outward|balloon|tumou?r|metasta|marrow|replac|epidural|lesion|\bmass|infiltrat|malignan|neoplas|lymphom"
    r"|myelom|cord",
    re.IGNORECASE,
)


def is_slight(before: str, after: str) -> bool:
    """Whether a bulge is of small degree or measured, as that of a broken posterior wall is."""
    return _SLIGHT.search(before[-25:] + " " + after[:30]) is not None


def _convex(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """A posterior border pushed out by a tumour; a slight bulge is that of a broken wall."""
    before, after = _clause(text, hit, 40)
    bulges = re.search(r"convex|bow", hit_text(text, hit), re.IGNORECASE) is None
    if status != "present" or is_slight(before, after) or (bulges and not SPEAKS_OF_TUMOUR.search(text)):
        return []
    return [("malignant_features", "convex_posterior_border")]


# "Benign" is of the fracture only where it follows.
_BENIGN_FRACTURE = re.compile(
    r"\s*(?:\(?osteoporotic\)?\s+|vertebral\s+|wedge\s+|body\s+|old\s+|insufficiency\s+)*(?:compress|fractur|collaps"
    r"|deformit|wedg)",
    re.IGNORECASE,
)


def _benign(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """A fracture called benign is no pathologic one."""
    after = text[hit.end : hit.end + 50]
    if status != "present" or not _BENIGN_FRACTURE.match(after):
        return []
    return [("etiologies", "pathologic:absent")]


# "A fluid sign and spared marrow favour osteoporosis" is told of fractures as such.
SPEAKS_OF_SIGNS = re.compile(r"\bfavou?r\s+(?:\w+\s+)?(?:osteopor|malign|benign|insuffic)", re.IGNORECASE)


# "Sagittal cleft of a butterfly vertebra", "congenital midline cleft".
_CLEFT_OF_FUSION = re.compile(
    r"\b(?:sagittal|midline|coronal|pars|lamina\w*|arch|neural|congenital|butterfly(?:\s+vertebra)?)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)


def _cleft(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """A fluid or gas cleft in the vertebral body; unknown where it is only suspected."""
    words = hit_text(text, hit).lower()
    bare = words in ("cleft", "clefts", "fluid sign")
    if bare and re.search(r"palate|lip|disc|fracture\s+cleft", text, re.IGNORECASE):
        return []
    if bare and _CLEFT_OF_FUSION.search(text[: hit.start]):
        return []  # of a vertebra that has not fused
    if SPEAKS_OF_SIGNS.search(text[hit.end :]):
        return []
    if status == "present" and _CLEFT_CLOSED.match(text, hit.end):
        status = "absent"
    return [("cleft", status)] if status != "possible" else []


# "The fluid cleft has filled in", "the cleft seen then is no longer visible".
_CLEFT_CLOSED = re.compile(
    r"\s*(?:(?!\b(?:and|but|with|is|are|has|have)\b)[\w'-]+\s+){0,5}?(?:has|have|is|are)\s+(?:(?:now|since|completely|almost|meanwhile|been|"
    r"also)\s+)*(?:filled(?!\s+with\s+(?:gas|fluid|air))|closed|healed|obliterated|consolidated|gone|disappeared|resolved|vanished"
    r"|no\s+longer\b|not\s+(?:seen|visible|present|demonstrated))",
    re.IGNORECASE,
)


_DOUBTED = re.compile(
    r"(?:possib|cannot|exclude|suspicious|concern|worrisome|query|question|[?])[^,;]*$",
    re.IGNORECASE,
)
_NOT_EXCLUDED = re.compile(r"(?:cannot|not)\s+(?:be\s+)?(?:entirely\s+)?(?:excluded|ruled)", re.IGNORECASE)


# Words for a tumour, which is the cause of a fracture only where the sentence says so.
_TUMOURS = frozenset({
    "metastasis", "metastases", "metastatic disease", "mets", "myeloma", "multiple myeloma", "neoplasm", "malignancy",
    "metastatic", "malignant", "neoplastic", "plasmacytoma", "lymphoma", "tumour deposit", "tumor deposit",
})  # fmt: skip
# A word of cause that qualifies bones, organs, treatment or the patient.
_CAUSE_OF_OTHER = re.compile(
    r"\s*(?:changes?|bone\s+(?:density|disease)|patient|appearance\s+of\s+the\s+bones|treatment|therapy|workup|bones?"
    r"|spine|process\s+of\s+the|vertebral\s+bodies\s+are|calcif|arthr|disc|brain|injury\s+to|subarachn|cord|neurom"
    r"|spondylol|hardware|lung|liver|nodes?|lymph|deposits\s+in\s+the\s+(?:liver|lung))",
    re.IGNORECASE,
)
# Insufficiency of valves, veins, organs and other bones.
_OTHER_INSUFFICIENCY = re.compile(
    r"\b(?:aortic|venous|mitral|renal|adrenal|cardiac|vascular|pelvic|pubic|tricuspid|vitamin|respiratory)\s+$",
    re.IGNORECASE,
)
# The cause of a fracture of another bone.
_OTHER_FRACTURE = re.compile(
    r"\b(?:rib|hip|sacral|pelvic|pubic|femoral|humeral|wrist)\s+(?:\w+\s+)?fractur",
    re.IGNORECASE,
)
# A cause that is probable counts as stated.
_CAUSE_LIKELY = re.compile(
    r"\b(?:likely|probably|probable|presumed|presumably|suspected|consistent|compatible|favou?r\w*|most\s+likely"
    r"|suggest\w*|appears?|in\s+keeping)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)
# A cause called less likely stays possible.
_CAUSE_UNLIKELY = re.compile(
    r"\s*(?:\w+\s+){0,6}?(?:(?:is|are|considered|thought|felt)\s+)*(?:less\s+(?:likely|favou?red)|unlikely)",
    re.IGNORECASE,
)
_LESS_LIKELY_BEFORE = re.compile(r"\bless\s+(?:likely|probably)\s+(?:an?\s+|to\s+be\s+)*$", re.IGNORECASE)
# "Rather than an osteoporotic fracture".
_CAUSE_REJECTED = re.compile(
    r"\b(?:rather\s+than|instead\s+of|not|non|as\s+opposed\s+to|against|than)\s*-?\s*(?:an?\s+|of\s+|the\s+presence\s+of\s+an?\s+)?$",
    re.IGNORECASE,
)
# Hedges under which a cause is only possible.
_CAUSE_POSSIBLE = re.compile(
    r"\b(?:possible|possibly|may|might|could|\?|cannot|versus|vs|or)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
# One cause offered beside another.
_CAUSE_OR_OTHER = re.compile(
    r"\s*(?:(?:compression\s+|vertebral\s+)*(?:fracture|collapse)s?\s+)?(?:versus|vs\.?|or)\s+(?:(?:an?|benign|simple|acute"
    r"|underlying|post-?|possible|due|to|of|the)\s*)*(?:pathologic|metasta|malign|osteopor|insuffic|trauma|neopl)",
    re.IGNORECASE,
)
# One cause offered after another.
_OTHER_CAUSE_OR = re.compile(
    r"\b(?:versus|vs\.?|or)\s+(?:(?:an?|benign|simple|acute|underlying|possible|of|due|to|the)\s+)*$", re.IGNORECASE
)
# "Pathological fracture suspected".
_SUSPECTED_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:fractur\w*|collaps\w*|compression)\s+(?:(?:is|are|was|were)\s+)?(?:to\s+be\s+)?(?:also\s+)?"
    r"(?:suspected|possible|queried|questioned|considered\s+possible|\?)",
    re.IGNORECASE,
)
# The fracture that directly follows its cause.
_HEDGED_FRACTURE = re.compile(
    r"\s*(?:wedge\s+|vertebral\s+|compression\s+|burst\s+|body\s+|[TLD]\d+\s+)*(?:fractur|collapse|deformit|compress|#"
    r"|fx)",
    re.IGNORECASE,
)


# "No underlying lesion".
_LACKING = re.compile(r"\b(?:no|without|nor|not\s+any|absence\s+of(?:\s+any)?)\s+(?:\w+\s+)?$", re.IGNORECASE)
# A word of cause that qualifies something else than a fracture: "traumatic pneumatocele", "myelomatous marrow disease".
_OF_OTHER_NOUN = re.compile(
    r"\s+(?:(?!(?:given|with|and|or|in|of|at|due|on|from|is|are|as|by|to|because|rather|without|the|but|for)\b)[a-z-]+\s+){0,2}?"
    r"(?:marrow|disease|pneumato\w*|ha?ematoma\w*|lesions?|deposits?|foc(?:us|i)|mass(?:es)?|nodul\w*"
    r"|nodes?|infiltrat\w*|haemorrhage|hemorrhage|injur\w+|brain|aort\w+|contusion\w*|tears?|disc|arthropath\w*|involvement"
    r"|process\w*(?!\s+with)|uptake|enhancement|signal\w*|subluxation|listhesis|spondylolisthesis|changes?|osteopenia|bones?"
    r"|skeleton|spine|patient|woman|man|lady|female|male|women)\b(?![\s-]*(?:with\s+)?(?:\w+\s+)?(?:fractur|collaps|compress)"
    r"|\s*(?:can|could)(?:\s*not|n?'t)|\s+(?:is|are)\s+(?:not\s+excluded|possible))",
    re.IGNORECASE,
)
# "Other vertebrae osteoporotic".
_OF_THE_REST = re.compile(
    r"\b(?:other|remaining|rest|all)\b[^,;]{0,25}(?:vertebra\w*|bod(?:y|ies)|bones?|levels|spine|skeleton)\s+"
    r"(?:(?:is|are|appears?|also|diffusely)\s+)*$",
    re.IGNORECASE,
)
# "To be ruled out": still open.
_TO_BE_EXCLUDED = re.compile(
    r"\s*(?:[\w-]+\s+){0,3}?(?:(?:has|have|needs?|ought)\s+to|to|should|must|needs?)\s+(?:be\s+)?(?:excluded|excluding"
    r"|ruled\s+out|considered|kept\s+in\s+mind|discussed)",
    re.IGNORECASE,
)
# Another cause named before.
_A_CAUSE = re.compile(r"osteopor|insuffic|fragil|trauma|benign|myelom|lymphom|infect|osteomyel", re.IGNORECASE)
# "? osteoporotic": the cause alone is asked.
_QUERIED = re.compile(r"\?\s*$|\b(?:query|queried|possibly|perhaps)\s+$", re.IGNORECASE)
# "No suspicion that this is pathological": the denial reaches over the verb.
_NOT_SUSPECTED = re.compile(
    r"\b(?:no|without|nor|little)\s+(?:\w+\s+){0,2}(?:suspicion|evidence|suggestion|indication|reason|sign)s?\s+"
    r"(?:that|to\s+(?:suspect|believe|think|suggest))\b[^.;,]*$",
    re.IGNORECASE,
)
# What is denied is another fracture.
_OF_OTHERS = re.compile(
    r"\b(?:no|without|any)\s+(?:new|other|further|additional|more)\s+(?:\w+\s+){0,2}$", re.IGNORECASE
)
_ELSEWHERE_AFTER = re.compile(r"\s*(?:\w+\s+){0,3}(?:elsewhere|otherwise)\b", re.IGNORECASE)
# A denial that nothing ends before the cause.
_NEGATED_LEAD = re.compile(r"\b(?:no|not|without|nor|neither|isn't|aren't)\b[^,]*$", re.IGNORECASE)
# Words that commit the report to a cause, directly before or after it.
_FAVOURED_BEFORE = re.compile(
    r"(?<!less\s)(?<!not\s)(?<!un)\b(?:favou?r(?:s|ed)?|presumed|presumably|presumptive(?:ly)?|likely|probably|considered"
    r"|(?:regard|interpret|consider|evaluat|diagnos|classif|judg|deem|view|assess|see|read)(?:e?d|ied|s|n|e)?\s+(?:\w+\s+)?as|typical(?:\s+of|\s+for)?"
    r"|characteristic\s+of|consistent\s+with|compatible\s+with|in\s+(?:keeping|line)\s+with)\s+(?:to\s+(?:be|represent|reflect)\s+)?(?:of\s+)?(?:an?\s+|the\s+)?(?:\w+ly\s+)?$",
    re.IGNORECASE,
)
_FAVOURED_AFTER = re.compile(
    r"[\s-]*(?:(?:compression\s+|vertebral\s+)*(?:origin|nature|cause|a?etiology|genesis|basis|background|mechanism|fractures?"
    r"|collapse|type)\s+)?(?:(?:is|are|was|were|appears?|seems?|to\s+be|felt|thought)\s+)*(?<!not\s)(?:most\s+|much\s+|more\s+"
    r"|very\s+|considered\s+)?(?:likely|probable|favou?red|presumed|considered|assumed)\b(?!\s+(?:less|un))",
    re.IGNORECASE,
)


def _etiology(kind: Literal["osteoporotic", "pathologic", "traumatic"]) -> _Give:
    """A cause of the fracture and how sure the report is of it; "rather than ..." makes it absent."""

    def give(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
        before, after = _clause(text, hit, 70)
        words = hit_text(text, hit).lower()
        if kind == "pathologic" and re.match(r"\s*insufficiency", after, re.IGNORECASE):
            return []
        if (
            kind != "pathologic"
            and _CAUSE_OF_OTHER.match(after)
            and not re.search(r"fractur|collapse|compress", after[:25], re.IGNORECASE)
        ):
            return []
        if kind == "osteoporotic" and words == "osteopenic":
            return []
        if kind == "osteoporotic" and words.startswith(("insuf", "fragility")) and _OTHER_INSUFFICIENCY.search(before):
            return []
        if _OTHER_FRACTURE.search(after[:40]) and not re.search(r"vertebra|compression|wedge", after[:40]):
            return []
        if kind == "pathologic" and words in _TUMOURS:
            return _named_cause(text, hit, status, before, after)
        if kind == "pathologic" and words.startswith("underlying") and _LACKING.search(before):
            return [("etiologies", "pathologic:absent")]
        if _OF_OTHER_NOUN.match(after) or _OF_THE_REST.search(before):
            return []
        if _TO_BE_EXCLUDED.match(after):
            return [("etiologies", f"{kind}:possible")]
        if _QUERIED.search(before) and not _HEDGED_FRACTURE.match(after):
            return [("etiologies", f"{kind}:possible")]
        if kind == "pathologic" and _NOT_SUSPECTED.search(before):
            return [("etiologies", "pathologic:absent")]
        if status == "absent" and (_OF_OTHERS.search(before) or _ELSEWHERE_AFTER.match(after)):
            return []
        lead = _FAVOURED_BEFORE.search(before) and not _NEGATED_LEAD.search(before)
        if (lead or _FAVOURED_AFTER.match(after)) and not _CAUSE_OR_OTHER.match(after):
            return [("etiologies", f"{kind}:present")]
        if _CAUSE_UNLIKELY.match(after) or _LESS_LIKELY_BEFORE.search(before):
            return [("etiologies", f"{kind}:possible")]
        if _CAUSE_REJECTED.search(before):
            return [("etiologies", f"{kind}:absent")]
        if (
            status == "possible"
            and _CAUSE_LIKELY.search(before)
            and not _CAUSE_POSSIBLE.search(before)
            and not re.search(r"^\s*(?:versus|vs\.?|or)\b", after, re.IGNORECASE)
        ):
            return [("etiologies", f"{kind}:present")]
        if _CAUSE_OR_OTHER.match(after) or _OTHER_CAUSE_OR.search(before):
            return [("etiologies", f"{kind}:possible")]
        if status == "absent":
            of_fracture = re.search(r"fractur|compress|collaps", after[:30], re.IGNORECASE)
            denied = kind == "pathologic" or (kind == "osteoporotic" and of_fracture)
            return [("etiologies", f"{kind}:absent")] if denied else []
        if (
            status == "possible"
            and _HEDGED_FRACTURE.match(after)
            and not re.search(r"\b(?:possibly|\?|versus|or)\s*$", before, re.IGNORECASE)
        ):
            # "Possible osteoporotic fracture": the fracture is hedged, not its cause.
            hedged_cause = kind == "pathologic" and (
                _DOUBTED.search(before) is not None
                or _NOT_EXCLUDED.search(after) is not None
                or _SUSPECTED_AFTER.match(after) is not None
            )
            return [("etiologies", f"{kind}:possible" if hedged_cause else f"{kind}:present")]
        return [("etiologies", f"{kind}:{status}")]

    return give


_CAUSE_OF_FRACTURE = re.compile(
    r"\b(?:due\s+to|secondary\s+to|from|caused?(?:\s+by)?|related\s+to|resulting\s+from|underlying|because\s+of"
    r"|consequent\s+(?:to|upon)|attributable\s+to|as\s+a\s+result\s+of|result\s+of|in\s+the\s+setting\s+of|reflect\w*"
    r"|represent\w*|consistent\s+with|suspicious\s+for|concern\w*\s+for|worrisome\s+for|suggest\w*(?:\s+of)?"
    r"|in\s+keeping\s+with|compatible\s+with|exclude|favou?r\w*|possible|probable|likely|versus|vs\.?|or|\?|indicat\w*"
    r"|of)\s+(?:(?:an?|the|underlying|possible|known|bone|bony|osseous|vertebral|diffuse|a|spinal|metastatic|to"
    r"|multiple|extensive|malignant)\s+)*$",
    re.IGNORECASE,
)


# "Metastatic compression fracture": the tumour qualifies the fracture.
_CAUSE_ADJECTIVE = re.compile(
    r"\s*(?:(?:type|compression|vertebral|vertebra|body|burst|wedge|disease|related|-related|crush|acute|chronic|old"
    r"|lytic|bone|lesion\s+with)\s+)*(?:fractur\w*|collaps\w*|compression|deformit\w*|#|fx|etiolog\w*|aetiolog\w*"
    r"|cause|causation|involvement\s+with\s+(?:fracture|collapse)|wedg\w*)",
    re.IGNORECASE,
)
# "Metastasis with collapse": the tumour leads to the fracture.
_CAUSES_FRACTURE = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:caus\w+|with\s+(?:associated\s+|resultant\s+|secondary\s+|partial\s+)?"
    r"(?:\w+\s+){0,2}?(?:pathologic|collapse|compression|fracture|vertebra\s+plana|wedg|height\s+loss|loss\s+of\s+(?:\w+\s+)?height)"
    r"|has\s+caused|resulting\s+in|(?:has|have|had|which)\s+led\s+to|leading\s+to|complicated\s+by)",
    re.IGNORECASE,
)
# Any word for a fracture or its shape.
_FRACTURE_WORD = re.compile(
    r"fractur|collaps|(?<!cord )(?<!root )(?<!sac )(?<!nerve )compress|deformit|wedg|height", re.IGNORECASE
)
# A cause alone in brackets after its vertebra: "T10 (metastatic)", "T8 (likely malignant, new)".
_IN_BRACKETS = re.compile(r"(?:fractur|collaps|compress|deformit|wedg)[^()]*\([^()]{0,25}$", re.IGNORECASE)
_BRACKET_ENDS = re.compile(r"\s*(?:in\s+\w+\s*|origin\s*|deposit\s*)?[),;.?]", re.IGNORECASE)
# "Not a metastasis".
_REJECTED_BEFORE = re.compile(r"\b(?:than|instead\s+of|not)\s+(?:an?\s+)?$", re.IGNORECASE)
# A tumour of the patient's history.
_TUMOUR_HISTORY = re.compile(r"\bhistory\s+of\b|\bknown\s+(?:case\s+of\s+)?$|\bh/o\b", re.IGNORECASE)
# A tumour that is the probable cause counts as stated.
_TUMOUR_LIKELY = re.compile(
    r"\b(?:(?<!less )likely|probabl[ey]|presumed|suspected|favou?r\w*|most\s+likely)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)


def _named_cause(text: str, hit: Hit, status: str, before: str, after: str) -> list[tuple[str, str]]:
    """A tumour named as the cause of the fracture; a tumour that is only also there says nothing of the cause."""
    adjective = _CAUSE_ADJECTIVE.match(after)
    causes = _CAUSES_FRACTURE.match(after)
    cause = _CAUSE_OF_FRACTURE.search(before) and _FRACTURE_WORD.search(before + after)
    if _REJECTED_BEFORE.search(before) and re.search(r"osteopor|insuffic|fractur|benign", before, re.IGNORECASE):
        return [("etiologies", "pathologic:absent")]
    adjective = adjective or (_IN_BRACKETS.search(before) and _BRACKET_ENDS.match(after))
    if _TO_BE_EXCLUDED.match(after) or (_QUERIED.search(before) and (adjective or _BRACKET_ENDS.match(after + "."))):
        return [("etiologies", "pathologic:possible")]
    if (adjective or cause) and _OTHER_CAUSE_OR.search(before) and _A_CAUSE.search(before):
        return [("etiologies", "pathologic:possible")]
    if not (adjective or causes or cause):
        if (
            status == "possible"
            and any(cue.start >= hit.end for cue in hit.cues)
            and not re.search(r"history|known", before, re.IGNORECASE)
        ):
            # "Lymphoma most likely, vertebra plana of T5"
            return [("etiologies", "pathologic:present" if _FAVOURED_AFTER.match(after) else "pathologic:possible")]
        if status == "absent" and re.search(r"\b(?:cause|etiology|underlying)\b", before + after, re.IGNORECASE):
            return [("etiologies", "pathologic:absent")]
        return []
    if _TUMOUR_HISTORY.search(before[-40:]) and not adjective:
        return []
    if _REJECTED_BEFORE.search(before):
        return [("etiologies", "pathologic:absent")]
    if (
        status == "possible"
        and _TUMOUR_LIKELY.search(before)
        and not re.search(r"\b(?:versus|or|vs)\b", before[-30:] + after[:20])
    ):
        return [("etiologies", "pathologic:present")]
    return [("etiologies", f"pathologic:{status}")]


# "Fracture versus Schmorl node": the mimic is one of two readings.
_ALTERNATIVE_BEFORE = re.compile(
    r"(?:fractur|compress|injur|traum|patholog|insuffic|malign|metasta|acute|lesion|#)[^;.]*\b(?:versus|vs\.?|or|/)\s+"
    r"(?:an?\s+|the\s+|be\s+|possibly\s+|perhaps\s+|just\s+|less\s+likely\s+|(?:broad|large|small|deep|big|old|simple"
    r"|central|prominent|giant|shallow|chronic|mere)\s+)*$",
    re.IGNORECASE,
)
# "Schmorl node versus fracture": the mimic is one of two readings.
_ALTERNATIVE_AFTER = re.compile(
    r"\s*(?:wedging|deformity|variant|node|change|disease|in\s+nature|remodel\w*|variation|wedge"
    r"|morphology)?s?\s*,?\s*(?:versus|vs\.?|or\s+(?:an?\s+|from\s+|due\s+to\s+|grade\s+\w+\s+|old\s+|acute\s+"
    r"|chronic\s+|mild\s+|early\s+|more\s+|subtle\s+)*(?:fractur|compress|traum|injur|acute|insuffic|patholog"
    r"|osteopor))",
    re.IGNORECASE,
)
# "Favour a Schmorl node over a fracture": offered, not stated.
_PREFERRED_MIMIC = re.compile(
    r"\s*(?:wedging|deformity|variant|node|change|disease|wedge)?s?\s*(?:over|or)\s+(?:an?\s+)?(?:old\s+|acute\s+"
    r"|recent\s+|true\s+|remote\s+|chronic\s+|healed\s+|mild\s+|minor\s+|minimal\s+|slight\s+|subtle\s+|prior\s+)*(?:compress|fractur|injur)",
    re.IGNORECASE,
)
# "Beyond physiologic", "rather than degenerative": the mimic is refused.
_BEYOND_MIMIC = re.compile(
    r"\b(?:too|more\s+than|rather\s+than|beyond|exceed\w*|not|greater\s+than)\b[^,;]*$",
    re.IGNORECASE,
)
# "Degenerative wedging".
_DEGENERATIVE_WEDGE = re.compile(
    r"\s*(?:anterior\s+|mild\s+|remodel\w*\s+)*(?:wedg|height|deformit|compress|flatten|endplate\s+depress)",
    re.IGNORECASE,
)
# "Wedging likely due to degenerative change".
_SHAPE_BY_DEGENERATION = re.compile(
    r"(?:wedg\w*|deformit\w*|height\s*(?:loss)?|flatten\w*|depression|shorten\w*|taper\w*|concavit\w*)\b[^;.]{0,60}\b(?:likely|probably|due|secondary"
    r"|related|favou?r\w*|consistent|in\s+keeping|represent\w*|reflect\w*|is|are|on(?:\s+an?)?|from|appears?|attributed"
    r"|compatible|considered|felt|thought|of)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)
# "Anterior wedging of several bodies, degenerative in nature"; in anonymised text the noun may be masked.
_IN_NATURE = re.compile(r"\s+in\s+(?:nature|origin|appearance|character|a?etiology|cause|x{3,})\b", re.IGNORECASE)
# The sentence itself refuses a fracture.
_NO_FRACTURE = re.compile(r"rather\s+than|no\s+(?:\w+\s+)?fractur|not\s+(?:a\s+)?fractur", re.IGNORECASE)
# "Depression probably from a Schmorl node".
_SHAPE_BY_SCHMORL = re.compile(
    r"(?:depress\w*|deformit\w*|concav\w*|wedg\w*|height|irregularit\w*|indentation|impression|fractur\w*|compress\w*"
    r"|collapse)\b[^;]{0,70}\b(?:likely|probably|due|secondary|related|favou?r\w*|consistent|in\s+keeping|represent\w*"
    r"|reflect\w*|suggest\w*|compatible|is|are|from|by|considered|thought|felt|attributed|to|typical|rather)\s+"
    r"(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)
# "Schmorl node rather than fracture", "Schmorl's deformity".
_SCHMORL_SHAPE = re.compile(
    r"\s*(?:rather\s+than|deformit|-related|related|,?\s*not\s+(?:a\s+)?fractur|with\s+(?:anterior\s+)?"
    r"(?:wedging|height\s+loss)|causing)",
    re.IGNORECASE,
)
# What else is congenital: heart, canal, fusion, ribs.
_CONGENITAL_OTHER = re.compile(
    r"\s*(?:heart|block|fusion|hip|stenosis|narrow|canal|anomal\w+\s+of\s+the\s+(?:rib|heart))|ly\s+"
    r"(?:narrow|short|small)",
    re.IGNORECASE,
)
# "Congenital wedging", "congenitally short vertebra".
_CONGENITAL_SHAPE = re.compile(
    r"\s*(?:\w+\s+){0,2}?(?:wedg|deform|vertebra|bod(?:y|ies)|short|height|variant|anomal|in\s+(?:nature|origin)"
    r"|fusion|cleft|compress|hemi|butterfly|T\d|L\d)",
    re.IGNORECASE,
)
# "Wedging ... congenital".
_SHAPE_BEFORE = re.compile(r"(?:wedg\w*|deformit\w*|shape\w*|height|compress\w*)\b[^.;]{0,60}$", re.IGNORECASE)
# A congenital cause needs a vertebra or a shape in its sentence.
_VERTEBRAL_SHAPE = re.compile(
    r"wedg|deformit|vertebra|body|bodies|hemi|butterfly|dysmorph|height|compress",
    re.IGNORECASE,
)
# A physiologic shape needs a shape in its sentence, or a word for the one before.
_SHAPE_NAMED = re.compile(
    r"wedg|height|deformit|vertebra|endplate|depress|compress|contour|concav|shape|taper|shorten|\b(?:this|these|it)\b"
    r"|^\W*(?:regarded|considered|interpreted|taken|judged|deemed|viewed)\b",
    re.IGNORECASE,
)
# What else is physiologic: curves, motion, uptake.
_PHYSIOLOGIC_OTHER = re.compile(
    r"\s*(?:lordosis|kyphosis|lordotic|kyphotic|movement|motion|curv|range|uptake|activity|cooling|calcif)",
    re.IGNORECASE,
)


# "May be physiologic, though a fracture is not excluded" offers, "likely physiologic" explains.
_MAY_BE = re.compile(
    r"\b(?:may|might|could)\s+(?:(?:also|merely|simply|just|only|well|equally|still)\s+)?(?:be|represent|reflect)\s*$",
    re.IGNORECASE,
)


_OF_A_LEVEL = re.compile(r"\s*(?:of|at|in)\s+(?:the\s+)?[A-Z]+-?\d{1,2}\b")


def mimic_offered(text: str, start: int, end: int) -> bool:
    """Whether a mimic is one of two readings beside a fracture: "fracture versus limbus vertebra"."""
    level = _OF_A_LEVEL.match(text, end)
    after = text[level.end() if level else end :]
    return bool(_ALTERNATIVE_BEFORE.search(text[:start]) or _ALTERNATIVE_AFTER.match(after))


def _mimic(value: str) -> _Give:
    """Another explanation of a shape: ``mimic`` where it is stated, ``mimic_offered`` where a fracture is one too."""
    does_not_fit = _DOES_NOT_FIT.get(value)

    def give(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
        before, after = _clause(text, hit, 80)
        alternative = _ALTERNATIVE_BEFORE.search(before) or _ALTERNATIVE_AFTER.match(after)
        if status == "absent" or alternative:
            return [("mimic_offered", value)] if alternative else []
        may_be = _MAY_BE.search(text, max(0, hit.start - 30), hit.start) is not None
        if (may_be or (status == "possible" and "?" in text)) and re.search(
            r"fractur|#|trauma|injur", text, re.IGNORECASE
        ):
            return [("mimic_offered", value)]
        if _PREFERRED_MIMIC.match(after):
            return [("mimic_offered", value)]
        if _BEYOND_MIMIC.search(before[-40:]):
            return []
        if does_not_fit is not None and does_not_fit(text, hit, before, after):
            return []
        return [("mimic", value)]

    return give


def _not_physiologic(text: str, hit: Hit, before: str, after: str) -> bool:
    """Whether "physiologic" or "within normal" is said of something else than a shape."""
    words = hit_text(text, hit).lower()
    if (
        "normal" in words
        and "within" in words
        and not re.search(r"wedg\w*|deformit\w*|concav\w*", before, re.IGNORECASE)
    ):
        return True
    return not _SHAPE_NAMED.search(text) or _PHYSIOLOGIC_OTHER.match(after) is not None


# "This is likely", before "degenerative" alone: what was told in the sentence before.
_THIS_IS = re.compile(
    r"\W*(?:this|these|both|they|it|all)\s+(?:(?:is|are|to|be|may|might|could|most|more|merely|just|likely|probably|presumably|considered"
    r"|felt|thought|appears?|looks?|represents?|reflects?|favou?red|also|rather|an?|due|again|simply|only|well|old)\s+){1,6}",
    re.IGNORECASE,
)
# "Wedging of C5, a degenerative change rather than trauma".
_IN_APPOSITION = re.compile(
    r"(?:wedg\w*|deformit\w*|height\s*(?:loss)?|flatten\w*|depression|shorten\w*|taper\w*)\b[^;.]{0,60},\s*an?\s+$",
    re.IGNORECASE,
)


def _not_degenerative(text: str, hit: Hit, before: str, after: str) -> bool:
    """Whether degeneration is only there too and does not explain a shape."""
    if _THIS_IS.fullmatch(text[: hit.start]) and re.match(r"[\s.,;]*$|\s+(?:in\s+nature|rather)\b", after):
        return False
    in_nature = _IN_NATURE.search(text, hit.start, hit.end + 20) and _SHAPE_NAMED.search(before)
    explained = in_nature or _DEGENERATIVE_WEDGE.match(after) or _SHAPE_BY_DEGENERATION.search(text[: hit.start])
    if not explained and not _IN_APPOSITION.search(text[: hit.start]):
        return True
    return re.search(r"fractur", after[:40], re.IGNORECASE) is not None and not _NO_FRACTURE.search(text)


def _not_schmorl(text: str, hit: Hit, before: str, after: str) -> bool:
    """Whether a Schmorl node is only there too and does not explain a shape."""
    return not _SHAPE_BY_SCHMORL.search(text[: hit.start]) and not _SCHMORL_SHAPE.match(after)


def _not_congenital(text: str, hit: Hit, before: str, after: str) -> bool:
    """Whether "congenital" is said of something else than the shape of a vertebra."""
    if _CONGENITAL_OTHER.match(after) or not _VERTEBRAL_SHAPE.search(text):
        return True
    if _SHAPE_BEFORE.search(before):
        return False
    return not _CONGENITAL_SHAPE.match(after) or re.match(r"\s*(?:\w+\s+)?ribs?\b", after) is not None


_DOES_NOT_FIT: dict[str, Callable[[str, Hit, str, str], bool]] = {
    "physiologic": _not_physiologic,
    "degenerative": _not_degenerative,
    "schmorl_node": _not_schmorl,
    "congenital": _not_congenital,
}


_VALUES: dict[str, _Give] = {
    "benign": _benign, "unstable_injury": _unstable_injury, "cleft": _cleft,
    "pathologic": _etiology("pathologic"), "osteoporotic": _etiology("osteoporotic"),
    "traumatic": _etiology("traumatic"), "mass": _mass, "destruction": _destruction,
    "marrow_replacement": _replacement, "convex_border": _convex,
    "scheuermann": _mimic("scheuermann"), "schmorl_node": _mimic("schmorl_node"),
    "physiologic": _mimic("physiologic"), "degenerative": _mimic("degenerative"), "congenital": _mimic("congenital"),
}  # fmt: skip
