/** The sheets, which are fetched after the first look at the home. */

import './device-sheet';
import './settings-sheet';
