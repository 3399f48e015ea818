"""From facts to conclusions: every rule is evaluated once, in every world, and what it says is put in order.

A conclusion depends on the facts that rules may read and on nothing else: not on who the patient is, which report says
it, or the third digit of a number. So equal facts give equal conclusions, and a bounded number of them is remembered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from decision.assessment import (
    AlertLevel,
    Because,
    ComponentState,
    CriterionUsed,
    Effect,
    FactUsed,
    ItemKind,
    ItemStatus,
    MissingInput,
    Priority,
    Source,
    made,
)
from decision.diagnosis import DIAGNOSES
from decision.facts import Facts
from decision.guideline import CRITERIA, GUIDELINE
from decision.inputs import INPUTS
from decision.protocol import ITEMS, Case, Offer, check_first
from decision.risk import VERY_HIGH
from decision.stability import COMPONENTS
from decision.truth import ALL, HERE, Truth
from decision.warnings import WARNINGS, failure_predictors, level_of

_CRITERIA_BITS = (1 << len(CRITERIA)) - 1
REMEMBERED = 1024
"""How many different sets of facts have their conclusions kept."""


def rule_words(rule: Callable[..., Any]) -> str:
    """What a rule says: its docstring."""
    return " ".join((rule.__doc__ or "").split())


_WORDS_OF = {
    rule: rule_words(rule)
    for rule in (*DIAGNOSES, *VERY_HIGH.values(), *COMPONENTS, *ITEMS.values(), *WARNINGS.values())
}
_DIAGNOSIS = {rule.__name__: rule for rule in DIAGNOSES}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule in words, the criteria and sources, and at which positions the facts stand that it rests on."""

    rule: str
    text: str
    positions: tuple[int, ...]
    criteria: tuple[CriterionUsed, ...]
    sources: tuple[Source, ...]

    def because(self, facts_at: Mapping[int, tuple[FactUsed, ...]]) -> Because:
        """The same with the facts of one patient."""
        facts = tuple([fact for position in self.positions for fact in facts_at[position]])
        return made(Because, rule=self.rule, text=self.text, facts=facts, criteria=self.criteria, sources=self.sources)


@dataclass(frozen=True, slots=True)
class ComponentConclusion:
    """The state of one stability component."""

    id: str
    label: str
    threshold: str
    state: ComponentState
    reason: Reason


@dataclass(frozen=True, slots=True)
class Step:
    """One printed protocol item."""

    id: str
    kind: ItemKind
    action: str
    priority: Priority
    status: ItemStatus
    check_first: tuple[str, ...]
    reason: Reason


@dataclass(frozen=True, slots=True)
class Alert:
    """One warning that fires."""

    id: str
    level: AlertLevel
    text: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Conclusions:
    """Everything that follows from a set of facts, without the facts themselves."""

    diagnosis: str
    diagnosis_reason: Reason
    tier: str
    tier_reason: Reason
    stability: str
    stability_of: str | None
    lean: str | None
    stability_reason: Reason
    components: tuple[ComponentConclusion, ...]
    steps: tuple[Step, ...]
    alerts: tuple[Alert, ...]
    missing: tuple[MissingInput, ...]

    @property
    def reasons(self) -> Iterator[Reason]:
        """Every reason."""
        yield from (self.diagnosis_reason, self.tier_reason, self.stability_reason)
        yield from (one.reason for one in self.components)
        yield from (one.reason for one in self.steps)
        yield from (one.reason for one in self.alerts)


class _Remembered:
    """Facts as rules read them, equal where no rule can tell them apart. Once concluded from, only the key is kept."""

    __slots__ = ("_facts", "_hash", "key")

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self.key = facts.key
        self._hash = hash(self.key)

    def taken(self) -> Mapping[str, Any]:
        """The facts that rules may read; no report and no exact value stays behind."""
        facts = self._facts.for_rules()
        del self._facts
        return facts

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Remembered) and self.key == other.key


def conclude(facts: Facts, profile: str) -> Conclusions:
    """What follows from the facts, remembered where equal facts have been seen."""
    return concluded(_Remembered(facts), profile)


