"""Sentences of bone densitometry and what they say, by class; negatives stand beside positives."""

from __future__ import annotations

import re
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from extractor import densitometry
from extractor.densitometry import DensitometryReading, read_densitometry
from extractor.densitometry_columns import named_columns
from extractor.densitometry_words import iso_date, tokens, vocabulary
from extractor.findings import Section
from extractor.text import View

LUMBAR = ("L1", "L2", "L3", "L4")
KNOWLEDGE = Path(densitometry.__file__).parent / "knowledge" / "densitometry.toml"


def read(text: str) -> DensitometryReading:
    return read_densitometry(View.of(text), ())


def values(text: str) -> set[str]:
    """The measurements as short lines: "femoral_neck left current t -2.3", vertebrae as L1-L4."""
    short = {"bmd_g_cm2": "bmd", "t_score": "t", "z_score": "z", "change_percent": "change"}
    found = set()
    for entry in read(text).bone_density:
        levels = f"{entry.vertebrae[0]}-{entry.vertebrae[-1]}({len(entry.vertebrae)})" if entry.vertebrae else ""
        where = " ".join(filter(None, [entry.site, levels, entry.side or "", entry.when]))
        found |= {f"{where} {short[n]} {getattr(entry, n):g}" for n in short if getattr(entry, n) is not None}
    return found


# ------------------------------------------------------------------------------------------------------------ knowledge


def _records() -> list[tuple[str, dict[str, Any]]]:
    data = tomllib.loads(KNOWLEDGE.read_text(encoding="utf-8"))
    return [(kind, record) for kind, records in data.items() for record in records]


def _found(kind: str, record: dict[str, Any], sentence: str) -> set[tuple[int, int]]:
    if kind == "column":
        ids = {record["id"], "change_since_first", "change_absolute"} if record["id"] == "change" else {record["id"]}
        return {(start, end) for name, start, end in named_columns(sentence) if name in ids}
    if kind == "small":
        return {m.span() for m in re.finditer(r"[A-Za-z]+", sentence) if m.group().lower() in vocabulary().small}
    if kind == "boilerplate":
        return {match.span() for match in vocabulary().boilerplate[record["id"]].finditer(sentence)}
    return {
        (t.start, t.end)
        for t in tokens(sentence)
        if t.kind == kind and t.value == record["id"] and t.bare == bool(record.get("bare"))
    }


@pytest.mark.parametrize(("kind", "record"), _records(), ids=lambda x: x["id"] if isinstance(x, dict) else x)
def test_every_word_class_on_its_own_sentences(kind: str, record: dict[str, Any]) -> None:
    for marked in record["yes"]:
        plain = marked.replace("]|[", " ").replace("[", "").replace("]", "")
        found = _found(kind, record, plain)
        wanted = re.sub(r"\]\|\[", "] [", marked)
        opened = wanted.index("[")
        inside = wanted[opened + 1 : wanted.index("]")]
        assert any(
            (plain[a:b].strip(" .,:") and plain[a:b].strip() in inside) or inside in plain[a:b] for a, b in found
        ), (
            marked,
            [plain[a:b] for a, b in found],
        )
    for sentence in record["no"]:
        assert not _found(kind, record, sentence), sentence


# ---------------------------------------------------------------------------------------------------------------- prose

