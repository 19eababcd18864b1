"""Where settings come from: which source wins, and what each says when it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from sqs_emulator import Config, ConfigError
from sqs_emulator.config.load import Loaded, Source, load
from tests.config.conftest import WriteFile


def loaded(file: str | None = None, variables: dict[str, str] | None = None, **flags: Any) -> Loaded:
    return load(file, environment=variables or {}, flags=flags)


def test_without_any_source_the_defaults_are_in_force() -> None:
    found = loaded()

    assert found.config == Config()
    assert found.sources == {}
    assert found.source("port") == Source("default")


# Which source wins.


def test_a_later_source_wins_and_each_setting_by_itself(write: WriteFile) -> None:
    file = write('host = "::1"\nport = 1\nregion = "eu-west-1"\nkeep_alive = 60\n')
    variables = {"SQS_EMULATOR_PORT": "2", "SQS_EMULATOR_REGION": "eu-west-2"}

    found = loaded(file, variables, region="eu-west-3")

    assert found.config == Config(host="::1", port=2, region="eu-west-3", keep_alive=60)
    assert found.sources == {
        "host": Source("file", file),
        "port": Source("environment", "SQS_EMULATOR_PORT"),
        "region": Source("flag", "--region"),
        "keep_alive": Source("file", file),
    }


@pytest.mark.parametrize(
    ("file", "variables", "flags", "expected"),
    [
        ("access_log = true", {}, {"access_log": False}, False),
        ("access_log = true", {"SQS_EMULATOR_ACCESS_LOG": "off"}, {}, False),
        ("access_log = false", {"SQS_EMULATOR_ACCESS_LOG": "1"}, {}, True),
        ("", {"SQS_EMULATOR_ACCESS_LOG": "yes"}, {"access_log": False}, False),
    ],
    ids=["a flag over the file", "a variable over the file", "on over off", "a flag over a variable"],
)
def test_what_one_source_switches_on_a_later_one_switches_off(
    file: str, variables: dict[str, str], flags: dict[str, Any], expected: bool, write: WriteFile
) -> None:
    assert loaded(write(file), variables, **flags).config.access_log is expected


def test_the_environment_names_a_file_and_a_flag_another(write: WriteFile, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("port = 2")
    variables = {"SQS_EMULATOR_CONFIG": write("port = 1")}

    assert loaded(None, variables).config.port == 1
    assert loaded(str(other), variables).config.port == 2


def test_an_empty_variable_is_not_set() -> None:
    variables = {"SQS_EMULATOR_PORT": "", "SQS_EMULATOR_CONFIG": "", "SQS_EMULATOR_LIMIT_TAGS": ""}

    assert loaded(None, variables).config == Config()


def test_lists_come_as_lists_as_words_and_as_many_flags(write: WriteFile) -> None:
    from_file = loaded(write('allowed_origins = ["http://a.test", "http://b.test"]'))
    from_variable = loaded(None, {"SQS_EMULATOR_ALLOWED_ORIGINS": "http://a.test  http://b.test"})
    from_flags = loaded(None, allowed_origins=("http://a.test", "http://b.test"))

    assert from_file.config == from_variable.config == from_flags.config
    assert from_file.config.allowed_origins == ("http://a.test", "http://b.test")


def test_certificates_are_named_from_where_the_file_is(write: WriteFile, tmp_path: Path) -> None:
    config = loaded(write('tls_cert = "cert.pem"\ntls_key = "/keys/key.pem"')).config

    assert config.tls_cert == str(tmp_path / "cert.pem")
    assert config.tls_key == "/keys/key.pem"


# Limits, one by one.


def test_limits_come_one_by_one_from_every_source(write: WriteFile) -> None:
    file = write('[limits]\nset = "strict"\nin_flight = 1\ntags = 1\nbatch_entries = 1')
    variables = {"SQS_EMULATOR_LIMIT_TAGS": "2", "SQS_EMULATOR_LIMIT_BATCH_ENTRIES": "2"}

    found = loaded(file, variables, limit=("batch_entries=3", "wait_seconds=0"))

    assert found.config.limits == "strict"
    assert found.config.limit == {"in_flight": 1, "tags": 2, "batch_entries": 3, "wait_seconds": 0}
    assert found.source("limits") == Source("file", file)
    assert found.source("limits.tags") == Source("environment", "SQS_EMULATOR_LIMIT_TAGS")
    assert found.source("limits.wait_seconds") == Source("flag", "--limit wait_seconds")


def test_the_set_alone_needs_no_table(write: WriteFile) -> None:
    assert loaded(write('limits = "strict"')).config == Config(limits="strict")


def test_another_set_leaves_the_limits_that_were_set_one_by_one(write: WriteFile) -> None:
    config = loaded(write("limits.in_flight = 5"), {"SQS_EMULATOR_LIMITS": "strict"}).config

    assert (config.limit_set.in_flight, config.limit_set.purge_window_ms) == (5, 60_000)


def test_the_last_flag_for_a_limit_counts() -> None:
    assert loaded(None, limit=("tags=1", "tags=2")).config.limit == {"tags": 2}


# What cannot be. Each says where it was set, what, and what is allowed.

BAD_FILES: Final = {
    "no TOML": ("port 80", "is not TOML: Expected '=' after a key in a key/value pair (at line 1, column 6)."),
    "a key twice": ("port = 1\nport = 2", "is not TOML: Cannot overwrite a value"),
    "an unknown key": ("nonsense = 1", "there is no setting 'nonsense'. Allowed are: host, port,"),
    "a near miss": ("keep-alive = 1", "there is no setting 'keep-alive'. Did you mean keep_alive? Allowed are: "),
    "a number that is a text": ('port = "80"', "port is '80'; allowed is a whole number."),
    "a number that is true": ("port = true", "port is true; allowed is a whole number."),
    "a number out of range": ("port = 70_000", "port is 70000; allowed is 0 to 65535."),
    "a switch that is a number": ("access_log = 1", "access_log is 1; allowed is true or false."),
    "a text that is a number": ("region = 1", "region is 1; allowed is a text."),
    "a list that is a text": ('allowed_origins = "a"', "allowed_origins is 'a'; allowed is a list of texts."),
    "a list of numbers": ("allowed_origins = [1]", "allowed_origins is [1]; allowed is a list of texts."),
    "a set of limits that is none": ('limits = "lax"', "limits is 'lax'; allowed is relaxed or strict."),
    "limits that are a number": ("limits = 5", "limits is 5; allowed is a text."),
    "a limit that is none": ("limits.tag = 5", "there is no setting 'limits.tag'. Did you mean limits.tags? Allowed"),
    "a limit that is a text": ('limits.tags = "5"', "limits.tags is '5'; allowed is a whole number."),
    "a limit out of range": ("limits.tags = 0", "limits.tags is 0; allowed is a whole number, 1 or more."),
    "the flag's name": ("limit.tags = 5", "there is no setting 'limit'. Did you mean limits?"),
    "half of TLS": ('tls_cert = "a"', "tls_cert and tls_key go together: tls_cert is set, tls_key is not."),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_file_that_cannot_be_is_refused_with_its_name(text: str, message: str, write: WriteFile) -> None:
    file = write(text)

    with pytest.raises(ConfigError) as caught:
        loaded(file)

    assert str(caught.value).startswith(f"{file}: {message}")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.toml")

    with pytest.raises(ConfigError, match=r"missing\.toml: cannot be read: No such file or directory\.$"):
        loaded(missing)


def test_a_file_of_other_bytes_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigError, match=r"binary\.toml: is not TOML: "):
        loaded(str(binary))


def test_a_bad_value_that_a_later_source_replaces_is_refused_all_the_same(write: WriteFile) -> None:
    with pytest.raises(ConfigError, match=r"emulator\.toml: port is 'many'"):
        loaded(write('port = "many"'), {"SQS_EMULATOR_PORT": "1"})


def test_the_source_that_won_is_the_one_to_blame(write: WriteFile) -> None:
    with pytest.raises(ConfigError, match=r"^SQS_EMULATOR_PORT: port is 70000; allowed is 0 to 65535\.$"):
        loaded(write("port = 80"), {"SQS_EMULATOR_PORT": "70000"})


@pytest.mark.parametrize(
    "variable",
    [
        "SQS_EMULATOR_SERVICE_HOST",
        "SQS_EMULATOR_SERVICE_PORT",
        "SQS_EMULATOR_PORT_9324_TCP",
        "SQS_EMULATOR_PORT_9324_TCP_ADDR",
        "SQS_EMULATOR_URL",
    ],
)
def test_variables_that_others_make_are_left_alone(variable: str) -> None:
    """Kubernetes makes such for a service by the name of sqs-emulator; the pytest plugin has the last."""
    assert loaded(None, {variable: "tcp://10.0.0.1:9324"}).config == Config()


@pytest.mark.parametrize(
    ("variable", "meant"),
    [
        ("SQS_EMULATOR_PROT", "SQS_EMULATOR_PORT"),
        ("SQS_EMULATOR_KEEPALIVE", "SQS_EMULATOR_KEEP_ALIVE"),
        ("SQS_EMULATOR_LIMITSET", "SQS_EMULATOR_LIMITS"),
        ("SQS_EMULATOR_CONFIG_", "SQS_EMULATOR_CONFIG"),
    ],
)
def test_a_variable_that_is_nearly_one_of_ours_is_refused(variable: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=f"^there is no variable {variable}. Did you mean {meant}[?]$"):
        loaded(None, {variable: "1"})
