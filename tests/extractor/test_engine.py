"""One reading, however it is done: fast, plain, by the pipeline, remembered, in any order - and of any input."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from extractor import Extractor, ReportFindings, engine, extract, extract_many, pipeline
from tests.extractor import corpora
from tests.extractor.test_sentences import cases as sentence_cases
from tests.extractor.test_text import misquoted

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = list(corpora.texts())[::12]
FRACTURE = "FINDINGS: Wedge compression fracture of L2 with 40% loss of height."


def python(code: str, **environment: str) -> str:
    """What a fresh Python prints."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


# ---------------------------------------------------------------------------------------------------------- equality


@pytest.fixture(scope="module")
def plain() -> Extractor:
    return Extractor(plain=True)


@pytest.fixture(scope="module")
def nlp() -> Any:
    return pipeline.build()


@pytest.mark.parametrize("name", [*corpora.NAMES, "examples"])
def test_the_plain_way_and_the_pipeline_read_the_same(name: str, plain: Extractor, nlp: Any) -> None:
    keys = [key for key in corpora.texts() if key.startswith(f"{name}:") or (name == "examples" and ":" not in key)]
    assert len(keys) >= 30
    unequal = {key for key in keys if plain.extract(corpora.texts()[key]) != corpora.findings(key)}
    assert unequal == set()
    assert {key for key in keys if nlp(corpora.texts()[key])._.findings != corpora.findings(key)} == unequal


def test_the_plain_way_reads_every_sentence_case_the_same(plain: Extractor) -> None:
    unequal = [case.name for case in sentence_cases() if plain.extract(case.text) != extract(case.text)]
    assert unequal == []


def test_many_are_read_as_one_by_one_and_only_when_asked_for() -> None:
    texts = [corpora.texts()[key] for key in SAMPLE]
    assert list(extract_many(texts)) == [corpora.findings(key) for key in SAMPLE]
    assert list(Extractor().extract_many(iter(texts))) == [corpora.findings(key) for key in SAMPLE]
    asked = []
    reading = extract_many(asked.append(text) or text for text in texts)  # type: ignore[func-returns-value]
    assert asked == []
    next(reading)
    assert asked == texts[:1]


def test_the_id_is_the_callers() -> None:
    assert extract(FRACTURE, report_id="r-1").report_id == "r-1"
    assert extract(FRACTURE).report_id is None
    assert extract(FRACTURE, report_id="r-1") == extract(FRACTURE).model_copy(update={"report_id": "r-1"})


# ------------------------------------------------------------------------------------------------------------- state


def test_the_order_of_reports_does_not_matter() -> None:
    forward, backward = Extractor(), Extractor()
    first = {key: forward.extract(corpora.texts()[key]) for key in SAMPLE}
    second = {key: backward.extract(corpora.texts()[key]) for key in reversed(SAMPLE)}
    again = {key: forward.extract(corpora.texts()[key]) for key in SAMPLE}
    assert [key for key in SAMPLE if not first[key] == second[key] == again[key]] == []


@pytest.mark.parametrize(
    ("before", "text", "verdict"),
    [
        (FRACTURE, "INDICATION: Wedge compression fracture of L2 with 40% loss of height.", "not_mentioned"),
        (FRACTURE, "This fracture is chronic.", "not_mentioned"),
        (FRACTURE, "No retropulsion.", "not_mentioned"),
        ("Fracture of the left hip.", "Thoracic spine. Fracture at T8. It is old.", "present"),
        ("No fracture.", FRACTURE, "present"),
    ],
)
def test_a_report_knows_nothing_of_the_last(before: str, text: str, verdict: str) -> None:
    reader = Extractor()
    alone = reader.extract(text)
    reader.extract(before)
    assert reader.extract(text) == alone == extract(text) == Extractor(plain=True).extract(text)
    assert alone.vertebral_fracture == verdict


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "CACHED_SENTENCES", 3)
    reader = Extractor()
    keys = SAMPLE[:12]
    assert [reader.extract(corpora.texts()[key]) for key in keys] == [corpora.findings(key) for key in keys]
    assert len(reader._engine._cache) == 3


def test_a_pipeline_that_has_taken_in_too_much_is_built_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "NEW_STRINGS", 0)
    reader = Extractor()
    reader.extract("Fracture of the Zyxwvut L1 vertebra.")
    first = reader._engine._nlp
    assert reader.extract("Fracture of the L2 vertebra.") == extract("Fracture of the L2 vertebra.")
    assert reader._engine._nlp is not first
    monkeypatch.setattr(engine, "NEW_STRINGS", 400_000)
    kept = reader._engine._nlp
    reader.extract("Fracture of the Wvutsrq L1 vertebra.")
    assert reader._engine._nlp is kept


def test_a_fresh_extractor_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(Extractor())).extract(FRACTURE) == extract(FRACTURE)


def test_a_used_extractor_travels_too() -> None:
    reader = Extractor()
    reader.extract(FRACTURE)
    assert pickle.loads(pickle.dumps(reader)).extract(FRACTURE) == extract(FRACTURE)


def test_the_same_in_every_process() -> None:
    """Sets of words have another order under another hash seed; results must not."""
    code = (
        "import hashlib; from tests.extractor import corpora; from extractor import extract_many\n"
        "texts = list(corpora.texts().values())[::9]\n"
        "print(hashlib.sha256(''.join(r.model_dump_json() for r in extract_many(texts)).encode()).hexdigest())"
    )
    assert len({python(code, PYTHONHASHSEED=seed) for seed in ("1", "2")}) == 1


