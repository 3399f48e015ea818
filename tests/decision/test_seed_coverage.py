"""Every claim of the two seed documents is carried by a rule, a warning or a text; the table of it is up to date."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from decision import explain
from decision.guideline import GUIDELINE

ROOT = Path(__file__).parents[2]
CLAIMS: dict[str, dict[str, Any]] = tomllib.loads(
    (ROOT / "decision" / "guidelines" / "seed_claims.toml").read_text(encoding="utf-8")
)
IDS = [f"S1-{number:02}" for number in range(1, 25)] + ["S1-24b"]
IDS += [f"S1-{number:02}" for number in range(25, 45)] + [f"S2-{number:02}" for number in range(1, 33)]
PRINTED = " ".join(
    text
    for entries in GUIDELINE.entries.values()
    for entry in entries.values()
    for text in (entry.text, *entry.more.get("variants", {}).values())
)


def test_every_claim_has_a_row() -> None:
    assert list(CLAIMS) == IDS


@pytest.mark.parametrize("name", IDS)
def test_claim(name: str) -> None:
    claim = CLAIMS[name]
    assert set(claim) <= {"claim", "verdict", "carried_by", "says", "never", "corrected"}
    texts = [explain(carrier).text for carrier in claim["carried_by"]]
    assert texts
    if "says" in claim:
        assert any(claim["says"] in text for text in texts)
    if "never" in claim:
        assert claim["never"] not in PRINTED
    if claim["verdict"] == "X":
        assert claim["corrected"]


def test_every_policy_is_carried() -> None:
    assert list(GUIDELINE.policies) == [f"c-{number}" for number in range(1, 25)]


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "seed_coverage.py"), "--print"],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    page = (ROOT / "docs" / "seed-coverage.md").read_text(encoding="utf-8")
    assert page == done.stdout, "run scripts/seed_coverage.py"
    for entries in GUIDELINE.entries.values():
        for key in entries:
            assert f"`{key}`" in page
