from __future__ import annotations

import pytest

from decision.assessment import (
    Assessment,
    Because,
    ClinicalWarning,
    CriterionUsed,
    Diagnosis,
    FactUsed,
    MissingInput,
    ProtocolItem,
    Risk,
    Ruleset,
    Source,
    Stability,
    StabilityComponent,
)
from extractor.findings import (
    Alignment,
    BoneDensity,
    ClinicalContext,
    Curvature,
    Densitometry,
    Evidence,
    Issue,
    Level,
    Listhesis,
    ReportFindings,
    VertebralFinding,
)
from osteoreport.render import Item, Section, Table, clean, document, reports, to_markdown, to_text

SOURCE = Source(id="who1994", title="WHO study group", year=1994, locator="p. 5", checked=True)
UNCHECKED = Source(id="memory", title="General knowledge")
WORDS = Evidence(start=24, end=52, text="anterior  wedging\nof the L2 body")
BECAUSE = Because(
    rule="vertebral_fracture",
    text="a low-energy vertebral fracture",
    facts=(
        FactUsed(name="fractured_levels", value=("L2",), origin="report", report_id="film", evidence=(WORDS,)),
        FactUsed(name="age_years", value=71, origin="caller"),
        FactUsed(name="pregnant", value=None),
    ),
    criteria=(
        CriterionUsed(id="t_score_osteoporosis", label="T-score at or below -2.5", value=-2.5, operator="<=", unit="SD",
                      source="who1994"),
    ),
    sources=(SOURCE,),
)  # fmt: skip

FINDINGS = [
    ReportFindings(
        report_id="film",
        modality="radiograph",
        vertebral_fracture="present",
        vertebrae=(
            VertebralFinding(level="L2", assertion="present", descriptors=("wedging",), wedge_direction="anterior",
                             height_loss_percent=(25, 30), retropulsion="absent", evidence=(WORDS,)),
            VertebralFinding(level="T12", assertion="possible", mimic="schmorl_node"),
            VertebralFinding(region="thoracic", portion="mid", count=2, assertion="present"),
        ),
        bone_density=(
            BoneDensity(site="femoral_neck", side="left", t_score=-2.0),
            BoneDensity(site="lumbar_spine", vertebrae=("L1", "L3"), excluded=("L2",), bmd_g_cm2=0.812, when="prior",
                        date="2019", change_percent=3, change_significant=False),
        ),
        clinical=ClinicalContext(age_years=71, back_pain=False, osteoporosis_therapy=("denosumab",)),
        densitometry=Densitometry(classification="low_bone_mass"),
        alignment=Alignment(
            kyphosis=Curvature(degrees=22, scope="local", at=("L1", "L2", "L3")),
            listhesis=(Listhesis(at="L4/L5", direction="anterolisthesis", grade=1, mm=4),),
        ),
    )
]  # fmt: skip

ASSESSMENT = Assessment(
    diagnosis=Diagnosis(id="clinical", densitometric_category="low_bone_mass", lowest_t_score=-2.3,
                        fractured_levels=("L2",), statement="Osteoporosis by vertebral fracture.", because=BECAUSE),
    risk=Risk(tier="very_high", because=BECAUSE),
    stability=Stability(
        overall="indeterminate",
        lean="likely_stable",
        components=(
            StabilityComponent(id="loss", label="height loss", value=27.5, threshold="< 50 %", state="pass",
                               because=BECAUSE),
            StabilityComponent(id="deficit", label="neurological deficit", state="unknown", because=BECAUSE),
        ),
    ),
    protocol=(
        ProtocolItem(id="dx_labs", kind="dx", action="Laboratory work-up", because=BECAUSE, sources=(SOURCE,)),
        ProtocolItem(id="rx_x", kind="rx", action="Drug x", status="consider", priority="within_24h",
                     check_first=("renal_function",), because=BECAUSE, sources=(UNCHECKED,)),
    ),
    warnings=(
        ClinicalWarning(id="w_stop", level="stop", text="Stop this.", because=BECAUSE),
        ClinicalWarning(id="w_check", level="check", text="Check that.", because=BECAUSE),
        *(ClinicalWarning(id="w_more", level="check", text="Check more.", because=BECAUSE) for _ in range(6)),
        ClinicalWarning(id="w_note", level="note", text="Note this.", because=BECAUSE),
    ),
    missing=(MissingInput(input="egfr", would_decide=("rx_a", "rx_b", "rx_c", "rx_d")),),
    issues=(Issue(code="level_conflict", message="findings and impression differ"),),
    ruleset=Ruleset(version="1", date="2026-01-01"),
)  # fmt: skip


@pytest.fixture
def sections(fakes: None) -> list[Section]:
    return document(FINDINGS, ASSESSMENT)


def test_a_clinician_reads_what_it_means_first(sections: list[Section]) -> None:
    assert [section.title for section in sections] == [
        "Diagnosis", "Vertebrae", "Bone density", "Reports", "Stability", "Protocol", "Warnings",
        "To look at in the reports", "To find out next", "Sources",
    ]  # fmt: skip


