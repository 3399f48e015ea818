"""From reports and patient to the assessment: the rules are evaluated once, and what they say is put into words.

``assess`` builds the ``Case`` (every rule, every world), prints world 0, and reads from the other worlds what each
unknown input would change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from decision.assessment import (
    Assessment,
    Because,
    ClinicalWarning,
    CriterionUsed,
    Diagnosis,
    Effect,
    FactUsed,
    MissingInput,
    ProtocolItem,
    Risk,
    Ruleset,
    Source,
    Stability,
    StabilityComponent,
)
from decision.diagnosis import DIAGNOSES
from decision.guideline import CRITERIA, GUIDELINE
from decision.inputs import FIRST_FREE_BIT, INPUTS
from decision.patient import Patient
from decision.protocol import ITEMS, Case, Offer, check_first
from decision.risk import VERY_HIGH
from decision.stability import COMPONENTS
from decision.truth import ALL, HERE, Truth, any_of
from decision.warnings import WARNINGS, failure_predictors, level_of
from extractor.findings import Issue, ReportFindings

RULESET = Ruleset(version="1", date="2026-11-20")

_CRITERIA = tuple(CRITERIA.values())
_INPUT_NAMES = tuple(INPUTS)
_WHOLE = {level: f"{level}" for level in ("stop", "check", "note")}


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
    case = Case(given, patient or Patient(), profile)
    words = _Words(case)
    protocol = tuple(words.item(name, case.offer(name)) for name in ITEMS if case.offer(name).printed.true & HERE)
    fired = {name: rule(case) for name, rule in WARNINGS.items()}
    return Assessment(
        diagnosis=words.diagnosis(),
        risk=words.risk(),
        stability=words.stability(),
        protocol=protocol,
        warnings=tuple(words.warning(name, holds) for name, holds in fired.items() if holds.true & HERE),
        missing=_missing(case, fired),
        issues=_issues(case),
        ruleset=RULESET if profile == "US" else RULESET.model_copy(update={"profile": profile}),
    )


def _issues(case: Case) -> tuple[Issue, ...]:
    stated = tuple(issue for report in case.reports for issue in report.issues)
    found = tuple(
        Issue(code="reports_contradict", message=contradiction.message, about=contradiction.about)
        for contradiction in case.contradictions
        if contradiction.found and contradiction.clash.is_true
    )
    return stated + found


def rule_words(rule: Callable[..., Any]) -> str:
    """What a rule says: its docstring."""
    return " ".join((rule.__doc__ or "").split())


class _Words:
    """Puts the conclusions of world 0 into words, each with the facts, criteria and sources it rests on."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._facts: dict[int, tuple[FactUsed, ...]] = {}

    def because(self, rule: str, text: str, why: int, sources: tuple[Source, ...]) -> Because:
        """The facts and the criteria on which a conclusion rests, read from the bits of ``why``."""
        facts: list[FactUsed] = []
        criteria: list[CriterionUsed] = []
        while why:
            bit = why & -why
            why ^= bit
            position = bit.bit_length() - 1
            if position < len(_CRITERIA):
                criteria.append(_CRITERIA[position].used)
            else:
                facts.extend(self._used(position))
        for criterion in criteria:
            source = GUIDELINE.sources[criterion.source]
            if source not in sources:
                sources = (*sources, source)
        return Because(rule=rule, text=text, facts=tuple(facts), criteria=tuple(criteria), sources=sources)

    def _used(self, position: int) -> tuple[FactUsed, ...]:
        found = self._facts.get(position)
        if found is None:
            found = self._facts[position] = self._fact(position)
        return found

    def _fact(self, position: int) -> tuple[FactUsed, ...]:
        if position >= FIRST_FREE_BIT:
            return self.case.grounds.used(position)
        name = _INPUT_NAMES[position - len(_CRITERIA)]
        if name not in self.case.values:
            return (FactUsed(name=name),)
        value = self.case.values[name]
        said = self.case.origins.get(name)
        if not said:
            return (FactUsed(name=name, value=value, origin="caller"),)
        return tuple(
            FactUsed(name=name, value=value, origin="report", report_id=report.report_id, evidence=evidence)
            for report, evidence in said
        )

    # -------------------------------------------------------------------------------------- diagnosis, risk, stability

    def diagnosis(self) -> Diagnosis:
        """The one diagnosis with its statement."""
        case = self.case
        name = case.diagnosis
        entry = GUIDELINE.entries["diagnosis"][name]
        levels = tuple(case.fractured_levels)
        if name == "cervical_fracture":
            levels = tuple(level for level in case.cervical_levels if level)
        equivocal = [vertebra.name for vertebra in case.scope if vertebra.equivocal.is_true]
        statement = entry.text.format(
            levels=f" of {_listed(levels)}" if levels else "",
            t=self._t_words(),
            equivocal=f" ({_listed(equivocal)})" if equivocal else "",
        )
        rule = next(rule for rule in DIAGNOSES if rule.__name__ == name)
        category = None
        if case.lowest_t_score is not None:
            category = (
                "osteoporosis"
                if case.t_osteoporosis.is_true
                else "normal"
                if case.t_normal.is_true
                else "low_bone_mass"
            )
        return Diagnosis(
            id=name,
            densitometric_category=category,
            lowest_t_score=case.lowest_t_score,
            fractured_levels=levels,
            statement=statement,
            because=self.because(name, rule_words(rule), case.diagnoses[name].why, entry.sources),
        )

    def _t_words(self) -> str:
        now, before = self.case.lowest_t_score, self.case.previous_lowest_t.value
        said = [] if now is None else [f"lowest T-score {now:g}"]
        if self.case.prev_t.is_true and not self.case.t_osteoporosis.is_true:
            said.append(f"earlier T-score {before:g}")
        return f" ({', '.join(said)})" if said else ""

    def risk(self) -> Risk:
        """The tier; very high names the codes that hold."""
        case = self.case
        tier = case.tier
        entry = GUIDELINE.entries["tier"][tier]
        text, sources = entry.text, entry.sources
        if tier == "very_high":
            for code, rule in VERY_HIGH.items():
                if case.codes[code].is_true:
                    text += f". {code}: {rule_words(rule)}"
                    more = GUIDELINE.entries["tier"][code].sources
                    sources += tuple(source for source in more if source not in sources)
        if case.is_diagnosis(9).is_true and case.pathology_open.is_true:
            text += ". Provisional while pathology is open."
        return Risk(tier=tier, because=self.because(tier, text, case.tiers[tier].why, sources))

    def stability(self) -> Stability:
        """Overall, reason, lean and each component; no component where nothing is graded."""
        case = self.case
        overall, reason = case.stability, case.stability_reason
        components: tuple[StabilityComponent, ...] = ()
        entries = GUIDELINE.entries["component"]
        why = case.graded.why if overall == "not_applicable" else 0
        if overall != "not_applicable":
            made = []
            for rule in COMPONENTS:
                name = rule.__name__
                part, entry = case.components[name], entries[name]
                why |= part.why if part.state != "pass" or overall == "stable" else 0
                made.append(
                    StabilityComponent(
                        id=name,
                        label=entry.text,
                        value=part.value,
                        threshold=entry.more["threshold"],
                        state=part.state,
                        because=self.because(name, rule_words(rule), part.why, entry.sources),
                    )
                )
            components = tuple(made)
        entry = entries["stability"]
        text = entry.more["threshold"]
        if overall == "not_applicable":
            text = {
                "healed": "every vertebral fracture is healed and is not graded",
                "out_of_scope": "a cervical fracture is not graded by these rules",
                "no_fracture_to_grade": "there is no vertebral fracture to grade",
            }[str(reason)]
        return Stability(
            overall=overall,
            reason=reason,
            lean=case.lean,
            components=components,
            because=self.because("stability", text, why, entry.sources),
        )

    # ------------------------------------------------------------------------------------------------ items, warnings

    def item(self, name: str, offer: Offer) -> ProtocolItem:
        """One printed item."""
        entry = GUIDELINE.entries["item"][name]
        why = offer.trigger.why
        if offer.blocked.is_true:
            status = "contraindicated"
            why |= offer.blocked.why
        elif offer.consider.is_true:
            status = "consider"
            why |= offer.consider.why
        else:
            status = "recommended"
        priority = "emergency" if offer.emergency.is_true else "within_24h" if offer.within_24h.is_true else "routine"
        variants = entry.more.get("variants", {})
        said = [GUIDELINE.phrases["contraindicated"]] if status == "contraindicated" else []
        if status != "contraindicated" and "continue" in offer.also:
            said.append(GUIDELINE.phrases["continue"])
        said.append(variants[offer.instead] if offer.instead else entry.text)
        for key in offer.also:
            if key != "continue":
                said.append(variants[key] if key in variants else GUIDELINE.phrases[key])
        if name == "follow_lsc_bmd":
            said.extend(serial_verdicts(self.case))
        because = self.because(name, rule_words(ITEMS[name]), why, entry.sources)
        return ProtocolItem(
            id=name,
            kind=entry.more["kind"],
            action=" ".join(said),
            priority=priority,
            status=status,
            check_first=check_first(self.case, offer),
            because=because,
            sources=because.sources,
        )

    def warning(self, name: str, holds: Truth) -> ClinicalWarning:
        """One warning."""
        entry = GUIDELINE.entries["warning"][name]
        said = [entry.text]
        if name == "w_conservative_failure_risk":
            said.append(_predictor_words(self.case))
        elif name == "w_contradictory_reports":
            clashes = dict.fromkeys(c.message for c in self.case.contradictions if c.clash.is_true)
            said.append(f"{'; '.join(clashes)}.")
        elif name == "w_low_vitamin_d" and self.case.spinal_instrumentation_planned.is_true:
            said.append(entry.more["variants"]["instrumentation"])
        because = self.because(name, rule_words(WARNINGS[name]), holds.why, entry.sources)
        return ClinicalWarning(
            id=name, level=level_of(self.case, name), text=" ".join(said), because=because, sources=because.sources
        )


