"""Kyphosis, scoliosis and slips, and the angles said of each."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import extractor.alignment
from extractor.alignment import read_alignment
from extractor.findings import Alignment, Curvature
from extractor.sections import find_sections
from extractor.sentences import split
from extractor.text import View

KNOWLEDGE = Path(extractor.alignment.__file__).parent / "knowledge" / "alignment.toml"


def read(text: str) -> Alignment:
    view = View.of(text)
    return read_alignment(view, find_sections(view.text), split(view.text))


def slips(text: str) -> list[tuple[str | None, str | None, int | None, float | None]]:
    return [(slip.at, slip.direction, slip.grade, slip.mm) for slip in read(text).listhesis]


def curve(found: Curvature | None) -> tuple[str, float | None, str | None, tuple[str, ...]] | None:
    return None if found is None else (found.assertion, found.degrees, found.scope, found.at)


def records(kind: str) -> Iterator[Any]:
    knowledge = tomllib.loads(KNOWLEDGE.read_text(encoding="utf-8"))
    for record in knowledge[kind]:
        yield pytest.param(record, id=record.get("name") or record["direction"] or "slip")


@pytest.mark.parametrize("record", list(records("curve")))
def test_every_curve_reads_its_own_sentences(record: dict[str, Any]) -> None:
    for text in record["yes"]:
        found = getattr(read(text), record["name"])
        assert found is not None, text
        assert found.assertion == "present", text
    for text in record["no"]:
        found = getattr(read(text), record["name"])
        assert found is None or found.assertion == "absent", text


@pytest.mark.parametrize("record", list(records("slip")))
def test_every_slip_reads_its_own_sentences(record: dict[str, Any]) -> None:
    for text in record["yes"]:
        assert [direction for _, direction, _, _ in slips(text)] == [record["direction"] or None], text
    for text in record["no"]:
        assert slips(text) == [], text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Focal kyphosis of 14 degrees at L1.", ("present", 14, "local", ("L1",))),
        ("Thoracic kyphosis T4-T12 52\u00b0, local kyphosis at L1 14\u00b0.", ("present", 14, "local", ("L1",))),
        ("Thoracic kyphosis measures 61 degrees.", ("present", 61, "regional", ())),
        ("Segmental kyphosis T11-L1 is 28 degrees.", ("present", 28, "local", ("T11", "L1"))),
        ("The kyphotic angle has increased from 12 to 18 degrees.", ("present", 18, None, ())),
        ("Local kyphosis 18 degrees, previously 11 degrees.", ("present", 18, "local", ())),
        ("No kyphosis.", ("absent", None, None, ())),
        ("Normal thoracic kyphosis.", ("absent", None, None, ())),
        ("Possible mild kyphosis.", ("possible", None, None, ())),
        ("No change in the mild kyphosis.", ("present", None, None, ())),
        ("Marked increase of the normal thoracic kyphosis.", ("present", None, "regional", ())),
        ("Kyphosis with 30% height loss.", ("present", None, None, ())),
        ("Straightening of the thoracic kyphosis.", None),
        ("HISTORY: kyphosis of 40 degrees.", None),
        ("Risk of progression to kyphosis.", None),
        ("Loss of cervical lordosis of 20 degrees.", None),
        ("Flexion of 30 degrees.", None),
    ],
)
def test_kyphosis(text: str, expected: tuple[str, float | None, str | None, tuple[str, ...]] | None) -> None:
    assert curve(read(text).kyphosis) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thoracic scoliosis, Cobb angle 46 degrees between T6 and T12.", ("present", 46, "regional", ("T6", "T12"))),
        ("Scoliosis of the lumbar spine. The Cobb angle is 24 degrees.", ("present", 24, "regional", ())),
        ("Scoliotic curve (Cobb's angle 37).", ("present", 37, "regional", ())),
        ("No scoliosis or kyphosis.", ("absent", None, None, ())),
        ("? scoliosis", ("possible", None, None, ())),
        ("SCOLIOSIS STUDY", None),
        ("INDICATION: scoliosis.", None),
    ],
)
def test_scoliosis(text: str, expected: tuple[str, float | None, str | None, tuple[str, ...]] | None) -> None:
    assert curve(read(text).scoliosis) == expected


def test_each_curve_keeps_its_own_angle() -> None:
    alignment = read("Scoliosis of 16 degrees and thoracic kyphosis of 48 degrees.")
    assert curve(alignment.scoliosis) == ("present", 16, None, ())
    assert curve(alignment.kyphosis) == ("present", 48, "regional", ())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Grade I anterolisthesis of L4 on L5 measuring 4 mm.", [("L4/L5", "anterolisthesis", 1, 4)]),
        ("Spondylolisthesis at L4-5.", [("L4/L5", None, None, None)]),
        ("Grade III spondylolisthesis of L3 over L4.", [("L3/L4", None, 3, None)]),
        ("Retrolisthesis of L2.", [("L2/L3", "retrolisthesis", None, None)]),
        ("At L5-S1 there is grade 1-2 anterior spondylolisthesis.", [("L5/S1", "anterolisthesis", 2, None)]),
        (
            "Retrolisthesis at L2/3 and L3/4.",
            [("L2/L3", "retrolisthesis", None, None), ("L3/L4", "retrolisthesis", None, None)],
        ),
        ("Anterolisthesis of L4 on L5 with a 5 mm disc bulge at L5-S1.", [("L4/L5", "anterolisthesis", None, None)]),
        ("No spondylolisthesis at L4-5.", []),
        ("No fracture or listhesis.", []),
        ("Spondylolysis of L5.", []),
        ("RECOMMENDATION: assess for spondylolisthesis.", []),
    ],
)
def test_listhesis(text: str, expected: list[tuple[Any, ...]]) -> None:
    assert slips(text) == expected


def test_two_mentions_of_one_slip_are_one() -> None:
    text = "FINDINGS: Anterolisthesis of L4 on L5 by 4 mm.\nIMPRESSION: Grade 1 spondylolisthesis L4-5."
    assert slips(text) == [("L4/L5", "anterolisthesis", 1, 4)]


def test_evidence_is_the_received_words() -> None:
    received = "FINDINGS:<BR>Local kyphosis&nbsp;of 14&deg; at L1. Anterolisthesis of L4 on L5."
    alignment = read(received)
    assert alignment.kyphosis is not None
    assert alignment.kyphosis.degrees == 14
    evidence = [*alignment.kyphosis.evidence, *(e for slip in alignment.listhesis for e in slip.evidence)]
    assert len(evidence) >= 2
    for words in evidence:
        assert received[words.start : words.end] == words.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "kyphosis " * 1500,
        "scoliosis 999 degrees",
        "kyphosis of 0 degrees",
        "L4/L5 " * 900 + "listhesis",
        "\u0130 kyphosis",
    ],
)
def test_hostile_texts_are_read_without_error(text: str) -> None:
    alignment = read(text)
    assert alignment.scoliosis is None or alignment.scoliosis.degrees is None
