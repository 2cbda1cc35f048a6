"""The web client's files as a running relay hands them out."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from yarl import URL

from tests.integration.relays import running_relay


@pytest.fixture
def web_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "built"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>intercom</title>")
    script = b"console.log('hello')" * 200
    (folder / "assets" / "index-Bq3xYz12.js").write_bytes(script)
    (folder / "assets" / "index-Bq3xYz12.js.gz").write_bytes(gzip.compress(script))
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "secret.html").write_text("not for you")
    return folder


async def test_the_client_is_at_the_root_and_asked_for_anew_each_time(tmp_path: Path, web_folder: Path) -> None:
    async with running_relay(tmp_path, web_folder=web_folder) as here, here.http.get(here.url + "/") as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/html; charset=utf-8"
        assert response.headers["Cache-Control"] == "no-cache"
        assert "intercom" in await response.text()


async def test_no_page_may_run_foreign_or_inline_code_or_be_framed(tmp_path: Path, web_folder: Path) -> None:
    async with running_relay(tmp_path, web_folder=web_folder) as here, here.http.get(here.url + "/") as response:
        policy = response.headers["Content-Security-Policy"]
        headers = response.headers

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"


async def test_hashed_files_are_kept_for_ever_and_come_compressed(tmp_path: Path, web_folder: Path) -> None:
    async with (
        running_relay(tmp_path, web_folder=web_folder) as here,
        here.http.get(here.url + "/assets/index-Bq3xYz12.js", headers={"Accept-Encoding": "gzip"}) as response,
    ):
        assert response.content_type == "text/javascript"
        assert "immutable" in response.headers["Cache-Control"]
        assert response.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response.headers["Vary"]
        assert (await response.text()).startswith("console.log")


async def test_what_has_not_changed_is_not_sent_again(tmp_path: Path, web_folder: Path) -> None:
    async with running_relay(tmp_path, web_folder=web_folder) as here:
        async with here.http.get(here.url + "/favicon.svg") as response:
            tag = response.headers["ETag"]
        async with here.http.get(here.url + "/favicon.svg", headers={"If-None-Match": tag}) as response:
            assert response.status == 304


@pytest.mark.parametrize(
    "path",
    [
        "/nothing.html",
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/assets/../../secret.html",
        "/assets/..%2f..%2fsecret.html",
        "/assets",
        "/%00",
        "//etc/passwd",
        "/C:/secret.html",
    ],
)
async def test_nothing_else_is_handed_out(tmp_path: Path, web_folder: Path, path: str) -> None:
    async with (
        running_relay(tmp_path, web_folder=web_folder) as here,
        here.http.get(URL(here.url + path, encoded=True)) as response,
    ):
        assert response.status == 404
        assert "not for you" not in await response.text()


async def test_a_client_that_is_not_built_is_told_in_plain_words(tmp_path: Path) -> None:
    async with running_relay(tmp_path, web_folder=tmp_path / "none") as here, here.http.get(here.url + "/") as response:
        assert response.status == 503
        assert response.content_type == "text/plain"
        assert "has not been built" in await response.text()
