"""What all benchmarks share: the machine they ran on, quantiles, and the two forms of a report."""

from __future__ import annotations

import argparse
import json
import os
import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch

Row: TypeAlias = dict[str, Any]
"""`name`, figures with their unit in the key (`p50_ms`, `images_per_s`), and `baseline`: a row of the peer."""


def add_json_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", type=Path, metavar="FILE", help="write one JSON object there too (- for the terminal)"
    )


def machine() -> dict[str, Any]:
    """Where the figures were measured."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "accelerator": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": version("torch"),
    }


def quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds."""
    values = 1e3 * np.asarray(seconds)
    return {f"p{q}_ms": round(float(np.percentile(values, q)), 3) for q in (50, 95, 99)}


def show_lines(rows: Sequence[Row]) -> None:
    """Each row with its baseline below."""
    for row in rows:
        print(line(row))
        if "baseline" in row:
            print(line(row["baseline"], indent="    baseline "))


def report(rows: Sequence[Row], json_file: Path | None, show: Callable[[Sequence[Row]], None] = show_lines) -> None:
    """Shows the rows; writes the JSON when asked for."""
    text = json.dumps({"machine": machine(), "results": list(rows)}, ensure_ascii=False, indent=2)
    if json_file == Path("-"):
        print(text)
        return
    if json_file is not None:
        json_file.write_text(text + "\n", encoding="utf-8")
    show(rows)


def line(row: Row, indent: str = "") -> str:
    figures = "  ".join(f"{key} {value}" for key, value in row.items() if key not in ("name", "baseline"))
    return f"{indent}{row['name']:<28} {figures}"


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()
