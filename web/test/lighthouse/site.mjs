/** Our service and, beside it, a bare page of MapLibre: both through one door, so that they are served alike. */
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { gzipSync } from 'node:zlib';

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css' };
const library = new URL('../../node_modules/maplibre-gl/dist/', import.meta.url);
const FILES = new Map(
  [
    ['bare.html', new URL('bare.html', import.meta.url)],
    ['bare.js', new URL('bare.js', import.meta.url)],
    ['maplibre-gl.js', new URL('maplibre-gl.js', library)],
    ['maplibre-gl.css', new URL('maplibre-gl.css', library)],
  ].map(([name, path]) => [`/bare/${name}`, gzipSync(readFileSync(path), { level: 9 })]),
);

/** Listens on a free port; answers its address. */
export async function open(service) {
  const site = createServer((asked, answer) => {
    const file = FILES.get(asked.url);
    if (file) {
      const headers = { 'Content-Type': TYPES[asked.url.split('.').pop()], 'Content-Encoding': 'gzip', 'Content-Length': file.length };
      return answer.writeHead(200, { ...headers, 'Cache-Control': 'public, max-age=31536000, immutable' }).end(file);
    }
    const onward = request(new URL(asked.url, service), { method: asked.method, headers: asked.headers }, (given) => {
      answer.writeHead(given.statusCode, given.headers);
      given.pipe(answer);
    });
    onward.on('error', () => answer.writeHead(502).end());
    asked.pipe(onward);
  });
  await new Promise((done) => site.listen(0, '127.0.0.1', done));
  return { address: `http://127.0.0.1:${site.address().port}`, close: () => site.close() };
}
