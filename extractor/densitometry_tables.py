"""Tables of bone densitometry, in whatever way they were flattened into text.

A table is a header and rows. The header gives each column facets (a measure, a site, a side, a date), each row gives
facets of its own (a label, a date), the headings above give the rest, and a number is what these say together: so
sites by measures, measures by sites, sites by dates, and left beside right are one case. A header keeps its meaning
until the next one, because some reports name their columns once and far above.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import cast

from extractor.densitometry_columns import (
    MEASURED,
    Column,
    Item,
    columns_of_cell,
    heading,
    named_columns,
    place_items,
    strangeness,
)
from extractor.densitometry_words import Claim, Measure, Number, Place, Span, Token, place_of, sole_measure, tokens
from extractor.findings import DensityClass

_DELIMITERS = ("|", "\t", ";", ",")
_SEPARATOR = re.compile(r"[\s|+:=_*~.\u2014-]*")
_MISSING = re.compile(
    r"(?<![^\s|,;(])(?:-{1,3}|\u2014|n\.?[/ ]?a\.?|n[/.]?d\.?|none|nil|null|\*{2,3}|\.{1,3}|\?|x{2,}|"
    r"not (?:available|calculated|reported|done))(?![^\s|,;)])",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\b(?:the|is|was|are|were|has|have|been|this|with|which|by)\b", re.IGNORECASE)
"""Words that a heading without delimiters does not hold and a sentence hardly lacks."""

_CAPTION = re.compile(
    r"\b(?:columns?(?: order)?|(?:from )?left to right|in (?:this|the following|that) order|"
    r"order(?: of (?:columns|values))?|format|values given as|listed as)\s*(?:are|is)?\s*[:=]\s*(?=\S)",
    re.IGNORECASE,
)
"""Words before the names of columns that a report gives once, in a line of their own."""

_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the view."""

    start: int
    end: int
    text: str

    @property
    def blank(self) -> bool:
        """Whether nothing but rules and space stands on the line."""
        return _SEPARATOR.fullmatch(self.text) is not None


@dataclass(frozen=True, slots=True)
class Header:
    """Columns, how the line separates its cells, and how many cells it has; ``last`` is its last line."""

    columns: tuple[Column, ...]
    delimiter: str
    cells: int
    last: int

    @property
    def by_measure(self) -> bool:
        """Whether the columns are measures; else they are sites, sides or dates and the rows are measures."""
        return any(c.kind in MEASURED or c.kind.startswith("change") for c in self.columns)


@dataclass(slots=True)
class TableReading:
    """What the tables of a report say, and the stretches that no other reader may read again."""

    claims: list[Claim] = field(default_factory=list)
    consumed: list[Span] = field(default_factory=list)
    unreadable: list[Span] = field(default_factory=list)


def lines_of(text: str) -> list[Line]:
    """The lines of a view."""
    found = []
    position = 0
    for line in text.split("\n"):
        found.append(Line(position, position + len(line), line))
        position += len(line) + 1
    return found


def cells_of(line: Line, delimiter: str) -> list[Span]:
    """The cells of a line as offsets within it; a delimiter at its very start or end closes no cell of its own."""
    text = line.text
    if delimiter == " ":
        return [m.span() for m in re.finditer(r"\S+(?:[ ]\S+)*", text)]
    bounds = [-1, *(i for i, c in enumerate(text) if c == delimiter), len(text)]
    spans = [(a + 1, b) for a, b in pairwise(bounds)]
    if delimiter == "|" and spans and not text[slice(*spans[0])].strip():
        spans = spans[1:]
    if delimiter in "|\t" and spans and not text[slice(*spans[-1])].strip() and len(spans) > 1 and delimiter == "|":
        spans = spans[:-1]
    trimmed = []
    for a, b in spans:
        while a < b and text[a] in " \t\"'":
            a += 1
        while b > a and text[b - 1] in " \t\"'":
            b -= 1
        trimmed.append((a, b))
    return trimmed


# ------------------------------------------------------------------------------------------------------------ headers


def _split_unmarked(text: str, start: int) -> list[Span]:
    """Cells of a heading without delimiters: stretches between wide gaps, those again cut where several names meet."""
    spans: list[Span] = []
    for match in re.finditer(r"\S+(?:[ ]\S+)*", text):
        piece = match.group()
        names = [n for n in named_columns(piece) if n[0] not in ("text", "value") or len(piece) == n[2] - n[1]]
        if len(names) < 2:
            spans.append(match.span())
            continue
        taken = heading(piece)
        if taken.place and not any(n[0] == "place" for n in names) and len(taken.kinds) == len(names):
            first = min(n[1] for n in names)
            if piece[:first].strip() and taken.place.spans and taken.place.spans[0][0] < first:
                spans.append((match.start(), match.start() + first))
        spans += [(match.start() + a, match.start() + b) for _, a, b in names]
    return [(a + start, b + start) for a, b in spans]


def _listed_columns(line: Line) -> list[Column]:
    """Columns that a caption lists in running text: "Columns: BMD / T / Z", "Region, BMD, T-score, Z-score:"."""
    caption = _CAPTION.search(line.text)
    start = caption.end() if caption else 0
    if not caption:
        if not line.text.rstrip().endswith(":"):
            return []
        start = max(line.text.rfind(". ") + 1, line.text.rstrip(" :").rfind(": ") + 1, 0)
    names = named_columns(line.text[start:])
    taken = heading(line.text[start:])
    if sum(k in MEASURED for k, _, _ in names) < 2 or taken.leftover > 1 or taken.decimals:
        return []
    at = line.start + start
    return [Column(k, start + a, start + b, words=((at + a, at + b),)) for k, a, b in names]


