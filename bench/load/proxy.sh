#!/usr/bin/env bash
# The proxy beside YARP's bare forwarder and nginx: same provider, same load, one run. Read the ratios, each the middle one of three
# rounds; the figures themselves belong to the machine, and drift. About four minutes.
#
#   bench/load/proxy.sh [connections] [seconds] [--portkey]      needs wrk and nginx; with --portkey also npm
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/servers.sh"

connections=${1:-64}
seconds=${2:-5}
build
start_provider
start yarp dotnet exec artifacts/bin/LockLLM.Load/release/LockLLM.Load.dll yarp "$yarp" "$provider"
await "$yarp/v1/models"

cat >"$data/nginx.conf" <<CONF
daemon off; pid $data/nginx.pid; error_log $data/nginx-error.log; worker_processes 1;
events { worker_connections 2048; }
http {
  access_log off; client_body_temp_path $data/nginx-body; proxy_temp_path $data/nginx-proxy; fastcgi_temp_path $data/f; uwsgi_temp_path $data/u; scgi_temp_path $data/s;
  upstream provider { server ${provider#http://}; keepalive 256; }
  server { listen ${nginx#http://}; location / { proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }
}
CONF
start nginx nginx -c "$data/nginx.conf"
await "$nginx/v1/models"
start_gateway

# A prompt of 1 KB, newest turn of a short conversation; different in every call, so that no cache can help.
cat >"$data/chat.lua" <<LUA
local text = "We met on Tuesday to plan the move of the museum's archive. Anna will ask the carrier for an offer before the end of the month, and Piotr checks whether the lift in the new building takes the map cabinets. The reading room stays open until the third week of June; after that visitors can order scans by post. Two of the air dryers are broken, so the photographs have to wait in the cellar until the repair is done. Mrs Okafor wants a list of all boxes with their weight and a colour code for every department. The insurance covers the transport but not the night in the hall, therefore we need somebody who stays there. Lunch for the helpers costs about nine euros a person. Open questions: who keeps the keys, where do the cars park, and is the ramp wide enough for the large crates? Please write short minutes from these notes, with one line for each task, the person in charge and the date, and put the open questions at the end in a list of their own. Keep the tone friendly, thank you!"
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-LockLLM-Key"] = "$key"
wrk.headers["Authorization"] = "Bearer sk-load"
local n = 0
request = function()
  n = n + 1
  return wrk.format(nil, nil, nil, '{"model":"load-model","messages":[{"role":"system","content":"You help."},{"role":"user","content":"' .. n .. ' ' .. text .. '"}]}')
end
LUA
cat >"$data/list.lua" <<LUA
wrk.headers["X-LockLLM-Key"] = "$key"
wrk.headers["Authorization"] = "Bearer sk-load"
LUA

# Name, script, address: prints a line and leaves the rate in \$rate.
measure() {
  local report
  report=$(wrk -t1 -c"$connections" -d"${seconds}s" --latency "${@:4}" -s "$data/$2" "$3")
  rate=$(awk '/Requests\/sec/ { print $2 }' <<<"$report")
  printf '%-34s %8.0f req/s   p50 %-9s p99 %-9s\n' "$1" "$rate" "$(awk '$1 == "50%" { print $2 }' <<<"$report")" "$(awk '$1 == "99%" { print $2 }' <<<"$report")"
  if grep -q -e 'Non-2xx' -e 'Socket errors' <<<"$report"; then
    grep -e 'Non-2xx' -e 'Socket errors' <<<"$report"
    # What is only compared with may fail; the line above tells.
    [[ $1 == Portkey* ]] || exit 1
  fi
}

# Notes the ratio of two rates under a name; the middle one is told in the end.
note() { awk -v a="$2" -v b="$3" 'BEGIN { print a / b }' >>"$data/ratio-$1"; }

tell() { sort -n "$data/ratio-$1" | awk -v name="$2" '{ ratios[NR] = $1 } END { printf "%-38s %.2f   (%.2f to %.2f)\n", name, ratios[int((NR + 1) / 2)], ratios[1], ratios[NR] }'; }

if [[ " $* " == *" --portkey "* ]]; then
  (cd "$data" && npm init -y >/dev/null && npm install --silent --no-audit --no-fund @portkey-ai/gateway >/dev/null)
  start portkey env PORT="${portkey##*:}" TRUSTED_CUSTOM_HOSTS=127.0.0.1 node "$data/node_modules/@portkey-ai/gateway/build/start-server.js" --port="${portkey##*:}" --headless
  await "$portkey/"
fi

echo "$connections connections, $seconds s each, $(nproc) cores shared by load generator, provider and what is measured"
for round in warm-up warm-up 1 2 3; do
  echo "-- $round"
  measure "provider, GET models" list.lua "$provider/v1/models"
  measure "nginx, GET models" list.lua "$nginx/v1/models"; nginx_list=$rate
  measure "YARP, GET models" list.lua "$yarp/v1/models"; yarp_list=$rate
  measure "gateway, GET models (unscanned)" list.lua "$gateway/v1/proxy/openai/models"; gateway_list=$rate
  measure "nginx, POST chat" chat.lua "$nginx/v1/chat/completions"; nginx_chat=$rate
  measure "YARP, POST chat" chat.lua "$yarp/v1/chat/completions"; yarp_chat=$rate
  measure "gateway, POST chat (1 KB scanned)" chat.lua "$gateway/v1/proxy/openai/chat/completions"; gateway_chat=$rate
  if [[ " $* " == *" --portkey "* ]]; then
    measure "Portkey, POST chat (unscanned)" chat.lua "$portkey/v1/chat/completions" -H "x-portkey-provider: openai" -H "x-portkey-custom-host: $provider/v1"
    portkey_chat=$rate
  fi
  if [[ $round != warm-up ]]; then
    note list-yarp "$gateway_list" "$yarp_list"
    note list-nginx "$gateway_list" "$nginx_list"
    note chat-yarp "$gateway_chat" "$yarp_chat"
    note chat-nginx "$gateway_chat" "$nginx_chat"
    [[ -z ${portkey_chat:-} ]] || note portkey "$gateway_chat" "$portkey_chat"
  fi
done
tell list-yarp "unscanned, gateway to YARP"
tell list-nginx "unscanned, gateway to nginx"
tell chat-yarp "1 KB scanned, gateway to YARP"
tell chat-nginx "1 KB scanned, gateway to nginx"
[[ -z ${portkey_chat:-} ]] || tell portkey "gateway scanned to Portkey unscanned"
echo "resident memory of the gateway: $(rss "$gateway_pid") MB"

echo "-- streams of 20 events, 5 ms apart, one connection"
for round in 1 2 3; do
  printf '%-10s' provider; load stream "$provider/v1" 100
  printf '%-10s' YARP; load stream "$yarp/v1" 100
  printf '%-10s' gateway; load stream "$gateway/v1/proxy/openai" 100
done
