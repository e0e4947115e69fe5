"""Scenarios of a Python driver: functions whose results are printed, to be compared from one run to the next.

A program of a driver registers functions with @scenario and ends with main(connect). Each gets a connection of its own.
What a scenario returns or yields is its result; an exception is one too.
"""

import sys
import traceback

_scenarios = []


def scenario(function):
    _scenarios.append(function)
    return function


def expect(error, function, *arguments):
    """How a call fails: what a program can branch on."""
    try:
        return f"no error: {function(*arguments)!r}"
    except error as failure:
        code = getattr(failure, "sqlstate", None) or getattr(failure, "pgcode", None)
        return f"{type(failure).__name__} {code}: {str(failure).strip()}"


def main(connect, close=lambda connection: connection.close()) -> None:
    """Plays the scenarios whose names contain the program's argument."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for function in _scenarios:
        masked = function.__name__.startswith("masked_")
        if masked != (wanted == "masked"):
            continue
        print(f"== {function.__name__.replace('_', ' ')}", flush=True)
        connection = None
        try:
            connection = connect()
            result = function(connection)
            for line in result if hasattr(result, "__next__") else [result]:
                print(line if isinstance(line, str) else repr(line))
        except Exception as failure:
            print(f"!! {type(failure).__name__}: {failure}")
            traceback.print_exc()
        finally:
            if connection is not None:
                close(connection)
        sys.stdout.flush()
