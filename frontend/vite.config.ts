import { defineConfig } from 'vite';

// The build is read by django-vite through dist/manifest.json. Relative base: the same files
// work under any STATIC_URL, and nothing in them points outside the server.
export default defineConfig({
  base: './',
  build: {
    outDir: '../src/dean06/web/static/dist',
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsDir: 'a',
    assetsInlineLimit: 0,
    // Office machines are old: Chromium 111 is the oldest browser we draw correctly in.
    target: ['chrome111', 'firefox115', 'safari16.4'],
    cssTarget: ['chrome111', 'firefox115', 'safari16.4'],
    chunkSizeWarningLimit: 600, // ECharts, loaded only by pages with a large chart
    rolldownOptions: {
      input: { main: 'src/main.ts' },
      checks: { pluginTimings: false }, // a remark about the time Sass takes, on slow machines only
    },
  },
  css: {
    preprocessorOptions: {
      scss: { loadPaths: ['node_modules'], quietDeps: true },
    },
  },
});
