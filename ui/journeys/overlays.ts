// Everything that opens over or beside a screen: the journey walks all of it, and a unit test compares it with the source.

/** The names of what each source file opens, one for each place that opens something. */
export const OPENINGS = {
  'app/SideBar.svelte': ['Workspaces'],
  'app/SideBarViews.svelte': ['Menu of a view', 'Menu of all views'],
  'components/ConnectionHeading.svelte': ['Menu of a connection'],
  'components/KeyboardShortcuts.svelte': ['Keyboard shortcuts'],
  'components/Palette.svelte': ['Command palette'],
  'components/Planner.svelte': ['Plan a day'],
  'components/QuotaMeter.svelte': ['Requests today'],
  'components/QuotaPromptDialog.svelte': ['Use more of today’s requests?'],
  'components/RemoveConnectionDialog.svelte': ['Unlink Stripe?'],
  'components/RequestLog.svelte': ['Requests'],
  'components/sync-settings/ReviewDialog.svelte': ['Review of changed sync settings'],
  'lib/operations.ts': ['Link URLs of a company'],
  'screens/companies/ColumnsMenu.svelte': ['Columns of the list'],
  'screens/companies/CompanyPeek.svelte': ['Peek'],
  'screens/companies/ConnectionPanel.svelte': ['Connections of a company'],
  'screens/companies/DeleteCompany.svelte': ['Delete company'],
  'screens/companies/ExportButton.svelte': ['Export of the list'],
  'screens/companies/Grid.svelte': ['Menu of a row', 'More connections of a row'],
  'screens/companies/NewCompany.svelte': ['Add new company'],
  'screens/companies/SearchSuggestions.svelte': ['Suggestions of the search'],
  'screens/companies/SelectionBar.svelte': ['Link URLs of the selection'],
  'screens/companies/ViewNameDialog.svelte': ['Save view'],
  'screens/company/AddConnection.svelte': ['Add connection'],
  'screens/company/CompanyHeader.svelte': ['Menu of a company'],
  'screens/company/Connections.svelte': ['A connection'],
  'screens/company/HistoryDetail.svelte': ['A read'],
  'screens/company/RefreshButton.svelte': ['Refresh of a company'],
  'screens/company/UploadSheet.svelte': ['Upload 1 file'],
  'screens/company/data/QueryBox.svelte': ['Suggestions of the query'],
  'screens/company/data/RecordDrawer.svelte': ['A record'],
  'screens/company/data/Records.svelte': ['Columns of records', 'Export of records'],
  'screens/inbox/Alerts.svelte': ['Menu of an alert'],
  'screens/inbox/operations.ts': ['Snooze of an alert'],
  'screens/expiry/ActionBar.svelte': ['Link URLs of what expires'],
  'screens/expiry/ClockEditor.svelte': ['Expiry rule for Xero'],
  'screens/expiry/List.svelte': ['Menu of what expires'],
  'screens/expiry/RefreshSheet.svelte': ['Refresh connections that may expire'],
  'screens/refreshes/BulkSheet.svelte': ['Refresh data'],
  'screens/sandbox/Companies.svelte': ['Delete silently?'],
  'screens/schedules/Editor.svelte': ['New schedule'],
  'screens/schedules/ZonePicker.svelte': ['Time zones'],
  'screens/settings/AddWorkspace.svelte': ['Add Codat workspace'],
  'screens/settings/ImportLocalData.svelte': ['Import local data'],
  'screens/settings/RemoveWorkspace.svelte': ['Remove Acme?'],
  'screens/settings/ReplaceKey.svelte': ['Replace the key of Acme'],
} as const satisfies Record<string, readonly string[]>;

/** What a place opens in other variants, each with its own fields. */
export const VARIANTS = {
  'screens/refreshes/BulkSheet.svelte': ['Change tags', 'Delete companies'],
} as const satisfies Partial<Record<keyof typeof OPENINGS, readonly string[]>>;

/** The name of something that opens over or beside a screen. */
export type OverlayName =
  (typeof OPENINGS)[keyof typeof OPENINGS][number] | (typeof VARIANTS)[keyof typeof VARIANTS][number];
