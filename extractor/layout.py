r"""A report laid out for reading: its view, and its sentences as flat lines that lead back to it.

A sentence is read as one line with single spaces, whatever line ends and columns the author typed, so that "compression
\n fracture" is a compression fracture and identical sentences are read once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from extractor import sentences
from extractor.level_tables import Composed, Table, level_tables
from extractor.sections import Heading, find_headings
from extractor.text import View

_SPACE = re.compile(r"\s+")
_BLANKS = re.compile(r"[^\S\n]+")
_UNEVEN = re.compile(r"[\n\t\r\f\v]|\s\s")


class Line(NamedTuple):
    """One sentence: its flat text, and where it stands in the view.

    ``positions`` gives the view offset of every character of ``text`` and of its end; None where the text is a plain
    slice of the view.
    """

    text: str
    start: int
    end: int
    positions: tuple[int, ...] | None = None

    def to_view(self, offset: int) -> int:
        """The view offset of an offset into ``text``."""
        return self.start + offset if self.positions is None else self.positions[offset]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The view offsets of ``text[start:end]``."""
        return self.to_view(start), self.to_view(end - 1) + 1 if end > start else self.to_view(start)


@dataclass(frozen=True)
class Layout:
    """The view of a received text and where its sentences stand in it. ``text`` holds them one a line, at ``spans``."""

    view: View
    sentences: tuple[tuple[int, int], ...]
    headings: tuple[Heading, ...] = ()
    composed: Mapping[int, Composed] = field(default_factory=dict)
    """The sentences that a table tells of one vertebra, by their number; they stand where the table stands."""

    @classmethod
    def of(cls, received: str) -> Layout:
        """Lay out a received text."""
        view = View.of(received)
        headings = find_headings(view.text)
        spans = []
        marks = (mark.start() for mark in _CAN_BE_CUT.finditer(view.text))
        mark = next(marks, _NO_MARK)
        for sentence in _without_headings(view.text, sentences.split(view.text), headings):
            while mark < sentence[0]:
                mark = next(marks, _NO_MARK)
            for start, end in _bounded(view.text, *sentence):
                spans += _clauses(view.text, start, end) if mark < end else [(start, end)]
        cells = "  " in view.text or "|" in view.text or "\t" in view.text
        tables = list(level_tables(view.text)) if cells and _CAN_BE_TABLE.search(view.text) else []
        if not tables:
            return cls(view, tuple(spans), headings)
        sentences_and_rows, composed = _with_tables(spans, tables)
        return cls(view, sentences_and_rows, headings, composed)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The sentences as flat lines."""
        text, composed = self.view.text, self.composed
        return tuple(
            Line(composed[number][0], start, end, composed[number][1])
            if number in composed
            else _line(text, start, end)
            for number, (start, end) in enumerate(self.sentences)
        )

    @property
    def flat(self) -> str:
        """The flat text of every sentence, one a line: cheaper than ``lines``, which know their offsets."""
        if self.composed:
            return "\n".join([line.text for line in self.lines])
        text = self.view.text.replace("|", ",")
        flat = "\n".join([text[start:end].replace("\n", " ") for start, end in self.sentences])
        if "  " in flat or "\t" in flat or not flat.isascii():
            flat = _BLANKS.sub(" ", flat)
        return flat

    @property
    def text(self) -> str:
        """All sentences, one a line."""
        return " \n ".join(line.text for line in self.lines)

    @property
    def spans(self) -> tuple[tuple[int, int], ...]:
        """Where each sentence stands in ``text``."""
        spans = []
        cursor = 0
        for line in self.lines:
            spans.append((cursor, cursor + len(line.text)))
            cursor += len(line.text) + 3
        return tuple(spans)


# Two names of vertebrae in one line with a gap between them, or one that opens a row with cells.
_CAN_BE_TABLE = re.compile(
    r"[CTDLS][hH]?-?\d{1,2}(?:[ \t]{2,}|\t|[ \t]*\|)[^\n]*\n[^\n]*(?:[ \t]{2,}|\t|\|)", re.MULTILINE
)


def _with_tables(
    spans: Sequence[tuple[int, int]], tables: Sequence[Table]
) -> tuple[tuple[tuple[int, int], ...], dict[int, Composed]]:
    """The sentences with the lines of tables in the place of what stands in them."""
    left = [
        (start, end) for start, end in spans if not any(start < table.end and table.start < end for table in tables)
    ]
    entries: list[tuple[int, int, Composed | None]] = [(start, end, None) for start, end in left]
    entries += [(table.start, table.end, line) for table in tables for line in table.lines]
    entries.sort(key=lambda entry: entry[0])
    composed = {number: line for number, (_, _, line) in enumerate(entries) if line is not None}
    return tuple((start, end) for start, end, _ in entries), composed


_LONGEST_SENTENCE = 1_200
"""Characters; reading takes longer than in proportion, and a real sentence has fewer than 800."""


def _bounded(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence, cut at spaces where it is longer than any real one."""
    if end - start <= _LONGEST_SENTENCE:
        return [(start, end)]
    cut: list[tuple[int, int]] = []
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start + _LONGEST_SENTENCE // 2, start + _LONGEST_SENTENCE)
        stop = space if space >= 0 else start + _LONGEST_SENTENCE
        _trimmed(cut, text, start, stop)
        start = stop
    _trimmed(cut, text, start, end)
    return cut


