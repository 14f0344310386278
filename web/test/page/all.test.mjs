/** One process and one browser for all. */
import { after } from 'node:test';
import { close } from './browser.mjs';

after(close);
await import('./map.test.mjs');
await import('./figures.test.mjs');
await import('./cut.test.mjs');
await import('./late.test.mjs');
await import('./basemap.test.mjs');
await import('./print.test.mjs');
await import('./access.test.mjs');
await import('./account.test.mjs');
await import('./import.test.mjs');
await import('./console.test.mjs');
await import('./embed.test.mjs');
await import('./security.test.mjs');
await import('./office.test.mjs');