def _header_columns(line: Line, delimiter: str) -> tuple[list[Column], int] | None:
    """The columns of a line if it can be a heading at all: no measured number, few words that are not names."""
    if any(t.number is not None and (t.number.decimals or t.number.sign == "-") for t in tokens(line.text)):
        return None
    if delimiter == " " and (_SENTENCE.search(line.text) or re.search(r":[ ]{0,2}[A-Za-z]", line.text)):
        return None
    spans = _split_unmarked(line.text, 0) if delimiter == " " else cells_of(line, delimiter)
    columns: list[Column] = []
    leftover = decimals = integers = 0
    for index, (a, b) in enumerate(spans):
        text = line.text[a:b]
        taken = heading(text, line.start + a)
        leftover += taken.leftover
        decimals += taken.decimals
        integers += taken.integers
        columns += columns_of_cell(text, line.start + a, a, index)
    if decimals or integers > 1 or not columns:
        return None
    if leftover > (3 if delimiter == " " else 2 + 2 * len(spans)):
        return None
    return columns, len(spans)


def _kinds(columns: Sequence[Column]) -> list[str]:
    return [c.kind for c in columns]


def _can_head(columns: Sequence[Column]) -> bool:
    kinds = [k for k in _kinds(columns) if k != "blank"]
    measures = sum(k in MEASURED or k.startswith("change") for k in kinds)
    if measures and len(kinds) >= 2:
        return True
    heads = [c for c in columns if c.kind in ("place", "side", "date") and c.heads_values]
    valued = "value" in kinds and len(kinds) >= 2
    return (
        len(heads) >= 2
        or valued
        or (len(heads) == 1 and len(kinds) >= 2 and columns[0].kind in ("text", "blank", "place"))
    )


def read_header(lines: Sequence[Line], index: int) -> Header | None:
    """The header that starts on this line, if one does; up to four lines may stand on top of each other."""
    line = lines[index]
    listed = _listed_columns(line)
    if listed:
        return Header(tuple(listed), " ", 1, index)
    for delimiter in (*_DELIMITERS, " "):
        if delimiter != " " and line.text.count(delimiter) < (1 if delimiter in "|\t" else 2):
            continue
        stack: list[tuple[list[Column], int]] = []
        last = index
        for below in range(index, min(index + 4, len(lines))):
            if lines[below].blank:
                grouped = stack and all(
                    c.kind in ("place", "side", "date", "blank") and not c.words for c in stack[-1][0]
                )
                if lines[below].text.strip() or (delimiter == "|" and below < index + 3) or grouped:
                    continue
                break
            read = _header_columns(lines[below], delimiter)
            if read is None or (stack and not _is_heading_line(read[0])):
                break
            if not stack and (len([c for c in read[0] if c.kind != "blank"]) < 2 or _is_one_place(read[0])):
                break
            stack.append(read)
            last = below
        if not stack:
            continue
        columns = _merged(stack, lines, index, last, delimiter)
        if _can_head(columns):
            return Header(tuple(columns), delimiter, max(count for _, count in stack), last)
    return None


def _is_one_place(columns: Sequence[Column]) -> bool:
    """Whether the cells of a line name one place together ("LUMBAR   L1-L4"): a heading, not columns."""
    places = [c.place for c in columns if c.kind != "blank"]
    if not all(places) or any(c.words for c in columns):
        return False
    for attribute in ("region", "part", "side", "levels"):
        if len([p for p in places if getattr(p, attribute)]) > 1:
            return False
    regions = {p.region_named() for p in places if p.region_named()}
    return len(regions) == 1


def _is_heading_line(columns: Sequence[Column]) -> bool:
    """Whether a line below a heading continues it: every cell a column name, a group or a unit, and not a row label."""
    names = [c for c in columns if c.kind not in ("unknown", "blank", "place", "side", "date", "class", "text")]
    named_labels = [c for c in columns if c.kind in ("place", "side", "date") and c.words]
    groups = [c for c in columns if c.kind in ("place", "side", "date") and not c.words]
    return bool(names or named_labels or len(groups) >= 2)


def _merged(
    stack: Sequence[tuple[list[Column], int]], lines: Sequence[Line], first: int, last: int, delimiter: str
) -> list[Column]:
    """One row of columns from heading lines on top of each other: the fullest line, completed by the others."""
    rows = [columns for columns, _ in stack]
    base = max(range(len(rows)), key=lambda i: (sum(k in MEASURED for k in _kinds(rows[i])), len(rows[i]), i))
    columns = rows[base]
    for position, other in enumerate(rows):
        if position == base:
            continue
        groups = [c for c in other if c.kind in ("place", "side", "date") and c.heads_values and not c.words]
        if len(groups) >= 2 or (groups and len([c for c in other if c.kind != "blank"]) == 1 and position < base):
            columns = _grouped(columns, groups, delimiter)
        else:
            columns = _completed(columns, other, delimiter, above=position < base)
    columns = _with_places(_with_regions(columns))
    return (
        sorted(columns, key=lambda c: (c.cell, c.start)) if delimiter != " " else sorted(columns, key=lambda c: c.start)
    )


def _with_regions(columns: Sequence[Column]) -> list[Column]:
    """Columns headed "Total" beside columns of the same bone: "Neck L, Total L" is the hip's total."""
    result: list[Column] = []
    known = ""
    for column in columns:
        if column.place.part == "total" and not column.place.region and known:
            column = replace(column, place=replace(column.place, region=known))
        known = column.place.region_named() or known
        result.append(column)
    return result


def _with_places(columns: Sequence[Column]) -> list[Column]:
    """Columns of change without a site beside one with a site: "Spine BMD, vs baseline, vs previous, Hip BMD, ..."."""
    result: list[Column] = []
    last = Place()
    for column in columns:
        if column.kind in MEASURED and column.place.named:
            last = column.place
        elif column.kind in MEASURED and last and not column.place:
            column = replace(column, place=last)
        result.append(column)
    return result


