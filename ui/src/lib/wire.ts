// Written from the application's commands by the tests of the crate `app`. Not edited by hand.

/** Why there is nothing to show. */
export type AbsenceView = {
/** A few words. */
title: string,
/** A sentence or two: why, and what to do. */
text: string,
/** What helps. */
step: NextStep, };

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

/** A part of a company's timeline. */
export type ActivityRequest = {
/** The company. */
id: string,
/** What is wanted. */
kinds: Array<ActivityKind>,
/** Only what comes after this entry. None: from the newest on. */
before: ActivityPlace | null, };

/** A connection to be made. */
export type AddConnection = {
/** The company. */
company: string,
/** The integration's key. */
integration: string, };

/** A Codat workspace to be added. */
export type AddWorkspace = {
/** What to call it. */
name: string,
/** The API key, as pasted. */
key: string,
/** The colour of its frame. */
colour: string,
/** Whether to keep the key for this session alone, where there is no keyring. */
sessionOnly: boolean, };

/** A workspace whose key was accepted. */
export type AddedWorkspace = {
/** The workspace. */
workspace: Workspace,
/** What Codat calls the client that the key belongs to. */
clientName: string,
/** Where the key is now. */
kept: KeyState, };

/** Files that the page holds and will send. */
export type BeginUploads = {
/** The company. */
company: string,
/** The connection that takes them. */
connection: string,
/** The files, in the order in which they will come. */
files: Array<UploadCandidate>, };

/** One thing, by its identifier. */
export type ById = {
/** Its identifier. */
id: string, };

/** One run. */
export type ByRun = {
/** Its number. */
run: number, };

/** Requests for one thing. */
export type CauseUse = {
/** What for. */
cause: RequestCause,
/** How many. */
requests: number, };

/** How a cell is drawn. */
export type CellKind = "empty" | "text" | "number" | "moment" | "enum" | "reference" | "odd";

/** What a record has in a column. */
export type CellView = {
/** How it is drawn. */
kind: CellKind,
/** As it reads; shortened where it is very long. */
text: string,
/** The type of the record that it refers to, where it is known. */
refersTo: string | null,
/** The identifier of the record that it refers to. */
id: string | null,
/** An instant. */
at: number | null, };

/** Months beside each other. Places go from 0 at the lower edge to 10,000 at the upper. */
export type Chart = {
/** Oldest first. */
months: Array<ChartMonth>,
/** From the lowest on. */
marks: Array<Mark>,
/** Where nothing lies. */
zero: number, };

/** One month. */
export type ChartMonth = {
/** N */
letter: string,
/** Nov 2025 */
label: string,
/** Its income, with the currency. */
revenue: FigureView,
/** Its operating profit, with the currency. */
operatingProfit: FigureView,
/** Where its income lies; none where it is missing. */
revenueAt: number | null,
/** Where its operating profit lies; none where it is missing. */
profitAt: number | null, };

/** Files to be checked. */
export type CheckUploads = {
/** The files. */
files: Array<UploadCandidate>, };

/** Something to choose. */
export type Choice = {
/** Its key. */
key: string,
/** Its name for people. */
name: string, };

/** What a person chose of the preferences; what is left out stays as it is. */
export type Chosen = { theme?: Theme, density?: Density, closeToTray?: boolean, startAtLogin?: boolean, quotaShare?: number, columns?: Array<ColumnChoice>, sort?: Sort, recordColumns?: { [key in string]: Array<string> }, sidebarCollapsed?: boolean, zoom?: number, };

/** A file that was chosen. */
export type ChosenFile = {
/** Its name. */
name: string,
/** Its size. */
bytes: number,
/** Why it cannot go. */
problem: string | null, };

/** Files that were chosen or dropped, held against what Codat takes. Nothing was sent. */
export type ChosenFiles = {
/** What the application calls them; none where the page holds them itself. */
id: number | null,
/** Each. */
files: Array<ChosenFile>,
/** What is wrong with all of them together. */
problem: string | null, };

/** What ends a connection's access. */
export type ClockKind = "idle" | "consent";

/** One integration in the table of clocks. */
export type ClockRow = {
/** The integration, four letters. */
key: string,
/** Its name, or its key. */
name: string,
/** The kind of its clock; none: not counted. */
kind: ClockKind | null,
/** How many days it runs. */
days: number | null,
/** Where that is from. */
source: string,
/** Whether it is an estimate. */
estimate: boolean,
/** Whether a person changed it. */
changed: boolean,
/** Whether there is a rule of ours to go back to. */
standard: boolean,
/** Its linked connections. */
connections: number, };

/** What kind of error; the interface branches on it, and the troubleshooting page has an entry for each. */
export type Code = "unknownCommand" | "badArguments" | "safeMode" | "nothingLinked" | "searchInvalid" | "unrecorded" | "nameEmpty" | "nameTooLong" | "nameMismatch" | "tagsInvalid" | "keyRefused" | "keyMissing" | "keyInvalid" | "keyOfAnotherClient" | "clientKnown" | "keyringUnavailable" | "keyringLocked" | "workspaceSwitched" | "workspaceClosed" | "registryRebuilt" | "addressInvalid" | "proxyInvalid" | "caFileInvalid" | "offline" | "rateLimited" | "quotaAsks" | "quotaSpent" | "planLimit" | "notFound" | "conflict" | "refused" | "serverFailed" | "noAnswer" | "unreadable" | "database" | "databaseNewer" | "databaseReadOnly" | "databaseLocked" | "databaseCorrupt" | "databaseRebuilt" | "backupFailed" | "diskFull" | "linkUrlOneTime" | "linkUrlUnknown" | "unwritable" | "fileUnusable" | "clipboard" | "desktop" | "cancelled" | "internal";

/** The names of the colours on the wire. */
export type ColourName = "red" | "grey" | "purple" | "green" | "none";

/** A column of the list as the person wants it. */
export type ColumnChoice = {
/** The column. */
key: SortColumn,
/** Its width in CSS pixels; none for its own. */
width: number | null,
/** Whether it is shown. */
shown: boolean, };

/** A column. */
export type ColumnView = {
/** Its name. */
label: string,
/** Whether its values are numbers, which stand at the right. */
numeric: boolean,
/** What a list is ordered by and asked for by its name; none where it cannot be. */
order: string | null,
/** The values that it can have, where these are few and known. */
choices: Array<string>,
/** Whether it is shown unless somebody chooses otherwise. */
shown: boolean, };

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
/** Companies of each colour among those that match the search apart from its `is:` filters. */
counts: Counts,
/** What is wrong with the search, where something is: unknown filters, unbalanced quotes, bad values. */
problems: Array<SearchProblem>,
/** The first rows. */
rows: Array<CompanyRow>, };

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
colour: ColourName,
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
/** The subsidiaries by colour. */
subsidiaryCounts: Counts,
/** 1 where it is shown under its parent, else 0. */
depth: number, };

/** Companies: those named, or all that a search finds. */
export type CompanySelection = {
/** These; meant only where no search is given. */
companies: Array<string>,
/** All that this search finds. */
search: string | null,
/** But not these. */
except: Array<string>, };

