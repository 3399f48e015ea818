"""What a person reads: findings and assessment as plain text for a terminal or as Markdown for a record.

No clinical logic lives here: what is shown, and in which order, comes from the decision layer; this file lays it out.
Words of reports are hostile input: control characters never reach the terminal, and Markdown's signs are escaped.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import decision
from decision.assessment import (
    Assessment,
    Because,
    ClinicalWarning,
    CriterionUsed,
    FactUsed,
    Source,
    StabilityComponent,
)
from extractor.findings import LEVEL_ORDER, BoneDensity, Evidence, Level, ReportFindings, VertebralFinding

QUOTE_CHARACTERS: Final = 160
NARROWEST: Final = 40
BANNER: Final = "Draft for a clinician. Decision support, not a medical device; it replaces no clinical judgement."
_TONES: Final = {"stop": "1;31", "check": "33", "heading": "1", "quiet": "2"}
_MARKDOWN: Final = re.compile(r"([\\`*_\[\]<>|#~])")
_FORMAT_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a list, with its label, its tone, and what is said in smaller print below it."""

    text: str
    label: str = "-"
    tone: str = ""
    below: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a header; in a terminal the last column takes the room that is left."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the document."""

    title: str
    blocks: tuple[Item | Table, ...]


# ------------------------------------------------------------------------------------------------------------ contents


def document(findings: Sequence[ReportFindings], assessment: Assessment, *, why: bool = False) -> list[Section]:
    """Lay out one patient's result: what it means first, then what it rests on, then what to do and to find out."""
    sections = [
        _diagnosis(assessment, why),
        _vertebrae(findings),
        _densities(findings),
        _verdicts(findings),
        _stability(assessment, why),
        _protocol(assessment, why),
        _warnings(assessment, why),
        _issues(assessment),
        _missing(assessment),
        _sources(assessment, why),
    ]
    return [section for section in sections if section.blocks]


def reports(findings: Sequence[ReportFindings]) -> list[Section]:
    """Lay out what the reports say, without what follows from it."""
    sections = [_verdicts(findings), _vertebrae(findings), _densities(findings)]
    return [section for section in sections if section.blocks]


def _verdicts(findings: Sequence[ReportFindings]) -> Section:
    blocks = []
    for report in findings:
        exam = ", ".join(part for part in (_words(report.modality), report.exam_date) if part)
        text = f"{report.report_id or 'report'}: vertebral fracture {_words(report.vertebral_fracture)}"
        stated = "; ".join(_stated(report))
        blocks.append(Item(text + (f" ({exam})" if exam else ""), below=(f"also stated: {stated}",) if stated else ()))
    return Section("Reports", tuple(blocks))


def _stated(report: ReportFindings) -> Iterator[str]:
    """Name what else the text states: alignment, the report's own densitometric conclusion, facts of the patient."""
    for name, curve in (("kyphosis", report.alignment.kyphosis), ("scoliosis", report.alignment.scoliosis)):
        if curve:
            degrees = None if curve.degrees is None else f"{_number(curve.degrees)} degrees"
            at = f"at {_span(curve.at)}" if curve.at else None
            yield " ".join(part for part in (curve.scope, name, curve.assertion, degrees, at) if part)
    for slip in report.alignment.listhesis:
        grade = f"grade {slip.grade}" if slip.grade else None
        mm = None if slip.mm is None else f"{_number(slip.mm)} mm"
        yield " ".join(part for part in (slip.direction or "listhesis", slip.at, grade, mm) if part)
    for facts in (report.densitometry, report.clinical):
        yield from (f"{_words(name)} {_value(stated.value)}" for name, stated in facts if stated is not None)


def _vertebrae(findings: Sequence[ReportFindings]) -> Section:
    several = len(findings) > 1
    found = [(report, vertebra) for report in findings for vertebra in report.vertebrae]
    found.sort(key=lambda pair: LEVEL_ORDER.get(pair[1].level or "", len(LEVEL_ORDER)))
    rows = tuple(
        (_where(vertebra), vertebra.assertion, _description(vertebra),
         _source_words(report, vertebra.evidence, several))
        for report, vertebra in found
        if not _cleared(vertebra)
    )  # fmt: skip
    blocks: list[Item | Table] = [Table(("level", "is", "as", "words of the report"), rows)] if rows else []
    for report in findings:
        if levels := [vertebra.level for vertebra in report.vertebrae if vertebra.level and _cleared(vertebra)]:
            named = f" ({report.report_id})" if several else ""
            blocks.append(Item(f"no fracture stated of {_span(levels)}{named}", ""))
    return Section("Vertebrae", tuple(blocks))


