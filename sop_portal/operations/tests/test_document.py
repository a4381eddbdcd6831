"""docs/operations.md is what an operator types: its commands are read from it and carried out, in its order."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.db import connection

from sop_portal.operations.metrics import registry

ROOT = Path(settings.BASE_DIR)
DOCUMENT = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^```\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines()]
COMMANDS = [line for line in LINES if re.match(r"(portal|owner) ", line)]
SETTINGS = [line for line in LINES if re.match(r"[A-Z_]+=\S*$|DEFAULT_FROM_EMAIL=", line)]
MADE_AT_INSTALL = [
    folder for line in LINES if line.startswith("install -d ") for folder in re.findall(r"/var/\S+", line)
]
STATEMENTS = [line for line in LINES if re.match(r"(CREATE|ALTER) ", line)]
# What a test cannot do to the machine it runs on, or is tried elsewhere.
OF_THE_MACHINE = re.compile(
    r"apt-get |adduser |git |cd |make |rm |mkdir |chown |chmod |cp |systemctl |sudo -u postgres psql$|\\c |"
    r'install -[dm] |python3 -c "import secrets|(as_portal|portal|owner)\(\) \{|'
    r"as_portal env DATABASE_URL=sqlite:\S+ /opt/sop-portal/\.venv/bin/python manage\.py move_to "
)


def test_every_line_of_a_block_is_tried_or_is_the_machines_own() -> None:
    known = {*COMMANDS, *SETTINGS, *STATEMENTS}
    assert [line for line in LINES if line not in known and not OF_THE_MACHINE.match(line)] == []
    assert (len(COMMANDS) > 10, len(STATEMENTS)) == (True, 4)


def test_what_is_roots_is_handed_over_by_the_shell() -> None:
    """The portal's user reads and writes no file of root's: only `<` and `>` name one."""
    words = [line.partition(" < ")[0].partition(" > ")[0] for line in COMMANDS]
    assert [line for line in words if "/root/" in line or "/mnt/" in line] == []
    assert any(" > /root/" in line for line in COMMANDS)
    assert any(" < /root/" in line for line in COMMANDS)


def test_every_folder_it_writes_to_is_made_at_install() -> None:
    named = {folder for line in LINES for folder in re.findall(r"/var/lib/[a-z-]+", line)}
    assert named == set(MADE_AT_INSTALL)


def test_every_setting_it_names_is_one() -> None:
    known = set(re.findall(r"^#? ?([A-Z][A-Z_]*)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {line.split("=")[0] for line in SETTINGS} - known == set()


def test_the_units_it_starts_are_there() -> None:
    units = {path.name.removesuffix(".service") for path in (ROOT / "deploy" / "systemd").iterdir()}
    started = {name for line in LINES if line.startswith("systemctl ") for name in re.findall(r"sop-portal\S+", line)}
    assert {re.sub(r"@\d", "@", name) for name in started} <= units


@pytest.mark.django_db
def test_every_figure_and_every_word_an_alarm_names_is_said_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {f"{metric.name}{'_total' if metric.type == 'counter' else ''}" for metric in registry.collect()}
    assert set(re.findall(r"sop_portal_\w+", DOCUMENT)) - told == {"sop_portal_owner"}
    said = "".join((ROOT / "sop_portal" / "operations" / "health.py").read_text())
    assert [words for words in re.findall(r"`/readyz`: “([^”]+)”", DOCUMENT) if words not in said] == []


@dataclass
class Machine:
    """What the document sets up: settings of who serves and of who migrates."""

    folder: Path
    serving: dict[str, str]
    owning: dict[str, str]

    def run(self, line: str) -> subprocess.CompletedProcess[bytes]:
        """Carry out a line as it stands, on this machine's folders."""
        who, _space, asked = line.partition(" ")
        asked, _sign, given = asked.partition(" < ")
        asked, _sign, into = asked.partition(" > ")
        # The browser tests, collected beside these, set what no operator sets.
        own = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}
        environment = own | self.serving | (self.owning if who == "owner" else {})
        kind = "*.tar.age" if "--identity" in asked else "*.tar"
        arguments = [self.place(word, kind) for word in asked.split()]
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        handed = Path(self.place(given)).read_bytes() if given else None
        ended = subprocess.run(command, env=environment, input=handed, capture_output=True, check=False, cwd=ROOT)
        if into:
            Path(self.place(into)).write_bytes(ended.stdout)
        return ended

    def place(self, word: str, kind: str = "*.tar") -> str:
        """A folder of the document as one of this machine; `…` is the newest backup of a kind in it."""
        found = re.sub(r"^/(var/lib|mnt|root)/", f"{self.folder}/", word)
        if word.startswith(("/mnt/", "/root/")):
            Path(found).parent.mkdir(parents=True, exist_ok=True)
        return str(sorted(Path(found).parent.glob(kind))[-1]) if found.endswith("/…") else found


