#!/usr/bin/env bash
# Kills a gateway under load and a rotation of the master key, many times, and checks what is left.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bash eng/kill-rounds.sh [ROUNDS]

Plays 50 rounds, or ROUNDS: start a gateway, load it, store keys, rotate the master key,
kill -9. Afterwards every acknowledged key must be there and open, the database and
the audit trail whole. Needs a Release build. The test suite plays a few rounds itself.
TEXT
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 LOCKLLM_KILL_ROUNDS="${1:-50}"
dotnet test --project tests/LockLLM.Stores.Tests -c Release --no-build --no-progress --output Detailed -- --filter-class LockLLM.Stores.Tests.KillTests --show-live-output on
