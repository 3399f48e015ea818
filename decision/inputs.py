"""What a patient may turn out to be: each input, the values worth trying, and the worlds that try them.

The values of a number come from the criteria that compare it: one on each side of every threshold. So a new threshold
is tried without anybody remembering to add it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

from decision.guideline import CRITERIA, Criterion
from decision.patient import Patient
from decision.truth import WORLDS, Fact, Truth, known

_OF_REPORTS: dict[str, tuple[Any, ...]] = {
    "acuity": ("acute", "chronic"),
    "marrow_edema": ("present", "absent"),
    "retropulsion": ("present", "absent"),
    "posterior_wall": ("intact", "involved"),
    "posterior_column": ("intact", "injured"),
    "regions_imaged": ("thoracolumbar",),
    "t_score": (),
    "z_score": (),
    "height_loss_percent": (),
    "kyphosis_degrees": (),
    "scoliosis_degrees": (),
}
"""What a report may leave open; the values of the numbers come from the criteria."""

_NAMED: dict[str, tuple[Any, ...]] = {
    "osteoporosis_drug": tuple(
        (name,) for name in ("alendronate", "risedronate", "ibandronate", "zoledronate", "denosumab", "teriparatide",
                             "abaloparatide", "romosozumab", "raloxifene")
    ),
    "mi_or_stroke_months_ago": (),
}  # fmt: skip

_STANDS_IN = {"creatinine_clearance": "egfr"}
"""An input that is asked for under another name."""


class Input:
    """One input: its bit in every ``why``, and the fact as it stands while it is unknown."""

    __slots__ = ("bit", "name", "tried", "unknown", "values", "worlds")

    def __init__(self, name: str, bit: int, values: tuple[Any, ...], first_world: int) -> None:
        self.name = name
        self.bit = bit
        self.values = values
        self.tried = tuple(zip(values, range(first_world, first_world + len(values)), strict=True))
        """Each value with the position of the world that tries it."""
        self.unknown = Fact(tuple((value, 1 << world) for value, world in self.tried), bit)
        self.worlds = self.unknown.worlds_known


def representatives(thresholds: tuple[Criterion, ...]) -> tuple[float, ...]:
    """One value for each way in which the thresholds can fall out, in ascending order."""
    values = sorted({value for criterion in thresholds for value in (*criterion.holds, *criterion.fails)})
    chosen: dict[tuple[bool | None, ...], float] = {}
    for value in values:
        chosen.setdefault(tuple(criterion.judge(value) for criterion in thresholds), value)
    return tuple(chosen.values())


def _values(name: str) -> tuple[Any, ...]:
    named = _OF_REPORTS.get(name) or _NAMED.get(name)
    if named:
        return named
    thresholds = tuple(criterion for criterion in CRITERIA.values() if name in criterion.facts)
    if thresholds:
        numbers = representatives(thresholds)
        return tuple((value, value) for value in numbers) if name == "height_loss_percent" else numbers
    domain = Patient.model_fields[name].annotation
    for part in (domain, *get_args(domain)):
        if get_origin(part) is Literal:
            return get_args(part)
    return (True, False) if bool in get_args(domain) else ()


def lay_out(values: Mapping[str, tuple[Any, ...]], room: int = WORLDS) -> Mapping[str, Input]:
    """Give every input its bit and every value its world; refused where they do not fit."""
    inputs: dict[str, Input] = {}
    world = 1
    for name, tried in values.items():
        inputs[name] = Input(name, 1 << (len(CRITERIA) + len(inputs)), tried, world)
        world += len(tried)
    if world > room:
        raise ValueError(f"{world} worlds do not fit into {room}")
    return inputs


INPUTS = lay_out({name: () if name in _STANDS_IN else _values(name) for name in (*Patient.model_fields, *_OF_REPORTS)})
FIRST_FREE_BIT = len(CRITERIA) + len(INPUTS)


def _flags() -> Mapping[tuple[str, bool | None], Truth]:
    flags: dict[tuple[str, bool | None], Truth] = {}
    for name, one in INPUTS.items():
        flags[name, True] = known(True, one.bit)
        flags[name, False] = known(False, one.bit)
        flags[name, None] = one.unknown.is_(True)
    return flags


FLAGS = _flags()
"""Every input that is answered yes or no, for each answer, as a truth."""
