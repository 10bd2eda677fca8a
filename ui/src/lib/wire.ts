// Written from the application's commands by the tests of the crate `app`. Not edited by hand.

/** What a line counts. */
export type AbsenceKind = "broken" | "healed" | "expiring" | "failedSchedules" | "new";

/** One kind of changes. */
export type AbsenceLine = { kind: AbsenceKind,
/** The number of companies, or of schedules. At least 1. */
count: number,
/** The search that lists exactly these companies. None for schedules. */
search: string | null, };

/** Why there is no data to show. */
export type AbsenceView = {
/** A few words. */
title: string,
/** One or two sentences: the reason and what to do. */
text: string, step: NextStep, };

/** The end of a connection's access. */
export type AccessEnd = {
/** What ended it. */
clock: ClockKind,
/** The length of the clock, in days. */
days: number,
/** When it ended; milliseconds since 1970, UTC. */
at: number, };

/** Something that happened. */
export type Activity = {
/** Which of all, for the page that follows. */
id: string,
/** Milliseconds since 1970, UTC. */
at: number,
/** What. */
what: Happened, };

/** What a timeline may be made of. */
export type ActivityKind = "changes" | "reads" | "writes" | "files" | "own";

/** The place of an entry in the timeline: what follows is older, or of the same moment and further down. */
export type ActivityPlace = {
/** The entry's time; milliseconds since 1970, UTC. */
at: number,
/** The entry. */
id: string, };

/** A part of a company's activity. */
export type ActivityRequest = { id: string,
/** The kinds of entries. */
kinds: Array<ActivityKind>,
/** The entry after which the part starts. None: start with the newest. */
before: ActivityPlace | null, };

/** The names of those who act, on the wire. */
export type ActorName = "customer" | "platform" | "we";

/** A connection to create. */
export type AddConnection = { company: string,
/** The key of the integration. */
integration: string, };

/** A Codat workspace to add. */
export type AddWorkspace = { name: string,
/** The API key as pasted. */
key: string,
/** The frame color. */
color: string,
/** Whether to keep the key only in memory, for computers without a keyring. */
sessionOnly: boolean, };

/** A workspace whose key was accepted. */
export type AddedWorkspace = { workspace: Workspace,
/** Codat's name of the client that the key belongs to. */
clientName: string,
/** Where the key is stored. */
kept: KeyState, };

/** Which alerts of a workspace notify, and when. */
export type AlertRules = {
/** The kinds of causes that never notify. */
muted: Array<string>,
/** The ID of a saved view: only its companies notify. None: all companies. */
view: string | null,
/** Weekly times without notifications. What happens within one is shown when it ends. */
quiet: Array<ScheduleBlackout>,
/** Whether nothing notifies until the user changes it. */
doNotDisturb: boolean,
/** The local time of a daily reminder of what is still open, `HH:MM`. */
reminder: string | null, };

/** Files that the page holds and will send. */
export type BeginUploads = { company: string,
/** The ID of the connection that receives them. */
connection: string,
/** The files in the order in which they will be sent. */
files: Array<UploadCandidate>, };

/** The effect and the cost of a change of many companies. */
export type BulkPreview = {
/** The number of selected companies. */
companies: number,
/** The number of companies that change. */
changing: number,
/** Companies that are skipped, with the reason. */
skipped: Array<SkippedCompanies>,
/** What else the user should know. */
notes: Array<string>,
/** The number of requests. */
requests: number,
/** How long the requests take, in seconds. */
seconds: number,
/** Today's remaining requests for acts. */
leftToday: number,
/** Requests per day, if known. */
day: number | null,
/** The tags of the selected companies to choose from, the most frequent first. */
tags: Array<TagCount>, };

/** Arguments with an ID. */
export type ById = { id: string, };

export type ByRun = { run: number, };

/** The requests of one cause. */
export type CauseUse = { cause: RequestCause, requests: number, };

/** How a cell is displayed. */
export type CellKind = "empty" | "text" | "number" | "moment" | "enum" | "reference" | "odd";

export type CellView = {
/** How it is displayed. */
kind: CellKind,
/** The displayed text; long texts are truncated. */
text: string,
/** The type of the referenced record, if known. */
refersTo: string | null,
/** The ID of the referenced record. */
id: string | null,
/** A time. */
at: number | null, };

/** Months side by side. Positions range from 0 at the bottom to 10,000 at the top. */
export type Chart = {
/** Oldest first. */
months: Array<ChartMonth>,
/** From the lowest to the highest. */
marks: Array<Mark>,
/** The position of zero. */
zero: number, };

export type ChartMonth = {
/** The first letter of the month, such as N. */
letter: string,
/** The month, such as Nov 2025. */
label: string,
/** The revenue with the currency. */
revenue: FigureView,
/** The operating profit with the currency. */
operatingProfit: FigureView,
/** The position of the revenue. None if it is missing. */
revenueAt: number | null,
/** The position of the operating profit. None if it is missing. */
profitAt: number | null, };

/** Files to check. */
export type CheckUploads = { files: Array<UploadCandidate>, };

/** A choice in a filter. */
export type Choice = { key: string,
/** The displayed name. */
name: string, };

/** Changed preferences. Fields that are left out stay the same. */
export type Chosen = { theme?: Theme, density?: Density, closeToTray?: boolean, startAtLogin?: boolean, quotaShare?: number, columns?: Array<ColumnChoice>, sort?: Sort, recordColumns?: { [key in string]: Array<string> }, sidebarCollapsed?: boolean, zoom?: number, singleKeyShortcuts?: boolean, firstStepsDismissed?: boolean, };

/** A chosen file. */
export type ChosenFile = {
/** Its name. */
name: string,
/** Its size in bytes. */
bytes: number,
/** Why it cannot be uploaded. */
problem: string | null, };

/** Chosen or dropped files after the check. Nothing is sent yet. */
export type ChosenFiles = {
/** The ID of the choice. None if the page holds the files. */
id: number | null,
/** The files. */
files: Array<ChosenFile>,
/** A problem of all files together. */
problem: string | null, };

/** What ends a connection's access. */
export type ClockKind = "idle" | "consent";

/** An integration in the table of clocks. */
export type ClockRow = {
/** The key of the integration, four letters. */
key: string,
/** Its name, or its key if the name is unknown. */
name: string,
/** The kind of its clock. None: it does not expire. */
kind: ClockKind | null,
/** The days until it expires. */
days: number | null,
/** Where this number comes from. */
source: string,
/** Whether it is an estimate. */
estimate: boolean,
/** Whether the user changed it. */
changed: boolean,
/** Whether there is a built-in rule to reset to. */
standard: boolean,
/** The number of linked connections. */
connections: number, };

/** The kind of an error. The interface branches on it, and the troubleshooting page has an entry for each. */
export type Code = "unknownCommand" | "badArguments" | "safeMode" | "nothingLinked" | "searchInvalid" | "unrecorded" | "nameEmpty" | "nameTooLong" | "nameMismatch" | "tagsInvalid" | "keyRefused" | "keyMissing" | "keyInvalid" | "keyOfAnotherClient" | "clientKnown" | "keyringUnavailable" | "keyringLocked" | "workspaceSwitched" | "workspaceClosed" | "registryRebuilt" | "addressInvalid" | "proxyInvalid" | "caFileInvalid" | "offline" | "rateLimited" | "quotaAsks" | "quotaSpent" | "planLimit" | "notFound" | "conflict" | "refused" | "serverFailed" | "noAnswer" | "unreadable" | "database" | "databaseNewer" | "databaseReadOnly" | "databaseLocked" | "databaseCorrupt" | "databaseRebuilt" | "backupFailed" | "diskFull" | "linkUrlOneTime" | "linkUrlUnknown" | "unwritable" | "fileUnusable" | "clipboard" | "desktop" | "cancelled" | "internal";

/** The names of the colors on the wire. */
export type ColorName = "red" | "grey" | "purple" | "green" | "none";

/** A column of a list. */
export type ColumnChoice = {
/** The column. */
key: SortColumn,
/** The width in CSS pixels. None: the default width. */
width: number | null,
/** Whether it is shown. */
shown: boolean, };

export type ColumnView = {
/** The heading. */
label: string,
/** Whether its values are numbers, which are aligned to the right. */
numeric: boolean,
/** The property for sorting and queries. None if the column supports neither. */
order: string | null,
/** The possible values, if there are few. */
choices: Array<string>,
/** Whether it is shown by default. */
shown: boolean, };

/** The companies on screen. */
export type CompaniesOnScreen = {
/** Their IDs, at most 1,000. */
companies: Array<string>, };

/** A list's answer: everything a first paint needs. */
export type CompaniesPage = {
/** Of the local database, in memory: grows with every change that a list could show. */
version: number,
/** All companies of the workspace. */
all: number,
/** Companies that match the search; equals `all` where nothing is searched for. */
matching: number,
/** Rows that the view has: `matching`, less the subsidiaries under closed parents. */
rowCount: number,
/** The row of the company that is looked for, where the view has one. */
located: number | null,
/** Companies of each color among those that match the search apart from its `is:` filters. */
counts: Counts,
/** What is wrong with the search, where something is: unknown filters, unbalanced quotes, bad values. */
problems: Array<SearchProblem>,
/** The first rows. */
rows: Array<CompanyRow>, };

/** Companies to export. */
export type CompanyExport = {
/** The ID of this export for progress and stopping, chosen by the page. */
id: string, selection: CompanySelection, sort: Sort,
/** The columns in their order. */
columns: Array<SortColumn>, format: TableFormat, };

