"""Bone densitometry of a report: every printed measurement, what the report concludes, and what looks wrong.

Values are claimed only as printed: nothing is computed, no sign is restored, no missing cell is filled. The tables are
read first and the sentences after them; then the claims about one site, side, region and time become one measurement,
and a sentence that repeats a value of the table ("lowest T-score -2.6") adds its words to it instead of a new entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, cast

from extractor import densitometry_columns, densitometry_tables, densitometry_words
from extractor.densitometry_doubts import Suspect, doubts
from extractor.densitometry_prose import ProseReader
from extractor.densitometry_summary import read_summary
from extractor.densitometry_tables import read_tables
from extractor.densitometry_words import Claim, Measure, Place, Span, iso_date, place_of, tokens
from extractor.findings import BoneDensity, Densitometry, Evidence, Issue, Level, Section
from extractor.gates import Gate, scan
from extractor.text import View

_WORTH_READING = re.compile(
    r"(?=[tzabgdmfsl])(?:"
    r"\b[tz][ -]{0,3}\n?[ ]{0,3}(?:scores?|values?)\b|\ba?bmd\b|g[a-z]{0,4}\s?/\s?(?:cm|sq)|\bde?xa\b|\bde?xa_"
    r"|densitom|absorptiom|bone[ -](?:mineral|densit)|mineral densit|\bfrax\b|\btbs\b|trabecular bone score"
    r"|standard deviations?|\b[tz](?:_score|[-=:]{0,2}[ ]?[-+\u2212\u2013]?[ ]*\d[.,]\d|[ ]?(?:minus|negative) )"
    r"|\bLSC\b"
    r"|(?-i:(?<=[ |\t/,;(])[TZ](?=[ ]{2,}|\)|[ ]?[|\t\n,;])))",
    re.IGNORECASE,
)
_WORDS = Gate(
    "bmd", "abmd", "dxa", "dexa", "bone densit", "bone mineral", "frax", "tbs", "trabecular bone score", "lsc",
    "standard deviation", *(letter + word for letter in "tz" for word in ("score", "value", "minus", "negative")),
)  # fmt: skip
_STEMS = ("densitom", "absorptiom", "mineral densit")
_UNIT = re.compile(r"/\s?[CcSs][MmQq]")
_LETTER = Gate("t", "z")
_PRINTED_LETTER = re.compile(r"[TtZz](?<![A-Za-z0-9][TtZz])(?=[^A-Za-z0-9]|[0-9][.,][0-9]|$)")
"""A quick look that lets through all that ``_WORTH_READING`` does."""
_DECIMAL = re.compile(r"\d[.,]\d")

_DENSITY_WORDS = re.compile(
    r"\ba?bmd\b|g[a-z]{0,4}\s?/\s?(?:cm2|sq)|\bdexa\b|\bdxa\b|densitom|absorptiom|bone|\bfrax\b|"
    r"osteop|femor|femur|\bhip|lumbar|spine|\bL[1-4]\b|radius|forearm|calcan|heel|trochant|ward|young adult",
    re.IGNORECASE,
)


_LONGEST = 60_000
"""Characters of a report that are read; a real one has fewer than 40,000, so what lies beyond is another thing."""

_MOST_CLAIMS = 1_500
"""Printed values of one report; a real one has fewer than 300."""


@dataclass(frozen=True, slots=True)
class DensitometryReading:
    """What a report says of bone density: measurements, report-level statements, and doubts about them."""

    bone_density: tuple[BoneDensity, ...] = ()
    densitometry: Densitometry = field(default_factory=Densitometry)
    issues: tuple[Issue, ...] = ()


def read_densitometry(view: View, sections: Sequence[Section], *, other_exam: bool = False) -> DensitometryReading:
    """Read the bone densitometry of a report; nothing at once where no word of it occurs.

    ``other_exam`` says that the report is of another exam, which at most quotes a densitometry.

    ``sections`` carry offsets into ``view.text``; their names are put beside the evidence. Nothing is ever invented: a
    value whose column or site the text does not tell is left out, with an ``unreadable_value`` issue, or is ``other``.
    """
    if not _is_worth_reading(view.text):
        return DensitometryReading()
    whole = _plain(view)
    text = whole[:_LONGEST]
    try:
        return _read(text, _Evidence(view, sections), cut=len(whole) > len(text), other_exam=other_exam)
    finally:
        densitometry_words.forget()
        densitometry_columns.forget()
        densitometry_tables.forget()


def _is_worth_reading(text: str) -> bool:
    scanned = scan(text)
    return (
        _WORDS.opens(scanned)
        or any(stem in scanned.text for stem in _STEMS)
        or ("/" in text and _UNIT.search(text) is not None)
        or ((_LETTER.opens(scanned) or not text.isascii()) and _PRINTED_LETTER.search(text) is not None)
    ) and any(
        # A lone letter names a column only where decimals follow.
        match.end() - match.start() > 1 or _DECIMAL.search(text, match.end(), match.end() + _COLUMN) is not None
        for match in _WORTH_READING.finditer(text)
    )


_COLUMN = 400
"""Characters after the name of a column within which its first value stands."""


def _read(text: str, evidence: _Evidence, *, cut: bool, other_exam: bool) -> DensitometryReading:
    other_exam = other_exam or _is_other_exam(text)
    tables = read_tables(text)
    prose = ProseReader(text, tables.consumed)
    claims = [_of_one_side(claim) for claim in (*tables.claims, *prose.read())]
    cut = cut or len(claims) > _MOST_CLAIMS
    claims = _of_bone(claims[:_MOST_CLAIMS], text)
    if not _DENSITY_WORDS.search(text):
        claims = [c for c in claims if abs(c.value) <= 6 and c.value != int(c.value)]
    claims = _placed_in_time(claims, text, other_exam=other_exam)
    claims = _with_scanned_side(claims, text)
    addendum = _addendum(text)
    claims, corrected = _corrected(claims, addendum)
    entries = _united(_completed(claims))
    entries = _with_lsc(entries, prose)
    summary = read_summary(
        text, evidence.of, titled_other=_is_other_exam(text), other_exam=other_exam, measured=bool(entries)
    )
    issues: list[Issue] = []
    if cut and claims:
        issues.append(
            Issue(code="unreadable_value", message="the text is too long for one report and was read in part")
        )
    if addendum and (corrected or any(addendum[0] <= c.span[0] < addendum[1] for c in claims)):
        message = "an addendum gives a value anew" if not corrected else "an addendum replaces a value of the report"
        issues.append(Issue(code="addendum_correction", message=message, evidence=(evidence.of(addendum),)))
    suspects = [
        Suspect(e.place, e.when == "current", e.values, e.classification, tuple(sorted(e.wrong_side))) for e in entries
    ]
    issues += doubts(text, suspects, summary, _titled_side(text), evidence.of)
    issues += [
        Issue(
            code="unreadable_value",
            message="a number of a density table could not be put under a column",
            evidence=(evidence.of(span),),
        )
        for span in (*tables.unreadable, *prose.unreadable)
    ]
    return DensitometryReading(tuple(entry.measurement(evidence) for entry in entries), summary, tuple(issues))


_ENTITY_SIGN = re.compile(r"-[ ]{4,8}(?=\d)")


def _is_entity(view: View, position: int) -> bool:
    """Whether a sign of the view was an entity ("&minus;"), whose width is padded behind it."""
    return view.received[view.to_received(position)] == "&"


def _plain(view: View) -> str:
    """The view's text with names of data fields as words and HTML line breaks inside a table cell as spaces.

    Every replacement keeps its length, so offsets stay those of the view.
    """
    text = view.text
    if "\u2014" in text:  # "Z: \u2014 0.9" is a sign, as in a text of typographers
        text = re.sub(r"(?<=[:=(])([ ]{0,2})\u2014(?=[ ]?\d[.,]\d)", r"\1-", text)
    if "_" in text:
        text = re.sub(r"(?<=L[1-5])_(?=L?[1-5])", "-", text).replace("_", " ")
    if "&" in view.received:
        text = _ENTITY_SIGN.sub(
            lambda m: m.group()[1:].replace("\n", " ") + "-" if _is_entity(view, m.start()) else m.group(), text
        )
    if "<td" not in view.received.lower():
        return text
    characters = list(text)
    in_row = text.lstrip().startswith("|")
    for position, character in enumerate(text):
        if character != "\n":
            continue
        broken = view.received[view.to_received(position) :][:3].lower() == "<br"
        if broken and in_row:
            characters[position] = " "
        else:
            in_row = text[position + 1 : position + 200].lstrip(" ").startswith("|")
    return "".join(characters)


def _of_one_side(claim: Claim) -> Claim:
    """A claim of the spine without a side, which it has none of: the mean of vertebrae is none of two sides."""
    place = claim.place
    return replace(claim, place=replace(place, side="")) if place.side and place.region_named() == "spine" else claim


def _of_bone(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Claims without the percentages of change that nothing ties to bone: "decreased by 8 %" is said of many things."""
    if any(c.measure != "change" and c.place.named for c in claims):
        return list(claims)
    return [
        c
        for c in claims
        if c.measure != "change" or _DENSITY_EXAM.search(text, max(0, c.span[0] - 200), c.span[1] + 60)
    ]


