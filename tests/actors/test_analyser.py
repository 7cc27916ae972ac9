"""Readers find what they look for in their own script, and what they type means nothing to an engine."""

import sqlite3
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actors.analyser import MAX_TOKEN_LENGTH, MAX_TOKENS, Analysed, analyse, runs
from actors.letters import spell
from actors.query import excerpt, parse_query
from tests.actors.matching import ANY_TEXT, found

CASES = [
    # Arabic: the article, prefixes, vowel signs, forms of alef, final ya and ta marbuta, tatweel
    ("ar", "محكمة", "قررت المحكمة العليا الإفراج عنه", "قرر المجلس الإفراج عنه"),
    ("ar", "المساعدة القانونية", "يقدم المكتب خدمات للمساعدة القانونيه", "يقدم المكتب خدمات صحية"),
    ("ar", "العدالة", "الوصول إلى العَدَالَةِ", "الوصول إلى المدينة"),
    ("ar", "محام", "والمحامي حاضر منذ البداية مع محام آخر", "الطبيب حاضر"),
    ("ar", "الاحتجاز", "الإحتـــجاز لدى الشرطة", "الإجازة لدى الشركة"),
    # Persian, with either keyboard
    ("fa", "قانوني", "کمک‌های قانونی رایگان", "کتاب‌های تازه"),
    ("fa", "وکیل", "حق داشتن وكيل", "حق داشتن خانه"),
    # Chinese and Japanese
    ("zh", "法院", "最高人民法院发布了规定", "警察局发布了规定"),
    ("zh", "法律援助", "为公民提供法律援助服务", "为公民提供法律服务和援助"),
    ("zh", "法", "法律", "警察"),
    ("ja", "弁護士", "当番弁護士制度について", "裁判官について"),
    ("ja", "ガイド", "法律扶助のｶﾞｲﾄﾞﾌﾞｯｸ", "法律扶助のニュース"),
    ("ja", "第5条", "憲法第5条の解説", "憲法第6条の解説"),
    # Korean, with its particles
    ("ko", "법률구조", "법률구조를 신청하는 방법", "법률을 읽는 방법"),
    # Thai, Khmer, Burmese and Lao, without spaces
    ("th", "ทนายความ", "ผู้ต้องหามีสิทธิพบทนายความ", "ผู้ต้องหามีสิทธิพบญาติ"),
    ("th", "สิทธิ", "คุ้มครองสิทธิมนุษยชน", "คุ้มครองสัตว์ป่า"),
    ("km", "ច្បាប់", "ជំនួយផ្នែកច្បាប់", "ជំនួយផ្នែកសុខភាព"),
    ("km", "មេធាវី", "សិទ្ធិ\u200bមាន\u200bមេធាវី", "សិទ្ធិ\u200bមាន\u200bផ្ទះ"),
    ("my", "ရှေ့နေ", "အခမဲ့ရှေ့နေဝန်ဆောင်မှု", "အခမဲ့ဆေးကုသမှု"),
    ("lo", "ທະນາຍ", "ສິດມີທະນາຍຄວາມ", "ສິດມີເຮືອນ"),
    # English
    ("en", "rights", "Everyone has the right to counsel", "Everyone must write to the council"),
    ("en", "lawyer's visits", "Lawyers visit people who are detained", "Lawyers write to people"),
    ("en", "cooperation", "International co-operation matters", "International operations matter"),
    ("en", "co-operation", "International cooperation matters", "The company operates"),
    # French
    ("fr", "avocat", "L’accès à l’avocat dès la garde à vue", "L'accès au dossier dès la garde à vue"),
    ("fr", "éligibilité", "Critères d'eligibilite", "Critères de qualité"),
    ("fr", "l'aide juridictionnelle", "Les aides juridictionnelles sont versées", "Les aides au logement"),
    # Spanish
    ("es", "abogados", "Toda persona tiene derecho a un abogado", "Toda persona tiene derecho a un médico"),
    ("es", "detencion", "Registro de detenciones", "Registro de nacimientos"),
    # Portuguese
    ("pt", "defensoria", "As Defensorias Públicas dos estados", "As prefeituras dos estados"),
    ("pt", "prisão", "Audiência após as prisões", "Audiência após as reuniões"),
    # Russian
    ("ru", "защитник", "Участие защитников на допросе", "Участие свидетелей на допросе"),
    ("ru", "ребёнок права", "Право: ребенок в суде", "Право собственности на дом"),
    # Ukrainian, with its apostrophe
    ("uk", "обʼєкт", "Захист об'єктів і об’єкт права", "Захист суб'єкта"),
    # Swahili
    ("sw", "sheria", "Msaada wa kisheria kwa wote", "Msaada wa kifedha kwa wote"),
    ("sw", "mwanasheria", "Wanasheria watatu walifika", "Wauguzi watatu walifika"),
    ("sw", "ng'ombe", "Mashitaka ya wizi wa ng’ombe", "Mashitaka ya wizi wa mbuzi"),
    # Amharic, with prefixes, plurals and letters of one sound
    ("am", "ፖሊስ", "በፖሊስ ጣቢያ ታስሯል", "በሆስፒታል ተኝቷል"),
    ("am", "ሕግ ድጋፍ", "ነፃ የህግ ድጋፍ ይሰጣል", "ነፃ የምግብ ድጋፍ ይሰጣል"),
    ("am", "ፀሐይ", "ጸሀይ ወጣች", "ዝናብ ዘነበ"),
    ("am", "ሴት", "የሴቶች መብት", "የልጆች መብት"),
    # Turkish
    ("tr", "Türkiye", "Türkiye'de adli yardım", "Almanya'da adli yardım"),
    ("tr", "avukat", "AVUKATLARIN görevi", "HÂKİMLERİN görevi"),
    ("tr", "yargı", "YARGI BAĞIMSIZLIĞI", "YERLİ ÜRÜN"),
    ("tr", "ışık", "IŞIK", "KARANLIK"),
    # Hindi
    ("hi", "कानूनी", "मुफ्त क़ानूनी सहायता", "मुफ्त चिकित्सा सहायता"),
    ("hi", "न्यायालय", "सभी न्यायालयों में", "सभी विद्यालयों में"),
    ("hi", "हिंदी", "हिन्दी में जानकारी", "तमिल में जानकारी"),
    # Others in passing
    ("bn", "আইন", "আইনি সহায়তা ও আইন", "স্বাস্থ্য সেবা"),
    ("ta", "சட்ட", "இலவச சட்ட உதவி", "இலவச மருத்துவ உதவி"),
    ("he", 'צה"ל', "חיילי צה״ל", "חיילי האו״ם"),
    ("el", "ΔΙΚΗΓΟΡΟΣ", "Ο δικηγόρος σας", "Ο γιατρός σας"),
    ("de", "Strassen", "Die Straßen der Stadt", "Die Häuser der Stadt"),
    ("vi", "luat su", "Luật sư bào chữa", "Bác sĩ bệnh viện"),
    ("pl", "slask", "Pomoc prawna: Śląsk i Łódź", "Pomoc prawna: Gdańsk"),
]


