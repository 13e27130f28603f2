#!/usr/bin/env python3
"""content.py EVE.json - what the records say, without what may differ when a stream is cut anew (decisions: pcap_cnt, times, packet and
octet counts, stream anomalies): one line for each transaction or application anomaly, by flow."""
import json
import sys

DROP = ("timestamp", "pcap_cnt", "flow_id", "flow", "pkt_src", "tcp")
for line in sorted(
        (r["src_ip"], r["src_port"], r["dest_ip"], r["dest_port"], i, json.dumps(r, sort_keys=True))
        for i, r in enumerate(
            {k: v for k, v in json.loads(text).items() if k not in DROP} for text in open(sys.argv[1], encoding="utf-8"))
        if r["event_type"] not in ("flow", "stats", "alert") and r.get("anomaly", {}).get("type") not in ("stream", "decode")):
    print(line[5])
