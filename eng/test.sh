#!/usr/bin/env bash
# Builds everything and runs every test. The last line says how many passed and failed.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bash eng/test.sh

Restores packages as locked, builds in Release with warnings as errors, checks the
formatting, compiles a sample and the gateway ahead of time and runs every test project. Needs the
.NET SDK. Node.js with npm, Redis, PostgreSQL, Chromium, clang and zlib are installed
from Debian's packages if they are missing (as root); the npm packages that tests use
are installed when they are missing or out of date. Pictures of the dashboard's pages
lie under artifacts/screenshots afterwards.

Exits with 0 only if every test project ran and everything passed.
TEXT
}

case "${1:-}" in
    "") ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; exit 2 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
export HOME="${HOME:-$PWD/artifacts/home}"
exec </dev/null

step() { printf '\n== %s\n' "$*"; }

install_debian_packages() {
    local missing=()
    command -v node >/dev/null || missing+=(nodejs)
    command -v npm >/dev/null || missing+=(npm)
    command -v redis-server >/dev/null || missing+=(redis-server)
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    [[ -x /usr/bin/chromium ]] || missing+=(chromium fonts-dejavu-core)
    command -v clang >/dev/null || missing+=(clang)
    [[ -e /usr/include/zlib.h ]] || missing+=(zlib1g-dev)
    if ((${#missing[@]} > 0)); then
        step "apt-get install ${missing[*]}"
        apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"
    fi
}

# npm writes the hidden lock file when it is done, so an interrupted installation is repeated.
install_npm_packages() {
    local lock folder
    while IFS= read -r lock; do
        folder=$(dirname "$lock")
        if [[ ! "$folder/node_modules/.package-lock.json" -nt "$lock" ]]; then
            step "npm ci in $folder"
            (cd "$folder" && npm ci --ignore-scripts --no-audit --no-fund)
        fi
    done < <(find tests -name package-lock.json -not -path '*/node_modules/*' | sort)
}

# The number behind a word in the runner's summary; 0 where it is not there.
figure() { sed -nE "s/^ *$1: *([0-9]+).*/\1/p" "$2" | tail -n 1 | grep . || echo 0; }

install_debian_packages
install_npm_packages

step "restore"
dotnet restore --locked-mode --verbosity quiet

step "build"
dotnet build -c Release --no-restore --verbosity quiet

step "formatting"
dotnet format --verify-no-changes --no-restore

# The client and the embedded engine promise to work without a just-in-time compiler; the gateway is installed compiled for its platform.
# Tests run what comes of this.
step "ahead of time"
dotnet publish samples/08-embedded -c Release -r linux-x64 --no-restore --verbosity quiet
dotnet publish src/LockLLM.Gateway -c Release -r linux-x64 --no-restore --verbosity quiet

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0 broken=0
lines=()

# Project, what is different this time, and settings of the environment for it.
run() {
    local project=$1 name
    name="$(basename "$project" .csproj)$2"
    shift 2
    step "$name"
    local log="$results/$name.log" started=$SECONDS status=0
    env "$@" dotnet test --project "$project" -c Release --no-build --no-progress 2>&1 | tee "$log" || status=$?
    local succeeded wrong left_out remark=""
    succeeded=$(figure succeeded "$log") wrong=$(figure failed "$log") left_out=$(figure skipped "$log")
    if ((status != 0 && wrong == 0)); then
        remark=", ended with $status without naming a failed test"
    elif ((succeeded + wrong == 0)); then
        remark=", ran no test"
    fi
    if [[ -n $remark ]]; then
        broken=$((broken + 1))
    fi
    passed=$((passed + succeeded)) failed=$((failed + wrong)) skipped=$((skipped + left_out))
    lines+=("$(printf '%-32s %5d passed %5d failed %5d skipped %5d s%s' "$name" "$succeeded" "$wrong" "$left_out" $((SECONDS - started)) "$remark")")
}

for project in tests/*/*.csproj; do
    run "$project" ""
done

# The engine has code of its own for each width of the processor's vectors.
run tests/LockLLM.Engine.Tests/LockLLM.Engine.Tests.csproj ", 256 bits" DOTNET_EnableAVX512=0
run tests/LockLLM.Engine.Tests/LockLLM.Engine.Tests.csproj ", 128 bits" DOTNET_EnableAVX=0

step "summary, $((SECONDS / 60)) min $((SECONDS % 60)) s"
printf '%s\n' "${lines[@]}"

# A project that broke off counts as one failure, so that the last line never looks better than the run was.
failed=$((failed + broken))
if ((skipped > 0)); then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
((failed == 0))
