"""Many reports in, tables out: streamed, in order, in bounded memory, every record accounted for.

Each record that comes in ends in exactly one place: a row of findings, or a row of the quarantine that says why and
holds no text. Assessments are per patient and need the findings of all their reports, which wait in a database on disk.
"""

from __future__ import annotations

import collections
import itertools
import json
import multiprocessing
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import extractor
from decision.assessment import Assessment
from extractor.findings import ReportFindings
from osteoreport.readers import Fields, Record, Rejected, read_records
from osteoreport.writers import JsonLines, writer_for

BATCH_REPORTS: Final = 64
BATCH_CHARACTERS: Final = 1_000_000
BATCHES_PER_POOL: Final = 250
"""Times the number of workers: then the processes are replaced, because spaCy 3.7 keeps every new word for ever."""

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
    "assessment": Assessment,
}

Outcome = dict[str, Any] | str
"""Findings as plain data, or the reason why there are none."""


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
    seen: set[int] = set()
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

        for result in _extracted(read_records(inputs, fields, encoding=encoding), workers):
            summary.read += 1
            if isinstance(result, Rejected):
                reject(result)
            else:
                record, found = result
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
                summary.written += 1
                summary.verdicts[found["vertebral_fracture"]] += 1
                summary.encodings[record.encoding] += 1
                summary.duplicate_ids += hash(record.id) in seen
                seen.add(hash(record.id))
                if patients is not None and record.patient_id is not None:
                    patients.add(record.patient_id, found)
            progress(summary)
        if patients is not None and assessments is not None:
            for patient_id, reports in patients:
                row = _assess(reports, profile)
                if isinstance(row, str):
                    reject(Rejected(row, str(targets.findings), id=patient_id))
                    continue
                report_ids = [report["report_id"] for report in reports]
                assessments.write({"patient_id": patient_id, "report_ids": report_ids, "assessment": row})
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


def _assess(reports: list[dict[str, Any]], profile: str) -> Outcome:
    import decision

    try:
        models = [ReportFindings.model_validate(report) for report in reports]
        return decision.assess(models, None, profile=profile).model_dump(mode="json")
    except Exception as error:  # noqa: BLE001 - one patient must not end the run; it becomes a row that names the fault
        return f"assessment_failed:{type(error).__name__}"


# --------------------------------------------------------------------------------------------------------- extraction


Result = Rejected | tuple[Record, dict[str, Any]]


def _extracted(records: Iterable[Record | Rejected], workers: int) -> Iterator[Result]:
    """Read every record, in the order of the input."""
    if workers > 1:
        yield from _in_pools(_batches(records), workers)
        return
    for record in records:
        yield record if isinstance(record, Rejected) else _result(record, _extract(record.id, record.text))


def _result(record: Record, outcome: Outcome) -> Result:
    if isinstance(outcome, str):
        return Rejected(outcome, record.source, record.line, record.id)
    return record, outcome


def _extract(report_id: str, text: str) -> Outcome:
    try:
        return extractor.extract(text, report_id=report_id).model_dump(mode="json")
    except ImportError:  # a broken installation, no fault of the report
        raise
    except Exception as error:  # noqa: BLE001 - one report must not end the run; it becomes a row that names the fault
        return f"extraction_failed:{type(error).__name__}"


Batch = list[Record | Rejected]


def _batches(records: Iterable[Record | Rejected]) -> Iterator[Batch]:
    batch: Batch = []
    characters = 0
    for record in records:
        batch.append(record)
        characters += len(record.text) if isinstance(record, Record) else 0
        if len(batch) >= BATCH_REPORTS or characters >= BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _texts(batch: Batch) -> list[tuple[str, str]]:
    return [(record.id, record.text) for record in batch if isinstance(record, Record)]


def _start_worker() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means


def _extract_all(texts: list[tuple[str, str]]) -> list[Outcome]:
    return [_extract(report_id, text) for report_id, text in texts]


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start_worker)


def _in_pools(batches: Iterator[Batch], workers: int) -> Iterator[Result]:
    """Work through the batches with pools that are replaced after a while, and at once when a worker has died."""
    while (first := next(batches, None)) is not None:
        stream = itertools.chain([first], itertools.islice(batches, BATCHES_PER_POOL * workers - 1))
        waiting: collections.deque[Batch] = collections.deque()
        futures: collections.deque[Future[list[Outcome]]] = collections.deque()
        pool = _pool(workers)
        try:
            while True:
                while len(waiting) < 2 * workers and (batch := next(stream, None)) is not None:
                    waiting.append(batch)
                    futures.append(pool.submit(_extract_all, _texts(batch)))
                if not waiting:
                    break
                outcomes = futures.popleft().result()
                yield from _paired(waiting.popleft(), outcomes)
        except BrokenProcessPool:
            for batch in waiting:
                yield from _paired(batch, _extract_apart(_texts(batch)))
            batches = itertools.chain(stream, batches)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _extract_apart(texts: list[tuple[str, str]]) -> list[Outcome]:
    """Extract in a process of its own, halving what kills it, until the report that does so is found."""
    if not texts:
        return []
    with _pool(1) as pool:
        try:
            return pool.submit(_extract_all, texts).result()
        except BrokenProcessPool:
            if len(texts) == 1:
                return ["worker_died"]
    middle = len(texts) // 2
    return _extract_apart(texts[:middle]) + _extract_apart(texts[middle:])


def _paired(batch: Batch, outcomes: list[Outcome]) -> Iterator[Result]:
    remaining = iter(outcomes)
    for record in batch:
        yield record if isinstance(record, Rejected) else _result(record, next(remaining))
