"""The settings: one frozen struct, and one table that gives each its flag, its variable and its words.

What cannot be is refused when the struct is made, wherever the values come from.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

import msgspec

from sqs_emulator.config.errors import ConfigError, bad_value, unknown_name
from sqs_emulator.config.tables import AccountConfig, AutoCreate, ClockConfig, QueueConfig
from sqs_emulator.core.identifiers import ACCOUNT_ID, REGION
from sqs_emulator.core.limits import LIMIT_SETS, RELAXED, Limits

ENVIRONMENT_PREFIX: Final = "SQS_EMULATOR_"


def about(text: str) -> msgspec.Meta:
    return msgspec.Meta(description=text)


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be set. The descriptions are the command line's help; what has none has no flag."""

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
    allowed_hosts: Annotated[
        tuple[str, ...], about("Host names of the emulator that web pages may use, beside localhost and IP addresses.")
    ] = ()
    tls_cert: Annotated[str | None, about("Certificate file (PEM); with --tls-key, serve https.")] = None
    tls_key: Annotated[str | None, about("Private key file (PEM) of the certificate.")] = None
    limits: Annotated[
        str,
        about("strict: AWS's limits, also its 60 s between purges and before a name is used again; relaxed: without."),
    ] = "relaxed"
    limit: Annotated[
        Mapping[str, int], about("One limit on its own, on top of the set, such as in_flight=100; any number of times.")
    ] = {}
    max_body: Annotated[int, about("Longest request body in bytes; longer ones are refused with 413.")] = 8_388_608
    keep_alive: Annotated[int, about("Seconds that an idle connection is kept open.")] = 900
    events: Annotated[int, about("How many events /_emulator/events remembers; 0: none are recorded.")] = 1_000
    access_log: Annotated[bool, about("Log a line per request: action, queue, status, microseconds.")] = False
    log_wire: Annotated[bool, about("Log every request and answer whole.")] = False
    queues: tuple[QueueConfig, ...] = ()
    auto_create: tuple[AutoCreate, ...] = ()
    accounts: Mapping[str, AccountConfig] = {}
    clock: ClockConfig = ClockConfig()
    faults: tuple[Mapping[str, Any], ...] = ()  # as /_emulator/faults takes them

    def __post_init__(self) -> None:
        _check(0 <= self.port <= 65_535, "port", self.port, "0 to 65535")
        _check(self.max_body >= 1_024, "max_body", self.max_body, "1024 bytes or more")
        _check(self.keep_alive >= 1, "keep_alive", self.keep_alive, "1 second or more")
        _check(self.events >= 0, "events", self.events, "0 or more")
        _check(self.limits in LIMIT_SETS, "limits", self.limits, " or ".join(LIMIT_SETS))
        for name, number in self.limit.items():
            _check_limit(name, number)
        is_region = REGION.fullmatch(self.region) is not None
        _check(is_region, "region", self.region, "a region's name, such as us-east-1")
        is_url = self.base_url is None or self.base_url.startswith(("http://", "https://"))
        _check(is_url, "base_url", self.base_url, "a URL that begins with http:// or https://")
        for origin in self.allowed_origins:
            _check(_is_origin(origin), "allowed_origins", origin, "an origin such as http://localhost:3000")
        for name in self.allowed_hosts:
            is_name = re.fullmatch(_HOST_NAME, name) is not None
            _check(is_name, "allowed_hosts", name, "a name such as sqs.example.test, without a port")
        if (self.tls_cert is None) != (self.tls_key is None):
            given, other = ("tls_cert", "tls_key") if self.tls_key is None else ("tls_key", "tls_cert")
            raise ConfigError(f"tls_cert and tls_key go together: {given} is set, {other} is not.", setting=given)
        _check_accounts(self.accounts)

    @property
    def limit_set(self) -> Limits:
        """The limits in force: the named set, and what was set one by one."""
        named = LIMIT_SETS[self.limits]
        return msgspec.structs.replace(named, **self.limit) if self.limit else named

    @property
    def accounts_by_key(self) -> dict[str, str]:
        """The accounts that access keys mean."""
        return {key: number for number, account in self.accounts.items() for key in account.access_keys}


def _check(holds: bool, name: str, value: object, allowed: str) -> None:
    if not holds:
        raise bad_value(name, value, allowed, setting=name)


