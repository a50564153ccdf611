"""An HTTPS proxy that answers for every host of the provider: takes TLS off and passes on to a plain port on loopback.

Arguments: the port, the end of host names that can't be reached, a file to write its certificate authority to.
Prints its own port; ends when its standard input does.
"""

import datetime
import os
import select
import socket
import ssl
import sys
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

upstream, down, path = int(sys.argv[1]), sys.argv[2], sys.argv[3]
key = ec.generate_private_key(ec.SECP256R1())
name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
now = datetime.datetime.now(datetime.timezone.utc)
issued = lambda subject, public: (
    x509.CertificateBuilder().subject_name(subject).issuer_name(name).public_key(public).serial_number(x509.random_serial_number())
    .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
)
authority = issued(name, key.public_key()).add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
with open(path, "wb") as file:
    file.write(authority.public_bytes(serialization.Encoding.PEM))
contexts = {}
lock = threading.Lock()


def context(host):
    with lock:
        if host not in contexts:
            own = ec.generate_private_key(ec.SECP256R1())
            leaf = issued(x509.Name([]), own.public_key()).add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), True)
            pem = own.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
            with open(f"{path}.leaf", "wb") as file:
                file.write(pem + leaf.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
            contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            contexts[host].load_cert_chain(f"{path}.leaf")
        return contexts[host]


def pump(inside, there):
    """Both ways in one thread: two must not use one TLS connection."""
    while True:
        ready = [inside] if inside.pending() else select.select([inside, there], [], [])[0]
        for source, target in ((inside, there), (there, inside)):
            if source in ready:
                data = source.recv(65536)
                if not data:
                    inside.close()
                    there.close()
                    return
                target.sendall(data)


def serve(client):
    try:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(4096)
        host = head.split(b" ")[1].decode().rsplit(":", 1)[0]
        if host.endswith(down):
            client.close()
            return
        client.sendall(b"HTTP/1.1 200 ok\r\n\r\n")
        inside = context(host).wrap_socket(client, server_side=True)
        there = socket.create_connection(("127.0.0.1", upstream))
        pump(inside, there)
    except OSError:
        client.close()


listener = socket.create_server(("127.0.0.1", 0), backlog=256)
print(listener.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
