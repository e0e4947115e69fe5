// Type-checks cards with Slack's own types: every *.json of the directory is an array of blocks, and view_*.json a view.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const directory = process.argv[2];
const lines = ["import type { KnownBlock, View } from '@slack/types';"];
let number = 0;
for (const file of readdirSync(directory).filter((name) => name.endsWith('.json')).sort()) {
  const type = file.startsWith('view_') ? 'View' : 'KnownBlock[]';
  lines.push(`// ${file}`, `export const value${++number}: ${type} = ${readFileSync(join(directory, file), 'utf8')};`);
}
const out = join(import.meta.dirname ?? '.', `cards_${process.pid}.ts`);
writeFileSync(out, lines.join('\n'));
try {
  execFileSync('npx', ['--no-install', 'tsc', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--moduleResolution', 'nodenext', '--target', 'es2022', out],
    { cwd: import.meta.dirname, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`checked ${number}`);
} finally {
  execFileSync('rm', ['-f', out]);
}
