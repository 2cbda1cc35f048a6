"""Makes and reads certificates (RFC 5280): the home's own authority, and what it signs.

Knows no file and no clock. `cryptography` takes a tenth of a second to import, so `certificates` imports this module
only when something has to be made or cannot be trusted to be what was written.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from intercom.storage.host_names import is_within

AUTHORITY_LIVES: Final = timedelta(days=3652)
LEAF_LIVES: Final = timedelta(days=365)
"""Phones refuse what lives longer than 825 days, whoever signed it."""

LEAF_BACKDATED: Final = timedelta(hours=1)
"""For clients whose clocks are behind."""

AUTHORITIES_BEGIN: Final = datetime(2025, 12, 31, tzinfo=UTC)
"""Whenever they are made: a clock that is ahead at the first start must not make one that is good for nobody."""

DOMAINS: Final = ("local", "home.arpa", "lan", "internal", "localhost")
NETWORKS: Final = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
"""What names and addresses within a home can be; nothing of it is on the internet."""


class UnreadableError(Exception):
    """It is no certificate with its key in PEM; the message says what is wrong, and nothing of what is in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate and its key.

    Attributes:
        domains, networks: what an authority may vouch for; empty for what is none.
        names: what it is shown for: host names, and addresses as text.
    """

    certificate: x509.Certificate
    key: PrivateKeyTypes = field(repr=False)
    domains: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def begins(self) -> float:
        return self.certificate.not_valid_before_utc.timestamp()

    @property
    def ends(self) -> float:
        return self.certificate.not_valid_after_utc.timestamp()

    def pem(self) -> bytes:
        """Return both as one file, the key first."""
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)

    def is_from(self, authority: Pair) -> bool:
        """Tell whether that authority signed it."""
        try:
            self.certificate.verify_directly_issued_by(authority.certificate)
        except (InvalidSignature, ValueError, TypeError, UnsupportedAlgorithm):
            return False
        return True


def make_authority(name: str, *, host: str | None, now: float) -> Pair:
    """Make an authority that may vouch for this home only.

    Its name constraints are critical: whoever steals the key can pretend to be this home, but no bank and no portal to
    the phones that trust it. A constraint on a name holds for the names below it as well (RFC 5280 §4.2.1.10), so
    `host`, the machine's own name, should not be one under which others have theirs.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    domains = (*DOMAINS, *((host,) if host is not None and not is_within(host, DOMAINS, ()) else ()))
    certificate = (
        _builder(subject, subject, key.public_key(), key.public_key())
        .not_valid_before(AUTHORITIES_BEGIN)
        .not_valid_after(datetime.fromtimestamp(now, UTC) + AUTHORITY_LIVES)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(
            x509.NameConstraints(
                permitted_subtrees=[
                    *map(x509.DNSName, domains),
                    *(x509.IPAddress(ipaddress.ip_network(network)) for network in NETWORKS),
                ],
                excluded_subtrees=None,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    return Pair(certificate=certificate, key=key, domains=domains, networks=NETWORKS)


def make_leaf(authority: Pair, names: Iterable[str], *, now: float) -> Pair:
    """Make what the relay shows to clients, with a key of its own; all `names` are within what the authority may."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    begins = datetime.fromtimestamp(now, UTC) - LEAF_BACKDATED
    in_order = tuple(sorted(names))
    assert isinstance(authority.key, ec.EllipticCurvePrivateKey)
    certificate = (
        _builder(_relay_of(issuer.subject), issuer.subject, key.public_key(), authority.key.public_key())
        .not_valid_before(begins)
        .not_valid_after(min(begins + LEAF_LIVES, issuer.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in in_order]), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Pair(certificate=certificate, key=key, names=in_order)


def read_pair(certificate_pem: bytes, key_pem: bytes) -> Pair:
    """Read a certificate, the first of its chain, with its key.

    Raises:
        UnreadableError: one of them is none, or they do not belong together.
    """
    try:
        certificate = x509.load_pem_x509_certificates(certificate_pem)[0]
        names, domains, networks = _names(certificate), *_constraints(certificate)
        public = _public_bytes(certificate.public_key())
    except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
        raise UnreadableError("there is no certificate in PEM in it") from error
    try:
        key = load_pem_private_key(key_pem, password=None)
    except TypeError as error:
        raise UnreadableError("its key is locked with a password, and one without is expected") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnreadableError("there is no private key in PEM in it") from error
    if public != _public_bytes(key.public_key()):
        raise UnreadableError("the key is not that of the certificate")
    return Pair(certificate=certificate, key=key, domains=domains, networks=networks, names=names)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, issuers_key: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuers_key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _relay_of(authority: x509.Name) -> x509.Name:
    (name,) = authority.get_attributes_for_oid(NameOID.COMMON_NAME)
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name.value!s} relay")])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    return tuple(sorted([*hosts, *map(str, names.get_values_for_type(x509.IPAddress))]))


def _constraints(certificate: x509.Certificate) -> tuple[tuple[str, ...], tuple[str, ...]]:
    try:
        constraints = certificate.extensions.get_extension_for_class(x509.NameConstraints).value
    except x509.ExtensionNotFound:
        return (), ()
    permitted = constraints.permitted_subtrees or []
    return (
        tuple(each.value for each in permitted if isinstance(each, x509.DNSName)),
        tuple(str(each.value) for each in permitted if isinstance(each, x509.IPAddress)),
    )


def _public_bytes(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
