"""People with browsers that run no scripts, and programs that they let in."""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser

from actors.accounts import add_member
from actors.passwords import hash_password
from storage.kinds import Role
from storage.members import Member
from tests.node.served import STRANGER, ServedNode, new_keys

PASSWORD = "four plain words here"
OTHER_PASSWORD = "quite another secret phrase"
BACK = "https://client.example/callback"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
PAGE = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"


@dataclass
class Page:
    """A page as a browser shows it."""

    response: httpx.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def document(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.response.text)

    @property
    def text(self) -> str:
        main = self.document.css_first("main")
        assert main is not None, self.response.text
        return " ".join(main.text(separator=" ").split())

    @property
    def location(self) -> str:
        return self.response.headers["location"]

    def form(self, number: int = 0) -> tuple[str, dict[str, str]]:
        """Return where a form goes, and its hidden fields."""
        form = self.document.css("main form")[number]
        fields = {
            str(each.attributes["name"]): each.attributes.get("value") or ""
            for each in form.css("input")
            if each.attributes.get("type") == "hidden"
        }
        return str(form.attributes["action"]), fields


class Browser:
    """One browser, with cookies of its own; it follows no redirect by itself."""

    def __init__(self, one: ServedNode, address: str = STRANGER[0]) -> None:
        self.base = one.node.base_url
        transport = httpx.ASGITransport(app=one.app, client=(address, 4000))
        self.client = httpx.AsyncClient(transport=transport, base_url=self.base)

    async def open(self, path: str, **headers: str) -> Page:
        sent = {"accept": PAGE, "accept-language": "en"} | headers
        return Page(await self.client.get(path, headers=sent))

    async def send(self, page: Page, number: int = 0, **fields: str) -> Page:
        """Fill a form in and send it."""
        action, hidden = page.form(number)
        return await self.post(action, hidden | fields)

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Page:
        sent = {
            "accept": PAGE,
            "accept-language": "en",
            "origin": self.base,
            "sec-fetch-site": "same-origin",
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        return Page(await self.client.post(path, data=fields, headers=sent))

    async def sign_in(self, login: str = "amina", password: str = PASSWORD, then: str = "") -> Page:
        page = await self.open(f"/sign-in?{urlencode({'next': then})}" if then else "/sign-in")
        return await self.send(page, login=login, password=password)

    @property
    def session(self) -> str | None:
        return self.client.cookies.get("__Host-session")


@cache
def hashed(password: str = PASSWORD) -> str:
    return hash_password(password)


async def person(one: ServedNode, username: str = "amina", role: Role = Role.MEMBER) -> Member:
    """Add a member who knows PASSWORD."""
    async with one.node.database.begin() as tx:
        return await add_member(
            tx,
            base_url=one.node.base_url,
            domain="node.example",
            username=username,
            email=f"{username}@node.example",
            role=role,
            keys=new_keys(),
            password=hashed(),
        )


async def signed_in(one: ServedNode, username: str = "amina") -> Browser:
    """Return a browser in which somebody has signed in."""
    browser = Browser(one)
    answer = await browser.sign_in(username)
    assert answer.status == 303, answer.text
    return browser


async def registered(one: ServedNode, scopes: str = "read write", back: str = BACK) -> dict[str, Any]:
    """Register a program."""
    document = {"client_name": "Example client", "redirect_uris": back, "scopes": scopes}
    answer = await one.client.post("/api/v1/apps", json=document)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def question(app: dict[str, Any], **more: str) -> str:
    """Return the address to which a program sends somebody."""
    asked = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": BACK,
        "scope": "read write",
    } | more
    return f"/oauth/authorize?{urlencode({name: value for name, value in asked.items() if value != '-'})}"


def answer_in(location: str) -> dict[str, str]:
    """Return what a program is told in the address that somebody is led back to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}


async def code_for(browser: Browser, app: dict[str, Any], **more: str) -> str:
    """Let a program in, and return the code that it gets."""
    page = await browser.open(question(app, **more))
    assert page.status == 200, page.response.text
    led = await browser.send(page, decision="allow")
    assert led.response.is_redirect, led.text
    return answer_in(led.location)["code"]


async def exchanged(one: ServedNode, app: dict[str, Any], code: str, **more: str) -> httpx.Response:
    """Exchange a code for a token."""
    body = {
        "grant_type": "authorization_code",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "redirect_uri": BACK,
        "code": code,
    } | more
    kept = {name: value for name, value in body.items() if value != "-"}
    return await one.client.post("/oauth/token", data=kept)


async def token_of(one: ServedNode, browser: Browser, app: dict[str, Any], **more: str) -> str:
    """Let a program in, and return its token."""
    answer = await exchanged(one, app, await code_for(browser, app, **more))
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def own_token(one: ServedNode, app: dict[str, Any], scope: str = "read write") -> str:
    """Return a program's own token."""
    body = {
        "grant_type": "client_credentials",
        "client_id": app["client_id"],
        "client_secret": app["client_secret"],
        "scope": scope,
    }
    answer = await one.client.post("/oauth/token", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["access_token"])


async def opens(one: ServedNode, token: str) -> bool:
    """Whether a token opens what is its member's own."""
    answer = await one.client.get("/api/v1/timelines/home", headers={"authorization": f"Bearer {token}"})
    assert answer.status_code in {200, 401}, answer.text
    return answer.status_code == 200
