"""Every documented route, asked by everybody, with what the document allows and with what it does not.

Whatever is asked: the answer is one that the document names, and nothing fails inside. A refusal that any route may
give is in the document's head and not at each route, so it is known here.
"""

from __future__ import annotations

import urllib.parse
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import given
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.transport import Response
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.fuzz.aim import aim_command
from tests.fuzz.house import PASSWORD, PEOPLE, House
from tests.fuzz.inputs import Tally, patient, tries
from tests.integration.contract import DOCS

pytestmark = patient

CONFORMANCE = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PATIENCE_S = 12.0
MOST_REFUSED = 100
"""After so many answers that too much was tried, the rest is tried in a fresh home."""

OPERATIONS: list[APIOperation[Any, Any, Any]] = [
    found.ok() for found in schemathesis.openapi.from_path(DOCS / "openapi.yaml").get_all_operations()
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=[operation.label for operation in OPERATIONS])
def test_whatever_is_asked_by_whomever_is_answered_as_documented(
    house: House, tally: Tally, operation: APIOperation[Any, Any, Any]
) -> None:
    refused = 0

    @tries(usual=9 if _has_parts(operation) else 4, long=550)
    @given(
        case=_cases(operation),
        who=_askers(operation),
        aim=st.integers(0, 999) | st.integers(0, 999) | st.none(),
        source=st.integers(0, 15),
    )
    def ask(case: Case, who: str, aim: int | None, source: int) -> None:
        nonlocal refused
        if aim is not None:
            _aim(house, case, who, aim)

        response = _ask(house, case, who, source)

        tally.count(f"HTTP {operation.label}", str(response.status_code))
        _check(case, response)
        house.look()
        _follow(house, case, who, response)
        refused += response.status_code == 429
        if refused > MOST_REFUSED:
            house.renew()
            refused = 0

    ask()


# What is asked


def _cases(operation: APIOperation[Any, Any, Any]) -> st.SearchStrategy[Case]:
    positive = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    raw = operation.definition.raw
    if raw.get("security") == [] and not _has_parts(operation):
        return positive  # nothing about it can be wrong
    return positive | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)


def _has_parts(operation: APIOperation[Any, Any, Any]) -> bool:
    """Whether there is more to it than its name and who asks."""
    return "requestBody" in operation.definition.raw or len(operation.path_parameters) + len(operation.query) > 0


def _askers(operation: APIOperation[Any, Any, Any]) -> st.SearchStrategy[str]:
    if operation.label == "DELETE /api/v1/session":  # each time it is done, somebody has to get in again
        return st.sampled_from(("login", "guest", "stranger", "stranger"))
    return st.sampled_from(("owner", "owner", *PEOPLE))


def _aim(house: House, case: Case, who: str, number: int) -> None:
    """Put real things where the case names things by chance, so that it gets further than to "no such thing"."""
    path, body, label = case.path_parameters, case.body, case.operation.label
    for name in path:
        if name in ("device_id", "area_id", "session_id", "account_id"):
            path[name] = urllib.parse.quote(house.real(name, number), safe="")
        elif name == "capability_id":
            devices = house.devices()
            pictures = [
                (device, each) for device in devices for each in device["capabilities"] if each["kind"] == "image"
            ]
            path["device_id"] = urllib.parse.quote(pictures[0][0]["id"], safe="")
            path[name] = urllib.parse.quote(pictures[0][1]["id"], safe="")
    if "host" in case.query:
        case.query["host"] = house.real("host", number)
    if not isinstance(body, dict):
        return
    if isinstance(body.get("area_id"), str):
        body["area_id"] = house.real("area_id", number)
    if isinstance(body.get("ids"), list):
        areas = house.areas()
        body["ids"] = areas[number % (len(areas) + 1) :] + areas[: number % (len(areas) + 1)]
    if isinstance(body.get("refresh_credential"), str):
        body["refresh_credential"] = house.refresh_credential
    if "old" in body and isinstance(body["old"], str):
        body["old"] = house.passwords.get(who, PASSWORD)
    if label == "POST /api/v1/login" and isinstance(body.get("password"), str):
        body |= {"name": "guest", "password": house.passwords["guest"]}
    if "request_id" in path and isinstance(body.get("code"), str) and number % 8 == 0:
        pairing = house.pairing()
        if pairing:
            path["request_id"] = pairing["request_id"]
            body |= {"secret": pairing["secret"], "code": pairing["code"]}
    if isinstance(body.get("command"), dict):
        device_id = aim_command(house, body, number)
        if device_id is not None:
            path["device_id"] = urllib.parse.quote(device_id, safe="")


def _ask(house: House, case: Case, who: str, source: int) -> Response:
    headers = house.credentials(who)
    if "ancestor" in (case.operation.tags or ()):
        headers = {} if who == "stranger" else {"x-access-token": house.ancestor_token}
    elif who != "stranger":
        case.headers.pop("Authorization", None)
    options = {"base_url": house.url, "session": house.door(source), "timeout": PATIENCE_S, "allow_redirects": False}
    try:
        return case.call(headers=headers, **options)
    except requests.ConnectionError:  # a kept connection was just being closed
        house.look(closely=True)
        return case.call(headers=headers, **options)


# What is answered


def _check(case: Case, response: Response) -> None:
    """Fail unless the document says that this can be answered."""
    status = response.status_code
    if status in (404, 405) and _leads_elsewhere(case):
        return
    if status == 503 and response.json()["error"].get("code") == "busy":
        return
    case.validate_response(response, checks=CONFORMANCE)
    assert status < 500 or status == 503, f"it failed: {status} {response.text}"
    if status == 503 and "code" in response.json()["error"]:
        assert response.json()["error"]["code"] in ("device_unavailable", "link_down"), response.text


def _leads_elsewhere(case: Case) -> bool:
    """Whether what stands for a parameter makes another path of it."""
    values = [urllib.parse.unquote(str(value)) for value in case.path_parameters.values()]
    return any(value in ("", ".", "..") or "/" in value for value in values)


def _follow(house: House, case: Case, who: str, response: Response) -> None:
    """Remember what the home is like after it."""
    label, status = case.operation.label, response.status_code
    if label == "PUT /api/v1/session/password" and status == 204:
        house.passwords[who] = case.body["new"]
    if label == "POST /api/v1/session/refresh" and status == 200 and "refresh_credential" in response.json():
        house.refresh_credential = response.json()["refresh_credential"]
    has_ended = label == "DELETE /api/v1/session" or (
        status == 401 and "security" not in case.operation.definition.raw and '"unauthorized"' in response.text
    )
    if has_ended and who != "stranger":
        house.was_refused(who)
