# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the scripts of bench/ share: a folder to work in, a newspaper that is
# filled and served, and the end of it all. Sourced, not run.
B=${B:-build/release}
work=$(mktemp -d)
chmod 755 "$work" # nginx reads it as another user
pids=()
stop_all() {
    for pid in "${pids[@]:-}"; do [ -n "$pid" ] && kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    pids=()
}
cleanup() {
    stop_all
    rm -rf "$work"
}
trap cleanup EXIT

# Ends what was started; what a sanitizer said until then is a failure.
finish() {
    stop_all
    local found=0
    grep -aE -A 30 'Sanitizer|runtime error:' "$work/serve.log" >&2 || found=$?
    [ "$found" -eq 1 ] || exit 1 # 0: a report; 2: no log to look at
    rm -rf "$work"
    work=$(mktemp -d)
    chmod 755 "$work"
}

# Makes a newspaper in $1 with $2 articles; the newest one's path is in
# fill.log, how fast it went in fill.err. Renditions of pictures would be made
# beside what is measured.
fill_site() {
    "$B/bin/broadsheet" init "$1" --name Bench >"$work/init.log" 2>&1
    "$B/bin/broadsheet" settings set make-pictures no --data "$1" >>"$work/init.log" 2>&1
    "$B/bench/fill" "$1" "$2" build/demo/pictures >"$work/fill.log" 2>"$work/fill.err"
}

# Serves $1 on the cores CPUS; sets url, port, edge and desk (process ids).
serve_site() {
    taskset -c "${CPUS:-0}" "$B/bin/broadsheet" serve "$1" \
        --listen 127.0.0.1:0 --threads 1 2>"$work/serve.log" &
    pids+=($!)
    for _ in $(seq 600); do
        grep -q 'Broadsheet is at' "$work/serve.log" && break
        sleep 0.1
    done
    url=$(sed -n 's|^Broadsheet is at \(http://[^/]*\)/.*|\1|p' "$work/serve.log")
    [ -n "$url" ] || { echo "the site did not start:" >&2; cat "$work/serve.log" >&2; exit 1; }
    port=${url##*:}
    edge=$(pgrep -P "${pids[0]}" -f 'broadsheet _edge')
    desk=$(pgrep -P "${pids[0]}" -f 'broadsheet _desk')
}

# Until everything that is printed ahead is printed.
wait_until_quiet() {
    until curl -s --unix-socket "$1/run/desk.sock" http://localhost/status |
        grep -q '"waiting":0,'; do sleep 0.2; done
}

