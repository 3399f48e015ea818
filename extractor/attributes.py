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
from typing import TYPE_CHECKING

import ahocorasick

from extractor import vocabulary
from extractor.findings import Level

if TYPE_CHECKING:
    from extractor.vertebrae import Hit

_Give = Callable[[str, "Hit", str], list[tuple[str, str]]]

CAN_STAND_ALONE = frozenset({
    "retropulsion", "retropulsion_mm", "canal_narrowing_percent", "marrow_edema", "posterior_wall", "posterior_column", "malignant_features", "cleft",
    "etiologies", "mimic", "mimic_offered", "acuity", "change", "genant_grade", "height_loss_percent",
})  # fmt: skip

LIST_SEPARATOR = re.compile(r"\s*%?\s*(?:,|and|&|,\s*and|/|;)\s*(?:about|approximately|~|a)?\s*", re.IGNORECASE)
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
    automaton = ahocorasick.Automaton()
    for phrase, stated in values.items():
        automaton.add_word(phrase, (len(phrase), tuple(stated)))
    automaton.make_automaton()
    return automaton


def _modifier_words(text: str) -> Iterator[tuple[str, str, _Found]]:
    """Field, value and place of every modifier; of those of one field that overlap, the first and longest."""
    lowered = text.lower()
    found: list[tuple[int, int, str, str]] = []
    for last, (length, stated) in _modifiers().iter(lowered):
        start, end = last - length + 1, last + 1
        if start and (lowered[start - 1].isalnum() or lowered[start - 1] == "-" and not lowered.endswith("to-", 0, start)) or end < len(lowered) and lowered[end].isalnum():
            continue
        found += [(start, end, field, value) for field, value in stated]
    taken: dict[str, int] = {}
    for start, end, field, value in sorted(found, key=lambda item: (item[0], -item[1])):
        if start >= taken.get(field, 0):
            taken[field] = end
            yield field, value, _Found(start, end, text[start:end])


_NOT_SEVERITY = re.compile(r"\s*(?:worse\w*|progress\w*|increas\w*|decreas\w*\s+compared|improv\w*|interval|other|change|enough|interest|to\s+(?:the|exclude)|difference|displace|retropuls|stenosis|canal|osteopen|demineral|evidence|for\b|cord|replacement|destruction|fall\b|trauma|interval\s+change|multilevel\s+degen|artifact|motion|limit|degenerative|spondyl|disc\b|osteophyt|facet|kypho|scolio|edema|oedema|marrow|bone\s+marrow|arthr)", re.IGNORECASE)
_NOT_ACUITY = re.compile(r"\s*(?:on\s+chronic|back\s+pain|pain|onset|low\s+back|angulation|angle|cardio|findings?|process|abnormalit|disease|distress|pulmonary|intracranial|illness|marrow|edema|oedema|soft|hematoma|haematoma|studies|study|exam|surgery|trauma|fall|injury\s+to|prednis|steroid|history|treatment|imaging|radiograph|x-?ray|mri|ct\b|films?|comparison|phase|care|schmorl|change)", re.IGNORECASE)
_NOT_ACUITY_BEFORE = re.compile(r"\b(?:years?|months?|weeks?|days?|yr|yrs|y/o|yo|year-|month-|-)[\s-]*$", re.IGNORECASE)
_NOT_CHANGE = re.compile(r"\s*(?:back\s+pain|onset|pain|low\s+back|view|study|exam|patient|fracture\s+line\s+is\s+stable|alignment|burst\s+fracture\b(?!.*(?:since|compar|unchang|prior|previous))|appearance\s+of\s+the\s+(?:card|heart|lung)|symptom|radicul|numbness|weakness)", re.IGNORECASE)
_STABLE_MECHANICAL = re.compile(r"\bstable\s+(?:(?:vertebral|wedge|compression|burst|thoracic|lumbar|osteoporotic|spinal|injury|fracture|anterior|type|column|low-energy|[TL]h?-?\d{1,2})[\s-]+)*(?:pattern|injury|injuries|configuration|burst|(?:fracture|fractures)\b)|\b(?:mechanically|biomechanically|neurologically|hemodynamically|clinically|structurally)\s+stable\b|\bstable\s*(?:\(|,)?\s*(?:mechanically|without\s+retropulsion|no\s+surgical|A1|two-column)", re.IGNORECASE)
_COMPARED = re.compile(r"\b(?:since|compar\w*|prior|previous\w*|interval|unchanged|earlier|last|again|old|chronic|remote|known|appearance|\d{4}|XXXX)\b", re.IGNORECASE)
_HEDGED_ALTERNATIVE = re.compile(r"\b(?:versus|vs\.?|or|/)\s*$", re.IGNORECASE)
_DIRECTION_CONTEXT = re.compile(
    r"\s*(?:and\s+(?:medial|middle|central|posterior|superior)\s+(?:part\s+)?)?(?:(?:aspect|portion|part|third|half|column|superior|inferior|vertebral|body|cortex|cortical|wall|margin|mild|moderate|severe|loss|partial|greater\s+than\s+\w+|predominant)\s*(?:of\s+(?:the\s+)?)?)*\s*(?:wedg\w+|compress\w+|height|collapse\w*|loss|deformit\w*|depress\w+|flatten\w*|fractur\w*|impact\w+|#|buckl\w*|superior\s+end|reduction|body\s+height|shortening)",
    re.IGNORECASE,
)


def worded(text: str) -> Iterator[Attribute]:
    """Values that words and numbers state by themselves."""
    words = sorted(_modifier_words(text), key=lambda item: (_WORDED.index(item[0]), item[2].first))
    for field, value, match in words:
        attribute = _word(text, field, value, match)
        if attribute is not None:
            yield attribute
    for match in _NOT_ON_PRIOR.finditer(text):
        yield Attribute("change", "new", match.start(), match.end())
    for match in _AS_ON_PRIOR.finditer(text):
        yield Attribute("change", "stable", match.start(), match.end())
    for match in re.finditer(r"\bOVCFs?\b", text, re.IGNORECASE):
        yield Attribute("etiologies", "osteoporotic:present", match.start(), match.end())
    graded = _TABLE_GRADE.match(text)
    if graded is not None:
        which = "first" if graded.group("first") else "last"
        yield Attribute("table_grade", graded.group(which), graded.start(which), graded.end(which))
    yield from _height_losses(text)
    yield from _genant(text)
    yield from _millimetres(text)
    yield from _canal(text)


