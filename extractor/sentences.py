"""Where the sentences of a report end.

Line-aware, because reports are typed: a hard wrap inside a sentence is no end, a line of a list, a table row or a
heading is one even without a full stop. Abbreviations ("40% loss of ht. at T12"), decimals and enumerators do not end
a sentence. The same function serves the spaCy component and the fast path, which therefore agree.
"""

from __future__ import annotations

import re
from itertools import pairwise

_ABBREVIATIONS = frozenset({
    "approx", "appr", "ca", "cf", "e.g", "i.e", "eg", "ie", "etc", "vs", "ht", "hts", "dr", "mr", "mrs", "ms", "prof",
    "st", "no", "nos", "fig", "figs", "incl", "excl", "resp", "est", "deg", "degs", "ant", "post", "sup", "inf",
    "lat", "med", "rt", "lt", "dist", "prox", "min", "max", "avg", "vert", "w.r.t", "wrt", "c/o", "s/o", "d/t", "h/o",
    "k/c/o", "yo", "y.o", "yr", "yrs", "mo", "wk", "wks", "comp", "compr", "fx", "fxs", "sag", "cor", "ax", "seq",
    "hx", "dx", "rx", "tx", "pt", "pts", "assoc", "poss", "prob", "ref", "s.d", "sd", "t.sp", "l.sp", "c.sp", "t",
    "l", "c", "d", "th", "u.s", "a.p", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec", "m.d", "ph.d",
})  # fmt: skip
"""After these a full stop ends a sentence only before a word that begins one."""
_LONG = 1 + max(map(len, _ABBREVIATIONS))

# Marks at the end of a sentence, a full stop without the space after it, line ends.
# The pattern begins with one set of characters, so that a search passes over everything else quickly.
_END = re.compile(r"[.!?\n](?:(?<=\n)|(?<!\n)[.!?]*[\"')\]]*(?=\s|$)|(?<=[a-z)%]\.)(?=[A-Z][a-z]|[TLCD]\d))")
_WORD_BEFORE = re.compile(r"[A-Za-z][A-Za-z./]*$")
# "Not a #": the sign is a word too.
_LAST_WORD = re.compile(r"([A-Za-z/]+)[^\w#]*$")
_FIRST_WORD = re.compile(r"[A-Za-z]+")
_LEVEL_LETTER = re.compile(r"(?:^|[\s(])(?:T|L|C|D|S|TH|Th)$")
_ENUMERATOR = re.compile(r"\W*(?:\d{1,2}|[a-zA-Z]|[ivxIVX]{1,4})")
_UNIT = re.compile(r"(?:%|percent\b|mm\b|cm\b|degrees?\b|\))")
# Beginnings of lines that stand for themselves: list items, headings, levels; and rows of tables.
_ITEM = re.compile(
    r"[ \t]*(?:[-*+>#]{1,3}[ \t]+\S|[-*][A-Za-z?]|\(?\d{1,2}[.)](?!\d)[ \t]*\S|[a-hA-H][.)][ \t]+\S|\[[ xX]?\])"
)
_HEADING_LINE = re.compile(r"[ \t]*[A-Za-z][A-Za-z0-9 /&,.()'-]{1,60}:(?:\s|$)")
_LEVEL_LINE = re.compile(
    r"[ \t]*(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}(?:\s*(?:[-\u2013/&,]|and|to)\s*[A-Z]{0,2}\d{1,2})*"
    r"(?:\s*[:=]|\s+-{1,2}\s|\s{2,}|\t)",
)
_TABLE_ROW = re.compile(r"\||\t.*\S.*\t|\S {3,}\S.* {3,}\S")
# A line that begins with such a word in lower case goes on with the sentence before it.
_CONTINUES = frozenset({
    "of", "in", "at", "on", "to", "with", "and", "or", "nor", "the", "a", "an", "which", "that", "is", "are", "was",
    "were", "from", "by", "for", "as", "into", "than", "through", "involving", "measuring", "compatible",
    "consistent", "without", "but", "be", "been", "has", "have", "due", "within", "showing", "demonstrating", "level",
    "levels", "vertebra", "vertebral", "vertebrae", "body", "bodies", "fracture", "fractures", "deformity", "loss",
    "height",
})  # fmt: skip
# A line that ends with such a word is not the end of its sentence.
_HANGS = frozenset({
    "of", "in", "at", "on", "to", "with", "and", "or", "nor", "the", "a", "an", "is", "are", "was", "were", "from",
    "by", "for", "as", "into", "than", "through", "no", "without", "mild", "moderate", "severe", "approximately",
    "about", "between", "his", "her", "their", "this", "these", "there", "that", "approx", "involving", "measuring",
    "via", "per", "vs", "old", "acute", "chronic", "new", "stable", "possible", "probable", "likely",
})  # fmt: skip


