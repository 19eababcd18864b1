"""Values for the members of any request, made from what the contract says a member is: good ones, bad ones, odd ones.

`all_of` is a sweep: every value of every member in turn, with the rest of the request good. `CALLS` are requests for
Hypothesis, which puts several of them together: each member mostly good, and now and then a member missing, or anything
at all. A request that is wrong in everything is refused for the first thing, and tells nothing of the others.

A value that depends on the scene is a word in angle brackets (`<handle>`), which the scene fills in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.wire import shapes
from sqs_emulator.wire.shapes import ListOf, MapOf, Members, Scalar, Shape
from tests.spec.errors_of_move_tasks import task_handle
from tests.spec.scene import DEAD, FIFO, MISSING, SOURCE, STANDARD, arn_of, redrive_policy

# What could stand anywhere. The surrogates have no place in UTF-8.

ODD_TEXTS: Final = (
    "", " ", "0", "nonsense", "é", "\U0001f600", "\x00", "\r", "\ufffe", "\ud800", "\udc00a", "null", "<a>&", "]]>",
    "'", "%", "%00", "a" * 300, "a" * 5_000, "\u202e", "e\u0301", "İ", "[]", "{}", "$x", "{0}",
)  # fmt: skip
ODD_INTEGERS: Final = (
    -1, 0, 1, 2, 9, 10, 11, 20, 21, 499, 500, 501, 900, 901, 1_000, 1_001, 43_199, 43_200, 43_201, -43_200, 2**31 - 1,
    2**31, -(2**31) - 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**18, 10**30, -(10**30),
)  # fmt: skip
ODD_VALUES: Final[tuple[Any, ...]] = (
    None, True, 0, 0.5, 1e300, float("nan"), [], [None], ["x"], [[]], [{}], {}, {"a": None}, {"a": "x"}, {"a": {}},
    {"": []}, {"1": {"Name": "x", "Value": "y"}},
)  # fmt: skip
TEXTS: Final = st.sampled_from(ODD_TEXTS) | st.text(max_size=8)
ANYTHING: Final = st.recursive(
    st.sampled_from((*ODD_VALUES, *ODD_INTEGERS)) | TEXTS | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)


# What stands where, by the member's name.


class Pool:
    """Values of one member. `absent`: how many times in ten it is not there, where it need not be."""

    def __init__(self, good: Iterable[object], bad: Iterable[object] = (), absent: int = 0) -> None:
        self.good, self.bad = tuple(good), tuple(bad)
        self.absent = absent


BATCH_IDS: Final = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")
ARNS: Final = [arn_of(name) for name in ("dead", "dead", "standard", "orders.fifo", "dead.fifo", "source")]
BAD_ARNS: Final = (arn_of("missing"), "arn:aws:sqs", "arn:aws:sqs:::", "arn:aws:sqs:us-east-1:000000000000:a:b",
                   "arn:aws:sns:us-east-1:000000000000:dead", arn_of("dead").replace("0", "1"), "::::::")  # fmt: skip
BAD_TASKS: Final = (task_handle("dead"), task_handle("standard"), task_handle("missing"), "e30=", "W10=", "bnVsbA==",
                    "MQ==", "eyJ0YXNrSWQiOjEsInNvdXJjZUFybiI6W119", "nonsense")  # fmt: skip
BAD_IDENTIFIERS: Final = ("a" * 129, "a b", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
SYSTEM_NAMES: Final = (
    "All", "ALL", "SenderId", "SequenceNumber", "MessageGroupId", "MessageDeduplicationId", "AWSTraceHeader",
    "DeadLetterQueueSourceArn", "ApproximateReceiveCount", "VisibilityTimeout",
)  # fmt: skip

POOLS: Final[dict[str, Pool]] = {
    "QueueUrl": Pool(
        (STANDARD, STANDARD, FIFO, FIFO, DEAD, SOURCE, "standard", "/000000000000/orders.fifo"),
        (MISSING, "missing", "http://h/111111111111/standard", "http://[", "http://h/", "//", "a/b/c"),
    ),
    "QueueName": Pool(
        ("new", "standard", "orders.fifo", "dead", "source", "new.fifo", "dead.fifo", "guarded"),
        ("a" * 80, "a" * 81, "a" * 75 + ".fifo", "a" * 76 + ".fifo", ".fifo", "a b", "../a"),
    ),
    "QueueNamePrefix": Pool(("s", "o", "orders."), absent=5),
    "QueueOwnerAWSAccountId": Pool(("000000000000",), ("111111111111", "x"), absent=7),
    "ReceiptHandle": Pool(
        ("<handle>", "<fifo handle>", "<dead handle>"),
        ("<expired handle>", "<deleted handle>", "<handle>=", "AQEBnonsense", "AQEB", "=", "a" * 1_100),
    ),
    "TaskHandle": Pool(("<task handle>",), BAD_TASKS),
    "SourceArn": Pool(ARNS, BAD_ARNS),
    "DestinationArn": Pool(ARNS, BAD_ARNS, absent=6),
    "MessageBody": Pool(("x", "y", "é" * 512, "a\r\nb", "<&\">'"), ("x" * 1_025, "é" * 513, "\uffff", "\x08")),
    "MessageGroupId": Pool(("g", "h", "new", "a" * 128), BAD_IDENTIFIERS, absent=4),
    "MessageDeduplicationId": Pool(("1", "new", "other", "a" * 128), BAD_IDENTIFIERS, absent=8),
    "ReceiveRequestAttemptId": Pool(("1", "2"), BAD_IDENTIFIERS, absent=6),
    "Id": Pool((*BATCH_IDS, "a" * 80), ("a" * 81, "a.b")),
    "Label": Pool(("new", "known", "a" * 80), ("a" * 81, "a b")),
    "AWSAccountIds": Pool(("111111111111", "222222222222"), ("*", "1")),
    "Actions": Pool(("SendMessage", "*", "ReceiveMessage"), ("DeleteQueue", "SendMessageBatch")),
    "DataType": Pool(("String", "Number", "String.x", "Number.int"), ("Binary", "string", "String." + "x" * 250)),
    "StringValue": Pool(("1", "1e126", "x"), ("1e999", "9" * 39, "x" * 1_024)),
    "BinaryValue": Pool(("eA==",), ("eA", "%"), absent=9),
    "StringListValues": Pool((), absent=9),
    "BinaryListValues": Pool(("eA==",), absent=9),
    "TagKeys": Pool(("team", "other"), ("aws:x", "k" * 129)),
    "NextToken": Pool(("c3RhbmRhcmQ=",), ("?", "/w==", "="), absent=7),
    "AttributeNames": Pool(("All", "Policy", "QueueArn", "FifoQueue", "VisibilityTimeout")),
    "MessageSystemAttributeNames": Pool(SYSTEM_NAMES),
    "MessageAttributeNames": Pool(("a", "All", "*", ".*", "a.*", "a.b"), ("AWS.x", ".a", "a..b", "(", "\\")),
    "DelaySeconds": Pool((0, 0, 1, 5, 900), absent=7),
    "MaxNumberOfMessages": Pool((1, 2, 10), absent=3),
    "WaitTimeSeconds": Pool((0, 0, 0, 1, 20), absent=5),
    "VisibilityTimeout": Pool((0, 1, 30, 60), absent=1),
    "MaxResults": Pool((1, 10), absent=4),
    "MaxNumberOfMessagesPerSecond": Pool((1, 500), absent=5),
}
ANY_TEXT: Final = Pool(("x", "1"), absent=3)  # for members that nobody has thought of here
ANY_INTEGER: Final = Pool((0, 1), absent=3)
MAY_BE_ABSENT: Final = {"Attributes": 1, "MessageAttributes": 6, "MessageSystemAttributes": 8, "tags": 7, "TagKeys": 1,
                        "AttributeNames": 5, "MessageSystemAttributeNames": 5, "MessageAttributeNames": 5,
                        "StringListValues": 9, "BinaryListValues": 9}  # fmt: skip


# Maps: their keys, and of those with texts the values, too.

STATEMENT: Final = {"Effect": "Allow", "Principal": "*", "Action": "SQS:*", "Resource": "*"}
DEEP: Final = ("[" * 2_000, '{"a":' * 2_000, '{"a":' * 20 + "1" + "}" * 20)
NO_OBJECTS: Final = ("", "{", "{}", "[]", "null", "1", '"x"', '"\\ud800"', "\ufeff{}", "NaN", *DEEP)
OF_INTEGERS: Final = (
    "-1",
    "0",
    "1",
    "20",
    "60",
    "900",
    "1024",
    "43200",
    "1048577",
    " 1",
    "1.0",
    "1e1",
    "x",
    "",
    "9" * 5_000,
)
BAD_COUNTS: Final[tuple[Any, ...]] = (0, 1, "1000", [1], None, {}, True, 1.0, 10**400, "\u0661", "\ud800")
OF_BOOLEANS: Final = ("true", "false", "True", "", "yes")
ATTRIBUTES: Final[dict[str, tuple[str, ...]]] = {
    "VisibilityTimeout": OF_INTEGERS,
    "DelaySeconds": OF_INTEGERS,
    "MaximumMessageSize": OF_INTEGERS,
    "MessageRetentionPeriod": OF_INTEGERS,
    "ReceiveMessageWaitTimeSeconds": OF_INTEGERS,
    "KmsDataKeyReusePeriodSeconds": OF_INTEGERS,
    "KmsMasterKeyId": ("testKeyId", ""),
    "SqsManagedSseEnabled": OF_BOOLEANS,
    "FifoQueue": OF_BOOLEANS,
    "ContentBasedDeduplication": OF_BOOLEANS,
    "DeduplicationScope": ("queue", "messageGroup", ""),
    "FifoThroughputLimit": ("perQueue", "perMessageGroupId", ""),
    "Policy": (
        json.dumps({"Statement": STATEMENT}),
        json.dumps({"Version": "2012-10-17", "Statement": [{**STATEMENT, "Principal": {"AWS": [None]}}]}),
        json.dumps({"Statement": [{**STATEMENT, "Action": [{}]}]}),
        json.dumps({"Statement": [{**STATEMENT, "Condition": {"StringLike": {"a": ["b", 1, {}]}}}]}),
        json.dumps({"Version": [], "Statement": [STATEMENT] * 30}),
        json.dumps({"Statement": [{**STATEMENT, "Principal": {"AWS": [f"{number:012}" for number in range(60)]}}]}),
        json.dumps({"Statement": STATEMENT, "Id": "\ud800", "a": 10**400}),
        '{"Statement":[[]]}',
        '{"Statement":null}',
        "{" + " " * 8_192 + "}",
        *NO_OBJECTS,
    ),
    "RedrivePolicy": (
        *(redrive_policy(name) for name in ("dead", "dead.fifo", "standard", "orders.fifo", "missing", "guarded")),
        *(redrive_policy("dead", count) for count in BAD_COUNTS),
        '{"maxReceiveCount":1,"deadLetterTargetArn":"x","\\ud800":1}',
        '{"deadLetterTargetArn":null,"maxReceiveCount":1}',
        '{"deadLetterTargetArn":{},"maxReceiveCount":1e999}',
        '{"maxReceiveCount":1,"deadLetterTargetArn":"\\ud800"}',
        *NO_OBJECTS,
    ),
    "RedriveAllowPolicy": (
        '{"redrivePermission":"denyAll"}',
        f'{{"redrivePermission":"byQueue","sourceQueueArns":["{arn_of("source")}"]}}',
        '{"redrivePermission":["denyAll"]}',
        '{"redrivePermission":{},"sourceQueueArns":null}',
        '{"redrivePermission":"byQueue","sourceQueueArns":{"a":1}}',
        '{"redrivePermission":"byQueue","sourceQueueArns":["\\ud800"]}',
        '{"redrivePermission":"byQueue","sourceQueueArns":[1]}',
        '{"redrivePermission":"\\ud800"}',
        *NO_OBJECTS,
    ),
    "All": ("1",),
    "QueueArn": ("1",),
    "CreatedTimestamp": ("1",),
    "ApproximateNumberOfMessages": ("1",),
}
TAGS: Final = {
    "team": ("red", "", "v" * 256, "v" * 257, "!"),
    **dict.fromkeys(("a", "k" * 128, "k" * 129, "", "aws:x", "!"), ("red",)),
}
TEXT_MAPS: Final[dict[str, Mapping[str, Sequence[str]]]] = {"Attributes": ATTRIBUTES, "tags": TAGS, "Tags": TAGS}
KEYS: Final[dict[str, tuple[str, ...]]] = {
    "MessageAttributes": ("a", "b", "a.b", "é", "a" * 256, "AWS.x", ".a", "a..b", "é" * 129, "a b", "", "\ud800"),
    "MessageSystemAttributes": ("AWSTraceHeader", "AWSTraceHeader", "AWSTraceHeader", "a"),
}


def _pairs(name: str) -> list[tuple[str, object]]:
    """Return what may stand in a map of texts: each key with its values, and with something odd."""
    known = TEXT_MAPS.get(name, {"a": ("x",)})
    odd: tuple[object, ...] = ("\ud800", "a" * 5_000, None, True, 1, [], {"a": {}})
    pairs: list[tuple[str, object]] = [(key, value) for key, values in known.items() for value in values]
    return [*pairs, *((key, value) for key in ("x", *known) for value in odd)]


def _pool(shape: Shape, name: str) -> Pool:
    """Return a scalar's pool, with all that is odd among the bad values."""
    if shape is Scalar.INTEGER:
        pool, odd = POOLS.get(name, ANY_INTEGER), (*ODD_INTEGERS, *map(str, ODD_INTEGERS))
    else:
        pool, odd = POOLS.get(name, ANY_TEXT), ODD_TEXTS
    return Pool(pool.good or ("x",), (*pool.bad, *odd, *ODD_VALUES), pool.absent)


