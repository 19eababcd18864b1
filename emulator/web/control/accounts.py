"""Accounts: what there is of them, and how to be rid of it."""

from __future__ import annotations

import msgspec

from emulator.web.control.asked import Asked


class AccountSeen(msgspec.Struct):
    account: str
    queues: int
    messages: int


class Dropped(msgspec.Struct):
    account: str
    queues: int


def listed(asked: Asked) -> list[AccountSeen]:
    return [
        AccountSeen(number, sum(1 for _ in account.queues()), sum(len(queue.messages) for queue in account.queues()))
        for number, account in sorted(asked.broker.accounts.items())
    ]


def drop(asked: Asked) -> Dropped:
    """Forget the account that is meant: its queues with everything in them, and what was done to its clock."""
    found = asked.broker.accounts.get(asked.account)
    queues = 0 if found is None else sum(1 for _ in found.queues())
    asked.broker.drop_account(asked.account)
    return Dropped(asked.account, queues)