def _word(text: str, field: str, value: str, match: _Found) -> Attribute | None:
    before, after = text[max(0, match.start() - (90 if field == "wedge_direction" else 50)) : match.start()], text[match.end() : match.end() + 60]
    word = match.group().lower()
    if field == "severity":
        if _NOT_SEVERITY.match(after) and not re.match(r"\s*(?:degenerative|osteopenic)\s+(?:anterior\s+)?(?:wedg|compress|deform|height)", after):
            return None
        if re.search(r"\b(?:no|without|any|not)\s+(?:\w+\s+)?$", before, re.IGNORECASE) and word in ("significant", "significantly", "gross", "grossly", "prominent", "complete", "completely", "substantial", "considerable"):
            return None
        if re.search(r"\b(?:more|less|too|most|least)\s+$", before, re.IGNORECASE) and not re.match(r"\s*(?:wedg|compress|collaps|deform|fract)", after, re.IGNORECASE):
            return None
        if word == "total" and not re.match(r"\s*(?:\w+\s+)?(?:collapse|loss|height|compress|flatten)", after, re.IGNORECASE) or word == "prominent" and re.match(r"\s*(?:linear|area|band|line|lesion|vessel)", after, re.IGNORECASE):
            return None
        if word == "early" and not re.match(r"\s*(?:wedg|compress|collapse)", after):
            return None
        if word in ("total", "complete", "small", "advanced", "significant", "grossly", "gross", "prominent", "extensive", "early", "minor", "critical") and re.match(r"\s*(?:spine|burst|fracture\s+healing|healing|resolution|hip|union|exam|study|since|age|intact|normal|stable|unchanged|similar|of\s+\d|ossified|bony\s+fragment|fragment|bone)", after, re.IGNORECASE):
            return None
    if field == "acuity":
        if _NOT_ACUITY.match(after) or (value == "chronic" and _NOT_ACUITY_BEFORE.search(before)):
            return None
        if re.search(r"\b(?:none|neither)\s+(?:\w+\s+){0,4}$", before, re.IGNORECASE):
            return None
        if re.search(r"\b(?:no|without|not|negative\s+for|nor|excludes?|exclude)\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE) and not word.startswith(("not", "no ")) and not re.search(r"\b(?:no|not)\s+(?:change|interval|significant|other|new|further|doubt)\b[^,;]*$|,[^,]*$", before, re.IGNORECASE):
            return Attribute("acuity_denied", value, match.start(), match.end())
        if value in ("chronic", "subacute") and re.search(r"\b(?:not|never)\s+(?:\w+\s+){0,2}$", before, re.IGNORECASE) and "heal" in word:
            return None
        if word == "recent" and re.match(r"\s*(?:previous|prior|comparison|x-?ray|ct\b|mri|film|scan|study)", after, re.IGNORECASE) or word in ("recently",) and re.match(r"\s*(?:moved|seen|travel|diagnosed\s+with\s+\w*c)", after):
            return None
        if word in ("active", "established", "consolidated", "historic", "historical") and not re.match(r"\s*(?:\w+\s+){0,3}(?:fractur|compress|deformit|wedg|collapse|$|[.;,])", after):
            return None
    if field == "change":
        if _NOT_CHANGE.match(after) and word in ("new", "newly", "stable", "interval", "increased", "progressive", "increasing", "greater", "progression", "worsening", "similar"):
            return None
        if word == "stable":
            window = text[max(0, match.start() - 22) : match.end() + 70]
            if _STABLE_MECHANICAL.search(window) and not _COMPARED.search(text):
                return None
        if word == "interval" and not re.match(r"\s*(?:acute|subacute|compress|wedg|fractur|collapse|development|deformit|height|loss|vertebra|[TL]\d|mild|moderate|severe|X{2,})", after, re.IGNORECASE):
            return None
        if word in ("greater", "increased", "greater than", "increasing", "advanced since", "worse", "progressive", "more marked", "more pronounced", "more severe", "increase in"):
            if word == "greater" and re.match(r"\s+than\b", after) or word == "greater than" and re.match(r"\s*(?:\d|expected|right|left|on|that|the\s+(?:right|left)|a\s+(?:third|half)|half|anteriorly|posteriorly|one|two)", after, re.IGNORECASE):
                return None
            if not re.search(r"\b(?:slightly|minimally|mildly|somewhat|clearly|much)\s+$", before) and not re.search(r"\b(?:since|compar\w*|prior|previous\w*|interval|now|from|progress\w*|\d{4}|than|no)\b", text, re.IGNORECASE) and word not in ("progressive",):
                return None
            if re.match(r"\s*(?:signal|density|kypho|in\s+(?:signal|density|size)|interstitial|lung|marking|uptake|stir|t2|activity|sclerosis)", after, re.IGNORECASE):
                return None
            if word in ("more marked", "more pronounced", "more severe") and not re.search(r"\b(?:since|compar\w*|prior|previous|interval)\b", text, re.IGNORECASE):
                return None
        if word in ("worse", "greater", "more severe", "more marked") and re.match(r"\s+(?:than|at|in|on)\s+(?:the\s+)?(?:[TLDC]h?-?\d|right|left|upper|lower|that)", after, re.IGNORECASE):
            return None
        if word in ("new", "newly") and re.search(r"\b(?:no|without|not)\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE):
            return None
        denied = re.search(r"\b(?:no|not|without|nor)\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE)
        if denied and value == "progressed":
            value = "stable"
        elif denied and value == "improved":
            return None
        if value == "improved" and re.match(r"\s*(?:pain|symptom|aerat|inspirat|alignment)", after, re.IGNORECASE):
            return None
        if word in ("comparable to", "comparable with", "similar", "the same as", "identical", "constant") and re.match(r"\s*(?:adjacent|density|to\s+adjacent|signal|finding|but\s+(?:milder|less)|changes?\s+at)", after, re.IGNORECASE):
            return None
    if field == "wedge_direction":
        if value == "posterior" and not re.match(r"\s*(?:wedg|height|collapse|compress|vertebral\s+(?:body\s+)?(?:height\s+loss|wedg))", after, re.IGNORECASE):
            return None
        near_after = _DIRECTION_CONTEXT.match(after)
        near_before = re.search(r"(?:wedg\w+|compress\w+|height|collapse\w*|loss|deformit\w+|flatten\w*|reduction|fracture|depress\w+|%|lost|shortened|impact\w+)\s*(?:\([^)]*\)\s*)?(?:,\s*)?(?:(?:of|is|are|in|at|on|about|the|to|through|thru|and|more|most|greatest|marked|mainly|particularly|predominantly|especially|worst|seen|mostly|affecting|involving|its|maximal|maximally|pronounced|approximately|height|vertebral|body|loss|percent|\d+%?|[TLD]h?-?\d{1,2}|\(|,|and)\s*)*$", before, re.IGNORECASE)
        if not near_after and not near_before:
            return None
        if near_after and re.match(r"\s*(?:wall|cortex|margin|column)?\s*(?:osteophyt|spur|bridg|listh|subluxat|fusion|displac)", after, re.IGNORECASE):
            return None
        if value == "lateral" and not re.match(r"\s*(?:wedg|compress|vertebral|collapse|aspect\s+of\s+the\s+(?:vertebra|body))", after, re.IGNORECASE):
            return None
        if word == "lateral" and re.match(r"\s*(?:view|radiograph|film|projection|x-?ray|listh)", after, re.IGNORECASE):
            return None
        if not near_after and not re.search(r"wedg|height|loss|compress|collapse|flatten|reduc|%|lost|depress|impact", before[-90:], re.IGNORECASE):
            return None
        if not near_after and re.match(r"\s*(?:osteophyt|spur|bridg|longitudinal|vertebral\s+body\s+osteo|margin|cord|to\s+the)", after, re.IGNORECASE):
            return None
        if re.match(r"\s*(?:superior|inferior)?\s*(?:corner|longitudinal|epidural|osteo|listhesis|subluxation|spondylolisthesis|displacement)", after, re.IGNORECASE):
            return None
    return Attribute(field, value, match.start(), match.end())


_EXAM_WORD = r"(?:exam\w*|study|studies|films?|radiographs?|scan|ct|mri|series|imaging|x-?rays?|images)"
_NOT_ON_PRIOR = re.compile(rf"\b(?:not|wasn't|weren't)\s+(?:previously\s+)?(?:seen|present|reported|noted|evident|visible|there|identified|described)\s+(?:on|in|at)\s+(?:the\s+|her\s+|his\s+|any\s+)?(?:[\w/]+\s+){{0,3}}?{_EXAM_WORD}\b", re.IGNORECASE)
_AS_ON_PRIOR = re.compile(rf"\bas\s+(?:on|in|seen\s+on)\s+(?:the\s+)?(?:prior|previous|earlier|last|old)?\s*(?:{_EXAM_WORD}\s+)?(?:(?:of|from|dated)\s+)?(?:\w+\s+)?(?:19|20)\d{{2}}\b", re.IGNORECASE)


# -------------------------------------------------------------------------------------------------- height loss

_NUMBER = r"\d{1,3}(?:[.,]\d)?"
_FRACTIONS: tuple[tuple[str, int], ...] = (
    (r"three[\s-]quarters?|3/4(?:ths?)?", 75), (r"two[\s-]thirds?|2/3(?:rds?)?", 67), (r"one[\s-]half|a\s+half|half|1/2|\u00bd|fifty\s+per\s?cent", 50), (r"one[\s-]third|a\s+third|1/3(?:rd)?|third", 33),
    (r"one[\s-]quarter|a\s+quarter|1/4(?:th)?|one[\s-]fourth|a\s+fourth|quarter|\u00bc", 25), (r"one[\s-]fifth|a\s+fifth|1/5(?:th)?", 20), (r"two[\s-]fifths|2/5", 40), (r"three[\s-]fifths|3/5", 60), (r"four[\s-]fifths|4/5", 80),
    (r"ten\s+per\s?cent", 10), (r"fifteen\s+per\s?cent", 15), (r"twenty\s+per\s?cent", 20), (r"twenty[\s-]five\s+per\s?cent", 25), (r"thirty\s+per\s?cent", 30), (r"forty\s+per\s?cent", 40), (r"sixty\s+per\s?cent", 60), (r"seventy\s+per\s?cent", 70),
    (r"eighty\s+per\s?cent", 80), (r"ninety\s+per\s?cent", 90), (r"thirty[\s-]five\s+per\s?cent", 35), (r"forty[\s-]five\s+per\s?cent", 45),
)  # fmt: skip
_FRACTION = re.compile("|".join(f"(?P<f{value}_{index}>\\b(?:{words})(?!\\w))" for index, (words, value) in enumerate(_FRACTIONS)), re.IGNORECASE)
_PERCENT = re.compile(
    rf"(?<![\d.,A-Za-z])(?P<low>{_NUMBER})\s*(?:%|per\s?cent|pct)?\s*(?:-|to|\u2014|and|or)\s*(?P<high>{_NUMBER})\s*-?(?:%|per\s?cent|pct)(?!\w)|(?<![\d.,A-Za-z])(?P<one>{_NUMBER})\s*-?(?:%|per\s?cent|pct)(?!\w)", re.IGNORECASE
)
_LIST_HEAD = re.compile(rf"(?<![\d.,A-Za-z])(?P<number>{_NUMBER})\s*%?\s*(?=(?:,\s*{_NUMBER}\s*%?\s*)*(?:,|and|&|,\s*and)\s*{_NUMBER}\s*(?:%|per\s?cent))", re.IGNORECASE)
_LESS = re.compile(r"\b(?:less\s+than|under|below|up\s+to|no\s+more\s+than|not\s+more\s+than|at\s+most|<=?|fewer\s+than|not\s+exceeding|maximum\s+of|below\s+about)\s*(?:about\s+|approximately\s+|an?\s+)?$|[<\u2264]\s*$", re.IGNORECASE)
_MORE = re.compile(r"\b(?:more\s+than|greater\s+than|over|above|at\s+least|exceeding|in\s+excess\s+of|exceeds|upwards\s+of|not\s+less\s+than|no\s+less\s+than|well\s+over|just\s+over|beyond|minimum\s+of|a\s+little\s+over)\s*(?:about\s+|approximately\s+|an?\s+|the\s+)?$|[>\u2265]\s*$", re.IGNORECASE)
_HEIGHT_NEAR = re.compile(r"height|loss|lost|compress|collaps|wedg|reduc|decreas|depress|flatten|deformit|fractur|impact|short|stature|remain|\bvertebra|genant|\bht\b|crush|burst|diminish", re.IGNORECASE)
_NOT_HEIGHT_AFTER = re.compile(
    r"\s*(?:of\s+(?:the\s+)?)?(?:(?:mild|moderate|severe|central|spinal|bony)\s+)*(?:canal|narrowing|stenosis|encroach|compromise|occlusion|slip|anterolisthesis|listhesis|disc|disk|sensitiv|specific|probab|chance|risk|confiden|whole|impairment|disability|oxygen|ejection|stenosed|luminal|of\s+patients|decrease\s+in\s+(?:bmd|bone)|bone|yearly|per\s+year|retropuls|retrolisthesis|of\s+the\s+(?:canal|spinal|disc|thecal)|reduction\s+of\s+the\s+canal|of\s+canal|displacement|spinal|predicted|change|increase|fat|body\s+fat|pneumothorax|effusion|narrowed|uptake|blockage|lung|translation|subluxation|of\s+(?:young|age|mean)|radius|\(t-score|anterior\s+sublux|slippage|union|intravertebral\s+cement|fill)",
    re.IGNORECASE,
)
_NOT_HEIGHT_BEFORE = re.compile(r"\b(?:canal|stenosis|encroach\w*|narrow\w*|slip\w*|\w*listhesis|bmd|density|ejection\s+fraction|probability|risk|disc|disk|(?:dis[ck]|joint)\s+(?:height|space)(?:\s+\w+){0,4}|spinal\s+canal|compromise\w*|radius|fat|occup\w+|cord|interspace|retropuls\w+(?:\s+(?:of|by|measuring))?(?=\s*$)|uptake|confidence|fill\w*|translation|subluxation|lesion\s+\w+|cement)\b[^,;()]{0,35}$", re.IGNORECASE)
_REMAINING = re.compile(r"\b(?:reduced|decreased|down|diminished|collapsed|compressed|lowered|falls?|fallen|dropped|drops|shrunk)\s+(?:in\s+height\s+)?to\s+(?:about\s+|approximately\s+|only\s+|roughly\s+|some\s+|~\s*|around\s+|just\s+)?$|\b(?:remaining|residual|preserved|retains?|retained|maintains?|maintained)\s+(?:(?:[TLDC]h?-?\d{1,2}|height|vertebral|body|anterior|central|posterior|of|is|at|about|approximately|only|roughly|some|the)\s+)*$|\bheight\s+(?:is|of|at|measures)\s+(?:about\s+|only\s+|approximately\s+|roughly\s+|now\s+|~\s*|around\s+)*$", re.IGNORECASE)
_REMAINING_AFTER = re.compile(r"\s*(?:of\s+(?:the\s+|its\s+)?(?:normal|expected|original|posterior|adjacent|height)|of\s+that\s+of|remains|remaining|residual|is\s+(?:preserved|maintained|left)|compared\s+(?:to|with)|preserved|the\s+height\s+of|height\s+(?:remaining|remains|preserved)|of\s+normal|left\b)", re.IGNORECASE)
_PREVIOUSLY = re.compile(r"\b(?:previously|prior|formerly|was|from|earlier|initially|compared\s+(?:to|with)|originally|up\s+from|versus|vs\.?|before)\s+(?:(?:about|approximately|only|~|at|estimated|the|study|exam|film|of|just|some|on)\s+)*$", re.IGNORECASE)


def _height_losses(text: str) -> Iterator[Attribute]:
    """Percentages and fractions of the height of a vertebral body that is lost."""
    if not re.search(r"%|per\s?cent|\bpct\b|half|third|quarter|fourth|fifth|\d/\d|\u00bd|\u00bc", text, re.IGNORECASE):
        return
    seen: list[tuple[int, int]] = []
    candidates: list[tuple[int, int, float, float]] = []
    listed: set[int] = set()
    for match in _LIST_HEAD.finditer(text):
        if re.search(r"\bbetween\s+(?:about\s+)?$", text[: match.start()], re.IGNORECASE):
            continue
        # A list of two is a range only where "to" or a dash says so: "20 and 30%" belongs to two vertebrae.
        candidates.append((match.start("number"), match.end("number"), _value(match.group("number")), _value(match.group("number"))))
        listed.add(match.start("number"))
    for match in _PERCENT.finditer(text):
        if match.group("one"):
            value = _value(match.group("one"))
            candidates.append((match.start(), match.end(), value, value))
        elif re.search(r"\b(?:and|or)\b", match.group(), re.IGNORECASE) and not re.search(r"\bbetween\s*$", text[: match.start()], re.IGNORECASE):
            value = _value(match.group("high"))
            if not any(start <= match.start("low") < end for start, end, *_ in candidates):
                first = _value(match.group("low"))
                candidates.append((match.start("low"), match.end("low"), first, first))
                listed.add(match.start("low"))
            candidates.append((match.start("high"), match.end(), value, value))
        elif re.search(r"\bfrom\s+(?:about\s+|approximately\s+)?$", text[: match.start()], re.IGNORECASE) and re.search(r"\bto\b", match.group(), re.IGNORECASE):
            # "From 20 to 40 %" tells what it was and what it is.
            candidates.append((match.start("high"), match.end(), _value(match.group("high")), _value(match.group("high"))))
        else:
            candidates.append((match.start(), match.end(), _value(match.group("low")), _value(match.group("high"))))
    for match in _FRACTION.finditer(text):
        value = float(re.sub(r"^f|_\d+$", "", match.lastgroup or "f0"))
        candidates.append((match.start(), match.end(), value, value))
    for start, end, low, high in sorted(candidates):
        if any(a < end and start < b for a, b in seen):
            continue
        attribute = _height_loss(text, start, end, low, high, listed=start in listed)
        if attribute is not None:
            seen.append((start, end))
            yield attribute


def _value(written: str) -> float:
    return float(written.replace(",", "."))


def _height_loss(text: str, start: int, end: int, low: float, high: float, *, listed: bool) -> Attribute | None:
    before, after = text[:start], text[end:]
    percent = listed or "%" in text[start : end + 2] or re.search(r"per\s?cent|pct", text[start : end + 2], re.IGNORECASE) is not None
    if high > 100 or (low > high) or _NOT_HEIGHT_AFTER.match(after) or _NOT_HEIGHT_BEFORE.search(before[-70:]):
        return None
    near = before[-70:] + " " + after[:60]
    if not _HEIGHT_NEAR.search(near):
        return None
    if not percent and not re.search(r"\b(?:lost|loss|lose\w*|height|reduc\w+|decreas\w+|collaps\w+|compress\w+|diminish\w+|stature|wedg\w+|flatten\w*)\b", before[-45:] + " " + after[:35], re.IGNORECASE):
        return None
    if not percent and re.match(r"\s*(?:of\s+the\s+)?(?:anterior|posterior|superior|inferior|upper|lower|middle|lateral|left|right|vertebral\s+body\s+(?:is|shows)|canal|lumbar|thoracic|rib|metatars)\b(?!\s+(?:vertebral\s+|body\s+)*height)", after, re.IGNORECASE):
        return None
    if not percent and re.search(r"\b(?:anterior|posterior|superior|inferior|upper|lower|middle|the|distal|proximal|left|right|first|second)\s+(?:one[\s-])?$", before, re.IGNORECASE) and not re.search(r"\b(?:lost|loss\s+of|by|lose)\s+(?:\w+\s+)?$", before, re.IGNORECASE):
        return None
    if not percent and not re.match(r"\s*(?:of\b|loss|the\s|its|their|height|vertebral|lost|reduction|compress|collaps|wedg|\)|in\s+height|gone|decrease|$|[.;])", after, re.IGNORECASE):
        return None
    if not percent and re.search(r"\b(?:fractur\w*\s+(?:of|in|through)|(?:in|through|involving|within|of)\s+the)\s+(?:\w+\s+)?$", before, re.IGNORECASE):
        return None
    if re.search(r"\b(?:restor\w*|regain\w*|re-?expan\w*)\b[^.;]{0,25}$", before, re.IGNORECASE):
        return None
    if _PREVIOUSLY.search(before) and not re.match(r"\s*(?:to\s|,?\s*now)", after) and re.search(r"\d+\s*%|half|third", text[:start], re.IGNORECASE):
        return None
    if re.search(r"\bfrom\s+(?:about\s+|approximately\s+)?$", before, re.IGNORECASE) and re.match(r"[^.;]{0,40}?\bto\s+(?:about\s+)?\d", after):
        return None
    if re.search(r"\b(?:previously|was|prior)\s+(?:about\s+|approximately\s+|estimated\s+at\s+)?$", before, re.IGNORECASE) and re.search(r"\bnow\b|\bpreviously\b", text, re.IGNORECASE) and len(_PERCENT.findall(text)) > 1:
        return None
    lesser, more = _LESS.search(before), _MORE.search(before)
    lost = re.search(r"\b(?:loss|reduction|decrease|diminution|lost|lose[sn]?)\b[^.;,]{0,45}$", before, re.IGNORECASE) and not re.search(r"\bto\s+(?:\w+\s+)?$", before)
    remaining = not lost and bool(_REMAINING.search(before)) and (bool(_REMAINING_AFTER.match(after)) or bool(re.search(r"\bto\s+(?:\w+\s+)?$|remaining|residual|retain|maintain|height\s+(?:is|of|at)", before[-40:]))) and not re.match(r"\s*(?:height\s+)?loss|\s*(?:loss|reduction|decrease)", after, re.IGNORECASE)
    if not remaining and re.match(r"\s*(?:of\s+(?:its\s+|the\s+)?(?:\w+\s+)?height\s+)?(?:remains|remaining|is\s+(?:preserved|maintained|left))|\s*(?:height\s+)?(?:remaining|residual|preserved)\b(?!\s*(?:height\s+)?(?:loss|reduction|deform|compress|wedg|kypho))", after, re.IGNORECASE):
        remaining = True
    if re.search(r"\b(?:from|loss\s+(?:has\s+)?(?:increased|progressed|gone))\b[^.;]*\bto\s+(?:about\s+)?$", before, re.IGNORECASE) and re.search(r"\d", before[-40:]):
        remaining = False
    if lesser:
        low = 0.0
    elif more and low == high:
        high = 100.0
    if remaining:
        low, high = 100.0 - high, 100.0 - low
    return Attribute("height_loss_percent", "", start, end, low, high)


def plain_percentages(text: str) -> Iterator[Attribute]:
    """Percentages of a line that has no other words: "T8 25 %"."""
    if _HEIGHT_NEAR.search(text) or re.search(r"\b(?:canal|stenosis|narrow|bmd|density|risk)", text, re.IGNORECASE):
        return
    for match in re.finditer(rf"(?<![\d.,A-Za-z])(?P<low>{_NUMBER})(?:\s*(?:-|to)\s*(?P<high>{_NUMBER}))?\s*%", text):
        low = _value(match.group("low"))
        high = _value(match.group("high")) if match.group("high") else low
        if low <= high <= 100:
            yield Attribute("height_loss_percent", "", match.start(), match.end(), low, high)


# ------------------------------------------------------------------------------------------ Genant, mm and canal

_TABLE_GRADE = re.compile(
    r"\W*(?:TH|T[hH]|[TLD])-?\d{1,2}[\s,:|-]+(?:(?P<first>[0-3])[\s,|-]+[A-Za-z-]|(?:wedge\w*|biconcave|crush|normal|anterior|compression|none|no|deform\w*|fracture|concave|endplate)[\w\s,/-]*?[\s,|-]+(?P<last>[0-3])\W*$)", re.IGNORECASE
)
_GRADES = {"0": 0, "1": 1, "2": 2, "3": 3, "i": 1, "ii": 2, "iii": 3, "one": 1, "two": 2, "three": 3, "zero": 0}
_GRADE = re.compile(
    r"\b(?:(?:genant|sq|semi-?quantitative)(?:'s)?\s*(?:(?:classification|score|method|semi-?quantitative|criteria|scale|sq|type|system)\s*)*[:,(]?\s*(?:grade|gr\.?|g)?\s*[:=]?\s*(?P<genant>[0-3]|III|II|I)|(?:grade|gr\.?|g(?=\s?[0-3]))\s*-?\s*(?P<grade>[0-3]|III|II|I|one|two|three)(?:\s*(?:-|to|/)\s*(?P<upper>[0-3]|III|II))?)(?![\w%/]|\.\d)", re.IGNORECASE
)
_NOT_GENANT = re.compile(r"\s*(?:\(?\w*\)?\s*)?(?:-?\s*(?:anterior\s+|posterior\s+|degenerative\s+)?(?:antero|retro|spondylo)?listhesis|spondylolys|spondylolis|anterolis|retrolis|tumou?r|glioma|stenosis|spondylolithesis|slip|sprain|strain|liver|splenic|esophag|osteoarth|chondro|anterior\s+spondyl|carcinoma|astro|hydroneph|varic|disc|pfirrmann|effusion|placenta|schmorl|degener|injur|lymph|vesico|ac\b|facet)", re.IGNORECASE)


def _genant(text: str) -> Iterator[Attribute]:
    for match in _GRADE.finditer(text):
        after, before = text[match.end() :], text[: match.start()]
        if _NOT_GENANT.match(after) or re.search(r"\b(?:listhesis|modic|pfirrmann|meyerding|who|asia|frankel|histologic|high|low|kellgren|slip|fisher|ecog|tumou?r|carcinoma|lithesis)\W+(?:\w+\W+){0,2}$", before, re.IGNORECASE):
            continue
        written = (match.group("upper") or match.group("genant") or match.group("grade")).lower()
        named = match.group("genant") is not None or re.search(r"genant|semi-?quantitative|\bsq\b", text, re.IGNORECASE)
        yield Attribute("genant_grade", str(_GRADES[written]), match.start(), match.end(), standing=named is not None)


_MM = re.compile(r"(?<![\d.])(?P<number>\d{1,2}(?:[.,]\d)?)(?:\s*(?:-|to)\s*(?P<high>\d{1,2}(?:[.,]\d)?))?\s*-?(?P<unit>mm|millimet\w+|cm|centimet\w+)\b", re.IGNORECASE)


def _millimetres(text: str) -> Iterator[Attribute]:
    """Millimetres of retropulsion; other millimetres are of something else."""
    found = list(re.finditer(r"retro-?puls\w*|retrobulg\w*|into\s+the\s+(?:spinal\s+)?canal|posterior(?:ly)?\s+(?:displac\w+|bowing)|encroach\w+", text, re.IGNORECASE))
    if not found:
        return
    for match in _MM.finditer(text):
        nearest = min(found, key=lambda other: min(abs(other.start() - match.end()), abs(match.start() - other.end())))
        gap = text[min(match.end(), nearest.end()) : max(match.start(), nearest.start())]
        if len(gap) > 45 or re.search(r"[;]|\b(?:kyphosis|listhesis|height|disc|canal\s+(?:diameter|measures)|nodule|lesion)\b", gap, re.IGNORECASE):
            continue
        if match.end() <= nearest.start() and not re.fullmatch(r"\s*(?:of\s+|posterior\s+|bony\s+|osseous\s+|the\s+|a\s+|fragment\s+|bone\s+|superior\s+|endplate\s+|central\s+|\w+\s+)*", gap, re.IGNORECASE):
            continue
        value = _value(match.group("high") or match.group("number"))
        value = value * 10 if match.group("unit").lower().startswith("c") else value
        yield Attribute("retropulsion_mm", "", match.start(), match.end(), value, value)


_CANAL = re.compile(
    r"(?P<a>\d{1,3})(?:\s*(?:-|to)\s*(?P<b>\d{1,3}))?\s*(?:%|per\s?cent)\s*(?:\w+\s+){0,4}?(?:(?:of\s+)?(?:the\s+)?(?:(?:spinal|central|bony|vertebral|ap)\s+)*canal|canal\s+(?:narrowing|stenosis|compromise|encroachment|occlusion)|(?:spinal|central)\s+(?:stenosis|narrowing)|(?:narrowing|stenosis|encroachment|compromise|occlusion|obliteration|reduction)\s+(?:of|in|on)\s+(?:the\s+)?(?:(?:spinal|central|bony|vertebral|ap)\s+)*canal)"
    r"|\bcanal\s*(?:is\s+)?(?:\w+\s+){0,5}?(?:by\s+|of\s+|to\s+)?(?:about\s+|approximately\s+|roughly\s+|around\s+|~\s*|some\s+)?(?P<c>\d{1,3})(?:\s*(?:-|to)\s*(?P<d>\d{1,3}))?\s*(?:%|per\s?cent)(?!\s*(?:height|loss|of\s+(?:the\s+)?(?:vertebral|height)))",
    re.IGNORECASE,
)


def _canal(text: str) -> Iterator[Attribute]:
    for match in _CANAL.finditer(text):
        written = match.group("b") or match.group("a") or match.group("d") or match.group("c")
        number = float(written)
        if number <= 100:
            where = "a" if match.group("a") else "c"
            yield Attribute("canal_narrowing_percent", "", match.start(where), match.end(), number, number)


# ------------------------------------------------------------------------------------------------------- asserted


def asserted(text: str, hits: Sequence[Hit]) -> Iterator[Attribute]:
    """Values of targets that a sentence states, denies or hedges."""
    for hit in hits:
        target = vocabulary.targets_by_id()[hit.target]
        if target.kind != "attribute":
            continue
        status = _status(text, hit)
        if status is None:
            continue
        for field, value in _VALUES[target.value or ""](text, hit, status):
            yield Attribute(field, value, hit.start, hit.end, asserted=True)


def _status(text: str, hit: Hit) -> str | None:
    """present, possible or absent, as ConText's cues say; None for what is only asked for or of another person."""
    rules = vocabulary.cues_by_id()
    kinds: set[str] = set()
    for cue in hit.cues:
        kind = rules[cue.id].cue
        if kind is None:
            continue
        gap = text[cue.end : hit.start] if cue.end <= hit.start else text[hit.end : cue.start]
        if kind == "negated":
            if cue.end <= hit.start and (re.search(r",\s*(?:with|mild|moderate|severe|a|an|there)\b|(?<!consistent )(?<!compatible )(?<!associated )\bwith\b(?!\s+(?:no|any))|\band\s+(?:mild|moderate|severe|associated|a|an)\b|[.:]\s|\b(?:is|are|shows?|has)\b", gap, re.IGNORECASE) and not re.search(r"\b(?:or|nor)\b", gap)):
                continue
            if cue.end > hit.start and (re.search(r"[;.]|\bwith\b|\bbut\b", gap) or text[cue.start : cue.end].lower().endswith("normal") and len(gap) > 25):
                continue
        if kind == "possible" and cue.end > hit.start and text[cue.start : cue.end].startswith("?") and re.match(r"\s*\w", text[cue.end : cue.end + 2]):
            continue
        if text[cue.start : cue.end].lower() in ("rather than", "instead of") and "," in gap or kind == "possible" and re.search(r"\b(?:given|due\s+to|because|based\s+on|in\s+view)\b", gap):
            continue
        kinds.add(kind)
    if kinds & {"hypothetical", "family"}:
        return None
    if "negated" in kinds:
        return "absent"
    return "possible" if "possible" in kinds else "present"


_INTACT = re.compile(r"\b(?:intact|preserved|spared|maintained|normal|unremarkable|not\s+(?:involved|disrupted|breached|affected|displaced)|uninvolved|respected|within\s+normal|uninjured|seen\s+normally|has\s+not\s+been\s+disrupted|without\s+(?:disruption|involvement|fracture|injury)|undisturbed|unaffected|aligned|well\s+aligned|not\s+widened|no\s+(?:disruption|involvement|breach|injury|fracture))\b", re.IGNORECASE)
_INVOLVED = re.compile(r"\b(?:involv\w+|disrupt\w+|breach\w*|fractur\w+|displac\w+|buckl\w+|extend\w*|extension|broken|bulg\w+|bow\w+|retropuls\w+|comminut\w+|violat\w+|discontinu\w+|cortical\s+break|compromis\w+|affect\w+|height\s+(?:is\s+)?(?:lost|reduced)|interrupted|angulat\w+|impact\w+|step)\b", re.IGNORECASE)
_INJURED = re.compile(r"\b(?:injur\w+|disrupt\w+|fann\w+|fractur\w+|tear\w*|torn|ruptur\w+|widen\w+|splay\w*|dislocat\w+|perched|jumped|locked|sublux\w+|involv\w+|extend\w*|extension|destruct\w+|translat\w+|distract\w+|avuls\w+|failure|compromis\w+|broken|edema|oedema|lax\w*|diastasis|separat\w+|insufficien\w+)\b", re.IGNORECASE)


def _clause(text: str, hit: Hit, reach: int = 90) -> tuple[str, str]:
    """The words before and after a target in its own clause."""
    before = re.split(r"[;.]\s|\bbut\b|\bhowever\b|\bwhile\b", text[max(0, hit.start - reach) : hit.start])[-1]
    after = re.split(r"[;.](?:\s|$)|\bbut\b|\bhowever\b|\bwhile\b|\balthough\b", text[hit.end : hit.end + reach])[0]
    return before, after


def _posterior_wall(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    before, after = _clause(text, hit)
    if hit_text(text, hit).lower() in ("posterior vertebral body", "posterior vertebral bodies") and re.match(r"\s*(?:height|line|margin|cortex|wall|spur|osteo|element)", after, re.IGNORECASE) and not re.match(r"\s*(?:line|margin|cortex|wall)", after, re.IGNORECASE):
        return []
    if re.search(r"retropuls", before, re.IGNORECASE) and status == "absent":
        return []
    found: list[tuple[str, str]] = []
    both = "middle" in hit_text(text, hit).lower() and "posterior column" in hit_text(text, hit).lower()
    if re.search(r"\bconvex|convexity\b", before[-30:] + after[:40], re.IGNORECASE) and status != "absent":
        return [("posterior_wall", "involved")]
    if _INTACT.search(after[:60]) or re.search(r"\b(?:intact|preserved|normal|spared|spares|sparing|preserves|uninvolved|maintained|undisturbed|preservation\s+of|integrity\s+of)\s+(?:the\s+|of\s+)*(?:\w+\s+)?$", before, re.IGNORECASE) or status == "absent" and not re.search(r"\bintact|preserv", after[:40]):
        found.append(("posterior_wall", "intact"))
    elif status == "present" and (_INVOLVED.search(after[:70]) or _INVOLVED.search(before[-70:])):
        found.append(("posterior_wall", "involved"))
    if both and found:
        found.append(("posterior_column", "intact" if found[0][1] == "intact" else "injured"))
    return found


def _posterior_column(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    words = hit_text(text, hit).lower()
    before, after = _clause(text, hit)
    if re.match(r"\s*(?:screw|hook)", after, re.IGNORECASE):
        return []
    if words in ("translation", "translational", "distraction", "rotational"):
        if not re.search(r"injur|fractur|instab", text, re.IGNORECASE):
            return []
        return [("posterior_column", "injured")] if status == "present" else []
    if words in ("three-column", "three column", "3 column", "3-column", "tension band"):
        if status == "absent":
            return []
        return [("posterior_column", "injured")] if re.search(r"injur|fractur|fail|disrupt|unstable", before + after, re.IGNORECASE) else []
    if words == "ligamentum flavum tear":
        return [("posterior_column", "injured")] if status == "present" else []
    if words.startswith("pars"):
        return []
    if words.startswith("ligamentum") and not _INJURED.search(before[-25:] + after[:40]):
        return []
    if re.search(r"\b(?:arthro\w*|degener\w*|hypertroph\w*|oste\w+|screw\w*|sclero\w*|effusion|cyst)\b", before[-25:] + after[:35], re.IGNORECASE) and not re.search(r"fractur|injur|intact", before[-40:] + after[:50], re.IGNORECASE):
        return []
    negated = status == "absent"
    if re.search(r"\bno\s+(?:\w+\s+){0,6}?(?:widening|injury|fracture|disruption|involvement|tear|rupture|extension|displacement|signal)\b", before, re.IGNORECASE) or re.match(r"\s*(?:\w+\s+){0,4}?(?:without|no)\s+(?:\w+\s+)?(?:injury|fracture|disruption|involvement)", after, re.IGNORECASE):
        negated = True
    if _INTACT.search(after[:70]) and not re.search(r"\bnot\s+(?:fully\s+)?(?:intact|preserved)", after[:70]) or re.search(r"\b(?:intact|preserved|normal|unremarkable|spared|uninvolved|integrity\s+of|preservation\s+of|aligned|spares|sparing|maintained)\s+(?:of\s+|the\s+)*(?:\w+\s+)?$", before, re.IGNORECASE):
        return [("posterior_column", "intact")]
    injured = _INJURED.search(after[:70]) or _INJURED.search(before[-60:])
    if negated:
        return [("posterior_column", "intact")] if (injured or "involv" in before or re.search(r"posterior", words)) and words not in ("interspinous space", "interspinous distance") else []
    if injured and status == "present":
        if words.startswith(("pedicle", "pedicles")) and re.search(r"destr|lytic|lesion|metasta|mass|lysis|eros|infiltrat|tumou?r|widen", text, re.IGNORECASE):
            return [("malignant_features", "pedicle_destruction")] if re.search(r"destr|lytic|lysis|eros", text, re.IGNORECASE) else []
        return [("posterior_column", "injured")]
    return []


def hit_text(text: str, hit: Hit) -> str:
    """The words that a target matched."""
    return text[hit.start : hit.end]


def _edema(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    before, after = _clause(text, hit, 60)
    words = hit_text(text, hit).lower()
    around = before[-35:] + " " + words + " " + after[:45]
    if words in ("edema", "oedema", "edematous", "oedematous", "stir signal"):
        if re.search(r"\b(?:pulmonary|soft[\s-]tissue|subcutaneous|leg|ankle|pedal|interstitial|cerebral|cord|paraspinal|paravertebral|prevertebral|muscle|muscular|perilesional|periarticular|interspinous|ligament\w*|peripheral|facet|sacral|psoas|epidural|airspace|alveolar|of\s+the\s+cord|spinous)\b", around, re.IGNORECASE):
            return []
        if not re.search(r"\b(?:vertebra\w*|body|bodies|marrow|bone|stir|fracture|fractured|[TLDC]h?-?\d{1,2}|endplate|compression|deformity|associated|surrounding|mri|signal|no|without|level|acute|underlying)\b", text, re.IGNORECASE):
            return []
    if re.search(r"\b(?:modic|degenerative|facet|discogenic|reactive|sacral|iliac|femoral|hip|spondylolisthesis)\b", around, re.IGNORECASE) and "fracture" not in text.lower():
        return []
    if words in ("marrow signal abnormality", "abnormal marrow signal", "marrow signal change") and not re.search(r"stir|acute|edema|oedema|fractur|compress", text, re.IGNORECASE):
        return []
    if status == "possible":
        return []
    return [("marrow_edema", status)]


def _retropulsion(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    words = hit_text(text, hit).lower()
    before, after = _clause(text, hit, 40)
    if words in ("not retropulsed",) or re.search(r"\bnot\s+$|\bnon-?\s?$", before):
        status = "absent"
    if re.search(r"\b(?:disc|disk|cement|graft|cage|tumou?r|mass|lesion|osteophyte)\b", before[-25:]):
        return []
    if re.match(r"into\b", words) and not re.search(r"fragment|bone|bony|displac|cortex|posterior\s+wall", text[max(0, hit.start - 60) : hit.start], re.IGNORECASE):
        return []
    return [("retropulsion", status)]


def _mass(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    if status != "present":
        return []
    words = text[hit.start : hit.end + 60].lower()
    if re.search(r"hematoma|haematoma|abscess|phlegmon|collection|lipomatosis", words):
        return []
    found = []
    if "epidural" in words or "extradural" in words or "into the canal" in words or "spinal canal" in words[:70]:
        found.append(("malignant_features", "epidural_mass"))
    if re.search(r"paraspinal|paravertebral|prevertebral|perivertebral|extraosseous", words) or not found:
        found.append(("malignant_features", "paraspinal_mass"))
    return found


def _destruction(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    if status != "present":
        return []
    before, after = _clause(text, hit, 60)
    words = hit_text(text, hit).lower()
    if re.search(r"\bno\b|without", before[-40:]) or re.match(r"\s*of\s+(?:the\s+)?(?:\w+\s+)?(?:dis[ck]|inter)", after) or re.search(r"\bendplate\s+(?:erosion|destruction)", words) and re.search(r"disc|discitis", text, re.IGNORECASE):
        return []
    if words == "destroyed" and not re.search(r"pedicle|body|vertebra|cortex|cortical|posterior|arch", before + after, re.IGNORECASE):
        return []
    found = [("malignant_features", "lytic_destruction")] if words != "destroyed" and not re.search(r"pedicle|pedicular|winking|missing|absent", words) else []
    if re.search(r"pedicle|pedicular|posterior\s+(?:arch|element)", words + " " + after + " " + before[-30:], re.IGNORECASE) or "winking" in words:
        found.append(("malignant_features", "pedicle_destruction"))
    return found


def _present(field: str, value: str) -> _Give:
    def give(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
        return [(field, value)] if status == "present" else []

    return give


def _convex(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    if status != "present":
        return []
    return [("malignant_features", "convex_posterior_border")]


def _benign(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """A fracture called benign is no pathologic one."""
    after = text[hit.end : hit.end + 50]
    if status != "present" or not re.match(r"\s*(?:\(?osteoporotic\)?\s+|vertebral\s+|wedge\s+|body\s+|old\s+|insufficiency\s+)*(?:compress|fractur|collaps|deformit|wedg)", after, re.IGNORECASE):
        return []
    return [("etiologies", "pathologic:absent")]


def _normal_marrow(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    """Normal or fatty marrow of a fractured vertebra: no oedema."""
    if status != "present" or re.search(r"\b(?:remain\w*|remainder|otherwise|elsewhere|other|rest|background|replac\w+|loss\s+of|all)\b[^,;]{0,30}$", text[: hit.start], re.IGNORECASE):
        return []
    return [("marrow_normal", "absent")]


def _cleft(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
    words = hit_text(text, hit).lower()
    if words in ("cleft", "clefts", "fluid sign") and re.search(r"palate|lip|disc|fracture\s+cleft", text, re.IGNORECASE):
        return []
    return [("cleft", status)] if status != "possible" else []


_DOUBTED = re.compile(r"(?:possib|cannot|exclude|suspicious|concern|worrisome|query|question|[?])[^,;]*$", re.IGNORECASE)
_NOT_EXCLUDED = re.compile(r"(?:cannot|not)\s+(?:be\s+)?(?:entirely\s+)?(?:excluded|ruled)", re.IGNORECASE)


def _etiology(kind: str) -> _Give:
    def give(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
        before, after = _clause(text, hit, 70)
        words = hit_text(text, hit).lower()
        if kind == "pathologic" and re.match(r"\s*insufficiency", after, re.IGNORECASE):
            return []
        if re.match(r"\s*(?:changes?|bone\s+(?:density|disease)|patient|appearance\s+of\s+the\s+bones|treatment|therapy|workup|bones?|spine|process\s+of\s+the|vertebral\s+bodies\s+are|calcif|arthr|disc|brain|injury\s+to|subarachn|cord|neurom|spondylol|hardware|lung|liver|nodes?|lymph|deposits\s+in\s+the\s+(?:liver|lung))", after, re.IGNORECASE) and not re.search(r"fractur|collapse|compress", after[:25], re.IGNORECASE):
            if kind != "pathologic":
                return []
        if kind == "osteoporotic" and words in ("insufficiency", "osteopenic", "fragility") and re.search(r"\b(?:aortic|venous|mitral|renal|adrenal|cardiac|vascular|sacral|pelvic|pubic|tricuspid|vitamin|respiratory)\s+$", before, re.IGNORECASE):
            return []
        if kind == "osteoporotic" and words in ("osteopenic",):
            return []
        if re.search(r"\b(?:rib|hip|sacral|pelvic|pubic|femoral|humeral|wrist)\s+(?:\w+\s+)?fractur", after[:40], re.IGNORECASE) and not re.search(r"vertebra|compression|wedge", after[:40]):
            return []
        if kind == "pathologic" and words in ("metastasis", "metastases", "metastatic disease", "mets", "myeloma", "multiple myeloma", "neoplasm", "malignancy", "metastatic", "malignant", "neoplastic"):
            return _named_cause(text, hit, status, before, after, words)
        likely = re.search(r"\b(?:likely|probably|probable|presumed|presumably|suspected|consistent|compatible|favou?r\w*|most\s+likely|suggest\w*|appears?|in\s+keeping)\s+(?:\w+\s+){0,4}$", before, re.IGNORECASE)
        less = re.match(r"\s*(?:\w+\s+){0,6}?(?:(?:is|are|considered|thought|felt)\s+)*(?:less\s+(?:likely|favou?red)|unlikely)", after, re.IGNORECASE)
        if less:
            return [("etiologies", f"{kind}:possible")]
        if re.search(r"\b(?:rather\s+than|instead\s+of|not|non|as\s+opposed\s+to)\s*-?\s*(?:an?\s+|of\s+)?$", before, re.IGNORECASE):
            return [("etiologies", f"{kind}:absent")]
        if status == "possible" and likely and not re.search(r"\b(?:possible|possibly|may|might|could|\?|cannot|versus|vs|or)\s+(?:\w+\s+){0,3}$", before, re.IGNORECASE) and not re.search(r"^\s*(?:versus|vs\.?|or)\b", after, re.IGNORECASE):
            return [("etiologies", f"{kind}:present")]
        if re.match(r"\s*(?:versus|vs\.?|or)\s+(?:an?\s+)?(?:pathologic|metasta|malign|osteopor|insuffic|trauma|neopl)", after, re.IGNORECASE) or re.search(r"\b(?:versus|vs\.?|or)\s+(?:an?\s+)?$", before, re.IGNORECASE):
            return [("etiologies", f"{kind}:possible")]
        if status == "absent":
            return [("etiologies", f"{kind}:absent")] if kind == "pathologic" or re.search(r"fractur|compress|collaps", after[:30], re.IGNORECASE) and kind != "traumatic" else []
        if status == "possible" and re.match(r"\s*(?:wedge\s+|vertebral\s+|compression\s+|burst\s+|body\s+|[TLD]\d+\s+)*(?:fractur|collapse|deformit|compress|#|fx)", after, re.IGNORECASE) and not re.search(r"\b(?:possibly|\?|versus|or)\s*$", before, re.IGNORECASE):
            # "Possible osteoporotic fracture": the fracture is hedged, not its cause.
            hedged_cause = kind == "pathologic" and (_DOUBTED.search(before) is not None or _NOT_EXCLUDED.search(after) is not None)
            return [("etiologies", f"{kind}:possible" if hedged_cause else f"{kind}:present")]
        return [("etiologies", f"{kind}:{status}")]

    return give


_CAUSE_OF_FRACTURE = re.compile(r"\b(?:due\s+to|secondary\s+to|from|caused?(?:\s+by)?|related\s+to|resulting\s+from|underlying|because\s+of|consequent\s+(?:to|upon)|attributable\s+to|as\s+a\s+result\s+of|result\s+of|in\s+the\s+setting\s+of|reflect\w*|represent\w*|consistent\s+with|suspicious\s+for|concern\w*\s+for|worrisome\s+for|suggest\w*(?:\s+of)?|in\s+keeping\s+with|compatible\s+with|exclude|favou?r\w*|possible|probable|likely|versus|vs\.?|or|\?|indicat\w*|of)\s+(?:(?:an?|the|underlying|possible|known|bone|bony|osseous|vertebral|diffuse|a|spinal|metastatic|to|multiple|extensive|malignant)\s+)*$", re.IGNORECASE)


def _named_cause(text: str, hit: Hit, status: str, before: str, after: str, words: str) -> list[tuple[str, str]]:
    """A tumour named as the cause of the fracture; a tumour that is only also there says nothing of the cause."""
    adjective = re.match(r"\s*(?:(?:type|compression|vertebral|vertebra|body|burst|wedge|disease|related|-related|crush|acute|chronic|old|lytic|bone|lesion\s+with)\s+)*(?:fractur\w*|collaps\w*|compression|deformit\w*|#|fx|etiolog\w*|aetiolog\w*|cause|causation|involvement\s+with\s+(?:fracture|collapse)|wedg\w*)", after, re.IGNORECASE)
    causes = re.match(r"\s*(?:\w+\s+){0,3}?(?:caus\w+|with\s+(?:associated\s+|resultant\s+|secondary\s+|partial\s+)?(?:pathologic|collapse|compression|fracture)|has\s+caused|resulting\s+in)", after, re.IGNORECASE)
    cause = _CAUSE_OF_FRACTURE.search(before) and re.search(r"fractur|collaps|compress|deformit|wedg|height", before + after, re.IGNORECASE)
    if re.search(r"\b(?:rather\s+than|instead\s+of|not)\s+(?:an?\s+)?$", before, re.IGNORECASE) and re.search(r"osteopor|insuffic|fractur|benign", before, re.IGNORECASE):
        return [("etiologies", "pathologic:absent")]
    if not (adjective or causes or cause):
        if status == "possible" and any(cue.start >= hit.end for cue in hit.cues) and not re.search(r"history|known", before, re.IGNORECASE):
            return [("etiologies", "pathologic:possible")]
        if status == "absent" and re.search(r"\b(?:cause|etiology|underlying)\b", before + after, re.IGNORECASE):
            return [("etiologies", "pathologic:absent")]
        return []
    if re.search(r"\bhistory\s+of\b|\bknown\s+(?:case\s+of\s+)?$|\bh/o\b", before[-40:], re.IGNORECASE) and not adjective:
        return []
    if re.search(r"\b(?:rather\s+than|instead\s+of|not)\s+(?:an?\s+)?$", before, re.IGNORECASE):
        return [("etiologies", "pathologic:absent")]
    if status == "absent" and not cause and not adjective and not causes:
        return []
    if status == "possible" and re.search(r"\b(?:likely|probabl[ey]|presumed|suspected|favou?r\w*|most\s+likely)\s+(?:\w+\s+){0,4}$", before, re.IGNORECASE) and not re.search(r"\b(?:versus|or|vs)\b", before[-30:] + after[:20]):
        return [("etiologies", "pathologic:present")]
    return [("etiologies", f"pathologic:{status}")]


def _mimic(value: str) -> _Give:
    def give(text: str, hit: Hit, status: str) -> list[tuple[str, str]]:
        before, after = _clause(text, hit, 80)
        alternative = re.search(r"(?:fractur|compress|injur|traum|patholog|insuffic|malign|metasta|acute|lesion|#)[^;.]*\b(?:versus|vs\.?|or|/)\s+(?:an?\s+|the\s+|be\s+|possibly\s+|perhaps\s+|less\s+likely\s+|a\s+)*$", before, re.IGNORECASE) or re.match(r"\s*(?:wedging|deformity|variant|node|change|disease|in\s+nature|remodel\w*|variation|wedge|morphology)?s?\s*,?\s*(?:versus|vs\.?|or\s+(?:an?\s+|from\s+|due\s+to\s+|grade\s+\w+\s+|old\s+|acute\s+|chronic\s+|mild\s+|early\s+|more\s+|subtle\s+)*(?:fractur|compress|traum|injur|acute|insuffic|patholog|osteopor))", after, re.IGNORECASE)
        if status == "absent" or alternative:
            return [("mimic_offered", value)] if alternative else []
        if status == "possible" and "?" in text and re.search(r"fractur|#|trauma|injur", text, re.IGNORECASE):
            return [("mimic_offered", value)]
        if re.match(r"\s*(?:wedging|deformity|variant|node|change|disease|wedge)?s?\s*(?:over|or)\s+(?:an?\s+)?(?:old\s+|acute\s+|recent\s+|true\s+)*(?:compress|fractur|injur)", after, re.IGNORECASE):
            return [("mimic_offered", value)]
        if re.search(r"\b(?:too|more\s+than|rather\s+than|beyond|exceed\w*|not|greater\s+than)\b[^,;]*$", before[-40:], re.IGNORECASE):
            return []
        if value == "physiologic" and "normal" in hit_text(text, hit).lower() and "within" in hit_text(text, hit).lower() and not re.search(r"wedg\w*|deformit\w*|concav\w*", before, re.IGNORECASE):
            return []
        if value == "degenerative":
            if not (re.match(r"\s*(?:anterior\s+|mild\s+|remodel\w*\s+)*(?:wedg|height|deformit|compress|flatten|endplate\s+depress)", after, re.IGNORECASE) or re.search(r"(?:wedg\w*|deformit\w*|height\s*(?:loss)?|flatten\w*|depression)\b[^;.]{0,60}\b(?:likely|probably|due|secondary|related|favou?r\w*|consistent|in\s+keeping|represent\w*|reflect\w*|is|are|on\s+a|from|appears?|attributed|compatible|considered|felt|thought|of)\s+(?:\w+\s+){0,4}$", text[: hit.start], re.IGNORECASE)):
                return []
            if re.search(r"fractur", after[:40], re.IGNORECASE) and not re.search(r"rather\s+than|no\s+(?:\w+\s+)?fractur|not\s+(?:a\s+)?fractur", text, re.IGNORECASE):
                return []
        if value == "schmorl_node" and not re.search(r"(?:depress\w*|deformit\w*|concav\w*|wedg\w*|height|irregularit\w*|indentation|impression|fractur\w*|compress\w*|collapse)\b[^;]{0,70}\b(?:likely|probably|due|secondary|related|favou?r\w*|consistent|in\s+keeping|represent\w*|reflect\w*|suggest\w*|compatible|is|are|from|considered|thought|felt|attributed|to|typical|rather)\s+(?:\w+\s+){0,4}$", text[: hit.start], re.IGNORECASE) and not re.match(r"\s*(?:rather\s+than|deformit|-related|related|,?\s*not\s+(?:a\s+)?fractur|with\s+(?:anterior\s+)?(?:wedging|height\s+loss)|causing)", after, re.IGNORECASE):
            return []
        if value == "congenital" and re.match(r"\s*(?:heart|block|fusion|hip|stenosis|narrow|canal|anomal\w+\s+of\s+the\s+(?:rib|heart))|ly\s+(?:narrow|short|small)", after, re.IGNORECASE):
            return []
        if value == "congenital" and not (re.match(r"\s*(?:\w+\s+){0,2}?(?:wedg|deform|vertebra|bod(?:y|ies)|short|height|variant|anomal|in\s+(?:nature|origin)|fusion|cleft|compress|hemi|butterfly|T\d|L\d)", after, re.IGNORECASE) and not re.match(r"\s*(?:\w+\s+)?ribs?\b", after) or re.search(r"(?:wedg\w*|deformit\w*|shape\w*|height|compress\w*)\b[^.;]{0,60}$", before, re.IGNORECASE)):
            return []
        if value == "congenital" and not re.search(r"wedg|deformit|vertebra|body|bodies|hemi|butterfly|dysmorph|height|compress", text, re.IGNORECASE):
            return []
        if value == "physiologic" and not re.search(r"wedg|height|deformit|vertebra|endplate|depress|compress|contour|concav|shape|\b(?:this|these|it)\b", text, re.IGNORECASE):
            return []
        if value == "physiologic" and re.match(r"\s*(?:lordosis|kyphosis|lordotic|kyphotic|movement|motion|curv|range|uptake|activity|cooling|calcif)", after, re.IGNORECASE):
            return []
        return [("mimic", value)]

    return give


_VALUES: dict[str, _Give] = {
    "benign": _benign, "normal_marrow": _normal_marrow,
    "retropulsion": _retropulsion, "marrow_edema": _edema, "posterior_wall": _posterior_wall, "posterior_column": _posterior_column, "cleft": _cleft,
    "pathologic": _etiology("pathologic"), "osteoporotic": _etiology("osteoporotic"), "traumatic": _etiology("traumatic"), "mass": _mass, "destruction": _destruction,
    "marrow_replacement": _present("malignant_features", "marrow_replacement"), "convex_border": _convex, "scheuermann": _mimic("scheuermann"), "schmorl_node": _mimic("schmorl_node"),
    "physiologic": _mimic("physiologic"), "degenerative": _mimic("degenerative"), "congenital": _mimic("congenital"),
}  # fmt: skip
