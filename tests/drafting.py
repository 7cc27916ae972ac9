"""Publications as a local author would publish them, without a database, and the worked examples."""

from datetime import UTC, datetime
from typing import Any

from actors.audience import recipients_of
from actors.drafts import Draft, read_draft
from actors.kinds import render
from actors.mentions import MentionTarget
from storage.actors import Actor
from storage.publications import Publication

PUBLISHED = datetime(2026, 5, 4, 9, tzinfo=UTC)


def office(host: str = "ke.legalaid.example", **more: Any) -> Actor:
    """Return the actor of a body."""
    uri = f"https://{host}/actors/office"
    known = {
        "id": 1,
        "uri": uri,
        "type": "Organization",
        "username": "office",
        "host": host,
        "is_local": True,
        "created_at": PUBLISHED,
        "inbox": f"{uri}/inbox",
        "followers": f"{uri}/followers",
        "indexable": True,
    }
    return Actor(**{**known, **more})


def drafted(document: dict[str, Any] | None = None, /, **more: Any) -> Draft:
    """Return a draft of a document."""
    return read_draft({**(document or {}), **more}, default_language="en")


def published(
    draft: Draft,
    author: Actor,
    *,
    url: str = "",
    uri: str = "",
    targets: dict[str, MentionTarget] | None = None,
    at: datetime = PUBLISHED,
    updated: datetime | None = None,
) -> Publication:
    """Return the row that a draft becomes."""
    base = author.uri.removesuffix("/actors/office")
    url = url or f"{base}/pages/slug"
    rendered = render(draft, author, targets, url=url)
    return Publication(
        id=1,
        uri=uri or f"{base}/o/1",
        author_id=author.id,
        kind=draft.kind,
        type=rendered.type,
        is_local=True,
        visibility=draft.visibility,
        published_at=at,
        created_at=at,
        updated_at=updated,
        url=url,
        language=draft.language,
        title=rendered.title,
        title_map=rendered.title_map,
        summary=rendered.summary,
        summary_map=rendered.summary_map,
        content=rendered.content,
        content_map=rendered.content_map,
        source=rendered.source,
        details=rendered.details,
        sensitive=draft.sensitive,
        indexable=author.indexable,
        recipients=recipients_of(author, draft.visibility, rendered.mentions, draft.audience_group),
        tags=rendered.tags,
        attachments=rendered.attachments,
        jurisdiction=draft.jurisdiction,
        concepts=rendered.concepts,
        license=draft.license,
        in_reply_to=draft.in_reply_to,
        starts_at=rendered.starts_at,
        ends_at=rendered.ends_at,
    )


PRACTICE: dict[str, Any] = {
    "kind": "practice",
    "language": "en",
    "title": {
        "en": "Duty counsel by phone within three hours of arrest",
        "fr": "Un avocat de permanence par téléphone dans les trois heures suivant l’arrestation",
        "sw": "Wakili wa zamu kwa simu ndani ya saa tatu baada ya kukamatwa",
    },
    "summary": "A free call centre links every person held at 212 police stations with a lawyer within three "
    "hours; average time in custody before first hearing fell from 61 to 34 hours in the pilot counties.",
    "sections": {
        "problem": "People arrested outside the capital saw a lawyer for the first time in court.",
        "what_we_did": "One toll-free number, a rota of 140 advocates and 60 supervised paralegals, and a "
        "one-page protocol agreed with the police.",
        "results": "Custody before first hearing: 61 → 34 hours in six counties (monitoring data, "
        "2023–2025).",
        "what_it_takes": "Agreement with the police command; airtime budget; rota software or a paper rota.",
        "what_went_wrong": "Night cover failed in the first quarter; we now pay a stand-by fee.",
        "adapting_it": "Start with two stations. The protocol and rota are attached.",
    },
    "jurisdiction": ["KE"],
    "concepts": [
        "stage/police-custody",
        "un-pg/principle-7",
        "un-pg/guideline-4",
        "delivery/duty-counsel",
        "sdg/16.3",
    ],
    "license": "CC-BY-4.0",
    "maturity": "promising",
    "evidence": "monitoring-data",
    "started": "2023-02",
    "review_status": "peer-reviewed",
    "based_on": ["https://np.legalaid.example/o/01JNXSTATIONDESK"],
    "translations": ["https://ke.legalaid.example/o/01JQ0PRACTICE-SW"],
    "audience_group": "https://np.legalaid.example/groups/police-custody",
    "attachments": [
        {
            "url": "https://ke.legalaid.example/media/protocol.pdf",
            "name": "Protocol with the police, 1 page (PDF, 84 kB)",
        },
        {"url": "https://ke.legalaid.example/media/results.csv", "name": "Monthly results (CSV, 6 kB)"},
    ],
}
"""`practice.jsonld` as its author would have sent it."""

