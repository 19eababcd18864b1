"""Policies: which are accepted, which are not, and what adding and removing a statement makes of one."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqs_emulator.core.attributes import QueueAttributes, changed, shown
from sqs_emulator.core.errors import InvalidAttributeValue, InvalidParameter, OverLimit, SqsError
from sqs_emulator.core.policy import PolicyDocument

ACTIONS: Final = (
    "ChangeMessageVisibility", "ChangeMessageVisibilityBatch", "DeleteMessage", "DeleteMessageBatch", "DeleteQueue",
    "GetQueueAttributes", "GetQueueUrl", "ReceiveMessage", "SendMessage", "SendMessageBatch", "SetQueueAttributes",
    "AddPermission",
)  # fmt: skip
ARN: Final = "arn:aws:sqs:eu-west-1:111122223333:orders"
TOPIC: Final = "arn:aws:sns:eu-west-1:111122223333:events"
ROLE: Final = "arn:aws:iam::111122223333:role/service-role/sender"


def statement(**members: object) -> dict[str, object]:
    """Return a valid statement with these members instead; None leaves one out."""
    whole = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": ARN, **members}
    return {name: value for name, value in whole.items() if value is not None}


def document(*statements: object, **members: object) -> str:
    return json.dumps({"Version": "2012-10-17", **members, "Statement": list(statements)})


# What comes from Terraform, the CDK, the console and from Celery's own transport; then what the grammar allows beside.
ACCEPTED: Final = {
    "Terraform: a topic may send": """{
  "Version": "2012-10-17",
  "Id": "sqspolicy",
  "Statement": [
    {
      "Sid": "First",
      "Effect": "Allow",
      "Principal": "*",
      "Action": "sqs:SendMessage",
      "Resource": "arn:aws:sqs:eu-west-1:111122223333:orders",
      "Condition": { "ArnEquals": { "aws:SourceArn": "arn:aws:sns:eu-west-1:111122223333:events" } }
    }
  ]
}
""",
    "CDK: only over TLS": document(
        statement(
            Action="sqs:*",
            Effect="Deny",
            Principal={"AWS": "*"},
            Condition={"Bool": {"aws:SecureTransport": "false"}},
        )
    ),
    "CDK: a topic may send, a role may receive": document(
        statement(Principal={"Service": "sns.amazonaws.com"}, Condition={"ArnEquals": {"aws:SourceArn": TOPIC}}),
        statement(
            Principal={"AWS": ROLE},
            Action=["sqs:ReceiveMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl", "sqs:DeleteMessage",
                    "sqs:GetQueueAttributes"],
        ),
    ),
    "console: owner, senders and receivers": document(
        statement(Sid="__owner_statement", Principal={"AWS": "111122223333"}, Action=["SQS:*"]),
        statement(Sid="__sender_statement", Principal={"AWS": [ROLE, "444455556666"]}, Action=["SQS:SendMessage"]),
        statement(
            Sid="__receiver_statement",
            Principal={"AWS": ["arn:aws:iam::444455556666:root"]},
            Action=["SQS:ChangeMessageVisibility", "SQS:DeleteMessage", "SQS:ReceiveMessage"],
        ),
        Version="2008-10-17",
        Id="__default_policy_ID",
    ),
    "kombu: a topic may send": document(
        statement(
            Sid="KombuManaged",
            Action="SQS:SendMessage",
            Principal={"Service": "sns.amazonaws.com"},
            Condition={"ArnLike": {"aws:SourceArn": TOPIC}},
        )
    ),
    "S3 notifications": document(
        statement(
            Principal={"Service": ["s3.amazonaws.com", "events.amazonaws.com", "sns.eu-west-1.amazonaws.com"]},
            Condition={
                "ArnLike": {"aws:SourceArn": ["arn:aws:s3:*:*:bucket"]},
                "StringEquals": {"aws:SourceAccount": 111122223333},
            },
        )
    ),
    "no version": json.dumps({"Statement": [statement()]}),
    "one statement that is not in a list": json.dumps({"Statement": statement()}),
    "no statements": document(),
    "no Sid": document(statement(), statement()),
    "any Sid": document(statement(Sid=""), statement(Sid="with spaces, é and 日本"), statement(Sid="x" * 300)),
    "no resource": document(statement(Resource=None)),
    "resources of any name": document(statement(Resource=["*", ARN, "arn:aws:sqs:*:*:other"])),
    "all resources but one": document(statement(Resource=None, NotResource=ARN)),
    "everybody but one": document(statement(Effect="Deny", Principal=None, NotPrincipal={"AWS": ROLE})),
    "all actions but one": document(statement(Action=None, NotAction="sqs:SendMessage")),
    "all actions": document(statement(Action="*")),
    "actions by wildcard": document(statement(Action=["sqs:Send*", "SQS:*Message", "Sqs:Get?ueueUrl", "*:*"])),
    "an action in any case": document(statement(Action=["sqs:sendmessage", "SQS:RECEIVEMESSAGE"])),
    "the actions of its owner": document(
        statement(Effect="Deny", Action=["sqs:DeleteQueue", "sqs:SetQueueAttributes", "sqs:AddPermission"])
    ),
    "batches": document(statement(Action=["sqs:SendMessageBatch", "sqs:DeleteMessageBatch"])),
    "an assumed role": document(statement(Principal={"AWS": "arn:aws:sts::111122223333:assumed-role/role/session"})),
    "another partition": document(
        statement(Principal={"AWS": ["arn:aws-cn:iam::111122223333:root", "arn:aws-us-gov:iam::111122223333:user/a"]})
    ),
    "a role that is gone, by its id": document(statement(Principal={"AWS": "AROAEXAMPLEEXAMPLE123"})),
    "CloudFront's user": document(statement(Principal={"AWS": "arn:aws:iam::cloudfront:user/CloudFront-E1"})),
    "federated and canonical users": document(
        statement(Principal={"Federated": "cognito-identity.amazonaws.com", "CanonicalUser": "79a59df900b949e55d96a1e"})
    ),
    "an empty condition": document(statement(Condition={})),
    "a condition that is null": '{"Statement":{"Effect":"Allow","Principal":"*","Action":"*","Condition":null}}',
    "members that nobody knows": document(statement(Comment={"by": ["me", 1.5, None]}), Comment="x"),
    "seven actions": document(
        statement(Action=[f"sqs:{name}" for name in sorted(ACTIONS)[:7]]), statement(Action=["sqs:*"] * 7)
    ),
    "twenty statements": document(*[statement()] * 20),
    "fifty principals": document(statement(Principal={"AWS": [f"{number:012}" for number in range(50)]})),
    "fifty principals, some of them twice": document(
        statement(Principal={"AWS": [f"{number:012}" for number in range(50)]}),
        statement(Principal={"AWS": [f"{number:012}" for number in range(40)]}),
    ),
    "8192 bytes": document(statement(), Id="i" * (8_192 - len(document(statement(), Id="")))),
    "8192 bytes, but fewer characters": '{"Statement":[],"Id":"' + "é" * 4_084 + '"}',
}  # fmt: skip


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_aws_accepts_is_accepted_and_comes_back_as_it_was_sent(text: str) -> None:
    attributes = changed(QueueAttributes(), {"Policy": text})
    PolicyDocument.parse(text).check_actions(ACTIONS)

    assert shown(attributes)["Policy"] == text


REFUSED: Final = {
    "no JSON": "policy",
    "half a document": document(statement())[:-1],
    "something behind it": document(statement()) + "}",
    "JavaScript's numbers": '{"Statement":[],"Id":NaN}',
    "white space": " ",
    "a list": "[]",
    "null": "null",
    "a text": '"x"',
    "an empty object": "{}",
    "no statements at all": '{"Version":"2012-10-17"}',
    "statements of another type": '{"Statement":"Allow"}',
    "statements that are null": '{"Statement":null}',
    "a statement of another type": document(statement(), "Allow"),
    "a list as a statement": document([statement()]),
    "a version that is none": document(statement(), Version="2012-10-18"),
    "a version that is no text": document(statement(), Version=["2012-10-17"]),
    "no effect": document(statement(Effect=None)),
    "an effect in lower case": document(statement(Effect="allow")),
    "an effect that is a list": document(statement(Effect=["Allow"])),
    "no action": document(statement(Action=None)),
    "an empty list of actions": document(statement(Action=[])),
    "an action and its opposite": document(statement(NotAction="sqs:SendMessage")),
    "an action of another service": document(statement(Action="sns:Publish")),
    "an action of another service by wildcard": document(statement(Action="s3:*")),
    "an action without a service": document(statement(Action="SendMessage")),
    "a service without an action": document(statement(Action="sqs:")),
    "an empty action": document(statement(Action="")),
    "an action that is no text": document(statement(Action=1)),
    "an action among others that is no text": document(statement(Action=["sqs:SendMessage", None])),
    "no principal": document(statement(Principal=None)),
    "a principal and its opposite": document(statement(NotPrincipal="*")),
    "an empty principal": document(statement(Principal={})),
    "an empty list of principals": document(statement(Principal={"AWS": []})),
    "a principal without its kind": document(statement(Principal="111122223333")),
    "a list of principals without a kind": document(statement(Principal=["*"])),
    "an unknown kind of principal": document(statement(Principal={"GCP": "*"})),
    "a kind in lower case": document(statement(Principal={"aws": "*"})),
    "an account of eleven digits": document(statement(Principal={"AWS": "11112222333"})),
    "an ARN's account of eleven digits": document(statement(Principal={"AWS": "arn:aws:iam::11112222333:root"})),
    "an ARN with a wildcard in it": document(statement(Principal={"AWS": "arn:aws:iam::111122223333:role/*"})),
    "an ARN of anybody's": document(statement(Principal={"AWS": "arn:aws:iam::*:root"})),
    "an ARN of nobody": document(statement(Principal={"AWS": "arn:aws:iam::111122223333:"})),
    "an ARN of another service": document(statement(Principal={"AWS": "arn:aws:s3::111122223333:bucket"})),
    "a topic": document(statement(Principal={"AWS": TOPIC})),
    "a name": document(statement(Principal={"AWS": "alice"})),
    "an empty name": document(statement(Principal={"AWS": ""})),
    "a good name and a bad one": document(statement(Principal={"AWS": [ROLE, "alice"]})),
    "a service among accounts": document(statement(Principal={"AWS": "sns.amazonaws.com"})),
    "a service without its domain": document(statement(Principal={"Service": "sns"})),
    "an account among services": document(statement(Principal={"Service": "arn:aws:iam::111122223333:root"})),
    "an empty federated user": document(statement(Principal={"Federated": ""})),
    "a bad principal to leave out": document(statement(Principal=None, NotPrincipal={"AWS": "alice"})),
    "a resource that is no text": document(statement(Resource=1)),
    "a resource to leave out that is no text": document(statement(Resource=None, NotResource={"x": "y"})),
    "an empty list of resources": document(statement(Resource=[])),
    "a condition that is no object": document(statement(Condition="x")),
    "a condition without an operator": document(statement(Condition={"aws:SourceArn": TOPIC})),
    "8193 bytes": document(statement(), Id="i" * (8_193 - len(document(statement(), Id="")))),
    "8193 bytes, but fewer characters": '{"Statement":[],"Id":"x' + "é" * 4_084 + '"}',
    "nested too deep for its reader": '{"Statement":[],"Id":' + "[" * 4_000 + "]" * 4_000 + "}",
    "nested too deep for its writer": '{"Statement":[],"Id":' + "[" * 900 + "]" * 900 + "}",
    "a half of a character": '{"Statement":[],"Id":"\\ud800"}',
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_what_is_no_policy_of_a_queue_is_no_valid_value(text: str) -> None:
    with pytest.raises(InvalidAttributeValue) as caught:
        changed(QueueAttributes(), {"Policy": text})

    assert caught.value.message == "Invalid value for the parameter Policy."


UNKNOWN: Final = {
    "an unknown action": document(statement(Action="sqs:SendMessages")),
    "an unknown action among others": document(statement(Action=["sqs:SendMessage", "sqs:Foo"])),
    "an unknown action to leave out": document(statement(Action=None, NotAction="sqs:Foo")),
}


@pytest.mark.parametrize("text", UNKNOWN.values(), ids=UNKNOWN)
def test_a_policy_with_an_action_that_is_none_of_those_there_are_is_no_valid_value(text: str) -> None:
    policy = PolicyDocument.parse(text)

    with pytest.raises(InvalidAttributeValue) as caught:
        policy.check_actions(ACTIONS)

    assert caught.value.message == "Invalid value for the parameter Policy."


@pytest.mark.parametrize("half", [{}, {"Version": "2012-10-17"}, {"Id": "x"}], ids=str)
def test_an_empty_text_clears_the_policy(half: dict[str, str]) -> None:
    attributes = changed(QueueAttributes(policy=document(statement(), **half)), {"Policy": ""})

    assert attributes.policy is None


PAST_LIMITS: Final = {
    "8 Actions were found, maximum allowed is 7.": document(statement(), statement(Action=["sqs:*"] * 8)),
    "21 Statements were found, maximum allowed is 20.": document(*[statement()] * 21),
    "51 Principals were found, maximum allowed is 50.": document(
        statement(Principal={"AWS": [f"{number:012}" for number in range(50)]}),
        statement(Principal={"Service": "sns.amazonaws.com"}),
    ),
}


@pytest.mark.parametrize(("words", "text"), PAST_LIMITS.items(), ids=PAST_LIMITS)
def test_a_policy_past_its_limits_is_told_which(words: str, text: str) -> None:
    with pytest.raises(OverLimit) as caught:
        changed(QueueAttributes(), {"Policy": text})

    assert caught.value.message == words


# Adding and removing statements.


def grow(text: str | None, label: str = "new") -> Any:
    before = PolicyDocument.empty(ARN) if text is None else PolicyDocument.parse(text)
    return json.loads(before.with_permission(label, ["444455556666"], ["SendMessage"], ARN).text())


NEW: Final = {
    "Sid": "new",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::444455556666:root"},
    "Action": "SQS:SendMessage",
    "Resource": ARN,
}


def test_the_first_permission_begins_aws_own_policy_in_compact_json() -> None:
    grown = PolicyDocument.empty(ARN).with_permission("new", ["444455556666"], ["SendMessage"], ARN)

    assert grown.text() == (
        f'{{"Version":"2008-10-17","Id":"{ARN}/SQSDefaultPolicy","Statement":[{{"Sid":"new","Effect":"Allow",'
        f'"Principal":{{"AWS":"arn:aws:iam::444455556666:root"}},"Action":"SQS:SendMessage","Resource":"{ARN}"}}]}}'
    )


def test_several_accounts_and_actions_are_lists_in_their_order() -> None:
    accounts = ["444455556666", "111122223333"]

    grown = PolicyDocument.empty(ARN).with_permission("new", accounts, ["SendMessage", "*", "DeleteMessage"], ARN)

    (added,) = json.loads(grown.text())["Statement"]
    assert added["Principal"] == {"AWS": ["arn:aws:iam::444455556666:root", "arn:aws:iam::111122223333:root"]}
    assert added["Action"] == ["SQS:SendMessage", "SQS:*", "SQS:DeleteMessage"]


def test_what_is_named_twice_is_one() -> None:
    grown = PolicyDocument.empty(ARN).with_permission("new", ["444455556666"] * 2, ["SendMessage"] * 2, ARN)

    assert json.loads(grown.text())["Statement"] == [NEW]


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_accounts_are_in_the_queues_partition(partition: str) -> None:
    arn = f"arn:{partition}:sqs:somewhere:111122223333:orders"

    grown = PolicyDocument.empty(arn).with_permission("new", ["444455556666"], ["SendMessage"], arn)

    (added,) = json.loads(grown.text())["Statement"]
    assert added["Principal"] == {"AWS": f"arn:{partition}:iam::444455556666:root"}


@pytest.mark.parametrize("text", [text for text in ACCEPTED.values() if len(text) < 8_000 and '"Sid":' in text])
def test_a_policy_keeps_all_it_has_and_gains_the_statement(text: str) -> None:
    before = json.loads(text)

    after = grow(text)

    assert {**after, "Statement": None} == {**before, "Statement": None}
    assert list(after) == list(before)
    assert after["Statement"] == [*before["Statement"], NEW]


def test_a_single_statement_becomes_a_list_in_its_place() -> None:
    before = {"Id": "x", "Statement": statement(), "Version": "2012-10-17"}

    after = grow(json.dumps(before))

    assert list(after) == ["Id", "Statement", "Version"]
    assert after["Statement"] == [statement(), NEW]


def test_a_changed_policy_leaves_the_one_before_as_it_was() -> None:
    before = PolicyDocument.parse(document(statement(Sid="old")))
    text = before.text()

    before.with_permission("new", ["444455556666"], ["SendMessage"], ARN)
    before.without_permission("old")

    assert before.text() == text


def test_letters_stay_letters() -> None:
    after = PolicyDocument.parse(document(statement(Sid="é日本😀"))).with_permission("n", ["4" * 12], ["*"], ARN)

    assert "é日本😀" in after.text()
    assert PolicyDocument.parse(after.text()) == after


@pytest.mark.parametrize("sid", ["new", "with spaces", ""])
def test_a_statement_is_removed_by_its_sid(sid: str) -> None:
    before = PolicyDocument.parse(document(statement(Sid="a"), statement(Sid=sid), statement(), Id="x"))

    after = before.without_permission(sid)

    assert after is not None
    expected = {"Version": "2012-10-17", "Id": "x", "Statement": [statement(Sid="a"), statement()]}
    assert json.loads(after.text()) == expected


def test_nothing_is_left_of_a_policy_without_its_last_statement() -> None:
    assert PolicyDocument.parse(document(statement(Sid="a"), Id="x")).without_permission("a") is None


@pytest.mark.parametrize("label", ["b", "A", "", "None"])
@pytest.mark.parametrize("text", [document(statement(Sid="a"), statement()), document()], ids=["others", "none"])
def test_a_label_that_no_statement_has_is_not_found(text: str, label: str) -> None:
    with pytest.raises(InvalidParameter) as caught:
        PolicyDocument.parse(text).without_permission(label)

    assert caught.value.message == f"Value {label} for parameter Label is invalid. Reason: can't find label."


def test_a_label_is_there_once_whoever_gave_it() -> None:
    with pytest.raises(InvalidParameter) as caught:
        grow(document(statement(), statement(Sid="new")))

    assert caught.value.message == "Value new for parameter Label is invalid. Reason: Already exists."


def compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


# Written as compactly as it will be read: with the new statement it is one byte too long.
FULL: Final = compact({"Id": "i" * (8_193 - len(compact({"Id": "", "Statement": [statement(), NEW]}))),
                       "Statement": [statement()]})  # fmt: skip

NO_ROOM: Final = {
    "statements": (document(*[statement()] * 20), "21 Statements were found, maximum allowed is 20."),
    "principals": (
        document(statement(Principal={"AWS": [f"{number:012}" for number in range(50)]})),
        "51 Principals were found, maximum allowed is 50.",
    ),
    "bytes": (
        FULL,
        "8193 Bytes were found, maximum allowed is 8192.",
    ),
}


@pytest.mark.parametrize(("text", "words"), NO_ROOM.values(), ids=NO_ROOM)
def test_a_full_policy_takes_no_statement_more(text: str, words: str) -> None:
    with pytest.raises(SqsError) as caught:
        grow(text)

    assert isinstance(caught.value, OverLimit)
    assert caught.value.message == words


def test_a_policy_may_become_full() -> None:
    one_byte_less = FULL.replace("i", "", 1)

    after = grow(one_byte_less)

    assert len(compact(after)) == 8_192


# Policies that nobody would write.

anything: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
words: Final = st.sampled_from(["*", "sqs:*", "sqs:SendMessage", "sqs:Foo", "111122223333", ROLE, "sns.amazonaws.com"])
names: Final = words | st.lists(words, max_size=9)
principals: Final = st.just("*") | st.dictionaries(st.sampled_from(["AWS", "Service", "x"]), names, max_size=2)
plausible: Final = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": names, "Principal": principals},
    optional={"Sid": st.just("new") | anything, "Resource": names, "Condition": anything, "x": anything},
)
statements: Final = plausible | st.lists(plausible, max_size=3) | st.lists(plausible | anything, max_size=3)
documents: Final = st.fixed_dictionaries(
    {"Statement": statements}, optional={"Version": st.just("2012-10-17") | anything, "Id": anything, "x": anything}
)


@settings(max_examples=200, deadline=None)
@given(documents | anything)
def test_any_json_is_refused_or_can_be_added_to_and_read_again(tree: object) -> None:
    text = json.dumps(tree)

    try:
        before = PolicyDocument.parse(text)
    except (InvalidAttributeValue, OverLimit):
        return
    assert PolicyDocument.parse(before.text()) == before

    try:
        after = before.with_permission("new", ["444455556666"], ["SendMessage"], ARN)
    except (InvalidParameter, OverLimit):
        return
    left = PolicyDocument.parse(after.text()).without_permission("new")
    assert left == (before if before.statements else None)
