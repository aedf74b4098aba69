#!/usr/bin/env bash
# Runs every benchmark and the memory check, and keeps their reports in bench/reports.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

benchmarks() { dotnet run -c Release --no-build --project bench/LockLLM.Benchmarks -- "$@"; }

dotnet build -c Release bench/LockLLM.Benchmarks
benchmarks --filter '*' --artifacts "$results"
mkdir -p bench/reports
for report in "$results"/results/*-report-github.md; do
    name=$(basename "$report" -report-github.md)
    cp "$report" "bench/reports/${name##*.}.md"
done
{
    echo '```'
    benchmarks memory
    echo '```'
} >bench/reports/Memory.md
