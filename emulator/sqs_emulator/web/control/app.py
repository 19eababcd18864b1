"""Which page is where."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.applications import Starlette

from sqs_emulator.core.broker import Broker
from sqs_emulator.faults.injector import Injector
from sqs_emulator.observe.feed import Feed
from sqs_emulator.web.control import clock, localstack, queues
from sqs_emulator.web.control.accounts import AccountPages
from sqs_emulator.web.control.asked import Pages
from sqs_emulator.web.control.events import EventPages
from sqs_emulator.web.control.faults import FaultPages
from sqs_emulator.web.control.lives import LifePages


def make_control(broker: Broker, feed: Feed, injector: Injector, keys: Mapping[str, str]) -> Starlette:
    """Return the app of everything under `/_emulator`."""
    pages = Pages(broker, keys)
    accounts = AccountPages(feed, injector)
    events = EventPages(feed)
    lives = LifePages(feed)
    faults = FaultPages(injector)
    app = Starlette(
        routes=[
            pages.get("/_emulator/events", events.events),
            pages.get("/_emulator/clock", clock.read),
            pages.post("/_emulator/clock/freeze", clock.freeze),
            pages.post("/_emulator/clock/resume", clock.resume),
            pages.post("/_emulator/clock/advance", clock.advance),
            pages.post("/_emulator/clock/rate", clock.rate),
            pages.get("/_emulator/accounts", accounts.listed),
            pages.post("/_emulator/reset", accounts.drop),
            pages.get("/_emulator/queues", queues.listed),
            pages.get("/_emulator/messages", queues.messages),
            pages.post("/_emulator/purge", queues.purge),
            pages.get("/_emulator/history", lives.histories),
            pages.get("/_emulator/doctor", lives.doctor),
            pages.get("/_emulator/wait", lives.wait),
            pages.get("/_aws/sqs/messages", localstack.messages),
            pages.post("/_aws/sqs/messages", localstack.messages),
            pages.get("/_aws/sqs/messages/{region}/{account}/{name}", localstack.messages),
            pages.get("/_emulator/faults", faults.listed),
            pages.post("/_emulator/faults", faults.add),
            pages.delete("/_emulator/faults", faults.clear),
            pages.get("/_emulator/faults/scenarios", faults.scenarios),
            pages.delete("/_emulator/faults/{rule}", faults.remove),
        ]
    )
    app.state.end_waits = lives.end_waits  # for the end of the server
    return app
