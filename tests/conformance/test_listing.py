"""ListQueues: prefixes and pages."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.conformance.grounds import ground, recorded
from tests.conformance.sqs import Sqs

QUEUES: Final = 5


@pytest.fixture
def family(sqs: Sqs) -> str:
    """A prefix that five queues share, all of them listed."""
    prefix = sqs.name()
    made = sorted(sqs.create(f"{prefix}-{number}") for number in range(QUEUES))
    sqs.eventually(lambda: listed(sqs, prefix), made)
    return prefix


def listed(sqs: Sqs, prefix: str) -> list[str]:
    return sorted(sqs.client.list_queues(QueueNamePrefix=prefix).get("QueueUrls", []))


def page(sqs: Sqs, prefix: str, size: int, after: str | None = None) -> tuple[list[str], str | None]:
    token: dict[str, Any] = {} if after is None else {"NextToken": after}
    answer = sqs.client.list_queues(QueueNamePrefix=prefix, MaxResults=size, **token)
    return answer.get("QueueUrls", []), answer.get("NextToken")


@recorded("ListQueues that finds none: no QueueUrls in the answer")
def test_no_queues_are_no_list(sqs: Sqs) -> None:
    answer = sqs.client.list_queues(QueueNamePrefix=sqs.name())

    assert "QueueUrls" not in answer


@ground("API Reference, ListQueues")
def test_queues_are_listed_by_the_beginning_of_their_names(sqs: Sqs, family: str) -> None:
    assert [url.rpartition("/")[2] for url in listed(sqs, f"{family}-1")] == [f"{family}-1"]
    assert len(listed(sqs, family)) == QUEUES


@ground("API Reference, ListQueues")
def test_the_prefix_is_case_sensitive(sqs: Sqs, family: str) -> None:
    assert listed(sqs, family.upper()) == []


@ground("API Reference, ListQueues")
def test_a_page_has_as_many_as_asked_for_and_a_token_for_the_rest(sqs: Sqs, family: str) -> None:
    first, token = page(sqs, family, 2)
    second, next_token = page(sqs, family, 2, token)
    third, no_token = page(sqs, family, 2, next_token)

    assert [len(names) for names in (first, second, third)] == [2, 2, 1]
    assert sorted(first + second + third) == listed(sqs, family)
    assert no_token is None


@recorded("ListQueues whose MaxResults is the number of the queues: no NextToken")
def test_an_exact_fit_has_no_token(sqs: Sqs, family: str) -> None:
    urls, token = page(sqs, family, QUEUES)

    assert len(urls) == QUEUES
    assert token is None


@recorded("ListQueues with another MaxResults than the page before")
def test_pages_may_differ_in_size(sqs: Sqs, family: str) -> None:
    first, token = page(sqs, family, 1)
    rest, no_token = page(sqs, family, 10, token)

    assert (len(first), len(rest), no_token) == (1, QUEUES - 1, None)


@ground("API Reference, ListQueues")
def test_without_a_size_there_are_no_pages(sqs: Sqs, family: str) -> None:
    answer = sqs.client.list_queues(QueueNamePrefix=family)

    assert len(answer["QueueUrls"]) == QUEUES
    assert "NextToken" not in answer


@ground("API Reference, ListQueues")
def test_botos_paginator_reads_them_all(sqs: Sqs, family: str) -> None:
    pages = sqs.client.get_paginator("list_queues").paginate(QueueNamePrefix=family, PaginationConfig={"PageSize": 2})

    assert sorted(url for page in pages for url in page["QueueUrls"]) == listed(sqs, family)
