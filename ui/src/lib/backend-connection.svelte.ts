// Whether the application behind this page is still there.

class BackendConnection {
  /** It does not respond; the screen keeps its last state. */
  isLost = $state(false);
}

/** The connection to the application. */
export const backendConnection = new BackendConnection();
