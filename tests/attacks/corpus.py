"""Reads scenario files: SQL with comments that say how to play it.

    -- name: a sentence; begins a scenario
    -- one message          all statements in one Query message (simple protocol only)
    -- simple | -- extended play it over this protocol only
    -- data: text           what to send when the server asks for COPY data (\\n, \\t and \\. as in SQL)
    -- parameters: a | b    values of $1, $2 … for every statement of the scenario
    -- as: dana             another identity than the usual agent
    SELECT …;               a statement ends with a line that ends with a semicolon

`:{email 3}` stands for the secret in customers.email of customer 3 in the first world: a right guess
there, a wrong one in the second world.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
GUESS = re.compile(r":\{(\w+) (\d+)\}")
WRITES = re.compile(r"\b(insert|update|delete|merge|truncate|create|drop|alter|nextval|setval|copy|call|do|into|lo_\w+)\b", re.IGNORECASE)


@dataclass
class Scenario:
    category: str
    name: str
    statements: list[str] = field(default_factory=list)
    one_message: bool = False
    protocols: tuple[str, ...] = ("simple", "extended")
    data: str = ""
    parameters: list[str] = field(default_factory=list)
    identity: str = ""

    def guesses(self) -> list[tuple[str, int]]:
        return [(column, int(row)) for text in [*self.statements, *self.parameters, self.data] for column, row in GUESS.findall(text)]

    def may_write(self) -> bool:
        return any(WRITES.search(statement) for statement in self.statements)

    def outlasts_a_reload(self) -> bool:
        """Played without a gateway, it would change more than rows."""
        return self.category in ("09_copies", "18_stored_code_and_ddl") or any("ALTER " in s or "CREATE UNLOGGED" in s for s in self.statements)


def fill_in(text: str, secrets: dict[str, dict[int, str]]) -> str:
    return GUESS.sub(lambda guess: secrets[guess[1]][int(guess[2])], text)


def not_supported_yet() -> set[tuple[str, str]]:
    lines = (HERE / "benign/not_supported_yet.txt").read_text().splitlines()
    return {tuple(line.split(" | ")) for line in lines if line and not line.startswith("#")}


def read_folder(folder: Path) -> list[Scenario]:
    scenarios = [scenario for path in sorted(folder.glob("*.sql")) for scenario in read_file(path)]
    names = [(scenario.category, scenario.name) for scenario in scenarios]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ValueError(f"scenarios with the same name: {sorted(twice)}")
    return scenarios


def read_file(path: Path) -> list[Scenario]:
    scenarios: list[Scenario] = []
    pending = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("-- name: "):
            scenarios.append(Scenario(path.stem, line[9:].strip()))
        elif line.startswith("-- ") and scenarios and not pending:
            _directive(scenarios[-1], line[3:].strip(), f"{path.name}:{number}")
        elif line.strip() and not line.startswith("--"):
            pending += line + "\n"
            if line.rstrip().endswith(";"):
                scenarios[-1].statements.append(pending.strip())
                pending = ""
    if pending:
        raise ValueError(f"{path.name}: the last statement has no end")
    for scenario in scenarios:
        if scenario.one_message:
            scenario.statements = [" ".join(scenario.statements)]
            scenario.protocols = ("simple",)
        if scenario.parameters:
            scenario.protocols = ("extended",)
    return scenarios


def _directive(scenario: Scenario, text: str, where: str) -> None:
    word, _, rest = text.partition(":")
    if text == "one message":
        scenario.one_message = True
    elif text in ("simple", "extended"):
        scenario.protocols = (text,)
    elif word == "data":
        scenario.data = rest.strip().replace("\\n", "\n").replace("\\t", "\t") + "\n"
    elif word == "parameters":
        scenario.parameters = [value.strip() for value in rest.split("|")]
    elif word == "as":
        scenario.identity = rest.strip()
    else:
        raise ValueError(f"{where}: unknown directive {text!r}")
