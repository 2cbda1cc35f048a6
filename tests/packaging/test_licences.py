"""What may be bundled, and what may not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "packaging" / "bundle"))

import licences

NO_WEB = "[]"


@pytest.mark.parametrize(
    ("licence", "is_allowed"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GNU Lesser General Public License v3 (LGPLv3)", True),
        ("GPL-2.0-or-later WITH Bootloader-exception", True),
        ("Apache-2.0 AND MIT", True),
        ("GPL-3.0-only", False),
        ("GPLv2+", False),
        ("AGPL-3.0-or-later", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License v2 (GPLv2)", False),
        ("GNU Affero General Public License v3", False),
    ],
)
def test_a_licence_may_be_bundled_if_it_leaves_a_choice_other_than_the_gpl(licence: str, is_allowed: bool) -> None:
    assert licences.is_allowed(licence) is is_allowed


def test_a_file_that_nobody_is_known_to_have_made_ends_the_build(tmp_path: Path) -> None:
    web = tmp_path / "index.json"
    web.write_text(NO_WEB)
    stranger = tmp_path / "libreadline.so.8"
    stranger.touch()

    with pytest.raises(licences.LicenceError, match=rf"nobody is known to have made {stranger}"):
        licences.collect([str(stranger)], web)


def test_a_package_without_a_text_of_its_licence_ends_the_build(tmp_path: Path) -> None:
    web = tmp_path / "index.json"
    web.write_text(
        '[{"name": "bare", "version": "1.0", "licence": "MIT", "text": "bare.txt", "for": "the web client"}]'
    )

    with pytest.raises(licences.LicenceError, match=r"bare 1\.0: there is no text of its licence, MIT"):
        licences.collect([], web)


def test_the_index_leads_to_every_text(tmp_path: Path) -> None:
    text = tmp_path / "LICENSE"
    text.write_text("as you like")
    work = licences.Work(name="@some/thing", version="2.1", licence="MIT", texts=(text,))

    licences.write([work], tmp_path / "out")

    index = (tmp_path / "out" / "README.md").read_text()
    assert "| @some/thing | 2.1 | MIT | [LICENSE](some-thing/LICENSE) |" in index
    assert (tmp_path / "out" / "some-thing" / "LICENSE").read_text() == "as you like"
