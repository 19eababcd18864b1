"""The emulator's own pages, beside AWS's API: what happened."""

from __future__ import annotations

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from emulator.core.broker import Broker
from emulator.core.events import Event
from emulator.observe.feed import Feed


class Events(msgspec.Struct):
    """The events kept, oldest first; and whether older ones may have been dropped."""

    full: bool
    events: list[Event]


def make_control(broker: Broker, feed: Feed) -> Starlette:
    """Return the app of everything under `/_emulator`."""

    async def events(request: Request) -> Response:
        for queue in broker.queues():  # what is due has happened, whether or not anybody touched the queue since
            queue.catch_up(queue.clock.now())
        wanted = request.query_params
        kept = feed.events(queue=wanted.get("queue"), message_id=wanted.get("message_id"))
        return _json(Events(feed.is_full, list(kept)))

    return Starlette(routes=[Route("/_emulator/events", events)])


def _json(value: msgspec.Struct) -> Response:
    return Response(msgspec.json.encode(value), media_type="application/json")