/** Companies whose Link URLs are copied. */
export type CompanyLinks = { selection: CompanySelection,
/** The order of the lines. */
sort: Sort, form: LinksForm, };

/** What an open run does with a company. */
export type CompanyProgress = { company: string, act: RunActName, state: RunItemState,
/** Why it failed or was skipped and what to do. */
reason: string | null, };

/** One row of the list. */
export type CompanyRow = {
/** Its identifier. */
id: string,
/** Its name. */
name: string,
/** Free text. */
description: string | null,
/** Who created it. */
createdBy: string | null,
/** Milliseconds since 1970, UTC. */
created: number,
/** The newest successful read; milliseconds since 1970, UTC. */
lastRead: number | null,
/** Since when what the server says of it cannot be read: the row is older. Milliseconds since 1970, UTC. */
unreadableSince: number | null,
/** That of the worst connection. */
color: ColorName,
/** Worst first, then by name. */
connections: Array<ConnectionChip>,
/** Product slugs. */
products: Array<string>,
/** Key and value, by key. */
tags: Array<[string, string]>,
/** When the first of its connections may expire; milliseconds since 1970, UTC. */
expires: number | null,
/** The parent, where it is a subsidiary. */
parent: ParentRef | null,
/** How many subsidiaries it has. */
subsidiaries: number,
/** The subsidiaries by color. */
subsidiaryCounts: Counts,
/** 1 where it is shown under its parent, else 0. */
depth: number, };

/** Selected companies, or all that match a search. */
export type CompanySelection = {
/** Their IDs. Ignored if there is a search. */
companies: Array<string>,
/** All companies that match this search. */
search: string | null,
/** Companies that are left out. */
except: Array<string>, };

/** The state of the search box. */
export type CompleteRequest = { search: string,
/** The cursor position in UTF-16 units. */
cursor: number, };

/** A created connection. */
export type ConnectionAdded = {
/** The company afterwards. */
company: CompanyRow,
/** The ID of the connection. */
connection: string,
/** Where the customer authorizes it. */
linkUrl: string, };

/** A connection as a list, a drawer and the tray show it. */
export type ConnectionChip = {
/** Its identifier. */
id: string,
/** Four letters. */
integrationKey: string,
/** The integration's name. */
name: string,
/** `Accounting` and its like. */
sourceType: string,
/** The status as Codat says it. */
status: string,
/** Its color. */
color: ColorName,
/** The word shown beside the shape: Linked, Deauthorized, Error, Pending, Unlinked, or a newer status. */
word: string,
/** The error that stands, in the API's words. */
error: string | null,
/** Red by a failure of the platform itself: no Link URL mends that. */
isOutage: boolean,
/** Why it needs attention, if it does. */
problem: Problem | null,
/** Milliseconds since 1970, UTC. */
created: number,
/** Milliseconds since 1970, UTC. */
lastRead: number | null,
/** When it may expire; milliseconds since 1970, UTC. */
expires: number | null,
/** What that rests on. */
restsOn: RestsOn | null,
/**
 * Deauthorized within 24 hours of completing its first reads through an offline connector: it was
 * meant for one time, is marked so, and raises no alert.
 */
oneTime: boolean, };

/** An error of a connection. */
export type ConnectionErrorView = { text: string,
/** Usually an HTTP status. Empty if the source gave none. */
code: string,
/** Whether it is unresolved. */
active: boolean,
/** When it occurred. */
at: number | null,
/** When it was resolved. */
resolved: number | null, };

export type ConnectionRequest = {
/** The ID of its company. */
company: string, connection: string, };

/** The history of a connection. */
export type ConnectionStory = {
/** Its activity, oldest first. */
seen: Array<Activity>,
/** Its errors, newest first. */
errors: Array<ConnectionErrorView>, };

/** The result of a connection test. */
export type ConnectionTest = {
/** Whether Codat was reached. */
reached: boolean,
/** What happened and what to do, in one to three sentences. */
message: string,
/** Technical details for support. */
detail: string | null, };

/** A text for the clipboard. */
export type Copied = {
/** The text. */
text: string,
/** Whether it is on the clipboard. If not, the page must put it there. */
copied: boolean,
/** The time of the stored value, if it could not be refreshed. */
asOf: number | null,
/** Why it could not be refreshed, if that was tried. */
reason: string | null,
/** A description, such as `Link URL of Xero`. */
label: string, };

/** Records to copy to this computer. */
export type CopyRequest = {
/** Page, query and order are ignored. */
records: RecordsRequest,
/** Whether to copy any number of records, even if the copy is fresh. */
always: boolean, };

export type CopyText = { text: string,
/** A description of the text. */
label: string, };

/** The local copy of all records of a type. */
export type CopyView = {
/** When it was made. None if this page is not from a copy. */
at: number | null,
/** The progress of a running copy task. */
making: Progress | null,
/** Whether a local copy is supported. Types with a single object have none. */
possible: boolean, };

/** From what a clock is counted. */
export type CountedFrom = "lastRead" | "linked" | "created";

/** A saved view and its current number of companies. */
export type CountedView = { view: SavedView, companies: number, };

/** Companies by color; a company has that of its worst connection, so they add up. */
export type Counts = { red: number, grey: number, purple: number, green: number, none: number, };

/** A created company. */
export type Created = {
/** As the server saved it. */
company: CompanyRow,
/** Where the customer links its data. */
linkUrl: string, };

export type DataTypeChoice = { key: string, name: string,
/** The heading of its group. */
group: string, };

export type DataTypes = {
/** In groups with headings. */
groups: Array<TypeGroup>,
/** When the states were last loaded. None: never. */
asOf: number | null,
/** Whether any read is running. */
reading: boolean, };

/** The cost of a day; see the engine's type. */
export type DayPlanView = { companies: number, limit: number, share: number, sweeps: number, sweepSecs: number, statusSecs: number | null, sweepBytes: number, keepAlive: number, schedules: number,
/** The limit for second checks, keep-alive and schedules together. */
others: number, looks: number,
/** The part that exceeds the limit. */
over: number,
/** By schedule, in the order of their names. */
bySchedule: Array<number>, };

/** The cost of a day for the current and for another number of companies. */
export type DayPlans = {
/** For the current number. */
now: DayPlanView,
/** For the requested number. */
then: DayPlanView,
/** The names of the schedules that run on this computer. */
schedules: Array<string>,
/** Whether schedules run on this computer. */
here: boolean,
/** Whether keep-alive queues reads. */
keepsAlive: boolean, };

/** The use of a past day. */
export type DayUse = {
/** The day in UTC, such as `2026-11-23`. */
day: string,
/** By cause, without those that sent none. */
causes: Array<CauseUse>, };

export type DeleteCompany = { id: string,
/** The name, typed by the user as a confirmation. */
typedName: string, };

/** A delete of many companies. */
export type DeleteMany = { selection: CompanySelection,
/** The number of companies, typed by the user as a confirmation. */
typedCount: string, };

/** The companies to delete. */
export type DeleteManyPreview = { selection: CompanySelection, };

/** The height of rows. */
export type Density = "comfortable" | "compact";

/** A data type whose settings differ in some companies. */
export type DifferingType = { dataType: string,
/** The number of companies. */
companies: number, };

/** A workspace that has a company, while the window shows another one. */
export type Elsewhere = { workspace: string, name: string, };

/** Connections that may expire, by kind of clock. */
export type Ending = {
/** If nothing is read. */
idle: number,
/** Whatever is read. */
consent: number, };

/** What an entry of the inbox is about. */
export type EntryKind = "loss" | "consent" | "notice" | "unreadable";

/** A part of the list, soonest first. */
export type ExpiringPage = {
/** The number of rows that match the filter. */
total: number, rows: Array<ExpiryRow>, };

/** A part of the list of connections that may expire. */
export type ExpiringRequest = { filter: ExpiryFilter,
/** The index of the first row. */
offset: number,
/** The number of rows, at most 1,000. */
limit: number, };

/** Which of the connections that may expire. */
export type ExpiryFilter = {
/** By which kind of clock; none: both. */
clock: ClockKind | null,
/** Not before then; milliseconds since 1970, UTC. */
from: number | null,
/** Before then. */
until: number | null, };

/** Link URLs to copy. */
export type ExpiryLinks = { selection: ExpirySelection, form: LinksForm, };

/** The effect of refreshing a selection. */
export type ExpiryRefreshPreview = {
/** Connections that are read, with one request each. */
reads: number,
/** Connections that are left out because a read does not extend a consent. */
consents: number,
/** Connections that are left out because they have no data type that can be read separately. */
unreadable: number, };

/** A connection that may expire. */
export type ExpiryRow = {
/** Whose it is. */
company: string,
/** That company's name. */
companyName: string,
/** The connection, with when it may expire and what that rests on. */
connection: ConnectionChip, };

/** The selected connections. */
export type ExpirySelection = {
/** Their IDs. None: all that match the filter. */
connections: Array<string> | null, filter: ExpiryFilter, };

/** The format of an export. */
export type ExportFormat = TableFormat | JsonFormat;

/** Records to export. */
export type ExportRequest = {
/** The ID of this export for progress and stopping, chosen by the page. */
id: string,
/** The page number is ignored. */
records: RecordsRequest, format: ExportFormat, };

/** An exported file. */
export type Exported = {
/** The number of records in the file. */
records: number,
/** How many more records Codat counted than it returned. */
missing: number,
/** Its path. None if the user cancelled the dialog, or if the page must save the file. */
path: string | null,
/** The ID under which the page downloads the file. */
download: string | null, };

/** The kind of a figure; see [`Figure`]. */
export type FigureKind = "exact" | "said" | "unknown" | "blank" | "missing";

