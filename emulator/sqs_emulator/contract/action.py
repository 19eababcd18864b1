"""What an action is. The actions themselves are listed in `contract/sqs/`."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

import msgspec

from sqs_emulator.core.limits import REQUEST_MEMBERS


class Request(msgspec.Struct, rename="pascal", kw_only=True):
    """Base of all requests. Every field is optional here, since AWS answers a missing one with words of its own."""


class QueueRequest(Request):
    """A request about one queue. The URL may also come from the request's path."""

    queue_url: str | None = None


class Result(msgspec.Struct, rename="pascal", omit_defaults=True, kw_only=True):
    """Base of all results. A field that is None is left out, as AWS leaves out what is empty."""


class Action(msgspec.Struct, frozen=True, eq=False):
    """One action: `required` are the request's fields that must be there, beside the URL of the queue it is about."""

    service: str  # the service's name
    name: str
    request: type[Request]
    required: tuple[str, ...] = ()
    result: type[Result] | None = None  # None: nothing but the request id is answered
    on_queue_path: bool = True  # in the Query protocol; False: only `/` takes it
    owner_only: bool = False  # no AddPermission grants it to another account
    batch_of: str | None = None  # the name of the action whose permission it goes by; its own name grants nothing


class QueryName(msgspec.Struct, frozen=True):
    """How a list or map is spelt in the Query protocol.

    Flattened, as all of SQS's are: `name.1`, `name.2`; a map's items `name.1.key`. Or with its items inside an element
    of its own, as those of most services are: `name.member.1`; a map's items `name.entry.1.key`.
    """

    name: str
    key: str = "Name"
    value: str = "Value"
    inside: str | None = None  # what stands between the name and the number; None: flattened


def query(name: str, *, key: str = "Name", value: str = "Value", inside: str | None = None) -> msgspec.Meta:
    """Say how a list or map is spelt. Of a request it has a bound, which is checked before anything that is in it."""
    return msgspec.Meta(max_length=REQUEST_MEMBERS, extra={QUERY: QueryName(name, key, value, inside)})


QUERY: Final = "query"

AttributeNames: TypeAlias = Annotated[list[str], query("AttributeName")]
AttributeMap: TypeAlias = Annotated[dict[str, str | None], query("Attribute")]
TagMap: TypeAlias = Annotated[dict[str, str | None], query("Tag", key="Key")]
QueueUrls: TypeAlias = Annotated[list[str], query("QueueUrl")]
