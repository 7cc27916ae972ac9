"""What the sanitiser keeps and drops, and what the functions beside it make of text."""

import time
from typing import Any

import pytest

from actors.links import hidden_host, safe_url, trim_url
from actors.text import MAX_HTML, plain, plain_line, sanitise, text_direction

REL = 'rel="nofollow noopener noreferrer"'


def seconds(work: Any, argument: str) -> float:
    start = time.perf_counter()
    work(argument)
    return time.perf_counter() - start


# --- what is kept ------------------------------------------------------------------------------------------


def test_a_post_from_mastodon_keeps_its_links_mentions_and_hashtags() -> None:
    address = (
        '<span class="invisible">https://www.</span><span class="ellipsis">example.org/x</span>'
        '<span class="invisible">/y</span></a><br>'
    )
    assert sanitise(
        '<p><span class="h-card" translate="no">'
        '<a href="https://social.example/@a" class="u-url mention">@<span>a</span></a></span> '
        f'<a href="https://www.example.org/x/y" target="_blank" rel="nofollow" translate="no">{address}'
        '<a href="https://social.example/tags/t" class="mention hashtag" rel="tag">#<span>t</span></a></p>'
    ) == (
        '<p><span class="h-card" translate="no">'
        f'<a href="https://social.example/@a" class="u-url mention" {REL}>@<span>a</span></a></span> '
        f'<a href="https://www.example.org/x/y" {REL} translate="no">{address}'
        f'<a href="https://social.example/tags/t" class="mention hashtag" {REL[:-1]} tag">'
        "#<span>t</span></a></p>"
    )


def test_articles_keep_headings_lists_and_tables() -> None:
    article = (
        '<h2 lang="ar" dir="rtl">ع</h2><ol start="3" reversed=""><li value="7">a</li></ol>'
        '<table><caption>c</caption><tbody><tr><th colspan="2">h</th></tr>'
        "<tr><td>1</td><td>2</td></tr></tbody></table><hr>"
        "<p><ruby>漢<rp>(</rp><rt>かん</rt><rp>)</rp></ruby>"
        ' <abbr title="United Nations">UN</abbr> H<sub>2</sub>O</p>'
    )
    assert sanitise(article) == article


def test_a_first_level_heading_leaves_that_level_to_the_page() -> None:
    assert sanitise("<h1>x</h1>") == "<h2>x</h2>"


def test_verified_links_keep_what_says_so() -> None:
    assert 'rel="nofollow noopener noreferrer me"' in sanitise(
        '<a href="https://x.example/" rel="ME evil">x</a>'
    )


def test_what_was_left_open_is_closed_where_a_reader_expects() -> None:
    assert sanitise("<p>a<p>b<ul><li>c<li>d") == "<p>a</p><p>b</p><ul><li>c</li><li>d</li></ul>"
    assert sanitise("<table><tr><td>1<td>2<tr><td>3</table>") == (
        "<table><tbody><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></tbody></table>"
    )


def test_blocks_that_are_not_kept_stay_paragraphs_of_their_own() -> None:
    assert sanitise("<div>a</div><section>b<div>c</div></section>d") == "<p>a</p><p>b</p><p>c</p><p>d</p>"
    assert plain("<b><div>a</div><div>b</div></b>") == "a\nb"


def test_an_image_becomes_a_link_named_by_its_description() -> None:
    image = '<img src="https://x.example/dir/photo.png?size=2" alt="{}">'
    assert sanitise(image.format("A &quot;court&quot;")) == (
        f'<a href="https://x.example/dir/photo.png?size=2" {REL}>A "court"</a>'
    )
    assert (
        sanitise(image.format("")) == f'<a href="https://x.example/dir/photo.png?size=2" {REL}>photo.png</a>'
    )
    assert sanitise('<img src="//tracker.example/t.gif" alt="seen">') == "seen"
    assert sanitise('<img src="data:image/png;base64,AAAA">') == ""


def test_formulas_become_the_text_that_describes_them() -> None:
    formula = (
        "<math{}><semantics><mrow><mi>x</mi></mrow><annotation{}>x^2 &lt; 1</annotation></semantics></math>"
    )
    assert sanitise(formula.format("", ' encoding="application/x-tex"')) == "$x^2 &lt; 1$"
    assert sanitise(formula.format(' display="block"', ' encoding="application/x-tex"')) == "$$x^2 &lt; 1$$"
    assert sanitise(formula.format("", ' encoding="text/plain"')) == "x^2 &lt; 1"
    assert sanitise(formula.format("", ' class="foo"')) == "x"
    assert sanitise("<math><semantics><annotation>x</annotation></semantics></math>") == "x"


# --- what is not (XSS-03 to XSS-08, XSS-16) ----------------------------------------------------------------


