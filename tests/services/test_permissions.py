"""AddPermission and RemovePermission: statements of the queue's policy, one for each label."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import pytest

from tests.sqs_by_hand import START, Refused, Sqs, refused

ARN: Final = "arn:aws:sqs:us-east-1:000000000000:q"
ALICE: Final = {"Label": "alice", "AWSAccountIds": ["111122223333"], "Actions": ["SendMessage"]}
ALICES: Final = {
    "Sid": "alice",
    "Effect": "Allow",
    "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
    "Action": "SQS:SendMessage",
    "Resource": ARN,
}

Ask = Callable[[Sqs, str, Mapping[str, Any]], object]


def in_json(sqs: Sqs, action: str, members: Mapping[str, Any]) -> object:
    return sqs.ask_for(action, members)


def in_query(sqs: Sqs, action: str, members: Mapping[str, Any]) -> object:
    """Spell the call as old SDKs do: an empty list is its name alone."""
    form = {"Action": action}
    for name, value in members.items():
        spelt = {"AWSAccountIds": "AWSAccountId", "Actions": "ActionName"}.get(name, name)
        if isinstance(value, str):
            form[name] = value
        else:
            form |= {f"{spelt}.{number}": text for number, text in enumerate(value, start=1)} or {spelt: ""}
    return sqs.query(form)


@pytest.fixture(params=[in_json, in_query], ids=["JSON", "Query"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Either protocol, in turn."""
    speak: Ask = request.param
    return speak


def add(sqs: Sqs, label: str, accounts: Sequence[str] = ("111122223333",), actions: Sequence[str] = ("*",)) -> None:
    sqs.call("AddPermission", QueueUrl="q", Label=label, AWSAccountIds=accounts, Actions=actions)


def remove(sqs: Sqs, label: str) -> None:
    sqs.call("RemovePermission", QueueUrl="q", Label=label)


def policy(sqs: Sqs) -> Any:
    """Return the queue's policy, None if there is none."""
    text = sqs.attributes("q").get("Policy")
    return None if text is None else json.loads(text)


def labels(sqs: Sqs) -> list[str]:
    return [statement.get("Sid") for statement in policy(sqs)["Statement"]]


# What they do.


def test_the_first_permission_makes_a_policy(sqs: Sqs, ask: Ask) -> None:
    sqs.create()

    ask(sqs, "AddPermission", {"QueueUrl": "q", **ALICE})

    assert policy(sqs) == {"Version": "2008-10-17", "Id": f"{ARN}/SQSDefaultPolicy", "Statement": [ALICES]}


def test_several_accounts_and_actions_are_lists(sqs: Sqs, ask: Ask) -> None:
    sqs.create()
    accounts, actions = ["111122223333", "000000000000"], ["SendMessage", "ReceiveMessage", "*"]

    ask(sqs, "AddPermission", {"QueueUrl": "q", "Label": "both", "AWSAccountIds": accounts, "Actions": actions})

    (statement,) = policy(sqs)["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::111122223333:root", "arn:aws:iam::000000000000:root"]}
    assert statement["Action"] == ["SQS:SendMessage", "SQS:ReceiveMessage", "SQS:*"]


GRANTABLE: Final = [
    "*",
    "ChangeMessageVisibility",
    "DeleteMessage",
    "GetQueueAttributes",
    "GetQueueUrl",
    "ListDeadLetterSourceQueues",
    "PurgeQueue",
    "ReceiveMessage",
    "SendMessage",
]


@pytest.mark.parametrize("action", GRANTABLE)
def test_an_action_on_messages_can_be_granted(sqs: Sqs, action: str) -> None:
    sqs.create()

    add(sqs, "one", actions=[action])

    assert policy(sqs)["Statement"][0]["Action"] == f"SQS:{action}"


@pytest.mark.parametrize("label", ["a", "A-z_09", "x" * 80])
def test_a_label_is_up_to_eighty_letters_digits_hyphens_and_underscores(sqs: Sqs, label: str) -> None:
    sqs.create()

    add(sqs, label)

    assert labels(sqs) == [label]


