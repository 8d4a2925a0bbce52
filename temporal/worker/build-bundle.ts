import { writeFile } from 'node:fs/promises';
import { buildBundle } from './bundle.js';

const { file, code } = await buildBundle();
await writeFile(file, code);
