"""Markdown becomes HTML that the sanitiser has nothing to say about, quickly, whoever wrote it."""

import time

import pytest

from actors.markdown import MAX_MARKDOWN, render_markdown
from actors.text import MAX_HTML, sanitise

pytestmark = pytest.mark.one_engine

REL = 'rel="nofollow noopener noreferrer"'


def test_commonmark_tables_and_strikethrough_are_rendered() -> None:
    source = (
        "**Early** access ~~later~~\n\n- a\n- b\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n> quoted\n\n    code\n"
    )
    html = render_markdown(source)
    for expected in ("<strong>Early</strong>", "<s>later</s>", "<li>b</li>", "<th>h</th>", "<td>2</td>"):
        assert expected in html
    assert "<blockquote>\n<p>quoted</p>\n</blockquote>" in html
    assert "<pre><code>code\n</code></pre>" in html


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("# a\n## b\n# c", ["h3", "h4", "h3"]),
        ("## a\n### b\n###### c", ["h3", "h4", "h6"]),
        ("a\n===\n\nb\n---", ["h3", "h4"]),
        ("###### a", ["h3"]),
        ("# a\n#### b\n##### c", ["h3", "h6", "h6"]),
    ],
)
def test_the_highest_heading_comes_below_the_page_s_own(source: str, tags: list[str]) -> None:
    html = render_markdown(source)
    found = [html[at + 1 : at + 3] for at in range(len(html)) if html.startswith("<h", at)]
    assert found == tags


def test_bare_addresses_become_links_without_the_sentence_around_them() -> None:
    html = render_markdown(
        "See https://x.example/a_b_(c)?d=1&e=2. (http://y.example) 请看https://z.example/页。"
    )
    assert (
        f'<a href="https://x.example/a_b_(c)?d=1&amp;e=2" {REL}>https://x.example/a_b_(c)?d=1&amp;e=2</a>.'
        in html
    )
    assert f'(<a href="http://y.example" {REL}>http://y.example</a>)' in html
    assert f'<a href="https://z.example/页" {REL}>https://z.example/页</a>。' in html


def test_addresses_in_links_and_code_are_left_alone() -> None:
    assert render_markdown("[https://x.example/](https://x.example/)").count("<a ") == 1
    assert "<a" not in render_markdown("`https://x.example/`")


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](data:text/html,<script>)",
        "[x](/relative)",
        "[x](//evil.example)",
        "<javascript:alert(1)>",
        "<someone@example.org>",
        "![x](javascript:alert(1))",
        "[x]\n\n[x]: javascript:alert(1)",
        '[x](x "onmouseover=alert(1)")',
        "```html onload=x\n<b>\n```",
    ],
)
def test_hostile_markdown_leaves_neither_links_nor_elements_of_its_own(source: str) -> None:
    html = render_markdown(source)
    assert "href" not in html
    assert "<script" not in html
    assert "<img" not in html
    assert "class" not in html


def test_raw_html_is_shown_as_typed() -> None:
    assert render_markdown("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"


def test_an_image_becomes_a_link_named_by_its_description() -> None:
    assert render_markdown("![The court](https://x.example/court.png 'onerror=x')") == (
        f'<p><a href="https://x.example/court.png" {REL}>The court</a></p>\n'
    )


def test_a_link_that_names_another_host_shows_the_real_one() -> None:
    assert "bank.example [evil.example]</a>" in render_markdown("[bank.example](https://evil.example/)")


HOSTILE = {
    "nested quotes": "> " * 40_000 + "x",
    "nested quotes without spaces": ">" * 90_000,
    "nested lists": "".join(f"{'  ' * depth}- x\n" for depth in range(400)),
    "list markers": "- " * 40_000,
    "brackets": "[" * 90_000,
    "image brackets": "![" * 45_000,
    "links in links": "[a](" * 22_000,
    "emphasis": "*a_ " * 22_000,
    "stars": "**a" * 30_000,
    "backticks": "".join("`" * (n % 300) + " " for n in range(600)),
    "table columns": "|a" * 7_000 + "|\n" + "|-" * 7_000 + "|\n" + "|x\n" * 15_000,
    "tables": "a|\n-|\n" * 16_000,
    "references": "[a]: https://x.example/" + "y" * 4_000 + ' "' + "t" * 40_000 + '"\n\n' + "[a]" * 15_000,
    "definitions": "[a]: b\n" * 14_000,
    "autolinks": "<http:" * 16_000,
    "addresses": "http://a" * 12_000,
    "entities": "&#" * 45_000,
    "less-than signs": "<" * 90_000,
    "brackets in an address": "https://x.example/" + "(" * 40_000 + ")" * 40_000,
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_markdown_takes_time_in_proportion_to_its_length(source: str) -> None:
    start = time.perf_counter()
    html = render_markdown(source)
    assert time.perf_counter() - start < 10  # at most 1.5 s where it was measured
    assert len(html) <= MAX_HTML
    assert sanitise(html) == html


def test_what_references_repeat_does_not_outgrow_the_text() -> None:
    definition = f"[a]: https://x.example/{'y' * 1_000}"
    assert 90 < render_markdown(f"{definition}\n\n{'[a] ' * 1_000}").count("<a ") < 100


def test_text_beyond_the_limit_is_cut() -> None:
    assert render_markdown("a" * (MAX_MARKDOWN + 10)) == f"<p>{'a' * MAX_MARKDOWN}</p>\n"


def test_characters_that_deceive_or_break_things_are_gone() -> None:
    assert render_markdown("a\x00b\u202ec\ud800d") == "<p>abcd</p>\n"
