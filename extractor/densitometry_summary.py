"""What a densitometry report says of the patient as a whole: conclusion, lowest T-score, FRAX, TBS, device.

Nothing here is computed: a lowest T-score is read only where the text calls it the lowest, FRAX only where it is named,
and the classification only where a sentence that concludes says it of the patient.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractor.densitometry_words import Span, Token, tokens, vocabulary
from extractor.findings import Densitometry, DensityClass, Evidence, Stated

_CONCLUSION = re.compile(
    r"(?:^|\n)[ \t*#>\d.)-]*(?:impressions?|conclusions?|opinion|summary|interpretation|assessment|"
    r"diagnos[ie]s|dx|comments?|class(?:ification)?|category|"
    r"result|reading|judgement|addendum|revised conclusion|final diagnosis|WHO(?: classification| category|"
    r" diagnosis)?|physician'?s comment|report)\b[ \t]*(?:\([^()\n]{0,30}\))?[ \t]*[:=\n-]"
    r"|[ ]{2,}WHO (?:classification|category|diagnosis)[ ]?:",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\n[ \t*#>]*(?:[A-Z][A-Za-z/ ]{2,30}:|[A-Z][A-Z /]{3,40}\n)")
_OUTSIDE = re.compile(
    r"^[ \t*#>]*(?:clinical|history|indication|reason|comparison|referr|technique|recommend|plan|note|"
    r"explanat|key|legend|who criteria|definition|risk|x-?ray|patient)",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:no|not|without|rule out|exclude|r/o|evaluat\w* for|assess\w* for|risk (?:of|for|factors?)|"
    r"treatment (?:of|for)|treated|screening for|history of|known|family|mother|prevent\w*|medication|"
    r"drug|therapy for|monitoring|? for|for|previous(?:ly)?|prior|from|progress\w* from|"
    r"\?)\s*(?:\w+\s){0,2}$".replace("|? for|for", ""),
    re.IGNORECASE,
)
_LOWEST = re.compile(r"\b(?:lowest|worst|minimum|poorest)\b[^.;\n]{0,70}", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,2})?)(?:[ |]{0,3}(?:%|percent|per cent)(?!\s*(?:or|and) (?:more|"
    r"greater|above|higher|over))|(?<=[:=|][ ]\d\d)(?=\s*$)|(?<=[:=|][ ]\d[.]\d)(?=\s*$)|(?<=[:=|"
    r"][ ]\d\d[.]\d)(?=\s*$)|(?<=[:=|][ ]\d)(?=\s*$))",
    re.IGNORECASE,
)
_TOOL = re.compile(r"\b(FRAX|CAROC|Garvan|QFracture|NOGG|DVO)\b", re.IGNORECASE)
_BOUND = re.compile(
    r"(?:[<>\u2264\u2265]\s?=?|at least|more than|greater than|above|below|less than|exceed\w*|over|"
    r"under|threshold\w*(?: of| is)?|\u2265)\s*(?:the\s+)?$",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?<![A-Za-z])(?:(?:(?-i:GE)|(?-i:GE)[ -]Healthcare|Healthcare|Lunar|Hologic|Norland|Osteosys|DMS|Stratos|"
    r"Medilink|Schick|Cooper[ ]?Surgical|Fan[ -]?beam)[ ,/-]{1,2}){1,4}"
    r"(?:(?:i?DXA|iDXA|Prodigy|Discovery|Horizon|Explorer|Delphi|QDR|DPX|Expert|Eclipse|Achilles|XR|"
    r"Primo|Pro|Advance|Apex|Lunar|Acclaim|Excell|Elite|Aria|Healthcare)(?:[ -]?(?:\d{2,4}[A-Z]?|"
    r"[A-Z]{1,2}i?|Advance|Primo|Pro|QDR|Full|Fuga|Primo)\b){0,3})?"
    r"|(?:(?:Horizon|Discovery|Delphi)[ ](?:Wi?|A|Ci?|SL),?(?:[ ]Hologic)?|Lunar[ ](?:i?DXA|"
    r"Prodigy(?:[ ](?:Advance|Primo|Pro))?|DPX[ -]?[A-Z]{0,3})|\biDXA\b|\bProdigy\b|\bAchilles\b)",
    re.IGNORECASE,
)
_SEVERITY: tuple[DensityClass, ...] = ("normal", "low_bone_mass", "osteoporosis")


@dataclass(frozen=True, slots=True)
class _Read:
    """The view and the way to its evidence."""

    text: str
    evidence: Callable[[Span], Evidence]


def read_summary(
    text: str, evidence: Callable[[Span], Evidence], *, titled_other: bool, other_exam: bool, measured: bool
) -> Densitometry:
    """Report-level statements of the view; each None where the report does not state it.

    ``other_exam`` says that the report is of another exam and only quotes a densitometry, ``titled_other`` that already
    its title says so, ``measured`` that it gives any value of one.
    """
    report = _Read(text, evidence)
    major, hip = _frax(report)
    return Densitometry(
        classification=_classification(report, titled_other, other_exam, measured),
        lowest_t_score=_lowest(report),
        frax_major_percent=major,
        frax_hip_percent=hip,
        tbs=_tbs(report),
        device=_device(report) if measured or _DENSITY.search(text) else None,
    )


# ------------------------------------------------------------------------------------------------------ classification

_DENSITY = re.compile(r"\b(?:t[ -]?-?scores?|bmd|dxa|dexa|densit\w*|z-?scores?|osteodens\w*)\b", re.IGNORECASE)
_NOT_THE_CLASS = re.compile(
    r"[ -]*(?:related|treatment|therapy|clinic|service|risk|medication|screening|cent(?:re|er)|"
    r"foundation|(?:is|was)(?:n't| not)\b|can(?:not|'t)\b|"
    r"(?:was|were|is|are|has been|have been) (?:excluded|ruled out)|"
    r"is defined|may be|is presumed|otherwise presumed|prophyla|guideline|:\s*\d|"
    r"\(?[A-Z]\d\d)",
    re.IGNORECASE,
)
_OF_A_FRACTURE = re.compile(
    r"\s+(?:\w+\s+){0,3}(?:fractur|compress|collaps|wedg|deform|vertebra|bones?\b|probab|risk|changes?\b)",
    re.IGNORECASE,
)
_HEDGED = re.compile(r"\b(?:presumed|likely|possibl[ey]|probabl[ey]|suspect\w*|suggest\w*|\?)", re.IGNORECASE)
_EDGE = re.compile(
    r"(?:less|greater|more|higher|lower) than|T-?\s?score (?:of )?(?:below|above|under)|"
    r"[<>\u2264\u2265]|\bbetween\b|\bor (?:less|lower|below|above|higher|more|greater)\b|\bto\s+-?\d|"
    r"\band (?:above|below)\b",
    re.IGNORECASE,
)
_OF_THE_PATIENT = re.compile(
    r"\b(?:this|the) patient|consistent with|\bby WHO|WHO (?:criteria|class|diag)|meets?|fulfil|range|findings",
    re.IGNORECASE,
)
_ABOUT_BONE = re.compile(
    r"densit|bone|BMD|mass|study|scan|class|WHO|DXA|dexa|opinion|impression|conclusion|"
    r"T-?score|spine|hip|category|result|values|osteo",
    re.IGNORECASE,
)


_TOLD_OF_PATIENT = re.compile(
    r"\bthe patient\s+(?:(?:therefore|thus|now)\s+)?(?:is|has)\s+(?:osteoporo(?:tic|sis)|osteopa?eni[ac]|low bone \w+)"
    r"(?!\s+(?:and|treated|on|under|since|of|at|in))",
    re.IGNORECASE,
)
"""What a conclusion says outright, whatever it says of single sites: "by the radius the patient is osteoporotic"."""


def _classification(report: _Read, titled_other: bool, other_exam: bool, measured: bool) -> Stated[DensityClass] | None:
    """The class that the report concludes: of several in its conclusion the worst, because the lowest site decides.

    A sentence that gives each site a class of its own ("osteopenia of the hip, spine normal") concludes nothing.
    """
    text = report.text
    if not measured and not re.search(
        r"\b(?:DXA|DEXA|BMD|densitom\w*|t-?\s?scores?|osteodens\w*)\b", text, re.IGNORECASE
    ):
        return None
    concluding = _concluding_regions(text)
    spoken = concluding if other_exam else [*concluding, *_other_lines(text, concluding)]
    told = [m for start, end in spoken for m in _TOLD_OF_PATIENT.finditer(text, start, end)]
    for match in told:
        for token in tokens(match.group()):
            if token.kind == "class" and token.value != "normal":
                span = (match.start() + token.start, match.start() + token.end)
                return Stated[DensityClass](value=_class_of(token), evidence=(report.evidence(span),))
    for spans in (concluding, _other_lines(text, concluding)):
        quoted = titled_other or not measured or (other_exam and spans is not concluding)
        found = [
            t
            for start, end in spans
            for t in _classes(text, start, end, in_table=spans is not concluding, quoted=quoted)
        ]
        if len({t.value for t in found}) > 1 and all(_beside_site(text, t) for t in found):
            found = [
                t
                for start, end in _other_lines(text, concluding)
                if re.match(r"\W*(?:overall|final|global)\b", text[start:end], re.IGNORECASE)
                for t in _classes(text, start, end, in_table=True, quoted=False)
            ]
            if not found:
                return None
        if found:
            worst = max(found, key=lambda t: _SEVERITY.index(_class_of(t)))
            return Stated[DensityClass](value=_class_of(worst), evidence=(report.evidence((worst.start, worst.end)),))
    return None


def _class_of(token: Token) -> DensityClass:
    return next(c for c in _SEVERITY if c == token.value)


def _concluding_regions(text: str) -> list[Span]:
    spans = []
    for match in _CONCLUSION.finditer(text):
        following = _HEADING.search(text, match.end())
        spans.append((match.start(), following.start() if following else len(text)))
    return spans


def _other_lines(text: str, taken: Sequence[Span]) -> list[Span]:
    """Lines outside conclusions that may hold a verdict without a heading of its own."""
    spans = []
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        if _OUTSIDE.match(line) or any(a <= start < b for a, b in taken):
            continue
        spans.append((start, start + len(line)))
    return spans


def _classes(text: str, start: int, end: int, *, in_table: bool, quoted: bool) -> list[Token]:
    """Class words of a stretch that are said of this patient: not negated, asked about, treated or defined."""
    found = []
    for sentence in re.finditer(r"(?:[^.\n]|\.(?=\d))+", text[start:end]):
        words = sentence.group()
        if len(words) > 2_000:  # no sentence; reading it would grow with its square
            continue
        here = [t for t in tokens(words) if t.kind == "class"]
        offset = start + sentence.start()
        line = text[text.rfind("\n", 0, offset) + 1 : offset + len(words)]
        if not here or (quoted and not _DENSITY.search(line)) or _is_teaching(words, here):
            continue
        if re.search(r"\b(?:x-?rays?|radiograph\w*|films?|MRI|CT)\b", words, re.IGNORECASE) and not _DENSITY.search(
            words
        ):
            continue
        said = [t for t in here if _said_of_patient(words, t, in_table)]
        if len({t.value for t in said}) > 1 and _by_site(words, said):
            continue
        found += [Token("class", t.value, offset + t.start, offset + t.end) for t in said]
    return found


def _is_teaching(words: str, here: Sequence[Token]) -> bool:
    """Whether a sentence explains the classes, or offers them for choice, instead of giving one."""
    cues = vocabulary().boilerplate
    if (cues["treatment"].search(words) or cues["definition"].search(words)) and not _OF_THE_PATIENT.search(words):
        return True
    if (
        _EDGE.search(words)
        and re.search(r"T-?\s?score|-\s?[12]", words, re.IGNORECASE)
        and not re.search(r"patient|consistent", words, re.IGNORECASE)
    ):
        return True
    between = [words[a.end : b.start] for a, b in pairwise(here)]
    return any(re.fullmatch(r"\s*/\s*", gap) for gap in between)


def _said_of_patient(words: str, token: Token, in_table: bool) -> bool:
    before, after = words[max(0, token.start - 80) : token.start], words[token.end : token.end + 60]
    if (
        _NEGATED.search(before)
        or _NOT_THE_CLASS.match(after)
        or _HEDGED.search(words[max(0, token.start - 25) : token.end + 15])
    ):
        return False
    if words[token.start : token.end].lower() == "osteoporotic" and (
        _OF_A_FRACTURE.match(after) or re.search(r"major\s*$", before, re.IGNORECASE)
    ):
        return False
    if token.value == "normal" and not _ABOUT_BONE.search(words) and len(words.split()) > 3:
        return False
    if token.value == "normal" and re.search(
        r"\b(?:levels?|vertebrae|bod(?:y|ies)|heights?|dis[ck]s?|shapes?|young)\s+(?:(?:is|are|appears?|of)\s+)?$"
        r"|(?<![-\w])[DTL]\d{1,2}\s*:?\s*(?:(?:is|appears?)\s+)?$",
        before,
        re.IGNORECASE,
    ):
        return False
    if token.value == "normal" and re.match(
        r"\s+(?:for|in) (?:age|shape|position)|\s*(?:vertebra|height|alignment|marrow|signal)", after, re.IGNORECASE
    ):
        return False
    if token.value == "low_bone_mass" and re.match(r"\s+(?:for|relative to) (?:\w+ ){0,2}age\b", after, re.IGNORECASE):
        return False
    if in_table:
        cell = re.search(r"[|\t]|[ ]{3,}|,\S", words) and re.search(r"\d[.,]\d", words)
        bracketed = re.search(r"\(\s*$", before) and re.match(r"\s*\)", after)
        return not cell and not bracketed
    return True


def _beside_site(text: str, token: Token) -> bool:
    """Whether the sentence of a class, or of several its clause, names a site that it is said of."""
    start = max(text.rfind("\n", 0, token.start), text.rfind(". ", 0, token.start)) + 1
    ends = [e for e in (text.find("\n", token.end), text.find(". ", token.end)) if e >= 0]
    sentence = text[start : min(ends, default=len(text))]
    if len({t.value for t in tokens(sentence) if t.kind == "class"}) > 1:
        before = re.split(r"[,;]|\b(?:and|but|with)\b", sentence[: token.start - start])[-1]
        sentence = before + re.split(r"[,;]|\b(?:and|but|with)\b", sentence[token.start - start :])[0]
    return any(t.kind in ("region", "part", "levels") and not (t.bare and t.value == "total") for t in tokens(sentence))


def _by_site(words: str, said: Sequence[Token]) -> bool:
    """Whether every class of a sentence has a site beside it, so that it speaks of sites and not of the patient."""
    places = [
        t for t in tokens(words) if t.kind in ("region", "part", "levels") and not (t.bare and t.value == "total")
    ]
    return len(places) >= 2 and len(said) >= 2


# ----------------------------------------------------------------------------------------------------- lowest T-score


def _lowest(report: _Read) -> Stated[float] | None:
    """The T-score that the text itself calls the lowest, in an addendum rather than in what it corrects."""
    addendum = re.search(r"\baddendum\b", report.text, re.IGNORECASE)
    corrected = addendum.start() if addendum else 0
    for match in sorted(_LOWEST.finditer(report.text), key=lambda match: match.start() < corrected):
        if vocabulary().boilerplate["definition"].search(match.group()) or re.search(
            r"\bif\b|\bz-?score|^\w+ (?:of|on|in) (?:the |both |two )+(?:sides|hips|femurs|femora|necks)|^\w+ side",
            match.group(),
            re.IGNORECASE,
        ):
            continue
        stretch = re.split(r"(?<!\d)\.(?!\d)", report.text[match.start() : match.end() + 12])[0]
        found = [t for t in tokens(stretch) if t.kind == "number" and t.number is not None]
        scores = [
            t
            for t in found
            if t.number
            and abs(t.number.value) <= 8
            and (t.number.decimals == 1 or t.number.sign)
            and t.number.unit in ("", "SD")
        ]
        if not scores:
            offset = max(0, match.start() - 70, report.text.rfind("\n", 0, match.start()))
            stretch = re.split(r"\.\s", report.text[offset : match.start()])[-1]
            offset = match.start() - len(stretch)
            back = [
                t
                for t in tokens(stretch)
                if t.kind == "number" and t.number is not None and t.number.sign and t.number.decimals == 1
            ]
            if back and back[-1].number is not None:
                return Stated[float](
                    value=back[-1].number.value,
                    evidence=(report.evidence((offset + back[-1].start, offset + back[-1].end)),),
                )
        if not scores or not re.search(r"t[ -]?-?score|\bT\b|is|:|of", stretch, re.IGNORECASE):
            continue
        first = scores[0]
        if (
            first.number is None
            or _BOUND.search(stretch[: first.start])
            or re.match(r"\s*(?:or|and) (?:less|lower|below)", stretch[first.end :])
        ):
            continue
        span = (match.start() + first.start, match.start() + first.end)
        return Stated[float](value=first.number.value, evidence=(report.evidence(span),))
    return None


# --------------------------------------------------------------------------------------------------------- FRAX, TBS


def _frax(report: _Read) -> tuple[Stated[float] | None, Stated[float] | None]:
    """FRAX probabilities of a major osteoporotic and of a hip fracture; those of other tools and thresholds are not."""
    text = report.text
    if not re.search(r"FRAX|major (?:osteoporotic )?frac|MOF\b|10[- ]year|ten[- ]year", text, re.IGNORECASE):
        return None, None
    found: dict[str, list[tuple[float, Span, bool]]] = {"major": [], "hip": []}
    tool = ""
    position = 0
    for sentence in re.split(r"(?<=[^\d\s])[.;]\s+|\n", text):
        start = text.find(sentence, position)
        position = start + len(sentence)
        named = [m.group(1).upper() for m in _TOOL.finditer(sentence)]
        local = named[0] if named else tool
        if named:
            tool = named[0]
        if re.search(r"CAROC|GARVAN|QFRACTURE|DVO", local) and "FRAX" not in named:
            continue
        if not named and not re.search(r"major|\bMOF\b|hip", sentence, re.IGNORECASE):
            continue
        told = _COMPARED.sub("", sentence)
        if re.search(
            r"guideline|threshold|recommend\w* (?:for|in|when|if)|treatment (?:if|when|should)|"
            r"consider(?:ed)? (?:if|when|in|for)",
            told,
            re.IGNORECASE,
        ) and not re.search(r"\b(?:the|this) patient", sentence, re.IGNORECASE):
            continue
        _frax_of_sentence(text, start, start + len(sentence), local, found)

    def first(values: list[tuple[float, Span, bool]]) -> Stated[float] | None:
        chosen = sorted(values, key=lambda v: not v[2])[:1] if values else []
        return Stated[float](value=chosen[0][0], evidence=(report.evidence(chosen[0][1]),)) if chosen else None

    return first(found["major"]), first(found["hip"])


def _frax_of_sentence(
    text: str, start: int, end: int, tool: str, found: dict[str, list[tuple[float, Span, bool]]]
) -> None:
    sentence = text[start:end]
    numbers = [m for m in _NUMBER.finditer(sentence) if not _BOUND.search(sentence[max(0, m.start() - 30) : m.start()])]
    if not tool and not re.search(r"frac|risk|probab", sentence, re.IGNORECASE):
        return
    adjusted = re.search(r"adjusted for TBS|TBS[- ]adjusted", sentence, re.IGNORECASE) and not re.search(
        r"FRAX[^.]*\d.*adjusted", sentence, re.IGNORECASE
    )
    with_bmd = not adjusted and not re.search(r"without (?:the )?(?:\w+ )?BMD", sentence, re.IGNORECASE)
    last = 0
    for index, number in enumerate(numbers):
        before = sentence[max(last, number.start() - 200) : number.start()]
        behind = sentence[number.end() : number.end() + 45]
        kind = _fracture_kind(before, behind)
        if (
            not kind
            and tool == "FRAX"
            and len(numbers) == 2
            and re.fullmatch(r"\s*/\s*", sentence[numbers[0].end() : numbers[1].start()])
        ):
            kind = ("major", "hip")[index]
        if kind:
            value = float(number.group(1).replace(",", "."))
            found[kind].append((value, (start + number.start(), start + number.end()), with_bmd))
        last = number.end()


_COMPARED = re.compile(
    r"(?<=[\d%])[\s,;:-]*(?:(?:and|but|so|which|both|these|this|neither|either|that|are|is|lies?|lying|falls?|remains?|being|well"
    r"|just|far|clearly|values?|of|them|figures?|risks?|does|do|not|therefore|also)\s+){0,6}"
    r"(?:above|below|over|under|within|at|reach\w*|cross\w*|meet\w*|exceed\w*)\s+(?:the\s+|our\s+|local\s+)*"
    r"(?:[\w.]+\s?%?\s+){0,2}(?:intervention|treatment|therapeutic)\s+thresholds?",
    re.IGNORECASE,
)
"""A threshold that the patient's own probability is compared with: "hip 5.6%, above the intervention threshold"."""
_MAJOR = re.compile(r"major|\bMOF\b|\bMOFs?\b|any osteoporotic|osteoporotic fracture|clinical fracture", re.IGNORECASE)
_HIP = re.compile(r"\bhip\b|\bHF\b|femoral neck fracture", re.IGNORECASE)


