"""Error tables of sqs-api, sections 4 and 5.11 to 5.15: sending, receiving, deleting, changing visibility."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sqs_emulator.core.limits import Limits
from tests.spec.catalogue import Error, bad_parameter, bad_value, missing, unknown_attribute
from tests.spec.rows import ONLY_JSON, EntryRow, Row, Sections
from tests.spec.scene import DEAD, FIFO, STANDARD, Given, call

MAX_BYTES: Final = 1_048_576
NOT_FOR_THIS_QUEUE: Final = "The request include parameter that is not valid for this queue type."
IDENTIFIER: Final = "{} can only include alphanumeric and punctuation characters. 1 to 128 in length."
TIMEOUT: Final = "Must be >= 0 and <= 43200, if provided."
TOTAL: Final = "Total VisibilityTimeout for the message is beyond the limit [43200 seconds]"
NOT_CHANGEABLE: Final = "Message does not exist or is not available for visibility timeout change."
BAD_TEXT: Final = (
    "Invalid characters found. Valid unicode characters are "
    "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
)
NO_DEDUPLICATION: Final = (
    "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly"
)

SEND: Final = {"QueueUrl": STANDARD, "MessageBody": "x"}
SEND_FIFO: Final = {"QueueUrl": FIFO, "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "new"}
RECEIVE: Final = {"QueueUrl": STANDARD}
CHANGE: Final = {"QueueUrl": STANDARD, "ReceiptHandle": "<handle>"}


# 4. Shared parameters.


def numbers() -> Iterator[Row]:
    rows: list[tuple[str, Mapping[str, object], str, tuple[int, ...], str]] = [
        ("ReceiveMessage", RECEIVE, "MaxNumberOfMessages", (-1, 0, 11), "Must be between 1 and 10, if provided."),
        ("ReceiveMessage", RECEIVE, "WaitTimeSeconds", (-1, 21), "Must be >= 0 and <= 20, if provided."),
        ("ReceiveMessage", RECEIVE, "VisibilityTimeout", (-1, 43_201), TIMEOUT),
        ("ChangeMessageVisibility", CHANGE, "VisibilityTimeout", (-1, 43_201), TIMEOUT),
        ("SendMessage", SEND, "DelaySeconds", (-1, 901), "DelaySeconds must be >= 0 and <= 900."),
        ("SendMessage", SEND_FIFO, "DelaySeconds", (1, 900), NOT_FOR_THIS_QUEUE),
    ]  # fmt: skip
    for action, members, parameter, values, reason in rows:
        for value in values:
            queue = "FIFO, " if members is SEND_FIFO else ""
            error = bad_parameter(value, parameter, reason)
            yield Row(f"{queue}{parameter} {value}", action, {**members, parameter: value}, error)
    given = (call("SetQueueAttributes", QueueUrl=FIFO, Attributes={"DelaySeconds": "5"}),)
    error = bad_parameter(5, "DelaySeconds", NOT_FOR_THIS_QUEUE)
    yield Row("FIFO, DelaySeconds 5 as its queue has", "SendMessage", {**SEND_FIFO, "DelaySeconds": 5}, error, given)
    for after, value in ((1, 43_200), (2, 43_199), (29, 43_172)):
        whole = {**CHANGE, "VisibilityTimeout": value}
        error = bad_parameter(value, "VisibilityTimeout", TOTAL)
        yield Row(f"VisibilityTimeout {value} after {after} s", "ChangeMessageVisibility", whole, error, (after,))


def identifiers() -> Iterator[Row]:
    values = ("", "a" * 129, "a b", "é", "a\tb", "a\n")
    rows: list[tuple[str, Mapping[str, object], str]] = [
        ("SendMessage", SEND, "MessageGroupId"),
        ("SendMessage", SEND, "MessageDeduplicationId"),
        ("SendMessage", SEND_FIFO, "MessageGroupId"),
        ("SendMessage", SEND_FIFO, "MessageDeduplicationId"),
        ("ReceiveMessage", RECEIVE, "ReceiveRequestAttemptId"),
        ("ReceiveMessage", {"QueueUrl": FIFO}, "ReceiveRequestAttemptId"),
    ]
    for action, members, parameter in rows:
        for value in values:
            queue = "FIFO, " if members["QueueUrl"] == FIFO else ""
            error = bad_parameter(value, parameter, IDENTIFIER.format(parameter))
            yield Row(f"{queue}{parameter} {value!r}", action, {**members, parameter: value}, error)
    error = bad_parameter("a", "MessageDeduplicationId", NOT_FOR_THIS_QUEUE)
    yield Row(
        "MessageDeduplicationId on a standard queue", "SendMessage", {**SEND, "MessageDeduplicationId": "a"}, error
    )


ALL_PUNCTUATION: Final = string.punctuation  # !"#$%&'()*+,-./:;<=>?@[\]^_`{|}~


def attempts() -> Iterator[Row]:
    """A receive attempt that cannot be repeated any more."""
    first = call("ReceiveMessage", QueueUrl=FIFO, ReceiveRequestAttemptId="try")
    longer = call("ReceiveMessage", QueueUrl=FIFO, ReceiveRequestAttemptId="try", VisibilityTimeout=400)
    handle = {"QueueUrl": FIFO, "ReceiptHandle": "<handle>"}
    meanwhile: dict[str, Given] = {
        "its message was deleted": (first, call("DeleteMessage", **handle)),
        "its message's visibility was changed": (
            first,
            call("ChangeMessageVisibility", **handle, VisibilityTimeout=60),
        ),
        "its message is visible again": (first, 30),
        "its window is over": (longer, 300),
    }
    reason = "The receiveRequestAttemptId is not valid anymore since the receive call is not retryable."
    for situation, given in meanwhile.items():
        members = {"QueueUrl": FIFO, "ReceiveRequestAttemptId": "try"}
        error = bad_parameter("try", "ReceiveRequestAttemptId", reason)
        yield Row(situation, "ReceiveMessage", members, error, given)


def handles() -> Iterator[Row]:
    for action, more in (("DeleteMessage", {}), ("ChangeMessageVisibility", {"VisibilityTimeout": 0})):
        for url, queue in ((STANDARD, "standard"), (FIFO, "FIFO")):
            for handle in ("nonsense", "<&>", "AQEBzz==", "a" * 1_100, "é"):
                members = {"QueueUrl": url, "ReceiptHandle": handle, **more}
                told = f'The input receipt handle "{handle}" is not a valid receipt handle.'
                yield Row(f"{queue}, handle {handle[:10]!r}", action, members, Error("ReceiptHandleIsInvalid", told))
        foreign = {"QueueUrl": DEAD, "ReceiptHandle": "<handle>", **more}
        error = Error("ReceiptHandleIsInvalid", "The input receipt handle is invalid.")
        yield Row("a handle of another queue", action, foreign, error)


BATCHES: Final[dict[str, dict[str, object]]] = {
    "SendMessageBatch": {"MessageBody": "x"},
    "DeleteMessageBatch": {"ReceiptHandle": "<handle>"},
    "ChangeMessageVisibilityBatch": {"ReceiptHandle": "<handle>", "VisibilityTimeout": 0},
}
BATCH_ID: Final = Error(
    "InvalidBatchEntryId",
    "A batch entry id can only contain alphanumeric characters, hyphens and underscores. "
    "It can be at most 80 letters long.",
)


def batches() -> Iterator[Row]:
    for action, entry in BATCHES.items():

        def batch(*ids: str, of: Mapping[str, object] = entry) -> dict[str, object]:
            return {"QueueUrl": STANDARD, "Entries": [{"Id": entry_id, **of} for entry_id in ids]}

        nothing = Error("EmptyBatchRequest", f"There should be at least one {action}RequestEntry in the request.")
        yield Row("no entries", action, {"QueueUrl": STANDARD}, nothing)
        yield Row("an empty list", action, batch(), nothing)
        many = Error("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10. You have sent 11.")
        yield Row("11 entries", action, batch(*"abcdefghijk"), many)
        for value in ("", "a" * 81, "a.b", "a b", "é"):
            yield Row(f"Id {value!r}", action, batch("good", value), BATCH_ID)
        repeated = Error("BatchEntryIdsNotDistinct", "Id b repeated.")
        yield Row("Ids repeated", action, batch(*"abbaa"), repeated)
        yield Row("a bad Id beside repeated ones", action, batch("a", "a", "."), BATCH_ID)
        yield Row("11 entries with bad Ids", action, batch(*[""] * 11), many)


def too_long_batches() -> Iterator[Row]:
    half = "x" * (MAX_BYTES // 2)
    attribute = {"é": {"DataType": "String", "StringValue": "abc"}}  # 2 + 6 + 3 bytes
    for situation, second, total in (
        ("1 byte too long", {"MessageBody": half + "x"}, MAX_BYTES + 1),
        ("too long by its attributes", {"MessageBody": half, "MessageAttributes": attribute}, MAX_BYTES + 11),
    ):
        entries = [{"Id": "1", "MessageBody": half}, {"Id": "2", **second}]
        error = Error(
            "BatchRequestTooLong", f"Batch requests cannot be longer than 1048576 bytes. You have sent {total} bytes."
        )
        yield Row(situation, "SendMessageBatch", {"QueueUrl": STANDARD, "Entries": entries}, error)
        if "MessageAttributes" not in second:  # what is told first
            same = [{"Id": "1", "MessageBody": body} for body in (half, second["MessageBody"])]
            repeated = Error("BatchEntryIdsNotDistinct", "Id 1 repeated.")
            whole = {"QueueUrl": STANDARD, "Entries": same}
            yield Row(f"{situation}, Ids repeated", "SendMessageBatch", whole, repeated)
            without_groups = {"QueueUrl": FIFO, "Entries": entries}
            yield Row(f"FIFO, {situation}, no MessageGroupId", "SendMessageBatch", without_groups, error)


# 5.11 SendMessage.


def too_long(limit: int) -> Error:
    return bad_value(f"One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes.")


SMALL: Final = (call("SetQueueAttributes", QueueUrl=STANDARD, Attributes={"MaximumMessageSize": "1024"}),)
BAD_CHARACTERS: Final = ("\x00", "\x08", "\x0b", "\x1f", "\ufffe", "\uffff", "a\uffff\U0001f600")


def text(value: object, data_type: str = "String") -> dict[str, object]:
    return {"DataType": data_type, "StringValue": value}


def send() -> Iterator[Row]:
    def row(situation: str, error: Error, given: Given = (), **members: object) -> Row:
        whole = {name: value for name, value in {**SEND, **members}.items() if value is not None}
        return Row(situation, "SendMessage", whole, error, given)

    yield row("2. no body", missing("MessageBody"), MessageBody=None)
    yield row("2. an empty body", missing("MessageBody"), MessageBody="")
    yield row("3. 1 byte too long", too_long(MAX_BYTES), MessageBody="é" * (MAX_BYTES // 2) + "x")
    yield row("3. longer than the queue's limit", too_long(1_024), SMALL, MessageBody="x" * 1_025)
    attributes = {"é": text("abc"), "b": {"DataType": "Binary", "BinaryValue": b"123"}}  # 2+6+3 + 1+6+3 bytes
    longer = {"MessageBody": "x" * (1_025 - 21), "MessageAttributes": attributes}
    yield row("3. too long by its attributes", too_long(1_024), SMALL, **longer)
    for value in BAD_CHARACTERS:
        yield row(f"4. body {value!a}", Error("InvalidMessageContents", BAD_TEXT), MessageBody=f"a{value}")
    for name, members, error in fifo_rules():
        yield Row(f"6. FIFO, {name}", "SendMessage", members, error)


def fifo_rules() -> Iterator[tuple[str, dict[str, object], Error]]:
    def without(*names: str) -> dict[str, object]:
        return {name: value for name, value in SEND_FIFO.items() if name not in names}

    yield "no MessageGroupId", without("MessageGroupId"), missing("MessageGroupId")
    yield "no deduplication id", without("MessageDeduplicationId"), bad_value(NO_DEDUPLICATION)
    neither = without("MessageGroupId", "MessageDeduplicationId")
    yield "no MessageGroupId and no deduplication id", neither, missing("MessageGroupId")


def order_of_checks() -> Iterator[Row]:
    """Each row is wrong in two ways, of which the first in the order is told. AWS's own order is partly known."""
    long, bad, name = "x" * 1_025, "\x00", {"a b": text("x")}
    rows: list[tuple[str, dict[str, Any], Error]] = [
        ("body, then attributes", {"MessageBody": "", "MessageAttributes": name}, missing("MessageBody")),
        ("size, then characters", {"MessageBody": long + bad}, too_long(1_024)),
        ("size, then attributes", {"MessageBody": long, "MessageAttributes": name}, too_long(1_024)),
        (
            "characters, then attributes",
            {"MessageBody": bad, "MessageAttributes": name},
            Error("InvalidMessageContents", BAD_TEXT),
        ),
        ("attributes, then ids", {"MessageAttributes": name, "MessageGroupId": ""}, bad_value(NAME_CHARACTERS)),
        (
            "attributes, then system attributes",
            {"MessageAttributes": name, "MessageSystemAttributes": {"a": text("x")}},
            bad_value(NAME_CHARACTERS),
        ),
        (
            "syntax of an id, then whether the queue takes one",
            {"MessageDeduplicationId": "a b"},
            bad_parameter("a b", "MessageDeduplicationId", IDENTIFIER.format("MessageDeduplicationId")),
        ),
        (
            "ids, then the delay",
            {"MessageGroupId": "a b", "DelaySeconds": 901},
            bad_parameter("a b", "MessageGroupId", IDENTIFIER.format("MessageGroupId")),
        ),
    ]
    for situation, members, error in rows:
        yield Row(situation, "SendMessage", {**SEND, **members}, error, SMALL)