def test_another_permission_is_another_statement(sqs: Sqs) -> None:
    sqs.create()

    add(sqs, "alice")
    add(sqs, "bob")
    add(sqs, "Alice")

    assert labels(sqs) == ["alice", "bob", "Alice"]


def test_a_permission_is_removed_by_its_label(sqs: Sqs, ask: Ask) -> None:
    sqs.create()
    add(sqs, "alice")
    add(sqs, "bob")

    ask(sqs, "RemovePermission", {"QueueUrl": "q", "Label": "alice"})

    assert labels(sqs) == ["bob"]


def test_the_last_permission_takes_the_policy_with_it(sqs: Sqs, ask: Ask) -> None:
    sqs.create()
    add(sqs, "alice")

    ask(sqs, "RemovePermission", {"QueueUrl": "q", "Label": "alice"})

    assert "Policy" not in sqs.attributes("q")
    assert sqs.attributes("q", "Policy") == {}


def test_a_label_is_free_again_when_it_is_removed(sqs: Sqs) -> None:
    sqs.create()
    add(sqs, "alice", actions=["SendMessage"])
    remove(sqs, "alice")

    add(sqs, "alice", actions=["ReceiveMessage"])

    assert policy(sqs)["Statement"][0]["Action"] == "SQS:ReceiveMessage"


