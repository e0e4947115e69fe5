"""Turns samples into Markdown tables."""

import os
import statistics
import subprocess
from pathlib import Path

from .sample import Sample

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
Results = dict[str, dict[str, list[Sample]]]  # workload -> target -> its samples, one a round


def machine() -> str:
    model = next((line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), "unknown")
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // (1 << 20)
    kernel = subprocess.run(["uname", "-sr"], text=True, capture_output=True, check=True).stdout.strip()
    return f"{model}, {os.cpu_count()} cores, {memory} GiB, {kernel}; everything pinned to one core"


def tables(results: Results, reference: str) -> str:
    points = {name: samples for name, samples in results.items() if not name.startswith("bulk")}
    bulks = {name: samples for name, samples in results.items() if name.startswith("bulk")}
    parts = [
        _table("Throughput, statements per second; in brackets the ratio to direct (min to max of the rounds)", points, "direct",
               lambda sample: sample.rate, "{:,.0f}"),
        _table("Median latency, µs; ratio to direct", points, "direct", lambda sample: sample.p50, "{:,.0f}"),
        _table("99th percentile of latency, µs; ratio to direct", points, "direct", lambda sample: sample.p99, "{:,.0f}"),
        _table(f"CPU of the proxy process, µs per statement; ratio to {reference}", points, reference, lambda sample: sample.cpu, "{:.1f}"),
        _table("Bulk, MB per second; ratio to direct", bulks, "direct", lambda sample: sample.rate, "{:,.0f}"),
        _table(f"Bulk, CPU of the proxy, seconds per GB; ratio to {reference}", bulks, reference, lambda sample: sample.cpu, "{:.2f}"),
    ]
    return "\n\n".join(parts)


def _table(title: str, results: Results, reference: str, value, form: str) -> str:
    targets = list(next(iter(results.values())))
    lines = [f"**{title}**", "", f"| workload | {' | '.join(targets)} |", f"|---|{'---|' * len(targets)}"]
    for workload, by_target in results.items():
        cells = [_cell([value(sample) for sample in by_target[target]], [value(sample) for sample in by_target[reference]], form)
                 for target in targets]
        lines.append(f"| {workload} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(values: list, reference: list, form: str) -> str:
    if not values or any(value is None for value in values):
        return "–"
    text = form.format(statistics.median(values))
    if values == reference or not all(reference):
        return text
    ratios = [value / base for value, base in zip(values, reference)]
    middle = statistics.median(values) / statistics.median(reference)
    spread = f"; {min(ratios):.2f} to {max(ratios):.2f}" if len(ratios) > 1 else ""
    return f"{text} ({middle:.2f}{spread})"


def write_into(document: Path, text: str) -> None:
    """Replaces what lies between the two marks."""
    head, _, rest = document.read_text().partition(BEGIN)
    _, _, tail = rest.partition(END)
    document.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")
