"""Refusals and failures as pages: what happened, and what one can do now."""

from fastapi import FastAPI, Request
from fastapi.exception_handlers import http_exception_handler, request_validation_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from bot.pages.render import page_language, render, texts

# Machines ask here; they get their own kind of answer.
MACHINES = ("/api/", "/webhooks/", "/console", "/static/", "/health", "/ready", "/metrics")


def error_page(request: Request, status: int) -> Response:
    """The page for a status; statuses without words of their own get the nearest that has."""
    language = page_language(request)
    known = status if status in {404, 410} else 500 if status >= 500 else 400
    words = texts(language)
    return render(
        request,
        "error.html",
        language=language,
        status=status,
        private=True,
        title=words[f"error_{known}_title"],
        explanation=words[f"error_{known}"],
    )


def add_error_pages(app: FastAPI) -> None:
    """Answer people with pages; machines keep the framework's JSON."""

    async def refused(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith(MACHINES) or error.status_code < 400:
            return await http_exception_handler(request, error)
        page = error_page(request, error.status_code)
        page.headers.update(error.headers or {})
        return page

    async def invalid(request: Request, error: RequestValidationError) -> Response:
        if request.url.path.startswith(MACHINES):
            return await request_validation_exception_handler(request, error)
        return error_page(request, 400)

    async def failed(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(MACHINES):
            answer = await http_exception_handler(request, HTTPException(500))
        else:
            answer = error_page(request, 500)
        answer.headers.update(getattr(request.state, "security_headers", {}))  # see bot.guard
        return answer

    app.exception_handler(HTTPException)(refused)
    app.exception_handler(RequestValidationError)(invalid)
    app.exception_handler(Exception)(failed)
