// What the AWS SDK for JavaScript v3 gets from an emulator: the same in a page and in Node.
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  QueueDoesNotExist,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";

const ATTRIBUTES = {
  name: { DataType: "String", StringValue: "Zoë <&> 😀" },
  bytes: { DataType: "Binary", BinaryValue: Uint8Array.of(0, 1, 254, 255) },
};

async function failure(promise) {
  try {
    return { answered: await promise };
  } catch (error) {
    const { name, message, Code, $fault } = error;
    const known = [QueueDoesNotExist, ReceiptHandleIsInvalid].filter((kind) => error instanceof kind).length;
    const { httpStatusCode, requestId } = error.$metadata ?? {};
    return { name, message, Code, $fault, known, httpStatusCode, hasRequestId: /^[0-9a-f-]{36}$/.test(requestId) };
  }
}

/** Return what each call answered, without ids; `account` is whose queues they are. */
globalThis.calls = async (endpoint, account) => {
  const credentials = { accessKeyId: account, secretAccessKey: "secret" };
  const sqs = new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  const found = {};

  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: "page", Attributes: { DelaySeconds: "0" } }));
  found.url = QueueUrl.replace(account, "account");

  const MessageBody = 'Grüße & <tags> "quotes"\r\n\t😀';
  const sent = await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageAttributes: ATTRIBUTES }));
  found.sent = [sent.MD5OfMessageBody, sent.MD5OfMessageAttributes, /^[0-9a-f-]{36}$/.test(sent.$metadata.requestId)];

  const names = { MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] };
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...names }));
  const [{ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes, Attributes, ReceiptHandle }] = Messages;
  const attributes = [MessageAttributes.name.StringValue, [...MessageAttributes.bytes.BinaryValue]];
  found.received = { Body, MD5OfBody, MD5OfMessageAttributes, attributes, count: Attributes.ApproximateReceiveCount };
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

  const poll = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
  const Entries = [
    { Id: "good", MessageBody: "later" },
    { Id: "late", MessageBody: "never", DelaySeconds: 901 },
  ];
  const { Successful, Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  found.batch = [Successful.map((entry) => entry.Id), Failed];
  found.polled = (await poll).Messages.map((message) => message.Body);

  found.errors = [
    await failure(sqs.send(new GetQueueUrlCommand({ QueueName: "none" }))),
    await failure(sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: "no handle" }))),
    await failure(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "" }))),
    await failure(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(1_100_000) }))),
    await failure(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "x".repeat(2_100_000) }))),
  ];

  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  await sqs.send(new DeleteQueueCommand({ QueueUrl }));
  return found;
};
