"""`kill -9` in the midst of everything: nothing that was acknowledged is lost, nobody who was removed comes back."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.survival.household import Household
from tests.survival.length import KILLS, SEED, tell
from tests.survival.life import CHECKOUT, HURRIED, PROGRAM, Life

LIVES_AT_MOST_S = 0.5
BACKS_UP_WITHIN_S = 60.0
BACKUP_EVERY = 12
TOKEN_SERVES_S = 300.0

pytestmark = pytest.mark.timeout(60 + 6 * KILLS)


def test_what_was_acknowledged_outlives_every_kill(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    life = Life(tmp_path / "life", program=HURRIED)
    life.start()
    household = Household(life, rng)
    household.bring_a_lamp()
    began_at = renewed_at = time.monotonic()
    backups = 0
    try:
        for number in range(KILLS):
            if time.monotonic() - renewed_at > TOKEN_SERVES_S:
                household.renew_token()
                renewed_at = time.monotonic()
            is_over = threading.Event()
            threads = household.live(is_over)
            backup = _begin_backup(life, tmp_path) if number % BACKUP_EVERY == BACKUP_EVERY - 1 else None
            time.sleep(rng.uniform(0, LIVES_AT_MOST_S) if backup is None else rng.uniform(0.2, 1.5))

            is_over.set()
            life.kill()
            if backup is not None:
                if rng.random() < 0.5:  # else both at the same moment
                    backup.wait(BACKS_UP_WITHIN_S)
                backup.kill()
                backups += backup.wait() == 0
            for thread in threads:
                thread.join(120)
            life.start()

            assert life.take_complaints() == []
            household.look()
        household.check_passwords()
        life.stop()
        if backups:  # the newest one that was finished is whole, whatever was killed since
            _restore(life, tmp_path)
        assert not list(life.data.rglob("*.damaged-*"))
        assert not (life.data / "backing-up").exists()
        assert household.acknowledged > KILLS
        assert backups or KILLS < 4 * BACKUP_EVERY
        done = (
            f"{household.acknowledged} acknowledged changes, looked at {household.looked_at} times, {backups} backups"
        )
        tell(f"kills: {KILLS} (seed {SEED}); {done}; {time.monotonic() - began_at:.0f} s")
    finally:
        life.end()


def _begin_backup(life: Life, tmp_path: Path) -> subprocess.Popen[bytes]:
    (tmp_path / "passphrase").write_text("correct horse battery\n")
    words = ("backup", "--force", "--passphrase-file", str(tmp_path / "passphrase"), str(tmp_path / "home.age"))
    return subprocess.Popen(
        [sys.executable, *PROGRAM, *words],
        env=life.environment | {"PATH": os.environ["PATH"]},
        cwd=CHECKOUT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _restore(life: Life, tmp_path: Path) -> None:
    """Let the backup be a home, which has its accounts."""
    words = ("restore", "--passphrase-file", str(tmp_path / "passphrase"), str(tmp_path / "home.age"))
    other = Life(tmp_path / "restored")
    other.command(*words)
    other.start()
    other.end()
    assert other.take_complaints() == []
    assert "Keeper" in other.command("accounts")
