// SPDX-License-Identifier: Apache-2.0
#include "sim/folding.h"

#include <fmt/format.h>

#include <algorithm>

namespace qnnsim {

AttributeReader* Folding::find(const std::string& name) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const Entry& entry) { return entry.name == name; });
  return found == entries.end() ? nullptr : found->values.get();
}

void Folding::check_all_used(const std::vector<std::string>& known_names,
                             Findings& findings) const {
  for (const Entry& entry : entries) {
    const bool is_known =
        entry.name == "default" ||
        std::find(known_names.begin(), known_names.end(), entry.name) != known_names.end();
    if (is_known) {
      entry.values->finish();
    } else {
      findings.add(entry.place,
                   fmt::format("unknown layer or kernel '{}' in 'folding'", entry.name),
                   suggest(entry.name, known_names));
    }
  }
}

}  // namespace qnnsim
