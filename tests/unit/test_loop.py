"""The loop keeps asyncio's promises, gives Qt its turn, and leaves cleanly whatever is pending."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import AsyncGenerator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractEventDispatcher, QEventLoop, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from intercom.loop import SLICE_S, Loop, QuitError, loop_factory
from tests.conftest import Run

ROOT = Path(__file__).parents[2]


nothing_else_wakes_it = pytest.mark.timeout(10)
"""Such a test runs without a timer, so that a loop that sleeps on does so for ever."""


def live_timers() -> int:
    return sum(isinstance(thing, asyncio.TimerHandle) for thing in gc.get_objects())


def hold(seconds: float) -> None:
    """Occupy the thread, as a slow callback does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


class TestTimers:
    def test_two_thousand_finished_waits_leave_next_to_no_timer(self, run: Run) -> None:
        async def wait() -> int:
            queue: asyncio.Queue[int] = asyncio.Queue()
            for number in range(2_000):
                asyncio.get_running_loop().call_soon(queue.put_nowait, number)
                assert await asyncio.wait_for(queue.get(), 45) == number
            return live_timers()

        before = live_timers()

        assert run(wait()) - before < 50

    def test_two_thousand_waits_that_end_together_leave_next_to_no_timer(self, run: Run) -> None:
        async def wait() -> int:
            answer = asyncio.Event()
            waits = [asyncio.ensure_future(asyncio.wait_for(answer.wait(), 45)) for _ in range(2_000)]
            asyncio.get_running_loop().call_soon(answer.set)
            await asyncio.gather(*waits)
            del waits
            await asyncio.sleep(0)
            return live_timers()

        before = live_timers()

        assert run(wait()) - before < 50

    def test_a_cancelled_timer_lets_go_of_its_arguments_at_once(self, loop: Loop) -> None:
        class Argument: ...

        argument = Argument()
        gone = weakref.ref(argument)
        timer = loop.call_later(60, id, argument)
        del argument

        timer.cancel()

        assert gone() is None

    def test_timers_ring_in_their_order_and_never_early(self, run: Run) -> None:
        async def ring() -> list[tuple[int, float]]:
            loop = asyncio.get_running_loop()
            rung: list[tuple[int, float]] = []
            start = loop.time()

            def note(number: int) -> None:
                rung.append((number, loop.time() - start - number / 1_000))

            for number in (13, 2, 40, 7, 21, 1, 33):
                loop.call_at(start + number / 1_000, note, number)
            await asyncio.sleep(0.045)
            return rung

        rung = run(ring())

        assert [number for number, _ in rung] == [1, 2, 7, 13, 21, 33, 40]
        assert all(late_s >= 0 for _, late_s in rung)

    def test_a_timer_of_the_past_rings(self, run: Run) -> None:
        async def ring() -> None:
            rung = asyncio.Event()
            asyncio.get_running_loop().call_at(-1, rung.set)
            await rung.wait()

        run(ring())

    def test_a_timer_years_away_does_not_ring_today(self, loop: Loop) -> None:
        async def wait() -> None:
            timer = loop.call_later(3e9, pytest.fail, "rang")
            await asyncio.to_thread(time.sleep, 0.02)  # the only timer
            timer.cancel()

        loop.run_until_complete(wait())

    @nothing_else_wakes_it
    def test_a_timer_set_by_qt_wakes_the_sleeping_loop(self, loop: Loop) -> None:
        async def wait() -> None:
            rung = asyncio.Event()
            QTimer.singleShot(30, lambda: loop.call_later(0.005, rung.set))
            await rung.wait()

        loop.run_until_complete(wait())

    def test_an_idle_loop_sleeps(self, run: Run) -> None:
        wakes = 0

        def count() -> None:
            nonlocal wakes
            wakes += 1

        async def idle() -> None:
            dispatcher = QAbstractEventDispatcher.instance()
            dispatcher.awake.connect(count)
            await asyncio.sleep(0.3)
            dispatcher.awake.disconnect(count)

        run(idle())

        assert wakes < 20


