export { adaptiveCopies } from "./adaptive-copies";
export { copiesAndSearchSize } from "./copies-and-search-size";
export { hubsFirst } from "./hubs-first";
export { pastSuccess } from "./past-success";
export { searchMethods } from "./search-methods";
export { simulateSearch, type SearchSimulation, type SearchWorldSpec } from "./simulate-search";
