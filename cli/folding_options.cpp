// SPDX-License-Identifier: Apache-2.0
#include "cli/folding_options.h"

namespace qnnsim {

void add_folding_options(CLI::App& verb, FoldingOptions& folding) {
  verb.add_option("--platform", folding.platform, "Fold for another platform than the scenario's")
      ->type_name("NAME");
  verb.add_option("--limit-utilisation", folding.utilisation,
                  "Share of each resource of the device that may be taken")
      ->type_name("SHARE")
      ->capture_default_str();
  verb.add_option(
          "--limit", folding.limits,
          "RESOURCE=SHARE: another share of lut, ff, dsp, bram, uram, or of dram's bandwidth")
      ->type_name("RESOURCE=SHARE")
      ->allow_extra_args(false);
  verb.add_flag("--dram", folding.dram,
                "Weights may lie in the platform's memories, if the scenario describes none");
  verb.add_option("--bandwidth", folding.bandwidth_gb_s,
                  "Of the memory, which input and output share; 0: what its data bus moves")
      ->type_name("GB/S")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--budget", folding.seconds,
                  "Seconds for the search, then the best so far; 0: no limit")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb.add_option("--sizing-budget", folding.sizing_seconds,
                  "Seconds for the FIFO depths of the folded design; 0: no limit")
      ->type_name("SECONDS")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
}

}  // namespace qnnsim
