"""What a patient may turn out to be: each input, the values worth trying, and the worlds that try them.

The values of a number come from the criteria that compare it: one on each side of every threshold. So a new threshold
is tried without anybody remembering to add it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, get_args, get_origin

from decision.guideline import CRITERIA, Criterion
from decision.patient import Patient
from decision.truth import WORLDS, Fact, Truth, known

_THRESHOLDS: dict[str, tuple[Criterion, ...]] = {}
for _criterion in CRITERIA.values():
    for _name in _criterion.facts:
        _THRESHOLDS[_name] = (*_THRESHOLDS.get(_name, ()), _criterion)

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


def _fall(thresholds: tuple[Criterion, ...], value: float) -> tuple[bool | None, ...]:
    return tuple([criterion.judge(value) for criterion in thresholds])


def _representatives(thresholds: tuple[Criterion, ...]) -> dict[tuple[bool | None, ...], float]:
    """One value for each way in which the thresholds can fall out, in ascending order."""
    chosen: dict[tuple[bool | None, ...], float] = {}
    for value in sorted({value for criterion in thresholds for value in (*criterion.holds, *criterion.fails)}):
        chosen.setdefault(_fall(thresholds, value), value)
    return chosen


_REPRESENTATIVES = {name: _representatives(thresholds) for name, thresholds in _THRESHOLDS.items()}


@lru_cache(maxsize=8192)
def representative_of(name: str, value: float) -> float:
    """The value that stands for all those that no threshold tells apart: to the rules, 71 years are 72."""
    name = _STANDS_IN.get(name, name)
    return _REPRESENTATIVES[name][_fall(_THRESHOLDS[name], value)]


def _values(name: str) -> tuple[Any, ...]:
    named = _OF_REPORTS.get(name) or _NAMED.get(name)
    if named:
        return named
    if name in _THRESHOLDS:
        numbers = tuple(_representatives(_THRESHOLDS[name]).values())
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
