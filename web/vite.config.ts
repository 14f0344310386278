import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vite';

/** Packed copies beside the files, so that the service need not pack at each request. */
function packed(): Plugin {
  return {
    name: 'packed',
    apply: 'build',
    closeBundle() {
      for (const folder of ['dist', 'dist/assets']) {
        for (const name of readdirSync(folder)) {
          const path = join(folder, name);
          if (!/\.(html|js|css|svg)$/.test(name) || statSync(path).size < 1024) continue;
          writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
        }
      }
    },
  };
}

/** The interface of the API's documentation, as its package has it: a file of its own, which the map page never loads. */
function documentation(): Plugin {
  return {
    name: 'documentation',
    apply: 'build',
    buildStart() {
      for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt']) {
        this.emitFile({ type: 'asset', name, source: readFileSync(join('node_modules/swagger-ui-dist', name)) });
      }
    },
  };
}

/** The map is asked for after the figures have been painted; by then its code is here, without having been in the way. */
function mapMeanwhile(): Plugin {
  return {
    name: 'map-meanwhile',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle, filename }) =>
        Object.keys(bundle ?? {})
          .filter((name) => filename.endsWith('index.html') && /^assets\/map.*\.js$/.test(name))
          .map((name) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', fetchpriority: 'low', crossorigin: true, href: `/${name}` },
            injectTo: 'head',
          })),
    },
  };
}

/** The addresses of the console are its own; while developing, Vite answers them with its page as the service does. */
function consolePages(): Plugin {
  return {
    name: 'console-pages',
    configureServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        if (/^\/console(\/[^.]*)?(\?|$)/.test(request.url ?? '')) request.url = '/console.html';
        else if (/^\/(login|setup)(\?|$)/.test(request.url ?? '')) request.url = '/account.html';
        next();
      });
    },
  };
}

// The service accepts writes of its own page only, so it must see the host that the browser sees.
const service = { target: process.env['HATANG_URL'] ?? 'http://127.0.0.1:8080', changeOrigin: false };

export default defineConfig({
  plugins: [documentation(), packed(), mapMeanwhile(), consolePages()],
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1200,
    modulePreload: { polyfill: false },
    // Which files a page loads: a test sums up those of the map page.
    manifest: 'manifest.json',
    rollupOptions: {
      input: { index: 'index.html', console: 'console.html' },
      output: { manualChunks: { maplibre: ['maplibre-gl'] } },
    },
  },
  server: { proxy: { '/api': service, '/config.json': service, '/basemap.pmtiles': service } },
});
