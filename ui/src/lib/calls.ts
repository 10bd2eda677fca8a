// The application's commands, called with their own types.
import { Failure, host } from './host';
import { quotaPrompt } from './quota-prompt.svelte';
import type { Commands, Copied } from './wire';

/** The workspace that the page shows, once one is known: commands are for that one, whatever is opened meanwhile. */
let currentWorkspace: string | null = null;

/** Commands are for this workspace from now on. */
export function setCallWorkspace(workspace: string): void {
  currentWorkspace = workspace;
}

/** The name of a command. */
export type CommandName = keyof Commands;

/** Calls a command; rejects with a `Failure`. Where the day's stop holds it back, the person is asked first. */
export async function call<Name extends CommandName>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Commands[Name]['result']> {
  // Asked for again, it is still for the workspace that it was meant for.
  const workspace = currentWorkspace;
  try {
    return await invokeCommand(name, args, workspace);
  } catch (thrown) {
    const asks = thrown instanceof Failure && thrown.code === 'quotaAsks';
    // Nothing was sent, so it may go again.
    if (asks && (await quotaPrompt.ask(!name.startsWith('load'))))
      return invokeCommand(name, args, workspace);
    throw thrown;
  }
}

/** Calls a command that keeps what a person chose or typed: it is carried out even if the page goes away now. */
export async function callSurvivingUnload<Name extends 'setPreferences' | 'setNotes'>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Commands[Name]['result']> {
  return (await host().call(name, args, currentWorkspace, true)) as Commands[Name]['result'];
}

/** Calls a command that copies, and writes the clipboard here if the application could not. */
export async function copyToClipboard<Name extends 'copyLinkUrl' | 'copyInviteUrl' | 'copyText'>(
  name: Name,
  args: Commands[Name]['args'],
): Promise<Copied> {
  const copied: Copied = await call(name, args);
  if (!copied.copied) await host().writeClipboard(copied.text);
  return copied;
}

async function invokeCommand<Name extends CommandName>(
  name: Name,
  args: Commands[Name]['args'],
  workspace: string | null,
): Promise<Commands[Name]['result']> {
  return (await host().call(name, args, workspace)) as Commands[Name]['result'];
}
