import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../../../crates/web/assets/app/api.mjs';
import { topUps } from '../../../crates/web/assets/app/top-up.mjs';

const CARD = { type: 'card', cardId: 'crd_1' };
const lost = () => new ApiError({ code: 'NETWORK', moving: true });
const refused = (code, status = 422) => new ApiError({ code, status, error: { outcome: 'none' } });
const done = { status: 'done' };

/** Sends top-ups to answers given in advance, and gives the keys and what the payer was told of the money. */
async function told(answers, wishes = answers.map(() => ({ amount: 10_000, source: CARD }))) {
  const keys = [];
  let made = 0;
  const post = async (path, body, key) => {
    keys.push(key);
    const answer = answers[keys.length - 1];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const send = topUps({ post }, () => `key-${(made += 1)}`);
  const outcomes = [];
  for (const { payer = 'pyr_1', ...wish } of wishes) {
    outcomes.push(await send(payer, { pin: `${keys.length}${keys.length}1111`, ...wish }).then(({ status }) => status, ({ outcome }) => outcome));
  }
  return { keys, outcomes };
}

test('after a lost answer and a mistyped PIN the right one charges once', async () => {
  const { keys, outcomes } = await told([lost(), refused('WRONG_PIN'), done]);
  assert.deepEqual(keys, ['key-1', 'key-1', 'key-1']);
  assert.deepEqual(outcomes, ['unknown', 'unknown', 'done'], 'nor is the payer told that no money moved');
});

test('whatever keeps the payer from asking again leaves the doubt as it was', async () => {
  for (const between of [refused('PIN_LOCKED', 423), refused('UNAUTHENTICATED', 401), refused('TOO_MANY', 429)]) {
    const { keys } = await told([lost(), between, done]);
    assert.deepEqual(keys, ['key-1', 'key-1', 'key-1'], between.code);
  }
});

test('an outcome that the server does not know either is asked for under the same key', async () => {
  const { keys } = await told([{ status: 'unknown' }, refused('WRONG_PIN'), done, done]);
  assert.deepEqual(keys, ['key-1', 'key-1', 'key-1', 'key-2']);
});

test('without a doubt each answer settles its key, and a wrong PIN moved nothing', async () => {
  const { keys, outcomes } = await told([refused('WRONG_PIN'), { status: 'declined' }, done, done]);
  assert.deepEqual(keys, ['key-1', 'key-2', 'key-3', 'key-4']);
  assert.equal(outcomes[0], 'none');
});

test('a refusal of the top-up itself ends the doubt', async () => {
  const { keys } = await told([lost(), refused('ORDER_EXPIRED', 410), done]);
  assert.deepEqual(keys, ['key-1', 'key-1', 'key-2']);
});

test('another amount, source or payer is another top-up', async () => {
  const wish = { amount: 10_000, source: CARD };
  const wishes = [wish, { ...wish, amount: 20_000 }, { ...wish, source: { type: 'transfer', bank: 'kookmin', accountNumber: '1234567890' } }, { ...wish, payer: 'pyr_2' }];
  const { keys } = await told(wishes.map(lost), wishes);
  assert.deepEqual(keys, ['key-1', 'key-2', 'key-3', 'key-4']);
});