def _listed(names: Iterable[Any]) -> str:
    words = [str(name) for name in names]
    return " and ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))


def _predictor_words(case: Case) -> str:
    """Which predictors fired, at which cut-off, and whether the first protocol's own cut-off is passed too."""
    limits = {
        "age": ("age_failure_predictor", "age_failure_predictor_seed", case.age),
        "body mass index": ("bmi_failure_predictor", "bmi_failure_predictor_seed", case.bmi),
        "T-score": ("t_score_failure_predictor", None, None),
        "height loss": ("height_loss_failure_predictor", None, None),
    }
    said = []
    for name, holds in failure_predictors(case).items():
        if not holds.is_true:
            continue
        published, seed, fact = limits[name]
        criterion = CRITERIA[published]
        words = f"{name} {criterion.op} {criterion.value:g}"
        if not criterion.used.checked:
            words += " (seed, unverified)"
        if seed is not None and fact is not None:
            also = "also" if fact.meets(CRITERIA[seed]).is_true else "not"
            words += f" ({also} {CRITERIA[seed].op} {CRITERIA[seed].value:g}: seed, unverified)"
        said.append(words)
    return f"Fired: {'; '.join(said)}."


def serial_verdicts(case: Case) -> Iterator[str]:
    """For each site measured before and now, the change in g/cm2 and whether the facility's LSC lets it be judged."""
    for site in case.serial:
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


