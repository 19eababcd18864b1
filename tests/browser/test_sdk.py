"""A page that `allowed_origins` names: the current AWS SDK for JavaScript works in it as it does in Node."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.conftest import ALLOWED
from tests.browser.pages import Pages
from tests.browser.watched import Watched
from tests.clients.environments import Environment, Tool, make

if TYPE_CHECKING:
    from playwright.sync_api import Page

HERE: Final = Path(__file__).parent / "javascript"
HOME: Final = Path(__file__).parents[2] / ".clients"
NPM: Final = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
ESBUILD: Final = ("node_modules/.bin/esbuild", "calls.js", "--bundle", "--platform=browser", "--log-level=warning")
ENVIRONMENT: Final = Environment(
    "browser",
    sources=tuple(HERE / name for name in ("package.json", "calls.js", "in_node.js")),
    tools=(Tool("Node.js", "node", (20,)), Tool("npm", "npm", (8,))),
    install=(NPM, (*ESBUILD, "--outfile=bundle.js")),
)


def test_the_sdk_works_in_an_allowed_page_as_it_does_in_node(page: Page, pages: Pages, watched: Watched) -> None:
    problem = ENVIRONMENT.missing()
    if problem is not None:
        pytest.skip(problem)
    folder = HOME / ENVIRONMENT.name
    make(ENVIRONMENT, folder)
    pages.put("/bundle.js", (folder / "bundle.js").read_text("utf-8"))
    pages.put("/", "<script src='/bundle.js'></script>")
    endpoint = f"http://localhost:{watched.port}"
    page.goto(pages.at(ALLOWED))

    in_page = page.evaluate("([endpoint, account]) => calls(endpoint, account)", [endpoint, "111111111111"])

    calls = [request for request in watched.seen if request.method == "POST"]
    asked = [request for request in watched.seen if request.method == "OPTIONS"]
    command = ["node", "in_node.js", endpoint, "222222222222"]
    node = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=60)
    assert in_page == json.loads(node.stdout)
    assert in_page["polled"] == ["later"]
    assert [error["httpStatusCode"] for error in in_page["errors"]] == [400, 404, 400, 400, 413]
    assert {request.headers["origin"] for request in calls} == {pages.at(ALLOWED)}
    assert (len(asked), len(calls)) == (1, 12)  # one question is enough; the call of 2.1 MB was refused by its length


def test_an_allowed_page_uses_the_emulators_own_pages(page: Page, pages: Pages, watched: Watched) -> None:
    pages.put("/", "somebody's page")
    page.goto(pages.at(ALLOWED))
    url = f"http://localhost:{watched.port}/_emulator"

    queues, frozen, faults = page.evaluate(
        """async url => {
            const json = {method: "POST", headers: {"content-type": "application/json"}, body: "{}"};
            return [
                await (await fetch(`${url}/queues`)).json(),
                (await fetch(`${url}/clock/freeze`, json)).status,
                (await fetch(`${url}/faults`, {method: "DELETE"})).status,
            ];
        }""",
        url,
    )

    assert [queue["name"] for queue in queues] == ["q"]
    assert (frozen, faults) == (200, 200)


def test_another_page_is_told_nothing_by_the_browser(page: Page, pages: Pages, watched: Watched) -> None:
    pages.put("/", "somebody's page")
    page.goto(pages.at("evil.test"))
    send = "{method: 'POST', headers: {'x-amz-target': 'AmazonSQS.ListQueues'}, body: '{}'}"

    told = page.evaluate(f"url => fetch(url, {send}).then(String, String)", f"http://localhost:{watched.port}")

    assert told == "TypeError: Failed to fetch"
    assert [request.method for request in watched.seen] == ["OPTIONS"]  # the call itself was not made
