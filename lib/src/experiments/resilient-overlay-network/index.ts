export { ronOutageRecovery } from "./outage-recovery";
export { outageRun, type OutageRun, type OutageRunOptions, type PairOutage } from "./outage-run";
export { providerInternet, SITE_CITIES, type LinkKind, type ProviderInternet, type ProviderInternetOptions } from "./provider-internet";
export { simulateRon, type RonWorld, type RonWorldOptions } from "./world";
