"""A page that `allowed_origins` names: the current AWS SDK for JavaScript works in it as it does in Node."""

from __future__ import annotations

import fcntl
import json
import re
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
ROOT: Final = Path(__file__).parents[2]
HOME: Final = ROOT / ".clients"
NPM: Final = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
ESBUILD: Final = ("node_modules/.bin/esbuild", "calls.js", "--bundle", "--platform=browser", "--log-level=warning")
ENVIRONMENT: Final = Environment(
    "browser",
    sources=tuple(HERE / name for name in ("package.json", "calls.js", "in_node.js")),
    tools=(Tool("Node.js", "node", (20,)), Tool("npm", "npm", (8,))),
    install=(NPM, (*ESBUILD, "--outfile=bundle.js")),
)


@pytest.fixture(scope="module")
def folder() -> Path:
    """Where the SDK is installed, and bundled with the calls of `calls.js`."""
    problem = ENVIRONMENT.missing()
    if problem is not None:
        pytest.skip(problem)
    HOME.mkdir(exist_ok=True)
    with (HOME / "browser.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other processes of the same run may want it, too
        make(ENVIRONMENT, HOME / ENVIRONMENT.name)
    return HOME / ENVIRONMENT.name


def test_the_sdk_works_in_an_allowed_page_as_it_does_in_node(
    page: Page, pages: Pages, watched: Watched, folder: Path
) -> None:
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


def test_the_program_of_the_document_sends_its_message(
    page: Page, pages: Pages, watched: Watched, folder: Path, tmp_path: Path
) -> None:
    (program,) = re.findall(r"(?ms)^```js\n(.*?)^```$", (ROOT / "docs" / "configuration.md").read_text("utf-8"))
    (tmp_path / "program.js").write_text(program.replace("9324", str(watched.port)).replace("/orders", "/q"))
    (tmp_path / "node_modules").symlink_to(folder / "node_modules")
    esbuild = [str(folder / ESBUILD[0]), "program.js", *ESBUILD[2:], "--format=esm", "--outfile=bundle.js"]
    subprocess.run(esbuild, cwd=tmp_path, check=True, timeout=60)
    pages.put("/program.js", (tmp_path / "bundle.js").read_text("utf-8"))
    pages.put("/", "<script type='module' src='/program.js'></script>")

    page.goto(pages.at(ALLOWED), wait_until="commit")

    assert watched.answers('"MessageBody":"hello"') == {200}


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