@pytest.mark.parametrize(
    "href",
    [
        *(
            "javascript:alert(1)",
            "JaVa\tScript:alert(1)",
            "&#106;avascript:alert(1)",
            "java&NewLine;script:alert(1)",
        ),
        *(
            "&#1;javascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "//evil.example",
            "\\\\evil.example",
            "/login",
        ),
        *(
            "login",
            "?x",
            "#x",
            "mailto:a@x.example",
            "https:evil.example",
            "https:///x",
            "https://",
            "http://a b/",
        ),
        *(
            "https://bank.example@evil.example/",
            "https://bank.example:pw@evil.example/",
            "https://x.example:99999/",
        ),
        *("https://bank.example\\@evil.example/", "https://[::1", "https://..", "https://%65vil.example/"),
    ],
)
def test_a_link_that_is_no_plain_web_address_is_only_text(href: str) -> None:
    assert sanitise(f'<a href="{href}">x</a>') == "x"


def test_characters_nobody_sees_are_not_part_of_an_address() -> None:
    assert sanitise('<a href=" https://x\u200b.ex\u00adample/a\u202eb\u2066c ">x</a>') == (
        f'<a href="https://x.example/abc" {REL}>x</a>'
    )
    assert safe_url('HTTPS://X.example/a b"<>`{}|\\^ü?q=%41#f') == (
        "https://X.example/a%20b%22%3C%3E%60%7B%7D%7C%5C%5Eü?q=%41#f"
    )
    assert safe_url("https://[2001:db8::1]:8443/") == "https://[2001:db8::1]:8443/"
    assert safe_url("https://x.example/" + "a" * 5_000) is None


@pytest.mark.parametrize(
    ("visible", "shown"),
    [
        ("https://bank.example", "https://bank.example [evil.example]"),
        ("bank.example", "bank.example [evil.example]"),
        ("bank。example/login", "bank。example/login [evil.example]"),
        ("log in at www.bank.example", "log in at www.bank.example [evil.example]"),
        ('<span class="invisible">https://evil.example/</span><span>bank.example</span>', None),
        ('<span class="invisible">https://evil.example/</span>', None),
        ('<b>bank</b>.example <i class="invisible">x</i>', None),
    ],
)
def test_a_link_that_names_another_host_shows_the_real_one(visible: str, shown: str | None) -> None:
    link = sanitise(f'<a href="https://evil.example/x">{visible}</a>')
    assert link.endswith(" [evil.example]</a>")
    assert shown is None or link == f'<a href="https://evil.example/x" {REL}>{shown}</a>'
    assert sanitise(link) == link


@pytest.mark.parametrize(
    "visible",
    [
        "evil.example",
        "www.evil.example",
        "the practice",
        "@user@bank.example",
        "guide.pdf",
        "Art. 14.3",
        "sub.evil.example",
    ],
)
def test_an_honest_link_is_left_alone(visible: str) -> None:
    assert hidden_host(visible, "https://www.sub.evil.example/x") is None


def test_only_links_may_hide_a_part_of_their_text() -> None:
    assert sanitise('<span class="invisible">x</span><p class="ellipsis h-entry">y</p>') == (
        '<span>x</span><p class="h-entry">y</p>'
    )


def test_the_page_s_own_classes_ids_styles_and_scripts_are_out_of_reach() -> None:
    hostile = (
        '<p class="modal p-4 p-name" id="config" style="position:fixed" name="x" onclick="x" data-x="y">x</p>'
    )
    assert sanitise(hostile) == '<p class="p-name">x</p>'
    assert sanitise(
        '<a href="https://x.example/" target="_top" form="login" ping="https://t.example/">x</a>'
    ) == (f'<a href="https://x.example/" {REL}>x</a>')


@pytest.mark.parametrize(
    "hostile",
    [
        *(
            "<script>alert(1)</script>",
            "<style>@import 'https://evil.example'</style>",
            "<iframe srcdoc='<p>x'></iframe>",
        ),
        *(
            "<object data=x></object>",
            "<embed src=x>",
            "<base href=//evil.example>",
            "<meta http-equiv=refresh content=0>",
        ),
        *(
            "<link rel=stylesheet href=x>",
            "<input name=password>",
            "<template><p>x</p></template>",
            "<title>x</title>",
        ),
        *(
            "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
            "<svg onload=alert(1)></svg>",
        ),
        *("<?php x ?>", "<!doctype x>", "<!-- x -->", "<video src=x></video>", "<textarea>x</textarea>"),
    ],
)
def test_active_content_leaves_no_trace(hostile: str) -> None:
    assert "<" not in sanitise(hostile).replace("'&gt;", "")
    assert sanitise(f"<p>before</p>{hostile}<p>after</p>").startswith("<p>before</p>")


def test_a_form_keeps_its_words_only() -> None:
    form = '<form action="https://evil.example"><label>Password <input></label><button>Log in</button></form>'
    assert sanitise(form) == "<p>Password Log in</p>"


