from pathlib import Path
from typing import Any

from django.db import migrations

from sop_portal.foundation.kit import clock

GUIDES = Path(__file__).resolve().parent.parent / "guides"
PAGES = ("start", "forecast", "request", "budget", "execution", "evaluation", "roles")


def publish(apps: Any, schema_editor: Any) -> None:
    """Publish the guides that come with the portal as version 1."""
    edition = apps.get_model("handbook", "Edition").objects.create(number=1, published_at=clock.now())
    guide = apps.get_model("handbook", "Guide")
    for page in PAGES:
        english, chinese = ((GUIDES / f"{page}.{language}.md").read_text(encoding="utf-8") for language in ("en", "zh"))
        guide.objects.create(edition=edition, page=page, text_en=english, text_zh=chinese)


def take_back(apps: Any, schema_editor: Any) -> None:
    """Remove version 1 and who confirmed it."""
    for name in ("Acknowledgement", "Guide"):
        apps.get_model("handbook", name).objects.filter(edition__number=1).delete()
    apps.get_model("handbook", "Edition").objects.filter(number=1).delete()


class Migration(migrations.Migration):
    """The first edition of the handbook."""

    dependencies = [("handbook", "0001_initial")]
    operations = [migrations.RunPython(publish, take_back)]
