"""What operators tell everybody: through the client API, and on pages."""

from datetime import timedelta
from pathlib import Path

from actors.documents import add_rule, set_document
from storage.documents import DocumentName
from tests.clients.entities.instance import ExtendedDescription, PrivacyPolicy
from tests.clients.validation import validate
from tests.node.pages import page, text_of
from tests.node.served import ServedNode, served
from tests.node.signing_in import asked

TERMS = "/api/v1/instance/terms_of_service"


async def write(
    node: ServedNode, name: DocumentName, text: str, language: str = "en", days: int | None = None
) -> None:
    async with node.node.database.begin() as tx:
        day = None if days is None else tx.now.date() + timedelta(days=days)
        await set_document(tx, name, text, language, day)


async def test_a_node_whose_operators_wrote_nothing_says_what_it_keeps(tmp_path: Path) -> None:
    async with served(tmp_path, {"node": {"contact_email": "office@node.example"}}) as node:
        found = await asked(node, "/api/v1/instance/privacy_policy")
        about = await asked(node, "/api/v1/instance/extended_description")
        terms = await node.client.get(TERMS)
        french = await node.get("/api/v1/instance/privacy_policy", None, accept_language="fr")
    validate(found, PrivacyPolicy, member=False)
    validate(about, ExtendedDescription, member=False)
    assert "e-mail address" in found["content"]
    assert "office@node.example" in found["content"]
    assert about == {"updated_at": None, "content": ""}
    assert (terms.status_code, terms.json()) == (404, {"error": "Record not found"})
    assert "adresse électronique" in french.json()["content"]
    assert "Accept-Language" in french.headers["vary"]


async def test_what_operators_write_is_shown_in_the_readers_language(tmp_path: Path) -> None:
    async with served(tmp_path, {"node": {"languages": ["ne", "en"]}}) as node:
        await write(node, DocumentName.PRIVACY, "# Privacy\n\nWe keep **little**. <script>x</script>")
        await write(node, DocumentName.PRIVACY, "Nous gardons peu.", "fr")
        await write(node, DocumentName.ABOUT, "We are *here*.")
        await write(node, DocumentName.ABOUT, "We are there.")
        found = await asked(node, "/api/v1/instance/privacy_policy")
        french = (await node.get("/api/v1/instance/privacy_policy", None, accept_language="de, fr-CA")).json()
        about = await asked(node, "/api/v1/instance/extended_description")
    assert "<strong>little</strong>" in found["content"]
    assert "<script>" not in found["content"]
    assert french["content"] == "<p>Nous gardons peu.</p>\n"
    assert about["content"] == "<p>We are there.</p>\n"
    assert about["updated_at"] == "2026-08-23T10:00:00.000Z"


async def test_terms_hold_from_their_day_on_and_older_ones_are_kept(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        await write(node, DocumentName.TERMS, "First.")
        await write(node, DocumentName.TERMS, "Second.", days=10)
        now = await asked(node, TERMS)
        ahead = await asked(node, f"{TERMS}/2026-09-02")
        never = await node.client.get(f"{TERMS}/2026-09-03")
        node.clock.forward(days=11)
        later = await asked(node, TERMS)
        instance = await asked(node, "/api/v2/instance")
    assert now == {
        "effective_date": "2026-08-23",
        "effective": True,
        "content": "<p>First.</p>\n",
        "succeeded_by": "2026-09-02",
    }
    assert (ahead["effective"], ahead["content"]) == (False, "<p>Second.</p>\n")
    assert never.status_code == 404
    assert (later["content"], later["succeeded_by"]) == ("<p>Second.</p>\n", None)
    assert instance["configuration"]["urls"]["terms_of_service"] == "https://node.example/terms"


async def test_people_read_the_same_on_pages(tmp_path: Path) -> None:
    async with served(tmp_path) as node:
        default = await page(node, "/privacy", accept_language="en")
        none = await node.get("/terms", "text/html")
        await write(node, DocumentName.PRIVACY, "We keep little.")
        await write(node, DocumentName.TERMS, "Be honest.")
        await write(node, DocumentName.ABOUT, "We are here.")
        async with node.node.database.begin() as tx:
            await add_rule(tx, "Never write details of a case.", "Not even here.")
        privacy = await page(node, "/privacy", accept_language="en")
        terms = await page(node, "/terms", accept_language="en")
        about = await page(node, "/about", accept_language="en")
    assert "your password in a form that cannot be turned back" in text_of(default, "main")
    assert none.status_code == 404
    assert "We keep little." in text_of(privacy, "main")
    assert "In force since 23 August 2026" in text_of(terms, "main")
    assert "We are here." in text_of(about, "main")
    assert "Never write details of a case." in text_of(about, "main ol")
    assert "Not even here." in text_of(about, "main ol")
