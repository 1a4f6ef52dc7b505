"""serve: the review application, for browsers."""

import socket
from typing import TYPE_CHECKING, Annotated

import typer

from flows.console import out
from pipeline.errors import DataError
from pipeline.services.drawing import open_store
from pipeline.services.rule_files import follow_approved
from pipeline.settings import Settings, load

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

HOST, PORT = "127.0.0.1", 8765


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(serve)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 = every one of this machine.")] = HOST,
    port: Annotated[int, typer.Option(min=1, max=65535)] = PORT,
) -> None:
    """Show the review application until stopped."""
    settings = load(context.obj)
    out.print(f"open http://{host}:{port}  (Ctrl+C stops)", markup=False)
    show(settings, host, port)


def show(settings: Settings, host: str, port: int) -> None:
    """Serve the application of an installation until the keyboard stops it. Raises DataError where the address cannot be had."""
    # Only this command needs them, and they would make every other one slower to start.
    import uvicorn

    from pipeline.web.app import create_app

    engine = open_store(settings)
    follow_approved(settings, engine)
    app = create_app(settings, engine)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise DataError(f"{host}:{port} cannot be listened on ({error.strerror}); give another --port") from error
    uvicorn.Server(server_config(settings, app, host, port)).run()


def server_config(settings: Settings, app: "FastAPI", host: str, port: int) -> "uvicorn.Config":
    """How the application is served. Who may write X-Forwarded-For may choose which address is locked out: only `proxy` is believed."""
    import uvicorn

    return uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False,
        proxy_headers=bool(settings.proxy), forwarded_allow_ips=settings.proxy or None,
    )  # fmt: skip
