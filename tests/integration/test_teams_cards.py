"""Every kind of card, and every card of the attack set, in Microsoft's own renderer in a browser."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from harness import find_binary
from harness.node import run_node

HERE = Path(__file__).parent / "teams"


pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def cards(tmp_path_factory) -> dict[str, dict]:
    """Cards as the unit tests write them, with the models that they show."""
    program = find_binary().parent / "tests/channels_test"
    if not program.exists():
        pytest.skip(f"{program} has not been built")
    directory = tmp_path_factory.mktemp("cards")
    done = subprocess.run([program, "--gtest_filter=TeamsCard.*"], env=os.environ | {"SLUICE_WRITE_CARDS": str(directory)}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:]
    return {path.stem: json.loads(path.read_text()) for path in directory.glob("*.json")}


@pytest.fixture(scope="module")
def seen(cards) -> dict[str, dict]:
    return run_node(HERE, "render.mjs", {"cards": {name: each["card"] for name, each in cards.items()}}, timeout=120)


def lines_of(card: dict) -> list[str]:
    return [line for item in card["body"] for line in item["lines"]]


def test_all_cards_parse_without_a_warning_and_render(cards, seen):
    assert len(seen) > 60 and set(seen) == set(cards)
    for name, card in seen.items():
        assert card["warnings"] == [], name
        assert all(line for item in card["body"] for line in item["lines"]), f"{name}: everything is visible"


def test_people_see_exactly_what_the_model_says(cards, seen):
    for name, card in seen.items():
        model, lines = cards[name]["model"], lines_of(card)
        boxes = [item["lines"] for item in card["body"] if item["kind"] == "Container"]
        assert [line.strip(" ") and line for line in boxes[1]] == [line.strip(" ") and line for line in model["statement"].split("\n")], name
        for parameter in model.get("parameters", []):
            value = "withheld" if parameter.get("withheld") else parameter["value"]
            assert f"Parameter {parameter['name']}: {parameter['type']}: {value}" in lines, name
        for label, key in (("Who asks", "requester"), ("Owner", "owner"), ("Program", "application"), ("From", "source"), ("Runs as role", "upstream_role")):
            assert not model.get(key) or f"{label}: {model[key]}" in lines, (name, label)
        assert f"{model['action']} · {model['database']}" in lines and f"Request: {model['id']}" in lines, name
        for what in model.get("left_out", []):
            assert f"– {what}" in lines, name


def test_nothing_becomes_markup(cards, seen):
    allowed = {"div", "span", "button", "label", "textarea", "input", "p"}
    for name, card in seen.items():
        assert set(card["elements"]) <= allowed, (name, card["elements"])
        assert not [text for text in card["markdown"] if text not in ("Reason", "Reason (needed)")], name


def test_clicks_give_the_verb_and_the_data(cards, seen):
    for name, card in seen.items():
        model, sent = cards[name]["model"], {action["title"]: action for action in card["actions"]}
        pending = any("Approval needed" in line for line in lines_of(card)) and name not in ("viewer_2", "viewer_3", "viewer_4")
        assert ("Approve" in sent) == cards[name]["approvable"], name
        assert ("Deny" in sent) == pending, name
        assert sent["Open"] == {"kind": "Action.OpenUrl", "title": "Open", "url": f"https://sluice.example/approvals/{model['id']}"}, name
        for title, verb in (("Approve", "approve"), ("Deny", "deny"), ("Link my account", "link")):
            if title not in sent:
                continue
            data = sent[title]["data"]
            assert (sent[title]["kind"], sent[title]["verb"], data["request"]) == ("Action.Execute", f"sluice/{verb}", model["id"]), name
            assert len(data["nonce"]) == 32 and len(data["shown"]) == 64
            if verb != "link":
                assert data[f"{verb}_reason"] == f'because of "{title}" & <b>more</b>', name
