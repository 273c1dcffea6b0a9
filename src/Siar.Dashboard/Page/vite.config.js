import { defineConfig } from 'vite';

// Names without hashes, so that what is built can be embedded and compared.
export default defineConfig({
  base: './',
  build: {
    outDir: process.env.SIAR_DASHBOARD_OUT ?? '../Files',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: false,
    cssCodeSplit: false,
    reportCompressedSize: false,
    rollupOptions: { output: { entryFileNames: 'dashboard.js', assetFileNames: 'dashboard[extname]', inlineDynamicImports: true } },
  },
});