# The sweep.


def all_of(action: str) -> Iterator[dict[str, object]]:
    """Yield requests of an action in which one member has each of its values, and the others are good."""
    shape = shapes.members_of(ACTIONS[action].request)
    for request in _each(shape, action):
        assert isinstance(request, dict)
        yield request


def _good(shape: Shape, name: str) -> object:
    match shape:
        case Members(by_wire_name=members):
            every = {key: _good(member.shape, key) for key, member in members.items()}
            return {key: value for key, value in every.items() if not _is_optional(members[key].shape, key)}
        case ListOf(item=item):
            return [_good(item, name)]
        case MapOf(item=item):
            return dict(_pairs(name)[:1]) if name in TEXT_MAPS else {KEYS[name][0]: _good(item, name)}
    return _pool(shape, name).good[0]


def _is_optional(shape: Shape, name: str) -> bool:
    return (POOLS[name].absent if name in POOLS else MAY_BE_ABSENT.get(name, 0)) > 1


def _each(shape: Shape, name: str) -> Iterator[object]:
    """Yield all values of a shape that differ from its good one in one place."""
    match shape:
        case Members(by_wire_name=members):
            good = _good(shape, name)
            assert isinstance(good, dict)
            for changed, member in members.items():
                yield {key: value for key, value in good.items() if key != changed}
                yield from ({**good, changed: value} for value in _each(member.shape, changed))
            yield {**good, "Unknown": {"a": [1]}}
        case ListOf(item=item):
            yield from ([value] for value in _each(item, name))
            yield from (*ODD_VALUES, "x", [_good(item, name)] * 2, [_good(item, name)] * 11)
        case MapOf(item=Scalar.TEXT):
            yield from ({key: value} for key, value in _pairs(name))
            yield from (*ODD_VALUES, "x", {str(number): "x" for number in range(51)})
        case MapOf(item=item):
            yield from ({key: _good(item, name)} for key in (*KEYS.get(name, ()), *ODD_TEXTS))
            yield from ({KEYS[name][0]: value} for value in (*_each(item, name), *ODD_VALUES))
            yield from (*ODD_VALUES, "x", {str(number): _good(item, name) for number in range(11)})
        case _:
            pool = _pool(shape, name)
            yield from (*pool.good, *pool.bad)


