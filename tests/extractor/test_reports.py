"""Whole reports: the worked examples, what an addendum changes, silence, and floors under the scores of the corpora."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from extractor import extract
from extractor.findings import ReportFindings
from osteoreport.evaluation import facts_of, score
from tests.extractor import corpora
from tests.extractor.corpora import ANNOTATED, NAMES

# ------------------------------------------------------------------------------------------------------------ examples


def gold(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((ANNOTATED / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def told(report: Mapping[str, Any]) -> dict[str, Any]:
    """The verdict, the modality and every fact that can be scored, without evidence."""
    facts = {table: sorted(map(str, own)) for table, own in facts_of(report).items()}
    return {"verdict": report["vertebral_fracture"], "modality": report.get("modality"), **facts}


EXAMPLES = sorted(path.stem for path in (ANNOTATED / "examples").glob("*.json"))
_OPEN = {
    "addendum_moves_level": "attr:descriptors, attr:height_loss_percent",
    "combined_film_and_dxa": "densitometry",
    "ct_abdomen_incidental": "attr:change",
    "ct_burst_trauma": "attr:posterior_column",
    "founding_case_reworded_1": "modality",
    "founding_case_reworded_2": "attr:descriptors, attr:wedge_direction, modality",
    "telegraphic_note": "attr:acuity, attr:descriptors, levelled, levels",
    "thoracic_multiple_old": "attr:severity",
}
"""Examples that are not read right yet, with what differs: ``python -m tests.extractor.test_reports`` prints them."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.xfail(raises=AssertionError, strict=True, reason=_OPEN[name]))
        if name in _OPEN
        else name
        for name in EXAMPLES
    ],
)
def test_an_example_is_read_whole(name: str) -> None:
    assert told(corpora.findings(name).model_dump(mode="json")) == told(gold(name))


def test_every_example_has_its_text() -> None:
    assert list(corpora.examples()) == EXAMPLES
    assert len(EXAMPLES) >= 30
    assert _OPEN.keys() <= set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_has_its_verdict(name: str) -> None:
    assert corpora.findings(name).vertebral_fracture == gold(name)["vertebral_fracture"]


# -------------------------------------------------------------------------------------------------- addenda and issues

FRACTURE = "FINDINGS: Compression fracture of L3 with 40% loss of height.\nIMPRESSION: L3 compression fracture.\n"


def vertebrae(report: ReportFindings) -> list[tuple[str | None, str]]:
    return [(found.level, found.assertion) for found in report.vertebrae]


@pytest.mark.parametrize(
    ("addendum", "expected", "corrected"),
    [
        ("", [("L3", "present")], False),
        ("ADDENDUM: Comparison films are now available.", [("L3", "present")], False),
        ("ADDENDUM: The fractured vertebra is L2, not L3.", [("L2", "present")], True),
        ("ADDENDUM: The level should read L2 instead of L3.", [("L2", "present")], True),
        ("ADDENDUM: The statement of a fracture of L1 is withdrawn.", [("L3", "present")], False),
        ("ADDENDUM: Please read L2 wherever L3 is written above.", [("L2", "present")], True),
        ("ADDENDUM: There is also a compression fracture of T12.", [("T12", "present"), ("L3", "present")], True),
    ],
)
def test_an_addendum_replaces_what_it_corrects(addendum: str, expected: list[Any], corrected: bool) -> None:
    report = extract(FRACTURE + addendum)
    assert [pair for pair in vertebrae(report) if pair[1] != "absent"] == expected
    assert ("addendum_correction" in {issue.code for issue in report.issues}) is corrected
    assert report.vertebral_fracture == "present"


