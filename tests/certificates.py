"""Certificates made at test time: an authority of the tests' own, and servers that it vouches for."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


class Authority:
    """Signs the certificates of servers.

    Args:
        folder: where its files are put.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("an authority of the tests")
        self._certificate = self._made()
        self.path = str(_write(folder / "authority.pem", _pem(self._certificate)))

    def server(self, *hosts: str, days: int = 1) -> ssl.SSLContext:
        """The context of a server.

        Args:
            hosts: its names and addresses.
            days: for which its certificate is good; below zero, it has expired.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._vouched(key, hosts, datetime.datetime.now(datetime.timezone.utc) + days * _DAY)
        path = _write(self._folder / f"{'_'.join(hosts)}{days}.pem", _pem(certificate) + _private(key))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def _made(self) -> x509.Certificate:
        usage = dict.fromkeys(_USES, False) | {"key_cert_sign": True, "crl_sign": True}
        until = datetime.datetime.now(datetime.timezone.utc) + _DAY
        return (
            self._begun(self._name, self._key.public_key(), until)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _vouched(
        self, key: ec.EllipticCurvePrivateKey, hosts: tuple[str, ...], until: datetime.datetime
    ) -> x509.Certificate:
        return (
            self._begun(_name(hosts[0]), key.public_key(), until)
            .add_extension(x509.SubjectAlternativeName([_host(host) for host in hosts]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )

    def _begun(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime.datetime
    ) -> x509.CertificateBuilder:
        ours = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder(self._name, name, key, x509.random_serial_number())
            .not_valid_before(until - 10 * _DAY)
            .not_valid_after(until)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(ours, critical=False)
        )


_USES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, text: bytes) -> Path:
    path.write_bytes(text)
    return path
