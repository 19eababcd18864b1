"""Where settings come from: defaults, a TOML file, the environment, flags; a later one wins, each limit by itself.

All are brought to one form, values by the names of the settings (a limit is `limits.in_flight`), with the source of
each kept, so that an error can say where to look and `sqs-emulator config` what is in force and why.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqs_emulator.config.errors import ConfigError, nearest, unknown_name
from sqs_emulator.config.settings import ENVIRONMENT_PREFIX, LIMITS, SETTINGS, Config

FILE_VARIABLE: Final = f"{ENVIRONMENT_PREFIX}CONFIG"
_LIMIT_PREFIX: Final = f"{ENVIRONMENT_PREFIX}LIMIT_"
_ROWS: Final = {row.name: row for row in SETTINGS if row.name != "limit"}


class Source(NamedTuple):
    kind: str  # default, file, environment or flag
    name: str = ""  # of the file, the variable or the flag


class Given(NamedTuple):
    value: Any
    source: Source


class Loaded(NamedTuple):
    """A configuration, and where its values come from."""

    config: Config
    sources: Mapping[str, Source]  # of what is not a default, by the names of the settings

    def source(self, name: str) -> Source:
        return self.sources.get(name, Source("default"))

    def blame(self, error: ConfigError) -> ConfigError:
        """Return an error that also says where the setting was made."""
        return _blame(error, self.sources)


def load(
    file: str | None = None, *, environment: Mapping[str, str] | None = None, flags: Mapping[str, Any] | None = None
) -> Loaded:
    """Return the configuration in force; raises ConfigError.

    `file` is a TOML file, else that of the environment, if any; `environment` is this process's, unless another is
    given; `flags` are values by the names of the settings, as the command line has them: None or () where it has none.
    """
    variables = os.environ if environment is None else environment
    path = file or variables.get(FILE_VARIABLE)
    given = dict(_from_file(path)) if path else {}
    given.update(_from_environment(variables))
    given.update(_from_flags(flags or {}))
    sources = {name: setting.source for name, setting in given.items()}
    values = {name: setting.value for name, setting in given.items() if name not in _LIMIT_SETTINGS}
    limit = {_LIMIT_SETTINGS[name]: setting.value for name, setting in given.items() if name in _LIMIT_SETTINGS}
    try:
        return Loaded(Config(limit=limit, **values), sources)
    except ConfigError as error:
        raise _blame(error, sources) from None


_LIMIT_SETTINGS: Final = {row.name: name for name, row in LIMITS.items()}


def _blame(error: ConfigError, sources: Mapping[str, Source]) -> ConfigError:
    source = sources.get(error.setting or "")
    return error if source is None else ConfigError(f"{source.name}: {error}", setting=error.setting)


def _from_file(path: str) -> Iterator[tuple[str, Given]]:
    from sqs_emulator.config import file  # with tomllib, 30 ms: only who has a file pays for it

    source = Source("file", path)
    try:
        for name, value in file.read(path).items():
            yield name, Given(value, source)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}", setting=error.setting) from None


def _from_environment(variables: Mapping[str, str]) -> Iterator[tuple[str, Given]]:
    """An empty variable is one that is not set, as compose files make them."""
    rows = {row.variable: row for row in (*_ROWS.values(), *LIMITS.values())}
    for variable, text in variables.items():
        if not text or not variable.startswith(ENVIRONMENT_PREFIX):
            continue
        if variable in rows:
            yield rows[variable].name, Given(rows[variable].parse(text, variable), Source("environment", variable))
        else:
            _refuse_misspelt(variable, list(rows))


def _refuse_misspelt(variable: str, known: Sequence[str]) -> None:
    """Refuse what was surely meant for us. Kubernetes and others make variables that merely begin like ours."""
    if variable.startswith(_LIMIT_PREFIX):
        raise unknown_name(variable, [other for other in known if other.startswith(_LIMIT_PREFIX)], what="variable")
    endings = [other.removeprefix(ENVIRONMENT_PREFIX) for other in (*known, FILE_VARIABLE)]
    near = nearest(variable.removeprefix(ENVIRONMENT_PREFIX), endings, cutoff=0.7)
    if variable != FILE_VARIABLE and near is not None:
        raise ConfigError(f"there is no variable {variable}. Did you mean {ENVIRONMENT_PREFIX}{near}?")


def _from_flags(flags: Mapping[str, Any]) -> Iterator[tuple[str, Given]]:
    for name, row in _ROWS.items():
        value = flags.get(name)
        if value is not None and value != ():
            source = Source("flag", row.off_flag if value is False else row.flag)
            yield name, Given(row.parse(value, row.flag) if isinstance(value, str) else value, source)
    for text in flags.get("limit") or ():
        name, equals, number = text.partition("=")
        if not equals:
            raise ConfigError(f"--limit is {text!r}; allowed is a name and a number, such as in_flight=100.")
        if name not in LIMITS:
            raise unknown_name(name, LIMITS, what="limit")
        row = LIMITS[name]
        yield row.name, Given(row.parse(number, row.flag), Source("flag", row.flag))
