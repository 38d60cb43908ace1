"""A hub on loopback that takes repositories and commits as the real one does, and keeps what it was sent."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class StandInHub:
    """What was asked of it. `refuse` maps a path's beginning to the status it is refused with."""

    token: str = "hf_canary_of_the_tests"
    repositories: dict[str, dict[str, Any]] = field(default_factory=dict)
    refuse: dict[str, int] = field(default_factory=dict)
    endpoint: str = ""

    def answer(self, path: str, body: bytes, authorization: str | None) -> tuple[int, dict[str, Any]]:
        """The status and the JSON of an answer."""
        status = next((status for start, status in self.refuse.items() if path.startswith(start)), 200)
        if authorization != f"Bearer {self.token}":
            status = 401
        if status != 200:
            return status, {"error": f"no, {authorization}"}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        name = "/".join(path.split("/")[3:5])
        if "/preupload/" in path:
            files = [{"path": each["path"], "uploadMode": "regular"} for each in json.loads(body)["files"]]
            return 200, {"files": [{**each, "shouldIgnore": False} for each in files]}
        lines = [json.loads(line) for line in body.splitlines()]
        contents = {each["value"]["path"]: each["value"]["content"] for each in lines if each["key"] == "file"}
        files = self.repositories[name]["files"]
        files.update({path: base64.b64decode(f"{content}==") for path, content in contents.items()})
        return 200, {"commitOid": "a" * 40, "commitUrl": f"{self.endpoint}/datasets/{name}/commit/{'a' * 40}"}

    def _create(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name = f"{asked['organization']}/{asked['name']}"
        address = {"url": f"{self.endpoint}/datasets/{name}", "name": name}
        if name in self.repositories:
            return 409, {"error": "You already created this dataset repo", **address}
        self.repositories[name] = {"visibility": asked["visibility"], "files": {}}
        return 200, address


@contextmanager
def stand_in_hub() -> Iterator[StandInHub]:
    """A hub that listens for as long as it is needed."""
    hub = StandInHub()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, answer = hub.answer(self.path, body, self.headers.get("authorization"))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *words: object) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hub.endpoint = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()
