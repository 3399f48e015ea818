"""Kleene's three values, in many worlds at once."""

from __future__ import annotations

from itertools import product

import pytest

from decision.guideline import CRITERIA
from decision.inputs import FLAGS, INPUTS, lay_out
from decision.truth import ALL, FALSE, HERE, TRUE, UNKNOWN, Fact, Truth, all_of, any_of, at_least, certain, known

NAMES = {True: TRUE, False: FALSE, None: UNKNOWN}


def value(truth: Truth) -> bool | None:
    return True if truth.is_true else False if truth.is_false else None


@pytest.mark.parametrize(("one", "other"), list(product(NAMES, NAMES)))
def test_kleene_tables(one: bool | None, other: bool | None) -> None:
    both = False if False in (one, other) else None if None in (one, other) else True
    either = True if True in (one, other) else None if None in (one, other) else False
    assert value(NAMES[one] & NAMES[other]) is both
    assert value(all_of((NAMES[one], NAMES[other]))) is both
    assert value(NAMES[one] | NAMES[other]) is either
    assert value(any_of((NAMES[one], NAMES[other]))) is either


@pytest.mark.parametrize("one", list(NAMES))
def test_not_known_and_unknown(one: bool | None) -> None:
    truth = NAMES[one]
    assert value(~truth) is (None if one is None else not one)
    assert value(truth.holds) is (one is True)
    assert value(truth.not_true) is (one is not True)
    assert value(truth.unknown) is (one is None)
    assert truth.is_unknown is (one is None)


def test_a_truth_refuses_to_be_a_bool() -> None:
    for truth in (TRUE, FALSE, UNKNOWN):
        with pytest.raises(TypeError, match="may be unknown"):
            bool(truth)
    assert [repr(truth) for truth in (TRUE, FALSE, UNKNOWN)] == ["Truth(true)", "Truth(false)", "Truth(unknown)"]


def test_of_none() -> None:
    assert value(any_of(())) is False
    assert value(all_of(())) is True


@pytest.mark.parametrize(
    ("truths", "two"),
    [("tt", True), ("tft", True), ("tf", False), ("", False), ("tu", None), ("uu", None), ("uf", False), ("ttu", True)],
)
def test_at_least_two(truths: str, two: bool | None) -> None:
    letters = {"t": TRUE, "f": FALSE, "u": UNKNOWN}
    assert value(at_least(2, [letters[letter] for letter in truths])) is two


@pytest.mark.parametrize(("one", "other"), list(product(NAMES, NAMES)))
def test_why_names_only_what_the_answer_rests_on(one: bool | None, other: bool | None) -> None:
    left, right = (Truth(NAMES[answer].true, NAMES[answer].false, bit) for answer, bit in ((one, 2), (other, 4)))
    for joined, decisive in ((left & right, False), (left | right, True)):
        answers = {2: one, 4: other}
        if decisive in (one, other):
            expected = sum(bit for bit, answer in answers.items() if answer is decisive)
        elif None in (one, other):
            expected = sum(bit for bit, answer in answers.items() if answer is None)
        else:
            expected = 6
        assert joined.why == expected
    assert any_of((left, right)).why == (left | right).why
    assert all_of((left, right)).why == (left & right).why


def test_worlds_are_separate() -> None:
    """Renal function is unknown here, 29 in one world, 31 in another."""
    egfr = Fact(((29.0, 0b010), (31.0, 0b100)), why=8)
    below = egfr.meets(CRITERIA["renal_30"])
    assert (below.true, below.false) == (0b010, 0b100)
    assert below.is_unknown
    assert egfr.value is None
    assert egfr.known.is_false
    assert (~below).true == 0b100
    assert below.not_true.true == ALL ^ 0b010
    assert certain(29.0).meets(CRITERIA["renal_30"]).true == ALL


def test_or_else_fills_only_what_is_unknown() -> None:
    creatinine_clearance = Fact(((60.0, 0b010),))
    egfr = certain(20.0, 4)
    both = creatinine_clearance.or_else(egfr)
    assert both.value == 20.0
    assert both.cases == ((60.0, 0b010), (20.0, ALL ^ 0b010))
    assert egfr.or_else(creatinine_clearance) is egfr


def test_a_range_that_lies_on_both_sides_is_not_to_be_told() -> None:
    loss = certain((30.0, 50.0))
    assert value(loss.meets(CRITERIA["height_loss_major"])) is None
    assert value(certain((50.0, 100.0)).meets(CRITERIA["height_loss_major"])) is True
    assert value(certain((30.0, 49.9)).meets(CRITERIA["height_loss_major"])) is False
    assert value(loss.is_((30.0, 50.0), (1.0, 1.0))) is True


def test_known_and_collections() -> None:
    assert known(True, 2).why == 2
    assert known(False).is_false
    drugs = certain(("alendronate",))
    assert drugs.holds_any("alendronate", "risedronate").is_true
    assert drugs.holds_any("denosumab").is_false
    assert drugs.holds_any("denosumab") is drugs.holds_any("denosumab")


def test_worlds_of_the_inputs_do_not_overlap() -> None:
    seen = HERE
    for name, one in INPUTS.items():
        assert not seen & one.worlds, name
        seen |= one.worlds
    assert seen <= ALL
    bits = [one.bit for one in INPUTS.values()] + [criterion.bit for criterion in CRITERIA.values()]
    assert len(set(bits)) == len(bits)


def test_every_number_is_tried_on_both_sides_of_every_threshold() -> None:
    for criterion in CRITERIA.values():
        for name in criterion.facts:
            answers = {criterion.judge(value) for value, _ in INPUTS[name].unknown.cases}
            assert {True, False} <= answers, (criterion.id, name)


def test_flags() -> None:
    assert FLAGS["back_pain", True].is_true
    assert FLAGS["back_pain", False].is_false
    assert FLAGS["back_pain", None].is_unknown
    assert FLAGS["back_pain", None].true & FLAGS["back_pain", None].false == 0
    assert FLAGS["back_pain", None].true


def test_more_values_than_worlds_are_refused() -> None:
    assert lay_out({"a": (True, False)}, room=3)["a"].worlds == 0b110
    with pytest.raises(ValueError, match="3 worlds do not fit into 2"):
        lay_out({"a": (True, False)}, room=2)
