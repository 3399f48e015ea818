"""The words of the field: every record finds its own sentences, and the cheap scan lets all of its words through."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest

from extractor import Extractor, pipeline, sections, vocabulary
from extractor.findings import Descriptor, VertebralFinding
from extractor.levels import find_levels
from extractor.scan import those_that_can_matter
from extractor.sections import find_headings, find_topics
from extractor.spelling import correction
from extractor.vertebrae import Hit
from extractor.vocabulary import CueRule, Target, VocabularyError, expand

LIVE = {"present", "possible", "historical"}
_BRACKETS = re.compile(r"\[([^\]]*)\]")

_fast = Extractor()
_plain = Extractor(plain=True)


@cache
def _nlp() -> Any:
    return pipeline.build(report=False)


def hits(sentence: str) -> list[Hit]:
    return pipeline.hits(pipeline.read(_nlp(), sentence))


def marked(sentence: str) -> tuple[str, list[tuple[int, int]]]:
    """A sentence without its brackets, and where each bracketed phrase stands in it."""
    spans = []
    plain = sentence
    while match := _BRACKETS.search(plain):
        plain = plain[: match.start()] + match.group(1) + plain[match.end() :]
        spans.append((match.start(), match.start() + len(match.group(1))))
    return plain, spans


def records(name: str) -> list[dict[str, Any]]:
    """The records of a file as they are written."""
    with (vocabulary.KNOWLEDGE / name).open("rb") as file:
        tables = tomllib.load(file)
    return [record for table in tables.values() for record in table]


TARGETS = [target.id for target in vocabulary.targets()]
CUES = [cue.id for cue in vocabulary.cues()]


# -------------------------------------------------------------------------------------------------------------- targets


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_is_found_where_its_yes_sentences_have_it(name: str) -> None:
    for sentence in vocabulary.targets_by_id()[name].yes:
        text, spans = marked(sentence)
        assert spans, "a yes sentence shows its phrase in brackets"
        own = [(hit.start, hit.end) for hit in hits(text) if hit.target == name]
        assert [span for span in spans if any(a <= span[0] and span[1] <= b for a, b in own)] == spans


@pytest.mark.parametrize("name", [target.id for target in vocabulary.targets() if target.kind != "attribute"])
def test_a_yes_sentence_gives_a_finding_that_says_so(name: str) -> None:
    target = vocabulary.targets_by_id()[name]
    for sentence in target.yes:
        said = [finding for finding in _fast.extract(marked(sentence)[0]).vertebrae if finding.assertion in LIVE]
        assert any(says(finding, target) for finding in said)


def says(finding: VertebralFinding, target: Target) -> bool:
    if not set(target.gives) <= set(finding.descriptors):
        return False
    return target.kind == "shape" or target.value in (finding.mimic, finding.augmentation)


ATTRIBUTES: dict[str, dict[str, Any]] = {
    "unstable_injury": {"posterior_column": "injured"},
    "cleft": {"cleft": "present"},
    "pathologic": {"etiologies": {"pathologic": "present"}},
    "benign": {"etiologies": {"pathologic": "absent"}},
    "osteoporotic": {"etiologies": {"osteoporotic": "present"}},
    "traumatic": {"etiologies": {"traumatic": "present"}},
    "mass": {"malignant_features": ("paraspinal_mass",)},
    "destruction": {"malignant_features": ("pedicle_destruction",)},
    "marrow_replacement": {"malignant_features": ("marrow_replacement",)},
    "convex_border": {"malignant_features": ("convex_posterior_border",)},
    "scheuermann": {"mimic": "scheuermann"},
    "schmorl": {"mimic": "schmorl_node"},
    "physiologic": {"mimic": "physiologic"},
    "degenerative": {"mimic": "degenerative"},
    "congenital": {"mimic": "congenital"},
}


def test_every_attribute_is_asked_for_below() -> None:
    assert [target.id for target in vocabulary.targets() if target.kind == "attribute"] == list(ATTRIBUTES)


@pytest.mark.parametrize("name", list(ATTRIBUTES))
def test_an_attribute_sets_its_field(name: str) -> None:
    for sentence in vocabulary.targets_by_id()[name].yes:
        text = marked(sentence)[0]
        # What is said without a vertebral finding is said of the one before it.
        level = next((mention.levels[0] for mention in find_levels(text)), "L1")
        found = _fast.extract(text).vertebrae or _fast.extract(f"Fracture of {level}. {text}").vertebrae
        assert found
        for finding in found:
            assert finding.model_dump(include=set(ATTRIBUTES[name])) == ATTRIBUTES[name]


@pytest.mark.parametrize("name", TARGETS)
def test_a_no_sentence_gives_no_finding(name: str) -> None:
    for sentence in vocabulary.targets_by_id()[name].no:
        report = _fast.extract(sentence)
        assert [finding.level for finding in report.vertebrae if finding.assertion in LIVE] == []
        assert report.vertebral_fracture in ("not_mentioned", "absent")


def test_what_a_target_gives_are_descriptors() -> None:
    given = {descriptor for target in vocabulary.targets() for descriptor in target.gives}
    assert given == set(get_args(Descriptor))


# ----------------------------------------------------------------------------------------------------------------- scan


@pytest.mark.parametrize("name", TARGETS)
def test_the_scan_drops_no_sentence_that_says_something(name: str) -> None:
    dropped = [
        sentence
        for literal in vocabulary.targets_by_id()[name].literals
        for sentence in (
            f"{literal}.",
            f"{literal} of L1.",
            f"L1: {literal}.",
            f"{literal} of the vertebral body.",
            f"The twelfth thoracic vertebra shows {literal}.",
        )
        if not those_that_can_matter(sentence)
    ]
    assert [sentence for sentence in dropped if _plain.extract(sentence) != _fast.extract(sentence)] == []


@pytest.mark.parametrize(
    "sentence",
    ["", " ", "The lungs are clear.", "Heart size is normal.", "L1.", "Mild.", "Film of 12 March.", "Cholelithiasis."],
)
def test_the_scan_drops_what_says_nothing(sentence: str) -> None:
    assert those_that_can_matter(sentence) == []


# ----------------------------------------------------------------------------------------------------------------- cues


def cues_of(text: str) -> set[tuple[str | None, int, int]]:
    """The cues that ConText relates to a target: what they say, and where they stand."""
    return {(vocabulary.cues_by_id()[cue.id].cue, cue.start, cue.end) for hit in hits(text) for cue in hit.cues}


@pytest.mark.parametrize("name", [cue.id for cue in vocabulary.cues() if cue.cue is not None])
def test_a_cue_works_in_its_yes_sentences_only(name: str) -> None:
    rule = vocabulary.cues_by_id()[name]
    for sentence in rule.yes:
        text, spans = marked(sentence)
        assert {text[start:end].lower() for start, end in spans} <= set(rule.literals)
        own = [(start, end) for cue, start, end in cues_of(text) if cue == rule.cue]
        assert own
        # Of two, as in "neither ... nor", the nearer one may end the scope of the other.
        assert [span for span in own if not any(span[0] <= a and b <= span[1] for a, b in spans)] == []
    for sentence in rule.no:
        assert rule.cue not in {cue for cue, _, _ in cues_of(sentence)}


@pytest.mark.parametrize("name", [cue.id for cue in vocabulary.cues() if cue.cue is None])
def test_a_cue_without_meaning_only_stops_others(name: str) -> None:
    rule = vocabulary.cues_by_id()[name]
    for sentence in rule.yes:
        text, spans = marked(sentence)
        assert {text[start:end].lower() for start, end in spans} <= set(rule.literals)
        last = max(hits(text), key=lambda hit: hit.start)
        assert last.cues == ()
    for sentence in rule.no:
        assert {cue for cue, _, _ in cues_of(sentence)} == {"negated"}


# -------------------------------------------------------------------------------------------------------------- records


@pytest.mark.parametrize("name", ["targets.toml", "context.toml"])
def test_every_record_has_its_sentences(name: str) -> None:
    for record in records(name):
        assert record["yes"], record["id"]
        assert record["no"], record["id"]
        assert len(set(record["literals"])) == len(record["literals"]), record["id"]
        assert not set(record["yes"]) & set(record["no"]), record["id"]
    ids = [record["id"] for record in records(name)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("missing", ["id", "literals", "yes", "no"])
def test_a_record_that_lacks_something_does_not_load(
    missing: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fields = {"id": '"zz"', "literals": '["zz"]', "yes": '["Zz of L1."]', "no": '["Zzyzx."]', "kind": '"shape"'}
    del fields[missing]
    (tmp_path / "targets.toml").write_text("[[target]]\n" + "\n".join(f"{k} = {v}" for k, v in fields.items()))
    monkeypatch.setattr(vocabulary, "KNOWLEDGE", tmp_path)
    with pytest.raises(VocabularyError, match=r"targets\.toml: target (zz|\(without id\))"):
        vocabulary.targets.__wrapped__()


def test_a_record_twice_does_not_load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record = '[[target]]\nid = "zz"\nkind = "shape"\nliterals = ["zz"]\nyes = ["Zz."]\nno = ["Yy."]\n'
    (tmp_path / "targets.toml").write_text(record)
    monkeypatch.setattr(vocabulary, "KNOWLEDGE", tmp_path)
    assert [target.literals for target in vocabulary.targets.__wrapped__()] == [("zz",)]
    (tmp_path / "targets.toml").write_text(record * 2)
    with pytest.raises(VocabularyError, match="zz: an id is needed, once"):
        vocabulary.targets.__wrapped__()


def test_a_phrase_belongs_to_one_target() -> None:
    owners = Counter(literal.lower() for target in vocabulary.targets() for literal in set(target.literals))
    assert [literal for literal, count in owners.items() if count > 1] == []


@pytest.mark.xfail(raises=AssertionError, strict=True, reason="of two rules with the same words the later never works")
def test_a_cue_is_of_one_kind() -> None:
    """Only one that works forwards and backwards may stand twice; any other second record is never used."""
    rules: dict[str, list[CueRule]] = {}
    for rule in vocabulary.cues():
        for literal in set(rule.literals):
            rules.setdefault(literal.lower(), []).append(rule)
    unused = {
        literal: [rule.id for rule in own]
        for literal, own in rules.items()
        if len(own) > 1
        and (len({rule.cue for rule in own}) > 1 or {rule.direction for rule in own} != {"FORWARD", "BACKWARD"})
    }
    assert unused == {}


@pytest.mark.parametrize("name", [*TARGETS, *CUES])
def test_phrases_are_whole(name: str) -> None:
    """No empty phrase, no brace left over, no space at an end or doubled."""
    record = vocabulary.targets_by_id().get(name) or vocabulary.cues_by_id()[name]
    assert [literal for literal in record.literals if not re.fullmatch(r"[^\s{}|()]+(?: [^\s{}|()]+)*", literal)] == []


@pytest.mark.parametrize(
    ("literal", "phrases"),
    [
        ("wedge", ["wedge"]),
        ("{wedge|crush} fract{ure|ures}", ["wedge fracture", "wedge fractures", "crush fracture", "crush fractures"]),
        ("{vertebral|} fracture", ["vertebral fracture", "fracture"]),
        ("loss of (the) height", ["loss of height", "loss of the height"]),
        ("{a|a} b", ["a b"]),
    ],
)
def test_expansion(literal: str, phrases: list[str]) -> None:
    assert expand(literal) == phrases


# ------------------------------------------------------------------------------------------------------------ modifiers

_FIELD = {"etiology": "etiologies"}
MODIFIERS = [f"{field}.{value}" for field, values in vocabulary.modifiers().items() for value in values]
_FRAMES = (
    "{Phrase} wedge compression fracture of L1.",
    "L1 wedge compression fracture, {phrase}.",
    "L1 wedge compression fracture is {phrase}.",
    "L1 wedge compression fracture {phrase} since the prior study.",
    "{Phrase} in the L1 wedge compression fracture compared to the prior study.",
    "{Phrase} wedge compression fracture of L1 compared to the prior study.",
    "L1 wedge compression fracture has become {phrase} compared to the prior study.",
    "L1 wedge compression fracture due to {phrase}.",
)


@pytest.mark.parametrize("name", MODIFIERS)
def test_every_modifier_sets_its_value_in_one_frame_at_least(name: str) -> None:
    field, value = name.split(".")
    unread = [
        phrase
        for literal in vocabulary.modifiers()[field][value]
        for phrase in expand(literal)
        if not any(
            value in _values(finding, _FIELD.get(field, field))
            for frame in _FRAMES
            for finding in _fast.extract(frame.format(phrase=phrase, Phrase=phrase[0].upper() + phrase[1:])).vertebrae
        )
    ]
    assert unread == []


def test_every_modifier_keeps_its_sentences() -> None:
    fields = tomllib.loads((vocabulary.KNOWLEDGE / "modifiers.toml").read_text(encoding="utf-8"))
    wrong = []
    for field, values in fields.items():
        for value, record in values.items():
            assert record.keys() == {"literals", "yes", "no"}
            assert min(len(record["yes"]), len(record["no"])) >= 2, f"{field}.{value}"
            for answer in ("yes", "no"):
                for number, sentence in enumerate(record[answer]):
                    vertebrae = [v for v in _fast.extract(sentence).vertebrae if v.assertion == "present"]
                    read = {state for finding in vertebrae for state in _values(finding, _FIELD.get(field, field))}
                    if not vertebrae or (read != {value} if answer == "yes" else value in read):
                        wrong.append(f"{field}.{value} {answer} {number}")
    assert wrong == []


def _values(finding: VertebralFinding, field: str) -> list[Any]:
    value = getattr(finding, field)
    return [kind for kind, state in value.items() if state == "present"] if isinstance(value, dict) else [value]


def test_a_modifier_has_one_value_in_its_field() -> None:
    for field, values in vocabulary.modifiers().items():
        phrases = Counter(phrase.lower() for own in values.values() for literal in own for phrase in expand(literal))
        assert [phrase for phrase, count in phrases.items() if count > 1] == [], field
        assert values.keys() <= set(_possible_values(field)), field


def _possible_values(field: str) -> list[str]:
    schema = VertebralFinding.model_json_schema()["properties"][_FIELD.get(field, field)]
    if "propertyNames" in schema:
        return list(schema["propertyNames"]["enum"])
    return [value for option in schema["anyOf"] for value in option.get("enum", ())]


def test_alternation_is_of_whole_phrases_longest_first() -> None:
    pattern = re.compile(vocabulary.alternation(["acute", "acute on chronic", "not (so) old", "{t.|t2*}"]))
    assert pattern.match("acute on\n chronic fracture")[0] == "acute on\n chronic"  # type: ignore[index]
    assert [bool(pattern.fullmatch(text)) for text in ("not old", "not so  old", "t.", "t2*", "tx", "t22")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip
    for values in vocabulary.modifiers().values():
        for literals in values.values():
            own = re.compile(vocabulary.alternation(literals))
            assert all(own.fullmatch(phrase) for literal in literals for phrase in expand(literal))


# -------------------------------------------------------------------------------------------------- headings, spelling


def sections_of(table: str) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = tomllib.loads((vocabulary.KNOWLEDGE / "sections.toml").read_text(encoding="utf-8"))[
        table
    ]
    return loaded


def test_a_heading_opens_one_kind_of_section() -> None:
    records_of = sections_of("heading")
    names = Counter(name for record in records_of for name in record["names"])
    assert [name for name, count in names.items() if count > 1] == []
    unopened = {
        name
        for record in records_of
        for name in record["names"]
        if [heading.kind for heading in find_headings(f"{name.upper()}:\nThe rest.")] != [record["kind"]]
    }
    assert unopened == set()


def test_headings_open_in_their_yes_sentences_and_not_in_their_no_sentences() -> None:
    wrong = []
    for record in sections_of("heading"):
        for sentence in record["yes"]:
            text, place = sentence.replace("[", "").replace("]", ""), sentence.index("[")
            if (record["kind"], place) not in [(found.kind, found.start) for found in find_headings(text)]:
                wrong.append(sentence)
        wrong += [text for text in record["no"] if record["kind"] in [found.kind for found in find_headings(text)]]
    assert wrong == []


@pytest.mark.parametrize("table", ["topic", "exam_word"])
def test_titles_tell_what_a_part_is_about(table: str) -> None:
    """In brackets a title; one made of words of an exam and a bone is about another bone."""
    wrong = []
    for record in sections_of(table):
        kind = record["kind"] if table == "topic" else "elsewhere"
        for sentence in record["yes"]:
            text, place = sentence.replace("[", "").replace("]", ""), sentence.index("[")
            if (kind, place) not in [(found.name, found.start) for found in find_topics(text)]:
                wrong.append(sentence)
        wrong += [text for text in record["no"] if kind in [found.name for found in find_topics(text)]]
    assert wrong == []


def test_a_kind_of_heading_without_its_sentences_does_not_load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "sections.toml").write_text(
        '[[heading]]\nkind = "zz"\nnames = ["zz"]\nyes = ["[ZZ]: y"]\n'
    )
    monkeypatch.setattr(sections, "__file__", str(tmp_path / "sections.py"))
    with pytest.raises(ValueError, match=r"sections\.toml: heading zz lacks yes or no sentences"):
        sections._names_of.__wrapped__("heading")


def test_words_that_are_right_stay_and_listed_ones_are_put_right() -> None:
    data = tomllib.loads((vocabulary.KNOWLEDGE / "spelling.toml").read_text(encoding="utf-8"))
    right = {*data["words"], *data["also_words"]}
    listed = data["listed"]
    assert {word: correction(word) for word in right - listed.keys()} == dict.fromkeys(right - listed.keys())
    assert {word: correction(word) for word in listed} == listed
    assert set(listed.values()) - right == {"bodies", "broken"}
