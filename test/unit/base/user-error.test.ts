import { expect, test } from 'vitest';
import { SystemdError } from '../../../src/base/systemd.ts';
import { UserError } from '../../../src/base/user-error.ts';
import { UsageError } from '../../../src/flags/flag.ts';
import { RecordingError } from '../../../src/frr/recording.ts';
import { StaleFolderError } from '../../../src/frr/socket-folder.ts';
import { WebConfigError } from '../../../src/web/config/document.ts';
import { ListenError } from '../../../src/web/listener.ts';

test.each([SystemdError, UsageError, RecordingError, StaleFolderError, WebConfigError, ListenError])(
  'a user can fix a %o',
  (Kind) => {
    const error = new Kind('what is wrong');
    expect(error).toBeInstanceOf(UserError);
    expect(String(error)).toBe(`${Kind.name}: what is wrong`);
  },
);
