"""The localhost certificate: what Safari, Excel and OpenSSL ask of it, and what it never overwrites."""

from __future__ import annotations

import datetime
import ipaddress
import os
import socket
import ssl
import stat
import sys
import threading
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from flask_openbb.errors import ConfigError, MissingExtraError
from flask_openbb.web.certificates import write_certificate


def load(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def test_meets_every_requirement_of_apples_systems(tmp_path: Path) -> None:
    certificate_path, key_path = write_certificate(tmp_path)
    certificate = load(certificate_path)
    extensions = certificate.extensions
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    usage = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    constraints = extensions.get_extension_for_class(x509.BasicConstraints)
    assert (certificate_path, key_path) == (tmp_path / "localhost.pem", tmp_path / "localhost-key.pem")
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("127.0.0.1"),
        ipaddress.ip_address("::1"),
    ]
    assert (constraints.critical, constraints.value.ca) == (True, False)
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert certificate.signature_hash_algorithm.name == "sha256"
    assert certificate.version is x509.Version.v3
    assert certificate.issuer == certificate.subject
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == datetime.timedelta(
        days=365, seconds=-1
    )
    assert certificate.not_valid_before_utc < datetime.datetime.now(datetime.timezone.utc)


def test_key_belongs_to_the_certificate_and_to_its_owner_alone(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        certificate_path, key_path = write_certificate(tmp_path / "made" / "on demand")
    finally:
        os.umask(previous)
    key = serialization.load_pem_private_key(key_path.read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert key.public_key() == load(certificate_path).public_key()
    assert stat.S_IMODE(key_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(certificate_path.stat().st_mode) == 0o644


def handshake(server_certificate: tuple[Path, Path], client: ssl.SSLContext, hostname: str) -> str | None:
    """Shake hands over a socket pair and return the TLS version agreed."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*server_certificate)
    left, right = socket.socketpair()
    left.settimeout(10)
    right.settimeout(10)

    def serve() -> None:
        try:
            server.wrap_socket(left, server_side=True).close()
        except (ssl.SSLError, OSError):  # the client that refuses the certificate hangs up
            left.close()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with client.wrap_socket(right, server_hostname=hostname) as connection:
            return connection.version()
    finally:
        right.close()
        thread.join(10)


@pytest.mark.parametrize("hostname", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_it_shakes_hands(tmp_path: Path, hostname: str) -> None:
    paths = write_certificate(tmp_path)
    client = ssl.create_default_context(cafile=str(paths[0]))
    client.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    assert handshake(paths, client, hostname) in {"TLSv1.2", "TLSv1.3"}


def test_a_client_that_does_not_trust_it_or_asks_another_host_hangs_up(tmp_path: Path) -> None:
    paths = write_certificate(tmp_path)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(paths, ssl.create_default_context(), "localhost")
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(paths, ssl.create_default_context(cafile=str(paths[0])), "pro.openbb.co")


def test_names_the_hosts_given_once_each(tmp_path: Path) -> None:
    hosts = ("quant-box.internal", "*.desk.example", "10.0.0.7", "10.0.0.7", "xn--brse-5qa.example")
    certificate_path, _ = write_certificate(tmp_path, hosts=hosts, days=825)
    certificate = load(certificate_path)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [
        "quant-box.internal",
        "*.desk.example",
        "xn--brse-5qa.example",
    ]
    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("10.0.0.7")]
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == datetime.timedelta(
        days=825, seconds=-1
    )


@pytest.mark.parametrize(
    "host",
    [
        "",
        "https://localhost",
        "localhost:5000",
        "[::1]",
        "local host",
        "a..b",
        "-a.example",
        "a-.example",
        "*",
        "a.*.example",
        "börse.example",
        "256.0.0.1",
        "127.0.0.1/8",
        "a" * 64,
        "a." * 130 + "example",
        "localhost\n",
    ],
    ids=ascii,
)
def test_refuses_what_a_certificate_cannot_name(tmp_path: Path, host: str) -> None:
    with pytest.raises(ConfigError) as caught:
        write_certificate(tmp_path, hosts=("localhost", host))
    assert repr(host) in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hosts", [(), [], "localhost"], ids=repr)
def test_refuses_hosts_that_are_no_list_of_hosts(tmp_path: Path, hosts: object) -> None:
    with pytest.raises(ConfigError, match="at least one host"):
        write_certificate(tmp_path, hosts=hosts)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", [-1, 0, 826])
def test_refuses_a_validity_that_apple_refuses(tmp_path: Path, days: int) -> None:
    with pytest.raises(ConfigError, match=rf"{days} days .* 1 to 825 days"):
        write_certificate(tmp_path, days=days)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["localhost.pem", "localhost-key.pem"])
def test_never_overwrites_without_force(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("precious")
    with pytest.raises(ConfigError, match=f"Not overwritten: '.*/{name}'"):
        write_certificate(tmp_path)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(name, "precious")]


def test_replaces_with_force_and_leaves_no_open_key(tmp_path: Path) -> None:
    first = [path.read_bytes() for path in write_certificate(tmp_path)]
    (tmp_path / "localhost-key.pem").chmod(0o644)
    paths = write_certificate(tmp_path, force=True)
    assert all(path.read_bytes() != old for path, old in zip(paths, first, strict=True))
    assert stat.S_IMODE(paths[1].stat().st_mode) == 0o600


def test_does_not_follow_a_link_put_in_its_place(tmp_path: Path) -> None:
    target = tmp_path / "target"
    directory = tmp_path / "certificates"
    directory.mkdir()
    (directory / "localhost-key.pem").symlink_to(target)
    with pytest.raises(ConfigError, match="Not overwritten"):
        write_certificate(directory)
    write_certificate(directory, force=True)
    assert not target.exists()
    assert not (directory / "localhost-key.pem").is_symlink()


def test_says_why_a_directory_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match=r"Cannot write a certificate to '.*file/below': Not a directory\."):
        write_certificate(tmp_path / "file" / "below")


def test_without_cryptography_the_error_is_the_install_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'Flask-OpenBB\[cert\]'"):
        write_certificate(tmp_path)
    assert list(tmp_path.iterdir()) == []
