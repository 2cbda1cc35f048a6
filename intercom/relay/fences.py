"""What a request must look like before anybody asks who sent it: for which host, from which page, over which proxies.

A page of a stranger can make a browser in the home send requests here. Three things give it away:

- The page's own origin. Only our own page's and listed ones may come in, over HTTP, polling and websocket alike.
- The host that the browser believes to talk to. DNS rebinding points a stranger's name at us, and then origin and host
  agree; so the host must be one of the home's own names, or the very address that the connection arrived at.
- `Sec-Fetch-Site`, where a browser sends no origin.

What a proxy says of a client is believed only when the proxy is listed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final
from urllib.parse import urlsplit

from aiohttp import hdrs, web

from intercom.home.errors import ForbiddenError, InvalidInputError
from intercom.storage.host_names import host_of_machine

_LOCAL_SUFFIXES: Final = ("", ".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain")
"""Nobody can register a name below these, so none of them can be a stranger's."""

_UNSAFE: Final = frozenset({hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH, hdrs.METH_DELETE})
_EFFECTIVE_PATHS: Final = frozenset({"/code", "/auth/code"})
"""The ancestor's requests that need no token and have an effect though they are GET: a picture's address is enough."""


class UnknownHostError(ForbiddenError):
    """The request is for a host that is not this home (RFC 9110 §15.5.20)."""

    code: ClassVar[str] = "unknown_host"
    status: ClassVar[int] = 421


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Where a request comes from and what it is for.

    Attributes:
        address: of the client, without an IPv6 zone.
        host: the home's own name or address as the client calls it, with the port if it says one, in small letters.
        is_secure: it came over TLS, to us or to a listed proxy.
    """

    address: str
    host: str
    is_secure: bool

    @property
    def own_origin(self) -> str:
        """The origin of our own page, as this client sees it."""
        return f"{'https' if self.is_secure else 'http'}://{self.host}"


VISITOR: Final = web.RequestKey("visitor", Visitor)


def address_of(request: web.Request) -> str:
    """Return the client's address, as the fences found it."""
    return request[VISITOR].address


class Fences:
    """Turns away what is not for this home."""

    def __init__(
        self,
        *,
        names: Iterable[str] = (),
        allowed_origins: Iterable[str] = (),
        trusted_proxies: Iterable[str] = (),
    ) -> None:
        """Make them.

        Args:
            names: hosts under which the home is reached, besides the machine's own name and addresses.
            allowed_origins: as browsers send them, such as "https://panel.example".
            trusted_proxies: addresses or networks whose `X-Forwarded-…` headers are believed.
        """
        self._names = frozenset({*own_names(), *(name.lower() for name in names)})
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed_origins)
        self._proxies = tuple(ipaddress.ip_network(proxy, strict=False) for proxy in trusted_proxies)

    def look_at(self, request: web.Request) -> Visitor:
        """Return where a request comes from.

        Raises:
            InvalidInputError: it does not say for which host it is.
            UnknownHostError: it is for a host that is not this home.
        """
        # Not `request.host`: that asks the resolver, and waits, when there is no such header.
        hosts = request.headers.getall(hdrs.HOST, [])
        if len(hosts) != 1:
            raise InvalidInputError("expected one Host header")
        host, address, is_secure = hosts[0], _plain(request.remote or ""), request.secure
        named = request.host  # by a target in absolute form, which goes before the header (RFC 9112 §3.2.2)
        if named != host and not self._is_ours(named.lower(), request):
            raise _unknown_host(named)
        if self.is_proxy(address):
            host = request.headers.get(hdrs.X_FORWARDED_HOST, host).rpartition(",")[2].strip()
            is_secure = request.headers.get(hdrs.X_FORWARDED_PROTO, "").rpartition(",")[2].strip().lower() == "https"
            address = self._client_behind(request, address)
        visitor = Visitor(address=address, host=host.lower(), is_secure=is_secure)
        if not self._is_ours(visitor.host, request):
            raise _unknown_host(host)
        return visitor

    def foreign_origin(self, request: web.Request, visitor: Visitor) -> str | None:
        """Return the origin of a listed foreign page, None for our own page and for what is no page.

        Raises:
            ForbiddenError: a foreign page that is not listed.
        """
        origins = request.headers.getall(hdrs.ORIGIN, [])
        if not origins:
            is_effective = request.method in _UNSAFE or request.path in _EFFECTIVE_PATHS
            if is_effective and request.headers.get("Sec-Fetch-Site", "none") == "cross-site":
                raise _foreign_page()
            return None
        if len(origins) == 1:
            origin = origins[0].lower()
            if origin == visitor.own_origin:
                return None
            if origin in self._allowed:
                return origins[0]
        raise _foreign_page()

    def is_proxy(self, address: str) -> bool:
        """Tell whether an address is that of a listed proxy."""
        found = _address(_plain(address))
        return found is not None and any(found in proxy for proxy in self._proxies)

    def _is_ours(self, host: str, request: web.Request) -> bool:
        name = _host_only(host)
        if name is None:
            return False
        if name in self._names:
            return True
        address = _address(name)
        sockname = request.get_extra_info("sockname")
        return address is not None and sockname is not None and address == _address(_plain(sockname[0]))

    def _client_behind(self, request: web.Request, proxy: str) -> str:
        """Return the last address on the way that is no listed proxy; what stands before it is hearsay."""
        way = [
            each.strip() for header in request.headers.getall(hdrs.X_FORWARDED_FOR, []) for each in header.split(",")
        ]
        address = proxy
        for each in reversed(way):
            if _address(_plain(each)) is None:
                return address
            address = _plain(each)
            if not self.is_proxy(address):
                return address
        return address


def own_names() -> set[str]:
    """Return the names of this machine in its own network, in small letters."""
    host = host_of_machine()
    if host is None:
        return {"localhost"}
    return {"localhost", host, *(host.partition(".")[0] + suffix for suffix in _LOCAL_SUFFIXES)}


def _host_only(host: str) -> str | None:
    """Return a Host header without its port; None when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.username is not None or parts.path or parts.query or parts.fragment or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _plain(address: str) -> str:
    """Return an address without an IPv6 zone, and IPv4 as such where it came by IPv6."""
    address = address.partition("%")[0]
    return address[7:] if address.lower().startswith("::ffff:") and "." in address else address


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _unknown_host(host: str) -> UnknownHostError:
    return UnknownHostError(f"this home is not reached as '{host[:100]}'; if it is meant to be, list it as relay.names")


def _foreign_page() -> ForbiddenError:
    return ForbiddenError("pages of this origin may not use the relay")