_KIND_BEHIND = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:for|risk of|probability of|chance of)\s+(?:an?\s+|the\s+)?"
    r"(major|MOFs?\b|any osteoporotic|hip\b)",
    re.IGNORECASE,
)
"""What a percentage says of itself: "15% for major osteoporotic fracture, 2.9% for hip fracture"."""


def _fracture_kind(before: str, behind: str) -> str:
    """Which fracture a probability is of: as named nearest before it, else right behind it ("11% for major ...")."""
    own = _KIND_BEHIND.match(behind)
    if own and not re.search(
        r"(?:major|MOFs?|hip|fractures?)\b[^.;%]{0,25}(?:[:=(]|\b(?:is|of|was))\s*$", before, re.IGNORECASE
    ):
        return "major" if _MAJOR.search(own.group(1)) else "hip"
    major = max((m.end() for m in _MAJOR.finditer(before)), default=-1)
    hip = max((m.end() for m in _HIP.finditer(before)), default=-1)
    if max(major, hip) >= 0:
        return "major" if major > hip else "hip"
    if re.match(r"[\s,(]*(?:\w+\s+){0,5}?(?:major|MOF)", behind, re.IGNORECASE):
        return "major"
    if re.match(r"[\s,(]*(?:(?:for|of|risk|probability|chance|a|the|at|in)\s+){0,4}hip", behind, re.IGNORECASE):
        return "hip"
    return ""


