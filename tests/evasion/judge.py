#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""judge.py expected.tsv eve.json - holds the alerts of a run over all cases against what the receivers read: one test line a case.

A receiver that read the marker: one alert, at the level that the table asks for. One that did not: no alert of any level."""
import collections
import ipaddress
import json
import sys

SIDS = {"message": 1, "stream": 2, "will": 3, "alias": 4}


def main():
    alerts = collections.Counter()
    turned = 0
    with open(sys.argv[2], encoding="utf-8") as eve:
        for line in eve:
            record = json.loads(line)
            flow = record.get("flow", {})
            if record["event_type"] == "alert" and record.get("direction"):
                sender = flow["src_ip"] if record["direction"] == "to_server" else flow["dest_ip"]
                if record["src_ip"] != sender:
                    turned += 1
            if record["event_type"] == "alert":
                for address in (record["src_ip"], record["dest_ip"]):
                    alerts[ipaddress.ip_address(address), record["alert"]["signature_id"]] += 1
    bad = 0
    with open(sys.argv[1], encoding="ascii") as table:
        for line in table:
            name, variant, read, seen, client = line.rstrip("\n").split("\t")
            address = ipaddress.ip_address(client)
            got = {sid: alerts[address, sid] for sid in SIDS.values() if alerts[address, sid]}
            if read == "evil":
                wrong = "" if got.get(SIDS[seen]) == 1 else f"the receiver read the marker; alerts by sid: {got or 'none'}"
            else:
                wrong = f"the receiver did not read the marker; alerts by sid: {got}" if got else ""
            bad += bool(wrong)
            print(f"not ok {name} {variant}: {wrong}" if wrong else f"ok {name} {variant}")
    print(f"not ok alerts name the sender as source: {turned} do not" if turned else "ok alerts name the sender as source")
    return 1 if bad or turned else 0


if __name__ == "__main__":
    sys.exit(main())
