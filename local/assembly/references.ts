import { isRecord, type TemplateResource } from './template.ts';

/** Logical names a resource refers to by Ref, Fn::GetAtt, Fn::Sub or DependsOn, parameters included. */
export function referencesOf(resource: TemplateResource): Set<string> {
  const found = new Set<string>(typeof resource.DependsOn === 'string' ? [resource.DependsOn] : resource.DependsOn);
  collect(resource.Properties, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, found);
    return;
  }
  if (!isRecord(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === 'Ref' && typeof argument === 'string') found.add(argument);
    else if (key === 'Fn::GetAtt') found.add(getAttTarget(argument)[0]);
    else if (key === 'Fn::Sub') collectSub(argument, found);
    collect(argument, found);
  }
}

function collectSub(argument: unknown, found: Set<string>): void {
  const text = Array.isArray(argument) ? argument[0] : argument;
  const variables: unknown = Array.isArray(argument) ? argument[1] : undefined;
  for (const name of subNames(String(text))) {
    if (!(isRecord(variables) && name in variables)) found.add(name.split('.')[0]!);
  }
}

/** Names inside `${…}` of an Fn::Sub text; `${!literal}` is none. */
function subNames(text: string): string[] {
  return [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map((match) => match[1]!.trim());
}

/** Logical id and attribute of an Fn::GetAtt, which may be a pair or `"Id.Attribute"`. */
export function getAttTarget(argument: unknown): readonly [logicalId: string, attribute: string] {
  if (Array.isArray(argument)) return [String(argument[0]), argument.slice(1).map(String).join('.')];
  const text = String(argument);
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}
