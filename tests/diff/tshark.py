#!/usr/bin/env python3
"""tshark.py TELLTALE PROTO CAPTURE [--except FILE NAME] [TSHARK-OPTION…] - holds `telltale fields --names tshark` against tshark's
PDML, cell by cell. FILE has lines `NAME PROTO FRAMES reason` (FRAMES: 7, 7-9, 7:column, several with commas): what differs there is
counted as excepted, what does not differ there is told.

Prints each difference, then a line with counts; exit code 1 when a cell differs, a row is missing on either side, or nothing was there."""
import collections
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

THEIRS = {"cimd2": ("cimd",), "dns": ("dns", "mdns", "llmnr"), "tls": ("tls", "dtls"), "wireguard": ("wg",), "ike": ("isakmp",), "gtp": ("gtp", "gtpv2", "gtpprime")}  # their names of a protocol
# Records are shown together as they lie in segments, which ours do not depend on: all of a frame are held together.
PLACE = ("frame", "src", "dst", "sport", "dport")
JOINED = ("tls",)
BAD = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
ENTITY = re.compile(rb"&#(x0*([0-8bcef]|1[0-9a-f])|0*([0-8]|1[124-9]|2[0-9]|3[01]));", re.I)


def ours(program, proto, capture):
    text = subprocess.run([program, "fields", "-p", proto, "--names", "tshark", capture], capture_output=True).stdout
    lines = text.decode("utf-8", "replace").split("\n")[:-1]
    head = lines[0].split("\t")
    rows = collections.defaultdict(list)
    for line in lines[1:]:
        row = dict(zip(head, line.split("\t")))
        if any(row[c] for c in head[5:]):
            rows[row["frame"]].append(row)
    return head, rows


def joined(rows):
    """One row for each frame: cells of all its rows, one behind the other."""
    out = {}
    for frame, parts in rows.items():
        columns = {c for part in parts for c in part} - set(PLACE)
        row = {c: "|".join(part[c] for part in parts if part.get(c)) for c in columns}
        if any(row.values()):  # some records have nothing that tshark names
            out[frame] = [row]
    return collections.defaultdict(list, out)


def theirs(proto, capture, options, columns):
    names = THEIRS.get(proto, (proto,))
    command = ["tshark", "-n", "-r", capture, *options, "-T", "pdml", "-Y", " or ".join(names)]
    pdml = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    rows = collections.defaultdict(list)
    text = ENTITY.sub(b"?", BAD.sub(b"?", pdml)).decode("utf-8", "replace")
    for packet in ET.fromstring(re.sub("[\ud800-\udfff\ufffe\uffff]", "?", text).encode()):
        frame = next(f.get("show") for f in packet.iter("field") if f.get("name") == "frame.number")
        for part in packet.iter("proto"):
            if part.get("name") in names:
                values = collections.defaultdict(list)
                for field in part.iter("field"):
                    values[field.get("name")].append(field.get("show") or "")
                row = {c: "|".join(values[c]) for c in columns if c in values}
                if any(row.values()):
                    rows[frame].append(row)
    return rows


def plain(cell):
    out = []
    for part in re.sub(r"[\t\r\n]", " ", cell).split("|"):
        part = {"True": "1", "False": "0"}.get(part, part)
        if re.fullmatch(r"0x[0-9a-f]+", part):
            part = str(int(part, 16))
        out.append(part)
    return "|".join(out)


def exceptions(path, name, proto):
    """{(frame, column or None)} of the file."""
    out = set()
    for line in open(path, encoding="utf-8"):
        words = line.split(None, 3)
        if len(words) < 4 or line.startswith("#") or words[:2] != [name, proto]:
            continue
        for part in words[2].split(","):
            frames, _, column = part.partition(":")
            first, _, last = frames.partition("-")
            out |= {(str(n), column or None) for n in range(int(first), int(last or first) + 1)}
    return out


def main():
    program, proto, capture, *options = sys.argv[1:]
    excepted, used = set(), set()
    if options[:1] == ["--except"]:
        excepted = exceptions(options[1], options[2], proto)
        options = options[3:]
    head, mine = ours(program, proto, capture)
    columns = head[5:]
    other = theirs(proto, capture, options, columns)
    if proto in JOINED:
        mine, other = joined(mine), joined(other)
    cells = wrong = rows = 0

    def differs(frame, column, what):
        for key in ((frame, column), (frame, None)):
            if key in excepted:
                used.add(key)
                return 0
        print(f"frame {frame}{what}")
        return 1

    for frame in sorted(set(mine) | set(other), key=int):
        if len(mine[frame]) != len(other[frame]):
            wrong += differs(frame, None, f": {len(mine[frame])} rows, tshark has {len(other[frame])}")
            continue
        for a, b in zip(mine[frame], other[frame]):
            rows += 1
            for c in columns:
                cells += 1
                if plain(a.get(c, "")) != plain(b.get(c, "")):
                    wrong += differs(frame, c, f" {c}: ours {a.get(c, '')!r}, tshark {b.get(c, '')!r}")
    for frame, column in sorted(excepted - used, key=str):
        wrong += 1
        print(f"frame {frame} {column or ''}: excepted, and agrees")
    print(f"{rows} rows, {len(columns)} columns, {cells} cells compared, {len(used)} excepted, {wrong} differ")
    sys.exit(wrong > 0 or rows + len(used) == 0)


main()
