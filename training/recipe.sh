#!/usr/bin/env bash
# The shipped run, from nothing to the models: about 45 minutes on two quiet cores. recipe.sh FOLDER
set -eu
here=$(cd "$(dirname "$0")" && pwd)
make -s -C "$here"
tiny=$here/build/tiny
mkdir -p "$1" && cd "$1"
export OMP_NUM_THREADS=2
cat > recipe.json <<'R'
{
  "parameters": 607104, "window": 544, "threads": 2,
  "base": { "tokens": 20000000, "rate": 0.002, "seed": 12345 },
  "zero": { "steps": 120, "prompts": 32, "group": 16, "rate": 0.0003, "lastRate": 0.0001, "seed": 4242 },
  "traces": { "tokens": 60000, "rate": 0.001, "seed": 12345 },
  "r1": { "steps": 70, "prompts": 32, "group": 16, "rate": 0.0003, "lastRate": 0.0001, "language": 1, "seed": 4242 },
  "lossWithLength": { "steps": 40, "rate": 0.0003, "seed": 4242 }
}
R
"$tiny" base --to base.net --tokens 20000000 --rate 2e-3 > base.jsonl
"$tiny" reinforce --from base.net --to zero.net --record zero.jsonl --steps 120 --rate 3e-4 --last-rate 1e-4
"$tiny" traces --from base.net --to traces.net --tokens 60000 --rate 1e-3 > traces.jsonl
"$tiny" reinforce --from traces.net --to r1.net --record r1.jsonl --steps 70 --rate 3e-4 --last-rate 1e-4 --language 1
"$tiny" reinforce --from base.net --to length.net --record length.jsonl --steps 40 --rate 3e-4 --loss grpo
node "$here/ship.mjs" "$PWD"
