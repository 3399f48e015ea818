from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest

from decision.assessment import Assessment, Because, FactUsed
from extractor.findings import BoneDensity, Evidence, ReportFindings, VertebralFinding
from osteoreport.archive import ASSESSMENT_COLUMNS, FINDINGS_COLUMNS
from osteoreport.writers import JsonLines, OutputRefused, writer_for
from tests.osteoreport.conftest import fake_assess

FINDINGS = ReportFindings(
    report_id="r1",
    regions_imaged=("lumbar",),
    vertebral_fracture="present",
    vertebrae=(
        VertebralFinding(
            level="L2",
            assertion="present",
            descriptors=("wedging",),
            height_loss_percent=(25, 30),
            etiologies={"osteoporotic": "possible"},
            evidence=(Evidence(start=3, end=9, text="wedged"),),
        ),
    ),
    bone_density=(BoneDensity(site="femoral_neck", t_score=-2.3),),
    clinical={"age_years": 72, "osteoporosis_therapy": ("denosumab",)},
)


def finding_row(findings: ReportFindings = FINDINGS) -> dict[str, object]:
    return {"id": "r1", "patient_id": None, "source": "s", "line": 1, "encoding": "utf-8",
            "findings": findings.model_dump(mode="json")}  # fmt: skip


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz"])
def test_json_lines_come_back(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with writer_for(path, FINDINGS_COLUMNS) as writer:
        writer.write({"text": "−2.5 \ud800"})
        writer.write(finding_row())
    raw = path.read_bytes()
    lines = (gzip.decompress(raw) if name.endswith(".gz") else raw).decode().splitlines()
    assert json.loads(lines[0]) == {"text": "−2.5 \ud800"}
    assert ReportFindings.model_validate(json.loads(lines[1])["findings"]) == FINDINGS
    if name.endswith(".gz"):
        assert raw[3:8] == bytes(5)  # neither a name nor a time, so that equal results are equal files


def test_parquet_keeps_types_and_values(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "out.parquet"
    with writer_for(path, FINDINGS_COLUMNS) as writer:
        writer.write(finding_row())
        writer.write(finding_row(ReportFindings(report_id="\ud800")))
    table = parquet.read_table(path)
    found = table.to_pylist()[0]["findings"]
    found["vertebrae"][0]["etiologies"] = dict(found["vertebrae"][0]["etiologies"])
    assert ReportFindings.model_validate(found) == FINDINGS
    assert str(table.schema.field("line").type) == "int64"
    vertebra = table.schema.field("findings").type.field("vertebrae").type.value_type
    assert str(vertebra.field("height_loss_percent").type.value_type) == "double"
    assert str(vertebra.field("genant_grade").type) == "int64"


def test_parquet_keeps_a_value_of_many_types_as_json(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    facts = tuple(FactUsed(name="f", value=value) for value in (True, 3, -2.5, "post", ("L1", "L2"), None))
    plain = fake_assess([FINDINGS]).model_dump()
    plain["diagnosis"]["because"] = Because(rule="r", facts=facts).model_dump()
    with writer_for(tmp_path / "a.parquet", ASSESSMENT_COLUMNS) as writer:
        assessment = Assessment.model_validate(plain).model_dump(mode="json")
        writer.write({"patient_id": "p", "report_ids": ["r1"], "assessment": assessment})
    row = parquet.read_table(tmp_path / "a.parquet").to_pylist()[0]
    values = [fact["value"] for fact in row["assessment"]["diagnosis"]["because"]["facts"]]
    assert values == ["true", "3", "-2.5", '"post"', '["L1", "L2"]', None]


@pytest.mark.parametrize("name", ["out.jsonl", "out.jsonl.gz", "out.parquet"])
def test_an_interrupted_writer_leaves_nothing_and_harms_nothing(tmp_path: Path, name: str) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    path = tmp_path / name
    path.write_text("older")

    def interrupted() -> None:
        with writer_for(path, FINDINGS_COLUMNS) as writer:
            writer.write(finding_row())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_refusals_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputRefused, match=r"\.jsonl, \.jsonl\.gz, \.parquet"):
        writer_for(tmp_path / "out.xlsx", FINDINGS_COLUMNS)
    with pytest.raises(OutputRefused, match="No such file"), JsonLines(tmp_path / "no" / "out.jsonl"):
        pass
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(OutputRefused, match=r"pip install 'osteoreport\[parquet\]'"):
        writer_for(tmp_path / "out.parquet", FINDINGS_COLUMNS)
