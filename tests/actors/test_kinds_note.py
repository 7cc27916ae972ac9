"""A note is the post its author typed, with links, mentions and hashtags."""

from actors.kinds import render
from actors.mentions import MentionTarget
from tests.drafting import NOTE, drafted, office

BOB = MentionTarget("https://b.example/users/bob", "https://b.example/@bob", "bob@b.example")


def test_mentions_and_hashtags_are_links_and_tags() -> None:
    note = render(
        drafted(kind="note", body="Hi @bob@b.example and @eve@b.example, #Droits #droits", language="fr"),
        office(),
        {"bob@b.example": BOB},
    )
    assert note.type == "Note"
    assert note.title == ""
    assert note.title_map is None
    assert note.summary == ""
    assert 'href="https://b.example/@bob"' in note.content
    assert "@eve@b.example" in note.content
    assert note.content_map == {"fr": note.content}
    assert note.mentions == ("https://b.example/users/bob",)
    assert note.tags == [
        {"type": "Mention", "href": "https://b.example/users/bob", "name": "@bob@b.example"},
        {"type": "Hashtag", "name": "#Droits", "href": "https://ke.legalaid.example/tags/droits"},
    ]


def test_a_summary_is_the_content_warning_as_one_line() -> None:
    note = render(
        drafted(kind="note", body="x", summary="Violence &\n<b>death</b>", sensitive=True), office()
    )
    assert note.summary == "Violence &amp; &lt;b&gt;death&lt;/b&gt;"


def test_markdown_stays_as_it_was_typed() -> None:
    assert (
        render(drafted(kind="note", body="**a** <b>\n\nc"), office()).content
        == "<p>**a** &lt;b&gt;</p><p>c</p>"
    )


def test_pictures_come_before_other_files() -> None:
    assert [file["mediaType"] for file in render(drafted(NOTE), office()).attachments] == [
        "image/png",
        "application/pdf",
    ]


def test_a_note_without_words_has_files_alone() -> None:
    note = render(drafted(kind="note", attachments=["https://a.example/a.png"]), office())
    assert note.content == ""
    assert note.content_map is None
