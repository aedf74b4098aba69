# Starts what the proxy is measured with and against; sourced by proxy.sh and sustained.sh. Everything listens on loopback
# and is stopped when the script ends. Needs curl, and for proxy.sh wrk and nginx.
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

port=${PORT:-18100}
provider="http://127.0.0.1:$port"
yarp="http://127.0.0.1:$((port + 1))"
nginx="http://127.0.0.1:$((port + 2))"
gateway="http://127.0.0.1:$((port + 3))"
portkey="http://127.0.0.1:$((port + 4))"
data=$(mktemp -d)
key="llm_loadtest0123456789ABCDEFGHIJKLMNOPQRSTUV"
# The caller's own provider key goes along, so that nothing has to be stored first.
export LOAD_HEADERS="X-LockLLM-Key: $key|Authorization: Bearer sk-load"
pids=()
trap 'kill "${pids[@]}" 2>/dev/null; wait 2>/dev/null || true; rm -rf "$data"' EXIT

load() { dotnet exec artifacts/bin/LockLLM.Load/release/LockLLM.Load.dll "$@"; }

await() {
  for _ in $(seq 150); do
    curl -s -o /dev/null "$1" && return
    sleep 0.1
  done
  echo "$1 did not come up" >&2
  cat "$data"/*.log >&2
  exit 1
}

start() {
  local name=$1
  shift
  "$@" >"$data/$name.log" 2>&1 &
  pids+=($!)
}

build() {
  # As it is installed: compiled ahead of time for this machine.
  dotnet restore src/LockLLM.Gateway --locked-mode -v quiet
  dotnet publish src/LockLLM.Gateway -c Release --no-restore -r "linux-$(uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')" -o artifacts/load/gateway --nologo -v quiet
  dotnet build -c Release bench/LockLLM.Load --nologo -v quiet
}

start_provider() {
  start provider dotnet exec artifacts/bin/LockLLM.Load/release/LockLLM.Load.dll provider "$provider"
  await "$provider/open"
}

start_gateway() {
  start gateway env LockLLM__DataDirectory="$data/gateway" LockLLM__Bootstrap__ApiKey="$key" LockLLM__Egress__AllowPrivateNetworks=true \
    LockLLM__Proxy__Roots__openai="$provider/v1" LockLLM__RateLimit__RequestsPerMinute=100000000 \
    dotnet exec artifacts/load/gateway/LockLLM.Gateway.dll --urls "$gateway"
  gateway_pid=${pids[-1]}
  await "$gateway/health"
  for _ in $(seq 150); do
    curl -fs -o /dev/null "$gateway/ready" && return
    sleep 0.1
  done
  echo "the gateway is not ready" >&2
  exit 1
}

rss() { awk '/VmRSS/ { printf "%d", $2 / 1024 }' "/proc/$1/status"; }
