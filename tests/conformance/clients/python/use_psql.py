"""psql: plays the scripts of psql/scenarios.psql, each in a psql of its own."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PSQL = f"{os.environ.get('PG_BIN', '/usr/lib/postgresql/15/bin')}/psql"
SCRIPTS = Path(__file__).resolve().parents[1] / "psql/scenarios.psql"


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, script in re.findall(r"^-- == (.*)\n((?:(?!^-- == ).*\n)*)", SCRIPTS.read_text(), re.M):
        if name.startswith("masked") != (wanted == "masked"):
            continue
        print(f"== {name}", flush=True)
        with tempfile.TemporaryDirectory(prefix="psql-") as directory:
            environment = os.environ | {"PSQL_EDITOR": "sed -i 's/[+] 1/+ 2/'", "PAGER": "cat", "COLUMNS": "120"}
            try:
                done = subprocess.run([PSQL, "-Xa", "-v", f"directory={directory}"], input=script, text=True, cwd=directory, env=environment,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=40)
            except subprocess.TimeoutExpired:
                print("!! not within its time", flush=True)
                continue
        print(done.stdout.replace(directory, "DIRECTORY"), end="")
        print(f"status {done.returncode}", flush=True)


main()
