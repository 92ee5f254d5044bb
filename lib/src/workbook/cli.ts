/** The command line of the workbook: `npm start`, `npm test` and the rest end here. */
import { Command } from "commander";
import { runTests } from "./test-command";

/**
 * Runs one command.
 *
 * @param args what the reader typed after the program's name
 * @param root root folder of the workbook
 */
export async function main(args: readonly string[], root: string): Promise<void> {
  const program = new Command("overlay-lab");
  program
    .command("test")
    .argument("[filters...]", "parts of test paths")
    .action(async (filters: string[]) => {
      const counts = await runTests(root, filters);
      process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
      if (counts.failed > 0) process.exitCode = 1;
    });
  await program.parseAsync([...args], { from: "user" });
}