# 5.11 Message attributes.

NAME_CHARACTERS: Final = (
    "Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and "
    "underscores. "
)
RESERVED_NAME: Final = (
    "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings are reserved for internal "
    "use. Additionally, they cannot start or end with '.'."
)
NOT_A_TYPE: Final = (
    "The type of message (user) attribute 'a' is invalid. "
    "You must use only the following supported type prefixes: Binary, Number, String."
)


def non_empty(family: str) -> str:
    return f"Message (user) attribute 'a' must contain a non-empty value of type '{family}'."


def attribute_problems() -> Iterator[tuple[str, dict[str, object], str]]:
    """Yield what is wrong, the attributes, and what is said of them."""
    eleven: dict[str, object] = {f"a{number}": text("x") for number in range(11)}
    yield "11 attributes", eleven, "Number of message attributes [11] exceeds the allowed maximum [10]."
    for family in ("String", "Number", "Binary", "String.custom", "Number.int", "Binary.png"):
        empty = {"BinaryValue": ""} if family.startswith("Binary") else {"StringValue": ""}
        kind = family.partition(".")[0]
        yield f"empty value for {family}", {"a": {"DataType": family, **empty}}, non_empty(kind)
        yield f"no value for {family}", {"a": {"DataType": family}}, non_empty(kind)
    yield "a Binary value for String", {"a": {"DataType": "String", "BinaryValue": b"x"}}, non_empty("String")
    yield "a String value for Binary", {"a": {"DataType": "Binary", "StringValue": "x"}}, non_empty("Binary")
    no_type = "Message (user) attribute 'a' must contain a non-empty attribute type."
    yield "DataType empty", {"a": text("x", "")}, no_type
    yield "DataType absent", {"a": {"StringValue": "x"}}, no_type
    for data_type in ("string", "STRING", "Strings", "Boolean", "custom.String", ".String", "Number "):
        yield f"DataType {data_type!r}", {"a": text("1", data_type)}, NOT_A_TYPE
    for value in ("x", "1x", "0x10", "NaN", "Infinity", "1,5", "1 5", "1" * 39, "1e127", "1e-129"):
        no_number = "Can't cast the value of message (user) attribute 'a' to a number."
        yield f"Number {value!r}", {"a": text(value, "Number")}, no_number
    yield (
        "Number.int 'x'",
        {"a": text("x", "Number.int")},
        "Can't cast the value of message (user) attribute 'a' to a number.",
    )
    for value in BAD_CHARACTERS:
        yield f"value {value!a}", {"a": text(f"a{value}")}, BAD_TEXT
    long_name = "Message (user) attribute names must be shorter than 256 Bytes"
    yield "name of 257 bytes", {"é" * 128 + "a": text("x")}, long_name
    long_type = "Message (user) attribute types must be shorter than 256 Bytes"
    yield "type of 257 bytes", {"a": text("x", "String." + "x" * 250)}, long_type
    for name in ("a b", "a/b", "a:b", "a$", "a\n", "a\U0001f600"):
        yield f"name {name!r}", {name: text("x")}, NAME_CHARACTERS
    for name in ("AWS.a", "aws.a", "Amazon.a", "AMAZON.a", ".a", "a.", ".", "a..b"):
        yield f"name {name!r}", {name: text("x")}, RESERVED_NAME


