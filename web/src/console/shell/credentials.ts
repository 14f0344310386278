/** Asks who is writing, when the service wants to know it again: a session that ended, or a password for what is grave. */
import { ApiError } from '../../api/get';
import { ask, send } from '../../api/send';
import { askFor } from './dialog';
import { loadSession, type Session } from './session';
import { t } from './texts';
import { toast } from './toasts';

/** Lets `send` ask by dialogs. `renewed` gets the session of who signed in again. */
export function askByDialogs(renewed: (session: Session) => void): void {
  ask.signIn = once(() => signInAgain(renewed));
  ask.confirm = once(confirmAgain);
}

/** Several writes that are refused at the same time ask once. */
function once(question: () => Promise<boolean>): () => Promise<boolean> {
  let coming: Promise<boolean> | undefined;
  return () => (coming ??= question().finally(() => (coming = undefined)));
}

/** Signing in happens on a tab of its own, so that this page keeps what was entered. */
async function signInAgain(renewed: (session: Session) => void): Promise<boolean> {
  const link = document.createElement('a');
  Object.assign(link, { href: '/login', target: '_blank', textContent: t('signIn') });
  while ((await askFor({ title: t('sessionEnded'), text: [t('sessionEndedText'), ' ', link], yes: t('goOn') })) !== undefined) {
    const session = await loadSession().catch(() => undefined);
    if (session) {
      renewed(session);
      return true;
    }
  }
  return false;
}

async function confirmAgain(): Promise<boolean> {
  const field = { label: t('password'), type: 'password', required: true, autocomplete: 'current-password' } as const;
  for (;;) {
    const password = await askFor({ title: t('passwordAgain'), text: t('passwordAgainText'), yes: t('goOn'), field });
    if (password === undefined) return false;
    try {
      await send('POST', '/auth/confirmation', { body: { password } });
      return true;
    } catch (error) {
      toast(error instanceof ApiError && error.status === 422 ? t('wrongPassword') : (error as Error).message, { isFailure: true });
    }
  }
}
