"""Who a buyer is: precision, recall and F1 on labelled data and on a made set, and the time of a million records.

    .venv/bin/python benchmarks/identity.py [--size 1000000] [--only fake,febrl3,febrl4,historical,made,size]

Labelled data are those of `../shared/data/name_matching`; intervals are bootstrap percentiles (0.9) over clusters.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import resource
import time
from pathlib import Path

import numpy as np
import polars as pl

from fondaco.relationships.identity import BUYER, Field, Plan, resolve

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "name_matching"

PERSON = Plan(
    (Field("first_name", "person"), Field("surname", "person"), Field("dob", "code"), Field("city", "text"), Field("email", "email")),
    (("email",), ("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("email.local",), ("dob", "city"),
     ("surname",), ("first_name",), ("dob",), ("email.domain",)),
    expected_share=1.0,
)  # fmt: skip
# What is compared among a million is what Splink is given to compare.
MILLION = Plan(
    PERSON.fields,
    (("email",), ("first_name", "surname"), ("surname", "dob"), ("first_name", "dob"), ("dob", "city")),
)
FEBRL = Plan(
    (Field("given_name", "person"), Field("surname", "person"), Field("date_of_birth", "code"), Field("postcode", "code"),
     Field("address_1", "text"), Field("suburb", "text"), Field("soc_sec_id", "code")),
    (("soc_sec_id",), ("given_name", "surname"), ("surname", "date_of_birth"), ("given_name", "date_of_birth"), ("date_of_birth", "postcode"),
     ("surname", "postcode"), ("address_1", "suburb"), ("given_name", "postcode")),
)  # fmt: skip
HISTORICAL = Plan(
    (Field("first_name", "person"), Field("surname", "person"), Field("dob", "code"), Field("birth_place", "text"), Field("postcode_fake", "code"),
     Field("occupation", "text")),
    (("first_name", "surname"), ("surname", "first_name.start"), ("surname.start", "dob"), ("postcode_fake",), ("surname", "birth_place"), ("surname", "dob"), ("first_name", "dob"), ("postcode_fake", "surname.start"), ("postcode_fake", "first_name.start"), ("first_name", "surname", "birth_place"),
     ("dob", "postcode_fake"), ("dob", "birth_place"), ("surname", "postcode_fake"), ("dob", "occupation"), ("first_name", "surname", "occupation")),
    expected_share=5.0,
)  # fmt: skip


def judged(name: str, found, clusters: list[object], threshold: float = 0.5) -> None:
    """Print precision, recall and F1 at a threshold, with bootstrap intervals over clusters."""
    left, right = found.left, found.right
    keep = found.probability >= threshold
    names = np.array(clusters)
    ours = names[left[keep]]
    hit = ours == names[right[keep]]
    _, numbers = np.unique(names, return_inverse=True)
    size = np.bincount(numbers)
    true = (size * (size - 1) // 2).astype(float)
    hits = np.bincount(numbers[left[keep]], weights=hit, minlength=len(size))
    said = np.bincount(numbers[left[keep]], minlength=len(size)).astype(float)

    def measures(w):
        p, r = (hits @ w) / max(said @ w, 1e-9), (hits @ w) / max(true @ w, 1e-9)
        return p, r, 2 * p * r / max(p + r, 1e-9)

    rng = np.random.default_rng(1)
    drawn = np.array(
        [
            measures(rng.multinomial(len(size), [1 / len(size)] * len(size)))
            for _ in range(400 if len(size) < 100_000 else 40)
        ]
    )
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    point = measures(np.ones(len(size)))
    shown = "  ".join(
        f"{what} {value:.3f} [{a:.3f}, {b:.3f}]"
        for what, value, a, b in zip(("precision", "recall", "F1"), point, low, high, strict=True)
    )
    print(
        f"{name:24} at {threshold:.2f}: {shown}  ({len(names):,} records, {int(true.sum()):,} true pairs, {found.compared:,} compared)"
    )


def febrl(which: str) -> pl.DataFrame:
    raw = gzip.decompress((SHARED / "splink" / f"febrl_dataset{which}.csv.gz").read_bytes())
    held = pl.read_csv(io.BytesIO(raw), infer_schema=False)
    held = held.rename({c: c.strip() for c in held.columns})
    held = held.with_columns(pl.all().str.strip_chars().replace("", None))
    return held.with_columns(
        pl.col("rec_id").str.extract(r"rec-(\d+)-").alias("cluster"), pl.col("rec_id").alias("id")
    )


def _pairs(text: str) -> list[tuple[str, str]]:
    return [tuple(word.split("=")) for word in text.split()]  # type: ignore[misc]


def _grown(stems: str, ends: str, between: str = "") -> list[tuple[str, str]]:
    return [(a + c, b + between + d) for a, b in _pairs(stems) for c, d in _pairs(ends)]


# Names in the script of a country and as people there spell them in Latin letters; by no one rule on purpose.
GIVEN = {
    "RUS": _pairs("Сергей=Sergey Иван=Ivan Елена=Elena Ольга=Olga Дмитрий=Dmitry Наталья=Natalia Юрий=Yuri Алексей=Alexei Андрей=Andrei Николай=Nikolay "
                  "Евгений=Evgeny Татьяна=Tatiana Михаил=Mikhail Ксения=Xenia Людмила=Lyudmila Пётр=Pyotr Виктор=Viktor Яна=Yana Фёдор=Fyodor Анастасия=Anastasia"),
    "KOR": _grown("민=Min 지=Ji 성=Sung 은=Eun 현=Hyun 수=Soo 영=Young 준=Jun 재=Jae 경=Kyung 상=Sang 혜=Hye", "수=su 영=young 호=ho 정=jung 우=woo 진=jin 희=hee 아=a 석=seok 미=mi", "-"),
    "CHN": _grown("小=Xiao 建=Jian 秀=Xiu 海=Hai 志=Zhi 文=Wen 美=Mei 国=Guo 春=Chun 玉=Yu", "明=ming 国=guo 英=ying 燕=yan 华=hua 平=ping 军=jun 芳=fang 伟=wei 丽=li"),
    "GRC": _pairs("Γιώργος=Giorgos Μαρία=Maria Νίκος=Nikos Ελένη=Eleni Δημήτρης=Dimitris Κατερίνα=Katerina Παναγιώτης=Panagiotis Χρήστος=Christos "
                  "Βασιλική=Vasiliki Ευάγγελος=Evangelos Σοφία=Sofia Θανάσης=Thanasis Ιωάννα=Ioanna Κωνσταντίνος=Konstantinos Αγγελική=Angeliki"),
    "ARE": _pairs("محمد=Mohammed أحمد=Ahmed فاطمة=Fatima خالد=Khalid سارة=Sara عمر=Omar ليلى=Layla يوسف=Yousef حسن=Hassan مريم=Mariam سعيد=Saeed نور=Noor طارق=Tariq زينب=Zainab"),
    "JPN": _pairs("太郎=Taro 花子=Hanako 健一=Kenichi 裕子=Yuko さくら=Sakura ひろし=Hiroshi 恵子=Keiko 一郎=Ichiro あゆみ=Ayumi たけし=Takeshi まこと=Makoto 翔=Sho 結衣=Yui"),
    "DEU": _pairs("Jürgen=Juergen Björn=Bjoern Käthe=Kaethe Anna=Anna Jörg=Joerg Günther=Guenther Sabine=Sabine Matthias=Matthias Ute=Ute Grégoire=Gregoire Zoë=Zoe Ömer=Oemer"),
}  # fmt: skip
FAMILY = {
    "RUS": _grown("Иван=Ivan Щербак=Shcherbak Кузнец=Kuznets Хрущ=Khrushch Жук=Zhuk Петр=Petr Соколь=Sokol Воробь=Vorob Цвет=Tsvet Яковл=Yakovl Черныш=Chernysh Юдин=Yudin",
                  "ов=ov ев=ev енко=enko ский=sky ин=in"),
    "KOR": _pairs("김=Kim 이=Lee 박=Park 최=Choi 정=Jung 윤=Yoon 조=Cho 강=Kang 장=Jang 임=Lim 한=Han 오=Oh 서=Seo 신=Shin 권=Kwon 황=Hwang"),
    "CHN": _pairs("王=Wang 李=Li 张=Zhang 刘=Liu 陈=Chen 黄=Huang 周=Zhou 吴=Wu 徐=Xu 孙=Sun 胡=Hu 朱=Zhu 高=Gao 林=Lin 郭=Guo 何=He"),
    "GRC": _grown("Παπαδ=Papad Γεωργ=Georg Οικον=Oikon Χατζ=Hatz Μπουρν=Bourn Ψαρ=Psar Θεοδωρ=Theodor Αναγν=Anagn Ευσταθ=Efstath", "όπουλος=opoulos ίδης=idis άκης=akis ίου=iou"),
    "ARE": _pairs("النور=Al-Noor الهاشمي=Al-Hashimi حسين=Hussein منصور=Mansour السويدي=Al-Suwaidi العلي=Al-Ali خليفة=Khalifa الراشد=Al-Rashid صالح=Saleh المري=Al-Marri عباس=Abbas قاسم=Qasim"),
    "JPN": _pairs("田中=Tanaka 鈴木=Suzuki 佐藤=Sato 渡辺=Watanabe 黒澤=Kurosawa 大谷=Otani 高橋=Takahashi 山本=Yamamoto 松井=Matsui 本田=Honda 小林=Kobayashi 井上=Inoue 野村=Nomura"),
    "DEU": _grown("Müll=Muell Schäf=Schaef Köhl=Koehl Groß=Gross Weiß=Weiss Kräm=Kraem Böhm=Boehm Süß=Suess", "er=er mann=mann ner=ner ert=ert"),
}  # fmt: skip
FORMS = {"RUS": ("ООО {}", "{} LLC"), "KOR": ("주식회사 {}", "{} Co., Ltd."), "CHN": ("{}有限公司", "{} Co., Ltd."), "GRC": ("{} ΑΕ", "{} SA"),
         "ARE": ("شركة {}", "{} LLC"), "JPN": ("株式会社{}", "{} K.K."), "DEU": ("{} GmbH", "{} GmbH")}  # fmt: skip


def made(count: int, rng: random.Random, *, script_share: float = 0.5) -> pl.DataFrame:
    """Make buyers of seven countries; four in ten come twice or more, partly in the other script."""
    number, rows = 0, list[tuple[object, ...]]()
    while len(rows) < count:
        market = rng.choice(list(GIVEN))
        given, family = rng.choice(GIVEN[market]), rng.choice(FAMILY[market])
        word = "".join(
            rng.choice("bdfgklmnprstv") + rng.choice("aeiou") for _ in range(rng.choice((2, 3, 4)))
        )
        firm = family if rng.random() < 0.2 else (word.title(), word.title())
        domain = (
            f"{word}.{market[:2].lower()}"
            if rng.random() < 0.6
            else rng.choice(("gmail.com", "mail.ru", "qq.com", "naver.com"))
        )
        local = f"{given[1][0]}.{family[1]}".lower().replace(" ", "").replace("-", "") + (
            str(rng.randrange(100)) if "." not in domain[:-4] else ""
        )
        copies = 1 if rng.random() < 0.6 else rng.choice((2, 2, 2, 3, 4))
        for copy in range(copies):
            latin = int(copy > 0 and rng.random() < script_share) if copies > 1 else rng.randrange(2)
            name = [given[latin], family[latin]]
            if latin and rng.random() < 0.25:
                name.reverse()
            if latin and rng.random() < 0.15:
                name[0] = name[0][0] + "."
            space = "" if market in ("KOR", "CHN", "JPN") and not latin else " "
            said = (family[0] + given[0]) if space == "" else " ".join(name)
            if rng.random() < 0.12 and latin:
                said = typo(said, rng)
            company = FORMS[market][latin].format(firm[latin]) if rng.random() < 0.8 else None
            email = f"{local}@{domain}" if rng.random() < 0.55 else None
            if email and copy and rng.random() < 0.25:
                email = f"{local}@{rng.choice(('gmail.com', 'outlook.com'))}"
            platform = rng.choice(("alibaba", "shopify", "fair"))
            rows.append(
                (
                    number,
                    f"r{len(rows)}",
                    said,
                    company,
                    email,
                    f"{platform}:{number}" if rng.random() < 0.3 else f"{platform}:x{len(rows)}",
                    market,
                )
            )
        number += 1
    return pl.DataFrame(
        rows, schema=["cluster", "id", "name", "company", "email", "mark", "country"], orient="row"
    )


def typo(text: str, rng: random.Random) -> str:
    place = rng.randrange(1, max(len(text) - 1, 2))
    return rng.choice(
        (
            text[:place] + text[place + 1 :],
            text[:place] + text[place] + text[place:],
            text[: place - 1] + text[place : place + 1] + text[place - 1] + text[place + 1 :],
        )
    )


def large(count: int) -> pl.DataFrame:
    """Make records of persons, a fifth of them copies with errors."""
    rng = np.random.default_rng(7)
    firsts = np.array(
        [
            a + b + c
            for a in ["mar", "jon", "al", "kat", "ser", "dan", "pet", "lu", "vik", "ro", "han", "bea"]
            for b in ("i", "a", "e", "o")
            for c in ("na", "n", "s", "lia", "ko", "rd", "tte", "us")
        ]
    )
    lasts = np.array(
        [
            a + b + c
            for a in [
                "smit",
                "iva",
                "mull",
                "ross",
                "kow",
                "gar",
                "tan",
                "len",
                "brun",
                "hoff",
                "sant",
                "vel",
                "nov",
                "cho",
                "par",
                "ber",
            ]
            for b in "aeiou"
            for c in (
                "n",
                "ski",
                "ez",
                "son",
                "ov",
                "er",
                "ini",
                "mann",
                "to",
                "ko",
                "berg",
                "dal",
                "wick",
                "field",
                "ton",
            )
        ]
    )
    n = int(count * 0.8)
    first, last = rng.choice(firsts, n), rng.choice(lasts, n)
    days = rng.integers(0, 20000, n)
    dob = (np.datetime64("1950-01-01") + days).astype(str)
    city = rng.integers(0, 3000, n)
    email = np.array(
        [f"{a}.{b}{d}@mail{c % 50}.com" for a, b, c, d in zip(first, last, city, days, strict=True)]
    )
    source = rng.integers(0, n, count - n)
    given, family, born = first[source], last[source], dob[source]
    e, c = email[source].astype(object), city[source]
    wrong = rng.random(count - n)
    given = np.where(wrong < 0.2, np.char.add(given, "a"), given)
    family = np.where((wrong > 0.2) & (wrong < 0.4), np.char.replace(family, "o", "u", 1), family)
    born = np.where((wrong > 0.4) & (wrong < 0.5), "1970-01-01", born)
    e[wrong > 0.7] = None
    return pl.DataFrame({
        "id": np.arange(count), "cluster": np.r_[np.arange(n), source], "first_name": np.r_[first, given], "surname": np.r_[last, family], "dob": np.r_[dob, born],
        "city": [f"city{x}" for x in np.r_[city, c]], "email": [*email, *e],
    })  # fmt: skip


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=int, default=1_000_000)
    options.add_argument("--only", default="fake,febrl3,febrl4,historical,made,small,size")
    options.add_argument("--save", type=Path, help="write the made million as Parquet, for Splink")
    asked = options.parse_args()
    only = asked.only.split(",")
    for name in ("fake", "febrl3", "febrl4", "historical", "made", "small", "size"):
        if name not in only:
            continue
        if name == "fake":
            held, plan = (
                pl.read_csv(SHARED / "splink" / "fake_1000.csv", infer_schema=False).with_columns(
                    pl.col("unique_id").alias("id")
                ),
                PERSON,
            )
        elif name == "febrl3":
            held, plan = febrl("3"), FEBRL
        elif name == "febrl4":
            held, plan = pl.concat([febrl("4a"), febrl("4b")]), FEBRL
        elif name == "historical":
            held = pl.read_parquet(
                SHARED / "splink" / "historical_figures_with_errors_50k.parquet"
            ).with_columns(pl.col("unique_id").alias("id"))
            plan = HISTORICAL
        elif name in ("made", "small"):
            held, plan = made(3000 if name == "made" else 30, random.Random(3)), BUYER
        else:
            held, plan = large(asked.size), MILLION
            if asked.save:
                held.write_parquet(asked.save)
        begun, spent = time.perf_counter(), time.process_time()
        found = resolve(held, plan=plan)
        took, spent = time.perf_counter() - begun, time.process_time() - spent
        clusters = held["cluster"].to_list()
        for threshold in (0.5, 0.98):
            judged(name, found, clusters, threshold)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(
            f"{'':24} {took:.1f} s ({spent:.1f} s of processors), at most {peak:.2f} GB; blocks left out: {found.left_out}; {found.model.rounds} rounds of EM, settled: {found.model.converged}"
        )


if __name__ == "__main__":
    main()
