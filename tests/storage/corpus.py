"""A few publications in many scripts, and what finds each of them. The same on both engines."""

from dataclasses import replace
from typing import Any, NamedTuple

from actors.indexing import index
from storage.actors import Actor
from storage.publications import Publication
from storage.transaction import Transaction
from tests.make import remote_actor, remote_publication


class Text(NamedTuple):
    """A publication in one language, queries that find it, and queries that do not."""

    language: str
    title: str
    body: str
    found_by: tuple[str, ...]
    not_by: tuple[str, ...] = ()


TEXTS = (
    Text(
        "en",
        "Duty counsel by phone",
        "Lawyers answer calls from police stations within three hours of an arrest.",
        (
            "duty counsel",
            "lawyer",
            "ARRESTED",
            '"police stations"',
            "counsel -bail",
            "coun*",
            "lawyers' calls",
        ),
        ('"stations police"', "counsel -phone", "bail"),
    ),
    Text(
        "fr",
        "Avocat de permanence à l’hôpital",
        "Une équipe intervient auprès des détenus malades, l'été comme l'hiver.",
        ("detenus", "l'hôpital", "hopital", "equipes", "hiver"),
        ("prison",),
    ),
    Text(
        "tr",
        "Işıklı adliye salonları",
        "Gözaltına alınan çocuklara avukat.",
        ("IŞIKLI", "gozaltina", "çocuklar"),
    ),
    Text(
        "ru",
        "Бесплатная юридическая помощь",
        "Адвокаты дежурят в полицейских участках.",
        ("юридической помощи", "адвокат", "ДЕЖУРЯТ"),
        ("суд",),
    ),
    Text(
        "el",
        "Νομική βοήθεια για πρόσφυγες",
        "Δικηγόροι στα νησιά.",
        ("βοηθεια", "ΠΡΌΣΦΥΓΕΣ", "δικηγοροι"),
    ),
    Text(
        "ar",
        "المساعدة القانونية للأطفال",
        "محامون يزورون مراكز الاحتجاز كل أسبوع.",
        ("مساعدة", "الأطفال", "احتجاز", "محامون"),
        ("نساء",),
    ),
    Text(
        "he",
        "סיוע משפטי לנשים",
        "עורכי דין מבקרים במעצר.",
        ("סיוע", "לנשים", "מבק*"),
    ),
    Text(
        "hi",
        "कानूनी सहायता केंद्र",
        "हिरासत में लिए गए व्यक्ति को वकील मिलता है।",
        ("कानूनी सहायता", "हिरासत", "वकील"),
        ("अदालत",),
    ),
    Text("ta", "சட்ட உதவி மையம்", "கைது செய்யப்பட்டவர்களுக்கு வழக்கறிஞர்.", ("சட்ட உதவி", "கைது")),
    Text("bn", "আইনি সহায়তা কেন্দ্র", "গ্রেপ্তারের পর আইনজীবী।", ("আইনি সহায়তা", "আইনজীবী")),
    Text(
        "th", "ความช่วยเหลือทางกฎหมาย", "ทนายความเวรประจำสถานีตำรวจ", ("กฎหมาย", "ทนายความ", "ตำรวจ"), ("ศาล",)
    ),
    Text("km", "ជំនួយផ្នែកច្បាប់", "មេធាវីនៅប៉ុស្តិ៍ប៉ូលិស", ("ច្បាប់", "មេធាវី")),
    Text("my", "ဥပဒေအထောက်အကူ", "ရဲစခန်းတွင် ရှေ့နေ", ("ဥပဒေ", "ရှေ့နေ")),
    Text("am", "ነጻ የሕግ ድጋፍ", "ጠበቃ በፖሊስ ጣቢያ", ("ሕግ", "ፖሊስ", "ጠበቃ")),
    Text("zh", "法律援助值班律师", "律师在公安局会见被羁押的人。", ("法律援助", "羁押", "会见", "律")),
    Text("ja", "当番弁護士制度", "逮捕された人に弁護士が面会する。", ("弁護士", "逮捕", "面会する")),
    Text("ko", "국선변호인 제도", "체포된 사람은 변호인을 만난다.", ("변호인", "체포")),
    Text("ka", "უფასო იურიდიული დახმარება", "ადვოკატი პოლიციაში.", ("იურიდიული", "ადვოკატი")),
    Text(
        "hy", "Անվճար իրավաբանական օգնություն", "Փաստաբանը ոստիկանությունում։", ("իրավաբանական", "ՓԱՍՏԱԲԱՆԸ")
    ),
    Text("si", "නීති ආධාර මධ්‍යස්ථානය", "අත්අඩංගුවට ගත් අයට නීතිඥයෙක්.", ("නීති ආධාර",)),
    Text("ff", "𞤸𞤢𞤱𞤼𞤵 𞤳𞤵𞤱𞥆𞤫", "𞤧𞤢𞤱𞤪𞤮𞥅𞤦𞤫", ("𞤸𞤢𞤱𞤼𞤵",)),
)


async def keep(tx: Transaction, author: Actor, number: int, **facts: Any) -> Publication:
    """Keep something that a remote author wants to be found."""
    publication = await remote_publication(tx, author, number, **{"indexable": True, **facts})
    await index(tx, publication)
    return publication


async def keep_texts(tx: Transaction) -> dict[int, Text]:
    """Keep all texts, and return them by the ids of their publications."""
    author = await remote_actor(tx)
    found = {}
    for number, text in enumerate(TEXTS):
        publication = await keep(
            tx, author, number, language=text.language, title=text.title, content=f"<p>{text.body}</p>"
        )
        found[publication.id] = text
    return found


async def change(tx: Transaction, publication: Publication, **facts: Any) -> Publication:
    """Change something as an Update does."""
    changed = replace(publication, **facts)
    await tx.publications.change(changed)
    await index(tx, changed)
    return changed