class TestCallbacks:
    def test_run_in_the_order_they_were_asked_for(self, run: Run) -> None:
        order: list[int] = []

        async def ask() -> None:
            loop = asyncio.get_running_loop()
            for number in range(5):
                loop.call_soon(order.append, number)
            await asyncio.sleep(0)

        run(ask())

        assert order == [0, 1, 2, 3, 4]

    @nothing_else_wakes_it
    def test_asked_for_by_qt_wake_the_sleeping_loop(self, loop: Loop) -> None:
        async def wait() -> None:
            called = asyncio.Event()
            QTimer.singleShot(30, lambda: loop.call_soon(called.set))
            await called.wait()

        loop.run_until_complete(wait())

    @nothing_else_wakes_it
    def test_asked_for_by_a_thread_wake_the_sleeping_loop(self, loop: Loop) -> None:
        async def wait() -> None:
            called = asyncio.Event()
            thread = threading.Timer(0.03, loop.call_soon_threadsafe, [called.set])
            thread.start()
            await called.wait()
            thread.join()

        loop.run_until_complete(wait())

    def test_asked_for_by_a_thread_can_be_taken_back(self, run: Run) -> None:
        async def take_back() -> None:
            loop = asyncio.get_running_loop()
            loop.call_soon_threadsafe(pytest.fail, "called").cancel()
            await asyncio.sleep(0.01)

        run(take_back())

    def test_that_fail_are_reported_and_hold_up_nothing(self, run: Run, loop: Loop) -> None:
        reported: list[object] = []
        loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

        async def fail() -> None:
            asyncio.get_running_loop().call_soon(lambda: 1 / 0)
            await asyncio.sleep(0)

        run(fail())

        assert [type(exception) for exception in reported] == [ZeroDivisionError]

    def test_that_have_run_are_let_go_by_the_sleeping_loop(self, run: Run) -> None:
        class Argument: ...

        async def call() -> bool:
            loop, looked = asyncio.get_running_loop(), asyncio.Event()
            argument = Argument()
            loop.call_soon(id, argument)
            gone = weakref.ref(argument)
            del argument
            is_gone = False

            def look() -> None:
                nonlocal is_gone
                is_gone = gone() is None
                loop.call_soon(looked.set)

            QTimer.singleShot(30, look)
            await looked.wait()
            return is_gone

        assert run(call())

    def test_without_end_leave_qt_its_turn(self, run: Run) -> None:
        async def chain() -> None:
            loop, end = asyncio.get_running_loop(), asyncio.Event()

            def again() -> None:
                if not end.is_set():
                    loop.call_soon(again)

            loop.call_soon(again)
            QTimer.singleShot(0, end.set)
            await end.wait()

        run(chain())

    def test_in_a_crowd_leave_qt_its_turn(self, run: Run) -> None:
        async def crowd() -> int:
            loop, done = asyncio.get_running_loop(), 0
            turn_after: list[int] = []

            def work() -> None:
                nonlocal done
                hold(SLICE_S / 4)
                done += 1

            for _ in range(100):
                loop.call_soon(work)
            QTimer.singleShot(0, lambda: turn_after.append(done))
            await asyncio.sleep(0)  # behind the crowd
            assert done == 100
            return turn_after[0]

        assert run(crowd()) < 20

    def test_too_slow_are_named_in_debug_mode(self, loop: Loop, caplog: pytest.LogCaptureFixture) -> None:
        async def dawdle() -> None:
            hold(0.02)

        loop.set_debug(True)
        loop.slow_callback_duration = 0.01

        loop.run_until_complete(dawdle())

        assert any("dawdle" in message and "held the loop" in message for message in caplog.messages)

    def test_and_coroutines_know_their_origin_in_debug_mode(self, loop: Loop) -> None:
        async def depth() -> int:
            return sys.get_coroutine_origin_tracking_depth()

        assert loop.run_until_complete(depth()) == 0
        loop.set_debug(True)
        assert loop.run_until_complete(depth()) > 0
        assert sys.get_coroutine_origin_tracking_depth() == 0

    def test_are_shown_with_their_asker_in_debug_mode(self, loop: Loop) -> None:
        loop.set_debug(True)

        assert "test_loop.py" in repr(loop.call_soon(print))
        assert "test_loop.py" in repr(loop.call_later(1, print))

    def test_of_another_thread_are_refused_in_debug_mode(self, run: Run, loop: Loop) -> None:
        loop.set_debug(True)

        async def ask() -> None:
            with pytest.raises(RuntimeError, match="Non-thread-safe"):
                await asyncio.to_thread(loop.call_soon, print)

        run(ask())


