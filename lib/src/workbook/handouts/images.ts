/** Pictures that a markdown cell names: read from beside the notebook and carried inside the page, so that nothing is ever fetched. */
import { readFileSync, realpathSync } from "node:fs";
import * as path from "node:path";
import { HandoutError } from "./handout-error";

const TYPES: Readonly<Record<string, string>> = { ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".svg": "image/svg+xml" };

/**
 * @param root root folder of the workbook; no picture outside it is read
 * @param notebook path of the notebook relative to the root
 * @returns a function from a relative address to a `data:` address; it throws HandoutError for any other address
 */
export function imageCarrier(root: string, notebook: string): (address: string, where: string) => string {
  return (address, where) => {
    const refuse = (expected: string): HandoutError => new HandoutError({ what: "cannot carry the picture", got: address, expected, where: `${notebook}, ${where}` });
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(address)) throw refuse("a path relative to the notebook (pages fetch nothing)");
    const type = TYPES[path.extname(address).toLowerCase()];
    if (type === undefined) throw refuse(`a file ending in ${Object.keys(TYPES).join(", ")}`);
    try {
      const file = realpathSync(path.resolve(root, path.dirname(notebook), decodeURIComponent(address)));
      if (!file.startsWith(realpathSync(root) + path.sep)) throw refuse("a file inside the workbook");
      return `data:${type};base64,${readFileSync(file).toString("base64")}`;
    } catch (error) {
      throw error instanceof HandoutError ? error : refuse("a file that can be read");
    }
  };
}
