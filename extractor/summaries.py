"""A statement about several findings at once, and which of them it is about.

A conclusion, a heading or a discussion speaks of fractures without their levels: "both fractures are traumatic",
"multiple insufficiency fractures", "all but T5 are acute". What it says holds for every finding it is about, unless
that finding's own words say otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from extractor.anatomy import Anatomy, level_names
from extractor.attributes import Attribute
from extractor.findings import Level, Region

Whom = Literal["all", "both", "these", "others", "told", "one", ""]
"""The others, both, all and these as worded; those told so far in the section; the one that is spoken of."""

SUMMED = frozenset({"acuity", "change", "etiologies"})
"""Fields that a conclusion says of several fractures."""


class Summary(NamedTuple):
    """What one sentence says of several told findings."""

    position: int
    attributes: tuple[Attribute, ...]
    whom: Whom
    excepted: frozenset[Level] = frozenset()
    region: Region | None = None
    portions: tuple[str, ...] = ()
    number: int | None = None


# What comes in pairs in every vertebra, in every spine or in every exam, so that "both" and "all" are not of fractures.
_PARTS = (
    r"pedic|end-?\s?plate|sides?\b|lamin|facet|cort|superior|inferior|upper|lower|anterior|posterior|walls?\b|columns?\b"
    r"|views?\b|planes?\b|t1\b|t2\b|stir|lungs?\b|hips?\b|femor|femur|kidney|sacral|sacroil|iliac|psoas|transverse"
    r"|spinous|pars\b|rib|stud|scan|exam|film|sequence|series|disc|disk|dis[ck]s|neural|foramin|nerve|project|image|other"
    r"|legs?\b|knee|feet|arm|imaged|visuali|remaining|lumbar|thoracic|cervical|vertebra[el]?\b(?!\s+(?:fract|coll|comp|deform))|bones?|the\s+other"
)
_OF_PARTS = rf"(?!\s+(?:of\s+)?(?:the\s+)?(?:left\s+|right\s+)?(?:{_PARTS}))"
_WHOM = re.compile(
    rf"""\b(?:
        (?P<others> the\s+(?:others|rest|remainder|remaining\s+(?:ones?|fractures?|deformities|levels|collapses|two
                      |three|four|five)|other\s+(?:one|ones|two|three|four|five|fractures?|deformities|levels))
                  | (?:all\s+)?others\b | (?:all\s+)?(?:the\s+)?(?:other|remaining)\s+(?:\w+\s+)?
                      (?:fractures|deformities|levels|collapses) )
      | (?P<both> both{_OF_PARTS} | neither{_OF_PARTS}
                | either\s+(?:level|one|fracture|vertebra|of\s+(?:these|them|the))
                | (?:the\s+)?(?:two|2)\s+(?:vertebral\s+)?fractures )
      | (?P<all> all{_OF_PARTS} | each{_OF_PARTS} | every{_OF_PARTS} | none\s+of\s+(?:these|them|the)
                | any\s+(?:level|of\s+(?:these|them|the)|fracture|vertebra) )
      | (?P<these> these | they | those(?!\s+(?:of|with|seen|in|at)\b) )
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
# What is left out: "all but T5", "fractures other than L2".
_EXCEPT = re.compile(
    r"\b(?:other\s+than|except(?:ing|\s+for|\s+that\s+(?:at|of))?|apart\s+from|aside\s+from|besides|(?:all|every\w*)\s+but"
    r"|with\s+the\s+exception\s+of|excluding|save\s+for|but\s+not)\s+(?:(?:that|the|those|one|fractures?|level)\s+|(?:of"
    r"|at|in)\s+)*",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r";|[.]\s|,(?=\s*(?:the|all|both|but|while|whereas|others?)\b)|(?<!ll )\bbut\b|\bwhile\b|\bwhereas\b"
)


def whom(text: str, start: int) -> Whom:
    """Whom a value at ``start`` is said of, by the words of its clause; of several, by those nearest before it."""
    begin = max((match.end() for match in _CLAUSE_END.finditer(text, 0, start)), default=0)
    stop = _CLAUSE_END.search(text, start)
    end = stop.start() if stop else len(text)
    found = list(_WHOM.finditer(text, begin, end))
    before = [match for match in found if match.start() < start]
    match = before[-1] if before else found[0] if found else None
    if match is not None and match.lastgroup == "these" and any(other.lastgroup == "all" for other in found):
        return "all"
    return match.lastgroup if match else ""  # type: ignore[return-value]


def clause_before(text: str, start: int) -> str:
    """The words of a clause before a value at ``start``."""
    return text[max((match.end() for match in _CLAUSE_END.finditer(text, 0, start)), default=0) : start]


@lru_cache(maxsize=64)
def excepted(text: str) -> frozenset[Level]:
    """The levels that a general statement leaves out: "fractures other than T5"."""
    match = _EXCEPT.search(text)
    if match is None:
        return frozenset()
    chosen: set[Level] = set()
    cursor = match.end()
    for item in _levels_from(level_names(text), cursor):
        if chosen and not re.fullmatch(r"\s*(?:,|and|or|&|/)*\s*(?:the\s+)?", text[cursor : item.start]):
            break
        if not chosen and item.start != cursor:
            break
        chosen |= set(item.levels)
        cursor = item.end
    return frozenset(chosen)


def _levels_from(anatomy: Sequence[Anatomy], start: int) -> list[Anatomy]:
    return [item for item in anatomy if item.kind == "level" and item.start >= start]
