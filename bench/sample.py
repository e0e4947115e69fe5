"""One measurement: pgbench, or a bulk COPY, against one target."""

import re
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from harness.postgres import BINARIES
from harness.processes import cpu_seconds

from .targets import ACCOUNTS, Target

POINT_READ = f"\\set aid random(1, {ACCOUNTS})\nSELECT abalance FROM pgbench_accounts WHERE aid = :aid;\n"
BULK_ROWS = 1_500_000
BULK = f"COPY (SELECT i, repeat('x', 150) FROM generate_series(1, {BULK_ROWS}) i) TO STDOUT"


@dataclass(frozen=True)
class Sample:
    rate: float                   # statements, or MB, in a second
    cpu: float | None             # of the proxy: microseconds per statement, or seconds per GB; None without a proxy
    p50: float = 0                # microseconds
    p99: float = 0
    steady: bool = True           # the machine kept its speed meanwhile


def calibration() -> float:
    """Seconds that a fixed piece of work takes now."""
    start, total = time.perf_counter(), 0
    for i in range(300_000):
        total += i * i
    return time.perf_counter() - start


def point_reads(target: Target, protocol: str, clients: int, seconds: float, directory: Path) -> Sample:
    script = directory / "read.sql"
    script.write_text(POINT_READ)
    logs = directory / "pgbench_log"
    for old in directory.glob("pgbench_log*"):
        old.unlink()
    command = [str(BINARIES / "pgbench"), "-n", "-f", str(script), "-M", protocol, "-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds))),
               "-l", f"--log-prefix={logs}", "--sampling-rate=0.2"]
    before_speed, before = calibration(), _cpu(target)
    done = subprocess.run(command, text=True, capture_output=True, env=target.environment)
    used = _used(target, before)
    after_speed = calibration()
    if done.returncode or "number of failed transactions: 0" not in done.stdout:
        raise RuntimeError(f"pgbench against {target.name}: {done.stdout}{done.stderr}")
    count = int(re.search(r"number of transactions actually processed: (\d+)", done.stdout)[1])
    rate = float(re.search(r"tps = ([\d.]+)", done.stdout)[1])
    latencies = sorted(int(line.split()[2]) for path in directory.glob("pgbench_log*") for line in path.read_text().splitlines())
    return Sample(rate, None if used is None else used / count * 1e6, _quantile(latencies, 0.5), _quantile(latencies, 0.99),
                  _steady(before_speed, after_speed))


def bulk_out(target: Target) -> Sample:
    command = [str(BINARIES / "psql"), "-X", "-q", "-o", "/dev/null", "-c", BULK]
    before_speed, before, start = calibration(), _cpu(target), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=target.environment)
    elapsed, used = time.perf_counter() - start, _used(target, before)
    megabytes = BULK_ROWS * 158 / 1e6
    return Sample(megabytes / elapsed, None if used is None else used / megabytes * 1000, steady=_steady(before_speed, calibration()))


def _cpu(target: Target) -> float | None:
    return cpu_seconds(target.process.pid) if target.process else None


def _used(target: Target, before: float | None) -> float | None:
    return None if before is None or target.process is None else cpu_seconds(target.process.pid) - before


def _steady(before: float, after: float) -> bool:
    return max(before, after) / min(before, after) < 1.15


def _quantile(sorted_values: list[int], share: float) -> float:
    return float(sorted_values[min(len(sorted_values) - 1, int(len(sorted_values) * share))]) if sorted_values else 0.0
