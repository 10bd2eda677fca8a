// Whether the application behind this page is still there.

class BackendConnection {
  /** It does not answer: what is on screen stays as it was. */
  isLost = $state(false);
}

/** The line to the application. */
export const backendConnection = new BackendConnection();
