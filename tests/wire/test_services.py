"""A second service beside SQS, made up here: whose action is meant, and a Query protocol that flattens no lists."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import pytest

from sqs_emulator.contract.action import Action, QueueRequest, Request, Result, query
from sqs_emulator.contract.errors import InvalidAction, WireError
from sqs_emulator.contract.service import Service, Services
from sqs_emulator.contract.sqs import SQS
from sqs_emulator.core.errors import MissingParameter
from sqs_emulator.wire import aws_json, aws_query


class Friend(Request):
    account: str | None = None
    age: int | None = None


class AddPermissionRequest(Request):
    names: Annotated[list[str], query("Names", inside="member")] | None = None
    friends: Annotated[list[Friend], query("Friends", inside="member")] | None = None
    attributes: (
        Annotated[dict[str, str | None], query("Attributes", key="key", value="value", inside="entry")] | None
    ) = None
    flat: Annotated[list[str], query("Flat")] | None = None


class Thing(Result):
    name: str


class AddPermissionResult(Result):
    things: Annotated[list[Thing], query("Things", inside="member")] | None = None
    attributes: Annotated[dict[str, str], query("Attributes", key="key", value="value", inside="entry")] | None = None


def service(name: str, version: str, target_prefix: str | None) -> Service:
    action = Action(name, "AddPermission", AddPermissionRequest, (), AddPermissionResult)
    return Service(
        name=name,
        version=version,
        namespace=f"http://{name}.test/{version}/",
        target_prefix=target_prefix,
        actions={"AddPermission": action},
        errors={MissingParameter: WireError("json#Missing", "Missing", 418)},
    )


LIBRARY: Final = service("library", "2020-02-02", "Library_2020.")
TELLER: Final = service("teller", "2010-10-10", None)
BOTH: Final = Services(SQS, LIBRARY, TELLER)
ADD: Final = LIBRARY.actions["AddPermission"]


# Whose action is meant.


@pytest.mark.parametrize(
    ("scope", "version", "meant"),
    [
        ("library", None, LIBRARY),
        ("library", "2012-11-05", LIBRARY),
        (None, "2010-10-10", TELLER),
        ("unknown", "2010-10-10", TELLER),
        ("sqs", "2010-10-10", SQS),
        (None, None, SQS),
        ("unknown", "1999-01-01", SQS),
    ],
)
def test_the_credentials_say_which_service_is_meant_and_then_the_version(
    scope: str | None, version: str | None, meant: Service
) -> None:
    assert BOTH.meant_by(scope, version) is meant


def test_a_target_names_the_action_of_its_own_service() -> None:
    targets = aws_json.targets_of(BOTH)

    assert targets[b"AmazonSQS.AddPermission"][0] is SQS.actions["AddPermission"]
    assert targets[b"Library_2020.AddPermission"][0] is ADD
    assert len(targets) == len(SQS.actions) + 1, "one service speaks no JSON"


def test_two_actions_of_one_name_are_two() -> None:
    ours, theirs = (
        SQS.actions["AddPermission"],
        aws_query.action_of(LIBRARY, {"Action": "AddPermission"}, on_queue_path=False),
    )

    assert theirs is ADD
    assert len({ours, theirs}) == 2
    assert issubclass(ours.request, QueueRequest)
    with pytest.raises(InvalidAction):
        aws_query.action_of(LIBRARY, {"Action": "SendMessage"}, on_queue_path=False)


def test_an_answer_and_an_error_are_in_the_namespace_of_their_service() -> None:
    answer = aws_query.encode(LIBRARY, ADD, AddPermissionResult(), "1")
    status, error = aws_query.encode_error(LIBRARY, MissingParameter("x"), "1")

    assert b'<AddPermissionResponse xmlns="http://library.test/2020-02-02/">' in answer
    assert b'<ErrorResponse xmlns="http://library.test/2020-02-02/">' in error
    assert b"<Code>Missing</Code>" in error
    assert status == 418


# Lists and maps that are not flattened.

REQUESTS: Final = {
    "Names.member.1=a&Names.member.2=b": AddPermissionRequest(names=["a", "b"]),
    "Names.member.2=b&Names.member.1=a": AddPermissionRequest(names=["a", "b"]),
    "Names.member=a": AddPermissionRequest(names=["a"]),
    "Names=": AddPermissionRequest(names=[]),
    "Names.1=a&Names.2=b": AddPermissionRequest(),
    "Friends.member.1.Account=a&Friends.member.1.Age=7&Friends.member.2.Account=b": AddPermissionRequest(
        friends=[Friend(account="a", age=7), Friend(account="b")]
    ),
    "Attributes.entry.1.key=k&Attributes.entry.1.value=v&Attributes.entry.2.key=l&Attributes.entry.2.value=": (
        AddPermissionRequest(attributes={"k": "v", "l": ""})
    ),
    "Flat.1=a&Flat.2=b": AddPermissionRequest(flat=["a", "b"]),
}


@pytest.mark.parametrize(("form", "request_"), REQUESTS.items(), ids=REQUESTS)
def test_what_is_not_flattened_is_read_from_inside_its_element(form: str, request_: Request) -> None:
    given = aws_query.parameters(b"", form.encode())

    assert aws_query.decode(ADD, given) == request_


def test_what_is_not_flattened_is_written_inside_its_element() -> None:
    result = AddPermissionResult(things=[Thing(name="a"), Thing(name="b")], attributes={"k": "v"})

    written = aws_query.encode(LIBRARY, ADD, result, "1").decode()

    assert (
        "<Things><member><Name>a</Name></member><member><Name>b</Name></member></Things>"
        "<Attributes><entry><key>k</key><value>v</value></entry></Attributes>"
    ) in written


def test_an_empty_list_that_is_not_flattened_is_an_empty_element() -> None:
    written = aws_query.encode(LIBRARY, ADD, AddPermissionResult(things=[]), "1")

    assert b"<AddPermissionResult><Things/></AddPermissionResult>" in written


def test_json_knows_nothing_of_it() -> None:
    _, decode = aws_json.targets_of(BOTH)[b"Library_2020.AddPermission"]

    assert decode(b'{"Names":["a"],"Attributes":{"k":"v"}}') == AddPermissionRequest(names=["a"], attributes={"k": "v"})
    assert msgspec.json.decode(aws_json.encode(LIBRARY, ADD, AddPermissionResult(things=[Thing(name="a")]), "1")) == {
        "Things": [{"Name": "a"}]
    }
