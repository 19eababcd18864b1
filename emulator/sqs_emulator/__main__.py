"""`python -m sqs_emulator`: the same as the command `sqs-emulator`."""

from __future__ import annotations

from sqs_emulator.cli import main

if __name__ == "__main__":
    main(prog_name="sqs-emulator")