PROSE = {
    "The T-score of the femoral neck is -2.3.": {"femoral_neck current t -2.3"},
    "Osteoporosis clinic: femur neck T score: minus 2.3": {"femoral_neck current t -2.3"},
    "DXA. Left femoral neck T = \u22122.3": {"femoral_neck left current t -2.3"},
    "Total hip T-score \u2013 2,3": {"total_hip current t -2.3"},
    "Spine L1-L4 T-score -2.3/Z-score -1.1": {
        "lumbar_spine L1-L4(4) current t -2.3",
        "lumbar_spine L1-L4(4) current z -1.1",
    },
    "Femoral neck T-score: L -2.1 / R -2.4": {"femoral_neck left current t -2.1", "femoral_neck right current t -2.4"},
    "Lumbar BMD is 2.3 standard deviations below the young adult mean and 1.0 SD above the age-matched mean.": {
        "lumbar_spine current t -2.3",
        "lumbar_spine current z 1",
    },
    "Total hip T-score is -1.9 (previously -1.5 in 2019).": {"total_hip current t -1.9", "total_hip prior t -1.5"},
    "Total hip T -1.9, previous total hip -1.5.": {"total_hip current t -1.9", "total_hip prior t -1.5"},
    "Total hip T -2.1. Previous (05.2023): 0.751, T -2.0.": {"total_hip current t -2.1", "total_hip prior t -2"},
    "Total hip T -2.1. Previously 0.751, T -2.0.": {"total_hip current t -2.1", "total_hip prior t -2"},
    "Left femoral neck BMD 0.702, 1.3 standard deviations below young normal and 0.1 above age-matched controls.": {
        "femoral_neck left current bmd 0.702",
        "femoral_neck left current t -1.3",
        "femoral_neck left current z 0.1",
    },
    "DXA. The T-scores on the left are -1.8 at the total hip and -2.3 at the femoral neck.": {
        "total_hip left current t -1.8",
        "femoral_neck left current t -2.3",
    },
    "The distal third of the left, non-dominant radius: T-score -1.9.": {"forearm_33 left current t -1.9"},
    "DXA. Total hip T-score -1.8. In 2018 her total hip T-score was -1.3.": {
        "total_hip current t -1.8",
        "total_hip prior t -1.3",
    },
    "RIGHT HIP (not scanned previously): femoral neck T -1.7; total T -1.1.": {
        "femoral_neck right current t -1.7",
        "total_hip right current t -1.1",
    },
    "Prior scan at the referring hospital (different make of machine, 2021): spine T -0.7, total hip T -1.9.": {
        "lumbar_spine prior t -0.7",
        "total_hip prior t -1.9",
    },
    "Left femur total T: -2.2  Z: \u2014 0.9": {"total_hip left current t -2.2", "total_hip left current z -0.9"},
    "DXA. Total hip T -1.9, Z -0.2. Osteoporosis (spine -2.5 being the lowest T-score).": {
        "total_hip current t -1.9",
        "total_hip current z -0.2",
        "lumbar_spine current t -2.5",
    },
    "DXA. Change since 2021: spine -4.6 % (LSC 0.030 g/cm2); total hip +0.7 %.": {
        "lumbar_spine current change -4.6",
        "total_hip current change 0.7",
    },
    "Total hip on the right T -2.4.\n(left side: endoprosthesis)\n\nThe total hip gained 1.2 % since 2019.": {
        "total_hip right current t -2.4",
        "total_hip right current change 1.2",
    },
    "DXA. Variation: column -4.6 %.": {"lumbar_spine current change -4.6"},
    "Left femoral neck T -2.1, total hip -1.8.": {"femoral_neck left current t -2.1", "total_hip left current t -1.8"},
    "T-scores at the lumbar spine and total hip are -2.4 and -1.7, respectively.": {
        "lumbar_spine current t -2.4",
        "total_hip current t -1.7",
    },
    "T-scores of -2.4 and -1.7 at the lumbar spine and total hip.": {
        "lumbar_spine current t -2.4",
        "total_hip current t -1.7",
    },
    "T-score of -2.1 at the spine, -1.9 at the left femoral neck and -1.2 at the left total hip.": {
        "lumbar_spine current t -2.1",
        "femoral_neck left current t -1.9",
        "total_hip left current t -1.2",
    },
    "T-score of -2.8 at the femoral neck and lumbar spine.": {
        "femoral_neck current t -2.8",
        "lumbar_spine current t -2.8",
    },
    "right hip total t score minus two point one": {"total_hip right current t -2.1"},
    "L1-L4 BMD 0.812g/cm2 (T-score -2.3SD).": {
        "lumbar_spine L1-L4(4) current bmd 0.812",
        "lumbar_spine L1-L4(4) current t -2.3",
    },
    "The T-score of the total hip is -\n2.7 and the Z-score -1.\n2.": {
        "total_hip current t -2.7",
        "total_hip current z -1.2",
    },
    "BMD, T-score and Z-score of the left total hip are 0.812, -1.3 and -0.4.": {
        "total_hip left current bmd 0.812",
        "total_hip left current t -1.3",
        "total_hip left current z -0.4",
    },
    "Spine BMD T-score has fallen from -1.5 to -1.9.": {"lumbar_spine prior t -1.5", "lumbar_spine current t -1.9"},
    "BMD at the total hip has decreased by 3.2% since the previous scan.": {"total_hip current change -3.2"},
    "There is a 4.1 percent gain in bone density of the lumbar spine compared to 2019.": {
        "lumbar_spine current change 4.1"
    },
    "T-score -2.6, Z-score -1.4.": {"other current t -2.6", "other current z -1.4"},
    "T-scores: trochanter -1.4, Ward's triangle -2.9, intertrochanteric -1.0.": {
        "trochanter current t -1.4",
        "wards current t -2.9",
        "other current t -1",
    },
    "Left one-third radius T-score -2.2; ultradistal radius -1.9; mid radius -1.8.": {
        "forearm_33 left current t -2.2",
        "forearm_ud left current t -1.9",
        "other left current t -1.8",
    },
    "The mean BMD from L1 through L4 is 1.121 grams per square centimeter.": {
        "lumbar_spine L1-L4(4) current bmd 1.121",
    },
    "Measured from L2 to L4, the T-score is -1.4. The T-score fell from -1.1 to -1.4.": {
        "lumbar_spine L2-L4(3) current t -1.4",
        "lumbar_spine L2-L4(3) prior t -1.1",
    },
    "Spine T-score -2.8.\nFemoral neck, lowest of both sides: T-score -2.6.": {
        "lumbar_spine current t -2.8",
        "femoral_neck current t -2.6",
    },
    "The worse of the two hips has a total T-score of -1.9.": {"total_hip current t -1.9"},
    "On the left the femoral neck measures 0.596 g/cm2, T-score:\n-2.3 and the total hip 0.744 g/cm2, T-score: -1.6.": {
        "femoral_neck left current bmd 0.596",
        "femoral_neck left current t -2.3",
        "total_hip left current bmd 0.744",
        "total_hip left current t -1.6",
    },
    "Compared to 2018 the total hip (BMD 0.700, T -2.0) has lost 3.0%.": {
        "total_hip current bmd 0.7",
        "total_hip current t -2",
        "total_hip current change -3",
    },
    "Total hip T-score -2.0, compared to 2018 -1.7.": {"total_hip current t -2", "total_hip prior t -1.7"},
    "The average BMD of the lumbar spine is 0.774 g/cm2. The average total hip BMD is 0.802 g/cm2.": {
        "lumbar_spine current bmd 0.774",
        "total_hip mean current bmd 0.802",
    },
    "The total hip T-score was -2.7. Her lumbar spine came out at -1.8.": {
        "total_hip current t -2.7",
        "lumbar_spine current t -1.8",
    },
    "DXA of the right hip and spine: T-score -3.4 neck of femur, -3.0 total hip, -1.2 lumbar spine.": {
        "femoral_neck right current t -3.4",
        "total_hip right current t -3",
        "lumbar_spine current t -1.2",
    },
    "T-score -2.4 lumbar spine and -1.9 left hip.": {"lumbar_spine current t -2.4", "total_hip left current t -1.9"},
    "T-scores: spine -1.2, femoral neck -1.7, total hip -1.1.": {
        "lumbar_spine current t -1.2",
        "femoral_neck current t -1.7",
        "total_hip current t -1.1",
    },
    "Femoral neck T +0.2 left and +0.1 right.": {"femoral_neck left current t 0.2", "femoral_neck right current t 0.1"},
    "Total hip T-score: right -1.5, left -1.7.": {"total_hip right current t -1.5", "total_hip left current t -1.7"},
    "L1-L4 BMD is now 1.003 gm/cm2 (T-score -1.5) versus 1.045 gm/cm2 (T-score -1.1) previously.": {
        "lumbar_spine L1-L4(4) current bmd 1.003",
        "lumbar_spine L1-L4(4) current t -1.5",
        "lumbar_spine L1-L4(4) prior bmd 1.045",
        "lumbar_spine L1-L4(4) prior t -1.1",
    },
    "Densitometry\n(T: -2.5 / Z: -1.1) lumbar spine L1-L4\n(T: -1.9 / Z: -0.7) left femoral neck": {
        "lumbar_spine L1-L4(4) current t -2.5",
        "lumbar_spine L1-L4(4) current z -1.1",
        "femoral_neck left current t -1.9",
        "femoral_neck left current z -0.7",
    },
    "Her most recent DEXA (June 2021) showed a T-score of -2.3 at the spine and -2.0 at the left femoral neck; that of "
    "2018 was -2.9 and -2.4 respectively.": {
        "lumbar_spine prior t -2.3",
        "femoral_neck left prior t -2",
        "lumbar_spine prior t -2.9",
        "femoral_neck left prior t -2.4",
    },
    "She had a DXA scan in March with T-scores of -2.6 in the spine and -1.9 in the total hip.": {
        "lumbar_spine prior t -2.6",
        "total_hip prior t -1.9",
    },
    "Osteopenia (DXA 09/2022: spine T -1.6; total hip T -2.1, Z -0.5).": {
        "lumbar_spine prior t -1.6",
        "total_hip prior t -2.1",
        "total_hip prior z -0.5",
    },
    "The last DXA showed T -1.5 at the femoral neck; now it is T -1.9.": {
        "femoral_neck prior t -1.5",
        "femoral_neck current t -1.9",
    },
    "DXA of 2022: spine T -1.6; the scan has no T-score of the hip (DXA not done there).": {
        "lumbar_spine current t -1.6"
    },
    "DXA, comparison 08/17/2018 and 06/02/2016.\n"
    "Spine L1-L4: 0.961 g/cm2 today. It was 0.932 in 2018 and 0.899 in 2016.": {
        "lumbar_spine L1-L4(4) current bmd 0.961",
        "lumbar_spine L1-L4(4) prior bmd 0.932",
        "lumbar_spine L1-L4(4) prior bmd 0.899",
    },
    "DXA. Total left hip: 0.812 today, 0.820 in 2018, 0.815 in 2016. Weight was 0.700 in 2018.": {
        "total_hip left current bmd 0.812",
        "total_hip left prior bmd 0.82",
        "total_hip left prior bmd 0.815",
    },
    "DXA. The left femoral neck density is 0.902 g per square centimeter. The right femoral neck density is 0.889.": {
        "femoral_neck left current bmd 0.902",
        "femoral_neck right current bmd 0.889",
    },
    "Lt femoral nek: T-score -1.4. Left femoral T-score of the total -1.1.": {
        "femoral_neck left current t -1.4",
        "total_hip left current t -1.1",
    },
    "Left femoral grnx: T-score -1.4.": {"other left current t -1.4"},
    "DXA\nL-Spine\nT Score\n-1.5\nZ Score\n-0.1\nL Femoral Neck\nT Score\n-2.0\nZ Score\n-0.4\nImpression": {
        "lumbar_spine current t -1.5",
        "lumbar_spine current z -0.1",
        "femoral_neck left current t -2",
        "femoral_neck left current z -0.4",
    },
    "DXA\nTotal hip\nBMD (g/cm2)\n0.812\nT-score\n-1.5\nSpine\nBMD (g/cm2)\n0.912\nT-score\n-1.1": {
        "total_hip current bmd 0.812",
        "total_hip current t -1.5",
        "lumbar_spine current bmd 0.912",
        "lumbar_spine current t -1.1",
    },
    "Whole body BMD 1.012 g/cm2, Z-score 0.4.": {"whole_body current bmd 1.012", "whole_body current z 0.4"},
    "DEXA, 2023: spine L1 to L4 minus 2.9, left total hip minus 2.0.": {
        "lumbar_spine L1-L4(4) current t -2.9",
        "total_hip left current t -2",
    },
    "Dexa spine was -3.8 and hip -3.1 last year.": {"lumbar_spine prior t -3.8", "total_hip prior t -3.1"},
    "DXA shows spine -3.2, femoral neck: -2.6.": {"lumbar_spine current t -3.2", "femoral_neck current t -2.6"},
    "DXA\nT L1-L4: -3.1\nZ FEMUR NECK LEFT: 0.2": {
        "lumbar_spine L1-L4(4) current t -3.1",
        "femoral_neck left current z 0.2",
    },
    "OBX|1|NM|BMD^L1-L4^g/cm2||0.812\nOBX|2|NM|T^L1-L4||-3.1|||||W\nOBX|3|NM|T^L1-L4||-1.3||>-1.0||||C": {
        "lumbar_spine L1-L4(4) current bmd 0.812",
        "lumbar_spine L1-L4(4) current t -1.3",
    },
    "OBX|1|ST|1-2^Lumbar spine T-score^LN||minus 3.2||||||F": {"lumbar_spine current t -3.2"},
    "OBX|1|NM|T-SCORE^LEFT HIP^L||-1.9\nOBX|2|NM|Z-SCORE^LEFT HIP^L||-0.4": {
        "total_hip left current t -1.9",
        "total_hip left current z -0.4",
    },
    "OBX|1|NM|38265-5^DXA Spine [Mass/Area] Bone density^LN||0.901|g/cm2|0.98-1.2|L|||F\n"
    "OBX|2|NM|38267-1^DXA Spine [T-score] Bone density^LN||-1.9|{T-score}|-1.0-1.0|L|||F": {
        "lumbar_spine current bmd 0.901",
        "lumbar_spine current t -1.9",
    },
}


