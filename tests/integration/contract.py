"""The documented contract (`docs/api`), and whether what the relay says is in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

DOCS = Path(__file__).parents[2] / "docs" / "api"


@cache
def openapi() -> Any:
    return yaml.safe_load((DOCS / "openapi.yaml").read_text())


@cache
def asyncapi() -> Any:
    return yaml.safe_load((DOCS / "asyncapi.yaml").read_text())


def documented_routes() -> set[tuple[str, str]]:
    """Return method and path of everything that is documented."""
    methods = ("get", "post", "put", "patch", "delete")
    return {(method.upper(), path) for path, item in openapi()["paths"].items() for method in item if method in methods}


def check_answer(method: str, path: str, status: int, answer: Any) -> None:
    """Fail unless the answer to a request is documented so."""
    template = _template(path.partition("?")[0])
    responses = openapi()["paths"][template][method.lower()]["responses"]
    assert str(status) in responses, f"{method} {template} does not say that it answers {status}: {answer}"
    response = responses[str(status)]
    if "$ref" in response:
        response = openapi()["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        assert answer is None, f"{method} {template} does not say that it answers {status} with JSON"
    else:
        _validate(schema, answer)


def check_event(name: str, told: Any) -> None:
    """Fail unless a client may be told this, as an event or an acknowledgement, under this name."""
    _validate(asyncapi()["components"]["messages"][name]["payload"], told)


def _template(path: str) -> str:
    for template in openapi()["paths"]:
        if template == path:
            return template
    for template in openapi()["paths"]:
        if re.fullmatch(re.sub(r"\\{\w+\\}|\{\w+\}", "[^/]+", template), path):
            return template
    raise AssertionError(f"{path} is not documented")


_validators: dict[int, Any] = {}


def _validate(schema: Any, said: Any) -> None:
    validator = _validators.get(id(schema))
    if validator is None:
        whole = {**_local(schema), "components": {"schemas": _local(openapi()["components"]["schemas"])}}
        validator = _validators[id(schema)] = jsonschema_rs.Draft202012Validator(whole)
    error = next(validator.iter_errors(said), None)
    assert error is None, f"not as documented: {error}"


def _local(schema: Any) -> Any:
    """Return the schema with its references within one document."""
    if isinstance(schema, dict):
        return {
            key: value.removeprefix("./openapi.yaml") if key == "$ref" else _local(value)
            for key, value in schema.items()
        }
    return [_local(each) for each in schema] if isinstance(schema, list) else schema
