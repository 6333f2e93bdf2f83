import { Worker } from 'node:worker_threads';
import type { Times } from '../world/visits.ts';
import type { SentVisit, TrafficNews, TrafficOrder, TrafficStart } from './traffic-message.ts';

/** Customers who visit all the time. */
export interface LiveTraffic {
  /** Every request so far, in the order of the answers. */
  readonly sent: readonly SentVisit[];
  /** The newest of what is told beside the requests; null at first. */
  readonly news: () => Omit<TrafficNews, 'visits'> | null;
  /** What went wrong beside the requests: rows or outcomes that could not be stored. */
  readonly problems: readonly string[];
  change(times: Times): void;
  /** Sends nothing more, waits for what is under way and for what is to be recorded. */
  stop(): Promise<void>;
  /** Ends at once, whatever is under way. */
  abandon(): Promise<void>;
}

/** @throws Error from `stop` when the thread broke */
export function startTraffic(start: TrafficStart): LiveTraffic {
  const sent: SentVisit[] = [];
  const problems: string[] = [];
  let newest: TrafficNews | null = null;
  const thread = new Worker(new URL('./traffic-thread.ts', import.meta.url), { workerData: start });
  const order = (given: TrafficOrder): void => thread.postMessage(given);
  thread.on('message', (news: TrafficNews) => {
    newest = news;
    sent.push(...news.visits);
    problems.push(...news.problems);
  });
  const ended = new Promise<void>((resolve, reject) => {
    thread.on('error', reject);
    thread.on('exit', () => resolve());
  });
  ended.catch((error: unknown) => problems.push(`the traffic broke: ${String(error)}`));
  return {
    sent,
    problems,
    news: () => newest,
    change: (times) => order({ kind: 'times', times }),
    stop: async () => {
      order({ kind: 'stop' });
      await ended;
    },
    abandon: async () => {
      await thread.terminate();
    },
  };
}