/** One cell of a statement. */
export type FigureView = { kind: FigureKind,
/** The amount without a currency. Empty if there is none. */
text: string, };

/** The files of one day. */
export type FileDay = {
/** Such as 2026-10-31. None for files without a date. */
date: string | null,
/** Newest first. */
files: Array<FileView>, };

export type FileView = { name: string,
/** The kind of source that received it. */
sourceType: string | null,
/** When it was uploaded. */
uploaded: number | null, };

export type Files = {
/** By day (UTC, as in downloads), newest first. */
days: Array<FileDay>,
/** When the list was last loaded. None: never. */
asOf: number | null, };

export type FindingRow = { message: string,
/** The ID of the record. */
item: string,
/** The rule and its validator. */
rule: string, };

/** The findings of a read's validation (§2.12). */
export type Findings = {
/** They block the use of the data. */
errors: Array<FindingRow>,
/** They do not block it. */
warnings: Array<FindingRow>, };

export type FindingsRequest = { company: string,
/** The ID of the read. */
dataset: string, };

/** The basis of a forecast; see the engine's type. */
export type ForecastBasis = "days" | "today" | "nothing";

/** A plan to preview. */
export type ForecastRequest = {
/** The ID of the schedule that it would replace. */
id: number | null, plan: SchedulePlan, };

/** The expected use for the rest of the day, and its basis. */
export type ForecastView = {
/** Until the next day, by cause, without those that need none. */
rest: Array<CauseUse>,
/** The basis of the part that follows no schedule. */
basis: ForecastBasis,
/** The number of days in the mean. */
basisDays: number,
/** From the start of one sweep to the start of the next, in seconds. */
sweepSecs: number,
/** The same for status sweeps. None if there are none. */
statusSecs: number | null, };

/** The result of removing a workspace or its key. */
export type ForgottenKey = { session: Session,
/** A message if the key may still be in the keyring. */
keyLeft: string | null, };

/** What happened. */
export type Happened = { "type": "change",
/** As the journal names it: `connectionAppeared`, `statusChanged` and so on. */
kind: string,
/** The connection's integration. */
platform: string | null,
/** The connection. */
connection: string | null,
/** A status or a color before. */
was: string | null,
/** And after. */
became: string | null,
/** Whether it came of an act of this app. */
own: boolean, } | { "type": "reads",
/** Each with its type and status. */
reads: Array<ReadBrief>, } | { "type": "write",
/** Its key. */
key: string,
/** Its data type. */
dataType: string,
/** Its status. */
status: string, } | { "type": "files",
/** Their names. */
names: Array<string>,
/** What kind of source took them. */
source: string | null, } | { "type": "own",
/** Which. */
act: string,
/** What it was about, in its own form. */
detail: string,
/** What came of it: `done`, or why not; none while it is not known. */
outcome: string | null, };

/** The health of a workspace. Times cross to the interface as milliseconds since 1970, UTC. */
export type Health = {
/** The summary. */
state: HealthState,
/** When the last complete sweep ended. */
lastSweep: number | null,
/** When the next sweep starts. */
nextSweep: number | null,
/** Since when the server cannot be reached. */
offlineSince: number | null,
/** When the next attempt is made. */
retryAt: number | null,
/** The server's `Retry-After`, at most a day. Background work may retry sooner. */
askedUntil: number | null,
/** What limits background work, if the state is `Limited`. */
hold: Hold | null,
/** Whether user requests have reached their limit for the day and need confirmation. */
asks: boolean,
/** Refreshes in progress that were requested in this app. */
readsRunning: number,
/** The daily quota. */
quotaLimit: number | null,
/** What is left of it. */
quotaRemaining: number | null,
/** What is spent of it, by this app and others. */
spentToday: number,
/** What this app spent of it. */
usedToday: number,
/** The message of the server or the database, if the state needs one. */
message: string | null,
/** Companies whose data from the server is unreadable. Older data is shown for them. */
unreadable: number,
/** Whether a full sweep was ever complete in this workspace. */
firstSweepDone: boolean,
/** Companies that the running sweep has read. */
sweepDone: number | null,
/** The number of companies, from the server. */
sweepTotal: number | null, };

/** A summary of the health. */
export type HealthState = "starting" | "current" | "sweeping" | "offline" | "refused" | "limited" | "paused" | "failing" | "notSaved";

/** The filter of a history. Empty texts match all. */
export type HistoryFilter = { company: string,
/** Whether it is the history of writes; otherwise of reads. */
writes: boolean, dataType: string,
/** None: all. */
status: HistoryStatus | null,
/** The earliest request time. */
from: number | null,
/** The request time before which operations match. */
until: number | null, };

/** A page of a history to load. */
export type HistoryLoad = { filter: HistoryFilter,
/** The page number from 1, with 100 operations per page. */
page: number, };

/** The result of loading a page. */
export type HistoryLoaded = {
/** Whether there may be a next page. */
more: boolean,
/** The time of the last operation on the page. None if this was the last page. */
to: number | null, };

/** A part of the stored history, newest first. */
export type HistoryPage = {
/** The number of matching stored operations. */
total: number,
/** The number of matching operations at the server. None if unknown. */
atServer: number | null,
/** The number of running operations, including those that do not match. */
running: number,
/** The number of stored operations that failed, including those that do not match. */
failed: number, rows: Array<HistoryRow>,
/** The filter choices. */
dataTypes: Array<Choice>,
/** When the newest page was last loaded. None: never. */
asOf: number | null, };

export type HistoryRequest = { filter: HistoryFilter,
/** The index of the first row. */
offset: number,
/** The number of rows, at most 5,000. */
limit: number, };

/** A read or a write. */
export type HistoryRow = { id: string, dataType: string,
/** The displayed name of the data type. */
name: string,
/** The ID of the connection. */
connection: string,
/** The name of the integration. None if the connection no longer exists. */
integration: string | null,
/** When it was requested. */
requested: number,
/** The duration in milliseconds. None while it runs. */
took: number | null,
/** Codat's status. */
status: string,
/** The status as text. */
word: string,
/** The phase of the status. */
phase: RowPhase,
/** In percent, 0 to 100. */
progress: number,
/** The message of Codat or the source, such as an error or the end of a pause. */
message: string | null,
/** What happened and what to do. */
advice: string | null, remedy: Remedy,
/** Whether validation findings can be loaded. */
hasFindings: boolean,
/** The findings of a write, and the changes of its records. */
notes: Array<string>, };

/** What the many statuses of the API come to. Canceled and unsupported reads have none of these. */
export type HistoryStatus = "failed" | "running" | "complete";

/** What limits background work. */
export type Hold = "quiet" | "day" | "share";

/** The host of the app. */
export type HostFacts = {
/** A window or a browser page. */
kind: HostKind,
/** Whether the desktop has a tray. */
tray: boolean,
/** Whether a keyring is available. */
keyring: boolean,
/** Whether the app can be started at login. */
autostart: boolean,
/** The version of the app. */
version: string,
/** The path of the data folder. */
dataFolder: string,
/** `linux`, `macos` or `windows`. */
platform: string,
/** The power source, if the system reports it. */
power: PowerSource | null,
/** Whether the network is metered, if the system reports it. */
metered: boolean | null, };

/** The kind of a host. */
export type HostKind = "window" | "browser";

/** A started import. */
export type ImportBegun = {
/** Its ID, under which a page sends the file. None if the user chose no file. */
id: number | null, };

/** The result of an import. */
export type ImportDone = {
/** What it added, by kind. */
kinds: Array<ImportedKind>, };

/** An import by its ID. */
export type ImportId = { id: number, };

/** The effect of an import. */
export type ImportPreview = {
/** The name of the workspace that the file is from. */
workspace: string,
/** When it was exported; milliseconds since 1970, UTC. */
createdAt: number,
/** What it would add, by kind. */
kinds: Array<ImportedKind>,
/** The number of fields that this version does not know and leaves out. */
unknown: number, };

/** What an import adds of a kind. */
export type ImportedKind = {
/** Which. */
kind: LocalKind,
/** Entries that are added. */
added: number,
/** Entries that are here already. */
same: number,
/** Entries for which there is a different one here, which stays. */
kept: number, };

/** The number of entries of each filter. */
export type InboxCounts = {
/** Not over, and not snoozed. */
open: number,
/** Hidden for a while. */
snoozed: number,
/** Over. */
closed: number,
/** Everything. */
all: number, };

/** A part of the inbox. */
export type InboxFilter = "open" | "snoozed" | "closed" | "all";

/** A part of the inbox, newest first. */
export type InboxPage = {
/** The number of entries that match the filter. */
total: number,
/** The number of entries of each filter. */
counts: InboxCounts, rows: Array<InboxRow>, };

/** A part of the inbox. */
export type InboxRequest = { filter: InboxFilter,
/** The index of the first entry. */
offset: number,
/** The number of entries, at most 200. */
limit: number, };

/** An entry of the inbox. Times are milliseconds since 1970, UTC. */
export type InboxRow = { id: number, at: number, kind: EntryKind,
/** The name of the company, or the title of the notice. */
title: string,
/** What happened. Empty for a notice. */
event: string,
/** Who has to do what. */
advice: string,
/** Why the connection was lost, if that is known. */
trouble: string | null, company: string | null, connection: string | null,
/** The name of the integration. */
platform: string,
/** A search in the list of companies that finds those of the notice. */
search: string | null,
/** The page that the notice opens otherwise. */
place: Place | null, isRead: boolean,
/** Whether a rule held its notification back. */
isMuted: boolean, isOver: boolean,
/** When it was over, if that is known. */
closedAt: number | null,
/** Hidden until this time. */
snoozedUntil: number | null,
/** Hidden until the connection changes. */
snoozedUntilChange: boolean, };

