"""Posts become HTML as Mastodon makes it, in any script and in time proportional to their length."""

import time
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.mentions import MentionTarget, RenderedText, find_hashtags, find_mentions, render_note
from actors.text import plain, sanitise

REL = 'rel="nofollow noopener noreferrer"'


def target(handle: str) -> MentionTarget:
    return MentionTarget(
        uri=f"https://x.example/actors/{handle}", url=f"https://x.example/@{handle}", handle=handle
    )


def tag_url(tag: str) -> str:
    return f"https://node.example/tags/{quote(tag)}"


def render(source: str, **targets: str) -> RenderedText:
    return render_note(
        source, targets={name: target(handle) for name, handle in targets.items()}, tag_url=tag_url
    )


def test_paragraphs_and_lines_are_kept() -> None:
    assert render(" One\r\ntwo\n\n \nthree\n").html == "<p>One<br>two</p><p>three</p>"
    assert render("").html == ""


def test_markup_is_shown_as_typed() -> None:
    assert render('<b> & "x" &lt;').html == '<p>&lt;b&gt; &amp; "x" &amp;lt;</p>'


def test_a_long_address_is_shortened_for_mastodon_and_whole_for_everyone_else() -> None:
    url = "https://www.example.org/a/very/long/path/to?page=1&x=2"
    html = render(f"See {url}.").html
    assert html == (
        f'<p>See <a href="{url.replace("&", "&amp;")}" {REL} translate="no">'
        '<span class="invisible">https://www.</span>'
        '<span class="ellipsis">example.org/a/very/long/path/t</span>'
        '<span class="invisible">o?page=1&amp;x=2</span></a>.</p>'
    )
    assert plain(html) == f"See {url}."


def test_a_short_address_is_shown_without_its_scheme() -> None:
    assert render("http://example.org/a").html == (
        f'<p><a href="http://example.org/a" {REL} translate="no"><span class="invisible">http://</span>'
        "<span>example.org/a</span></a></p>"
    )


def test_known_mentions_become_cards_and_unknown_ones_stay_text() -> None:
    rendered = render("Hi @Alice and @bob@Example.org, @zed@nowhere.example!", alice="alice")
    assert rendered.html == (
        '<p>Hi <span class="h-card" translate="no">'
        f'<a href="https://x.example/@alice" class="u-url mention" {REL}>'
        "@<span>alice</span></a></span> and @bob@Example.org, @zed@nowhere.example!</p>"
    )
    assert rendered.mentions == ("https://x.example/actors/alice",)


def test_an_actor_mentioned_twice_is_mentioned_once() -> None:
    rendered = render_note(
        "@a @a@x.example @A",
        targets={"a": target("a@x.example"), "a@x.example": target("a@x.example")},
        tag_url=tag_url,
    )
    assert rendered.mentions == ("https://x.example/actors/a@x.example",)
    assert rendered.html.count("@<span>a</span>") == 3


def test_two_actors_of_one_name_are_told_apart() -> None:
    both = {"a@x.example": target("a@x.example"), "a@y.example": target("a@y.example")}
    html = render_note("@a@x.example @a@y.example", targets=both, tag_url=tag_url).html
    assert "@<span>a@x.example</span>" in html
    assert "@<span>a@y.example</span>" in html


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("@a.b. @c_d! (@e) ＠f", ("a.b", "c_d", "e", "f")),
        (
            "@user@host.example: @user@münchen.example @u@localhost:8080.",
            ("user@host.example", "user@münchen.example", "u@localhost:8080"),
        ),
        ("mail@host.example x@y https://h.example/@user /@path =@x @@b @ @-c", ()),
        ("@a-b@c-d.example's", ("a-b@c-d.example",)),
        ("请问@li@host.example。", ()),
        ("问 @li@host.example。", ("li@host.example",)),
    ],
)
def test_mentions_are_found_where_mastodon_finds_them(source: str, found: tuple[str, ...]) -> None:
    assert find_mentions(source) == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("#LegalAid #legalaid #Aid_2026 #2026 #_ C#", ("LegalAid", "Aid_2026")),
        ("#المساعدة_القانونية، #حقوق\u200cبشر.", ("المساعدة_القانونية", "حقوق\u200cبشر")),
        ("#法律援助。 ＃人権・平和", ("法律援助", "人権・平和")),
        ("#कानूनी_सहायता #ความยุติธรรม #ជំនួយ #የህግ", ("कानूनी_सहायता", "ความยุติธรรม", "ជំនួយ", "የህግ")),
        ("#правá #Éa· #a\u0301b", ("правá", "Éa", "a\u0301b")),
        ("https://x.example/#part &#39; a#b /#c =#d ##e #️⃣", ()),
    ],
)
def test_hashtags_are_found_in_any_script(source: str, found: tuple[str, ...]) -> None:
    assert find_hashtags(source) == found


def test_hashtags_link_to_their_page() -> None:
    rendered = render("#حق #x")
    assert rendered.hashtags == ("حق", "x")
    assert (
        f'<a href="https://node.example/tags/{quote("حق")}" class="mention hashtag" {REL[:-1]} tag">'
        "#<span>حق</span></a>"
    ) in rendered.html


def test_an_unsafe_page_of_an_actor_is_not_linked() -> None:
    hostile = MentionTarget(
        uri="https://x.example/a", url='javascript:alert(1)"><img>', handle="a<b>@x.example"
    )
    html = render_note("@a", targets={"a": hostile}, tag_url=tag_url).html
    assert html == '<p><span class="h-card" translate="no">@<span>a&lt;b&gt;</span></span></p>'


PIECES = [
    "@a",
    "@a@x.example",
    "#tag",
    "https://x.example/",
    " ",
    "\n",
    "\n\n",
    "<b>",
    "&",
    "(",
    ")",
    ".",
    "़",
    "\u202e",
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=20).map("".join))
def test_what_is_rendered_is_sanitised_and_names_what_was_found(source: str) -> None:
    known = {"a": target("a"), "a@x.example": target("a@x.example")}
    rendered = render_note(source, targets=known, tag_url=tag_url)
    assert sanitise(rendered.html) == rendered.html
    assert rendered.hashtags == find_hashtags(source)
    assert rendered.mentions == tuple(known[name].uri for name in find_mentions(source) if name in known)


UNITS = [
    "@",
    "@a-",
    "@a",
    "@a@",
    "@a@b.",
    "@a@b:",
    "#",
    "#a",
    "#·",
    "#\u0301",
    "a.",
    "a@",
    "http://",
    "https://a",
    "=@",
]
UNITS += ["https://a.b/((", "https://a.b/))", "＃", "\n \n", " \n", "(((", "a-", "@-", "#_", "@a@a-"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_makes_the_search_go_back_over_itself(unit: str) -> None:
    def seconds(length: int) -> float:
        source = f"{(unit * length)[:length]}!"
        start = time.perf_counter()
        find_mentions(source)
        find_hashtags(source)
        render(source)
        return time.perf_counter() - start

    longest = seconds(50_000)
    assert longest < 3  # 0.1 s where it was measured
    assert longest < 50 * max(seconds(5_000), 0.05)
