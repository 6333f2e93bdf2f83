/**
 * Between the PascalCase keys of a definition and the camelCase keys of a service's wire. Only names of API members
 * change; text that holds JSON is left as it is.
 */

type Document = Readonly<Record<string, unknown>>;

export function lowerCamelKeys(document: Document): Document {
  return convert(document, (key) => key.charAt(0).toLowerCase() + key.slice(1)) as Document; // an object stays one
}

export function upperCamelKeys(document: object): Document {
  return convert(document, (key) => key.charAt(0).toUpperCase() + key.slice(1)) as Document; // an object stays one
}

function convert(value: unknown, rename: (key: string) => string): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((member) => convert(member, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [rename(key), convert(member, rename)]),
  );
}
