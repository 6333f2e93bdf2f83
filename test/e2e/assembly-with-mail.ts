import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A copy of an assembly, in the folder, whose notices somebody has subscribed to by e-mail, as people do by hand. */
export function assemblyWithMail(assemblyDir: string, folder: string): string {
  const copy = mkdtempSync(join(folder, 'assembly-'));
  for (const name of readdirSync(assemblyDir)) {
    if (name.startsWith('asset.')) symlinkSync(join(assemblyDir, name), join(copy, name));
    else cpSync(join(assemblyDir, name), join(copy, name), { recursive: true });
  }
  const file = join(copy, 'headgate-dev-platform.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  const topics = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::SNS::Topic');
  expect(topics).toHaveLength(1);
  topics[0]!.Properties['Subscription'] = [{ Protocol: 'email', Endpoint: 'plant@factory.example' }];
  writeFileSync(file, JSON.stringify(template));
  return copy;
}

/** What that somebody got, as the region keeps it. */
export function mailIn(stateDir: string): string {
  const folder = join(stateDir, 'sns');
  return readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n');
}

/** As much of a template as is changed here. */
interface Template {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}
