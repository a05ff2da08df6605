"""Makes the self-signed certificate of the TLS cases: `python certificate.py CERT KEY`."""

from __future__ import annotations

import ipaddress
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
SUBJECTS = x509.SubjectAlternativeName(
    [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
)


def certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate for 127.0.0.1 that is its own authority, good for a week."""
    now = datetime.now(timezone.utc)
    builder = x509.CertificateBuilder().subject_name(NAME).issuer_name(NAME)
    builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=7))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.add_extension(SUBJECTS, critical=False).sign(key, hashes.SHA256())


def main(cert_file: str, key_file: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    Path(cert_file).write_bytes(certificate(key).public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    Path(key_file).write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))


if __name__ == "__main__":
    main(*sys.argv[1:])
