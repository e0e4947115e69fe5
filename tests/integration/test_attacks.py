"""The attack corpus and the benign one, each scenario over one of the two protocols; `./dev attack` plays both and prints a table."""

import pytest

from attacks import oracle, random_run
from attacks.corpus import HERE, Scenario, read_folder
from attacks.raw import RAW_ATTACKS, raw_attack
from attacks.worlds import Worlds
from conftest import through_sluice_only

pytestmark = [through_sluice_only, pytest.mark.timeout(170)]


@pytest.fixture(scope="module")
def worlds():
    with Worlds() as worlds:
        yield worlds


def one_protocol_each(scenarios: list[Scenario]) -> list[tuple[Scenario, str]]:
    return [(scenario, scenario.protocols[number % len(scenario.protocols)]) for number, scenario in enumerate(scenarios)]


def troubles(judgements: list[oracle.Judgement]) -> list[str]:
    return [f"{j.scenario.category} | {j.scenario.name} | {j.protocol} | {j.outcome} | {j.trouble}" for j in judgements if j.trouble]


def test_no_attack_tells_the_worlds_apart(worlds):
    assert troubles([oracle.attack(worlds, scenario, protocol) for scenario, protocol in one_protocol_each(read_folder(HERE))]) == []
    assert troubles([raw_attack(worlds, name) for name in RAW_ATTACKS]) == []
    assert oracle.logs(worlds) == []


def test_benign_statements_work_as_they_do_without_a_gateway(worlds):
    scenarios = read_folder(HERE / "benign")
    assert len(scenarios) >= 200
    assert troubles([oracle.benign(worlds, scenario, protocol) for scenario, protocol in one_protocol_each(scenarios)]) == []


def test_statements_made_at_random_are_answered_alike_in_both_worlds(worlds):
    scenarios = random_run.make(worlds.left, 60, seed=1)
    judged = [random_run.judge(worlds, scenario, random_run.PROTOCOLS[number % 2]) for number, scenario in enumerate(scenarios)]
    assert [(judgement.scenario.statements[0], judgement.trouble or mistake) for judgement, mistake in judged if judgement.trouble or mistake] == []
    assert sum(judgement.outcome == "answered" for judgement, _ in judged) > 40
