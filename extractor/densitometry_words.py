"""Words and numbers of bone densitometry: from characters to tokens.

One compiled expression reads a stretch of the view from left to right. It knows places (regions of the body, their
parts, sides, vertebral levels), measures, classifications, dates, and numbers with their sign and unit. What the words
are is data in ``knowledge/densitometry.toml``; what they mean together is decided by the readers of prose and tables.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

from extractor.findings import DensityClass, DensitySite

Measure = Literal["t_score", "z_score", "bmd", "change"]
Span = tuple[int, int]

LUMBAR = ("L1", "L2", "L3", "L4", "L5")


@dataclass(frozen=True, slots=True)
class Number:
    """A printed number. ``sign`` is what is printed before it (``-``, ``+`` or nothing); ``unit`` is normalised."""

    value: float
    sign: str = ""
    decimals: int = 0
    unit: str = ""
    starred: bool = False
    spaced_sign: bool = False

    @property
    def percent(self) -> bool:
        """Whether the number is printed with a percent sign or word."""
        return self.unit == "%"


@dataclass(frozen=True, slots=True)
class Token:
    """A known word or number at ``start:end`` of the view; ``value`` depends on ``kind``."""

    kind: str
    value: str
    start: int
    end: int
    number: Number | None = None
    levels: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """What some words say of where a value was measured; parts that they do not say are empty."""

    region: str = ""
    part: str = ""
    side: str = ""
    levels: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    spans: tuple[Span, ...] = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.region or self.part or self.side or self.levels)

    @property
    def named(self) -> bool:
        """Whether a site is named, not only a side."""
        return bool(self.region or self.part or self.levels)

    def region_named(self) -> str:
        """The region of the body, also where only its part or its levels are named."""
        return self.region or _REGION_OF_PART.get(self.part, "") or ("spine" if self.levels else "")

    def under(self, frame: Place) -> Place:
        """The place completed by a frame around it (a heading, a column group), where the two can be one place."""
        region = self.region_named()
        if region and frame.region and not one_region(region, frame.region):
            return self
        inherits_levels = not self.levels and (self.part in ("", "total"))
        gained = (
            (frame.region and not self.region)
            or (frame.part and not self.part)
            or (frame.side and not self.side)
            or (frame.levels and inherits_levels)
        )
        return Place(
            region=region or frame.region,
            part=self.part or frame.part,
            side=self.side or frame.side,
            levels=self.levels or (frame.levels if inherits_levels else ()),
            excluded=self.excluded or (frame.excluded if inherits_levels else ()),
            spans=(frame.spans if gained else ()) + self.spans,
        )

    def site(self) -> DensitySite:
        """The contract's name of the site; ``other`` where the words name none or one without a name of its own."""
        region = self.region_named()
        if region == "radius" and self.part:
            region = "forearm"
        return _SITES.get((region, self.part), "other")


def one_region(one: str, other: str) -> bool:
    """Whether two region words can mean one bone: the radius is in the forearm."""
    return one == other or {one, other} == {"forearm", "radius"}


_REGION_OF_PART = {
    "neck": "hip", "total_hip": "hip", "trochanter": "hip", "inter": "hip", "shaft": "hip", "wards": "hip",
    "upper_neck": "hip", "head": "hip", "subregion": "body", "subtotal": "body",
    "third": "forearm", "ultradistal": "forearm", "mid": "forearm",
}  # fmt: skip
_SITES: dict[tuple[str, str], DensitySite] = {
    ("spine", ""): "lumbar_spine", ("spine", "total"): "lumbar_spine",
    ("hip", "total_hip"): "total_hip", ("hip", ""): "total_hip", ("hip", "total"): "total_hip",
    ("hip", "neck"): "femoral_neck", ("hip", "trochanter"): "trochanter", ("hip", "wards"): "wards",
    ("forearm", ""): "forearm_total", ("forearm", "total"): "forearm_total", ("forearm", "third"): "forearm_33",
    ("forearm", "ultradistal"): "forearm_ud",
    ("body", ""): "whole_body", ("body", "total"): "whole_body",
}  # fmt: skip


# ------------------------------------------------------------------------------------------------------ expressions

