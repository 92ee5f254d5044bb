/** One writer at a time: a lock file that names its holder, so that a lock left by a dead process is recognised. */
import { readFileSync, rmSync, writeFileSync, linkSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { StorageError } from "../errors";
import { temporaryName } from "./atomic";

const WAIT_MS = 50;

/**
 * Does some work while holding a lock. A lock whose process on this machine has ended is taken over.
 *
 * @param path the lock file
 * @param work what to do alone
 * @param patienceMs how long to wait for another holder, in milliseconds
 * @throws StorageError when another process holds it all that time; the message names it
 */
export function withLock<T>(path: string, work: () => T, patienceMs = 30_000): T {
  mkdirSync(dirname(path), { recursive: true });
  const mine = temporaryName(path, "holder");
  writeFileSync(mine, `${process.pid} ${hostname()}\n`);
  try {
    for (let waited = 0; !take(mine, path); waited += WAIT_MS) {
      if (waited >= patienceMs) {
        throw new StorageError({ what: "another process is writing here", got: `lock held by ${holderOf(path) ?? "nobody now"}`, expected: `the lock to be released within ${patienceMs / 1000} s; if that process no longer runs, delete the lock file`, where: path });
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  try {
    return work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Linking fails if the name exists, and puts the holder's name there in the same step. */
function take(mine: string, path: string): boolean {
  try {
    linkSync(mine, path);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
  if (isDead(holderOf(path))) removeDeadLock(mine, path);
  return false;
}

/** Only one process at a time may remove a dead lock, or a second one would remove the lock that the first has just taken. */
function removeDeadLock(mine: string, path: string): void {
  const guard = `${path}.takeover`;
  try {
    linkSync(mine, guard);
  } catch {
    if (isDead(holderOf(guard))) rmSync(guard, { force: true });
    return;
  }
  try {
    if (isDead(holderOf(path))) rmSync(path, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

function holderOf(path: string): string | null {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return null;
  }
}

function isDead(holder: string | null): boolean {
  if (holder === null) return false;
  const [pid, host] = holder.split(" ");
  if (host !== hostname() || !/^[0-9]+$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as { code?: string }).code === "ESRCH";
  }
}
