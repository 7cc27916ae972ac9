"""Whole nodes as processes of this machine, each on a loopback address of its own and speaking real HTTP.

The demonstration and the tests that need real processes drive nodes as an operator does: by commands.
"""

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

from node.cli.demo_content import DemoBody
from node.cli.frame import CommandFailed

START_SECONDS = 30.0
POLL_SECONDS = 0.1


class DemoNode:
    """One node: its folder, its address, and its server process while it runs."""

    def __init__(self, body: DemoBody, folder: Path, domain: str) -> None:
        """`domain` is an address with a port, such as `127.0.0.2:8101`."""
        self.body = body
        self.folder = folder
        self.domain = domain
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where the node answers."""
        return f"http://{self.domain}"

    def ilan(self, *arguments: str, given: str | None = None) -> str:
        """Run a command of this node and return what it prints; CommandFailed with its own words."""
        done = subprocess.run(  # noqa: S603 - our own program, without a shell
            self._command(*arguments),
            input=given,
            capture_output=True,
            text=True,
            env=self._environment(),
            check=False,
        )
        if done.returncode:
            raise CommandFailed(f"{self.domain}: ilan {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def read(self, *arguments: str) -> Any:
        """Run a command that reads, and return its JSON."""
        return json.loads(self.ilan(*arguments, "--json"))

    def create(self) -> None:
        """Set the node up with a member who may publish, unless it is set up already."""
        if (self.folder / "config.toml").exists():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ilan(
            "init", "--domain", self.domain, "--name", self.body.name, "--country", self.body.country,
            "--language", self.body.language, "--data", str(self.folder / "data"), "--base-url", self.url,
        )  # fmt: skip
        settings = self.folder / "config.toml"
        address = self.domain.partition(":")[0]
        settings.write_text(_on_loopback(settings.read_text("utf-8"), address), "utf-8")
        password = secrets.token_urlsafe(12)
        self.ilan("member", "add", "editor", "--email", "editor@example.org", "--role", "admin",
                  "--password-stdin", given=password)  # fmt: skip
        token = self.ilan("token", "editor").strip()
        (self.folder / "sign-in.txt").write_text(f"editor {password} {token}\n", "utf-8")

    def publish(self, document: dict[str, Any]) -> str:
        """Publish in the body's name by command, which works with or without the server; return the URI."""
        return self.ilan("publish", "-", given=json.dumps(document)).strip()

    def post(self, document: dict[str, Any]) -> str:
        """Publish in the body's name through the API of the running server; return the URI."""
        published = self._ask("/api/ilan/v1/publications", {**document, "as": "office"})
        return str(published["uri"])

    def holds(self) -> list[str]:
        """Return the URIs of what the running server finds, the newest hundred, through its API."""
        return [each["uri"] for each in self._ask("/api/ilan/v1/search?limit=100")["items"]]

    def follow(self, other: "DemoNode") -> None:
        """Let this node follow another one."""
        self.ilan("network", "follow", other.domain)

    def follows(self) -> dict[str, str]:
        """Return the state of each follow, by domain."""
        return {each["domain"]: each["state"] for each in self.read("network", "list")}

    def search(self, query: str, *arguments: str) -> list[str]:
        """Return the URIs that a search finds, in order."""
        found = self.read("search", query, *arguments)
        return [each["uri"] for each in found["items"]]

    def start(self) -> None:
        """Start the server and wait until it answers; CommandFailed when something else answers there."""
        if self._answers():
            raise CommandFailed(f"Something is running at {self.url} already.", "Stop it, or choose --port.")
        with self._log() as log:
            self._server = subprocess.Popen(  # noqa: S603 - our own program, without a shell
                self._command("serve"),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=self._environment(),
            )
        wait_until(self._answers, START_SECONDS, f"{self.url} does not answer; see {self.folder}/server.log.")

    def kill(self) -> None:
        """End the server at once, as a power cut would (kill -9)."""
        if self._server is not None:
            self._server.kill()
            self._server.wait()
            self._server = None

    def stop(self) -> None:
        """End the server in good order."""
        if self._server is not None:
            self._server.terminate()
            try:
                self._server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self._server.kill()
                self._server.wait()
            self._server = None

    def _ask(self, path: str, document: dict[str, Any] | None = None) -> Any:
        token = (self.folder / "sign-in.txt").read_text("utf-8").split()[-1]
        request = urllib.request.Request(  # noqa: S310 - our own address
            self.url + path,
            data=None if document is None else json.dumps(document).encode(),
            headers={"authorization": f"Bearer {token}", "content-type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - our own address
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise CommandFailed(f"{self.url}{path} answered {error.code}: {error.read().decode()}") from error

    def _answers(self) -> bool:
        if self._server is not None and self._server.poll() is not None:
            raise CommandFailed(f"The server of {self.domain} ended; see {self.folder}/server.log.")
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except (urllib.error.URLError, OSError):
            return False

    def _command(self, *arguments: str) -> Sequence[str]:
        return [sys.executable, "-m", "node", "--config", str(self.folder / "config.toml"), *arguments]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ILAN_")}
        return {**kept, "PYTHONUNBUFFERED": "1"}

    def _log(self) -> IO[bytes]:
        return (self.folder / "server.log").open("ab")


def wait_until(is_so: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait until something is so and return how many seconds that took; CommandFailed when it never is."""
    started = time.monotonic()
    while not is_so():
        if time.monotonic() - started > seconds:
            raise CommandFailed(otherwise)
        time.sleep(POLL_SECONDS)
    return time.monotonic() - started


def _on_loopback(config: str, address: str) -> str:
    """Let a node listen on its own loopback address, contact the others on theirs, and be asked often."""
    changes = {
        "allow_networks = []": 'allow_networks = ["127.0.0.0/8"]',
        'host = "127.0.0.1"': f'host = "{address}"',
        "search_per_minute = 60\n": "search_per_minute = 6000\n",
    }
    for usual, ours in changes.items():
        config = config.replace(usual, ours)
    return config