# -------------------------------------------------------------------------------------------------------- what if known

_WORLD: dict[int, tuple[str, Any]] = {
    worlds.bit_length() - 1: (name, value) for name, one in INPUTS.items() for value, worlds in one.unknown.cases
}
_TRIED = sum(one.worlds for one in INPUTS.values())
_WEIGHT = {"diagnosis": 40, "tier": 25, "stability": 25, "lean": 5, "stop": 10, "check": 3, "note": 1, "asks": 0}
_WEIGHT_OF_KIND = {"rx": 5, "acute": 4, "dx": 3, "ref": 2, "follow": 1, "life": 1}


def _states(case: Case, fired: dict[str, Truth]) -> Iterator[tuple[str, int, list[tuple[str, int]]]]:
    """Every conclusion: its id, its weight, and in which worlds it is in which state."""
    yield "diagnosis", _WEIGHT["diagnosis"], [(name, holds.true) for name, holds in case.diagnoses.items()]
    yield "tier", _WEIGHT["tier"], [(name, holds.true) for name, holds in case.tiers.items()]
    overall = [
        ("stable", case.stable.true),
        ("unstable", case.unstable.true),
        ("indeterminate", case.indeterminate.true),
    ]
    yield "stability", _WEIGHT["stability"], [*overall, ("not_applicable", ALL ^ case.graded.true)]
    leans = (case.likely_unstable.true, case.likely_stable.true)
    yield "lean", _WEIGHT["lean"], [
        ("likely_unstable", leans[0]), ("likely_stable", leans[1]), ("none", ALL ^ (leans[0] | leans[1])),
    ]  # fmt: skip
    for name in ITEMS:
        offer = case.offer(name)
        printed = offer.printed.true
        if not printed & _TRIED:
            continue
        blocked = printed & offer.blocked.true
        consider = (printed ^ blocked) & offer.consider.true
        recommended = printed ^ blocked ^ consider
        yield name, _WEIGHT_OF_KIND[GUIDELINE.entries["item"][name].more["kind"]], [
            ("not printed", ALL ^ printed), ("contraindicated", blocked), ("consider", consider),
            ("recommended", recommended),
        ]  # fmt: skip
    for name, holds in fired.items():
        true = holds.true
        if 0 != true & _TRIED != _TRIED:
            more = GUIDELINE.entries["warning"][name].more
            weight = _WEIGHT["asks"] if more.get("asks") else _WEIGHT[more["level"]]
            yield name, weight, [("absent", ALL ^ true), (more["level"], true)]


def _missing(case: Case, fired: dict[str, Truth]) -> tuple[MissingInput, ...]:
    """Each unknown input that would change a conclusion, most decisive first, with what each value would change."""
    changed: dict[str, dict[Any, list[str]]] = {}
    weights: dict[str, dict[str, int]] = {}
    for name, weight, states in _states(case, fired):
        now, here = next((label, worlds) for label, worlds in states if worlds & HERE)
        if not ~here & _TRIED:
            continue
        for label, worlds in states:
            others = worlds & ~here & _TRIED
            while others:
                bit = others & -others
                others ^= bit
                what, value = _WORLD[bit.bit_length() - 1]
                changed.setdefault(what, {}).setdefault(value, []).append(f"{name}: {now} -> {label}")
                weights.setdefault(what, {})[name] = weight
    order = sorted(weights, key=lambda what: -sum(weights[what].values()))
    return tuple(
        MissingInput(
            input=what,
            would_decide=tuple(sorted(weights[what], key=lambda name: -weights[what][name])),
            effects=tuple(Effect(value=value, changes=tuple(lines)) for value, lines in changed[what].items()),
        )
        for what in order
    )