_NUMBER = r"""
    (?P<sign> (?<![\d.,]) [-+] [ \t]? (?:\n[ \t]*)? (?=[.,]?\d)
            | (?<![\w]) (?:minus|negative|neg\.?|plus|positive|pos\.?) [ \t]{1,3} (?:\n[ \t]*)? (?=[.,]?\d) )?
    (?: (?<![\w.,]) | (?<=[-+\s]) | (?<=score) | (?<=scores) | (?<=BMD) | (?<=bmd) )
    (?P<digits> \d{1,4} (?: [.,*]\n?[ ]?(?=\d) (?<!,[ ]) (?<!\.[ ]) (?<!\*[ ]) (?<!\*\n) \d{1,4} )?
              | (?<![\d]) [.,]\d{1,4} ) (?!\d)(?![.,]\d)
    (?P<unit> [ \t]?\n?[ \t]{0,3}(?: %(?![ ]?CV) | percent\b | per[ ]cent\b | pct\b
      | m?(?:gr?|grams?)m?s?\.? [ ]?(?:/|per)[ ]?
          (?: c(?:entimet(?:er|re))?m?[ ]?(?:\^[ ]?)?2 | sq(?:uare|\.)?[ ]?(?:cm|centimet(?:er|re)s?)
            | cm[ ]?sq(?:uared|\.)? | cm\*\*2 | cm(?![\d^]) | (?:centimet(?:er|re)s?)[ ]squared )
      | m?g[ ]?/[ ]?(?:cm[ ]?\^?3|cc)
      | (?:SDs?|S\.D\.s?|standard[ \t\n]+deviations?|std\.?[ ]devs?\.?)(?![a-z])
      | (?:mm|cm2?|kg|g|mg|ng|years?|yrs?|months?|mo|weeks?|days?|degrees?|lbs?|inch(?:es)?
          |mSv|mGy|Gy|kVp?|iu|pg|ml|min)(?![a-zA-Z/])
      | (?:st|nd|rd|th)\b | [ ]?[-][ ]?(?:years?|month|mo|yr)s?\b
      | (?:ng|pg|mg|g|IU|mmol|nmol|ug|mcg)/\w+ ) )?
    (?P<star> [ ]?[*#\u2020\u2021](?!\*) )?
"""
_GARBLED = r"""(?<![A-Za-z0-9.,])[-+]?
    (?: [Oo][.,]\d{2,3} | \d[.,][Ool\dI]{0,4}[OolI][Ool\dI]{0,4} | \d{1,2}\.[?\#Xx_*](?![A-Za-z])
      | \d{1,2}[.,]\d{0,3}[?\#Xx_]{2,}(?![A-Za-z]) | 0[.,]\d{1,2}\?
      | (?<![A-Za-z0-9])[?\#Xx_]{1,2}[.,]\d{1,3}
      | \[(?:illegible|unreadable|not[ ]legible|\?{1,3})\](?=[ ,;.)]|$)
      | (?<=[ :=])(?<!\n[ ])\#{2,}(?![ ]) | [lI][.,]\d{1,3} )(?![A-Za-z0-9])"""
"""Numbers that a scanner has spoilt (a letter among the digits), or that are masked: seen, never guessed."""

_WORD_DIGITS = {
    w: str(i) for i, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
}
_DIGIT = "(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)"
_DICTATED = rf"""(?P<wsign>(?:minus|negative|plus|positive)[ \t\n]{{1,4}})?
    (?P<wint>{_DIGIT})[ \t\n]{{1,4}}point(?P<wfrac>(?:[ \t\n]{{1,4}}{_DIGIT}){{1,4}})\b
    (?P<wunit>[ ](?:gr?a?m?s?[ ](?:per|/)[ ](?:square[ ]centimet(?:er|re)s?|centimet(?:er|re)s?[ ]squared|cm[ ]?squared)
      | percent | per[ ]cent | standard[ ]deviations? | SDs?))?"""
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_UNDER_TWENTY = {word: i for i, word in enumerate((*_WORD_DIGITS, *_TEENS))}
_ONES = "|".join(tuple(_WORD_DIGITS)[1:])
_SPOKEN_YEAR = (
    rf"(?:two[ ]thousand(?:[ ]and)?|twenty)[ ](?:twenty(?:[ -](?:{_ONES}))?|{'|'.join(_TEENS)})"
    rf"|two[ ]thousand[ ](?:and[ ])?(?:{_ONES})"
)
"""A dictated year of this century: "two thousand nineteen", "twenty twenty-one"."""
_DATE = rf"""
    (?<![\w-]) (?:{_SPOKEN_YEAR}) (?![\w-]) |
    (?<![\d/.-]) (?: (?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?
      | (?:0?[1-9]|[12]\d|3[01])[/.-](?:0?[1-9]|[12]\d|3[01])[/.-](?:(?:19|20)\d\d|\d\d)
      | (?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[ -]{_MONTH}\.?,?[ -](?:(?:19|20)\d\d|\d\d(?!\d|\.\d))
      | {_MONTH}\.?[ ](?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?[ ](?:19|20)\d\d
      | {_MONTH}\.?(?:,|[ ]of)?[ /-]{{1,2}}(?:19|20)\d\d
      | (?:0?[1-9]|1[0-2])[/.](?:19|20)\d\d
      | (?:19|20)\d\d(?![ ]?(?:mg|ml|g\b|iu|units|cm|%)) ) (?![\d/]|[.,-]\d)
"""
_LV = r"(?:L[ ]?[-.]?[ ]?)"
_JOIN = r"(?:[ ]?(?:-|to|through|thru|\u2014|/|&|\+|,)[ ]?|[ ](?:to|through|thru|and)[ ])"


