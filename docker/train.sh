#!/bin/bash
# Starts the server in the current folder once, exports, stops it, and leaves what the JVM has learned in a file.
# Usage: train.sh <cache> <empty folder>. The server must later be started from the same folder by the same JVM.
set -euo pipefail

cache=$1
home=$2
port=${TRAINING_PORT:-8080}

get() { # prints the answer to a GET
    exec 3<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET %s HTTP/1.0\r\nHost: localhost:%s\r\nAccept: application/fhir+json, */*\r\nPrefer: respond-async\r\n\r\n' \
        "$1" "$port" >&3
    cat <&3
    exec 3<&-
}

java -XX:AOTCacheOutput="$cache" -jar sluice.jar --server.port="$port" --server.address=127.0.0.1 \
    --sluice.home="$home" --sluice.demo=true >"$home/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; cat "$home/log" >&2' ERR

for second in $(seq 120); do
    if { get /actuator/health/readiness | grep -q '"UP"'; } 2>/dev/null; then
        break
    fi
    kill -0 "$server"
    sleep 1
done

get /fhir/metadata >/dev/null
status=$(get '/fhir/$export' | tr -d '\r' | sed -n 's/^Content-Location: //Ip')
for second in $(seq 60); do
    if get "/${status#http://*/}" | grep -q '"output"'; then
        exported=true
        break
    fi
    sleep 1
done
${exported:-false}

kill "$server"
wait "$server" || [ $? -eq 143 ]
[ -s "$cache" ]
