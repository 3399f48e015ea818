"""osteoreport: reads free-text X-ray and DXA reports and says, with reasons, what they mean for spine and bones.

``analyse`` is the whole way from texts to assessment; the parts are ``extractor.extract`` and ``decision.assess``.
Nothing heavy is imported before it is needed. Decision support for clinicians; not a medical device.
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from decision.assessment import Assessment
    from decision.patient import Patient
    from extractor.findings import ReportFindings

__all__ = ["Analysis", "__version__", "analyse"]

try:
    __version__ = version("osteoreport")
except PackageNotFoundError:  # run from a checkout that was never installed
    __version__ = "0+unknown"


class Analysis(NamedTuple):
    """What the reports of one patient say, and what follows."""

    findings: tuple[ReportFindings, ...]
    assessment: Assessment


def analyse(texts: str | Iterable[str], patient: Patient | None = None, *, profile: str = "US") -> Analysis:
    """Read the reports of ONE patient and assess them.

    ``texts`` is one report or several. ``patient`` holds what is known beyond the reports; what is neither there nor in
    the reports stays unknown. ``profile`` is the guideline profile: US, UK or ACP. Reports get the ids "1", "2", ...;
    for ids of your own call ``extractor.extract`` and ``decision.assess``. Raises TypeError for a text that is no str.
    """
    import decision
    import extractor

    reports = [texts] if isinstance(texts, str) else texts
    findings = tuple(extractor.extract(text, report_id=str(number)) for number, text in enumerate(reports, start=1))
    return Analysis(findings, decision.assess(findings, patient, profile=profile))