@pytest.fixture
def machine(on_postgresql: bool, db: None, tmp_path: Path) -> Iterator[Machine]:
    """Two roles and a database, made by the statements of the document."""
    if not on_postgresql:
        pytest.skip("The document sets up PostgreSQL.")
    name, own = f"documented_{os.getpid()}", connection.settings_dict
    where = f"{own['HOST'] or '127.0.0.1'}:{own['PORT'] or 5432}"
    login = own["USER"] + (f":{own['PASSWORD']}" if own["PASSWORD"] else "")

    def here(text: str) -> str:
        words = re.sub(r"\bsop_portal(_owner)?\b", lambda found: name + (found[1] or ""), text)
        return words.replace("…", "secret").replace("127.0.0.1:5432", where)

    def carry_out(database: str, statements: list[str]) -> None:
        server = psycopg2.connect(f"postgres://{login}@{where}/{database}")
        server.autocommit = True
        with server.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        server.close()

    made = [here(statement) for statement in STATEMENTS]
    carry_out("postgres", [statement for statement in made if "SCHEMA" not in statement])
    carry_out(name, [statement for statement in made if "SCHEMA" in statement])
    given = dict(here(line).split("=", 1) for line in SETTINGS)
    own_keys = {"SECRET_KEY": "s" * 60, "TRAIL_KEY": "t" * 60, "DJANGO_SETTINGS_MODULE": "sop_portal.settings"}
    for folder in MADE_AT_INSTALL:
        Path(re.sub("^/var/lib", str(tmp_path), folder)).mkdir()
    anchor = {"TRAIL_ANCHOR_FILE": re.sub("^/var/lib", str(tmp_path), given["TRAIL_ANCHOR_FILE"])}
    anchor |= {"REDIS_URL": "", "EMAIL_URL": "dummymail://"}
    owning = {"OWNER_DATABASE_URL": given.pop("OWNER_DATABASE_URL")}
    yield Machine(tmp_path, given | own_keys | anchor, owning)
    carry_out(
        "postgres",
        [f"DROP DATABASE {name} WITH (FORCE)", f"DROP ROLE {name}", f"DROP ROLE {name}_owner"],
    )


@pytest.mark.walk
@pytest.mark.slow
def test_a_new_operator_gets_through_the_document(machine: Machine) -> None:
    """Migrated by the owner alone; everything else of it works for the role that serves."""
    for line in re.findall(r"^ExecStart=.*manage\.py (.*)$", MIGRATING, re.MULTILINE):
        ended = machine.run(f"owner {line}")
        assert ended.returncode == 0, ended.stderr.decode()
    failed = []
    for line in COMMANDS:
        ended = machine.run(line)
        if ended.returncode:
            failed.append((line, ended.stderr.decode()[-500:]))
        if "--new-key" in line:
            # From here on what the timer makes is encrypted.
            machine.serving["BACKUP_KEY"] = ended.stderr.decode().strip().removeprefix("BACKUP_KEY=")
            assert machine.run("portal backup /var/lib/sop-portal-backups").returncode == 0
    assert failed == []
    assert machine.run("portal migrate --check").returncode == 0
    denied = machine.run("portal database_roles")
    assert (denied.returncode, b"Set OWNER_DATABASE_URL" in denied.stderr) == (1, True)
    assert machine.run("portal verify_trail").returncode == 0


MIGRATING = (ROOT / "deploy" / "systemd" / "sop-portal-migrate.service").read_text()
