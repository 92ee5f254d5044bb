export { drawAccessLines, parseAccessRates, type AccessMix, type AccessRate } from "./access-rates";
export { BOOK_CURVE, p2pFileDistribution, p2pFileDistributionScale, withBookCurve } from "./book-curve";
export { p2pChunkCount } from "./chunk-count";
export { ACCESS_MIX_PARAMETERS, p2pHeterogeneousPeers } from "./heterogeneous-peers";
export { bookDistribution, BOOK_PARAMETERS } from "./setting";
export { accessRatesTable, fluidRatesTable, torrentTable } from "./tables";
