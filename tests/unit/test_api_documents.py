"""The documents of the APIs: what the code declares, all of it and nothing else."""

from __future__ import annotations

import pytest

from balance_alerts.http_api.problems import STATUS
from infra.api_document import APIS, DOCS, Api, document


@pytest.mark.parametrize("api", APIS, ids=[api.file for api in APIS])
class TestEveryApi:
    def test_its_document_is_what_the_code_declares(self, api: Api) -> None:
        assert (DOCS / api.file).read_text("utf-8") == api.text

    def test_it_refuses_with_codes_that_have_a_status(self, api: Api) -> None:
        named = {code for operation in api.operations for code in operation.all_problems}
        assert named <= set(STATUS)

    def test_no_two_operations_have_a_name_or_a_route_in_common(self, api: Api) -> None:
        names = [operation.name for operation in api.operations]
        routes = [(operation.method, operation.path) for operation in api.operations]
        assert len(set(names)) == len(names)
        assert len(set(routes)) == len(routes)

    def test_guarded_operations_ask_for_the_token(self, api: Api) -> None:
        paths = document(api)["paths"]
        for operation in api.operations:
            told = paths[operation.path.replace("+}", "}")][operation.method.lower()]
            assert told["security"] == ([{api.token: []}] if operation.needs else [])
