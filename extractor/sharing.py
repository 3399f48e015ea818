"""Which finding, and which of its vertebrae, each value of a sentence describes.

First every attribute finds its finding ("mild", "30 %"), then the values of a finding of several levels are shared
over them: "30 % at T8 and 50 % at T12".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from extractor import attributes, enumeration, summaries
from extractor.anatomy import Anatomy
from extractor.attributes import Attribute
from extractor.findings import Level
from extractor.levels import level_of
from extractor.phrases import ADJECTIVES, NOUN_PHRASE, STRONG_BREAK, is_place_of_comparison, picked, which_of
from extractor.reading import Head, Mention, Status, between_heads

# Nothing but levels, numbers and words of loss.
_VALUE_GAP = re.compile(
    r"(?:[\s,;:%()=-]|(?:TH|T[hH]|[TLDC])-?\d{1,2}\b|\d+|and\b|percent\b|by\b|loss\b|of\b|its\b"
    r"|(?:is|are|has|have|lost)\b)*",
)


def share_finding(text: str, heads: Sequence[Head], anatomy: Sequence[Anatomy], found: Iterable[Attribute]) -> None:
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
        if item is None or is_place_of_comparison(text, item):
            continue
        before = [
            head for head in usable if head.end <= item.start and any(owner.kind == "level" for owner in head.owners)
        ]
        after = [head for head in usable if head.start >= value.end]
        if not before and (not after or not _VALUE_GAP.fullmatch(text[value.end : after[0].start])):
            continue
        (before[-1] if before else after[0]).owners.append(item)
        owned.add(level)


def distribute(
    text: str, heads: Sequence[Head], anatomy: Sequence[Anatomy], found: Iterable[Attribute]
) -> list[Attribute]:
    """Give every attribute to its finding; those that have none are returned."""
    loose: list[Attribute] = []
    named = [item for item in anatomy if item.kind == "level" and not item.pair]
    usable = [head for head in heads if not head.other and head.kind in ("shape", "mimic", "augmentation")]
    for attribute in enumeration.placed(text, found, anatomy, usable):
        head = _head_of(text, attribute, usable, anatomy, heads)
        if head is not None and head.weak and not head.owners and attribute.field in _OF_THE_BACK:
            head = None  # "the posterior cortex shows a fracture line": the line is none of its own
        if attribute.others:
            loose.append(attribute)
        elif head is None:
            located = _with_level(text, attribute, anatomy)
            if (
                len(named) == 1
                and not usable
                and not located.levels
                and attribute.field in ("severity", "height_loss_percent", "acuity", "change", "wedge_direction")
                and _SAYS_OF_IT.search(text)
                and named[0].levels[0] not in summaries.excepted(text)
            ):
                located = replace(located, levels=named[0].levels)
            elif (
                not located.levels
                and attribute.field in _SAID_OF_NAMED
                and not any(other.end <= attribute.start for other in usable)
            ):
                located = replace(located, levels=_subjects(text, attribute, named))
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


# Fields that a sentence without a finding can say of the vertebrae that are its subject.
_SAID_OF_NAMED = frozenset({"etiologies", "acuity", "change"})
# Words of a predicate between a subject and its value.
_PREDICATE = re.compile(
    r"\s*(?:[:(,-]\s*)?(?:(?:vertebra\w*|bod(?:y|ies)|levels?|is|are|was|were|both|all|each|also|likely|probably|most"
    r"|appears?|looks?|remains?|being|to|be|represent|considered|favou?red|presumed|regarded|as|felt|thought|typical|of|an?"
    r"|the|in|keeping|consistent|compatible|with|more|rather|clearly|too|well|suspicious|for|not|definitely|of|has|have|very"
    r"|morphology|appearances?|relatively|now|still)\b\s*)*",
    re.IGNORECASE,
)


def _subjects(text: str, attribute: Attribute, named: Sequence[Anatomy]) -> tuple[Level, ...]:
    """The vertebrae of a sentence without a finding of which it says a value: "T6 and T8 are recent"."""
    before = [item for item in named if item.end <= attribute.start]
    if not before or not _PREDICATE.fullmatch(text[before[-1].end : attribute.start]):
        return ()
    chosen = [before[-1]]
    for item in reversed(before[:-1]):
        if not re.fullmatch(r"\s*(?:,|and|&|/|as\s+well\s+as)*\s*(?:at\s+)?", text[item.end : chosen[-1].start]):
            break
        chosen.append(item)
    if is_place_of_comparison(text, chosen[-1]) or set(chosen[0].levels) & summaries.excepted(text):
        return ()
    return tuple(dict.fromkeys(level for item in reversed(chosen) for level in item.levels))


# The sentence says something of the vertebra that it names.
_SAYS_OF_IT = re.compile(
    r"\b(?:it|this|that|height|loss|lost|down|reduced|fracture|deformity|is|are|one)\b", re.IGNORECASE
)
# What is told of the wall, the elements and the canal is of a vertebra, not of a crack in it.
_OF_THE_BACK = frozenset({"posterior_wall", "posterior_column", "retropulsion", "retropulsion_mm"})
# Fields whose words can name a level of their own.
_HAS_PLACE = frozenset({
    "retropulsion", "retropulsion_mm", "canal_narrowing_percent", "posterior_wall", "posterior_column", "cleft",
    "malignant_features",
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
    if attribute.levels or attribute.field not in _HAS_PLACE:
        return attribute
    named = [
        item
        for item in anatomy
        if item.kind == "level"
        and (not item.pair or re.search(r"retropuls", text[attribute.start : attribute.end], re.IGNORECASE))
    ]
    for item in named:
        if item.start >= attribute.end and _AT_LEVEL.fullmatch(text[attribute.end : item.start]):
            return replace(attribute, levels=item.levels)
    for item in named:
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
    text: str, attribute: Attribute, heads: Sequence[Head], anatomy: Sequence[Anatomy], all_heads: Sequence[Head]
) -> Head | None:
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
    if following and _value_before(text, attribute, following[0], bool(preceding), anatomy, all_heads):
        return following[0]
    if attribute.claimed or _modifies_other(text, attribute, anatomy, all_heads):
        return None
    if preceding:
        return _head_before(text, attribute, preceding)
    if following:
        gap = text[attribute.end : following[0].start]
        if (
            attribute.field in ("acuity", "change", "height_loss_percent", "genant_grade", "etiologies", "mimic")
            and not STRONG_BREAK.search(gap)
            and len(gap) < 60
            and not _other_between(attribute.end, following[0].start, anatomy, all_heads)
            and not re.search(r"\bno\b|\bwithout\b", gap)
        ):
            return following[0]
    return None


def _value_before(
    text: str,
    attribute: Attribute,
    head: Head,
    preceded: bool,
    anatomy: Sequence[Anatomy],
    all_heads: Sequence[Head],
) -> bool:
    """Whether an attribute stands before its finding in one noun phrase or list: "mild T11 and T12 wedging"."""
    gap = _without_levels(text, attribute.end, head.start, anatomy)
    claimed = [
        item
        for item in anatomy
        if attribute.end <= item.start and item.end <= head.start and item.kind in ("noun", "other", "posterior")
    ]
    if attribute.field in ("severity", "acuity", "change") and _VALUED_LIST.fullmatch(gap) and not claimed:
        return True
    own_level = (
        "," in gap
        and preceded
        and any(attribute.end <= item.start and item.end <= head.start and item.kind == "level" for item in anatomy)
    )
    if (
        _phrase(gap)
        and not claimed
        and not own_level
        and not any(attribute.end <= other.start < head.start for other in all_heads)
    ):
        return True
    return attribute.field == "height_loss_percent" and not claimed and bool(_PERCENT_LIST_BEFORE.fullmatch(gap))


def _head_before(text: str, attribute: Attribute, preceding: Sequence[Head]) -> Head | None:
    """The finding before an attribute that it goes on from: "compression fracture of L1, 30 %, chronic"."""
    gap = text[preceding[-1].end : attribute.start]
    breaks = list(STRONG_BREAK.finditer(gap))
    tail = gap[breaks[-1].start() :] if breaks else ""
    if breaks and not attribute.compared and not _VALUE_AFTER_BREAK.match(tail):
        return None
    last = next((head for head in reversed(preceding) if not head.inherited), preceding[-1])
    of_nearest = attribute.field in ("severity", "height_loss_percent", "wedge_direction")
    return preceding[-1] if of_nearest or last.status != preceding[-1].status else last


def _other_between(start: int, end: int, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> bool:
    """Whether something else that could have the attribute stands between two places."""
    names = (item for item in anatomy if item.kind in ("noun", "other", "posterior"))
    return any(start <= item.start and item.end <= end for item in names) or between_heads(
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
            bool(NOUN_PHRASE.fullmatch(gap))
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
    r"|enhancement|sclerosis|displacement|irregularit\w+)\b",
    re.IGNORECASE,
)
# Subjects of no finding that words of degree stand behind.
_OTHER_SUBJECT = re.compile(
    r"\b(?:disc|discs|alignment|lungs?|heart|cardiac|study|exam|canal|foramen|lordosis|kyphosis|scoliosis|listhesis"
    r"|changes?|pain)\s+(?:is|are|appears?|remains?|has|have)?\s*(?:\w+\s+)?$",
    re.IGNORECASE,
)


def _modifies_other(text: str, attribute: Attribute, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> bool:
    """Whether the attribute stands before another noun: "stable degenerative changes", "mild retropulsion"."""
    after = text[attribute.end :]
    names = [item for item in anatomy if item.start >= attribute.end and item.kind in ("noun", "other", "posterior")]
    if (
        names
        and ADJECTIVES.fullmatch(text[attribute.end : names[0].start])
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


def _clause_head(text: str, attribute: Attribute, heads: Sequence[Head]) -> Head | None:
    """The finding that an asserted attribute ("no retropulsion", "marrow oedema") belongs to, in the same sentence."""
    live = [head for head in heads if head.status in ("present", "possible", "historical")]
    if attribute.field in ("etiologies", "mimic", "mimic_offered"):
        described = [
            head for head in heads if head.start >= attribute.end and _phrase(text[attribute.end : head.start])
        ]
        if described and described[0].status != "absent":
            return described[0]
        if described and attribute.field == "etiologies":
            return None  # "depressed by a Schmorl node, not a fracture" explains what stands before it
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
        return following[0] if not STRONG_BREAK.search(gap) else None
    return None


def by_level(
    text: str, base: Mention, head: Head, owners: Sequence[Anatomy], values: Sequence[Attribute]
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
        if value.field == "etiologies" and (told_apart := _told_apart(text, value, groups)):
            value = replace(value, levels=told_apart)
        if value.levels and set(value.levels) & set(levels):
            for level in value.levels:
                if level in particular:
                    particular[level].append(value)
            continue
        # Each cause of a fracture is a field of its own.
        name = value.value.split(":")[0] if value.field == "etiologies" else value.field
        by_field.setdefault(name, []).append(value)
    lost: list[tuple[int, tuple[Level, ...] | None]] = []
    for name in sorted(by_field, key=lambda name: name != "height_loss_percent"):
        for value, chosen in _share(text, head, by_field[name], groups, levels):
            if name == "height_loss_percent":
                lost.append((value.end, chosen))
            elif name == "wedge_direction":
                # "D5 the most, with 25 % loss in front": the place of a loss is of its vertebra.
                chosen = next((own for end, own in lost if own and _LOSS.fullmatch(text, end, value.start)), chosen)
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


_LOSS = re.compile(r"\s*%?\s*(?:loss|reduction|of|height|is|was)?\s*(?:(?:of|height|in)\s+)*", re.IGNORECASE)
# A level as the subject right before its cause.
_SUBJECT_BESIDE = re.compile(
    r"(?<![A-Za-z0-9])((?:TH|T[hH]|[CTDLS])[\s-]?\d{1,2})\s+(?:(?:is|being|was|appears?|likely|probably|most|to|be|considered"
    r"|presumed|as|an?|of|the)\s+)*$"
)


def _told_apart(text: str, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]) -> tuple[Level, ...]:
    """The level that is named once more for its cause: "T12 and L1, T12 being traumatic and L1 osteoporotic"."""
    match = _SUBJECT_BESIDE.search(text[: value.start])
    level = level_of(match.group(1)) if match else None
    if match is None or level is None:
        return ()
    return (level,) if any(level in group and end <= match.start(1) for _, end, group in groups) else ()


# Words between two levels that tell the second apart.
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

# A level of a list that is answered by itself: "T12 yes, L1 no", "L1 (Y) L2 (N)".
_ANSWERED_NO = re.compile(
    r"\s*[:=(-]?\s*(?:no|none|nil|n|neg|negative|absent)\b\)?\s*(?=[,;.)]|and\b|$|[TLDCS]h?\d)", re.IGNORECASE
)


def _aside(
    text: str, head: Head, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[dict[Level, Status], set[Level]]:
    """Levels of a list that are told apart: "possibly also at L2", "but not at T9", "to a lesser degree L1"."""
    status: dict[Level, Status] = {}
    lesser: set[Level] = set()
    if head.status == "absent" and head.end <= groups[0][0] and _EXCEPT.search(text[head.end : groups[0][0]]):
        return dict.fromkeys((level for _, _, group in groups for level in group), "present"), lesser
    if head.status in ("present", "possible"):
        denied = [group for group in groups if _ANSWERED_NO.match(text, group[1])]
        status |= dict.fromkeys((level for _, _, group in denied for level in group), "absent")
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


def _same_words(first: Attribute, second: Attribute) -> bool:
    """Whether two values are the same, read from words that overlap."""
    return (
        first.value == second.value
        and (first.low, first.high) == (second.low, second.high)
        and second.start < first.end
    )


def _share(
    text: str,
    head: Head,
    members: Sequence[Attribute],
    groups: Sequence[tuple[int, int, tuple[Level, ...]]],
    levels: tuple[Level, ...],
) -> list[tuple[Attribute, tuple[Level, ...] | None]]:
    """Which levels each value of one field is about; None for all of them."""
    distinct = {(value.value, value.low, value.high) for value in members}
    ordered = sorted(members, key=lambda value: value.start)
    # Words that two readers have taken the same from say it once.
    ordered = [ordered[0], *(b for a, b in pairwise(ordered) if not _same_words(a, b))]
    in_list = len(ordered) > 1 and all(
        attributes.LIST_SEPARATOR.fullmatch(text, a.end, b.start) for a, b in pairwise(ordered)
    )
    ranged = {
        value
        for a, b in pairwise(ordered)
        if re.fullmatch(r"[\s-]*(?:to|or)[\s-]*", text[a.end : b.start])
        for value in (a, b)
    }
    inner = any(groups[0][0] <= value.start < groups[-1][1] for value in ordered)
    if len(ordered) > 1 and len(distinct) == 1 and ordered[0].field in ("etiologies", "mimic") and not inner:
        return [(value, None) for value in ordered]
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


# A level and what may stand between it and its value.
_BESIDE_WORDS = (
    r"(?<![A-Za-z0-9])((?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2})\s*"
    r"(?:[:(=-]\s*|(?:by|with|has|lost|loses|a|some|about|approximately|approx|roughly|nearly|almost|only|the|most|worst"
    r"|severest|being|is)\s+|~\s*"
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
        if ADJECTIVES.fullmatch(gap) and "," not in gap and ")" not in gap and not before:
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
    chosen = picked([Anatomy("level", a, b, levels, ((a, b, levels),)) for a, b, levels in groups], which)
    return None if chosen is None else chosen.levels


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


# "T7 and T8, both with ...".
_OF_BOTH = re.compile(r"\b(?:both|all|each)\b", re.IGNORECASE)
# A few words that lead from a value to its level.
_SHORT_LEAD = re.compile(r"\s*(?:[a-z-]+\s+){0,2}(?:at|in|of)?\s*(?:the\s+)?", re.IGNORECASE)
# The value is most of the last level.
_RATHER_LAST = re.compile(r"\b(?:latter|more\s+so|especially|particularly)\b")
# "T8, where half of the body is gone": a relative clause in the singular is of the last level.
_RELATES_TO_LAST = re.compile(r"\s*,?\s*(?:where|whose|which\s+(?:has|is|was|had|shows|appears))\b", re.IGNORECASE)
_OF_THEIRS = re.compile(r"[\s%]*(?:of\s+)?their\b", re.IGNORECASE)
# Words that lead on from a value to a vertebra: "up to 40 % at L3".
_LEADS_ON = re.compile(r"\s*(?:\w+\s+){0,3}?(?:at|of)\s+(?:the\s+)?([TLDCS]h?-?\d{1,2})\b", re.IGNORECASE)


# "20 % at T5" before "and minimal at T4": each value of one kind or another has its own place.
_OF_THIS = re.compile(r"\s*(?:at|in|of|for)\s+(?:the\s+)?", re.IGNORECASE)
_ANOTHER_VALUE = re.compile(
    r"(?:\s*(?:,|;|\band\b|\bbut\b|&))+\s*(?!at\b|in\b|of\b|for\b)(?:[\w.%~<>-]+\s+){1,4}(?:at|in|of|for)\s+(?:the\s+)?",
    re.IGNORECASE,
)


def _only_one_level(
    text: str, head: Head, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
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
    if (
        not before
        and len(after) > 1
        and _OF_THIS.fullmatch(text, value.end, after[0][0])
        and _ANOTHER_VALUE.fullmatch(text, after[0][1], after[1][0])
    ):
        return after[0][2]
    if value.field == "wedge_direction" and {group[2] for group in after} == {group[2] for group in before}:
        return None  # "at T12 and L1 anterior loss of height (20 % at T12, 35 % at L1)"
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
        gap = text[before[-1][1] : value.start]
        of_last = re.fullmatch(r"\s*(?:with|,|is|by|:|-)\s*(?:\w+\s+){0,3}", gap) and not _OF_BOTH.search(gap)
        return before[-1][2] if of_last else None
    if before and not after and len(groups) > 1:
        gap = text[before[-1][1] : value.start]
        if _RATHER_LAST.search(gap) or (
            value.field in ("height_loss_percent", "severity")
            and _RELATES_TO_LAST.match(gap)
            and not _OF_THEIRS.match(text, value.end)
        ):
            return before[-1][2]
        if (
            re.fullmatch(r"\s*\(\s*(?:[\w~]+\s+){0,3}", gap)
            and value.field in ("height_loss_percent", "severity", "acuity", "change")
            and not re.search(r"\b(?:both|all|each)\b", text)
        ):
            return before[-1][2]
    return _named_again(text, value, groups) if before and not after else None


def _named_again(
    text: str, value: Attribute, groups: Sequence[tuple[int, int, tuple[Level, ...]]]
) -> tuple[Level, ...] | None:
    """The vertebra of a list that is named once more for its value: "up to 40 % at L3", "most marked at T7 (30 %)"."""
    start, end, last = groups[-1]
    begin = start if any(set(last) <= set(group) for _, _, group in groups[:-1]) else end
    match = _LEADS_ON.match(text, value.end) or _BESIDE.search(text[begin : value.start])
    level = level_of(match[1]) if match else None
    return (level,) if level is not None and any(level in group for _, _, group in groups) else None