# ----------------------------------------------------------------------------------------------------------- evidence


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Turns stretches of the view into evidence, each with the section it stands in."""

    view: View
    sections: Sequence[Section]

    def of(self, span: Span) -> Evidence:
        """The received words of a stretch."""
        inside = [s for s in self.sections if s.start <= span[0] < s.end]
        name = min(inside, key=lambda s: s.end - s.start).name if inside else None
        start = span[0]
        if self.view.text[start : start + 1] == " ":  # the sign of a padded entity stands at its start
            start -= len(self.view.text[:start]) - len(self.view.text[:start].rstrip(" ")) + 1
        return self.view.evidence(max(start, 0), span[1], name)

    def all(self, spans: Iterable[Span]) -> tuple[Evidence, ...]:
        """Evidence for several stretches, in the order of the text and each once."""
        return tuple(self.of(span) for span in sorted(set(spans)))


# --------------------------------------------------------------------------------------------------------------- time


def _placed_in_time(claims: list[Claim], text: str, *, other_exam: bool) -> list[Claim]:
    """Dates as ISO dates, and every claim either current or prior: of several dates in one table the latest is now."""
    day_first = _day_first(text)
    dated = [replace(c, date=iso_date(c.date, day_first=day_first)) if c.date else c for c in claims]
    latest: dict[int, str] = {}
    for claim in dated:
        if claim.source == "table" and claim.date and claim.when != "prior":
            latest[claim.table] = max(latest.get(claim.table, ""), claim.date)
    undated = {
        (c.table, c.measure, _identity(c.place))
        for c in dated
        if c.source == "table" and not c.date and c.when != "prior"
    }
    told = max((c.date[:4] for c in dated if c.source == "prose" and c.measure != "change"), default="")
    exam = exam_date(text, day_first) or _titled_date(text, day_first)
    titled = _is_other_exam(text)
    addendum = _addendum(text)
    placed = []
    for claim in dated:
        when = claim.when or ("current" if claim.measure == "change" and claim.source == "prose" else "")
        if not when and titled and claim.source == "prose" and _told_as_history(text, claim.span[0]):
            when = "prior"
        if (
            not when
            and other_exam
            and claim.source == "prose"
            and not claim.date
            and _told_of_month(text, claim.span[0])
        ):
            when = "prior"
        if not when and claim.date:
            if claim.source == "table":
                beside = (claim.table, claim.measure, _identity(claim.place)) in undated
                when = "prior" if beside or claim.date < latest.get(claim.table, "") else "current"
            else:
                quoted = other_exam and claim.date[:4] != exam[:4]
                earlier = claim.date[:4] < exam[:4] or (claim.measure != "change" and claim.date[:4] < told)
                when = "prior" if quoted or earlier or (not addendum and _has_rival(claim, dated)) else "current"
        placed.append(replace(claim, when=when or "current"))
    return _of_one_scan(placed)


def _of_one_scan(claims: Sequence[Claim]) -> list[Claim]:
    """Values of one site and date are of one scan: the Z-score beside an earlier T-score is earlier too."""
    prior = {(c.date, c.place.site(), c.place.side) for c in claims if c.when == "prior" and c.date}
    return [
        replace(c, when="prior")
        if c.source == "prose" and c.measure != "change" and (c.date, c.place.site(), c.place.side) in prior
        else c
        for c in claims
    ]


_ADDENDUM = re.compile(r"(?:^|\n)\W*(?:ADDENDUM|CORRECT(?:ION|ED REPORT)|AMENDED|AMENDMENT|ERRATUM)\b", re.IGNORECASE)
_ORIGINAL = re.compile(r"\n\W*(?:original (?:report|text)|initial report|report\b|dxa\b|findings)", re.IGNORECASE)


def _addendum(text: str) -> Span | None:
    """Where an addendum or correction stands: up to the original report, if that follows it."""
    match = _ADDENDUM.search(text)
    if not match:
        return None
    original = _ORIGINAL.search(text, match.end())
    return match.start(), original.start() if original else len(text)


def _corrected(claims: list[Claim], addendum: Span | None) -> tuple[list[Claim], list[Span]]:
    """Claims without those that an addendum replaces, and where the replacing ones stand."""
    if addendum is None:
        return claims, []
    newer = [c for c in claims if addendum[0] <= c.span[0] < addendum[1]]
    kept: list[Claim] = []
    replaced: list[Span] = []
    for claim in claims:
        by = [
            n
            for n in newer
            if n.measure == claim.measure
            and n.when == claim.when
            and _same_place(n.place, claim.place)
            and n.place.named
        ]
        if claim in newer or not by or any(n.value == claim.value for n in by):
            kept.append(claim)
        else:
            replaced.append(by[0].span)
    return kept, replaced


_OTHER_EXAM = re.compile(
    r"\b(?:x-?rays?|radiographs?|films?|MRI|MR|CT|tomograph\w*|magnetic|VFA only|ultrasound|bone scan|scintigra\w*)\b",
    re.IGNORECASE,
)
_DENSITY_EXAM = re.compile(
    r"\b(?:DE?XA|densitom\w*|bone (?:mineral )?densit\w*|density|bone loss|BMD|absorptiometry|p?QCT"
    r"|quantitative (?:CT|computed tomograph\w*))\b",
    re.IGNORECASE,
)


def _is_other_exam(text: str) -> bool:
    """Whether the report is of another exam, which at most quotes a densitometry: its title or first words say so."""
    title = re.sub(r"[ \t]+", " ", text.lstrip()[:120]).split("\n")[0][:70]
    return bool(_OTHER_EXAM.search(title)) and not _DENSITY_EXAM.search(title.split(":")[0][:60])


_IN_MONTH = re.compile(
    r"\b(?:DE?XA|densitometry)(?: scan)?,?\s+(?:in|of|from|last)\s+(?:(?:early|late|mid)\s+)?"
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|spring|summer|autumn|winter|year|month)[a-z]*\b",
    re.IGNORECASE,
)


def _told_of_month(text: str, position: int) -> bool:
    """Whether the sentence before a value tells of a scan of some month: "DXA in January confirmed: ..."."""
    start = max(text.rfind(". ", 0, position), text.rfind("\n", 0, position)) + 1
    return _IN_MONTH.search(text, start, position) is not None


def _told_as_history(text: str, position: int) -> bool:
    """Whether a value stands in the history, indication or comparison of a report."""
    line = text[text.rfind("\n", 0, position) + 1 : position]
    return bool(re.match(r"\s*(?:clinical|history|indication|comparison|reason|previous|prior)", line, re.IGNORECASE))


_SCANNED = re.compile(
    r"scan|dxa|dexa|densit|exam|techni|region|\bsite|femur\s*:|hip\s*:|perform|measure|obtain|"
    r"absorptiom|norland|hologic|lunar|\bGE\b|prodigy|evaluat|compris|stud(?:y|ies)|forearm\s*:",
    re.IGNORECASE,
)
_HISTORY_OF_HIP = re.compile(
    r"fractur|replac|prosthe|arthroplast|pain|surg|implant|pinning|nail|metal|hardware|not (?:scanned|"
    r"measured|done)|excluded",
    re.IGNORECASE,
)


def _titled_side(text: str) -> str:
    """The one hip that the first lines name as scanned; nothing where they name both or none."""
    sides = set()
    for line in text.lstrip().split("\n")[:4]:
        found = tokens(re.sub(r"\([^()]*\)", " ", line))
        if any(t.kind == "number" for t in found) or not _DENSITY_EXAM.search(line):
            continue
        place = [t for t in found if t.kind == "region" and t.value == "hip"]
        sides |= {t.value for t in found if t.kind == "side" and place}
    return sides.pop() if len(sides) == 1 and sides <= {"left", "right"} else ""


def _scanned_sides(text: str) -> dict[str, set[str]]:
    """The sides of hip and forearm that titles and technique name; clauses with values or of surgery do not count."""
    sides: dict[str, set[str]] = {"hip": set(), "forearm": set()}
    for line in text.split("\n"):
        if not _SCANNED.search(line):
            continue
        for words in re.split(r"[.;](?!\d)", line):
            if re.search(r"\d[.,]\d|[-+]\d", words) or _HISTORY_OF_HIP.search(words):
                continue
            found = [t for t in tokens(words) if t.kind in ("region", "side", "part") and not t.bare]
            named = {t.value for t in found if t.kind == "side"} & {"left", "right", "both"}
            regions = {"forearm" if r == "radius" else r for r in (place_of([t]).region_named() for t in found)}
            for region in (regions - {"spine", ""}) & sides.keys() if named else ():
                sides[region] |= named
    return sides


def _with_scanned_side(claims: Sequence[Claim], text: str) -> list[Claim]:
    """Values of a hip or forearm without a side, where the report says of its scan which one side it took."""
    sides = _scanned_sides(text)
    completed = []
    for claim in claims:
        region = "forearm" if claim.place.region_named() == "radius" else claim.place.region_named()
        side = sides.get(region, set())
        if not claim.place.side and claim.place.named and len(side) == 1 and side <= {"left", "right"}:
            claim = replace(claim, place=replace(claim.place, side=next(iter(side))))
        completed.append(claim)
    return completed


def _has_rival(claim: Claim, claims: Sequence[Claim]) -> bool:
    """Whether another claim gives this measure at this site without the earlier date, so that this one is the past."""
    return any(
        other is not claim
        and other.measure == claim.measure
        and other.when != "prior"
        and (not other.date or other.date > claim.date)
        and other.place.site() in (claim.place.site(), "other")
        for other in claims
    )


_EXAM_DATE = re.compile(
    r"(?:(?:exam(?:ination)?|study|scan|report|service|procedure|date of (?:exam(?:ination)?|service|"
    r"study|scan|report))(?: date)?|^date)\s*(?:/time)?\s*[:|]\s*(\d[\d/.-]{5,9}|"
    r"[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{1,2} [A-Za-z]{3,9}\.? \d{4})",
    re.IGNORECASE | re.MULTILINE,
)


def exam_date(text: str, day_first: bool) -> str:
    """The date of the exam where a heading states it, else nothing."""
    match = _EXAM_DATE.search(text)
    return iso_date(match.group(1), day_first=day_first) if match else ""


_NOT_A_TITLE = re.compile(r"\b(?:DOB|born|birth|compar\w+|pri\w+|previous\w*|since|histor\w+|in|of)\b", re.IGNORECASE)


def _titled_date(text: str, day_first: bool) -> str:
    """The date of another exam in the first line, up to a colon: "1) XR LUMBAR SPINE 02/02/2022: ..."."""
    title = text.lstrip()[:120].split("\n")[0].split(":")[0]
    if _DENSITY_EXAM.search(title) or _NOT_A_TITLE.search(title):
        return ""
    dated = [t.value for t in tokens(title) if t.kind == "date"]
    return iso_date(dated[0], day_first=day_first) if len(dated) == 1 else ""


def _day_first(text: str) -> bool:
    """Whether dates are written day first: if any cannot be read month first, all are."""
    return any(
        int(a) > 12 and int(b) <= 12
        for a, b in re.findall(r"(?<![\d/.-])(\d{1,2})[/.-](\d{1,2})[/.-](?:\d{4}|\d\d)(?!\d)", text)
    )


# ------------------------------------------------------------------------------------------------------------- uniting


@dataclass(slots=True)
class Entry:
    """A measurement while its claims are collected."""

    place: Place
    when: str
    date: str
    values: dict[Measure, Claim]
    spans: set[Span]
    classification: str = ""
    significant: bool | None = None
    lsc: float | None = None
    wrong_side: set[Span] = field(default_factory=set)

    def measurement(self, evidence: _Evidence) -> BoneDensity:
        """The measurement as the contract has it."""
        value = {name: claim.value for name, claim in self.values.items()}
        side = self.place.side if self.place.side in ("left", "right", "mean") else None
        spine = self.place.site() == "lumbar_spine"
        return BoneDensity(
            site=self.place.site(),
            side=cast("Literal['left', 'right', 'mean'] | None", side),
            vertebrae=cast("tuple[Level, ...]", self.place.levels if spine else ()),
            excluded=cast("tuple[Level, ...]", self.place.excluded if spine else ()),
            lsc_g_cm2=self.lsc,
            bmd_g_cm2=value.get("bmd"),
            t_score=value.get("t_score"),
            z_score=value.get("z_score"),
            when=cast("Literal['current', 'prior']", self.when),
            date=self.date or None,
            change_percent=value.get("change"),
            change_significant=self.significant,
            classification=cast(
                "Literal['normal', 'low_bone_mass', 'osteoporosis'] | None", self.classification or None
            ),
            confidence=None,
            evidence=evidence.all(self.spans),
        )


def _completed(claims: Sequence[Claim]) -> list[Claim]:
    """Earlier values without side or levels take those of the one current measurement of that site."""
    current: dict[str, set[tuple[str, tuple[str, ...]]]] = {}
    for claim in claims:
        if claim.when == "current" and len(claim.place.levels) != 1:
            current.setdefault(claim.place.site(), set()).add((claim.place.side, claim.place.levels))
    completed = []
    for claim in claims:
        known = current.get(claim.place.site(), set())
        if (
            claim.when == "prior"
            and claim.source == "prose"
            and claim.place.named
            and len(known) == 1
            and not claim.place.levels
            and not claim.place.side
        ):
            side, levels = next(iter(known))
            claim = replace(claim, place=replace(claim.place, side=side, levels=levels))
        completed.append(claim)
    return completed


def _united(claims: Sequence[Claim]) -> list[Entry]:
    """One entry per site, side, region and time; what a vaguer sentence repeats joins the entry that it repeats."""
    entries: list[Entry] = []
    ordered = sorted(range(len(claims)), key=lambda i: (claims[i].source == "prose", -_specific(claims[i].place), i))
    placed: list[tuple[int, Entry]] = []
    for index in ordered:
        claim = claims[index]
        entry = _entry_for(claim, entries)
        if entry is None:
            entry = Entry(claim.place, claim.when, claim.date, {}, set())
            entries.append(entry)
            placed.append((index, entry))
        _add(entry, claim)
    placed.sort(key=lambda pair: pair[0])
    return [entry for _, entry in placed]


def _specific(place: Place) -> int:
    return 2 * bool(place.named) + bool(place.levels) + bool(place.side) + bool(place.part)


def _add(entry: Entry, claim: Claim) -> None:
    entry.values.setdefault(claim.measure, claim)
    entry.date = entry.date or claim.date
    entry.spans |= {claim.span, *claim.place.spans, *claim.spans}
    entry.classification = entry.classification or (claim.classification or "")
    if entry.significant is None:
        entry.significant = claim.significant
    if claim.place.levels and not entry.place.levels:
        entry.place = replace(entry.place, levels=claim.place.levels, excluded=claim.place.excluded)


def _entry_for(claim: Claim, entries: Sequence[Entry]) -> Entry | None:
    """The entry that a claim belongs to: of exactly its place and time, or one whose value it repeats."""
    same_time = [
        e
        for e in entries
        if e.when == claim.when
        and (not e.date or not claim.date or e.date.startswith(claim.date) or claim.date.startswith(e.date))
    ]
    exact = [e for e in same_time if _same_place(e.place, claim.place)]
    for entry in exact:
        held = entry.values.get(claim.measure)
        if held is None or held.value == claim.value:
            return entry
    if claim.source == "table" and claim.place.named:
        return None
    compatible = [e for e in same_time if _covers(e.place, claim.place)]
    for entry in compatible:
        held = entry.values.get(claim.measure)
        if held is not None and held.value == claim.value:
            return entry
    if not claim.place.named:
        sites = {_identity(e.place) for e in same_time}
        alone = [e for e in compatible if claim.measure not in e.values]
        return alone[0] if len(sites) == 1 and alone and not exact else None
    if exact:
        return None
    mirrored = [
        e
        for e in same_time
        if _mirrors(e.place, claim.place) and claim.measure in e.values and e.values[claim.measure].value == claim.value
    ]
    if claim.concluding and mirrored and not exact:
        mirrored[0].wrong_side.add(claim.span)
        return mirrored[0]
    lacking = [
        e
        for e in compatible
        if claim.measure not in e.values and len(e.place.levels) != 1 and e.place.site() == claim.place.site()
    ]
    return lacking[0] if len(lacking) == 1 else None


def _identity(place: Place) -> tuple[str, str, tuple[str, ...]]:
    return (place.site(), place.side, place.levels)


def _same_place(one: Place, other: Place) -> bool:
    return (
        one.site() == other.site()
        and one.side == other.side
        and one.levels == other.levels
        and (one.site() != "other" or (one.region_named(), one.part) == (other.region_named(), other.part))
    )


def _mirrors(one: Place, other: Place) -> bool:
    """Whether two places are the same site of opposite sides."""
    return {one.side, other.side} == {"left", "right"} and one.site() == other.site()


def _covers(entry: Place, claim: Place) -> bool:
    """Whether vaguer words can mean the entry's place: same site, or a hip for one of its parts, or no site at all."""
    if claim.side and entry.side and claim.side != entry.side:
        return False
    if not claim.named:
        return True
    same_site = entry.site() == claim.site() and entry.site() != "other"
    hip = claim.region == "hip" and claim.part == "" and entry.region_named() == "hip"
    forearm = claim.region == "forearm" and claim.part == "" and entry.region_named() == "forearm"
    if not (same_site or hip or forearm):
        return False
    return not claim.levels or not entry.levels or claim.levels == entry.levels


def _with_lsc(entries: list[Entry], prose: ProseReader) -> list[Entry]:
    for place, value, span in prose.lsc:
        for entry in entries:
            if (
                entry.when == "current"
                and place.named
                and entry.place.site() == place.site()
                and len(entry.place.levels) != 1
            ):
                entry.lsc = value
                entry.spans.add(span)
    return entries
