export { formatIpAddress, formatIpPrefix, maskAddress, parseIpAddress, parseIpPrefix, sameAddress, type IpAddress, type IpPrefix } from "./ip-address";
export { PrefixTable, type PrefixEntry } from "./prefix-table";
