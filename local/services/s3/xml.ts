import { AwsError, type AwsResponse } from '../../service.ts';

/** A value of an S3 answer; arrays repeat their element, undefined leaves it out. */
export type XmlValue = string | number | boolean | undefined | XmlElement | readonly XmlElement[] | readonly string[];

export interface XmlElement {
  readonly [name: string]: XmlValue;
}

/** An S3 answer document. */
export function xmlResponse(root: string, content: XmlElement, status = 200): AwsResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${elements(content)}</${root}>`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}

/** The error document of S3. A HEAD answer has no body, so its status alone speaks. */
export function xmlError(error: AwsError, isHead: boolean): AwsResponse {
  if (isHead) return { status: error.status, headers: { 'content-type': 'application/xml' } };
  const members = Object.fromEntries(Object.entries(error.members).map(([name, value]) => [name, String(value)]));
  const content = elements({ Code: error.code, Message: error.message, ...members });
  return {
    status: error.status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${content}</Error>`,
  };
}

function elements(content: XmlElement): string {
  return Object.entries(content)
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => element(name, one)))
    .join('');
}

function element(name: string, value: string | number | boolean | undefined | XmlElement): string {
  if (value === undefined) return '';
  return `<${name}>${typeof value === 'object' ? elements(value) : escapeXml(String(value))}</${name}>`;
}

function escapeXml(text: string): string {
  const named: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"\r]/g, (c) => named[c] ?? `&#${c.charCodeAt(0)};`);
}

/** Texts of every element with this name, entities resolved. Enough for the flat documents S3 clients send. */
export function elementTexts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, 'g'))].map((m) => m[1] ?? '');
}

/** Text of the first element with this name. */
export function elementText(xml: string, name: string): string | undefined {
  const raw = elementTexts(xml, name)[0];
  return raw === undefined ? undefined : unescapeXml(raw);
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex: string, decimal: string, word: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return named[word] ?? whole;
  });
}

/** @throws AwsError MalformedXML unless the body is a document with this root */
export function requireDocument(body: Uint8Array, root: string): string {
  const xml = Buffer.from(body).toString('utf8');
  if (new RegExp(`<${root}[\\s>]`).test(xml)) return xml;
  throw new AwsError('MalformedXML', `The XML you provided was not well-formed: expected a <${root}> document`);
}
