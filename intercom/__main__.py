"""The program: arguments, logging, the Qt application and its loop, and the exit code.

Qt is imported only when there is to be a window. All that takes long is imported after signals are minded: whoever asks
the program to stop while it is still starting, or once more while it ends, gets what they asked for, and exit code 0.
Python's own handlers would not do: a KeyboardInterrupt within an import of Qt is lost, or aborts the process.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, MutableMapping
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from intercom import __version__
from intercom.home.errors import IntercomError, StartupError

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from PySide6.QtGui import QGuiApplication

    from intercom import app
    from intercom.config import Config
    from intercom.panel.panel import Panel
    from intercom.panel.settings import Whereabouts

MOST_FILES: Final = 16_384
"""More than all connections of the relay and the broker, and whatever else is open."""

LOOK_EVERY_S: Final = 2.0
"""How often the window looks under which addresses the home is found; that takes some 20 µs."""

_T = TypeVar("_T")

_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def main() -> int:
    """Do what the command line says; return the exit code: 1 for what the world refuses, with a line that says why."""
    _end_at_once_by_signals()
    os.umask(0o077)  # what a home keeps is for its owner alone, whatever forgets to say so
    if sys.platform == "win32":
        speak_utf8()
    import asyncio

    from intercom import cli
    from intercom.config import load
    from intercom.log_lines import log_to

    arguments = cli.parse(sys.argv[1:])
    if isinstance(arguments.command, cli.SelfTest):
        return _test_self()
    if arguments.command is not None:
        _die_by_signals()
        return cli.run_command(
            arguments.command,
            arguments.flags,
            environ=os.environ,
            stdin=sys.stdin,
            stdout=sys.stdout,
            stderr=sys.stderr,
        )
    try:
        config = load(arguments.flags, os.environ)
        log_to(sys.stderr, config.log_level)
        allow_many_files()
        if config.headless:
            from intercom import app

            starts_anew = asyncio.run(app.run(config))
        else:
            starts_anew = _run_with_window(_program(config)) or False
    except IntercomError as error:
        print(error.for_terminal(), file=sys.stderr)
        return 1
    if starts_anew:
        _start_anew()
    return 0


def _start_anew() -> None:
    """Become the program again, as it was called: no service manager is needed for that, and none notices.

    On Windows a process cannot become another one: a second one is started, and this one has to end.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # Frozen, the program is its own interpreter, and what that was given is ours alone.
    argv = [sys.executable, *sys.argv[1:]] if is_frozen() else sys.orig_argv
    if sys.platform == "win32":
        import subprocess

        subprocess.Popen([sys.executable, *argv[1:]])  # noqa: S603  # ourselves, with our own arguments
    else:
        os.execv(sys.executable, argv)  # noqa: S606  # the same


def is_frozen() -> bool:
    """Tell whether this is the bundled program, which brings its Python along."""
    return bool(getattr(sys, "frozen", False))


def _end_at_once_by_signals() -> None:
    """End by SIGTERM and SIGINT with exit code 0 while nothing is open: before `app.run` minds them, and after it."""

    def end(_signal_number: int, _frame: FrameType | None) -> None:
        os._exit(0)

    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, end)


def _die_by_signals() -> None:
    """Let commands be interrupted as other commands are."""
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, signal.SIG_DFL)


def speak_utf8() -> None:
    """Write and read what goes to files and pipes in UTF-8, where the system has a code page without Hangul for it."""
    import io

    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="strict" if stream is sys.stdin else "backslashreplace")


def allow_many_files() -> None:
    """Let as many connections be open as the relay lets in, where the system starts programs with fewer files."""
    if sys.platform == "win32":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(ValueError, OSError):  # the system's own reasons: then there are as many as before
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _test_self() -> int:
    """Look at ourselves; return the exit code."""
    from intercom import self_test

    with self_test.surroundings(os.environ) as config:
        test = self_test.SelfTest(config, sys.stdout)
        if test.can_import():
            _run_with_window(lambda qt_app: test.run(qt_app, _panel_maker(qt_app)))
        return test.exit_code


def _program(config: Config) -> Callable[[QGuiApplication], Coroutine[Any, Any, bool]]:
    def program(qt_app: QGuiApplication) -> Coroutine[Any, Any, bool]:
        from intercom import app

        return app.run(config, make_panel=_panel_maker(qt_app))

    return program


