"""Grammar that the readers of a sentence share: where a phrase ends, what leads on, which of several is meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from extractor.anatomy import Anatomy
from extractor.findings import LEVEL_ORDER, Level

# Where what is said of one thing ends.
STRONG_BREAK = re.compile(
    r";|\bbut\b|\bhowever\b|\bwhereas\b|\bwhile\b|\bwhilst\b|\balthough\b|\bthough\b|\u2014|\s-{1,2}\s"
    r"(?-i:(?=[A-Z][a-z]))|(?<!\bi\.e)(?<!\be\.g)(?<!\bca)(?<!\bapprox)(?<!\baprox)(?<!\bappr)(?<!\bht)(?<!\bvs)(?<!\bant)(?<!\best)(?-i:(?<![IVX]))\.\s",
    re.IGNORECASE,
)
EXCEPT = (
    r"(?:(?<=\ball\s)but|(?<=bodies\s)but|(?<=vertebrae\s)but|other\s+than|except(?:ing|\s+for)?|apart\s+from|aside\s+from"
    r"|besides|save\s+for|with\s+the\s+exception\s+of)"
)
"""Words that leave out what they name: "all but T5", "except for L1"."""
# Words that no noun phrase runs over.
_LINKING_WORD = (
    r"of|in|at|with|and|or|nor|is|are|was|were|shows?|showed|showing|demonstrates?|demonstrated|demonstrating|has|have"
    r"|had|from|to|on|by|there|without|reveals?|revealed|appears?|for|"
    r"involving|involves?|no|not|whereas|since|while|whilst|although|because|when|which|that|than|affecting|affects?"
    r"|throughout|within|through|into|causing|after|before|but|consistent|compatible|suggest\w*|indicat\w*"
    r"|represent\w*|measuring|due|secondary|noted|seen|between|below|above"
)
# The rest of a noun phrase; with a comma in it, of a list of adjectives.
NOUN_PHRASE = re.compile(
    rf"(?:[\s,/()\u00b0%~<>?*'\"-]|(?!(?:{_LINKING_WORD})\b)[A-Za-z'][A-Za-z0-9']*\b|\d+(?:\.\d+)?)*",
    re.IGNORECASE,
)
# The same without a comma.
ADJECTIVES = re.compile(
    rf"(?:[\s/()\u00b0%~<>?*'\"-]|(?!(?:{_LINKING_WORD})\b)[A-Za-z'][A-Za-z0-9']*\b|\d+(?:\.\d+)?)*",
    re.IGNORECASE,
)
# Words before a name that make it a place of comparison or of counting.
_NOT_AN_OWNER = re.compile(
    r"\b(?:(?:differ\w*|distinct|distinguish\w*|similar|unlike|contrast\w*|compar\w+)\s+(?:[a-z]+\s+){0,2}?"
    r"(?:than|from|to|with|of)\s+(?:the\s+)?(?:appearances?|signal|shape|that|those)\s+(?:[a-z]+\s+){0,4}(?:of|in|at)"
    r"|compared\s+(?:to|with)|relative\s+to|(?:with|in)\s+(?:respect|regard|relation|comparison)\s+(?:to|with)"
    r"|as\s+against|against|upon|adjacent\s+to|above|below|over|overlying|beneath|(?<!other\s)than"
    r"|unlike|next\s+to|caudal\s+to|cranial\s+to|cephalad\s+to|inferior\s+to|superior\s+to|just\s+(?:below|above)"
    r"|opposite|between|numbered\s+from|counting\s+from|assuming|labell?ed\s+as|designated\s+(?:as\s+)?"
    r"|tip\s+(?:at|of|overlying|projects\s+over)|projecting\s+over|as\s+(?:low|high)\s+as|extending\s+(?:down|up)\s+to"
    r"|conus\s+(?:medullaris\s+)?(?:terminates|ends|lies)\s+at|terminat\w+\s+at|ends\s+at|lies\s+at)\s+"
    r"(?:(?:that|those)\s+)?(?:(?:of|in|at|for)\s+)?(?:the\s+)?(?:level\s+of\s+)?(?:\w+ed\s+)?$",
    re.IGNORECASE,
)
# "Between" two vertebrae lies a disc; between two that are further apart lie all the vertebrae of a stretch.
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?(?:levels?\s+(?:of\s+)?)?$", re.IGNORECASE)


def is_place_of_comparison(text: str, item: Anatomy) -> bool:
    """Whether a level only tells where something else lies, or with what it is compared."""
    before = text[: item.start]
    if _NOT_AN_OWNER.search(before) is None:
        return False
    return not (len(item.levels) > 2 and _BETWEEN.search(before))


# Words that state what they stand beside: "small cleft", "cleft inside", "retropulsion of 3 mm", "cleft is seen".
_STATED_BEFORE = re.compile(
    r",\s*(?:(?:slight|small|mild|minor|moderate|marked|large|severe|new|fluid-?\s?filled|thin|linear|\d+\s*mm)\s+)(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_STATED_AFTER = re.compile(
    r"\s*(?:(?:of|by|=|measuring|about|~)\s*)*\d|\s+(?:inside|within|in|at|below|beneath|under|on|is|are|seen|present|noted|visible)\b",
    re.IGNORECASE,
)


def behind_denial(text: str, denial: tuple[int, int], start: int, end: int) -> Literal["denied", "stated", "unclear"]:
    """What a denial earlier in its sentence makes of the sign at ``text[start:end]`` when commas part them.

    A list that opens with "no" is denied to its end: "No retropulsion, cleft, oedema". In a list of statements a
    denial reaches to the next comma: "L1 wedged, no oedema, cleft inside"; a sign that nothing states stays unclear.
    """
    gap = text[denial[1] : start]
    if "," not in gap or re.search(r"\b(?:or|nor)\b", gap + text[end : end + 40], re.IGNORECASE):
        return "denied"
    if not text[: denial[0]].rstrip().endswith(","):
        return "denied"
    stated = _STATED_BEFORE.search(text[:start]) or _STATED_AFTER.match(text, end)
    return "stated" if stated else "unclear"


# Between two parts of one enumeration.
COORDINATED = re.compile(
    r"^\s*(?:,|and|or|with|/|&|\+|and/or|plus|or\s+possibly|as\s+well\s+as|,\s*and|,\s*or)?\s*"
    r"(?:(?!(?:of|in|at|is|are|was|were|there)\b)[A-Za-z%\d-]+\s+){0,4}$",
    re.IGNORECASE,
)


_PLACES = {"former": 0, "first": 0, "upper": 0, "second": 1, "third": 2, "latter": -1, "lower": -1}


def one_of(levels: Sequence[Level], which: str) -> Level | None:
    """The level that "the former", "the second" or "the lower" chooses; None where there are not so many."""
    ordered = sorted(levels, key=LEVEL_ORDER.__getitem__) if which in ("upper", "lower") else levels
    place = _PLACES[which]
    return ordered[place] if place < len(ordered) and ordered else None


def picked(owners: Sequence[Anatomy], which: str) -> Anatomy | None:
    """The name of the level that words such as "the latter" choose of several; None where there are not so many."""
    levels = [item for item in owners if item.kind == "level"] or list(owners)
    groups = [group for item in levels for group in (item.groups or ((item.start, item.end, item.levels),))]
    single = [(start, end, (level,)) for start, end, group in groups for level in group] or groups
    if not all(level for _, _, level in single):
        return None
    chosen = one_of([group[0] for _, _, group in single], which)
    for start, end, group in single:
        if group[0] == chosen:
            return replace(levels[0], start=start, end=end, levels=group, groups=((start, end, group),))
    return None


# Words that choose one of several vertebrae.
_WHICH = re.compile(
    r"\bthe\s+(?P<word>former|latter|last)\b|\bthe\s+(?P<nth>first|second|third|last|upper|lower|superior|inferior"
    r"|higher)(?:-?most)?\s+(?:one|of\s+(?:these|them|the\s+(?:two|three))|of\s+which|fracture|deformity|vertebra"
    r"|level)\b|\bof\s+(?:which|these|them|whom)\s+(?:only\s+)?the\s+(?P<of>first|second|third|last|former|latter"
    r"|upper|lower"
    r"|superior|inferior)\b"
    # "The first has retropulsion, the second none."
    r"|\bthe\s+(?P<as>first|second|third|upper|lower)(?=\s*$|\s+(?:is|was|has|had|shows?|showed|appears?|looks?|remains?|measures?"
    r"|demonstrates?|displays?|does|none|not|no|old|acute|new|recent|chronic)\b)",
    re.IGNORECASE,
)


def which_of(text: str) -> str:
    """Which of several vertebrae the words point to; empty where they do not choose."""
    matches = list(_WHICH.finditer(text))
    if not matches:
        return ""
    match = matches[-1]
    word = (match.group("word") or match.group("nth") or match.group("of") or match.group("as")).lower()
    return {"superior": "upper", "higher": "upper", "inferior": "lower", "last": "latter"}.get(word, word)
