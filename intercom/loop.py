"""The one loop that the window and the relay live on: qasync's, with asyncio's own engine put back beneath.

Qt runs the show. What asyncio has to do is done in *slices* that Qt starts, by a notifier on the one epoll
set that holds every file, and by one precise timer, the *alarm*. A slice looks at the files, takes the
timers that are due and runs callbacks, for `SLICE_S` at most; then Qt has its turn (touches, painting)
before the next one. Callbacks, timers and files wait in the queue, heap and selector that asyncio brings
along, which stock qasync leaves empty in favour of a Qt object for each. So a cancelled timer is gone with
the next slice, a socket costs what it costs under plain asyncio, and between two runs nothing of ours is
alive in Qt.

A Qt loop inside the loop (a dialog's `exec()`, `QTest`, `processEvents()`) holds up nothing but the callback
that spins it: slices go on within it, because the alarm is set whenever callbacks run. A task that spins one
stands still until it returns, the other tasks go on. A callback for a file is not entered a second time
before it has returned.

`QCoreApplication.quit()` while a main task runs is a request: the task is cancelled and cleans up on the
living loop. A second one ends the run at once.

For Linux (epoll). It knows nothing of the intercom. It leans on parts of asyncio that are not documented: a
handle's `_run` and `_cancelled`; the loop's fields declared in `Loop`, `_csock` and `_process_events`, and the
methods that `Loop` takes back or overrides. They are the same in Python 3.11 to 3.13, and the tests fail where
one moves.
"""

import asyncio
import contextlib
import functools
import heapq
import logging
import math
import selectors
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any, TypeVar, TypeVarTuple, Unpack

# Before qasync, which takes the first Qt binding that it finds imported.
from PySide6.QtCore import QCoreApplication, QSocketNotifier, Qt, QTimer

import qasync  # isort: skip

SLICE_S = 0.004
"""How long callbacks run before Qt has its turn; the last one may overrun it."""

_LONGEST_ALARM_MS = 24 * 3600 * 1000  # a QTimer's reach is 24.8 days
_FEW_TIMERS = 16  # so many dead ones are not worth a sweep

_log = logging.getLogger(__name__)

_T = TypeVar("_T")
_Ts = TypeVarTuple("_Ts")
_Asyncio: Any = asyncio.SelectorEventLoop


class QuitError(RuntimeError):
    """Qt quit, and once more before what was asked to end had ended; it does so for ever when its display has gone."""


