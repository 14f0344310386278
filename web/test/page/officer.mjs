/** Accounts for tests of the console, made as an administrator makes them, and signing in as their holders do. */
import assert from 'node:assert/strict';
import { service, visit } from './browser.mjs';

export const skip = !process.env.TOKEN && 'no TOKEN';
export const PASSWORD = 'bốn chữ chẳng liên quan';

/** A request with the token of the tests; gives the answer's JSON. The body is a file, or sent as JSON. */
export async function ask(method, path, body, headers = {}) {
  const isFile = body instanceof Buffer;
  const sent = {
    Authorization: `Bearer ${process.env.TOKEN}`,
    'Content-Type': isFile ? 'application/octet-stream' : 'application/json',
    ...headers,
  };
  const answer = await fetch(`${service}/api/v1${path}`, { method, headers: sent, body: isFile ? body : body && JSON.stringify(body) });
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.text()}`);
  return answer.status === 204 ? {} : answer.json();
}

/** A commune of today in which something is registered. */
export async function commune() {
  const { features } = await ask('GET', '/collections/communes/items?limit=100');
  for (const { properties, geometry } of features) {
    const { numberMatched } = await ask('GET', `/collections/cameras/items?within=${properties.code}&limit=1`);
    if (numberMatched > 20) return { ...properties, geometry };
  }
  throw new Error('no commune has cameras');
}

/** An account that edits one commune; its user name. */
export function officer(unit, name = 'Lan') {
  return account(name, 'CA phường', { unit });
}

/** An account that edits what a grant says; its user name. */
export async function account(name, organisation, grant) {
  const username = `o${Math.random().toString(36).slice(2, 10)}`;
  const { id } = await ask('POST', '/users', { username, display_name: name, organisation });
  await ask('POST', `/users/${id}/grants`, { role: 'editor', ...grant });
  const { link } = await ask('POST', `/users/${id}/password-link`, {});
  await ask('POST', '/auth/setup', { token: link.split('#')[1], password: PASSWORD });
  return username;
}

/** Signs in on the page for it, which leads to the console. */
export function inConsole(username, path, options, run) {
  return visit(`/login?then=${encodeURIComponent(path)}`, { origin: service, ...options }, async (page) => {
    await page.locator('#username').fill(username);
    await page.locator('#password').fill(PASSWORD);
    await page.locator('#login button').click();
    await page.waitForURL((url) => url.pathname === path.split('?')[0]);
    await page.locator('#main h1').waitFor();
    await run(page);
  });
}

/** Nothing is wider than the screen. */
export async function fits(page, where) {
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, where);
}
