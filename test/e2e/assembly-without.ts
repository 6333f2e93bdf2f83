import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A copy of an assembly, in the folder, in which the roles of that name may do one thing less. */
export function assemblyWithout(assemblyDir: string, folder: string, role: string, lost: string): string {
  const copy = mkdtempSync(join(folder, 'assembly-'));
  for (const name of readdirSync(assemblyDir)) {
    if (name.startsWith('asset.')) symlinkSync(join(assemblyDir, name), join(copy, name));
    else cpSync(join(assemblyDir, name), join(copy, name), { recursive: true });
  }
  const file = join(copy, 'headgate-dev-platform.template.json');
  const template = JSON.parse(readFileSync(file, 'utf8')) as Template;
  let removed = 0;
  for (const [id, resource] of Object.entries(template.Resources)) {
    if (resource.Type !== 'AWS::IAM::Role' || !id.startsWith(role)) continue;
    for (const { PolicyDocument } of resource.Properties.Policies ?? []) {
      PolicyDocument.Statement = PolicyDocument.Statement.map((statement) => {
        const actions = [statement.Action].flat();
        removed += actions.filter((action) => action === lost).length;
        return { ...statement, Action: actions.filter((action) => action !== lost) };
      }).filter(({ Action }) => Action.length > 0);
    }
  }
  expect(removed).toBeGreaterThan(0);
  writeFileSync(file, JSON.stringify(template));
  return copy;
}

/** As much of a template as is changed here. */
interface Template {
  readonly Resources: Record<
    string,
    {
      readonly Type: string;
      readonly Properties: { readonly Policies?: { readonly PolicyDocument: { Statement: Statement[] } }[] };
    }
  >;
}

interface Statement {
  readonly Action: string | readonly string[];
}
