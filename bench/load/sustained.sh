#!/usr/bin/env bash
# The proxy over time. Bounded: each part ends by itself.
#
#   bench/load/sustained.sh rate [per second] [seconds]        constant rate against a provider that takes 60 ms; default 3000, 60
#   bench/load/sustained.sh aborts [count]                     callers that hang up in the middle of a stream; default 10000
#   bench/load/sustained.sh soak [minutes] [per second]        mixed calls, a stream in four; default 30, 200
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/servers.sh"

build
start_provider
start_gateway
proxied="$gateway/v1/proxy/openai"
case "${1:-}" in
  rate)
    load rate "$proxied" 500 5 "$gateway_pid" >/dev/null
    load rate "$proxied" "${2:-3000}" "${3:-60}" "$gateway_pid"
    ;;
  aborts)
    load aborts "$proxied" 200 "$provider" "$gateway_pid" >/dev/null
    load aborts "$proxied" "${2:-10000}" "$provider" "$gateway_pid"
    ;;
  soak) load soak "$proxied" "${3:-200}" $((60 * ${2:-30})) "$gateway_pid" ;;
  *) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
echo "resident memory of the gateway: $(rss "$gateway_pid") MB"
