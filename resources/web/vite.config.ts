/** Builds the client: hashed files, each with its compressed twins beside it, and a limit on what a first visit loads. */

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import type { Plugin, Rolldown } from 'vite';
import { defineConfig } from 'vitest/config';

const FIRST_LOAD_LIMIT = 45_000;
const WORTH_COMPRESSING = 1_400;
const TEXTS = /\.(?:css|js|svg|html|json)$/;

/** Takes the indentation and comments out of `css` templates, which no minifier looks into. */
function tightStyles(): Plugin {
  return {
    name: 'tight-styles',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/src/') || !id.endsWith('.ts')) return undefined;
      const tight = (text: string) =>
        text
          .replace(/\/\*[^]*?\*\//g, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?/g, '$1');
      return { code: code.replace(/\bcss`[^`]*`/g, tight), map: null };
    },
  };
}

/** Puts a .gz and a .br beside every text that is worth it, for the relay to send as they are. */
function compressedTwins(): Plugin {
  return {
    name: 'compressed-twins',
    apply: 'build',
    async writeBundle({ dir }, bundle) {
      if (dir === undefined) throw new Error('no folder');
      for (const name of Object.keys(bundle).filter((one) => TEXTS.test(one))) {
        const path = join(dir, name);
        const text = await readFile(path);
        if (text.length < WORTH_COMPRESSING) continue;
        await writeFile(`${path}.gz`, gzipSync(text, { level: 9 }));
        await writeFile(`${path}.br`, brotliCompressSync(text));
      }
    },
  };
}

/** Fails the build when the scripts and styles that every visit of a page needs grow too large. */
function firstLoadLimit(): Plugin {
  return {
    name: 'first-load-limit',
    apply: 'build',
    writeBundle(_, bundle) {
      const entries = Object.values(bundle).filter((file) => file.type === 'chunk').filter((file) => file.isEntry);
      if (entries.length === 0) throw new Error('no entry');
      for (const entry of entries) {
        const chunks = [entry, ...importsOf(entry, bundle)];
        const styles = chunks.flatMap((chunk) => stylesOf(chunk).flatMap((name) => bundle[name] ?? []));
        const bytes = [...new Set([...chunks, ...styles])].reduce((sum, file) => sum + gzipSync(contentOf(file)).length, 0);
        if (bytes > FIRST_LOAD_LIMIT) {
          const page = entry.name;
          throw new Error(`a first visit of ${page} loads ${bytes} bytes of scripts and styles, more than ${FIRST_LOAD_LIMIT}`);
        }
      }
    },
  };
}

type Output = Rolldown.OutputChunk | Rolldown.OutputAsset;

/** Return the chunks that one needs before it runs, those of its imports as well. */
function importsOf(chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): Rolldown.OutputChunk[] {
  const direct = chunk.imports.flatMap((name) => bundle[name] ?? []).filter((file) => file.type === 'chunk');
  return direct.flatMap((one) => [one, ...importsOf(one, bundle)]);
}

function stylesOf(file: Output): string[] {
  return file.type === 'chunk' ? [...((file.viteMetadata?.importedCss as Set<string> | undefined) ?? [])] : [];
}

function contentOf(file: Output): string | Uint8Array {
  return file.type === 'chunk' ? file.code : file.source;
}

export default defineConfig({
  base: '/',
  // The language packs and the type are fetched on demand; nothing is inlined, so that a strict policy holds.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: { input: ['index.html', 'trust.html'] },
  },
  plugins: [tightStyles(), firstLoadLimit(), compressedTwins()],
  server: { proxy: { '/api': 'http://127.0.0.1:8080', '/socket.io': { target: 'http://127.0.0.1:8080', ws: true } } },
});
