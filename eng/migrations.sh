#!/usr/bin/env bash
# Writes the migrations of both databases.
set -euo pipefail

usage() {
    cat <<'TEXT'
Usage: bash eng/migrations.sh [NAME]

With a name: adds a migration NAME for SQLite and for PostgreSQL that brings the last
one up to the model in code. Without a name: replaces all migrations by one, Initial.
That is for the time before a first release; afterwards databases exist that a
replaced migration would leave behind.
TEXT
}

case "${1:-}" in
    -h | --help) usage; exit 0 ;;
esac

cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
name="${1:-Initial}"
project=src/LockLLM.Gateway

dotnet tool restore >/dev/null
if [[ -z "${1:-}" ]]; then
    rm -rf "$project"/Storage/{Sqlite,Postgres}/Migrations
fi

dotnet build "$project" -c Release --verbosity quiet -p:TreatWarningsAsErrors=false
for database in Sqlite Postgres; do
    dotnet ef migrations add "$name" --no-build --configuration Release --project "$project" \
        --context "${database}GatewayDbContext" --output-dir "Storage/$database/Migrations"
done

# The tool writes the date into names, a byte order mark into files, and public types; migrations sort by their id, and one Initial
# that is made again and again should not change its name each time.
if [[ -z "${1:-}" ]]; then
    for folder in "$project"/Storage/{Sqlite,Postgres}/Migrations; do
        for file in "$folder"/*_Initial*.cs; do
            stamp=$(basename "$file" | cut -d_ -f1)
            sed -i "s/${stamp}_Initial/00000000000001_Initial/" "$file"
            mv "$file" "${file/$stamp/00000000000001}"
        done
    done
fi

find "$project"/Storage/{Sqlite,Postgres}/Migrations -name '*.cs' -exec sed -i '1s/^\xEF\xBB\xBF//; s/public partial class/internal sealed partial class/; s/^    partial class/    internal sealed partial class/' {} +

if [[ -n "${1:-}" ]]; then
    echo "Now name $name in $project/Storage/ListedMigrations.cs."
fi
