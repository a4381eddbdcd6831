"""The guides in docs/ say what the tables of steps say."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from sop_portal.foundation.organisation.roles import Role
from sop_portal.handbook.management.commands.write_guides import GUIDES
from sop_portal.handbook.role_guides import guide_of


@pytest.mark.parametrize("role", list(Role), ids=lambda role: str(role.value))
def test_the_guide_of_every_role_is_up_to_date(role: Role) -> None:
    with translation.override("en"):
        path = GUIDES / f"{role.value}.md"
        written = path.read_text(encoding="utf-8") if path.exists() else ""
        assert written == guide_of(role), f"Run manage.py write_guides: docs/guides/{path.name} is out of date."


def test_there_is_no_guide_without_a_role() -> None:
    left = {path.stem for path in GUIDES.glob("*.md")} - set(Role.values)
    assert left == set(), "Remove the guide from docs/guides/: nobody has the role."


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("role", list(Role), ids=lambda role: str(role.value))
def test_the_handbook_explains_every_role(role: Role, language: str) -> None:
    path = f"sop_portal/handbook/guides/roles.{language[:2]}.md"
    with translation.override(language):
        label = str(role.label).lower()
    explained = (Path(settings.BASE_DIR) / path).read_text(encoding="utf-8").lower()
    assert label in explained, f"Say what the role is for, by its name, in {path}."


def test_a_guide_holds_the_steps_of_its_role_alone() -> None:
    with translation.override("en"):
        head, auditor = guide_of(Role.HEAD), guide_of(Role.AUDITOR)
    assert ("**Submit forecast**" in head, "**Accept forecast**" in head, "**" in auditor) == (True, False, False)


def test_the_command_writes_them_into_any_folder_in_either_language(tmp_path: Path) -> None:
    call_command("write_guides", str(tmp_path / "guides"), "--language", "zh-hans", verbosity=0)
    assert "需求预测" in (tmp_path / "guides" / "head.md").read_text(encoding="utf-8")
