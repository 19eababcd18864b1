"""The rules of SQS: plain Python that moves messages between states when told what happened and what time it is."""

from __future__ import annotations
