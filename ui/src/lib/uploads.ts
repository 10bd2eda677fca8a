// Files on their way into the window: chosen, dropped, and sent.
import { call } from './calls';
import { Failure, host } from './host';
import { shell, type PendingUpload } from './shell.svelte';
import { showToast, showFailure } from './toasts';
import type { ChosenFiles } from './wire';

/** Asks the person for files; where the page holds them itself, these are the ones it was given. */
export async function chooseFilesToUpload(company: string, files: readonly File[] | null): Promise<void> {
  try {
    const chosen =
      files === null
        ? await call('chooseUploads', {})
        : await call('checkUploads', { files: fileSizes(files) });
    if (chosen.files.length > 0 && shell.company?.id === company)
      shell.pendingUpload = { company, chosen, files };
  } catch (thrown) {
    showFailure('Couldn’t add the files', thrown);
  }
}

/** Files were dropped on the window: they go to the company that is open. */
export function offerDroppedFiles(chosen: ChosenFiles, files: readonly File[] | null): void {
  shell.isDraggingFiles = false;
  if (chosen.files.length === 0) return;
  const open = shell.company;
  if (shell.screen !== 'company' || open === null) {
    const text = 'Open the company you want to upload to, then drop the files again.';
    showToast({ tone: 'info', title: 'Couldn’t upload the files', text }, 'dropped');
    return;
  }
  shell.pendingUpload = { company: open.id, chosen, files };
  if (open.tab !== 'files') shell.openCompany(open.id, 'files');
}

/** Sends the files of an offer that can go to a connection. Rejects with a `Failure` where none was sent. */
export async function uploadFiles(company: string, connection: string, offer: PendingUpload): Promise<void> {
  const places = offer.chosen.files.flatMap((file, at) => (file.problem === null ? [at] : []));
  if (offer.files === null) {
    const chosen = offer.chosen.id ?? 0;
    await call('uploadChosen', { company, connection, chosen, files: places });
    return;
  }
  const files = offer.files;
  const going = places.flatMap((at) => files[at] ?? []);
  const { transfers } = await call('beginUploads', { company, connection, files: fileSizes(going) });
  void sendInSequence(going, transfers);
}

/** Hears files that are dragged over the page; returns the way to stop. */
export function listenForFileDrops(): () => void {
  const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    // A browser would open a file that is dropped, and the page would be gone.
    event.preventDefault();
    shell.isDraggingFiles = host().files !== null;
  };
  const leave = (event: DragEvent) => {
    if (event.relatedTarget === null) shell.isDraggingFiles = false;
  };
  const drop = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    shell.isDraggingFiles = false;
    const files = [...(event.dataTransfer?.files ?? [])];
    if (host().files === null || files.length === 0) return;
    void call('checkUploads', { files: fileSizes(files) })
      .then((chosen) => offerDroppedFiles(chosen, files))
      .catch((thrown: unknown) => showFailure('Couldn’t add the files', thrown));
  };
  window.addEventListener('dragover', over);
  window.addEventListener('dragleave', leave);
  window.addEventListener('drop', drop);
  return () => {
    window.removeEventListener('dragover', over);
    window.removeEventListener('dragleave', leave);
    window.removeEventListener('drop', drop);
  };
}

/** One after the other, so that a page's few connections stay free for what it shows. */
async function sendInSequence(files: readonly File[], transfers: readonly number[]): Promise<void> {
  for (const [at, file] of files.entries()) {
    const transfer = transfers[at];
    if (transfer === undefined) return;
    try {
      await host().files?.send(transfer, file);
    } catch (thrown) {
      // The application reports failures of uploads that it knows; this covers those that never reached it.
      const failure = Failure.from(thrown);
      if (failure.code !== 'fileUnusable') continue;
      await call('putAwayTransfer', { id: transfer }).catch(() => {});
      showFailure('Couldn’t send a file', failure);
    }
  }
}

function fileSizes(files: readonly File[]): { name: string; bytes: number }[] {
  return files.map((file) => ({ name: file.name, bytes: file.size }));
}
