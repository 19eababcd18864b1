"""What the fast coat (`protocol.py`) needs of uvicorn's insides, and whether the installed uvicorn has it.

Where something is missing, the server takes the ASGI coat, which fits any uvicorn. So this is asked by names, before
`protocol.py` is imported.
"""

from __future__ import annotations

import pkgutil
from typing import Any, Final

NEEDED: Final = {
    "uvicorn.protocols.http.httptools_impl": ("HttpToolsProtocol", "RequestResponseCycle", "STATUS_LINE"),
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol": (
        # What the fast coat calls.
        "_start_asgi_task",
        "_unsupported_upgrade_warning",
        "connection_lost",
        "connection_made",
        "on_body",
        "on_headers_complete",
        "on_message_begin",
        "on_message_complete",
        "resume_writing",
        # What it overrides, to be called by uvicorn.
        "data_received",
        "on_response_complete",
        "shutdown",
        # The variables that both use.
        "access_log",
        "client",
        "cycle",
        "expect_100_continue",
        "flow",
        "headers",
        "loop",
        "parser",
        "pipeline",
        "scheme",
        "server",
        "server_state",
        "timeout_keep_alive",
        "transport",
        "url",
    ),
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle": ("body", "keep_alive", "response_complete"),
    "uvicorn.protocols.http.flow_control:FlowControl": ("resume_reading", "write_paused"),
    "uvicorn.server:ServerState": ("default_headers",),
}
_SETTERS: Final = ("__init__", "connection_made", "on_message_begin")


def missing() -> list[str]:
    """Return what the installed uvicorn lacks of it; empty: the fast coat fits."""
    return [
        f"{owner.replace(':', '.')}.{name}"
        for owner, names in NEEDED.items()
        for name in names
        if not _has(owner, name)
    ]


def _has(owner: str, name: str) -> bool:
    try:
        thing = pkgutil.resolve_name(owner)
    except (ImportError, AttributeError):
        return False
    return hasattr(thing, name) or name in _variables(thing)


def _variables(thing: Any) -> set[str]:
    """Return the names in the functions that set a class's variables, which no class shows, only its instances do."""
    codes = [vars(thing)[name].__code__ for name in _SETTERS if name in vars(thing)]
    return {name for code in codes for name in code.co_names}
