"""The Query protocol, what older SDKs and hand-written clients speak: parameters in a form or a URL, answers in XML.

`MessageAttribute.1.Value.StringValue=x` and its like are split into nested dicts by their dots, numbered lists put in
the order of their numbers, and the same request made of it that JSON would have given. Results are walked the other
way with the same names.
"""

from __future__ import annotations

import binascii
from typing import Final, TypeAlias
from urllib.parse import parse_qsl

import msgspec

from sqs_emulator.contract.action import Action, Request, Result
from sqs_emulator.contract.errors import InvalidAction, MissingAction
from sqs_emulator.contract.service import Service
from sqs_emulator.core.errors import InvalidParameter, InvalidParameterValue, SqsError
from sqs_emulator.core.limits import REQUEST_PARAMETERS
from sqs_emulator.wire import shapes, xml
from sqs_emulator.wire.shapes import ListOf, MapOf, Members, NotAnInteger, Shape

XML_CONTENT_TYPE: Final = "text/xml"
JSON_CONTENT_TYPE: Final = "application/json"

Parameters: TypeAlias = dict[str, str]
Tree: TypeAlias = "dict[str, str | Tree]"

# Deeper than any parameter of the contract (`SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue`).
_MAX_DEPTH: Final = 8


def parameters(query_string: bytes, form: bytes) -> Parameters:
    """Return the parameters of URL and form; the form's win. Raises InvalidParameterValue for bytes that are no UTF-8.

    Not settled: which of the two wins on AWS.
    """
    if query_string.count(b"&") + form.count(b"&") >= REQUEST_PARAMETERS:
        raise InvalidParameterValue(f"The request has more than {REQUEST_PARAMETERS} parameters.")
    try:
        pairs = [
            pair
            for source in (query_string, form)
            if source
            for pair in parse_qsl(source.decode("ascii"), keep_blank_values=True, errors="strict", separator="&")
        ]
    except UnicodeDecodeError:
        try:  # a form may also hold raw UTF-8
            pairs = parse_qsl((query_string + b"&" + form).decode(), keep_blank_values=True, errors="strict")
        except UnicodeDecodeError:
            raise InvalidParameterValue("The request's parameters are not UTF-8 text.") from None
    return dict(pairs)


def action_of(service: Service, given: Parameters, *, on_queue_path: bool) -> Action:
    """Return the action that the parameters name; some are refused where the path is a queue's."""
    name = given.get("Action")
    if name is None:
        raise MissingAction
    action = service.actions.get(name)
    if action is None or (on_queue_path and not action.on_queue_path):
        raise InvalidAction.of(name)
    return action


def decode(action: Action, given: Parameters) -> Request:
    """Make the request; raises InvalidParameterValue."""
    try:
        return shapes.convert(_structure(_tree(given), shapes.members_of(action.request)), action.request)
    except NotAnInteger as error:
        raise InvalidParameter(error.value, error.name, "Must be an integer.") from None
    except msgspec.ValidationError as error:
        raise InvalidParameterValue(str(error)) from None


def _tree(given: Parameters) -> Tree:
    """Nest the parameters by the dots of their names."""
    root: Tree = {}
    for name, value in given.items():
        *path, last = name.split(".", _MAX_DEPTH)
        node: Tree | str = root
        for part in path:
            if not isinstance(node, dict):
                break
            node = node.setdefault(part, {})
        if isinstance(node, dict) and not isinstance(node.get(last), dict):
            node[last] = value
    return root


def _structure(node: Tree, members: Members) -> dict[str, object]:
    found: dict[str, object] = {}
    for wire_name, member in members.by_wire_name.items():
        part = node.get(wire_name)
        if isinstance(member.shape, ListOf | MapOf):
            # kombu spells some lists by the member's name, not by the documented one: MessageAttributeNames.1
            part = _items(node.get(member.shape.query.name, part), member.shape)
        value = None if part is None else _value(part, member.shape)
        if value is not None:
            found[wire_name] = value
    return found


def _items(part: str | Tree | None, shape: ListOf | MapOf) -> str | Tree | None:
    """Return what stands under the name of a list or map that is not flattened; an empty one is an empty value."""
    inside = shape.query.inside
    return part.get(inside) if inside is not None and isinstance(part, dict) else part


