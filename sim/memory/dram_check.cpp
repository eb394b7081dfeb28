// SPDX-License-Identifier: Apache-2.0
#include "sim/memory/dram_check.h"

namespace qnnsim {

void check_dram(const DramSpec& spec, const std::function<Place(const std::string& key)>& place_of,
                Findings& findings) {
  for (const std::string& message : contradictions(spec)) {
    // A message begins with its key, in quotes.
    const std::string key = message.substr(1, message.find('\'', 1) - 1);
    findings.add(place_of(key), message);
  }
}

}  // namespace qnnsim
