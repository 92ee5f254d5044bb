/** `npm run lab`: finds a Jupyter front end and opens the notebooks in it, with our kernel known to this project only. */
import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import { OverlayLabError } from "../errors";

/** A front end that this computer has. */
export interface JupyterFrontEnd {
  readonly label: "JupyterLab" | "Jupyter Notebook 7" | "classic Jupyter Notebook";
  readonly version: string;
  /** Program and leading arguments. */
  readonly command: string;
  readonly args: readonly string[];
}

function versionOf(command: string, args: readonly string[]): string | null {
  const tried = spawnSync(command, [...args, "--version"], { encoding: "utf8", timeout: 30_000 });
  const version = tried.status === 0 ? /\d+\.\d+[.\w]*/.exec(tried.stdout) : null;
  return version ? version[0] : null;
}

/** JupyterLab if it is there, else Notebook 7, else the classic notebook, else `null`. */
export function findJupyter(): JupyterFrontEnd | null {
  const lab = versionOf("jupyter", ["lab"]);
  if (lab) return { label: "JupyterLab", version: lab, command: "jupyter", args: ["lab", "--ServerApp.default_url=/lab/tree/notebooks"] };
  for (const [command, args] of [["jupyter", ["notebook"]], ["jupyter-notebook", []]] as const) {
    const version = versionOf(command, args);
    if (!version) continue;
    const modern = Number(version.split(".")[0]) >= 7;
    const start = modern ? "--ServerApp.default_url=/tree/notebooks" : "--NotebookApp.default_url=/tree/notebooks";
    return { label: modern ? "Jupyter Notebook 7" : "classic Jupyter Notebook", version, command, args: [...args, start] };
  }
  return null;
}

/** The exact command that installs a front end on this system. */
export function jupyterInstallCommand(platform: NodeJS.Platform = process.platform, osRelease: string = readOsRelease()): string {
  if (platform === "darwin") return "brew install jupyterlab";
  if (platform === "win32") return "py -m pip install --user jupyterlab";
  if (/^ID(_LIKE)?=.*(debian|ubuntu)/m.test(osRelease)) return "sudo apt-get install jupyter-notebook";
  if (/^ID(_LIKE)?=.*(fedora|rhel|centos)/m.test(osRelease)) return "sudo dnf install python3-notebook";
  if (/^ID(_LIKE)?=.*arch/m.test(osRelease)) return "sudo pacman -S jupyterlab";
  if (/^ID(_LIKE)?=.*suse/m.test(osRelease)) return "sudo zypper install jupyter-notebook";
  if (/^ID=.*alpine/m.test(osRelease)) return "sudo apk add jupyter-notebook";
  return "python3 -m pip install --user jupyterlab";
}

function readOsRelease(): string {
  try {
    return readFileSync("/etc/os-release", "utf8");
  } catch {
    return "";
  }
}

/**
 * Opens the notebooks and stays until the front end ends.
 *
 * @param root root folder of the workbook, served as the front end's root so that assets under build/ are reachable
 * @param dataFolder Jupyter data folder that holds our kernel
 * @param extra further arguments for the front end (`--no-browser`, `--port 8889`)
 * @returns the front end's exit code
 * @throws OverlayLabError naming the install command where no front end exists
 */
export async function openLab(root: string, dataFolder: string, extra: readonly string[]): Promise<number> {
  const found = findJupyter();
  if (!found) {
    throw new OverlayLabError({ what: "no Jupyter front end found", got: "neither JupyterLab, Notebook 7 nor the classic notebook", expected: `one of them; install it with: ${jupyterInstallCommand()}`, where: "npm run lab" });
  }
  process.stderr.write(`Opening the notebooks in ${found.label} ${found.version}; Ctrl-C ends it.\n`);
  const path = [dataFolder, process.env.JUPYTER_PATH].filter(Boolean).join(delimiter);
  const rootArguments = process.getuid?.() === 0 ? ["--allow-root"] : [];
  const child = spawn(found.command, [...found.args, ...rootArguments, ...extra], { cwd: root, stdio: "inherit", env: { ...process.env, JUPYTER_PATH: path } });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  process.on("SIGINT", forward);
  process.on("SIGTERM", forward);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}
