import { benchCorefile } from "./corefile";
import { fuzzCorefiles } from "./corefileFuzz";
import { benchExplain } from "./explain";
import { benchNames } from "./names";

const met = [benchNames, benchCorefile, benchExplain, fuzzCorefiles].map((bench) => bench());
process.exitCode = met.every(Boolean) ? 0 : 1;
