"""What a configuration makes: queues at the start, queues made when they are asked for, accounts and their clocks."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import Any, Final

import pytest

from sqs_emulator import AccountConfig, AutoCreate, ClockConfig, Config, ConfigError, Emulator, QueueConfig
from sqs_emulator.core.clock import AccountClock
from sqs_emulator.core.errors import QueueDoesNotExist
from sqs_emulator.core.events import QueueCreated
from sqs_emulator.faults.effects import Effect, Error, Fewer
from sqs_emulator.faults.injector import Injector
from sqs_emulator.faults.rules import FaultRule
from sqs_emulator.faults.waits import Time
from sqs_emulator.provisioning import Provisioner
from tests.core.by_hand import TimersByHand
from tests.raw_http import Connection, credentials, json_call
from tests.sqs_by_hand import START, Sqs, read_json, refused

OTHER: Final = "111122223333"
NEW_YEAR: Final = datetime(2026, 1, 1, tzinfo=UTC)
NEW_YEAR_MS: Final = 1_767_225_600_000
MISSING: Final = "AWS.SimpleQueueService.NonExistentQueue"


def provisioned(**settings: Any) -> Sqs:
    """Return an SQS that begins with a configuration."""
    config = Config(**settings)
    provisioner = Provisioner(config)
    sqs = Sqs(config.limit_set, region=config.region, plan=provisioner, accounts=config.accounts_by_key)
    provisioner.begin_queues(sqs.broker)
    provisioner.add_layers(sqs.api.dispatcher)
    return sqs


def queues(*definitions: QueueConfig, **settings: Any) -> Sqs:
    return provisioned(queues=definitions, **settings)


def names(sqs: Sqs) -> list[str]:
    return [url.rpartition("/")[2] for url in sqs.call("ListQueues").get("QueueUrls", [])]


# Queues at the start.


def test_a_queue_of_the_configuration_is_there_from_the_start() -> None:
    sqs = queues(QueueConfig(name="jobs", attributes={"VisibilityTimeout": 60}, tags={"team": "billing"}))

    url = sqs.call("GetQueueUrl", QueueName="jobs")["QueueUrl"]

    assert sqs.attributes(url)["VisibilityTimeout"] == "60"
    assert sqs.attributes(url)["CreatedTimestamp"] == str(START // 1000)
    assert sqs.call("ListQueueTags", QueueUrl=url)["Tags"] == {"team": "billing"}


@pytest.mark.parametrize(
    ("attribute", "value", "shown"),
    [
        ("VisibilityTimeout", 0, "0"),
        ("VisibilityTimeout", "60", "60"),
        ("SqsManagedSseEnabled", False, "false"),
        ("KmsMasterKeyId", "alias/aws/sqs", "alias/aws/sqs"),
        ("RedriveAllowPolicy", {"redrivePermission": "denyAll"}, '{"redrivePermission":"denyAll"}'),
        ("RedriveAllowPolicy", '{"redrivePermission": "denyAll"}', '{"redrivePermission":"denyAll"}'),
        ("Policy", {"Version": "2012-10-17", "Statement": []}, '{"Version": "2012-10-17", "Statement": []}'),
    ],
)
def test_attributes_are_numbers_booleans_tables_or_what_the_api_takes(
    attribute: str, value: object, shown: str
) -> None:
    sqs = queues(QueueConfig(name="jobs", attributes={attribute: value}))

    assert sqs.attributes("jobs")[attribute] == shown


def test_a_name_that_ends_with_fifo_makes_a_fifo_queue() -> None:
    sqs = queues(QueueConfig(name="orders.fifo", attributes={"ContentBasedDeduplication": True}))

    shown = sqs.attributes("orders.fifo")

    assert (shown["FifoQueue"], shown["ContentBasedDeduplication"]) == ("true", "true")


def test_a_dead_letter_queue_may_be_defined_later() -> None:
    sqs = queues(QueueConfig(name="jobs", dead_letter_queue="dead", max_receive_count=1), QueueConfig(name="dead"))
    sqs.send("jobs")

    for _ in range(2):
        sqs.receive("jobs")
        sqs.pass_time(31)

    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 1}
    assert json.loads(sqs.attributes("jobs")["RedrivePolicy"]) == policy
    assert (sqs.counts("jobs"), sqs.counts("dead")) == ((0, 0, 0), (1, 0, 0))


def test_two_queues_may_be_each_others_dead_letter_queue_and_one_its_own() -> None:
    sqs = queues(
        QueueConfig(name="a", dead_letter_queue="b", max_receive_count=1),
        QueueConfig(name="b", dead_letter_queue="a", max_receive_count=2),
        QueueConfig(name="c", dead_letter_queue="c", max_receive_count=3),
    )

    targets = [json.loads(sqs.attributes(name)["RedrivePolicy"])["deadLetterTargetArn"] for name in ("a", "b", "c")]
    assert [target.rpartition(":")[2] for target in targets] == ["b", "a", "c"]


def test_a_redrive_policy_may_be_a_table_with_an_arn() -> None:
    policy = {"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:dead", "maxReceiveCount": 5}

    sqs = queues(QueueConfig(name="jobs", attributes={"RedrivePolicy": policy}), QueueConfig(name="dead"))

    assert json.loads(sqs.attributes("jobs")["RedrivePolicy"]) == policy


def test_queues_are_in_the_region_of_the_settings_and_the_default_account_unless_they_say_otherwise() -> None:
    sqs = queues(
        QueueConfig(name="here"), QueueConfig(name="there", account=OTHER, region="eu-west-2"), region="eu-west-1"
    )

    assert [queue.arn for queue in sqs.broker.queues()] == [
        "arn:aws:sqs:eu-west-1:000000000000:here",
        f"arn:aws:sqs:eu-west-2:{OTHER}:there",
    ]


def test_a_client_that_creates_a_queue_of_the_configuration_gets_it() -> None:
    sqs = queues(QueueConfig(name="jobs", attributes={"VisibilityTimeout": 60}))

    assert sqs.create("jobs", VisibilityTimeout="60") == sqs.create("jobs")
    with refused("QueueAlreadyExists"):
        sqs.create("jobs", VisibilityTimeout="30")


def test_the_same_queue_twice_is_one_queue() -> None:
    same = QueueConfig(name="jobs", attributes={"VisibilityTimeout": 60})

    assert names(queues(same, same)) == ["jobs"]


def test_the_same_name_in_two_accounts_is_two_queues() -> None:
    sqs = queues(
        QueueConfig(name="jobs", attributes={"VisibilityTimeout": 1}),
        QueueConfig(name="jobs", attributes={"VisibilityTimeout": 2}, account=OTHER),
    )

    assert sqs.queue("jobs").attributes.visibility_timeout == 1
    assert sqs.queue("jobs", account=OTHER).attributes.visibility_timeout == 2


def test_an_account_that_is_dropped_begins_anew_with_its_queues() -> None:
    sqs = queues(QueueConfig(name="jobs"), QueueConfig(name="jobs", account=OTHER), clock=ClockConfig(start=NEW_YEAR))
    kept, dropped = sqs.queue("jobs"), sqs.queue("jobs", account=OTHER)
    sqs.create("more", key=OTHER)
    sqs.clock.advance(60)

    sqs.broker.drop_account(OTHER)

    again = sqs.queue("jobs", account=OTHER)
    assert again is not dropped
    assert again.created_at == NEW_YEAR_MS
    assert list(sqs.broker.queues()) == [kept, again]


def test_an_emulator_begins_with_its_queues_and_tells_of_them() -> None:
    emulator = Emulator(Config(queues=(QueueConfig(name="jobs"),)))

    assert [event.queue.rpartition(":")[2] for event in emulator.feed.events() if isinstance(event, QueueCreated)] == [
        "jobs"
    ]


BAD_QUEUES: Final[dict[str, tuple[tuple[QueueConfig, ...], str]]] = {
    "a name that cannot be": (
        (QueueConfig(name="my jobs"),),
        "queues my jobs: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
    ),
    "an attribute out of range": (
        (QueueConfig(name="a", attributes={"VisibilityTimeout": 43_201}),),
        "queues a: VisibilityTimeout is 43201; allowed is 0 to 43200. (Invalid value for the parameter VisibilityTime",
    ),
    "an attribute of another type": (
        (QueueConfig(name="a", attributes={"VisibilityTimeout": 1.5}),),
        "queues a: VisibilityTimeout is 1.5; allowed is 0 to 43200.",
    ),
    "a switch that is none": (
        (QueueConfig(name="a", attributes={"SqsManagedSseEnabled": 1}),),
        "queues a: SqsManagedSseEnabled is 1; allowed is true or false. (Invalid value for the parameter SqsManaged",
    ),
    "a choice that is none": (
        (QueueConfig(name="a.fifo", attributes={"DeduplicationScope": "group"}),),
        "queues a.fifo: DeduplicationScope is 'group'; allowed is queue or messageGroup. (Invalid value for the",
    ),
    "an attribute that is none": (
        (QueueConfig(name="a", attributes={"Visibility": 1}),),
        "queues a: there is no attribute 'Visibility'. Did you mean VisibilityTimeout? Allowed are: VisibilityTimeout,",
    ),
    "an attribute of FIFO queues": (
        (QueueConfig(name="a", attributes={"ContentBasedDeduplication": True}),),
        "queues a: ContentBasedDeduplication is true; allowed is a FIFO queue's, whose name ends with .fifo.",
    ),
    "two kinds of encryption": (
        (QueueConfig(name="a", attributes={"KmsMasterKeyId": "k", "SqsManagedSseEnabled": True}),),
        "queues a: You can use one type of server-side encryption (SSE) at one time.",
    ),
    "a tag that cannot be": (
        (QueueConfig(name="a", tags={"aws:x": "1"}),),
        "queues a: Value aws:x for parameter TagKey is invalid. Reason: Tag keys that begin with aws: are reserved.",
    ),
    "more tags than there may be": (
        (QueueConfig(name="a", tags={str(number): "" for number in range(51)}),),
        "queues a: Too many tags added for queue a.",
    ),
    "an account that is none": (
        (QueueConfig(name="a", account="me"),),
        "queues a: account is 'me'; allowed is a number of 12 digits.",
    ),
    "a region that is none": (
        (QueueConfig(name="a", region="eu:west"),),
        "queues a: region is 'eu:west'; allowed is a region's name, such as us-east-1.",
    ),
    "a dead-letter queue that is nowhere": (
        (QueueConfig(name="a", dead_letter_queue="a-deed", max_receive_count=1), QueueConfig(name="a-dead")),
        "queues a: there is no queue 'a-deed'. Did you mean a-dead? Allowed are: a, a-dead.",
    ),
    "a dead-letter queue without a count": (
        (QueueConfig(name="a", dead_letter_queue="a"),),
        "queues a: dead_letter_queue and max_receive_count go together: one is set and the other is not.",
    ),
    "a count without a dead-letter queue": (
        (QueueConfig(name="a", max_receive_count=1),),
        "queues a: dead_letter_queue and max_receive_count go together: one is set and the other is not.",
    ),
    "a count out of range": (
        (QueueConfig(name="a", dead_letter_queue="a", max_receive_count=1001),),
        "queues a: RedrivePolicy is ",
    ),
    "a dead-letter queue said twice": (
        (QueueConfig(name="a", dead_letter_queue="a", max_receive_count=1, attributes={"RedrivePolicy": "{}"}),),
        "queues a: RedrivePolicy is '{}'; allowed is a table, or its JSON. ",
    ),
    "a dead-letter queue of another type": (
        (QueueConfig(name="a.fifo", dead_letter_queue="b", max_receive_count=1), QueueConfig(name="b")),
        "queues a.fifo: Value {",
    ),
    "a dead-letter queue that denies": (
        (
            QueueConfig(name="a", dead_letter_queue="b", max_receive_count=1),
            QueueConfig(name="b", attributes={"RedriveAllowPolicy": {"redrivePermission": "denyAll"}}),
        ),
        "queues a: Value {",
    ),
    "a queue twice with another attribute": (
        (QueueConfig(name="a", attributes={"DelaySeconds": 1}), QueueConfig(name="a", attributes={"DelaySeconds": 2})),
        "queues a: it is defined twice, and DelaySeconds is '1' and '2'; allowed is one value.",
    ),
    "a queue twice with an attribute more": (
        (QueueConfig(name="a"), QueueConfig(name="a", attributes={"DelaySeconds": 2}, region="us-east-1")),
        "queues a: it is defined twice, and DelaySeconds is not set and '2'; allowed is one value.",
    ),
    "a queue twice with other tags": (
        (QueueConfig(name="a", tags={"x": "1"}), QueueConfig(name="a")),
        "queues a: it is defined twice, and tags.x is '1' and not set; allowed is one value.",
    ),
}


@pytest.mark.parametrize(("definitions", "message"), BAD_QUEUES.values(), ids=BAD_QUEUES)
def test_a_queue_that_sqs_would_refuse_is_refused_at_the_start(
    definitions: tuple[QueueConfig, ...], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        Emulator(Config(queues=definitions))

    assert str(caught.value).startswith(message)
    assert caught.value.setting == "queues"


def test_the_words_of_a_dead_letter_queue_of_another_type_are_awss() -> None:
    definitions, _ = BAD_QUEUES["a dead-letter queue of another type"]

    with pytest.raises(ConfigError, match="Reason: Dead-letter queue must be same type of queue as the source"):
        queues(*definitions)


def test_queues_are_judged_by_the_limits_that_are_set() -> None:
    limits = {"queue_name_length": 3, "message_bytes": 2048}

    with pytest.raises(ConfigError, match="1 to 3 in length"):
        queues(QueueConfig(name="four"), limit=limits)
    with pytest.raises(ConfigError, match="queues abc: Invalid value for the parameter MaximumMessageSize"):
        queues(QueueConfig(name="abc", attributes={"MaximumMessageSize": 4096}), limit=limits)
    assert queues(QueueConfig(name="abc"), limit=limits).attributes("abc")["MaximumMessageSize"] == "2048"


# Queues made when they are asked for.


def asking(rule: AutoCreate, *more: AutoCreate, **settings: Any) -> Sqs:
    return provisioned(auto_create=(rule, *more), **settings)


CELERY: Final = AutoCreate(pattern="celery-*", attributes={"VisibilityTimeout": 5}, tags={"made": "for you"})
ASKING_CALLS: Final[dict[str, dict[str, Any]]] = {
    "GetQueueUrl": {"QueueName": "celery-a"},
    "SendMessage": {"QueueUrl": "celery-a", "MessageBody": "hello"},
    "ReceiveMessage": {"QueueUrl": "celery-a"},
    "GetQueueAttributes": {"QueueUrl": "celery-a", "AttributeNames": ["All"]},
    "PurgeQueue": {"QueueUrl": "celery-a"},
}


@pytest.mark.parametrize(("action", "members"), ASKING_CALLS.items(), ids=ASKING_CALLS)
def test_a_queue_whose_name_fits_is_made_when_it_is_asked_for(action: str, members: dict[str, Any]) -> None:
    sqs = asking(CELERY)
    assert names(sqs) == []

    sqs.call(action, **members)

    assert names(sqs) == ["celery-a"]
    assert sqs.queue("celery-a").attributes.visibility_timeout == 5
    assert sqs.queue("celery-a").tags == {"made": "for you"}


def test_a_queue_whose_name_does_not_fit_is_not_made() -> None:
    sqs = asking(CELERY)

    for name in ("jobs", "Celery-a", "celery"):
        with refused(MISSING):
            sqs.send(name)

    assert names(sqs) == []


def test_it_is_made_once_and_where_it_is_asked_for() -> None:
    sqs = asking(CELERY)

    sqs.ask_for("SendMessage", {"QueueUrl": "celery-a", "MessageBody": "1"}, headers=credentials("eu-west-1", OTHER))
    sqs.ask_for("SendMessage", {"QueueUrl": "celery-a", "MessageBody": "2"}, headers=credentials("eu-west-1", OTHER))

    assert [queue.arn for queue in sqs.broker.queues()] == [f"arn:aws:sqs:eu-west-1:{OTHER}:celery-a"]
    assert len(sqs.queue("celery-a", account=OTHER, region="eu-west-1").messages) == 2


def with_rule(sqs: Sqs, effect: Effect) -> None:
    clock = AccountClock(sqs.clock)
    injector = Injector(sqs.api.dispatcher, sqs.broker, Time(clock, TimersByHand()))
    injector.add(FaultRule(effect=effect, times=1))


def test_a_call_that_a_fault_stops_makes_no_queue() -> None:
    sqs = asking(CELERY)
    with_rule(sqs, Error("QueueDoesNotExist"))

    with refused(MISSING):
        sqs.send("celery-a")
    after_the_fault = names(sqs)
    sqs.send("celery-a")

    assert after_the_fault == []
    assert names(sqs) == ["celery-a"]


def test_a_receive_that_gets_none_by_a_fault_makes_its_queue_and_waits_for_nothing() -> None:
    sqs = asking(CELERY)
    with_rule(sqs, Fewer(0))

    assert sqs.receive("celery-a", WaitTimeSeconds=20) == []

    assert names(sqs) == ["celery-a"]


def test_a_look_at_what_there_is_makes_none() -> None:
    sqs = asking(CELERY)

    with pytest.raises(QueueDoesNotExist):
        sqs.broker.find("000000000000", "us-east-1", "celery-a")

    assert list(sqs.broker.queues()) == []


def test_what_creates_a_queue_itself_may_create_it_otherwise() -> None:
    sqs = asking(CELERY)

    sqs.create("celery-a", VisibilityTimeout="77")

    assert sqs.attributes("celery-a")["VisibilityTimeout"] == "77"


def test_the_first_pattern_that_fits_counts() -> None:
    sqs = asking(
        AutoCreate(pattern="a-?", attributes={"DelaySeconds": 1}),
        AutoCreate(pattern="*", attributes={"DelaySeconds": 2}),
    )

    shown = [sqs.attributes(name, "DelaySeconds")["DelaySeconds"] for name in ("a-1", "a-10", "b")]

    assert shown == ["1", "2", "2"]


def test_a_pattern_that_ends_with_fifo_is_for_fifo_queues_and_no_other_is() -> None:
    sqs = asking(AutoCreate(pattern="*"), AutoCreate(pattern="*.fifo", attributes={"ContentBasedDeduplication": True}))

    sqs.send("a.fifo", MessageGroupId="g")
    sqs.send("a")

    assert [queue.attributes.fifo_queue for queue in sqs.broker.queues()] == [True, False]
    with refused(MISSING):
        asking(AutoCreate(pattern="*")).send("a.fifo", MessageGroupId="g")


def test_its_dead_letter_queue_is_made_before_it() -> None:
    sqs = asking(AutoCreate(pattern="*", dead_letter_queue="dead", max_receive_count=2))

    sqs.send("jobs")

    assert names(sqs) == ["dead", "jobs"]
    assert json.loads(sqs.attributes("jobs")["RedrivePolicy"])["maxReceiveCount"] == 2
    assert "RedrivePolicy" not in sqs.attributes("dead")


def test_a_queue_of_the_configuration_may_have_a_dead_letter_queue_that_is_made_for_it() -> None:
    config = {"auto_create": (AutoCreate(pattern="*-dead"),)}

    sqs = queues(QueueConfig(name="jobs", dead_letter_queue="jobs-dead", max_receive_count=1), **config)

    assert names(sqs) == ["jobs", "jobs-dead"]


def test_a_name_that_no_queue_can_have_does_not_exist_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    sqs = asking(CELERY)

    with caplog.at_level(logging.WARNING, "emulator"), refused(MISSING):
        sqs.send("celery-!")

    assert "celery-! was asked for, and could not be created as celery-*: Can only include" in caplog.text


def test_a_queue_that_was_deleted_a_moment_ago_is_not_made_again_under_strict_limits() -> None:
    sqs = asking(CELERY, limits="strict")
    sqs.send("celery-a")
    sqs.call("DeleteQueue", QueueUrl="celery-a")

    with refused(MISSING):
        sqs.send("celery-a")

    sqs.pass_time(61)
    sqs.send("celery-a")
    assert names(sqs) == ["celery-a"]


BAD_RULES: Final[dict[str, tuple[tuple[AutoCreate, ...], str]]] = {
    "an attribute out of range": (
        (AutoCreate(pattern="a*", attributes={"DelaySeconds": 901}),),
        "auto_create a*: DelaySeconds is 901; allowed is 0 to 900.",
    ),
    "an attribute of FIFO queues": (
        (AutoCreate(pattern="a*", attributes={"ContentBasedDeduplication": True}),),
        "auto_create a*: ContentBasedDeduplication is true; allowed is a FIFO queue's, whose name ends with .fifo.",
    ),
    "a tag that cannot be": ((AutoCreate(pattern="a*", tags={"aws:x": "1"}),), "auto_create a*: Value aws:x for"),
    "a policy with an ARN": (
        (AutoCreate(pattern="a*", attributes={"RedrivePolicy": "{}"}),),
        "auto_create a*: RedrivePolicy names one queue of one account; allowed is a dead_letter_queue.",
    ),
    "a dead-letter queue that nothing fits": (
        (AutoCreate(pattern="a*", dead_letter_queue="b-dead", max_receive_count=1), AutoCreate(pattern="c-dead")),
        "auto_create a*: there is no queue 'b-dead'. Did you mean c-dead? Allowed are: a*, c-dead.",
    ),
    "a dead-letter queue of another type": (
        (AutoCreate(pattern="*.fifo", dead_letter_queue="dead", max_receive_count=1), AutoCreate(pattern="*")),
        "auto_create *.fifo: dead_letter_queue is 'dead'; allowed is a queue of the same type, FIFO.",
    ),
    "dead-letter queues in a circle": (
        (
            AutoCreate(pattern="a-*", dead_letter_queue="b-1", max_receive_count=1),
            AutoCreate(pattern="b-*", dead_letter_queue="a-1", max_receive_count=1),
        ),
        "auto_create a-*: dead_letter_queue leads in a circle: b-1 to a-1 to b-1.",
    ),
}


@pytest.mark.parametrize(("rules", "message"), BAD_RULES.values(), ids=BAD_RULES)
def test_a_pattern_whose_queues_sqs_would_refuse_is_refused_at_the_start(
    rules: tuple[AutoCreate, ...], message: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        provisioned(auto_create=rules)

    assert str(caught.value).startswith(message)
    assert caught.value.setting == "auto_create"


# Faults.


def test_the_faults_of_the_configuration_are_in_force_from_the_start() -> None:
    rules = ({"action": "SendMessage", "effect": "drop", "times": 1}, {"scenario": "throttled", "queue": "jobs"})

    emulator = Emulator(Config(faults=rules))

    in_force = [active.rule for active in emulator.faults.rules()]
    assert [(rule.action, rule.queue, rule.times) for rule in in_force] == [
        (("SendMessage",), None, 1),
        ((), "jobs", None),
    ]


def test_a_fault_of_the_configuration_happens() -> None:
    config = Config(port=0, queues=(QueueConfig(name="jobs"),), faults=({"action": "PurgeQueue", "effect": "deny"},))

    with Emulator(config) as emulator, Connection(emulator.url) as connection:
        purged = connection.ask(json_call("PurgeQueue", {"QueueUrl": "jobs"}))
        found = connection.ask(json_call("GetQueueUrl", {"QueueName": "jobs"}))

    assert (purged.status, found.status) == (403, 200)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"effect": "error", "error": "Nonsense"}, "faults number 2: error is 'Nonsense'; allowed is one of "),
        ({"effect": "drop", "time": 1}, "faults number 2: 'time' is not a key of a rule"),
        ({"scenario": "nonsense"}, "faults number 2: scenario is 'nonsense'; allowed is one of "),
        ({}, "faults number 2: effect is "),
    ],
    ids=str,
)
def test_a_fault_that_cannot_be_is_refused_at_the_start(fault: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Emulator(Config(faults=({"effect": "drop"}, fault)))

    assert str(caught.value).startswith(message)
    assert caught.value.setting == "faults"


# Accounts and their clocks.


@pytest.mark.parametrize(("key", "account"), [("AKIAEXAMPLE", OTHER), ("AKIAOTHER", "000000000000"), (OTHER, OTHER)])
def test_an_access_key_means_the_account_that_has_it(key: str, account: str) -> None:
    sqs = provisioned(accounts={OTHER: AccountConfig(access_keys=("AKIAEXAMPLE",))})

    url = sqs.create("jobs", key=key)

    assert url.split("/")[-2:] == [account, "jobs"]


def test_an_access_key_means_its_account_in_the_query_protocol_too() -> None:
    sqs = provisioned(accounts={OTHER: AccountConfig(access_keys=("AKIAEXAMPLE",))})

    root = sqs.query({"Action": "CreateQueue", "QueueName": "a"}, headers=credentials("us-east-1", "AKIAEXAMPLE"))
    signed = sqs.query(
        {
            "Action": "CreateQueue",
            "QueueName": "b",
            "X-Amz-Credential": "AKIAEXAMPLE/20260101/us-east-1/sqs/aws4_request",
        }
    )

    urls = [answer.findtext("CreateQueueResult/QueueUrl") or "" for answer in (root, signed)]
    assert [url.split("/")[-2] for url in urls] == [OTHER, OTHER]


def test_a_clock_begins_at_its_start_when_the_account_is_first_used() -> None:
    sqs = provisioned(clock=ClockConfig(start=NEW_YEAR))
    sqs.create("a")
    sqs.clock.advance(10)
    sqs.create("b", key=OTHER)

    clocks = [sqs.queue("a").clock.now(), sqs.queue("b", account=OTHER).clock.now()]

    assert clocks == [NEW_YEAR_MS + 10_000, NEW_YEAR_MS]
    assert sqs.queue("a").created_at == sqs.queue("b", account=OTHER).created_at == NEW_YEAR_MS


def test_a_frozen_clock_stands_and_a_fast_one_hurries() -> None:
    accounts = {OTHER: AccountConfig(clock=ClockConfig(rate=60))}
    sqs = provisioned(clock=ClockConfig(frozen=True), accounts=accounts)
    clocks = [sqs.broker.account(number).clock for number in ("000000000000", OTHER)]

    sqs.clock.advance(1)

    assert [clock.now() - START for clock in clocks] == [0, 60_000]


def test_the_queues_of_the_configuration_go_by_the_clocks_of_the_configuration() -> None:
    sqs = queues(QueueConfig(name="jobs"), clock=ClockConfig(start=NEW_YEAR, frozen=True))

    sqs.clock.advance(3600)

    assert sqs.attributes("jobs")["CreatedTimestamp"] == str(NEW_YEAR_MS // 1000)
    assert sqs.queue("jobs").clock.now() == NEW_YEAR_MS


def test_a_clock_without_a_table_is_the_machines() -> None:
    sqs = provisioned(accounts={OTHER: AccountConfig()})

    assert sqs.broker.account(OTHER).clock.now == sqs.clock.now
    assert read_json(sqs.ask(json_call("ListQueues"))) == {}
