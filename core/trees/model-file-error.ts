import { CorruptDataError, PlatformError } from '../errors.ts';

/** The bytes are not an XGBoost model, or contradict themselves; `path` says where. */
export function corruptModel(path: string, problem: string): CorruptDataError {
  return new CorruptDataError(`the XGBoost model is not readable: ${path} ${problem}`, { path });
}

/** The model is sound, but uses something this scorer can not compute. */
export class UnsupportedModelError extends PlatformError {
  constructor(what: string, supported: string) {
    super(
      'UnsupportedModelError',
      'invalid-input',
      `the XGBoost model uses ${what}, which is not supported; supported: ${supported}`,
    );
  }
}
