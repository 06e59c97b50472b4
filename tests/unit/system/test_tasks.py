"""Long work tells numbers, can be cancelled, and writes keep their order."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest

from gdbos_desktop.system.errors import Cancelled
from gdbos_desktop.system.tasks import Progress, ProgressState, Task, TaskRunner


def test_a_cancelled_task_ends_at_its_next_report() -> None:
    runner, task, started = TaskRunner(), Task("work"), threading.Event()

    def work(progress: Progress) -> None:
        for step in range(1_000_000_000):
            progress(step, 0)
            started.set()

    future = runner.run_query(work, task)
    assert started.wait(10)
    task.cancel()
    with pytest.raises(Cancelled):
        future.result(10)
    runner.close()


def test_reports_are_throttled_but_the_last_one_always_arrives() -> None:
    seen: list[ProgressState] = []
    task = Task("work", seen.append)
    for step in range(10_001):
        task.report(step, 10_000)
    assert len(seen) < 100
    assert (seen[-1].done, seen[-1].total) == (10_000, 10_000)


def test_changes_run_one_after_the_other_in_the_order_asked() -> None:
    runner, order = TaskRunner(), list[int]()
    running = threading.Lock()

    def work(number: int) -> Future[None]:
        def change(_progress: Progress) -> None:
            assert running.acquire(blocking=False)
            order.append(number)
            running.release()

        return runner.run_change(change, Task(str(number)))

    futures = [work(number) for number in range(50)]
    for future in futures:
        future.result(10)
    runner.close()
    assert order == list(range(50))


def test_a_task_that_fails_hands_its_error_to_the_one_who_waits() -> None:
    runner = TaskRunner()

    def work(_progress: Progress) -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        runner.run_query(work, Task("work")).result(10)
    runner.close()


def test_a_draft_that_waits_behind_long_work_is_written_before_the_end() -> None:
    runner, order, gate = TaskRunner(), list[str](), threading.Event()

    def long(_progress: Progress) -> None:
        gate.wait(10)
        order.append("long")

    runner.run_change(long, Task("long"))
    runner.run_change(lambda _progress: order.append("draft"), Task(""))
    timer = threading.Timer(0.05, gate.set)
    timer.start()
    runner.close()
    timer.join()
    assert order == ["long", "draft"]
