"""The include law (ARCHITECTURE.md): a folder of src includes itself and lower levels, nothing else.

Also: pure folders touch nothing of the outside world, heavy templates stay out of headers, and the
parser's raw tree is seen by the sql folder's own sources only.
"""

import re
import sys
from pathlib import Path

LEVELS = {
    "base": 0,
    "protocol": 1, "auth": 1, "sql": 1,
    "policy": 2,
    "plan": 3, "usage": 3, "audit": 3, "approvals": 3, "config": 3,
    "net": 4, "store": 4,
    "control": 5,
    "admin": 6, "channels": 6, "gateway": 6,
    "cli": 7,
}
NEIGHBOURS = {("protocol", "auth")}  # the one exception: the login flows speak SCRAM
MAIN_LEVEL = 8  # files of src itself
LAST_PURE_LEVEL = 3
# pthread is not here: the parser needs a thread with a deep stack, which src/sql owns.
IMPURE = re.compile(
    r"boost/|libpq-fe\.h|sqlite3\.h|spdlog/|openssl/ssl\.h|"
    r"(thread|mutex|shared_mutex|condition_variable|fstream|iostream|sys/socket\.h|unistd\.h|fcntl\.h)$")
HEAVY = re.compile(r"boost/asio\.hpp|boost/asio/ssl\.hpp|boost/asio/ssl/stream\.hpp|boost/beast(/|\.hpp)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def level_of(path):
    return LEVELS.get(path.parts[1]) if len(path.parts) > 2 else MAIN_LEVEL


def problems_of(path, text):
    folder = path.parts[1] if len(path.parts) > 2 else None
    level = level_of(path)
    if level is None:
        yield 1, f'folder "{folder}" has no level: add it to tools/checks/includes.py and ARCHITECTURE.md'
        return
    for number, line in enumerate(text.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        kind, name = match.groups()
        if name == "sql/raw_tree.h" and not (folder == "sql" and path.suffix == ".cpp"):
            yield number, "sql/raw_tree.h is for src/sql/*.cpp only"
        if path.suffix == ".h" and HEAVY.match(name):
            yield number, f"<{name}> belongs in a .cpp file: it costs every includer seconds"
        if level <= LAST_PURE_LEVEL and kind == "<" and IMPURE.match(name):
            yield number, f'<{name}> does not belong in the pure folder "{folder}"'
        if kind == '"':
            target = name.split("/")[0]
            if "/" not in name:
                yield number, f'"{name}": write the path from src'
            elif target not in LEVELS:
                yield number, f'"{name}" is in no folder of src'
            elif target != folder and LEVELS[target] >= level and (folder, target) not in NEIGHBOURS:
                yield number, f'"{folder}" (level {level}) must not see "{target}" (level {LEVELS[target]})'


def main():
    count = files = 0
    for path in sorted(Path("src").rglob("*")):
        if path.suffix in (".h", ".cpp", ".c"):
            files += 1
            for number, message in problems_of(path, path.read_text()):
                print(f"{path}:{number}: {message}")
                count += 1
    print(f"include law: {files} files, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
