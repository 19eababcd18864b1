"""What is read out of any message: of a task without Celery being there, and of what is no task, nothing."""

from __future__ import annotations

import base64
import json
import lzma
import pickle
import zlib
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sqs_emulator.observe.envelope import Envelope, decode
from tests.observe.bodies import enveloped, task_body

OF_PROTOCOL_1 = {"task": "demo.add", "id": "1", "args": [2, 3], "kwargs": {}, "retries": 0}
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


def read(body: str) -> Envelope:
    envelope = decode(body)
    assert envelope is not None
    return envelope


def of_headers(content: bytes = b"[[], {}, {}]", **headers: Any) -> Envelope:
    return read(enveloped(content, headers={"task": "demo.add", "id": "1", **headers}))


def test_a_task_is_read() -> None:
    envelope = read(task_body("demo.add", task_id="1", args=[2, 3], eta_at=2_000_000_000_000, retries=1))

    assert (envelope.protocol, envelope.task, envelope.id) == (2, "demo.add", "1")
    assert (envelope.args, envelope.eta_at, envelope.retries) == ("(2, 3)", 2_000_000_000_000, 1)


def test_sizes_are_told_of_the_body_and_of_the_arguments_inside() -> None:
    content = b'[["' + b"x" * 9_000 + b'"], {}, {}]'

    body = enveloped(content, headers={"task": "demo.add", "id": "1"})

    assert (read(body).size, read(body).decoded_size) == (len(body), len(content))
    assert read(body).size > 16 / 9 * read(body).decoded_size, "two layers of base64"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "hello",
        "{}",
        "[]",
        "null",
        "{",
        '{"task": "demo.add", "id": "1"}',
        json.dumps({"body": "e30=", "headers": {"task": "demo.add", "id": "1"}}),
        json.dumps({"properties": {}, "headers": {"task": "demo.add", "id": "1"}}),
        json.dumps({"properties": {}, "headers": {"task": "demo.add", "id": "1"}, "body": {}}),
        enveloped(b'{"hello": "world"}'),
        enveloped(b'"hello"'),
        enveloped(b'{"task_id": "1", "status": "SUCCESS"}', properties={"correlation_id": "1"}),
        enveloped(b"[[], {}, {}]", headers={"task": 7, "id": "1"}),
        enveloped(b"[[], {}, {}]", headers={"task": "demo.add"}),
        enveloped(pickle.dumps({"hello": "world"}), content_type="application/x-python-serialize"),
        enveloped(b"hello", content_type="text/plain"),
        base64.b64encode(b"\xff\xfe").decode(),
        base64.b64encode(b"hello").decode(),
        json.dumps({"Type": "Notification", "Message": task_body()}),
    ],
)
def test_what_is_no_task_is_nothing(body: str) -> None:
    assert decode(body) is None


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda body: body.rstrip("="), id="without its padding"),
        pytest.param(lambda body: body[:8] + "\n" + body[8:], id="broken into lines"),
        pytest.param(lambda body: body[:-1], id="cut off"),
        pytest.param(lambda body: "-" + body, id="with a letter that is none"),
    ],
)
def test_what_is_almost_base64_is_taken_as_it_is(spoil: Any) -> None:
    bodies = (task_body(args=["x" * length]) for length in range(3))
    body = next(body for body in bodies if body.endswith("="))

    assert decode(body) is not None
    assert decode(spoil(body)) is None


def test_space_around_base64_is_no_part_of_it() -> None:
    assert decode(f" {task_body()}\n") is not None


@pytest.mark.parametrize("depth", [900, 1_100, 100_000, 1_000_000])
@pytest.mark.parametrize("where", ["outside", "in the headers", "in the arguments"])
def test_json_too_deep_to_be_read_does_no_harm(depth: int, where: str) -> None:
    deep = "[" * depth + "]" * depth
    bodies = {
        "outside": deep,
        "in the headers": '{"properties": {}, "body": "e30=", "headers": {"task": "t", "id": "1", "x": ' + deep + "}}",
        "in the arguments": enveloped(f"[[{deep}], {{}}, {{}}]".encode(), headers={"task": "t", "id": "1"}),
    }

    envelope = decode(bodies[where])

    assert envelope is None or envelope.task == "t"


def test_msgpack_too_deep_to_be_read_does_no_harm() -> None:
    bomb = enveloped(b"\x91" * 1_000_000, headers={"task": "t", "id": "1"}, content_type="application/x-msgpack")

    assert read(bomb).args is None


@pytest.mark.parametrize(
    ("pack", "compression"),
    [
        pytest.param(zlib.compress, "application/x-gzip", id="zlib"),
        pytest.param(lzma.compress, "application/x-lzma", id="lzma"),
    ],
)
def test_a_body_that_would_become_too_large_stays_packed(pack: Any, compression: str) -> None:
    packed = pack(b"0" * 50_000_000)

    envelope = of_headers(packed, compression=compression)

    assert (envelope.task, envelope.decoded_size, envelope.args) == ("demo.add", len(packed), None)