class TestFiles:
    def test_are_reported_until_they_are_read_empty(self, run: Run) -> None:
        async def read() -> bytes:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            got, done = bytearray(), asyncio.Event()

            def on_ready() -> None:
                got.extend(near.recv(1))
                if len(got) == 3:
                    done.set()

            loop.add_reader(near, on_ready)
            far.send(b"abc")
            await done.wait()
            assert loop.remove_reader(near)
            assert not loop.remove_reader(near)
            near.close()
            far.close()
            return bytes(got)

        assert run(read()) == b"abc"

    def test_a_second_reader_takes_the_place_of_the_first(self, run: Run) -> None:
        async def read() -> None:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            called = asyncio.Event()
            loop.add_reader(near, pytest.fail, "the first was called")
            loop.add_reader(near, called.set)
            far.send(b"a")
            await called.wait()
            loop.remove_reader(near)
            near.close()
            far.close()

        run(read())

    def test_reader_and_writer_of_one_file_come_and_go_by_themselves(self, run: Run) -> None:
        async def both() -> None:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            readable, writable = asyncio.Event(), asyncio.Event()
            loop.add_reader(near, readable.set)
            loop.add_writer(near, writable.set)
            await writable.wait()
            assert not readable.is_set()
            assert loop.remove_writer(near)
            far.send(b"a")
            await readable.wait()
            assert loop.remove_reader(near)
            near.close()
            far.close()

        run(both())

    def test_closed_while_watched_are_forgotten(self, run: Run) -> None:
        async def close() -> None:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            number = near.fileno()
            loop.add_reader(number, pytest.fail, "called for a closed file")
            near.close()
            await asyncio.sleep(0.01)
            assert loop.remove_reader(number)
            far.close()
            near, far = socket.socketpair()
            assert number in (near.fileno(), far.fileno())
            called = asyncio.Event()
            loop.add_reader(near, called.set)
            far.send(b"a")
            await called.wait()
            loop.remove_reader(near)
            near.close()
            far.close()

        run(close())

    def test_are_asked_for_once_even_when_time_runs_out_between_them(self, run: Run) -> None:
        async def read() -> int:
            loop, done = asyncio.get_running_loop(), asyncio.Event()
            pairs = [socket.socketpair() for _ in range(12)]
            reads = 0

            def on_ready(near: socket.socket) -> None:
                nonlocal reads
                reads += 1
                hold(SLICE_S * 1.1)
                near.recv(1)  # raises when there is nothing
                if reads == len(pairs):
                    done.set()

            for near, far in pairs:
                near.setblocking(False)
                loop.add_reader(near, on_ready, near)
                far.send(b"a")
            await done.wait()
            await asyncio.sleep(0)
            for near, far in pairs:
                loop.remove_reader(near)
                near.close()
                far.close()
            return reads

        assert run(read()) == 12

    def test_that_are_always_ready_get_one_slice_for_each_turn_of_qt(self, run: Run) -> None:
        async def flood() -> tuple[int, int]:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            done, reads, turns, qt = asyncio.Event(), 0, 0, QTimer()

            def on_ready() -> None:
                nonlocal reads
                reads += 1
                hold(SLICE_S * 1.1)
                if reads == 20:
                    done.set()

            def take_turn() -> None:
                nonlocal turns
                turns += 1

            qt.timeout.connect(take_turn)
            qt.start(0)
            loop.add_reader(near, on_ready)
            far.send(b"a")
            await done.wait()
            loop.remove_reader(near)
            near.close()
            far.close()
            return reads, turns

        reads, turns = run(flood())

        assert turns >= reads - 3

    @nothing_else_wakes_it
    def test_wake_the_loop_also_after_a_slice_that_took_too_long(self, loop: Loop) -> None:
        async def read() -> bytes:
            near, far = socket.socketpair()
            reader, writer = await asyncio.open_connection(sock=near)
            hold(SLICE_S * 2)
            thread = threading.Timer(0.03, far.send, [b"a"])
            thread.start()
            got = await reader.readexactly(1)
            thread.join()
            writer.close()
            far.close()
            return got

        assert loop.run_until_complete(read()) == b"a"

    def test_by_the_hundred_are_served(self, run: Run) -> None:
        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readline())
            await writer.drain()
            writer.close()

        async def ask(port: int) -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await everybody_is_here.wait()
            writer.write(b"hello\n")
            answer = await reader.read()
            writer.close()
            return answer

        async def crowd() -> list[bytes]:
            async with await asyncio.start_server(echo, "127.0.0.1", 0, backlog=1024) as server:
                port = server.sockets[0].getsockname()[1]
                asks = [asyncio.create_task(ask(port)) for _ in range(400)]
                asyncio.get_running_loop().call_later(0.1, everybody_is_here.set)
                return await asyncio.gather(*asks)

        everybody_is_here = asyncio.Event()

        assert run(crowd()) == [b"hello\n"] * 400


