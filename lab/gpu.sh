#!/bin/bash
# What wants a GPU, on a machine that is there for minutes and has no network:
#
#   bash lab/gpu.sh tests                      what only a CUDA device can show
#   bash lab/gpu.sh bench OUT                  Stable Diffusion 1.5 at full size, random weights: about five minutes
#   bash lab/gpu.sh painter DATA CACHE OUT N   the starter painter, in N seconds in all
#   bash lab/gpu.sh both DATA CACHE OUT N      the same on half of the cores, and the benchmark on the others meanwhile
#
# DATA holds emoji/. CACHE holds captions.npz, made before on a machine that has the language model by
# `python -m lab train painter --stages captions --pictures 32000`. OUT gets logs and, in pieces below 16 MB, a tar of
# the painter's folder.
set -eu -o pipefail
export PYTHONUNBUFFERED=1
PICTURES=32000

tests() {
  python3 -m pytest -q -m gpu -o timeout=300 tests/models/painter/test_gpu.py
}

bench() {
  python3 -m lab bench generate --requests 8 --batch-sizes 2 8 --json "$1/generate.json" 2>&1 | tee "$1/bench.log"
}

painter() {
  local data=$1 cache=$2 out=$3 limit=$4 run=$2/run
  train() { # stages and options; the log is named after the first
    python3 -m lab train painter --data "$data" --cache "$cache" --run "$run" --weights "$run/weights" \
      --pictures $PICTURES --batch 256 --decoder-batch 8 --stages "$@" 2>&1 | tee -a "$out/$1.log"
  }
  train render encode
  echo "rendered and encoded after $SECONDS s"
  train decoder --decoder-minutes "$(minutes 120)" & # while the network is compiled
  # Loading before the network's time and writing after it take half a minute.
  train unet --unet-minutes "$(minutes $((limit - SECONDS - 45)))"
  wait $!
  train export
  tar -c -C "$run" weights | split -b 15M - "$out/painter.tar."
  echo "done after $SECONDS s"
}

both() {
  local half=$(($(nproc) / 2))
  taskset -c "0-$((half - 1))" timeout 300 bash "$0" bench "$3" &
  taskset -cp "$half-$((2 * half - 1))" $$
  painter "$@"
}

minutes() { awk "BEGIN { print $1 / 60 }"; }

"$@"
