export type { ClaimRecord } from "./claim-record";
export type { DisplayBundle, NotebookHost } from "./host";
