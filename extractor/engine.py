"""Reads reports: lays a text out, reads the sentences that can matter, and puts together what they say.

Work grows with what is said. A cheap scan of the raw sentence decides whether it can speak of a vertebra at all; only
such a sentence becomes a Doc, identical sentences are read once, and the rest of a report is read only if one of its
sentences has a finding that the others could add to. ``plain=True`` does none of this and must give the same.
"""

from __future__ import annotations

import gc
import warnings
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractor import assemble
from extractor.findings import ReportFindings
from extractor.layout import Layout
from extractor.scan import can_have_level, can_have_target, those_that_can_matter
from extractor.vertebrae import NOTHING, Reading, read_sentence, read_statements

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

CACHED_SENTENCES = 50_000
"""How many distinct sentences are remembered; almost all repetition of an archive lies within so many."""

NEW_STRINGS = 400_000
"""After so many new strings the pipeline is built anew: spaCy 3.7 never forgets a string it has seen."""


class Engine:
    """Reads texts with one pipeline, which it builds when the first sentence needs it. Not for several threads."""

    def __init__(self, *, plain: bool = False) -> None:
        self._plain = plain
        self._nlp: Language | None = None
        self._strings = 0
        self._cache: OrderedDict[str, Reading] = OrderedDict()

    def read(self, received: str, *, report_id: str | None = None) -> ReportFindings:
        """The findings of one received text."""
        layout = Layout.of(received)
        return assemble.report(layout, self._readings(layout), report_id=report_id)

    def read_doc(self, doc: Doc) -> ReportFindings:
        """The findings of a Doc that ``pipeline.build`` has made: every sentence is read from the Doc itself."""
        from extractor import pipeline

        layout: Layout = doc._.layout
        readings = [
            read_sentence(line.text, pipeline.hits(doc, start, end))
            for line, (start, end) in zip(layout.lines, layout.spans, strict=True)
        ]
        return assemble.report(layout, readings)

    def _readings(self, layout: Layout) -> Sequence[Reading]:
        if self._plain:
            return [self._read_sentence(line.text) for line in layout.lines]
        readings = [NOTHING] * len(layout.sentences)
        flat = layout.flat
        sentences = flat.split("\n")
        for index in those_that_can_matter(flat):
            readings[index] = self._at_first(sentences[index])
        primary = [mention for reading in readings for mention in reading.mentions if mention.primary]
        # Where a fracture is denied or of an unknown bone, only the name of a vertebra could still make it a finding.
        found = any(mention.status != "absent" and (mention.vertebral or mention.levels) for mention in primary)
        if found or (primary and any(can_have_level(sentence) for sentence in sentences)):
            return [self._cached(sentence) for sentence in sentences]
        return readings

    def _at_first(self, sentence: str) -> Reading:
        """What a sentence says by itself: without a finding or a level no more than its statements about bone."""
        if can_have_target(sentence) or can_have_level(sentence):
            return self._cached(sentence)
        return read_statements(sentence)

    def _cached(self, sentence: str) -> Reading:
        reading = self._cache.get(sentence)
        if reading is None:
            reading = self._read_sentence(sentence)
            self._cache[sentence] = reading
            if len(self._cache) > CACHED_SENTENCES:
                self._cache.popitem(last=False)
        return reading

    def _read_sentence(self, sentence: str) -> Reading:
        from extractor import pipeline

        if not self._plain and not can_have_target(sentence):
            return read_sentence(sentence, ())
        return read_sentence(sentence, pipeline.hits(pipeline.read(self._pipeline(), sentence)))

    def _pipeline(self) -> Language:
        """The pipeline; a new one when the last has taken in too many strings."""
        if self._nlp is None or len(self._nlp.vocab.strings) - self._strings > NEW_STRINGS:
            with warnings.catch_warnings():
                # medspaCy silences all warnings of the process when it is imported.
                from extractor import pipeline

                self._nlp = pipeline.build(report=False)
            self._strings = len(self._nlp.vocab.strings)
            # The pipeline lives as long as the process, and is a million objects. Taken out of the collector's sight it
            # is not walked through again and again while reports come and go: an eighth of the time.
            gc.collect()
            gc.freeze()
        return self._nlp
