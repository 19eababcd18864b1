"""What web pages of others do to a developer's broker, in a real browser: nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from sqs_emulator import Config, Emulator
from sqs_emulator.core.identifiers import DEFAULT_ACCOUNT
from tests.browser.conftest import ALLOWED
from tests.browser.pages import Pages
from tests.browser.watched import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Page

# By what a page makes a browser send a message `@NAME@`: `@SEND@` is the URL that does it, `@TARGET@` the emulator's.
EMBEDDED: Final = {
    "image": "<img src='@SEND@'>",
    "script": "<script src='@SEND@'></script>",
    "module": "<script type='module' src='@SEND@'></script>",
    "stylesheet": "<link rel='stylesheet' href='@SEND@'>",
    "picture of a video": "<video poster='@SEND@'></video>",
    "sound": "<audio src='@SEND@' preload='auto'></audio>",
    "prefetch": "<link rel='prefetch' href='@SEND@'>",
    "preload": "<link rel='preload' as='image' href='@SEND@'>",
    "background": "<div style='background: url(\"@SEND@\")'>x</div>",
    "frame": "<iframe src='@SEND@'></iframe>",
    "object": "<object data='@SEND@'></object>",
    "embed": "<embed src='@SEND@'>",
    "script of a frame without an origin": (
        "<iframe sandbox='allow-scripts' srcdoc='<script>fetch(\"@SEND@\", {mode: \"no-cors\"})</script>'></iframe>"
    ),
    "form of a frame without an origin": (
        '<iframe sandbox=\'allow-scripts allow-forms\' srcdoc=\'<form method="post" action="@SEND@"></form>'
        "<script>document.forms[0].submit()</script>'></iframe>"
    ),
    "fetch": "<script>fetch('@SEND@')</script>",
    "fetch without cors": "<script>fetch('@SEND@', {mode: 'no-cors'})</script>",
    "fetch with credentials": "<script>fetch('@SEND@', {mode: 'no-cors', credentials: 'include'})</script>",
    "fetch in another language": (
        "<script>fetch('@SEND@', {mode: 'no-cors', headers: {'accept-language': '*'}})</script>"
    ),
    "post without cors": "<script>fetch('@SEND@', {mode: 'no-cors', method: 'POST'})</script>",
    "post of a form": (
        "<script>fetch('@TARGET@/000000000000/q', {mode: 'no-cors', method: 'POST', "
        "body: new URLSearchParams({Action: 'SendMessage', MessageBody: '@NAME@'})})</script>"
    ),
    "call of an SDK": (
        "<script>fetch('@TARGET@', {method: 'POST', headers: {'x-amz-target': 'AmazonSQS.SendMessage'}, "
        "body: JSON.stringify({QueueUrl: 'q', MessageBody: '@NAME@'})})</script>"
    ),
    "beacon": "<script>navigator.sendBeacon('@SEND@', 'x')</script>",
    "request of old": "<script>const r = new XMLHttpRequest(); r.open('GET', '@SEND@'); r.send()</script>",
    "event source": "<script>new EventSource('@SEND@')</script>",
    "web socket": "<script>new WebSocket('@SEND@'.replace('http', 'ws'))</script>",
    "worker": ("<script>new Worker(URL.createObjectURL(new Blob(['importScripts(\"@SEND@\")'])))</script>"),
}

# The same, and the browser shows the answer instead of the page.
LEAVING: Final = {
    "form": "<form method='post' action='@SEND@'></form><script>document.forms[0].submit()</script>",
    "form in plain text": (
        "<form method='post' enctype='text/plain' action='@SEND@'><input name='x'></form>"
        "<script>document.forms[0].submit()</script>"
    ),
    "form in the address": (
        "<form action='@TARGET@/000000000000/q'><input name='Action' value='SendMessage'>"
        "<input name='MessageBody' value='@NAME@'></form><script>document.forms[0].submit()</script>"
    ),
    "link": "<a href='@SEND@'>x</a><script>document.links[0].click()</script>",
    "link that hides where it is": "<a href='@SEND@' rel='noreferrer'>x</a><script>document.links[0].click()</script>",
    "location": "<script>location = '@SEND@'</script>",
    "refresh": "<meta http-equiv='refresh' content='0;url=@SEND@'>",
}

SEND: Final = "/000000000000/q?Action=SendMessage&MessageBody=x"
HIDING: Final = "<meta name='referrer' content='no-referrer'>"
# Where a page is, by which address it reaches the emulator, and whether it hides its own address.
PLACES: Final = {
    "another site": ("evil.test", "127.0.0.1", False),
    "another port": ("localhost", "localhost", True),
    "an address that browsers do not trust": ("evil.test", "0.0.0.0", True),
}


def written(attack: str, name: str, target: str) -> str:
    """Return an attack as it stands in a page."""
    send = f"{target}/000000000000/q?Action=SendMessage&MessageBody=@NAME@"
    return attack.replace("@SEND@", send).replace("@TARGET@", target).replace("@NAME@", name)


@pytest.mark.parametrize(("host", "address", "hides"), PLACES.values(), ids=PLACES)
def test_what_a_foreign_page_has_in_it_sends_nothing(
    page: Page, pages: Pages, watched: Watched, host: str, address: str, hides: bool
) -> None:
    target = f"http://{address}:{watched.port}"
    names = {attack: f"attack{number:02}" for number, attack in enumerate(EMBEDDED)}
    attacks = [written(attack, names[kind], target) for kind, attack in EMBEDDED.items()]
    pages.put("/", "\n".join([HIDING if hides else "", *attacks]))

    page.goto(pages.at(host), wait_until="commit")

    asked = names.pop("call of an SDK")
    found = {kind: watched.answers(name) for kind, name in names.items()}
    assert [kind for kind, statuses in found.items() if statuses != {403}] == []
    assert [request for request in watched.seen if request.status != 403 or asked in request.text] == []
    assert "OPTIONS" in [request.method for request in watched.seen]  # the question before an SDK's call
    assert watched.is_untouched()


@pytest.mark.parametrize(("host", "address", "hides"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("attack", LEAVING.values(), ids=LEAVING)
def test_where_a_foreign_page_leads_sends_nothing(
    page: Page, pages: Pages, watched: Watched, attack: str, host: str, address: str, hides: bool
) -> None:
    name = "attack"
    pages.put("/", (HIDING if hides else "") + written(attack, name, f"http://{address}:{watched.port}"))

    page.goto(pages.at(host), wait_until="commit")

    assert watched.answers(name) == {403}
    assert watched.is_untouched()


# Addresses that somebody is led to by a page that may be shown, or that he opens himself.


def test_an_address_that_the_user_opens_and_that_is_redirected_sends_nothing(
    page: Page, pages: Pages, watched: Watched
) -> None:
    pages.redirect("/led", f"http://127.0.0.1:{watched.port}{SEND}")

    answer = page.goto(f"{pages.at('evil.test')}/led")

    assert answer is not None
    assert answer.status == 403
    assert watched.seen[0].headers["sec-fetch-site"] == "none"  # as if the user had typed it
    assert watched.is_untouched()


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_an_image_that_is_redirected_sends_nothing_from_an_allowed_page(
    page: Page, pages: Pages, watched: Watched, address: str
) -> None:
    pages.redirect("/led", f"http://{address}:{watched.port}{SEND}")
    pages.put("/", f"<img src='{pages.at('evil.test')}/led'>")

    page.goto(pages.at(ALLOWED), wait_until="commit")

    assert watched.answers("MessageBody=x") == {403}
    assert watched.is_untouched()


def test_a_form_that_is_redirected_sends_nothing_from_an_allowed_page(
    page: Page, pages: Pages, watched: Watched
) -> None:
    pages.redirect("/led", f"http://127.0.0.1:{watched.port}{SEND}", 307)
    pages.put("/", f"<form method='post' action='{pages.at('evil.test')}/led'></form>")
    page.goto(pages.at(ALLOWED))

    page.evaluate("document.forms[0].submit()")

    assert watched.answers("MessageBody=x") == {403}
    assert watched.is_untouched()


@pytest.mark.parametrize(
    ("path", "status"), [("/?Action=ListQueues", 200), ("/_emulator/queues", 200), ("/health", 200), (SEND, 403)]
)
def test_the_user_may_look(page: Page, watched: Watched, path: str, status: int) -> None:
    answer = page.goto(f"http://localhost:{watched.port}{path}")

    assert answer is not None
    assert answer.status == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert watched.is_untouched()


# The emulator's own pages.

CHANGES: Final = ("/_emulator/purge?queue=q", "/_emulator/reset", "/_emulator/clock/freeze")


@pytest.mark.parametrize("path", [*CHANGES, "/_emulator/faults"])
@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_foreign_page_changes_nothing_by_the_emulators_own(
    page: Page, pages: Pages, watched: Watched, path: str, address: str
) -> None:
    pages.put("/", HIDING)
    page.goto(pages.at("evil.test"))

    with page.expect_response(lambda response: path in response.url) as answer:
        page.evaluate(
            "url => { fetch(url, {mode: 'no-cors', method: 'POST', body: '{}'}) }",
            f"http://{address}:{watched.port}{path}",
        )

    assert answer.value.status == 403
    assert watched.is_untouched()
    assert not watched.emulator.broker.clock_of(DEFAULT_ACCOUNT).is_frozen


@pytest.mark.parametrize("path", ["/health", "/_emulator/queues", "/_emulator/events", "/_aws/sqs/messages?QueueUrl=q"])
def test_a_foreign_page_reads_nothing(page: Page, pages: Pages, watched: Watched, path: str) -> None:
    pages.put("/", "somebody's page")
    page.goto(pages.at("evil.test"))

    url = f"http://127.0.0.1:{watched.port}{path}"
    with page.expect_response(url) as answer:
        page.evaluate("url => { fetch(url, {mode: 'no-cors'}) }", url)
    read = page.evaluate("url => fetch(url).then(answer => answer.text(), error => error.name)", url)

    assert answer.value.status == 403
    assert read == "TypeError"


# DNS rebinding: a page's own name is pointed to this machine, once the page is there.

REBOUND: Final = {
    "GET": "fetch('@SEND@')",
    "form": "fetch('@SEND@', {method: 'POST'})",
    "JSON": (
        "fetch('/', {method: 'POST', headers: {'x-amz-target': 'AmazonSQS.SendMessage'}, "
        'body: \'{"QueueUrl": "q", "MessageBody": "x"}\'})'
    ),
    "look": "fetch('/?Action=ListQueues')",
    "look in another language": "fetch('/?Action=ListQueues', {headers: {'accept-language': '*'}})",
    "queues": "fetch('/_emulator/queues')",
    "events": "fetch('/_emulator/events', {referrerPolicy: 'unsafe-url'})",
    "reset": "fetch('/_emulator/reset', {method: 'POST'})",
    "no fault": "fetch('/_emulator/faults', {method: 'DELETE'})",
    "host of a proxy": "fetch('/_emulator/queues', {headers: {'x-forwarded-host': 'localhost'}})",
}


def test_a_name_that_is_pointed_here_gets_nothing(page: Page) -> None:
    with Pages() as theirs:
        theirs.put("/", HIDING)
        page.goto(theirs.at("evil.test"))
    with Emulator(Config(port=theirs.port, trust_forwarded=True)) as emulator:
        watched = Watched(emulator)
        watched.begin()

        found = {
            name: page.evaluate(f"{attack.replace('@SEND@', SEND)}.then(answer => answer.status)")
            for name, attack in REBOUND.items()
        }

        assert found == dict.fromkeys(REBOUND, 403)
        assert watched.is_untouched()
