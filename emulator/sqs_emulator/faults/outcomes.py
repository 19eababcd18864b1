"""What comes of a call in place of an answer of SQS's own. Raised where a result would be returned."""

from __future__ import annotations


class Unanswered(Exception):
    """SQS says nothing to this call; the shell does what stands here instead."""


class ConnectionDropped(Unanswered):
    """The connection is closed without a word."""


class BareStatus(Unanswered):
    """An HTTP answer as a load balancer gives it: a status, and a body that no client can make sense of."""

    def __init__(self, status: int, body: str = "", content_type: str = "text/plain") -> None:
        super().__init__(status)
        self.status = status
        self.body = body
        self.content_type = content_type