HEAVY = "sorted(name for name in ('spacy', 'medspacy', 'PyRuSH', 'sklearn', 'decision') if name in sys.modules)"


def test_importing_loads_no_pipeline() -> None:
    assert python(f"import sys, extractor; print({HEAVY})") == "[]"
    assert python(f"import sys, extractor.findings; print({HEAVY})") == "[]"


def test_a_report_without_a_word_of_the_spine_needs_no_pipeline() -> None:
    text = corpora.examples()["chest_without_spine_finding"]
    code = f"import sys, extractor; extractor.extract({text!r}); print({HEAVY})"
    assert "spacy" not in python(code)
    assert "spacy" in python(f"import sys, extractor; extractor.extract({FRACTURE!r}); print({HEAVY})")


def test_reading_leaves_the_warnings_of_the_process_alone() -> None:
    code = (
        "import warnings; before = list(warnings.filters); import extractor\n"
        f"extractor.extract({FRACTURE!r}); print([f for f in warnings.filters if f not in before and f[0] == 'ignore'"
        " and f[1] is None and f[2] is Warning])"
    )
    assert python(code) == "[]"


# --------------------------------------------------------------------------------------------------------- any input


@pytest.mark.parametrize("text", [None, b"Fracture of L1.", 12, ["Fracture of L1."], {"text": "x"}, Path("x")])
def test_what_is_no_text_is_refused_by_name(text: Any) -> None:
    for read in (extract, Extractor().extract, Extractor(plain=True).extract):
        with pytest.raises(TypeError, match=rf"a report is a str, not {type(text).__name__}$"):
            read(text)
    with pytest.raises(TypeError, match="a report is a str"):
        list(extract_many(["Fracture of L1.", text]))


@pytest.mark.parametrize(
    "text", ["", " ", "\n\r\n\t\u00a0\u200b", "\x00" * 9, "\ud800\udfff", "...", "12 34", "\ufeff"]
)
def test_a_text_without_words(text: str) -> None:
    report = extract(text)
    assert report.vertebral_fracture == "not_mentioned"
    assert (report.vertebrae, report.bone_density) == ((), ())
    assert [issue.code for issue in report.issues] == ["no_radiology_content"]


@pytest.mark.parametrize(
    "text",
    [
        "Fracture\x00of\x00L1.",
        "Fracture of \ud800L1\udfff.",
        bytes(range(256)).decode("latin-1") + "\nFracture of L1.",
        "\ufeffFRACTURE OF L1",
        "Fracture\u00a0of\u2009L1",
        "<html><body><p>Fracture of L1.</p></body></html>",
        "((((((Fracture of L1))))))",
        "<<<<<< Fracture of L1 >>>>>>",
        "\u202eFracture of L1\u202c",
        "\U0001f9b4 Fracture of L1 \U0001f9b4",
    ],
)
def test_a_dirty_text_is_read(text: str) -> None:
    report = extract(text)
    assert [(found.level, found.assertion) for found in report.vertebrae] == [("L1", "present")]
    assert misquoted(text, report) == []
    assert json.loads(report.model_dump_json().encode("utf-8", "surrogatepass"))


HOSTILE: dict[str, str] = {
    "long line": "The lungs are clear and " * 8_400,
    "long word": "a" * 5_000,
    "long number": "1" * 200_000,
    "empty lines": "\n" * 200_000,
    "stops": ". " * 100_000,
    "semicolons": ";" * 100_000,
    "hyphens": "-" * 100_000,
    "open tags": "<" * 100_000,
    "nested tags": "<div>" * 10_000 + FRACTURE + "</div>" * 10_000,
    "nested brackets": "(" * 500 + FRACTURE + ")" * 500,
    "entities": "&#" * 300,
    "tildes": "~" * 100_000,
    "backslashes": "\\" * 50_000,
    "blanks": " " * 100_000 + FRACTURE,
    "invisible": "\u200b" * 100_000 + FRACTURE,
    "binary": bytes(range(256)).decode("latin-1") * 400,
    "many reports": f"{FRACTURE}\nThe lungs are clear.\n" * 1_000,
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_hostile_text_comes_to_an_end(name: str) -> None:
    text = HOSTILE[name]
    report = extract(text)
    assert misquoted(text, report) == []
    assert [found.level for found in report.vertebrae] == (["L2"] if FRACTURE in text else [])


def test_five_megabytes() -> None:
    text = "The heart is not enlarged. The lungs are clear.\n" * 104_000 + FRACTURE
    assert len(text) > 4_990_000
    report = extract(text)
    assert misquoted(text, report) == []
    assert isinstance(report, ReportFindings)


@pytest.mark.parametrize("unit", ["fractures T1-L5 except T4, ", "Bones: normal\n"])
def test_what_names_vertebrae_or_labels_again_and_again_comes_to_an_end(unit: str) -> None:
    text = unit * 500
    assert misquoted(text, extract(text)) == []


@pytest.mark.parametrize(
    "unit",
    [
        "collapse of vertebra ",
        "the first fracture is ",
        "these fractures are old, ",
        "no such fracture ",
        "fracture of ",
        "it is collapsed and ",
        "height loss of 20 % and ",
        "compression fractures of thoracic vertebrae ",
    ],
)
def test_a_sentence_that_repeats_itself_comes_to_an_end(unit: str) -> None:
    # Each mention points back to those before it; what is touched must not double each time.
    text = unit * 500
    report = extract(text)
    assert misquoted(text, report) == []
    assert all(found.level is None for found in report.vertebrae)