def _cleared(vertebra: VertebralFinding) -> bool:
    """Tell whether all that is said of the vertebra is that it is not fractured."""
    return vertebra.level is not None and vertebra.assertion == "absent" and not _description(vertebra)


def _densities(findings: Sequence[ReportFindings]) -> Section:
    several = len(findings) > 1
    rows = tuple(
        (*_density(density), _source_words(report, density.evidence, several))
        for report in findings
        for density in report.bone_density
    )
    columns = ("site", "levels", "when", "T-score", "Z-score", "g/cm2", "change", "stated as", "words of the report")
    return Section("Bone density", (Table(columns, rows),) if rows else ())


def explanation(explained: decision.Explanation) -> list[Section]:
    """Lay out what stands behind one id."""
    criteria = tuple(Item(_criterion(criterion)) for criterion in explained.criteria)
    sources = tuple(Item(_source(source), f"{source.id}:") for source in explained.sources)
    sections = [
        Section(explained.kind, (Item(explained.text, f"{explained.id}:"),)),
        Section("Rule", (Item(explained.rule, ""),)),
        Section("Criteria", criteria),
        Section("Where sources differ", tuple(Item(policy) for policy in explained.policies)),
        Section("Sources", sources),
    ]
    return [section for section in sections if section.blocks]


def _diagnosis(assessment: Assessment, why: bool) -> Section:
    diagnosis, risk = assessment.diagnosis, assessment.risk
    facts = []
    if diagnosis.fractured_levels:
        facts.append(f"fractured: {', '.join(diagnosis.fractured_levels)}")
    if diagnosis.lowest_t_score is not None:
        facts.append(f"lowest T-score: {_score(diagnosis.lowest_t_score)}")
    if diagnosis.densitometric_category:
        facts.append(f"by densitometry: {_words(diagnosis.densitometric_category)}")
    blocks = [Item(diagnosis.statement or _words(diagnosis.id), "", "heading", _why(diagnosis.because, why))]
    if facts:
        blocks.append(Item("; ".join(facts), ""))
    blocks.append(Item(f"Fracture risk: {_words(risk.tier)}", "", "", _why(risk.because, why)))
    return Section("Diagnosis", tuple(blocks))


def _stability(assessment: Assessment, why: bool) -> Section:
    stability = assessment.stability
    overall = _words(stability.overall)
    extra = "; ".join(_words(part) for part in (stability.lean, stability.reason) if part)
    head = Item(overall + (f" ({extra})" if extra else ""), "", "stop" if stability.overall == "unstable" else "",
                _why(stability.because, why))  # fmt: skip
    return Section("Stability", (head, *(_component(component, why) for component in stability.components)))


def _component(component: StabilityComponent, why: bool) -> Item:
    text = component.label or _words(component.id)
    if component.state != "unknown":
        text += f": {'not stated' if component.value is None else _value(component.value)}"
    if component.threshold:
        text += f" ({component.threshold})"
    tone = {"major_fail": "stop", "minor_fail": "check"}.get(component.state, "")
    return Item(text, f"[{_words(component.state)}]", tone, _why(component.because, why))


def _protocol(assessment: Assessment, why: bool) -> Section:
    blocks = []
    before: tuple[str, ...] = ()
    for number, item in enumerate(assessment.protocol, start=1):
        marks = [_words(part) for part in (item.priority, item.status) if part not in ("routine", "recommended")]
        text = item.action + (f" [{', '.join(marks)}]" if marks else "")
        text += f" ({', '.join(source.id for source in item.sources)})"
        first = "as above" if item.check_first == before else ", ".join(_words(name) for name in item.check_first)
        below = (f"check first: {first}",) if item.check_first else ()
        before = item.check_first
        tone = "stop" if item.priority == "emergency" else "quiet" if item.status == "contraindicated" else ""
        blocks.append(Item(text, f"{number}.", tone, below + _why(item.because, why, item.id)))
    return Section("Protocol", tuple(blocks))


