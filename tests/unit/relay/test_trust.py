"""Under which name strangers are sent to the secure address."""

from __future__ import annotations

import pytest

from intercom.relay.trust import secure_host

NAMES = ("127.0.0.1", "192.168.0.10", "fd00::2", "localhost", "wall.local")


@pytest.mark.parametrize(
    ("asked", "own", "leads_to"),
    [
        ("192.168.0.10", "192.168.0.11", "192.168.0.10"),
        ("wall.local", "192.168.0.10", "wall.local"),
        ("localhost", "192.168.0.10", "localhost"),
        ("fd00::2", "192.168.0.10", "[fd00::2]"),
        ("evil.example", "192.168.0.10", "192.168.0.10"),
        (None, "192.168.0.10", "192.168.0.10"),
        (None, "203.0.113.7", "wall.local"),
    ],
)
def test_the_certificate_is_good_for_the_host_of_the_secure_address(asked: str | None, own: str, leads_to: str) -> None:
    assert secure_host(asked, own, NAMES) == leads_to


def test_a_certificate_for_any_host_of_a_domain_names_none() -> None:
    assert secure_host(None, "192.168.0.10", ("*.example.org",)) == "192.168.0.10"
    assert secure_host(None, "192.168.0.10", ("*.example.org", "home.example.org")) == "home.example.org"
