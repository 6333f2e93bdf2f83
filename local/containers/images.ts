import { fileURLToPath } from 'node:url';

/** How the process that plays a container is started; `train` or `serve` is added as the last argument. */
export type ContainerCommand =
  | { readonly kind: 'node'; readonly script: string }
  /** A command line for the shell, written by the user. */
  | { readonly kind: 'shell'; readonly line: string };

/** Which process plays which container image. */
export interface ContainerImages {
  /** @throws UnknownImageError when no process is known for the image */
  commandFor(imageUri: string): ContainerCommand;
}

export class UnknownImageError extends Error {
  constructor(imageUri: string, known: readonly string[]) {
    super(
      `no process plays the container image "${imageUri}" on the laptop; known images: ${known.join(', ')}. Add one with an entry "PATTERN=COMMAND", such as "my-image=python3 serve.py": COMMAND is run with "train" or "serve" added`,
    );
    this.name = 'UnknownImageError';
  }
}

interface Entry {
  readonly pattern: string;
  readonly command: ContainerCommand;
}

const BUILT_IN: readonly Entry[] = [
  {
    pattern: 'sagemaker-xgboost',
    command: { kind: 'node', script: fileURLToPath(new URL('xgboost/container.ts', import.meta.url)) },
  },
];

/**
 * The built-in stand-ins, after the user's own.
 *
 * @param mapping entries `PATTERN=COMMAND`; the first match wins. `*` in a pattern stands for anything. A pattern is
 *   held against the whole image URI, against `repository:tag` and against `repository` alone
 * @throws Error for an entry without a pattern or a command
 */
export function makeContainerImages(mapping: readonly string[] = []): ContainerImages {
  const entries = [...mapping.map(parseEntry), ...BUILT_IN];
  return {
    commandFor: (imageUri) => {
      const withTag = imageUri.slice(imageUri.lastIndexOf('/') + 1);
      const names = [imageUri, withTag, withTag.replace(/[:@].*$/, '')];
      const entry = entries.find(({ pattern }) => names.some((name) => matches(pattern, name)));
      if (entry === undefined)
        throw new UnknownImageError(
          imageUri,
          entries.map(({ pattern }) => pattern),
        );
      return entry.command;
    },
  };
}

function parseEntry(entry: string): Entry {
  const [, pattern, line] = /^([^=\s]+)=\s*(\S.*)$/s.exec(entry) ?? [];
  if (pattern === undefined || line === undefined) {
    throw new Error(
      `the image mapping ${JSON.stringify(entry)} is not "PATTERN=COMMAND", such as "my-image=python3 serve.py"`,
    );
  }
  return { pattern, command: { kind: 'shell', line } };
}

function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
