export { meanDetectionSeconds, ronDetection } from "./detection";
export { ronOutageRecovery } from "./outage-recovery";
export { outageRun, type OutageRun, type OutageRunOptions, type PairOutage } from "./outage-run";
export { fitOverhead, overheadBps, PUBLISHED_OVERHEAD_KBPS, ronOverhead, type QuadraticFit } from "./overhead";
export { providerInternet, SITE_CITIES, type LinkKind, type ProviderInternet, type ProviderInternetOptions } from "./provider-internet";
export { TRIANGLE_MS, TRIANGLE_NAMES, triangleWorld } from "./triangle";
export { simulateRon, type RonWorld, type RonWorldOptions } from "./world";