def _verbose(expression: str) -> str:
    """An expression of the data made fit for a verbose pattern: spaces outside character sets become ``[ ]``."""
    out: list[str] = []
    in_set = False
    for position, character in enumerate(expression):
        if character == "[" and expression[position - 1 : position] != "\\":
            in_set = True
        elif character == "]":
            in_set = False
        out.append("[ ]" if character == " " and not in_set else "\\#" if character == "#" else character)
    return "".join(out)


_EXCLUDING = (
    "(?:excluding|excludes?|excl\\.?|exclusion of|without|minus|not including|omitting|except(?:ing)?(?: for)?|less)"
)
_EXCLUDED = (
    "(?:(?:is|was|are|were|has been|have been) )?(?:been )?(?:excluded|omitted|removed|"
    "left out|out(?= ?[:;,)])|not (?:included|used|evaluated|analy[sz]ed|measured)|"
    "excl\\.?(?![a-z]|\\.? ?(?:of )?(?:the )?L ?[1-5]))"
)
_LEVELS = rf"""(?<![A-Za-z0-9]){_LV}[1-5](?![\d]|[.,]\d)
    (?: {_JOIN}(?:and[ ])?{_LV}[1-5](?!\d|[.,]\d|[ ]{_verbose(_EXCLUDED)})
      | [ ]?(?:-|to|through|/)[ ]?[1-5](?!\d|[.,]\d|[ ]?(?:%|mm|cm)|/\d)
      | (?:,[ ]?(?:and[ ])?|[ ]and[ ]|[ ]?&[ ]?)[2-5](?!\d|\.\d|,\d\d|[ ]?[%/]) )*
    | (?<![A-Za-z0-9])lumbar[ ](?:vertebrae[ ])?[1-5][ ]?(?:-|to|through)[ ]?[1-5](?![.,]?\d)
    | (?<![A-Za-z0-9])L[ -]?(?:one|two)[ ]?(?:to|through|thru|-)[ ]?(?:L[ -]?)?(?:three|four|five)\b
    | (?<![A-Za-z0-9])(?:first|second)[ ](?:to|through)[ ]fourth[ ]lumbar(?:[ ]vertebrae)?"""
_SPOILT = (
    "(?:compressed|fractured|collapsed|wedged|crushed|deformed|sclerotic|cemented|augmented|"
    "instrumented|fused|operated)"
)
"""Why a vertebra beside a list of measured ones was left out: "(L1, L3 and L4; L2 is compressed)"."""


