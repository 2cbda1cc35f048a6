/** The sheets, which are fetched after the first look at the home. */

import './audit-sheet';
import './device-sheet';
import './password-sheet';
import './people-sheet';
import './settings-sheet';