class TestWhatAsyncioOffers:
    def test_datagrams(self, run: Run) -> None:
        class Receiver(asyncio.DatagramProtocol):
            def __init__(self) -> None:
                self.received: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

            def datagram_received(self, data: bytes, addr: object) -> None:
                self.received.set_result(data)

        async def send() -> bytes:
            loop = asyncio.get_running_loop()
            end, receiver = await loop.create_datagram_endpoint(Receiver, local_addr=("127.0.0.1", 0))
            address = end.get_extra_info("sockname")
            start, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=address)
            start.sendto(b"beacon")
            try:
                return await receiver.received
            finally:
                start.close()
                end.close()

        assert run(send()) == b"beacon"

    def test_tls(self, run: Run) -> None:
        def context(side: int) -> ssl.SSLContext:
            """Encryption without certificates, which only TLS 1.2 knows."""
            made = ssl.SSLContext(side)
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
            made.maximum_version = ssl.TLSVersion.TLSv1_2
            made.set_ciphers("AECDH-AES256-SHA:ADH-AES256-SHA256:@SECLEVEL=0")
            return made

        async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(await reader.readexactly(200_000))
            await writer.drain()
            writer.close()
            await writer.wait_closed()

        async def ask() -> bytes:
            async with await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context(ssl.PROTOCOL_TLS_SERVER)) as server:
                reader, writer = await asyncio.open_connection(
                    *server.sockets[0].getsockname(), ssl=context(ssl.PROTOCOL_TLS_CLIENT)
                )
                writer.write(b"x" * 200_000)
                answer = await reader.readexactly(200_000)
                writer.close()
                await writer.wait_closed()
                return answer

        assert run(ask()) == b"x" * 200_000

    def test_unix_sockets(self, run: Run, tmp_path: Path) -> None:
        async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            writer.close()

        async def ask() -> bytes:
            path = tmp_path / "socket"
            async with await asyncio.start_unix_server(greet, path):
                reader, writer = await asyncio.open_unix_connection(path)
                answer = await reader.read()
                writer.close()
                return answer

        assert run(ask()) == b"hello"

    def test_files_sent_by_the_kernel(self, run: Run, tmp_path: Path) -> None:
        path = tmp_path / "file"
        path.write_bytes(os.urandom(300_000))

        async def send() -> bytes:
            loop, near, far = asyncio.get_running_loop(), *socket.socketpair()
            near.setblocking(False)
            reader, writer = await asyncio.open_connection(sock=far)
            with path.open("rb") as file:
                reading = asyncio.create_task(reader.readexactly(300_000))
                await loop.sock_sendfile(near, file)
                received = await reading
            near.close()
            writer.close()
            return received

        assert run(send()) == path.read_bytes()

    def test_children(self, run: Run) -> None:
        async def child() -> tuple[bytes, int | None]:
            process = await asyncio.create_subprocess_exec("cat", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
            out, _ = await process.communicate(b"through a child")
            return out, process.returncode

        assert run(child()) == (b"through a child", 0)

    def test_threads_in_the_callers_context(self, run: Run) -> None:
        async def work() -> tuple[int, bool]:
            main = threading.get_ident()
            return await asyncio.to_thread(lambda: (6 * 7, threading.get_ident() != main))

        assert run(work()) == (42, True)

    def test_an_executor_of_ones_own(self, qapp: QGuiApplication) -> None:
        executor = ThreadPoolExecutor(1, thread_name_prefix="own")

        async def work() -> str:
            asyncio.get_running_loop().set_default_executor(executor)
            return await asyncio.to_thread(lambda: threading.current_thread().name)

        with asyncio.Runner(loop_factory=loop_factory(qapp)) as runner:
            assert runner.run(work()).startswith("own")

        with pytest.raises(RuntimeError, match="shutdown"):
            executor.submit(print)

    def test_generators_left_open_are_closed_with_the_loop(self, qapp: QGuiApplication) -> None:
        closed: list[str] = []

        async def numbers() -> AsyncGenerator[int, None]:
            try:
                yield 1
                yield 2
            finally:
                await asyncio.sleep(0)
                closed.append("closed")

        async def take_one() -> int:
            kept.append(numbers())
            return await anext(kept[0])

        kept: list[AsyncGenerator[int, None]] = []
        with asyncio.Runner(loop_factory=loop_factory(qapp)) as runner:
            assert runner.run(take_one()) == 1

        assert closed == ["closed"]


class TestSignals:
    @nothing_else_wakes_it
    def test_wake_the_sleeping_loop(self, loop: Loop) -> None:
        async def wait() -> None:
            stop = asyncio.Event()
            loop.add_signal_handler(signal.SIGTERM, stop.set)
            threading.Timer(0.01, os.kill, [os.getpid(), signal.SIGTERM]).start()
            await stop.wait()
            assert loop.remove_signal_handler(signal.SIGTERM)

        loop.run_until_complete(wait())

    def test_ctrl_c_cancels_the_main_task_which_cleans_up(self, qapp: QGuiApplication) -> None:
        cleaned: list[str] = []

        async def wait() -> None:
            loop = asyncio.get_running_loop()
            loop.add_signal_handler(signal.SIGTERM, print)
            loop.remove_signal_handler(signal.SIGTERM)  # the last one, which deafens stock asyncio
            threading.Timer(0.01, os.kill, [os.getpid(), signal.SIGINT]).start()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                cleaned.append("cleaned")

        with pytest.raises(KeyboardInterrupt), asyncio.Runner(loop_factory=loop_factory(qapp)) as runner:
            runner.run(wait())

        assert cleaned == ["cleaned"]

    def test_are_given_back_when_the_loop_closes(self, qapp: QGuiApplication) -> None:
        with asyncio.Runner(loop_factory=loop_factory(qapp)) as runner:
            runner.run(asyncio.sleep(0))

        assert signal.set_wakeup_fd(-1) == -1


class TestQtLoopsInside:
    """A dialog's `exec()` and its kind; `QEventLoop` is what they are made of."""

    @pytest.mark.parametrize("hop_out", [True, False], ids=["a callback", "a task"])
    def test_a_callback_or_task_that_spins_one_lets_the_others_go_on(self, run: Run, *, hop_out: bool) -> None:
        async def spin_and_go_on() -> None:
            loop, inner, ticks = asyncio.get_running_loop(), QEventLoop(), 0

            async def tick() -> None:
                nonlocal ticks
                while ticks < 5:
                    await asyncio.sleep(0.001)
                    ticks += 1
                inner.quit()

            other = asyncio.create_task(tick())
            if hop_out:
                loop.call_soon(inner.exec)
                await other
            else:
                me = asyncio.current_task()
                inner.exec()
                assert asyncio.current_task() is me
                assert ticks == 5
            await asyncio.wait_for(other, 1)

        run(spin_and_go_on())

    def test_sockets_and_threads_are_served_meanwhile(self, run: Run) -> None:
        async def serve() -> bytes:
            inner = QEventLoop()
            near, far = socket.socketpair()
            reader, writer = await asyncio.open_connection(sock=near)

            async def read() -> bytes:
                await asyncio.to_thread(far.send, b"x" * 5)
                answer = await reader.readexactly(5)
                inner.quit()
                return answer

            reading = asyncio.create_task(read())
            inner.exec()
            writer.close()
            far.close()
            return await reading

        assert run(serve()) == b"xxxxx"

    def test_a_file_callback_that_spins_one_is_not_entered_again(self, run: Run, loop: Loop) -> None:
        async def read() -> int:
            near, far = socket.socketpair()
            done, entered = asyncio.Event(), 0

            def on_ready() -> None:
                nonlocal entered
                entered += 1
                inner = QEventLoop()
                loop.call_later(0.02, inner.quit)
                inner.exec()  # while there is something to read
                near.recv(1)
                done.set()

            loop.add_reader(near, on_ready)
            far.send(b"a")
            await done.wait()
            loop.remove_reader(near)
            near.close()
            far.close()
            return entered

        assert run(read()) == 1

    def test_inside_each_other_they_end_in_turn(self, run: Run) -> None:
        order: list[str] = []

        async def spin(name: str, inner: QEventLoop, then: Callable[[], None]) -> None:
            asyncio.get_running_loop().call_later(0.005, then)
            inner.exec()
            order.append(name)

        async def nest() -> None:
            outer, inner = QEventLoop(), QEventLoop()
            second: list[asyncio.Task[None]] = []

            def start_second() -> None:
                second.append(asyncio.create_task(spin("inner", inner, inner.quit)))
                second[0].add_done_callback(lambda _: outer.quit())

            first = asyncio.create_task(spin("outer", outer, start_second))
            await asyncio.gather(first)
            await asyncio.gather(*second)

        run(nest())

        assert order == ["inner", "outer"]

    def test_qtest_may_be_used_inside_a_task(self, run: Run) -> None:
        async def use() -> int:
            ticks = 0

            async def tick() -> None:
                nonlocal ticks
                while True:
                    await asyncio.sleep(0.001)
                    ticks += 1

            other = asyncio.create_task(tick())
            QTest.qWait(200)
            QGuiApplication.processEvents()
            other.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await other
            return ticks

        assert run(use()) > 1

    def test_stopping_the_loop_ends_them(self, loop: Loop) -> None:
        async def spin() -> str:
            asyncio.get_running_loop().call_later(0.005, loop.stop)
            QEventLoop().exec()
            return "went on"

        task = loop.create_task(spin())
        loop.run_forever()

        assert loop.run_until_complete(task) == "went on"


class TestEnding:
    def test_quitting_qt_cancels_the_main_task_which_cleans_up_on_the_living_loop(
        self, qapp: QGuiApplication, loop: Loop
    ) -> None:
        cleaned: list[str] = []

        async def live() -> None:
            QTimer.singleShot(5, qapp.quit)
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                cleaned.append(await asyncio.to_thread(lambda: "cleaned"))

        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(live())

        assert cleaned == ["cleaned"]

    def test_quitting_twice_ends_the_run_at_once(self, qapp: QGuiApplication, loop: Loop) -> None:
        async def live() -> None:
            QTimer.singleShot(5, qapp.quit)
            try:
                await asyncio.Event().wait()
            finally:
                QTimer.singleShot(5, qapp.quit)
                await asyncio.Event().wait()

        task = loop.create_task(live())
        with pytest.raises(QuitError, match="stopped before"):
            loop.run_until_complete(task)

        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            loop.run_until_complete(task)

    def test_a_stop_asked_for_before_the_run_lets_one_pass_run(self, loop: Loop) -> None:
        called: list[int] = []
        loop.call_soon(called.append, 1)
        loop.stop()

        loop.run_forever()

        assert called == [1]

    def test_a_stop_from_qt_ends_a_sleeping_run(self, loop: Loop) -> None:
        QTimer.singleShot(30, loop.stop)

        loop.run_forever()

        assert not loop.is_running()

    def test_a_stop_runs_what_is_due_and_keeps_the_rest_for_the_next_run(self, loop: Loop) -> None:
        order: list[str] = []

        def stop() -> None:
            loop.stop()
            loop.call_soon(order.append, "next")

        loop.call_soon(stop)
        loop.call_soon(hold, SLICE_S * 1.5)
        loop.call_soon(order.append, "due")
        loop.run_forever()
        assert order == ["due"]

        loop.run_until_complete(asyncio.sleep(0))

        assert order == ["due", "next"]

    @pytest.mark.parametrize("way_out", [SystemExit, KeyboardInterrupt])
    def test_a_way_out_taken_in_a_task_or_callback_leaves_the_run(
        self, loop: Loop, way_out: type[BaseException]
    ) -> None:
        async def leave() -> None:
            raise way_out

        def leave_now() -> None:
            raise way_out

        with pytest.raises(way_out):
            loop.run_until_complete(leave())
        loop.call_soon(leave_now)
        with pytest.raises(way_out):
            loop.run_until_complete(asyncio.sleep(60))

        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))

    def test_between_runs_nothing_runs(self, qapp: QGuiApplication) -> None:
        loop = Loop(qapp)
        loop.call_soon(pytest.fail, "ran")
        loop.call_later(0, pytest.fail, "rang")

        QTest.qWait(10)

        loop.close()
        qapp.processEvents()

    def test_a_closed_loop_refuses_and_may_be_closed_again(self, qapp: QGuiApplication) -> None:
        loop = Loop(qapp)
        loop.close()
        loop.close()

        with pytest.raises(RuntimeError, match="closed"):
            loop.call_soon(print)
        with pytest.raises(RuntimeError, match="closed"):
            loop.call_later(1, print)
        with pytest.raises(RuntimeError, match="closed"):
            loop.run_forever()

    def test_a_running_loop_refuses_to_close_or_to_run_again(self, run: Run, loop: Loop) -> None:
        async def try_it() -> None:
            with pytest.raises(RuntimeError, match="running"):
                loop.close()
            with pytest.raises(RuntimeError, match="running"):
                loop.run_forever()

        run(try_it())

    def test_a_closed_loop_is_freed(self, qapp: QGuiApplication) -> None:
        loop = Loop(qapp)
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        gone = weakref.ref(loop)
        del loop
        gc.collect()

        assert gone() is None