@pytest.mark.parametrize("sentence", PROSE)
def test_prose(sentence: str) -> None:
    assert values(sentence) == PROSE[sentence]


REGIONS = {
    "L1-L4 T-score -2.1": (LUMBAR, ()),
    "L2-L4 T-score -2.1": (LUMBAR[1:], ()),
    "L3 T-score -2.1": (("L3",), ()),
    "L1, L3-L4 (L2 excluded: compression) T-score -2.1": (("L1", "L3", "L4"), ("L2",)),
    "L1-L4(L3) T-score -2.1": (("L1", "L2", "L4"), ("L3",)),
    "AP spine L1-L4 (L3): T-score -2.1": (("L1", "L2", "L4"), ("L3",)),
    "L1-L4 excluding L2 T-score -2.1": (("L1", "L3", "L4"), ("L2",)),
    "L1-L4 excl. L2 T-score -2.1": (("L1", "L3", "L4"), ("L2",)),
    "Lumbar spine (L1-L4, L2 excluded) T-score -2.1": (("L1", "L3", "L4"), ("L2",)),
    "Lumbar spine (L1-L4; L2 and L3 excluded) T-score -2.1": (("L1", "L4"), ("L2", "L3")),
    "Lumbar spine (L1, L2 excluded) T-score -2.1": ((), ("L1", "L2")),
    "Spine L1-L2 (L3, L4 out: facet arthrosis) T-score -2.1": (("L1", "L2"), ("L3", "L4")),
    "Lumbar spine T-score -2.1": ((), ()),
    "L1 through L4 T-score -2.1": (LUMBAR, ()),
    "The spine (L1, L3 and L4; L2 is compressed) has a T-score of -2.1": (("L1", "L3", "L4"), ("L2",)),
    "Spine (L1, L2, L3; L4 was severely sclerotic) T-score -2.1": (LUMBAR[:3], ("L4",)),
}


