"""Plays statements made at random in two worlds: the answers must be the same bytes, and what a masked database would answer."""

import re
import subprocess
from collections import Counter

import psycopg

from harness.shop import DATABASE

from . import oracle
from .corpus import Scenario
from .random_statements import SCHEMA_QUESTION, Statements, read_schema
from .worlds import World, Worlds

PROTOCOLS = ("simple", "extended")
# Where the world without a gateway does not hold what the masks show, so that answers cannot be compared.
NOT_IN_REFERENCE = re.compile(r"EXPLAIN|contact_list|clinic\.|contractors|people|accounts|INSERT INTO public.logins")

OF_THE_SERVER = re.compile(r"pg_conf_load_time|pg_postmaster_start_time")  # differ between servers


def make(world: World, count: int, seed: int) -> list[Scenario]:
    with psycopg.connect(world.server.admin_dsn(DATABASE)) as admin:
        tables = read_schema(admin.execute(SCHEMA_QUESTION).fetchall())
    return [Scenario("random", str(number), [Statements(tables, number).statement()]) for number in range(seed, seed + count)]


def make_by_sqlsmith(world: World, count: int, seed: int) -> list[Scenario]:
    """sqlsmith asks the catalog of the database itself what there is; here it runs nothing."""
    command = ["sqlsmith", f"--target={world.server.admin_dsn(DATABASE)}", "--dry-run", "--exclude-catalog",
               f"--max-queries={count}", f"--seed={seed}"]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300).stdout
    statements = [text.strip() for text in printed.split(";\n") if text.strip() and not OF_THE_SERVER.search(text)]
    return [Scenario("sqlsmith", f"{seed}.{number}", [statement]) for number, statement in enumerate(statements)]


def judge(worlds: Worlds, scenario: Scenario, protocol: str) -> tuple[oracle.Judgement, str]:
    """The judgement on noninterference, and what is wrong with the answer otherwise."""
    judgement = oracle.attack(worlds, scenario, protocol)
    if judgement.outcome in ("0A000", "42501", "SL001") or NOT_IN_REFERENCE.search(scenario.statements[0]):
        return judgement, ""
    return judgement, oracle.benign(worlds, scenario, protocol).trouble


def run(count: int, seed: int, by_sqlsmith: bool, verbose: bool) -> int:
    outcomes: Counter[str] = Counter()
    leaks = wrong = 0
    with Worlds() as worlds:
        maker = make_by_sqlsmith if by_sqlsmith else make
        for number, scenario in enumerate(maker(worlds.left, count, seed)):
            judgement, mistake = judge(worlds, scenario, PROTOCOLS[number % 2])
            outcomes[judgement.outcome] += 1
            leaks += bool(judgement.trouble)
            wrong += bool(mistake)
            if judgement.trouble or mistake or (verbose and judgement.outcome != "answered"):
                print(f"{scenario.category} {scenario.name} | {judgement.protocol} | {judgement.outcome} | {judgement.trouble or mistake or 'fine'}\n"
                      f"    {scenario.statements[0]}", flush=True)
        found = oracle.logs(worlds)
    print("\n".join(found))
    print(f"{sum(outcomes.values())} statements, {leaks} leaks, {wrong} wrong answers; " + ", ".join(f"{n} {o}" for o, n in outcomes.most_common()))
    return 1 if leaks or found else 0
