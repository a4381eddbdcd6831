"""The columns of the departments, and what is said of rows that cannot mean one."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from planning.projects.workflow import Wording
from sop_portal.workbook.cells.columns import Column
from sop_portal.workbook.cells.values import Name, Names, ShortName, YesNo

CODE_STAYS = Wording(
    "code",
    _("Row %(row)s, column %(column)s: the short name of %(department)s is %(code)s and stays. Write that, or none."),
)
CODE_TAKEN = Wording(
    "code",
    _("Row %(row)s, column %(column)s: “%(value)s” is the short name of %(department)s already. Write another one."),
)
LOOKALIKE = Wording(
    "lookalike",
    _(
        "Row %(row)s: “%(value)s” looks like %(department)s and is written with letters of another alphabet. "
        "Type the name anew."
    ),
)
ALIKE = Wording(
    "alike", _("Row %(row)s: “%(value)s” is what %(department)s was called. Choose another name, or write that one.")
)
NO_HEIR = Wording(
    "heir",
    _(
        "Row %(row)s, column %(column)s: “%(value)s” is no other department of the portal or the file. "
        "Correct the name, or leave the cell blank."
    ),
)
STILL_THERE = Wording(
    "heir",
    _(
        "Row %(row)s, column %(column)s: a department that became part of another no longer takes part. "
        "Write no under “Takes part”, or leave this cell blank."
    ),
)
MERGED_THERE = Wording(
    "heir",
    _(
        "Row %(row)s, column %(column)s: %(department)s is in the portal already. "
        "Let it become part of another one on its own page, and leave this cell blank."
    ),
)

DEPARTMENT_COLUMNS = (
    Column(
        "name",
        _("Department"),
        _("What the department is called."),
        _("Arts"),
        Name(),
        ("name", "department name", "dept", "unit", "branch", "library", "名称", "部门名称", "单位", "分馆"),
        is_required=True,
    ),
    Column(
        "code",
        _("Short name"),
        _("A few letters and digits for addresses; left blank, it is made from the name. It stays for good."),
        "arts",
        ShortName(),
        ("code", "department code", "slug", "代码", "编码", "部门代码"),
    ),
    Column(
        "division",
        _("Division"),
        _("The division it belongs to, where there are any: divisions group and sum, nothing more."),
        _("Culture"),
        Name(),
        ("group", "sector", "分部", "板块", "所属板块", "所属分部"),
    ),
    Column(
        "takes_part",
        _("Takes part"),
        _("Whether it plans in new years; left blank, it does."),
        _("yes"),
        YesNo(),
        ("active", "is active", "参与", "是否参与", "在用"),
    ),
    Column(
        "became_part_of",
        _("Became part of"),
        _("The department that a merged one became part of; only for one that is new to the portal."),
        _("Culture"),
        Name(),
        ("merged into", "heir", "并入", "合并到"),
    ),
    Column(
        "former_names",
        _("Former names"),
        _("What it was called before, one name a line: its figures come in under these names too."),
        pgettext_lazy("department", "Fine arts"),
        Names(),
        ("former name", "previous name", "曾用名", "原名称"),
    ),
)
