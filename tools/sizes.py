"""Show how long and how wide the files are: a look, not a gate. What outgrows the guide may be two."""

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GUIDES = {"module": (100, 300), "function": (10, 40), "view": (10, 15), "template": (80, 150)}
WIDEST = 120
SHOWN = 12
SHOWN_OF_WIDE = 3


def main() -> None:
    """Print the largest of every kind beside its guide, and how much of the house is tests."""
    files = tracked()
    code = [path for path in files if path.suffix == ".py" and "migrations" not in path.parts]
    sized = {
        "module": [(lines(path), str(path)) for path in code],
        "function": [row for path in code for row in functions(path, of_views=False)],
        "view": [row for path in code for row in functions(path, of_views=True)],
        "template": [(lines(path), str(path)) for path in files if path.suffix == ".html"],
    }
    for kind, rows in sized.items():
        show(kind, rows)
    print(f"\nlines over {WIDEST} characters")
    for name, kind in (("templates", ".html"), ("Python", ".py"), ("style sheets", ".css"), ("scripts", ".js")):
        show_wide(name, [path for path in (code if kind == ".py" else files) if path.suffix == kind])
    tests = sum(lines(path) for path in code if "tests" in path.parts)
    print(f"\n{sum(lines(path) for path in code)} lines of Python, {tests} of them tests")


def tracked() -> list[Path]:
    """Return every file that git knows or would know, relative to the root."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [Path(name) for name in names if (ROOT / name).is_file()]


def lines(path: Path) -> int:
    """Return the file's length."""
    return len((ROOT / path).read_text().splitlines())


def functions(path: Path, *, of_views: bool) -> Iterator[tuple[int, str]]:
    """Yield a module's views, or its other functions, with their lengths, decorators and docstring not counted."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and is_view(path, node) == of_views:
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            yield (node.end_lineno or 0) - body[0].lineno + 2, f"{path}:{node.lineno} {node.name}"


def is_view(path: Path, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether the function answers an address: pages say by @page, @act or @open_to_all who may use it."""
    marks = {ast.unparse(mark).partition("(")[0] for mark in node.decorator_list}
    return "pages" in path.parts and bool(marks & {"page", "act", "open_to_all"})


def show(kind: str, rows: list[tuple[int, str]]) -> None:
    """Print the largest of one kind, and how many are within the guide."""
    usual, most = GUIDES[kind]
    within = sum(size <= usual for size, _ in rows)
    print(
        f"\n{kind}s: {within} of {len(rows)} within {usual} lines; {sum(size > most for size, _ in rows)} over {most}"
    )
    for size, name in sorted(rows, reverse=True)[:SHOWN]:
        print(f"  {size:4} {'!' if size > most else ' '} {name}")


def show_wide(name: str, paths: list[Path]) -> None:
    """Print how many lines of these files are too wide to be read at a glance, and the widest."""
    wide = [
        (len(line), f"{path}:{number}")
        for path in paths
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if len(line) > WIDEST
    ]
    print(f"  {len(wide):4}   {name}")
    for width, place in sorted(wide, reverse=True)[:SHOWN_OF_WIDE]:
        print(f"         {width} {place}")


if __name__ == "__main__":
    main()
