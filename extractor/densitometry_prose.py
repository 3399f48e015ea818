"""Sentences of bone densitometry: which number is which measure, of which site, now or before.

A statement is a sentence or a "name: value" line. Its measures, places, times and numbers are read in order; a number
takes the measure before it (or right behind it), the place that its preposition points to or else the place before it,
and the time said beside it. What a statement does not say comes from the heading or the statement before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from extractor import densitometry_cues as cue
from extractor.densitometry_words import (
    Claim,
    Measure,
    Number,
    Place,
    Span,
    Token,
    one_region,
    place_of,
    small_words,
    sole_measure,
    tokens,
    vocabulary,
)

_LONGEST_STATEMENT = 2_000
_LOWEST_BARE = -6
"""A T-score without its name below this is taken for another number."""
_HEADING = 110
"""Characters within which the time that opens a statement ends in a colon."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or a "name: value" line at ``start:end`` of the view; ``fresh`` when a blank line came before it."""

    start: int
    end: int
    fresh: bool = False


@dataclass(slots=True)
class Mention:
    """A measure, place or number of a statement, in order."""

    kind: str
    start: int
    end: int
    measures: tuple[str, ...] = ()
    place: Place = field(default_factory=Place)
    number: Number | None = None


def statements(text: str, consumed: Sequence[Span]) -> Iterator[Statement]:
    """The statements of the view that the tables have left."""
    lines: list[Span] = []
    position = 0
    fresh = False
    blocked = sorted(consumed)
    cursor = 0

    def flush() -> Iterator[Statement]:
        if lines:
            yield from _sentences(text, lines[0][0], lines[-1][1], was_fresh)
            lines.clear()

    was_fresh = False
    for raw in text.split("\n"):
        start, end = position, position + len(raw)
        position = end + 1
        while cursor < len(blocked) and blocked[cursor][1] <= start:
            cursor += 1
        taken = cursor < len(blocked) and blocked[cursor][0] < end and start < blocked[cursor][1]
        if taken or not raw.strip():
            yield from flush()
            fresh = True
            continue
        if lines and not _goes_on(text, lines[-1], raw):
            yield from flush()
        if not lines:
            was_fresh, fresh = fresh, False
        lines.append((start, end))
    yield from flush()


def _goes_on(text: str, line: Span, following: str) -> bool:
    """Whether a line end is only a hard wrap: the line stops in mid-phrase, or the next starts in one."""
    above = text[line[0] : line[1]].rstrip()
    if cue.BRACKET_LINE.match(following) and (above.lstrip().startswith("(") or not _speaks_of_site(above)):
        return False
    if cue.SCORE_ALONE.match(above) and cue.NUMBER_ALONE.match(following):
        return True
    if cue.SCORE_ALONE.match(above) or cue.SCORE_ALONE.match(following) or _opens_with_time(following):
        return False
    if cue.CONTINUES.search(above):
        if not above.endswith(":"):
            return True
        if re.match(r"\s*[-+]?[\d.]+\s*(?:SD)?\s*$", following):
            return True
        # A name of a score at the end of a wrapped line of prose, and its number in front of the next.
        return bool(cue.SCORE_ENDS.search(above) and re.match(r"\s*[-+]\s?\d[.,]\d(?![\d.,])", following))
    if above.endswith((".", ":", "!", "?", ";", "|")) or cue.BULLET.match(following) or cue.SECTION.match(following):
        signed = bool(re.search(r"(?:[-+]\d|\b0)\.$", above))
        return signed and bool(re.match(r"\s*\d+\b(?!\))", following))
    head = following.lstrip()[:1]
    if head.islower() or head in "(,;)%/" or (head in "-+0123456789" and not re.search(r"\d\s*$", above)):
        return True
    long_line = len(above) > 55 and len(re.findall(r"[a-z]{2,}", above)) > 6
    return long_line and above[-1].isalpha() and not re.match(r"\s*[A-Za-z /()0-9-]{2,40}:", following)


def _opens_with_time(line: str) -> bool:
    """Whether a line is labelled with a time of its own ("2018: T-score -1.6"), whatever ends the line above."""
    first = next(iter(tokens(line[:60])), None)
    return (
        first is not None
        and first.kind in ("date", "time")
        and not line[: first.start].strip(" \t*-")
        and cue.LABELLED.match(line, first.end) is not None
    )


def _speaks_of_site(words: str) -> bool:
    return any(t.kind in ("region", "part", "levels") for t in tokens(words))


def _sentences(text: str, start: int, end: int, fresh: bool) -> Iterator[Statement]:
    position = start
    for match in cue.STOP.finditer(text, start, end):
        if match.group() == "." and cue.ABBREVIATION.search(text, max(position, match.start() - 8), match.end()):
            continue
        if match.group().lower() == "period" and cue.NO_STOP.search(
            text, max(position, match.start() - 20), match.start()
        ):
            continue
        if match.group() == "." and cue.SPLIT_DECIMAL.match(text, max(position, match.start() - 3), end):
            continue
        yield from _in_parts(text, position, match.end(), fresh)
        fresh = False
        position = match.end()
    yield from _in_parts(text, position, end, fresh)


