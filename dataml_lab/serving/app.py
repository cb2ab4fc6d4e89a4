"""A model behind HTTP: `POST /score` with a row as a JSON object answers `{"score": …, "model": …, "version": …}`.

`GET /health` says that the process lives, `GET /ready` whether rows are to be sent (else 503: it has no model, or ends
soon), `GET /schema` what a row is made of, `GET /metrics` what was counted, in the text format of Prometheus, `GET
/shadow` how the scores of a model in the shadow differ, in the process that answers. Every answer names the model's
version, in the header `model-version` too.

Errors are `{"detail": "<a sentence>", "version": …}`: 400 for a body that is no JSON object, 408 for one that comes too
slowly, 413 for one that is too large, 422 for wrong values, with `"fields": {"<field>": "<what is wrong>"}`, 500 where
the model fails on the row, and 503 where there is no model, too many rows wait or the score takes too long; then the
header `retry-after` has seconds.
"""

import asyncio
import json
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as AnyHTTPException
from starlette.requests import ClientDisconnect

from dataml_lab.serving.ending import forewarned
from dataml_lab.serving.refusals import Malformed, Overdue, Refusal, TooLarge, TooSlow
from dataml_lab.serving.service import Service
from dataml_lab.serving.validate import parsed

HEADERS = {408: {"connection": "close"}, 503: {"retry-after": "1"}}  # of an answer, by its status; seconds


def make_app(service: Service) -> FastAPI:
    """The endpoint as an ASGI application; the service ends with it, `Settings.notice` after a signal to end."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        with forewarned(service.leave, service.settings.notice):
            yield
        service.close()

    app = FastAPI(title="A model's endpoint", lifespan=lifespan, openapi_url=None)

    @app.post("/score")
    async def score(request: Request) -> Response:
        return await scored(service, request)

    @app.get("/health")
    async def health() -> Response:
        return answer(200, service.version, status="ok")

    @app.get("/ready")
    async def ready() -> Response:
        status = service.state
        return answer(200 if status == "ready" else 503, service.version, status=status, trouble=service.trouble)

    @app.get("/schema")
    async def schema() -> Response:
        return answer(200, service.version, fields=service.schema.as_data())

    @app.get("/metrics")
    async def metrics() -> Response:
        return Response(service.metrics.text(), 200, {"model-version": service.version}, "text/plain; version=0.0.4")

    @app.get("/shadow")
    async def shadow() -> Response:
        return answer(200, service.version, **compared(service))

    @app.exception_handler(AnyHTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return answer(error.status_code, service.version, detail=f"{request.method} {request.url.path}: {error.detail}")

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> Response:
        return answer(500, service.version, detail=f"the endpoint failed: {type(error).__name__}")

    return app


def answer(status: int, version: str, /, **fields: Any) -> Response:
    """An answer of these fields and the version."""
    headers = {"model-version": version} | HEADERS.get(status, {})
    return Response(json.dumps({**fields, "version": version}), status, headers, "application/json")


def compared(service: Service) -> dict[str, Any]:
    """The version in the shadow, its trouble, what it failed on, and the fields of a `Comparison`; null for NaN."""
    shadow = service.served and service.served.shadow
    if not shadow:
        raise HTTPException(404, f"no model is in the shadow: {service.shadow_trouble or 'none was named'}")
    numbers = {name: None if math.isnan(value) else value for name, value in shadow.comparison._asdict().items()}
    return {"shadow": str(service.shadow.version), "trouble": service.shadow_trouble, **numbers,
            "reasons": dict(shadow.reasons)}


async def scored(service: Service, request: Request) -> Response:
    """The answer to a request for a score; counted."""
    version, score, begun = service.version, None, time.perf_counter()
    try:
        body = await body_of(request, service.settings.largest, service.settings.patience)
        begun = time.perf_counter()
        model, waiting = service.submit(parsed(body))
        version = str(model.version)
        score = await awaited(waiting, service.settings.seconds)
        response = answer(200, version, score=score, model=model.name)
    except Refusal as refusal:
        response = answer(refusal.status, version, detail=str(refusal), **refusal.more)
    service.metrics.answered(version, response.status_code, time.perf_counter() - begun, score)
    return response


async def body_of(request: Request, largest: int, seconds: float) -> bytes:
    """The body. Raises TooLarge if it has more bytes than may be, none of which are kept; TooSlow if it takes more
    seconds to come; Malformed if the connection ends before it does."""
    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size <= largest:
                    parts.append(part)
    except TimeoutError:
        raise TooSlow(f"the body did not come within {seconds:g} s") from None
    except ClientDisconnect:
        raise Malformed("the connection ended before the body did") from None
    if size > largest:
        raise TooLarge(f"the body has {size:,} bytes, where {largest:,} are the most")
    return b"".join(parts)


async def awaited(score: asyncio.Future, seconds: float) -> float:
    """The score; Overdue if it takes more seconds to come, and then it isn't awaited any longer."""
    try:
        async with asyncio.timeout(seconds):
            return await score
    except TimeoutError:
        raise Overdue(f"the model did not score the row within {seconds:g} s") from None
