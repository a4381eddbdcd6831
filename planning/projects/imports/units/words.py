"""The words by which a unit is known: scales, hours, posts, wages, percent, and the signs of money."""

import re


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


SCALES: tuple[tuple[int, re.Pattern[str]], ...] = (
    (10**9, _words(r"\bbillions?\b", r"\bbn\b", r"\bmrd\b", r"\bmilliarden?\b", r"\bmilliards?\b")),
    (10**8, _words("亿", "億", "억")),
    (10**7, _words(r"\bcrores?\b", r"\bcr\b")),
    (
        10**6,
        _words(
            "百万",
            "百萬",
            r"\bmillion(s|en|es)?\b",
            r"\bmillón",
            r"\bmillones\b",
            r"\bmio\b",
            r"\bmill?\.",
            r"\bmn\b",
            "백만",
            r"\bmilioni\b",
            r"\bmilh(ão|ões)\b",
            r"\bmiljoen\b",
            r"[€$£]\s?m\b",
            r"\bm\s?(€|eur|usd|chf|gbp|\$|£)",
        ),
    ),
    (10**5, _words(r"\blakhs?\b", r"\blacs?\b")),
    (10**4, _words("万", "萬", "만")),
    (
        10**3,
        _words(
            *(
                "千",
                r"\bthousands?\b",
                r"\btausend",
                r"\btsd\b",
                r"\bmilliers?\b",
                r"\bmiles\b",
                r"\bmigliaia\b",
                r"\bmilhares\b",
                r"\bduizend",
                "천",
                r"\b1[.,'’ ]?000\b",
                r"['’‘´]000",
                r"\b000s?\b",
            ),
            *(r"\bk\s?(usd|eur|gbp|chf|€|\$|£)", r"\bt(€|eur)\b|\bt€", r"(usd|eur|gbp|chf|us\$|[€$£])\s?k\b", r"\(k\)"),
        ),
    ),
    # 百 stands in many names; it is a unit before what is counted or by itself.
    (
        10**2,
        _words(r"\bhundreds?\b", "百(?=[人元次份个]|\\s*[)）]|$)", r"\bhundert\b", r"\bcentaines?\b", r"\bcientos\b"),
    ),
)
# How many of the part of a year that a name speaks of a year has.
PARTS_OF_YEAR: tuple[tuple[int, re.Pattern[str]], ...] = (
    (
        12,
        _words(
            *(
                r"(\bper |\ba |/ ?)month\b",
                r"\bmonthly\b",
                "每月",
                "月均",
                "/月",
                r"\b(pro|je) monat\b",
                r"\bmonatlich",
            ),
            *(r"\bpar mois\b", r"\bmensue", r"\b(al|por) mes\b"),
        ),
    ),
    (4, _words(r"(\bper |\ba |/ ?)quarter\b", r"\bquarterly\b", "每季", r"\b(pro|je) quartal\b", r"\bpar trimestre\b")),
    (52, _words(r"(\bper |\ba |/ ?)week\b", r"\bweekly\b", "每周", "每週", r"\b(pro|je) woche\b", r"\bpar semaine\b")),
)
# A line above the table says a unit only where it speaks of amounts; “Feeding thousands” is a title.
SAYS_UNIT = _words(
    *(r"[(（]", r"\bin\b", r"\ben\b", "单位", "單位", r"\bunits?\b", r"\bamounts?\b", r"\bfigures\b", r"\bbeträge\b"),
    *(r"\bangaben\b", r"\bmontants?\b", r"\bimportes?\b", r"\busd\b", r"\beur\b", "[$€£¥]", "元"),
)
HOURS = _words(
    r"\bhours?\b", r"\bhrs?\b", r"\bh\b", "工时", "小时", "工時", "小時", r"\bstunden\b", r"\bheures?\b", r"\bhoras?\b"
)
# What was meant to happen, where past figures are what happened.
PLANNED = _words(
    *(r"\bplan(s|ned)?\b", r"\bbudget(s|ed)?\b", r"\bestimate[ds]?\b", r"\bforecasts?\b", r"\bexpected\b"),
    *(
        r"\btargets?\b",
        r"\bprojected\b",
        "计划",
        "計劃",
        "計畫",
        "预计",
        "預計",
        "预测",
        "預測",
        "预算",
        "預算",
        "估计",
    ),
    *("估計", "目标", "目標", r"\bgeplant", r"\bgeschätzt", r"\bsoll\b", r"\bprévu", r"\bestimé", r"\bprevist"),
)
PERCENT = _words("%", "％", r"\bper ?cent\b", "百分", r"\bprozent\b", r"\bpour ?cent\b", r"\bpor ciento\b")
UNIT_COLUMN = re.compile(r"unit|scale|multipl|factor|einheit|unité|unidad|单位|單位|倍数", re.IGNORECASE)
MONEY_SIGN = re.compile(r"[^\W\d_]*[$€£¥￥₹₩₽₺₴₫₱฿₦₵₪元円]|[^\W\d_]{2,}", re.IGNORECASE)
WAGES = _words(
    *(
        r"\bwages?\b",
        r"\bsalar(y|ies)\b",
        r"\bpayroll\b",
        r"\b(personnel|staff|labou?r)[ _](costs?|exp\w*)\b",
        "工资",
        "薪",
    ),
    *("人员费用", "人工费", "人员经费", "工資", r"\blöhne\b", r"\bgehälter\b", r"\bpersonal(kosten|aufwand)\b"),
    *(r"\bsalaires?\b", r"\bsueldos?\b", r"\bsalarios?\b", r"\bwages[ _]exp\b"),
)
DAYS = _words(r"\bdays?\b", "天", "工日", "人日", r"\btage\b", r"\bpersonentage\b", r"\bjours?\b", r"\bdías?\b")
FULL_TIME = _words(r"\bftes?\b", r"\bvz[eäk]\b", r"\betp\b", "人月", "人年")
POSTS = _words(
    *(r"\bftes?\b", r"\bvz[eäk]\b", r"\betp\b", r"\bposts?\b", r"\bpositions?\b", r"\bheadcount\b", r"\bstaff(ing)?\b"),
    *(
        r"\bpersonnel\b",
        r"\bpersonal\b",
        r"\bemployees?\b",
        "编制",
        "岗位",
        "人员",
        "员工",
        "职工",
        "人員",
        r"\bstellen\b",
    ),
    *(r"\bpostes?\b", r"\bplantilla\b", r"\bempleados\b", "人月", "人年"),
)

