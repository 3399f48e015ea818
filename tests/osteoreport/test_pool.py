from __future__ import annotations

import os
import signal
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import pytest

from osteoreport import pool


class FakePool:
    """Runs at once; dies, as a process does, on an item that says so."""

    made = 0

    def __init__(self, workers: int) -> None:
        type(self).made += 1

    def submit(self, run: Callable[..., Any], work: Any, batch: list[int]) -> Any:
        class Done:
            def result(self) -> Any:
                if DEADLY & set(batch):
                    raise BrokenProcessPool
                return run(work, batch)

        return Done()

    def shutdown(self, **_: Any) -> None:
        pass

    def __enter__(self) -> FakePool:
        return self

    def __exit__(self, *_: object) -> None:
        pass


DEADLY = {9, 10, 55}


def double(number: int) -> pool.Outcome:
    return {"double": 2 * number}


def die_on_nine(number: int) -> pool.Outcome:
    if number == 9:
        os.kill(os.getpid(), signal.SIGKILL)
    return double(number)


def fail(number: int) -> pool.Outcome:
    raise ImportError


def test_order_holds_and_a_deadly_item_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_pool", FakePool)
    monkeypatch.setattr(pool, "BATCH_ITEMS", 4)
    monkeypatch.setattr(pool, "BATCHES_PER_PROCESS", 3)
    results = list(pool.each(double, range(100), workers=2))
    assert results == [(n, pool.WORKER_DIED if n in DEADLY else {"double": 2 * n}) for n in range(100)]
    assert FakePool.made > 5


def test_real_processes_keep_order_and_outlive_a_death(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "BATCH_ITEMS", 5)
    results = list(pool.each(die_on_nine, range(12), workers=2))
    assert results == [(n, "worker_died" if n == 9 else {"double": 2 * n}) for n in range(12)]


def test_an_error_that_the_work_lets_through_ends_it() -> None:
    for workers in (1, 2):
        with pytest.raises(ImportError):
            list(pool.each(fail, range(3), workers=workers))


def test_little_is_taken_before_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "_pool", FakePool)
    taken = []

    def items() -> Any:
        for number in range(100, 100_000):
            taken.append(number)
            yield number

    next(pool.each(double, items(), workers=2))
    assert len(taken) <= 5 * pool.BATCH_ITEMS


def test_a_batch_is_bounded_in_items_and_in_size() -> None:
    assert [len(batch) for batch in pool._batches(range(7), lambda _: 400_000)] == [3, 3, 1]
    assert [len(batch) for batch in pool._batches(range(150), lambda _: 1)] == [64, 64, 22]


def test_a_worker_leaves_interrupts_to_its_parent() -> None:
    before = signal.getsignal(signal.SIGINT)
    try:
        pool._start()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
