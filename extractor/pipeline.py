"""The medspaCy pipeline: the only file that imports medspaCy.

``build()`` gives a plain spaCy ``Language``: tokenizer, our line-aware sentence splitter, medspaCy's TargetMatcher with
the literals of ``knowledge/targets.toml``, medspaCy's ConText with the cues of ``knowledge/context.toml``, and the
readers, which put the report's findings on ``doc._.findings``. The extractor uses the same components sentence by
sentence (see ``extractor.engine``).
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from loguru import logger

from extractor import vocabulary
from extractor.layout import Layout
from extractor.vertebrae import CueHit, Hit

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

logger.disable("PyRuSH")  # before the first import of medspaCy: PyRuSH logs report text

SENTENCES = "osteoreport_sentences"
FINDINGS = "osteoreport_findings"
CONTEXT = "medspacy_context"
_NEVER = "\ue000"


@functools.cache
def _register() -> None:
    """Import spaCy and medspaCy and register our components, once, without silencing the process's warnings."""
    with warnings.catch_warnings():
        import medspacy.context
        import medspacy.target_matcher  # noqa: F401
        from spacy.language import Language
        from spacy.tokens import Doc

    if not Doc.has_extension("findings"):
        Doc.set_extension("findings", default=None)
        Doc.set_extension("layout", default=None)

    @Language.component(SENTENCES)
    def set_sentences(doc: Doc) -> Doc:
        """Sentence starts where the layout of the Doc has them; without a layout the whole Doc is one sentence."""
        starts = {start for start, _ in doc._.layout.spans} if doc._.layout is not None else set()
        for token in doc:
            token.is_sent_start = token.i == 0 or token.idx in starts
        return doc

    @Language.factory(FINDINGS)
    def create_findings(nlp: Any, name: str) -> Any:
        """The component that reads a whole report from its Doc."""
        from extractor.engine import Engine

        engine = Engine()

        def read(doc: Doc) -> Doc:
            doc._.findings = engine.read_doc(doc)
            return doc

        return read


def build(*, report: bool = True) -> Language:
    """A spaCy pipeline that reads reports.

    With ``report`` the last component puts a ``ReportFindings`` on ``doc._.findings``; without it the pipeline ends
    with targets and their assertion cues, which is what one sentence needs.
    """
    _register()
    import spacy
    from spacy.attrs import LOWER, NORM  # type: ignore[import-not-found]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        nlp = spacy.blank("en")
        nlp.max_length = 100_000_000
        if not report:
            # A word that is new to spaCy costs more than all that is read of it: of its features only these are asked.
            vocab: Any = nlp.vocab
            vocab.lex_attr_getters = {key: vocab.lex_attr_getters[key] for key in (LOWER, NORM)}
        nlp.add_pipe(SENTENCES)
        _add_targets(nlp)
        _add_context(nlp)
        if report:
            # Last: the rules' own literals are no reports, and "question" or "history" would be taken for a heading.
            nlp.tokenizer = ReportTokenizer(nlp.tokenizer)
            nlp.add_pipe(FINDINGS)
    return nlp


class ReportTokenizer:
    """Makes the Doc of a report: of its cleaned sentences, one a line, so that literals match over hard wraps.

    The layout that leads from the Doc back to the received text is on ``doc._.layout``.
    """

    def __init__(self, tokenizer: Callable[[str], Doc]) -> None:
        self.tokenizer = tokenizer

    def __call__(self, text: str) -> Doc:
        """The Doc of a received text."""
        layout = Layout.of(text)
        doc = self.tokenizer(layout.text)
        doc._.layout = layout
        return doc


def read(nlp: Language, sentence: str) -> Doc:
    """The Doc of one sentence. ConText, which has nothing to relate where there is no target, sees only the others."""
    doc = nlp.make_doc(sentence)
    for name, component in nlp.pipeline:
        if name != CONTEXT or doc.ents:
            doc = component(doc)
    return doc


def hits(doc: Doc, start: int = 0, end: int | None = None) -> list[Hit]:
    """The targets of a sentence of a Doc with their cues, at character offsets relative to the sentence."""
    limit = len(doc.text) if end is None else end
    if not doc.ents:
        return []
    cues: dict[tuple[int, int], list[CueHit]] = {}
    for target, modifier in doc._.context_graph.edges:
        first, last = modifier.modifier_span
        cue = CueHit(modifier.category.lower(), doc[first].idx - start, doc[last - 1].idx + len(doc[last - 1]) - start)
        cues.setdefault((target.start_char, target.end_char), []).append(cue)
    return [
        Hit(
            entity.label_,
            entity.start_char - start,
            entity.end_char - start,
            tuple(cues.get((entity.start_char, entity.end_char), ())),
        )
        for entity in doc.ents
        if start <= entity.start_char and entity.end_char <= limit
    ]


def _add_targets(nlp: Language) -> None:
    from medspacy.target_matcher import TargetRule

    matcher: Any = nlp.add_pipe("medspacy_target_matcher")
    rules: dict[str, Any] = {}
    for target in vocabulary.targets():
        for literal in target.literals:
            rules.setdefault(literal.lower(), TargetRule(literal=literal.lower(), category=target.id))
    # spaCy warns at every Doc of a matcher without token patterns; this one never matches.
    rules[_NEVER] = TargetRule(literal=_NEVER, category="fracture", pattern=[{"ORTH": _NEVER}])
    matcher.add(list(rules.values()))


def _add_context(nlp: Language) -> None:
    from medspacy.context import ConTextRule

    context: Any = nlp.add_pipe(CONTEXT, config={"rules": None})
    directions: dict[str, tuple[str, str]] = {}
    for cue in vocabulary.cues():
        for literal in cue.literals:
            # ConText keeps one rule a literal: one that works both ways is bidirectional.
            known = directions.get(literal.lower())
            if known is None:
                directions[literal.lower()] = (cue.id, cue.direction)
            elif {known[1], cue.direction} == {"FORWARD", "BACKWARD"}:
                directions[literal.lower()] = (known[0], "BIDIRECTIONAL")
    rules = {
        literal: ConTextRule(literal=literal, category=category, direction=direction)
        for literal, (category, direction) in directions.items()
    }
    rules[_NEVER] = ConTextRule(literal=_NEVER, category="terminate", direction="TERMINATE", pattern=[{"ORTH": _NEVER}])
    context.add(list(rules.values()))
