"""The program: arguments, logging, the Qt application and its loop, and the exit code.

Qt is imported only when there is to be a window.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from intercom import __version__, app, cli
from intercom.config import Config, load
from intercom.home.errors import IntercomError, StartupError

if TYPE_CHECKING:
    from PySide6.QtGui import QGuiApplication

    from intercom.panel.panel import Panel

_DISPLAYS: Final = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def main() -> int:
    """Do what the command line says; return the exit code: 1 for what the world refuses, with a line that says why."""
    arguments = cli.parse(sys.argv[1:])
    if arguments.command is not None:
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
        logging.basicConfig(
            level=config.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
        )
        if config.headless:
            asyncio.run(app.run(config))
        else:
            _run_with_window(config)
    except IntercomError as error:
        print(f"intercom: {error}", file=sys.stderr)
        return 1
    return 0


def _run_with_window(config: Config) -> None:
    _check_display(sys.platform, os.environ)
    from PySide6.QtGui import QGuiApplication

    from intercom.loop import loop_factory

    qt_app = QGuiApplication(["intercom"])
    qt_app.setApplicationName("intercom")
    qt_app.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=loop_factory(qt_app)) as runner:
        runner.run(app.run(config, make_panel=_panel_maker(qt_app)))


def _check_display(platform: str, environ: Mapping[str, str]) -> None:
    if platform == "linux" and not any(environ.get(name) for name in _DISPLAYS):
        raise StartupError(
            "there is no display: run with --headless (the relay alone), with QT_QPA_PLATFORM=offscreen (a window that "
            "nobody sees), or where DISPLAY or WAYLAND_DISPLAY is set"
        )


def _panel_maker(qt_app: QGuiApplication) -> app.MakePanel:
    def make(parts: app.Parts, group: asyncio.TaskGroup, close: Callable[[], None]) -> Panel:
        from intercom.panel.panel import Panel
        from intercom.panel.preferences import Preferences, PreferencesFile
        from intercom.panel.settings import Whereabouts

        config, credentials = parts.config, parts.credentials
        kept = PreferencesFile(config.data_dir / "panel.json")
        panel = Panel(
            app=qt_app,
            home=parts.home,
            desk=parts.desk,
            layout=parts.storage.layout,
            sessions=parts.storage.sessions,
            group=group,
            whereabouts=Whereabouts(
                url=parts.relay.urls[0],
                broker=parts.broker_place,
                user=credentials.user if credentials else "",
                password=credentials.password if credentials else "",
                version=__version__,
            ),
            preferences=kept.load(Preferences(language=config.home.language.value, theme=config.home.theme.value)),
            keep_preferences=kept.keep,
            on_closed=close,
            desk_clock=parts.storage.wrong_tries.clock,
        )
        parts.devices.watch_link = lambda trouble: panel.show_link(is_up=trouble is None)
        panel.show(is_kiosk=config.panel.kiosk)
        return panel

    return make


if __name__ == "__main__":
    sys.exit(main())
