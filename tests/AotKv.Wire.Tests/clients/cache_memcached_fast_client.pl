#!/usr/bin/perl
# Cache::Memcached::Fast: usage cache_memcached_fast_client.pl PORT. Ends with an error when an answer is wrong.
use strict;
use warnings;
use utf8;
use Cache::Memcached::Fast;

my $items = 5000;
my $client = Cache::Memcached::Fast->new({ servers => ["127.0.0.1:$ARGV[0]"], utf8 => 1, io_timeout => 20, connect_timeout => 20,
    serialize_methods => [\&Storable::freeze, \&Storable::thaw] });
require Storable;

sub same {
    my ($got, $wanted, $what) = @_;
    $_ = defined $_ ? $_ : '(undef)' for $got, $wanted;
    die "$what: got '" . substr($got, 0, 100) . "', wanted '" . substr($wanted, 0, 100) . "'\n" if $got ne $wanted;
}

same($client->flush_all->{"127.0.0.1:$ARGV[0]"}, 1, 'flush_all');

my %values = map { my $i = $_; ("perl:$i" => join('', map { chr(($i + $_) % 256) } 1 .. $i % 300)) } 0 .. $items - 1;
same($client->set($_, $values{$_}), 1, "set $_") for keys %values;
same($client->get($_), $values{$_}, "get $_") for keys %values;
my $found = $client->get_multi(keys %values, 'perl:none');
same(scalar keys %$found, $items, 'number of get_multi');
same($found->{$_}, $values{$_}, "get_multi $_") for keys %values;

my @stored = $client->set_multi(map { ["multi:$_", $_] } 0 .. 1999);
same(scalar(grep { $_ } @stored), 2000, 'set_multi');
same(scalar keys %{ $client->get_multi(map { "multi:$_" } 0 .. 1999) }, 2000, 'get_multi of set_multi');
same(scalar(grep { $_ } $client->delete_multi(map { "multi:$_" } 0 .. 1999)), 2000, 'delete_multi');

# Structures travel with flags; texts and keys may be UTF-8.
same($client->set('thing', { a => [1, 2, { b => 'ü' }] }), 1, 'set structure');
same($client->get('thing')->{a}[2]{b}, 'ü', 'get structure');
same($client->set('ключ', '日本語'), 1, 'set UTF-8');
same($client->get('ключ'), '日本語', 'get UTF-8');
same($client->set('empty', ''), 1, 'set empty');
same($client->get('empty'), '', 'get empty');
my $large = pack 'C*', map { $_ * 7 % 251 } 1 .. 1_000_000;
same($client->set('large', $large), 1, 'set large');
same($client->get('large'), $large, 'get large');

same($client->add('a', '1'), 1, 'add');
same($client->add('a', '2') ? 1 : 0, 0, 'add of what is there');
same($client->replace('b', '1') ? 1 : 0, 0, 'replace of what is not there');
same($client->replace('a', 'mid'), 1, 'replace');
same($client->append('a', '>'), 1, 'append');
same($client->prepend('a', '<'), 1, 'prepend');
my ($cas, $value) = @{ $client->gets('a') };
same($value, '<mid>', 'get of what was put together');
same($client->cas('a', $cas, 'new'), 1, 'cas');
same($client->cas('a', $cas, 'newer') ? 1 : 0, 0, 'cas with an old token');
same(scalar keys %{ $client->gets_multi(map { "perl:$_" } 0 .. 199) }, 200, 'gets_multi');
same($client->delete('a'), 1, 'delete');
same($client->delete('a') ? 1 : 0, 0, 'delete of what is not there');

same($client->set('n', 10), 1, 'set n');
same($client->incr('n', 3), 13 + 3 * $_, 'incr') for 0 .. 999;
same($client->decr('n', 1), 3009, 'decr');
same($client->decr('n', 5000) + 0, 0, 'decr stops at 0');
same($client->incr('none', 1) ? 1 : 0, 0, 'incr of what is not there');
same(scalar(grep { defined } $client->incr_multi(map { ["n", 1] } 1 .. 10)), 10, 'incr_multi');

same($client->set('short', 'x', 1), 1, 'set with a time');
same($client->set('touched', 'x', 1), 1, 'set with a time');
same($client->touch('touched', 100), 1, 'touch');
same($client->gat(100, 'touched'), 'x', 'gat');
select undef, undef, undef, 2.2;
same(scalar $client->get('short'), undef, 'get of what expired');
same($client->get('touched'), 'x', 'get of what was touched');

# In a void context the client uses noreply.
$client->set("quiet:$_", $_) for 0 .. $items - 1;
$client->incr("quiet:$_", 1) for 0 .. $items - 1;
$client->nowait_push;
same($client->get('quiet:' . ($items - 1)), $items, 'get of the last quiet one');
same(scalar keys %{ $client->get_multi(map { "quiet:$_" } 0 .. $items - 1) }, $items, 'all quiet ones');

same(scalar keys %{ $client->server_versions }, 1, 'server_versions');
$client->flush_all;
$client->nowait_push;
same(scalar $client->get('touched'), undef, 'get after flush_all');
print "Cache::Memcached::Fast: all answers right\n";