def _repeated(columns: Sequence[Column]) -> list[list[Column]]:
    """Columns cut where their kinds begin anew: BMD T Z | BMD T Z."""
    chunks: list[list[Column]] = []
    for column in columns:
        if not chunks or column.kind in {c.kind for c in chunks[-1]}:
            chunks.append([])
        chunks[-1].append(column)
    return chunks


def _grouped(columns: Sequence[Column], groups: list[Column], delimiter: str) -> list[Column]:
    """Columns with the place or date of the group heading above them.

    The measures repeat in every group (BMD T Z, BMD T Z): where they begin anew, the next group begins. Without such
    repetition the group above or nearest counts.
    """
    labels = [c for c in columns if c.kind in ("place", "side", "date", "text", "class", "blank") and not c.numeric]
    chunks = _repeated([c for c in columns if c not in labels])
    if len(groups) == len(chunks) + 1 and groups[0].place.named:
        # The first group stands over the row names and names the bone of all others.
        groups = [replace(g, place=g.place.under(groups[0].place)) for g in groups[1:]]
    if len(groups) == 1 and len(chunks) == 1:
        chosen = dict.fromkeys(chunks[0], groups[0])
    elif len(chunks) == len(groups):
        chosen = {column: group for chunk, group in zip(chunks, groups, strict=True) for column in chunk}
    else:
        members = [c for c in columns if c not in labels]
        if delimiter != " " and all(c.cell >= groups[0].cell for c in members):
            chosen = {c: max((g for g in groups if g.cell <= c.cell), key=lambda g: g.cell) for c in members}
        else:
            chosen = {c: min(groups, key=lambda g: abs(g.start + g.end - c.start - c.end)) for c in members}
    return [
        replace(c, place=c.place.under(chosen[c].place), date=c.date or chosen[c].date, when=c.when or chosen[c].when)
        if c in chosen
        else c
        for c in columns
    ]


def _completed(columns: Sequence[Column], other: Sequence[Column], delimiter: str, *, above: bool) -> list[Column]:
    """Columns whose name goes on in the line above or below ("Young-Adult" over "(%)" and "T-score")."""
    merged = list(columns)
    for extra in other:
        if extra.kind in ("blank", "text"):
            continue
        near = [i for i, c in enumerate(merged) if _stacked(c, extra, delimiter)]
        if not near:
            if extra.kind not in ("unknown",):
                merged.append(extra)
            continue
        for i in near:
            merged[i] = _joined(merged[i], extra)
    return merged


def _stacked(column: Column, extra: Column, delimiter: str) -> bool:
    if delimiter != " ":
        return column.cell == extra.cell
    return column.start < extra.end + 2 and extra.start < column.end + 2


def _joined(column: Column, extra: Column) -> Column:
    """One heading out of two on top of each other; the more telling word decides the kind."""
    kinds = {column.kind, extra.kind}
    kind = column.kind
    if column.kind in ("unknown", "blank", "text", "value", "place", "date"):
        kind = extra.kind if extra.kind not in ("unknown", "blank", "text") or column.kind == "blank" else column.kind
    if "change" in kinds or "change_since_first" in kinds:
        kind = (
            "change_since_first"
            if "change_since_first" in kinds
            else "change_absolute"
            if "bmd" in kinds and column.kind == "bmd" and extra.kind == "change"
            else "change"
        )
        if "bmd" in kinds and "change" in kinds and extra.kind == "bmd":
            kind = "change_absolute"
    return replace(
        column,
        kind=kind,
        start=min(column.start, extra.start) if extra.kind != "percent" else column.start,
        end=max(column.end, extra.end) if extra.kind != "percent" else column.end,
        place=column.place.under(extra.place),
        date=column.date or extra.date,
        when=column.when or extra.when,
        words=column.words + extra.words,
    )


