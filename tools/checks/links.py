"""Relative links in Markdown files lead to files that exist, and #anchors to headings that exist."""

import re
import subprocess
import sys
from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)


def anchors_of(path):
    """The ids that GitHub gives to headings."""
    text = FENCE.sub("", path.read_text())
    headings = re.findall(r"^#+\s+(.*)$", text, re.M)
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in headings}


def problems_of(path, text):
    """The relative links that lead nowhere."""
    for target in LINK.findall(FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name) if name else path
        if not there.exists():
            yield f"{target}: no such file"
        elif anchor and there.suffix == ".md" and anchor not in anchors_of(there):
            yield f"{target}: no such heading"


def main():
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
                            check=True, capture_output=True, text=True).stdout
    files = [Path(name) for name in listed.split("\0") if name and Path(name).exists()]
    count = 0
    for path in files:
        for message in problems_of(path, path.read_text()):
            print(f"{path}: {message}")
            count += 1
    print(f"links: {len(files)} Markdown files, {count} problems")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
