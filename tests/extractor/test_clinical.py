"""Facts about the patient: the vocabulary with its sentences, and what is said of whom, when and how surely."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import extractor.clinical
from extractor.clinical import read_clinical
from extractor.findings import ClinicalContext
from extractor.gates import Gate, lowered, scan
from extractor.sections import find_sections
from extractor.sentences import split
from extractor.text import View

KNOWLEDGE = Path(extractor.clinical.__file__).parent / "knowledge" / "clinical.toml"


def read(text: str) -> ClinicalContext:
    view = View.of(text)
    return read_clinical(view, find_sections(view.text), split(view.text))


def stated(text: str) -> dict[str, Any]:
    """Every fact that is stated, by name."""
    return {name: fact.value for name, fact in read(text) if fact is not None}


def records() -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    """Name, fact, value and record of everything in the vocabulary."""
    knowledge = tomllib.loads(KNOWLEDGE.read_text(encoding="utf-8"))
    for record in knowledge["flag"]:
        yield record["id"], record["fact"], record.get("value", True), record
    for record in knowledge["trauma"]:
        yield record["id"], "trauma", record["gives"], record
    for record in knowledge["drug"]:
        yield record["generic"], "osteoporosis_therapy", (record["generic"],), record


@pytest.mark.parametrize(("name", "fact", "value", "record"), [pytest.param(*r, id=r[0]) for r in records()])
def test_every_record_reads_its_own_sentences(name: str, fact: str, value: Any, record: dict[str, Any]) -> None:
    assert record["yes"]
    assert record["no"]
    for sentence in record["yes"]:
        assert stated(sentence).get(fact) == value, sentence
    for sentence in record["no"]:
        assert stated(sentence).get(fact) != value, sentence


@pytest.mark.parametrize(
    ("text", "years", "sex"),
    [
        ("72-year-old woman with pain.", 72, "female"),
        ("INDICATION: 72 yo F, fall.", 72, "female"),
        ("HISTORY: 72F with LBP.", 72, "female"),
        ("CLINICAL DETAILS: F/72, pain.", 72, "female"),
        ("CLINICAL DETAILS: 64 y/o M.", 64, "male"),
        ("HISTORY: 60 y/o WM with cough.", 60, "male"),
        ("Patient: 71 Yrs / M", 71, "male"),
        ("Name: X   Age / Sex: 58 Y / F", 58, "female"),
        ("AGE: 67.3   SEX: F", 67.3, "female"),
        ("Woman, 65 y, back pain.", 65, "female"),
        ("A retired gentleman of 79.", 79, "male"),
        ("A seventy-two-year-old man fell.", 72, "male"),
        ("I reviewed Mrs Bell (68) in clinic.", 68, "female"),
        ("8-month-old girl with fever.", 0.67, "female"),
        ("HISTORY: 18F with back pain.", 18, "female"),
        ("Pt 86, inpatient day 6, cannot sit. She is alert.", 86, "female"),
        ("Aged 59. She has pain.", 59, "female"),
        ("Patient: F, 72.4 y, 158 cm", 72.4, "female"),
        ("DEXA SCAN REPORT\nPt. name: A.   55 yrs / F   Ref by Dr. B", 55, "female"),
        ("Equipment: Lunar DPX. Patient: female, 62 years.", 62, "female"),
        ("Boy aged 9 yrs 6 mths with dystrophy.", 9.5, "male"),
        ("Mr. Bell is 58. He lifted a box.", 58, "male"),
        ("A previously healthy 45-year-old woman.", 45, "female"),
        ("Patient of 76 years with her husband.", 76, "female"),
        ("Hombre/male of 74 with stiff spine.", 74, "male"),
        ("MRI sacrum, fem 79\nBoth alae are dark.", 79, "female"),
        ("Masc. 66, fall.", 66, "male"),
        ("67 yo fem, fall. Fem neck 0.7.", 67, "female"),
    ],
)
def test_age_and_sex_as_they_are_written(text: str, years: float, sex: str) -> None:
    facts = stated(text)
    assert (facts.get("age_years"), facts.get("sex")) == (years, sex)


@pytest.mark.parametrize(
    "text",
    [
        "Menopause at age 47.",
        "She was diagnosed at 11 years of age.",
        "Her mother, aged 80, had a hip fracture.",
        "Guidelines apply to women aged 65 years and older.",
        "A 3-month-old compression fracture of L1.",
        "T-score compares with a healthy 30 year old.",
        "History of smoking for 40 years.",
        "XXXX-year-old with cough.",
        "Fell 5 m from a roof.",
        "Bone age 12 years.",
        "18F-FDG PET/CT, vertex to mid-thigh.",
        "18F FDG PET/CT.",
        "F/18 fluorodeoxyglucose.",
        "Pt 20 min late.",
        "PT 34, APTT normal.",
        "Patient 34 of 60.",
        "Patient of 10 years standing.",
        "Compared with a healthy 45-year-old.",
        "Mr Bell is 178 cm tall.",
        "Left fem 79\nNeck 0.712",
        "Spine 0.866 / -2.6 / +2.2\nFem. neck left 0.640",
        "% young adult 79 fem. neck",
        "Fem 79 mm",
        "km/f 74",
        "T-score -1.2\n(20 y stable, see above)",
    ],
)
def test_an_age_of_something_else_is_not_the_patients(text: str) -> None:
    assert "age_years" not in stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Prostate carcinoma.",
        "18F-PSMA PET/CT",
        "T-score uses the female reference population.",
        "65-year-old male. She complains of pain in her back.",
        "MR image of L3.",
        "Discussed with Dr. Bell, who said she would call.",
        "MSH|^~\\&|RIS|NORTH|HIS|NORTH|20220821",
    ],
)
def test_sex_is_never_guessed_nor_taken_from_others(text: str) -> None:
    assert "sex" not in stated(text)


@pytest.mark.parametrize(
    ("text", "trauma"),
    [
        ("INDICATION: fall.", "unspecified"),
        ("She fell from standing height.", "low_energy"),
        ("Ground level fall two days ago.", "low_energy"),
        ("He tripped over a rug and fell.", "low_energy"),
        ("He fell off a ladder.", "high_energy"),
        ("Fall down the stairs.", "high_energy"),
        ("Fall of 4 metres.", "high_energy"),
        ("Fall of 1.8 m.", "low_energy"),
        ("Fall of 1.9 m.", "high_energy"),
        ("INDICATION: RTC, back pain.", "high_energy"),
        ("Pain since lifting a suitcase.", "low_energy"),
        ("INDICATION: status post trauma.", "unspecified"),
        ("No trauma.", "none"),
        ("Back pain without history of trauma or fall.", "none"),
        ("HISTORY: no known injury.", "none"),
        ("INDICATION: Fall. No head trauma.", "unspecified"),
        ("HISTORY: no fever, weight loss or trauma.", "none"),
        ("She had no episode of trauma.", "none"),
        ("Pain after falling in the bathroom.", "unspecified"),
        ("Pain after falling from 2 metres.", "high_energy"),
        ("Slid out of bed at night.", "low_energy"),
        ("Slid off the roof.", "high_energy"),
        ("Wrist fx 2015 after a fall, now fell from the stairs.", "high_energy"),
    ],
)
def test_trauma_by_its_energy(text: str, trauma: str) -> None:
    assert stated(text).get("trauma") == trauma


@pytest.mark.parametrize(
    "text",
    [
        "FINDINGS: No traumatic injury.",
        "High fall risk.",
        "The T-score falls in the osteopenic range.",
        "BMD has fallen by 3%.",
        "Her sister had a car accident.",
        "FINDINGS: Interspinous ligament injury.",
        "She had an accident 20 years ago.",
        "Return if trauma occurs.",
        "Seen in Fall 2019.",
        "Fear of falling at home.",
        "Height falling from 168 cm to 160 cm.",
        "The T-score is falling in the osteopenic range.",
        "The lead slid out of the canal.",
        "Wrist fracture 2017 after a trivial fall.",
        "L2 fx after fall off a chair 2014.",
        "Crushed a vertebra in a tractor accident as a young man.",
        "A wedged vertebra after a fall is a fracture until proven otherwise.",
    ],
)
def test_what_is_no_trauma_of_the_patient(text: str) -> None:
    assert "trauma" not in stated(text)


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("No trauma, back pain for 3 weeks.", "back_pain", True),
        ("No radiculopathy; low back pain.", "back_pain", True),
        ("Denies fever, back pain, or weakness of the legs.", "back_pain", False),
        ("He no longer has back pain.", "back_pain", False),
        ("Back pain: none.", "back_pain", False),
        ("Rule out fracture, back pain.", "back_pain", True),
        ("Family history of breast cancer.", "malignancy_history", None),
        ("History of breast cancer, evaluate for metastases.", "malignancy_history", True),
        ("Breast cancer in her mother.", "malignancy_history", None),
        ("No evidence of malignancy.", "malignancy_history", None),
        ("No known malignancy.", "malignancy_history", False),
        ("History: Cancer - no. Smoker - yes.", "malignancy_history", False),
        ("Breast cancer - no longer treated.", "malignancy_history", True),
        ("No radiculopathy.", "neurological_deficit", None),
        ("No focal neurological deficit.", "neurological_deficit", False),
        ("? cauda equina", "neurological_deficit", None),
        ("Prednisone was stopped in 2019.", "glucocorticoids", None),
        ("Glucocorticoids: No", "glucocorticoids", False),
        ("Premenopausal.", "postmenopausal", False),
        ("RECOMMENDATION: consider discitis.", "infection_suspected", None),
        ("MDM: fracture/discitis/cauda equina unlikely.", "infection_suspected", False),
        ("MDM: fracture/cauda equina unlikely.", "neurological_deficit", None),
        ("CLINICAL: Back pain / fracture unlikely.", "back_pain", True),
        ("Back pain, malignancy was excluded.", "back_pain", True),
        ("Known breast cancer, differential diagnosis of collapse includes trauma.", "malignancy_history", True),
        ("Discitis less likely.", "infection_suspected", True),
        ("Discitis, but malignancy excluded.", "infection_suspected", True),
        ("Modic 1 changes can be confused with discitis and metastasis.", "infection_suspected", None),
        ("Modic 1 changes, discitis suspected.", "infection_suspected", True),
        ("Every new pain should be examined, since paraplegia occurs.", "neurological_deficit", None),
        (
            "Differential diagnosis of a flat vertebra in childhood is histiocytosis, leukaemia.",
            "malignancy_history",
            None,
        ),
        ("Myeloma and secondary causes were excluded.", "malignancy_history", None),
        ("Request: ?mets (breast ca 2009)", "malignancy_history", True),
        ("Request: ?mets (breast ca)", "malignancy_history", None),
        ("Leukaemia and infection complete the list.", "malignancy_history", None),
        ("The list of his illnesses: leukaemia, gout.", "malignancy_history", True),
        ("In adults think of metastasis and myeloma.", "malignancy_history", None),
        ("Further reading: differential of a wedged vertebra - fracture, metastasis.", "malignancy_history", None),
        ("Differential of the collapse: fracture, myeloma.", "malignancy_history", None),
        ("Differential of the collapse: fracture or tumour, known lymphoma.", "malignancy_history", True),
        ("In children leukaemia is the commonest cause.", "malignancy_history", None),
        ("Other causes of a flat vertebra: lymphoma, trauma.", "malignancy_history", None),
        ("Lymphoma is his main problem.", "malignancy_history", True),
        ("Myeloma may look the same.", "malignancy_history", None),
        ("Lymphoma would be another cause.", "malignancy_history", None),
        ("T8 is the main cause of her pain and lymphoma was treated.", "malignancy_history", True),
        ("A convex border and an epidural mass point to metastasis.", "malignancy_history", None),
        ("Known multpile myloma on chemo.", "malignancy_history", True),
        ("Points to the low back pain as new.", "back_pain", True),
    ],
)
def test_how_it_is_said_decides(text: str, fact: str, value: bool | None) -> None:
    assert stated(text).get(fact) is value


@pytest.mark.parametrize(
    ("text", "drugs"),
    [
        ("Switched from alendronate to denosumab.", ("denosumab",)),
        ("On Prolia (denosumab) and calcium.", ("denosumab",)),
        ("MEDICATIONS: Fosamax, vitamin D, HRT", ("alendronate", "hormone replacement therapy")),
        ("Alendronate 2012 to 2017, now on teriparatide.", ("teriparatide",)),
        ("On a bisphosphonate (risedronate).", ("risedronate",)),
        ("Calcium and vitamin D.", None),
        ("Zoledronic acid or denosumab could be discussed.", None),
        ("Never had teriparatide.", None),
        ("Calcitonin for osteoporosis, tramadol for pain.", ("calcitonin",)),
        ("Calcitonin for two weeks for analgesia.", None),
        ("Denosumab if renal function allows.", None),
        ("Her mother takes alendronate.", None),
        ("She had taken alendronate for 9 years.", None),
        ("Took alendronate, stopped in 2020 and has since January been on teriparatide.", ("teriparatide",)),
        ("Alendronate stopped in 2020 and has not been on denosumab.", None),
        ("Took alendronate until 2020 and was on teriparatide.", None),
    ],
)
def test_drugs_are_those_taken_now(text: str, drugs: tuple[str, ...] | None) -> None:
    assert stated(text).get("osteoporosis_therapy") == drugs


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Weight 118#, height 61.5 inches.", {"weight_kg": 53.5, "height_cm": 156.2}),
        ("Ht 5'4\", wt 120 lbs, BMI 20.6", {"height_cm": 162.6, "weight_kg": 54.4, "bmi": 20.6}),
        ("Weight: 9 st 4 lb", {"weight_kg": 59.0}),
        ("152 cm, 00 kg.", {"height_cm": 152.0}),
        ("155 cm (peak height 162 cm), 00 kg.", {"height_cm": 155.0}),
        ("999 cm, 999 kg.", {}),
        ("152 cm, 49,5 kg.", {"height_cm": 152.0, "weight_kg": 49.5}),
        ("She has lost 2 inches in height.", {"height_loss_cm": 5.1, "sex": "female"}),
        ("Height loss of 4 cm.", {"height_loss_cm": 4.0}),
        ("Has lost about 4 cm from her youth.", {"height_loss_cm": 4.0, "sex": "female"}),
        ("He is 5 cm shorter than at 20.", {"height_loss_cm": 5.0, "sex": "male"}),
        ("The left rod is 5 cm shorter than the right.", {}),
        ("The wound has lost 4 cm from its depth.", {}),
        ("Body height: 158 cm", {"height_cm": 158.0}),
        ("Body height 21 cm", {}),
        ("Weight loss of 5 kg.", {}),
        ("Vertebral height 2.1 cm.", {}),
        ("Weight 60", {}),
        ("BMI 7", {}),
    ],
)
def test_sizes_are_converted_and_need_a_unit(text: str, facts: dict[str, Any]) -> None:
    assert stated(text) == facts


@pytest.mark.parametrize(
    ("text", "weeks"),
    [
        ("3 weeks of back pain.", 3.0),
        ("Back pain x 2 months.", 8.7),
        ("Back pain for 10 days.", 1.4),
        ("LBP since 6/52.", 6.0),
        ("Two-week history of low back pain.", 2.0),
        ("LBP x 3/52 after lifting a bucket.", 3.0),
        ("Back pain 6/52.", 6.0),
        ("LBP 2 wk.", 2.0),
        ("Back pain: 3 weeks.", 3.0),
        ("Back pain 2 weeks ago.", None),
        ("Back pain 12/7/2019.", None),
        ("Back pain, DOB 3/12/1950.", None),
        ("Back pain, seen 3/7.", None),
        ("Back pain on walking for 6 weeks.", 6.0),
        ("7 weeks into her back pain.", 7.0),
        ("5 weeks of disabling back pain.", 5.0),
        ("4 week history of severe unremitting low back pain.", 4.0),
        ("Back pain 3 weeks after surgery.", None),
        ("Back pain since 3 weeks after surgery.", None),
        ("Back pain, in a brace for 3 weeks.", None),
        ("Back pain, on prednisolone for 6 months.", None),
        ("After 6 weeks of physiotherapy back pain persists.", None),
        ("Back pain, fall 3 weeks ago.", None),
        ("No back pain for 3 weeks.", None),
        ("Low back pain occurred 2 weeks ago.", 2.0),
        ("Back pain since the birth of her child 6 weeks ago.", 6.0),
        ("Back pain since taking steroids 6 weeks ago.", None),
        ("5 weeks of intractable back pain.", 5.0),
        ("Pain of the thoracic spine for 5 weeks, worse at night.", 5.0),
        ("CC: low back px x 3 wk", 3.0),
    ],
)
def test_pain_lasts_as_long_as_is_said_of_the_pain(text: str, weeks: float | None) -> None:
    assert stated(text).get("pain_weeks") == weeks


def test_evidence_is_the_received_words() -> None:
    received = "HISTORY:&nbsp;72\u2011year\u2011old woman<BR>with low back\r\n   pain, on alendronate.\x00"
    context = read(received)
    facts = {name for name, fact in context if fact is not None}
    assert facts == {"age_years", "sex", "back_pain", "osteoporosis_therapy"}
    for _, fact in context:
        for evidence in fact.evidence if fact is not None else ():
            assert evidence.text
            assert received[evidence.start : evidence.end] == evidence.text


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "\u0130" * 50 + " 72-year-old",
        "no " * 3000,
        "pain in the " * 1500,
        "9" * 5000,
        "history of " * 1500 + "fracture",
        "((((" * 800,
        "year-old-" * 900,
        "\ud800 male",
    ],
)
def test_hostile_texts_are_read_without_error(text: str) -> None:
    assert isinstance(read(text), ClinicalContext)


def test_a_text_without_a_fact_states_none() -> None:
    assert stated("FINDINGS: Vertebral body heights are maintained. Aortic calcification.") == {}


def test_lower_case_keeps_every_offset() -> None:
    assert lowered("A\u0130B") == "a\u0130b"
    assert scan("\u0130 PAIN").text == "\u0130 pain".replace("\u0130", lowered("\u0130"))


def test_a_gate_finds_words_by_their_beginning_only() -> None:
    gate = Gate("fractur", "fx")
    assert gate.opens(scan("Old fracture."))
    assert gate.opens(scan("L1 fx"))
    assert not gate.opens(scan("infractions, fxy"))
    assert gate.places(scan("No fx. Fractured L1,fx L2")) == [3, 7, 20]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Family history of hip fracture.", None),
        ("Risk factors: family history of fragility fracture, smoking.", None),
        ("Mother's history of hip fracture.", None),
        ("Paternal history of hip fracture.", None),
        ("History of hip fracture.", True),
        ("Mother has diabetes. History of wrist fracture.", True),
    ],
)
def test_a_history_is_the_patients_own(text: str, told: bool | None) -> None:
    assert stated(text).get("prior_fragility_fracture") is told
