from __future__ import annotations

from celery import Celery

app = Celery("demo", broker="sqs://test:test@localhost:9324//")
app.conf.broker_transport_options = {
    "wait_time_seconds": 1,
    "sqs_base64_encoding": False,
    "queue_tags": {"team": "web"},
    "sqs-creation-attributes": {"KmsMasterKeyId": "alias/aws/sqs", "ReceiveMessageWaitTimeSeconds": "3"},
    "fetch_message_attributes": {
        "MessageSystemAttributeNames": ["SenderId", "SentTimestamp", "MessageGroupId"],
        "MessageAttributeNames": ["tenant"],
    },
    "client-config": {"connect_timeout": 5},
}
SEND = {"delay_seconds": 1, "message_attributes": {"tenant": {"DataType": "String", "StringValue": "acme"}}}
