"""The main view (e.6): what must not be missed, and no more than can be read."""

from __future__ import annotations

from decision.assessment import Assessment, ClinicalWarning
from extractor.findings import Model

MOST_CHECKS = 5
MOST_UNKNOWNS = 6


class MainView(Model):
    """Every stop, the first checks, and one line of what is not stated; everything else stays in the data."""

    stops: tuple[ClinicalWarning, ...] = ()
    checks: tuple[ClinicalWarning, ...] = ()
    more_checks: int = 0
    not_stated: str | None = None


def main_view(assessment: Assessment) -> MainView:
    """Every ``stop``, at most five ``check`` in their order, and at most six unknown inputs, most decisive first."""
    stops = tuple(warning for warning in assessment.warnings if warning.level == "stop")
    checks = tuple(warning for warning in assessment.warnings if warning.level == "check")
    unknown = [missing.input.replace("_", " ") for missing in assessment.missing[:MOST_UNKNOWNS]]
    return MainView(
        stops=stops,
        checks=checks[:MOST_CHECKS],
        more_checks=max(0, len(checks) - MOST_CHECKS),
        not_stated=f"Not stated: {', '.join(unknown)}" if unknown else None,
    )