_NARROWEST = 45
"""No page of running text is narrower."""


def split(text: str) -> list[tuple[int, int]]:
    """Start and end of every sentence, trimmed of white space, in order and without overlap."""
    sentences: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group() == "\n":
            if not _line_ends_sentence(text, start, match.start()):
                continue
        elif not _stop_ends_sentence(text, start, match.start(), match.end()):
            continue
        _append(sentences, text, start, match.end())
        start = match.end()
    _append(sentences, text, start, len(text))
    return sentences


def _append(sentences: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end].lstrip()
    if piece:
        sentences.append((end - len(piece), end - len(piece) + len(piece.rstrip())))


# A question mark behind a mark asks for what follows: "X-ray: ? wedge fracture".
_ASKS_FOR_NEXT = re.compile(r"[:(,;/\u2013-]\s*$")


def _stop_ends_sentence(text: str, start: int, stop: int, end: int) -> bool:
    """Whether the mark at ``text[stop:end]`` ends the sentence that begins at ``start``."""
    if text[stop] == "?" and text[end : end + 1] == " ":
        if _ASKS_FOR_NEXT.search(text, max(start, stop - 4), stop):
            return False
        if text[stop - 1] == " " and text[end + 1 : end + 2].islower():
            return False  # "Wedging of D12 ? traumatic ?? osteoporotic"
    if text[stop] != ".":
        return text[stop] == "!" or stop > start + 2
    # The common case first: a full stop between a word longer than any abbreviation and a capital.
    if (
        text[end : end + 1] == " "
        and text[end + 1 : end + 2].isupper()
        and stop - start >= _LONG
        and text[stop - _LONG : stop].isalpha()
    ):
        return True
    following = text[end : end + 40].lstrip(" \t")
    if not following or following[0] == "\n":
        return not _is_enumerator(text, start, stop)
    word = _word_before(text[max(start, stop - 16) : stop])
    if word:
        if word in _ABBREVIATIONS and not (len(word) > 2 and following[0].isupper() and _starts_sentence(following)):
            return False
        if len(word) == 1 and not following[0].isupper():
            return False
        if len(word) == 1 and word in "ctldhsv" and following[0].isdigit():
            return False
        if word in ("th", "t", "d", "l") and _ROMAN.match(following):
            return False  # "the L.II. vertebral body"
    elif _is_enumerator(text, start, stop):
        return False
    return not following[0].islower() or (end == stop + 1 and text[end : end + 1] == "\n")


_ROMAN = re.compile(r"(?:X?I{1,3}|X?I?V|VI{1,3}|I?X)(?![A-Za-z])")


def _word_before(text: str) -> str:
    """The word at the end of a text in lower case, with the full stops of an abbreviation; empty without one."""
    word = text[text.rfind(" ") + 1 :]
    if not (word.isalpha() and word.isascii()):
        match = _WORD_BEFORE.search(text)
        word = match.group() if match else ""
    return word.lower()


# Words with which reports begin a sentence.
_OPENING = re.compile(r"(?:There|The|No|This|These|It|Mild|Moderate|Severe|Impression|Findings)\b")


def _starts_sentence(following: str) -> bool:
    return _OPENING.match(following) is not None


def _is_enumerator(text: str, start: int, stop: int) -> bool:
    """Whether what stands before the full stop is only a number or letter of a list ("1.", "a.")."""
    return _ENUMERATOR.fullmatch(text, start, stop) is not None


# "STIR+" is said, and nothing is added to it.
_IS_POSITIVE = re.compile(r"[A-Za-z]\+$")


