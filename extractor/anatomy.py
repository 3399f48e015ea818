"""What a word of a sentence is about: a vertebra, a spinal region, a posterior element - or another part of the body.

A fracture is of a vertebra only if the words around it say so, and never if they name a rib. This file finds the names;
``vertebrae`` relates them to the findings.
"""

from __future__ import annotations

import re
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


_PORTIONS: dict[str, Portion] = {"upper": "upper", "mid": "mid", "middle": "mid", "lower": "lower", "superior": "upper", "inferior": "lower", "high": "upper", "low": "lower", "proximal": "upper", "distal": "lower", "midst": "mid", "central": "mid"}
_REGIONS: dict[str, Region] = {
    "cervical": "cervical", "thoracic": "thoracic", "dorsal": "thoracic", "lumbar": "lumbar", "sacral": "sacral", "thoracolumbar": "thoracolumbar",
    "dorsolumbar": "thoracolumbar", "lumbosacral": "lumbar", "cervicothoracic": "thoracic", "t": "thoracic", "l": "lumbar", "c": "cervical", "tl": "thoracolumbar",
    "ls": "lumbar", "d": "thoracic", "dl": "thoracolumbar", "sacrum": "sacral", "dorsolumber": "thoracolumbar", "thoracal": "thoracic", "lumbo": "lumbar",
}  # fmt: skip
_REGION_WORD = r"thoracolumbar|thoraco-?\s?lumbar|dorso-?\s?lumbar|lumbo-?\s?sacral|cervico-?\s?thoracic|cervical|thoracic|dorsal|lumbar|sacral|thoracal"
_PORTION_WORD = r"upper|mid|middle|lower|superior|inferior|high|low|proximal|distal"
_SPINE_NOUN = r"spine|spinal\s+column|vertebrae?|vertebral\s+(?:bod(?:y|ies)|column|levels?)|vertebral|bod(?:y|ies)|junction|region|segments?|levels?|area|transition|column"

