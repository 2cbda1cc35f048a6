"""What a phone needs to trust this home: its certificate authority in the forms that phones take, and where to go then.

All of it is for strangers: what is here is shown to whoever connects by TLS anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import hdrs, web

from intercom.home.errors import NotFoundError
from intercom.relay.api import answer
from intercom.storage.certificates import Authority, Certificates
from intercom.storage.host_names import is_address

_PROFILE_TYPE: Final = "application/x-apple-aspen-config"


class Trust:
    """Hands out the authority of a home's certificates."""

    def __init__(self, certificates: Certificates | None, *, secure_url: Callable[[str | None], str]) -> None:
        """`secure_url` tells the secure address for those who reached the home under a name; no certificates: none."""
        self._certificates = certificates
        self._secure_url = secure_url

    async def about(self, request: web.Request) -> web.Response:
        """Tell how to recognize the authority, and the secure address."""
        if self._certificates is None:
            raise NotFoundError("this home has no secure address")
        authority = self._certificates.authority
        told: dict[str, object] = {"https_url": self._secure_url(request.url.host), "names": self._certificates.names}
        if authority is not None:
            told["fingerprint"] = authority.fingerprint
        return answer(told)

    async def der(self, _request: web.Request) -> web.Response:
        return _file(self._authority().der, "application/x-x509-ca-cert", "intercom-ca.crt")

    async def pem(self, _request: web.Request) -> web.Response:
        return _file(self._authority().pem, "application/x-pem-file", "intercom-ca.pem")

    async def profile(self, _request: web.Request) -> web.Response:
        """Answer with the authority as a configuration profile, which iPhones and Macs take."""
        # Not as an attachment: Safari then installs it, and would only keep it otherwise.
        return web.Response(body=_profile(self._authority()), content_type=_PROFILE_TYPE)

    def _authority(self) -> Authority:
        if self._certificates is None or self._certificates.authority is None:
            raise NotFoundError("this home has no certificate authority of its own")
        return self._certificates.authority


def secure_host(asked: str | None, own: str, names: tuple[str, ...]) -> str:
    """Return the host of the secure address: of those that the certificate is good for the one that was asked for.

    Else it is `own`, the machine's address, then any host name.
    """
    hosts = [name for name in names if not is_address(name) and "*" not in name and name != "localhost"]
    host = next((each for each in (asked, own, *hosts) if each is not None and each in names), own)
    return f"[{host}]" if ":" in host else host


def _file(content: bytes, media_type: str, name: str) -> web.Response:
    disposition = {hdrs.CONTENT_DISPOSITION: f'attachment; filename="{name}"'}
    return web.Response(body=content, content_type=media_type, headers=disposition)


def _profile(authority: Authority) -> bytes:
    """Build it as Apple's "Configuration Profile Reference" says; the same authority makes the same profile."""
    import plistlib
    import uuid

    digits = authority.fingerprint.replace(" ", "").lower()

    def named(part: str) -> dict[str, object]:
        identifier = f"intercom.{digits[:16]}.{part}"
        return {
            "PayloadIdentifier": identifier,
            "PayloadUUID": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{digits}.{part}")).upper(),
            "PayloadVersion": 1,
        }

    certificate = {
        **named("certificate"),
        "PayloadType": "com.apple.security.root",
        "PayloadDisplayName": "Intercom",
        "PayloadCertificateFileName": "intercom-ca.crt",
        "PayloadContent": authority.der,
    }
    return plistlib.dumps(
        {
            **named("profile"),
            "PayloadType": "Configuration",
            "PayloadDisplayName": "Intercom",
            "PayloadDescription": "Lets this device recognize the intercom of the home.",
            "PayloadContent": [certificate],
        }
    )
