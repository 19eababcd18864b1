"""The words of the AWS API: actions with their requests and results, and the codes of errors; for both protocols."""

from __future__ import annotations
