"""Every sentence of ``tests/cases/sentences``: its verdict, the whole set of its vertebrae and what is said of them.

Of a densitometry it may also tell every measurement (``density``), what the report concludes (``concluded``) and the
codes of all issues (``issues``).

A case that is not read right yet carries ``open = "what differs"`` and is expected to fail; one that has come right
must lose its mark, so the list of open cases only shrinks. ``python -m tests.extractor.test_sentences --refresh`` sets
and removes the marks as the extractor reads the cases now; ``--show hedges`` (a file, or a case as ``hedges-12``)
prints what differs.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extractor import extract
from extractor.findings import Alignment, BoneDensity, Densitometry, ReportFindings, VertebralFinding

CASES = Path(__file__).resolve().parent.parent / "cases" / "sentences"
WRITTEN = 2_902
"""Cases written so far; a case is corrected, never dropped."""

STILL_OPEN = 116
"""No more cases than these may be open; lower it as the list shrinks."""

_HEAD = "[[case]]"
_WHICH = ("level", "region", "portion", "element")


@dataclass(frozen=True, slots=True)
class Case:
    name: str
    text: str = field(repr=False)
    verdict: str
    vertebrae: tuple[VertebralFinding, ...]
    alignment: Alignment | None
    density: tuple[BoneDensity, ...] | None
    concluded: Densitometry | None
    issues: tuple[str, ...] | None
    open: str | None


@cache
def cases() -> tuple[Case, ...]:
    return tuple(case for path in sorted(CASES.glob("*.toml")) for case in _read(path))


def _read(path: Path) -> Iterator[Case]:
    for number, given in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["case"], start=1):
        alignment, density = given.pop("alignment", None), given.pop("density", None)
        concluded, issues = given.pop("concluded", None), given.pop("issues", None)
        yield Case(
            name=f"{path.stem}-{number}",
            text=given.pop("text"),
            verdict=given.pop("verdict"),
            vertebrae=tuple(VertebralFinding.model_validate(vertebra) for vertebra in given.pop("vertebrae")),
            alignment=None if alignment is None else Alignment.model_validate(alignment),
            density=None if density is None else tuple(BoneDensity.model_validate(entry) for entry in density),
            concluded=None if concluded is None else Densitometry.model_validate(concluded),
            issues=None if issues is None else tuple(issues),
            open=given.pop("open", None),
        )
        assert not given, f"{path.stem}-{number} has keys that no test reads: {sorted(given)}"


# ----------------------------------------------------------------------------------------------------------- comparison

Said = dict[str, Any]


def vertebra_said(finding: VertebralFinding) -> Said:
    """What a finding says: its stated fields without evidence; the region only where it does not follow the level."""
    said = _stated(finding.model_dump(mode="json", exclude={"evidence", "confidence"}))
    if finding.level is not None:
        del said["region"]
    return said


def alignment_said(alignment: Alignment) -> Said:
    said = alignment.model_dump(mode="json", exclude={"kyphosis": {"evidence"}, "scoliosis": {"evidence"}})
    slips = [_stated(slip.model_dump(mode="json", exclude={"evidence"})) for slip in alignment.listhesis]
    curves = {name: _stated(said[name] or {}) for name in ("kyphosis", "scoliosis")}
    return _stated({**curves, "listhesis": slips})


def _stated(fields: Said) -> Said:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def density_said(entries: Iterable[BoneDensity]) -> list[Said]:
    hidden = {"evidence", "confidence"}
    return _sorted(_stated(entry.model_dump(mode="json", exclude=hidden)) for entry in entries)


def concluded_said(densitometry: Densitometry) -> Said:
    return {name: fact["value"] for name, fact in densitometry.model_dump(mode="json").items() if fact is not None}


def expected(case: Case) -> Said:
    said: Said = {"verdict": case.verdict, "vertebrae": _sorted(vertebra_said(finding) for finding in case.vertebrae)}
    if case.alignment is not None:
        said["alignment"] = alignment_said(case.alignment)
    if case.density is not None:
        said["density"] = density_said(case.density)
    if case.concluded is not None:
        said["concluded"] = concluded_said(case.concluded)
    if case.issues is not None:
        said["issues"] = sorted(case.issues)
    return said


def found(case: Case, report: ReportFindings) -> Said:
    said: Said = {
        "verdict": report.vertebral_fracture,
        "vertebrae": _sorted(vertebra_said(finding) for finding in report.vertebrae),
    }
    if case.alignment is not None:
        said["alignment"] = alignment_said(report.alignment)
    if case.density is not None:
        said["density"] = density_said(report.bone_density)
    if case.concluded is not None:
        said["concluded"] = concluded_said(report.densitometry)
    if case.issues is not None:
        said["issues"] = sorted(issue.code for issue in report.issues)
    return said


def _sorted(said: Iterable[Said]) -> list[Said]:
    return sorted(said, key=lambda vertebra: json.dumps(vertebra, sort_keys=True))


def difference(want: Said, got: Said) -> str | None:
    """Name what differs: the fields of the vertebrae, or which vertebrae there are, then the verdict."""
    names = []
    missing = [said for said in want["vertebrae"] if said not in got["vertebrae"]]
    extra = [said for said in got["vertebrae"] if said not in want["vertebrae"]]
    if Counter(map(_which, missing)) == Counter(map(_which, extra)):
        for said in missing:
            other = next(other for other in extra if _which(other) == _which(said))
            names += [name for name in said.keys() | other.keys() if said.get(name) != other.get(name)]
    else:
        names.append("missing" if not extra else "extra" if not missing else "other vertebrae")
    if want["vertebrae"] != got["vertebrae"] and not names:
        names.append("number of findings")
    others = ("alignment", "density", "concluded", "issues", "verdict")
    names += [name for name in others if want.get(name) != got.get(name)]
    return ", ".join(sorted(set(names))) or None


def _which(said: Said) -> tuple[Any, ...]:
    return tuple(said.get(name) for name in _WHICH)


# ---------------------------------------------------------------------------------------------------------------- tests


def _parameters() -> Iterator[Any]:
    for case in cases():
        marks = [pytest.mark.xfail(raises=AssertionError, strict=True, reason=case.open)] if case.open else []
        yield pytest.param(case, id=case.name, marks=marks)


@pytest.mark.parametrize("case", list(_parameters()))
def test_sentence(case: Case) -> None:
    assert found(case, extract(case.text)) == expected(case)


def test_every_case_is_there_and_few_are_open() -> None:
    assert len(cases()) >= WRITTEN
    assert len({case.text for case in cases()}) == len(cases())
    assert sum(case.open is not None for case in cases()) <= STILL_OPEN


def test_every_file_has_what_is_and_what_is_not() -> None:
    for path in CASES.glob("*.toml"):
        own = list(_read(path))
        assert len({case.verdict for case in own}) >= 2, path.stem
        assert {bool(case.vertebrae) for case in own} == {True, False}, path.stem


@pytest.mark.parametrize(
    ("want", "got", "named"),
    [
        ([{"level": "L1"}], [{"level": "L1"}], None),
        ([{"level": "L1"}], [], "missing"),
        ([], [{"level": "L1"}], "extra"),
        ([{"level": "L1"}], [{"level": "L2"}], "other vertebrae"),
        ([{"level": "L1", "severity": "mild"}], [{"level": "L1", "acuity": "acute"}], "acuity, severity"),
        ([{"level": "L1", "assertion": "present"}], [{"level": "L1", "assertion": "absent"}], "assertion"),
        ([{"level": None}, {"level": None}], [{"level": None}], "number of findings"),
    ],
)
def test_what_differs_is_named(want: list[Said], got: list[Said], named: str | None) -> None:
    assert difference({"verdict": "present", "vertebrae": want}, {"verdict": "present", "vertebrae": got}) == named
    assert difference({"verdict": "present", "vertebrae": want}, {"verdict": "absent", "vertebrae": got}) == (
        ", ".join(sorted([*(named.split(", ") if named else []), "verdict"]))
    )


# ---------------------------------------------------------------------------------------------------------------- marks


def refresh(path: Path) -> int:
    """Set the marks of a file as its cases are read now; nothing else in it changes. Gives the number of open cases."""
    marks = iter([difference(expected(case), found(case, extract(case.text))) for case in _read(path)])
    lines: list[str] = []
    is_open = 0
    for line in path.read_text(encoding="utf-8").split("\n"):
        if not line.startswith("open = "):
            lines.append(line)
        if line == _HEAD:
            mark = next(marks)
            if mark is not None:
                lines.append(f'open = "{mark}"')
                is_open += 1
    assert next(marks, "all") == "all", path.name
    path.write_text("\n".join(lines), encoding="utf-8")
    return is_open


def _show(which: str) -> Iterator[str]:
    for case in cases():
        want, got = expected(case), found(case, extract(case.text))
        if which in (case.name, case.name.rpartition("-")[0], "all") and want != got:
            yield f"{case.name}: {case.text!r}"
            yield from (f"  - {name}: {want[name]}" for name in want if name != "vertebrae" and want[name] != got[name])
            yield from (f"  + {name}: {got[name]}" for name in got if name != "vertebrae" and want[name] != got[name])
            yield from (f"  - {said}" for said in want["vertebrae"] if said not in got["vertebrae"])
            yield from (f"  + {said}" for said in got["vertebrae"] if said not in want["vertebrae"])


if __name__ == "__main__":
    if sys.argv[1:] == ["--refresh"]:
        sys.stdout.write(f"{sum(refresh(path) for path in sorted(CASES.glob('*.toml')))} cases are open\n")
    elif sys.argv[1:2] == ["--show"]:
        sys.stdout.writelines(f"{line}\n" for which in sys.argv[2:] for line in _show(which))
    else:
        sys.exit("python -m tests.extractor.test_sentences --refresh | --show FILE|CASE ...")
