"""How the window looks and what it has said, and the file in which that is remembered."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from intercom.storage.database import StorageError

AUTO = "auto"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How the window looks, and what it need not say again.

    Attributes:
        language: "en", "ko", or "auto".
        theme: "dark", "light", or "auto".
        is_still: less motion.
        has_offered_owner: the window has once offered to make the first owner.
    """

    language: str = AUTO
    theme: str = AUTO
    is_still: bool = False
    has_offered_owner: bool = False


class PreferencesFile:
    """Remembers what residents chose; a file that cannot be read is as none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = asyncio.Lock()

    def load(self, default: Preferences) -> Preferences:
        """Return what was chosen, or `default` as far as nothing was."""
        try:
            kept = json.loads(self._path.read_bytes())
            known = {f.name: kept[f.name] for f in dataclasses.fields(Preferences) if f.name in kept}
        except FileNotFoundError:
            return default
        except (OSError, ValueError, TypeError) as error:
            _log.warning("%s cannot be read, so the window looks as it did at first: %s", self._path, error)
            return default
        fitting = {name: value for name, value in known.items() if type(value) is type(getattr(default, name))}
        return dataclasses.replace(default, **fitting)

    async def keep(self, preferences: Preferences) -> None:
        """Write them; the old file stays whole until the new one is.

        Raises:
            StorageError: it could not be written.
        """
        async with self._writing:
            await asyncio.to_thread(self._write, preferences)

    def _write(self, preferences: Preferences) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(dataclasses.asdict(preferences), file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise StorageError(f"the choice could not be kept: {error.strerror}") from error
