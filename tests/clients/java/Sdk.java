// The AWS SDK for Java v2. It checks the MD5 of bodies and of message attributes by itself.

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchEntryIdsNotDistinctException;
import software.amazon.awssdk.services.sqs.model.ChangeMessageVisibilityBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.DeleteMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.MessageSystemAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;
import software.amazon.awssdk.services.sqs.model.QueueNameExistsException;
import software.amazon.awssdk.services.sqs.model.ReceiptHandleIsInvalidException;
import software.amazon.awssdk.services.sqs.model.ReceiveMessageRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SqsException;

public final class Sdk {
    private static final Map<String, MessageAttributeValue> ATTRIBUTES = Map.of(
            "name", text("String", "Zoë <&> 😀"),
            "count", text("Number", "42"),
            "bytes", bytes("Binary", new byte[] {0, 1, 127, -128, -1}),
            "Order.Id", text("String.uuid", "8f14e45f"),
            "price", text("Number.float", "12.50"),
            "image", bytes("Binary.png", new byte[] {(byte) 0x89, 'P', 'N', 'G'}));

    private final SqsClient sqs;

    private Sdk(SqsClient sqs) {
        this.sqs = sqs;
    }

    public static void main(String[] arguments) {
        try (SqsClient sqs = SqsClient.create()) {
            Sdk steps = new Sdk(sqs);
            run("messages with attributes", steps::messagesWithAttributes);
            run("long polls", steps::longPolls);
            run("visibility", steps::visibility);
            run("batches", steps::batches);
            run("FIFO queues", steps::fifoQueues);
            run("dead-letter queues", steps::deadLetterQueues);
            run("errors", steps::errors);
        }
    }

