"""What a package of parts is, told by what it declares and not by the names of its parts; and what in it acts.

Read by path in the child process that looks into one file; nothing of the portal is imported. An office file whose
programs have been given harmless names still says what they are: an office program would not run them otherwise.
"""

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.parsers.expat import ExpatError, ParserCreate

MOST_ENTRIES = 5_000
MOST_UNPACKED = 500_000_000
MOST_WITHIN = 50_000_000
MOST_RATIO = 200
RATIO_MATTERS_FROM = 20_000_000
PACKED, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BROKEN = (zipfile.BadZipFile, zlib.error, ExpatError)
UNREADABLE = (*BROKEN, ValueError, NotImplementedError, OSError, RuntimeError, EOFError)
# What the main part of an office file is declared to be.
MAIN = {
    "wordprocessingml.document.main": "docx",
    "wordprocessingml.template.main": "docx",
    "spreadsheetml.sheet.main": "xlsx",
    "spreadsheetml.template.main": "xlsx",
    "presentationml.presentation.main": "pptx",
    "presentationml.slideshow.main": "pptx",
    "presentationml.template.main": "pptx",
}
OTHER_OFFICE = "OTHER_OFFICE"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
OPEN_DOCUMENTS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp"}


def beside(name: str) -> Any:
    """A module that lies beside this one, read by path as this one is."""
    spec = spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = module_from_spec(spec)  # type: ignore[arg-type]
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module


acting = beside("acting")


class RefusedPackage(Exception):
    """Ends the look with the name of a `PaperProblem`."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass
class Element:
    """One element of a part: its name and attributes without their namespaces, who declares it, and its words."""

    name: str
    declared_by: str
    attributes: dict[str, str]
    words: list[str] = field(default_factory=list)


class Reading:
    """Goes through XML piece by piece and keeps the elements that are wanted."""

    def __init__(self, wanted: tuple[str, ...]) -> None:
        self.wanted, self.found, self.is_inside = wanted, list[Element](), False
        self.parser = ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.begin
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.words
        # No office program writes one, and what it declares could grow without end.
        self.parser.StartDoctypeDeclHandler = self.refuse

    def begin(self, called: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        declared_by, _blank, name = called.rpartition(" ")
        self.is_inside = name in self.wanted
        if self.is_inside:
            plain = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
            self.found.append(Element(name, declared_by, plain))

    def end(self, _called: str) -> None:
        """An element ends: what follows are not its words."""
        self.is_inside = False

    def words(self, text: str) -> None:
        """The words of an element, in as many pieces as they come."""
        if self.is_inside:
            self.found[-1].words.append(text)

    def refuse(self, *_declared: object) -> None:
        """A type of document is declared."""
        raise RefusedPackage("DAMAGED")


class Package:
    """The parts of an archive, by their names without regard to case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        self.parts = {entry.filename.lower().replace("\\", "/").lstrip("/"): entry for entry in entries}
        # Two programs would read two different parts.
        if len(self.parts) != len(entries):
            raise RefusedPackage("DAMAGED")

    def beginning(self, name: str, most: int) -> bytes:
        """The beginning of a part; nothing where there is none."""
        if name not in self.parts:
            return b""
        with self.archive.open(self.parts[name]) as part:
            return part.read(most)

    def elements(self, name: str, *wanted: str) -> list[Element]:
        """The elements of these names in a part that is XML."""
        reading = Reading(wanted)
        if name in self.parts:
            with self.archive.open(self.parts[name]) as part:
                reading.parser.ParseFile(part)
        return reading.found

    def relations(self) -> Iterator[Element]:
        """What its parts are related to."""
        for name in self.parts:
            if name.endswith(".rels"):
                yield from self.elements(name, "Relationship")


def kind_of_package(packed: bytes, *, is_within: bool = False) -> str:
    """Which kind of office file or invoice a package is; RefusedPackage for any other, and for what acts by itself."""
    try:
        with zipfile.ZipFile(BytesIO(packed)) as archive:
            refuse_bomb(archive.infolist(), len(packed))
            package = Package(archive)
            kind = declared_kind(package)
            refuse_held(package, is_within=is_within)
    except UNREADABLE:
        raise RefusedPackage("DAMAGED") from None
    if kind in ("", OTHER_OFFICE):
        raise RefusedPackage(kind or "ARCHIVE")
    return kind


def refuse(problem: str) -> None:
    """Refuse a package that has a problem."""
    if problem:
        raise RefusedPackage(problem)