def _line_ends_sentence(text: str, start: int, newline: int) -> bool:
    """Whether the line end at ``newline`` ends the sentence that begins at ``start``, or only wraps it."""
    line_start = max(text.rfind("\n", 0, newline) + 1, 0)
    line = text[line_start:newline].rstrip()
    next_end = text.find("\n", newline + 1)
    following = text[newline + 1 : next_end if next_end >= 0 else len(text)]
    bare = following.strip()
    if not bare or not line.strip():
        return True
    if line[-1] in ".!?:" and not _abbreviated(line):
        return True
    if bare[0].isdecimal() and _LEVEL_LETTER.search(line):
        return False
    if _ITEM.match(following) or _HEADING_LINE.match(following) or _LEVEL_LINE.match(following):
        return True
    if _TABLE_ROW.search(line) or _TABLE_ROW.search(following):
        return True
    if line[-1] in ",-/(&+=<>~" and not _IS_POSITIVE.search(line):
        return False
    last = _LAST_WORD.search(line)
    last_word = last.group(1) if last else ""
    if last_word.lower() in _HANGS or (last_word.isupper() and len(last_word) <= 2 and bare[0].isdigit()):
        return False
    first_word = _FIRST_WORD.match(bare)
    if first_word and first_word.group() in _CONTINUES:
        return False
    if _UNIT.match(bare):
        return False
    width = _wrap_width(text, line_start, newline)
    full = len(line) >= 0.7 * width and width >= _NARROWEST
    if not bare[0].islower() and _is_list(text, line_start, newline):
        return True
    apart = not bare[0].islower() or width < _NARROWEST or _has_room(line, bare, width)
    if apart and _typed_line_by_line(text, line_start, newline):
        return True
    if bare[0].islower():
        return not full and len(line) < 0.5 * width and width >= _NARROWEST
    return not full


def _has_room(line: str, following: str, width: int) -> bool:
    """Whether the first word of the next line had fitted on the line: then no margin broke it."""
    return len(line) + 1 + len(following.split(None, 1)[0]) <= width


def _typed_line_by_line(text: str, line_start: int, newline: int) -> bool:
    """Whether most of the lines around end before the margin, without a full stop: each is a statement of its own."""
    lines = _block(text, line_start, newline, 4)
    width = max(map(len, lines))
    open_ends = [(line, following) for line, following in pairwise(lines) if line[-1] not in ".!?:,"]
    room = sum(_has_room(line, following, width) for line, following in open_ends)
    return len(open_ends) >= 3 and 3 * room >= 2 * len(open_ends)


def _is_list(text: str, line_start: int, newline: int) -> bool:
    """Whether the lines around all begin like sentences, as in a list of findings without marks."""
    lines = _block(text, line_start, newline, 3)
    return len(lines) >= 4 and not any(line[0].islower() or line[0] in "(%" for line in lines)


def _block(text: str, line_start: int, newline: int, reach: int) -> list[str]:
    """A line with up to so many before and behind it, as far as no empty line parts them."""
    begin = line_start
    for _ in range(reach):
        previous = text.rfind("\n", 0, max(begin - 1, 0))
        if begin == 0 or not text[previous + 1 : begin].strip():
            break
        begin = previous + 1
    end = newline
    for _ in range(reach):
        following = text.find("\n", end + 1)
        if not text[end + 1 : following if following >= 0 else len(text)].strip():
            break
        end = following if following >= 0 else len(text)
        if following < 0:
            break
    return [line.strip() for line in text[begin:end].split("\n") if line.strip()]


def _abbreviated(line: str) -> bool:
    if line[-1] != "." or len(line) <= 40:
        return False
    return _word_before(line[line.rfind(" ") + 1 : -1]) in _ABBREVIATIONS


def _wrap_width(text: str, line_start: int, line_end: int) -> int:
    """The longest of the lines around, which is how wide the author's page is."""
    width = line_end - line_start
    cursor = line_start
    for _ in range(4):
        if cursor <= 0:
            break
        previous = text.rfind("\n", 0, cursor - 1) + 1
        width = max(width, cursor - 1 - previous)
        cursor = previous
    cursor = line_end
    for _ in range(4):
        following = text.find("\n", cursor + 1)
        width = max(width, (following if following >= 0 else len(text)) - cursor - 1)
        if following < 0:
            break
        cursor = following
    return width
