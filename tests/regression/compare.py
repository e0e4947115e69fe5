"""What became of one statement, compared with what PostgreSQL makes of it."""

import re

from .sides import Answer

SAME, ORDER, REFUSED, STRICTER, WRONG, STATE, TEXT, NOISY = (
    "same", "rows in another order", "refused", "not refused", "wrong answer", "other SQLSTATE", "other error text", "not reproducible")
KINDS = (SAME, ORDER, NOISY, REFUSED, STATE, TEXT, WRONG, STRICTER)


def compare(plain: Answer, again: Answer, through: Answer) -> tuple[str, str]:
    """One of KINDS, and what to say of it."""
    if plain.ended or again.ended:
        return (SAME, "") if through.ended else (NOISY, "")
    if through.ended:
        return WRONG, "the session ended"
    if through.error and not plain.error:
        return REFUSED, f"{through.error.get('C')}: {through.error.get('M')}"
    if plain.error and not through.error:
        return STRICTER, f"{plain.error.get('C')}: {plain.error.get('M')}"
    if plain.error:
        return _compare_errors(plain.error, again.error or {}, through.error)
    return _compare_results(plain, again, through)


def _compare_errors(plain: dict, again: dict, through: dict) -> tuple[str, str]:
    told = f"{through.get('C')}: {through.get('M')}  <>  {plain.get('C')}: {plain.get('M')}"
    if plain.get("C") != through.get("C"):
        return STATE, told
    for key, name in (("M", "message"), ("D", "detail"), ("H", "hint"), ("P", "position")):
        if plain.get(key) != through.get(key):
            if plain.get(key) != again.get(key):
                return NOISY, ""
            return TEXT, told if key == "M" else f"{name}: {through.get(key)!r}  <>  {plain.get(key)!r} ({plain.get('M')})"
    return SAME, ""


def _compare_results(plain: Answer, again: Answer, through: Answer) -> tuple[str, str]:
    for name in ("columns", "tags", "rows", "copied", "notices"):
        ours, theirs = getattr(through, name), getattr(plain, name)
        if ours == theirs:
            continue
        if getattr(again, name) != theirs:
            return NOISY, ""
        if name == "rows" and sorted(map(repr, ours)) == sorted(map(repr, theirs)):
            return ORDER, ""
        return WRONG, f"{name}: {_first(ours, theirs)}"
    return SAME, ""


def _first(ours, theirs) -> str:
    if isinstance(ours, list):
        for one, other in zip(ours, theirs):
            if one != other:
                return f"{str(one)[:200]}  <>  {str(other)[:200]}"
        return f"{len(ours)} against {len(theirs)}: {str((ours + theirs)[min(len(ours), len(theirs))])[:200]}"
    return f"{ours[:100]!r}  <>  {theirs[:100]!r}"


def group(told: str) -> str:
    """Without the names in it."""
    return re.sub(r"\d+", "0", re.sub(r'"[^"]*"', '"…"', told))