def _value(part: str | Tree, shape: Shape) -> object:
    match shape:
        case Members():
            return None if isinstance(part, str) else _structure(part, shape)
        case ListOf(item=item):
            return [_value(entry, item) for entry in _numbered(part)]
        case MapOf(query=names, item=item):
            entries = [entry for entry in _numbered(part) if isinstance(entry, dict)]
            return {
                str(entry.get(names.key, "")): _value(entry[names.value], item) if names.value in entry else None
                for entry in entries
            }
    return part if isinstance(part, str) else None


def _numbered(part: str | Tree) -> list[str | Tree]:
    """Return a list's items in the order of their numbers; gaps and a start at 0 are fine.

    `AttributeName=` is an empty list, `AttributeName=All` a list of one, and `Attribute.Name=…&Attribute.Value=…`, the
    form without a number, a list of one too.
    """
    if isinstance(part, str):
        return [part] if part else []
    numbers = sorted((name for name in part if name.isascii() and name.isdecimal()), key=_magnitude)
    return [part[number] for number in numbers] if numbers else [part]


def _magnitude(digits: str) -> tuple[int, str]:
    """What decimal digits are ordered by: Python refuses to make an int of more than 4,300."""
    significant = digits.lstrip("0")
    return len(significant), significant


def encode(service: Service, action: Action, result: Result | None, request_id: str) -> bytes:
    """Write a result as XML. An action without one has no `…Result` element, an empty one an empty element."""
    response: dict[str, object] = {"@xmlns": service.namespace}
    if action.result is not None and result is not None:
        response[action.name + "Result"] = _element(result, shapes.members_of(action.result))
    response["ResponseMetadata"] = {"RequestId": request_id}
    return xml.render({action.name + "Response": response})


def _element(struct: object, members: Members) -> dict[str, object]:
    children: dict[str, object] = {}
    for wire_name, member in members.by_wire_name.items():
        value = getattr(struct, member.attribute)
        if value is None:
            continue
        child = _child(value, member.shape)
        if isinstance(member.shape, ListOf | MapOf):
            names = member.shape.query
            children[names.name] = child if names.inside is None else {names.inside: child}
        else:
            children[wire_name] = child
    return children


def _child(value: object, shape: Shape) -> object:
    match shape, value:
        case Members(), _:
            return _element(value, shape)
        case ListOf(item=item), list():
            return [_child(entry, item) for entry in value]
        case MapOf(query=names, item=item), dict():
            return [{names.key: xml.text(key), names.value: _child(held, item)} for key, held in value.items()]
    return xml.text(_scalar(value))


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return binascii.b2a_base64(value, newline=False).decode("ascii")
    return str(value)


def encode_error(service: Service, error: SqsError, request_id: str) -> tuple[int, bytes]:
    """Return the status and the XML of an error."""
    row = service.wire_error(type(error))
    detail = {
        "Type": row.fault,
        "Code": row.query,
        "Message": xml.text(row.query_message or error.message),
        "Detail": None,
    }
    response = {"@xmlns": service.namespace, "Error": detail, "RequestId": request_id}
    return row.status, xml.render({"ErrorResponse": response})


# JSON answers to Query requests that ask for them (`Accept: application/json`): recorded from AWS, in no SDK.


def encode_as_json(_service: Service, action: Action, result: Result | None, request_id: str) -> bytes:
    response: dict[str, object] = {}
    if action.result is not None and result is not None:
        response[action.name + "Result"] = _plain(result, shapes.members_of(action.result))
    response["ResponseMetadata"] = {"RequestId": request_id}
    return msgspec.json.encode({action.name + "Response": response})


def _plain(value: object, shape: Shape) -> object:
    match shape, value:
        case Members(by_wire_name=members), _:
            return {
                name[0].lower() + name[1:] if isinstance(member.shape, ListOf) else name: _plain(held, member.shape)
                for name, member in members.items()
                if (held := getattr(value, member.attribute)) is not None
            }
        case ListOf(item=item), list():
            return [_plain(entry, item) for entry in value]
        case MapOf(query=names, item=item), dict():
            return [{names.key: key, names.value: _plain(held, item)} for key, held in value.items()]
    return value


def encode_error_as_json(service: Service, error: SqsError, request_id: str) -> tuple[int, bytes]:
    row = service.wire_error(type(error))
    detail = {"Code": row.query, "Message": row.query_message or error.message, "Type": row.fault}
    return row.status, msgspec.json.encode({"Error": detail, "RequestId": request_id})
