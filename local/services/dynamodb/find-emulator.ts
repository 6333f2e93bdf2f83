import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const PACKAGE = '@dynoxide/linux-x64';

/**
 * Path of the emulator's binary in the installed package.
 *
 * @throws Error that says what to do on a machine for which there is no package
 */
export function findEmulatorBinary(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`)), 'dynoxide');
  } catch (error) {
    throw new Error(
      `no DynamoDB emulator for ${process.platform}-${process.arch}: the package ${PACKAGE} is not installed; ` +
        'start any DynamoDB emulator and set HEADGATE_DYNAMODB_ENDPOINT to its address, such as http://127.0.0.1:8000',
      { cause: error },
    );
  }
}