    private void messagesWithAttributes() {
        String url = newQueue("", Map.of());
        String body = "Grüße & <tags> \"quotes\"\r\n\t😀";

        var sent = sqs.sendMessage(r -> r.queueUrl(url).messageBody(body).messageAttributes(ATTRIBUTES));
        Message message = one(receive(url, r -> {}));

        equal(message.body(), body);
        equal(message.messageId(), sent.messageId());
        equal(message.messageAttributes(), ATTRIBUTES);
        equal(message.md5OfMessageAttributes(), sent.md5OfMessageAttributes());
        sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(message.receiptHandle()));
        deleteQueue(url);
    }

    private void longPolls() {
        String url = newQueue("", Map.of());

        equal(receive(url, r -> r.waitTimeSeconds(1)), List.of());
        long began = System.nanoTime();
        sqs.sendMessage(r -> r.queueUrl(url).messageBody("later").delaySeconds(1));
        Message message = one(receive(url, r -> r.waitTimeSeconds(20)));

        long millis = (System.nanoTime() - began) / 1_000_000;
        equal(message.body(), "later");
        equal(millis > 900 && millis < 15_000, true);
        deleteQueue(url);
    }

    private void visibility() {
        String url = newQueue("", Map.of());
        sqs.sendMessage(r -> r.queueUrl(url).messageBody("again"));

        Message first = one(receive(url, r -> r.visibilityTimeout(600)));
        equal(receive(url, r -> {}), List.of());
        sqs.changeMessageVisibility(
                r -> r.queueUrl(url).receiptHandle(first.receiptHandle()).visibilityTimeout(0));
        Message second = one(receive(url, r -> {}));

        equal(second.messageId(), first.messageId());
        equal(second.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT), "2");
        deleteQueue(url);
    }

    private void batches() {
        String url = newQueue("", Map.of());

        var sent = sqs.sendMessageBatch(r -> r.queueUrl(url).entries(
                entry("a", "1").messageAttributes(ATTRIBUTES).build(),
                entry("b", "2").build(),
                entry("late", "3").delaySeconds(901).build()));
        equal(sent.successful().stream().map(result -> result.id()).toList(), List.of("a", "b"));
        equal(sent.failed().get(0).id(), "late");
        equal(sent.failed().get(0).code(), "InvalidParameterValue");
        equal(sent.failed().get(0).senderFault(), true);

        List<Message> messages = receive(url, r -> r.maxNumberOfMessages(10));
        var changed = sqs.changeMessageVisibilityBatch(r -> r.queueUrl(url).entries(messages.stream()
                .map(message -> ChangeMessageVisibilityBatchRequestEntry.builder()
                        .id(message.body()).receiptHandle(message.receiptHandle()).visibilityTimeout(0).build())
                .toList()));
        equal(changed.successful().size(), 2);
        equal(receive(url, r -> r.maxNumberOfMessages(10)).size(), 2);
        var deleted = sqs.deleteMessageBatch(r -> r.queueUrl(url).entries(
                handle("1", messages.get(0).receiptHandle()),
                handle("2", messages.get(1).receiptHandle()),
                handle("bad", "no handle")));
        equal(deleted.successful().stream().map(result -> result.id()).toList(), List.of("1", "2"));
        equal(deleted.failed().get(0).code(), "ReceiptHandleIsInvalid");
        deleteQueue(url);
    }

    private void fifoQueues() {
        String url = newQueue(".fifo", Map.of(
                QueueAttributeName.FIFO_QUEUE, "true", QueueAttributeName.CONTENT_BASED_DEDUPLICATION, "true"));
        var first = sqs.sendMessage(r -> r.queueUrl(url).messageBody("a1").messageGroupId("a"));
        sqs.sendMessage(r -> r.queueUrl(url).messageBody("a2").messageGroupId("a"));
        sqs.sendMessage(r -> r.queueUrl(url).messageBody("b1").messageGroupId("b"));
        var again = sqs.sendMessage(r -> r.queueUrl(url).messageBody("a1").messageGroupId("a"));
        equal(again.messageId(), first.messageId());
        equal(again.sequenceNumber(), first.sequenceNumber());

        Message a1 = one(receive(url, r -> {}));
        equal(a1.body(), "a1");
        equal(a1.attributes().get(MessageSystemAttributeName.SEQUENCE_NUMBER), first.sequenceNumber());
        equal(one(receive(url, r -> r.maxNumberOfMessages(10))).body(), "b1");
        sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle(a1.receiptHandle()));
        equal(one(receive(url, r -> r.maxNumberOfMessages(10))).body(), "a2");
        deleteQueue(url);
    }

    private void deadLetterQueues() {
        String dead = newQueue("-dead", Map.of());
        String policy = "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":\"2\"}".formatted(arnOf(dead));
        String url = newQueue("", Map.of(QueueAttributeName.REDRIVE_POLICY, policy));
        equal(sqs.listDeadLetterSourceQueues(r -> r.queueUrl(dead)).queueUrls(), List.of(url));
        String id = sqs.sendMessage(r -> r.queueUrl(url).messageBody("poison").messageAttributes(ATTRIBUTES)).messageId();

        for (String count : List.of("1", "2")) {
            Message message = one(receive(url, r -> r.visibilityTimeout(0)));
            equal(message.attributes().get(MessageSystemAttributeName.APPROXIMATE_RECEIVE_COUNT), count);
        }
        equal(receive(url, r -> {}), List.of());
        Message message = one(receive(dead, r -> r.waitTimeSeconds(5)));

        equal(message.messageId(), id);
        equal(message.messageAttributes(), ATTRIBUTES);
        equal(message.attributes().get(MessageSystemAttributeName.DEAD_LETTER_QUEUE_SOURCE_ARN), arnOf(url));
        deleteQueue(url);
        deleteQueue(dead);
    }

    private void errors() {
        String url = newQueue("", Map.of(QueueAttributeName.DELAY_SECONDS, "0"));
        String name = url.substring(url.lastIndexOf('/') + 1);

        var missing = refused(
                QueueDoesNotExistException.class, () -> sqs.getQueueUrl(r -> r.queueName(name + "-none")));
        equal(missing.statusCode(), 400);
        equal(missing.awsErrorDetails().errorCode(), "AWS.SimpleQueueService.NonExistentQueue");
        equal(missing.awsErrorDetails().errorMessage(), "The specified queue does not exist.");
        refused(ReceiptHandleIsInvalidException.class,
                () -> sqs.deleteMessage(r -> r.queueUrl(url).receiptHandle("no handle")));
        refused(QueueNameExistsException.class, () -> sqs.createQueue(
                r -> r.queueName(name).attributes(Map.of(QueueAttributeName.DELAY_SECONDS, "7"))));
        refused(BatchEntryIdsNotDistinctException.class, () -> sqs.sendMessageBatch(
                r -> r.queueUrl(url).entries(entry("same", "1").build(), entry("same", "2").build())));
        var tooLong = refused(SqsException.class,
                () -> sqs.sendMessage(r -> r.queueUrl(url).messageBody("x").delaySeconds(901)));
        equal(tooLong.awsErrorDetails().errorCode(), "InvalidParameterValue"); // no class of its own
        deleteQueue(url);
    }

    private String newQueue(String suffix, Map<QueueAttributeName, String> attributes) {
        String name = "java-" + UUID.randomUUID() + suffix;
        return sqs.createQueue(r -> r.queueName(name).attributes(attributes)).queueUrl();
    }

    private void deleteQueue(String url) {
        sqs.deleteQueue(r -> r.queueUrl(url));
    }

    private String arnOf(String url) {
        return sqs.getQueueAttributes(r -> r.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN))
                .attributes()
                .get(QueueAttributeName.QUEUE_ARN);
    }

    private List<Message> receive(String url, Consumer<ReceiveMessageRequest.Builder> change) {
        return sqs.receiveMessage(r -> change.accept(r.queueUrl(url)
                        .messageAttributeNames("All")
                        .messageSystemAttributeNames(MessageSystemAttributeName.ALL)))
                .messages();
    }

    private static SendMessageBatchRequestEntry.Builder entry(String id, String body) {
        return SendMessageBatchRequestEntry.builder().id(id).messageBody(body);
    }

    private static DeleteMessageBatchRequestEntry handle(String id, String receiptHandle) {
        return DeleteMessageBatchRequestEntry.builder().id(id).receiptHandle(receiptHandle).build();
    }

    private static MessageAttributeValue text(String type, String value) {
        return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
    }

    private static MessageAttributeValue bytes(String type, byte[] value) {
        return MessageAttributeValue.builder().dataType(type).binaryValue(SdkBytes.fromByteArray(value)).build();
    }

    private static Message one(List<Message> messages) {
        equal(messages.size(), 1);
        return messages.get(0);
    }

    private static void equal(Object found, Object expected) {
        if (!Objects.equals(found, expected)) {
            throw new AssertionError("found %s, expected %s".formatted(found, expected));
        }
    }

    private static <E extends SqsException> E refused(Class<E> expected, Runnable call) {
        try {
            call.run();
        } catch (SqsException error) {
            equal(error.getClass(), expected);
            return expected.cast(error);
        }
        throw new AssertionError("no " + expected.getSimpleName());
    }

    private static void run(String name, Runnable step) {
        step.run();
        System.out.println(name + " ok");
    }
}