def test_plain_text(sections: list[Section]) -> None:
    text = to_text(sections, width=100)
    for expected in (
        "Osteoporosis by vertebral fracture.",
        "fractured: L2; lowest T-score: -2.3; by densitometry: low bone mass",
        "Fracture risk: very high",
        "film: vertebral fracture present (radiograph)",
        "also stated: local kyphosis present 22 degrees at L1-L3; anterolisthesis L4/L5 grade 1 4 mm;",
        "age years 71; back pain no; osteoporosis",
        "+3 %, not significant",
        "indeterminate (likely stable)",
        "[pass] height loss: 27.5 (< 50 %)",
        "[unknown] neurological deficit",
        "1. Laboratory work-up (who1994)",
        "2. Drug x [within 24h, consider] (memory)",
        "check first: renal function",
        "STOP Stop this.",
        "CHECK Check that.",
        "2 more to check",
        "Not stated: egfr",
        "level conflict: findings and impression differ",
        "egfr: would decide rx_a, rx_b, rx_c and 1 more",
        "who1994: WHO study group, 1994\n",
        "memory: General knowledge [not checked against the source]",
    ):
        assert expected in text
    assert "why" not in text.replace("see --why", "")
    assert "Note this." not in text
    assert "\x1b" not in text
    assert text.index("T12") < text.index("L2    ") < text.index("2 x mid thoracic")


def test_tables_show_words_and_leave_out_empty_columns(sections: list[Section]) -> None:
    text = to_text(sections, width=200)
    assert '"anterior wedging of the L2 body"' in text
    assert "wedging; wedged anteriorly; height loss 25-30 %; retropulsion absent" in text
    assert "left femoral neck" in text
    assert "-2.0" in text
    assert "L1, L3 without L2" in text
    assert "prior 2019" in text
    assert "Z-score" not in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_no_line_is_wider_than_asked(fakes: None, width: int) -> None:
    for why in (False, True):
        lines = to_text(document(FINDINGS, ASSESSMENT, why=why), width=width).splitlines()
        assert max(map(len, lines)) <= width


def test_why_leads_from_the_rule_to_the_words(fakes: None) -> None:
    text = " ".join(to_text(document(FINDINGS, ASSESSMENT, why=True), width=300).split())
    assert "why: rule vertebral_fracture - a low-energy vertebral fracture" in text
    assert 'fact fractured_levels = L2, report film: "anterior wedging of the L2 body" at 24-52' in text
    assert "who1994: WHO study group, 1994, p. 5" in text
    assert "fact age_years = 71, given by the caller" in text
    assert "fact pregnant = unknown criterion" in text
    assert ("criterion t_score_osteoporosis: T-score at or below -2.5 (<= -2.5 SD; who1994, not checked against the"
            " source)") in text  # fmt: skip
    for identity in ("why dx_labs:", "why rx_x:", "why w_stop:", "why w_check:", "why w_note:"):
        assert identity in text


def test_colour_marks_but_changes_no_word(sections: list[Section]) -> None:
    import re

    coloured = to_text(sections, width=80, colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == to_text(sections, width=80)


def test_markdown_is_a_draft_with_tables_and_numbers(sections: list[Section]) -> None:
    text = to_markdown(sections)
    assert text.startswith("# Vertebral fracture and bone density\n\n> Draft for a clinician.")
    assert "| level | is | as | words of the report |\n| --- | --- | --- | --- |\n" in text
    assert "\n1. Laboratory work-up (who1994)\n2. Drug x \\[within 24h, consider\\] (memory)\n   - check first" in text
    assert "- **STOP** Stop this." in text


@pytest.mark.parametrize("hostile", ["\x1b[31mred\x1b]0;title\x07", "a\u202eb\u2066", "c\x9b2J", "d\r\ne", "f\ud800"])
def test_hostile_words_reach_neither_terminal_nor_markup(hostile: str) -> None:
    sections = [
        Section("Title", (Item(hostile), Table(("a", "b"), ((clean(hostile), "<b>|x|</b> *y* [z](u)"),)))),
    ]
    shown = to_text(sections, width=80), to_markdown(sections)
    for text in shown:
        assert not set(text) & set("\x1b\x07\x9b\r\u202e\u2066\ud800")
    assert "\\<b\\>\\|x\\|\\</b\\> \\*y\\* \\[z\\](u)" in shown[1]


def test_several_reports_are_named_beside_their_words(fakes: None) -> None:
    levels: tuple[Level, ...] = ("L1", "T10", "T11", "T12", "L4", "L5")
    cleared = tuple(VertebralFinding(level=level, assertion="absent") for level in levels)
    text = to_text(document([*FINDINGS, ReportFindings(report_id="mri", vertebrae=cleared)], ASSESSMENT), width=200)
    assert '"anterior wedging of the L2 body" (film)' in text
    assert "no fracture stated of T10-T12, L1, L4-L5 (mri)" in text


def test_what_is_said_of_an_unfractured_vertebra_is_shown() -> None:
    vertebra = VertebralFinding(level="L1", assertion="absent", marrow_edema="absent")
    text = to_text(reports([ReportFindings(vertebrae=(vertebra,))]))
    assert "marrow oedema absent" in text
    assert "no fracture stated" not in text


def test_words_that_touch_are_quoted_as_one() -> None:
    spans = [
        (20, 28, "collapse"),
        (0, 8, "anterior"),
        (9, 16, "wedging"),
        (10, 13, "edg"),
        (40, 42, " "),
        (25, 31, "pse of"),
        (31, 33, " L"),
    ]
    evidence = tuple(Evidence(start=start, end=end, text=text) for start, end, text in spans)
    vertebra = VertebralFinding(level="L2", assertion="present", evidence=evidence)
    assert '"anterior wedging ... collapse of L"' in to_text(reports([ReportFindings(vertebrae=(vertebra,))]))
