"""The contract against botocore's description of SQS: the same actions, members and errors by the same names."""

from __future__ import annotations

import inspect
import typing
from typing import Any, Final

import botocore.session
import msgspec
import pytest

from sqs_emulator.contract.action import Action
from sqs_emulator.contract.sqs import ACTIONS, SQS
from sqs_emulator.contract.sqs.errors import WIRE_ERRORS
from sqs_emulator.core import errors
from sqs_emulator.core.errors import SqsError
from sqs_emulator.services.sqs.handlers import HANDLERS

MODEL: Final[dict[str, Any]] = botocore.session.get_session().get_service_model("sqs")._service_description
SHAPES: Final[dict[str, Any]] = MODEL["shapes"]
by_name: Final = pytest.mark.parametrize("action", ACTIONS.values(), ids=ACTIONS.keys())


def members_of(shape: str | None) -> set[str]:
    return set(SHAPES[shape]["members"]) if shape else set()


def input_of(action: Action) -> str | None:
    shape: str | None = MODEL["operations"][action.name].get("input", {}).get("shape")
    return shape


def output_of(action: Action) -> str | None:
    shape: str | None = MODEL["operations"][action.name].get("output", {}).get("shape")
    return shape


def wire_names(struct: type[msgspec.Struct]) -> set[str]:
    return {field.encode_name for field in msgspec.structs.fields(struct)}


def test_every_operation_of_botocores_is_there() -> None:
    assert ACTIONS.keys() == MODEL["operations"].keys()


def test_every_action_has_a_handler_and_every_handler_an_action() -> None:
    assert set(ACTIONS.values()) == HANDLERS.keys()


def test_every_action_names_its_service() -> None:
    assert {action.service for action in ACTIONS.values()} == {SQS.name}


def test_the_version_is_botocores() -> None:
    assert MODEL["metadata"]["apiVersion"] == SQS.version
    assert f"http://queue.amazonaws.com/doc/{SQS.version}/" == SQS.namespace
    assert MODEL["metadata"]["targetPrefix"] + "." == SQS.target_prefix
    assert MODEL["metadata"]["endpointPrefix"] == SQS.name


@by_name
def test_a_request_has_the_members_that_botocore_sends(action: Action) -> None:
    assert wire_names(action.request) == members_of(input_of(action))


@by_name
def test_a_result_has_the_members_that_botocore_reads(action: Action) -> None:
    assert (action.result is None) == (output_of(action) is None)
    assert (wire_names(action.result) if action.result else set()) == members_of(output_of(action))


def struct_of(annotation: object) -> type[msgspec.Struct] | None:
    """Return the struct somewhere in a type, as of the items of a list."""
    if inspect.isclass(annotation) and issubclass(annotation, msgspec.Struct):
        return annotation
    inner = (struct_of(argument) for argument in typing.get_args(annotation))
    return next((struct for struct in inner if struct is not None), None)


def shape_inside(shape: str) -> str | None:
    """Return the structure that a list or map of botocore's holds."""
    described = SHAPES[shape]
    inner = described.get("member") or described.get("value")
    if inner is None:
        return None
    return inner["shape"] if SHAPES[inner["shape"]]["type"] == "structure" else shape_inside(inner["shape"])


@by_name
@pytest.mark.parametrize("side", ["request", "result"])
def test_the_structures_inside_have_botocores_members_too(action: Action, side: str) -> None:
    struct = action.request if side == "request" else action.result
    shape = input_of(action) if side == "request" else output_of(action)
    if struct is None or shape is None:
        return

    for field in msgspec.structs.fields(struct):
        inner_shape = shape_inside(SHAPES[shape]["members"][field.encode_name]["shape"])
        inner = struct_of(field.type)
        assert (inner is None) == (inner_shape is None), field.encode_name
        if inner is not None:
            assert wire_names(inner) == members_of(inner_shape), field.encode_name


@by_name
def test_what_botocore_requires_is_asked_for(action: Action) -> None:
    names = {field.name: field.encode_name for field in msgspec.structs.fields(action.request)}
    required = {names[name] for name in action.required}
    # Checked by the handlers: the queue's URL where the queue is looked up; MessageBody may not be empty either, and an
    # absent list of entries is an empty batch.
    checked_elsewhere = {"QueueUrl", "MessageBody", "Entries"}

    shape = input_of(action)
    needed = set(SHAPES[shape].get("required", ())) if shape else set()

    assert required == needed - checked_elsewhere


# What the owner of a queue cannot grant, by the Developer Guide's "Amazon SQS API permissions".
OWNER_ONLY: Final = {
    "AddPermission", "CancelMessageMoveTask", "CreateQueue", "DeleteQueue", "ListMessageMoveTasks", "ListQueueTags",
    "ListQueues", "RemovePermission", "SetQueueAttributes", "StartMessageMoveTask", "TagQueue", "UntagQueue",
}  # fmt: skip


