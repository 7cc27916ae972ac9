"""Other servers without sockets: they answer what is laid down, and remember what they were asked."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from federation import signatures
from federation import vocabulary as as2
from federation.media_types import ACTIVITY_JSON
from storage.database import is_writing
from tests.key_pool import rsa_pair, signing_key

Answer = httpx.Response | Exception | asyncio.Event
"""What is answered to a request; an event lets it wait until it is set, and then take the next answer."""


def answer(document: object, media_type: str = ACTIVITY_JSON, status: int = 200) -> httpx.Response:
    """Return the answer that carries a JSON document."""
    return httpx.Response(status, headers={"content-type": media_type}, content=json.dumps(document).encode())


def redirect(location: str) -> httpx.Response:
    """Return the answer that leads elsewhere."""
    return httpx.Response(302, headers={"location": location})


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that a server received."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The JSON that was posted."""
        document: dict[str, Any] = json.loads(self.body)
        return document


class Remote(httpx.AsyncBaseTransport):
    """Another server. Addresses that nothing is laid down for are 404; inboxes take everything."""

    def __init__(self, host: str, clock: Callable[[], datetime]) -> None:
        self.host = host
        self.clock = clock
        self.asked: list[Asked] = []
        self._answers: dict[str, list[Answer]] = {}
        self._news = asyncio.Event()

    @property
    def base(self) -> str:
        return f"https://{self.host}"

    @property
    def fetched(self) -> list[str]:
        """The targets of all GET requests so far, in order."""
        return [each.url.removeprefix(self.base) for each in self.asked if each.method == "GET"]

    @property
    def received(self) -> list[dict[str, Any]]:
        """The documents posted to it so far, in order."""
        return [each.document for each in self.asked if each.method == "POST"]

    def lay(self, where: str, *answers: Answer | dict[str, Any]) -> None:
        """Lay down the answers at a path or URL, the last one again and again; a document answers as AS2."""
        target = where.removeprefix(self.base) or "/"
        self._answers[target] = [answer(each) if isinstance(each, dict) else each for each in answers]

    def lay_note(self, document: dict[str, Any]) -> dict[str, Any]:
        """Lay down a document where its id says."""
        self.lay(document["id"], {"@context": as2.AS2_CONTEXT, **document})
        return document

    def person(self, name: str, *, key: int = 0, **more: Any) -> "Persona":
        """Add an actor of this server with one of the few keys; `more` is for its document."""
        persona = Persona(self, f"{self.base}/users/{name}", key)
        persona.publish(**more)
        return persona

    def webfinger(self, resource: str, *, subject: str | None = None, actor: str | None = None) -> None:
        """Lay down what WebFinger answers for a resource."""
        links = [{"rel": "self", "type": ACTIVITY_JSON, "href": actor}] if actor else []
        self.lay(
            f"/.well-known/webfinger?resource={resource}",
            answer({"subject": subject or resource, "links": links}, "application/jrd+json"),
        )

    async def is_asked(self) -> None:
        """Wait until it was asked for something; TimeoutError when nobody does."""
        async with asyncio.timeout(10):
            await self._news.wait()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert not is_writing(), "a request was made inside a transaction"
        target = request.url.raw_path.decode()
        self.asked.append(
            Asked(request.method, str(request.url), dict(request.headers), await request.aread())
        )
        self._news.set()
        await asyncio.sleep(0)
        answers = self._answers.get(target)
        if answers is None:
            return httpx.Response(202 if request.method == "POST" else 404)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(found, asyncio.Event):
            await found.wait()
            return await self._again(answers)
        if isinstance(found, Exception):
            raise found
        return _copy(found)

    async def _again(self, answers: list[Answer]) -> httpx.Response:
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        assert isinstance(found, httpx.Response)
        return _copy(found)


def _copy(response: httpx.Response) -> httpx.Response:
    # A response is read once, and the last one laid down is answered again and again.
    return httpx.Response(response.status_code, headers=response.headers, content=response.content)


@dataclass
class Persona:
    """An actor of another server, who can sign."""

    remote: Remote = field(repr=False)
    uri: str
    key: int = 0
    key_id: str = ""
    document: dict[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.key_id = self.key_id or f"{self.uri}#main-key"

    def describe(self, **more: Any) -> dict[str, Any]:
        """Return the actor's document, with some of it changed; what is None is left out."""
        document = {
            "@context": [as2.AS2_CONTEXT, as2.SECURITY_CONTEXT],
            "id": self.uri,
            "type": "Person",
            "preferredUsername": self.uri.rpartition("/")[2],
            "inbox": f"{self.uri}/inbox",
            "outbox": f"{self.uri}/outbox",
            "followers": f"{self.uri}/followers",
            "endpoints": {"sharedInbox": f"{self.remote.base}/inbox"},
            "publicKey": {
                "id": self.key_id,
                "owner": self.uri,
                "publicKeyPem": rsa_pair(self.key).public,
            },
            **more,
        }
        return {name: value for name, value in document.items() if value is not None}

    def publish(self, **more: Any) -> None:
        """Lay the actor's document down at its address."""
        self.document = self.describe(**more)
        self.remote.lay(self.uri, self.document)

    def vanish(self, status: int = 410) -> None:
        """Let there be nothing at the actor's address any more."""
        self.remote.lay(self.uri, httpx.Response(status))

    def sign(self, url: str, body: bytes | None, method: str = "POST") -> dict[str, str]:
        """Return the headers of a request that this actor signs now."""
        return signatures.sign(
            method, url, body, key=signing_key(self.key), key_id=self.key_id, now=self.remote.clock()
        )
