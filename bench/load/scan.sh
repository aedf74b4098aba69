#!/usr/bin/env bash
# POST /v1/scan under load, beside GET /v1/status as the baseline of the same run: the ratio survives a noisy machine,
# the absolute figures do not. Bounded: about a minute, then everything is stopped.
#
#   bench/load/scan.sh [connections] [seconds]      needs wrk
set -euo pipefail
cd "$(dirname "$0")/../.."

connections=${1:-32}
seconds=${2:-10}
port=${PORT:-18080}
data=$(mktemp -d)
key="llm_loadtest0123456789ABCDEFGHIJKLMNOPQRSTUV"
base="http://127.0.0.1:$port"

dotnet build -c Release src/LockLLM.Gateway --nologo -v quiet
LockLLM__DataDirectory="$data" LockLLM__Bootstrap__ApiKey="$key" LockLLM__RateLimit__RequestsPerMinute=100000000 \
  dotnet exec artifacts/bin/LockLLM.Gateway/release/LockLLM.Gateway.dll --urls "$base" >"$data/gateway.log" 2>&1 &
gateway=$!
trap 'kill "$gateway" 2>/dev/null; wait "$gateway" 2>/dev/null || true; rm -rf "$data"' EXIT

for _ in $(seq 100); do
  curl -fs "$base/ready" >/dev/null && break
  sleep 0.1
done
curl -fs "$base/ready" >/dev/null || { cat "$data/gateway.log"; exit 1; }

# 384 characters of an everyday request.
cat >"$data/scan.lua" <<LUA
local text = string.rep("Please summarise the minutes of the meeting and list what we agreed on. ", 6):sub(1, 384)
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $key"
wrk.body = '{"input":"' .. text .. '"}'
LUA

rss() { awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$gateway/status"; }

# Name, seconds, then wrk's further arguments; prints a line and leaves the rate in $rate.
measure() {
  local name=$1 duration=$2 report
  shift 2
  report=$(wrk -t1 -c"$connections" -d"${duration}s" --latency "$@")
  rate=$(awk '/Requests\/sec/ { print $2 }' <<<"$report")
  printf '%-16s %10.0f req/s   p50 %-9s p99 %-9s RSS %s MB\n' "$name" "$rate" \
    "$(awk '$1 == "50%" { print $2 }' <<<"$report")" "$(awk '$1 == "99%" { print $2 }' <<<"$report")" "$(rss)"
  if grep -q -e 'Non-2xx' -e 'Socket errors' <<<"$report"; then
    grep -e 'Non-2xx' -e 'Socket errors' <<<"$report"
    exit 1
  fi
}

echo "$connections connections, $(nproc) cores shared with the load generator; at start RSS $(rss) MB"
measure "warm-up" "$seconds" -s "$data/scan.lua" "$base/v1/scan"
measure "GET /v1/status" "$seconds" "$base/v1/status"
baseline=$rate
measure "POST /v1/scan" "$seconds" -s "$data/scan.lua" "$base/v1/scan"
awk -v scan="$rate" -v base="$baseline" 'BEGIN { printf "ratio to /v1/status: %.2f\n", scan / base }'