@pytest.mark.parametrize("sentence", REGIONS)
def test_the_levels_measured(sentence: str) -> None:
    (entry,) = read(sentence).bone_density
    assert (entry.site, entry.vertebrae, entry.excluded, entry.t_score) == ("lumbar_spine", *REGIONS[sentence], -2.1)


NOT_MEASURED = (
    "WHO criteria: osteoporosis is a T-score of -2.5 or below.",
    "Osteopenia: T-score between -1.0 and -2.5. Normal: T-score -1.0 and above.",
    "A T-score below -2.5 at the hip defines osteoporosis.",
    "Treatment is recommended in women with a T-score of -2.5 and risk factors.",
    "The spine phantom BMD was 1.005 g/cm2.",
    "The least significant change is 0.022 g/cm2 at the spine and 0.030 g/cm2 at the hip.",
    "Reference range\nL1-L4 BMD 1.180 +/- 0.120 g/cm2",
    "L1-L4 TBS 1.312, TBS T-score -1.5.",
    "Memory was average with a T-score of 48; verbal fluency T = 52.",
    "Fat mass index T -0.9; appendicular lean mass T -1.1.",
    "T1-weighted and T2-weighted images of the lumbar spine. T 37.2, P 80.",
    "Z-score of -2.0 or lower is below the expected range for age.",
    "FRAX: major osteoporotic 12%, hip 3%. The hip fracture risk decreased by 2%.",
    "Bone density is 78% of young normal.",
    "Statistically 68% of repeat scans fall within 1SD (\u00b1 0.010 g/cm2 for AP Spine L1-L4).",
    "About 30% of older women lose height. 5% of patients with low bone density show a decrease.",
    "The T12 vertebra lost 30% of its height; the lumbar BMD was not measured.",
    "Bone mass. Loss of height was mild at T9, L2 and L3 (below 20%) and moderate at T12 (40%).",
    "Boy. Height Z-score -2.3. Weight Z-score -1.1.",
    "DXA change since 2019: spine -2.1, hip -1.5.",
    "DXA: spine -2.1 %, hip -1.5 %.",
    "DXA spine lost -2.1 since 2019.",
    "Boy of 9. DXA: spine -2.1.",
    "34-year-old. DXA: spine -2.1.",
    "DXA: spine -2.1 g, hip -1.5 mm.",
    "DXA spine 1.2.",
    "Spine -2.1, hip -1.5.",
    "DXA is planned. T spine: 2.5 cm lesion. T BODY: 37.2",
    "WHO: T score above -1 normal, -1 to -2.5 osteopenia, -2.5 & below osteoporosis.",
)


