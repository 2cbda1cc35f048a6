"""What every test stands on.

No test may leave a task running, a coroutine un-awaited, or a warning in the log: whatever was started is
stopped by the one who started it. A test that provokes a log warning asks for `caplog` and looks at it.
(Coroutines are watched by `filterwarnings = error`, Qt's messages by pytest-qt's `qt_log_level_fail`.)

A test that needs Qt is a plain function and takes `run`; one that doesn't is `async def` and gets plain asyncio.
"""

import asyncio
import inspect
import logging
import os
from collections.abc import AsyncGenerator, Coroutine, Generator
from typing import Any, Protocol, TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

import pytest
import pytest_asyncio
from PySide6.QtGui import QGuiApplication

from intercom.loop import Loop

_T = TypeVar("_T")
_END_WITHIN_S = 1.0


class Run(Protocol):
    def __call__(self, work: Coroutine[Any, Any, _T], timeout_s: float = 40) -> _T: ...


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Generator[None, None, None]:
    """Fail a test that leaves a warning or an error in the log, unless it asked for `caplog`."""
    seen = _Warnings()
    logging.getLogger().addHandler(seen)
    yield
    logging.getLogger().removeHandler(seen)
    if seen.lines and "caplog" not in request.fixturenames:
        pytest.fail("logged: " + "\n".join(seen.lines))


@pytest.fixture(autouse=True)
def tasks_that_end(quiet_log: None, request: pytest.FixtureRequest) -> None:
    """Have an `async def` test fail when it leaves a task running."""
    if inspect.iscoroutinefunction(getattr(request, "function", None)):
        request.getfixturevalue("_tasks_that_end")


@pytest_asyncio.fixture
async def _tasks_that_end() -> AsyncGenerator[None, None]:
    yield
    await _expect_no_task()


@pytest.fixture(scope="session")
def qapp_cls() -> type[QGuiApplication]:
    """The application class of the product, without widgets."""
    return QGuiApplication


@pytest.fixture
def loop(qapp: QGuiApplication) -> Generator[Loop, None, None]:
    """The product's loop; at the end it must have no task left."""
    qapp.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: Loop(qapp)) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, Loop)
        yield loop
        if not loop.is_closed():
            runner.run(_expect_no_task())


@pytest.fixture
def run(loop: Loop) -> Run:
    """Run a coroutine on the product's loop: `run(work(), timeout_s=10)`."""

    def run(work: Coroutine[Any, Any, _T], timeout_s: float = 40) -> _T:
        return loop.run_until_complete(asyncio.wait_for(work, timeout_s))

    return run


async def _expect_no_task() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    if left:
        _, left = await asyncio.wait(left, timeout=_END_WITHIN_S)
    if left:
        pytest.fail("left running: " + ", ".join(map(repr, left)))


class _Warnings(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")
