"""The API against its own description: any request that the document allows, and many that it does not.

No answer is a 500, each has a documented status, type and shape, and without a key nothing opens.
"""

from collections.abc import Iterator

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import (
    not_a_server_error,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Program
from tests.belongings import Belongings
from tests.test_tenancy_crawl import API_ROWS
from tradewind.wsgi import application

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 6


@pytest.fixture
def document(hers: Belongings) -> Iterator[schemathesis.BaseSchema]:
    """The description as it is served. The test's transaction must outlive each request, as with Django's client."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_any_request_is_answered_as_described(
    document: schemathesis.BaseSchema, call: Program, hers: Belongings
) -> None:
    operations = [found.ok() for found in document.get_all_operations()]
    assert len(operations) >= 25
    for operation in operations:

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        )
        @hypothesis.given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            if "id" in (case.path_parameters or {}):
                room = case.path.split("/")[3 if case.path.startswith("/api") else 1]
                case.path_parameters["id"] = hers.id(API_ROWS[room])
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {call.token}"}
            case.call_and_validate(checks=CHECKS)

        ask()


def test_every_operation_has_words_a_scope_and_its_refusals(document: schemathesis.BaseSchema) -> None:
    names = []
    for found in document.get_all_operations():
        raw = found.ok().definition.raw
        names.append(raw["operationId"])
        assert raw["summary"]
        assert raw["x-scope"] in raw["description"]
        assert {"401", "403", "422", "429"} <= {str(code) for code in raw["responses"]}
    assert len(names) == len(set(names))
