"""Facts about the patient that a report tells: who they are, what they complain of, what they take.

A fact is read only where the report speaks of this patient: not in recommendations, differentials or comparisons, not
of relatives, not of patients in general. What is denied is false, what is only asked about ("rule out metastasis") is
not said at all. Words live in ``knowledge/clinical.toml``; here is what follows from where and how they are said.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from extractor.findings import ClinicalContext, Evidence, Section, Sex, Stated, Trauma
from extractor.gates import Gate, Gates, Scan, scan, spaced, words
from extractor.sections import section_at
from extractor.text import View

STORY = frozenset({"indication", "history", "past_history", "past_medical_history", "social_history", "medications"})
"""Sections that tell the patient's story."""
_TOLD = STORY | {"body", "header", "addendum", "exam"}
_SILENT = frozenset({"recommendation", "differential", "discussion", "family_history", "comparison", "technique"})
"""Sections whose words are not said of this patient now."""

Stance = Literal["affirmed", "denied", "doubted", "unsaid", "past"]
Span = tuple[int, int]


# ------------------------------------------------------------------------------------------------------ the text read


@dataclass(frozen=True, slots=True)
class _Report:
    """A report ready to be asked: its lower-cased text, of the same length as the view, and its parts."""

    view: View
    scanned: Scan
    text: str
    sections: Sequence[Section]
    sentences: Sequence[Span]
    sentence_starts: list[int]
    age_sex: list[re.Match[str]]
    """Where an age stands before a sex ("72-year-old woman", "72F")."""
    sex_age: list[re.Match[str]]
    """Where a sex stands before an age ("F/72", "Woman, 72 years")."""
    teaches: bool
    """Whether a word stands in it with which patients in general are spoken of."""

    def section(self, offset: int) -> str:
        section = section_at(self.sections, offset)
        if section is None:
            return "body"
        if section.name == "family_history" and self._is_of_patient(offset):
            return "history"
        # "Equipment: Lunar. Patient: female, 62 years": a label of its own in one line with the technique.
        if section.name == "technique" and self.text.startswith(("patient:", "pt:"), self.sentence(offset)[0]):
            return "header"
        # "Follow up: ..." at the head of a letter tells of the visit; it recommends nothing.
        if section.name == "recommendation" and section.start == 0 and self.text.startswith("follow"):
            return "history"
        return section.name

    def _is_of_patient(self, offset: int) -> bool:
        """Whether a sentence under "family history" turns back to the patient."""
        start = self.sentence(offset)[0]
        if self.text.startswith(("patient", "the patient", "she ", "he "), start):
            return True
        label = _LABEL.match(self.text, start)
        return label is not None and not _FAMILY.search(self.text, start, offset)

    def sentence(self, offset: int) -> Span:
        """The sentence around an offset; all of the text where no sentence covers it."""
        position = bisect_right(self.sentence_starts, offset) - 1
        if position >= 0 and offset < self.sentences[position][1]:
            return self.sentences[position]
        return (0, len(self.text)) if not self.sentences else (offset, min(len(self.text), offset + 200))

    def evidence(self, start: int, end: int) -> Evidence:
        return self.view.evidence(start, end, self.section(start))

    def stated(self, value: Any, *spans: Span) -> Stated[Any]:
        return Stated(value=value, evidence=tuple(self.evidence(*span) for span in sorted(set(spans))))


def _report(view: View, sections: Sequence[Section], sentences: Sequence[Span]) -> _Report:
    _flags(), _traumas(), _drugs()  # their gates must stand before the scan
    scanned = scan(view.text)
    age_sex, sex_age = _beside_sex(view.text, scanned)
    return _Report(
        view,
        scanned,
        scanned.text,
        sections,
        sentences,
        [start for start, _ in sentences],
        age_sex,
        sex_age,
        _TEACHING_GATE.opens(scanned),
    )


# ------------------------------------------------------------------------------------------------------- how it is said

_DENIAL = re.compile(
    r"""\b(?: no(?!\s+(?:longer|change|improvement|relief|better|response|significant\s+(?:change|improvement|relief)))
          | no\s+longer\s+(?:has|have|having|complain\w*\s+of|suffer\w*\s+from|in|any|report\w*|experienc\w*)
              | not(?!\s+(?:only|relieved|improv|respond|resolv|better|able|certain|sure)) | nil | without | w/o
              | den(?:ies|ied|ying|y)
          | never | neither | nor | negative\s+(?:for|history) | free\s+of | absence\s+of | lacks?(?:\s+of)?
              | absent )\b""",
    re.VERBOSE,
)
_DENIAL_ENDS = re.compile(
    r"""[;(] | :\s | [.!?]["')]+\s | \b(?:but|however|except|although|though|who|presents?|presented|presenting
        |complain\w*
        |reports
        |reported
        |now|has|had|developed|due|because|c/o|s/p|status\s+post|following|apart\s+from|other\s+than
            |associated\s+with\s+which
        |positive|since|therefore|while)\b
      | (?<!associated)(?<!problems)(?<!consistent)\s+with\s(?!or\b)""",
    re.VERBOSE,
)
_HAVING = re.compile(r"(?:\s+(?:had|has|have|having|been|ever|yet))*")
"""Words between a denial and what it denies that end no reach: "never had", "has not yet been"."""
# "A/B unlikely", "myeloma, metastases and infection were excluded": what is denied may be the first of a list. A verb
# in the singular is of the last alone ("back pain, malignancy was excluded").
_HELD = r"(?:(?:seems?|appears?|very|highly|felt|considered|thought|to\s+be)\s+){0,3}"
_DENIED_AFTER = re.compile(
    rf"""(?:/[\w-]+(?:\s+[\w-]+)?){{1,3}}\s+(?:(?:is|are)\s+)?{_HELD}unlikely\b
      | (?:,\s+[\w-]+(?:\s+[\w-]+)?){{0,3}},?\s+(?:and|or)\s+[\w-]+(?:\s+[\w-]+){{0,2}}?\s+(?:are|were|have\s+been)\s+
        (?:{_HELD}unlikely|denied|absent|ruled\s+out|excluded)\b
      | \s*(?:(?:is|are|was|were)\s+)?{_HELD}unlikely\b
      | \s*(?:history\s*|use\s*|status\s*|(?:signs?|symptoms?)\s*(?=[:=(-]))?
        (?: (?:(?:is|was|are|were|has|have|has\s+been|have\s+been)\s+)?
            (?:denied|absent|negative|ruled\s+out|excluded|resolved|settled|not\s+(?:present|reported|known|noted
                |endorsed|elicited|found|seen))\b
          | (?:\s*[:=]|\s*\()\s*(?:no|none|nil|n|never|unlikely|negative|absent|denied)\b(?!\s+(?:change|longer))
          | \s*-{{1,2}}\s*(?:no|none|nil|never|denied|negative)\s*(?:$|[.,;)\n|])
          | \s+(?:none|nil)\s*(?:$|[.,;)\n|]) )""",
    re.VERBOSE,
)
_QUESTION = re.compile(
    r"""\?\s*(?=\w|$) | \b(?: rule[sd]?\s+out | r/o | ro | ruling\s+out | to\s+exclude | exclude | excluding
        | (?:re-?)?evaluat\w+\s+(?:for|of) | evaluate | assess(?:ment)?\s+(?:for|of) | eval\s+(?:for|of)
      | look(?:ing)?\s+for | check\s+for | screen(?:ing)?(?:\s+for)? | search\s+for | work-?up\s+(?:for|of)
          | detect\w* | if | should | risks?\s+(?:of|for|factors?\s+for|includ\w+) | potential\s+for | return
        | consider\w*
      | recommend\w* | suggest\s+(?:ct|mri|further) | would | in\s+case\s+of | whether | any\s+evidence\s+of
          | prevent\w* | avoid )\b""",
    re.VERBOSE,
)
_DOUBT = re.compile(
    r"""\b(?: suspect\w* | suspici\w+ | possib\w+ | probabl\w+ | likely | may | might | could | can | concern\w*
        | question\w* | versus | vs | presum\w* | suggest\w*
        | worr\w+ | diff\.?\s+diagnos[ei]s | differential | ddx | dd | d/d
        | includ\w+ | cannot | e\.g | such\s+as | or | compatible | mimic\w*
            | resembl\w+ | point(?:s|ing)?\s+to(?:wards?)? )\b""",
    re.VERBOSE,
)
_LISTED_DOUBT = frozenset({"differential", "diff. diagnosis", "diff diagnosis", "ddx", "dd", "d/d"})
"""Doubts that reach through the commas of a list: "differential of the collapse: fracture, metastasis"."""
_DOUBT_ENDS = re.compile(
    r"[;.]\s|\b(?:but|history\s+of|known|h/o|hx|s/p|status\s+post|due\s+to|secondary\s+to|diagnosed|treated"
    r"|case\s+of|patient\s+with|in\s+(?:a\s+)?patient|man\s+with|woman\s+with|male\s+with|female\s+with"
    r"|with\s+(?:a\s+)?history)\b"
)
_DOUBTED_AFTER = re.compile(
    r"""\s*(?: [?] | (?:in|at|of)\s+[\w-]+\s*[?] | [\w ,-]{0,60}\bbelongs?\s+to\s+the\s+differential\b
        | (?:\w+\s+){0,3}?(?:(?:is|are|was|were|be|has\s+been)\s+)?(?:not\s+(?:be\s+)?(?:excluded
        |ruled\s+out)|cannot|can\s+not|could\s+not|suspected|questioned|possible|considered|in\s+the\s+differential
        |less\s+likely|unlikely|likely|versus|vs)\b
        | (?:[\w ,]{0,40}\b(?:should|must|needs?\s+to|has\s+to|to)\s+be\s+(?:excluded|ruled\s+out|considered))\b
            | \s*(?:work-?up|screen(?:ing)?|evaluation|protocol|survey|risk)\b )""",
    re.VERBOSE,
)
_DATED_IN_BRACKETS = re.compile(r"[^()?]{0,24}\b(?:19|20)\d\d\)")
"""The known ground of a question, with its year: "?mets (breast ca 2009)"."""
_RELATIVE = (
    r"(?:mother|father|sister|brother|parent|parents|parental|aunt|uncle|grandmother|grandfather|grandparent|daughter"
    r"|son|wife|husband|spouse|cousin|siblings?|relatives?|mom|dad|maternal|paternal|twin)"
)
_FAMILY = re.compile(rf"\b(?:family(?:\s+\w+)?\s+history|family\s+hx|fhx|familial|{_RELATIVE}(?:'s)?)\b")
# Of patients in general, as a comment or teaching point says it: "may be confused with infection", "a fracture until
# proven otherwise", "every new pain should be examined", "the differential diagnosis of a collapse in childhood".
_TEACHING_GATE = Gate(
    "confused", "mistaken", "prove", "differential", "criteria", "every", "teaching", "learning", "take-home",
    "list", "think", "reading", "cause", "causes", "same", "similar", "alike",
    "another", "alternative", "further",
)  # fmt: skip
_HERS = r"(?:her|his|their|this|the\s+(?:patient|pain|symptom|complaint))\b"
_TEACHING = re.compile(
    r"\b(?:can|may|might|could|should)\s+(?:\w+\s+)?be\s+(?:confused|mistaken)\b|\buntil\s+prove[nd]\s+otherwise"
    # "Leukaemia and infection complete the list", "leukaemia is the commonest cause", "myeloma may look alike"
    r"|\bcompletes?\s+the\s+(?:list|differential)\b|\b(?:can|may|might|could)\s+(?:look|appear)\s+(?:the\s+same|similar|alike)\b"
    r"|\b(?:can|may|might|could|would)\s+(?:also\s+)?be\s+(?:another|an?\s+(?:alternative|further)|the\s+differential)\b"
    r"|\b(?:is|are)\s+(?:the\s+|an?\s+|among\s+the\s+)?(?:(?:other|second|most|next)\s+)?"
    r"(?:main|usual|common(?:est)?|classic(?:al)?|(?:most\s+)?frequent|leading|typical|rare|other|important)\s+causes?\b"
    rf"(?!\s+(?:of|for)\s+{_HERS})"
)
_TEACHING_FOLLOWS = re.compile(
    r"\bdifferential\s+diagnos[ei]s\s+(?:of|for|in)\s+(?!this\b|the\s+present\b)|\bcriteria\s+(?:require|are|include)"
    r"|\b(?:further|suggested)\s+reading\b|(?<!\bi\s)\bthink\s+of\b"
    rf"|\b(?:other|common|main|usual|rare)\s+causes?\s+(?:of|for)\s+(?!{_HERS})"
    r"|\b(?:every|any)\s+(?:\w+\s+){1,3}(?:should|must)\b|\b(?:teaching|learning)\s+points?\b|\btake-home\b"
)


