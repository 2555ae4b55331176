"""A certificate for HTTPS on localhost, which Safari, Brave and Excel ask for before they call a backend.

Owns the files ``localhost.pem`` and ``localhost-key.pem`` and what is in them; imports ``errors`` and, inside
the one function that needs it, the optional ``cryptography``. Called by ``flask openbb cert``; a server then
takes the files, as in ``gunicorn --certfile localhost.pem --keyfile localhost-key.pem app:app``.

The certificate signs itself and may sign nothing else. A private authority would be trusted as easily, but
its key, left on a laptop, could impersonate every site to that laptop; this one only the hosts it names.
"""

from __future__ import annotations

import datetime
import ipaddress
import os
import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError, MissingExtraError

CERTIFICATE_NAME = "localhost.pem"
"""File name of the certificate, readable by everybody."""
KEY_NAME = "localhost-key.pem"
"""File name of its private key, readable by its owner alone."""
DEFAULT_HOSTS = ("localhost", "127.0.0.1", "::1")
"""The names by which a browser on the same machine may call a backend."""
MAX_DAYS = 825
"""The longest validity that Apple's systems accept from a certificate the user trusts.

Source: Apple support article 103769, requirements for trusted certificates in iOS 13 and macOS 10.15.
"""

_CLOCK_SKEW = datetime.timedelta(hours=1)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
_MAX_NAME = 253  # characters of a DNS name, RFC 1035

_Host = str | ipaddress.IPv4Address | ipaddress.IPv6Address


def write_certificate(
    directory: Path,
    *,
    hosts: Sequence[str] = DEFAULT_HOSTS,
    days: int = 365,
    force: bool = False,
) -> tuple[Path, Path]:
    """Write a self-signed certificate and its private key for HTTPS on this machine.

    Browsers refuse it until its user trusts it, once on each machine:

    - macOS (Safari, Chrome, Excel): ``security add-trusted-cert -r trustRoot -k
      ~/Library/Keychains/login.keychain-db localhost.pem``
    - Windows (Edge, Chrome, Brave, Excel): ``certutil -user -addstore Root localhost.pem``
    - Linux (Chrome, Brave): ``certutil -d sql:$HOME/.pki/nssdb -A -t P,, -n flask-openbb -i localhost.pem``
    - Firefox, everywhere: open the backend's URL once and accept the exception.
    - Python and curl: ``SSL_CERT_FILE=localhost.pem`` and ``curl --cacert localhost.pem``.

    :param directory: Where the two files go; made if it is missing.
    :param hosts: DNS names (one leading ``*.`` is allowed) and IP addresses, without scheme or port.
    :param days: Validity from now, 1 to 825 days.
    :param force: Replace files that are there. Their old certificate must then be trusted anew.
    :return: The paths of ``localhost.pem`` and of ``localhost-key.pem``, whose mode is 0600.
    :raises ConfigError: If a host or the number of days cannot work, if a file exists and *force* is not
        given, or if the directory cannot be written.
    :raises MissingExtraError: If ``cryptography`` is not installed.

    Source: OpenBB docs, faqs (Safari and Brave need HTTPS even on localhost); Apple support article 103769
    (subject alternative names, serverAuth, SHA-256, at most 825 days).

    .. versionadded:: 0.1
    """
    certificate_path, key_path = directory / CERTIFICATE_NAME, directory / KEY_NAME
    if not 1 <= days <= MAX_DAYS:
        raise ConfigError(f"No certificate can be valid for {days!r} days everywhere: give 1 to {MAX_DAYS} days.")
    names = _parse_hosts(hosts)
    existing = [str(path) for path in (certificate_path, key_path) if os.path.lexists(path)]
    if existing and not force:
        raise ConfigError(
            f"Not overwritten: {', '.join(map(repr, existing))}. Use what is there, choose another "
            "directory, or replace it with --force."
        )
    certificate, key = _make_pem(names, days)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        # The key first: a certificate without its key would look finished.
        _write_new(key_path, key, mode=0o600)
        _write_new(certificate_path, certificate, mode=0o644)
    except OSError as error:
        reason = error.strerror or error
        raise ConfigError(f"Cannot write a certificate to {str(directory)!r}: {reason}.") from error
    return certificate_path, key_path


def _make_pem(hosts: Sequence[_Host], days: int) -> tuple[bytes, bytes]:
    try:  # here and not above: the package must import, quickly, where the extra is not installed
        from cryptography import x509  # noqa: PLC0415
        from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415
        from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415
        from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("cert", feature="flask openbb cert") from error
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Flask-OpenBB localhost")])
    alternatives = [x509.DNSName(host) if isinstance(host, str) else x509.IPAddress(host) for host in hosts]
    # The skew is part of the validity, and the last second is taken off because RFC 5280 counts both ends:
    # 825 days and a second are refused.
    start = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0) - _CLOCK_SKEW
    key = ec.generate_private_key(ec.SECP256R1())
    # No keyUsage: OpenSSL takes a certificate that says it signs nothing for one that some other certificate
    # signed, and then cannot be told to trust it.
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + datetime.timedelta(days=days, seconds=-1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem


def _parse_hosts(hosts: Sequence[str]) -> list[_Host]:
    if isinstance(hosts, str) or not hosts:
        raise ConfigError(f"A certificate names at least one host, in a list, not {hosts!r}: give ['localhost'].")
    return [_parse_host(host) for host in dict.fromkeys(hosts)]


def _parse_host(host: str) -> _Host:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        labels = host.removeprefix("*.").split(".")
    # A name that ends in a number is a mistyped IPv4 address: no zone is called so.
    if len(host) > _MAX_NAME or labels[-1].isdigit() or not all(map(_LABEL.fullmatch, labels)):
        raise ConfigError(
            f"{host!r} is not a host a certificate can name: give a DNS name (in its ASCII form, 'xn--…') or "
            "an IP address, without scheme, port or path."
        )
    return host


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    path.unlink(missing_ok=True)
    # O_EXCL with the final mode: the key is never readable by others, and a link put here is not followed.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
