"""The plugin's fixtures, each used in a test suite of its own, as its users use them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sqs_emulator import Config, Emulator

NO_WARNINGS = ("-W", "error")


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A directory for a test suite; the plugin is found by its entry point."""
    for name in ("SQS_EMULATOR_URL", "PYTEST_ADDOPTS", "PYTEST_XDIST_WORKER", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return pytester


def run(suite: pytest.Pytester, tests: str, *options: str, passed: int, failed: int = 0) -> pytest.RunResult:
    suite.makepyfile(tests)
    result = suite.runpytest_subprocess(*NO_WARNINGS, *options)
    result.assert_outcomes(passed=passed, failed=failed)
    return result


def test_nothing_of_ours_is_imported_until_a_fixture_is_used(suite: pytest.Pytester) -> None:
    tests = """
        import sys

        def test_what_is_loaded():
            ours = {name for name in sys.modules if name.partition(".")[0] == "sqs_emulator"}
            assert ours == {"sqs_emulator", "sqs_emulator.version", "sqs_emulator.pytest_plugin"}
            assert not {"uvicorn", "starlette", "msgspec", "boto3"} & sys.modules.keys()
    """

    run(suite, tests, "-p", "no:xdist", passed=1)


def test_each_test_has_an_account_and_queues_of_its_own(suite: pytest.Pytester) -> None:
    tests = """
        import pytest

        numbers = set()

        @pytest.mark.parametrize("turn", range(3))
        def test_a_queue(sqs_account, sqs_queue, turn):
            numbers.add(sqs_account.number)
            queue = sqs_queue("jobs", VisibilityTimeout=60)
            queue.send("hello")
            (message,) = queue.receive()
            assert message["Body"] == "hello"
            assert queue.counts() == (0, 1, 0)
            queue.delete(message)
            assert queue.counts() == (0, 0, 0)
            queue.send("left behind")

        def test_accounts(sqs_emulator):
            assert len(numbers) == 3
            assert not sqs_emulator.broker.accounts, "what tests left behind is gone"
    """

    run(suite, tests, passed=4)


def test_a_fifo_queue_gets_its_suffix(suite: pytest.Pytester) -> None:
    tests = """
        def test_fifo(sqs_queue):
            queue = sqs_queue("jobs", fifo=True, ContentBasedDeduplication=True)
            assert queue.name == "jobs.fifo"
            queue.send("a", MessageGroupId="g")
            assert queue.attributes()["ContentBasedDeduplication"] == "true"
    """

    run(suite, tests, passed=1)


def test_the_clock_is_the_tests_own(suite: pytest.Pytester) -> None:
    tests = """
        def test_half_an_hour(sqs_queue, sqs_clock):
            queue = sqs_queue("jobs", VisibilityTimeout=1_800)
            queue.send("again")
            assert len(queue.receive()) == 1
            assert queue.receive() == []
            sqs_clock.advance(1_800)
            (message,) = queue.receive()
            assert message["Attributes"]["ApproximateReceiveCount"] == "2"
    """

    run(suite, tests, passed=1)


def test_boto3s_client_is_led_to_the_tests_account(suite: pytest.Pytester) -> None:
    tests = """
        def test_client(sqs_client, sqs_queue):
            queue = sqs_queue("jobs")
            assert sqs_client.list_queues()["QueueUrls"] == [queue.url]
    """

    run(suite, tests, passed=1)


def test_without_boto3_only_its_fixture_is_missing(suite: pytest.Pytester) -> None:
    tests = """
        import sys

        sys.modules["boto3"] = None

        def test_client(sqs_client):
            pass

        def test_queue(sqs_queue):
            assert sqs_queue("jobs").send("hello")
    """

    suite.makepyfile(tests)
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=1, errors=1)
    said = [line for line in result.outlines if "boto3" in line and line.startswith(("E ", "The fixture"))]
    assert said == ["The fixture sqs_client needs boto3, which is not installed: pip install boto3"]


def test_celerys_own_fixtures_work_on_the_broker(suite: pytest.Pytester) -> None:
    suite.makeconftest(
        """
        import pytest

        @pytest.fixture
        def celery_config(sqs_celery):
            return {**sqs_celery.config, "result_backend": "cache+memory://"}
        """
    )
    tests = """
        import pytest

        pytest_plugins = ("celery.contrib.pytest",)

        @pytest.fixture
        def celery_worker_parameters():
            return {"perform_ping_check": False, "shutdown_timeout": 30}

        @pytest.mark.parametrize("turn", range(2))
        def test_a_task(celery_app, celery_worker, sqs_account, turn):
            @celery_app.task(name="demo.add")
            def add(x, y):
                return x + y

            celery_worker.reload()
            assert add.delay(2, 3).get(timeout=30) == 5
    """

    suite.makepyfile(tests)
    result = suite.runpytest_subprocess()
    result.assert_outcomes(passed=2)


def test_a_worker_in_a_process_is_led_here_by_its_environment(suite: pytest.Pytester) -> None:
    tests = """
        import os, subprocess, sys

        SCRIPT = "import boto3; print(boto3.client('sqs').list_queues()['QueueUrls'])"

        def test_environment(sqs_celery, sqs_queue):
            queue = sqs_queue("jobs")
            env = {**os.environ, **sqs_celery.environment}
            out = subprocess.run([sys.executable, "-c", SCRIPT], env=env, capture_output=True, text=True, check=True)
            assert out.stdout.strip() == str([queue.url])
    """

    run(suite, tests, passed=1)


