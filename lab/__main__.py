"""`python -m lab`: training, evaluation, the paper's experiments and benchmarks."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from core.errors import SemblanceError

ROOT = Path(__file__).parent.parent

# Words of a command -> the module that has `add_arguments(parser)` and `main(args) -> int`, imported when it is called.
COMMANDS: dict[tuple[str, ...], str] = {
    ("scenes",): "lab.scenes.cli",
    ("train", "encoder"): "lab.train_encoder",
    ("train", "head"): "lab.train_head",
    ("train", "painter"): "lab.train_painter",
    ("evaluate",): "lab.evaluate",
    ("paper",): "lab.paper",
    ("bench", "encode"): "lab.bench.encode",
    ("bench", "search"): "lab.bench.search",
    ("bench", "find"): "lab.bench.find",
    ("bench", "generate"): "lab.bench.generate",
    ("bench", "discord"): "lab.bench.discord",
}


def main(argv: Sequence[str]) -> int:
    """Exit status: 0 done, 2 something must be changed first."""
    words = next((words for words in COMMANDS if tuple(argv[: len(words)]) == words), None)
    if words is None:
        print("usage: python -m lab COMMAND ...\n\n  " + "\n  ".join(map(" ".join, COMMANDS)), file=sys.stderr)
        return 2
    module = importlib.import_module(COMMANDS[words])
    parser = argparse.ArgumentParser(prog=f"python -m lab {' '.join(words)}", description=module.__doc__)
    module.add_arguments(parser)
    try:
        return module.main(parser.parse_args(argv[len(words) :]))
    except SemblanceError as error:
        print(_readable(error), file=sys.stderr)
        return 2


def _readable(error: SemblanceError) -> str:
    # Imported here, for a GPU machine trains and measures without these packages.
    from core.messages import Messages
    from core.settings import read_settings

    return Messages(ROOT / "locales").error(read_settings().language, error)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
