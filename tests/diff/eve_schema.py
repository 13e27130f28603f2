#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""eve_schema.py SCHEMA EVE.json [--suricata SURICATA_SCHEMA] - judges every line of an EVE file.

SCHEMA is what `telltale schema` prints: every line must be strict JSON (no key twice, no NaN) and match it.
With --suricata each line must also match Suricata's own schema, after what is telltale's own was taken out: the
root key `telltale`, event types and protocol keys that Suricata does not know, and the holes listed below.
Needs Debian's python3-jsonschema. Exit 0: all lines are valid; 1: some are not; 2: it could not judge.
"""
import argparse
import json
import sys

# Holes of Suricata 8.0.6's schema: members that Suricata itself writes (rust/src/mqtt/logger.rs, user guide) or that
# version 8.0.7 writes, and that the schema of 8.0.6 rejects. Exactly these are taken out before validating.
HOLES = [
    ("mqtt.unassigned", "packet type 0, an anomaly too: Suricata has no name for it"),
    ("mqtt.auth", "the logger writes AUTH packets, the schema has no such kind"),
    ("mqtt.puback.properties", "MQTT 5 acknowledgements have properties, the schema's have none"),
    ("mqtt.pubrec.properties", "as puback"),
    ("mqtt.pubrel.properties", "as puback"),
    ("mqtt.pubcomp.properties", "as puback"),
    ("mqtt.subscribe.properties", "as puback"),
    ("mqtt.suback.properties", "as puback"),
    ("mqtt.unsubscribe.properties", "as puback"),
    ("mqtt.unsuback.properties", "as puback"),
]
# truncated and skipped_length are written for any kind whose body was skipped; the schema has them in publish only.
HOLES += [(f"mqtt.{kind}.{member}", "written for every skipped body, the schema knows publish only")
          for kind in ("connect", "connack", "puback", "pubrec", "pubrel", "pubcomp", "subscribe", "suback",
                       "unsubscribe", "unsuback", "disconnect")
          for member in ("truncated", "skipped_length")]


def pairs_once(pairs):
    seen = {}
    for key, value in pairs:
        if key in seen:
            raise ValueError(f"key {key!r} comes twice")
        seen[key] = value
    return seen


def no_constant(name):
    raise ValueError(f"{name} is not JSON")


def strict(text):
    return json.loads(text, object_pairs_hook=pairs_once, parse_constant=no_constant)


def take_out(record, path):
    *parents, last = path.split(".")
    for parent in parents:
        record = record.get(parent)
        if not isinstance(record, dict):
            return
    record.pop(last, None)


def as_suricata(record, own_types, own_keys):
    """The record without what is telltale's own; None when all of it is."""
    if record.get("event_type") in own_types:
        return None
    for key in own_keys:
        record.pop(key, None)
    for path, _reason in HOLES:
        take_out(record, path)
    return record


def first_error(validator, record):
    errors = sorted(validator.iter_errors(record), key=lambda e: (len(e.absolute_path), str(e.message)))
    if not errors:
        return None
    where = "/".join(str(part) for part in errors[0].absolute_path) or "(line)"
    return f"{where}: {errors[0].message[:300]}"


def main():
    arguments = argparse.ArgumentParser(description="judges every line of an EVE file")
    arguments.add_argument("schema")
    arguments.add_argument("eve")
    arguments.add_argument("--suricata", metavar="SCHEMA")
    options = arguments.parse_args()
    try:
        from jsonschema import Draft202012Validator
    except ImportError:
        print("eve_schema: python3-jsonschema is missing: apt-get install python3-jsonschema", file=sys.stderr)
        return 2
    with open(options.schema, encoding="utf-8") as file:
        schema = strict(file.read())
    Draft202012Validator.check_schema(schema)
    own = Draft202012Validator(schema)
    theirs, own_types, own_keys = None, set(), {"telltale"}
    if options.suricata:
        with open(options.suricata, encoding="utf-8") as file:
            foreign = json.load(file)
        theirs = Draft202012Validator(foreign)
        types = set(schema["properties"]["event_type"]["enum"])
        # a protocol's event type is the key of its object too
        own_types = {t for t in types if t not in foreign["properties"]}
        own_types -= {"alert", "anomaly", "flow", "stats"}
        own_keys |= own_types
    lines = bad = checked = 0
    with open(options.eve, "rb") as file:
        for line in file:
            lines += 1
            try:
                record = strict(line.decode("utf-8", "strict"))
                if not line.endswith(b"}\n"):
                    raise ValueError("the line does not end with }\\n")
                problem = first_error(own, record)
                if problem is None and theirs:
                    rest = as_suricata(record, own_types, own_keys)
                    checked += rest is not None
                    problem = rest is not None and first_error(theirs, rest)
                    problem = f"Suricata's schema: {problem}" if problem else None
            except ValueError as error:
                problem = str(error)
            if problem:
                bad += 1
                if bad <= 20:
                    print(f"{options.eve}:{lines}: {problem}")
    print(f"{lines} lines, {bad} invalid" + (f", {checked} also judged by Suricata's schema" if theirs else ""))
    if lines == 0:
        print(f"{options.eve}: no lines: nothing was judged")
        return 2
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
