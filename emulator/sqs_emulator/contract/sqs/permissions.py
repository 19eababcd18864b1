"""Actions on permissions: who else may use a queue."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from sqs_emulator.contract.action import Action, QueueRequest, query
from sqs_emulator.contract.sqs.name import NAME


class AddPermissionRequest(QueueRequest):
    label: str | None = None
    account_ids: Annotated[list[str], query("AWSAccountId")] | None = msgspec.field(default=None, name="AWSAccountIds")
    actions: Annotated[list[str], query("ActionName")] | None = None


class RemovePermissionRequest(QueueRequest):
    label: str | None = None


ACTIONS: Final = (
    Action(NAME, "AddPermission", AddPermissionRequest, ("label", "account_ids", "actions"), owner_only=True),
    Action(NAME, "RemovePermission", RemovePermissionRequest, ("label",), owner_only=True),
)
