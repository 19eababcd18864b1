"""What the tests run against, and how long it may take to agree with itself: all that differs between endpoints."""

from __future__ import annotations

import itertools
import os
import time
import uuid
from typing import Any, Final

import boto3
import botocore.config
from botocore.exceptions import ClientError

GONE: Final = "AWS.SimpleQueueService.NonExistentQueue"


class Endpoint:
    """An SQS, reached by boto3; it remembers the queues made in it, and can delete them."""

    def __init__(
        self,
        session: boto3.session.Session,
        endpoint_url: str | None,
        *,
        patience: float,
        look_seconds: int = 0,
        settle_seconds: float = 0.0,
        slack: float = 0.3,
        attempts: int = 1,
    ) -> None:
        self.prefix = f"sqs-conformance-{uuid.uuid4().hex[:8]}"
        self.created: set[str] = set()
        self.patience = patience  # seconds until what is only eventually so has to be so
        self.look_seconds = look_seconds  # how long a look at a queue polls before it says that nothing is there
        self.settle_seconds = settle_seconds  # between creating a queue and using it
        self.slack = slack  # seconds that a timeout may be late
        self._session = session
        self._endpoint_url = endpoint_url
        self._attempts = attempts
        self._numbers = itertools.count(1)
        self.client = self.make_client()
        # Without botocore's own checks of parameters, to see what SQS says of them.
        self.unchecked = self.make_client(parameter_validation=False)
        self.client.list_queues(QueueNamePrefix=self.prefix)  # nobody there is one error here, not hundreds later

    @classmethod
    def local(cls, url: str, *, patience: float = 10.0) -> Endpoint:
        """An endpoint that verifies no signature, or those of the environment's credentials."""
        session = boto3.session.Session(
            aws_access_key_id=os.environ.get("AWS_ACCESS_KEY_ID", "test"),
            aws_secret_access_key=os.environ.get("AWS_SECRET_ACCESS_KEY", "test"),
            aws_session_token=os.environ.get("AWS_SESSION_TOKEN"),
            region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        )
        return cls(session, url, patience=patience)

    @classmethod
    def aws(cls, *, patience: float = 90.0) -> Endpoint:
        """The caller's own account, with the credentials and the region that boto3 finds.

        Counts may lag by a minute, short polls may miss, and a queue is there a second after it was created (API
        Reference, GetQueueAttributes, ReceiveMessage and CreateQueue).
        """
        session = boto3.session.Session()
        return cls(session, None, patience=patience, look_seconds=2, settle_seconds=1.0, slack=1.5, attempts=4)

    def make_client(self, **settings: Any) -> Any:
        config = botocore.config.Config(
            retries={"total_max_attempts": self._attempts, "mode": "standard"},
            max_pool_connections=20,
            ignore_configured_endpoint_urls=self._endpoint_url is None,
            **settings,
        )
        client = self._session.client("sqs", endpoint_url=self._endpoint_url, config=config)
        client.meta.events.register("after-call.sqs.CreateQueue", self._remember)
        return client

    def new_name(self) -> str:
        """Return a name that no queue has."""
        return f"{self.prefix}-{next(self._numbers)}"

    def settle(self) -> None:
        """Let a new queue become one that can be used."""
        time.sleep(self.settle_seconds)

    def _remember(self, parsed: dict[str, Any], **_: object) -> None:
        if "QueueUrl" in parsed:
            self.created.add(parsed["QueueUrl"])

    def delete_queues(self) -> None:
        """Delete the queues created since the last time."""
        while self.created:
            url = self.created.pop()
            try:
                self.client.delete_queue(QueueUrl=url)
            except ClientError as error:
                if error.response["Error"]["Code"] != GONE:
                    raise

    def close(self) -> None:
        self.delete_queues()
        self.created.update(self.client.list_queues(QueueNamePrefix=self.prefix).get("QueueUrls", []))
        self.delete_queues()
        self.client.close()
        self.unchecked.close()