@pytest.mark.parametrize("sentence", NOT_MEASURED)
def test_what_is_not_a_measurement(sentence: str) -> None:
    assert values(sentence) == set()


@pytest.mark.parametrize(
    ("bound", "measured"),
    [
        ("Femoral neck T-score is below -2.5.", "Femoral neck T-score is below normal at -2.5."),
        ("Hip T-score greater than -1.0.", "Hip T-score -1.0, greater than last year."),
        ("T-score of -2.5 or less.", "T-score of -2.5, or less than average."),
    ],
)
def test_a_bound_beside_a_value(bound: str, measured: str) -> None:
    assert values(bound) == set()
    assert len(values(measured)) == 1


# ----------------------------------------------------------------------------------------------------------------- time


def test_the_latest_date_of_a_table_is_now() -> None:
    text = "Lumbar spine L1-L4\nDate        BMD    T-score\n2024-05-01  0.812  -2.1\n2019-04-02  0.850  -1.8\n"
    assert values(text) == {
        "lumbar_spine L1-L4(4) current bmd 0.812",
        "lumbar_spine L1-L4(4) current t -2.1",
        "lumbar_spine L1-L4(4) prior bmd 0.85",
        "lumbar_spine L1-L4(4) prior t -1.8",
    }
    assert {e.date for e in read(text).bone_density} == {"2024-05-01", "2019-04-02"}


def test_change_is_against_the_previous_scan_and_not_the_first() -> None:
    text = "Spine BMD changed by -7.1% since baseline and by -2.6% since the previous scan, which is not significant."
    (entry,) = read(text).bone_density
    assert (entry.change_percent, entry.change_significant) == (-2.6, False)


