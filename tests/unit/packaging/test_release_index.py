"""The publisher's tool, as it is called."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from intercom.home.releases import Version
from intercom.storage.release_index import read_index

TOOL = Path(__file__).resolve().parents[3] / "packaging" / "release_index.py"


def call(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, TOOL, *map(str, words)], capture_output=True, text=True, check=False)


def write_index(path: Path, *, serial: int = 1, days: int = 30, files: list[Any] | None = None) -> Path:
    now = datetime.now(UTC)
    index = {
        "format": 1,
        "product": "intercom",
        "serial": serial,
        "published": now.isoformat(),
        "valid_until": (now + timedelta(days=days)).isoformat(),
        "releases": [{"version": "1.4", "files": files or []}],
    }
    path.write_text(json.dumps(index))
    return path


def test_a_publisher_makes_a_key_describes_a_file_signs_and_checks_what_homes_then_believe(tmp_path: Path) -> None:
    key, signed, bundle = tmp_path / "release.pem", tmp_path / "index.jws", tmp_path / "bundle.tar.xz"
    bundle.write_bytes(b"a bundle")
    public = call("key", key).stdout.strip()
    described = json.loads(call("file", "bundle", "linux-x86_64", "https://releases.example/b", bundle).stdout)

    done = call("sign", "--key", key, write_index(tmp_path / "index.json", files=[described]), signed)

    assert key.stat().st_mode & 0o777 == 0o600
    assert (done.returncode, public in done.stdout) == (0, True)
    index = read_index(signed.read_bytes(), base64.b64decode(public))
    (release,) = index.releases
    assert release.version == Version("1.4")
    assert release.files[0].sha256 == hashlib.sha256(b"a bundle").hexdigest()
    assert release.files[0].size == 8
    checked = call("verify", "--public-key", public, signed)
    assert (checked.returncode, "1.4 (stable)" in checked.stdout) == (0, True)


def test_a_key_that_is_there_is_kept_and_what_homes_would_refuse_is_not_signed(tmp_path: Path) -> None:
    key, first, second = tmp_path / "release.pem", tmp_path / "1.jws", tmp_path / "2.jws"
    call("key", key)
    before = key.read_bytes()

    again = call("key", key)
    call("sign", "--key", key, write_index(tmp_path / "index.json", serial=3), first)
    stale = call("sign", "--key", key, "--after", first, write_index(tmp_path / "index.json", serial=3), second)
    over = call("sign", "--key", key, write_index(tmp_path / "index.json", serial=4, days=-1), second)

    assert (again.returncode, key.read_bytes()) == (1, before)
    assert (stale.returncode, "a serial above 3" in stale.stderr) == (1, True)
    assert (over.returncode, "valid until" in over.stderr) == (1, True)
    assert not second.exists()
