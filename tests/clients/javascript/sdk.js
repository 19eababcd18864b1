// The AWS SDK for JavaScript v3. It checks the MD5 of bodies by itself, and sends each call to the host of the queue URL.
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  paginateListQueues,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const sqs = new SQSClient();

const ATTRIBUTES = {
  name: { DataType: "String", StringValue: "Zoë <&> 😀" },
  count: { DataType: "Number", StringValue: "42" },
  bytes: { DataType: "Binary", BinaryValue: Uint8Array.from({ length: 256 }, (_, byte) => byte) },
  "Order.Id": { DataType: "String.uuid", StringValue: "8f14e45f" },
  price: { DataType: "Number.float", StringValue: "12.50" },
  image: { DataType: "Binary.png", BinaryValue: Uint8Array.of(0x89, 0x50, 0x4e, 0x47) },
};

async function newQueue(suffix = "", Attributes = {}) {
  const QueueName = `js-${randomUUID()}${suffix}`;
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
}

async function arnOf(QueueUrl) {
  const answer = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["QueueArn"] }));
  return answer.Attributes.QueueArn;
}

async function receive(QueueUrl, options = {}) {
  const names = { MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
  return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...names, ...options }))).Messages ?? [];
}

function md5OfAttributes(attributes) {
  const digest = createHash("md5");
  const add = (bytes) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    digest.update(length).update(bytes);
  };
  for (const name of Object.keys(attributes).sort()) {
    const { DataType, StringValue, BinaryValue } = attributes[name];
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    digest.update(Buffer.of(BinaryValue ? 2 : 1));
    add(Buffer.from(BinaryValue ?? StringValue));
  }
  return digest.digest("hex");
}

