"""``assess``: the conclusions of one patient in words, each with the facts, criteria and sources it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from decision import conclusions, facts
from decision.assessment import (
    Assessment,
    ClinicalWarning,
    Diagnosis,
    FactUsed,
    FactValue,
    ProtocolItem,
    Risk,
    Ruleset,
    Stability,
    StabilityComponent,
    made,
)
from decision.conclusions import Alert, Conclusions, Step, conclude
from decision.facts import Facts
from decision.guideline import CRITERIA, GUIDELINE
from decision.inputs import FIRST_FREE_BIT, INPUTS
from decision.outline import Form, outline, outlined
from decision.patient import Patient
from decision.spine import stated_by
from extractor.findings import DensityClass, Issue, ReportFindings

RULESET = Ruleset(version="1", date="2026-11-20")

_INPUT_NAMES = tuple(INPUTS)


def assess(
    reports: ReportFindings | Iterable[ReportFindings], patient: Patient | None = None, *, profile: str = "US"
) -> Assessment:
    """What follows from the reports of **one** patient and from what the caller knows beyond them.

    ``profile`` is the guideline frame: US (default), UK or ACP. Raises ``ValueError`` for another one. Nothing is
    concluded from an unknown; what an unknown would decide is in ``missing``.
    """
    if profile not in GUIDELINE.profiles:
        raise ValueError(f"unknown profile; known are {', '.join(GUIDELINE.profiles)}")
    given = (reports,) if isinstance(reports, ReportFindings) else tuple(reports)
    if patient is None and len(given) == 1:
        return _assess_one(given[0], profile)
    return _assess(given, patient or Patient(), profile)


def _assess(reports: Sequence[ReportFindings], patient: Patient, profile: str) -> Assessment:
    facts = Facts(reports, patient)
    return _Words(facts, conclude(facts, profile)).assessment(profile)


_KEPT: dict[tuple[str, str], Form | None] = {}
KEPT = 4096
"""How many outlines are kept in mind; then they are forgotten and met anew."""


def forget() -> None:
    """Forget the assessments, conclusions and parts of them that are kept; only measurements and tests need it."""
    _KEPT.clear()
    for remembering in (*conclusions.REMEMBERING, *facts.REMEMBERING):
        remembering.cache_clear()


def _assess_one(report: ReportFindings, profile: str) -> Assessment:
    """One report by itself, as in an archive: the outlines that repeat are assessed once."""
    key = (outline(report), profile)
    form = _KEPT.get(key)
    if form is None:
        if key not in _KEPT:
            if len(_KEPT) >= KEPT:
                _KEPT.clear()
            _KEPT[key] = None
            return _assess((report,), Patient(), profile)
        template = outlined(report)
        form = _KEPT[key] = Form(_assess((template,), Patient(), profile), template)
    return form.filled(report)


class _Words:
    """Puts the conclusions of one patient into words."""

    def __init__(self, facts: Facts, conclusions: Conclusions) -> None:
        self.facts = facts
        self.conclusions = conclusions
        positions = {position for reason in conclusions.reasons for position in reason.positions}
        self._facts_at = {position: self._fact(position) for position in positions}

    def assessment(self, profile: str) -> Assessment:
        """Everything."""
        return Assessment(
            diagnosis=self._diagnosis(),
            risk=self._risk(),
            stability=self._stability(),
            protocol=tuple([self._item(step) for step in self.conclusions.steps]),
            warnings=tuple([self._warning(alert) for alert in self.conclusions.alerts]),
            missing=self.conclusions.missing,
            issues=self._issues(),
            ruleset=RULESET if profile == RULESET.profile else RULESET.model_copy(update={"profile": profile}),
        )

    def _fact(self, position: int) -> tuple[FactUsed, ...]:
        """What stands at a position of a reason."""
        facts = self.facts
        if position >= FIRST_FREE_BIT:
            return facts.grounds.used(position)
        name = _INPUT_NAMES[position - len(CRITERIA)]
        value = facts.values.get(name)
        said = facts.origins.get(name)
        if said:
            return stated_by(name, value, said)
        origin = "derived" if value is None else "caller"
        return (made(FactUsed, name=name, value=value, origin=origin, report_id=None, evidence=()),)

    def _diagnosis(self) -> Diagnosis:
        facts, name = self.facts, self.conclusions.diagnosis
        levels = facts.cervical_levels if name == "cervical_fracture" else facts.fractured_levels
        equivocal = [vertebra.name for vertebra in facts.scope if vertebra.equivocal.is_true]
        statement = GUIDELINE.entries["diagnosis"][name].text.format(
            levels=f" of {_listed(levels)}" if levels else "",
            t=self._t_words(),
            equivocal=f" ({_listed(equivocal)})" if equivocal else "",
        )
        return made(
            Diagnosis,
            id=name,
            densitometric_category=self._category(),
            lowest_t_score=facts.lowest_t_score,
            fractured_levels=levels,
            statement=statement,
            because=self.conclusions.diagnosis_reason.because(self._facts_at),
        )

    def _category(self) -> DensityClass | None:
        facts = self.facts
        if facts.lowest_t_score is None:
            return None
        if facts.t_osteoporosis.is_true:
            return "osteoporosis"
        return "normal" if facts.t_normal.is_true else "low_bone_mass"

    def _t_words(self) -> str:
        facts = self.facts
        said = [] if facts.lowest_t_score is None else [f"lowest T-score {facts.lowest_t_score:g}"]
        if facts.prev_t.is_true and not facts.t_osteoporosis.is_true:
            said.append(f"earlier T-score {facts.previous_t_score:g}")
        return f" ({', '.join(said)})" if said else ""

    def _risk(self) -> Risk:
        because = self.conclusions.tier_reason.because(self._facts_at)
        return made(Risk, tier=self.conclusions.tier, because=because)

    def _stability(self) -> Stability:
        conclusions = self.conclusions
        components = tuple(
            [
                made(
                    StabilityComponent,
                    id=part.id,
                    label=part.label,
                    value=self._component_value(part.id),
                    threshold=part.threshold,
                    state=part.state,
                    because=part.reason.because(self._facts_at),
                )
                for part in conclusions.components
            ]
        )
        return made(
            Stability,
            overall=conclusions.stability,
            reason=conclusions.stability_of,
            lean=conclusions.lean,
            components=components,
            because=conclusions.stability_reason.because(self._facts_at),
        )

    def _component_value(self, name: str) -> FactValue:
        """The exact value that a component was judged on, of the worst graded vertebra that has one."""
        facts = self.facts
        graded = [vertebra for vertebra in facts.scope if vertebra.graded.is_true]
        if name == "height_loss":
            losses = [loss for vertebra in graded if (loss := vertebra.height_loss_percent) is not None]
            return max(losses, key=lambda loss: (loss[1], loss[0]), default=None)
        words = {
            "posterior_wall": [fact.value for vertebra in graded for fact in (vertebra.retropulsion, vertebra.wall)],
            "posterior_column": [vertebra.column.value for vertebra in graded],
        }.get(name)
        if words is not None:
            return next((word for word in _WORST_FIRST if word in words), None)
        value: FactValue = facts.measured.get(name, facts.values.get(_STATED_AS.get(name, name)))
        return value

    def _item(self, step: Step) -> ProtocolItem:
        action = step.action
        if step.id == "follow_lsc_bmd":
            action = " ".join((action, *serial_verdicts(self.facts)))
        because = step.reason.because(self._facts_at)
        return made(
            ProtocolItem,
            id=step.id,
            kind=step.kind,
            action=action,
            priority=step.priority,
            status=step.status,
            check_first=step.check_first,
            because=because,
            sources=because.sources,
        )

    def _warning(self, alert: Alert) -> ClinicalWarning:
        text = alert.text
        if alert.id == "w_contradictory_reports":
            clashes = dict.fromkeys(one.message for one in self.facts.contradictions if one.clash.is_true)
            text = f"{text} {'; '.join(clashes)}."
        because = alert.reason.because(self._facts_at)
        return made(
            ClinicalWarning, id=alert.id, level=alert.level, text=text, because=because, sources=because.sources
        )

    def _issues(self) -> tuple[Issue, ...]:
        """Those of the reports, and the contradictions that were found here."""
        stated = tuple(issue for report in self.facts.reports for issue in report.issues)
        found = tuple(
            Issue(code="reports_contradict", message=contradiction.message, about=contradiction.about)
            for contradiction in self.facts.contradictions
            if contradiction.found and contradiction.clash.is_true
        )
        return stated + found


_WORST_FIRST = ("present", "injured", "involved", "possible", "absent", "intact")
_STATED_AS = {"neuro": "neurological_deficit", "progression": "progression_on_followup"}


def _listed(names: Iterable[object]) -> str:
    words = [str(name) for name in names]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def serial_verdicts(facts: Facts) -> Iterator[str]:
    """For each site measured before and now, the change in g/cm2 and whether the facility's LSC lets it be judged."""
    for site in facts.serial:
        before, now = site.before.bmd_g_cm2, site.now.bmd_g_cm2
        name = site.site.replace("_", " ")
        if before is None or now is None:
            yield f"{name}: cannot judge, g/cm2 is missing."
            continue
        change = round(now - before, 4)
        if site.lsc_g_cm2 is None:
            yield f"{name}: {change:+g} g/cm2; cannot judge without the least significant change."
            continue
        verdict = "significant" if abs(change) > site.lsc_g_cm2 else "not significant"
        yield f"{name}: {change:+g} g/cm2, {verdict} (least significant change {site.lsc_g_cm2:g})."
