"""Whose finding it is: the vertebra, region, bone or organ that a finding of a sentence belongs to.

The owner stands before the finding in its noun phrase, else a preposition leads to it, else it is the subject of the
clause, else the owner of the finding that this one continues.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from extractor.anatomy import Anatomy, find_anatomy
from extractor.phrases import (
    ADJECTIVES,
    COORDINATED,
    NOUN_PHRASE,
    STRONG_BREAK,
    is_place_of_comparison,
    picked,
    which_of,
)
from extractor.reading import Head, between_heads
from extractor.statements import is_normal_subject

# Words and signs by which a finding leads on to its vertebra.
_LEADS_TO = re.compile(
    r"\b(?:of|in|at|involving|involves?|affecting|affects?|within|on|cross\w+|travers\w+|splits?|splitting|cleaving|extending"
    r"|through(?:out)?|from|across|to|along|near|about|around|between|including|includes?|level|levels|are|is|was|were"
    r"|concerning|body|vertebra|vertebrae)\b|[:(,?=]|^\s*$|\s-\s?|^\s*[-/]",
    re.IGNORECASE,
)
# The finding goes into a part: "fracture through the pedicle".
_INTO_A_PART = re.compile(r"\b(?:of|through|involving)\s+(?:the\s+|both\s+|left\s+|right\s+)*$")


_SPUR = re.compile(
    r"\s+(?:(?:anterior|posterior|lateral|marginal|bridging|left|right|superior|inferior|claw|traction)\s+)*"
    r"(?:osteophytes?|syndesmophytes?|spurs?)\b",
    re.IGNORECASE,
)
_INTO = re.compile(
    r"\b(?:into|and\s+through|(?:pass|runn?|extend|continu|go|cours)\w*\s+(?:\w+\s+)?through)\s+(?:the\s+)?"
    r"(?:(?:\w+\s+){0,2}(?:body|corner|half|part|third|end-?\s?plate|portion)\s+of\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)

_INTO_BODY = re.compile(
    r"\b(?:(?:extend|runn?|continu|pass|reach|propagat|cours)\w*\s+(?:(?:further|on|down|forwards?|anteriorly)\s+)*(?:into|to|through)"
    r"|ends?|ending|into|enter(?:s|ing)|reach(?:es|ing)|involv(?:es|ing))\s+(?:(?:in|as\s+far\s+as|up\s+to)\s+)?(?:the\s+|its\s+)?"
    r"(?:(?:posterior|anterior|upper|lower|superior|inferior)\s+)?"
    r"(?:(?:half|part|third|portion|aspect|margin)\s+of\s+(?:the\s+|its\s+)?)?(?:vertebral\s+|same\s+)?body\b"
    r"|\b(?:exit|leav|emerg)\w*\s+(?:(?:at|through|via|from|by)\s+)?(?:the\s+)?(?:[\w-]+\s+){0,2}"
    r"(?:corner|margin|end-?\s?plate|cortex)\s+of\s+(?:the\s+|its\s+)?(?:vertebral\s+)?body\b",
    re.IGNORECASE,
)


# "L1 and not L2 is fractured", "L2, not L1, shows a fracture": the second is told apart.
_AND_NOT = re.compile(r"\bnot\s+(?:at\s+|of\s+)?[TLDC]", re.IGNORECASE)
_TOLD_APART = re.compile(
    r"(?:TH|[TLDC])-?\d{1,2}\s*(?:,|\band\b|\bbut\b)\s*(?:but\s+|and\s+)?not\s+(?:at\s+|of\s+)?$", re.IGNORECASE
)


def own(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> None:
    """Find whose finding it is: a vertebra, a region, or a bone or organ that is none of ours."""
    if _AND_NOT.search(text, 0, head.start):
        anatomy = [item for item in anatomy if item.end > head.start or not _TOLD_APART.search(text[: item.start])]
    _find_owner(text, head, heads, anatomy)
    if head.kind == "augmentation":
        # A needle goes through the pedicle; what is filled is the body.
        head.owners = [item for item in head.owners if item.kind != "posterior"]
    if head.kind == "augmentation" and not any(item.kind == "level" for item in head.owners):
        # "Check film following vertebroplasty L3: satisfactory fill": what is satisfactory is the filling.
        treated = [item for item in anatomy if item.kind == "level" and _TREATED.fullmatch(text, head.end, item.start)]
        head.owners, head.other = treated[:1] or head.owners, head.other and not treated
    if head.kind == "shape" and any(item.start >= head.end and _SPUR.match(text, item.end) for item in head.owners):
        # "Fracture of the L2 osteophyte": the body is whole.
        head.other = True
    if head.other and head.kind == "shape" and any(item.levels for item in head.owners):
        # "The fracture line runs through the T9/T10 disc into the T10 body": the body is broken too.
        entered = [
            item for item in anatomy if item.kind == "level" and not item.pair and _INTO.search(text[: item.start])
        ]
        head.owners, head.other = entered[:1] or head.owners, not entered
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
        and (not any(item.kind == "level" for item in head.owners) or _worst_of(text, head, label))
        and re.match(r"\s*(?:vertebra\w*\s*|body\s*)*[:=-]", text[label.end :])
    ):
        # "T11: horizontal fracture through the body and both pedicles": the label of the line owns what follows.
        of_part = head.owners and (
            head.owners[0].end <= head.start or _INTO_A_PART.search(text, head.end, head.owners[0].start)
        )
        body = any(item.kind == "vertebra" for item in head.owners) or not of_part
        head.owners = [label, *(item for item in head.owners if item.kind == "posterior" and not body)]
    if head.owners and not head.other and head.descriptors <= {"fracture"}:
        head.owners += _part_of_the_level(text, head, anatomy)
    if {"posterior", "level"} <= {item.kind for item in head.owners} and _INTO_BODY.search(text, head.end):
        # "Fracture through the L2 spinous process, running into the body": more than the arch is broken.
        head.owners = [item for item in head.owners if item.kind != "posterior"]
    _both_of_a_pair(text, head, anatomy)
    if head.owners and not head.other and any(item.kind == "level" for item in head.owners):
        head.owners += [item for item in _trailing(text, head, heads, anatomy) if item not in head.owners]


# Words by which a level behind a finding is the worst, or one, of several.
MOST_AT = re.compile(
    r"\b(?:most|worst|greatest|maximal(?:ly)?|especially|particularly|notably|predominantly|mainly|chiefly|more\s+(?:so|marked"
    r"|pronounced|severe)|up\s+to|for\s+example|e\.g\.)(?!\w)[^.;:]{0,30}$",
    re.IGNORECASE,
)


def _worst_of(text: str, head: Head, label: Anatomy) -> bool:
    """Whether a finding names again only the worst of the vertebrae of its line: "L2-L4: wedging, most at L3"."""
    again = [item for item in head.owners if item.kind == "level"]
    return (
        all(item.start >= head.end and set(item.levels) < set(label.levels) for item in again)
        and MOST_AT.search(text, head.end, again[0].start) is not None
    )


# Between a procedure and the vertebra that follows it without a preposition.
_TREATED = re.compile(
    r"\s+(?:(?:views?|films?|images?|check|control|series|levels?|of|at|for|done|performed)\s+)*", re.IGNORECASE
)
# Nothing but its place stands between a fracture and the posterior element that it goes through.
_THROUGH = re.compile(
    r"\s*(?:of|through|involving|in|at|affecting|across)\s+(?:(?:the|both|its|a|left|right|bilateral|tip|tips|base|of)\s+)*",
    re.IGNORECASE,
)


def _part_of_the_level(text: str, head: Head, anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The posterior element that alone is broken of the level before: "T12 fracture of the spinous process"."""
    if not all(item.kind == "level" and item.end <= head.start for item in head.owners):
        return []
    following = [item for item in anatomy if item.start >= head.end]
    if not following or following[0].kind != "posterior" or any(item.kind == "vertebra" for item in following):
        return []
    return following[:1] if _THROUGH.fullmatch(text, head.end, following[0].start) else []


