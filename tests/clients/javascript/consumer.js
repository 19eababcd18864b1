// sqs-consumer: messages one by one and in batches, with heartbeats, and failures that come back and end as dead letters.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";

const DEADLINE = 30_000;
const sqs = new SQSClient();

async function newQueue(suffix = "", Attributes = {}) {
  const QueueName = `consumer-${randomUUID()}${suffix}`;
  return (await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))).QueueUrl;
}

async function attributesOf(QueueUrl) {
  return (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes;
}

async function isEmpty(queueUrl) {
  const shown = await attributesOf(queueUrl);
  return ["", "NotVisible", "Delayed"].every((state) => shown[`ApproximateNumberOfMessages${state}`] === "0");
}

async function send(QueueUrl, bodies) {
  const Entries = bodies.map((MessageBody, number) => ({ Id: `${number}`, MessageBody }));
  assert.equal((await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))).Failed, undefined);
}

// Run a consumer until `done`, and fail on errors that are not the handler's own.
async function consume(options, done) {
  const consumer = Consumer.create({ sqs, waitTimeSeconds: 5, ...options });
  const errors = [];
  consumer.on("error", (error) => errors.push(error));
  consumer.on("processing_error", () => {});
  consumer.start();
  const deadline = performance.now() + DEADLINE;
  while (!(await done())) {
    assert.deepEqual(errors, []);
    assert.ok(performance.now() < deadline, "it took too long");
    await once(consumer, "response_processed", { signal: AbortSignal.timeout(500) }).catch(() => {});
  }
  const stopped = once(consumer, "stopped");
  consumer.stop({ abort: true });
  await stopped;
}

const steps = {
  async oneByOne() {
    const queueUrl = await newQueue("", { VisibilityTimeout: "2" });
    const seen = [];
    await send(queueUrl, ["1", "2", "3"]);
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: "4",
        MessageAttributes: { trace: { DataType: "String", StringValue: "abc" } },
      }),
    );
    const handleMessage = async (message) => {
      seen.push([message.Body, message.MessageAttributes?.trace?.StringValue, message.Attributes.SenderId !== ""]);
      return message;
    };
    const names = { messageAttributeNames: ["trace"], messageSystemAttributeNames: ["All"] };
    await consume({ queueUrl, handleMessage, ...names }, async () => seen.length >= 4 && isEmpty(queueUrl));
    assert.deepEqual(seen, [
      ["1", undefined, true],
      ["2", undefined, true],
      ["3", undefined, true],
      ["4", "abc", true],
    ]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
  },

  async batchesWithHeartbeats() {
    const queueUrl = await newQueue();
    const batches = [];
    await send(queueUrl, ["1", "2", "3", "4"]);
    const handleMessageBatch = async (messages) => {
      batches.push(messages.map((message) => message.Body));
      await new Promise((resolve) => setTimeout(resolve, 3_000)); // longer than the visibility timeout
      return messages;
    };
    const options = { batchSize: 10, visibilityTimeout: 2, heartbeatInterval: 1 };
    await consume({ queueUrl, handleMessageBatch, ...options }, () => isEmpty(queueUrl));
    assert.deepEqual(batches, [["1", "2", "3", "4"]]);
    await sqs.send(new DeleteQueueCommand({ QueueUrl: queueUrl }));
  },

  async deadLetters() {
    const deadUrl = await newQueue("-dead.fifo", { FifoQueue: "true" });
    const { QueueArn } = await attributesOf(deadUrl);
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QueueArn, maxReceiveCount: 2 });
    const queueUrl = await newQueue(".fifo", { FifoQueue: "true", ContentBasedDeduplication: "true", RedrivePolicy });
    const seen = [];
    for (const MessageBody of ["poison", "cure"]) {
      await sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody, MessageGroupId: "g" }));
    }
    const handleMessage = async (message) => {
      seen.push(message.Body);
      if (message.Body === "poison") throw new Error("poison");
      return message;
    };
    const options = { terminateVisibilityTimeout: true, suppressFifoWarning: true };
    await consume({ queueUrl, handleMessage, ...options }, () => isEmpty(queueUrl));
    assert.deepEqual(seen, ["poison", "poison", "cure"]);
    const dead = await sqs.send(new ReceiveMessageCommand({ QueueUrl: deadUrl, WaitTimeSeconds: 5 }));
    assert.deepEqual(dead.Messages.map((message) => message.Body), ["poison"]);
    for (const QueueUrl of [queueUrl, deadUrl]) await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  },

  async unknownQueues() {
    const queueUrl = (await newQueue()) + "-none";
    const consumer = Consumer.create({ queueUrl, sqs, handleMessage: async (message) => message });
    const failed = new Promise((resolve) => consumer.once("error", resolve));
    consumer.start();
    const error = await failed;
    consumer.stop({ abort: true });
    assert.equal(error.name, "SQSError");
    assert.equal(error.code, "QueueDoesNotExist");
    assert.equal(error.statusCode, 400);
  },
};

for (const [name, step] of Object.entries(steps)) {
  await step();
  console.log(name, "ok");
}