# What Hypothesis draws. Each choice takes its time, so a member is one choice where that can be.

ABSENT: Final = "(absent)"
GOOD_FOR_EACH_BAD: Final = 9


def _drawn(shape: Shape, name: str) -> st.SearchStrategy[object]:
    """Return what may stand for a member, most of it good."""
    match shape:
        case Members():
            return _request(shape)
        case ListOf(item=item):
            items = _drawn(item, name)
            short, long = st.lists(items, min_size=1, max_size=2), st.lists(items, max_size=12)
            lists = _one_of([*[short] * 6, long]).map(_present)
            return _maybe(lists, name)
        case MapOf(item=Scalar.TEXT):
            pairs = st.lists(st.sampled_from(_pairs(name)), min_size=1, max_size=3)
            return _maybe(pairs.map(dict), name)
        case MapOf(item=item):
            keys = st.sampled_from(KEYS.get(name, ODD_TEXTS))
            return _maybe(st.dictionaries(keys, _drawn(item, name), min_size=1, max_size=3), name)
    pool = _pool(shape, name)
    present = (*pool.good * (1 + GOOD_FOR_EACH_BAD * len(pool.bad) // len(pool.good)), *pool.bad)
    return st.sampled_from((*present, *(ABSENT,) * (len(present) * pool.absent // (10 - pool.absent))))


def _one_of(strategies: Sequence[st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """The same as st.one_of, but one that is named twice is drawn twice as often."""
    return st.sampled_from(strategies).flatmap(lambda drawn: drawn)


def _maybe(present: st.SearchStrategy[object], name: str) -> st.SearchStrategy[object]:
    absent = MAY_BE_ABSENT.get(name, 0)
    return _one_of([*[present] * (10 - absent), *[st.just(ABSENT)] * absent]) if absent else present


def _request(shape: Members) -> st.SearchStrategy[object]:
    """Return objects of a shape. One in five is spoilt: something is missing, is anything, or is there too much."""
    members = {name: _drawn(member.shape, name) for name, member in shape.by_wire_name.items()}
    whole = st.fixed_dictionaries(members).map(_without_absent)
    names = st.sampled_from(sorted(members))
    lacking = st.builds(_without, whole, st.lists(names, min_size=1, max_size=3))
    spoilt = st.builds(_with, whole, names | TEXTS, ANYTHING)
    return _one_of([*[whole] * 8, lacking, spoilt])


def _present(values: list[object]) -> list[object]:
    return [value for value in values if value != ABSENT]


def _without_absent(members: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in members.items() if value != ABSENT}


def _without(members: Mapping[str, object], names: list[str]) -> dict[str, object]:
    return {name: value for name, value in members.items() if name not in names}


def _with(members: Mapping[str, object], name: str, value: object) -> dict[str, object]:
    return {**members, name: value}


REQUESTS: Final = {name: _request(shapes.members_of(action.request)) for name, action in ACTIONS.items()}
CALLS: Final = st.sampled_from(sorted(ACTIONS)).flatmap(lambda name: st.tuples(st.just(name), REQUESTS[name]))