# What a sign of money can mean; the dollar and the yuan are those of several countries.
CURRENCIES: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (_words(r"\busd\b", r"\bus\$"), frozenset({"USD"})),
    (_words(r"\bca?\$"), frozenset({"CAD"})),
    (_words(r"\bau?\$"), frozenset({"AUD"})),
    (_words(r"\bnz\$"), frozenset({"NZD"})),
    (_words(r"\bhk\$"), frozenset({"HKD"})),
    (_words(r"\bnt\$"), frozenset({"TWD"})),
    (_words(r"\bs\$"), frozenset({"SGD"})),
    (_words(r"\br\$"), frozenset({"BRL"})),
    (_words("₩"), frozenset({"KRW"})),
    (_words("₽"), frozenset({"RUB"})),
    (_words("₺"), frozenset({"TRY"})),
    (_words("₴"), frozenset({"UAH"})),
    (_words("₫"), frozenset({"VND"})),
    (_words("₱"), frozenset({"PHP"})),
    (_words("฿"), frozenset({"THB"})),
    (_words("₦"), frozenset({"NGN"})),
    (_words("₵"), frozenset({"GHS"})),
    (_words("₪"), frozenset({"ILS"})),
    (_words("zł"), frozenset({"PLN"})),
    (_words("Kč"), frozenset({"CZK"})),
    (_words(r"\d ?ft\b", r"\bft ?\d"), frozenset({"HUF"})),
    (_words(r"\d ?kr\b", r"\bkr\.? ?\d"), frozenset({"SEK", "NOK", "DKK", "ISK"})),
    (_words(r"\brs\.? ?\d", r"\d ?rs\b", r"\brs\."), frozenset({"INR", "PKR", "LKR", "NPR", "MUR"})),
    (_words("€", r"\beur\b", r"\beuros?\b", r"\bt€"), frozenset({"EUR"})),
    (_words("£", r"\bgbp\b"), frozenset({"GBP"})),
    (_words(r"\bchf\b"), frozenset({"CHF"})),
    (_words(r"\bcny\b", r"\brmb\b", "人民币"), frozenset({"CNY"})),
    (_words(r"\bjpy\b", "円", "日元"), frozenset({"JPY"})),
    (_words("₹", r"\binr\b"), frozenset({"INR"})),
    (_words("美元"), frozenset({"USD"})),
    (_words("欧元"), frozenset({"EUR"})),
    (_words("[¥￥]"), frozenset({"CNY", "JPY"})),
    (_words("元"), frozenset({"CNY", "TWD", "HKD", "MOP"})),
    (_words(r"\$"), frozenset({"USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN"})),
)


# How a column is called whose cells name the money of their rows.
CURRENCY_COLUMNS = frozenset(
    [
        *("currency", "curr", "cur", "ccy", "currency code", "币种", "货币", "幣種", "幣別", "貨幣"),
        *("währung", "devise", "monnaie", "moneda", "divisa", "valuta", "moeda"),
    ]
)
CODE = re.compile(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])")
# Currencies whose letters are English words too.
WORDS_OF_ENGLISH = frozenset({"ALL", "TOP", "CUP", "PEN"})


def moneys_in(text: str) -> frozenset[str] | None:
    """Which currencies a text can mean by its sign or its three letters; nothing where it names none."""
    # Imported here because it takes long and no page needs it.
    from babel.numbers import list_currencies

    by_sign = next((found for words, found in CURRENCIES if words.search(text)), None)
    codes = (code for code in CODE.findall(text) if code in list_currencies() and code not in WORDS_OF_ENGLISH)
    code = next(codes, None)
    return frozenset({code}) if code else by_sign


def parts_in(text: str) -> int:
    """How many of the parts of a year that a text speaks of a year has: twelve, four … or one."""
    return next((count for count, words in PARTS_OF_YEAR if words.search(text)), 1)


def scale_in(text: str) -> int:
    """How many of what is counted one in a text stands for: a thousand, ten thousand … or one."""
    return next((factor for factor, words in SCALES if words.search(text)), 1)
