"""The configuration: what can be set, and where it comes from: a TOML file, the environment, flags, or Python."""

from __future__ import annotations

from emulator.config.errors import ConfigError as ConfigError
from emulator.config.settings import SETTINGS as SETTINGS
from emulator.config.settings import Config as Config
from emulator.config.settings import Setting as Setting
from emulator.config.tables import AccountConfig as AccountConfig
from emulator.config.tables import AutoCreate as AutoCreate
from emulator.config.tables import ClockConfig as ClockConfig
from emulator.config.tables import QueueConfig as QueueConfig
