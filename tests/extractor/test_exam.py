"""What exam a report reports, of what, and when."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import extractor.exam
from extractor.exam import Exam, modality_at, read_exam
from extractor.sections import find_sections
from extractor.text import View

KNOWLEDGE = Path(extractor.exam.__file__).parent / "knowledge" / "exam.toml"


def read(text: str) -> Exam:
    view = View.of(text)
    return read_exam(view, find_sections(view.text))


def records(*kinds: str) -> Iterator[Any]:
    knowledge = tomllib.loads(KNOWLEDGE.read_text(encoding="utf-8"))
    for kind in kinds:
        for position, record in enumerate(knowledge[kind]):
            yield pytest.param(record, id=f"{kind}-{position}")


@pytest.mark.parametrize("record", list(records("name", "content")))
def test_every_modality_reads_its_own_texts(record: dict[str, Any]) -> None:
    assert record["yes"]
    assert record["no"]
    for text in record["yes"]:
        assert read(text).modality == record["modality"], text
    for text in record["no"]:
        assert read(text).modality != record["modality"], text


@pytest.mark.parametrize("record", list(records("region")))
def test_every_region_reads_its_own_titles(record: dict[str, Any]) -> None:
    assert record["yes"]
    assert record["no"]
    for text in record["yes"]:
        assert set(record["regions"]) <= set(read(text + "\n\nFINDINGS: Normal.").regions_imaged), text
    for text in record["no"]:
        assert not set(record["regions"]) <= set(read(text + "\n\nFINDINGS: Normal.").regions_imaged), text


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("EXAM: MRI LUMBAR SPINE\nCOMPARISON: CT 2019\nFINDINGS: L1 fracture.", "mri"),
        ("Radiographs of the lumbar spine. MRI is recommended to assess edema.", "radiograph"),
        ("Wedge fracture of L1, unchanged compared to the prior CT. Two views.", "radiograph"),
        ("HISTORY: MRI showed a fracture.\nFINDINGS: AP and lateral views. L1 wedging.", "radiograph"),
        ("Mr. Bell has a wedge fracture of L1.", None),
        ("Lateral X-ray of the spine reveals a collapse. DEXA was done the same week: T-score -3.4.", "radiograph"),
        ("The first radiographs showed wedging of T12. CT on arrival: T12 a wafer.", "ct"),
        (
            "A seizure was seen by his wife. In the emergency room the thoracic films were passed as normal. As he was "
            "still in pain on day 4, CT was requested. This showed a fracture of T5. He was treated in a brace.",
            "ct",
        ),
        ("Thoracic films show a fracture of T5. CT was requested.", "radiograph"),
        ("Spine x-rays which I requested show wedging of T7. DXA confirmed a T-score of -2.4.", "radiograph"),
        ("OPERATIVE NOTE\nCT had shown a burst fracture of L1.", "ct"),
        ("OPERATIVE NOTE\nThe MRI of last week demonstrated oedema of L1.", "mri"),
        ("OPERATIVE NOTE\nIntraoperative CT confirmed the screws.", None),
        ("Compression fracture of L1 and osteopenia.", None),
        ("FINDINGS: L1 burst fracture. Suggest CT and MRI.", "radiograph"),
        ("A leaflet: your T-score of -2.5 or below means osteoporosis.", None),
        ("His verbal memory T score was 41.", None),
        ("PREOPERATIVE DIAGNOSIS: stenosis.\nANESTHESIA: general.\nX-ray confirmed the level.", None),
        ("", None),
        # Only advised, ordered or pending.
        ("L/S SPINE: cortical irregularity of L2. CT if tender at L2.", "radiograph"),
        ("C SPINE LAT/AP/PEG. No fracture. C7 needs swimmers or CT.", "radiograph"),
        ("Sag STIR only, non diagnostic. Sugg CT or rpt.", "mri"),
        ("Hip/pelvis XR pending. Lumbar film ordered, not done yet. CT head pending.", None),
        ("Back pain. MRI booked. Chest x-ray to be done.", None),
        ("L1 fracture known -> MRI", None),
        ("CT shows burst L1 MRI pending", "ct"),
        ("CT lumbar spine as requested: burst fracture of L1.", "ct"),
        ("CT spine ordered by the ED shows a burst fracture of L1.", "ct"),
        ("MRI lumbar spine. Oedema, if any, is minimal.", "mri"),
        # Quoted in notes and letters.
        ('PMH: kyphoplasty\nData: CT A/P in ED, prelim: "T12 endplate fracture."\nExam: well.', "ct"),
        ("DXA 11/2022: T-score spine -3.1\nStanding radiographs on day 5 without loss of height at T12.", "radiograph"),
        ("PROCEDURE NOTE\nIndication: pain. MRI of the 9th: T11 fractured.\nTechnique: CT after the injection.", "mri"),
        ("PROCEDURE NOTE\nIndication: CT showed a T12 fracture.\nTechnique: fluoroscopy, two balloons.", "ct"),
        ("OPERATIVE REPORT\nPreop CT had shown a fragment in the canal.\nBlood loss 650.", "ct"),
        ("OPERATIVE REPORT\nIntraoperative CT shows screws in place.\nBlood loss 650.", None),
        ("I looked at the CT and MRI with the registrar: L2 hot on STIR.", "mri"),
        ("I looked at the CT and MRI with the registrar: L2 collapsed.", "ct"),
        # Requested and then seen; done elsewhere; advised behind a colon; a title with its two views as one word.
        ("He was still in pain and CT was requested. This showed a fracture of T5.", "ct"),
        ("Back pain. CT was requested. He was sent home.", None),
        ("The radiographs, taken elsewhere, had shown T12. CT on arrival: T12 has collapsed.", "ct"),
        ("Wedging of L1 on two views. Adv: MRI.", "radiograph"),
        ("LUMBOSACRAL SPINE APL\nWedging of L1.", "radiograph"),
        # Of a limb, and not at hand; of several exams ordered the one of the spine.
        ("Imaging: CT C-spine per radiology no fracture. L knee film: plateau fracture.", "ct"),
        ("CT head: no bleed. XR lumbar spine: wedging of L1.", "radiograph"),
        ("CT head and cervical spine: no fracture.", "ct"),
        ("L knee film: plateau fracture.", "radiograph"),
        ("EXAMINATION: Brain MRI\n\nIMPRESSION:\nNo intracranial abnormality.", "mri"),
        ("EXAM: MRI LEFT SHOULDER\n\nFINDINGS: Tendinosis. Correlation with the radiographs.", "mri"),
        ("EXAM: MRI head.\n\nCorrelation is made with the head CT of 4/18.", "mri"),
        ("OPERATIVE REPORT\nINDICATION: CT showed a renal mass.\nESTIMATED BLOOD LOSS 900.", None),
        ("We do not have these films. The lumbar MRI that he had in April describes stenosis.", "mri"),
        ("These films show wedging of T8.", "radiograph"),
        ("OBR|1|||US RENAL\nNo hydronephrosis.\nOBR|2|||XR THORACIC SPINE\nNo fracture.", "radiograph"),
        ("OBR|1|||CT CHEST\nNo nodule.\nOBR|2|||XR KNEE\nNo fracture.", "ct"),
        ("OPERATION: fusion T9 to L2.\nINDICATION: CT showed a burst fracture.\nESTIMATED BLOOD LOSS 900.", "ct"),
        ("OPERATION: fusion.\nINDICATION: burst fracture.\nESTIMATED BLOOD LOSS 900. CT showed the screws.", None),
    ],
)
def test_the_exam_is_the_one_reported(text: str, modality: str | None) -> None:
    assert read(text).modality == modality


def test_each_exam_has_its_stretch_of_text() -> None:
    text = "Lateral radiograph shows no fracture of L1. MRI shows a fracture of L2."
    exam = read(text)
    assert [reported.modality for reported in exam.modalities] == ["radiograph", "mri"]
    assert modality_at(exam, text.index("L1")) == "radiograph"
    assert modality_at(exam, text.index("L2")) == "mri"
    assert modality_at(Exam(modality="dxa"), 7) == "dxa"
    assert modality_at(Exam(), 0) is None


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("XR THORACOLUMBAR SPINE\n\nFINDINGS: Normal.", ("thoracic", "lumbar")),
        ("CT ABDOMEN AND PELVIS\n\nFINDINGS: Normal.", ("lumbar", "sacral")),
        ("DXA of the hip and lumbar spine: T-score -2.0.", ()),
        ("DXA with VFA: T-score -2.0.", ("thoracic", "lumbar")),
        ("The heart size is normal. Lungs are clear.", ("thoracic",)),
    ],
)
def test_regions_follow_the_title_then_the_content(text: str, regions: tuple[str, ...]) -> None:
    assert read(text).regions_imaged == regions


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("MRI LUMBAR SPINE\nExm Date: OCT 30, 2006@09:10\nFINDINGS: Normal.", "2006-10-30"),
        ("X-ray of the thoracic spine on 14.03.2022\nFindings: Normal.", "2022-03-14"),
        ("CT CHEST 5/16/2025\nFINDINGS: Normal.", "2025-05-16"),
        ("CT CHEST 5/6/2025\nFINDINGS: Normal.", None),
        ("CT CHEST\nDate of exam: 2021-02-30\nFINDINGS: Normal.", None),
        ("CT CHEST\nCOMPARISON: 2021-02-03\nFINDINGS: Normal.", None),
        ("CT CHEST\nDOB: 03.02.1950\nFINDINGS: Normal.", None),
        ("CT CHEST performed on 3 February 2021\nFINDINGS: Normal.", "2021-02-03"),
        ("The fracture of 14.03.2022 has healed.", None),
    ],
)
def test_the_date_is_of_this_exam_and_unambiguous(text: str, date: str | None) -> None:
    assert read(text).exam_date == date


def test_evidence_is_the_received_words() -> None:
    received = "EXAM:&nbsp;MRI of the lumbar spine<BR>FINDINGS: Normal."
    exam = read(received)
    assert [evidence.text for evidence in exam.evidence] == ["MRI"]
    for evidence in exam.evidence:
        assert received[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    "text", ["", "ct " * 3000, "\u0130 MRI", "views " * 2000, "12/12/" * 1500, "\n" * 4000, "(1:2" * 900]
)
def test_hostile_texts_are_read_without_error(text: str) -> None:
    assert isinstance(read(text), Exam)