@lru_cache(maxsize=REMEMBERED)
def concluded(remembered: _Remembered, profile: str) -> Conclusions:
    """Every rule evaluated once, and what it says put in order."""
    case = Case(remembered.taken(), profile)
    offers = {name: case.offer(name) for name in ITEMS}
    fired = {name: rule(case) for name, rule in WARNINGS.items()}
    tier_text, tier_sources = _tier_words(case)
    diagnosis = GUIDELINE.entries["diagnosis"][case.diagnosis]
    return Conclusions(
        diagnosis=case.diagnosis,
        diagnosis_reason=_reason(
            case.diagnosis,
            _WORDS_OF[_DIAGNOSIS[case.diagnosis]],
            case.diagnoses[case.diagnosis].why,
            diagnosis.source_ids,
        ),
        tier=case.tier,
        tier_reason=_reason(case.tier, tier_text, case.tiers[case.tier].why, tier_sources),
        stability=case.stability,
        stability_of=case.stability_reason,
        lean=case.lean,
        stability_reason=_stability_reason(case),
        components=_components(case),
        steps=tuple([_step(case, name, offer) for name, offer in offers.items() if offer.printed.true & HERE]),
        alerts=tuple([_alert(case, name, holds) for name, holds in fired.items() if holds.true & HERE]),
        missing=_missing(case, fired),
    )


@cache
def _stands_on(criteria: int, sources: tuple[str, ...]) -> tuple[tuple[CriterionUsed, ...], tuple[Source, ...]]:
    """The criteria of a ``why``, and the sources of an entry with those of the criteria."""
    used = tuple(criterion.used for criterion in CRITERIA.values() if criterion.bit & criteria)
    names = dict.fromkeys((*sources, *(criterion.source for criterion in used)))
    return used, tuple(GUIDELINE.sources[name] for name in names)


@lru_cache(maxsize=8192)
def _reason(rule: str, text: str, why: int, sources: tuple[str, ...]) -> Reason:
    """The facts and the criteria on which a conclusion rests, read from the bits of ``why``."""
    criteria, all_sources = _stands_on(why & _CRITERIA_BITS, sources)
    return Reason(rule, text, _bits(why & ~_CRITERIA_BITS), criteria, all_sources)


def _tier_words(case: Case) -> tuple[str, tuple[str, ...]]:
    """The tier; very high names the codes that hold."""
    entries = GUIDELINE.entries["tier"]
    text, sources = entries[case.tier].text, entries[case.tier].source_ids
    if case.tier == "very_high":
        for code, rule in VERY_HIGH.items():
            if case.codes[code].is_true:
                text += f". {code}: {_WORDS_OF[rule]}"
                sources += entries[code].source_ids
    if case.is_diagnosis(9).is_true and case.pathology_open.is_true:
        text += ". Provisional while pathology is open."
    return text, sources


_NOT_GRADED = {
    "healed": "every vertebral fracture is healed and is not graded",
    "out_of_scope": "a cervical fracture is not graded by these rules",
    "no_fracture_to_grade": "there is no vertebral fracture to grade",
}


def _stability_reason(case: Case) -> Reason:
    entry = GUIDELINE.entries["component"]["stability"]
    if case.stability == "not_applicable":
        text = _NOT_GRADED[str(case.stability_reason)]
        return _reason("stability", text, case.graded.why | case.vcf.why, entry.source_ids)
    why = 0
    for part in case.components.values():
        if part.state != "pass" or case.stability == "stable":
            why |= part.why
    return _reason("stability", entry.more["threshold"], why, entry.source_ids)


def _components(case: Case) -> tuple[ComponentConclusion, ...]:
    """Each component; none where nothing is graded."""
    if case.stability == "not_applicable":
        return ()
    found = []
    for rule in COMPONENTS:
        name = rule.__name__
        part, entry = case.components[name], GUIDELINE.entries["component"][name]
        reason = _reason(name, _WORDS_OF[rule], part.why, entry.source_ids)
        found.append(ComponentConclusion(name, entry.text, entry.more["threshold"], part.state, reason))
    return tuple(found)


def _step(case: Case, name: str, offer: Offer) -> Step:
    """One printed item: contraindicated if anything known blocks it, else to consider or recommended."""
    why = offer.trigger.why
    status: ItemStatus = "recommended"
    if offer.blocked.is_true:
        status = "contraindicated"
        why |= offer.blocked.why
    elif offer.consider.is_true:
        status = "consider"
        why |= offer.consider.why
    priority: Priority = (
        "emergency" if offer.emergency.is_true else "within_24h" if offer.within_24h.is_true else "routine"
    )
    return _worded_step(name, status, priority, offer.also, offer.instead, check_first(case, offer), why)


@lru_cache(maxsize=8192)
def _worded_step(
    name: str,
    status: ItemStatus,
    priority: Priority,
    also: tuple[str, ...],
    instead: str | None,
    ask: tuple[str, ...],
    why: int,
) -> Step:
    entry = GUIDELINE.entries["item"][name]
    phrases, variants = GUIDELINE.phrases, entry.more.get("variants", {})
    said = [phrases["contraindicated"]] if status == "contraindicated" else []
    if status != "contraindicated" and "continue" in also:
        said.append(phrases["continue"])
    said.append(variants[instead] if instead else entry.text)
    said += [variants[key] if key in variants else phrases[key] for key in also if key != "continue"]
    return Step(
        id=name,
        kind=entry.more["kind"],
        action=" ".join(said),
        priority=priority,
        status=status,
        check_first=ask,
        reason=_reason(name, _WORDS_OF[ITEMS[name]], why, entry.source_ids),
    )


