"""Misspellings of the field's long words, and nothing else.

A word is corrected when it is one edit (a letter missing, doubled, wrong, or two changed places) away from exactly one
long word of the field and is not itself a word that reports use. Levels, numbers, units and short words are never
touched: "weight" is one letter from "height", and "L1" from "L2".
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@cache
def _lexicon() -> tuple[frozenset[str], dict[str, str], frozenset[str]]:
    """The words that are right, every correctable misspelling with its word, and the misspellings alone."""
    with (Path(__file__).parent / "knowledge" / "spelling.toml").open("rb") as file:
        data = tomllib.load(file)
    words: list[str] = data["words"]
    right = frozenset(words) | frozenset(data["also_words"])
    wrong: dict[str, str] = {}
    ambiguous: set[str] = set()
    for word in words:
        for variant in _one_edit_away(word):
            if variant in right:
                continue
            if wrong.setdefault(variant, word) != word:
                ambiguous.add(variant)
    for variant in ambiguous:
        del wrong[variant]
    wrong.update(data["listed"])
    return right, wrong, frozenset(wrong)


def _one_edit_away(word: str) -> set[str]:
    """Every string one edit away; the first letter stays, because a changed first letter makes another word."""
    splits = [(word[:i], word[i:]) for i in range(1, len(word) + 1)]
    deleted = {a + b[1:] for a, b in splits if b}
    swapped = {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    swapped.add(word[1] + word[0] + word[2:])
    replaced = {a + c + b[1:] for a, b in splits if b for c in _LETTERS}
    inserted = {a + c + b for a, b in splits for c in _LETTERS}
    return {w for w in deleted | swapped | replaced | inserted if len(w) >= 6} - {word}


def misspelt(words: set[str]) -> bool:
    """Whether one of some words in lower case is misspelt."""
    return not words.isdisjoint(_lexicon()[2])


def correction(word: str, *, joining: bool = False) -> str | None:
    """The field's word that a misspelt one stands for, in the same case; None when there is nothing to correct.

    With ``joining`` the word was put together from two halves, so a word spelt right is an answer too.
    """
    right, wrong, _ = _lexicon()
    folded = word.lower()
    found = wrong.get(folded)
    if found is None:
        return word if joining and folded in right else None
    return found.upper() if word.isupper() else found.capitalize() if word[0].isupper() else found