const steps = {
  async pages() {
    const prefix = `js-page-${randomUUID()}`;
    const urls = [];
    for (const letter of "abc") {
      urls.push((await sqs.send(new CreateQueueCommand({ QueueName: `${prefix}-${letter}` }))).QueueUrl);
    }
    const found = [];
    for await (const page of paginateListQueues({ client: sqs, pageSize: 2 }, { QueueNamePrefix: prefix })) {
      found.push(page.QueueUrls);
    }
    assert.deepEqual(found, [urls.slice(0, 2), urls.slice(2)]);
    for (const QueueUrl of urls) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async messagesWithAttributes() {
    const QueueUrl = await newQueue();
    const MessageBody = 'Grüße & <tags> "quotes"\r\n\t😀';
    const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes: ATTRIBUTES }));
    const [message] = await receive(QueueUrl);
    assert.equal(message.Body, MessageBody);
    assert.equal(message.MessageId, sent.MessageId);
    assert.deepEqual(message.MessageAttributes, ATTRIBUTES);
    assert.equal(sent.MD5OfMessageAttributes, md5OfAttributes(ATTRIBUTES));
    assert.equal(message.MD5OfMessageAttributes, sent.MD5OfMessageAttributes);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async longPolls() {
    const QueueUrl = await newQueue();
    assert.deepEqual(await receive(QueueUrl, { WaitTimeSeconds: 1 }), []);
    const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
    const began = performance.now();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "later", DelaySeconds: 1 }));
    const [message] = await poll;
    assert.equal(message.Body, "later");
    assert.ok(performance.now() - began > 900 && performance.now() - began < 15_000);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async visibility() {
    const QueueUrl = await newQueue();
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "again" }));
    const [{ ReceiptHandle, MessageId }] = await receive(QueueUrl, { VisibilityTimeout: 600 });
    assert.deepEqual(await receive(QueueUrl), []);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    const [again] = await receive(QueueUrl);
    assert.equal(again.MessageId, MessageId);
    assert.equal(again.Attributes.ApproximateReceiveCount, "2");
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async batches() {
    const QueueUrl = await newQueue();
    const sent = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl,
        Entries: [
          { Id: "a", MessageBody: "1", MessageAttributes: ATTRIBUTES },
          { Id: "b", MessageBody: "2" },
          { Id: "late", MessageBody: "3", DelaySeconds: 901 },
        ],
      }),
    );
    assert.deepEqual(sent.Successful.map((result) => result.Id), ["a", "b"]);
    assert.deepEqual(sent.Failed.map((failure) => [failure.Id, failure.SenderFault, failure.Code]), [
      ["late", true, "InvalidParameterValue"],
    ]);
    const messages = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
    const entries = messages.map(({ Body, ReceiptHandle }) => ({ Id: Body, ReceiptHandle }));
    const changed = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
      }),
    );
    assert.equal(changed.Successful.length, 2);
    assert.equal((await receive(QueueUrl, { MaxNumberOfMessages: 10 })).length, 2);
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [...entries, { Id: "bad", ReceiptHandle: "no handle" }] }),
    );
    assert.deepEqual(deleted.Successful.map((result) => result.Id), ["1", "2"]);
    assert.deepEqual(deleted.Failed.map((failure) => [failure.Id, failure.Code]), [["bad", "ReceiptHandleIsInvalid"]]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async fifoQueues() {
    const QueueUrl = await newQueue(".fifo", { FifoQueue: "true", ContentBasedDeduplication: "true" });
    const sent = [];
    for (const [MessageBody, MessageGroupId] of [["a1", "a"], ["a2", "a"], ["b1", "b"], ["a1", "a"]]) {
      sent.push(await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId })));
    }
    assert.equal(sent[3].MessageId, sent[0].MessageId);
    assert.equal(sent[3].SequenceNumber, sent[0].SequenceNumber);
    assert.ok(BigInt(sent[0].SequenceNumber) < BigInt(sent[1].SequenceNumber));

    const [a1] = await receive(QueueUrl);
    assert.equal(a1.Body, "a1");
    const others = await receive(QueueUrl, { MaxNumberOfMessages: 10 });
    assert.deepEqual(others.map((message) => message.Body), ["b1"]);
    const poll = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: a1.ReceiptHandle }));
    const [a2] = await poll;
    assert.equal(a2.Body, "a2");
    assert.equal(a2.Attributes.MessageDeduplicationId, createHash("sha256").update("a2").digest("hex"));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async deadLetterQueues() {
    const deadUrl = await newQueue("-dead");
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: await arnOf(deadUrl), maxReceiveCount: 2 });
    const QueueUrl = await newQueue("", { RedrivePolicy });
    const sources = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: deadUrl }));
    assert.deepEqual(sources.queueUrls, [QueueUrl]);
    const { MessageId } = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "poison" }));
    for (const count of ["1", "2"]) {
      const [message] = await receive(QueueUrl, { VisibilityTimeout: 0 });
      assert.equal(message.Attributes.ApproximateReceiveCount, count);
    }
    assert.deepEqual(await receive(QueueUrl), []);
    const [dead] = await receive(deadUrl, { WaitTimeSeconds: 5 });
    assert.equal(dead.MessageId, MessageId);
    assert.equal(dead.Attributes.DeadLetterQueueSourceArn, await arnOf(QueueUrl));
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
    await sqs.send(new DeleteQueueCommand({ QueueUrl: deadUrl }));
  },

  async errors() {
    const QueueUrl = await newQueue("", { DelaySeconds: "0" });
    const QueueName = QueueUrl.split("/").at(-1);
    await assert.rejects(sqs.send(new GetQueueUrlCommand({ QueueName: `${QueueName}-none` })), (error) => {
      assert.ok(error instanceof QueueDoesNotExist);
      assert.equal(error.name, "QueueDoesNotExist");
      assert.equal(error.message, "The specified queue does not exist.");
      assert.equal(error.$metadata.httpStatusCode, 400);
      assert.equal(error.$fault, "client");
      return true;
    });
    await assert.rejects(
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "no handle" })),
      (error) => error instanceof ReceiptHandleIsInvalid && error.message.includes('"no handle"'),
    );
    await assert.rejects(
      sqs.send(new CreateQueueCommand({ QueueName, Attributes: { DelaySeconds: "7" } })),
      (error) => error instanceof QueueNameExists,
    );
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(name, "ok");
}