def _warnings(assessment: Assessment, why: bool) -> Section:
    view = decision.main_view(assessment)
    blocks = [
        Item(warning.text, warning.level.upper(), warning.level, _why(warning.because, why, warning.id))
        for warning in _shown_warnings(assessment, why)
    ]
    if view.more_checks and not why:
        blocks.append(Item(f"{view.more_checks} more to check: see --why", ""))
    if view.not_stated:
        blocks.append(Item(_words(view.not_stated), ""))
    return Section("Warnings", tuple(blocks))


def _shown_warnings(assessment: Assessment, why: bool) -> tuple[ClinicalWarning, ...]:
    """Give those of the main view, or with the reasons all."""
    view = decision.main_view(assessment)
    return assessment.warnings if why else (*view.stops, *view.checks)


def _issues(assessment: Assessment) -> Section:
    return Section(
        "To look at in the reports",
        tuple(Item(f"{_words(issue.code)}: {issue.message}".rstrip(": ")) for issue in assessment.issues),
    )


def _missing(assessment: Assessment, most: int = 8) -> Section:
    blocks = []
    for missing in assessment.missing[:most]:
        decides = missing.would_decide
        rest = f" and {len(decides) - 3} more" if len(decides) > 3 else ""
        blocks.append(Item(f"{_words(missing.input)}: would decide {', '.join(decides[:3])}{rest}"))
    return Section("To find out next", tuple(blocks))


def _sources(assessment: Assessment, why: bool) -> Section:
    """List what is cited above; with the reasons also where to read it."""
    components = (component.because for component in assessment.stability.components)
    reasons = (assessment.diagnosis.because, assessment.risk.because, assessment.stability.because, *components)
    cited: dict[str, Source] = {}
    for sources in (
        *(reason.sources for reason in reasons if reason is not None),
        *(item.sources for item in assessment.protocol),
        *(warning.sources for warning in _shown_warnings(assessment, why)),
    ):
        cited.update((source.id, source) for source in sources)
    rules = assessment.ruleset
    return Section("Sources", (
        *(Item(_source(cited[key], whole=why), f"{key}:") for key in sorted(cited)),
        Item(f"Rules {rules.version} of {rules.date}, guideline profile {rules.profile}", ""),
    ))  # fmt: skip


def _source(source: Source, *, whole: bool = True) -> str:
    parts = [source.title, str(source.year or ""), *((source.locator, source.url) if whole else ())]
    return ", ".join(part for part in parts if part) + ("" if source.checked else " [not checked against the source]")


# -------------------------------------------------------------------------------------------------------------- reasons


def _why(because: Because | None, shown: bool, name: str = "") -> tuple[str, ...]:
    """Give the chain from the rule to the words of the report, a line for each link."""
    if because is None or not shown:
        return ()
    head = f"why {name}".rstrip() + f": rule {because.rule}" + (f" - {because.text}" if because.text else "")
    facts = [f"fact {fact.name} = {_value(fact.value)}{_origin(fact)}" for fact in because.facts]
    criteria = [f"criterion {criterion.id}: {_criterion(criterion)}" for criterion in because.criteria]
    sources = [f"source {source.id}: {_source(source)}" for source in because.sources]
    return (head, *facts, *criteria, *sources)


def _criterion(criterion: CriterionUsed) -> str:
    edge = " ".join(_value(part) for part in (criterion.operator, criterion.value, criterion.unit) if part is not None)
    unchecked = "" if criterion.checked else ", not checked against the source"
    return f"{criterion.label} ({edge}; {criterion.source}{unchecked})"


def _origin(fact: FactUsed) -> str:
    if fact.origin == "caller":
        return ", given by the caller"
    if not fact.report_id and not fact.evidence:
        return ""
    words = "; ".join(f"{_quote([part])} at {part.start}-{part.end}" for part in fact.evidence)
    return f", report {fact.report_id or ''}".rstrip() + (f": {words}" if words else "")


# ---------------------------------------------------------------------------------------------------------------- words


