# Dalli, Ruby's client: usage dalli_client.rb PORT [binary|meta [NAME PASSWORD]]. Ends with an error when an answer is wrong.
require 'dalli'

ITEMS = 2000

def same(got, wanted, what)
  abort "#{what}: got #{got.inspect}, wanted #{wanted.inspect}" unless got == wanted
end

options = { compress: true, serializer: Marshal }
options[:protocol] = ARGV[1].to_sym if ARGV[1]
options.merge!(username: ARGV[2], password: ARGV[3]) if ARGV[3]
client = Dalli::Client.new("127.0.0.1:#{ARGV[0]}", options)
same(client.flush_all, [true], 'flush_all')

values = (0...ITEMS).to_h { |i| ["rb:#{i}", (0...(i % 500)).map { |j| ((i + j) % 256).chr }.join] }
values.each { |key, value| same(client.set(key, value).is_a?(Integer), true, "set #{key}") }
values.each { |key, value| same(client.get(key), value, "get #{key}") }
same(client.get_multi(*values.keys, 'rb:none'), values, 'get_multi')
client.multi { 500.times { |i| client.set("quiet:#{i}", i) } }
same(client.get_multi(*(0...500).map { |i| "quiet:#{i}" }).size, 500, 'get_multi of quiet sets')

things = { int: 42, float: 2.5, nil: [nil], text: '日本語', hash: { 'a' => [1, nil] }, bytes: "\0\r\nEND\r\n\xff".b, long: 'abc' * 100_000 }
things.each do |name, thing|
  client.set("thing:#{name}", thing)
  same(client.get("thing:#{name}"), thing, "get #{name}")
end

same(client.add('a', 'one').is_a?(Integer), true, 'add')
same(client.add('a', 'two'), false, 'add of what is there')
same([false, 0].include?(client.replace('none', 'x')), true, 'replace of what is not there')
same(client.replace('a', 'mid').is_a?(Integer), true, 'replace')
client.set('raw', 'mid', 0, raw: true)
client.append('raw', '>')
client.prepend('raw', '<')
same(client.get('raw', raw: true), '<mid>', 'get of what was put together')
same(client.cas('a') { |value| "#{value}!" } ? true : false, true, 'cas')
same(client.get('a'), 'mid!', 'get after cas')
same(client.delete('a'), true, 'delete')
same(client.delete('a') ? true : false, false, 'delete of what is not there')

same(client.incr('n', 1, 0, 10), 10, 'incr with a default')
500.times { |i| same(client.incr('n', 3), 13 + 3 * i, 'incr') }
same(client.decr('n', 5000), 0, 'decr stops at 0')
same(client.incr('none'), nil, 'incr of what is not there')

client.set('short', 'x', 1)
client.set('touched', 'x', 1)
same(client.touch('touched', 100) ? true : false, true, 'touch')
same(client.gat('touched', 100), 'x', 'gat')
sleep 2.2
same(client.get('short'), nil, 'get of what expired')
same(client.get('touched'), 'x', 'get of what was touched')

statistics = client.stats.values.first
same(statistics['curr_items'].to_i > ITEMS, true, 'stats')
same(client.version.values.first.start_with?('1.6'), true, 'version')
same(client.flush_all, [true], 'flush_all')
same(client.get('touched'), nil, 'get after flush_all')
puts "dalli #{Dalli::VERSION}: all answers right"
