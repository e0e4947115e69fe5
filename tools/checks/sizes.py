"""No source file above 600 lines; most should have 100 to 300."""

import statistics
import sys
from pathlib import Path

LIMIT = 600

lengths = sorted((len(path.read_text().splitlines()), str(path))
                 for path in Path("src").rglob("*") if path.suffix in (".h", ".cpp", ".c"))
too_long = [entry for entry in lengths if entry[0] > LIMIT]
for lines, path in too_long:
    print(f"{path}: {lines} lines, at most {LIMIT}")
counts = [lines for lines, _ in lengths]
print(f"sizes: {len(counts)} files, {sum(counts)} lines, median {statistics.median(counts):.0f}, "
      f"90 % below {counts[int(len(counts) * 0.9)]}, longest {counts[-1]} ({lengths[-1][1]})")
sys.exit(1 if too_long else 0)
