"""A way to the emulator that takes as long as one to AWS.

An error answer ends a worker when kombu reads it because the socket is readable; one that it reads in a timer of curl's
is logged, and the worker lives on without polling. Those timers are over within a millisecond of the request. No answer
from AWS is that early, but about every other one is that comes from the same machine.
"""

from __future__ import annotations

import asyncio
import threading
from types import TracebackType
from typing import Final

ONE_WAY: Final = 0.02  # seconds


class Distance:
    """Forwards connections to a port, each piece later than it came; from a thread of its own."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="distance", daemon=True)
        self._ready = threading.Event()
        self.port = 0

    def __enter__(self) -> Distance:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while piece := await reader.read(65_536):
            await asyncio.sleep(ONE_WAY)
            writer.write(piece)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
