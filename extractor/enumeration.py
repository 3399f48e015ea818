"""Values told one after the other, each with vertebrae of its own: "mild at T12 and L1, moderate at L2".

Two orders: the value leads to its vertebrae ("grade 1 at T4 and T5, grade 2 at T6"), or stands behind them ("T7 and T8
have each lost 30 %, L1 40 %"; "T6 and T8 recent"). Also values of all vertebrae but some: "the remainder remote".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from extractor.anatomy import Anatomy, find_anatomy
from extractor.attributes import Attribute
from extractor.findings import Level
from extractor.phrases import EXCEPT, one_of, which_of
from extractor.reading import Head, between_heads

_OF_SHAPE = ("severity", "genant_grade", "height_loss_percent")
_OF_ELSE = ("noun", "other", "posterior")
_FIELDS = (*_OF_SHAPE, "acuity", "change")
# Words between a value and the first vertebra that it leads to.
_LEADS_TO = re.compile(
    r"\s*%?\s*(?:(?:(?!(?:and|with|but|while|whereas|no|than|as|to|from|since|has"
    r"|have)\b)[a-z'#(-][a-z0-9'#()-]*)\s+){0,6}?"
    r"(?:at|of|in|for|on|involving|affecting)\s+(?:the\s+)?(?:levels?\s+(?:of\s+)?)?(?:vertebra[e]?\s+)?",
    re.IGNORECASE,
)
_DIRECTLY_BEFORE = re.compile(
    r"\s+(?:(?!(?:and|with|but|at|of|in|is|are|was|were|has|have|to|or|than)\b)[a-z-]+\s+){0,2}", re.IGNORECASE
)
# Words between two vertebrae of one value.
_AND = re.compile(r"\s*(?:,|/|&|\+|,?\s*and|as\s+well\s+as|,?\s*plus)\s*(?:(?:also|at|of|in|the)\s+)*", re.IGNORECASE)
# Words between the last vertebra and the value that is told of it.
_STANDS_BEHIND = re.compile(
    r"\s*(?:vertebra[el]?\s*|bod(?:y|ies)\s*)*(?:\(\s*|[:=-]\s*|(?:is|are|was|were|has|have|had|each|both|all|lost"
    r"|lose[sn]?|by"
    r"|also|appears?|look|looks|with|being|some|about|approximately|roughly|nearly|almost|only|a|an|genant|to\s+be|in"
    r"|of|which|below|under|over|(?:less|more)\s+than|up\s+to|at\s+least|well|just|[<>]"
    r"|still|now|remains?|~)\s*)*",
    re.IGNORECASE,
)
# What shows that the value is of all the vertebrae before it.
_OF_ALL = re.compile(r"\b(?:each|both|all|are|have|were|look|appear|remain)\b", re.IGNORECASE)
_ONE_RANGE = re.compile(r"[\s-]*(?:to|or|/)[\s-]*", re.IGNORECASE)
_OTHERS = (
    r"(?:\b(?:the|all|any)\s+(?:other|others|rest|remainder|remaining)|(?:^\W*|[,;]\s*)(?:others?|remainder|remaining|rest))\b"
    r"(?:\s+(?:ones?|[2-9]|two|three|four|five|levels?|vertebrae|vertebra|fractures?|deformit(?:y|ies)|of\s+(?:them|these"
    r"|the\s+\w+)))*"
)
# "The remainder remote", "the others are old", "the other two by about 15 %".
_OTHERS_BEFORE = re.compile(
    _OTHERS + r"\s*(?:[:=<>~-]\s*|(?:is|are|was|were|being|all|both|appear(?:s|ed)?|look(?:s|ed)?|stay(?:s|ed)?|seemed"
    r"|remain(?:s|ed)?|probably|likely|presumably"
    r"|seem|to\s+be|rather|of|more|only|each|has|have|lost|lose|by|with|about|approximately|around|roughly|some|well|under|below"
    r"|over|less|than|up|to|at|genant|sq)\s+)*$",
    re.IGNORECASE,
)
# "Mild at the others".
_OTHERS_AFTER = re.compile(r"\s*(?:at|in|of)\s+" + _OTHERS + r"(?=\s*(?:[.,;)]|$))", re.IGNORECASE)
_LEVEL = r"(?:(?:TH|[CTDL]V?)-?\d{1,2})"
_LEVELS = rf"(?:the\s+)?(?:(?:fractures?|one|that)\s+(?:of|at)\s+)?{_LEVEL}(?:\s*(?:,|and|/|&|-|to)\s*{_LEVEL})*"
# "Fractures other than T5 are acute".
_ALL_BUT_BEFORE = re.compile(
    rf"\b{EXCEPT}\s+(?P<levels>{_LEVELS})\s*,?\s*(?:is|are|was|were|look|appear)\s+(?:\w+\s+)?$", re.IGNORECASE
)
# "All are old except T8".
_ALL_BUT_AFTER = re.compile(rf"\s*(?:fractures?\s*)?,?\s*{EXCEPT}\s+(?P<levels>{_LEVELS})", re.IGNORECASE)


def placed(text: str, found: Iterable[Attribute], anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> list[Attribute]:
    """The values of a sentence, those of an enumeration with the vertebrae that they are told of."""
    values = list(found)
    levels = [item for item in anatomy if item.kind == "level" and not item.pair]
    result: list[Attribute] = []
    for name in dict.fromkeys(value.field for value in values):
        members = [value for value in values if value.field == name]
        if name in _FIELDS:
            members = [_of_the_one(text, _of_others(text, value, levels), levels) for value in members]
        if name == "change" and len(members) > 1 and not any(value.levels for value in members):
            members = _latest(text, members, levels)
        if name in _FIELDS and levels:
            members = _enumerated(text, members, levels, anatomy, heads)
        result += members
    return result


# "Fractures at T8 and T12, the T12 one not present before, with 30 % loss of height".
_THE_ONE_AFTER = re.compile(r"\s+(?:one|fracture|deformity|lesion)\b", re.IGNORECASE)


def _of_the_one(text: str, value: Attribute, levels: Sequence[Anatomy]) -> Attribute:
    """A value of one of several vertebrae that is named again for what follows."""
    before = [item for item in levels if item.end <= value.start]
    if value.levels or value.others or len(before) < 2 or len(before[-1].levels) != 1:
        return value
    one = before[-1]
    told = any(one.levels[0] in item.levels for item in before[:-1])
    apart = text[: one.start].lower().endswith(("the ", "that of ")) and _THE_ONE_AFTER.match(text, one.end)
    return replace(value, levels=one.levels) if told and apart else value


# "Progressed on the CT, and since then no further change": the last of two changes is that of this exam.
_SINCE_THEN = re.compile(
    r"\b(?:since|thereafter|afterwards|subsequently|from\s+then\s+on|meanwhile|now|today|currently)\b", re.IGNORECASE
)


def _latest(text: str, members: list[Attribute], levels: Sequence[Anatomy]) -> list[Attribute]:
    """The last change alone where the words date it after the one before, of the same vertebra."""
    *_, previous, last = sorted(members, key=lambda value: value.start)
    clause = text[previous.end : last.end + 25].split(".")[0]
    apart = any(previous.end <= item.start < last.start for item in levels)
    return members if apart or not _SINCE_THEN.search(clause) else [replace(last, compared=True)]


def _of_others(text: str, value: Attribute, levels: Sequence[Anatomy]) -> Attribute:
    """A value of all vertebrae but some, as one that is: "the others are old", "all chronic except T8"."""
    before = text[: value.start]
    match = _ALL_BUT_BEFORE.search(before) or _ALL_BUT_AFTER.match(text, value.end)
    if match is not None:
        spared = tuple(
            level
            for item in levels
            if match.start("levels") <= item.start < match.end("levels")
            for level in item.levels
        )
        return replace(value, others=True, levels=spared) if spared else value
    if _ALL_SO_FAR.search(before[-45:]) is not None:
        return _of_all_so_far(value, levels, both="both" in before[-45:].lower())
    others = _OTHERS_BEFORE.search(before[-70:])
    if others is not None:
        return _of_those_left(text, value, levels, value.start - len(before[-70:]) + others.start())
    if value.field in _OF_SHAPE and _OTHERS_AFTER.match(text, value.end):
        return _of_those_left(text, value, levels, value.start)
    return value


# "T7 and T11, both longstanding, and a doubtful one at T5".
_ALL_SO_FAR = re.compile(
    r"\b(?:both|all(?:\s+(?:two|three|four|five))?)\s+(?:of\s+(?:them|these|which|the(?:se|m)\s+\w+)\s+)?"
    r"(?:(?:are|were|being|appear|appearing|look|looking)\s+)?(?:\w+ly\s+)?$",
    re.IGNORECASE,
)


def _of_all_so_far(value: Attribute, levels: Sequence[Anatomy], *, both: bool) -> Attribute:
    """A value of all vertebrae told before it, where the sentence goes on with another."""
    told = tuple(dict.fromkeys(level for item in levels if item.end <= value.start for level in item.levels))
    goes_on = any(item.start >= value.end for item in levels)
    return replace(value, levels=told) if goes_on and (len(told) == 2 or (len(told) > 2 and not both)) else value


def _of_those_left(text: str, value: Attribute, levels: Sequence[Anatomy], end: int) -> Attribute:
    """A value of the others than the vertebrae told before ``end``: those of a list of which some were named again.

    "T5, T6 and T8, of which T8 is the worst, the others mild" leaves T5 and T6. Without a list the value is of the
    others of the report: "T8 severe, the others mild".
    """
    told = [item for item in levels if item.end <= end]
    if value.field in _OF_SHAPE and (
        not told or any(item.kind in _OF_ELSE for item in find_anatomy(text[told[-1].end : value.start]))
    ):
        return value
    named = [level for item in told for level in item.levels]
    which = which_of(text[told[-1].end : end]) if told else ""
    apart = {one_of(named, which)} if which else {level for level in named if named.count(level) > 1}
    left = tuple(dict.fromkeys(level for level in named if level not in apart))
    return replace(value, levels=left) if apart and left else replace(value, others=True, levels=tuple(named))


def _enumerated(
    text: str, members: list[Attribute], levels: Sequence[Anatomy], anatomy: Sequence[Anatomy], heads: Sequence[Head]
) -> list[Attribute]:
    """Each value with its vertebrae where all of them are told in one order; else the values as they are."""
    free = [value for value in members if not value.levels and not value.others]
    in_order = _respectively(text, free, levels)
    if in_order:
        return [*(value for value in members if value not in free), *in_order]
    clusters: list[list[Attribute]] = []
    for value in sorted(free, key=lambda value: value.start):
        if clusters and _ONE_RANGE.fullmatch(text, clusters[-1][-1].end, value.start):
            clusters[-1].append(value)
        else:
            clusters.append([value])
    if not clusters:
        return members
    ends = [*(cluster[0].start for cluster in clusters[1:]), len(text)]
    begins = [0, *(cluster[-1].end for cluster in clusters[:-1])]
    shares: list[tuple[Level, ...]] = []
    if len(clusters) > 1:
        shares = [_led_to(text, cluster[-1], end, levels, anatomy) for cluster, end in zip(clusters, ends, strict=True)]
    if not shares or not all(shares):
        shares = [
            _before(text, cluster[0], begin, levels, heads) for cluster, begin in zip(clusters, begins, strict=True)
        ]
        alone = len(clusters) == 1 and (heads or members[0].field not in ("acuity", "change"))
        if alone or not all(shares):
            return _of_unowned(text, members, clusters, shares, levels, heads)
    if not all(shares) or len(set(shares)) == 1 < len(shares):
        return members
    result = [value for value in members if value not in free]
    for cluster, share in zip(clusters, shares, strict=True):
        result += [replace(value, levels=(level,)) for value in cluster for level in share]
    return result


_RESPECTIVELY = re.compile(r"\brespectively\b", re.IGNORECASE)


def _respectively(text: str, values: Sequence[Attribute], levels: Sequence[Anatomy]) -> list[Attribute]:
    """As many values as vertebrae, in one order: "T9 and L2 show a recent and an old fracture, respectively"."""
    named = list(dict.fromkeys(level for item in levels for level in item.levels))
    if len(values) < 2 or len(values) != len(named) or not _RESPECTIVELY.search(text):
        return []
    ordered = sorted(values, key=lambda value: value.start)
    return [replace(value, levels=(level,)) for value, level in zip(ordered, named, strict=True)]


# "That of L2 is old".
_THAT_OF = re.compile(r"\b(?:that|those|the\s+(?:one|ones|fractures?))\s+(?:of|at|in)\s+(?:the\s+)?$", re.IGNORECASE)


def _of_unowned(
    text: str,
    members: list[Attribute],
    clusters: Sequence[Sequence[Attribute]],
    shares: Sequence[tuple[Level, ...]],
    levels: Sequence[Anatomy],
    heads: Sequence[Head],
) -> list[Attribute]:
    """Single values behind a vertebra that no finding of the sentence has, or that is told apart: "that of T7".

    One that is named again is told apart too: "fractures of T8, T9 and L1; T9 is recent".
    """
    apart = {level for item in levels if _THAT_OF.search(text[: item.start]) for level in item.levels}
    owned = {level for head in heads for item in head.owners for level in item.levels} - apart
    result = list(members)
    for cluster, share in zip(clusters, shares, strict=True):
        named = [level for item in levels if item.end <= cluster[0].start for level in item.levels]
        again = all(named.count(level) > 1 for level in share)
        if share and heads and (again or not owned & set(share)):
            result = [value for value in result if value not in cluster]
            result += [replace(value, levels=(level,)) for value in cluster for level in share]
    return result


def _led_to(
    text: str, value: Attribute, end: int, levels: Sequence[Anatomy], anatomy: Sequence[Anatomy]
) -> tuple[Level, ...]:
    """The vertebrae that a value leads to, up to the next value."""
    following = [item for item in levels if item.start >= value.end and item.end <= end]
    if not following:
        return ()
    first = following[0]
    if any(
        value.end <= item.start and item.end <= first.start and item.kind in ("noun", "other", "posterior")
        for item in anatomy
    ):
        return ()
    if not _LEADS_TO.fullmatch(text, value.end, first.start):
        beside = [item for item in levels if item.end <= value.start]
        if not _DIRECTLY_BEFORE.fullmatch(text, value.end, first.start) or (
            beside and re.fullmatch(r"\s*[(:=-]?\s*", text[beside[-1].end : value.start])
        ):
            return ()
    chosen = [first]
    for previous, item in pairwise(following):
        if not _AND.fullmatch(text, previous.end, item.start):
            break
        chosen.append(item)
    return tuple(dict.fromkeys(level for item in chosen for level in item.levels))


def _before(
    text: str, value: Attribute, begin: int, levels: Sequence[Anatomy], heads: Sequence[Head]
) -> tuple[Level, ...]:
    """The vertebrae that a value stands behind, back to the value before it."""
    preceding = [item for item in levels if item.start >= begin and item.end <= value.start]
    if not preceding or not _STANDS_BEHIND.fullmatch(text, preceding[-1].end, value.start):
        return ()
    chosen = [preceding[-1]]
    of_all = _OF_ALL.search(text, preceding[-1].end, value.start) is not None or not heads
    for previous, item in reversed(list(pairwise(preceding))):
        if (
            not of_all
            or not _AND.fullmatch(text, previous.end, item.start)
            or between_heads(previous.end, item.start, heads)
        ):
            break
        chosen.insert(0, previous)
    return tuple(dict.fromkeys(level for item in chosen for level in item.levels))
