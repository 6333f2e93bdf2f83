import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import pc from 'picocolors';
import { CliError } from '../cli-error.ts';
import { listenForStop } from '../up/stop-signals.ts';
import { ClaimError } from './claim.ts';
import type { DemoRegion } from './region/demo-region.ts';
import { liveScreen } from './screen/live-screen.ts';
import { jsonScreen, plainScreen } from './screen/plain-screen.ts';
import type { Screen } from './screen/screen.ts';
import { tellStory } from './story.ts';
import { lookAroundLines, summaryLines } from './summary.ts';

const USAGE = `usage: npm run demo -- [options]

  --json      lines of JSON for machines; the last one is the summary
  --keep      leave the region running afterwards, until Ctrl-C
  --port N    port of the HTTP API on 127.0.0.1 (default 4570; the AWS endpoint gets the next one)
  --seed N    another shop (default 7)
`;
const STATE_DIR = resolve(import.meta.dirname, '../../.headgate-demo');
const INTERRUPTED = 130;

async function demo(): Promise<number> {
  let given: { readonly json: boolean; readonly keep: boolean; readonly port: number; readonly seed: number };
  try {
    const { values } = parseArgs({
      options: {
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        port: { type: 'string', default: '4570' },
        seed: { type: 'string', default: '7' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    given = { ...values, port: whole('--port', values.port, 65_534), seed: whole('--seed', values.seed, 2 ** 28) };
  } catch (error) {
    process.stderr.write(`demo: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return 2;
  }
  return play(given);
}

async function play({
  json,
  keep,
  port,
  seed,
}: {
  readonly json: boolean;
  readonly keep: boolean;
  readonly port: number;
  readonly seed: number;
}): Promise<number> {
  const startedAtMs = Date.now();
  const screen = screenFor(json, startedAtMs);
  const stop = listenForStop(() => screen.doing('stopping'));
  const dir = join(STATE_DIR, String(port));
  let region: DemoRegion | undefined;
  try {
    const story = await tellStory({ port, dir, seed, screen, startedAtMs, signal: stop.signal }, (started) => {
      region = started;
    });
    screen.end();
    screen.summary(summaryLines({ ...story, claims: story.claims.length }), { ok: true, ...story });
    if (keep && region !== undefined) {
      if (!json) for (const line of lookAroundLines(region.apiUrl, story.model)) process.stdout.write(`${line}\n`);
      await Promise.race([stop.asked, region.ended]);
    }
    return 0;
  } catch (error) {
    screen.end();
    if (stop.signal.aborted) return INTERRUPTED;
    report(error, json, Date.now() - startedAtMs);
    return 1;
  } finally {
    screen.end();
    await region?.stop();
    await rm(dir, { recursive: true, force: true });
    stop.dispose();
  }
}

function screenFor(json: boolean, startedAtMs: number): Screen {
  const { stdout, env } = process;
  if (json) return jsonScreen(stdout, startedAtMs);
  const isScreen = stdout.isTTY === true && env['TERM'] !== 'dumb' && env['CI'] === undefined;
  return isScreen
    ? liveScreen(stdout, pc.createColors(env['NO_COLOR'] === undefined), startedAtMs)
    : plainScreen(stdout);
}

function report(error: unknown, json: boolean, totalMs: number): void {
  const message = error instanceof Error ? error.message : String(error);
  const { facts = {}, hint = '' } = error instanceof CliError ? error : {};
  process.stderr.write(`demo: ${message}\n${hint === '' ? '' : `  hint: ${hint}\n`}`);
  if (!(error instanceof CliError) && error instanceof Error) process.stderr.write(`${error.stack ?? ''}\n`);
  if (!json) return;
  const claim = error instanceof ClaimError ? error.facts['claim'] : null;
  process.stdout.write(`${JSON.stringify({ event: 'summary', ok: false, claim, because: message, facts, totalMs })}\n`);
}

function whole(name: string, text: string, most: number): number {
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw new Error(`${name} ${text} is not a whole number from 0 to ${most}`);
}

// whoever reads may stop reading, as `head` does
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.exitCode = await demo();