def _alert(case: Case, name: str, holds: Truth) -> Alert:
    entry = GUIDELINE.entries["warning"][name]
    text = entry.text
    if name == "w_conservative_failure_risk":
        text = f"{text} {_predictor_words(case)}"
    elif name == "w_low_vitamin_d" and case.spinal_instrumentation_planned.is_true:
        text = f"{text} {entry.more['variants']['instrumentation']}"
    return _worded_alert(name, level_of(case, name), text, holds.why)


@lru_cache(maxsize=8192)
def _worded_alert(name: str, level: AlertLevel, text: str, why: int) -> Alert:
    entry = GUIDELINE.entries["warning"][name]
    return Alert(name, level, text, _reason(name, _WORDS_OF[WARNINGS[name]], why, entry.source_ids))


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


@cache
def _line(name: str, now: str, then: str) -> str:
    return f"{name}: {now} -> {then}"


States = tuple[tuple[str, int], ...]
"""The states that a conclusion can be in, each with the worlds in which it is; every world in exactly one."""


def _states(case: Case, fired: dict[str, Truth]) -> Iterator[tuple[str, States]]:
    """Every conclusion that is not the same in all worlds that are tried, with its states."""
    yield "diagnosis", tuple([(name, holds.true) for name, holds in case.diagnoses.items()])
    yield "tier", tuple([(name, holds.true) for name, holds in case.tiers.items()])
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
            if not _is_constant(printed) or not _is_constant(blocked) or not _is_constant(consider):
                yield name, (
                    ("not printed", ALL ^ printed), ("contraindicated", blocked), ("consider", consider),
                    ("recommended", printed ^ blocked ^ consider),
                )  # fmt: skip
    for name, holds in fired.items():
        if not _is_constant(holds.true):
            yield name, (("absent", ALL ^ holds.true), ("present", holds.true))


def _is_constant(worlds: int) -> bool:
    return (worlds ^ (ALL if worlds & HERE else 0)) & _TRIED == 0


@dataclass(frozen=True, slots=True, eq=False)
class _Share:
    """What one input would change of one conclusion: in which world, told in which line. Compared by identity."""

    conclusion: str
    weight: int
    lines: tuple[tuple[int, str], ...]


@lru_cache(maxsize=8192)
def _shares(name: str, states: States, waiting: int) -> tuple[tuple[str, _Share], ...]:
    """Each unknown input that would change a conclusion; the words leave out what merely waits."""
    weight = _WEIGHT_OF[name]
    now, here = next(state for state in states if state[1] & HERE)
    changed = _TRIED & ~here
    told = changed & ~waiting if weight >= _TOLD else 0
    shares = []
    for what in _inputs_of(changed):
        worlds = told & INPUTS[what].worlds
        lines = [
            (world, _line(name, now, label))
            for label, there in states
            if there & worlds
            for world in _bits(there & worlds)
        ]
        shares.append((what, _Share(name, weight, tuple(lines))))
    return tuple(shares)


def _missing(case: Case, fired: dict[str, Truth]) -> tuple[MissingInput, ...]:
    """Each unknown input that would change a conclusion, most decisive first, with what each value would change.

    ``would_decide`` is complete; the words leave out notes, and items that merely wait while an emergency stands.
    """
    shares: defaultdict[str, list[_Share]] = defaultdict(list)
    emergency = case.emergency.true
    for name, states in sorted(_states(case, fired), key=lambda conclusion: -_WEIGHT_OF[conclusion[0]]):
        for what, share in _shares(name, states, emergency if name in ITEMS else 0):
            shares[what].append(share)
    found = [_missing_input(what, tuple(some)) for what, some in shares.items()]
    return tuple([missing for _, missing in sorted(found, key=lambda one: one[0], reverse=True)])


@lru_cache(maxsize=8192)
def _missing_input(what: str, shares: tuple[_Share, ...]) -> tuple[int, MissingInput]:
    """How much an input decides, and what each of its values would change; often the same, so made once."""
    lines: defaultdict[int, list[str]] = defaultdict(list)
    for share in shares:
        for world, line in share.lines:
            lines[world].append(line)
    effects = [
        made(Effect, value=value, changes=tuple(lines[world])) for value, world in INPUTS[what].tried if world in lines
    ]
    decides = tuple([share.conclusion for share in shares])
    missing = made(MissingInput, input=what, would_decide=decides, effects=tuple(effects))
    return sum(share.weight for share in shares), missing


REMEMBERING = (concluded, _reason, _worded_step, _worded_alert, _shares, _missing_input)
