"""The pages in every language: complete catalogues, and the choice of a language without scripts."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from node.pages.catalogues import FOLDER, catalogue, catalogue_path
from node.pages.languages import LANGUAGES, Language, accepted, known
from node.pages.speech import country_code, own_name, speech_in
from node.pages.static import FOLDER as STATIC
from tests.node.pages import (
    EVENT,
    EVENT_PATH,
    OFFER,
    PRACTICE,
    PRACTICE_PATH,
    attribute,
    page,
    put,
    text_of,
    visit,
)
from tests.node.served import ServedNode, served

Messages: TypeAlias = dict[str | tuple[str, str], list[str]]

SURFACES = [FOLDER.parents[1] / name for name in ("oauth", "pages", "web")]
TAGS = [language.tag for language in LANGUAGES]
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "gettext": None,
    "say": None,
    "message": None,
    "count": (1, 2),
}
PATHS = ("/", "/practices", "/events", "/search?q=counsel", "/network", "/about", "/@office")
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%(?!\()")
_ENGLISH_WORDS = re.compile(r"\b(?:the|this|is|and|of|for|what|with)\b")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[ServedNode]:
    async with served(tmp_path, {"node": {"languages": ["ne", "fr", "en"]}}) as node:
        yield node


@pytest.fixture(scope="module")
def said() -> Messages:
    """Return every text that the pages say, with where."""
    found: Messages = {}
    for folder in SURFACES:
        for name, _, text, _, _ in extract_from_dir(folder, METHODS, keywords=KEYWORDS):
            assert not isinstance(text, list)
            found.setdefault(text, []).append(f"{folder.name}/{name}")
    return found


def read(tag: str) -> Catalog:
    with catalogue_path(tag).open("rb") as source:
        return read_po(source, locale=tag, abort_invalid=True)


def messages_of(tag: str) -> Iterator[Message]:
    return (each for each in read(tag) if each.id)


def forms_of(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple | list) else [str(message.string)]


def test_there_is_a_catalogue_for_each_language_and_no_other() -> None:
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(TAGS)


@pytest.mark.parametrize("tag", TAGS)
def test_every_text_is_translated_and_nothing_else(tag: str, said: Messages) -> None:
    found = {
        tuple(each.id) if isinstance(each.id, tuple | list) else each.id: each for each in messages_of(tag)
    }
    missing = sorted(str(text) for text in said.keys() - found.keys())
    assert not missing, f"{tag} lacks: {missing}"
    needless = sorted(str(text) for text in found.keys() - said.keys())
    assert not needless, f"{tag} has what nobody says: {needless}"
    for text, message in found.items():
        assert not message.fuzzy, f"{tag} is not sure of: {text}"
        assert all(forms_of(message)), f"{tag} does not translate: {text}"


@pytest.mark.parametrize("tag", TAGS)
def test_placeholders_are_those_of_the_english_text(tag: str) -> None:
    for message in messages_of(tag):
        originals = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
        wanted = {placeholder for text in originals for placeholder in _PLACEHOLDER.findall(text)}
        for form in forms_of(message):
            # The form for exactly one or two of something may say so in words.
            found = set(_PLACEHOLDER.findall(form))
            assert found == wanted or (len(originals) > 1 and found < wanted), f"{tag}: {form}"


@pytest.mark.parametrize("tag", TAGS)
def test_every_plural_has_as_many_forms_as_the_language(tag: str) -> None:
    catalog = read(tag)
    for message in messages_of(tag):
        if isinstance(message.id, tuple | list):
            assert len(forms_of(message)) == catalog.num_plurals, f"{tag}: {message.id}"
    speech = speech_in(known(tag) or LANGUAGES[0])
    sizes = {number: speech.count("%(number)s result", "%(number)s results", number) for number in range(120)}
    assert sizes[7] != sizes[1]


def test_english_is_what_the_program_says() -> None:
    for message in messages_of("en"):
        originals = list(message.id) if isinstance(message.id, tuple | list) else [message.id]
        assert forms_of(message) == originals


@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != "en"])
def test_translations_are_in_their_language(tag: str) -> None:
    for message in messages_of(tag):
        for form in forms_of(message):
            assert not _ENGLISH_WORDS.search(form), f"{tag}: {form}"


def test_arabic_counts_in_six_forms() -> None:
    speech = speech_in(known("ar") or LANGUAGES[0])
    counted = [speech.count("%(number)s result", "%(number)s results", n) for n in (0, 1, 2, 3, 11, 100)]
    assert counted == ["لا نتائج", "نتيجة واحدة", "نتيجتان", "3 نتائج", "11 نتيجة", "100 نتيجة"]


@pytest.mark.parametrize("language", LANGUAGES, ids=TAGS)
@pytest.mark.parametrize("path", [*PATHS, PRACTICE_PATH, EVENT_PATH, "/experts/offers/training-of-trainers"])
async def test_every_page_speaks_every_language(site: ServedNode, language: Language, path: str) -> None:
    for document in (PRACTICE, EVENT, OFFER):
        await put(site, document)
    document = await page(site, path, accept_language=language.tag)
    assert attribute(document, "html", "lang") == language.tag
    assert attribute(document, "html", "dir") == ("rtl" if language.tag == "ar" else "ltr")
    about = text_of(document, "footer a[href='/about']")
    assert about == catalogue(language.tag).gettext("About this node")
    assert text_of(document, "footer [aria-current]") == language.name


@pytest.mark.parametrize("language", LANGUAGES, ids=TAGS)
async def test_every_language_keeps_pages_light(site: ServedNode, language: Language) -> None:
    style = len((STATIC / "style.css").read_bytes())
    await put(site, PRACTICE)
    for path in (*PATHS, PRACTICE_PATH, "/nothing"):
        response = await visit(site, path, accept_language=language.tag)
        assert len(response.content) + style <= 30_000, path


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("", "fr"),  # The node's first language that the pages speak.
        ("ar", "ar"),
        ("de, ru;q=0.5", "ru"),
        ("sw;q=0.1, pt-BR;q=0.9", "pt"),
        ("zh-Hant-TW", "zh"),
        ("es;q=0, ru;q=0.1", "ru"),
        ("EN-gb", "en"),
        ("*", "fr"),
        ("q=1;;,,ar;q=x, ;, sw", "sw"),
        ("x" * 10_000 + ", ar", "fr"),
        ("de", "fr"),
    ],
)
async def test_the_browser_says_which_language_is_wanted(site: ServedNode, header: str, tag: str) -> None:
    document = await page(site, "/about", **({"accept_language": header} if header else {}))
    assert attribute(document, "html", "lang") == tag


async def test_a_language_is_chosen_by_a_link_and_remembered(site: ServedNode) -> None:
    document = await page(site, "/search?q=counsel&lang=sw", accept_language="ru")
    assert attribute(document, "html", "lang") == "sw"
    links = {link.attributes["lang"]: link.attributes["href"] for link in document.css("footer nav a")}
    assert links["ar"] == "?q=counsel&lang=ar"
    site.client.cookies.clear()
    response = await site.get("/about?lang=ar", "text/html")
    cookie = response.headers["set-cookie"]
    assert cookie.startswith("lang=ar;")
    for part in ("HttpOnly", "Max-Age=31536000", "Path=/", "SameSite=lax", "Secure"):
        assert part in cookie
    later = await site.get("/about", "text/html", accept_language="ru")
    assert 'lang="ar" dir="rtl"' in later.text
    assert "set-cookie" not in later.headers


@pytest.mark.parametrize("asked", ["de", "", "../en", "%00", "ar'><script>", "a" * 5000])
async def test_a_language_that_there_is_not_is_not_remembered(site: ServedNode, asked: str) -> None:
    response = await site.client.get("/about", params={"lang": asked}, headers={"accept": "text/html"})
    assert response.status_code == 200
    assert 'lang="fr"' in response.text
    assert "set-cookie" not in response.headers
    assert "<script>" not in response.text


async def test_an_odd_cookie_is_as_good_as_none(site: ServedNode) -> None:
    document = await page(site, "/about", cookie='lang="<script>"; lang=xx')
    assert attribute(document, "html", "lang") == "fr"


async def test_error_pages_speak_the_visitors_language(site: ServedNode) -> None:
    response = await visit(site, "/nothing?lang=ar")
    assert response.status_code == 404
    assert "لا يوجد شيء هنا" in response.text
    site.client.cookies.clear()
    refused = await site.client.post("/about", headers={"accept": "text/html", "accept-language": "es"})
    assert refused.status_code == 405
    assert "Eso no se puede hacer aquí" in refused.text


async def test_text_in_another_language_says_so(site: ServedNode) -> None:
    await put(site, PRACTICE, language="ar", title="محام لكل طفل", summary="قائمة مناوبة.", sections={})
    document = await page(site, "/practices", accept_language="en")
    for selector in (".card h2", ".card h2 ~ p[lang]"):
        assert attribute(document, selector, "lang") == "ar"
        assert attribute(document, selector, "dir") == "rtl"


def test_accept_language_is_read_in_order() -> None:
    assert accepted("fr;q=0.3, en, de;q=0.9, ar;q=0") == ["en", "de", "fr"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("ke", "KE"),
        ("Kenya", "KE"),
        ("كينيا", "KE"),
        ("肯尼亚", "KE"),
        (" côte  d’ivoire ", "CI"),
        ("Atlantis", None),
    ],
)
def test_countries_are_known_by_code_and_by_name_in_every_language(written: str, code: str | None) -> None:
    assert country_code(written) == code


def test_languages_are_called_as_their_speakers_call_them() -> None:
    assert [own_name(tag) for tag in ("ne", "fr", "ar", "pt-BR")] == [
        "नेपाली",
        "Français",
        "العربية",
        "Português",
    ]