/** The search box at the moment. */
export type CompleteRequest = {
/** As typed. */
search: string,
/** Where the cursor is, in UTF-16 units. */
cursor: number, };

/** A connection that was made. */
export type ConnectionAdded = {
/** The company as it is now. */
company: CompanyRow,
/** The connection. */
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
/** Its colour. */
colour: ColourName,
/** The word shown beside the shape: Linked, Deauthorized, Error, Pending, Unlinked, or a newer status. */
word: string,
/** The error that stands, in the API's words. */
error: string | null,
/** Red by a failure of the platform itself: no Link URL mends that. */
isOutage: boolean,
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
export type ConnectionErrorView = {
/** What was said. */
text: string,
/** An HTTP status or the like; empty where none was said. */
code: string,
/** Whether it still stands. */
active: boolean,
/** When it happened. */
at: number | null,
/** When it was over. */
resolved: number | null, };

/** One connection. */
export type ConnectionRequest = {
/** Its company. */
company: string,
/** The connection. */
connection: string, };

/** What is known of a connection over time. */
export type ConnectionStory = {
/** What was seen of it, oldest first. */
seen: Array<Activity>,
/** What the source said was wrong, newest first. */
errors: Array<ConnectionErrorView>, };

/** The result of a connection test. */
export type ConnectionTest = {
/** Whether Codat was reached. */
reached: boolean,
/** What happened and what to do, in one to three sentences. */
message: string,
/** What to quote to support. */
detail: string | null, };

/** What was put on the clipboard. */
export type Copied = {
/** The text. */
text: string,
/** Whether it is on the clipboard; if not, the page has to put it there. */
copied: boolean,
/** When it was true, where it could not be fetched fresh. */
asOf: number | null,
/** Why it could not be fetched fresh, where that was tried. */
reason: string | null,
/** What it is, such as `Link URL of Xero`. */
label: string, };

/** Records that are to be copied to this computer. */
export type CopyRequest = {
/** Which; page, query and order do not matter. */
records: RecordsRequest,
/** However many there are, and also where the copy is fresh. */
always: boolean, };

/** Text for the clipboard. */
export type CopyText = {
/** The text. */
text: string,
/** What it is. */
label: string, };

/** A copy of all records of a type on this computer. */
export type CopyView = {
/** When it was made; none where this page is not from one. */
at: number | null,
/** How far the one has come that is being made. */
making: Progress | null,
/** Whether there can be one: what is one object alone is kept as it is. */
possible: boolean, };

/** From what a clock is counted. */
export type CountedFrom = "lastRead" | "linked" | "created";

/** Companies by colour; a company has that of its worst connection, so they add up. */
export type Counts = { red: number, grey: number, purple: number, green: number, none: number, };

/** A company that was made. */
export type Created = {
/** As the server has it. */
company: CompanyRow,
/** Where the customer links. */
linkUrl: string, };

/** A data type that a schedule can be for. */
export type DataTypeChoice = {
/** Its key. */
key: string,
/** Its name. */
name: string,
/** What it is listed under. */
group: string, };

/** The data types of a company. */
export type DataTypes = {
/** Heading by heading. */
groups: Array<TypeGroup>,
/** When it was last asked how they stand; none: never. */
asOf: number | null,
/** Whether anything is being read. */
reading: boolean, };

/** What a day costs; see the engine's. */
export type DayPlanView = { companies: number, limit: number, share: number, sweeps: number, sweepSecs: number, statusSecs: number | null, sweepBytes: number, keepAlive: number, schedules: number,
/** What looks, keep-alive and schedules may take together. */
others: number, looks: number,
/** What of them does not fit into a day. */
over: number,
/** Of each schedule, in the order of their names. */
bySchedule: Array<number>, };

/** What a day costs now, and at another number of companies. */
export type DayPlans = {
/** At the number there is. */
now: DayPlanView,
/** At the number that was asked for. */
then: DayPlanView,
/** The names of the schedules that run on this computer. */
schedules: Array<string>,
/** Whether schedules run on this computer. */
here: boolean,
/** Whether keep-alive queues reads. */
keepsAlive: boolean, };

/** A day that is over. */
export type DayUse = {
/** The day in UTC, such as `2026-11-23`. */
day: string,
/** By what they were for; what needed none is not named. */
causes: Array<CauseUse>, };

/** A company to be deleted. */
export type DeleteCompany = {
/** The company. */
id: string,
/** Its name, typed to show that it is meant. */
typedName: string, };

/** The height of rows. */
export type Density = "comfortable" | "compact";

/** A data type that companies have set otherwise. */
export type DifferingType = {
/** Its key. */
dataType: string,
/** How many companies. */
companies: number, };

/** A workspace that has a company, while the window shows another one. */
export type Elsewhere = {
/** The workspace. */
workspace: string,
/** Its name. */
name: string, };

/** Connections that may expire, by kind of clock. */
export type Ending = {
/** If nothing is read. */
idle: number,
/** Whatever is read. */
consent: number, };

/** A part of the list, soonest first. */
export type ExpiringPage = {
/** How many pass the filter. */
total: number,
/** The rows. */
rows: Array<ExpiryRow>, };

/** A part of the list of connections that may expire. */
export type ExpiringRequest = {
/** Which of them. */
filter: ExpiryFilter,
/** Where to begin. */
offset: number,
/** How many, at most 1,000. */
limit: number, };

/** Which of the connections that may expire. */
export type ExpiryFilter = {
/** By which kind of clock; none: both. */
clock: ClockKind | null,
/** Not before then; milliseconds since 1970, UTC. */
from: number | null,
/** Before then. */
until: number | null, };

/** Link URLs to be copied. */
export type ExpiryLinks = {
/** Whose. */
selection: ExpirySelection,
/** As what. */
form: LinksForm, };

/** What a refresh of a selection would do. */
export type ExpiryRefreshPreview = {
/** Connections that are read once: a request each. */
reads: number,
/** Left out: a consent is not prolonged by a read. */
consents: number,
/** Left out: nothing is known that could be read from there by itself. */
unreadable: number, };

/** A connection that may expire. */
export type ExpiryRow = {
/** Whose it is. */
company: string,
/** That company's name. */
companyName: string,
/** The connection, with when it may expire and what that rests on. */
connection: ConnectionChip, };

/** What something is done with. */
export type ExpirySelection = {
/** These connections; none given: all that pass the filter. */
connections: Array<string> | null,
/** The filter. */
filter: ExpiryFilter, };

/** What a file is made of. */
export type ExportFormat = "csv" | "json";

/** Records that are to be written to a file. */
export type ExportRequest = {
/** A name for this export, by which it is followed and stopped; the page chooses it. */
id: string,
/** Which; the page does not matter. */
records: RecordsRequest,
/** As what. */
format: ExportFormat, };

/** A file with records. */
export type Exported = {
/** How many it has. */
records: number,
/** How many more Codat counted than it gave. */
missing: number,
/** Where it was saved; none where nobody chose a place, and where the page has to save it. */
path: string | null,
/** Where the page finds it, to save it. */
download: string | null, };

/** What a figure is; see [`Figure`]. */
export type FigureKind = "exact" | "said" | "unknown" | "blank" | "missing";

/** What stands in one place of a statement. */
export type FigureView = {
/** What it is. */
kind: FigureKind,
/** As it reads, without a currency; empty where there is nothing. */
text: string, };

/** The files of one day. */
export type FileDay = {
/** 2026-10-31; none for files that say no day. */
date: string | null,
/** Newest first. */
files: Array<FileView>, };

/** A file. */
export type FileView = {
/** Its name. */
name: string,
/** What kind of source took it. */
sourceType: string | null,
/** When it came. */
uploaded: number | null, };

/** Uploaded files, newest day first. */
export type Files = {
/** Day by day (UTC, as downloads go). */
days: Array<FileDay>,
/** When it was last asked for; none: never. */
asOf: number | null, };

/** One finding. */
export type FindingRow = {
/** What is wrong. */
message: string,
/** The record. */
item: string,
/** The rule, and who checked it. */
rule: string, };

/** What the checks of a read found (§2.12). */
export type Findings = {
/** They block the use of the data. */
errors: Array<FindingRow>,
/** They do not. */
warnings: Array<FindingRow>, };

/** A read whose findings are asked for. */
export type FindingsRequest = {
/** The company. */
company: string,
/** The read. */
dataset: string, };

/** What a forecast rests on; see the engine's. */
export type ForecastBasis = "days" | "today" | "nothing";

/** A plan to be looked at before it is kept. */
export type ForecastRequest = {
/** The schedule that it is to take the place of. */
id: number | null,
/** The plan. */
plan: SchedulePlan, };

/** What the rest of the day is likely to take, and what that rests on. */
export type ForecastView = {
/** From now until the day begins anew; what is expected to take none is not named. */
rest: Array<CauseUse>,
/** What the part that follows no plan rests on. */
basis: ForecastBasis,
/** Days that the mean is taken of. */
basisDays: number,
/** From the start of one sweep to the start of the next, in seconds. */
sweepSecs: number,
/** The same for status sweeps, where there are any. */
statusSecs: number | null, };

/** The key of a workspace was forgotten. */
export type ForgottenKey = {
/** What there is now. */
session: Session,
/** That its key may still be in the keyring, where it may. */
keyLeft: string | null, };

/** What happened. */
export type Happened = { "type": "change",
/** As the journal names it: `connectionAppeared`, `statusChanged` and so on. */
kind: string,
/** The connection's integration. */
platform: string | null,
/** The connection. */
connection: string | null,
/** A status or a colour before. */
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

/** The state of things; see the engine's for the meaning of each. */
export type Health = { state: HealthState, lastSweep: number | null, nextSweep: number | null, offlineSince: number | null, retryAt: number | null, askedUntil: number | null, hold: Hold | null, asks: boolean, readsRunning: number, quotaLimit: number | null, quotaRemaining: number | null, spentToday: number, usedToday: number, message: string | null, unreadable: number, firstSweepDone: boolean, sweepDone: number | null, sweepTotal: number | null, };

/** The state of things in one word; see the engine's. */
export type HealthState = "starting" | "current" | "sweeping" | "offline" | "refused" | "limited" | "paused" | "failing" | "notSaved";

/** What is asked of a history. Empty words ask for all. */
export type HistoryFilter = {
/** The company. */
company: string,
/** Writes; otherwise reads. */
writes: boolean,
/** Only this data type. */
dataType: string,
/** Only this status. */
status: string,
/** Only those requested from then on. */
from: number | null,
/** Only those requested before then. */
until: number | null, };

/** A page of a history to be fetched. */
export type HistoryLoad = {
/** Of which. */
filter: HistoryFilter,
/** From 1; a page has 100. */
page: number, };

/** What came of fetching a page. */
export type HistoryLoaded = {
/** Whether there may be more behind it. */
more: boolean,
/** When the last of it was asked for; none where it was the last page of all. */
to: number | null, };

/** A part of a history, newest first, as it is kept. */
export type HistoryPage = {
/** How many match of what is kept. */
total: number,
/** How many match at the server, as it last said; none: not known. */
atServer: number | null,
/** How many still run, also of those that do not match. */
running: number,
/** The part. */
rows: Array<HistoryRow>,
/** What can be filtered by. */
dataTypes: Array<Choice>,
/** What can be filtered by. */
statuses: Array<Choice>,
/** When the server was last asked for its newest; none: never. */
asOf: number | null, };

/** A part of a history. */
export type HistoryRequest = {
/** Of which. */
filter: HistoryFilter,
/** Where to begin. */
offset: number,
/** How many, at most 5,000. */
limit: number, };

/** A read or a write. */
export type HistoryRow = {
/** Its identifier. */
id: string,
/** The data type's key. */
dataType: string,
/** The data type's name. */
name: string,
/** The connection. */
connection: string,
/** The integration's name; none for a connection that is no longer there. */
integration: string | null,
/** When it was asked for. */
requested: number,
/** How long it took, in milliseconds; none while it runs. */
took: number | null,
/** The status as Codat has it. */
status: string,
/** The status in words. */
word: string,
/** What the status means. */
phase: RowPhase,
/** 0 to 100. */
progress: number,
/** What was said of it: until when it pauses, or what went wrong. */
message: string | null,
/** What happened in plain words, and what to do. */
advice: string | null,
/** What helps. */
remedy: Remedy,
/** Whether what its checks found can be asked for. */
hasFindings: boolean,
/** What checks found of a write, or what became of its records. */
notes: Array<string>, };

/** What holds background work back; see the engine's. */
export type Hold = "quiet" | "day" | "share";

/** Where the app runs. */
export type HostFacts = {
/** What shows the interface. */
kind: HostKind,
/** Whether the desktop has a tray. */
tray: boolean,
/** Whether a keyring answers. */
keyring: boolean,
/** Whether the app can be started at login. */
autostart: boolean,
/** This app's version. */
version: string,
/** Where data is kept. */
dataFolder: string,
/** `linux`, `macos` or `windows`. */
platform: string,
/** What the computer lives on, where the system tells. */
power: PowerSource | null,
/** Whether the network is paid for by what goes over it, where the system tells. */
metered: boolean | null, };

/** What shows the interface. */
export type HostKind = "window" | "browser";

/** An import that was begun. */
export type ImportBegun = {
/** Its number. A page sends its file under it. None if the user chose no file. */
id: number | null, };

/** What an import did. */
export type ImportDone = {
/** What it added, by kind. */
kinds: Array<ImportedKind>, };

/** A file to be imported, by its number. */
export type ImportId = {
/** Which. */
id: number, };

/** What an import would do. */
export type ImportPreview = {
/** The name of the workspace that the file is from. */
workspace: string,
/** When it was written; milliseconds since 1970, UTC. */
createdAt: number,
/** What it would add, by kind. */
kinds: Array<ImportedKind>,
/** Fields that this version does not know. They are left out. */
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

/** An integration that can be chosen. */
export type IntegrationChoice = {
/** Four letters. */
key: string,
/** Its name. */
name: string,
/** `Accounting` and its like. */
sourceType: string,
/** Whether customers can choose it. */
enabled: boolean, };

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

/** What the app does about idle clocks of a workspace, on this computer. */
export type KeepAliveMode = "off" | "ask" | "on";

/** What came of a read that was to keep a connection alive. */
export type KeepAliveOutcome = "queued" | "read" | "failed" | "unsupported";

/** A part of the ledger of keep-alive. */
export type KeepAliveRequest = {
/** Before this entry; none: from the newest on. */
before: number | null, };

/** Keep-alive, as it is set and what it did. */
export type KeepAliveView = {
/** What is done about idle clocks in this workspace, on this computer. */
mode: KeepAliveMode,
/** How many are due for a read by now. */
due: number,
/** Newest first. */
entries: Array<KeepAliveEntry>, };

/** Where a workspace's key is. */
export type KeyState = "kept" | "session" | "missing" | "refused";

/** Whose Link URL. */
export type LinkRequest = {
/** The company. */
company: string,
/** One of its connections; without it, the company's own. */
connection?: string, };

/** Link URLs on the clipboard. */
export type LinksCopied = {
/** What was copied. */
copied: Copied,
/** How many are in it. */
links: number,
/** How many have no Link URL, or one that works only once. */
leftOut: number, };

/** What Link URLs are copied as. */
export type LinksForm = "text" | "csv";

/** Something of a company to be asked for. */
export type Load = {
/** The company. */
id: string,
/** Also what was asked for lately. */
always: boolean, };

/** A kind of local data. */
export type LocalKind = "notes" | "schedules" | "rules" | "settings" | "journal" | "acts";

/** A line across. */
export type Mark = {
/** Its place. */
at: number,
/** Its amount, short. */
label: string, };

/** A figure, or why there is none. */
export type MeasureView = {
/** £1.34m */
short: string | null,
/** £1,340,123.45 */
whole: string | null,
/** Nov 2025 to Oct 2026, or at 31 Oct 2026. */
period: string | null,
/** +14.2%, or +£63k where a share says nothing. */
change: string | null,
/** What it is compared with and by how much, or why it is not. */
changeWords: string | null,
/** Which months are missing from it. */
missing: string | null,
/** Why there is none. */
absence: AbsenceView | null, };

/** A run of characters that share a fate. */
export type NamePiece = {
/** The characters. */
text: string,
/** Whether they stay. */
kept: boolean, };

/** A name with what Codat will strip marked. */
export type NamePreview = {
/** The name as it will be kept. */
kept: string,
/** The name as typed, in runs of what stays and what goes. */
pieces: Array<NamePiece>,
/** Why it cannot be sent, where it cannot. */
problem: string | null,
/** The same with plain quotes, apostrophes and dashes, where Codat would keep more of it so. */
plain: string | null, };

/** A name as typed. */
export type NameRequest = {
/** As typed. */
name: string, };

/** A company by its name. */
export type NamedCompany = {
/** Its identifier. */
id: string,
/** Its name. */
name: string, };

/** The network settings of the app. */
export type NetworkSettings = {
/** Which proxy requests go through. */
proxy: ProxyChoice,
/** The path of a PEM file with certificate authorities that are trusted in addition to the system's. */
caFile: string | null, };

/** The network settings as they are kept. */
export type NetworkView = {
/** The settings. */
network: NetworkSettings,
/** Whether a password for the proxy is saved. The password itself never leaves. */
passwordSaved: boolean, };

/** A company to be made. */
export type NewCompanyForm = {
/** As typed. */
name: string,
/** Optional. */
description: string | null,
/** Keys and values. */
tags: Array<[string, string]>, };

/** What helps against an absence. */
export type NextStep = "nothing" | "ask" | "refresh" | "link" | "wait" | "statement";

/** Private notes. */
export type Notes = {
/** As typed; empty where there are none. */
text: string, };

/** No arguments, or no result. */
export type Nothing = Record<symbol, never>;

/** A lasting condition. */
export type Notice = {
/** Stable, so that it is shown once. */
id: string,
/** How grave. */
tone: Tone,
/** What kind of error. */
code: Code,
/** What is wrong and what to do. */
message: string,
/** What to quote to support. */
detail: string | null, };

/** Which company a window shows. */
export type OnScreen = {
/** None: no single one. */
company: string | null, };

/** An address that was opened, or is to be. */
export type OpenedUrl = {
/** The address. */
url: string,
/** Whether it is open; if not, the page has to open it. */
opened: boolean, };

/** What a schedule did. */
export type OutcomeView = {
/** When it was due; none where a person asked. */
due: number | null,
/** When it was decided. */
at: number,
/** Times before that had not been met, for which it stands in. */
earlier: number,
/** What held it up, or why nothing was read: a word. */
reason: string | null,
/** Reads that were queued. */
queued: number,
/** Companies that somebody had read since. */
done: number,
/** Companies that cannot be read from. */
unreadable: number,
/** The run that reads. */
run: number | null,
/** How the reads of that run stand, where it is still known. */
counts: RunCounts | null, };

/** Another schedule that reads the same. */
export type Overlap = {
/** Its number. */
id: number,
/** Its name. */
name: string,
/** Of how many companies. */
companies: number, };

/** A company with settings of its own. */
export type OverridingCompany = {
/** Its identifier. */
id: string,
/** Its name. */
name: string,
/** Names of the data types that differ. */
types: Array<string>, };

/** The company that another is a subsidiary of. */
export type ParentRef = {
/** Its identifier. */
id: string,
/** Its name. */
name: string, };

/** Whether background work is paused. */
export type Pause = {
/** True to pause, false to go on. */
paused: boolean, };

/** A delete that can still be undone. */
export type PendingDelete = {
/** The company. */
id: string,
/** Its name. */
name: string,
/** When it is sent. */
sendsAt: number,
/** The safe mode forbids it: it is not sent before that is changed. */
isHeld: boolean, };

/** A page that is opened from outside the window. */
export type Place = "expiry";

/** How many companies. */
export type PlanFor = {
/** As typed; none for as many as there are. */
companies: number | null, };

/** What the window is told: a reason to ask, not the data. */
export type PortalEvent = { "type": "changed",
/** The store's version. */
version: number, } | { "type": "company",
/** The company. */
id: string, } | { "type": "export",
/** The name that the page gave it. */
id: string,
/** Records that are read, or written. */
records: number,
/** Records there are. */
total: number, } | { "type": "health",
/** The state of things. */
health: Health, } | { "type": "requests" } | { "type": "schedules" } | { "type": "session" } | { "type": "deleted",
/** The company. */
id: string,
/** Its name. */
name: string, } | { "type": "deleteFailed",
/** The company. */
id: string,
/** Its name. */
name: string,
/** Why. */
error: WireError, } | { "type": "run",
/** Its number. */
id: number, } | { "type": "runEnded",
/** Its number. */
id: number, } | { "type": "link" } | { "type": "transfer",
/** The file. */
transfer: Transfer, } | { "type": "filesHover",
/** Whether they are. */
over: boolean, } | { "type": "filesOffered",
/** What there is to say of them. */
chosen: ChosenFiles, } | { "type": "notice",
/** How grave. */
tone: Tone,
/** One or two plain sentences. */
message: string, };

/** What the computer lives on. */
export type PowerSource = "mains" | "battery" | "lowBattery";

/** What the person prefers; what is missing has its default. */
export type Preferences = {
/** Light, dark, high contrast, or as the system. */
theme: Theme,
/** The height of rows. */
density: Density,
/** Whether closing the window leaves the app in the tray. */
closeToTray: boolean,
/** Whether the app starts, hidden, at login. */
startAtLogin: boolean,
/** The share of the day's allowance for background work, in percent, 1 to 50. */
quotaShare: number,
/** Columns in their order; those not named come after them, as they are by default. */
columns: Array<ColumnChoice>,
/** The order of the list. */
sort: Sort | null,
/** By data type, the columns of its records that are shown or hidden other than they are by default. */
recordColumns: { [key in string]: Array<string> },
/** Whether the side bar shows icons alone. */
sidebarCollapsed: boolean,
/** Whether it was said that closing the window leaves the app in the tray. */
toldAboutTray: boolean,
/** The size of the window's page, in percent, 50 to 300. */
zoom: number, };

/** How far a copy has come. */
export type Progress = {
/** Records that are here. */
records: number,
/** Records there are; 0 until the first page has come. */
total: number, };

/** Which proxy requests go through. */
export type ProxyChoice = { "kind": "system" } | { "kind": "none" } | { "kind": "manual",
/** `http://` or `https://`, a host and a port. */
address: string,
/** The user name; empty where the proxy needs none. */
user: string, };

/** Reads were asked for. */
export type Queued = {
/** False where they run already: nothing was asked for twice. */
queued: boolean, };

/** The day's allowance and what became of it. Days are those of Codat, in UTC. */
export type QuotaView = {
/** Requests a day, as far as Codat has said. */
limit: number | null,
/** What is left of them, whoever spent the rest. */
remaining: number | null,
/** What is spent of them, whoever spent it. */
spent: number,
/** When the day begins anew. */
resets: number,
/** What this app spent today, each cause once, in their order. */
today: Array<CauseUse>,
/** Requests of today that may have gone before the app last ended without notice: they count as spent. */
lost: number,
/** What background work may spend a day. */
share: number,
/** What background work spent today. */
background: number,
/** Up to how many requests this app takes the day before it asks. */
stop: number,
/** The same in percent of the allowance. */
stopPercent: number,
/** Requests a minute at this time. */
perMinute: number,
/** The days before, newest first; at most four weeks. */
days: Array<DayUse>,
/** What the rest of the day is likely to take. */
forecast: ForecastView, };

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

/** One record. */
export type RecordRequest = {
/** The page on which it was seen, or that is looked at. */
page: RecordsRequest,
/** Its place on the page, from 0; none where it was not seen on one. */
index: number | null,
/** Its identifier: another one may have come to this place. */
id: string | null, };

/** A record. */
export type RecordRow = {
/** The source's identifier, where it has one. */
id: string | null,
/** Whether it was deleted in the source. */
isDeleted: boolean,
/** One for each column. */
cells: Array<CellView>, };

/** A record as it was said. */
export type RecordText = {
/** JSON, indented, with every digit. */
json: string, };

/** A page of records. */
export type RecordsPage = {
/** The type's name. */
name: string,
/** Its columns. */
columns: Array<ColumnView>,
/** Its records. */
rows: Array<RecordRow>,
/** How many match. */
total: number,
/** Which page, from 1. */
page: number,
/** How many pages there are. */
pages: number,
/** When this was said; none where nothing was. */
asOf: number | null,
/** Why it could not be asked for anew. */
failure: WireError | null,
/** What is wrong with the query. */
problem: string | null,
/** Why there is nothing. */
absence: AbsenceView | null,
/** What the query language can name here. */
properties: Array<string>,
/** Connections that have the type, where it is read by connection. */
connections: Array<Choice>,
/** The one that was read. */
connection: string | null,
/** Bank accounts, where it is read by account. */
accounts: Array<Choice>,
/** The one that was read. */
account: string | null,
/** The copy of all of its records on this computer. */
copy: CopyView, };

/** Records that are asked for. */
export type RecordsRequest = {
/** The company. */
company: string,
/** The data type's key. */
dataType: string,
/** The connection, for types that are read by connection; none: the first that has the type. */
connection: string | null,
/** The bank account, for types that are read by account; none: the first. */
account: string | null,
/** From 1. */
page: number,
/** In the query language; empty for all. */
query: string,
/** A column's property, with a minus for descending; empty for the server's order. */
orderBy: string,
/** Only what is kept: the server is not asked. */
kept: boolean, };

/** What is to be refreshed. */
export type RefreshMany = {
/** Of which companies. */
selection: CompanySelection,
/** Which data type; none: all that are fetched on first link. */
dataType: string | null, };

/** What a refresh of many will do, and cost. */
export type RefreshPreview = {
/** Companies that are selected. */
companies: number,
/** Companies that are asked for: one request each. */
requests: number,
/** Left out: nothing of them is linked. */
unlinked: number,
/** Left out: they are being read already. */
running: number,
/** How long the requests take at the pace that the app keeps, in seconds. */
seconds: number,
/** Requests that today’s share leaves to what a person does. */
leftToday: number,
/** Requests a day, as far as it is known. */
day: number | null,
/** The data types that can be chosen instead of all. */
dataTypes: Array<TypeChoices>, };

/** A type to be read again. */
export type RefreshTypeRequest = {
/** The company. */
company: string,
/** The data type's key. */
dataType: string,
/** From this connection; none: wherever Codat finds it. */
connection: string | null, };

/** What helps against a failure. */
export type Remedy = "nothing" | "refreshType" | "refreshAll" | "link";

/** A company and its new name. */
export type RenameCompany = {
/** The company. */
id: string,
/** As the edit began. Where it is no longer that, nothing is changed. None: whatever it is now. */
was: string | null,
/** As typed. */
name: string, };

/** Another key for a workspace. */
export type ReplaceKey = {
/** The workspace. */
id: string,
/** The API key, as pasted. */
key: string,
/** Whether to keep it for this session alone. */
sessionOnly: boolean, };

/** What a request is for. */
export type RequestCause = "click" | "screen" | "run" | "look" | "sweep" | "keepAlive" | "schedule";

/** A request of the log. */
export type RequestEntry = {
/** Its place in the order of all. */
number: number,
/** When it was sent. */
at: number,
/** Such as `GET`. */
method: string,
/** Path and query, without the host. */
path: string,
/** What for. */
cause: RequestCause,
/** How far it has come. */
state: RequestState,
/** The HTTP status, where one came. */
status: number | null,
/** From sending to the end of the answer, in milliseconds. */
durationMs: number | null,
/** Bytes of the answer. */
bytes: number,
/** How often it had been tried before. */
retry: number,
/** To quote to support. */
correlationId: string | null,
/** Why it failed. */
error: string | null, };

/** The newest of the requests that were wanted. */
export type RequestLog = {
/** Newest first. */
entries: Array<RequestEntry>,
/** How many there are of those that were wanted, among those that are kept. */
matching: number,
/** How many are kept at most. */
kept: number,
/** How many were sent since the workspace was opened, kept or not. */
sent: number, };

/** How far a request has come. */
export type RequestState = "running" | "done" | "failed" | "givenUp";

/** Which of the requests are wanted. */
export type RequestsWanted = {
/** Those of one cause alone. */
cause: RequestCause | null,
/** Those that failed alone. */
failures: boolean,
/** At most so many, the newest. */
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
export type RowPhase = "running" | "done" | "neutral" | "failed" | "unrecognised";

/** More rows of a list. */
export type Rows = {
/** The version these rows are of; an asker with another one asks `companies` again. */
version: number,
/** Where they begin. */
offset: number,
/** The rows. */
rows: Array<CompanyRow>, };

/** Further rows of a list. */
export type RowsRequest = {
/** The list. */
view: View,
/** The version the asker has. */
version: number,
/** Where to begin. */
offset: number,
/** How many, at most 1,000. */
limit: number, };

/** A run that has begun. */
export type RunBegan = {
/** Its number. */
run: number, };

/** Who wanted a run. */
export type RunCauseName = "person" | "schedule" | "keepAlive";

/** How many items of a run stand where. */
export type RunCounts = {
/** To be asked for. */
waiting: number,
/** Asked for, or about to be; nothing is known of it. */
sent: number,
/** Codat took it; its reads have yet to end. */
queued: number,
/** Was being read already, and was not queued twice. */
running: number,
/** Its reads are complete. */
read: number,
/** It failed. */
failed: number,
/** It was left out, with a reason. */
skipped: number,
/** Taken back before it was asked for. */
cancelled: number,
/** Codat took it, and its end was not seen while the run was open. */
unseen: number,
/** Of those that are read: what became of their single data types is yet to be looked at. */
looking: number, };

/** One company of a run. */
export type RunItemRow = {
/** The item's number. */
id: number,
/** The company. */
company: string,
/** Its name; none where it is no longer known here. */
name: string | null,
/** The data type’s name; none: all that are fetched on first link. */
dataType: string | null,
/** Where it stands. */
state: RunItemState,
/** When it came to that. */
at: number | null,
/** Why it failed or was left out, and what to do; or how much is known of how it ended. */
reason: string | null,
/** Whether trying again can help. */
canRetry: boolean, };

/** Where an item stands. */
export type RunItemState = "waiting" | "sent" | "queued" | "running" | "read" | "failed" | "skipped" | "cancelled" | "unseen";

/** A part of a run's items, in their order. */
export type RunItems = {
/** How many there are, of those asked for. */
total: number,
/** The part. */
rows: Array<RunItemRow>, };

/** A part of a run's items. */
export type RunItemsRequest = {
/** The run. */
run: number,
/** Only those in these states; none given: all. */
states: Array<RunItemState>,
/** Where to begin. */
offset: number,
/** How many, at most 1,000. */
limit: number, };

/** A run as a list shows it. */
export type RunRow = {
/** Its number. */
id: number,
/** Who wanted it. */
cause: RunCauseName,
/** What it is. */
label: string,
/** Whether it goes on. */
state: RunState,
/** When it was asked for. */
createdAt: number,
/** When its first request may go. */
startsAt: number,
/** When it ended. */
endedAt: number | null,
/** How its items stand. */
counts: RunCounts,
/** All items. */
total: number,
/** Of those that failed, how many may be tried again. */
canRetry: number,
/** How long the requests that are left take, in seconds. */
secondsLeft: number,
/** Whether it waits for the day to begin anew: today’s share is used up. */
isOutOfQuota: boolean,
/** Whether the workspace's safe mode holds what is left of it. */
isHeld: boolean, };

/** Whether a run goes on. */
export type RunState = "running" | "paused" | "done" | "cancelled";

/** What may be done in a workspace. Each includes those before it. */
export type SafeMode = "view" | "operate" | "administer";

/** What the sandbox answered. */
export type SandboxAnswer = {
/** Its JSON; null where there is none. */
body: unknown, };

/** A request to the sandbox itself. */
export type SandboxCall = {
/** Which method. */
method: SandboxMethod,
/** Its path and query, beginning with `/_sandbox/`. */
path: string,
/** Its body. */
body?: unknown, };

/** The methods in use there. */
export type SandboxMethod = "GET" | "POST" | "PUT" | "DELETE";

/** Files to be saved on this computer. */
export type SaveFiles = {
/** The company. */
company: string,
/** Those of one day (UTC, 2026-10-31); none: all. */
date: string | null, };

/** A schedule to be kept. */
export type SaveSchedule = {
/** Its number; none for a new one. */
id: number | null,
/** As typed. */
name: string,
/** Whether it runs. */
on: boolean,
/** What it does and when. */
plan: SchedulePlan, };

/** A file that was saved. */
export type SavedFile = {
/** Where it was saved; none if the user chose no place or the page has to save it. */
path: string | null,
/** Where the page finds it, to save it. */
download: string | null, };

/** A time of the week in which nothing begins. */
export type ScheduleBlackout = {
/** A bit for each day on which it begins, Monday's the lowest. */
days: number,
/** `HH:MM`. */
from: string,
/** `HH:MM`, on the next day where it is not later than `from`. */
until: string, };

/** A schedule by its number. */
export type ScheduleById = {
/** Its number. */
id: number, };

/** When a schedule runs next, and what it costs. */
export type ScheduleForecast = {
/** Why it cannot run, if it cannot. */
problem: string | null,
/** The next times at which it begins, soonest first. */
upcoming: Array<number>,
/** Companies that it reads now. */
companies: number,
/** Those among them that cannot be read from. */
unreadable: number,
/** Companies that are due now, of an every-N-hours schedule. */
due: number,
/** Requests a day, on average. */
requestsADay: number,
/** Other schedules that are on and read the same. */
overlaps: Array<Overlap>, };

/** What a schedule does and when. */
export type SchedulePlan = {
/** Of whom. */
target: ScheduleTarget,
/** The data type's key; none for all that are fetched on first link. */
dataType: string | null,
/** When. */
timing: ScheduleTiming,
/** The IANA time zone of its times and blackouts; none for that of this computer. */
zone: string | null,
/** Nothing begins within these. */
blackouts: Array<ScheduleBlackout>,
/** Minutes over which the reads of one run are spread. */
spreadMinutes: number, };

/** Of whom a schedule reads. */
export type ScheduleTarget = { "kind": "all" } | { "kind": "matching",
/** As in the search box. */
search: string, } | { "kind": "companies",
/** Their identifiers. */
ids: Array<string>, };

/** When a schedule is due. */
export type ScheduleTiming = { "kind": "every",
/** Hours. */
hours: number, } | { "kind": "clock",
/** `HH:MM`. */
times: Array<string>,
/** A bit a day of the week, Monday's the lowest. */
days: number, };

/** One schedule. */
export type ScheduleView = {
/** Its number. */
id: number,
/** What the person calls it. */
name: string,
/** Whether it runs. */
on: boolean,
/** What it does and when; none where a newer version of the app wrote it. */
plan: SchedulePlan | null,
/** The data type in words. */
data: string,
/** The first of the companies that were chosen one by one. */
names: Array<NamedCompany>,
/** When and at what cost. */
forecast: ScheduleForecast,
/** What holds up what is due now, if anything does: a word. */
held: string | null,
/** What came of it, the newest first. */
outcomes: Array<OutcomeView>, };

/** All schedules of the workspace. */
export type Schedules = {
/** Whether schedules run on this computer. */
here: boolean,
/** The time zone of this computer; empty where it is not known. */
zone: string,
/** The schedules, oldest first. */
rows: Array<ScheduleView>,
/** The data types that one can be for. */
dataTypes: Array<DataTypeChoice>,
/** What those that are on cost a day, in requests. */
requestsADay: number,
/** What schedules may take of what background work may spend a day, as far as it is known. */
allowedADay: number | null, };

/** Whether schedules run on this computer. */
export type SchedulesHere = {
/** True where they do. */
here: boolean, };

/** Something wrong in a search. */
export type SearchProblem = {
/** Where it begins in the search, in UTF-16 units, as the interface counts. */
start: number,
/** Where it ends. */
end: number,
/** What is wrong and what would be right, a plain sentence. */
message: string, };

/** Everything the frame of the window shows. */
export type Session = {
/** All workspaces, in their order. */
workspaces: Array<Workspace>,
/** The one that is open. */
current: string,
/** What the person prefers. */
preferences: Preferences,
/** Where the app runs. */
host: HostFacts,
/** The state of things. */
health: Health,
/** Lasting conditions that somebody should know of. */
notices: Array<Notice>,
/** Deletes that can still be undone. */
pendingDeletes: Array<PendingDelete>, };

/** A rule for an integration. */
export type SetClock = {
/** The integration, four letters. */
key: string,
/** The kind of clock; none: not counted. */
kind: ClockKind | null,
/** How many days it runs, 1 to 1,830. */
days: number | null,
/** Where that is from. */
source: string,
/** Whether it is an estimate. */
estimate: boolean, };

/** What is done about idle clocks. */
export type SetKeepAlive = {
/** What. */
mode: KeepAliveMode, };

/** Network settings to keep or to test. */
export type SetNetwork = {
/** The settings. */
network: NetworkSettings,
/** The proxy's password. None leaves the saved one, an empty one deletes it. */
password: string | null,
/** Whether to keep the password until the app is quit, and nowhere. */
sessionOnly: boolean, };

/** What a person chose, and when. */
export type SetPreferences = {
/** Its place among the choices of its page. */
turn: Turn,
/** Everything chosen since the app last said that it keeps it. */
chosen: Chosen, };

/** Another safe mode for a workspace. */
export type SetSafeMode = {
/** The workspace. */
id: string,
/** What may be done in it from now on. */
mode: SafeMode, };

/** Settings to be changed. */
export type SetSyncSettings = {
/** A company; none: the workspace's. */
company: string | null,
/** Whether they stand over those of the level above. */
overrides: boolean,
/** What changes; everything else stays as it is at Codat. */
changes: Array<SyncChange>, };

/**
 * Tags as they were edited. What was changed elsewhere meanwhile stays; where both changed the same one,
 * nothing is.
 */
export type SetTags = {
/** The company. */
id: string,
/** Keys and values, as the edit began. */
was: Array<[string, string]>,
/** Keys and values, as they are to be. */
tags: Array<[string, string]>, };

/** Another text. Where it is no longer what the edit began with, nothing is changed. */
export type SetText = {
/** The company. */
id: string,
/** As the edit began. */
was: string,
/** As typed. */
text: string, };

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

/** Which days. */
export type SkylineRequest = {
/** The beginnings of the days, in order, and the end of the last; milliseconds since 1970, UTC. */
edges: Array<number>, };

/** An order of a list. */
export type Sort = {
/** By what. */
column: SortColumn,
/** Largest first. What is missing is last in both directions; equals go by name, then by ID. */
descending: boolean, };

/** What a list can be ordered by. */
export type SortColumn = "name" | "id" | "createdBy" | "created" | "lastRead" | "connections" | "status" | "products" | "tags" | "expires" | "description";

/** What a column covers. */
export type SpanChoice = "month" | "quarter" | "year";

/** Whether files are on their way. */
export type Started = {
/** Which transfer; none where the person thought better of it. */
transfer: number | null, };

/** A span of time. */
export type StatementColumn = {
/** Oct 2026, or Jan to Mar 2026. */
label: string,
/** What is missing from it. */
missing: string | null, };

/** A statement to be fetched. */
export type StatementLoad = {
/** The company. */
company: string,
/** The data type's key. */
dataType: string,
/** Also where it was asked for lately. */
always: boolean, };

/** A statement that is asked for. */
export type StatementRequest = {
/** The company. */
company: string,
/** The data type's key. */
dataType: string,
/** What a column covers. */
span: SpanChoice, };

/** A row. */
export type StatementRow = {
/** What it is. */
kind: StatementRowKind,
/** How deep. */
depth: number,
/** Its name. */
label: string,
/** One for each column. */
figures: Array<FigureView>, };

/** What a row is; see [`RowKind`]. */
export type StatementRowKind = "section" | "line" | "total" | "difference";

/** A statement. */
export type StatementView = {
/** Oldest first. */
columns: Array<StatementColumn>,
/** From top to bottom. */
rows: Array<StatementRow>,
/** The currency, where all columns have the same. */
currency: string | null,
/** When income and expenses count, where it is said. */
basis: string | null,
/** What does not add up, what was left out; a sentence each. */
remarks: Array<string>,
/** When it was last asked for. */
asOf: number | null,
/** Whether it is being read from the source. */
reading: boolean,
/** Why there is none. */
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

/** The summary of a company. */
export type SummaryView = {
/** The income of the latest twelve complete months. */
revenue: MeasureView,
/** The operating profit of the same months. */
operatingProfit: MeasureView,
/** The equity of the newest balance sheet. */
equity: MeasureView,
/** The months; none where there is no profit and loss. */
chart: Chart | null,
/** When income and expenses count, where it is said: `Accrual` or `Cash`. */
basis: string | null,
/** When statements were last asked for; none: never. */
asOf: number | null,
/** Whether statements are being read from the source. */
reading: boolean, };

/** A schedule to be switched. */
export type SwitchSchedule = {
/** Its number. */
id: number,
/** Whether it is to run. */
on: boolean, };

/** A change of one data type's settings. */
export type SyncChange = {
/** The data type's key. */
dataType: string,
/** As the person saw them: if they are others by now, nothing is changed. */
was: SyncFields,
/** As they are to be. */
becomes: SyncFields, };

/** What can be set of a data type. */
export type SyncFields = {
/** Whether it is read when a connection is linked. */
fetchOnFirstLink: boolean,
/** Hours from one read to the next; 0: never by itself. */
hours: number,
/** The order in which types are queued. */
order: number,
/** Only records changed since then; in place of the window. */
from: number | null,
/** Only records changed in so many months; in place of the instant. */
window: number | null,
/** Months of a statement. */
months: number | null, };

/** Companies that have settings of their own, as far as it is known here. */
export type SyncOverrides = {
/** Companies whose settings were looked at. */
known: number,
/** Those with settings of their own, by name. */
companies: Array<OverridingCompany>,
/** How many of them differ, type by type. */
types: Array<DifferingType>, };

/** A type whose change was refused. */
export type SyncRefusal = {
/** The data type's key. */
dataType: string,
/** Why, and what to do. */
message: string, };

/** The settings of one data type. */
export type SyncRow = {
/** The data type's key. */
dataType: string,
/** Its name. */
name: string,
/** What it is listed under: `Accounting` and its like. */
category: string,
/** Whether its past is limited by months of statements, and otherwise by when records changed. */
isStatement: boolean,
/** Whether Codat lets it be changed. */
locked: boolean,
/** What is set. */
set: SyncFields,
/** What the workspace has set, where these are a company's and it is known. */
inherited: SyncFields | null, };

/** What came of changing settings. */
export type SyncSaved = {
/** What Codat refused, type by type; then nothing was changed. */
refused: Array<SyncRefusal>,
/** The settings as they are now. */
view: SyncSettingsView, };

/** Settings to be asked for. */
export type SyncSettingsLoad = {
/** A company; none: the workspace's. */
company: string | null,
/** Also what was asked for lately. */
always: boolean, };

/** Whose settings. */
export type SyncSettingsOf = {
/** A company; none: the workspace's. */
company: string | null, };

/** Settings as they are kept. */
export type SyncSettingsView = {
/** When they were last asked for; none: never. */
asOf: number | null,
/** Whether they stand over those of the level above. */
overrides: boolean,
/** One for each data type, by category and order. */
rows: Array<SyncRow>,
/** What was said in place of an answer, the last time. */
failure: WireError | null, };

/** A theme. */
export type Theme = "system" | "light" | "dark" | "contrast";

/** How grave. */
export type Tone = "info" | "warning" | "error";

/** A file on its way, or one that has ended. */
export type Transfer = {
/** Which. */
id: number,
/** The company it belongs to. */
company: string,
/** Which way. */
way: Way,
/** What it is called. */
name: string,
/** Bytes that are done. */
done: number,
/** Bytes there are, where that is known. */
total: number | null,
/** How it stands. */
state: TransferState,
/** Why it failed. */
error: WireError | null,
/** Where it was saved. */
place: string | null, };

/** One transfer. */
export type TransferId = {
/** Which. */
id: number, };

/** How a transfer stands. */
export type TransferState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** The place of a choice among those of a page. */
export type Turn = {
/** The page, by a name that no other has. */
page: string,
/** Which of its choices: later ones are higher. */
at: number, };

/** Data types under one heading. */
export type TypeChoices = {
/** The heading. */
label: string,
/** The types. */
types: Array<Choice>, };

/** Types under one heading. */
export type TypeGroup = {
/** The heading. */
label: string,
/** Its types. */
types: Array<TypeView>, };

/** What a type holds. */
export type TypeShape = "records" | "statement" | "unpublished" | "unknown";

/** How one type stands. */
export type TypeView = {
/** Its key. */
key: string,
/** Its name. */
name: string,
/** What it holds. */
shape: TypeShape,
/** The status of its newest read in words; none where it was never read. */
word: string | null,
/** What that means. */
phase: RowPhase | null,
/** When it was last read well. */
lastRead: number | null, };

/** Linked connections whose integration has no clock that is counted. */
export type Uncounted = {
/** Four letters. */
integrationKey: string,
/** The integration's name, or its key. */
name: string,
/** How many. */
connections: number, };

/** Whether a delete was taken back. */
export type Undone = {
/** False where it had been sent already. */
undone: boolean, };

/** What may be changed of a workspace. */
export type UpdateWorkspace = {
/** The workspace. */
id: string,
/** What to call it. */
name: string,
/** The colour of its frame. */
colour: string,
/** The generic Link URL, pasted from the Portal. */
inviteUrl: string | null, };

/** A file that somebody wants to upload. */
export type UploadCandidate = {
/** Its name, without a path. */
name: string,
/** Its size. */
bytes: number, };

/** Chosen files to be sent. */
export type UploadChosen = {
/** The company. */
company: string,
/** The connection that takes them. */
connection: string,
/** What was chosen. */
chosen: number,
/** Which of them, by their place. */
files: Array<number>, };

/** Files on their way. */
export type UploadsBegun = {
/** One for each file, in their order. */
transfers: Array<number>, };

/** How much of this day acts may take. */
export type UseMore = {
/** In percent of the day's allowance, 50 to 100. */
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

/** What to show, kept until a window takes it: the window may only be opening. */
export type Wanted = {
/** The workspace to show first, if the window shows another one. */
workspace: string | null,
/** The company. */
company: string | null,
/** Which part of it. */
part: string | null,
/** What within that part, from the outside in. */
within: Array<string>,
/** A search in the list of companies. */
search: string | null,
/** A page. */
place: Place | null,
/** Text for the user. */
message: string | null,
/** Another workspace that has the company. The user is asked before it is shown. */
elsewhere: Elsewhere | null, };

/** Whether a workspace is watched while the window shows another one. */
export type WatchWorkspace = {
/** The workspace. */
id: string,
/** Whether it is. */
watched: boolean, };

/** Whether somebody looks on. */
export type Watching = {
/** By what the page knows of itself. */
window: WindowState, };

/** Which way a file goes. */
export type Way = "download" | "upload";

/** Whether somebody looks on. */
export type WindowState = "focused" | "shown" | "hidden";

/** An error on its way to a person. */
export type WireError = {
/** What kind. */
code: Code,
/** One to three plain sentences. */
message: string,
/** What to quote to support: status, service, correlation ID. */
detail: string | null, };

/** One Codat client, real or sandbox, with its own local database. */
export type Workspace = {
/** Its identifier on this computer. */
id: string,
/** What it is called. */
name: string,
/** Where it leads. */
kind: WorkspaceKind,
/** The colour of its frame: `teal`, `blue`, `violet`, `orange`, `pink` or `lime`. */
colour: string,
/** What may be done in it. */
safeMode: SafeMode,
/** Where its key is. */
keyState: KeyState,
/** The generic Link URL for customers who are no company yet. */
inviteUrl: string | null,
/** Whether it is watched while the window shows another workspace. */
watched: boolean,
/** How it stands with its server, while it is open. */
state: HealthState | null, };

/** What kind of server a workspace speaks to. */
export type WorkspaceKind = "sandbox" | "codat";

/** Every command, with its arguments and its result. */
export type Commands = {
  session: { args: Nothing; result: Session };
  companies: { args: View; result: CompaniesPage };
  rows: { args: RowsRequest; result: Rows };
  complete: { args: CompleteRequest; result: Array<Suggestion> };
  company: { args: ById; result: CompanyRow | null };
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
  pause: { args: Pause; result: Nothing };
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
  refreshMany: { args: RefreshMany; result: RunBegan };
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