def refuse_bomb(entries: list[zipfile.ZipInfo], size: int) -> None:
    """Refuse what would unpack to far more than it is, and what is locked."""
    unpacked = sum(entry.file_size for entry in entries)
    is_bomb = unpacked > RATIO_MATTERS_FROM and unpacked > MOST_RATIO * size
    if unpacked > MOST_UNPACKED or is_bomb:
        raise RefusedPackage("TOO_LARGE_WITHIN")
    if len(entries) > MOST_ENTRIES:
        raise RefusedPackage("TOO_MANY_PARTS")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedPackage("PASSWORD")


def declared_kind(package: Package) -> str:
    """What the package says it is; nothing where it says nothing of the kind."""
    if "[content_types].xml" in package.parts:
        return office_kind(package)
    if "mimetype" in package.parts and "content.xml" in package.parts:
        return open_document_kind(package)
    if package.elements("ofd.xml", "OFD"):
        return "ofd"
    return ""


def refuse_held(package: Package, *, is_within: bool) -> None:
    """Refuse files inside: objects of other programs, whatever they are called, and packages that would be refused.

    A chart brings its small spreadsheet along: that is looked into, one level deep.
    """
    for name, entry in package.parts.items():
        begins = package.beginning(name, len(OLE))
        if begins == OLE or begins.startswith(acting.PROGRAMS):
            raise RefusedPackage("HOLDS_OTHERS")
        if begins.startswith(PACKED):
            if is_within or entry.file_size > MOST_WITHIN:
                raise RefusedPackage("HOLDS_OTHERS")
            try:
                kind_of_package(package.beginning(name, MOST_WITHIN), is_within=True)
            except RefusedPackage as refused:
                raise RefusedPackage("MACROS" if refused.problem == "MACROS" else "HOLDS_OTHERS") from None


def declared_types(package: Package) -> dict[str, str]:
    """What each part of an Office Open XML package is declared to be: by its name, or else by its end."""
    said = {
        part_name(one.attributes.get("PartName", f"*.{one.attributes.get('Extension', '')}")): one
        for one in package.elements("[content_types].xml", "Default", "Override")
    }
    found = {name: said.get(name) or said.get(f"*.{name.rpartition('.')[2]}") for name in package.parts}
    return {name: one.attributes.get("ContentType", "").lower() for name, one in found.items() if one}


def part_name(written: str) -> str:
    """The name of a part as the archive has it."""
    return unquote(written).lower().replace("\\", "/").lstrip("/")


def office_kind(package: Package) -> str:
    """Which kind of Office Open XML it is, by the part its package is related to as the document."""
    types = declared_types(package)
    for kind in types.values():
        if any(sign in kind for sign in acting.PROGRAM_TYPES):
            raise RefusedPackage("MACROS")
        if acting.CONTROL_TYPE in kind:
            raise RefusedPackage("HOLDS_OTHERS")
    main = main_part(package)
    if not main:
        return ""
    kind = types.get(main, "")
    if "macroenabled" in kind:
        # A binary workbook is called so whether or not there are macros in it.
        raise RefusedPackage(OTHER_OFFICE if "binary" in kind else "MACROS")
    refuse(acting.wrong_with_relations(package) or ("FETCHES" if acting.fetches(package, types) else ""))
    return next((end for sign, end in MAIN.items() if sign in kind), OTHER_OFFICE)


def main_part(package: Package) -> str:
    """The part that is the document, by the relations of the package; nothing where it has none."""
    for one in package.elements("_rels/.rels", "Relationship"):
        if one.attributes.get("Type", "").rstrip("/").lower().endswith("/officedocument"):
            main = part_name(one.attributes.get("Target", ""))
            if main not in package.parts:
                raise RefusedPackage("DAMAGED")
            return main
    return ""


def open_document_kind(package: Package) -> str:
    """Which kind of open document it is, by what it says first."""
    said = package.beginning("mimetype", 200).decode("ascii", "replace").strip()
    if package.elements("meta-inf/manifest.xml", "encryption-data"):
        raise RefusedPackage("PASSWORD")
    if any(name.startswith(("basic/", "scripts/")) for name in package.parts):
        raise RefusedPackage("MACROS")
    for name in package.parts:
        if name.rpartition("/")[2] in ("content.xml", "styles.xml"):
            refuse(acting.wrong_with_open_document(package, name))
    if not said.startswith(OPEN_DOCUMENT):
        return ""
    return OPEN_DOCUMENTS.get(said.removeprefix(OPEN_DOCUMENT), OTHER_OFFICE)
