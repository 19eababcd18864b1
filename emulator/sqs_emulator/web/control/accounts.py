"""Accounts: which there are, and how to drop one."""

from __future__ import annotations

import msgspec

from sqs_emulator.faults.injector import Injector
from sqs_emulator.observe.feed import Feed
from sqs_emulator.web.control.asked import Asked


class AccountSeen(msgspec.Struct):
    account: str
    queues: int
    messages: int


class Dropped(msgspec.Struct):
    account: str
    queues: int


class AccountPages:
    def __init__(self, feed: Feed, injector: Injector) -> None:
        self._feed = feed
        self._injector = injector

    def listed(self, asked: Asked) -> list[AccountSeen]:
        return [
            AccountSeen(number, len(queues), sum(len(queue.messages) for queue in queues))
            for number, account in sorted(asked.broker.accounts.items())
            for queues in [list(account.queues())]
        ]

    def drop(self, asked: Asked) -> Dropped:
        """Forget the account that is meant: its queues, the changes of its clock, its events and its fault rules."""
        queues = sum(1 for _ in asked.broker.queues_of(asked.account))
        asked.broker.drop_account(asked.account)
        self._feed.forget(asked.account)
        self._injector.drop_account(asked.account)
        return Dropped(asked.account, queues)