/** An integration to choose from. */
export type IntegrationChoice = {
/** Four letters. */
key: string, name: string,
/** Such as `Accounting`. */
sourceType: string,
/** Whether customers can choose it. */
enabled: boolean, };

/** The format `json`. */
export type JsonFormat = "json";

/** A line of the ledger. */
export type KeepAliveEntry = {
/** Its number; the order of things. */
id: number,
/** When it was done; milliseconds since 1970, UTC. */
at: number,
/** The company. */
company: string,
/** Its name then. */
companyName: string,
/** The connection. */
connection: string,
/** The integration's name. */
platform: string,
/** What was to be read. */
dataType: string | null,
/** When the connection would have expired; milliseconds since 1970, UTC. */
expires: number,
/** What came of it. */
outcome: KeepAliveOutcome,
/** Why, where it failed. */
detail: string | null, };

/** What the app does about idle connections of a workspace, on this computer. */
export type KeepAliveMode = "off" | "ask" | "on";

/** What came of a read that was to keep a connection alive. */
export type KeepAliveOutcome = "queued" | "read" | "failed" | "unsupported";

/** A part of the keep-alive ledger. */
export type KeepAliveRequest = {
/** The entry before which the part starts. None: start with the newest. */
before: number | null, };

/** The keep-alive mode and its ledger. */
export type KeepAliveView = {
/** The mode of this workspace on this computer. */
mode: KeepAliveMode,
/** The number of connections that are due for a read. */
due: number,
/** Newest first. */
entries: Array<KeepAliveEntry>, };

/** Where the API key of a workspace is. */
export type KeyState = "kept" | "session" | "missing" | "refused";

export type LinkRequest = { company: string,
/** The ID of a connection. None: the Link URL of the company. */
connection?: string, };

/** Copied Link URLs. */
export type LinksCopied = { copied: Copied,
/** The number of copied URLs. */
links: number,
/** How many of the selected have no Link URL, or a one-time URL. */
leftOut: number, };

/** The format of copied Link URLs. */
export type LinksForm = "text" | "csv";

/** Data of a company to load. */
export type Load = { id: string,
/** Whether to load it even if it is fresh. */
always: boolean, };

/** A kind of local data. */
export type LocalKind = "notes" | "schedules" | "rules" | "settings" | "views" | "journal" | "acts";

/** A horizontal line. */
export type Mark = {
/** Its position. */
at: number,
/** Its shortened amount. */
label: string, };

export type MarkAlertsRead = {
/** At most 1,000 entries. None: all are marked as read. */
ids: Array<number> | null,
/** False to mark them as unread. */
read: boolean, };

/** A figure, or why there is none. */
export type MeasureView = {
/** Shortened, such as £1.34m. */
short: string | null,
/** With all digits, such as £1,340,123.45. */
whole: string | null,
/** Such as Nov 2025 to Oct 2026, or at 31 Oct 2026. */
period: string | null,
/** Such as +14.2%, or +£63k if a percentage has no meaning. */
change: string | null,
/** The amount and the base of the change, or why there is no comparison. */
changeWords: string | null,
/** The missing months. */
missing: string | null,
/** Why there is no figure. */
absence: AbsenceView | null, };

/** A run of characters that are all kept or all removed. */
export type NamePiece = {
/** The characters. */
text: string,
/** Whether Codat keeps them. */
kept: boolean, };

/** A name, with marks for the characters that Codat removes. */
export type NamePreview = {
/** The name as Codat will save it. */
kept: string,
/** The entered name in runs of kept and removed characters. */
pieces: Array<NamePiece>,
/** Why it cannot be sent. */
problem: string | null,
/** The name with plain quotes, apostrophes and dashes, if Codat would then keep more of it. */
plain: string | null, };

export type NameRequest = {
/** As entered. */
name: string, };

export type NamedCompany = { id: string, name: string, };

/** The network settings of the app. */
export type NetworkSettings = { proxy: ProxyChoice,
/** The path of a PEM file with certificate authorities that are trusted in addition to the system's. */
caFile: string | null, };

/** The saved network settings. */
export type NetworkView = { network: NetworkSettings,
/** Whether a proxy password is saved. The password itself is never returned. */
passwordSaved: boolean, };

/** A company to create. */
export type NewCompanyForm = {
/** As entered. */
name: string, description: string | null,
/** Keys and values. */
tags: Array<[string, string]>, };

/** What the user can do. */
export type NextStep = "nothing" | "ask" | "refresh" | "link" | "wait" | "statement";

export type Notes = {
/** Empty if there are none. */
text: string, };

/** Empty arguments or an empty result. */
export type Nothing = Record<symbol, never>;

/** A lasting condition that is shown above all screens. */
export type Notice = {
/** The same for the same condition, so that it is shown once. */
id: string,
/** The severity. */
tone: Tone,
/** The kind of error. */
code: Code,
/** What is wrong and what to do. */
message: string,
/** Technical details for support. */
detail: string | null, };

/** The company that a window shows. */
export type OnScreen = {
/** None if it shows no single company. */
company: string | null, };

/** An opened URL. */
export type OpenedUrl = { url: string,
/** Whether it was opened. If not, the page must open it. */
opened: boolean, };

/** A result of a schedule. */
export type OutcomeView = {
/** When it was due. None if the user started it. */
due: number | null,
/** When it was decided. */
at: number,
/** The number of earlier missed times that it replaces. */
earlier: number,
/** The key of the reason for a delay or a skipped run. */
reason: string | null,
/** Queued reads. */
queued: number,
/** Companies that were already read in the meantime. */
done: number,
/** Companies without a linked connection. */
unreadable: number,
/** The ID of the run. */
run: number | null,
/** The items of the run by state, if it still exists. */
counts: RunCounts | null, };

/** A schedule that reads the same data. */
export type Overlap = { id: number, name: string,
/** The number of common companies. */
companies: number, };

/** A company with its own settings. */
export type OverridingCompany = { id: string, name: string,
/** The names of the data types that differ. */
types: Array<string>, };

/** The company that another is a subsidiary of. */
export type ParentRef = {
/** Its identifier. */
id: string,
/** Its name. */
name: string, };

/** When a pause ends. */
export type PauseEnd = "hour" | "tomorrow" | "resumed";

/** A delete that can still be undone. Nothing was sent, so quitting cancels it. */
export type PendingDelete = {
/** The company. */
id: string,
/** Its name. */
name: string,
/** When it is sent. It crosses to the interface as milliseconds since 1970, UTC. */
sendsAt: number,
/** Whether the safe mode holds it. */
isHeld: boolean, };

/** A page that can be opened from outside the window. */
export type Place = "expiry" | "inbox" | "schedules" | "workspaces";

export type PlanFor = {
/** As entered. None: the current number. */
companies: number | null, };

/** An event for windows. It says what changed; the page then queries the data. */
export type PortalEvent = { "type": "changed",
/** The version of the store. */
version: number, } | { "type": "company",
/** The company. */
id: string, } | { "type": "export",
/** The ID that the page chose. */
id: string,
/** Records that are read or written so far. */
records: number,
/** All records. */
total: number, } | { "type": "health",
/** The new health. */
health: Health, } | { "type": "requests" } | { "type": "schedules" } | { "type": "session" } | { "type": "inbox" } | { "type": "views" } | { "type": "deleted",
/** The company. */
id: string,
/** Its name. */
name: string, } | { "type": "deleteFailed",
/** The company. */
id: string,
/** Its name. */
name: string,
/** The error. */
error: WireError, } | { "type": "run",
/** Its number. */
id: number, } | { "type": "runEnded",
/** Its number. */
id: number, } | { "type": "link" } | { "type": "transfer",
/** The transfer. */
transfer: Transfer, } | { "type": "filesHover",
/** Whether files are over the window. */
over: boolean, } | { "type": "filesOffered",
/** The checked files. */
chosen: ChosenFiles, } | { "type": "notice",
/** The severity. */
tone: Tone,
/** One or two sentences. */
message: string, };

/** The power source of the computer. */
export type PowerSource = "mains" | "battery" | "lowBattery";

/** The user's preferences. Missing fields have default values. */
export type Preferences = {
/** The color theme. */
theme: Theme,
/** The height of rows. */
density: Density,
/** Whether closing the window keeps the app in the tray. */
closeToTray: boolean,
/** Whether the app starts hidden at login. */
startAtLogin: boolean,
/** The share of the daily quota for background work, in percent, 1 to 50. */
quotaShare: number,
/** The columns of the list in their order. Columns that are not named follow with their defaults. */
columns: Array<ColumnChoice>,
/** The sort order of the list. */
sort: Sort | null,
/** By data type, the record columns whose visibility differs from the default. */
recordColumns: { [key in string]: Array<string> },
/** Whether the sidebar shows only icons. */
sidebarCollapsed: boolean,
/** Whether the user was notified that the app keeps running in the tray. */
toldAboutTray: boolean,
/** The zoom of the page, in percent, 50 to 300. */
zoom: number,
/** Whether keys of one letter or digit run actions outside of lists (WCAG 2.1.4). */
singleKeyShortcuts: boolean,
/** Whether the user put away the first steps. */
firstStepsDismissed: boolean, };

/** Why a connection needs attention. */
export type Problem = {
/** Who has to act. */
actor: ActorName,
/** What happened, to follow the name of the platform. */
happened: string,
/** The cause, in one sentence. */
meaning: string,
/** What to do, in one sentence. */
toDo: string,
/** The code of the active error, usually an HTTP status. None without an error or its code. */
code: string | null,
/** When Codat recorded that error; milliseconds since 1970, UTC. */
at: number | null,
/** When the access ended, if that is the cause. */
ended: AccessEnd | null, };

