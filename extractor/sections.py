"""Radiology sections: which words are findings, and which only say why the exam was asked for.

medspaCy's stock rules put INDICATION and FINDINGS into one category and know no COMPARISON, so these are our own. A
heading opens a section; a *topic* (a short heading such as "Right knee." or "LUMBAR SPINE:") says what the text after
it is about, so that "no fracture" said of a knee clears no vertebra.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from operator import attrgetter
from pathlib import Path

from extractor.findings import Section
from extractor.levels import find_levels

NOT_THE_EXAM = frozenset({
    "indication", "history", "past_history", "family_history", "social_history", "medications", "technique",
    "comparison", "recommendation", "differential", "discussion", "exam", "other",
})  # fmt: skip
"""Sections that do not report what this exam shows."""


@dataclass(frozen=True, slots=True)
class Topic:
    """From ``start`` on the text is about ``name``: a spinal region, ``spine``, ``chest``, ``elsewhere`` or ``other``.

    ``elsewhere`` is a bone that is no vertebra, ``other`` an organ or a part of a report on several.
    """

    name: str
    start: int


@cache
def _names_of(table: str) -> dict[str, str]:
    """Every name of a table of the knowledge file with its kind; a record without sentences of its own is refused."""
    with (Path(__file__).parent / "knowledge" / "sections.toml").open("rb") as file:
        records = tomllib.load(file)[table]
    for record in records:
        if not record.get("yes") or not record.get("no"):
            raise ValueError(f"sections.toml: {table} {record.get('kind')} lacks yes or no sentences")
    return {name: record["kind"] for record in records for name in record["names"]}


@cache
def _first_words() -> frozenset[str]:
    """The letters with which the names of headings begin."""
    return frozenset(_HEADING_LETTERS.match(name)[0] for name in _names_of("heading"))  # type: ignore[index]


_HEADING_LETTERS = re.compile(r"[a-z]+")
_OPENS_LINE = re.compile(r"^[ \t]*[*#=_>-]{0,4}[ \t]*(?:\d{1,2}[.)][ \t]*)?([A-Za-z]+)", re.MULTILINE)
# A heading on a line of its own, or at the beginning of one: marks of a list, name, date or number, colon or dash.
_LINE = re.compile(
    r"""
    ^[ \t]* [*\#=_>-]{0,4} [ \t]* (?:\d{1,2}[.)][ \t]*)?
    (?P<name>[A-Za-z][A-Za-z0-9 \t/&,'.-]{1,45}?)
    (?: [ \t]+(?:dated[ \t]+)?\d[\d/.-]{3,9} | [ \t]+\#?\d{1,2}(?![\d.]) )? (?: [ \t]*\([^()\n]{0,40}\) )? [ \t*_]*
    (?: :[*_]* | (?<=[ \t])-{1,2}(?=[ \t]) | $ )
    """,
    re.VERBOSE | re.MULTILINE,
)
# "CT Head:", "MRI:": the name of an exam before a colon opens its findings.
_EXAM = re.compile(r"\b(?:XR|CXR|CT|MRI|MR|X-ray|X-RAY|XRAY|Xray|DXA|DEXA)\b(?=[A-Za-z /-]*$)")
# What no heading inside a line contains.
_BREAK = re.compile(r"[^A-Za-z/&' \t-]")
_REMARK = re.compile(r"(?:[ \t]*\([^()\n]{0,30}\)[ \t]*)?$")
# A few words between the beginning of a sentence and a colon, full stop or line end.
_TOPIC = re.compile(
    r"(?:^|(?<=\n)|(?<=[.:;])[ \t])[ \t]*(?:\d[.)][ \t]*)?"
    r"(?P<topic>[A-Za-z][A-Za-z0-9 ./,&()-]{1,60}?)"
    r"(?:[ \t]*:|[ \t]*\.(?=\s)|[ \t]*(?=\n))"
)
_HEADING_WORD = re.compile(r"[A-Za-z/&'-]+")
_TITLE_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
# A heading of what was added later has a time, a remark or marks of its own: "ADDENDUM 16:40.", "** ADDENDUM **",
# "Addendum 02:31h, after the tertiary survey:".
_ADDED = re.compile(
    r"""
    (?:^|(?<=\|)|(?<=\.[ ])) [ \t]* [*=_#>-]{0,4} [ \t]*
    (?P<name>ADDENDUM|Addendum|SUPPLEMENTARY[ ]REPORT|Supplementary[ ]report)
    (?: [ \t]* (?: \([^()\n]{0,40}\) | \#?\d[\w/.:-]*\w | \#?\d
                  | (?:at|on|dated|of|to[ ]report|[A-Z][a-z]{2,8}|[A-Z]{3})\b,? ) )*
    (?: ,[^:.\n]{0,40}(?=:) )? [ \t]* (?: [:.*=-]+ | $ )
    """,
    re.VERBOSE | re.MULTILINE,
)
# Cheap test: without these a text has no heading.
_CAN_HEAD = re.compile(r"[:\n]|^[A-Za-z ]{3,30}$")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and the kind of section that it opens; its own words end at ``content``."""

    kind: str
    start: int
    content: int


def find_headings(text: str) -> tuple[Heading, ...]:
    """Every heading of a text, in order."""
    if not _CAN_HEAD.search(text):
        return ()
    lowered = text.lower()
    later = _ADDED.finditer(text) if "addend" in lowered or "supplem" in lowered else ()
    found = [Heading("addendum", match.start("name"), match.end()) for match in later]
    taken = {heading.content for heading in found}
    begun = {heading.start for heading in found}
    for opened in _OPENS_LINE.finditer(text):
        match = _LINE.match(text, opened.start()) if opened.group(1).lower() in _first_words() else None
        kind = _kind(match.group("name")) if match else None
        if match and kind and match.start("name") not in begun:
            found.append(Heading(kind, match.start("name"), match.end()))
            taken.add(match.end())
    colon = text.find(":")
    while colon >= 0:
        if colon + 1 not in taken and not any(heading.start < colon < heading.content for heading in found):
            inline = _inline(text, colon)
            if inline is not None and not any(heading.start <= inline.start < heading.content for heading in found):
                found.append(inline)
        colon = text.find(":", colon + 1)
    return tuple(sorted(found, key=lambda heading: heading.start))


def _inline(text: str, colon: int) -> Heading | None:
    """A heading inside a line, which ends at a colon: the longest name of words before it."""
    begin = max(0, colon - 60)
    # A remark in brackets may stand before the colon: "XR TL spine (my read):".
    remarked = colon > 0 and text[colon - 1] in " \t)\n"
    end = colon - len(_REMARK.search(text[begin:colon])[0]) if remarked else colon  # type: ignore[index]
    before = _BREAK.split(text[begin:end])[-1]
    begin = end - len(before)
    exam = _EXAM.search(before)
    if exam is not None and len(before) - exam.end() < 30:
        return Heading("findings", begin + exam.start(), colon + 1)
    for word in list(_HEADING_WORD.finditer(before))[-6:]:
        name = before[word.start() :]
        kind = _kind(name)
        if kind is not None and _opens_inline(text, begin + word.start(), name.strip()):
            return Heading(kind, begin + word.start(), colon + 1)
    return None


# A request without a heading: "?# T12   ?wedge # L1   66F, fell on stairs" alone on the first line.
_ASKED_FIRST = re.compile(r"\s*\?[ \t]?[#A-Za-z][^\n]*\n(?=\s*\S)")


def find_sections(text: str, headings: Sequence[Heading] | None = None) -> tuple[Section, ...]:
    """The sections of a text, in order; what stands before the first heading is ``body``."""
    found = find_headings(text) if headings is None else headings
    impression = any(heading.kind == "impression" for heading in found)
    marks = [(0, "body"), *((heading.start, heading.kind) for heading in found)]
    asked = _ASKED_FIRST.match(text)
    if asked is not None and all(heading.start >= asked.end() for heading in found):
        marks[:1] = [(0, "indication"), (asked.end(), "body")]
    if not any(heading.kind == "findings" for heading in found):
        marks = _first_paragraphs(text, marks, found)
        if not impression and not _only_comments(text, marks):
            # Some dictate their findings under DISCUSSION.
            marks = [(start, "findings" if kind == "discussion" else kind) for start, kind in marks]
    else:
        marks = _after_later_comparisons(text, marks)
    return tuple(
        Section(name="findings" if name == "exam_named" else name, start=start, end=end)
        for (start, name), (end, _) in zip(marks, [*marks[1:], (len(text), "")], strict=True)
        if end > start
    ) or (Section(name="body", start=0, end=0),)


_START = attrgetter("start")


def section_at(sections: Sequence[Section], offset: int) -> Section | None:
    """The section that an offset lies in; None before the first."""
    position = bisect_right(sections, offset, key=_START) - 1
    return sections[position] if position >= 0 else None


def _only_comments(text: str, marks: list[tuple[int, str]]) -> bool:
    """Whether vertebrae are named before a discussion, which itself names none and so speaks of the disease."""
    if not any(kind == "discussion" for _, kind in marks):
        return False
    ends = [*(start for start, _ in marks[1:]), len(text)]
    naming = [kind for (start, kind), end in zip(marks, ends, strict=True) if find_levels(text[start:end])]
    return "discussion" not in naming and any(kind not in NOT_THE_EXAM for kind in naming)


def _after_later_comparisons(text: str, marks: list[tuple[int, str]]) -> list[tuple[int, str]]:
    """A comparison that is told among the findings is one paragraph; behind it the findings go on."""
    extended: list[tuple[int, str]] = []
    for (start, name), (end, _) in zip(marks, [*marks[1:], (len(text), "")], strict=True):
        told = any(earlier == "findings" for _, earlier in extended)
        extended.append((start, name))
        blank = _BLANK_LINE.search(text, start, end) if name == "comparison" and told else None
        if blank is not None and text[blank.end() : end].strip():
            extended.append((blank.end(), "findings"))
    return extended


_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_ONE_PARAGRAPH = frozenset({"exam", "indication", "history", "technique", "comparison", "other", "medications"})


def _first_paragraphs(text: str, marks: list[tuple[int, str]], headings: Sequence[Heading]) -> list[tuple[int, str]]:
    """Sections of a report without a findings heading: what follows the first line of its history is the report."""
    extended: list[tuple[int, str]] = []
    contents = {heading.start: heading.content for heading in headings}
    for (start, name), (end, _) in zip(marks, [*marks[1:], (len(text), "")], strict=True):
        extended.append((start, name))
        if name not in _ONE_PARAGRAPH or start not in contents:
            continue
        content = contents[start]
        while content < end and text[content] in " \t\r\n":
            content += 1
        if name == "comparison" and (begins := _after_comparison(text, content, end)) is not None:
            extended.append((begins, "body"))
            continue
        stop = text.find("\n", content, end)
        while stop >= 0 and _wraps(text, stop, end):
            stop = text.find("\n", stop + 1, end)
        if stop >= 0 and text[stop:end].strip():
            extended.append((stop + 1, "body"))
    return extended


# The end of what is compared with, and a sentence behind it on the line that names no other exam.
_COMPARED = re.compile(
    r"(?<!\bDr)(?<!\bNo)(?<=[a-z\dX)])\.[ \t]+(?=[A-Z])(?!(?:CT|MRI?|X-?[Rr]ay\w*|XR|CXR|DXA|DEXA|PET|Radio\w+"
    r"|Chest|Lumbar|Thoracic|Spine|Prior|Previous|Outside|None|No\s+(?:prior|previous|other)|Also|And|It|That|This|These|Those|They|Report|Images?"
    r"|Available|Films?|Stud(?:y|ies)|Exam\w*|Dated?|XXXX)\b)"
)


def _after_comparison(text: str, content: int, end: int) -> int | None:
    """Where the report goes on behind the exams that it is compared with: "Comparison: 2019. Fracture of T12"."""
    line_end = text.find("\n", content, end)
    match = _COMPARED.search(text, content, end if line_end < 0 else line_end)
    return match.end() if match else None


def _wraps(text: str, newline: int, end: int) -> bool:
    """Whether the line after a line end goes on with the same sentence."""
    line = text[text.rfind("\n", 0, newline) + 1 : newline].rstrip()
    following = text[newline + 1 : end].lstrip(" \t")
    if not line or not following or line[-1] in ".!?:":
        return False
    return following[0].islower() or (len(line) > 60 and following[0] != "\n")


@lru_cache(maxsize=4_096)
def _kind(name: str) -> str | None:
    """The kind of section that a heading opens; None for words that are no heading."""
    return _names_of("heading").get(" ".join(name.lower().split()).rstrip("."))


def _opens_inline(text: str, start: int, name: str) -> bool:
    """A heading inside a line must be in capitals, or capitalised after a full stop."""
    before = text[max(0, start - 12) : start].rstrip(" \t*_")
    if name.isupper() and len(name) > 2:
        last = re.search(r"[A-Za-z0-9-]+$", before)
        return last is None or (not last.group().isupper() and not last.group().isdigit()) or last.group() in ("A", "I")
    return name[0].isupper() and (not before or before[-1] in ".\n!?|;")


def _topic(words: str) -> str | None:
    """What a title is about, whatever it says of the exam: "XR right ankle 3 views" is about another bone."""
    known = _names_of("topic").get(" ".join(words.split()))
    if known is not None:
        return known
    about = [word for word in _TITLE_WORD.findall(words) if word not in _names_of("exam_word")]
    if not about or len(about) > 6:
        return None
    kinds = {_names_of("topic").get(word) for word in about}
    return _names_of("topic").get(" ".join(about)) or ("elsewhere" if kinds <= {"other", "elsewhere"} else None)


def find_topics(text: str) -> tuple[Topic, ...]:
    """Where a report of several parts turns to another part of the body."""
    found = []
    for match in _TOPIC.finditer(text):
        name = _topic(match.group("topic").lower())
        if name is not None:
            found.append(Topic(name, match.start("topic")))
    return tuple(found)
