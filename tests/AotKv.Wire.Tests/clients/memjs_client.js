// memjs, for Node.js: usage memjs_client.js FOLDER PORT [NAME PASSWORD], FOLDER being where npm put it. Binary protocol.
// Ends with an error when an answer is wrong.
'use strict';

const path = require('path');
const [folder, port, name, password] = process.argv.slice(2);
const memjs = require(path.join(folder, 'node_modules', 'memjs'));
const client = memjs.Client.create(`127.0.0.1:${port}`, { username: name, password: password, timeout: 20, conntimeout: 20, retries: 0 });

function same(got, wanted, what) {
  const shown = (value) => Buffer.isBuffer(value) ? value.toString('latin1') : JSON.stringify(value);
  if (shown(got) !== shown(wanted)) {
    throw new Error(`${what}: got ${shown(got)}, wanted ${shown(wanted)}`);
  }
}

async function talk() {
  await client.flush();
  for (let i = 0; i < 1000; i++) {
    same(await client.set(`js:${i}`, Buffer.alloc(i % 500, i), { expires: 100 }), true, `set ${i}`);
  }
  for (let i = 0; i < 1000; i++) {
    same((await client.get(`js:${i}`)).value, Buffer.alloc(i % 500, i), `get ${i}`);
  }
  await Promise.all(Array.from({ length: 200 }, (_, i) => client.set(`all:${i}`, `${i}`, {})));
  const all = await Promise.all(Array.from({ length: 200 }, (_, i) => client.get(`all:${i}`)));
  all.forEach((found, i) => same(found.value, Buffer.from(`${i}`), `get all:${i}`));
  same((await client.get('none')).value, null, 'get of what is not there');

  const large = Buffer.alloc(1000000, 'x');
  same(await client.set('large', large, {}), true, 'set of a large value');
  same((await client.get('large')).value.equals(large), true, 'get of a large value');

  same(await client.add('a', '1', {}), true, 'add');
  same(await client.add('a', '2', {}), false, 'add of what is there');
  same(await client.replace('none', '1', {}), false, 'replace of what is not there');
  same(await client.replace('a', 'mid', {}), true, 'replace');
  same(await client.append('a', '>'), true, 'append');
  same((await client.get('a')).value, Buffer.from('mid>'), 'get of what was put together');
  same(await client.delete('a'), true, 'delete');
  same(await client.delete('a'), false, 'delete of what is not there');

  same((await client.increment('n', 1, { initial: 10 })).value, 10, 'increment with a default');
  same((await client.increment('n', 5, {})).value, 15, 'increment');
  same((await client.decrement('n', 100, {})).value, 0, 'decrement stops at 0');
  same(await client.set('short', 'x', { expires: 1 }), true, 'set with a time');
  same(await client.touch('js:1', 100), true, 'touch');
  await new Promise((done) => setTimeout(done, 2200));
  same((await client.get('short')).value, null, 'get of what expired');
  client.close();
  console.log('memjs: all answers right');
}

talk().catch((error) => {
  console.error(error.message);
  process.exit(1);
});
