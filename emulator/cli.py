"""The command line: `sqs-emulator serve`. Flags and variables come from the table of `config.py`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any

import click

from emulator import __version__
from emulator.config import SETTINGS, Config, ConfigError, Setting


def _option(setting: Setting) -> Callable[[Callable[..., None]], Callable[..., None]]:
    words: dict[str, Any] = {"help": setting.help, "envvar": setting.variable, "show_envvar": True}
    if setting.type is bool:
        words.update(is_flag=True, default=False)
    elif setting.type is tuple:
        words.update(multiple=True)
        words["help"] += " May be given more than once."
    else:
        words.update(type=setting.type, default=setting.default, show_default=setting.default is not None)
    return click.option(setting.flag, setting.name, **words)


def _with_settings(command: Callable[..., None]) -> Callable[..., None]:
    for setting in reversed(SETTINGS):
        command = _option(setting)(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="sqs-emulator")
def main() -> None:
    """A local Amazon SQS for development and tests."""


@main.command()
@_with_settings
def serve(**settings: Any) -> None:
    """Serve until SIGINT or SIGTERM."""
    from emulator.emulator import Emulator  # after the flags are known to be good: it imports the server

    logging.basicConfig(format="%(asctime)s %(message)s", stream=sys.stdout, level=logging.WARNING)
    logging.getLogger("emulator").setLevel(logging.INFO)
    try:
        config = Config(**settings)
        server = Emulator(config).server()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
    server.on_started = lambda: _announce(server.urls, config)
    server.run()


def _announce(urls: list[str], config: Config) -> None:
    port = urls[0].rpartition(":")[2]
    options = "   (and broker_transport_options = {'is_secure': True})" if config.tls_cert else ""
    click.echo(f"sqs-emulator {__version__} listens on {' and '.join(urls)}")
    click.echo(f"Celery: broker_url = 'sqs://test:test@localhost:{port}//'{options}")
