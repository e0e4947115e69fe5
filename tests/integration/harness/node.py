"""Programs for Node beside the tests: JSON in, JSON out."""

import json
import os
import subprocess
from pathlib import Path


def run_node(directory: Path, program: str, given, timeout: float = 50, **environment: str):
    """Installs what the folder's lockfile names, once, and runs a program of the folder."""
    installed = directory / "node_modules/.package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < (directory / "package-lock.json").stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=directory, check=True, capture_output=True, timeout=100)
        installed.touch()
    done = subprocess.run(["node", program], cwd=directory, input=json.dumps(given), text=True, capture_output=True, timeout=timeout,
                          env=os.environ | environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
