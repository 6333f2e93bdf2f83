/** `headgate up` in a process of its own, which ends with the one that started it. */
import pc from 'picocolors';
import { makeTerminal } from '../../terminal/terminal.ts';
import { up } from '../../up/up.ts';
import type { RegionNews, RegionStart } from './demo-region.ts';

const start = JSON.parse(process.argv[2] ?? '{}') as RegionStart; // demo-region.ts gives it
const tell = (news: RegionNews): void => {
  process.send?.(news);
};
process.on('disconnect', () => process.kill(process.pid, 'SIGTERM'));

const silent = { write: () => true };
const terminal = makeTerminal({
  stdout: silent,
  stderr: silent,
  isScreen: false,
  isJson: true,
  colors: pc.createColors(false),
});
try {
  await up(
    { ...start, fresh: true, example: false, containers: [] },
    {
      ...terminal,
      note: (line) => tell({ kind: 'note', line }),
      progress: (line) => tell({ kind: 'progress', line }),
      json: (value) => tell({ kind: 'up', ...(value as { apiUrl: string; endpointUrl: string }) }), // up says where it serves
    },
  );
} catch (error) {
  tell({ kind: 'broken', because: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
} finally {
  if (process.connected) process.disconnect();
}
