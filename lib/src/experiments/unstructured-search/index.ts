export { simulateSearch, type SearchSimulation, type SearchWorldSpec } from "./simulate-search";
