"""A node in use: members, programs, tokens, and everything that a client can ask about.

It is made through the client API itself, on demand: what a test does not need is not made, and where a route
is missing only those fail that need it. People elsewhere and their posts are laid into the database, since
nobody sends anything here.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from actors.accounts import add_member
from actors.announcements import add_announcement
from actors.documents import add_rule
from actors.passwords import hash_password
from storage.actors import Actor
from storage.kinds import Role
from tests.clients.pictures import PNG
from tests.clients.signing_in import OUT_OF_BAND, authorize
from tests.drafting import EVENT, OFFER, PRACTICE, RESOURCE
from tests.node.served import STRANGER, ServedNode, new_keys, served

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

    scene: "Scene" = field(repr=False)
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
            app = await self.scene.app()
            email = f"{self.name}@node.example"
            code = await authorize(self.browser, app, email, PASSWORD, scope)
            answer = await self.scene.client.post(
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
        return await self.scene.client.request(method, path, headers=headers, **more)

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


class Scene:
    """The node, and things in it by name: a method for each, called once for plain names."""

    def __init__(self, node: ServedNode, people: dict[str, Person]) -> None:
        self.node = node
        self.client = node.client
        self.people = people
        self._kept: dict[str, Any] = {}
        self._lock = asyncio.Lock()
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

    # People.

    async def amina(self) -> str:
        return self.me.id

    async def baraka(self) -> str:
        return self.other.id

    async def baraka_acct(self) -> str:
        return "baraka"

    async def chebet(self) -> str:
        return self.people["chebet"].id

    async def stranger(self) -> Actor:
        return await self.node.stranger("wanjiru", "elsewhere.example")

    async def wanjiru(self) -> str:
        return str((await self.value("stranger")).id)

    async def followed(self) -> str:
        """Two members who follow each other."""
        await self.me.do("POST", f"/api/v1/accounts/{self.other.id}/follow")
        await self.other.do("POST", f"/api/v1/accounts/{self.me.id}/follow")
        return self.other.id

    async def new_follow_request(self) -> str:
        """Somebody who asks to follow the caller."""
        chebet = self.people["chebet"]
        await self.me.do("PATCH", "/api/v1/accounts/update_credentials", json={"locked": True})
        await chebet.do("POST", f"/api/v1/accounts/{self.me.id}/unfollow")
        relationship = await chebet.do("POST", f"/api/v1/accounts/{self.me.id}/follow")
        await self.me.do("PATCH", "/api/v1/accounts/update_credentials", json={"locked": False})
        assert relationship["requested"], relationship
        return chebet.id

    async def blocked(self) -> str:
        return await self._act_on("block", "blocked")

    async def muted(self) -> str:
        return await self._act_on("mute", "muted")

    async def _act_on(self, verb: str, name: str) -> str:
        """Somebody elsewhere, towards whom the caller did something."""
        stranger = await self.node.stranger(name, "elsewhere.example")
        await self.me.do("POST", f"/api/v1/accounts/{stranger.id}/{verb}")
        return str(stranger.id)

    async def blocked_domain(self) -> str:
        await self.me.do("POST", "/api/v1/domain_blocks", json={"domain": "spam.example"})
        return "spam.example"

    # Statuses.

    async def status(self) -> str:
        return str((await self.me.post("Legal aid for all. #LegalAid"))["id"])

    async def new_status(self) -> str:
        return str((await self.me.post(f"Note {self.number()} #LegalAid"))["id"])

    async def other_status(self) -> str:
        return await self.new_other_status()

    async def new_other_status(self) -> str:
        return str((await self.other.post(f"Report {self.number()}"))["id"])

    async def pinned_status(self) -> str:
        return await self.new_status()

    async def remote_status(self) -> str:
        """A post of somebody elsewhere, with a picture, a mention and a hashtag."""
        stranger = await self.value("stranger")
        published = await self.node.publish(
            stranger,
            content='<p>From afar <a href="https://elsewhere.example/tags/bail" rel="tag">#Bail</a></p>',
            tags=[{"type": "Hashtag", "name": "#Bail", "href": "https://elsewhere.example/tags/bail"}],
            attachments=[
                {
                    "type": "Document",
                    "mediaType": "image/png",
                    "url": "https://elsewhere.example/media/1.png",
                    "name": "A courtroom",
                    "width": 40,
                    "height": 30,
                }
            ],
        )
        return str(published.id)

    async def medium(self) -> str:
        return await self.new_medium()

    async def new_medium(self, person: Person | None = None) -> str:
        """A picture that is attached to nothing yet."""
        answer = await (person or self.me).send(
            "POST",
            "/api/v2/media",
            files={"file": ("square.png", PNG, "image/png")},
            data={"description": "A grey square", "focus": "0.5,-0.5"},
        )
        assert answer.status_code in (200, 202), f"POST /api/v2/media: {answer.status_code} {answer.text}"
        return str(answer.json()["id"])

    async def status_with_all(self) -> str:
        """A status with everything at once that can be at once."""
        medium = await self.new_medium()
        posted = await self.me.post(
            "See https://example.org/a/long/path/that/is/cut?q=1 @baraka #LegalAid\n\nMore.",
            media_ids=[medium],
            spoiler_text="Custody",
            language="en",
        )
        return str(posted["id"])

    async def baraka_with_all(self) -> str:
        """A member who posted, boosted, asked and answered."""
        mine = await self.value("status")
        await self.value("poll_status")
        await self.other.do("POST", f"/api/v1/statuses/{mine}/reblog")
        await self.other.post("An answer, @amina", in_reply_to_id=mine)
        medium = await self.new_medium(self.other)
        await self.other.post("A picture", media_ids=[medium])
        return self.other.id

    async def answered_status(self) -> str:
        """The middle of a thread."""
        first = (await self.me.post("First"))["id"]
        second = (await self.other.post("Second", in_reply_to_id=first))["id"]
        await self.me.post("Third", in_reply_to_id=second)
        await self.other.post("Fourth", in_reply_to_id=second)
        return str(second)

    async def liked_status(self) -> str:
        mine = (await self.me.post("Liked"))["id"]
        await self.other.do("POST", f"/api/v1/statuses/{mine}/favourite")
        await self.other.do("POST", f"/api/v1/statuses/{mine}/reblog")
        return str(mine)

    async def kept(self) -> str:
        """A status that the caller liked and bookmarked."""
        number = await self.new_other_status()
        await self.me.do("POST", f"/api/v1/statuses/{number}/favourite")
        await self.me.do("POST", f"/api/v1/statuses/{number}/bookmark")
        return number

    async def edited_status(self) -> str:
        mine = (await self.me.post("Before"))["id"]
        await self.me.do("PUT", f"/api/v1/statuses/{mine}", json={"status": "After"})
        return str(mine)

    async def quoted_status(self) -> str:
        mine = await self.me.post("To be quoted", quote_approval_policy="public")
        await self._quote(mine["id"])
        return str(mine["id"])

    async def quoting_status(self) -> str:
        return await self.new_quoting_status()

    async def new_quoting_status(self) -> str:
        return await self._quote(await self.value("quoted_status"))

    async def _quote(self, quoted: str) -> str:
        posted = await self.other.post(f"Look, {self.number()}", quoted_status_id=quoted)
        return str(posted["id"])

    async def poll_status(self) -> str:
        posted = await self.other.post("Which?", poll={"options": ["One", "Two"], "expires_in": 86400})
        return str(posted["id"])

    async def poll(self) -> str:
        status = await self.me.do("GET", f"/api/v1/statuses/{await self.value('poll_status')}")
        return str(status["poll"]["id"])

    async def new_poll(self) -> str:
        posted = await self.other.post(
            f"Which, {self.number()}?", poll={"options": ["One", "Two"], "expires_in": 86400}
        )
        return str(posted["poll"]["id"])

    async def next_week(self) -> str:
        return (self.node.clock.now + timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    async def scheduled(self) -> str:
        return await self.new_scheduled()

    async def new_scheduled(self) -> str:
        scheduled = await self.me.do(
            "POST",
            "/api/v1/statuses",
            json={"status": f"Later {self.number()}", "scheduled_at": await self.value("next_week")},
        )
        return str(scheduled["id"])

    async def conversation(self) -> str:
        return await self.new_conversation()

    async def new_conversation(self) -> str:
        await self.other.post(f"Between us {self.number()}, @amina", visibility="direct")
        return str((await self.me.do("GET", "/api/v1/conversations"))[0]["id"])

    async def practice(self) -> str:
        """The example of a practice, published by the body."""
        return await self._typed(PRACTICE)

    async def event(self) -> str:
        """The example of an event, published by the body."""
        return await self._typed(EVENT)

    async def offer(self) -> str:
        """The example of an expert's offer."""
        return await self._typed(OFFER)

    async def resource(self) -> str:
        """The example of a manual."""
        return await self._typed(RESOURCE)

    async def _typed(self, document: dict[str, Any]) -> str:
        sent = {
            name: each for name, each in document.items() if name not in ("audience_group", "translations")
        }
        answer = await self.people["editor"].send("POST", "/api/ilan/v1/publications", json=sent)
        assert answer.status_code == 201, f"POST /api/ilan/v1/publications: {answer.text}"
        return str(answer.json()["id"])

    # Belongings.

    async def featured_tag(self) -> str:
        made = await self.me.do("POST", "/api/v1/featured_tags", json={"name": "LegalAid"})
        return str(made["id"])

    async def followed_tag(self) -> str:
        followed = await self.me.do("POST", "/api/v1/tags/Custody/follow")
        return str(followed["name"])

    async def list(self) -> str:
        await self.value("followed")
        made = await self.me.do("POST", "/api/v1/lists", json={"title": "Colleagues"})
        await self.me.do(
            "POST", f"/api/v1/lists/{made['id']}/accounts", json={"account_ids": [self.other.id]}
        )
        return str(made["id"])

    async def listed(self) -> str:
        """Somebody who is in a list."""
        await self.value("list")
        return self.other.id

    async def new_list(self) -> str:
        made = await self.me.do("POST", "/api/v1/lists", json={"title": f"List {self.number()}"})
        return str(made["id"])

    async def filter(self) -> str:
        return await self.new_filter()

    async def new_filter(self) -> str:
        return str((await self._filter())["id"])

    async def keyword(self) -> str:
        return await self.new_keyword()

    async def new_keyword(self) -> str:
        return str((await self._filter())["keywords"][0]["id"])

    async def _filter(self) -> dict[str, Any]:
        made: dict[str, Any] = await self.me.do(
            "POST",
            "/api/v2/filters",
            json={
                "title": f"Filter {self.number()}",
                "context": ["home", "notifications"],
                "keywords_attributes": [{"keyword": "football"}],
            },
        )
        return made

    # Notifications.

    async def notification(self) -> str:
        return await self.new_notification()

    async def new_notification(self) -> str:
        return str((await self._newest_notification())["id"])

    async def group(self) -> str:
        return await self.new_group()

    async def new_group(self) -> str:
        return str((await self._newest_notification())["group_key"])

    async def _newest_notification(self) -> dict[str, Any]:
        mine = await self.new_status()
        await self.other.do("POST", f"/api/v1/statuses/{mine}/favourite")
        found: dict[str, Any] = (await self.me.do("GET", "/api/v1/notifications"))[0]
        return found

    async def new_request(self) -> str:
        """Notifications of somebody whom the caller does not follow, held back."""
        await self.me.do("PATCH", "/api/v2/notifications/policy", json={"for_not_following": "filter"})
        # Whoever was accepted once is not held back again.
        guest = await _person(self, f"guest{self.number()}", Role.MEMBER)
        self.people[guest.name] = guest
        await guest.post("Hello, @amina")
        found = await self.me.do("GET", "/api/v1/notifications/requests")
        assert found, "GET /api/v1/notifications/requests: nothing was held back"
        return str(found[0]["id"])

    async def push_keys(self) -> dict[str, Any]:
        """A subscription as a browser makes it: the keys are those of the example in RFC 8291."""
        return {
            "endpoint": "https://push.example/send/1",
            "standard": True,
            "keys": {
                "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6S"
                "RpkNtoIAiw4",
                "auth": "BTBZMqHH6r4Tts7J_aSIgg",
            },
        }

    async def new_push_subscription(self) -> None:
        await self.me.do(
            "POST",
            "/api/v1/push/subscription",
            scope="push",
            json={"subscription": await self.value("push_keys"), "data": {"alerts": {"mention": True}}},
        )

    async def rule(self) -> str:
        async with self.node.node.database.begin() as tx:
            added = await add_rule(tx, "Be kind", "Also when you disagree.")
        return str(added.id)

    async def announcement(self) -> str:
        async with self.node.node.database.begin() as tx:
            added = await add_announcement(tx, "Maintenance on **Sunday**.")
        return str(added.id)


@asynccontextmanager
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    """Set the scene: a node with three members and an editor."""
    async with served(tmp_path, {"limits": GENEROUS}) as node:
        people: dict[str, Person] = {}
        found = Scene(node, people)
        for name in ("amina", "baraka", "chebet", "editor"):
            people[name] = await _person(found, name, Role.ADMIN if name == "editor" else Role.MEMBER)
        try:
            yield found
        finally:
            for person in people.values():
                await person.browser.aclose()


@cache
def password_hash() -> str:
    """Return the hash of everybody's password, which takes long to make."""
    return hash_password(PASSWORD)


async def _person(found: Scene, name: str, role: Role) -> Person:
    node = found.node
    async with node.node.database.begin() as tx:
        member = await add_member(
            tx,
            base_url=node.node.base_url,
            domain=node.node.settings.node.domain,
            username=name,
            email=f"{name}@node.example",
            role=role,
            keys=new_keys(),
            name=name.title(),
            password=password_hash(),
        )
        actor = await tx.actors.get(member.actor_id)
    transport = httpx.ASGITransport(app=node.app, client=STRANGER)
    return Person(found, name, actor, httpx.AsyncClient(transport=transport, base_url=node.node.base_url))