@pytest.mark.parametrize(
    ("tail", "significant"),
    [
        (", which is significant", True),
        (", which is not statistically significant", False),
        ("; this increase exceeds the least significant change", True),
        (" (p<.05)", True),
        (" (n.s.)", False),
        ("", None),
    ],
)
def test_significance_of_a_change(tail: str, significant: bool | None) -> None:
    (entry,) = read(f"Total hip BMD decreased 3.1%{tail}.").bone_density
    assert entry.change_significant is significant


def test_a_densitometry_quoted_in_a_film_report_is_prior() -> None:
    text = "X-RAY LUMBAR SPINE\nHistory: DEXA 2021: spine T -3.0.\nFindings: No fracture."
    assert values(text) == {"lumbar_spine prior t -3"}


def test_a_densitometry_of_a_month_is_prior_where_another_exam_is_reported() -> None:
    text = "Films show wedging of T7. DXA in January confirmed osteoporosis: total hip T-score -2.4."
    (quoted,) = read_densitometry(View.of(text), (), other_exam=True).bone_density
    (reported,) = read_densitometry(View.of(text), ()).bone_density
    (undated,) = read_densitometry(View.of("Wedging of T7. DXA: hip T-score -2.4."), (), other_exam=True).bone_density
    assert (quoted.when, reported.when, undated.when) == ("prior", "current", "current")


def test_young_adult_and_age_matched_head_the_scores() -> None:
    text = "AP Spine\nRegion  BMD(g/cm2)  Young-Adult T  Age-Matched Z\nL1-L4  0.964  -1.8  -0.6\n"
    assert values(text) == {
        "lumbar_spine L1-L4(4) current bmd 0.964",
        "lumbar_spine L1-L4(4) current t -1.8",
        "lumbar_spine L1-L4(4) current z -0.6",
    }


@pytest.mark.parametrize(
    ("printed", "day_first", "iso"),
    [
        ("2024-05-01", False, "2024-05-01"), ("05/06/2020", False, "2020-05-06"), ("05/06/2020", True, "2020-06-05"),
        ("25/06/2020", False, "2020-06-25"), ("3 May 2022", False, "2022-05-03"), ("May 2022", False, "2022-05"),
        ("08/2020", False, "2020-08"), ("2019", False, "2019"), ("17.06.08", True, "2008-06-17"), ("banana", False, ""),
    ],
)  # fmt: skip
def test_dates(printed: str, day_first: bool, iso: str) -> None:
    assert iso_date(printed, day_first=day_first) == iso


# --------------------------------------------------------------------------------------------------------------- tables


def test_total_under_rows_is_the_levels_of_the_rows() -> None:
    text = "AP SPINE\nRegion BMD T-score\nL1 0.812 -2.0\nL2 0.830 -2.1\nL4 0.850 -2.2\nTotal 0.835 -2.1\n"
    assert "lumbar_spine L1-L4(3) current t -2.1" in values(text)


def test_columns_named_once_and_far_above() -> None:
    text = (
        "Columns: BMD, T-score, Z-score\n\nThe patient was well positioned and no artefact was seen at any site.\n\n"
        "L1-L4   0.812  -2.1  -1.0\nLeft total hip  0.790  -1.3  -0.5\n"
    )
    assert {v for v in values(text) if " t " in v} == {
        "lumbar_spine L1-L4(4) current t -2.1",
        "total_hip left current t -1.3",
    }


def test_a_dump_that_cannot_be_put_together_is_given_up_with_an_issue() -> None:
    text = "DXA\nL1\nL2\nL3\nBMD\nT-score\nZ-score\n0.812\n-2.1\n0.850\n-1.9\nEnd"
    reading = read(text)
    assert reading.bone_density == ()
    assert [i.code for i in reading.issues] == ["unreadable_value"]


def test_difference_rows_are_no_measurement() -> None:
    text = "Region BMD T-score\nNeck Left 0.712 -1.9\nNeck Right 0.730 -1.8\nNeck Diff. 0.018 0.1\n"
    assert len(read(text).bone_density) == 2


def test_a_table_that_is_repeated_in_words_is_not_doubled() -> None:
    text = (
        "Region BMD T-score\nL1-L4 0.812 -2.1\nLeft femoral neck 0.612 -2.6\n\n"
        "IMPRESSION: Osteoporosis. The lowest T-score is -2.6 at the femoral neck; spine T-score -2.1."
    )
    assert len(read(text).bone_density) == 2


# --------------------------------------------------------------------------------------------------------- report level


def test_the_report_as_a_whole() -> None:
    text = (
        "DXA performed on a Hologic Horizon W.\nL1-L4 T-score -1.9, left femoral neck T-score -2.2.\n"
        "TBS: 1.284.\nThe 10-year FRAX probability of a major osteoporotic fracture is 11% and of hip fracture 2.4%.\n"
        "IMPRESSION: Osteopenia. Lowest T-score -2.2 at the left femoral neck."
    )
    whole = read(text).densitometry
    assert whole.classification is not None
    assert whole.classification.value == "low_bone_mass"
    assert whole.lowest_t_score is not None
    assert whole.lowest_t_score.value == -2.2
    assert whole.frax_major_percent is not None
    assert whole.frax_major_percent.value == 11
    assert whole.frax_hip_percent is not None
    assert whole.frax_hip_percent.value == 2.4
    assert whole.tbs is not None
    assert whole.tbs.value == 1.284
    assert whole.device is not None
    assert whole.device.value == "Hologic Horizon W"


