"""The data of the rules: every criterion at its edges, every entry with sources, bad data refused by file and line."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from decision.guideline import CRITERIA, GUIDELINE, NOT_VERIFIED, Criterion, GuidelineError, load
from decision.inputs import INPUTS, representative_of
from decision.patient import Patient

FOLDER = Path(__file__).parents[2] / "decision" / "guidelines"


@pytest.mark.parametrize("criterion", list(CRITERIA.values()), ids=list(CRITERIA))
def test_criterion_at_its_edge_and_one_step_to_either_side(criterion: Criterion) -> None:
    step = 0.1
    below, edge, above = (criterion.judge(criterion.value + move) for move in (-step, 0, step))
    assert (below, edge, above) == {
        "<": (True, False, False),
        "<=": (True, True, False),
        ">": (False, False, True),
        ">=": (False, True, True),
    }[criterion.op]
    assert all(criterion.judge(value) for value in criterion.holds)
    assert not any(criterion.judge(value) for value in criterion.fails)
    assert criterion.unit
    assert criterion.scope
    assert criterion.used.locator


@pytest.mark.parametrize("criterion", list(CRITERIA.values()), ids=list(CRITERIA))
def test_what_is_compared_is_an_input(criterion: Criterion) -> None:
    assert set(criterion.facts) <= set(INPUTS)


def test_what_is_not_checked_says_so() -> None:
    unchecked = {criterion.id for criterion in CRITERIA.values() if not criterion.used.checked}
    assert unchecked
    for criterion in CRITERIA.values():
        assert criterion.used.note == (NOT_VERIFIED if criterion.id in unchecked else None)
    for source in GUIDELINE.sources.values():
        assert source.note == (None if source.checked else NOT_VERIFIED)


def test_a_criterion_is_only_checked_where_its_source_is() -> None:
    for criterion in CRITERIA.values():
        assert not criterion.used.checked or GUIDELINE.sources[criterion.used.source].checked, criterion.id


def test_every_entry_has_words_and_sources() -> None:
    for entries in GUIDELINE.entries.values():
        for entry in entries.values():
            assert entry.text.strip()
            assert entry.sources


def test_forbidden_words_are_nowhere_printed() -> None:
    """S1-24, S1-37, c-6: total calcium, no fixed least significant change, no DXA-confirmed osteoporosis."""
    printed = " ".join(entry.text for entries in GUIDELINE.entries.values() for entry in entries.values()).lower()
    assert "in addition to diet" not in printed
    assert "dxa-confirmed" not in printed
    assert "confirmed osteoporosis" not in printed


@pytest.mark.parametrize(
    ("value", "stands_for_it"), [(10, 20), (29.9, 20), (30, 30), (34.9, 30), (35, 35), (59, 35), (90, 60)]
)
def test_one_value_stands_for_all_that_no_threshold_tells_apart(value: float, stands_for_it: float) -> None:
    thresholds = [CRITERIA[name] for name in ("renal_30", "renal_35", "renal_60")]
    found = representative_of("egfr", value)
    assert [one.judge(found) for one in thresholds] == [one.judge(value) for one in thresholds]
    assert [one.judge(found) for one in thresholds] == [one.judge(stands_for_it) for one in thresholds]
    assert representative_of("creatinine_clearance", value) == found
    assert found in INPUTS["egfr"].values


def test_no_clinical_number_stands_in_the_code() -> None:
    """A number of two digits or with a decimal point in a rule file is a threshold that escaped the data."""
    for name in ("diagnosis", "risk", "stability", "protocol", "warnings", "facts", "spine"):
        text = (FOLDER.parent / f"{name}.py").read_text(encoding="utf-8")
        code = re.sub(r'""".*?"""|"[^"\n]*"|#.*', "", text, flags=re.DOTALL)
        numbers = {number for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", code) if float(number) >= 22}
        assert numbers <= {"4096"}, name


# ---------------------------------------------------------------------------------------------------- refused at load

Edit = Callable[[str], str]


def edited(tmp_path: Path, name: str, edit: Edit) -> Path:
    folder = tmp_path / "guidelines"
    shutil.copytree(FOLDER, folder)
    path = folder / name
    path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
    return folder


def replace(old: str, new: str) -> Edit:
    def edit(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit


def add(lines: str) -> Edit:
    return lambda text: f"{text}\n{lines}\n"


CRITERION = """[extra]
label = "x"
value = 5
op = "<"
unit = "%"
facts = []
scope = "x"
source = "who1994"
locator = "x"
checked = true
holds = [4]
fails = [5]"""
BROKEN = {
    "duplicate key": ("warnings.toml", add('[w_unstable]\nlevel = "stop"'), "warnings.toml: .*"),
    "broken syntax": ("criteria.toml", add("[open"), "criteria.toml: .*line"),
    "not a table": ("policies.toml", lambda text: f'loose = "x"\n{text}', "policies.toml:1: loose: is not a table"),
    "fails its own edge": (
        "criteria.toml",
        replace("holds   = [-2.5, -3.1]", "holds   = [-2.5, 0.5]"),
        r"should hold for 0\.5",
    ),
    "holds where it should fail": (
        "criteria.toml",
        replace("fails   = [-2.4, 0.0]", "fails   = [-2.4, -3.0]"),
        r"should fail for -3\.0",
    ),
    "edge not tried": (
        "criteria.toml",
        replace("holds   = [-2.5, -3.1]", "holds   = [-3.1]"),
        "does not try its own edge",
    ),
    "no failing value": (
        "criteria.toml",
        replace("fails   = [-2.4, 0.0]", "fails   = []"),
        "needs a value that holds and one that fails",
    ),
    "unknown operator": ("criteria.toml", replace('op      = "<="', 'op      = "=<"'), "op is none of"),
    "unknown source of a criterion": (
        "criteria.toml",
        replace('"who1994"', '"who1995"'),
        r"criteria\.toml:\d+: t_score_osteoporosis: unknown source who1995",
    ),
    "missing field": ("criteria.toml", replace('unit    = "SD"\n', ""), "has no unit"),
    "unknown field": (
        "criteria.toml",
        replace('unit    = "SD"\n', 'unit    = "SD"\nunits = "SD"\n'),
        "has an unknown field units",
    ),
    "unused criterion": ("criteria.toml", add(CRITERION), r"criteria\.toml:\d+: extra: nothing uses it"),
    "unused source": (
        "references.toml",
        add('[extra]\ntitle = "x"\nchecked = true'),
        r"references\.toml:\d+: extra: nothing uses it",
    ),
    "unused policy": (
        "policies.toml",
        add('[c-99]\nconflict = "x"\nresolution = "x"'),
        r"policies\.toml:\d+: c-99: nothing uses it",
    ),
    "unknown source of an entry": (
        "warnings.toml",
        replace('sources = ["ahcpr1994", "judgement"]', 'sources = ["nobody"]'),
        r"warnings\.toml:\d+: w_emergency_first: unknown sources nobody",
    ),
    "unknown criterion of an entry": (
        "tiers.toml",
        replace('criteria = ["t_score_very_low"]', 'criteria = ["t"]'),
        "unknown criteria t",
    ),
    "unknown policy of an entry": (
        "tiers.toml",
        replace('policy   = ["c-18"]', 'policy   = ["c-0"]'),
        "unknown policy c-0",
    ),
    "no source": ("warnings.toml", replace('sources = ["ahcpr1994", "judgement"]', "sources = []"), "names no source"),
    "unknown class": (
        "protocol.toml",
        replace('of           = "rx_anabolic_first"', 'of           = "rx_none"'),
        "component of unknown rx_none",
    ),
}


@pytest.mark.parametrize(("name", "edit", "message"), BROKEN.values(), ids=BROKEN)
def test_bad_data_is_refused(tmp_path: Path, name: str, edit: Edit, message: str) -> None:
    with pytest.raises(GuidelineError, match=message):
        load(edited(tmp_path, name, edit))


def test_the_line_is_named(tmp_path: Path) -> None:
    folder = edited(tmp_path, "tiers.toml", replace('policy   = ["c-18"]', 'policy   = ["c-0"]'))
    lines = (folder / "tiers.toml").read_text(encoding="utf-8").splitlines()
    with pytest.raises(GuidelineError, match=rf"tiers\.toml:{lines.index('[VH3]') + 1}: VH3: unknown policy c-0"):
        load(folder)


def test_a_rule_without_an_entry_and_an_entry_without_a_rule() -> None:
    tiers = list(GUIDELINE.entries["tier"])
    with pytest.raises(GuidelineError, match=r"tiers\.toml:1: VH8: a rule has no entry"):
        GUIDELINE.reached_by("tier", [*tiers, "VH8"])
    with pytest.raises(GuidelineError, match=r"tiers\.toml:\d+: low: no rule reaches it"):
        GUIDELINE.reached_by("tier", [name for name in tiers if name != "low"])


def test_patient_fields_are_all_inputs() -> None:
    assert set(Patient.model_fields) <= set(INPUTS)
