// bottender: its connector's signature check (SHA-1, it knows no other) and its request handler,
// without the Express server around them. The protocol is that of worker.py.
'use strict';

const { createInterface } = require('readline');
const { readFileSync } = require('fs');
const { createRequire } = require('module');

const [, , folder, bodies] = process.argv;
const { MessengerBot } = createRequire(`${folder}/`)('bottender');

const given = JSON.parse(readFileSync(bodies, 'utf8'));
let handled = 0;
const bot = new MessengerBot({ accessToken: 'token', appSecret: given.secret, sync: true });
bot.onEvent(async (context) => {
  if (context.event.isText) handled += 1;
});
const handler = bot.createRequestHandler();

async function read(raw, signature) {
  const request = { method: 'post', headers: { 'x-hub-signature': signature }, query: {}, rawBody: raw };
  if (!bot.connector.preprocess(request).shouldNext) throw new Error('forged');
  await handler(JSON.parse(raw), {});
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, times] = line.split(' ');
    const began = process.cpuUsage();
    for (let time = 0; time < Number(times); time += 1) {
      for (const [raw, , sha1] of given[name]) await read(raw, sha1);
    }
    const used = process.cpuUsage(began);
    process.stdout.write(`${used.user + used.system} ${handled}\n`);
    handled = 0;
  }
}

main();