def _is_teaching(text: str, start: int, first: int, last: int) -> bool:
    """Whether the sentence at ``[first, last)`` says of patients in general what stands at ``start``."""
    return _TEACHING.search(text, first, last) is not None or _TEACHING_FOLLOWS.search(text, first, start) is not None


_LABEL = re.compile(r"[a-z][\w /-]{2,34}:\s")
_FAMILY_ENDS = re.compile(
    r"\s{3,}|:\s*(?:yes|no)\b|\b(?:the\s+patient|patient's|personal|she\s+has|he\s+has|she\s+is|he\s+is|presents?)\b"
)
_FAMILY_AFTER = re.compile(
    rf"[^.,;\n]{{0,24}}\b(?:in|of)\s+(?:her|his|the|a|both)?\s*(?:\w+\s+)?{_RELATIVE}\b|\s*\(\s*{_RELATIVE}\b"
)
_OTHERS = re.compile(
    r"\b(?:patients|people|persons|women|men|individuals|cases|adults|children|those|anyone"
    r"|if\s+you)\s+(?:\w+\s+)?(?:with|who|on|taking|aged|having|over|under|without|at)\b"
)
_LONG_PAST = re.compile(
    r"\b(?:previously|prior|past|former(?:ly)?|stopped|discontinued?|discontinuation|ceased|weaned|completed"
    r"|finished|no\s+longer|history\s+of\s+(?:brief|short)|remote|was\s+on|were\s+on|had\s+been\s+on|was\s+taking"
    r"|used\s+to|in\s+the\s+past|off)\b"
)
_LONG_PAST_AFTER = re.compile(
    r"[^.;\n]{0,60}?\b(?:stopped|discontinued|ceased|weaned|completed|until|in\s+the\s+past|was\s+switched"
    r"|years?\s+ago|ended|holiday|has\s+been\s+off|no\s+longer)\b"
)


def _clause_before(before: str, cue_end: int, ends: re.Pattern[str]) -> str | None:
    """What stands between a cue and a mention, or None where the cue's reach ends in between."""
    between = before[cue_end:]
    return None if ends.search(between) else between


def _is_denied(before: str, after: str) -> bool:
    """Whether "no", "denies" and their kin reach the mention.

    A comma ends the reach of "no" unless a list with "or" goes on ("no fever, trauma or weight loss"); "denies" reaches
    through its whole clause.
    """
    cue = None
    for match in _DENIAL.finditer(before):
        cue = match
    if cue is not None:
        between = _clause_before(before, _HAVING.match(before, cue.end()).end(), _DENIAL_ENDS)  # type: ignore[union-attr]
        if between is not None:
            wide = cue.group().startswith(("den", "negative", "neither", "nor"))
            rest = re.split(r"[;.]\s", between + "\0" + after, maxsplit=1)[0]
            listed = re.search(r"\b(?:or|nor)\b", rest) is not None
            if "," not in between or wide or listed:
                return len(between) < 160
    return _DENIED_AFTER.match(after) is not None


def _is_doubted(before: str, after: str) -> Literal["asked", "doubted"] | None:
    """Whether the mention is only asked about or hedged."""
    for kind, pattern in (("asked", _QUESTION), ("doubted", _DOUBT)):
        cue = None
        for match in pattern.finditer(before):
            cue = match
        if cue is None:
            continue
        between = _clause_before(before, cue.end(), _DOUBT_ENDS)
        if before.endswith("(") and _DATED_IN_BRACKETS.match(after):
            continue
        listed = cue.group() in _LISTED_DOUBT
        if (
            between is None
            or len(between) > 90
            or ("," in between and not listed and (kind == "doubted" or cue.group()[0] == "?"))
        ):
            continue
        return "asked" if kind == "asked" else "doubted"
    return "doubted" if _DOUBTED_AFTER.match(after) else None


# The mention itself begins with "history": "family | history of hip fracture".
_FAMILY_RIGHT_BEFORE = re.compile(rf"\b(?:family|familial|family\s+medical|{_RELATIVE}(?:'s)?)\s+$")


def _is_of_others(before: str, after: str) -> bool:
    """Whether the mention is said of a relative or of patients in general."""
    if _FAMILY_RIGHT_BEFORE.search(before):
        return True
    for pattern in (_FAMILY, _OTHERS):
        cue = None
        for match in pattern.finditer(before):
            cue = match
        if cue is not None and _clause_before(before, cue.end(), _FAMILY_ENDS) is not None:
            return True
    return _FAMILY_AFTER.match(after) is not None


def _stance(report: _Report, start: int, end: int) -> tuple[Stance, Literal["asked", "doubted"] | None]:
    """How the words at ``[start, end)`` are said of the patient, and whether they are in doubt."""
    if report.section(start) in _SILENT:
        return "unsaid", None
    first, last = report.sentence(start)
    before, after = report.text[max(first, start - 400) : start], report.text[end : min(last, end + 160)]
    if re.search(r"(?:^|[\s:(,])\?\s*$", report.text[max(0, first - 8) : first]):
        before = "? " + before
    if _is_of_others(before, after) or (report.teaches and _is_teaching(report.text, start, first, last)):
        return "unsaid", None
    doubt = _is_doubted(before, after)
    return ("denied" if _is_denied(before, after) else "doubted" if doubt else "affirmed"), doubt


# ----------------------------------------------------------------------------------------------------------- vocabulary


@dataclass(frozen=True, slots=True)
class _Cue:
    """Words that state one fact, and what denying, doubting or dating them makes of it."""

    fact: str
    value: Any
    gate: Gate
    pattern: re.Pattern[str]
    denied: bool
    doubted: bool
    past: bool
    where: str
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    beside: re.Pattern[str] | None
    not_beside: re.Pattern[str] | None


@cache
def _knowledge() -> dict[str, Any]:
    with (Path(__file__).parent / "knowledge" / "clinical.toml").open("rb") as file:
        return tomllib.load(file)


def _cue(record: dict[str, Any], *, fact: str, value: Any) -> _Cue:
    def optional(key: str) -> re.Pattern[str] | None:
        if key not in record:
            return None
        boundary = r"(?<![a-z0-9])" if key.endswith("beside") else ""
        return re.compile(boundary + spaced(record[key]) + ("(?![a-z0-9])" if key == "not_beside" else ""))

    return _Cue(
        fact=fact,
        value=value,
        gate=Gate(*record["gate"]),
        pattern=words(record["patterns"]),
        denied=record.get("denied", "false") == "false",
        doubted=record.get("doubted", "true") != "nothing",
        past=record.get("past", "true") != "nothing",
        where=record.get("where", "any"),
        not_before=optional("not_before"),
        not_after=optional("not_after"),
        beside=optional("beside"),
        not_beside=optional("not_beside"),
    )


@cache
def _flags() -> tuple[_Cue, ...]:
    return tuple(_cue(r, fact=r["fact"], value=r.get("value", True)) for r in _knowledge()["flag"])


@cache
def _traumas() -> tuple[_Cue, ...]:
    return tuple(_cue(r, fact="trauma", value=r["gives"]) for r in _knowledge()["trauma"])


@cache
def _gates_of_flags() -> Gates:
    return Gates(cue.gate for cue in _flags())


@cache
def _gates_of_traumas() -> Gates:
    return Gates(cue.gate for cue in _traumas())


