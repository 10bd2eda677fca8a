// One action of the user.
import type { RequiredMode } from './permission';
import type { CompanyRow } from './wire';

/** Where an action stands in the palette and on the sheet of keys. */
export type ActionGroup = 'Company' | 'List' | 'Go' | 'Workspace' | 'App';

/** One action. */
export interface Action {
  id: string;
  title: string;
  /** The title where it depends on the row. */
  titleFor?: (row: CompanyRow) => string;
  group: ActionGroup;
  /** The first is the one that is shown. */
  keys?: readonly string[];
  /** Whether its keys work while one types: only keys that type nothing. */
  allowedWhileTyping?: boolean;
  /** Its keys work in dialogs too: it changes nothing that one works on. */
  allowedInDialogs?: boolean;
  /** Its keys work in the list and on a company that is open, so that a letter elsewhere does nothing. */
  onlyInCompanyList?: boolean;
  /** Acts on one company: the one that is open, or the row that the keyboard is at. */
  needsRow?: boolean;
  /** What the safe mode must allow. */
  requires?: RequiredMode;
  isDanger?: boolean;
  /** Whether it makes sense now. */
  isAvailable?: () => boolean;
  run: (row: CompanyRow | null) => void;
}
