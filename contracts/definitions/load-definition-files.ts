import { readdir, realpath } from 'node:fs/promises';
import { createRequire, registerHooks } from 'node:module';
import { join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { DefinitionError, type DefinitionProblem } from './definition-error.ts';
import { quoteValue } from './read-input.ts';

/** What one file exports. */
export interface DefinitionFile {
  /** Relative to the folder. */
  readonly file: string;
  readonly exported: readonly (readonly [name: string, value: unknown])[];
}

/** Node's own loader, which the hooks below belong to, even where a bundler has taken over `import()`. */
const requireModule = createRequire(import.meta.url);

const BUILDERS_URL = new URL('./index.ts', import.meta.url).href;
const MODULE_FORMATS: Readonly<Record<string, string>> = { '.ts': 'module-typescript', '.js': 'module' };

/** Folders whose files are read as modules, wherever they lie. */
const folderUrls = new Set<string>();

/**
 * Imports every definition file of the folder and its subfolders, in order of path.
 *
 * @throws DefinitionError when the folder is not there, and with the problems of every file that does not load
 */
export async function loadDefinitionFiles(folder: string): Promise<readonly DefinitionFile[]> {
  const root = await existing(folder);
  admit(`${pathToFileURL(root).href}/`);
  const loaded: DefinitionFile[] = [];
  const problems: DefinitionProblem[] = [];
  const seen = new Set<unknown>();
  for (const file of await definitionFiles(root)) {
    try {
      const module: unknown = requireModule(join(root, file));
      loaded.push({ file, exported: Object.entries(module ?? {}) });
    } catch (error) {
      // a file that imports a broken one fails with the very same error
      if (!seen.has(error)) problems.push(...problemsOf(error, root, file));
      seen.add(error);
    }
  }
  if (problems.length > 0) throw new DefinitionError(problems);
  return loaded;
}

async function existing(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    await readdir(root);
    return root;
  } catch (cause) {
    const problem = 'there is no such folder; write the path of a folder with definition files';
    throw new DefinitionError([{ file: folder, definition: null, path: '', problem }], cause);
  }
}

async function definitionFiles(root: string): Promise<readonly string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name) && !/\.(test|d)\.ts$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.split(sep).some((part) => part === 'node_modules' || part.startsWith('.')))
    .sort();
}

/** Lets files of the folder say `#headgate` and be modules, also where no package.json says so. */
function admit(folderUrl: string): void {
  if (folderUrls.size === 0) {
    registerHooks({
      resolve(specifier, context, nextResolve) {
        if (specifier === '#headgate') return { url: BUILDERS_URL, format: 'module-typescript', shortCircuit: true };
        const resolved = nextResolve(specifier, context);
        const format = MODULE_FORMATS[/\.[a-z]+$/.exec(resolved.url)?.[0] ?? ''];
        const isDefinition = [...folderUrls].some((url) => resolved.url.startsWith(url));
        return isDefinition && format !== undefined ? { ...resolved, format } : resolved;
      },
    });
  }
  folderUrls.add(folderUrl);
}

/** What went wrong while a file was imported, with the place in the folder that the stack names. */
function problemsOf(error: unknown, root: string, importing: string): readonly DefinitionProblem[] {
  const file = placeOf(error, root) ?? importing;
  if (isDefinitionError(error)) return error.problems.map((one) => ({ ...one, file }));
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: quoteValue(error) };
  return [
    { file, definition: null, path: '', problem: `cannot be loaded: ${name}: ${message}${hintFor(name, message)}` },
  ];
}

/** By name: the builders may have been loaded a second time, by another loader. */
function isDefinitionError(error: unknown): error is DefinitionError {
  return (
    error instanceof Error && error.name === 'DefinitionError' && 'problems' in error && Array.isArray(error.problems)
  );
}

function placeOf(error: unknown, root: string): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  for (const [, place = '', line] of stack.matchAll(/((?:file:\/\/)?\/[^\s()]+?):(\d+)/g)) {
    const file = relative(root, place.startsWith('file:') ? fileURLToPath(place) : place);
    if (!file.startsWith('..')) return `${file}:${line}`;
  }
  return null;
}

function hintFor(name: string, message: string): string {
  if (name === 'ReferenceError' && message.includes('before initialization')) {
    return '; files that import each other in a circle cannot use each other’s definitions: move what both need into a third file';
  }
  if (message.startsWith('Cannot find')) {
    return "; a definition file imports '#headgate' and other definition files by relative path with their ending, for example './entities.ts'";
  }
  return '';
}