@pytest.mark.parametrize(
    ("language", "query", "right", "wrong"), CASES, ids=[f"{c[0]}-{c[1]}" for c in CASES]
)
def test_a_query_finds_its_text_and_no_other(language: str, query: str, right: str, wrong: str) -> None:
    assert found(query, right, language)
    assert not found(query, wrong, language)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("محكمة", "بالمحكمة"),
        ("защитник", "защитников"),
        ("rights", "the right"),
        ("ፖሊስ", "ለፖሊስ"),
        ("法院", "在法院里"),
        ("न्यायालय", "न्यायालयों"),
    ],
)
def test_text_of_unknown_language_is_read_by_its_script(query: str, text: str) -> None:
    assert found(query, text, None)


def test_foreign_words_in_a_text_are_found_too() -> None:
    assert found("right", "الحق (rights) في الدفاع", "ar")
    assert found("محكمة", "The المحكمة decided", "en")


def test_numbers_are_found_in_the_digits_of_any_script() -> None:
    assert found("67/187", "القرار ٦٧/١٨٧", "ar")
    assert found("14", "अनुच्छेद १४", "hi")
    assert found("มาตรา 7", "มาตรา ๗", "th")


# --- the tokens --------------------------------------------------------------------------------------------


def test_words_stay_in_order_and_stems_are_listed_once() -> None:
    assert analyse("Lawyers' rights; lawyers, RIGHTS.", "en") == Analysed(
        words="lawyers rights lawyers rights", stems="lawyer right"
    )


