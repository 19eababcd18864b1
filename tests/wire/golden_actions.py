"""Every action that succeeds, as bytes."""

from __future__ import annotations

from typing import Final

from tests.wire.golden import Golden, Step

SEND: Final = Step("SendMessage", {"QueueUrl": "q", "MessageBody": "hello"})
RECEIVE: Final = Step("ReceiveMessage", {"QueueUrl": "q"})
MD5_OF_HELLO: Final = "5d41402abc4b2a76b9719d911017c592"
TWO_QUEUES: Final = (Step("CreateQueue", {"QueueName": "a-2"}), Step("CreateQueue", {"QueueName": "a-1"}))
DEAD_LETTERS: Final = Step(
    "CreateQueue",
    {"QueueName": "a", "Attributes": {"RedrivePolicy": '{"deadLetterTargetArn":"$arn","maxReceiveCount":"1"}'}},
)
# Two messages, of which a task at one a second leaves the second for later.
MOVE_TASK: Final = (
    DEAD_LETTERS,
    Step("SendMessage", {"QueueUrl": "q", "MessageBody": "1"}),
    Step("SendMessage", {"QueueUrl": "q", "MessageBody": "2"}),
    Step("StartMessageMoveTask", {"SourceArn": "$arn", "DestinationArn": "${arn}2", "MaxNumberOfMessagesPerSecond": 1}),
)
PERMISSION: Final = Step(
    "AddPermission",
    {
        "QueueUrl": "q",
        "Label": "alice",
        "AWSAccountIds": ["111122223333"],
        "Actions": ["SendMessage", "ReceiveMessage"],
    },
)
ATTRIBUTES: Final = Step(
    "SendMessage",
    {
        "QueueUrl": "q",
        "MessageBody": "hello",
        "MessageGroupId": "g1",
        "MessageAttributes": {
            "k": {"DataType": "String", "StringValue": "x"},
            "data": {"DataType": "Binary.png", "BinaryValue": "iVBORw=="},
        },
    },
)
# What XML must write otherwise: markup, quotes, a carriage return; and what it may not: tab, line feed, any letter.
ODD_BODY: Final = Step("SendMessage", {"QueueUrl": "q", "MessageBody": "<&>\"'\r\n\té😀]]>"})