@pytest.mark.parametrize(
    "heading",
    [
        "ADDENDUM:",
        "** ADDENDUM **",
        "ADDENDUM 16:40.",
        "Addendum 02:31h, second look:",
        "SUPPLEMENTARY REPORT:",
    ],
)
@pytest.mark.parametrize(
    ("addendum", "field", "value"),
    [
        ("The loss of height of L3 is mild, 15 percent, not 40.", "height_loss_percent", (15, 15)),
        ("The loss of height of L3 should read 15%, not 40%.", "height_loss_percent", (15, 15)),
        ("The fracture of L3 is therefore old.", "acuity", "chronic"),
        ("The fracture is severe.", "severity", "severe"),
    ],
)
def test_a_value_of_an_addendum_replaces_the_first_one(heading: str, addendum: str, field: str, value: object) -> None:
    first = "FINDINGS: Moderate recent compression fracture of L3 with 40% loss of height.\n"
    report = extract(f"{first}{heading} {addendum}")
    assert [getattr(found, field) for found in report.vertebrae] == [value]
    assert "addendum_correction" in {issue.code for issue in report.issues}
    assert [getattr(found, field) for found in extract(first + "Addendum may follow.").vertebrae] != [value]


def test_what_an_addendum_withdraws() -> None:
    fracture = extract("FINDINGS: Fracture of L3.\nADDENDUM: The statement of a fracture of L3 is withdrawn.")
    assert vertebrae(fracture) == [("L3", "absent")]
    second_look = 'ADDENDUM: The upper plate of T8 is depressed. The statement "no fracture" is withdrawn.'
    assert vertebrae(extract("FINDINGS: No fracture.\n" + second_look)) == [("T8", "present")]


@pytest.mark.parametrize(
    ("first", "addendum", "verdict", "mimic"),
    [
        ("Suspected fracture of L4.", "L4 is a limbus vertebra. There is no fracture.", "absent", "limbus"),
        ("Suspected fracture of L4.", "Compared with 2019.", "possible", None),
        ("Limbus vertebra L4.", "There is a fracture of L4.", "present", None),
    ],
)
def test_an_addendum_settles_whether_it_is_a_mimic(first: str, addendum: str, verdict: str, mimic: str | None) -> None:
    report = extract(f"FINDINGS: {first}\nADDENDUM: {addendum}")
    assert report.vertebral_fracture == verdict
    assert [(found.level, found.mimic) for found in report.vertebrae] == [("L4", mimic)]


def test_all_vertebrae_move_when_they_are_counted_anew() -> None:
    first = "FINDINGS: Severe fracture of T12 with 80% loss. L1: mild biconcave deformity.\n"
    recount = "ADDENDUM: Recount from C2: the severely compressed level is L1 and the mildly biconcave one L2."
    levels = [(found.level, found.severity, found.height_loss_percent) for found in extract(first + recount).vertebrae]
    assert levels == [("L1", "severe", (80, 80)), ("L2", "mild", None)]
    added = extract(first + "ADDENDUM: There is also an old fracture of L2.")
    assert [found.level for found in added.vertebrae] == ["T12", "L1", "L2"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (FRACTURE, set()),
        ("FINDINGS: Fracture of L3.\nIMPRESSION: Compression fracture of L2.", {"level_conflict"}),
        ("FINDINGS: Old fracture of L3.\nIMPRESSION: No pneumonia.", {"fracture_not_in_impression"}),
        ("Fracture of L3 with 20% height loss. The L3 fracture has lost 60% of its height.", {"height_loss_conflict"}),
        ("Fracture of L1. Transitional lumbosacral vertebra.", {"transitional_anatomy"}),
        ("Fracture of L1, seen by XXXX.", {"masked_text"}),
        ("Fracture of L2. DXA: L1-L4 BMD 0.801 g/cm2, T-score -2.7.", {"fractured_level_in_density"}),
        ("Fracture of L2. DXA: L1, L3-L4 BMD 0.801 g/cm2, T-score -2.7.", set()),
        ("...", {"no_radiology_content"}),
    ],
)
def test_issues(text: str, codes: set[str]) -> None:
    assert {issue.code for issue in extract(text).issues} == codes


# ------------------------------------------------------------------------------------------------------------ silence

CHEST = "CHEST, TWO VIEWS\nFINDINGS: The lungs are clear. The heart is normal in size.\nIMPRESSION: No acute disease."


