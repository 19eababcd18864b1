"""The image's HEALTHCHECK: its exit code says whether the emulator of this container answers.

It runs every few seconds, so it imports almost nothing. It reads settings from the environment only.
"""

from __future__ import annotations

import os
import socket
from typing import Final

_TIMEOUT_SECONDS: Final = 2.0


def is_healthy() -> bool:
    host = os.environ.get("SQS_EMULATOR_HOST", "127.0.0.1")  # 0.0.0.0 and :: reach the machine itself
    port = int(os.environ.get("SQS_EMULATOR_PORT", "9324"))
    connection = socket.create_connection((host, port), _TIMEOUT_SECONDS)
    if os.environ.get("SQS_EMULATOR_TLS_CERT"):
        import ssl  # slow to import

        trusting = ssl.create_default_context()
        trusting.check_hostname = False
        trusting.verify_mode = ssl.CERT_NONE
        connection = trusting.wrap_socket(connection)
    with connection:
        connection.sendall(b"HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return connection.recv(64).startswith(b"HTTP/1.1 200 ")


if __name__ == "__main__":
    raise SystemExit(0 if is_healthy() else 1)
