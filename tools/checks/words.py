"""What must not get into the repository: paths of somebody's machine, hosts in lockfiles, leftovers."""

import re
import subprocess
import sys
from pathlib import Path

FORBIDDEN = [
    (re.compile(r"(?<![\w./$}~-])/(?:work|root|home/\w+|Users/\w+)/"), "a path of one machine"),
    (re.compile(r"/tmp/[\w-]*brief"), "a path of one machine"),
    (re.compile(r"^(<{7}|>{7}) ", re.M), "a merge conflict"),
    (re.compile(r"\b(?:FIXME|XXX|HACK)\b"), "a leftover"),
    (re.compile(r"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\n"), "a private key"),
]
LOCKFILE = [(re.compile(r'"resolved":'), 'a host in a lockfile: delete the "resolved" lines')]


def problems_of(path, text):
    for pattern, what in FORBIDDEN + (LOCKFILE if path.name == "package-lock.json" else []):
        for match in pattern.finditer(text):
            yield text.count("\n", 0, match.start()) + 1, f"{what}: {match.group(0).strip()}"


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    count = files = 0
    for path in map(Path, filter(None, listed.split("\0"))):
        if not path.is_file() or path.parent == Path("tools/checks"):
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        files += 1
        for number, message in problems_of(path, text):
            print(f"{path}:{number}: {message}")
            count += 1
    print(f"words: {files} files, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
