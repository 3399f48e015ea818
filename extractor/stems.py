"""Which readers can find anything in a sentence: one pass over its letters for the stems of all of them.

A reader of a sentence waits for parts of words ("retro", "osteopor") before it tries its patterns. Each registers them
once and gets a bit; an Aho-Corasick automaton finds the stems of all readers together, and the bits tell who may read.
"""

from __future__ import annotations

from functools import lru_cache

import ahocorasick

from extractor.gates import automaton_of

_bits_of: dict[str, int] = {}
"""Every stem with the bits of those who wait for it."""
_registered = 0


def group(*stems: str) -> int:
    """A bit for some stems in lower case; for the constants of a module."""
    global _registered
    bit = 1 << _registered
    _registered += 1
    for stem in stems:
        _bits_of[stem] = _bits_of.get(stem, 0) | bit
    return bit


def found(sentence: str) -> int:
    """The bits of all groups of which a stem stands in a sentence, in capitals or not."""
    return _found(sentence, _registered)


@lru_cache(maxsize=16)
def _found(sentence: str, registered: int) -> int:
    """Kept for the readers that follow; ``registered`` because a later group needs another pass."""
    bits = 0
    for _, own in _automaton(registered).iter(sentence.lower()):
        bits |= own
    return bits


@lru_cache(maxsize=1)
def _automaton(registered: int) -> ahocorasick.Automaton:
    return automaton_of(_bits_of)
