#!/bin/sh
# Measures a machine with a prebuilt reckon, and nothing else there: no sources, no network, no model files.
#
#   sh bench.sh [RECKON [FOLDER]]      ./reckon and ./runs if not said
#
# Each run lies in FOLDER/DAY-ADAPTER: bench.json, README.md, bench.svg, and machine.txt with what the machine is.
# SIZES, DTYPES, DEVICES and BENCH (more arguments of `reckon bench`) in the environment choose something else. DAWN names
# the folder that `cargo xtask bench --dawn` builds: what a browser would run is then measured beside, by NODE, with DAWN_BENCH as
# more arguments, into dawn-SIZE-DTYPE.json.
set -u
reckon=${1:-./reckon}
runs=${2:-./runs}
sizes=${SIZES:-950m 360m 140m}
dtypes=${DTYPES:-q4}
devices=${DEVICES:-webgpu}

machine() {
    date -u +%Y-%m-%dT%H:%M:%SZ
    uname -srm
    grep -m 1 'model name' /proc/cpuinfo 2>/dev/null
    grep -c '^processor' /proc/cpuinfo 2>/dev/null | sed 's/$/ processors/'
    nvidia-smi --query-gpu=name,driver_version,memory.total,clocks.max.sm,clocks.max.memory --format=csv 2>/dev/null
    "$reckon" --version
}

failed=0
for size in $sizes; do
    for dtype in $dtypes; do
        for device in $devices; do
            echo "== $size $dtype on $device"
            # shellcheck disable=SC2086
            if "$reckon" bench --random "$size" --dtype "$dtype" --device "$device" --save "$runs" ${BENCH:-} \
                2>"$runs.log"; then
                kept=$(sed -n 's/^reckon: kept in //p' "$runs.log")
                machine >"$kept/machine.txt"
                if [ -n "${DAWN:-}" ] && [ "$device" = webgpu ]; then
                    # shellcheck disable=SC2086
                    "${NODE:-node}" "$DAWN/dawn.mjs" --random "$size" --dtype "$dtype" \
                        --save "$kept/dawn-$size-$dtype.json" ${DAWN_BENCH:-} || failed=1
                fi
            else
                failed=1
            fi
            cat "$runs.log" >&2
            rm -f "$runs.log"
        done
    done
done
exit $failed
