"""The policy of a queue: who else may use it, and for what. It is checked, kept and answered; nothing enforces it.

What a user sets as the attribute `Policy` stays the text that it was. AddPermission and RemovePermission read it,
change its list of statements and write the whole as compact JSON, with all its other members in their places.

Refused is what AWS's grammar rules out, and a principal or an action that cannot exist; what is in doubt is accepted.
Nobody here knows which accounts, roles and services there are, so whatever has the form of one will do. Which actions
there are the caller says.

Ground: IAM User Guide, "Grammar of the IAM JSON policy language" and "AWS JSON policy elements: Principal"; Amazon SQS
Developer Guide, "Amazon SQS quotas" and "Amazon SQS API permissions". That a bad action or principal is an "Invalid
value for the parameter Policy." has been seen.

Not settled: the words of the limits but for seven actions, and whether SetQueueAttributes tells them as AddPermission
does (AWS's model gives both an OverLimit; a policy of too many bytes is no valid value); whether an empty list of
statements is refused (here it is not); what counts as one of the quotas' ten conditions (here nothing does).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.errors import InvalidAttributeValue, InvalidParameter, OverLimit
from sqs_emulator.core.limits import POLICY_BYTES, POLICY_PRINCIPALS, POLICY_STATEMENTS, STATEMENT_ACTIONS

_VERSIONS: Final = ("2008-10-17", "2012-10-17")

_SERVICES: Final = ("sqs", "*")

# Each kind of principal, and the form of its names. An ARN may have no wildcard in it, but everybody is a `*`; what
# begins with an A is the unique id of a user or a role.
_PRINCIPALS: Final[Mapping[str, re.Pattern[str]]] = {
    "AWS": re.compile(
        r"\*|[0-9]{12}|A[A-Z0-9]{15,}|arn:[a-z-]+:(iam|sts)::([0-9]{12}|[a-z][a-z-]*):[^*?\s]+", re.ASCII
    ),
    "Service": re.compile(r"\*|[\w-]+(\.[\w-]+)+", re.ASCII),
    "Federated": re.compile(r"\S+"),
    "CanonicalUser": re.compile(r"\S+"),
}

# The grammar needs six. Without a bound there were policies that can be read here but, nested as deep, not written.
_MAX_LEVELS: Final = 16

_Members = dict[str, object]


class PolicyDocument(msgspec.Struct, frozen=True):
    """A policy that is valid; made of its text by `parse`, or begun by `empty`."""

    members: _Members  # as they were sent, in their order; of Statement, its place alone
    statements: tuple[_Members, ...] = ()

    @classmethod
    def parse(cls, text: str) -> PolicyDocument:
        """Read the value of the attribute `Policy`; raises InvalidAttributeValue or OverLimit."""
        if len(text.encode()) > POLICY_BYTES:
            raise _invalid()
        members = _decode(text)
        listed = members.get("Statement")
        statements = listed if isinstance(listed, list) else [listed]
        if members.get("Version", _VERSIONS[0]) not in _VERSIONS or not _is_flat(members, _MAX_LEVELS):
            raise _invalid()
        policy = cls({**members, "Statement": None}, tuple(_statement(statement) for statement in statements))
        policy._check_limits()
        return policy

    @classmethod
    def empty(cls, queue_arn: str) -> PolicyDocument:
        """Begin the policy that AddPermission makes for a queue without one."""
        return cls({"Version": _VERSIONS[0], "Id": f"{queue_arn}/SQSDefaultPolicy", "Statement": None})

    def text(self) -> str:
        return msgspec.json.encode({**self.members, "Statement": self.statements}).decode()

    def with_permission(
        self, label: str, accounts: Iterable[str], actions: Iterable[str], queue_arn: str
    ) -> PolicyDocument:
        """Return it with one statement more; raises InvalidParameter if the label is taken, or OverLimit."""
        if any(statement.get("Sid") == label for statement in self.statements):
            raise InvalidParameter(label, "Label", "Already exists.")
        partition = QueueArn.parse(queue_arn).partition
        statement: _Members = {
            "Sid": label,
            "Effect": "Allow",
            "Principal": {"AWS": _one_or_several(f"arn:{partition}:iam::{account}:root" for account in accounts)},
            "Action": _one_or_several(f"SQS:{action}" for action in actions),
            "Resource": queue_arn,
        }
        policy = PolicyDocument(self.members, (*self.statements, statement))
        policy._check_limits()
        size = len(policy.text().encode())
        if size > POLICY_BYTES:
            raise OverLimit.found(size, "Bytes", POLICY_BYTES)
        return policy

    def without_permission(self, label: str) -> PolicyDocument | None:
        """Return it without the statement, None if it was the last; raises InvalidParameter if there is none."""
        left = tuple(statement for statement in self.statements if statement.get("Sid") != label)
        if len(left) == len(self.statements):
            raise InvalidParameter(label, "Label", "can't find label.")
        return PolicyDocument(self.members, left) if left else None

    def check_actions(self, known: Collection[str]) -> None:
        """Refuse a name that is none of these, by InvalidAttributeValue; case is nobody's concern.

        Whether anything is meant by a name with wildcards is not looked at.
        """
        names = {name.lower() for name in known}
        for statement in self.statements:
            for action in _texts(_one_of(statement, "Action", "NotAction")):
                name = action.rpartition(":")[2].lower()
                if name not in names and "*" not in name and "?" not in name:
                    raise _invalid()

    def _check_limits(self) -> None:
        for statement in self.statements:
            actions = statement.get("Action")
            if isinstance(actions, list):
                check_number_of_actions(actions)
        if len(self.statements) > POLICY_STATEMENTS:
            raise OverLimit.found(len(self.statements), "Statements", POLICY_STATEMENTS)
        principals = {name for statement in self.statements for name in _principals(statement)}
        if len(principals) > POLICY_PRINCIPALS:
            raise OverLimit.found(len(principals), "Principals", POLICY_PRINCIPALS)


def check_number_of_actions(actions: Sequence[object]) -> None:
    if len(actions) > STATEMENT_ACTIONS:
        raise OverLimit.found(len(actions), "Actions", STATEMENT_ACTIONS)


def _invalid() -> InvalidAttributeValue:
    return InvalidAttributeValue.of("Policy")


def _decode(text: str) -> _Members:
    try:
        return msgspec.json.decode(text, type=_Members)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise _invalid() from None


def _is_flat(value: object, levels: int) -> bool:
    """Say whether lists and maps are nested no deeper than this."""
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_flat(member, levels - 1) for member in inner)


def _statement(value: object) -> _Members:
    """Check one statement and return it. A Sid may be anything, and a Resource is not compared with the queue."""
    if not isinstance(value, dict) or value.get("Effect") not in ("Allow", "Deny"):
        raise _invalid()
    for action in _texts(_one_of(value, "Action", "NotAction")):
        _check_action(action)
    _principals(value)
    for member in ("Resource", "NotResource"):
        if member in value:
            _texts(value[member])
    _check_condition(value.get("Condition"))
    return value


def _check_condition(condition: object) -> None:
    """None, or an object for each operator; of what is in those, nothing is known here."""
    if condition is None:
        return
    if not isinstance(condition, dict) or not all(isinstance(keys, dict) for keys in condition.values()):
        raise _invalid()


def _check_action(action: str) -> None:
    """`*`, or an action of SQS, whatever it is called."""
    service, _, name = action.partition(":")
    if action != "*" and not (service.lower() in _SERVICES and name):
        raise _invalid()


def _principals(statement: _Members) -> list[str]:
    """Return whom a statement is about, each with its kind, or raise InvalidAttributeValue."""
    value = _one_of(statement, "Principal", "NotPrincipal")
    if value == "*":
        return ["AWS *"]
    if not isinstance(value, dict) or not value:
        raise _invalid()
    named = [(kind, name) for kind, names in value.items() for name in _texts(names)]
    for kind, name in named:
        if kind not in _PRINCIPALS or not _PRINCIPALS[kind].fullmatch(name):
            raise _invalid()
    return [f"{kind} {name}" for kind, name in named]


def _one_of(statement: _Members, member: str, opposite: str) -> object:
    """Return the value of the one that is there of two that rule each other out."""
    if (member in statement) == (opposite in statement):
        raise _invalid()
    return statement.get(member, statement.get(opposite))


def _texts(value: object) -> list[str]:
    """Return the texts of a member that is one, or a list of some."""
    listed = value if isinstance(value, list) else [value]
    texts = [text for text in listed if isinstance(text, str)]
    if not texts or len(texts) < len(listed):
        raise _invalid()
    return texts


def _one_or_several(texts: Iterable[str]) -> str | list[str]:
    """AWS writes one as a text, several as a list. Not settled: what it makes of one that is named twice."""
    different = list(dict.fromkeys(texts))
    return different[0] if len(different) == 1 else different
