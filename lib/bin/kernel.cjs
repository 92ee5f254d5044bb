"use strict";
// The Jupyter kernel, started by a front end as `node kernel.cjs CONNECTION_FILE`; `npm run lab` registers it.
const { existsSync } = require("node:fs");
const { join, resolve } = require("node:path");

const built = join(__dirname, "..", "dist", "workbook", "kernel-main.js");
const connectionFile = process.argv[2];
if (!connectionFile) {
  console.error("This program is started by Jupyter with a connection file. To open the notebooks: npm run lab");
  process.exit(2);
}
if (!existsSync(built)) {
  console.error("The library is not built yet. Run: npm run build");
  process.exit(1);
}
const root = process.env.OVERLAY_LAB_ROOT || resolve(__dirname, "..", "..");
const { lazyRenderer } = require(join(__dirname, "..", "dist", "workbook", "lazy-renderer.js"));
require(built)
  .startKernel({ connectionFile: resolve(connectionFile), root, renderSvg: lazyRenderer(root) })
  .catch((error) => {
    process.exitCode = 1;
    console.error(`The kernel could not start: ${error.message}`);
  });
