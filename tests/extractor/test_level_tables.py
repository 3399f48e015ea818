"""Tables of vertebrae become a line for each vertebra, whose characters lead back to where they stand."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.layout import Layout


def composed(text: str) -> list[str]:
    layout = Layout.of(text)
    return [layout.lines[number].text for number in layout.composed]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (
            "Level     : T8      T9     L1\nFracture  : Y       N      Y\nAge       : old     -      acute\n"
            "Ht loss   : 20%     -      45%\nPost. wall: intact  -      breached",
            [
                "T8: fracture, old, height loss 20%, posterior wall intact",
                "T9: no fracture",
                "L1: fracture, acute, height loss 45%, posterior wall breached",
            ],
        ),
        ("       T8     L2\n2021   -      10% wedge\ntoday  30% wedge   10% wedge", ["T8: 30% wedge", "L2: 10% wedge"]),
        ("       T8       L2\n2021   normal   wedge\n2023   wedge    wedge", ["T8: wedge", "L2: wedge"]),
        (
            "| Level | Genant grade | Oedema | Remark |\n| D12 | 2 | yes | new |\n| L1 | 1 | no | old |\nNo more.",
            ["D12: genant grade 2, marrow edema, new", "L1: genant grade 1, no marrow edema, old"],
        ),
        # The rule below a head is none of the rows; what is said of discs and marrow next to the disc is not of bodies.
        (
            "| Level | Modic | Pfirrmann | Fracture |\n|---|:-:|---|---|\n| L1 | 2 | 3 | grade 2 |\n"
            "| L2 | 1 | 2 | none |",
            ["L1: fracture grade 2", "L2: no fracture"],
        ),
        ("Level | Disc | Fracture\nL1 | degenerate | no\nL2 | collapse | yes", ["L1: no fracture", "L2: fracture"]),
        ("Level\tShape\nT7\twedge\nT9-L2\tnormal", ["T7: wedge", "T9-L2: normal"]),
        # Discs, densities, one row, rows that do not fit, and prose are no tables of vertebrae.
        ("Level   Disc\nL3-L4   bulge\nL4-L5   protrusion", []),
        ("Region  BMD    T-score\nL1      0.702  -2.4\nL2      0.741  -2.6", []),
        ("Level   Shape\nL1      wedge", []),
        ("T8   L1\nwedge", []),
        ("T8 and L1 are wedged.  The rest is normal.\nNo oedema.  No retropulsion.", []),
        ("", []),
    ],
)
def test_tables(text: str, lines: list[str]) -> None:
    assert composed(text) == lines


def test_lines_lead_back() -> None:
    text = "CT\nLevel   T8    L1\nFracture  N    Y\nHt loss  -     45%\nDiscs normal."
    layout = Layout.of(text)
    line = layout.lines[max(layout.composed)]
    start = line.text.index("45%")
    view = layout.view.text
    assert line.text == "L1: fracture, height loss 45%"
    assert view[slice(*line.span(start, start + 3))] == "45%"
    assert view[slice(*line.span(0, 2))] == "L1"
    assert [one.text for one in layout.lines][-1] == "Discs normal."


def test_what_a_table_says() -> None:
    report = extract(
        "CT lumbar spine\n\nLevel       L1        L2      L3\nFracture    Y         N       Y\n"
        "Age         acute     -       old\nHt loss     45%       -       15%\n"
        "Retropulsn  3 mm      -       nil\n\nComment: disc vacuum L5/S1."
    )
    said = {
        finding.level: (finding.assertion, finding.acuity, finding.height_loss_percent, finding.retropulsion_mm)
        for finding in report.vertebrae
    }
    assert said == {
        "L1": ("present", "acute", (45, 45), 3),
        "L2": ("absent", None, None, None),
        "L3": ("present", "chronic", (15, 15), None),
    }
    assert all(e.text for finding in report.vertebrae for e in finding.evidence)
