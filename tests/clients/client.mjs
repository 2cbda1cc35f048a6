// A real socket.io-client of the version that is asked for, played by a test: it says on its standard output, a line of
// JSON each, what happens to it, and does what the standard input tells it to: emit an event, or close.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { version, url, options } = JSON.parse(process.argv[2]);
// Version 2 takes the WebSocket of today's Node.js for a browser's, which could send no headers.
if (options.transportOptions) delete globalThis.WebSocket;
const io = createRequire(import.meta.url)(`socket.io-client-${version}`);
const say = (was, said) => process.stdout.write(`${JSON.stringify({ was, said })}\n`);

const socket = io(url, { reconnection: false, forceNew: true, ...options });
socket.on('connect', () => say('connect', socket.io.engine.transport.name));
socket.on('disconnect', (reason) => say('disconnect', reason));
socket.on('connect_error', (error) => say('connect_error', error.message));
socket.on('error', (error) => say('error', error));
socket.io.engine.on('upgrade', (transport) => say('upgrade', transport.name));
socket.io.engine.on('close', (reason) => say('close', reason));

const take = socket.onevent;
socket.onevent = function (packet) {
  say('event', [...packet.data]);
  take.call(this, packet);
};

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, event, said } = JSON.parse(line);
  if (event === undefined) socket.close();
  else socket.emit(event, ...said, (answer) => say('answer', { id, said: answer }));
});
process.stdin.on('end', () => process.exit());
