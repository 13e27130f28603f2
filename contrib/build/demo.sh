#!/bin/bash
# demo.sh TELLTALE - what `make demo` shows: recorded captures in, devices, protocols and alerts out, records in out/eve.json.
set -eu
telltale=$1
cd "$(dirname "$0")/../.."
mkdir -p out
rm -f out/eve.json
rules=()
[ -z "$(ls rules/*.rules 2> /dev/null)" ] || rules=(--rules rules)
"$telltale" read --baseline self "${rules[@]}" --json out/eve.json pcaps/*.pcap pcaps/*.pcapng pcaps/*.pcap.gz
echo
echo "out/eve.json: $(wc -l < out/eve.json) records"
