from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from osteoreport.evaluation import Evaluation, GoldRefused, facts_of, read_gold, score
from tests.osteoreport.conftest import Ran

REPORT: dict[str, Any] = {
    "vertebral_fracture": "present",
    "modality": "radiograph",
    "vertebrae": [
        {
            "level": "L2",
            "assertion": "present",
            "descriptors": ["wedging", "collapse"],
            "height_loss_percent": [25, 30.0],
            "genant_grade": 0,
            "etiologies": {"pathologic": "possible"},
            "acuity": "acute",
            "evidence": [{"start": 4, "end": 9}],
        },
        {"level": "L3", "assertion": "possible", "mimic": "schmorl_node"},
        {"level": "T12", "assertion": "absent", "severity": "mild"},
        {"level": None, "region": "thoracic", "portion": "mid", "assertion": "present"},
        {"level": "L1", "element": "posterior", "assertion": "present", "acuity": "acute"},
        {"level": "T9", "assertion": "historical"},
    ],
    "bone_density": [
        {"site": "lumbar_spine", "vertebrae": ["L1", "L2"], "t_score": -2, "bmd_g_cm2": 0.81234},
        {"site": "total_hip", "side": "left", "when": "prior", "z_score": 0},
    ],
    "densitometry": {"classification": {"value": "osteoporosis", "evidence": []}, "tbs": None, "device": "Hologic"},
    "clinical": {"age_years": {"value": 72}, "back_pain": False, "osteoporosis_therapy": ["b", "a"], "sex": None},
    "alignment": {"kyphosis": {"degrees": 40, "at": []}, "scoliosis": {"assertion": "present"}},
}


def test_a_report_taken_apart() -> None:
    assert {table: set(facts) for table, facts in facts_of(REPORT).items()} == {
        "levelled": {("L2", "present"), ("L3", "possible"), ("T9", "historical")},
        "levels": {("L2",)},
        "unlevelled": {("thoracic/mid", "present")},
        "cleared": {("T12",)},
        "posterior": {("L1", "present")},
        "attr:descriptors": {("L2", "wedging"), ("L2", "collapse")},
        "attr:height_loss_percent": {("L2", 25.0, 30.0)},
        "attr:genant_grade": {("L2", 0.0)},
        "attr:etiologies": {("L2", "pathologic", "possible")},
        "attr:acuity": {("L2", "acute")},
        "attr:mimic": {("L3", "schmorl_node")},
        "dxa tuple": {
            ("lumbar_spine", None, ("L1", "L2"), "current", "t_score", -2.0),
            ("lumbar_spine", None, ("L1", "L2"), "current", "bmd_g_cm2", 0.812),
            ("total_hip", "left", (), "prior", "z_score", 0.0),
        },
        "dxa site+value": {
            ("lumbar_spine", "current", "t_score", -2.0),
            ("lumbar_spine", "current", "bmd_g_cm2", 0.812),
            ("total_hip", "prior", "z_score", 0.0),
        },
        "dxa value": {("t_score", -2.0), ("bmd_g_cm2", 0.812), ("z_score", 0.0)},
        "densitometry": {("classification", "osteoporosis")},
        "clinical": {("age_years", 72.0), ("back_pain", False), ("osteoporosis_therapy", "a"),
                     ("osteoporosis_therapy", "b")},
        "angles": {("kyphosis", 40.0)},
    }  # fmt: skip


def status(verdict: str, *levels: str) -> dict[str, Any]:
    return {"vertebral_fracture": verdict, "vertebrae": [{"level": level, "assertion": "present"} for level in levels]}


def scored(*pairs: tuple[dict[str, Any], dict[str, Any]], **options: Any) -> Evaluation:
    found = {str(number): pair[1] for number, pair in enumerate(pairs)}
    rows = [{"id": number, "text": "", "gold": pair[0]} for number, pair in enumerate(pairs)]
    return score(rows, lambda _, report_id: found[report_id], **options)


