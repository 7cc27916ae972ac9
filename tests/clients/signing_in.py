"""How a person lets a program in: a browser without JavaScript that fills in the forms it is shown."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import httpx
from selectolax.lexbor import LexborHTMLParser, LexborNode

OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
EVERY_SCOPE = "read write follow push profile"
_MOST_PAGES = 8
_REFUSALS = ("deny", "cancel", "refuse", "reject", "sign-out", "logout")


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands on a page."""

    action: str
    fields: dict[str, str]
    secret: str | None
    """The name of its password field, if it has one."""


async def authorize(
    browser: httpx.AsyncClient,
    app: dict[str, Any],
    email: str,
    password: str,
    scope: str = EVERY_SCOPE,
    redirect_uri: str = OUT_OF_BAND,
    **more: str,
) -> str:
    """Sign in, agree, and return the code that the program gets; `more` goes into the first address."""
    query = {
        "response_type": "code",
        "client_id": app["client_id"],
        "redirect_uri": redirect_uri,
        "scope": scope,
        **more,
    }
    return await follow_pages(browser, f"/oauth/authorize?{urlencode(query)}", email, password, redirect_uri)


async def follow_pages(
    browser: httpx.AsyncClient, url: str, email: str, password: str, redirect_uri: str = OUT_OF_BAND
) -> str:
    """Go from page to page, as a person does, until there is a code."""
    response = await browser.get(url, headers=_ACCEPT)
    for _ in range(_MOST_PAGES):
        if response.is_redirect:
            target = response.headers["location"]
            if redirect_uri != OUT_OF_BAND and target.startswith(redirect_uri):
                return _code_of(target)
            target = urljoin(str(response.url), target)
            response = await browser.get(target, headers=_ACCEPT)
            continue
        assert response.status_code == 200, f"{response.url} answered {response.status_code}: {response.text}"
        if (code := _shown_code(response)) is not None:
            return code
        form = form_of(response)
        if form.secret is not None:
            filled = {**form.fields, _name_field(form): email, form.secret: password}
        else:
            filled = form.fields
        response = await browser.post(form.action, data=filled, headers=_ACCEPT)
    raise AssertionError(f"There is no end of pages; the last is {response.url}.")


def form_of(response: httpx.Response) -> Form:
    """Return the form of a page that goes on: with its hidden fields, and its first button that agrees."""
    page = LexborHTMLParser(response.text)
    for found in page.css("main form, form"):
        if (found.attributes.get("method") or "get").lower() != "post":
            continue
        inputs = found.css("input, textarea, select")
        buttons = [each for each in found.css("button, input[type=submit]") if not _refuses(each)]
        if not buttons:
            continue
        fields = {name: each.attributes.get("value") or "" for each in inputs if (name := _counts(each))}
        if name := buttons[0].attributes.get("name"):
            fields[name] = buttons[0].attributes.get("value") or ""
        secret = next((each for each in inputs if each.attributes.get("type") == "password"), None)
        action = urljoin(str(response.url), found.attributes.get("action") or "")
        if _refuses(found):
            continue
        return Form(action, fields, None if secret is None else secret.attributes.get("name"))
    raise AssertionError(f"{response.url} shows no form to go on with:\n{response.text[:3000]}")


_ACCEPT = {"accept": "text/html,application/xhtml+xml"}


def _counts(element: LexborNode) -> str | None:
    attributes = element.attributes
    if attributes.get("type") in ("submit", "button"):
        return None
    if attributes.get("type") in ("checkbox", "radio") and "checked" not in attributes:
        return None
    return attributes.get("name")


def _refuses(element: LexborNode) -> bool:
    attributes = element.attributes
    words = [str(attributes.get(name) or "") for name in ("name", "value")]
    # A query holds what is random, and so any word at all.
    words += [urlsplit(str(attributes.get(name) or "")).path for name in ("action", "formaction")]
    return any(each in " ".join(words).lower() for each in _REFUSALS)


def _name_field(form: Form) -> str:
    for name in ("username", "email", "login", "name"):
        if name in form.fields:
            return name
    raise AssertionError(f"The form at {form.action} asks for a password of nobody: {sorted(form.fields)}.")


def _code_of(target: str) -> str:
    values = parse_qs(urlsplit(target).query)
    assert "code" in values, f"The program got no code: {target}"
    return values["code"][0]


def _shown_code(response: httpx.Response) -> str | None:
    if not urlsplit(str(response.url)).path.endswith("/oauth/authorize/native"):
        return None
    page = LexborHTMLParser(response.text)
    for found in page.css("main input, main code, main kbd, main output"):
        text = (found.attributes.get("value") or found.text()).strip()
        if text:
            return text
    raise AssertionError(f"{response.url} shows no code to copy:\n{response.text[:3000]}")
