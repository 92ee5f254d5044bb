"use strict";
// webtorrent-fixtures declares this package, but only its folder fixtures/ is read here, never its code:
// so neither the package nor what stands behind it (25 MB) is installed.
throw new Error("overlay-lab: this package is deliberately not installed (see lib/stubs).");
