"""Work on many items in several processes, in order, with bounded memory, outliving a process that dies.

Processes build their own pipeline and give back plain data. They are replaced after a while, because spaCy 3.7 keeps
every new word for ever, and at once when one has died; then the item that killed it is found out.
"""

from __future__ import annotations

import collections
import itertools
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Final, TypeVar

BATCH_ITEMS: Final = 64
BATCH_SIZE: Final = 1_000_000
BATCHES_PER_PROCESS: Final = 250
WORKER_DIED: Final = "worker_died"

Item = TypeVar("Item")
Outcome = dict[str, Any] | str
"""Plain data, or the reason why there is none."""

Work = Callable[[Item], Outcome]


def each(
    work: Work[Item], items: Iterable[Item], *, workers: int, size: Callable[[Item], int] = lambda _: 1
) -> Iterator[tuple[Item, Outcome]]:
    """Pair every item with what the work makes of it, in order.

    ``size`` bounds what is on its way: a batch ends when its sizes reach ``BATCH_SIZE``. With more than one worker the
    work must be a function that another process can import. An item that kills its process gets ``worker_died``.
    """
    if workers == 1:
        for item in items:
            yield item, work(item)
        return
    batches = _batches(items, size)
    while (first := next(batches, None)) is not None:
        stream = itertools.chain([first], itertools.islice(batches, BATCHES_PER_PROCESS * workers - 1))
        waiting: collections.deque[list[Item]] = collections.deque()
        futures: collections.deque[Future[list[Outcome]]] = collections.deque()
        pool = _pool(workers)
        try:
            while True:
                while len(waiting) < 2 * workers and (batch := next(stream, None)) is not None:
                    waiting.append(batch)
                    futures.append(pool.submit(_all, work, batch))
                if not waiting:
                    break
                outcomes = futures.popleft().result()
                yield from zip(waiting.popleft(), outcomes, strict=True)
        except BrokenProcessPool:
            for batch in waiting:
                yield from zip(batch, _apart(work, batch), strict=True)
            batches = itertools.chain(stream, batches)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _batches(items: Iterable[Item], size: Callable[[Item], int]) -> Iterator[list[Item]]:
    batch: list[Item] = []
    total = 0
    for item in items:
        batch.append(item)
        total += size(item)
        if len(batch) >= BATCH_ITEMS or total >= BATCH_SIZE:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch


def _start() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _start)


def _all(work: Work[Item], batch: Sequence[Item]) -> list[Outcome]:
    return [work(item) for item in batch]


def _apart(work: Work[Item], batch: Sequence[Item]) -> list[Outcome]:
    """Work in a process of its own, halving what kills it, until the item that does so is found."""
    with _pool(1) as pool:
        try:
            return pool.submit(_all, work, batch).result()
        except BrokenProcessPool:
            if len(batch) == 1:
                return [WORKER_DIED]
    middle = len(batch) // 2
    return _apart(work, batch[:middle]) + _apart(work, batch[middle:])
