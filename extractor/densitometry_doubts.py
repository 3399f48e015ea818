"""What looks wrong in a densitometry report: values are kept as printed, and a person is told.

A lost minus sign or decimal point, words that contradict numbers, a side that changes between title and values, a spine
value over a fractured vertebra, and numbers that cannot be read at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from extractor.densitometry_words import Claim, Measure, Place, Span, tokens
from extractor.findings import Densitometry, Evidence, Issue, IssueCode

_FURTHEST_SCORE = 8.0
"""Standard deviations; a T- or Z-score beyond this is a misprint, whatever the site."""

_DIAGNOSTIC = frozenset({"lumbar_spine", "femoral_neck", "total_hip", "forearm_33"})
"""Sites whose T-score classifies (ISCD 2019); Ward's triangle and the trochanter do not."""

_LOW_DENSITY_G_CM2 = 0.75
"""Below this no maker's reference gives the spine, hip or femoral neck of an adult a T-score of +1 or more."""

_DAMAGED = re.compile(
    r"fractur|compress|wedg|collaps|kyphoplast|vertebroplast|cement|scleros|sclerotic|metasta|"
    r"h(?:a)?emangioma|endplate depress|biconcav|crush",
    re.IGNORECASE,
)
_NOT_DAMAGED = re.compile(r"\b(?:no|without|negative for|rule out|exclude)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suspect:
    """A measurement as the doubts see it."""

    place: Place
    current: bool
    values: dict[Measure, Claim]
    classification: str
    wrong_side: tuple[Span, ...]


Witness = Callable[[Span], Evidence]


def doubts(
    text: str, suspects: Sequence[Suspect], summary: Densitometry, titled_side: str, witness: Witness
) -> Iterable[Issue]:
    """Every doubt about the measurements of a report, in the order of the list above."""
    for suspect in suspects:
        yield from _out_of_range(suspect, witness)
        yield from _sign_suspect(suspect, suspects, summary, witness)
        yield from _class_of_site(suspect, witness)
        for span in suspect.wrong_side:
            yield _issue("laterality_conflict", "the conclusion gives a value of one side to the other", witness(span))
    yield from _class_of_report(text, suspects, summary, witness)
    yield from _side_of_exam(suspects, titled_side, witness)
    yield from _fractured_levels(text, suspects, witness)
    if suspects:
        yield from _unreadable(text, witness)


def _issue(code: IssueCode, message: str, evidence: Evidence) -> Issue:
    return Issue(code=code, message=message, evidence=(evidence,))


def _out_of_range(suspect: Suspect, witness: Witness) -> Iterable[Issue]:
    for measure, claim in suspect.values.items():
        if measure in ("t_score", "z_score") and abs(claim.value) > _FURTHEST_SCORE:
            message = "a score beyond 8 standard deviations: a decimal point may be lost"
            yield _issue("t_score_out_of_range", message, witness(claim.span))


def _sign_suspect(
    suspect: Suspect, suspects: Sequence[Suspect], summary: Densitometry, witness: Witness
) -> Iterable[Issue]:
    """A positive T-score without a sign where the words, the Z-score or the density itself speak of a low one."""
    claim = suspect.values.get("t_score")
    if claim is None or claim.sign or claim.value < 1.0 or len(suspect.place.levels) == 1:
        return
    low = ("osteoporosis", "low_bone_mass")
    concluded = summary.classification.value if summary.classification else ""
    few = len([s for s in suspects if s.current and "t_score" in s.values]) <= 2
    z, bmd = suspect.values.get("z_score"), suspect.values.get("bmd")
    thin = bmd is not None and bmd.value < _LOW_DENSITY_G_CM2 and suspect.place.site() in _DIAGNOSTIC - {"forearm_33"}
    far_from_z = z is not None and z.sign == "-" and claim.value - z.value > 2.5
    if suspect.classification in low or (concluded in low and (few or claim.value >= 2.5)) or thin or far_from_z:
        message = "a positive T-score where the report speaks of low density: a minus sign may be lost"
        yield _issue("t_score_sign_suspect", message, witness(claim.span))


def implied_class(t_score: float) -> str:
    """The WHO class of a T-score: -2.5 itself is osteoporosis, -1.0 itself is normal."""
    return "osteoporosis" if t_score <= -2.5 else "low_bone_mass" if t_score < -1.0 else "normal"


def _class_of_site(suspect: Suspect, witness: Witness) -> Iterable[Issue]:
    claim = suspect.values.get("t_score")
    if claim is None or not suspect.classification or not suspect.current:
        return
    if implied_class(claim.value) != suspect.classification:
        message = "the words given to a site are not those of its T-score"
        yield _issue("classification_conflict", message, witness(claim.span))


def _class_of_report(
    text: str, suspects: Sequence[Suspect], summary: Densitometry, witness: Witness
) -> Iterable[Issue]:
    """The conclusion against the lowest T-score of a diagnostic site.

    Values without a site do not contradict, nor does osteoporosis concluded from a fracture, nor a value that is
    suspect itself.
    """
    if summary.classification is None or any(
        True for s in suspects for _ in _sign_suspect(s, suspects, summary, witness)
    ):
        return
    scores = [
        s.values["t_score"]
        for s in suspects
        if s.current and "t_score" in s.values and s.place.site() in _DIAGNOSTIC and len(s.place.levels) != 1
    ]
    if not scores:
        return
    lowest = min(scores, key=lambda claim: claim.value)
    concluded = summary.classification.value
    told = summary.classification.evidence
    if implied_class(lowest.value) == concluded or abs(lowest.value) > _FURTHEST_SCORE:
        return
    if concluded == "osteoporosis" and re.search(r"fractur", text, re.IGNORECASE):
        return
    message = "the conclusion is not the class of the lowest T-score"
    yield Issue(code="classification_conflict", message=message, evidence=(witness(lowest.span), *told))


def _side_of_exam(suspects: Sequence[Suspect], titled_side: str, witness: Witness) -> Iterable[Issue]:
    """The title names one hip, all values are of the other."""
    sided = [s for s in suspects if s.current and s.place.region_named() == "hip" and s.place.side in ("left", "right")]
    if titled_side and sided and all(s.place.side != titled_side for s in sided):
        claim = next(iter(sided[0].values.values()))
        yield _issue("laterality_conflict", "the title names the other hip than the values", witness(claim.span))


def _fractured_levels(text: str, suspects: Sequence[Suspect], witness: Witness) -> Iterable[Issue]:
    """A vertebra that the text calls fractured, cemented or sclerotic inside a measured spine region."""
    measured = {level for s in suspects if s.current and len(s.place.levels) > 1 for level in s.place.levels}
    if not measured or not _DAMAGED.search(text):
        return
    for sentence in re.finditer(r"(?:[^.;\n]|\.(?=\d))+", text):
        words = sentence.group()
        damage = _DAMAGED.search(words)
        if not damage or _NOT_DAMAGED.search(words):
            continue
        for token in tokens(words):
            if token.kind == "levels" and len(token.levels) <= 2 and set(token.levels) & measured:
                span = (sentence.start() + token.start, sentence.start() + token.end)
                message = "a spine value includes a vertebra that is not intact"
                yield _issue("fractured_level_in_density", message, witness(span))
                return


def _unreadable(text: str, witness: Witness) -> Iterable[Issue]:
    """Numbers spoilt in scanning or masked, on lines that speak of a measure or a site."""
    position = 0
    for line in text.split("\n"):
        start, position = position, position + len(line) + 1
        found = tokens(line)
        if not any(t.kind == "garbled" for t in found):
            continue
        if not any(t.kind in ("measure", "region", "part", "levels") for t in found):
            continue
        for token in found:
            if token.kind == "garbled":
                span = (start + token.start, start + token.end)
                yield _issue("unreadable_value", "a number is printed with a letter or a mask in it", witness(span))
