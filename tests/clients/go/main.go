// The AWS SDK for Go v2. It checks the MD5 of bodies by itself.
package main

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
)

var (
	ctx    = context.Background()
	client *sqs.Client
)

var attributes = map[string]types.MessageAttributeValue{
	"name":     {DataType: aws.String("String"), StringValue: aws.String("Zoë <&> 😀")},
	"count":    {DataType: aws.String("Number"), StringValue: aws.String("42")},
	"bytes":    {DataType: aws.String("Binary"), BinaryValue: []byte{0, 1, 127, 128, 255}},
	"Order.Id": {DataType: aws.String("String.uuid"), StringValue: aws.String("8f14e45f")},
	"price":    {DataType: aws.String("Number.float"), StringValue: aws.String("12.50")},
	"image":    {DataType: aws.String("Binary.png"), BinaryValue: []byte("\x89PNG")},
}

func main() {
	log.SetFlags(0)
	loaded, err := config.LoadDefaultConfig(ctx)
	check(err)
	client = sqs.NewFromConfig(loaded)
	steps := []struct {
		name string
		run  func()
	}{
		{"messages with attributes", messagesWithAttributes},
		{"long polls", longPolls},
		{"visibility", visibility},
		{"batches", batches},
		{"FIFO queues", fifoQueues},
		{"fair queues", fairQueues},
		{"dead-letter queues", deadLetterQueues},
		{"errors", modelledErrors},
	}
	for _, step := range steps {
		step.run()
		fmt.Println(step.name, "ok")
	}
}

func messagesWithAttributes() {
	url := newQueue("", nil)
	body := "Grüße & <tags> \"quotes\"\r\n\t😀"

	sent, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body, MessageAttributes: attributes})
	check(err)
	message := one(receive(url, nil))

	equal(*message.Body, body)
	equal(*message.MessageId, *sent.MessageId)
	equal(message.MessageAttributes, attributes)
	equal(*sent.MD5OfMessageAttributes, md5OfAttributes())
	equal(*message.MD5OfMessageAttributes, md5OfAttributes())
	deleteMessage(url, message)
	deleteQueue(url)
}

func longPolls() {
	url := newQueue("", nil)

	equal(len(receive(url, func(input *sqs.ReceiveMessageInput) { input.WaitTimeSeconds = 1 })), 0)
	began := time.Now()
	_, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("later"), DelaySeconds: 1})
	check(err)
	message := one(receive(url, func(input *sqs.ReceiveMessageInput) { input.WaitTimeSeconds = 20 }))

	equal(*message.Body, "later")
	if waited := time.Since(began); waited < 900*time.Millisecond || waited > 15*time.Second {
		log.Panicf("waited %v", waited)
	}
	deleteQueue(url)
}

func visibility() {
	url := newQueue("", nil)
	send(url, "again")

	first := one(receive(url, func(input *sqs.ReceiveMessageInput) { input.VisibilityTimeout = 600 }))
	equal(len(receive(url, nil)), 0)
	_, err := client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: url, ReceiptHandle: first.ReceiptHandle, VisibilityTimeout: 0,
	})
	check(err)
	second := one(receive(url, nil))

	equal(*second.MessageId, *first.MessageId)
	equal(second.Attributes["ApproximateReceiveCount"], "2")
	deleteQueue(url)
}

func batches() {
	url := newQueue("", nil)

	sent, err := client.SendMessageBatch(ctx, &sqs.SendMessageBatchInput{
		QueueUrl: url,
		Entries: []types.SendMessageBatchRequestEntry{
			{Id: aws.String("a"), MessageBody: aws.String("1"), MessageAttributes: attributes},
			{Id: aws.String("b"), MessageBody: aws.String("2")},
			{Id: aws.String("late"), MessageBody: aws.String("3"), DelaySeconds: 901},
		},
	})
	check(err)
	equal(len(sent.Successful), 2)
	equal(*sent.Successful[0].MD5OfMessageAttributes, md5OfAttributes())
	equal(len(sent.Failed), 1)
	equal([]string{*sent.Failed[0].Id, *sent.Failed[0].Code}, []string{"late", "InvalidParameterValue"})
	equal(sent.Failed[0].SenderFault, true)

	var visible []types.ChangeMessageVisibilityBatchRequestEntry
	entries := []types.DeleteMessageBatchRequestEntry{{Id: aws.String("bad"), ReceiptHandle: aws.String("no handle")}}
	for _, message := range receive(url, func(input *sqs.ReceiveMessageInput) { input.MaxNumberOfMessages = 10 }) {
		visible = append(visible, types.ChangeMessageVisibilityBatchRequestEntry{
			Id: message.Body, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0,
		})
		entries = append(entries, types.DeleteMessageBatchRequestEntry{Id: message.Body, ReceiptHandle: message.ReceiptHandle})
	}
	changed, err := client.ChangeMessageVisibilityBatch(ctx, &sqs.ChangeMessageVisibilityBatchInput{QueueUrl: url, Entries: visible})
	check(err)
	equal(len(changed.Successful), 2)
	equal(len(receive(url, func(input *sqs.ReceiveMessageInput) { input.MaxNumberOfMessages = 10 })), 2)

	deleted, err := client.DeleteMessageBatch(ctx, &sqs.DeleteMessageBatchInput{QueueUrl: url, Entries: entries})
	check(err)
	equal(len(deleted.Successful), 2)
	equal([]string{*deleted.Failed[0].Id, *deleted.Failed[0].Code}, []string{"bad", "ReceiptHandleIsInvalid"})
	deleteQueue(url)
}

