"""What a word of a sentence is about: a vertebra, a spinal region, a posterior element - or another part of the body.

A fracture is of a vertebra only if the words around it say so, and never if they name a rib. This file finds the names;
``vertebrae`` relates them to the findings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from extractor.findings import Level, Region
from extractor.levels import find_levels

Portion = Literal["upper", "mid", "lower"]
Kind = Literal["level", "region", "vertebra", "posterior", "other", "noun"]


@dataclass(frozen=True, slots=True)
class Anatomy:
    """A name in a sentence. ``levels`` of a level or posterior element, ``region`` and ``portions`` of a region.

    ``plural`` is true where the words speak of more than one vertebra; ``count`` where they say of how many.
    """

    kind: Kind
    start: int
    end: int
    levels: tuple[Level, ...] = ()
    groups: tuple[tuple[int, int, tuple[Level, ...]], ...] = ()
    region: Region | None = None
    portions: tuple[Portion, ...] = ()
    plural: bool = False
    count: int | None = None
    pair: bool = False


class _Words:
    """Alternatives that begin words, tried only at words that begin like one of them: one pass, no slow alternation."""

    def __init__(self, *alternatives: str) -> None:
        self._pattern = re.compile(rf"(?:{'|'.join(alternatives)})\b", re.IGNORECASE)
        self._beginnings = frozenset(
            beginning for alternative in alternatives for beginning in _beginnings(alternative)
        )

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Every match, from left to right, without overlap."""
        end = 0
        for word in _WORD.finditer(text):
            if word.start() < end or word.group()[:2].lower() not in self._beginnings:
                continue
            match = self._pattern.match(text, word.start())
            if match is not None:
                end = match.end()
                yield match


_WORD = re.compile(r"(?<![A-Za-z0-9_])[A-Za-z]\w*")


def _beginnings(alternative: str) -> set[str]:
    """The first two letters of every word that an alternative can begin with."""
    if alternative.startswith("(?:"):
        inner = alternative[3 : alternative.index(")")]
        return {beginning for part in inner.split("|") for beginning in _beginnings(part)}
    letters = re.match(r"[a-z\[\]?]+", alternative)
    assert letters is not None
    plain = letters.group()
    optional = re.match(r"([a-z])\[([a-z])\]\?([a-z])", plain)
    if optional is not None:
        return {optional.group(1) + optional.group(2), optional.group(1) + optional.group(3)}
    return {plain[:2]}


_PORTIONS: dict[str, Portion] = {
    "upper": "upper", "superior": "upper", "high": "upper", "proximal": "upper",
    "mid": "mid", "middle": "mid", "midst": "mid", "central": "mid",
    "lower": "lower", "inferior": "lower", "low": "lower", "distal": "lower",
}  # fmt: skip
_REGIONS: dict[str, Region] = {
    "cervical": "cervical", "thoracic": "thoracic", "dorsal": "thoracic", "lumbar": "lumbar", "sacral": "sacral",
    "thoracolumbar": "thoracolumbar", "dorsolumbar": "thoracolumbar", "lumbosacral": "lumbar",
    "cervicothoracic": "thoracic", "t": "thoracic", "l": "lumbar", "c": "cervical", "tl": "thoracolumbar",
    "ls": "lumbar", "d": "thoracic", "dl": "thoracolumbar", "sacrum": "sacral", "dorsolumber": "thoracolumbar",
    "thoracal": "thoracic", "lumbo": "lumbar",
}  # fmt: skip
_REGION_WORD = (
    r"thoracolumbar|thoraco-?\s?lumbar|dorso-?\s?lumbar|lumbo-?\s?sacral|cervico-?\s?thoracic"
    r"|cervical|thoracic|dorsal|lumbar|sacral|thoracal"
)
_PORTION_WORD = r"upper|mid|middle|lower|superior|inferior|high|low|proximal|distal"