def test_scores_by_hand() -> None:
    result = scored(
        (status("present", "L1", "L2"), status("present", "L1", "L3")),
        (status("present", "T12"), status("possible")),
        (status("absent"), status("present", "L5")),
        (status("absent"), status("absent")),
    )
    levels = result.tables["levels"]
    assert (levels.right, levels.missed, levels.extra, levels.support) == (1, 2, 2, 3)
    assert (levels.precision, levels.recall, levels.f1) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert (result.present.precision, result.present.recall, result.present.f1) == (0.5, 0.5, 0.5)
    assert result.accuracy == 0.5
    assert (result.levels_right, result.with_levels) == (0, 3)
    assert [error.report_id for error in levels.errors] == ["0", "1", "2"]


def test_nothing_claimed_and_nothing_true() -> None:
    empty = scored((status("absent"), status("absent"))).tables["levels"]
    assert (empty.precision, empty.recall, empty.f1, empty.support) == (1, 1, 1, 0)
    silent = scored((status("present", "L1"), status("absent"))).tables["levels"]
    assert (silent.precision, silent.recall, silent.f1) == (1, 0, 0)


def test_a_crash_is_an_empty_answer_and_hard_reports_can_be_left_out() -> None:
    rows = [
        {"id": "a", "text": "", "gold": status("present", "L1")},
        {"id": "b", "text": "", "gold": status("present", "L1") | {"hard": True}},
    ]

    def crash(text: str, report_id: str) -> dict[str, Any]:
        raise ZeroDivisionError(text)

    result = score(rows, crash, skip_hard=True)
    assert result.crashes == [("a", "ZeroDivisionError")]
    assert result.status == {("present", "not_mentioned"): 1}
    assert result.tables["levels"].missed == 1


def test_the_command_lists_errors_by_id_and_offset(
    tmp_path: Path, fakes: None, osteoreport: Callable[..., Ran]
) -> None:
    text = "SENTINEL: compression fracture of L2"
    gold = status("present", "L3") | {"modality": None}
    gold["vertebrae"][0]["evidence"] = [{"start": 0, "end": 8}]
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps({"id": "r9", "text": text, "gold": gold}) + "\n")
    ran = osteoreport("evaluate", path, "--errors", "5")
    assert ran.code == 0
    assert "r9: missed L3 at 0-8" in ran.out
    assert "r9: extra L2 at 10-36" in ran.out
    assert "SENTINEL" not in ran.out + ran.err
    ran = osteoreport("evaluate", path, "--format", "json")
    result = json.loads(ran.out)
    assert result["fields"]["levels"]["f1"] == 0
    assert result["fields"]["levels"]["errors"] == [
        {"id": "r9", "missed": [{"fact": ["L3"], "at": [[0, 8]]}], "extra": [{"fact": ["L2"], "at": [[10, 36]]}]}
    ]


@pytest.mark.parametrize(
    "line",
    ['{"id": "a", "text": "SENTINEL", "gold"', '["SENTINEL"]', '{"id": "a", "text": "SENTINEL"}',
     '{"id": "a", "text": "SENTINEL", "gold": {}}', '{"text": "SENTINEL", "gold": {"vertebral_fracture": "absent"}}'],
)  # fmt: skip
def test_gold_that_is_none_is_refused_by_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text('{"id": "a", "text": "", "gold": {"vertebral_fracture": "absent"}}\n' + line + "\n")
    with pytest.raises(GoldRefused, match=r"gold\.jsonl, line 2: ") as refused:
        list(read_gold([path]))
    assert "SENTINEL" not in str(refused.value)


def test_a_missing_gold_file_is_refused(tmp_path: Path, osteoreport: Callable[..., Ran]) -> None:
    ran = osteoreport("evaluate", tmp_path / "none.jsonl")
    assert ran.code == 4
    assert "cannot read" in ran.err
