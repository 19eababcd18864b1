"""The wheel in somebody's project: beside packages and plugins whose names are like ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.docs.document import Section, read
from tests.docs.suites import commands, environment, needs_a_server, needs_django, run, together

THEIR_OWN = """
import emulator


def test_our_own_package_is_the_one_that_is_imported():
    assert emulator.OF == "consoles"
"""

WITH_CELERY = """
from celery import Celery

app = Celery("shop", broker="sqs://")


@app.task
def pack(order):
    pass


def test_a_task_is_sent(sqs_celery, sqs_messages):
    with sqs_celery.serve(app):
        pack.delay(7)

    (message,) = sqs_messages.peek("celery")
    assert message["celery"]["args"] == "(7,)"
"""


def test_the_plugin_works_in_a_project_with_a_package_named_emulator(python_with_celery: Path, tmp_path: Path) -> None:
    """`python -m pytest` puts the project before what is installed: a plugin in `emulator` would not be found."""
    (tmp_path / "emulator").mkdir()
    (tmp_path / "emulator" / "__init__.py").write_text('OF = "consoles"\n')
    (tmp_path / "test_own.py").write_text(THEIR_OWN)
    (tmp_path / "test_celery.py").write_text(WITH_CELERY)

    ran = subprocess.run(
        [str(python_with_celery), "-m", "pytest", "-W", "error", "--verbose"],
        cwd=tmp_path,
        env=environment(python=python_with_celery),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )

    assert "2 passed" in ran.stdout, ran.stdout
    plugins = re.findall(r"^plugins: .*$", ran.stdout, re.MULTILINE)
    assert re.search(r"\bsqs-emulator-\d", plugins[0])
    assert re.search(r"\bcelery-\d", plugins[0]), "pytest-celery is there"


@pytest.mark.celery
def test_the_recipes_pass_together_with_pytest_celery_installed(python_with_celery: Path, tmp_path: Path) -> None:
    recipes = [section for section in read("testing.md") if not needs_a_server(section)]

    run(together(recipes), tmp_path, python=python_with_celery)


@pytest.mark.celery
def test_djangos_own_test_runner_runs_the_recipe_for_it(python_with_celery: Path, tmp_path: Path) -> None:
    (recipe,) = [section for section in read("testing.md") if needs_django(section)]

    assert commands(recipe) == ["python manage.py test"]
    run(recipe, tmp_path, python=python_with_celery)


@pytest.mark.celery
def test_a_worker_runs_beside_pytest_celery_as_the_page_says(python_with_celery: Path, tmp_path: Path) -> None:
    page = {section.title: section for section in read("testing.md")}
    option, plugins = "addopts = -p no:celery", 'pytest_plugins = ["celery.contrib.pytest"]'
    instead = "from celery.contrib.pytest import celery_worker"
    advice = " ".join(page["pytest-celery"].prose)
    beside = Section("", "beside pytest-celery", None)

    for block in page["With Celery"].blocks:
        beside.blocks.append(block._replace(text=block.text.replace(option, "").replace(plugins, instead)))

    assert f"leave `{option}` out" in advice
    assert f"`{instead}` in place of the line with `pytest_plugins`" in advice
    assert beside.files().keys() == page["With Celery"].files().keys()
    changed = [name for name, text in beside.files().items() if page["With Celery"].files()[name] != text]
    assert changed == ["conftest.py", "pytest.ini"]
    run(beside, tmp_path, python=python_with_celery)
