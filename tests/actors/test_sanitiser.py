"""Whatever goes into the sanitiser, nothing hostile comes out, soon, and it stays as it is."""

import time
from typing import Any

import bleach
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from actors import text as module
from actors.text import plain, plain_line, sanitise
from tests.shared import SHARED, shared_json

pytestmark = pytest.mark.one_engine


def payloads() -> list[Any]:
    if not SHARED.joinpath("vectors", "html", "xss-payloads.json").exists():
        return [pytest.param("", marks=pytest.mark.skip(reason="needs vectors/html of the shared folder"))]
    vectors = shared_json("vectors", "html", "xss-payloads.json")
    cases = [(case["name"], case["payload"]) for case in vectors["fediverse"]]
    cases += [(case["title"], case["payload"]) for case in vectors["dompurify"]]
    return [pytest.param(payload, id=f"{number}-{name[:40]}") for number, (name, payload) in enumerate(cases)]


def tree(html: str) -> list[Any]:
    """What a browser would make of HTML: elements with their attributes, and text."""

    def walk(node: LexborNode) -> list[Any]:
        found: list[Any] = []
        for child in node.iter(include_text=True):
            if child.tag == "-text":
                text = child.text_content or ""
                if found and isinstance(found[-1], str):
                    found[-1] += text
                else:
                    found.append(text)
            else:
                found.append(
                    (str(child.tag), sorted((k, v or "") for k, v in child.attributes.items()), walk(child))
                )
        return found

    body = LexborHTMLParser(f"<!doctype html><body>{html}").body
    assert body is not None
    return walk(body)


def elements(found: list[Any]) -> list[tuple[str, dict[str, str]]]:
    return [
        each
        for node in found
        if not isinstance(node, str)
        for each in ((node[0], dict(node[1])), *elements(node[2]))
    ]


def assert_safe(html: str) -> None:
    """The documented rule, judged by two parsers that had no part in making the output."""
    found = tree(html)
    for name, attributes in elements(found):
        assert name in module._ELEMENTS
        assert set(attributes) <= set(module._ELEMENTS[name])
        assert attributes.get("href", "https://").startswith(("https://", "http://"))
    cleaned = bleach.clean(
        html,
        tags=set(module._ELEMENTS),
        attributes={name: list(kept) for name, kept in module._ELEMENTS.items()},
        protocols={"http", "https"},
        strip=True,
    )
    assert tree(cleaned) == found, "the oracle would have removed something"
    assert sanitise(html) == html


# --- the shared vectors ------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", payloads())
def test_hostile_markup_leaves_nothing_but_what_is_allowed(payload: str) -> None:
    assert_safe(sanitise(payload))


@pytest.mark.parametrize("payload", payloads())
def test_hostile_markup_leaves_nothing_where_it_stands_inside_other_markup(payload: str) -> None:
    for around in (
        "<p>{}</p>",
        "<table><tr><td>{}",
        '<a href="https://x.example/">{}</a>',
        "<math>{}",
        "<ul><li>{}",
    ):
        assert_safe(sanitise(around.format(payload)))


COSTLY = [
    "<a ",
    "<x/",
    '<a a="',
    "<div a='",
    "<!--",
    "</",
    "<?",
    "<![CDATA[",
    "<!",
    "<",
    "<script>",
    "&",
    "<b>",
]
COSTLY += [
    "<blockquote>",
    "<div>",
    "<p>",
    "<li>",
    "<table><td>",
    "<p><b id=",
    "<math>",
    "&#1;",
    "<i></b>",
    "</p>",
]
COSTLY += [
    "<img src=http://a.b/c>",
    "<a href=http://a.b>",
    "<div><b>",
    "<td>",
    "</b>",
    "a\u0301\u0301",
    "\u202e",
]


def costly_units() -> list[str]:
    if not SHARED.joinpath("vectors", "html", "parser-cost.json").exists():
        return COSTLY
    shared_units = [case["unit"] for case in shared_json("vectors", "html", "parser-cost.json")["cases"]]
    return list(dict.fromkeys(COSTLY + shared_units))


