"""The spelling: bytes to requests and results to bytes, in AWS JSON 1.0 and in the older Query protocol with XML."""

from __future__ import annotations