@pytest.fixture
def running() -> Iterator[Emulator]:
    with Emulator(Config(port=0)) as emulator:
        yield emulator


@pytest.mark.parametrize("form", ["{0}", "{0}/", "{1}"])
@pytest.mark.parametrize("way", ["ini", "variable"])
def test_a_running_emulator_can_be_used_instead(
    suite: pytest.Pytester, running: Emulator, monkeypatch: pytest.MonkeyPatch, way: str, form: str
) -> None:
    url = form.format(running.url, running.url.removeprefix("http://"))
    if way == "ini":
        suite.makeini(f"[pytest]\nsqs_emulator_url = {url}\n")
    else:
        monkeypatch.setenv("SQS_EMULATOR_URL", url)
    tests = f"""
        def test_attached(sqs_account, sqs_emulator, sqs_queue):
            assert sqs_emulator.url == sqs_account.url == {running.url!r}
            sqs_queue("jobs").send("hello")
    """

    run(suite, tests, passed=1)

    assert running.broker.accounts == {}, "the account is dropped there too"


@pytest.fixture
def nobody() -> str:
    """Return host and port of nobody."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


SEVERAL_TESTS = """
    import pytest

    @pytest.mark.parametrize("turn", range(4))
    def test_alone(sqs_queue, turn):
        sqs_queue("jobs")
"""


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["alone", "xdist"])
@pytest.mark.parametrize("way", ["ini", "variable"])
def test_where_nobody_answers_that_is_said_once_and_no_test_is_begun(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, nobody: str, way: str, processes: tuple[str, ...]
) -> None:
    if way == "ini":
        suite.makeini(f"[pytest]\nsqs_emulator_url = {nobody}\n")
    else:
        monkeypatch.setenv("SQS_EMULATOR_URL", nobody)
    suite.makepyfile(SEVERAL_TESTS)

    result = suite.runpytest_subprocess(*processes)

    said = [line for line in (*result.outlines, *result.errlines) if nobody in line]
    assert len(said) == 1, result.outlines
    assert f"no emulator answers at http://{nobody}: Connection refused." in said[0]
    assert "SQS_EMULATOR_URL" in said[0]
    assert result.ret != pytest.ExitCode.OK
    result.assert_outcomes()


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://localhost", "url is 'ftp://localhost'; allowed is a URL such as http://localhost:9324."),
        ("{0}/", "what answers at {0} is not an sqs-emulator."),
    ],
    ids=["no url", "no emulator"],
)
def test_what_can_be_no_emulator_is_a_usage_error(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        web_server = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("SQS_EMULATOR_URL", url.format(web_server))
        suite.makepyfile(SEVERAL_TESTS)

        result = suite.runpytest_subprocess("-p", "no:xdist")
        server.shutdown()

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sum(said.format(web_server) in line for line in result.errlines) == 1


def test_nobody_is_missed_by_tests_that_need_no_emulator(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    monkeypatch.setenv("SQS_EMULATOR_URL", nobody)

    run(suite, "def test_sum():\n    assert 1 + 1 == 2", passed=1)


def test_a_fixture_that_is_asked_for_late_says_in_one_line_that_nobody_answers(
    suite: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, nobody: str
) -> None:
    monkeypatch.setenv("SQS_EMULATOR_URL", nobody)
    suite.makepyfile("def test_late(request):\n    request.getfixturevalue('sqs_queue')")

    result = suite.runpytest_subprocess("--tb=short")

    result.assert_outcomes(failed=1)
    assert "Traceback" not in result.stdout.str()
    assert f"no emulator answers at http://{nobody}" in result.stdout.str()


def test_tests_that_run_at_the_same_time_do_not_meet(suite: pytest.Pytester, running: Emulator) -> None:
    suite.makeini(f"[pytest]\nsqs_emulator_url = {running.url}\n")
    tests = """
        import pytest

        @pytest.mark.parametrize("turn", range(20))
        def test_alone(sqs_queue, sqs_clock, turn):
            queue = sqs_queue("jobs", VisibilityTimeout=600)
            for number in range(3):
                queue.send(f"{turn}-{number}")
            assert len(queue.receive()) == 3
            sqs_clock.advance(600)
            assert [message["Body"] for message in queue.receive()] == [f"{turn}-{number}" for number in range(3)]
    """

    run(suite, tests, "-n", "2", passed=20)


def test_a_failed_test_shows_its_queues_messages_and_history(suite: pytest.Pytester) -> None:
    tests = """
        def test_fails(sqs_queue, sqs_clock):
            queue = sqs_queue("jobs")
            queue.send("the body of it")
            queue.receive()
            sqs_clock.advance(31)
            queue.receive()
            assert queue.counts() == (1, 0, 0)

        def test_passes(sqs_queue):
            sqs_queue("other").send("hello")
    """

    result = run(suite, tests, passed=1, failed=1)

    result.stdout.fnmatch_lines(
        [
            "*- SQS account * -*",
            "*jobs*0 visible, 1 in flight, 0 delayed*",
            "*the body of it*",
            "*received*",
            "*visible again: receive 1 did not delete it in time*",
        ]
    )
    assert "other" not in result.stdout.str()
