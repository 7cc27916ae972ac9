"""A node with members whose programs speak to it."""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx

from actors.accounts import add_member
from actors.passwords import hash_password
from storage.actors import Actor
from storage.kinds import Role
from tests.clients.signing_in import OUT_OF_BAND, authorize
from tests.node.served import STRANGER, ServedNode, new_keys

SCOPES = "read write follow push profile"
PASSWORD = "a long enough password"
GENEROUS = dict.fromkeys(
    (
        "requests_per_minute",
        "inbox_per_minute",
        "search_per_minute",
        "uploads_per_hour",
        "sign_ins_per_hour",
        "registrations_per_hour",
    ),
    1_000_000,
)
"""Limits that no test reaches."""

_WORD = re.compile(r"\{(\w+)\}")


@dataclass
class Person:
    """A member, with a browser in which they stay signed in, and the tokens of their programs."""

    stage: "Stage" = field(repr=False)
    name: str
    actor: Actor
    browser: httpx.AsyncClient = field(repr=False)
    tokens: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return str(self.actor.id)

    async def token(self, scope: str = SCOPES) -> str:
        """Return a token of theirs for some scopes, got as any program gets it."""
        if scope not in self.tokens:
            app = await self.stage.app()
            email = f"{self.name}@node.example"
            code = await authorize(self.browser, app, email, PASSWORD, scope)
            answer = await self.stage.client.post(
                "/oauth/token",
                data={
                    "grant_type": "authorization_code",
                    "code": code,
                    "client_id": app["client_id"],
                    "client_secret": app["client_secret"],
                    "redirect_uri": OUT_OF_BAND,
                    "scope": scope,
                },
            )
            assert answer.status_code == 200, f"POST /oauth/token: {answer.status_code} {answer.text}"
            self.tokens[scope] = answer.json()["access_token"]
        return self.tokens[scope]

    async def send(self, method: str, path: str, scope: str = SCOPES, **more: Any) -> httpx.Response:
        """Make a request with a token of theirs."""
        headers = {"authorization": f"Bearer {await self.token(scope)}", **more.pop("headers", {})}
        return await self.stage.client.request(method, path, headers=headers, **more)

    async def do(self, method: str, path: str, **more: Any) -> Any:
        """Make a request that has to succeed, and return the JSON."""
        answer = await self.send(method, path, **more)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    async def post(self, text: str, **more: Any) -> dict[str, Any]:
        """Post a status."""
        posted: dict[str, Any] = await self.do(
            "POST", "/api/v1/statuses", json={"status": text, "visibility": "public", **more}
        )
        return posted


class Stage:
    """A node, its people and their programs; what else there is has a name, and a method that makes it."""

    def __init__(self, node: ServedNode, people: dict[str, Person]) -> None:
        self.node = node
        self.client = node.client
        self.people = people
        self._kept: dict[str, Any] = {}
        self._number = 0

    @property
    def me(self) -> Person:
        """The member who calls."""
        return self.people["amina"]

    @property
    def other(self) -> Person:
        """Another member, whom the caller follows and who follows back."""
        return self.people["baraka"]

    async def value(self, name: str) -> Any:
        """Return something by its name; made anew each time if the name says so."""
        if name.startswith("new_"):
            return await getattr(self, name)()
        if name not in self._kept:
            self._kept[name] = await getattr(self, name)()
        return self._kept[name]

    async def fill(self, what: Any) -> Any:
        """Put what words in braces stand for into a path, a query or a body."""
        if isinstance(what, dict):
            return {name: await self.fill(each) for name, each in what.items()}
        if isinstance(what, list):
            return [await self.fill(each) for each in what]
        if not isinstance(what, str):
            return what
        if whole := _WORD.fullmatch(what):
            return await self.value(whole[1])
        for name in _WORD.findall(what):
            what = what.replace(f"{{{name}}}", str(await self.value(name)))
        return what

    async def app(self) -> dict[str, Any]:
        """Return the one program that everybody uses."""
        if "app" not in self._kept:
            answer = await self.client.post(
                "/api/v1/apps",
                json={"client_name": "Example", "redirect_uris": OUT_OF_BAND, "scopes": SCOPES},
            )
            assert answer.status_code == 200, f"POST /api/v1/apps: {answer.status_code} {answer.text}"
            self._kept["app"] = answer.json()
        found: dict[str, Any] = self._kept["app"]
        return found

    async def app_token(self, scope: str = SCOPES) -> str:
        """Return a token of the program itself."""
        name = f"app token {scope}"
        if name not in self._kept:
            app = await self.app()
            answer = await self.client.post(
                "/oauth/token",
                data={
                    "grant_type": "client_credentials",
                    "client_id": app["client_id"],
                    "client_secret": app["client_secret"],
                    "redirect_uri": OUT_OF_BAND,
                    "scope": scope,
                },
            )
            assert answer.status_code == 200, f"POST /oauth/token: {answer.status_code} {answer.text}"
            self._kept[name] = answer.json()["access_token"]
        return str(self._kept[name])

    def number(self) -> int:
        """Return another number each time, for texts that must differ."""
        self._number += 1
        return self._number

    async def person(self, name: str, role: Role = Role.MEMBER) -> Person:
        """Add a member."""
        async with self.node.node.database.begin() as tx:
            member = await add_member(
                tx,
                base_url=self.node.node.base_url,
                domain=self.node.node.settings.node.domain,
                username=name,
                email=f"{name}@node.example",
                role=role,
                keys=new_keys(),
                name=name.title(),
                password=password_hash(),
            )
            actor = await tx.actors.get(member.actor_id)
        transport = httpx.ASGITransport(app=self.node.app, client=STRANGER)
        browser = httpx.AsyncClient(transport=transport, base_url=self.node.node.base_url)
        self.people[name] = Person(self, name, actor, browser)
        return self.people[name]


@cache
def password_hash() -> str:
    """Return the hash of everybody's password, which takes long to make."""
    return hash_password(PASSWORD)
