"""pgbench in all of its modes, and with scripts that use pipelines, conditions and results."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

PGBENCH = str(Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin")) / "pgbench")
SCRIPTS = {
    "pipeline": "\\startpipeline\n" + "SELECT abalance FROM pgbench_accounts WHERE aid = 1;\nUPDATE pgbench_tellers SET tbalance = tbalance + 1 WHERE tid = 1;\n" * 5
                + "\\endpipeline\n",
    "pipeline in a transaction": "\\startpipeline\nBEGIN;\nSELECT 1;\nSELECT :client_id + 2;\nCOMMIT;\n\\endpipeline\nSELECT 3;\n",
    "results and conditions": "SELECT 7 AS seven \\gset\n\\if :seven > 5\nSELECT 1 AS one \\aset\n\\else\nSELECT nosuch;\n\\endif\n\\set x random(1, 10) + 1\nSELECT :x;\n",
    "combined": "SELECT 1 \\; SELECT 2 \\; SELECT 3;\n",
    "an error": "SELECT 1/0;\n",
    "an error in a pipeline": "\\startpipeline\nSELECT 1;\nSELECT 1/0;\nSELECT 2;\n\\endpipeline\n",
}
MODES = ("simple", "extended", "prepared")


def run(*arguments: str) -> str:
    done = subprocess.run([PGBENCH, *arguments], text=True, capture_output=True, timeout=100)
    errors = "".join(sorted(done.stderr.splitlines(keepends=True)))  # clients fail in any order
    text = re.sub(r"(?m)^(?:latency|initial connection|tps|done in|.*tuples \(|pgbench \(|generating data|vacuuming|creating|dropping).*$\n?", "", done.stdout + errors)
    text = re.sub(r" *\d+\.\d+ +(\d+) +", r" TIME \1 ", re.sub(r"\d+\.\d+ ms|\d+\.\d+ s\b|\(.*%\)", "TIME", text))
    return f"status {done.returncode}\n{text}".replace(directory, "DIRECTORY")


def main() -> None:
    for steps in ("dtgvp", "dtGvpf"):
        print(f"== initialization by {steps}\n{run('-i', '-q', '-I', steps)}", flush=True)
    print(f"== initialization with partitions\n{run('-i', '-q', '--partitions=3', '--unlogged-tables')}", flush=True)
    for mode in MODES:
        for script in ("tpcb-like", "simple-update", "select-only"):
            print(f"== {script} {mode}\n{run('-n', '-M', mode, '-b', script, '-c3', '-j2', '-t20')}", flush=True)
        for name, text in SCRIPTS.items():
            file = Path(directory) / "script.sql"
            file.write_text(text)
            print(f"== {name} {mode}\n{run('-n', '-M', mode, '-f', str(file), '-c2', '-t10')}", flush=True)
    print(f"== connecting each time\n{run('-n', '-C', '-S', '-t10', '-r')}", flush=True)
    print(f"== retries\n{run('-n', '--max-tries=3', '-c2', '-t10', '--report-per-command')}", flush=True)


with tempfile.TemporaryDirectory(prefix="pgbench-") as directory:
    if sys.argv[1:] != ["masked"]:
        main()