def seconds(work: Any, argument: str) -> float:
    start = time.perf_counter()
    work(argument)
    return time.perf_counter() - start


@pytest.mark.parametrize("unit", costly_units())
def test_broken_markup_costs_no_more_than_its_length(unit: str) -> None:
    short, long = (unit * 20_000)[:20_000], (unit * 200_000)[:200_000]
    for work in (sanitise, plain):
        taken = seconds(work, long)
        assert taken < 5  # 0.1 to 0.6 s where it was measured; a quadratic parser takes minutes
        assert taken < 40 * max(seconds(work, short), 0.05)


def test_formatting_left_open_does_not_multiply() -> None:
    """A browser's parser reopens every open element in every paragraph: millions of them here."""
    opened = "".join(f"<b id={number}>" for number in range(6_000))
    assert seconds(sanitise, f"<p>{opened}</p>{'<p>x' * 25_000}") < 5


# --- properties --------------------------------------------------------------------------------------------

FRAGMENTS = [
    *(
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "<div>",
        "</div>",
        "<br>",
        "<hr/>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
    ),
    *(
        "<ul>",
        "<ol start=3>",
        "<li>",
        "</ul>",
        "<a href='https://x.example/?a=1&b=2'>",
        "<a>",
        "</a>",
        "<h1>",
        "</h1>",
    ),
    *("<script>", "</script>", "<style>", "<math>", "<svg>", "<mtext>", "<annotation encoding='text/plain'>"),
    *(
        "</annotation>",
        "</math>",
        "</svg>",
        "<title>",
        "<textarea>",
        "<noscript>",
        "<template>",
        "<select>",
        "<option>",
    ),
    *(
        '<img src="https://x.example/i.png" alt="&quot;><b>">',
        "<img src=x onerror=y>",
        "<!--",
        "-->",
        "<![CDATA[",
        "]]>",
    ),
    *(
        "<span class='invisible h-card x'>",
        "</span>",
        "&lt;",
        "&amp;lt;",
        "&#0;",
        "&#x202e;",
        "&nbsp;",
        "&notit;",
        "\x00",
    ),
    *(
        "<pre>\n\n",
        "</pre>",
        "<blockquote>",
        "<ruby>",
        "<rt>",
        "<caption>",
        "<form>",
        "<frameset>",
        "<plaintext>",
    ),
    *(
        "javascript:",
        "https://bank.example",
        "\u202e",
        "\u2066",
        "\ufeff",
        "'",
        '"',
        "=",
        "<",
        ">",
        "/",
        " ",
        "\r\n",
    ),
    *(
        "<foreignobject>",
        "<mglyph>",
        "<desc>",
        "<nobr>",
        "<font color=1>",
        "<abbr title='&quot;<'>",
        "<bdi dir=rtl>",
    ),
]
MARKUP = st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=8)), max_size=25).map("".join)


@settings(max_examples=400, deadline=None)
@given(MARKUP)
@example("<pre>\n\nx")
@example("<table><a href=https://x.example><table><a href=https://y.example>z")
@example("<svg><p><style><!--</style><img src=x onerror=alert(1)>-->")
def test_whatever_goes_in_what_comes_out_is_safe_and_stays_as_it_is(html: str) -> None:
    assert_safe(sanitise(html))


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(codec=None), max_size=60))
def test_any_text_whatever_its_characters_can_be_stored_and_sent(text: str) -> None:
    for produced in (sanitise(text), plain(text), plain_line(text, 20)):
        produced.encode("utf-8")
        assert "\x00" not in produced


@settings(max_examples=100, deadline=None)
@given(MARKUP)
def test_plain_text_has_no_markup_left_and_its_lines_are_tidy(html: str) -> None:
    text = plain(sanitise(html))
    assert text == text.strip()
    assert "\n\n\n" not in text
    assert "  " not in text


def test_markup_that_will_not_settle_becomes_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PASSES", 0)
    assert sanitise("<p>a</p><b onclick=x>b &lt;i&gt;") == "a\n\nb &lt;i&gt;"
