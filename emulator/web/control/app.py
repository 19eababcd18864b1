"""Which page is where."""

from __future__ import annotations

from starlette.applications import Starlette

from emulator.core.broker import Broker
from emulator.observe.feed import Feed
from emulator.web.control import accounts, clock
from emulator.web.control.asked import Pages
from emulator.web.control.events import EventPages
from emulator.web.origins import Origins


def make_control(broker: Broker, feed: Feed, origins: Origins) -> Starlette:
    """Return the app of everything under `/_emulator`."""
    pages = Pages(broker, origins)
    events = EventPages(feed)
    return Starlette(
        routes=[
            pages.get("/_emulator/events", events.events),
            pages.get("/_emulator/clock", clock.read),
            pages.post("/_emulator/clock/freeze", clock.freeze),
            pages.post("/_emulator/clock/resume", clock.resume),
            pages.post("/_emulator/clock/advance", clock.advance),
            pages.post("/_emulator/clock/rate", clock.rate),
            pages.get("/_emulator/accounts", accounts.listed),
            pages.post("/_emulator/reset", accounts.drop),
        ]
    )
