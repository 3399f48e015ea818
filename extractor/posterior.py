"""The back of a vertebra: its posterior wall, its posterior elements, bone in the canal, and how narrow that is.

Composed from parts instead of phrases: a part ("posterior cortex", "back of the body", "pedicles") finds the word that
says something of it ("intact", "breached"), behind it or before it, and words of denial turn that round. Bone that
moves ("a fragment", "the posterosuperior corner") finds where it lies ("inside the canal", "behind the vertebral
line"). A part of which nothing certain is said has no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from extractor import stems
from extractor.anatomy import Anatomy
from extractor.attributes import Attribute
from extractor.findings import Level
from extractor.phrases import behind_denial

Part = Literal["posterior_wall", "posterior_column"]

_LEVEL_SIGN = "\u00a4"
"""Stands for every letter of the name of a vertebra, so that patterns meet one sign for all of them."""
_NAME = rf"{_LEVEL_SIGN}+(?:'s)?"

# ------------------------------------------------------------------------------------------------------ the parts

_BACK = r"(?:posterior|dorsal|back|rear|hind|postero-?(?:superior|inferior)|posteroinferior)"
# The wall that faces the canal, and its surface in the words of many schools.
_WALL = re.compile(
    rf"""
      \b{_BACK}\s+(?:(?:superior|inferior|upper|lower|(?:inter)?vertebral|vertebra|bod(?:y|ies)|body's|cortical|bony
          |osseous|somatic|central|{_NAME})\s+){{0,4}}
        (?:walls?|cortex|cortices|cortical\s+(?:line|margin|wall|bone|border|surface)s?|edges?|margins?|borders?|lines?
          |surfaces?|profiles?|contours?|outlines?|limits?|boundar(?:y|ies)|concavit(?:y|ies)|rims?)
        (?:\s+cortex)?(?!\s+of\s+(?:the\s+)?(?:\w+\s+)?(?:dis[ck]|acetab|foram|cord|liver|spleen|ligament|lung|stomach))
    | \bposterior\s+(?:aspect|portion|part|half|third|cortex|surface)s?\s+of\s+(?:the\s+)?(?:{_NAME}\s+)?
        (?:vertebral\s+)?bod(?:y|ies)\b
    | \bposterior\s+vertebral\s+bod(?:y|ies)\b(?!\s*(?:height|spur|osteo|element))
    | \b(?:back|rear)\s+of\s+(?:the\s+|its\s+|{_NAME}\s+)*(?:vertebral\s+)?(?:bod(?:y|ies)|vertebra[el]?)\b
    | \b(?:cortex|cortical\s+(?:bone|margin|line))\s+(?:facing|towards?|next\s+to|adjacent\s+to|bordering|at|on)\s+
        (?:the\s+)?(?:side\s+of\s+the\s+)?(?:spinal\s+|vertebral\s+)?canal\b
    | \b(?:anterior\s+and\s+posterior|posterior\s+and\s+anterior)\s+(?:walls?|cort(?:ex|ices)|margins?|borders?)
    | \bmiddle\s+columns?\b | \bmiddle(?=\s*(?:and|&|/|\+)\s*posterior\s+columns?)
    | \b(?-i:PV?W)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Pedicles, arches, facets, processes and the ligaments between them.
