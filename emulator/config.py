"""The settings: one frozen struct, and one table that gives each its flag, its variable and its words.

A value comes from the command line, else the environment, else the default. What cannot be is refused at the start.
"""

from __future__ import annotations

import re
from typing import Annotated, Final

import msgspec

from emulator.core.limits import LIMIT_SETS, Limits

ENVIRONMENT_PREFIX: Final = "SQS_EMULATOR_"


class ConfigError(Exception):
    """A setting that cannot be: which, what it was, what is allowed."""


def about(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set. The descriptions are the command line's help."""

    host: Annotated[str, about("Address to listen on; 127.0.0.1 and 0.0.0.0 listen on their IPv6 twins too.")] = (
        "127.0.0.1"
    )
    port: Annotated[int, about("Port to listen on; 0 takes a free one.")] = 9324
    region: Annotated[str, about("Region of requests whose credentials name none.")] = "us-east-1"
    base_url: Annotated[
        str | None, about("What queue URLs begin with, instead of the request's own scheme and host.")
    ] = None
    trust_forwarded: Annotated[bool, about("Build queue URLs from X-Forwarded-Proto and X-Forwarded-Host.")] = False
    allowed_origins: Annotated[
        tuple[str, ...], about("Web origins that may call from a browser, such as http://localhost:3000.")
    ] = ()
    tls_cert: Annotated[str | None, about("Certificate file (PEM); with --tls-key, serve https.")] = None
    tls_key: Annotated[str | None, about("Private key file (PEM) of the certificate.")] = None
    limits: Annotated[
        str,
        about("strict: AWS's limits, also its 60 s between purges and before a name is used again; relaxed: without."),
    ] = "relaxed"
    max_body: Annotated[int, about("Longest request body in bytes; longer ones are refused with 413.")] = 8_388_608
    keep_alive: Annotated[int, about("Seconds that an idle connection is kept open.")] = 900
    events: Annotated[int, about("How many events /_emulator/events remembers; 0: none are recorded.")] = 1_000
    access_log: Annotated[bool, about("Log a line per request: action, queue, status, microseconds.")] = False
    log_wire: Annotated[bool, about("Log every request and answer whole.")] = False

    def __post_init__(self) -> None:
        _check(0 <= self.port <= 65_535, "port", self.port, "0 to 65535")
        _check(self.max_body >= 1_024, "max_body", self.max_body, "1024 bytes or more")
        _check(self.keep_alive >= 1, "keep_alive", self.keep_alive, "1 second or more")
        _check(self.events >= 0, "events", self.events, "0 or more")
        _check(self.limits in LIMIT_SETS, "limits", self.limits, " or ".join(LIMIT_SETS))
        _check(
            re.fullmatch("[A-Za-z0-9-]+", self.region) is not None,
            "region",
            self.region,
            "a region's name, such as us-east-1",
        )
        _check(
            self.base_url is None or self.base_url.startswith(("http://", "https://")),
            "base_url",
            self.base_url,
            "a URL that begins with http:// or https://",
        )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ConfigError("tls_cert and tls_key go together: one is set and the other is not.")

    @property
    def limit_set(self) -> Limits:
        return LIMIT_SETS[self.limits]


def _check(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise ConfigError(f"{name} is {value!r}; allowed is {allowed}.")


class Setting(msgspec.Struct, frozen=True):
    """A row of the table: a setting as each source spells it."""

    name: str
    type: type
    help: str
    default: object

    @property
    def flag(self) -> str:
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        return ENVIRONMENT_PREFIX + self.name.upper()


def _settings() -> tuple[Setting, ...]:
    rows = []
    for field in msgspec.structs.fields(Config):
        annotated = field.type
        described = annotated.__metadata__[0].description
        kind = annotated.__origin__
        plain = next((each for each in (bool, int, tuple) if each is kind), str)
        if getattr(kind, "__origin__", None) is tuple:
            plain = tuple
        rows.append(Setting(field.name, plain, described, field.default))
    return tuple(rows)


SETTINGS: Final = _settings()
