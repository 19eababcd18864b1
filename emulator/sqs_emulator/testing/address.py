"""Where a running emulator is: how people write it, and what is said if it is not there.

The commands, the pytest plugin and the classes of this package read it here, so that `SQS_EMULATOR_URL` means the same
to all of them.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

_EXAMPLE: Final = "http://localhost:9324"


def read_url(given: str) -> str:
    """Return scheme, host and port of what may also be no more than `localhost:9324`; raises ValueError."""
    url = given.strip()
    url = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(url)
        is_one = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none
        is_one = False
    if not is_one:
        raise ValueError(f"url is {given!r}; allowed is a URL such as {_EXAMPLE}.")
    return f"{parts.scheme}://{parts.netloc}"


def told(url: str, error: Exception) -> str:
    """Say in one sentence what went wrong with a question to the emulator at `url`."""
    if not isinstance(error, OSError):  # something answers, but not as HTTP, or not with JSON
        return f"what answers at {url} is not an sqs-emulator."
    return f"no emulator answers at {url}: {error.strerror or str(error) or type(error).__name__}."
