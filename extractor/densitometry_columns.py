"""The columns of a densitometry table: what its header says, and which column each number of a row belongs to.

A header names columns in the words of the maker (GE, Hologic, Norland) or of the person who typed the table. A row may
lack a cell, so numbers are never counted off blindly: every way to place them, in order, is weighed by what a number in
that column can be and by where it stands on the line; where two ways are nearly as good, the value is not claimed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import combinations
from math import comb
from pathlib import Path

from extractor.densitometry_words import Number, Place, Token, place_of, tokens

MEASURED = frozenset({"t_score", "z_score", "bmd", "change"})
"""Column kinds whose values are claimed."""

_NUMERIC = frozenset(
    {
        *MEASURED,
        "bmc", "lsc", "tbs", "area", "percent", "age", "other_number", "value", "change_since_first",
        "change_absolute", "unknown",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its kind, the place or time that its heading adds, and where it stands."""

    kind: str
    start: int
    end: int
    cell: int = 0
    place: Place = field(default_factory=Place)
    date: str = ""
    when: str = ""
    words: tuple[tuple[int, int], ...] = ()

    @property
    def numeric(self) -> bool:
        """Whether a number may stand in this column."""
        return self.kind in _NUMERIC or (self.kind in ("place", "side", "date") and self.heads_values)

    @property
    def heads_values(self) -> bool:
        """Whether the heading itself is a place or a date, as in transposed tables and in tables by date."""
        return bool(self.place or self.date or self.when)


@cache
def _names() -> re.Pattern[str]:
    path = Path(__file__).parent / "knowledge" / "densitometry.toml"
    with path.open("rb") as file:
        records = tomllib.load(file)["column"]
    parts = []
    for record in records:
        if not record.get("yes") or not record.get("no"):
            raise ValueError(f"densitometry.toml: column {record['id']} lacks yes or no sentences")
        parts.append(rf"(?P<{record['id']}>(?<![A-Za-z0-9])(?:{'|'.join(record['words'])})(?![A-Za-z]))")
    return re.compile("|".join(parts), re.IGNORECASE)


def named_columns(text: str) -> list[tuple[str, int, int]]:
    """The column names in a heading, from left to right: kind, start, end."""
    found = []
    for match in _names().finditer(text):
        kind = match.lastgroup or ""
        words = match.group().lower()
        if kind == "change":
            if re.search(r"baseline|\bbase\b|first|initial", words):
                kind = "change_since_first"
            elif re.search(r"g ?/ ?cm|abs", words) or re.search(r"annual|yearly|rate of|/ ?y|per y", words):
                kind = "change_absolute"
        elif kind == "tbs" or (kind == "date" and words in ("year", "years", "exam", "visit", "when")):
            kind = kind if kind == "tbs" else "date"
        found.append((kind, match.start(), match.end()))
    return found


