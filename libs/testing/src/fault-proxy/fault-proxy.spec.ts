import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../eventually.js';
import { FaultProxy } from './fault-proxy.js';

/** Says everything back, and keeps what it heard. */
let server: Server;
let heard: string;
let served: Set<Socket>;
let proxy: FaultProxy;
let clients: Socket[];

beforeEach(async () => {
  heard = '';
  served = new Set();
  clients = [];
  server = createServer((socket) => {
    served.add(socket);
    socket.on('error', () => undefined).on('close', () => served.delete(socket));
    socket.on('data', (chunk) => {
      heard += chunk.toString();
      socket.write(chunk);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await FaultProxy.open({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterEach(() => {
  for (const client of clients) client.destroy();
  proxy.close();
  server.close();
});

async function client() {
  const socket = connect(proxy.port, proxy.host);
  clients.push(socket);
  const state = { text: '', error: '', closed: false };
  socket.on('data', (chunk) => (state.text += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (state.error = error.code ?? error.message));
  socket.on('close', () => (state.closed = true));
  await once(socket, 'connect');
  return { state, say: (text: string) => socket.write(text), end: () => socket.end() };
}
const whole = (text: string) => ({ text, error: '', closed: false });

describe('the fault proxy', () => {
  it('carries both ways what is said, also more than a socket holds, and ends with its ends', async () => {
    const { state, say, end } = await client();
    const text = 'x'.repeat(5_000_000);
    say(text);
    await eventually(() => expect(state.text.length).toBe(text.length));
    expect(proxy.connections).toBe(1);
    end();
    await eventually(() => state.closed && served.size === 0 && proxy.connections === 0);
    expect(state.error).toBe('');
  });

  it('puts its own address into a URL and leaves the rest', () => {
    expect(proxy.through('postgres://me:secret@db.example:5432/log?x=1')).toBe(
      `postgres://me:secret@127.0.0.1:${proxy.port}/log?x=1`,
    );
  });

  it('cuts: both ends know at once, and a new connection is whole', async () => {
    const { state } = await client();
    await eventually(() => served.size === 1);
    expect(proxy.cut()).toBe(1);
    await eventually(() => state.closed && served.size === 0);
    expect(state.error).toBe('ECONNRESET');
    const next = await client();
    next.say('again');
    await eventually(() => expect(next.state).toEqual(whole('again')));
  });

  it('holds answers back: the server has heard, the client has no answer, and gets it after healing', async () => {
    const { state, say } = await client();
    proxy.holdAnswers();
    say('question');
    await eventually(() => expect(heard).toBe('question'));
    await delay(50);
    expect(state).toEqual(whole(''));
    await proxy.heal();
    await eventually(() => expect(state).toEqual(whole('question')));
  });

  it('lets pass of what it holds only what it held at that moment, and the rest when it heals', async () => {
    const { state, say } = await client();
    proxy.holdAnswers();
    say('first');
    await eventually(() => expect(heard).toBe('first'));
    await delay(50);
    const { pass } = proxy.heldAnswers();
    const other = await client();
    other.say('second');
    await eventually(() => expect(heard).toBe('firstsecond'));
    await delay(50);
    pass();
    await eventually(() => expect(state).toEqual(whole('first')));
    say('third');
    await delay(50);
    expect([state, other.state]).toEqual([whole('first'), whole('')]);
    await proxy.heal();
    await eventually(() => expect([state, other.state]).toEqual([whole('firstthird'), whole('second')]));
  });

  it('gives all of what it holds when it heals, also what nobody let pass', async () => {
    const { state, say } = await client();
    proxy.holdAnswers();
    say('first');
    await eventually(() => expect(heard).toBe('first'));
    await delay(50);
    proxy.heldAnswers();
    proxy.heldAnswers();
    await proxy.heal();
    await eventually(() => expect(state).toEqual(whole('first')));
  });

  it('loses for good the answer that it holds when it cuts', async () => {
    const { state, say } = await client();
    proxy.holdAnswers();
    say('question');
    await eventually(() => expect(heard).toBe('question'));
    proxy.cut();
    await proxy.heal();
    await eventually(() => expect(state).toEqual({ text: '', error: 'ECONNRESET', closed: true }));
  });

  it('cuts in the middle of an answer, once', async () => {
    const { state, say } = await client();
    proxy.cutAnswersAfter(4);
    say('question');
    await eventually(() => state.closed);
    expect(state).toMatchObject({ text: 'ques' });
    const next = await client();
    next.say('another question');
    await eventually(() => expect(next.state).toEqual(whole('another question')));
  });

  it('cuts in the middle of a question: the server has a part of it, and both ends know', async () => {
    const { state, say } = await client();
    proxy.cutQuestionsAfter(4);
    say('question');
    await eventually(() => state.closed && served.size === 0);
    expect(heard).toBe('ques');
    const next = await client();
    next.say('again');
    await eventually(() => expect(next.state).toEqual(whole('again')));
  });

  it('is a black hole: takes connections, passes nothing, and gives it up after healing', async () => {
    const before = await client();
    proxy.blackHole();
    before.say('a');
    const after = await client();
    after.say('b');
    await delay(50);
    expect([before.state, after.state, heard]).toEqual([whole(''), whole(''), '']);
    await proxy.heal();
    await eventually(() => expect([before.state, after.state]).toEqual([whole('a'), whole('b')]));
  });

  it('forgets: the server has lost the connection, the client waits without a word', async () => {
    const { state, say } = await client();
    await eventually(() => served.size === 1);
    expect(proxy.forget()).toBe(1);
    await eventually(() => served.size === 0);
    say('anybody there?');
    await delay(50);
    expect([state, heard]).toEqual([whole(''), '']);
    const next = await client();
    next.say('hello');
    await eventually(() => expect(next.state).toEqual(whole('hello')));
  });

  it('delays each piece, in order', async () => {
    const { state, say } = await client();
    proxy.delay(40);
    const begun = performance.now();
    say('first');
    await delay(5);
    say('second');
    await eventually(() => expect(state).toEqual(whole('firstsecond')), { everyMs: 5 });
    // There and back; a timer may be a millisecond early.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(78);
  });

  it('refuses: open connections are cut and new ones not taken until it heals', async () => {
    const { state } = await client();
    proxy.refuse();
    await eventually(() => state.closed);
    await expect(client()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.heal();
    const next = await client();
    next.say('back');
    await eventually(() => expect(next.state).toEqual(whole('back')));
  });
});