EVENT: dict[str, Any] = {
    "kind": "event",
    "language": "en",
    "title": {
        "en": "Regional Conference on Access to Legal Aid in Criminal Justice Systems, South Asia",
        "ne": "फौजदारी न्याय प्रणालीमा कानूनी सहायता पहुँच क्षेत्रीय सम्मेलन",
        "hi": "आपराधिक न्याय प्रणालियों में कानूनी सहायता तक पहुँच पर क्षेत्रीय सम्मेलन",
    },
    "body": "Two days on early access, paralegals and quality standards. Interpretation: English, Nepali, "
    "Hindi. Audio-only stream for low bandwidth.",
    "starts": "2027-03-02T09:00:00+05:45",
    "ends": "2027-03-03T17:00:00+05:45",
    "timezone": "Asia/Kathmandu",
    "place": {
        "name": "Conference Hall (example)",
        "street": "1 Example Road",
        "locality": "Kathmandu",
        "country": "NP",
        "lat": 27.7172,
        "lon": 85.324,
    },
    "join_url": "https://meet.example/secret",
    "join_mode": "restricted",
    "capacity": 400,
    "free": True,
    "closes": "2027-02-10",
    "organisers": ["https://ke.legalaid.example/actors/office"],
    "jurisdiction": ["NP", "034"],
    "concepts": ["un-pg/guideline-14", "genre/conference"],
    "audience_group": "https://np.legalaid.example/groups/police-custody",
    "attachments": [
        {"url": "https://np.legalaid.example/media/banner-small.webp", "width": 800, "height": 400}
    ],
}
"""`event.jsonld` as its author would have sent it, with the link that only participants get."""

OFFER: dict[str, Any] = {
    "kind": "offer",
    "language": "en",
    "title": "training of trainers on child-friendly legal aid",
    "service": "training-of-trainers",
    "hours": 20,
    "area_served": ["002", "KE", "UG", "TZ"],
    "available_languages": ["en", "sw", "fr"],
    "valid_from": "2027-01-01",
    "valid_through": "2027-06-30",
    "mode": ["remote", "on-site"],
    "seniority": "10-plus",
    "pro_bono": True,
    "provider": "https://ke.legalaid.example/actors/expert-wanjiru",
    "jurisdiction": ["KE"],
    "concepts": ["group/children", "un-pg/guideline-10"],
}
"""`expert-offer.jsonld` as its author would have sent it."""

TRAINING: dict[str, Any] = {
    "kind": "training",
    "language": "en",
    "title": {
        "en": "Online training: first interview with a child in police custody",
        "fr": "Formation en ligne : premier entretien avec un enfant en garde à vue",
    },
    "body": {"en": "For duty lawyers and paralegals.", "fr": "Pour les avocats de permanence."},
    "starts": "2027-01-14T14:00:00+03:00",
    "ends": "2027-01-14T15:30:00+03:00",
    "timezone": "Africa/Nairobi",
    "online": True,
    "join_mode": "restricted",
    "capacity": 60,
    "free": True,
    "languages": ["en", "fr"],
    "level": "practitioner",
    "teaches": "Rights-based first interview with a child suspect",
    "prerequisites": "Basic criminal procedure",
    "certificate": "Certificate of attendance",
    "materials": ["https://ke.legalaid.example/media/slides.pdf"],
    "jurisdiction": ["KE", "002"],
    "concepts": ["group/children", "stage/police-custody"],
    "attachments": ["https://ke.legalaid.example/media/banner.webp"],
}

REQUEST: dict[str, Any] = {
    "kind": "request",
    "title": "drafting quality standards for paralegals",
    "language": "en",
    "service": "standard-setting",
    "hours": 30,
    "area_served": ["NP"],
    "available_languages": ["en"],
    "valid_through": "2027-01-15",
    "mode": "remote",
    "jurisdiction": ["NP"],
    "concepts": ["un-pg/guideline-14"],
}

RESOURCE: dict[str, Any] = {
    "kind": "resource",
    "language": "es",
    "title": {
        "es": "Manual de audiencias de control de detención",
        "en": "Manual on detention-review hearings",
    },
    "summary": {"es": "Guía práctica para la primera audiencia.", "en": "A guide to the first hearing."},
    "body": {
        "es": "Listas de control para las primeras 24 horas.",
        "en": "Checklists for the first 24 hours.",
    },
    "genre": "manual",
    "pages": 96,
    "level": "practitioner",
    "time_required": "PT3H",
    "released": "2026-05",
    "isbn": "978-0-00-000000-2",
    "free": True,
    "license": "CC-BY-4.0",
    "links": [{"url": "https://archive.example/manual", "name": "Archivo"}],
    "jurisdiction": ["AR"],
    "concepts": ["stage/pretrial", "un-pg/guideline-4"],
    "attachments": [
        {
            "url": "https://ar.legalaid.example/media/manual-ligero.html",
            "name": "Versión ligera (HTML, 210 kB)",
        },
        {"url": "https://ar.legalaid.example/media/manual.pdf", "name": "PDF, 2,1 MB"},
    ],
}

NOTE: dict[str, Any] = {
    "kind": "note",
    "language": "en",
    "body": "The manual is out. #LegalAid",
    "attachments": [
        "https://ke.legalaid.example/media/manual.pdf",
        {"url": "https://ke.legalaid.example/media/cover.png", "name": "The cover"},
    ],
}

EVERY = (PRACTICE, EVENT, OFFER, TRAINING, REQUEST, RESOURCE, NOTE)
"""One draft of every kind that is published here."""
