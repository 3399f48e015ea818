"""Reads a radiology or densitometry report into structured findings. Importing it does not import spaCy.

>>> from extractor import extract
>>> extract("Mild anterior wedging of T12.").vertebrae[0].level
'T12'
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from typing import TYPE_CHECKING

from extractor.findings import ReportFindings

if TYPE_CHECKING:
    from extractor.engine import Engine

__all__ = ["Extractor", "ReportFindings", "extract", "extract_many"]


class Extractor:
    """Reads reports with a pipeline of its own.

    Keep one for many reports: it remembers sentences that it has read. Not safe to share between threads; processes
    build their own. ``plain=True`` reads every sentence anew, which is slower and gives the same.
    """

    def __init__(self, *, plain: bool = False) -> None:
        from extractor.engine import Engine

        self._plain = plain
        self._engine: Engine = Engine(plain=plain)

    def __reduce__(self) -> tuple[Callable[..., Extractor], tuple[()]]:
        """Another process gets an extractor of the same kind, which builds its own pipeline."""
        return partial(Extractor, plain=self._plain), ()

    def extract(self, text: str, *, report_id: str | None = None) -> ReportFindings:
        """The findings of one report.

        Any string is read: an empty or unreadable one gives no findings and the issue ``no_radiology_content``.
        Raises TypeError for anything that is not a string.
        """
        if not isinstance(text, str):
            raise TypeError(f"a report is a str, not {type(text).__name__}")
        return self._engine.read(text, report_id=report_id)

    def extract_many(self, texts: Iterable[str]) -> Iterator[ReportFindings]:
        """The findings of each report, in order, one at a time."""
        for text in texts:
            yield self.extract(text)


@cache
def _shared() -> Extractor:
    return Extractor()


def extract(text: str, *, report_id: str | None = None) -> ReportFindings:
    """The findings of one report; see ``Extractor.extract``."""
    return _shared().extract(text, report_id=report_id)


def extract_many(texts: Iterable[str]) -> Iterator[ReportFindings]:
    """The findings of each report, in order, one at a time."""
    return _shared().extract_many(texts)
