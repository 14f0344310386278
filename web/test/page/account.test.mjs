/** Setting a password by a one-time link, signing in and out, as a new user does it. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { isClean } from './axe.mjs';
import { NARROW, service, visit, WIDE } from './browser.mjs';

const skip = !process.env.TOKEN && 'no TOKEN';

async function post(path, body) {
  const headers = { Authorization: `Bearer ${process.env.TOKEN}`, 'Content-Type': 'application/json' };
  const answer = await fetch(`${service}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  assert.equal(answer.status, 201, path);
  return answer.json();
}

/** A new account, and the link by which it gets its password. */
async function newcomer() {
  const username = `u${Math.random().toString(36).slice(2, 10)}`;
  const { id } = await post('/users', { username, display_name: 'Trần Thị Lan' });
  const { link } = await post(`/users/${id}/password-link`, {});
  return { username, link };
}

async function setPassword(page, password, again = password) {
  await page.locator('#new').fill(password);
  await page.locator('#again').fill(again);
  await page.locator('#setup button').click();
}

async function signIn(page, password) {
  await page.locator('#password').fill(password);
  await page.locator('#login button').click();
}

const said = (page, text) => page.locator('#message').getByText(text).waitFor();

for (const [viewport, colorScheme] of [
  [WIDE, 'light'],
  [NARROW, 'dark'],
]) {
  test(`a new user sets a password by the link, signs in and out, ${viewport.width}`, { skip }, async () => {
    const { username, link } = await newcomer();
    const password = 'bốn chữ chẳng liên quan';
    await visit(link, { viewport, colorScheme, origin: service, statuses: [401, 422] }, async (page) => {
      await page.locator('#setup').waitFor();
      await isClean(page, 'setup');
      await setPassword(page, password, 'bốn chữ khác hẳn nhau');
      await said(page, 'Hai mật khẩu khác nhau');
      await setPassword(page, 'password1234');
      await said(page, /./);
      assert.ok(await page.locator('#setup').isVisible(), 'a common password is refused');
      await setPassword(page, password);
      await said(page, 'Đã đặt mật khẩu');
      assert.equal(new URL(page.url()).pathname + new URL(page.url()).hash, '/login', 'the secret is out of the address');
      assert.equal(await page.locator('#username').inputValue(), username);
      await isClean(page, 'login');
      await signIn(page, 'không phải mật khẩu này');
      await said(page, /./);
      assert.ok(await page.locator('#login').isVisible(), 'a wrong password is refused');
      await signIn(page, password);
      await page.waitForURL((url) => url.pathname === '/console');
      await page.getByRole('heading', { name: 'Trần Thị Lan' }).waitFor();
      await isClean(page, 'console without grants');
      await page.goto(new URL('/', service).href);
      await page.getByRole('link', { name: 'Trần Thị Lan' }).waitFor();
      await page.goto(new URL('/login', service).href);
      await page.locator('#who').getByText('Trần Thị Lan').waitFor();
      await isClean(page, 'signed in');
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, 'nothing is wider than the screen');
      await page.reload();
      await page.locator('#who').getByText('Trần Thị Lan').waitFor();
      await page.locator('#logout').click();
      await page.locator('#login').waitFor();
      await page.goto(link);
      await setPassword(page, password);
      await said(page, /./);
      assert.ok(await page.locator('#setup').isVisible(), 'a link serves once');
    });
  });
}

/** The code of an authenticator (RFC 6238), so many steps of 30 seconds from now. */
function codeOf(secret, steps = 0) {
  const digits = [...secret.replaceAll(' ', '')].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0'));
  const key = Buffer.from(
    digits
      .join('')
      .match(/.{8}/g)
      .map((byte) => Number.parseInt(byte, 2)),
  );
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

test('a second factor is set up by scanning, and asked for at the next sign-in', { skip }, async () => {
  const { username, link } = await newcomer();
  const password = 'bốn chữ chẳng liên quan';
  await visit(link, { viewport: NARROW, colorScheme: 'dark', origin: service, statuses: [401, 422] }, async (page) => {
    await setPassword(page, password);
    await said(page, 'Đã đặt mật khẩu');
    await signIn(page, password);
    await page.waitForURL((url) => url.pathname === '/console');
    await page.goto(new URL('/login', service).href);
    await page.locator('#factor').click();
    await page.locator('#qr svg').waitFor();
    await isClean(page, 'second factor');
    const secret = await page.locator('#secret').innerText();
    await page.locator('#first-code').fill('000000');
    await page.locator('#enrol button').click();
    await said(page, /./);
    await page.locator('#first-code').fill(codeOf(secret, -1));
    await page.locator('#enrol button').click();
    await page.locator('#recovery').waitFor();
    assert.equal((await page.locator('#codes').innerText()).trim().split('\n').length, 10);
    await isClean(page, 'recovery codes');
    await page.locator('#kept').click();
    assert.ok(await page.locator('#factor').isHidden(), 'there is one now');
    await page.locator('#logout').click();
    await page.locator('#username').fill(username);
    assert.ok(await page.locator('#code-part').isHidden(), 'nobody is asked for a code before the password');
    await signIn(page, password);
    await page.locator('#code').waitFor();
    await isClean(page, 'code');
    await page.locator('#code').fill(codeOf(secret));
    await page.locator('#login button').click();
    await page.waitForURL((url) => url.pathname === '/console');
    await page.getByRole('heading', { name: 'Trần Thị Lan' }).waitFor();
  });
});
