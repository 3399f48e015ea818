"""The cheap scan: whether a sentence can say anything of a vertebra, told from its raw characters.

One pass of an Aho-Corasick automaton over stems. It may let through too much, never too little: a test compares whole
extractions with those of the plain way, which reads every sentence.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import ahocorasick

from extractor import vocabulary
from extractor.gates import automaton_of, lowered, words_in
from extractor.levels import NUMBER_WORDS

_STRONG, _WEAK, _ANATOMY, _SUBJECT, _PREDICATE = 1, 2, 4, 8, 16

_STEMS: dict[int, str] = {
    # Findings that show by themselves that a vertebra is meant, and fractures, which may be denied of bone in general.
    _STRONG: (
        "fract fx # teardrop tear-drop platyspond comminut wedging vcf codfish cod-fish cod fish fish vert fish- "
        "tear drop fish shape fish mouth fishmouth plana planum plasty plasties plastied hemivert hemi-vert butterfly "
        "limbus cupid bkp kp pvp compression f compression d compression-f compression-d compression t compressive "
        "compression b compression w compression/ crush wedge c wedge d wedge f wedge s wedge t wedge- wedged "
        "cuneiform compressed d deformity c burst injur broken "
        "break in break of break thr breaks in breaks of breaks thr a break any break spinal coll kummel kümmel kuemmel"
    ),
    # Findings that need a vertebra in the same sentence.
    _WEAK: (
        "compress wedg collaps height deform concav crush flat short depress cement augment pmma methacryl dysmorph "
        "missh broken buckl impact squash infract cunei impress malform indent sag sinter reduc congenit butterfly "
        "lost loss cortical stature burst plan volume pancak wide sunk sink sank subsid caved caves caving cave-in "
        "given way gave way giving way crumbl crumpl implod pushed pressed driven punched stove dented dipp bowed "
        "dip dish taper trapez squeez settle shatter smash cracked plate fiss fissure of squat shrunk"
    ),
    # Names of vertebrae and of the spine.
    _ANATOMY: (
        "vertebra vertebre corpus spin thorac dors lumb cervic sacr endplate end plate end-plate bod level segment "
        "dens odont"
    ),
    # What a statement about bone in general is about ...
    _SUBJECT: "vertebra spin bony bone osseous skelet bod thorac lumb cervic dors musculosk soma height",
    # ... and what it says of it; also the grades and amounts that follow a level.
    _PREDICATE: (
        "normal unremark inconspic conserv regular kept intact maintain preserv limits satisf negative natural spare "
        "retain no  without not nor  free abnormal wnl nad ok clear uninvolv unaffect keeps grade genant % percent "
        "mild moder sever minim slight minor marked sq height third half quarter unharm unscath undamag untouch "
        "unbroke undeform unfract holds held complete fine never"
    ),
}
# The name of a vertebra in any writing, lower case; a sacral one only where the sentence speaks of the sacrum.
_LEVEL = re.compile(
    r"(?<![a-z0-9])(?:(?:v?th|dv|tv|lv|cv|vd|vl|[ctdl])[\s.-]{0,2}\d"
    r"|(?:tea|tee|ell|[tlc])[\s-](?:\d|one|two|three|four|five|six|sev|eig|nin|ten|ele|twe)"
    r"|(?:th?|l|d|c|s)[\s.-]?[ivx]{1,4}(?![a-z]))|s[\s-]?\d.{0,40}(?:sacr|vertebr)|(?:sacr|vertebr|l5).{0,40}s[\s-]?\d"
    r"|(?:8th|9th|10th|11th|12th|eighth|ninth|tenth|eleventh|twelfth)\s+vert",
)


@cache
def _automaton() -> ahocorasick.Automaton:
    """Every stem with the kinds that it is of, as bits."""
    kinds: dict[str, int] = {}
    for kind, stems in _STEMS.items():
        for stem in _phrases(stems):
            kinds[stem] = kinds.get(stem, 0) | kind
    return automaton_of(kinds)


_SPACED = (
    "compression f", "compression d", "compression t", "compression b", "compression w", "cod fish", "fish vert",
    "fish shape", "fish mouth", "tear drop", "wedge c", "wedge d", "wedge f", "wedge s", "wedge t", "compressed d",
    "deformity c",
    "break in", "break of", "break thr", "breaks in", "breaks of", "breaks thr", "a break", "any break",
    "end plate", "no ", "nor ", "spinal coll", "given way", "gave way", "giving way", "plate fiss", "fissure of",
)  # fmt: skip
"""Those of the stems that hold a space."""


def _phrases(stems: str) -> list[str]:
    """The stems of a line: words, and the few phrases with a space in them."""
    rest = f" {stems} "
    found = []
    for phrase in _SPACED:
        if f" {phrase} " in rest or (f" {phrase}" in rest and phrase.endswith(" ")):
            found.append(phrase)
            rest = rest.replace(f" {phrase} ", " ", 1) if f" {phrase} " in rest else rest.replace(f" {phrase}", " ", 1)
    return [*found, *rest.split()]


# "#10 blade", "tooth # 17": the number of something, never a fracture.
_NUMBER_SIGN = re.compile(r"#(?=[ ]?\d)")


def _unnumbered(text: str) -> str:
    """The text, of the same length, without the signs that only number."""
    return _NUMBER_SIGN.sub(" ", text) if "#" in text else text


def those_that_can_matter(lines: str) -> list[int]:
    """The indices of the sentences, one a line, that can matter: one pass finds them all.

    They can hold a finding of their own, a level said to be normal, or a statement about bone.
    """
    lower = _unnumbered(lowered(lines))
    sentences = lower.split("\n")
    kinds = [0] * len(sentences)
    index, end = -1, -1
    for last, kind in _automaton().iter(lower):
        while last > end:
            index += 1
            end += len(sentences[index]) + 1
        kinds[index] |= kind
    return [index for index, kind in enumerate(kinds) if kind and _matters(kind, sentences[index])]


_OF_LEVELS = _WEAK | _PREDICATE
"""What matters only of a level that is named."""


def _matters(kinds: int, lower: str) -> bool:
    if kinds & _STRONG or (kinds & _SUBJECT and kinds & _PREDICATE) or (kinds & _WEAK and kinds & _ANATOMY):
        return True
    return bool(kinds & _OF_LEVELS) and _names_level(lower)


# The words of which a text has one wherever ``_LEVEL`` matches, unless it has one of the parts below them.
_LEVEL_WORDS = frozenset({
    "c", "t", "d", "l", "s", "th", "vth", "vd", "vl", "dv", "tv", "lv", "cv", "tea", "tee", "ell",
    *(
        letter + "".join(roman)
        for letter in ("t", "th", "l", "d", "c", "s")
        for length in range(1, 5)
        for roman in product("ivx", repeat=length)
    ),
})  # fmt: skip


def _may_name_level(lower: str) -> bool:
    """Cheap test: true wherever ``_names_level`` is."""
    if "vert" in lower or "sacr" in lower or "l5" in lower or not lower.isascii():
        return True
    return not _LEVEL_WORDS.isdisjoint(words_in(lower))


def _names_level(lower: str) -> bool:
    return _may_name_level(lower) and _LEVEL.search(lower) is not None


_DIGIT = re.compile("[0-9]")
_REGIONS = ("lumb", "thorac", "dors", "cervic", "sacr", "vert")


def can_have_level(sentence: str) -> bool:
    """Whether a sentence can name a vertebra: by its number, in words beside a region ("first lumbar"), as the dens."""
    lower = lowered(sentence)
    if _names_level(lower) or "dens" in lower or "odont" in lower or "atlas" in lower or "axis" in lower:
        return True
    if not any(region in lower for region in _REGIONS):
        return False
    return _DIGIT.search(lower) is not None or not NUMBER_WORDS.isdisjoint(words_in(lower))


_BETWEEN_WORDS = re.compile(r"[^\w#]+|_+|(?=#)|(?<=#)")


_WORDS_ONLY = {code: chr(code).lower() if chr(code).isalnum() else " " for code in range(128)}


def _words_of(text: str) -> str:
    """Only the words of a text, a space before and after each: what is left of a literal wherever its tokens match."""
    if text.isascii() and "#" not in text:
        return f" {' '.join(text.translate(_WORDS_ONLY).split())} "
    return f" {' '.join(_BETWEEN_WORDS.split(text.lower()))} ".replace("  ", " ")


@cache
def _literals() -> ahocorasick.Automaton:
    return automaton_of({_words_of(literal): True for target in vocabulary.targets() for literal in target.literals})


def can_have_target(sentence: str) -> bool:
    """Whether a literal of a target can stand in a sentence; if not, it need not become a Doc."""
    return next(_literals().iter(_words_of(_unnumbered(sentence))), None) is not None
