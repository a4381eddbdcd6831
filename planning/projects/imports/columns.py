"""Which column of somebody's spreadsheet is what: names in English and Chinese, and those of the library statistics."""

import re
from collections.abc import Sequence

# The library file's own words: library, programs, attendance, wages_exp, materials_exp, opex.
COLUMNS: dict[str, tuple[str, ...]] = {
    "department": (
        *("department", "departments", "dept", "department name", "unit", "library", "branch", "division"),
        *("部门", "部门名称", "部門", "部門名稱", "单位", "單位", "abteilung", "bereich", "département", "service"),
        *("departamento", "área"),
    ),
    "project": (
        *("project", "projects", "project name", "programme", "program", "项目", "项目名称", "項目", "計畫", "專案"),
        *("projekt", "programm", "maßnahme", "projet", "programme", "proyecto", "programa"),
    ),
    "year": (
        *("year", "fiscal year", "financial year", "plan year", "fy", "budget year", "年度", "年份", "年", "会计年度"),
        *(
            "财年",
            "財年",
            "计划年度",
            "財政年度",
            "财政年度",
            "jahr",
            "haushaltsjahr",
            "geschäftsjahr",
            "année",
            "exercice",
            "año",
        ),
        *("ejercicio", "año fiscal"),
    ),
    "activities": (
        *("activities", "number of activities", "activity", "events", "programs", "programmes"),
        *("活动数量", "活动数", "活动", "活动次数", "活動數量", "活動", "veranstaltungen", "aktivitäten", "activités"),
        *("actividades", "eventos", "# of events", "number of events", "sessions", "number of sessions", "workshops"),
        *("活动场次", "场次", "活動場次", "場次"),
    ),
    "participants": (
        *(
            "participants",
            "number of participants",
            "attendance",
            "attendees",
            "参与人数",
            "参加人数",
            "人数",
            "参与者",
        ),
        *(
            "參與人數",
            "參加人數",
            "人數",
            "teilnehmer",
            "teilnehmende",
            "teilnehmerzahl",
            "participantes",
            "asistentes",
        ),
        *(
            "people reached",
            "persons reached",
            "people served",
            "clients served",
            "participants served",
            "number of attendees",
            "beneficiaries",
        ),
        *("参加人次", "参与人次", "人次", "服务人次", "受益人数", "參加人次", "參與人次", "服務人次"),
    ),
    "people": (
        *("people", "hours", "staff hours", "working hours", "人力", "工时", "工時", "stunden", "heures", "horas"),
        *("staff days", "days", "person days", "工日", "fte", "ftes", "staff", "staffing", "headcount", "positions"),
        *("posts", "personnel", "人员", "人員", "员工", "stellen", "vzä", "etp", "postes", "personal", "plantilla"),
        *("wages", "wages exp", "salaries", "payroll", "personnel costs", "人员费用", "工资", "工資", "personalkosten"),
        *("salaires", "sueldos", "salarios", "volunteer hours", "volunteer hrs", "hrs", "arbeitsstunden"),
        *(
            "人员工时",
            "人力工时",
            "人員工時",
            "ehrenamtsstunden",
            "志愿服务时长",
            "志愿服务小时",
            "志愿者工时",
            "服务时长",
            "志工時數",
        ),
    ),
    "materials": (
        *("materials", "material", "materials exp", "supplies", "物资", "物料", "材料", "材料费", "物資", "材料費"),
        *("物资支出", "物料支出", "材料支出", "物資支出"),
        *("sachmittel", "sachkosten", "matériel", "materiales", "物资费用", "物料费", "物料费用", "材料费用"),
    ),
    "money": (
        *("money", "other costs", "other cost", "other expenses", "other spending", "其他支出", "其它支出", "其他费用"),
        *("amount", "spending", "spent", "expenses", "expenditure", "opex", "operating expenditure", "cost"),
        *("program spending", "programme spending", "program expenses", "programme expenses", "项目支出", "活动支出"),
        *("costs", "资金", "财务", "金额", "支出", "费用", "金額", "經費", "经费", "資金", "betrag"),
        *(
            "kosten",
            "ausgaben",
            "geld",
            "aufwand",
            "montant",
            "dépenses",
            "coût",
            "importe",
            "gasto",
            "gastos",
            "coste",
        ),
        # What says that it is a total comes last: it may include the materials.
        *(
            "total cost",
            "total costs",
            "total expenses",
            "total expenditure",
            "total spending",
            "支出合计",
            "支出总计",
            "总支出",
        ),
        *("合计支出", "费用合计", "总费用", "总成本", "合计金额", "总金额", "支出總計", "總支出", "gesamtkosten"),
        *("gesamtausgaben", "coût total", "dépenses totales", "coste total", "gasto total"),
    ),
}

REQUIRED = ("department", "year")
FISCAL_NAMES = (
    "fiscal year",
    "financial year",
    "fy",
    "财政年度",
    "財政年度",
    "财年",
    "財年",
    "会计年度",
    "haushaltsjahr",
    "geschäftsjahr",
    "exercice",
)
YEAR_ENDING = re.compile(r"(?:(?:fiscal|financial|plan) )?years? (?:ending|ended|end|to)\b.*", re.IGNORECASE)
UNIT_IN_BRACKETS = re.compile(r"[(（\[【].*?[)）\]】]")
UNIT_BEHIND = re.compile(
    r"(,|;|:|，|：|\s-\s|\sin\s|\sen\s).*$|['’]000s?|\b(usd|eur|gbp|chf|cny|rmb|000s?|k)\b|[$€£¥]|%"
)


def suggest_mapping(header: Sequence[str]) -> dict[str, int]:
    """Which column is probably what; people correct it before anything is read."""
    names = [plain_name(name) for name in header]
    without_unit = [plain_name(UNIT_IN_BRACKETS.sub(" ", name)) for name in header]
    bare = [plain_name(UNIT_BEHIND.sub(" ", UNIT_IN_BRACKETS.sub(" ", name.casefold()))) for name in header]
    mapping: dict[str, int] = {}
    for written in (names, without_unit, bare):
        for column, synonyms in COLUMNS.items():
            place = next((written.index(name) for name in synonyms if name in written), None)
            if place is not None and column not in mapping and place not in mapping.values():
                mapping[column] = place
    ending = next((place for place, name in enumerate(names) if YEAR_ENDING.fullmatch(name)), None)
    if ending is not None and ending not in mapping.values():
        mapping.setdefault("year", ending)
    return mapping


def names_financial_years(name: str, *, are_calendar: bool) -> bool:
    """Whether a column's name says that its years are others than those of the portal may be."""
    called = plain_name(name)
    if YEAR_ENDING.fullmatch(called):
        return not (are_calendar and "dec" in called)
    return called in FISCAL_NAMES and not are_calendar


def names_known(names: Sequence[str]) -> int:
    """How many of the columns that the portal looks for a row of names holds."""
    return len(suggest_mapping(names))


def plain_name(name: str) -> str:
    """A column's name as names of columns are compared."""
    return " ".join(re.sub(r"[_\-./]+", " ", name.casefold()).split())
