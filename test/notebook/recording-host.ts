/** A host that keeps what cells display. */
import { installHost } from "overlay-lab/dist/notebook/host";
import type { DisplayBundle, NotebookHost } from "overlay-lab/dist/notebook/host";

/** Installs the host and gives the list that it fills. */
export function recordDisplays(host: Partial<NotebookHost> = {}): DisplayBundle[] {
  const displays: DisplayBundle[] = [];
  installHost({ kind: "runner", mode: "quick", root: ".", display: (bundle) => void displays.push(bundle), renderSvg: async () => null, ...host });
  return displays;
}

/** Texts that try to leave their place in a page. */
export const HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "'</td></table>", "&lt;b&gt;", "\u202etxt.exe", "${7*7}", "</script><svg onload=alert(1)>"];
