"""Write the bill of materials: every package the portal is made of, from the lock files, as CycloneDX."""

import base64
import json
import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "var" / "sbom.cdx.json"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)((?: \\\n +--hash=sha256:[0-9a-f]{64})+)", re.MULTILINE)
HASH = re.compile(r"sha256:([0-9a-f]{64})")
LONGEST_LICENCE = 80


def main() -> None:
    """Write the file and say how many packages it names."""
    TARGET.parent.mkdir(exist_ok=True)
    found = bill()
    TARGET.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    print(f"{TARGET.relative_to(ROOT)}: {len(found['components'])} packages")


def bill() -> dict[str, Any]:
    """The whole bill, as CycloneDX 1.5 has it."""
    portal = {"type": "application", "name": "sop-portal", "bom-ref": "sop-portal"}
    components = [*python_packages(), *browser_packages()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": portal},
        "components": components,
    }


def python_packages() -> Iterator[dict[str, Any]]:
    """What is installed from requirements.txt, with the hashes it is checked against."""
    for name, version, hashes in PINNED.findall((ROOT / "requirements.txt").read_text()):
        sums = [{"alg": "SHA-256", "content": found} for found in HASH.findall(hashes)]
        yield component("pypi", name, version, f"https://pypi.org/simple/{name}/", sums) | licence_of(name)


def browser_packages() -> Iterator[dict[str, Any]]:
    """What the pages are made of: from package-lock.json, but for the tools of whoever changes the code."""
    for place, package in json.loads((ROOT / "package-lock.json").read_text())["packages"].items():
        if place and not package.get("dev"):
            name, (_kind, digest) = place.removeprefix("node_modules/"), package["integrity"].split("-", 1)
            sums = [{"alg": "SHA-512", "content": base64.b64decode(digest).hex()}]
            version, file = package["version"], name.rpartition("/")[2]
            source = f"https://registry.npmjs.org/{name}/-/{file}-{version}.tgz"
            found = component("npm", name, version, source, sums)
            yield found | {"licenses": [{"license": {"name": package.get("license", "unknown")}}]}


def component(kind: str, name: str, version: str, source: str, sums: list[dict[str, str]]) -> dict[str, Any]:
    """One package: what it is called, where it comes from, and what its files have to be."""
    purl = f"pkg:{kind}/{name.replace('@', '%40')}@{version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "externalReferences": [{"type": "distribution", "url": source, "hashes": sums}],
    }


def licence_of(name: str) -> dict[str, Any]:
    """What the package itself says of its licence, where it is installed."""
    try:
        about = metadata(name)
    except PackageNotFoundError:
        return {}
    [said, *_more] = about.get_all("License-Expression") or about.get_all("License") or [""]
    if not said or len(said) > LONGEST_LICENCE:
        classes = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or [] if "License" in line]
        said = ", ".join(classes)
    return {"licenses": [{"license": {"name": said.strip()}}]} if said.strip() else {}


if __name__ == "__main__":
    main()
