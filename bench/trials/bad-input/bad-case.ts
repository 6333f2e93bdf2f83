import type { PlatformCounts } from './platform-counts.ts';
import type { PreparedPlatform } from './prepared-platform.ts';

/** What came back through a door. */
export interface Reply {
  /** HTTP status, `exit N`, or the status of an execution. */
  readonly code: string;
  /** Name of the error; what was answered, when it was not refused. */
  readonly name: string;
  readonly message: string;
}

/** Something that should not be sent, and what has to come back. */
export interface BadCase {
  readonly door: 'definitions' | 'file' | 'HTTP' | 'flow' | 'command' | 'AWS endpoint';
  readonly why: string;
  readonly attempt: (platform: PreparedPlatform) => Promise<Reply>;
  readonly code: string;
  /** What the message must say: what is wrong, the value given, what is allowed. */
  readonly says: readonly string[];
  /** What may differ afterwards, by how much; by default nothing. */
  readonly changes?: Partial<PlatformCounts>;
}

export interface Judged {
  readonly given: BadCase;
  readonly reply: Reply;
  readonly changed: Partial<PlatformCounts>;
  /** Empty when the case came out as it has to. */
  readonly problems: readonly string[];
}

const STACK_FRAME = /\n\s+at .+:\d+:\d+/;
const SLOPPY = /\[object Object\]|\bundefined\b|\bNaN given\b|Internal Server Error|InternalError/;

/** Makes the attempt and judges what came back, and what it left behind. */
export async function judge(given: BadCase, platform: PreparedPlatform): Promise<Judged> {
  const before = await platform.counts();
  const reply = await given
    .attempt(platform)
    .catch((error: unknown): Reply => ({ code: 'threw', name: '', message: String(error) }));
  const { 'online content': content, ...changed } = difference(before, await platform.counts());
  const problems: string[] = [];
  if (reply.code !== given.code) problems.push(`answered ${reply.code}, not ${given.code}`);
  if (/^5\d\d$/.test(reply.code)) problems.push('a fault of the platform');
  if (STACK_FRAME.test(reply.message)) problems.push('a stack trace');
  if (SLOPPY.test(reply.message) || reply.message.trim() === '') problems.push('an unclear message');
  for (const text of given.says) if (!reply.message.includes(text)) problems.push(`does not say "${text}"`);
  if (content !== undefined && given.changes?.['online items'] === undefined) problems.push('changed what is online');
  if (JSON.stringify(changed) !== JSON.stringify(difference({}, given.changes ?? {})))
    problems.push('changed the state');
  return { given, reply, changed, problems };
}

/** What is not the same, in order of name. */
function difference(before: Partial<PlatformCounts>, after: Partial<PlatformCounts>): Partial<PlatformCounts> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort() as (keyof PlatformCounts)[]; // their only keys
  return Object.fromEntries(
    names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]).filter(([, change]) => change !== 0),
  ) as Partial<PlatformCounts>;
}

/** A row of the table. */
export function rowOf({ given, reply, changed, problems }: Judged): string {
  const changes = Object.entries(changed).map(([name, change]) => `${name} ${change! > 0 ? '+' : ''}${change}`);
  const state = changes.length === 0 ? 'unchanged' : `as it should be: ${changes.join(', ')}`;
  const cells = [
    given.why,
    given.door,
    `${reply.code} ${reply.name}: ${reply.message}`,
    problems.length === 0 ? state : `**${problems.join('; ')}** (${changes.join(', ') || 'state unchanged'})`,
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

const MAX_CELL_CHARS = 320;

function cell(text: string): string {
  const line = text
    .replaceAll('|', '\\|')
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replace(/\p{Cc}/gu, (control) => `\\x${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return line.length > MAX_CELL_CHARS ? `${line.slice(0, MAX_CELL_CHARS)}…` : line;
}

/** The last reply of an attempt that is made again and again. */
export async function sequence(attempt: () => Promise<Reply>, times: number): Promise<Reply> {
  for (let i = 1; i < times; i++) await attempt();
  return attempt();
}
