"""One queue, created by the calls that a client would make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqs_emulator.config.errors import ConfigError
from sqs_emulator.contract.sqs.queues import CreateQueueRequest, SetQueueAttributesRequest
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.errors import SqsError
from sqs_emulator.services.call import Call
from sqs_emulator.services.sqs import queues


class Place(NamedTuple):
    """Where a queue is."""

    account: str
    region: str
    name: str


def create(broker: Broker, place: Place, attributes: Mapping[str, str], tags: Mapping[str, str]) -> None:
    """Create a queue, or see that the one that is there has these attributes; raises SqsError."""
    queues.create_queue(_call(broker, place), CreateQueueRequest(place.name, dict(attributes), dict(tags)))


def set_attributes(broker: Broker, place: Place, attributes: Mapping[str, str]) -> None:
    queues.set_queue_attributes(_call(broker, place), SetQueueAttributesRequest(place.name, dict(attributes)))


def _call(broker: Broker, place: Place) -> Call:
    return Call(broker, place.account, place.region, None, None, lambda _request: "")


@contextmanager
def blaming(place: str, setting: str) -> Iterator[None]:
    """Say of an error whose it is."""
    try:
        yield
    except SqsError as error:
        raise ConfigError(f"{place}: {error.message}", setting=setting) from None
    except ConfigError as error:
        raise ConfigError(f"{place}: {error}", setting=setting) from None
