"""AddPermission and RemovePermission: what they make of a queue's Policy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs, refused


def add(sqs: Sqs, url: str, label: str = "one", *actions: str, accounts: list[str] | None = None) -> None:
    """Add a permission; for the queue's own account unless others are named, since AWS wants them to exist."""
    sqs.client.add_permission(
        QueueUrl=url,
        Label=label,
        AWSAccountIds=[sqs.account(url)] if accounts is None else accounts,
        Actions=list(actions or ("SendMessage",)),
    )


def policy(sqs: Sqs, url: str) -> Any:
    """Return the queue's policy; None if it has none."""
    text = sqs.attributes(url).get("Policy")
    return None if text is None else json.loads(text)


def labels(sqs: Sqs, url: str) -> list[str]:
    return sorted(statement["Sid"] for statement in (policy(sqs, url) or {}).get("Statement", []))


@recorded("AddPermission of one action to one account: this Policy")
def test_a_permission_is_a_statement_of_the_policy(sqs: Sqs, queue: str) -> None:
    add(sqs, queue, "one", "ReceiveMessage")

    arn = sqs.arn(queue)
    root = f"arn:{arn.split(':')[1]}:iam::{sqs.account(queue)}:root"
    wanted = {
        "Version": "2008-10-17",
        "Id": f"{arn}/SQSDefaultPolicy",
        "Statement": [
            {
                "Sid": "one",
                "Effect": "Allow",
                "Principal": {"AWS": root},
                "Action": "SQS:ReceiveMessage",
                "Resource": arn,
            }
        ],
    }
    sqs.eventually(lambda: policy(sqs, queue), wanted)


@recorded("AddPermission of several actions: Action is a list")
def test_several_actions_are_a_list(sqs: Sqs, queue: str) -> None:
    add(sqs, queue, "one", "ReceiveMessage", "SendMessage")

    sqs.eventually(lambda: labels(sqs, queue), ["one"])
    (statement,) = policy(sqs, queue)["Statement"]
    assert sorted(statement["Action"]) == ["SQS:ReceiveMessage", "SQS:SendMessage"]


@recorded("AddPermission with another label adds a statement")
def test_permissions_add_up(sqs: Sqs, queue: str) -> None:
    add(sqs, queue, "one")
    add(sqs, queue, "two")

    sqs.eventually(lambda: labels(sqs, queue), ["one", "two"])


@recorded("RemovePermission takes the statement of its label away")
def test_a_permission_is_removed(sqs: Sqs, queue: str) -> None:
    add(sqs, queue, "one")
    add(sqs, queue, "two")

    sqs.client.remove_permission(QueueUrl=queue, Label="one")

    sqs.eventually(lambda: labels(sqs, queue), ["two"])


@recorded("RemovePermission of the last statement: the queue has no Policy any more")
def test_without_its_last_permission_a_queue_has_no_policy(sqs: Sqs, queue: str) -> None:
    add(sqs, queue)

    sqs.client.remove_permission(QueueUrl=queue, Label="one")

    sqs.eventually(lambda: policy(sqs, queue), None)


@recorded("AddPermission with a label that is there: InvalidParameterValue, in these words")
def test_a_label_is_used_once(sqs: Sqs, queue: str) -> None:
    add(sqs, queue)

    with refused("InvalidParameterValue", "Value one for parameter Label is invalid. Reason: Already exists."):
        add(sqs, queue)


@recorded("RemovePermission of a label that is not there: InvalidParameterValue, in these words")
@pytest.mark.parametrize("permissions", [0, 1], ids=["without a policy", "with a policy"])
def test_a_label_that_is_not_there_cannot_be_removed(sqs: Sqs, queue: str, permissions: int) -> None:
    for _ in range(permissions):
        add(sqs, queue)

    with refused("InvalidParameterValue", "Value two for parameter Label is invalid. Reason: can't find label."):
        sqs.client.remove_permission(QueueUrl=queue, Label="two")


@recorded("public reports quote AddPermission's words for a principal that is no account")
@pytest.mark.parametrize("principal", ["*", "arn:aws:iam::000000000000:user/one"], ids=["everybody", "a user"])
def test_a_permission_is_given_to_accounts(sqs: Sqs, queue: str, principal: str) -> None:
    words = f"Value [{principal}] for parameter PrincipalId is invalid. Reason: Unable to verify."

    with refused("InvalidParameterValue", words):
        add(sqs, queue, accounts=[principal])


@recorded("public reports quote AddPermission's words for an action that does not exist, or is a batch")
@pytest.mark.parametrize("action", ["Fly", "SendMessageBatch"])
def test_a_permission_is_for_actions_that_can_be_permitted(sqs: Sqs, queue: str, action: str) -> None:
    words = (
        f"Value SQS:{action} for parameter ActionName is invalid. "
        "Reason: Please refer to the appropriate WSDL for a list of valid actions."
    )

    with pytest.raises(sqs.client.exceptions.ClientError) as caught:
        add(sqs, queue, "one", action)

    assert caught.value.response["Error"]["Code"] == "InvalidParameterValue"
    assert caught.value.response["Error"]["Message"].rstrip() == words


@ground("API Reference, AddPermission")
def test_a_statement_has_up_to_seven_actions(sqs: Sqs, queue: str) -> None:
    seven = [
        "SendMessage",
        "ReceiveMessage",
        "DeleteMessage",
        "ChangeMessageVisibility",
        "GetQueueAttributes",
        "GetQueueUrl",
        "PurgeQueue",
    ]

    with refused("OverLimit", status=403):
        add(sqs, queue, "eight", *seven, "ListDeadLetterSourceQueues")
    add(sqs, queue, "seven", *seven)

    sqs.eventually(lambda: labels(sqs, queue), ["seven"])