@pytest.mark.parametrize(
    "text",
    [
        CHEST,
        f"{CHEST} No rib fracture.",
        f"{CHEST} The spine is not evaluated.",
        f"{CHEST} The thoracic spine was not included.",
        "Knee, two views. No fracture or dislocation.",
        "INDICATION: Rule out vertebral fracture.\nFINDINGS: The lungs are clear.",
        "INDICATION: Compression fracture of L1.\nFINDINGS: The lungs are clear.",
        "HISTORY: No known fracture of the spine.\nFINDINGS: The lungs are clear.",
        "MRI is recommended to exclude a compression fracture.",
        "DXA. L1-L4 T-score -1.2. Normal bone density.",
        "Mother had vertebral fractures.",
        "Degenerative disc disease at L4-5.",
        "",
    ],
)
def test_silence_is_no_verdict(text: str) -> None:
    report = extract(text)
    assert report.vertebral_fracture == "not_mentioned"
    assert report.vertebrae == ()


@pytest.mark.parametrize(
    "text",
    ["No compression fracture.", "Vertebral body heights are maintained.", "Spine is intact.", "No acute fracture."],
)
def test_what_is_said_is_a_verdict(text: str) -> None:
    assert extract(f"FINDINGS: {text}").vertebral_fracture == "absent"


@pytest.mark.parametrize(
    ("discussion", "levels"),
    [
        ("Collapse of two vertebrae after a cough is a sign of osteoporosis.", ["T8"]),
        ("Fractures like these come to light late.", ["T8"]),
        ("L1 is fractured as well.", ["T8", "L1"]),
    ],
)
def test_a_discussion_behind_the_findings_tells_what_names_vertebrae(discussion: str, levels: list[str]) -> None:
    told = extract(f"Chest, lateral view.\nWedging of T8 by a third.\n\nDiscussion: {discussion}").vertebrae
    assert [finding.level for finding in told] == levels
    assert set(told[0].descriptors) == {"wedging"}


def test_findings_dictated_as_a_discussion_are_read() -> None:
    text = "CT of the spine after a fall.\nDISCUSSION: Burst fracture of L1."
    assert [finding.level for finding in extract(text).vertebrae] == ["L1"]


def test_of_several_exams_the_one_that_tells_of_the_first_fracture_counts() -> None:
    text = "MRI showed fractures of T9 and T12. DXA gave a T-score of -3.2. Later a fracture of T7 appeared."
    assert extract(text).modality == "mri"


# ------------------------------------------------------------------------------------------------------------- scores

