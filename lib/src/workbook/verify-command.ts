/** `npm run verify -- DIR`: checks exports and prints what differs. */
import { verifyExport } from "../results/verify";

/**
 * Verifies exports one after another.
 *
 * @param folders folders of exports
 * @param flags `rerun` computes the experiments again; `json` prints the findings for a program
 * @returns whether every export holds
 */
export async function verifyFolders(folders: readonly string[], flags: { readonly rerun: boolean; readonly json?: boolean }): Promise<boolean> {
  const findings = [];
  for (const folder of folders) findings.push(await verifyExport(folder, { rerun: flags.rerun }));
  process.stdout.write(flags.json ? `${JSON.stringify(findings, null, 2)}\n` : `${findings.map((finding) => finding.text).join("\n\n")}\n`);
  return findings.every((finding) => finding.ok);
}
