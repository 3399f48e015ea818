"""The grammar of vertebral levels: names, lists, ranges - and what only looks like one.

``T11-L1``, ``T7 through T9``, ``L1, 2 and 3``, ``Th 12``, ``D12``, ``TH-12``, ``LV1``, ``twelfth thoracic``, ``lumbar
2``, ``T11/12`` and ``L2-3-4`` name vertebrae. ``L4-L5`` names two vertebrae or the disc between them, which only the
words around it tell (``Levels.adjacent_pair``). ``T1-weighted``, ``S1 nerve root``, ``type C3`` and ``T2N0M0`` name
no vertebra. Matched by characters: the tokenizer keeps ``T11,T12`` in one piece.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractor.findings import LEVEL_ORDER, LEVELS, Level

_HIGHEST = {"C": 7, "T": 13, "L": 6, "S": 5}

_LETTERS = {
    "c": "C", "cv": "C", "t": "T", "th": "T", "d": "T", "dv": "T", "tv": "T", "dt": "T", "l": "L", "lv": "L", "s": "S", "sv": "S",
    "cervical": "C", "thoracic": "T", "dorsal": "T", "thoracal": "T", "lumbar": "L", "sacral": "S", "tea": "T", "tee": "T", "ell": "L",
    "el": "L", "see": "C", "vertebra": "",
}  # fmt: skip
_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12, "twelvth": 12, "thirteenth": 13,
}  # fmt: skip
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10, "xi": 11, "xii": 12}

_WORDS = "|".join(_NUMBERS)
_ORDINAL_WORDS = "|".join(_ORDINALS)
_ORD = rf"(?:(?:{_ORDINAL_WORDS})|\d{{1,2}}(?:st|nd|rd|th))"

_ONE = re.compile(
    rf"""
      (?<![A-Za-z0-9/.\#-]) (?P<letter>CV|DV|TV|LV|SV|TH|DT|[CTDLS]) (?P<gap>[\s.:-]{{0,2}}) (?P<number>\d{{1,2}}) (?![0-9A-Za-z%\u00b0]|\.\d|,\d{{3}})
    | \b (?P<word>cervical|thoracic|dorsal|lumbar|sacral|thoracal) \s+ (?:vertebra(?:e|l\s+bod(?:y|ies))?\s+|levels?\s+|number\s+|no\.?\s+|segments?\s+)* (?P<wordnumber>\d{{1,2}}|(?:{_WORDS})\b) (?!\s*(?:%|mm|cm|views?\b|degree|vertebrae|vertebral\s+bodies|levels|compression\s+(?:fractures|deformities)|fractures|wedge|-?\s*(?:st|nd|rd|th)\b|\.\d|\d))
    | (?<![A-Za-z0-9]) (?P<ordinal>{_ORD}) \s+ (?P<ordinalword>cervical|thoracic|dorsal|lumbar|sacral) \b (?!\s+(?:nerve|root|rib|intercostal|disc|disk))
    | (?<![A-Za-z0-9]) (?P<spoken>T|L|C|tea|tee|ell|el) [\s-] (?P<spokennumber>{_WORDS}) \b
    | (?<![A-Za-z0-9]) (?P<heard>tea|tee|ell) [\s-] (?P<heardnumber>\d{{1,2}}) \b
    | (?<![A-Za-z0-9]) (?P<romanletter>T[hH]?|L|D|C|S)[\s-]?(?P<roman>XII|XI|IX|VIII|VII|VI|IV|III|II|X)(?![A-Za-z0-9])
    | (?<![A-Za-z0-9.]) (?P<bareordinal>(?:8|9|10|11|12)th|eighth|ninth|tenth|eleventh|twelfth) \s+ (?P<barevertebra>vertebra)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LIST_OF_ORDINALS = re.compile(
    rf"(?<![A-Za-z0-9])(?P<list>{_ORD}(?:(?:\s*,\s*(?:and\s+)?|\s*(?:&|and|or|to|through|-)\s*){_ORD})+)\s+(?P<word>cervical|thoracic|dorsal|lumbar|sacral)\b(?!\s+(?:nerve|root|rib))",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s*(?:(?P<range>-{1,2}|to|through|thru|until|till|down\s+to|up\s+to|\u2014)|(?P<slash>/)|(?P<list>,\s*(?:and|or|&|plus|nor)?|&|\+|nor|and(?:\s+also)?(?:\s+at|\s+the|\s+of)?|or|plus|as\s+well\s+as))\s*(?:the\s+)?",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:(?P<number>\d{{1,2}})|(?P<word>{_WORDS})\b)(?![0-9A-Za-z\u00b0]|\.\d|,\d)")
_NOT_A_BARE_LEVEL = re.compile(
    r"\s*(?:%|percent|per\s+cent|mm|cm|ml\b|mg\b|cc\b|x\b|deg|\u00b0|year|month|week|day|/\d|:\d|x\s*\d|-?\s*(?:mm|cm|%|percent|degree|year|month|week|column|level|part|view)|(?:of|additional|other|adjacent|more|lumbar|thoracic|compression|fracture|wedge|vertebra|separate|new|old|mild|moderate|further)\b)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"\s*(?:%|percent|per\s+cent|mm\b|cm\b|deg|\u00b0|ml\b|mg\b|cc\b|year|month|week|day|:\d)", re.IGNORECASE)

_NO_LEVEL_BEFORE = re.compile(
    r"(?:\b(?:type|grade|stage|lead|ao|aospine|ota|class|category|room|suite|bed|ward|figure|fig|form\s+type|subtype|vitamin|tumou?r|magerl|gertzbein|code|version|no|number|#)\s*[:.]?\s*|[(\[]\s*(?=T[12]\s*[)\]]))$",
    re.IGNORECASE,
)
_NO_LEVEL_AFTER = re.compile(
    r"\s*(?:-?\s*weighted|-?\s*w(?:i|td|eighted)?\b|-?\s*w\.|\s*[Nn][0-3xX]\s*[Mm][0-1xX]|\s*N\d|[-\s]*(?:stir|flair|tse|tirm|spir|spair|tfe|ffe|gre|dixon|hypo|hyper|iso|bright|dark|shortening|prolongation|relaxation|fat|mapping|sagittal|axial|coronal|pre|post)\b|-(?:hyper|hypo|iso)|\s+(?:and|&|/)\s*T[12]\b|\s*/\s*T?2\b|\s+(?:marrow|bone\s+marrow|signal|image|images|imaging|sequence|sequences|contrast|lesion|intensity|intensities|esterase|inhibitor|star|\*|fse|se)\b|\*)",
    re.IGNORECASE,
)
_MRI_BEFORE = re.compile(
    r"(?:\b(?:on|low|high|increased|decreased|abnormal|bright|dark|hypointense|hyperintense|isointense|hyperintensity|sagittal|axial|coronal|intermediate|both|weighted|reduced|fat[\s-]suppressed|fat[\s-]saturated|contrast[\s-]enhanced|heterogeneous|elevated|and|in|post[\s-]contrast|bright\s+on|signal\s+on|sag|ax)|/|-)\s*$",
    re.IGNORECASE,
)
_MRI_SENTENCE = re.compile(r"\b(?:signal|intens|weighted|stir|sequence|mri?\b|flair|hyperintens|hypointens|T2W|T1W|gadolin|enhanc)", re.IGNORECASE)
_VERTEBRA_AFTER = re.compile(r"\s*(?:,|and|&|-|to|/)?\s*(?:[TL]\d{1,2}\s*)?(?:vertebra|body|bodies|level|compression|fracture|wedge|burst|endplate|superior|inferior|spinous|transverse|is\b|shows|collapse)", re.IGNORECASE)
_NERVE_AFTER = re.compile(r"\s*(?:(?:exiting|traversing|exit|left|right|bilateral|descending)\s+)*(?:nerve|root|radicul|dermatom|myotom|distribution\b)", re.IGNORECASE)
_DISC_AFTER = re.compile(
    r"\s*(?:(?:level|inter-?vertebral|intervertebral|left|right|bilateral|mild|moderate|severe|small|broad[- ]based|anterior|posterior|adjacent|degenerative|narrowed|the|central|and)\s+){0,3}(?:dis[ck]s?\b|disco|dis[ck]al|disc/|interspaces?|inter-?vertebral\s+(?:dis[ck]|space|level)|inter-?spaces?|facets?|foram|neural\s+for|spondylolisthesis|anterolisthesis|retrolisthesis|listhesis|(?:dis[ck]\s+)?space|fusion|interbody|laminect|decompress|stenosis|osteophyt|bridging|spurring|ankylosis|zygapoph|apophyseal|uncovertebral|lateral\s+recess|thecal|annul|protrusion|herniation|bulge|extrusion|cage|acdf|plif|tlif|ligamentum|nerve|root|neurofor|degenerative|spondylo|spinal\s+canal|canal\s+stenosis)",
    re.IGNORECASE,
)
_DISC_BEFORE = re.compile(
    r"(?:\b(?:dis[ck]s?|dis[ck]\s+spaces?|interspaces?|spaces?|facets?|facet\s+joints?|foramina|foramen|spondylolisthesis|anterolisthesis|retrolisthesis|listhesis|fusion|protrusions?|herniations?|bulges?|bulging|stenosis|narrowing|osteophytes?|osteophytosis|spondylosis|bridging|dis[ck]\s+height(?:\s+loss)?|extrusion|radiculopathy|dis[ck]\s+degeneration|desiccation|dis[ck]\s+disease|degenerative\s+changes?|arthropathy|arthrosis|disc\s+level|laminectomy|spurring|ankylosis|disc\s+narrowing)(?:\s+(?:is|are|seen|noted|present|most\s+marked|worst|greatest|predominantly|particularly|especially|mainly|most\s+pronounced|most\s+severe))*\s*,?\s*(?:at|of|in|from|involving|between|,|and|with|:|-|level|across|affecting|on)?\s*(?:the\s+)?(?:levels?\s+(?:of\s+)?)?|\bbetween\s+(?:the\s+)?)$",
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
    start: int
    end: int
    letter: str
    number: int

    @property
    def level(self) -> Level | None:
        name = f"{self.letter}{self.number}"
        return next((level for level in LEVELS if level == name), None)


def find_levels(text: str) -> list[Levels]:
    """Every mention of vertebral levels in a sentence, in order. What is no vertebra is left out or marked ``disc``."""
    found: list[Levels] = []
    cursor = 0
    while True:
        name = _next_name(text, cursor)
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


def _next_name(text: str, cursor: int) -> _Name | Levels | None:
    ordinals = _LIST_OF_ORDINALS.search(text, cursor)
    for match in _ONE.finditer(text, cursor):
        if ordinals is not None and ordinals.start() <= match.start():
            return _ordinal_list(ordinals)
        name = _name(match)
        if name is not None and name.level is not None and _names_a_vertebra(text, name):
            return name
    return _ordinal_list(ordinals) if ordinals is not None else None


def _name(match: re.Match[str]) -> _Name | None:
    if match.group("letter"):
        written = match.group("letter")
        if written[0].islower() and match.group("gap") not in ("", "-"):
            return None
        letter = _LETTERS[written.lower()]
        gap = match.group("gap")
        if ":" in gap or "." in gap and gap != ".":
            return None
        return _Name(match.start(), match.end(), letter, int(match.group("number")))
    if match.group("word"):
        return _Name(match.start(), match.end(), _LETTERS[match.group("word").lower()], _number(match.group("wordnumber")))
    if match.group("ordinal"):
        return _Name(match.start(), match.end(), _LETTERS[match.group("ordinalword").lower()], _number(match.group("ordinal")))
    if match.group("spoken"):
        if len(match.group("spoken")) == 1 and match.group("spoken").islower():
            return None
        return _Name(match.start(), match.end(), _LETTERS[match.group("spoken").lower()], _number(match.group("spokennumber")))
    if match.group("heard"):
        return _Name(match.start(), match.end(), _LETTERS[match.group("heard").lower()], int(match.group("heardnumber")))
    if match.group("romanletter"):
        letter, roman = match.group("romanletter"), match.group("roman")
        if not roman.isupper() or not letter[0].isupper():
            return None
        return _Name(match.start(), match.end(), _LETTERS[letter.lower()], _ROMAN[roman.lower()])
    return _Name(match.start(), match.end() - len(match.group("barevertebra")), "T", _number(match.group("bareordinal")))


def _number(written: str) -> int:
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
        if previous is not None and previous.level is not None and re.fullmatch(r"\s*(?:to|through|-)\s*", between, re.IGNORECASE):
            names.append((start, name.end, _between(previous.level, name.level)[1:]))
        else:
            names.append((start, name.end, (name.level,)))
        previous = name
    levels = tuple(level for _, _, group in names for level in group)
    return Levels(match.start(), match.end(), levels, tuple(names))


def _between(first: Level, last: Level) -> tuple[Level, ...]:
    """All levels from one to another, going through the spine as it usually is: 12 thoracic, 5 lumbar."""
    low, high = sorted((LEVEL_ORDER[first], LEVEL_ORDER[last]))
    return tuple(
        level for level in LEVELS[low : high + 1] if level not in ("T13", "L6") or level in (first, last)
    )


_HEART = re.compile(r"\b(?:murmurs?|gallops?|rubs?|rhythm|cardiac|cardiovascular|heart|auscult\w+|S3|S4|clicks?)\b|\bCVS?\b|\bS1\s*(?:,|and|&|/|\+)?\s*S2\b", re.IGNORECASE)
_THYROID = re.compile(r"\b(?:free\s+T\d|TSH|thyrox\w+|levothyrox\w+|thyroid|T4\s+(?:cells?|count|lymph\w+)|CD4)\b", re.IGNORECASE)


def _names_a_vertebra(text: str, name: _Name) -> bool:
    before, after = text[max(0, name.start - 40) : name.start], text[name.end : name.end + 40]
    if name.letter == "S" and _HEART.search(text) and not re.search(r"sacr|vertebr|fractur|endplate|body", text, re.IGNORECASE):
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
        if _NO_LEVEL_AFTER.match(after) and not re.match(r"\s*(?:and|&|/)\s*T2\s+(?:vertebra|bod|level)", after, re.IGNORECASE):
            return False
        if re.search(r"\b(?:toe|metatarsal|hallux|great)\b", text, re.IGNORECASE):
            return False
        if _MRI_BEFORE.search(before) and _MRI_SENTENCE.search(text):
            return False
    if name.letter == "C" and re.match(r"\s*(?:esterase|inhibitor|difficile|-reactive)", after, re.IGNORECASE):
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
    while True:
        separator = _SEPARATOR.match(text, end)
        if separator is None:
            break
        name = _following(text, separator, last)
        if name is None:
            break
        level = name.level
        assert level is not None and last.level is not None
        start, _, levels = groups[-1]
        if separator.group("range") or separator.group("slash"):
            span = _between(last.level, level) if LEVEL_ORDER[level] > LEVEL_ORDER[last.level] else (last.level, level)
            if separator.group("slash"):
                span = (last.level, level)
            open_pair = len(groups) == 1 and len(levels) == 1 and len(span) == 2
            groups[-1] = (start, name.end, (*levels[:-1], *span))
        else:
            if _is_another_list(text, groups, name):
                break
            groups.append((name.start, name.end, (level,)))
        last, end = name, name.end
    levels = tuple(dict.fromkeys(level for _, _, group in groups for level in group))
    pair = any(len(group) == 2 and abs(LEVEL_ORDER[group[0]] - LEVEL_ORDER[group[1]]) <= _step(group) and _written_as_pair(text[a:b]) for a, b, group in groups)
    mention = Levels(first.start, end, levels, tuple(groups), adjacent_pair=pair and (open_pair or len(groups) > 1))
    return replace(mention, disc=_is_disc(text, mention)), end


def _step(group: tuple[Level, ...]) -> int:
    """How far apart neighbours lie in the list of all names, which has T13 and L6 in it."""
    return 2 if group[0][0] != group[1][0] else 1


def _written_as_pair(written: str) -> bool:
    return re.search(r"-|/", written[1:]) is not None and re.search(r"\b(?:to|through)\b", written) is None


def _following(text: str, separator: re.Match[str], last: _Name) -> _Name | None:
    """The name after a separator: a full one, or a bare number that continues the last one."""
    position = separator.end()
    match = _ONE.match(text, position)
    if match is None and text[position : position + 1] in "CTDLSctdls" and separator.group("slash"):
        # After a slash the lookbehind of the full pattern refuses the name; try without what is before.
        match = _ONE.match(text[position : position + 12])
        if match is not None:
            name = _name(match)
            if name is not None and name.level is not None:
                return replace(name, start=name.start + position, end=name.end + position)
            return None
    if match is None and separator.group("range"):
        shifted = _ONE.match(text[position : position + 12])
        if shifted is not None:
            name = _name(shifted)
            if name is not None and name.level is not None:
                return replace(name, start=name.start + position, end=name.end + position)
            return None
    if match is not None:
        name = _name(match)
        if name is None or name.level is None:
            return None
        return name if _names_a_vertebra(text, name) else None
    bare = _BARE.match(text, position)
    if bare is None or (_NOT_A_BARE_LEVEL if separator.group("list") else _UNIT).match(text, bare.end()):
        return None
    if bare.group("word") and not re.match(r"one|two|three|four|five", text[last.start : last.end].lower()[-5:]):
        return None
    number = _number(bare.group())
    if number > _HIGHEST[last.letter] or number == last.number:
        if separator.group("range") or separator.group("slash"):
            # "T12-1" and "L5/1": over the end of a region the next one begins.
            following = {"C": "T", "T": "L", "L": "S"}.get(last.letter)
            if number == 1 and following and last.number >= {"C": 7, "T": 12, "L": 5}[last.letter]:
                return _Name(bare.start(), bare.end(), following, 1)
        return None
    if number < last.number:
        following = {"C": "T", "T": "L", "L": "S"}.get(last.letter)
        if number == 1 and following and last.number in (5, 7, 12) and not separator.group("list"):
            return _Name(bare.start(), bare.end(), following, 1)
        return None if separator.group("list") and "," in separator.group() and not separator.group().strip(" ,") else (
            _Name(bare.start(), bare.end(), last.letter, number) if separator.group("list") else None
        )
    return _Name(bare.start(), bare.end(), last.letter, number)


_OWN_NOUN = re.compile(
    r"\s+(?:(?:mild|moderate|severe|old|chronic|acute|subacute|new|anterior|superior|inferior|endplate|wedge|vertebral|body|burst|compression|posterior|spinous|transverse|minimal|slight)\s+)*(?:burst|fracture|deformity|collapse|wedging|height|process|osteophyte|h[ae]?emangioma|lesion|metastas|is\s+(?:normal|intact|unremarkable|preserved)|(?:shows|demonstrates|has|appears)\b)",
    re.IGNORECASE,
)
_PREDICATE = re.compile(r"\s+(?:vertebra\w*\s+|body\s+)*(?:is|shows|demonstrates|has|appears|remains|was)\b", re.IGNORECASE)
_HEAD_BEFORE = re.compile(r"(?:fractures?|deformit(?:y|ies)|collapse|wedging|compression|loss|#)\s+(?:of|at|in|involving|affecting)\s+(?:the\s+)?(?:\w+\s+){0,3}$", re.IGNORECASE)


def _is_another_list(text: str, groups: list[tuple[int, int, tuple[Level, ...]]], name: _Name) -> bool:
    """Whether a name after "and" or a comma begins another phrase: "fracture of T12 and L1 burst fracture"."""
    first = groups[0]
    if len(first[2]) == 2 and _written_as_pair(text[first[0] : first[1]]) and _DISC_BEFORE.search(text[max(0, first[0] - 60) : first[0]]):
        if not re.match(r"\s*[-/]\s*[A-Z]?\d", text[name.end :]):
            return True
    if len(first[2]) == 2 and _written_as_pair(text[first[0] : first[1]]) and _OWN_NOUN.match(text, name.end):
        return True
    if _PREDICATE.match(text, name.end) and not re.match(r"\s+(?:\w+\s+){0,3}?(?:are|were)\b", text[name.end :]) and _HEAD_BEFORE.search(text[: first[0]]):
        return True
    return bool(_OWN_NOUN.match(text, name.end) and _HEAD_BEFORE.search(text[: groups[0][0]]))


def _is_disc(text: str, mention: Levels) -> bool:
    before, after = text[max(0, mention.start - 60) : mention.start], text[mention.end : mention.end + 60]
    if _NERVE_AFTER.match(after):
        return True
    if mention.adjacent_pair:
        return bool(_DISC_AFTER.match(after) or _DISC_BEFORE.search(before))
    return bool(re.match(r"\s*(?:dis[ck]s?\b|dis[ck]\s+space|interspace|facet|foram|neural\s+for|nerve|root|lateral\s+recess)", after, re.IGNORECASE))
