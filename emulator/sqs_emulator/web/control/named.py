"""Which queue a request to a page means: `?queue=` with a name, a URL or an ARN, and `?region=`.

An account can have queues of one name in several regions, and a name, or a URL, does not say in which. A page never
picks one: it refuses, and tells the regions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from sqs_emulator.core.arn import QueueArn
from sqs_emulator.core.identifiers import parse_queue_url
from sqs_emulator.core.queue import Queue
from sqs_emulator.web.control.asked import Asked, PageRefused

_REGIONS_TOLD: Final = 5  # a client can name as many regions as it likes


class QueueInSeveralRegions(PageRefused):
    """A name that is not enough; says which regions have it."""

    def __init__(self, arns: Iterable[str]) -> None:
        queues = sorted(map(QueueArn.parse, arns))
        regions = [queue.region for queue in queues[:_REGIONS_TOLD]]
        if len(queues) > len(regions):
            regions.append(f"{len(queues) - len(regions)} more regions")
        first = queues[0]
        super().__init__(
            f"Account {first.account} has a queue {first.name} in {', '.join(regions[:-1])} and {regions[-1]}. Say "
            f"which one is meant: --region of a command, ?region= of a page, or the queue's ARN, such as {first}."
        )


class Named(NamedTuple):
    """What a request says of a queue; None: nothing."""

    account: str
    region: str | None
    name: str | None

    def fits(self, arn: str) -> bool:
        queue = QueueArn.parse(arn)
        return (
            self.name in (None, queue.name)
            and self.region in (None, queue.region)
            and queue.account == self.account  # the last, since it is nearly always so
        )

    def queues(self, asked: Asked) -> Iterator[Queue]:
        """Return the queues that are there of this name: one in each region at the most."""
        owner = asked.broker.accounts.get(self.account)
        regions = {} if owner is None else owner.regions
        for region, place in regions.items():
            if self.region in (None, region) and self.name in place.queues:
                yield place.queues[self.name]


def queue_of(asked: Asked) -> Queue:
    """Return the one queue that is meant."""
    given = asked.query.get("queue", "")
    if not given:
        raise PageRefused("Which queue? Say ?queue= with its name, URL or ARN.")
    named = _read(asked, given)
    found = [] if named is None else list(named.queues(asked))
    if len(found) > 1:
        raise QueueInSeveralRegions(queue.arn for queue in found)
    if not found:
        region = asked.query.get("region")
        where = "" if region is None else f" and region {region}"
        raise PageRefused(f"There is no queue {given} in account {asked.account}{where}.", 404)
    return found[0]


def filter_of(asked: Asked, seen: Iterable[str]) -> Named:
    """Return what queues have to fit, of which some may be gone, or not there yet; `seen` are ARNs of the past."""
    given = asked.query.get("queue")
    if given is None:
        return Named(asked.account, asked.query.get("region"), None)
    named = _read(asked, given) or Named(asked.account, None, given)
    arns = {queue.arn for queue in named.queues(asked)} | {arn for arn in seen if named.fits(arn)}
    if len(arns) > 1:
        raise QueueInSeveralRegions(arns)
    return named


def _read(asked: Asked, given: str) -> Named | None:
    if given.startswith("arn:"):
        try:
            arn = QueueArn.parse(given)
        except ValueError:
            return None
        return Named(arn.account, arn.region, arn.name)
    address = parse_queue_url(given)
    if address is None:
        return None
    return Named(address.account or asked.account, address.region or asked.query.get("region"), address.name)
