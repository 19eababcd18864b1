"""What a configuration makes: how accounts begin, the queues of the start, queues made when they are asked for.

Queues are created as CreateQueue and SetQueueAttributes do it, with all their checks and words. A ConfigError says
which queue, which of its keys and what is allowed; where it was set is the caller's to add.
"""

from __future__ import annotations

from sqs_emulator.provisioning.accounts import Provisioner
from sqs_emulator.provisioning.overview import fault_rules, plan

__all__ = ["Provisioner", "fault_rules", "plan"]
