"""Under which names and addresses this machine is reached, and which of them belong to a home."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from typing import Final

import ifaddr

_DOMAINS: Final = ("local", "lan", "home.arpa", "internal")
"""Below which a network calls its machines: RFC 6762, what routers do, RFC 8375, and what ICANN left free."""

_HOST_NAME: Final = re.compile(
    r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*"
)


def host_of_machine() -> str | None:
    """Return what the machine calls itself, None when that can be no host name.

    The network is not asked for a longer one: it may take long to answer.
    """
    name = socket.gethostname().lower().rstrip(".")
    return name if _HOST_NAME.fullmatch(name) and not is_address(name) else None


def names_of_machine() -> set[str]:
    """Return its host names, those by multicast DNS and by routers among them, and its addresses, as text.

    IPv6 addresses of one link are left out: no browser takes one in a URL (RFC 6874 is not followed).
    """
    names = {"localhost"}
    host = host_of_machine()
    if host is not None:
        label = host.partition(".")[0]
        names |= {host, *(f"{label}.{domain}" for domain in _DOMAINS)}
    for adapter in ifaddr.get_adapters():
        for each in adapter.ips:
            address = ipaddress.ip_address(each.ip if isinstance(each.ip, str) else each.ip[0])
            if address.version == 4 or not address.is_link_local:
                names.add(str(address))
    return names


def addresses_within_reach() -> list[str]:
    """Return the IPv4 addresses under which other machines may find this one, those of one link only last."""
    found = {str(each.ip) for adapter in ifaddr.get_adapters() for each in adapter.ips if each.is_IPv4}
    addresses = [ipaddress.IPv4Address(each) for each in found]
    reachable = [each for each in addresses if not each.is_loopback]
    return [str(each) for each in sorted(reachable, key=lambda each: (each.is_link_local, each))]


def is_within(name: str, domains: Iterable[str], networks: Iterable[str]) -> bool:
    """Tell whether a host name is one of the domains or below one, or an address is in one of the networks."""
    if not is_address(name):
        return any(name == domain or name.endswith(f".{domain}") for domain in domains)
    address = ipaddress.ip_address(name)
    return any(address in ipaddress.ip_network(network) for network in networks)


def is_address(name: str) -> bool:
    """Tell an address from a host name."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
