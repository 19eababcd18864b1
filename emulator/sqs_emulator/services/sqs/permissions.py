"""Actions on permissions, which are statements of the queue's policy: stored, but enforced on nobody.

AWS's pages: "AddPermission" and "RemovePermission" in the Amazon SQS API Reference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from sqs_emulator.contract.sqs import ACTIONS
from sqs_emulator.contract.sqs.permissions import AddPermissionRequest, RemovePermissionRequest
from sqs_emulator.core.errors import InvalidParameter, MissingParameter
from sqs_emulator.core.identifiers import ACCOUNT_ID
from sqs_emulator.core.limits import LABEL_LENGTH
from sqs_emulator.core.policy import PolicyDocument, check_number_of_actions
from sqs_emulator.core.queue import Queue
from sqs_emulator.services.call import Call
from sqs_emulator.services.subject import queue_of

_LABEL: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{LABEL_LENGTH}}}", re.ASCII)
# Not settled: AWS's words. These follow those for other names.
_LABEL_REASON: Final = (
    f"Label can only include alphanumeric characters, hyphens, or underscores. 1 to {LABEL_LENGTH} in length."
)
_NOT_AN_ACTION: Final = "Please refer to the appropriate WSDL for a list of valid actions. "  # the space is AWS's
_OWNERS_ACTION: Final = "Only the queue owner is allowed to invoke this action."


def add_permission(call: Call, request: AddPermissionRequest) -> None:
    """Not settled: the order of the checks. First each parameter by itself, as they are listed, then the policy."""
    queue, now = queue_of(call, request.queue_url)
    label, accounts, actions = request.label or "", request.account_ids or [], request.actions or []
    if not _LABEL.fullmatch(label):
        raise InvalidParameter(label, "Label", _LABEL_REASON)
    _check_accounts(accounts)
    _check_actions(actions)
    _set_policy(queue, _policy_of(queue).with_permission(label, accounts, actions, queue.arn), now)


def remove_permission(call: Call, request: RemovePermissionRequest) -> None:
    """Remove a statement by its Sid, whoever made it: of a policy that was set as a whole, any text may be one."""
    queue, now = queue_of(call, request.queue_url)
    _set_policy(queue, _policy_of(queue).without_permission(request.label or ""), now)


def _check_accounts(accounts: Sequence[str]) -> None:
    """An account is twelve digits; that there is one, nobody verifies here.

    Not settled: whether AWS names all that were sent, or the bad ones only, as here.
    """
    bad = [account for account in accounts if not ACCOUNT_ID.fullmatch(account)]
    if bad or not accounts:
        raise InvalidParameter(f"[{', '.join(bad)}]", "PrincipalId", "Unable to verify.")


def _check_actions(actions: Sequence[str]) -> None:
    if not actions:
        raise MissingParameter("Actions")
    check_number_of_actions(actions)
    for name in actions:
        action = ACTIONS.get(name)
        if action is not None and action.owner_only:
            raise InvalidParameter(f"SQS:{name}", "ActionName", _OWNERS_ACTION)
        if name != "*" and (action is None or action.batch_of is not None):
            raise InvalidParameter(f"SQS:{name}", "ActionName", _NOT_AN_ACTION)


def check_policy(text: str | None) -> None:
    """Refuse the text of a policy that cannot be, or that names an action which SQS has not."""
    if text:
        PolicyDocument.parse(text).check_actions(ACTIONS)


def _policy_of(queue: Queue) -> PolicyDocument:
    text = queue.attributes.policy
    return PolicyDocument.empty(queue.arn) if text is None else PolicyDocument.parse(text)


def _set_policy(queue: Queue, policy: PolicyDocument | None, now: int) -> None:
    text = None if policy is None else policy.text()
    attributes = msgspec.structs.replace(queue.attributes, policy=text)
    queue.set_attributes(attributes, now=now, changes={"Policy": text or ""})