/** The progress of a copy. */
export type Progress = {
/** Records on this computer. */
records: number,
/** Records at the server. 0 until the first page has arrived. */
total: number, };

/** Which proxy requests go through. */
export type ProxyChoice = { "kind": "system" } | { "kind": "none" } | { "kind": "manual",
/** `http://` or `https://`, a host and a port. */
address: string,
/** The user name. Empty if the proxy needs none. */
user: string, };

/** Whether reads were queued. */
export type Queued = {
/** False if the reads are already running, so that no request was sent. */
queued: boolean, };

/** The daily quota and its use. Days are in UTC, as at Codat. */
export type QuotaView = {
/** Requests per day, if known. */
limit: number | null,
/** Requests left today, after those of all programs that use the key. */
remaining: number | null,
/** Requests used today by all programs that use the key. */
spent: number,
/** When the next day begins. */
resets: number,
/** The requests of this app today, by cause. */
today: Array<CauseUse>,
/** Requests of today that may have been sent before the app crashed. They count as used. */
lost: number,
/** The daily limit of background work. */
share: number,
/** The use of background work today. */
background: number,
/** The number of requests per day after which the app asks the user. */
stop: number,
/** The same in percent of the quota. */
stopPercent: number,
/** The current limit per minute. */
perMinute: number,
/** Past days, newest first, at most four weeks. */
days: Array<DayUse>, forecast: ForecastView, };

/** A read of a refresh. */
export type ReadBrief = {
/** Its identifier. */
id: string,
/** Its data type's key. */
dataType: string,
/** Its data type's name. */
name: string,
/** Its status. */
status: string,
/** What the status means. */
phase: RowPhase, };

export type RecordRequest = {
/** The page on which the record was shown. */
page: RecordsRequest,
/** The index on the page, from 0. None if it was not on a page. */
index: number | null,
/** The ID. It is checked, because the record at the index may have changed. */
id: string | null, };

export type RecordRow = {
/** The ID of the source, if it has one. */
id: string | null,
/** Whether it was deleted in the source. */
isDeleted: boolean,
/** One for each column. */
cells: Array<CellView>, };

export type RecordText = {
/** Indented JSON with all digits. */
json: string, };

export type RecordsPage = {
/** The name of the data type. */
name: string, columns: Array<ColumnView>, rows: Array<RecordRow>,
/** The number of matching records. */
total: number,
/** The page number from 1. */
page: number,
/** The number of pages. */
pages: number,
/** When the data was loaded. None if there is no data. */
asOf: number | null,
/** Why the data could not be loaded again. */
failure: WireError | null,
/** An error in the query. */
problem: string | null,
/** Why there is no data. */
absence: AbsenceView | null,
/** The properties that a query can use. */
properties: Array<string>,
/** The connections that have the type, for types with data per connection. */
connections: Array<Choice>,
/** The ID of the shown connection. */
connection: string | null,
/** The bank accounts, for types with data per account. */
accounts: Array<Choice>,
/** The ID of the shown account. */
account: string | null, copy: CopyView, };

export type RecordsRequest = { company: string, dataType: string,
/** The ID of the connection, for types with data per connection. None: the first one that has the type. */
connection: string | null,
/** The ID of the bank account, for types with data per account. None: the first one. */
account: string | null,
/** The page number from 1. */
page: number,
/** In the query language. Empty for all records. */
query: string,
/** The property of a column, with a minus sign for descending order. Empty for the server's order. */
orderBy: string,
/** Whether to return stored data only, without a request. */
kept: boolean, };

/** What to refresh. */
export type RefreshMany = { selection: CompanySelection,
/** The key of the data type. None: all types that are fetched on first link. */
dataType: string | null, };

/** The effect and the cost of a refresh. */
export type RefreshPreview = {
/** The number of selected companies. */
companies: number,
/** The number of companies with a request, one each. */
requests: number,
/** Companies that are left out because they have no linked connection. */
unlinked: number,
/** Companies that are left out because they are already being read. */
running: number,
/** How long the requests take, in seconds. */
seconds: number,
/** Today's remaining requests for acts. */
leftToday: number,
/** Requests per day, if known. */
day: number | null,
/** The data types to choose from. */
dataTypes: Array<TypeChoices>, };

/** A data type to read again. */
export type RefreshTypeRequest = { company: string, dataType: string,
/** The ID of a connection. None: Codat chooses it. */
connection: string | null, };

/** The action that helps against a failure. */
export type Remedy = "nothing" | "refreshType" | "refreshAll" | "link";

export type RenameCompany = { id: string,
/** The name at the start of the edit. If the name has changed since, nothing is saved. None: no check. */
was: string | null,
/** The new name as entered. */
name: string, };

/** A new key for a workspace. */
export type ReplaceKey = { id: string,
/** The API key as pasted. */
key: string,
/** Whether to keep it only in memory. */
sessionOnly: boolean, };

/** The cause of a request. */
export type RequestCause = "click" | "screen" | "run" | "look" | "sweep" | "keepAlive" | "schedule";

export type RequestEntry = {
/** Its sequence number. */
number: number, at: number,
/** Such as `GET`. */
method: string,
/** Path and query, without the host. */
path: string, cause: RequestCause, state: RequestState,
/** The HTTP status, if there is a response. */
status: number | null,
/** From sending to the end of the response, in milliseconds. */
durationMs: number | null,
/** The size of the response body. */
bytes: number,
/** The number of earlier attempts. */
retry: number,
/** Codat's ID of the request, for support. */
correlationId: string | null, error: string | null, };

/** The newest entries that match a filter. */
export type RequestLog = { entries: Array<RequestEntry>,
/** The number of matching entries in the log. */
matching: number,
/** The capacity of the log. */
kept: number,
/** The number of requests since the workspace was opened. */
sent: number, };

/** The state of a request. */
export type RequestState = "running" | "done" | "failed" | "givenUp";

export type RequestsWanted = {
/** Only requests with this cause. */
cause: RequestCause | null,
/** Only failed requests. */
failures: boolean,
/** The maximum number of entries. */
most: number, };

/** What an estimate of a connection's end rests on. */
export type RestsOn = {
/** Which clock. */
clock: ClockKind,
/** How many days it runs. */
days: number,
/** From when; milliseconds since 1970, UTC. */
since: number,
/** What happened then. */
countedFrom: CountedFrom,
/** Whether the number of days is an estimate itself. */
estimate: boolean, };

/** What a status means for whoever waits. */
export type RowPhase = "running" | "done" | "neutral" | "failed" | "unrecognized";

/** More rows of a list. */
export type Rows = {
/** The version these rows are of; an asker with another one asks `companies` again. */
version: number,
/** Where they begin. */
offset: number,
/** The rows. */
rows: Array<CompanyRow>, };

export type RowsRequest = {
/** The search, filters and sort order. */
view: View,
/** The version of the list that the page has. */
version: number,
/** The index of the first row. */
offset: number,
/** The number of rows, at most 1,000. */
limit: number, };

/** What a run does with each company. */
export type RunActName = "refresh" | "changeTags" | "delete";

/** A started run. */
export type RunBegan = { run: number, };

/** The cause of a run. */
export type RunCauseName = "person" | "schedule" | "keepAlive";

/** The number of items by state. */
export type RunCounts = {
/** To be sent. */
waiting: number,
/** Sent, or about to be; without a known result. */
sent: number,
/** Queued at the server; the reads have not ended. */
queued: number,
/** Was being read already, and was not queued again. */
running: number,
/** All reads are complete, or the change is done. */
read: number,
/** Failed. */
failed: number,
/** Skipped, for a reason that is stored. */
skipped: number,
/** Cancelled before it was sent. */
cancelled: number,
/** Queued, but the end was not seen before the run ended. */
unseen: number,
/** Of those that are read: the data types are still to be checked. */
looking: number, };

/** A company in a run. */
export type RunItemRow = { id: number, company: string,
/** The name of the company. None if nothing is stored. */
name: string | null,
/** Whether the company is in the list. */
isKnown: boolean,
/** The name of the data type. None: all types that are fetched on first link. */
dataType: string | null, state: RunItemState,
/** When it reached this state. */
at: number | null,
/** Why it failed or was skipped and what to do, or what is unknown about its result. */
reason: string | null,
/** Whether a retry can help. */
canRetry: boolean, };

/** Where an item stands. */
export type RunItemState = "waiting" | "sent" | "queued" | "running" | "read" | "failed" | "skipped" | "cancelled" | "unseen";

/** A part of a run's items in their order. */
export type RunItems = {
/** The number of all matching items. */
total: number, rows: Array<RunItemRow>, };

/** A part of a run's items. */
export type RunItemsRequest = { run: number,
/** The states of the items. Empty: all. */
states: Array<RunItemState>,
/** The index of the first item. */
offset: number,
/** The number of items, at most 1,000. */
limit: number, };

export type RunRow = { id: number, cause: RunCauseName, act: RunActName,
/** A description. */
label: string, state: RunState,
/** When it was requested. */
createdAt: number,
/** When its first request may be sent. */
startsAt: number, endedAt: number | null,
/** The number of items by state. */
counts: RunCounts,
/** The number of all items. */
total: number,
/** How many failed items can be retried. */
canRetry: number,
/** How long the remaining requests take, in seconds. */
secondsLeft: number,
/** Whether it waits for the next day because today's share of the quota is used up. */
isOutOfQuota: boolean,
/** Whether the safe mode holds its remaining items. */
isHeld: boolean,
/** Whether nothing was sent yet of a delete, so that it can be undone as a whole. */
canUndo: boolean, };