def _in_parts(text: str, start: int, end: int, fresh: bool) -> Iterator[Statement]:
    """A statement, cut at spaces where it is too long to be one sentence: reading it grows with its square."""
    while end - start > _LONGEST_STATEMENT:
        cut = text.rfind(" ", start + _LONGEST_STATEMENT // 2, start + _LONGEST_STATEMENT)
        cut = cut if cut > 0 else start + _LONGEST_STATEMENT
        yield Statement(start, cut, fresh)
        start, fresh = cut, False
    if end > start:
        yield Statement(start, end, fresh)


# ----------------------------------------------------------------------------------------------------------- mentions


def mentions(text: str, found: Sequence[Token], frame: Place) -> list[Mention]:
    """Measures, places and numbers in order; the words of one place are put together."""
    result: list[Mention] = []
    group: list[Token] = []
    averaged: list[int] = []
    start, end = (found[0].start, found[-1].end) if found else (0, 0)
    aside = [m.span() for m in cue.RELATIVE_CLAUSE.finditer(text, start, end)]

    def close() -> None:
        if group:
            place = place_of(group)
            if all(t.value == "mean" for t in group):
                averaged.append(group[0].end)
                group.clear()
                return
            if (
                averaged
                and place.named
                and re.fullmatch(
                    r"\s*(?:[TZ]-?\s?scores?|BMD|bone mineral density)\s*(?:of|at|in|for)?\s*(?:the\s+)?",
                    text[averaged[-1] : group[0].start],
                    re.IGNORECASE,
                )
            ):
                place = replace(place, side="mean" if place.region_named() != "spine" else place.side)
            result.append(Mention("place", group[0].start, group[-1].end, place=place))
            group.clear()

    for position, token in enumerate(found):
        if token.kind in ("part", "region", "side", "levels"):
            if token.value == "both" and cue.OF_THE_TWO.search(text, max(0, token.start - 20), token.start):
                continue
            if token.bare and not _stands_for_site(text, found, position, frame, group):
                continue
            if (
                token.kind == "side"
                and group
                and group[-1].kind == "side"
                and text[group[-1].end : token.start] == "; "
            ):
                continue  # why the other side was left out: "(R; L has a fistula)"
            if group and not _same_place(text, group, token):
                moved = group.pop() if len(group) > 1 and _belongs_to_next(text, group[-1], token) else None
                close()
                if moved is not None:
                    group.append(moved)
            group.append(token)
            continue
        if token.kind == "skip":
            continue
        close()
        if token.kind == "measure":
            measures = ("t_score", "z_score") if token.value == "tz" else (token.value,)
            result.append(Mention("measure", token.start, token.end, measures))
        elif token.kind == "number":
            result.append(Mention("number", token.start, token.end, number=token.number))
        elif token.kind in ("class", "garbled") or (
            token.kind in ("date", "time") and not any(a <= token.start < b for a, b in aside)
        ):
            result.append(Mention(token.kind, token.start, token.end, (token.value,)))
    close()
    return _completed_sides(text, [m for m in result if m.kind != "place" or m.place or m.place.excluded])


def _stands_for_site(text: str, found: Sequence[Token], position: int, frame: Place, group: Sequence[Token]) -> bool:
    """Whether a bare word ("neck", "total") names a site here: in a place phrase, or right before a value."""
    token = found[position]
    if token.value in ("subregion", "subtotal"):
        return (
            bool(re.match(r"\s*:?\s*(?:BMD\b|0?\.\d|[012]\.\d)", text[token.end : token.end + 8]))
            and frame.region == "body"
        )
    if group and cue.PLACE_GAP.fullmatch(text[group[-1].end : token.start]):
        return True
    after = text[token.end : token.end + 24]
    if text[token.start - 1 : token.start] in "([" and re.match(r"\s*[)\]]", after):
        return True
    if re.match(
        r"\s*[:=(,|-]{0,2}\s*(?:(?:is|was|BMD|T\b|Z\b|T-?score|Z-?score|measures|of)\s*[:=]?\s*)*[-+]?[\d.]", after
    ):
        return True
    if re.match(r"\s*[:(-]?\s*(?:BMD|[TZ][- ]?score|region|\(?(?:left|right)\b)", after, re.IGNORECASE):
        return True
    if position + 1 < len(found) and found[position + 1].kind in ("region", "part", "side"):
        return bool(cue.PLACE_GAP.fullmatch(text[token.end : found[position + 1].start]))
    before = text[max(0, token.start - 30) : token.start]
    return bool(
        frame.region and re.search(r"(?:score|BMD|density)\s+(?:at|of|in|for)\s+(?:the\s+)?$", before, re.IGNORECASE)
    )


def _same_place(text: str, group: Sequence[Token], token: Token) -> bool:
    gap = cue.DOMINANCE.sub(" ", text[group[-1].end : token.start])
    if len(gap) > 14 or not cue.PLACE_GAP.fullmatch(gap):
        return bool(token.kind == "levels" and token.excluded and len(gap) < 4 and not gap.strip(" ,;("))
    kinds = {t.kind: t.value for t in group}
    if token.kind == "levels":
        if "part" in kinds and kinds["part"] != "total":
            return False
        if token.excluded:
            return True
        return "levels" not in kinds and kinds.get("region", "spine") == "spine"
    if token.kind == "side":
        if "side" in kinds and token.value != "mean":
            return False
        return not ("," in gap and kinds.keys() & {"region", "part", "levels"}) or bool(
            re.match(
                r"\s*[:=)\]]|\s*(?:BMD|[TZ]\b|[-+]?[\d.])|[ \t]*(?:\n\s*(?![a-z])|$)", text[token.end : token.end + 6]
            )
        )
    region = {"region": token.value}.get(token.kind) or {
        "neck": "hip", "trochanter": "hip", "inter": "hip", "shaft": "hip", "wards": "hip", "upper_neck": "hip",
        "head": "hip", "third": "forearm", "ultradistal": "forearm", "mid": "forearm",
    }.get(token.value, "")  # fmt: skip
    known = place_of(list(group)).region_named()
    if region and known and not one_region(region, known):
        return False
    if token.kind == "part" and kinds.get("part", token.value) != token.value and kinds.get("part") != "total":
        return False
    if token.kind == "part" and kinds.get("part") == token.value and "," in gap:
        return False
    if token.kind == "region" and "region" in kinds and ("," in gap or not one_region(kinds["region"], token.value)):
        return False
    return not (token.kind == "region" and "part" in kinds and "," in gap)


def _belongs_to_next(text: str, last: Token, token: Token) -> bool:
    """A side right before the next site is that site's ("femoral neck, left total hip")."""
    gap = text[last.end : token.start]
    return last.kind == "side" != token.kind and "," not in gap and ":" not in gap


def _completed_sides(text: str, found: list[Mention]) -> list[Mention]:
    """ "Left and right femoral neck": the first side takes the site that is named once for both."""
    for position in range(len(found) - 2, -1, -1):
        one, two = found[position], found[position + 1]
        if one.kind == two.kind == "place" and not one.place.named and one.place.side and two.place.named:
            gap = text[one.end : two.start]
            if cue.AND.fullmatch(gap) and two.place.side and two.place.side != one.place.side:
                one.place = replace(two.place, side=one.place.side, spans=one.place.spans + two.place.spans)
    return found


# ------------------------------------------------------------------------------------------------------------- reader


class ProseReader:
    """Goes through the statements once; keeps the heading that holds and the place last spoken of."""

    def __init__(self, text: str, consumed: Sequence[Span]) -> None:
        self.text = text
        self.consumed = consumed
        self.claims: list[Claim] = []
        self.unreadable: list[Span] = []
        self.lsc: list[tuple[Place, float, Span]] = []
        self.frame = Place()
        self.frame_measures: tuple[str, ...] = ()
        self.frame_when = ""
        self.frame_date = ""
        self.start = 0
        self.times: dict[int, tuple[str, str]] = {}
        self.listed_before: set[int] = set()
        self.carry = Place()
        self.sole_measure = sole_measure(text)
        self.slashed = _legend(text)
        self.frame_change = False
        self.concluding = False
        self.reference = False
        self.last_names: tuple[str, ...] = ()
        self.last_list: list[Place] = []

    def read(self) -> list[Claim]:
        """Every value that the statements print of a measurement."""
        for statement in statements(self.text, self.consumed):
            self._statement(statement)
        return self.claims

    def _statement(self, statement: Statement) -> None:
        words = self.text[statement.start : statement.end]
        self.start = statement.start
        if cue.SECTION.match(words) or statement.fresh:
            opened = cue.CONCLUSION.match(words)
            self.concluding = bool(opened) or (self.concluding and not cue.SECTION.match(words))
        if cue.SECTION.match(words):
            self.frame = self.carry = Place()
            self.frame_measures, self.frame_when, self.frame_date = (), "", ""
            self.reference = self.frame_change = False
        found = tokens(self.text, statement.start, statement.end)
        numbers = [t for t in found if t.kind == "number"]
        if not numbers:
            self._heading(statement, found, words)
            return
        read = mentions(self.text, found, self.frame)
        first = read[0] if read else None
        if cue.RISK.search(words) and not any(m.kind == "place" and m.place.region == "spine" for m in read):
            self.carry, frame = Place(), self.frame
            self.frame = Place()
            self._values(statement, read)
            self.carry, self.frame = Place(), frame
            return
        label_like = first is not None and first.kind == "measure"
        if statement.fresh and not label_like:
            self.carry = Place()
        self._values(statement, read)

    def _heading(self, statement: Statement, found: Sequence[Token], words: str) -> None:
        """A statement without numbers: a heading that holds for what follows, or the subject of the next sentence."""
        read = mentions(self.text, found, Place())
        places = [m for m in read if m.kind == "place"]
        rest = list(words)
        for token in found:
            rest[token.start - statement.start : token.end - statement.start] = " " * (token.end - token.start)
        leftover = len(re.findall(r"[A-Za-z]{2,}", "".join(rest)))
        short = leftover <= 4 and not (leftover > 1 and words.rstrip().endswith("."))
        measures = tuple(x for m in read if m.kind == "measure" for x in m.measures)
        times = [m.measures[0] for m in read if m.kind == "time"]
        dates = [m.measures[0] for m in read if m.kind == "date"]
        if short and leftover:
            self.reference = bool(cue.REFERENCE_HEADING.search(words))
        if dates and not places and cue.SCAN.search(words) and leftover <= 8 and not times:
            if not re.search(r"\bcompar", words, re.IGNORECASE):
                self.frame_date = dates[-1]
            return
        event = cue.EVENT.search(words) and not any(m.place.region_named() == "spine" for m in places)
        if short and len(places) == 1 and not event and not any(m.kind == "class" for m in read):
            place = places[0].place
            if place.named:
                self.frame = place
            elif not cue.NOT_SCANNED.search(words):
                self.frame = replace(self.frame, side=place.side)
            self.frame_measures = measures
            self.frame_change = bool(cue.CHANGE.search(words))
            self.frame_when, self.frame_date = (times or [""])[0], (dates or [""])[0]
            self.carry = Place()
        elif short and not places and cue.CHANGE.search(words):
            self.frame_change = True
        elif short and not places and measures and words.rstrip().endswith(":"):
            self.frame_measures = measures
            self.carry = Place()
        elif (
            short
            and not places
            and (times or dates)
            and (words.rstrip().endswith((":", ")")) or cue.SCAN.search(words))
        ):
            self.frame_when, self.frame_date = (times or [""])[0], (dates or [""])[0]
        elif len(places) == 1 and places[0].place.named:
            self.carry = places[0].place
        elif len(places) > 1 or leftover > 4:
            self.carry = Place()
            if len(places) > 1 and short:
                self.frame = Place()

    # ---------------------------------------------------------------------------------------------- one statement

    def _values(self, statement: Statement, read: list[Mention]) -> None:
        sentence = self.text[statement.start : statement.end]
        cues = vocabulary().boilerplate
        quality = [m.start() + statement.start for m in cues["quality_control"].finditer(sentence)]
        lsc = cues["lsc"].search(sentence)
        teaching = bool(cues["definition"].search(sentence) or cues["treatment"].search(sentence))
        measures = self._measures(statement, read)
        places = self._places(statement, read, measures)
        if self.reference:
            return
        concluding = self.concluding or bool(cue.CONCLUDING.search(sentence))
        group_class = [m.measures[0] for m in read if m.kind == "class"]
        for index, mention in enumerate(read):
            if mention.kind != "number" or mention.number is None:
                continue
            measure = measures.get(index, "")
            change = None
            if not measure and mention.number.percent:
                change = self._change(statement, mention)
                measure = "change" if change is not None else ""
            if not measure:
                continue
            if any(start < mention.start for start in quality) and measure in ("bmd", "change"):
                continue
            if lsc and measure == "bmd" and mention.start > statement.start + lsc.start():
                for place in places.get(index, [Place()]):
                    self.lsc.append((place, mention.number.value, (mention.start, mention.end)))
                continue
            if measure != "change" and self._no_measurement(statement, mention, measure, teaching, bool(group_class)):
                continue
            when, date, date_spans = self._time(statement, read, index, measure)
            self.times[mention.start] = (when, date)
            value = mention.number.value
            if measure == "bmd" and value < 0:
                if not mention.number.spaced_sign:
                    self.unreadable.append((mention.start, mention.end))
                    continue
                value = -value  # a dash between the name and its value, not a sign: no density is negative
            significant: bool | None = None
            if change is not None:
                value = change
                following = next((m for m in read[index + 1 :] if m.kind in ("number", "place")), None)
                significant = self._significance(statement, mention, following)
                if significant is None and mention.number.starred:
                    significant = True
            elif measure in ("t_score", "z_score") and mention.number.unit in ("SD", "") and not mention.number.sign:
                after = self.text[mention.end : mention.end + 20]
                below = re.match(r"\s*(?:\(SDs?\)\s*)?(?:below|less|lower|under|beneath)", after, re.IGNORECASE)
                value = -value if below else value
            for place in places.get(index, [Place()]):
                self.claims.append(
                    Claim(
                        cast(Measure, measure), value, (mention.start, mention.end), place, when, date, significant,
                        None, date_spans, mention.number.sign, "prose", concluding=concluding,
                    )
                )  # fmt: skip

    # ------------------------------------------------------------------------------------------------- which measure

    def _measures(self, statement: Statement, read: list[Mention]) -> dict[int, str]:
        """The measure of every number that has one, by its index among the mentions."""
        result: dict[int, str] = {}
        queue: list[str] = []
        names: tuple[str, ...] = self.frame_measures
        position_in_list = 0
        last_end = statement.start
        last_measure = -1
        history: list[str] = []
        foreign = [
            m.span()
            for m in vocabulary().boilerplate["other_score"].finditer(self.text, statement.start, statement.end)
        ]
        for index, mention in enumerate(read):
            if mention.kind == "measure":
                if self._is_foreign(mention, foreign):
                    queue, names = [], ()
                elif queue and self._lists(read, last_measure, index):
                    compound = self.text[read[last_measure].end : mention.start].strip() == ""
                    queue = [*(queue[:-1] if compound else queue), *mention.measures]
                    names, position_in_list = tuple(queue), 0
                else:
                    queue, names, position_in_list = list(mention.measures), mention.measures, 0
                history = [*(m for m in history if m not in names), *names]
                last_measure = index
                last_end = mention.end
                continue
            if mention.kind == "garbled":  # it has its turn in a list, and its name is of nothing else
                names = names if len(names) > 1 else ()
                queue, position_in_list = list(names), position_in_list + 1
            if mention.kind != "number" or mention.number is None:
                last_end = mention.end
                continue
            number = mention.number
            measure = self._unit_measure(mention, statement)
            if measure is None:
                measure = self._slashed(read, index)
            if measure is None:
                behind = self._measure_behind(read, index)
                if behind and (not queue or self.text[mention.end : mention.end + 2].strip() == "("):
                    measure = behind
                elif not self._near(last_end, mention) or self._after_foreign(mention, foreign, read, index):
                    measure = None
                else:
                    measure = self._named_before(names, position_in_list, history, read, index)
            if measure == "":
                last_end = mention.end
                continue
            if measure is not None and measure in ("t_score", "z_score", "bmd"):
                letter = self.text[max(0, last_end - 2) : last_end].strip(" (").upper() in ("T", "Z")
                beside_name = (
                    last_measure == index - 1 and mention.start - last_end <= 6 and (not letter or number.sign == "-")
                )
                if not _can_be(measure, number, adjacent=beside_name):
                    last_end = mention.end
                    continue
                result[index] = measure
                if names and measure in names:
                    position_in_list = names.index(measure) + 1
                    if position_in_list >= len(names):
                        queue = []
                        position_in_list = 0
                    if len(names) == 1:
                        queue = []
            last_end = mention.end
        if history:
            self.last_names = tuple(history[-1:]) if len(names) < 2 else names
        if not result:
            result = self._named_behind(read) or self._bare_scores(statement, read)
        return result

    def _slashed(self, read: Sequence[Mention], index: int) -> str | None:
        """The measure of a number in a group like ".803/-2.1/+0.1" behind a site; an empty text where it has no place.

        Its order is that of the legend ("(BMD / T / Z)"), else the makers' usual one; a density must begin it.
        """
        first = index
        while (
            first
            and read[first - 1].kind == "number"
            and cue.SLASH.fullmatch(self.text[read[first - 1].end : read[first].start])
        ):
            first -= 1
        number = cast(Number, read[first].number)
        if first == index or not _like_density(number) or read[first - 1].kind != "place":
            return None
        order = self.slashed or ("bmd", "t_score", "z_score")
        at = index - first
        if order[0] != "bmd" or at >= len(order):
            return ""
        scores = [cast(Number, m.number) for m in read[first + 1 : index + 1]]
        fits = all(n.decimals == 1 and abs(n.value) < 10 for n in scores)
        return order[at] if fits else ""

    def _bare_scores(self, statement: Statement, read: Sequence[Mention]) -> dict[int, str]:
        """T-scores that stand behind their sites without a name: "DEXA 2023: spine minus 2.9, total hip minus 2.0".

        A density has no minus, a change has a percent sign; of those whose Z-score counts instead, nothing is read.
        """
        sentence = self.text[statement.start : statement.end]
        if (
            any(m.kind == "measure" for m in read)
            or not cue.NAMES_DENSITOMETRY.search(sentence)
            or cue.NO_BARE_SCORES.search(sentence)
            or cue.OF_THE_YOUNG.search(self.text)
        ):
            return {}
        result: dict[int, str] = {}
        for index, mention in enumerate(read):
            number = mention.number
            if number is None or not index or read[index - 1].kind != "place" or not read[index - 1].place.named:
                continue
            gap = self.text[read[index - 1].end : mention.start]
            bare = not number.unit and not number.percent and not cue.UNIT_BEHIND.match(self.text, mention.end)
            if bare and number.decimals == 1 and _LOWEST_BARE <= number.value < 0 and cue.BARE_GAP.fullmatch(gap):
                result[index] = "t_score"
        # "Dexa spine was -3.8 and hip -3.1 last year": the time behind the list is that of all of it.
        if result and cue.PRIOR_AFTER.match(self.text[read[max(result)].end :][:40]):
            self.listed_before.update(read[index].start for index in result)
        return result

    def _named_before(
        self, names: Sequence[str], position: int, history: Sequence[str], read: Sequence[Mention], index: int
    ) -> str | None:
        """The measure named before a number; where the number cannot be that, an earlier one that it can be."""
        number = cast(Number, read[index].number)
        beside = bool(index) and read[index - 1].kind == "place" and self._beside(read[index - 1], read[index])
        if names:
            chosen = names[position % len(names)]
            if _can_be(chosen, number, adjacent=True):
                return chosen
            other = [m for m in reversed(history) if m != chosen and _can_be(m, number, adjacent=False)]
            if other and beside:
                return other[0]
            if not (beside and _like_bmd(number)):
                return chosen
        if beside and _like_bmd(number):
            return "bmd"
        if _like_bmd(number) and self._goes_on_in_time(read, index):
            return "bmd"
        told = beside or self._lowest_before(read[index]) or self._points_back(read[index])
        if not history and self.last_names and told and number.unit != "%":
            chosen = self._named_later(read, index) or (self.last_names[-1] if len(self.last_names) == 1 else "")
            if chosen and (number.sign or number.decimals == 1) and _can_be(chosen, number, adjacent=False):
                return chosen
        if (
            beside
            and not history
            and self.sole_measure
            and number.unit != "%"
            and (number.sign or number.decimals == 1)
        ):
            return self.sole_measure if _can_be(self.sole_measure, number, adjacent=False) else None
        return None

    def _named_later(self, read: Sequence[Mention], index: int) -> str:
        """The one measure that the rest of a statement names of its last number ("spine -2.5 being lowest T-score")."""
        rest = read[index + 1 :]
        named = [x for m in rest if m.kind == "measure" for x in m.measures]
        return named[0] if len(named) == 1 and not any(m.kind == "number" for m in rest) else ""

    def _goes_on_in_time(self, read: Sequence[Mention], index: int) -> bool:
        """Whether a density is one of several scans: "0.812 today, 0.820 in 2018", "It was 0.932 in 2018"."""
        following = read[index + 1] if index + 1 < len(read) else None
        dated = (
            following is not None
            and following.kind in ("date", "time")
            and re.fullmatch(r"\s*(?:g/cm2)?\s*\(?(?:in|on|at)?\s*", self.text[read[index].end : following.start])
            is not None
        )
        earlier = [m for m in read[:index] if m.kind == "number"]
        if not dated:
            return False
        if earlier:
            return earlier[-1].number is not None and _like_density(earlier[-1].number)
        last = self.claims[-1] if self.claims else None
        opening = self.text[self.start : read[index].start]
        return last is not None and last.measure == "bmd" and re.fullmatch(r"\s*It was\s+", opening) is not None

    def _beside(self, place: Mention, number: Mention) -> bool:
        """Whether a number stands right behind a place ("total hip: -1.8", "lumbar spine is -2.1")."""
        gap = cue.RELATIVE_CLAUSE.sub(" ", self.text[place.end : number.start])
        return (
            re.fullmatch(
                r"[ \t:=(),.-]{0,40}|[\s:,]{0,2}(?:(?:result|value|score|reading|density)[\s,:]{0,2})?(?:is|was|"
                r"measures|at|of|(?:came|comes|coming) (?:out|in|to)(?: at)?|(?:stands|lies|sits|works out) at|reads|"
                r"reached)?[\s:]{1,2}",
                gap,
            )
            is not None
        )

    def _points_back(self, number: Mention) -> bool:
        """Whether a subject stands for the values before it ("In 2019 the figures were -2.9 and -2.5")."""
        return cue.POINTS_BACK.search(self.text, self.start, number.start) is not None

    def _lowest_before(self, number: Mention) -> bool:
        return bool(
            re.search(
                r"\b(?:lowest|highest|worst|best)\b[^.;]{0,60}$",
                self.text[max(0, number.start - 90) : number.start],
                re.IGNORECASE,
            )
        )

    def _named_behind(self, read: Sequence[Mention]) -> dict[int, str]:
        """Numbers that all wait for a measure named behind them ("neck -2.3, total hip -1.9 (T-scores)")."""
        numbers = [i for i, m in enumerate(read) if m.kind == "number" and m.number is not None and not m.number.unit]
        named = [i for i, m in enumerate(read) if m.kind == "measure"]
        if len(named) != 1 or not numbers or numbers[-1] > named[0] or len(read[named[0]].measures) != 1:
            return {}
        if not re.search(r"[(\[,]\s*(?:all\s+)?$", self.text[max(0, read[named[0]].start - 8) : read[named[0]].start]):
            return {}
        measure = read[named[0]].measures[0]
        return {i: measure for i in numbers if _can_be(measure, cast(Number, read[i].number), adjacent=False)}

    def _unit_measure(self, mention: Mention, statement: Statement) -> str | None:
        """The measure that a unit decides; an empty text where the unit says that it is none; None without unit."""
        number = cast(Number, mention.number)
        after = self.text[mention.end : min(mention.end + 90, statement.end)]
        if number.unit == "g/cm2":
            before = self.text[max(statement.start, mention.start - 40) : mention.start]
            if re.search(
                r"(?:chang\w*|differen\w*|decreas\w*|increas\w*|los[st]|gain\w*|\u0394)(?: (?:in BMD|"
                r"of BMD))?(?: (?:of|by|is|was))?[\s:=(]*$",
                before,
                re.IGNORECASE,
            ) or re.match(r"\s*(?:change|decrease|increase|loss|gain|difference)", after, re.IGNORECASE):
                return ""
            if number.value < 0.15 and re.match(r"\s*\)", after):
                return ""
            return "bmd" if number.sign == "" or number.spaced_sign else ""
        if number.unit in ("%", "foreign", "g/cm3"):
            return ""
        if number.unit == "SD":
            if cue.FAR_SD.match(after):
                reference = re.split(r"[;.]\s|\band\b.{0,20}\d", after)[0]
                if not re.search(r"young|peak|age|match|peer|contempor", reference, re.IGNORECASE):
                    reference = self.text[statement.start : mention.start]
                    reference = reference[max(reference.rfind("young"), reference.rfind("age")) - 1 :]
                return (
                    "z_score"
                    if cue.OWN_AGE.search(reference) and not re.search(r"young|peak", reference, re.IGNORECASE)
                    else "t_score"
                )
            return None
        before = self.text[statement.start : mention.start]
        if not number.unit and cue.ABOVE_PEERS.match(after) and cue.DEVIATIONS_AND.search(before):
            return "z_score"
        return None

    def _is_foreign(self, mention: Mention, foreign: Sequence[Span]) -> bool:
        """Whether a measure belongs to another score named right before it ("TBS T-score")."""
        return any(0 <= mention.start - end <= 3 for _, end in foreign)

    def _after_foreign(self, mention: Mention, foreign: Sequence[Span], read: Sequence[Mention], index: int) -> bool:
        """Whether the nearest name before a number is that of another score ("TBS 1.312")."""
        before = [end for _, end in foreign if end <= mention.start]
        if not before:
            return False
        named = [
            m.end
            for m in read[:index]
            if (m.kind == "place" and m.place.named and not (m.place.levels and not m.place.region))
            or (m.kind == "measure" and "bmd" in m.measures)
        ]
        clause = self.text[max(before[-1], *named, 0) if named else before[-1] : mention.start]
        return (not named or before[-1] > named[-1]) and not re.search(r"\.\s", clause)

    def _lists(self, read: Sequence[Mention], last: int, index: int) -> bool:
        """Whether two measures stand in a list of names ("BMD, T-score and Z-score"), with no number between."""
        if last < 0 or any(m.kind == "number" for m in read[last:index]):
            return False
        gap = self.text[read[last].end : read[index].start]
        return bool(re.fullmatch(r"\s*(?:\(?g/cm2\)?)?[\s,/&(]*(?:and|or)?\s*(?:the\s+)?", gap))

    def _measure_behind(self, read: Sequence[Mention], index: int) -> str:
        """The measure right behind a number ("a -2.3 T-score"), unless it opens the next pair."""
        if index + 1 >= len(read) or read[index + 1].kind != "measure":
            return ""
        gap = self.text[read[index].end : read[index + 1].start]
        closed = self.text[read[index + 1].end : read[index + 1].end + 2].lstrip().startswith(")")
        if gap.strip(" ") == "(" and closed:
            return read[index + 1].measures[0]
        if gap.strip(" ") or not gap:
            return ""
        following = read[index + 2] if index + 2 < len(read) else None
        if following is not None and following.kind == "number":
            between = self.text[read[index + 1].end : following.start]
            if re.fullmatch(r"\s*(?:[:=(-]|is|was|of|\s)*", between):
                return ""
        return read[index + 1].measures[0]

    def _near(self, last_end: int, mention: Mention) -> bool:
        """Whether only small words stand between a number and the name, place or date before it."""
        gap = cue.RELATIVE_CLAUSE.sub(" ", re.sub(r"\([^()]*\)", " ", self.text[last_end : mention.start]))
        words = [w.lower() for w in re.findall(r"[A-Za-z]+(?:'s)?", gap)]
        return len(gap) < 120 and sum(w not in small_words() for w in words) <= 2

    # --------------------------------------------------------------------------------------------------- which place

    def _places(self, statement: Statement, read: list[Mention], measures: dict[int, str]) -> dict[int, list[Place]]:
        """The place or places of every number."""
        outer = self.carry.under(self.frame) if self.carry else self.frame
        result: dict[int, list[Place]] = {}
        named = [i for i, m in enumerate(read) if m.kind == "place" and (m.place.named or m.place.side)]
        values = [
            i for i, m in enumerate(read) if m.kind == "number" and (i in measures or (m.number and m.number.percent))
        ]
        respective = self._respective(read, measures)
        full: dict[int, Place] = {}
        subject = outer
        for i in named:
            place = read[i].place
            if place.named:
                subject = place.under(self.frame)
                spoken = [full[j] for j in named if j < i]
                if not place.region and place.part == "total" and (not subject.region or spoken):
                    subject = place.under(Place(region=(spoken[-1] if spoken else outer).region_named()))
                    subject = replace(subject, side=subject.side or (spoken[-1] if spoken else outer).side)
                    if subject.region == "spine" and not subject.levels:
                        rows = {level for place in spoken for level in place.levels}
                        subject = replace(subject, levels=tuple(sorted(rows)))
                earlier = [full[j] for j in named if j < i and j in full]
                kin = [p for p in earlier if one_region(p.region_named(), subject.region_named())]
                earlier = kin if len({p.side for p in kin}) == 1 else earlier
                if (
                    not subject.side
                    and earlier
                    and earlier[-1].side
                    and one_region(earlier[-1].region_named(), subject.region_named())
                    and subject.region_named() in ("hip", "forearm", "radius")
                    and earlier[-1].part != subject.part
                    and (place.part or subject.region_named() != "hip")
                    and earlier[-1].side != "both"
                ):
                    subject = replace(subject, side=earlier[-1].side)
                if (
                    place.side == ""
                    and subject.side == ""
                    and outer.side
                    and self.carry
                    and (not place.region or place.region in ("forearm", "radius"))
                    and one_region(place.region_named(), self.carry.region_named())
                ):
                    subject = replace(subject, side=outer.side)
            else:
                subject = replace(subject, side=place.side, spans=subject.spans + place.spans)
            full[i] = subject
        follows = bool(named and values) and values[0] < named[0] and self._points_at(read, named[0])
        if named and values and values[-1] < named[0] and not follows:
            follows = self._closes_line(statement, read, values, named)
        for i in values:
            if i in respective:
                result[i] = [full.get(respective[i], read[respective[i]].place)]
                continue
            before = [p for p in named if p < i]
            behind = [p for p in named if p > i]
            direct = behind and cue.DIRECT_PLACE.fullmatch(self.text[read[i].end : read[behind[0]].start]) is not None
            if behind and not before and not self.text[read[i].end : read[behind[0]].start].strip():
                direct = True
            if behind and not direct and self._named_after(read, i, behind[0]):
                direct = True
            in_parentheses = direct and self.text[read[i].end : read[behind[0]].start].strip() in ("(", "[")
            if direct and in_parentheses and before and not follows:
                direct = bool(re.match(r"\s*[)\]]", self.text[read[behind[0]].end : read[behind[0]].end + 3]))
            if direct:
                result[i] = self._with_others(read, named, behind[0], full, i)
                if before and full[before[-1]].named and not read[behind[0]].place.named:
                    result[i] = [replace(full[before[-1]], side=read[behind[0]].place.side)]
                elif before and read[behind[0]].place.named:
                    result[i] = [
                        p.under(Place(region=full[before[-1]].region, side=full[before[-1]].side))
                        if p.part and not p.side
                        else p
                        for p in result[i]
                    ]
            elif (
                follows and behind and not self._aside(read, before, i) and self._same_clause(read[i], read[behind[0]])
            ):
                result[i] = self._with_others(read, named, behind[0], full, i)
            elif before:
                result[i] = self._shared(read, named, before[-1], i, full)
            elif follows and named and self._same_clause(read[i], read[named[0]]):
                result[i] = self._with_others(read, named, named[0], full, i)
            else:
                result[i] = [outer]
        first = read[named[0]] if named else None
        if (
            first is not None
            and not first.place.named
            and (not values or named[0] < values[0])
            and cue.ON_THE_SIDE.search(self.text[statement.start : first.start])
        ):
            side = first.place.side
            result = {
                i: [p if p.side or p.region_named() == "spine" else replace(p, side=side) for p in chosen]
                for i, chosen in result.items()
            }
        waiting = [i for i in values if i in measures]
        result.update(self._respective_again(read, measures, result))
        if not named and len(self.last_list) > 1 and len({measures[i] for i in waiting}) == 1:
            starts = [
                i for i in waiting if not cue.ARROW_BEFORE.search(self.text[max(0, read[i].start - 6) : read[i].start])
            ]
            if len(starts) == len(self.last_list):
                owners = dict(zip(starts, self.last_list, strict=True))
                for i in waiting:
                    result[i] = [owners[max(j for j in starts if j <= i)]]
            elif len(starts) > 1 and self._points_back(read[starts[0]]):
                result.update((i, []) for i in waiting)  # whose they are cannot be counted off
        self.unreadable += [(read[i].start, read[i].end) for i in waiting if not result[i]]
        spoken = list(dict.fromkeys(result[i][0] for i in waiting if len(result[i]) == 1 and result[i][0].named))
        if named:
            self.last_list = spoken
        flat = []
        for i, chosen in result.items():
            expanded = []
            for place in chosen:
                if place.side == "both":
                    expanded += [replace(place, side="left"), replace(place, side="right")]
                else:
                    expanded.append(place)
            result[i] = expanded
            flat += expanded
        if flat and flat[-1].named:
            self.carry = flat[-1]
        elif named and full[named[-1]].named:
            self.carry = full[named[-1]]
        return result

    def _closes_line(
        self, statement: Statement, read: Sequence[Mention], values: Sequence[int], named: Sequence[int]
    ) -> bool:
        """Whether a line is only scores in brackets and the site they are of ("(T: -2.5 / Z: -1.1) neck")."""
        lead = self.text[statement.start : read[values[0]].start].lstrip()
        tail = self.text[read[named[0]].end : statement.end]
        gap = self.text[read[values[-1]].end : read[named[0]].start]
        return (
            len(named) == 1
            and lead.startswith("(")
            and re.fullmatch(r"\s*\)[\s:,-]*", gap) is not None
            and re.fullmatch(r"[\s.,;)]*", tail) is not None
        )

    def _named_after(self, read: Sequence[Mention], number: int, place: int) -> bool:
        """Whether a place stands right behind its number and closes the item: "-3.4 neck of femur, -3.0 total hip"."""
        one, two = read[number], read[place]
        if place != number + 1 or not re.fullmatch(r"[ \t]{1,3}|[ ]?\n[ ]*", self.text[one.end : two.start]):
            return False
        if number and read[number - 1].kind == "place":  # a site right before a number keeps it
            gap = self.text[read[number - 1].end : one.start]
            if read[number - 1].place.named and two.place.named and not re.search(r"[,;:]|\band\b", gap):
                return False
        behind = self.text[two.end : two.end + 30]
        return re.match(r"\s*(?:[,;.]|$|\n|\(L\d|and\s+[-+]?\d|and\s*[-+])", behind) is not None

    def _same_clause(self, number: Mention, place: Mention) -> bool:
        return not re.search(r"[;]|\.\s", self.text[number.end : place.start])

    def _points_at(self, read: Sequence[Mention], place: int) -> bool:
        """Whether a preposition stands before a place."""
        return bool(cue.PREPOSITION.search(self.text[max(0, read[place].start - 30) : read[place].start]))

    def _aside(self, read: Sequence[Mention], before: Sequence[int], index: int) -> bool:
        """Whether a number stands in brackets behind the place before it ("at the neck (Z-score -1.1)")."""
        if not before:
            return False
        gap = self.text[read[before[-1]].end : read[index].start]
        return (bool(re.match(r"\s*[(\[]", gap)) and not re.search(r"[)\]]", gap)) or bool(
            re.match(r"\s*,?\s*with\b", gap)
        )

    def _with_others(
        self, read: Sequence[Mention], named: Sequence[int], first: int, full: dict[int, Place], number: int
    ) -> list[Place]:
        """The place behind a number, and those joined to it that have no number of their own ("at neck and spine")."""
        chosen = [full[first]]
        position = named.index(first)
        while position + 1 < len(named) and named[position + 1] == named[position] + 1:
            one, two = read[named[position]], read[named[position + 1]]
            gap = self.text[one.end : two.start]
            after = [m for m in read[named[position + 1] + 1 :] if m.kind in ("number", "place")]
            own = (
                bool(after)
                and after[0].kind == "number"
                and not re.search(r"[;.,(]|\bwith\b", self.text[two.end : after[0].start])
            )
            if not cue.AND.fullmatch(gap) or own:
                break
            chosen.append(full[named[position + 1]])
            position += 1
        return chosen

    def _shared(
        self, read: Sequence[Mention], named: Sequence[int], last: int, index: int, full: dict[int, Place]
    ) -> list[Place]:
        """The place before a number; with "both" or "each", also the places listed with it."""
        chosen = [full[last]]
        between = self.text[read[last].end : read[index].start]
        if re.search(r"\b(?:both|each|all)\b", between, re.IGNORECASE):
            position = named.index(last)
            while position > 0 and named[position - 1] == named[position] - 1:
                gap = self.text[read[named[position - 1]].end : read[named[position]].start]
                if not cue.AND.fullmatch(gap):
                    break
                position -= 1
                chosen.insert(0, full[named[position]])
        return chosen

    def _respective(self, read: Sequence[Mention], measures: dict[int, str]) -> dict[int, int]:
        """Numbers in a list after as many places in a list belong to them one by one."""
        result: dict[int, int] = {}
        index = 0
        while index < len(read):
            run = [index] if read[index].kind == "place" else []
            while run and self._joined(read, run[-1]):
                run.append(run[-1] + 1)
            if len(run) < 2:
                index += 1
                continue
            if len(run) > 2 and read[run[0]].place.named and not any(read[i].place.named for i in run[1:]):
                run = run[1:]  # "total hip, right and left": the sides are listed, not the site
            numbers = [i for i in range(run[-1] + 1, len(read)) if read[i].kind in ("number", "place", "measure")]
            values = []
            for i in numbers:
                if read[i].kind == "place":
                    break
                if read[i].kind == "number" and i in measures:
                    values.append(i)
            same = {measures[i] for i in values}
            if len(values) == len(run) and len(same) == 1:
                result.update(zip(values, run, strict=True))
            elif len(same) > 1 and len(values) == len(run) * len(same):
                for measure in same:
                    of_measure = [i for i in values if measures[i] == measure]
                    if len(of_measure) == len(run):
                        result.update(zip(of_measure, run, strict=True))
            index = run[-1] + 1
        # "T-scores of -2.3 and -1.9 at the spine and hip, respectively": places in a list behind the numbers.
        places = [i for i, m in enumerate(read) if m.kind == "place"]
        values = [i for i in sorted(measures) if i not in result]
        if (
            not result
            and len(places) == len(values) > 1
            and values[-1] < places[0]
            and len({measures[i] for i in values}) == 1
        ):
            result.update(zip(values, places, strict=True))
        return result

    def _respective_again(
        self, read: Sequence[Mention], measures: dict[int, str], placed: dict[int, list[Place]]
    ) -> dict[int, list[Place]]:
        """Values in a list behind sites that have theirs belong to these sites in their order, if there are as many.

        "Neck T -2.4, total T -2.2; Z-scores -0.6 and -0.7"; "...; previously -2.9 and -2.4 respectively". Those whose
        sites cannot be counted off are of none.
        """
        values = sorted(measures)
        run = values[-1:]
        while run and len(run) < len(values):
            earlier = values[values.index(run[0]) - 1]
            gap = self.text[read[earlier].end : read[run[0]].start]
            if measures[earlier] != measures[run[0]] or not cue.NEXT_VALUE.fullmatch(gap):
                break
            run.insert(0, earlier)
        before = values[: len(values) - len(run)]
        owners = list(dict.fromkeys(placed[i][0] for i in before if len(placed[i]) == 1 and placed[i][0].named))
        if len(run) < 2 or len(owners) < 2:
            return {}
        sites = [m for m in read[before[-1] :] if m.kind == "place"]
        if sites and not re.search(r";|\.\s", self.text[sites[-1].end : max(sites[-1].end, read[run[0]].start)]):
            return {}
        if len(owners) != len(run):
            return {i: [] for i in run}
        return {i: [owner] for i, owner in zip(run, owners, strict=True)}

    def _joined(self, read: Sequence[Mention], index: int) -> bool:
        """Whether the next mention is another place of the same list ("the spine, hip and radius")."""
        if index + 1 >= len(read) or read[index + 1].kind != "place":
            return False
        return cue.AND.fullmatch(self.text[read[index].end : read[index + 1].start]) is not None

    # -------------------------------------------------------------------------------------- whether, when, how much

    def _no_measurement(
        self, statement: Statement, mention: Mention, measure: str, teaching: bool, classed: bool
    ) -> bool:
        """Whether a number is a bound, a threshold or a definition and so no measurement."""
        number = cast(Number, mention.number)
        if cue.OF_OTHERS.search(self.text, statement.start, mention.start):
            return True
        before = self.text[max(statement.start, mention.start - 70) : mention.start]
        after = self.text[mention.end : min(statement.end, mention.end + 60)]
        if number.unit == "SD" and cue.FAR_SD.match(after) and not teaching:
            return bool(
                re.search(r"(?:less than|more than|at least|greater than|between|[<>])\s*$", before, re.IGNORECASE)
            )
        if re.search(r"(?:\+\s?/\s?-?|\u00b1)\s*$", before):
            return True
        if cue.BOUND_BEFORE.search(before) or cue.BOUND_AFTER.match(after) or cue.BETWEEN.search(before):
            return True
        if (
            teaching
            and number.value in cue.THRESHOLDS
            and not re.search(r"\b(?:this|the|her|his) patient(?:'s)?\b|\bpatient's\b", before, re.IGNORECASE)
        ):
            return True
        edge = number.value in cue.WHO_EDGES
        ranged = bool(cue.RANGE_AFTER.match(after) or cue.RANGE_BEFORE.search(before))
        if (
            ranged
            and not teaching
            and cue.MOVED_FROM.search(before)
            and (cue.UP.search(before) or cue.DOWN.search(before))
        ):
            ranged = False
        if (
            ranged
            and (number.value in cue.THRESHOLDS or re.match(r"[^.;\n]{0,40}:\s*[a-z]", after))
            and not self._names_place(statement)
            and not self._points_back(mention)
        ):
            return True
        return ranged and (classed or teaching) and (edge or teaching or not number.sign)

    def _names_place(self, statement: Statement) -> bool:
        return any(
            t.kind in ("region", "part", "levels") and not t.bare
            for t in tokens(self.text, statement.start, statement.end)
        )

    def _time(
        self, statement: Statement, read: list[Mention], index: int, measure: str
    ) -> tuple[str, str, tuple[Span, ...]]:
        """When a number was measured: prior if the words beside it say so, with its date if one stands there."""
        mention = read[index]
        before = self.text[max(statement.start, mention.start - 90) : mention.start]
        before = cue.NOT_THEN.sub(lambda m: " " * len(m.group()), before)
        after = self.text[mention.end : min(statement.end, mention.end + 40)]
        if measure != "change" and (label := self._prior_label(statement, read, mention)) is not None:
            return "prior", label, ()
        dated = next((m for m in read[index + 1 : index + 2] if m.kind == "date"), None)
        date = ""
        spans: tuple[Span, ...] = ()
        opens_next = dated is not None and self._opens_clause(statement, read, index + 1)
        if dated is not None and not opens_next and cue.DATE_AFTER.fullmatch(self.text[mention.end : dated.start]):
            date, spans = dated.measures[0], ((dated.start, dated.end),)
        elif (
            index
            and read[index - 1].kind == "date"
            and re.fullmatch(
                r"[\s):,=-]*(?:(?:it|was|is|of|T|score|BMD|to)\s*)*[\s(]*",
                self.text[read[index - 1].end : mention.start],
            )
        ):
            date, spans = read[index - 1].measures[0], ((read[index - 1].start, read[index - 1].end),)
        beside = read[index + 1] if index + 1 < len(read) else None
        if (
            beside is not None
            and beside.kind == "time"
            and beside.measures[0] == "current"
            and re.fullmatch(r"[ ]*(?:g/cm2|SD)?[ ,(]*(?:(?:on|at|in)[ ])?", self.text[mention.end : beside.start])
        ):
            return "current", "", ()
        stripped = before
        for other in reversed(read[:index]):
            if other.kind in ("date", "place") and other.start >= mention.start - 90:
                a = other.start - (mention.start - len(before))
                opened = (
                    other.kind == "place" and len(other.place.levels) > 1 and stripped[: max(a, 0)].endswith("from ")
                )
                if opened:  # "from L1 through L4" are levels, not an earlier value
                    stripped = stripped[: a - 5] + " " * 5 + stripped[a:]
                stripped = (
                    stripped[: max(a, 0)]
                    + " " * (min(other.end - other.start, len(stripped) - max(a, 0)))
                    + stripped[max(a, 0) + other.end - other.start :]
                )
        if read and read[0].kind == "date" and read[0].end <= mention.start:
            opening = self.text[statement.start : read[0].start]
            spoken = any(m.kind == "place" and m.start < mention.start for m in read)
            if spoken and cue.COMPARED_WITH_DATE.fullmatch(opening):
                stripped = stripped[max(0, read[0].end - (mention.start - len(before))) :]
        when = ""
        if measure == "change":
            when = ""
        elif (
            (
                cue.PRIOR_BEFORE.search(stripped)
                and not re.search(r"rang(?:e|ing|ed|es) from\s*$", stripped)
                and (
                    not re.search(r"\bfrom\s*[(]?\s*$", stripped)
                    or re.match(r"\s*(?:SD|g/cm2)?\s*(?:\([^)]*\)\s*)?(?:in \d{4} )?(?:to|in|on|\()\b", after)
                )
            )
            or cue.PRIOR_AFTER.match(after)
            or cue.ARROW_AFTER.match(after)
            or mention.start in self.listed_before
            or self._was(read, index, before)
        ):
            when = "prior"
        if not when and not date and measure != "change":
            when, date = self._told_with(read, index)
        if not when and measure != "change":
            when, told = self._quoted(statement, read, index)
            date = date or told
        if not when and not date and measure != "change":
            when, date = self._clause_time(statement, read, index) or self._opening_time(statement, read)
        if measure == "change":
            return when, "", spans  # "since 2021" dates the earlier scan
        if when == "prior" and not date:
            told, date = self._opening_time(statement, read)
            date = date if told == "prior" else ""
        of_frame = not when or when == self.frame_when  # the date of today's scan is no date of an earlier value
        return when or self.frame_when, date or (self.frame_date if of_frame else ""), spans

    def _prior_label(self, statement: Statement, read: Sequence[Mention], mention: Mention) -> str | None:
        """The date of the label that a number stands behind on its line: "prev. 2022: L1-L4 T -2.9; neck T -2.1"."""
        labels = list(cue.PRIOR_LABEL.finditer(self.text, statement.start, mention.start))
        if not labels or cue.LABEL_ENDS.search(self.text, labels[-1].end(), mention.start):
            return None
        label = labels[-1]
        dates = (m.measures[0] for m in read if m.kind == "date" and label.start() <= m.start < label.end())
        return next(dates, label["year"])

    def _opens_clause(self, statement: Statement, read: Sequence[Mention], at: int) -> bool:
        """Whether a date or time heads what stands behind it ("2018: T -1.6", ", in 2019 -2.6", "(2020 T-score -1.5)").

        Behind a number without a break before it, it is the time of that number ("-2.9 in 2019").
        """
        mention = read[at]
        lead = self.text[read[at - 1].end if at else statement.start : mention.start]
        if cue.SINCE.search(lead):
            return False
        if cue.LABELLED.match(self.text, mention.end, statement.end):
            return True
        opened = cue.CLAUSE_OPENS.fullmatch(lead) if at else cue.IN_DATE.fullmatch(lead) or not lead.strip()
        following = next((m for m in read[at + 1 :] if m.kind != "measure"), None)
        opened = opened or cue.COMPARISON_OF.search(lead)
        if not opened or following is None or following.kind not in ("number", "place"):
            return False
        names = [m for m in read[at + 1 :] if m.start < following.start]
        gap = self.text[mention.end : (names[0] if names else following).start]
        unknown = sum(w.lower() not in small_words() for w in gap.split())
        return unknown <= 2 and re.search(r"[^\s\w'-]", gap) is None

    def _clause_time(self, statement: Statement, read: Sequence[Mention], index: int) -> tuple[str, str] | None:
        """The time that heads the clause of a number; past the next site only where no site stands before that time."""
        mention = read[index]
        at = next((i for i in range(index - 1, -1, -1) if read[i].kind in ("date", "time")), None)
        if at is None or not self._opens_clause(statement, read, at):
            return None
        head, between = read[at], self.text[read[at].end : mention.start]
        closed = re.search(r"[;]|\.\s|\)", re.sub(r"\([^()]*\)", "", between))
        labelled = cue.LABELLED.match(self.text, head.end, statement.end) is not None
        past = not labelled and head.measures[0] != "current"
        if closed or (past and re.search(r"\b(?:is|are)\b", between)):
            return None
        part = max(self.text.rfind(";", statement.start, head.start), statement.start)
        sited = any(m.kind == "place" and m.place.named and m.start >= part for m in read[:at])
        if sited and any(m.kind == "place" and m.place.named for m in read[at + 1 : index]):
            return None
        if head.kind == "time":
            return head.measures[0], ""
        compared = cue.COMPARISON_OF.search(self.text[statement.start : head.start])
        return "prior" if compared else "", head.measures[0]

    def _told_with(self, read: Sequence[Mention], index: int) -> tuple[str, str]:
        """The time of the number that this one stands in brackets behind ("versus 1.045 g/cm2 (T-score -1.1)")."""
        earlier = [m for m in read[:index] if m.kind == "number"]
        if not earlier:
            return "", ""
        gap = self.text[earlier[-1].end : read[index].start]
        listed = cue.AND.fullmatch(gap) and re.match(r"\s*,?\s*respectively", self.text[read[index].end :][:20])
        aside = r"\s*(?:g/cm2|SD)?\s*[(\[,/;]?\s*[TZ](?:[ -]?scores?)?[\s:=]*(?:of|is|was)?\s*"
        if not listed and not re.fullmatch(aside, gap, re.IGNORECASE):
            return "", ""
        when, date = self.times.get(earlier[-1].start, ("", ""))
        return (when, date) if when == "prior" else ("", "")

    def _quoted(self, statement: Statement, read: Sequence[Mention], index: int) -> tuple[str, str]:
        """The time of a scan that the statement tells of before a number, with the date beside its name."""
        told = cue.QUOTED.search(self.text, statement.start, read[index].start)
        inside = None if told else cue.QUOTED_IN_BRACKETS.search(self.text, statement.start, read[index].start)
        if inside and ")" in re.sub(r"\([^()]*\)", "", self.text[inside.end() : read[index].start]):
            inside = None
        found = told or inside
        if not found or re.search(r"\b(?:now|today|current(?:ly)?)\b", self.text[found.end() : read[index].start]):
            return "", ""
        dates = [m for m in read[:index] if m.kind == "date" and found.start() <= m.start <= found.end()]
        return "prior", dates[0].measures[0] if dates else ""

    def _was(self, read: Sequence[Mention], index: int, before: str) -> bool:
        """Whether a number follows a bare "was" after another number of the same place ("is -1.4, was -1.3")."""
        if not re.search(r"(?:,|\(|and|;)?\s*\bwas\s*$", before) or index == 0:
            return False
        earlier = [m for m in read[:index] if m.kind in ("number", "place", "measure")]
        return bool(earlier) and earlier[-1].kind == "number"

    def _opening_time(self, statement: Statement, read: Sequence[Mention]) -> tuple[str, str]:
        """The time that opens a statement for all its numbers ("T-scores in 2019: ...", "Prior values: ...")."""
        opening = [m for m in read if m.kind in ("time", "date", "number", "place")][:2]
        if opening and opening[0].kind == "date" and self._was_in(statement, read, opening[0]):
            return "", opening[0].measures[0]  # earlier where another value is of now
        when = date = ""
        for mention in opening:
            if mention.kind not in ("time", "date"):
                break
            lead = self.text[statement.start : mention.start]
            colon = self.text.find(":", mention.end, min(mention.end + _HEADING, statement.end))
            values = [m.start for m in read if m.kind in ("place", "number") and m.start >= mention.end]
            named = [m for m in read if m.kind == "measure" and m.start >= mention.end]
            alone = sum(m.kind in ("time", "date") for m in read) == 1 and not lead.strip(" *-")
            heads = alone and bool(named) and not self.text[mention.end : named[0].start].strip()
            if not heads and ((len(lead) > 40 and not when) or colon < 0 or (values and values[0] < colon)):
                break
            if mention.kind == "time":
                when = mention.measures[0]
            else:
                date = mention.measures[0]
        return when, date

    def _was_in(self, statement: Statement, read: Sequence[Mention], date: Mention) -> bool:
        """Whether a date opens a statement whose one value was of then: "In 2018 her hip T-score was -1.3"."""
        numbers = [m for m in read if m.kind == "number" and m.number is not None and not m.number.percent]
        return (
            len(numbers) == 1
            and cue.IN_DATE.fullmatch(self.text[statement.start : date.start]) is not None
            and re.search(r"\bwas\s+$", self.text[date.end : numbers[0].start], re.IGNORECASE) is not None
        )

    def _change(self, statement: Statement, mention: Mention) -> float | None:
        """A percentage of change with the sign that its words give it; None where it is another percentage."""
        number = cast(Number, mention.number)
        before = self.text[max(statement.start, mention.start - 220) : mention.start]
        after = self.text[mention.end : min(statement.end, mention.end + 60)]
        sentence = self.text[statement.start : statement.end]
        if (
            cue.RISK.search(sentence)
            or (cue.OF_HEIGHT.search(before) and not cue.SCAN.search(before))
            or cue.NOT_CHANGE.search(before[-60:])
            or cue.NOT_CHANGE.search(after[:30])
            or cue.OF_REFERENCE.match(after)
            or cue.SHARE_AFTER.match(after)
        ):
            return None
        if cue.SHARE_RANGE.search(before) or cue.GENERAL_EFFECT.search(before):
            return None
        if cue.BOUND_BEFORE.search(before) and not re.search(
            r"by (?:over|more than|at least|under|less than)\s*$", before
        ):
            return None
        own_part = max(statement.start, self.text.rfind(";", statement.start, mention.start))
        stated = vocabulary().boilerplate["lsc"].search(self.text, own_part, mention.start)
        if stated and not (
            cue.UP.search(self.text, stated.end(), mention.start)
            or cue.DOWN.search(self.text, stated.end(), mention.start)
        ):
            return None
        if re.match(r"\s*(?:per|a) (?:decade|year) is", after):
            return None
        if self._against_baseline(before, after):
            return None
        clause = re.split(r"[;]|\.\s|\)\s", before)[-1]
        clause = (
            re.split(r"\d\s?%", clause)[-1]
            if re.search(r"\d\s?%", clause)
            and (
                cue.UP.search(re.split(r"\d\s?%", clause)[-1])
                or cue.DOWN.search(re.split(r"\d\s?%", clause)[-1])
                or cue.CHANGE.search(re.split(r"\d\s?%", clause)[-1])
            )
            else clause
        )
        if not (cue.UP.search(clause) or cue.DOWN.search(clause) or cue.CHANGE.search(clause)):
            clause = re.split(r"[;]|\.\s", before)[-1]
        behind = re.split(r"[;,.(]|\band\b", after)[0][:40]
        up = [m.end() for m in cue.UP.finditer(clause)]
        down = [m.end() for m in cue.DOWN.finditer(clause)]
        direction = 0
        if re.match(r"\s*(?:\w+\s){0,3}?(?:increas|gain|improv|higher|rise)", behind, re.IGNORECASE):
            direction = 1
        elif re.match(r"\s*(?:\w+\s){0,3}?(?:decreas|declin|loss|lower|reduc|drop|fall|less)", behind, re.IGNORECASE):
            direction = -1
        elif up or down:
            direction = 1 if (up or [-1])[-1] > (down or [-1])[-1] else -1
        elif not (
            self.frame_change
            or cue.CHANGE_LABEL.match(sentence)
            or cue.CHANGE.search(clause)
            or cue.CHANGE.search(behind)
            or re.search(r"compar|previous|prior|\bvs\b|versus|since", sentence, re.IGNORECASE)
            or (number.sign and re.search(r"BMD|density", sentence, re.IGNORECASE))
        ):
            return None
        if number.sign == "-":
            return number.value
        return direction * abs(number.value) if direction else number.value

    def _against_baseline(self, before: str, after: str) -> bool:
        """Whether a change is against the first scan of several, not the previous one."""
        own = cue.REFERENCE_BEHIND.match(after)
        if own:
            return re.search(r"baseline|initial|first", own.group(1), re.IGNORECASE) is not None
        named = [
            m.group().lower()
            for m in re.finditer(r"baseline|initial|first|previous|prior|last\b|since", before, re.IGNORECASE)
        ]
        return bool(named) and named[-1] in ("baseline", "initial", "first")

    def _significance(self, statement: Statement, mention: Mention, following: Mention | None) -> bool | None:
        """Whether the text calls a change significant: in brackets behind it, before the next value or site, in its
        sentence, in what comes after."""
        after = self.text[mention.end : min(len(self.text), statement.end + 120)]
        own = self.text[statement.start : statement.end]
        aside = cue.IN_BRACKETS.match(after)
        clause = self.text[mention.end : following.start if following else statement.end]
        for words in (aside.group() if aside else "", clause, own, after):
            if cue.NOT_SIGNIFICANT.search(words):
                return False
            if cue.SIGNIFICANT.search(words):
                return True
        return None


def _legend(text: str) -> tuple[str, ...]:
    """The measures that a legend names between slashes ("all BMD g/cm2 / T / Z"); nothing where there is none."""
    match = cue.SLASHED_NAMES.search(text)
    if match is None:
        return ()
    names = {"b": "bmd", "t": "t_score", "z": "z_score"}
    return tuple(names[name[0].lower()] for name in re.findall(r"(?<![A-Za-z])(?:BMD|[TZ])(?![A-Za-z])", match.group()))


def _like_bmd(number: Number) -> bool:
    """Whether a number without a name can only be a density: three decimals, unsigned, 0.2 to 2.5."""
    return number.decimals == 3 and not number.sign and not number.unit and 0.2 <= number.value <= 2.5


def _like_density(number: Number) -> bool:
    return number.decimals == 3 and not number.sign and number.unit in ("", "g/cm2") and 0.2 <= number.value <= 2.5


def _can_be(measure: str, number: Number, *, adjacent: bool) -> bool:
    """Whether a number is printed like this measure; a strange one counts only right beside the measure's name."""
    if measure == "bmd":
        return (
            number.unit == "g/cm2"
            or (number.decimals >= 2 and number.sign == "" and number.value < 3)
            or (adjacent and number.decimals == 1 and 0.2 <= number.value <= 2.5 and not number.sign)
        )
    if number.decimals >= 1 and abs(number.value) < 10:
        return number.decimals <= 2
    if number.sign:
        return adjacent or abs(number.value) <= 6
    return adjacent and (number.unit in ("", "SD")) and (abs(number.value) <= 6 or number.decimals == 0)
