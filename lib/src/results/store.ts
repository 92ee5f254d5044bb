/**
 * Finished jobs on disk, one file per job id. An entry carries its own checksum: one that is damaged, cut off or filed under a wrong id
 * is never used; it is noted and computed again. Any number of processes may use one store at once, because an entry is written under a
 * temporary name and equal ids hold equal results.
 */
import { dirname, join } from "node:path";
import type { Row } from "../analysis/table";
import { StorageError } from "../errors";
import { canonicalJson, sha256Text } from "../experiments/canonical-json";
import type { JobStore } from "../experiments/job";
import { removeQuietly, temporaryName } from "./atomic";
import { NODE_FILE_SYSTEM, type FileSystem } from "./file-system";

const JOB_ID = /^[0-9a-f]{64}$/;

/** The cache of finished jobs. */
export class ResultStore implements JobStore {
  readonly codeVersion: string;
  /** What was wrong with entries or with writing them, one sentence each; results are correct all the same. */
  readonly notes: string[] = [];
  private readonly folder: string;
  private readonly files: FileSystem;

  /**
   * @param folder where entries live, such as build/cache/results
   * @param codeVersion hash of the library's code; entries of other code are never met
   */
  constructor(folder: string, codeVersion: string, files: FileSystem = NODE_FILE_SYSTEM) {
    this.folder = folder;
    this.codeVersion = codeVersion;
    this.files = files;
  }

  get(id: string): readonly Row[] | undefined {
    const path = this.pathOf(id);
    try {
      if (this.files.kind(path) !== "file") return undefined;
      return this.decode(id, Buffer.from(this.files.read(path)).toString("utf8"));
    } catch (error) {
      this.notes.push(`stored result ${path} was not used and is computed again: ${messageOf(error)}`);
      return undefined;
    }
  }

  /** Stores the rows of a job. No sync: an entry that a power cut tears is found by its checksum. A full disk costs the entry, not the run. */
  put(id: string, rows: readonly Row[]): void {
    const path = this.pathOf(id);
    const temporary = temporaryName(path, "tmp");
    const body = canonicalJson({ id, rows });
    try {
      this.files.makeFolder(dirname(path));
      this.writeAll(temporary, Buffer.from(`${sha256Text(body)}\n${body}\n`, "utf8"));
      this.files.rename(temporary, path);
    } catch (error) {
      removeQuietly(temporary, this.files);
      this.notes.push(`result was not stored at ${path}: ${messageOf(error)}`);
    }
  }

  private pathOf(id: string): string {
    if (!JOB_ID.test(id)) throw new StorageError({ what: "bad job id", got: id, expected: "64 hexadecimal digits", where: this.folder });
    return join(this.folder, id.slice(0, 2), `${id}.json`);
  }

  private writeAll(path: string, bytes: Uint8Array): void {
    const descriptor = this.files.open(path, "wx");
    try {
      for (let done = 0; done < bytes.length; ) done += this.files.write(descriptor, bytes, done, bytes.length - done);
    } finally {
      this.files.close(descriptor);
    }
  }

  private decode(id: string, text: string): readonly Row[] {
    const [checksum, body, end, ...rest] = text.split("\n");
    const whole = end === "" && rest.length === 0 && checksum === sha256Text(body);
    if (!whole) throw new StorageError({ what: "damaged entry", got: text.slice(0, 40), expected: "a checksum and the content it belongs to" });
    const entry = JSON.parse(body) as { id: string; rows: readonly Row[] };
    if (entry.id !== id) throw new StorageError({ what: "entry of another job", got: entry.id, expected: id });
    return entry.rows;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