LIMIT_NAMES: Final = Limits.__struct_fields__


def _check_limit(name: str, number: object) -> None:
    setting = f"limits.{name}"
    if name not in LIMIT_NAMES:
        raise unknown_name(name, LIMIT_NAMES, what="limit", setting=setting)
    lowest = 0 if name.endswith(("_seconds", "_window_ms")) else 1  # no time at all is a limit; nothing at all is none
    holds = isinstance(number, int) and not isinstance(number, bool) and number >= lowest
    if not holds:
        raise bad_value(setting, number, f"a whole number, {lowest} or more", setting=setting)


def _check_accounts(accounts: Mapping[str, AccountConfig]) -> None:
    owners: dict[str, str] = {}
    for number, account in accounts.items():
        if not ACCOUNT_ID.fullmatch(number):
            raise bad_value("the name of one of accounts", number, "a number of 12 digits", setting="accounts")
        for key in account.access_keys:
            owner = number if ACCOUNT_ID.fullmatch(key) is None else key  # a key of 12 digits is that account already
            if owners.setdefault(key, owner) != number:
                clash = f"access key {key!r} cannot mean account {number}: it means {owners[key]}."
                raise ConfigError(clash, setting="accounts")


class Setting(msgspec.Struct, frozen=True):
    """A row of the table: a setting as each source spells it. In a file it goes by its name."""

    name: str
    flag: str
    variable: str
    type: type
    help: str
    default: object

    @property
    def off_flag(self) -> str:
        """How a switch that another source has switched on is switched off."""
        return f"--no-{self.flag.removeprefix('--')}"

    def parse(self, text: str, spelt: str) -> object:
        """Read what a flag or a variable says; raises ConfigError, which names it as `spelt`."""
        try:
            return _PARSERS[self.type](text)
        except ValueError:
            raise bad_value(spelt, text, WORDS[self.type]) from None


def _truth(text: str) -> bool:
    if (word := text.strip().lower()) in ("1", "true", "t", "yes", "y", "on"):
        return True
    if word in ("0", "false", "f", "no", "n", "off"):
        return False
    raise ValueError


_PARSERS: Final[dict[type, Callable[[str], object]]] = {
    bool: _truth,
    int: int,
    str: str,
    tuple: lambda text: tuple(text.split()),
}
WORDS: Final = {bool: "true or false", int: "a whole number", str: "a text", tuple: "a list of texts"}


def _settings() -> tuple[Setting, ...]:
    """Read the table off the struct. The limits one by one share a flag, and have variables and rows of their own."""
    rows = []
    for field in msgspec.structs.fields(Config):
        described = getattr(field.type, "__metadata__", ())
        if described:
            kind = field.type.__origin__
            kind = getattr(kind, "__origin__", kind)
            plain = next((known for known in (bool, int, tuple, Mapping) if known is kind), str)
            variable = ENVIRONMENT_PREFIX + ("LIMIT_<NAME>" if field.name == "limit" else field.name.upper())
            default = None if field.default is msgspec.NODEFAULT else field.default
            flag = "--" + field.name.replace("_", "-")
            rows.append(Setting(field.name, flag, variable, plain, described[0].description, default))
    return tuple(rows)


SETTINGS: Final = _settings()
LIMITS: Final = {
    name: Setting(f"limits.{name}", f"--limit {name}", f"{ENVIRONMENT_PREFIX}LIMIT_{name.upper()}", int, "", number)
    for name, number in msgspec.structs.asdict(RELAXED).items()
}


_HOST_NAME: Final = r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*"
_ORIGIN: Final = re.compile(rf"[a-z][a-z0-9+.-]*://(?:{_HOST_NAME}|\[[0-9a-f:.]+\])(?::([1-9][0-9]{{0,4}}))?")
_DEFAULT_PORTS: Final = {"http": "80", "https": "443"}  # which a browser leaves out


def _is_origin(text: str) -> bool:
    """Say whether a browser could send this as an `Origin`: scheme, host, perhaps a port, and nothing behind."""
    found = _ORIGIN.fullmatch(text)
    if found is None or text != text.lower():
        return False
    port = found[1]
    return port is None or (int(port) <= 65_535 and port != _DEFAULT_PORTS.get(text.partition("://")[0]))