def _run_with_window(work: Callable[[QGuiApplication], Coroutine[Any, Any, _T]]) -> _T | None:
    """Run what needs the Qt application on its loop; None when the desktop ended it."""
    _check_display(sys.platform, os.environ)
    import asyncio
    from pathlib import Path

    from PySide6.QtGui import QGuiApplication

    from intercom.loop import QuitError, loop_factory

    do_without_gpu(sys.platform, os.environ, Path("/dev/dri"))
    qt_app = QGuiApplication(["intercom"])
    qt_app.setApplicationName("intercom")
    qt_app.setQuitOnLastWindowClosed(False)
    try:
        # The desktop's session may end first: Qt then quits, the loop cancels the program, and that cleans up as ever.
        with contextlib.suppress(asyncio.CancelledError), asyncio.Runner(loop_factory=loop_factory(qt_app)) as runner:
            return runner.run(work(qt_app))
    except QuitError:
        # Nothing can be awaited any more, and SQLite's threads would be waited for in vain. What was acknowledged is
        # kept all the same, as after a kill.
        print("intercom: the display has gone", file=sys.stderr, flush=True)
        os._exit(1)
    return None


def do_without_gpu(platform: str, environ: MutableMapping[str, str], gpus: Path) -> None:
    """Let Qt draw on its own where no GPU is, unless the environment says otherwise.

    Mesa would stand in for one, at ten times the work and 90 MB more.
    """
    if platform == "linux" and not any(gpus.glob("renderD*")):
        environ.setdefault("QT_QUICK_BACKEND", "software")


def _check_display(platform: str, environ: Mapping[str, str]) -> None:
    """Raise StartupError where there can be no window; Qt itself would abort."""
    if platform != "linux":
        return
    given = [name for name in _DISPLAYS if environ.get(name)]
    if not given:
        trouble, place = "there is no display", "where DISPLAY or WAYLAND_DISPLAY is set"
    elif given == ["DISPLAY"] and not _x_server_answers():
        trouble, place = f"the display {environ['DISPLAY']} cannot be used", "as the user to whom it belongs"
    else:
        return
    raise StartupError(
        f"{trouble}: run with --headless (the relay alone), with QT_QPA_PLATFORM=offscreen (a window that nobody "
        f"sees), or {place}"
    )


def _x_server_answers() -> bool:
    """Whether the X server of DISPLAY lets us in; yes when that cannot be told."""
    import ctypes

    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection = xcb.xcb_connect(None, None)
    is_open: bool = xcb.xcb_connection_has_error(connection) == 0
    xcb.xcb_disconnect(connection)
    return is_open


def _panel_maker(qt_app: QGuiApplication) -> app.MakePanel:
    def make(parts: app.Parts, group: asyncio.TaskGroup, close: Callable[[], None]) -> Panel:
        from intercom.panel.panel import Panel
        from intercom.panel.preferences import Preferences, PreferencesFile
        from intercom.panel.settings import Whereabouts

        config, credentials = parts.config, parts.credentials

        def whereabouts() -> Whereabouts:
            url, secure_url = parts.relay.urls[0], parts.relay.secure_url
            return Whereabouts(
                url=url,
                broker=parts.broker_place(),
                user=credentials.user if credentials else "",
                password=credentials.password if credentials else "",
                version=__version__,
                secure_url=secure_url,
                trust_url=f"{url}/trust" if secure_url else "",
                fingerprint=parts.relay.fingerprint,
            )

        kept = PreferencesFile(config.data_dir / "panel.json")
        panel = Panel(
            app=qt_app,
            home=parts.home,
            desk=parts.desk,
            storage=parts.storage,
            group=group,
            whereabouts=whereabouts(),
            preferences=kept.load(
                Preferences(
                    language=config.home.language.value,
                    theme=config.home.theme.value,
                    has_offered_owner=config.demo,  # who looks at the demo wants to see it, not to own it
                )
            ),
            keep_preferences=kept.keep,
            on_closed=close,
            releases=parts.releases,
            reset=parts.reset,
            desk_clock=parts.storage.clock.steady,
        )
        parts.devices.watch_link = lambda trouble: panel.show_link(is_up=trouble is None)
        panel.show(is_kiosk=config.panel.kiosk)
        group.create_task(_keep_showing(whereabouts, panel))
        return panel

    return make


async def _keep_showing(whereabouts: Callable[[], Whereabouts], panel: Panel) -> None:
    """Show where the home is until cancelled: a wall starts before its network does, and may move to another."""
    import asyncio

    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        panel.show_whereabouts(whereabouts())


if __name__ == "__main__":
    sys.exit(main())
