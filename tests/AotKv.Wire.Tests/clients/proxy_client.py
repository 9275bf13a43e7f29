"""pymemcache through a proxy in front of several servers: usage proxy_client.py PORT.

The proxy knows no flush_all and no stats. Ends with an error when an answer is wrong.
"""

import sys

from pymemcache.client.base import Client

ITEMS = 3000
client = Client(("127.0.0.1", int(sys.argv[1])), default_noreply=False, timeout=20)


def same(got, wanted, what):
    if got != wanted:
        raise SystemExit(f"{what}: got {got!r}, wanted {wanted!r}")


values = {f"proxy:{i}": bytes((i + j) % 256 for j in range(i % 300)) for i in range(ITEMS)}
for key, value in values.items():
    same(client.set(key, value), True, f"set {key}")
for key, value in values.items():
    same(client.get(key), value, f"get {key}")
same(client.get_many(list(values)), values, "get_many")
same(client.add("proxy:1", b"x"), False, "add of what is there")
same(client.set("n", b"10"), True, "set n")
same(client.incr("n", 5), 15, "incr")
value, token = client.gets("n")
same(client.cas("n", b"20", token), True, "cas")
same(client.cas("n", b"21", token), False, "cas with an old token")
same(client.append("n", b"1"), True, "append")
same(client.get("n"), b"201", "get")
same(client.delete("n"), True, "delete")
same(client.get("n"), None, "get of what was deleted")
same(client.touch("proxy:2", 100), True, "touch")
print("proxy: all answers right")