/** The state of a run. */
export type RunState = "running" | "paused" | "done" | "cancelled";

/** The requests that a workspace permits. Each mode includes the ones before it. */
export type SafeMode = "view" | "operate" | "administer";

export type SandboxAnswer = {
/** The JSON of the response, or null. */
body: unknown, };

/** A request to the control endpoints. */
export type SandboxCall = { method: SandboxMethod,
/** Path and query, starting with `/_sandbox/`. */
path: string, body?: unknown, };

export type SandboxMethod = "GET" | "POST" | "PUT" | "DELETE";

/** Files to download to this computer. */
export type SaveFiles = { company: string,
/** The day (UTC), such as 2026-10-31. None: all files. */
date: string | null, };

/** A schedule to save. */
export type SaveSchedule = {
/** Its ID. None: a new schedule. */
id: number | null,
/** As entered. */
name: string,
/** Whether it is on. */
on: boolean, plan: SchedulePlan, };

/** A view to create or to replace. */
export type SaveView = { view: SavedView,
/** Its index among the views. None: where it is, or last if it is new. */
position: number | null, };

/** A saved file. */
export type SavedFile = {
/** Its path. None if the user cancelled the dialog, or if the page must save the file. */
path: string | null,
/** The ID under which the page downloads the file. */
download: string | null, };

/** A search, an order and columns under a name. */
export type SavedView = {
/** Chosen by the page that creates it. */
id: string,
/** The name. */
name: string,
/** The search as typed. */
search: string,
/** The order. */
sort: Sort,
/** None: the columns of the list. */
columns: Array<ColumnChoice> | null, };

/** A weekly time in which a schedule does not start, or nothing notifies. */
export type ScheduleBlackout = {
/** A bit for each day on which it begins; the lowest is Monday. */
days: number,
/** `HH:MM`. */
from: string,
/** `HH:MM`. It is on the next day unless it is later than `from`. */
until: string, };

export type ScheduleById = { id: number, };

/** The next runs and the cost of a schedule. */
export type ScheduleForecast = {
/** Why it cannot run. */
problem: string | null,
/** The next start times, soonest first. */
upcoming: Array<number>,
/** The number of its companies. */
companies: number,
/** The number of companies without a linked connection. */
unreadable: number,
/** The number of due companies, for schedules that run every N hours. */
due: number,
/** Requests per day on average. */
requestsADay: number,
/** Other schedules that are on and read the same data. */
overlaps: Array<Overlap>, };

/** What a schedule reads and when. */
export type SchedulePlan = {
/** The companies. */
target: ScheduleTarget,
/** The keys of the data types. Empty: all types that are fetched on first link. */
dataTypes: Array<string>, timing: ScheduleTiming,
/** The IANA time zone of its times and blackouts. None: that of this computer. */
zone: string | null,
/** Times in which the schedule does not start. */
blackouts: Array<ScheduleBlackout>,
/** Minutes over which the reads of one run are spread. */
spreadMinutes: number, };

/** The companies that a schedule reads. */
export type ScheduleTarget = { "kind": "all" } | { "kind": "matching",
/** In the syntax of the search box. */
search: string, } | { "kind": "companies", ids: Array<string>, };

/** When a schedule is due. */
export type ScheduleTiming = { "kind": "every", hours: number, } | { "kind": "clock",
/** `HH:MM`. */
times: Array<string>,
/** A bit for each day of the week; the lowest is Monday. */
days: number, };

export type ScheduleView = { id: number, name: string,
/** Whether it is on. */
on: boolean,
/** None if a newer version of the app wrote it. */
plan: SchedulePlan | null,
/** The data types as text. */
data: string,
/** The first companies of a plan with selected companies. */
names: Array<NamedCompany>, forecast: ScheduleForecast,
/** The key of the reason why a due run is delayed, if it is. */
held: string | null,
/** Newest first. */
outcomes: Array<OutcomeView>, };

/** All schedules of a workspace. */
export type Schedules = { here: boolean,
/** The time zone of this computer. Empty if unknown. */
zone: string,
/** Oldest first. */
rows: Array<ScheduleView>,
/** The data types to choose from. */
dataTypes: Array<DataTypeChoice>,
/** The cost of all schedules that are on, in requests per day. */
requestsADay: number,
/** The daily limit of schedules within the share of background work, if known. */
allowedADay: number | null, };

/** Whether schedules run on this computer. */
export type SchedulesHere = { here: boolean, };

/** Something wrong in a search. */
export type SearchProblem = {
/** Where it begins in the search, in UTF-16 units, as the interface counts. */
start: number,
/** Where it ends. */
end: number,
/** What is wrong and what would be right, a plain sentence. */
message: string, };

/** The global state of the interface. */
export type Session = {
/** All workspaces in their order. */
workspaces: Array<Workspace>,
/** The ID of the shown workspace. */
current: string,
/** The preferences. */
preferences: Preferences,
/** The host of the app. */
host: HostFacts,
/** The health of the shown workspace. */
health: Health,
/** Lasting conditions that the user should know of. */
notices: Array<Notice>,
/** Deletes that can still be undone. */
pendingDeletes: Array<PendingDelete>, };

/** A rule for an integration. */
export type SetClock = {
/** The key of the integration, four letters. */
key: string,
/** The kind of its clock. None: it does not expire. */
kind: ClockKind | null,
/** The days until it expires, 1 to 1,830. */
days: number | null,
/** Where this number comes from. */
source: string,
/** Whether it is an estimate. */
estimate: boolean, };

export type SetKeepAlive = { mode: KeepAliveMode, };

/** Network settings to save or to test. */
export type SetNetwork = { network: NetworkSettings,
/** The proxy's password. None keeps the saved one; an empty one deletes it. */
password: string | null,
/** Whether to keep the password only in memory, until the app quits. */
sessionOnly: boolean, };

export type SetPause = {
/** False to resume. */
paused: boolean,
/** When the pause ends. */
end?: PauseEnd, };

/** Changed preferences. */
export type SetPreferences = {
/** The revision of the page's changes. */
turn: Turn,
/** All changes since the last one that the app confirmed. */
chosen: Chosen, };

export type SetSafeMode = { id: string,
/** The new safe mode. */
mode: SafeMode, };

/** Settings to save. */
export type SetSyncSettings = {
/** The ID of a company. None: the workspace. */
company: string | null,
/** Whether they override those of the level above. */
overrides: boolean,
/** The changes. All other values stay the same at Codat. */
changes: Array<SyncChange>, };

/**
 * Edited tags. Concurrent changes of other tags are kept; if the same tag was changed on both sides, nothing
 * is saved.
 */
export type SetTags = { id: string,
/** Keys and values at the start of the edit. */
was: Array<[string, string]>,
/** The new keys and values. */
tags: Array<[string, string]>, };

/** An edited text. If the text has changed since the start of the edit, nothing is saved. */
export type SetText = { id: string,
/** The text at the start of the edit. */
was: string,
/** The new text. */
text: string, };

/** What changed since the user left. */
export type SinceYouLeft = {
/** When somebody last saw the workspace, in milliseconds since 1970 (UTC). */
since: number,
/** Only what there is, in a fixed order. */
lines: Array<AbsenceLine>, };

/** Skipped companies. */
export type SkippedCompanies = { reason: string, companies: number, };

/** How many may expire, day by day. */
export type Skyline = {
/** Those that should have expired before the first day, and are linked still. */
overdue: Ending,
/** One for each day. */
days: Array<Ending>,
/** Those that may expire after the last day. */
later: Ending,
/** Linked connections of which nothing can be said, by integration, most first. */
unknown: Array<Uncounted>, };

export type SkylineRequest = {
/** The starts of the days in order, and the end of the last day; milliseconds since 1970, UTC. */
edges: Array<number>, };

/** Hides entries until a time or until the connection changes. With neither, they are shown again. */
export type SnoozeAlerts = {
/** At most 1,000 entries. */
ids: Array<number>,
/** Milliseconds since 1970, UTC; within a month. */
until: number | null, untilChange: boolean, };

/** An order of a list. */
export type Sort = {
/** By what. */
column: SortColumn,
/** Largest first. What is missing is last in both directions; equals go by name, then by ID. */
descending: boolean, };

/** What a list can be ordered by. */
export type SortColumn = "name" | "id" | "createdBy" | "created" | "lastRead" | "connections" | "status" | "products" | "tags" | "expires" | "description";

/** The period of a column. */
export type SpanChoice = "month" | "quarter" | "year";

/** A started download. */
export type Started = {
/** The ID of the transfer. None if the user cancelled the dialog. */
transfer: number | null, };

/** A period. */
export type StatementColumn = {
/** Such as Oct 2026, or Jan to Mar 2026. */
label: string,
/** Missing months, or why there is no sum. */
missing: string | null, };

/** A statement to load. */
export type StatementLoad = { company: string, dataType: string,
/** Whether to load it even if it is fresh. */
always: boolean, };

export type StatementRequest = { company: string, dataType: string,
/** The period of a column. */
span: SpanChoice, };

export type StatementRow = { kind: StatementRowKind,
/** The depth in the tree. */
depth: number, label: string,
/** One for each column. */
figures: Array<FigureView>, };

/** The kind of a row; see [`RowKind`]. */
export type StatementRowKind = "section" | "line" | "total" | "difference";

