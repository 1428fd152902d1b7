#!/usr/bin/env bash
# Load figures, side by side in one run: tokens against RSA-2048 private-key operations, the discovery document against
# nginx serving the same bytes with one worker, start-up, and resident memory. Needs wrk, nginx, openssl, curl, python3.
# Usage: load.sh PATH-TO-ENTRASIM [SECONDS]
set -euo pipefail
binary=$(realpath "$1")
seconds=${2:-8}
for tool in wrk nginx openssl curl python3; do
  command -v "$tool" >/dev/null || { echo "load.sh needs $tool (apt-get install wrk nginx openssl curl python3)"; exit 2; }
done
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$work"' EXIT
export ENTRASIM_DATA="$work/data"
"$binary" ca path >/dev/null # the authority is made once, ever; what is measured is every later start

ready() { python3 -c 'import json,sys; d=json.load(open(sys.argv[1]));
for k in sys.argv[2].split("."): d=d[k]
print(d)' "$work/ready.json" "$1"; }
cpu_ms() { awk -v hz="$(getconf CLK_TCK)" '{print ($14+$15)*1000/hz}' "/proc/$1/stat"; }
rate() { awk '/requests in/ {print $1}' "$1"; }

echo "== start: from process start to the first answered request"
python3 - "$binary" "$work/ready.json" <<'PY'
import subprocess, sys, time, json, urllib.request
best = []
for _ in range(7):
    begun = time.perf_counter()
    process = subprocess.Popen([sys.argv[1], "serve", "--json", "--port", "0"], stdout=subprocess.PIPE)
    line = process.stdout.readline()
    urllib.request.urlopen(json.loads(line)["http"] + "/common/discovery/keys").read()
    best.append((time.perf_counter() - begun) * 1000)
    process.terminate(); process.wait()
best.sort()
print(f"median {best[3]:.1f} ms, worst {best[-1]:.1f} ms (target: under 50)")
PY

"$binary" serve --json --port 0 > "$work/ready.json" &
server=$!
until [ -s "$work/ready.json" ]; do sleep 0.05; done
http=$(ready http)
sleep 1
echo "== idle memory"
awk '/VmRSS/ {printf "%.1f MB resident (target: under 30)\n", $2/1024}' "/proc/$server/status"

echo "== RSA-2048 private-key operations of this machine"
rsa=$(openssl speed -seconds 3 rsa2048 2>/dev/null | awk '/^rsa *2048/ {print $6}')
echo "$rsa signatures a second on one core"

cat > "$work/token.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.body = "grant_type=client_credentials&client_id=$(ready apps.deploy.client_id)&client_secret=$(ready apps.deploy.client_secret)&scope=https%3A%2F%2Fgraph.microsoft.com%2F.default"
LUA
echo "== token requests"
before=$(cpu_ms $server)
wrk -t1 -c8 -d"${seconds}s" -s "$work/token.lua" "$http/$(ready tenant.id)/oauth2/v2.0/token" > "$work/token.txt"
after=$(cpu_ms $server)
grep -q "Non-2xx" "$work/token.txt" && { cat "$work/token.txt"; exit 1; }
python3 - "$(rate "$work/token.txt")" "$before" "$after" "$rsa" <<'PY'
import sys
requests, before, after, rsa = map(float, sys.argv[1:])
per_core = requests / ((after - before) / 1000)
print(f"{per_core:.0f} tokens a second per core of the server's time; ratio to RSA operations {per_core/rsa:.2f} (target: at least 0.85)")
PY

echo "== discovery document, entrasim and nginx in turn"
url="$http/common/v2.0/.well-known/openid-configuration"
mkdir -p "$work/www/common/v2.0/.well-known" "$work/nginx"
curl -s "$url" -o "$work/www/common/v2.0/.well-known/openid-configuration"
cat > "$work/nginx.conf" <<CONF
worker_processes 1; pid $work/nginx/pid; error_log $work/nginx/error.log; daemon off;
events { worker_connections 1024; }
http { access_log off; default_type application/json; keepalive_requests 1000000;
  server { listen 127.0.0.1:18099; root $work/www; } }
CONF
nginx -c "$work/nginx.conf" -p "$work/nginx" 2>/dev/null &
sleep 1
worker=$(pgrep -P $! | head -1)
for round in 1 2 3; do
  before=$(cpu_ms $server); wrk -t1 -c8 -d"${seconds}s" "$url" > "$work/own.txt"; after=$(cpu_ms $server)
  nbefore=$(cpu_ms "$worker"); wrk -t1 -c8 -d"${seconds}s" "http://127.0.0.1:18099/common/v2.0/.well-known/openid-configuration" > "$work/nginx.txt"; nafter=$(cpu_ms "$worker")
  python3 - "$(rate "$work/own.txt")" "$before" "$after" "$(rate "$work/nginx.txt")" "$nbefore" "$nafter" <<'PY'
import sys
own, before, after, nginx, nbefore, nafter = map(float, sys.argv[1:])
a, b = own / ((after - before) / 1000), nginx / ((nafter - nbefore) / 1000)
print(f"entrasim {a:.0f}, nginx {b:.0f} a second per core; ratio {a/b:.2f} (target: at least 0.5)")
PY
done
