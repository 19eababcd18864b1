"""A producer that is told what to send: `python -m produce MODULE`, a JSON object per line.

What the module has as `SEND` are options of every send. Each line is answered with the task's id, or with the error
that sending it raised.
"""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    module = importlib.import_module(sys.argv[1])
    for line in sys.stdin:
        call = json.loads(line)
        options = {**getattr(module, "SEND", {}), **call["options"]}
        try:
            answer = {"id": module.app.tasks[call["task"]].apply_async(call["arguments"], **options).id}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
