"""Hostile sentences: what marrow and other signs are read from takes bounded time."""

from __future__ import annotations

import time

import pytest

from extractor.anatomy import find_anatomy
from extractor.marrow import marrow
from extractor.signs import signs


@pytest.mark.parametrize(
    "unit",
    [
        "T2 FS and ", "T1/T2/STIR/", "high signal on ", "STIR ", "no oedema, ", "oedema at T12 and ",
        "T12 shows no oedema, ",
        "mass in ", "gas in the ", "bulging of the ", "posterior wall ", "signal is the ", "isointense to the other ",
    ],
)  # fmt: skip
def test_a_hostile_sentence_is_read_in_bounded_time(unit: str) -> None:
    text = (unit * 400)[:1_200]
    anatomy = find_anatomy(text)
    started = time.process_time()
    marrow(text, anatomy, ())
    list(signs(text))
    assert time.process_time() - started < 2.0