# --------------------------------------------------------------------------------------------------------------- rows


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what its words say, and its numbers in order."""

    line: Line
    items: tuple[Item, ...]
    place: Place
    measures: tuple[tuple[str, int, int], ...]
    date: str
    when: str
    classification: str
    class_span: Span | None
    skipped: bool
    leftover: int
    cells: int
    wide: bool
    blank_label: bool
    listed: bool
    """Whether sites and numbers alternate on the line, as in a sentence that lists them."""


# A line below the densities that is of another score: "TBS L1-L4: 1.214".
_OTHER_SCORE = re.compile(r"\W*(?:TBS|trabecular\s+bone\s+score)\b(?!.*\d.*\d[.,]\d.*[-+]\d)", re.IGNORECASE)


def read_row(line: Line, delimiter: str) -> Row:
    """Take a line apart into label, numbers and marks of missing ones."""
    marked = delimiter != " " and delimiter in line.text
    spans = cells_of(line, delimiter) if marked else [(0, len(line.text))]
    found: list[Token] = []
    items: list[Item] = []
    known: list[Span] = []
    for index, (a, b) in enumerate(spans):
        cell = line.text[a:b]
        here = [_shifted(t, a) for t in tokens(cell)]
        found += here
        known += [(t.start, t.end) for t in here]
        numbers = [t for t in here if t.kind == "number" and t.number is not None and t.number.unit not in ("foreign",)]
        missing = [(m.start() + a, m.end() + a) for m in _MISSING.finditer(cell)]
        missing += [(t.start, t.end) for t in here if t.kind == "garbled"]
        missing = [m for m in missing if not any(m[0] < t.end and t.start < m[1] for t in here if t.kind != "garbled")]
        if marked and not cell.strip():
            missing = [(a, max(a, b))]
        known += missing
        start = line.start
        merged: list[tuple[int, int, Number | None]] = _with_percent_in_brackets(line.text, numbers)
        merged += [(m[0], m[1], None) for m in missing]
        items += [
            Item(number, s, e, index, (start + s, start + e), _measure_before(here, s, line.text) if marked else "")
            for s, e, number in sorted(merged, key=lambda x: x[0])
        ]
    label = [t for t in found if t.kind in ("part", "region", "side", "levels")]
    words = list(line.text)
    for a, b in known:
        words[a:b] = " " * (b - a)
    bare = "".join(words)
    for t in found:
        if t.kind == "time":
            words[t.start : t.end] = line.text[t.start : t.end]
    names = [
        n for n in named_columns("".join(words)) if n[0] not in ("place", "date", "side", "text", "value", "class")
    ]
    measures = tuple((t.value, t.start, t.end) for t in found if t.kind == "measure") or tuple(names[:2])
    classes = [t for t in found if t.kind == "class"]
    dates = [t for t in found if t.kind == "date"]
    times = [t for t in found if t.kind == "time"]
    numbered = [i.start for i in items if i.number is not None]
    listed = bool(numbered) and any(t.kind in ("part", "region") and t.start > numbered[0] for t in label)
    gaps = [b.start - a.end for a, b in pairwise(items)]
    return Row(
        line,
        tuple(items),
        _absolute(place_of(label), line.start),
        measures,
        dates[0].value if dates else "",
        times[0].value if times else "",
        classes[0].value if classes else "",
        (line.start + classes[0].start, line.start + classes[0].end) if classes else None,
        any(t.kind == "skip" for t in found),
        len(_WORD.findall(bare)),
        len(spans),
        any(gap > 1 for gap in gaps) or (bool(items) and line.text[: items[0].start].endswith("  ")),
        marked and not line.text[slice(*spans[0])].strip(),
        listed,
    )


def _measure_before(found: Sequence[Token], start: int, text: str) -> str:
    """The measure named right before a number."""
    named = [t for t in found if t.kind == "measure" and t.end <= start and not text[t.end : start].strip(" :=(")]
    return named[-1].value if named else ""


def _with_percent_in_brackets(text: str, numbers: Sequence[Token]) -> list[tuple[int, int, Number | None]]:
    """Numbers of a cell; of "-0.041 (-4.9%)*" only the percentage counts, a change printed in two units."""
    found: list[tuple[int, int, Number | None]] = []
    for token in numbers:
        number = token.number
        if number is not None and number.percent and found:
            _, end, before = found[-1]
            if (
                before is not None
                and before.decimals >= 2
                and re.fullmatch(r"[ ]?(?:g/cm2)?[ ]?\([ ]?", text[end : token.start])
            ):
                found.pop()
                starred = number.starred or bool(re.match(r"\s*\)\s?[*#]", text[token.end : token.end + 4]))
                number = replace(number, starred=starred)
        found.append((token.start, token.end, number))
    return found


def _shifted(token: Token, by: int) -> Token:
    return replace(token, start=token.start + by, end=token.end + by)


def _absolute(place: Place, by: int) -> Place:
    return replace(place, spans=tuple((a + by, b + by) for a, b in place.spans))


# ------------------------------------------------------------------------------------------- one kind of cell a line


@dataclass(frozen=True, slots=True)
class Dump:
    """A block of single cells: its columns and its rows, or no rows where they cannot be told."""

    last: int
    columns: tuple[Column, ...]
    rows: list[tuple[Line, list[Item]]] | None


_LONGEST_DUMP = 300


@lru_cache(maxsize=1024)
def _line_kind(text: str) -> str:
    """What a line consists of: N numbers, C column names, P a place, K a class, or something else (empty)."""
    if len(text) > 100 or not text.strip():
        return ""
    found = tokens(text)
    rest = list(text)
    for t in found:
        rest[t.start : t.end] = " " * (t.end - t.start)
    for m in _MISSING.finditer(text):
        rest[m.start() : m.end()] = " " * (m.end() - m.start())
    words = _WORD.search("".join(rest)) or re.search(r"[A-Za-z]", "".join(rest))
    kinds = {t.kind for t in found}
    if not words and kinds <= {"number"} and (found or _MISSING.search(text)):
        return "N"
    taken = heading(text)
    if taken.leftover or taken.decimals:
        return ""
    names = [k for k, _, _ in taken.kinds]
    if names and not (taken.place.named or taken.place.side):
        return "C"
    if taken.place and not names and "number" not in kinds:
        return "P"
    if not names and kinds == {"class"} and not words:
        return "K"
    return ""


def dump_at(lines: Sequence[Line], index: int) -> Dump | None:
    """The block of single cells that starts on this line; None where there is none, or only names with one value."""
    sequence: list[tuple[str, Line]] = []
    last = index
    for position in range(index, min(index + _LONGEST_DUMP, len(lines))):
        line = lines[position]
        if line.blank and not _MISSING.search(line.text):
            if position > last + 2:
                break
            continue
        kind = _line_kind(line.text)
        if not kind:
            break
        sequence.append((kind, line))
        last = position
    while sequence and sequence[-1][0] in "PCK":
        sequence.pop()
    if not sequence:
        return None
    last = next(i for i in range(last, index - 1, -1) if lines[i] is sequence[-1][1])
    shape = "".join(kind for kind, _ in sequence)
    if "N" not in shape or "C" not in shape or "P" not in shape or len(sequence) < 4:
        return None
    columns = [
        column
        for kind, line in sequence
        if kind == "C"
        for a, b in _split_unmarked(line.text, 0)
        for column in columns_of_cell(line.text[a:b], line.start + a, a, 0)
    ]
    columns = [c for c in columns if c.numeric]
    if not any(c.kind in MEASURED for c in columns):
        return None
    short = shape.replace("K", "")
    alone = all(len(read_row(line, " ").items) == 1 for kind, line in sequence if kind == "N")
    if alone and re.search(r"CNC", re.sub(r"C+", "C", short)) and not re.search(r"NN", short):
        return None
    return Dump(last, tuple(columns), _rows_of_dump(sequence, columns))


def _items_of(line: Line) -> list[Item]:
    row = read_row(line, " ")
    return list(row.items)


def _rows_of_dump(
    sequence: Sequence[tuple[str, Line]], columns: Sequence[Column]
) -> list[tuple[Line, list[Item]]] | None:
    cells = [(kind, line) for kind, line in sequence if kind != "K"]
    shape = "".join(kind for kind, _ in cells)
    labels = [label for kind, line in cells if kind == "P" for label in _labels_of(line)]
    per_column = re.fullmatch(r"C?P+((?:CN+){2,})", shape)
    if per_column:
        groups: list[list[Item]] = []
        for kind, line in cells:
            if kind == "C":
                groups.append([])
            elif kind == "N":
                groups[-1] += _items_of(line)
        groups = [g for g in groups if g]
        if len(groups) != len(columns) or any(len(g) != len(labels) for g in groups):
            return None
        return [(label, [g[i] for g in groups]) for i, label in enumerate(labels)]
    if re.fullmatch(r"P?C+(?:P+N+)+", shape) and shape.count("PN") > 1:
        return _labelled_rows(cells)
    if re.fullmatch(r"(?:C*P+C+|C+P+)N+", shape):
        lines = [_items_of(line) for kind, line in cells if kind == "N"]
        return _rows_by_count(labels, lines, columns)
    return None


def _labels_of(line: Line) -> list[Line]:
    """The row labels of a line: one, or several where levels follow each other ("L1 L2 L3 L4 L1-L4")."""
    found = [t for t in tokens(line.text) if t.kind == "levels" and t.levels]
    if len(found) < 2:
        return [line]
    return [Line(line.start + t.start, line.start + t.end, line.text[t.start : t.end]) for t in found]


def _labelled_rows(cells: Sequence[tuple[str, Line]]) -> list[tuple[Line, list[Item]]]:
    """Rows where every label is followed by its own numbers; a label of two lines is put together."""
    rows: list[tuple[Line, list[Item]]] = []
    before = ""
    for kind, line in cells:
        if kind == "P" and before == "P" and rows:
            above = rows[-1][0]
            gap = " " * (line.start - above.end)
            rows[-1] = (Line(above.start, line.end, above.text + gap + line.text), [])
        elif kind == "P":
            rows.append((line, []))
        elif kind == "N" and rows:
            rows[-1][1].extend(_items_of(line))
        before = kind
    return rows


def _rows_by_count(
    labels: Sequence[Line], lines: Sequence[Sequence[Item]], columns: Sequence[Column]
) -> list[tuple[Line, list[Item]]] | None:
    """Labels first, then all numbers: by row or by column, whichever the numbers themselves allow."""
    items = [item for line in lines for item in line]
    wide, high = len(columns), len(labels)
    if len(items) != wide * high:
        return None
    by_row = [items[i * wide : (i + 1) * wide] for i in range(high)]
    by_column = [[items[c * high + r] for c in range(wide)] for r in range(high)]

    def cost(rows: Sequence[Sequence[Item]]) -> float:
        return sum(strangeness(c.kind, i.number) for row in rows for i, c in zip(row, columns, strict=True))

    down, across = cost(by_column), cost(by_row)
    if min(down, across) > 1.0 * high or (abs(down - across) < 1.0 and min(wide, high) > 1):
        return None
    return list(zip(labels, by_row if across < down or wide == 1 or high == 1 else by_column, strict=True))


# -------------------------------------------------------------------------------------------------------------- tables


def forget() -> None:
    """Drop the lines that were kept while one report was read."""
    _line_kind.cache_clear()


class TableReader:
    """Goes down the lines of a report once, keeping the header and the headings that hold."""

    def __init__(self, text: str, *, skip: Sequence[Span] = ()) -> None:
        self.text = text
        self.lines = lines_of(text)
        self.skip = skip
        self.reading = TableReading()
        self.header: Header | None = None
        self.frame = Place()
        self.frame_date = ""
        self.frame_when = ""
        self.group = Place()
        self.rows_above: list[Place] = []
        self.row_place = Place()
        self.by_measure = True
        self.labelled = False
        self.captioned: list[Place] = []
        self.open = False
        self.table = 0
        self.last_row = -1
        self.frame_measure = ""
        self.sole_measure = sole_measure(text)

    def read(self) -> TableReading:
        """All tables of the report."""
        index = 0
        while index < len(self.lines):
            line = self.lines[index]
            if not line.text.strip() or line.blank:
                index += 1
                continue
            stacked = self._one_cell_a_line(index)
            if stacked is not None:
                index = stacked
                continue
            header = self._header(index)
            if header is not None:
                self._start(header, index)
                index = self._shifted_labels(header) or header.last + 1
                continue
            if not self._row(index):
                self._heading(line)
            index += 1
        return self.reading

    # ------------------------------------------------------------------------------------------------ lines to tables

    def _header(self, index: int) -> Header | None:
        if len(self.lines[index].text) > 400:
            return None
        header = read_header(self.lines, index)
        if header is None:
            return None
        seen = 0
        for below in range(header.last + 1, min(header.last + 12, len(self.lines))):
            line = self.lines[below]
            if line.blank:
                continue
            if not header.by_measure and len(re.findall(r":[ ]+[-+]?\d[.\d]*(?=[ ]{2}|$)", line.text)) >= 2:
                return header
            row = read_row(line, header.delimiter)
            if self._belongs(row, header):
                return header
            if row.listed and len(row.items) == len([c for c in header.columns if c.numeric]) and not row.measures:
                return header
            seen += 1
            if seen > 3:
                return None
        return None

    def _shifted_labels(self, header: Header) -> int | None:
        """Read a table whose first label slid into the header line, so that every label stands one line too high."""
        first = header.columns[0]
        if header.delimiter != " " or first.words or not first.place.named or not header.by_measure:
            return None
        columns = [c for c in header.columns[1:] if c.numeric]
        rows = []
        for line in self.lines[header.last + 1 : header.last + 30]:
            if line.blank:
                break
            row = read_row(line, " ")
            if len(row.items) != len(columns) or row.leftover or row.listed:
                break
            rows.append(row)
            if not row.place:
                break
        if len(rows) < 2 or rows[-1].place.named or not all(r.place.named for r in rows[:-1]):
            return None
        labels = [first.place, *(row.place for row in rows[:-1])]
        for label, row in zip(labels, rows, strict=True):
            moved = replace(row, place=label)
            place = self._place_of_row(moved)
            for item, column in place_items(row.items, columns, by_cell=False, by_position=False).pairs:
                self._claim(moved, place, item, column)
            self.reading.consumed.append((row.line.start, row.line.end))
        return next(i for i, line in enumerate(self.lines) if line is rows[-1].line) + 1

    def _start(self, header: Header, index: int) -> None:
        self.table += 1
        self.header = header
        self.by_measure = header.by_measure
        self.labelled = any(c.kind == "place" and c.words for c in header.columns)
        self.row_place = Place()
        self.open = True
        self.group = Place()
        self.rows_above = []
        for line in self.lines[index : header.last + 1]:
            self.reading.consumed.append((line.start, line.end))

    def _belongs(self, row: Row, header: Header) -> bool:
        """Whether a line is a row of this table: numbers, few foreign words, and no measure named beside them."""
        printed = [i for i in row.items if i.number is not None]
        if not printed:
            return False
        if not any(i.number and (i.number.decimals or i.number.sign or i.number.percent) for i in printed):
            return False
        if header.by_measure:
            mixed = any(c.kind in ("place", "date") and c.heads_values for c in header.columns)
            if not mixed and row.measures and any(m[0] in MEASURED or m[0] == "tz" for m in row.measures):
                return False
        elif header.delimiter == " " and (row.listed or len({m[0] for m in row.measures}) > 1):
            return False
        elif not row.measures and not any(c.kind == "value" for c in header.columns):
            known = self.frame_measure or self.sole_measure or any(i.measure for i in row.items)
            if not (row.place or row.date) or not known or row.listed:
                return False
        delimited = header.delimiter != " " and header.delimiter in row.line.text
        if not delimited and row.listed:
            return False
        return row.leftover <= (8 if delimited else 3)

    def _row(self, index: int) -> bool:
        line = self.lines[index]
        if len(line.text) > 400 or _OTHER_SCORE.match(line.text):
            return False
        header = self.header
        row = read_row(line, header.delimiter if header else " ")
        if header is not None and self.open and self._side_by_side(line, header):
            return True
        if header is not None:
            if self.open and row.listed and self._two_tables(row, header):
                return True
            fits = self._belongs(row, header)
            if fits and self.open:
                return self._claim_row(row, header)
            if fits and row.place.named and len([i for i in row.items if i.number]) >= 2 and header.by_measure:
                return self._claim_row(row, header)
            if self.open and not row.items and row.classification and row.leftover <= 3:
                return True
            other_rows = row.items and row.measures and not any(m[0] in MEASURED for m in row.measures)
            if self.open and not header.by_measure and other_rows and row.leftover <= 3:
                return True  # a row of ages or of percentages in a table of sites
            if self.open and not row.items and row.place and line.text.lstrip().startswith("("):
                return self._amend(row)
            if self.open and self._empty_row(row, index):
                return True
            if self.open and not row.items and row.leftover > 4:
                self.open = False
        return self._bare_row(row)

    def _two_tables(self, row: Row, header: Header) -> bool:
        """A line with a row of each of two tables printed side by side ("L1 0.812 -1.7     Neck 0.641 -1.9")."""
        chunks = _repeated([c for c in header.columns if c.numeric])
        labels = [t for t in tokens(row.line.text) if t.kind in ("levels", "part", "region")]
        starts: list[int] = []
        for token in labels:
            between = [i for i in row.items if starts and starts[-1] < i.start < token.start]
            if not starts or between:
                starts.append(token.start)
        if header.delimiter != " " or len(starts) != len(chunks) or len(chunks) < 2 or row.measures:
            return False
        bounds = [*starts, len(row.line.text)]
        for chunk, a, b in zip(chunks, bounds[:-1], bounds[1:], strict=True):
            part = read_row(Line(row.line.start + a, row.line.start + b, row.line.text[a:b]), " ")
            place = part.place.under(chunk[0].place)
            if part.place.part == "total" and self.rows_above and place.site() == "other":
                place = self._place_of_row(part)
            self.rows_above.append(place)
            for item, column in place_items(part.items, chunk, by_cell=False, by_position=False).pairs:
                self._claim(replace(part, place=place), place, item, replace(column, place=Place()))
        self.reading.consumed.append((row.line.start, row.line.end))
        return True

    def _side_by_side(self, line: Line, header: Header) -> bool:
        """A line of "name: value" pairs, one under each of two places ("LEFT HIP      RIGHT HIP")."""
        heads = [c for c in header.columns if c.kind in ("place", "side") and c.heads_values]
        chunks = list(re.finditer(r"\S+(?:[ ]\S+)*", line.text))
        if header.delimiter != " " or header.by_measure or len(heads) < 2 or len(chunks) != len(heads):
            return False
        rows = [read_row(Line(line.start + m.start(), line.start + m.end(), m.group()), " ") for m in chunks]
        if not all(len(row.items) == 1 and len(row.measures) == 1 for row in rows):
            return False
        for row, head in zip(rows, heads, strict=True):
            if row.measures[0][0] in MEASURED:
                self._claim(row, row.place.under(head.place), row.items[0], Column(row.measures[0][0], 0, 0))
        self.reading.consumed.append((line.start, line.end))
        return True

    def _heading(self, line: Line) -> None:
        """Let a line without values name the site, date or time of what follows."""
        if len(line.text) > 160:
            self.open = False
            return
        taken = heading(line.text, line.start)
        if taken.decimals:
            return
        short = taken.leftover <= 4 and not (taken.leftover > 1 and line.text.rstrip().endswith("."))
        short = short or (
            taken.leftover <= 7 and not _SENTENCE.search(line.text) and not line.text.rstrip().endswith(".")
        )
        measures = [k for k, _, _ in taken.kinds if k in MEASURED]
        if short and (measures or taken.place):
            self.frame_measure = measures[0] if len(measures) == 1 else ""
        if taken.place.named and short and not _two_sites(line.text):
            self.frame, self.group, self.row_place, self.captioned = taken.place, Place(), Place(), []
            self.frame_date, self.frame_when = taken.date, taken.when
            self.rows_above = []
        elif taken.place.named and short:
            self.captioned = _places_in(line.text)
        elif taken.place.side and short and taken.leftover <= 1:
            self.frame = replace(self.frame, side=taken.place.side, spans=self.frame.spans + taken.place.spans)
            self.rows_above = []
        elif short and (taken.when or taken.date) and taken.leftover <= 3 and not taken.kinds:
            self.frame_date, self.frame_when = taken.date, taken.when
        elif taken.leftover > 4:
            self.open = False
        elif re.match(
            r"\s*(?:impression|conclusion|technique|indication|history|recommend|interpretation|findings|"
            r"assessment|comment)",
            line.text,
            re.IGNORECASE,
        ):
            self.open = False
            self.frame, self.frame_date, self.frame_when = Place(), "", ""

    # ----------------------------------------------------------------------------------------------- rows to claims

    def _claim_row(self, row: Row, header: Header) -> bool:
        if row.skipped:
            self.reading.consumed.append((row.line.start, row.line.end))
            return True
        delimited = header.delimiter != " " and header.delimiter in row.line.text
        self.last_row = row.line.start
        placement = place_items(
            self._items_for(row, header),
            header.columns,
            by_cell=delimited and row.cells == header.cells,
            by_position=not delimited and row.wide and header.delimiter == " ",
        )
        if placement.undecided:
            self.reading.unreadable.append((row.line.start, row.line.end))
        place = self._place_of_row(row)
        for item, column in placement.pairs:
            self._claim(row, place, item, column)
        self.reading.consumed.append((row.line.start, row.line.end))
        return True

    def _empty_row(self, row: Row, index: int) -> bool:
        """Whether a line is the name of a row without any value, not a heading: the next row has a name of its own."""
        bare = not row.items and not row.place.region and (len(row.place.levels) == 1 or row.place.part)
        if not bare or row.leftover or index + 1 >= len(self.lines) or self.lines[index].text.rstrip().endswith(":"):
            return False
        following = read_row(self.lines[index + 1], " ")
        return bool(following.place.named and following.items)

    def _amend(self, row: Row) -> bool:
        """A label that goes on in the line below its numbers ("(L1 - L4)" under "LUMBAR SPINE  0.732  -2.9")."""
        previous = [c for c in self.reading.claims if c.table == self.table and c.line == self.last_row]
        if not previous:
            return False
        for claim in previous:
            place = row.place.under(claim.place)
            amended = replace(claim, place=replace(place, spans=claim.place.spans + row.place.spans))
            self.reading.claims[self.reading.claims.index(claim)] = amended
        self.reading.consumed.append((row.line.start, row.line.end))
        return True

    def _items_for(self, row: Row, header: Header) -> list[Item]:
        """The items that can stand in numeric columns: in delimited rows not the empty label cells."""
        labels = {c.cell for c in header.columns if not c.numeric}
        numeric = {c.cell for c in header.columns if c.numeric}
        if header.delimiter != " " and row.cells == header.cells:
            return [i for i in row.items if i.number is not None or i.cell in numeric - labels]
        items = list(row.items)
        while items and items[0].number is None and items[0].start == 0:
            items.pop(0)
        return items

    def _place_of_row(self, row: Row) -> Place:
        place = row.place
        frame = self.group.under(self.frame) if self.group else self.frame
        if place.side == "both" and {"forearm", "radius"} & {place.region_named(), frame.region}:
            place = replace(place, region="ulna", side=frame.side)
            return replace(place, spans=frame.spans + place.spans)
        if place.region == "ulna" and not place.side:
            return replace(place, side=frame.side, spans=frame.spans + place.spans)
        goes_on = not self.by_measure or row.blank_label or (row.date and self.labelled)
        if not place.named and self.row_place and goes_on:
            return replace(
                self.row_place, side=place.side or self.row_place.side, spans=self.row_place.spans + place.spans
            )
        if place.part == "total" and not place.region:
            above = self._total_of_rows(place, frame)
            if above is not None:
                return above
        if place.named:
            full = place.under(frame)
            if place.region and place.region != "ulna" and (place.part or place.levels):
                self.group = Place(region=place.region, side=place.side, spans=place.spans)
            self.rows_above.append(full)
            self.row_place = full
            return full
        return place.under(frame) if place else frame

    def _total_of_rows(self, place: Place, frame: Place) -> Place | None:
        """ "Total" or "Mean" under rows: of the vertebrae listed above it, or of the hip whose parts are listed."""
        above = self.rows_above
        if not above:
            return None
        site = above[-1]
        region = site.region or ("spine" if site.levels else "")
        if site.part == "subregion" or region == "body":
            return Place("body", "total", "", (), (), place.spans)
        if region == "spine":
            levels = tuple(sorted({level for row in above for level in row.levels if row.site() == "lumbar_spine"}))
            if frame.levels and set(levels) <= set(frame.levels):
                levels = frame.levels
            return Place("spine", "total", "", levels, frame.excluded, place.spans)
        side = place.side or site.side
        return Place(site.region_named(), "total", side, (), (), place.spans)

    def _claim(self, row: Row, place: Place, item: Item, column: Column) -> None:
        if item.number is None:
            return
        kind = column.kind
        if kind not in MEASURED:
            if not (column.heads_values or kind == "value") or kind not in (
                "place",
                "side",
                "date",
                "value",
                "unknown",
            ):
                return
            named = item.measure or self._measure_of(row, item)
            if named not in MEASURED:
                return
            kind = named
        if item.number.percent and kind != "change" and column.kind not in MEASURED:
            return
        if strangeness(kind, item.number) >= 1000 or (kind == "bmd" and item.number.value < 0):
            self.reading.unreadable.append(item.span)
            return
        where = place
        if column.place.named:
            where = place.under(column.place) if row.place.named else column.place.under(place)
        if column.place and not column.place.named:
            where = replace(place, side=column.place.side or place.side, spans=place.spans + column.place.spans)
        for caption in self.captioned:
            if (
                where.named
                and caption.region_named() == where.region_named()
                and (caption.part in ("", where.part) or not where.part)
            ):
                where = where.under(caption)
        classification = cast("DensityClass | None", row.classification or None)
        extra = (*column.words, *((row.class_span,) if row.class_span else ()))
        self.reading.claims.append(
            Claim(
                measure=cast(Measure, kind),
                value=item.number.value,
                span=item.span,
                place=where,
                when=column.when or row.when or self.frame_when,
                date=column.date or row.date or self.frame_date,
                significant=True if item.number.starred and kind == "change" else None,
                classification=classification,
                spans=extra,
                sign=item.number.sign,
                source="table",
                table=self.table,
                line=row.line.start,
            )
        )

    def _measure_of(self, row: Row, item: Item) -> str:
        """The measure of a number whose column is a site or a date: by its row, its form or the caption."""
        named = list(dict.fromkeys(m[0] for m in row.measures))
        if len(named) == 1 and not any(i.measure for i in row.items):
            return named[0]
        number = item.number
        if number is not None and number.decimals == 3 and strangeness("bmd", number) == 0.0:
            return "bmd"
        if number is not None and number.percent and any(i.measure for i in row.items):
            return "change"
        if named:
            return ""
        return self.frame_measure or self.sole_measure

    # ------------------------------------------------------------------------------------------- rows without a header

    def _bare_row(self, row: Row) -> bool:
        """A row under no header, if its numbers can be only one thing: BMD, T, Z with or without percentages."""
        printed = list(row.items)
        if (
            len([i for i in printed if i.number is not None]) < 2
            or row.measures
            or row.listed
            or row.leftover > 1
            or not (row.place.named or self.frame.named)
        ):
            return False
        if not row.place and not row.date:
            return False
        kinds = _usual_kinds([i.number for i in printed])
        if kinds is None:
            return False
        place = self._place_of_row(row)
        for item, kind in zip(printed, kinds, strict=True):
            self._claim(row, place, item, Column(kind, item.start, item.end))
        self.reading.consumed.append((row.line.start, row.line.end))
        return True

    # --------------------------------------------------------------------------------------------- one cell a line

    def _one_cell_a_line(self, index: int) -> int | None:
        """Read a block in which labels, column names and numbers stand on lines of their own; the line after it.

        Flattened PDFs print the header before all values and the values by row or by column. Which of the two is
        decided by what the numbers can be; a block that stays open both ways, or whose count is not labels times
        columns, is given up with an issue: its numbers must not shift.
        """
        block = dump_at(self.lines, index)
        if block is None:
            return None
        self.table += 1
        self.header, self.open = None, False
        self.rows_above, self.group = [], Place()
        self.reading.consumed.append((self.lines[index].start, self.lines[block.last].end))
        if block.rows is None:
            self.reading.unreadable.append((self.lines[index].start, self.lines[block.last].end))
            return block.last + 1
        for label, items in block.rows:
            line = Line(label.start, label.end, label.text)
            row = replace(read_row(line, " "), items=tuple(items))
            placement = place_items(items, block.columns, by_cell=False, by_position=False)
            if placement.undecided:
                self.reading.unreadable.append((label.start, label.end))
            place = self._place_of_row(row)
            for item, column in placement.pairs:
                self._claim(row, place, item, column)
        return block.last + 1


_USUAL = (
    ("bmd", "t_score"),
    ("bmd", "t_score", "z_score"),
    ("bmd", "percent", "t_score", "percent", "z_score"),
    ("bmd", "t_score", "percent", "z_score", "percent"),
    ("area", "bmc", "bmd", "t_score", "z_score"),
    ("area", "bmc", "bmd", "t_score", "percent", "z_score", "percent"),
    ("bmc", "bmd", "t_score", "z_score"),
)


def _usual_kinds(numbers: Sequence[Number | None]) -> tuple[str, ...] | None:
    """The makers' usual column order that these numbers fit without any oddity; None if none or several do."""
    fitting = [
        kinds
        for kinds in _USUAL
        if len(kinds) == len(numbers)
        and all(strangeness(kind, number) < 0.7 for kind, number in zip(kinds, numbers, strict=True))
    ]
    return fitting[0] if len(fitting) == 1 else None


def _places_in(text: str) -> list[Place]:
    """The sites that a caption lists ("AP spine (L1-L3) and left total hip"), each with its side and levels."""
    groups: list[list[Token]] = []
    for token in tokens(text):
        if token.kind not in ("part", "region", "side", "levels"):
            continue
        joined = groups and not re.search(r"\band\b|&|;", text[groups[-1][-1].end : token.start], re.IGNORECASE)
        if joined:
            groups[-1].append(token)
        else:
            groups.append([token])
    return [replace(place_of(group), spans=()) for group in groups]


def _two_sites(text: str) -> bool:
    """Whether a heading names several sites, so that it frames none ("DXA of the lumbar spine and left hip")."""
    regions = {t.value for t in tokens(text) if t.kind == "region"}
    return len(regions) > 1


def read_tables(text: str) -> TableReading:
    """The measurements of every table in the view."""
    return TableReader(text).read()