# The sacrum, an adjective with or without its noun, the abbreviations of a spine ("L-spine"), the spine as such.
_REGION = re.compile(
    rf"""
    \b(?:
      \b(?P<sacrum>sacrum|sacral\s+al(?:ae|a)|alar(?=\s+(?:fract|fx|insuff|zone|oedema|edema|line|linear|sclerosis))|sacral\s+insufficiency)\b
    | \b(?:(?P<portion>(?:{_PORTION_WORD})(?:\s*(?:-\s?to\s?-|-|/|to|and|,|or|&)\s*(?:{_PORTION_WORD}))*)
           [\s-]*(?:to\s+)?(?:the\s+)?)?
        (?P<region>{_REGION_WORD})
        (?P<noun>\s*(?:spine|spinal\s+column|vertebra[el]?s?\b(?:\s+(?:bod(?:y|ies)|column|levels?))?|bod(?:y|ies)\b|ones\b
                     |junction|region|segments?|levels?|area|transition|column))?
    | \b(?P<portion3>{_PORTION_WORD})?[\s-]*(?P<letters>[TLCD]|TL|LS|DL|L\.?S\.?|D\.?L\.?|D\.?S\.?)
        [\s./-]*(?P<spine>spine)\b
    | \b(?:(?P<portion2>{_PORTION_WORD})\s+)?(?P<bare>back|spine|spinal\s+column|vertebral\s+column|backbone)\b
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Portion and region in one word: "midthoracic".
_MIDTHORACIC = re.compile(
    r"\b(?P<portion>upper|mid|lower)-?(?P<region>thoracic|lumbar|dorsal|cervical)"
    r"(?P<noun>\s*(?:spine|vertebra[el]?s?\b(?:\s+bod(?:y|ies))?|bod(?:y|ies)\b|level|region))?",
    re.IGNORECASE,
)

_VERTEBRA = re.compile(
    r"\b(?:(?P<plural>vertebral\s+bodies|vertebrae|vertebras|vertebral\s+corpora|vertebral\s+body\s+and"
    r"|vertebral\s+bodies'|levels|bodies|vertebral\s+levels|segments)"
    r"|(?P<single>vertebral\s+body|vertebral\s+corpus|vertebra|vertebral(?!\s+(?:arter|vein|venous|vessel))|corpus\s+vertebrae|body|level|segment"
    r"|(?:superior|inferior|upper|lower|cranial|caudal)\s+(?:limiting\s+|vertebral\s+|cover\s+|base\s+)?(?:end-?\s?)?"
    r"plates?|(?:limiting|cover|base)\s+plates?|(?:(?:upper|lower|superior|inferior)\s+)?plateau[sx]?|end-?\s?plates?))\b",
    re.IGNORECASE,
)
_POSTERIOR = re.compile(
    r"\b(?:(?:left|right|bilateral|both)\s+)*(?:transverse\s+process(?:es)?|spinous\s+process(?:es)?|spinous"
    r"|articular\s+process(?:es)?|(?:articular\s+|articulating\s+)?facets?(?:\s+joints?)?|lamina[e]?|laminar"
    r"|pedicles?(?!\s+screw)|pars(?:\s+interarticularis)?"
    r"|posterior\s+(?:elements?|arch(?:es)?|neural\s+arch(?:es)?|ring)|neural\s+arch(?:es)?|tps?\b"
    r"|lateral\s+mass(?:es)?|clay[\s-]+shovel(?:l?er)?(?:'?s'?)?)\b",
    re.IGNORECASE,
)
_OTHER = _Words(
    "ribs?", r"rib\s+cage", "costal", "costochondral", "costovertebral", "costophrenic", r"costo\w+", r"clavic\w+",
    "sternum", "sternal", "sternotomy", r"manubri\w+", r"scapula\w*", r"humer\w+", "shoulders?", "glenoid", "elbows?",
    "radius", "radial", r"ulna\w*", "olecranon", "wrists?", "colles'?", "scaphoid", "hands?", "fingers?",
    r"metacarp\w+", r"phalan\w+", "hips?", "femur", "femurs", "femoral", "intertrochanteric", r"trochanter\w*",
    r"acetab\w+", "pelvis", "pelvic", "pub(?:is|ic)", "rami", "ramus", r"ischi\w+", "ili(?:um|ac)", "sacroiliac",
    "knees?", r"patell\w+", r"tibia\w*", r"fibul\w+", "ankles?", r"malleol\w+", r"calcane\w+", "heel", "foot", "feet",
    r"metatars\w+", "toes?", "tarsal", "talus", "hallux", "skull", r"calvari\w+",
    r"cranial(?!\s+(?:burst|end|plate|half|third|part|portion|aspect|corner|edge"
    r"|wedg|compress|vertebra|segment|level))",
    "cranium", "facial", "nasal", r"orbit\w*", r"mandib\w+", r"maxill\w+", r"zygoma\w*", "mastoid", "brain", "cord",
    r"spinal\s+cord",
    "conus", "cauda", r"thecal(?:\s+sac)?", "dural", "dura", "nerves?", r"nerve\s+roots?", "roots?", r"foramin\w+",
    "foramen", r"neuroforam\w+", r"neural\s+foram\w+", r"(?:spinal|central|neural|vertebral)\s+canal", "canal",
    r"lateral\s+recess", r"epidural\s+fat", "lungs?", "lobes?", "lobar", r"lingula\w*", "pulmonary", r"airway\w*",
    "airspace", r"bronch\w+", r"pleura\w*", r"hemidiaphragm\w*", r"diaphragm\w*", r"trache\w+", "cardiac", "heart",
    r"aort\w+", r"ventric\w+", r"atri\w+", r"vascul\w+", "veins?", "venous", "ivc", "cava", r"arter\w+", "vessels?",
    r"chest\s+wall", r"thoracic\s+cage", "thorax", r"breast\w*", "liver", "hepatic", "spleen", "splenic",
    r"kidney\w*", "renal", "bowel", r"colon\w*", "stomach", "gastric", "bladder", "gallbladder", r"uter\w+",
    r"ovar\w+", r"prostat\w+", r"oesophag\w+", r"esophag\w+", "sinus(?:es)?", r"testic\w+", "screws?",
    r"pedicle\s+screws?", "periprosthetic", "rods?", r"plates?(?!\s+(?:of|is|are|depress|fract|compress))"
    r"(?<!(?:upper|lower) plate)(?<!(?:upper|lower) plates)"
    r"(?<!cover plate)(?<!limiting plate)(?<!end[ -]plate)(?<!end[ -]plates)(?<!superior plate)"
    r"(?<!inferior plate)",
    "hardware", "catheters?", "tubes?", "wires?", "leads?", "stents?", "filters?", "grafts?", "cages?", r"prosthe\w+",
    "implants?", "shunts?", r"lines?(?=\s+fracture)", "nails?", r"bullet\w*", "pacemaker", r"femoral\s+head",
    "joints?", r"menisc\w+", "tendons?", r"ligaments?(?=\s+(?:of\s+the\s+)?(?:knee|ankle))", "odont(?:ogenic)",
    "teeth", "tooth", r"opacit\w+", r"atelecta\w+", "resection", r"infarct\w*", r"infiltrate\w*",
    r"consolidation\w*(?!\s+of\s+(?:\w+\s+){0,3}fractur)",
    r"lymph\w*", "hernia", "fat", r"adrenal\w*", r"pancrea\w+", "wrist", "stump", "forearm", "arm", "leg", "legs",
    "thigh", "finger", r"neck\s+of\s+(?:the\s+)?femur", "radius", "nof", "penile", "cochlea", "appendages?",
    r"gastr\w+", r"dis[ck]s?", r"dis[ck]\s+spaces?", r"dis[ck]\s+heights?", "inter-?vertebral", "interspaces?",
    "interspace", r"dis[ck]al", r"annul\w+", r"disc/\w+", r"joint\s+spaces?", r"neck\s+soft", r"soft\s+tissues?",
    r"umbilic\w+", "haglund", "spur", "talar", "navicular", "hallucal", "coccyx", "coccygeal", r"renal\s+collecting",
    "endotracheal", "picc",
)  # fmt: skip
_NOUN = _Words(
    r"osteophyt\w*", "spurring", "spurs?", "spondylosis", r"spondylo\w*", "sclerosis", "osteopenia", "osteopenic",
    "osteoporosis", r"demineraliz\w+", r"demineralis\w+", "mineralization", "mineralisation",
    r"(?:degenerative|discogenic|arthritic|reactive|postsurgical|post-surgical|hypertrophic|bridging|endplate"
    r"|end-plate|end\s+plate|modic)\s+(?:changes?|disease|disc\s+disease|joint\s+disease|endplate\s+changes?)",
    r"h[ae]?emangiomas?", "lesions?", r"metasta\w+", "mets", "masse?s?", "nodes?", "nodules?", "stenosis",
    "narrowing", "scoliosis", "kyphosis", "gibbus", r"kyphotic\s+\w+", "kyphoscoliosis", "lordosis", "curvature",
    "curve", "alignment", "malalignment", "listhesis", "anterolisthesis", "retrolisthesis", "laterolisthesis",
    "antherolisthesis", "subluxation", "dislocation", "arthropathy", "arthrosis", "arthritis", r"h[ae]?ematoma",
    "effusion", "pneumothorax", "fusion", "laminectomy", "instrumentation", "fixation", "surgery", "discectomy",
    "decompression", r"calcification\w*", r"bulg\w+", r"protrusion\w*", r"herniat\w+", r"extrusion\w*",
    r"h[ae]?morrhage", "swelling", "tenderness", "pain", r"lucenc\w+", r"abnormalit\w+", "pathology", "findings?",
    "disease", "ddd",
    "djd", r"process(?!\s*(?:es)?\s*fract)", "density", r"bone\s+loss", "spasm", "radiculopathy", "myelopathy",
    "conus", "ankylosis", r"syndesmophyt\w+", "hyperostosis", "dish", "infection", "discitis", "osteomyelitis",
    "spondylitis", "abscess", r"cyst\w*", "tumou?rs?", r"bone\s+island\w*", "enhancement", "uptake", "activity",
    r"leak\w*", "extravasation", r"edema(?=\s+(?:of|in)\s+the\s+(?:leg|soft))",
)  # fmt: skip

_COUNT = {
    "one": 1, "single": 1, "solitary": 1, "isolated": 1, "a": 1, "an": 1, "two": 2, "both": 2, "couple": 2, "pair": 2,
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "multiple": 2, "several": 2, "multilevel": 2,
    "numerous": 2, "many": 2, "few": 2, "various": 2, "some": 2, "diffuse": 2, "another": 1, "further": 1,
    "double": 2, "additional": 1,
}  # fmt: skip
# How many, in words or digits; not a dose, an age, a date or an ordinal.
_QUANTITY = re.compile(
    r"(?<![A-Za-z0-9.-])(?:(?P<word>one|single|solitary|isolated|two|both|couple|three|four|five|six|seven|multiple"
    r"|several|multilevel|multi-level|numerous|many|few|various)"
    r"|(?P<digit>[1-9])(?!\d|\.\d|[-\s]*(?:%|mm|cm|percent|week|day|month|year|view|degree|st|nd|rd|th|\))))\b",
    re.IGNORECASE,
)
# What may follow an adjective such as "thoracic" that speaks of the spine although no noun does.
_SPINAL_CONTEXT = re.compile(
    rf"(?:[\s,;/&()?-]|\b(?:and|or|to|(?:{_REGION_WORD})|(?:{_PORTION_WORD})|x{{2,}}"
    r"|(?:(?:mild|moderate|severe|old|chronic|acute|new|anterior|multiple|stable|age|indeterminate|healed|remote"
    r"|osteoporotic|pathologic\w*|insufficiency|minimal|slight|superior|inferior|three|two|\d)[\s-]*))\b)*"
    r"(?:$|[.,;:)]|compress|wedg|fract|#|fx|burst|deform|collaps|vcf|crush|vertebra|spin|bod|level|height|junction"
    r"|region|insuffic|cod|bicon|segment|column|kypho|vertebro|endplate|end-?plate|augment|cement|area|injur)",
    re.IGNORECASE,
)
# The dens is a part of C2; a view of it or a distance to it is none.
_DENS = re.compile(
    r"\b(?:odontoid(?:\s+(?:process|peg))?|dens)\b(?!\s*(?:view|projection|interval|e\b))(?<!atlanto-dens)"
    r"(?<!atlantodens)",
    re.IGNORECASE,
)


# Screws and ribs are named by the vertebra too: "fractured L4 pedicle screw", "deformity of the T12 rib".
_NAMED_BY_LEVEL = re.compile(
    r"\s*(?:(?:left|right|bilateral|both|pedicle|pedicular|transpedicular|polyaxial|cortical|facet|lateral\s+mass|interbody)\s+)*"
    r"(?:screws?|rods?|hooks?|cages?|spacers?|implants?|hardware|leads?|electrodes?|wires?|ribs?(?!-))\b(?!\s+(?:tracts?|tracks?|holes?|paths?|bearing))",
    re.IGNORECASE,
)


# A stretch of the spine that ends where no level is named: "from T1 to the sacrum".
_TO_THE_END = re.compile(
    r"\bfrom\s+(?:the\s+)?(?P<level>(?:TH|[CTDLS])-?\d{1,2}\s*(?:to|through|thru|down\s+to)\s+(?:the\s+)?(?:sacrum|coccyx))\b",
    re.IGNORECASE,
)


def level_names(text: str) -> list[Anatomy]:
    """Only the levels of a sentence, in order; a disc, a nerve root or a screw is of the kind ``other``."""
    ends = [(match.start("level"), match.end()) for match in _TO_THE_END.finditer(text)]
    levels = [Anatomy("region", start, end) for start, end in ends]
    levels += [
        Anatomy("other", mention.start, mention.end)
        if _NAMED_BY_LEVEL.match(text, mention.end)
        else Anatomy(
            "other" if mention.disc else "level", mention.start, mention.end, mention.levels, mention.groups,
            pair=mention.adjacent_pair, plural=len(mention.levels) > 1,
        )
        for mention in find_levels(text)
        if not any(start <= mention.start < end for start, end in ends)
    ]  # fmt: skip
    lowered = text.lower()
    for match in _DENS.finditer(text) if "dens" in lowered or "odont" in lowered else ():
        levels.append(Anatomy("level", match.start(), match.end(), ("C2",), ((match.start(), match.end(), ("C2",)),)))
    return sorted(levels, key=lambda item: item.start)


# "Thoracic aorta", "lumbar puncture": a region that names no vertebra.
_REGION_OF_OTHER = re.compile(
    r"\s*(?:aorta|cage|inlet|outlet|duct|cavity|wall|soft|cord|lymph|kypho|lordo|scolio|curv|surgery|puncture|drain"
    r"|myelo|spinal\s+cord|disc|dis[ck]s|nerve|radic|dermat|ca\b|cancer|ectop|triangle|lordot|facet|spondyl|arthro"
    r"|degener|strain|sprain)",
    re.IGNORECASE,
)
# "Dorsal" is of hands and feet too, unless the sentence speaks of the spine.
_SPINE_NAMED = re.compile(r"spine|spinal|vertebra|kypho|\bD\d", re.IGNORECASE)
# Spines of other bones, and of the sides of a film.
_OTHER_SPINE = re.compile(
    r"\b(?:iliac|nasal|scapular|ischial|tibial|anterior|posterior|helical|calcaneal|mental|dendritic|heel"
    r"|of\s+the\s+scapula)\s+$",
    re.IGNORECASE,
)


_NAMES: tuple[tuple[re.Pattern[str] | _Words, Kind], ...] = (
    (_POSTERIOR, "posterior"), (_OTHER, "other"), (_NOUN, "noun"),
)  # fmt: skip


def find_anatomy(text: str) -> list[Anatomy]:
    """Every name of a sentence, in order and without overlap; the more specific name wins."""
    taken = level_names(text)
    for pattern, kind in _NAMES:
        for match in pattern.finditer(text):
            _add(taken, Anatomy(kind, match.start(), match.end()))
    for match in _MIDTHORACIC.finditer(text):
        _add(taken, _region(match, match.group("portion"), match.group("region"), match.group("noun")))
    for match in _REGION.finditer(text):
        region = _spinal_region(text, match)
        if region is not None:
            _add(taken, region)
    for match in _VERTEBRA.finditer(text):
        _add(taken, Anatomy("vertebra", match.start(), match.end(), plural=match.group("plural") is not None))
    return sorted(taken, key=lambda item: item.start)


def _spinal_region(text: str, match: re.Match[str]) -> Anatomy | None:
    """The part of the spine that a match of ``_REGION`` names; None where its words name something else."""
    if match.group("region"):
        if not match.group("noun"):
            if _REGION_OF_OTHER.match(text[match.end() :]) or not _SPINAL_CONTEXT.match(text, match.end()):
                return None
            if match.group("region").lower() == "dorsal" and not _SPINE_NAMED.search(text):
                return None
        return _region(match, match.group("portion"), match.group("region"), match.group("noun"))
    if match.group("letters"):
        return _region(match, match.group("portion3"), re.sub(r"[^A-Za-z]", "", match.group("letters")), "spine")
    if match.group("sacrum"):
        return Anatomy("region", match.start(), match.end(), region="sacral")
    if match.group("bare").lower() == "back" and not match.group("portion2"):
        return None
    if _OTHER_SPINE.search(text[max(0, match.start() - 25) : match.start()]):
        return None
    return Anatomy("region", match.start(), match.end(), portions=_portions(match.group("portion2")))


def _add(taken: list[Anatomy], item: Anatomy) -> None:
    """Append a name unless it overlaps one that was found before."""
    if all(item.end <= other.start or item.start >= other.end for other in taken):
        taken.append(item)


# A noun for several vertebrae, or for one.
_SEVERAL_NOUN = re.compile(r"vertebrae|bodies|levels|segments|vertebras|ones", re.IGNORECASE)
_SINGLE_NOUN = re.compile(r"vertebra\b|body|level\b|segment\b", re.IGNORECASE)


def _region(match: re.Match[str], portion: str | None, region: str, noun: str | None) -> Anatomy:
    """A part of the spine; ``count`` is 1 where its noun names a single vertebra, unknown otherwise."""
    plural = noun is not None and _SEVERAL_NOUN.search(noun) is not None
    single = noun is not None and not plural and _SINGLE_NOUN.search(noun) is not None
    return Anatomy(
        "region",
        match.start(),
        match.end(),
        region=_REGIONS[re.sub(r"[\s-]", "", region).lower()],
        portions=_portions(portion),
        plural=plural,
        count=1 if single else None,
    )


def _portions(written: str | None) -> tuple[Portion, ...]:
    """Upper, mid and lower in the order of the text, each once."""
    if not written:
        return ()
    words = re.findall(r"[a-z]+", written.lower())
    return tuple(dict.fromkeys(_PORTIONS[word] for word in words if word in _PORTIONS))


def quantity(text: str) -> int | None:
    """How many vertebrae the words before a finding speak of; None where they do not say."""
    found = None
    for match in _QUANTITY.finditer(text):
        if match.group("word"):
            found = _COUNT[match.group("word").lower().replace("-", "")]
        else:
            found = int(match.group("digit"))
    return found
