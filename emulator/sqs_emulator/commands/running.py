"""The running emulator that a command talks to: how it is chosen, and what is said if it does not answer."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable
from typing import Any, Final

import click

from sqs_emulator.core.identifiers import ACCOUNT_ID, DEFAULT_ACCOUNT

DEFAULT_URL: Final = "http://localhost:9324"
URL_VARIABLE: Final = "SQS_EMULATOR_URL"
KEY_VARIABLE: Final = "AWS_ACCESS_KEY_ID"

Command = Callable[..., None]


class CommandRefused(click.ClickException):
    """The emulator refused it; says why."""


class Running:
    """The pages of a running emulator, for one account. If nothing answers, a command says so in one line."""

    def __init__(self, url: str, account: str) -> None:
        from sqs_emulator.testing import AccountClient  # http and ssl take long to import, and --help needs neither

        try:
            client = AccountClient(url, account)
        except ValueError as error:
            raise click.ClickException(str(error)) from None
        self.account = account
        self.url = client.url
        self._control = client.control
        self.close = client.close

    def get(self, page: str, patience: float = 60.0, /, **query: Any) -> Any:
        return self._ask(lambda: self._control.get(page, patience, **query))

    def post(self, page: str, body: dict[str, Any] | None = None, /, **query: Any) -> Any:
        return self._ask(lambda: self._control.post(page, body, **query))

    def delete(self, page: str) -> Any:
        return self._ask(lambda: self._control.delete(page))

    def _ask(self, question: Callable[[], Any]) -> Any:
        from http.client import HTTPException

        from sqs_emulator.testing import EmulatorError
        from sqs_emulator.testing.address import told

        try:
            return question()
        except EmulatorError as error:
            raise CommandRefused(str(error)) from None
        except OSError as error:
            raise click.ClickException(
                f"{told(self.url, error)} Start one with `sqs-emulator serve`, or say with --url or {URL_VARIABLE} "
                "where it is."
            ) from None
        except (HTTPException, ValueError) as error:
            raise click.ClickException(told(self.url, error)) from None


class Chosen:
    """What was chosen by options, wherever they stand: `clock --url X freeze`, `clock freeze --url X`."""

    url: str | None = None
    account: str | None = None
    as_json: bool = False

    def running(self) -> Running:
        return Running(self.url or os.environ.get(URL_VARIABLE) or DEFAULT_URL, self.account or _own_account())


def _own_account() -> str:
    """Return the account that this shell's other clients use."""
    key = os.environ.get(KEY_VARIABLE, "")
    return key if ACCOUNT_ID.fullmatch(key) else DEFAULT_ACCOUNT


def _keep(context: click.Context, option: click.Parameter, value: str | bool | None) -> None:
    if value:
        setattr(context.ensure_object(Chosen), str(option.name), value)


in_region: Final = click.option(
    "--region", help="The queue's region, if the account has a queue of that name in several."
)


def with_emulator(command: Command) -> Command:
    """Give a command the options that choose emulator, account and form; it is called with a Running and `as_json`."""

    @click.option(
        "--url",
        metavar="URL",
        help=f"Where the emulator is.  [env var: {URL_VARIABLE}; default: {DEFAULT_URL}]",
        expose_value=False,
        callback=_keep,
    )
    @click.option(
        "--account",
        metavar="NUMBER",
        help=f"The account, 12 digits.  [env var: {KEY_VARIABLE}, if it is 12 digits; default: {DEFAULT_ACCOUNT}]",
        expose_value=False,
        callback=_keep,
    )
    @click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.", expose_value=False, callback=_keep)
    @click.pass_context
    @functools.wraps(command)
    def run(context: click.Context, /, *arguments: Any, **options: Any) -> None:
        chosen = context.ensure_object(Chosen)
        with contextlib.closing(chosen.running()) as running:
            command(running, *arguments, as_json=chosen.as_json, **options)

    return run
