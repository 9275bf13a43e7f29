"""pymemcache, the pure Python client: usage pymemcache_client.py PORT|SOCKET [AUTHORITY], with TLS when there is one.

Ends with an error when an answer is wrong.
"""

import ssl
import sys
import time

from pymemcache import serde
from pymemcache.client.base import Client, PooledClient
from pymemcache.exceptions import MemcacheClientError, MemcacheServerError

ITEMS = 5000
has_tls = len(sys.argv) > 2
host = "localhost" if has_tls else "127.0.0.1"
address = (host, int(sys.argv[1])) if sys.argv[1].isdigit() else sys.argv[1]
security = {"tls_context": ssl.create_default_context(cafile=sys.argv[2])} if has_tls else {}


def same(got, wanted, what):
    if got != wanted:
        raise SystemExit(f"{what}: got {got!r}, wanted {wanted!r}")


client = Client(address, **security, serde=serde.pickle_serde, allow_unicode_keys=True, default_noreply=False, timeout=20)
same(client.flush_all(), True, "flush_all")

# Several thousand items, of every length and every byte.
values = {f"py:{i}": bytes((i + j) % 256 for j in range(i % 700)) for i in range(ITEMS)}
for key, value in values.items():
    same(client.set(key, value), True, f"set {key}")
for key, value in values.items():
    same(client.get(key), value, f"get {key}")
same(client.get_many(list(values) + ["py:none"]), values, "get_many")
same(client.set_many({f"many:{i}": str(i) for i in range(1000)}), [], "set_many")
same(client.get_many([f"many:{i}" for i in range(1000)]), {f"many:{i}": str(i) for i in range(1000)}, "get_many of set_many")
same(client.delete_many([f"many:{i}" for i in range(1000)]), True, "delete_many")
same(client.get_many([f"many:{i}" for i in range(1000)]), {}, "get_many after delete_many")

# Objects travel with flags; keys may be UTF-8.
things = {"list": [1, 2.5, None, "ü"], "dict": {"a": (1, 2), "b": b"\x00\xff"}, "number": 12345678901234567890, "text": "日本語", "empty": b""}
for name, thing in things.items():
    same(client.set("ключ:" + name, thing), True, "set " + name)
    same(client.get("ключ:" + name), thing, "get " + name)

# A large value, and one that is too large.
large = bytes(i * 7 % 251 for i in range(1_000_000))
same(client.set("large", large), True, "set large")
same(client.get("large"), large, "get large")
try:
    client.set("large", bytes(2_000_000))
    raise SystemExit("a value of 2 MB was taken")
except MemcacheServerError:
    same(client.get("large"), None, "get after a set that was too large")

# add, replace, append, prepend, cas.
plain = Client(address, **security, default_noreply=False, timeout=20)
same(plain.add("a", b"1"), True, "add")
same(plain.add("a", b"2"), False, "add of what is there")
same(plain.replace("b", b"1"), False, "replace of what is not there")
same(plain.replace("a", b"mid"), True, "replace")
same(plain.append("a", b">"), True, "append")
same(plain.prepend("a", b"<"), True, "prepend")
same(plain.get("a"), b"<mid>", "get of what was put together")
value, token = plain.gets("a")
same(plain.cas("a", b"new", token), True, "cas")
same(plain.cas("a", b"newer", token), False, "cas with an old token")
same(plain.cas("none", b"x", b"1"), None, "cas of what is not there")
same(len(plain.gets_many([f"py:{i}" for i in range(200)])), 200, "gets_many")

# Counting.
same(plain.set("n", b"10"), True, "set n")
for i in range(1000):
    same(plain.incr("n", 3), 13 + 3 * i, "incr")
same(plain.decr("n", 5000), 0, "decr stops at 0")
same(plain.incr("none", 1), None, "incr of what is not there")
try:
    plain.incr("a", 1)
    raise SystemExit("a text was counted")
except MemcacheClientError:
    pass

# Without waiting for replies.
for i in range(ITEMS):
    plain.set(f"quiet:{i}", str(i).encode(), noreply=True)
    plain.incr(f"quiet:{i}", 1, noreply=True)
same(plain.get(f"quiet:{ITEMS - 1}"), str(ITEMS).encode(), "get of the last quiet one")
same(len(plain.get_many([f"quiet:{i}" for i in range(ITEMS)])), ITEMS, "all quiet ones")

# Expiry, touch.
same(plain.set("short", b"x", expire=1), True, "set with a time")
same(plain.set("touched", b"x", expire=1), True, "set with a time")
same(plain.touch("touched", 100), True, "touch")
same(plain.touch("none", 100), False, "touch of what is not there")
same(plain.gat("touched", 100), b"x", "gat") if hasattr(plain, "gat") else None
time.sleep(2.2)
same(plain.get("short"), None, "get of what expired")
same(plain.get("touched"), b"x", "get of what was touched")

# A pool, statistics, the rest.
pool = PooledClient(address, **security, max_pool_size=4, timeout=20)
same(pool.get("touched"), b"x", "get through a pool")
same(plain.version(), client.version(), "version")
statistics = plain.stats()
if statistics[b"cmd_set"] < ITEMS or statistics[b"curr_items"] < ITEMS:
    raise SystemExit(f"stats: {statistics}")
same(plain.stats("settings")[b"maxbytes"], 64 * 1024 * 1024, "stats settings")
same(plain.flush_all(), True, "flush_all")
same(plain.get("touched"), None, "get after flush_all")
plain.quit()
print("pymemcache: all answers right")
