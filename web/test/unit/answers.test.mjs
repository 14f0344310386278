import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './sources.mjs';

const [{ Answers }, { Question }] = await load('/src/api/answers.ts', '/src/view/question.ts');

const never = new AbortController().signal;
const soon = () => new Promise((done) => setTimeout(done));

/** A service that answers when told. */
function service() {
  const asked = [];
  const ask = (address, signal) => {
    let settle;
    const answer = new Promise((resolve, reject) => {
      settle = { give: resolve, fail: reject };
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    asked.push({ address, signal, ...settle });
    return answer;
  };
  return { asked, ask };
}

test('an answer is asked for once, and kept', async () => {
  const { asked, ask } = service();
  const answers = new Answers(10);
  const both = [answers.ask('/a', ask, never), answers.ask('/a', ask, never)];
  assert.ok(answers.busy);
  asked[0].give('A');
  assert.deepEqual(await Promise.all(both), ['A', 'A']);
  assert.equal(await answers.ask('/a', ask, never), 'A');
  assert.equal(asked.length, 1);
  assert.equal(answers.busy, false);
});

test('only so many answers are kept: those used last', async () => {
  const answers = new Answers(3);
  const ask = (address) => Promise.resolve(address.toUpperCase());
  for (const address of ['/a', '/b', '/c']) await answers.ask(address, ask, never);
  assert.equal(answers.find('/a'), '/A');
  for (const address of ['/d', '/e']) await answers.ask(address, ask, never);
  assert.deepEqual(
    ['/a', '/b', '/c', '/d', '/e'].map((address) => answers.find(address)),
    ['/A', undefined, undefined, '/D', '/E'],
  );
});

test('a request stops when nobody waits for it any more, not before', async () => {
  const { asked, ask } = service();
  const answers = new Answers(10);
  const [one, other] = [new AbortController(), new AbortController()];
  const both = [answers.ask('/a', ask, one.signal), answers.ask('/a', ask, other.signal)];
  both.forEach((answer) => answer.catch(() => undefined));
  one.abort();
  assert.equal(asked[0].signal.aborted, false);
  other.abort();
  assert.equal(asked[0].signal.aborted, true);
  assert.equal(answers.busy, false);
  void answers.ask('/a', ask, never);
  assert.equal(asked.length, 2, 'who comes later asks anew');
});

test('a failure is told to all, until it is tried again; what was forgotten on its way is not kept', async () => {
  const { asked, ask } = service();
  const answers = new Answers(10);
  const failing = answers.ask('/a', ask, never);
  asked[0].fail(new Error('no'));
  await assert.rejects(failing, /no/);
  await assert.rejects(answers.ask('/a', ask, never), /no/);
  assert.equal(answers.find('/a'), undefined);
  assert.equal(asked.length, 1);
  answers.forgive();
  const late = answers.ask('/a', ask, never);
  answers.clear();
  asked[1].give('old');
  assert.equal(await late, 'old');
  assert.equal(answers.find('/a'), undefined);
});

/** A part with one question, updated as Lit does. */
function part(ask) {
  const controllers = [];
  const model = { answers: new Answers(10), refreshes: 0, retries: 0 };
  const host = { model, addController: (controller) => controllers.push(controller), requestUpdate: () => undefined, address: '/a' };
  const question = new Question(host, () => host.address, ask);
  const update = () => controllers.forEach((controller) => controller.hostUpdate?.());
  const leave = () => controllers.forEach((controller) => controller.hostDisconnected?.());
  return { host, model, question, update, leave };
}

test('a question whose address changed stops the outdated request', async () => {
  const { asked, ask } = service();
  const { host, question, update, leave } = part(ask);
  update();
  asked[0].give('A');
  await soon();
  assert.equal(question.value, 'A');
  host.address = '/b';
  update();
  assert.equal(question.value, undefined);
  assert.equal(question.shown, 'A', 'what was there stays on the screen');
  host.address = '/c';
  update();
  assert.deepEqual(
    asked.map(({ address, signal }) => [address, signal.aborted]),
    [
      ['/a', false],
      ['/b', true],
      ['/c', false],
    ],
  );
  host.address = '/a';
  update();
  assert.equal(question.value, 'A', 'what is kept is there at once');
  host.address = '/d';
  update();
  leave();
  assert.ok(asked.at(-1).signal.aborted, 'a part that is gone waits for nothing');
});

test('only what failed is tried again', async () => {
  const { asked, ask } = service();
  const { host, model, question, update } = part(ask);
  const other = new Question(host, () => '/slow', ask);
  model.retries = 3; // of other failures, before
  update();
  assert.equal(asked.length, 2);
  asked.find(({ address }) => address === '/a').fail(new Error('no'));
  await soon();
  update();
  assert.equal(question.error.message, 'no');
  assert.equal(asked.length, 2, 'not by itself');
  model.answers.forgive();
  model.retries++;
  update();
  assert.deepEqual(
    asked.map(({ address }) => address),
    ['/a', '/slow', '/a'],
  );
  assert.ok(other.isPending);
  assert.equal(asked[1].signal.aborted, false, 'what is on its way goes on');
});