def _exclusion() -> str:
    """Levels left out of a spine region, in brackets or in words around it."""
    excluding, excluded = _verbose(_EXCLUDING), _verbose(_EXCLUDED)

    def levels(name: str) -> str:
        return rf"(?P<{name}>L[1-5](?:[ ]?(?:,|and|&|-|/)[ ]?(?:and[ ])?L?[1-5])*)"

    def left_out(name: str) -> str:
        # Not the range before a comma: of "L1-L4, L2 excluded" the range is what was measured.
        return rf"(?P<{name}>L[1-5](?:[ ]?-[ ]?L?[1-5]|(?:[ ]?(?:,|and|&|/)[ ]?(?:and[ ])?L?[1-5])*))"

    return rf"""
      (?<=[;,][ ]){levels("x6")}[ ](?:is|was|are|were|being|has[ ]been)[ ](?:\w+[ ])?{_verbose(_SPOILT)}
        (?=[^()\n]{{0,40}}\))
    | \([ ]?(?: (?:with[ ])?{left_out("x1")}[ ](?:vertebra(?:l[ ]body)?[ ])?{excluded} | {excluding}[ ]{levels("x2")} )
        [^()\n]{{0,80}}\)
    | (?:(?<=L[1-5])|(?<=-[1-5])|(?<=L[1-5][ ])|(?<=-[1-5][ ]))[ ]?\([ ]?{levels("x3")}[ ]?\)
    | (?<![A-Za-z]){excluding}[ ](?:of[ ])?(?:the[ ])?{levels("x4")}(?!\d)
    | (?<![A-Za-z])(?:with[ ])?{left_out("x5")}[ ](?:vertebra(?:l[ ]body|e)?[ ])?{excluded}(?![a-z])
"""


