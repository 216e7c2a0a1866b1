// Makes the two files that merchants load from the readable source in crates/web/assets/sdk/src.
//
//   npm ci --prefix web/tests/sdk --ignore-scripts && node web/tests/build-sdk.mjs
//
// The tools are pinned in web/tests/sdk/package-lock.json, and a test there fails when what is committed differs from
// what this makes. esbuild joins the modules; terser then saves the last few hundred bytes.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const tools = createRequire(new URL('./sdk/package.json', import.meta.url));
const folder = fileURLToPath(new URL('../../crates/web/assets/sdk/', import.meta.url));

const BUILDS = [
  { file: 'steelyard.mjs', entry: 'src/steelyard.mjs', format: 'esm', define: {} },
  {
    file: 'steelyard.js',
    entry: 'src/classic.mjs',
    format: 'iife',
    define: { 'import.meta.url': 'document.currentScript.src' },
  },
];

/** The text of both files, by name. */
export async function build() {
  const esbuild = tools('esbuild');
  const { minify } = tools('terser');
  const made = {};
  for (const { file, entry, format, define } of BUILDS) {
    const joined = await esbuild.build({
      entryPoints: [folder + entry],
      bundle: true,
      minify: true,
      write: false,
      format,
      define,
      target: 'es2022',
      charset: 'utf8',
    });
    const { code } = await minify(joined.outputFiles[0].text, {
      module: true,
      compress: { passes: 3, ecma: 2020, unsafe_arrows: true, unsafe_methods: true },
    });
    made[file] = `${code}\n`;
  }
  return made;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of Object.entries(await build())) await writeFile(folder + file, text);
}
