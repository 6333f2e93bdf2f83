import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { liveScreen } from '../../cli/demo/screen/live-screen.ts';
import { clockText, type PanelView, panelLines } from '../../cli/demo/screen/panel-lines.ts';
import { jsonScreen, plainScreen } from '../../cli/demo/screen/plain-screen.ts';
import { shareBar, sparkLine } from '../../cli/demo/screen/spark-line.ts';
import { wrapped } from '../../cli/demo/screen/story-lines.ts';

const plain = pc.createColors(false);
const colored = pc.createColors(true);
const EMPTY: PanelView = {
  elapsedMs: 0,
  scene: '',
  doing: '',
  traffic: null,
  answers: [],
  rollout: null,
  histogram: null,
};
const FULL: PanelView = {
  elapsedMs: 83_000,
  scene: 'retraining',
  doing: 'training again (wait for job)',
  traffic: { perSecond: [0, 40, 80, 100], p95Ms: 21.4, answered: 12_345, failed: 2 },
  answers: [
    { releaseId: 'a'.repeat(64), role: 'champion', share: 0.75 },
    { releaseId: 'b'.repeat(64), role: 'challenger', share: 0.25 },
  ],
  rollout: { place: 'canary 25 %', because: 'not enough seen yet: 61 of 100 entities have met the candidate, 39 more' },
  histogram: { feature: 'basket', learned: [0.1, 0.4, 0.5], live: [0.8, 0.2, 0] },
};

function recorded(columns: number | undefined) {
  const writes: string[] = [];
  return { writes, write: (text: string) => writes.push(text), ...(columns !== undefined && { columns }) };
}

describe('the panel', () => {
  it('says who asks, who answers, where the rollout is and what drifts', () => {
    expect(panelLines(FULL, 79, 0, plain)).toEqual([
      '─'.repeat(79),
      'traffic   ▄▇█ 100/s  p95  21 ms  12,345 answered  2 failed',
      'answers  aaaaaaaa ██████████████████░░░░░░  75 %  champion',
      '         bbbbbbbb ██████░░░░░░░░░░░░░░░░░░  25 %  challenger',
      '         ',
      'rollout  canary 25 %  not enough seen yet: 61 of 100 entities have met the can…',
      'basket   learned from ▁▄▅   asked now █▂ ',
      '⠋ 1:23  retraining: training again (wait for job)',
    ]);
  });

  it.each([20, 40, 79, 200])('fits %i columns, with colours or without', (columns) => {
    for (const colors of [plain, colored]) {
      for (const view of [EMPTY, FULL]) {
        const lines = panelLines(view, columns, 3, colors).map(stripVTControlCharacters);
        expect(lines.filter((line) => line.length > columns)).toEqual([]);
      }
    }
  });

  it('always has as many lines, so that it can be drawn over itself', () => {
    const crowd = Array.from({ length: 9 }, (_, i) => ({ releaseId: `${i}`.repeat(64), role: '', share: 0.1 }));
    const heights = [EMPTY, FULL, { ...FULL, answers: crowd }].map((view) => panelLines(view, 79, 0, plain).length);
    expect(new Set(heights).size).toBe(1);
  });

  it('shows nothing that could move the cursor', () => {
    const [line] = panelLines({ ...EMPTY, doing: '\u001b[2Jgone' }, 79, 0, plain).slice(-1);
    expect(line).toContain('�[2Jgone');
  });
});

describe('a live screen', () => {
  it('goes back by the height of the panel, writes the line and draws the panel anew, all in one write', () => {
    const stream = recorded(80);
    const screen = liveScreen(stream, plain, Date.now());
    screen.claim('scene', 'something is so', true);
    screen.claim('scene', 'and something else', true);
    screen.end();
    const [hide, first, second, end] = stream.writes;
    expect(hide).toBe('\u001b[?25l');
    expect(first?.startsWith('  ✓ something is so\u001b[K\n\u001b[J')).toBe(true);
    const height = (first?.split('\n').length ?? 0) - 2;
    expect(second?.startsWith(`\r\u001b[${height}A  ✓ and something else`)).toBe(true);
    expect(end).toBe(`\r\u001b[${height}A\u001b[J\u001b[?25h`);
  });

  it('breaks long lines between words, and gives the cursor back once', () => {
    const stream = recorded(undefined);
    const screen = liveScreen(stream, plain, Date.now());
    screen.tell('word '.repeat(40).trim(), 'story');
    screen.end();
    screen.end();
    const lines = stripVTControlCharacters(stream.writes[1] ?? '').split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(stream.writes.filter((text) => text.includes('\u001b[?25h'))).toHaveLength(1);
  });
});

describe('without a screen', () => {
  it('lines have no colours and no movement', () => {
    const stream = recorded(undefined);
    const screen = plainScreen(stream);
    screen.scene('scan', 'A scan');
    screen.doing('waiting');
    screen.show({ rollout: null });
    screen.claim('scan', 'it is so', false);
    screen.tell('and on', 'story');
    screen.summary(['the end'], {});
    screen.end();
    expect(stream.writes.join('')).toBe('\nA scan\n  ✗ it is so\n  and on\nthe end\n');
  });

  it('machines get a document a line, the summary last', () => {
    const stream = recorded(undefined);
    const screen = jsonScreen(stream, Date.now());
    screen.scene('scan', 'A scan');
    screen.tell('look', 'found', { scanId: 's' });
    screen.claim('scan', 'it is so', true);
    screen.summary([], { ok: true });
    const told = stream.writes.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told).toMatchObject([
      { event: 'scene', scene: 'scan' },
      { event: 'found', says: 'look', scanId: 's' },
      { event: 'claim', claim: 'it is so', holds: true },
      { event: 'summary', ok: true },
    ]);
  });
});

describe('small pictures', () => {
  it('bars grow with the value, and only nothing is blank', () => {
    expect(sparkLine([0, 0.001, 4, 8], 8)).toBe(' ▁▄█');
    expect(sparkLine([])).toBe('');
    expect(sparkLine([0, 0])).toBe('  ');
    expect(sparkLine([20], 8)).toBe('█');
  });

  it('a share fills its part of a bar', () => {
    expect([shareBar(0, 4), shareBar(0.5, 4), shareBar(2, 4)]).toEqual(['░░░░', '██░░', '████']);
  });

  it('the clock counts minutes', () => {
    expect([clockText(7_900), clockText(151_000)]).toEqual(['0:07', '2:31']);
  });

  it('a word that is too long has a line of its own', () => {
    expect(wrapped('one two incomprehensible x', 8)).toEqual(['one two', 'incomprehensible', 'x']);
  });
});