_SIDES = {
    "left": r"left(?:[- ]sided)?|l\.[ ]?sin\.?|"
    r"(?:(?<=collum )|(?<=hip )|(?<=neck )|(?<=femur )|(?<=total ))sin\.?|lt\.?|"
    r"\(L\)|(?-i:(?<![A-Za-z0-9.'/&-])L(?:\.(?=[ ]?[A-Za-z]{2}))?(?![A-Za-z0-9'.&-]|[ ]?\d(?![.,\d])|"
    r"[ ]?/[ ]?[A-QS-Z]))",
    "right": r"right(?:[- ]sided)?|l\.[ ]?d(?:x|ext?)\.?|"
    r"(?:(?<=collum )|(?<=hip )|(?<=neck )|(?<=femur )|(?<=total ))dx\.?|rt\.?|"
    r"\(R\)|(?-i:(?<![A-Za-z0-9.'/&-])R(?:\.(?=[ ]?[A-Za-z]{2}))?(?![A-Za-z0-9'.&-]))",
    "both": r"bilateral(?:ly)?|both",
    "mean": r"mean(?! (?:of|for|value|in|bmd of|peak|young|age|ref|minus|adult|density|bone))|averaged?|"
    r"avg\.?|dual(?= )",
}
_DIFFERENCE = r"diff(?:erence|\.)?|asymmetry|axis[ ]length|HAL|cross[- ]sectional|CSMI|CSA|strength[ ]index"
_TIMES = {
    "prior": r"previous(?:ly)?|prior(?:ly)?(?![ ]to)|formerly|earlier|baseline|last(?=[ ]{2,}|[ ]*[|\n\t]|"
    r"[ ](?:exam|scan|study|dxa|dexa|bmd|year|visit|time|measure|bone|t-?score))|old(?=[ ](?:exam|"
    r"scan|value))|before(?=[ ]?[:,)]|$)|prev\.?|first(?=[ ]*(?:$|[|\n\t]))|initial(?=[ ](?:exam|scan|"
    r"study|dxa))|compar(?:ison|ative)(?=[ ](?:value|t\b|bmd|exam|study|date|scan))",
    "current": r"current(?:ly)?|now|today'?s?|present(?=[ ](?:exam|study|scan|value|t-?score|bmd))|"
    r"this(?=[ ](?:exam|study|scan))|most[ ]recent|latest|new(?=[ ](?:exam|study|value))",
}
_BEFORE_SITE = (
    r"[ ](?i:(?:left|right|total)[ ])?(?i:L[1-4]-L?[2-5]|fem\w+|hip|neck|lumbar|radius|forearm|1/3)(?![a-z])"
    r"[^:=\n\d.,;]{0,20}[:=][ ]?[-+]?\d[.,]\d"
)
"""The site between a letter and its score: "T L1-L4: -3.1", "Z FEMUR NECK LEFT: 0.2"."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The compiled expression with what each of its groups means, and the cues of what is not a measurement."""

    pattern: re.Pattern[str]
    meanings: dict[str, tuple[str, str, bool]]
    boilerplate: dict[str, re.Pattern[str]]
    small: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    """Load the words once; a record without ``yes`` and ``no`` sentences is refused."""
    path = Path(__file__).parent / "knowledge" / "densitometry.toml"
    with path.open("rb") as file:
        data = tomllib.load(file)
    meanings: dict[str, tuple[str, str, bool]] = {}
    alternatives: list[str] = []

    def add(kind: str, value: str, words: str, *, bare: bool = False) -> None:
        name = f"g{len(meanings)}"
        meanings[name] = (kind, value, bare)
        alternatives.append(f"(?P<{name}>{words})")

    add("exclusion", "", _exclusion())
    add("levels", "", _LEVELS)
    add("date", "", _DATE)
    records = data["part"], data["region"]
    for kind, group, bare in (("part", records[0], False), ("region", records[1], False), ("part", records[0], True)):
        for record in group:
            if bool(record.get("bare")) == bare:
                _check(record)
                words = "|".join(_verbose(word) for word in record["words"])
                add(kind, record["id"], rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z])", bare=bare)
    add("skip", "difference", rf"(?<![A-Za-z])(?:{_DIFFERENCE})(?![a-z])")
    add("measure", "tz", r"(?<![A-Za-z])T[ ]?-?[ ]?(?:scores?[ ]?)?(?:and|/|&|,|or)[ ]?Z[ ]?-?[ ]?scores?(?![a-z])")
    add("measure", "tz", r"(?-i:(?<![A-Za-z0-9])T[ ]?/[ ]?Z)(?![A-Za-z0-9])")
    for record in data["measure"]:
        _check(record)
        words = "|".join(_verbose(word) for word in record["words"])
        add("measure", record["id"], rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z])")
    for letter, measure in (("T", "t_score"), ("Z", "z_score")):
        add("measure", measure, rf"(?<=\(){letter}(?=[ ]?\))")
        add("measure", measure, rf"(?<![A-Za-z0-9.'-]){letter}(?=[ ]?[-=:+]{{1,2}}[ ]?[-+]?\d{{1,2}}[.,]\d)")
        add(
            "measure",
            measure,
            rf"(?-i:(?<![A-Za-z0-9.'-]){letter})(?=[ ]?[-=:(]{{0,2}}[ ]{{0,2}}[-+]?[ ]?\d{{0,2}}[.,]\d|"
            rf"[ ]?[=:][ ]?[-+]?\d|[ ](?:of|is|was)[ ][-+]?\d|[ ]?[:=]?[ ]?(?:minus|negative|plus)[ ]|"
            rf"-?[ ][-+]\d|[ ]{{1,10}}[-+]\d{{1,2}}[.,]\d|:[ ]+[A-Z1]|{_BEFORE_SITE})",
        )
    for record in data["class"]:
        _check(record)
        words = "|".join(_verbose(word) for word in record["words"])
        add("class", record["id"], rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])")
    for side, words in _SIDES.items():
        add("side", side, rf"(?<![A-Za-z])(?:{_verbose(words)})(?![A-Za-z])")
    for when, words in _TIMES.items():
        add("time", when, rf"(?<![A-Za-z])(?:{words})(?![A-Za-z])")
    add("garbled", "", _GARBLED)
    add("dictated", "", _DICTATED)
    add("number", "", _NUMBER)
    boilerplate: dict[str, list[str]] = {}
    for record in data["boilerplate"]:
        _check(record)
        boilerplate.setdefault(record["id"], []).extend(record["words"])
    return Vocabulary(
        # A token starts a word or is a number: letters inside words need not try any alternative.
        re.compile(
            r"(?:(?<![A-Za-z])(?=[^\s])|(?=[-+.,\d]))(?:" + "|".join(alternatives) + ")", re.VERBOSE | re.IGNORECASE
        ),
        meanings,
        {
            name: re.compile(rf"(?<![A-Za-z])(?:{'|'.join(words)})(?![A-Za-z])", re.IGNORECASE)
            for name, words in boilerplate.items()
        },
        frozenset(word for record in data["small"] for word in record["words"]),
    )


def small_words() -> frozenset[str]:
    """Words that may stand between the name of a measure and its value."""
    return vocabulary().small


_SIDED_INITIALS = re.compile(r"([LR])(?:FN|TH|NOF|TF)")
"""Initials that hold the side with the site: LFN, RTH."""


def _check(record: dict[str, object]) -> None:
    if not record.get("yes") or not record.get("no"):
        raise ValueError(f"densitometry.toml: {record.get('id')} lacks yes or no sentences")


