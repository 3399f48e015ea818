"""The grammar of vertebral levels: names, lists, ranges - and what only looks like one.

``T11-L1``, ``T7 through T9``, ``L1, 2 and 3``, ``Th 12``, ``D12``, ``TH-12``, ``LV1``, ``twelfth thoracic``, ``lumbar
2``, ``T11/12`` and ``L2-3-4`` name vertebrae. ``L4-L5`` names two vertebrae or the disc between them, which only the
words around it tell (``Levels.adjacent_pair``). ``T1-weighted``, ``S1 nerve root``, ``type C3`` and ``T2N0M0`` name
no vertebra. Matched by characters: the tokenizer keeps ``T11,T12`` in one piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

import ahocorasick

from extractor.findings import LEVEL_ORDER, LEVELS, Level
from extractor.gates import automaton_of

_HIGHEST = {"C": 7, "T": 13, "L": 6, "S": 5}
"""The highest number of each region, transitional vertebrae included."""
_LAST_NUMBER = {"C": 7, "T": 12, "L": 5}
_NEXT_LETTER = {"C": "T", "T": "L", "L": "S"}
"""The last vertebra of a region as it usually is, and the region that follows it."""

_LETTERS = {
    "c": "C", "cv": "C", "t": "T", "th": "T", "d": "T", "dv": "T", "tv": "T", "dt": "T", "l": "L", "lv": "L",
    "vth": "T", "vd": "T", "vl": "L",
    "s": "S", "sv": "S", "cervical": "C", "thoracic": "T", "dorsal": "T", "thoracal": "T", "lumbar": "L",
    "sacral": "S", "tea": "T", "tee": "T", "ell": "L", "el": "L", "see": "C", "vertebra": "",
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "eleventh": 11, "twelfth": 12, "twelvth": 12, "thirteenth": 13,
}  # fmt: skip
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12,
}  # fmt: skip
_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12,
}  # fmt: skip

_WORDS = "|".join(_NUMBERS)
_ORDINAL_WORDS = "|".join(_ORDINALS)
_ORD = rf"(?:(?:{_ORDINAL_WORDS})|\d{{1,2}}(?:st|nd|rd|th))"

# One name: "T12", "lumbar 2", "twelfth thoracic", "L one", "tea 12", "T XII", "12th vertebra". "TX," without a space
# behind it is a field of a message, "TX:" and "DX:" are a treatment and a diagnosis.
_ONE = re.compile(
    rf"""
    (?<![A-Za-z0-9]) (?=[CDEFLNSTV\d]) (?:
      (?<![A-Za-z0-9/.\#-]) (?P<letter>VTH|VD|VL|CV|DV|TV|LV|SV|TH|DT|[CTDLS])
      (?P<gap>[\s.:-]{{0,2}}) (?P<number>\d{{1,2}})
      (?![0-9A-Za-z%\u00b0]|\.\d|,\d{{3}})
    | \b (?P<word>cervical|thoracic|dorsal|lumbar|sacral|thoracal) \s+
      (?:vertebra(?:e|l\s+bod(?:y|ies))?\s+|levels?\s+|number\s+|no\.?\s+|segments?\s+)*
      (?P<wordnumber>\d{{1,2}}|(?:{_WORDS})\b)
      (?!\s*(?:%|mm|cm|views?\b|degree|vertebrae|vertebral\s+bodies|levels|compression\s+(?:fractures|deformities)
             |fractures|wedge\s+(?:fractures|deformities|compressions)|-?\s*(?:st|nd|rd|th)\b|\.\d|\d))
    | (?<![A-Za-z0-9]) (?P<ordinal>{_ORD}) \s+ (?P<ordinalword>cervical|thoracic|dorsal|lumbar|sacral) \b
      (?!\s+(?:nerve|root|rib|intercostal|disc|disk))
    | (?<![A-Za-z0-9]) (?P<spoken>T|L|C|tea|tee|ell|el) [\s-] (?P<spokennumber>{_WORDS}) \b
    | (?<![A-Za-z0-9]) (?P<heard>tea|tee|ell) [\s-] (?P<heardnumber>\d{{1,2}}) \b
    | (?<![A-Za-z0-9]) (?P<romanletter>T[hH]?|L|D|C|S)[\s.-]?
      (?P<roman>XII|XI|IX|VIII|VII|VI|IV|III|II|X(?!\s*:|[,|]\S)|[IV])(?![A-Za-z0-9])(?:\.(?=\s+(?-i:[a-z])))?
    | (?<![A-Za-z0-9.]) (?P<bareordinal>(?:8|9|10|11|12)th|eighth|ninth|tenth|eleventh|twelfth) \s+
      (?P<barevertebra>vertebra)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# "11th and 12th thoracic".
_LIST_OF_ORDINALS = re.compile(
    rf"(?<![A-Za-z0-9])(?P<list>{_ORD}(?:(?:\s*,\s*(?:and\s+)?|\s*(?:&|and|or|to|through|-)\s*)(?:the\s+)?{_ORD})+)\s+"
    r"(?P<word>cervical|thoracic|dorsal|lumbar|sacral)\b(?!\s+(?:nerve|root|rib))",
    re.IGNORECASE,
)
# What stands between two names of one mention; names that are written out may have a space only: "T2 T4 T7 spared".
_SEPARATOR = re.compile(
    r"\s*(?:(?P<range>-{1,2}|to|through|thru|until|till|down\s+to|up\s+to|\u2014)|(?P<slash>/)"
    r"|(?P<list>,\s*(?:and|or|&|plus|nor)?|&|\+|nor|and(?:\s+also)?(?:\s+at|\s+the|\s+of)?|or|plus|as\s+well\s+as))\s*"
    r"(?:the\s+)?|[ \t]+(?=(?:TH|DV|LV|[CTDLS])-?\d)",
    re.IGNORECASE,
)
# Numbers alone behind a name, which must count up: "D7 8 9 10".
_ROW_OF_NUMBERS = re.compile(r"(?: \d{1,2}(?![0-9A-Za-z%\u00b0]|[.:/]\d|\s*(?:mm|cm|%|-))){2,}")
# A number that continues the name before it: "L1, 2 and 3"; what shows that it counts or measures instead.
_BARE = re.compile(rf"(?:(?P<number>\d{{1,2}})|(?P<word>{_WORDS})\b)(?![0-9A-Za-z\u00b0]|\.\d|,\d+\s*(?:%|mm|cm|ml))")
_NOT_A_BARE_LEVEL = re.compile(
    r"\s*(?:%|percent|per\s+cent|mm|cm|ml\b|mg\b|cc\b|x\b|deg|\u00b0|year|month|week|day|/\d|:\d|x\s*\d"
    r"|-?\s*(?:mm|cm|%|percent|degree|year|month|week|column|level|part|view)"
    r"|of\s+(?:which|whom|these|those|them|the|\d)\b|(?:additional|other|adjacent|more|lumbar|thoracic|compression|fracture|wedge|vertebra|separate|new|old|mild"
    r"|moderate|further)\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"\s*(?:%|percent|per\s+cent|mm\b|cm\b|deg|\u00b0|ml\b|mg\b|cc\b|year|month|week|day|:\d)",
    re.IGNORECASE,
)

# Letter and number of a classification, a room, a vitamin, a tumour stage.
_NO_LEVEL_BEFORE = re.compile(
    r"(?:\b(?:type|grade|stage|lead|ao|aospine|ota|class|category|room|suite|bed|ward|figure|fig|form\s+type|subtype"
    r"|vitamin|tumou?r|magerl|gertzbein|code|version|no|number|#)\s*[:.]?\s*|[(\[]\s*(?=T[12]\s*[)\]]))$",
    re.IGNORECASE,
)
# T1 and T2 of MRI, tumour stages, complement.
_NO_LEVEL_AFTER = re.compile(
    r"\s*(?:(?:low|high|dark|bright)\b(?!\s*(?:end|grade|velocity|energy))|-?\s*weighted|-?\s*w(?:i|td|eighted)?\b|-?\s*w\.|\s*[Nn][0-3xX]\s*[Mm][0-1xX]|\s*N\d"
    r"|[-\s]*(?:stir|flair|tse|tirm|spir|spair|tfe|ffe|gre|dixon|(?:hypo|hyper|iso)\w*|bright|dark|shortening|prolongation"
    r"|fs(?:e)?|fatsat|se\b|(?:low|high|intermediate|increased|decreased|reduced|raised|elevated)(?:\s+\w+)?\s+(?:signal|intens)\w*"
    r"|relaxation|fat|mapping|sagittal|axial|coronal|pre|post)\b|-(?:hyper|hypo|iso)|\s+(?:and|&|/)\s*(?:T[12]|STIR|FLAIR|PD)\b"
    r"|\s*,\s*(?:T2\s*(?:and|&|,)\s*(?:STIR|TIRM|FLAIR|PD|DWI)\b|(?:STIR|TIRM|FLAIR|PD)\s*(?:,|and\b|&|/|$))"
    r"|\s*/\s*T?2\b|\s+(?:marrow|bone\s+marrow|signal|image|images|imaging|sequence|sequences|contrast|lesion"
    r"|intensity|intensities|esterase|inhibitor|star|\*|fse|se)\b|\*)",
    re.IGNORECASE,
)
# T1 and T2 of MRI, by the words before them and the sentence.
_MRI_BEFORE = re.compile(
    r"(?:\b(?:on|low|high|hypo|hyper|iso|increased|decreased|abnormal|bright|dark|hypointense|hyperintense|isointense|hyperintensity"
    r"|sagittal|axial|coronal|intermediate|both|weighted|reduced|fat[\s-]suppressed|fat[\s-]saturated"
    r"|contrast[\s-]enhanced|heterogeneous|elevated|and|in|post[\s-]contrast|bright\s+on|signal\s+on|sag|ax)|/|-)\s*$",
    re.IGNORECASE,
)
_MRI_SENTENCE = re.compile(
    r"\b(?:signal|intens|weighted|stir|sequence|mri?\b|flair|hyperintens|hypointens|T2W|T1W|gadolin|enhanc|marrow|tissue)",
    re.IGNORECASE,
)
# "Replaced on T1": a sequence, unless a vertebra slips or lies on another one.
_ON_SEQUENCE = re.compile(r"(?<![\dIVX])\s+on\s+$", re.IGNORECASE)
_RANGE_AFTER = re.compile(r"\s*(?:-|to\b|and\b|,)\s*[TC]\d", re.IGNORECASE)
_VERTEBRA_AFTER = re.compile(
    r"\s*(?:,|and|&|-|to|/)?\s*(?:[TL]\d{1,2}\s*)?(?:vertebra|body|bodies|level|compression|fracture|wedge|burst"
    r"|endplate|superior|inferior|spinous|transverse|is\b|shows|collapse)",
    re.IGNORECASE,
)
# A nerve root, a disc, a facet, a foramen: after the level, or before it.
_NERVE_AFTER = re.compile(
    r"\s*(?:(?:exiting|traversing|exit|left|right|bilateral|descending)\s+)*(?:nerve|root|radicul|dermatom|myotom"
    r"|distribution\b)",
    re.IGNORECASE,
)
_DISC_AFTER = re.compile(
    r"\s*(?:(?:level|inter-?vertebral|intervertebral|left|right|bilateral|mild|moderate|severe|small|broad[- ]based"
    r"|anterior|posterior|adjacent|degenerative|narrowed|the|central|and)\s+){0,3}(?:dis[ck]s?\b|disco|dis[ck]al|disc/"
    r"|interspaces?|inter-?vertebral\s+(?:dis[ck]|space|level)|inter-?spaces?|facets?|foram|neural\s+for"
    r"|spondylolisthesis|anterolisthesis|retrolisthesis|listhesis|(?:dis[ck]\s+)?space|fusion|interbody|laminect"
    r"|decompress|stenosis|osteophyt|bridging|spurring|ankylosis|zygapoph|apophyseal|uncovertebral|lateral\s+recess"
    r"|thecal|annul|protrusion|herniation|bulge|extrusion|cage|acdf|plif|tlif|ligamentum|nerve|root|neurofor"
    r"|degenerative|spondylo|spinal\s+canal|canal\s+stenosis)",
    re.IGNORECASE,
)
_DISC_BEFORE = re.compile(
    r"(?:\b(?:dis[ck]s?|dis[ck]\s+spaces?|interspaces?|spaces?|facets?|facet\s+joints?|foramina|foramen"
    r"|spondylolisthesis|anterolisthesis|retrolisthesis|listhesis|fusion|protrusions?|herniations?|bulges?|bulging"
    r"|stenosis|narrowing|osteophytes?|osteophytosis|spondylosis|bridging|dis[ck]\s+height(?:\s+loss)?|extrusion"
    r"|radiculopathy|dis[ck]\s+degeneration|desiccation|dis[ck]\s+disease|degenerative\s+changes?|arthropathy"
    r"|arthrosis|disc\s+level|laminectomy|spurring|ankylosis|disc\s+narrowing)"
    r"(?:\s+(?:is|are|seen|noted|present|most\s+marked|worst|greatest|predominantly|particularly|especially|mainly"
    r"|most\s+pronounced|most\s+severe))*\s*,?\s*(?:at|of|in|from|involving|between|,|and|with|:|-|level|across"
    r"|affecting|on)?\s*(?:the\s+)?(?:levels?\s+(?:of\s+)?)?|\bbetween\s+(?:the\s+)?)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Levels:
    """One mention of one or more vertebrae: ``text[start:end]`` names ``levels`` in the order of the text.

    ``groups`` splits them as they were written: "T8, T9 and T11-L1" is three groups. ``adjacent_pair`` marks a form
    such as "L4-5" or "T12/L1", which may mean the disc; ``disc`` marks one that the words around show to be a disc, a
    facet or a nerve root.
    """

    start: int
    end: int
    levels: tuple[Level, ...]
    groups: tuple[tuple[int, int, tuple[Level, ...]], ...] = ()
    adjacent_pair: bool = False
    disc: bool = False


@dataclass(frozen=True, slots=True)
class _Name:
    """One written name: ``text[start:end]`` is number ``number`` of the region of ``letter``."""

    start: int
    end: int
    letter: str
    number: int

    @property
    def level(self) -> Level | None:
        """The vertebra, or None where there is none of that number."""
        name = f"{self.letter}{self.number}"
        return next((level for level in LEVELS if level == name), None)


_DIGIT = re.compile(r"\d")
_WRITTEN_NUMBER = re.compile(r"\d+")
_ENDS_ROMAN = re.compile(r"[ivx](?![a-z])")

NUMBER_WORDS = frozenset({*_NUMBERS, *_ORDINALS, *_ROMAN})
"""The words, in lower case, by which a vertebra is counted without a digit."""


@cache
def _beginnings_of_numbers() -> ahocorasick.Automaton:
    return automaton_of(dict.fromkeys(("sev", "eig", "nin", "ele", "twe", *_NUMBERS, *_ORDINALS), True))


def can_name_level(lowered: str) -> bool:
    """Cheap test: a text in lower case without a number in any writing names no level."""
    return (
        _DIGIT.search(lowered) is not None
        or _ENDS_ROMAN.search(lowered) is not None
        or next(_beginnings_of_numbers().iter(lowered), None) is not None
    )


def find_levels(text: str) -> list[Levels]:
    """Every mention of vertebral levels in a sentence, in order. What is no vertebra is left out or marked ``disc``."""
    lowered = text.lower()
    if not can_name_level(lowered):
        return []
    listed = any(region in lowered for region in ("thoracic", "lumbar", "dorsal", "cervical", "sacral"))
    found: list[Levels] = []
    cursor = 0
    while True:
        name = _next_name(text, cursor, listed=listed)
        if name is None:
            return found
        levels, end = _mention(text, name) if isinstance(name, _Name) else (name, name.end)
        cursor = max(end, cursor + 1)
        if levels is not None:
            found.append(levels)


def level_of(text: str) -> Level | None:
    """The single level that a short text names ("Th 12", "12th thoracic"), or None."""
    found = find_levels(text.strip())
    return found[0].levels[0] if len(found) == 1 and len(found[0].levels) == 1 else None


def _next_name(text: str, cursor: int, *, listed: bool) -> _Name | Levels | None:
    ordinals = _LIST_OF_ORDINALS.search(text, cursor) if listed else None
    for match in _ONE.finditer(text, cursor):
        if ordinals is not None and ordinals.start() <= match.start():
            return _ordinal_list(ordinals)
        name = _name(match)
        if name is not None and name.level is not None and _names_a_vertebra(text, name):
            return name
    return _ordinal_list(ordinals) if ordinals is not None else None


def _name(match: re.Match[str]) -> _Name | None:
    """The name that a match of ``_ONE`` writes; None for small letters apart from their number and the like."""
    if match.group("letter"):
        written, gap = match.group("letter"), match.group("gap")
        if written[0].islower() and gap not in ("", "-"):
            return None
        if ":" in gap or ("." in gap and gap != "." and len(written) == 1):
            return None
        return _Name(match.start(), match.end(), _LETTERS[written.lower()], int(match.group("number")))
    end = match.end()
    if match.group("word"):
        letter, number = match.group("word"), _number(match.group("wordnumber"))
    elif match.group("ordinal"):
        letter, number = match.group("ordinalword"), _number(match.group("ordinal"))
    elif match.group("spoken"):
        letter, number = match.group("spoken"), _number(match.group("spokennumber"))
        if len(letter) == 1 and letter.islower():
            return None
    elif match.group("heard"):
        letter, number = match.group("heard"), int(match.group("heardnumber"))
    elif match.group("romanletter"):
        letter, roman = match.group("romanletter"), match.group("roman")
        if not roman.isupper() or not letter[0].isupper():
            return None
        if len(roman) == 1 and roman != "X" and not _ROMAN_NEARBY.search(match.string):
            return None
        number = _ROMAN[roman.lower()]
    else:
        letter, number = "thoracic", _number(match.group("bareordinal"))
        end -= len(match.group("barevertebra"))
    return _Name(match.start(), end, _LETTERS[letter.lower()], number)


# "LI, LIV and LV": one sign alone is a numeral beside others only.
_ROMAN_NEARBY = re.compile(r"(?<![A-Za-z0-9])(?:T[hH]?|L|D)[\s.-]?(?:XII|XI|IX|VIII|VII|VI|IV|III|II)(?![A-Za-z0-9])")


def _number(written: str) -> int:
    """The number that digits, an ordinal or a word write."""
    word = written.lower()
    if word in _ORDINALS:
        return _ORDINALS[word]
    if word in _NUMBERS:
        return _NUMBERS[word]
    return int(re.match(r"\d+", word).group())  # type: ignore[union-attr]


def _ordinal_list(match: re.Match[str]) -> Levels:
    """Levels written as "11th and 12th thoracic" or "second to fourth lumbar"."""
    letter = _LETTERS[match.group("word").lower()]
    names: list[tuple[int, int, tuple[Level, ...]]] = []
    previous: _Name | None = None
    for part in re.finditer(_ORD, match.group("list"), re.IGNORECASE):
        start = match.start("list") + part.start()
        name = _Name(start, match.start("list") + part.end(), letter, _number(part.group()))
        between = "" if previous is None else match.string[previous.end : start]
        if name.level is None:
            continue
        is_range = re.fullmatch(r"\s*(?:to|through|-)\s*(?:the\s+)?", between, re.IGNORECASE) is not None
        if previous is not None and previous.level is not None and is_range:
            names.append((start, name.end, _between(previous.level, name.level)[1:]))
        else:
            names.append((start, name.end, (name.level,)))
        previous = name
    levels = tuple(level for _, _, group in names for level in group)
    return Levels(match.start(), match.end(), levels, tuple(names))


def _between(first: Level, last: Level) -> tuple[Level, ...]:
    """All levels from one to another, going through the spine as it usually is: 12 thoracic, 5 lumbar."""
    low, high = sorted((LEVEL_ORDER[first], LEVEL_ORDER[last]))
    return tuple(level for level in LEVELS[low : high + 1] if level not in ("T13", "L6") or level in (first, last))


# Heart sounds S1 and S2.
_HEART = re.compile(
    r"\b(?:murmurs?|gallops?|rubs?|rhythm|cardiac|cardiovascular|heart|auscult\w+|S3|S4|clicks?)\b|\bCVS?\b"
    r"|\bS1\s*(?:,|and|&|/|\+)?\s*S2\b",
    re.IGNORECASE,
)
# Thyroid hormones T3 and T4, T and CD4 cells.
_THYROID = re.compile(
    r"\b(?:free\s+T\d|TSH|thyrox\w+|levothyrox\w+|thyroid|T4\s+(?:cells?|count|lymph\w+)|CD4)\b",
    re.IGNORECASE,
)


# "T1 and T2 vertebrae" are vertebrae although "T1 and T2" alone are MRI weightings.
_AND_T2_VERTEBRA = re.compile(r"\s*(?:and|&|/)\s*T2\s+(?:vertebra|bod|level)", re.IGNORECASE)
# "C1 esterase inhibitor" and the like.
_COMPLEMENT = re.compile(r"\s*(?:esterase|inhibitor|difficile|-reactive)", re.IGNORECASE)


# Another name for the vertebra that was just named: "L1 (previously called L2)", "(L2 in the old numbering)".
GIVEN_A_NAME = (
    r"(?:called|labell?ed|numbered|named|designated|termed|counted(?:\s+as)?|known\s+as"
    r"|(?:reported|described|read|referred\s+to|dictated|annotated|interpreted)\s+as)\s+"
)
_CALLED = re.compile(
    r"(?:\b(?:previously|formerly|earlier|initially|originally|wrongly|erroneously|incorrectly|also)\s+|\(\s*(?:or\s+)?)"
    rf"(?:{GIVEN_A_NAME}|aka\s+|a\.k\.a\.\s+)(?:as\s+)?$",
    re.IGNORECASE,
)
# The ends that `_CALLED` can have: a cheap test, since the pattern itself is tried before every level.
_ENDS_OF_CALLED = ("ed", "as", "ka", ".a.")
_IN_OTHER_NUMBERING = re.compile(
    r"\s+(?:(?:in|by|on|using|according\s+to|with)\s+(?:the\s+|an?\s+)?(?:old|previous|prior|earlier|former|other|original"
    r"|alternative)\s+(?:\w+\s+)?(?:number\w*|count\w*|nomenclature|labell?ing|scheme|system)|if\s+(?:\w+\s+){0,3}(?:count|number"
    r"|lumbar|rib))",
    re.IGNORECASE,
)
# "The fracture called L5 in the outside report": the name that others gave it.
_CALLED_THERE = re.compile(
    r"\s+(?:in|by|on)\s+(?:the\s+|an?\s+|their\s+)?(?:outside|external|referring|other|earlier|previous|prior|original|first)"
    r"\s+(?:\w+\s+)?(?:report|hospital|radiolog\w+|reader|dictation|reading|department|institution)",
    re.IGNORECASE,
)
_GIVEN = re.compile(rf"{GIVEN_A_NAME}(?:as\s+)?$", re.IGNORECASE)


_A_LEVEL = re.compile(r"(?<![A-Za-z0-9])(?:TH|[CTDL])-?\d", re.IGNORECASE)


def _names_a_vertebra(text: str, name: _Name) -> bool:
    """Whether a letter and number is a vertebra and not MRI, a heart sound, a hormone, a class or a volume."""
    before, after = text[max(0, name.start - 40) : name.start], text[name.end : name.end + 40]
    if (
        before.rstrip().lower().endswith(_ENDS_OF_CALLED)
        and (_CALLED.search(before) or (_GIVEN.search(before) and _CALLED_THERE.match(after)))
    ) or (_IN_OTHER_NUMBERING.match(after) and _A_LEVEL.search(text, 0, name.start)):
        return False
    if (
        name.letter == "S"
        and _HEART.search(text)
        and not re.search(r"sacr|vertebr|fractur|endplate|body", text, re.IGNORECASE)
    ):
        return False
    if name.letter == "T" and name.number <= 4 and _THYROID.search(text):
        return False
    if name.letter in "TC" and _NO_LEVEL_BEFORE.search(before):
        return False
    if name.letter in ("S", "L") and re.search(r"\b(?:type|grade|stage|lead)\s*$", before, re.IGNORECASE):
        return False
    if name.letter == "T" and name.number <= 2:
        if re.match(r"[-\s]*(?:weighted|w\b|wi\b|stir|flair)", after, re.IGNORECASE):
            return False
        if _VERTEBRA_AFTER.match(after) and not re.search(r"\b(?:on|weighted)\s*$", before, re.IGNORECASE):
            return True
        if _NO_LEVEL_AFTER.match(after) and not _AND_T2_VERTEBRA.match(after):
            return False
        if _ON_SEQUENCE.search(before) and not _RANGE_AFTER.match(after):
            return False
        if re.search(r"\b(?:toe|metatarsal|hallux|great)\b", text, re.IGNORECASE):
            return False
        if _MRI_BEFORE.search(before) and _MRI_SENTENCE.search(text):
            return False
    if name.letter == "C" and _COMPLEMENT.match(after):
        return False
    if text[name.start].islower() and re.match(r"(?:th|[ctdls])v?[\s-]?\d", text[name.start : name.end]):
        return re.match(r"[a-z]h?-?\d", text[name.start :]) is not None and not re.match(r"\s*(?:cm|mm|ml|l\b)", after)
    return True


def _mention(text: str, first: _Name) -> tuple[Levels | None, int]:
    """The whole list or range that begins with a name, and where it ends."""
    assert first.level is not None
    groups: list[tuple[int, int, tuple[Level, ...]]] = [(first.start, first.end, (first.level,))]
    last, end = first, first.end
    open_pair = False
    for counted in _counted_up(text, first):
        groups.append((counted.start, counted.end, (counted.level,) if counted.level else ()))
        last, end = counted, counted.end
    while True:
        noun = _NOUN_OF_ONE.match(text, end)
        separator = _SEPARATOR.match(text, noun.end() if noun else end)
        if separator is None:
            break
        name = _following(text, separator, last)
        level = name.level if name is not None else None
        if name is None or level is None:
            break
        if noun and (not separator.group("list") or not _NOUN_OF_ONE.match(text, name.end)):
            break
        assert last.level is not None
        if len(groups) > 1 and LEVEL_ORDER[level] < LEVEL_ORDER[last.level] and _DASH.fullmatch(separator.group()):
            break
        start, _, levels = groups[-1]
        if separator.group("range") or separator.group("slash") or _spans_between(text, first, separator, last, name):
            span = _between(last.level, level) if LEVEL_ORDER[level] > LEVEL_ORDER[last.level] else (last.level, level)
            if separator.group("slash"):
                span = (last.level, level)
            open_pair = len(groups) == 1 and len(levels) == 1 and len(span) == 2
            groups[-1] = (start, name.end, (*levels[:-1], *span))
        else:
            # "T8 and T12, the T12 one": what is named again begins a phrase of its own.
            again = any(
                level in named and ("the" in separator.group().lower() or (len(named) > 2 and "," in separator.group()))
                for _, _, named in groups
            )
            if again or _is_another_list(text, groups, name):
                break
            groups.append((name.start, name.end, (level,)))
        last, end = name, name.end
    levels = tuple(dict.fromkeys(level for _, _, group in groups for level in group))
    pair = any(
        len(group) == 2
        and abs(LEVEL_ORDER[group[0]] - LEVEL_ORDER[group[1]]) <= _step(group)
        and _written_as_pair(text[a:b])
        for a, b, group in groups
    )
    pair = pair and (open_pair or len(groups) > 1) and not _OF_BODIES.match(text, end)
    mention = Levels(first.start, end, levels, tuple(groups), adjacent_pair=pair)
    return replace(mention, disc=_is_disc(text, mention)), end


def _counted_up(text: str, first: _Name) -> list[_Name]:
    """The names that a row of numbers gives, each one more than the last: "D7 8 9 10"; none where one does not fit."""
    row = _ROW_OF_NUMBERS.match(text, first.end)
    if row is None:
        return []
    names = [
        _Name(match.start(), match.end(), first.letter, int(match.group()))
        for match in _WRITTEN_NUMBER.finditer(text, row.start(), row.end())
    ]
    fits = all(name.level and name.number == first.number + step for step, name in enumerate(names, start=1))
    return names if fits else []


# "The T12 body and the L2 body": each name of a list with its noun.
_NOUN_OF_ONE = re.compile(r"\s+(?:vertebra(?:l\s+(?:body|corpus))?|body|corpus)\b", re.IGNORECASE)
# Behind "L1-2", what only bodies can be: "L1-2 bodies", "T7/8: biconcave".
_OF_BODIES = re.compile(
    r"\s+(?:vertebra(?:e|l\s+bod(?:y|ies))|bod(?:y|ies)|corpor\w+)\b(?!\s+(?:end|marrow))"
    r"|\s*[:=]\s*(?:(?:old|new|chronic|acute|subacute|recent|slight|mild|moderate|severe|minimal|marked|anterior|known)[\s,]+)*"
    r"(?:biconcav|fish|wedg|vertebra\s+plana|(?:wedge\s+)?(?:compression\s+)?(?:fractur|fx\b|fxs\b|#)|crush)"
    r"(?![^.;]*[TLD]\d)",
    re.IGNORECASE,
)
# A dash between spaces that leads up the spine from a list begins a new phrase: "T5, T8 and L1 - T8 worst".
_DASH = re.compile(r"\s+(?:-{1,2}|\u2014)\s+")
# A stretch of the spine told by its ends; of two neighbours it is the disc.
_BETWEEN = re.compile(r"\bbetween\s+(?:the\s+)?(?:levels?\s+(?:of\s+)?)?$", re.IGNORECASE)


def _spans_between(text: str, first: _Name, separator: re.Match[str], last: _Name, name: _Name) -> bool:
    """Whether "and" joins the ends of a stretch: "between T5 and T11" names all seven vertebrae."""
    if last is not first or separator.group().strip().lower() not in ("and", "and the", "&"):
        return False
    assert last.level is not None
    assert name.level is not None
    apart = LEVEL_ORDER[name.level] - LEVEL_ORDER[last.level]
    return apart > 2 and _BETWEEN.search(text, max(0, first.start - 30), first.start) is not None


def _step(group: tuple[Level, ...]) -> int:
    """How far apart neighbours lie in the list of all names, which has T13 and L6 in it."""
    return 2 if group[0][0] != group[1][0] else 1


def _written_as_pair(written: str) -> bool:
    """Whether two levels are joined as a disc is: with a dash or slash, not with "to"."""
    return re.search(r"-|/", written[1:]) is not None and re.search(r"\b(?:to|through)\b", written) is None


def _follows_a_count(separator: re.Match[str]) -> re.Pattern[str]:
    """What shows that a number counts or measures: after "L1, 2" much can, in "T5,6,7" and ranges only a unit."""
    return _NOT_A_BARE_LEVEL if separator.group("list") and separator.group() != "," else _UNIT


def _following(text: str, separator: re.Match[str], last: _Name) -> _Name | None:
    """The name after a separator: a full one, or a bare number that continues the last one."""
    position = separator.end()
    match = _ONE.match(text, position)
    if match is not None:
        name = _name(match)
        return name if name is not None and name.level is not None and _names_a_vertebra(text, name) else None
    is_letter = text[position : position + 1] in "CTDLSctdls"
    if separator.group("range") or (separator.group("slash") and is_letter):
        # After a dash or slash the lookbehind of the full pattern refuses the name; try without what is before.
        match = _ONE.match(text[position : position + 12])
        if match is not None:
            name = _name(match)
            if name is None or name.level is None:
                return None
            return replace(name, start=name.start + position, end=name.end + position)
    bare = _BARE.match(text, position)
    if bare is None or _follows_a_count(separator).match(text, bare.end()):
        return None
    if bare.group("word") and not re.match(r"one|two|three|four|five", text[last.start : last.end].lower()[-5:]):
        return None
    number = _number(bare.group())
    if number > _HIGHEST[last.letter] or number == last.number:
        # "T12-1" and "L5/1": over the end of a region the next one begins.
        following = None if separator.group("list") else _NEXT_LETTER.get(last.letter)
        if number == 1 and following and last.number >= _LAST_NUMBER[last.letter]:
            return _Name(bare.start(), bare.end(), following, 1)
        return None
    if number < last.number:
        if not separator.group("list"):
            following = _NEXT_LETTER.get(last.letter)
            if number == 1 and following and last.number in _LAST_NUMBER.values():
                return _Name(bare.start(), bare.end(), following, 1)
            return None
        if not separator.group().strip(" ,"):
            return None  # "L4, 2" may count anything; "L4 and 2" names L2
    return _Name(bare.start(), bare.end(), last.letter, number)


# A noun of its own shows that the last name begins another phrase.
_OWN_NOUN = re.compile(
    r"\s+(?:(?:mild|moderate|severe|old|chronic|acute|subacute|new|anterior|superior|inferior|endplate|wedge|vertebral"
    r"|body|burst|compression|posterior|spinous|transverse|minimal|slight)\s+)*(?:burst|fracture|deformity|collapse"
    r"|wedging|height|process|osteophyte|h[ae]?emangioma|lesion|metastas|is\s+(?:normal|intact|unremarkable|preserved)"
    r"|(?:shows|demonstrates|has|appears)\b)",
    re.IGNORECASE,
)
# "Wedging of T12 and L1 is physiological" says it of the wedging; "fracture of T12 and L1 is normal" of L1 alone.
_PREDICATE = re.compile(
    r"\s+(?:vertebra\w*\s+|body\s+|in\s+between\s+|itself\s+)*(?:(?:is|was|appears|remains)\s+(?!(?:physiologic|developmental"
    r"|constitutional|congenital|degenerative|unchanged|stable|chronic|old|new|acute|recent|seen|noted|present|again|likely"
    r"|probabl|possibl|suspected|minimal|slight|mild|moderate|severe|marked|similar|consistent|compatible|due|related"
    r"|attribut|considered|thought|felt|not)\w*)|(?:shows|demonstrates|has)\b)",
    re.IGNORECASE,
)
# "Fracture of T12, L1 normal".
_CALLED_NORMAL = re.compile(
    r"\s*[:=(-]?\s*(?:normal|intact|unremarkable|spared|preserved|unaffected|nl|ok|okay)\b", re.IGNORECASE
)
_PLURAL_PREDICATE = re.compile(r"\s+(?:\w+\s+){0,3}?(?:are|were)\b")
# The name is the first of a pair itself: "L4-5 and L5-S1".
_PAIR_GOES_ON = re.compile(r"\s*[-/]\s*[A-Z]?\d")
_HEAD_BEFORE = re.compile(
    r"(?:fractures?|deformit(?:y|ies)|collapse|wedging|compression|loss|#)\s+(?:of|at|in|involving|affecting)\s+"
    r"(?:the\s+)?(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)


def _is_another_list(text: str, groups: list[tuple[int, int, tuple[Level, ...]]], name: _Name) -> bool:
    """Whether a name after "and" or a comma begins another phrase: "fracture of T12 and L1 burst fracture"."""
    start, end, levels = groups[0]
    own_noun = _OWN_NOUN.match(text, name.end)
    if len(levels) == 2 and _written_as_pair(text[start:end]):
        if own_noun:
            return True
        if _DISC_BEFORE.search(text[max(0, start - 60) : start]) and not _PAIR_GOES_ON.match(text, name.end):
            return True
    has_predicate = _PREDICATE.match(text, name.end) and not _PLURAL_PREDICATE.match(text, name.end)
    told_apart = own_noun or has_predicate or _CALLED_NORMAL.match(text, name.end)
    return bool(told_apart and _HEAD_BEFORE.search(text[:start]))


# A level is of a disc, facet or root where the word for it follows at once.
_DISC_WORD_AFTER = re.compile(
    r"\s*(?:dis[ck]s?\b|dis[ck]\s+space|interspace|facet|foram|neural\s+for|nerve|root|lateral\s+recess)",
    re.IGNORECASE,
)


def _is_disc(text: str, mention: Levels) -> bool:
    """Whether the words around a mention show that it is a disc, a facet, a foramen or a nerve root."""
    before, after = text[max(0, mention.start - 60) : mention.start], text[mention.end : mention.end + 60]
    if _NERVE_AFTER.match(after):
        return True
    if mention.adjacent_pair:
        return bool(_DISC_AFTER.match(after) or _DISC_BEFORE.search(before))
    return bool(_DISC_WORD_AFTER.match(after))
