"""The dispatcher: handlers called directly, or through the layers that are there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sqs_emulator.contract.action import Action, Request
from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.contract.sqs.queues import ListQueuesRequest, ListQueuesResult, TagQueueRequest
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.core.errors import MissingParameter
from sqs_emulator.services.call import Call
from sqs_emulator.services.dispatch import Dispatcher, Handler, Layer, Order
from sqs_emulator.services.pending import Outcome

LIST, TAG = ACTIONS["ListQueues"], ACTIONS["TagQueue"]


def list_queues(call: Call, request: ListQueuesRequest) -> ListQueuesResult:
    return ListQueuesResult(queue_urls=[request.queue_name_prefix or ""])


def tag_queue(call: Call, request: TagQueueRequest) -> None:
    return None


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher({LIST: list_queues, TAG: tag_queue})


def a_call() -> Call:
    return Call(Broker(SystemClock()), "000000000000", "us-east-1", None, None, lambda _request: "")


def adding(letter: str) -> Layer:
    """Return a layer that adds a letter to what is asked for, on the way in."""

    def layer(action: Action, call: Call, request: ListQueuesRequest, proceed: Handler) -> Outcome:
        assert action is LIST
        return proceed(call, ListQueuesRequest(queue_name_prefix=(request.queue_name_prefix or "") + letter))

    return layer


def asked(dispatcher: Dispatcher) -> str:
    outcome = dispatcher.answers[LIST](a_call(), ListQueuesRequest())
    assert isinstance(outcome, ListQueuesResult)
    assert outcome.queue_urls is not None
    return outcome.queue_urls[0]


def test_without_layers_the_handler_itself_is_called(dispatcher: Dispatcher) -> None:
    assert dispatcher.answers[LIST] is list_queues


def test_the_layers_that_are_there_stand_around_the_handler(dispatcher: Dispatcher) -> None:
    first, second = adding("1"), adding("2")

    dispatcher.add(first, Order.FAULTS)
    dispatcher.add(second, Order.FAULTS)
    with_both = asked(dispatcher)
    dispatcher.remove(first)
    with_one = asked(dispatcher)
    dispatcher.remove(second)

    assert (with_both, with_one) == ("12", "2")
    assert dispatcher.answers[LIST] is list_queues


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["outer first", "inner first"])
def test_their_order_counts_and_not_who_came_first(dispatcher: Dispatcher, order: tuple[int, int]) -> None:
    layers: list[tuple[Layer, Order]] = [(adding("o"), min(Order)), (adding("i"), max(Order))]

    for number in order:
        dispatcher.add(*layers[number])

    assert asked(dispatcher) == "oi"


def test_a_layer_that_is_not_there_can_be_removed(dispatcher: Dispatcher) -> None:
    dispatcher.remove(adding("1"))

    assert dispatcher.layers == []


def test_a_layer_may_answer_by_itself(dispatcher: Dispatcher) -> None:
    dispatcher.add(lambda *_: ListQueuesResult(queue_urls=["from the layer"]), Order.FAULTS)

    assert asked(dispatcher) == "from the layer"


def test_a_layer_sees_a_request_that_the_handler_never_would(dispatcher: Dispatcher) -> None:
    seen: list[Request] = []

    def layer(_action: Action, call: Call, request: Request, proceed: Handler) -> Outcome:
        seen.append(request)
        return proceed(call, request)

    dispatcher.add(layer, Order.FAULTS)
    bad = TagQueueRequest(queue_url="q")
    answer: Callable[[Call, TagQueueRequest], Outcome] = dispatcher.answers[TAG]

    with pytest.raises(MissingParameter, match=r"parameter Tags\."):
        answer(a_call(), bad)

    assert seen == [bad]
