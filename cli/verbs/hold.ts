import type { HoldResponse } from '../../contracts/api/rollouts.ts';
import { UsageError } from '../cli-error.ts';
import type { VerbContext } from './verb-context.ts';

export interface HoldOptions {
  readonly because?: string;
  readonly release?: boolean;
}

/** Holds a model, or releases it. */
export async function hold(
  { api }: VerbContext,
  model: string,
  { because, release = false }: HoldOptions,
): Promise<HoldResponse> {
  if (because === undefined && !release) {
    throw new UsageError('a hold needs a reason', `write for example: headgate hold ${model} --because "incident 7"`);
  }
  const ask = { hold: !release, because: because ?? 'released by hand' };
  return api.post<HoldResponse>(`/v1/models/${encodeURIComponent(model)}/holds`, ask);
}

export function printHold({ terminal }: VerbContext, answer: HoldResponse): void {
  terminal.json(answer);
  const { model, hold: held } = answer;
  terminal.print(
    held === null
      ? `${model} is not held: its rollouts move on`
      : `${model} is held by ${held.actor} since ${held.at}: ${held.because}; going back stays possible`,
  );
}
