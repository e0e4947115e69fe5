"""pg_dump and its family: every format, restored into another database; the two must then be dumped alike."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BINARIES = Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
DATABASE = os.environ["PGDATABASE"]


def run(program: str, *arguments: str) -> str:
    done = subprocess.run([str(BINARIES / program), *arguments], text=True, capture_output=True, timeout=100)
    return (f"{done.stdout}{done.stderr}" if not done.returncode else f"status {done.returncode}\n{done.stdout[:2000]}{done.stderr}").replace(directory, "DIRECTORY")


def show(name: str, text: str) -> None:
    text = re.sub(r"(?m)^(\\(?:un)?restrict) \S+$", r"\1 KEY", text)  # a random word
    text = re.sub(r"(?m)^(-- (?:Started|Completed) on ).*$|^(;\s+Archive created at ).*$", r"\1\2", text)
    print(f"== {name}\n{text}", flush=True)


def restored() -> str:
    """What lies in the second database, which is then emptied."""
    text = run("pg_dump", "-h", os.environ["PGHOST"], "restored")
    run("psql", "-Xqd", "restored", "-c", "DROP SCHEMA public CASCADE", "-c", "CREATE SCHEMA public")
    return text


def main() -> None:
    show("plain text", run("pg_dump"))
    show("schema alone, with more options", run("pg_dump", "--schema-only", "--clean", "--if-exists", "--create", "--quote-all-identifiers", "--no-comments"))
    show("data as INSERT", run("pg_dump", "--data-only", "--column-inserts", "--rows-per-insert=7", "-t", "authors", "-t", "books"))
    show("one table", run("pg_dump", "-t", "authors", "--serializable-deferrable", "--disable-triggers", "--data-only"))
    show("nothing to dump", run("pg_dump", "-t", "nosuch"))
    show("psql reads a dump", f"{run('pg_dump', '-f', f'{directory}/dump.sql')}{run('psql', '-Xqd', 'restored', '-f', f'{directory}/dump.sql')}{restored()}")
    for form, options in (("custom", []), ("tar", []), ("directory", []), ("directory", ["-j2"]), ("custom", ["-j2"])):
        file = f"{directory}/{form}{len(options)}"
        dump = run("pg_dump", f"-F{form}", "-f", file, *(options if form == "directory" else []))
        restore = run("pg_restore", "-d", "restored", *options, file)
        show(f"{form} {' '.join(options)}".strip(), f"{dump}{restore}{run('pg_restore', '-l', file)}{restored()}")
    show("in one transaction", f"{run('pg_restore', '-1', '-d', 'restored', f'{directory}/custom0')}{restored()}")
    show("maintenance", run("vacuumdb", "-z", "-t", "authors") + run("reindexdb", "-t", "authors") + run("clusterdb") + run("vacuumdb", "--analyze-in-stages"))
    here = ["--maintenance-db", DATABASE]
    show("making databases", run("createdb", *here, "made", "-T", "template0") + run("dropdb", *here, "made") + run("dropdb", *here, "made"))
    show("is it ready", re.sub(r":\d+", ":PORT", run("pg_isready")))
    show("amcheck", run("pg_amcheck", "-t", "authors"))


with tempfile.TemporaryDirectory(prefix="dumps-") as directory:
    if sys.argv[1:] != ["masked"]:
        main()
