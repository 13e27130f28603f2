#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""judge.py expected.tsv eve.json [NAME] - holds the alerts and events of a run over all cases against what the receivers read: one test
line for each case and variant, then the sums. NAME stands before the case names.

A receiver that read the marker so many times: as many alerts, at the level that the table asks for; the same for the harmless twin.
One that did not: no alert of any level. A case that can be read in two ways: each of its events, in a record of its own and in the
flow record."""
import collections
import ipaddress
import json
import os
import sys

EVIL = {"message": 1, "answer": 1, "stream": 2, "will": 3, "alias": 4, "hidden": 0}
ANY, GOOD = 2, 5


class Run:
    """what telltale wrote, by address of the client"""

    def __init__(self, path):
        self.alerts, self.events, self.flows = collections.Counter(), collections.Counter(), collections.defaultdict(set)
        self.turned = 0
        with open(path, encoding="utf-8") as eve:
            for line in eve:
                self.take(json.loads(line))

    def take(self, record):
        flow, kind = record.get("flow", {}), record["event_type"]
        ends = [ipaddress.ip_address(record[k]) for k in ("src_ip", "dest_ip") if k in record]
        if kind == "alert":
            if record.get("direction"):
                self.turned += record["src_ip"] != flow["src_ip" if record["direction"] == "to_server" else "dest_ip"]
            for address in ends:
                self.alerts[address, record["alert"]["signature_id"]] += 1
        if kind == "anomaly":  # a packet with a broken header has no addresses: by file
            case = os.path.basename(record["pcap_filename"]).rsplit(".", 1)[0]
            self.events[case, record["anomaly"]["event"]] += 1
        if kind == "flow":
            for address in ends:
                self.flows[address].update(record.get("telltale", {}).get("events", []))


def verdict(run, evil, good, seen, missing, silent, address):
    """why not, or nothing"""
    got = {sid: run.alerts[address, sid] for sid in (1, 2, 3, 4, 5) if run.alerts[address, sid]}
    if evil and EVIL[seen] and got.get(EVIL[seen]) != evil:
        return f"the receiver read the marker {evil} times; alerts by sid: {got or 'none'}"
    if not (evil and EVIL[seen]) and any(sid != GOOD for sid in got):
        return f"the receiver did not read the marker; alerts by sid: {got}"
    if seen in ("message", "hidden") and got.get(GOOD, 0) != good:
        return f"the receiver read the harmless twin {good} times; alerts by sid: {got or 'none'}"
    if missing:
        return f"no event {', '.join(missing)}"
    return f"the flow record does not tell {', '.join(silent)}" if silent else ""


def main():
    run, sums, bad = Run(sys.argv[2]), collections.Counter(), 0
    name = " ".join(sys.argv[3:]) + " " if sys.argv[3:] else ""
    with open(sys.argv[1], encoding="ascii") as table:
        for line in table:
            case, variant, evil, good, seen, doubt, client = line.rstrip("\n").split("\t")
            address, evil, good = ipaddress.ip_address(client), int(evil), int(good)
            doubt = [] if doubt == "-" else doubt.split(",")
            missing = [e for e in doubt if not run.events[f"{case}.{variant}", e]]
            silent = [e for e in doubt if e not in run.flows[address]]
            wrong = verdict(run, evil, good, seen, missing, silent, address)
            bad += bool(wrong)
            print(f"not ok {name}{case} {variant}: {wrong}" if wrong else f"ok {name}{case} {variant}")
            visible = evil and seen != "hidden"
            sums[variant, "read"] += bool(visible)
            sums[variant, "reported"] += bool(visible and any(run.alerts[address, sid] for sid in (1, 2, 3, 4)))
            sums[variant, "as MQTT"] += bool(visible and any(run.alerts[address, sid] for sid in (1, 3, 4)))
            sums[variant, "false"] += bool(not visible and any(run.alerts[address, sid] for sid in (1, 2, 3, 4)))
            sums[variant, "ambiguous"] += bool(doubt)
            sums[variant, "with event"] += bool(doubt and not missing)
    for variant in ("whole", "split"):
        print(f"# {name}{variant}: " + ", ".join(f"{what} {n}" for (v, what), n in sums.items() if v == variant))
    print(f"not ok {name}alerts name the sender as source: {run.turned} do not" if run.turned
          else f"ok {name}alerts name the sender as source")
    return 1 if bad or run.turned else 0


if __name__ == "__main__":
    sys.exit(main())
