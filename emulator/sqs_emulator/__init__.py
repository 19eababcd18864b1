"""A local Amazon SQS: what a Celery application, boto3 or any other SQS client meets on AWS, on your own machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqs_emulator.version import __version__

if TYPE_CHECKING:
    from sqs_emulator.config import AccountConfig as AccountConfig
    from sqs_emulator.config import AutoCreate as AutoCreate
    from sqs_emulator.config import ClockConfig as ClockConfig
    from sqs_emulator.config import Config as Config
    from sqs_emulator.config import ConfigError as ConfigError
    from sqs_emulator.config import QueueConfig as QueueConfig
    from sqs_emulator.emulator import Emulator as Emulator

__all__ = [
    "AccountConfig",
    "AutoCreate",
    "ClockConfig",
    "Config",
    "ConfigError",
    "Emulator",
    "QueueConfig",
    "__version__",
]


def __getattr__(name: str) -> Any:
    """Import on first use: whoever only asks for the version does not start up a server's modules."""
    if name == "Emulator":
        from sqs_emulator.emulator import Emulator

        return Emulator
    if name in __all__:
        from sqs_emulator import config

        return getattr(config, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
