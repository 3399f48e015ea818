"""From reports and patient to the assessment: the rules are evaluated once, and what they say is put into words.

``assess`` builds the ``Case`` (every rule, every world), prints world 0, and reads from the other worlds what each
unknown input would change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache, lru_cache
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
    made,
)
from decision.diagnosis import DIAGNOSES
from decision.guideline import CRITERIA, GUIDELINE
from decision.inputs import FIRST_FREE_BIT, INPUTS
from decision.patient import Patient
from decision.protocol import ITEMS, Case, Offer, check_first
from decision.risk import VERY_HIGH
from decision.spine import stated_by
from decision.stability import COMPONENTS
from decision.truth import ALL, HERE, Truth
from decision.warnings import WARNINGS, failure_predictors, level_of
from extractor.findings import Issue, ReportFindings

RULESET = Ruleset(version="1", date="2026-11-20")

_CRITERIA_BITS = (1 << len(CRITERIA)) - 1
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
    case = Case(given, patient or Patient(), profile)
    words = _Words(case)
    offers = {name: case.offer(name) for name in ITEMS}
    fired = {name: rule(case) for name, rule in WARNINGS.items()}
    return Assessment(
        diagnosis=words.diagnosis(),
        risk=words.risk(),
        stability=words.stability(),
        protocol=tuple([words.item(name, offer) for name, offer in offers.items() if offer.printed.true & HERE]),
        warnings=tuple([words.warning(name, holds) for name, holds in fired.items() if holds.true & HERE]),
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


_WORDS_OF = {
    rule: rule_words(rule)
    for rule in (*DIAGNOSES, *VERY_HIGH.values(), *COMPONENTS, *ITEMS.values(), *WARNINGS.values())
}


@cache
def _stands_on(criteria: int, sources: tuple[str, ...]) -> tuple[tuple[CriterionUsed, ...], tuple[Source, ...]]:
    """The criteria of a ``why``, and the sources of an entry with those of the criteria."""
    used = tuple(criterion.used for criterion in CRITERIA.values() if criterion.bit & criteria)
    names = dict.fromkeys((*sources, *(criterion.source for criterion in used)))
    return used, tuple(GUIDELINE.sources[name] for name in names)


class _Words:
    """Puts the conclusions of world 0 into words, each with the facts, criteria and sources it rests on."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._facts: dict[int, tuple[FactUsed, ...]] = {}

    def because(self, rule: str, text: str, why: int, sources: tuple[str, ...]) -> Because:
        """The facts and the criteria on which a conclusion rests, read from the bits of ``why``."""
        criteria, all_sources = _stands_on(why & _CRITERIA_BITS, sources)
        facts: list[FactUsed] = []
        rest = why & ~_CRITERIA_BITS
        while rest:
            bit = rest & -rest
            rest ^= bit
            facts += self._facts.get(bit) or self._used(bit)
        return made(Because, rule=rule, text=text, facts=tuple(facts), criteria=criteria, sources=all_sources)

    def _used(self, bit: int) -> tuple[FactUsed, ...]:
        used = self._facts[bit] = self._fact(bit.bit_length() - 1)
        return used

    def _fact(self, position: int) -> tuple[FactUsed, ...]:
        if position >= FIRST_FREE_BIT:
            return self.case.grounds.used(position)
        name = _INPUT_NAMES[position - len(CRITERIA)]
        if name not in self.case.values:
            return (FactUsed(name=name),)
        value = self.case.values[name]
        said = self.case.origins.get(name)
        if said:
            return stated_by(name, value, said)
        return (made(FactUsed, name=name, value=value, origin="caller", report_id=None, evidence=()),)

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
        return made(
            Diagnosis,
            id=name,
            densitometric_category=category,
            lowest_t_score=case.lowest_t_score,
            fractured_levels=levels,
            statement=statement,
            because=self.because(name, _WORDS_OF[rule], case.diagnoses[name].why, entry.source_ids),
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
        text, sources = entry.text, entry.source_ids
        if tier == "very_high":
            for code, rule in VERY_HIGH.items():
                if case.codes[code].is_true:
                    text += f". {code}: {_WORDS_OF[rule]}"
                    more = GUIDELINE.entries["tier"][code].source_ids
                    sources += more
        if case.is_diagnosis(9).is_true and case.pathology_open.is_true:
            text += ". Provisional while pathology is open."
        return made(Risk, tier=tier, because=self.because(tier, text, case.tiers[tier].why, sources))

    def stability(self) -> Stability:
        """Overall, reason, lean and each component; no component where nothing is graded."""
        case = self.case
        overall, reason = case.stability, case.stability_reason
        components: tuple[StabilityComponent, ...] = ()
        entries = GUIDELINE.entries["component"]
        why = case.graded.why if overall == "not_applicable" else 0
        if overall != "not_applicable":
            parts = []
            for rule in COMPONENTS:
                name = rule.__name__
                part, entry = case.components[name], entries[name]
                why |= part.why if part.state != "pass" or overall == "stable" else 0
                parts.append(
                    made(
                        StabilityComponent,
                        id=name,
                        label=entry.text,
                        value=part.value,
                        threshold=entry.more["threshold"],
                        state=part.state,
                        because=self.because(name, _WORDS_OF[rule], part.why, entry.source_ids),
                    )
                )
            components = tuple(parts)
        entry = entries["stability"]
        text = entry.more["threshold"]
        if overall == "not_applicable":
            text = {
                "healed": "every vertebral fracture is healed and is not graded",
                "out_of_scope": "a cervical fracture is not graded by these rules",
                "no_fracture_to_grade": "there is no vertebral fracture to grade",
            }[str(reason)]
        return made(
            Stability,
            overall=overall,
            reason=reason,
            lean=case.lean,
            components=components,
            because=self.because("stability", text, why, entry.source_ids),
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
        because = self.because(name, _WORDS_OF[ITEMS[name]], why, entry.source_ids)
        return made(
            ProtocolItem,
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
        because = self.because(name, _WORDS_OF[WARNINGS[name]], holds.why, entry.source_ids)
        return made(
            ClinicalWarning,
            id=name,
            level=level_of(self.case, name),
            text=" ".join(said),
            because=because,
            sources=because.sources,
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

_INPUT_OF_WORLD = {world: name for name, one in INPUTS.items() for _, world in one.unknown.cases}
_TRIED = sum(one.worlds for one in INPUTS.values())
_TOLD = 3
"""From this weight on, what a value would change is told in words; lighter conclusions follow from those."""
_WEIGHT = {"diagnosis": 40, "tier": 25, "stability": 25, "lean": 5, "stop": 10, "check": 3, "note": 1, "asks": 0}
_WEIGHT_OF_KIND = {"rx": 5, "acute": 4, "dx": 3, "ref": 2, "follow": 1, "life": 1}
_WEIGHT_OF = {
    **{name: _WEIGHT_OF_KIND[entry.more["kind"]] for name, entry in GUIDELINE.entries["item"].items()},
    **{
        name: _WEIGHT["asks" if entry.more.get("asks") else entry.more["level"]]
        for name, entry in GUIDELINE.entries["warning"].items()
    },
    **{name: _WEIGHT[name] for name in ("diagnosis", "tier", "stability", "lean")},
}
"""How much it matters that a conclusion would change; only for the order of ``missing``."""


@lru_cache(maxsize=4096)
def _bits(worlds: int) -> tuple[int, ...]:
    """The positions of the worlds in a mask; few masks occur, again and again."""
    return tuple(position for position in range(worlds.bit_length()) if worlds >> position & 1)


@lru_cache(maxsize=4096)
def _inputs_of(worlds: int) -> tuple[str, ...]:
    """The inputs that these worlds try."""
    return tuple(dict.fromkeys(_INPUT_OF_WORLD[1 << position] for position in _bits(worlds)))


def _states(case: Case, fired: dict[str, Truth]) -> Iterator[tuple[str, Iterable[tuple[str, int]]]]:
    """Every conclusion that is not the same in all worlds: its id, and in which worlds it is in which state."""
    yield "diagnosis", [(name, holds.true) for name, holds in case.diagnoses.items()]
    yield "tier", [(name, holds.true) for name, holds in case.tiers.items()]
    stable, unstable, indeterminate = case.stable.true, case.unstable.true, case.indeterminate.true
    rest = ALL ^ case.graded.true
    yield "stability", (
        ("stable", stable), ("unstable", unstable), ("indeterminate", indeterminate), ("not_applicable", rest),
    )  # fmt: skip
    unsafe, safe = case.likely_unstable.true, case.likely_stable.true
    yield "lean", (("likely_unstable", unsafe), ("likely_stable", safe), ("none", ALL ^ (unsafe | safe)))
    for name in ITEMS:
        offer = case.offer(name)
        printed = offer.printed.true
        if printed:
            blocked = printed & offer.blocked.true
            consider = (printed ^ blocked) & offer.consider.true
            yield name, (
                ("not printed", ALL ^ printed), ("contraindicated", blocked), ("consider", consider),
                ("recommended", printed ^ blocked ^ consider),
            )  # fmt: skip
    for name, holds in fired.items():
        if 0 != holds.true != ALL:
            yield name, (("absent", ALL ^ holds.true), ("present", holds.true))


def _missing(case: Case, fired: dict[str, Truth]) -> tuple[MissingInput, ...]:
    """Each unknown input that would change a conclusion, most decisive first, with what each value would change.

    ``would_decide`` is complete; the words leave out notes, and items that merely wait while an emergency stands.
    """
    lines: defaultdict[int, list[str]] = defaultdict(list)
    decides: defaultdict[str, list[str]] = defaultdict(list)
    for name, states in _states(case, fired):
        now, here = next((label, worlds) for label, worlds in states if worlds & HERE)
        changed = _TRIED & ~here
        if not changed:
            continue
        if _WEIGHT_OF[name] >= _TOLD:
            waits = ~case.emergency.true if name in ITEMS else ALL
            for label, worlds in states:
                worlds &= changed & waits
                if worlds:
                    line = f"{name}: {now} -> {label}"
                    for world in _bits(worlds):
                        lines[world].append(line)
        for what in _inputs_of(changed):
            decides[what].append(name)
    weight = _WEIGHT_OF.__getitem__
    order = sorted(decides, key=lambda what: -sum(map(weight, decides[what])))
    found: list[MissingInput] = []
    for what in order:
        effects = tuple(
            [
                made(Effect, value=value, changes=tuple(lines[world]))
                for value, world in INPUTS[what].tried
                if world in lines
            ]
        )
        would_decide = tuple(sorted(decides[what], key=weight, reverse=True))
        found.append(made(MissingInput, input=what, would_decide=would_decide, effects=effects))
    return tuple(found)