def tokens(text: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of ``text[start:end]`` from left to right, without overlap."""
    if start == 0 and end is None and len(text) < 500:
        return list(_lexed(text))
    return _lex(text, start, len(text) if end is None else end)


@lru_cache(maxsize=2048)
def _lexed(text: str) -> tuple[Token, ...]:
    """The tokens of a line or cell; the readers look at each several times."""
    return tuple(_lex(text, 0, len(text)))


def forget() -> None:
    """Drop the lines that were kept while one report was read."""
    _lexed.cache_clear()


def _lex(text: str, start: int, end: int) -> list[Token]:
    words = vocabulary()
    found: list[Token] = []
    for match in words.pattern.finditer(text, start, end):
        kind, value, bare = words.meanings[match.lastgroup or ""]  # the alternative's own group closes last
        initials = kind == "part" and _SIDED_INITIALS.fullmatch(match.group())
        if initials:
            side = "left" if initials.group(1) == "L" else "right"
            found.append(Token("side", side, match.start(), match.start() + 1))
        token = _token(match, kind, value, bare)
        if token is not None:
            found.append(token if not initials else replace(token, start=token.start + 1))
    return found


def _token(match: re.Match[str], kind: str, value: str, bare: bool) -> Token | None:
    start, end = match.span()
    if kind == "levels":
        levels = read_levels(match.group())
        return Token(kind, "", start, end, levels=levels) if levels else None
    if kind == "exclusion":
        named = next(filter(None, (match.group(f"x{i}") for i in range(1, 7))))
        return Token("levels", "excluded", start, end, excluded=read_levels(named))
    if kind == "date":
        return Token(kind, match.group(), start, end)
    if kind == "dictated":
        sign = "-" if (match.group("wsign") or "").lower().startswith(("minus", "negative")) else ""
        digits = [_WORD_DIGITS.get(w, "0") for w in match.group("wfrac").lower().split()]
        whole = _WORD_DIGITS.get(match.group("wint").lower(), "0")
        number = Number(float(f"{sign}{whole}.{''.join(digits)}"), sign, len(digits), _unit(match.group("wunit") or ""))
        return Token("number", "", start, end, number=number)
    if kind == "number":
        return Token(kind, "", start, end, number=_number(match))
    return Token(kind, value, start, end, bare=bare)


def _number(match: re.Match[str]) -> Number:
    printed_sign = (match.group("sign") or "").lower()
    sign = "-" if printed_sign.strip()[:1] in ("-", "n", "m") and printed_sign else "+" if printed_sign else ""
    digits = re.sub(r"\s", "", match.group("digits")).replace(",", ".").replace("*", ".")
    decimals = len(digits.partition(".")[2])
    value = float(("-" if sign == "-" else "") + ("0" if digits.startswith(".") else "") + digits)
    unit = _unit(match.group("unit") or "")
    if unit == "mg/cm2":
        value, decimals, unit = round(value / 1000, 6), 3, "g/cm2"
    spaced = sign != "" and printed_sign[-1:].isspace() and printed_sign.strip() in ("-", "+")
    return Number(value, sign, decimals, unit, bool(match.group("star")), spaced)


def _unit(printed: str) -> str:
    unit = re.sub(r"\s", "", printed).lower()
    if not unit:
        return ""
    if unit.startswith(("%", "pct", "percent")):
        return "%"
    if "sd" in unit or "s.d" in unit or "dev" in unit:
        return "SD"
    if unit.startswith(("g", "mg")) and "centim" in unit:
        return "g/cm2"
    if unit.startswith(("g", "mg")) and ("/" in unit or "per" in unit):
        if "3" in unit or unit.endswith("cc"):
            return "g/cm3"
        if re.search(r"c.*m", unit):
            return "mg/cm2" if unit.startswith("mg") else "g/cm2"
    return "foreign"


def read_levels(words: str) -> tuple[str, ...]:
    """Lumbar levels of a printed list or range: "L1-L4", "L1, L3-L4", "L2 through 4"."""
    words = re.sub(r"(?i)one|two|three|four|five", lambda m: _WORD_DIGITS[m.group().lower()], words)
    if re.match(r"(?i)first|second", words):
        return LUMBAR[0 if words[0] in "fF" else 1 : 4]
    found: list[int] = []
    last_end = 0
    for match in re.finditer(r"[1-5]", words):
        number = int(match.group())
        between = words[last_end : match.start()].lower()
        if found and (
            "-" in re.sub(r"l[ ]?-[ ]?$", "l", between) or "to" in between or "thr" in between or "\u2014" in between
        ):
            found.extend(range(found[-1] + 1, number + 1) if number > found[-1] else [number])
        else:
            found.append(number)
        last_end = match.end()
    return tuple(LUMBAR[n - 1] for n in sorted(set(found)))


def place_of(found: list[Token]) -> Place:
    """The one place that some tokens name together; of two contradicting words the first counts."""
    place = Place()
    for token in found:
        if token.kind == "region":
            region = "forearm" if place.region == "radius" and token.value == "forearm" else place.region or token.value
            place = replace(place, region=region, spans=(*place.spans, (token.start, token.end)))
        elif token.kind == "part":
            part = token.value if place.part in ("", "total") else place.part
            place = replace(place, part=part, spans=(*place.spans, (token.start, token.end)))
        elif token.kind == "side":
            side = place.side if place.side and token.value != "mean" else token.value
            place = replace(place, side=side, spans=(*place.spans, (token.start, token.end)))
        elif token.kind == "levels":
            place = replace(
                place,
                levels=place.levels or token.levels,
                excluded=place.excluded + token.excluded,
                spans=(*place.spans, (token.start, token.end)),
            )
    if place.excluded and place.levels:
        place = replace(place, levels=tuple(x for x in place.levels if x not in place.excluded))
    return place


@dataclass(frozen=True, slots=True)
class Claim:
    """One printed value: what was measured, where, when, and the words that say so."""

    measure: Measure
    value: float
    span: Span
    place: Place
    when: str = ""
    date: str = ""
    significant: bool | None = None
    classification: DensityClass | None = None
    spans: tuple[Span, ...] = ()
    sign: str = ""
    source: Literal["table", "prose"] = "prose"
    table: int = 0
    line: int = -1
    concluding: bool = False
    """Whether the sentence sums up ("Impression", "lowest T-score"), so that it repeats rather than reports."""


_MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES, start=1)}


def iso_date(printed: str, *, day_first: bool = False) -> str:
    """A printed date as ISO date, year-month or year; nothing where it is none. Two-digit years are of 1970 to 2069.

    "05/06/2020" is the sixth of May unless ``day_first``; a number above 12 decides by itself.
    """
    if re.fullmatch(_SPOKEN_YEAR, printed, re.VERBOSE | re.IGNORECASE):
        spoken = re.findall(r"[a-z]+", printed.lower())
        last = spoken[2:] if spoken[0] == "two" else spoken[1:]
        return str(2000 + sum(20 if word == "twenty" else _UNDER_TWENTY.get(word, 0) for word in last))
    words = re.findall(r"[A-Za-z]{3,}|\d+", printed)
    numbers = [w for w in words if w.isdigit()]
    month = next((_MONTHS[w[:3].lower()] for w in words if w[:3].lower() in _MONTHS), 0)
    year = next((int(n) for n in numbers if len(n) == 4), 0)
    rest = [int(n) for n in numbers if len(n) < 4]
    if not year and rest and len(rest) + bool(month) == 3:
        year = rest.pop()
        year += 1900 if year >= 70 else 2000
    if not 1900 <= year <= 2100:
        return ""
    day = 0
    if month:
        day = rest[0] if rest else 0
    elif len(rest) == 1:
        month = rest[0]
    elif len(rest) == 2:
        first_is_year = numbers[0] == str(year)
        month, day = (rest[0], rest[1]) if first_is_year or not day_first else (rest[1], rest[0])
        if month > 12 >= day:
            month, day = day, month
    if month and not 1 <= month <= 12:
        return str(year)
    if day and not 1 <= day <= 31:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}" if day else f"{year:04d}-{month:02d}" if month else f"{year:04d}"


def sole_measure(text: str) -> str:
    """The score that the report speaks of, if it speaks of only one of T and Z: a table of bare scores is of that."""
    spoken = {m.group(1).lower() for m in re.finditer(r"(?<![A-Za-z])([TZ])[ -]?scores?\b", text, re.IGNORECASE)}
    return {"t": "t_score", "z": "z_score"}[spoken.pop()] if len(spoken) == 1 else ""
