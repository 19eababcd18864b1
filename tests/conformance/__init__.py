"""Black-box tests of an SQS, over boto3 alone: README.md says how to run them, and where."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.conformance.sqs")