def _mentions(report: _Report, cue: _Cue) -> Iterator[re.Match[str]]:
    """Where a cue's words stand in a place that counts."""
    text = report.text
    for match in cue.gate.matches(cue.pattern, report.scanned):
        section = report.section(match.start())
        if (cue.where == "story" and section not in STORY) or (cue.where == "told" and section not in _TOLD):
            continue
        if cue.not_before is not None and cue.not_before.search(text[max(0, match.start() - 60) : match.start()]):
            continue
        if cue.not_after is not None and cue.not_after.match(text, match.end()):
            continue
        if cue.beside is not None or cue.not_beside is not None:
            first, last = report.sentence(match.start())
            besides = text[first : match.start()] + " " + text[match.end() : last]
            if (cue.beside is not None and not cue.beside.search(besides)) or (
                cue.not_beside is not None and cue.not_beside.search(besides)
            ):
                continue
        yield match


# --------------------------------------------------------------------------------------------------------- yes or no


def _read_flags(report: _Report) -> dict[str, Stated[bool]]:
    """Every fact that is true or false. What is affirmed once outweighs what is denied elsewhere."""
    found: dict[tuple[str, bool], list[Span]] = {}
    for index in _gates_of_flags().open(report.scanned):
        cue = _flags()[index]
        for match in _mentions(report, cue):
            value = _flag_value(report, cue, match)
            if value is not None:
                found.setdefault((cue.fact, value), []).append(match.span())
    read: dict[str, Stated[bool]] = {}
    for (fact, value), spans in found.items():
        if value or (fact, True) not in found:
            read[fact] = report.stated(value, *spans)
    return read


def _flag_value(report: _Report, cue: _Cue, match: re.Match[str]) -> bool | None:
    stance, doubt = _stance(report, match.start(), match.end())
    if stance == "unsaid":
        return None
    if stance == "denied":
        return not cue.value if cue.denied and _denies_the_fact(report, cue, match.start()) else None
    if cue.fact == "infection_suspected":
        return True
    if cue.fact in ("back_pain", "neurological_deficit"):
        if doubt == "asked" and not (cue.fact == "back_pain" and _asked_for_pain(report, match.start())):
            return None
        return bool(cue.value)
    if doubt is not None and not cue.doubted:
        return None
    if not cue.past and _is_past(report, match.start(), match.end()):
        return None
    return bool(cue.value)


def _denies_the_fact(report: _Report, cue: _Cue, start: int) -> bool:
    """Whether a denial is of the fact itself: "no malignancy" among findings only says what the images show."""
    if cue.fact != "malignancy_history":
        return True
    first, last = report.sentence(start)
    around = report.text[max(first, start - 50) : min(last, start + 30)]
    if re.search(r"\b(?:evidence|signs?|features?|suspicious|suspicion|findings?|cells?)\b", around):
        return False
    return (
        report.section(start) in STORY
        or re.search(r"\b(?:history|known|primary|personal|hx|h/o|denie[sd])\b", around) is not None
    )


def _asked_for_pain(report: _Report, start: int) -> bool:
    """Pain that an exam is asked for is pain; pain that may come ("return if", "at risk of") is not."""
    first, _ = report.sentence(start)
    before = report.text[first:start]
    return re.search(r"\b(?:if|should|return|risk|avoid|prevent\w*|would|in\s+case)\b", before[-80:]) is None


def _is_past(report: _Report, start: int, end: int) -> bool:
    first, last = report.sentence(start)
    before, after = report.text[first:start][-70:], report.text[end:last]
    cue = None
    for match in _LONG_PAST.finditer(before):
        cue = match
    reaches = (
        cue is not None
        and re.search(r"[;,]|\b(?:now|currently|to|but|then|started|presently|on)\b", before[cue.end() :]) is None
    )
    return (
        reaches or _LONG_PAST_AFTER.match(re.split(r"[;,]\s|\b(?:now|currently)\b", after, maxsplit=1)[0]) is not None
    )


# ------------------------------------------------------------------------------------------------------------- trauma

_FALL = re.compile(
    r"""(?<![a-z])(?: (?:fell|fallen)(?!\s+(?:\w+ly\s+)?(?:within|below|between|into\s+the|under|by|short|asleep|ill
        |in\s+(?:the\s+)?(?:\w+\s+){0,3}(?:range|category)))
        | falls?(?!\s+(?:risks?|within|below|between|into|under|short|precautions?|prevention|assessment
            |of\s+(?:19|20)\d\d|(?:19|20)\d\d|outside|clinic|in\s+(?:the\s+)?(?:\w+\s+){0,3}(?:range|category)))
        | slipp?ed(?=\s+(?:and|on|out|in|while|off|down|from|at|over|outside|when|getting)\b) | slipping\s+on
        | tripp(?:ed|ing)(?=\s+(?:and|on|over|in|while|off|down|at)\b) | stumbled | tumbled\s+down
        | (?<!fear\sof\s)falling(?!\s+from\s+[\d.,]+\s*(?:\w+\s+)?to\b)
            (?=\s+(?:at|on|off|from|down|out|over|onto|while|backwards?
            |in\s+(?:the|his|her|a)\s+(?!(?:\w+\s+){0,2}(?:range|category)))\b)
        | slid(?=\s+(?:out\s+of|off|from|down)\s+(?:\w+\s+){0,2}(?:bed|chair|sofa|couch|toilet|commode|wheelchair
            |stretcher|seat|stairs?|steps|ladder|roof|slope|embankment|hill|horse)\b)
        | glf | collapsed\s+(?:at|on|while|in\s+the\s+(?:street|bathroom|kitchen)) )(?![a-z-])""",
    re.VERBOSE,
)
_FALL_GATE = Gate("fall", "fell", "glf", "slip", "slid", "tripp", "stumbl", "tumbl", "collapsed")
_FALL_NOUN_BEFORE = re.compile(
    r"""(?: (?:^|[.:,;\n/(+&?>*-]\s*|[.:]\s) | \b(?:a|an|the|his|her|this|recent|mechanical|s/p|post|after|following
        |from|to|with|since|of|h/o|hx|had|sustained|suffered|unwitnessed|witnessed|accidental|simple|trivial
        |minor|energy|level|multiple|recurrent|frequent|repeated|several|known|no|denies|denied|without|any|or|and
            |reported|old|new|prior|previous|x\d|two|three|2|3|past|low|height|backward|for|by|syncopal|unprovoked
            |during|recently|w|c|sp|domestic|ground|of\s+a|major|significant|female|male|woman|man|lady|gentleman
            |patient|pt|yo|y/o|f|m|\d+\s?[mf])\s+
        )$""",
    re.VERBOSE,
)
_FELL_SUBJECT = re.compile(
    r"(?:^\W*|[,;:(]\s*|\b(?:s?he|patient|pt|who|and|woman|man|lady|gentleman|male|female|child|boy|girl|they|just"
    r"|then|actually|accidentally|reportedly|recently|also|had|has|suddenly|apparently|\d{0,3}[fm]|i|yo|old|pat\.?|you"
    r"|subsequently|when|once|twice|s/p|history)\s+)$"
)
_FELL_SOMEWHERE = re.compile(
    r"\s+(?:from\s+(?!\d)|(?:about\s+|approximately\s+|~)?\d+\s*(?:f(?:ee|oo)?t|m|met\w+)\b|down|off|out\s+of|onto|over"
    r"|while|backwards?|forwards?|at\s+home)\b"
)
_LOW_FALL = re.compile(
    r"""\bstanding|\bground[\s-]+level|\blevel\s+ground|\bsame[\s-]+level|\b(?:own|body)\s+height|\bbed\b|\bchair\b
        |\btoilet\b|\bsofa\b|\bcouch\b|\bcommode\b|\bwheelchair\b|\bsitting|\bseated|\btrip(?:ped|ping|s)?\b
      | \bslip(?:ped|ping|s)?\b|\bstumbl|\btrivial|\bminor\b|\blow[\s-]+(?:energy|impact|level|height|velocity|trauma)
          |\bsimple\s+fall|\bglf\b|\bflat\s+ground|\bsame\s+height|\bless\s+than\s+standing""",
    re.VERBOSE,
)
_HIGH_FALL = re.compile(
    r"""\bladder|\bstair|\bdownstairs|\bsteps\b|\bflight\s+of|\broof|\btree\b|\bscaffold|\b(?:a|from|great|significant
        |considerable|of)\s+height\b(?!\s+of\s+standing)|\bheights\b|\bhorse|\bbike|\bbicycle|\bmotor|\btruck|\bute\b
        |\btray\b|\blorry|\bcar\b|\bvan\b|\bcart\b|\bbalcony
      | \bwindow|\bwall\b|\bcliff|\bstor(?:e?y|ies)\b|\bfloor\s+(?:window|balcony)|\b(?:first|second|third|1st|2nd|3rd
          |\dth)[\s-]+floor|\bbuilding|\bbridge|\bdeck\b|\bloft|\battic|\bplatform|\btractor|\bcrane|\bpole\b
          |\btrampoline|\bswing\b|\bhigh[\s-]+energy|\bmoving""",
    re.VERBOSE,
)
_FALL_HEIGHT = re.compile(
    r"(\d{1,3}(?:\.\d+)?)\s*(?:(?:-|to)\s*(\d{1,3}(?:\.\d+)?)\s*)?-?\s*(m|meters?|metres?|feet|foot|ft|')(?![a-z])"
)
_STANDING_HEIGHT_M = 1.8
_METRES = {"m": 1.0, "f": 0.3048, "'": 0.3048}
_REMOTE = re.compile(
    r"\b(?:years?\s+(?:ago|after)|yrs?\s+ago|as\s+a\s+(?:child|boy|girl|teenager|young\s+(?:wo)?man)|in\s+childhood|decades?\s+ago|in\s+(?:19|20)\d\d|remote)\b"
)
_FRACTURE_FROM = re.compile(
    r"\b(?:fractures?|fx)(?P<year>[ ,(]+(?:in\s+)?(?:19|20)\d\d\)?)?,?\s+"
    r"(?:after|following|from|by|due\s+to)\s+(?:\w+\s+){0,3}$"
)
_YEAR_AFTER = re.compile(r"[^.;,\n]{0,30}?\s\(?(?:19|20)\d\d\b(?![-/])")
"""The year of a fracture is that of its fall: "wrist fracture 2017 after a fall", "L2 fx after a fall 2014"."""
_TRAUMA_RANK: tuple[Trauma, ...] = ("high_energy", "low_energy", "unspecified", "none")
_NOT_INJURY = re.compile(
    r"(?:kidney|lung|liver|brain|renal|hepatic|cord|ligament\w*|birth|psychological|emotional|childhood|sexual"
    r"|nerve|myocardial|mechanism\s+of|traction|vascular|acute\s+kidney|inhalation)\s*$"
)


