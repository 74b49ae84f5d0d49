# SPDX-License-Identifier: Apache-2.0
"""The project's C++ files, what they include, and which of them a check has already seen as they are now."""

import functools
import hashlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = ("src", "sim", "tests", "fuzz", "bench")
_INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)


def files(*suffixes: str) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.suffix in suffixes)


def includes(path: Path) -> list[str]:
    return [match[2] for match in _INCLUDE.finditer(path.read_text(errors="replace"))]


def check_changed(
    name: str, paths: Iterable[Path], ingredients: str, check: Callable[[Path], subprocess.CompletedProcess]
) -> int:
    """Checks, two at a time, the files that have not passed as they are, with all they include and the same
    `ingredients` (settings of the check). Prints what is wrong; answers the exit code of a script."""
    stamps = PROJECT / "build" / "lint" / name
    stamps.mkdir(parents=True, exist_ok=True)

    def check_one(path: Path) -> bool:
        stamp = stamps / hashlib.sha256(f"{path} {_digest(path)} {ingredients}".encode()).hexdigest()[:24]
        if stamp.exists():
            return True
        result = check(path)
        if result.returncode == 0:
            stamp.touch()
        else:
            print(result.stdout + result.stderr, flush=True)
        return result.returncode == 0

    with ThreadPoolExecutor(2) as pool:
        return 0 if all(list(pool.map(check_one, paths))) else 1


@functools.cache
def _digest(path: Path) -> str:
    """Of the file and every file of the project it includes, directly or not."""
    closure, todo = {path}, [path]
    while todo:
        for included in _resolved(todo.pop()):
            if included not in closure:
                closure.add(included)
                todo.append(included)
    digest = hashlib.sha256()
    for member in sorted(closure):
        digest.update(member.read_bytes())
    return digest.hexdigest()


@functools.cache
def _resolved(path: Path) -> tuple[Path, ...]:
    roots = (path.parent, PROJECT / "src", PROJECT)
    candidates = ([root / name for root in roots] for name in includes(path))
    found = (next((place for place in places if place.is_file()), None) for places in candidates)
    return tuple(place.resolve() for place in found if place)


def fail(text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(1)