_WORD = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading cell taken apart: column kinds, place, date, time, and the words that none of these explain."""

    kinds: tuple[tuple[str, int, int], ...]
    place: Place
    date: str
    when: str
    leftover: int
    decimals: int
    integers: int
    classes: int


@cache
def _blank_heading() -> Heading:
    return Heading((), Place(), "", "", 0, 0, 0, 0)


def heading(text: str, offset: int = 0) -> Heading:
    """Take one heading cell apart; ``offset`` is where it stands in the view."""
    taken = _taken_apart(text) if text.strip() else _blank_heading()
    if not offset or not taken.place.spans:
        return taken
    spans = tuple((a + offset, b + offset) for a, b in taken.place.spans)
    return replace(taken, place=replace(taken.place, spans=spans))


def forget() -> None:
    """Drop the headings that were kept while one report was read."""
    _taken_apart.cache_clear()


@lru_cache(maxsize=2048)
def _taken_apart(text: str) -> Heading:
    kinds = named_columns(text)
    covered = [(start, end) for _, start, end in kinds]
    places: list[Token] = []
    date = when = ""
    decimals = integers = classes = 0
    for token in tokens(text):
        inside = any(token.start < end and start < token.end for start, end in covered)
        if token.kind == "number" and token.number is not None:
            decimals += not inside and (token.number.decimals > 0 or token.number.sign == "-")
            integers += not inside and token.number.decimals == 0
            continue
        if token.kind == "time" and not date and not any(k.startswith("change") for k, _, _ in kinds):
            when = token.value
        if token.kind == "class":
            classes += 1
        if inside:
            continue
        covered.append((token.start, token.end))
        if token.kind in ("part", "region", "side", "levels"):
            places.append(token)
        elif token.kind == "date":
            date = token.value
    rest = list(text)
    for start, end in covered:
        rest[start:end] = " " * (end - start)
    return Heading(
        tuple(kinds), place_of(places), date, when, len(_WORD.findall("".join(rest))), decimals, integers, classes
    )


def columns_of_cell(text: str, offset: int, x: int, cell: int) -> list[Column]:
    """The columns that one heading cell names: usually one, two in "BMD (T-score)"."""
    taken = heading(text, offset)
    kinds = [k for k in taken.kinds if k[0] != "time"]
    measures = [k for k in kinds if k[0] in MEASURED]
    if any(k[0] in ("t_score", "z_score", "change", "change_absolute", "change_since_first") for k in kinds):
        # "T-score (% young adult)", "BMD change (%)": what says how the score was made is not a column of its own.
        plain = [k for k in kinds if k[0] in MEASURED or k[0].startswith("change")]
        if len(plain) < len(kinds) and len(kinds) <= 2:
            kinds = plain
    if len(measures) > 1 and len({k[0] for k in measures}) == len(measures):
        kinds = measures
    elif kinds:
        preferred = [k for k in kinds if k[0] not in ("place", "text", "value", "date", "side")]
        kinds = (preferred or kinds)[:1]
    if not kinds:
        kind = (
            "place" if taken.place else "date" if taken.date or taken.when else "unknown" if text.strip() else "blank"
        )
        return [_column(kind, taken, offset, x, len(text), cell)]
    if len(kinds) == 1:
        return [_column(kinds[0][0], taken, offset, x, len(text), cell)]
    return [
        Column(kind, x + start, x + end, cell, taken.place, taken.date, taken.when, ((offset + start, offset + end),))
        for kind, start, end in kinds
    ]


def _column(kind: str, taken: Heading, offset: int, x: int, width: int, cell: int) -> Column:
    words = tuple((offset + a, offset + b) for _, a, b in taken.kinds[:1])
    return Column(kind, x, x + width, cell, taken.place, taken.date, taken.when, words)


# ------------------------------------------------------------------------------------------------ numbers into columns

_IMPOSSIBLE = 1000.0


def strangeness(kind: str, number: Number | None) -> float:
    """How odd a number would be in a column of this kind: 0 usual, above 900 impossible. A missing cell fits anywhere.

    BMD lies between 0.2 and 2.5 g/cm2 and is printed with two or three decimals; T and Z between -8 and 8 with one;
    percentages of a reference are whole and positive.
    """
    if number is None:
        return 0.2
    value, decimals = number.value, number.decimals
    if number.unit in ("foreign", "g/cm3"):
        return _IMPOSSIBLE if kind in MEASURED else 1.0
    if kind == "bmd":
        if number.sign == "-" or number.percent or number.unit == "SD":
            return _IMPOSSIBLE
        if 0.2 <= value <= 2.5:
            return {0: 4.0, 1: 2.5, 2: 0.5, 3: 0.0, 4: 0.1}.get(decimals, 1.0)
        return 2.0 if 0.1 <= value < 0.2 else 8.0
    if kind in ("t_score", "z_score"):
        if number.percent or number.unit == "g/cm2":
            return _IMPOSSIBLE
        if abs(value) > 8:
            return 3.5 if number.sign == "-" else 9.0
        return {0: 1.2, 1: 0.0, 2: 0.6}.get(decimals, 4.0) + (0.4 if abs(value) > 5.5 else 0.0)
    if kind in ("change", "change_since_first"):
        if number.unit in ("g/cm2", "SD"):
            return _IMPOSSIBLE
        return (0.0 if number.percent else 0.5) + (3.0 if decimals > 2 else 0.0) + (3.0 if abs(value) > 40 else 0.0)
    if kind in ("change_absolute", "lsc"):
        return (6.0 if number.percent else 0.0) + (0.0 if decimals == 3 else 1.0) + (4.0 if abs(value) > 1 else 0.0)
    if kind == "percent":
        if number.sign:
            return 8.0
        odd = 0.0 if 25 <= value <= 250 else 6.0
        return odd + (0.0 if number.percent else 0.2) + (0.5 if decimals else 0.0)
    if kind == "age":
        return (_IMPOSSIBLE if number.sign or number.percent else 0.0) + (0.0 if 15 <= value <= 110 else 6.0)
    if kind in ("area", "bmc"):
        if number.sign or number.percent:
            return _IMPOSSIBLE
        return 0.3 if value >= 3 else 1.0 if value >= 0.5 else 3.0
    return 1.0


@dataclass(frozen=True, slots=True)
class Item:
    """A cell of a row: a number, or the mark of a missing one; ``start`` and ``end`` count from the line's start."""

    number: Number | None
    start: int
    end: int
    cell: int
    span: tuple[int, int]
    measure: str = ""
    """The measure named right before the number in its own cell ("T -2.1")."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Which item stands in which column, and whether some value had to be given up as undecidable."""

    pairs: tuple[tuple[Item, Column], ...]
    undecided: bool = False