_REGION = re.compile(
    rf"""
      \b(?:(?P<portion>(?:{_PORTION_WORD})(?:\s*(?:-|/|to|and|,|or|&)\s*(?:{_PORTION_WORD}))*)[\s-]*(?:to\s+)?(?:the\s+)?)?
        (?P<region>{_REGION_WORD}) (?P<noun>\s*(?:spine|spinal\s+column|vertebra[el]?s?\b(?:\s+(?:bod(?:y|ies)|column|levels?))?|bod(?:y|ies)\b|junction|region|segments?|levels?|area|transition|column))?
    | \b(?P<portion3>{_PORTION_WORD})?[\s-]*(?P<letters>[TLCD]|TL|LS|DL|L\.?S\.?|D\.?L\.?|D\.?S\.?)[\s./-]*(?P<spine>spine)\b
    | \b(?P<sacrum>sacrum|sacral\s+al(?:a|ae)|sacral\s+insufficiency|sacral)\b
    | \b(?:(?P<portion2>{_PORTION_WORD})\s+)?(?P<bare>back|spine|spinal\s+column|vertebral\s+column|backbone)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MIDTHORACIC = re.compile(rf"\b(?P<portion>upper|mid|lower)-?(?P<region>thoracic|lumbar|dorsal|cervical)(?P<noun>\s*(?:spine|vertebra[el]?s?\b(?:\s+bod(?:y|ies))?|bod(?:y|ies)\b|level|region))?", re.IGNORECASE)

_VERTEBRA = re.compile(
    r"\b(?:(?P<plural>vertebral\s+bodies|vertebrae|vertebras|vertebral\s+corpora|vertebral\s+body\s+and|vertebral\s+bodies'|levels|bodies|vertebral\s+levels|segments)|(?P<single>vertebral\s+body|vertebral\s+corpus|vertebra|vertebral|corpus\s+vertebrae|body|level|segment|superior\s+end-?\s?plates?|inferior\s+end-?\s?plates?|end-?\s?plates?))\b",
    re.IGNORECASE,
)
_POSTERIOR = re.compile(
    r"\b(?:(?:left|right|bilateral|both)\s+)*(?:transverse\s+process(?:es)?|spinous\s+process(?:es)?|spinous|articular\s+process(?:es)?|(?:articular\s+|articulating\s+)?facets?(?:\s+joints?)?|lamina[e]?|laminar|pedicles?(?!\s+screw)|pars(?:\s+interarticularis)?|posterior\s+(?:elements?|arch(?:es)?|neural\s+arch(?:es)?|ring)|neural\s+arch(?:es)?|tps?\b|lateral\s+mass(?:es)?)\b",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"""\b(?:
      ribs?|rib\s+cage|costal|costochondral|costovertebral|costophrenic|costo\w+|clavic\w+|sternum|sternal|sternotomy|manubri\w+|scapula\w*|humer\w+|shoulders?|glenoid|elbows?|radius|radial|ulna\w*|olecranon|wrists?|colles'?|scaphoid|hands?|fingers?|metacarp\w+|phalan\w+|
      hips?|femur|femurs|femoral|intertrochanteric|trochanter\w*|acetab\w+|pelvis|pelvic|pub(?:is|ic)|rami|ramus|ischi\w+|ili(?:um|ac)|sacroiliac|knees?|patell\w+|tibia\w*|fibul\w+|ankles?|malleol\w+|calcane\w+|heel|foot|feet|metatars\w+|toes?|tarsal|talus|hallux|
      skull|calvari\w+|cranial|cranium|facial|nasal|orbit\w*|mandib\w+|maxill\w+|zygoma\w*|mastoid|brain|cord|spinal\s+cord|conus|cauda|thecal(?:\s+sac)?|dural|dura|nerves?|nerve\s+roots?|roots?|foramin\w+|foramen|neuroforam\w+|neural\s+foram\w+|(?:spinal|central|neural|vertebral)\s+canal|canal|lateral\s+recess|epidural\s+fat|
      lungs?|lobes?|lobar|lingula\w*|pulmonary|airway\w*|airspace|bronch\w+|pleura\w*|hemidiaphragm\w*|diaphragm\w*|trache\w+|cardiac|heart|aort\w+|ventric\w+|atri\w+|vascul\w+|veins?|venous|ivc|cava|arter\w+|vessels?|chest\s+wall|thoracic\s+cage|thorax|breast\w*|
      liver|hepatic|spleen|splenic|kidney\w*|renal|bowel|colon\w*|stomach|gastric|bladder|gallbladder|uter\w+|ovar\w+|prostat\w+|oesophag\w+|esophag\w+|sinus(?:es)?|testic\w+|
      screws?|pedicle\s+screws?|periprosthetic|rods?|plates?(?!\s+(?:of|is|are|depress|fract|compress))|hardware|catheters?|tubes?|wires?|leads?|stents?|filters?|grafts?|cages?|prosthe\w+|implants?|shunts?|lines?(?=\s+fracture)|nails?|bullet\w*|pacemaker|femoral\s+head|joints?|menisc\w+|tendons?|ligaments?(?=\s+(?:of\s+the\s+)?(?:knee|ankle))|odont(?:ogenic)|teeth|tooth|
      opacit\w+|atelecta\w+|resection|infarct\w*|infiltrate\w*|consolidation\w*|lymph\w*|hernia|fat|adrenal\w*|pancrea\w+|wrist|stump|forearm|arm|leg|legs|thigh|finger|neck\s+of\s+(?:the\s+)?femur|radius|nof|penile|cochlea|appendages?|gastr\w+|
      dis[ck]s?|dis[ck]\s+spaces?|dis[ck]\s+heights?|inter-?vertebral|interspaces?|interspace|dis[ck]al|annul\w+|disc/\w+|joint\s+spaces?|neck\s+soft|soft\s+tissues?|umbilic\w+|haglund|spur|talar|navicular|hallucal|coccyx|coccygeal|renal\s+collecting|endotracheal|picc
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)
_NOUN = re.compile(
    r"""\b(?:
      osteophyt\w*|spurring|spurs?|spondylosis|spondylo\w*|sclerosis|osteopenia|osteopenic|osteoporosis|demineraliz\w+|demineralis\w+|mineralization|mineralisation|(?:degenerative|discogenic|arthritic|reactive|postsurgical|post-surgical|hypertrophic|bridging|endplate|end-plate|end\s+plate|modic)\s+(?:changes?|disease|disc\s+disease|joint\s+disease|endplate\s+changes?)|
      h[ae]?emangiomas?|lesions?|metasta\w+|mets|masse?s?|nodes?|nodules?|stenosis|narrowing|scoliosis|kyphosis|kyphotic\s+\w+|kyphoscoliosis|lordosis|curvature|curve|alignment|malalignment|\w*listhesis|subluxation|dislocation|arthropathy|arthrosis|arthritis|h[ae]?ematoma|effusion|pneumothorax|
      fusion|laminectomy|instrumentation|fixation|surgery|discectomy|decompression|calcification\w*|bulg\w+|protrusion\w*|herniat\w+|extrusion\w*|h[ae]?morrhage|swelling|tenderness|pain|lucenc\w+|abnormalit\w+|pathology|findings?|disease|process(?!\s*(?:es)?\s*fract)|density|bone\s+loss|spasm|radiculopathy|myelopathy|conus|ankylosis|syndesmophyt\w+|hyperostosis|dish|infection|discitis|osteomyelitis|spondylitis|abscess|cyst\w*|tumou?rs?|bone\s+island\w*|enhancement|uptake|activity|leak\w*|extravasation|edema(?=\s+(?:of|in)\s+the\s+(?:leg|soft))
    )\b""",
    re.VERBOSE | re.IGNORECASE,
)

_COUNT = {
    "one": 1, "single": 1, "solitary": 1, "isolated": 1, "a": 1, "an": 1, "two": 2, "both": 2, "couple": 2, "pair": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "multiple": 2, "several": 2, "multilevel": 2, "numerous": 2, "many": 2, "few": 2, "various": 2, "some": 2, "diffuse": 2, "another": 1, "further": 1, "double": 2, "additional": 1,
}  # fmt: skip
_QUANTITY = re.compile(
    r"(?<![A-Za-z0-9.-])(?:(?P<word>one|single|solitary|isolated|two|both|couple|three|four|five|six|seven|multiple|several|multilevel|multi-level|numerous|many|few|various)|(?P<digit>[1-9])(?!\d|\.\d|[-\s]*(?:%|mm|cm|percent|week|day|month|year|view|degree|st|nd|rd|th|\))))\b",
    re.IGNORECASE,
)


_SPINAL_CONTEXT = re.compile(
    rf"(?:[\s,;/&()?-]|\b(?:and|or|to|(?:{_REGION_WORD})|(?:{_PORTION_WORD})|x{{2,}}|(?:(?:mild|moderate|severe|old|chronic|acute|new|anterior|multiple|stable|age|indeterminate|healed|remote|osteoporotic|pathologic\w*|insufficiency|minimal|slight|superior|inferior|three|two|\d)[\s-]*))\b)*"
    r"(?:$|[.,;:)]|compress|wedg|fract|#|fx|burst|deform|collaps|vcf|crush|vertebra|spin|bod|level|height|junction|region|insuffic|cod|bicon|segment|column|kypho|vertebro|endplate|end-?plate|augment|cement|area|injur)", re.IGNORECASE
)


def find_anatomy(text: str) -> list[Anatomy]:
    """Every name of a sentence, in order and without overlap; the more specific name wins."""
    taken: list[Anatomy] = []
    for mention in find_levels(text):
        kind: Kind = "other" if mention.disc else "level"
        taken.append(
            Anatomy(kind, mention.start, mention.end, mention.levels, mention.groups, pair=mention.adjacent_pair, plural=len(mention.levels) > 1)
        )
    for pattern, kind in ((_POSTERIOR, "posterior"), (_OTHER, "other"), (_NOUN, "noun")):
        for match in pattern.finditer(text):
            _add(taken, Anatomy(kind, match.start(), match.end()))  # type: ignore[arg-type]
    for match in _MIDTHORACIC.finditer(text):
        _add(taken, _region(match, match.group("portion"), match.group("region"), match.group("noun")))
    for match in _REGION.finditer(text):
        if match.group("region"):
            if not match.group("noun") and re.match(r"\s*(?:aorta|cage|inlet|outlet|duct|cavity|wall|soft|cord|lymph|kypho|lordo|scolio|curv|surgery|puncture|drain|myelo|spinal\s+cord|disc|dis[ck]s|nerve|radic|dermat|ca\b|cancer|ectop|triangle|lordot|facet|spondyl|arthro|degener|strain|sprain)", text[match.end() :], re.IGNORECASE):
                continue
            if not match.group("noun") and not _SPINAL_CONTEXT.match(text, match.end()):
                continue
            if not match.group("noun") and match.group("region").lower() == "dorsal" and not re.search(r"spine|spinal|vertebra|kypho|\bD\d", text, re.IGNORECASE):
                continue
            _add(taken, _region(match, match.group("portion"), match.group("region"), match.group("noun")))
        elif match.group("letters"):
            _add(taken, _region(match, match.group("portion3"), re.sub(r"[^A-Za-z]", "", match.group("letters")), "spine"))
        elif match.group("sacrum"):
            _add(taken, Anatomy("region", match.start(), match.end(), region="sacral"))
        else:
            if match.group("bare").lower() == "back" and not match.group("portion2"):
                continue
            if re.search(r"\b(?:iliac|nasal|scapular|ischial|tibial|anterior|posterior|helical|calcaneal|mental|dendritic|heel|of\s+the\s+scapula)\s+$", text[max(0, match.start() - 25) : match.start()], re.IGNORECASE):
                continue
            _add(taken, Anatomy("region", match.start(), match.end(), portions=_portions(match.group("portion2"))))
    for match in _VERTEBRA.finditer(text):
        _add(taken, Anatomy("vertebra", match.start(), match.end(), plural=match.group("plural") is not None))
    return sorted(taken, key=lambda item: item.start)


def _add(taken: list[Anatomy], item: Anatomy) -> None:
    if all(item.end <= other.start or item.start >= other.end for other in taken):
        taken.append(item)


def _region(match: re.Match[str], portion: str | None, region: str, noun: str | None) -> Anatomy:
    name = re.sub(r"[\s-]", "", region).lower()
    name = {"thoracolumbar": "thoracolumbar", "dorsolumbar": "thoracolumbar", "lumbosacral": "lumbosacral", "cervicothoracic": "cervicothoracic"}.get(name, name)
    plural = noun is not None and re.search(r"vertebrae|bodies|levels|segments|vertebras", noun, re.IGNORECASE) is not None
    single = noun is not None and re.search(r"vertebra\b|body|level\b|segment\b", noun, re.IGNORECASE) is not None
    return Anatomy(
        "region", match.start(), match.end(), region=_REGIONS[name], portions=_portions(portion), plural=plural, count=1 if single and not plural else None
    )


def _portions(written: str | None) -> tuple[Portion, ...]:
    if not written:
        return ()
    return tuple(dict.fromkeys(_PORTIONS[word.lower()] for word in re.findall(r"[A-Za-z]+", written) if word.lower() in _PORTIONS))


def quantity(text: str) -> int | None:
    """How many vertebrae the words before a finding speak of; None where they do not say."""
    found = None
    for match in _QUANTITY.finditer(text):
        if match.group("word"):
            found = _COUNT[match.group("word").lower().replace("-", "")]
        else:
            found = int(match.group("digit"))
    return found
