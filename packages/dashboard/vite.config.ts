import { defineConfig } from 'vite'

/** Where `npm run dev` finds the server whose API the page uses. */
const SERVER = process.env['LOADSTAR_URL'] ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../server/dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    // Nothing may be inlined: the page's content security policy has no `data:` beyond pictures.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      // The server refuses what pages of other origins send, so the proxy stands in for its own.
      '^/(api|openapi.json|docs)': { target: SERVER, changeOrigin: true, headers: { origin: SERVER } },
    },
  },
})
