import { AwsError, type AwsRequest, type AwsResponse } from '../../service.ts';

type Document = Record<string, unknown>;

/**
 * Reads a request of the query protocol: `Action=Publish&MessageAttributes.entry.1.Name=a`. Lists come out as arrays
 * (`member.N`), maps as objects (`entry.N.Name` with `entry.N.Value`).
 */
export function readQuery(request: AwsRequest): { readonly action: string; readonly input: Document } {
  const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'));
  const action = form.get('Action') ?? request.query.get('Action');
  if (action === null) throw new AwsError('MissingAction', 'The request must contain the parameter Action.');
  const input: Document = {};
  for (const [path, value] of form) {
    if (path !== 'Action' && path !== 'Version') assign(input, path.split('.'), value);
  }
  return { action, input: collapse(input) as Document }; // an object without member or entry stays one
}

function assign(into: Document, path: readonly string[], value: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  const below = into[name];
  const next: Document = typeof below === 'object' && below !== null ? (below as Document) : {};
  into[name] = next;
  assign(next, rest, value);
}

function collapse(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const document = value as Document; // assign makes nothing but objects and strings
  if ('member' in document) return inOrder(document['member']).map(collapse);
  if ('entry' in document) {
    return Object.fromEntries(
      inOrder(document['entry']).map((entry) => {
        const { Name, Value } = entry as { Name: string; Value: unknown }; // the protocol's form of a map entry
        return [Name, collapse(Value)];
      }),
    );
  }
  return Object.fromEntries(Object.entries(document).map(([name, member]) => [name, collapse(member)]));
}

function inOrder(numbered: unknown): unknown[] {
  return Object.entries(numbered as Document)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, member]) => member);
}

/** Writes an answer of the query protocol; `Attributes` is its one map, written as entries. */
export function queryResponse(action: string, output: object, xmlNamespace: string): AwsResponse {
  const result = `<${action}Result>${toXml(output)}</${action}Result>`;
  const metadata = '<ResponseMetadata><RequestId>local</RequestId></ResponseMetadata>';
  return {
    status: 200,
    headers: { 'content-type': 'text/xml' },
    body: `<${action}Response xmlns="${xmlNamespace}">${result}${metadata}</${action}Response>`,
  };
}

function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((member) => `<member>${toXml(member)}</member>`).join('');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${name === 'Attributes' ? entriesXml(member) : toXml(member)}</${name}>`)
      .join('');
  }
  return String(value).replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;' })[character] ?? '&gt;');
}

function entriesXml(map: unknown): string {
  return Object.entries(map as Document) // Attributes is always a map
    .map(([key, value]) => `<entry>${toXml({ key, value })}</entry>`)
    .join('');
}
