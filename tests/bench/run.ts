import { benchCorefile } from "./corefile";
import { fuzzCorefiles } from "./corefileFuzz";
import { benchExplain } from "./explain";
import { benchNames } from "./names";
import { roundTrips } from "./roundTrips";

const met = [benchNames, benchCorefile, benchExplain, roundTrips, fuzzCorefiles].map((bench) =>
  bench(),
);
process.exitCode = met.every(Boolean) ? 0 : 1;
