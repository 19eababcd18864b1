#!/usr/bin/env bash
# The AWS CLI, as a script uses it. Each call is a process of its own, so there are few.
set -euo pipefail
export AWS_PAGER=""

name="cli-$(date +%s)-$$-$RANDOM"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# Version 1 takes no endpoint for SQS from AWS_ENDPOINT_URL: in the regions it has a list of, it would call AWS.
sqs() {
    aws --endpoint-url "$AWS_ENDPOINT_URL" sqs "$@"
}

fail() {
    echo "lines ${BASH_LINENO[*]}: $*" >&2
    exit 1
}

expect() { # expected, found
    [[ "$1" == "$2" ]] || fail "expected '$1', found '$2'"
}

# A standard queue, and a dead-letter queue for it.
dead_url=$(sqs create-queue --queue-name "$name-dead" --query QueueUrl --output text)
dead_arn=$(sqs get-queue-attributes --queue-url "$dead_url" --attribute-names QueueArn \
    --query Attributes.QueueArn --output text)
cat > "$folder/attributes.json" <<JSON
{
  "VisibilityTimeout": "60",
  "RedrivePolicy": "{\"deadLetterTargetArn\": \"$dead_arn\", \"maxReceiveCount\": \"2\"}"
}
JSON
url=$(sqs create-queue --queue-name "$name" --attributes "file://$folder/attributes.json" \
    --query QueueUrl --output text)
expect "$url" "$(sqs get-queue-url --queue-name "$name" --query QueueUrl --output text)"

# All types of attributes. The CLI checks no MD5: what was sent is compared with what is received.
cat > "$folder/message.json" <<'JSON'
{
  "name": {"DataType": "String", "StringValue": "Grüße"},
  "count": {"DataType": "Number", "StringValue": "42"},
  "bytes": {"DataType": "Binary", "BinaryValue": "some bytes"},
  "id": {"DataType": "String.uuid", "StringValue": "8f14e45f"},
  "price": {"DataType": "Number.float", "StringValue": "12.50"},
  "image": {"DataType": "Binary.png", "BinaryValue": "GIF89a"}
}
JSON
sent=$(sqs send-message --queue-url "$url" --message-body "hello" --message-attributes "file://$folder/message.json" \
    --query '[MessageId,MD5OfMessageBody,MD5OfMessageAttributes]' --output text)
read -r message_id body_md5 attributes_md5 <<<"$sent"
expect "5d41402abc4b2a76b9719d911017c592" "$body_md5"

sqs receive-message --queue-url "$url" --wait-time-seconds 20 --message-attribute-names All \
    --message-system-attribute-names All --output json > "$folder/received.json"
python3 - "$folder" "$message_id" "$attributes_md5" <<'PYTHON'
import base64
import json
import sys
from pathlib import Path

folder = Path(sys.argv[1])
(message,) = json.loads((folder / "received.json").read_text())["Messages"]
assert message["MessageId"] == sys.argv[2], message
assert message["MD5OfMessageAttributes"] == sys.argv[3], message
expected = json.loads((folder / "message.json").read_text())
for value in expected.values():
    if "BinaryValue" in value:  # version 1 takes bytes as they are, and gives them as base64
        value["BinaryValue"] = base64.b64encode(value["BinaryValue"].encode()).decode()
assert message["MessageAttributes"] == expected, message
assert message["Attributes"]["ApproximateReceiveCount"] == "1", message
(folder / "handle").write_text(message["ReceiptHandle"])
PYTHON

# Visibility, and the move to the dead-letter queue at the third receive.
sqs change-message-visibility --queue-url "$url" --receipt-handle "$(< "$folder/handle")" --visibility-timeout 0
expect "2" "$(sqs receive-message --queue-url "$url" --visibility-timeout 0 --attribute-names All \
    --query 'Messages[0].Attributes.ApproximateReceiveCount' --output text)"
expect "" "$(sqs receive-message --queue-url "$url" --output text)"
expect "$message_id" "$(sqs receive-message --queue-url "$dead_url" --wait-time-seconds 5 \
    --query 'Messages[0].MessageId' --output text)"
expect "$url" "$(sqs list-dead-letter-source-queues --queue-url "$dead_url" --query 'queueUrls[0]' --output text)"

# A batch: one entry is refused, and the CLI still ends with 0.
expect "a b late" "$(sqs send-message-batch --queue-url "$url" --entries \
    '[{"Id":"a","MessageBody":"1"},{"Id":"b","MessageBody":"2"},{"Id":"late","MessageBody":"3","DelaySeconds":901}]' \
    --query '[Successful[].Id,Failed[].Id][]' --output text | tr '\t' ' ')"
handles=$(sqs receive-message --queue-url "$url" --max-number-of-messages 10 \
    --query 'Messages[].{Id:MessageId,ReceiptHandle:ReceiptHandle}' --output json)
expect "2" "$(sqs delete-message-batch --queue-url "$url" --entries "$handles" \
    --query 'length(Successful)' --output text)"

# A FIFO queue: a duplicate is accepted and not delivered, and the order is kept.
fifo_url=$(sqs create-queue --queue-name "$name.fifo" --attributes FifoQueue=true,ContentBasedDeduplication=true \
    --query QueueUrl --output text)
entry() { # id, body
    echo "Id=$1,MessageBody=$2,MessageGroupId=g"
}
expect "1 2 3" "$(sqs send-message-batch --queue-url "$fifo_url" --entries "$(entry 1 one)" "$(entry 2 two)" \
    "$(entry 3 two)" --query 'Successful[].Id' --output text | tr '\t' ' ')"
expect "one two" "$(sqs receive-message --queue-url "$fifo_url" --max-number-of-messages 10 \
    --query 'Messages[].Body' --output text | tr '\t' ' ')"

# Errors end the CLI with a status, and with the code in its words.
if sqs get-queue-url --queue-name "$name-none" 2> "$folder/error"; then
    fail "a queue that was never made has a URL"
fi
grep -q "(AWS.SimpleQueueService.NonExistentQueue)" "$folder/error" || fail "$(< "$folder/error")"
if sqs delete-message --queue-url "$url" --receipt-handle "no handle" 2> "$folder/error"; then
    fail "a message was deleted by no handle"
fi
grep -q "(ReceiptHandleIsInvalid)" "$folder/error" || fail "$(< "$folder/error")"

sqs delete-queue --queue-url "$url"
