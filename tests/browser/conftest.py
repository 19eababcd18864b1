"""Fixtures of the tests in a real browser: Chromium, pages of others, and an emulator that notes what reaches it.

Without Chromium or Playwright they are skipped, and say so. `make test` installs both where it can.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import pytest

from sqs_emulator import Config, Emulator
from tests.browser.pages import Pages
from tests.browser.watched import Watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_FLAGS: Final = (
    "--no-sandbox",  # it runs as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    # Newer browsers ask the user before a page may reach this machine. Others do not: we must be safe without that.
    "--disable-features=LocalNetworkAccessChecks,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable",
)
_DEADLINE_MS: Final = 20_000
ALLOWED: Final = "allowed.test"


# No longer than a module: while Playwright is there, no loop can be run in this thread, as others' tests do.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make install")
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium is on the path: on Debian, apt-get install chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=found, args=list(_FLAGS), timeout=_DEADLINE_MS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A tab of a browser that remembers nothing."""
    with chromium.new_context() as context:
        context.set_default_timeout(_DEADLINE_MS)
        yield context.new_page()


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with Pages() as served:
        yield served


@pytest.fixture(scope="module")
def shared(pages: Pages) -> Iterator[Watched]:
    with Emulator(Config(port=0, max_body=2_000_000, allowed_origins=(pages.at(ALLOWED),))) as emulator:
        yield Watched(emulator)


@pytest.fixture
def watched(shared: Watched) -> Watched:
    """An emulator with an empty queue `q`, which lets the pages of one name in."""
    shared.begin()
    return shared
