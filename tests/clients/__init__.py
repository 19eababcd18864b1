"""Real clients against the emulator, each in an environment of its own: `python -m tests.clients`."""