@pytest.mark.parametrize(
    "text",
    [
        "CAROC 10-year fracture risk 14%. Femoral neck T-score -1.6.",
        "Garvan: 10-year risk of hip fracture 4.1%, any fracture 14%. Hip T-score -1.6.",
        "FRAX thresholds for treatment: hip 3% or more, major osteoporotic 20% or more.",
    ],
)
def test_percentages_that_are_not_frax(text: str) -> None:
    whole = read(text).densitometry
    assert whole.frax_major_percent is None
    assert whole.frax_hip_percent is None


@pytest.mark.parametrize(
    ("text", "major", "hip"),
    [
        ("10-year probability: 15% for major osteoporotic fracture, 2.9% for hip fracture (FRAX, US).", 15, 2.9),
        ("FRAX: major osteoporotic fracture 15%, hip fracture 2.9%.", 15, 2.9),
        ("FRAX 10-year risk of major osteoporotic fracture is 11%, of hip fracture 2%.", 11, 2),
        ("FRAX adjusted for TBS: major osteoporotic 14.0%, hip 3.3%.", 14, 3.3),
        ("FRAX: major osteoporotic 16%, hip 4.3%. FRAX adjusted for TBS: major osteoporotic 14%, hip 3.3%.", 16, 4.3),
    ],
)
def test_frax(text: str, major: float, hip: float) -> None:
    whole = read(f"DXA. Femoral neck T-score -1.6. {text}").densitometry
    assert whole.frax_major_percent is not None
    assert whole.frax_hip_percent is not None
    assert (whole.frax_major_percent.value, whole.frax_hip_percent.value) == (major, hip)


@pytest.mark.parametrize(
    ("text", "lowest"),
    [
        ("Femoral neck, lowest of both sides: T-score -1.6. Spine T-score -2.4.", None),
        ("Lowest T-score of all sites: -2.4.", -2.4),
        ("The lowest T-score is -2.4 at the spine.", -2.4),
    ],
)
def test_the_lowest_of_two_sides_is_not_that_of_the_report(text: str, lowest: float | None) -> None:
    stated = read(text).densitometry.lowest_t_score
    assert (stated.value if stated else None) == lowest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DXA. L1-L4 T-score -2.8. Conclusion: osteoporosis.", "osteoporosis"),
        ("DXA. L1-L4 T-score -0.8. Impression: normal bone density.", "normal"),
        ("DXA. L1-L4 T-score -2.0. WHO: osteoporosis is a T-score of -2.5 or lower.", None),
        ("Radiograph: osteopenia. No fracture.", None),
        ("DXA to rule out osteoporosis. L1-L4 T-score -2.0.", None),
        ("DXA hip T-score -1.2. Impression: Normal spine. Low bone mass in the right femoral neck.", None),
        ("DXA hip T-score -2.6. Impression: Osteoporosis of the hip.\nOsteopenia of the spine.", None),
        (
            "DXA hip T-score -2.6. Impression: Osteopenia, spine. Osteoporosis, hip.\nOverall: osteoporosis",
            "osteoporosis",
        ),
        ("DXA hip T-score -1.2. Impression: Osteopenia, normal at the spine.", "low_bone_mass"),
        ("DXA hip T-score -2.6. Impression: Osteoporosis of the hip.", "osteoporosis"),
        ("DXA spine Z-score -2.1. Comment: Low bone density for chronological age at the spine.", None),
        ("DXA spine Z-score -2.6. Comment: Osteoporosis isn't diagnosed in children by densitometry.", None),
        ("DXA hip T-score -1.2. Myeloma and osteoporosis were excluded.", None),
        (
            "DXA hip T -2.5. By these the patient has osteoporosis of the neck and osteopenia of the spine.",
            None,
        ),
        ("VFA by DXA. T8 wedged. Remaining levels normal. L1: normal. Spine T-score -1.7.", None),
        (
            "DXA hip T-score -2.6.\nBMD CV 1.0%    WHO Classification: Osteoporosis    Fracture Risk: High",
            "osteoporosis",
        ),
        (
            "DXA hip T-score -2.6.\nASSESSMENT: By the radius the patient is osteoporotic; spine osteopenic.",
            "osteoporosis",
        ),
        ("DXA spine T-score -2.7. Judgement: lumbar spine - osteoporosis. Neck - bone mass reduction.", None),
    ],
)
def test_the_classification_concluded(text: str, expected: str | None) -> None:
    stated = read(text).densitometry.classification
    assert (stated.value if stated else None) == expected


