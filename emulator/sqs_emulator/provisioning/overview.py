"""What a configuration creates, told without starting anything; and its fault rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqs_emulator.config.attributes import FIFO
from sqs_emulator.config.errors import ConfigError
from sqs_emulator.config.settings import Config
from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.broker import Broker
from sqs_emulator.core.clock import SystemClock
from sqs_emulator.provisioning.accounts import Provisioner

if TYPE_CHECKING:
    from sqs_emulator.faults.rules import FaultRule


def fault_rules(config: Config) -> list[FaultRule]:
    """Return the fault rules of a configuration."""
    if not config.faults:
        return []
    from sqs_emulator.faults.rules import FaultError  # only who has faults pays for them
    from sqs_emulator.faults.scenarios import parse_rules

    rules: list[FaultRule] = []
    for number, given in enumerate(config.faults, 1):
        try:
            rules += parse_rules(given)
        except FaultError as error:
            raise ConfigError(f"faults number {number}: {error}", setting="faults") from None
    return rules


def plan(config: Config) -> list[tuple[str, ...]]:
    """Return what a configuration creates, a row for each queue and pattern, without starting anything."""
    broker = Broker(SystemClock(), limits=config.limit_set)
    Provisioner(config).begin_queues(broker)
    rows: list[tuple[str, ...]] = []
    for queue in broker.queues():
        arn, policy = QueueArn.parse(queue.arn), queue.attributes.redrive_policy
        target = (QueueArn.parse(policy.dead_letter_target_arn).name, policy.max_receive_count) if policy else None
        rows.append(("queue", arn.name, _type(arn.name), f"{arn.account} {arn.region}", _dead_letters(target)))
    for rule in config.auto_create:
        target = (rule.dead_letter_queue, rule.max_receive_count or 0) if rule.dead_letter_queue else None
        rows.append(("when asked for", rule.pattern, _type(rule.pattern), "any account", _dead_letters(target)))
    rows += [("fault", *_what_goes_wrong(rule), "") for rule in fault_rules(config)]
    return rows


def _what_goes_wrong(rule: FaultRule) -> tuple[str, str, str]:
    written = rule.written()
    place = "any account" if written["account"] == "*" else written["account"]
    return written["effect"], " ".join(rule.action) or "any action", f"{place}, {rule.queue or 'any queue'}"


def _type(name: str) -> str:
    return "FIFO" if name.endswith(FIFO) else "standard"


def _dead_letters(target: tuple[str, int] | None) -> str:
    return "" if target is None else f"dead letters to {target[0]} after {target[1]} receives"
