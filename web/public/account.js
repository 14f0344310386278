// Signing in, and setting a password by a one-time link, whose secret is after `#` and is sent in a body only.
const api = '/api/v1';
const part = (id) => document.getElementById(id);
const say = (text) => (part('message').textContent = text);
const show = (id) => ['login', 'setup', 'signed-in', 'confirm', 'enrol', 'recovery'].forEach((each) => (part(each).hidden = each !== id));

async function ask(method, path, body, headers = {}) {
  try {
    const sent = body ? { ...headers, 'Content-Type': 'application/json' } : headers;
    const answer = await fetch(api + path, { method, headers: sent, body: body && JSON.stringify(body) });
    const json = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, json };
  } catch {
    return { ok: false, status: 0, json: { detail: 'Mất kết nối với máy chủ, hãy thử lại. No connection to the server: try again.' } };
  }
}

/** What went wrong, every problem of it. */
const problems = ({ json }) => (json.errors ?? []).map((problem) => problem.message).join(' ') || json.detail || '';

function on(form, work) {
  part(form).addEventListener('submit', async (event) => {
    event.preventDefault();
    const button = part(form).querySelector('button');
    button.disabled = true;
    say('');
    await work(Object.fromEntries(new FormData(part(form))));
    button.disabled = false;
  });
}

/** Whose name the map page shows beside its link to the console. */
const NAME = 'hatang.name';

/** The page of the console to which somebody wanted to go, or its first one. */
const wanted = () => {
  const then = new URLSearchParams(location.search).get('then') ?? '';
  return /^\/console(?:[/?]|$)/.test(then) ? then : '/console';
};

let csrf = '';
async function showMe() {
  const me = await ask('GET', '/auth/me');
  if (!me.ok) return show('login');
  csrf = me.json.csrf ?? '';
  part('who').textContent = me.json.account.display_name ?? me.json.account.username;
  part('needs-factor').hidden = !me.json.lacks_second_factor;
  part('factor').hidden = me.json.account.has_second_factor;
  show('signed-in');
}

/** What the answer asks for besides. */
const asks = ({ json }, code) => (json.errors ?? []).some((problem) => problem.code === code);

on('login', async ({ username, password, code }) => {
  const answer = await ask('POST', '/auth/login', code ? { username, password, code } : { username, password });
  if (asks(answer, 'auth.code_required')) {
    part('code-part').hidden = false;
    part('code').focus();
  }
  if (!answer.ok) return say(problems(answer));
  part('login').reset();
  part('code-part').hidden = true;
  const me = await ask('GET', '/auth/me');
  if (!me.json.lacks_second_factor) return location.assign(wanted());
  await showMe();
});

on('setup', async ({ new: password, again }) => {
  if (password !== again) return say('Hai mật khẩu khác nhau. The two passwords differ.');
  const answer = await ask('POST', '/auth/setup', { token: location.hash.slice(1), password });
  if (!answer.ok) return say(problems(answer));
  history.replaceState(null, '', '/login');
  part('setup').reset();
  part('username').value = answer.json.username;
  show('login');
  say('Đã đặt mật khẩu, hãy đăng nhập. The password is set: sign in.');
});

const write = (method, path, body) => ask(method, path, body, { 'X-CSRF-Token': csrf });

async function enrol() {
  say('');
  const answer = await write('POST', '/auth/second-factor');
  if (asks(answer, 'auth.confirm')) return show('confirm');
  if (!answer.ok) return say(problems(answer));
  const drawing = new DOMParser().parseFromString(answer.json.qr, 'image/svg+xml').documentElement;
  part('qr').replaceChildren(document.importNode(drawing, true));
  part('secret').textContent = answer.json.secret.match(/.{1,4}/g).join(' ');
  show('enrol');
}
part('factor').addEventListener('click', enrol);

on('confirm', async ({ password }) => {
  const answer = await write('POST', '/auth/confirmation', { password });
  if (!answer.ok) return say(problems(answer));
  part('confirm').reset();
  await enrol();
});

on('enrol', async ({ code }) => {
  const answer = await write('POST', '/auth/second-factor/confirmation', { code });
  if (!answer.ok) return say(problems(answer));
  part('enrol').reset();
  part('codes').textContent = answer.json.recovery_codes.join('\n');
  show('recovery');
});
part('kept').addEventListener('click', async () => {
  part('codes').textContent = '';
  await showMe();
});

part('logout').addEventListener('click', async () => {
  const answer = await ask('POST', '/auth/logout', undefined, { 'X-CSRF-Token': csrf });
  if (!answer.ok && answer.status !== 401) return say(problems(answer));
  localStorage.removeItem(NAME);
  show('login');
});

if (location.pathname === '/setup' && location.hash.length > 1) show('setup');
else await showMe();
