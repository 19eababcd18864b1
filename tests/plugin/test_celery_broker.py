"""An application of Celery's that is led to one account after the other, in one process."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.client import BaseClient
from celery import Celery, shared_task

from sqs_emulator import Config, Emulator
from sqs_emulator.testing import AccountClient, CeleryBroker

# mypy: disallow-untyped-decorators=False


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.fixture
def account(emulator: Emulator) -> Iterator[AccountClient]:
    with emulator.new_account() as account:
        yield account


@pytest.fixture
def app() -> Iterator[Any]:
    with Celery("shop", broker="sqs://", set_as_current=False) as app:
        app.conf.update(task_default_queue="jobs", broker_transport_options={"visibility_timeout": 1800})
        yield app


def send(app: Any) -> None:
    app.send_task("shop.pack", args=[7])


def test_each_test_sends_to_its_own_account(emulator: Emulator, app: Any) -> None:
    for _ in range(2):
        with emulator.new_account() as account:
            with CeleryBroker(account).serve(app):
                send(app)

            assert len(account.messages.peek("jobs")) == 1


def test_an_application_that_was_connected_before_is_led_away(emulator: Emulator, app: Any) -> None:
    with emulator.new_account() as before, emulator.new_account() as account:
        app.conf.update(CeleryBroker(before).config)
        send(app)
        with CeleryBroker(account).serve(app):
            send(app)
            assert len(account.messages.peek("jobs")) == 1
        send(app)
        assert len(before.messages.peek("jobs")) == 2, "it is led back afterwards"


@pytest.mark.parametrize("name", ["CELERY_BROKER_URL", "CELERY_BROKER_WRITE_URL"])
def test_the_environments_broker_does_not_count(
    account: AccountClient, app: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    elsewhere = "sqs://somebody:else@127.0.0.1:1//"
    monkeypatch.setenv(name, elsewhere)

    with CeleryBroker(account).serve(app):
        send(app)

    assert len(account.messages.peek("jobs")) == 1
    assert app.conf.broker_write_url == elsewhere


def test_an_applications_own_two_urls_do_not_count(account: AccountClient, app: Any) -> None:
    elsewhere = "sqs://somebody:else@127.0.0.1:1//"
    app.conf.update(broker_read_url=elsewhere, broker_write_url=elsewhere)

    with CeleryBroker(account).serve(app):
        assert app.conf.broker_read_url == app.conf.broker_write_url == account.broker_url
        assert app.conf.broker_transport_options["visibility_timeout"] == 1800

    assert app.conf.broker_read_url == app.conf.broker_write_url == elsewhere
    assert app.conf.broker_transport_options == {"visibility_timeout": 1800}


def test_a_shared_task_of_a_later_test_belongs_to_the_application(account: AccountClient, app: Any) -> None:
    app.finalize()
    with CeleryBroker(account).serve(app):
        pass

    @shared_task(name="shop.label")
    def label() -> None: ...

    assert "shop.label" in app.tasks


def test_no_connection_of_a_test_is_kept(app: Any) -> None:
    with Emulator(Config(port=0)) as emulator:
        for _ in range(3):
            with emulator.new_account() as account, CeleryBroker(account).serve(app):
                send(app)

        gc.collect()
        clients = [found for found in gc.get_objects() if isinstance(found, BaseClient)]
        assert [client for client in clients if client.meta.endpoint_url == emulator.url] == []
