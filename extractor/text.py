"""The received text and the one view of it that everything else reads.

The received text is immutable: every offset that leaves the extractor points into it. Reading wants something cleaner:
one kind of line end, ASCII signs and spaces, no HTML or HL7 escapes, no invisible characters, words that a line end has
split joined again, the field's long words spelt as usual. ``View.of`` makes that text once, together with the map that
leads every offset back. Where it can, a replacement keeps its length (``<BR>`` becomes a line end and three spaces), so
for most reports the map is the identity and costs nothing.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from extractor.findings import Evidence
from extractor.gates import words_in
from extractor.spelling import correction, misspelt

_CHARACTERS = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d\u00ad\u2043", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u2018\u2019\u201a\u2032\u00b4\u02bc\u0060", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u0085\u2028\u2029\x0b\x0c", "\n"),
    **dict.fromkeys("\u2022\u25aa\u25cf\u25e6\u2023\uf0b7\u00b7", "*"),
    "\u00ba": "\u00b0", "\u02da": "\u00b0", "\u2044": "/", "\u2215": "/", "\ufffe": " ",
}  # fmt: skip
_REMOVED = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
"""Invisible characters: a soft hyphen, a zero-width space or a direction mark inside a word would hide the word."""

_ENTITIES = {
    "nbsp": " ", "lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'",
    "minus": "-", "ndash": "-", "hyphen": "-", "mdash": "\u2014",
    "deg": "\u00b0", "le": "\u2264", "ge": "\u2265", "plusmn": "\u00b1", "frac12": "\u00bd",
}  # fmt: skip
_HL7_ESCAPES = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\"}

_UNUSUAL = re.compile(r"[^\n\t -%'-;=?-\[\]-}]")
"""Anything that a replacement below could be about; a text without a match is its own view (spelling apart)."""

# HTML tags, entities, and HL7 v2 escapes and repetition marks.
_MARKUP = re.compile(
    r"""
      (?P<line>\r\n | \r | <\s*(?:br|p|/p|div|/div|tr|li|/li|h[1-6]|/h[1-6]|/table|table)\b[^<>]{0,200}>
               | \\\.(?:br|sp|ce|in|ti|sk|fi|nf)[-+\d]*\\ )
    | (?P<cell> <\s*(?:td|th)\b[^<>]{0,200}> )
    | (?P<tag> <\s*/?(?:b|i|u|s|em|strong|span|font|a|td|th|tr|ul|ol|html|body|head|pre|center|tbody|thead|sup|sub|img
               |table|style|small|big|code)\b[^<>]{0,200}> )
    | & (?: (?P<entity>[A-Za-z]{2,6}\d{0,2}) | \# (?: (?P<decimal>\d{1,7}) | [xX](?P<hex>[0-9A-Fa-f]{1,6}) ) ) ;
    | \\ (?P<escape>[FSTRE]) \\
    | \\ (?P<highlight>[HN]) \\
    | (?P<repeat> ~ (?! [ ]{0,1}\d ) | (?<=[.:;\w]) ~ )
    """,
    re.VERBOSE | re.IGNORECASE,
)

# A word that a hyphen at a line end splits, a percentage that a line end splits, a word long enough to be misspelt.
_SPLIT_WORD = re.compile(r"(?<![A-Za-z])([A-Za-z]{2,12})-[ \t]*\n[ \t]*([a-z]{2,12})(?![A-Za-z])")
_HYPHEN_AT_LINE_END = re.compile(r"-[ \t]*\n")
_SPLIT_NUMBER = re.compile(r"\n[ \t]*(?=\d{1,2}[ ]?%)")
_DIGIT_BEFORE = re.compile(r"(?<=\s)\d[ \t]*$")
_LONG_WORD = re.compile(r"[A-Za-z]{4,}")


@dataclass(frozen=True, slots=True)
class View:
    """A cleaned text with the way back to the received one.

    ``breaks`` and ``shifts`` run parallel: from view offset ``breaks[i]`` on, a received offset is the view offset plus
    ``shifts[i]``. Both are empty where no replacement changed a length.
    """

    received: str
    text: str
    breaks: tuple[int, ...] = ()
    shifts: tuple[int, ...] = ()

    @classmethod
    def of(cls, received: str) -> View:
        """The view of a received text. Never fails: what cannot be read becomes a space or U+FFFD of equal length."""
        edits = _edits(received) if _UNUSUAL.search(received) or "~" in received else []
        view = cls(received, received)._edited(edits) if edits else cls(received, received)
        segments = _segments(view.text) if _SEGMENT_SIGN in view.text else []
        view = view._edited(segments) if segments else view
        words = set(words_in(view.text.lower()))
        later = [
            *_unticked(view.text),
            *_joined_numbers(view.text),
            *_joined_words(view.text),
            *_spellings(view.text, words),
            *_shorthand(view.text, words),
        ]
        return view._edited(sorted(later)) if later else view

    def _edited(self, edits: list[tuple[int, int, str]]) -> View:
        """The view after replacing ``text[start:end]`` for every edit, in order; of two that overlap, the first."""
        made: list[tuple[int, int, str]] = []
        pieces: list[str] = []
        breaks: list[int] = []
        shifts: list[int] = []
        cursor = length = 0
        for start, end, replacement in edits:
            if start < cursor:
                continue
            made.append((start, end, replacement))
            pieces += (self.text[cursor:start], replacement)
            length += start - cursor + len(replacement)
            cursor = end
            if len(replacement) != end - start:
                breaks.append(length)
                shifts.append(end - length)
        pieces.append(self.text[cursor:])
        text = "".join(pieces)
        if not self.breaks:
            return View(self.received, text, tuple(breaks), tuple(shifts))
        # Compose: the edits were made on a view, whose own map leads on to the received text.
        first = View(self.received, text, tuple(breaks), tuple(shifts))
        points = sorted({*breaks, *(first._to_view_of_edit(point, made) for point in self.breaks)})
        composed = tuple(self.to_received(first.to_received(point)) - point for point in points)
        return View(self.received, text, tuple(points), composed)

    @staticmethod
    def _to_view_of_edit(point: int, edits: list[tuple[int, int, str]]) -> int:
        """Where an offset before the edits lies after them; inside an edit, its end."""
        moved = point
        for start, end, replacement in edits:
            if end <= point:
                moved += len(replacement) - (end - start)
            elif start < point:
                return moved + len(replacement) - (point - start)
        return moved

    def to_received(self, offset: int) -> int:
        """The received offset of a view offset."""
        if not self.breaks:
            return offset
        position = bisect_right(self.breaks, offset) - 1
        return offset + self.shifts[position] if position >= 0 else offset

    def evidence(self, start: int, end: int, section: str | None = None) -> Evidence:
        """The received words behind ``text[start:end]``."""
        received_start = self.to_received(start)
        # Where a replacement changed a length, the map jumps at its end: the jump leads to its received end exactly.
        received_end = self.to_received(end) if end in self.breaks or end <= start else self.to_received(end - 1) + 1
        received_end = min(max(received_start, received_end), len(self.received))
        return Evidence(
            start=received_start, end=received_end, text=self.received[received_start:received_end], section=section
        )


def _edits(text: str) -> list[tuple[int, int, str]]:
    """Replacements of markup and of single characters, sorted, without overlap."""
    edits: list[tuple[int, int, str]] = []
    for match in _MARKUP.finditer(text):
        replacement = _markup_replacement(match)
        if replacement is not None:
            width = match.end() - match.start()
            edits.append((match.start(), match.end(), replacement.ljust(width)))
    taken = 0
    singles: list[tuple[int, int, str]] = []
    for match in _UNUSUAL.finditer(text):
        start = match.start()
        while taken < len(edits) and edits[taken][1] <= start:
            taken += 1
        if taken < len(edits) and edits[taken][0] <= start:
            continue
        character = _plain(match.group())
        if character != match.group():
            singles.append((start, start + 1, character))
    return sorted(edits + singles) if singles else edits


def _markup_replacement(match: re.Match[str]) -> str | None:
    """What markup or an escape stands for; None for an entity that is not known and stays as it is."""
    kind = match.lastgroup
    if kind in ("line", "repeat"):
        return " \n" if match.group() == "\r\n" else "\n"
    if kind == "cell":
        return "|"
    if kind in ("tag", "highlight"):
        return ""
    if kind == "escape":
        return _HL7_ESCAPES[match.group("escape").upper()]
    if kind == "entity":
        return _ENTITIES.get(match.group("entity").lower())
    digits = match.group("decimal")
    code = int(digits) if digits else int(match.group("hex"), 16)
    return _plain(chr(code)) if 32 <= code < 0x11000 and not 0xD800 <= code < 0xE000 else " "


@cache
def _plain(character: str) -> str:
    """The ASCII character that reading takes for another one, or the character itself."""
    if character in _REMOVED:
        return ""
    known = _CHARACTERS.get(character)
    if known is not None:
        return known
    if "\ud800" <= character <= "\udfff":
        return "\ufffd"
    if unicodedata.category(character) == "Cc":
        return character if character in "\n\t" else " "
    folded = unicodedata.normalize("NFKC", character)
    return folded if len(folded) == 1 and folded.isascii() else character


# A text segment of an HL7 v2 message: its head up to the text, with the name of what it holds; the fields behind it.
_SEGMENT_SIGN = "|"
_SEGMENT = re.compile(
    r"^(?:OBX\|\d*\|(?:TX|FT|ST|ED)?\|(?P<name>[^|\n]*)\|[^|\n]*\||NTE\|\d*\|[^|\n]*\|(?:[A-Z]{0,3}\|)?)", re.MULTILINE
)
_NEXT_SEGMENT = re.compile(r"^[A-Z][A-Z0-9]{2}\|", re.MULTILINE)
_FIELDS_BEHIND = re.compile(r"(?:\|[\w^.:&-]*){2,30}\s*$")
# The parts of a report by the suffixes of HL7 and the codes of LOINC.
_PARTS = re.compile(
    r"(?P<IMPRESSION>\bimp(?:ression)?\b|\bconclusion|19005-8)|(?P<FINDINGS>\bgdt\b|\bfindings\b|59776-5)"
    r"|(?P<ADDENDUM>\badt\b|\badd(?:endum)?\b)|(?P<RECOMMENDATION>\brec(?:ommendation)?\b|18783-1)"
    r"|(?P<INDICATION>\bindication\b|59768-2|55752-0|\bclinical\s+(?:history|information))|(?P<COMPARISON>\bcomparison\b|18834-2)"
    r"|(?P<TECHNIQUE>\btechnique\b|55111-9)",
    re.IGNORECASE,
)

# A numeric segment: its name, the value, the unit and what stands behind them, such as the reference range.
_NUMERIC = re.compile(
    r"""
    ^OBX\|\d*\|
    (?: NM | ST(?=\|[^|\n]*\|[^|\n]*\|(?:minus\ |negative\ )?[-+]?\d+(?:[.,]\d+)?(?:\||$)) )
    \|(?P<name>[^|\n]*) \|[^|\n]* \|(?P<value>[^|\n]*)
    (?: \|(?P<unit>[^|\n]*) (?P<behind>\|[^\n]*)? )?$
    """,
    re.MULTILINE | re.VERBOSE,
)
# A code before a name and a system of codes behind it: "38267-1^DXA Spine [T-score] Bone density^LN", "T-score^Hip^L".
# What is measured stands in brackets there, and its kind behind them.
_CODED = re.compile(
    r"(?:\d[\d.-]*\^)?(?P<text>.*?score\](?=[^^]*\^)|.*?(?=\^(?:LN|LOINC|SCT|L|99\w*)(?:\^|$))|.+)", re.IGNORECASE
)
_WITHDRAWN = frozenset({"D", "W", "X"})
"""Result states of a value that was deleted, posted by mistake or cannot be had."""
_BEFORE_STATE = 4
"""Fields between the unit and those that can hold the result state, where D and W mean something else."""


def _numbers(text: str) -> list[tuple[int, int, str]]:
    """HL7 numeric segments as lines of text ("T^L1-L4||-3.1" is "T L1-L4: -3.1"), without their reference ranges."""
    edits: list[tuple[int, int, str]] = []
    for match in _NUMERIC.finditer(text):
        if not _WITHDRAWN.isdisjoint((match["behind"] or "").split("|")[_BEFORE_STATE:]):
            edits.append((*match.span(), ""))
            continue
        coded = _CODED.match(match["name"])
        start, end = match.span("name")
        if coded:
            start, end = start + coded.start("text"), start + coded.end("text")
        edits.append((match.start(), start, ""))
        edits += [(at, at + 1, " ") for at in range(start, end) if text[at] == "^"]
        edits.append((end, match.start("value"), ": "))
        unit = re.match(r"[^^{}]*", match["unit"] or "")
        if match["unit"] is not None and unit is not None:
            edits.append((match.end("value"), match.start("unit"), " " if unit.group() else ""))
            # With the line end, so that what stands before it leads back to no more than itself.
            line_end = text[match.end() : match.end() + 1]
            edits.append((match.start("unit") + unit.end(), match.end() + len(line_end), line_end))
    return edits


def _segments(text: str) -> list[tuple[int, int, str]]:
    """HL7 segments as the text that they carry; the name of a part becomes the heading that it stands for."""
    edits = _numbers(text)
    name = ""
    numbers = {start for start, _, _ in edits}
    for match in _SEGMENT.finditer(text):
        if match.start() in numbers:
            continue
        heading = ""
        if match["name"] is not None and match["name"] != name:
            name = match["name"]
            part = _PARTS.search(name)
            heading = f"{part.lastgroup}: " if part else ""
        edits.append((match.start(), match.end(), heading))
        following = _NEXT_SEGMENT.search(text, match.end())
        end = following.start() if following else len(text)
        behind = _FIELDS_BEHIND.search(text[match.end() : end].rstrip("\n"))
        if behind:
            edits.append((match.end() + behind.start(), match.end() + behind.end(), ""))
    return sorted(edits)


_BOX = re.compile(r"\[[ _xX*+\u2713\u2714]?\]|\([ _xX]\)|[\u2610-\u2612\u25a0\u25a1]")
_EMPTY_BOX = re.compile(r"\[[ _]?\]|\([ _]\)|[\u2610\u25a1]")
_TICKED = ("[x]", "[X]", "[*]", "[+]", "[\u2713]", "[\u2714]", "(x)", "(X)", "\u2611", "\u2612", "\u25a0")
# What stands before the first box of a line of a form: a bullet, or a short label.
_LABEL = re.compile(r"[\s*\u2022-]*(?:[^.;:\n]{0,50}:?)?\s*")


def _unticked(text: str) -> list[tuple[int, int, str]]:
    """Spaces for the boxes of a form and what is not ticked: "[ ] Fracture [x] Normal", "Fracture: [ ] yes [x] no".

    Brackets of which none is ticked are the gaps of a template, and are left alone.
    """
    if not any(ticked in text for ticked in _TICKED):
        return []
    boxes = list(_BOX.finditer(text))
    edits: list[tuple[int, int, str]] = []
    for line_start in dict.fromkeys(text.rfind("\n", 0, box.start()) + 1 for box in boxes):
        line_end = text.find("\n", line_start)
        line_end = len(text) if line_end < 0 else line_end
        here = [box for box in boxes if line_start <= box.start() < line_end]
        label = text[line_start : here[0].start()]
        # A box may stand behind what it ticks; then the last one ends the line.
        behind = (
            label.strip(" *\u2022-:")
            and not label.rstrip().endswith(":")
            and not text[here[-1].end() : line_end].strip()
        )
        starts = [box.start() for box in here[1:]] + [line_end]
        if _LABEL.fullmatch(label) is None or ". " in text[here[0].end() : line_end].rstrip():
            continue
        begin = line_start
        for box, after in zip(here, starts, strict=True):
            start, end = box.span()
            if _EMPTY_BOX.fullmatch(box.group()):
                start, end = (begin, end) if behind else (start, after)
            edits.append((start, end, " " * (end - start)))
            begin = box.end()
    return edits


def _joined_numbers(text: str) -> list[tuple[int, int, str]]:
    """Percentages that a line end has split between their digits."""
    joined = []
    for match in _SPLIT_NUMBER.finditer(text) if "%" in text else ():
        digit = _DIGIT_BEFORE.search(text, max(0, match.start() - 20), match.start())
        if digit is not None:
            joined.append((digit.start() + 1, match.end(), ""))
    return joined


def _joined_words(text: str) -> list[tuple[int, int, str]]:
    """Words of the field that a hyphen at a line end has split; compounds such as "wedge-shaped" stay as they are."""
    if not _HYPHEN_AT_LINE_END.search(text):
        return []
    joined = []
    for match in _SPLIT_WORD.finditer(text):
        word = correction(match.group(1) + match.group(2), joining=True)
        if word is not None:
            joined.append((match.start(), match.end(), word))
    return joined


# The name of a group is the full word, with "_" for a space and any digit dropped; ``quoted`` and ``glued`` are apart.
_SHORTHAND = re.compile(
    r"""
    (?<!\w)(?=[a-z"'&])(?:
      (?<=\s)(?P<and>&)(?=\s)
    | (?<![\w/])(?P<without>w/o)(?=\s)
    | (?<![\w/])(?P<with>w/)(?=\s?\w)
    | \b(?-i:(?P<T>BWK|TVB)|(?P<L>LWK|LVB)|(?P<C>HWK|CVB))(?=s?[ ]?\d)
    | \b(?P<retropuls>retro[ -]puls)(?=ion|ed)
    | \b(?P<superior_endplate>(?:cover|roof|(?:superior|upper)\s+limiting)\s+plate)\b
    | \b(?P<inferior_endplate>(?:basis|basal|ground|(?:inferior|lower)\s+limiting)\s+plate)\b
    | \b(?P<superior_endplate2>upper\s+plate)
      (?=\s+(?:fracture|impression|depression|of\s+(?:the\s+)?(?:[TLD]h?-?\d|[LBT](?:WK|VB)|vertebra)))
    | \b(?P<inferior_endplate2>(?:lower|base)\s+plate)
      (?=\s+(?:fracture|impression|depression|of\s+(?:the\s+)?(?:[TLD]h?-?\d|[LBT](?:WK|VB)|vertebra)))
    | \b(?P<height>hts?)\b\.?(?!\s*[:=]?\s*\d)
    | \b(?P<compression>compr?)\b\.?(?=\s*(?:fx|fract|\#|def))
    | (?<=compression\ )(?P<deformity>def)\b\.?
    | (?<=comp\ )(?P<deformity2>def)\b\.?
    | (?<=comp\.\ )(?P<deformity3>def)\b\.?
    | \b(?P<anterior>ant)\b\.?(?=\s+(?:wedg|compress|height|ht\b|sup|inf|collapse|vertebral|loss))
    | \b(?P<superior>sup)\b\.?(?=\s+(?:end|limiting|plate|corner|half|third|articular|vertebral|aspect|portion))
    | \b(?P<inferior>inf)\b\.?(?=\s+(?:end|limiting|plate|corner|half|third|articular|vertebral|aspect|portion))
    | \b(?P<posterior>post)\b\.?(?=\s+(?:wall|cort|element|column|vertebral|border|margin|aspect))
    | \b(?P<vertebral>vert)\b\.?(?=\s+(?:bod|fract|fx|collapse|compress|height|ht\b|\#|def))
    | \b(?P<bodies>bodys)\b
    | \b(?-i:(?P<compression_fracture>C/F))(?![\w/])
    | \b(?P<kyphoplasty>kypho)\b\.?(?=\s|$|[,;]) | \b(?P<vertebroplasty>vertebro)\b\.?(?=\s|$|[,;])
    | (?:(?<=[\s(])|^)["'](?P<quoted>[A-Za-z-]{3,15}(?:[ ][A-Za-z-]{3,15}){0,2})["'](?=[\s,.;)])
    | \b(?P<glued>(?:TH|T[hH]|[TLD])\d{1,2})(?=(?:compress|fract|wedg|vertebra|collapse|burst|body))
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Cheap test: without one of these words or marks a text has no shorthand.
_SHORT_WORDS = frozenset({
    "ht", "hts", "comp", "compr", "def", "ant", "sup", "inf", "vert", "bodys", "kypho", "vertebro", "retro",
    *(region + name for region in "bhl" for name in ("wk", "wks")), *(region + "vb" for region in "tlc"),
})  # fmt: skip
_PLATES = frozenset({"cover", "roof", "limiting", "basis", "basal", "ground", "upper", "lower", "base"})
# Each begins with what is rare in a text, so that a search passes over the rest of it quickly.
_SLASHED = re.compile(r"/(?<=[wW]/)|/F(?<=C/F)")
_QUOTED = re.compile(r"[\"'][A-Za-z-]{3,15}(?: [A-Za-z-]{3,15}){0,2}[\"']")
_GLUED = re.compile(r"[0-9](?=[A-Za-z])(?:(?<=[TtLlDd]\d)|(?<=[TtLlDd][Hh]\d)|(?<=[TtLlDd]\d\d)|(?<=[TtLlDd][Hh]\d\d))")
_POST_OF_A_PART = re.compile(r"post\.?\s+(?:wall|cort|elem|col|vert|border|margin|aspect)", re.IGNORECASE)


def _shorthand(text: str, words: set[str]) -> list[tuple[int, int, str]]:
    """The field's shorthand in full ("40% ht loss", "comp fx", "w/o"), and words that a quote or a level hides."""
    if (
        _SHORT_WORDS.isdisjoint(words)
        and not ("plate" in words and not _PLATES.isdisjoint(words))
        and not ("/" in text and _SLASHED.search(text))
        and not (('"' in text or "'" in text) and _QUOTED.search(text))
        and not _GLUED.search(text)
        and not ("post" in words and _POST_OF_A_PART.search(text))
        and " & " not in text
    ):
        return []
    edits = []
    for match in _SHORTHAND.finditer(text):
        kind = match.lastgroup or ""
        if kind.startswith("quoted"):
            word = f" {match.group(kind)} "
        elif kind == "glued":
            word = match.group(kind) + " "
        else:
            word = re.sub(r"\d", "", kind).replace("_", " ")
            if kind == "with" and not text[match.end() : match.end() + 1].isspace():
                word += " "
        edits.append((match.start(), match.end(), word))
    return edits


def _spellings(text: str, words: set[str]) -> list[tuple[int, int, str]]:
    """Misspelt long words of the field with their right spelling."""
    if not misspelt(words):
        return []
    corrected = []
    for match in _LONG_WORD.finditer(text):
        word = correction(match.group())
        if word is not None:
            corrected.append((match.start(), match.end(), word))
    return corrected