# "The two bodies", "both adjacent vertebrae".
_TWO_OF_THEM = re.compile(
    r"\b(?:two|both|adjacent|adjoining|neighbou?ring|corresponding|respective|opposing|either|involved|affected|these)\s+"
    r"(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)


def _both_of_a_pair(text: str, head: Head, anatomy: Sequence[Anatomy]) -> None:
    """Make both vertebrae beside a disc the owners: "T8-T9 discitis with collapse of the two bodies"."""
    if head.other or any(item.kind != "vertebra" for item in head.owners):
        return
    bodies = next((item for item in anatomy if item.start >= head.end), None)
    if bodies is None or bodies.kind != "vertebra" or not bodies.plural:
        return
    pairs = [item for item in anatomy if len(item.levels) == 2 and item.end <= head.start]
    if len(pairs) == 1 and _TWO_OF_THEM.search(text, head.end, bodies.start):
        head.owners = [replace(pairs[0], kind="level", pair=False)]


# What adds a level after a finding.
_AND_ALSO = re.compile(
    r"\s*(?:\([^)]*\)\s*)?(?:,|,?\s*(?:and|as\s+well\s+as|plus))\s*(?:also\s+)?(?:possibly|probably|likely"
    r"|perhaps)?\s*(?:also\s+)?(?:that\s+|those\s+|another\s+(?:one\s+)?|an?\s+(?:second|third|further|similar|doubtful|possible|probable|questionable|suspected|equivocal)\s+(?:one\s+)?"
    r"|one\s+(?:more\s+)?)?(?:at|of|in)?\s*"
    r"|[^,;]{0,40},\s*(?:and\s+)?(?=[A-Z][\w-]{1,4}\s+by\s)",
    re.IGNORECASE,
)
# After the level that was added nothing follows that could be said of it instead.
_ADDED_LEVEL_ENDS = re.compile(r"\s*(?:vertebra\w*\s*)?(?:$|[.,;(]|by\s+\d|as\s+well|too\b|also\b)")


def _trailing(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """A level that is added after the finding: "L2 compression fracture, and possibly L3"."""
    for item in anatomy:
        if item.start < head.end or item.kind != "level":
            continue
        if between_heads(head.end, item.start, heads) or not _AND_ALSO.fullmatch(text, head.end, item.start):
            return []
        return [item] if _ADDED_LEVEL_ENDS.match(text[item.end :]) and not item.pair else []
    return []


def _find_owner(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> None:
    general: list[Anatomy] = []
    for finder in (
        _of_each, _of_what_is_with_it, _named_again, _object, _inside, _of_parenthesis, _before_in_phrase, _led_to,
        _subject, _of_lesion,
    ):  # fmt: skip
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


_RELATIVE = re.compile(
    r"\s*,?\s*which\s+(?:now\s+)?(?:has|had|is|was|shows?|showed|measures)\s+(?:[\w%-]+\s+){0,4}", re.IGNORECASE
)


_THE_ONE = re.compile(r"\s+(?:one|fracture|deformity)\b[^;.]{0,90}", re.IGNORECASE)


def _named_again(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """One of a list that is named again for what it alone has: "T4, T6 and L1, most at T6, which had lost half"."""
    before = [item for item in anatomy if item.kind == "level" and item.end <= head.start]
    if len(before) < 2 or before[-1].pair or len(before[-1].levels) != 1:
        return []
    again = any(before[-1].levels[0] in item.levels for item in before[:-1])
    the_one = text[: before[-1].start].lower().endswith("the ") and _THE_ONE.fullmatch(text, before[-1].end, head.start)
    return before[-1:] if again and (the_one or _RELATIVE.fullmatch(text, before[-1].end, head.start)) else []


# A lesion of a vertebra, and what it has led to.
_LESION = re.compile(
    r"lesion|metasta|tumou?r|\bmass\b|deposit|destr|lytic|lysis|infiltrat|eroded|myelom|lymphom|ha?emangioma",
    re.IGNORECASE,
)
_LED_TO_BY_LESION = re.compile(
    r"\b(?:with|and|causing|leading\s+to|led\s+to|resulting\s+in|associated|complicated\s+by|followed\s+by)\s+"
    r"(?:(?!(?:of|in|at|no|without)\b)[a-z-]+\s+){0,4}$",
    re.IGNORECASE,
)


def _of_lesion(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The vertebra of a lesion that led to the finding: "a deposit in L3 and its pedicle, with a fracture"."""
    before = [item for item in anatomy if item.end <= head.start and not item.pair]
    named = [item for item in before if item.kind == "level"]
    if len({level for item in named for level in item.levels}) != 1 or any(item.kind == "other" for item in before):
        return []
    lesion = _LESION.search(text, 0, head.start) and _LED_TO_BY_LESION.search(text[: head.start])
    return named[-1:] if lesion else []


# Words that tie a posterior element to the vertebra told before.
_POINTS_TO_PART = re.compile(r"\b(?:its|the|with|associated|posterior|extend\w*|through|into)\b", re.IGNORECASE)


def _levels_for_posterior(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
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
    r"\s*(?:of\s+|on\s+|upon\s+)?(?:(?:the|left|right|both|rt|lt|adjacent|underlying|ventral|anterior|exiting|traversing"
    r"|descending|[TLSC]-?\d{1,2})\s+)*",
    re.IGNORECASE,
)


def _object(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """What the finding is done to, without a preposition: "compression thecal sac", "fractured pedicle screw"."""
    for item in anatomy:
        if item.start >= head.end:
            direct = item.kind == "other" and _DIRECT_OBJECT.fullmatch(text[head.end : item.start])
            return [item] if direct and not item.levels else []
    return []


def _inside(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """A posterior element or level inside the finding's own words."""
    return [
        item
        for item in anatomy
        if head.start <= item.start and item.end <= head.end and item.kind in ("level", "posterior")
    ]


# "T7 and T8, both with about 25 % loss of height, and biconcavity of L2".
_EACH_WITH = re.compile(
    r"(?P<levels>(?:(?:TH|[CTDL])-?\d{1,2}\b\W+(?:(?:and|or)\b\W*)?)+)(?:both|each|all(?:\s+(?:two|three|four|five))?)\s+"
    r"(?:of\s+(?:them|which|these)\s+)?(?:with|having|have|has|show\w*|demonstrat\w+|exhibit\w*|display\w*)\s+(?:[\w%.<>~-]+\s+){0,5}$",
    re.IGNORECASE,
)


def _of_each(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The vertebrae of a list, each of which has what is told behind it."""
    match = _EACH_WITH.search(text, 0, head.start) if head.weak else None
    if match is None:
        return []
    return [item for item in anatomy if item.kind == "level" and match.start() <= item.start < match.end("levels")]


# "Deposits in T5 and T11; no associated collapse".
_WITH_IT = re.compile(
    r"\b(?:no|without(?:\s+any)?)\s+(?:associated|accompanying|resulting|related|concomitant)\s+(?:vertebral\s+)?$",
    re.IGNORECASE,
)

# "T3, T11 and L1: deposits of 8-15 mm without loss of height", "L5 small focus, no collapse".
_DEPOSIT_WITHOUT = re.compile(
    r"[^.;]{0,50}?\b(?:lesions?|deposits?|foc(?:us|i)|metasta\w+|ha?emangiomas?|nodules?|infiltrat\w+|lysis)\b[^.;]{0,40}?"
    r"\b(?:no|without(?:\s+any)?)\s+(?:vertebral\s+|associated\s+)?",
    re.IGNORECASE,
)
_OF_A_LEVEL = re.compile(r"\s+(?:of|at|in)\s+(?:the\s+)?(?:TH|[CTDL])-?\d", re.IGNORECASE)
_NO = re.compile(r";\s*there\s+(?:is|was)\s+no\s+$", re.IGNORECASE)


def _of_what_is_with_it(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The vertebrae that a sentence describes, of what is said not to come with it."""
    before = [item for item in anatomy if item.end <= head.start and item.kind == "level" and not item.pair]
    if _OF_A_LEVEL.match(text, head.end):
        return []
    if before and head.weak and _DEPOSIT_WITHOUT.fullmatch(text, before[-1].end, head.start):
        return before
    with_it = _WITH_IT.search(text[: head.start]) or (
        head.descriptors == {"collapse"} and _NO.search(text[: head.start])
    )
    if not with_it or any(other.end <= head.start for other in heads):
        return []
    return before


def _of_parenthesis(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The level before the parenthesis that the finding stands in: "T6 (wedge), T7 (grade 2, wedge)"."""
    opening = text.rfind("(", 0, head.start)
    if opening < 0 or ")" in text[opening : head.start] or ")" not in text[head.end :]:
        return []
    closing = text.index(")", head.end)
    if any(opening < item.start < closing and item.kind in ("level", "other", "posterior") for item in anatomy):
        return []
    before = [item for item in anatomy if item.end <= opening]
    if not before or before[-1].kind != "level" or before[-1].pair or text[before[-1].end : opening].strip():
        return []
    return before[-1:]


def _before_in_phrase(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Names that stand before the finding in its noun phrase: "L1 superior endplate fracture", "left rib fracture"."""
    owners: list[Anatomy] = []
    limit = head.start
    for item in reversed([item for item in anatomy if item.end <= head.start]):
        gap = text[item.end : limit]
        pattern = ADJECTIVES if item.kind in ("other", "noun") else NOUN_PHRASE
        if not pattern.fullmatch(gap) or between_heads(item.end, head.start, heads) or STRONG_BREAK.search(gap):
            break
        if item.kind == "noun" or (item.kind in ("other", "posterior") and re.search(r"[,(]", gap)):
            break
        if item.kind == "level" and _level_of_another_phrase(text, head, heads, item, gap, anatomy):
            break
        owners.append(item)
        limit = item.start
        if item.kind in ("level", "other", "posterior"):
            if item.kind == "posterior":
                owners += _level_of_posterior(text, item, anatomy)
            if item.kind == "level":
                owners += _coordinated_before(text, item, heads, anatomy)
                if not _IS_SOUND.match(text, head.end):
                    first = min((owner for owner in owners if owner.kind == "level"), key=lambda owner: owner.start)
                    owners += _element_of(text, first, anatomy)
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


def _level_of_another_phrase(
    text: str, head: Head, heads: Sequence[Head], item: Anatomy, gap: str, anatomy: Sequence[Anatomy]
) -> bool:
    """Whether a level before the finding, ``gap`` between them, belongs to a phrase before the finding's own."""
    if is_place_of_comparison(text, item):
        return True
    if "," in gap and (is_normal_subject(text, item) or any(other.end <= item.start for other in heads)):
        return True
    new_phrase = "," in gap or re.search(r"\b(?:a|an|the)\b", gap, re.IGNORECASE)
    return bool(new_phrase) and _leads(text, head, anatomy)


# Between two levels that stand before one finding; values may stand between.
_CHAIN = re.compile(
    r"\s*(?:[:=(-]?\s*(?:about\s+|approximately\s+|~\s*)?\d{1,3}(?:-\d{1,3})?\s*%\)?|\(\s*[^()]{0,25}\)"
    r"|[:=]?\s*(?:genant\s+|sq\s+)?(?:grade|gr\.?|g)\s*(?:[0-3]|I{1,3})\b)?\s*"
    r"(?:,|;|/|&|\+|,?\s*(?:and|or|as\s+well\s+as|plus))?\s*"
    r"(?:,?\s*to\s+an?\s+(?:lesser|minor|smaller|slighter|milder|greater|larger)\s+(?:degree|extent)\s*,?\s*|,?\s*less\s+so,?\s*)?"
    r"(?:(?!(?:of|in|at|with|is|are|no|around|near|below|above|between|from|to|on|by|for|adjacent|than"
    r"|the)\b)[A-Za-z-]+\s+){0,3}",
    re.IGNORECASE,
)


def _coordinated_before(text: str, item: Anatomy, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Levels coordinated with one that stands before the finding: "old L1 and acute T12 fractures"."""
    chain: list[Anatomy] = []
    for other in reversed([other for other in anatomy if other.end <= item.start]):
        last = chain[-1] if chain else item
        if (
            other.kind != "level"
            or other.pair
            or not _CHAIN.fullmatch(text, other.end, last.start)
            or between_heads(other.end, last.start, heads)
        ):
            break
        if any(
            head.end <= other.start
            and _LEADS_TO.search(text[head.end : other.start])
            and not STRONG_BREAK.search(text[head.end : other.start])
            for head in heads
        ):
            break
        chain.append(other)
    return chain


# A preposition or colon that leads on to a level.
_LEADS_OVER = re.compile(
    r"\s*(?:,\s*(?=(?:which\s+(?:is|are)\s+|being\s+)?(?:the\s+)?(?:most|worst|greatest|maximal|especially|particularly|notably"
    r"|mainly|predominantly|more)\b))?(?:\w+\s+){0,5}?(?:of|at|in|involving|affecting|:|\()",
    re.IGNORECASE,
)


def _leads(text: str, head: Head, anatomy: Sequence[Anatomy]) -> bool:
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
        if other.kind == "level" and other.end <= item.start and ADJECTIVES.fullmatch(text[other.end : item.start])
    ]
    if before:
        return [before[-1]]
    after = [other for other in anatomy if other.kind == "level" and other.start >= item.end]
    if after and _PART_OF.fullmatch(text[item.end : after[0].start]):
        return [after[0]]
    return []


# "The pedicles of the L1 fracture", "facets of L1 fracture intact": the fracture is named to tell whose they are.
_OF_THE_FRACTURE = re.compile(r"\b(?:the|at)\b", re.IGNORECASE)
_IS_SOUND = re.compile(
    r"[^.;,]{0,30}\b(?:intact|normal|congruent|spared|preserved|uninvolved|aligned|unremarkable|sound|not)\b",
    re.IGNORECASE,
)


_BODY_AND = re.compile(r"\b(?:body|bodies|corpus|soma)\b[^.;]{0,40}$", re.IGNORECASE)


def _element_of(text: str, level: Anatomy, anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The posterior element that a level before a finding only places: "spinous processes T4 and T5 fractured"."""
    before = [item for item in anatomy if item.kind == "posterior" and item.end <= level.start]
    if not before or level not in _level_of_posterior(text, before[-1], anatomy):
        return []
    element = before[-1]
    told_of_body = _BODY_AND.search(text[: element.start]) or _OF_THE_FRACTURE.search(text[element.end : level.start])
    return [] if told_of_body else [element]


# Which of several parts of one kind: "of the left 6th and 7th", before "ribs".
_WHICH_OF_MANY = re.compile(
    r"\s*(?:of|in|involving|at|to|through)\s+(?:(?:the|left|right|both|bilateral|several|multiple|two|three|four|five|six|seven"
    r"|\d{1,2}(?:st|nd|rd|th)?|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|upper|lower"
    r"|mid|middle|anterior|posterior|lateral|proximal|distal|superior|inferior|and|to|through)\b[\s,&-]*)+",
    re.IGNORECASE,
)
# "Two thoracic bodies are wedged and one in the lumbar spine": further vertebrae, not those of the finding.
_FURTHER = re.compile(
    r"(?:,|;|\band)\s*(?:and\s+)?(?:an?\s+)?(?:one|two|three|four|another|second|third|further)\b", re.IGNORECASE
)


def _region_before(head: Head, anatomy: Sequence[Anatomy]) -> bool:
    return any(item.kind == "region" and item.region is not None and item.end <= head.start for item in anatomy)


# Between a posterior element and the vertebra that it is of.
_WHOSE = re.compile(r"\s*of\s+(?:the|this|that)\s+(?:same\s+)?", re.IGNORECASE)
# The finding is of what was named before it.
_OF_ITS_OWN = re.compile(r"\b(?:its|their)\b", re.IGNORECASE)
# What follows is told of the part alone.
_ELEMENT_TOLD_APART = re.compile(r"\b(?:with|and|,|extend\w*|into|through|is|are)\b")


# "Fracture of L1, pedicles destroyed": what is said of the pedicles follows them.
_HAS_A_PREDICATE = re.compile(
    r"\s*(?:\w+ly\s+)?(?:is|are|was|were|not|intact|spared|normal|preserved|aligned|unremarkable|ok|destroyed|eroded|absent|missing|replaced"
    r"|infiltrated|uninvolved|involved)\b",
    re.IGNORECASE,
)


# "No fracture is seen and the pedicles are present", "it fractured and CT showed": another statement begins.
_SEEN_AND = re.compile(
    r"^\s*(?:(?:is|are|was|were|has\s+been|can\s+be)\s+)?(?:seen|identified|noted|evident|present|visible|found|detected|demonstrated|shown)"
    r"\s*,?\s*\b(?:and|but|while)\b(?!\s+(?:now\s+|again\s+)?(?:is|are|was|has|involv\w+|affect\w+|most\w*|extend\w*|at|in|of)\b)"
    r"|\band\s+(?:\w+\s+){0,2}?(?:ct|mri?|x-?rays?|films?|radiographs?|scans?|imaging)\s+(?:\w+\s+)?(?:show|demonstrat|reveal|confirm)\w*",
    re.IGNORECASE,
)


def _led_to(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """Names that the finding leads to: "fracture of L1", "wedging, most marked at T8 and T9", "fractures: T7, T9"."""
    if _OF_ITS_OWN.search(text, head.start, head.end) and any(
        item.kind == "level" and item.end <= head.start for item in anatomy
    ):
        return []  # "Collapse of L3 with loss of a third of its height, erosion of the endplate of L2"
    owners: list[Anatomy] = []
    cursor = head.end
    through_body = False
    for item in (item for item in anatomy if item.start >= head.end):
        if item.start < cursor:
            continue
        if any(other.kind == "level" for other in owners):
            cursor = _behind_parenthesis(text, cursor, anatomy)
            if item.start < cursor:
                continue
        gap = text[cursor : item.start]
        if "(" in gap and owners:
            # "T8 (metastatic, posterior wall breached) and L2": what stands in brackets is of the vertebra before them.
            if item.kind != "level" and gap.count("(") > gap.count(")"):
                continue
            if ")" in gap:
                cursor += gap.rindex(")") + 1
                gap = text[cursor : item.start]
        if between_heads(head.end, item.start, heads) and (
            owners or not (_only_coordinated(text, head, item, heads) or _of_cemented(text, head, item, heads))
        ):
            break
        if STRONG_BREAK.search(gap) and not re.match(r"\s*[-\u2014]+\s*$", gap):
            break
        if owners and item.kind != "level" and _DENIES.search(gap):
            break  # "fracture of L1 without injury of the posterior elements"
        if head.kind == "augmentation" and gap.strip() == "," and any(other.end <= head.start for other in anatomy):
            break  # "T12 was filled with cement, L1 ..."
        if item.kind == "region" and not owners and _FURTHER.search(gap) and _region_before(head, anatomy):
            break
        if item.kind == "noun":
            if owners or not _coordinated_subjects(text, head, item):
                break
            cursor = item.end
            continue
        if not owners and _SEEN_AND.search(gap):
            break
        if not owners and not _LEADS_TO.search(gap) and not re.fullmatch(r"\s*(?:left|right|bilateral|the)\s+", gap):
            break
        if item.kind == "level":
            if _level_stands_apart(text, head, heads, item, owners, cursor, anatomy):
                break
            owners = [other for other in owners if other.kind in ("level", "posterior")]
            owners.append(item)
        elif item.kind == "other":
            coordinated = re.search(r"\b(?:with|and|,)\b", gap) or (
                "," in gap and not re.search(r"\bof\b", gap[gap.rfind(",") :])
            )
            if owners or (coordinated and not _WHICH_OF_MANY.fullmatch(gap)):
                break
            return [item]
        elif item.kind == "posterior":
            if any(o.kind == "level" for o in owners) and (
                _ELEMENT_TOLD_APART.search(gap) or ("," in gap and _HAS_A_PREDICATE.match(text, item.end))
            ):
                break
            owners.append(item)
            owners += _level_of_posterior(text, item, anatomy)
        elif item.kind == "vertebra" and owners and owners[-1].kind == "posterior" and _WHOSE.fullmatch(gap):
            continue  # "the lamina of the same vertebra": the vertebra only says whose lamina
        elif not any(o.kind == "level" for o in owners):
            owners.append(item)
        through_body |= item.kind == "vertebra" and re.search(r"\bthrough\b", gap, re.IGNORECASE) is not None
        cursor = item.end
    through_body |= any(item.kind == "vertebra" for item in owners)
    if through_body and any(item.kind == "posterior" for item in owners):
        owners = [item for item in owners if item.kind != "posterior"]
    if (
        owners
        and all(item.kind == "vertebra" for item in owners)
        and any(item.kind == "level" for item in anatomy if item.end <= head.start)
    ):
        return []
    return owners


# "Collapse of the cemented L1": the cement is a word for the vertebra.
_OF_THE_CEMENTED = re.compile(r"\s+(?:of|at|in|involving)\s+(?:the\s+|an?\s+)?(?:\w+ly\s+)?", re.IGNORECASE)
_ITS_NAME = re.compile(r"\s+(?:vertebra\w*\s+|body\s+|level\s+)*", re.IGNORECASE)


def _of_cemented(text: str, head: Head, item: Anatomy, heads: Sequence[Head]) -> bool:
    """Whether nothing but a word for its cement stands between a finding and the vertebra."""
    between = [other for other in heads if head.end <= other.start and other.end <= item.start]
    return (
        len(between) == 1
        and between[0].kind == "augmentation"
        and _OF_THE_CEMENTED.fullmatch(text, head.end, between[0].start) is not None
        and _ITS_NAME.fullmatch(text, between[0].end, item.start) is not None
    )


_DENIES = re.compile(r"\b(?:without|with\s+no|w/o|no|not|nor|sparing|spares)\b", re.IGNORECASE)


def _behind_parenthesis(text: str, cursor: int, anatomy: Sequence[Anatomy]) -> int:
    """Where the list goes on behind a parenthesis without a level: "fractures of T8 (with canal narrowing) and L2"."""
    if not text[cursor : cursor + 2].lstrip().startswith("("):
        return cursor
    closing = text.find(")", cursor)
    if closing < 0 or any(item.kind == "level" and cursor <= item.start < closing for item in anatomy):
        return cursor
    return closing + 1


# A value right behind a level, and a level before the finding.
_VALUE_FOLLOWS = re.compile(
    r"\s*(?:by\s+|about\s+|approx\w*\.?\s+|some\s+|~\s*)*(?:\d{1,3}\s*(?:-\s*\d{1,3}\s*)?(?:%|per\s?cent)|a\s+(?:third|half|quarter|fifth))"
)
_LEVEL_BEFORE = re.compile(r"(?<![A-Za-z0-9])(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}\b")


# What parts a phrase from the one before it.
_NEW_PHRASE = re.compile(r"(?:[,;:]|\s[-\u2013\u2014])\s*$")


def _named_in_a_list(item: Anatomy, head: Head, anatomy: Sequence[Anatomy]) -> bool:
    """Whether a level is one of a list before the finding: "D3 to D6 are compressed, D5 the most"."""
    return any(
        other.kind == "level" and not other.pair and other.end <= head.start and set(item.levels) < set(other.levels)
        for other in anatomy
    )


_HAS_A_LESION = re.compile(
    r"\s+(?:(?:body|vertebral|bone|bony|lytic|sclerotic|marrow|small|large|focal)\s+)*(?:lesions?|deposits?|metastas[ei]s|ha?emangiomas?|nodules?)\b",
    re.IGNORECASE,
)


def _names_the_place_of(
    item: Anatomy, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy], text: str
) -> bool:
    """Whether a level stands before a posterior element and the finding that is of it."""
    element = next((other for other in anatomy if other.start >= item.end), None)
    if element is None or element.kind != "posterior" or not ADJECTIVES.fullmatch(text[item.end : element.start]):
        return False
    return any(
        other is not head and ADJECTIVES.fullmatch(text[element.end : other.start])
        for other in heads
        if other.start >= element.end
    )


def _level_stands_apart(
    text: str,
    head: Head,
    heads: Sequence[Head],
    item: Anatomy,
    owners: Sequence[Anatomy],
    cursor: int,
    anatomy: Sequence[Anatomy],
) -> bool:
    """Whether a level after the finding, and after the owners found so far, is told of something else."""
    gap = text[cursor : item.start]
    if gap.strip() and is_place_of_comparison(text, item):
        return True
    if "," in gap and _HAS_A_LESION.match(text, item.end):
        return True  # "Depression of the superior endplate (arrow), L4 lesion without collapse"
    if re.search(r",|\band\b", gap) and _names_the_place_of(item, head, heads, anatomy, text):
        return True  # "15 % height loss, and right L1-L3 transverse process fractures"
    if owners and _begins_clause(text, cursor, item):
        return True
    if not owners and _NEW_PHRASE.search(gap) and _named_in_a_list(item, head, anatomy):
        return True
    if (
        not owners
        and gap.strip() == ","
        and _VALUE_FOLLOWS.match(text, item.end)
        and _LEVEL_BEFORE.search(text[: head.start])
    ):
        # "T7 and T8 have lost 30 % of their height, L1 40 %": a subject of its own, with its own value.
        return True
    if any(other.kind == "level" for other in owners):
        if _ELSEWHERE.search(gap):
            return True
        if not text[head.end : owners[0].start].strip() and not _LIST_GOES_ON.fullmatch(gap):
            return True  # "the fractured L2 raises the value of L1-L4"
        slips = "dislocation" in text[head.start : head.end].lower()
        if not slips and re.search(r"\bon\s+(?:the\s+)?$", gap):
            return True
    if is_normal_subject(text, item) or _belongs_to_next(text, item, heads, owners):
        return True
    of_disc = item.pair and head.weak and head.descriptors == {"compression"}
    return of_disc and not re.search(r"vertebra|\bbod(?:y|ies)\b", text, re.IGNORECASE)


# Between the names of a list behind an adjective: "fractured T12, L1 and the L3 body".
_LIST_GOES_ON = re.compile(
    r"(?:[\s,/&+();:.%~?-]|\d|\b(?:and|or|also|at|of|in|the|as\s+well\s+as|plus|vertebra\w*|bod(?:y|ies)|levels?|to|possibly|probably"
    r"|\w+ly|likely|both|with|old|new|acute|chronic|mild|moderate|severe|about|approx|grade|genant|loss|height|a|an"
    r"|lesser|greater|degree|extent|none|no|not|nor|but)\b)*",
    re.IGNORECASE,
)
# Verb of several subjects: "are present in".
_SEEN_IN = re.compile(
    r"[\w\s,-]*?\b(?:are|were)\s+(?:also\s+|again\s+)?(?:present|seen|noted|identified|evident|demonstrated|visible"
    r"|visuali[sz]ed)\s+(?:in|at|of|within|involving|throughout)\b",
    re.IGNORECASE,
)


def _coordinated_subjects(text: str, head: Head, item: Anatomy) -> bool:
    """Whether finding and noun share a verb: "deformities, degenerative changes and scoliosis are present in"."""
    return bool(
        re.fullmatch(r"\s*(?:[\w\s-]+,|,|\band\b)?[\w\s,-]*", text[head.end : item.start])
        and re.search(r",|\band\b", text[head.end : item.start])
        and _SEEN_IN.match(text[item.end :])
    )


# Between two levels: the second is told of something else.
_ELSEWHERE = re.compile(
    r"\b(?:widening|interspinous|dis[ck]|canal|extend\w*|extension|causing|adjacent|space|\w*listhesis|osteophyt\w*"
    r"|kypho\w*|there\s+(?:is|are)|shows?|which|that|while|but|between|into|screws?|fusion|fused|narrowing|apex"
    r"|centered|centred|lesion|metasta\w*|h[ae]?emangioma\w*)\b",
    re.IGNORECASE,
)


# A finding that is told with the vertebra right before it.
_WITH_A_LEVEL = re.compile(
    r"\b(?:TH|T[hH]|[TLDC])-?\d{1,2}(?:\s+vertebra\w*|\s+body)*\s*,?\s+with\s+(?:[\w%.,-]+\s+){0,5}$"
)


def _only_coordinated(text: str, head: Head, item: Anatomy, heads: Sequence[Head]) -> bool:
    """Whether all findings between this one and the name are coordinated with it: "wedging and collapse of L2"."""
    if any(other.end <= head.start for other in heads) and _WITH_A_LEVEL.search(text, 0, head.start):
        return False  # "wedging of T9 with 20% loss of height, and fracture of L1": the loss is told of T9
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
        if not describes and (not COORDINATED.match(gap) or _other_name_between(gap)):
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


# "Loss of height of T7 and T8 is old": the finding, and not T8 alone, is the subject.
_SAID_OF_THE_FINDING = re.compile(
    r"\s*(?:vertebra\w*\s+)?(?:is|are|has|have|appears?)\s+(?:(?:been|to|be|also|both|again|now|most|more|\w+ly)\s+)*(?:old|long-?standing|chronic"
    r"|healed|acute|subacute|recent|unchanged|stable|new|mild|moderate|severe|minimal|slight|noted|seen|present|identified|visible|due"
    r"|consistent|compatible|degenerative|similar|worsened|progressed|increased|associated|known)\b",
    re.IGNORECASE,
)


def _begins_clause(text: str, cursor: int, item: Anatomy) -> bool:
    """Whether a level opens a clause of its own: "fracture of T12, L1 is normal", "..., and at L4 there is"."""
    gap, after = text[cursor : item.start], text[item.end : item.end + 60]
    if _CLAUSE_OPENS.search(gap) and _CLAUSE_VERB.match(after):
        return "," in gap or not _SAID_OF_THE_FINDING.match(after)
    return bool(_CLAUSE_WORDS.search(gap)) and "fracture" not in gap


def _belongs_to_next(text: str, item: Anatomy, heads: Sequence[Head], owners: Sequence[Anatomy]) -> bool:
    """Whether a level stands before another finding in that one's noun phrase: "of T12 and L1 burst fracture"."""
    following = [head for head in heads if head.start >= item.end]
    if not following or not owners:
        return False
    gap = text[item.end : following[0].start]
    return bool(ADJECTIVES.fullmatch(gap)) and "(" not in gap


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


# The verb of several subjects.
_SEVERAL_DO = re.compile(
    r"\s*(?:vertebra\w*\s+|bodies\s+)*(?:are|were|have|show|look|appear|seem|both)\b", re.IGNORECASE
)


def _subject(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Anatomy]:
    """The subject of the clause: "L1 shows a compression fracture", "T12: mild wedging"."""
    begin = 0
    for match in STRONG_BREAK.finditer(text, 0, head.start):
        begin = match.end()
    candidates = [item for item in anatomy if begin <= item.start and item.end <= head.start]
    if not candidates and _SUBJECT_LEFT_OUT.fullmatch(text[begin : head.start]):
        candidates = [item for item in anatomy if item.end <= head.start]
    owners: list[Anatomy] = []
    if _BARE_DENIAL.search(text[begin : head.start]) and not _LEVEL_LABEL.match(text):
        return owners
    for item in reversed(candidates):
        if between_heads(item.end, head.start, heads):
            break
        gap = text[item.end : head.start]
        if item.kind == "noun":
            continue
        if item.kind == "level" and any(other.end <= item.start and item in other.owners for other in heads):
            return []
        if (
            item.kind == "level"
            and not is_place_of_comparison(text, item)
            and not item.pair | is_normal_subject(text, item)
        ):
            element = _element_of(text, item, anatomy)
            if not element and not any(other.kind == "vertebra" for other in anatomy):
                element = [
                    other
                    for other in anatomy
                    if other.kind == "posterior" and begin <= other.start and other.end <= item.start
                ][-1:]
            together = _coordinated_before(text, item, heads, anatomy) if _SEVERAL_DO.match(gap) else []
            return [*element, *together, item]
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


# Between two words of one finding: "vertebral fracture with height loss".
_CONTINUES = re.compile(
    r"\s*,?\s*(?:with|showing|causing|resulting\s+in)\s+(?!no\b)(?:(?!(?:no|without|and)\b)[\w%~<>./-]+\s+){0,5}",
    re.IGNORECASE,
)


def joined(text: str, heads: Sequence[Head]) -> list[Head]:
    """Findings where one without an owner goes on from a vertebral one: "vertebral fracture with height loss"."""
    joined: list[Head] = []
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


def inherit(text: str, heads: Sequence[Head]) -> None:
    """Give a finding without an owner the one of the finding that it continues or leads on to."""
    for position, head in enumerate(heads):
        if head.kind == "augmentation" and not head.owners and _NEAR_AUGMENTATION.search(text[: head.start]):
            head.other = True
            continue
        if head.owners and not all(item.kind == "vertebra" for item in head.owners):
            continue
        which = which_of(text[heads[position - 1].end : head.start]) if position else ""
        earlier = [other for other in heads[:position] if other.owners and not other.other and not other.inherited]
        chosen = picked(earlier[-1].owners, which) if which and earlier else None
        if chosen is not None:
            head.owners, head.inherited = [chosen], True
            continue
        if earlier and _GOES_ON.search(text[earlier[-1].end : head.start]):
            head.owners, head.inherited = earlier[-1].owners, True
            continue
        for other in heads[position + 1 :]:
            gap = text[head.end : other.start]
            if (
                other.owners
                and not other.other
                and COORDINATED.match(gap)
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
