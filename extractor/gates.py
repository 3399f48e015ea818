"""Gates before patterns: which vocabulary is worth trying on a text, and where in it.

A pattern of many words is slow, and almost none of them stands in a given report. So every pattern names the
beginnings of words of which a match must hold one, its gate; one pass of an Aho-Corasick automaton over the text finds
those of all gates, and a pattern is tried only near them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick

Span = tuple[int, int]


def lowered(text: str) -> str:
    """The text in lower case, with every offset unmoved."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := character.lower()) == 1 else character for character in text)


_LETTERS_ONLY = {code: chr(code).lower() if chr(code).isalpha() else " " for code in range(128)}
_WORD = re.compile(r"[a-z]+")


def words_in(lower: str) -> list[str]:
    """The words of a text in lower case, without digits and marks."""
    return lower.translate(_LETTERS_ONLY).split() if lower.isascii() else _WORD.findall(lower)


def automaton_of(values: Mapping[str, object]) -> ahocorasick.Automaton:
    """What finds every key in one pass over a text, and yields its value and where it ends."""
    automaton = ahocorasick.Automaton()
    for key, value in values.items():
        automaton.add_word(key, value)
    automaton.make_automaton()
    return automaton


_SHORT = 4
_REACH = 80
_stems: dict[str, int] = {}
"""Every beginning of a word that some gate waits for, with its number."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A text in lower case, of the same length as the view, and where the words begin that some gate waits for."""

    text: str
    hits: dict[int, list[int]]
    open: frozenset[int]


def scan(text: str) -> Scan:
    """The one pass over a text that tells which vocabulary is worth trying on it, and where."""
    return _scan(text, len(_stems))


@lru_cache(maxsize=2)
def _scan(text: str, stems: int) -> Scan:
    """Kept for the reader that follows; ``stems`` is how many there were, because a later gate needs a new pass."""
    automaton, widths = _automaton(stems)
    lower = lowered(text)
    hits: dict[int, list[int]] = {}
    for end, stem in automaton.iter(f" {lower.translate(_LETTERS_ONLY)} "):
        hits.setdefault(stem, []).append(end - widths[stem])
    return Scan(lower, hits, frozenset(hits))


@lru_cache(maxsize=1)
def _automaton(stems: int) -> tuple[ahocorasick.Automaton, list[int]]:
    return automaton_of(_stems), [len(stem) - 1 for stem in _stems]


class Gate:
    """Beginnings of words, of which every match of a pattern holds one; those below four letters are whole words."""

    __slots__ = ("stems",)

    def __init__(self, *letters: str) -> None:
        self.stems = frozenset(_stems.setdefault(_stem(some), len(_stems)) for some in letters)

    def opens(self, scanned: Scan) -> bool:
        """Whether the text has a word that begins like one of these."""
        return not self.stems.isdisjoint(scanned.open)

    def places(self, scanned: Scan) -> list[int]:
        """Where these words begin, in order."""
        return sorted(place for stem in self.stems & scanned.open for place in scanned.hits[stem])

    def near(self, scanned: Scan, reach: int = _REACH) -> list[Span]:
        """The stretches of text around these words, in order and without overlap."""
        stretches: list[Span] = []
        for place in self.places(scanned):
            if stretches and place - reach <= stretches[-1][1]:
                stretches[-1] = (stretches[-1][0], place + 2 * reach)
            else:
                stretches.append((max(0, place - reach), place + 2 * reach))
        return stretches

    def matches(self, pattern: re.Pattern[str], scanned: Scan, reach: int = _REACH) -> Iterator[re.Match[str]]:
        """The matches of a pattern within ``reach`` of these words."""
        if self.stems.isdisjoint(scanned.open):
            return iter(())
        text, near = scanned.text, self.near(scanned, reach)
        return (match for start, end in near for match in pattern.finditer(text, start, end))


class Gates:
    """The gates of a vocabulary, asked all at once."""

    __slots__ = ("_always", "_of_stem")

    def __init__(self, gates: Iterable[Gate]) -> None:
        self._of_stem: dict[int, list[int]] = {}
        self._always: list[int] = []
        for index, gate in enumerate(gates):
            for stem in gate.stems:
                self._of_stem.setdefault(stem, []).append(index)
            if not gate.stems:
                self._always.append(index)

    def open(self, scanned: Scan) -> list[int]:
        """Which of the gates open for a text, in order; one without words is always open."""
        opened = set(self._always)
        for stem in scanned.open:
            opened.update(self._of_stem.get(stem, ()))
        return sorted(opened)


def _stem(letters: str) -> str:
    """Letters as the automaton meets them: after a space, and before one where the last word is whole."""
    plain = letters.translate(_LETTERS_ONLY).rstrip()
    return f" {plain} " if len(plain.rsplit(maxsplit=1)[-1]) < _SHORT else f" {plain}"


def spaced(pattern: str) -> str:
    """A pattern of the knowledge file with its spaces made any white space."""
    pattern = pattern.replace("[ -]?", r"[\s-]{0,12}").replace("[ -]", r"[\s-]{1,12}")
    out, in_class, index = [], False, 0
    while index < len(pattern):
        character = pattern[index]
        if character == "\\":
            out.append(pattern[index : index + 2])
            index += 2
            continue
        if character == "[":
            in_class = True
        elif character == "]":
            in_class = False
        if character == " ":
            if in_class:
                out.append(r"\s")
            elif pattern[index + 1 : index + 2] == "?":
                out.append(r"\s*")
                index += 1
            elif "".join(out).endswith(("(?<!", "(?<=")) or _in_lookbehind(pattern, index):
                out.append(r"\s")
            else:
                out.append(r"\s+")
        else:
            out.append(character)
        index += 1
    return "".join(out)


def _in_lookbehind(pattern: str, index: int) -> bool:
    opened = max(pattern.rfind("(?<!", 0, index), pattern.rfind("(?<=", 0, index))
    return opened >= 0 and ")" not in pattern[opened:index]


def words(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern for patterns of a knowledge file, between word boundaries of lower-cased text."""
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(spaced(p) for p in patterns)})(?![a-z0-9])")
