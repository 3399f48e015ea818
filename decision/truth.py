"""True, false and unknown, held for many possible worlds at once.

World 0 is the patient as known. In every other world one unknown input has been given one of its values ("eGFR turns
out to be 29"); everything that is known is the same in all of them. A ``Truth`` holds the answer of every world in two
integers, one bit per world, so that one evaluation of the rules also answers "what would change if we knew?".

``&``, ``|`` and ``~`` are Kleene's: silence is unknown, an unknown never becomes false, and ``bool()`` is refused, so
``if retropulsion:`` cannot be written. ``why`` collects, as bits, the facts and criteria on which the answer in world 0
rests: of a true "and" both sides, of a false one the sides that are false, of an unknown one the unknown sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from decision.guideline import Criterion

WORLDS = 256
"""How many worlds there is room for; the loader refuses inputs with more values than that."""

ALL = (1 << WORLDS) - 1
HERE = 1
"""The bit of world 0: the patient as known."""


class Truth:
    """True, false or unknown, in every world."""

    __slots__ = ("false", "true", "why")

    def __init__(self, true: int, false: int, why: int = 0) -> None:
        self.true = true
        self.false = false
        self.why = why

    def __bool__(self) -> bool:
        raise TypeError("a Truth may be unknown: use &, | and ~, or ask for is_true, is_false or is_unknown")

    def __repr__(self) -> str:
        return f"Truth({'true' if self.is_true else 'false' if self.is_false else 'unknown'})"

    def __and__(self, other: Truth) -> Truth:
        if other is TRUE:
            return self
        true = self.true & other.true
        if true & 1:
            why = self.why | other.why
        elif self.false & 1:
            why = self.why | other.why if other.false & 1 else self.why
        elif other.false & 1 or self.true & 1:
            why = other.why
        else:
            why = self.why if other.true & 1 else self.why | other.why
        return Truth(true, self.false | other.false, why)

    def __or__(self, other: Truth) -> Truth:
        if other is FALSE:
            return self
        false = self.false & other.false
        if false & 1:
            why = self.why | other.why
        elif self.true & 1:
            why = self.why | other.why if other.true & 1 else self.why
        elif other.true & 1 or self.false & 1:
            why = other.why
        else:
            why = self.why if other.false & 1 else self.why | other.why
        return Truth(self.true | other.true, false, why)

    def __invert__(self) -> Truth:
        return Truth(self.false, self.true, self.why)

    @property
    def key(self) -> tuple[int, int, int]:
        """Equal for equal answers in every world."""
        return (self.true, self.false, self.why)

    @property
    def holds(self) -> Truth:
        """Known and true; false otherwise. What a block or an emergency fires on."""
        if self.true | self.false == ALL:
            return self
        return Truth(self.true, ALL ^ self.true, self.why)

    @property
    def not_true(self) -> Truth:
        """False or unknown: the ``x not true`` of the rules."""
        return Truth(ALL ^ self.true, self.true, self.why)

    @property
    def unknown(self) -> Truth:
        """Whether it is unknown: what a question fires on."""
        known = self.true | self.false
        return Truth(ALL ^ known, known, self.why)

    @property
    def is_true(self) -> bool:
        """In world 0."""
        return bool(self.true & HERE)

    @property
    def is_false(self) -> bool:
        """In world 0."""
        return bool(self.false & HERE)

    @property
    def is_unknown(self) -> bool:
        """In world 0."""
        return not (self.true | self.false) & HERE


TRUE = Truth(ALL, 0)
FALSE = Truth(0, ALL)
UNKNOWN = Truth(0, 0)


def known(answer: bool, why: int = 0) -> Truth:
    """The same answer in every world."""
    return Truth(ALL, 0, why) if answer else Truth(0, ALL, why)


def any_of(truths: Iterable[Truth]) -> Truth:
    """``or`` over many; false of none."""
    true, false, of_true, of_false, of_unknown = 0, ALL, 0, 0, 0
    for truth in truths:
        true |= truth.true
        false &= truth.false
        if truth.true & 1:
            of_true |= truth.why
        elif truth.false & 1:
            of_false |= truth.why
        else:
            of_unknown |= truth.why
    return Truth(true, false, of_true if true & 1 else of_false if false & 1 else of_unknown)


def all_of(truths: Iterable[Truth]) -> Truth:
    """``and`` over many; true of none."""
    return ~any_of(~truth for truth in truths)


def at_least(number: int, truths: Iterable[Truth]) -> Truth:
    """At least so many of them; unknown while the unknown ones could still make it."""
    reached = [TRUE, *([FALSE] * number)]
    for truth in truths:
        for count in range(number, 0, -1):
            reached[count] = reached[count] | (reached[count - 1] & truth)
    return reached[number]


class Fact:
    """A value, in every world: known in all, unknown here but given in the worlds that try it, or a mixture.

    ``cases`` pairs each value with the worlds in which it holds; worlds in no case are those where it is unknown.
    """

    __slots__ = ("_met", "cases", "known", "why", "worlds_known")

    def __init__(self, cases: tuple[tuple[Any, int], ...], why: int = 0) -> None:
        self.cases = cases
        self.why = why
        self.worlds_known = known = sum(worlds for _, worlds in cases)
        """The worlds in which it is known; no world is in two cases."""
        self.known = Truth(known, ALL ^ known, why)
        """Whether it is known; never unknown itself."""
        self._met: dict[int | str, Truth] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Fact) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> tuple[tuple[tuple[Any, int], ...], int]:
        """Equal for equal values in every world."""
        return (self.cases, self.why)

    @property
    def value(self) -> Any:
        """The value in world 0, ``None`` where it is unknown."""
        for value, worlds in self.cases:
            if worlds & HERE:
                return value
        return None

    def holds_any(self, *members: str) -> Truth:
        """Of a value that is a collection: whether it has one of the members; asked once."""
        key = ",".join(members)
        found = self._met.get(key)
        if found is None:
            found = self._met[key] = self.test(lambda collection: not set(members).isdisjoint(collection))
        return found

    def test(self, question: Callable[[Any], bool | None], why: int = 0) -> Truth:
        """Ask ``question`` of the value: true, false or (``None``) not to be told; unknown where the value is."""
        true = false = 0
        for value, worlds in self.cases:
            answer = question(value)
            if answer:
                true |= worlds
            elif answer is False:
                false |= worlds
        return Truth(true, false, self.why | why)

    def meets(self, criterion: Criterion) -> Truth:
        """Whether the value falls on the side of the threshold that the criterion names; asked once."""
        found = self._met.get(criterion.bit)
        if found is None:
            found = self._met[criterion.bit] = self.test(criterion.judge, criterion.bit)
        return found

    def is_(self, *values: Any) -> Truth:
        """Whether it is one of ``values``."""
        true = false = 0
        for value, worlds in self.cases:
            if value in values:
                true |= worlds
            else:
                false |= worlds
        return Truth(true, false, self.why)

    def or_else(self, other: Fact) -> Fact:
        """The value where it is known, elsewhere that of the other."""
        free = ALL ^ self.worlds_known
        if not free:
            return self
        rest = tuple((value, worlds & free) for value, worlds in other.cases if worlds & free)
        return Fact(self.cases + rest, self.why | other.why)


def certain(value: Any, why: int = 0) -> Fact:
    """A value that is the same in every world."""
    return Fact(((value, ALL),), why)
