"""The API's description for people: our own rendering of its OpenAPI document, within the content policy."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt

from tradewind.api.core import api
from tradewind.api.problems import problem
from tradewind.workspaces.door import member_required

METHODS = ("get", "post", "patch", "put", "delete")


@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    """Any other address below /api/: told in JSON, like all that programs get."""
    return problem(404, "There is no such address. See /api/v1/openapi.json for those that exist.")


@member_required
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its scope, parameters and body, and one to try in a terminal."""
    return render(
        request,
        "api/docs.html",
        {
            "groups": groups(),
            "base": request.build_absolute_uri("/api/v1/"),
            "openapi_url": reverse("api:openapi-json"),
        },
    )


@cache
def groups() -> list[dict[str, Any]]:
    """Operations by tag, in the order in which the API has them. Worked out once: the API does not change by itself."""
    document = api.get_openapi_schema()
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in document["paths"].items():
        for method in METHODS:
            if method in methods:
                operation = methods[method]
                found.setdefault(operation["tags"][0], []).append(shown(document, path, method, operation))
    return [{"name": name, "operations": operations} for name, operations in found.items()]


def shown(document: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "fields": [*parameters(operation), *body(document, operation)],
        "answer": next((code for code in operation["responses"] if str(code).startswith("2")), ""),
    }


def parameters(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for each in operation.get("parameters", []):
        schema = each["schema"]
        yield field(each["name"], each["in"], schema, is_required=each.get("required", False))


def body(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = operation.get("requestBody", {}).get("content", {})
    schema = resolved(document, content.get("application/json", {}).get("schema", {}))
    for name, each in schema.get("properties", {}).items():
        yield field(name, "body", resolved(document, each), is_required=name in schema.get("required", []))


def field(name: str, place: str, schema: dict[str, Any], *, is_required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "place": place,
        "kind": kind(schema),
        "words": schema.get("description", ""),
        "is_required": is_required,
    }


def kind(schema: dict[str, Any]) -> str:
    """“text”, “number”, “one of a, b” …, as people say it."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(kind(each) for each in schema["anyOf"] if each.get("type") != "null"))
    if schema.get("type") == "array":
        return f"[{kind(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or schema.get("const") or "object")


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema behind a reference, with what stands beside the reference."""
    reference = schema.get("$ref", "")
    if not reference:
        return schema
    name = reference.rsplit("/", 1)[-1]
    return {**document["components"]["schemas"][name], **{key: each for key, each in schema.items() if key != "$ref"}}
