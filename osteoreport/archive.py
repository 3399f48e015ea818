"""Many reports in, tables out: streamed, in order, in bounded memory, every record accounted for.

Each record that comes in ends in exactly one place: a row of findings, or a row of the quarantine that says why and
holds no text. Assessments are per patient and need the findings of all their reports, which wait in a database on disk.
"""

from __future__ import annotations

import collections
import functools
import itertools
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import decision
import extractor
from decision.assessment import Assessment
from extractor.findings import ReportFindings
from osteoreport import pool
from osteoreport.readers import Fields, Record, Rejected, read_records
from osteoreport.writers import JsonLines, writer_for

FINDINGS_COLUMNS: Final[dict[str, Any]] = {
    "id": str,
    "patient_id": str,
    "source": str,
    "line": int,
    "encoding": str,
    "findings": ReportFindings,
}
ASSESSMENT_COLUMNS: Final[dict[str, Any]] = {
    "patient_id": str,
    "report_ids": list[str],
    "unread_reports": int,
    "assessment": Assessment,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Where an archive run writes. The quarantine file is made only when something is in it."""

    findings: Path
    quarantine: Path
    assessments: Path | None = None


@dataclass(slots=True)
class Summary:
    """What an archive run did."""

    read: int = 0
    written: int = 0
    patients: int = 0
    duplicate_ids: int = 0
    seconds: float = 0.0
    verdicts: collections.Counter[str] = field(default_factory=collections.Counter)
    encodings: collections.Counter[str] = field(default_factory=collections.Counter)
    quarantined: collections.Counter[str] = field(default_factory=collections.Counter)
    _ids: set[int] = field(default_factory=set)

    def count(self, record: Record, findings: dict[str, Any]) -> None:
        """Count a record that was written; ids are compared by hash, to hold many."""
        self.written += 1
        self.verdicts[findings["vertebral_fracture"]] += 1
        self.encodings[record.encoding] += 1
        self.duplicate_ids += hash(record.id) in self._ids
        self._ids.add(hash(record.id))

    @property
    def per_second(self) -> float:
        """Reports written per second of the whole run, reading and writing included."""
        return self.written / self.seconds if self.seconds else 0.0

    def as_dict(self) -> dict[str, Any]:
        """Give the summary as plain data."""
        return {
            "read": self.read,
            "written": self.written,
            "quarantined": dict(sorted(self.quarantined.items())),
            "vertebral_fracture": dict(sorted(self.verdicts.items())),
            "encodings": dict(sorted(self.encodings.items())),
            "duplicate_ids": self.duplicate_ids,
            "patients": self.patients,
            "seconds": round(self.seconds, 3),
            "reports_per_second": round(self.per_second, 1),
        }


def process(
    inputs: Sequence[Path],
    targets: Targets,
    *,
    fields: Fields | None = None,
    encoding: str = "utf-8",
    workers: int = 1,
    profile: str = "US",
    progress: Callable[[Summary], None] = lambda _: None,
) -> Summary:
    """Read every report of the inputs and write findings, quarantine and, if asked for, assessments per patient."""
    started = time.monotonic()
    summary = Summary()
    with ExitStack() as stack:
        findings = stack.enter_context(writer_for(targets.findings, FINDINGS_COLUMNS))
        quarantine = stack.enter_context(_Quarantine(targets.quarantine))
        patients = stack.enter_context(_Patients(targets.findings.parent)) if targets.assessments else None
        assessments = (
            stack.enter_context(writer_for(targets.assessments, ASSESSMENT_COLUMNS)) if targets.assessments else None
        )

        def reject(rejected: Rejected) -> None:
            quarantine.write(rejected.row())
            summary.quarantined[rejected.reason] += 1

        records = read_records(inputs, fields, encoding=encoding)
        for record, found in pool.each(_extract, records, workers=workers, size=_characters):
            summary.read += 1
            if isinstance(found, str):
                reject(Rejected(found, record.source, record.line, record.id))
                if patients is not None and record.patient_id is not None:
                    patients.unread[record.patient_id] += 1
            elif isinstance(record, Record):
                findings.write(
                    {
                        "id": record.id,
                        "patient_id": record.patient_id,
                        "source": record.source,
                        "line": record.line,
                        "encoding": record.encoding,
                        "findings": found,
                    }
                )
                summary.count(record, found)
                if patients is not None and record.patient_id is not None:
                    patients.add(record.patient_id, found)
            progress(summary)
        if patients is not None and assessments is not None:
            assess = functools.partial(_assess, profile=profile)
            for (patient_id, reports), assessed in pool.each(assess, patients, workers=workers):
                if isinstance(assessed, str):
                    reject(Rejected(assessed, str(targets.findings), id=patient_id))
                    continue
                assessments.write(
                    {
                        "patient_id": patient_id,
                        "report_ids": [report["report_id"] for report in reports],
                        "unread_reports": patients.unread[patient_id],
                        "assessment": assessed,
                    }
                )
                summary.patients += 1
    summary.seconds = time.monotonic() - started
    return summary


class _Quarantine(JsonLines):
    """Rejected records; leaves no file when there are none, and takes away that of an earlier run."""

    def __exit__(self, kind: object, *rest: object) -> None:
        super().__exit__(kind, *rest)
        if kind is None and not self.rows:
            self.path.unlink(missing_ok=True)


class _Patients:
    """Findings by patient, on disk until all are read; gone afterwards, since findings hold words of reports."""

    def __init__(self, folder: Path) -> None:
        self.folder = tempfile.TemporaryDirectory(dir=folder, prefix=".osteoreport-", ignore_cleanup_errors=True)

    def __enter__(self) -> _Patients:
        self.numbers: dict[str, int] = {}
        self.unread: collections.Counter[str] = collections.Counter()
        self.store = sqlite3.connect(Path(self.folder.name, "patients.db"), isolation_level=None)
        self.store.execute("pragma journal_mode = off")
        self.store.execute("pragma synchronous = off")
        self.store.execute("create table report (patient integer, findings text)")
        self.store.execute("begin")
        return self

    def __exit__(self, *_: object) -> None:
        self.store.close()
        self.folder.cleanup()

    def add(self, patient_id: str, findings: dict[str, Any]) -> None:
        number = self.numbers.setdefault(patient_id, len(self.numbers))
        self.store.execute("insert into report values (?, ?)", (number, json.dumps(findings)))

    def __iter__(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Give the patients in the order of their first report, with their reports in the order of the input."""
        self.store.execute("create index by_patient on report (patient)")
        with closing(self.store.execute("select patient, findings from report order by patient, rowid")) as rows:
            groups = itertools.groupby(rows, key=lambda row: row[0])
            for patient_id, (_, group) in zip(self.numbers, groups, strict=True):
                yield patient_id, [json.loads(findings) for _, findings in group]


def _extract(record: Record | Rejected) -> pool.Outcome:
    """Give the findings of a record as plain data, or the reason why there are none."""
    if isinstance(record, Rejected):
        return record.reason
    try:
        return extractor.extract(record.text, report_id=record.id).model_dump(mode="json")
    except ImportError:  # a broken installation, no fault of the report
        raise
    except Exception as error:  # noqa: BLE001 - one report must not end the run; it becomes a row that names the fault
        return f"extraction_failed:{type(error).__name__}"


def _characters(record: Record | Rejected) -> int:
    return len(record.text) if isinstance(record, Record) else 0


def _assess(patient: tuple[str, list[dict[str, Any]]], *, profile: str) -> pool.Outcome:
    """Give the assessment of a patient's findings as plain data, or the reason why there is none."""
    try:
        reports = [ReportFindings.model_validate(report) for report in patient[1]]
        return decision.assess(reports, None, profile=profile).model_dump(mode="json")
    except Exception as error:  # noqa: BLE001 - one patient must not end the run; it becomes a row that names the fault
        return f"assessment_failed:{type(error).__name__}"
