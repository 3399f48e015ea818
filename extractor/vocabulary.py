"""The words of the field, as data: targets, cues of assertion and modifiers, each record with its own sentences.

A record of ``knowledge/targets.toml`` or ``knowledge/context.toml`` names its literals and carries ``yes`` and ``no``
sentences; without them it does not load. Literals may hold alternatives in braces and an optional part in parentheses:
``{wedge|wedging} deformit{y|ies}`` stands for four.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from extractor.findings import Descriptor

KNOWLEDGE = Path(__file__).parent / "knowledge"

TargetKind = Literal["shape", "mimic", "augmentation", "attribute"]
Cue = Literal["negated", "possible", "historical", "hypothetical", "family", "confirmed", "unchanged"]


class VocabularyError(ValueError):
    """A record of the knowledge files that cannot be used; names the file and the record."""


@dataclass(frozen=True, slots=True)
class Target:
    """A word or phrase that the report can assert of a vertebra.

    ``gives`` are the descriptors that it stands for. A ``weak`` one ("fracture", "collapse") is about a vertebra only
    where the words around it name one. ``value`` is what a ``mimic``, ``augmentation`` or ``attribute`` states.
    """

    id: str
    kind: TargetKind
    literals: tuple[str, ...]
    gives: tuple[Descriptor, ...] = ()
    weak: bool = False
    plural: bool = False
    value: str | None = None
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CueRule:
    """A cue of assertion: what it says of the targets in its scope, and in which direction the scope lies."""

    id: str
    cue: Cue | None
    direction: Literal["FORWARD", "BACKWARD", "BIDIRECTIONAL", "TERMINATE", "PSEUDO"]
    literals: tuple[str, ...]
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()


def expand(literal: str) -> list[str]:
    """Every phrase that a literal with ``{a|b}`` alternatives and ``(optional)`` parts stands for."""
    pieces = re.split(r"(\{[^{}]*\}|\([^()]*\))", literal)
    choices: list[list[str]] = []
    for piece in pieces:
        if piece.startswith("{"):
            choices.append(piece[1:-1].split("|"))
        elif piece.startswith("("):
            choices.append(["", piece[1:-1]])
        else:
            choices.append([piece])
    phrases = ("".join(choice) for choice in itertools.product(*choices))
    return list(dict.fromkeys(re.sub(r"\s+", " ", phrase).strip() for phrase in phrases))


def _records(name: str, table: str) -> list[dict[str, Any]]:
    with (KNOWLEDGE / name).open("rb") as file:
        records: list[dict[str, Any]] = tomllib.load(file)[table]
    seen: set[str] = set()
    for record in records:
        where = f"{name}: {table} {record.get('id', '(without id)')}"
        if not record.get("id") or record["id"] in seen:
            raise VocabularyError(f"{where}: an id is needed, once")
        seen.add(record["id"])
        for key in ("literals", "yes", "no"):
            if not record.get(key):
                raise VocabularyError(f"{where}: needs at least one of {key!r}")
        record["literals"] = tuple(phrase for literal in record["literals"] for phrase in expand(literal))
        record["yes"], record["no"] = tuple(record["yes"]), tuple(record["no"])
    return records


@cache
def targets() -> tuple[Target, ...]:
    """Every target, in the order of the file."""
    return tuple(
        Target(**{**record, "gives": cast(tuple[Descriptor, ...], tuple(record.get("gives", ())))})
        for record in _records("targets.toml", "target")
    )


@cache
def targets_by_id() -> dict[str, Target]:
    """Targets by their id."""
    return {target.id: target for target in targets()}


@cache
def cues() -> tuple[CueRule, ...]:
    """Every cue of assertion, in the order of the file."""
    return tuple(CueRule(**{"cue": None, **record}) for record in _records("context.toml", "cue"))


@cache
def cues_by_id() -> dict[str, CueRule]:
    """Cues by their id."""
    return {cue.id: cue for cue in cues()}


@cache
def modifiers() -> dict[str, dict[str, list[str]]]:
    """Adjectives and adverbs by field and value: severity, acuity, change, wedge direction and the like."""
    with (KNOWLEDGE / "modifiers.toml").open("rb") as file:
        fields = tomllib.load(file)
    return {field: {value: record["literals"] for value, record in values.items()} for field, values in fields.items()}


def alternation(literals: list[str]) -> str:
    """A regular expression for whole words of any of the literals, longest first, any white space between words."""
    phrases = sorted({phrase for literal in literals for phrase in expand(literal)}, key=len, reverse=True)
    return "|".join(re.escape(phrase).replace(r"\ ", r"\s+") for phrase in phrases)
