"""What every response carries, and how large a request may be.

Scripts come from this server alone, and none stands in a page. Styles too, but for those of the waveform, which names the request's nonce. No page
may be framed, and no form leads elsewhere.
"""

from collections.abc import Awaitable, Callable

from fastapi import Request, Response

from pipeline.web.api.answers import is_for_programs
from pipeline.web.pages import nonce_of
from pipeline.web.refusals import TooLarge

LARGEST_FORM = 1_000_000
LARGEST_UPLOAD = 10_500_000
UPLOADS = ("/appeals",)
_STATIC_AGE_S = 3600

Next = Callable[[Request], Awaitable[Response]]


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a response."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            "connect-src 'self'",
            "font-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


async def with_headers(request: Request, call_next: Next) -> Response:
    """Answer a request, with the headers."""
    return with_headers_of(request, await call_next(request))


def with_headers_of(request: Request, response: Response) -> Response:
    """The response, with the headers. What nobody expected is answered outside of all middleware."""
    response.headers.setdefault("Content-Security-Policy", policy(nonce_of(request)))
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.url.path.startswith("/static/"):
        response.headers["Cache-Control"] = f"public, max-age={_STATIC_AGE_S}"
    elif is_for_programs(request.url.path):
        response.headers["Cache-Control"] = "no-store"
    return response


def refuse_large(request: Request) -> None:
    """Raise TooLarge by what a request says of itself. One that does not say how long it is, and brings something, is refused too."""
    if request.method in ("GET", "HEAD"):
        return
    # A body comes with its length or in chunks of none that is told beforehand.
    length = request.headers.get("Content-Length", "" if "Transfer-Encoding" in request.headers else "0")
    largest = LARGEST_UPLOAD if request.url.path.startswith(UPLOADS) else LARGEST_FORM
    if not length.isascii() or not length.isdecimal() or int(length) > largest:
        raise TooLarge
