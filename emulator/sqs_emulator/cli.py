"""The command line: `serve`, `check` and `config`, whose flags come from the table of `config/settings.py`.

The commands for a running emulator are in `commands/`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click

from sqs_emulator import __version__
from sqs_emulator.config import SETTINGS, Config, ConfigError, Setting
from sqs_emulator.config.load import FILE_VARIABLE, Loaded, load

Command = Callable[..., None]


def _option(setting: Setting) -> Callable[[Command], Command]:
    """Make a flag, which hands its text on: file, environment and flags are read and refused in one place."""
    words: dict[str, Any] = {"help": _help(setting), "default": None}
    names = [setting.flag, setting.name]
    if setting.type is bool:
        names[0] += f"/{setting.off_flag}"
    elif setting.type in (int, str):
        words["metavar"] = "INTEGER" if setting.type is int else "TEXT"
    else:
        words.update(multiple=True, metavar="NAME=INTEGER" if setting.name == "limit" else "TEXT")
        words["help"] += " May be given more than once."
    return click.option(*names, **words)


def _help(setting: Setting) -> str:
    default = "" if setting.type is bool or setting.default in (None, ()) else f"; default: {setting.default}"
    return f"{setting.help}  [env var: {setting.variable}{default}]"


def _with_settings(command: Command) -> Command:
    for setting in reversed(SETTINGS):
        command = _option(setting)(command)
    file = f"TOML file with settings, queues and more; see docs/configuration.md.  [env var: {FILE_VARIABLE}]"
    return click.option("--config", "file", metavar="FILE", help=file)(command)


def _load(file: str | None, flags: dict[str, Any] | None = None) -> Loaded:
    try:
        return load(file, flags=flags)
    except ConfigError as error:
        raise click.ClickException(str(error)) from None


class _Commands(click.Group):
    """The commands below, and those for a running emulator, which are imported when one of them is asked for."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return super().get_command(ctx, cmd_name) or _for_running().get(cmd_name)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*super().list_commands(ctx), *_for_running()]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        for heading, commands in (("Commands", self.commands), ("Commands for a running emulator", _for_running())):
            with formatter.section(heading):
                formatter.write_dl([(name, command.get_short_help_str(80)) for name, command in commands.items()])


def _for_running() -> Mapping[str, click.Command]:
    from sqs_emulator.commands import COMMANDS  # `serve` starts without them

    return COMMANDS


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sqs-emulator")
def main() -> None:
    """A local Amazon SQS for development and tests."""


@main.command()
@_with_settings
def serve(file: str | None, **flags: Any) -> None:
    """Serve until SIGINT or SIGTERM."""
    loaded = _load(file, flags)
    from sqs_emulator.emulator import Emulator  # after the settings are known to be good: it imports the server

    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stdout, level=logging.WARNING)
    logging.getLogger("sqs_emulator").setLevel(logging.INFO)
    try:
        server = Emulator(loaded.config).server()
    except ConfigError as error:
        raise click.ClickException(str(loaded.blame(error))) from None
    server.on_started = lambda: _announce(server.urls, loaded.config)
    server.run()


@main.command()
@_with_settings
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
def config(file: str | None, as_json: bool, **flags: Any) -> None:
    """Print every setting in force, and where it comes from."""
    from sqs_emulator.config import report

    loaded = _load(file, flags)
    click.echo(report.as_json(loaded) if as_json else report.as_table(loaded))


@main.command()
@click.argument("file")
def check(file: str) -> None:
    """Say whether FILE is a good configuration, and what it creates. The environment counts, as for `serve`."""
    from sqs_emulator.provisioning import plan

    loaded = _load(file)
    try:
        created = plan(loaded.config)
        _check_certificate(loaded.config)
    except ConfigError as error:
        raise click.ClickException(str(loaded.blame(error))) from None
    click.echo(f"{file} is good.")
    if created:
        from sqs_emulator.config.report import table

        click.echo(table(created))


def _check_certificate(config: Config) -> None:
    if config.tls_cert is None:
        return
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(config.tls_cert, config.tls_key)
    except OSError as error:  # ssl.SSLError is one
        files = f"tls_cert {config.tls_cert} and tls_key {config.tls_key}"
        raise ConfigError(f"cannot serve https with {files}: {error.strerror or error}.", setting="tls_cert") from None


def _announce(urls: list[str], config: Config) -> None:
    port = urls[0].rpartition(":")[2]
    options = "   (and broker_transport_options = {'is_secure': True})" if config.tls_cert else ""
    click.echo(f"sqs-emulator {__version__} listens on {' and '.join(urls)}")
    click.echo(f"Celery: broker_url = 'sqs://test:test@localhost:{port}//'{options}")