def test_unspaced_runs_become_overlapping_pairs() -> None:
    assert analyse("法律援助 UN法").words == "法律 律援 援助 un 法"
    assert analyse("法律援助").stems == "助"


def test_elided_articles_and_english_endings_are_left_out() -> None:
    assert analyse("L'avocat d’office qu'il aujourd'hui", "fr").words == "avocat office il aujourd hui"
    assert analyse("The court's lawyers don't", "en").words == "the court lawyers don"


def test_compounds_are_found_written_in_one() -> None:
    assert "nondiscrimination" in analyse("non-discrimination 2024-05", "en").stems.split()


def test_lengths_and_counts_are_bounded() -> None:
    assert len(analyse("a " * 100_000).words.split()) == MAX_TOKENS
    assert len(analyse("法" * 100_000).words.split()) == MAX_TOKENS
    assert analyse("a" * 1_000).words == "a" * MAX_TOKEN_LENGTH
    assert found("b" * 300, "b" * 1_000)


@settings(max_examples=400, deadline=None)
@given(ANY_TEXT, st.sampled_from([None, "en", "ar", "tr", "am", "sw", "hi", "ru"]))
def test_tokens_are_letters_and_digits_only(text: str, language: str | None) -> None:
    analysed = analyse(text, language)
    for token in f"{analysed.words} {analysed.stems}".split():
        assert token.isalnum(), token
        assert 0 < len(token) <= MAX_TOKEN_LENGTH
    assert analysed.words == " ".join(analysed.words.split())


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_every_text_is_found_by_its_own_words(text: str) -> None:
    for run in runs(spell(text)):
        assert found(run.spelled, text)


def test_the_full_text_engine_cuts_no_token_further() -> None:
    texts = [case[2] for case in CASES] + [case[3] for case in CASES]
    with sqlite3.connect(":memory:") as connection:
        connection.execute(
            "CREATE VIRTUAL TABLE t USING fts5(words, tokenize = 'unicode61 remove_diacritics 0')"
        )
        connection.execute("CREATE VIRTUAL TABLE v USING fts5vocab(t, row)")
        tokens = {token for text in texts for token in analyse(text).words.split()}
        connection.executemany("INSERT INTO t VALUES (?)", [(token,) for token in tokens])
        assert {term for (term,) in connection.execute("SELECT term FROM v")} == tokens
    connection.close()


# --- cost --------------------------------------------------------------------------------------------------

UNITS = [
    "a",
    "a ",
    "-",
    "a-",
    "'",
    "l'",
    '"',
    '"a',
    "法",
    "ก",
    "ा",
    "a\u0301",
    "\u200b",
    "لل",
    "x'",
    "ـ",
    "ng'",
    "1",
]
UNITS += ["İ", "_", "a-1", "-a ", "* ", "በ", "ff", "\u1100", "\u0f72\u0f71"]
UNITS += ["\U0001d165\u0f71", "\U0001e4ec\U0001e4ef"]


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_costs_more_than_its_length(unit: str) -> None:
    def seconds(length: int) -> float:
        text = (unit * length)[:length]
        start = time.perf_counter()
        analyse(text, "ar")
        excerpt(text, parse_query(f"a 法 {text}"))
        return time.perf_counter() - start

    longest = seconds(200_000)
    assert longest < 5  # 0.1 s where it was measured
    assert longest < 50 * max(seconds(20_000), 0.05)