def clean(text: str) -> str:
    """Make one line of text that is safe in a terminal: no control or direction signs, single spaces."""
    safe = "".join(" " if unicodedata.category(sign) in _FORMAT_CATEGORIES else sign for sign in text)
    return " ".join(safe.split())


def _words(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _number(value: float) -> str:
    return f"{value:g}"


def _value(value: Any) -> str:
    if value is None:
        return "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (tuple, list)):
        return ", ".join(dict.fromkeys(_value(part) for part in value)) or "none"
    return _words(str(value))


def _quote(evidence: Iterable[Evidence]) -> str:
    """Quote the words of the report in their order, without those that lie inside others."""
    quoted, end = "", 0
    for span in sorted(evidence, key=lambda part: (part.start, -part.end)):
        if span.end > end and span.text.strip():
            gap = " ... " if quoted and span.start > end + 1 else " " if quoted and span.start > end else ""
            quoted, end = quoted + gap + span.text[max(0, end - span.start) :], span.end
    return f'"{textwrap.shorten(quoted, QUOTE_CHARACTERS, placeholder=" ...")}"' if quoted else ""


def _source_words(report: ReportFindings, evidence: Iterable[Evidence], several: bool) -> str:
    return _quote(evidence) + (f" ({report.report_id})" if several else "")


def _span(levels: Iterable[Level]) -> str:
    """Write neighbouring levels of one region as a range."""
    ranges: list[list[Level]] = []
    for level in sorted(set(levels), key=LEVEL_ORDER.__getitem__):
        last = ranges[-1][-1] if ranges else None
        if last is not None and last[0] == level[0] and LEVEL_ORDER[level] == LEVEL_ORDER[last] + 1:
            ranges[-1].append(level)
        else:
            ranges.append([level])
    return ", ".join(part[0] if len(part) == 1 else f"{part[0]}-{part[-1]}" for part in ranges)


def _where(vertebra: VertebralFinding) -> str:
    if vertebra.level:
        return vertebra.level + (" (posterior)" if vertebra.element == "posterior" else "")
    count = f"{vertebra.count} x " if vertebra.count and vertebra.count > 1 else ""
    return count + " ".join(part for part in (vertebra.portion, vertebra.region or "level not stated") if part)


def _description(vertebra: VertebralFinding) -> str:
    loss = vertebra.height_loss_percent
    parts = [_words(name) for name in vertebra.descriptors if name != "height_loss" or not loss]
    if vertebra.wedge_direction:
        parts.append(f"wedged {vertebra.wedge_direction}ly")
    if vertebra.severity:
        parts.append(vertebra.severity)
    if vertebra.genant_grade is not None:
        parts.append(f"Genant grade {vertebra.genant_grade}")
    if loss:
        low, high = loss
        span = _number(low) if low == high else f"{_number(low)}-{_number(high)}"
        parts.append(f"height loss {span} %")
    if vertebra.acuity:
        parts.append(f"acuity {vertebra.acuity}")
    if vertebra.change:
        parts.append(f"against prior: {vertebra.change}")
    if vertebra.mimic:
        parts.append(f"explained as {_words(vertebra.mimic)}")
    named = {
        "marrow oedema": vertebra.marrow_edema,
        "retropulsion": vertebra.retropulsion,
        "retropulsion in mm": vertebra.retropulsion_mm,
        "canal narrowing in %": vertebra.canal_narrowing_percent,
        "posterior wall": vertebra.posterior_wall,
        "posterior column": vertebra.posterior_column,
        "cleft": vertebra.cleft,
        "augmented by": vertebra.augmentation,
        "malignant features": tuple(_words(name) for name in vertebra.malignant_features) or None,
        **{f"{etiology} cause": state for etiology, state in vertebra.etiologies.items()},
    }
    parts += [f"{name} {_value(value)}" for name, value in named.items() if value is not None]
    return "; ".join(parts)


def _score(score: float | None) -> str:
    """Write a score with the one decimal it is reported with, or with more if it has more."""
    if score is None:
        return ""
    return f"{score:.1f}" if round(score, 1) == score else _number(score)


def _change(density: BoneDensity) -> str:
    known = {True: "significant", False: "not significant", None: None}[density.change_significant]
    percent = None if density.change_percent is None else f"{density.change_percent:+g} %"
    return ", ".join(part for part in (percent, known) if part)


def _density(density: BoneDensity) -> tuple[str, ...]:
    levels = _span(density.vertebrae) + (f" without {_span(density.excluded)}" if density.excluded else "")
    return (
        " ".join(part for part in (density.side, _words(density.site)) if part),
        levels,
        " ".join(part for part in (density.when, density.date) if part),
        _score(density.t_score),
        _score(density.z_score),
        "" if density.bmd_g_cm2 is None else f"{density.bmd_g_cm2:.3f}",
        _change(density),
        _words(density.classification),
    )


# ------------------------------------------------------------------------------------------------------------- printers


def to_text(sections: Iterable[Section], *, width: int = 100, colour: bool = False) -> str:
    """Print for a terminal, no line wider than ``width`` (at least 40) unless a single word is."""
    width = max(width, NARROWEST)

    def lines_of(text: str, tone: str, first: str = "", rest: str = "") -> list[str]:
        room = max(width, len(rest) + NARROWEST // 2)
        lines = textwrap.wrap(clean(text), room, initial_indent=first, subsequent_indent=rest) or [first.rstrip()]
        return [f"\x1b[{_TONES[tone]}m{line}\x1b[0m" for line in lines] if colour and tone else lines

    lines = lines_of(BANNER, "quiet")
    for section in sections:
        lines += ["", *lines_of(section.title.upper(), "heading")]
        for block in section.blocks:
            if isinstance(block, Table):
                lines += _text_table(block, width)
                continue
            first = f"  {block.label} " if block.label else "  "
            lines += lines_of(block.text, block.tone, first, " " * len(first))
            for below in block.below:
                lines += lines_of(below, "quiet", " " * (len(first) + 2), " " * (len(first) + 4))
    return "\n".join(lines) + "\n"


def _text_table(table: Table, width: int) -> Iterator[str]:
    used = [index for index in range(len(table.header)) if any(row[index] for row in table.rows)]
    rows = [[clean(row[index]) for index in used] for row in (table.header, *table.rows)]
    most = max(12, (width - 2) // 2 - 2 * len(used))
    widths = [min(most, max(len(row[column]) for row in rows)) for column in range(len(used))]
    widths[-1] = max(16, width - 2 - sum(widths[:-1]) - 2 * (len(used) - 1))
    if 2 + sum(widths) + 2 * (len(used) - 1) > width:  # too narrow for columns: a block for each row
        for row in rows[1:]:
            named = "; ".join(f"{name}: {cell}" for name, cell in zip(rows[0], row, strict=True) if cell)
            yield from textwrap.wrap(named, width, initial_indent="  - ", subsequent_indent="    ")
        return
    for row in rows:
        cells = [textwrap.wrap(cell, size) or [""] for cell, size in zip(row, widths, strict=True)]
        for line in range(max(len(cell) for cell in cells)):
            parts = [cell[line] if line < len(cell) else "" for cell in cells]
            padded = [part.ljust(size) for part, size in zip(parts, widths, strict=True)]
            yield ("  " + "  ".join(padded)).rstrip()


def to_markdown(sections: Iterable[Section], *, title: str = "Vertebral fracture and bone density") -> str:
    """Print as Markdown, fit to paste into a record as a draft."""
    lines = [f"# {title}", "", f"> {BANNER}"]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        numbered = all(isinstance(block, Item) and block.label.rstrip(".").isdigit() for block in section.blocks)
        for block in section.blocks:
            if isinstance(block, Table):
                lines.append("| " + " | ".join(_escape(name) for name in block.header) + " |")
                lines.append("|" + " --- |" * len(block.header))
                lines += ["| " + " | ".join(_escape(cell) for cell in row) + " |" for row in block.rows]
                continue
            label = "" if block.label in ("", "-") or numbered else f"**{_escape(block.label)}** "
            mark = block.label if numbered else "-"
            lines.append(f"{mark} {label}{_escape(block.text)}")
            lines += [f"{' ' * len(mark)} - {_escape(line)}" for line in block.below]
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", clean(text))