_COLUMN = re.compile(
    r"""
      \b(?:posterior|rear)\s+(?:(?:bony|osseous|vertebral|spinal|neural|osteoligamentous|ligamentous|ligament|tension|vertebra)
          \s+){0,3}(?:elements?|columns?|arch(?:es)?|structures?|complex(?:es)?|ligaments?|band)
    | \b(?:neural|vertebral)\s+arch(?:es)?\b | (?<=\bor\s)arches\b | (?<=\band\s)arches\b
    | \bpedicles?\b | \blamina[es]?\b
    | \b(?:articular\s+|articulating\s+)?facets?(?:\s+joints?)?\b
    | \b(?:articular|joint)\s+(?:process(?:es)?|pillars?|mass(?:es)?)\b
    | \b(?:zygapophyse?al|apophyse?al|vertebral|intervertebral)\s+joints?\b
    | \bspinous\s+process(?:es)?\b
    | \b(?:interspinous|supraspinous|interspinal|supraspinal)(?:\s+and\s+(?:interspinous|supraspinous))?
        (?:\s+(?:lig(?:ament)?s?|spaces?|distances?))?\b
    | \bligament(?:um|a)\s+flav(?:um|a)\b
    | \bPLC\b | \btension\s+band\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Between the parts of one enumeration: "pedicles, laminae and both facets".
_SAME_GROUP = re.compile(
    rf"(?:[\s,/&+]|{_NAME}|\b(?:and|or|nor|as\s+well\s+as|plus|the|its|both|left|right|bilateral|adjacent)\b)*",
    re.IGNORECASE,
)
# A screw, a hook or a rod in a pedicle.
_HARDWARE = re.compile(r"\s*(?:screws?|hooks?|rods?|fixation|distance)\b", re.IGNORECASE)
# Facets and ligaments in their degenerative sense.
_JOINT_DISEASE = re.compile(
    r"\b(?:arthro\w*|degener\w*|hypertroph\w*|oste\w+|screw\w*|sclero\w*|effusion|cyst)\b", re.IGNORECASE
)
# Words of injury beside which degeneration does not matter.
_INJURY_NAMED = re.compile(r"fractur|injur|intact|disrupt|torn|dislocat", re.IGNORECASE)
# A pedicle lost to a tumour is no injury of the posterior column.
_TUMOUR_OF_PEDICLE = re.compile(
    r"destr|lytic|lesion|metasta|mass\b|lysis|\bero(?:d|s)|infiltrat|tumou?r|myelom|lymphom|eaten", re.IGNORECASE
)
_PEDICLE_LOST = re.compile(r"destr|lytic|lysis|\bero(?:d|s)|eaten", re.IGNORECASE)
# Signal or a lesion that runs on into a pedicle breaks nothing by itself.
_SIGNAL = re.compile(
    r"\b(?:bright\w*|dixon|infiltrat\w*|enhanc\w*|lesions?|tumou?r\w*|metasta\w*|deposits?|myeloma\w*|replac\w*)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(
    r"fractur|split|break|broke|crack|tear\b|torn|rupt|injur|[oe]?edema|intact|widen|splay|dislocat|sublux|sprain|ligament|displac",
    re.IGNORECASE,
)
# A distance that is not widened says nothing of the ligaments.
_DISTANCE = re.compile(r"space|distance", re.IGNORECASE)

# --------------------------------------------------------------------------------------------- what is said of them

_BROKEN_BOTH = (
    r"involv\w+|inv\b|disrupt\w*|breach\w*|interrupt\w*|displac\w*|discontinu\w*|break\w*"
    r"|broken?\b|split\w*|extend\w*|extension|reach\w*|cross(?:es|ed|ing)\b|travers\w+|pass(?:es|ing|ed)\b"
    r"|(?:exit(?:s|ed|ing)?|lea(?:ves?|ving)|left)\s+through\b|out\s+through\b|(?:run(?:s|ning)?|ran|continu(?:es|ed|ing)|go(?:es|ing)|propagat\w*|radiat\w*)\s+(?:(?:\w+ly|out|on|further|back(?:wards?)?|down(?:wards?)?|up(?:wards?)?)\s+){0,3}(?:from\s+the\s+(?:\w+\s+){1,3})?(?:through|across|into|to|on\s+to)\b|continuous\s+(?:to|with)\b"
    r"|fractur\w*|comminut\w*|violat\w*|compromis\w*|affect\w*|crack\w*|fissur\w*|damag\w*|injur\w*|concerned"
    r"|interest(?:ed|ing)|invad\w*|shatter\w*|crush\w*|fragment\w*|separat\w*"
)
_BROKEN_WALL = (
    r"convex\w*|lost\b|loss\b|gone\b|missing|destr(?:oy|uct)\w*|buckl\w*|bulg\w*|bow(?:s|ed|ing)?\b|protru\w*|push\w*|angulat\w*|tilt\w*|deficien\w*|step\w*|defect\w*"
    r"|ero(?:ded?|des|sions?)\b|retro-?puls\w*|irregular\w*|depress\w*|bent\b|pierc\w*|perforat\w*|penetrat\w*"
    r"|dehiscen\w*|touched|jut\w*|project\w*|driven|encroach\w*|intrud\w*|impact(?:ed|ion)\b|height\s+(?:is\s+)?reduced"
)
_BROKEN_COLUMN = (
    r"tears?\b|torn\b|ruptur\w*|widen\w*|wider\b|splay\w*|fann\w*|dislocat\w*|sublux\w*|perch\w*|jumped|lock(?:ed|ing)\b"
    r"|translat\w*|distract\w*|avuls\w*|fail(?:ed|ure)\b|lax\w*|diastas\w*|insufficien\w*|(?:o?edema)\w*|stripped"
    r"|sprain\w*|instabilit\w*|unstable|incompeten\w*|overrid\w*|hyperintens\w*|(?:high|bright|increased|abnormal)\s+signal"
)
_SOUND = (
    r"intact|preserv\w*|spar(?:ed|es|ing)\b|respect(?:ed|s|ing)?\b(?!\s+to\b)|unbroken|continuous|regular(?:ly)?\b"
    r"|smooth(?:ly)?\b|straight|(?:well[\s-])?aligned|maintain\w*|conserv\w*|undisturbed|untouched|unremarkable"
    r"|normal(?:ly)?\b(?!\s+variant)|congruent|unharmed|unscathed|inconspicuous|concave|retain\w*|kept\b|keeps\b|flush\b"
    r"|in\s+(?:good\s+|normal\s+|proper\s+)?(?:line|alignment|continuity|one\s+piece|place|order|position)\b"
    r"|okay|ok\b|sound\b|integr(?:al|ity|e)\b|within\s+(?:normal\s+|anatomic\w*\s+)?limits|competent|symmetric\w*"
    r"|anatomic(?:al)?(?:ly)?\b|satisfactory|well[\s-]defined|sharp(?:ly)?\b|unimpaired|unaltered|unobtrusive|escaped"
    r"|without\s+(?:any\s+)?(?:alterations?|changes?|abnormalit\w+|particularit\w+|lesions?|injur\w+|patholog\w+)"
    r"|free\b(?!\s+(?:of|from)\b)|clear\b|negative|harmonious|healthy|uneventful|whole\b|holds\b|held\b|stands\b|o\.\s?B\."
)


def _predicates(broken: str) -> re.Pattern[str]:
    """Words that call a part broken or sound; "un-" and "non-" turn a broken one round."""
    return re.compile(rf"\b(?:(?P<un>un-?|non-?\s?)?(?P<broken>{broken})|(?P<sound>{_SOUND}))", re.IGNORECASE)


_PREDICATES: dict[Part, re.Pattern[str]] = {
    "posterior_wall": _predicates(f"{_BROKEN_BOTH}|{_BROKEN_WALL}"),
    "posterior_column": _predicates(f"{_BROKEN_BOTH}|{_BROKEN_COLUMN}"),
}
_SOUND_VALUE: dict[Part, str] = {"posterior_wall": "intact", "posterior_column": "intact"}
_BROKEN_VALUE: dict[Part, str] = {"posterior_wall": "involved", "posterior_column": "injured"}

# Where what is said of one part ends.
_CLAUSE_BREAK = re.compile(
    r";|(?<!approx)(?<!\bca)(?<!\bant)(?<!\bpost)\.\s|\b(?:but|however|while|whilst|whereas|although|though|yet|in\s+contrast|except|unlike)\b",
    re.IGNORECASE,
)
# What may stand between a part and the word behind it that describes it.
_LEAD = re.compile(
    rf"""(?:[\s,:()/\u2013-]|{_NAME}|\d+(?:[.,]\d+)?
    |\b(?:of|the|at|in|on|both|all|each|these|those|any|either|every|levels?|vertebra[el]?|bod(?:y|ies)|is|are|was|were
      |be|been|being|has|have|had|appears?|appeared|looks?|looked|seems?|remains?|remained|stays?|stayed|still|also
      |again|now|otherwise|here|there|well|[a-z]+ly|to|mild|moderate|slight|minimal|subtle|small|tiny|minor|some|gross
      |definite|obvious|significant|it|its|they|which|that|this|shows?|showing|demonstrates?|exhibits?|presents?|returns?
      |displays?|reveals?|found|seen|noted|considered|judged|described|reported|as|by|a|an|left|right|sides?
      |respectively|from|superior|inferior|upper|lower|central|cranial|caudal|portion|half|part|aspect|third|itself
      |themselves|bony|osseous|vertebral|cortical|acute|focal|evidence|signs?|contours?|height|alignment|configuration
      |shape|position|outline|line|does|do|did|can|will|about|approximately|ca|mm|cm|with|two|three|four|five|out|more
      |quite|rather|very|just|only|even|not|no|never|nor|neither|without|longer|fails?|failed|lacks?|runs?|lies|lie
      |continues?|anterior|convex\w*|ligamentous|structures?|affected|fractured|broken|collapsed|joints?|segments?|further|too
      |signals?|free|same|and\s+transverse\s+process(?:es)?|transverse\s+process(?:es)?|may|might|could)\b|n't)*""",
    re.VERBOSE | re.IGNORECASE,
)
# What may stand between a part and the word before it that describes it: "extends into the", "involvement of the".
_LINK = re.compile(
    rf"""(?:[\s,/()&-]|{_NAME}|\b(?:of|to|in|into|through|across|at|along|from|on|onto|upon|as|far|the|its|their|both|all
      |left|right|bilateral|level|levels|adjacent|superior|inferior|upper|lower|anterior|posterior|cortex|cortical|wall
      |endplates?|end-plates?|plates?|and|or|nor|also|partly|partially|even|bod(?:y|ies)|vertebra[el]?|either|any|lines?
      |columns?|up|by|involv\w+|reach\w*|fractures?|injur(?:y|ies)|part|parts|middle|central|a|an|entire
      |whole|element|elements|corresponding|same|ankylosed|fused|ossified|bridged|transverse|process|processes|unilateral|that|which|towards?
      |(?:is|are|was|were)\s+(?:seen|noted|visible|present|identified|evident|found))\b)*""",
    re.VERBOSE | re.IGNORECASE,
)
# An adjective right before a part: "intact T12 posterior wall".
_ATTRIBUTIVE = re.compile(
    rf"(?:[\s-]|{_NAME}|\b(?:left|right|bilateral|both|vertebral|of|the|its|to|into|through|all|their|in|across|on)\b)*",
    re.IGNORECASE,
)
# Behind a comma something else is denied: "extends to the posterior wall, no retropulsion".
_NO_MORE = re.compile(r",\s*(?:no|without|with)\b", re.IGNORECASE)
_VERB = re.compile(
    r"\b(?:is|are|was|were|appears?|looks?|seems?|remains?|stays?|be|been)\s+(?:\w+ly\s+)?$", re.IGNORECASE
)
# A predicate that belongs to a noun behind it instead: "the fractured vertebra", "loss of height".
_OF_ANOTHER_NOUN = re.compile(
    rf"\s+(?:(?:vertebral\s+)?bod(?:y|ies)|vertebra[el]?|levels?|segments?|end-?\s?plates?|(?:of\s+)?(?:the\s+)?"
    rf"(?:\w+\s+)?heights?|marrow|fat|discs?|{_NAME}\s+(?:body|vertebra))\b(?!\s+(?:is|are)\b)",
    re.IGNORECASE,
)
# A shape that can itself be lost: "its normal concavity is lost".
_SHAPE_OF_WALL = re.compile(
    r"\s+(?:\w+\s+)?(?:concavity|contour|shape|curve|alignment|continuity|outline)\b", re.IGNORECASE
)

# Words of denial; each turns a value round.
_NOT = re.compile(
    r"\b(?:not(?!\s+(?:only|just|merely|so\s+much))|no|never|neither|nor|nothing|none|without|fails?\s+to|failed\s+to"
    r"|lacks?|lack\s+of|absence\s+of|free\s+(?:of|from)|negative\s+for|nil|nowhere|cannot|rather\s+than|w/o)\b|n't\b",
    re.IGNORECASE,
)
# Where a denial before a word no longer reaches it.
_NOT_ENDS = re.compile(
    r",\s*(?:with|mild|moderate|severe|a|an|there|the|its|and)\b|\bwith\b(?!\s+(?:no|any))|[.;]\s|:\s"
    r"|\band\s+(?:mild|moderate|severe|associated|a|an|the|there)\b|\b(?:is|are|was|were|shows?|has|have)\b(?!\s+(?:any|been)\b)",
    re.IGNORECASE,
)
# A denial behind the word: "involvement of the posterior wall is not seen", "retropulsion: none".
_NOT_AFTER = re.compile(
    r"\s*(?:(?:is|are|was|were|has\s+been|have\s+been|can|could)\s+)?(?:"
    r"(?:not|never|no\s+longer)\s+(?:be\s+|been\s+|clearly\s+|any\s+longer\s+)*(?:seen|identified|evident|demonstrated"
    r"|visible|visuali[sz]ed|present|apparent|detected|detectable|appreciated|noted|shown|observed|found|recogni[sz]\w+"
    r"|suspected|made\s+out|there|proven|documented|discernible)"
    r"|cannot\s+be\s+(?:seen|identified|demonstrated|found|detected|made\s+out)"
    r"|(?:absent|ruled\s+out|excluded|lacking|not\s+a\s+feature)\b)"
    r"|\s*[:=\u2013-]\s*(?:no|none|nil|absent|negative|not\s+(?:seen|present))\b|\s+(?:none|nil|absent)\b(?!\s+(?:at|in|of)\b)",
    re.IGNORECASE,
)
# The verb, not the month.
_MAY = r"(?<!of\s)(?<!in\s)(?<!since\s)(?<!from\s)may(?!\s+\d)"
# What makes a statement uncertain, before it ...
_DOUBT_BEFORE = re.compile(
    rf"\b(?:{_MAY}|might|could|possib(?:le|ly|ility)|probabl[ey]|likely|suspect\w*|suspicio\w+|questionabl[ey]|question|query"
    r"|perhaps|maybe|presum\w+|equivocal|doubtful|borderline|potential(?:ly)?|unclear|uncertain|apparent|suggest\w*"
    r"|cannot\s+(?:exclude|rule\s+out)|hint\s+of|concern\w*\s+for)\b[^.;]{0,60}$|\?\s*$",
    re.IGNORECASE,
)
# ... and behind it.
_DOUBT_AFTER = re.compile(
    r"[^,.;]{0,25}?(?:\b(?:(?:cannot|can\s+not|could\s+not|can't)\s+be\s+(?:\w+\s+)?(?:excluded|ruled\s+out|assessed)|not"
    r"\s+(?:\w+\s+)?excluded|suspected|possible|possibly|questionable|equivocal|probable|likely|to\s+be\s+(?:excluded"
    r"|assessed|clarified))\b|\?)",
    re.IGNORECASE,
)
# What is only asked for, feared or taught is not stated.
_ASKED_FOR = re.compile(
    r"\b(?:rule\s+out|r/o|to\s+(?:exclude|assess|evaluate|look\s+for|confirm|determine|check|see)|evaluat\w+\s+(?:for|of)"
    r"|assess(?:ment)?\s+(?:for|of)|look(?:ing)?\s+for|check\s+for|monitor\s+for|watch\s+for|risk\s+of|if|in\s+case\s+of"
    r"|whether|would|should|prevent\w*|defined\s+as|such\s+as|e\.g\.)\b[^;]{0,80}$",
    re.IGNORECASE,
)
_TAUGHT = re.compile(
    r"[^.;]{0,90}?\b(?:favou?rs?|argues?|speaks?|points?|is\s+(?:a\s+)?(?:typical|characteristic|sign)|are\s+(?:typical"
    r"|signs|characteristic)|should\s+(?:be|raise)|would|indicates?\s+(?:a\s+)?(?:malig|benign|osteop))\b",
    re.IGNORECASE,
)
# Cheap test: without one of these a sentence says nothing of the back of a vertebra.
_CHEAP = stems.group(
    "poster", "dorsal", "back", "rear", "canal", "wall", "column", "pedicle", "lamina", "facet", "spinous", "retro",
    "arch", "ligament", "plc", "joint", "fragment", "tension", "articular", "pw", "pvw", "supraspin", "bone", "bony",
    "stenosis", "cort",
)  # fmt: skip


_SHORT_CLAUSE = 70
"""A clause of fewer characters can go on from the part that was told before it."""


class _Group(NamedTuple):
    """Parts of one enumeration, which share what is said of them."""

    start: int
    end: int
    parts: frozenset[Part]
    words: str


class _Said(NamedTuple):
    """One thing said of a part: whether it is sound, and where its words stand."""

    sound: bool
    start: int
    end: int


def stated(text: str, anatomy: Sequence[Anatomy]) -> list[Attribute]:
    """All that a sentence says of the back of its vertebrae and of the canal; ``anatomy`` are the names in it."""
    lowered = text.lower()
    named = [item for item in anatomy if item.kind == "level" and not item.pair]
    stand = stems.found(text)
    if not stand & _CHEAP:
        return _goes_on(_masked(text, anatomy), named) if named and len(text) < _SHORT_CLAUSE else []
    masked = _masked(text, anatomy)
    clauses = _clauses(masked)
    found = [value for start, end in clauses for value in _parts_in(masked, start, end, named)]
    if "cort" in lowered and ("posteriorly" in lowered or "dorsally" in lowered):
        found += [value for start, end in clauses for value in _cortex_behind(masked, start, end, named)]
    if stand & _BONE_STEMS:
        moved = [event for start, end in clauses for event in _moved_bone(masked, start, end)]
        found += _retropulsions(masked, moved, named)
    if "canal" in lowered or "stenosis" in lowered or "diameter" in lowered:
        found += _narrowings(masked)
    return found


def _masked(text: str, anatomy: Sequence[Anatomy]) -> str:
    """The sentence with one sign for every letter of a vertebra's name, every offset unmoved."""
    masked = text
    for item in anatomy:
        if item.levels and any(character.isdigit() for character in text[item.start : item.end]):
            masked = masked[: item.start] + _LEVEL_SIGN * (item.end - item.start) + masked[item.end :]
    return masked


def _clauses(text: str) -> list[tuple[int, int]]:
    """The stretches of a sentence within which one thing is said of a part."""
    cuts = [0, *(match.end() for match in _CLAUSE_BREAK.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(cuts) if start < end]


# ----------------------------------------------------------------------------------------- wall and posterior column


def _groups(text: str, start: int, end: int) -> list[_Group]:
    """The parts that a clause names, those of one enumeration together."""
    names: list[tuple[int, int, Part]] = [
        *((match.start(), match.end(), "posterior_wall") for match in _WALL.finditer(text, start, end)),
        *((match.start(), match.end(), "posterior_column") for match in _COLUMN.finditer(text, start, end)),
    ]
    groups: list[_Group] = []
    for first, last, part in sorted(names):
        if groups and first < groups[-1].end:
            continue
        words = text[first:last].lower()
        if groups and _SAME_GROUP.fullmatch(text, groups[-1].end, first):
            known = groups[-1]
            groups[-1] = _Group(known.start, last, known.parts | {part}, f"{known.words} {words}")
        else:
            groups.append(_Group(first, last, frozenset({part}), words))
    return groups


def _parts_in(text: str, start: int, end: int, named: Sequence[Anatomy]) -> Iterator[Attribute]:
    """What a clause says of the posterior walls and posterior elements that it names."""
    groups = _groups(text, start, end)
    for index, group in enumerate(groups):
        if _HARDWARE.match(text, group.end):
            continue
        begin = groups[index - 1].end if index else start
        stop = groups[index + 1].start if index + 1 < len(groups) else end
        for part in sorted(group.parts, reverse=True):
            following = _said_behind(text, start, group, part, stop, index + 1 < len(groups))
            told = following or _said_before(text, group, part, begin)
            for position, said in enumerate(told):
                if _is_uncertain(text, start, end, group, said):
                    continue
                levels = _levels_of(text, group, said, named, first=position == 0)
                if position and not levels:
                    continue
                yield from _values(text, group, part, said, levels)


def _said_behind(text: str, start: int, group: _Group, part: Part, stop: int, followed: bool) -> list[_Said]:
    """The words behind a part that describe it: "posterior wall of L1 is not breached"; several where levels differ."""
    told: list[_Said] = []
    cursor = group.end
    denied = _DENIED_PART.search(text, start, group.start) is not None or (
        # "No facet dislocation or pedicle fracture": the denial goes on over "or".
        _OR_PART.search(text, start, group.start) is not None and _is_denied_before(text, start, group.start)
    )
    for match in _PREDICATES[part].finditer(text, group.end, stop):
        if match.start() < cursor:
            continue
        lead = text[cursor : match.start()]
        if _NO_MORE.search(lead):
            break
        if match["broken"] and _ANOTHER_SUBJECT.search(lead):
            break
        if _OWNING_FRACTURE.match(text, match.start()) and _LEVEL_SIGN in lead:
            cursor = match.end()
            continue
        if not _LEAD.fullmatch(lead) and not (told and _LEAD.fullmatch(re.sub(r"\b(?:and|or)\b", " ", lead))):
            break
        verb = _VERB.search(text, cursor, match.start())
        if followed and not verb and _ATTRIBUTIVE.fullmatch(text, match.end(), stop):
            break  # "with breached pedicles": said of the part that comes next
        if not verb and _OF_ANOTHER_NOUN.match(text, match.end()):
            continue
        shape = _SHAPE_OF_WALL.match(text, match.end()) if match["sound"] else None
        later = _PREDICATES[part].search(text, shape.end(), min(stop, shape.end() + 25)) if shape else None
        if later and later["broken"] and _LEAD.fullmatch(text, shape.end() if shape else 0, later.start()):
            match = later
        retropulsed = match["broken"] and match["broken"].lower().startswith("retro")
        turned = sum(1 for _ in _NOT.finditer(lead)) + (match["un"] is not None)
        turned += bool(_NOT_AFTER.match(text, match.end())) + (denied and not told)
        if retropulsed and turned % 2:
            break  # a wall that is not retropulsed can still be broken
        told.append(_Said((match["sound"] is not None) != bool(turned % 2), match.start(), match.end()))
        cursor = match.end()
    return told


def _said_before(text: str, group: _Group, part: Part, begin: int) -> list[_Said]:
    """The word before a part that describes it: "intact posterior wall", "no extension to the posterior margin"."""
    last = None
    for match in _PREDICATES[part].finditer(text, begin, group.start):
        tail = text[match.end() : group.start]
        if not _LINK.fullmatch(tail):
            continue
        listed = re.search(r"\b(?:and|or|nor)\s+(?:the\s+|its\s+)?$", tail) or (
            _THROUGH.search(match.group() + tail[:12]) and re.search(r"\band\b|\bor\b", text[group.start : group.end])
        )
        if "," in tail and not listed:
            continue
        if match["sound"] and not _SOUND_REACHES.fullmatch(tail):
            continue
        if match["broken"] and not tail.strip() and _NEEDS_LINK.fullmatch(match["broken"]):
            continue
        last = match
        break
    if last is None:
        return []
    denied = _is_denied_before(text, begin, last.start()) != (last["un"] is not None)
    if denied and (last["broken"] or "").lower().startswith("retro"):
        return []
    if _NOT_AFTER.match(text, group.end):
        denied = not denied
    return [_Said((last["sound"] is not None) != denied, last.start(), group.end)]


# "Intact pedicles, L1 fracture": behind the comma a vertebra is the next subject.
_ANOTHER_SUBJECT = re.compile(rf",\s*{_NAME}\s*$")
# "The pedicles of the L1 fracture are intact": the fracture only tells whose they are.
_OWNING_FRACTURE = re.compile(
    rf"fractures?\s+(?:(?:is|are|was|were|remain\w*|appear\w*)\s+)?(?:{_SOUND})", re.IGNORECASE
)
# Words of soundness reach a part only directly: "preservation of the", "intact left".
_SOUND_REACHES = re.compile(
    rf"(?:[\s-]|{_NAME}|\b(?:of|the|its|their|both|all|left|right|bilateral|to|vertebral|bony|and)\b)*", re.IGNORECASE
)
# "Through the body, the pedicles and the spinous process".
_THROUGH = re.compile(r"\b(?:through|into|across|involv\w*|travers\w*)\b", re.IGNORECASE)
# Words that break a part only through "of", "into" and the like; before a noun they name something else.
_NEEDS_LINK = re.compile(r"(?:extension|extend\w*|reach\w*|loss|step\w*|break)", re.IGNORECASE)


_WORD = re.compile(r"[\w-]+")
# "No posterior wall involvement", "neither the posterior wall nor the pedicles".
_DENIED_PART = re.compile(
    rf"\b(?:no|neither|nor|without|free\s+of|absence\s+of|lack\s+of)\s+(?:(?:of|the|its|any|evidence|signs?|definite|obvious"
    rf"|gross|clear|significant|both|either|for|convincing|acute|associated|relevant|{_NAME})\s+)*$",
    re.IGNORECASE,
)
_OR_PART = re.compile(r"\b(?:or|nor)\s+(?:(?:of|the|its|any|left|right)\s+)*$", re.IGNORECASE)
# The verb of a subject that is denied: "no fragment is retropulsed", "no level shows".
_VERB_OF_DENIED = re.compile(
    r"\s+(?:[\w-]+\s+){0,5}(?:is|are|was|were|has|have)\s+(?:been\s+)?(?:\w+ly\s+)?$"
    r"|\s+(?:(?:single|one|other|fractured)\s+)?(?:levels?|vertebra[el]?|bod(?:y|ies)|fractures?|segments?)\s+"
    r"(?:shows?|demonstrates?|exhibits?|displays?|has|have)\s+(?:(?:any|a|signs?\s+of)\s+)*$",
    re.IGNORECASE,
)


# "Cortical breach posteriorly", "posteriorly the cortex is gone".
_CORTEX_BEHIND = re.compile(
    r"\bcort(?:ex|ical)\s+(?:(?:bone|line|margin|is|was|has\s+been|appears?|also|completely|not|no\s+longer|defect\s+is)\s+)*"
    r"(?P<said>\w+)(?:\s+(?:is|are)\s+(?:seen|noted|present))?\s+(?:posteriorly|dorsally)\b"
    r"|\b(?:posteriorly|dorsally),?\s+the\s+cortex\s+(?:(?:is|was|has\s+been|appears?|also|completely|not|no\s+longer)\s+)*"
    r"(?P<told>\w+)",
    re.IGNORECASE,
)


def _cortex_behind(text: str, start: int, end: int, named: Sequence[Anatomy]) -> Iterator[Attribute]:
    """What is said of the cortex with a word for behind: "cortical breach posteriorly"."""
    for match in _CORTEX_BEHIND.finditer(text, start, end):
        predicate = _PREDICATES["posterior_wall"].match(match["said"] or match["told"])
        if predicate is None:
            continue
        turned = (_NOT.search(match.group()) is not None) + (predicate["un"] is not None)
        turned += _is_denied_before(text, start, match.start())
        group = _Group(match.start(), match.end(), frozenset({"posterior_wall"}), "")
        said = _Said((predicate["sound"] is not None) != bool(turned % 2), match.start(), match.end())
        if not _is_uncertain(text, start, end, group, said):
            yield from _values(text, group, "posterior_wall", said, _levels_of(text, group, said, named, first=True))


# A clause that only goes on from the part told before it: "in L3 it is interrupted", "that of T9 is sound".
_GOES_ON = re.compile(
    rf"\W*(?:(?:and|but|while|whereas)\s+)?(?:(?:in|at)\s+{_NAME},?\s*(?:(?:it|this|that|they)\s+)?|(?:that|those)\s+of\s+{_NAME}\s+)"
    rf"(?:(?:is|are|was|were|has\s+been|appears?|however|also|clearly|slightly|not|no\s+longer)\s+)*(?P<said>[\w-]+(?:\s+[\w-]+){{0,3}})\W*",
    re.IGNORECASE,
)


def _goes_on(text: str, named: Sequence[Anatomy]) -> list[Attribute]:
    """A clause without a part of its own, for ``assemble`` to relate to the part told last."""
    match = _GOES_ON.fullmatch(text)
    if match is None or len(named) != 1:
        return []
    predicate = _PREDICATES["posterior_wall"].match(match["said"]) or _PREDICATES["posterior_column"].match(
        match["said"]
    )
    if predicate is None:
        return []
    turned = (_NOT.search(text) is not None) + (predicate["un"] is not None)
    sound = (predicate["sound"] is not None) != bool(turned % 2)
    value = "sound" if sound else "broken"
    return [
        Attribute("part_told_last", value, named[0].start, match.end("said"), levels=(level,), asserted=True)
        for level in named[0].levels
    ]


def _is_denied_before(text: str, begin: int, at: int) -> bool:
    """Whether a word of denial before a place reaches it: "no evidence of", "neither buckling nor", "nothing is"."""
    denials = list(_NOT.finditer(text, max(begin, at - 90), at))
    if not denials:
        return False
    last = denials[-1]
    word = _WORD.match(text, at)
    if word is not None and behind_denial(text, last.span(), at, word.end()) == "stated":
        return False
    if _NOT_ENDS.search(text, last.end(), at) is None:
        return True
    subject = last.group().lower() in ("no", "nothing", "none", "neither")
    return subject and _VERB_OF_DENIED.fullmatch(text, last.end(), at) is not None


def _is_uncertain(text: str, start: int, end: int, group: _Group, said: _Said) -> bool:
    """Whether a statement is hedged, asked for, or taught instead of stated."""
    first, last = min(group.start, said.start), max(group.end, said.end)
    before = text[start:first]
    comma = max(before.rfind(", "), before.rfind(":"))
    if _DOUBT_BEFORE.search(before[comma + 1 :] if comma >= 0 else before) or _ASKED_FOR.search(before):
        return True
    if re.search(
        rf"\b(?:{_MAY}|might|could|possibly|probably|likely|perhaps|suspected)\b|\?", text[first:last], re.IGNORECASE
    ):
        return True
    return bool(_DOUBT_AFTER.match(text, last, end) or _TAUGHT.match(text, last, end))


def _values(text: str, group: _Group, part: Part, said: _Said, levels: tuple[Level, ...]) -> Iterator[Attribute]:
    """What a statement makes of a part; degenerated joints, and a pedicle eroded by a tumour, are no injury."""
    first, last = min(group.start, said.start), max(group.end, said.end)
    value = _SOUND_VALUE[part] if said.sound else _BROKEN_VALUE[part]
    if part == "posterior_column":
        around = text[max(0, first - 25) : last + 35]
        if _JOINT_DISEASE.search(around) and not _INJURY_NAMED.search(around):
            return
        if said.sound and _DISTANCE.search(group.words):
            return
        if not said.sound and "pedicle" in group.words and _TUMOUR_OF_PEDICLE.search(text):
            if _PEDICLE_LOST.search(text):
                yield Attribute("malignant_features", "pedicle_destruction", group.start, last, asserted=True)
            return
        clause = text[max(0, first - 90) : last + 30]
        if not said.sound and _SIGNAL.search(clause) and not _BREAK.search(clause):
            return
    for level in levels or (None,):
        yield Attribute(part, value, group.start, group.end, levels=(level,) if level else (), asserted=True)


# What may stand between a statement and the vertebra that it is about.
_TO_LEVEL = re.compile(
    r"[\s,]*(?:\w+ly\s+)?(?:only\s+)?(?:at|in|of|on|for)\s+(?:the\s+)?(?:level\s+of\s+)?(?:the\s+|both\s+)?",
    re.IGNORECASE,
)
# What may stand between a vertebra and the part that is told of it.
_FROM_LEVEL = re.compile(
    r"(?:\s*(?:vertebra[el]?|body|bodies|level)\b)*\s*(?:[:,-]\s*)?(?:the\s+|its\s+|here\s+|left\s+|right\s+|both\s+|also\s+)*",
    re.IGNORECASE,
)


def _levels_of(text: str, group: _Group, said: _Said, named: Sequence[Anatomy], *, first: bool) -> tuple[Level, ...]:
    """The vertebrae that a statement names itself: "regular in T11 and T12", "the posterior wall of L1"."""
    begin, end = min(group.start, said.start), max(group.end, said.end)
    behind = [item for item in named if item.start >= end and _TO_LEVEL.fullmatch(text, end, item.start)]
    if behind:
        return behind[0].levels
    within = [item for item in named if begin <= item.start and item.end <= end]
    if within:
        return within[0].levels if first else within[-1].levels
    before = [item for item in named if item.end <= begin and _FROM_LEVEL.fullmatch(text, item.end, begin)]
    return before[-1].levels if before and first else ()


# --------------------------------------------------------------------------------------------- bone in the canal

_BONE_STEMS = stems.group("retro", "canal", "line", "fragment", "bone", "back", "posterior", "dors", "debris")
_MOTION = (
    r"(?:retro-?puls|displac|push|driv|drove|project|protrud|jut|dislocat|dislodg|shift|migrat|extrud|encroach|intrud"
    r"|imping|propel|forc|shov|thrust|mov|stick|sit|lie|lies|lay|found|seen|locat|fill|occup|extend|reach|enter|translat"
    r"|slid|stand|rest|press|abut|thrown|narrow|obstruct|obliterat|block|compromis|tak|retro-?pos|stray|free|float)\w*"
)
_CANAL = (
    r"(?:(?:spinal|vertebral|neural|central|medullary|bony|lumbar|thoracic|cervical|the|of|anterior|ventral|diameter)\s+)*"
    r"canal\b"
)
# Where bone lies that was driven backwards.
_PLACE = re.compile(
    rf"""
      \b(?:into|inside|in|within|towards?|on|onto|upon|to|against|through|inward)\s+(?:of\s+)?(?:the\s+)?
        (?:soft\s+tissues?\s+(?:and|or)\s+)?{_CANAL}
    | \b(?:behind|dorsal\s+to|posterior\s+to|beyond|past|dorsally\s+of)\s+(?:the\s+)?
        (?:(?:posterior|dorsal|vertebral|back|body|spinolaminar|normal|expected|cortical|bod(?:y|ies))\s+)*
        (?:line|wall|margin|alignment|border|contour|edge|cortex)
    | \bintra-?canal(?:icular|ar)?\b | \bcanal\s+fragments?\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Bone that can be driven backwards.
_BONE = re.compile(
    rf"""\b(?:(?:bone|bony|osseous)\s+)?fragments?\b|\b(?:bony|osseous|bone)\s+(?:debris|pieces?|spicules?|splinters?)\b
    |\b(?:bone|debris)\b|\b(?:{_BACK}[\s-]+(?:superior[\s-]+|inferior[\s-]+|upper[\s-]+|lower[\s-]+)?corner|
    (?:superior|upper|inferior|lower)\s+(?:posterior|back|rear)\s+corner)\b
    |\b{_BACK}\s+(?:superior\s+|inferior\s+|upper\s+|lower\s+)?end-?\s?plate\b|\bnothing\b""",
    re.VERBOSE | re.IGNORECASE,
)
_RETROPULSION = re.compile(r"\bretro-?\s?puls\w*|\bretrobulg\w*", re.IGNORECASE)
_BACKWARDS = (
    r"(?:backwards?|posteriorly|dorsally|rearwards?|back(?!\s+pain)|dorsad|postero(?:superior|inferior)ly"
    r"|in\s+a\s+posterior\s+direction|posterior)"
)
_DISPLACED = (
    r"(?:displac\w*|push\w*|driven|driv\w*|dislocat\w*|dislodg\w*|shift\w*|moved|migrat\w*|propelled|forced|shoved"
    r"|thrust|protrud\w*|project\w*|juts?|jutting|thrown)"
)
# A wall protruding without a word of the canal only bulges.
_PROTRUDES = re.compile(r"protru|project|jut", re.IGNORECASE)
_MOVED_BACK = re.compile(
    rf"\b{_DISPLACED}\s+(?:(?:by|about|approximately|some|approx\.?|ca\.?|slightly|markedly|minimally|for|up|to|a|few|\d+(?:[.,]\d+)?\s*-?(?:\d+\s*)?(?:mm|cm|millimet\w+))\s+)*{_BACKWARDS}\b"
    rf"|\b{_BACKWARDS}[\s-]+(?:\w+ly\s+)?{_DISPLACED}",
    re.IGNORECASE,
)
_BACK_OF = re.compile(
    r"(?:\s+(?:\w+\s+){0,3}?of\s+(?:the\s+|a\s+|an\s+|its\s+)*(?:\w+\s+){0,3}?|\s+(?:\w+\s+)?)$", re.IGNORECASE
)
# What else lies in a canal or is pushed back.
_NO_BONE = re.compile(
    r"\b(?:dis[ck]s?|dis[ck]al|cement|grafts?|cages?|screws?|tumou?r\w*|mass|soft[\s-]tissue|component|lesion|osteophyt\w*|spurs?|odontoid|dens"
    r"|spondylolisthesis|h(?:a)?ematoma|ligament\w*|abscess|extrusion|herniat\w*|cyst|effusion|bulg\w*|bow(?:s|ed|ing)?|convex\w*"
    r"|\w*listhesis|leak\w*|electrode|catheter)\b",
    re.IGNORECASE,
)
# Bone as a tissue, not as a piece.
_TISSUE = re.compile(
    r"\s*(?:marrow|densit|scan|window|bruis|[oe]*edema|destruct|lesion|metast|mineral|island|graft|cement|loss|signal|age"
    r"|bridg|spur|contusion|fusion|formation|quality|structure|tissue|detail|algorithm|stock)",
    re.IGNORECASE,
)
# Bone that takes room in the canal.
_TAKES_CANAL = re.compile(
    r"\b(?:narrow|fill|occup|encroach|obliterat|block|obstruct|compromis|intrud|imping|reduc|tak(?:e|es|ing)\b|invad|indent"
    rf"|restrict|constrict|stenos|enter|reach|penetrat)\w*(?:\s+(?:(?!not\b|without\b)[\w%.,-]+)){{0,6}}?\s+{_CANAL}",
    re.IGNORECASE,
)
_INTRUSION = re.compile(
    r"\b(?:bony|osseous)\s+(?:(?:spinal\s+)?canal\s+)?(?:encroach|intrus|impinge)\w*"
    r"|\bcanal\s+(?:intrusion|encroachment|invasion)\s+by\s+(?:an?\s+|the\s+)?(?:bone|bony|osseous|fragment)\w*"
    r"|\b(?:intrusion|encroachment|invasion)\s+(?:of|on|upon|into)\s+(?:the\s+)?(?:spinal\s+)?canal\s+by\s+(?:an?\s+|the\s+)?(?:bone|bony|osseous|fragment)\w*",
    re.IGNORECASE,
)
# Nothing intrudes.
_NO_INTRUSION = re.compile(r"\b(?:no|without(?:\s+any)?)\s+(?:\w+\s+)?canal\s+intrusion\b", re.IGNORECASE)
_CANAL_FREE = re.compile(
    rf"\b{_CANAL}\s+(?:(?:is|are|was|remains?|appears?|also|completely)\s+)*(?:free|clear|devoid|empty)\s+of\s+(?:any\s+)?"
    r"(?:\w+\s+)?(?:fragments?|bone\b|debris)",
    re.IGNORECASE,
)


# A displaced dens is not driven into the canal by a collapse.
_DENS = re.compile(r"\b(?:dens|odontoid|peg)\b", re.IGNORECASE)
# A wall bulges; measured into the canal it has moved there.
_BULGE = re.compile(r"bulg\w*", re.IGNORECASE)


# "Fragments can enter the canal": what happens in general.
_CAN = re.compile(r"\bcan\b(?!\s+be\s+(?:seen|identified|noted|recogni[sz]ed|demonstrated))", re.IGNORECASE)


class _Moved(NamedTuple):
    """Bone in the canal, or said not to be there: present, possible or absent, and where its words stand."""

    status: str
    start: int
    end: int
    clause: tuple[int, int]


def _moved_bone(text: str, start: int, end: int) -> Iterator[_Moved]:
    """What a clause says of bone displaced into the canal."""
    for match in _RETROPULSION.finditer(text, start, end):
        if not _NO_BONE.search(text, max(start, match.start() - 25), match.start()):
            yield from _moved(text, start, end, match.start(), match.end(), match.start())
    for match in _INTRUSION.finditer(text, start, end):
        yield from _moved(text, start, end, match.start(), match.end(), match.start())
    for pattern in (_NO_INTRUSION, _CANAL_FREE):
        for match in pattern.finditer(text, start, end):
            yield _Moved("absent", match.start(), match.end(), (start, end))
    walls = [(match.start(), match.end()) for match in _WALL.finditer(text, start, end)]
    bones = [
        (match.start(), match.end())
        for match in _BONE.finditer(text, start, end)
        if not _TISSUE.match(text, match.end())
    ]
    for match in _PLACE.finditer(text, start, end):
        if any(first <= match.start() and match.end() <= last for first, last in walls):
            continue
        yield from _gone_to(text, start, end, match, bones, walls)
    for match in _TAKES_CANAL.finditer(text, start, end):
        bone = next(((a, b) for a, b in reversed(bones) if b <= match.start() <= b + 60), None)
        if bone and not _NO_BONE.search(text, bone[0], match.end()) and "," not in text[bone[1] : match.start()]:
            yield from _moved(text, start, end, bone[0], match.end(), bone[0], bone[1])
    for match in _MOVED_BACK.finditer(text, start, end):
        yield from _gone_back(text, start, end, match, bones, walls)


def _gone_to(
    text: str,
    start: int,
    end: int,
    place: re.Match[str],
    bones: Sequence[tuple[int, int]],
    walls: Sequence[tuple[int, int]],
) -> Iterator[_Moved]:
    """Bone that lies in the canal, or behind the line of the vertebrae, which ``place`` names."""
    if re.search(r"fragment", place.group(), re.IGNORECASE):
        yield from _moved(text, start, end, place.start(), place.end(), place.start())
        return
    if place.group().lower().startswith("intra"):
        bone = next(((a, b) for a, b in bones if place.end() <= a <= place.end() + 12), None)
        if bone:
            yield from _moved(text, start, end, place.start(), bone[1], place.start())
        return
    near = [(a, b, (a, b) in bones) for a, b in (*bones, *walls) if b <= place.start() <= b + 80]
    if not near:
        return
    first, last, loose = max(near)
    gap = text[last : place.start()]
    comma = max(text.rfind(",", start, first), start)
    blocked = _NO_BONE.search(text, comma, place.start())
    if blocked and not (_BULGE.fullmatch(blocked.group()) and _MM.search(gap)):
        return
    piece = loose and re.search(r"fragment|bon[ey]|debris", text[first:last], re.IGNORECASE)
    pushed = re.search(
        r"\b(?:displacement|dislocation|protrusion|intrusion|shift)\s+of\s+(?:\w+\s+){0,3}$",
        text[start:first],
        re.IGNORECASE,
    )
    if not piece and not pushed and not blocked and not re.search(rf"\b{_MOTION}", gap, re.IGNORECASE):
        return
    yield from _moved(text, start, end, first, place.end(), first, last)


def _gone_back(
    text: str,
    start: int,
    end: int,
    push: re.Match[str],
    bones: Sequence[tuple[int, int]],
    walls: Sequence[tuple[int, int]],
) -> Iterator[_Moved]:
    """Bone that was pushed back, which ``push`` tells: "posterior wall pushed back by 6 mm"."""
    if _DENS.search(text, start, end):
        return
    near = [
        (a, b, (a, b) in bones)
        for a, b in (*bones, *walls)
        if b <= push.start() <= b + 50 or push.end() <= a <= push.end() + 40
    ]
    for first, last, loose in near:
        inside, outside = min(last, push.end()), max(first, push.start())
        gap = text[inside:outside]
        behind = first >= push.end()
        if behind and not _BACK_OF.search(gap):
            continue
        if not behind and not _LEAD.fullmatch(gap):
            continue
        if _NO_BONE.search(text, min(first, push.start()), max(last, push.end())):
            continue
        if not loose and _PROTRUDES.search(push.group()):
            continue
        begin = min(first, push.start())
        yield from _moved(text, start, end, begin, max(last, push.end()), begin, inside)
        return


def _moved(
    text: str, start: int, end: int, first: int, last: int, subject: int, told: int | None = None
) -> Iterator[_Moved]:
    """An event with its status: denied, hedged or stated; nothing where it is only asked for or taught."""
    if _ASKED_FOR.search(text[start:subject]) or _TAUGHT.match(text, last, end):
        return
    between = text[told:last] if told is not None else ""
    if _CAN.search(between):
        return
    denied = (
        _is_denied_before(text, start, subject)
        or text[subject:last].lower().startswith("nothing")
        or _NOT.search(between) is not None
        or _NOT_AFTER.match(text, last) is not None
        or re.search(r"\bnon-?\s?$", text[start:subject], re.IGNORECASE) is not None
    )
    if denied:
        yield _Moved("absent", first, last, (start, end))
        return
    comma = text.rfind(", ", start, subject)
    hedged = _DOUBT_BEFORE.search(text[max(start, comma) : subject]) or re.search(
        rf"\b(?:{_MAY}|might|could|possibly|probably|perhaps)\b", between, re.IGNORECASE
    )
    yield _Moved("possible" if hedged or _DOUBT_AFTER.match(text, last, end) else "present", first, last, (start, end))


_MM = re.compile(
    r"(?<![\d.,])(?P<number>\d{1,2}(?:[.,]\d)?)(?:\s*(?:-|to)\s*(?P<high>\d{1,2}(?:[.,]\d)?))?\s*-?"
    r"(?P<unit>mm|millimet\w+|cm|centimet\w+)\b",
    re.IGNORECASE,
)
# Between a number and the bone that moved stands a word that the number belongs to.
_OTHER_MEASURE = re.compile(
    r";|\b(?:kyphosis|\w*listhesis|heights?|disc|diameter|canal\s+(?:\w+\s+)?measures|nodule|lesion|bulg\w*|gap|h(?:a)?ematoma|thick\w*|mass"
    r"|collection|anterior(?:ly)?|translation|wide\w*)\b",
    re.IGNORECASE,
)
# A number that an earlier exam showed, by the words before it or behind it.
_ONCE_BEFORE = re.compile(
    r"\b(?:from|previously|initially|formerly|originally|earlier|prior|was|were|against|compared\s+(?:to|with)|versus|vs\.?"
    r"|before)\s+(?:(?:about|approximately|some|only|at)\s+)*$",
    re.IGNORECASE,
)
_ONCE_AFTER = re.compile(
    r"[^.;()\d]{0,45}?\b(?:at\s+the\s+time|at\s+(?:injury|trauma|presentation|admission)|initially|previously|originally"
    r"|formerly|on\s+the\s+(?:day|first|initial|previous|prior|earlier|old)|before)\b",
    re.IGNORECASE,
)


# Between the numbers of several vertebrae: "3 mm and 5 mm".
_NEXT_NUMBER = re.compile(r"\s*(?:,|and|,\s*and|/)\s*", re.IGNORECASE)


def _retropulsions(text: str, moved: Sequence[_Moved], named: Sequence[Anatomy]) -> Iterator[Attribute]:
    """Retropulsion with its millimetres, of the vertebra that its own words name."""
    for event in moved:
        group = _Group(event.start, event.end, frozenset(), "")
        levels = _levels_of(text, group, _Said(True, event.start, event.end), named, first=True)
        for level in levels or (None,):
            at = (level,) if level else ()
            yield Attribute("retropulsion", event.status, event.start, event.end, levels=at, asserted=True)
            if event.status != "absent":
                yield from _millimetres(text, event, at)


_NEAR = 45
"""Within so many characters of the bone stand its millimetres."""


def _millimetres(text: str, event: _Moved, levels: tuple[Level, ...]) -> Iterator[Attribute]:
    """How far the bone has moved now: "5 mm at the time of trauma, remodelled to 2 mm" is 2."""
    low, high = event.clause
    close: list[tuple[int, re.Match[str]]] = []
    for match in _MM.finditer(text, max(low, event.start - 70), min(high, event.end + 90)):
        gap = text[match.end() : event.start] or text[event.end : match.start()]
        goes_on = match.start() >= event.end and close and re.search(r"\bto\s+$", text[: match.start()])
        if goes_on or (len(gap) <= _NEAR and not _OTHER_MEASURE.search(gap)):
            close.append((len(gap), match))
    now = [
        (gap, match)
        for gap, match in close
        if not _ONCE_BEFORE.search(text[: match.start()]) and not _ONCE_AFTER.match(text, match.end())
    ]
    if not now or any(_NEXT_NUMBER.fullmatch(text, a.end(), b.start()) for (_, a), (_, b) in pairwise(now)):
        return  # none now, or one for each of several vertebrae
    match = min(now, key=lambda item: item[0])[1]
    value = float((match["high"] or match["number"]).replace(",", "."))
    value = value * 10 if match["unit"].lower().startswith("c") else value
    yield Attribute("retropulsion_mm", "", match.start(), match.end(), value, value, levels=levels, asserted=True)


# --------------------------------------------------------------------------------------------- narrowing of the canal

_TENS = {
    "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8, "tenth": 10}
_HOW_MANY = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4}
# "35 %", "30 to 40 per cent", "twenty-five percent", "two thirds", "3/4", "half".
_AMOUNT = re.compile(
    rf"""
      (?<![\d.,\w])(?P<low>\d{{1,3}})(?:[.,]\d)?(?:\s*%?\s*(?:-|to)\s*(?P<high>\d{{1,3}}))?\s*-?(?:%|per\s?cent\b|pct\b)
    | \b(?P<tens>{"|".join(_TENS)})(?:[\s-](?P<five>five))?\s+per\s?cent\b
    | \b(?:(?P<many>{"|".join(_HOW_MANY)})[\s-]+)?(?P<part>half|(?:third|quarter|fourth|fifth|sixth|eighth|tenth)s?)\b
    | (?<![\d./])(?P<over>[1-4])/(?P<under>[2-9])(?![\d/])(?:ths?|rds?|nd)?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_CANAL_WORD = re.compile(
    r"\bcanal\b|\b(?:antero-?posterior|ap|sagittal|mid-?sagittal)\s+(?:\w+\s+)?diameter\b|\b(?:spinal|central)\s+(?:canal\s+)?(?:stenosis|narrowing)\b",
    re.IGNORECASE,
)
_NARROW = re.compile(
    r"\b(?:narrow|reduc|compromis|occlu|encroach|stenos|diminish|diminution|decreas|obliterat|occup|fill|invad|invasion|intru"
    r"|constrict|block|obstruct|restrict|tak(?:e|es|ing|en)\b|lost\b|loss\b|los(?:e[sn]?|ing)\b|impinge|shrunk|smaller|less\b|cut|residual|remain"
    r"|use|cover|lumen|paten[tc]|clearance|imping|effac|down\b)\w*",
    re.IGNORECASE,
)
# A number between the canal and which stands one of these is of something else.
_NOT_CANAL = re.compile(
    r"\b(?:heights?|wedg\w*|collaps\w*|compression|foram\w*|recess\w*|vertebral\s+bod\w+|bod(?:y|ies)\s+(?:lost|has)|slip\w*"
    r"|\w*listhesis|lamina\w*|end-?\s?plate|disc\s+space)\b",
    re.IGNORECASE,
)
# The canal narrowed by a disc or by degeneration.
_DEGENERATIVE = re.compile(
    r"\b(?:dis[ck]s?|dis[ck]al|ligament\w*|facet|degenerat\w*|spondylo\w*|hypertroph\w*|osteophyt\w*|herniat\w*|tumou?r|epidural\s+mass"
    r"|ossification|opll)\b",
    re.IGNORECASE,
)
_OF_FRACTURE = re.compile(
    r"fragment|retro-?puls|fractur|burst|posterior\s+(?:wall|edge|cortex|margin)|bony|bone", re.IGNORECASE
)
# What the number is of, behind it.
_OF_CANAL = re.compile(
    rf"\s*(?:loss\s+(?:of|in)\s+(?:the\s+)?)?(?:(?!and\b|or\b|with\b|height|loss|but\b|at\b|in\b)[\w-]+\s+){{0,4}}?(?:of\s+|in\s+|on\s+)?(?:the\s+)?(?:(?:cross-?section\w*|area|"
    rf"diameter|width|lumen|ap|sagittal|calibre|caliber|depth)\s+(?:of\s+)?(?:the\s+)?)*(?:{_CANAL}|(?:spinal|central)\s+(?:stenosis|narrowing))",
    re.IGNORECASE,
)
_OF_NARROWING = re.compile(
    r"\s*(?:-?\s*)(?:(?:central|spinal|bony|relative|estimated)\s+)*(?:narrow\w*|stenosis|stenotic|compromise\w*|encroach\w*|occlu\w*|oblitera\w*|obstruct\w*|reduction|invasion)\b",
    re.IGNORECASE,
)
# "60 percent canal occlusion".
_OF_NARROWED_CANAL = re.compile(
    r"\s*(?:(?:bony|spinal|central)\s+)*canal\s+(?:narrow|stenos|compromis|encroach|occlu|oblitera|obstruct|reduc)",
    re.IGNORECASE,
)
# "Of it", "of its diameter": of the canal told just before.
_OF_IT = re.compile(
    r"\s*of\s+(?:it|its|this|the)\b(?:\s+(?:lumen|diameter|width|area|space|cross-?section\w*|sagittal|ap|antero-?posterior|depth|calibre"
    r"|caliber))*(?=\W|$)(?!\s+(?:heights?|vertebra\w*|bod\w+))",
    re.IGNORECASE,
)
# What is left of the canal instead of what is lost; "the left facet and 60 percent canal occlusion" tells a side.
_LEFT = re.compile(
    r"\b(?:residual|remaining|remains|patent|patency|preserved|clearance|left(?=\s*$|\s+(?:with|open|is|at|of|only|about)\b))"
    r"\b[^.;,]{0,45}$",
    re.IGNORECASE,
)
_LEFT_AFTER = re.compile(
    r"\s*(?:of\s+(?:the\s+|its\s+)?(?:normal|original|expected|usual|initial)\b|(?:is\s+|are\s+)?(?:remaining|residual|patent|preserved|left\b(?![\s-]*(?:side|later|para|fora|facet|lamin|pedic))))",
    re.IGNORECASE,
)
_REDUCED_TO = re.compile(
    r"\b(?:canal|diameter|lumen|width|area)\b(?:\s+(?:is|was|has|been|diameter|now|of|severely|markedly|width|at|{N}))*\s+"
    r"(?:reduced|narrowed|decreased|diminished|down|constricted)\s+to\s+(?:(?:about|approximately|only|some|less|than|around|a|~)\s*)*$".replace(
        "{N}", _NAME
    ),
    re.IGNORECASE,
)


def _narrowings(text: str) -> Iterator[Attribute]:
    """How much of the canal is taken, in percent: "narrowed by a third", "residual canal 40 %" (60)."""
    if _DEGENERATIVE.search(text) and not _OF_FRACTURE.search(text):
        return
    canals = [(match.start(), match.end()) for match in _CANAL_WORD.finditer(text)]
    if not canals:
        return
    amounts = list(_AMOUNT.finditer(text))
    for index, match in enumerate(amounts):
        number = _amount(match)
        if number is None or not _is_of_canal(text, match, canals):
            continue
        later = amounts[index + 1] if index + 1 < len(amounts) else None
        was = _ONCE_BEFORE.search(text, max(0, match.start() - 40), match.start())
        if was and match["high"] and "to" in match.group().lower():
            was = None  # "from 35 % to 15 %": the second is what it is now
        if was and (later or index or not re.match(r"(?:was|were)\b", was.group(), re.IGNORECASE)):
            continue
        if _ONCE_AFTER.match(text, match.end()) and (later or index):
            continue
        before = text[max(0, match.start() - 70) : match.start()]
        if (
            _LEFT_AFTER.match(text, match.end())
            or _REDUCED_TO.search(before)
            or (
                _LEFT.search(before)
                and not _OF_NARROWED_CANAL.match(text, match.end())
                and not re.search(r"narrow|stenos|compromis|encroach|occlu|reduc", before[-30:], re.IGNORECASE)
            )
        ):
            number = 100 - number
        if 0 < number <= 100:
            yield Attribute("canal_narrowing_percent", "", match.start(), match.end(), number, number, asserted=True)


def _amount(match: re.Match[str]) -> float | None:
    """The percentage that the words of an amount stand for."""
    if match["low"]:
        number = float(match["high"] or match["low"])
        return number if number <= 100 else None
    if match["tens"]:
        return _TENS[match["tens"].lower()] + (5 if match["five"] else 0)
    if match["part"]:
        of = _PARTS[match["part"].lower().rstrip("s") if match["part"].lower() != "half" else "half"]
        return float(round(100 * _HOW_MANY[(match["many"] or "a").lower()] / of))
    return float(round(100 * int(match["over"]) / int(match["under"]))) if match["over"] < match["under"] else None


_ITS_OWN_AMOUNT = re.compile(
    r"\s*(?:compromise|narrowing|stenosis|occupation|encroachment)?\s*[:=]\s*\d", re.IGNORECASE
)


def _is_of_canal(text: str, match: re.Match[str], canals: Sequence[tuple[int, int]]) -> bool:
    """Whether an amount is of the canal: the canal follows it, or stands before it with a word of narrowing."""
    behind = _OF_CANAL.match(text, match.end())
    before = [(start, end) for start, end in canals if end <= match.start() <= end + 90]
    if behind and _ITS_OWN_AMOUNT.match(text, behind.end()):
        behind = None  # "Height loss: 40 %  Canal compromise: 20 %"
    if behind and not _NOT_CANAL.search(behind.group()):
        return bool(_NARROW.search(text, max(0, match.start() - 60), min(len(text), behind.end() + 30)))
    if _OF_NARROWING.match(text, match.end()) and (before or "canal" in text[match.end() : match.end() + 60].lower()):
        return not before or not _NOT_CANAL.search(text, before[-1][1], match.start())
    if not before:
        return False
    start, end = before[-1]
    between = text[end : match.start()]
    if _NOT_CANAL.search(between) or re.search(r";|(?<!approx)(?<!\bca)\.\s", between):
        return False
    if re.match(
        r"\s*(?:loss|height|wedg|collapse|of\s+(?:the\s+|its\s+)?(?:\w+\s+){0,2}height)",
        text[match.end() :],
        re.IGNORECASE,
    ):
        return False
    if _OF_IT.match(text, match.end()):
        return _NARROW.search(between) is not None
    if re.fullmatch(r"[\s:=]*", between):
        return True  # "canal 40 %"
    return _NARROW.search(text, max(0, start - 45), match.start()) is not None