FLOORS: dict[str, dict[str, float]] = {
    # A little under what is reached; raise them as the extractor gets better.
    "spine_reports": {
        "status": 0.97, "modality": 0.97, "level sets": 0.92, "levelled": 0.96, "levels": 0.96, "cleared": 0.96,
        "attr:descriptors": 0.94, "attr:height_loss_percent": 0.92, "attr:severity": 0.96, "attr:acuity": 0.95,
        "attr:change": 0.98, "attr:etiologies": 0.85, "attr:marrow_edema": 0.95, "attr:posterior_wall": 0.98,
        "attr:retropulsion": 0.96, "clinical": 0.98,
    },
    "spine_reports_2": {
        "status": 0.89, "modality": 0.96, "level sets": 0.84, "levelled": 0.93, "levels": 0.93, "cleared": 0.89,
        "attr:descriptors": 0.87, "attr:height_loss_percent": 0.96, "attr:severity": 0.96, "attr:acuity": 0.82,
        "attr:change": 0.93, "attr:etiologies": 0.88, "attr:marrow_edema": 0.91, "attr:posterior_wall": 0.92,
        "attr:retropulsion": 0.92, "clinical": 0.91,
    },
    "spine_reports_3": {
        "status": 0.96, "modality": 0.98, "level sets": 0.94, "levelled": 0.96, "levels": 0.98, "cleared": 0.92,
        "attr:descriptors": 0.96, "attr:height_loss_percent": 0.88, "attr:severity": 0.95, "attr:acuity": 0.91,
        "attr:change": 0.95, "attr:etiologies": 0.98, "attr:marrow_edema": 0.8, "attr:posterior_wall": 0.98,
        "attr:retropulsion": 0.98, "clinical": 0.95,
    },
    "spine_reports_4": {
        "status": 0.97, "modality": 0.95, "level sets": 0.9, "levelled": 0.95, "levels": 0.96, "cleared": 0.98,
        "attr:descriptors": 0.95, "attr:height_loss_percent": 0.98, "attr:severity": 0.98, "attr:acuity": 0.98,
        "attr:change": 0.94, "attr:etiologies": 0.98, "attr:marrow_edema": 0.98, "attr:posterior_wall": 0.86,
        "attr:retropulsion": 0.78, "clinical": 0.94,
    },
    "spine_reports_5": {
        "status": 0.95, "modality": 0.97, "level sets": 0.95, "levelled": 0.97, "levels": 0.98, "cleared": 0.98,
        "attr:descriptors": 0.97, "attr:height_loss_percent": 0.98, "attr:severity": 0.97, "attr:acuity": 0.97,
        "attr:change": 0.97, "attr:etiologies": 0.95, "attr:marrow_edema": 0.98, "attr:posterior_wall": 0.98,
        "attr:retropulsion": 0.96, "clinical": 0.97,
    },
    "spine_reports_6": {
        "status": 0.97, "modality": 0.95, "level sets": 0.98, "levelled": 0.98, "levels": 0.98, "cleared": 0.97,
        "attr:descriptors": 0.94, "attr:height_loss_percent": 0.89, "attr:severity": 0.96, "attr:acuity": 0.98,
        "attr:change": 0.93, "attr:etiologies": 0.98, "attr:marrow_edema": 0.91, "attr:posterior_wall": 0.94,
        "attr:retropulsion": 0.96, "clinical": 0.93,
    },
    "spine_reports_7": {
        "status": 0.98, "modality": 0.95, "level sets": 0.98, "levelled": 0.98, "levels": 0.98, "cleared": 0.93,
        "attr:descriptors": 0.97, "attr:height_loss_percent": 0.98, "attr:severity": 0.97, "attr:acuity": 0.95,
        "attr:change": 0.94, "attr:etiologies": 0.93, "attr:marrow_edema": 0.97, "attr:posterior_wall": 0.98,
        "attr:retropulsion": 0.98, "clinical": 0.93,
    },
    "spine_reports_8": {
        "status": 0.94, "modality": 0.96, "level sets": 0.86, "levelled": 0.93, "levels": 0.94, "cleared": 0.73,
        "attr:descriptors": 0.94, "attr:height_loss_percent": 0.95, "attr:severity": 0.96, "attr:acuity": 0.91,
        "attr:change": 0.89, "attr:etiologies": 0.89, "attr:marrow_edema": 0.93, "attr:posterior_wall": 0.97,
        "attr:retropulsion": 0.92, "clinical": 0.95, "dxa tuple": 0.97, "dxa value": 0.98,
    },
    "spine_reports_9": {
        "status": 0.97, "modality": 0.97, "level sets": 0.95, "levelled": 0.97, "levels": 0.98, "cleared": 0.79,
        "unlevelled": 0.84, "posterior": 0.97, "attr:descriptors": 0.96, "attr:height_loss_percent": 0.96,
        "attr:severity": 0.98, "attr:acuity": 0.93, "attr:change": 0.93, "attr:etiologies": 0.88,
        "attr:marrow_edema": 0.93, "attr:mimic": 0.96, "attr:posterior_column": 0.94, "attr:posterior_wall": 0.92,
        "attr:retropulsion": 0.95, "clinical": 0.96, "dxa tuple": 0.97, "dxa value": 0.98,
    },
    "spine_reports_10": {
        "status": 0.98, "modality": 0.97, "level sets": 0.93, "levelled": 0.97, "levels": 0.96, "cleared": 0.94,
        "unlevelled": 0.78, "posterior": 0.93, "attr:descriptors": 0.93, "attr:height_loss_percent": 0.9,
        "attr:severity": 0.93, "attr:acuity": 0.92, "attr:change": 0.93, "attr:etiologies": 0.84,
        "attr:marrow_edema": 0.92, "attr:mimic": 0.97, "attr:posterior_column": 0.86, "attr:posterior_wall": 0.95,
        "attr:retropulsion": 0.97, "clinical": 0.97, "densitometry": 0.97, "dxa tuple": 0.98, "dxa value": 0.98,
    },
    "dxa_reports": {
        "status": 0.95, "modality": 0.97, "levels": 0.96, "clinical": 0.98, "densitometry": 0.97, "dxa tuple": 0.97,
        "dxa site+value": 0.97, "dxa value": 0.98,
    },
    "dxa_reports_2": {
        "status": 0.98, "modality": 0.93, "levels": 0.98, "densitometry": 0.94, "dxa tuple": 0.95,
        "dxa site+value": 0.98, "dxa value": 0.98,
    },
}  # fmt: skip
COUNTS = {
    "spine_reports": 150,
    "spine_reports_2": 130,
    "spine_reports_3": 80,
    "spine_reports_4": 80,
    "spine_reports_5": 70,
    "spine_reports_6": 70,
    "spine_reports_7": 80,
    "spine_reports_8": 135,
    "spine_reports_9": 324,
    "spine_reports_10": 309,
    "dxa_reports": 168,
    "dxa_reports_2": 70,
}