func fifoQueues() {
	url := newQueue(".fifo", map[string]string{"FifoQueue": "true", "ContentBasedDeduplication": "true"})
	var sent []*sqs.SendMessageOutput
	for _, message := range [][2]string{{"a1", "a"}, {"a2", "a"}, {"b1", "b"}, {"a1", "a"}} {
		answer, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &message[0], MessageGroupId: &message[1]})
		check(err)
		sent = append(sent, answer)
	}
	equal(*sent[3].MessageId, *sent[0].MessageId)
	equal(*sent[3].SequenceNumber, *sent[0].SequenceNumber)

	a1 := one(receive(url, nil))
	equal(*a1.Body, "a1")
	equal(*one(receive(url, func(input *sqs.ReceiveMessageInput) { input.MaxNumberOfMessages = 10 })).Body, "b1")
	deleteMessage(url, a1)
	equal(*one(receive(url, nil)).Body, "a2")
	deleteQueue(url)
}

func fairQueues() {
	url := newQueue("", nil)

	for range 3 {
		_, err := client.SendMessage(ctx, &sqs.SendMessageInput{
			QueueUrl: url, MessageBody: aws.String("x"), MessageGroupId: aws.String("tenant"),
		})
		check(err)
	}
	messages := receive(url, func(input *sqs.ReceiveMessageInput) { input.MaxNumberOfMessages = 2 })

	equal(messages[0].Attributes["MessageGroupId"], "tenant")
	equal(len(messages)+len(receive(url, nil)), 3) // a group does not block
	deleteQueue(url)
}

func deadLetterQueues() {
	dead := newQueue("-dead", nil)
	policy, err := json.Marshal(map[string]any{"deadLetterTargetArn": arnOf(dead), "maxReceiveCount": 2})
	check(err)
	url := newQueue("", map[string]string{"RedrivePolicy": string(policy)})
	sources := sqs.NewListDeadLetterSourceQueuesPaginator(client, &sqs.ListDeadLetterSourceQueuesInput{QueueUrl: dead})
	page, err := sources.NextPage(ctx)
	check(err)
	equal(page.QueueUrls, []string{*url})
	id := send(url, "poison")

	for range 2 {
		message := one(receive(url, nil))
		_, err := client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
			QueueUrl: url, ReceiptHandle: message.ReceiptHandle, VisibilityTimeout: 0,
		})
		check(err)
	}
	equal(len(receive(url, nil)), 0)
	message := one(receive(dead, func(input *sqs.ReceiveMessageInput) { input.WaitTimeSeconds = 5 }))

	equal(*message.MessageId, id)
	equal(message.Attributes["DeadLetterQueueSourceArn"], arnOf(url))
	deleteQueue(url)
	deleteQueue(dead)
}

func modelledErrors() {
	url := newQueue("", map[string]string{"DelaySeconds": "0"})
	name := (*url)[strings.LastIndex(*url, "/")+1:]

	_, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(name + "-none")})
	var missing *types.QueueDoesNotExist
	is(err, &missing)
	equal(missing.ErrorMessage(), "The specified queue does not exist.")

	_, err = client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: aws.String("no handle")})
	var invalid *types.ReceiptHandleIsInvalid
	is(err, &invalid)

	_, err = client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: map[string]string{"DelaySeconds": "7"}})
	var exists *types.QueueNameExists
	is(err, &exists)

	_, err = client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: aws.String("x"), DelaySeconds: 901})
	var generic smithy.APIError // no type of its own
	is(err, &generic)
	equal(generic.ErrorCode(), "InvalidParameterValue")
	equal(generic.ErrorFault(), smithy.FaultClient)
	deleteQueue(url)
}

func newQueue(suffix string, attributes map[string]string) *string {
	name := "go-" + rand.Text() + suffix
	answer, err := client.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: &name, Attributes: attributes})
	check(err)
	return answer.QueueUrl
}

func deleteQueue(url *string) {
	_, err := client.DeleteQueue(ctx, &sqs.DeleteQueueInput{QueueUrl: url})
	check(err)
}

func arnOf(url *string) string {
	answer, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	check(err)
	return answer.Attributes["QueueArn"]
}

func send(url *string, body string) string {
	answer, err := client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: url, MessageBody: &body})
	check(err)
	return *answer.MessageId
}

func receive(url *string, change func(*sqs.ReceiveMessageInput)) []types.Message {
	input := &sqs.ReceiveMessageInput{
		QueueUrl:                    url,
		MessageAttributeNames:       []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
	}
	if change != nil {
		change(input)
	}
	answer, err := client.ReceiveMessage(ctx, input)
	check(err)
	return answer.Messages
}

func deleteMessage(url *string, message types.Message) {
	_, err := client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: url, ReceiptHandle: message.ReceiptHandle})
	check(err)
}

// md5OfAttributes computes the MD5 of the attributes, which the SDK does not check.
func md5OfAttributes() string {
	digest := md5.New()
	add := func(part []byte) {
		binary.Write(digest, binary.BigEndian, uint32(len(part)))
		digest.Write(part)
	}
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		value := attributes[name]
		add([]byte(name))
		add([]byte(*value.DataType))
		if value.StringValue != nil {
			digest.Write([]byte{1})
			add([]byte(*value.StringValue))
		} else {
			digest.Write([]byte{2})
			add(value.BinaryValue)
		}
	}
	return hex.EncodeToString(digest.Sum(nil))
}

func one(messages []types.Message) types.Message {
	if len(messages) != 1 {
		log.Panicf("%d messages, not 1", len(messages))
	}
	return messages[0]
}

func equal(found, expected any) {
	if !reflect.DeepEqual(found, expected) {
		log.Panicf("found %v, expected %v", found, expected)
	}
}

func is(err error, target any) {
	if !errors.As(err, target) {
		log.Panicf("%v is no %v", err, reflect.TypeOf(target).Elem())
	}
}

func check(err error) {
	if err != nil {
		log.Panic(err)
	}
}
