// The application's commands, called with their own types.
import { host } from './host';
import type { Commands, Copied } from './wire';

/** The name of a command. */
export type CommandName = keyof Commands;

/** Calls a command; rejects with a `Failure`. */
export async function call<Name extends CommandName>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Commands[Name]['result']> {
  return (await host().call(name, args)) as Commands[Name]['result'];
}

/** Calls a command that keeps what a person chose or typed: it is carried out even if the page goes away now. */
export async function keep<Name extends 'setPreferences' | 'setNotes'>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Commands[Name]['result']> {
  return (await host().call(name, args, true)) as Commands[Name]['result'];
}

/** Calls a command whose answer says what was copied, and writes the clipboard where the app could not. */
export async function copy<Name extends 'copyLinkUrl' | 'copyInviteUrl' | 'copyText'>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Copied> {
  const copied: Copied = await call(name, args);
  if (!copied.copied) await host().writeClipboard(copied.text);
  return copied;
}
