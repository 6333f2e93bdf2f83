import { PlatformError } from '../errors.ts';

/** The artifact in the store is not the one whose digest was written down when it was trained. */
export class ArtifactChangedError extends PlatformError {
  constructor(uri: string, expected: string, found: string) {
    super(
      'ArtifactChangedError',
      'corrupt-data',
      `artifact ${uri} has SHA-256 ${found}, but was registered with ${expected}; it is not used`,
      { uri, expected, found },
    );
  }
}