_MARGIN = 0.8


def place_items(items: Sequence[Item], columns: Sequence[Column], *, by_cell: bool, by_position: bool) -> Placement:
    """Put the items of a row, in order, under the columns of the table.

    ``by_cell`` says that the line has as many delimited cells as the header, ``by_position`` that where a number stands
    means something. What two nearly equal ways place differently is given up.
    """
    numeric = [c for c in columns if c.numeric]
    if any(c.kind in MEASURED for c in numeric):  # "Results" over a table is its title, not a column
        numeric = [c for c in numeric if c.kind != "value"]
    if not numeric or not items:
        return Placement(())
    if by_cell:
        pairs = _by_cell(items, numeric)
        if pairs is not None and _cost(pairs) < 5.0 * max(1, len(pairs)):
            return Placement(tuple(pairs))
    if len(items) == len(numeric):
        pairs = list(zip(items, numeric, strict=True))
        if _cost(pairs) < 3.0 + 0.5 * len(pairs):
            return Placement(tuple(pairs))
    if len(items) > len(numeric):
        return _fewer_columns(items, numeric)
    return _best_placement(items, numeric, by_position)


def _by_cell(items: Sequence[Item], numeric: Sequence[Column]) -> list[tuple[Item, Column]] | None:
    pairs = []
    for cell in dict.fromkeys(item.cell for item in items):
        here = [item for item in items if item.cell == cell]
        heads = [column for column in numeric if column.cell == cell]
        if len(here) > len(heads) == 1 and heads[0].kind not in MEASURED and heads[0].heads_values:
            heads = heads * len(here)
        if len(here) > len(heads):
            printed = [item for item in here if item.number is not None]
            if not heads or not printed:
                continue
            here = printed[: len(heads)]
        elif len(here) < len(heads):
            heads = heads[: len(here)]
        pairs += list(zip(here, heads, strict=True))
    return pairs or None


def _cost(pairs: Sequence[tuple[Item, Column]]) -> float:
    return sum(strangeness(column.kind, item.number) for item, column in pairs)


def _fewer_columns(items: Sequence[Item], numeric: Sequence[Column]) -> Placement:
    """More numbers than columns: the row holds something that the header does not name; claim only a clear fit."""
    if comb(len(items), len(numeric)) > 3000:
        return Placement((), undecided=True)
    ways = sorted(
        (_cost(list(zip(chosen, numeric, strict=True))), index, chosen)
        for index, chosen in enumerate(combinations(items, len(numeric)))
    )
    best = ways[0]
    if best[0] > 1.0 * len(numeric) or (len(ways) > 1 and ways[1][0] - best[0] < _MARGIN):
        return Placement((), undecided=True)
    return Placement(tuple(zip(best[2], numeric, strict=True)))


def _best_placement(items: Sequence[Item], numeric: Sequence[Column], by_position: bool) -> Placement:
    if comb(len(numeric), len(items)) > 3000:
        return Placement((), undecided=True)
    ways = []
    for index, chosen in enumerate(combinations(numeric, len(items))):
        pairs = list(zip(items, chosen, strict=True))
        cost = _cost(pairs) + (sum(_distance(i, c) for i, c in pairs) if by_position else 0.0)
        ways.append((cost, index, pairs))
    ways.sort(key=lambda way: way[:2])
    best = ways[0]
    if best[0] >= _IMPOSSIBLE:
        return Placement((), undecided=True)
    rivals = [pairs for cost, _, pairs in ways[1:] if cost - best[0] < _MARGIN]
    kept = []
    for position, (item, column) in enumerate(best[2]):
        sure = all(_same_meaning(pairs[position][1], column) for pairs in rivals)
        if sure:
            kept.append((item, column))
    lost = [i for i, c in best[2] if i.number is not None and not any(i is item for item, _ in kept)]
    return Placement(tuple(kept), undecided=bool(lost))


def _same_meaning(one: Column, other: Column) -> bool:
    if one is other:
        return True
    return one.kind not in MEASURED and other.kind not in MEASURED and not (one.heads_values or other.heads_values)


def _distance(item: Item, column: Column) -> float:
    gap = max(column.start - item.end, item.start - column.end, 0)
    centre = abs((item.start + item.end) - (column.start + column.end)) / 2
    return min(gap * 0.7, 6.0) + min(centre * 0.05, 0.8)
