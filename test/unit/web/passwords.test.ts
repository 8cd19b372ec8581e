import { Worker } from 'node:worker_threads';
import bcrypt from 'bcryptjs';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { basicCredentials, createPasswords, unknownUserHash } from '../../../src/web/passwords.ts';

function header(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

describe('the header', () => {
  test.each([
    [header('alice:secret'), { user: 'alice', password: 'secret' }],
    [header('alice:a:b'), { user: 'alice', password: 'a:b' }],
    [header(':'), { user: '', password: '' }],
    [header('älice:pässwörd'), { user: 'älice', password: 'pässwörd' }],
    ['BASIC YTpi', { user: 'a', password: 'b' }],
    [header('no colon'), undefined],
    ['Bearer YTpi', undefined],
    ['Basic', undefined],
    ['Basic ?', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (authorization, expected) => {
    expect(basicCredentials(authorization)).toEqual(expected);
  });
});

describe('verifying', () => {
  const passwords = createPasswords();
  afterAll(() => passwords.close());
  const users = new Map([
    ['alice', bcrypt.hashSync('secret', 4)],
    ['bob', bcrypt.hashSync('other', 4)],
  ]);

  test.each([
    ['alice', 'secret', 'right'],
    ['bob', 'other', 'right'],
    ['alice', 'other', 'wrong'],
    ['alice', '', 'wrong'],
    ['Alice', 'secret', 'wrong'],
    ['', '', 'wrong'],
    ['toString', 'secret', 'wrong'],
  ])('%s with %j is %s, and again', async (user, password, verdict) => {
    expect(await passwords.verify({ user, password }, users)).toBe(verdict);
    expect(await passwords.verify({ user, password }, users)).toBe(verdict);
  });

  test('who is not there costs as much as the costliest who is', () => {
    const hash = unknownUserHash(new Map([...users, ['carol', bcrypt.hashSync('third', 6)]]));
    expect(bcrypt.getRounds(hash)).toBe(6);
    expect(bcrypt.getRounds(unknownUserHash(new Map([['dave', `$2y$12${hash.slice(6)}`], ...users])))).toBe(
      12,
    );
    expect(hash).toHaveLength(60);
  });

  test('a new hash makes the old password wrong', async () => {
    const changed = new Map([['alice', bcrypt.hashSync('new', 4)]]);
    expect(await passwords.verify({ user: 'alice', password: 'secret' }, changed)).toBe('wrong');
    expect(await passwords.verify({ user: 'alice', password: 'new' }, changed)).toBe('right');
  });

  test('what was right once costs no bcrypt again', async () => {
    const slow = new Map([['carol', bcrypt.hashSync('secret', 10)]]);
    await passwords.verify({ user: 'carol', password: 'secret' }, slow);
    const start = performance.now();
    for (let i = 0; i < 1000; i++)
      expect(await passwords.verify({ user: 'carol', password: 'secret' }, slow)).toBe('right');
    // A thousand bcrypts of cost 10 take a minute.
    expect(performance.now() - start).toBeLessThan(5_000);
  });

  test('many guesses at once are answered with busy, and known users are still accepted', async () => {
    const slow = new Map([['carol', bcrypt.hashSync('secret', 9)]]);
    expect(await passwords.verify({ user: 'carol', password: 'secret' }, slow)).toBe('right');
    const guesses = Array.from({ length: 200 }, (_, i) =>
      passwords.verify({ user: 'carol', password: `guess ${i}` }, slow),
    );
    expect(await passwords.verify({ user: 'carol', password: 'secret' }, slow)).toBe('right');
    const verdicts = await Promise.all(guesses);
    expect(verdicts.filter((verdict) => verdict === 'right')).toEqual([]);
    expect(verdicts.filter((verdict) => verdict === 'wrong').length).toBe(16);
    expect(verdicts.filter((verdict) => verdict === 'busy').length).toBe(184);
    expect(await passwords.verify({ user: 'carol', password: 'secret' }, slow)).toBe('right');
  });

  test('the same credentials that come at once are checked once', async () => {
    const slow = new Map([['dave', bcrypt.hashSync('secret', 9)]]);
    const verdicts = await Promise.all(
      Array.from({ length: 100 }, () => passwords.verify({ user: 'dave', password: 'secret' }, slow)),
    );
    expect(new Set(verdicts)).toEqual(new Set(['right']));
  });
});

test('nothing is left after close', async () => {
  const passwords = createPasswords();
  const users = new Map([['alice', bcrypt.hashSync('secret', 4)]]);
  await passwords.verify({ user: 'alice', password: 'secret' }, users);
  await passwords.close();
  // A worker that lives would be listed.
  expect(process.getActiveResourcesInfo().filter((name) => name === 'MessagePort')).toEqual([]);
});

test('the thread ends once, 5 s after the last of two passwords', async () => {
  const terminate = vi.spyOn(Worker.prototype, 'terminate');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const passwords = createPasswords();
  onTestFinished(async () => {
    vi.useRealTimers();
    terminate.mockRestore();
    await passwords.close();
  });
  const users = new Map([['alice', bcrypt.hashSync('secret', 4)]]);
  const verdicts = ['secret', 'other'].map((password) =>
    passwords.verify({ user: 'alice', password }, users),
  );
  expect(await Promise.all(verdicts)).toEqual(['right', 'wrong']);
  vi.advanceTimersByTime(4_999);
  expect(terminate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(terminate).toHaveBeenCalledOnce();
});
