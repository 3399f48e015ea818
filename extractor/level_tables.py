"""Tables of vertebrae, read as one line for each vertebra: "L1: fracture, age acute, height loss 45%".

A row of its own says nothing without the names of the columns, and a column nothing without the names of the rows. So a
table with a vertebra in every row, or one in every column, becomes a line for each vertebra in which every value stands
behind its name. The characters of such a line lead back to where they stand in the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

Composed = tuple[str, tuple[int, ...]]
"""A line, and the view offset of every character of it and of its end."""


class Table(NamedTuple):
    """The lines of a table of vertebrae, which stands at ``text[start:end]``."""

    start: int
    end: int
    lines: tuple[Composed, ...]


class _Cell(NamedTuple):
    text: str
    start: int


# A vertebra and nothing else; what is measured of a density, whose tables have a reader of their own.
_VERTEBRA = re.compile(r"(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}")
_DENSITY = re.compile(r"\b(?:bmd|bmc|t-?\s?scores?|z-?\s?scores?|g/cm)", re.IGNORECASE)
_COLUMN_GAP = re.compile(r"\t+|[ \t]{2,}")
_NOTHING = re.compile(r"[-\u2013\u2014.*/\s]*|n/?a|not\s+(?:applicable|assessed)", re.IGNORECASE)
_YES = re.compile(r"y(?:es)?|\+|x|present|positive", re.IGNORECASE)
_NO = re.compile(r"n(?:o|one|il)?|absent|negative|neg|0\s*mm", re.IGNORECASE)
# A row or column of an earlier exam; of several the last is of today, as is one that says so.
_DATE = re.compile(r"(?:(?:\d{1,2}[./-]){0,2}(?:19|20)\d\d|(?:19|20)\d\d-\d\d(?:-\d\d)?)$")
_TODAY = re.compile(r"today|now|current|this\s+exam\w*|present\s+exam\w*", re.IGNORECASE)
# Columns of other things: of discs and joints, of a risk, of what was.
_OF_OTHERS = re.compile(
    r"\b(?:dis[ck]s?|pfirrmann|modic|listhesis|slip|risk|facets?|prior|previous|old|earlier|baseline)\b", re.IGNORECASE
)
_RULE = re.compile(r"[-:=\s]+")
_NAMES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"retrop", "retropulsion"),
        (r"canal|stenosis", "canal narrowing"),
        (r"cleft", "vacuum cleft"),
        (r"post\w*\.?\s*(?:vertebral\s+)?(?:wall|cortex|border|margin|line)|\bpw\b", "posterior wall"),
        (r"pedicle|post\w*\.?\s*(?:elem|column|arch|lig)|\bplc\b", "posterior elements"),
        (r"o?edema|stir|marrow|bme", "marrow edema"),
        (r"genant|\bgrade\b|\bsq\b", "genant grade"),
        (r"(?:\bht|height|loss|compression)\b.*(?:loss|reduc|%)|^(?:%\s*)?(?:ht|height)?\s*loss|%", "height loss"),
        (r"fracture|\bfx\b|#|\bvcf\b|deformity\s*\?", "fracture"),
    )
)
"""What names of rows and columns stand for; any other name only leads to its value ("Shape", "Age", "Remark")."""


def level_tables(text: str) -> Iterator[Table]:
    """The tables of vertebrae of a text, in order."""
    rows = [_cells(text, start, end) for start, end in _lines(text)]
    index = 0
    while index < len(rows):
        head, body = rows[index], rows[index + 1 :]
        used, lines = (_by_column(head, body) or _by_row(head, body) or (0, [])) if len(head) > 1 else (0, [])
        index += 1 + used
        if used and lines:
            start, last = head[0].start, rows[index - 1][-1]
            end = last.start + len(last.text)
            if not _DENSITY.search(text, start, end):
                yield Table(start, end, tuple(lines))


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    while start <= len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        yield start, end
        start = end + 1


def _cells(text: str, start: int, end: int) -> list[_Cell]:
    """The cells of a line, without the marks around them; a label may keep its value: "Canal : 15 %"."""
    line = text[start:end]
    bars = line.count("|") > 1
    cells: list[_Cell] = []
    cursor = 0
    for match in (*re.finditer(r"\|", line), None) if bars else (*_COLUMN_GAP.finditer(line), None):
        stop = match.start() if match else len(line)
        piece = line[cursor:stop]
        if piece.strip(" \t:") or (bars and cells and match):
            lead = len(piece) - len(piece.lstrip(" \t:"))
            cells.append(_Cell(piece.strip(" \t:"), start + cursor + lead))
        cursor = match.end() if match else stop
    return cells


def _is_vertebra(cell: _Cell) -> bool:
    return _VERTEBRA.fullmatch(cell.text) is not None


# "L3-L5" stands for its vertebrae, "L4-L5" for the disc between them.
_STRETCH = re.compile(r"([CTDLS])[hH]?-?(\d{1,2})\s*(?:-|to|\u2013)\s*([CTDLS]?)[hH]?-?(\d{1,2})")


def _is_stretch(cell: _Cell) -> bool:
    match = _STRETCH.fullmatch(cell.text)
    return match is not None and (match[3] not in ("", match[1]) or int(match[4]) - int(match[2]) > 1)


def _by_column(head: Sequence[_Cell], body: Sequence[Sequence[_Cell]]) -> tuple[int, list[Composed]] | None:
    """How many rows a table has with a vertebra in every column, and its lines; its first cell may name the head."""
    levels = list(head) if _is_vertebra(head[0]) else list(head[1:])
    if len(levels) < 2 or not all(map(_is_vertebra, levels)):
        return None
    rows: list[tuple[_Cell, Sequence[_Cell]]] = []
    for cells in body:
        label, values = cells[0] if cells else _Cell("", 0), cells[1:]
        if len(cells) == len(levels) and ":" in label.text:
            name, _, value = label.text.partition(":")
            at = label.start + len(label.text) - len(value.lstrip())
            label, values = _Cell(name.strip(), label.start), [_Cell(value.strip(), at), *cells[1:]]
        if len(values) != len(levels):
            break
        rows.append((label, values))
    used = len(rows)
    rows = _of_today(rows)
    lines = (
        _composed(level, [(label, values[number]) for label, values in rows]) for number, level in enumerate(levels)
    )
    return used, [line for line in lines if line]


def _by_row(head: Sequence[_Cell], body: Sequence[Sequence[_Cell]]) -> tuple[int, list[Composed]] | None:
    """How many rows a table has with a vertebra in every row below the names of its columns, and its lines."""
    if any(map(_is_vertebra, head)):
        return None
    rows: list[Sequence[_Cell]] = []
    rules = 0
    for cells in body:
        if not rows and all(_RULE.fullmatch(cell.text) for cell in cells) and cells:
            rules += 1
            continue
        if len(cells) != len(head) or not (_is_vertebra(cells[0]) or _is_stretch(cells[0])):
            break
        rows.append(cells)
    if len(rows) < 2:
        return None
    lines = (_composed(cells[0], _of_today(list(zip(head[1:], cells[1:], strict=True)))) for cells in rows)
    return rules + len(rows), [line for line in lines if line]


_Value = TypeVar("_Value")


def _of_today(named: Sequence[tuple[_Cell, _Value]]) -> list[tuple[_Cell, _Value]]:
    """Without what is of earlier exams."""
    dated = [name for name, _ in named if _DATE.search(name.text)]
    today = any(_TODAY.fullmatch(name.text) for name, _ in named)
    last = dated[-1] if dated and not today else None
    return [(name, value) for name, value in named if name not in dated or name is last]


def _composed(level: _Cell, named: Sequence[tuple[_Cell, _Cell]]) -> Composed | None:
    """The line of one vertebra; None where nothing is told of it."""
    words: list[str] = [level.text, ": "]
    places: list[int] = [level.start + offset for offset in range(len(level.text))]
    places += [places[-1]] * 2
    told = False
    for name, value in named:
        if not value.text or _NOTHING.fullmatch(value.text) or _OF_OTHERS.search(name.text):
            continue
        meaning = next((meaning for pattern, meaning in _NAMES if pattern.search(name.text)), "")
        if told:
            words.append(", ")
            places += [value.start] * 2
        told = True
        if _NO.fullmatch(value.text) and meaning:
            lead, rest = "no ", meaning
        elif _YES.fullmatch(value.text) and meaning:
            lead, rest = "", meaning
        else:
            lead, rest = (f"{meaning} " if meaning else ""), ""
        words.append(lead + rest)
        places += [value.start] * len(lead + rest)
        if not rest:
            words.append(value.text)
            places += [value.start + offset for offset in range(len(value.text))]
    return ("".join(words), (*places, places[-1] + 1)) if told else None
