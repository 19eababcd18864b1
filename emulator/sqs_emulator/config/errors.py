"""What is wrong with a configuration, in one line: what was set, to what value, and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Iterable


class ConfigError(Exception):
    """A setting that cannot be. `setting` is the name of the one to blame, so that its source can be told."""

    def __init__(self, message: str, *, setting: str | None = None) -> None:
        super().__init__(message)
        self.setting = setting


def bad_value(name: str, value: object, allowed: str, *, setting: str | None = None) -> ConfigError:
    return ConfigError(f"{name} is {shown(value)}; allowed is {allowed}.", setting=setting)


def unknown_name(name: str, known: Iterable[str], *, what: str = "setting", setting: str | None = None) -> ConfigError:
    """A name that is none: the nearest of those there are, and all of them."""
    names = list(known)
    near = nearest(name, names)
    hint = "" if near is None else f" Did you mean {near}?"
    return ConfigError(f"there is no {what} {name!r}.{hint} Allowed are: {', '.join(names)}.", setting=setting)


def nearest(name: str, names: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the name that was probably meant; cases, hyphens and underscores count for nothing."""
    import difflib  # 10 ms that only a mistake costs

    plain = {_plain(known): known for known in names}
    found = difflib.get_close_matches(_plain(name), plain, n=1, cutoff=cutoff)
    return plain[found[0]] if found else None


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def shown(value: object) -> str:
    """Return a value as the file would have it; short."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return json.dumps(value, default=str)
    text = repr(value) if isinstance(value, str | int | float) else str(value)
    return text if len(text) <= 100 else f"{text[:97]}..."
