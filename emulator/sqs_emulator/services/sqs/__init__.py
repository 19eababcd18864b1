"""The actions of SQS, one function each, in modules named as those of `contract/sqs`."""

from __future__ import annotations
