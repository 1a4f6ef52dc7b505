"""A mail server that is no more than SMTP's answers: it keeps what it gets, and can be told to refuse."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.received: list[tuple[str, str, EmailMessage]] = []
        self.refusals = 0


class _Conversation(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        self.say("220 here")
        sender = to = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split(" ")[0].upper()
            if word == "MAIL" and self.server.refusals:
                self.server.refusals -= 1
                self.say("451 try again later")
            elif word == "DATA":
                self.say("354 go on")
                content = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.received.append((sender, to, message_from_bytes(content, policy=policy.default)))  # type: ignore[arg-type]
                self.say("250 kept")
            elif word == "QUIT":
                self.say("221 bye")
                return
            else:
                sender = line if word == "MAIL" else sender
                to = line if word == "RCPT" else to
                self.say("250 fine")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def mail_server() -> Iterator[_Server]:
    """A running server; its port is `server_address[1]`."""
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
