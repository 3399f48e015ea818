"""What one sentence says about vertebrae, as its readers pass it on: matches, findings, mentions, statements.

Nothing is decided here. A ``Head`` is a finding while its relations are worked out; a ``Reading`` is the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from extractor.anatomy import Anatomy
from extractor.attributes import Attribute
from extractor.findings import Level, Region
from extractor.vocabulary import Target

Status = Literal["present", "possible", "absent", "historical", "hypothetical", "family"]

OF_THE_BODY = ("genant_grade", "height_loss_percent", "wedge_direction")
"""Fields of the shape of a body, which a posterior element alone does not have."""


@dataclass(frozen=True, slots=True)
class CueHit:
    """A cue of assertion that ConText relates to a target: its rule and where it stands."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A target that the matcher found, with the cues that ConText relates to it."""

    target: str
    start: int
    end: int
    cues: tuple[CueHit, ...] = ()


@dataclass(frozen=True, slots=True)
class Mention:
    """What a sentence says of some vertebrae: the same of each of ``levels``, or of vertebrae of a region."""

    start: int
    end: int
    status: Status
    levels: tuple[Level, ...] = ()
    region: Region | None = None
    portions: tuple[str, ...] = ()
    count: int | None = None
    plural: bool = False
    element: Literal["body", "posterior"] = "body"
    descriptors: frozenset[str] = frozenset()
    fields: tuple[Attribute, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()
    vertebral: bool = True
    """Whether the sentence itself shows that a vertebra is meant; else the sentences around must."""
    anaphoric: bool = False
    """Whether it points back: "this fracture", "the former"."""
    definite: bool = False
    """Whether it is told as known: "the fractured vertebra"."""
    restricted: str = ""
    """Of an absent one: what is denied is only a new, an acute or another fracture."""
    bare: bool = False
    """Only levels and values: a finding if the report around them speaks of fractures."""
    which: str = ""
    """Which of the vertebrae named before: former, latter, first, second, third, upper or lower."""
    examples: bool = False
    """Several vertebrae, of which the report names only the worst: "multiple deformities, most marked at T8"."""
    another: bool = False
    """One more of the kind told before: "a second one at T6"."""

    @property
    def primary(self) -> bool:
        """Whether the sentence alone shows that a vertebra may be meant; a report without any such has no findings."""
        return not self.another and (self.vertebral or bool(self.levels) or "fracture" in self.descriptors)


@dataclass(frozen=True, slots=True)
class Statement:
    """The sentence says of the spine, the vertebrae or bone in general that there is no fracture."""

    start: int
    end: int
    scope: Literal["spine", "bone"]


@dataclass(frozen=True, slots=True)
class Reading:
    """All that one sentence says about vertebrae. Offsets are relative to the sentence."""

    mentions: tuple[Mention, ...] = ()
    loose: tuple[Attribute, ...] = ()
    """Attributes without a finding of their own: "No retropulsion." They belong to what was said before."""
    statements: tuple[Statement, ...] = ()
    named: tuple[Level, ...] = ()
    """Levels that the sentence names as vertebrae, finding or not."""
    other_bone: bool = False
    pointing: bool = False
    """The sentence points back to what was said before it, or is too short to be about anything else."""
    anaphoric: bool = False
    """The sentence points back: "this", "these", "the fracture"."""
    which: str = ""
    opens: bool = False
    """The sentence only names vertebrae for what follows: "T12:"."""


NOTHING = Reading()


@dataclass(slots=True)
class Head:
    """A finding in a sentence, one or several matched words long, while its relations are worked out."""

    start: int
    end: int
    targets: list[Target]
    cues: tuple[CueHit, ...]
    owners: list[Anatomy] = field(default_factory=list)
    other: bool = False
    inherited: bool = False
    status: Status = "present"
    restricted: str = ""
    attributes: list[Attribute] = field(default_factory=list)

    @property
    def descriptors(self) -> frozenset[str]:
        """What its words say that it is: fracture, compression, wedging and so on."""
        return frozenset(word for target in self.targets for word in target.gives)

    @property
    def weak(self) -> bool:
        """Whether all its words are said of other things than vertebrae too."""
        return all(target.weak for target in self.targets)

    @property
    def kind(self) -> str:
        """What kind of finding it is: shape, mimic, augmentation."""
        return self.targets[0].kind


def between_heads(start: int, end: int, heads: Sequence[Head]) -> bool:
    """Whether a finding stands between two places."""
    return any(start <= other.start and other.end <= end for other in heads)
