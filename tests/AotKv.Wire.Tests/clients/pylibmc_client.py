"""pylibmc, Python's wrapper of libmemcached: usage pylibmc_client.py PORT [binary [NAME PASSWORD]].

Ends with an error when an answer is wrong.
"""

import sys
import threading
import time

import pylibmc

ITEMS = 5000
address = "127.0.0.1:" + sys.argv[1]
options = {"binary": sys.argv[2:3] == ["binary"]}
if len(sys.argv) == 5:
    options |= {"username": sys.argv[3], "password": sys.argv[4]}


def same(got, wanted, what):
    if got != wanted:
        raise SystemExit(f"{what}: got {got!r}, wanted {wanted!r}")


client = pylibmc.Client([address], **options, behaviors={"tcp_nodelay": True, "cas": True})
same(client.flush_all(), True, "flush_all")

values = {f"lib:{i}": bytes((i + j) % 256 for j in range(i % 700)) for i in range(ITEMS)}
for key, value in values.items():
    same(client.set(key, value), True, f"set {key}")
for key, value in values.items():
    same(client.get(key), value, f"get {key}")
same(client.get_multi(list(values) + ["lib:none"]), values, "get_multi")
same(client.set_multi({str(i): i for i in range(2000)}, key_prefix="multi:"), [], "set_multi")
same(client.get_multi([str(i) for i in range(2000)], key_prefix="multi:"), {str(i): i for i in range(2000)}, "get_multi of set_multi")
same(client.delete_multi([str(i) for i in range(2000)], key_prefix="multi:"), True, "delete_multi")
same(client.get_multi([str(i) for i in range(2000)], key_prefix="multi:"), {}, "get_multi after delete_multi")

# Objects travel with flags: numbers, texts, truth values, pickles, compressed ones.
things = {"int": 42, "big": 2**80, "bool": True, "text": "日本語", "list": [1, {"a": None}], "bytes": b"\x00\r\nEND\r\n\xff"}
for name, thing in things.items():
    same(client.set("ключ:" + name, thing), True, "set " + name)
    same(client.get("ключ:" + name), thing, "get " + name)
squeezed = b"abc" * 100_000
same(client.set("squeezed", squeezed, min_compress_len=1000), True, "set compressed")
same(client.get("squeezed"), squeezed, "get compressed")
large = bytes(i * 7 % 251 for i in range(1_000_000))
same(client.set("large", large), True, "set large")
same(client.get("large"), large, "get large")
try:
    client.set("large", bytes(2_000_000))
    raise SystemExit("a value of 2 MB was taken")
except pylibmc.TooBig:
    pass

same(client.add("a", b"1"), True, "add")
same(client.add("a", b"2"), False, "add of what is there")
try:
    same(client.replace("b", b"1"), False, "replace of what is not there")
except pylibmc.NotFound:
    # The text protocol says that it did not store, the binary one why.
    same(options["binary"], True, "an error of replace")
same(client.replace("a", b"mid"), True, "replace")
same(client.append("a", b">"), True, "append")
same(client.prepend("a", b"<"), True, "prepend")
same(client.get("a"), b"<mid>", "get of what was put together")
value, token = client.gets("a")
same(client.cas("a", b"new", token), True, "cas")
same(client.cas("a", b"newer", token), False, "cas with an old token")
same(client.delete("a"), True, "delete")
same(client.delete("a"), False, "delete of what is not there")

same(client.set("n", 10), True, "set n")
for i in range(1000):
    same(client.incr("n", 3), 13 + 3 * i, "incr")
same(client.decr("n", 5000), 0, "decr stops at 0")
try:
    client.incr("none")
    raise SystemExit("something absent was counted")
except pylibmc.NotFound:
    pass

# Several threads, each with its own connection, count together.
client.set("together", 0)


def count():
    own = client.clone()
    for _ in range(500):
        own.incr("together")


threads = [threading.Thread(target=count) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
same(client.get("together"), 4000, "what eight threads counted")

same(client.set("short", "x", time=1), True, "set with a time")
same(client.set("touched", "x", time=1), True, "set with a time")
same(client.touch("touched", 100), True, "touch")
time.sleep(2.2)
same(client.get("short"), None, "get of what expired")
same(client.get("touched"), "x", "get of what was touched")

# Buffered sets without replies.
quiet = pylibmc.Client([address], **options, behaviors={"_noreply": True, "no_block": True, "buffer_requests": False})
for i in range(ITEMS):
    quiet.set(f"quiet:{i}", i)
quiet.get("quiet:0")
same(len(client.get_multi([f"quiet:{i}" for i in range(ITEMS)])), ITEMS, "all quiet ones")

(server, statistics), = client.get_stats()
if int(statistics["cmd_set"]) < ITEMS or int(statistics["curr_items"]) < ITEMS:
    raise SystemExit(f"stats: {statistics}")
same(client.flush_all(), True, "flush_all")
same(client.get("touched"), None, "get after flush_all")
print("pylibmc: all answers right")
