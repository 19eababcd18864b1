"""Sends orders: `python producer.py` one every 2 seconds, for ever; `--count 3 --every 0` three at once."""

from __future__ import annotations

import argparse
import itertools
import time

from app import pack


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--count", type=int, help="how many orders to send; without it, send for ever")
    options.add_argument("--every", type=float, default=2.0, metavar="SECONDS", help="pause between two orders")
    options.add_argument("--seconds", type=float, default=1.0, help="how long it takes to pack an order")
    given = options.parse_args()

    for order in itertools.count(1) if given.count is None else range(1, given.count + 1):
        sent = pack.delay(order, given.seconds)
        print(f"order {order} sent as task {sent.id}", flush=True)
        time.sleep(given.every)


if __name__ == "__main__":
    main()