def _without_headings(text: str, spans: list[tuple[int, int]], headings: Sequence[Heading]) -> list[tuple[int, int]]:
    """The sentences without the words of headings, which end one sentence and begin another."""
    if not headings:
        return spans
    cut: list[tuple[int, int]] = []
    position = 0
    for start, end in spans:
        while position < len(headings) and headings[position].content <= start:
            position += 1
        cursor = start
        at = position
        if at == len(headings) or headings[at].start >= end:
            cut.append((start, end))
            continue
        while at < len(headings) and headings[at].start < end:
            _trimmed(cut, text, cursor, headings[at].start)
            cursor = max(cursor, headings[at].content)
            at += 1
        _trimmed(cut, text, cursor, end)
    return cut


# The name of a vertebra, a label that opens a line with it, and words that are nothing but names.
_NAME = r"(?:CV|DV|TV|LV|TH|T[hH]|[CTDLS])[\s-]?\d{1,2}"
_LABEL = re.compile(rf"{_NAME}\s*:")
_ONLY_LEVELS = re.compile(
    rf"\W*(?:\d{{1,2}}[.)]\s*)?(?:(?:the\s+)?(?:vertebra(?:e|l\s+bodies)?|bodies|levels?)\s+)?(?:(?:{_NAME})\W*(?:(?:and|to|or)\W*)?)+",
    re.IGNORECASE,
)
# A vertebra with nothing but a percentage: the finding comes at the end of the list.
_VALUED = rf"{_NAME}\s*[:=]?\s*[~<>]?\s*\d{{1,3}}(?:-\d{{1,3}})?\s*%"
_ONLY_VALUE = re.compile(rf"\W*{_VALUED}(?:\W+{_VALUED})*\W*")
# The first of two vertebrae that share what was said: "after kyphoplasty of T12 | and L1: ...".
_PREPOSITION_LIST = re.compile(rf"\b(?:of|at|in|following|after|for)\s+(?:{_NAME}\s*,\s*)*{_NAME}\s*$", re.IGNORECASE)
# A semicolon or the name of a level, without which no sentence is cut. Begins with what is rare in a text.
_CAN_BE_CUT = re.compile(r";|\d(?:(?<=[CTDLScdtl]\d)|(?<=[CTDLScdtl][\shHvV-]\d)|(?<=[CTDLScdtl][hHvV][\s-]\d))")
_NO_MARK = sys.maxsize
_HAS_LEVEL = re.compile(r"[CTDLScdtl][hHvV]?[\s-]?\d")
# A time that opens a sentence belongs to the vertebra after it: "Since the last film, T12 has collapsed".
_SINCE = re.compile(
    r"\s*(?:since|compared|in\s+comparison|relative\s+to|when\s+compared|as\s+compared|with\s+respect"
    r"|in\s+the\s+(?:interval|interim)"
    r"|on\s+the\s+(?:earlier|previous|prior|last))\b",
    re.IGNORECASE,
)
# A semicolon, comma or conjunction after which another vertebra becomes the subject; also each part of a list of
# vertebrae with a finding in brackets: "T6 (grade 1, wedge), T7 (grade 2, wedge)".
_CLAUSE = re.compile(
    rf"""
      ;(?!\s*(?:there\s+(?:is|was|are)\s+)?no\s+(?:(?:associated|accompanying|resulting|related)\s+)?(?:vertebral\s+)?(?:collapse|fracture)
         \s*(?:is\b|seen|noted|identified|at\s+present)*\s*(?:\w+\s*)?[.]?\s*$)
       (?!\s*grade\s*\d)(?!\s*(?:{_NAME}|\d)[^;]{{0,12}}(?:;|and|$))
       (?!\s*{_NAME}[^;.]{{0,12}}\b(?:(?:is|are|remains?)\s+(?:cold|dark|quiet|silent)|(?:is|are|does|do)\s+not\s*[.;]
          |(?:shows?|has|have|returns?)\s+no(?:ne|\s+such)\b))
    | ,?\s*\b(?:whereas|whilst)\s+(?:at\s+)?(?:the\s+)?(?={_NAME}\b)
    | (?<=\)),\s*(?:and\s+)?
      (?={_NAME}\s*\([^()]*(?:wedg|biconc|crush|concav|fractur|deform|compress|collaps)[^()]*\))
    | (?:,\s*(?:and|but|while|whereas)?|\band|\bbut|\bwhile|\bwhereas)\s+(?:at\s+)?(?:the\s+)?
      (?={_NAME}(?:\s+(?:vertebra\w*|vertebral\s+body|body|level|itself|in\s+between|between\s+them))*\s*
         (?: (?:is|appears|was|remains)\s+(?:also\s+|completely\s+|again\s+|only\s+)?
             (?:normal|intact|unremarkable|wedged|wedge|collapsed|compressed|fractured|preserved|spared|mild|moderate
               |severe|slight|minimal|not\b|biconcave|flat|unaffected|a\s|an\s|the\s|new|old|acute|chronic|healed|burst)
           | (?:shows|has|demonstrates|exhibits|had|displays|does|contains)\b
           | : ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


# "The posterior wall of L2" before "and L4 is intact": one part of two vertebrae.
_PART_OF_LEVEL = re.compile(
    rf"\b(?:walls?|cortex|cortices|margins?|edges?|borders?|contours?|elements?|pedicles?|lamina[es]?|facets?|arch(?:es)?)\s+"
    rf"(?:of|in|at)\s+(?:the\s+)?{_NAME}(?:\s*,\s*{_NAME})*\s*$",
    re.IGNORECASE,
)


# "Loss of height of T7" before "and T8 is old": one finding of two vertebrae, and what it is.
_FINDING_OF = re.compile(
    rf"\b(?:wedging|compression|loss|reduction|collapse|deformity|fracture|flattening|depression|height)\s+(?:of|at|in)\s+(?:the\s+)?"
    rf"(?:{_NAME}\s*,\s*)*{_NAME}\s*$",
    re.IGNORECASE,
)
_IS_SO = re.compile(
    rf"{_NAME}\s+(?:is|was|has|appears|remains)\s+(?:(?:also|been|not|both|probably|likely)\s+)*(?:mild|moderate|severe|slight|minimal|new|old"
    r"|acute|chronic|healed|stable|unchanged|progressed|increased|worsened)\b(?!\s+[a-z-]*(?:wedg|compress|collaps|fract|deform|loss))",
    re.IGNORECASE,
)


# "T8-T11 are fractured" before "but T9 is spared": one of a stretch, told by the same sentence.
_STRETCH = re.compile(rf"{_NAME}\s*(?:-|to|through|thru)\s*{_NAME}", re.IGNORECASE)
_IS_SPARED = re.compile(
    rf"{_NAME}\s+(?:vertebra\w*\s+|body\s+)*(?:is|was|appears|remains|being)\s+(?:\w+ly\s+)?(?:spared|normal|intact|preserved"
    r"|unaffected|unremarkable|not\b)",
    re.IGNORECASE,
)


def _spares_one(text: str, start: int, match: re.Match[str]) -> bool:
    """Whether a clause takes one vertebra out of the stretch told before."""
    return (
        ";" not in match.group()
        and _IS_SPARED.match(text, match.end()) is not None
        and _STRETCH.search(text, start, match.start()) is not None
    )


def _clauses(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """A sentence cut where another vertebra becomes the subject: "T8 is collapsed, T9 is wedged; L1 is normal"."""
    cut: list[tuple[int, int]] = []
    cursor = start
    for match in _CLAUSE.finditer(text, start, end):
        if text.count("(", cursor, match.start()) > text.count(")", cursor, match.start()):
            continue
        if _ONLY_LEVELS.fullmatch(text, cursor, match.start()) or _ONLY_VALUE.fullmatch(text, cursor, match.start()):
            continue
        if _SINCE.match(text, cursor) and not _HAS_LEVEL.search(text, cursor, match.start()):
            continue
        if _PART_OF_LEVEL.search(text, cursor, match.start()) or _spares_one(text, cursor, match):
            continue
        if (
            "," not in match.group()
            and _FINDING_OF.search(text, cursor, match.start())
            and _IS_SO.match(text, match.end())
        ):
            continue
        if _LABEL.match(text, match.end()) and (
            not _HAS_LEVEL.search(text, cursor, match.start())
            or ("and" in match.group().lower() and _PREPOSITION_LIST.search(text[cursor : match.start()]))
        ):
            continue
        _trimmed(cut, text, cursor, match.start())
        cursor = match.end()
    _trimmed(cut, text, cursor, end)
    return cut


def _trimmed(cut: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    """Append ``text[start:end]`` without the white space around it, unless nothing is left."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        cut.append((start, end))


def _line(text: str, start: int, end: int) -> Line:
    """The flat line of ``text[start:end]``: every run of white space is one space."""
    # A cell of a table ends like a part of a list.
    raw = text[start:end].replace("|", ",")
    if raw.isascii() and "\n" not in raw and "  " not in raw and "\t" not in raw:
        return Line(raw, start, end)
    if not _UNEVEN.search(raw):
        return Line(raw, start, end)
    characters: list[str] = []
    positions: list[int] = []
    cursor = 0
    for match in _SPACE.finditer(raw):
        characters.append(raw[cursor : match.start()])
        positions.extend(range(start + cursor, start + match.start()))
        characters.append(" ")
        positions.append(start + match.start())
        cursor = match.end()
    characters.append(raw[cursor:])
    positions.extend(range(start + cursor, end + 1))
    return Line("".join(characters), start, end, tuple(positions))