def test_an_action_is_granted_left_to_the_owner_or_a_batch_of_one_that_is_granted() -> None:
    batches = {action.name: action.batch_of for action in ACTIONS.values() if action.batch_of is not None}

    assert {action.name for action in ACTIONS.values() if action.owner_only} == OWNER_ONLY
    assert batches.keys() == {name for name in MODEL["operations"] if name.endswith("Batch")}
    for name, single in batches.items():
        assert name == f"{single}Batch"
        assert not ACTIONS[name].owner_only
        assert not ACTIONS[single].owner_only


def test_tags_are_lower_case_in_create_queue_only() -> None:
    assert "tags" in wire_names(ACTIONS["CreateQueue"].request)
    assert "Tags" in wire_names(ACTIONS["TagQueue"].request)


ERROR_CLASSES: Final = [
    value
    for value in vars(errors).values()
    if inspect.isclass(value) and issubclass(value, SqsError) and value is not SqsError
]


@pytest.mark.parametrize("error", ERROR_CLASSES, ids=lambda error: error.__name__)
def test_every_error_of_the_core_has_its_row(error: type[SqsError]) -> None:
    assert any(shape in WIRE_ERRORS for shape in error.__mro__)


ROWS: Final = {row.json.partition("#")[2]: row for row in WIRE_ERRORS.values()}
SIMPLE: Final = "AWS.SimpleQueueService."
# The JSON shape, its Query code and its status, from AWS's Smithy model: botocore's has lost the last two.
MODELLED: Final = {
    "BatchEntryIdsNotDistinct": (f"{SIMPLE}BatchEntryIdsNotDistinct", 400),
    "BatchRequestTooLong": (f"{SIMPLE}BatchRequestTooLong", 400),
    "EmptyBatchRequest": (f"{SIMPLE}EmptyBatchRequest", 400),
    "InvalidBatchEntryId": (f"{SIMPLE}InvalidBatchEntryId", 400),
    "TooManyEntriesInBatchRequest": (f"{SIMPLE}TooManyEntriesInBatchRequest", 400),
    "PurgeQueueInProgress": (f"{SIMPLE}PurgeQueueInProgress", 403),
    "QueueDeletedRecently": (f"{SIMPLE}QueueDeletedRecently", 400),
    "QueueDoesNotExist": (f"{SIMPLE}NonExistentQueue", 400),
    "QueueNameExists": ("QueueAlreadyExists", 400),
    "UnsupportedOperation": (f"{SIMPLE}UnsupportedOperation", 400),
    "OverLimit": ("OverLimit", 403),
    "ReceiptHandleIsInvalid": ("ReceiptHandleIsInvalid", 404),
    "InvalidAttributeName": ("InvalidAttributeName", 400),
    "InvalidAttributeValue": ("InvalidAttributeValue", 400),
    "InvalidMessageContents": ("InvalidMessageContents", 400),
}
# What no service of AWS models, in the namespace of its framework.
CORAL: Final = {
    "InvalidParameterValueException": ("InvalidParameterValue", 400),
    "MissingRequiredParameterException": ("MissingParameter", 400),
    "AccessDeniedException": ("AccessDenied", 403),
    "SerializationException": ("SerializationException", 400),
}


@pytest.mark.parametrize("shape", MODELLED)
def test_a_modelled_error_has_aws_names_and_status(shape: str) -> None:
    row = ROWS[shape]

    assert SHAPES[shape]["exception"] is True
    assert row.json == f"com.amazonaws.sqs#{shape}"
    assert (row.query, row.status) == MODELLED[shape]
    assert row.fault == "Sender"


@pytest.mark.parametrize("shape", CORAL)
def test_an_unmodelled_error_is_in_the_frameworks_namespace(shape: str) -> None:
    row = ROWS[shape]

    assert shape not in SHAPES
    assert row.json == f"com.amazon.coral.service#{shape}"
    assert (row.query, row.status) == CORAL[shape]


def test_every_row_is_in_one_of_the_two_namespaces() -> None:
    for row in WIRE_ERRORS.values():
        namespace, _, shape = row.json.partition("#")
        assert namespace in ("com.amazonaws.sqs", "com.amazon.coral.service")
        assert (namespace == "com.amazonaws.sqs") == (shape in SHAPES or shape == "InternalError")
        assert row.fault == ("Sender" if row.status < 500 else "Receiver")


def test_an_error_without_a_row_of_its_own_takes_its_parents() -> None:
    class Special(errors.InvalidParameterValue):
        pass

    assert SQS.wire_error(Special) is WIRE_ERRORS[errors.InvalidParameterValue]
