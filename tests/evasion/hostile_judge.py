#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""hostile_judge.py PROGRAM FAST SCHEMA RSS_MIB CAPTURE… - one test line for each capture and law.

Reads each capture with PROGRAM (sanitizers) and with FAST by one and by four workers: no report, code 0 or 4, the same octets unless a
limit was hit, strict JSON (all lines; some of each kind against the schema), memory of FAST below RSS_MIB,
and counters that close: packets read = packets of the flows, flows = flow records, transactions = their records, alerts = alert records."""
import collections
import json
import os
import subprocess
import sys
import tempfile

HOLES = {"tcp.reassembly_gap", "tcp.gap_octets", "tcp.resyncs", "tcp.insert_flow_cap", "telltale.dissect.transactions_dropped"}
LINES_ALL = 20000 # of longer files only some transactions are parsed


def pairs_once(pairs):
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key comes twice")
    return dict(pairs)


def no_constant(name):
    raise ValueError(name)


# A small process in between: the peak of a child counts from that of its parent.
LAUNCH = """import os, subprocess, sys
p = subprocess.Popen(sys.argv[2:])
_, status, usage = os.wait4(p.pid, 0)
open(sys.argv[1], "w").write(f"{os.waitstatus_to_exitcode(status)} {usage.ru_maxrss >> 10} {usage.ru_utime}")"""


def read(program, path, workers):
    """code, stdout, stderr, peak MiB, seconds"""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, tempfile.NamedTemporaryFile("r") as usage:
        words = [program, "read", "--workers", str(workers), "--set", "eve.types=alert,anomaly,flow,mqtt,stats", "--json", "-", path]
        subprocess.run([sys.executable, "-c", LAUNCH, usage.name, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=err, check=True)
        out.seek(0)
        err.seek(0)
        code, peak, seconds = usage.read().split()
        return int(code), out.read(), err.read().decode(errors="replace"), int(peak), float(seconds)


def without_stats(out):
    """counters of the device room count per worker; everything else is the same for any number"""
    return [line for line in out.splitlines() if b'"event_type":"stats"' not in line]


def counters(tree, path=""):
    for k, v in tree.items():
        if isinstance(v, dict):
            yield from counters(v, path + k + ".")
        else:
            yield path + k, v


def accounts(records):
    """What does not add up, as text; "" = everything does."""
    stats = dict(counters([r for r in records if r["event_type"] == "stats"][-1]["stats"]))
    flows = [r["flow"] for r in records if r["event_type"] == "flow"]
    kinds = collections.Counter(r["event_type"] for r in records)
    packets = sum(f["pkts_toserver"] + f["pkts_toclient"] for f in flows)
    sums = [("packets of TCP and UDP, packets of flows", stats["decoder.tcp"] + stats["decoder.udp"], packets),
            ("flows, flow records", stats["flow.total"], kinds["flow"]),
            ("transactions of flows, their records", sum(f.get("tx_cnt", 0) for f in flows), kinds["mqtt"]),
            ("alerts, their records", stats["detect.alert"] - stats["detect.alerts_suppressed"], kinds["alert"])]
    return "; ".join(f"{what}: {a} and {b}" for what, a, b in sums if a != b)


def judge(program, fast, validator, room, path):
    name = os.path.basename(path)
    code, out, err, _, _ = read(program, path, 1)
    if code not in (0, 4) or "Sanitizer" in err or "runtime error" in err:
        yield f"{name} is read without a report", f"code {code}: {err[-800:]!r}"
        return
    yield f"{name} is read without a report", ""
    records, bad = [], ""
    judged = collections.Counter()
    lines = out.splitlines()
    step = 1 + len(lines) // LINES_ALL
    for i, line in enumerate(lines):
        if i % step and b'"event_type":"mqtt"' in line and i < len(lines) - 100:
            continue
        try:
            record = json.loads(line.decode("utf-8", "strict"), object_pairs_hook=pairs_once, parse_constant=no_constant)
        except ValueError as error:
            bad = bad or f"{error}: {line[:200]!r}"
            continue
        records.append(record)
        kind = record["event_type"], tuple(record.get("mqtt", {})), record.get("anomaly", {}).get("event")
        judged[kind] += 1
        if validator and not bad and (judged[kind] < 4 or judged[kind] % 64 == 0):
            error = next(validator.iter_errors(record), None)
            bad = f"{error.message[:200]}: {line[:300]!r}" if error else ""
    yield f"{name} gives valid records", bad
    if step == 1:
        yield f"{name} adds up", accounts(records)
    first = read(fast, path, 1)
    four = read(fast, path, 4)
    capped = any(l.split(":")[0].strip() not in HOLES for l in err.splitlines() if l.startswith("  "))
    if not capped:
        yield f"{name} gives the same with 4 workers", "" if without_stats(first[1]) == without_stats(out) == without_stats(four[1]) else "other octets"
    yield f"{name} stays below {room} MiB and 10 s", "" if first[3] <= room and first[4] < 10 else f"{first[3]} MiB, {first[4]:.1f} s"
    if name == "unanswered.pcap":
        borrowed = [r for r in records if "SECOND" in json.dumps(r) and r["dest_port"] != 1883]
        late = [r for r in records if r["event_type"] == "mqtt" and r["src_port"] == 1025 and "second" in json.dumps(r).lower()]
        yield f"{name}: no record borrows from another", f"{(borrowed + late)[0]}" if borrowed or late else ""


def main():
    program, fast, schema, room, *paths = sys.argv[1:]
    try:
        from jsonschema import Draft202012Validator
        with open(schema, encoding="utf-8") as file:
            validator = Draft202012Validator(json.load(file))
    except ImportError:
        validator = None
        print("skipped schema: python3-jsonschema is missing")
    red = 0
    for path in paths:
        for name, why in judge(program, fast, validator, int(room), path):
            red += bool(why)
            print(f"not ok {name}: {why}" if why else f"ok {name}", flush=True)
    return 1 if red else 0


if __name__ == "__main__":
    sys.exit(main())
