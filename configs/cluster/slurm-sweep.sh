#!/bin/bash
#SBATCH --job-name=regatta-sweep
#SBATCH --cpus-per-task=8
#SBATCH --mem-per-cpu=2G
#SBATCH --time=04:00:00
#SBATCH --requeue
#
# A sweep as a job array: each task runs one shard of it on its own node.
#
#   sbatch --array=1-8 slurm-sweep.sh EXPERIMENT OUT 8
#   regatta merge OUT/all OUT/shard-*-of-8
#
# The folder OUT is one that all nodes see. A task that is stopped, by its time limit or by its node, goes on where it was
# when it is submitted again: sbatch --array=3 slurm-sweep.sh EXPERIMENT OUT 8
set -euo pipefail

usage='usage: sbatch --array=1-SHARDS slurm-sweep.sh EXPERIMENT OUT SHARDS'
experiment=${1:?$usage}
out=${2:?$usage}
shards=${3:?$usage}
shard=${SLURM_ARRAY_TASK_ID:?$usage}

exec regatta sweep "$experiment" \
  --shard "$shard/$shards" \
  --out "$out/shard-$shard-of-$shards" \
  --workers "${SLURM_CPUS_PER_TASK:-1}"
