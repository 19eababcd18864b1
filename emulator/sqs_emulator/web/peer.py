"""Whether the other end of a connection has closed it, asked of the machine and not of the event loop.

A loop tells of a close when it comes to that socket. Within one turn it may first serve another connection's
SendMessage, and a message handed to the closed one would be in flight to nobody for its whole visibility timeout.
"""

from __future__ import annotations

import asyncio
import select
import socket
import sys

if sys.platform == "linux":

    def has_closed(transport: asyncio.BaseTransport) -> bool:
        poll = select.poll()
        poll.register(transport.get_extra_info("socket").fileno(), select.POLLRDHUP)  # errors are told unasked
        return bool(poll.poll(0))

elif sys.platform == "win32":

    def has_closed(transport: asyncio.BaseTransport) -> bool:
        return transport.is_closing()  # peeking would fight with the proactor's own reads

else:

    def has_closed(transport: asyncio.BaseTransport) -> bool:
        peeking = socket.socket(fileno=transport.get_extra_info("socket").fileno())
        try:
            return peeking.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True
        finally:
            peeking.detach()
