import { describe, expect, it } from 'vitest';
import { EVENTS } from '../../contracts/events.ts';
import { ROLLOUT_OUTCOMES, ROLLOUT_PHASES } from '../../core/rollout/rollout.ts';
import { RUNBOOK_ANCHORS } from '../../lib/constructs/platform-alarm.ts';
import { filesBelow, textOf } from './source-files.ts';

/** Words that stand in the place of a type's last part, by the text of the expression in the code. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  // an ended rollout is in phase `done` and has an outcome
  'outcome ?? phase': [...ROLLOUT_OUTCOMES, ...ROLLOUT_PHASES.filter((phase) => phase !== 'done')],
  verb: ['held', 'released'],
  what: toldRetrainings(),
};

/** What `writeChange` tells the world of. */
function toldRetrainings(): readonly string[] {
  const list = /const TOLD: .*?= \[(.*?)\]/s.exec(textOf('lambdas/use-cases/retraining/write-change.ts'))?.[1] ?? '';
  return [...list.matchAll(/'([a-z-]+)'/g)].map(([, word]) => word!);
}

function typesIn(text: string): readonly string[] {
  return [...text.matchAll(/['`](headgate\.[a-z-]+\.)(?:([a-z-]+)['`]|\$\{([^}]+)\}`)/g)].flatMap(
    ([, head, tail, words]) =>
      words === undefined
        ? [`${head}${tail}`]
        : (WORDS[words] ?? [`${head}\${${words}}`]).map((word) => `${head}${word}`),
  );
}

describe('the events of the platform', () => {
  const used = new Set(filesBelow(['lambdas/use-cases'], '.ts').flatMap((file) => typesIn(textOf(file))));
  const listed = [...textOf('docs/events.md').matchAll(/^\| `(headgate\.[a-z.-]+)` \|(.*)\|$/gm)];

  it('that the code tells are those that contracts/events.ts knows', () => {
    expect([...used].sort()).toEqual(Object.keys(EVENTS).sort());
  });

  it('are listed in docs/events.md, with whom they reach and what to do', () => {
    expect(listed.map(([, type]) => type).sort()).toEqual(Object.keys(EVENTS).sort());
    for (const [, type, rest] of listed) {
      const { runbook, isTold, says } = EVENTS[type!]!;
      expect(rest, type).toContain(says);
      expect(rest!.includes('people'), type).toBe(isTold);
      expect(rest!.includes(runbook === null ? 'runbook.md' : `(runbook.md#${runbook})`), type).toBe(runbook !== null);
    }
  });

  it('point to headings that the runbook has', () => {
    for (const { runbook } of Object.values(EVENTS)) if (runbook !== null) expect(RUNBOOK_ANCHORS).toContain(runbook);
  });
});
