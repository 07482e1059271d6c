// @ts-check
// Writes src/dean06/ui/icons.json: the inner SVG of each icon named in icons.txt, nothing more.
// Run `npm run icons` after adding a name.
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const names = readFileSync(new URL('icons.txt', root), 'utf8').split('\n').filter(Boolean).sort();
/** @type {Record<string, string>} */
const icons = {};
for (const name of names) {
  const svg = readFileSync(new URL(`node_modules/@tabler/icons/icons/outline/${name}.svg`, root), 'utf8');
  const inner = /<svg[^>]*>(.*)<\/svg>/s.exec(svg)?.[1];
  if (inner === undefined) throw new Error(`${name}.svg is not an SVG file`);
  icons[name] = inner.replace(/\s*\n\s*/g, '').replaceAll(' />', '/>');
}
writeFileSync(new URL('../src/dean06/ui/icons.json', root), JSON.stringify(icons, null, 1) + '\n');