def test_attribute_values_out_of_bounds_go() -> None:
    assert sanitise('<ol start="99999999999"><li value="x">a</li></ol>') == "<ol><li>a</li></ol>"
    assert sanitise('<p lang="x&quot;y" dir="sideways" translate="yes">a</p>') == "<p>a</p>"
    assert sanitise('<table><tr><td colspan="1000">a</td></tr></table>') == (
        "<table><tbody><tr><td>a</td></tr></tbody></table>"
    )


def test_direction_overrides_go_and_what_arabic_needs_stays() -> None:
    assert sanitise("<p>a\u202eb&#x202d;c\u2067د\u2069\u200f</p>") == "<p>abc\u2067د\u2069\u200f</p>"


def test_piled_marks_and_control_characters_are_cut_down() -> None:
    assert sanitise("a" + "\u0301" * 1_000) == "a" + "\u0301" * 8
    assert sanitise("a\x00b\x07c&#0;d&#7;e\x7f\ud800\r\nf") == "abc\ufffdde\nf"
    assert sanitise("हिन्दी ภาษาที่") == "हिन्दी ภาษาที่"


def test_nesting_is_bounded_and_its_text_kept() -> None:
    html = sanitise("<blockquote>" * 1_000 + "deep" + "</blockquote>" * 1_000 + "<p>after</p>")
    assert html.count("<blockquote>") == 32
    assert "deep" in html
    assert html.endswith("<p>after</p>")


def test_text_beyond_the_limit_is_cut_within_its_text() -> None:
    html = sanitise("<p><b>" + "&amp;" * MAX_HTML)
    assert len(html) <= MAX_HTML
    assert html.endswith("&amp;</b></p>")
    assert sanitise(html) == html
    links = sanitise('<a href="http://a.b">x</a>' * 9_000)
    assert len(links) <= MAX_HTML
    assert sanitise(links) == links


def test_references_of_thousands_of_digits_harm_nobody() -> None:
    reference = f"&#{'9' * 5_000};"
    assert plain(f"a{reference}b") == "a\ufffdb"
    assert sanitise(f'<img src="https:{reference}" alt="x">') == "x"


# --- plain text --------------------------------------------------------------------------------------------


def test_plain_text_keeps_paragraphs_lines_and_whole_addresses() -> None:
    html = (
        "<p>One\n two<br>three</p><ul><li>a</li><li>b &amp; c</li></ul>"
        "<table><tr><td>1</td><td>2</td></tr></table>"
        '<p><a href="https://www.example.org/x"><span class="invisible">https://www.</span>'
        '<span class="ellipsis">example.org</span><span class="invisible">/x</span></a></p>'
    )
    assert plain(html) == "One two\nthree\n\na\nb & c\n\n1 2\n\nhttps://www.example.org/x"


def test_plain_text_of_raw_markup_shows_no_script() -> None:
    assert (
        plain('<p>a<script>alert("x")</script><style>y</style></p><img src=x alt="Al&eacute;"> b')
        == "a\n\nAlé b"
    )


def test_a_title_is_one_line_without_markup() -> None:
    assert plain_line("<b>Early</b>\n access &amp; \u202ecounsel\u2066 ", 100) == "Early access & counsel"
    assert plain_line("5 < 6 and 7 > 3", 100) == "5 < 6 and 7 > 3"


def test_a_long_title_is_cut_between_letters() -> None:
    assert plain_line("Legal aid for all", 10) == "Legal aid…"
    assert plain_line("e\u0301" * 10, 4) == "e\u0301…"
    assert plain_line("ab👩\u200d👩\u200d👧 family", 6) == "ab…"
    assert plain_line("abc", 3) == "abc"
    assert plain_line("abc", 0) == ""


def test_an_address_in_a_sentence_ends_before_its_punctuation() -> None:
    assert trim_url("https://x.example/a_(b).") == "https://x.example/a_(b)"
    assert trim_url("https://x.example/a)),.") == "https://x.example/a"
    assert trim_url("https://x.example/?a=1&b=2!") == "https://x.example/?a=1&b=2"
    assert seconds(trim_url, "https://x.example/" + ")" * 100_000) < 1


@pytest.mark.parametrize(
    ("language", "direction"),
    [
        *(
            ("ar", "rtl"),
            ("ar-EG", "rtl"),
            ("fa", "rtl"),
            ("he", "rtl"),
            ("ur_PK", "rtl"),
            ("ckb", "rtl"),
            ("dv", "rtl"),
        ),
        *(
            ("en", "ltr"),
            ("zh-Hant", "ltr"),
            ("az-Arab", "rtl"),
            ("ar-Latn", "ltr"),
            ("ff-Adlm", "rtl"),
            ("", "ltr"),
        ),
        (None, "ltr"),
    ],
)
def test_each_language_runs_in_its_direction(language: str | None, direction: str) -> None:
    assert text_direction(language) == direction