def _falls(report: _Report) -> Iterator[tuple[Trauma, Span]]:
    """Every fall, as the height that is told makes it; a fall of unstated height is ``unspecified``."""
    text = report.text
    for match in _FALL_GATE.matches(_FALL, report.scanned, 40):
        first, last = report.sentence(match.start())
        before = text[first : match.start()]
        if (
            match.group().startswith("fall")
            and match.group() != "fallen"
            and not _FALL_NOUN_BEFORE.search(before[-24:])
        ):
            continue
        if match.group() == "fell" and not (
            _FELL_SUBJECT.search(before[-30:]) or _FELL_SOMEWHERE.match(text, match.end())
        ):
            continue
        if match.group().startswith("fallen") and re.search(
            r"\b(?:score|density|bmd|bone|value|level|pressure|hemoglobin|sodium)s?\s+(?:(?:has|have|had)\s*)?$",
            before[-24:],
        ):
            continue
        if (match.group() == "falls" and re.search(r"history\s+of\s+$|h/o\s+$", before)) or re.search(
            r"\b(?:frax|garvan|qfracture)\b", text[first:last]
        ):
            continue
        yield _fall_energy(before[-60:], text[match.start() : min(last, match.end() + 90)]), match.span()


def _fall_energy(before: str, after: str) -> Trauma:
    around = before + after
    height = _FALL_HEIGHT.search(after)
    if height is not None:
        metres = max(float(height.group(1)), float(height.group(2) or 0)) * _METRES[height.group(3)[0]]
        return "high_energy" if metres > _STANDING_HEIGHT_M else "low_energy"
    if re.search(r"standing\s+height|ground[\s-]+level", around):
        return "low_energy"
    if _HIGH_FALL.search(after) or re.search(r"\bhigh[\s-]+energy", before):
        return "high_energy"
    return "low_energy" if _LOW_FALL.search(around) else "unspecified"


def _read_trauma(report: _Report) -> Stated[Trauma] | None:
    """The gravest mechanism told; one of years ago says nothing of what the exam is about."""
    told: dict[Trauma, list[Span]] = {}
    tellings = [*_falls(report)]
    for index in _gates_of_traumas().open(report.scanned):
        cue = _traumas()[index]
        tellings += [
            (cue.value, match.span())
            for match in _mentions(report, cue)
            if not _is_other_injury(report, cue, match)
            and (cue.denied or _stance(report, *match.span())[0] != "denied")
        ]
    for value, (start, end) in tellings:
        said, doubt = _stance(report, start, end)
        if said == "unsaid" or (doubt == "asked" and said != "denied" and _only_asked(report, start)):
            continue
        denied = said == "denied" or _opens_with_denial(report, start)
        energy = _denied_trauma(report, value, start) if denied else value
        first, last = report.sentence(start)
        if energy is None or (energy != "none" and _REMOTE.search(report.text[first:last])):
            continue
        fracture = _FRACTURE_FROM.search(report.text[first:start])
        if fracture is not None and (fracture.group("year") or _YEAR_AFTER.match(report.text[end:last])):
            continue
        told.setdefault(energy, []).append((start, end))
    for energy in _TRAUMA_RANK:
        if energy in told:
            return report.stated(energy, *told[energy])
    return None


def _only_asked(report: _Report, start: int) -> bool:
    first, _ = report.sentence(start)
    return re.search(r"\b(?:if|risk|prevent\w*|avoid)\b[^,;]*$", report.text[first:start][-60:]) is not None


def _opens_with_denial(report: _Report, start: int) -> bool:
    return re.match(r"(?:no|without|denie[sd]|any|known)\b", report.text[start : start + 8]) is not None and (
        re.match(r"(?:no|without|denie[sd])\b", report.text[start : start + 8]) is not None
    )


def _denied_trauma(report: _Report, value: Trauma, start: int) -> Trauma | None:
    """What a denied mechanism leaves: none, unless only a grave one is denied or the exam's findings are."""
    if value == "none":
        return "none"
    if report.section(start) not in _TOLD and not re.search(
        r"history|known|recent|antecedent|preceding|denie|prior", report.text[max(0, start - 30) : start + 40]
    ):
        return None
    grave = re.search(r"\b(?:major|severe|high[\s-]+energy)\b", report.text[max(0, start - 20) : start + 30])
    return None if grave else "none"


def _is_other_injury(report: _Report, cue: _Cue, match: re.Match[str]) -> bool:
    word = re.search(r"(?:injur\w+|trauma)$", match.group())
    if cue.value != "unspecified" or word is None:
        return False
    before = report.text[max(0, match.start() - 24) : match.start() + word.start()]
    return (
        _NOT_INJURY.search(before) is not None
        or re.match(
            r"\s+(?:center|centre|protocol|series|bay|team|surg\w+|service|clinic|room|of\s+the\s+(?:pll|all"
            r"|ligament))",
            report.text[match.end() : match.end() + 20],
        )
        is not None
    )


# --------------------------------------------------------------------------------------------------------------- age

_UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = [
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_SPOKEN = {word: number for number, word in enumerate([*_UNITS, *_TEENS], start=1)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_SPOKEN_NUMBER = rf"(?:(?:{'|'.join(_TENS)})(?:[\s-]+(?:{'|'.join(_UNITS)}))?|{'|'.join(_TEENS)}|{'|'.join(_UNITS)})"
_NUMBER = rf"(?:\d{{1,3}}(?:\.\d{{1,2}})?|{_SPOKEN_NUMBER})"

_BEHIND_UNIT = r"(?<=[oydrs][ -])"
_SHORT = r"(?=\s*[,.;:]|\s+(?:with|w/|pt|patient|c/o|p/w)(?!\w))"
"""What stands around a short word for the sex behind an age ("67 yo fem, fall"); "0.79 fem. neck" is a bone."""
_PERSON_FEMALE = rf"(?:{_BEHIND_UNIT}fem{_SHORT}|female|woman|lady|girl|f|wf|bf|aaf|hf|housewife)"
_PERSON_MALE = rf"(?:{_BEHIND_UNIT}masc{_SHORT}|male|man|gentleman|boy|m|wm|bm|aam|hm)"
_AGE_OLD = re.compile(
    rf"""(?<![\w./])(?P<n>{_NUMBER})[\s-]{{0,3}}(?P<unit>years?|yrs?|y|months?|mos?|weeks?|wks?|days?)[.\s/-]{{0,3}}(?:old|o\b|of\s+age|age\b)""",
    re.VERBOSE,
)
_AGE_SEX = re.compile(
    rf"""(?<![\w./:-])(?P<n>{_NUMBER})[\s-]{{0,2}}(?:(?:years?|yrs?|y(?=\W|o\b))\.?)?[\s,/-]{{0,3}}(?:old
        |/?o\b\.?)?[\s,/-]{{0,3}}
         (?:(?:white|black|caucasian|asian|hispanic|elderly|african[\s-]american|indian|chinese|japanese|korean)\s+)?
         (?P<sex>{_PERSON_FEMALE}|{_PERSON_MALE})(?![\w'/]|-?weight|\.\d)""",
    re.VERBOSE,
)
_SEX_AGE = re.compile(
    r"""(?:(?<![\w/])|(?<=[a-z]{3}/))
        (?P<sex>female|male|woman|man|lady|gentleman|girl|boy|f|m
          |(?<!left\s)(?<!right\s)(?<!total\s)(?<!prox\s)(?:fem|masc)(?=\.?\s*\d\d\s*(?:[,;\n]|y|\.\s|$)))\.?(?:\s+patient)?\s*(?:[/,;:|-]
        |\bof\b)?\s*(?:aged?\s*:?\s*)?(?P<n>\d{1,3}(?:\.\d(?=\s?y))?)[\s-]*(?P<unit>years?|yrs?|y(?:/?o)?(?![a-z]))?
         (?![\w%/-]|[.,]\d{1,2}(?!\d)|\s*(?:mm|cm|mg|views?|days?|weeks?|months?)\b)""",
    re.VERBOSE,
)
_AGED = re.compile(
    rf"""\b(?P<word>aged?)(?:\s*(?:/\s*(?:sex|gender)|at\s+(?:exam|scan|study|examination)|\((?:years?|yrs?|y)\)
        |\s+in\s+years))?\s*[:=|]?\s*(?:is\s+|of\s+)?(?P<n>{_NUMBER})
         (?!\d|\s*(?:-|to|or|and|,)\s*(?:\d|older|over|above|more|up|younger|under)|\s*%|\+|\s*(?:years\s+)?(?:and
             |or)\s+(?:older|over|above))""",
    re.VERBOSE,
)
_NAMED_AGE = re.compile(
    r"\b(?:mrs?|ms|miss)\b\.?\s+[a-z][\w'.-]*(?:\s+[a-z][\w'-]*)?(?:\s*[,(]|\s+is(?:\s+now)?)\s*(?P<n>\d{2})"
    r"(?=\s*(?:years?|yrs?|y)?\s*[),.;])|\b(?:patient|she|he|veteran|widow|widower)\s*(?:\(|:\s*|,\s*|is\s+(?:now\s+)?)(?P<m>\d{2})(?=\s*[),.])"
    r"|\b(?:patient|pt)\s+\(?(?P<o>\d{2})(?=\)|,\s*(?!p?tt\b|inr\b)[a-z])"
    r"|\b(?:patient|pt)\s+of\s+(?P<p>\d{2})\s*(?:years|yrs?)\b(?!\s+(?:duration|stand|ago|experience|follow))"
)
_AGE_TABLE = re.compile(
    r"(?<!\d)\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}\s*\|?\s*(?P<n>\d{1,3}(?:\.\d)?)\s*\|?\s*[01]\.\d{3}(?!\d)"
)
_NOT_NOW_BEFORE = re.compile(
    r"(?:\b(?:at|since|until|till|before|after|by|from|over|than|under|below|above|menopause|average|mean|bone"
    r"|gestational|skeletal|onset|women|men|patients|people|(?<!previously\s)(?<!otherwise\s)healthy|(?<!was\s)young|adults|individuals|last|around"
    r"|about\s+the)\s+(?:the\s+|her\s+|his\s+)?(?:age\s+of\s+|ages?\s+)?|(?:when|since|until|while)\s+\w+\s+(?:was"
    r"|were)\s+(?:only\s+)?|[<>≥≤]\s*|menopause[\s:,]*)$"
)
_NOT_PATIENT_AFTER = re.compile(
    rf"[\s,-]*(?:(?:male|female|old|healthy)\s+)?(?:{_RELATIVE}\b|(?:(?:compression|wedge|burst|healed|healing"
    rf"|known|[tl]\d+|left|right|hip|vertebral|rib)\s+)*(?:fractures?|injur\w+|lesions?|scan|study|films?|exam\w*"
    rf"|hardware|bleed|infarct|scar|trauma|prosthesis|implants?|fusion|surgery|operation|radiographs?)\b|(?:and"
    rf"|or)\s+(?:older|over|above|younger|under)|at\s+(?:the\s+time\s+of\s+)?menopause|when\b|reference|women\b"
    rf"|men\b|females\b|males\b|normal|young)"
)
_TRACER_AFTER = re.compile(
    r"\s*-?\s*(?:fdg|naf\b|psma|fluor|fluci|flot|flut|fet\b|fes\b|f?dopa|choline|dota|dcfpyl|tc\b|mdp|hdp|dpd|pet\b)"
)
"""A number with F or m is then a nuclide: "18F-FDG", "99m Tc"."""
_YEARS = {"y": 1.0, "mo": 1 / 12, "w": 7 / 365.25, "d": 1 / 365.25}


def _number(word: str) -> float:
    """A number in digits or in words."""
    if word[0].isdigit():
        return float(word)
    return float(sum(_SPOKEN[part] for part in re.split(r"[\s-]+", word)))


def _is_surely_paired(report: _Report, match: re.Match[str]) -> bool:
    """Whether the sex after an age is one: a word, a letter where the story is told, or "55 yrs / F" anywhere."""
    return (
        len(match.group("sex")) > 2
        or report.section(match.start()) in _TOLD | {"exam"}
        or re.search(r"(?:years?|yrs?)\s?/\s?[fm]$", match.group()) is not None
    )


def _is_paired(report: _Report, match: re.Match[str]) -> bool:
    """Whether a sex and the number after it are an age: by its unit, a slash, a whole word, or a table of both."""
    if match.group("unit") or "/" in match.group():
        return True
    if len(match.group("sex")) > 1:
        return len(match.group("n")) == 2
    return re.fullmatch(r"[fm][,;\t]\d{2}", match.group()) is not None and "sex" in report.text and "age" in report.text


_OLD_GATE = Gate("old", "year", "yr", "yrs", "yo", "y.o", "y/o", "y o", "yo", "mont", "week", "days", "day", "y")
_AGE_GATE = Gate("age", "aged")
_NAMED_GATE = Gate(
    "mr",
    "mrs",
    "ms",
    "miss",
    "patient",
    "veteran",
    "widow",
    "patient,",
    "pt",
    "patient is",
    "he (",
    "he is",
    "he,",
    "she (",
    "she is",
    "she,",
)
_SEX_GATE = Gate("male", "female", "fem", "masc", "man", "woman", "lady", "gentlem", "girl", "boy", "housewife")
_SEX_LETTER = re.compile(r"[FMWBAH](?<![A-Za-z].)(?:[FM]|A[FM])?(?![A-Za-z'])")
_SEX_LETTER_GATE = Gate("f", "m", "wf", "wm", "bf", "bm", "aaf", "aam", "hf", "hm")
_BESIDE_SEX = 44


def _beside_sex(written: str, scanned: Scan) -> tuple[list[re.Match[str]], list[re.Match[str]]]:
    """Ages before and after a sex, near the words for a sex and near a capital F or M that stands alone or as in WF."""
    text = scanned.text
    stretches = _SEX_GATE.near(scanned, _BESIDE_SEX) if _SEX_GATE.opens(scanned) else []
    for match in _SEX_LETTER.finditer(written) if _SEX_LETTER_GATE.opens(scanned) else ():
        if _DIGIT.search(written, max(0, match.start() - 12), match.end() + 12):
            stretches.append((max(0, match.start() - 30), match.end() + 24))
    age_sex: dict[Span, re.Match[str]] = {}
    sex_age: dict[Span, re.Match[str]] = {}
    for start, end in stretches:
        for found, pattern in ((age_sex, _AGE_SEX), (sex_age, _SEX_AGE)):
            for match in pattern.finditer(text, start, end):
                letters = written[match.start("sex") : match.end("sex")]
                if found is age_sex and _OWN_AGE.match(text, match.end("sex")):
                    continue  # "Bed 7", and on the next line "Man 81 years"
                if len(letters) > 2 or letters.isupper() or "y" in match.group().split(letters.lower())[0]:
                    found.setdefault(match.span(), match)
    return list(age_sex.values()), list(sex_age.values())


_DIGIT = re.compile(r"\d")
_OWN_AGE = re.compile(r"[ \t,:(]*(?:aged?\s+)?\d{1,3}\s*(?:years?|yrs?|y\b|y/?o\b)")


def _ages(report: _Report) -> Iterator[tuple[float, Span]]:
    """Every age told of the patient as they are now, the surest way of telling first."""
    text = report.text
    for match in _OLD_GATE.matches(_AGE_OLD, report.scanned, 40):
        unit = match.group("unit")
        factor = _YEARS["mo" if unit.startswith("m") else unit[0]]
        if factor != 1 and not _CHILD.match(text, match.end()):
            continue
        if _is_patients_age(report, match):
            years = _YEARS_BEFORE.search(text, max(0, match.start() - 16), match.start()) if factor != 1 else None
            whole = float(years.group(1)) if years is not None else 0.0
            yield round(whole + _number(match.group("n")) * factor, 2), match.span()
    for match in report.age_sex:
        if _is_surely_paired(report, match) and _is_patients_age(report, match):
            yield _number(match.group("n")), match.span()
    for match in _AGE_GATE.matches(_AGED, report.scanned, 40):
        listed = match.group("word") == "age" and _NOT_AGE_AFTER.match(text, match.end())
        if not listed and _is_patients_age(report, match):
            yield _with_months(text, match, _number(match.group("n")))
    for match in report.sex_age:
        if _is_paired(report, match) and _is_patients_age(report, match):
            yield _with_months(text, match, float(match.group("n")))
    for match in _NAMED_GATE.matches(_NAMED_AGE, report.scanned, 50):
        number = next(filter(None, match.groups()))
        if report.view.text.startswith("PT", match.start()):  # the prothrombin time: "PT 34, INR 2.8"
            continue
        if int(number) >= 18 and report.section(match.start()) not in _SILENT:
            yield float(number), match.span()
    for match in _OLD_GATE.matches(_BARE_YEARS, report.scanned, 40):
        if report.section(match.start()) in _TOLD | {"exam"}:
            months = float(match.group("months") or 0)
            yield round(float(match.group("n") or match.group("z") or match.group("y")) + months / 12, 1), match.span()
    if "age" in text and "score" in text:
        rows = [(float(match.group("n")), match.span("n")) for match in _AGE_TABLE.finditer(text)]
        if rows:
            yield max(rows)


_MONTHS_AFTER = re.compile(
    r"\s*(?:(?:years?|yrs?|y)[\s,]*)?(?:and\s+)?(\d{1,2})\s*(?:months?|mths?|mos?)\b(?!\s+(?:ago|later|post))"
)
"""Months behind the years of a child: "aged 9 yrs 6 mths"."""


def _with_months(text: str, match: re.Match[str], years: float) -> tuple[float, Span]:
    months = _MONTHS_AFTER.match(text, match.end()) if years < _ADULT else None
    if months is None:
        return years, match.span()
    return round(years + float(months.group(1)) / 12, 1), (match.start(), months.end())


_ADULT = 18
_YEARS_BEFORE = re.compile(r"(\d{1,2})[\s-]*years?[\s,-]*(?:and\s+)?$")
_BARE_YEARS = re.compile(
    r"(?:(?:^|[:,;])\s*(?P<n>\d{2})\s*(?:yrs?|years)\b|\n\s*\(\s*(?P<z>\d{2})\s*y(?:rs?|ears)?(?=,)|(?<![\w.])(?P<y>\d{1,2})\s?y\s?(?P<months>\d{1,2})\s?m(?![a-z]))"
    r"(?!\.?\s*(?:ago|history|hx|h/o|of|back|duration|later|post|on|prior|since|follow|earlier|before))"
)
_CHILD = re.compile(r"[\s,-]*(?:infant|boy|girl|male|female|child|baby|patient|toddler|neonate|m\b|f\b)")
_NOT_AGE_AFTER = re.compile(r"\s*(?:\w+\s+)?(?:menopause|group|matched)")


def _is_patients_age(report: _Report, match: re.Match[str]) -> bool:
    start, end = match.span()
    first, last = report.sentence(start)
    before = report.text[max(first, start - 120) : start]
    if report.section(start) in _SILENT or not 0 < _number(match.group("n")) <= 115:
        return False
    if _NOT_NOW_BEFORE.search(before) or _NOT_PATIENT_AFTER.match(report.text, end):
        return False
    if _TRACER_AFTER.match(report.text, end):
        return False
    return not _is_of_others(before, report.text[end : min(last, end + 24)])


def _read_age(report: _Report) -> Stated[float] | None:
    for years, span in _ages(report):
        return report.stated(int(years) if years == int(years) else years, span)
    return None


# ---------------------------------------------------------------------------------------------------------------- sex

_SEX_FIELD_GATE = Gate("sex", "gender", "aged")
_SEX_FIELD = re.compile(
    r"\b(?:sex|gender)\b(?:\s*/\s*age)?\s*[:=|]?\s*(?P<sex>female|male|f|m|woman|man)\b|\b(?P<title>woman"
    r"|man)\s*,\s*aged"
)
_SEX_WORD = re.compile(
    r"""(?<![\w-])(?P<sex>female|woman|lady|gentleman|male|man|girl|boy|housewife)(?![\w-])
        (?!\s+(?:reference|population|adults?|normal|database|pelvis|controls?|catheter|condom|breast|relatives?|peak
            |mean|subjects|patients|aged\s+\d+\s+(?:and|or)|gender\s+matched|type|pattern|norms?|genitalia|urethra
            |provider|chaperone|surgeon|physician|child\s+protective))""",
    re.VERBOSE,
)
_NOT_SEX_BEFORE = re.compile(
    rf"(?:\b(?:young|adult|healthy|normal|reference|matched|average|nhanes\W?i*|white|{_RELATIVE}|any|for\s+(?:a"
    rf"|every|each)|hispanic\s+or|or|vs|the\s+young)\s*[-/]?\s*)$"
)
_HL7_SEX = re.compile(r"^PID\|(?:[^|\n]*\|){7}(?P<sex>[FM])(?=\||$)", re.MULTILINE)
_SHE = re.compile(r"(?<![\w'|])(?:she|her|hers|herself)(?![\w'|-])|(?<![\w'])she's")
_HE = re.compile(r"(?<![\w'|])(?:he|his|him|himself)(?![\w'|-])(?!\s+bundle)|(?<![\w'])he's")
_TITLE_GATE = Gate("mr", "mrs", "ms", "miss")
_TITLE = re.compile(r"\b(?P<title>Mrs|Ms|Miss|Mr)\b\.?\s+[A-Z]")
_SOMEONE_ELSE = re.compile(
    rf"\b(?:dr|doctor|surgeon|physician|provider|nurse|{_RELATIVE}|attending|therapist|technologist|radiologist"
    rf"|consultant)\b"
)
_FEMALE = frozenset(
    {"female", "fem", "woman", "lady", "girl", "f", "wf", "bf", "aaf", "hf", "housewife", "mrs", "ms", "miss"}
)


def _sex_of(word: str) -> Sex:
    return "female" if word.lower() in _FEMALE else "male"


def _sex_words(report: _Report) -> Iterator[tuple[Sex, Span]]:
    """Words that name the patient's sex: beside the age, in a field, or on their own."""
    for match in report.age_sex:
        if _is_surely_paired(report, match) and _is_patients_age(report, match):
            yield _sex_of(match.group("sex")), match.span("sex")
    for match in _SEX_FIELD_GATE.matches(_SEX_FIELD, report.scanned, 30):
        if match.group("sex"):
            yield _sex_of(match.group("sex")), match.span()
    for match in report.sex_age:
        if _is_paired(report, match) and _is_patients_age(report, match):
            yield _sex_of(match.group("sex")), match.span("sex")
    for match in _SEX_GATE.matches(_SEX_WORD, report.scanned, 40):
        if _names_the_patient(report, match):
            yield _sex_of(match.group("sex")), match.span()
    if "PID|" in report.view.text:
        for match in _HL7_SEX.finditer(report.view.text):
            yield _sex_of(match.group("sex")), match.span("sex")


def _names_the_patient(report: _Report, match: re.Match[str]) -> bool:
    start = match.start()
    if report.section(start) in _SILENT:
        return False
    first, last = report.sentence(start)
    before = report.text[max(first, start - 120) : start]
    if _NOT_SEX_BEFORE.search(before) and not re.search(
        r"(?:old|yo|y/o|\d)[\s,-]*(?:white|adult|young|hispanic|healthy)?[\s-]*$", before
    ):
        return False
    if (
        re.search(r"(?:t|z)-?score|nhanes|reference|database|matched|who\s+criteria", report.text[first:last])
        and not re.search(r"\d\s*-?\s*(?:y|old)[\w\s/-]*$", before[-40:])
        and not re.match(r"(?:\s+patient)?\s*,?\s*(?:aged\s+)?\d\d\b", report.text[match.end() : match.end() + 20])
    ):
        return False
    return not _is_of_others(before, report.text[match.end() : min(last, match.end() + 20)])


_SHE_GATE = Gate("she", "her", "hers", "herself")
_ENOUGH = 4
_HE_GATE = Gate("he", "his", "him", "himself")


def _pronouns(report: _Report) -> Iterator[tuple[Sex, Span]]:
    """Pronouns of sentences that name nobody else."""
    text = report.text
    tables: tuple[tuple[Sex, re.Pattern[str], Gate], ...] = (("female", _SHE, _SHE_GATE), ("male", _HE, _HE_GATE))
    for sex, pattern, gate in tables:
        if not gate.opens(report.scanned):
            continue
        found = 0
        for match in pattern.finditer(text):
            if found >= _ENOUGH:
                break
            if report.section(match.start()) in _SILENT - {"recommendation"}:
                continue
            first, last = report.sentence(match.start())
            written = report.view.text[match.start() : match.end()]
            if written == "HE" and not text[first:last].isupper():
                continue
            if not _SOMEONE_ELSE.search(text[first : match.start()]):
                found += 1
                yield sex, match.span()


def _read_sex(report: _Report) -> Stated[Sex] | None:
    """Sex from words, else from pronouns, else from titles; words that contradict each other give none."""
    named = list(_sex_words(report))
    contrary = {"female": _HE_GATE, "male": _SHE_GATE}
    unopposed = len({sex for sex, _ in named}) == 1 and not contrary[named[0][0]].opens(report.scanned)
    pronouns = [] if unopposed else list(_pronouns(report))
    told = {sex for sex, _ in named}
    referred = {sex for sex, _ in pronouns}
    if len(told) > 1 or (told and referred and len(referred) == 1 and told != referred):
        return None
    for kind, tellings in ((told, named), (referred, pronouns)):
        if len(kind) == 1:
            return report.stated(next(iter(kind)), *[span for _, span in tellings][:4])
    if referred or not _TITLE_GATE.opens(report.scanned):
        return None
    titles = [
        (_sex_of(m.group("title")), m.span("title"))
        for m in _TITLE.finditer(report.view.text)
        if report.section(m.start()) in _TOLD | {"findings", "impression"}
    ]
    titles = [
        (sex, span)
        for sex, span in titles
        if not re.search(
            r"\b(?:by|dr|referr\w+|surgeon|consultant|cc|prof\w*|under|for)\W*$",
            report.text[max(0, span[0] - 20) : span[0]],
        )
    ]
    kinds = {sex for sex, _ in titles}
    return report.stated(next(iter(kinds)), titles[0][1]) if len(kinds) == 1 else None


# ------------------------------------------------------------------------------------------------------------ durations

_DURATION_NUMBER = rf"(?:\d{{1,3}}(?:\.\d)?|{_SPOKEN_NUMBER}|an?|several|few|couple\s+of)"
_DURATION = (
    rf"(?P<n>{_DURATION_NUMBER})(?:\s*(?:-|to|or)\s*{_DURATION_NUMBER})?[\s-]*(?P<unit>days?|weeks?|wks?|months?|mos?"
    rf"|mths?|years?|yrs?|/\s?7|/\s?52|/\s?12)\b(?!\s?/)"
)
_TREATED = (
    r"\b(?:brac(?:e|ing)|corset|orthosis|treat|physio|therap|rest\b|tak(?:es|ing)|medicat|analges|opioid|morphin"
    r"|tramadol|paracetamol|nsaids?|steroid|predniso|alendron|denosumab|bisphosph|smok)"
)
# "Back pain 6/52", "back pain, worse for the last two weeks". What lasted so long is the pain, not its treatment ("back
# pain, in a brace for 3 weeks"). A time for which it lasts may have a beginning ("for 3 weeks after lifting"); one that
# only stands there would be counted from it.
_PAIN_FOR = re.compile(
    rf"""\A (?: (?P<bare>\s*:?\s+)(?=\d)
              | (?:(?!{_TREATED})[^.;:]){{0,48}}?
                (?: \b(?:(?P<lasts>for|x|lasting)|since|over|during|past|last)
                    (?:\s+(?:the|last|past|about|approximately|around|nearly|almost|some|at\s+least))*\s*
                  | \s*[,(x×-]\s* | \s+(?:of|starting|started|began|beginning|onset|occurred|appeared|developed
                      |commenced)\s+ )
                (?:about\s+)? )
         {_DURATION} (?![\s-]*(?:old|year|y/?o\b)) (?(lasts)|(?!\s*(?:post|after)))
         (?(bare)(?!\s*(?:ago|later|out|from|before|prior|earlier|follow)))""",
    re.VERBOSE,
)
# "Back pain since the birth of her child 6 weeks ago": what it began with stands between.
_PAIN_SINCE = re.compile(
    rf"\A(?:(?!{_TREATED})[^.;:]){{0,24}}?\bsince\s+(?!{_TREATED})[^.;:,\d]{{1,48}}?[\s,]{_DURATION}\s+(?:ago|back)\b"
)
_FOR_PAIN = re.compile(
    rf"{_DURATION}(?:[\s-]+(?:history|hx|h/o|duration|of|old|with|into|her|his|the|this|new|and|worsening|progressive"
    rf"|persistent|severe|acute|chronic|low|lower|upper|mid|middle|right|left|increasing|intermittent|constant|dull|sharp"
    rf"|sudden|bad|intense|disabling|debilitating|incapacitating|crippling|excruciating|unbearable|unremitting"
    rf"|unrelenting|intractable|ongoing|continuous|nagging|mechanical|localised|localized|refractory|mainly))*[\s-]*\Z"
)
_WEEKS_IN = {"d": 1 / 7, "w": 1.0, "m": 365.25 / 7 / 12, "y": 365.25 / 7}
_WEEKS_IN_FRACTION = {"7": 1 / 7, "52": 1.0, "12": 365.25 / 7 / 12}
_VAGUE = {"a": 1.0, "an": 1.0, "couple of": 2.0}


def _weeks(match: re.Match[str]) -> float | None:
    number, unit = re.sub(r"\s+", " ", match.group("n")), match.group("unit")
    if number in ("several", "few"):
        return None
    amount = _VAGUE.get(number) or _number(number)
    factor = _WEEKS_IN_FRACTION[unit.lstrip("/ ")] if unit[0] == "/" else _WEEKS_IN[unit[0]]
    return round(amount * factor, 1)


def _read_pain_weeks(report: _Report, pain: Stated[bool] | None) -> Stated[float] | None:
    """How long the back has hurt, in weeks, from a duration that stands beside the pain."""
    if pain is None or not pain.value:
        return None
    for cue in _flags():
        if cue.fact != "back_pain":
            continue
        for match in _mentions(report, cue):
            first, last = report.sentence(match.start())
            after = report.text[match.end() : last]
            for pattern, part, shift in (
                (_PAIN_FOR, after, match.end()),
                (_PAIN_SINCE, after, match.end()),
                (_FOR_PAIN, report.text[first : match.start()], first),
            ):
                duration = pattern.search(part)
                weeks = _weeks(duration) if duration else None
                if duration is not None and weeks is not None:
                    return report.stated(weeks, (shift + duration.start("n"), shift + duration.end("unit")))
    return None


# ----------------------------------------------------------------------------------------------------------- body size

_BMI = re.compile(
    r"\b(?:bmi|body[\s-]+mass[\s-]+index)(?:\s*\([^)]{0,12}\))?\s*(?:is|of|was|:|="
    r"|\|)?\s*(?P<n>\d{2}(?:[.,]\d{1,2})?)(?!\d|[.,]\d)"
)
_WEIGHT = re.compile(
    r"""\b(?:weigh(?:t|s|ed|ing)|wt\.?)(?!\s*-?\s*(?:loss|bearing|gain))(?:\s*\((?P<head>kg|kgs|lbs?
        |pounds?)\))?\s*(?:is|of|was|:|=|\||,)*\s*(?:about|approximately)?\s*
        (?P<n>\d{1,3}(?:[.,]\d{1,2})?)\s*(?:(?P<unit>kgs?|kilo\w*|lbs?|pounds?|\#|st(?:one)?)(?:\.
            |,)?\s*(?:(?P<rest>\d{1,2})\s*(?:lbs?|pounds?))?)?(?![\w])""",
    re.VERBOSE,
)
_HEIGHT = re.compile(
    r"""\b(?:(?P<what>\w+)\s+)?(?:height|ht\.?|stature|tall)(?:\s*\((?P<head>cms?|in|inches|m)\))?\s*(?:is|of|was|:|=
        |\||,)*\s*(?:about|approximately)?\s*
        (?: (?P<feet>[3-7])\s*(?:'|ft\.?|feet|foot|-foot)\s*-?\s*(?P<inches>\d{1,2}(?:\.\d+)?)?\s*(?:"|''|in\b
            |inch(?:es)?)?
          | (?P<n>\d{1,3}(?:[.,]\d{1,2})?)\s*(?P<unit>cms?|centim\w+|m\b|met(?:er|re)s?|inch(?:es)?|in\b
              |")? )(?!\s*(?:loss|shorter|%))""",
    re.VERBOSE,
)
_TALL = re.compile(
    r"\b(?P<feet>[4-6])\s*(?:'|ft\.?|feet|foot)\s*-?\s*(?P<inches>\d{1,2})?\s*(?:\"|''|in\b|inch(?:es)?)?\s*tall\b"
    r"|\b(?P<n>\d{2,3}(?:\.\d)?)\s*(?P<unit>cm|inch(?:es)?|in)\s*tall\b"
)
_LOST_HEIGHT = re.compile(
    r"""(?: (?:lost|loss\s+of|losing|decreas\w+\s+of|shrunk|shrinkage\s+of|shorter\s+by)\s+(?:about|approximately
        |nearly|over|more\s+than|at\s+least|around|almost|up\s+to)?\s*(?P<a>\d{1,2}(?:\.\d{1,2})?
        |[a-z]+)(?:\s*-\s*\d+)?[\s-]*(?P<ua>cms?|centim\w+|inch(?:es)?|in\b|"|mm)(?=[^.;]{0,24}\b(?:height|stature
        |tall)|\s*(?:since|\.|$)|\s+(?:from|compared\s+(?:with|to))\s+(?:her|his|their)\s+(?:\w+\s+)?(?:youth|prime
        |twenties|thirties|twentieth|young|maximum|peak|youthful))
          | (?:height|stature)\s+loss(?:\s*\([^)]{0,16}\))?\s*(?:is|of|was|:|=|has\s+been
              |since[^.:;]{0,24}[:]?)*\s*(?:about|approximately|nearly|over|more\s+than|at\s+least
              |around)?\s*(?P<b>\d{1,2}(?:\.\d{1,2})?|[a-z]+)[\s-]*(?P<ub>cms?|centim\w+|inch(?:es)?|in\b|"|mm)
          | loss\s+of\s+(?:body\s+)?(?:height|stature)(?:\s+of|:|\s*\(|\s+by)?\s*(?:about|approximately|nearly|over
              |more\s+than|at\s+least|around)?\s*(?P<c>\d{1,2}(?:\.\d{1,2})?|[a-z]+)[\s-]*(?P<uc>cms?|centim\w+
              |inch(?:es)?|in\b|")
          | (?<![\w.])(?P<d>\d{1,2}(?:\.\d{1,2})?|[a-z]+)[\s-]*(?P<ud>cms?|centim\w+|inch(?:es)?|in|")[\s-]*(?:(?:of
              |in)\s+)?(?:total\s+|overall\s+|historical\s+|documented\s+|reported\s+|body\s+)?(?:height|stature)\s+loss
          | (?<![\w.])(?P<e>\d{1,2}(?:\.\d{1,2})?)[\s-]*(?P<ue>cms?|centim\w+|inch(?:es)?|in|")\s+(?:loss\s+(?:of
              |in)\s+(?:height|stature)|shorter(?!\s+than(?!\s+(?:at\s+(?:age\s+)?\d\d\b|in\s+(?:her|his)\b|when\s+s?he\b
              |s?he\s+(?:was|used)\b)))) )""",
    re.VERBOSE,
)
_VERTEBRAL = re.compile(
    r"vertebra|vertebral|body|bodies|anterior|posterior|disc|disk|endplate|\b[tl]\d{1,2}\b"
    r"|compression\s+fracture\s+with"
)
_BESIDE = re.compile(
    r"""(?: (?<![\d.,/])(?P<cm>1\d\d(?:[.,]\d)?)\s*cm | (?<![\d.,/])(?P<metres>1[.,]\d\d)\s*m | (?P<feet>[4-6])\s*(?:'
        |ft\.?|feet)\s*(?P<inches>\d{1,2})?\s*(?:"|''|in\b\.?|inches)? )
        (?:\s*\([^)\n]{0,60}\))?[\s,;/]+(?:and\s+)?(?:weight\s+|weighs\s+)?(?P<weight>\d{2,3}(?:[.,]\d)?)\s*(?P<unit>kg
            |lbs?|pounds)\b
      | (?<![\d.,/])(?P<weight2>\d{2,3}(?:[.,]\d)?)\s*(?P<unit2>kg|lbs?|pounds)\b[\s,;/]+(?:and\s+)?(?:measures\s+
          |height\s+|is\s+)?
        (?: (?P<cm2>1\d\d(?:[.,]\d)?)\s*cm\b | (?P<metres2>1[.,]\d\d)\s*m\b | (?P<feet2>[4-6])\s*(?:'|ft\.?
            |feet)\s*(?P<inches2>\d{1,2})?\s*(?:"|''|in\b|inches)? )""",
    re.VERBOSE,
)
"""Height and weight written beside each other without their names: "152 cm, 49 kg", "5 ft 4 in, 140 lb"."""
_BMI_GATE = Gate("bmi", "body mass", "body-mass")
_WEIGHT_GATE = Gate("weigh", "wt")
_BESIDE_GATE = Gate("kg", "lb", "lbs", "pounds")
_HEIGHT_GATE = Gate("height", "ht", "stature")
_TALL_GATE = Gate("tall")
_LOST_HEIGHT_GATE = Gate("height", "stature", "shorter", "lost")
_KG_PER_LB, _KG_PER_STONE, _CM_PER_INCH = 0.45359237, 6.35029318, 2.54


def _decimal(written: str) -> float:
    return float(written.replace(",", "."))


def _read_bmi(report: _Report) -> Stated[float] | None:
    for match in _BMI_GATE.matches(_BMI, report.scanned, 50):
        value = _decimal(match.group("n"))
        if 10 <= value <= 80 and report.section(match.start()) not in _SILENT - {"technique"}:
            return report.stated(value, match.span())
    return None


_LIGHTEST_KG, _HEAVIEST_KG = 2, 350
_SHORTEST_CM, _TALLEST_CM = 40, 230
"""What a weight and a height can be; another number is a slip of the pen and tells nothing."""
_TALLER_THAN_A_VERTEBRA_CM = 100
"""A "body height" of so much is that of the patient."""


def _read_weight(report: _Report) -> Stated[float] | None:
    """Body weight in kilograms; a number without a unit is none."""
    text = report.text
    for match in _WEIGHT_GATE.matches(_WEIGHT, report.scanned, 60):
        unit = match.group("unit") or match.group("head")
        if unit is None or re.match(r"\s*(?:loss|gain|lost)", text[match.end() : match.end() + 12]):
            continue
        kilograms = _kilograms(match.group("n"), unit, match.group("rest"))
        of_others = _is_of_others(text[report.sentence(match.start())[0] : match.start()], "")
        if _LIGHTEST_KG <= kilograms <= _HEAVIEST_KG and not of_others:
            return report.stated(kilograms, match.span())
    return next((report.stated(weight, span) for _, weight, span in _beside(report) if weight is not None), None)


def _kilograms(number: str, unit: str, rest: str | None = None) -> float:
    weight = _decimal(number)
    if unit.startswith("st"):
        weight = weight * _KG_PER_STONE + float(rest or 0) * _KG_PER_LB
    elif unit[0] in "lp#":
        weight *= _KG_PER_LB
    return round(weight, 1)


def _beside(report: _Report) -> Iterator[tuple[float | None, float | None, Span]]:
    """Height in centimetres and weight in kilograms where they stand beside each other."""
    for match in _BESIDE_GATE.matches(_BESIDE, report.scanned, 100):
        groups = match.groupdict()
        side = "2" if groups["weight2"] else ""
        metres = groups["metres" + side]
        height = {"feet": groups["feet" + side], "inches": groups["inches" + side], "n": metres or groups["cm" + side]}
        weight = _kilograms(groups["weight" + side] or "", groups["unit" + side] or "")
        tall = _centimetres({**height, "unit": "m" if metres else "cm"})
        yield (
            tall if tall is not None and _SHORTEST_CM <= tall <= _TALLEST_CM else None,
            weight if _LIGHTEST_KG <= weight <= _HEAVIEST_KG else None,
            match.span(),
        )


_NOT_THIS_HEIGHT = re.compile(
    r"(?:vertebra\w*|dis[ck]\w*|body|anterior|posterior|max\w*|peak|previous|prior|young|lost|loss|preserved"
    r"|normal|fall|historic\w*|former|mid|mother\W?s?|remembered|earlier|greatest|from)$"
)


def _read_height(report: _Report) -> Stated[float] | None:
    """Standing height in centimetres, now; never the greatest height of the past nor that of a vertebra or disc."""
    for pattern, gate in ((_HEIGHT, _HEIGHT_GATE), (_TALL, _TALL_GATE)):
        for match in gate.matches(pattern, report.scanned, 50):
            groups = match.groupdict()
            what = groups.get("what") or ""
            centimetres = _centimetres(groups)
            if _NOT_THIS_HEIGHT.match(what) and (what != "body" or (centimetres or 0) < _TALLER_THAN_A_VERTEBRA_CM):
                continue
            if centimetres is not None and _SHORTEST_CM <= centimetres <= _TALLEST_CM:
                return report.stated(centimetres, (match.start() + (len(what) + 1 if what else 0), match.end()))
    return next((report.stated(height, span) for height, _, span in _beside(report) if height is not None), None)


def _centimetres(groups: dict[str, str | None]) -> float | None:
    feet, number = groups.get("feet"), groups.get("n")
    if feet is not None:
        return round((float(feet) * 12 + float(groups.get("inches") or 0)) * _CM_PER_INCH, 1)
    unit = groups.get("unit") or groups.get("head")
    if number is None or unit is None:
        return None
    factor = _CM_PER_INCH if unit[0] in 'i"' else 100.0 if unit[0] == "m" else 1.0
    return round(_decimal(number) * factor, 1)


def _read_height_loss(report: _Report) -> Stated[float] | None:
    """How much shorter the patient has become, in centimetres."""
    text = report.text
    for match in _LOST_HEIGHT_GATE.matches(_LOST_HEIGHT, report.scanned, 70):
        key = next(k for k in "abcde" if match.group(k) is not None)
        word, unit = match.group(key), match.group("u" + key)
        if not word[0].isdigit() and word not in _SPOKEN:
            continue
        first, last = report.sentence(match.start())
        if (
            _VERTEBRAL.search(text[max(first, match.start() - 60) : min(last, match.end() + 30)])
            and report.section(match.start()) not in STORY
        ):
            continue
        factor = _CM_PER_INCH if unit[0] in 'i"' else 0.1 if unit == "mm" else 1.0
        centimetres = round(_number(word) * factor, 1)
        if 0 < centimetres <= 30 and _stance(report, *match.span())[0] in ("affirmed", "doubted"):
            return report.stated(centimetres, match.span())
    return None


# ----------------------------------------------------------------------------------------------------------- treatment

_NOT_TAKEN = re.compile(
    r"""\b(?: had\s+taken | stop(?:ped|ping)? | discontinu\w+ | ceased? | previous(?:ly)? | prior | past | former(?:ly)?
        | complet\w+ | finish\w+ | recommend\w* | consider\w* | candidates? | discuss\w* | should | would | may
        | could | might
        | can\s+be | benefit\w* | suggest\w* | advis\w* | plan(?:s|ned|ning)? | options? | such\s+as | intoleran\w*
            | allerg\w* | declin\w* | refus\w* | was\s+on | had\s+been\s+on | was\s+treated | was\s+taking | holiday
            | off | switch(?:ed|ing)?\s+from
        | chang(?:ed|ing)?\s+from | fail(?:ed|ure) | until | before | contraindicat\w* | side\s+effects?
            | (?:to\s+)?start | starting | commence | begin | shall | to\s+be | offer\w* | if | initiat(?:e|ing)\b
            | instead\s+of | versus | including | in\s+the\s+past | not | no\s+longer | unable | will | need\w*
            | used\s+to | eligible | risk\s+of )\b""",
    re.VERBOSE,
)
_NOT_TAKEN_ENDS = re.compile(
    r"[;(]|\b(?:now|currently|presently|but|then|is\s+on|started\s+on|switched\s+to|changed\s+to|followed\s+by"
    r"|currently\s+on|replaced\s+by|to)\s|\b(?:and|,)\s+(?:is\s+)?(?:on|takes|taking|receiv\w+)\b"
    # "stopped in 2020 and has since January been on teriparatide"
    r"|\band\s+(?:s?he\s+)?(?:is|has)\s+(?:(?!not?\b|never|off\b|declin|refus)\w+\s+){0,4}?(?:on|taking|receiving)\b"
)
_NOT_TAKEN_AFTER = re.compile(
    r"""(?:\s*\([^)]{0,20}\))?\s+(?:or|if)\s | [^.;]{0,70}?\b(?:offered|replaced\s+by|substituted|stopped|discontinued
        |ceased|in\s+the\s+past|until|completed|holiday|years?\s+ago|not\s+tolerated|intoleran\w+|allerg\w+|should|is\s+recommended|may\s+be
        |could\s+be|was\s+switched|changed\s+to|switched\s+to|declined|previously|recommended|considered|would\s+be
        |can\s+be|is\s+indicated|failure|was\s+given|to\s+be\s+(?:started|commenced|given)|(?:from\s+)?\d{4}\s*(?:-|to
        |until)\s*\d{4})""",
    re.VERBOSE,
)


_REPLACED = re.compile(
    r"\b(?:instead\s+of|switch(?:ed)?\s+from|changed\s+from|in\s+place\s+of|discontinued|stopped|replac(?:ing"
    r"|ed))\s+(?:\w+\s+){0,2}$"
)


@cache
def _drugs() -> tuple[Gate, re.Pattern[str], tuple[str, ...]]:
    """The gate of the search, one pattern with a group for each drug, and their generic names."""
    records = _knowledge()["drug"]
    pattern = words([f"({'|'.join(r['patterns'])})" for r in records])
    return Gate(*_knowledge()["therapy"]["gate"]), pattern, tuple(r["generic"] for r in records)


def _is_taken(report: _Report, start: int, end: int) -> bool:
    """Whether the drug named there is one that the patient takes now."""
    if report.section(start) in _SILENT or report.section(start) == "other":
        return False
    first, last = report.sentence(start)
    before, after = report.text[max(first, start - 200) : start], report.text[end:last]
    if _is_denied(before, after) or _is_of_others(before, "") or re.search(r"\bor\s+$", before):
        return False
    if re.search(r"\b(?:currently|now|presently)\s+(?:none|off|no|not|untreated|stopped)\b", after):
        return False
    for match in _NOT_TAKEN.finditer(before):
        if _clause_before(before, match.end(), _NOT_TAKEN_ENDS) is not None:
            return False
    return _NOT_TAKEN_AFTER.match(re.split(r"[;]|,\s*(?:now|currently|and)\b|\bnow\b", after, maxsplit=1)[0]) is None


def _read_therapy(report: _Report) -> Stated[tuple[str, ...]] | None:
    """Drugs against osteoporosis that the patient takes now, by generic name, in alphabetical order."""
    gate, pattern, generic = _drugs()
    taken: dict[str, Span] = {}
    stopped: set[str] = set()
    for match in gate.matches(pattern, report.scanned, 40):
        if match.lastindex is None:
            continue
        name = generic[match.lastindex - 1]
        if _is_taken(report, *match.span()):
            taken.setdefault(name, match.span())
        elif _REPLACED.search(report.text[max(0, match.start() - 40) : match.start()]):
            stopped.add(name)
    taken = {name: span for name, span in taken.items() if name not in stopped}
    if len(taken) > 1 and any(name.endswith("dronate") for name in taken):
        taken.pop("bisphosphonate", None)
    return report.stated(tuple(sorted(taken)), *taken.values()) if taken else None


# ------------------------------------------------------------------------------------------------------------ the whole


def read_clinical(view: View, sections: Sequence[Section], sentences: Sequence[Span]) -> ClinicalContext:
    """What the text states about the patient.

    ``sections`` and ``sentences`` carry offsets of the view; without sections the text counts as one told in prose.
    Ages are in years, weights in kilograms, heights in centimetres, pain in weeks. A fact that the text does not state
    is None, which never means no.
    """
    report = _report(view, sections, sentences)
    flags = _read_flags(report)
    pain = flags.get("back_pain")
    return ClinicalContext(
        age_years=_read_age(report),
        sex=_read_sex(report),
        postmenopausal=flags.get("postmenopausal"),
        back_pain=pain,
        pain_weeks=_read_pain_weeks(report, pain),
        trauma=_read_trauma(report),
        neurological_deficit=flags.get("neurological_deficit"),
        malignancy_history=flags.get("malignancy_history"),
        infection_suspected=flags.get("infection_suspected"),
        glucocorticoids=flags.get("glucocorticoids"),
        prior_fragility_fracture=flags.get("prior_fragility_fracture"),
        height_loss_cm=_read_height_loss(report),
        osteoporosis_therapy=_read_therapy(report),
        bmi=_read_bmi(report),
        weight_kg=_read_weight(report),
        height_cm=_read_height(report),
    )
