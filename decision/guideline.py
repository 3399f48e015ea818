"""The clinical data of the rules, read once and checked: numbers, sources, and the words of every output.

Data holds words and numbers; the if, and, or is in the rule functions. What is wrong with a file is refused at load
with the file and the line: an unknown id, a missing source, a duplicate key, a criterion that fails its own edges, an
entry that no rule reaches, a rule that has no entry.
"""

from __future__ import annotations

import operator
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from decision.assessment import CriterionUsed, Source

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class GuidelineError(ValueError):
    """A data file is wrong; the message begins with the file and the line."""


class DataFile:
    """One TOML file of tables, with the line of each, so that what is wrong can be pointed at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._text = path.read_text(encoding="utf-8")
        try:
            self.tables: dict[str, dict[str, Any]] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise GuidelineError(f"{path.name}: {error}") from None
        for key, table in self.tables.items():
            if not isinstance(table, dict):
                self.refuse(key, "is not a table")

    def refuse(self, key: str, message: str) -> NoReturn:
        """Raise, naming the file and the line on which ``key`` stands."""
        lines = self._text.splitlines()
        heads = (f"[{key}]", f"{key} ", f"{key}=")
        line = next((number for number, text in enumerate(lines, 1) if text.startswith(heads)), 1)
        raise GuidelineError(f"{self.path.name}:{line}: {key}: {message}")

    def fields(self, key: str, required: Iterable[str], optional: Iterable[str] = ()) -> dict[str, Any]:
        """The table ``key``, which must hold every required field and none that is not named."""
        table = self.tables[key]
        for name in required:
            if name not in table:
                self.refuse(key, f"has no {name}")
        for name in table:
            if name not in required and name not in optional:
                self.refuse(key, f"has an unknown field {name}")
        return table


@dataclass(frozen=True, slots=True)
class Criterion:
    """A threshold: on which side of ``value`` a number falls. ``bit`` marks it in the ``why`` of a truth."""

    id: str
    label: str
    value: float
    op: str
    unit: str
    facts: tuple[str, ...]
    scope: str
    used: CriterionUsed
    holds: tuple[float, ...]
    fails: tuple[float, ...]
    bit: int
    compare: Callable[[float, float], bool]

    def judge(self, measured: float | tuple[float, float]) -> bool | None:
        """Whether a number, or a range as a whole, meets it; ``None`` for a range that lies on both sides.

        "< X" is decided on the high end and ">= X" on the low end of a range: 25-30 % is not below 28.5 and not above.
        """
        if isinstance(measured, tuple):
            low, high = (self.compare(end, self.value) for end in measured)
            return low if low == high else None
        return self.compare(measured, self.value)


@dataclass(frozen=True, slots=True)
class Entry:
    """The words of one id: what is printed, and which criteria, sources and policies stand behind its rule."""

    id: str
    text: str
    criteria: tuple[Criterion, ...]
    source_ids: tuple[str, ...]
    sources: tuple[Source, ...]
    policy: tuple[str, ...]
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guideline:
    """All data of the rules. ``entries`` is by kind: diagnosis, tier, component, item, warning."""

    criteria: Mapping[str, Criterion]
    sources: Mapping[str, Source]
    entries: Mapping[str, Mapping[str, Entry]]
    policies: Mapping[str, str]
    profiles: Mapping[str, Mapping[str, Any]]
    phrases: Mapping[str, str]
    files: Mapping[str, DataFile]

    def reached_by(self, kind: str, rules: Iterable[str]) -> None:
        """Refuse a rule without an entry, and an entry that no rule reaches."""
        entries, file = self.entries[kind], self.files[kind]
        names = set(rules)
        for name in names - set(entries):
            raise GuidelineError(f"{file.path.name}:1: {name}: a rule has no entry")
        for name in entries:
            if name not in names:
                file.refuse(name, "no rule reaches it")


_KINDS: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    # kind: file, the field that holds the text, further required fields, optional fields
    "diagnosis": ("diagnoses.toml", "statement", ("number",), ()),
    "tier": ("tiers.toml", "text", (), ()),
    "component": ("stability.toml", "label", ("threshold",), ()),
    "item": ("protocol.toml", "action", ("kind",), ("in_emergency", "of", "drug", "variants")),
    "warning": ("warnings.toml", "text", ("level",), ("asks", "variants")),
}
_COMMON = ("criteria", "sources", "policy")


def load(folder: Path) -> Guideline:
    """Read and check every file of ``folder``."""
    references = DataFile(folder / "references.toml")
    sources: dict[str, Source] = {}
    for key in references.tables:
        table = references.fields(key, ("title", "checked"), ("year", "url", "read_at"))
        sources[key] = Source(
            id=key, title=table["title"], year=table.get("year"), locator=table.get("read_at"), url=table.get("url"),
            checked=table["checked"], note=_note(table["checked"]),
        )  # fmt: skip
    criteria_file = DataFile(folder / "criteria.toml")
    criteria = {
        key: _criterion(criteria_file, key, position, sources) for position, key in enumerate(criteria_file.tables)
    }
    policies_file = DataFile(folder / "policies.toml")
    policies = {
        key: policies_file.fields(key, ("conflict", "resolution"))["resolution"] for key in policies_file.tables
    }
    profiles = DataFile(folder / "profiles.toml")
    for key in profiles.tables:
        profiles.fields(key, ("label", "anabolic_for"))
    phrases_file = DataFile(folder / "phrases.toml")
    phrases = {key: phrases_file.fields(key, ("text",))["text"] for key in phrases_file.tables}
    files = {"criterion": criteria_file, "source": references, "policy": policies_file, "profile": profiles}
    entries: dict[str, dict[str, Entry]] = {}
    for kind, (name, text, required, optional) in _KINDS.items():
        file = files[kind] = DataFile(folder / name)
        entries[kind] = {
            key: _entry(file, key, text, required, optional, criteria, sources, policies) for key in file.tables
        }
    guideline = Guideline(criteria, sources, entries, policies, profiles.tables, phrases, files)
    _refuse_what_is_unused(guideline)
    return guideline


NOT_VERIFIED = "not verified against its source"


def _note(checked: bool) -> str | None:
    return None if checked else NOT_VERIFIED


def _criterion(file: DataFile, key: str, position: int, sources: Mapping[str, Source]) -> Criterion:
    names = ("label", "value", "op", "unit", "facts", "scope", "source", "locator", "checked", "holds", "fails")
    table = file.fields(key, names)
    if table["op"] not in _OPERATORS:
        file.refuse(key, "op is none of < <= > >=")
    if table["source"] not in sources:
        file.refuse(key, f"unknown source {table['source']}")
    used = CriterionUsed(
        id=key, label=table["label"], value=table["value"], operator=table["op"], unit=table["unit"],
        source=table["source"], locator=table["locator"], checked=table["checked"], note=_note(table["checked"]),
    )  # fmt: skip
    criterion = Criterion(
        key, table["label"], table["value"], table["op"], table["unit"], tuple(table["facts"]), table["scope"], used,
        tuple(table["holds"]), tuple(table["fails"]), 1 << position, _OPERATORS[table["op"]],
    )  # fmt: skip
    if not criterion.holds or not criterion.fails:
        file.refuse(key, "needs a value that holds and one that fails")
    if criterion.value not in criterion.holds + criterion.fails:
        file.refuse(key, "does not try its own edge")
    for value in criterion.holds:
        if not criterion.judge(value):
            file.refuse(key, f"should hold for {value}")
    for value in criterion.fails:
        if criterion.judge(value):
            file.refuse(key, f"should fail for {value}")
    return criterion


def _entry(
    file: DataFile,
    key: str,
    text: str,
    required: tuple[str, ...],
    optional: tuple[str, ...],
    criteria: Mapping[str, Criterion],
    sources: Mapping[str, Source],
    policies: Mapping[str, str],
) -> Entry:
    table = file.fields(key, (text, "sources", *required), (*_COMMON, *optional))
    for name, there in (("criteria", criteria), ("sources", sources), ("policy", policies)):
        for value in table.get(name, ()):
            if value not in there:
                file.refuse(key, f"unknown {name} {value}")
    if not table["sources"]:
        file.refuse(key, "names no source")
    if "of" in table and table["of"] not in file.tables:
        file.refuse(key, f"component of unknown {table['of']}")
    return Entry(
        key,
        table[text],
        tuple(criteria[value] for value in table.get("criteria", ())),
        tuple(table["sources"]),
        tuple(sources[value] for value in table["sources"]),
        tuple(table.get("policy", ())),
        {name: value for name, value in table.items() if name not in (text, *_COMMON)},
    )


def _refuse_what_is_unused(guideline: Guideline) -> None:
    everything = [entry for entries in guideline.entries.values() for entry in entries.values()]
    criteria = {criterion.id for entry in everything for criterion in entry.criteria}
    sources = {source.id for entry in everything for source in entry.sources}
    sources |= {criterion.used.source for criterion in guideline.criteria.values()}
    policies = {policy for entry in everything for policy in entry.policy}
    for kind, ids, used in (
        ("criterion", guideline.criteria, criteria),
        ("source", guideline.sources, sources),
        ("policy", guideline.policies, policies),
    ):
        for key in ids:
            if key not in used:
                guideline.files[kind].refuse(key, "nothing uses it")


GUIDELINE = load(Path(__file__).parent / "guidelines")
CRITERIA = GUIDELINE.criteria