def _tbs(report: _Read) -> Stated[float] | None:
    """The trabecular bone score (about 0.8 to 1.6, no unit), of L1-L4 where single vertebrae are listed too."""
    candidates = []
    for match in re.finditer(r"\b(?:TBS|trabecular bone score)\b", report.text, re.IGNORECASE):
        line_end = report.text.find("\n\n", match.end())
        stretch = report.text[match.end() : min(match.end() + 110, line_end if line_end > 0 else len(report.text))]
        levels: tuple[str, ...] = ()
        for token in tokens(stretch):
            if token.kind == "levels":
                levels = token.levels
            number = token.number
            if number is None or not 0.7 <= number.value <= 1.75 or number.decimals < 2 or number.sign or number.unit:
                continue
            if (
                _BOUND.search(stretch[: token.start])
                or re.match(r"\s*(?:or|to|-|and) ", stretch[token.end :])
                or re.search(r"(?:between|range|to|normal|degraded)[^\d]{0,12}$", stretch[: token.start], re.IGNORECASE)
            ):
                continue
            candidates.append((len(levels) == 1, (match.end() + token.start, match.end() + token.end), number.value))
    if not candidates:
        return None
    chosen = min(candidates, key=lambda c: (c[0], c[1]))
    return Stated[float](value=chosen[2], evidence=(report.evidence(chosen[1]),))


def _device(report: _Read) -> Stated[str] | None:
    """The densitometer as printed."""
    found = [m for m in _DEVICE.finditer(report.text) if m.group().strip(" ,-/") not in ("GE", "Healthcare")]
    current = [
        m
        for m in found
        if not re.search(r"previous\w*[^.;]{0,30}$", report.text[max(0, m.start() - 50) : m.start()], re.IGNORECASE)
    ]
    if not found:
        return None
    match = max(current or found, key=lambda m: (len(m.group().split()) > 1, -m.start()))
    words = match.group().strip(" ,-/")
    return Stated[str](value=words, evidence=(report.evidence((match.start(), match.start() + len(words))),))
