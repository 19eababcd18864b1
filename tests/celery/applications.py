"""A Celery application, as its workers and producers share it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from tests.celery.emulators import Counts, ServedEmulator
from tests.celery.history import History
from tests.celery.processes import Process, clean_environment, wait_until

P = TypeVar("P", bound=Process)


class SendFailed(Exception):
    """What `apply_async` raised in the producer."""


class Producer(Process):
    """`python -m produce MODULE`: sends what it is told on its standard input."""

    def __init__(self, arguments: Sequence[str], log: Path, environment: Mapping[str, str]) -> None:
        super().__init__(arguments, log, environment, stdin=subprocess.PIPE)
        self._asked = 0

    def send(self, task: str, arguments: Sequence[Any], options: Mapping[str, Any]) -> str:
        """Send a task and return its id; raises SendFailed."""
        assert self.process.stdin is not None
        call = {"task": task, "arguments": arguments, "options": options}
        self.process.stdin.write(json.dumps(call).encode() + b"\n")
        self.process.stdin.flush()
        self._asked += 1
        answer = json.loads(self.wait_for_log(r'^\{"(?:id|error)": .*\}$', self._asked)[-1])
        if "error" in answer:
            raise SendFailed(answer["error"])
        return str(answer["id"])

    def kill(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        super().kill()


class CeleryApp:
    """One application, as its workers and producers share it: broker, settings, environment.

    It is `apps/shop.py`, unless another module is named.
    """

    def __init__(
        self,
        emulator: ServedEmulator,
        queue: str,
        directory: Path,
        *,
        broker_url: str,
        module: str = "shop",
        environment: Mapping[str, str] | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        self.emulator = emulator
        self.queue = queue
        self.directory = directory
        self._module = module
        self._environment = clean_environment(
            CELERY_BROKER_URL=broker_url, CELERY_SETTINGS=json.dumps(settings or {}), **environment or {}
        )
        self._processes: list[Process] = []
        self._producer: Producer | None = None

    def start_worker(self, *options: str, concurrency: int = 1, pool: str = "prefork") -> Process:
        """Start a worker, without waiting for it."""
        command = ("worker", "--loglevel", "INFO", "--pool", pool, "--concurrency", str(concurrency))
        return self._start("worker", "-m", "celery", "--app", self._module, *command, *options)

    def worker(self, *options: str, concurrency: int = 1, pool: str = "prefork") -> Process:
        """Start a worker, and wait until it is ready."""
        worker = self.start_worker(*options, concurrency=concurrency, pool=pool)
        worker.wait_for_log(r"ready\.$")
        return worker

    def send(self, task: str, *arguments: Any, **options: Any) -> str:
        """Send a task from this application's producer, with options of `apply_async`, and return its id."""
        if self._producer is None:
            command = ("-m", "produce", self._module)
            self._producer = self._keep(Producer(command, self._log("producer"), self._environment))
        return self._producer.send(task, arguments, options)

    def run(self, *command: str) -> Process:
        """Run `celery COMMAND` to its end."""
        ran = self._start("-".join(command[:2]), "-m", "celery", "--app", self._module, *command)
        ran.wait_for_exit()
        return ran

    def python(self, script: str) -> Process:
        """Run a script of this application to its end."""
        ran = self._start("python", "-c", script)
        ran.wait_for_exit()
        return ran

    def history(self) -> History:
        return self.emulator.history(self.queue)

    def counts(self) -> Counts:
        return self.emulator.counts(self.queue)

    def wait_for_counts(self, counts: Counts) -> None:
        wait_until(lambda: self.counts() == counts, lambda: f"{counts} in {self.queue}; it has {self.counts()}")

    def stop(self) -> None:
        """Kill everything, and print the logs: pytest shows them when the test has failed."""
        for process in self._processes:
            process.kill()
            print(f"--- {process}, status {process.process.returncode}\n{process.text}")

    def _start(self, name: str, *arguments: str) -> Process:
        return self._keep(Process(arguments, self._log(name), self._environment))

    def _keep(self, process: P) -> P:
        self._processes.append(process)
        return process

    def _log(self, name: str) -> Path:
        return self.directory / f"{len(self._processes)}-{name}.log"
