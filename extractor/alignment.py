"""The shape of the spinal column: kyphosis, scoliosis, and one vertebra slipped on another.

An angle belongs to the curve it is said of, and is local (across a fractured vertebra or a segment) or regional (of a
part of the spine); of several angles of kyphosis the local one counts. A normal thoracic kyphosis is no kyphosis, and a
lost lordosis is nothing. What is only asked for, told as history or recommended is not stated.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from extractor.findings import LEVEL_ORDER, LEVELS, Alignment, Assertion, Curvature, Evidence, Level, Listhesis, Section
from extractor.gates import Gate, scan, words
from extractor.levels import Levels, find_levels
from extractor.text import View

CurveName = Literal["kyphosis", "scoliosis"]
Scope = Literal["local", "regional"]
Direction = Literal["anterolisthesis", "retrolisthesis", "lateral"]

_SILENT = frozenset({
    "indication", "history", "past_history", "past_medical_history", "family_history", "social_history", "medications",
    "comparison", "recommendation", "differential", "discussion", "exam", "other",
})  # fmt: skip
_GATE = Gate(
    "kypho", "kyphus", "hyperkyph", "scolio", "levosc", "levo-scol", "dextrosc", "dextro-scol", "rotosc", "roto-scol",
    "gibbus", "anterol", "antero-list", "antero-lyst", "retrol", "retro-list", "retro-lyst", "spondylol",
    "spondylo-list", "spondylo-lyst", "spondylopt", "listhes", "laterol", "latero-list", "rotatol", "slip",
    "subluxation", "cobb", "kobb", "dowager", "round back", "roundback", "angulation", "curvature", "dextroc", "levoc",
    "wedge angl", "wedging angl", "dextro-curv", "levo-curv", "convex", "translation of", "displacement of",
)  # fmt: skip
_STRENGTH: dict[Assertion, int] = {"present": 2, "possible": 1, "absent": 0}


@cache
def _knowledge() -> dict[str, Any]:
    with (Path(__file__).parent / "knowledge" / "alignment.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _curves() -> tuple[tuple[CurveName, re.Pattern[str]], ...]:
    return tuple((cast(CurveName, r["name"]), words(r["patterns"])) for r in _knowledge()["curve"])


@cache
def _slips() -> tuple[tuple[Direction | None, re.Pattern[str]], ...]:
    return tuple((cast("Direction | None", r["direction"] or None), words(r["patterns"])) for r in _knowledge()["slip"])


@dataclass(frozen=True, slots=True)
class _Sentence:
    """One sentence that can state alignment: its lower-cased words, and where they stand in the view."""

    view: View
    start: int
    text: str
    section: str

    @property
    def written(self) -> str:
        return self.view.text[self.start : self.start + len(self.text)]

    def evidence(self, start: int, end: int) -> Evidence:
        return self.view.evidence(self.start + start, self.start + end, self.section)


def _sentences(view: View, sections: Sequence[Section], sentences: Sequence[tuple[int, int]]) -> list[_Sentence]:
    """The sentences of the sections that report this exam."""
    scanned = scan(view.text)
    if not _GATE.opens(scanned):
        return []
    text, stretches = scanned.text, _GATE.near(scanned, 1)
    starts = [section.start for section in sections]
    found: list[_Sentence] = []
    near = iter(stretches)
    low, high = next(near, (len(text), len(text)))
    for start, end in sentences or [(0, len(text))]:
        while high <= start:
            low, high = next(near, (len(text) + 1, len(text) + 2))
        follows = (
            bool(found) and found[-1].start + len(found[-1].text) >= start - 3 and _ANGLE_SIGN.search(text, start, end)
        )
        if low >= end and not follows:
            continue
        position = bisect_right(starts, start) - 1
        section = sections[position].name if position >= 0 else "body"
        if section not in _SILENT:
            found.append(_Sentence(view, start, text[start:end], section))
    return found


# ------------------------------------------------------------------------------------------------------- how it is said

_ANGLE_SIGN = re.compile(r"\d\s*-?\s*(?:\u00b0|deg)")
_NO = re.compile(
    r"\b(?:no(?!\s+(?:change|interval|significant\s+(?:interval\s+)?change|progression|increase|worsening"
    r"|further))|not|without|w/o|negative\s+for|free\s+of|absence\s+of|nor|neither|absent|nil)\b"
)
_NO_ENDS = re.compile(
    r";|:\s|\s\.\s|\b(?:but|however|except|although|though|with(?!\s+no)|there\s+is|apart|other\s+than|due|because"
    r"|causing|resulting|secondary)\b"
)
_DENIED_AFTER = re.compile(
    r"[\s\w-]{0,24}?\b(?:is|are|was|were)?\s*(?:not\s+(?:seen|present|identified|noted|evident|demonstrated"
    r"|appreciated)|absent|excluded|ruled\s+out)\b|\s*[:=-]\s*(?:no|none|nil|absent)\b"
)
_HEDGE = re.compile(
    r"(?:\b(?:possibl[ey]|probabl[ey]|questionable|suspected|suspicious\s+for|suggest\w*(?:\s+(?:of|a))*"
    r"|may\s+(?:be|represent|reflect|have)|might\s+be|could\s+(?:be|represent)|cannot\s+exclude|query"
    r"|appears?\s+to\s+be|perhaps|concern\w*\s+for|equivocal|likely)\s+(?:[\w-]+\s+){0,4}"
    r"|\?\s*(?:[\w-]+\s+){0,3})$"
)
_HEDGED_AFTER = re.compile(
    r"\s*\?|[\s\w]{0,20}?\b(?:cannot\s+be\s+(?:excluded|ruled\s+out)|is\s+(?:possible|suspected|questioned)"
    r"|not\s+excluded)\b"
)
_UNSAID_BEFORE = re.compile(
    r"\b(?:history\s+of|hx\s+of|h/o|known|if|risk\s+(?:of|for)|prevent\w*|rule\s+out|r/o|evaluat\w+\s+(?:for|of)?"
    r"|assess\w*(?:\s+(?:for|of))?|recommend\w*|juvenile|progress(?:ion)?\s+to|lead(?:ing)?\s+to|develop"
    r"|for)\s+(?:[\w-]+\s+){0,2}$"
)
_TITLE_AFTER = re.compile(
    r"\s*(?:series|stud(?:y|ies)|survey|films?|views?|x-?\s?rays?|protocol|exam\w*|screening|screen|radiographs?"
    r"|evaluation|clinic|surgery|brace|correction|assessment)\b|\s*:\s*(?:-|_|\n|$)"
)


def _is_denied(before: str, after: str) -> bool:
    cue = None
    for match in _NO.finditer(before):
        cue = match
    if cue is not None:
        between = before[cue.end() :]
        if (
            not _NO_ENDS.search(between)
            and ("," not in between or re.search(r"\b(?:or|nor)\b", between + after[:80]))
            and len(between) < 120
        ):
            return True
    return _DENIED_AFTER.match(after) is not None


def _is_unsaid(sentence: _Sentence, start: int, end: int) -> bool:
    """Whether the words are a title, a question, a warning or history."""
    return (
        _TITLE_AFTER.match(sentence.text, end) is not None
        or _UNSAID_BEFORE.search(sentence.text[max(0, start - 60) : start]) is not None
    )


_REACH = 300
"""How far from a mention, in characters, words can still deny or doubt it."""


def _assertion(sentence: _Sentence, start: int, end: int) -> Assertion:
    before, after = sentence.text[max(0, start - _REACH) : start], sentence.text[end : end + _REACH]
    if _is_denied(before, after):
        return "absent"
    return "possible" if _HEDGE.search(before) or _HEDGED_AFTER.match(after) else "present"


# --------------------------------------------------------------------------------------------------------------- curves


@dataclass(frozen=True, slots=True)
class _Telling:
    """One mention of a curve, with the angle and the levels said of it."""

    curve: CurveName
    assertion: Assertion
    scope: Scope | None
    degrees: float | None
    at: tuple[Level, ...]
    evidence: tuple[Evidence, ...]


_MORE = re.compile(
    r"\b(?:accentuat\w+|exaggerat\w+|increas\w+|excessive|prominent|pronounced|marked|severe|moderate|mild|focal"
    r"|abnormal|hyper\w*|angular|sharp|acute|minimal|slight|significant|progressive|worsen\w*|gibbus)\b"
)
_NORMAL_BEFORE = re.compile(
    r"\b(?:normal|physiologic(?:al)?|usual|natural|preserv\w+|maintain\w*|maintenance|adequate|unremarkable"
    r"|anatomic|satisfactory)\s+(?:[\w-]+\s+){0,3}$"
)
_NORMAL_AFTER = re.compile(
    r"\s*(?:and\s+(?:[\w-]+\s+){1,3})?(?:(?:curv\w+|angle|contour|alignment)s?\s+)?(?:is|are|was|were|appears?"
    r"|remains?)?\s*(?:well[\s-]+)?(?:also\s+)?(?:normal|preserved|maintained|within\s+normal|unremarkable"
    r"|physiologic(?:al)?|intact|satisfactory|anatomic|not\s+(?:increased|exaggerated|accentuated))\b"
)
_LESS_BEFORE = re.compile(
    r"\b(?:loss|reduc\w+|decreas\w+|flatten\w+|straighten\w+|revers\w+|diminish\w+|lost|lack|correct\w+"
    r"|improv\w+)\s+(?:of\s+|in\s+)?(?:the\s+)?(?:normal\s+|usual\s+)?(?:[\w-]+\s+){0,2}$"
)
_LOCAL = re.compile(
    r"\b(?:local|focal|segmental|mono-?segmental|bi-?segmental|wedge|wedging|gibbus|angular"
    r"|vertebral\s+(?:body\s+)?(?:kyphosis|kyphotic|angle)|angulation|across|fracture\s+(?:level|site)"
    r"|at\s+the\s+fractur\w+|(?:at|over)\s+(?:the\s+)?(?:level\s+of\s+)?(?:[ctld]|th)\s?-?\d{1,2}(?!\d|\s?[-/]))\b"
)
_REGIONAL = re.compile(
    r"\b(?:thoracic|lumbar|thoraco-?\s?lumbar|dorsal|dorso-?lumbar|regional|global|overall|cervical|lumbosacral"
    r"|cobb'?s?|kobb'?s?|curve|curvature|t[1-5]\s?(?:-|to|through)\s?(?:t\s?)?1[0-2]|bws|apex|levo\w*|dextro\w*"
    r"|spine|convex\w*)\b"
)
_ANGLE = re.compile(
    r"""(?<![\d.])(?:(?P<low>\d{1,3}(?:\.\d)?)\s*(?:\u00b0|deg(?:rees?)?\.?)?\s*(?:-
        |to)\s*)?(?P<n>\d{1,3}(?:\.\d{1,2})?)\s*-?\s*(?:\u00b0|deg(?:rees?)?\b\.?)
      | \b(?:cobb|kobb)'?s?(?:\s+angle)?(?:\s+(?:is|of|was|measur\w+|approximately|about|t\d+\s*-\s*[tl]\d+
          |between\s+\S+\s+and\s+\S+))*\s*[:=(]?\s*(?P<bare>\d{1,3}(?:\.\d)?)(?!\s*(?:%|mm|cm|\d|-\s*[tl]|/|years?))""",
    re.VERBOSE,
)
_OWNER = re.compile(
    r"kyph(?:o\w*|us)|gibbus|scolio\w*|\w+scoliosis|lordo\w*|curv\w*|\bcobb'?s?|\bkobb'?s?|incidence|pelvic\s+tilt|\btilt"
    r"|rotation|\bslope|flexion|extension|slip\s+angle|angulation|wedge\s+angle|wedging|angle|inclination"
    r"|temperature|abduction"
)
_PRIOR_ANGLE = re.compile(
    r"(?:\b(?:previous(?:ly)?|prior|formerly|initial(?:ly)?|earlier|compared\s+(?:to|with)|versus|vs\.?|was|were"
    r"|from|up\s+from|in\s+(?:19|20)\d\d)\s+(?:\w+\s+){0,3}|\(\s*)$"
)
_BOUND = re.compile(
    r"(?:<|>|\b(?:less\s+than|under|below|greater\s+than|more\s+than|over|up\s+to|at\s+least|exceeding"
    r"|normal\s+(?:range|is))\s+(?:or\s+equal\s+to\s+)?)$"
)


def _tellings(sentences: list[_Sentence]) -> Iterator[_Telling]:
    """Every statement about a curve, in order; a Cobb angle in the next sentence goes to the curve before it."""
    open_curve: CurveName | None = None
    for sentence in sentences:
        mentions = sorted(
            (match.start(), match.end(), curve)
            for curve, pattern in _curves()
            for match in pattern.finditer(sentence.text)
            if not _is_unsaid(sentence, match.start(), match.end())
        )
        angles = list(_angles(sentence, mentions, open_curve))
        for start, end, curve in mentions:
            telling = _telling(sentence, start, end, curve, mentions)
            if telling is not None:
                open_curve = curve
                yield telling
        for curve, degrees, scope, span in angles:
            open_curve = curve
            yield _Telling(curve, "present", scope, degrees, _levels_of(sentence, span), (sentence.evidence(*span),))


def _telling(
    sentence: _Sentence, start: int, end: int, curve: CurveName, mentions: list[tuple[int, int, CurveName]]
) -> _Telling | None:
    """What a mention of a curve says of it, angles apart; None where it says nothing."""
    text = sentence.text
    before = text[max(0, start - 70) : start]
    clause = before.rsplit(",", 1)[-1].rsplit(";", 1)[-1]
    assertion = _assertion(sentence, start, end)
    if curve == "kyphosis" and "scolio" not in text[start:end]:
        more = _MORE.search(clause) is not None or text[start:end].startswith(("hyper", "gibbus"))
        if _LESS_BEFORE.search(before):
            return None
        if (not more and (_NORMAL_BEFORE.search(before) or _NORMAL_AFTER.match(text, end))) or (
            _NORMAL_AFTER.match(text, end) and not re.search(r"exaggerat|accentuat|increas", clause)
        ):
            assertion = "absent"
    scope, at = _place(sentence, start, end, curve)
    if curve == "scoliosis" and not at:
        scope = None  # where a curve lies does not tell what an angle of it would be
    return _Telling(
        curve, assertion, scope if assertion != "absent" else None, None, at, (sentence.evidence(start, end),)
    )


def _place(sentence: _Sentence, start: int, end: int, curve: CurveName) -> tuple[Scope | None, tuple[Level, ...]]:
    following = re.split(
        r"\b(?:with|and|causing|due|secondary)\b|[,;]|\.\s", sentence.text[end : end + 50], maxsplit=1
    )[0]
    at = _levels_of(sentence, (start, end))
    return _scope(sentence.text[max(0, start - 40) : end] + following, curve, at), at


_SEGMENT = 3
"""A stated stretch of at most so many vertebrae is a segment; a longer one is a region."""


def _scope(window: str, curve: CurveName, at: tuple[Level, ...] = ()) -> Scope | None:
    if curve == "scoliosis":
        return "regional" if _REGIONAL.search(window) else None
    if len(at) > 1:
        return "local" if abs(LEVEL_ORDER[at[-1]] - LEVEL_ORDER[at[0]]) <= _SEGMENT else "regional"
    if _LOCAL.search(window):
        return "local"
    return "regional" if _REGIONAL.search(window) else None


def _angles(
    sentence: _Sentence, mentions: list[tuple[int, int, CurveName]], open_curve: CurveName | None
) -> Iterator[tuple[CurveName, float, Scope | None, tuple[int, int]]]:
    """The angles of a sentence that belong to a curve; an earlier exam's only where there is no other."""
    found: list[tuple[CurveName, float, Scope | None, tuple[int, int]]] = []
    earlier: list[tuple[CurveName, float, Scope | None, tuple[int, int]]] = []
    for match in _ANGLE.finditer(sentence.text):
        number = match.group("n") or match.group("bare")
        before = sentence.text[max(0, match.start() - 90) : match.start()]
        if _BOUND.search(before) or float(number) > 180 or float(number) == 0:
            continue
        curve = _owner(sentence, match, mentions, open_curve)
        if curve is None:
            continue
        window = _own_words(sentence.text, match)
        angle = (curve, float(number), _scope(window, curve, _levels_of(sentence, match.span())), match.span())
        (earlier if _PRIOR_ANGLE.search(before) and match.group("low") is None else found).append(angle)
    yield from found or earlier


def _own_words(text: str, match: re.Match[str]) -> str:
    """The words around an angle that tell of it and of no other angle."""
    start = max(0, match.start() - 90)
    others = [m.end() for m in _ANGLE.finditer(text, start, match.start())]
    start = max([start, *others])
    following = re.split(
        r"[;.]\s|,|\d\s*(?:\u00b0|deg)|\b(?:and|with)\b", text[match.end() : match.end() + 50], maxsplit=1
    )[0]
    return text[start : match.end()] + following


def _owner(
    sentence: _Sentence, match: re.Match[str], mentions: list[tuple[int, int, CurveName]], open_curve: CurveName | None
) -> CurveName | None:
    """The curve that an angle is said of: by the nearest word before it, else after it."""
    text = sentence.text
    before = text[max(0, match.start() - 110) : match.start()]
    owner = None
    for candidate in _OWNER.finditer(before + text[match.start() : match.end()]):
        owner = candidate.group()
    if owner is None or (owner.startswith("angle") and "kypho" not in before and "scolio" not in before):
        following = _OWNER.match(text[match.end() : match.end() + 60].lstrip(" -of")) or _OWNER.search(
            text[match.end() : match.end() + 40]
        )
        owner = following.group() if following is not None else owner
    if owner is None:
        return None
    if "kypho" in owner or "kyphus" in owner or owner.startswith("gibbus"):
        return "kyphosis" if mentions or "kyphotic" in owner else None
    if "scolio" in owner:
        return "scoliosis" if mentions else None
    if owner.startswith("angulation"):
        spine = re.search(r"spin|vertebra|column|pillar|kypho|\b[tl]\d", text)
        return (
            "kyphosis"
            if spine and not re.search(r"radi(?:us|al)|wrist|metacarp|femor|tibi|scolio|finger|toe", text)
            else None
        )
    if owner.startswith(("wedg", "cobb", "kobb", "curv", "angle")):
        return _curve_of_angle(text[: match.start()] if mentions else text, mentions, match.start(), open_curve)
    return None


def _curve_of_angle(
    text: str, mentions: list[tuple[int, int, CurveName]], position: int, open_curve: CurveName | None
) -> CurveName | None:
    """The curve that a Cobb or wedge angle measures: the last one named, else the plane it is taken in."""
    named = [curve for start, _, curve in mentions if start < position] or [curve for _, _, curve in mentions]
    if named:
        return named[-1]
    if re.search(r"\b(?:sagittal|(?:(?:mono|bi)-?\s?)?segmental|wedg(?:e|ing)|local|regional)\b", text):
        return "kyphosis"
    if re.search(r"\b(?:coronal|frontal|convex\w*)\b", text):
        return "scoliosis"
    return open_curve if re.search(r"cobb|kobb|curv|measur", text) else None


def _levels_of(sentence: _Sentence, span: tuple[int, int]) -> tuple[Level, ...]:
    """The vertebrae that a curve is said to lie at: the ends of a stated range, or the single ones."""
    after = re.split(
        r"[;.]\s|(?<![TLtl]\d)(?<!\d\d)\s+and\b|\bwith\b(?! (?:its )?apex)|,",
        sentence.written[span[1] : span[1] + 60],
        maxsplit=1,
    )[0]
    before = re.split(r"[;,(]", sentence.written[max(0, span[0] - 36) : span[0]])[-1]
    # "Cobb angle T12-L2 15 degrees": the words of an angle can hold its levels.
    for part in (sentence.written[span[0] : span[1]], after, before):
        found = [levels for levels in find_levels(part) if levels.levels]
        if found:
            chosen = found[0] if part is after else found[-1]
            ends = {chosen.levels[0], chosen.levels[-1]}
            return tuple(sorted(ends, key=LEVEL_ORDER.__getitem__))
    return ()


def _united(tellings: list[_Telling]) -> Curvature | None:
    """All that is said of one curve as one: the surest assertion, and of its angles the local one."""
    if not tellings:
        return None
    assertion = max((telling.assertion for telling in tellings), key=_STRENGTH.__getitem__)
    said = [telling for telling in tellings if telling.assertion == assertion]
    measured = [telling for telling in said if telling.degrees is not None]
    local = [telling for telling in measured if telling.scope == "local"]
    chosen = next(iter(local or measured), None)
    sources = said if chosen is None else [chosen, *said] if chosen.scope is None else [chosen]
    scope = next((telling.scope for telling in sources if telling.scope is not None), None)
    at = next((t.at for t in [*sources, *said] if t.at and (t is chosen or t.scope in (None, scope))), ())
    evidence = tuple(dict.fromkeys(e for t in said for e in t.evidence))
    if assertion == "absent":
        return Curvature(assertion="absent", evidence=evidence)
    return Curvature(
        assertion=assertion, degrees=chosen.degrees if chosen else None, scope=scope, at=at, evidence=evidence
    )


# ------------------------------------------------------------------------------------------------------------ listhesis

_GRADE = re.compile(
    r"\b(?:grade|gr\.?|meyerding)\s*(?:grade\s*)?[-:]?\s*(?P<grade>i{1,3}v?|iv|v|[1-5])(?:\s*(?:-|to"
    r"|/)\s*(?P<higher>i{1,3}|iv|v|[1-5]))?\b"
)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_MILLIMETRES = re.compile(r"(?<![\d.])(?P<n>\d{1,2}(?:\.\d{1,2})?)\s*-?\s*(?P<unit>mm|millimet(?:er|re)s?|cm)\b")
_NOT_THE_SLIP = re.compile(
    r"\s*(?:broad|disc|disk|bulge|protrusion|osteophyte|central|herniat|annul|foramin|canal|nodule|ap\b|cyst)"
)
_ON = re.compile(
    r"\s*(?:vertebra(?:l\s+body)?\s*|body\s*|level\s*)?(?:on|over|upon|onto|with\s+respect\s+to|relative\s+to"
    r"|in\s+relation\s+to|against|above|to|versus)\s*(?:the\s+)?$"
)


@dataclass(frozen=True, slots=True)
class _Slip:
    start: int
    end: int
    direction: Direction | None


def _slip_mentions(sentence: _Sentence) -> list[_Slip]:
    """The slips that a sentence states, each word once, the more exact name first."""
    found: list[_Slip] = []
    for direction, pattern in _slips():
        for match in pattern.finditer(sentence.text):
            if not any(slip.start < match.end() and match.start() < slip.end for slip in found):
                found.append(_Slip(match.start(), match.end(), direction))
    stated = [
        slip
        for slip in found
        if not _is_unsaid(sentence, slip.start, slip.end) and _assertion(sentence, slip.start, slip.end) == "present"
    ]
    return sorted(stated, key=lambda slip: slip.start)


_OTHER_FINDING = re.compile(
    r"(?:,\s*|\s)(?:and|with|causing|resulting|this|which)\s(?!(?:at\s+)?(?:the\s+)?(?:[LTCDS]|Th)-?\d|respect)"
    r"|[;.]\s|,\s(?!(?:and\s+)?(?:at\s+)?[LTCDS]-?\d)"
)
"""Where what follows a slip turns to something else."""


def _listheses(sentence: _Sentence) -> Iterator[Listhesis]:
    slips = _slip_mentions(sentence)
    for position, slip in enumerate(slips):
        first = slips[position - 1].end if position else 0
        last = slips[position + 1].start if position + 1 < len(slips) else len(sentence.text)
        before, after = sentence.text[first : slip.start], sentence.text[slip.end : last]
        pairs = (
            _pairs(_OTHER_FINDING.split(sentence.written[slip.end : last], maxsplit=1)[0])
            or _pairs(sentence.written[first : slip.start])[-1:]
            or [None]
        )
        evidence = (sentence.evidence(slip.start, slip.end),)
        grade, millimetres = _grade(before, after), _slipped_by(before, after)
        for index, at in enumerate(pairs):
            alone = len(pairs) == 1 or index == 0
            yield Listhesis(
                at=at, direction=slip.direction, grade=grade, mm=millimetres if alone else None, evidence=evidence
            )


def _grade(before: str, after: str) -> int | None:
    stated = list(_GRADE.finditer(before[-40:]))
    match = stated[-1] if stated else _GRADE.search(re.split(r"\s(?:and|with)\s", after[:60], maxsplit=1)[0])
    if match is None:
        return None
    written = match.group("higher") or match.group("grade")
    return _ROMAN[written] if written in _ROMAN else int(written) if written.isdigit() else None


def _slipped_by(before: str, after: str) -> float | None:
    for part in (after[:90], before[-30:]):
        for match in _MILLIMETRES.finditer(part):
            if not _NOT_THE_SLIP.match(part, match.end()):
                return round(float(match.group("n")) * (10 if match.group("unit") == "cm" else 1), 1)
    return None


def _pairs(written: str) -> list[str | None]:
    """The pairs of vertebrae named in a stretch: "L4 on L5", "L4-5", "L3/4"; a single one slips on the next."""
    pairs: list[str | None] = []
    single: Levels | None = None
    for levels in find_levels(written):
        for start, _end, group in levels.groups or ((levels.start, levels.end, levels.levels),):
            if single is not None and len(group) == 1 and _ON.search(written[single.end : start].lower()):
                pairs.append(f"{single.levels[-1]}/{group[0]}")
                single = None
            elif len(group) == 2:
                pairs.append(f"{group[0]}/{group[1]}")
                single = None
            elif len(group) == 1 and single is None:
                single = Levels(start, _end, group)
    if not pairs and single is not None:
        below = _below(single.levels[0])
        pairs.append(f"{single.levels[0]}/{below}" if below is not None else None)
    return pairs


def _below(level: Level) -> Level | None:
    return next((other for other in LEVELS[LEVEL_ORDER[level] + 1 :] if other not in ("T13", "L6")), None)


def _merged(listheses: list[Listhesis]) -> tuple[Listhesis, ...]:
    """One slip for each pair of vertebrae; what one mention leaves open another fills."""
    merged: list[Listhesis] = []
    for slip in sorted(listheses, key=lambda slip: slip.at is None):
        position = next((i for i, known in enumerate(merged) if _is_same_slip(known, slip)), None)
        if position is None:
            merged.append(slip)
            continue
        known = merged[position]
        merged[position] = Listhesis(
            at=known.at or slip.at,
            direction=known.direction or slip.direction,
            grade=known.grade if known.grade is not None else slip.grade,
            mm=known.mm if known.mm is not None else slip.mm,
            evidence=tuple(dict.fromkeys((*known.evidence, *slip.evidence))),
        )
    return tuple(merged)


def _is_same_slip(known: Listhesis, slip: Listhesis) -> bool:
    agree = known.direction is None or slip.direction is None or known.direction == slip.direction
    return agree and (known.at == slip.at or slip.at is None)


# ------------------------------------------------------------------------------------------------------------ the whole


def read_alignment(view: View, sections: Sequence[Section], sentences: Sequence[tuple[int, int]]) -> Alignment:
    """Kyphosis, scoliosis and slips as the exam's findings state them.

    ``sections`` and ``sentences`` carry offsets of the view. Angles are in degrees, slips in millimetres, grades 1 to 5
    (Meyerding). A curve that the text does not speak of is None; one that it denies, or calls normal, is ``absent``.
    """
    parts = _sentences(view, sections, sentences)
    if not parts:
        return Alignment()
    tellings = list(_tellings(parts))
    return Alignment(
        kyphosis=_united([telling for telling in tellings if telling.curve == "kyphosis"]),
        scoliosis=_united([telling for telling in tellings if telling.curve == "scoliosis"]),
        listhesis=_merged([slip for sentence in parts for slip in _listheses(sentence)]),
    )