export type StatementView = {
/** Oldest first. */
columns: Array<StatementColumn>,
/** From top to bottom. */
rows: Array<StatementRow>,
/** The currency, if all columns have the same one. */
currency: string | null,
/** The accounting basis, if known. */
basis: string | null,
/** Sums that do not match and parts that are left out, one sentence each. */
remarks: Array<string>,
/** When it was last loaded. */
asOf: number | null,
/** Whether it is being read from the source. */
reading: boolean,
/** Why there is no statement. */
absence: AbsenceView | null, };

/** A way to go on in the search box. */
export type Suggestion = {
/** The whole search box, were it taken. */
search: string,
/** Where the cursor would be, in UTF-16 units. */
cursor: number,
/** What is shown, such as `platform:xero`. */
label: string,
/** What it means, a few words. */
hint: string,
/** How many companies it would leave; none where it is not yet a whole filter. */
count: number | null, };

export type SummaryView = {
/** Of the latest twelve complete months. */
revenue: MeasureView,
/** Of the same months. */
operatingProfit: MeasureView,
/** Of the newest balance sheet. */
equity: MeasureView,
/** The months. None without a profit and loss statement. */
chart: Chart | null,
/** The accounting basis, if known: `Accrual` or `Cash`. */
basis: string | null,
/** When the statements were last loaded. None: never. */
asOf: number | null,
/** Whether statements are being read from the source. */
reading: boolean, };

/** A schedule to turn on or off. */
export type SwitchSchedule = { id: number, on: boolean, };

/** A change of one data type's settings. */
export type SyncChange = { dataType: string,
/** The values that the user saw. If they have changed since, nothing is saved. */
was: SyncFields,
/** The new values. */
becomes: SyncFields, };

/** The values of one data type. */
export type SyncFields = {
/** Whether it is read when a connection is linked. */
fetchOnFirstLink: boolean,
/** Hours between two reads; 0: no scheduled reads. */
hours: number,
/** The position in the queue. */
order: number,
/** The earliest modification time of records. Excludes `window`. */
from: number | null,
/** The age limit of records in months. Excludes `from`. */
window: number | null,
/** The number of months of a statement. */
months: number | null, };

/** Companies with their own sync settings, as far as they are stored. */
export type SyncOverrides = {
/** The number of companies with stored settings. */
known: number,
/** Companies with their own settings, by name. */
companies: Array<OverridingCompany>,
/** The number of differing companies by data type. */
types: Array<DifferingType>, };

/** A refused change. */
export type SyncRefusal = { dataType: string,
/** The reason and what to do. */
message: string, };

/** The settings of one data type. */
export type SyncRow = { dataType: string, name: string,
/** Its category, such as `Accounting`. */
category: string,
/** Whether it is a statement, which is limited by months instead of by modification time. */
isStatement: boolean,
/** Whether Codat forbids changes. */
locked: boolean,
/** The values. */
set: SyncFields,
/** The values of the workspace, if these are of a company and they are known. */
inherited: SyncFields | null, };

/** The result of saving settings. */
export type SyncSaved = {
/** Refused changes by data type. If there are any, nothing was saved. */
refused: Array<SyncRefusal>,
/** The current settings. */
view: SyncSettingsView, };

/** Settings to load. */
export type SyncSettingsLoad = {
/** The ID of a company. None: the workspace. */
company: string | null,
/** Whether to load them even if they are fresh. */
always: boolean, };

export type SyncSettingsOf = {
/** The ID of a company. None: the workspace. */
company: string | null, };

/** The stored settings. */
export type SyncSettingsView = {
/** When they were last loaded. None: never. */
asOf: number | null,
/** Whether they override those of the level above. */
overrides: boolean,
/** One row per data type, by category and order. */
rows: Array<SyncRow>,
/** The error of the last load, if it failed. */
failure: WireError | null, };

/** The format of a table. */
export type TableFormat = "csv" | "csvForExcel" | "csvWithSemicolons" | "xlsx";

/** A tag of selected companies. */
export type TagCount = { key: string, value: string,
/** The number of companies that have it. */
companies: number, };

/** A change of the tags of many companies. */
export type TagMany = { selection: CompanySelection,
/** Keys and values of the tags to add. A tag with the same key gets the new value. */
add: Array<[string, string]>,
/** Keys of the tags to remove. */
remove: Array<string>, };

/** A color theme. */
export type Theme = "system" | "light" | "dark" | "contrast";

/** How severe a message is. */
export type Tone = "info" | "warning" | "error";

/** A download or an upload, running or ended. */
export type Transfer = {
/** Its ID. */
id: number,
/** The ID of the company. */
company: string,
/** Whether it is a download or an upload. */
way: Way,
/** The name of the file. */
name: string,
/** The transferred bytes. */
done: number,
/** The size in bytes, if it is known. */
total: number | null,
/** The state. */
state: TransferState,
/** Why it failed. */
error: WireError | null,
/** Where the file was saved. */
place: string | null, };

/** A transfer by its ID. */
export type TransferId = { id: number, };

/** The state of a transfer. */
export type TransferState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** The position of a change in the changes of a page. */
export type Turn = {
/** A random ID of the page. */
page: string,
/** Increases with each change. */
at: number, };

export type TypeChoices = {
/** The heading. */
label: string, types: Array<Choice>, };

export type TypeGroup = {
/** The heading. */
label: string, types: Array<TypeView>, };

/** The shape of a type's data. */
export type TypeShape = "records" | "statement" | "unpublished" | "unknown";

/** The state of a data type. */
export type TypeView = { key: string, name: string,
/** The shape of its data. */
shape: TypeShape,
/** The status of the newest read as text. None if there was no read. */
word: string | null,
/** The phase of that status. */
phase: RowPhase | null,
/** When the last successful read ended. */
lastRead: number | null, };

/** Linked connections whose integration has no clock that is counted. */
export type Uncounted = {
/** Four letters. */
integrationKey: string,
/** The integration's name, or its key. */
name: string,
/** How many. */
connections: number, };

/** Whether a delete was undone. */
export type Undone = {
/** False if it was already sent. */
undone: boolean, };

/** Changes of a workspace. */
export type UpdateWorkspace = { id: string, name: string,
/** The frame color. */
color: string,
/** The generic Link URL, pasted from the Portal. */
inviteUrl: string | null, };

/** A file to check. */
export type UploadCandidate = {
/** Without a path. */
name: string,
/** Its size. */
bytes: number, };

/** Chosen files to upload. */
export type UploadChosen = { company: string,
/** The ID of the connection that receives them. */
connection: string,
/** The ID of the choice. */
chosen: number,
/** The indexes of the files. */
files: Array<number>, };

/** Started uploads. */
export type UploadsBegun = {
/** The transfer IDs, one per file. */
transfers: Array<number>, };

/** The limit of acts for today. */
export type UseMore = {
/** In percent of the daily quota, 50 to 100. */
percent: number, };

/** What a list shows: a search, an order, and which parents are open. */
export type View = {
/** The search box as typed: words and filters. */
search: string,
/** The order. */
sort: Sort,
/**
 * Parents whose subsidiaries are shown beneath them. Meant only while nothing is searched for: then
 * subsidiaries of a known parent are shown under it alone; a search shows every match, flat.
 */
expanded: Array<string>,
/** A company whose row is looked for, wherever it has gone. */
locate?: string, };

/** What to show. It is stored until a window takes it, because the window may still be opening. */
export type Wanted = {
/** The workspace to switch to, if the window shows another one. */
workspace: string | null, company: string | null,
/** The tab of the company. */
part: string | null,
/** The path within the tab, outermost first. */
within: Array<string>,
/** A search in the list of companies. */
search: string | null,
/** The ID of a saved view of the list. */
view: string | null, place: Place | null,
/** A message for the user. */
message: string | null,
/** Another workspace that has the company. The user must confirm the switch. */
elsewhere: Elsewhere | null, };

export type WatchWorkspace = { id: string,
/** Whether it stays open while another workspace is shown. */
watched: boolean, };

export type Watching = {
/** As the page knows it. */
window: WindowState, };

/** The direction of a transfer. */
export type Way = "download" | "upload";

/** The visibility of a window. */
export type WindowState = "focused" | "shown" | "hidden";

/** An error for the user. */
export type WireError = {
/** The kind. */
code: Code,
/** One to three sentences. */
message: string,
/** Details for support: status, service, correlation ID. */
detail: string | null, };

/** A Codat client, real or sandbox, with its own local database. */
export type Workspace = {
/** The local ID. */
id: string,
/** The name that the user chose. */
name: string,
/** Codat or the sandbox. */
kind: WorkspaceKind,
/** The color of its frame: `teal`, `blue`, `violet`, `orange`, `pink` or `lime`. */
color: string,
/** The acts that it permits. */
safeMode: SafeMode,
/** Where its API key is. */
keyState: KeyState,
/** The generic Link URL for customers that are not yet a company. */
inviteUrl: string | null,
/** Whether it stays open while another workspace is shown. */
watched: boolean,
/** The state of its engine, if it is open. */
state: HealthState | null,
/**
 * How far its clock is ahead of this computer's, in milliseconds. 0 except for an open sandbox whose clock
 * was moved.
 */
clockOffset: number, };

/** What kind of server a workspace speaks to. */
export type WorkspaceKind = "sandbox" | "codat";

