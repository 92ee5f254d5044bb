/** File names of pages, from the paths of their notebooks. */

/** Names that the other pages already have. */
const TAKEN = ["index", "claims", "assets"];

/**
 * One flat, readable name per notebook, without its ending: `notebooks/K2.5-p2p/p2p.ipynb` gives `K2.5-p2p`.
 * A file's own name is added only where its folder does not already say it.
 */
export function pageNames(paths: readonly string[]): readonly string[] {
  const used = new Set(TAKEN);
  return paths.map((path) => {
    const wish = readable(path);
    let name = wish;
    for (let n = 2; used.has(name.toLowerCase()); n++) name = `${wish}-${n}`;
    used.add(name.toLowerCase());
    return name;
  });
}

function readable(path: string): string {
  const parts = path.normalize("NFC").split(/[\\/]+/).map(plain).filter((part) => part !== "");
  if (parts[0] === "notebooks" && parts.length > 1) parts.shift();
  const file = plain(parts.pop()?.replace(/\.ipynb$/i, "") ?? "");
  const folder = parts[parts.length - 1] ?? "";
  const saysSame = file === "" || ["index", "notebook", "readme"].includes(file.toLowerCase()) || folder.toLowerCase().endsWith(file.toLowerCase());
  if (folder === "" || !saysSame) parts.push(file);
  return parts.join("-").slice(0, 100) || "notebook";
}

/** Letters, digits, dots, dashes and underscores; never a leading or trailing dot. */
function plain(part: string): string {
  return part.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[.-]+|[.-]+$/g, "");
}
