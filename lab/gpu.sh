#!/bin/bash
# What wants a GPU, on a machine that is there for minutes and has no network:
#
#   bash lab/gpu.sh tests                      what only a CUDA device can show
#   bash lab/gpu.sh bench OUT                  Stable Diffusion 1.5 at full size, random weights: about five minutes
#   bash lab/gpu.sh painter DATA CACHE OUT N   the starter painter, in N seconds in all
#
# DATA holds emoji/. CACHE holds captions.npz, made before on a machine that has the language model by
# `python -m lab train painter --stages captions --pictures 40000`. OUT gets logs and, in pieces below 16 MB, a tar of
# the painter's folder.
set -eu -o pipefail
export PYTHONUNBUFFERED=1
PICTURES=40000

tests() {
  python3 -m pytest -q -m gpu -o timeout=300 tests/models/painter/test_gpu.py
}

bench() {
  python3 -m lab.bench.generate --batch-sizes 2 8 32 --json "$1/generate.json" 2>&1 | tee "$1/bench.log"
}

painter() {
  local data=$1 cache=$2 out=$3 limit=$4 run=$2/run
  train() {
    python3 -m lab.train_painter --data "$data" --cache "$cache" --run "$run" --weights "$run/weights" \
      --pictures $PICTURES --batch 256 --decoder-batch 16 "$@" 2>&1 | tee -a "$out/painter.log"
  }
  train --stages render encode
  echo "rendered and encoded after $SECONDS s"
  train --stages decoder --decoder-minutes "$(minutes 60)"
  # Loading and compiling take a minute of the network's time, writing it takes twenty seconds more.
  train --stages unet export --unet-minutes "$(minutes $((limit - SECONDS - 45)))"
  tar -c -C "$run" weights | split -b 15M - "$out/painter.tar."
  echo "done after $SECONDS s"
}

minutes() { awk "BEGIN { print $1 / 60 }"; }

"$@"
