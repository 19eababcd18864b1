"""The settings: defaults, bounds, and one table for flags, variables and fields."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from sqs_emulator import Config, ConfigError
from sqs_emulator.config import SETTINGS
from sqs_emulator.config.settings import LIMITS
from sqs_emulator.core.limits import RELAXED, STRICT


def test_the_defaults_are_those_of_the_manual() -> None:
    config = Config()

    assert (config.host, config.port, config.region) == ("127.0.0.1", 9324, "us-east-1")
    assert config.base_url is None
    assert config.max_body == 8 * 1024 * 1024
    assert config.allowed_origins == ()
    assert config.limit_set is RELAXED
    assert (config.access_log, config.log_wire, config.trust_forwarded) == (False, False, False)


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Config().port = 1  # type: ignore[misc]


def test_keeping_alive_outlives_an_idle_pool() -> None:
    assert Config().keep_alive >= 60


BAD: list[tuple[dict[str, Any], str]] = [
    ({"port": -1}, "port is -1; allowed is 0 to 65535."),
    ({"port": 65_536}, "port is 65536; allowed is 0 to 65535."),
    ({"max_body": 1_023}, "max_body is 1023; allowed is 1024 bytes or more."),
    ({"keep_alive": 0}, "keep_alive is 0; allowed is 1 second or more."),
    ({"events": -1}, "events is -1; allowed is 0 or more."),
    ({"limits": "none"}, "limits is 'none'; allowed is relaxed or strict."),
    ({"region": ""}, "region is ''; allowed is"),
    ({"region": "us:east"}, "region is 'us:east'; allowed is"),
    ({"base_url": "localhost"}, "base_url is 'localhost'; allowed is a URL that begins with http:// or https://."),
    ({"tls_cert": "a.pem"}, "tls_cert and tls_key go together"),
    ({"tls_key": "a.pem"}, "tls_cert and tls_key go together"),
    ({"limit": {"in_flite": 1}}, "there is no limit 'in_flite'. Did you mean in_flight?"),
    ({"limit": {"in_flight": 0}}, "limits.in_flight is 0; allowed is a whole number, 1 or more."),
    ({"limit": {"wait_seconds": -1}}, "limits.wait_seconds is -1; allowed is a whole number, 0 or more."),
    ({"limit": {"tags": True}}, "limits.tags is true; allowed is a whole number, 1 or more."),
    ({"limit": {"tags": "5"}}, "limits.tags is '5'; allowed is a whole number, 1 or more."),
]


@pytest.mark.parametrize(("settings", "message"), BAD, ids=[str(settings) for settings, _ in BAD])
def test_a_value_that_cannot_be_is_refused_with_what_is_allowed(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Config(**settings)

    for word in message.removesuffix(".").split("; allowed is"):
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "settings",
    [
        {"port": 0},
        {"port": 65_535},
        {"max_body": 1_024},
        {"events": 0},
        {"base_url": "https://emulator.test/path"},
        {"tls_cert": "a.pem", "tls_key": "b.pem"},
        {"region": "eu-west-1"},
        {"limit": {"in_flight": 1, "wait_seconds": 0, "purge_window_ms": 0, "message_bytes": 1 << 40}},
    ],
    ids=str,
)
def test_a_value_at_its_bound_is_taken(settings: dict[str, Any]) -> None:
    Config(**settings)


def test_strict_limits_are_another_set() -> None:
    assert Config(limits="strict").limit_set is STRICT


@pytest.mark.parametrize("name", msgspec.structs.asdict(RELAXED))
def test_every_limit_can_be_set_on_its_own_on_top_of_a_set(name: str) -> None:
    limits = Config(limits="strict", limit={name: 7}).limit_set

    assert limits == msgspec.structs.replace(STRICT, **{name: 7})


def test_every_field_that_is_no_table_is_a_row_of_the_table() -> None:
    tables = ("queues", "auto_create", "accounts", "clock", "faults")
    assert (*(setting.name for setting in SETTINGS), *tables) == Config.__struct_fields__


def test_a_row_has_its_flag_its_variable_and_its_words() -> None:
    row = next(setting for setting in SETTINGS if setting.name == "max_body")

    assert row.flag == "--max-body"
    assert row.variable == "SQS_EMULATOR_MAX_BODY"
    assert row.type is int
    assert row.default == Config().max_body
    assert all(setting.help.endswith(".") for setting in SETTINGS)


def test_every_limit_has_a_variable_of_its_own() -> None:
    assert set(LIMITS) == set(msgspec.structs.asdict(RELAXED))
    assert LIMITS["in_flight"].variable == "SQS_EMULATOR_LIMIT_IN_FLIGHT"
