<?php
// php-memcached: usage memcached_client.php PORT [binary [NAME PASSWORD]]. Ends with an error when an answer is wrong.
declare(strict_types=1);

const ITEMS = 5000;

function same(mixed $got, mixed $wanted, string $what): void
{
    if ($got !== $wanted) {
        fwrite(STDERR, "$what: got " . var_export($got, true) . ", wanted " . var_export($wanted, true) . "\n");
        exit(1);
    }
}

$client = new Memcached();
$client->setOptions([
    Memcached::OPT_BINARY_PROTOCOL => ($argv[2] ?? '') === 'binary',
    Memcached::OPT_TCP_NODELAY => true,
    Memcached::OPT_COMPRESSION => true,
]);
if (isset($argv[4])) {
    $client->setSaslAuthData($argv[3], $argv[4]);
}
$client->addServer('127.0.0.1', (int) $argv[1]);
same($client->flush(), true, 'flush');

$values = [];
for ($i = 0; $i < ITEMS; $i++) {
    $value = '';
    for ($j = 0; $j < $i % 300; $j++) {
        $value .= chr(($i + $j) % 256);
    }
    $values["php:$i"] = $value;
}
foreach ($values as $key => $value) {
    same($client->set($key, $value), true, "set $key");
}
foreach ($values as $key => $value) {
    same($client->get($key), $value, "get $key");
}
same($client->getMulti(array_merge(array_keys($values), ['php:none']), Memcached::GET_PRESERVE_ORDER), $values + ['php:none' => null], 'getMulti');
same($client->setMulti(array_combine(array_map(fn ($i) => "multi:$i", range(0, 1999)), range(0, 1999))), true, 'setMulti');
same(count($client->getMulti(array_map(fn ($i) => "multi:$i", range(0, 1999)))), 2000, 'getMulti of setMulti');

// Values of every type travel with flags; long ones are compressed.
$things = ['int' => 42, 'float' => 2.5, 'bool' => true, 'false' => false, 'null' => null, 'text' => '日本語',
    'array' => [1, 'a' => ['b' => null]], 'bytes' => "\0\r\nEND\r\n\xff", 'long' => str_repeat('abc', 100000), 'empty' => ''];
foreach ($things as $name => $thing) {
    same($client->set("thing:$name", $thing), true, "set $name");
    same($client->get("thing:$name"), $thing, "get $name");
}
$object = new ArrayObject(['a' => 1]);
same($client->set('object', $object), true, 'set object');
same($client->get('object') == $object, true, 'get object');

$client->setOption(Memcached::OPT_COMPRESSION, false);
$large = random_bytes(1000000);
same($client->set('large', $large), true, 'set large');
same($client->get('large'), $large, 'get large');
same($client->set('large', str_repeat('x', 2000000)), false, 'set of 2 MB');
same($client->getResultCode(), Memcached::RES_E2BIG, 'code of a set of 2 MB');

same($client->add('a', '1'), true, 'add');
same($client->add('a', '2'), false, 'add of what is there');
// The text protocol says that it did not store, the binary one why.
$refused = ($argv[2] ?? '') === 'binary' ? Memcached::RES_DATA_EXISTS : Memcached::RES_NOTSTORED;
same($client->getResultCode(), $refused, 'code of an add');
same($client->replace('b', '1'), false, 'replace of what is not there');
same($client->replace('a', 'mid'), true, 'replace');
same($client->append('a', '>'), true, 'append');
same($client->prepend('a', '<'), true, 'prepend');
$found = $client->get('a', null, Memcached::GET_EXTENDED);
same($found['value'], '<mid>', 'get of what was put together');
same($client->cas($found['cas'], 'a', 'new'), true, 'cas');
same($client->cas($found['cas'], 'a', 'newer'), false, 'cas with an old token');
same($client->getResultCode(), Memcached::RES_DATA_EXISTS, 'code of a cas');
same($client->delete('a'), true, 'delete');
same($client->delete('a'), false, 'delete of what is not there');
same($client->getResultCode(), Memcached::RES_NOTFOUND, 'code of a delete');

same($client->set('n', 10), true, 'set n');
for ($i = 0; $i < 1000; $i++) {
    same($client->increment('n', 3), 13 + 3 * $i, 'increment');
}
same($client->decrement('n', 5000), 0, 'decrement stops at 0');
same($client->increment('none'), false, 'increment of what is not there');

same($client->set('short', 'x', 1), true, 'set with a time');
same($client->set('touched', 'x', 1), true, 'set with a time');
same($client->set('absolute', 'x', time() + 100), true, 'set with an absolute time');
same($client->touch('touched', 100), true, 'touch');
usleep(2200000);
same($client->get('short'), false, 'get of what expired');
same($client->get('touched'), 'x', 'get of what was touched');
same($client->get('absolute'), 'x', 'get with an absolute time');

// Delayed multi-get reads the replies one by one.
same($client->getDelayed(array_keys($values), true), true, 'getDelayed');
$fetched = 0;
while ($row = $client->fetch()) {
    same($row['value'], $values[$row['key']], 'fetch ' . $row['key']);
    $fetched++;
}
same($fetched, ITEMS, 'number of fetched items');

$statistics = array_values($client->getStats())[0];
same($statistics['cmd_set'] >= ITEMS && $statistics['curr_items'] >= ITEMS, true, 'getStats');
same(count($client->getVersion()), 1, 'getVersion');
same($client->flush(), true, 'flush');
same($client->get('touched'), false, 'get after flush');
$client->quit();
echo "php-memcached: all answers right\n";
