"""Each function ships what it needs, and nothing that only surrounds it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from infra.build.byte_code import byte_code_of, lambda_python
from tests.artifact.built import HANDLERS, files, folder
from tests.template.loading import Template, listed, load

HANDLER_FOLDERS = {handler.partition(".")[0] for handler in HANDLERS.values()}
MOST_ZIPPED_BYTES = 8_000_000
TAKEN_BY_THE_QUEUE = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
NOT_CALLED = {"logs", "kms", "sms-voice"}  # Lambda itself, those that hold our data, and SNS do
NAMED_BESIDE = {"StaffJobs": {"lambda"}}  # its module on work says as well how that is begun
PYTHON_3_13 = 3571
HASHED_UNCHECKED = b"\x01\0\0\0"

pytestmark = pytest.mark.parametrize("name", HANDLERS)


@pytest.fixture(scope="module")
def template() -> Template:
    return load()


def test_holds_its_handler_and_no_other(name: str) -> None:
    own, *_ = HANDLERS[name].split(".")
    module = HANDLERS[name].rpartition(".")[0].replace(".", "/")
    assert f"{module}.py" in set(files(name))
    folders = {path.partition("/")[0] for path in files(name)}
    assert folders & HANDLER_FOLDERS == {own}


def test_holds_nothing_of_development_and_of_the_local_stack(name: str) -> None:
    for path in files(name):
        top = path.partition("/")[0]
        assert top not in {"infra", "tests", "samples", "docs", "Makefile", "requirements.txt"}
        assert "/tests/" not in path
        assert not path.endswith("local_entry.py")
        if top == "balance_alerts" or top in HANDLER_FOLDERS:
            content = folder(name).joinpath(path).read_bytes()
            for word in (b"LOCAL_CLOCK_FILE", b"infra.local", b"local_warm_up", b"/local/"):
                assert word not in content, path


def test_holds_web_pages_of_its_own_alone(name: str) -> None:
    pages = {Path(path).parts[0] for path in files(name) if "/web/" in path}
    serves = {"Portal": {"balance_alerts", "portal"}, "Staff": {"balance_alerts", "staff"}}
    assert pages == serves.get(name, set())


def test_knows_the_services_that_its_role_may_call(name: str, template: Template) -> None:
    called = set(_called(name, template))
    prefix = "botocore/data/"
    known = {
        path.removeprefix(prefix).partition("/")[0]
        for path in files(name)
        if path.startswith(prefix) and path.count("/") > 2
    }
    assert known == called | NAMED_BESIDE.get(name, set())


def _called(name: str, template: Template) -> Iterator[str]:
    for statement in template.statements(f"{name}Role"):
        if "DeadLetterQueue" in str(statement.get("Resource")):
            continue  # where Lambda itself puts what failed
        for action in listed(statement["Action"]):
            service = action.partition(":")[0]
            if service not in NOT_CALLED and action not in TAKEN_BY_THE_QUEUE:
                yield {"ses": "sesv2"}.get(service, service)


def test_is_small(name: str) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in files(name):
            zipped.write(folder(name) / path, path)
    assert len(archive.getvalue()) < MOST_ZIPPED_BYTES


def test_runs_on_any_processor(name: str) -> None:
    """So the tests here say something of what runs on arm64."""
    assert [path for path in files(name) if path.endswith((".so", ".pyd"))] == []


@pytest.mark.skipif(lambda_python() is None, reason="no Python 3.13 here: built without byte code")
def test_every_module_comes_with_byte_code_that_is_taken_unchecked(name: str) -> None:
    magic = PYTHON_3_13.to_bytes(2, "little") + b"\r\n"
    shipped = set(files(name))
    for path in (PurePosixPath(each) for each in shipped if each.endswith(".py")):
        compiled = byte_code_of(path).as_posix()
        assert compiled in shipped
        assert (folder(name) / compiled).read_bytes()[:8] == magic + HASHED_UNCHECKED