# ---------------------------------------------------------------------------------------------------------------- doubt


@pytest.mark.parametrize(
    ("text", "code", "kept"),
    [
        (
            "DXA lumbar spine T-score 2.7. Impression: osteoporosis.",
            "t_score_sign_suspect",
            "lumbar_spine current t 2.7",
        ),
        ("DXA total hip T-score -28.", "t_score_out_of_range", "total_hip current t -28"),
        ("Left hip T-score -2.7. Impression: osteopenia.", "classification_conflict", "total_hip left current t -2.7"),
        (
            "Region BMD T-score\nL1-L4 O.748 -2.1\nHip 0.712 -1.9",
            "unreadable_value",
            "lumbar_spine L1-L4(4) current t -2.1",
        ),
        (
            "Right femoral neck T-score -2.4. Impression: lowest T-score -2.4 at the left femoral neck.",
            "laterality_conflict",
            "femoral_neck right current t -2.4",
        ),
        (
            "L1-L4 T-score -1.2. Compression fracture of L2.",
            "fractured_level_in_density",
            "lumbar_spine L1-L4(4) current t -1.2",
        ),
    ],
)
def test_a_doubtful_value_is_kept_and_reported(text: str, code: str, kept: str) -> None:
    reading = read(text)
    assert code in {issue.code for issue in reading.issues}
    assert kept in values(text)
    assert all(word not in issue.message for issue in reading.issues for word in re.findall(r"\d\.\d", text))


@pytest.mark.parametrize(
    "text",
    [
        "DXA lumbar spine T-score 1.7. Impression: normal.",
        "DXA total hip T-score -2.8. Impression: osteoporosis.",
        "L1-L4 T-score -1.2. No compression fracture of L2. Low bone mass.",
    ],
)
def test_no_doubt_without_reason(text: str) -> None:
    assert read(text).issues == ()


def test_an_addendum_replaces_what_it_corrects() -> None:
    text = (
        "ADDENDUM: the sides were interchanged. LEFT femoral neck T-score -2.6, RIGHT femoral neck T-score -2.0.\n\n"
        "ORIGINAL REPORT\nRight femoral neck T-score -2.6. Left femoral neck T-score -2.0."
    )
    assert values(text) == {"femoral_neck left current t -2.6", "femoral_neck right current t -2.0".replace(".0", "")}
    assert "addendum_correction" in {issue.code for issue in read(text).issues}


# ------------------------------------------------------------------------------------------------------------- evidence


def test_every_value_has_its_words_in_the_received_text() -> None:
    received = (
        "DXA<br>Lumbar&nbsp;spine (L1\u2013L4): T\u2011score \u22122.1, BMD 0.812 g/cm\u00b2"
        "<br>Left femoral neck: T-score &minus;1.9"
    )
    view = View.of(received)
    section = Section(name="results", start=0, end=len(view.text))
    for entry in read_densitometry(view, [section]).bone_density:
        assert entry.evidence
        for words in entry.evidence:
            assert received[words.start : words.end] == words.text
            assert words.section == "results"
        told = " ".join(words.text for words in entry.evidence)
        assert "2.1" in told or "1.9" in told


# -------------------------------------------------------------------------------------------------------------- hostile


def test_a_report_without_density_costs_almost_nothing() -> None:
    view = View.of("Chest film. The heart is normal in size and the lungs are clear. No rib fracture. " * 200)
    started = time.perf_counter()
    for _ in range(100):
        assert read_densitometry(view, ()) == DensitometryReading()
    assert time.perf_counter() - started < 2.0


@pytest.mark.parametrize(
    "unit",
    [
        "T-score -2.3 ", "| BMD | T |\n", "L1-", "L1, ", "BMD\n", "-", "femoral neck ", "minus two point ", "1",
        "L1 0.812 -2.1 -1.0\n", "Region BMD T-score\n", "left right ", "0.812.", "FRAX major 12% hip 3% ", "((((",
        "Region\nBMD\nT-score\nL1\n0.8\n-2.1\n", "2.3 standard deviations below ", "TBS 1.2 ", "decreased by 3% ",
        "osteoporosis ", "lowest T-score ", "\t", ";",
    ],
)  # fmt: skip
def test_hostile_text_is_read_in_bounded_time(unit: str) -> None:
    view = View.of("T-score of the hip. " + unit * (1_000_000 // len(unit)))
    started = time.perf_counter()
    read_densitometry(view, ())
    assert time.perf_counter() - started < 15.0


@pytest.mark.parametrize(
    "text", ["", "T", "T-score", "T-score:", "BMD |", "|||", "T-score \ud800 -2.1", "BMD -0.8 g/cm2", "T-score ."]
)
def test_fragments_never_fail(text: str) -> None:
    read(text)
