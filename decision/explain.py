"""What stands behind an id: the rule in words, its thresholds, its sources, and the policy where sources conflict."""

from __future__ import annotations

from decision.assessment import CriterionUsed, Source
from decision.conclusions import rule_words
from decision.diagnosis import DIAGNOSES
from decision.guideline import GUIDELINE, Criterion
from decision.protocol import ITEMS
from decision.risk import VERY_HIGH
from decision.stability import COMPONENTS
from decision.warnings import WARNINGS
from extractor.findings import Model


class Explanation(Model):
    """One id, explained. ``rule`` is what a clinician can read aloud; ``text`` is what the output prints."""

    id: str
    kind: str
    rule: str
    text: str
    criteria: tuple[CriterionUsed, ...] = ()
    sources: tuple[Source, ...] = ()
    policies: tuple[str, ...] = ()


_RULES = {
    **{rule.__name__: ("diagnosis", rule) for rule in DIAGNOSES},
    **{name: ("item", rule) for name, rule in ITEMS.items()},
    **{name: ("warning", rule) for name, rule in WARNINGS.items()},
    **{rule.__name__: ("component", rule) for rule in COMPONENTS},
    **{code: ("tier", rule) for code, rule in VERY_HIGH.items()},
}


def explain(id: str) -> Explanation:
    """Explain a diagnosis, warning, item, risk code, tier, stability component, criterion or policy.

    Raises ``KeyError`` for an id that the rules do not know.
    """
    if id in GUIDELINE.criteria:
        return _criterion(GUIDELINE.criteria[id])
    if id in GUIDELINE.policies:
        conflict = GUIDELINE.files["policy"].tables[id]["conflict"]
        return Explanation(id=id, kind="policy", rule=GUIDELINE.policies[id], text=conflict)
    for kind, entries in GUIDELINE.entries.items():
        # diagnosis and warning may not share an id; the cervical fracture is a diagnosis
        if id in entries:
            entry = entries[id]
            rule = rule_words(_RULES[id][1]) if id in _RULES else entry.text
            return Explanation(
                id=id,
                kind=kind,
                rule=rule,
                text=entry.text,
                criteria=tuple(criterion.used for criterion in entry.criteria),
                sources=entry.sources,
                policies=tuple(f"{policy}: {GUIDELINE.policies[policy]}" for policy in entry.policy),
            )
    raise KeyError(f"unknown id: {id}")


def _criterion(criterion: Criterion) -> Explanation:
    return Explanation(
        id=criterion.id,
        kind="criterion",
        rule=f"{criterion.label}: {criterion.scope}",
        text=f"{criterion.op} {criterion.value:g} {criterion.unit}",
        criteria=(criterion.used,),
        sources=(GUIDELINE.sources[criterion.used.source],),
    )
