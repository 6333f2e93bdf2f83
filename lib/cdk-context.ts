import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The context that `cdk` would hand to the app, for an app that is run by itself: that of cdk.json, so that the same
 * feature flags decide the templates, and `-c key=value` (or `--context`) from the command line.
 *
 * @throws Error for any other argument
 */
export function contextOf(rootDir: string, args: readonly string[]): Record<string, unknown> {
  const cdkJson = JSON.parse(readFileSync(join(rootDir, 'cdk.json'), 'utf8')) as {
    readonly context: Record<string, unknown>; // ours, beside this file
  };
  const context = { ...cdkJson.context };
  for (let at = 0; at < args.length; at += 2) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(args[at + 1] ?? '') ?? [];
    if (!['-c', '--context'].includes(args[at]!) || key === undefined) {
      throw new Error(`unknown argument "${args.slice(at, at + 2).join(' ')}"; allowed: -c key=value`);
    }
    context[key] = value;
  }
  return context;
}