def message_attributes() -> Iterator[Row]:
    for situation, attributes, message in attribute_problems():
        yield Row(situation, "SendMessage", {**SEND, "MessageAttributes": attributes}, bad_value(message))
        good_first = {"good": text("x"), **attributes}
        if len(attributes) == 1:
            members = {**SEND, "MessageAttributes": good_first}
            yield Row(f"{situation}, after a good one", "SendMessage", members, bad_value(message))
    for member in ("StringListValues", "BinaryListValues"):
        lists = {"a": {"DataType": "String", "StringValue": "x", member: ["eHg="]}}
        error = Error("UnsupportedOperation", "…")
        yield Row(member, "SendMessage", {**SEND, "MessageAttributes": lists}, error, protocols=ONLY_JSON)
    for name in ("a", "awstraceheader", "SenderId"):
        message = f"Message system attribute name '{name}' is invalid."
        system = {"MessageSystemAttributes": {name: text("x")}}
        yield Row(f"system attribute {name}", "SendMessage", {**SEND, **system}, bad_value(message))


# 5.12 SendMessageBatch.


def fifo_batches() -> Iterator[Row]:
    good = {"Id": "1", "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "new"}
    no_group = {"Id": "2", "MessageBody": "y", "MessageDeduplicationId": "other"}
    no_deduplication = {"Id": "2", "MessageBody": "y", "MessageGroupId": "g"}
    rows: list[tuple[str, list[dict[str, str]], Error]] = [
        (
            "an entry without MessageGroupId",
            [good, no_group],
            bad_value("The request must contain the parameter MessageGroupId."),
        ),
        ("an entry without deduplication id", [good, no_deduplication], bad_value(NO_DEDUPLICATION)),
    ]
    for situation, entries, error in rows:
        members = {"QueueUrl": FIFO, "Entries": entries}
        yield Row(situation, "SendMessageBatch", members, error)
        yield Row(f"{situation}, the first", "SendMessageBatch", {"QueueUrl": FIFO, "Entries": entries[::-1]}, error)


# 5.13 ReceiveMessage.


def receive() -> Iterator[Row]:
    for member in ("AttributeNames", "MessageSystemAttributeNames"):
        for name in ("Nonsense", "senderid", ""):
            names = {"QueueUrl": STANDARD, member: ["SenderId", name]}
            yield Row(f"{member} {name!r}", "ReceiveMessage", names, unknown_attribute(name))
    limit = Limits(in_flight=2)
    given = (call("ReceiveMessage", QueueUrl=STANDARD), call("SendMessage", QueueUrl=STANDARD, MessageBody="x"))
    error = Error("OverLimit", "…")
    yield Row("as many in flight as may be", "ReceiveMessage", RECEIVE, error, given, limits=limit)


# 5.15 is in the matrix of receipt handles (semantics, section 5).

ERRORS_OF_MESSAGES: Final[Sections] = {
    "4 (numbers)": tuple(numbers()),
    "4 (identifiers)": tuple(identifiers()),
    "4 (attempts)": tuple(attempts()),
    "4 (handles)": tuple(handles()),
    "4 (batches)": (*batches(), *too_long_batches()),
    "5.11": tuple(send()),
    "5.11 (order)": tuple(order_of_checks()),
    "5.11 (attributes)": tuple(message_attributes()),
    "5.12": tuple(fifo_batches()),
    "5.13": tuple(receive()),
}


# Entries that fail alone.

SENT: Final = {"Id": "1", "MessageBody": "x"}
SENT_FIFO: Final = {"Id": "1", "MessageBody": "x", "MessageGroupId": "g", "MessageDeduplicationId": "new"}


def sent_entries() -> Iterator[EntryRow]:
    def row(situation: str, code: str, message: str, given: Given = (), **members: object) -> EntryRow:
        return EntryRow(situation, "SendMessageBatch", STANDARD, {**SENT, **members}, code, message, given)

    bad, missed = "InvalidParameterValue", "MissingParameter"
    cannot = "One or more parameters cannot be validated. Reason: Message must be shorter than 1024 bytes."
    yield row("too long for the queue", bad, cannot, SMALL, MessageBody="x" * 1_025)
    yield row("bad characters", "InvalidMessageContents", "…", MessageBody="\x00")
    not_here = NOT_FOR_THIS_QUEUE.removesuffix(".")
    yield row("MessageDeduplicationId on a standard queue", bad, not_here, MessageDeduplicationId="a")
    yield row("an empty body", missed, "The request must contain the parameter MessageBody.", MessageBody="")
    yield row("DelaySeconds 901", bad, "…", DelaySeconds=901)
    yield row("MessageGroupId with a space", bad, "…", MessageGroupId="a b")
    for situation, attributes, message in attribute_problems():
        yield row(situation, bad, message, MessageAttributes=attributes)
    yield row("a bad system attribute", bad, "…", MessageSystemAttributes={"a": text("x")})
    delayed = {**SENT_FIFO, "DelaySeconds": 1}
    yield EntryRow("FIFO, DelaySeconds 1", "SendMessageBatch", FIFO, delayed, bad, not_here)


def handle_entries() -> Iterator[EntryRow]:
    invalid = "ReceiptHandleIsInvalid"
    for action, more in (("DeleteMessageBatch", {}), ("ChangeMessageVisibilityBatch", {"VisibilityTimeout": 0})):
        for url in (STANDARD, FIFO):
            garbled = {"Id": "1", "ReceiptHandle": "nonsense", **more}
            kind = "FIFO, " if url == FIFO else ""
            yield EntryRow(f"{kind}malformed", action, url, garbled, invalid, "The input receipt handle is invalid.")
        of_another = {"Id": "1", "ReceiptHandle": "<handle>", **more}
        yield EntryRow("of another queue", action, DEAD, of_another, invalid, "The input receipt handle is invalid.")
        nothing = {"Id": "1", **more}
        told = "The request must contain the parameter ReceiptHandle."
        yield EntryRow("no handle", action, STANDARD, nothing, "MissingParameter", told)
    late = (call("ReceiveMessage", QueueUrl=FIFO), 30)
    expired = {"Id": "1", "ReceiptHandle": "<handle>"}
    yield EntryRow(
        "FIFO, expired", "DeleteMessageBatch", FIFO, expired, invalid, "The receipt handle has expired", late
    )
    change = "ChangeMessageVisibilityBatch"
    told = "The request must contain the parameter VisibilityTimeout."
    yield EntryRow("no timeout", change, STANDARD, expired, "MissingParameter", told)
    bad = "InvalidParameterValue"
    gone = (call("DeleteMessage", QueueUrl=STANDARD, ReceiptHandle="<handle>"),)
    reason = NOT_CHANGEABLE.removesuffix(".")
    deleted = {**expired, "VisibilityTimeout": 0}
    yield EntryRow("message deleted", change, STANDARD, deleted, bad, reason + "…", gone)
    yield EntryRow("FIFO, expired", change, FIFO, deleted, bad, reason + "…", late)
    yield EntryRow("VisibilityTimeout 43201", change, STANDARD, {**expired, "VisibilityTimeout": 43_201}, bad, "…")
    yield EntryRow("in all too long", change, STANDARD, {**expired, "VisibilityTimeout": 43_200}, bad, TOTAL, (1,))


ERRORS_OF_ENTRIES: Final[dict[str, tuple[EntryRow, ...]]] = {
    "5.12": tuple(sent_entries()),
    "5.14, 5.15": tuple(handle_entries()),
}
