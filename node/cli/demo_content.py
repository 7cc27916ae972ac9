"""What the three bodies of the demonstration publish, each in its own language.

The bodies are made up and say so; what they write could be from anywhere.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class DemoBody:
    """One body: the short name of its folder, what `ilan init` is told, and what it publishes."""

    key: str
    name: str
    country: str
    language: str
    publications: tuple[dict[str, Any], ...]
    query: str


ENGLISH = DemoBody(
    key="kenya",
    name="Example Legal Aid Service, Kenya",
    country="KE",
    language="en",
    query="counsel",
    publications=(
        {
            "kind": "practice",
            "language": "en",
            "title": "Duty counsel by phone within three hours of arrest",
            "summary": "A call centre links everybody held by the police with a lawyer within three hours.",
            "jurisdiction": ["KE"],
            "concepts": ["stage/police-custody", "un-pg/principle-7", "delivery/duty-counsel"],
            "license": "CC-BY-4.0",
            "maturity": "promising",
            "evidence": "monitoring-data",
            "started": "2023-02",
            "sections": {
                "problem": "People arrested outside the capital saw a lawyer for the first time in court.",
                "what_we_did": "One toll-free number, a rota of advocates and supervised paralegals, and a "
                "one-page protocol agreed with the police.",
                "results": "Custody before the first hearing fell from 61 to 34 hours in six counties.",
                "what_it_takes": "Agreement with the police command, an airtime budget, and a rota on paper.",
                "what_went_wrong": "Night cover failed in the first quarter; a stand-by fee is paid now.",
                "adapting_it": "Start with two stations.",
            },
        },
        {
            "kind": "event",
            "language": "en",
            "title": "Counsel at first hearings: an open meeting",
            "summary": "How four services cover the first hearing, and what it costs.",
            "body": "Short talks, then an hour for questions. An audio-only line is open too.",
            "starts": "2027-03-02T14:00:00+03:00",
            "ends": "2027-03-02T16:00:00+03:00",
            "timezone": "Africa/Nairobi",
            "online_url": "https://meet.example/first-hearings",
            "join_mode": "free",
            "jurisdiction": ["KE"],
            "concepts": ["stage/first-hearing"],
        },
        {
            "kind": "offer",
            "language": "en",
            "title": "Training of trainers on child-friendly counsel",
            "body": "Two trainers, remote or in East Africa.",
            "service": "training-of-trainers",
            "hours": 20,
            "area_served": ["002", "KE"],
            "available_languages": ["en", "sw"],
            "valid_from": "2027-01-01",
            "valid_through": "2027-06-30",
            "mode": ["remote", "on-site"],
            "pro_bono": True,
            "jurisdiction": ["KE"],
            "concepts": ["group/children"],
        },
    ),
)

FRENCH = DemoBody(
    key="senegal",
    name="Service d’aide juridictionnelle (exemple), Sénégal",
    country="SN",
    language="fr",
    query="avocat",
    publications=(
        {
            "kind": "practice",
            "language": "fr",
            "title": "Un avocat de permanence pour chaque garde à vue",
            "summary": "Une liste de permanence commune au barreau et aux parajuristes, jour et nuit.",
            "jurisdiction": ["SN"],
            "concepts": ["stage/police-custody", "delivery/duty-counsel"],
            "license": "CC-BY-4.0",
            "maturity": "innovation",
            "evidence": "testimony",
            "started": "2025-01",
            "sections": {
                "problem": "La notification des droits se faisait sans avocat.",
                "what_we_did": "Une permanence téléphonique, puis un déplacement dans les deux heures.",
                "results": "Neuf personnes sur dix ont vu un avocat avant l’audition.",
                "what_it_takes": "Une convention avec le parquet et une indemnité de transport.",
                "what_went_wrong": "Les premières listes n’étaient pas tenues à jour.",
                "adapting_it": "Commencer par un seul commissariat.",
            },
        },
        {
            "kind": "event",
            "language": "fr",
            "title": "Rencontre des avocats de permanence",
            "summary": "Échanges sur la garde à vue et les délais.",
            "body": "Ouvert à tous les barreaux. Interprétation en anglais.",
            "starts": "2027-04-14T09:00:00+00:00",
            "ends": "2027-04-14T17:00:00+00:00",
            "timezone": "Africa/Dakar",
            "place": {"name": "Maison des avocats (exemple)", "locality": "Dakar", "country": "SN"},
            "join_mode": "free",
            "jurisdiction": ["SN"],
            "concepts": ["stage/police-custody"],
        },
        {
            "kind": "offer",
            "language": "fr",
            "title": "Relecture de requêtes par un avocat expérimenté",
            "body": "À distance, pour les services d’aide juridictionnelle.",
            "service": "expert-opinion",
            "hours": 10,
            "area_served": ["011"],
            "available_languages": ["fr"],
            "valid_from": "2027-01-01",
            "valid_through": "2027-12-31",
            "mode": ["remote"],
            "pro_bono": True,
            "jurisdiction": ["SN"],
            "concepts": ["stage/trial"],
        },
    ),
)

ARABIC = DemoBody(
    key="tunisia",
    name="هيئة المساعدة القانونية (مثال)، تونس",
    country="TN",
    language="ar",
    query="محام",
    publications=(
        {
            "kind": "practice",
            "language": "ar",
            "title": "محام لكل طفل منذ الساعة الأولى للاحتجاز",
            "summary": "قائمة محامين مناوبين مدربين على قضايا الأطفال في ثلاث ولايات.",
            "jurisdiction": ["TN"],
            "concepts": ["group/children", "stage/police-custody"],
            "license": "CC-BY-4.0",
            "maturity": "promising",
            "evidence": "external-evaluation",
            "started": "2024-09",
            "sections": {
                "problem": "كان الأطفال يستمع إليهم دون حضور محام.",
                "what_we_did": "قائمة مناوبة ودليل من صفحة واحدة لمراكز الشرطة.",
                "results": "حضر محام في ثمانين بالمائة من الحالات خلال ستة أشهر.",
                "what_it_takes": "اتفاق مع النيابة وتدريب يومين.",
                "what_went_wrong": "لم تكن أرقام الهواتف محدثة في البداية.",
                "adapting_it": "ابدؤوا بولاية واحدة.",
            },
        },
        {
            "kind": "event",
            "language": "ar",
            "title": "ورشة حول دور المحامي في مرحلة الاحتجاز",
            "summary": "تجارب من أربع ولايات.",
            "body": "ورشة مفتوحة عن بعد مع تسجيل صوتي.",
            "starts": "2027-05-20T10:00:00+01:00",
            "ends": "2027-05-20T12:30:00+01:00",
            "timezone": "Africa/Tunis",
            "online_url": "https://meet.example/detention",
            "join_mode": "free",
            "jurisdiction": ["TN"],
            "concepts": ["stage/police-custody"],
        },
        {
            "kind": "offer",
            "language": "ar",
            "title": "تدريب المحامين على عدالة الأطفال",
            "body": "تدريب عن بعد أو في شمال إفريقيا.",
            "service": "training",
            "hours": 12,
            "area_served": ["015"],
            "available_languages": ["ar", "fr"],
            "valid_from": "2027-01-01",
            "valid_through": "2027-06-30",
            "mode": ["remote", "on-site"],
            "pro_bono": True,
            "jurisdiction": ["TN"],
            "concepts": ["group/children"],
        },
    ),
)

BODIES = (ENGLISH, FRENCH, ARABIC)
"""In the order of their loopback addresses."""
