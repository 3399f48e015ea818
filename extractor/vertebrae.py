"""One sentence read: which vertebrae it speaks of, what it says of each, and how sure it is.

Relations decide, not windows. Every finding ("wedging", "compression fracture") looks for its owner: the vertebra that
stands before it in the same noun phrase, else the one that a preposition leads to, else the subject of the clause, else
the owner of the finding that it continues. Every attribute ("mild", "30 %", "chronic") looks for its finding in the
same way, and for its vertebra where several values share one finding. What is read here depends on the sentence alone,
so identical sentences are read once; sections, neighbours and the report come in ``assemble``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from typing import Literal

from extractor import attributes, vocabulary
from extractor.anatomy import Anatomy, find_anatomy, level_names, quantity
from extractor.attributes import Attribute
from extractor.findings import LEVEL_ORDER, Level, Region
from extractor.levels import level_of
from extractor.vocabulary import Target

Status = Literal["present", "possible", "absent", "historical", "hypothetical", "family"]


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue of assertion that ConText relates to a target: its rule and where it stands."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A target that the matcher found, with the cues that ConText relates to it."""

    target: str
    start: int
    end: int
    cues: tuple[CueHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """What a sentence says of some vertebrae: the same of each of ``levels``, or of vertebrae of a region."""

    start: int
    end: int
    status: Status
    levels: tuple[Level, ...] = ()
    region: Region | None = None
    portions: tuple[str, ...] = ()
    count: int | None = None
    plural: bool = False
    element: Literal["body", "posterior"] = "body"
    descriptors: frozenset[str] = frozenset()
    fields: tuple[Attribute, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    vertebral: bool = True
    """Whether the sentence itself shows that a vertebra is meant; else the sentences around must."""
    anaphoric: bool = False
    """Whether it points back: "this fracture", "the former"."""
    definite: bool = False
    """Whether it is told as known: "the fractured vertebra"."""
    restricted: str = ""
    """Of an absent one: what is denied is only a new, an acute or another fracture."""
    bare: bool = False
    """Only levels and values: a finding if the report around them speaks of fractures."""
    which: str = ""
    """Which of the vertebrae named before: former, latter, first, second, third, upper or lower."""

    @property
    def primary(self) -> bool:
        """Whether the sentence alone shows that a vertebra may be meant; a report without any such has no findings."""
        return self.vertebral or bool(self.levels) or "fracture" in self.descriptors


@dataclass(frozen=True, slots=True)
class Statement:
    """The sentence says of the spine, the vertebrae or bone in general that there is no fracture."""

    start: int
    end: int
    scope: Literal["spine", "bone"]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one sentence says about vertebrae. Offsets are relative to the sentence."""

    mentions: tuple[Mention, ...] = ()
    loose: tuple[Attribute, ...] = ()
    """Attributes without a finding of their own: "No retropulsion." They belong to what was said before."""
    statements: tuple[Statement, ...] = ()
    named: tuple[Level, ...] = ()
    """Levels that the sentence names as vertebrae, finding or not."""
    other_bone: bool = False
    pointing: bool = False
    """The sentence points back to what was said before it, or is too short to be about anything else."""
    anaphoric: bool = False
    """The sentence points back: "this", "these", "the fracture"."""
    which: str = ""
    opens: bool = False
    """The sentence only names vertebrae for what follows: "T12:"."""


NOTHING = Reading()


@dataclass(slots=True)
class _Head:
    """A finding in a sentence, one or several matched words long, while its relations are worked out."""

    start: int
    end: int
    targets: list[Target]
    cues: tuple[CueHit, ...]
    owners: list[Anatomy] = field(default_factory=list)
    other: bool = False
    inherited: bool = False
    status: Status = "present"
    restricted: str = ""
    attributes: list[Attribute] = field(default_factory=list)

    @property
    def descriptors(self) -> frozenset[str]:
        return frozenset(word for target in self.targets for word in target.gives)

    @property
    def weak(self) -> bool:
        return all(target.weak for target in self.targets)

    @property
    def kind(self) -> str:
        return self.targets[0].kind


_STRONG_BREAK = re.compile(
    r";|\bbut\b|\bhowever\b|\bwhereas\b|\bwhile\b|\bwhilst\b|\balthough\b|\bthough\b|\u2014|\s-{1,2}\s"
    r"(?-i:(?=[A-Z][a-z]))|\.\s",
    re.IGNORECASE,
)
_LINKING_WORD = (
    r"of|in|at|with|and|or|nor|is|are|was|were|shows?|showed|showing|demonstrates?|demonstrated|demonstrating|has|have"
    r"|had|from|to|on|by|there|without|reveals?|revealed|appears?|for|"
    r"involving|involves?|no|not|whereas|since|while|whilst|although|because|when|which|that|than|affecting|affects?"
    r"|throughout|within|through|into|causing|after|before|but|consistent|compatible|suggest\w*|indicat\w*"
    r"|represent\w*|measuring|due|secondary|noted|seen|between|below|above"
)
_NOUN_PHRASE = re.compile(
    rf"(?:[\s,/()\u00b0%~<>?*'\"-]|(?!(?:{_LINKING_WORD})\b)[A-Za-z'][A-Za-z0-9']*\b|\d+(?:\.\d+)?)*",
    re.IGNORECASE,
)
_ADJECTIVES = re.compile(
    rf"(?:[\s/()\u00b0%~<>?*'\"-]|(?!(?:{_LINKING_WORD})\b)[A-Za-z'][A-Za-z0-9']*\b|\d+(?:\.\d+)?)*",
    re.IGNORECASE,
)
_LEADS_TO = re.compile(
    r"\b(?:of|in|at|involving|involves?|affecting|affects?|within|on|cross\w+|travers\w+|extending|through(?:out)?"
    r"|from|across|to|along|near|about|around|including|includes?|level|levels|are|is|was|were|concerning|body"
    r"|vertebra|vertebrae)\b|[:(,?=]|^\s*$|\s-\s?|^\s*[-/]",
    re.IGNORECASE,
)
_NOT_AN_OWNER = re.compile(
    r"\b(?:compared\s+(?:to|with)|relative\s+to|upon|adjacent\s+to|above|below|over|overlying|beneath|(?<!other\s)than"
    r"|unlike|next\s+to|caudal\s+to|cranial\s+to|cephalad\s+to|inferior\s+to|superior\s+to|just\s+(?:below|above)"
    r"|opposite|between|numbered\s+from|counting\s+from|assuming|labell?ed\s+as|designated\s+(?:as\s+)?"
    r"|tip\s+(?:at|of|overlying|projects\s+over)|projecting\s+over|as\s+(?:low|high)\s+as|extending\s+(?:down|up)\s+to"
    r"|conus\s+(?:medullaris\s+)?(?:terminates|ends|lies)\s+at|terminat\w+\s+at|ends\s+at|lies\s+at)\s+(?:the\s+)?"
    r"(?:level\s+of\s+)?(?:\w+ed\s+)?$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"[\s/-]*(?:X{2,}\s*)?[\s/-]*", re.IGNORECASE)
_COORDINATED = re.compile(
    r"^\s*(?:,|and|or|with|/|&|\+|and/or|plus|or\s+possibly|as\s+well\s+as|,\s*and|,\s*or)?\s*"
    r"(?:(?!(?:of|in|at|is|are|was|were|there)\b)[A-Za-z%\d-]+\s+){0,4}$",
    re.IGNORECASE,
)
_NORMAL = re.compile(
    r"\b(?:normal|unremarkable|inconspicuous|conserved|regular(?=\s+height)|intact|maintained|preserved"
    r"|within\s+normal\s+limits|wnl|satisfactory|well[\s-]maintained|well[\s-]preserved|negative|natural"
    r"|no\s+abnormalit(?:y|ies)|not\s+remarkable|spared|uninvolved|unaffected|uncompressed|maintains?\s+"
    r"(?:its\s+|their\s+|normal\s+)?height|normally\s+maintained|retained|clear|okay|ok|nad|(?:keeps?|retains?|of)\s+"
    r"(?:its\s+|their\s+)?(?:normal\s+)?height|not\s+(?:compressed|fractured|collapsed|wedged|affected|involved"
    r"|reduced|decreased|lost|diminished|deformed))\b",
    re.IGNORECASE,
)
_MAINTAINED_NOT = re.compile(
    r"\b(?:not|non|no\s+longer|never|poorly|partially|partly|incompletely|otherwise\s+not)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
_BODIES = (
    r"(?:vertebral?(?:\s+(?:bod(?:y|ies)|corpus|corpora|column))?|vertebra[es]?)"
    r"(?:\s+(?:heights?|body\s+heights?|X{2,}|stature|contours?|outlines?|morpholog\w+|architecture|configuration"
    r"|height\s+and\s+\w+|heights?,\s+\w+|statures?))?|body\s+heights?|vertebrae|bodies"
    r"|body(?=\s+(?:is|appears|remains)\s+(?:spared|intact|normal))|heights?\s+of\s+(?:the\s+)?vertebral\s+corp\w+"
    r"|somatic\s+heights?|(?:vertebral\s+)?somas?\b|soma\s+heights?|vertebral\s+corp\w+|heights?\s+of\s+(?:all\s+)?"
    r"(?:the\s+)?(?:\w+\s+){0,2}vertebra\w*(?:\s+bod\w+)?|corpus\s+heights?"
)
_SPINE = (
    r"(?:(?:thoracic|lumbar|cervical|dorsal|thoraco-?lumbar|lumbo-?sacral|dorso-?lumbar|visuali[sz]ed|whole|entire"
    r"|[TLCD]|LS|TL|DL)[\s-]*)*(?:spine|spinal\s+column|vertebral\s+column)(?:\s+segment)?"
)
_BONES = (
    r"(?:bony|osseous|skeletal|bone)\s+(?:structures?|elements?|thorax|skeleton|anatomy|framework|architecture|cage"
    r"|parts?|windows?|detail)|bones|skeleton|osseous\s+structures|bony\s+thorax|skeletal\s+system|osseous"
)
_SUBJECT = re.compile(rf"\b(?P<body>{_BODIES})\b|\b(?P<spine>{_SPINE})\b|\b(?P<bone>{_BONES})\b", re.IGNORECASE)
_GENERAL_NEGATIVE = re.compile(
    r"\b(?P<bone2>bony|osseous|skeletal)\s+(?:abnormalit\w+|injur\w+|patholog\w+)\s+(?:is|are|was|were)\s+(?:not\s+)"
    r"(?:identified|seen|present|evident|demonstrated|noted)"
    r"|\b(?:no|without|negative\s+for|nor|free\s+of|not\s+show(?:\s+any)?|absence\s+of)\s+"
    r"(?:(?:radiographic|radiological|significant|evidence|signs?|definite|obvious|of|any|new|other|acute|recent|focal"
    r"|gross|visible|suspicious|destructive|aggressive|overt|or|chronic|traumatic|appreciable|demonstrable|an|a"
    r"|evident|discrete|convincing|additional|worrisome|displaced|post-?traumatic|imaging|ct|large|major)[\s,]+)*"
    r"(?:(?P<bone>bony|osseous|skeletal|bone|musculoskeletal|osteoarticular)"
    r"|(?P<spine>vertebral|spinal|spine|(?:(?:cervical|thoracic|lumbar|thoracolumbar|dorsal|lumbosacral)\s+)+"
    r"(?:spine|spinal|vertebral)?))\s*(?:\w+\s+)?(?<!segmentation\s)(?<!congenital\s)(?<!developmental\s)"
    r"(?P<what>abnormalit\w*|patholog\w*|injur\w*|findings?|process|trauma|disease|deformit\w*|change|defects?)",
    re.IGNORECASE,
)
_NO_ABNORMALITY_OF = re.compile(
    r"\b(?:no|without)\s+(?:(?:acute|significant|focal|evidence|of|definite|obvious|bony|osseous|radiographic|gross"
    rf"|any|other)\s+)*(?:abnormalit\w*|patholog\w*|injur\w+|process|findings?)\s+(?:\w+\s+){{0,3}}?"
    rf"(?:of|in|within|involving|at|,|:)\s+(?:the\s+)?(?:\w+\s+){{0,2}}?(?:(?P<body>{_BODIES})|(?P<spine>{_SPINE})"
    rf"|(?P<bone>{_BONES}))\b"
    r"|\b(?P<subject>(?:portions?\s+of\s+the\s+)?(?:thoracic|lumbar|cervical|dorsal|thoracolumbar"
    r"|lumbosacral)\s+spine)\s+(?:\w+\s+){0,3}(?:demonstrates?|shows?|shown?|has|reveals?|with|exhibits?)\s+no\s+"
    r"(?:\w+\s+){0,2}(?:abnormalit\w*|patholog\w*|injur\w+)",
    re.IGNORECASE,
)
_ANAPHORA = re.compile(
    r"\b(?:this|these|the\s+(?:above|former|latter|aforementioned|said|described|same|known|affected|injured|fractured"
    r"|collapsed|involved)|that|those|such|it|its|the)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
_FIRM_ANAPHORA = re.compile(
    r"^\W*(?:this|these|it|both|they|all|others?|there\s+is\s+(?:an?\s+)?associated|associated|the\s+"
    r"(?:former|latter|fractures?|deformit(?:y|ies)|collapse|wedging|vertebra|compression))\b|\b"
    r"(?:this|that|same|these)\s+(?:level|vertebra|vertebral\s+body|fracture|finding|deformity|body)s?\b"
    r"|\bthis\s+(?:is|represents|may|could|has|appears|likely|probably|would)\b",
    re.IGNORECASE,
)
_RESTRICTED = re.compile(
    r"\b(?P<new>new|newly|additional|other|further|another|interval|more|second|elsewhere|remaining)\b"
    r"|\b(?P<acute>acute|recent|fresh|displaced|unstable|subacute)\b|\b(?P<old>old|chronic|healed|remote)\b",
    re.IGNORECASE,
)


def read_sentence(text: str, hits: Sequence[Hit]) -> Reading:
    """Everything that a sentence says about vertebrae.

    ``text`` is one sentence without line ends; ``hits`` are its targets in order, with their cues.
    """
    heads = _heads(text, hits)
    # Without a finding only levels matter: as normal, as a line of a table, or for the sentences that follow.
    anatomy = find_anatomy(text) if heads else level_names(text)
    spans = [(head.start, head.end) for head in heads]
    anatomy = [_outside(item, spans) for item in anatomy]
    anatomy = [item for item in anatomy if item.start < item.end]
    asserted = attributes.asserted(text, hits)
    found = [*attributes.worded(text), *asserted]
    if not heads:
        found = [*found, *attributes.plain_percentages(text)]
    for head in heads:
        _own(text, head, heads, anatomy)
    heads = _joined(text, heads)
    _inherit(text, heads)
    for head in heads:
        _assert(text, head, heads)
    _gapping(text, heads, anatomy, found)
    loose = _distribute(text, heads, anatomy, found)
    mentions = [mention for head in heads for mention in _mentions(text, head, anatomy)]
    mentions += _cleared(text, anatomy, heads)
    if not heads:
        mentions += _bare(text, anatomy, [attribute for attribute in found if not attribute.asserted])
    named = tuple(dict.fromkeys(level for item in anatomy if item.kind == "level" for level in item.levels))
    return Reading(
        mentions=tuple(mentions), loose=tuple(loose), statements=tuple(_statements(text, heads)), named=named,
        other_bone=any(head.other for head in heads), pointing=bool(_FIRM_ANAPHORA.search(text)) or len(text) < 45,
        anaphoric=bool(_FIRM_ANAPHORA.search(text)), which=which_of(text),
        opens=text.rstrip().endswith(":") and bool(named) and not mentions,
    )  # fmt: skip


def _outside(item: Anatomy, spans: Sequence[tuple[int, int]]) -> Anatomy:
    """A name without the words that a finding takes of it: "midthoracic" of "midthoracic vertebral body wedging"."""
    if item.kind in ("level", "posterior"):
        return item
    for start, end in spans:
        if item.start < start < item.end:
            return replace(item, end=start) if item.kind == "region" else replace(item, end=item.start)
        if start <= item.start < end:
            return replace(item, end=item.start)
    return item


# -------------------------------------------------------------------------------------------------------------- heads


@cache
def _by_id() -> dict[str, Target]:
    return vocabulary.targets_by_id()


def _heads(text: str, hits: Sequence[Hit]) -> list[_Head]:
    """The findings of a sentence: neighbouring matches such as "wedge" "deformity" are one."""
    heads: list[_Head] = []
    for hit in hits:
        target = _by_id()[hit.target]
        if target.kind == "attribute" or _not_a_finding(text, hit, target):
            continue
        start = hit.start
        if hit.target == "reduced_height":
            reduced = _REDUCED_BEFORE.search(text[: hit.start])
            start = reduced.start() if reduced else start
        last = heads[-1] if heads else None
        if last is not None and last.kind == target.kind == "shape" and _JOINED.fullmatch(text, last.end, hit.start):
            last.targets.append(target)
            last.end = hit.end
            last.cues = tuple(dict.fromkeys((*last.cues, *hit.cues)))
        else:
            heads.append(_Head(start, hit.end, [target], hit.cues))
    return heads


_NO_FINDING_AFTER = re.compile(
    r"\s*(?:fragments?|ratio|index|stockings?|bandage|therapy|device|plate|screw|sleeve|garment|garments|neuropathy"
    r"|test|resection|biopsy|view|risk|probabilit|prevention|liaison|clinic|table|protocol|site|pressure|ultraso\w+"
    r"|osteoporosis\s+clinic|assessment|healing|management|risk\s+assess)",
    re.IGNORECASE,
)
_NO_FINDING_BEFORE = re.compile(
    r"\b(?:cord|root|nerve|neural|thecal|sac|foraminal|chest|pneumatic|cold|spinal\s+cord|cauda\s+equina|neurologic"
    r"|neurological|median\s+nerve|airway|tracheal|lobar|lobe|lung|vascular|ureteral|venous|stress\s+view|10-year"
    r"|major\s+osteoporotic|hip|fracture\s+risk)\s+$",
    re.IGNORECASE,
)


_LEVEL_WORDS = r"(?:(?:CV|DV|TV|LV|TH|T[hH]|[CTDLS])[\s-]?\d{1,2}(?:\s*(?:,|-|/|and|&|to)\s*[A-Z]?\d{1,2})*'?s?)"
_REDUCED_BEFORE = re.compile(
    r"\b(?:reduc\w+|decreas\w+|diminish\w+|diminution|loss|lost|lose[sn]?|losing|lowered)\s+"
    r"(?:(?:of|in|the|its|their|anterior|posterior|central|mid|lateral|overall|some|mild|part|vertical|superior"
    rf"|{_LEVEL_WORDS}|vertebral|vertebra|body|partial|left|right|thoracic|lumbar)\s+)+$",
    re.IGNORECASE,
)
_REDUCED_AFTER = re.compile(
    r"\s*(?:(?:of|in|at|the|vertebra\w*|vertebral|body|bodies|anterior|anteriorly|centrally|thoracic|lumbar"
    rf"|{_LEVEL_WORDS})\s+)*(?:is|are|was|were|has\s+been|have\s+been|appears?|seems?)?\s*(?:also\s+|now\s+|mildly\s+"
    r"|slightly\s+|moderately\s+|severely\s+|markedly\s+|minimally\s+|further\s+|partially\s+|anteriorly\s+"
    r"|significantly\s+)*(?:reduced|decreased|diminished|lost)\b",
    re.IGNORECASE,
)


# Devices and surgery that compress, and nerves that are compressed.
_COMPRESSES_ON_PURPOSE = re.compile(
    r"\b(?:cages?|screws?|rods?|plates?|interbody|distract\w*|graft|osteotomy|stocking\w*|dressing|device|wrap|boots?"
    r"|neurologic\w*|ultrasound)\b",
    re.IGNORECASE,
)
# "#" before a number or after "accession" numbers something.
_NUMBER_SIGN = re.compile(
    r"\b(?:acc|mrn|id|order|exam|case|accession|image|series|weight\s*\d*)\s*$|\d$",
    re.IGNORECASE,
)
# A loss of height in centimetres, or one that the patient reports, is of the patient.
_HEIGHT_OF_PATIENT = re.compile(
    r"(?:\d\s*(?:cm|inch\w*|in\b|mm)|historical|stature|patient|patient's|own|self-reported|reported|recalled"
    r"|documented)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# A vertebra, not the first of a pair as a disc is written.
_LEVEL_NEAR = re.compile(r"\b(?:TH|T[hH]|[TLDC])-?\d{1,2}\b(?!\s*[-/]\s*\w?\d)")
# What is deformed without a vertebra being so.
_CURVED_OR_PRESSED = re.compile(
    r"\b(?:scolio\w+|kypho\w+|spinal|angular|rotational|rotatory|gibbus|postural|lordo\w+|chest\s+wall|cord|sac|thecal"
    r"|sagittal\s+plane|curve|ventral\s+cord)\s+$",
    re.IGNORECASE,
)
# Surgery of other kinds than the filling of a vertebra.
_OTHER_HARDWARE = re.compile(r"\b(?:screws?|rods?|arthroplast\w+|hip|knee|femoral|dental|tooth)\b", re.IGNORECASE)
# A fraction is lost only if words of loss or an amount stand before it.
_LOSS_BEFORE = re.compile(
    r"\b(?:lost|loss|lose|loses|losing|reduc\w+|decreas\w+|diminish\w+|collapse\w*|compress\w+|missing)\b|\d\s*%"
    r"|per\s?cent|third|half|quarter",
    re.IGNORECASE,
)
# Cement in a hip, a flat diaphragm, a flattened cord.
_FLAT_OR_FILLED_ELSEWHERE = re.compile(
    r"\b(?:arthroplasty|hip|knee|femoral|prosthes|hemidiaphragm|diaphragm|cord|sac|lordosis|thecal|disc|liver|leak"
    r"|leakage|pars)",
    re.IGNORECASE,
)


def _not_a_finding(text: str, hit: Hit, target: Target) -> bool:
    before, after = text[max(0, hit.start - 30) : hit.start], text[hit.end : hit.end + 30]
    if _NO_FINDING_AFTER.match(after) and target.kind == "shape":
        return True
    if target.weak and _NO_FINDING_BEFORE.search(before):
        return True
    if hit.target == "compression" and _COMPRESSES_ON_PURPOSE.search(text):
        return True
    if hit.target == "fracture" and text[hit.start : hit.end] == "#":
        return bool(re.match(r"\s*\d", after)) or bool(_NUMBER_SIGN.search(before))
    if (
        target.id in ("height_loss", "vertebral_height_loss")
        and _HEIGHT_OF_PATIENT.search(before)
        and not re.search(r"vertebra|[TLD]\d", before + after)
    ):
        return True
    if hit.target == "depression":
        return not re.search(r"end-?\s?plate|cortical|vertebra", text, re.IGNORECASE)
    near_level = _LEVEL_NEAR.search(text[max(0, hit.start - 14) : hit.end]) is not None
    if (
        "height_loss" in target.gives
        and target.weak
        and not near_level
        and re.search(r"\bdis[ck]\w*\b[^,;]{0,40}$", text[: hit.start], re.IGNORECASE)
        and not re.search(
            r"vertebra|\bbod(?:y|ies)\b",
            before + text[hit.start : hit.end] + re.split("[;,.]", after)[0],
            re.IGNORECASE,
        )
    ):
        return True
    if hit.target == "reduced_height":
        return not (_REDUCED_BEFORE.search(text[: hit.start]) or _REDUCED_AFTER.match(text, hit.end))
    if target.kind == "shape" and _CURVED_OR_PRESSED.search(before) and set(target.gives) == {"deformity"}:
        return True
    if target.kind == "augmentation":
        return _OTHER_HARDWARE.search(text) is not None and not re.search(
            r"vertebroplast|kyphoplast|vertebral\s+bod", text, re.IGNORECASE
        )
    if hit.target in ("lost_fraction",):
        return not re.search(
            r"\b(?:lost|gone|missing)\b", text[hit.end : hit.end + 40], re.IGNORECASE
        ) and not _LOSS_BEFORE.search(text[max(0, hit.start - 90) : hit.start])
    if hit.target in ("cement", "plana", "flattening"):
        return bool(_FLAT_OR_FILLED_ELSEWHERE.search(text)) and not re.search(r"vertebra|\b[TLD]\d", text)
    return False


# ------------------------------------------------------------------------------------------------------------- owners


# The finding goes into a part: "fracture through the pedicle".
_INTO_A_PART = re.compile(r"\b(?:of|through|involving)\s+(?:the\s+|both\s+|left\s+|right\s+)*$")


def _own(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> None:
    """Find whose finding it is: a vertebra, a region, or a bone or organ that is none of ours."""
    _find_owner(text, head, heads, anatomy)
    label = next(
        (
            item
            for item in anatomy
            if item.kind == "level" and not item.pair and not re.search(r"[A-Za-z]", text[: item.start])
        ),
        None,
    )
    if (
        label is not None
        and not head.other
        and label.end <= head.start
        and not any(item.kind == "level" for item in head.owners)
        and re.match(r"\s*(?:vertebra\w*\s*|body\s*)*[:=-]", text[label.end :])
    ):
        # "T11: horizontal fracture through the body and both pedicles": the label of the line owns what follows.
        body = any(item.kind == "vertebra" for item in head.owners) or not _INTO_A_PART.search(
            text[head.end : head.owners[0].start] if head.owners and head.owners[0].start >= head.end else ""
        )
        head.owners = [label, *(item for item in head.owners if item.kind == "posterior" and not body)]
    if head.owners and not head.other and any(item.kind == "level" for item in head.owners):
        head.owners += [item for item in _trailing(text, head, heads, anatomy) if item not in head.owners]


_AND_ALSO = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:,|,?\s*(?:and|as\s+well\s+as|plus))\s*(?:also\s+)?(?:possibly|probably|likely"
    r"|perhaps)?\s*(?:also\s+)?(?:that\s+|those\s+)?(?:at|of|in)?\s*"
    r"|[^,;]{0,40},\s*(?:and\s+)?(?=[A-Z][\w-]{1,4}\s+by\s)",
    re.IGNORECASE,
)


# After the level that was added nothing follows that could be said of it instead.
_ADDED_LEVEL_ENDS = re.compile(r"\s*(?:vertebra\w*\s*)?(?:$|[.,;(]|by\s+\d|as\s+well|too\b|also\b)")


def _trailing(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """A level that is added after the finding: "L2 compression fracture, and possibly L3"."""
    for item in anatomy:
        if item.start < head.end or item.kind != "level":
            continue
        if _between_heads(head.end, item.start, heads) or not _AND_ALSO.fullmatch(text, head.end, item.start):
            return []
        return [item] if _ADDED_LEVEL_ENDS.match(text[item.end :]) and not item.pair else []
    return []


# Nothing but levels, numbers and words of loss.
_VALUE_GAP = re.compile(
    r"(?:[\s,;:%()=-]|(?:TH|T[hH]|[TLDC])-?\d{1,2}\b|\d+|and\b|percent\b|by\b|loss\b|of\b|its\b"
    r"|(?:is|are|has|have|lost)\b)*",
)


def _gapping(text: str, heads: Sequence[_Head], anatomy: Sequence[Anatomy], found: Iterable[Attribute]) -> None:
    """Levels with a value and no finding of their own share the one beside them: "L2 collapsed by 40 %, L4 by 25 %"."""
    usable = [
        head for head in heads if head.kind == "shape" and not head.other and head.status in ("present", "possible")
    ]
    if not usable:
        return
    owned = {level for head in heads for item in head.owners for level in item.levels}
    for value in found:
        level = _level_beside(text, value) if value.field == "height_loss_percent" else None
        if level is None or level in owned:
            continue
        named = (item for item in anatomy if item.kind == "level" and item.levels == (level,))
        item = next((item for item in named if item.end <= value.start < item.end + 40), None)
        if item is None or _NOT_AN_OWNER.search(text[: item.start]):
            continue
        before = [
            head for head in usable if head.end <= item.start and any(owner.kind == "level" for owner in head.owners)
        ]
        after = [head for head in usable if head.start >= value.end]
        if not before and (not after or not _VALUE_GAP.fullmatch(text[value.end : after[0].start])):
            continue
        (before[-1] if before else after[0]).owners.append(item)
        owned.add(level)


_DENS = Anatomy("level", 0, 0, ("C2",), ((0, 0, ("C2",)),))


def _find_owner(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> None:
    general: list[Anatomy] = []
    for finder in (_object, _inside, _before_in_phrase, _led_to, _subject):
        owners = finder(text, head, heads, anatomy)
        if owners and all(item.kind == "vertebra" for item in owners):
            general = general or owners
        elif owners:
            if all(item.kind == "posterior" for item in owners):
                owners = [*owners, *_levels_for_posterior(text, head, heads, anatomy)]
            head.owners = owners
            head.other = all(item.kind in ("other", "noun") for item in owners)
            return
    head.owners = general


# Words that tie a posterior element to the vertebra told before.
_POINTS_TO_PART = re.compile(r"\b(?:its|the|with|associated|posterior|extend\w*|through|into)\b", re.IGNORECASE)


def _levels_for_posterior(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Levels of a posterior element that the finding leads to, or that an earlier finding has: "of its lamina"."""
    led = [item for item in _led_to(text, head, heads, anatomy) if item.kind == "level"]
    if led:
        return led
    earlier = [
        item
        for other in heads
        if other.end <= head.start and not other.other
        for item in other.owners
        if item.kind == "level"
    ]
    earlier = earlier or [item for item in anatomy if item.kind == "level" and item.end <= head.start and not item.pair]
    return earlier[-1:] if _POINTS_TO_PART.search(text[: head.end + 40]) else []


# Between a finding and what it is done to stands no more than an article or a side.
_DIRECT_OBJECT = re.compile(
    r"\s*(?:of\s+|on\s+|upon\s+)?(?:(?:the|left|right|both|rt|lt|adjacent|underlying|ventral|anterior|exiting)\s+)*",
    re.IGNORECASE,
)


def _object(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """What the finding is done to, without a preposition: "compression thecal sac", "fractured pedicle screw"."""
    for item in anatomy:
        if item.start >= head.end:
            direct = item.kind == "other" and _DIRECT_OBJECT.fullmatch(text[head.end : item.start])
            return [item] if direct and not item.levels else []
    return []


def _inside(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """A posterior element or level inside the finding's own words."""
    return [
        item
        for item in anatomy
        if head.start <= item.start and item.end <= head.end and item.kind in ("level", "posterior")
    ]


def _between_heads(start: int, end: int, heads: Sequence[_Head]) -> bool:
    return any(start <= other.start and other.end <= end for other in heads)


# After a comma only an adjective: a phrase of its own.
_NEW_PHRASE = re.compile(r"\s*,\s*(?:mild|moderate|severe|old|acute|chronic|a|an|the)?\s*$")


def _before_in_phrase(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Names that stand before the finding in its noun phrase: "L1 superior endplate fracture", "left rib fracture"."""
    owners: list[Anatomy] = []
    limit = head.start
    for item in reversed([item for item in anatomy if item.end <= head.start]):
        gap = text[item.end : limit]
        pattern = _ADJECTIVES if item.kind in ("other", "noun") else _NOUN_PHRASE
        if not pattern.fullmatch(gap) or _between_heads(item.end, head.start, heads) or _STRONG_BREAK.search(gap):
            break
        if item.kind == "noun":
            break
        if item.kind in ("other", "posterior") and re.search(r"[,(]", gap):
            break
        if item.kind == "level" and re.search(r"\b(?:a|an|the)\b", gap, re.IGNORECASE) and _leads(text, head, anatomy):
            break
        if (
            item.kind == "level"
            and "," in gap
            and (
                _leads(text, head, anatomy)
                or _is_normal_subject(text, item)
                or any(other.end <= item.start for other in heads)
            )
        ):
            break
        if _NOT_AN_OWNER.search(text[: item.start]) and item.kind == "level":
            break
        if _NEW_PHRASE.match(gap) and item.kind in ("other",):
            break
        owners.append(item)
        limit = item.start
        if item.kind in ("level", "other", "posterior"):
            if item.kind == "posterior":
                owners += _level_of_posterior(text, item, anatomy)
            if item.kind == "level":
                owners += _coordinated_before(text, item, heads, anatomy)
            break
    if any(item.kind == "other" for item in owners):
        return [item for item in owners if item.kind == "other"]
    if all(item.kind == "vertebra" for item in owners):
        return [] if owners and _leads(text, head, anatomy) else owners
    if all(item.kind in ("vertebra", "region") for item in owners) and _leads(text, head, anatomy):
        return []
    if any(item.kind == "level" and item.pair for item in owners) and head.weak and head.kind == "shape":
        return [item for item in owners if not item.pair] if _leads(text, head, anatomy) else owners
    return list(reversed(owners))


_CHAIN = re.compile(
    r"\s*(?:[:=(-]?\s*(?:about\s+|approximately\s+|~\s*)?\d{1,3}(?:-\d{1,3})?\s*%\)?|\(\s*[^()]{0,25}\))?\s*"
    r"(?:,|;|/|&|\+|,?\s*(?:and|or|as\s+well\s+as|plus))?\s*"
    r"(?:(?!(?:of|in|at|with|is|are|no|around|near|below|above|between|from|to|on|by|for|adjacent|than"
    r"|the)\b)[A-Za-z-]+\s+){0,3}",
    re.IGNORECASE,
)


def _coordinated_before(text: str, item: Anatomy, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Levels coordinated with one that stands before the finding: "old L1 and acute T12 fractures"."""
    chain: list[Anatomy] = []
    for other in reversed([other for other in anatomy if other.end <= item.start]):
        last = chain[-1] if chain else item
        if (
            other.kind != "level"
            or other.pair
            or not _CHAIN.fullmatch(text, other.end, last.start)
            or _between_heads(other.end, last.start, heads)
        ):
            break
        if any(
            head.end <= other.start
            and _LEADS_TO.search(text[head.end : other.start])
            and not _STRONG_BREAK.search(text[head.end : other.start])
            for head in heads
        ):
            break
        chain.append(other)
    return chain


# A preposition or colon that leads on to a level.
_LEADS_OVER = re.compile(r"\s*(?:\w+\s+){0,3}(?:of|at|in|involving|affecting|:|\()", re.IGNORECASE)


def _leads(text: str, head: _Head, anatomy: Sequence[Anatomy]) -> bool:
    """Whether a level follows the finding through a preposition, nearer than any other name."""
    following = [item for item in anatomy if item.start >= head.end and item.kind != "vertebra"]
    return (
        bool(following)
        and following[0].kind == "level"
        and bool(_LEADS_OVER.match(text[head.end : following[0].start]))
    )


# "Transverse process of the", "... on the left of".
_PART_OF = re.compile(
    r"\s*(?:of|at|on|from|\()?\s*(?:the\s+)?(?:\w+\s+){0,2}(?:of\s+|at\s+|from\s+)?(?:the\s+)?",
    re.IGNORECASE,
)


def _level_of_posterior(text: str, item: Anatomy, anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The level of a posterior element: "L1 transverse process", "transverse processes of L1 to L3"."""
    before = [
        other
        for other in anatomy
        if other.kind == "level" and other.end <= item.start and _ADJECTIVES.fullmatch(text[other.end : item.start])
    ]
    if before:
        return [before[-1]]
    after = [other for other in anatomy if other.kind == "level" and other.start >= item.end]
    if after and _PART_OF.fullmatch(text[item.end : after[0].start]):
        return [after[0]]
    return []


# What follows is told of the part alone.
_ELEMENT_TOLD_APART = re.compile(r"\b(?:with|and|,|extend\w*|into|through|is|are)\b")


def _led_to(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Names that the finding leads to: "fracture of L1", "wedging, most marked at T8 and T9", "fractures: T7, T9"."""
    owners: list[Anatomy] = []
    cursor = head.end
    for item in (item for item in anatomy if item.start >= head.end):
        gap = text[cursor : item.start]
        if _between_heads(head.end, item.start, heads) and (owners or not _only_coordinated(text, head, item, heads)):
            break
        if _STRONG_BREAK.search(gap) and not re.match(r"\s*[-\u2014]+\s*$", gap):
            break
        if item.kind == "noun":
            if owners or not _coordinated_subjects(text, head, item):
                break
            cursor = item.end
            continue
        if not owners and not _LEADS_TO.search(gap) and not re.fullmatch(r"\s*(?:left|right|bilateral|the)\s+", gap):
            break
        if item.kind == "level":
            if (gap.strip() and _NOT_AN_OWNER.search(text[: item.start])) or (
                owners and _begins_clause(text, cursor, item)
            ):
                break
            if any(o.kind == "level" for o in owners) and _ELSEWHERE.search(gap):
                break
            if item.pair and (
                _is_normal_subject(text, item)
                or (
                    head.weak
                    and head.descriptors == {"compression"}
                    and not re.search(r"vertebra|\bbod(?:y|ies)\b", text, re.IGNORECASE)
                )
            ):
                break
            if (
                re.search(r"\bon\s+(?:the\s+)?$", gap)
                and any(o.kind == "level" for o in owners)
                and "dislocation" not in text[head.start : head.end].lower()
            ):
                break
            if _is_normal_subject(text, item) or _belongs_to_next(text, item, heads, owners):
                break
            owners = (
                [other for other in owners if other.kind in ("level", "posterior")]
                if any(o.kind == "level" for o in owners)
                else [o for o in owners if o.kind == "posterior"]
            )
            owners.append(item)
        elif item.kind == "other":
            if owners or re.search(r"\b(?:with|and|,)\b", gap) or ("," in gap and not re.search(r"\bof\b", gap)):
                break
            return [item]
        elif item.kind == "posterior":
            if any(o.kind == "level" for o in owners) and _ELEMENT_TOLD_APART.search(gap):
                break
            owners.append(item)
            owners += _level_of_posterior(text, item, anatomy)
        elif not any(o.kind == "level" for o in owners):
            owners.append(item)
        cursor = item.end
    if any(item.kind == "vertebra" for item in owners) and any(item.kind == "posterior" for item in owners):
        owners = [item for item in owners if item.kind != "posterior"]
    if (
        owners
        and all(item.kind == "vertebra" for item in owners)
        and any(item.kind == "level" for item in anatomy if item.end <= head.start)
    ):
        return []
    return owners


# Verb of several subjects: "are present in".
_SEEN_IN = re.compile(
    r"[\w\s,-]*?\b(?:are|were)\s+(?:also\s+|again\s+)?(?:present|seen|noted|identified|evident|demonstrated|visible"
    r"|visuali[sz]ed)\s+(?:in|at|of|within|involving|throughout)\b",
    re.IGNORECASE,
)


def _coordinated_subjects(text: str, head: _Head, item: Anatomy) -> bool:
    """Whether finding and noun share a verb: "deformities, degenerative changes and scoliosis are present in"."""
    return bool(
        re.fullmatch(r"\s*(?:[\w\s-]+,|,|\band\b)?[\w\s,-]*", text[head.end : item.start])
        and re.search(r",|\band\b", text[head.end : item.start])
        and _SEEN_IN.match(text[item.end :])
    )


_ELSEWHERE = re.compile(
    r"\b(?:widening|interspinous|dis[ck]|canal|extend\w*|extension|causing|adjacent|space|\w*listhesis|osteophyt\w*"
    r"|kypho\w*|there\s+(?:is|are)|shows?|which|that|while|but|between|into|screws?|fusion|fused|narrowing|apex"
    r"|centered|centred|lesion|metasta\w*|h[ae]?emangioma\w*)\b",
    re.IGNORECASE,
)


def _only_coordinated(text: str, head: _Head, item: Anatomy, heads: Sequence[_Head]) -> bool:
    """Whether all findings between this one and the name are coordinated with it: "wedging and collapse of L2"."""
    cursor = head.end
    for other in heads:
        if other.start < head.end or other.end > item.start:
            continue
        gap = text[cursor : other.start]
        # "within the fractured T12": the participle only describes the vertebra that follows it.
        describes = (
            other.weak
            and re.search(r"(?:ed|burst|biconcave)$", text[other.start : other.end], re.IGNORECASE)
            and re.fullmatch(r"\s*(?:vertebra\w*\s+|body\s+|of\s+)*", text[other.end : item.start])
        )
        if not describes and (not _COORDINATED.match(gap) or _other_name_between(gap)):
            return False
        cursor = other.end
    return True


def _other_name_between(gap: str) -> bool:
    return any(item.kind in ("level", "other", "region") for item in find_anatomy(gap))


# Punctuation or "and" behind which a clause can begin.
_CLAUSE_OPENS = re.compile(r"[,.]\s*(?:and\s+)?(?:at\s+)?(?:the\s+)?$|\band\s+(?:at\s+)?(?:the\s+)?$")
# The verb of that clause.
_CLAUSE_VERB = re.compile(
    r"\s*(?:vertebra\w*\s+(?:bod\w+\s+)?)?(?:is|are|shows?|demonstrates?|has|have|appears?|there|:)\b",
    re.IGNORECASE,
)
# Words of a new clause: "there is", "with a mild".
_CLAUSE_WORDS = re.compile(r"\b(?:there\s+(?:is|are)|with\s+(?:a|an|mild|moderate|severe|grade))\b", re.IGNORECASE)


def _begins_clause(text: str, cursor: int, item: Anatomy) -> bool:
    """Whether a level opens a clause of its own: "fracture of T12, L1 is normal", "..., and at L4 there is"."""
    gap, after = text[cursor : item.start], text[item.end : item.end + 60]
    if _CLAUSE_OPENS.search(gap) and _CLAUSE_VERB.match(after):
        return True
    return bool(_CLAUSE_WORDS.search(gap)) and "fracture" not in gap


def _belongs_to_next(text: str, item: Anatomy, heads: Sequence[_Head], owners: Sequence[Anatomy]) -> bool:
    """Whether a level stands before another finding in that one's noun phrase: "of T12 and L1 burst fracture"."""
    following = [head for head in heads if head.start >= item.end]
    if not following or not owners:
        return False
    gap = text[item.end : following[0].start]
    return bool(_ADJECTIVES.fullmatch(gap)) and "(" not in gap


# A clause without a subject of its own: "is moderately".
_SUBJECT_LEFT_OUT = re.compile(
    r"\s*(?:it\s+)?(?:is|are|has|shows?|was|were|appears?|remains?)\s+(?:\w+\s+){0,3}",
    re.IGNORECASE,
)
# A denial right before the finding, set off by a comma: ", no acute".
_BARE_DENIAL = re.compile(r",\s*(?:but\s+)?(?:no|without)\s+(?:\w+\s+){0,4}$", re.IGNORECASE)
# A level that labels its line: "T11:".
_LEVEL_LABEL = re.compile(r"\W*(?:TH|T[hH]|[TLDC])[\s-]?\d{1,2}\s*[:,-]")
# The name and the finding are parts of a list.
_LIST_BEFORE_FINDING = re.compile(r"[,;]|\band\b|\bwith\b|\bwithout\b|\bor\b|\bnor\b")
# The name is the subject of a verb or a label.
_VERB_OR_COLON = re.compile(r"\b(?:is|are|shows?|has|have|was|were|demonstrates?|appears?|of|in)\b|:")


def _subject(text: str, head: _Head, heads: Sequence[_Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The subject of the clause: "L1 shows a compression fracture", "T12: mild wedging"."""
    begin = 0
    for match in _STRONG_BREAK.finditer(text, 0, head.start):
        begin = match.end()
    candidates = [item for item in anatomy if begin <= item.start and item.end <= head.start]
    if not candidates and _SUBJECT_LEFT_OUT.fullmatch(text[begin : head.start]):
        candidates = [item for item in anatomy if item.end <= head.start]
    owners: list[Anatomy] = []
    if _BARE_DENIAL.search(text[begin : head.start]) and not _LEVEL_LABEL.match(text):
        return owners
    for item in reversed(candidates):
        if _between_heads(item.end, head.start, heads):
            break
        gap = text[item.end : head.start]
        if item.kind == "noun":
            continue
        if item.kind == "level" and any(other.end <= item.start and item in other.owners for other in heads):
            return []
        if (
            item.kind == "level"
            and not _NOT_AN_OWNER.search(text[: item.start])
            and not item.pair | _is_normal_subject(text, item)
        ):
            element = [
                other
                for other in anatomy
                if other.kind == "posterior"
                and other.end <= item.start
                and item in _level_of_posterior(text, other, anatomy)
            ]
            if not element and not any(other.kind == "vertebra" for other in anatomy):
                element = [
                    other
                    for other in anatomy
                    if other.kind == "posterior" and begin <= other.start and other.end <= item.start
                ]
            return [*element[-1:], item]
        if item.kind == "level" and item.pair and not head.weak and not re.search(r"[,;]", gap):
            return [item]
        if item.kind == "posterior":
            return (
                [item, *_level_of_posterior(text, item, anatomy)]
                if re.search(r"\b(?:is|are|shows?|has|have|was|were)\b", gap)
                else owners
            )
        if item.kind == "other":
            if _LIST_BEFORE_FINDING.search(gap) or not _VERB_OR_COLON.search(gap):
                continue
            return owners or [item]
        if item.kind in ("region", "vertebra") and not any(o.kind == item.kind for o in owners):
            owners.append(item)
    return owners


_CONTINUES = re.compile(
    r"\s*,?\s*(?:with|showing|causing|resulting\s+in)\s+(?!no\b)(?:(?!(?:no|without|and)\b)[\w%~<>./-]+\s+){0,5}",
    re.IGNORECASE,
)


def _joined(text: str, heads: Sequence[_Head]) -> list[_Head]:
    """Findings where one without an owner goes on from a vertebral one: "vertebral fracture with height loss"."""
    joined: list[_Head] = []
    for head in heads:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.kind == head.kind == "shape"
            and head.weak
            and not last.weak
            and not (last.owners or last.other or head.owners or head.other)
            and _CONTINUES.fullmatch(text, last.end, head.start)
        ):
            last.targets += head.targets
            last.end = head.end
        else:
            joined.append(head)
    return joined


# Near an augmented vertebra, not in it.
_NEAR_AUGMENTATION = re.compile(
    r"\b(?:adjacent\s+to|next\s+to|near|below|above|between|level\s+of)\s+(?:the\s+)?(?:\w+\s+)?$",
    re.IGNORECASE,
)
# Words by which a finding goes on from the one before.
_GOES_ON = re.compile(r"\bwith\b|\(|\bby\b|\bcausing\b|\bresulting\b|\bwhich\b|\bthat\b", re.IGNORECASE)


def _inherit(text: str, heads: Sequence[_Head]) -> None:
    """Give a finding without an owner the one of the finding that it continues or leads on to."""
    for position, head in enumerate(heads):
        if head.kind == "augmentation" and not head.owners and _NEAR_AUGMENTATION.search(text[: head.start]):
            head.other = True
            continue
        if head.owners and not all(item.kind == "vertebra" for item in head.owners):
            continue
        which = which_of(text[heads[position - 1].end : head.start]) if position else ""
        earlier = [other for other in heads[:position] if other.owners and not other.other and not other.inherited]
        if which and earlier:
            head.owners, head.inherited = [_picked(earlier[-1].owners, which)], True
            continue
        if earlier and _GOES_ON.search(text[earlier[-1].end : head.start]):
            head.owners, head.inherited = earlier[-1].owners, True
            continue
        for other in heads[position + 1 :]:
            gap = text[head.end : other.start]
            if (
                other.owners
                and not other.other
                and _COORDINATED.match(gap)
                and any(o.kind in ("level", "region") for o in other.owners)
            ):
                head.owners, head.inherited = other.owners, True
            break
        if head.inherited:
            continue
        for other in reversed(heads[:position]):
            if other.owners and not (other.other and re.search(r"[,;]|\bbut\b|\bwith\b", text[other.end : head.start])):
                if other.other and not head.weak:
                    break
                head.owners, head.other, head.inherited = other.owners, other.other, True
                break


# ---------------------------------------------------------------------------------------------------------- assertion


def _picked(owners: Sequence[Anatomy], which: str) -> Anatomy:
    """One of several levels: "the former", "the second", "the lower"."""
    levels = [item for item in owners if item.kind == "level"] or list(owners)
    groups = [group for item in levels for group in (item.groups or ((item.start, item.end, item.levels),))]
    single = [(start, end, (level,)) for start, end, group in groups for level in group] or groups
    if which in ("upper", "lower"):
        single.sort(key=lambda group: LEVEL_ORDER[group[2][0]])
    index = {"former": 0, "first": 0, "upper": 0, "second": 1, "third": 2}.get(which, -1)
    start, end, chosen = single[index if index < len(single) else -1]
    return replace(levels[0], start=start, end=end, levels=chosen, groups=((start, end, chosen),))


_POSITIVE_START = re.compile(
    r"(?:,|\band\b|\bwith\b|:|-\s)\s*(?:(?:there\s+(?:is|are|has|have)|is|are|a|an|mild(?:ly)?|moderate(?:ly)?"
    r"|severe(?:ly)?|minimal(?:ly)?|slight(?:ly)?|minor|subtle|chronic|old|stable|unchanged|known|status\s+post|s/p"
    r"|multiple|age[\s-]indeterminate|marked|remote|healed|previous|prior|persistent|again|residual|partial"
    r"|approximately|about|\d+\s*%|loss|only|just|probable|possible|likely|questionable|suspected)\b"
    r"|(?:some|diffuse|generali[sz]ed|early)\b)",
    re.IGNORECASE,
)
_EMBEDDED = re.compile(
    r"\b(?!evidence|sign|signs|suggestion|indication|features|findings|finding|history|loss|radiographic|type|kind"
    r"|form|degree|possibility|episode)(?P<noun>[a-z]+)\s+(?:of|in|at|from|within|involving|associated\s+with|due\s+to"
    r"|related\s+to|secondary\s+to|after|since|following|resulting\s+from|about|adjacent\s+to|around|near"
    r"|to\s+account\s+for|to)\s+(?:the|this|that|these|known|old|prior|previous|chronic|existing|his|her|its|a\s+known"
    r"|aforementioned|previously|treated|any|[TLD]h?\d+)\b",
    re.IGNORECASE,
)
_ALSO_DENIED = re.compile(r"\b(?:or|nor)\b|/", re.IGNORECASE)
_AGE_OR_CAUSE = re.compile(
    r"\s*(?:to\s+be\s+|be\s+|an?\s+|is\s+|of\s+|due\s+to\s+|secondary\s+to\s+|related\s+to\s+|representing\s+"
    r"|represents\s+|reflecting\s+)*(?:an?\s+|the\s+)?(?:acute|subacute|chronic|old|recent|remote|healed|longstanding"
    r"|long-standing|age|osteoporotic|insufficiency|pathologic\w*|traumatic|post-?traumatic|physiologic\w*"
    r"|degenerative|congenital|developmental|benign|malignant|metastatic|stable|new|unstable|positional|artefact\w*"
    r"|artifact\w*|sequela\w*|related|scheuermann\w*|schmorl\w*|fragility|osteoporosis|low-energy|of\s+no|fresh)\b",
    re.IGNORECASE,
)
_HEDGING_ADVERB = re.compile(
    r"^(?:likely|probably|possibly|presumably|perhaps|apparently|potentially|\?+|maybe|favou?red\s+to\s+be"
    r"|thought\s+to\s+be|felt\s+to\s+be|may\s+be|could\s+be|might\s+be|may\s+represent|likely\s+represents?)$",
    re.IGNORECASE,
)
_SEEN_NOW = re.compile(
    r"\b(?:again|redemonstrated|re-demonstrated|unchanged|stable|seen|noted|demonstrated|visuali[sz]ed|identified"
    r"|shows?|shown|evident|visible|is|are|confirm\w*|remains?|healed|has|have\s+(?:progressed|not\s+changed|healed)"
    r"|today|present|persist\w*|interval|increased|progress\w+)\b",
    re.IGNORECASE,
)


_ANSWERED_NO = re.compile(
    r"\s*(?:\([^)]*\)\s*)?[:?=-]\s*(?:no|none|nil|absent|negative|not\s+(?:seen|present|identified))\b\s*(?:[.;,]|$)",
    re.IGNORECASE,
)


def _assert(text: str, head: _Head, heads: Sequence[_Head]) -> None:
    """Decide whether the sentence states, denies, hedges or only mentions the finding."""
    if _ANSWERED_NO.match(text, head.end):
        head.status = "absent"
        return
    if re.search(r"\bif\b[^,;:]*$", text[: head.start], re.IGNORECASE):
        head.status = "hypothetical"
        return
    cues: dict[str, list[CueHit]] = {}
    rules = vocabulary.cues_by_id()
    for cue in head.cues:
        kind = rules[cue.id].cue
        if kind is not None and cue.start < cue.end and not (head.start <= cue.start and cue.end <= head.end):
            cues.setdefault(kind, []).append(cue)
    if any(_applies_before(text, head, heads, cue) or cue.start >= head.end for cue in cues.get("family", [])):
        head.status = "family"
        return
    if any(_hypothetical(text, head, heads, cue) for cue in cues.get("hypothetical", [])):
        head.status = "hypothetical"
        return
    if any(_negates(text, head, heads, cue) for cue in cues.get("negated", [])):
        head.status = "absent"
        head.restricted = _restriction(text, head)
        return
    if any(_hedges(text, head, heads, cue) and not _of_one_level(text, head, cue) for cue in cues.get("possible", [])):
        head.status = "possible"
        return
    treated = head.kind == "shape" and any(
        other.kind == "augmentation"
        and other.end <= head.start
        and re.match(r"\s*(?:at\s+\w+\s+)?(?:of|for)\b", text[other.end : head.start])
        for other in heads
    )
    if treated:
        return
    if any(_historical(text, head, cue) for cue in cues.get("historical", [])):
        head.status = "historical"
        return
    if head.kind == "augmentation":
        head.status = "historical"


# Nothing but "also at the" between hedge and level.
_ALSO_AT = re.compile(r"\s*(?:also\s+)?(?:at|in|of)?\s*(?:the\s+)?")


def _of_one_level(text: str, head: _Head, cue: CueHit) -> bool:
    """Whether a hedge stands with a later level of the finding alone: "compression at T7, equivocal at T8"."""
    levels = sorted((item for item in head.owners if item.kind == "level"), key=lambda item: item.start)
    earlier = [item for item in levels if head.end <= item.start and item.end <= cue.start]
    later = [item for item in levels if item.start >= cue.end]
    if not earlier or not later:
        return False
    return "," in text[earlier[-1].end : cue.start] and _ALSO_AT.fullmatch(text[cue.end : later[0].start]) is not None


# "No fracture elsewhere".
_ELSEWHERE_AFTER = re.compile(r"\W*(?:\w+\W+){0,3}?(?:elsewhere|at\s+other\s+levels)\b", re.IGNORECASE)


def _restriction(text: str, head: _Head) -> str:
    """What is denied: every fracture, or only a "new", an "acute", an "old" one."""
    words = text[max(0, head.start - 60) : head.start]
    begin = max((m.end() for m in re.finditer(r"\b(?:no|without|for|of|not)\b|[,;:]", words, re.IGNORECASE)), default=0)
    found = _RESTRICTED.search(words, begin)
    if found is None:
        after = _ELSEWHERE_AFTER.match(text[head.end :])
        return "new" if after else ""
    return found.lastgroup or ""


def _applies_before(text: str, head: _Head, heads: Sequence[_Head], cue: CueHit) -> bool:
    return cue.end <= head.start


def _gap(text: str, head: _Head, cue: CueHit) -> str:
    return text[cue.end : head.start] if cue.end <= head.start else text[head.end : cue.start]


# "Not" that limits instead of denying: "not only", "not significantly".
_NOT_ONLY = re.compile(
    r"\s*(?:only|significantly|well|yet|fully|previously|entirely|completely|clearly|include|in|as"
    r"|a\s+(?:great|lot))\b",
    re.IGNORECASE,
)
# Place of a finding that is known: "no displacement of the".
_OF_THE_KNOWN = re.compile(
    r"\s*(?:of|in|at|within|involving|at\s+the\s+site\s+of)\s+(?:the|this|known|old|her|his)\b",
    re.IGNORECASE,
)
# A verb or stop between denial and finding.
_CLAUSE_OF_ITS_OWN = re.compile(r"[.:]\s|\b(?:is|are|was|were|shows?|demonstrates?|has|have|appears?|remains?)\b")
# A turn between the finding and a denial after it.
_TURN_AFTER = re.compile(r"[;.]\s|\b(?:but|with|and|which|although)\b\s")
# "Not seen on the prior exam" denies nothing of today.
_ON_EARLIER_EXAM = re.compile(
    r"\s+(?:on|in|at)\s+(?:the\s+|any\s+)?(?:X+|prior|previous|last|earlier|old|outside|comparison|preoperative|\d{4}"
    r"|\w+\s+(?:scan|film|exam\w*|study|\d{4}))\b",
    re.IGNORECASE,
)


def _negates(text: str, head: _Head, heads: Sequence[_Head], cue: CueHit) -> bool:
    words = text[cue.start : cue.end].lower()
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if words == "excluded" and re.match(r"\s*(?:because|due|owing|for|as)\b", gap):
            return False
        if (
            words == "post"
            or (_EMBEDDED.search(gap) and not words.startswith(("none", "neither", "nor")))
            or (words in ("rather than", "instead of") and "," in gap)
        ):
            return False
        if re.search(r"\bthat\s+(?:the|this)\b", gap) and re.match(r"\s*(?:is|are|was|has)\b", text[head.end :]):
            return False
        if words == "not" and _NOT_ONLY.match(gap):
            return False
        breaks = list(_POSITIVE_START.finditer(gap + text[head.start : head.end]))
        if breaks and not _list_goes_on(text, gap, breaks[-1].start(), head):
            return False
        between = [other for other in heads if cue.end <= other.start and other.end <= head.start]
        if between and (
            _own_phrase(text, head, between[-1]) or _OF_THE_KNOWN.match(text[between[-1].end : head.start])
        ):
            return False
        if _CLAUSE_OF_ITS_OWN.search(gap) and not re.search(r"\b(?:that|which|or|nor)\b", gap):
            return words in ("neither", "nor", "none of the", "none of them", "none of these", "neither of")
        return True
    if _TURN_AFTER.search(gap) and re.search(r"\b(?:with|but|although)\b|;", gap):
        return False
    if re.search(r"not\s+\w+$", words) and _ON_EARLIER_EXAM.match(text[cue.end :]):
        return False
    if words in ("none", "absent", "negative") and re.match(r"\s+(?:at|in|of|for)\b", text[cue.end :]):
        return False
    others = [other for other in heads if other.start >= head.end and other.end <= cue.start]
    return not others or bool(re.fullmatch(r"[\s,/]*(?:or|and|nor)?[\s\w-]*", text[head.end : others[0].start]))


# A denied list that goes on: ", or", ", nor".
_DENIED_LIST = re.compile(r"(?:\s*,\s*(?:\w+\s+){1,3}?)*\s*,?\s*(?:or|nor)\b", re.IGNORECASE)


def _list_goes_on(text: str, gap: str, position: int, head: _Head) -> bool:
    """Whether a denied list is still open at the finding: "no fracture, mild or severe wedging, or collapse"."""
    starts = gap[position:]
    if re.match(r",", starts) and re.search(r"\b(?:or|nor)\s+(?:\w+\s+){0,2}$", gap):
        return True
    if re.match(r"and\b", starts, re.IGNORECASE):
        return False
    rest = text[head.end :]
    return bool(re.match(r",", starts) and _DENIED_LIST.match(rest) and not head.owners)


def _own_phrase(text: str, head: _Head, last: _Head) -> bool:
    """Whether a finding after a denied one stands for itself: "no fracture of L1 or L2 with wedging of T12"."""
    gap = text[last.end : head.start]
    if not re.search(r"\b(?:with|and)\b|,", gap) or _ALSO_DENIED.search(gap):
        return False
    mine = {level for item in head.owners for level in item.levels}
    theirs = {level for item in last.owners for level in item.levels}
    return bool(mine and not head.inherited and mine != theirs and (theirs or re.search(r"\bwith\b", gap)))


# The hedge is of what it explains, not of the finding.
_EXPLAINS = re.compile(
    r"[.]\s|\b(?:accounting\s+for|account\s+for|causing|explain\w*|responsible\s+for|leading\s+to)\b",
)
# An alternative of age or kind leaves the finding itself certain.
_KIND_AFTER = re.compile(
    r"\s*(?:an?\s+)?(?:acute|chronic|old|recent|benign|malignant|osteoporotic|pathologic\w*|insufficiency|traumatic"
    r"|new|metastatic|neoplastic)\b",
    re.IGNORECASE,
)
# The hedge is of the cause.
_DUE_TO = re.compile(r"\s*(?:due|secondary|related|caused|from|because|as\s+a\s+result|resulting)\b", re.IGNORECASE)
# Place of a finding that is known: "in the known".
_IN_THE_KNOWN = re.compile(r"\b(?:in|of|at|from)\s+(?:the|this|known|her|his)\b")
_HEDGING_ADJECTIVES = frozenset({"possible", "likely", "probable", "suspected", "questionable"})
# A hedge that a noun of its own follows.
_HEDGES_NEXT_WORD = re.compile(r"\s*(?!(?:in|at|of|on|by|but|given|based)\b)\w")


def _hedges(text: str, head: _Head, heads: Sequence[_Head], cue: CueHit) -> bool:
    words = re.sub(r"^(?:is|are|was|were) ", "", re.sub(r"\s+", " ", text[cue.start : cue.end].lower()))
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if _STRONG_BREAK.search(gap) or _EXPLAINS.search(gap):
            return False
        if _AGE_OR_CAUSE.match(text[cue.end :]) and _HEDGING_ADVERB.match(words):
            return False
        if words in ("versus", "vs", "vs.", "either"):
            return not _KIND_AFTER.match(text[cue.end :]) or head.start - cue.end >= 45
        if _DUE_TO.match(gap):
            return False
        between = [other for other in heads if cue.end <= other.start and other.end <= head.start]
        if (
            between
            and re.search(r"\b(?:with|causing|resulting|and|,)\b|,", text[between[-1].end : head.start])
            and head.owners
            and not head.inherited
            and head.owners != between[-1].owners
        ):
            return False
        others = [item for item in find_anatomy(gap) if item.kind in ("noun", "other")]
        if others and re.search(r"[,]|\b(?:with|and|in|of)\b", gap[others[-1].end :]):
            return False
        if words in ("apparent", "suggest", "borderline", "question") and not gap.strip():
            return True
        return not (others and _IN_THE_KNOWN.search(gap) and not re.search(r"\b(?:represent\w*|be)\b", words))
    if words.startswith("?"):
        # "fracture ?old" asks for the age, "fracture?" for the fracture.
        return (
            not re.match(r"\s*\w", text[cue.end : cue.end + 2])
            and not re.search(r"[;,.]", gap)
            and not _AGE_OR_CAUSE.match(gap.strip() + " ")
        )
    if words in _HEDGING_ADJECTIVES and _AGE_OR_CAUSE.match(text[cue.end :]):
        return False
    if (
        (words in _HEDGING_ADJECTIVES or words == "equivocal")
        and _HEDGES_NEXT_WORD.match(text[cue.end : cue.end + 8])
        and not re.search(r"\b(?:is|are)\s*$", gap)
    ):
        return False
    if re.search(r";|\.\s|\bbut\b|\bhowever\b", gap):
        return False
    later = [other for other in heads if other.start >= head.end and other.end <= cue.start]
    if later:
        return (
            bool(re.fullmatch(r"[\s,/]*(?:or|and)?[\s\w-]*", text[head.end : later[0].start]))
            and "with" not in text[head.end : later[0].start]
        )
    nouns = [item for item in find_anatomy(gap) if item.kind in ("noun", "other")]
    return not (nouns and re.search(r",|\bwith\b|\band\b", gap[: nouns[0].start]))


_EARLIER = frozenset({"known", "prior", "previous", "previously"})
# The patient comes today.
_PRESENTS = re.compile(r"[^,]{0,40}\b(?:who|presents?|presenting|with)\b")


def _historical(text: str, head: _Head, cue: CueHit) -> bool:
    words = re.sub(r"\s+", " ", text[cue.start : cue.end].lower())
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if _STRONG_BREAK.search(gap):
            return False
        if head.kind == "augmentation" and (words == "post" or words in _EARLIER):
            return True
        if words == "post":
            return False
        if words in _EARLIER:
            # In an exam's own words an earlier fracture is one that is seen; in a patient's story it is told.
            return bool(_STORY.search(text))
        rest = text[head.end :]
        of_the_past = "history" in words or words.startswith(("h/o", "hx", "k/c", "previously"))
        return not (of_the_past and _SEEN_NOW.search(rest) and not _PRESENTS.match(rest))
    return not re.search(r"[,;]", gap) and not _SEEN_NOW.search(text[cue.end :])


_STORY = re.compile(
    r"\b(?:patient|pt|\d{2}[\s-]*(?:year|yr|y/?o)\w*(?:[\s-]old)?|man|woman|lady|gentleman|male|female|she"
    r"|he)\b[^.;]{0,80}\b(?:presents?|presented|presenting|returns?|complains?|complaining|admitted|came|comes"
    r"|referred|attends?|seen\s+for|here\s+for)\b|\bpatient\s+with\s+(?:a\s+)?known\b",
    re.IGNORECASE,
)

_HYPOTHETICAL_NOUN = re.compile(
    r"\b(?:rule|exclude|evaluat|assess|risk|prevent|probabilit|likelihood|recommend|consider|plan|schedul|candidate"
    r"|undergo|screen|look|check|monitor|watch|if|treat|warrant|suitab|amenab|eligib|propos|detect|sensitiv|advise"
    r"|refer|benefit|awaiting|confirm|determin|defin|chance|fear|concern|suscept|prone|predispos|protect)",
    re.IGNORECASE,
)


# Cues after which "the fracture" is one that is known: "to evaluate the fracture".
_ABOUT_THE_KNOWN = frozenset({
    "to evaluate", "to assess", "evaluate", "evaluation of", "assessment of", "treatment of", "recommended",
    "recommend", "consider", "to determine", "to confirm",
})  # fmt: skip
# Cues behind which a known fracture can be the reason of the exam: "evaluate pain given the fracture".
_REASONS_OF_EXAM = _ABOUT_THE_KNOWN | {"recommendation", "plan for", "referred for", "such as"}
# An exam has shown it: the wish to see is over.
_SHOWED = re.compile(r"\b(?:shows?|showed|demonstrates?|demonstrated|reveals?|revealed|which\s+showed|confirmed)\b")
# The reason of an exam is known: "given the".
_GIVEN_KNOWN = re.compile(r"\b(?:given|due\s+to|because\s+of|in\s+view\s+of|for|of)\s+(?:the|this|these)\s")
# Another clause or exam between finding and cue.
_RECOMMENDATION_BEGINS = re.compile(
    r"[;,.]|\b(?:mri|ct|dxa|dexa|correlation|follow|imaging|radiograph|clinical|further|bone|evaluation|comparison"
    r"|scan)\b",
    re.IGNORECASE,
)


def _hypothetical(text: str, head: _Head, heads: Sequence[_Head], cue: CueHit) -> bool:
    words = re.sub(r"\s+", " ", text[cue.start : cue.end].lower())
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if _STRONG_BREAK.search(gap):
            return False
        if _SHOWED.search(gap):
            return False
        if words in _REASONS_OF_EXAM and _GIVEN_KNOWN.search(gap):
            return False
        if words in _ABOUT_THE_KNOWN and re.search(r"\b(?:the|this|these)\s+(?:\w+\s+){0,3}$", gap):
            return False
        if words == "if" and "," in gap:
            return False
        return not (
            head.kind == "shape"
            and (
                ":" in gap
                or any(
                    other.kind == "augmentation" and cue.end <= other.start and other.end <= head.start
                    for other in heads
                )
            )
        )
    if head.kind == "shape" and any(
        other.kind == "augmentation" and (other.end <= head.start or other.end <= cue.start) for other in heads
    ):
        return False
    if words in ("risk", "protocol", "prevention"):
        return not gap.strip()
    return not _RECOMMENDATION_BEGINS.search(gap) or bool(head.kind == "augmentation" and len(gap) < 30)


# --------------------------------------------------------------------------------------------------------- attributes


def _distribute(
    text: str, heads: Sequence[_Head], anatomy: Sequence[Anatomy], found: Iterable[Attribute]
) -> list[Attribute]:
    """Give every attribute to its finding; those that have none are returned."""
    loose: list[Attribute] = []
    named = [item for item in anatomy if item.kind == "level" and not item.pair]
    usable = [head for head in heads if not head.other and head.kind in ("shape", "mimic", "augmentation")]
    for attribute in found:
        head = _head_of(text, attribute, usable, anatomy, heads)
        if head is None:
            located = _with_level(text, attribute, anatomy)
            if (
                len(named) == 1
                and not usable
                and not located.levels
                and attribute.field in ("severity", "height_loss_percent", "acuity", "change", "wedge_direction")
                and _SAYS_OF_IT.search(text)
            ):
                located = replace(located, levels=named[0].levels)
            if attribute.field in attributes.CAN_STAND_ALONE or attribute.standing or located.levels:
                loose.append(located)
        else:
            located = _with_level(text, attribute, anatomy) if attribute.asserted else attribute
            owned = {level for item in head.owners for level in item.levels}
            if located.levels and owned and not owned & set(located.levels):
                loose.append(located)
            else:
                head.attributes.append(located)
    return loose


_SAYS_OF_IT = re.compile(r"\b(?:it|this|that|height|loss|fracture|deformity|is|are|one)\b", re.IGNORECASE)


_HAS_PLACE = frozenset({
    "retropulsion", "retropulsion_mm", "canal_narrowing_percent", "marrow_edema", "posterior_wall",
    "posterior_column", "cleft", "malignant_features",
})  # fmt: skip


# Words that lead from a value to a level.
_AT_LEVEL = re.compile(
    r"\s*(?:\w+\s+){0,4}?(?:of|at|in|from|involving|within)\s+(?:the\s+)?(?:superior\s+|inferior\s+|posterior\s+)?"
    r"(?:level\s+of\s+)?(?:the\s+)?",
    re.IGNORECASE,
)
# Words that lead from a level to its value.
_OF_LEVEL = re.compile(r"\s*(?:vertebra\w*\s+)?(?:body\s+)?(?:\w+\s+){0,2}", re.IGNORECASE)


def _with_level(text: str, attribute: Attribute, anatomy: Sequence[Anatomy]) -> Attribute:
    """The attribute with the level that its own words name: "mild retropulsion at L1"."""
    if attribute.field not in _HAS_PLACE:
        return attribute
    for item in anatomy:
        if item.kind != "level" or (
            item.pair and not re.search(r"retropuls", text[attribute.start : attribute.end], re.IGNORECASE)
        ):
            continue
        if item.start >= attribute.end and _AT_LEVEL.fullmatch(text[attribute.end : item.start]):
            return replace(attribute, levels=item.levels)
        if (
            item.end <= attribute.start
            and _OF_LEVEL.fullmatch(text[item.end : attribute.start])
            and "and" not in text[item.end : attribute.start]
        ):
            return replace(attribute, levels=item.levels)
    return attribute


# Percentages in a list before their finding.
_PERCENT_LIST_BEFORE = re.compile(r"(?:\s*%?\s*(?:,|and|&)\s*\d{1,3}\s*%?)*\s*(?:[A-Za-z-]+\s+){0,6}?")
# After a break a value can still go on from the finding before.
_VALUE_AFTER_BREAK = re.compile(
    r"\s*[;\u2014-]\s*(?:likely|probably|possibly|approximately|about|\(|\d|\?|this|these|it|appears?|age|acuity"
    r"|chronicity|stable|unchanged|genant|grade(?:\s+\w+\s*\(?)?|mild|moderate|severe|new|old|chronic|acute)?\s*"
    r"(?:to\s+be\s+)?$",
    re.IGNORECASE,
)


def _head_of(
    text: str, attribute: Attribute, heads: Sequence[_Head], anatomy: Sequence[Anatomy], all_heads: Sequence[_Head]
) -> _Head | None:
    """The finding that an attribute describes, or None: "severe osteopenia and a fracture" makes no severe fracture."""
    if attribute.field == "height_loss_percent" and (level := _level_beside(text, attribute)):
        owning = [head for head in heads if any(level in item.levels for item in head.owners)]
        if len(owning) == 1:
            return owning[0]
    inside = [
        head
        for head in heads
        if (head.start <= attribute.start and attribute.end <= head.end)
        or attribute.start <= head.start < attribute.end
    ]
    if inside:
        return inside[0]
    following = [head for head in heads if head.start >= attribute.end]
    preceding = [head for head in heads if head.end <= attribute.start]
    if attribute.asserted:
        return _clause_head(text, attribute, heads)
    if following:
        gap = _without_levels(text, attribute.end, following[0].start, anatomy)
        claimed = [
            item
            for item in anatomy
            if attribute.end <= item.start
            and item.end <= following[0].start
            and item.kind in ("noun", "other", "posterior")
        ]
        if attribute.field in ("severity", "acuity", "change") and _VALUED_LIST.fullmatch(gap) and not claimed:
            return following[0]
        own_level = (
            "," in gap
            and preceding
            and any(
                attribute.end <= item.start and item.end <= following[0].start and item.kind == "level"
                for item in anatomy
            )
        )
        if (
            _phrase(gap)
            and not claimed
            and not own_level
            and not any(attribute.end <= other.start < following[0].start for other in all_heads)
        ):
            return following[0]
        if attribute.field == "height_loss_percent" and _PERCENT_LIST_BEFORE.fullmatch(gap) and not claimed:
            return following[0]
    if attribute.claimed or _modifies_other(text, attribute, anatomy, all_heads):
        return None
    if preceding:
        gap = text[preceding[-1].end : attribute.start]
        breaks = list(_STRONG_BREAK.finditer(gap))
        tail = gap[breaks[-1].start() :] if breaks else ""
        if breaks and not _VALUE_AFTER_BREAK.match(tail):
            return None
        last = next((head for head in reversed(preceding) if not head.inherited), preceding[-1])
        of_nearest = attribute.field in ("severity", "height_loss_percent", "wedge_direction")
        return preceding[-1] if of_nearest or last.status != preceding[-1].status else last
    if following:
        gap = text[attribute.end : following[0].start]
        if (
            attribute.field in ("acuity", "change", "height_loss_percent", "genant_grade", "etiologies", "mimic")
            and not _STRONG_BREAK.search(gap)
            and len(gap) < 60
            and not _other_between(attribute.end, following[0].start, anatomy, all_heads)
            and not re.search(r"\bno\b|\bwithout\b", gap)
        ):
            return following[0]
    return None


def _other_between(start: int, end: int, anatomy: Sequence[Anatomy], heads: Sequence[_Head]) -> bool:
    """Whether something else that could have the attribute stands between two places."""
    names = (item for item in anatomy if item.kind in ("noun", "other", "posterior"))
    return any(start <= item.start and item.end <= end for item in names) or _between_heads(
        start, end, [head for head in heads if head.other]
    )


_VALUED_LIST = re.compile(
    r"\s*level(?:\s*(?:,|,?\s*and|&|/)\s*(?:[a-z-]+\s+)?level)+\s+"
    r"(?:(?!(?:of|in|at|with|is|are|shows?|has|have|and|or|no)\b)[A-Za-z-]+\s+){0,3}",
    re.IGNORECASE,
)
"""Levels with a value each before their finding: "severe T5, moderate T6 and minimal T7 wedging"."""


def _without_levels(text: str, start: int, end: int, anatomy: Sequence[Anatomy]) -> str:
    """The words between two places, with one plain word for every list of levels: "mild T11 and T12 deformities"."""
    gap = text[start:end]
    for item in reversed(
        [item for item in anatomy if item.kind == "level" and start <= item.start and item.end <= end]
    ):
        gap = gap[: item.start - start] + "level" + gap[item.end - start :]
    return gap


# "Mild to moderate" before the finding.
_TO_GRADE = re.compile(
    r"[\s-]*(?:to|and|or|-)[\s-]+(?:mild|moderate|severe|moderately|marked|severely|complete|advanced)\s+"
    r"(?:[A-Za-z-]+\s+){0,3}",
    re.IGNORECASE,
)
# "A moderate degree of".
_DEGREE_OF = re.compile(r"\s*(?:degree|amount)?\s*(?:of\s+)(?:the\s+)?(?:[A-Za-z-]+\s+){0,3}")


def _phrase(gap: str) -> bool:
    return (
        (
            bool(_NOUN_PHRASE.fullmatch(gap))
            and (gap.count(",") <= 2)
            and (not re.search(r"\)\s*$", gap) or re.fullmatch(r"\s*\([^()]*\)\s*", gap) is not None)
        )
        or bool(_TO_GRADE.fullmatch(gap))
        or bool(_DEGREE_OF.fullmatch(gap))
        or bool(re.fullmatch(r"\s*(?:and|,|or)\s+(?:[A-Za-z-]+\s+){0,3}", gap))
    )


# Nouns of no finding that words of degree stand before.
_MODIFIES_NOUN = re.compile(
    r"\s*(?:\d+\s*mm\s+)?(?:(?!given|with|and|without|no\b|or\b)[a-z-]+\s+){0,3}?(?:retropuls\w+|extradural|epidural"
    r"|soft|paraspinal|paravertebral|prevertebral|[oe]*edema|canal|stenosis|kyphosis|angulation|osteopenia"
    r"|osteoporosis|demineral\w+|degenerat\w+|spondyl\w+|listhesis|scoliosis|encroach\w+|narrowing|compromise"
    r"|enhancement|sclerosis|displacement)\b",
    re.IGNORECASE,
)
# Subjects of no finding that words of degree stand behind.
_OTHER_SUBJECT = re.compile(
    r"\b(?:disc|discs|alignment|lungs?|heart|cardiac|study|exam|canal|foramen|lordosis|kyphosis|scoliosis|listhesis"
    r"|changes?|pain)\s+(?:is|are|appears?|remains?|has|have)?\s*(?:\w+\s+)?$",
    re.IGNORECASE,
)


def _modifies_other(text: str, attribute: Attribute, anatomy: Sequence[Anatomy], heads: Sequence[_Head]) -> bool:
    """Whether the attribute stands before another noun: "stable degenerative changes", "mild retropulsion"."""
    after = text[attribute.end :]
    names = [item for item in anatomy if item.start >= attribute.end and item.kind in ("noun", "other", "posterior")]
    if (
        names
        and _ADJECTIVES.fullmatch(text[attribute.end : names[0].start])
        and not re.search(r"\)", text[attribute.end : names[0].start])
    ):
        return not any(attribute.end <= head.start < names[0].start for head in heads)
    if _MODIFIES_NOUN.match(after):
        return not re.match(r"\s*,", after)
    before = text[: attribute.start]
    other = [head for head in heads if head.other and head.end <= attribute.start]
    usable = [head for head in heads if not head.other and head.end <= attribute.start]
    if other and (not usable or other[-1].end > usable[-1].end):
        return True
    return bool(_OTHER_SUBJECT.search(before))


def _clause_head(text: str, attribute: Attribute, heads: Sequence[_Head]) -> _Head | None:
    """The finding that an asserted attribute ("no retropulsion", "marrow oedema") belongs to, in the same sentence."""
    live = [head for head in heads if head.status in ("present", "possible", "historical")]
    if attribute.field in ("etiologies", "mimic", "mimic_offered"):
        described = [
            head for head in heads if head.start >= attribute.end and _phrase(text[attribute.end : head.start])
        ]
        if described:
            return described[0] if described[0].status != "absent" else None
    preceding = [head for head in live if head.end <= attribute.start]
    following = [head for head in live if head.start >= attribute.end]
    if preceding:
        primary = [head for head in preceding if not head.inherited] or preceding
        return primary[-1]
    if (
        following
        and (attribute.value != "absent" or re.search(r"\bwith\b|,", text[attribute.end : following[0].start]))
    ) or (following and attribute.field in ("etiologies",)):
        gap = text[attribute.end : following[0].start]
        return following[0] if not _STRONG_BREAK.search(gap) else None
    return None


# ----------------------------------------------------------------------------------------------------------- mentions


def _mentions(text: str, head: _Head, anatomy: Sequence[Anatomy]) -> list[Mention]:
    """A finding as what it says of its vertebrae: one mention for all levels, or one for each that differs."""
    target = head.targets[0]
    if head.other or (head.status == "absent" and head.kind != "shape"):
        return []
    dens = (
        re.search(
            r"\b(?:dens|odontoid|hangman)",
            text[head.start : head.end]
            + " ".join(text[item.start : item.end] for item in head.owners if item.kind == "level"),
            re.IGNORECASE,
        )
        is not None
    )
    if dens and any(item.kind == "level" and "C3" in item.levels for item in head.owners):
        head.owners = [item for item in head.owners if "C3" not in item.levels]
    if dens and head.status == "absent":
        return []
    if dens and not any(item.kind == "level" for item in head.owners):
        head.owners = [replace(_DENS, start=head.start, end=head.end, groups=((head.start, head.end, ("C2",)),))]
    levels = sorted((item for item in head.owners if item.kind == "level"), key=lambda item: item.start)
    posterior = any(item.kind == "posterior" for item in head.owners) and not (
        head.descriptors & {"compression", "wedging", "burst", "collapse", "height_loss", "endplate_depression"}
    )
    regions = [item for item in head.owners if item.kind == "region"]
    if (
        head.kind == "shape"
        and head.weak
        and all(word in ("height_loss",) for word in head.descriptors)
        and re.search(r"flat", text[head.start : head.end], re.IGNORECASE)
        and not levels
    ):
        regions = [item for item in regions if not re.search(r"curv|lordo|kypho|spine\s+is", text, re.IGNORECASE)]
    named = any(
        item.kind == "vertebra"
        and re.search(r"vertebr|corpus|end-?\s?plate", text[item.start : item.end], re.IGNORECASE)
        for item in head.owners
    )
    vertebral = bool(levels or posterior or regions or named) or not head.weak
    if head.kind == "augmentation" and target.value == "cement" and not (levels or regions or named):
        return []
    own = [
        Attribute(attribute_field, target.value or "", head.start, head.end)
        for attribute_field in _OWN_FIELD.get(head.kind, ())
    ]
    before = text[: head.start]
    elsewhere = not vertebral and any(item.kind == "other" for item in anatomy)
    anaphoric = (not elsewhere and not levels and bool(_FIRM_ANAPHORA.search(text))) or (
        not levels and bool(_ANAPHORA.search(before)) and head.status != "absent"
    )
    definite = not levels and re.search(r"\bthe\s+(?:\w+\s+)?$", before, re.IGNORECASE) is not None
    base = Mention(
        start=head.start,
        end=head.end,
        status=head.status,
        plural=any(target.plural for target in head.targets) or any(item.plural for item in head.owners),
        element="posterior" if posterior else "body",
        descriptors=head.descriptors,
        spans=((head.start, head.end), *((item.start, item.end) for item in head.owners)),
        vertebral=vertebral,
        anaphoric=anaphoric,
        definite=definite,
        restricted=head.restricted,
        which=which_of(text),
    )
    values = [*own, *head.attributes]
    if "dislocation" in text[head.start : head.end].lower():
        values.append(Attribute("posterior_column", "injured", head.start, head.end))
    if posterior:
        values = [value for value in values if value.field != "posterior_column"]
    if (base.descriptors & {"compression", "collapse"}) and _of_endplate(text, head):
        base = replace(base, descriptors=base.descriptors | {"endplate_depression"})
    if levels:
        return _by_level(text, base, head, levels, values)
    region = regions[0] if regions else None
    count = _count(text, head, base.plural, region)
    portions = tuple(dict.fromkeys(portion for item in regions for portion in item.portions))
    return [
        replace(base, region=region.region if region else None, portions=portions, count=count, fields=tuple(values)),
        *(
            replace(base, region=other.region, portions=other.portions, count=count, fields=tuple(values))
            for other in regions[1:]
            if region is not None and other.region not in (None, region.region)
        ),
    ]


# "Compression deformity of the superior endplate".
_OF_AN_ENDPLATE = re.compile(
    r"\s*(?:deformit\w*\s+|fractur\w*\s+)?(?:of|in|involving|affecting|affect|at|along)\s+(?:both\s+)?(?:the\s+)?"
    r"(?:(?:superior|inferior|upper|lower|anterior|both|cranial|caudal|and|central|mid|[TLDC]h?-?\d{1,2})\s+)*end-?"
    r"\s?plates?",
    re.IGNORECASE,
)


def _of_endplate(text: str, head: _Head) -> bool:
    """Whether it is an endplate that is compressed: "compression deformity of the inferior L2 endplate"."""
    if re.search(r"end-?\s?plate\s+(?:[a-z-]+\s+){0,2}$", text[max(0, head.start - 40) : head.start], re.IGNORECASE):
        return True
    return bool(_OF_AN_ENDPLATE.match(text[head.end : head.end + 90]))


_OWN_FIELD = {"mimic": ("mimic",), "augmentation": ("augmentation",)}


_WHICH = re.compile(
    r"\bthe\s+(?P<word>former|latter|last)\b|\bthe\s+(?P<nth>first|second|third|last|upper|lower|superior|inferior"
    r"|higher)(?:-?most)?\s+(?:one|of\s+(?:these|them|the\s+(?:two|three))|of\s+which|fracture|deformity|vertebra"
    r"|level)\b",
    re.IGNORECASE,
)


def which_of(text: str) -> str:
    """Which of several vertebrae the words point to; empty where they do not choose."""
    matches = list(_WHICH.finditer(text))
    if not matches:
        return ""
    match = matches[-1]
    word = (match.group("word") or match.group("nth")).lower()
    return {"superior": "upper", "higher": "upper", "inferior": "lower", "last": "latter"}.get(word, word)


# "One of the" is one.
_ONE_OF = re.compile(r"\b(?:one|single|a)\s+of\s+(?:the|several)\b", re.IGNORECASE)
# "Fractures x 3", "fractures (4 in number)".
_NUMBER_AFTER = re.compile(r"\s*\(?\s*(?:x\s*(?=\d)|(?=\d\s+in\s+number))(?P<number>\d)")
# "Fractures of the two ...".
_OF_THE = re.compile(
    r"\s*(?:deformit\w+\s+|fractures?\s+)?(?:of|in|involving|affecting|at)\s+(?:the\s+)?(?:body\s+of\s+)?",
)


def _count(text: str, head: _Head, plural: bool, region: Anatomy | None) -> int:
    """How many vertebrae a finding without a level is about; a bare plural is two."""
    begin = max((match.end() for match in re.finditer(r"[;.:]|\bno\b", text[: head.start])), default=0)
    said = quantity(text[begin : head.start])
    if _ONE_OF.search(text[begin : head.end + 40]):
        return 1
    if said is None:
        following = text[head.end : head.end + 60]
        match = _OF_THE.match(following)
        said = quantity(following[match.end() : match.end() + 25]) if match else None
        stated = _NUMBER_AFTER.match(following)
        if said is None and stated is not None:
            said = int(stated.group("number"))
    if said is not None and (said > 1 or not plural):
        return said
    return 2 if plural else 1


def _by_level(
    text: str, base: Mention, head: _Head, owners: Sequence[Anatomy], values: Sequence[Attribute]
) -> list[Mention]:
    """Split a finding over its levels where attributes differ between them."""
    groups = [group for item in owners for group in (item.groups or ((item.start, item.end, item.levels),))]
    levels = tuple(dict.fromkeys(level for _, _, group in groups for level in group))
    if len(groups) == 1 and len(levels) == 1:
        status, _ = _aside(text, head, groups)
        return [replace(base, levels=levels, status=status.get(levels[0], base.status), fields=tuple(values))]
    shared: list[Attribute] = []
    particular: dict[Level, list[Attribute]] = {level: [] for level in levels}
    by_field: dict[str, list[Attribute]] = {}
    for value in values:
        if value.levels and set(value.levels) & set(levels):
            for level in value.levels:
                if level in particular:
                    particular[level].append(value)
            continue
        by_field.setdefault(value.field, []).append(value)
    for members in by_field.values():
        for value, chosen in _share(text, head, members, groups, levels):
            if chosen is None:
                shared.append(value)
            else:
                for level in chosen:
                    particular[level].append(value)
    status, lesser = _aside(text, head, groups)
    return [
        replace(
            base,
            levels=(level,),
            status=status.get(level, base.status),
            fields=tuple(
                v
                for v in (*shared, *particular[level])
                if level not in lesser or v in particular[level] or v.field not in ("severity", "height_loss_percent")
            ),
        )
        for level in levels
    ]


_LESSER = re.compile(
    r"\b(?:lesser|less\s+(?:so|marked|severe|pronounced|extent)|to\s+a\s+(?:minor|milder)\s+(?:degree|extent))\b",
    re.IGNORECASE,
)
_PERHAPS = re.compile(
    r"\b(?:possibly|perhaps|probably|likely|possible|probable|questionabl[ey]|maybe|suspected|suspicious|equivocal"
    r"|doubtful|uncertain|borderline)\b[\s\w]{0,15}$|\?\s*$",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r"\b(?:other\s+than|except(?:ing|\s+for)?|apart\s+from|aside\s+from|besides|beyond|with\s+the\s+exception\s+of"
    r"|save\s+for)\b",
    re.IGNORECASE,
)
_SPARED = re.compile(r"\b(?:not|absent|none|no|spared?|without)\b[\s\w]{0,10}$", re.IGNORECASE)


def _aside(
    text: str, head: _Head, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[dict[Level, Status], set[Level]]:
    """Levels of a list that are told apart: "possibly also at L2", "but not at T9", "to a lesser degree L1"."""
    status: dict[Level, Status] = {}
    lesser: set[Level] = set()
    if head.status == "absent" and head.end <= groups[0][0] and _EXCEPT.search(text[head.end : groups[0][0]]):
        return dict.fromkeys((level for _, _, group in groups for level in group), "present"), lesser
    for previous, group in pairwise(groups):
        if previous[0] < head.start < group[0] and group[0] < head.start:
            continue
        gap = text[previous[1] : group[0]]
        if head.start > previous[1] and head.end < group[0]:
            gap = text[head.end : group[0]]
        if _LESSER.search(gap):
            lesser |= set(group[2])
        if _EXCEPT.search(gap) and head.status == "absent":
            status |= dict.fromkeys(group[2], "present")
        if _SPARED.search(gap) and head.status in ("present", "possible"):
            status |= dict.fromkeys(group[2], "absent")
        elif _PERHAPS.search(gap) and head.status == "present":
            status |= dict.fromkeys(group[2], "possible")
    return status, lesser


def _share(
    text: str,
    head: _Head,
    members: Sequence[Attribute],
    groups: Sequence[tuple[int, int, tuple[Level, ...]]],
    levels: tuple[Level, ...],
) -> list[tuple[Attribute, tuple[Level, ...] | None]]:
    """Which levels each value of one field is about; None for all of them."""
    distinct = {(value.value, value.low, value.high) for value in members}
    ordered = sorted(members, key=lambda value: value.start)
    in_list = len(ordered) > 1 and all(
        attributes.LIST_SEPARATOR.fullmatch(text, a.end, b.start) for a, b in pairwise(ordered)
    )
    ranged = {
        value
        for a, b in pairwise(ordered)
        if re.fullmatch(r"[\s-]*(?:to|or)[\s-]*", text[a.end : b.start])
        for value in (a, b)
    }
    if ranged == set(ordered):
        return [(value, None) for value in ordered]
    beside = {value: level for value in ordered if (level := _level_beside(text, value)) in levels}
    if beside and (len(ordered) > 1 or len(_VALUED.findall(text)) > 1):
        return [(value, (beside[value],) if value in beside else _nearest(text, value, groups)) for value in ordered]
    if len(distinct) > 1 and in_list:
        if len(ordered) == len(levels):
            return [(value, (level,)) for value, level in zip(ordered, levels, strict=True)]
        if len(ordered) == len(groups):
            return [(value, group[2]) for value, group in zip(ordered, groups, strict=True)]
    if len(ordered) == 1:
        chosen = _only_one_level(text, head, ordered[0], groups)
        return [(ordered[0], chosen)]
    return [(value, _nearest(text, value, groups)) for value in ordered]


def _level_beside(text: str, value: Attribute) -> Level | None:
    """The level right before a value: "(T12 30%, L3 10-15%)"."""
    match = _BESIDE.search(text[: value.start])
    return level_of(match.group(1)) if match else None


_BESIDE_WORDS = (
    r"(?<![A-Za-z0-9])((?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2})\s*"
    r"(?:[:(=-]\s*|(?:by|with|has|lost|loses|a|some|about|approximately|approx|roughly|nearly|almost|only)\s+|~\s*"
    r"|of\s+(?=about))*"
)
_BESIDE = re.compile(_BESIDE_WORDS + "$")
_VALUED = re.compile(_BESIDE_WORDS + r"\d{1,3}(?:-\d{1,3})?\s*(?:%|percent)")


# "30 % loss of height at the level of".
_LOSS_LEADS_TO = re.compile(
    r"\s*(?:loss\s+of\s+)?(?:(?:vertebral|body|height|loss|compression|deformity|fracture|wedging|anterior|anteriorly"
    r"|collapse|reduction|in|the|center|of)\s+)*(?:at|of|in|for|on|involving)?\s*(?:the\s+)?(?:level\s+of\s+)?",
    re.IGNORECASE,
)
# No more than "with about" between a level and its value.
_BELONGS_BEFORE = re.compile(r"\s*\(?\s*(?:is\s+|with\s+|,\s*)?(?:about\s+|approximately\s+|~\s*)?")


def _nearest(text: str, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]) -> tuple[Level, ...]:
    """The level that a value stands with: the one it leads to ("mild at L3"), else the one before it ("T11 (mild)")."""
    after = [group for group in groups if group[0] >= value.end]
    before = [group for group in groups if group[1] <= value.start]
    pointed_at = _pointed_at(text, value, groups)
    if pointed_at is not None:
        return pointed_at
    enclosed = _parenthesis_of(text, value, groups)
    if enclosed is not None:
        return enclosed
    if after:
        gap = text[value.end : after[0][0]]
        if _DIRECTLY_BEFORE.fullmatch(gap):
            return after[0][2]
        led = _LOSS_LEADS_TO.fullmatch(gap)
        if led and not (
            before
            and _BELONGS_BEFORE.fullmatch(text[before[-1][1] : value.start])
            and not re.search(r"\b(?:at|of|in)\b", gap)
        ):
            return after[0][2]
        if _ADJECTIVES.fullmatch(gap) and "," not in gap and ")" not in gap and not before:
            return after[0][2]
    if before:
        return before[-1][2]
    return after[0][2] if after else groups[0][2]


_ITS_PLACE = re.compile(
    r"(?:\s*(?:[a-z-]+\s+){0,3}?(?:in|at|of)\s+the\s+(?:former|latter|first|second|third|last|upper|lower|superior"
    r"|inferior)\b(?:\s+(?:one|vertebra|level|fracture))?)?",
    re.IGNORECASE,
)
"""Words after a value that choose one of several vertebrae: "5 mm retropulsion in the latter"."""

_DIRECTLY_BEFORE = re.compile(r"\s*(?:(?!(?:of|at|in|with|and|or)\b)[A-Za-z-]+\s+){0,2}")


def _pointed_at(
    text: str, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[Level, ...] | None:
    """The level that words around a value choose of those before it: "5 mm retropulsion in the latter"."""
    before = [group for group in groups if group[1] <= value.start]
    if not before:
        return None
    place = _ITS_PLACE.match(text, value.end)
    which = which_of(text[before[-1][1] : value.start] + (place.group() if place else ""))
    if not which:
        return None
    return _picked([Anatomy("level", a, b, levels, ((a, b, levels),)) for a, b, levels in groups], which).levels


def _parenthesis_of(
    text: str, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[Level, ...] | None:
    """The level before the parenthesis that a value stands in: "T8 (Genant 1), T11 (Genant 2, new)"."""
    opening = text.rfind("(", 0, value.start)
    if any(opening < group[0] and group[1] <= value.start for group in groups):
        return None
    if opening < 0 or ")" in text[opening : value.start]:
        return None
    before = [group for group in groups if group[1] <= opening]
    if before and not text[before[-1][1] : opening].strip() and len(groups) > 1:
        return before[-1][2]
    return None


# A few words that lead from a value to its level.
_SHORT_LEAD = re.compile(r"\s*(?:[a-z-]+\s+){0,2}(?:at|in|of)?\s*(?:the\s+)?", re.IGNORECASE)
# The value is most of the last level.
_RATHER_LAST = re.compile(r"\b(?:latter|more\s+so|especially|particularly)\b")
# "Mild fracture at T8".
_LEADS_ON = re.compile(r"\s*(?:\w+\s+){0,3}?(?:at|of)\s+(?:the\s+)?(?P<level>[TLDCS]h?-?\d{1,2})\b", re.IGNORECASE)


def _only_one_level(
    text: str, head: _Head, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[Level, ...] | None:
    """The level of a lone value where the words bind it to one: "T11 (mild) and T12", "T11 and mild T12 fractures"."""
    before = [group for group in groups if group[1] <= value.start]
    after = [group for group in groups if group[0] >= value.end]
    pointed_at = _pointed_at(text, value, groups) if len(groups) > 1 else None
    if pointed_at is not None:
        return pointed_at
    enclosed = _parenthesis_of(text, value, groups)
    if enclosed is not None and not (re.search(r"\b(?:both|all|each)\b", text, re.IGNORECASE) and not after):
        return enclosed
    if before and after:
        gap_after = text[value.end : after[0][0]]
        if (
            re.fullmatch(r"\s*\(\s*(?:\w+\s+){0,3}", text[before[-1][1] : value.start])
            and text[value.end : value.end + 25].find(")") >= 0
        ):
            return before[-1][2]
        if _SHORT_LEAD.fullmatch(gap_after) and re.search(
            r"(?:,|\band\b|&)\s*(?:\w+\s+)?$", text[before[-1][1] : value.start]
        ):
            return after[0][2]
        return (
            before[-1][2]
            if re.fullmatch(r"\s*(?:with|,|is|by|:|-)\s*(?:\w+\s+){0,3}", text[before[-1][1] : value.start])
            else None
        )
    if before and not after and len(groups) > 1:
        gap = text[before[-1][1] : value.start]
        if _RATHER_LAST.search(gap):
            return before[-1][2]
        if (
            re.fullmatch(r"\s*\(\s*(?:[\w~]+\s+){0,3}", gap)
            and value.field in ("height_loss_percent", "severity", "acuity", "change")
            and not re.search(r"\b(?:both|all|each)\b", text)
        ):
            return before[-1][2]
        led = _LEADS_ON.match(text[value.end :])
        if led:
            return None
    return None


_BARE_WORDS = re.compile(
    r"(?:[\s\d,;:()%.*/=<>~+&-]|\b(?:genant|grade|gr|g|sq|mild|moderate|severe|minimal|slight|marked|mildly|moderately"
    r"|severely|minor|anterior|anteriorly|loss|height|of|about|approximately|approx|and|acute|old|chronic|"
    r"subacute|recent|healed|new|unchanged|stable|indeterminate|age|superior|inferior|end-?plate|endplate|vertebra"
    r"|vertebral|body|bodies|level|at|with|both|each|also|likely|since|prior|to|vs|semiquantitative|score|[IVX]+"
    r"|percent|fracture|normal|i|ii|iii)\b)*",
    re.IGNORECASE,
)


def _bare(text: str, anatomy: Sequence[Anatomy], found: Sequence[Attribute]) -> list[Mention]:
    """Levels with values and no finding between them, as in tables: "T8: grade 2", "- T6 mild", "L1 25 %"."""
    levels = [item for item in anatomy if item.kind == "level" and not item.pair]
    values = [
        value
        for value in found
        if value.field in ("genant_grade", "severity", "height_loss_percent", "acuity", "change")
    ]
    if not levels or not any(value.field in ("genant_grade", "severity", "height_loss_percent") for value in values):
        return []
    rest = list(text)
    for item in levels:
        rest[item.start : item.end] = " " * (item.end - item.start)
    if not _BARE_WORDS.fullmatch("".join(rest)):
        return []
    anchor = _Head(0, len(text), [], (), owners=list(levels))
    base = Mention(
        start=levels[0].start,
        end=values[-1].end,
        status="present",
        spans=tuple((item.start, item.end) for item in levels),
        bare=True,
    )
    return [mention for mention in _by_level(text, base, anchor, levels, values) if mention.fields]


# --------------------------------------------------------------------------------------- cleared levels and statements


# What may stand between a level and "normal".
_NORMAL_LEAD = re.compile(
    r"(?:[\s,):=-]|(?:vertebra\w*|bod(?:y|ies)|levels?|heights?|corpus|is|are|\d+(?:\.\d+)?|appears?|remains?|have|has"
    r"|maintain\w*|keeps?|retains?|shows?|demonstrates?|all|also|otherwise|the|in|of|entirely|completely|grossly|both"
    r"|height|alignment|and|signal|its|their|a|an)\b)*",
    re.IGNORECASE,
)
# What is normal is no vertebral body: "normal disc".
_NORMAL_OTHER = re.compile(
    r"\s*(?:disc|kypho|lordo|variant|alignment(?!\s+and)|curv|physiolog|cord|marrow|signal(?!\s+and))",
    re.IGNORECASE,
)


def _is_normal_subject(text: str, item: Anatomy) -> bool:
    """Whether a level is only named to say that it is normal."""
    after = text[item.end : item.end + 70]
    match = _NORMAL_LEAD.match(after)
    rest = after[match.end() if match else 0 :]
    found = _NORMAL.match(rest)
    return found is not None and not _NORMAL_OTHER.match(rest[found.end() :])


# "Normal height of the".
_NORMAL_BEFORE = re.compile(
    r"\b(?:normal|preserved|maintained|unremarkable|intact)\s*:?\s+(?:appear\w+\s+)?(?:of\s+)?(?:the\s+)?"
    r"(?:vertebral\s+)?(?:body\s+)?(?:heights?\s+)?(?:of\s+|at\s+|in\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
# A part is normal, not the vertebra.
_PART_BEFORE = re.compile(
    r"\b(?:posterior|transverse|spinous|pedicle|facet|endplate|disc|alignment|canal|foram\w+|cord|osteophyt\w+|wall"
    r"|cortex|arch|lamina)\b[^,;.]{0,30}$",
    re.IGNORECASE,
)
# The same behind the level.
_PART_AFTER = re.compile(
    r"[^.;,]{0,40}\b(?:alignment|canal|disc|pedicles?|posterior\s+elements?|foramina)\b",
    re.IGNORECASE,
)
# Only the wall is normal.
_WALL_AFTER = re.compile(r"\b(?:posterior\s+(?:wall|cortex|vertebral|margin)|wall)\b", re.IGNORECASE)


def _cleared(text: str, anatomy: Sequence[Anatomy], heads: Sequence[_Head]) -> list[Mention]:
    """Levels that the sentence says are normal: "L3, L4 and L5 are unremarkable", "T12: normal", "normal L2"."""
    cleared = []
    affected = {
        level
        for head in heads
        if head.status in ("present", "possible")
        for owner in head.owners
        for level in owner.levels
    }
    for item in anatomy:
        if item.kind != "level" or item.pair or set(item.levels) <= affected:
            continue
        before = text[max(0, item.start - 45) : item.start]
        normal = _is_normal_subject(text, item) or (
            _NORMAL_BEFORE.search(before) and not re.match(r"\s*(?:disc|alignment|kypho)", text[item.end :])
        )
        if re.match(r"odont|dens", text[item.start :], re.IGNORECASE):
            continue
        if not normal or _NOT_AN_OWNER.search(text[: item.start]) or _PART_BEFORE.search(before):
            continue
        if _PART_AFTER.match(text[item.end :]) and not re.search(
            r"height|bod(?:y|ies)|vertebra", text[item.end : item.end + 50], re.IGNORECASE
        ):
            continue
        if _WALL_AFTER.search(text[item.end : item.end + 40]):
            continue
        cleared.append(
            Mention(
                start=item.start, end=item.end, status="absent", levels=item.levels, spans=((item.start, item.end),)
            )
        )
    return cleared


# Findings whose denial clears; some of them are words of other organs too.
_SPEAKS_OF_SHAPE = frozenset({"compression", "collapse", "wedging", "deformity", "height_loss"})
_SPEAKS_OF_FRACTURE = _SPEAKS_OF_SHAPE | {"fracture", "burst", "endplate_depression", "vertebra_plana", "biconcave"}
# The sentence speaks of the spine.
_SPEAKS_OF_SPINE = re.compile(r"vertebra|spin[ae]|\b[TL]\d|lumb[ao]|wedg|dorsolumbar|thoracolumbar", re.IGNORECASE)
# The sentence speaks of organs that collapse or are compressed too.
_SPEAKS_OF_OTHERS = re.compile(
    r"\b(?:lung|lobe|lobar|atelecta|pneumo|airway|cardiac|disc|cord|nerve|ventric)",
    re.IGNORECASE,
)
# "No acute abnormality of the lumbar spine".
_NO_FINDING_IN_SPINE = re.compile(
    r"\bno\s+(?:acute|significant)?\s*(?:process|abnormalit\w+|findings?|fractures?)\s*,?\s*(?:of\s+the\s+"
    r"|in\s+the\s+)?(?:(?:cervical|thoracic|lumbar|dorsal|thoracolumbar|lumbosacral)[\s,]*(?:and\s+)?)+spine",
    re.IGNORECASE,
)


def _statements(text: str, heads: Sequence[_Head]) -> list[Statement]:
    """What the sentence says of the spine, the vertebrae or bone in general: that there is no fracture."""
    found: list[Statement] = []
    for head in heads:
        if head.status == "absent" and not head.other and head.kind == "shape":
            posterior = head.owners and all(item.kind == "posterior" for item in head.owners)
            dens = "dens" in text[head.start : head.end].lower() or "odontoid" in text[head.start : head.end].lower()
            levelled = any(item.kind == "level" for item in head.owners)
            if not posterior and not dens and not levelled and head.descriptors & _SPEAKS_OF_FRACTURE:
                scope: Literal["spine", "bone"] = "spine" if head.owners or not head.weak else "bone"
                alone = (
                    not _SPEAKS_OF_SPINE.search(text)
                    and sum(other.status == "absent" and not other.other and other.kind == "shape" for other in heads)
                    < 2
                ) or _SPEAKS_OF_OTHERS.search(text)
                if (
                    alone
                    and head.descriptors & _SPEAKS_OF_SHAPE
                    and head.weak
                    and not head.owners
                    and "fracture" not in head.descriptors
                    and not re.search(r"\bX{2,}\s+deform", text)
                ):
                    continue
                found.append(Statement(head.start, head.end, scope))
    for match in _GENERAL_NEGATIVE.finditer(text):
        if match.group("bone2"):
            found.append(Statement(match.start(), match.end(), "bone"))
            continue
        if match.group("bone") and match.group("what").lower().startswith(("change", "disease", "defect")):
            continue
        found.append(Statement(match.start(), match.end(), "bone" if match.group("bone") else "spine"))
    for match in _NO_ABNORMALITY_OF.finditer(text):
        found.append(Statement(match.start(), match.end(), "bone" if match.group("bone") else "spine"))
    found += _normal_statements(text)
    if _NO_FINDING_IN_SPINE.search(text):
        found.append(Statement(0, len(text), "spine"))
    return found


# The body or spine only qualifies another noun.
_NO_SUBJECT_AFTER = re.compile(
    r"\s*(?:disc|canal|cord|artery|arteries|endplate|alignment|curvature|marrow)",
    re.IGNORECASE,
)
# Beside the spine, not the spine.
_NO_SUBJECT_BEFORE = re.compile(
    r"\b(?:inter|pre|para|peri)-?\s?$|\bposterior\s+(?:aspect\s+of\s+the\s+)?$|\banterior\s+$",
    re.IGNORECASE,
)


def _normal_statements(text: str) -> list[Statement]:
    """What is called normal: "vertebral body heights are maintained", "normal thoracic spine"."""
    found = []
    for subject in _SUBJECT.finditer(text):
        scope: Literal["spine", "bone"] = "bone" if subject.group("bone") else "spine"
        after = text[subject.end() : subject.end() + 110]
        before = text[max(0, subject.start() - 60) : subject.start()]
        if _NO_SUBJECT_AFTER.match(after) or _NO_SUBJECT_BEFORE.search(before):
            continue
        predicate = _predicate_after(after) or _predicate_before(before, subject)
        if predicate:
            found.append(Statement(subject.start(), subject.end(), scope))
    return found


_PREDICATE_AFTER = re.compile(
    r"(?:[\s,]|\b(?:heights?|X{2,}|bod(?:y|ies)|and|the|disc|disk|dis[ck]s|spaces?|alignment|of|all|are|is|appears?"
    r"|remains?|were|was|be|grossly|otherwise|well|normally|in|to|have|has|been|shows?|demonstrates?|show|demonstrate"
    r"|a|an|overall|essentially|appear|remain|visuali[sz]ed|relatively|fairly|both|intervertebral|soft|tissues|density"
    r"|stature|signal|mineralization|thoracic|lumbar|cervical|dorsal|spine|posterior|elements|upper|abdomen|joint"
    r"|within|study|film|radiograph|radiographs|exam|series|mri|ct|x-?ray|x-?rays|including|flexion|extension|views"
    r"|i\.?v|contour|contours|sacroiliac|joints|throughout|at|other|levels|sternum|ribs|pelvis|pedicles|facets|laminae"
    r"|keep|keeps|their|r|seen|imaged|included|lung|marrow|levels?|morphology|articulations|outline|outlines|shape"
    r"|architecture|size|study|configuration|unremarkable|intact|normal|generally|smooth|mildly|vertebral|visualised"
    r"|visualized|remaining|maintain|maintained|their|its|retain|also|anatomic|this|examination)\b|[-/&:(])*$",
    re.IGNORECASE,
)


# The curve is normal, not the bodies.
_CURVE_NORMAL = re.compile(
    r"\s*(?:lumbar\s+|thoracic\s+|cervical\s+|dorsal\s+)?(?:alignment|lordosis|kyphosis|curvature|lordotic|kyphotic"
    r"|curvatures?|variant|disc)\b(?!\s*(?:and|,)\s*(?:vertebral|height|bod))",
    re.IGNORECASE,
)
# "Normal alignment and height".
_CURVE_AND_BODIES = re.compile(r"\s*alignment\s*(?:,|and)\s*(?:\w+\s+){0,2}(?:height|bod|signal)", re.IGNORECASE)


def _predicate_after(after: str) -> bool:
    for match in _NORMAL.finditer(after):
        lead = after[: match.start()]
        if not _PREDICATE_AFTER.match(lead) or _MAINTAINED_NOT.search(lead):
            return False
        rest = after[match.end() :]
        if _CURVE_NORMAL.match(rest):
            if _CURVE_AND_BODIES.match(rest):
                return True
            continue
        return True
    return False


# "Normal height and alignment of the".
_NORMAL_SUBJECT = re.compile(
    r"\b(?P<word>normal|preserved|preservation|maintained|maintenance|unremarkable|intact|negative|satisfactory"
    r"|normally|natural)\s+(?:(?:appear\w*|of|for|the|height|heights|visuali[sz]ed|all|thoracic|lumbar|cervical|and"
    r"|alignment\s+and|configuration|stature|appearing|height\s+and\s+alignment|height,|contour|outline|in|osseous"
    r"|bony|surrounding|plain|radiographs?|x-?ray|remaining|adult|age-appropriate|ap|lateral|views?|study|density"
    r"|signal|shape|heights\s+and\s+alignment)\s*,?\s*)*$",
    re.IGNORECASE,
)
# "Normal curvature of the" clears no fracture.
_CURVE_OF = re.compile(r"\balignment\s+(?:of|in)\s+(?:the\s+)?$|curvature|lordosis|kyphosis", re.IGNORECASE)


def _predicate_before(before: str, subject: re.Match[str]) -> bool:
    match = _NORMAL_SUBJECT.search(before)
    if match is None or _MAINTAINED_NOT.search(before[: match.start()]):
        return False
    return not _CURVE_OF.search(before[match.start() :]) or "height" in before[match.start() :]
