/** What a target of a rule is sent: the whole event, a part of it, a constant, or a template filled from it. */
export interface TargetInput {
  readonly Input?: string | undefined;
  readonly InputPath?: string | undefined;
  readonly InputTransformer?:
    | { readonly InputPathsMap?: Readonly<Record<string, string>> | undefined; readonly InputTemplate: string }
    | undefined;
}

/** @returns JSON text */
export function transformInput(
  target: TargetInput,
  event: object,
  rule: { readonly arn: string; readonly name: string },
): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(atPath(event, target.InputPath) ?? null);
  if (target.InputTransformer === undefined) return JSON.stringify(event);
  const { InputPathsMap = {}, InputTemplate } = target.InputTransformer;
  const values: Record<string, unknown> = {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event': withoutDetail(event),
    'aws.events.event.json': event,
    'aws.events.event.ingestion-time': 'time' in event ? event.time : undefined,
  };
  for (const [name, path] of Object.entries(InputPathsMap)) values[name] = atPath(event, path);
  return fill(InputTemplate, values);
}

/** Inside a quoted string the value is text; elsewhere it is JSON. */
function fill(template: string, values: Readonly<Record<string, unknown>>): string {
  let isQuoted = false;
  return template.replace(/\\.|"|<([A-Za-z0-9_.-]+)>/g, (found, name: string | undefined) => {
    if (found === '"') isQuoted = !isQuoted;
    if (name === undefined || !Object.hasOwn(values, name)) return found;
    const value = values[name];
    if (!isQuoted) return JSON.stringify(value ?? null);
    const asText = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    return JSON.stringify(asText).slice(1, -1);
  });
}

function withoutDetail(event: object): object {
  const { detail: _detail, ...rest } = event as { readonly detail?: unknown }; // any object may be looked at so
  return rest;
}

/** `$`, `$.detail.list[0].name`: the JSONPath that EventBridge allows. */
function atPath(event: unknown, path: string): unknown {
  let value = event;
  for (const [, name, index] of path.matchAll(/\.([^.[\]]+)|\[(?:'[^']*'|(\d+))\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, name ?? index ?? '');
  }
  return value;
}

/** @throws Error for a path EventBridge would refuse */
export function checkPath(path: string): void {
  if (!/^\$(\.[^.[\]\s]+|\[\d+\])*$/.test(path)) throw new Error(`"${path}" is not a path such as $.detail.name`);
}
