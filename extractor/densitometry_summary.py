"""What a densitometry report says of the patient as a whole: conclusion, lowest T-score, FRAX, TBS, device."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractor.findings import Densitometry, Section


def read_summary(text: str, sections: Sequence[Section], entries: Any, evidence: Any) -> Densitometry:
    """Report-level statements of the view; each None where the report does not state it."""
    return Densitometry()
