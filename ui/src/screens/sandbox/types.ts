// What the sandbox's controls say, as far as it is shown here.

/** A connection. */
export interface SandboxConnection {
  id: string;
  platformName: string;
  status: string;
}

/** A company. */
export interface SandboxCompany {
  id: string;
  name: string;
  dataConnections: SandboxConnection[];
}

/** A read that runs. */
export interface LiveRead {
  id: string;
  companyId: string;
  dataType: string;
  status: string;
  progress: number;
}

/** A fault that is set: its number, and how it was posted. */
export type Fault = { id: number } & Record<string, unknown>;

/** A time in which a platform does not answer. */
export interface Outage {
  /** The integration's key. */
  outage: string;
  from: string;
  until?: string;
}

/** An integration. */
export interface Platform {
  key: string;
  name: string;
}

/** A receiver of webhooks. */
export interface Consumer {
  id: string;
  url: string;
  disabled: boolean;
  secret: string;
  eventTypes: string[];
  companyTags: string[];
}

/** A webhook message, sent or waiting. */
export interface Message {
  id: string;
  eventType: string;
  made: string;
  state: string;
  /** Absent if its consumer was removed. */
  url?: string;
  next?: string;
  attempts: { at: string; status?: number; answer: string }[];
  body: unknown;
}

/** Consumers, messages and the available event types. */
export interface Webhooks {
  consumers: Consumer[];
  results: Message[];
  eventTypes: string[];
}

/** A body in the log. */
export interface LoggedBody {
  bytes: number;
  text: string;
  isCut: boolean;
}

/** A request in the log. */
export interface LoggedRequest {
  number: number;
  at: string;
  method: string;
  target: string;
  status: number;
  correlationId: string;
  requestBody?: LoggedBody;
  responseBody?: LoggedBody;
}

/** How one category is offered in Link. */
interface CategorySettings {
  enabled: boolean;
  optional: boolean;
}

/** How Link behaves. */
export interface LinkSettings {
  landingPage: boolean;
  showSandboxIntegrations: boolean;
  oneTimeUrls: boolean;
  redirectUrl?: string;
  allowedRedirectHosts: string[];
  categories: Record<string, CategorySettings>;
}