GOLDEN: Final[dict[str, Golden]] = {
    "CreateQueue": Golden(
        "CreateQueue",
        '{"QueueName":"new"}',
        '{"QueueUrl":"http://localhost:9324/000000000000/new"}',
        "QueueName=new",
        "<CreateQueueResult><QueueUrl>http://localhost:9324/000000000000/new</QueueUrl></CreateQueueResult>",
    ),
    "CreateQueue with attributes and tags": Golden(
        "CreateQueue",
        '{"QueueName":"new","Attributes":{"VisibilityTimeout":"5"},"tags":{"team":"blue"}}',
        '{"QueueUrl":"http://localhost:9324/000000000000/new"}',
        "QueueName=new&Attribute.1.Name=VisibilityTimeout&Attribute.1.Value=5&Tag.1.Key=team&Tag.1.Value=blue",
        "<CreateQueueResult><QueueUrl>http://localhost:9324/000000000000/new</QueueUrl></CreateQueueResult>",
    ),
    "DeleteQueue": Golden("DeleteQueue", '{"QueueUrl":"$url"}', "", "QueueUrl=$url", ""),
    "GetQueueUrl": Golden(
        "GetQueueUrl",
        '{"QueueName":"q"}',
        '{"QueueUrl":"http://localhost:9324/000000000000/q"}',
        "QueueName=q",
        "<GetQueueUrlResult><QueueUrl>http://localhost:9324/000000000000/q</QueueUrl></GetQueueUrlResult>",
    ),
    "ListQueues": Golden(
        "ListQueues",
        "",
        '{"QueueUrls":["http://localhost:9324/000000000000/a-1","http://localhost:9324/000000000000/a-2",'
        '"http://localhost:9324/000000000000/q"]}',
        "",
        "<ListQueuesResult><QueueUrl>http://localhost:9324/000000000000/a-1</QueueUrl>"
        "<QueueUrl>http://localhost:9324/000000000000/a-2</QueueUrl>"
        "<QueueUrl>http://localhost:9324/000000000000/q</QueueUrl></ListQueuesResult>",
        TWO_QUEUES,
    ),
    "ListQueues that finds nothing": Golden(
        "ListQueues", '{"QueueNamePrefix":"z"}', "{}", "QueueNamePrefix=z", "<ListQueuesResult/>"
    ),
    "ListQueues, a page": Golden(
        "ListQueues",
        '{"MaxResults":1}',
        '{"QueueUrls":["http://localhost:9324/000000000000/a-1"],"NextToken":"YS0x"}',
        "MaxResults=1",
        "<ListQueuesResult><QueueUrl>http://localhost:9324/000000000000/a-1</QueueUrl>"
        "<NextToken>YS0x</NextToken></ListQueuesResult>",
        TWO_QUEUES,
    ),
    "ListQueues, the last page": Golden(
        "ListQueues",
        '{"MaxResults":2,"NextToken":"YS0x"}',
        '{"QueueUrls":["http://localhost:9324/000000000000/a-2","http://localhost:9324/000000000000/q"]}',
        "MaxResults=2&NextToken=YS0x",
        "<ListQueuesResult><QueueUrl>http://localhost:9324/000000000000/a-2</QueueUrl>"
        "<QueueUrl>http://localhost:9324/000000000000/q</QueueUrl></ListQueuesResult>",
        TWO_QUEUES,
    ),
    "GetQueueAttributes without names": Golden(
        "GetQueueAttributes", '{"QueueUrl":"$url"}', "{}", "QueueUrl=$url", "<GetQueueAttributesResult/>"
    ),
    "GetQueueAttributes of what is not set": Golden(
        "GetQueueAttributes",
        '{"QueueUrl":"$url","AttributeNames":["Policy","RedrivePolicy","FifoQueue"]}',
        "{}",
        "QueueUrl=$url&AttributeName.1=Policy&AttributeName.2=RedrivePolicy&AttributeName.3=FifoQueue",
        "<GetQueueAttributesResult/>",
    ),
    "GetQueueAttributes of two": Golden(
        "GetQueueAttributes",
        '{"QueueUrl":"$url","AttributeNames":["VisibilityTimeout","QueueArn"]}',
        '{"Attributes":{"VisibilityTimeout":"30","QueueArn":"arn:aws:sqs:<region>:000000000000:q"}}',
        "QueueUrl=$url&AttributeName.1=VisibilityTimeout&AttributeName.2=QueueArn",
        "<GetQueueAttributesResult><Attribute><Name>VisibilityTimeout</Name><Value>30</Value></Attribute>"
        "<Attribute><Name>QueueArn</Name><Value>arn:aws:sqs:<region>:000000000000:q</Value></Attribute>"
        "</GetQueueAttributesResult>",
    ),
    "GetQueueAttributes of all": Golden(
        "GetQueueAttributes",
        '{"QueueUrl":"$url","AttributeNames":["All"]}',
        '{"Attributes":{"QueueArn":"arn:aws:sqs:<region>:000000000000:q","ApproximateNumberOfMessages":"1",'
        '"ApproximateNumberOfMessagesNotVisible":"0","ApproximateNumberOfMessagesDelayed":"0",'
        '"CreatedTimestamp":"<s>","LastModifiedTimestamp":"<s>","VisibilityTimeout":"30","DelaySeconds":"0",'
        '"MaximumMessageSize":"1048576","MessageRetentionPeriod":"345600","ReceiveMessageWaitTimeSeconds":"0",'
        '"SqsManagedSseEnabled":"true"}}',
        "QueueUrl=$url&AttributeName.1=All",
        "<GetQueueAttributesResult>"
        "<Attribute><Name>QueueArn</Name><Value>arn:aws:sqs:<region>:000000000000:q</Value></Attribute>"
        "<Attribute><Name>ApproximateNumberOfMessages</Name><Value>1</Value></Attribute>"
        "<Attribute><Name>ApproximateNumberOfMessagesNotVisible</Name><Value>0</Value></Attribute>"
        "<Attribute><Name>ApproximateNumberOfMessagesDelayed</Name><Value>0</Value></Attribute>"
        "<Attribute><Name>CreatedTimestamp</Name><Value><s></Value></Attribute>"
        "<Attribute><Name>LastModifiedTimestamp</Name><Value><s></Value></Attribute>"
        "<Attribute><Name>VisibilityTimeout</Name><Value>30</Value></Attribute>"
        "<Attribute><Name>DelaySeconds</Name><Value>0</Value></Attribute>"
        "<Attribute><Name>MaximumMessageSize</Name><Value>1048576</Value></Attribute>"
        "<Attribute><Name>MessageRetentionPeriod</Name><Value>345600</Value></Attribute>"
        "<Attribute><Name>ReceiveMessageWaitTimeSeconds</Name><Value>0</Value></Attribute>"
        "<Attribute><Name>SqsManagedSseEnabled</Name><Value>true</Value></Attribute>"
        "</GetQueueAttributesResult>",
        (SEND,),
    ),
    "SetQueueAttributes": Golden(
        "SetQueueAttributes",
        '{"QueueUrl":"$url","Attributes":{"DelaySeconds":"5"}}',
        "",
        "QueueUrl=$url&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5",
        "",
    ),
    "SetQueueAttributes that clears": Golden(
        "SetQueueAttributes",
        '{"QueueUrl":"$url","Attributes":{"Policy":""}}',
        "",
        "QueueUrl=$url&Attribute.1.Name=Policy&Attribute.1.Value=",
        "",
    ),
    "SendMessage": Golden(
        "SendMessage",
        '{"QueueUrl":"$url","MessageBody":"hello"}',
        f'{{"MessageId":"<uuid>","MD5OfMessageBody":"{MD5_OF_HELLO}"}}',
        "QueueUrl=$url&MessageBody=hello",
        f"<SendMessageResult><MessageId><uuid></MessageId><MD5OfMessageBody>{MD5_OF_HELLO}</MD5OfMessageBody>"
        "</SendMessageResult>",
    ),
    "SendMessage with attributes of both kinds": Golden(
        "SendMessage",
        '{"QueueUrl":"$url","MessageBody":"message","DelaySeconds":0,'
        '"MessageAttributes":{"k":{"DataType":"String","StringValue":"x"}},'
        '"MessageSystemAttributes":{"AWSTraceHeader":{"DataType":"String","StringValue":'
        '"Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"}}}',
        '{"MessageId":"<uuid>","MD5OfMessageBody":"78e731027d8fd50ed642340b7c9a63b3",'
        '"MD5OfMessageAttributes":"a45daa70926828a2f0a1db3418e6feb4",'
        '"MD5OfMessageSystemAttributes":"5ae4d5d7636402d80f4eb6d213245a88"}',
        "QueueUrl=$url&MessageBody=message&DelaySeconds=0"
        "&MessageAttribute.1.Name=k&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=x"
        "&MessageSystemAttribute.1.Name=AWSTraceHeader&MessageSystemAttribute.1.Value.DataType=String"
        "&MessageSystemAttribute.1.Value.StringValue="
        "Root%3D1-5759e988-bd862e3fe1be46a994272793%3BParent%3D53995c3f42cd8ad8%3BSampled%3D1",
        "<SendMessageResult><MessageId><uuid></MessageId>"
        "<MD5OfMessageBody>78e731027d8fd50ed642340b7c9a63b3</MD5OfMessageBody>"
        "<MD5OfMessageAttributes>a45daa70926828a2f0a1db3418e6feb4</MD5OfMessageAttributes>"
        "<MD5OfMessageSystemAttributes>5ae4d5d7636402d80f4eb6d213245a88</MD5OfMessageSystemAttributes>"
        "</SendMessageResult>",
    ),
    "SendMessageBatch that half succeeds": Golden(
        "SendMessageBatch",
        '{"QueueUrl":"$url","Entries":[{"Id":"1","MessageBody":"hello"},{"Id":"2","MessageBody":"\\u0000"}]}',
        f'{{"Successful":[{{"MessageId":"<uuid>","MD5OfMessageBody":"{MD5_OF_HELLO}","Id":"1"}}],'
        '"Failed":[{"Id":"2","SenderFault":true,"Code":"InvalidMessageContents","Message":"Invalid characters found. '
        "Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF"
        '"}]}',
        "QueueUrl=$url&SendMessageBatchRequestEntry.1.Id=1&SendMessageBatchRequestEntry.1.MessageBody=hello"
        "&SendMessageBatchRequestEntry.2.Id=2&SendMessageBatchRequestEntry.2.MessageBody=%00",
        "<SendMessageBatchResult><SendMessageBatchResultEntry><MessageId><uuid></MessageId>"
        f"<MD5OfMessageBody>{MD5_OF_HELLO}</MD5OfMessageBody><Id>1</Id></SendMessageBatchResultEntry>"
        "<BatchResultErrorEntry><Id>2</Id><SenderFault>true</SenderFault><Code>InvalidMessageContents</Code>"
        "<Message>Invalid characters found. Valid unicode characters are "
        "#x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF</Message></BatchResultErrorEntry>"
        "</SendMessageBatchResult>",
    ),
    "ReceiveMessage that finds nothing": Golden(
        "ReceiveMessage", '{"QueueUrl":"$url"}', "{}", "QueueUrl=$url", "<ReceiveMessageResult/>"
    ),
    "ReceiveMessage": Golden(
        "ReceiveMessage",
        '{"QueueUrl":"$url"}',
        f'{{"Messages":[{{"MessageId":"<uuid>","ReceiptHandle":"[receipt handle]","MD5OfBody":"{MD5_OF_HELLO}",'
        '"Body":"hello"}]}',
        "QueueUrl=$url",
        "<ReceiveMessageResult><Message><MessageId><uuid></MessageId><ReceiptHandle>[receipt handle]</ReceiptHandle>"
        f"<MD5OfBody>{MD5_OF_HELLO}</MD5OfBody><Body>hello</Body></Message></ReceiveMessageResult>",
        (SEND,),
    ),
    "ReceiveMessage with all there is to it": Golden(
        "ReceiveMessage",
        '{"QueueUrl":"$url","MessageSystemAttributeNames":["All"],"MessageAttributeNames":["All"]}',
        f'{{"Messages":[{{"MessageId":"<uuid>","ReceiptHandle":"[receipt handle]","MD5OfBody":"{MD5_OF_HELLO}",'
        '"Body":"hello","Attributes":{"SenderId":"AIDAIENQZJOLO23YVJ4VO","SentTimestamp":"<ms>",'
        '"ApproximateReceiveCount":"1","ApproximateFirstReceiveTimestamp":"<ms>","MessageGroupId":"g1"},'
        '"MD5OfMessageAttributes":"f5a3983461f87627b5e65e5a9641de44",'
        '"MessageAttributes":{"k":{"StringValue":"x","DataType":"String"},'
        '"data":{"BinaryValue":"iVBORw==","DataType":"Binary.png"}}}]}',
        "QueueUrl=$url&AttributeName.1=All&MessageAttributeName.1=All",
        "<ReceiveMessageResult><Message><MessageId><uuid></MessageId><ReceiptHandle>[receipt handle]</ReceiptHandle>"
        f"<MD5OfBody>{MD5_OF_HELLO}</MD5OfBody><Body>hello</Body>"
        "<Attribute><Name>SenderId</Name><Value>AIDAIENQZJOLO23YVJ4VO</Value></Attribute>"
        "<Attribute><Name>SentTimestamp</Name><Value><ms></Value></Attribute>"
        "<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>"
        "<Attribute><Name>ApproximateFirstReceiveTimestamp</Name><Value><ms></Value></Attribute>"
        "<Attribute><Name>MessageGroupId</Name><Value>g1</Value></Attribute>"
        "<MD5OfMessageAttributes>f5a3983461f87627b5e65e5a9641de44</MD5OfMessageAttributes>"
        "<MessageAttribute><Name>k</Name><Value><StringValue>x</StringValue><DataType>String</DataType></Value>"
        "</MessageAttribute>"
        "<MessageAttribute><Name>data</Name><Value><BinaryValue>iVBORw==</BinaryValue><DataType>Binary.png</DataType>"
        "</Value></MessageAttribute></Message></ReceiveMessageResult>",
        (ATTRIBUTES,),
    ),
    "ReceiveMessage of odd characters": Golden(
        "ReceiveMessage",
        '{"QueueUrl":"$url"}',
        '{"Messages":[{"MessageId":"<uuid>","ReceiptHandle":"[receipt handle]",'
        '"MD5OfBody":"b52d2dba8f5c4de0d6118ec3c26f70c4","Body":"<&>\\"\'\\r\\n\\té😀]]>"}]}',
        "QueueUrl=$url",
        "<ReceiveMessageResult><Message><MessageId><uuid></MessageId><ReceiptHandle>[receipt handle]</ReceiptHandle>"
        "<MD5OfBody>b52d2dba8f5c4de0d6118ec3c26f70c4</MD5OfBody>"
        "<Body>&lt;&amp;&gt;&quot;'&#xD;\n\té😀]]&gt;</Body></Message></ReceiveMessageResult>",
        (ODD_BODY,),
    ),
    "DeleteMessage": Golden(
        "DeleteMessage",
        '{"QueueUrl":"$url","ReceiptHandle":"$handle"}',
        "",
        "QueueUrl=$url&ReceiptHandle=$handle",
        "",
        (SEND, RECEIVE),
    ),
    "DeleteMessageBatch that half succeeds": Golden(
        "DeleteMessageBatch",
        '{"QueueUrl":"$url","Entries":[{"Id":"a","ReceiptHandle":"$handle"},{"Id":"b","ReceiptHandle":"x"}]}',
        '{"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true,"Code":"ReceiptHandleIsInvalid",'
        '"Message":"The input receipt handle is invalid."}]}',
        "QueueUrl=$url&DeleteMessageBatchRequestEntry.1.Id=a&DeleteMessageBatchRequestEntry.1.ReceiptHandle=$handle"
        "&DeleteMessageBatchRequestEntry.2.Id=b&DeleteMessageBatchRequestEntry.2.ReceiptHandle=x",
        "<DeleteMessageBatchResult><DeleteMessageBatchResultEntry><Id>a</Id></DeleteMessageBatchResultEntry>"
        "<BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault><Code>ReceiptHandleIsInvalid</Code>"
        "<Message>The input receipt handle is invalid.</Message></BatchResultErrorEntry></DeleteMessageBatchResult>",
        (SEND, RECEIVE),
    ),
    "ChangeMessageVisibility": Golden(
        "ChangeMessageVisibility",
        '{"QueueUrl":"$url","ReceiptHandle":"$handle","VisibilityTimeout":60}',
        "",
        "QueueUrl=$url&ReceiptHandle=$handle&VisibilityTimeout=60",
        "",
        (SEND, RECEIVE),
    ),
    "ChangeMessageVisibilityBatch that half succeeds": Golden(
        "ChangeMessageVisibilityBatch",
        '{"QueueUrl":"$url","Entries":[{"Id":"a","ReceiptHandle":"$handle","VisibilityTimeout":0},'
        '{"Id":"b","ReceiptHandle":"$handle","VisibilityTimeout":43201}]}',
        '{"Successful":[{"Id":"a"}],"Failed":[{"Id":"b","SenderFault":true,"Code":"InvalidParameterValue",'
        '"Message":"Must be >= 0 and <= 43200, if provided"}]}',
        "QueueUrl=$url&ChangeMessageVisibilityBatchRequestEntry.1.Id=a"
        "&ChangeMessageVisibilityBatchRequestEntry.1.ReceiptHandle=$handle"
        "&ChangeMessageVisibilityBatchRequestEntry.1.VisibilityTimeout=0"
        "&ChangeMessageVisibilityBatchRequestEntry.2.Id=b"
        "&ChangeMessageVisibilityBatchRequestEntry.2.ReceiptHandle=$handle"
        "&ChangeMessageVisibilityBatchRequestEntry.2.VisibilityTimeout=43201",
        "<ChangeMessageVisibilityBatchResult><ChangeMessageVisibilityBatchResultEntry><Id>a</Id>"
        "</ChangeMessageVisibilityBatchResultEntry><BatchResultErrorEntry><Id>b</Id><SenderFault>true</SenderFault>"
        "<Code>InvalidParameterValue</Code><Message>Must be &gt;= 0 and &lt;= 43200, if provided</Message>"
        "</BatchResultErrorEntry></ChangeMessageVisibilityBatchResult>",
        (SEND, RECEIVE),
    ),
    "PurgeQueue": Golden("PurgeQueue", '{"QueueUrl":"$url"}', "", "QueueUrl=$url", "", (SEND,)),
    "TagQueue": Golden(
        "TagQueue",
        '{"QueueUrl":"$url","Tags":{"team":"blue","empty":""}}',
        "",
        "QueueUrl=$url&Tag.1.Key=team&Tag.1.Value=blue&Tag.2.Key=empty&Tag.2.Value=",
        "",
    ),
    "UntagQueue": Golden(
        "UntagQueue",
        '{"QueueUrl":"$url","TagKeys":["team","unknown"]}',
        "",
        "QueueUrl=$url&TagKey.1=team&TagKey.2=unknown",
        "",
        (Step("TagQueue", {"QueueUrl": "q", "Tags": {"team": "blue"}}),),
    ),
    "ListQueueTags": Golden(
        "ListQueueTags",
        '{"QueueUrl":"$url"}',
        '{"Tags":{"team":"blue","empty":""}}',
        "QueueUrl=$url",
        "<ListQueueTagsResult><Tag><Key>team</Key><Value>blue</Value></Tag><Tag><Key>empty</Key><Value/></Tag>"
        "</ListQueueTagsResult>",
        (Step("TagQueue", {"QueueUrl": "q", "Tags": {"team": "blue", "empty": ""}}),),
    ),
    "ListQueueTags of none": Golden(
        "ListQueueTags", '{"QueueUrl":"$url"}', "{}", "QueueUrl=$url", "<ListQueueTagsResult/>"
    ),
    "AddPermission": Golden(
        "AddPermission",
        '{"QueueUrl":"$url","Label":"alice","AWSAccountIds":["111122223333","444455556666"],'
        '"Actions":["SendMessage","*"]}',
        "",
        "QueueUrl=$url&Label=alice&AWSAccountId.1=111122223333&AWSAccountId.2=444455556666"
        "&ActionName.1=SendMessage&ActionName.2=*",
        "",
    ),
    "RemovePermission": Golden(
        "RemovePermission",
        '{"QueueUrl":"$url","Label":"alice"}',
        "",
        "QueueUrl=$url&Label=alice",
        "",
        (PERMISSION,),
    ),
    "GetQueueAttributes of the policy that AddPermission made": Golden(
        "GetQueueAttributes",
        '{"QueueUrl":"$url","AttributeNames":["Policy"]}',
        '{"Attributes":{"Policy":"{'
        '\\"Version\\":\\"2008-10-17\\",'
        '\\"Id\\":\\"arn:aws:sqs:<region>:000000000000:q/SQSDefaultPolicy\\",'
        '\\"Statement\\":[{\\"Sid\\":\\"alice\\",\\"Effect\\":\\"Allow\\",'
        '\\"Principal\\":{\\"AWS\\":\\"arn:aws:iam::111122223333:root\\"},'
        '\\"Action\\":[\\"SQS:SendMessage\\",\\"SQS:ReceiveMessage\\"],'
        '\\"Resource\\":\\"arn:aws:sqs:<region>:000000000000:q\\"}]}"}}',
        "QueueUrl=$url&AttributeName.1=Policy",
        "<GetQueueAttributesResult><Attribute><Name>Policy</Name><Value>{"
        "&quot;Version&quot;:&quot;2008-10-17&quot;,"
        "&quot;Id&quot;:&quot;arn:aws:sqs:<region>:000000000000:q/SQSDefaultPolicy&quot;,"
        "&quot;Statement&quot;:[{&quot;Sid&quot;:&quot;alice&quot;,&quot;Effect&quot;:&quot;Allow&quot;,"
        "&quot;Principal&quot;:{&quot;AWS&quot;:&quot;arn:aws:iam::111122223333:root&quot;},"
        "&quot;Action&quot;:[&quot;SQS:SendMessage&quot;,&quot;SQS:ReceiveMessage&quot;],"
        "&quot;Resource&quot;:&quot;arn:aws:sqs:<region>:000000000000:q&quot;}]}</Value></Attribute>"
        "</GetQueueAttributesResult>",
        (PERMISSION,),
    ),
    "ListDeadLetterSourceQueues": Golden(
        "ListDeadLetterSourceQueues",
        '{"QueueUrl":"$url"}',
        '{"queueUrls":["http://localhost:9324/000000000000/a"]}',
        "QueueUrl=$url",
        "<ListDeadLetterSourceQueuesResult><QueueUrl>http://localhost:9324/000000000000/a</QueueUrl>"
        "</ListDeadLetterSourceQueuesResult>",
        (DEAD_LETTERS,),
    ),
    "ListDeadLetterSourceQueues of none": Golden(
        "ListDeadLetterSourceQueues",
        '{"QueueUrl":"$url"}',
        '{"queueUrls":[]}',
        "QueueUrl=$url",
        "<ListDeadLetterSourceQueuesResult/>",
    ),
    "StartMessageMoveTask": Golden(
        "StartMessageMoveTask",
        '{"SourceArn":"$arn"}',
        '{"TaskHandle":"<task>"}',
        "SourceArn=$arn",
        "<StartMessageMoveTaskResult><TaskHandle><task></TaskHandle></StartMessageMoveTaskResult>",
        (DEAD_LETTERS,),
    ),
    "ListMessageMoveTasks": Golden(
        "ListMessageMoveTasks",
        '{"SourceArn":"$arn"}',
        '{"Results":[{"TaskHandle":"<task>","Status":"RUNNING","SourceArn":"arn:aws:sqs:<region>:000000000000:q",'
        '"DestinationArn":"arn:aws:sqs:<region>:000000000000:q2","MaxNumberOfMessagesPerSecond":1,'
        '"ApproximateNumberOfMessagesMoved":1,"ApproximateNumberOfMessagesToMove":2,"StartedTimestamp":<ms>}]}',
        "SourceArn=$arn",
        "<ListMessageMoveTasksResult><ListMessageMoveTasksResultEntry><TaskHandle><task></TaskHandle>"
        "<Status>RUNNING</Status><SourceArn>arn:aws:sqs:<region>:000000000000:q</SourceArn>"
        "<DestinationArn>arn:aws:sqs:<region>:000000000000:q2</DestinationArn>"
        "<MaxNumberOfMessagesPerSecond>1</MaxNumberOfMessagesPerSecond>"
        "<ApproximateNumberOfMessagesMoved>1</ApproximateNumberOfMessagesMoved>"
        "<ApproximateNumberOfMessagesToMove>2</ApproximateNumberOfMessagesToMove>"
        "<StartedTimestamp><ms></StartedTimestamp></ListMessageMoveTasksResultEntry></ListMessageMoveTasksResult>",
        (Step("CreateQueue", {"QueueName": "q2"}), *MOVE_TASK),
    ),
    "ListMessageMoveTasks of none": Golden(
        "ListMessageMoveTasks",
        '{"SourceArn":"$arn"}',
        '{"Results":[]}',
        "SourceArn=$arn",
        "<ListMessageMoveTasksResult/>",
    ),
    "CancelMessageMoveTask": Golden(
        "CancelMessageMoveTask",
        '{"TaskHandle":"$task"}',
        '{"ApproximateNumberOfMessagesMoved":1}',
        "TaskHandle=$task",
        "<CancelMessageMoveTaskResult><ApproximateNumberOfMessagesMoved>1</ApproximateNumberOfMessagesMoved>"
        "</CancelMessageMoveTaskResult>",
        (Step("CreateQueue", {"QueueName": "q2"}), *MOVE_TASK),
    ),
}