CUSTOM: Final = {
    "Id": "mine",
    "Statement": {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"},
    "Version": "2012-10-17",
}


def test_a_policy_of_ones_own_keeps_its_members_and_gains_the_statement(sqs: Sqs, ask: Ask) -> None:
    sqs.create(Policy=json.dumps(CUSTOM))

    ask(sqs, "AddPermission", {"QueueUrl": "q", **ALICE})
    grown = policy(sqs)
    ask(sqs, "RemovePermission", {"QueueUrl": "q", "Label": "alice"})

    assert grown == {**CUSTOM, "Statement": [CUSTOM["Statement"], ALICES]}
    assert list(grown) == ["Id", "Statement", "Version"]
    assert policy(sqs) == {**CUSTOM, "Statement": [CUSTOM["Statement"]]}


def test_a_fifo_queue_has_permissions_too(sqs: Sqs, ask: Ask) -> None:
    url = sqs.create("q.fifo", FifoQueue="true")

    ask(sqs, "AddPermission", {"QueueUrl": url, **ALICE})
    added = json.loads(sqs.attributes(url, "Policy")["Policy"])
    ask(sqs, "RemovePermission", {"QueueUrl": url, "Label": "alice"})

    assert added["Id"] == f"{ARN}.fifo/SQSDefaultPolicy"
    assert added["Statement"] == [{**ALICES, "Resource": f"{ARN}.fifo"}]
    assert sqs.attributes(url, "Policy") == {}


def test_what_permissions_made_is_a_policy_that_can_be_set(sqs: Sqs) -> None:
    sqs.create()
    for number in range(3):
        add(sqs, f"label-{number}", ["111122223333", "444455556666"], ["SendMessage", "*"])
    text = sqs.attributes("q")["Policy"]

    other = sqs.create("other", Policy=text)

    assert sqs.attributes(other, "Policy") == {"Policy": text}


def test_permissions_modify_the_queue(sqs: Sqs) -> None:
    sqs.create()

    sqs.clock.advance(10)
    add(sqs, "alice")
    added = sqs.attributes("q", "LastModifiedTimestamp")
    sqs.clock.advance(10)
    remove(sqs, "alice")

    assert added == {"LastModifiedTimestamp": str(START // 1000 + 10)}
    assert sqs.attributes("q", "LastModifiedTimestamp") == {"LastModifiedTimestamp": str(START // 1000 + 20)}


def test_other_attributes_stay(sqs: Sqs) -> None:
    sqs.create(VisibilityTimeout="7", KmsMasterKeyId="key")
    before = sqs.attributes("q")

    add(sqs, "alice")
    remove(sqs, "alice")

    assert sqs.attributes("q") == before


def test_a_permission_is_for_nobody_in_particular(sqs: Sqs) -> None:
    """Policies are kept, not enforced: who has no permission is served like who has one."""
    url = sqs.create(Policy=json.dumps(CUSTOM))
    add(sqs, "alice", ["111122223333"], ["ReceiveMessage"])

    sqs.send(url)

    assert len(sqs.receive(url)) == 1


# What is refused.

BAD_LABEL: Final = "Label can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length."
NO_ACTION: Final = "Please refer to the appropriate WSDL for a list of valid actions. "
OWNERS: Final = "Only the queue owner is allowed to invoke this action."
MISSING: Final = "The request must contain the parameter {}."
OWNER_ONLY: Final = [
    "AddPermission",
    "CancelMessageMoveTask",
    "CreateQueue",
    "DeleteQueue",
    "ListMessageMoveTasks",
    "ListQueueTags",
    "ListQueues",
    "RemovePermission",
    "SetQueueAttributes",
    "StartMessageMoveTask",
    "TagQueue",
    "UntagQueue",
]


def value(sent: str, parameter: str, reason: str) -> tuple[str, int, str]:
    return "InvalidParameterValue", 400, f"Value {sent} for parameter {parameter} is invalid. Reason: {reason}"


def missing(parameter: str) -> tuple[str, int, str]:
    return "MissingParameter", 400, MISSING.format(parameter)


# What is sent otherwise (None: not at all), and the code, the status and the words that come back. The last ones have
# more than one fault: parameters are looked at one after the other.
REFUSALS: Final[dict[str, tuple[dict[str, Any], tuple[str, int, str]]]] = {
    "no queue": ({"QueueUrl": None}, missing("QueueUrl")),
    "no label": ({"Label": None}, missing("Label")),
    "an empty label": ({"Label": ""}, value("", "Label", BAD_LABEL)),
    "a label of 81 letters": ({"Label": "x" * 81}, value("x" * 81, "Label", BAD_LABEL)),
    "a label with a space": ({"Label": "a b"}, value("a b", "Label", BAD_LABEL)),
    "a label with a dot": ({"Label": "a.b"}, value("a.b", "Label", BAD_LABEL)),
    "a label with a line feed": ({"Label": "a\n"}, value("a\n", "Label", BAD_LABEL)),
    "a label with another letter": ({"Label": "é"}, value("é", "Label", BAD_LABEL)),
    "no accounts at all": ({"AWSAccountIds": None}, missing("AWSAccountIds")),
    "an empty list of accounts": ({"AWSAccountIds": []}, value("[]", "PrincipalId", "Unable to verify.")),
    **{
        f"the account {account}": (
            {"AWSAccountIds": [account]},
            value(f"[{account}]", "PrincipalId", "Unable to verify."),
        )
        for account in (
            "*",
            "arn:aws:iam::111122223333:root",
            "sns.amazonaws.com",
            "11112222333",
            "1111222233334",
            "1111-2222-3333",
            "١١١١٢٢٢٢٣٣٣٣",
            "",
        )
    },
    "bad accounts beside good ones": (
        {"AWSAccountIds": ["111122223333", "alice", "444455556666", "*"]},
        value("[alice, *]", "PrincipalId", "Unable to verify."),
    ),
    "no actions at all": ({"Actions": None}, missing("Actions")),
    "an empty list of actions": ({"Actions": []}, missing("Actions")),
    "eight actions": (
        {"Actions": GRANTABLE[:8]},
        ("OverLimit", 403, "8 Actions were found, maximum allowed is 7."),
    ),
    "an action eight times": (
        {"Actions": ["SendMessage"] * 8},
        ("OverLimit", 403, "8 Actions were found, maximum allowed is 7."),
    ),
    **{
        f"the action {action}": ({"Actions": [action]}, value(f"SQS:{action}", "ActionName", NO_ACTION))
        for action in (
            "Foo",
            "sendMessage",
            "SQS:SendMessage",
            "Send*",
            "",
            "SendMessageBatch",
            "DeleteMessageBatch",
            "ChangeMessageVisibilityBatch",
        )
    },
    **{
        f"the owner's action {action}": ({"Actions": [action]}, value(f"SQS:{action}", "ActionName", OWNERS))
        for action in OWNER_ONLY
    },
    "bad actions beside good ones, of which the first is told": (
        {"Actions": ["SendMessage", "Foo", "DeleteQueue"]},
        value("SQS:Foo", "ActionName", NO_ACTION),
    ),
    "a label before accounts": ({"Label": "a b", "AWSAccountIds": ["*"]}, value("a b", "Label", BAD_LABEL)),
    "accounts before actions": (
        {"AWSAccountIds": ["*"], "Actions": ["Foo"]},
        value("[*]", "PrincipalId", "Unable to verify."),
    ),
    "their number before the actions": (
        {"Actions": ["Foo"] * 8},
        ("OverLimit", 403, "8 Actions were found, maximum allowed is 7."),
    ),
    "actions before a label that is taken": (
        {"Label": "taken", "Actions": ["Foo"]},
        value("SQS:Foo", "ActionName", NO_ACTION),
    ),
    "a label that is taken": ({"Label": "taken"}, value("taken", "Label", "Already exists.")),
}  # fmt: skip


@pytest.mark.parametrize(("otherwise", "answer"), REFUSALS.values(), ids=REFUSALS)
def test_a_refused_permission_changes_nothing(
    sqs: Sqs, ask: Ask, otherwise: dict[str, Any], answer: tuple[str, int, str]
) -> None:
    sqs.create()
    add(sqs, "taken")
    before = sqs.attributes("q")
    sqs.clock.advance(10)
    sent = {"QueueUrl": "q", **ALICE, **otherwise}
    code, status, message = answer

    with refused(code, message, status=status):
        ask(sqs, "AddPermission", {name: member for name, member in sent.items() if member is not None})

    assert sqs.attributes("q") == before


REMOVALS: Final = {
    "no queue": ({"QueueUrl": None}, missing("QueueUrl")),
    "no label": ({"Label": None}, missing("Label")),
    "an unknown label": ({"Label": "bob"}, value("bob", "Label", "can't find label.")),
    "a label in another case": ({"Label": "Taken"}, value("Taken", "Label", "can't find label.")),
    "an empty label": ({"Label": ""}, value("", "Label", "can't find label.")),
    "a label that cannot be": ({"Label": "a b"}, value("a b", "Label", "can't find label.")),
}


@pytest.mark.parametrize("policy_is_there", [True, False], ids=["another permission", "no policy"])
@pytest.mark.parametrize(("otherwise", "answer"), REMOVALS.values(), ids=REMOVALS)
def test_a_refused_removal_changes_nothing(
    sqs: Sqs, ask: Ask, otherwise: dict[str, Any], answer: tuple[str, int, str], policy_is_there: bool
) -> None:
    sqs.create()
    if policy_is_there:
        add(sqs, "taken")
    before = sqs.attributes("q")
    sqs.clock.advance(10)
    sent = {"QueueUrl": "q", "Label": "taken", **otherwise}
    code, status, message = answer

    with refused(code, message, status=status):
        ask(sqs, "RemovePermission", {name: member for name, member in sent.items() if member is not None})

    assert sqs.attributes("q") == before


@pytest.mark.parametrize(
    ("action", "members"), [("AddPermission", {**ALICE, "Label": "a b"}), ("RemovePermission", {"Label": "alice"})]
)
def test_a_queue_that_is_not_there_is_told_first_in_the_protocols_own_words(
    sqs: Sqs, action: str, members: dict[str, Any]
) -> None:
    code = "AWS.SimpleQueueService.NonExistentQueue"

    with refused(code, "The specified queue does not exist."):
        in_json(sqs, action, {"QueueUrl": "none", **members})
    with refused(code, "The specified queue does not exist for this wsdl version."):
        in_query(sqs, action, {"QueueUrl": "none", **members})


SHAPES: Final = {
    "com.amazon.coral.service#InvalidParameterValueException": {"Label": ""},
    "com.amazon.coral.service#MissingRequiredParameterException": {"Actions": []},
    "com.amazonaws.sqs#OverLimit": {"Actions": GRANTABLE},
}


@pytest.mark.parametrize(("shape", "otherwise"), SHAPES.items(), ids=SHAPES)
def test_a_refusal_has_its_shape_in_json(sqs: Sqs, shape: str, otherwise: dict[str, Any]) -> None:
    sqs.create()

    with pytest.raises(Refused) as caught:
        in_json(sqs, "AddPermission", {"QueueUrl": "q", **ALICE, **otherwise})

    assert caught.value.shape == shape
    assert caught.value.fault == "Sender"


# The policy as a whole has limits too.


def test_twenty_permissions_are_the_limit(sqs: Sqs) -> None:
    sqs.create()
    for number in range(20):
        add(sqs, f"label-{number}")
    before = sqs.attributes("q")

    with refused("OverLimit", "21 Statements were found, maximum allowed is 20.", status=403):
        add(sqs, "one-more")

    assert sqs.attributes("q") == before
    assert len(labels(sqs)) == 20


def test_fifty_accounts_are_the_limit_of_all_permissions_together(sqs: Sqs) -> None:
    sqs.create()
    accounts = [f"{number:012}" for number in range(51)]
    add(sqs, "half", accounts[:25])
    add(sqs, "most", accounts[:50])

    with refused("OverLimit", "51 Principals were found, maximum allowed is 50.", status=403):
        add(sqs, "one-more", accounts[50:])

    assert labels(sqs) == ["half", "most"]


def test_a_policy_does_not_grow_past_its_size(sqs: Sqs) -> None:
    sqs.create(Policy=json.dumps({**CUSTOM, "Id": "i" * 8_000}))
    before = sqs.attributes("q")

    with refused("OverLimit", status=403):
        add(sqs, "alice")

    assert sqs.attributes("q") == before


# The attribute itself. Which policies are accepted and which are not is in tests/core/test_policy.py.

NOT_A_POLICY: Final = {
    "no JSON": "{",
    "no statement": '{"Version":"2012-10-17"}',
    "an unknown action": json.dumps({"Statement": {**ALICES, "Action": "SQS:Foo"}}),
    "an unknown principal": json.dumps({"Statement": {**ALICES, "Principal": {"AWS": "alice"}}}),
    "too many bytes": json.dumps({"Statement": ALICES, "Id": "i" * 8_000}),
}


@pytest.mark.parametrize("text", NOT_A_POLICY.values(), ids=NOT_A_POLICY)
def test_a_policy_that_is_none_is_refused_in_both_protocols(sqs: Sqs, text: str) -> None:
    sqs.create(Policy=json.dumps(CUSTOM))
    before = sqs.attributes("q")
    form = {"QueueUrl": "q", "Attribute.1.Name": "Policy", "Attribute.1.Value": text}

    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        sqs.call("SetQueueAttributes", QueueUrl="q", Attributes={"Policy": text})
    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        sqs.query({"Action": "SetQueueAttributes", **form})
    with refused("InvalidAttributeValue", "Invalid value for the parameter Policy."):
        sqs.create("new", Policy=text)

    assert sqs.attributes("q") == before
    assert sqs.call("ListQueues")["QueueUrls"] == [sqs.create()]


def test_a_statement_of_eight_actions_is_over_a_limit(sqs: Sqs) -> None:
    sqs.create()
    text = json.dumps({"Statement": {**ALICES, "Action": [f"SQS:{action}" for action in GRANTABLE[:8]]}})

    with refused("OverLimit", "8 Actions were found, maximum allowed is 7.", status=403):
        sqs.call("SetQueueAttributes", QueueUrl="q", Attributes={"Policy": text})

    assert policy(sqs) is None


def test_any_white_space_of_a_policy_comes_back(sqs: Sqs) -> None:
    text = f'\n{{ "Statement" :\t[ {json.dumps(ALICES, indent=4)} ] }}\r\n'
    form = {"QueueUrl": "q", "Attribute.1.Name": "Policy", "Attribute.1.Value": text}
    sqs.create()

    sqs.query({"Action": "SetQueueAttributes", **form})

    assert sqs.attributes("q", "Policy") == {"Policy": text}
    root = sqs.query({"Action": "GetQueueAttributes", "QueueUrl": "q", "AttributeName.1": "Policy"})
    assert root.findtext("GetQueueAttributesResult/Attribute/Value") == text