LEAVE = """
import asyncio, os, signal, sys, threading, time
from PySide6.QtGui import QGuiApplication, QWindow
from PySide6.QtCore import QTimer
from intercom.loop import loop_factory

app = QGuiApplication([])
window = QWindow()
window.show()

async def live():
    global kept
    loop = asyncio.get_running_loop()
    server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0)
    client = await loop.create_connection(asyncio.Protocol, *server.sockets[0].getsockname())
    sleeper = asyncio.create_task(asyncio.sleep(60))
    timer = loop.call_later(60, print)
    job = loop.run_in_executor(None, time.sleep, 0.1)
    child = await asyncio.create_subprocess_exec("sleep", "60")
    loop.add_signal_handler(signal.SIGTERM, print)
    kept = server, client, sleeper, timer, job, child
    await asyncio.sleep(0.01)

"""

WAYS_OUT = {
    "at the end of main": """
        with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
            runner.run(live())
            kept[-1].kill()
    """,
    "by sys.exit in a task": """
        async def leave():
            await live()
            kept[-1].kill()
            sys.exit(0)
        with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
            runner.run(leave())
    """,
    "by quitting Qt in the midst": """
        async def leave():
            await live()
            kept[-1].kill()
            QTimer.singleShot(0, app.quit)
            await asyncio.Event().wait()
        try:
            with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
                runner.run(leave())
        except asyncio.CancelledError:
            pass
    """,
    "by closing the last window": """
        async def leave():
            await live()
            kept[-1].kill()
            QTimer.singleShot(0, window.close)
            await asyncio.Event().wait()
        try:
            with asyncio.Runner(loop_factory=loop_factory(app)) as runner:
                runner.run(leave())
        except asyncio.CancelledError:
            pass
    """,
    "without closing the loop": """
        loop = loop_factory(app)()
        loop.run_until_complete(live())
        kept[-1].kill()
        loop.run_until_complete(kept[-1].wait())
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False
    """,
    "with the application gone before the loop": """
        import shiboken6
        loop = loop_factory(app)()
        loop.run_until_complete(live())
        kept[-1].kill()
        loop.run_until_complete(kept[-1].wait())
        window.destroy()
        shiboken6.delete(app)
        for task in asyncio.all_tasks(loop):
            task._log_destroy_pending = False
        loop.close()
    """,
}


@pytest.mark.parametrize("way", WAYS_OUT)
def test_the_process_leaves_cleanly_with_everything_pending(way: str) -> None:
    script = LEAVE + "\n".join(line.removeprefix("        ") for line in WAYS_OUT[way].splitlines())

    left = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=30
    )

    assert (left.returncode, left.stdout, left.stderr) == (0, "", "")