@pytest.mark.parametrize(
    "compression", ["application/x-gzip", "application/x-bz2", "xz", "application/zstd", "?", 7, {}]
)
def test_what_can_not_be_unpacked_stays_packed(compression: Any) -> None:
    envelope = of_headers(b"not packed at all", compression=compression)

    assert (envelope.task, envelope.decoded_size) == ("demo.add", len(b"not packed at all"))


def test_a_pickle_is_never_opened(tmp_path: Any) -> None:
    class Bomb:
        def __reduce__(self) -> Any:
            return (open, (str(tmp_path / "went off"), "w"))

    for protocol_1 in (False, True):
        headers = {} if protocol_1 else {"task": "demo.add", "id": "1"}
        properties = {"correlation_id": "1", "reply_to": ""}
        kind = "application/x-python-serialize"
        body = enveloped(pickle.dumps(Bomb()), headers=headers, properties=properties, content_type=kind)

        assert read(body).id == "1"

    assert list(tmp_path.iterdir()) == []


def test_arguments_are_shown_where_the_sender_did_not() -> None:
    envelope = of_headers(b'[[1, "a"], {"k": NaN}, {}]')

    assert (envelope.args, envelope.kwargs) == ("(1, 'a')", "{'k': nan}")


def test_long_arguments_are_cut_off() -> None:
    ours, theirs = of_headers(json.dumps([["x" * 9_000], {}, {}]).encode()), of_headers(argsrepr="x" * 9_000)

    for envelope in (ours, theirs):
        assert envelope.args is not None
        assert len(envelope.args) == 1_024
        assert envelope.args.endswith("...")


@pytest.mark.parametrize(
    ("eta", "eta_at"),
    [
        ("2033-05-18T03:33:20+00:00", 2_000_000_000_000),
        ("2033-05-18T05:33:20.500000+02:00", 2_000_000_000_500),
        ("2033-05-18T03:33:20Z", 2_000_000_000_000),
        ("2033-05-18T03:33:20", 2_000_000_000_000),
        ("soon", None),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140_000),
        ("9999-12-31T23:59:59-23:59", 253_402_387_139_000),
        ("10000-01-01T00:00:00", None),
        (7, None),
        (None, None),
    ],
)
def test_a_moment_is_read_if_it_is_one(eta: Any, eta_at: int | None) -> None:
    assert of_headers(eta=eta).eta_at == eta_at


@pytest.mark.parametrize(
    "headers",
    [
        {"retries": "2"},
        {"retries": True},
        {"retries": 10**30},
        {"timelimit": [1]},
        {"timelimit": ["1", {}]},
        {"timelimit": 7},
        {"root_id": ["1"]},
        {"argsrepr": 7},
        {"kwargsrepr": None},
    ],
    ids=str,
)
def test_a_field_of_the_wrong_kind_is_as_if_it_were_not_there(headers: dict[str, Any]) -> None:
    with_it, without_it = of_headers(**headers), of_headers()

    assert msgspec.structs.replace(with_it, size=without_it.size) == without_it


def test_protocol_1_is_read() -> None:
    envelope = read(enveloped(json.dumps(OF_PROTOCOL_1 | {"retries": 3, "eta": "2033-05-18T03:33:20"}).encode()))

    assert (envelope.protocol, envelope.task, envelope.id, envelope.args) == (1, "demo.add", "1", "(2, 3)")
    assert (envelope.retries, envelope.eta_at) == (3, 2_000_000_000_000)


def check(body: str) -> None:
    """Decode; what comes out must be fit to be shown."""
    envelope = decode(body)

    if envelope is not None:
        assert isinstance(envelope.id, str)
        assert msgspec.json.decode(msgspec.json.encode(envelope), type=Envelope) == envelope


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_no_text_at_all_raises(body: str) -> None:
    check(body)


@given(st.binary(), st.booleans())
@example(b"", True)
def test_no_bytes_in_base64_raise(content: bytes, inside: bool) -> None:
    check(enveloped(content) if inside else base64.b64encode(content).decode())


@given(
    st.dictionaries(
        st.sampled_from(
            ["task", "id", "eta", "expires", "retries", "timelimit", "argsrepr", "compression", "root_id", "group"]
        ),
        JSON_VALUES,
    ),
    st.dictionaries(
        st.sampled_from(["body_encoding", "delivery_info", "correlation_id", "reply_to", "priority", "MessageGroupId"]),
        JSON_VALUES,
    ),
    st.binary() | JSON_VALUES.map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["application/json", "application/x-msgpack", "application/x-yaml", "?"]),
    st.booleans(),
)
def test_no_envelope_raises(
    headers: dict[str, Any], properties: dict[str, Any], content: bytes, content_type: str, named: bool
) -> None:
    task = {"task": "t", "id": "1"} if named else {}

    check(enveloped(content, headers=headers | task, properties=properties, content_type=content_type))


@given(JSON_VALUES)
def test_no_json_raises(value: Any) -> None:
    check(json.dumps(value))
    check(json.dumps({"properties": {}, "body": value, "headers": value}))
    check(enveloped(json.dumps(OF_PROTOCOL_1 | {"args": value, "eta": value, "kwargs": value}).encode()))
