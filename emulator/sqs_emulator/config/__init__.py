"""The configuration: what can be set, and where it comes from: a TOML file, the environment, flags, or Python."""

from __future__ import annotations

from sqs_emulator.config.errors import ConfigError as ConfigError
from sqs_emulator.config.settings import SETTINGS as SETTINGS
from sqs_emulator.config.settings import Config as Config
from sqs_emulator.config.settings import Setting as Setting
from sqs_emulator.config.tables import AccountConfig as AccountConfig
from sqs_emulator.config.tables import AutoCreate as AutoCreate
from sqs_emulator.config.tables import ClockConfig as ClockConfig
from sqs_emulator.config.tables import QueueConfig as QueueConfig