@pytest.mark.parametrize("name", NAMES)
def test_scores_do_not_fall(name: str) -> None:
    rows = corpora.reports(name)
    result = score(rows.values(), lambda text, key: corpora.findings(f"{name}:{key}").model_dump(mode="json"))
    assert result.crashes == []
    assert result.reports == COUNTS[name]
    numbers = result.as_dict(errors=0)
    reached = {table: values["f1"] for table, values in numbers["fields"].items()} | {
        "status": numbers["status"]["accuracy"],
        "modality": numbers["modality_accuracy"],
        "level sets": numbers["level_sets_right"],
    }
    assert {table: reached[table] for table, floor in FLOORS[name].items() if reached[table] < floor} == {}


@pytest.mark.parametrize("number", ["0", "00", "999", "99999999"])
def test_a_number_that_cannot_be_crashes_nothing(number: str) -> None:
    """In every report one number after the other, by turns, is a slip of the pen."""
    crashed = []
    for turn, (key, text) in enumerate(corpora.texts().items()):
        printed = list(_NUMBER.finditer(text))
        if not printed:
            continue
        at = printed[turn % len(printed)]
        try:
            extract(text[: at.start()] + number + text[at.end() :])
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            crashed.append((key, at.start(), type(error).__name__))
    assert crashed == []


_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@pytest.mark.parametrize("name", NAMES)
def test_a_fracture_is_never_read_as_its_denial(name: str) -> None:
    wrong = {
        key
        for key, row in corpora.reports(name).items()
        if row["gold"]["vertebral_fracture"] == "present"
        and corpora.findings(f"{name}:{key}").vertebral_fracture == "absent"
    }
    assert wrong == set()


if __name__ == "__main__":
    for example in EXAMPLES:
        found, stated = told(corpora.findings(example).model_dump(mode="json")), told(gold(example))
        differing = sorted(name for name in found.keys() | stated.keys() if found.get(name) != stated.get(name))
        if differing:
            sys.stdout.write(f'    "{example}": "{", ".join(differing)}",\n')


@pytest.mark.parametrize(
    ("text", "chronic"),
    [
        ("T8 and L1 fractures. The latter is old.", {"L1"}),
        ("T8 and L1 fractures. The former is old.", {"T8"}),
        ("L1 and T8 fractures. The upper one is old.", {"T8"}),
        ("T8 and L1 fractures. The second one is old.", {"L1"}),
        ("T8 and L1 fractures. The third is old.", set()),
        ("Fractures of the thoracic spine and lumbar spine. The latter is old.", set()),
        ("Compression fracture of the thoracic and lumbar spine. The first is old.", set()),
    ],
)
def test_a_word_that_points_chooses_one_vertebra_or_none(text: str, chronic: set[str]) -> None:
    assert {finding.level for finding in extract(text).vertebrae if finding.acuity == "chronic"} == chronic
