"""What a sentence says is normal: single levels, the spine, the vertebrae or bone in general."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from extractor import comparison, stems
from extractor.anatomy import Anatomy
from extractor.phrases import EXCEPT, is_place_of_comparison
from extractor.reading import Head, Mention, Statement

# Words that call a vertebra normal.
_NORMAL = re.compile(
    r"\b(?:normal|unremarkable|inconspicuous|conserved|regular(?=\s+(?:height|form|shape|contour|configuration|morphology|in\s+(?:form|shape)))|intact|maintained|preserved"
    r"|within\s+normal\s+limits|wnl|nl\s+(?:in\s+)?(?:ht|height)|nl(?=\s*(?:[.,;)]|$))|satisfactory|well[\s-]maintained|well[\s-]preserved|negative|natural"
    r"|no\s+(?:\w+\s+)?(?:abnormalit(?:y|ies)|injur(?:y|ies)|breaks?)\b(?!\s+(?:of|to|in)\b)|without\s+(?:acute\s+|significant\s+|focal\s+)*(?:abnormalit\w+|patholog\w+|findings?)|not\s+remarkable|spared|uninvolved|unaffected|uncompressed|undamaged|unharmed"
    r"|no\s+fractures?\s+seen|of\s+(?:regular|normal)\s+(?:form|shape)|unscathed|undeformed|unfractured|untouched|unbroken|kept|maintains?\s+"
    r"(?:its\s+|their\s+|normal\s+)?height|normally\s+maintained|retained|clear|okay|ok|nad|(?:keeps?|retains?|of)\s+"
    r"(?:its\s+|their\s+)?(?:normal\s+)?height|fine(?=\s*(?:[.,;)]|$|(?:and|but|too|otherwise|as\s+well)\b))|(?:not|never(?:\s+been)?)\s+(?:compressed|fractured|collapsed|wedged|affected|involved"
    r"|reduced|decreased|lost|diminished|deformed)\b(?!\s+(?:any\s+)?(?:further|more)))\b",
    re.IGNORECASE,
)
# Words before them that take it back: "not well maintained".
_MAINTAINED_NOT = re.compile(
    r"\b(?:not|non|no\s+longer|never|poorly|partially|partly|incompletely|otherwise\s+not)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# What can be called normal: vertebral bodies and their heights, the spine, bone.
_BODIES = (
    r"(?:vertebral?(?:\s+(?:bod(?:y|ies)|corpus|corpora|column))?|vertebra[es]?)"
    r"(?:\s+(?:heights?|body\s+heights?|X{2,}|stature|contours?|outlines?|morpholog\w+|architecture|configuration"
    r"|height\s+and\s+\w+|heights?,\s+\w+|statures?))?|body\s+heights?|vertebrae|bodies"
    r"|body(?=\s+(?:is|appears|remains)\s+(?:spared|intact|normal))|heights?\s+of\s+(?:the\s+)?vertebral\s+corp\w+"
    r"|somatic\s+heights?|(?:vertebral\s+)?somas?\b|soma\s+heights?|vertebral\s+corp\w+|heights?\s+of\s+(?:all\s+)?"
    r"(?:the\s+)?(?:\w+\s+){0,2}vertebra\w*(?:\s+bod\w+)?|corpus\s+heights?"
)
_SPINE = (
    r"(?<!disc )(?<!disk )(?<!discs )heights(?=\s+(?:are|is|have|were|all|well)\b)"
    r"|(?:(?:thoracic|lumbar|cervical|dorsal|thoraco-?lumbar|lumbo-?sacral|dorso-?lumbar|visuali[sz]ed|whole|entire"
    r"|[TLCD]|LS|TL|DL)[\s-]*)*(?:spine|spinal\s+column|vertebral\s+column)(?:\s+segment)?"
)
_BONES = (
    r"(?:bony|osseous|skeletal|bone)\s+(?:structures?|elements?|thorax|skeleton|anatomy|framework|architecture|cage"
    r"|parts?|windows?|detail)|bones|skeleton|osseous\s+structures|bony\s+thorax|skeletal\s+system|osseous"
)
_CORTEX = r"cortical\s+(?:outlines?|margins?|contours?|lines?)|cortices"
_SUBJECT = re.compile(
    rf"\b(?P<body>{_BODIES})\b|\b(?P<spine>{_SPINE})\b|\b(?P<bone>{_BONES})\b|\b(?P<cortex>{_CORTEX})\b", re.IGNORECASE
)
# "No acute osseous abnormality", "without evidence of spinal injury".
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
# "No abnormality of the thoracic spine", "the lumbar spine shows no injury".
_NO_ABNORMALITY_OF = re.compile(
    r"\b(?:no|without)\s+(?:(?:acute|significant|focal|evidence|of|definite|obvious|bony|osseous|radiographic|gross"
    rf"|any|other)\s+)*(?:abnormalit\w*|patholog\w*|injur\w+|process|findings?)\s+(?:\w+\s+){{0,3}}?"
    rf"(?:of|in|within|involving|at|to|,|:)\s+(?:the\s+)?(?:\w+\s+){{0,2}}?(?:(?P<body>{_BODIES})|(?P<spine>{_SPINE})"
    rf"|(?P<bone>{_BONES}))\b"
    r"|\b(?P<subject>(?:portions?\s+of\s+the\s+)?(?:thoracic|lumbar|cervical|dorsal|thoracolumbar"
    r"|lumbosacral)\s+spine)\s+(?:\w+\s+){0,3}(?:demonstrates?|shows?|shown?|has|reveals?|with|exhibits?)\s+no\s+"
    r"(?:\w+\s+){0,2}(?:abnormalit\w*|patholog\w*|injur\w+)",
    re.IGNORECASE,
)
# What may stand between a level and "normal".
_NORMAL_LEAD = re.compile(
    r"(?:[\s,):=-]|(?:in\s+between|(?:dens|odontoid)(?:\s+(?:process|peg))?\s+and|vbs?|vertebra\w*|bod(?:y|ies)|levels?|heights?|corpus|is|are|\d+(?:\.\d+)?|appears?|remains?|have|has"
    r"|maintain(?:s|ing)?|keeps?|retains?|shows?|demonstrates?|all|also|otherwise|the|in|of|entirely|completely|grossly|both"
    r"|was|were|has\s+been|have\s+been|looks?|looked|seems?|seemed|stays?|stayed|retain|still|too|again|now|each|here"
    r"|quite|perfectly|well|shapes?|forms?|contours?|outlines?|morphology|configuration|lying|themselves"
    r"|height|alignment|and|signal|its|their|a|an)\b|\([^()]{0,40}\))*",
    re.IGNORECASE,
)
# What is normal is no vertebral body: "normal disc".
_NORMAL_OTHER = re.compile(
    r"\s*(?:disc|kypho|lordo|variant|alignment(?!\s+and)|curv|physiolog|cord|marrow|signal(?!\s+and)"
    r"|(?:on|in)\s+(?:stir|tirm|t2|fat|all\s+seq)|fill(?:ing)?\b|cement"
    r"|(?:screw|implant|cage|needle)?\s*(?:position|placement)|reduction|fixation|union|consolidation|healing)",
    re.IGNORECASE,
)


# "C5 has not collapsed further": it has collapsed.
_NO_FURTHER = re.compile(r"\s*(?:any\s+)?(?:further|more)\b", re.IGNORECASE)
# "L3 retains its height", "T9 and T10 have kept their shape".
_KEEPS_HEIGHT = re.compile(
    r"\s*(?:(?:vertebra\w*|bod(?:y|ies)|has|have|had|still|also|both|all|each)\s+)*"
    r"(?:keep|kept|retain|retained|maintain|maintained|preserve|preserved|hold|held)s?\s+"
    r"(?:(?:its|their|normal|full|good|regular|usual|expected|a|an|the)\s+)*(?:vertebral\s+)?(?:body\s+)?"
    r"(?:heights?|shapes?|forms?|contours?|outlines?|configurations?|morphology|stature)\b",
    re.IGNORECASE,
)
# "L2: 14 mm lesion, shape preserved", "lesion in L3, vertebral contour maintained", "D11 height maintained".
_SHAPE_KEPT = re.compile(
    r"(?:(?!\b(?:dis[ck]s?|canal|cord|fractur|compress|collaps|wedg|loss|lost|lordosis|kyphosis|alignment|foram|wall|cortex|not|deform|reduc|biconcav|depress|impact|flatten|buckl"
    r"|crush|shorten|squash|infract|otherwise|anterior|posterior|overall|central"
    r"|(?:TH|[CTDL])-?\d)|[.;%]).){0,70}?\b(?:(?:vertebral|body|its|the|of|normal)\s+)*"
    r"(?:shapes?|contours?|heights?|outlines?|forms?|configuration|morphology)\s+(?:(?:is|are|being|has|have|been|well|still|remains?)\s+)*"
    r"(?:preserved|maintained|intact|kept|normal|retained|unaltered)\b",
    re.IGNORECASE,
)
# "Fatty marrow at L4 with normal height".
_OF_NORMAL_HEIGHT = re.compile(
    r"\s*(?:vertebra\w*\s+|body\s+)*,?\s*(?:and\s+|but\s+)?(?:with|of|has|have|at)\s+(?:its\s+|a\s+)?"
    r"(?:normal|preserved|maintained|regular|full|conserved|intact)\s+(?:vertebral\s+)?(?:body\s+)?(?:heights?|shapes?|contours?)\b",
    re.IGNORECASE,
)
# Numbers of a row of densities, whose last cell is its class: "L1-L4  1.021  -0.3  0.4  Normal".
_DENSITY_ROW = re.compile(r"\d[.,]\d+\s+-?\d[.,]\d")
# It was normal on an earlier exam, which says nothing of today.
_NORMAL_THEN = re.compile(
    r"(?:\s+(?:in\s+)?(?:shapes?|forms?|contours?|outlines?|heights?|configuration|morphology|appearances?))*"
    rf"\s*,?\s*(?:(?:(?:up\s+)?until|till|before)\b|{comparison.THEN}|in\s+(?:the\s+)?(?:autumn|spring|summer|winter)\b)",
    re.IGNORECASE,
)


# "T8, queried on the request, is normal".
_ASIDE = re.compile(r"^,\s[^,.;:]{3,50},(?=\s+(?:is|are|was|were|appears?|remains?)\s)")


def is_normal_subject(text: str, item: Anatomy) -> bool:
    """Whether a level is only named to say that it is normal."""
    after = _ASIDE.sub("", text[item.end : item.end + 90])
    if _KEEPS_HEIGHT.match(after) or _OF_NORMAL_HEIGHT.match(after):
        return True
    if (kept := _SHAPE_KEPT.match(after)) is not None:
        return _NORMAL_THEN.match(after[kept.end() :]) is None
    match = _NORMAL_LEAD.match(after)
    rest = after[match.end() if match else 0 :]
    found = _NORMAL.match(rest)
    if match is not None and _DENSITY_ROW.search(match.group()):
        return False
    if found is None or _NORMAL_OTHER.match(rest[found.end() :]) or _NO_FURTHER.match(rest[found.end() :]):
        return False
    return _NORMAL_THEN.match(rest[found.end() :]) is None


# "Normal height of the".
_NORMAL_BEFORE = re.compile(
    r"\b(?:normal|preserved|maintained|unremarkable|intact)\s*:?\s+(?:appear\w+\s+)?(?:of\s+)?(?:the\s+)?"
    r"(?:vertebral\s+)?(?:body\s+)?(?:heights?\s+)?(?:of\s+|at\s+|in\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
# A part is normal, not the vertebra.
_PART_BEFORE = re.compile(
    r"\b(?:posterior|transverse|spinous|pedicle|facet|endplate|disc|alignment|canal|foram\w+|cord|conus|filum|cauda"
    r"|osteophyt\w+|wall|cortex|arch|lamina)\b[^,;.]{0,30}$",
    re.IGNORECASE,
)
# The same behind the level.
_PART_AFTER = re.compile(
    r"[^.;,]{0,40}\b(?:alignment|canal|disc|pedicles?|posterior\s+elements?|foramina)\b",
    re.IGNORECASE,
)
# Only the wall is normal.
_WALL_AFTER = re.compile(r"\b(?:posterior\s+(?:wall|cortex|vertebral|margin)|wall)\b", re.IGNORECASE)


# The ring of the atlas is its body.
_RING_WHOLE = re.compile(
    r"\b(?:ring|arch(?:es)?)\s+of\s+(?:C1|the\s+atlas)\s+(?:(?:is|are|appears?|remains?)\s+)?(?:complete|intact|closed|unbroken"
    r"|continuous)\b|\b(?:C1|atlas)[\s:,]+(?:ring|arch(?:es)?)\s+(?:(?:is|are|appears?|remains?)\s+)?(?:complete|intact|closed"
    r"|unbroken|continuous)\b",
    re.IGNORECASE,
)


_LEVELS_SO_FAR = r"(?:(?:for|at|of|in|the|levels?|bod(?:y|ies)|vertebra\w*|and|,|&|(?:TH|[TLDC])-?\d{1,2})\s*)*"
# "... except at L1", "... apart from L1 and": the level that follows is one of those left out.
_LEFT_OUT = re.compile(rf"\b{EXCEPT}\s+{_LEVELS_SO_FAR}$", re.IGNORECASE)
_LEAVES_LEVELS_OUT = re.compile(rf"\b{EXCEPT}\s+(?:(?:for|at|of|in|the|levels?)\s+)*(?:TH|[TLDC])-?\d", re.IGNORECASE)
# The heights are what is kept, of all but one.
_HEIGHTS_ARE_KEPT = re.compile(
    r"\bheights?\b[^.;]{0,50}?\b(?:preserved|maintained|normal|intact|kept|retained)\b"
    r"|\b(?:preserved|maintained|normal|retained|regular)\s+(?:in\s+)?(?:vertebral\s+)?(?:body\s+)?heights?\b",
    re.IGNORECASE,
)
# What may follow a level that was left out: "except at L1.", "except L1 all heights are normal".
_AND_NOTHING_MORE = re.compile(
    rf"\s*{_LEVELS_SO_FAR}\s*(?:[.;]|$|(?:all\s+|the\s+)*(?:vertebra|bod(?:y|ies)|heights?|lumbar|thoracic)"
    r"|(?:is|are|have|has|show)\s+(?:of\s+|in\s+|normal\s+|preserved\s+|maintained\s+|a\s+)+heights?\b)",
    re.IGNORECASE,
)


def left_out_levels(text: str, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> list[Mention]:
    """Vertebrae that alone have lost height: "heights are preserved except at L1"."""
    if heads or not _HEIGHTS_ARE_KEPT.search(text):
        return []
    return [
        Mention(
            start=item.start,
            end=item.end,
            status="present",
            levels=item.levels,
            descriptors=frozenset({"height_loss"}),
            spans=((item.start, item.end),),
        )
        for item in anatomy
        if item.kind == "level"
        and not item.pair
        and _LEFT_OUT.search(text[: item.start])
        and _AND_NOTHING_MORE.match(text, item.end)
    ]


# What a stretch of vertebrae leaves out: "T8-T11 except T9", "T7 to T12, sparing T10", "... but not L1".
_LEAVES_OUT = re.compile(
    rf"(?:\b{EXCEPT}|\bspar(?:ing|es|ed)(?:\s+of)?|\b(?:omitting|skipping|excluding)|\bbut\s+(?:not|without))\s+{_LEVELS_SO_FAR}$",
    re.IGNORECASE,
)
_REACH = 60
# But "T10 excepted" only leaves it out.
_CLEARS = re.compile(
    r"\b(?:spar\w+|intact|normal|unaffected|uninvolved|preserved|unremarkable|not\s+(?!even\b)\w+ed)\b", re.IGNORECASE
)
_IS_SPARED = re.compile(
    r"\s*(?:(?:vertebra\w*|bod(?:y|ies)|alone|only|,|-)\s*)*(?:(?:which|that)\s+)?(?:(?:is|are|was|were|being|remains?|appears?|looks?)\s+)?"
    r"(?:(?:\w+ly|also|itself|of|in|being)\s+)*(?:spared|excepted|intact|normal|unaffected|uninvolved|preserved|unremarkable"
    r"|not\s+(?:involved|affected|fractured|compressed|collapsed|wedged|deformed))\b",
    re.IGNORECASE,
)
# All vertebrae of a region but one: "all lumbar bodies but L3".
_ALL_OF = re.compile(
    r"\b(?:all|every|each|entire|whole)\b[^.;]*\b(?:vertebra\w*|bod(?:y|ies)|levels?)\b", re.IGNORECASE
)
_DENIES = re.compile(
    r"\b(?:no|not|nor|none|without|free\s+of|absen\w+|negative|neither|preserved|maintained|normal|intact)\b",
    re.IGNORECASE,
)


def without_spared(text: str, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> tuple[list[Anatomy], list[Mention]]:
    """The names of a sentence with a finding, without what it leaves out of a stretch; and what of this it clears.

    "Fractures of T8 to T11 except T9": of T9 nothing is said; "..., T9 being spared" and "sparing T9" clear it. What a
    denial leaves out, "no fracture except at L1", is told by the denial.
    """
    kept, cleared = list(anatomy), []
    for item in anatomy if heads else ():
        if item.kind != "level" or item.pair:
            continue
        whole = [other for other in kept if other.kind == "level" and set(item.levels) < set(other.levels)]
        out = _LEAVES_OUT.search(text, max(0, item.start - _REACH), item.start)
        spared = _IS_SPARED.match(text, item.end)
        before = text[: out.start() if out else item.start]
        of_region = (out or spared) is not None and _ALL_OF.search(before) is not None
        if (not (whole and (out or spared)) and not of_region) or _DENIES.search(before):
            continue
        kept = [
            replace(
                other,
                levels=tuple(level for level in other.levels if level not in item.levels),
                groups=tuple(
                    (start, end, tuple(level for level in group if level not in item.levels))
                    for start, end, group in other.groups
                ),
            )
            if other in whole
            else other
            for other in kept
            if other is not item
        ]
        words = f"{out.group() if out else ''} {spared.group() if spared else ''}"
        if _CLEARS.search(words):
            spans = ((item.start, item.end),)
            cleared.append(Mention(start=item.start, end=item.end, status="absent", levels=item.levels, spans=spans))
    return kept, cleared


# "Screws T9, T10 intact": the hardware is.
_HARDWARE_BEFORE = re.compile(
    r"\b(?:screws?|rods?|hooks?|cages?|implants?|hardware|cement|wires?)\s+(?:(?:at|in|of|from|levels?)\s+)*"
    r"(?:(?:TH|[TLDCS])-?\d{1,2}\s*(?:,|and|&|-|to)?\s*)*$",
    re.IGNORECASE,
)


def cleared_levels(text: str, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> list[Mention]:
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
        normal = is_normal_subject(text, item) or (
            _NORMAL_BEFORE.search(before) and not re.match(r"\s*(?:disc|alignment|kypho)", text[item.end :])
        )
        if _HARDWARE_BEFORE.search(before):
            continue
        if re.match(r"odont|dens", text[item.start :], re.IGNORECASE) or _LEFT_OUT.search(text[: item.start]):
            continue
        if item.levels == ("C1",) and _RING_WHOLE.search(text):
            normal, before = True, ""
        if not normal or is_place_of_comparison(text, item) or _PART_BEFORE.search(before):
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


# What the patient is told to have had, or a code: it says nothing of what an exam shows.
_OF_THE_PAST = re.compile(
    r"\b(?:prior|previous|personal|past|history|fragility|low[\s-](?:trauma|energy)|adult\w*"
    r"|(?:has|had|have)\s+(?:not\s+|never\s+)?(?:had|sustained|suffered|broken)|sustained|without\s+current\s+pathological)\b",
    re.IGNORECASE,
)
# Cheap tests: without one of these a sentence denies nothing in general, or has nothing to call normal.
_DENIED_STEMS = stems.group(
    "abnormal", "injur", "patholog", "finding", "process", "change", "disease", "trauma", "deformit", "defect",
)  # fmt: skip
_SUBJECT_STEMS = stems.group(
    "spin", "vertebra", "bone", "bony", "osseous", "bod", "skelet", "soma", "corp", "heights", "cortic",
)  # fmt: skip


def general_statements(text: str, heads: Sequence[Head]) -> list[Statement]:
    """What the sentence says of the spine, the vertebrae or bone in general: that there is no fracture."""
    found: list[Statement] = []
    for head in heads:
        if head.status == "absent" and not head.other and head.kind == "shape":
            posterior = head.owners and all(item.kind == "posterior" for item in head.owners)
            dens = "dens" in text[head.start : head.end].lower() or "odontoid" in text[head.start : head.end].lower()
            levelled = any(item.kind == "level" for item in head.owners)
            if not posterior and not dens and not levelled and head.descriptors & _SPEAKS_OF_FRACTURE:
                scope: Literal["spine", "bone"] = "spine" if head.owners or not head.weak else "bone"
                if scope == "bone" and _OF_THE_PAST.search(text[max(0, head.start - 45) : head.end + 25]):
                    continue
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
    lowered = text.lower()
    stand = stems.found(text)
    denies = stand & _DENIED_STEMS
    for match in _GENERAL_NEGATIVE.finditer(text) if denies else ():
        if match.group("bone2"):
            found.append(Statement(match.start(), match.end(), "bone"))
            continue
        if match.group("bone") and match.group("what").lower().startswith(("change", "disease", "defect")):
            continue
        found.append(Statement(match.start(), match.end(), "bone" if match.group("bone") else "spine"))
    for match in _NO_ABNORMALITY_OF.finditer(text) if denies else ():
        found.append(Statement(match.start(), match.end(), "bone" if match.group("bone") else "spine"))
    if stand & _SUBJECT_STEMS:
        found += _normal_statements(text)
    if _HEIGHTS_KEPT.match(text):
        found.append(Statement(0, len(text), "bone"))
    if ("bod" in lowered or "vertebra" in lowered or "cort" in lowered) and _NO_BODY_BROKEN.search(text):
        found.append(Statement(0, len(text), "spine"))
    if "spine" in lowered and _NO_FINDING_IN_SPINE.search(text):
        found.append(Statement(0, len(text), "spine"))
    return found


# "No buckling of any body", "no step in any of the vertebrae".
_NO_BODY_BROKEN = re.compile(
    r"\b(?:no|without|nor)\s+(?:\w+\s+){0,3}?(?:buckling|step|steps|break|breaks|depression|flattening|lowering|indentation|wedging"
    r"|deformity|shortening)\s+(?:\w+\s+){0,2}?(?:of|in)\s+(?:any|a|one|the)\s+(?:of\s+the\s+)?(?:single\s+|imaged\s+|visible\s+)?"
    r"(?:vertebra\w*|bod(?:y|ies)|cortex|cortices|endplates?)\b",
    re.IGNORECASE,
)
# All of a sentence under a heading such as "Vertebral bodies:"; under "Discs:" its topic keeps it from the spine.
_HEIGHTS_KEPT = re.compile(
    r"\W*(?:(?:all|the)\s+)?(?:normal\s+heights?|heights?\s+(?:(?:are|is|all|well|normally)\s+)*(?:maintained|preserved|normal|intact))\b",
    re.IGNORECASE,
)
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


# Cortices of vertebrae, not of kidneys or of a humerus.
_VERTEBRAL_CORTEX = re.compile(r"vertebr|\bbod(?:y|ies)\b|spin[ae]", re.IGNORECASE)


def _normal_statements(text: str) -> list[Statement]:
    """What is called normal: "vertebral body heights are maintained", "normal thoracic spine"; not of all but L1."""
    found: list[Statement] = []
    for subject in _SUBJECT.finditer(text):
        scope: Literal["spine", "bone"] = "bone" if subject.group("bone") else "spine"
        after = text[subject.end() : subject.end() + 110]
        before = text[max(0, subject.start() - 60) : subject.start()]
        if _NO_SUBJECT_AFTER.match(after) or _NO_SUBJECT_BEFORE.search(before):
            continue
        if subject.group("cortex") and not _VERTEBRAL_CORTEX.search(text):
            continue
        predicate = _predicate_after(after) or _predicate_before(before, subject)
        if predicate:
            found.append(Statement(subject.start(), subject.end(), scope))
    return [] if found and _LEAVES_LEVELS_OUT.search(text) else found


# What may stand between a subject and the word that calls it normal.
_PREDICATE_AFTER = re.compile(
    r"(?:[\s,]|\b(?:heights?|X{2,}|bod(?:y|ies)|and|the|disc|disk|dis[ck]s|spaces?|alignment|of|all|are|is|appears?"
    r"|remains?|were|was|be|grossly|otherwise|well|normally|in|to|have|has|been|shows?|demonstrates?|show|demonstrate"
    r"|a|an|overall|essentially|appear|remain|visuali[sz]ed|relatively|fairly|both|intervertebral|soft|tissues|density"
    r"|stature|signal|mineralization|thoracic|lumbar|cervical|dorsal|spine|posterior|elements|upper|abdomen|joint"
    r"|within|study|film|radiograph|radiographs|exam|series|mri|ct|x-?ray|x-?rays|including|flexion|extension|views"
    r"|i\.?v|contour|contours|sacroiliac|joints|throughout|at|other|levels|sternum|ribs|pelvis|pedicles|facets|laminae"
    r"|keep|keeps|their|r|seen|imaged|included|shown|displayed|covered|depicted|on|films?|scans?|lung|marrow|levels?|morphology|articulations|outline|outlines|shape"
    r"|architecture|size|study|configuration|unremarkable|intact|normal|generally|smooth|mildly|vertebral|visualised"
    r"|visualized|remaining|maintain|maintained|their|its|thorax|chest|retain|also|anatomic|this|examination)\b|[-/&:(])*$",
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