/** Every command, with its arguments and its result. */
export type Commands = {
  session: { args: Nothing; result: Session };
  companies: { args: View; result: CompaniesPage };
  rows: { args: RowsRequest; result: Rows };
  complete: { args: CompleteRequest; result: Array<Suggestion> };
  exportCompanies: { args: CompanyExport; result: Exported };
  copyCompanyLinks: { args: CompanyLinks; result: LinksCopied };
  views: { args: Nothing; result: Array<CountedView> };
  saveView: { args: SaveView; result: Array<CountedView> };
  removeView: { args: ById; result: Array<CountedView> };
  inbox: { args: InboxRequest; result: InboxPage };
  unreadAlerts: { args: Nothing; result: number };
  markAlertsRead: { args: MarkAlertsRead; result: Nothing };
  snoozeAlerts: { args: SnoozeAlerts; result: Nothing };
  draftEmail: { args: LinkRequest; result: OpenedUrl };
  alertRules: { args: Nothing; result: AlertRules };
  setAlertRules: { args: AlertRules; result: AlertRules };
  sinceYouLeft: { args: Nothing; result: SinceYouLeft | null };
  workspaceSeen: { args: Nothing; result: Nothing };
  putAwaySinceYouLeft: { args: Nothing; result: Nothing };
  company: { args: ById; result: CompanyRow | null };
  findCompany: { args: ById; result: Elsewhere | null };
  namePreview: { args: NameRequest; result: NamePreview };
  copyLinkUrl: { args: LinkRequest; result: Copied };
  openLinkUrl: { args: LinkRequest; result: OpenedUrl };
  copyInviteUrl: { args: Nothing; result: Copied };
  copyText: { args: CopyText; result: Copied };
  activity: { args: ActivityRequest; result: Array<Activity> };
  timeline: { args: ConnectionRequest; result: ConnectionStory };
  notes: { args: ById; result: Notes };
  integrations: { args: Nothing; result: Array<IntegrationChoice> };
  onScreen: { args: OnScreen; result: Nothing };
  setNotes: { args: SetText; result: Nothing };
  history: { args: HistoryRequest; result: HistoryPage };
  loadHistory: { args: HistoryLoad; result: HistoryLoaded };
  findings: { args: FindingsRequest; result: Findings };
  summary: { args: ById; result: SummaryView };
  loadSummary: { args: Load; result: Nothing };
  dataTypes: { args: ById; result: DataTypes };
  loadDataTypes: { args: Load; result: Nothing };
  records: { args: RecordsRequest; result: RecordsPage };
  copyRecords: { args: CopyRequest; result: Nothing };
  stopCopy: { args: RecordsRequest; result: Nothing };
  exportRecords: { args: ExportRequest; result: Exported };
  stopExport: { args: ById; result: Nothing };
  recordJson: { args: RecordRequest; result: RecordText };
  statement: { args: StatementRequest; result: StatementView };
  loadStatement: { args: StatementLoad; result: Nothing };
  files: { args: ById; result: Files };
  loadFiles: { args: Load; result: Nothing };
  quota: { args: Nothing; result: QuotaView };
  planDay: { args: PlanFor; result: DayPlans };
  requests: { args: RequestsWanted; result: RequestLog };
  useMoreToday: { args: UseMore; result: QuotaView };
  watching: { args: Watching; result: Nothing };
  schedules: { args: Nothing; result: Schedules };
  scheduleForecast: { args: ForecastRequest; result: ScheduleForecast };
  timeZones: { args: Nothing; result: Array<string> };
  skyline: { args: SkylineRequest; result: Skyline };
  expiring: { args: ExpiringRequest; result: ExpiringPage };
  copyExpiryLinks: { args: ExpiryLinks; result: LinksCopied };
  previewExpiryRefresh: { args: ExpirySelection; result: ExpiryRefreshPreview };
  refreshExpiring: { args: ExpirySelection; result: RunBegan };
  clocks: { args: Nothing; result: Array<ClockRow> };
  setClock: { args: SetClock; result: Array<ClockRow> };
  resetClock: { args: ById; result: Array<ClockRow> };
  keepAlive: { args: KeepAliveRequest; result: KeepAliveView };
  setKeepAlive: { args: SetKeepAlive; result: KeepAliveView };
  syncSettings: { args: SyncSettingsOf; result: SyncSettingsView };
  syncOverrides: { args: Nothing; result: SyncOverrides };
  loadSyncSettings: { args: SyncSettingsLoad; result: Nothing };
  saveFiles: { args: SaveFiles; result: Started };
  transfers: { args: ById; result: Array<Transfer> };
  chooseUploads: { args: Nothing; result: ChosenFiles };
  checkUploads: { args: CheckUploads; result: ChosenFiles };
  showTransfer: { args: TransferId; result: Nothing };
  putAwayTransfer: { args: TransferId; result: Nothing };
  takeWanted: { args: Nothing; result: Wanted | null };
  refreshNow: { args: Nothing; result: Nothing };
  pause: { args: SetPause; result: Nothing };
  setPreferences: { args: SetPreferences; result: Preferences };
  network: { args: Nothing; result: NetworkView };
  setNetwork: { args: SetNetwork; result: NetworkView };
  testConnection: { args: SetNetwork; result: ConnectionTest };
  openDataFolder: { args: Nothing; result: Nothing };
  exportDiagnostics: { args: Nothing; result: SavedFile };
  exportLocalData: { args: Nothing; result: SavedFile };
  beginImport: { args: Nothing; result: ImportBegun };
  previewImport: { args: ImportId; result: ImportPreview };
  applyImport: { args: ImportId; result: ImportDone };
  addWorkspace: { args: AddWorkspace; result: AddedWorkspace };
  updateWorkspace: { args: UpdateWorkspace; result: Session };
  removeWorkspace: { args: ById; result: ForgottenKey };
  signOut: { args: ById; result: ForgottenKey };
  switchWorkspace: { args: ById; result: Session };
  replaceKey: { args: ReplaceKey; result: AddedWorkspace };
  retryKey: { args: ById; result: Session };
  setSafeMode: { args: SetSafeMode; result: Session };
  rebuildDatabase: { args: ById; result: Session };
  watchWorkspace: { args: WatchWorkspace; result: Session };
  quit: { args: Nothing; result: Nothing };
  createCompany: { args: NewCompanyForm; result: Created };
  renameCompany: { args: RenameCompany; result: CompanyRow };
  sandboxCall: { args: SandboxCall; result: SandboxAnswer };
  refreshData: { args: ById; result: Queued };
  setTags: { args: SetTags; result: CompanyRow };
  setDescription: { args: SetText; result: CompanyRow };
  addConnection: { args: AddConnection; result: ConnectionAdded };
  unlinkConnection: { args: ConnectionRequest; result: CompanyRow };
  deleteConnection: { args: ConnectionRequest; result: CompanyRow };
  uploadChosen: { args: UploadChosen; result: UploadsBegun };
  beginUploads: { args: BeginUploads; result: UploadsBegun };
  refreshType: { args: RefreshTypeRequest; result: Nothing };
  refreshPreview: { args: RefreshMany; result: RefreshPreview };
  runs: { args: Nothing; result: Array<RunRow> };
  runItems: { args: RunItemsRequest; result: RunItems };
  companyProgress: { args: CompaniesOnScreen; result: Array<CompanyProgress> };
  refreshMany: { args: RefreshMany; result: RunBegan };
  tagPreview: { args: TagMany; result: BulkPreview };
  tagMany: { args: TagMany; result: RunBegan };
  bulkDeletePreview: { args: DeleteManyPreview; result: BulkPreview };
  deleteMany: { args: DeleteMany; result: RunBegan };
  pauseRun: { args: ByRun; result: Nothing };
  resumeRun: { args: ByRun; result: Nothing };
  cancelRun: { args: ByRun; result: Nothing };
  retryFailed: { args: ByRun; result: Nothing };
  saveSchedule: { args: SaveSchedule; result: Schedules };
  switchSchedule: { args: SwitchSchedule; result: Schedules };
  removeSchedule: { args: ScheduleById; result: Schedules };
  restoreSchedule: { args: ScheduleById; result: Schedules };
  runSchedule: { args: ScheduleById; result: Nothing };
  setSchedulesHere: { args: SchedulesHere; result: Schedules };
  setSyncSettings: { args: SetSyncSettings; result: SyncSaved };
  deleteCompany: { args: DeleteCompany; result: PendingDelete };
  undoDelete: { args: ById; result: Undone };
};

/** The events after which the result of a query may be different. */
export const QUERY_EVENTS = {
  session: ['session', 'deleted', 'deleteFailed'],
  companies: ['changed'],
  views: ['views', 'changed', 'session'],
  inbox: ['inbox', 'changed', 'session'],
  unreadAlerts: ['inbox', 'changed', 'session'],
  alertRules: ['inbox', 'views', 'session'],
  sinceYouLeft: ['inbox', 'changed', 'schedules', 'session'],
  company: ['changed', 'session'],
  activity: ['changed', 'company', 'session'],
  notes: ['company'],
  history: ['changed', 'company', 'session'],
  summary: ['changed', 'company', 'session'],
  dataTypes: ['changed', 'company', 'session'],
  records: ['company'],
  statement: ['changed', 'company', 'session'],
  files: ['changed', 'company', 'session'],
  quota: ['health', 'session'],
  requests: ['requests', 'session'],
  schedules: ['schedules', 'run', 'runEnded', 'session'],
  skyline: ['changed', 'runEnded', 'session'],
  expiring: ['changed', 'runEnded', 'session'],
  clocks: ['changed', 'session'],
  keepAlive: ['changed', 'run', 'runEnded', 'session'],
  syncSettings: ['changed', 'company', 'session'],
  syncOverrides: ['company', 'session'],
  runs: ['run', 'runEnded', 'session'],
  runItems: ['run', 'runEnded'],
  companyProgress: ['run', 'runEnded', 'session'],
} as const satisfies Partial<Record<keyof Commands, readonly PortalEvent['type'][]>>;