def loop_factory(app: QCoreApplication) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what `asyncio.Runner(loop_factory=…)` asks for; `app` must outlive the loop.

    Where there is no epoll (macOS, Windows) that is qasync's own loop: slower, and with the faults that ours mends.
    """
    return functools.partial(Loop if sys.platform == "linux" else qasync.QEventLoop, app)


class Loop(qasync.QEventLoop):  # type: ignore[misc]  # qasync has no types
    """An asyncio loop hosted by Qt; it runs on the thread of the application."""

    # asyncio's fields
    _ready: deque[asyncio.Handle]
    _scheduled: list[asyncio.TimerHandle]
    _selector: Any  # an EpollSelector, which other systems do not even have the name of
    _timer_cancelled_count: int
    _current_handle: asyncio.Handle | None
    _thread_id: int | None
    _stopping: bool

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._slices: _Slices | None = None
        self._is_awake = True  # Qt need not be asked for a slice: one is under way, or no run is
        self._left_of_pass = 0
        self._interrupted: list[asyncio.Handle] = []  # callbacks that spin a Qt loop now
        self._failure: BaseException | None = None

        stock: selectors.BaseSelector = self._selector
        if sys.platform == "linux":
            self._selector = selectors.EpollSelector()
        for key in list(stock.get_map().values()):
            stock.unregister(key.fileobj)
            self._selector.register(key.fileobj, key.events, key.data)
        stock.close()

    # qasync has versions of its own, around a Qt object each.
    call_later = _Asyncio.call_later
    call_soon_threadsafe = _Asyncio.call_soon_threadsafe
    run_in_executor = _Asyncio.run_in_executor
    set_default_executor = _Asyncio.set_default_executor
    set_exception_handler = _Asyncio.set_exception_handler
    default_exception_handler = _Asyncio.default_exception_handler
    call_exception_handler = _Asyncio.call_exception_handler
    _add_callback = _Asyncio._add_callback
    _add_reader = _Asyncio._add_reader
    _remove_reader = _Asyncio._remove_reader
    _add_writer = _Asyncio._add_writer
    _remove_writer = _Asyncio._remove_writer

    def call_soon(
        self, callback: Callable[[Unpack[_Ts]], object], *args: *_Ts, context: Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        if self._closed or self._debug:
            self._check_call(handle, callback, "call_soon")
        self._ready.append(handle)
        if not self._is_awake:
            self._wake_at(0.0)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[_Ts]], object],
        *args: *_Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        if self._closed or self._debug:
            self._check_call(timer, callback, "call_at")
        heapq.heappush(self._scheduled, timer)
        if not self._is_awake:
            self._wake_at(when)
        return timer

    def _check_call(self, handle: Any, callback: object, method: str) -> None:
        self._check_closed()
        self._check_thread()
        self._check_callback(callback, method)
        del handle._source_traceback[-1]  # ours: debug mode shows the caller

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Count what `_take_due_timers` may sweep; asyncio's own hook."""
        self._timer_cancelled_count += 1

    def run_forever(self) -> None:
        """Run until `stop()`, or until Qt quits."""
        self._run()

    def run_until_complete(self, future: Coroutine[Any, Any, _T] | asyncio.Future[_T]) -> _T:
        """Run until `future` is done and return its result; cancel it when Qt quits first.

        Raises:
            QuitError: Qt quit twice.
            RuntimeError: the run ended without it, by `stop()`.
        """
        self._check_closed()
        self._check_running()
        main = asyncio.ensure_future(future, loop=self)

        def stop(done: asyncio.Future[_T]) -> None:
            if done.cancelled() or not isinstance(done.exception(), SystemExit | KeyboardInterrupt):
                self.stop()  # those two have ended the run already

        main.add_done_callback(stop)
        error: type[RuntimeError] = RuntimeError
        try:
            if not self._run():
                main.cancel()
                if not self._run():
                    error = QuitError
        except BaseException:
            if main.done() and not main.cancelled():
                main.exception()  # being raised: not to be logged as never retrieved
            raise
        finally:
            main.remove_done_callback(stop)
        if not main.done():
            raise error("Event loop stopped before Future completed.")
        return main.result()

    def stop(self) -> None:
        """End the run when the callbacks that are due have run."""
        self._stopping = True
        if not self._is_awake:
            self._wake_at(0.0)

    def remove_signal_handler(self, sig: int) -> bool:
        was_there: bool = super().remove_signal_handler(sig)
        if self.is_running():
            self._wake_on_signals()
        return was_there

    def close(self) -> None:
        """Release everything; a second call does nothing."""
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        if self.is_closed():
            return
        if _is_main_thread():
            wakeup_fd = signal.set_wakeup_fd(-1)
            if wakeup_fd != self._csock.fileno():
                signal.set_wakeup_fd(wakeup_fd)
        try:
            super().close()
        except RuntimeError:  # the application has gone first and taken qasync's Qt objects with it
            _Asyncio.close(self)

    def _run(self) -> bool:
        """Run, and tell whether `stop()` ended it; else Qt has quit."""
        self._check_closed()
        self._check_running()
        with self._hosted():
            super().run_forever()
            was_stopped = self._stopping
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        return was_stopped

    @contextlib.contextmanager
    def _hosted(self) -> Generator[None, None, None]:
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook)
        self._set_coroutine_origin_tracking(self._debug)
        self._thread_id = threading.get_ident()
        self._wake_on_signals()
        slices = self._slices = _Slices(self._selector.fileno(), self._slice)
        slices.begin_by(0.0)
        self._is_awake = False
        try:
            yield
        finally:
            self._is_awake = True
            self._slices = None
            slices.end()
            self._stopping = False
            self._thread_id = None
            self._set_coroutine_origin_tracking(False)
            sys.set_asyncgen_hooks(*hooks)

    def _wake_on_signals(self) -> None:
        """Let Python's signal handlers (Ctrl+C) run at once, not when Qt happens to wake."""
        if _is_main_thread():
            signal.set_wakeup_fd(self._csock.fileno())

    def _wake_at(self, when: float) -> None:
        if self._slices is not None:
            self._slices.begin_by(when)

    def _slice(self) -> None:
        """Do what is due, then tell Qt when to come again."""
        slices = self._slices
        if slices is None:
            return
        interrupted, task = self._current_handle, asyncio.current_task(self)
        if interrupted is not None:
            self._interrupted.append(interrupted)
        if task is not None:
            asyncio.tasks._leave_task(self, task)
        self._is_awake, is_left = True, False
        try:
            is_left = self._run_passes(slices)
        except BaseException as failure:  # Qt would swallow it; `_run` raises it
            self._failure = failure
        finally:
            self._current_handle = interrupted
            if task is not None:
                asyncio.tasks._enter_task(self, task)
            if interrupted is not None:
                self._interrupted.pop()
        if self._failure is not None or (self._stopping and not self._left_of_pass):
            self._slices = None
            super().stop()
            return
        self._is_awake = False
        if is_left:
            slices.begin_after_qt()
        elif self._scheduled:
            slices.begin_by(self._scheduled[0].when())

    def _run_passes(self, slices: "_Slices") -> bool:
        """Run what is due, pass by pass, and tell whether something had to be left for after Qt's turn.

        A pass is what one look at files and timers found. It is run to its end, in the next slices if need
        be, before the next look: that would find the same files readable again.
        """
        clock, ready = time.monotonic, self._ready
        over_at = clock() + SLICE_S
        while True:
            if not self._left_of_pass:
                self._process_events(self._selector.select(0))
                self._take_due_timers()
                again = [handle for handle in self._interrupted if handle in ready]
                for handle in again:
                    ready.remove(handle)
                self._left_of_pass = len(ready)
                if not ready:
                    return bool(again)
            slices.begin_by(over_at)  # a Qt loop inside a callback does not prolong this one
            while self._left_of_pass:
                self._left_of_pass -= 1
                handle = ready.popleft()
                if handle._cancelled:
                    continue
                self._current_handle = handle
                if self._debug:
                    self._run_timed(handle)
                else:
                    handle._run()
                if clock() > over_at:
                    return True
            if self._stopping:
                return False

    def _run_timed(self, handle: asyncio.Handle) -> None:
        began_at = time.monotonic()
        handle._run()
        took_s = time.monotonic() - began_at
        if took_s >= self.slow_callback_duration:
            owner = getattr(getattr(handle, "_callback", None), "__self__", handle)
            _log.warning("%r held the loop for %.3f s", owner, took_s)

    def _take_due_timers(self) -> None:
        timers = self._scheduled
        if self._timer_cancelled_count > max(_FEW_TIMERS, len(timers) // 2):
            timers[:] = [timer for timer in timers if not timer.cancelled()]
            heapq.heapify(timers)
            self._timer_cancelled_count = 0
        now = time.monotonic()
        while timers and timers[0].when() <= now:
            timer = heapq.heappop(timers)
            if timer.cancelled():
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(timer)


class _Slices:
    """Qt's side of one run: the two Qt objects that begin slices."""

    def __init__(self, files_fd: int, begin: Callable[[], None]) -> None:
        self._begin = begin
        self._alarm_at = math.inf
        self._files = QSocketNotifier(files_fd, QSocketNotifier.Type.Read)
        self._files.activated.connect(begin)
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._on_alarm)

    def begin_by(self, when: float) -> None:
        """Begin a slice when files are ready, at the latest at `when` on the monotonic clock; 0 is at once."""
        if when < self._alarm_at:
            self._alarm_at = when
            wait_ms = math.ceil((when - time.monotonic()) * 1000)
            self._alarm.start(min(max(wait_ms, 0), _LONGEST_ALARM_MS))

    def begin_after_qt(self) -> None:
        """Begin a slice as soon as Qt has seen to its own; ready files alone shall not begin it before."""
        self._files.setEnabled(False)
        self.begin_by(0.0)

    def end(self) -> None:
        """Begin no more slices; must come before the files' epoll set is closed."""
        self._files.setEnabled(False)
        self._alarm.stop()

    def _on_alarm(self) -> None:
        self._alarm_at = math.inf
        self._files.setEnabled(True)
        self._begin()


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
